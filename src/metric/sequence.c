/*
 * Whether values rise, or fall, from row to row.
 *
 * A state is a list of stretches of consecutive records, each with its first and last
 * value; two stretches that touch become one, and only then is the step between them
 * looked at. So any split, and any order of merging, finds the same steps.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/metrics.h"
#include "metric/same.h"
#include "metric/sample.h"
#include "metric/state.h"

#include <stdatomic.h>
#include <stdlib.h>

/* A value that can be compared; `text` is owned, and there for BIG numbers and texts. */
struct key {
    int64_t value; /* mantissa, or microseconds */
    uint8_t code;
    uint16_t nanos; /* past the microseconds */
    char *text;
    size_t len;
};

struct stretch {
    uint64_t begin, end; /* records [begin, end), from 0 */
    bool has_values;
    struct key first, last;
    struct assay_position at; /* of the first value */
    char *shown;              /* the first value's text, or as much as is shown; owned */
    size_t shown_len;
    enum assay_value_kind kind;
};

struct sequence {
    const struct assay_sequence_args *args;
    const struct assay_metric_env *env;
    struct assay_counts counts;
    struct assay_samples samples;
    struct stretch *stretches; /* by begin, none touching another */
    size_t count, cap;
};

static void sequence_key(const void *arguments, struct assay_buf *out)
{
    const struct assay_sequence_args *args = arguments;
    assay_buf_printf(out, "%d/%d/%d", (int)args->order, args->falling, args->strict);
}

static enum assay_status sequence_init(void *state, const void *args,
                                       const struct assay_metric_env *env, struct assay_error *err)
{
    struct sequence *s = state;
    s->args = args;
    s->env = env;
    return assay_samples_init(&s->samples, env->max_samples, env->max_sample_bytes, err);
}

static void key_free(struct key *key)
{
    free(key->text);
    *key = (struct key){0};
}

static void stretch_free(struct stretch *stretch)
{
    key_free(&stretch->first);
    key_free(&stretch->last);
    free(stretch->shown);
    stretch->shown = NULL;
}

static void sequence_reset(void *state)
{
    struct sequence *s = state;
    for (size_t i = 0; i < s->count; i++)
        stretch_free(&s->stretches[i]);
    free(s->stretches);
    s->stretches = NULL;
    s->count = s->cap = 0;
    assay_samples_reset(&s->samples);
}

/* Whether the step from `a` to `b` breaks the order. */
static bool breaks(const struct assay_sequence_args *args, const struct key *a, const struct key *b)
{
    int order;
    if (args->order == ASSAY_ORDER_NUMBER) {
        struct assay_numref x = {a->value, {a->text, a->len}, a->code};
        struct assay_numref y = {b->value, {b->text, b->len}, b->code};
        order = assay_number_compare(&x, &y);
    } else if (args->order == ASSAY_ORDER_TIME)
        order = assay_instant_compare((struct assay_instant){a->value, a->nanos},
                                      (struct assay_instant){b->value, b->nanos});
    else
        order = assay_str_compare(assay_str(a->text, a->len), assay_str(b->text, b->len));
    if (args->falling)
        order = -order;
    return args->strict ? order >= 0 : order > 0;
}

/* The value of a row, its text borrowed; false where it has no place in the order. */
static bool borrow_key(const struct assay_sequence_args *args, const struct assay_slice *slice,
                       uint32_t row, struct key *key)
{
    struct assay_column *column = slice->columns[0];
    struct assay_str text = assay_column_text(column, row);
    *key = (struct key){.text = (char *)(uintptr_t)text.ptr, .len = text.len};
    if (args->order == ASSAY_ORDER_NUMBER) {
        key->code = column->numbers->code[row];
        key->value = column->numbers->mantissa[row];
        return key->code <= ASSAY_NUM_NEG_INF;
    }
    if (args->order == ASSAY_ORDER_TIME) {
        struct assay_instant at = assay_times_at(column->times, row);
        key->value = at.micros;
        key->nanos = (uint16_t)at.nanos;
        return assay_bit_get(column->times->valid, row);
    }
    return true;
}

/* Booleans and UUIDs stand in the order of their canonical texts; false: out of memory. */
static bool fold_key(const struct assay_slice *slice, struct key *key)
{
    const struct assay_field *field = slice->columns[0]->field;
    char folded[ASSAY_SAME_TEXT_MAX];
    size_t len = assay_same_fold(field != NULL ? field->type : ASSAY_TYPE_NONE,
                                 assay_str(key->text, key->len), folded);
    if (len == 0)
        return true;
    key->text = assay_arena_strdup(&slice->batch->arena, assay_str(folded, len));
    key->len = len;
    return key->text != NULL;
}

