/*
 * increasing: no value is less than the one before it, in the order of the records.
 *
 * Nulls are passed over, the first value holds, and of a pair that breaks the order the
 * later value is the unexpected one. Values are compared in the order of the column's
 * type, as numbers where none is declared; a value without a place in that order breaks
 * it. Exact, for any split of the data.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/needs.h"

struct args {
    bool strictly;
};

static const struct assay_param params[] = {
    {"strictly", ASSAY_PARAM_BOOL, 0, "false", NULL, offsetof(struct args, strictly),
     "equal values in a row break the order too"},
};

static enum assay_status needs(const struct assay_check *check, struct assay_needs *needs,
                               struct assay_error *err)
{
    const struct args *args = check->args;
    return assay_need_sequence(needs, check, false, args->strictly, err);
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_puts(out, args->strictly ? "is strictly increasing" : "is increasing");
}

const struct assay_expectation assay_expectation_increasing = {
    .name = "increasing",
    .summary = "values rise from record to record",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .traits = ASSAY_TRAIT_ROWWISE,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "increasing: {strictly: true}",
    .needs = needs,
    .title = title,
};
