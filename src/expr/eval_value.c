/*
 * Where values come from: columns, readings of undeclared values, and cast.
 */
#include "config.h"

#include "expr/eval_number.h"
#include "expr/lex.h"
#include "expr/units.h"

/* "true" and "false" in any case. */
static bool read_truth(struct assay_str text, bool *truth)
{
    *truth = assay_expr_word_is(text, "true");
    return *truth || assay_expr_word_is(text, "false");
}

static enum assay_status column_numbers(struct assay_expr_eval *e,
                                        const struct assay_expr_node *node, const uint64_t *active,
                                        struct assay_expr_vec *out)
{
    const struct assay_numbers *numbers = assay_column_numbers(out->column);
    if (numbers == NULL)
        return assay_fail_nomem(e->err);
    out->value = numbers->mantissa + e->from;
    out->code = numbers->code + e->from;
    ASSAY_EXPR_EACH(e, active, row, {
        if (out->code[row] == ASSAY_NUM_NOT)
            ASSAY_TRY(assay_expr_vec_fault(e, out, node, row, ASSAY_EXPR_NOT_A_NUMBER));
    })
    return ASSAY_OK;
}

static enum assay_status column_times(struct assay_expr_eval *e, const struct assay_expr_node *node,
                                      const uint64_t *active, struct assay_expr_vec *out)
{
    const struct assay_times *times = assay_column_times(out->column);
    if (times == NULL)
        return assay_fail_nomem(e->err);
    out->value = times->micros + e->from;
    out->nanos = times->nanos ? times->nanos + e->from : NULL;
    const uint64_t *valid = times->valid + e->from / 64;
    ASSAY_EXPR_EACH(e, active, row, {
        if (!assay_bit_get(valid, row))
            ASSAY_TRY(assay_expr_vec_fault(e, out, node, row, ASSAY_EXPR_NOT_A_TIME));
    })
    return ASSAY_OK;
}

static enum assay_status text_truths(struct assay_expr_eval *e, const struct assay_expr_node *node,
                                     const struct assay_expr_vec *text, const uint64_t *active,
                                     struct assay_expr_vec *out)
{
    ASSAY_TRY(assay_expr_vec_bool(e, out));
    ASSAY_EXPR_EACH(e, active, row, {
        bool truth;
        uint8_t kind = assay_expr_vec_kind(text, row);
        bool fits = node->kind == ASSAY_EXPR_CAST || kind == ASSAY_EXPR_UNTYPED ||
                    kind == ASSAY_KIND_BOOLEAN;
        if (!fits || !read_truth(assay_expr_vec_str(text, row), &truth))
            ASSAY_TRY(assay_expr_vec_fault(e, out, node, row, ASSAY_EXPR_NOT_A_TRUTH));
        else if (truth)
            assay_bit_set(out->truth, row);
    })
    return ASSAY_OK;
}

/* A column as values of `type`, whatever `node` (itself or a READ above it) calls it. */
static enum assay_status column_as(struct assay_expr_eval *e, const struct assay_expr_node *node,
                                   const struct assay_expr_node *column_node,
                                   enum assay_expr_type type, const uint64_t *live,
                                   struct assay_expr_vec *out)
{
    uint64_t active[ASSAY_EXPR_WORDS];
    struct assay_column *column = e->slice->columns[column_node->value];
    ASSAY_TRY(assay_expr_vec_init(e, out));
    for (uint32_t w = 0; w < e->words; w++) {
        out->null[w] = column->null[e->from / 64 + w] & live[w];
        active[w] = live[w] & ~out->null[w];
    }
    out->column = column;
    out->span = column->spans + e->from;
    if (column->kind != NULL && (type == ASSAY_EXPR_ANY || type == ASSAY_EXPR_BOOL))
        out->kind = column->kind + e->from;
    switch (type) {
    case ASSAY_EXPR_ANY:
    case ASSAY_EXPR_TEXT: return ASSAY_OK;
    case ASSAY_EXPR_NUMBER: return column_numbers(e, node, active, out);
    case ASSAY_EXPR_BOOL: return text_truths(e, node, out, active, out);
    default: return column_times(e, node, active, out);
    }
}

enum assay_status assay_expr_eval_column(struct assay_expr_eval *e,
                                         const struct assay_expr_node *node, const uint64_t *live,
                                         struct assay_expr_vec *out)
{
    return column_as(e, node, node, node->type, live, out);
}

/* Texts as numbers, one by one. */
static enum assay_status text_numbers(struct assay_expr_eval *e, const struct assay_expr_node *node,
                                      const struct assay_expr_vec *text, const uint64_t *active,
                                      struct assay_expr_vec *out)
{
    struct assay_expr_numbers numbers;
    ASSAY_TRY(assay_expr_numbers_init(e, out, &numbers));
    ASSAY_EXPR_EACH(e, active, row, {
        uint8_t kind = assay_expr_vec_kind(text, row);
        bool fits = node->kind == ASSAY_EXPR_CAST || kind == ASSAY_EXPR_UNTYPED ||
                    kind == ASSAY_KIND_NUMBER;
        if (!fits)
            ASSAY_TRY(assay_expr_vec_fault(e, out, node, row, ASSAY_EXPR_NOT_A_NUMBER));
        else
            ASSAY_TRY(
                assay_expr_numbers_text(e, &numbers, node, row, assay_expr_vec_str(text, row)));
    })
    return ASSAY_OK;
}

