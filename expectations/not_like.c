/*
 * not_like: no value is like a pattern of SQL.
 *
 * `%` stands for any run of characters, `_` for one, everything else for itself; the whole
 * value has to match, and there is no escape. Nulls are not considered. Exact; row counts add
 * up.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/match_list.h"

static const struct assay_param params[] = {
    {"patterns", ASSAY_PARAM_SCALARS,
     ASSAY_PARAM_MAIN | ASSAY_PARAM_REQUIRED | ASSAY_PARAM_NONEMPTY, NULL, NULL,
     offsetof(struct assay_likes_args, patterns), "what must not match"},
    {"case_insensitive", ASSAY_PARAM_BOOL, 0, "false", NULL,
     offsetof(struct assay_likes_args, fold), "letters A to Z are equal in both cases"},
};

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct assay_likes_args *args = arguments;
    args->mode = ASSAY_MATCH_NONE;
    (void)prepare, (void)err;
    return ASSAY_OK;
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct assay_likes_args *args = check->args;
    assay_match_list_describe(&args->patterns, args->mode, "is like", out);
}

const struct assay_expectation assay_expectation_not_like = {
    .name = "not_like",
    .summary = "values are not like a pattern of SQL",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .traits = ASSAY_TRAIT_ROWWISE,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct assay_likes_args),
    .example = "not_like: ['%test%', 'tmp_%']",
    .prepare = prepare,
    .predicate = &assay_predicate_likes,
    .title = title,
};
