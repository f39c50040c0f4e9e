/*
 * What number.c and number_text.c share: a finite number as its significant digits.
 */
#ifndef ASSAY_BASE_NUMBER_PARTS_H
#define ASSAY_BASE_NUMBER_PARTS_H

#include "base/number.h"

/*
 * The number d1.d2d3... * 10^lead, where neither the first nor the last digit is zero.
 * `digits` may hold one dot, to be skipped. Zero has count 0.
 */
struct assay_number_parts {
    bool negative;
    const char *digits;
    size_t count; /* significant digits, without the dot */
    int64_t lead; /* power of ten of the first digit */
};

/* 10^0 .. 10^18 */
extern const int64_t assay_number_pow10[ASSAY_NUM_SCALES];

/* As assay_number_parse; `*plain` becomes false where the code is 0 and there is an exponent. */
uint8_t assay_number_parse_plain(const char *p, size_t len, int64_t *mantissa, bool *plain);

/*
 * With AVX-512 (base/cpu.h): reads some or all rows of a batch, and returns how many. The
 * rest is the caller's. `*plain` as above.
 */
uint32_t assay_number_parse_wide(const char *base, const struct assay_span *spans, uint32_t rows,
                                 int64_t *mantissas, uint8_t *codes, bool *plain);

/* Of a SMALL or BIG value; `store` has 20 bytes for the digits of a SMALL and lives as long. */
struct assay_number_parts assay_number_parts(const struct assay_numref *value, char *store);

/* The first `count` digits, at most 18, as an integer. */
int64_t assay_number_digits(const struct assay_number_parts *parts, size_t count);

/* Writes the decimal digits of `value` so that they end at `end`; returns their start. */
char *assay_number_digits_before(char *end, uint64_t value);

#endif
