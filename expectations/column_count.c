/*
 * column_count: how many columns the source has.
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
    struct assay_value count = assay_value_count(env->arena, measures[0]->value.count);
    assay_judge_limits(&count, &args->limits, "number of columns", env, out);
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_puts(out, "number of columns is ");
    assay_limits_describe(&args->limits, out);
}

const struct assay_expectation assay_expectation_column_count = {
    .name = "column_count",
    .summary = "the number of columns lies between two bounds",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_TABLE,
    .traits = ASSAY_TRAIT_NO_WHERE,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "column_count: 7",
    .prepare = prepare,
    .metric = &assay_metric_columns,
    .judge = judge,
    .title = title,
};
