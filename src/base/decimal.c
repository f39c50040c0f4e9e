/*
 * Adding, merging, saving and loading exact sums. The common case, 64 rows of one scale,
 * runs in registers; a row of another kind costs a few memory operations more.
 */
#include "config.h"

#include "base/decimal_impl.h"

#include <stdlib.h>

#define STATE_MARK UINT64_C(0x31736d6f6d) /* "moms1" */

static enum assay_status bad_state(struct assay_error *err)
{
    return assay_fail(err, ASSAY_SOURCE, "STATE", "the saved sums cannot be read: damaged");
}

void assay_moments_init(struct assay_moments *moments, bool squares)
{
    memset(moments, 0, sizeof *moments);
    moments->squares = squares;
}

void assay_moments_free(struct assay_moments *moments)
{
    free(moments->wide);
    assay_moments_init(moments, moments->squares);
}

static void settle(int64_t *limb, size_t n)
{
    int64_t carry = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        int64_t value = limb[i] + carry;
        carry = value / ASSAY_WIDE_BASE;
        limb[i] = value % ASSAY_WIDE_BASE;
        if (limb[i] < 0) {
            limb[i] += ASSAY_WIDE_BASE;
            carry--;
        }
    }
    limb[n - 1] += carry;
}

void assay_wide_settle(struct assay_moments_wide *wide)
{
    settle(wide->sum, ASSAY_WIDE_SUM);
    settle(wide->square, ASSAY_WIDE_SQUARE);
    wide->unsettled = 0;
}

/* The value's limbs [*first, *first + returned) of the fixed point. */
static size_t limbs_of(const struct assay_number_parts *parts, uint32_t limb[ASSAY_WIDE_VALUE],
                       size_t *first)
{
    static const uint32_t power[9] = {1,      10,      100,      1000,     10000,
                                      100000, 1000000, 10000000, 100000000};
    size_t top = (size_t)(parts->lead + ASSAY_WIDE_REACH);
    size_t low = top + 1 - parts->count;
    const char *p = parts->digits;
    *first = low / 9;
    memset(limb, 0, (top / 9 - *first + 1) * sizeof limb[0]);
    for (size_t at = top + 1; at-- > low; p++) {
        p += *p == '.';
        limb[at / 9 - *first] += (uint32_t)(*p - '0') * power[at % 9];
    }
    return top / 9 - *first + 1;
}

static void add_square(struct assay_moments_wide *wide, const uint32_t *limb, size_t n,
                       size_t first)
{
    unsigned __int128 carry = 0;
    int64_t *square = wide->square + 2 * first;
    for (size_t k = 0; k < 2 * n - 1 || carry; k++) {
        for (size_t i = k < n ? 0 : k - n + 1; i < n && i <= k; i++)
            carry += (uint64_t)limb[i] * limb[k - i];
        square[k] += (int64_t)(carry % ASSAY_WIDE_BASE);
        carry /= ASSAY_WIDE_BASE;
    }
}

bool assay_wide_add(struct assay_moments_wide *wide, const struct assay_number_parts *parts,
                    bool squares)
{
    if (parts->count == 0)
        return true;
    if (parts->lead >= ASSAY_WIDE_REACH || parts->lead < -ASSAY_WIDE_REACH ||
        parts->count > (size_t)(parts->lead + ASSAY_WIDE_REACH + 1))
        return false;
    uint32_t limb[ASSAY_WIDE_VALUE];
    size_t first;
    size_t n = limbs_of(parts, limb, &first);
    for (size_t i = 0; i < n; i++)
        wide->sum[first + i] += parts->negative ? -(int64_t)limb[i] : (int64_t)limb[i];
    if (squares)
        add_square(wide, limb, n, first);
    if (++wide->unsettled == UINT32_C(1) << 30)
        assay_wide_settle(wide);
    return true;
}

static enum assay_status need_wide(struct assay_moments *moments, struct assay_error *err)
{
    if (moments->wide == NULL)
        moments->wide = calloc(1, sizeof *moments->wide);
    return moments->wide != NULL ? ASSAY_OK : assay_fail_nomem(err);
}

static void add_wide_word(uint64_t sum[3], unsigned __int128 value)
{
    unsigned __int128 low = ((unsigned __int128)sum[1] << 64 | sum[0]) + value;
    sum[2] += low < value;
    sum[1] = (uint64_t)(low >> 64);
    sum[0] = (uint64_t)low;
}

