/*
 * An expected distribution: values or bins, and the share of each.
 */
#ifndef ASSAY_METRIC_PARTITION_H
#define ASSAY_METRIC_PARTITION_H

#include "metric/expectation.h"

/* A scalar of a suite as a double; NaN where it is no number. */
double assay_scalar_double(const struct assay_scalar *scalar);

/* Files an error about a row of the parameters. */
enum assay_status assay_partition_refuse(struct assay_prepare *prepare, const char *param,
                                         const char *why, struct assay_error *err);

/*
 * Reads `count` weights, each 0 or more, that with what is `besides` add up to 1 (within
 * 1e-5). Errors are about the row `weights`.
 */
enum assay_status assay_partition_weights(const struct assay_scalars *weights, uint32_t count,
                                          double besides, double **out,
                                          struct assay_prepare *prepare, struct assay_error *err);

/* The keys that the values have in the `frequency` metric of the check's column. */
enum assay_status assay_partition_keys(const struct assay_scalars *values, struct assay_str **out,
                                       struct assay_prepare *prepare, struct assay_error *err);

#endif
