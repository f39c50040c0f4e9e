/*
 * completeness: the share of rows that have a value lies between two bounds.
 *
 * non-null / all rows, in IEEE double; no rows fail.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/metrics.h"

struct args {
    struct assay_limits limits;
};

static const struct assay_param params[] = {ASSAY_LIMIT_PARAMS(struct args)};

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct args *args = arguments;
    return assay_limits_check_share(&args->limits, prepare, err);
}

static enum assay_status needs(const struct assay_check *check, struct assay_needs *needs,
                               struct assay_error *err)
{
    ASSAY_TRY(assay_need_metric(needs, check, &assay_metric_counts, NULL, err));
    return assay_need_metric(needs, check, &assay_metric_absences, NULL, err);
}

static void judge(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out)
{
    const struct args *args = check->args;
    assay_judge_share(measures[0]->counts.considered_count, measures[0]->counts.element_count,
                      &args->limits, "completeness", env, out);
    assay_absences_tell(measures[1], env, out);
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_puts(out, "completeness is ");
    assay_limits_describe(&args->limits, out);
}

const struct assay_expectation assay_expectation_completeness = {
    .name = "completeness",
    .summary = "the share of rows with a value lies between two bounds",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "completeness: {min: 0.98}",
    .prepare = prepare,
    .needs = needs,
    .judge = judge,
    .title = title,
};
