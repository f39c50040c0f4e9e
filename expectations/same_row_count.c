/*
 * same_row_count: there are as many records as in another source.
 *
 * Both are counted whole, a filter left aside; malformed records count, and those of the
 * other source are told. The other
 * source is read before this one; where it cannot be, that is an error.
 */
#include "config.h"

#include "base/redact.h"
#include "metric/judge.h"
#include "metric/list.h"
#include "metric/metrics.h"

struct args {
    struct assay_str to;
    const char *source;
    struct assay_settings options;
};

static const struct assay_param params[] = {
    {"to", ASSAY_PARAM_TEXT,
     ASSAY_PARAM_MAIN | ASSAY_PARAM_REQUIRED | ASSAY_PARAM_NONEMPTY | ASSAY_PARAM_SOURCE, NULL,
     NULL, offsetof(struct args, to),
     "the other source; a path starts where the suite is; beside a database also the name of a "
     "table there"},
    {"options", ASSAY_PARAM_SETTINGS, 0, NULL, NULL, offsetof(struct args, options),
     "how the other source is read, where that is not as this one"},
};

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct args *args = arguments;
    args->source = assay_arena_strdup(prepare->arena, args->to);
    return args->source ? ASSAY_OK : assay_fail_nomem(err);
}

static enum assay_status needs(const struct assay_check *check, struct assay_needs *needs,
                               struct assay_error *err)
{
    const struct args *args = check->args;
    struct assay_metric_spec spec = {.metric = &assay_metric_rows, .depends = -1};
    int own = assay_need(needs, &spec);
    spec.source = args->source;
    spec.settings = args->options.count != 0 ? &args->options : NULL;
    int other = assay_need(needs, &spec);
    spec.metric = &assay_metric_malformed;
    return own < 0 || other < 0 || assay_need(needs, &spec) < 0 ? assay_fail_nomem(err) : ASSAY_OK;
}

static void judge(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out)
{
    static const struct assay_str keys[] = {{"self", 4}, {"other", 5}};
    struct assay_list both = assay_list_new(env->arena, 2);
    struct assay_str self = measures[0]->value.text, other = measures[1]->value.text;
    const struct args *args = check->args;
    assay_list_add(&both, measures[0]->value);
    assay_list_add(&both, measures[1]->value);
    out->observed = assay_list_map(&both, keys);
    out->level = assay_str_equal(self, other) ? ASSAY_LEVEL_PASS : ASSAY_LEVEL_FAIL;
    assay_outcome_say(out, env, "%.*s here and %.*s there", (int)self.len, self.ptr, (int)other.len,
                      other.ptr);
    assay_malformed_tell(measures[2], args->to, env, out);
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_puts(out, "there are as many records as in ");
    assay_redact_mask(args->to, out);
}

const struct assay_expectation assay_expectation_same_row_count = {
    .name = "same_row_count",
    .summary = "there are as many records as in another source",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_TABLE,
    .traits = ASSAY_TRAIT_NO_WHERE,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "same_row_count: {to: customers.csv}",
    .prepare = prepare,
    .needs = needs,
    .judge = judge,
    .title = title,
};
