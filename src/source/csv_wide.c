/*
 * Columns of CSV, sixteen values at a time: the loops of csv_gather.c and csv_batch.c
 * without branches.
 */
#include "config.h"

#include "source/csv_wide.h"

#ifdef __x86_64__

#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi")))
#define INLINE TARGET static inline __attribute__((always_inline))

/* Offsets go through gathers as signed numbers. */
bool assay_csv_wide_fits(const uint32_t *ends, uint32_t columns)
{
    return ends[(size_t)63 * columns] < INT32_MAX - 64 && columns < 1u << 24;
}

INLINE __m512i numbers16(void)
{
    return _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
}

/* The byte at each offset of `lanes`, of which three more are readable; 0 in the others. */
INLINE __m512i bytes_at(const char *base, __mmask16 lanes, __m512i offsets)
{
    __m512i words =
        _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), lanes, offsets, (const void *)base, 1);
    return _mm512_and_si512(words, _mm512_set1_epi32(0xff));
}

INLINE void store_spans(struct assay_span *spans, __m512i start, __m512i len)
{
    const __m512i low = _mm512_set_epi32(23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
    const __m512i high = _mm512_add_epi32(low, _mm512_set1_epi32(8));
    _mm512_storeu_si512(spans, _mm512_permutex2var_epi32(start, low, len));
    _mm512_storeu_si512(spans + 8, _mm512_permutex2var_epi32(start, high, len));
}

TARGET uint64_t assay_csv_wide_values(const char *base, char quote, const uint32_t *ends,
                                      uint32_t columns, bool quotes, bool last,
                                      struct assay_span *values)
{
    const __m512i steps = _mm512_mullo_epi32(numbers16(), _mm512_set1_epi32((int)columns));
    const __m512i one = _mm512_set1_epi32(1);
    uint64_t null = 0;
    for (unsigned i = 0; i < 64; i += 16, ends += (size_t)16 * columns) {
        __m512i start = _mm512_i32gather_epi32(steps, (const void *)(ends - 1), 4);
        __m512i end = _mm512_i32gather_epi32(steps, (const void *)ends, 4);
        start = _mm512_add_epi32(start, one);
        if (last) {
            __mmask16 some = _mm512_cmpgt_epu32_mask(end, start);
            __m512i before = bytes_at(base, some, _mm512_sub_epi32(end, one));
            __mmask16 cr = _mm512_cmpeq_epi32_mask(before, _mm512_set1_epi32('\r'));
            end = _mm512_mask_sub_epi32(end, cr, end, one);
        }
        __m512i len = _mm512_sub_epi32(end, start);
        null |= (uint64_t)_mm512_testn_epi32_mask(len, len) << i;
        if (quotes) {
            __m512i first = bytes_at(base, 0xffff, start);
            __mmask16 quoted =
                _mm512_cmpeq_epi32_mask(first, _mm512_set1_epi32((unsigned char)quote));
            start = _mm512_mask_add_epi32(start, quoted, start, one);
            len = _mm512_mask_sub_epi32(len, quoted, len, _mm512_set1_epi32(2));
        }
        store_spans(values + i, start, len);
    }
    return null;
}

TARGET uint64_t assay_csv_wide_tokens(const uint8_t *ends, const char *base,
                                      const struct assay_span *spans)
{
    const __m512i even =
        _mm512_set_epi32(30, 28, 26, 24, 22, 20, 18, 16, 14, 12, 10, 8, 6, 4, 2, 0);
    const __m512i odd = _mm512_add_epi32(even, _mm512_set1_epi32(1)), one = _mm512_set1_epi32(1);
    const __m512i low = _mm512_loadu_si512(ends), high = _mm512_loadu_si512(ends + 64);
    uint64_t may = 0;
    for (unsigned i = 0; i < 64; i += 16) {
        __m512i a = _mm512_loadu_si512(spans + i), b = _mm512_loadu_si512(spans + i + 8);
        __m512i len = _mm512_permutex2var_epi32(a, odd, b);
        __m512i below = _mm512_sub_epi32(len, one);
        __mmask16 few = _mm512_cmplt_epu32_mask(below, _mm512_set1_epi32(8));
        if (few == 0)
            continue;
        __m512i start = _mm512_permutex2var_epi32(a, even, b);
        __m512i last = bytes_at(base, few, _mm512_add_epi32(start, below));
        few &= _mm512_cmplt_epu32_mask(last, _mm512_set1_epi32(128));
        __m512i lengths = _mm512_permutex2var_epi8(low, last, high);
        may |= (uint64_t)_mm512_mask_test_epi32_mask(few, lengths, _mm512_sllv_epi32(one, below))
               << i;
    }
    return may;
}

#else

bool assay_csv_wide_fits(const uint32_t *ends, uint32_t columns)
{
    (void)ends, (void)columns;
    return false;
}

uint64_t assay_csv_wide_values(const char *base, char quote, const uint32_t *ends, uint32_t columns,
                               bool quotes, bool last, struct assay_span *values)
{
    (void)base, (void)quote, (void)ends, (void)columns, (void)quotes, (void)last, (void)values;
    return 0;
}

uint64_t assay_csv_wide_tokens(const uint8_t *ends, const char *base,
                               const struct assay_span *spans)
{
    (void)ends, (void)base, (void)spans;
    return 0;
}

#endif
