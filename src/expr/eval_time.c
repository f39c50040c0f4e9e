/*
 * Times: intervals added, differences, parts, the clock.
 */
#include "config.h"

#include "expr/functions.h"
#include "expr/units.h"

/* A time of day stays within its day, as SQL has it. */
static bool shift(enum assay_expr_type type, int64_t micros, int64_t months, int64_t more,
                  int64_t *out)
{
    if (type != ASSAY_EXPR_TIME)
        return assay_expr_time_add(micros, months, more, out);
    *out = (micros + more % ASSAY_DAY_US + ASSAY_DAY_US) % ASSAY_DAY_US;
    return months == 0;
}

/* The sum of nanoseconds, 0..999; what is above or below goes into the microseconds. */
static uint16_t add_nanos(int nanos, int more, int64_t *micros)
{
    nanos += more;
    *micros += nanos >= 1000 ? 1 : nanos < 0 ? -1 : 0;
    return (uint16_t)((nanos + 1000) % 1000);
}

enum assay_status assay_expr_eval_shift(struct assay_expr_eval *e,
                                        const struct assay_expr_node *node, const uint64_t *live,
                                        struct assay_expr_vec *out)
{
    uint64_t active[ASSAY_EXPR_WORDS];
    struct assay_expr_vec args[2];
    int64_t *micros;
    uint16_t *nanos;
    ASSAY_TRY(assay_expr_operands(e, node, live, args, out, active));
    ASSAY_TRY(assay_expr_vec_micros(e, out, &micros));
    ASSAY_TRY(assay_expr_vec_nanos(e, out, &nanos));
    int64_t sign = node->op == '-' ? -1 : 1;
    int64_t months = sign * node->args[1]->months;
    ASSAY_EXPR_EACH(e, active, row, {
        struct assay_instant from = assay_expr_vec_instant(&args[0], row);
        struct assay_instant by = assay_expr_vec_instant(&args[1], row);
        int64_t more = sign * by.micros;
        nanos[row] = add_nanos((int)from.nanos, (int)sign * (int)by.nanos, &more);
        if (!shift(node->type, from.micros, months, more, &micros[row]))
            ASSAY_TRY(assay_expr_vec_fault(e, out, node, row, ASSAY_EXPR_OUT_OF_RANGE));
    })
    return ASSAY_OK;
}

enum assay_status assay_expr_eval_span(struct assay_expr_eval *e,
                                       const struct assay_expr_node *node, const uint64_t *live,
                                       struct assay_expr_vec *out)
{
    uint64_t active[ASSAY_EXPR_WORDS];
    struct assay_expr_vec args[2];
    int64_t *micros;
    uint16_t *nanos;
    ASSAY_TRY(assay_expr_operands(e, node, live, args, out, active));
    ASSAY_TRY(assay_expr_vec_micros(e, out, &micros));
    ASSAY_TRY(assay_expr_vec_nanos(e, out, &nanos));
    ASSAY_EXPR_EACH(e, active, row, {
        struct assay_instant a = assay_expr_vec_instant(&args[0], row);
        struct assay_instant b = assay_expr_vec_instant(&args[1], row);
        micros[row] = a.micros - b.micros;
        nanos[row] = add_nanos((int)a.nanos, -(int)b.nanos, &micros[row]);
    })
    return ASSAY_OK;
}

/* A number from each row's times; `first` is the argument they begin with. */
static enum assay_status numbers_of(struct assay_expr_eval *e, const struct assay_expr_node *node,
                                    enum assay_expr_unit unit, uint32_t first, const uint64_t *live,
                                    struct assay_expr_vec *out)
{
    uint64_t active[ASSAY_EXPR_WORDS];
    struct assay_expr_vec args[3];
    struct assay_expr_numbers numbers;
    ASSAY_TRY(assay_expr_operands(e, node, live, args, out, active));
    ASSAY_TRY(assay_expr_numbers_init(e, out, &numbers));
    const struct assay_expr_vec *a = &args[first], *b = &args[first + 1];
    bool diff = node->count == first + 2;
    ASSAY_EXPR_EACH(e, active, row, {
        int64_t x = a->value[row & a->at];
        numbers.value[row] = diff ? assay_expr_time_diff(unit, x, b->value[row & b->at])
                                  : assay_expr_time_part(unit, x);
        numbers.code[row] = 0;
    })
    return ASSAY_OK;
}

/* year(t) and its like */
enum assay_status assay_expr_eval_time_part(struct assay_expr_eval *e,
                                            const struct assay_expr_node *node,
                                            const uint64_t *live, struct assay_expr_vec *out)
{
    return numbers_of(e, node, (enum assay_expr_unit)node->function->unit, 0, live, out);
}

/* extract('unit', t) and date_diff('unit', from, to) */
enum assay_status assay_expr_eval_time_unit(struct assay_expr_eval *e,
                                            const struct assay_expr_node *node,
                                            const uint64_t *live, struct assay_expr_vec *out)
{
    return numbers_of(e, node, (enum assay_expr_unit)node->args[0]->months, 1, live, out);
}

enum assay_status assay_expr_eval_time_trunc(struct assay_expr_eval *e,
                                             const struct assay_expr_node *node,
                                             const uint64_t *live, struct assay_expr_vec *out)
{
    uint64_t active[ASSAY_EXPR_WORDS];
    struct assay_expr_vec args[2];
    int64_t *micros;
    ASSAY_TRY(assay_expr_operands(e, node, live, args, out, active));
    ASSAY_TRY(assay_expr_vec_micros(e, out, &micros));
    enum assay_expr_unit unit = (enum assay_expr_unit)node->args[0]->months;
    ASSAY_EXPR_EACH(e, active, row, {
        int64_t start = assay_expr_time_trunc(unit, args[1].value[row & args[1].at]);
        if (start < ASSAY_TIME_MIN)
            ASSAY_TRY(assay_expr_vec_fault(e, out, node, row, ASSAY_EXPR_OUT_OF_RANGE));
        else
            micros[row] = start;
    })
    return ASSAY_OK;
}

/* now() and current_date: the clock that the run was given, the same in all rows. */
enum assay_status assay_expr_eval_now(struct assay_expr_eval *e, const struct assay_expr_node *node,
                                      const uint64_t *live, struct assay_expr_vec *out)
{
    int64_t *micros;
    (void)live;
    ASSAY_TRY(assay_expr_vec_init(e, out));
    ASSAY_TRY(assay_expr_vec_micros(e, out, &micros));
    for (uint32_t row = 0; row < e->rows; row++)
        micros[row] = node->type == ASSAY_EXPR_DATE
                          ? assay_expr_time_trunc(ASSAY_EXPR_UNIT_DAY, e->now)
                          : e->now;
    return ASSAY_OK;
}
