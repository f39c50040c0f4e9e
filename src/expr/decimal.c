/*
 * 38-digit decimals over __int128.
 */
#include "config.h"

#include "expr/decimal.h"

typedef unsigned __int128 u128;

/* A quotient keeps this many digits from its first one behind the point on. */
#define QUOTIENT_DIGITS 18
#define INEXACT_DIGITS 19

static const u128 end_ = (u128)UINT64_C(10000000000000000000) * UINT64_C(10000000000000000000);

const int64_t assay_expr_powers[] = {
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
    INT64_C(10000000000),
    INT64_C(100000000000),
    INT64_C(1000000000000),
    INT64_C(10000000000000),
    INT64_C(100000000000000),
    INT64_C(1000000000000000),
    INT64_C(10000000000000000),
    INT64_C(100000000000000000),
    INT64_C(1000000000000000000),
};

static u128 tens(int n)
{
    u128 p = 1;
    for (; n > ASSAY_NUM_SCALE_MAX; n -= ASSAY_NUM_SCALE_MAX)
        p *= (u128)assay_expr_powers[ASSAY_NUM_SCALE_MAX];
    return p * (u128)assay_expr_powers[n];
}

static u128 size_of(__int128 m)
{
    return m < 0 ? -(u128)m : (u128)m;
}

static __int128 signed_as(u128 size, bool negative)
{
    return negative ? -(__int128)size : (__int128)size;
}

static int digits_of(u128 m)
{
    int n = 0;
    const u128 part = (u128)assay_expr_powers[ASSAY_NUM_SCALE_MAX];
    for (; m >= part; m /= part)
        n += ASSAY_NUM_SCALE_MAX;
    for (int i = 0; i <= ASSAY_NUM_SCALE_MAX; i++)
        if ((int64_t)m < assay_expr_powers[i])
            return n + i;
    return n;
}

void assay_expr_decimal_shorten(struct assay_expr_decimal *d)
{
    if (!assay_expr_decimal_is_finite(d))
        return;
    int64_t small = (int64_t)d->mantissa;
    if (small == d->mantissa) {
        for (; d->code > 0 && small % 10 == 0; d->code--)
            small /= 10;
        d->mantissa = small;
        return;
    }
    for (; d->code > 0 && d->mantissa % 10 == 0; d->code--)
        d->mantissa /= 10;
}

/* Digits and scale of a number's text; false where 38 of each do not hold it. */
static bool read_text(struct assay_str text, struct assay_expr_decimal *out)
{
    u128 m = 0;
    int64_t scale = 0, exponent = 0, zeros = 0; /* zeros seen and not yet in m */
    size_t i = 0;
    bool negative = text.len && text.ptr[0] == '-', point = false, minus = false;
    for (i = negative || (text.len && text.ptr[0] == '+'); i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '.') {
            point = true;
            continue;
        }
        if (c < '0' || c > '9')
            break;
        scale += point;
        zeros += m != 0 || c != '0';
        for (; c != '0' && zeros > 0; zeros--) {
            if (m >= end_ / 10)
                return false;
            m *= 10;
        }
        m += (unsigned)(c - '0');
    }
    scale -= zeros;
    if (i < text.len) {
        i++;
        minus = i < text.len && text.ptr[i] == '-';
        i += minus || (i < text.len && text.ptr[i] == '+');
        for (; i < text.len && exponent < INT64_C(100000000000000000); i++)
            exponent = exponent * 10 + (text.ptr[i] - '0');
    }
    scale += minus ? exponent : -exponent;
    for (; m % 10 == 0 && m > 0 && scale > 0; scale--)
        m /= 10;
    for (; scale < 0 && m > 0 && m < end_ / 10; scale++)
        m *= 10;
    if (m == 0)
        scale = 0;
    *out = (struct assay_expr_decimal){.mantissa = signed_as(m, negative), .code = (uint8_t)scale};
    return scale >= 0 && scale <= ASSAY_EXPR_DIGITS;
}

