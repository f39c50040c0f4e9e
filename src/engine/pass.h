/*
 * One pass: a set of metrics folded over a source by one or more workers.
 */
#ifndef ASSAY_ENGINE_PASS_H
#define ASSAY_ENGINE_PASS_H

#include "engine/plan.h"

struct assay_filter;
struct assay_db_relation;
struct assay_sql_ask;

/* What a person watching sees; written by the workers, read by whoever shows it. */
struct assay_progress {
    _Atomic uint64_t records;
    _Atomic uint64_t bytes;       /* as stored */
    _Atomic uint64_t total_bytes; /* 0: not known */
    _Atomic uint64_t violations;
};

/* A task bound to a source: where its columns are, its states, what came of it. */
struct assay_bound {
    const struct assay_task *task;
    uint32_t *indexes;       /* of its columns in the source */
    uint32_t *where_indexes; /* of its filter's columns */
    uint32_t where_count;
    const struct assay_field **where_fields;
    uint32_t *beside_indexes; /* of the columns that go with samples */
    uint32_t beside_count;
    const struct assay_field **beside_fields;
    bool marked;                          /* the pass's filter wants to know which rows it marks */
    bool unbound;                         /* a column is not there: `measure.error` says which; not
                                   failed where the source has no columns at all */
    void *state;                          /* merged and finished; NULL before */
    void *depends;                        /* the finished state it looks at */
    struct assay_bound *first;            /* whose state that is, or will be; NULL: no other's */
    const struct assay_db_relation *keys; /* of keys: where they are in the run's own database,
                                             and not read yet; or NULL */
    const struct assay_sql_ask *sql;      /* a database computed it, by these questions; or NULL */
    const char *why;                      /* it could have, and did not: the reason; or NULL */
    struct assay_measure measure;
};

struct assay_pass {
    struct assay_source *source;
    const struct assay_suite *suite;
    const struct assay_options *options;
    struct assay_bound **tasks;
    uint32_t task_count;
    struct assay_budget *budget;
    struct assay_arena *arena; /* the run's: measures and bindings */
    struct assay_progress *progress;
    struct assay_filter *filter; /* takes each batch once it is judged; or NULL */
    _Atomic int *stop;           /* not 0: a signal number, stop cleanly; may be NULL */
    uint32_t threads;
    uint64_t seed;
    int64_t now;
    bool stop_when_satisfied; /* end early once every task is satisfied */
    bool again;               /* what is unsure afterwards will get another pass */
    /* out: */
    uint64_t records; /* data records seen, inside --limit and --sample */
    bool limited;     /* --limit or --sample left records out */
};

/*
 * Binds the tasks to the source's columns. A column that is missing or named twice makes
 * its task unbound, with the error that its checks then report.
 */
enum assay_status assay_pass_bind(struct assay_pass *pass, struct assay_error *err);

/*
 * At the end of the data: a column that no record had makes its tasks failed, for sources
 * whose columns are not known before.
 */
void assay_pass_found(struct assay_pass *pass);

/* One a core that this process may use, at most 8: beyond that the turnstile is the limit. */
uint32_t assay_pass_threads(void);

/* Runs over all the data, merges and finishes: each task's measure is then set. */
enum assay_status assay_pass_run(struct assay_pass *pass, struct assay_error *err);

/*
 * The same of files at hand, which metrics may count on being read again: those that are
 * unsure afterwards are.
 */
enum assay_status assay_pass_run_sure(struct assay_pass *pass, struct assay_error *err);

/* What a task's metric is told when its state is made. */
struct assay_metric_env assay_pass_env(const struct assay_pass *pass,
                                       const struct assay_bound *bound);

/* Gives back the states' memory. */
void assay_bound_reset(struct assay_bound *bound);

#endif
