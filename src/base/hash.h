/*
 * Mixing small integers and short texts. For tables over trusted text; what data can
 * choose is hashed with a seed (sketch/key.h).
 */
#ifndef ASSAY_BASE_HASH_H
#define ASSAY_BASE_HASH_H

#include "base/str.h"

#include <stdint.h>

/* The finaliser of splitmix64 (Steele, Lea, Flood, OOPSLA 2014): a bijection. */
static inline uint64_t assay_hash_mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static inline uint64_t assay_hash_text(struct assay_str text)
{
    uint64_t h = text.len;
    for (size_t i = 0; i < text.len; i++)
        h = assay_hash_mix(h ^ (unsigned char)text.ptr[i]);
    return h;
}

#endif
