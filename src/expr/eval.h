/*
 * Column-wise evaluation, private to src/expr.
 *
 * A batch is evaluated in windows of rows, small enough that the vectors of a whole
 * expression stay in the processor's cache. Every node turns a set of live rows into a
 * vector: arrays by type, with a bitmap of NULL rows and one of rows that faulted. A
 * node computes live rows only, so that what a condition has excluded cannot fault.
 *
 * Memory comes from a stack of blocks; whoever evaluates an operand whose vector it no
 * longer needs gives the stack back to a mark.
 */
#ifndef ASSAY_EXPR_EVAL_H
#define ASSAY_EXPR_EVAL_H

#include "expr/decimal.h"
#include "expr/node.h"

#define ASSAY_EXPR_WINDOW 2048u /* rows; a multiple of 64 */
#define ASSAY_EXPR_WORDS (ASSAY_EXPR_WINDOW / 64)
#define ASSAY_EXPR_STACK_BLOCKS 24
#define ASSAY_EXPR_STACK_MAX ((size_t)256 << 20)
#define ASSAY_EXPR_VALUE_MAX ((size_t)1 << 20) /* bytes one computed text may have */

/* Why a row faulted. */
enum assay_expr_reason {
    ASSAY_EXPR_NOT_A_NUMBER,
    ASSAY_EXPR_NOT_A_TRUTH,
    ASSAY_EXPR_NOT_A_TIME,
    ASSAY_EXPR_NOT_AN_INTEGER,
    ASSAY_EXPR_DIVIDED_BY_ZERO,
    ASSAY_EXPR_TOO_LARGE,
    ASSAY_EXPR_OUT_OF_RANGE,
    ASSAY_EXPR_TEXT_TOO_LONG,
    ASSAY_EXPR_REGEX_LIMIT,
    ASSAY_EXPR_BAD_ESCAPE
};

/* A number's code in a vector: those of base/number.h, and one more for `wide`. */
enum { ASSAY_EXPR_WIDE = 200 };

/* The kind of text whose format has no kinds: beside those of data/type.h. */
enum { ASSAY_EXPR_UNTYPED = 255 };

/*
 * The value of a node in every row of the window. `at` is and-ed with a row to index the
 * arrays: 0 where the value is constant, else all ones. The bitmaps are never constant.
 */
struct assay_expr_vec {
    uint32_t at;
    uint64_t *null;
    uint64_t *fault;
    uint32_t *why;         /* node id << 8 | reason; NULL where nothing faulted */
    uint64_t *truth;       /* BOOL */
    const int64_t *value;  /* NUMBER: mantissas, or indexes into wide; times: microseconds */
    const uint16_t *nanos; /* times: past the microseconds; NULL: none has any */
    const uint8_t *code;   /* NUMBER */
    const struct assay_expr_decimal *wide; /* by row */
    struct assay_column *column; /* where the arrays are a column's: for BIG and for messages */
    const struct assay_str *str; /* TEXT and ANY; NULL: spans of `column` */
    const struct assay_span *span;
    const uint8_t *kind; /* ANY: enum assay_kind or UNTYPED; NULL: all UNTYPED */
};

struct assay_expr_stack {
    char *block[ASSAY_EXPR_STACK_BLOCKS];
    size_t size[ASSAY_EXPR_STACK_BLOCKS];
    size_t total;
    uint32_t top; /* the block in use */
    size_t used;  /* of it */
};

struct assay_expr_mark {
    uint32_t top;
    size_t used;
};

struct assay_expr_eval {
    const struct assay_expr *expr;
    struct assay_expr_stack stack;
    struct assay_regex_scratch *regex;
    int64_t now;
    bool has_now;
    /* the batch and the window */
    const struct assay_slice *slice;
    uint32_t from;  /* its first row */
    uint32_t rows;  /* in the window; 1 while a constant is computed */
    uint32_t words; /* of its bitmaps */
    struct assay_error *err;
};

enum assay_status assay_expr_stack_alloc(struct assay_expr_eval *e, size_t size, void **out);
void assay_expr_stack_free(struct assay_expr_stack *stack);

static inline struct assay_expr_mark assay_expr_mark(const struct assay_expr_eval *e)
{
    return (struct assay_expr_mark){e->stack.top, e->stack.used};
}

static inline void assay_expr_release(struct assay_expr_eval *e, struct assay_expr_mark mark)
{
    e->stack.top = mark.top;
    e->stack.used = mark.used;
}

/* Evaluates a node for the rows in `live`. */
enum assay_status assay_expr_eval_node(struct assay_expr_eval *e,
                                       const struct assay_expr_node *node, const uint64_t *live,
                                       struct assay_expr_vec *out);

/* Empty bitmaps; rows are not constant. */
enum assay_status assay_expr_vec_init(struct assay_expr_eval *e, struct assay_expr_vec *out);

/* The same, and an array for the type. */
enum assay_status assay_expr_vec_bool(struct assay_expr_eval *e, struct assay_expr_vec *out);
enum assay_status assay_expr_vec_micros(struct assay_expr_eval *e, struct assay_expr_vec *out,
                                        int64_t **micros);
