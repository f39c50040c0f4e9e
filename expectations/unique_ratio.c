/*
 * unique_ratio: the share of distinct values among all lies between two bounds.
 *
 * distinct / non-null, in IEEE double; no values fail.
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
    return assay_limits_check_share(&args->limits, prepare, err);
}

static void judge(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out)
{
    const struct args *args = check->args;
    const struct assay_distinct_detail *distinct = measures[0]->detail;
    uint64_t considered = measures[0]->counts.considered_count;
    assay_judge_share(distinct->distinct, considered || !args->zero_if_empty ? considered : 1,
                      &args->limits, "share of distinct values", env, out);
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_puts(out, "share of distinct values is ");
    assay_limits_describe(&args->limits, out);
}

const struct assay_expectation assay_expectation_unique_ratio = {
    .name = "unique_ratio",
    .summary = "distinct values per value lie between two bounds",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .traits = ASSAY_TRAIT_MULTI,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "unique_ratio: {min: 0.9}",
    .prepare = prepare,
    .metric = &assay_metric_distinct,
    .judge = judge,
    .title = title,
};
