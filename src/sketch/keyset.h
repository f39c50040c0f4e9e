/*
 * A set of keys that knows which of them were added more than once; bounded in memory.
 *
 * A few thousand keys stay in a hash table. More are scattered, unlooked-at, to PARTS
 * partitions by the top byte of their mix; a partition that grew to a multiple of what
 * it was when last compacted is sorted by (mix, key) and rid of repetitions. Where the
 * budget is used up all partitions are compacted, and if that does not help, written
 * to the spill file as one run in the order of (mix, key). Walking merges the runs with what
 * is in memory, partition by partition, and so gives every key once, in an order that
 * depends on the keys and the seed alone.
 *
 * After the radix partitioning of relational joins (Shatdal, Kant and Naughton, VLDB
 * 1994) and plain external merge sort (Knuth, TAOCP vol. 3, 5.4).
 */
#ifndef ASSAY_SKETCH_KEYSET_H
#define ASSAY_SKETCH_KEYSET_H

#include "sketch/key.h"
#include "sketch/spill.h"

enum { ASSAY_KEYSET_PARTS = 256 };

struct assay_keyset_chunk;

/* Keys in the order of adding, in a list of chunks of which only the last has room. */
struct assay_keyset_part {
    struct assay_key *at, *end; /* where the next key goes in the last chunk */
    struct assay_keyset_chunk *head, *tail;
    uint32_t chunks;
    uint32_t compact_at;         /* chunks at which to compact */
    struct assay_key *sorted_at; /* equal to `at`: by (mix, key), each once, all flags set */
};

/* One spilling: a piece for each partition, one after another. */
struct assay_keyset_run {
    struct assay_spill *file;
    uint64_t begin;                    /* file offset of the first piece */
    uint64_t ends[ASSAY_KEYSET_PARTS]; /* keys up to the end of each piece */
};

struct assay_keyset {
    struct assay_budget *budget;
    struct assay_key_seed seed;
    size_t held; /* bytes taken from the budget */
    unsigned hunger;
    /* the table: open addressing, zero is free; NULL once keys are scattered */
    struct assay_key *table;
    size_t table_mask, table_count;
    /* the partitions; NULL before */
    struct assay_keyset_part *parts;
    struct assay_keyset_chunk *free_chunks;
    void **slabs;
    size_t slab_count, slab_cap;
    size_t chunks_used;
    /* what was spilled */
    struct assay_spill **files; /* the first is written to, the others came by merging */
    size_t file_count;
    struct assay_keyset_run **runs;
    size_t run_count, run_cap;
    /* sorting space */
    void *scratch;
    size_t scratch_size;
};

void assay_keyset_init(struct assay_keyset *set, struct assay_budget *budget, uint64_t seed);

/* Frees everything; the set is empty and may be used again. */
void assay_keyset_reset(struct assay_keyset *set);

/* Adds `count` keys; a key with the duplicate flag counts as added twice. */
enum assay_status assay_keyset_add(struct assay_keyset *set, const struct assay_key *keys,
                                   size_t count, struct assay_error *err);

/* Moves all of `from` (same budget, same seed) to `into` and leaves it empty. */
enum assay_status assay_keyset_merge(struct assay_keyset *into, struct assay_keyset *from,
                                     struct assay_error *err);

typedef enum assay_status assay_keyset_fn(void *ctx, struct assay_key key, struct assay_error *err);

/*
 * Calls `fn` with every key once, in the order of (mix, key), the flag set where it was
 * added more than once. May be called again, and after more was added.
 */
enum assay_status assay_keyset_walk(struct assay_keyset *set, assay_keyset_fn *fn, void *ctx,
                                    struct assay_error *err);

/* Gives back the memory that only adding and walking need. */
void assay_keyset_trim(struct assay_keyset *set);

#endif
