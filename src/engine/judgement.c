/*
 * What is decided before and after an expectation's own judge.
 */
#include "config.h"

#include "engine/judgement.h"

#include "metric/judge.h"

static void judge(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out)
{
    const struct assay_expectation *expectation = check->expectation;
    if (expectation->judge != NULL) {
        expectation->judge(check, measures, env, out);
        return;
    }
    assay_judge_rows(check, measures[0], env, out);
    if (expectation->tell != NULL)
        expectation->tell(measures[1], env, out);
}

/* Whether the columns are those of an expression, where a text may have been meant. */
static bool names_columns_in_text(const struct assay_expectation *expectation)
{
    for (size_t i = 0; i < expectation->param_count; i++)
        if (expectation->params[i].type == ASSAY_PARAM_EXPR)
            return true;
    return false;
}

void assay_judge_check(const struct assay_check *check, const struct assay_measure *const *measures,
                       uint32_t count, uint64_t records, const struct assay_judge_env *env,
                       struct assay_outcome *out)
{
    *out = (struct assay_outcome){0};
    for (uint32_t i = 0; i < count; i++)
        if (measures[i] != NULL && measures[i]->failed) {
            out->level = ASSAY_LEVEL_ERROR;
            out->error = measures[i]->error;
            if (names_columns_in_text(check->expectation))
                assay_expr_hint_text(&out->error);
            return;
        }
    if (records == 0 && (check->expectation->traits & ASSAY_TRAIT_ROWWISE)) {
        out->not_evaluated = true;
        out->message = ASSAY_STR("not evaluated: there are no records");
        return;
    }
    judge(check, measures, env, out);
}

enum assay_verdict assay_verdict_of(enum assay_level level, enum assay_severity severity)
{
    switch (level) {
    case ASSAY_LEVEL_PASS: return ASSAY_PASS;
    case ASSAY_LEVEL_WARN: return ASSAY_WARN;
    case ASSAY_LEVEL_FAIL: return severity == ASSAY_SEVERITY_ERROR ? ASSAY_FAIL : ASSAY_WARN;
    case ASSAY_LEVEL_ERROR: break;
    }
    return ASSAY_ERROR;
}