struct assay_expr_decimal assay_expr_decimal_of(const struct assay_numref *number)
{
    struct assay_expr_decimal d = {.mantissa = number->mantissa, .code = number->code};
    if (number->code != ASSAY_NUM_BIG)
        return d;
    if (!read_text(number->text, &d))
        d = (struct assay_expr_decimal){.text = number->text, .code = ASSAY_NUM_BIG};
    return d;
}

/* m / 10^drop, half to even. */
static u128 drop_digits(u128 m, int drop)
{
    if (drop > ASSAY_EXPR_DIGITS)
        return 0;
    u128 p = tens(drop), q = m / p, r = m % p;
    if (drop > 0 && (r > p / 2 || (r == p / 2 && q % 2 == 1)))
        q++;
    return q;
}

/* Fewer digits for a number that is inexact, or meets one that is. */
static void cut(struct assay_expr_decimal *d, int digits)
{
    u128 m = size_of(d->mantissa);
    int drop = digits_of(m) - digits;
    if (drop > d->code)
        drop = d->code;
    if (drop <= 0)
        return;
    d->mantissa = signed_as(drop_digits(m, drop), d->mantissa < 0);
    d->code = (uint8_t)(d->code - drop);
}

/* Brings both to the larger scale; false where 128 bits do not hold that. */
static bool align(struct assay_expr_decimal *a, struct assay_expr_decimal *b)
{
    struct assay_expr_decimal *low = a->code < b->code ? a : b;
    int more = a->code < b->code ? b->code - a->code : a->code - b->code;
    u128 m = size_of(low->mantissa), most = (u128)-1 >> 1;
    if (m != 0 && m > most / tens(more))
        return false;
    low->mantissa = m == 0 ? 0 : signed_as(m * tens(more), low->mantissa < 0);
    low->code = (uint8_t)(low->code + more);
    return true;
}

static enum assay_expr_outcome sum(struct assay_expr_decimal a, struct assay_expr_decimal b,
                                   struct assay_expr_decimal *out)
{
    bool inexact = a.inexact || b.inexact;
    while (!align(&a, &b)) {
        struct assay_expr_decimal *fine = a.code > b.code ? &a : &b;
        uint8_t before = fine->code;
        if (inexact)
            cut(fine, digits_of(size_of(fine->mantissa)) - 1);
        else
            assay_expr_decimal_shorten(fine);
        if (fine->code == before)
            return ASSAY_EXPR_DECIMAL_LARGE;
    }
    *out = (struct assay_expr_decimal){.code = a.code, .inexact = inexact};
    if (__builtin_add_overflow(a.mantissa, b.mantissa, &out->mantissa))
        return ASSAY_EXPR_DECIMAL_LARGE;
    if (size_of(out->mantissa) < end_)
        return ASSAY_EXPR_DECIMAL_OK;
    if (inexact)
        cut(out, ASSAY_EXPR_DIGITS);
    else
        assay_expr_decimal_shorten(out);
    return size_of(out->mantissa) < end_ ? ASSAY_EXPR_DECIMAL_OK : ASSAY_EXPR_DECIMAL_LARGE;
}

/* Takes factors of ten out of a product, as long as they stand behind its point. */
static int strip_tens(u128 *m, u128 *n, int scale)
{
    for (; scale > 0; scale--) {
        if (*m % 10 == 0)
            *m /= 10;
        else if (*n % 10 == 0)
            *n /= 10;
        else if (*m % 5 == 0 && *n % 2 == 0) {
            *m /= 5;
            *n /= 2;
        } else if (*m % 2 == 0 && *n % 5 == 0) {
            *m /= 2;
            *n /= 5;
        } else {
            break;
        }
    }
    return scale;
}

