/*
 * A FIFO fed by a thread, a byte at a time: how data looks that comes from elsewhere.
 */
#ifndef ASSAY_TESTS_TRICKLE_H
#define ASSAY_TESTS_TRICKLE_H

#include <stddef.h>

struct trickle;

/* Starts feeding; `text` is borrowed until the stop. SIGPIPE must be ignored. */
struct trickle *trickle_start(const char *path, const char *text, size_t len);

/* Waits until all is written, or nobody reads any more. */
void trickle_stop(struct trickle *trickle);

#endif
