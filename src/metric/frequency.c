/*
 * How often each value occurs.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/metrics.h"
#include "metric/misfit.h"
#include "metric/state.h"
#include "metric/typed.h"

struct frequency {
    const struct assay_frequency_args *args;
    const struct assay_field *field;
    struct assay_frequency values;
    bool kinds; /* the format has kinds, and no type is declared */
};

/* Whether values are counted by typed keys. */
static bool is_typed(const struct frequency *f)
{
    return f->kinds || assay_typed_applies(f->field);
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

/* In a numeric column 1 and 1.0 are one value: they are counted by their canonical text. */
static enum assay_status add_numbers(struct frequency *f, const struct assay_slice *slice,
                                     const uint64_t *present, struct assay_error *err)
{
    struct assay_buf text;
    enum assay_status status = ASSAY_OK;
    assay_buf_init(&text, (size_t)64 << 20);
    ASSAY_BITS_EACH(present, slice->rows, row, {
        struct assay_numref number = assay_column_numref(slice->columns[0], row);
        assay_buf_reset(&text);
        if (is_typed(f))
            assay_typed_key(slice->columns[0], row, &text);
        else if (number.code == ASSAY_NUM_NOT)
            assay_buf_str(&text, assay_column_text(slice->columns[0], row));
        else
            assay_number_text(&number, &text);
        if (status == ASSAY_OK)
            status = text.failed
                         ? assay_fail_nomem(err)
                         : assay_frequency_add_key(&f->values, assay_buf_view(&text), 1, err);
    })
    assay_buf_free(&text);
    return status;
}

static enum assay_status frequency_update(void *state, const struct assay_slice *slice,
                                          struct assay_error *err)
{
    struct frequency *f = state;
    struct assay_column *column = slice->columns[0];
    uint64_t *present = assay_arena_array(column->arena, ASSAY_BITMAP_WORDS(slice->rows) + 1, 8);
    if (present == NULL)
        return assay_fail_nomem(err);
    assay_slice_present(slice, present);
    f->kinds |= column->kind != NULL && assay_typed_column(column);
    bool typed = is_typed(f) && !assay_typed_plain(column, present);
    if (assay_type_is_numeric(column->field->type) || typed)
        return add_numbers(f, slice, present, err);
    return assay_frequency_add_keys(&f->values, column->base, column->spans, present, slice->rows,
                                    err);
}

static enum assay_status frequency_merge(void *into, void *from, struct assay_error *err)
{
    struct frequency *a = into, *b = from;
    a->kinds |= b->kinds;
    return assay_frequency_merge(&a->values, &b->values, err);
}

static enum assay_status list_values(const struct frequency *f, struct assay_arena *arena,
                                     const struct assay_frequency_top *top,
                                     struct assay_frequency_detail *detail, struct assay_error *err)
{
    struct assay_value *values = assay_arena_array(arena, top->count + 1, sizeof *values);
    uint64_t *counts = assay_arena_array(arena, top->count + 1, sizeof *counts);
    if (values == NULL || counts == NULL)
        return assay_fail_nomem(err);
    bool numeric = f->field != NULL && assay_type_is_numeric(f->field->type);
    for (size_t i = 0; i < top->count; i++) {
        struct assay_numref number;
        bool is_number = numeric && assay_numref_of(top->values[i].text, &number);
        values[i] = is_typed(f) ? assay_typed_value(arena, top->values[i].text)
                    : is_number ? assay_value_number(arena, top->values[i].text)
                                : assay_value_text(arena, top->values[i].text);
        counts[i] = top->values[i].count;
    }
    detail->count = (uint32_t)top->count;
    detail->values = values;
    detail->counts = counts;
    return ASSAY_OK;
}

/* Whether a value is among the names: as a number in a numeric column, else bytewise. */
static bool is_named(const struct frequency *f, struct assay_str value)
{
    bool numeric = f->field != NULL && (assay_type_is_numeric(f->field->type) || is_typed(f));
    struct assay_numref number, name;
    bool is_number = numeric && assay_numref_of(value, &number);
    for (uint32_t i = 0; i < f->args->name_count; i++) {
        if (assay_str_equal(value, f->args->names[i]))
            return true;
        if (is_number && assay_numref_of(f->args->names[i], &name) &&
            assay_number_compare(&number, &name) == 0)
            return true;
    }
    return false;
}

struct naming {
    const struct frequency *f;
    uint64_t count; /* the highest */
    bool found;
};

static enum assay_status look_for_names(void *ctx, struct assay_str value, uint64_t count,
                                        struct assay_error *err)
{
    struct naming *naming = ctx;
    (void)err;
    if (count == naming->count && !naming->found)
        naming->found = is_named(naming->f, value);
    return ASSAY_OK;
}

/* Looks for names among the listed modes, and among all where not all are listed. */
static enum assay_status find_names(struct frequency *f, struct assay_frequency_detail *detail,
                                    struct assay_error *err)
{
    for (uint32_t i = 0; i < detail->modes && !detail->named; i++)
        detail->named = is_named(f, detail->values[i].text);
    if (detail->named || detail->unlisted_modes == 0 || detail->modes == 0)
        return ASSAY_OK;
    struct naming naming = {.f = f, .count = detail->counts[0]};
    ASSAY_TRY(assay_frequency_each(&f->values, look_for_names, &naming, err));
    detail->named = naming.found;
    return ASSAY_OK;
}

static enum assay_status frequency_finish(void *state, struct assay_arena *arena,
                                          struct assay_measure *out, struct assay_error *err)
{
    struct frequency *f = state;
    struct assay_frequency_top top = {0};
    struct assay_frequency_detail *detail = assay_arena_alloc(arena, sizeof *detail);
    if (detail == NULL)
        return assay_fail_nomem(err);
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
};

static enum assay_status walk_one(void *context, struct assay_str key, uint64_t count,
                                  struct assay_error *err)
{
    struct walk *walk = context;
    const struct assay_field *field = walk->f->field;
    struct assay_numref number;
    struct assay_value value = {.kind = ASSAY_VALUE_STRING, .text = key};
    if (is_typed(walk->f)) {
        value = assay_typed_value(&walk->arena, key);
        if (value.kind == ASSAY_VALUE_NULL)
            return assay_fail_nomem(err);
    } else if (field != NULL && assay_type_is_numeric(field->type) && assay_numref_of(key, &number))
        value.kind = ASSAY_VALUE_NUMBER;
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
    enum assay_status status = assay_frequency_each(&f->values, walk_one, &walk, err);
    assay_arena_free(&walk.arena);
    return status;
}

void assay_frequency_member(const struct assay_field *field, const struct assay_scalar *member,
                            struct assay_buf *out)
{
    struct assay_numref number;
    if (assay_typed_applies(field))
        assay_typed_key_of(member, out);
    else if (field != NULL && assay_type_is_numeric(field->type) &&
             assay_numref_of(member->text, &number))
        assay_number_text(&number, out);
    else
        assay_buf_str(out, member->text);
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
    .merge = frequency_merge,
    .finish = frequency_finish,
    .save = frequency_save,
    .load = frequency_load,
    .reset = frequency_reset,
};
