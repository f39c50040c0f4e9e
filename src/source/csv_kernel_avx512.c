/*
 * The scanner kernel for x86-64 with AVX-512 BW and VBMI2 (Ice Lake, Zen 4 and later):
 * masks come from comparisons as they are, and offsets from a compression of bytes.
 */
#include "config.h"

#include "source/csv_kernels.h"

#include "base/cpu.h"

#ifdef ASSAY_CSV_HAVE_AVX512

#include <immintrin.h>

#define CSV_TARGET \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi2,pclmul,bmi,popcnt")))
#define CSV_HAVE_FLATTEN 1
#include "source/csv_kernel.h"

CSV_INLINE void csv_load(const char *block, struct assay_csv_dialect dialect,
                         struct csv_masks *masks)
{
    __m512i bytes = _mm512_loadu_si512(block);
    masks->quote = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(dialect.quote));
    masks->delimiter = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(dialect.delimiter));
    masks->lf = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\n'));
    masks->cr = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\r'));
    masks->high = _mm512_movepi8_mask(bytes);
    masks->nul = _mm512_testn_epi8_mask(bytes, bytes);
}

/* A carry-less product with all ones adds each bit to all bits above it. */
CSV_INLINE uint64_t csv_prefix_xor(uint64_t bits)
{
    __m128i product =
        _mm_clmulepi64_si128(_mm_set_epi64x(0, (int64_t)bits), _mm_set1_epi8((char)0xff), 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}

CSV_INLINE unsigned csv_first(uint64_t bits)
{
    return (unsigned)_tzcnt_u64(bits);
}

CSV_INLINE unsigned csv_popcount(uint64_t bits)
{
    return (unsigned)__builtin_popcountll(bits);
}

/* Sixteen entries at a time, so up to fifteen behind the last are scribbled over. */
CSV_INLINE uint32_t *csv_flatten(uint32_t *out, uint64_t bits, uint32_t at)
{
    const __m512i numbers = _mm512_set_epi8(
        63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41,
        40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18,
        17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    const __m512i base = _mm512_set1_epi32((int)at);
    uint32_t *end = out + csv_popcount(bits);
    __m512i places = _mm512_maskz_compress_epi8(bits, numbers);
    for (;;) {
        __m512i wide = _mm512_cvtepu8_epi32(_mm512_castsi512_si128(places));
        _mm512_storeu_si512(out, _mm512_add_epi32(wide, base));
        out += 16;
        if (out >= end)
            return end;
        places = _mm512_alignr_epi32(places, places, 4);
    }
}

static bool usable(void)
{
    return assay_cpu_has_avx512() && __builtin_cpu_supports("pclmul") &&
           __builtin_cpu_supports("bmi");
}

const struct assay_csv_kernel assay_csv_kernel_avx512 = {
    .name = "avx512",
    .usable = usable,
    .run = csv_kernel_run,
};

#endif