/* Makes a borrowed key one's own. */
static bool key_copy(const struct assay_sequence_args *args, const struct key *from, struct key *to)
{
    *to = *from;
    to->text = NULL;
    bool needed = args->order == ASSAY_ORDER_TEXT ||
                  (args->order == ASSAY_ORDER_NUMBER && from->code == ASSAY_NUM_BIG);
    if (!needed)
        return true;
    to->text = malloc(from->len + 1);
    if (to->text != NULL && from->len)
        memcpy(to->text, from->text, from->len);
    return to->text != NULL;
}

static enum assay_status note_break(struct sequence *s, const struct assay_slice *slice,
                                    uint32_t row, bool odd, struct assay_error *err)
{
    s->counts.unexpected_count++;
    if (s->env->violations != NULL)
        atomic_fetch_add_explicit(s->env->violations, 1, memory_order_relaxed);
    if (!assay_samples_wants(&s->samples, assay_slice_record(slice, row)))
        return ASSAY_OK;
    struct assay_buf note;
    assay_buf_init(&note, 1024);
    if (odd && s->args->order == ASSAY_ORDER_NUMBER)
        assay_note_number(slice, row, &note);
    else if (odd)
        assay_note_time(slice, row, &note);
    enum assay_status status =
        note.nomem ? assay_fail_nomem(err)
                   : assay_samples_add(&s->samples, slice, row, assay_buf_view(&note), err);
    assay_buf_free(&note);
    return status;
}

static enum assay_status begin_stretch(struct sequence *s, const struct assay_slice *slice,
                                       uint32_t row, const struct key *key, struct stretch *stretch,
                                       struct assay_error *err)
{
    struct assay_value value = assay_sample_value(slice->columns[0], row);
    stretch->has_values = true;
    stretch->at = assay_batch_position(slice->batch, row, slice->indexes[0]);
    stretch->kind = value.kind;
    /* A character more than a sample shows, so that the sample is cut as from the value. */
    size_t most = s->env->max_sample_bytes ? s->env->max_sample_bytes + 4 : SIZE_MAX;
    stretch->shown_len = value.text.len < most ? value.text.len : most;
    stretch->shown = malloc(stretch->shown_len + 1);
    if (stretch->shown == NULL || !key_copy(s->args, key, &stretch->first))
        return assay_fail_nomem(err);
    if (stretch->shown_len)
        memcpy(stretch->shown, value.text.ptr, stretch->shown_len);
    return ASSAY_OK;
}

static enum assay_status walk(struct sequence *s, const struct assay_slice *slice,
                              const uint64_t *present, struct stretch *stretch,
                              struct assay_error *err)
{
    struct key before = {0}, key;
    ASSAY_BITS_EACH(present, slice->rows, row, {
        bool fits = borrow_key(s->args, slice, row, &key);
        if (s->args->order == ASSAY_ORDER_TEXT && !fold_key(slice, &key))
            return assay_fail_nomem(err);
        if (!fits || (stretch->has_values && breaks(s->args, &before, &key)))
            ASSAY_TRY(note_break(s, slice, row, !fits, err));
        if (fits && !stretch->has_values)
            ASSAY_TRY(begin_stretch(s, slice, row, &key, stretch, err));
        if (fits)
            before = key;
    })
    if (stretch->has_values && !key_copy(s->args, &before, &stretch->last))
        return assay_fail_nomem(err);
    return ASSAY_OK;
}

static enum assay_status boundary(struct sequence *s, const struct stretch *a,
                                  const struct stretch *b, struct assay_error *err)
{
    if (!a->has_values || !b->has_values || !breaks(s->args, &a->last, &b->first))
        return ASSAY_OK;
    s->counts.unexpected_count++;
    struct assay_value value = {
        .kind = b->kind,
        .boolean = b->shown_len > 0 && b->shown[0] == 't',
        .text = {b->shown, b->shown_len},
    };
    struct assay_sample sample = {
        .record = b->at.record,
        .line = b->at.line,
        .column = b->at.column,
        .file = b->at.file,
        .value_count = 1,
        .values = &value,
    };
    return assay_samples_add_copy(&s->samples, &sample, err);
}

