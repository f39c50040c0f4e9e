/*
 * Rows as keys.
 */
#include "config.h"

#include "metric/rowkey.h"

#include "metric/judge.h"
#include "metric/typed.h"

#include <inttypes.h>
#include <stdio.h>

#define KEY_FRONT 64u /* readable bytes before the first text */
#define KEY_BACK 128u /* and behind the last */

/* Texts that are made here, one behind the other. */
struct writer {
    char *base;
    uint32_t used, cap;
    struct assay_span *spans;
};

/* Trailing zeros of a fraction say nothing: 10.00 is the integer 10. */
static bool as_integer(int64_t mantissa, uint8_t code, int64_t *value)
{
    while (code > 0 && code <= ASSAY_NUM_SCALE_MAX && mantissa % 10 == 0) {
        mantissa /= 10;
        code--;
    }
    *value = mantissa;
    return code == 0;
}

/* Bytes that the key of a value takes at most. */
static size_t key_size(const struct assay_column *column, uint32_t row)
{
    size_t len = column->spans[row].len;
    return (len > ASSAY_SAME_TEXT_MAX ? len : ASSAY_SAME_TEXT_MAX) + 32;
}

static enum assay_status writer_open(struct writer *writer, const struct assay_slice *slice,
                                     uint64_t size, struct assay_error *err)
{
    struct assay_arena *arena = &slice->batch->arena;
    size += KEY_FRONT + KEY_BACK;
    writer->cap = (uint32_t)size;
    writer->used = KEY_FRONT;
    writer->base = size < UINT32_MAX ? assay_arena_scratch(arena, size) : NULL;
    writer->spans = assay_arena_array(arena, slice->rows + 1u, sizeof *writer->spans);
    if (writer->base == NULL || writer->spans == NULL)
        return assay_fail_nomem(err);
    memset(writer->base, 0, KEY_FRONT);
    memset(writer->base + size - KEY_BACK, 0, KEY_BACK);
    return ASSAY_OK;
}

/* Bytes that the canonical text of a value takes; the value itself where it is no number. */
static size_t put_canonical(struct writer *writer, struct assay_column *column, uint32_t row)
{
    struct assay_numref number = assay_column_numref(column, row);
    char *at = writer->base + writer->used;
    size_t cap = writer->cap - KEY_BACK - writer->used;
    if (number.code != ASSAY_NUM_NOT)
        return assay_number_canonical(&number, at, cap);
    struct assay_str text = assay_column_text(column, row);
    const char *mark = assay_typed_column(column) ? assay_typed_mark(column, row, text) : "";
    size_t extra = strlen(mark);
    memcpy(at, mark, extra);
    memcpy(at + extra, text.ptr, text.len);
    return text.len + extra;
}

/* One numeric column: integers where they are, canonical texts for the rest. */
static enum assay_status make_numeric(const struct assay_slice *slice, struct assay_rowkeys *out,
                                      struct assay_error *err)
{
    struct assay_column *column = slice->columns[0];
    const struct assay_numbers *numbers = assay_column_numbers(column);
    if (numbers == NULL)
        return assay_fail_nomem(err);
    uint64_t size = 0;
    bool plain = true;
    for (size_t i = 0; i < ASSAY_BITMAP_WORDS(slice->rows); i++) {
        uint32_t from = (uint32_t)i * 64, n = slice->rows - from < 64 ? slice->rows - from : 64;
        uint64_t other = assay_bits_above(numbers->code + from, n, 0);
        out->int_rows[i] = out->rows[i] & ~other;
        out->text_rows[i] = out->rows[i] & other;
        plain &= out->text_rows[i] == 0;
    }
    out->ints = numbers->mantissa;
    if (plain)
        return ASSAY_OK;
    int64_t *ints = assay_arena_array(column->arena, slice->rows, sizeof *ints);
    if (ints == NULL)
        return assay_fail_nomem(err);
    memcpy(ints, numbers->mantissa, slice->rows * sizeof *ints);
    ASSAY_BITS_EACH(out->text_rows, slice->rows, row, { size += key_size(column, row); })
    struct writer writer;
    ASSAY_TRY(writer_open(&writer, slice, size, err));
    ASSAY_BITS_EACH(out->text_rows, slice->rows, row, {
        if (assay_number_is_small(numbers->code[row]) &&
            as_integer(numbers->mantissa[row], numbers->code[row], &ints[row])) {
            out->text_rows[row / 64] &= ~((uint64_t)1 << (row % 64));
            assay_bit_set(out->int_rows, row);
            continue;
        }
        uint32_t len = (uint32_t)put_canonical(&writer, column, row);
        writer.spans[row] = (struct assay_span){writer.used, len};
        writer.used += len;
    })
    out->ints = ints;
    out->base = writer.base;
    out->spans = writer.spans;
    return ASSAY_OK;
}