static enum assay_status text_times(struct assay_expr_eval *e, const struct assay_expr_node *node,
                                    const struct assay_expr_vec *text, const uint64_t *active,
                                    struct assay_expr_vec *out)
{
    int64_t *micros;
    uint16_t *nanos;
    ASSAY_TRY(assay_expr_vec_micros(e, out, &micros));
    ASSAY_TRY(assay_expr_vec_nanos(e, out, &nanos));
    enum assay_expr_type type =
        node->type == ASSAY_EXPR_TIME ? ASSAY_EXPR_TIME : ASSAY_EXPR_TIMESTAMP;
    ASSAY_EXPR_EACH(e, active, row, {
        if (!assay_expr_time_parse(assay_expr_vec_str(text, row), type, &micros[row]))
            ASSAY_TRY(assay_expr_vec_fault(e, out, node, row, ASSAY_EXPR_NOT_A_TIME));
        else
            nanos[row] = (uint16_t)assay_time_nanos(assay_expr_vec_str(text, row));
    })
    return ASSAY_OK;
}

/* One value as text; `store` holds it where it has none of its own. */
static struct assay_str value_text(enum assay_expr_type type, const struct assay_expr_vec *v,
                                   uint32_t row, char store[64])
{
    if (type == ASSAY_EXPR_BOOL)
        return assay_bit_get(v->truth, row) ? ASSAY_STR("true") : ASSAY_STR("false");
    if (type != ASSAY_EXPR_NUMBER)
        return assay_str(store, assay_expr_time_text(type, assay_expr_vec_instant(v, row), store));
    struct assay_expr_decimal d = assay_expr_vec_decimal(v, row);
    if (d.code == ASSAY_NUM_BIG)
        return d.text;
    return assay_str(store, assay_expr_decimal_text(&d, store));
}

static enum assay_status to_text(struct assay_expr_eval *e, const struct assay_expr_node *node,
                                 const struct assay_expr_vec *from, const uint64_t *active,
                                 struct assay_expr_vec *out)
{
    enum assay_expr_type type = node->args[0]->type;
    if (type <= ASSAY_EXPR_ANY || type == ASSAY_EXPR_TEXT) {
        out->at = from->at;
        out->str = from->str;
        out->column = from->column;
        out->span = from->span;
        return ASSAY_OK;
    }
    struct assay_str *str;
    ASSAY_TRY(assay_expr_vec_text(e, out, &str));
    ASSAY_EXPR_EACH(e, active, row, {
        char store[64];
        void *copy;
        struct assay_str text = value_text(type, from, row, store);
        if (text.ptr == store) {
            ASSAY_TRY(assay_expr_stack_alloc(e, text.len, &copy));
            memcpy(copy, store, text.len);
            text.ptr = copy;
        }
        str[row] = text;
    })
    return ASSAY_OK;
}

enum assay_status assay_expr_eval_read(struct assay_expr_eval *e,
                                       const struct assay_expr_node *node, const uint64_t *live,
                                       struct assay_expr_vec *out)
{
    uint64_t active[ASSAY_EXPR_WORDS];
    struct assay_expr_vec from;
    const struct assay_expr_node *arg = node->args[0];
    bool times = assay_expr_is_micros(node->type) && node->type != ASSAY_EXPR_TIME;
    if (arg->kind == ASSAY_EXPR_COLUMN && arg->type == ASSAY_EXPR_ANY &&
        (times || node->type == ASSAY_EXPR_NUMBER || node->type == ASSAY_EXPR_BOOL))
        return column_as(e, node, arg, node->type, live, out);
    ASSAY_TRY(assay_expr_operands(e, node, live, &from, out, active));
    if (node->type == ASSAY_EXPR_TEXT)
        return to_text(e, node, &from, active, out);
    if (node->type == ASSAY_EXPR_NUMBER)
        return text_numbers(e, node, &from, active, out);
    if (node->type == ASSAY_EXPR_BOOL)
        return text_truths(e, node, &from, active, out);
    return text_times(e, node, &from, active, out);
}

