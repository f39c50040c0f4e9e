/*
 * median: the median of the column lies between two bounds.
 *
 * Of an even count the mean of the two middle values. Exact, but for a mean that needs more
 * than 38 digits, which is rounded to the nearest double. No values fail; a value that is no
 * finite number makes it an error.
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
    return assay_limits_check(&args->limits, ASSAY_ORDER_NUMBER, prepare, err);
}

static enum assay_status needs(const struct assay_check *check, struct assay_needs *needs,
                               struct assay_error *err)
{
    static const struct assay_quantile middle = {5, 1, ASSAY_QUANTILE_MIDPOINT};
    static const struct assay_quantiles_args args = {&middle, 1};
    return assay_need_metric(needs, check, &assay_metric_quantiles, &args, err);
}

static void judge(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out)
{
    const struct args *args = check->args;
    const struct assay_value *found = &measures[0]->value;
    struct assay_value none = {.kind = ASSAY_VALUE_NULL};
    assay_judge_limits(found->count ? &found->items[0] : &none, &args->limits, "median", env, out);
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_puts(out, "median is ");
    assay_limits_describe(&args->limits, out);
}

const struct assay_expectation assay_expectation_median = {
    .name = "median",
    .summary = "the median lies between two bounds",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "median: {min: 20, max: 60}",
    .prepare = prepare,
    .needs = needs,
    .judge = judge,
    .title = title,
};