/* Appends `b` to `a`, which it touches, and takes over what it owns. */
static enum assay_status join(struct sequence *s, struct stretch *a, struct stretch *b,
                              struct assay_error *err)
{
    enum assay_status status = boundary(s, a, b, err);
    a->end = b->end;
    if (!a->has_values) {
        uint64_t begin = a->begin;
        stretch_free(a);
        *a = *b;
        a->begin = begin;
        return status;
    }
    if (b->has_values) {
        key_free(&a->last);
        a->last = b->last;
        b->last = (struct key){0};
    }
    stretch_free(b);
    return status;
}

/* Takes a stretch in at its place; what it owns is the state's from then on. */
static enum assay_status insert(struct sequence *s, struct stretch *stretch,
                                struct assay_error *err)
{
    size_t at = s->count;
    while (at > 0 && s->stretches[at - 1].begin > stretch->begin)
        at--;
    if (at > 0 && s->stretches[at - 1].end == stretch->begin) {
        ASSAY_TRY(join(s, &s->stretches[--at], stretch, err));
    } else {
        if (s->count == s->cap) {
            size_t cap = s->cap ? s->cap * 2 : 8;
            struct stretch *grown = realloc(s->stretches, cap * sizeof *grown);
            if (grown == NULL) {
                stretch_free(stretch);
                return assay_fail_nomem(err);
            }
            s->stretches = grown;
            s->cap = cap;
        }
        memmove(s->stretches + at + 1, s->stretches + at, (s->count - at) * sizeof *s->stretches);
        s->stretches[at] = *stretch;
        s->count++;
    }
    if (at + 1 == s->count || s->stretches[at].end != s->stretches[at + 1].begin)
        return ASSAY_OK;
    struct stretch next = s->stretches[at + 1];
    s->count--;
    memmove(s->stretches + at + 1, s->stretches + at + 2,
            (s->count - at - 1) * sizeof *s->stretches);
    return join(s, &s->stretches[at], &next, err);
}

static enum assay_status sequence_update(void *state, const struct assay_slice *slice,
                                         struct assay_error *err)
{
    struct sequence *s = state;
    struct assay_column *column = slice->columns[0];
    size_t words = ASSAY_BITMAP_WORDS(slice->rows);
    uint64_t *present = assay_arena_array(column->arena, words + 1, 8);
    bool ready = present != NULL;
    if (s->args->order == ASSAY_ORDER_NUMBER)
        ready = ready && assay_column_numbers(column) != NULL;
    else if (s->args->order == ASSAY_ORDER_TIME)
        ready = ready && assay_column_times(column) != NULL;
    if (!ready)
        return assay_fail_nomem(err);
    uint64_t elements = 0, considered = 0;
    for (size_t i = 0; i < words; i++) {
        present[i] = slice->mask[i] & ~column->null[i];
        elements += (uint64_t)__builtin_popcountll(slice->mask[i]);
        considered += (uint64_t)__builtin_popcountll(present[i]);
    }
    s->counts.element_count += elements;
    s->counts.considered_count += considered;
    s->counts.missing_count += elements - considered;
    struct stretch stretch = {
        .begin = slice->batch->record,
        .end = slice->batch->record + slice->batch->rows,
    };
    enum assay_status status = walk(s, slice, present, &stretch, err);
    if (status == ASSAY_OK)
        return insert(s, &stretch, err);
    stretch_free(&stretch);
    return status;
}

static enum assay_status sequence_merge(void *into, void *from, struct assay_error *err)
{
    struct sequence *a = into, *b = from;
    a->counts.element_count += b->counts.element_count;
    a->counts.missing_count += b->counts.missing_count;
    a->counts.considered_count += b->counts.considered_count;
    a->counts.unexpected_count += b->counts.unexpected_count;
    while (b->count > 0) {
        struct stretch stretch = b->stretches[--b->count];
        ASSAY_TRY(insert(a, &stretch, err));
    }
    return assay_samples_merge(&a->samples, &b->samples, err);
}

static enum assay_status sequence_finish(void *state, struct assay_arena *arena,
                                         struct assay_measure *out, struct assay_error *err)
{
    struct sequence *s = state;
    out->counts = s->counts;
    out->value = assay_value_count(arena, s->counts.unexpected_count);
    return assay_samples_finish(&s->samples, arena, out, err);
}

static void save_key(const struct key *key, struct assay_buf *out)
{
    assay_state_put_u64(out, (uint64_t)key->value);
    assay_state_put_u64(out, key->code);
    assay_state_put_u64(out, key->nanos);
    assay_state_put_u64(out, key->text != NULL);
    assay_state_put_text(out, assay_str(key->text, key->text ? key->len : 0));
}

