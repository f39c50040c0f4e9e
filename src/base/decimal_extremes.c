/*
 * The smallest and the largest number: a pair for each scale, compared only at the end,
 * and the canonical keys of BIG ones.
 */
#include "config.h"

#include "base/decimal_impl.h"

#define STATE_MARK UINT64_C(0x3173747865) /* "exts1" */

void assay_extremes_init(struct assay_extremes *extremes, size_t limit)
{
    memset(extremes, 0, sizeof *extremes);
    for (int i = 0; i < ASSAY_NUM_SCALES; i++) {
        extremes->min[i] = INT64_MAX;
        extremes->max[i] = INT64_MIN;
    }
    assay_buf_init(&extremes->big_min, limit);
    assay_buf_init(&extremes->big_max, limit);
}

void assay_extremes_free(struct assay_extremes *extremes)
{
    size_t limit = extremes->big_min.limit;
    assay_buf_free(&extremes->big_min);
    assay_buf_free(&extremes->big_max);
    assay_extremes_init(extremes, limit);
}

static inline void add_small(struct assay_extremes *extremes, int64_t mantissa, uint8_t scale)
{
    if (mantissa < extremes->min[scale])
        extremes->min[scale] = mantissa;
    if (mantissa > extremes->max[scale])
        extremes->max[scale] = mantissa;
}

static struct assay_numref big_of(const struct assay_buf *buf)
{
    return (struct assay_numref){.code = ASSAY_NUM_BIG, .text = assay_buf_view(buf)};
}

static enum assay_status keep(struct assay_buf *buf, const struct assay_numref *value,
                              struct assay_error *err)
{
    size_t len = assay_number_canonical(value, NULL, 0);
    if (len > buf->limit)
        return assay_fail(err, ASSAY_LIMIT, "NUMBER-LENGTH",
                          "a number of %zu bytes is longer than the limit of %zu", len, buf->limit);
    if (len > buf->len && !assay_buf_reserve(buf, len - buf->len))
        return assay_fail_nomem(err);
    buf->len = assay_number_canonical(value, buf->ptr, len);
    buf->ptr[len] = '\0';
    return ASSAY_OK;
}

static enum assay_status add_big(struct assay_extremes *extremes, const struct assay_numref *value,
                                 struct assay_error *err)
{
    struct assay_numref low = big_of(&extremes->big_min), high = big_of(&extremes->big_max);
    if (low.text.len == 0 || assay_number_compare(value, &low) < 0)
        ASSAY_TRY(keep(&extremes->big_min, value, err));
    if (high.text.len == 0 || assay_number_compare(value, &high) > 0)
        ASSAY_TRY(keep(&extremes->big_max, value, err));
    return ASSAY_OK;
}

enum assay_status assay_extremes_add(struct assay_extremes *extremes,
                                     const struct assay_numref *value, struct assay_error *err)
{
    switch (value->code) {
    case ASSAY_NUM_BIG: return add_big(extremes, value, err);
    case ASSAY_NUM_NAN: extremes->nan++; return ASSAY_OK;
    case ASSAY_NUM_POS_INF: extremes->pos_inf = true; return ASSAY_OK;
    case ASSAY_NUM_NEG_INF: extremes->neg_inf = true; return ASSAY_OK;
    default: break;
    }
    if (assay_number_is_small(value->code))
        add_small(extremes, value->mantissa, value->code);
    else
        extremes->not_number++;
    return ASSAY_OK;
}

static void add_run(struct assay_extremes *extremes, const int64_t *mantissa, uint8_t scale)
{
    int64_t min = extremes->min[scale], max = extremes->max[scale];
    for (int i = 0; i < 64; i++) {
        min = mantissa[i] < min ? mantissa[i] : min;
        max = mantissa[i] > max ? mantissa[i] : max;
    }
    extremes->min[scale] = min;
    extremes->max[scale] = max;
}

enum assay_status assay_extremes_add_batch(struct assay_extremes *extremes,
                                           const struct assay_number_rows *values,
                                           const uint64_t *mask, struct assay_error *err)
{
    for (uint32_t word = 0; word * 64 < values->rows; word++) {
        uint64_t bits = assay_rows_word(mask, word, values->rows);
        const int64_t *mantissa = values->mantissa + (size_t)word * 64;
        const uint8_t *code = values->code + (size_t)word * 64;
        if (bits == ~UINT64_C(0) && assay_rows_uniform(code)) {
            add_run(extremes, mantissa, code[0]);
            continue;
        }
        for (; bits != 0; bits &= bits - 1) {
            uint32_t i = (uint32_t)__builtin_ctzll(bits);
            if (assay_number_is_small(code[i])) {
                add_small(extremes, mantissa[i], code[i]);
                continue;
            }
            struct assay_numref value = assay_rows_value(values, word * 64 + i);
            ASSAY_TRY(assay_extremes_add(extremes, &value, err));
        }
    }
    return ASSAY_OK;
}

enum assay_status assay_extremes_merge(struct assay_extremes *into,
                                       const struct assay_extremes *from, struct assay_error *err)
{
    for (uint8_t i = 0; i < ASSAY_NUM_SCALES; i++) {
        if (from->min[i] > from->max[i])
            continue;
        add_small(into, from->min[i], i);
        add_small(into, from->max[i], i);
    }
    into->nan += from->nan;
    into->not_number += from->not_number;
    into->pos_inf |= from->pos_inf;
    into->neg_inf |= from->neg_inf;
    if (from->big_min.len == 0)
        return ASSAY_OK;
    struct assay_numref low = big_of(&from->big_min), high = big_of(&from->big_max);
    ASSAY_TRY(add_big(into, &low, err));
    return add_big(into, &high, err);
}

