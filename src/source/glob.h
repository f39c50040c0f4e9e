/*
 * From what a person names to the files that are meant.
 */
#ifndef ASSAY_SOURCE_GLOB_H
#define ASSAY_SOURCE_GLOB_H

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

#define ASSAY_GLOB_FILES 100000 /* more at once are refused */

struct assay_glob {
    const char *const *paths; /* in bytewise order, in the arena */
    uint32_t count;           /* at least 1 */
    bool pattern;             /* it was a pattern: whatever matched was meant */
};

/* Whether a name has the characters of a pattern: * ? [ */
bool assay_glob_is_pattern(struct assay_str spec);

/*
 * A name without pattern characters, or that of a file that is there, stands for itself
 * (`-` too), whether it can be opened or not. A pattern stands for the files that match;
 * directories do not. Codes: SOURCE-MISSING where none does, SOURCE-GLOB.
 */
enum assay_status assay_glob_expand(struct assay_str spec, struct assay_arena *arena,
                                    struct assay_glob *out, struct assay_error *err) ASSAY_CHECKED;

#endif
