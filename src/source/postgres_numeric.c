/*
 * PostgreSQL's numeric: up to 131072 digits before the point and 16383 behind it, as digits
 * of base 10000 with a weight. Value: the sum of digit[i] * 10000^(weight - i).
 *
 * A few bytes can stand for a very long row of zeros. As a batch may not grow with what
 * is only zeros, more than ASSAY_PG_ZEROS of them become an exponent.
 */
#include "config.h"

#include "source/postgres_text.h"

#include "base/number.h"

#include <stdio.h>
#include <string.h>

#define BASE 10000u
#define HEADER 8u

enum {
    NUMERIC_MINUS = 0x4000,
    NUMERIC_NAN = 0xc000,
    NUMERIC_INF = 0xd000,
    NUMERIC_NEG_INF = 0xf000
};

struct numeric {
    int count;  /* digits of base 10000 */
    int weight; /* of the first of them */
    uint16_t sign;
    int scale; /* decimal digits shown behind the point */
    const char *digits;
};

static bool numeric_read(const char *bytes, uint32_t len, struct numeric *n)
{
    if (len < HEADER)
        return false;
    n->count = (int16_t)assay_pg_u16(bytes);
    n->weight = (int16_t)assay_pg_u16(bytes + 2);
    n->sign = assay_pg_u16(bytes + 4);
    n->scale = assay_pg_u16(bytes + 6) & 0x3fff;
    n->digits = bytes + HEADER;
    if (n->count < 0 || len != HEADER + 2 * (uint32_t)n->count)
        return false;
    for (int i = 0; i < n->count; i++)
        if (assay_pg_u16(n->digits + 2 * i) >= BASE)
            return false;
    return n->sign == 0 || n->sign == NUMERIC_MINUS || n->sign == NUMERIC_NAN ||
           n->sign == NUMERIC_INF || n->sign == NUMERIC_NEG_INF;
}

/* The digit that stands for 10000^power; 0 where none is stored. */
static unsigned digit_at(const struct numeric *n, int power)
{
    int i = n->weight - power;
    return i >= 0 && i < n->count ? assay_pg_u16(n->digits + 2 * i) : 0;
}

static char *put_four(char *out, unsigned digit)
{
    out[0] = (char)('0' + digit / 1000);
    out[1] = (char)('0' + digit / 100 % 10);
    out[2] = (char)('0' + digit / 10 % 10);
    out[3] = (char)('0' + digit % 10);
    return out + 4;
}

/* All stored digits as one whole number without zeros around it, and the power of ten it is of. */
static char *put_exponent_form(char *out, const struct numeric *n)
{
    int exponent = (n->weight - n->count + 1) * 4;
    char *begin = out;
    for (int i = 0; i < n->count; i++) {
        unsigned digit = assay_pg_u16(n->digits + 2 * i);
        char four[4];
        put_four(four, digit);
        size_t skip = out > begin ? 0 : digit >= 1000 ? 0 : digit >= 100 ? 1 : digit >= 10 ? 2 : 3;
        if (out == begin && digit == 0)
            continue;
        memcpy(out, four + skip, 4 - skip);
        out += 4 - skip;
    }
    for (; out > begin + 1 && out[-1] == '0'; out--)
        exponent++;
    if (out == begin)
        *out++ = '0';
    return out + snprintf(out, 16, "e%d", exponent);
}

static char *put_fraction(char *out, const struct numeric *n, int scale)
{
    char *end = out + 1 + scale;
    *out++ = '.';
    for (int power = -1; out < end; power--) {
        char four[4];
        put_four(four, digit_at(n, power));
        size_t take = end - out < 4 ? (size_t)(end - out) : 4;
        memcpy(out, four, take);
        out += take;
    }
    return end;
}

static char *put_plain(char *out, const struct numeric *n, int scale)
{
    bool begun = false;
    for (int power = n->weight; power >= 0; power--) {
        char four[4];
        unsigned digit = digit_at(n, power);
        put_four(four, digit);
        int skip = begun ? 0 : digit >= 1000 ? 0 : digit >= 100 ? 1 : digit >= 10 ? 2 : 3;
        if (!begun && digit == 0)
            continue;
        memcpy(out, four + skip, 4 - (size_t)skip);
        out += 4 - skip;
        begun = true;
    }
    if (!begun)
        *out++ = '0';
    return scale > 0 ? put_fraction(out, n, scale) : out;
}

char *assay_pg_write_numeric(char *out, const char *bytes, uint32_t len)
{
    struct numeric n;
    if (!numeric_read(bytes, len, &n))
        return NULL;
    const char *special = n.sign == NUMERIC_NAN       ? "NaN"
                          : n.sign == NUMERIC_INF     ? "Infinity"
                          : n.sign == NUMERIC_NEG_INF ? "-Infinity"
                                                      : NULL;
    if (special != NULL) {
        memcpy(out, special, strlen(special));
        return out + strlen(special);
    }
    if (n.sign == NUMERIC_MINUS)
        *out++ = '-';
    /* Decimal places that the digits reach down to, and zeros between them and the point. */
    int reach = n.count ? (n.count - 1 - n.weight) * 4 : 0;
    if (n.count && (-reach > ASSAY_PG_ZEROS || (-n.weight - 1) * 4 > ASSAY_PG_ZEROS))
        return put_exponent_form(out, &n);
    int most = (reach > 0 ? reach : 0) + ASSAY_PG_ZEROS;
    return put_plain(out, &n, n.scale < most ? n.scale : most);
}

bool assay_pg_number_numeric(const char *bytes, uint32_t len, int64_t *mantissa, uint8_t *code)
{
    struct numeric n;
    int64_t value = 0;
    static const int64_t powers[] = {1, 10, 100, 1000};
    if (!numeric_read(bytes, len, &n) || (n.sign != 0 && n.sign != NUMERIC_MINUS) || n.weight > 3 ||
        n.weight < -4 || n.scale > 8)
        return false;
    /* At most 16 digits before the point and 8 behind it: cut below where it is too large. */
    int last = -((n.scale + 3) / 4);
    for (int power = n.weight > 0 ? n.weight : 0; power >= last; power--)
        if (__builtin_mul_overflow(value, BASE, &value) ||
            __builtin_add_overflow(value, (int64_t)digit_at(&n, power), &value))
            return false;
    value /= powers[-last * 4 - n.scale];
    *mantissa = n.sign == NUMERIC_MINUS ? -value : value;
    *code = (uint8_t)n.scale;
    return value < ASSAY_NUM_MANTISSA_END;
}