/* Words: mark and infinities, two counters, used scales, their pairs, then two counted texts. */
void assay_extremes_save(const struct assay_extremes *extremes, struct assay_buf *out)
{
    uint64_t used = 0;
    for (int i = 0; i < ASSAY_NUM_SCALES; i++)
        used |= (uint64_t)(extremes->min[i] <= extremes->max[i]) << i;
    assay_put_word(out, STATE_MARK << 8 | (uint64_t)extremes->pos_inf << 1 | extremes->neg_inf);
    assay_put_word(out, extremes->nan);
    assay_put_word(out, extremes->not_number);
    assay_put_word(out, used);
    for (int i = 0; i < ASSAY_NUM_SCALES; i++) {
        if (!(used >> i & 1))
            continue;
        assay_put_word(out, (uint64_t)extremes->min[i]);
        assay_put_word(out, (uint64_t)extremes->max[i]);
    }
    const struct assay_buf *texts[2] = {&extremes->big_min, &extremes->big_max};
    for (int i = 0; i < 2; i++) {
        assay_put_word(out, texts[i]->len);
        assay_buf_str(out, assay_buf_view(texts[i]));
    }
}

static enum assay_status load_text(struct assay_str *in, struct assay_buf *buf, bool *bad,
                                   struct assay_error *err)
{
    uint64_t len = assay_get_word(in, bad);
    if (*bad || len > in->len) {
        *bad = true;
        return ASSAY_OK;
    }
    if (len == 0)
        return ASSAY_OK;
    struct assay_numref value = assay_numref(assay_str(in->ptr, len));
    *in = assay_str(in->ptr + len, in->len - len);
    *bad |= value.code != ASSAY_NUM_BIG;
    return *bad ? ASSAY_OK : keep(buf, &value, err);
}

static bool is_mantissa(int64_t value)
{
    return value < ASSAY_NUM_MANTISSA_END && value > -ASSAY_NUM_MANTISSA_END;
}

enum assay_status assay_extremes_load(struct assay_extremes *extremes, struct assay_str *in,
                                      struct assay_error *err)
{
    bool bad = false;
    uint64_t head = assay_get_word(in, &bad);
    bad |= head >> 2 << 2 != STATE_MARK << 8;
    extremes->pos_inf = head >> 1 & 1;
    extremes->neg_inf = head & 1;
    extremes->nan = assay_get_word(in, &bad);
    extremes->not_number = assay_get_word(in, &bad);
    uint64_t used = assay_get_word(in, &bad);
    bad |= used >> ASSAY_NUM_SCALES != 0;
    for (int i = 0; i < ASSAY_NUM_SCALES && !bad; i++) {
        if (!(used >> i & 1))
            continue;
        extremes->min[i] = (int64_t)assay_get_word(in, &bad);
        extremes->max[i] = (int64_t)assay_get_word(in, &bad);
        bad |= extremes->min[i] > extremes->max[i] || !is_mantissa(extremes->min[i]) ||
               !is_mantissa(extremes->max[i]);
    }
    ASSAY_TRY(load_text(in, &extremes->big_min, &bad, err));
    ASSAY_TRY(load_text(in, &extremes->big_max, &bad, err));
    bad |= (extremes->big_min.len == 0) != (extremes->big_max.len == 0);
    return bad ? assay_fail(err, ASSAY_SOURCE, "STATE",
                            "the saved extremes cannot be read: damaged")
               : ASSAY_OK;
}

/* The least value (way -1) or the greatest (way 1) that is finite or infinite. */
static bool extreme(const struct assay_extremes *extremes, int way, struct assay_numref *out)
{
    bool found = false;
    for (uint8_t i = 0; i <= ASSAY_NUM_SCALES; i++) {
        const struct assay_buf *big = way < 0 ? &extremes->big_min : &extremes->big_max;
        struct assay_numref value = big_of(big);
        if (i < ASSAY_NUM_SCALES) {
            value = (struct assay_numref){.code = i};
            value.mantissa = way < 0 ? extremes->min[i] : extremes->max[i];
        }
        bool none = i < ASSAY_NUM_SCALES ? extremes->min[i] > extremes->max[i] : big->len == 0;
        if (none || (found && assay_number_compare(&value, out) != way))
            continue;
        *out = value;
        found = true;
    }
    bool pos = extremes->pos_inf, neg = extremes->neg_inf;
    bool outermost = way < 0 ? neg : pos;
    if (!outermost && (found || (!pos && !neg)))
        return found;
    bool positive = outermost ? way > 0 : pos;
    *out = (struct assay_numref){.code = positive ? ASSAY_NUM_POS_INF : ASSAY_NUM_NEG_INF};
    return true;
}

bool assay_extremes_min(const struct assay_extremes *extremes, struct assay_numref *out)
{
    return extreme(extremes, -1, out);
}

bool assay_extremes_max(const struct assay_extremes *extremes, struct assay_numref *out)
{
    return extreme(extremes, 1, out);
}
