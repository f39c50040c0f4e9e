/*
 * Several suites over several sources in one command.
 */
#ifndef ASSAY_CLI_CHECKPOINT_H
#define ASSAY_CLI_CHECKPOINT_H

#include "cli/output.h"
#include "engine/validate.h"

/* Runs the checkpoint that the first operand names; returns the exit status. */
int assay_checkpoint_command(struct assay_args *args, struct assay_outputs *outputs);

/* A source that is a terminal means that the user forgot to name one. */
enum assay_status assay_validate_check_terminal(const struct assay_validation *validation,
                                                struct assay_error *err);

/*
 * What `validate` makes of the settings of a suite: the command line's on top, TMPDIR, and as
 * many samples as its checks ask for.
 */
enum assay_status assay_validate_prepare(struct assay_args *args, const struct assay_suite *suite,
                                         struct assay_options *options, struct assay_error *err);
/* --gx-compat: false where it is neither of its words, which has been said. */
bool assay_validate_compat(struct assay_args *args, bool *strict);

/*
 * What ends before there is a Run: its reports say only why. Programs that read one get
 * a document in any case; people have been told on stderr. Returns the status.
 */
int assay_validate_refuse(struct assay_args *args, struct assay_outputs *outputs,
                          const struct assay_error *why, int status);
/* --no-timings */
void assay_validate_hide_times(const struct assay_args *args, const struct assay_options *options,
                               struct assay_run *run);

#endif
