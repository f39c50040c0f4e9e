/*
 * Whole numbers and how often each occurs, in rising order, bounded in memory.
 *
 * Numbers of 64 bits are gathered as they come and sorted when they must be (radix sort
 * in place); wider ones, and numbers added with a count, as records. Where the budget
 * is used up the sorted numbers go to the spill file as a run of (difference, count)
 * varints; reading merges runs and memory. Every number can be multiplied in hindsight,
 * which turns decimals of one scale into those of a larger one.
 *
 * External merge sort (Knuth, TAOCP vol. 3, 5.4); American flag sort (McIlroy, Bostic
 * and McIlroy, "Engineering radix sort", 1993).
 */
#ifndef ASSAY_SKETCH_SORTER_H
#define ASSAY_SKETCH_SORTER_H

#include "sketch/spill.h"

#include <stdint.h>

typedef __int128 assay_int128;

struct assay_sorter_record {
    uint64_t lo;
    int64_t hi;
    uint64_t count;
};

struct assay_sorter_run {
    struct assay_spill *file;
    uint64_t begin, end;
    assay_int128 factor; /* what its numbers are to be multiplied by */
};

struct assay_sorter {
    struct assay_budget *budget;
    unsigned hunger;
    int64_t *narrow; /* as they came, or sorted */
    size_t narrow_count, narrow_cap;
    struct assay_sorter_record *wide; /* the first `wide_settled` sorted, each number once */
    size_t wide_count, wide_cap, wide_settled;
    struct assay_spill **files; /* the first is written to */
    size_t file_count;
    struct assay_sorter_run *runs;
    size_t run_count, run_cap;
};

void assay_sorter_init(struct assay_sorter *sorter, struct assay_budget *budget);
void assay_sorter_reset(struct assay_sorter *sorter);

enum assay_status assay_sorter_add(struct assay_sorter *sorter, const int64_t *values, size_t count,
                                   struct assay_error *err);
enum assay_status assay_sorter_add_count(struct assay_sorter *sorter, assay_int128 value,
                                         uint64_t count, struct assay_error *err);

/* Multiplies everything by `factor` > 0; no product may leave 128 bits. */
enum assay_status assay_sorter_scale(struct assay_sorter *sorter, int64_t factor,
                                     struct assay_error *err);

/* Moves all of `from` to `into`, and leaves it empty whatever the status. */
enum assay_status assay_sorter_merge(struct assay_sorter *into, struct assay_sorter *from,
                                     struct assay_error *err);

/*
 * The numbers that are neither written out nor counted yet, in any order, for the caller to
 * pick some out: it moves those that stay to the front and says how many they are.
 */
int64_t *assay_sorter_loose(struct assay_sorter *sorter, size_t *count);
void assay_sorter_keep(struct assay_sorter *sorter, size_t count);

struct assay_sorter_cursor;

/* A pass over the numbers; the sorter must not change meanwhile. */
struct assay_sorter_pass {
    struct assay_sorter_cursor *cursors;
    struct assay_sorter_cursor **heap;
    size_t open, count;
};

enum assay_status assay_sorter_open(struct assay_sorter *sorter, struct assay_sorter_pass *pass,
                                    struct assay_error *err);

/* The next number and how often it occurs; a count of 0 is the end. */
enum assay_status assay_sorter_next(struct assay_sorter_pass *pass, assay_int128 *value,
                                    uint64_t *count, struct assay_error *err);
void assay_sorter_close(struct assay_sorter_pass *pass);

#endif
