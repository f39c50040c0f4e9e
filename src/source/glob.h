/*
 * From what a person names to the files that are meant.
 */
#ifndef ASSAY_SOURCE_GLOB_H
#define ASSAY_SOURCE_GLOB_H

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct assay_glob {
    const char *const *paths; /* in the arena */
    uint32_t count;           /* at least 1 */
    bool pattern;             /* it was a pattern: whatever matched was meant */
};

/* Whether a name has the characters of a pattern: * ? [ */
bool assay_glob_is_pattern(struct assay_str spec);

/*
 * A name without pattern characters, or that of a file that is there, stands for itself
 * (`-` too), whether it can be opened or not; that of a directory stands for the files
 * below it (walk.h). A pattern stands for what each match stands for; `**` among the
 * directories of a pattern is any number of them. All in bytewise order of their paths.
 *
 * Codes: SOURCE-MISSING where there is no file, SOURCE-GLOB, SOURCE-PERMISSION.
 */
enum assay_status assay_glob_expand(struct assay_str spec, struct assay_arena *arena,
                                    struct assay_glob *out, struct assay_error *err) ASSAY_CHECKED;

struct assay_input_options;

/*
 * Several names: the files of the first, then those of the second; SOURCE-TWICE. Those on
 * servers (remote.h) among them are asked for as `inputs` says.
 */
enum assay_status assay_glob_expand_all(const struct assay_str *specs, uint32_t count,
                                        const struct assay_input_options *inputs,
                                        struct assay_arena *arena, struct assay_glob *out,
                                        struct assay_error *err) ASSAY_CHECKED;

#endif
