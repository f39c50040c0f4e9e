/*
 * How a database computes what a metric would: the metric asks for aggregates of rows,
 * the SQL engine gathers what all metrics of a suite ask for into few statements, and the
 * metric takes the answers into the same state that it would have folded.
 *
 * Exactness comes first. A metric asks only for what the dialect answers as assay means
 * it, and guards the rest: a guard is a condition that must hold for every row looked at
 * (all values are numbers, say). Where it does not, or where the metric says no, its
 * columns are streamed, and the result says why.
 */
#ifndef ASSAY_METRIC_SQL_H
#define ASSAY_METRIC_SQL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "data/batch.h"
#include "data/column.h"
#include "expr/expr.h"

/*
 * One dialect: facts and templates, in which $1 stands for the argument. Those by class say
 * when a value of such a column is something: "" always, NULL never, or not known.
 */
struct assay_dialect {
    const char *name;
    uint32_t max_items; /* columns of one SELECT */
    const char *limit;  /* behind a SELECT: its first $1 rows */
    /* A finite number that the engine compares with every other as exact decimals do. */
    const char *number[ASSAY_DB_CLASSES];
    /* A number without a fraction, within 64 bits; and one that is written without a point. */
    const char *integer[ASSAY_DB_CLASSES];
    const char *whole[ASSAY_DB_CLASSES];
    /* Text whose bytes are what assay would read. */
    const char *text[ASSAY_DB_CLASSES];
    /* Grouping tells it from others as assay does where the suite declares no type. */
    const char *keyed[ASSAY_DB_CLASSES];
    bool orders_bytewise; /* < and > compare texts byte by byte as they stand in a condition */
    bool collates;        /* = of two columns is not bytewise; that with a literal is */
    const char *bytewise; /* $1, a text, compared byte by byte with any other */
    /*
     * What to group by so that equal values of a column are one group, whose column can be
     * selected as it is, for any of them; NULL: groups are only counted, by `bytewise`.
     */
    const char *grouped;
    const char *length; /* characters of a text */
    const char *valid;  /* $1 is UTF-8 or no text; NULL: the engine guarantees it */
    /* A whole number that `sum` and `squares` cannot let overflow, whatever their rows. */
    const char *summable;
    const char *sum;
    const char *squares_high; /* the sum of squares is high * 2^31 + low */
    const char *squares_low;
    /* Between a value and a SELECT in parentheses; NULL: NOT IN. */
    const char *not_in;
    /*
     * Without window functions, else NULL: what to select of rows in order so that their
     * number is the last column; and the condition that the keys $1 occur more than once
     * among the rows of $2, which stands behind FROM.
     */
    const char *numbered;
    const char *copies;
    /* How names and texts are spelt inside of a suite's expressions. */
    struct assay_expr_dialect expr;
};

/* A column of the relation, as the engine knows it. */
struct assay_sql_column {
    struct assay_str name; /* the source's name of it */
    const char *sql;       /* quoted */
    enum assay_db_class cls;
    const struct assay_field *field; /* as the suite has it; NULL: not mentioned */
};

/* What is asked of the database for all metrics; equal texts are asked once. */
struct assay_sql_select {
    struct assay_arena *arena;
    struct assay_str *items; /* aggregates over the relation */
    uint32_t item_count, item_room;
    struct assay_sql_groups { /* one grouped statement: two answers, see assay_sql_groups */
        struct assay_str keys, where;
    } * groups;
    uint32_t group_count, group_room;
    bool nomem;
};

#define ASSAY_SQL_SLOTS 16u

