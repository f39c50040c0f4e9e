/*
 * What the files of quantiles share; nobody else includes it.
 */
#ifndef ASSAY_SKETCH_QUANTILE_IMPL_H
#define ASSAY_SKETCH_QUANTILE_IMPL_H

#include "sketch/quantile.h"

/* A number as canonical text. */
struct assay_quantiles_big {
    struct assay_numref value; /* owns value.text */
    uint64_t count;
};

/* A pass over all values, rising. */
struct assay_quantiles_pass {
    struct assay_quantiles *state;
    struct assay_sorter_pass sorted;
    assay_int128 sorted_value; /* the sorter's next number, where sorted_count > 0 */
    uint64_t sorted_count;
    size_t dense_at; /* the next counter that is not 0 */
    size_t big_at;
};

/* A value of the pass: a BIG, or a number of the state's scale. */
struct assay_quantiles_value {
    const struct assay_quantiles_big *big; /* NULL: it is `number` */
    assay_int128 number;
    uint64_t count; /* 0: the end */
};

enum assay_status assay_quantiles_open(struct assay_quantiles *state,
                                       struct assay_quantiles_pass *pass, struct assay_error *err);
enum assay_status assay_quantiles_next(struct assay_quantiles_pass *pass,
                                       struct assay_quantiles_value *value,
                                       struct assay_error *err);
void assay_quantiles_close(struct assay_quantiles_pass *pass);

static inline uint64_t assay_quantiles_counter(const struct assay_quantiles *state, size_t at)
{
    return (state->has_high ? (uint64_t)state->dense[at] << 8 : 0) | state->low[at];
}

/* Counts what was put aside before there were counters for it. */
void assay_quantiles_settle(struct assay_quantiles *state);

/* Brings the state to a scale of at least `scale`. */
enum assay_status assay_quantiles_raise(struct assay_quantiles *state, uint8_t scale,
                                        struct assay_error *err);

/* Adds a number of the state's scale `count` times, not counting it in state->count. */
enum assay_status assay_quantiles_add_count(struct assay_quantiles *state, assay_int128 number,
                                            uint64_t count, struct assay_error *err);
enum assay_status assay_quantiles_add_big_count(struct assay_quantiles *state,
                                                struct assay_str text, uint64_t count,
                                                struct assay_error *err);

extern const int64_t assay_quantiles_pow10[ASSAY_NUM_SCALES];

/* The number as a (mantissa, code) without trailing zeros, which it must fit in. */
struct assay_numref assay_quantiles_small(assay_int128 number, uint8_t scale);

#endif
