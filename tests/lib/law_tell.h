/*
 * What the details of finished measures say, as text to compare.
 */
#ifndef ASSAY_TESTS_LAW_TELL_H
#define ASSAY_TESTS_LAW_TELL_H

#include "metric/metrics.h"

/* The bins of the histograms that are told. */
extern const struct assay_histogram_args law_bins;

void law_tell_value(struct assay_buf *out, const char *name, const struct assay_value *value);

typedef void law_tell(const void *detail, struct assay_buf *out);

law_tell law_tell_malformed, law_tell_extremes, law_tell_moments, law_tell_distinct,
    law_tell_frequency, law_tell_kinds, law_tell_histogram, law_tell_query, law_tell_tuples;

#endif
