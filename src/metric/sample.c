/*
 * Keeps the failing values with the lowest record numbers.
 */
#include "config.h"

#include "metric/sample.h"

#include "metric/state.h"

#include <stdlib.h>

enum assay_status assay_samples_init(struct assay_samples *samples, uint32_t limit,
                                     size_t max_bytes, struct assay_error *err)
{
    *samples = (struct assay_samples){.limit = limit, .max_bytes = max_bytes};
    assay_arena_init(&samples->arena, 0);
    samples->items = limit ? calloc(limit, sizeof *samples->items) : NULL;
    return limit && samples->items == NULL ? assay_fail_nomem(err) : ASSAY_OK;
}

void assay_samples_reset(struct assay_samples *samples)
{
    free(samples->items);
    assay_arena_free(&samples->arena);
    *samples = (struct assay_samples){0};
}

/* Cuts at a character's first byte. */
struct assay_str assay_sample_text(struct assay_arena *arena, struct assay_str text, size_t max)
{
    if (text.len <= max || max == 0)
        return assay_str(assay_arena_strdup(arena, text), text.len);
    static const char more[] = "…";
    size_t len = max;
    while (len > 0 && ((unsigned char)text.ptr[len] & 0xc0) == 0x80)
        len--;
    char *copy = assay_arena_alloc(arena, len + sizeof more);
    if (copy == NULL)
        return assay_str(NULL, 0);
    memcpy(copy, text.ptr, len);
    memcpy(copy + len, more, sizeof more);
    return assay_str(copy, len + sizeof more - 1);
}

/* Where a record belongs among the kept ones; later samples of one record come after. */
static uint32_t place_of(const struct assay_samples *samples, uint64_t record)
{
    uint32_t at = samples->count;
    while (at > 0 && samples->items[at - 1].record > record)
        at--;
    return at;
}

static void insert(struct assay_samples *samples, const struct assay_sample *sample)
{
    uint32_t at = place_of(samples, sample->record);
    if (samples->count < samples->limit)
        samples->count++;
    memmove(samples->items + at + 1, samples->items + at,
            (samples->count - 1 - at) * sizeof *samples->items);
    samples->items[at] = *sample;
}

static enum assay_status copy_values(struct assay_arena *arena, size_t max_bytes,
                                     const struct assay_value *from, size_t count,
                                     const struct assay_value **out, struct assay_error *err)
{
    struct assay_value *values = assay_arena_array(arena, count + 1, sizeof *values);
    if (values == NULL)
        return assay_fail_nomem(err);
    for (size_t i = 0; i < count; i++) {
        values[i] = from[i];
        values[i].text = assay_sample_text(arena, from[i].text, max_bytes);
        if (values[i].text.ptr == NULL)
            return assay_fail_nomem(err);
    }
    *out = values;
    return ASSAY_OK;
}

static enum assay_status copy_sample(struct assay_arena *arena, size_t max_bytes,
                                     const struct assay_sample *from, struct assay_sample *to,
                                     struct assay_error *err)
{
    *to = *from;
    to->note = assay_sample_text(arena, from->note, 0);
    if (to->note.ptr == NULL)
        return assay_fail_nomem(err);
    ASSAY_TRY(copy_values(arena, max_bytes, from->values, from->value_count, &to->values, err));
    return copy_values(arena, max_bytes, from->beside, from->beside_count, &to->beside, err);
}

enum assay_status assay_samples_add_copy(struct assay_samples *samples,
                                         const struct assay_sample *sample, struct assay_error *err)
{
    if (!assay_samples_wants(samples, sample->record))
        return ASSAY_OK;
    struct assay_sample copy;
    ASSAY_TRY(copy_sample(&samples->arena, samples->max_bytes, sample, &copy, err));
    insert(samples, &copy);
    return ASSAY_OK;
}

struct assay_value assay_sample_value(const struct assay_column *column, uint32_t row)
{
    struct assay_value value = {.kind = ASSAY_VALUE_STRING};
    if (assay_bit_get(column->null, row))
        return (struct assay_value){.kind = ASSAY_VALUE_NULL};
    value.text = assay_column_text(column, row);
    enum assay_kind kind = column->kind ? (enum assay_kind)column->kind[row] : ASSAY_KIND_TEXT;
    if (kind == ASSAY_KIND_BOOLEAN) {
        value.kind = ASSAY_VALUE_BOOLEAN;
        value.boolean = value.text.len > 0 && value.text.ptr[0] == 't';
    } else if (kind == ASSAY_KIND_NUMBER)
        value.kind = ASSAY_VALUE_NUMBER;
    else if (column->kind == NULL && assay_type_is_numeric(column->field->type)) {
        int64_t mantissa;
        if (assay_number_is_finite(
                assay_number_parse_safe(value.text.ptr, value.text.len, &mantissa)))
            value.kind = ASSAY_VALUE_NUMBER;
    }
    return value;
}

/* What stands in the same record; a value of an array is in the record of its array. */
static enum assay_status beside_values(const struct assay_slice *slice, uint32_t row,
                                       const struct assay_value **out, struct assay_error *err)
{
    uint32_t record = slice->record != NULL ? slice->record[row] : row;
    struct assay_value *values =
        assay_arena_array(&slice->batch->arena, slice->beside_count, sizeof *values);
    if (values == NULL)
        return assay_fail_nomem(err);
    for (uint32_t i = 0; i < slice->beside_count; i++)
        values[i] = assay_sample_value(slice->beside[i], record);
    *out = values;
    return ASSAY_OK;
}

