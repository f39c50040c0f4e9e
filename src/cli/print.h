/*
 * Talking to the person at the terminal: errors, colours, standard streams.
 */
#ifndef ASSAY_CLI_PRINT_H
#define ASSAY_CLI_PRINT_H

#include "cli/args.h"
#include "source/db.h"

#include <stdio.h>

/* Whether a stream may be coloured: --color, NO_COLOR, TERM, and whether it is a terminal. */
bool assay_color_for(const struct assay_args *args, FILE *stream);

/*
 * error[CODE]: file:line:col: what, then the source line with a caret, then one help
 * line; on stderr, all of it escaped.
 */
void assay_print_error(const struct assay_args *args, const struct assay_error *error);
void assay_print_warning(const struct assay_args *args, const struct assay_error *error);

/* All problems of a suite, in order of position, and how many were not shown. */
void assay_print_diags(const struct assay_args *args, struct assay_diags *diags);

/* -vv: prints on stderr what databases are asked, as it happens; `args` must outlive it. */
struct assay_db_trace assay_print_trace(struct assay_args *args);

/* The exit status for a call that ended in `status` without a Run. */
int assay_exit_of(enum assay_status status);

/* Writes all of it to stdout; the exit status: 5 where it cannot be, 141 where nobody reads. */
int assay_print_out(struct assay_str text);

#endif
