/*
 * Of which kinds the values of a column are where the format itself has kinds.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/metrics.h"
#include "metric/sql.h"
#include "metric/state.h"

enum { KINDS = sizeof((struct assay_drift_detail){0}.counts) / sizeof(uint64_t) };

static enum assay_status drift_init(void *state, const void *args,
                                    const struct assay_metric_env *env, struct assay_error *err)
{
    (void)state, (void)args, (void)env, (void)err;
    return ASSAY_OK;
}

static void drift_reset(void *state)
{
    (void)state;
}

static enum assay_status drift_update(void *state, const struct assay_slice *slice,
                                      struct assay_error *err)
{
    struct assay_drift_detail *drift = state;
    const struct assay_column *column = slice->columns[0];
    unsigned seen = column->kinds_seen;
    (void)err;
    if (column->kind == NULL || seen == 0)
        return ASSAY_OK;
    if ((seen & (seen - 1)) == 0) {
        uint64_t present = 0;
        for (size_t i = 0; i < ASSAY_BITMAP_WORDS(slice->rows); i++)
            present += (uint64_t)__builtin_popcountll(slice->mask[i] & ~column->null[i]);
        drift->counts[__builtin_ctz(seen)] += present;
        return ASSAY_OK;
    }
    ASSAY_BITS_EACH(slice->mask, slice->rows, row, {
        if (!assay_bit_get(column->null, row))
            drift->counts[column->kind[row]]++;
    })
    return ASSAY_OK;
}

static enum assay_status drift_merge(void *into, void *from, struct assay_error *err)
{
    struct assay_drift_detail *a = into, *b = from;
    (void)err;
    for (int i = 0; i < KINDS; i++)
        a->counts[i] += b->counts[i];
    return ASSAY_OK;
}

static enum assay_status drift_finish(void *state, struct assay_arena *arena,
                                      struct assay_measure *out, struct assay_error *err)
{
    struct assay_drift_detail *detail = assay_arena_alloc(arena, sizeof *detail);
    if (detail == NULL)
        return assay_fail_nomem(err);
    *detail = *(struct assay_drift_detail *)state;
    out->detail = detail;
    return ASSAY_OK;
}

static enum assay_status drift_save(void *state, struct assay_buf *out, struct assay_error *err)
{
    const struct assay_drift_detail *drift = state;
    assay_state_begin(out, "drift", 1);
    for (int i = 0; i < KINDS; i++)
        assay_state_put_u64(out, drift->counts[i]);
    return out->failed ? assay_fail_nomem(err) : ASSAY_OK;
}

static enum assay_status drift_load(void *state, struct assay_str saved, struct assay_error *err)
{
    struct assay_drift_detail *drift = state;
    bool failed = false;
    assay_state_expect(&saved, "drift", 1, &failed);
    for (int i = 0; i < KINDS; i++)
        drift->counts[i] = assay_state_get_u64(&saved, &failed);
    return failed || saved.len ? assay_state_bad("drift", err) : ASSAY_OK;
}

void assay_drift_tell(const struct assay_measure *measure, const struct assay_judge_env *env,
                      struct assay_outcome *out)
{
    static const char *const names[KINDS] = {[ASSAY_KIND_TEXT] = "string",
                                             [ASSAY_KIND_NUMBER] = "number",
                                             [ASSAY_KIND_BOOLEAN] = "boolean",
                                             [ASSAY_KIND_ARRAY] = "array",
                                             [ASSAY_KIND_OBJECT] = "object"};
    const struct assay_drift_detail *drift = measure->detail;
    uint64_t total = 0;
    int kinds = 0;
    if (out->counts.unexpected_count == 0)
        return;
    for (int i = 0; drift != NULL && i < KINDS; i++) {
        total += drift->counts[i];
        kinds += drift->counts[i] > 0;
    }
    if (kinds < 2)
        return;
    struct assay_buf text;
    assay_buf_init(&text, 1024);
    bool told[KINDS] = {false};
    for (int n = 0; n < kinds; n++) { /* what most of them are comes first */
        int most = -1;
        for (int i = 0; i < KINDS; i++)
            if (!told[i] && drift->counts[i] > 0 &&
                (most < 0 || drift->counts[i] > drift->counts[most]))
                most = i;
        told[most] = true;
        assay_buf_printf(&text, "%s%.4g %% %s", n > 0 ? ", " : "",
                         (double)drift->counts[most] / (double)total * 100, names[most]);
    }
    assay_outcome_say(out, env, "%.*s%s%s", (int)out->message.len, out->message.ptr,
                      out->message.len ? ": " : "", text.failed ? "" : text.ptr);
    assay_buf_free(&text);
}

static bool drift_ask(const void *args, struct assay_sql_ask *ask)
{
    const struct assay_sql_column *column = &ask->columns[0];
    (void)args;
    if (!assay_sql_all(ask, column, ask->dialect->keyed, "values are of kinds that cannot be told"))
        return false;
    assay_sql_count(ask, assay_sql_text(ask, "%s IS NOT NULL", column->sql));
    assay_sql_count(ask, assay_sql_is(ask, column, ask->dialect->number));
    return true;
}

static enum assay_status drift_take(void *state, const struct assay_sql_answers *answers,
                                    struct assay_error *err)
{
    struct assay_drift_detail *drift = state;
    (void)err;
    drift->counts[ASSAY_KIND_NUMBER] = assay_sql_u64(answers, 1);
    drift->counts[ASSAY_KIND_TEXT] = assay_sql_u64(answers, 0) - drift->counts[ASSAY_KIND_NUMBER];
    return ASSAY_OK;
}

static const struct assay_metric_sql drift_sql = {drift_ask, drift_take};

const struct assay_metric assay_metric_drift = {
    .name = "drift",
    .summary = "how many values are of which kind, where the format has kinds",
    .state_size = sizeof(struct assay_drift_detail),
    .init = drift_init,
    .update = drift_update,
    .merge = drift_merge,
    .finish = drift_finish,
    .save = drift_save,
    .load = drift_load,
    .reset = drift_reset,
    .sql = &drift_sql,
};