static inline void add_small(struct assay_moments *moments, int64_t mantissa, uint8_t scale)
{
    moments->count++;
    moments->sum[scale] += mantissa;
    if (moments->squares)
        add_wide_word(moments->square[scale], (unsigned __int128)((__int128)mantissa * mantissa));
}

/* 64 values of one scale; 64 squares below 10^36 fit 128 bits. */
static void add_run(struct assay_moments *moments, const int64_t *mantissa, uint8_t scale)
{
    __int128 sum = 0;
    unsigned __int128 square = 0;
    for (int i = 0; i < 64; i++)
        sum += mantissa[i];
    if (moments->squares) {
        for (int i = 0; i < 64; i++)
            square += (unsigned __int128)((__int128)mantissa[i] * mantissa[i]);
        add_wide_word(moments->square[scale], square);
    }
    moments->sum[scale] += sum;
    moments->count += 64;
}

enum assay_status assay_moments_add(struct assay_moments *moments, const struct assay_numref *value,
                                    struct assay_error *err)
{
    switch (value->code) {
    case ASSAY_NUM_BIG: {
        char store[20];
        struct assay_number_parts parts = assay_number_parts(value, store);
        ASSAY_TRY(need_wide(moments, err));
        if (assay_wide_add(moments->wide, &parts, moments->squares))
            moments->count++;
        else
            moments->out_of_range++;
        return ASSAY_OK;
    }
    case ASSAY_NUM_NAN: moments->nan++; return ASSAY_OK;
    case ASSAY_NUM_POS_INF: moments->pos_inf++; return ASSAY_OK;
    case ASSAY_NUM_NEG_INF: moments->neg_inf++; return ASSAY_OK;
    default: break;
    }
    if (assay_number_is_small(value->code))
        add_small(moments, value->mantissa, value->code);
    else
        moments->not_number++;
    return ASSAY_OK;
}

enum assay_status assay_moments_add_batch(struct assay_moments *moments,
                                          const struct assay_number_rows *values,
                                          const uint64_t *mask, struct assay_error *err)
{
    for (uint32_t word = 0; word * 64 < values->rows; word++) {
        uint64_t bits = assay_rows_word(mask, word, values->rows);
        const int64_t *mantissa = values->mantissa + (size_t)word * 64;
        const uint8_t *code = values->code + (size_t)word * 64;
        if (bits == ~UINT64_C(0) && assay_rows_uniform(code)) {
            add_run(moments, mantissa, code[0]);
            continue;
        }
        for (; bits != 0; bits &= bits - 1) {
            uint32_t i = (uint32_t)__builtin_ctzll(bits);
            if (assay_number_is_small(code[i])) {
                add_small(moments, mantissa[i], code[i]);
                continue;
            }
            struct assay_numref value = assay_rows_value(values, word * 64 + i);
            ASSAY_TRY(assay_moments_add(moments, &value, err));
        }
    }
    return ASSAY_OK;
}

static void merge_wide(struct assay_moments_wide *into, const struct assay_moments_wide *from)
{
    struct assay_moments_wide settled = *from;
    assay_wide_settle(&settled);
    assay_wide_settle(into);
    for (size_t i = 0; i < ASSAY_WIDE_SUM; i++)
        into->sum[i] += settled.sum[i];
    for (size_t i = 0; i < ASSAY_WIDE_SQUARE; i++)
        into->square[i] += settled.square[i];
    assay_wide_settle(into);
}

enum assay_status assay_moments_merge(struct assay_moments *into, const struct assay_moments *from,
                                      struct assay_error *err)
{
    if (into->squares != from->squares)
        return assay_fail(err, ASSAY_INTERNAL, "STATE", "sums with and without squares do not mix");
    if (from->wide != NULL) {
        ASSAY_TRY(need_wide(into, err));
        merge_wide(into->wide, from->wide);
    }
    for (int i = 0; i < ASSAY_NUM_SCALES; i++) {
        into->sum[i] += from->sum[i];
        add_wide_word(into->square[i],
                      (unsigned __int128)from->square[i][1] << 64 | from->square[i][0]);
        into->square[i][2] += from->square[i][2];
    }
    into->count += from->count;
    into->nan += from->nan;
    into->pos_inf += from->pos_inf;
    into->neg_inf += from->neg_inf;
    into->not_number += from->not_number;
    into->out_of_range += from->out_of_range;
    return ASSAY_OK;
}

