/*
 * The smallest and the largest value, as numbers, times or text.
 */
#include "config.h"

#include "base/decimal.h"
#include "metric/judge.h"
#include "metric/metrics.h"
#include "metric/misfit.h"
#include "metric/sql.h"
#include "metric/state.h"
#include "metric/typed.h"

#define TEXT_LIMIT ((size_t)64 << 20)

struct extremes {
    enum assay_order order;
    enum assay_type type; /* how times are shown */
    struct assay_extremes numbers;
    struct assay_instant min_time, max_time;
    struct assay_buf min_text, max_text;
    uint64_t count; /* times or texts seen */
    struct assay_misfits misfits;
};

static void extremes_key(const void *arguments, struct assay_buf *out)
{
    const struct assay_extremes_args *args = arguments;
    assay_buf_printf(out, "%d", (int)args->order);
}

static enum assay_status extremes_init(void *state, const void *args,
                                       const struct assay_metric_env *env, struct assay_error *err)
{
    struct extremes *e = state;
    e->order = ((const struct assay_extremes_args *)args)->order;
    e->type = env->field_count ? env->fields[0]->type : ASSAY_TYPE_NONE;
    assay_extremes_init(&e->numbers, TEXT_LIMIT);
    assay_buf_init(&e->min_text, TEXT_LIMIT);
    assay_buf_init(&e->max_text, TEXT_LIMIT);
    return assay_misfits_init(&e->misfits, env, err);
}

static void extremes_reset(void *state)
{
    struct extremes *e = state;
    assay_extremes_free(&e->numbers);
    assay_buf_free(&e->min_text);
    assay_buf_free(&e->max_text);
    assay_misfits_reset(&e->misfits);
}

static enum assay_status add_numbers(struct extremes *e, const struct assay_slice *slice,
                                     uint64_t *usable, struct assay_error *err)
{
    struct assay_column *column = slice->columns[0];
    const struct assay_numbers *numbers = assay_typed_numbers(column);
    if (numbers == NULL)
        return assay_fail_nomem(err);
    ASSAY_TRY(assay_misfits_numbers(&e->misfits, slice, numbers, usable, err));
    struct assay_number_rows values = {
        .mantissa = numbers->mantissa,
        .code = numbers->code,
        .base = column->base,
        .spans = column->spans,
        .rows = slice->rows,
    };
    return assay_extremes_add_batch(&e->numbers, &values, usable, err);
}

static void add_time(struct extremes *e, struct assay_instant time)
{
    if (e->count == 0 || assay_instant_compare(time, e->min_time) < 0)
        e->min_time = time;
    if (e->count == 0 || assay_instant_compare(time, e->max_time) > 0)
        e->max_time = time;
    e->count++;
}

static enum assay_status add_times(struct extremes *e, const struct assay_slice *slice,
                                   uint64_t *usable, struct assay_error *err)
{
    const struct assay_times *times = assay_column_times(slice->columns[0]);
    if (times == NULL)
        return assay_fail_nomem(err);
    ASSAY_TRY(assay_misfits_times(&e->misfits, slice, times, usable, err));
    uint64_t count = 0;
    int64_t min = INT64_MAX, max = INT64_MIN;
    if (times->nanos != NULL) {
        ASSAY_BITS_EACH(usable, slice->rows, row, { add_time(e, assay_times_at(times, row)); })
        return ASSAY_OK;
    }
    ASSAY_BITS_EACH(usable, slice->rows, row, {
        int64_t time = times->micros[row];
        min = time < min ? time : min;
        max = time > max ? time : max;
        count++;
    })
    if (count == 0)
        return ASSAY_OK;
    count += e->count;
    add_time(e, (struct assay_instant){min, 0});
    add_time(e, (struct assay_instant){max, 0});
    e->count = count;
    return ASSAY_OK;
}

static bool add_text(struct extremes *e, struct assay_str text)
{
    if (e->count == 0 || assay_str_compare(text, assay_buf_view(&e->min_text)) < 0) {
        assay_buf_reset(&e->min_text);
        assay_buf_str(&e->min_text, text);
    }
    if (e->count == 0 || assay_str_compare(text, assay_buf_view(&e->max_text)) > 0) {
        assay_buf_reset(&e->max_text);
        assay_buf_str(&e->max_text, text);
    }
    e->count++;
    return !e->min_text.failed && !e->max_text.failed;
}

