/*
 * The scanner kernel for x86-64 with AVX2, PCLMUL and BMI (2013 and later).
 */
#include "config.h"

#include "source/csv_kernels.h"

#ifdef ASSAY_CSV_HAVE_AVX2

#include <immintrin.h>

#define CSV_TARGET __attribute__((target("avx2,pclmul,bmi,popcnt")))
#include "source/csv_kernel.h"

CSV_INLINE uint64_t equal(__m256i low, __m256i high, char byte)
{
    __m256i wanted = _mm256_set1_epi8(byte);
    uint32_t a = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted));
    uint32_t b = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted));
    return (uint64_t)b << 32 | a;
}

CSV_INLINE void csv_load(const char *block, struct assay_csv_dialect dialect,
                         struct csv_masks *masks)
{
    __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)block);
    __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(block + 32));
    masks->quote = equal(low, high, dialect.quote);
    masks->delimiter = equal(low, high, dialect.delimiter);
    masks->lf = equal(low, high, '\n');
    masks->cr = equal(low, high, '\r');
    masks->high = (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(low, high));
    __m256i least = _mm256_min_epu8(low, high);
    masks->nul = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(least, _mm256_setzero_si256()));
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

static bool usable(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul") &&
           __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt");
}

const struct assay_csv_kernel assay_csv_kernel_avx2 = {
    .name = "avx2",
    .usable = usable,
    .run = csv_kernel_run,
};

#endif
