/*
 * row_count: how many records there are.
 *
 * Malformed records are counted too: they are in the file. With `where`, the usable
 * records that it picks. Exact; counts add up.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/metrics.h"

struct args {
    struct assay_limits limits;
    struct assay_opt_count exactly;
};

static const struct assay_param params[] = {
    ASSAY_LIMIT_PARAMS(struct args),
    {"exactly", ASSAY_PARAM_COUNT, ASSAY_PARAM_ONE_OF | ASSAY_PARAM_MAIN, NULL, NULL,
     offsetof(struct args, exactly), "this many, neither more nor fewer"},
};

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct args *args = arguments;
    ASSAY_TRY(assay_limits_exactly(&args->limits, &args->exactly, prepare, err));
    return assay_limits_check(&args->limits, ASSAY_ORDER_NUMBER, prepare, err);
}

static void judge(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out)
{
    const struct args *args = check->args;
    assay_judge_limits(&measures[0]->value, &args->limits, "row count", env, out);
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_puts(out, "row count is ");
    assay_limits_describe(&args->limits, out);
}

const struct assay_expectation assay_expectation_row_count = {
    .name = "row_count",
    .summary = "the number of records lies between two bounds",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_TABLE,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "row_count: {min: 1000}",
    .prepare = prepare,
    .metric = &assay_metric_rows,
    .judge = judge,
    .title = title,
};
