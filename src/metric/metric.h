/*
 * A metric is a fold over a table with a mergeable state.
 *
 * The law: for any split of the rows into batches, threads and files, in any order of
 * merging, `save` gives the same bytes as one pass over everything. So one metric
 * serves threads, files, partitions and database engines alike. A property test holds
 * every registered metric to it.
 *
 * A state is `state_size` zeroed bytes given by the engine. What it allocates beyond
 * that it takes from the heap, accounts for in env->budget, and gives back in `reset`.
 */
#ifndef ASSAY_METRIC_METRIC_H
#define ASSAY_METRIC_METRIC_H

#include "assay/run.h"
#include "base/buf.h"
#include "data/batch.h"
#include "expr/expr.h"
#include "sketch/budget.h"

struct assay_metric_sql;
struct assay_sql_ask;

/* What a metric instance is told when it is made; lives as long as the run. */
struct assay_metric_env {
    struct assay_budget *budget;
    uint64_t seed;                  /* of hashes: one a run */
    int64_t now;                    /* the run's clock, microseconds UTC */
    uint32_t max_samples;           /* failing values kept */
    size_t max_sample_bytes;        /* longest text kept of one value */
    const struct assay_str *schema; /* the source's columns */
    uint32_t schema_count;
    const struct assay_field *const *fields; /* of the metric's own columns */
    uint32_t field_count;
    void *depends; /* finished state that spec->depends names, or NULL */
    bool again;    /* where the metric is unsure afterwards, all the data will be read again */
    _Atomic uint64_t *violations; /* for progress: adds up over all metrics; or NULL */
};

/* What finishing makes of a state. Texts and items live in the given arena. */
struct assay_measure {
    bool failed; /* could not be computed: `error` says why */
    struct assay_error error;
    struct assay_value value;           /* the number, list … it stands for; NULL kind: none */
    struct assay_counts counts;         /* where the metric counts rows; else zero */
    const struct assay_sample *samples; /* by record number */
    size_t sample_count;
    const void *detail; /* as the metric's own header says */
};

struct assay_metric {
    const char *name;
    const char *summary;
    bool approximate;
    bool
        shows_rows; /* its samples are rows of the data: values of other columns may go with them */
    size_t state_size;
    /*
     * For metrics whose arguments name columns that only the source's schema tells: finds
     * them once the source is open, instead of those of the spec. NULL: the spec's.
     */
    enum assay_status (*choose)(const void *args, const struct assay_str *schema,
                                uint32_t schema_count, struct assay_arena *arena,
                                const struct assay_str **columns, uint32_t *count,
                                struct assay_error *err);
    /* Text that tells apart two sets of arguments; NULL: the metric has none. */
    void (*key)(const void *args, struct assay_buf *out);
    enum assay_status (*init)(void *state, const void *args, const struct assay_metric_env *env,
                              struct assay_error *err);
    enum assay_status (*update)(void *state, const struct assay_slice *slice,
                                struct assay_error *err);
    /*
     * The same of rows that a database grouped (assay_sql_values): each stands for as many as
     * slice->batch->numbers says. NULL: it never asks for that.
     */
    enum assay_status (*update_groups)(void *state, const struct assay_slice *slice,
                                       struct assay_error *err);
    /* `from` covers other rows; it is emptied, and still needs its reset. */
    enum assay_status (*merge)(void *into, void *from, struct assay_error *err);
    enum assay_status (*finish)(void *state, struct assay_arena *arena, struct assay_measure *out,
                                struct assay_error *err);
    enum assay_status (*save)(void *state, struct assay_buf *out, struct assay_error *err);
    /* Into a state just made; `saved` is all of it. */
    enum assay_status (*load)(void *state, struct assay_str saved, struct assay_error *err);
    void (*reset)(void *state);
    /*
     * After finishing, where env->again was set: true where what was kept is not enough to
     * tell. The measure then means nothing, and a state made anew, without env->again, is
     * shown all the data once more. NULL: it is always sure.
     */
    bool (*unsure)(const void *state);
    /* Sampling metrics: true once nothing further can change the state (a second pass stops). */
    bool (*satisfied)(const void *state);
    /* How a database computes it; NULL: never. See metric/sql.h. */
    const struct assay_metric_sql *sql;
};

/* How another source is to be read: options of the suite's table, by name, as texts. */
struct assay_settings {
    const struct assay_source_setting {
        struct assay_str name;
        const struct assay_str *values;
        uint32_t value_count;
    } * rows;
    uint32_t count;
    struct assay_str key; /* equal where they are */
};

/*
 * A metric over columns, as an expectation asks for it. Equal specs (same metric,
 * columns, filter and key) are computed once, whoever asks.
 */
struct assay_metric_spec {
    const struct assay_metric *metric;
    const struct assay_str *columns;
    uint32_t column_count;
    const struct assay_expr *where;        /* NULL: all usable rows */
    const void *args;                      /* the metric's own */
    int depends;                           /* slot, of the same expectation, that must be finished
                                        first: its state is env->depends. -1: none */
    const char *source;                    /* another source to fold instead; NULL: the run's own */
    const struct assay_settings *settings; /* of that source; NULL: none of its own */
    const struct assay_field *const *fields; /* of `columns`; NULL: as the suite declares */
    bool only_if_failing;           /* only to show which rows: read where the check fails */
    bool decides;                   /* the rows that it marks are those that the check fails for */
    const struct assay_str *beside; /* columns whose values go with samples, where the metric */
    uint32_t beside_count;          /* shows rows; set by the plan */
    bool beside_all;                /* all the columns there are, instead */
};

/* Every metric there is, by name. */
const struct assay_metric *const *assay_metrics(size_t *count);

#endif
