/*
 * Numbers: columns and texts read as such, arithmetic, and the numeric functions.
 *
 * Most numbers have up to 18 digits; they are added and multiplied in two machine words,
 * the rest goes through decimal.c.
 */
#include "config.h"

#include "expr/eval_number.h"
#include "expr/functions.h"

struct assay_expr_decimal assay_expr_vec_decimal(const struct assay_expr_vec *v, uint32_t row)
{
    uint32_t i = row & v->at;
    if (v->code[i] == ASSAY_EXPR_WIDE)
        return v->wide[i];
    if (v->code[i] == ASSAY_NUM_BIG && v->column != NULL) {
        struct assay_numref ref = {.code = ASSAY_NUM_BIG,
                                   .text =
                                       assay_str(v->column->base + v->span[i].off, v->span[i].len)};
        return assay_expr_decimal_of(&ref);
    }
    return (struct assay_expr_decimal){.mantissa = v->value[i], .code = v->code[i]};
}

enum assay_status assay_expr_numbers_init(struct assay_expr_eval *e, struct assay_expr_vec *out,
                                          struct assay_expr_numbers *numbers)
{
    void *value, *code;
    ASSAY_TRY(assay_expr_stack_alloc(e, e->rows * sizeof(int64_t), &value));
    ASSAY_TRY(assay_expr_stack_alloc(e, e->rows, &code));
    memset(value, 0, e->rows * sizeof(int64_t));
    memset(code, ASSAY_NUM_NOT, e->rows);
    *numbers = (struct assay_expr_numbers){.vec = out, .value = value, .code = code};
    out->value = value;
    out->code = code;
    return ASSAY_OK;
}

enum assay_status assay_expr_numbers_put(struct assay_expr_eval *e,
                                         struct assay_expr_numbers *numbers, uint32_t row,
                                         const struct assay_expr_decimal *d)
{
    struct assay_expr_decimal value = *d;
    if (assay_expr_decimal_is_finite(&value) && !value.inexact) {
        if (value.code > ASSAY_NUM_SCALE_MAX || value.mantissa >= ASSAY_NUM_MANTISSA_END ||
            value.mantissa <= -ASSAY_NUM_MANTISSA_END)
            assay_expr_decimal_shorten(&value);
        if (value.code <= ASSAY_NUM_SCALE_MAX && value.mantissa < ASSAY_NUM_MANTISSA_END &&
            value.mantissa > -ASSAY_NUM_MANTISSA_END) {
            numbers->value[row] = (int64_t)value.mantissa;
            numbers->code[row] = value.code;
            return ASSAY_OK;
        }
    } else if (!assay_expr_decimal_is_finite(&value) && value.code != ASSAY_NUM_BIG) {
        numbers->code[row] = value.code;
        return ASSAY_OK;
    }
    if (numbers->wide == NULL) {
        void *wide;
        ASSAY_TRY(assay_expr_stack_alloc(e, e->rows * sizeof *numbers->wide, &wide));
        numbers->vec->wide = numbers->wide = wide;
    }
    numbers->wide[row] = value;
    numbers->code[row] = ASSAY_EXPR_WIDE;
    return ASSAY_OK;
}

static enum assay_status put_outcome(struct assay_expr_eval *e, struct assay_expr_numbers *numbers,
                                     const struct assay_expr_node *node, uint32_t row,
                                     enum assay_expr_outcome outcome,
                                     const struct assay_expr_decimal *d)
{
    if (outcome == ASSAY_EXPR_DECIMAL_OK)
        return assay_expr_numbers_put(e, numbers, row, d);
    return assay_expr_vec_fault(e, numbers->vec, node, row,
                                outcome == ASSAY_EXPR_DECIMAL_ZERO ? ASSAY_EXPR_DIVIDED_BY_ZERO
                                                                   : ASSAY_EXPR_TOO_LARGE);
}

/* Sum, difference or product of two SMALLs, where the result is one too. */
static inline bool small_arith(uint8_t op, int64_t m, uint8_t a, int64_t n, uint8_t b,
                               int64_t *value, uint8_t *code)
{
    __int128 r;
    if (a > ASSAY_NUM_SCALE_MAX || b > ASSAY_NUM_SCALE_MAX)
        return false;
    uint8_t scale = a > b ? a : b;
    if (op == '*') {
        r = (__int128)m * n;
        scale = (uint8_t)(a + b);
    } else if (op == '+' || op == '-') {
        __int128 x = (__int128)m * assay_expr_powers[scale - a],
                 y = (__int128)n * assay_expr_powers[scale - b];
        r = op == '+' ? x + y : x - y;
    } else {
        return false;
    }
    if (scale > ASSAY_NUM_SCALE_MAX || r >= ASSAY_NUM_MANTISSA_END || r <= -ASSAY_NUM_MANTISSA_END)
        return false;
    *value = (int64_t)r;
    *code = scale;
    return true;
}

static enum assay_status arith(struct assay_expr_eval *e, const struct assay_expr_node *node,
                               uint8_t op, const uint64_t *live, struct assay_expr_vec *out)
{
    uint64_t active[ASSAY_EXPR_WORDS];
    struct assay_expr_vec args[2];
    struct assay_expr_numbers numbers;
    ASSAY_TRY(assay_expr_operands(e, node, live, args, out, active));
    ASSAY_TRY(assay_expr_numbers_init(e, out, &numbers));
    const struct assay_expr_vec *a = &args[0], *b = &args[1];
    ASSAY_EXPR_EACH(e, active, row, {
        uint32_t i = row & a->at, j = row & b->at;
        if (small_arith(op, a->value[i], a->code[i], b->value[j], b->code[j], &numbers.value[row],
                        &numbers.code[row]))
            continue;
        struct assay_expr_decimal x = assay_expr_vec_decimal(a, row);
        struct assay_expr_decimal y = assay_expr_vec_decimal(b, row), z;
        enum assay_expr_outcome outcome = assay_expr_decimal_arith((char)op, &x, &y, &z);
        ASSAY_TRY(put_outcome(e, &numbers, node, row, outcome, &z));
    })
    return ASSAY_OK;
}

