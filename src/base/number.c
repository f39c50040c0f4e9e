/*
 * Reading and comparing numbers exactly. The common short number takes a few
 * word-wide steps; everything else is reduced to its significant digits and the exponent
 * of the first one, on which all exact operations work.
 */
#include "config.h"

#include "base/number.h"

#include "base/cpu.h"
#include "base/number_parts.h"

#include <stdio.h>
#include <string.h>

#define ZEROS UINT64_C(0x3030303030303030)
#define TOP_BITS UINT64_C(0x8080808080808080)
#define DOT ('.' ^ '0')

/*
 * Where the exponent in a text is cut, and that of the first digit. No text is long enough
 * to lead from beyond the first to within the second, and no sum of the two overflows.
 */
#define EXPONENT_MAX INT64_C(900000000000000000)
#define LEAD_MAX INT64_C(100000000000000000)

const int64_t assay_number_pow10[ASSAY_NUM_SCALES] = {
    1,
    10,
    100,
    1000,
    10000,
    100000,
    1000000,
    10000000,
    100000000,
    1000000000,
    10000000000,
    100000000000,
    1000000000000,
    10000000000000,
    100000000000000,
    1000000000000000,
    10000000000000000,
    100000000000000000,
    1000000000000000000,
};

/* What the grammar finds in a text; the digits are runs of it. */
struct shape {
    bool negative;
    const char *whole;
    size_t whole_len;
    const char *fraction;
    size_t fraction_len;
    int64_t exponent;
};

static bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

static size_t digit_run(const char *p, const char *end)
{
    const char *start = p;
    while (p < end && is_digit(*p))
        p++;
    return (size_t)(p - start);
}

static bool scan_exponent(const char *p, const char *end, int64_t *exponent)
{
    bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    size_t len = digit_run(p, end);
    if (len == 0 || p + len != end)
        return false;
    int64_t value = 0;
    for (; p < end; p++) {
        value = value * 10 + (*p - '0');
        if (value > EXPONENT_MAX)
            value = EXPONENT_MAX;
    }
    *exponent = negative ? -value : value;
    return true;
}

static bool scan(const char *p, size_t len, struct shape *shape)
{
    const char *end = p + len;
    shape->negative = len > 0 && *p == '-';
    if (len > 0 && (*p == '-' || *p == '+'))
        p++;
    shape->whole = p;
    shape->whole_len = digit_run(p, end);
    p += shape->whole_len;
    shape->fraction = p;
    shape->fraction_len = 0;
    shape->exponent = 0;
    if (shape->whole_len == 0)
        return false;
    if (p < end && *p == '.') {
        shape->fraction = ++p;
        shape->fraction_len = digit_run(p, end);
        p += shape->fraction_len;
        if (shape->fraction_len == 0)
            return false;
    }
    if (p < end && (*p | 0x20) == 'e')
        return scan_exponent(p + 1, end, &shape->exponent);
    return p == end;
}

static bool is_word(const char *p, size_t len, const char *lower)
{
    for (size_t i = 0; i < len; i++) {
        if (lower[i] == '\0' || (p[i] | 0x20) != lower[i])
            return false;
    }
    return lower[len] == '\0';
}

static uint8_t parse_word(const char *p, size_t len)
{
    if (len == 3 && is_word(p, len, "nan"))
        return ASSAY_NUM_NAN;
    bool negative = len > 0 && *p == '-';
    if (len > 0 && (*p == '-' || *p == '+')) {
        p++;
        len--;
    }
    if ((len == 3 && is_word(p, len, "inf")) || (len == 8 && is_word(p, len, "infinity")))
        return negative ? ASSAY_NUM_NEG_INF : ASSAY_NUM_POS_INF;
    return ASSAY_NUM_NOT;
}

static struct assay_number_parts parts_of_shape(const struct shape *shape)
{
    struct assay_number_parts parts = {.negative = shape->negative};
    const char *first = shape->whole, *end = shape->fraction + shape->fraction_len;
    while (first < end && (*first == '0' || *first == '.'))
        first++;
    if (first == end)
        return parts;
    while (end[-1] == '0' || end[-1] == '.')
        end--;
    const char *dot = shape->whole + shape->whole_len;
    parts.digits = first;
    parts.count = (size_t)(end - first) - (first < dot && end > dot);
    int64_t lead = shape->exponent + (first < dot ? dot - first - 1 : dot - first);
    parts.lead = lead > LEAD_MAX ? LEAD_MAX : lead < -LEAD_MAX ? -LEAD_MAX : lead;
    return parts;
}

