/*
 * How many rows there are and how many of them have a value.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/metrics.h"
#include "metric/sql.h"
#include "metric/state.h"

static enum assay_status counts_init(void *state, const void *args,
                                     const struct assay_metric_env *env, struct assay_error *err)
{
    (void)state, (void)args, (void)env, (void)err;
    return ASSAY_OK;
}

static void counts_reset(void *state)
{
    (void)state;
}

static enum assay_status counts_update(void *state, const struct assay_slice *slice,
                                       struct assay_error *err)
{
    struct assay_counts *counts = state;
    (void)err;
    for (size_t i = 0; i < ASSAY_BITMAP_WORDS(slice->rows); i++) {
        uint64_t null = ~(uint64_t)0;
        for (uint32_t c = 0; c < slice->column_count; c++)
            null &= slice->columns[c]->null[i];
        counts->element_count += (uint64_t)__builtin_popcountll(slice->mask[i]);
        counts->missing_count += (uint64_t)__builtin_popcountll(slice->mask[i] & null);
    }
    return ASSAY_OK;
}

static enum assay_status counts_merge(void *into, void *from, struct assay_error *err)
{
    struct assay_counts *a = into, *b = from;
    (void)err;
    a->element_count += b->element_count;
    a->missing_count += b->missing_count;
    return ASSAY_OK;
}

static enum assay_status counts_finish(void *state, struct assay_arena *arena,
                                       struct assay_measure *out, struct assay_error *err)
{
    out->counts = *(struct assay_counts *)state;
    out->counts.considered_count = out->counts.element_count - out->counts.missing_count;
    out->value = assay_value_count(arena, out->counts.element_count);
    return out->value.kind == ASSAY_VALUE_NULL ? assay_fail_nomem(err) : ASSAY_OK;
}

static enum assay_status counts_save(void *state, struct assay_buf *out, struct assay_error *err)
{
    struct assay_counts *counts = state;
    assay_state_begin(out, "counts", 1);
    assay_state_put_u64(out, counts->element_count);
    assay_state_put_u64(out, counts->missing_count);
    return out->failed ? assay_fail_nomem(err) : ASSAY_OK;
}

static enum assay_status counts_load(void *state, struct assay_str saved, struct assay_error *err)
{
    struct assay_counts *counts = state;
    bool failed = false;
    assay_state_expect(&saved, "counts", 1, &failed);
    counts->element_count = assay_state_get_u64(&saved, &failed);
    counts->missing_count = assay_state_get_u64(&saved, &failed);
    return failed || saved.len ? assay_state_bad("counts", err) : ASSAY_OK;
}

static bool counts_ask(const void *args, struct assay_sql_ask *ask)
{
    const char *missing = "";
    (void)args;
    for (uint32_t i = 0; i < ask->column_count; i++)
        missing = assay_sql_text(ask, "%s%s%s IS NULL", missing, i > 0 ? " AND " : "",
                                 ask->columns[i].sql);
    assay_sql_count(ask, "");
    assay_sql_count(ask, missing);
    return true;
}

static enum assay_status counts_take(void *state, const struct assay_sql_answers *answers,
                                     struct assay_error *err)
{
    struct assay_counts *counts = state;
    (void)err;
    counts->element_count = assay_sql_u64(answers, 0);
    counts->missing_count = assay_sql_u64(answers, 1);
    return ASSAY_OK;
}

static const struct assay_metric_sql counts_sql = {counts_ask, counts_take};

const struct assay_metric assay_metric_counts = {
    .name = "counts",
    .summary = "rows, and rows without a value",
    .state_size = sizeof(struct assay_counts),
    .init = counts_init,
    .update = counts_update,
    .merge = counts_merge,
    .finish = counts_finish,
    .save = counts_save,
    .load = counts_load,
    .reset = counts_reset,
    .sql = &counts_sql,
};
