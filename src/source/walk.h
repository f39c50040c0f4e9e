/*
 * The files below a directory.
 */
#ifndef ASSAY_SOURCE_WALK_H
#define ASSAY_SOURCE_WALK_H

#include "base/arena.h"
#include "base/error.h"

#include <stdint.h>

#define ASSAY_WALK_FILES 100000 /* more at once are refused */
#define ASSAY_WALK_DEPTH 64     /* directories within directories */

/* Paths as they are found, in an arena. */
struct assay_paths {
    struct assay_arena *arena;
    const char **items;
    uint32_t count, room;
};

/* Code SOURCE-GLOB where there are too many. */
enum assay_status assay_paths_add(struct assay_paths *paths, const char *path,
                                  struct assay_error *err) ASSAY_CHECKED;

/* Bytewise: no locale decides. */
void assay_paths_sort(struct assay_paths *paths, uint32_t from);

/*
 * Adds the files below `directory` ("" is the current one, and not part of the paths), in
 * no order. As Spark and Hive have it, what begins with a dot or an underscore is no data,
 * but `_x=1` is a partition; sockets and devices are none either. Links are followed.
 * Codes: SOURCE-PERMISSION, SOURCE-OPEN, SOURCE-GLOB (too many, or links in a circle).
 */
enum assay_status assay_walk(const char *directory, struct assay_paths *paths,
                             struct assay_error *err) ASSAY_CHECKED;

#endif
