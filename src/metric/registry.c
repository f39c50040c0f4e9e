/*
 * Every metric, by name.
 */
#include "config.h"

#include "metric/metrics.h"
#include "metric/predicate.h"

static const struct assay_metric *const metrics[] = {
    &assay_metric_absences,  &assay_metric_columns,    &assay_metric_counts,
    &assay_metric_distinct,  &assay_metric_drift,      &assay_metric_extremes,
    &assay_metric_frequency, &assay_metric_histogram,  &assay_metric_kinds,
    &assay_metric_malformed, &assay_metric_moments,    &assay_metric_quantiles,
    &assay_metric_query,     &assay_metric_rows,       &assay_metric_sequence,
    &assay_metric_tuples,    &assay_metric_violations,
};

const struct assay_metric *const *assay_metrics(size_t *count)
{
    *count = sizeof metrics / sizeof metrics[0];
    return metrics;
}
