/*
 * rejected_values: no value is one of those listed.
 *
 * In a column of a numeric type values are compared as numbers, in one of a time type as
 * instants, otherwise bytewise (metric/set.h). Nulls are not considered. Exact; row counts
 * add up.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/set.h"
#include "metric/sql.h"

struct args {
    struct assay_scalars values;
    bool case_insensitive;
    const struct assay_set *set;
};

static const struct assay_param params[] = {
    {"values", ASSAY_PARAM_SCALARS, ASSAY_PARAM_MAIN | ASSAY_PARAM_REQUIRED | ASSAY_PARAM_NONEMPTY,
     NULL, NULL, offsetof(struct args, values), "the values that are not allowed"},
    {"case_insensitive", ASSAY_PARAM_BOOL, 0, "false", NULL,
     offsetof(struct args, case_insensitive), "letters are equal in both cases"},
};

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct args *args = arguments;
    prepare->param = "values";
    return assay_set_prepare(prepare, &args->values, args->case_insensitive, &args->set, err);
}

static enum assay_status test(const void *arguments, void *scratch, const struct assay_slice *slice,
                              uint64_t *violations, struct assay_predicate_fault *fault,
                              struct assay_error *err)
{
    const struct args *args = arguments;
    (void)scratch, (void)fault;
    return assay_set_test(args->set, slice, violations, err);
}

static const char *sql(const void *arguments, struct assay_sql_ask *ask)
{
    const struct args *args = arguments;
    return assay_set_sql(&args->values, args->case_insensitive, ask);
}

static const struct assay_predicate predicate = {
    .name = "rejected_values",
    .considers = ASSAY_CONSIDER_PRESENT,
    .test = test,
    .sql = sql,
};

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_puts(out, "is none of ");
    assay_set_describe(&args->values, out);
}

const struct assay_expectation assay_expectation_rejected_values = {
    .name = "rejected_values",
    .summary = "values are not among those listed",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .traits = ASSAY_TRAIT_ROWWISE,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "rejected_values: [unknown, n/a]",
    .prepare = prepare,
    .predicate = &predicate,
    .title = title,
};
