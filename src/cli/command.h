/*
 * A subcommand: one file, one descriptor.
 */
#ifndef ASSAY_CLI_COMMAND_H
#define ASSAY_CLI_COMMAND_H

#include "cli/args.h"

struct assay_command {
    const char *name;
    const char *summary;  /* one line */
    const char *usage;    /* behind "assay NAME " */
    const char *examples; /* lines, indented by two */
    const struct assay_flag *flags;
    size_t flag_count;
    bool settings; /* takes the settings that suites and command line share */
    /* Returns the process exit status. */
    int (*run)(struct assay_args *args);
};

extern const struct assay_command assay_command_validate;
extern const struct assay_command assay_command_filter;
extern const struct assay_command assay_command_lint;
extern const struct assay_command assay_command_convert;
extern const struct assay_command assay_command_list;
extern const struct assay_command assay_command_explain;

/* validate and filter: `passes` the records that do on to the standard output. */
int assay_validate_command(struct assay_args *args, bool passes);

#endif