enum assay_status assay_samples_add(struct assay_samples *samples, const struct assay_slice *slice,
                                    uint32_t row, struct assay_str note, struct assay_error *err)
{
    struct assay_value values[ASSAY_SAMPLE_VALUES];
    uint32_t count =
        slice->column_count < ASSAY_SAMPLE_VALUES ? slice->column_count : ASSAY_SAMPLE_VALUES;
    for (uint32_t i = 0; i < count; i++)
        values[i] = assay_sample_value(slice->columns[i], row);
    struct assay_position at = assay_batch_position(
        slice->batch, row, slice->column_count ? slice->indexes[0] : UINT32_MAX);
    const struct assay_value *beside = NULL;
    if (slice->beside_count != 0)
        ASSAY_TRY(beside_values(slice, row, &beside, err));
    struct assay_sample sample = {
        .record = at.record,
        .line = at.line,
        .column = at.column,
        .file = at.file,
        .value_count = count,
        .values = values,
        .beside_count = slice->beside_count,
        .beside = beside,
        .note = note,
    };
    return assay_samples_add_copy(samples, &sample, err);
}

enum assay_status assay_samples_add_finding(struct assay_samples *samples,
                                            const struct assay_finding *finding,
                                            struct assay_error *err)
{
    struct assay_sample sample = {
        .record = finding->at.record,
        .line = finding->at.line,
        .column = finding->at.column,
        .file = finding->at.file,
        .note = assay_cstr(finding->text),
    };
    return assay_samples_add_copy(samples, &sample, err);
}

enum assay_status assay_samples_merge(struct assay_samples *into, const struct assay_samples *from,
                                      struct assay_error *err)
{
    for (uint32_t i = 0; i < from->count; i++)
        ASSAY_TRY(assay_samples_add_copy(into, &from->items[i], err));
    return ASSAY_OK;
}

enum assay_status assay_samples_finish(const struct assay_samples *samples,
                                       struct assay_arena *arena, struct assay_measure *out,
                                       struct assay_error *err)
{
    struct assay_sample *items = assay_arena_array(arena, samples->count + 1, sizeof *items);
    if (items == NULL)
        return assay_fail_nomem(err);
    for (uint32_t i = 0; i < samples->count; i++)
        ASSAY_TRY(copy_sample(arena, 0, &samples->items[i], &items[i], err));
    out->samples = items;
    out->sample_count = samples->count;
    return ASSAY_OK;
}

static void save_values(const struct assay_value *values, size_t count, struct assay_buf *out)
{
    assay_state_put_u64(out, count);
    for (size_t v = 0; v < count; v++) {
        assay_state_put_u64(out, values[v].kind);
        assay_state_put_text(out, values[v].text);
    }
}

/* The texts stay in `in`. A value takes at least two bytes, which bounds their number. */
static const struct assay_value *load_values(struct assay_arena *arena, struct assay_str *in,
                                             size_t *count, bool *failed)
{
    uint64_t n = assay_state_get_u64(in, failed);
    struct assay_value *values =
        *failed || n > in->len ? NULL : assay_arena_array(arena, n + 1, sizeof *values);
    *failed |= values == NULL;
    for (size_t v = 0; values != NULL && v < n; v++) {
        values[v] = (struct assay_value){.kind = assay_state_get_u64(in, failed)};
        values[v].text = assay_state_get_text(in, failed);
        values[v].boolean = values[v].text.len > 0 && values[v].text.ptr[0] == 't';
        *failed |= values[v].kind > ASSAY_VALUE_TIMESTAMP;
    }
    *count = n;
    return values;
}

void assay_samples_save(const struct assay_samples *samples, struct assay_buf *out)
{
    assay_state_put_u64(out, samples->count);
    for (uint32_t i = 0; i < samples->count; i++) {
        const struct assay_sample *s = &samples->items[i];
        assay_state_put_u64(out, s->record);
        assay_state_put_u64(out, s->line);
        assay_state_put_u64(out, s->column);
        assay_state_put_u64(out, s->file);
        assay_state_put_text(out, s->note);
        save_values(s->values, s->value_count, out);
        save_values(s->beside, s->beside_count, out);
    }
}

static bool load_one(struct assay_samples *samples, struct assay_str *in)
{
    bool failed = false;
    struct assay_sample s = {.record = assay_state_get_u64(in, &failed)};
    s.line = assay_state_get_u64(in, &failed);
    s.column = assay_state_get_u64(in, &failed);
    s.file = (uint32_t)assay_state_get_u64(in, &failed);
    s.note = assay_state_get_text(in, &failed);
    s.values = load_values(&samples->arena, in, &s.value_count, &failed);
    s.beside = load_values(&samples->arena, in, &s.beside_count, &failed);
    return !failed && assay_samples_add_copy(samples, &s, NULL) == ASSAY_OK;
}

bool assay_samples_load(struct assay_samples *samples, struct assay_str *in)
{
    bool failed = false;
    uint64_t count = assay_state_get_u64(in, &failed);
    for (uint64_t i = 0; i < count && !failed; i++)
        failed = !load_one(samples, in);
    return !failed;
}
