/*
 * With AVX-512 (base/cpu.h): columns of CSV, 64 values at a time. For src/source only.
 */
#ifndef ASSAY_SOURCE_CSV_WIDE_H
#define ASSAY_SOURCE_CSV_WIDE_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether the next takes 64 records whose fields end so, as in csv_gather.c. */
bool assay_csv_wide_fits(const uint32_t *ends, uint32_t columns);

/* The values of a field of 64 records; returns which are null. */
uint64_t assay_csv_wide_values(const char *base, char quote, const uint32_t *ends, uint32_t columns,
                               bool quotes, bool last, struct assay_span *values);

/*
 * Which of 64 values end as a token of their length does: of 1 to 8 bytes, ASCII, and bit
 * n - 1 of `ends`, by its last byte (128 of them), for one of n. Offsets are below 2^31.
 */
uint64_t assay_csv_wide_tokens(const uint8_t *ends, const char *base,
                               const struct assay_span *spans);

#endif
