/*
 * Row bitmaps: bit r of word r / 64. Bits at and above the row count are always 0.
 */
#ifndef ASSAY_DATA_BITMAP_H
#define ASSAY_DATA_BITMAP_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define ASSAY_BITMAP_WORDS(rows) (((size_t)(rows) + 63) / 64)

static inline bool assay_bit_get(const uint64_t *bits, uint32_t row)
{
    return bits[row / 64] >> (row % 64) & 1;
}

static inline void assay_bit_set(uint64_t *bits, uint32_t row)
{
    bits[row / 64] |= (uint64_t)1 << (row % 64);
}

static inline void assay_bits_clear(uint64_t *bits, uint32_t rows)
{
    memset(bits, 0, ASSAY_BITMAP_WORDS(rows) * 8);
}

static inline void assay_bits_fill(uint64_t *bits, uint32_t rows)
{
    size_t words = ASSAY_BITMAP_WORDS(rows);
    if (words == 0)
        return;
    memset(bits, 0xff, words * 8);
    if (rows % 64)
        bits[words - 1] = ((uint64_t)1 << (rows % 64)) - 1;
}

/* Counts in parallel within each word: most machines built for have no instruction for it. */
static inline uint64_t assay_bits_count(const uint64_t *bits, uint32_t rows)
{
    uint64_t n = 0;
    for (size_t i = 0; i < ASSAY_BITMAP_WORDS(rows); i++) {
        uint64_t w = bits[i];
        w -= w >> 1 & UINT64_C(0x5555555555555555);
        w = (w & UINT64_C(0x3333333333333333)) + (w >> 2 & UINT64_C(0x3333333333333333));
        w = (w + (w >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
        n += w * UINT64_C(0x0101010101010101) >> 56;
    }
    return n;
}

/* Which of `count` bytes, 64 at most, are above `limit`. */
static inline uint64_t assay_bits_above(const uint8_t *bytes, uint32_t count, uint8_t limit)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), low = ones * 127;
    uint64_t above = 0;
    uint32_t i = 0;
    for (; count - i >= 8; i += 8) {
        uint64_t word;
        memcpy(&word, bytes + i, sizeof word);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        word = __builtin_bswap64(word);
#endif
        /* The top bits of bytes whose other seven are above, and those of the bytes. */
        uint64_t tops = (word & low) + ones * (127u - (limit & 127u));
        tops = limit > 127 ? tops & word : tops | word;
        above |= ((tops >> 7 & ones) * UINT64_C(0x0102040810204080) >> 56) << i;
    }
    for (; i < count; i++)
        above |= (uint64_t)(bytes[i] > limit) << i;
    return above;
}

/* Runs the body with `row` set to each row whose bit is set, in order. */
#define ASSAY_BITS_EACH(bits, rows, row, ...)                                         \
    for (size_t word_ = 0; word_ < ASSAY_BITMAP_WORDS(rows); word_++)                 \
        for (uint64_t left_ = (bits)[word_]; left_ != 0; left_ &= left_ - 1) {        \
            uint32_t row = (uint32_t)(word_ * 64 + (unsigned)__builtin_ctzll(left_)); \
            __VA_ARGS__                                                               \
        }

#endif
