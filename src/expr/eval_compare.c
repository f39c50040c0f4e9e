/*
 * Comparisons: =, <, IN, BETWEEN.
 *
 * Undeclared values (ANY) are compared as numbers where both are numbers in that row, else
 * as text. A value that JSON says is a number or a boolean is no text: against text it is
 * neither equal nor in any order, so only <> holds.
 */
#include "config.h"

#include "expr/eval.h"

static inline unsigned outcome(int c)
{
    return c < 0 ? ASSAY_EXPR_LT : c > 0 ? ASSAY_EXPR_GT : ASSAY_EXPR_EQ;
}

/* Two SMALLs on one scale: below 10^36, so two words hold both. */
static inline unsigned compare_small(int64_t m, uint8_t a, int64_t n, uint8_t b)
{
    if (a == b)
        return outcome((m > n) - (m < n));
    uint8_t scale = a > b ? a : b;
    __int128 x = (__int128)m * assay_expr_powers[scale - a],
             y = (__int128)n * assay_expr_powers[scale - b];
    return outcome((x > y) - (x < y));
}

static unsigned compare_number(const struct assay_expr_vec *a, const struct assay_expr_vec *b,
                               uint32_t row)
{
    uint32_t i = row & a->at, j = row & b->at;
    if (a->code[i] <= ASSAY_NUM_SCALE_MAX && b->code[j] <= ASSAY_NUM_SCALE_MAX)
        return compare_small(a->value[i], a->code[i], b->value[j], b->code[j]);
    struct assay_expr_decimal x = assay_expr_vec_decimal(a, row);
    struct assay_expr_decimal y = assay_expr_vec_decimal(b, row);
    int c = assay_expr_decimal_compare(&x, &y);
    return c == ASSAY_NUM_UNORDERED ? (unsigned)ASSAY_EXPR_UNORDERED : outcome(c);
}

static bool is_text_kind(uint8_t kind)
{
    return kind != ASSAY_KIND_NUMBER && kind != ASSAY_KIND_BOOLEAN;
}

static unsigned compare_any(const struct assay_expr_vec *a, const struct assay_expr_vec *b,
                            uint32_t row)
{
    struct assay_numref x, y;
    struct assay_str s = assay_expr_vec_str(a, row), t = assay_expr_vec_str(b, row);
    uint8_t k = assay_expr_vec_kind(a, row), l = assay_expr_vec_kind(b, row);
    if ((k == ASSAY_EXPR_UNTYPED || k == ASSAY_KIND_NUMBER) &&
        (l == ASSAY_EXPR_UNTYPED || l == ASSAY_KIND_NUMBER)) {
        x = assay_numref(s);
        y = assay_numref(t);
        if (x.code != ASSAY_NUM_NOT && y.code != ASSAY_NUM_NOT) {
            int c = assay_number_compare(&x, &y);
            return c == ASSAY_NUM_UNORDERED ? (unsigned)ASSAY_EXPR_UNORDERED : outcome(c);
        }
    }
    if (k != l && (!is_text_kind(k) || !is_text_kind(l)))
        return ASSAY_EXPR_UNORDERED;
    return outcome(assay_str_compare(s, t));
}

static unsigned compare_text(const struct assay_expr_vec *a, const struct assay_expr_vec *b,
                             uint32_t row)
{
    if ((a->kind && !is_text_kind(assay_expr_vec_kind(a, row))) ||
        (b->kind && !is_text_kind(assay_expr_vec_kind(b, row))))
        return ASSAY_EXPR_UNORDERED;
    return outcome(assay_str_compare(assay_expr_vec_str(a, row), assay_expr_vec_str(b, row)));
}

unsigned assay_expr_compare_row(enum assay_expr_type mode, const struct assay_expr_vec *a,
                                const struct assay_expr_vec *b, uint32_t row)
{
    switch (mode) {
    case ASSAY_EXPR_NUMBER: return compare_number(a, b, row);
    case ASSAY_EXPR_TEXT: return compare_text(a, b, row);
    case ASSAY_EXPR_BOOL:
        return outcome((int)assay_bit_get(a->truth, row) - (int)assay_bit_get(b->truth, row));
    case ASSAY_EXPR_ANY:
    case ASSAY_EXPR_NULL: return compare_any(a, b, row);
    default:
        return outcome(
            assay_instant_compare(assay_expr_vec_instant(a, row), assay_expr_vec_instant(b, row)));
    }
}

