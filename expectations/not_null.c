/*
 * not_null: every row has a value in the column.
 *
 * All rows are considered, so `mostly` is a share of all rows; a quoted empty field is
 * a value. Exact; row counts add up.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/metrics.h"
#include "metric/sql.h"

static enum assay_status test(const void *args, void *scratch, const struct assay_slice *slice,
                              uint64_t *violations, struct assay_predicate_fault *fault,
                              struct assay_error *err)
{
    (void)args, (void)scratch, (void)fault, (void)err;
    for (size_t i = 0; i < ASSAY_BITMAP_WORDS(slice->rows); i++)
        violations[i] = slice->mask[i] & slice->columns[0]->null[i];
    return ASSAY_OK;
}

static const char *sql(const void *args, struct assay_sql_ask *ask)
{
    (void)args;
    return assay_sql_text(ask, "%s IS NULL", ask->columns[0].sql);
}

static const struct assay_predicate predicate = {
    .name = "not_null",
    .considers = ASSAY_CONSIDER_ALL,
    .test = test,
    .sql = sql,
};

static void title(const struct assay_check *check, struct assay_buf *out)
{
    (void)check;
    assay_buf_puts(out, "is not null");
}

const struct assay_expectation assay_expectation_not_null = {
    .name = "not_null",
    .summary = "every row has a value",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .traits = ASSAY_TRAIT_ROWWISE,
    .example = "not_null: {mostly: 0.99}",
    .predicate = &predicate,
    .metric = &assay_metric_absences,
    .tell = assay_absences_tell,
    .title = title,
};
