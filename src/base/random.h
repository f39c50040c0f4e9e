/*
 * Random numbers that a seed decides: SplitMix64 (G. L. Steele, D. Lea and C. H. Flood, "Fast
 * splittable pseudorandom number generators", 2014). Not for secrets.
 */
#ifndef ASSAY_BASE_RANDOM_H
#define ASSAY_BASE_RANDOM_H

#include <stdint.h>

static inline uint64_t assay_random_next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* A number below `bound` (> 0), each as likely: the high word of a product, without its bias
   (D. Lemire, "Fast random integer generation in an interval", 2019). */
static inline uint64_t assay_random_below(uint64_t *state, uint64_t bound)
{
    for (;;) {
        unsigned __int128 product = (unsigned __int128)assay_random_next(state) * bound;
        if ((uint64_t)product >= -bound % bound)
            return (uint64_t)(product >> 64);
    }
}

#endif
