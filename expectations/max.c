/*
 * max: the largest value of the column lies between two bounds.
 *
 * Numbers are compared exactly, dates and timestamps as instants, text bytewise, as the
 * column is declared (undeclared: as the bounds are written). No values at all fail; a
 * value that does not fit the order makes it an error.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/metrics.h"

struct args {
    struct assay_limits limits;
    struct assay_extremes_args extremes;
};

static const struct assay_param params[] = {ASSAY_LIMIT_PARAMS(struct args)};

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct args *args = arguments;
    args->extremes.order = assay_limits_order(&args->limits, prepare->check->type);
    return assay_limits_check(&args->limits, args->extremes.order, prepare, err);
}

static enum assay_status needs(const struct assay_check *check, struct assay_needs *needs,
                               struct assay_error *err)
{
    const struct args *args = check->args;
    return assay_need_metric(needs, check, &assay_metric_extremes, &args->extremes, err);
}

static void judge(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out)
{
    const struct args *args = check->args;
    const struct assay_extremes_detail *extremes = measures[0]->detail;
    assay_judge_limits(&extremes->max, &args->limits, "largest value", env, out);
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_puts(out, "largest value is ");
    assay_limits_describe(&args->limits, out);
}

const struct assay_expectation assay_expectation_max = {
    .name = "max",
    .summary = "the largest value lies between two bounds",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "max: {min: 0, max: 100}",
    .prepare = prepare,
    .needs = needs,
    .judge = judge,
    .title = title,
};
