/*
 * How many values are distinct, and how many occur once: exact, mergeable, bounded.
 *
 * A value is an int64 or a text; an integer and its canonical decimal text are the same
 * value (see key.h). Dense integers stay ranges and bits (intset.h), everything else
 * becomes keys of 16 bytes that spill to disk when the budget is used up (keyset.h).
 * Results, and the bytes of save, depend on the values and the seed alone: not on their
 * order, nor on how they were split over states that were merged.
 *
 * Add, merge and save may alternate; finish computes the results and may be repeated
 * after more was added. A state belongs to one thread at a time, except that after
 * finish (or finish_set) any number of threads may look values up.
 */
#ifndef ASSAY_SKETCH_DISTINCT_H
#define ASSAY_SKETCH_DISTINCT_H

#include "base/buf.h"
#include "base/span.h"
#include "sketch/intset.h"
#include "sketch/keylist.h"
#include "sketch/keyset.h"

struct assay_distinct {
    struct assay_budget *budget;
    uint64_t seed;
    uint64_t total; /* values added */
    /* from finish: */
    uint64_t distinct;   /* different values */
    uint64_t singletons; /* values that occur once; total - singletons occur in duplicates */
    bool finished;
    bool is_set; /* finish_set was called */
    /* its own: */
    struct assay_intset ints;
    struct assay_keyset keys;
    struct assay_keylist again; /* keys seen more than once, made by finish */
    struct assay_keylist all;   /* every key, made by finish_set */
};

/* States that are to be merged share budget and seed. The budget is borrowed. */
void assay_distinct_init(struct assay_distinct *state, struct assay_budget *budget, uint64_t seed);

/* Frees everything; the state is empty and may be used again. */
void assay_distinct_reset(struct assay_distinct *state);

/* Adds values[r] for each bit of `mask` (NULL: all rows). */
enum assay_status assay_distinct_add_ints(struct assay_distinct *state, const int64_t *values,
                                          const uint64_t *mask, uint32_t rows,
                                          struct assay_error *err);

/* Adds texts; 16 bytes behind the start of every text must be readable. */
enum assay_status assay_distinct_add_keys(struct assay_distinct *state, const char *base,
                                          const struct assay_span *spans, const uint64_t *mask,
                                          uint32_t rows, struct assay_error *err);

/* Adds one text, of which only the bytes themselves are read. */
enum assay_status assay_distinct_add_key(struct assay_distinct *state, struct assay_str text,
                                         struct assay_error *err);

/* Moves all of `from` into `into`; `from` is empty afterwards, whatever the status. */
enum assay_status assay_distinct_merge(struct assay_distinct *into, struct assay_distinct *from,
                                       struct assay_error *err);

/* Computes distinct and singletons. */
enum assay_status assay_distinct_finish(struct assay_distinct *state, struct assay_error *err);

/*
 * Finishes and makes the state a set for contains. Nothing may be added, merged or
 * saved afterwards.
 */
enum assay_status assay_distinct_finish_set(struct assay_distinct *state, struct assay_error *err);

/* After finish: sets `*yes` where the value was added more than once. */
enum assay_status assay_distinct_is_duplicate(const struct assay_distinct *state,
                                              struct assay_str text, bool *yes,
                                              struct assay_error *err);
enum assay_status assay_distinct_is_duplicate_int(const struct assay_distinct *state, int64_t value,
                                                  bool *yes, struct assay_error *err);

/*
 * After finish_set: bit r of `found` (as many words as rows need, all written) tells
 * that row r is in `mask` (NULL: all rows) and its value in the set. Readable bytes as
 * for add_keys. Where the set was spilled each row may cost a read.
 */
enum assay_status assay_distinct_contains_keys(const struct assay_distinct *state, const char *base,
                                               const struct assay_span *spans, const uint64_t *mask,
                                               uint32_t rows, uint64_t *found,
                                               struct assay_error *err);
enum assay_status assay_distinct_contains_ints(const struct assay_distinct *state,
                                               const int64_t *values, const uint64_t *mask,
                                               uint32_t rows, uint64_t *found,
                                               struct assay_error *err);

/* Appends the state to `out`: the same bytes for the same values, in whatever order. */
enum assay_status assay_distinct_save(struct assay_distinct *state, struct assay_buf *out,
                                      struct assay_error *err);

/* Adds a saved state to `state`, whose seed must be the saved one. `saved` is all of it. */
enum assay_status assay_distinct_load(struct assay_distinct *state, struct assay_str saved,
                                      struct assay_error *err);

/* The seed a saved state was made with; false where `saved` is none. */
bool assay_distinct_saved_seed(struct assay_str saved, uint64_t *seed);

#endif
