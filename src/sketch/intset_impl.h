/*
 * What intset.c and intset_walk.c share; nobody else includes it.
 */
#ifndef ASSAY_SKETCH_INTSET_IMPL_H
#define ASSAY_SKETCH_INTSET_IMPL_H

#include "sketch/intset.h"

enum { ASSAY_INTSET_WORDS = ASSAY_INTSET_PAGE / 64 };

struct assay_intset_page {
    int64_t number;  /* value >> 16 */
    uint64_t *again; /* ASSAY_INTSET_WORDS words, or NULL */
    uint64_t seen[ASSAY_INTSET_WORDS];
};

/* The page of a value, and the least value of a page; rounding towards the negative. */
static inline int64_t assay_intset_number(int64_t value)
{
    return (int64_t)(((uint64_t)value ^ (uint64_t)1 << 63) >> 16) - ((int64_t)1 << 47);
}

static inline int64_t assay_intset_first(int64_t number)
{
    return number * ASSAY_INTSET_PAGE;
}

static inline size_t assay_intset_hash(int64_t number)
{
    return (size_t)((uint64_t)number * 0x9e3779b97f4a7c15u >> 32);
}

static inline struct assay_intset_page *assay_intset_page(const struct assay_intset *set,
                                                          int64_t number)
{
    if (set->pages == NULL)
        return NULL;
    size_t at = assay_intset_hash(number) & set->page_mask;
    while (set->pages[at] != NULL && set->pages[at]->number != number)
        at = (at + 1) & set->page_mask;
    return set->pages[at];
}

#endif