enum assay_status assay_expr_vec_nanos(struct assay_expr_eval *e, struct assay_expr_vec *out,
                                       uint16_t **nanos);
enum assay_status assay_expr_vec_text(struct assay_expr_eval *e, struct assay_expr_vec *out,
                                      struct assay_str **str);

/*
 * Starts a result that is NULL where one of the operands is and faults where one does:
 * evaluates the operands into `args`, sets out's bitmaps and in `active` the live rows
 * that are left to compute. All of `out` but its arrays is ready then.
 */
enum assay_status assay_expr_operands(struct assay_expr_eval *e, const struct assay_expr_node *node,
                                      const uint64_t *live, struct assay_expr_vec *args,
                                      struct assay_expr_vec *out, uint64_t *active);

/* Row `row` of out cannot be computed. */
enum assay_status assay_expr_vec_fault(struct assay_expr_eval *e, struct assay_expr_vec *out,
                                       const struct assay_expr_node *node, uint32_t row,
                                       enum assay_expr_reason reason);

/* Adds the faults of `from` in `rows` to `into`. */
enum assay_status assay_expr_merge_faults(struct assay_expr_eval *e, struct assay_expr_vec *into,
                                          const struct assay_expr_vec *from, const uint64_t *rows);

static inline struct assay_str assay_expr_vec_str(const struct assay_expr_vec *v, uint32_t row)
{
    row &= v->at;
    return v->str ? v->str[row] : assay_str(v->column->base + v->span[row].off, v->span[row].len);
}

static inline struct assay_instant assay_expr_vec_instant(const struct assay_expr_vec *v,
                                                          uint32_t row)
{
    row &= v->at;
    return (struct assay_instant){v->value[row], v->nanos ? v->nanos[row] : 0};
}

static inline uint8_t assay_expr_vec_kind(const struct assay_expr_vec *v, uint32_t row)
{
    return v->kind ? v->kind[row & v->at] : (uint8_t)ASSAY_EXPR_UNTYPED;
}

/* What evaluates a kind of node, or a function. */
typedef enum assay_status assay_expr_evaluator(struct assay_expr_eval *e,
                                               const struct assay_expr_node *node,
                                               const uint64_t *live, struct assay_expr_vec *out);

/* eval_value.c */
assay_expr_evaluator assay_expr_eval_column, assay_expr_eval_read, assay_expr_eval_cast;
/* logic.c */
assay_expr_evaluator assay_expr_eval_logic, assay_expr_eval_not, assay_expr_eval_is;
assay_expr_evaluator assay_expr_eval_case, assay_expr_eval_coalesce, assay_expr_eval_nullif;
assay_expr_evaluator assay_expr_eval_extreme;
/* eval_compare.c */
assay_expr_evaluator assay_expr_eval_compare, assay_expr_eval_between, assay_expr_eval_in;
/* eval_number.c */
assay_expr_evaluator assay_expr_eval_arith, assay_expr_eval_negate, assay_expr_eval_abs;
assay_expr_evaluator assay_expr_eval_round, assay_expr_eval_mod;
/* eval_text.c */
assay_expr_evaluator assay_expr_eval_concat, assay_expr_eval_like, assay_expr_eval_length;
assay_expr_evaluator assay_expr_eval_text_case, assay_expr_eval_trim, assay_expr_eval_substr;
assay_expr_evaluator assay_expr_eval_replace, assay_expr_eval_part, assay_expr_eval_regexp_like;
/* eval_time.c */
assay_expr_evaluator assay_expr_eval_shift, assay_expr_eval_span, assay_expr_eval_now;
assay_expr_evaluator assay_expr_eval_time_part, assay_expr_eval_time_unit;
assay_expr_evaluator assay_expr_eval_time_trunc;

/* The outcome (ASSAY_EXPR_LT ...) of comparing a with b, neither NULL nor a fault, in a row. */
unsigned assay_expr_compare_row(enum assay_expr_type mode, const struct assay_expr_vec *a,
                                const struct assay_expr_vec *b, uint32_t row);

/* Numbers of vectors, one at a time. */
struct assay_expr_decimal assay_expr_vec_decimal(const struct assay_expr_vec *v, uint32_t row);

/* A vector of numbers being filled. */
struct assay_expr_numbers {
    struct assay_expr_vec *vec;
    int64_t *value;
    uint8_t *code;
    struct assay_expr_decimal *wide;
};
enum assay_status assay_expr_numbers_init(struct assay_expr_eval *e, struct assay_expr_vec *out,
                                          struct assay_expr_numbers *numbers);
enum assay_status assay_expr_numbers_put(struct assay_expr_eval *e,
                                         struct assay_expr_numbers *numbers, uint32_t row,
                                         const struct assay_expr_decimal *d);

/* Runs `body` with `row` set to each row of the window whose bit is set. */
#define ASSAY_EXPR_EACH(e, bits, row, ...)                                     \
    for (uint32_t word_ = 0; word_ < (e)->words; word_++)                      \
        for (uint64_t left_ = (bits)[word_]; left_ != 0; left_ &= left_ - 1) { \
            uint32_t row = word_ * 64 + (uint32_t)__builtin_ctzll(left_);      \
            __VA_ARGS__                                                        \
        }

#endif
