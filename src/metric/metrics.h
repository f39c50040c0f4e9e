/*
 * The metrics there are, and what their arguments and details mean.
 *
 * Unless said otherwise a metric is over one column, looks at rows in which it is not
 * null, and its value is NULL where there are none.
 */
#ifndef ASSAY_METRIC_METRICS_H
#define ASSAY_METRIC_METRICS_H

#include "metric/metric.h"
#include "sketch/distinct.h"
#include "sketch/frequency.h"
#include "sketch/quantile.h"

struct assay_scalar; /* metric/expectation.h */

/* Number of records; no columns. value: the count. */
extern const struct assay_metric assay_metric_rows;

/*
 * Rows, nulls; one column or several (null where all are). counts: element_count,
 * missing_count, considered_count = element - missing. value: element_count.
 */
extern const struct assay_metric assay_metric_counts;

/*
 * How values are absent where the format tells it apart (JSON): one column. value: NULL;
 * detail: struct assay_absences_detail.
 */
struct assay_absences_detail {
    uint64_t known;   /* 0: the format does not tell, or there were no rows */
    uint64_t missing; /* there is no such key */
    uint64_t null;
    uint64_t empty; /* a text without characters, whether or not it counts as null */
};
extern const struct assay_metric assay_metric_absences;

/* The source's columns; no columns of its own. value: the list of names. */
extern const struct assay_metric assay_metric_columns;

/*
 * Malformed records; no columns. counts: element_count = records, unexpected_count =
 * malformed ones. samples: the first of them. detail: struct assay_malformed_detail.
 */
extern const struct assay_metric assay_metric_malformed;
/* The code of a kind of finding, which `assay explain` knows. */
const char *assay_malformed_code(enum assay_malformed what);
struct assay_malformed_detail {
    uint64_t by_kind[ASSAY_MALFORMED_KINDS]; /* findings, those about the header too */
    uint64_t header;                         /* findings about the header, no record */
    uint64_t left_out;                       /* malformed records that could not be read */
};

/*
 * Smallest and largest value in the args' order. value: NULL; detail: struct
 * assay_extremes_detail. Fails where a value has no place in the order.
 */
struct assay_extremes_args {
    enum assay_order order;
};
struct assay_extremes_detail {
    struct assay_value min, max;             /* NULL kind: no values */
    struct assay_instant min_time, max_time; /* ASSAY_ORDER_TIME: the same */
};
extern const struct assay_metric assay_metric_extremes;

/*
 * Exact moments of numbers. value: NULL; detail: struct assay_moments_detail. Fails
 * where a value is not a number, or one is NaN or infinite.
 */
struct assay_moments_detail {
    uint64_t count;
    struct assay_value sum, mean, stdev; /* NULL kind: too few values */
};
extern const struct assay_metric assay_metric_moments;
/* Mean and deviation of a finished state (env->depends); false where there are too few values. */
bool assay_moments_read(const void *state, double *mean, double *stdev);

/*
 * Exact quantiles of numbers. args: which. value: a list of numbers in the same order,
 * NULL kind where there are no values; detail: struct assay_quantiles_detail. Fails as
 * moments does.
 */
struct assay_quantiles_args {
    const struct assay_quantile *wanted; /* may be none */
    uint32_t count;
};
struct assay_quantiles_detail {
    uint64_t count;                 /* of values */
    struct assay_quantiles *values; /* for assay_quantiles_each, as long as the run */
};
extern const struct assay_metric assay_metric_quantiles;

/*
 * Distinct values of one column or tuples of several (rows in which at least one column
 * is not null; a null inside a tuple is a value of its own). counts: element, missing,
 * considered, unexpected_count = rows whose value occurs more than once. value: the
 * number of distinct values. detail: struct assay_distinct_detail.
 */
struct assay_distinct_args {
    bool lookup; /* values are looked up in it afterwards: see assay_predicate_orphan */
    enum assay_distinct_rows {
        ASSAY_DISTINCT_ANY_VALUE,  /* rows in which at least one column is not null */
        ASSAY_DISTINCT_ALL_VALUES, /* rows in which none is */
        ASSAY_DISTINCT_ALL_ROWS    /* all rows: nothing but nulls is a tuple as well */
    } rows;
};
struct assay_distinct_detail {
    uint64_t distinct, singletons;
};
extern const struct assay_metric assay_metric_distinct;

/*
 * Violated by rows whose value is duplicated: depends on a finished `distinct` of the same
 * columns.
 */
extern const struct assay_predicate assay_predicate_duplicate;
/* The same by enum assay_distinct_rows; the first is assay_predicate_duplicate. */
extern const struct assay_predicate *const assay_predicate_duplicates[3];
/* Violated by rows whose value is not in a finished `distinct` of another source. */
extern const struct assay_predicate assay_predicate_orphan;