static enum assay_expr_outcome product(struct assay_expr_decimal a, struct assay_expr_decimal b,
                                       struct assay_expr_decimal *out)
{
    bool inexact = a.inexact || b.inexact;
    if (digits_of(size_of(a.mantissa)) + digits_of(size_of(b.mantissa)) > ASSAY_EXPR_DIGITS ||
        a.code + b.code > ASSAY_EXPR_DIGITS) {
        assay_expr_decimal_shorten(&a);
        assay_expr_decimal_shorten(&b);
        if (inexact) {
            cut(&a, INEXACT_DIGITS);
            cut(&b, INEXACT_DIGITS);
        }
    }
    u128 m = size_of(a.mantissa), n = size_of(b.mantissa);
    int scale = a.code + b.code;
    if (n != 0 && (m > (end_ - 1) / n || scale > ASSAY_EXPR_DIGITS))
        scale = strip_tens(&m, &n, scale);
    if (n != 0 && m > (end_ - 1) / n)
        return ASSAY_EXPR_DECIMAL_LARGE;
    m *= n;
    if (scale > ASSAY_EXPR_DIGITS && m != 0 && !inexact)
        return ASSAY_EXPR_DECIMAL_LARGE;
    if (scale > ASSAY_EXPR_DIGITS) {
        m = drop_digits(m, scale - ASSAY_EXPR_DIGITS);
        scale = ASSAY_EXPR_DIGITS;
    }
    *out =
        (struct assay_expr_decimal){.mantissa = signed_as(m, (a.mantissa < 0) != (b.mantissa < 0)),
                                    .code = (uint8_t)scale,
                                    .inexact = inexact};
    return ASSAY_EXPR_DECIMAL_OK;
}

/* r = 10r mod n and the quotient, for r < n. 10r may leave 128 bits, 2r does not. */
static unsigned times_ten(u128 *r, u128 n)
{
    u128 step = *r;
    unsigned digit = 0;
    for (int i = 1; i < 10; i++) {
        *r += step;
        if (*r >= n) {
            *r -= n;
            digit++;
        }
    }
    return digit;
}

/* The next digits of a long division by n: `count` of them where n has one word, else one. */
static int next_digits(u128 *q, u128 *r, u128 n, int count)
{
    if (n <= UINT64_MAX) {
        u128 high = *r * tens(count);
        *q = *q * tens(count) + high / n;
        *r = high % n;
        return count;
    }
    *q = *q * 10;
    *q += times_ten(r, n);
    return 1;
}

/* How many more digits a quotient needs; 0: it is done, or has all it can hold. */
static int digits_wanted(u128 q, u128 r, int scale)
{
    int digits = digits_of(q);
    int wanted = scale < 0 ? -scale : 0;
    if (scale >= 0 && r != 0)
        wanted = QUOTIENT_DIGITS - (scale < digits ? scale : digits);
    if (wanted > ASSAY_EXPR_DIGITS - scale)
        wanted = ASSAY_EXPR_DIGITS - scale;
    if (wanted > ASSAY_EXPR_DIGITS - digits)
        wanted = ASSAY_EXPR_DIGITS - digits;
    return wanted > QUOTIENT_DIGITS ? QUOTIENT_DIGITS : wanted;
}

static enum assay_expr_outcome quotient(struct assay_expr_decimal a, struct assay_expr_decimal b,
                                        struct assay_expr_decimal *out)
{
    int scale = a.code - b.code, wanted; /* a / b = m / n / 10^scale */
    u128 m = size_of(a.mantissa), n = size_of(b.mantissa);
    if (n == 0)
        return ASSAY_EXPR_DECIMAL_ZERO;
    u128 q = m / n, r = m % n;
    while ((wanted = digits_wanted(q, r, scale)) > 0)
        scale += next_digits(&q, &r, n, wanted);
    if (scale < 0)
        return ASSAY_EXPR_DECIMAL_LARGE;
    if (r > n - r || (r == n - r && q % 2 == 1))
        q++;
    *out =
        (struct assay_expr_decimal){.mantissa = signed_as(q, (a.mantissa < 0) != (b.mantissa < 0)),
                                    .code = (uint8_t)scale,
                                    .inexact = a.inexact || b.inexact || r != 0};
    if (r == 0)
        assay_expr_decimal_shorten(out);
    return q < end_ ? ASSAY_EXPR_DECIMAL_OK : ASSAY_EXPR_DECIMAL_LARGE;
}

