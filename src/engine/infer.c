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

static enum assay_status infer_values(struct assay_run_builder *builder,
                                      const struct assay_str *names, size_t name_count,
                                      const struct assay_value **values, size_t count,
                                      struct assay_error *err)
{
    struct assay_value *shown = assay_arena_array(&builder->arena, count + 1, sizeof *shown);
    if (shown == NULL)
        return assay_fail_nomem(err);
    for (size_t v = 0; v < count; v++) {
        shown[v] = (*values)[v];
        if (v < name_count)
            shown[v] = as_kind(builder, shown[v], kind_of(builder, names[v]));
    }
    *values = shown;
    return ASSAY_OK;
}

enum assay_status assay_run_infer(struct assay_run_builder *builder, struct assay_result *result,
                                  struct assay_error *err)
{
    struct assay_sample *samples =
        assay_arena_array(&builder->arena, result->sample_count + 1, sizeof *samples);
    if (samples == NULL)
        return assay_fail_nomem(err);
    for (size_t i = 0; i < result->sample_count; i++) {
        struct assay_sample *sample = &samples[i];
        *sample = result->samples[i];
        ASSAY_TRY(infer_values(builder, result->columns, result->column_count, &sample->values,
                               sample->value_count, err));
        ASSAY_TRY(infer_values(builder, result->beside, result->beside_count, &sample->beside,
                               sample->beside_count, err));
    }
    result->samples = samples;
    return ASSAY_OK;
}
