/*
 * Memory named by its lifetime: everything taken from an arena is released at once.
 *
 * There are three: a suite's (what was read from the suite), a run's (metric states,
 * results) and a batch's (reset every batch). An arena is not thread-safe. A failed
 * allocation returns NULL; the caller answers with assay_fail_nomem.
 */
#ifndef ASSAY_BASE_ARENA_H
#define ASSAY_BASE_ARENA_H

#include "base/str.h"

#include <stddef.h>

struct assay_arena_block;

struct assay_arena {
    struct assay_arena_block *blocks; /* newest first */
    size_t used;                      /* bytes taken from the newest block */
    size_t limit;                     /* total bytes it may hold; 0: no limit */
    size_t total;                     /* bytes held from the system */
    size_t hint;                      /* what it held at the last reset: the next block's size */
    bool failed;                      /* something could not be had; until init or free */
};

void assay_arena_init(struct assay_arena *arena, size_t limit);

/* Zeroed memory, aligned for any type (16 bytes). */
void *assay_arena_alloc(struct assay_arena *arena, size_t size);

/* An array of `count` zeroed elements; NULL too where the product overflows. */
void *assay_arena_array(struct assay_arena *arena, size_t count, size_t size);

/* Uninitialised memory aligned to 64 bytes, for large scratch of a batch. */
void *assay_arena_scratch(struct assay_arena *arena, size_t size);

/* A NUL-terminated copy. */
char *assay_arena_strdup(struct assay_arena *arena, struct assay_str text);
char *assay_arena_printf(struct assay_arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Forgets everything. One block is kept; where there were several, the next one is as
 * large as all of them together, so that an arena used in rounds soon needs one only.
 */
void assay_arena_reset(struct assay_arena *arena);

/* Gives everything back to the system; the arena may be used again. */
void assay_arena_free(struct assay_arena *arena);

#endif