static bool scale_used(const struct assay_moments *moments, int i)
{
    return moments->sum[i] != 0 ||
           (moments->square[i][0] | moments->square[i][1] | moments->square[i][2]) != 0;
}

static void save_limbs(struct assay_buf *out, const int64_t *limb, size_t n)
{
    size_t first = 0, end = n;
    while (first < n && limb[first] == 0)
        first++;
    while (end > first && limb[end - 1] == 0)
        end--;
    assay_put_word(out, first);
    assay_put_word(out, end - first);
    for (size_t i = first; i < end; i++)
        assay_put_word(out, (uint64_t)limb[i]);
}

static void load_limbs(struct assay_str *in, int64_t *limb, size_t n, bool *bad)
{
    size_t first = assay_get_word(in, bad), count = assay_get_word(in, bad);
    if (first > n || count > n - first) {
        *bad = true;
        return;
    }
    for (size_t i = first; i < first + count; i++) {
        limb[i] = (int64_t)assay_get_word(in, bad);
        int64_t least = i + 1 < n ? 0 : -ASSAY_WIDE_BASE;
        if (limb[i] < least || limb[i] >= ASSAY_WIDE_BASE)
            *bad = true;
    }
}

/* Words: mark and squares, six counters, used scales, their sums, wide or not, its limbs. */
void assay_moments_save(const struct assay_moments *moments, struct assay_buf *out)
{
    uint64_t used = 0;
    for (int i = 0; i < ASSAY_NUM_SCALES; i++)
        used |= (uint64_t)scale_used(moments, i) << i;
    const uint64_t head[] = {STATE_MARK << 8 | moments->squares,
                             moments->count,
                             moments->nan,
                             moments->pos_inf,
                             moments->neg_inf,
                             moments->not_number,
                             moments->out_of_range,
                             used | (uint64_t)(moments->wide != NULL) << 32};
    for (size_t i = 0; i < sizeof head / sizeof head[0]; i++)
        assay_put_word(out, head[i]);
    for (int i = 0; i < ASSAY_NUM_SCALES; i++) {
        if (!(used >> i & 1))
            continue;
        assay_put_word(out, (uint64_t)moments->sum[i]);
        assay_put_word(out, (uint64_t)(moments->sum[i] >> 64));
        for (int k = 0; k < 3; k++)
            assay_put_word(out, moments->square[i][k]);
    }
    if (moments->wide == NULL)
        return;
    struct assay_moments_wide settled = *moments->wide;
    assay_wide_settle(&settled);
    save_limbs(out, settled.sum, ASSAY_WIDE_SUM);
    save_limbs(out, settled.square, ASSAY_WIDE_SQUARE);
}

enum assay_status assay_moments_load(struct assay_moments *moments, struct assay_str *in,
                                     struct assay_error *err)
{
    bool bad = assay_get_word(in, &(bool){false}) != (STATE_MARK << 8 | moments->squares);
    moments->count = assay_get_word(in, &bad);
    moments->nan = assay_get_word(in, &bad);
    moments->pos_inf = assay_get_word(in, &bad);
    moments->neg_inf = assay_get_word(in, &bad);
    moments->not_number = assay_get_word(in, &bad);
    moments->out_of_range = assay_get_word(in, &bad);
    uint64_t used = assay_get_word(in, &bad);
    bad |= used >> 33 != 0 || (used & UINT32_MAX) >> ASSAY_NUM_SCALES != 0;
    for (int i = 0; i < ASSAY_NUM_SCALES && !bad; i++) {
        if (!(used >> i & 1))
            continue;
        uint64_t low = assay_get_word(in, &bad), high = assay_get_word(in, &bad);
        moments->sum[i] = (__int128)((unsigned __int128)high << 64 | low);
        for (int k = 0; k < 3; k++)
            moments->square[i][k] = assay_get_word(in, &bad);
    }
    if (!bad && used >> 32) {
        ASSAY_TRY(need_wide(moments, err));
        load_limbs(in, moments->wide->sum, ASSAY_WIDE_SUM, &bad);
        load_limbs(in, moments->wide->square, ASSAY_WIDE_SQUARE, &bad);
    }
    return bad ? bad_state(err) : ASSAY_OK;
}
