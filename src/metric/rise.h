/*
 * Whether the keys of a batch rise from row to row, as sketch/rising.h wants it.
 *
 * Keys are those of metric/rowkey.h; a tuple is its columns one after the other, of which
 * only so many are looked at as are needed to tell one row from the next.
 */
#ifndef ASSAY_METRIC_RISE_H
#define ASSAY_METRIC_RISE_H

#include "metric/metric.h"

/*
 * Sets `*rises` where each of the rows in `rows`, all inside the slice, has a greater key
 * than the one before it, and appends the first and the last key (limited to
 * ASSAY_RISING_KEY_MAX bytes: a longer one does not rise) to the empty buffers. No rows
 * rise, and have no keys.
 */
enum assay_status assay_rise_find(const struct assay_slice *slice, const uint64_t *rows,
                                  struct assay_buf *first, struct assay_buf *last, bool *rises,
                                  struct assay_error *err);

#endif
