/*
 * From the records of a chunk to the values of a column.
 */
#ifndef ASSAY_SOURCE_CSV_GATHER_H
#define ASSAY_SOURCE_CSV_GATHER_H

#include "source/csv_chunk.h"

/*
 * The values of one column: `values` has room for one span a record, `null` for one bit
 * a record (whole words are written). A value is null where its field is missing, or
 * empty and not quoted. Quotes around a value are left out; where quotes within it are
 * doubled it is copied to the scratch part, so a column is to be gathered once a fill.
 * ASSAY_LIMIT: the scratch part is full.
 */
enum assay_status assay_csv_gather(struct assay_csv_chunk *chunk, uint32_t column,
                                   struct assay_span *values, uint64_t *null,
                                   struct assay_error *err) ASSAY_CHECKED;

/* The value of a raw field base[start..end), as libcsv would give it; false: no scratch. */
bool assay_csv_field_value(struct assay_csv_text *text, const struct assay_csv_dialect *dialect,
                           uint32_t start, uint32_t end, struct assay_span *value);

#endif