static enum assay_status extremes_update(void *state, const struct assay_slice *slice,
                                         struct assay_error *err)
{
    struct extremes *e = state;
    uint64_t *usable =
        assay_arena_array(&slice->batch->arena, ASSAY_BITMAP_WORDS(slice->rows) + 1, 8);
    if (usable == NULL)
        return assay_fail_nomem(err);
    if (e->order == ASSAY_ORDER_NUMBER)
        return add_numbers(e, slice, usable, err);
    if (e->order == ASSAY_ORDER_TIME)
        return add_times(e, slice, usable, err);
    assay_slice_present(slice, usable);
    ASSAY_BITS_EACH(usable, slice->rows, row, {
        if (!add_text(e, assay_column_text(slice->columns[0], row)))
            return assay_fail_nomem(err);
    })
    return ASSAY_OK;
}

static enum assay_status extremes_merge(void *into, void *from, struct assay_error *err)
{
    struct extremes *a = into, *b = from;
    ASSAY_TRY(assay_misfits_merge(&a->misfits, &b->misfits, err));
    if (a->order == ASSAY_ORDER_NUMBER)
        return assay_extremes_merge(&a->numbers, &b->numbers, err);
    if (b->count == 0)
        return ASSAY_OK;
    uint64_t sum = a->count + b->count;
    if (a->order == ASSAY_ORDER_TIME) {
        add_time(a, b->min_time);
        add_time(a, b->max_time);
    } else if (!add_text(a, assay_buf_view(&b->min_text)) ||
               !add_text(a, assay_buf_view(&b->max_text)))
        return assay_fail_nomem(err);
    a->count = sum;
    return ASSAY_OK;
}

static struct assay_value number_value(struct assay_arena *arena, const struct assay_numref *number)
{
    struct assay_buf text;
    assay_buf_init(&text, TEXT_LIMIT);
    assay_number_text(number, &text);
    arena->failed |= text.failed;
    struct assay_value value = assay_value_number(arena, assay_buf_view(&text));
    assay_buf_free(&text);
    return value;
}

static enum assay_status extremes_finish(void *state, struct assay_arena *arena,
                                         struct assay_measure *out, struct assay_error *err)
{
    struct extremes *e = state;
    struct assay_extremes_detail *detail = assay_arena_alloc(arena, sizeof *detail);
    struct assay_numref min, max;
    if (detail == NULL)
        return assay_fail_nomem(err);
    out->detail = detail;
    if (e->order == ASSAY_ORDER_NUMBER) {
        if (assay_extremes_min(&e->numbers, &min) && assay_extremes_max(&e->numbers, &max)) {
            detail->min = number_value(arena, &min);
            detail->max = number_value(arena, &max);
        }
        assay_misfits_finish(&e->misfits, "finite number", out);
        return ASSAY_OK;
    }
    assay_misfits_finish(&e->misfits, "time", out);
    if (e->count == 0)
        return ASSAY_OK;
    if (e->order == ASSAY_ORDER_TIME) {
        detail->min = assay_value_time(arena, e->min_time, e->type);
        detail->max = assay_value_time(arena, e->max_time, e->type);
        detail->min_time = e->min_time;
        detail->max_time = e->max_time;
    } else {
        detail->min = assay_value_text(arena, assay_buf_view(&e->min_text));
        detail->max = assay_value_text(arena, assay_buf_view(&e->max_text));
    }
    return ASSAY_OK;
}

static void put_instant(struct assay_instant instant, struct assay_buf *out)
{
    assay_state_put_u64(out, (uint64_t)instant.micros);
    assay_state_put_u64(out, instant.nanos);
}

static struct assay_instant get_instant(struct assay_str *in, bool *failed)
{
    struct assay_instant instant = {.micros = (int64_t)assay_state_get_u64(in, failed)};
    uint64_t nanos = assay_state_get_u64(in, failed);
    *failed |= nanos > 999;
    instant.nanos = (uint32_t)nanos;
    return instant;
}

