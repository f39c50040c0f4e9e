/*
 * row_sum: the numbers of several columns add up to one value in every record.
 *
 * Sums are exact, as decimals: 0.1 + 0.2 is 0.3. A null or a value that is no finite number
 * among those of a considered row violates. Which rows with nulls are considered says
 * `ignore_nulls`. Row counts add up.
 */
#include "config.h"

#include "base/decimal.h"
#include "metric/judge.h"
#include "metric/needs.h"

struct args {
    struct assay_scalar equals;
    int ignore_nulls;
    struct assay_numref total;
};

static const struct assay_param params[] = {
    {"equals", ASSAY_PARAM_NUMBER, ASSAY_PARAM_REQUIRED, NULL, NULL, offsetof(struct args, equals),
     "what the sum has to be"},
    {"ignore_nulls", ASSAY_PARAM_CHOICE, 0, "all", assay_ignore_nulls,
     offsetof(struct args, ignore_nulls), "rows that are not considered, by their nulls"},
};

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct args *args = arguments;
    prepare->param = "equals";
    if (!assay_numref_of(args->equals.text, &args->total))
        return assay_fail(err, ASSAY_CONFIG, "SUITE-TYPE", "expected a number");
    prepare->param = NULL;
    if (prepare->check->column_count == 0)
        return assay_fail(err, ASSAY_CONFIG, "SUITE-MISSING", "row_sum needs columns");
    return ASSAY_OK;
}

/* The sum of a row of any numbers against the total; NULL, NaN and text never hold. */
static enum assay_status holds(const struct args *args, const struct assay_slice *slice,
                               uint32_t row, bool *yes, struct assay_error *err)
{
    struct assay_moments sum;
    struct assay_buf text;
    enum assay_status status = ASSAY_OK;
    *yes = true;
    assay_moments_init(&sum, false);
    assay_buf_init(&text, (size_t)1 << 20);
    for (uint32_t c = 0; c < slice->column_count && *yes && status == ASSAY_OK; c++) {
        struct assay_numref value = assay_column_numref(slice->columns[c], row);
        *yes = assay_number_is_finite(value.code) && !assay_bit_get(slice->columns[c]->null, row);
        if (*yes)
            status = assay_moments_add(&sum, &value, err);
    }
    if (status == ASSAY_OK && *yes) {
        assay_moments_sum(&sum, &text);
        struct assay_numref total = assay_numref(assay_buf_view(&text));
        *yes = sum.out_of_range == 0 && assay_number_compare(&total, &args->total) == 0;
        status = text.failed ? assay_fail_nomem(err) : ASSAY_OK;
    }
    assay_buf_free(&text);
    assay_moments_free(&sum);
    return status;
}

/* The same in integers, where all values and the total have one scale; false: not so. */
static bool in_integers(const struct args *args, const struct assay_slice *slice, uint32_t row,
                        bool *yes)
{
    __int128 sum = 0;
    for (uint32_t c = 0; c < slice->column_count; c++) {
        const struct assay_numbers *numbers = slice->columns[c]->numbers;
        if (numbers->code[row] != args->total.code || !assay_number_is_small(args->total.code))
            return false;
        sum += numbers->mantissa[row];
    }
    *yes = sum == args->total.mantissa;
    return true;
}

static enum assay_status test(const void *arguments, void *scratch, const struct assay_slice *slice,
                              uint64_t *violations, struct assay_predicate_fault *fault,
                              struct assay_error *err)
{
    const struct args *args = arguments;
    (void)scratch, (void)fault;
    for (uint32_t c = 0; c < slice->column_count; c++)
        if (assay_column_numbers(slice->columns[c]) == NULL)
            return assay_fail_nomem(err);
    ASSAY_BITS_EACH(slice->mask, slice->rows, row, {
        bool yes = false;
        if (!in_integers(args, slice, row, &yes))
            ASSAY_TRY(holds(args, slice, row, &yes, err));
        if (!yes)
            assay_bit_set(violations, row);
    })
    return ASSAY_OK;
}

static const struct assay_predicate predicates[] = ASSAY_PREDICATES_BY_NULLS("row_sum", test, NULL);

static enum assay_status needs(const struct assay_check *check, struct assay_needs *needs,
                               struct assay_error *err)
{
    const struct args *args = check->args;
    return assay_need_violations(needs, check, &predicates[args->ignore_nulls], args, err);
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_puts(out, "add up to ");
    assay_buf_str(out, args->equals.text);
}

const struct assay_expectation assay_expectation_row_sum = {
    .name = "row_sum",
    .summary = "the numbers of several columns add up to one value in every record",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .traits = ASSAY_TRAIT_ROWWISE | ASSAY_TRAIT_MULTI,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "row_sum: {columns: [share_a, share_b], equals: 100}",
    .prepare = prepare,
    .needs = needs,
    .title = title,
};
