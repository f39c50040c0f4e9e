/*
 * Exact quantiles of numbers.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/metrics.h"
#include "metric/misfit.h"
#include "metric/state.h"
#include "metric/typed.h"

struct quantiles {
    const struct assay_quantiles_args *args;
    struct assay_quantiles quantiles;
    struct assay_misfits misfits;
};

/* Which quantiles are asked for matters only in the end, but tells two measures apart. */
static void quantiles_key(const void *arguments, struct assay_buf *out)
{
    const struct assay_quantiles_args *args = arguments;
    for (uint32_t i = 0; i < args->count; i++)
        assay_buf_printf(out, "%lld/%u/%d ", (long long)args->wanted[i].mantissa,
                         args->wanted[i].code, (int)args->wanted[i].mode);
}

static enum assay_status quantiles_init(void *state, const void *args,
                                        const struct assay_metric_env *env, struct assay_error *err)
{
    struct quantiles *q = state;
    q->args = args;
    assay_quantiles_init(&q->quantiles, env->budget);
    return assay_misfits_init(&q->misfits, env, err);
}

static void quantiles_reset(void *state)
{
    struct quantiles *q = state;
    if (q->quantiles.budget != NULL)
        assay_quantiles_reset(&q->quantiles);
    assay_misfits_reset(&q->misfits);
}

static enum assay_status quantiles_update(void *state, const struct assay_slice *slice,
                                          struct assay_error *err)
{
    struct quantiles *q = state;
    struct assay_column *column = slice->columns[0];
    const struct assay_numbers *numbers = assay_typed_numbers(column);
    uint64_t *usable = assay_arena_array(column->arena, ASSAY_BITMAP_WORDS(slice->rows) + 1, 8);
    if (numbers == NULL || usable == NULL)
        return assay_fail_nomem(err);
    ASSAY_TRY(assay_misfits_numbers(&q->misfits, slice, numbers, usable, err));
    for (uint32_t r = 0; r < slice->rows; r += 64) {
        uint32_t n = slice->rows - r < 64 ? slice->rows - r : 64;
        uint64_t big = assay_bits_above(numbers->code + r, n, ASSAY_NUM_BIG - 1) & usable[r / 64];
        for (; big != 0; big &= big - 1) {
            struct assay_str text = assay_column_text(column, r + (uint32_t)__builtin_ctzll(big));
            ASSAY_TRY(assay_quantiles_add_big(&q->quantiles, text, err));
        }
    }
    return assay_quantiles_add(&q->quantiles, numbers->mantissa, numbers->code, usable, slice->rows,
                               err);
}

static enum assay_status quantiles_merge(void *into, void *from, struct assay_error *err)
{
    struct quantiles *a = into, *b = from;
    ASSAY_TRY(assay_misfits_merge(&a->misfits, &b->misfits, err));
    return assay_quantiles_merge(&a->quantiles, &b->quantiles, err);
}

static enum assay_status quantiles_finish(void *state, struct assay_arena *arena,
                                          struct assay_measure *out, struct assay_error *err)
{
    struct quantiles *q = state;
    uint32_t count = q->args->count;
    assay_misfits_finish(&q->misfits, "finite number", out);
    struct assay_quantiles_detail *detail = assay_arena_alloc(arena, sizeof *detail);
    if (detail == NULL)
        return assay_fail_nomem(err);
    *detail = (struct assay_quantiles_detail){q->quantiles.count, &q->quantiles};
    out->detail = detail;
    if (q->quantiles.count == 0 || count == 0)
        return ASSAY_OK;
    struct assay_numref *values = assay_arena_array(arena, count + 1, sizeof *values);
    struct assay_value *items = assay_arena_array(arena, count + 1, sizeof *items);
    if (values == NULL || items == NULL)
        return assay_fail_nomem(err);
    ASSAY_TRY(assay_quantiles_get(&q->quantiles, q->args->wanted, count, values, err));
    for (uint32_t i = 0; i < count; i++) {
        struct assay_buf text;
        assay_buf_init(&text, (size_t)1 << 26);
        assay_number_text(&values[i], &text);
        arena->failed |= text.failed;
        items[i] = assay_value_number(arena, assay_buf_view(&text));
        assay_buf_free(&text);
    }
    out->value = (struct assay_value){.kind = ASSAY_VALUE_LIST, .count = count, .items = items};
    return ASSAY_OK;
}

static enum assay_status quantiles_save(void *state, struct assay_buf *out, struct assay_error *err)
{
    struct quantiles *q = state;
    assay_state_begin(out, "quantiles", 1);
    assay_misfits_save(&q->misfits, out);
    return assay_quantiles_save(&q->quantiles, out, err);
}

static enum assay_status quantiles_load(void *state, struct assay_str saved,
                                        struct assay_error *err)
{
    struct quantiles *q = state;
    bool failed = false;
    assay_state_expect(&saved, "quantiles", 1, &failed);
    if (failed || !assay_misfits_load(&q->misfits, &saved))
        return assay_state_bad("quantiles", err);
    return assay_quantiles_load(&q->quantiles, saved, err);
}

const struct assay_metric assay_metric_quantiles = {
    .name = "quantiles",
    .summary = "exact quantiles of numbers",
    .state_size = sizeof(struct quantiles),
    .key = quantiles_key,
    .init = quantiles_init,
    .update = quantiles_update,
    .merge = quantiles_merge,
    .finish = quantiles_finish,
    .save = quantiles_save,
    .load = quantiles_load,
    .reset = quantiles_reset,
};
