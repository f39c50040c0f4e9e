/*
 * column_at: the source has a column of that name, at that place.
 *
 * Places count from 0, as in the file. Names are compared bytewise.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/metrics.h"

#include <inttypes.h>

struct args {
    struct assay_str name;
    struct assay_opt_count index;
};

static const struct assay_param params[] = {
    {"name", ASSAY_PARAM_COLUMN, ASSAY_PARAM_REQUIRED | ASSAY_PARAM_NONEMPTY, NULL, NULL,
     offsetof(struct args, name), "the column"},
    {"index", ASSAY_PARAM_COUNT, ASSAY_PARAM_REQUIRED, NULL, NULL, offsetof(struct args, index),
     "its place, counted from 0"},
};

static void judge(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out)
{
    const struct args *args = check->args;
    const struct assay_value *found = &measures[0]->value;
    size_t at = 0;
    while (at < found->count && !assay_str_equal(found->items[at].text, args->name))
        at++;
    out->level = at < found->count && at == args->index.value ? ASSAY_LEVEL_PASS : ASSAY_LEVEL_FAIL;
    if (at < found->count)
        out->observed = assay_value_count(env->arena, at);
    if (at == found->count)
        assay_outcome_say(out, env, "there is no such column");
    else if (out->level == ASSAY_LEVEL_FAIL)
        assay_outcome_say(out, env, "the column stands at %zu", at);
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_puts(out, "column ");
    assay_buf_str(out, args->name);
    assay_buf_printf(out, " stands at %" PRIu64, args->index.value);
}

const struct assay_expectation assay_expectation_column_at = {
    .name = "column_at",
    .summary = "a column stands at a certain place",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_TABLE,
    .traits = ASSAY_TRAIT_NO_WHERE,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "column_at: {name: order_id, index: 0}",
    .metric = &assay_metric_columns,
    .judge = judge,
    .title = title,
};
