/*
 * What the values of a column look like.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/metrics.h"
#include "metric/misfit.h"
#include "metric/sql.h"
#include "metric/state.h"
#include "metric/typed.h"

enum { KINDS = sizeof(struct assay_kinds_detail) / sizeof(uint64_t) };

static enum assay_status kinds_init(void *state, const void *args,
                                    const struct assay_metric_env *env, struct assay_error *err)
{
    (void)state, (void)args, (void)env, (void)err;
    return ASSAY_OK;
}

static void kinds_reset(void *state)
{
    (void)state;
}

static bool is_whole(struct assay_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '.' || (text.ptr[i] | 0x20) == 'e')
            return false;
    return true;
}

static uint64_t *count_of(struct assay_kinds_detail *kinds, struct assay_column *column,
                          uint32_t row, uint8_t code)
{
    struct assay_str text = assay_column_text(column, row);
    enum assay_kind kind = column->kind ? (enum assay_kind)column->kind[row] : ASSAY_KIND_TEXT;
    switch (kind) {
    case ASSAY_KIND_BOOLEAN: return &kinds->booleans;
    case ASSAY_KIND_ARRAY: return &kinds->arrays;
    case ASSAY_KIND_OBJECT: return &kinds->objects;
    case ASSAY_KIND_NUMBER: return is_whole(text) ? &kinds->integers : &kinds->numbers;
    default: break;
    }
    if (column->kind != NULL)
        return &kinds->texts;
    if (code != ASSAY_NUM_NOT)
        return code <= ASSAY_NUM_BIG && is_whole(text) ? &kinds->integers : &kinds->numbers;
    return assay_typed_is_boolean(text) ? &kinds->booleans : &kinds->texts;
}

static enum assay_status kinds_update(void *state, const struct assay_slice *slice,
                                      struct assay_error *err)
{
    struct assay_kinds_detail *kinds = state;
    struct assay_column *column = slice->columns[0];
    uint64_t *present = assay_arena_array(column->arena, ASSAY_BITMAP_WORDS(slice->rows) + 1, 8);
    const struct assay_numbers *numbers = present ? assay_column_numbers(column) : NULL;
    if (numbers == NULL)
        return assay_fail_nomem(err);
    assay_slice_present(slice, present);
    kinds->nulls += assay_bits_count(slice->mask, slice->rows);
    kinds->nulls -= assay_bits_count(present, slice->rows);
    if (column->kind != NULL)
        kinds->rows_of_kinds += slice->rows;
    ASSAY_BITS_EACH(present, slice->rows, row,
                    { ++*count_of(kinds, column, row, numbers->code[row]); })
    return ASSAY_OK;
}

static enum assay_status kinds_merge(void *into, void *from, struct assay_error *err)
{
    uint64_t a[KINDS], b[KINDS];
    (void)err;
    memcpy(a, into, sizeof a);
    memcpy(b, from, sizeof b);
    for (int i = 0; i < KINDS; i++)
        a[i] += b[i];
    memcpy(into, a, sizeof a);
    return ASSAY_OK;
}

static enum assay_status kinds_finish(void *state, struct assay_arena *arena,
                                      struct assay_measure *out, struct assay_error *err)
{
    struct assay_kinds_detail *detail = assay_arena_alloc(arena, sizeof *detail);
    if (detail == NULL)
        return assay_fail_nomem(err);
    memcpy(detail, state, sizeof *detail);
    out->detail = detail;
    return ASSAY_OK;
}

static enum assay_status kinds_save(void *state, struct assay_buf *out, struct assay_error *err)
{
    uint64_t counts[KINDS];
    memcpy(counts, state, sizeof counts);
    assay_state_begin(out, "kinds", 2);
    for (int i = 0; i < KINDS; i++)
        assay_state_put_u64(out, counts[i]);
    return out->failed ? assay_fail_nomem(err) : ASSAY_OK;
}

static enum assay_status kinds_load(void *state, struct assay_str saved, struct assay_error *err)
{
    uint64_t counts[KINDS];
    bool failed = false;
    memcpy(counts, state, sizeof counts);
    assay_state_expect(&saved, "kinds", 2, &failed);
    for (int i = 0; i < KINDS; i++)
        counts[i] += assay_state_get_u64(&saved, &failed);
    memcpy(state, counts, sizeof counts);
    return failed || saved.len ? assay_state_bad("kinds", err) : ASSAY_OK;
}

enum assay_value_kind assay_kinds_common(const struct assay_kinds_detail *kinds)
{
    bool others = kinds->texts || kinds->arrays || kinds->objects;
    uint64_t numbers = kinds->integers + kinds->numbers;
    if (others || (numbers && kinds->booleans) || (!numbers && !kinds->booleans))
        return ASSAY_VALUE_STRING;
    return numbers ? ASSAY_VALUE_NUMBER : ASSAY_VALUE_BOOLEAN;
}

static bool kinds_ask(const void *args, struct assay_sql_ask *ask)
{
    const struct assay_sql_column *column = &ask->columns[0];
    (void)args;
    if (!assay_sql_all(ask, column, ask->dialect->keyed, "values are of kinds that cannot be told"))
        return false;
    const char *number = assay_sql_is(ask, column, ask->dialect->number);
    const char *integer = assay_sql_is(ask, column, ask->dialect->whole);
    assay_sql_count(ask, assay_sql_text(ask, "%s IS NULL", column->sql));
    assay_sql_count(ask, integer);
    assay_sql_count(ask, number);
    assay_sql_count(ask, assay_sql_text(ask, "%s IS NOT NULL", column->sql));
    return true;
}

static enum assay_status kinds_take(void *state, const struct assay_sql_answers *answers,
                                    struct assay_error *err)
{
    struct assay_kinds_detail *kinds = state;
    uint64_t numbers = assay_sql_u64(answers, 2), present = assay_sql_u64(answers, 3);
    (void)err;
    kinds->nulls = assay_sql_u64(answers, 0);
    kinds->integers = assay_sql_u64(answers, 1);
    kinds->numbers = numbers - kinds->integers;
    kinds->texts = present - numbers;
    kinds->rows_of_kinds = kinds->nulls + present;
    return ASSAY_OK;
}

static const struct assay_metric_sql kinds_sql = {kinds_ask, kinds_take};

const struct assay_metric assay_metric_kinds = {
    .name = "kinds",
    .summary = "how many values are numbers, booleans, texts …",
    .state_size = sizeof(struct assay_kinds_detail),
    .init = kinds_init,
    .update = kinds_update,
    .merge = kinds_merge,
    .finish = kinds_finish,
    .save = kinds_save,
    .load = kinds_load,
    .reset = kinds_reset,
    .sql = &kinds_sql,
};
