/*
 * Checkpoints: files that name several suites and the sources of each.
 *
 *     version: 1
 *     runs:
 *       - {suite: orders.yml, source: data/orders.csv}
 *       - suite: customers.yml
 *         name: customers of today
 *         vars: {DAY: "${DAY}"}
 *
 * Those of Great Expectations are read too, where they name files: of 0.x with
 * `validations` or `batches`, of 1.x with `validation_definitions`.
 */
#ifndef ASSAY_SUITE_CHECKPOINT_H
#define ASSAY_SUITE_CHECKPOINT_H

#include "suite/suite.h"

struct assay_checkpoint_run {
    struct assay_str name;           /* for the reports' dataset; or empty */
    const char *suite;               /* a path */
    const struct assay_str *sources; /* 0: the suite's own */
    uint32_t source_count;
    const struct assay_variable *variables; /* its own, behind those of the request */
    uint32_t variable_count;
    const struct assay_error *error; /* why it cannot be run; or NULL */
};

struct assay_checkpoint {
    struct assay_arena arena; /* holds all of it */
    struct assay_checkpoint_run *runs;
    uint32_t run_count, run_cap;
};

/*
 * Whether a file is a checkpoint. Only plain files are looked at, so that a pipe is still
 * whole for whoever reads it as a suite.
 */
bool assay_checkpoint_is(const char *path);

/*
 * Reads one. Relative paths start at its directory; those of Great Expectations where it
 * would look. All problems are filed in `diags`; NULL where there was an error. A run that
 * names no suite or file that could be found has an `error` of its own instead.
 */
struct assay_checkpoint *assay_checkpoint_read(const char *path,
                                               const struct assay_suite_request *request,
                                               struct assay_diags *diags);
/*
 * What a run's suite is to be read with: its own variables, and behind them those of the
 * request, which count. The texts live as long as both. False: no memory.
 */
bool assay_checkpoint_request(struct assay_checkpoint *checkpoint,
                              const struct assay_checkpoint_run *run,
                              const struct assay_suite_request *request,
                              struct assay_suite_request *out);

void assay_checkpoint_free(struct assay_checkpoint *checkpoint);

#endif
