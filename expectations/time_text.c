/*
 * time_text: every value is a text in one notation of dates or times.
 *
 * The notation is a format of strptime, such as %d/%m/%Y (base/strptime.h).
 * Where the column's type is inferred and all of its values read as numbers, or as booleans,
 * there is no text and every value is unexpected; so is, in formats with kinds, each value
 * that is no text. Nulls are not considered. Exact; row counts add up.
 */
#include "config.h"

#include "metric/judge.h"
#include "base/strptime.h"
#include "metric/texts.h"

struct args {
    struct assay_str format;
    struct assay_strptime compiled;
};

static const struct assay_param params[] = {
    {"format", ASSAY_PARAM_TEXT, ASSAY_PARAM_MAIN | ASSAY_PARAM_REQUIRED | ASSAY_PARAM_NONEMPTY,
     NULL, NULL, offsetof(struct args, format), "the notation, as strptime has it"},
};

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct args *args = arguments;
    prepare->param = "format";
    return assay_strptime_compile(&args->compiled, args->format, err);
}

static enum assay_status test(const void *arguments, void *scratch, const struct assay_slice *slice,
                              uint64_t *violations, struct assay_predicate_fault *fault,
                              struct assay_error *err)
{
    const struct args *args = arguments;
    (void)scratch, (void)fault, (void)err;
    const struct assay_column *column = slice->columns[0];
    for (uint32_t row = 0; row < slice->rows; row += 64) {
        uint64_t texts = slice->mask[row / 64];
        for (uint64_t left = column->kind != NULL ? texts : 0; left != 0; left &= left - 1)
            if (column->kind[row + (uint32_t)__builtin_ctzll(left)] != ASSAY_KIND_TEXT)
                texts &= ~(left & -left);
        violations[row / 64] =
            slice->mask[row / 64] &
            ~assay_strptime_hold64(&args->compiled, column->base, column->spans + row, texts);
    }
    return ASSAY_OK;
}

static const struct assay_predicate predicate = {
    .name = "time_text",
    .considers = ASSAY_CONSIDER_PRESENT,
    .test = test,
};

static enum assay_status needs(const struct assay_check *check, struct assay_needs *needs,
                               struct assay_error *err)
{
    return assay_need_texts(needs, check, &predicate, check->args, err);
}

static void judge(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out)
{
    assay_judge_texts(check, measures, env, out);
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_puts(out, "is written as ");
    assay_buf_str(out, args->format);
}

const struct assay_expectation assay_expectation_time_text = {
    .name = "time_text",
    .summary = "values are texts in one notation of dates or times",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .traits = ASSAY_TRAIT_ROWWISE,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "time_text: '%d/%m/%Y'",
    .prepare = prepare,
    .needs = needs,
    .judge = judge,
    .title = title,
};
