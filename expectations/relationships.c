/*
 * relationships: every value is found in a column of another source; a tuple of several
 * columns, among its tuples.
 *
 * Rows in which a column is null are not considered. Values are equal as the child's
 * declared types say (metric/same.h), in both sources. Exact, also where memory does not
 * suffice. The other source is read whole, before this one; where it cannot be, that is an
 * error, and where some of its records are malformed, a warning at least.
 */
#include "config.h"

#include "base/redact.h"
#include "metric/judge.h"
#include "metric/metrics.h"
#include "metric/needs.h"

struct args {
    struct assay_str to;
    struct assay_str column;
    struct assay_strs to_columns;
    const struct assay_str *parents;         /* of the other source, one a column of ours */
    const struct assay_field *const *fields; /* the parents', typed as ours */
    const char *source;
    struct assay_settings options;
    struct assay_distinct_args distinct;
};

static const struct assay_param params[] = {
    {"to", ASSAY_PARAM_TEXT, ASSAY_PARAM_REQUIRED | ASSAY_PARAM_NONEMPTY | ASSAY_PARAM_SOURCE, NULL,
     NULL, offsetof(struct args, to),
     "the other source; a path starts where the suite is; beside a database also the name of a "
     "table there"},
    {"column", ASSAY_PARAM_COLUMN, 0, NULL, NULL, offsetof(struct args, column),
     "the other source's column; left out: of the same name"},
    {"to_columns", ASSAY_PARAM_COLUMNS, 0, NULL, NULL, offsetof(struct args, to_columns),
     "the other source's columns, in the order of `columns`"},
    {"options", ASSAY_PARAM_SETTINGS, 0, NULL, NULL, offsetof(struct args, options),
     "how the other source is read, where that is not as this one"},
};

/* The other source's columns: those given, else of the same names. */
static enum assay_status find_parents(struct args *args, struct assay_prepare *prepare,
                                      struct assay_error *err)
{
    uint32_t count = prepare->check->column_count;
    bool one = args->column.len != 0, several = args->to_columns.count != 0;
    prepare->param = several ? "to_columns" : "column";
    if (one && several)
        return assay_fail(err, ASSAY_CONFIG, "SUITE-KEY", "give either column or to_columns");
    uint32_t given = several ? args->to_columns.count : one ? 1 : count;
    if (given != count) {
        assay_fail(err, ASSAY_CONFIG, "SUITE-BOUNDS",
                   "%u column%s here and %u in the other source: there must be as many", count,
                   count == 1 ? "" : "s", given);
        return ASSAY_CONFIG;
    }
    args->parents = several ? args->to_columns.items
                    : one   ? &args->column
                            : prepare->check->columns;
    prepare->param = NULL;
    return ASSAY_OK;
}

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct args *args = arguments;
    uint32_t count = prepare->check->column_count;
    ASSAY_TRY(find_parents(args, prepare, err));
    const struct assay_field **fields = assay_arena_array(prepare->arena, count, sizeof *fields);
    struct assay_field *made = assay_arena_array(prepare->arena, count, sizeof *made);
    args->source = assay_arena_strdup(prepare->arena, args->to);
    if (fields == NULL || made == NULL || args->source == NULL)
        return assay_fail_nomem(err);
    for (uint32_t i = 0; i < count; i++) {
        const struct assay_field *own =
            prepare->field_of(prepare->context, prepare->check->columns[i]);
        made[i] = own != NULL ? *own : (struct assay_field){0};
        made[i].name = args->parents[i];
        fields[i] = &made[i];
    }
    args->fields = fields;
    args->distinct.lookup = true;
    return ASSAY_OK;
}

static enum assay_status needs(const struct assay_check *check, struct assay_needs *needs,
                               struct assay_error *err)
{
    const struct args *args = check->args;
    struct assay_metric_spec malformed = {
        .metric = &assay_metric_malformed,
        .depends = -1,
        .source = args->source,
        .settings = args->options.count != 0 ? &args->options : NULL,
    };
    struct assay_metric_spec keys = malformed;
    keys.metric = &assay_metric_distinct;
    keys.columns = args->parents;
    keys.column_count = check->column_count;
    keys.args = &args->distinct;
    keys.fields = args->fields;
    int slot = assay_need(needs, &keys);
    if (slot < 0)
        return assay_fail_nomem(err);
    ASSAY_TRY(assay_need_lookup(needs, check, &assay_predicate_orphan, NULL, slot, false, err));
    return assay_need(needs, &malformed) < 0 ? assay_fail_nomem(err) : ASSAY_OK;
}

static void judge(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out)
{
    assay_judge_rows(check, measures[1], env, out);
    /* Keys of malformed records are missed: values may fail that are among them. */
    assay_malformed_tell(measures[2], ((const struct args *)check->args)->to, env, out);
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_puts(out, check->column_count > 1 ? "are found together in " : "is found in ");
    assay_redact_mask(args->to, out);
    for (uint32_t i = 0; i < check->column_count; i++) {
        assay_buf_puts(out, i ? ", " : " ");
        assay_buf_str(out, args->parents[i]);
    }
}

const struct assay_expectation assay_expectation_relationships = {
    .name = "relationships",
    .summary = "values are found in a column of another source",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .traits = ASSAY_TRAIT_ROWWISE | ASSAY_TRAIT_MULTI,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "relationships: {to: customers.csv, column: id}",
    .prepare = prepare,
    .needs = needs,
    .judge = judge,
    .title = title,
};