/*
 * How often each value occurs. args: how many to list, and names (the keys that
 * assay_typed_key_of makes) to look for among the most frequent, listed or not. value: NULL;
 * detail: struct assay_frequency_detail, values in order of falling count, then bytewise.
 */
struct assay_frequency_args {
    uint32_t top; /* list at most this many values */
    const struct assay_str *names;
    uint32_t name_count;
};
struct assay_frequency_detail {
    uint64_t distinct, total;
    uint32_t count;          /* listed */
    uint32_t modes;          /* of these, how many share the highest count */
    uint64_t unlisted_modes; /* values that share it too but are not listed */
    bool named;              /* one of the names shares it */
    const struct assay_value *values;
    const uint64_t *counts;
    void *state; /* for the functions below, as long as the run */
};
extern const struct assay_metric assay_metric_frequency;

/*
 * Calls `fn` with every value, listed or not, in the order of its key, and its count.
 * The key is what assay_typed_key_of makes; it is lent for the call, as is the value's
 * text.
 */
typedef enum assay_status assay_frequency_walk_fn(void *ctx, struct assay_str key,
                                                  const struct assay_value *value, uint64_t count,
                                                  struct assay_error *err);
enum assay_status assay_frequency_walk(const struct assay_frequency_detail *detail,
                                       assay_frequency_walk_fn *fn, void *ctx,
                                       struct assay_error *err);

/*
 * How often each tuple of two columns or more occurs, nulls in it included. value: NULL;
 * detail: struct assay_tuples_detail.
 */
struct assay_tuples_detail {
    uint64_t total; /* rows */
    void *state;    /* for the function below, as long as the run */
};
extern const struct assay_metric assay_metric_tuples;

/*
 * Calls `fn` with every tuple and its count, in an order that the data alone decides. A part
 * is the text of a value (as metric/typed.h has it where types are inferred), with ptr NULL
 * for a null; it is lent for the call.
 */
typedef enum assay_status assay_tuples_fn(void *ctx, const struct assay_str *parts, uint64_t count,
                                          struct assay_error *err);
enum assay_status assay_tuples_walk(const struct assay_tuples_detail *detail, assay_tuples_fn *fn,
                                    void *ctx, struct assay_error *err);

/*
 * How many numbers fall between edges, which rise: the bins are half open, the last one is
 * closed. Compared as IEEE doubles. value: NULL; detail: struct assay_histogram_detail.
 * Fails where a value is no number.
 */
struct assay_histogram_args {
    const double *edges;
    uint32_t count; /* at least 2 */
};
struct assay_histogram_detail {
    uint64_t total, below, above;
    const uint64_t *counts; /* a bin each: one fewer than edges */
};
extern const struct assay_metric assay_metric_histogram;

/*
 * What the values look like: which kinds there are. In a format without kinds (CSV) it goes
 * by the text: a number, true or false in any case, or something else. Where there is
 * something else that is all that is told, for nothing more follows from the rest. value: NULL.
 */
struct assay_kinds_detail {
    bool nulls, integers, numbers, booleans; /* numbers: those that are no integers */
    bool others;                             /* texts, arrays, objects */
    bool of_kinds;                           /* the source has kinds (not CSV), and rows */
};
extern const struct assay_metric assay_metric_kinds;

/*
 * Of which kinds the values are where the format has kinds (JSON): one column. value: NULL;
 * detail: struct assay_drift_detail.
 */
struct assay_drift_detail {
    uint64_t counts[ASSAY_KIND_NULL]; /* by enum assay_kind */
};
extern const struct assay_metric assay_metric_drift;

/* The kind that all values share: NUMBER, BOOLEAN, or anything else for neither. */
enum assay_value_kind assay_kinds_common(const struct assay_kinds_detail *kinds);

/*
 * What a SELECT finds in the records, by SQLite: they are the table {batch}. Columns that it
 * reads are kept in a temporary database. Where all values of a column read as numbers they
 * are numbers there. value: how many rows; detail: struct assay_query_detail. Fails where
 * the statement is no SELECT, or SQLite cannot run it.
 */
struct assay_query_args {
    const char *sql; /* with {batch} for the table */
    uint32_t most;   /* rows to keep */
};
struct assay_query_detail {
    uint64_t count;
    struct assay_value rows; /* a list of maps: the first of them */
};
extern const struct assay_metric assay_metric_query;

/*
 * Whether values rise or fall from row to row, nulls left out. counts: unexpected_count =
 * values that break the order to the one before; samples: the first of these. Values
 * without a place in the order break it.
 */
struct assay_sequence_args {
    enum assay_order order;
    bool falling;
    bool strict;
};
extern const struct assay_metric assay_metric_sequence;

#endif
