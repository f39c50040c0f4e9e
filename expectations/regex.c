/*
 * regex: every value matches a regular expression.
 *
 * PCRE2 in UTF mode, searched, not anchored (base/regex.h). Nulls are not considered. A
 * value past the match limit makes the expectation an error. Exact; row counts add up.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/match.h"
#include "metric/needs.h"

static const struct assay_param params[] = {
    {"pattern", ASSAY_PARAM_REGEX, ASSAY_PARAM_MAIN | ASSAY_PARAM_REQUIRED, NULL, NULL,
     offsetof(struct assay_match_args, pattern), "what has to match, somewhere in the value"},
};

static void title(const struct assay_check *check, struct assay_buf *out)
{
    assay_buf_puts(out, "matches ");
    assay_buf_str(out, assay_check_given(check, "pattern"));
}

const struct assay_expectation assay_expectation_regex = {
    .name = "regex",
    .summary = "values match a regular expression",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .traits = ASSAY_TRAIT_ROWWISE,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct assay_match_args),
    .example = "regex: '^[A-Z]{2}-[0-9]+$'",
    .predicate = &assay_predicate_match,
    .title = title,
};
