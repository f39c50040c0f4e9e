/*
 * Running a suite over a source, from plan to Run.
 */
#ifndef ASSAY_ENGINE_VALIDATE_H
#define ASSAY_ENGINE_VALIDATE_H

#include "engine/explain.h"
#include "engine/filter.h"
#include "engine/pass.h"

struct assay_validation {
    const struct assay_suite *suite;
    const struct assay_options *options; /* the suite's, with the command line's on top */
    const struct assay_str *sources;     /* read as one, in this order */
    uint32_t source_count;               /* 0: the suite's own */
    struct assay_progress *progress;     /* NULL: nobody is watching */
    struct assay_filter *filter;         /* NULL: records are not told apart */
    const char *const *outputs;          /* files to be written: OUTPUT-SAME where one is read */
    uint32_t output_count;
    _Atomic int *stop;             /* set to a signal number to stop; may be NULL */
    struct assay_explain *explain; /* not NULL: nothing is run, only told; without filter */
};

/*
 * Makes a Run. A source that cannot be read, or is cut short, still makes one: its
 * verdict is ASSAY_ERROR, run->error says why, and no expectation has a verdict from
 * half the data. Statuses other than ASSAY_OK are those in which there is no Run: no
 * source is named, no memory, a signal before the end.
 *
 * With `explain` there is no Run: *out is NULL, and a source that cannot be opened is a failure.
 */
enum assay_status assay_validation_run(const struct assay_validation *validation,
                                       struct assay_run **out, struct assay_error *err);

#endif
