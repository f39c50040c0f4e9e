/*
 * The settings that suites and the command line share, each one row of one table.
 *
 * A row gives a setting's name (`null_values` in a suite, `--null-values` on the command
 * line), how its value is read, and its help. Who sets last wins: built-in defaults,
 * then the suite, then the command line.
 */
#ifndef ASSAY_SUITE_OPTIONS_H
#define ASSAY_SUITE_OPTIONS_H

#include "assay/run.h"
#include "source/source.h"

/* Whether a database computes what it can. */
enum assay_pushdown { ASSAY_PUSHDOWN_AUTO, ASSAY_PUSHDOWN_OFF, ASSAY_PUSHDOWN_ALWAYS };

enum assay_fail_on { ASSAY_FAIL_ON_FAIL, ASSAY_FAIL_ON_WARN, ASSAY_FAIL_ON_ERROR };

struct assay_options {
    struct assay_source_options source;
    uint32_t threads;      /* 0: one a core, at most 8 */
    uint64_t memory_limit; /* bytes for what grows with the data */
    bool has_as_of;
    int64_t as_of;        /* microseconds UTC; else the time the run starts */
    uint64_t limit;       /* records; 0: all */
    double sample;        /* share of the records, by a hash of their number; 1: all */
    uint32_t max_samples; /* failing values shown an expectation */
    enum assay_result_format result_format;
    const struct assay_str *index_columns; /* their values tell which rows failed */
    uint32_t index_column_count;
    uint32_t max_values; /* entries of a list of values in a report for programs */
    enum assay_fail_on fail_on;
    enum assay_pushdown pushdown;
    bool gx_strict; /* -o gx: also with Great Expectations' known defects */
    bool allow_empty;
    bool exit_zero;
    bool has_severity; /* --set severity=…: every check's */
    enum assay_severity severity;
    const struct assay_str *tags; /* only checks with one of these */
    uint32_t tag_count;
    const char *temp_dir; /* where to spill; NULL: TMPDIR or /var/tmp */
};

void assay_options_init(struct assay_options *options);

enum assay_option_type {
    ASSAY_OPTION_FLAG, /* true, false */
    ASSAY_OPTION_BYTE, /* one character; `tab` or `\t` for a tab */
    ASSAY_OPTION_CHOICE,
    ASSAY_OPTION_HEADER, /* yes, no, or a list of names */
    ASSAY_OPTION_LIST,   /* texts; on the command line separated by commas */
    ASSAY_OPTION_UINT32,
    ASSAY_OPTION_UINT64,
    ASSAY_OPTION_SIZE,     /* bytes: 64MB, 1GiB */
    ASSAY_OPTION_SHARE,    /* 0..1 or 10% */
    ASSAY_OPTION_TIME,     /* ISO 8601 */
    ASSAY_OPTION_DURATION, /* 500ms, 30s, 5m: int64_t microseconds */
    ASSAY_OPTION_TEXT
};

#define ASSAY_OPTION_SUITE 1u   /* may stand under `options:` */
#define ASSAY_OPTION_COMMAND 2u /* may be given on the command line */
#define ASSAY_OPTION_REPEAT 4u  /* may be given several times: they add up */

struct assay_option {
    const char *name; /* as in a suite; the flag has '-' for '_' */
    enum assay_option_type type;
    unsigned flags;
    const char *const *choices; /* NULL-terminated */
    const char *value_name;     /* in help: CHAR, N, … */
    const char *help;
    size_t offset; /* in struct assay_options */
    bool positive; /* numbers: 0 is refused */
};

const struct assay_option *assay_option_rows(size_t *count);
const struct assay_option *assay_option_find(struct assay_str name);

/*
 * Sets one option from text or texts (a LIST or HEADER may have several). What is kept
 * is copied to the arena. Errors: code USAGE-OPTION, without a position.
 */
enum assay_status assay_option_set(struct assay_options *options, const struct assay_option *row,
                                   const struct assay_str *values, uint32_t count,
                                   struct assay_arena *arena, struct assay_error *err);

/* The same from one text as on a command line: a LIST or HEADER is split at commas. */
enum assay_status assay_option_set_text(struct assay_options *options,
                                        const struct assay_option *row, struct assay_str text,
                                        struct assay_arena *arena, struct assay_error *err);

#endif
