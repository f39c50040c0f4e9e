/*
 * expression: a condition over the columns of a row is true for every row.
 *
 * As with SQL's CHECK, a row violates it where the condition is false. Where it is NULL
 * (unknown, for a value is missing) the row counts as missing and is not considered. A row
 * for which it cannot be evaluated (a division by zero, text as a number) makes the
 * expectation an error. Exact; row counts add up.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/needs.h"
#include "metric/sql.h"

struct args {
    struct assay_expr *that;
    const struct assay_str *columns;
    uint32_t column_count;
};

static const struct assay_param params[] = {
    {"that", ASSAY_PARAM_EXPR, ASSAY_PARAM_MAIN | ASSAY_PARAM_REQUIRED, NULL, NULL,
     offsetof(struct args, that), "the condition, in SQL: total = net + tax"},
};

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct args *args = arguments;
    (void)prepare, (void)err;
    args->columns = assay_expr_columns(args->that, &args->column_count);
    return ASSAY_OK;
}

static enum assay_status open_scratch(const void *arguments, const struct assay_metric_env *env,
                                      void **scratch, struct assay_error *err)
{
    const struct args *args = arguments;
    struct assay_expr_scratch *made;
    ASSAY_TRY(assay_expr_scratch_new(args->that, &made, err));
    assay_expr_scratch_set_now(made, env->now);
    *scratch = made;
    return ASSAY_OK;
}

static void close_scratch(void *scratch)
{
    assay_expr_scratch_free(scratch);
}

static enum assay_status test(const void *arguments, void *scratch, const struct assay_slice *slice,
                              uint64_t *violations, struct assay_predicate_fault *fault,
                              struct assay_error *err)
{
    const struct args *args = arguments;
    struct assay_expr_fault found = {0};
    size_t words = ASSAY_BITMAP_WORDS(slice->rows);
    uint64_t *truth = assay_arena_array(&slice->batch->arena, words * 2 + 1, 8);
    if (truth == NULL)
        return assay_fail_nomem(err);
    uint64_t *unknown = truth + words;
    ASSAY_TRY(assay_expr_eval(args->that, scratch, slice, truth, unknown, &found, err));
    if (found.count != 0) {
        fault->count = found.count;
        fault->row = found.row;
        assay_fail(&fault->error, ASSAY_SOURCE, "EXPR-EVALUATE",
                   "the expression cannot be evaluated: %s", found.message);
        assay_error_help(&fault->error, "a `where` can leave such rows out");
        return ASSAY_OK;
    }
    fault->unknown = assay_bits_count(unknown, slice->rows);
    for (size_t i = 0; i < words; i++)
        violations[i] = slice->mask[i] & ~truth[i] & ~unknown[i];
    return ASSAY_OK;
}

static const char *sql(const void *arguments, struct assay_sql_ask *ask)
{
    const struct args *args = arguments;
    const char *that = assay_sql_expression(ask, args->that);
    if (that == NULL)
        return NULL;
    ask->known = assay_sql_text(ask, "((%s) IS NOT NULL)", that);
    return assay_sql_text(ask, "(NOT (%s))", that);
}

static const struct assay_predicate predicate = {
    .name = "expression",
    .considers = ASSAY_CONSIDER_ALL,
    .open = open_scratch,
    .close = close_scratch,
    .test = test,
    .sql = sql,
};

static enum assay_status needs(const struct assay_check *check, struct assay_needs *needs,
                               struct assay_error *err)
{
    const struct args *args = check->args;
    struct assay_check row = *check;
    row.columns = args->columns;
    row.column_count = args->column_count;
    return assay_need_violations(needs, &row, &predicate, args, err);
}

static void judge(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out)
{
    const struct args *args = check->args;
    assay_judge_rows(check, measures[0], env, out);
    out->columns = args->columns;
    out->column_count = args->column_count;
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_str(out, assay_expr_text(args->that));
}

const struct assay_expectation assay_expectation_expression = {
    .name = "expression",
    .summary = "a condition over a row's columns is true",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_TABLE,
    .traits = ASSAY_TRAIT_ROWWISE,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "expression: \"total = net + tax\"",
    .prepare = prepare,
    .needs = needs,
    .judge = judge,
    .title = title,
};
