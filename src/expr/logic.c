/*
 * AND, OR, NOT, IS, and what chooses between values: CASE, coalesce, nullif.
 *
 * Each operand is evaluated only for the rows that those before it left open, and a fault
 * counts only where the other operands do not decide the row, on whichever side it is:
 * x <> 0 AND 1/x > 2 and 1/x > 2 AND x <> 0 say the same.
 */
#include "config.h"

#include "expr/eval.h"

#include "expr/functions.h"

static bool none(const uint64_t *bits, uint32_t words)
{
    uint64_t any = 0;
    for (uint32_t w = 0; w < words; w++)
        any |= bits[w];
    return any == 0;
}

enum assay_status assay_expr_eval_logic(struct assay_expr_eval *e,
                                        const struct assay_expr_node *node, const uint64_t *live,
                                        struct assay_expr_vec *out)
{
    bool is_and = node->kind == ASSAY_EXPR_AND;
    uint64_t open[ASSAY_EXPR_WORDS];
    memcpy(open, live, e->words * sizeof *open);
    ASSAY_TRY(assay_expr_vec_init(e, out));
    ASSAY_TRY(assay_expr_vec_bool(e, out));
    for (uint32_t i = 0; i < node->count && !none(open, e->words); i++) {
        struct assay_expr_vec side;
        struct assay_expr_mark mark = assay_expr_mark(e);
        bool had_why = out->why != NULL;
        ASSAY_TRY(assay_expr_eval_node(e, node->args[i], open, &side));
        ASSAY_TRY(assay_expr_merge_faults(e, out, &side, open));
        for (uint32_t w = 0; w < e->words; w++) {
            uint64_t settled = is_and ? ~(side.truth[w] | side.null[w] | side.fault[w])
                                      : side.truth[w] & ~(side.null[w] | side.fault[w]);
            out->null[w] |= side.null[w] & open[w];
            open[w] &= ~settled;
        }
        if (had_why || out->why == NULL) /* else what is kept lies above the mark */
            assay_expr_release(e, mark);
    }
    for (uint32_t w = 0; w < e->words; w++) {
        out->fault[w] &= open[w];
        out->null[w] &= open[w] & ~out->fault[w];
        out->truth[w] = is_and ? open[w] & ~(out->null[w] | out->fault[w]) : live[w] & ~open[w];
    }
    return ASSAY_OK;
}

enum assay_status assay_expr_eval_not(struct assay_expr_eval *e, const struct assay_expr_node *node,
                                      const uint64_t *live, struct assay_expr_vec *out)
{
    uint64_t active[ASSAY_EXPR_WORDS];
    struct assay_expr_vec arg;
    ASSAY_TRY(assay_expr_operands(e, node, live, &arg, out, active));
    ASSAY_TRY(assay_expr_vec_bool(e, out));
    for (uint32_t w = 0; w < e->words; w++)
        out->truth[w] = active[w] & ~arg.truth[w];
    return ASSAY_OK;
}

enum assay_status assay_expr_eval_is(struct assay_expr_eval *e, const struct assay_expr_node *node,
                                     const uint64_t *live, struct assay_expr_vec *out)
{
    uint64_t active[ASSAY_EXPR_WORDS];
    struct assay_expr_vec arg;
    ASSAY_TRY(assay_expr_operands(e, node, live, &arg, out, active));
    ASSAY_TRY(assay_expr_vec_bool(e, out));
    for (uint32_t w = 0; w < e->words; w++) {
        uint64_t holds = node->op == 'n'   ? out->null[w]
                         : node->op == 't' ? active[w] & arg.truth[w]
                                           : active[w] & ~arg.truth[w];
        out->truth[w] = (node->negated ? ~holds : holds) & live[w] & ~out->fault[w];
        out->null[w] = 0;
    }
    return ASSAY_OK;
}

/* A result that is put together from the rows of several vectors. */
struct choice {
    const struct assay_expr_node *node;
    struct assay_expr_vec *out;
    struct assay_expr_numbers numbers;
    int64_t *micros;
    uint16_t *nanos;
    struct assay_str *str;
    uint8_t *kind;
};

