/*
 * Exact folds over numbers: sums, sums of squares, smallest and largest.
 *
 * A state depends only on which values were added, never on their order, on how they
 * were split into batches or on how parts were merged: save gives the same bytes.
 * Nothing is rounded before the end. SMALL numbers are summed as integers, a sum for each
 * scale; BIG ones in a fixed-point decimal wide enough for 1e-450 to 1e450 (the idea of
 * Kulisch's accumulator, in base 10^9), allocated when the first one comes.
 *
 * The states own heap memory: init, then free. They are not thread-safe.
 */
#ifndef ASSAY_BASE_DECIMAL_H
#define ASSAY_BASE_DECIMAL_H

#include "base/buf.h"
#include "base/error.h"
#include "base/number.h"
#include "base/span.h"

/* A column slice: what base/number.h made of `rows` values, and where their texts are. */
struct assay_number_rows {
    const int64_t *mantissa;
    const uint8_t *code;
    const char *base; /* spans are offsets into this; looked at for BIG values only */
    const struct assay_span *spans;
    uint32_t rows;
};

struct assay_moments_wide; /* the fixed-point part */

struct assay_moments {
    bool squares;   /* keep what variance needs */
    uint64_t count; /* finite values, those out of range not counted */
    uint64_t nan;   /* the rest of what was seen, by kind */
    uint64_t pos_inf;
    uint64_t neg_inf;
    uint64_t not_number;
    uint64_t out_of_range;                /* finite, but with a digit outside of 1e-450 .. 1e450 */
    __int128 sum[ASSAY_NUM_SCALES];       /* of mantissas, a scale each */
    uint64_t square[ASSAY_NUM_SCALES][3]; /* of their squares, 192 bits, lowest first */
    struct assay_moments_wide *wide;      /* NULL: no BIG value yet */
};

void assay_moments_init(struct assay_moments *moments, bool squares);
void assay_moments_free(struct assay_moments *moments);

/*
 * Adds the rows whose bit is set in `mask` (word r / 64, bit r % 64; NULL: all rows).
 * Fails with ASSAY_NOMEM only.
 */
enum assay_status assay_moments_add_batch(struct assay_moments *moments,
                                          const struct assay_number_rows *values,
                                          const uint64_t *mask, struct assay_error *err);
enum assay_status assay_moments_add(struct assay_moments *moments, const struct assay_numref *value,
                                    struct assay_error *err);

/* Adds all of `from`, which stays as it is; both keep squares or neither does. */
enum assay_status assay_moments_merge(struct assay_moments *into, const struct assay_moments *from,
                                      struct assay_error *err);

/* The canonical bytes of a state; what went wrong is left in out->failed. */
void assay_moments_save(const struct assay_moments *moments, struct assay_buf *out);

/*
 * Reads a saved state into a state just initialised, and moves `in` on behind it.
 * ASSAY_SOURCE where the bytes are no such state.
 */
enum assay_status assay_moments_load(struct assay_moments *moments, struct assay_str *in,
                                     struct assay_error *err);

/*
 * The results, over the finite values. The sum is exact decimal text, appended as
 * assay_number_text writes it. Mean and variance are the exact quotients rounded once, the
 * deviation is the rounded root of 64 bits of the exact variance. False: fewer than one
 * value (mean) or two (variance and deviation, both of the sample: divided by count - 1).
 */
void assay_moments_sum(const struct assay_moments *moments, struct assay_buf *out);
bool assay_moments_mean(const struct assay_moments *moments, double *mean);
bool assay_moments_variance(const struct assay_moments *moments, double *variance);
bool assay_moments_stdev(const struct assay_moments *moments, double *stdev);

/*
 * The smallest and the largest value, infinities included; NaN and what is no number are
 * only counted. Of a BIG value the canonical key is kept, so its length is that of the
 * digits in the data, which must be bounded by `limit` bytes.
 */
struct assay_extremes {
    uint64_t nan;
    uint64_t not_number;
    bool pos_inf;
    bool neg_inf;
    int64_t min[ASSAY_NUM_SCALES]; /* min > max: no value of that scale */
    int64_t max[ASSAY_NUM_SCALES];
    struct assay_buf big_min; /* empty: no BIG value */
    struct assay_buf big_max;
};

void assay_extremes_init(struct assay_extremes *extremes, size_t limit);
void assay_extremes_free(struct assay_extremes *extremes);

/* As for moments; also ASSAY_LIMIT where a BIG value is longer than the limit. */
enum assay_status assay_extremes_add_batch(struct assay_extremes *extremes,
                                           const struct assay_number_rows *values,
                                           const uint64_t *mask, struct assay_error *err);
enum assay_status assay_extremes_add(struct assay_extremes *extremes,
                                     const struct assay_numref *value, struct assay_error *err);
enum assay_status assay_extremes_merge(struct assay_extremes *into,
                                       const struct assay_extremes *from, struct assay_error *err);
void assay_extremes_save(const struct assay_extremes *extremes, struct assay_buf *out);
enum assay_status assay_extremes_load(struct assay_extremes *extremes, struct assay_str *in,
                                      struct assay_error *err);

/* False where there are no values. The text of a BIG one is borrowed from the state. */
bool assay_extremes_min(const struct assay_extremes *extremes, struct assay_numref *out);
bool assay_extremes_max(const struct assay_extremes *extremes, struct assay_numref *out);

#endif
