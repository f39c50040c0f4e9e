/*
 * How values can be absent where the format tells it apart: a key that is missing, a
 * null, an empty text.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/metrics.h"
#include "metric/sql.h"
#include "metric/state.h"

static enum assay_status absences_init(void *state, const void *args,
                                       const struct assay_metric_env *env, struct assay_error *err)
{
    (void)state, (void)args, (void)env, (void)err;
    return ASSAY_OK;
}

static void absences_reset(void *state)
{
    (void)state;
}

/* Whether one of the values has no text, as nulls have none: most stretches do not. */
static bool has_short(const struct assay_span *spans, uint32_t rows)
{
    uint32_t any = 0;
    for (uint32_t i = 0; i < rows; i++)
        any |= spans[i].len == 0;
    return any;
}

static void count(struct assay_absences_detail *absences, const struct assay_column *column,
                  uint32_t from, uint64_t mask)
{
    for (; mask != 0; mask &= mask - 1) {
        uint32_t row = from + (uint32_t)__builtin_ctzll(mask);
        uint8_t kind = column->kind[row];
        absences->missing += kind == ASSAY_KIND_MISSING;
        absences->null += kind == ASSAY_KIND_NULL;
        absences->empty += kind == ASSAY_KIND_TEXT && column->spans[row].len == 0;
    }
}

static enum assay_status absences_update(void *state, const struct assay_slice *slice,
                                         struct assay_error *err)
{
    struct assay_absences_detail *absences = state;
    const struct assay_column *column = slice->columns[0];
    (void)err;
    if (column->kind == NULL)
        return ASSAY_OK;
    absences->known = 1;
    for (uint32_t from = 0; from < slice->rows; from += 64) {
        uint64_t mask = slice->mask[from / 64];
        uint32_t rows = slice->rows - from < 64 ? slice->rows - from : 64;
        if (has_short(column->spans + from, rows))
            count(absences, column, from, mask);
    }
    return ASSAY_OK;
}

static enum assay_status absences_merge(void *into, void *from, struct assay_error *err)
{
    struct assay_absences_detail *a = into, *b = from;
    (void)err;
    a->known |= b->known;
    a->missing += b->missing;
    a->null += b->null;
    a->empty += b->empty;
    return ASSAY_OK;
}

static enum assay_status absences_finish(void *state, struct assay_arena *arena,
                                         struct assay_measure *out, struct assay_error *err)
{
    struct assay_absences_detail *detail = assay_arena_alloc(arena, sizeof *detail);
    if (detail == NULL)
        return assay_fail_nomem(err);
    *detail = *(struct assay_absences_detail *)state;
    out->detail = detail;
    return ASSAY_OK;
}

static enum assay_status absences_save(void *state, struct assay_buf *out, struct assay_error *err)
{
    struct assay_absences_detail *absences = state;
    assay_state_begin(out, "absences", 1);
    assay_state_put_u64(out, absences->known);
    assay_state_put_u64(out, absences->missing);
    assay_state_put_u64(out, absences->null);
    assay_state_put_u64(out, absences->empty);
    return out->failed ? assay_fail_nomem(err) : ASSAY_OK;
}

static enum assay_status absences_load(void *state, struct assay_str saved, struct assay_error *err)
{
    struct assay_absences_detail *absences = state;
    bool failed = false;
    assay_state_expect(&saved, "absences", 1, &failed);
    absences->known = assay_state_get_u64(&saved, &failed);
    absences->missing = assay_state_get_u64(&saved, &failed);
    absences->null = assay_state_get_u64(&saved, &failed);
    absences->empty = assay_state_get_u64(&saved, &failed);
    return failed || saved.len ? assay_state_bad("absences", err) : ASSAY_OK;
}

void assay_absences_tell(const struct assay_measure *measure, const struct assay_judge_env *env,
                         struct assay_outcome *out)
{
    static const struct assay_str keys[] = {{"missing", 7}, {"null", 4}, {"empty", 5}};
    const struct assay_absences_detail *detail = measure != NULL ? measure->detail : NULL;
    if (detail == NULL || !detail->known)
        return;
    struct assay_value *items = assay_arena_array(env->arena, 3, sizeof *items);
    if (items == NULL)
        return;
    items[0] = assay_value_count(env->arena, detail->missing);
    items[1] = assay_value_count(env->arena, detail->null);
    items[2] = assay_value_count(env->arena, detail->empty);
    out->details =
        (struct assay_value){.kind = ASSAY_VALUE_MAP, .count = 3, .items = items, .keys = keys};
    if (detail->missing + detail->null + detail->empty == 0)
        return;
    assay_outcome_say(out, env, "%.*s%s%llu missing, %llu null, %llu empty", (int)out->message.len,
                      out->message.ptr, out->message.len ? ": " : "",
                      (unsigned long long)detail->missing, (unsigned long long)detail->null,
                      (unsigned long long)detail->empty);
}

static bool absences_ask(const void *args, struct assay_sql_ask *ask)
{
    const struct assay_sql_column *column = &ask->columns[0];
    (void)args;
    assay_sql_count(ask, assay_sql_text(ask, "%s IS NULL", column->sql));
    if (ask->dialect->text[column->cls] != NULL)
        assay_sql_count(ask,
                        assay_sql_text(ask, "%s = ''",
                                       assay_sql_fill(ask, ask->dialect->bytewise, column->sql)));
    return true;
}

static enum assay_status absences_take(void *state, const struct assay_sql_answers *answers,
                                       struct assay_error *err)
{
    struct assay_absences_detail *absences = state;
    (void)err;
    absences->known = answers->rows > 0;
    absences->null = assay_sql_u64(answers, 0);
    absences->empty = answers->ask->slot_count > 1 ? assay_sql_u64(answers, 1) : 0;
    return ASSAY_OK;
}

static const struct assay_metric_sql absences_sql = {absences_ask, absences_take};

const struct assay_metric assay_metric_absences = {
    .name = "absences",
    .summary = "keys that are missing, nulls and empty texts",
    .state_size = sizeof(struct assay_absences_detail),
    .init = absences_init,
    .update = absences_update,
    .merge = absences_merge,
    .finish = absences_finish,
    .save = absences_save,
    .load = absences_load,
    .reset = absences_reset,
    .sql = &absences_sql,
};
