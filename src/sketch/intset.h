/*
 * Integers that lie densely, each seen once or more than once.
 *
 * Stretches of consecutive increasing values (an id column read in order) are kept as
 * ranges: 16 bytes for as many values as it may be. Others set bits in pages of 2^16
 * values, found by a hash of the page's number; a second bit, in a page made when it is
 * first needed, tells what was seen again. A value for which a page would not pay is
 * refused, and it is the caller's to keep elsewhere: the set never holds much more than
 * 2 bytes for each value offered to it. Where a value is refused depends on the order
 * of adding, so the same value may be in the set and elsewhere too.
 */
#ifndef ASSAY_SKETCH_INTSET_H
#define ASSAY_SKETCH_INTSET_H

#include "base/error.h"
#include "sketch/budget.h"

#include <stdint.h>

enum { ASSAY_INTSET_PAGE = 1 << 16 };

struct assay_intset_range {
    int64_t lo, hi; /* both inside */
};

/* Ranges: the first `settled` sorted, apart from each other, not touching. */
struct assay_intset_ranges {
    struct assay_intset_range *v;
    size_t count, cap, settled;
};

struct assay_intset_page; /* bits of ASSAY_INTSET_PAGE consecutive values */

struct assay_intset {
    struct assay_budget *budget;
    size_t held;      /* bytes taken from the budget */
    uint64_t offered; /* values ever offered */
    uint64_t kept;    /* of these, kept in pages */
    bool open;        /* a stretch is growing: */
    struct assay_intset_range stretch;
    struct assay_intset_ranges seen, again;
    struct assay_intset_page **pages; /* open addressing by the page's number */
    size_t page_mask, page_count;
    struct assay_intset_page *last; /* the page used last */
};

void assay_intset_init(struct assay_intset *set, struct assay_budget *budget);
void assay_intset_reset(struct assay_intset *set);

/*
 * Adds values; those refused are stored in `refused` (room for `count`), their number
 * in `*refused_count`.
 */
enum assay_status assay_intset_add(struct assay_intset *set, const int64_t *values, size_t count,
                                   int64_t *refused, size_t *refused_count,
                                   struct assay_error *err);

/* Adds a whole range of values at once (lo <= hi). */
enum assay_status assay_intset_add_range(struct assay_intset *set, int64_t lo, int64_t hi,
                                         struct assay_error *err);

/* Moves all of `from` to `into`. */
enum assay_status assay_intset_merge(struct assay_intset *into, struct assay_intset *from,
                                     struct assay_error *err);

/* Prepares for walking and looking up, which then change nothing. */
enum assay_status assay_intset_settle(struct assay_intset *set, struct assay_error *err);

typedef enum assay_status assay_intset_fn(void *ctx, int64_t lo, int64_t hi,
                                          struct assay_error *err);

/* Calls `fn` with the ranges of values seen (or, if `again`, seen more than once), rising. */
enum assay_status assay_intset_walk(const struct assay_intset *set, bool again, assay_intset_fn *fn,
                                    void *ctx, struct assay_error *err);

/* 0: not in the set, 1: seen once, 2: more often. */
unsigned assay_intset_times(const struct assay_intset *set, int64_t value);

static inline bool assay_intset_empty(const struct assay_intset *set)
{
    return !set->open && set->seen.count == 0 && set->page_count == 0;
}

#endif