/* The same of a column whose values have a canonical text. */
static size_t put_same(struct writer *writer, const struct assay_column *column, uint32_t row)
{
    char *at = writer->base + writer->used;
    size_t len = assay_same_text(column, row, at);
    if (len != 0)
        return len;
    struct assay_str text = assay_column_text(column, row);
    size_t mark = sizeof ASSAY_SAME_MISFIT - 1;
    memcpy(at, ASSAY_SAME_MISFIT, mark);
    memcpy(at + mark, text.ptr, text.len);
    return text.len + mark;
}

/* Times are integers as they are, but for those below the microsecond. */
static void time_ints(const struct assay_column *column, struct assay_rowkeys *out)
{
    const struct assay_times *times = column->times;
    out->ints = times->micros;
    for (size_t i = 0; i < ASSAY_BITMAP_WORDS(column->rows); i++)
        out->int_rows[i] = out->rows[i] & times->valid[i];
    for (uint32_t row = 0; times->nanos != NULL && row < column->rows; row++)
        if (times->nanos[row] != 0)
            out->int_rows[row / 64] &= ~((uint64_t)1 << (row % 64));
}

/* Booleans are 1 and 0; false: out of memory. */
static bool boolean_ints(const struct assay_column *column, struct assay_rowkeys *out)
{
    char canonical[ASSAY_SAME_TEXT_MAX];
    int64_t *ints = assay_arena_array(column->arena, column->rows + 1u, sizeof *ints);
    if (ints == NULL)
        return false;
    ASSAY_BITS_EACH(out->rows, column->rows, row, {
        if (assay_same_text(column, row, canonical) == 0)
            continue;
        ints[row] = canonical[0] == 't';
        assay_bit_set(out->int_rows, row);
    })
    out->ints = ints;
    return true;
}

/* One column of times, booleans or UUIDs. */
static enum assay_status make_same(const struct assay_slice *slice, struct assay_rowkeys *out,
                                   struct assay_error *err)
{
    struct assay_column *column = slice->columns[0];
    enum assay_same same = assay_same_in(column);
    uint64_t size = 0;
    if (!assay_same_ready(column))
        return assay_fail_nomem(err);
    if (same == ASSAY_SAME_TIME)
        time_ints(column, out);
    else if (same == ASSAY_SAME_BOOLEAN && !boolean_ints(column, out))
        return assay_fail_nomem(err);
    for (size_t i = 0; i < ASSAY_BITMAP_WORDS(slice->rows); i++)
        out->text_rows[i] = out->rows[i] & ~out->int_rows[i];
    ASSAY_BITS_EACH(out->text_rows, slice->rows, row, { size += key_size(column, row); })
    if (size == 0)
        return ASSAY_OK;
    struct writer writer;
    ASSAY_TRY(writer_open(&writer, slice, size, err));
    ASSAY_BITS_EACH(out->text_rows, slice->rows, row, {
        uint32_t len = (uint32_t)put_same(&writer, column, row);
        writer.spans[row] = (struct assay_span){writer.used, len};
        writer.used += len;
    })
    out->base = writer.base;
    out->spans = writer.spans;
    return ASSAY_OK;
}

static void put_part(struct writer *writer, struct assay_column *column, uint32_t row)
{
    char *mark = writer->base + writer->used;
    if (assay_bit_get(column->null, row)) {
        *mark = 'N';
        writer->used++;
        return;
    }
    writer->used += 1 + sizeof(uint32_t);
    uint32_t len = column->spans[row].len;
    enum assay_same same = assay_same_in(column);
    if (assay_same_is_canonical(same))
        len = (uint32_t)put_same(writer, column, row);
    else if (same != ASSAY_SAME_TEXT)
        len = (uint32_t)put_canonical(writer, column, row);
    else
        memcpy(writer->base + writer->used, column->base + column->spans[row].off, len);
    *mark = 'V';
    memcpy(mark + 1, &len, sizeof len);
    writer->used += len;
}

