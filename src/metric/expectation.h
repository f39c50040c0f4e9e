/*
 * An expectation: a descriptor that says what it takes, what it needs to know, and how
 * it judges. It never sees a source, an engine or a reporter.
 *
 * A check is one use of an expectation in a suite. Everything about a parameter stands
 * in its row: loading, errors, `assay explain`, `assay list` and the manual read it.
 */
#ifndef ASSAY_METRIC_EXPECTATION_H
#define ASSAY_METRIC_EXPECTATION_H

#include "base/regex.h"
#include "metric/predicate.h"

/* What an expectation is about, which is where a suite may declare it. */
enum assay_scope {
    ASSAY_SCOPE_COLUMN, /* under a column, or with `column:` */
    ASSAY_SCOPE_TABLE   /* under the suite's `checks` */
};

enum assay_param_type {
    ASSAY_PARAM_BOOL,     /* bool */
    ASSAY_PARAM_COUNT,    /* struct assay_opt_count: a whole number >= 0 */
    ASSAY_PARAM_NUMBER,   /* struct assay_scalar holding a number */
    ASSAY_PARAM_RATIO,    /* struct assay_opt_ratio: 0..1, or "95%" */
    ASSAY_PARAM_TEXT,     /* struct assay_str; ptr NULL where absent */
    ASSAY_PARAM_SCALAR,   /* struct assay_scalar: number, text, date … as written */
    ASSAY_PARAM_SCALARS,  /* struct assay_scalars */
    ASSAY_PARAM_COLUMN,   /* struct assay_str */
    ASSAY_PARAM_COLUMNS,  /* struct assay_strs: one name or a list of them */
    ASSAY_PARAM_CHOICE,   /* int: index into `choices` */
    ASSAY_PARAM_REGEX,    /* struct assay_regex *, freed with the suite */
    ASSAY_PARAM_EXPR,     /* struct assay_expr * */
    ASSAY_PARAM_DURATION, /* struct assay_opt_duration: microseconds, written 12h, 1d */
    ASSAY_PARAM_RANGES,   /* struct assay_ranges: a map of key: {min, max} */
    ASSAY_PARAM_TUPLES,   /* struct assay_tuples: a list of lists of values */
    ASSAY_PARAM_VALUE,    /* struct assay_value: anything, as it stands; NULL kind: absent */
    ASSAY_PARAM_SETTINGS, /* struct assay_settings: how another source is read */
    ASSAY_PARAM_CHECKS    /* checks of the elements of the column; they stand on their own */
};

struct assay_opt_count {
    bool given;
    uint64_t value;
};

struct assay_opt_ratio {
    bool given;
    double value;
};

struct assay_opt_duration {
    bool given;
    int64_t micros;
};

/* A scalar of a suite: its text and what it was written as. */
struct assay_scalar {
    enum assay_scalar_kind {
        ASSAY_SCALAR_ABSENT,
        ASSAY_SCALAR_NULL,
        ASSAY_SCALAR_BOOLEAN,
        ASSAY_SCALAR_NUMBER,
        ASSAY_SCALAR_STRING
    } kind;
    struct assay_str text;
    uint64_t line, column; /* in the suite */
};

struct assay_scalars {
    bool given;
    const struct assay_scalar *items;
    uint32_t count;
};

struct assay_tuples {
    bool given;
    const struct assay_scalars *rows;
    uint32_t count;
};

struct assay_strs {
    const struct assay_str *items;
    uint32_t count;
};

struct assay_ranges {
    uint32_t count;
    const struct assay_range_row {
        struct assay_scalar key, min, max;
    } * rows;
};

#define ASSAY_PARAM_REQUIRED 1u /* must be given */
#define ASSAY_PARAM_MAIN 2u     /* what `name: value` without a map means */
#define ASSAY_PARAM_ONE_OF 4u   /* at least one of the rows with this flag must be given */
#define ASSAY_PARAM_NONEMPTY 8u /* a list or a text that may not be empty */
#define ASSAY_PARAM_SOURCE 16u  /* names a source: shown as assay_url_mask shows it */

struct assay_param {
    const char *name;
    enum assay_param_type type;
    unsigned flags;
    const char *dflt;           /* as written in a suite; NULL: absent */
    const char *const *choices; /* ASSAY_PARAM_CHOICE, NULL-terminated */
    size_t offset;              /* in the expectation's arguments */
    const char *help;           /* one line */
};

#define ASSAY_TRAIT_ROWWISE 1u  /* takes mostly, warn_below, error_below; counts rows */
#define ASSAY_TRAIT_NO_WHERE 2u /* a fact of the whole table: `where` makes no sense */
#define ASSAY_TRAIT_IMPLICIT 4u /* made by assay itself, once a suite */
#define ASSAY_TRAIT_MULTI 8u    /* of several columns too: `columns: [a, b]` */
#define ASSAY_TRAIT_RECORD 16u  /* without a column it is about the whole record */

