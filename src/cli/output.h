/*
 * Where reports go: -o FORMAT[:PATH], several at once.
 */
#ifndef ASSAY_CLI_OUTPUT_H
#define ASSAY_CLI_OUTPUT_H

#include "cli/args.h"
#include "reporters/reporter.h"

#define ASSAY_OUTPUTS_MAX 32u

struct assay_output {
    const struct assay_reporter *reporter;
    const char *path; /* NULL: the standard output */
};

struct assay_outputs {
    struct assay_output items[ASSAY_OUTPUTS_MAX];
    size_t count;
};

/* Reads the -o flags; `text` to the standard output where there is none. */
enum assay_status assay_outputs_parse(const struct assay_args *args, struct assay_outputs *outputs,
                                      struct assay_error *err);

/*
 * Writes a report. A file is written under another name beside its place, synced and
 * renamed, so that readers see the old report or the new one, never half of one; what
 * is no plain file (a pipe, /dev/stdout) is written directly. ASSAY_IO on failure.
 * `options` NULL: the defaults.
 */
enum assay_status assay_output_write(const struct assay_args *args,
                                     const struct assay_options *options,
                                     const struct assay_output *output, const struct assay_run *run,
                                     struct assay_error *err);

#endif
