/*
 * How often each tuple of values occurs.
 */
#include "config.h"

#include "metric/metrics.h"
#include "metric/rowkey.h"
#include "metric/state.h"

#define TUPLE_PARTS 16u

struct tuples {
    struct assay_frequency keys; /* of assay_rowkeys_make_all */
};

static enum assay_status tuples_init(void *state, const void *args,
                                     const struct assay_metric_env *env, struct assay_error *err)
{
    struct tuples *t = state;
    (void)args, (void)err;
    assay_frequency_init(&t->keys, env->budget, env->seed);
    return ASSAY_OK;
}

static void tuples_reset(void *state)
{
    struct tuples *t = state;
    if (t->keys.budget != NULL)
        assay_frequency_reset(&t->keys);
}

static enum assay_status tuples_update(void *state, const struct assay_slice *slice,
                                       struct assay_error *err)
{
    struct tuples *t = state;
    struct assay_rowkeys keys;
    ASSAY_TRY(assay_rowkeys_make_all(slice, &keys, err));
    return assay_frequency_add_keys(&t->keys, keys.base, keys.spans, keys.text_rows, slice->rows,
                                    err);
}

static enum assay_status tuples_merge(void *into, void *from, struct assay_error *err)
{
    struct tuples *a = into, *b = from;
    return assay_frequency_merge(&a->keys, &b->keys, err);
}

static enum assay_status tuples_finish(void *state, struct assay_arena *arena,
                                       struct assay_measure *out, struct assay_error *err)
{
    struct tuples *t = state;
    struct assay_tuples_detail *detail = assay_arena_alloc(arena, sizeof *detail);
    if (detail == NULL)
        return assay_fail_nomem(err);
    *detail = (struct assay_tuples_detail){.total = t->keys.total, .state = t};
    out->detail = detail;
    return ASSAY_OK;
}

struct walk {
    assay_tuples_fn *fn;
    void *ctx;
};

/* Takes a key apart: N for a null, else V, a length and the text. */
static enum assay_status walk_one(void *ctx, struct assay_str key, uint64_t count,
                                  struct assay_error *err)
{
    const struct walk *walk = ctx;
    struct assay_str parts[TUPLE_PARTS];
    size_t at = 0;
    for (uint32_t n = 0; at < key.len && n < TUPLE_PARTS; n++) {
        uint32_t len = 0;
        if (key.ptr[at++] == 'N') {
            parts[n] = assay_str(NULL, 0);
            continue;
        }
        memcpy(&len, key.ptr + at, sizeof len);
        parts[n] = assay_str(key.ptr + at + sizeof len, len);
        at += sizeof len + len;
    }
    return walk->fn(walk->ctx, parts, count, err);
}

enum assay_status assay_tuples_walk(const struct assay_tuples_detail *detail, assay_tuples_fn *fn,
                                    void *ctx, struct assay_error *err)
{
    struct tuples *t = detail->state;
    struct walk walk = {fn, ctx};
    return assay_frequency_each(&t->keys, walk_one, &walk, err);
}

static enum assay_status tuples_save(void *state, struct assay_buf *out, struct assay_error *err)
{
    struct tuples *t = state;
    assay_state_begin(out, "tuples", 1);
    return assay_frequency_save(&t->keys, out, err);
}

static enum assay_status tuples_load(void *state, struct assay_str saved, struct assay_error *err)
{
    struct tuples *t = state;
    bool failed = false;
    assay_state_expect(&saved, "tuples", 1, &failed);
    return failed ? assay_state_bad("tuples", err) : assay_frequency_load(&t->keys, saved, err);
}

const struct assay_metric assay_metric_tuples = {
    .name = "tuples",
    .summary = "how often each tuple of values occurs",
    .state_size = sizeof(struct tuples),
    .init = tuples_init,
    .update = tuples_update,
    .merge = tuples_merge,
    .finish = tuples_finish,
    .save = tuples_save,
    .load = tuples_load,
    .reset = tuples_reset,
};
