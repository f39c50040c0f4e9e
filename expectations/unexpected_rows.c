/*
 * unexpected_rows: a query finds no rows.
 *
 * The query is one SELECT in the dialect of SQLite, in which {batch} stands for the records
 * (malformed ones left out). A column all of whose values read as numbers holds numbers
 * there, any other texts; a column that only `where` or another check names is there too.
 * The rows found are counted, and the first 200 shown.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/metrics.h"

#define ROWS_SHOWN 200u

struct args {
    struct assay_str query;
    struct assay_query_args metric;
};

static const struct assay_param params[] = {
    {"query", ASSAY_PARAM_TEXT, ASSAY_PARAM_REQUIRED | ASSAY_PARAM_MAIN | ASSAY_PARAM_NONEMPTY,
     NULL, NULL, offsetof(struct args, query), "a SELECT of the rows that there must not be"},
};

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct args *args = arguments;
    char *sql = assay_arena_strdup(prepare->arena, args->query);
    if (sql == NULL)
        return assay_fail_nomem(err);
    args->metric = (struct assay_query_args){sql, ROWS_SHOWN};
    return ASSAY_OK;
}

static enum assay_status needs(const struct assay_check *check, struct assay_needs *needs,
                               struct assay_error *err)
{
    const struct args *args = check->args;
    return assay_need_metric(needs, check, &assay_metric_query, &args->metric, err);
}

static void judge(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out)
{
    static const struct assay_str keys[] = {{"unexpected_rows", 15}};
    const struct assay_query_detail *found = measures[0]->detail;
    (void)check;
    out->level = found->count == 0 ? ASSAY_LEVEL_PASS : ASSAY_LEVEL_FAIL;
    assay_outcome_say(out, env, "%llu unexpected row%s", (unsigned long long)found->count,
                      found->count == 1 ? "" : "s");
    out->observed = (struct assay_value){.kind = ASSAY_VALUE_STRING, .text = out->message};
    out->details = (struct assay_value){
        .kind = ASSAY_VALUE_MAP, .count = 1, .items = &found->rows, .keys = keys};
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_puts(out, "there are no rows of: ");
    assay_buf_str(out, args->query);
}

const struct assay_expectation assay_expectation_unexpected_rows = {
    .name = "unexpected_rows",
    .summary = "a query finds no rows",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_TABLE,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "unexpected_rows: 'SELECT * FROM {batch} WHERE shipped_at < ordered_at'",
    .prepare = prepare,
    .needs = needs,
    .judge = judge,
    .title = title,
};
