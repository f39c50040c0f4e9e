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

enum { PEEK = 16 }; /* values looked at one by one before all are read as numbers */

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

/* Nothing follows from what else there may be. */
static void forget_rest(struct assay_kinds_detail *kinds)
{
    if (kinds->others)
        *kinds = (struct assay_kinds_detail){.others = true};
}

static bool is_whole(struct assay_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '.' || (text.ptr[i] | 0x20) == 'e')
            return false;
    return true;
}

/* A value of a format that has kinds. */
static void see_kind(struct assay_kinds_detail *kinds, const struct assay_column *column,
                     uint32_t row)
{
    switch ((enum assay_kind)column->kind[row]) {
    case ASSAY_KIND_BOOLEAN: kinds->booleans = true; break;
    case ASSAY_KIND_NUMBER:
        *(is_whole(assay_column_text(column, row)) ? &kinds->integers : &kinds->numbers) = true;
        break;
    default: kinds->others = true;
    }
}

static void see_kinds(struct assay_kinds_detail *kinds, const struct assay_column *column,
                      const uint64_t *present)
{
    ASSAY_BITS_EACH(present, column->rows, row, {
        see_kind(kinds, column, row);
        if (kinds->others)
            return;
    })
}

/* A text, and the code that it has as a number. */
static void see_text(struct assay_kinds_detail *kinds, struct assay_str text, uint8_t code)
{
    if (code == ASSAY_NUM_NOT)
        *(assay_typed_is_boolean(text) ? &kinds->booleans : &kinds->others) = true;
    else
        *(code <= ASSAY_NUM_BIG && is_whole(text) ? &kinds->integers : &kinds->numbers) = true;
}

/* 64 rows, or what is left of them; most columns hold nothing but digits, or no number. */
static void see_texts(struct assay_kinds_detail *kinds, const struct assay_column *column,
                      const struct assay_numbers *numbers, uint32_t row, uint64_t word)
{
    uint32_t count = column->rows - row < 64 ? column->rows - row : 64;
    uint64_t odd = word & assay_bits_above(numbers->code + row, count, ASSAY_NUM_SCALE_MAX);
    uint64_t scaled = word & assay_bits_above(numbers->code + row, count, 0) & ~odd;
    kinds->numbers |= scaled != 0;
    if (numbers->plain)
        kinds->integers |= (word & ~odd & ~scaled) != 0;
    else
        odd = word & ~scaled;
    for (; odd != 0 && !kinds->others; odd &= odd - 1) {
        uint32_t r = row + (uint32_t)__builtin_ctzll(odd);
        see_text(kinds, assay_column_text(column, r), numbers->code[r]);
    }
}

/* Most columns of text are known for it by one value. */
static void peek(struct assay_kinds_detail *kinds, struct assay_column *column,
                 const uint64_t *present)
{
    unsigned left = column->numbers == NULL ? PEEK : 0;
    ASSAY_BITS_EACH(present, column->rows, row, {
        if (left-- == 0 || kinds->others)
            return;
        struct assay_numref number = assay_column_numref(column, row);
        see_text(kinds, number.text, number.code);
    })
}

static enum assay_status see_column(struct assay_kinds_detail *kinds, struct assay_column *column,
                                    const uint64_t *present, struct assay_error *err)
{
    peek(kinds, column, present);
    if (kinds->others)
        return ASSAY_OK;
    const struct assay_numbers *numbers = assay_column_numbers(column);
    if (numbers == NULL)
        return assay_fail_nomem(err);
    for (uint32_t row = 0; row < column->rows && !kinds->others; row += 64)
        if (present[row / 64] != 0)
            see_texts(kinds, column, numbers, row, present[row / 64]);
    return ASSAY_OK;
}

static enum assay_status kinds_update(void *state, const struct assay_slice *slice,
                                      struct assay_error *err)
{
    struct assay_kinds_detail *kinds = state;
    struct assay_column *column = slice->columns[0];
    if (kinds->others)
        return ASSAY_OK;
    uint64_t *present = assay_arena_array(column->arena, ASSAY_BITMAP_WORDS(slice->rows) + 1, 8);
    if (present == NULL)
        return assay_fail_nomem(err);
    assay_slice_present(slice, present);
    for (size_t i = 0; i < ASSAY_BITMAP_WORDS(slice->rows); i++)
        kinds->nulls |= (slice->mask[i] & ~present[i]) != 0;
    if (column->kind != NULL) {
        kinds->of_kinds |= slice->rows != 0;
        see_kinds(kinds, column, present);
    } else
        ASSAY_TRY(see_column(kinds, column, present, err));
    forget_rest(kinds);
    return ASSAY_OK;
}

static enum assay_status kinds_merge(void *into, void *from, struct assay_error *err)
{
    struct assay_kinds_detail *a = into, *b = from;
    (void)err;
    a->nulls |= b->nulls;
    a->integers |= b->integers;
    a->numbers |= b->numbers;
    a->booleans |= b->booleans;
    a->others |= b->others;
    a->of_kinds |= b->of_kinds;
    forget_rest(a);
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
    const struct assay_kinds_detail *kinds = state;
    assay_state_begin(out, "kinds", 3);
    assay_state_put_u64(out, (uint64_t)kinds->nulls | (uint64_t)kinds->integers << 1 |
                                 (uint64_t)kinds->numbers << 2 | (uint64_t)kinds->booleans << 3 |
                                 (uint64_t)kinds->others << 4 | (uint64_t)kinds->of_kinds << 5);
    return out->failed ? assay_fail_nomem(err) : ASSAY_OK;
}

static enum assay_status kinds_load(void *state, struct assay_str saved, struct assay_error *err)
{
    bool failed = false;
    assay_state_expect(&saved, "kinds", 3, &failed);
    uint64_t bits = assay_state_get_u64(&saved, &failed);
    struct assay_kinds_detail loaded = {
        .nulls = bits & 1,
        .integers = bits >> 1 & 1,
        .numbers = bits >> 2 & 1,
        .booleans = bits >> 3 & 1,
        .others = bits >> 4 & 1,
        .of_kinds = bits >> 5 & 1,
    };
    if (failed || saved.len || bits >> 6)
        return assay_state_bad("kinds", err);
    return kinds_merge(state, &loaded, err);
}

enum assay_value_kind assay_kinds_common(const struct assay_kinds_detail *kinds)
{
    bool numbers = kinds->integers || kinds->numbers;
    if (kinds->others || numbers == kinds->booleans)
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
    uint64_t nulls = assay_sql_u64(answers, 0), integers = assay_sql_u64(answers, 1);
    uint64_t numbers = assay_sql_u64(answers, 2), present = assay_sql_u64(answers, 3);
    (void)err;
    kinds->nulls = nulls != 0;
    kinds->integers = integers != 0;
    kinds->numbers = numbers > integers;
    kinds->others = present > numbers;
    kinds->of_kinds = nulls + present != 0;
    forget_rest(kinds);
    return ASSAY_OK;
}

static const struct assay_metric_sql kinds_sql = {kinds_ask, kinds_take};

const struct assay_metric assay_metric_kinds = {
    .name = "kinds",
    .summary = "whether values are numbers, booleans or something else",
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
