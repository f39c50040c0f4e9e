/*
 * The scanner kernel for 64-bit ARM (little-endian).
 */
#include "config.h"

#include "source/csv_kernels.h"

#ifdef ASSAY_CSV_HAVE_NEON

#include <arm_neon.h>

#define CSV_TARGET
#include "source/csv_kernel.h"
#include "source/csv_bits.h"

/* Each lane keeps the bit of its place in a byte; three pairwise sums gather them. */
CSV_INLINE uint64_t equal(const uint8x16_t part[4], char byte)
{
    static const uint8_t place[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t wanted = vdupq_n_u8((uint8_t)byte);
    uint8x16_t weight = vld1q_u8(place);
    uint8x16_t bit[4];
    for (int i = 0; i < 4; i++)
        bit[i] = vandq_u8(vceqq_u8(part[i], wanted), weight);
    uint8x16_t sum = vpaddq_u8(vpaddq_u8(bit[0], bit[1]), vpaddq_u8(bit[2], bit[3]));
    sum = vpaddq_u8(sum, sum);
    return vgetq_lane_u64(vreinterpretq_u64_u8(sum), 0);
}

CSV_INLINE void csv_load(const char *block, struct assay_csv_dialect dialect,
                         struct csv_masks *masks)
{
    uint8x16_t part[4];
    for (int i = 0; i < 4; i++)
        part[i] = vld1q_u8((const uint8_t *)block + 16 * i);
    masks->quote = equal(part, dialect.quote);
    masks->delimiter = equal(part, dialect.delimiter);
    masks->lf = equal(part, '\n');
    masks->cr = equal(part, '\r');
    uint8x16_t most = vmaxq_u8(vmaxq_u8(part[0], part[1]), vmaxq_u8(part[2], part[3]));
    uint8x16_t least = vminq_u8(vminq_u8(part[0], part[1]), vminq_u8(part[2], part[3]));
    masks->high = vmaxvq_u8(most) & 0x80;
    masks->nul = vminvq_u8(least) == 0;
}

static bool usable(void)
{
    return true;
}

const struct assay_csv_kernel assay_csv_kernel_neon = {
    .name = "neon",
    .usable = usable,
    .run = csv_kernel_run,
};

#endif
