/*
 * Telling the records that pass from those that fail, while the data streams by.
 *
 * A record fails where it is malformed, and where a check fails for it that looks at records
 * one by one and whose failing counts: of severity error, or warn where --fail-on warn says
 * so. `mostly` does not save it. What looks at all records (unique, z_score) is known only
 * once they were read: data that can be read twice is, and then they fail for it too.
 *
 * Bytes are those of the data, in its order, whatever the number of threads and the size of
 * batches. The descriptors are the caller's.
 */
#ifndef ASSAY_ENGINE_FILTER_H
#define ASSAY_ENGINE_FILTER_H

#include "assay/status.h"

#include <stdbool.h>
#include <stdint.h>

struct assay_filter_state;

struct assay_filter {
    int out;                     /* where records that pass go; -1: they are only counted */
    int quarantine;              /* where those that fail go; -1: the same */
    const char *quarantine_path; /* as a person names it */
    bool raw;    /* the quarantine has the bytes alone; else objects that say why, a line each */
    int reasons; /* where a line for each reason goes; -1: nowhere */
    /* What came of it. */
    uint64_t passed, quarantined;
    bool begun;                 /* records were told apart: what was written is of this run */
    struct assay_error problem; /* why the quarantine is not whole, or OK; without `out` the run
                                   went on nevertheless */
    struct assay_filter_state *state; /* the engine's, during the run */
};

#endif
