/*
 * The scanner kernel for any machine, big-endian ones too: eight bytes a word.
 */
#include "config.h"

#include "source/csv_kernels.h"

#define CSV_TARGET
#include "source/csv_kernel.h"
#include "source/csv_bits.h"

#define LOW7 0x7f7f7f7f7f7f7f7fu
#define ONES 0x0101010101010101u
#define TOPS 0x8080808080808080u

/* Byte i of the text in bits 8i..8i+7. */
CSV_INLINE uint64_t load_word(const char *text)
{
    uint64_t word;
    memcpy(&word, text, sizeof word);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* The top bit of each byte that is 0, exactly: no borrow crosses a byte. */
CSV_INLINE uint64_t zero_bytes(uint64_t word)
{
    return ~(((word & LOW7) + LOW7) | word) & TOPS;
}

/* Top bits of eight bytes to eight neighbouring bits. */
CSV_INLINE uint64_t gather_tops(uint64_t tops)
{
    return (tops >> 7) * 0x0102040810204080u >> 56;
}

CSV_INLINE uint64_t equal(uint64_t word, char byte)
{
    return gather_tops(zero_bytes(word ^ ONES * (unsigned char)byte));
}

CSV_INLINE void csv_load(const char *block, struct assay_csv_dialect dialect,
                         struct csv_masks *masks)
{
    *masks = (struct csv_masks){0};
    for (int i = 0; i < 8; i++) {
        uint64_t word = load_word(block + 8 * i);
        masks->quote |= equal(word, dialect.quote) << (8 * i);
        masks->delimiter |= equal(word, dialect.delimiter) << (8 * i);
        masks->lf |= equal(word, '\n') << (8 * i);
        masks->cr |= equal(word, '\r') << (8 * i);
        masks->high |= word & TOPS;
        masks->nul |= zero_bytes(word);
    }
}

static bool usable(void)
{
    return true;
}

const struct assay_csv_kernel assay_csv_kernel_portable = {
    .name = "portable",
    .usable = usable,
    .run = csv_kernel_run,
};
