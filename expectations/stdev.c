/*
 * stdev: the standard deviation of the column lies between two bounds.
 *
 * That of the sample (divided by n - 1), from exact sums; fewer than two values have none
 * and fail. A bound that differs from it in the last digits of a double only is met: other
 * tools round differently. A value that is no finite number makes it an error.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/metrics.h"

#include <float.h>
#include <math.h>

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

/* The bound, or the deviation itself where both are the same but for rounding. */
static struct assay_scalar rounded(struct assay_scalar bound, const struct assay_value *stdev)
{
    struct assay_numref a = assay_numref(bound.text), b = assay_numref(stdev->text);
    double x = assay_number_to_double(&a), y = assay_number_to_double(&b);
    if (bound.kind != ASSAY_SCALAR_ABSENT && stdev->kind != ASSAY_VALUE_NULL &&
        fabs(x - y) <= 4 * DBL_EPSILON * fabs(y))
        bound.text = stdev->text;
    return bound;
}

static void judge(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out)
{
    const struct args *args = check->args;
    const struct assay_moments_detail *moments = measures[0]->detail;
    struct assay_limits limits = args->limits;
    limits.min = rounded(limits.min, &moments->stdev);
    limits.max = rounded(limits.max, &moments->stdev);
    assay_judge_limits(&moments->stdev, &limits, "standard deviation", env, out);
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_puts(out, "standard deviation is ");
    assay_limits_describe(&args->limits, out);
}

const struct assay_expectation assay_expectation_stdev = {
    .name = "stdev",
    .summary = "the sample standard deviation lies between two bounds",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "stdev: {max: 100}",
    .prepare = prepare,
    .metric = &assay_metric_moments,
    .judge = judge,
    .title = title,
};
