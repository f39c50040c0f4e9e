/*
 * Sorting keys by (mix, key). Since mixes are spread evenly, scattering to buckets of
 * a few keys by their leading bits leaves little to do; a bucket that is nevertheless
 * large (one key very often) goes through a three-way quicksort, which is linear there.
 */
#ifndef ASSAY_SKETCH_KEYSET_SORT_H
#define ASSAY_SKETCH_KEYSET_SORT_H

#include "sketch/key.h"

struct assay_keyset_item {
    uint64_t mix;
    struct assay_key key;
};

/* <0, 0, >0; the duplicate flag does not take part. */
static inline int assay_keyset_compare(const struct assay_keyset_item *x,
                                       const struct assay_keyset_item *y)
{
    if (x->mix != y->mix)
        return x->mix < y->mix ? -1 : 1;
    uint64_t xh = x->key.hi & ~ASSAY_KEY_DUPLICATE, yh = y->key.hi & ~ASSAY_KEY_DUPLICATE;
    if (xh != yh)
        return xh < yh ? -1 : 1;
    return (x->key.lo > y->key.lo) - (x->key.lo < y->key.lo);
}

/* log2 of the number of buckets for `count` items of one partition. */
static inline unsigned assay_keyset_bucket_bits(size_t count)
{
    unsigned bits = 4;
    while (bits < 20 && (count >> bits) > 4)
        bits++;
    return bits;
}

/* The bucket of a mix within its partition (the top byte names the partition). */
static inline size_t assay_keyset_bucket(uint64_t mix, unsigned bits)
{
    return (size_t)(mix << 8 >> (64 - bits));
}

void assay_keyset_sort_bucket(struct assay_keyset_item *items, size_t count);

/* Keeps one of each key, flagged where there were more; the number left. */
size_t assay_keyset_unique(struct assay_keyset_item *items, size_t count);

#endif