struct assay_sql_ask {
    const struct assay_dialect *dialect;
    struct assay_sql_select *select;
    const struct assay_sql_column *columns; /* the metric's, in its order */
    uint32_t column_count;
    const struct assay_sql_column *schema; /* all of the relation */
    uint32_t schema_count;
    const struct assay_sql_column *parents; /* relationships: the keys, in the same order */
    const char *parent_from;                /* what stands behind FROM: those that are not null */
    const char *filter;                     /* the metric's `where`; NULL: all rows */
    bool filtered;
    bool (*literal)(void *context, struct assay_str text, struct assay_buf *out);
    void *context;
    /* out: */
    uint32_t slots[ASSAY_SQL_SLOTS]; /* items, in the order of asking */
    uint32_t slot_count;
    uint32_t guards[ASSAY_SQL_SLOTS]; /* items that must come to 0 */
    uint32_t guard_count;
    int group;          /* of groups; -1: none */
    const char *known;  /* violations: rows that can be decided; NULL: all */
    const char *wanted; /* violations: the condition of the rows that are meant, in full */
    const char *keys;   /* grouped: the keys, with commas */
    const char *where;  /* grouped: the rows */
    bool values;        /* grouped: each key is wanted, with its number of rows */
    const char *why;    /* where it says no */
};

/* The answers, by item; ptr NULL: NULL. */
struct assay_sql_answers {
    const struct assay_sql_ask *ask;
    const struct assay_str *items;
    const uint64_t (*groups)[2]; /* keys, and keys of one row only */
    uint64_t rows;               /* of the relation */
};

struct assay_metric_sql {
    /* False: stream it, for the reason in ask->why. */
    bool (*ask)(const void *args, struct assay_sql_ask *ask);
    /* Into a state just made, or one that holds samples alone; NULL: by update_groups. */
    enum assay_status (*take)(void *state, const struct assay_sql_answers *answers,
                              struct assay_error *err);
};

/* Says no; always false. `why` is static, or lives as long as the plan. */
bool assay_sql_no(struct assay_sql_ask *ask, const char *why);

/* A text in the plan's memory; "" without memory, which the select remembers. */
const char *assay_sql_text(struct assay_sql_ask *ask, const char *format, ...) ASSAY_PRINTF(2, 3);

/* The template with its argument in place. */
const char *assay_sql_fill(struct assay_sql_ask *ask, const char *text, const char *argument);

/* Asks for an aggregate, or the number of rows of the filter for which `condition` ("": all). */
void assay_sql_item(struct assay_sql_ask *ask, const char *aggregate);
void assay_sql_count(struct assay_sql_ask *ask, const char *condition);

/* Rows of the filter for which the condition is not true must not be there. */
void assay_sql_guard(struct assay_sql_ask *ask, const char *condition);

/* The same for an item that counts exceptions itself. */
void assay_sql_guard_item(struct assay_sql_ask *ask, const char *item);

/* Asks how many keys there are among the rows of `where`, and how many that occur once. */
void assay_sql_groups(struct assay_sql_ask *ask, const char *keys, const char *where);

/* Asks for the keys themselves; one statement answers that and how many there are. */
void assay_sql_values(struct assay_sql_ask *ask, const char *key, const char *where);

/*
 * What to group a column by so that groups are values as assay tells them apart, with guards;
 * NULL with `why` where there is nothing.
 */
const char *assay_sql_key(struct assay_sql_ask *ask, const struct assay_sql_column *column);

/* The filter and a condition, either of which may be "" or NULL. */
const char *assay_sql_both(struct assay_sql_ask *ask, const char *a, const char *b);

/*
 * Guards that every value that is no null is of a kind, by one of the dialect's tables;
 * false with `why` where it cannot be known.
 */
bool assay_sql_all(struct assay_sql_ask *ask, const struct assay_sql_column *column,
                   const char *const table[ASSAY_DB_CLASSES], const char *why);

/* The condition that a value of the column is there, and of a kind; false where never. */
const char *assay_sql_is(struct assay_sql_ask *ask, const struct assay_sql_column *column,
                         const char *const table[ASSAY_DB_CLASSES]);

/* Appends a number of the suite; false where the engine may read another one. */
bool assay_sql_number(const struct assay_numref *number, struct assay_buf *out);

/* A condition of the suite in SQL, guards and all; NULL with `why` where it cannot be said. */
const char *assay_sql_expression(struct assay_sql_ask *ask, const struct assay_expr *expr);

/* The answer of a slot as a count. */
uint64_t assay_sql_u64(const struct assay_sql_answers *answers, uint32_t slot);
struct assay_str assay_sql_answer(const struct assay_sql_answers *answers, uint32_t slot);

#endif