static enum assay_status choice_init(struct assay_expr_eval *e, const struct assay_expr_node *node,
                                     struct assay_expr_vec *out, struct choice *choice)
{
    *choice = (struct choice){.node = node, .out = out};
    ASSAY_TRY(assay_expr_vec_init(e, out));
    if (node->type == ASSAY_EXPR_BOOL)
        return assay_expr_vec_bool(e, out);
    if (node->type == ASSAY_EXPR_NUMBER)
        return assay_expr_numbers_init(e, out, &choice->numbers);
    if (assay_expr_is_micros(node->type)) {
        ASSAY_TRY(assay_expr_vec_micros(e, out, &choice->micros));
        return assay_expr_vec_nanos(e, out, &choice->nanos);
    }
    ASSAY_TRY(assay_expr_vec_text(e, out, &choice->str));
    if (node->type == ASSAY_EXPR_ANY) {
        void *kind;
        ASSAY_TRY(assay_expr_stack_alloc(e, e->rows, &kind));
        memset(kind, ASSAY_EXPR_UNTYPED, e->rows);
        out->kind = choice->kind = kind;
    }
    return ASSAY_OK;
}

/* Takes the values of `from` in `rows`, NULL and faults too. */
static enum assay_status choice_take(struct assay_expr_eval *e, struct choice *choice,
                                     const struct assay_expr_vec *from, const uint64_t *rows)
{
    struct assay_expr_vec *out = choice->out;
    uint64_t values[ASSAY_EXPR_WORDS];
    ASSAY_TRY(assay_expr_merge_faults(e, out, from, rows));
    for (uint32_t w = 0; w < e->words; w++) {
        out->null[w] |= from->null[w] & rows[w] & ~from->fault[w];
        values[w] = rows[w] & ~(from->null[w] | from->fault[w]);
        if (out->truth != NULL)
            out->truth[w] |= from->truth ? from->truth[w] & values[w] : 0;
    }
    if (out->truth != NULL)
        return ASSAY_OK;
    ASSAY_EXPR_EACH(e, values, row, {
        if (choice->str != NULL) {
            choice->str[row] = assay_expr_vec_str(from, row);
            if (choice->kind != NULL)
                choice->kind[row] = assay_expr_vec_kind(from, row);
        } else if (choice->micros != NULL) {
            struct assay_instant value = assay_expr_vec_instant(from, row);
            choice->micros[row] = value.micros;
            choice->nanos[row] = (uint16_t)value.nanos;
        } else {
            struct assay_expr_decimal d = assay_expr_vec_decimal(from, row);
            ASSAY_TRY(assay_expr_numbers_put(e, &choice->numbers, row, &d));
        }
    })
    return ASSAY_OK;
}

/* The rows of `open` for which WHEN holds; those where it faults leave `open`. */
static enum assay_status when_holds(struct assay_expr_eval *e, const struct assay_expr_node *node,
                                    const struct assay_expr_vec *operand,
                                    const struct assay_expr_vec *when, struct assay_expr_vec *out,
                                    uint64_t *open, uint64_t *holds)
{
    ASSAY_TRY(assay_expr_merge_faults(e, out, when, open));
    for (uint32_t w = 0; w < e->words; w++) {
        open[w] &= ~when->fault[w];
        holds[w] = open[w] & ~when->null[w];
        if (operand == NULL)
            holds[w] &= when->truth ? when->truth[w] : 0;
        else
            holds[w] &= ~operand->null[w];
    }
    if (operand == NULL)
        return ASSAY_OK;
    uint64_t candidates[ASSAY_EXPR_WORDS];
    memcpy(candidates, holds, e->words * sizeof *holds);
    ASSAY_EXPR_EACH(e, candidates, row, {
        if (assay_expr_compare_row(node->mode, operand, when, row) != ASSAY_EXPR_EQ)
            holds[row / 64] &= ~((uint64_t)1 << (row % 64));
    })
    return ASSAY_OK;
}

enum assay_status assay_expr_eval_case(struct assay_expr_eval *e,
                                       const struct assay_expr_node *node, const uint64_t *live,
                                       struct assay_expr_vec *out)
{
    uint64_t open[ASSAY_EXPR_WORDS], holds[ASSAY_EXPR_WORDS];
    struct assay_expr_vec operand, when, then;
    struct choice choice;
    uint32_t i = 0;
    ASSAY_TRY(choice_init(e, node, out, &choice));
    memcpy(open, live, e->words * sizeof *open);
    if (node->operand) {
        ASSAY_TRY(assay_expr_eval_node(e, node->args[i++], open, &operand));
        ASSAY_TRY(assay_expr_merge_faults(e, out, &operand, open));
        for (uint32_t w = 0; w < e->words; w++)
            open[w] &= ~operand.fault[w];
    }
    for (; i + 1 < node->count && !none(open, e->words); i += 2) {
        ASSAY_TRY(assay_expr_eval_node(e, node->args[i], open, &when));
        ASSAY_TRY(when_holds(e, node, node->operand ? &operand : NULL, &when, out, open, holds));
        if (none(holds, e->words))
            continue;
        ASSAY_TRY(assay_expr_eval_node(e, node->args[i + 1], holds, &then));
        ASSAY_TRY(choice_take(e, &choice, &then, holds));
        for (uint32_t w = 0; w < e->words; w++)
            open[w] &= ~holds[w];
    }
    if ((node->count - (node->operand ? 1 : 0)) % 2 != 0 && !none(open, e->words)) {
        ASSAY_TRY(assay_expr_eval_node(e, node->args[node->count - 1], open, &then));
        return choice_take(e, &choice, &then, open);
    }
    for (uint32_t w = 0; w < e->words; w++)
        out->null[w] |= open[w];
    return ASSAY_OK;
}

