/*
 * What several expectations ask for in the same words.
 */
#ifndef ASSAY_METRIC_NEEDS_H
#define ASSAY_METRIC_NEEDS_H

#include "metric/expectation.h"

/* Asks for what the check's expectation needs. */
enum assay_status assay_check_needs(const struct assay_check *check, struct assay_needs *needs,
                                    struct assay_error *err);

/* Asks for the violations of a predicate over the check's own columns and filter. */
enum assay_status assay_need_violations(struct assay_needs *needs, const struct assay_check *check,
                                        const struct assay_predicate *predicate, const void *args,
                                        struct assay_error *err);

/*
 * The same, with what the metric in slot `depends` found (-1: none) at hand in `open`;
 * see assay_predicate_duplicate and assay_predicate_orphan. `only_if_failing`: not where
 * that metric found nothing unexpected.
 */
enum assay_status assay_need_lookup(struct assay_needs *needs, const struct assay_check *check,
                                    const struct assay_predicate *predicate, const void *args,
                                    int depends, bool only_if_failing, struct assay_error *err);

/* Asks whether the check's column rises or falls, in the order of its declared type. */
enum assay_status assay_need_sequence(struct assay_needs *needs, const struct assay_check *check,
                                      bool falling, bool strict, struct assay_error *err);

/* The text that the suite gave for a parameter; empty where it gave none. */
struct assay_str assay_check_given(const struct assay_check *check, const char *param);

#endif
