/*
 * Exact order statistics of decimals: any rank, any quantile, mergeable, bounded.
 *
 * Values are brought to one scale, the largest seen. Those in a range that pays for it
 * are counted in an array of 32-bit counters; all others go to a sorter, which spills
 * (sorter.h). Numbers that no (mantissa, code) can hold are kept as canonical text, in
 * memory, up to the budget. Results, and the bytes of save, depend on the values alone.
 *
 * The quantile q of n values stands at position (n - 1) q between the 0-based ranks, as
 * in R's type 7 (Hyndman and Fan, "Sample quantiles in statistical packages", 1996).
 */
#ifndef ASSAY_SKETCH_QUANTILE_H
#define ASSAY_SKETCH_QUANTILE_H

#include "base/number.h"
#include "sketch/sorter.h"

/* What to take between two ranks. */
enum assay_quantile_mode {
    ASSAY_QUANTILE_LINEAR, /* lo + (hi - lo) * fraction */
    ASSAY_QUANTILE_LOWER,
    ASSAY_QUANTILE_HIGHER,
    ASSAY_QUANTILE_MIDPOINT, /* (lo + hi) / 2 unless the position is a rank */
    ASSAY_QUANTILE_NEAREST   /* a tie goes to the even rank */
};

/* q = mantissa / 10^code, from 0 to 1; the median is {5, 1, ASSAY_QUANTILE_MIDPOINT}. */
struct assay_quantile {
    int64_t mantissa;
    uint8_t code;
    enum assay_quantile_mode mode;
};

struct assay_quantiles_big;

struct assay_quantiles {
    struct assay_budget *budget;
    uint64_t count;  /* values added */
    uint8_t scale;   /* the values below are multiples of 10^-scale */
    uint32_t *dense; /* counters of [dense_base, dense_base + dense_len), by 256; */
    uint8_t *low;    /* and what is left of them: most counts need no other byte */
    bool has_high;   /* a counter in `dense` is not 0 */
    int64_t dense_base;
    size_t dense_len;
    int64_t seen_lo, seen_hi; /* of values at this scale that came to no counter at first */
    uint64_t dense_total;     /* what the counters add up to */
    struct assay_sorter sorter;
    struct assay_quantiles_big *bigs; /* the first `big_settled` sorted, each once */
    size_t big_count, big_cap, big_settled;
    size_t big_bytes;       /* held by their texts */
    struct assay_buf texts; /* of results */
};

void assay_quantiles_init(struct assay_quantiles *state, struct assay_budget *budget);
void assay_quantiles_reset(struct assay_quantiles *state);

/*
 * Adds mantissas[r] / 10^codes[r] for each bit of `mask` (NULL: all rows). Rows with
 * codes above ASSAY_NUM_SCALE_MAX are passed over.
 */
enum assay_status assay_quantiles_add(struct assay_quantiles *state, const int64_t *mantissas,
                                      const uint8_t *codes, const uint64_t *mask, uint32_t rows,
                                      struct assay_error *err);

/* Adds a number given as text: a BIG, an infinity, or any other; NaN is refused. */
enum assay_status assay_quantiles_add_big(struct assay_quantiles *state, struct assay_str text,
                                          struct assay_error *err);

/* Moves all of `from` to `into`; `from` is empty afterwards, whatever the status. */
enum assay_status assay_quantiles_merge(struct assay_quantiles *into, struct assay_quantiles *from,
                                        struct assay_error *err);

/*
 * values[i] becomes the value of 0-based rank ranks[i]; ranks rise and are below
 * state->count. The texts of BIG values live until the next call or reset.
 */
enum assay_status assay_quantiles_ranks(struct assay_quantiles *state, const uint64_t *ranks,
                                        size_t count, struct assay_numref *values,
                                        struct assay_error *err);

/*
 * values[i] becomes the quantile wanted[i]; at least one value was added. Interpolated
 * values are exact, except beside a BIG or where they need more than 38 digits: these
 * are rounded to the nearest double.
 */
enum assay_status assay_quantiles_get(struct assay_quantiles *state,
                                      const struct assay_quantile *wanted, size_t count,
                                      struct assay_numref *values, struct assay_error *err);

/* Calls `fn` with every value and its count, rising. The value is lent for the call. */
typedef enum assay_status assay_quantiles_fn(void *ctx, const struct assay_numref *value,
                                             uint64_t count, struct assay_error *err);
enum assay_status assay_quantiles_each(struct assay_quantiles *state, assay_quantiles_fn *fn,
                                       void *ctx, struct assay_error *err);

/* Appends the state: the same bytes for the same values. */
enum assay_status assay_quantiles_save(struct assay_quantiles *state, struct assay_buf *out,
                                       struct assay_error *err);

/* Adds a saved state to `state`. */
enum assay_status assay_quantiles_load(struct assay_quantiles *state, struct assay_str saved,
                                       struct assay_error *err);

#endif