/* One use of an expectation: the Suite model's row. Owned by the suite. */
struct assay_check {
    const struct assay_expectation *expectation;
    void *args; /* args_size bytes, filled by the rows of `params` */
    struct assay_str id, name, description, owner, runbook;
    const struct assay_str *tags;
    uint32_t tag_count;
    enum assay_severity severity;
    struct assay_opt_ratio mostly;     /* passes at or above; absent: 1 */
    struct assay_opt_ratio warn_below; /* warns below */
    const struct assay_str *columns;   /* what it is about; 0 for the table */
    uint32_t column_count;
    enum assay_type type;            /* declared type of its (first) column */
    const struct assay_field *field; /* of its (first) column; NULL for the table */
    struct assay_expr *where;
    struct assay_value config;       /* a map: what the suite gave, for reports */
    struct assay_str alias;          /* what the suite calls the expectation, or empty */
    struct assay_value alias_config; /* a map: the parameters under the suite's own names */
    struct assay_value meta;         /* a map: what the suite keeps beside it, unread */
    struct assay_strs index_columns; /* tell which rows failed; none: as the options say */
    struct assay_telling telling;
    struct assay_str file;
    uint64_t line, column;
};

/* Collects what a check needs to know; see assay_need. */
struct assay_needs;

/*
 * Asks for a metric; returns its slot for `judge` (counted from 0 in the order of
 * asking), or a negative number where memory ran out. `spec` is copied; what it points
 * to must live as long as the suite: take it from assay_needs_arena.
 */
int assay_need(struct assay_needs *needs, const struct assay_metric_spec *spec);
struct assay_arena *assay_needs_arena(struct assay_needs *needs);

/* How far an expectation holds, before severity is applied. */
enum assay_level { ASSAY_LEVEL_PASS, ASSAY_LEVEL_WARN, ASSAY_LEVEL_FAIL, ASSAY_LEVEL_ERROR };

/* What judging fills. Texts are the arena's or static. */
struct assay_outcome {
    enum assay_level level;
    struct assay_str message; /* why, one line */
    struct assay_value observed;
    struct assay_value details;
    bool has_counts;
    struct assay_counts counts;
    const struct assay_sample *samples;
    size_t sample_count;
    const struct assay_str *columns; /* of the samples, where they are not the check's own */
    size_t column_count;
    struct assay_error error; /* with ASSAY_LEVEL_ERROR */
    bool not_evaluated;       /* there was nothing to judge (no rows) */
};

struct assay_judge_env {
    struct assay_arena *arena;
    int64_t now;
};

/* What a check's parameters are looked at with, once all rows are filled. */
struct assay_prepare {
    struct assay_arena *arena;
    const struct assay_check *check;
    enum assay_type (*type_of)(void *context, struct assay_str column);
    const struct assay_field *(*field_of)(void *context, struct assay_str column);
    void *context;
    bool lenient;      /* bounds may be left out, and may leave room for nothing */
    const char *param; /* set by `prepare` on failure: the row that the error is about */
};

struct assay_expectation {
    const char *name;    /* equals the file's name */
    const char *summary; /* one line, "values are …" */
    const char *since;
    enum assay_scope scope;
    unsigned traits;
    const struct assay_param *params;
    size_t param_count;
    size_t args_size;
    const char *example; /* a line of YAML, run by a test */
    /* Checks the arguments against each other and prepares them; may be NULL. */
    enum assay_status (*prepare)(void *args, struct assay_prepare *prepare,
                                 struct assay_error *err);
    /*
     * Most need the rows that violate a predicate, given the arguments, or one metric
     * without arguments, or the one and then the other; what is more is for `needs`.
     */
    const struct assay_predicate *predicate;
    const struct assay_metric *metric;
    enum assay_status (*needs)(const struct assay_check *check, struct assay_needs *needs,
                               struct assay_error *err);
    /* NULL: by the rows of the first measure; `tell`, if any, adds what the second found. */
    void (*tell)(const struct assay_measure *measure, const struct assay_judge_env *env,
                 struct assay_outcome *out);
    void (*judge)(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out);
    /* A title for people: "is at least 0"; the column is put before it. */
    void (*title)(const struct assay_check *check, struct assay_buf *out);
    /* Frees what `prepare` took from the heap; may be NULL. */
    void (*release)(void *args);
};

const struct assay_expectation *const *assay_expectations(size_t *count);
const struct assay_expectation *assay_expectation_find(struct assay_str name);

#endif