/* Numbers: the loop most comparisons spend their time in. */
static void compare_numbers(const struct assay_expr_eval *e, unsigned op,
                            const struct assay_expr_vec *a, const struct assay_expr_vec *b,
                            const uint64_t *active, uint64_t *truth)
{
    for (uint32_t w = 0; w < e->words; w++) {
        uint64_t bits = 0;
        for (uint64_t left = active[w]; left != 0; left &= left - 1) {
            unsigned bit = (unsigned)__builtin_ctzll(left);
            bits |= (uint64_t)((compare_number(a, b, w * 64 + bit) & op) != 0) << bit;
        }
        truth[w] = bits;
    }
}

/* = and <> of text: lengths first. */
static void equal_texts(const struct assay_expr_eval *e, unsigned op,
                        const struct assay_expr_vec *a, const struct assay_expr_vec *b,
                        const uint64_t *active, uint64_t *truth)
{
    for (uint32_t w = 0; w < e->words; w++) {
        uint64_t bits = 0;
        for (uint64_t left = active[w]; left != 0; left &= left - 1) {
            unsigned bit = (unsigned)__builtin_ctzll(left);
            uint32_t row = w * 64 + bit;
            bits |=
                (uint64_t)assay_str_equal(assay_expr_vec_str(a, row), assay_expr_vec_str(b, row))
                << bit;
        }
        truth[w] = op == ASSAY_EXPR_EQ ? bits : active[w] & ~bits;
    }
}

static void compare_rows(const struct assay_expr_eval *e, enum assay_expr_type mode, unsigned op,
                         const struct assay_expr_vec *a, const struct assay_expr_vec *b,
                         const uint64_t *active, uint64_t *truth)
{
    if (mode == ASSAY_EXPR_NUMBER) {
        compare_numbers(e, op, a, b, active, truth);
        return;
    }
    if (mode == ASSAY_EXPR_TEXT && a->kind == NULL && b->kind == NULL &&
        (op == ASSAY_EXPR_EQ || op == ASSAY_EXPR_NE)) {
        equal_texts(e, op, a, b, active, truth);
        return;
    }
    memset(truth, 0, e->words * sizeof *truth);
    ASSAY_EXPR_EACH(e, active, row, {
        if (assay_expr_compare_row(mode, a, b, row) & op)
            assay_bit_set(truth, row);
    })
}

enum assay_status assay_expr_eval_compare(struct assay_expr_eval *e,
                                          const struct assay_expr_node *node, const uint64_t *live,
                                          struct assay_expr_vec *out)
{
    uint64_t active[ASSAY_EXPR_WORDS];
    struct assay_expr_vec args[2];
    ASSAY_TRY(assay_expr_operands(e, node, live, args, out, active));
    ASSAY_TRY(assay_expr_vec_bool(e, out));
    compare_rows(e, node->mode, node->op, &args[0], &args[1], active, out->truth);
    return ASSAY_OK;
}

/* x >= low AND x <= high, so that one NULL limit leaves the other to say no. */
enum assay_status assay_expr_eval_between(struct assay_expr_eval *e,
                                          const struct assay_expr_node *node, const uint64_t *live,
                                          struct assay_expr_vec *out)
{
    struct assay_expr_vec args[3];
    uint64_t active[ASSAY_EXPR_WORDS], sure[2][ASSAY_EXPR_WORDS], no[ASSAY_EXPR_WORDS];
    ASSAY_TRY(assay_expr_operands(e, node, live, args, out, active));
    ASSAY_TRY(assay_expr_vec_bool(e, out));
    memset(no, 0, sizeof no);
    for (int i = 0; i < 2; i++) {
        uint64_t known[ASSAY_EXPR_WORDS];
        for (uint32_t w = 0; w < e->words; w++)
            known[w] = live[w] & ~(args[0].null[w] | args[i + 1].null[w] | args[0].fault[w] |
                                   args[i + 1].fault[w]);
        compare_rows(e, node->mode, i == 0 ? ASSAY_EXPR_GE : ASSAY_EXPR_LE, &args[0], &args[i + 1],
                     known, sure[i]);
        for (uint32_t w = 0; w < e->words; w++)
            no[w] |= known[w] & ~sure[i][w];
    }
    for (uint32_t w = 0; w < e->words; w++) {
        uint64_t yes = sure[0][w] & sure[1][w];
        out->fault[w] &= ~no[w];
        out->null[w] &= ~(no[w] | out->fault[w]);
        out->truth[w] = node->negated ? no[w] : yes;
    }
    return ASSAY_OK;
}

