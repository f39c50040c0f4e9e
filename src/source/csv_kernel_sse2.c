/*
 * The scanner kernel for any x86-64.
 */
#include "config.h"

#include "source/csv_kernels.h"

#ifdef ASSAY_CSV_HAVE_SSE2

#include <emmintrin.h>

#define CSV_TARGET
#include "source/csv_kernel.h"
#include "source/csv_bits.h"

CSV_INLINE uint64_t equal(const __m128i part[4], char byte)
{
    __m128i wanted = _mm_set1_epi8(byte);
    uint64_t bits = 0;
    for (int i = 0; i < 4; i++) {
        unsigned mask = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(part[i], wanted));
        bits |= (uint64_t)mask << (16 * i);
    }
    return bits;
}

CSV_INLINE void csv_load(const char *block, struct assay_csv_dialect dialect,
                         struct csv_masks *masks)
{
    __m128i part[4];
    for (int i = 0; i < 4; i++)
        part[i] = _mm_loadu_si128((const __m128i *)(const void *)(block + 16 * i));
    masks->quote = equal(part, dialect.quote);
    masks->delimiter = equal(part, dialect.delimiter);
    masks->lf = equal(part, '\n');
    masks->cr = equal(part, '\r');
    __m128i any = _mm_or_si128(_mm_or_si128(part[0], part[1]), _mm_or_si128(part[2], part[3]));
    masks->high = (unsigned)_mm_movemask_epi8(any);
    __m128i least = _mm_min_epu8(_mm_min_epu8(part[0], part[1]), _mm_min_epu8(part[2], part[3]));
    masks->nul = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(least, _mm_setzero_si128()));
}

static bool usable(void)
{
    return true;
}

const struct assay_csv_kernel assay_csv_kernel_sse2 = {
    .name = "sse2",
    .usable = usable,
    .run = csv_kernel_run,
};

#endif
