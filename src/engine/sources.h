/*
 * Which sources are meant by the names in a suite.
 */
#ifndef ASSAY_ENGINE_SOURCES_H
#define ASSAY_ENGINE_SOURCES_H

#include "source/source.h"
#include "suite/suite.h"

/* A source that a suite names: a path starts at the suite's directory. */
struct assay_str assay_sources_resolve(const struct assay_suite *suite, struct assay_str name,
                                       struct assay_arena *arena);

/* The source that is validated, `sources` or else the suite's; empty where it is not one. */
struct assay_str assay_sources_main(const struct assay_suite *suite,
                                    const struct assay_str *sources, uint32_t count,
                                    struct assay_arena *arena);

/*
 * Another source that a check names. Beside a database, `main`, a name that is no file's is
 * that of another table there.
 */
struct assay_str assay_sources_other(const struct assay_suite *suite, struct assay_str main,
                                     struct assay_str name,
                                     const struct assay_source_options *options,
                                     struct assay_arena *arena);

#endif
