/*
 * Laws of numbers, on texts separated by newlines: the padded reader and the byte-wise one
 * agree; order is antisymmetric, transitive and that of 128-bit integers where those can
 * tell; equal numbers and only they share a key; keys and plain texts read back; ranges
 * are the order; sums do not depend on order, split or saving.
 */
#include "config.h"

#include "base/decimal.h"

#include <math.h>
#include <stdlib.h>

#define VALUES 16

static void law(bool holds)
{
    if (!holds)
        abort();
}

static void readers_agree(struct assay_str text)
{
    static char room[8 + 4096 + 64];
    int64_t a, b;
    if (text.len > 4096)
        return;
    memset(room, '7', sizeof room);
    memcpy(room + 8, text.ptr, text.len);
    uint8_t x = assay_number_parse(room + 8, text.len, &a);
    law(x == assay_number_parse_safe(text.ptr, text.len, &b) && a == b);
    law(assay_number_is_small(x) ? llabs(a) < ASSAY_NUM_MANTISSA_END : a == 0);
}

/* Values of a batch are read side by side: here all beginnings of one text. */
static void batch_agrees(struct assay_str text)
{
    static char room[8 + 4096 + 64];
    struct assay_span spans[40];
    int64_t mantissas[40], alone;
    uint8_t codes[40];
    if (text.len > 4096)
        return;
    memset(room, '7', sizeof room);
    memcpy(room + 8, text.ptr, text.len);
    for (uint32_t i = 0; i < 40; i++)
        spans[i] = (struct assay_span){8, i < 20 && i < text.len ? i : (uint32_t)text.len};
    assay_number_parse_spans(room, spans, 40, mantissas, codes);
    for (uint32_t i = 0; i < 40; i++)
        law(codes[i] == assay_number_parse_safe(room + 8, spans[i].len, &alone) &&
            mantissas[i] == alone);
}

static void texts_read_back(const struct assay_numref *value)
{
    char out[32];
    struct assay_buf buf;
    if (!assay_number_is_finite(value->code))
        return;
    assay_buf_init(&buf, 1 << 20);
    size_t len = assay_number_canonical(value, NULL, 0);
    law(len <= (value->code == ASSAY_NUM_BIG ? value->text.len + 24 : ASSAY_NUM_KEY_MAX));
    law(assay_buf_reserve(&buf, len));
    buf.len = assay_number_canonical(value, buf.ptr, len);
    struct assay_numref key = assay_numref(assay_buf_view(&buf));
    law(assay_number_compare(&key, value) == 0);
    assay_buf_reset(&buf);
    assay_number_text(value, &buf);
    struct assay_numref plain = assay_numref(assay_buf_view(&buf));
    law(!buf.failed && assay_number_compare(&plain, value) == 0);
    assay_buf_free(&buf);

    double number = assay_number_to_double(value);
    len = assay_double_text(number, out);
    struct assay_numref again = assay_numref(assay_str(out, len));
    law(len < 32 && (assay_number_to_double(&again) == number));
}

static bool same_key(const struct assay_numref *a, const struct assay_numref *b)
{
    size_t n = assay_number_canonical(a, NULL, 0), m = assay_number_canonical(b, NULL, 0);
    if (n != m)
        return false;
    char *keys = malloc(2 * n + 1);
    if (keys == NULL)
        return assay_number_compare(a, b) == 0;
    assay_number_canonical(a, keys, n);
    assay_number_canonical(b, keys + n, n);
    bool same = memcmp(keys, keys + n, n) == 0;
    free(keys);
    return same;
}

static void order_holds(const struct assay_numref *a, const struct assay_numref *b)
{
    int ab = assay_number_compare(a, b), ba = assay_number_compare(b, a);
    bool unordered = a->code >= ASSAY_NUM_NAN || b->code >= ASSAY_NUM_NAN;
    law(unordered == (ab == ASSAY_NUM_UNORDERED) && unordered == (ba == ASSAY_NUM_UNORDERED));
    if (unordered)
        return;
    law(ab == -ba && (ab == 0) == same_key(a, b));
    if (assay_number_is_small(a->code) && assay_number_is_small(b->code)) {
        __int128 x = a->mantissa, y = b->mantissa;
        for (int i = a->code; i < ASSAY_NUM_SCALE_MAX; i++)
            x *= 10;
        for (int i = b->code; i < ASSAY_NUM_SCALE_MAX; i++)
            y *= 10;
        law(ab == (x > y) - (x < y));
    }
    double p = assay_number_to_double(a), q = assay_number_to_double(b);
    law(ab <= 0 ? p <= q : p >= q);
}