enum assay_status assay_expr_eval_coalesce(struct assay_expr_eval *e,
                                           const struct assay_expr_node *node, const uint64_t *live,
                                           struct assay_expr_vec *out)
{
    uint64_t open[ASSAY_EXPR_WORDS], taken[ASSAY_EXPR_WORDS];
    struct assay_expr_vec arg;
    struct choice choice;
    ASSAY_TRY(choice_init(e, node, out, &choice));
    memcpy(open, live, e->words * sizeof *open);
    for (uint32_t i = 0; i < node->count && !none(open, e->words); i++) {
        ASSAY_TRY(assay_expr_eval_node(e, node->args[i], open, &arg));
        for (uint32_t w = 0; w < e->words; w++) {
            taken[w] = open[w] & ~(arg.null[w] & ~arg.fault[w]);
            open[w] &= ~taken[w];
        }
        ASSAY_TRY(choice_take(e, &choice, &arg, taken));
    }
    for (uint32_t w = 0; w < e->words; w++)
        out->null[w] |= open[w];
    return ASSAY_OK;
}

enum assay_status assay_expr_eval_nullif(struct assay_expr_eval *e,
                                         const struct assay_expr_node *node, const uint64_t *live,
                                         struct assay_expr_vec *out)
{
    struct assay_expr_vec args[2];
    struct choice choice;
    uint64_t keep[ASSAY_EXPR_WORDS];
    ASSAY_TRY(choice_init(e, node, out, &choice));
    for (uint32_t i = 0; i < 2; i++) {
        ASSAY_TRY(assay_expr_eval_node(e, node->args[i], live, &args[i]));
        ASSAY_TRY(assay_expr_merge_faults(e, out, &args[i], live));
    }
    for (uint32_t w = 0; w < e->words; w++)
        keep[w] = live[w] & ~out->fault[w];
    ASSAY_EXPR_EACH(e, keep, row, {
        if (!assay_bit_get(args[0].null, row) && !assay_bit_get(args[1].null, row) &&
            assay_expr_compare_row(node->mode, &args[0], &args[1], row) == ASSAY_EXPR_EQ) {
            keep[row / 64] &= ~((uint64_t)1 << (row % 64));
            assay_bit_set(out->null, row);
        }
    })
    return choice_take(e, &choice, &args[0], keep);
}

/* greatest and least: NULL arguments are passed over. */
enum assay_status assay_expr_eval_extreme(struct assay_expr_eval *e,
                                          const struct assay_expr_node *node, const uint64_t *live,
                                          struct assay_expr_vec *out)
{
    struct choice choice;
    unsigned better = (unsigned)node->function->unit;
    uint64_t have[ASSAY_EXPR_WORDS] = {0};
    struct assay_expr_vec arg;
    ASSAY_TRY(choice_init(e, node, out, &choice));
    for (uint32_t i = 0; i < node->count; i++) {
        uint64_t take[ASSAY_EXPR_WORDS];
        ASSAY_TRY(assay_expr_eval_node(e, node->args[i], live, &arg));
        for (uint32_t w = 0; w < e->words; w++)
            take[w] = live[w] & ~arg.null[w];
        uint64_t both[ASSAY_EXPR_WORDS];
        for (uint32_t w = 0; w < e->words; w++)
            both[w] = take[w] & have[w] & ~(arg.fault[w] | out->fault[w]);
        ASSAY_EXPR_EACH(e, both, row, {
            if (assay_expr_compare_row(node->mode, &arg, out, row) != better)
                take[row / 64] &= ~((uint64_t)1 << (row % 64));
        })
        for (uint32_t w = 0; w < e->words; w++)
            have[w] |= live[w] & ~arg.null[w];
        if (out->truth != NULL) /* choice_take only adds */
            for (uint32_t w = 0; w < e->words; w++)
                out->truth[w] &= ~take[w];
        ASSAY_TRY(choice_take(e, &choice, &arg, take));
    }
    for (uint32_t w = 0; w < e->words; w++)
        out->null[w] = live[w] & ~have[w] & ~out->fault[w];
    return ASSAY_OK;
}
