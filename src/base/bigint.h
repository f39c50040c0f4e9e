/*
 * Non-negative integers of up to 8192 bits, for the few exact computations that no machine
 * word can hold: rounding a long decimal to a double, a variance from exact sums.
 *
 * They live in the caller's storage and never allocate. A result beyond the capacity sets
 * `overflow`, which sticks to whatever is computed from it; callers choose their limits so
 * that it cannot happen. Schoolbook algorithms (Knuth, TAOCP 2, 4.3.1).
 */
#ifndef ASSAY_BASE_BIGINT_H
#define ASSAY_BASE_BIGINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ASSAY_BIGINT_LIMBS = 256 };

struct assay_bigint {
    uint32_t n;                        /* limbs in use, the highest of them not zero; 0 is zero */
    bool overflow;                     /* a result did not fit */
    uint32_t limb[ASSAY_BIGINT_LIMBS]; /* least significant first; those past n are undefined */
};

void assay_bigint_set(struct assay_bigint *b, uint64_t value);
void assay_bigint_copy(struct assay_bigint *to, const struct assay_bigint *from);

/* b = b * factor + addend */
void assay_bigint_muladd(struct assay_bigint *b, uint32_t factor, uint32_t addend);

/* b = b * 10^power */
void assay_bigint_mul_pow10(struct assay_bigint *b, uint32_t power);

/* out = a * b; `out` is neither of them */
void assay_bigint_mul(struct assay_bigint *out, const struct assay_bigint *a,
                      const struct assay_bigint *b);

void assay_bigint_add(struct assay_bigint *a, const struct assay_bigint *b);

/* a = a - b, where a >= b */
void assay_bigint_sub(struct assay_bigint *a, const struct assay_bigint *b);

int assay_bigint_compare(const struct assay_bigint *a, const struct assay_bigint *b);
void assay_bigint_shift_left(struct assay_bigint *b, uint32_t bits);
uint32_t assay_bigint_bits(const struct assay_bigint *b);

/* b = b / divisor; returns the remainder */
uint32_t assay_bigint_div_small(struct assay_bigint *b, uint32_t divisor);

/*
 * The 64 leading bits of num / den (both not zero; both are destroyed). The quotient is
 * `returned * 2^(exponent - 63)` with the top bit set; the lowest bit is also set where
 * anything was cut off, so that a rounding to fewer bits is right.
 */
uint64_t assay_bigint_ratio(struct assay_bigint *num, struct assay_bigint *den, int *exponent);

/* Such a quotient as the nearest double, ties to even, subnormals and overflow included. */
double assay_bigint_round(uint64_t bits, int exponent);

#endif
