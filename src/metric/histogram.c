/*
 * How many numbers fall into each bin.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/metrics.h"
#include "metric/misfit.h"
#include "metric/state.h"

#include <math.h>
#include <stdlib.h>

struct histogram {
    const struct assay_histogram_args *args;
    uint64_t *counts; /* below, the bins, above; heap */
    struct assay_misfits misfits;
};

/* Places of the array: one more than there are edges. */
static uint32_t places(const struct histogram *h)
{
    return h->args->count + 1;
}

static void histogram_key(const void *arguments, struct assay_buf *out)
{
    const struct assay_histogram_args *args = arguments;
    for (uint32_t i = 0; i < args->count; i++)
        assay_buf_printf(out, "%a ", args->edges[i]);
}

static enum assay_status histogram_init(void *state, const void *args,
                                        const struct assay_metric_env *env, struct assay_error *err)
{
    struct histogram *h = state;
    h->args = args;
    h->counts = calloc(places(h), sizeof *h->counts);
    return h->counts ? assay_misfits_init(&h->misfits, env, err) : assay_fail_nomem(err);
}

static void histogram_reset(void *state)
{
    struct histogram *h = state;
    free(h->counts);
    h->counts = NULL;
    assay_misfits_reset(&h->misfits);
}

/* The place of a value: 0 below the first edge, n behind edge n. */
static uint32_t place_of(const struct assay_histogram_args *args, double value)
{
    uint32_t from = 0, to = args->count;
    while (from < to) { /* the number of edges that are not above the value */
        uint32_t middle = from + (to - from) / 2;
        if (args->edges[middle] <= value)
            from = middle + 1;
        else
            to = middle;
    }
    return from == args->count && value <= args->edges[args->count - 1] ? from - 1 : from;
}

static enum assay_status histogram_update(void *state, const struct assay_slice *slice,
                                          struct assay_error *err)
{
    struct histogram *h = state;
    struct assay_column *column = slice->columns[0];
    const struct assay_numbers *numbers = assay_column_numbers(column);
    uint64_t *usable = assay_arena_array(column->arena, ASSAY_BITMAP_WORDS(slice->rows) + 1, 8);
    if (numbers == NULL || usable == NULL)
        return assay_fail_nomem(err);
    ASSAY_TRY(assay_misfits_numbers(&h->misfits, slice, numbers, usable, err));
    ASSAY_BITS_EACH(usable, slice->rows, row, {
        struct assay_numref value = assay_column_numref(column, row);
        h->counts[place_of(h->args, assay_number_to_double(&value))]++;
    })
    return ASSAY_OK;
}

static enum assay_status histogram_merge(void *into, void *from, struct assay_error *err)
{
    struct histogram *a = into, *b = from;
    for (uint32_t i = 0; i < places(a); i++)
        a->counts[i] += b->counts[i];
    return assay_misfits_merge(&a->misfits, &b->misfits, err);
}

static enum assay_status histogram_finish(void *state, struct assay_arena *arena,
                                          struct assay_measure *out, struct assay_error *err)
{
    struct histogram *h = state;
    struct assay_histogram_detail *detail = assay_arena_alloc(arena, sizeof *detail);
    uint64_t *counts = assay_arena_array(arena, places(h), sizeof *counts);
    if (detail == NULL || counts == NULL)
        return assay_fail_nomem(err);
    memcpy(counts, h->counts, places(h) * sizeof *counts);
    detail->below = counts[0];
    detail->above = counts[places(h) - 1];
    detail->counts = counts + 1;
    for (uint32_t i = 0; i < places(h); i++)
        detail->total += counts[i];
    out->detail = detail;
    assay_misfits_finish(&h->misfits, "finite number", out);
    return ASSAY_OK;
}

static enum assay_status histogram_save(void *state, struct assay_buf *out, struct assay_error *err)
{
    struct histogram *h = state;
    assay_state_begin(out, "histogram", 1);
    assay_misfits_save(&h->misfits, out);
    assay_state_put_u64(out, h->args->count);
    for (uint32_t i = 0; i < places(h); i++)
        assay_state_put_u64(out, h->counts[i]);
    return out->failed ? assay_fail_nomem(err) : ASSAY_OK;
}

static enum assay_status histogram_load(void *state, struct assay_str saved,
                                        struct assay_error *err)
{
    struct histogram *h = state;
    bool failed = false;
    assay_state_expect(&saved, "histogram", 1, &failed);
    failed = failed || !assay_misfits_load(&h->misfits, &saved) ||
             assay_state_get_u64(&saved, &failed) != h->args->count;
    for (uint32_t i = 0; !failed && i < places(h); i++)
        h->counts[i] += assay_state_get_u64(&saved, &failed);
    return failed || saved.len ? assay_state_bad("histogram", err) : ASSAY_OK;
}

const struct assay_metric assay_metric_histogram = {
    .name = "histogram",
    .summary = "how many numbers fall into each bin",
    .state_size = sizeof(struct histogram),
    .key = histogram_key,
    .init = histogram_init,
    .update = histogram_update,
    .merge = histogram_merge,
    .finish = histogram_finish,
    .save = histogram_save,
    .load = histogram_load,
    .reset = histogram_reset,
};
