/*
 * What makes two rows equal in some columns, as keys for the sketches.
 *
 * Equal is what is the same by metric/same.h. A tuple is its values one after the other, each
 * with its length, nulls marked. Integers come as integers, and so do times, in microseconds,
 * and booleans; everything else comes as texts.
 */
#ifndef ASSAY_METRIC_ROWKEY_H
#define ASSAY_METRIC_ROWKEY_H

#include "metric/expectation.h"
#include "metric/metric.h"

struct assay_rowkeys {
    const int64_t *ints;
    uint64_t *int_rows; /* rows whose key is an integer */
    const char *base;   /* padded as a batch's */
    const struct assay_span *spans;
    uint64_t *text_rows; /* rows whose key is a text; disjoint from int_rows */
    uint64_t *rows;      /* both together: rows in which any column has a value */
};

/* Makes the keys of the slice's masked rows in the batch's arena. */
enum assay_status assay_rowkeys_make(const struct assay_slice *slice, struct assay_rowkeys *out,
                                     struct assay_error *err);

/* The same with keys for rows of nothing but nulls. */
enum assay_status assay_rowkeys_make_all(const struct assay_slice *slice, struct assay_rowkeys *out,
                                         struct assay_error *err);

/*
 * Appends what a value of a suite would be in the key of a tuple, in a column of the
 * field; NULL: of an undeclared one.
 */
void assay_rowkey_member(const struct assay_field *field, const struct assay_scalar *member,
                         struct assay_buf *out);

#endif
