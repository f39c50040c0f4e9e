/*
 * A plan: the distinct metrics that a suite's checks need, and in which order.
 *
 * Phase 0 folds other sources (the keys of a relationship's parent), phase 1 the source
 * itself, phase 2 reads it again for what can be said only after phase 1 (which rows
 * were the duplicates).
 */
#ifndef ASSAY_ENGINE_PLAN_H
#define ASSAY_ENGINE_PLAN_H

#include "suite/suite.h"

#define ASSAY_PHASES 3

/* One metric to compute. */
struct assay_task {
    struct assay_metric_spec spec;
    int depends; /* task that must be finished first, or -1 */
    unsigned phase;
    const struct assay_field **fields; /* of its columns, in order */
    uint32_t first_check;              /* the first check that asked: errors point there */
    struct assay_str key;              /* what makes two specs equal */
};

/* The tasks of one check, in the order in which it asked. */
struct assay_plan_check {
    const struct assay_check *check;
    uint32_t *tasks;
    uint32_t task_count;
    bool of_values;    /* it looks at values of the run's own records */
    bool rowwise;      /* a task decides, row by row, what the check fails for */
    uint32_t row_task; /* rowwise: that task */
};

struct assay_plan {
    struct assay_arena arena;
    struct assay_task *tasks;
    uint32_t task_count;
    struct assay_plan_check *checks;
    uint32_t check_count;
    struct assay_plan_kinds { /* for columns whose type is inferred: what they hold */
        struct assay_str column;
        uint32_t task;
    } * kinds;
    uint32_t kind_count;
    uint32_t *declared; /* tasks that look for columns which are declared, and nothing more */
    uint32_t declared_count;
};

/*
 * Plans the suite's checks (those that have one of the options' tags, where tags are
 * given; their number may be 0). Frees nothing on failure: call assay_plan_free always.
 */
enum assay_status assay_plan_make(struct assay_plan *plan, const struct assay_suite *suite,
                                  const struct assay_options *options, struct assay_error *err);
/* Whether anything is known only once the data was read a second time. */
bool assay_plan_reads_again(const struct assay_plan *plan);

void assay_plan_free(struct assay_plan *plan);

#endif
