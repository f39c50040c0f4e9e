/*
 * Files of several formats as one source. For src/source only.
 */
#ifndef ASSAY_SOURCE_MIXED_H
#define ASSAY_SOURCE_MIXED_H

#include "source/source_base.h"

#define ASSAY_MIXED_PARTS 2

/*
 * Takes over the parts, in any case: sources of one format each, which are read one after
 * the other. The columns are those of the first; a column that a suite names has to be in
 * all of them. At most ASSAY_MIXED_PARTS.
 */
enum assay_status assay_mixed_open(struct assay_source *const *parts, uint32_t count,
                                   struct assay_source **out,
                                   struct assay_error *err) ASSAY_CHECKED;

#endif
