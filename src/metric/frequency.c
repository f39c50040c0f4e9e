/*
 * How often each value occurs.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/metrics.h"
#include "metric/misfit.h"
#include "metric/sql.h"
#include "metric/state.h"
#include "metric/typed.h"

struct frequency {
    const struct assay_frequency_args *args;
    const struct assay_field *field;
    struct assay_frequency values;
    bool kinds;                   /* the format has kinds, and no type is declared */
    enum assay_value_kind common; /* of all values, where they are inferred from texts */
};

/* What is counted stands in a format without kinds, and is of the kind that all values share. */
static bool is_inferred(const struct frequency *f)
{
    return !f->kinds && assay_typed_applies(f->field);
}

/* How values are told apart. */
static enum assay_same rule_of(const struct frequency *f)
{
    return assay_same_by(f->field, f->kinds);
}

static void frequency_key(const void *arguments, struct assay_buf *out)
{
    const struct assay_frequency_args *args = arguments;
    assay_buf_printf(out, "%u", args->top);
    for (uint32_t i = 0; i < args->name_count; i++) {
        assay_buf_printf(out, " %zu:", args->names[i].len);
        assay_buf_str(out, args->names[i]);
    }
}

static enum assay_status frequency_init(void *state, const void *args,
                                        const struct assay_metric_env *env, struct assay_error *err)
{
    struct frequency *f = state;
    (void)err;
    f->args = args;
    f->field = env->field_count ? env->fields[0] : NULL;
    assay_frequency_init(&f->values, env->budget, env->seed);
    return ASSAY_OK;
}

static void frequency_reset(void *state)
{
    struct frequency *f = state;
    if (f->values.budget != NULL)
        assay_frequency_reset(&f->values);
}

/*
 * In a numeric column 1 and 1.0 are one value: they are counted by their key, which of a
 * `plain` column is the text. `counts`: how many rows each row stands for; NULL: one.
 */
static enum assay_status add_keys(struct frequency *f, const struct assay_slice *slice,
                                  const uint64_t *present, bool plain, const uint64_t *counts,
                                  struct assay_error *err)
{
    struct assay_buf text;
    enum assay_status status = ASSAY_OK;
    if (!assay_same_ready(slice->columns[0]))
        return assay_fail_nomem(err);
    assay_buf_init(&text, (size_t)64 << 20);
    ASSAY_BITS_EACH(present, slice->rows, row, {
        assay_buf_reset(&text);
        if (plain)
            assay_buf_str(&text, assay_column_text(slice->columns[0], row));
        else
            assay_typed_key(slice->columns[0], row, &text);
        if (status == ASSAY_OK)
            status = text.failed ? assay_fail_nomem(err)
                                 : assay_frequency_add_key(&f->values, assay_buf_view(&text),
                                                           counts != NULL ? counts[row] : 1, err);
    })
    assay_buf_free(&text);
    return status;
}

static enum assay_status add_rows(struct frequency *f, const struct assay_slice *slice,
                                  const uint64_t *counts, struct assay_error *err)
{
    struct assay_column *column = slice->columns[0];
    uint64_t *present = assay_arena_array(column->arena, ASSAY_BITMAP_WORDS(slice->rows) + 1, 8);
    if (present == NULL)
        return assay_fail_nomem(err);
    assay_slice_present(slice, present);
    f->kinds |= column->kind != NULL && assay_typed_column(column);
    enum assay_same same = assay_same_in(column);
    bool plain = same == ASSAY_SAME_TEXT ||
                 (same == ASSAY_SAME_INFERRED && assay_typed_plain(column, present));
    if (!plain || counts != NULL)
        return add_keys(f, slice, present, plain, counts, err);
    return assay_frequency_add_keys(&f->values, column->base, column->spans, present, slice->rows,
                                    err);
}

static enum assay_status frequency_update(void *state, const struct assay_slice *slice,
                                          struct assay_error *err)
{
    return add_rows(state, slice, NULL, err);
}

static enum assay_status frequency_update_groups(void *state, const struct assay_slice *slice,
                                                 struct assay_error *err)
{
    return add_rows(state, slice, slice->batch->numbers, err);
}

