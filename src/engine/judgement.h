/*
 * Judging one check: the cases that are the same for all expectations.
 */
#ifndef ASSAY_ENGINE_JUDGEMENT_H
#define ASSAY_ENGINE_JUDGEMENT_H

#include "engine/pass.h"

/*
 * Fills `out`. `measures[i]` is NULL where a task was not run (a second look that was
 * not needed). An expectation about rows is not evaluated where there were no records.
 */
void assay_judge_check(const struct assay_check *check, const struct assay_measure *const *measures,
                       uint32_t count, uint64_t records, const struct assay_judge_env *env,
                       struct assay_outcome *out);

/* Adds to the message how many of the records were looked at, where malformed ones were not. */
void assay_judge_left_out(const struct assay_plan *plan, const struct assay_bound *bounds,
                          struct assay_arena *arena, struct assay_outcome *out);

/* The verdict of a level under a severity. */
enum assay_verdict assay_verdict_of(enum assay_level level, enum assay_severity severity);

#endif
