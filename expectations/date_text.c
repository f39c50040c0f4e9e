/*
 * date_text: every value is a text that reads as a date or time.
 *
 * By the rules of base/loose_date.h, which guess: 05/03/2021 is the 3rd of May, Tue 4pm a time
 * of today. To hold values to one notation use `type`, `format` or `time_text`.
 * Where the column's type is inferred and all of its values read as numbers, or as booleans,
 * there is no text and every value is unexpected; so is, in formats with kinds, each value
 * that is no text. Nulls are not considered. Exact; row counts add up.
 */
#include "config.h"

#include "metric/judge.h"
#include "base/loose_date.h"
#include "metric/texts.h"

#include <stdlib.h>

/* The clock, which fills in what a date leaves out. */
static enum assay_status open_clock(const void *args, const struct assay_metric_env *env,
                                    void **scratch, struct assay_error *err)
{
    int64_t *now = malloc(sizeof *now);
    (void)args;
    if (now == NULL)
        return assay_fail_nomem(err);
    *now = env->now;
    *scratch = now;
    return ASSAY_OK;
}

static enum assay_status test(const void *arguments, void *scratch, const struct assay_slice *slice,
                              uint64_t *violations, struct assay_predicate_fault *fault,
                              struct assay_error *err)
{
    const int64_t *now = scratch;
    int64_t micros;
    (void)arguments, (void)fault, (void)err;
    ASSAY_BITS_EACH(slice->mask, slice->rows, row, {
        const struct assay_column *column = slice->columns[0];
        bool is_text = column->kind == NULL || column->kind[row] == ASSAY_KIND_TEXT;
        if (!is_text || !assay_loose_date(assay_column_text(column, row), *now, &micros))
            assay_bit_set(violations, row);
    })
    return ASSAY_OK;
}

static const struct assay_predicate predicate = {
    .name = "date_text",
    .considers = ASSAY_CONSIDER_PRESENT,
    .open = open_clock,
    .close = free,
    .test = test,
};

static enum assay_status needs(const struct assay_check *check, struct assay_needs *needs,
                               struct assay_error *err)
{
    return assay_need_texts(needs, check, &predicate, NULL, err);
}

static void judge(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out)
{
    assay_judge_texts(check, measures, env, out);
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    (void)check;
    assay_buf_puts(out, "reads as a date");
}

const struct assay_expectation assay_expectation_date_text = {
    .name = "date_text",
    .summary = "values are texts that read as a date or time",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .traits = ASSAY_TRAIT_ROWWISE,
    .example = "date_text",
    .needs = needs,
    .judge = judge,
    .title = title,
};
