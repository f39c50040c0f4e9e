/*
 * Asking for the metrics that more than one expectation is made of.
 */
#include "config.h"

#include "metric/needs.h"

#include "metric/judge.h"
#include "metric/metrics.h"

enum assay_status assay_check_needs(const struct assay_check *check, struct assay_needs *needs,
                                    struct assay_error *err)
{
    const struct assay_expectation *expectation = check->expectation;
    if (expectation->predicate != NULL)
        ASSAY_TRY(assay_need_violations(needs, check, expectation->predicate, check->args, err));
    if (expectation->metric != NULL)
        ASSAY_TRY(assay_need_metric(needs, check, expectation->metric, NULL, err));
    return expectation->needs != NULL ? expectation->needs(check, needs, err) : ASSAY_OK;
}

enum assay_status assay_need_violations(struct assay_needs *needs, const struct assay_check *check,
                                        const struct assay_predicate *predicate, const void *args,
                                        struct assay_error *err)
{
    return assay_need_lookup(needs, check, predicate, args, -1, false, err);
}

enum assay_status assay_need_lookup(struct assay_needs *needs, const struct assay_check *check,
                                    const struct assay_predicate *predicate, const void *args,
                                    int depends, bool only_if_failing, struct assay_error *err)
{
    struct assay_violations_args *own = assay_arena_alloc(assay_needs_arena(needs), sizeof *own);
    if (own == NULL)
        return assay_fail_nomem(err);
    *own = (struct assay_violations_args){.predicate = predicate, .args = args};
    int slot = assay_need(needs, &(struct assay_metric_spec){
                                     .metric = &assay_metric_violations,
                                     .columns = check->columns,
                                     .column_count = check->column_count,
                                     .where = check->where,
                                     .args = own,
                                     .depends = depends,
                                     .only_if_failing = only_if_failing,
                                     .decides = true,
                                 });
    return slot < 0 ? assay_fail_nomem(err) : ASSAY_OK;
}

enum assay_status assay_need_sequence(struct assay_needs *needs, const struct assay_check *check,
                                      bool falling, bool strict, struct assay_error *err)
{
    struct assay_sequence_args *args = assay_arena_alloc(assay_needs_arena(needs), sizeof *args);
    if (args == NULL)
        return assay_fail_nomem(err);
    *args = (struct assay_sequence_args){
        .order = assay_type_order(check->type), .falling = falling, .strict = strict};
    return assay_need_metric(needs, check, &assay_metric_sequence, args, err);
}

struct assay_str assay_check_given(const struct assay_check *check, const char *param)
{
    for (size_t i = 0; i < check->config.count; i++)
        if (assay_str_is(check->config.keys[i], param))
            return check->config.items[i].text;
    return assay_str("", 0);
}
