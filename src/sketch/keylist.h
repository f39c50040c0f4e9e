/*
 * An immutable set of keys to look keys up in.
 *
 * Keys are appended in the order of (mix, key), as a walk over a keyset gives them.
 * They stay in memory while the budget allows, else they go to a temporary file. A
 * small index by the leading bits of the mix leads to the few keys in question, so a
 * lookup costs two cache misses, or one read of a few KB. After seal, lookups change
 * nothing and may come from any number of threads.
 */
#ifndef ASSAY_SKETCH_KEYLIST_H
#define ASSAY_SKETCH_KEYLIST_H

#include "sketch/key.h"
#include "sketch/spill.h"

struct assay_keylist {
    struct assay_budget *budget;
    struct assay_key_seed seed;
    struct assay_key *keys; /* NULL once they are on disk */
    uint64_t count;
    size_t cap;
    bool on_disk;
    struct assay_spill file;
    uint64_t *starts; /* by leading bits: the first key; one more than there are buckets */
    unsigned bits;
};

void assay_keylist_init(struct assay_keylist *list, struct assay_budget *budget, uint64_t seed);
void assay_keylist_reset(struct assay_keylist *list);

enum assay_status assay_keylist_append(struct assay_keylist *list, struct assay_key key,
                                       struct assay_error *err);

/* Ends appending and builds the index. */
enum assay_status assay_keylist_seal(struct assay_keylist *list, struct assay_error *err);

/* Sets bit i of `found` (cleared by the caller) where keys[i] is in the list; count <= 64. */
enum assay_status assay_keylist_find(const struct assay_keylist *list, const struct assay_key *keys,
                                     unsigned count, uint64_t *found, struct assay_error *err);

#endif