enum assay_status assay_expr_eval_arith(struct assay_expr_eval *e,
                                        const struct assay_expr_node *node, const uint64_t *live,
                                        struct assay_expr_vec *out)
{
    return arith(e, node, node->op, live, out);
}

enum assay_status assay_expr_eval_mod(struct assay_expr_eval *e, const struct assay_expr_node *node,
                                      const uint64_t *live, struct assay_expr_vec *out)
{
    return arith(e, node, '%', live, out);
}

/* Minus, and abs: what needs no more than a look at the sign. */
static enum assay_status signs(struct assay_expr_eval *e, const struct assay_expr_node *node,
                               bool absolute, const uint64_t *live, struct assay_expr_vec *out)
{
    uint64_t active[ASSAY_EXPR_WORDS];
    struct assay_expr_vec arg;
    struct assay_expr_numbers numbers;
    ASSAY_TRY(assay_expr_operands(e, node, live, &arg, out, active));
    ASSAY_TRY(assay_expr_numbers_init(e, out, &numbers));
    ASSAY_EXPR_EACH(e, active, row, {
        struct assay_expr_decimal d = assay_expr_vec_decimal(&arg, row);
        enum assay_expr_outcome outcome =
            d.code == ASSAY_NUM_BIG ? ASSAY_EXPR_DECIMAL_LARGE : ASSAY_EXPR_DECIMAL_OK;
        if (d.code == ASSAY_NUM_NEG_INF || (d.code == ASSAY_NUM_POS_INF && !absolute))
            d.code = d.code == ASSAY_NUM_NEG_INF ? ASSAY_NUM_POS_INF : ASSAY_NUM_NEG_INF;
        else if (!absolute || d.mantissa < 0)
            d.mantissa = -d.mantissa;
        ASSAY_TRY(put_outcome(e, &numbers, node, row, outcome, &d));
    })
    return ASSAY_OK;
}

enum assay_status assay_expr_eval_negate(struct assay_expr_eval *e,
                                         const struct assay_expr_node *node, const uint64_t *live,
                                         struct assay_expr_vec *out)
{
    return signs(e, node, false, live, out);
}

enum assay_status assay_expr_eval_abs(struct assay_expr_eval *e, const struct assay_expr_node *node,
                                      const uint64_t *live, struct assay_expr_vec *out)
{
    return signs(e, node, true, live, out);
}

/* round, floor and ceil; the row of the function says which. */
enum assay_status assay_expr_eval_round(struct assay_expr_eval *e,
                                        const struct assay_expr_node *node, const uint64_t *live,
                                        struct assay_expr_vec *out)
{
    uint64_t active[ASSAY_EXPR_WORDS];
    struct assay_expr_vec args[2];
    struct assay_expr_numbers numbers;
    ASSAY_TRY(assay_expr_operands(e, node, live, args, out, active));
    ASSAY_TRY(assay_expr_numbers_init(e, out, &numbers));
    ASSAY_EXPR_EACH(e, active, row, {
        struct assay_expr_decimal d = assay_expr_vec_decimal(&args[0], row);
        int64_t digits = 0;
        if (node->count > 1 && !assay_expr_vec_integer(&args[1], row, &digits)) {
            ASSAY_TRY(assay_expr_vec_fault(e, out, node, row, ASSAY_EXPR_NOT_AN_INTEGER));
            continue;
        }
        digits = digits > ASSAY_EXPR_DIGITS    ? ASSAY_EXPR_DIGITS
                 : digits < -ASSAY_EXPR_DIGITS ? -ASSAY_EXPR_DIGITS
                                               : digits;
        enum assay_expr_outcome outcome = assay_expr_decimal_round(
            &d, (int)digits, (enum assay_expr_rounding)node->function->unit, &d);
        ASSAY_TRY(put_outcome(e, &numbers, node, row, outcome, &d));
    })
    return ASSAY_OK;
}

bool assay_expr_vec_integer(const struct assay_expr_vec *v, uint32_t row, int64_t *out)
{
    struct assay_expr_decimal d = assay_expr_vec_decimal(v, row);
    assay_expr_decimal_shorten(&d);
    *out = (int64_t)d.mantissa;
    return d.code == 0 && *out == d.mantissa;
}

enum assay_status assay_expr_numbers_text(struct assay_expr_eval *e,
                                          struct assay_expr_numbers *numbers,
                                          const struct assay_expr_node *node, uint32_t row,
                                          struct assay_str text)
{
    int64_t mantissa;
    uint8_t code = assay_number_parse_safe(text.ptr, text.len, &mantissa);
    if (code == ASSAY_NUM_NOT)
        return assay_expr_vec_fault(e, numbers->vec, node, row, ASSAY_EXPR_NOT_A_NUMBER);
    struct assay_numref ref = {mantissa, text, code};
    struct assay_expr_decimal d = assay_expr_decimal_of(&ref);
    return assay_expr_numbers_put(e, numbers, row, &d);
}
