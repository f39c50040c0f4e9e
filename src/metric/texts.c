/*
 * Texts in columns whose type is inferred.
 */
#include "config.h"

#include "metric/texts.h"

#include "metric/judge.h"
#include "metric/needs.h"
#include "metric/metrics.h"
#include "metric/typed.h"

static enum assay_status no_text_test(const void *args, void *scratch,
                                      const struct assay_slice *slice, uint64_t *violations,
                                      struct assay_predicate_fault *fault, struct assay_error *err)
{
    (void)args, (void)scratch, (void)fault, (void)err;
    memcpy(violations, slice->mask, ASSAY_BITMAP_WORDS(slice->rows) * 8);
    return ASSAY_OK;
}

static const struct assay_predicate no_text = {
    .name = "no_text",
    .considers = ASSAY_CONSIDER_PRESENT,
    .test = no_text_test,
};

enum assay_status assay_need_texts(struct assay_needs *needs, const struct assay_check *check,
                                   const struct assay_predicate *predicate, const void *args,
                                   struct assay_error *err)
{
    ASSAY_TRY(assay_need_violations(needs, check, predicate, args, err));
    if (!assay_typed_applies(check->field))
        return ASSAY_OK;
    struct assay_metric_spec kinds = {
        .metric = &assay_metric_kinds,
        .columns = check->columns,
        .column_count = 1,
        .depends = -1,
    };
    ASSAY_TRY(assay_need_violations(needs, check, &no_text, NULL, err));
    return assay_need(needs, &kinds) < 0 ? assay_fail_nomem(err) : ASSAY_OK;
}

void assay_judge_texts(const struct assay_check *check, const struct assay_measure *const *measures,
                       const struct assay_judge_env *env, struct assay_outcome *out)
{
    bool none = assay_typed_applies(check->field) &&
                assay_kinds_common(measures[2]->detail) != ASSAY_VALUE_STRING;
    assay_judge_rows(check, measures[none ? 1 : 0], env, out);
}
