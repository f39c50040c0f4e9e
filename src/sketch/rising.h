/*
 * Proof that no key occurs twice, without the keys: stretches in which they rise.
 *
 * A stretch is told by its first and its last key. As long as no two stretches overlap,
 * all keys in them differ. That holds for a table in the order of its key, read by any
 * number of threads, or partition by partition; where it does not hold, nothing follows,
 * and the keys have to be compared themselves.
 *
 * Keys are bytes, in their bytewise order. What is added may be the beginning of a key
 * where that alone rises throughout a stretch: a stretch and another one that begins or
 * ends with the same bytes, as far as both are told, count as overlapping.
 */
#ifndef ASSAY_SKETCH_RISING_H
#define ASSAY_SKETCH_RISING_H

#include "base/buf.h"
#include "base/error.h"
#include "sketch/budget.h"

#include <stdint.h>

#define ASSAY_RISING_KEY_MAX 1024u /* bytes of a key that may be added */

struct assay_rising_stretch;

struct assay_rising {
    struct assay_budget *budget;
    uint64_t total;                         /* keys in all stretches */
    struct assay_rising_stretch *stretches; /* rising, apart from each other */
    size_t count, cap;
    struct assay_buf texts; /* of their ends */
    size_t held;            /* bytes taken from the budget */
};

void assay_rising_init(struct assay_rising *rising, struct assay_budget *budget);
void assay_rising_reset(struct assay_rising *rising);

/*
 * Adds a stretch of `keys` keys that rise strictly from `first` to `last`. `*fits` becomes
 * false where it overlaps another, is told by too long a key, or there is no memory in the
 * budget: nothing is added then. ASSAY_NOMEM.
 */
enum assay_status assay_rising_add(struct assay_rising *rising, struct assay_str first,
                                   struct assay_str last, uint64_t keys, bool *fits,
                                   struct assay_error *err);

/* Adds all of `from`, which is empty afterwards, whatever the status; `*fits` as above. */
enum assay_status assay_rising_merge(struct assay_rising *into, struct assay_rising *from,
                                     bool *fits, struct assay_error *err);

#endif
