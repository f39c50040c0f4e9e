/*
 * Help texts, made from the descriptors.
 */
#ifndef ASSAY_CLI_HELP_H
#define ASSAY_CLI_HELP_H

#include "cli/command.h"

const struct assay_command *const *assay_commands(size_t *count);
const struct assay_command *assay_command_find(const char *name);

/* Each prints to stdout and returns the exit status. */
int assay_help_short(void);
int assay_help_long(void);
int assay_help_command(const struct assay_command *command);
int assay_help_version(bool json);

#endif
