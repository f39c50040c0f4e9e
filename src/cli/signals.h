/*
 * Ctrl-C and SIGTERM: the first stops cleanly, the second at once.
 */
#ifndef ASSAY_CLI_SIGNALS_H
#define ASSAY_CLI_SIGNALS_H

#include <stdatomic.h>

/* Starts watching; the flag becomes the number of the first signal. */
_Atomic int *assay_signals_watch(void);

/* The signal that was caught, or 0. */
int assay_signals_caught(void);

#endif
