/*
 * Sources beside the run's own, such as the keys of relationships.
 */
#ifndef ASSAY_ENGINE_OTHER_H
#define ASSAY_ENGINE_OTHER_H

#include "metric/metric.h"
#include "suite/options.h"

/* Whether two specs fold the same other source, read in the same way. */
bool assay_other_same(const struct assay_metric_spec *a, const struct assay_metric_spec *b);

/*
 * How the spec's source is read: as the run's own, all of it, but for what tells about that
 * source alone (the names of its columns, a table, a query), and as its settings say.
 */
enum assay_status assay_other_options(const struct assay_options *own,
                                      const struct assay_metric_spec *spec,
                                      struct assay_arena *arena, struct assay_options *out,
                                      struct assay_error *err);

#endif
