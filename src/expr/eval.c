/*
 * Walks the tree: dispatch, constants, and the bookkeeping of NULL and faults.
 */
#include "config.h"

#include "expr/eval.h"

#include "expr/functions.h"

enum assay_status assay_expr_vec_init(struct assay_expr_eval *e, struct assay_expr_vec *out)
{
    void *bits;
    *out = (struct assay_expr_vec){.at = UINT32_MAX};
    ASSAY_TRY(assay_expr_stack_alloc(e, ASSAY_EXPR_WORDS * 2 * sizeof(uint64_t), &bits));
    memset(bits, 0, ASSAY_EXPR_WORDS * 2 * sizeof(uint64_t));
    out->null = bits;
    out->fault = out->null + ASSAY_EXPR_WORDS;
    return ASSAY_OK;
}

enum assay_status assay_expr_vec_bool(struct assay_expr_eval *e, struct assay_expr_vec *out)
{
    void *bits;
    ASSAY_TRY(assay_expr_stack_alloc(e, ASSAY_EXPR_WORDS * sizeof(uint64_t), &bits));
    memset(bits, 0, ASSAY_EXPR_WORDS * sizeof(uint64_t));
    out->truth = bits;
    return ASSAY_OK;
}

enum assay_status assay_expr_vec_micros(struct assay_expr_eval *e, struct assay_expr_vec *out,
                                        int64_t **micros)
{
    void *array;
    ASSAY_TRY(assay_expr_stack_alloc(e, e->rows * sizeof(int64_t), &array));
    memset(array, 0, e->rows * sizeof(int64_t));
    out->value = *micros = array;
    return ASSAY_OK;
}

enum assay_status assay_expr_vec_nanos(struct assay_expr_eval *e, struct assay_expr_vec *out,
                                       uint16_t **nanos)
{
    void *array;
    ASSAY_TRY(assay_expr_stack_alloc(e, e->rows * sizeof(uint16_t), &array));
    memset(array, 0, e->rows * sizeof(uint16_t));
    out->nanos = *nanos = array;
    return ASSAY_OK;
}

enum assay_status assay_expr_vec_text(struct assay_expr_eval *e, struct assay_expr_vec *out,
                                      struct assay_str **str)
{
    void *array;
    ASSAY_TRY(assay_expr_stack_alloc(e, e->rows * sizeof(struct assay_str), &array));
    memset(array, 0, e->rows * sizeof(struct assay_str));
    out->str = *str = array;
    return ASSAY_OK;
}

static enum assay_status why_array(struct assay_expr_eval *e, struct assay_expr_vec *v)
{
    void *array;
    if (v->why != NULL)
        return ASSAY_OK;
    ASSAY_TRY(assay_expr_stack_alloc(e, ASSAY_EXPR_WINDOW * sizeof *v->why, &array));
    v->why = array;
    return ASSAY_OK;
}

enum assay_status assay_expr_vec_fault(struct assay_expr_eval *e, struct assay_expr_vec *out,
                                       const struct assay_expr_node *node, uint32_t row,
                                       enum assay_expr_reason reason)
{
    ASSAY_TRY(why_array(e, out));
    out->why[row] = node->id << 8 | (uint32_t)reason;
    assay_bit_set(out->fault, row);
    return ASSAY_OK;
}

enum assay_status assay_expr_merge_faults(struct assay_expr_eval *e, struct assay_expr_vec *into,
                                          const struct assay_expr_vec *from, const uint64_t *rows)
{
    if (from->why == NULL)
        return ASSAY_OK;
    for (uint32_t w = 0; w < e->words; w++) {
        uint64_t fresh = from->fault[w] & rows[w] & ~into->fault[w];
        if (fresh == 0)
            continue;
        ASSAY_TRY(why_array(e, into));
        into->fault[w] |= fresh;
        for (; fresh; fresh &= fresh - 1) {
            uint32_t row = w * 64 + (uint32_t)__builtin_ctzll(fresh);
            into->why[row] = from->why[row];
        }
    }
    return ASSAY_OK;
}

enum assay_status assay_expr_operands(struct assay_expr_eval *e, const struct assay_expr_node *node,
                                      const uint64_t *live, struct assay_expr_vec *args,
                                      struct assay_expr_vec *out, uint64_t *active)
{
    ASSAY_TRY(assay_expr_vec_init(e, out));
    memcpy(active, live, e->words * sizeof *active);
    for (uint32_t i = 0; i < node->count; i++) {
        ASSAY_TRY(assay_expr_eval_node(e, node->args[i], live, &args[i]));
        ASSAY_TRY(assay_expr_merge_faults(e, out, &args[i], live));
        for (uint32_t w = 0; w < e->words; w++)
            out->null[w] |= args[i].null[w] & live[w];
    }
    for (uint32_t w = 0; w < e->words; w++) {
        out->null[w] &= ~out->fault[w];
        active[w] &= ~(out->null[w] | out->fault[w]);
    }
    return ASSAY_OK;
}

