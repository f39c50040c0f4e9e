/*
 * Numbers as text and as doubles: the canonical key, the form for people, and correctly
 * rounded conversions both ways.
 */
#include "config.h"

#include "base/number.h"

#include "base/bigint.h"
#include "base/number_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Past 767 digits a double depends only on whether anything follows (IEEE 754 binary64). */
#define DOUBLE_DIGITS 780

static void copy_digits(const struct assay_number_parts *parts, size_t from, size_t to, char *out)
{
    const char *p = parts->digits;
    for (size_t i = 0; i < to; p++) {
        if (*p == '.')
            continue;
        if (i++ >= from)
            *out++ = *p;
    }
}

static size_t put(char *out, size_t cap, const char *text)
{
    size_t len = strlen(text);
    if (len <= cap)
        memcpy(out, text, len);
    return len;
}

/* The tail of a key; it ends at `end`. Nothing for the exponent 0. */
static char *exponent_before(char *end, int64_t exponent)
{
    if (exponent == 0)
        return end;
    uint64_t size = exponent < 0 ? -(uint64_t)exponent : (uint64_t)exponent;
    char *start = assay_number_digits_before(end, size);
    if (exponent < 0)
        *--start = '-';
    *--start = 'e';
    return start;
}

/* The key of a SMALL, made from its end: keys of whole columns are asked for. */
static size_t small_key(const struct assay_numref *value, char *out, size_t cap)
{
    char store[ASSAY_NUM_KEY_MAX], *end = store + sizeof store;
    bool negative = value->mantissa < 0;
    uint64_t m = negative ? -(uint64_t)value->mantissa : (uint64_t)value->mantissa;
    int64_t exponent = -(int64_t)value->code;
    if (m == 0)
        return put(out, cap, "0");
    for (; m % 10 == 0; m /= 10)
        exponent++;
    char *start = assay_number_digits_before(exponent_before(end, exponent), m);
    if (negative)
        *--start = '-';
    size_t len = (size_t)(end - start);
    if (len <= cap)
        memcpy(out, start, len);
    return len;
}

size_t assay_number_canonical(const struct assay_numref *value, char *out, size_t cap)
{
    switch (value->code) {
    case ASSAY_NUM_POS_INF: return put(out, cap, "inf");
    case ASSAY_NUM_NEG_INF: return put(out, cap, "-inf");
    case ASSAY_NUM_NAN: return put(out, cap, "nan");
    default: break;
    }
    if (value->code > ASSAY_NUM_BIG)
        return 0;
    if (assay_number_is_small(value->code))
        return small_key(value, out, cap);
    char tail[24], *end = tail + sizeof tail;
    struct assay_number_parts parts = assay_number_parts(value, NULL);
    if (parts.count == 0)
        return put(out, cap, "0");
    char *start = exponent_before(end, parts.lead - (int64_t)(parts.count - 1));
    size_t tail_len = (size_t)(end - start);
    size_t len = parts.negative + parts.count + tail_len;
    if (len > cap)
        return len;
    if (parts.negative)
        *out++ = '-';
    copy_digits(&parts, 0, parts.count, out);
    memcpy(out + parts.count, start, tail_len);
    return len;
}

/* Appends digits [from, to), and zeros for those past the last one. */
static void add_digits(struct assay_buf *out, const struct assay_number_parts *parts, size_t from,
                       size_t to)
{
    size_t known = to < parts->count ? to : parts->count;
    if (from < known && assay_buf_reserve(out, known - from)) {
        copy_digits(parts, from, known, out->ptr + out->len);
        out->len += known - from;
        out->ptr[out->len] = '\0';
    }
    for (size_t i = from > known ? from : known; i < to; i++)
        assay_buf_putc(out, '0');
}

static void add_plain(struct assay_buf *out, const struct assay_number_parts *parts)
{
    size_t whole = parts->lead < 0 ? 0 : (size_t)parts->lead + 1;
    if (whole == 0)
        assay_buf_putc(out, '0');
    add_digits(out, parts, 0, whole);
    if (parts->count <= whole)
        return;
    assay_buf_putc(out, '.');
    for (int64_t i = parts->lead + 1; i < 0; i++)
        assay_buf_putc(out, '0');
    add_digits(out, parts, whole, parts->count);
}

static void add_exponent_form(struct assay_buf *out, const struct assay_number_parts *parts)
{
    add_digits(out, parts, 0, 1);
    if (parts->count > 1)
        assay_buf_putc(out, '.');
    add_digits(out, parts, 1, parts->count);
    assay_buf_printf(out, "e%lld", (long long)parts->lead);
}

void assay_number_text(const struct assay_numref *value, struct assay_buf *out)
{
    if (value->code > ASSAY_NUM_BIG) {
        char word[8];
        assay_buf_add(out, word, assay_number_canonical(value, word, sizeof word));
        return;
    }
    char store[20];
    struct assay_number_parts parts = assay_number_parts(value, store);
    if (parts.count == 0) {
        assay_buf_putc(out, '0');
        return;
    }
    if (parts.negative)
        assay_buf_putc(out, '-');
    if (parts.lead < -30 || parts.lead > (int64_t)parts.count + 29)
        add_exponent_form(out, &parts);
    else
        add_plain(out, &parts);
}