/* Numbers, truths and texts as integers, decimals or any numbers. */
static enum assay_status cast_number(struct assay_expr_eval *e, const struct assay_expr_node *node,
                                     const struct assay_expr_vec *from, const uint64_t *active,
                                     struct assay_expr_vec *out)
{
    enum assay_expr_type type = node->args[0]->type;
    struct assay_expr_vec text = {.null = out->null, .fault = out->fault};
    if (type == ASSAY_EXPR_ANY || type == ASSAY_EXPR_TEXT) {
        ASSAY_TRY(text_numbers(e, node, from, active, out));
        text = *out;
        from = &text;
    }
    struct assay_expr_numbers numbers;
    ASSAY_TRY(assay_expr_numbers_init(e, out, &numbers));
    ASSAY_EXPR_EACH(e, active, row, {
        struct assay_expr_decimal d = {0};
        enum assay_expr_outcome outcome = ASSAY_EXPR_DECIMAL_OK;
        if (assay_bit_get(out->fault, row))
            continue;
        if (type == ASSAY_EXPR_BOOL)
            d.mantissa = assay_bit_get(from->truth, row);
        else
            d = assay_expr_vec_decimal(from, row);
        bool finite = assay_expr_decimal_is_finite(&d);
        bool fits = node->cast == ASSAY_TYPE_NUMBER || finite || d.code == ASSAY_NUM_BIG;
        if (fits && node->cast == ASSAY_TYPE_INTEGER) {
            struct assay_expr_decimal whole;
            outcome = assay_expr_decimal_round(&d, 0, ASSAY_EXPR_ROUND_HALF, &whole);
            fits = type != ASSAY_EXPR_TEXT && type != ASSAY_EXPR_ANY;
            fits = fits || (outcome == ASSAY_EXPR_DECIMAL_OK &&
                            assay_expr_decimal_compare(&d, &whole) == 0);
            d = whole;
        }
        if (outcome != ASSAY_EXPR_DECIMAL_OK)
            ASSAY_TRY(assay_expr_vec_fault(e, out, node, row, ASSAY_EXPR_TOO_LARGE));
        else if (!fits)
            ASSAY_TRY(assay_expr_vec_fault(
                e, out, node, row, finite ? ASSAY_EXPR_NOT_AN_INTEGER : ASSAY_EXPR_NOT_A_NUMBER));
        else
            ASSAY_TRY(assay_expr_numbers_put(e, &numbers, row, &d));
    })
    return ASSAY_OK;
}

static enum assay_status cast_truth(struct assay_expr_eval *e, const struct assay_expr_node *node,
                                    const struct assay_expr_vec *from, const uint64_t *active,
                                    struct assay_expr_vec *out)
{
    enum assay_expr_type type = node->args[0]->type;
    if (type == ASSAY_EXPR_ANY || type == ASSAY_EXPR_TEXT)
        return text_truths(e, node, from, active, out);
    ASSAY_TRY(assay_expr_vec_bool(e, out));
    if (type == ASSAY_EXPR_BOOL) {
        for (uint32_t w = 0; w < e->words; w++)
            out->truth[w] = from->truth[w] & active[w];
        return ASSAY_OK;
    }
    ASSAY_EXPR_EACH(e, active, row, {
        struct assay_expr_decimal d = assay_expr_vec_decimal(from, row);
        if (d.code == ASSAY_NUM_NAN)
            ASSAY_TRY(assay_expr_vec_fault(e, out, node, row, ASSAY_EXPR_NOT_A_TRUTH));
        else if (!assay_expr_decimal_is_finite(&d) || d.mantissa != 0)
            assay_bit_set(out->truth, row);
    })
    return ASSAY_OK;
}

static enum assay_status cast_time(struct assay_expr_eval *e, const struct assay_expr_node *node,
                                   const struct assay_expr_vec *from, const uint64_t *active,
                                   struct assay_expr_vec *out)
{
    struct assay_expr_vec text;
    int64_t *micros;
    uint16_t *nanos;
    if (!assay_expr_is_micros(node->args[0]->type)) {
        ASSAY_TRY(text_times(e, node, from, active, out));
        text = *out;
        from = &text;
    }
    ASSAY_TRY(assay_expr_vec_micros(e, out, &micros));
    ASSAY_TRY(assay_expr_vec_nanos(e, out, &nanos));
    bool day = node->type == ASSAY_EXPR_DATE;
    ASSAY_EXPR_EACH(e, active, row, {
        struct assay_instant value = assay_expr_vec_instant(from, row);
        micros[row] = day ? assay_expr_time_trunc(ASSAY_EXPR_UNIT_DAY, value.micros) : value.micros;
        nanos[row] = day ? 0 : (uint16_t)value.nanos;
    })
    return ASSAY_OK;
}

enum assay_status assay_expr_eval_cast(struct assay_expr_eval *e,
                                       const struct assay_expr_node *node, const uint64_t *live,
                                       struct assay_expr_vec *out)
{
    uint64_t active[ASSAY_EXPR_WORDS];
    struct assay_expr_vec from;
    ASSAY_TRY(assay_expr_operands(e, node, live, &from, out, active));
    switch (node->type) {
    case ASSAY_EXPR_NUMBER: return cast_number(e, node, &from, active, out);
    case ASSAY_EXPR_BOOL: return cast_truth(e, node, &from, active, out);
    case ASSAY_EXPR_TEXT: return to_text(e, node, &from, active, out);
    default: return cast_time(e, node, &from, active, out);
    }
}