static bool frequency_ask(const void *args, struct assay_sql_ask *ask)
{
    const struct assay_sql_column *column = &ask->columns[0];
    (void)args;
    if (ask->dialect->grouped == NULL)
        return assay_sql_no(ask, "databases do not answer it the same way");
    const char *key = assay_sql_key(ask, column);
    if (key == NULL)
        return false;
    const char *present = assay_sql_text(ask, "(%s IS NOT NULL)", column->sql);
    assay_sql_values(ask, key, assay_sql_both(ask, ask->filter, present));
    return true;
}

static const struct assay_metric_sql frequency_sql = {frequency_ask, NULL};

static enum assay_status frequency_merge(void *into, void *from, struct assay_error *err)
{
    struct frequency *a = into, *b = from;
    a->kinds |= b->kinds;
    return assay_frequency_merge(&a->values, &b->values, err);
}

/* Numbers, booleans, and what is neither. */
struct kinds_seen {
    uint64_t numbers, booleans, others;
};

static enum assay_status see_kind(void *ctx, struct assay_str key, uint64_t count,
                                  struct assay_error *err)
{
    struct kinds_seen *seen = ctx;
    struct assay_numref number;
    (void)count, (void)err;
    if (assay_numref_of(key, &number))
        seen->numbers++;
    else if (assay_typed_is_boolean(key))
        seen->booleans++;
    else
        seen->others++;
    return ASSAY_OK;
}

static enum assay_status find_common(struct frequency *f, struct assay_error *err)
{
    struct kinds_seen seen = {0};
    if (!is_inferred(f))
        return ASSAY_OK;
    ASSAY_TRY(assay_frequency_each(&f->values, see_kind, &seen, err));
    bool one = !seen.others && (seen.numbers != 0) != (seen.booleans != 0);
    f->common = !one ? ASSAY_VALUE_STRING : seen.numbers ? ASSAY_VALUE_NUMBER : ASSAY_VALUE_BOOLEAN;
    return ASSAY_OK;
}

/* The key of a value that was counted, once it is known what all are; in `out` where it differs. */
static struct assay_str settled_key(const struct frequency *f, struct assay_str key,
                                    struct assay_buf *out)
{
    struct assay_numref number;
    if (!is_inferred(f) || f->common == ASSAY_VALUE_NUMBER ||
        (f->common == ASSAY_VALUE_STRING && !assay_numref_of(key, &number)))
        return key;
    struct assay_scalar member = {
        .kind = f->common == ASSAY_VALUE_STRING ? ASSAY_SCALAR_STRING : ASSAY_SCALAR_BOOLEAN,
        .text = f->common == ASSAY_VALUE_STRING ? key : assay_cstr(key.len == 4 ? "true" : "false"),
    };
    assay_buf_reset(out);
    assay_typed_key_inferred(&member, out);
    return assay_buf_view(out);
}

static enum assay_status list_values(const struct frequency *f, struct assay_arena *arena,
                                     const struct assay_frequency_top *top,
                                     struct assay_frequency_detail *detail, struct assay_error *err)
{
    struct assay_value *values = assay_arena_array(arena, top->count + 1, sizeof *values);
    uint64_t *counts = assay_arena_array(arena, top->count + 1, sizeof *counts);
    if (values == NULL || counts == NULL)
        return assay_fail_nomem(err);
    struct assay_buf settled;
    assay_buf_init(&settled, (size_t)1 << 26);
    for (size_t i = 0; i < top->count; i++) {
        values[i] =
            assay_typed_value(arena, rule_of(f), settled_key(f, top->values[i].text, &settled));
        counts[i] = top->values[i].count;
    }
    arena->failed |= settled.failed;
    assay_buf_free(&settled);
    detail->count = (uint32_t)top->count;
    detail->values = values;
    detail->counts = counts;
    return ASSAY_OK;
}

/* Whether a value's key is among the names'. */
static bool is_named(const struct frequency *f, struct assay_str key)
{
    for (uint32_t i = 0; i < f->args->name_count; i++)
        if (assay_str_equal(key, f->args->names[i]))
            return true;
    return false;
}

struct naming {
    const struct frequency *f;
    struct assay_buf settled;
    uint64_t count; /* the highest */
    bool found;
};

static enum assay_status look_for_names(void *ctx, struct assay_str key, uint64_t count,
                                        struct assay_error *err)
{
    struct naming *naming = ctx;
    (void)err;
    if (count == naming->count && !naming->found)
        naming->found = is_named(naming->f, settled_key(naming->f, key, &naming->settled));
    return ASSAY_OK;
}

