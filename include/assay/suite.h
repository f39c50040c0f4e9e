/*
 * Loading a suite and running it: the calls most programs need.
 *
 *     struct assay_suite *suite = assay_suite_load("orders.yml", report, NULL);
 *     struct assay_run *run = NULL;
 *     struct assay_error error;
 *     if (suite && assay_validate(suite, "orders.csv", NULL, 0, &run, &error) == ASSAY_OK)
 *         printf("%s\n", assay_verdict_name(run->verdict));
 *     assay_run_free(run);
 *     assay_suite_free(suite);
 */
#ifndef ASSAY_SUITE_H
#define ASSAY_SUITE_H

#include "assay/run.h"

struct assay_suite;

/* Called once for each problem of a suite, in order of position. */
typedef void assay_problem_fn(void *context, const struct assay_error *problem, bool warning);

/*
 * Reads a suite file. Every problem is told to `report` (which may be NULL). Returns
 * NULL where the suite has errors; the caller frees what it gets.
 */
ASSAY_API struct assay_suite *assay_suite_load(const char *path, assay_problem_fn *report,
                                               void *context);
ASSAY_API void assay_suite_free(struct assay_suite *suite);

/* A setting as on the command line, without the dashes: {"threads", "2"}. */
struct assay_setting {
    const char *name;
    const char *value;
};

/*
 * Runs a suite over a source: a path, a directory, a glob or "-"; NULL: what the suite names.
 * ASSAY_OK means that there is a Run, whatever its verdict; else `err` says why not.
 * The suite may be run again, by one thread at a time. The caller frees the Run.
 */
ASSAY_API enum assay_status assay_validate(struct assay_suite *suite, const char *source,
                                           const struct assay_setting *settings,
                                           size_t setting_count, struct assay_run **run,
                                           struct assay_error *err) ASSAY_CHECKED;
ASSAY_API void assay_run_free(struct assay_run *run);

/*
 * Renders a Run: "text", "json", "junit", …. `write` gets the bytes piece by piece and
 * returns 0, or another number to stop, which ends in ASSAY_IO.
 */
typedef int assay_write_fn(void *context, const char *bytes, size_t len);
ASSAY_API enum assay_status assay_run_render(const struct assay_run *run, const char *format,
                                             assay_write_fn *write, void *context,
                                             struct assay_error *err) ASSAY_CHECKED;

/* "0.1.0" */
ASSAY_API const char *assay_version(void);

#endif