/* Never too large: the larger scale is reached one digit at a time, modulo b. */
static enum assay_expr_outcome remainder_of(struct assay_expr_decimal a,
                                            struct assay_expr_decimal b,
                                            struct assay_expr_decimal *out)
{
    u128 m = size_of(a.mantissa), n = size_of(b.mantissa);
    if (n == 0)
        return ASSAY_EXPR_DECIMAL_ZERO;
    uint8_t scale = a.code > b.code ? a.code : b.code;
    if (digits_of(n) + scale - b.code <= ASSAY_EXPR_DIGITS) { /* else a is less than b */
        n *= tens(scale - b.code);
        m %= n;
        for (int i = a.code; i < scale; i++)
            times_ten(&m, n);
    }
    *out = (struct assay_expr_decimal){
        .mantissa = signed_as(m, a.mantissa < 0), .code = scale, .inexact = a.inexact || b.inexact};
    return ASSAY_EXPR_DECIMAL_OK;
}

static int sign_of(const struct assay_expr_decimal *d)
{
    if (d->code == ASSAY_NUM_POS_INF || d->code == ASSAY_NUM_NEG_INF)
        return d->code == ASSAY_NUM_POS_INF ? 1 : -1;
    return (d->mantissa > 0) - (d->mantissa < 0);
}

static uint8_t infinity(int sign)
{
    return sign > 0 ? ASSAY_NUM_POS_INF : sign < 0 ? ASSAY_NUM_NEG_INF : ASSAY_NUM_NAN;
}

/* Where a side is infinite or NaN. */
static enum assay_expr_outcome special(char op, const struct assay_expr_decimal *a,
                                       const struct assay_expr_decimal *b,
                                       struct assay_expr_decimal *out)
{
    bool a_inf = !assay_expr_decimal_is_finite(a), b_inf = !assay_expr_decimal_is_finite(b);
    int sa = sign_of(a), sb = op == '-' ? -sign_of(b) : sign_of(b);
    *out = (struct assay_expr_decimal){.code = ASSAY_NUM_NAN};
    if ((op == '/' || op == '%') && !b_inf && b->mantissa == 0)
        return ASSAY_EXPR_DECIMAL_ZERO;
    if (a->code == ASSAY_NUM_NAN || b->code == ASSAY_NUM_NAN)
        return ASSAY_EXPR_DECIMAL_OK;
    if (op == '+' || op == '-')
        out->code = infinity(!b_inf ? sa : !a_inf || sa == sb ? sb : 0);
    else if (op == '*')
        out->code = infinity(sa * sb);
    else if (!a_inf)
        *out = op == '/' ? (struct assay_expr_decimal){.code = 0} : *a;
    else if (op == '/' && !b_inf)
        out->code = infinity(sa * sb);
    return ASSAY_EXPR_DECIMAL_OK;
}

enum assay_expr_outcome assay_expr_decimal_arith(char op, const struct assay_expr_decimal *a,
                                                 const struct assay_expr_decimal *b,
                                                 struct assay_expr_decimal *out)
{
    if (a->code == ASSAY_NUM_BIG || b->code == ASSAY_NUM_BIG)
        return ASSAY_EXPR_DECIMAL_LARGE;
    if (!assay_expr_decimal_is_finite(a) || !assay_expr_decimal_is_finite(b))
        return special(op, a, b, out);
    struct assay_expr_decimal minus = *b;
    switch (op) {
    case '+': return sum(*a, *b, out);
    case '-': minus.mantissa = -minus.mantissa; return sum(*a, minus, out);
    case '*': return product(*a, *b, out);
    case '/': return quotient(*a, *b, out);
    default: return remainder_of(*a, *b, out);
    }
}

