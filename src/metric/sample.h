/*
 * The first few failing values, in record order.
 *
 * The smallest `limit` record numbers are kept, so that any split and any order of
 * merging keeps the same ones. A sample is copied out of the batch at once.
 */
#ifndef ASSAY_METRIC_SAMPLE_H
#define ASSAY_METRIC_SAMPLE_H

#include "metric/metric.h"

#define ASSAY_SAMPLE_VALUES 16u /* columns of a tuple that a sample shows */

struct assay_samples {
    struct assay_arena arena;   /* values and notes */
    struct assay_sample *items; /* by record number; heap */
    uint32_t count, limit;
    size_t max_bytes; /* of one text; longer ones are cut and end in … */
};

enum assay_status assay_samples_init(struct assay_samples *samples, uint32_t limit,
                                     size_t max_bytes, struct assay_error *err);
void assay_samples_reset(struct assay_samples *samples);

/* Whether a sample of that record would be kept: ask before making one. */
static inline bool assay_samples_wants(const struct assay_samples *samples, uint64_t record)
{
    return samples->count < samples->limit ||
           (samples->limit != 0 && record < samples->items[samples->count - 1].record);
}

/* Takes the values of a row of the slice, with a note (which is copied; may be empty). */
enum assay_status assay_samples_add(struct assay_samples *samples, const struct assay_slice *slice,
                                    uint32_t row, struct assay_str note, struct assay_error *err);

/* Takes a finding of the source: its position and text, no value. */
enum assay_status assay_samples_add_finding(struct assay_samples *samples,
                                            const struct assay_finding *finding,
                                            struct assay_error *err);

/* Takes any sample; values and note are copied. */
enum assay_status assay_samples_add_copy(struct assay_samples *samples,
                                         const struct assay_sample *sample,
                                         struct assay_error *err);

/* Takes the other's samples over. */
enum assay_status assay_samples_merge(struct assay_samples *into, const struct assay_samples *from,
                                      struct assay_error *err);

/* Copies them into a longer-lived arena, for a measure. NULL items: out of memory. */
enum assay_status assay_samples_finish(const struct assay_samples *samples,
                                       struct assay_arena *arena, struct assay_measure *out,
                                       struct assay_error *err);

/* A copy of a value's text, cut to about `max` bytes where that is not 0; ptr NULL: no memory. */
struct assay_str assay_sample_text(struct assay_arena *arena, struct assay_str text, size_t max);

void assay_samples_save(const struct assay_samples *samples, struct assay_buf *out);

/* Adds saved samples and moves `in` on; false where the bytes are none. */
bool assay_samples_load(struct assay_samples *samples, struct assay_str *in);

/* The value of a row as results show it; its text is borrowed from the batch. */
struct assay_value assay_sample_value(const struct assay_column *column, uint32_t row);

#endif