/* Looks a row up among sorted literals, none of them NULL. */
static bool in_set(const struct assay_expr_node *node, const struct assay_expr_vec *x, uint32_t row)
{
    struct assay_expr_decimal number = {0};
    struct assay_str text = {0};
    if (node->mode == ASSAY_EXPR_TEXT) {
        if (!is_text_kind(assay_expr_vec_kind(x, row)))
            return false;
        text = assay_expr_vec_str(x, row);
    } else {
        number = assay_expr_vec_decimal(x, row);
    }
    for (uint32_t low = 0, high = node->set_count; low < high;) {
        uint32_t mid = low + (high - low) / 2;
        const struct assay_expr_node *item = node->set[mid];
        int c;
        if (node->mode == ASSAY_EXPR_TEXT) {
            c = assay_str_compare(text, item->text);
        } else {
            struct assay_numref ref = {item->value, item->text, item->code};
            struct assay_expr_decimal y = assay_expr_decimal_of(&ref);
            c = assay_expr_decimal_compare(&number, &y);
            if (c == ASSAY_NUM_UNORDERED)
                return false;
        }
        if (c == 0)
            return true;
        if (c < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return false;
}

static enum assay_status scan_list(struct assay_expr_eval *e, const struct assay_expr_node *node,
                                   const struct assay_expr_vec *x, const uint64_t *active,
                                   struct assay_expr_vec *out)
{
    uint64_t open[ASSAY_EXPR_WORDS], known[ASSAY_EXPR_WORDS], hit[ASSAY_EXPR_WORDS];
    memcpy(open, active, e->words * sizeof *open);
    for (uint32_t i = 1; i < node->count; i++) {
        struct assay_expr_vec item;
        struct assay_expr_mark mark = assay_expr_mark(e);
        bool had_why = out->why != NULL;
        ASSAY_TRY(assay_expr_eval_node(e, node->args[i], open, &item));
        ASSAY_TRY(assay_expr_merge_faults(e, out, &item, open));
        for (uint32_t w = 0; w < e->words; w++) {
            out->null[w] |= item.null[w] & open[w];
            known[w] = open[w] & ~(item.null[w] | item.fault[w]);
        }
        compare_rows(e, node->mode, ASSAY_EXPR_EQ, x, &item, known, hit);
        for (uint32_t w = 0; w < e->words; w++) {
            out->truth[w] |= hit[w];
            open[w] &= ~hit[w];
        }
        if (had_why || out->why == NULL)
            assay_expr_release(e, mark);
    }
    return ASSAY_OK;
}

enum assay_status assay_expr_eval_in(struct assay_expr_eval *e, const struct assay_expr_node *node,
                                     const uint64_t *live, struct assay_expr_vec *out)
{
    struct assay_expr_vec x;
    uint64_t active[ASSAY_EXPR_WORDS];
    ASSAY_TRY(assay_expr_vec_init(e, out));
    ASSAY_TRY(assay_expr_vec_bool(e, out));
    ASSAY_TRY(assay_expr_eval_node(e, node->args[0], live, &x));
    ASSAY_TRY(assay_expr_merge_faults(e, out, &x, live));
    for (uint32_t w = 0; w < e->words; w++) {
        out->null[w] = x.null[w] & live[w] & ~out->fault[w];
        active[w] = live[w] & ~(out->null[w] | out->fault[w]);
    }
    if (node->set != NULL) {
        ASSAY_EXPR_EACH(e, active, row, {
            if (in_set(node, &x, row))
                assay_bit_set(out->truth, row);
        })
    } else {
        ASSAY_TRY(scan_list(e, node, &x, active, out));
    }
    for (uint32_t w = 0; w < e->words; w++) {
        out->fault[w] &= ~out->truth[w];
        out->null[w] &= ~(out->truth[w] | out->fault[w]);
        if (node->negated)
            out->truth[w] = live[w] & ~(out->truth[w] | out->null[w] | out->fault[w]);
    }
    return ASSAY_OK;
}
