/*
 * What exact sums come to: everything is brought to one scale as big integers, and
 * rounded once.
 *
 * variance = (n * sum(x^2) - sum(x)^2) / (n * (n - 1)), which cancels nothing when the
 * integers are exact.
 */
#include "config.h"

#include "base/decimal_impl.h"

#include "base/bigint.h"

#include <stdio.h>

/* An exact total: +-size / 10^scale. */
struct total {
    struct assay_bigint size;
    uint32_t scale;
    bool negative;
};

static void set_words(struct assay_bigint *b, const uint64_t *word, int n)
{
    assay_bigint_set(b, 0);
    for (int i = n - 1; i >= 0; i--) {
        struct assay_bigint low;
        assay_bigint_set(&low, word[i]);
        assay_bigint_shift_left(b, 64);
        assay_bigint_add(b, &low);
    }
}

/* The limbs as a size and, returned, whether they were negative; they are changed. */
static bool set_limbs(struct assay_bigint *b, int64_t *limb, size_t n)
{
    bool negative = limb[n - 1] < 0;
    int64_t borrow = 0;
    for (size_t i = 0; negative && i + 1 < n; i++) {
        limb[i] = -limb[i] - borrow;
        borrow = limb[i] < 0;
        limb[i] += borrow * ASSAY_WIDE_BASE;
    }
    if (negative)
        limb[n - 1] = -limb[n - 1] - borrow;
    assay_bigint_set(b, 0);
    while (n-- > 0)
        assay_bigint_muladd(b, ASSAY_WIDE_BASE, (uint32_t)limb[n]);
    return negative;
}

static void add_signed(struct total *total, struct assay_bigint *size, bool negative)
{
    if (negative == total->negative) {
        assay_bigint_add(&total->size, size);
    } else if (assay_bigint_compare(&total->size, size) >= 0) {
        assay_bigint_sub(&total->size, size);
    } else {
        assay_bigint_sub(size, &total->size);
        assay_bigint_copy(&total->size, size);
        total->negative = negative;
    }
}

static void total_sum(const struct assay_moments *moments, struct total *total)
{
    assay_bigint_set(&total->size, 0);
    total->negative = false;
    total->scale = ASSAY_NUM_SCALE_MAX;
    if (moments->wide != NULL) {
        struct assay_moments_wide wide = *moments->wide;
        assay_wide_settle(&wide);
        total->scale = ASSAY_WIDE_REACH;
        total->negative = set_limbs(&total->size, wide.sum, ASSAY_WIDE_SUM);
    }
    for (uint32_t i = 0; i < ASSAY_NUM_SCALES; i++) {
        __int128 sum = moments->sum[i];
        unsigned __int128 size = sum < 0 ? -(unsigned __int128)sum : (unsigned __int128)sum;
        uint64_t words[2] = {(uint64_t)size, (uint64_t)(size >> 64)};
        struct assay_bigint part;
        if (size == 0)
            continue;
        set_words(&part, words, 2);
        assay_bigint_mul_pow10(&part, total->scale - i);
        add_signed(total, &part, sum < 0);
    }
}

static void total_squares(const struct assay_moments *moments, struct total *total)
{
    assay_bigint_set(&total->size, 0);
    total->negative = false;
    total->scale = 2 * ASSAY_NUM_SCALE_MAX;
    if (moments->wide != NULL) {
        struct assay_moments_wide wide = *moments->wide;
        assay_wide_settle(&wide);
        total->scale = 2 * ASSAY_WIDE_REACH;
        set_limbs(&total->size, wide.square, ASSAY_WIDE_SQUARE);
    }
    for (uint32_t i = 0; i < ASSAY_NUM_SCALES; i++) {
        struct assay_bigint part;
        set_words(&part, moments->square[i], 3);
        if (part.n == 0)
            continue;
        assay_bigint_mul_pow10(&part, total->scale - 2 * i);
        assay_bigint_add(&total->size, &part);
    }
}

void assay_moments_sum(const struct assay_moments *moments, struct assay_buf *out)
{
    struct total total;
    char text[ASSAY_BIGINT_LIMBS * 10 + 16];
    char *p = text + sizeof text - 8;
    total_sum(moments, &total);
    size_t tail = (size_t)snprintf(p, 8, "e-%u", (unsigned)total.scale);
    char *end = p + tail;
    do {
        uint32_t nine = assay_bigint_div_small(&total.size, ASSAY_WIDE_BASE);
        for (int i = 0; i < 9; i++, nine /= 10)
            *--p = (char)('0' + nine % 10);
    } while (total.size.n > 0);
    if (total.negative)
        *--p = '-';
    struct assay_numref value = assay_numref(assay_str(p, (size_t)(end - p)));
    assay_number_text(&value, out);
}

bool assay_moments_mean(const struct assay_moments *moments, double *mean)
{
    struct total total;
    struct assay_bigint den;
    if (moments->count == 0)
        return false;
    total_sum(moments, &total);
    *mean = 0.0;
    if (total.size.n == 0)
        return true;
    assay_bigint_set(&den, moments->count);
    assay_bigint_mul_pow10(&den, total.scale);
    int exponent;
    uint64_t bits = assay_bigint_ratio(&total.size, &den, &exponent);
    double size = assay_bigint_round(bits, exponent);
    *mean = total.negative ? -size : size;
    return true;
}

/* The leading 64 bits of the variance; 0 where it is zero. */
static uint64_t variance_bits(const struct assay_moments *moments, int *exponent)
{
    struct total sum, squares;
    struct assay_bigint n, num, part;
    total_sum(moments, &sum);
    total_squares(moments, &squares);
    assay_bigint_set(&n, moments->count);
    assay_bigint_mul(&num, &squares.size, &n);
    assay_bigint_mul(&part, &sum.size, &sum.size);
    assay_bigint_sub(&num, &part);
    *exponent = 0;
    if (num.n == 0)
        return 0;
    assay_bigint_set(&squares.size, moments->count - 1);
    assay_bigint_mul(&part, &n, &squares.size);
    assay_bigint_mul_pow10(&part, squares.scale);
    return assay_bigint_ratio(&num, &part, exponent);
}

bool assay_moments_variance(const struct assay_moments *moments, double *variance)
{
    if (moments->count < 2 || !moments->squares)
        return false;
    int exponent;
    uint64_t bits = variance_bits(moments, &exponent);
    *variance = bits ? assay_bigint_round(bits, exponent) : 0.0;
    return true;
}

/* The whole part of the root, a bit a step; the lowest bit is also set where it is inexact. */
static uint64_t root_of(unsigned __int128 value)
{
    uint64_t root = 0;
    for (uint64_t bit = UINT64_C(1) << 63; bit > 0; bit >>= 1) {
        unsigned __int128 trial = root | bit;
        if (trial * trial <= value)
            root |= bit;
    }
    return root | ((unsigned __int128)root * root != value);
}

bool assay_moments_stdev(const struct assay_moments *moments, double *stdev)
{
    if (moments->count < 2 || !moments->squares)
        return false;
    int exponent;
    uint64_t bits = variance_bits(moments, &exponent);
    *stdev = 0.0;
    if (bits == 0)
        return true;
    /* bits * 2^(exponent - 63), brought to an even power of two and to 127 or 128 bits. */
    int odd = exponent & 1;
    uint64_t root = root_of((unsigned __int128)bits << (63 + odd));
    *stdev = assay_bigint_round(root, (exponent - odd) / 2);
    return true;
}
