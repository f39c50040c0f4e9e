/*
 * A table of counts: categories of one column by categories of another.
 *
 * Made from the pairs of the `tuples` metric. A column of numbers is cut into bins: given
 * edges, widened to what occurs, or edges as NumPy's histogram_bin_edges(bins="auto") finds
 * them (the narrower of the rules of D. Freedman and P. Diaconis, 1981, and of H. A. Sturges,
 * 1926), at most `most` of them. Any other column has its values for categories, or the groups
 * that are given; where there are more than `most` the rarest are one, "(other)". Nulls are a
 * category, "(missing)".
 */
#ifndef ASSAY_METRIC_CROSSTAB_H
#define ASSAY_METRIC_CROSSTAB_H

#include "metric/metrics.h"

#define ASSAY_CROSSTAB_PAIRS 1000000u /* distinct pairs that are held at most, and cells */

/* How one side is divided. */
struct assay_crosstab_side {
    struct assay_value bins; /* a list of edges, or of lists of values; NULL kind: by itself */
    uint64_t most;
    bool texts;                      /* numbers are but texts: the column's declared type says so */
    const struct assay_field *field; /* by which values are in a group; NULL: undeclared */
};

struct assay_crosstab {
    struct assay_value labels[2]; /* lists of texts: rows, columns */
    uint32_t size[2];
    const uint64_t *counts; /* size[0] rows of size[1] */
    uint64_t total;
};

/* Fills the table; everything is the arena's. Fails where there are too many pairs. */
enum assay_status assay_crosstab_make(const struct assay_tuples_detail *tuples,
                                      const struct assay_crosstab_side sides[2],
                                      struct assay_arena *arena, struct assay_crosstab *out,
                                      struct assay_error *err);

#endif