void assay_rowkey_member(const struct assay_field *field, const struct assay_scalar *member,
                         struct assay_buf *out)
{
    char canonical[ASSAY_NUM_KEY_MAX];
    struct assay_numref number;
    enum assay_same same = assay_same_by(field, false);
    bool is_number = assay_numref_of(member->text, &number) &&
                     (same == ASSAY_SAME_NUMBER ||
                      (same == ASSAY_SAME_INFERRED && member->kind == ASSAY_SCALAR_NUMBER));
    struct assay_buf part;
    if (member->kind == ASSAY_SCALAR_NULL) {
        assay_buf_putc(out, 'N');
        return;
    }
    assay_buf_init(&part, (size_t)1 << 24);
    if (is_number) {
        size_t len = assay_number_canonical(&number, canonical, sizeof canonical);
        if (len <= sizeof canonical)
            assay_buf_add(&part, canonical, len);
        else if (assay_buf_reserve(&part, len))
            part.len = assay_number_canonical(&number, part.ptr, len);
    } else
        assay_typed_key_of(field, member, &part);
    uint32_t len = (uint32_t)part.len;
    assay_buf_putc(out, 'V');
    assay_buf_add(out, &len, sizeof len);
    assay_buf_str(out, assay_buf_view(&part));
    out->failed |= part.failed;
    assay_buf_free(&part);
}

static enum assay_status make_tuples(const struct assay_slice *slice, struct assay_rowkeys *out,
                                     struct assay_error *err)
{
    uint64_t size = 0;
    for (uint32_t c = 0; c < slice->column_count; c++)
        if (!assay_same_ready(slice->columns[c]))
            return assay_fail_nomem(err);
    ASSAY_BITS_EACH(out->rows, slice->rows, row, {
        for (uint32_t c = 0; c < slice->column_count; c++)
            size += 8 + key_size(slice->columns[c], row);
    })
    struct writer writer;
    ASSAY_TRY(writer_open(&writer, slice, size, err));
    ASSAY_BITS_EACH(out->rows, slice->rows, row, {
        uint32_t from = writer.used;
        for (uint32_t c = 0; c < slice->column_count; c++)
            put_part(&writer, slice->columns[c], row);
        writer.spans[row] = (struct assay_span){from, writer.used - from};
    })
    memcpy(out->text_rows, out->rows, ASSAY_BITMAP_WORDS(slice->rows) * 8);
    out->base = writer.base;
    out->spans = writer.spans;
    return ASSAY_OK;
}

enum assay_status assay_rowkeys_make_all(const struct assay_slice *slice, struct assay_rowkeys *out,
                                         struct assay_error *err)
{
    size_t words = ASSAY_BITMAP_WORDS(slice->rows);
    *out = (struct assay_rowkeys){0};
    out->rows = assay_arena_array(&slice->batch->arena, words * 3 + 1, 8);
    if (out->rows == NULL)
        return assay_fail_nomem(err);
    out->int_rows = out->rows + words;
    out->text_rows = out->int_rows + words;
    memcpy(out->rows, slice->mask, words * 8);
    return make_tuples(slice, out, err);
}

enum assay_status assay_rowkeys_make(const struct assay_slice *slice, struct assay_rowkeys *out,
                                     struct assay_error *err)
{
    size_t words = ASSAY_BITMAP_WORDS(slice->rows);
    *out = (struct assay_rowkeys){0};
    out->rows = assay_arena_array(&slice->batch->arena, words * 3 + 1, 8);
    if (out->rows == NULL)
        return assay_fail_nomem(err);
    out->int_rows = out->rows + words;
    out->text_rows = out->int_rows + words;
    for (size_t i = 0; i < words; i++) {
        uint64_t null = ~(uint64_t)0;
        for (uint32_t c = 0; c < slice->column_count; c++)
            null &= slice->columns[c]->null[i];
        out->rows[i] = slice->mask[i] & ~null;
    }
    if (slice->column_count > 1)
        return make_tuples(slice, out, err);
    enum assay_same same = assay_same_in(slice->columns[0]);
    if (assay_same_is_canonical(same))
        return make_same(slice, out, err);
    if (same == ASSAY_SAME_NUMBER ||
        (same == ASSAY_SAME_INFERRED && !assay_typed_plain(slice->columns[0], out->rows)))
        return make_numeric(slice, out, err);
    memcpy(out->text_rows, out->rows, words * 8);
    out->base = slice->columns[0]->base;
    out->spans = slice->columns[0]->spans;
    return ASSAY_OK;
}
