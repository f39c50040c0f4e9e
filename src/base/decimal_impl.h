/*
 * What the files behind decimal.h share: the fixed-point sums, rows under a mask, and
 * words in saved states.
 */
#ifndef ASSAY_BASE_DECIMAL_IMPL_H
#define ASSAY_BASE_DECIMAL_IMPL_H

#include "base/decimal.h"

#include "base/number_parts.h"

/*
 * Limb i of a sum weighs 10^(9 i - 450), of a sum of squares 10^(9 i - 900). Three limbs
 * above the range hold the carries of 2^64 values. Between two calls of
 * assay_wide_settle, a limb is any sum of less than 2^32 numbers below 10^9.
 */
enum {
    ASSAY_WIDE_REACH = 450,
    ASSAY_WIDE_VALUE = 100, /* limbs of one value */
    ASSAY_WIDE_SUM = 103,
    ASSAY_WIDE_SQUARE = 203,
    ASSAY_WIDE_BASE = 1000000000
};

struct assay_moments_wide {
    uint32_t unsettled; /* values added since the limbs were settled */
    int64_t sum[ASSAY_WIDE_SUM];
    int64_t square[ASSAY_WIDE_SQUARE];
};

/* Carries, so that all limbs are 0 .. 10^9 - 1 but the top one, which has the sign. */
void assay_wide_settle(struct assay_moments_wide *wide);

/* False, and nothing is added, where a digit lies out of reach. */
bool assay_wide_add(struct assay_moments_wide *wide, const struct assay_number_parts *parts,
                    bool squares);

/* The 64 mask bits of rows [64 word, 64 word + 64), none past the last row. */
static inline uint64_t assay_rows_word(const uint64_t *mask, uint32_t word, uint32_t rows)
{
    uint32_t left = rows - word * 64;
    uint64_t bits = mask != NULL ? mask[word] : ~UINT64_C(0);
    return left >= 64 ? bits : bits & ((UINT64_C(1) << left) - 1);
}

/* Whether 64 codes all are the first one, and that one is a scale. */
static inline bool assay_rows_uniform(const uint8_t *code)
{
    uint64_t want = code[0] * UINT64_C(0x0101010101010101), differ = 0;
    for (int i = 0; i < 64; i += 8) {
        uint64_t word;
        memcpy(&word, code + i, sizeof word);
        differ |= word ^ want;
    }
    return differ == 0 && assay_number_is_small(code[0]);
}

static inline struct assay_numref assay_rows_value(const struct assay_number_rows *values,
                                                   uint32_t row)
{
    struct assay_numref value = {.mantissa = values->mantissa[row], .code = values->code[row]};
    if (value.code == ASSAY_NUM_BIG)
        value.text = assay_str(values->base + values->spans[row].off, values->spans[row].len);
    return value;
}

static inline void assay_put_word(struct assay_buf *out, uint64_t value)
{
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(value >> (8 * i));
    assay_buf_add(out, bytes, sizeof bytes);
}

/* Moves `in` on; 0 and *bad where it is too short. */
static inline uint64_t assay_get_word(struct assay_str *in, bool *bad)
{
    uint64_t value = 0;
    if (in->len < 8) {
        *bad = true;
        return 0;
    }
    for (int i = 0; i < 8; i++)
        value |= (uint64_t)(unsigned char)in->ptr[i] << (8 * i);
    *in = assay_str(in->ptr + 8, in->len - 8);
    return value;
}

#endif