static enum assay_status extremes_save(void *state, struct assay_buf *out, struct assay_error *err)
{
    struct extremes *e = state;
    assay_state_begin(out, "extremes", 2);
    assay_state_put_u64(out, e->order);
    assay_misfits_save(&e->misfits, out);
    assay_state_put_u64(out, e->count);
    put_instant(e->min_time, out);
    put_instant(e->max_time, out);
    assay_state_put_text(out, assay_buf_view(&e->min_text));
    assay_state_put_text(out, assay_buf_view(&e->max_text));
    assay_extremes_save(&e->numbers, out);
    return out->failed ? assay_fail_nomem(err) : ASSAY_OK;
}

static enum assay_status extremes_load(void *state, struct assay_str saved, struct assay_error *err)
{
    struct extremes *e = state;
    bool failed = false;
    assay_state_expect(&saved, "extremes", 2, &failed);
    failed |= assay_state_get_u64(&saved, &failed) != e->order;
    if (failed || !assay_misfits_load(&e->misfits, &saved))
        return assay_state_bad("extremes", err);
    e->count = assay_state_get_u64(&saved, &failed);
    e->min_time = get_instant(&saved, &failed);
    e->max_time = get_instant(&saved, &failed);
    assay_buf_str(&e->min_text, assay_state_get_text(&saved, &failed));
    assay_buf_str(&e->max_text, assay_state_get_text(&saved, &failed));
    if (failed)
        return assay_state_bad("extremes", err);
    ASSAY_TRY(assay_extremes_load(&e->numbers, &saved, err));
    return saved.len ? assay_state_bad("extremes", err) : ASSAY_OK;
}

static bool extremes_ask(const void *arguments, struct assay_sql_ask *ask)
{
    enum assay_order order = ((const struct assay_extremes_args *)arguments)->order;
    const struct assay_sql_column *column = &ask->columns[0];
    const char *value = column->sql;
    if (order == ASSAY_ORDER_TIME)
        return assay_sql_no(ask, "times are read from text");
    if (!assay_sql_all(ask, column,
                       order == ASSAY_ORDER_TEXT ? ask->dialect->text : ask->dialect->number,
                       order == ASSAY_ORDER_TEXT ? "values are not all text"
                                                 : "values are not all plain numbers"))
        return false;
    if (order == ASSAY_ORDER_TEXT)
        value = assay_sql_fill(ask, ask->dialect->bytewise, value);
    if (ask->filter != NULL)
        value = assay_sql_text(ask, "CASE WHEN %s THEN %s END", ask->filter, value);
    assay_sql_count(ask, assay_sql_text(ask, "%s IS NOT NULL", column->sql));
    assay_sql_item(ask, assay_sql_text(ask, "MIN(%s)", value));
    assay_sql_item(ask, assay_sql_text(ask, "MAX(%s)", value));
    return true;
}

static enum assay_status extremes_take(void *state, const struct assay_sql_answers *answers,
                                       struct assay_error *err)
{
    struct extremes *e = state;
    uint64_t count = assay_sql_u64(answers, 0);
    for (uint32_t slot = 1; slot <= 2 && count > 0; slot++) {
        struct assay_str text = assay_sql_answer(answers, slot);
        struct assay_numref number = assay_numref(text);
        if (e->order == ASSAY_ORDER_NUMBER)
            ASSAY_TRY(assay_extremes_add(&e->numbers, &number, err));
        else if (!add_text(e, text))
            return assay_fail_nomem(err);
    }
    if (e->order != ASSAY_ORDER_NUMBER)
        e->count = count;
    return ASSAY_OK;
}

static const struct assay_metric_sql extremes_sql = {extremes_ask, extremes_take};

const struct assay_metric assay_metric_extremes = {
    .name = "extremes",
    .summary = "smallest and largest value",
    .state_size = sizeof(struct extremes),
    .key = extremes_key,
    .init = extremes_init,
    .update = extremes_update,
    .merge = extremes_merge,
    .finish = extremes_finish,
    .save = extremes_save,
    .load = extremes_load,
    .reset = extremes_reset,
    .sql = &extremes_sql,
};
