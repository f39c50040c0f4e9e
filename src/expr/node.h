/*
 * The tree of an expression, private to src/expr.
 *
 * The parser makes nodes, the check gives each its type and inserts READ nodes where a
 * value whose type is only known row by row is needed as a number, a truth or a time.
 * After that the tree is immutable. All of it lives in the arena given to the parser.
 */
#ifndef ASSAY_EXPR_NODE_H
#define ASSAY_EXPR_NODE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/regex.h"
#include "expr/expr.h"

#define ASSAY_EXPR_TEXT_MAX (64u * 1024)
#define ASSAY_EXPR_NODES_MAX 10000u
#define ASSAY_EXPR_DEPTH_MAX 64u

enum assay_expr_type {
    ASSAY_EXPR_NULL, /* the literal NULL and what is made of it alone */
    ASSAY_EXPR_ANY,  /* of an undeclared column: text, and the kind its format gave it */
    ASSAY_EXPR_BOOL,
    ASSAY_EXPR_NUMBER,
    ASSAY_EXPR_TEXT,
    ASSAY_EXPR_DATE,      /* microseconds, at midnight */
    ASSAY_EXPR_TIMESTAMP, /* microseconds UTC */
    ASSAY_EXPR_TIME,      /* microseconds since 00:00 */
    ASSAY_EXPR_INTERVAL   /* microseconds; a literal may have months too */
};

enum assay_expr_kind {
    ASSAY_EXPR_LITERAL,
    ASSAY_EXPR_COLUMN,
    ASSAY_EXPR_READ,   /* args[0], of type ANY or NULL, read as this node's type */
    ASSAY_EXPR_NEGATE, /* of a number */
    ASSAY_EXPR_ARITH,  /* op: the character */
    ASSAY_EXPR_SHIFT,  /* a time plus or minus (op) an interval; args[1] is the interval */
    ASSAY_EXPR_SPAN,   /* a time minus a time */
    ASSAY_EXPR_CONCAT, /* a || b || ... */
    ASSAY_EXPR_COMPARE,
    ASSAY_EXPR_AND,
    ASSAY_EXPR_OR,
    ASSAY_EXPR_NOT,
    ASSAY_EXPR_IN,      /* args[0] in the others */
    ASSAY_EXPR_BETWEEN, /* args[0] from args[1] to args[2] */
    ASSAY_EXPR_LIKE,    /* args: text, pattern, [escape]; op 'i': ILIKE */
    ASSAY_EXPR_IS,      /* op 'n' NULL, 't' TRUE, 'f' FALSE */
    ASSAY_EXPR_CASE,    /* [operand] (when, then)... [else] */
    ASSAY_EXPR_CAST,
    ASSAY_EXPR_CALL
};

/* Comparisons as sets of outcomes, so that one test serves all of them. */
enum {
    ASSAY_EXPR_LT = 1,
    ASSAY_EXPR_EQ = 2,
    ASSAY_EXPR_GT = 4,
    ASSAY_EXPR_UNORDERED = 8, /* NaN on a side, or text against a JSON number */
    ASSAY_EXPR_NE = ASSAY_EXPR_LT | ASSAY_EXPR_GT | ASSAY_EXPR_UNORDERED,
    ASSAY_EXPR_LE = ASSAY_EXPR_LT | ASSAY_EXPR_EQ,
    ASSAY_EXPR_GE = ASSAY_EXPR_GT | ASSAY_EXPR_EQ
};

struct assay_expr_function;

struct assay_expr_node {
    enum assay_expr_kind kind;
    enum assay_expr_type type;
    enum assay_expr_type mode; /* what COMPARE, IN, BETWEEN, CASE and their like compare as */
    enum assay_type cast;      /* CAST: the type as written */
    uint8_t op;
    bool negated;  /* NOT IN, NOT BETWEEN, NOT LIKE, IS NOT */
    bool operand;  /* CASE has an operand */
    bool constant; /* names no column */
    uint32_t id;   /* its index among all nodes */
    uint32_t depth;
    uint32_t at, end; /* its place in the text */
    uint32_t count;
    struct assay_expr_node **args;
    struct assay_str text; /* LITERAL: its text, quotes undone; COLUMN: its name */
    int64_t value;         /* LITERAL: mantissa, microseconds, or 0 and 1; COLUMN: its index */
    uint16_t nanos;        /* LITERAL of a time: past its microseconds */
    int32_t months;        /* LITERAL INTERVAL; UNIT arguments: enum of the unit */
    uint8_t code;          /* LITERAL NUMBER: see base/number.h */
    uint8_t declared;      /* COLUMN: enum assay_type */
    const struct assay_expr_function *function;
    struct assay_regex *regex;          /* CALL of regexp_like */
    const struct assay_expr_node **set; /* IN over literals: sorted, NULL where not used */
    uint32_t set_count;
};

struct assay_expr {
    struct assay_str text;
    struct assay_expr_node *root;
    struct assay_expr_node **nodes; /* by id */
    uint32_t node_count;
    struct assay_str *columns;
    uint32_t column_count;
    uint32_t regex_count;
};

/* What parser and check share while an expression is being made. */
struct assay_expr_maker {
    struct assay_arena *arena;
    struct assay_str text;
    const struct assay_expr_scope *scope;
    struct assay_error *err;
    struct assay_expr *expr;
    uint32_t node_cap;
    uint32_t column_cap;
};

/* The error SUITE-EXPR with a caret at byte `at`; always ASSAY_CONFIG. */
enum assay_status assay_expr_fault_at(struct assay_expr_maker *maker, uint32_t at,
                                      const char *format, ...) ASSAY_PRINTF(3, 4);

/* A node in the arena with room for `count` arguments; counts it against the limit. */
enum assay_status assay_expr_node_new(struct assay_expr_maker *maker, enum assay_expr_kind kind,
                                      uint32_t at, uint32_t count, struct assay_expr_node **out);

/* Types the tree below *node, replacing nodes where a READ is needed. */
enum assay_status assay_expr_check(struct assay_expr_maker *maker, struct assay_expr_node **node);

/* Requires *node to be of `want`, inserting what reads it so; `what` names it in the error. */
enum assay_status assay_expr_coerce(struct assay_expr_maker *maker, struct assay_expr_node **node,
                                    enum assay_expr_type want, const char *what);

/*
 * Finds the one type as which `count` arguments, each `step` apart, can be compared or
 * chosen from, and coerces them to it.
 */
enum assay_status assay_expr_unify(struct assay_expr_maker *maker, struct assay_expr_node **args,
                                   uint32_t count, uint32_t step, const char *verb,
                                   enum assay_expr_type *out);

const char *assay_expr_type_name(enum assay_expr_type type);

static inline bool assay_expr_is_moment(enum assay_expr_type type)
{
    return type == ASSAY_EXPR_DATE || type == ASSAY_EXPR_TIMESTAMP;
}

static inline bool assay_expr_is_micros(enum assay_expr_type type)
{
    return type >= ASSAY_EXPR_DATE;
}

#endif
