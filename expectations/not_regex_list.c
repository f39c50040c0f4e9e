/*
 * not_regex_list: no value matches any of several regular expressions.
 *
 * PCRE2 in UTF mode, searched, not anchored (base/regex.h). Nulls are not considered. A value
 * that is not UTF-8 violates; one past the match limit makes the expectation an error. Exact;
 * row counts add up.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/match_list.h"

static const struct assay_param params[] = {
    {"patterns", ASSAY_PARAM_SCALARS,
     ASSAY_PARAM_MAIN | ASSAY_PARAM_REQUIRED | ASSAY_PARAM_NONEMPTY, NULL, NULL,
     offsetof(struct assay_regexes_args, patterns), "what must not match"},
};

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct assay_regexes_args *args = arguments;
    args->mode = ASSAY_MATCH_NONE;
    return assay_regexes_prepare(args, prepare, err);
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct assay_regexes_args *args = check->args;
    assay_match_list_describe(&args->patterns, args->mode, "matches", out);
}

const struct assay_expectation assay_expectation_not_regex_list = {
    .name = "not_regex_list",
    .summary = "values match none of several regular expressions",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .traits = ASSAY_TRAIT_ROWWISE,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct assay_regexes_args),
    .example = "not_regex_list: ['^tmp', 'test']",
    .prepare = prepare,
    .predicate = &assay_predicate_regexes,
    .title = title,
    .release = assay_regexes_release,
};
