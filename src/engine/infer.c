/*
 * Columns without a declared type in formats without kinds: what all their values read as
 * decides how values are shown.
 */
#include "config.h"

#include "engine/run.h"

#include "metric/judge.h"
#include "metric/metrics.h"
#include "metric/typed.h"

enum assay_status assay_run_kinds(struct assay_run_builder *builder, const struct assay_plan *plan,
                                  const struct assay_bound *bounds, struct assay_error *err)
{
    builder->kinds =
        assay_arena_array(&builder->arena, plan->kind_count + 1u, sizeof *builder->kinds);
    if (builder->kinds == NULL)
        return assay_fail_nomem(err);
    for (uint32_t i = 0; i < plan->kind_count; i++) {
        const struct assay_measure *measure = &bounds[plan->kinds[i].task].measure;
        if (measure->failed || measure->detail == NULL)
            continue;
        enum assay_value_kind kind = assay_kinds_common(measure->detail);
        if (kind != ASSAY_VALUE_STRING)
            builder->kinds[builder->kind_count++] =
                (struct assay_run_kind){plan->kinds[i].column, kind};
    }
    return ASSAY_OK;
}

/* A text of a column that holds nothing but numbers is a number; so with booleans. */
static struct assay_value as_kind(struct assay_run_builder *builder, struct assay_value value,
                                  enum assay_value_kind kind)
{
    struct assay_numref number = assay_numref(value.text);
    if (value.kind != ASSAY_VALUE_STRING || kind == ASSAY_VALUE_STRING)
        return value;
    if (kind == ASSAY_VALUE_BOOLEAN) {
        value.kind = kind;
        value.boolean = value.text.len == 4;
    } else if (number.code == ASSAY_NUM_NAN)
        value.kind = ASSAY_VALUE_NULL;
    else if (number.code != ASSAY_NUM_NOT)
        value = assay_typed_number(&builder->arena, &number);
    return value;
}

static enum assay_value_kind kind_of(const struct assay_run_builder *builder,
                                     struct assay_str column)
{
    for (uint32_t i = 0; i < builder->kind_count; i++)
        if (assay_str_equal(builder->kinds[i].column, column))
            return builder->kinds[i].kind;
    return ASSAY_VALUE_STRING;
}

enum assay_status assay_run_infer(struct assay_run_builder *builder, struct assay_result *result,
                                  struct assay_error *err)
{
    struct assay_sample *samples =
        assay_arena_array(&builder->arena, result->sample_count + 1, sizeof *samples);
    if (samples == NULL)
        return assay_fail_nomem(err);
    for (size_t i = 0; i < result->sample_count; i++) {
        const struct assay_sample *from = &result->samples[i];
        struct assay_value *values =
            assay_arena_array(&builder->arena, from->value_count + 1, sizeof *values);
        if (values == NULL)
            return assay_fail_nomem(err);
        for (size_t v = 0; v < from->value_count; v++) {
            values[v] = from->values[v];
            if (v < result->column_count)
                values[v] = as_kind(builder, values[v], kind_of(builder, result->columns[v]));
        }
        samples[i] = *from;
        samples[i].values = values;
    }
    result->samples = samples;
    return ASSAY_OK;
}
