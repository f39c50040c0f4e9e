/*
 * Where a value lies in a batch: an offset and a length, both in bytes, into the
 * batch's base. Eight bytes instead of the sixteen of a pointer and a length, so a
 * column of 64 values is eight cache lines.
 *
 * A batch guarantees that the 8 bytes before `base + off` and the 64 bytes behind
 * `base + off + len` may be read (not that they mean anything), for every span of
 * it, empty ones included: a kernel may load whole words and mask them.
 */
#ifndef ASSAY_BASE_SPAN_H
#define ASSAY_BASE_SPAN_H

#include <stdint.h>

struct assay_span {
    uint32_t off;
    uint32_t len;
};

#endif
