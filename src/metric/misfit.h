/*
 * Values that have no place in a metric: text in a sum, NaN in a median. They are
 * counted, the first one is kept, and the metric then fails: a number computed without
 * them would be a number about something else.
 */
#ifndef ASSAY_METRIC_MISFIT_H
#define ASSAY_METRIC_MISFIT_H

#include "metric/sample.h"

struct assay_misfits {
    uint64_t count;
    struct assay_samples first; /* at most one */
};

enum assay_status assay_misfits_init(struct assay_misfits *misfits,
                                     const struct assay_metric_env *env, struct assay_error *err);
void assay_misfits_reset(struct assay_misfits *misfits);
enum assay_status assay_misfits_merge(struct assay_misfits *into, const struct assay_misfits *from,
                                      struct assay_error *err);
void assay_misfits_save(const struct assay_misfits *misfits, struct assay_buf *out);
bool assay_misfits_load(struct assay_misfits *misfits, struct assay_str *in);

/*
 * Of the slice's non-null rows takes out those that are no finite number and keeps them.
 * `usable` (words as rows need) gets the others.
 */
enum assay_status assay_misfits_numbers(struct assay_misfits *misfits,
                                        const struct assay_slice *slice,
                                        const struct assay_numbers *numbers, uint64_t *usable,
                                        struct assay_error *err);

/* The same for values that are no time. */
enum assay_status assay_misfits_times(struct assay_misfits *misfits,
                                      const struct assay_slice *slice,
                                      const struct assay_times *times, uint64_t *usable,
                                      struct assay_error *err);

/* Makes the measure a failure where there are any; `what` is "number" or "time". */
void assay_misfits_finish(const struct assay_misfits *misfits, const char *what,
                          struct assay_measure *out);

/* The non-null rows among the slice's mask. */
void assay_slice_present(const struct assay_slice *slice, uint64_t *present);

#endif
