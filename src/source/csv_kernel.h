/*
 * The body of every scanner kernel, over these operations that the including file
 * defines for its instruction set before it includes this:
 *
 *   CSV_TARGET                      function attributes of the instruction set
 *   void csv_load(block, dialect, masks)     masks of 64 bytes; bit i is byte i
 *   uint64_t csv_prefix_xor(bits)   bit i: parity of bits 0..i
 *   unsigned csv_first(bits)        number of the lowest set bit; any value for 0
 *   unsigned csv_popcount(bits)
 *   uint32_t *csv_flatten(out, bits, at)   optional, with CSV_HAVE_FLATTEN: writes `at`
 *                                   plus the number of each set bit, returns the end
 *
 * It is a template because a function of one instruction set cannot be inlined into
 * a function of a lesser one. The algebra is explained in csv_scan.h.
 */
#include "source/csv_scan.h"

#include <string.h>

#define CSV_INLINE CSV_TARGET static inline __attribute__((always_inline))

struct csv_masks {
    uint64_t quote;
    uint64_t delimiter;
    uint64_t lf;
    uint64_t cr;
    uint64_t high; /* not 0: some byte is 0x80 or more; which does not matter */
    uint64_t nul;  /* not 0: some byte is NUL */
};

CSV_INLINE void csv_load(const char *block, struct assay_csv_dialect dialect,
                         struct csv_masks *masks);
CSV_INLINE uint64_t csv_prefix_xor(uint64_t bits);
CSV_INLINE unsigned csv_first(uint64_t bits);
CSV_INLINE unsigned csv_popcount(uint64_t bits);

/* What one block tells the next; the first three are bit 0 or nothing. */
struct csv_carry {
    uint64_t start;  /* the block begins behind a delimiter or line feed */
    uint64_t close;  /* ... behind a closing quote */
    uint64_t cr;     /* ... behind a carriage return outside of quotes */
    uint64_t inside; /* all ones: it begins inside quotes */
};

struct csv_sums {
    uint64_t quote;
    uint64_t escape;
    uint64_t multiline;
    uint64_t high;
    uint64_t nul;
    uint32_t records;
    uint32_t crlf;
};

#ifdef CSV_HAVE_FLATTEN
CSV_INLINE uint32_t *csv_flatten(uint32_t *out, uint64_t bits, uint32_t at);
#else
/* Writes eight entries at a time, so up to seven behind the last are scribbled over. */
CSV_INLINE uint32_t *csv_flatten(uint32_t *out, uint64_t bits, uint32_t at)
{
    uint32_t *end = out + csv_popcount(bits);
    while (bits != 0) {
        for (int i = 0; i < 8; i++) {
            out[i] = at + csv_first(bits);
            bits &= bits - 1;
        }
        out += 8;
    }
    return end;
}
#endif

/* One block of which the bytes in `valid` count; returns its irregular bytes. */
CSV_INLINE uint64_t csv_step(struct csv_masks masks, uint64_t valid, uint32_t at,
                             struct csv_carry *carry, struct csv_sums *sums, uint32_t **out)
{
    uint64_t inside = csv_prefix_xor(masks.quote) ^ carry->inside;
    uint64_t ends = (masks.delimiter | masks.lf) & ~inside;
    uint64_t open = masks.quote & inside;
    uint64_t close = masks.quote & ~inside;
    uint64_t cr = masks.cr & ~inside;
    uint64_t after_start = ends << 1 | carry->start;
    uint64_t after_close = close << 1 | carry->close;
    uint64_t after_cr = cr << 1 | carry->cr;
    uint64_t bad = ((open & ~(after_start | after_close)) |
                    (after_close & ~(ends | masks.quote | masks.cr)) | (after_cr & ~masks.lf)) &
                   valid;
    carry->start = ends >> 63;
    carry->close = close >> 63;
    carry->cr = cr >> 63;
    carry->inside = 0 - (inside >> 63);

    uint64_t escapes = open & after_close;
    uint64_t lines = (masks.lf | masks.cr) & inside;
    if (__builtin_expect(bad != 0, 0)) {
        /* Nothing at or behind the first irregular byte counts. */
        uint64_t good = (bad & (0 - bad)) - 1;
        ends &= good;
        masks.quote &= good;
        escapes &= good;
        lines &= good;
    }
    uint64_t newlines = masks.lf & ends;
    sums->quote |= masks.quote;
    sums->escape |= escapes;
    sums->multiline |= lines;
    sums->high |= masks.high;
    sums->nul |= masks.nul;
    sums->records += csv_popcount(newlines);
    if (after_cr != 0)
        sums->crlf += csv_popcount(newlines & after_cr);
    *out = csv_flatten(*out, ends, at);
    return bad;
}

/* The last, partial block is scanned from a copy: nothing behind the text is read. */
CSV_INLINE uint64_t csv_last(const char *text, uint32_t len, struct assay_csv_dialect dialect,
                             uint32_t at, struct csv_carry *carry, struct csv_sums *sums,
                             uint32_t **out)
{
    char block[64];
    memset(block, ' ', sizeof block);
    memcpy(block, text, len);
    struct csv_masks masks;
    csv_load(block, dialect, &masks);
    uint64_t valid = ((uint64_t)1 << len) - 1;
    masks.quote &= valid;
    masks.delimiter &= valid;
    masks.lf &= valid;
    masks.cr &= valid;
    return csv_step(masks, valid, at, carry, sums, out);
}

CSV_TARGET static void csv_kernel_run(const struct assay_csv_dialect *dialect_ptr, const char *base,
                                      uint32_t begin, uint32_t end, struct assay_csv_scan *scan)
{
    const struct assay_csv_dialect dialect = *dialect_ptr;
    struct csv_carry carry = {.start = 1};
    struct csv_sums sums = {0};
    uint32_t *out = scan->index;
    uint64_t bad = 0;
    uint32_t at = begin;
    for (; end - at >= 64; at += 64) {
        struct csv_masks masks;
        csv_load(base + at, dialect, &masks);
        bad = csv_step(masks, ~(uint64_t)0, at, &carry, &sums, &out);
        if (bad != 0)
            break;
    }
    if (bad == 0 && at < end)
        bad = csv_last(base + at, end - at, dialect, at, &carry, &sums, &out);
    scan->count = (uint32_t)(out - scan->index);
    scan->records = sums.records;
    scan->crlf = sums.crlf;
    scan->irregular = bad != 0 ? at + csv_first(bad) : ASSAY_CSV_NONE;
    scan->seen = (sums.quote != 0 ? ASSAY_CSV_SEEN_QUOTE : 0) |
                 (sums.escape != 0 ? ASSAY_CSV_SEEN_ESCAPE : 0) |
                 (sums.high != 0 ? ASSAY_CSV_SEEN_HIGH : 0) |
                 (sums.multiline != 0 ? ASSAY_CSV_SEEN_MULTILINE : 0) |
                 (sums.nul != 0 ? ASSAY_CSV_SEEN_NUL : 0);
}
