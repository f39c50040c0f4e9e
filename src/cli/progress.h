/*
 * Showing progress while a run goes on: on a terminal a line that is redrawn, else a
 * line every half minute.
 */
#ifndef ASSAY_CLI_PROGRESS_H
#define ASSAY_CLI_PROGRESS_H

#include "cli/args.h"
#include "engine/pass.h"

struct assay_ticker;

/* NULL where nothing is to be shown. */
struct assay_ticker *assay_ticker_start(const struct assay_args *args,
                                        struct assay_progress *progress);
void assay_ticker_stop(struct assay_ticker *ticker);

#endif
