/*
 * well_formed: no record is malformed. Every suite has it, once, without being asked; one that
 * names it gives it a severity or a share of its own.
 *
 * Ragged records, stray quotes, bytes that are not UTF-8, NUL bytes: each is counted
 * and the first are shown with line and column; so is a header in which a column has no
 * name, though it is no record. Blank lines are notices only.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/metrics.h"

static enum assay_status needs(const struct assay_check *check, struct assay_needs *needs,
                               struct assay_error *err)
{
    struct assay_metric_spec spec = {
        .metric = &assay_metric_malformed,
        .where = check->where,
        .depends = -1,
        .decides = true,
    };
    return assay_need(needs, &spec) < 0 ? assay_fail_nomem(err) : ASSAY_OK;
}

static const char *const words[ASSAY_MALFORMED_KINDS] = {
    [ASSAY_MALFORMED_SHORT] = "too short",
    [ASSAY_MALFORMED_LONG] = "too long",
    [ASSAY_MALFORMED_BLANK] = "blank",
    [ASSAY_MALFORMED_HEADER] = "the header again",
    [ASSAY_MALFORMED_AFTER_QUOTE] = "with text after a closing quote",
    [ASSAY_MALFORMED_BARE_QUOTE] = "with a quote inside an unquoted field",
    [ASSAY_MALFORMED_OPEN_QUOTE] = "with a quote that is never closed",
    [ASSAY_MALFORMED_UTF8] = "not UTF-8",
    [ASSAY_MALFORMED_NUL] = "with a NUL byte",
    [ASSAY_MALFORMED_NAMELESS] = "without a name for a column",
    [ASSAY_MALFORMED_SYNTAX] = "not JSON",
    [ASSAY_MALFORMED_NO_OBJECT] = "no object",
    [ASSAY_MALFORMED_KEY_TWICE] = "with a key twice",
    [ASSAY_MALFORMED_SURROGATE] = "with half a surrogate pair",
    [ASSAY_MALFORMED_JSON_UTF8] = "not UTF-8",
    [ASSAY_MALFORMED_JSON_NUL] = "with a NUL in a string",
    [ASSAY_MALFORMED_NO_ARRAY] = "without the array that a column is in",
};

static void judge(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out)
{
    const struct assay_malformed_detail *detail = measures[0]->detail;
    struct assay_buf kinds;
    assay_judge_rows(check, measures[0], env, out);
    if (detail->header != 0)
        out->level = ASSAY_LEVEL_FAIL;
    if (detail->header == 0 && measures[0]->counts.unexpected_count == 0)
        return;
    assay_buf_init(&kinds, 4096);
    for (int k = 0; k < ASSAY_MALFORMED_KINDS; k++)
        if (detail->by_kind[k])
            assay_buf_printf(&kinds, "%s%llu %s", kinds.len ? ", " : "",
                             (unsigned long long)detail->by_kind[k], words[k]);
    if (measures[0]->counts.unexpected_count == 0)
        out->message = ASSAY_STR("the header is malformed");
    env->arena->failed |= kinds.nomem;
    assay_outcome_say(out, env, "%.*s: %s", (int)out->message.len, out->message.ptr,
                      kinds.ptr ? kinds.ptr : "");
    assay_buf_free(&kinds);
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    (void)check;
    assay_buf_puts(out, "records are well-formed");
}

const struct assay_expectation assay_expectation_well_formed = {
    .name = "well_formed",
    .summary = "no record is malformed; every suite has it",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_TABLE,
    .traits = ASSAY_TRAIT_ROWWISE | ASSAY_TRAIT_IMPLICIT | ASSAY_TRAIT_NO_WHERE,
    .example = "well_formed: {mostly: 99.9%}",
    .needs = needs,
    .judge = judge,
    .title = title,
};