static int compare_finite(const struct assay_expr_decimal *a, const struct assay_expr_decimal *b)
{
    int sa = sign_of(a), sb = sign_of(b);
    if (sa != sb)
        return (sa > sb) - (sa < sb);
    /* Whole parts first, then the fractions on the larger scale: both below 10^38. */
    u128 m = size_of(a->mantissa), n = size_of(b->mantissa);
    u128 p = tens(a->code), q = tens(b->code);
    if (m <= INT64_MAX && n <= INT64_MAX && a->code <= 18 && b->code <= 18) {
        m *= (u128)(a->code < b->code ? assay_expr_powers[b->code - a->code] : 1);
        n *= (u128)(b->code < a->code ? assay_expr_powers[a->code - b->code] : 1);
        int order = (m > n) - (m < n);
        return sa < 0 ? -order : order;
    }
    u128 x = m / p, y = n / q;
    if (x == y) {
        x = m % p;
        y = n % q;
        if (a->code < b->code)
            x *= tens(b->code - a->code);
        else
            y *= tens(a->code - b->code);
    }
    int c = (x > y) - (x < y);
    return sa < 0 ? -c : c;
}

int assay_expr_decimal_compare(const struct assay_expr_decimal *a,
                               const struct assay_expr_decimal *b)
{
    if (assay_expr_decimal_is_finite(a) && assay_expr_decimal_is_finite(b))
        return compare_finite(a, b);
    char text[2][64];
    struct assay_numref ref[2];
    const struct assay_expr_decimal *side[2] = {a, b};
    for (int i = 0; i < 2; i++) {
        ref[i] = (struct assay_numref){.code = side[i]->code, .text = side[i]->text};
        if (assay_expr_decimal_is_finite(side[i]))
            ref[i] = assay_numref(assay_str(text[i], assay_expr_decimal_text(side[i], text[i])));
    }
    return assay_number_compare(&ref[0], &ref[1]);
}

enum assay_expr_outcome assay_expr_decimal_round(const struct assay_expr_decimal *a, int digits,
                                                 enum assay_expr_rounding how,
                                                 struct assay_expr_decimal *out)
{
    *out = *a;
    if (a->code == ASSAY_NUM_BIG)
        return ASSAY_EXPR_DECIMAL_LARGE;
    if (!assay_expr_decimal_is_finite(a) || digits >= a->code)
        return ASSAY_EXPR_DECIMAL_OK;
    bool negative = a->mantissa < 0;
    int drop = a->code - digits;
    u128 m = size_of(a->mantissa), q = 0, r = m, p = 0;
    if (drop <= ASSAY_EXPR_DIGITS) {
        p = tens(drop);
        q = m / p;
        r = m % p;
    }
    bool up = how == ASSAY_EXPR_ROUND_HALF   ? p != 0 && r >= p - r
              : how == ASSAY_EXPR_ROUND_DOWN ? r != 0 && negative
              : how == ASSAY_EXPR_ROUND_UP   ? r != 0 && !negative
                                             : false;
    q += up;
    if (digits < 0 && q != 0) {
        if (digits_of(q) - digits > ASSAY_EXPR_DIGITS)
            return ASSAY_EXPR_DECIMAL_LARGE;
        q *= tens(-digits);
    }
    *out = (struct assay_expr_decimal){.mantissa = signed_as(q, negative),
                                       .code = (uint8_t)(digits < 0 ? 0 : digits),
                                       .inexact = a->inexact};
    return ASSAY_EXPR_DECIMAL_OK;
}

size_t assay_expr_decimal_text(const struct assay_expr_decimal *d, char out[64])
{
    char reverse[64];
    size_t n = 0, length = 0;
    if (!assay_expr_decimal_is_finite(d)) {
        const char *word = d->code == ASSAY_NUM_POS_INF   ? "inf"
                           : d->code == ASSAY_NUM_NEG_INF ? "-inf"
                                                          : "nan";
        length = strlen(word);
        memcpy(out, word, length);
        return length;
    }
    u128 m = size_of(d->mantissa);
    while (m > 0 || n <= d->code) {
        reverse[n++] = (char)('0' + (int)(m % 10));
        m /= 10;
    }
    if (d->mantissa < 0)
        out[length++] = '-';
    while (n > 0) {
        out[length++] = reverse[--n];
        if (n == d->code && n > 0)
            out[length++] = '.';
    }
    return length;
}
