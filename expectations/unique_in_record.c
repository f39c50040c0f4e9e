/*
 * unique_in_record: the values of several columns differ from one another in every record.
 *
 * Values are equal as metric/same.h says, where both columns go by the same rule, else
 * bytewise; two nulls are equal. Which rows with nulls are considered says `ignore_nulls`.
 * Exact; row counts add up.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/needs.h"
#include "metric/same.h"

struct args {
    int ignore_nulls;
};

static const struct assay_param params[] = {
    {"ignore_nulls", ASSAY_PARAM_CHOICE, 0, "all", assay_ignore_nulls,
     offsetof(struct args, ignore_nulls), "rows that are not considered, by their nulls"},
};

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    (void)arguments;
    if (prepare->check->column_count < 2)
        return assay_fail(err, ASSAY_CONFIG, "SUITE-MISSING", "unique_in_record needs columns");
    return ASSAY_OK;
}

static bool equal(struct assay_column *a, struct assay_column *b, uint32_t row)
{
    bool a_null = assay_bit_get(a->null, row), b_null = assay_bit_get(b->null, row);
    if (a_null || b_null)
        return a_null && b_null;
    return assay_same_rows(a, b, row);
}

static enum assay_status test(const void *arguments, void *scratch, const struct assay_slice *slice,
                              uint64_t *violations, struct assay_predicate_fault *fault,
                              struct assay_error *err)
{
    (void)arguments, (void)scratch, (void)fault;
    for (uint32_t c = 0; c < slice->column_count; c++)
        if (!assay_same_ready(slice->columns[c]))
            return assay_fail_nomem(err);
    ASSAY_BITS_EACH(slice->mask, slice->rows, row, {
        bool twice = false;
        for (uint32_t a = 1; a < slice->column_count; a++)
            for (uint32_t b = 0; b < a; b++)
                twice |= equal(slice->columns[a], slice->columns[b], row);
        if (twice)
            assay_bit_set(violations, row);
    })
    return ASSAY_OK;
}

static const struct assay_predicate predicates[] =
    ASSAY_PREDICATES_BY_NULLS("unique_in_record", test, NULL);

static enum assay_status needs(const struct assay_check *check, struct assay_needs *needs,
                               struct assay_error *err)
{
    const struct args *args = check->args;
    return assay_need_violations(needs, check, &predicates[args->ignore_nulls], NULL, err);
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    (void)check;
    assay_buf_puts(out, "differ from one another");
}

const struct assay_expectation assay_expectation_unique_in_record = {
    .name = "unique_in_record",
    .summary = "the values of several columns differ in every record",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .traits = ASSAY_TRAIT_ROWWISE | ASSAY_TRAIT_MULTI,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "unique_in_record: {columns: [billing_id, shipping_id]}",
    .prepare = prepare,
    .needs = needs,
    .title = title,
};