/* Looks for names among all that share the highest count. */
static enum assay_status find_names(struct frequency *f, struct assay_frequency_detail *detail,
                                    struct assay_error *err)
{
    if (detail->modes == 0 || f->args->name_count == 0)
        return ASSAY_OK;
    struct naming naming = {.f = f, .count = detail->counts[0]};
    assay_buf_init(&naming.settled, (size_t)1 << 26);
    enum assay_status status = assay_frequency_each(&f->values, look_for_names, &naming, err);
    if (status == ASSAY_OK && naming.settled.failed)
        status = assay_fail_nomem(err);
    assay_buf_free(&naming.settled);
    detail->named = naming.found;
    return status;
}

static enum assay_status frequency_finish(void *state, struct assay_arena *arena,
                                          struct assay_measure *out, struct assay_error *err)
{
    struct frequency *f = state;
    struct assay_frequency_top top = {0};
    struct assay_frequency_detail *detail = assay_arena_alloc(arena, sizeof *detail);
    if (detail == NULL)
        return assay_fail_nomem(err);
    ASSAY_TRY(find_common(f, err));
    ASSAY_TRY(assay_frequency_top(&f->values, f->args->top, &top, err));
    enum assay_status status = list_values(f, arena, &top, detail, err);
    detail->state = f;
    detail->distinct = top.distinct;
    detail->total = f->values.total;
    while (detail->modes < top.count && top.values[detail->modes].count == top.values[0].count)
        detail->modes++;
    detail->unlisted_modes = detail->modes == top.count ? top.ties : 0;
    assay_frequency_top_free(&top);
    out->detail = detail;
    return status == ASSAY_OK ? find_names(f, detail, err) : status;
}

struct walk {
    const struct frequency *f;
    assay_frequency_walk_fn *fn;
    void *ctx;
    struct assay_arena arena;
    struct assay_buf settled;
};

static enum assay_status walk_one(void *context, struct assay_str counted, uint64_t count,
                                  struct assay_error *err)
{
    struct walk *walk = context;
    struct assay_str key = settled_key(walk->f, counted, &walk->settled);
    if (walk->settled.failed)
        return assay_fail_nomem(err);
    struct assay_value value = {.kind = ASSAY_VALUE_STRING, .text = key};
    if (rule_of(walk->f) != ASSAY_SAME_TEXT)
        value = assay_typed_value(&walk->arena, rule_of(walk->f), key);
    if (value.kind == ASSAY_VALUE_NULL)
        return assay_fail_nomem(err);
    enum assay_status status = walk->fn(walk->ctx, key, &value, count, err);
    assay_arena_reset(&walk->arena);
    return status;
}

enum assay_status assay_frequency_walk(const struct assay_frequency_detail *detail,
                                       assay_frequency_walk_fn *fn, void *ctx,
                                       struct assay_error *err)
{
    struct frequency *f = detail->state;
    struct walk walk = {.f = f, .fn = fn, .ctx = ctx};
    assay_arena_init(&walk.arena, 0);
    assay_buf_init(&walk.settled, (size_t)1 << 26);
    enum assay_status status = assay_frequency_each(&f->values, walk_one, &walk, err);
    assay_arena_free(&walk.arena);
    assay_buf_free(&walk.settled);
    return status;
}

static enum assay_status frequency_save(void *state, struct assay_buf *out, struct assay_error *err)
{
    struct frequency *f = state;
    assay_state_begin(out, "frequency", 1);
    return assay_frequency_save(&f->values, out, err);
}

static enum assay_status frequency_load(void *state, struct assay_str saved,
                                        struct assay_error *err)
{
    struct frequency *f = state;
    bool failed = false;
    assay_state_expect(&saved, "frequency", 1, &failed);
    return failed ? assay_state_bad("frequency", err)
                  : assay_frequency_load(&f->values, saved, err);
}

const struct assay_metric assay_metric_frequency = {
    .name = "frequency",
    .summary = "how often each value occurs",
    .state_size = sizeof(struct frequency),
    .key = frequency_key,
    .init = frequency_init,
    .update = frequency_update,
    .update_groups = frequency_update_groups,
    .merge = frequency_merge,
    .finish = frequency_finish,
    .save = frequency_save,
    .load = frequency_load,
    .reset = frequency_reset,
    .sql = &frequency_sql,
};
