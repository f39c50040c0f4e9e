/*
 * Expectations about texts, where a column of nothing but numbers has none.
 *
 * A format without kinds (CSV) cannot tell the text 5 from the number. Where a column's type
 * is inferred, what all of its values read as decides: if they are all numbers, or all
 * booleans, no value is a text. So besides the violations of the predicate two facts are
 * measured: what the values look like, and all present rows as violations.
 */
#ifndef ASSAY_METRIC_TEXTS_H
#define ASSAY_METRIC_TEXTS_H

#include "metric/expectation.h"

/* Asks for the predicate's violations, and for the rest where the check's column is inferred. */
enum assay_status assay_need_texts(struct assay_needs *needs, const struct assay_check *check,
                                   const struct assay_predicate *predicate, const void *args,
                                   struct assay_error *err);

/* Judges the rows by what assay_need_texts asked for. */
void assay_judge_texts(const struct assay_check *check, const struct assay_measure *const *measures,
                       const struct assay_judge_env *env, struct assay_outcome *out);

#endif
