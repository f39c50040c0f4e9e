/*
 * Records that are told apart: --quarantine, --reasons and what `filter` passes on.
 */
#ifndef ASSAY_CLI_APART_H
#define ASSAY_CLI_APART_H

#include "cli/output.h"
#include "engine/filter.h"

struct assay_apart {
    bool wanted;   /* there is anything to tell apart */
    bool passes;   /* what passes goes to the standard output */
    bool unopened; /* the quarantine could not be, and a validation goes on without */
    struct assay_filter filter;
    struct assay_output_file file; /* path NULL: nothing is quarantined */
};

enum assay_status assay_apart_parse(const struct assay_args *args, bool passes,
                                    struct assay_apart *apart, struct assay_error *err);

/*
 * Opens the quarantine. Where that cannot be a filter ends (ASSAY_IO), and a validation goes on
 * without, which its exit status tells.
 */
enum assay_status assay_apart_open(struct assay_apart *apart, const struct assay_args *args,
                                   struct assay_error *err);

/*
 * Puts the quarantine in its place, says how many records went where, and returns the exit
 * status. A run that broke leaves what it had told apart until then; `whole`: it did not.
 */
int assay_apart_close(struct assay_apart *apart, const struct assay_args *args, bool whole,
                      int status);

#endif
