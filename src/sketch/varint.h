/*
 * Whole numbers in as few bytes as they need: seven bits a byte, the low ones first,
 * the top bit set in all but the last (LEB128). Each number has one encoding only,
 * so that equal states are equal bytes; get refuses any other.
 */
#ifndef ASSAY_SKETCH_VARINT_H
#define ASSAY_SKETCH_VARINT_H

#include <stddef.h>
#include <stdint.h>

enum { ASSAY_VARINT_MAX = 19 }; /* bytes of the largest 128-bit number */

static inline size_t assay_varint_put(unsigned char *to, unsigned __int128 value)
{
    size_t n = 0;
    for (; value > 0x7f; value >>= 7)
        to[n++] = (unsigned char)(value | 0x80);
    to[n++] = (unsigned char)value;
    return n;
}

/* The bytes used, 0 where [from, from + len) does not begin with a number that fits. */
static inline size_t assay_varint_get(const unsigned char *from, size_t len,
                                      unsigned __int128 *value)
{
    unsigned __int128 v = 0;
    for (size_t n = 0; n < len && n < ASSAY_VARINT_MAX; n++) {
        unsigned char byte = from[n];
        if ((n == ASSAY_VARINT_MAX - 1 && byte > 3) || (byte == 0 && n > 0))
            return 0;
        v |= (unsigned __int128)(byte & 0x7f) << 7 * n;
        if (byte < 0x80) {
            *value = v;
            return n + 1;
        }
    }
    return 0;
}

static inline size_t assay_varint_get64(const unsigned char *from, size_t len, uint64_t *value)
{
    unsigned __int128 wide = 0;
    size_t n = assay_varint_get(from, len, &wide);
    *value = (uint64_t)wide;
    return wide > UINT64_MAX ? 0 : n;
}

#endif
