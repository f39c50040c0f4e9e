/*
 * What several expectations ask for in the same words.
 */
#ifndef ASSAY_METRIC_NEEDS_H
#define ASSAY_METRIC_NEEDS_H

#include "metric/expectation.h"

/*
 * Asks for the violations of a predicate without arguments over the check's own columns
 * and filter, once the metric in slot `depends` is finished; see assay_predicate_duplicate
 * and assay_predicate_orphan.
 */
enum assay_status assay_need_lookup(struct assay_needs *needs, const struct assay_check *check,
                                    const struct assay_predicate *predicate, int depends,
                                    bool only_if_failing, struct assay_error *err);

/* Asks whether the check's column rises or falls, in the order of its declared type. */
enum assay_status assay_need_sequence(struct assay_needs *needs, const struct assay_check *check,
                                      bool falling, bool strict, struct assay_error *err);

/* The text that the suite gave for a parameter; empty where it gave none. */
struct assay_str assay_check_given(const struct assay_check *check, const char *param);

#endif
