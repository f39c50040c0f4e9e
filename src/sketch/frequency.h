/*
 * How often each value occurs: exact, with the values' bytes, mergeable, bounded.
 *
 * Values are counted in a hash table; where the budget is used up its entries are
 * written to the spill file sorted by their bytes, and reading merges such runs with
 * the table. Values of up to 8 bytes are compared as one word, so that columns of a few
 * short codes cost a few nanoseconds a value. Results, and the bytes of save, depend on
 * the values alone, not on their order nor on the seed (which keeps the table safe from
 * prepared collisions).
 */
#ifndef ASSAY_SKETCH_FREQUENCY_H
#define ASSAY_SKETCH_FREQUENCY_H

#include "base/buf.h"
#include "base/span.h"
#include "sketch/spill.h"

struct assay_frequency_entry;

/* Entries sorted by bytes, in a spill file. */
struct assay_frequency_run {
    struct assay_spill *file;
    uint64_t begin, end;
};

struct assay_frequency {
    struct assay_budget *budget;
    uint64_t seed;
    uint64_t total; /* values added */
    unsigned hunger;
    struct assay_frequency_entry *entries; /* in the order of first occurrence */
    size_t count, cap;
    uint32_t *slots; /* open addressing: index of an entry plus 1 */
    size_t slot_mask;
    char *bytes; /* of values longer than 8 */
    size_t bytes_len, bytes_cap;
    struct assay_spill **files; /* the first is written to */
    size_t file_count;
    struct assay_frequency_run *runs;
    size_t run_count, run_cap;
};

/* One value and its count; the bytes are borrowed. */
struct assay_frequency_value {
    struct assay_str text;
    uint64_t count;
};

/* The most frequent values. */
struct assay_frequency_top {
    struct assay_frequency_value *values; /* by count falling, then by bytes rising */
    size_t count;
    uint64_t ties;     /* values left out although as frequent as the last one */
    uint64_t distinct; /* of all values */
};

void assay_frequency_init(struct assay_frequency *state, struct assay_budget *budget,
                          uint64_t seed);
void assay_frequency_reset(struct assay_frequency *state);

/* Adds a text for each bit of `mask` (NULL: all rows); padding as base/span.h says. */
enum assay_status assay_frequency_add_keys(struct assay_frequency *state, const char *base,
                                           const struct assay_span *spans, const uint64_t *mask,
                                           uint32_t rows, struct assay_error *err);

/* Adds one text `count` times; only its own bytes are read. */
enum assay_status assay_frequency_add_key(struct assay_frequency *state, struct assay_str text,
                                          uint64_t count, struct assay_error *err);

/* Moves all of `from` into `into`; `from` is empty afterwards, whatever the status. */
enum assay_status assay_frequency_merge(struct assay_frequency *into, struct assay_frequency *from,
                                        struct assay_error *err);

typedef enum assay_status assay_frequency_fn(void *ctx, struct assay_str text, uint64_t count,
                                             struct assay_error *err);

/* Calls `fn` with every value and its count, by bytes rising. The text is lent for the call. */
enum assay_status assay_frequency_each(struct assay_frequency *state, assay_frequency_fn *fn,
                                       void *ctx, struct assay_error *err);

enum assay_status assay_frequency_distinct(struct assay_frequency *state, uint64_t *distinct,
                                           struct assay_error *err);

/* The `most` most frequent values (fewer if there are fewer); free with top_free. */
enum assay_status assay_frequency_top(struct assay_frequency *state, size_t most,
                                      struct assay_frequency_top *top, struct assay_error *err);
void assay_frequency_top_free(struct assay_frequency_top *top);

/* Appends the state: the same bytes for the same values. */
enum assay_status assay_frequency_save(struct assay_frequency *state, struct assay_buf *out,
                                       struct assay_error *err);

/* Adds a saved state to `state`. */
enum assay_status assay_frequency_load(struct assay_frequency *state, struct assay_str saved,
                                       struct assay_error *err);

#endif