int64_t assay_number_digits(const struct assay_number_parts *parts, size_t count)
{
    int64_t value = 0;
    const char *p = parts->digits;
    for (size_t i = 0; i < count; p++) {
        if (*p == '.')
            continue;
        value = value * 10 + (*p - '0');
        i++;
    }
    return value;
}

/* Numbers end in a digit; nan, inf and infinity in one of three letters. */
static bool may_end(char c)
{
    char lower = (char)(c | 0x20);
    return is_digit(c) || lower == 'n' || lower == 'f' || lower == 'y';
}

static uint8_t parse_slow(const char *p, size_t len, int64_t *mantissa)
{
    struct shape shape;
    *mantissa = 0;
    if (len == 0 || !may_end(p[len - 1]))
        return ASSAY_NUM_NOT;
    if (!scan(p, len, &shape))
        return parse_word(p, len);
    struct assay_number_parts parts = parts_of_shape(&shape);
    int64_t scale = (int64_t)shape.fraction_len - shape.exponent; /* as written */
    if (parts.count == 0)
        return scale >= 0 && scale <= ASSAY_NUM_SCALE_MAX ? (uint8_t)scale : 0;
    int64_t least = (int64_t)parts.count - 1 - parts.lead; /* without trailing zeros */
    if (parts.count > 18 || least > ASSAY_NUM_SCALE_MAX || parts.lead >= 18)
        return ASSAY_NUM_BIG;
    if (scale < 0 || scale > ASSAY_NUM_SCALE_MAX || parts.lead + 1 + scale > 18)
        scale = least > 0 ? least : 0;
    int64_t value = assay_number_digits(&parts, parts.count) * assay_number_pow10[scale - least];
    *mantissa = parts.negative ? -value : value;
    return (uint8_t)scale;
}

