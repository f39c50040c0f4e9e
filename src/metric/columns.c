/*
 * The columns of the source: a fact that no row changes.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/metrics.h"
#include "metric/sql.h"
#include "metric/state.h"

struct columns {
    const struct assay_metric_env *env;
};

static enum assay_status columns_init(void *state, const void *args,
                                      const struct assay_metric_env *env, struct assay_error *err)
{
    (void)args, (void)err;
    ((struct columns *)state)->env = env;
    return ASSAY_OK;
}

static void columns_reset(void *state)
{
    (void)state;
}

static enum assay_status columns_update(void *state, const struct assay_slice *slice,
                                        struct assay_error *err)
{
    (void)state, (void)slice, (void)err;
    return ASSAY_OK;
}

static enum assay_status columns_merge(void *into, void *from, struct assay_error *err)
{
    (void)into, (void)from, (void)err;
    return ASSAY_OK;
}

static enum assay_status columns_finish(void *state, struct assay_arena *arena,
                                        struct assay_measure *out, struct assay_error *err)
{
    const struct assay_metric_env *env = ((struct columns *)state)->env;
    struct assay_value *items = assay_arena_array(arena, env->schema_count + 1u, sizeof *items);
    if (items == NULL)
        return assay_fail_nomem(err);
    for (uint32_t i = 0; i < env->schema_count; i++)
        items[i] = assay_value_text(arena, env->schema[i]);
    out->value =
        (struct assay_value){.kind = ASSAY_VALUE_LIST, .count = env->schema_count, .items = items};
    return ASSAY_OK;
}

static enum assay_status columns_save(void *state, struct assay_buf *out, struct assay_error *err)
{
    const struct assay_metric_env *env = ((struct columns *)state)->env;
    assay_state_begin(out, "columns", 1);
    assay_state_put_u64(out, env->schema_count);
    for (uint32_t i = 0; i < env->schema_count; i++)
        assay_state_put_text(out, env->schema[i]);
    return out->failed ? assay_fail_nomem(err) : ASSAY_OK;
}

/* A saved state is of a source with the same columns, or it is not this one's. */
static enum assay_status columns_load(void *state, struct assay_str saved, struct assay_error *err)
{
    const struct assay_metric_env *env = ((struct columns *)state)->env;
    bool failed = false;
    assay_state_expect(&saved, "columns", 1, &failed);
    failed |= assay_state_get_u64(&saved, &failed) != env->schema_count;
    for (uint32_t i = 0; i < env->schema_count && !failed; i++)
        failed |= !assay_str_equal(assay_state_get_text(&saved, &failed), env->schema[i]);
    return failed || saved.len ? assay_state_bad("columns", err) : ASSAY_OK;
}

/* The schema is known without a question. */
static bool columns_ask(const void *args, struct assay_sql_ask *ask)
{
    (void)args, (void)ask;
    return true;
}

static enum assay_status columns_take(void *state, const struct assay_sql_answers *answers,
                                      struct assay_error *err)
{
    (void)state, (void)answers, (void)err;
    return ASSAY_OK;
}

static const struct assay_metric_sql columns_sql = {columns_ask, columns_take};

const struct assay_metric assay_metric_columns = {
    .name = "columns",
    .summary = "names of the columns",
    .state_size = sizeof(struct columns),
    .init = columns_init,
    .update = columns_update,
    .merge = columns_merge,
    .finish = columns_finish,
    .save = columns_save,
    .load = columns_load,
    .reset = columns_reset,
    .sql = &columns_sql,
};