static bool load_key(struct assay_str *in, struct key *key)
{
    bool failed = false;
    key->value = (int64_t)assay_state_get_u64(in, &failed);
    key->code = (uint8_t)assay_state_get_u64(in, &failed);
    key->nanos = (uint16_t)assay_state_get_u64(in, &failed);
    bool owned = assay_state_get_u64(in, &failed);
    struct assay_str text = assay_state_get_text(in, &failed);
    key->len = text.len;
    key->text = owned && !failed ? malloc(text.len + 1) : NULL;
    if (key->text != NULL && text.len)
        memcpy(key->text, text.ptr, text.len);
    return !failed && (!owned || key->text != NULL);
}

static enum assay_status sequence_save(void *state, struct assay_buf *out, struct assay_error *err)
{
    struct sequence *s = state;
    assay_state_begin(out, "sequence", 2);
    assay_state_put_u64(out, s->counts.element_count);
    assay_state_put_u64(out, s->counts.missing_count);
    assay_state_put_u64(out, s->counts.considered_count);
    assay_state_put_u64(out, s->counts.unexpected_count);
    assay_samples_save(&s->samples, out);
    assay_state_put_u64(out, s->count);
    for (size_t i = 0; i < s->count; i++) {
        const struct stretch *t = &s->stretches[i];
        assay_state_put_u64(out, t->begin);
        assay_state_put_u64(out, t->end);
        assay_state_put_u64(out, t->has_values);
        save_key(&t->first, out);
        save_key(&t->last, out);
        assay_state_put_u64(out, t->at.file);
        assay_state_put_u64(out, t->at.record);
        assay_state_put_u64(out, t->at.line);
        assay_state_put_u64(out, t->at.column);
        assay_state_put_u64(out, t->kind);
        assay_state_put_text(out, assay_str(t->shown, t->shown_len));
    }
    return out->failed ? assay_fail_nomem(err) : ASSAY_OK;
}

static bool load_stretch(struct assay_str *in, struct stretch *t)
{
    bool failed = false;
    t->begin = assay_state_get_u64(in, &failed);
    t->end = assay_state_get_u64(in, &failed);
    t->has_values = assay_state_get_u64(in, &failed);
    if (failed || !load_key(in, &t->first) || !load_key(in, &t->last))
        return false;
    t->at.file = (uint32_t)assay_state_get_u64(in, &failed);
    t->at.record = assay_state_get_u64(in, &failed);
    t->at.line = assay_state_get_u64(in, &failed);
    t->at.column = assay_state_get_u64(in, &failed);
    t->kind = (enum assay_value_kind)assay_state_get_u64(in, &failed);
    struct assay_str shown = assay_state_get_text(in, &failed);
    t->shown = malloc(shown.len + 1);
    t->shown_len = shown.len;
    if (t->shown != NULL && shown.len)
        memcpy(t->shown, shown.ptr, shown.len);
    return !failed && t->shown != NULL;
}

static enum assay_status sequence_load(void *state, struct assay_str saved, struct assay_error *err)
{
    struct sequence *s = state;
    bool failed = false;
    assay_state_expect(&saved, "sequence", 2, &failed);
    s->counts.element_count = assay_state_get_u64(&saved, &failed);
    s->counts.missing_count = assay_state_get_u64(&saved, &failed);
    s->counts.considered_count = assay_state_get_u64(&saved, &failed);
    s->counts.unexpected_count = assay_state_get_u64(&saved, &failed);
    failed |= !assay_samples_load(&s->samples, &saved);
    uint64_t count = assay_state_get_u64(&saved, &failed);
    for (uint64_t i = 0; i < count && !failed; i++) {
        struct stretch stretch = {0};
        failed = !load_stretch(&saved, &stretch);
        if (failed)
            stretch_free(&stretch);
        else
            ASSAY_TRY(insert(s, &stretch, err));
    }
    return failed || saved.len ? assay_state_bad("sequence", err) : ASSAY_OK;
}

const struct assay_metric assay_metric_sequence = {
    .name = "sequence",
    .summary = "steps that break a rising or falling order",
    .shows_rows = true,
    .state_size = sizeof(struct sequence),
    .key = sequence_key,
    .init = sequence_init,
    .update = sequence_update,
    .merge = sequence_merge,
    .finish = sequence_finish,
    .save = sequence_save,
    .load = sequence_load,
    .reset = sequence_reset,
};
