/*
 * sum: the sum of the column lies between two bounds.
 *
 * Exact, however many values and digits. The sum of nothing is null and fails. A value
 * that is no finite number makes it an error.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/metrics.h"

struct args {
    struct assay_limits limits;
    bool zero_if_empty;
};

static const struct assay_param params[] = {
    ASSAY_LIMIT_PARAMS(struct args),
    {"zero_if_empty", ASSAY_PARAM_BOOL, 0, "false", NULL, offsetof(struct args, zero_if_empty),
     "over no values it is 0, not null"},
};

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct args *args = arguments;
    return assay_limits_check(&args->limits, ASSAY_ORDER_NUMBER, prepare, err);
}

static void judge(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out)
{
    const struct args *args = check->args;
    const struct assay_moments_detail *moments = measures[0]->detail;
    struct assay_value sum = moments->sum;
    if (sum.kind == ASSAY_VALUE_NULL && args->zero_if_empty)
        sum = assay_value_count(env->arena, 0);
    assay_judge_limits(&sum, &args->limits, "sum", env, out);
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_puts(out, "sum is ");
    assay_limits_describe(&args->limits, out);
}

const struct assay_expectation assay_expectation_sum = {
    .name = "sum",
    .summary = "the sum lies between two bounds",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "sum: {min: 0}",
    .prepare = prepare,
    .metric = &assay_metric_moments,
    .judge = judge,
    .title = title,
};
