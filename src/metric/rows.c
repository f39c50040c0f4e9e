/*
 * How many records there are. With a filter, those it picks among the usable ones;
 * without, all of them, malformed ones included.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/metrics.h"
#include "metric/sql.h"
#include "metric/state.h"

struct rows {
    uint64_t count;
};

static enum assay_status rows_init(void *state, const void *args,
                                   const struct assay_metric_env *env, struct assay_error *err)
{
    (void)state, (void)args, (void)env, (void)err;
    return ASSAY_OK;
}

static enum assay_status rows_update(void *state, const struct assay_slice *slice,
                                     struct assay_error *err)
{
    struct rows *rows = state;
    (void)err;
    rows->count += assay_bits_count(slice->filtered ? slice->mask : slice->selected, slice->rows);
    return ASSAY_OK;
}

static enum assay_status rows_merge(void *into, void *from, struct assay_error *err)
{
    (void)err;
    ((struct rows *)into)->count += ((struct rows *)from)->count;
    return ASSAY_OK;
}

static enum assay_status rows_finish(void *state, struct assay_arena *arena,
                                     struct assay_measure *out, struct assay_error *err)
{
    struct rows *rows = state;
    out->counts.element_count = rows->count;
    out->value = assay_value_count(arena, rows->count);
    return out->value.kind == ASSAY_VALUE_NULL ? assay_fail_nomem(err) : ASSAY_OK;
}

static enum assay_status rows_save(void *state, struct assay_buf *out, struct assay_error *err)
{
    assay_state_begin(out, "rows", 1);
    assay_state_put_u64(out, ((struct rows *)state)->count);
    return out->failed ? assay_fail_nomem(err) : ASSAY_OK;
}

static enum assay_status rows_load(void *state, struct assay_str saved, struct assay_error *err)
{
    bool failed = false;
    assay_state_expect(&saved, "rows", 1, &failed);
    ((struct rows *)state)->count = assay_state_get_u64(&saved, &failed);
    return failed || saved.len ? assay_state_bad("rows", err) : ASSAY_OK;
}

static void rows_reset(void *state)
{
    (void)state;
}

static bool rows_ask(const void *args, struct assay_sql_ask *ask)
{
    (void)args;
    assay_sql_count(ask, "");
    return true;
}

static enum assay_status rows_take(void *state, const struct assay_sql_answers *answers,
                                   struct assay_error *err)
{
    (void)err;
    ((struct rows *)state)->count = assay_sql_u64(answers, 0);
    return ASSAY_OK;
}

static const struct assay_metric_sql rows_sql = {rows_ask, rows_take};

const struct assay_metric assay_metric_rows = {
    .name = "rows",
    .summary = "number of records",
    .state_size = sizeof(struct rows),
    .init = rows_init,
    .update = rows_update,
    .merge = rows_merge,
    .finish = rows_finish,
    .save = rows_save,
    .load = rows_load,
    .reset = rows_reset,
    .sql = &rows_sql,
};
