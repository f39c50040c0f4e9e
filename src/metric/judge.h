/*
 * How expectations judge: the few ways, each once.
 */
#ifndef ASSAY_METRIC_JUDGE_H
#define ASSAY_METRIC_JUDGE_H

#include "metric/expectation.h"

/*
 * Judges a row-wise expectation: fills counts and samples from the `violations` measure
 * and applies `mostly` and `warn_below`. The share is (considered - unexpected) /
 * considered in IEEE double; with nothing considered it passes and says so.
 */
void assay_judge_rows(const struct assay_check *check, const struct assay_measure *measure,
                      const struct assay_judge_env *env, struct assay_outcome *out);

/* Bounds of an aggregate; embedded in an expectation's arguments. */
struct assay_limits {
    struct assay_scalar min, max;
    bool strict_min, strict_max;
    int64_t offset; /* zone of bounds that name none, as of the column's own values */
};

/*
 * Judges `value` (a number, date or timestamp) against limits, exactly. A NULL value
 * fails: there was nothing to aggregate. `what` names it in the message: "mean".
 */
void assay_judge_limits(const struct assay_value *value, const struct assay_limits *limits,
                        const char *what, const struct assay_judge_env *env,
                        struct assay_outcome *out);

/* Judges part / whole, in IEEE double, against limits; 0 / 0 is a NULL value. */
void assay_judge_share(uint64_t part, uint64_t whole, const struct assay_limits *limits,
                       const char *what, const struct assay_judge_env *env,
                       struct assay_outcome *out);

/* Where the measure could not be computed, makes the outcome an error and returns true. */
bool assay_judge_failed(const struct assay_measure *measure, struct assay_outcome *out);

/* Appends "between 1 and 5", "at least 1", "less than 5" … */
void assay_limits_describe(const struct assay_limits *limits, struct assay_buf *out);

/*
 * Checks limits that a suite gave: min <= max, and each of the order's kind. `order`
 * ASSAY_ORDER_NUMBER wants numbers, ASSAY_ORDER_TIME dates or timestamps, whose
 * zone becomes the column's. On failure prepare->param names the row.
 */
enum assay_status assay_limits_check(struct assay_limits *limits, enum assay_order order,
                                     struct assay_prepare *prepare, struct assay_error *err);
/* The same for bounds of a share, which lies between 0 and 1. */
enum assay_status assay_limits_check_share(struct assay_limits *limits,
                                           struct assay_prepare *prepare, struct assay_error *err);

/* What limits are to be compared as: a declared type decides, else how they are written. */
enum assay_order assay_limits_order(const struct assay_limits *limits, enum assay_type type);

/* Turns `exactly` into both limits; giving both is an error. */
enum assay_status assay_limits_exactly(struct assay_limits *limits,
                                       const struct assay_opt_count *exactly,
                                       struct assay_prepare *prepare, struct assay_error *err);

/* Asks for a metric over the check's own columns and filter. */
enum assay_status assay_need_metric(struct assay_needs *needs, const struct assay_check *check,
                                    const struct assay_metric *metric, const void *args,
                                    struct assay_error *err);

/* The four rows of `params` for a struct with a `limits` member. */
#define ASSAY_LIMIT_PARAMS(type)                                                             \
    {"min", ASSAY_PARAM_SCALAR,         ASSAY_PARAM_ONE_OF,          NULL,                   \
     NULL,  offsetof(type, limits.min), "the smallest value allowed"},                       \
        {"max", ASSAY_PARAM_SCALAR,         ASSAY_PARAM_ONE_OF,         NULL,                \
         NULL,  offsetof(type, limits.max), "the largest value allowed"},                    \
        {"strict_min",                                                                       \
         ASSAY_PARAM_BOOL,                                                                   \
         0,                                                                                  \
         "false",                                                                            \
         NULL,                                                                               \
         offsetof(type, limits.strict_min),                                                  \
         "the smallest value itself is not allowed"},                                        \
    {                                                                                        \
        "strict_max", ASSAY_PARAM_BOOL, 0, "false", NULL, offsetof(type, limits.strict_max), \
            "the largest value itself is not allowed"                                        \
    }

/*
 * A bound of a suite as microseconds: an ISO 8601 timestamp, date or time of day. `offset`
 * is the zone of one that names none.
 */
bool assay_judge_time(struct assay_str text, int64_t offset, int64_t *micros);
bool assay_judge_instant(struct assay_str text, int64_t offset, struct assay_instant *out);

/* The zone in which the check's column, and so the suite where it speaks of it, is written. */
int64_t assay_prepare_offset(const struct assay_prepare *prepare);

/*
 * Notes for samples: say that a value is no number (no time) where it is none, with help
 * where it is clear what was meant (1.234,50). Nothing is added for one that is.
 */
void assay_note_number(const struct assay_slice *slice, uint32_t row, struct assay_buf *out);
void assay_note_time(const struct assay_slice *slice, uint32_t row, struct assay_buf *out);

/* Helpers that build values in an arena; a NULL-kind value where memory ran out. */
struct assay_value assay_value_text(struct assay_arena *arena, struct assay_str text);
struct assay_value assay_value_number(struct assay_arena *arena, struct assay_str text);
struct assay_value assay_value_count(struct assay_arena *arena, uint64_t n);
struct assay_value assay_value_double(struct assay_arena *arena, double number);
struct assay_value assay_value_scalar(const struct assay_scalar *scalar);
struct assay_value assay_value_time(struct assay_arena *arena, struct assay_instant instant,
                                    enum assay_type type);

/* For qsort of values: by kind, then numbers by value and anything else bytewise. */
int assay_value_order(const void *a, const void *b);

/* Appends a value as a person would write it: texts plain, lists in brackets. */
void assay_value_describe(const struct assay_value *value, struct assay_buf *out);

/* A number in a value or scalar as an exact reference; false where it is none. */
bool assay_numref_of(struct assay_str text, struct assay_numref *out);

/* Adds what the `absences` metric found, where it knows, to details and message. */
void assay_absences_tell(const struct assay_measure *measure, const struct assay_judge_env *env,
                         struct assay_outcome *out);

/*
 * Adds that records of another source are malformed, where the `malformed`
 * metric found so, and makes a pass a warning. NULL: that source was not read.
 */
void assay_malformed_tell(const struct assay_measure *measure, struct assay_str source,
                          const struct assay_judge_env *env, struct assay_outcome *out);

/* Adds what the `drift` metric found to the message, where values are of several kinds. */
void assay_drift_tell(const struct assay_measure *measure, const struct assay_judge_env *env,
                      struct assay_outcome *out);

/* Sets out->message from a format; the text is the arena's. */
void assay_outcome_say(struct assay_outcome *out, const struct assay_judge_env *env,
                       const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
