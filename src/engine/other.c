/*
 * How other sources are read.
 */
#include "config.h"

#include "engine/other.h"

static struct assay_str settings_key(const struct assay_metric_spec *spec)
{
    return spec->settings != NULL ? spec->settings->key : assay_cstr("");
}

bool assay_other_same(const struct assay_metric_spec *a, const struct assay_metric_spec *b)
{
    return a->source != NULL && b->source != NULL && strcmp(a->source, b->source) == 0 &&
           assay_str_equal(settings_key(a), settings_key(b));
}

enum assay_status assay_other_options(const struct assay_options *own,
                                      const struct assay_metric_spec *spec,
                                      struct assay_arena *arena, struct assay_options *out,
                                      struct assay_error *err)
{
    *out = *own;
    out->limit = 0;
    out->sample = 1;
    out->source.table = out->source.query = out->source.where = NULL;
    out->source.order_count = out->source.partition_count = 0;
    if (out->source.header == ASSAY_HEADER_NAMES) {
        out->source.header = ASSAY_HEADER_YES;
        out->source.name_count = 0;
    }
    for (uint32_t i = 0; spec->settings != NULL && i < spec->settings->count; i++) {
        const struct assay_source_setting *row = &spec->settings->rows[i];
        ASSAY_TRY(assay_option_set(out, assay_option_find(row->name), row->values, row->value_count,
                                   arena, err));
    }
    return ASSAY_OK;
}