static enum assay_status eval_literal(struct assay_expr_eval *e, const struct assay_expr_node *node,
                                      const uint64_t *live, struct assay_expr_vec *out)
{
    ASSAY_TRY(assay_expr_vec_init(e, out));
    out->at = 0;
    out->value = &node->value;
    out->nanos = &node->nanos;
    out->code = &node->code;
    out->str = &node->text;
    if (node->type == ASSAY_EXPR_BOOL) {
        ASSAY_TRY(assay_expr_vec_bool(e, out));
        if (node->value)
            memcpy(out->truth, live, e->words * sizeof *live);
    } else if (node->type == ASSAY_EXPR_NULL) {
        memcpy(out->null, live, e->words * sizeof *live);
    } else if (node->type == ASSAY_EXPR_NUMBER && node->code == ASSAY_NUM_BIG) {
        void *wide;
        ASSAY_TRY(assay_expr_stack_alloc(e, sizeof *out->wide, &wide));
        static const uint8_t code = ASSAY_EXPR_WIDE;
        struct assay_numref ref = {.code = ASSAY_NUM_BIG, .text = node->text};
        *(struct assay_expr_decimal *)wide = assay_expr_decimal_of(&ref);
        out->wide = wide;
        out->code = &code;
    }
    return ASSAY_OK;
}

static enum assay_status dispatch(struct assay_expr_eval *e, const struct assay_expr_node *node,
                                  const uint64_t *live, struct assay_expr_vec *out)
{
    switch (node->kind) {
    case ASSAY_EXPR_LITERAL: return eval_literal(e, node, live, out);
    case ASSAY_EXPR_COLUMN: return assay_expr_eval_column(e, node, live, out);
    case ASSAY_EXPR_READ: return assay_expr_eval_read(e, node, live, out);
    case ASSAY_EXPR_NEGATE: return assay_expr_eval_negate(e, node, live, out);
    case ASSAY_EXPR_ARITH: return assay_expr_eval_arith(e, node, live, out);
    case ASSAY_EXPR_SHIFT: return assay_expr_eval_shift(e, node, live, out);
    case ASSAY_EXPR_SPAN: return assay_expr_eval_span(e, node, live, out);
    case ASSAY_EXPR_CONCAT: return assay_expr_eval_concat(e, node, live, out);
    case ASSAY_EXPR_COMPARE: return assay_expr_eval_compare(e, node, live, out);
    case ASSAY_EXPR_AND:
    case ASSAY_EXPR_OR: return assay_expr_eval_logic(e, node, live, out);
    case ASSAY_EXPR_NOT: return assay_expr_eval_not(e, node, live, out);
    case ASSAY_EXPR_IN: return assay_expr_eval_in(e, node, live, out);
    case ASSAY_EXPR_BETWEEN: return assay_expr_eval_between(e, node, live, out);
    case ASSAY_EXPR_LIKE: return assay_expr_eval_like(e, node, live, out);
    case ASSAY_EXPR_IS: return assay_expr_eval_is(e, node, live, out);
    case ASSAY_EXPR_CASE: return assay_expr_eval_case(e, node, live, out);
    case ASSAY_EXPR_CAST: return assay_expr_eval_cast(e, node, live, out);
    default: return node->function->eval(e, node, live, out);
    }
}

/* What row 0 came to is the answer for all live rows. */
static enum assay_status spread(struct assay_expr_eval *e, const uint64_t *live,
                                struct assay_expr_vec *out)
{
    bool is_null = out->null[0] & 1, faulted = out->fault[0] & 1;
    bool truth = out->truth != NULL && (out->truth[0] & 1);
    out->at = 0;
    for (uint32_t w = 0; w < e->words; w++) {
        out->null[w] = is_null ? live[w] : 0;
        out->fault[w] = faulted ? live[w] : 0;
        if (out->truth != NULL)
            out->truth[w] = truth ? live[w] : 0;
    }
    if (faulted)
        for (uint32_t row = 1; row < e->rows; row++)
            out->why[row] = out->why[0];
    return ASSAY_OK;
}

enum assay_status assay_expr_eval_node(struct assay_expr_eval *e,
                                       const struct assay_expr_node *node, const uint64_t *live,
                                       struct assay_expr_vec *out)
{
    if (!node->constant || e->rows == 1 || node->kind == ASSAY_EXPR_LITERAL)
        return dispatch(e, node, live, out);
    uint32_t rows = e->rows, words = e->words;
    uint64_t one[ASSAY_EXPR_WORDS] = {1};
    e->rows = 1;
    e->words = 1;
    enum assay_status status = dispatch(e, node, one, out);
    e->rows = rows;
    e->words = words;
    ASSAY_TRY(status);
    return spread(e, live, out);
}