/* mantissa / 10^scale, where the quotient of doubles would round twice. */
static double small_to_double(uint64_t mantissa, uint8_t scale)
{
    int shift = 64 + __builtin_clzll(mantissa);
    unsigned __int128 num = (unsigned __int128)mantissa << shift;
    unsigned __int128 quotient = num / (uint64_t)assay_number_pow10[scale];
    bool rest = quotient * (uint64_t)assay_number_pow10[scale] != num;
    int top = 127 - __builtin_clzll((uint64_t)(quotient >> 64));
    uint64_t bits = (uint64_t)(quotient >> (top - 63));
    rest |= ((unsigned __int128)bits << (top - 63)) != quotient;
    return assay_bigint_round(bits | rest, top - shift);
}

static double parts_to_double(const struct assay_number_parts *parts)
{
    if (parts->count == 0 || parts->lead < -330)
        return 0.0;
    if (parts->lead > 310)
        return (double)INFINITY;
    size_t count = parts->count < DOUBLE_DIGITS ? parts->count : DOUBLE_DIGITS;
    struct assay_bigint num, den;
    assay_bigint_set(&num, 0);
    const char *p = parts->digits;
    for (size_t i = 0; i < count; p++) {
        if (*p == '.')
            continue;
        assay_bigint_muladd(&num, 10, (uint32_t)(*p - '0'));
        i++;
    }
    if (count < parts->count) { /* the last digit is not zero: any other stands for the rest */
        assay_bigint_muladd(&num, 10, 1);
        count++;
    }
    int64_t exponent = parts->lead - (int64_t)(count - 1);
    assay_bigint_set(&den, 1);
    if (exponent >= 0)
        assay_bigint_mul_pow10(&num, (uint32_t)exponent);
    else
        assay_bigint_mul_pow10(&den, (uint32_t)-exponent);
    int top;
    uint64_t bits = assay_bigint_ratio(&num, &den, &top);
    return assay_bigint_round(bits, top);
}

double assay_number_to_double(const struct assay_numref *value)
{
    if (assay_number_is_small(value->code)) {
        uint64_t m = value->mantissa < 0 ? -(uint64_t)value->mantissa : (uint64_t)value->mantissa;
        /* Both operands are exact, so the one division rounds correctly (Clinger 1990). */
        if (m <= UINT64_C(1) << 53 || value->code == 0)
            return (double)value->mantissa / (double)assay_number_pow10[value->code];
        double size = small_to_double(m, value->code);
        return value->mantissa < 0 ? -size : size;
    }
    if (value->code == ASSAY_NUM_BIG) {
        char store[20];
        struct assay_number_parts parts = assay_number_parts(value, store);
        double size = parts_to_double(&parts);
        return parts.negative ? -size : size;
    }
    if (value->code == ASSAY_NUM_POS_INF || value->code == ASSAY_NUM_NEG_INF)
        return value->code == ASSAY_NUM_POS_INF ? (double)INFINITY : -(double)INFINITY;
    return (double)NAN;
}

/*
 * Writes `value` with `precision` digits as digits and an exponent. The radix character of
 * the C library's locale is whatever stands between the first digit and the next.
 */
static int double_digits(double value, int precision, char digits[20], int *exponent)
{
    char text[48];
    snprintf(text, sizeof text, "%.*e", precision - 1, value);
    int n = 0;
    const char *p = text;
    for (; *p != 'e'; p++) {
        if (*p >= '0' && *p <= '9')
            digits[n++] = *p;
    }
    bool negative = p[1] == '-';
    int size = 0;
    for (p += 2; *p != '\0'; p++)
        size = size * 10 + (*p - '0');
    *exponent = negative ? -size : size;
    while (n > 1 && digits[n - 1] == '0')
        n--;
    return n;
}

static bool reads_back(double value, const char *digits, int n, int exponent)
{
    struct assay_number_parts parts = {.digits = digits, .count = (size_t)n, .lead = exponent};
    struct assay_numref small = {.code = 0};
    int64_t scale = (int64_t)n - 1 - exponent;
    if (scale < 0 || scale > ASSAY_NUM_SCALE_MAX)
        return parts_to_double(&parts) == value;
    small.mantissa = assay_number_digits(&parts, (size_t)n);
    small.code = (uint8_t)scale;
    return assay_number_to_double(&small) == value;
}

size_t assay_double_text(double value, char out[32])
{
    char digits[20];
    int n = 0, exponent = 0;
    if (value == 0 || isnan(value) || isinf(value)) {
        const char *word = value == 0 ? "0" : isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
        memcpy(out, word, strlen(word) + 1);
        return strlen(word);
    }
    for (int precision = 15; precision <= 17; precision++) {
        n = double_digits(fabs(value), precision, digits, &exponent);
        if (reads_back(fabs(value), digits, n, exponent))
            break;
    }
    char *p = out;
    if (value < 0)
        *p++ = '-';
    bool plain = exponent >= -5 && exponent < 17;
    int whole = plain ? (exponent < 0 ? 0 : exponent + 1) : 1;
    if (whole == 0)
        *p++ = '0';
    for (int i = 0; i < whole; i++)
        *p++ = i < n ? digits[i] : '0';
    if (n > whole)
        *p++ = '.';
    for (int i = plain ? exponent + 1 : 0; i < 0; i++)
        *p++ = '0';
    for (int i = whole; i < n; i++)
        *p++ = digits[i];
    if (!plain)
        p += snprintf(p, 8, "e%d", exponent);
    *p = '\0';
    return (size_t)(p - out);
}
