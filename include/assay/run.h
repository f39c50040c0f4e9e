/*
 * A Run: the finished, immutable record of a suite evaluated over a source.
 *
 * Reporters, history and alerts read a Run and nothing else. Everything reachable from
 * it is owned by it and released by assay_run_free. Counts are always exact; `samples`
 * is the only thing that is capped. Apart from `started`, `finished` and the sizes that
 * a pipe cannot tell, a Run depends only on the suite, the data and the options: not
 * on the number of threads, the size of a batch or the machine.
 */
#ifndef ASSAY_RUN_H
#define ASSAY_RUN_H

#include "assay/value.h"

enum assay_verdict {
    ASSAY_PASS,
    ASSAY_WARN,
    ASSAY_FAIL,
    ASSAY_ERROR,  /* could not be evaluated: `error` says why */
    ASSAY_SKIPPED /* was not evaluated: `message` says why */
};
#define ASSAY_VERDICTS 5

/* How much a report in Great Expectations' format tells, under its own names. */
enum assay_result_format {
    ASSAY_RESULT_BOOLEAN_ONLY,
    ASSAY_RESULT_BASIC,
    ASSAY_RESULT_SUMMARY,
    ASSAY_RESULT_COMPLETE,
    ASSAY_RESULT_UNSAID /* as the suite says, else SUMMARY */
};

/* How the suite wants one result told, in a report that asks. */
struct assay_telling {
    bool has_format;
    enum assay_result_format format;
    bool has_partial;
    uint32_t partial; /* entries of the lists that are called partial */
    bool rows;        /* whole failing rows as well */
    bool no_values;   /* no failing values */
    bool no_query;    /* no text that would find the failing rows */
};

enum assay_severity { ASSAY_SEVERITY_ERROR, ASSAY_SEVERITY_WARN, ASSAY_SEVERITY_INFO };

/* A failing value and where it stands; numbers count from 1, 0 means unknown. */
struct assay_sample {
    uint64_t record; /* over all files of the run */
    uint64_t line;   /* physical line in its file */
    uint64_t column; /* byte column on that line */
    uint32_t file;   /* index into the run's files */
    size_t value_count;
    const struct assay_value *values; /* one for each of the result's columns */
    size_t beside_count;
    const struct assay_value *beside; /* one for each of the result's `beside` */
    struct assay_str note;            /* what is wrong with it, where that is not plain; or empty */
};

/*
 * Row counts, under Great Expectations' names. Percentages are not stored: they are
 * unexpected_count / (element_count - missing_count), and null where that is 0 / 0.
 */
struct assay_counts {
    uint64_t element_count;    /* rows looked at: usable, and picked by `where` */
    uint64_t missing_count;    /* of those, rows whose value is null */
    uint64_t considered_count; /* rows that the verdict is about */
    uint64_t unexpected_count; /* of those, rows that violate the expectation */
};

/* Where a result was computed, when its source is a database. */
enum assay_way {
    ASSAY_WAY_NONE,     /* the source is no database */
    ASSAY_WAY_DATABASE, /* by the database: only failing rows left it */
    ASSAY_WAY_STREAM    /* by assay, from rows that the database gave */
};

/* One expectation's outcome. Each declared expectation has exactly one. */
struct assay_result {
    struct assay_str id;          /* stable: declared, or derived from the declaration */
    struct assay_str expectation; /* e.g. "not_null" */
    struct assay_str name;        /* declared, or empty */
    struct assay_str title;       /* one line for people, e.g. "email matches regex ^…$" */
    struct assay_str description, owner, runbook;
    const struct assay_str *tags;
    size_t tag_count;
    const struct assay_str *columns;
    size_t column_count;
    struct assay_str where;          /* the filter's text, or empty */
    struct assay_value config;       /* a map: the parameters that were given */
    struct assay_str alias;          /* what the suite calls the expectation, where that is not
                                     assay's name; or empty */
    struct assay_value alias_config; /* a map: the parameters under the suite's own names */
    struct assay_value meta;         /* a map: what the suite keeps beside it; or NULL kind */
    enum assay_severity severity;
    enum assay_verdict verdict;
    struct assay_str message;    /* why: one line, or empty on a plain pass */
    struct assay_value observed; /* NULL kind where there is none */
    struct assay_value details;  /* a map of further facts; NULL kind where there are none */
    bool has_counts;
    struct assay_counts counts;
    const struct assay_sample *samples;
    size_t sample_count;
    const struct assay_str *beside; /* columns whose values go with each sample */
    size_t beside_count;
    const struct assay_str *index_columns; /* of these, the ones that tell which row it is */
    size_t index_column_count;
    struct assay_telling telling;
    const struct assay_error *error; /* with ASSAY_ERROR; else NULL */
    enum assay_way way;              /* databases: who computed it */
    struct assay_str way_reason;     /* streamed: why the database did not; else empty */
    struct assay_str suite_file;     /* where it was declared */
    uint64_t suite_line, suite_column;
};

struct assay_run_file {
    struct assay_str path;
    uint64_t bytes; /* as stored; 0 where --limit left some of it unread */
    uint64_t records;
};

struct assay_run {
    struct assay_str suite;           /* the suite's path */
    struct assay_str dataset;         /* its `dataset`, or the source's name */
    struct assay_str source;          /* as it was named */
    enum assay_verdict verdict;       /* the worst that counts; ASSAY_SKIPPED: nothing evaluated */
    enum assay_exit exit;             /* the process exit status it stands for */
    uint64_t counts[ASSAY_VERDICTS];  /* results by verdict */
    uint64_t records;                 /* data records read, malformed ones included */
    uint64_t malformed;               /* records of these that are malformed */
    uint64_t bytes;                   /* of the files, as stored; 0: not known */
    bool partial;                     /* --limit or --sample: a part of the data only */
    int64_t started, finished, as_of; /* microseconds since 1970 UTC; 0: left out */
    const struct assay_run_file *files;
    size_t file_count;
    const struct assay_str *columns; /* of the source, in order */
    size_t column_count;
    const struct assay_str *notices; /* what a person should know besides */
    size_t notice_count;
    const struct assay_result *results; /* in the suite's order; well_formed last */
    size_t result_count;
    const struct assay_error *error; /* why the run broke off, or NULL */
};

ASSAY_API const char *assay_verdict_name(enum assay_verdict verdict);
ASSAY_API const char *assay_severity_name(enum assay_severity severity);

#endif
