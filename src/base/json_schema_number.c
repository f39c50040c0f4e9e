/*
 * Exact facts about numbers of any length: whether one is whole, and a multiple of another.
 */
#include "config.h"

#include "base/json_schema_impl.h"

#include "base/number.h"

#include <math.h>
#include <stdlib.h>

/* digits * 10^exponent, without zeros at either end of the digits; zero has none. */
struct parts {
    struct assay_str digits; /* with a point in them perhaps */
    int64_t exponent;
    bool finite;
};

#define EXPONENT_MAX 1000000000

static int64_t exponent_of(struct assay_str text)
{
    int64_t value = 0;
    bool minus = text.len > 0 && text.ptr[0] == '-';
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] >= '0' && text.ptr[i] <= '9' && value < EXPONENT_MAX)
            value = value * 10 + (text.ptr[i] - '0');
    return minus ? -value : value;
}

static struct parts split(struct assay_str text)
{
    struct parts parts = {.finite = assay_number_is_finite(assay_numref(text).code)};
    size_t end = 0, from = text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+');
    while (end < text.len && (text.ptr[end] | 0x20) != 'e')
        end++;
    if (end < text.len)
        parts.exponent = exponent_of(assay_str(text.ptr + end + 1, text.len - end - 1));
    const char *point = end > from ? memchr(text.ptr + from, '.', end - from) : NULL;
    if (point != NULL)
        parts.exponent -= text.ptr + end - (point + 1);
    while (end > from && (text.ptr[end - 1] == '0' || text.ptr[end - 1] == '.')) {
        parts.exponent += text.ptr[end - 1] == '0';
        end--;
    }
    while (from < end && (text.ptr[from] == '0' || text.ptr[from] == '.'))
        from++;
    parts.digits = assay_str(text.ptr + from, end - from);
    return parts;
}

bool assay_schema_is_whole(struct assay_str number)
{
    struct parts parts = split(number);
    return parts.finite && (parts.digits.len == 0 || parts.exponent >= 0);
}

/* (a * b) modulo m, which is below 2^63. */
static uint64_t times(uint64_t a, uint64_t b, uint64_t m)
{
    return (uint64_t)((unsigned __int128)a * b % m);
}

static uint64_t remainder_of(const struct parts *parts, int64_t power, uint64_t m)
{
    uint64_t rest = 0, ten = 10 % m;
    for (size_t i = 0; i < parts->digits.len; i++)
        if (parts->digits.ptr[i] != '.')
            rest = (times(rest, ten, m) + (uint64_t)(parts->digits.ptr[i] - '0')) % m;
    for (; power > 0; power >>= 1) {
        if (power & 1)
            rest = times(rest, ten, m);
        ten = times(ten, ten, m);
    }
    return rest;
}

bool assay_schema_is_multiple(struct assay_str number, struct assay_str of)
{
    struct parts a = split(number), b = split(of);
    uint64_t step = 0;
    size_t digits = 0;
    if (!a.finite || !b.finite || b.digits.len == 0)
        return false;
    if (a.digits.len == 0)
        return true;
    /* The last digit of a is not 0, so a step that is a multiple of a power of ten above it
     * cannot make it. */
    if (a.exponent < b.exponent)
        return false;
    for (size_t i = 0; i < b.digits.len; i++)
        if (b.digits.ptr[i] != '.' && ++digits <= 18)
            step = step * 10 + (uint64_t)(b.digits.ptr[i] - '0');
    if (digits <= 18)
        return remainder_of(&a, a.exponent - b.exponent, step) == 0;
    struct assay_numref x = assay_numref(number), y = assay_numref(of);
    return fmod(assay_number_to_double(&x), assay_number_to_double(&y)) == 0;
}
