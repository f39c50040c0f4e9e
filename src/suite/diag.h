/*
 * A collector of problems, so that a suite's author hears of all of them at once.
 *
 * Whoever reads a suite files each problem here and goes on. At most
 * ASSAY_DIAGS_KEPT are kept, errors before warnings; the rest are counted. The
 * texts may hold bytes of the user's files: whoever prints escapes them.
 */
#ifndef ASSAY_SUITE_DIAG_H
#define ASSAY_SUITE_DIAG_H

#include "assay/status.h"

#include <stdbool.h>
#include <stddef.h>

#define ASSAY_DIAGS_KEPT 100u
#define ASSAY_DIAGS_SHOWN 20u

enum assay_diag_level { ASSAY_DIAG_ERROR, ASSAY_DIAG_WARNING };

struct assay_diag {
    enum assay_diag_level level;
    struct assay_error error;
    size_t number; /* the order of filing */
};

struct assay_diags {
    struct assay_diag *items; /* on the heap, at most ASSAY_DIAGS_KEPT */
    size_t count, cap;
    size_t errors, warnings; /* all that were filed, kept or not */
    size_t limit;            /* how many to show; the rest are counted for the reader */
    bool nomem;              /* a problem could not be kept for want of memory */
};

void assay_diags_init(struct assay_diags *diags);

/* Frees what is kept and counts from 0 again. */
void assay_diags_reset(struct assay_diags *diags);

/*
 * Files a copy of `error`. Returns the copy, so that the caller may add a position, an
 * excerpt or help to it; it stays where it is only until the next call. NULL where it
 * was only counted, which every assay_error_ function takes.
 */
struct assay_error *assay_diags_add(struct assay_diags *diags, enum assay_diag_level level,
                                    const struct assay_error *error);

/* By file, line and column, then in the order of filing. */
void assay_diags_sort(struct assay_diags *diags);

/*
 * What the whole comes to: ASSAY_OK where no error was filed, ASSAY_NOMEM where memory
 * ran out, else the status of the first error kept.
 */
enum assay_status assay_diags_status(const struct assay_diags *diags);

#endif
