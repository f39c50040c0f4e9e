/*
 * Schoolbook arithmetic on arrays of 32-bit limbs. Speed hardly matters here: it runs once
 * a result or for a rare value, never once a row.
 */
#include "config.h"

#include "base/bigint.h"

#include <math.h>
#include <string.h>

static void push(struct assay_bigint *b, uint32_t limb)
{
    if (b->n < ASSAY_BIGINT_LIMBS)
        b->limb[b->n++] = limb;
    else
        b->overflow = true;
}

static void trim(struct assay_bigint *b)
{
    while (b->n > 0 && b->limb[b->n - 1] == 0)
        b->n--;
}

void assay_bigint_set(struct assay_bigint *b, uint64_t value)
{
    b->n = 2;
    b->overflow = false;
    b->limb[0] = (uint32_t)value;
    b->limb[1] = (uint32_t)(value >> 32);
    trim(b);
}

void assay_bigint_copy(struct assay_bigint *to, const struct assay_bigint *from)
{
    to->n = from->n;
    to->overflow = from->overflow;
    memcpy(to->limb, from->limb, from->n * sizeof from->limb[0]);
}

void assay_bigint_muladd(struct assay_bigint *b, uint32_t factor, uint32_t addend)
{
    uint64_t carry = addend;
    for (uint32_t i = 0; i < b->n; i++) {
        carry += (uint64_t)b->limb[i] * factor;
        b->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry)
        push(b, (uint32_t)carry);
    trim(b);
}

void assay_bigint_mul_pow10(struct assay_bigint *b, uint32_t power)
{
    for (; power >= 9; power -= 9)
        assay_bigint_muladd(b, 1000000000, 0);
    uint32_t factor = 1;
    for (; power > 0; power--)
        factor *= 10;
    assay_bigint_muladd(b, factor, 0);
}

void assay_bigint_mul(struct assay_bigint *out, const struct assay_bigint *a,
                      const struct assay_bigint *b)
{
    out->n = 0;
    out->overflow = a->overflow || b->overflow;
    if (a->n == 0 || b->n == 0)
        return;
    uint32_t size = a->n + b->n;
    if (size > ASSAY_BIGINT_LIMBS) {
        out->overflow = true;
        return;
    }
    memset(out->limb, 0, size * sizeof out->limb[0]);
    for (uint32_t i = 0; i < a->n; i++) {
        uint64_t carry = 0;
        for (uint32_t j = 0; j < b->n; j++) {
            carry += (uint64_t)a->limb[i] * b->limb[j] + out->limb[i + j];
            out->limb[i + j] = (uint32_t)carry;
            carry >>= 32;
        }
        out->limb[i + b->n] = (uint32_t)carry;
    }
    out->n = size;
    trim(out);
}

void assay_bigint_add(struct assay_bigint *a, const struct assay_bigint *b)
{
    a->overflow = a->overflow || b->overflow;
    while (a->n < b->n)
        push(a, 0);
    uint64_t carry = 0;
    for (uint32_t i = 0; i < a->n && (i < b->n || carry); i++) {
        carry += (uint64_t)a->limb[i] + (i < b->n ? b->limb[i] : 0);
        a->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry)
        push(a, (uint32_t)carry);
}

void assay_bigint_sub(struct assay_bigint *a, const struct assay_bigint *b)
{
    a->overflow = a->overflow || b->overflow;
    int64_t borrow = 0;
    for (uint32_t i = 0; i < a->n && (i < b->n || borrow); i++) {
        borrow += (int64_t)a->limb[i] - (i < b->n ? b->limb[i] : 0);
        a->limb[i] = (uint32_t)borrow;
        borrow = borrow < 0 ? -1 : 0;
    }
    trim(a);
}

int assay_bigint_compare(const struct assay_bigint *a, const struct assay_bigint *b)
{
    if (a->n != b->n)
        return a->n < b->n ? -1 : 1;
    for (uint32_t i = a->n; i-- > 0;) {
        if (a->limb[i] != b->limb[i])
            return a->limb[i] < b->limb[i] ? -1 : 1;
    }
    return 0;
}

void assay_bigint_shift_left(struct assay_bigint *b, uint32_t bits)
{
    uint32_t whole = bits / 32, part = bits % 32;
    if (b->n == 0)
        return;
    if (b->n + whole + 1 > ASSAY_BIGINT_LIMBS) {
        b->overflow = true;
        return;
    }
    uint32_t n = b->n + whole;
    b->limb[n] = part ? b->limb[b->n - 1] >> (32 - part) : 0;
    for (uint32_t i = b->n; i-- > 0;) {
        uint32_t below = part && i > 0 ? b->limb[i - 1] >> (32 - part) : 0;
        b->limb[i + whole] = b->limb[i] << part | below;
    }
    memset(b->limb, 0, whole * sizeof b->limb[0]);
    b->n = n + 1;
    trim(b);
}

uint32_t assay_bigint_bits(const struct assay_bigint *b)
{
    return b->n ? b->n * 32 - (uint32_t)__builtin_clz(b->limb[b->n - 1]) : 0;
}

uint32_t assay_bigint_div_small(struct assay_bigint *b, uint32_t divisor)
{
    uint64_t rest = 0;
    for (uint32_t i = b->n; i-- > 0;) {
        rest = rest << 32 | b->limb[i];
        b->limb[i] = (uint32_t)(rest / divisor);
        rest %= divisor;
    }
    trim(b);
    return (uint32_t)rest;
}

uint64_t assay_bigint_ratio(struct assay_bigint *num, struct assay_bigint *den, int *exponent)
{
    int e = (int)assay_bigint_bits(num) - (int)assay_bigint_bits(den);
    if (e > 0)
        assay_bigint_shift_left(den, (uint32_t)e);
    else
        assay_bigint_shift_left(num, (uint32_t)-e);
    if (assay_bigint_compare(num, den) < 0) {
        assay_bigint_shift_left(num, 1);
        e--;
    }
    uint64_t quotient = 0;
    for (int i = 0; i < 64; i++) { /* here den <= num < 2 den in the first round */
        quotient <<= 1;
        if (assay_bigint_compare(num, den) >= 0) {
            assay_bigint_sub(num, den);
            quotient |= 1;
        }
        assay_bigint_shift_left(num, 1);
    }
    *exponent = e;
    return quotient | (num->n != 0);
}

double assay_bigint_round(uint64_t bits, int exponent)
{
    if (exponent > 1023)
        return (double)INFINITY;
    int keep = exponent >= -1022 ? 53 : 53 + 1022 + exponent;
    if (keep < 0)
        return 0.0;
    int cut = 64 - keep;
    uint64_t kept = cut == 64 ? 0 : bits >> cut;
    uint64_t half = UINT64_C(1) << (cut - 1);
    uint64_t rest = cut == 64 ? bits : bits & ((half << 1) - 1);
    if (rest > half || (rest == half && (kept & 1)))
        kept++;
    return ldexp((double)kept, exponent - 63 + cut);
}
