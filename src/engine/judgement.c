/*
 * What is decided before and after an expectation's own judge.
 */
#include "config.h"

#include "engine/judgement.h"

#include "metric/judge.h"
#include "metric/metrics.h"

#include <inttypes.h>

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

/* What was found malformed in the run's own source; NULL: nothing looked. */
static const struct assay_measure *malformed_of(const struct assay_plan *plan,
                                                const struct assay_bound *bounds)
{
    for (uint32_t t = 0; t < plan->task_count; t++) {
        const struct assay_metric_spec *spec = &plan->tasks[t].spec;
        if (spec->metric == &assay_metric_malformed && spec->source == NULL)
            return &bounds[t].measure;
    }
    return NULL;
}

void assay_judge_left_out(const struct assay_plan *plan, const struct assay_bound *bounds,
                          struct assay_arena *arena, struct assay_outcome *out)
{
    const struct assay_measure *measure = malformed_of(plan, bounds);
    const struct assay_malformed_detail *detail = measure != NULL ? measure->detail : NULL;
    struct assay_str message = out->message;
    if (detail == NULL || detail->left_out == 0 || out->level == ASSAY_LEVEL_ERROR ||
        out->not_evaluated)
        return;
    uint64_t records = measure->counts.element_count;
    const char *text = assay_arena_printf(
        arena, "%.*s%s%" PRIu64 " of %" PRIu64 " records considered, the rest is malformed",
        (int)message.len, message.len ? message.ptr : "", message.len ? "; " : "",
        records - detail->left_out, records);
    if (text != NULL)
        out->message = assay_cstr(text);
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
