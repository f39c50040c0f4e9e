/*
 * What keyset.c and keyset_walk.c share; nobody else includes it.
 */
#ifndef ASSAY_SKETCH_KEYSET_IMPL_H
#define ASSAY_SKETCH_KEYSET_IMPL_H

#include "sketch/keyset.h"
#include "sketch/keyset_sort.h"

enum { ASSAY_KEYSET_CHUNK = 63 };

/* 1 KB, so that every partition may have one without a set being large. */
struct assay_keyset_chunk {
    struct assay_keyset_chunk *next;
    uint64_t unused;
    struct assay_key keys[ASSAY_KEYSET_CHUNK];
};

/* Runs the statement with `key` pointing to each key of a partition, in the order of the list. */
#define ASSAY_KEYSET_EACH(part, key, ...)                                            \
    for (const struct assay_keyset_chunk *chunk_ = (part)->head; chunk_ != NULL;     \
         chunk_ = chunk_->next) {                                                    \
        const struct assay_key *end_ =                                               \
            chunk_ == (part)->tail ? (part)->at : chunk_->keys + ASSAY_KEYSET_CHUNK; \
        for (const struct assay_key *key = chunk_->keys; key < end_; key++)          \
            __VA_ARGS__                                                              \
    }

/* At least `size` bytes of scratch space; what was in it is lost. */
enum assay_status assay_keyset_scratch(struct assay_keyset *set, size_t size,
                                       struct assay_error *err);

/* Sorts the partition by (mix, key) and drops repetitions. */
enum assay_status assay_keyset_compact(struct assay_keyset *set, struct assay_keyset_part *part,
                                       struct assay_error *err);

#endif