static void bounds_hold(const struct assay_numref *values, size_t n)
{
    static struct assay_bounds bounds;
    bool strict_min = n & 1, strict_max = n & 2;
    if (n < 2)
        return;
    assay_bounds_init(&bounds, &values[0], strict_min, &values[1], strict_max);
    for (size_t k = 0; k < n; k++) {
        int low = assay_number_compare(&values[k], &values[0]);
        int high = assay_number_compare(&values[k], &values[1]);
        bool above = low == 1 || (low == 0 && !strict_min);
        bool below = high == -1 || (high == 0 && !strict_max);
        law(assay_bounds_holds(&bounds, &values[k]) == (above && below));
    }
}

static void add(struct assay_moments *moments, struct assay_extremes *extremes,
                const struct assay_numref *value)
{
    law(assay_moments_add(moments, value, NULL) == ASSAY_OK);
    law(assay_extremes_add(extremes, value, NULL) == ASSAY_OK);
}

static void save(const struct assay_moments *moments, const struct assay_extremes *extremes,
                 struct assay_buf *out)
{
    assay_buf_init(out, 1 << 20);
    assay_moments_save(moments, out);
    assay_extremes_save(extremes, out);
    law(!out->failed);
}

static void sums_are_free_of_order(const struct assay_numref *values, size_t n)
{
    struct assay_moments one, left, right;
    struct assay_extremes first, low, high;
    struct assay_buf a, b;
    assay_moments_init(&one, true);
    assay_moments_init(&left, true);
    assay_moments_init(&right, true);
    assay_extremes_init(&first, 1 << 16);
    assay_extremes_init(&low, 1 << 16);
    assay_extremes_init(&high, 1 << 16);
    for (size_t i = 0; i < n; i++)
        add(&one, &first, &values[i]);
    for (size_t i = n; i-- > 0;)
        add(i % 3 ? &left : &right, i % 3 ? &low : &high, &values[i]);
    save(&left, &low, &b);
    struct assay_str in = assay_buf_view(&b);
    assay_moments_free(&left);
    assay_extremes_free(&low);
    law(assay_moments_load(&left, &in, NULL) == ASSAY_OK);
    law(assay_extremes_load(&low, &in, NULL) == ASSAY_OK && in.len == 0);
    assay_buf_free(&b);
    law(assay_moments_merge(&right, &left, NULL) == ASSAY_OK);
    law(assay_extremes_merge(&high, &low, NULL) == ASSAY_OK);
    save(&one, &first, &a);
    save(&right, &high, &b);
    law(a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0);

    double variance, deviation;
    if (assay_moments_variance(&one, &variance))
        law(variance >= 0 && assay_moments_stdev(&one, &deviation) && deviation >= 0);
    assay_buf_reset(&a);
    assay_moments_sum(&one, &a);
    struct assay_numref sum = assay_numref(assay_buf_view(&a));
    law(assay_number_is_finite(sum.code));
    assay_buf_free(&a);
    assay_buf_free(&b);
    assay_moments_free(&one);
    assay_moments_free(&left);
    assay_moments_free(&right);
    assay_extremes_free(&first);
    assay_extremes_free(&low);
    assay_extremes_free(&high);
}

/* Any bytes are a saved state or an error, never anything worse. */
static void loading_is_safe(const uint8_t *data, size_t size)
{
    struct assay_moments moments;
    struct assay_extremes extremes;
    struct assay_buf buf;
    double number;
    struct assay_str in = assay_str((const char *)data, size);
    assay_buf_init(&buf, 1 << 20);
    assay_moments_init(&moments, true);
    if (assay_moments_load(&moments, &in, NULL) == ASSAY_OK) {
        assay_moments_sum(&moments, &buf);
        (void)assay_moments_mean(&moments, &number);
        (void)assay_moments_stdev(&moments, &number);
    }
    assay_moments_free(&moments);
    in = assay_str((const char *)data, size);
    assay_extremes_init(&extremes, 1 << 16);
    if (assay_extremes_load(&extremes, &in, NULL) == ASSAY_OK)
        assay_extremes_save(&extremes, &buf);
    assay_extremes_free(&extremes);
    assay_buf_free(&buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct assay_numref values[VALUES];
    size_t n = 0;
    const char *p = (const char *)data, *end = p + size;
    while (p < end && n < VALUES) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        stop = stop ? stop : end;
        struct assay_str text = assay_str(p, (size_t)(stop - p));
        readers_agree(text);
        batch_agrees(text);
        values[n] = assay_numref(text);
        texts_read_back(&values[n]);
        n++;
        p = stop + 1;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k <= i; k++)
            order_holds(&values[i], &values[k]);
    for (size_t i = 0; i + 2 < n; i++)
        if (assay_number_compare(&values[i], &values[i + 1]) == -1 &&
            assay_number_compare(&values[i + 1], &values[i + 2]) == -1)
            law(assay_number_compare(&values[i], &values[i + 2]) == -1);
    bounds_hold(values, n);
    sums_are_free_of_order(values, n);
    loading_is_safe(data, size);
    return 0;
}
