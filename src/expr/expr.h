/*
 * The row expression language: SQL's boolean and scalar expressions over the columns
 * of one record, for `where` and `that`.
 *
 * An expression is parsed and type-checked when the suite loads, is immutable after
 * that and shared by all workers; it is evaluated column-wise over a batch, each worker
 * with a scratch of its own. Logic is SQL's three-valued logic (ISO/IEC 9075-2, 8.21).
 *
 * Types. A declared column has its type, and what does not fit it is a parse error. The
 * value of an undeclared column is read as what stands beside it asks: a number beside a
 * number and in arithmetic, text beside text, a time beside a time, true or false where a
 * condition is due; where it is not that, the row faults. Two undeclared values are compared
 * as numbers where both are numbers in that row, else as text. Where the format has kinds
 * (JSON), a number or boolean is no text: of such comparisons only <> holds.
 *
 * Numbers are exact decimals of up to 38 digits; a result that needs more is a fault, never
 * rounded silently. Only division rounds: a quotient that does not end within 18 significant
 * digits behind the point is rounded there, half to even (5 / 2 is 2.5). Numbers of columns
 * are compared exactly whatever their size. NaN is unequal to all and in no order.
 *
 * Faults. A row that cannot be evaluated faults only if its result depends on what failed:
 * x = 0 OR 1 / x > 2 does not fault where x is 0, on whichever side it stands; nor do the
 * branches of CASE and the arguments of coalesce that were not reached.
 *
 * Limits: 64 KiB of text, 10,000 parts, 64 levels; 1 MiB for a text that a function makes.
 */
#ifndef ASSAY_EXPR_EXPR_H
#define ASSAY_EXPR_EXPR_H

#include "base/buf.h"
#include "data/batch.h"

struct assay_expr;
struct assay_expr_scratch;

/* How the parser learns what a column is declared to be. */
struct assay_expr_scope {
    enum assay_type (*type)(void *context, struct assay_str column);
    void *context;
};

/*
 * Parses a boolean expression. Errors have code SUITE-EXPR, the expression as excerpt
 * and a caret; file and line are the caller's to add. The text is copied. The tree lives
 * in the arena; what it holds besides (compiled patterns) goes with assay_expr_free,
 * which is due before the arena is reset.
 */
enum assay_status assay_expr_parse(struct assay_arena *arena, struct assay_str text,
                                   const struct assay_expr_scope *scope, struct assay_expr **out,
                                   struct assay_error *err);

void assay_expr_free(struct assay_expr *expr);

struct assay_str assay_expr_text(const struct assay_expr *expr);

/* The columns it names, each once, in order of first use: the order of slice->columns. */
const struct assay_str *assay_expr_columns(const struct assay_expr *expr, uint32_t *count);

/* Rows whose expression could not be evaluated: division by zero, text as a number, … */
struct assay_expr_fault {
    uint64_t count;
    uint32_t row;      /* the first of them, in this batch */
    char message[200]; /* what happened there */
};

enum assay_status assay_expr_scratch_new(const struct assay_expr *expr,
                                         struct assay_expr_scratch **out, struct assay_error *err);
void assay_expr_scratch_free(struct assay_expr_scratch *scratch);

/* The run's clock (--as-of), which now() and current_date tell: microseconds UTC. */
void assay_expr_scratch_set_now(struct assay_expr_scratch *scratch, int64_t micros);

/*
 * Evaluates over the rows in slice->mask. Sets bit r of `truth` where the result is
 * true, of `unknown` where it is NULL; both 0: false. Rows that fault are neither.
 */
enum assay_status assay_expr_eval(const struct assay_expr *expr, struct assay_expr_scratch *scratch,
                                  const struct assay_slice *slice, uint64_t *truth,
                                  uint64_t *unknown, struct assay_expr_fault *fault,
                                  struct assay_error *err);

/* How a SQL dialect spells what differs between engines; NULL members: standard SQL. */
struct assay_expr_dialect {
    void (*identifier)(struct assay_buf *out, struct assay_str name);
    void (*literal)(struct assay_buf *out, struct assay_str text);
    /*
     * What to write for a function, with $1 … for its arguments; text NULL: it cannot be
     * expressed. Besides functions: "ilike", "not ilike", "in" and "not in" (with $* for the
     * list), "between" and "not between", "-time" (a time less a time), and "cast integer" and
     * so on, by the names of data/type.h.
     */
    const struct assay_expr_template {
        const char *name;
        const char *text;
    } * templates;
    uint32_t template_count;
    /*
     * AND and OR, where the engine's own are not those of three truth values: what to write
     * before, between and behind the operands.
     */
    const char *all[3], *any[3];
};

/* What assay_expr_parse reads back as the same expression, for messages and storage. */
extern const struct assay_expr_dialect assay_expr_native;

/* Adds to the help of COLUMN-MISSING that text is not written as the name of a column. */
void assay_expr_hint_text(struct assay_error *err);

/*
 * Appends the expression as SQL, NULL: standard SQL; false where the dialect cannot express
 * it, or the buffer is full.
 */
bool assay_expr_sql(const struct assay_expr *expr, const struct assay_expr_dialect *dialect,
                    struct assay_buf *out);

#endif
