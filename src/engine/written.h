/*
 * What a run writes may not be what it reads: a report in place of the data would be the end
 * of both.
 */
#ifndef ASSAY_ENGINE_WRITTEN_H
#define ASSAY_ENGINE_WRITTEN_H

#include "source/source.h"

#include <sys/stat.h>

/* The file of a source that is the one of `output`, as a person would name it; or NULL. */
const char *assay_written_is_read(const struct assay_source *source, const struct stat *output);

/* OUTPUT-SAME (ASSAY_USAGE) where one of the paths is a file of the source. */
enum assay_status assay_written_check(const struct assay_source *source, const char *const *paths,
                                      uint32_t count, struct assay_error *err) ASSAY_CHECKED;

#endif
