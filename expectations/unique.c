/*
 * unique: no value, or tuple of several columns, occurs more than once.
 *
 * Every copy of a duplicate is unexpected. Nulls are not considered; of a tuple, rows in
 * which all columns are null are not, unless `ignore_nulls` says otherwise, and a null beside
 * a value is a value of its own.
 * What is equal hangs on the declared types (metric/same.h). Exact, also where memory
 * does not suffice; a second pass finds which rows they are.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/metrics.h"
#include "metric/needs.h"

struct args {
    int ignore_nulls;
    struct assay_distinct_args distinct;
};

static const struct assay_param params[] = {
    {"ignore_nulls", ASSAY_PARAM_CHOICE, 0, "all", assay_ignore_nulls,
     offsetof(struct args, ignore_nulls), "rows that are not considered, by their nulls"},
};

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    static const enum assay_distinct_rows rows[] = {
        ASSAY_DISTINCT_ALL_VALUES, ASSAY_DISTINCT_ANY_VALUE, ASSAY_DISTINCT_ALL_ROWS};
    struct args *args = arguments;
    (void)prepare, (void)err;
    args->distinct.rows = rows[args->ignore_nulls];
    return ASSAY_OK;
}

static enum assay_status needs(const struct assay_check *check, struct assay_needs *needs,
                               struct assay_error *err)
{
    const struct args *args = check->args;
    ASSAY_TRY(assay_need_metric(needs, check, &assay_metric_distinct, &args->distinct, err));
    return assay_need_lookup(needs, check, assay_predicate_duplicates[args->distinct.rows], NULL, 0,
                             true, err);
}

static void judge(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out)
{
    struct assay_measure measure = *measures[0];
    if (measures[1] != NULL) {
        measure.samples = measures[1]->samples;
        measure.sample_count = measures[1]->sample_count;
    }
    assay_judge_rows(check, &measure, env, out);
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    assay_buf_puts(out, check->column_count > 1 ? "are unique together" : "is unique");
}

const struct assay_expectation assay_expectation_unique = {
    .name = "unique",
    .summary = "no value, or tuple of columns, occurs more than once",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .traits = ASSAY_TRAIT_ROWWISE | ASSAY_TRAIT_MULTI,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "unique: {where: \"status <> 'draft'\"}",
    .prepare = prepare,
    .needs = needs,
    .judge = judge,
    .title = title,
};