static inline uint64_t load8(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* The top bit of each byte that is not 0..9 (exact up to and including the lowest such byte). */
static inline uint64_t not_digits(uint64_t t)
{
    return ((t + UINT64_C(0x7676767676767676)) | t) & TOP_BITS;
}

/* Eight bytes 0..9, the first in the lowest byte, as a number. */
static inline uint64_t eight_digits(uint64_t t)
{
    t = (t * 10 + (t >> 8)) & UINT64_C(0x00ff00ff00ff00ff);
    t = (t * 100 + (t >> 16)) & UINT64_C(0x0000ffff0000ffff);
    return (t * 10000 + (t >> 32)) & UINT64_C(0xffffffff);
}

/* Where `bad` marks one byte only and that is a dot: its index; else -1. */
static inline int lone_dot(uint64_t word, uint64_t bad)
{
    if (bad & (bad - 1))
        return -1;
    int at = __builtin_ctzll(bad) / 8;
    return ((word >> (8 * at)) & 0xff) == DOT ? at : -1;
}

/* Takes byte `at` out of the word: what lies before it moves up by one, `in` comes in below. */
static inline uint64_t close_gap(uint64_t word, int at, uint64_t in)
{
    uint64_t below = (UINT64_C(1) << (8 * at)) - 1;
    uint64_t above = ~below << 7 << 1;
    return (word & below) << 8 | (word & above) | in;
}

static inline uint8_t signed_small(uint64_t value, bool negative, int scale, int64_t *mantissa)
{
    *mantissa = negative ? -(int64_t)value : (int64_t)value;
    return (uint8_t)scale;
}

/* The slow path, which alone reads exponents. */
static uint8_t parse_other(const char *p, size_t len, int64_t *mantissa, bool *plain)
{
    uint8_t code = parse_slow(p, len, mantissa);
    if (code == 0 && *plain)
        for (size_t i = 0; i < len; i++)
            *plain &= (p[i] | 0x20) != 'e';
    return code;
}

static inline __attribute__((always_inline)) uint8_t parse(const char *p, size_t len,
                                                           int64_t *mantissa, bool *plain)
{
    bool negative = *p == '-';
    size_t n = len - (size_t)(negative | (*p == '+')); /* wraps for an empty text */
    if (n - 1 >= 16)
        return parse_other(p, len, mantissa, plain);
    uint64_t low = load8(p + len - 8) ^ ZEROS;
    if (n <= 8) {
        low &= ~UINT64_C(0) << (8 * (8 - n));
        uint64_t bad = not_digits(low);
        if (bad == 0)
            return signed_small(eight_digits(low), negative, 0, mantissa);
        int at = lone_dot(low, bad);
        if (at <= 8 - (int)n || at == 7)
            return parse_other(p, len, mantissa, plain);
        return signed_small(eight_digits(close_gap(low, at, 0)), negative, 7 - at, mantissa);
    }
    uint64_t high = (load8(p + len - 16) ^ ZEROS) & ~UINT64_C(0) << (8 * (16 - n));
    uint64_t bad_low = not_digits(low), bad_high = not_digits(high);
    int scale = 0;
    if (bad_low | bad_high) {
        int at = bad_low ? lone_dot(low, bad_low) : lone_dot(high, bad_high);
        if ((bad_low && bad_high) || at < 0 || (bad_low ? at == 7 : at <= 16 - (int)n))
            return parse_other(p, len, mantissa, plain);
        scale = bad_low ? 7 - at : 15 - at;
        if (bad_low) {
            low = close_gap(low, at, high >> 56);
            at = 7;
        }
        high = close_gap(high, at, 0);
    }
    return signed_small(eight_digits(high) * 100000000 + eight_digits(low), negative, scale,
                        mantissa);
}

uint8_t assay_number_parse_plain(const char *p, size_t len, int64_t *mantissa, bool *plain)
{
    return parse(p, len, mantissa, plain);
}

uint8_t assay_number_parse(const char *p, size_t len, int64_t *mantissa)
{
    bool plain = false;
    return parse(p, len, mantissa, &plain);
}

bool assay_number_parse_spans(const char *base, const struct assay_span *spans, uint32_t rows,
                              int64_t *mantissas, uint8_t *codes)
{
    uint32_t row = 0;
    bool plain = true;
    if (assay_cpu_has_avx512())
        row = assay_number_parse_wide(base, spans, rows, mantissas, codes, &plain);
    for (; row < rows; row++)
        codes[row] = parse(base + spans[row].off, spans[row].len, &mantissas[row], &plain);
    return plain;
}

uint8_t assay_number_parse_safe(const char *p, size_t len, int64_t *mantissa)
{
    return parse_slow(p, len, mantissa);
}

struct assay_numref assay_numref(struct assay_str text)
{
    struct assay_numref value = {.text = text, .code = ASSAY_NUM_NOT};
    if (text.len != 0)
        value.code = parse_slow(text.ptr, text.len, &value.mantissa);
    return value;
}

struct assay_numref assay_numref_int(int64_t value, char store[24])
{
    int len = snprintf(store, 24, "%lld", (long long)value);
    return assay_numref(assay_str(store, (size_t)len));
}

char *assay_number_digits_before(char *end, uint64_t value)
{
    do
        *--end = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    return end;
}

struct assay_number_parts assay_number_parts(const struct assay_numref *value, char *store)
{
    struct shape shape = {.negative = false};
    if (value->code == ASSAY_NUM_BIG) {
        if (!scan(value->text.ptr, value->text.len, &shape))
            return (struct assay_number_parts){.negative = false};
    } else {
        shape.negative = value->mantissa < 0;
        uint64_t m = shape.negative ? -(uint64_t)value->mantissa : (uint64_t)value->mantissa;
        char *start = assay_number_digits_before(store + 20, m);
        shape.whole = start;
        shape.whole_len = (size_t)(store + 20 - start);
        shape.fraction = store + 20;
        shape.exponent = -(int64_t)value->code;
    }
    return parts_of_shape(&shape);
}

static int compare_digits(const struct assay_number_parts *a, const struct assay_number_parts *b)
{
    const char *p = a->digits, *q = b->digits;
    size_t n = a->count < b->count ? a->count : b->count;
    for (size_t i = 0; i < n; i++, p++, q++) {
        p += *p == '.';
        q += *q == '.';
        if (*p != *q)
            return *p < *q ? -1 : 1;
    }
    return (a->count > b->count) - (a->count < b->count);
}

static int sign_of(const struct assay_number_parts *parts)
{
    return parts->count == 0 ? 0 : parts->negative ? -1 : 1;
}

static int compare_big(const struct assay_numref *a, const struct assay_numref *b)
{
    char store_a[20], store_b[20];
    struct assay_number_parts x = assay_number_parts(a, store_a),
                              y = assay_number_parts(b, store_b);
    int sign = sign_of(&x);
    if (sign != sign_of(&y))
        return sign < sign_of(&y) ? -1 : 1;
    if (sign == 0)
        return 0;
    if (x.lead != y.lead)
        return x.lead < y.lead ? -sign : sign;
    return sign * compare_digits(&x, &y);
}

/* Where a code lies against the finite numbers. */
static int infinity_of(uint8_t code)
{
    return code == ASSAY_NUM_POS_INF ? 1 : code == ASSAY_NUM_NEG_INF ? -1 : 0;
}

int assay_number_compare(const struct assay_numref *a, const struct assay_numref *b)
{
    if (a->code <= ASSAY_NUM_SCALE_MAX && b->code <= ASSAY_NUM_SCALE_MAX) {
        __int128 x = a->mantissa, y = b->mantissa;
        if (a->code < b->code)
            x *= assay_number_pow10[b->code - a->code];
        else
            y *= assay_number_pow10[a->code - b->code];
        return (x > y) - (x < y);
    }
    if (a->code >= ASSAY_NUM_NAN || b->code >= ASSAY_NUM_NAN)
        return ASSAY_NUM_UNORDERED;
    int x = infinity_of(a->code), y = infinity_of(b->code);
    if (x || y)
        return (x > y) - (x < y);
    return compare_big(a, b);
}

static bool above(const struct assay_bounds *b, const struct assay_numref *value)
{
    if (!b->has_min)
        return true;
    int c = assay_number_compare(value, &b->min);
    return c == 1 || (c == 0 && !b->strict_min);
}

static bool below(const struct assay_bounds *b, const struct assay_numref *value)
{
    if (!b->has_max)
        return true;
    int c = assay_number_compare(value, &b->max);
    return c == -1 || (c == 0 && !b->strict_max);
}

/*
 * The least mantissa of a scale that lies above the minimum, or the greatest below the
 * maximum, by bisection with the exact comparison: no arithmetic that could round.
 */
static int64_t edge(const struct assay_bounds *b, uint8_t scale, bool lower)
{
    int64_t out = lower ? -ASSAY_NUM_MANTISSA_END : ASSAY_NUM_MANTISSA_END; /* fails first */
    int64_t in = -out;
    while (out - in > 1 || in - out > 1) {
        int64_t middle = in + (out - in) / 2;
        struct assay_numref value = {.mantissa = middle, .code = scale};
        if (lower ? above(b, &value) : below(b, &value))
            in = middle;
        else
            out = middle;
    }
    return in;
}

void assay_bounds_init(struct assay_bounds *bounds, const struct assay_numref *min, bool strict_min,
                       const struct assay_numref *max, bool strict_max)
{
    bounds->has_min = min != NULL;
    bounds->has_max = max != NULL;
    if (min != NULL)
        bounds->min = *min;
    if (max != NULL)
        bounds->max = *max;
    bounds->strict_min = strict_min;
    bounds->strict_max = strict_max;
    for (int code = 0; code < 256; code++) {
        bool small = code <= ASSAY_NUM_SCALE_MAX;
        bounds->lo[code] = small ? edge(bounds, (uint8_t)code, true) : INT64_MAX;
        bounds->hi[code] = small ? edge(bounds, (uint8_t)code, false) : INT64_MIN;
    }
}

bool assay_bounds_holds_any(const struct assay_bounds *bounds, const struct assay_numref *value)
{
    return value->code < ASSAY_NUM_NAN && above(bounds, value) && below(bounds, value);
}
