/*
 * json_text: every value is a text that holds one JSON document.
 *
 * RFC 8259 to the letter, or with `allow_nan` with NaN and the infinities as numbers.
 * Where the column's type is inferred and all of its values read as numbers, or as booleans,
 * there is no text and every value is unexpected; so is, in formats with kinds, each value
 * that is no text. Nulls are not considered. Exact; row counts add up.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/formats.h"
#include "metric/texts.h"

struct args {
    bool allow_nan;
};

static const struct assay_param params[] = {
    {"allow_nan", ASSAY_PARAM_BOOL, 0, "false", NULL, offsetof(struct args, allow_nan),
     "NaN, Infinity and -Infinity are numbers too"},
};

static enum assay_status test(const void *arguments, void *scratch, const struct assay_slice *slice,
                              uint64_t *violations, struct assay_predicate_fault *fault,
                              struct assay_error *err)
{
    const struct args *args = arguments;
    bool (*holds)(struct assay_str) =
        args->allow_nan ? assay_format_is_json_or_nan : assay_format_is_json;
    (void)scratch, (void)fault, (void)err;
    ASSAY_BITS_EACH(slice->mask, slice->rows, row, {
        const struct assay_column *column = slice->columns[0];
        bool is_text = column->kind == NULL || column->kind[row] == ASSAY_KIND_TEXT;
        if (!is_text || !holds(assay_column_text(column, row)))
            assay_bit_set(violations, row);
    })
    return ASSAY_OK;
}

static const struct assay_predicate predicate = {
    .name = "json_text",
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
    (void)check;
    assay_buf_puts(out, "holds JSON");
}

const struct assay_expectation assay_expectation_json_text = {
    .name = "json_text",
    .summary = "values are texts that hold JSON",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .traits = ASSAY_TRAIT_ROWWISE,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "json_text",
    .needs = needs,
    .judge = judge,
    .title = title,
};
