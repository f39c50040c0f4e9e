/*
 * Rising keys: each row against the one before, column by column while there are equals.
 */
#include "config.h"

#include "metric/rise.h"

#include "metric/rowkey.h"
#include "sketch/key.h"

struct rise {
    const struct assay_slice *slice;
    const uint64_t *rows;
    uint64_t *tied;              /* rows equal to the one before in all columns so far */
    struct assay_rowkeys *parts; /* of those columns */
    uint32_t part_count;
};

/* The key of one column; nulls stand before integers, those before texts. */
struct part_key {
    enum { KEY_NULL, KEY_INT, KEY_TEXT } tag;
    int64_t number;
    struct assay_str text;
};

/* An integer and its text are one key, as sketch/key.h has it. */
static struct part_key key_of(const struct assay_rowkeys *part, uint32_t row)
{
    struct part_key key = {.tag = KEY_NULL};
    if (assay_bit_get(part->int_rows, row)) {
        key.tag = KEY_INT;
        key.number = part->ints[row];
    } else if (assay_bit_get(part->text_rows, row)) {
        key.text = assay_str(part->base + part->spans[row].off, part->spans[row].len);
        bool is_int = key.text.len > 0 && assay_key_maybe_int(key.text.ptr, key.text.len) &&
                      assay_key_parse_int(key.text.ptr, key.text.len, &key.number);
        key.tag = is_int ? KEY_INT : KEY_TEXT;
    }
    return key;
}

static int compare(const struct assay_rowkeys *part, uint32_t a, uint32_t b)
{
    struct part_key x = key_of(part, a), y = key_of(part, b);
    if (x.tag != y.tag)
        return x.tag < y.tag ? -1 : 1;
    if (x.tag == KEY_INT)
        return (x.number > y.number) - (x.number < y.number);
    return x.tag == KEY_TEXT ? assay_str_compare(x.text, y.text) : 0;
}

/* The keys of the next column alone. */
static enum assay_status next_part(struct rise *rise, struct assay_error *err)
{
    struct assay_slice one = *rise->slice;
    one.columns += rise->part_count;
    one.indexes += rise->part_count;
    one.column_count = 1;
    one.mask = rise->rows;
    return assay_rowkeys_make(&one, &rise->parts[rise->part_count++], err);
}

/* Whether 64 integers rise, the first of them from the one before. */
static bool block_rises(const int64_t *ints)
{
    uint64_t falls = 0;
    for (int i = 0; i < 64; i++)
        falls |= ints[i - 1] >= ints[i];
    return falls == 0;
}

/* The first column: all rows have to be compared. False: a key falls. */
static bool first_rises(struct rise *rise)
{
    const struct assay_rowkeys *part = &rise->parts[0];
    uint32_t rows = rise->slice->rows, before = UINT32_MAX;
    for (uint32_t row = 0; row < rows; row += 64) {
        uint64_t word = rise->rows[row / 64];
        bool plain = (word & part->int_rows[row / 64]) == UINT64_MAX && before == row - 1 &&
                     row > 0 && assay_bit_get(part->int_rows, before);
        if (plain && block_rises(part->ints + row)) {
            before = row + 63;
            continue;
        }
        for (; word != 0; word &= word - 1) {
            uint32_t r = row + (uint32_t)__builtin_ctzll(word);
            int order = before != UINT32_MAX ? compare(part, before, r) : -1;
            if (order > 0)
                return false;
            if (order == 0)
                assay_bit_set(rise->tied, r);
            before = r;
        }
    }
    return true;
}

/* The row before one that has one. */
static uint32_t row_before(const uint64_t *rows, uint32_t row)
{
    uint64_t word = rows[row / 64] & (((uint64_t)1 << (row % 64)) - 1);
    size_t at = row / 64;
    while (word == 0)
        word = rows[--at];
    return (uint32_t)(at * 64 + 63 - (unsigned)__builtin_clzll(word));
}

/* Another column, of rows that are equal so far. */
static bool ties_rise(struct rise *rise)
{
    const struct assay_rowkeys *part = &rise->parts[rise->part_count - 1];
    ASSAY_BITS_EACH(rise->tied, rise->slice->rows, row, {
        int order = compare(part, row_before(rise->rows, row), row);
        if (order > 0)
            return false;
        if (order < 0)
            rise->tied[row / 64] &= ~((uint64_t)1 << (row % 64));
    })
    return true;
}

static bool any_tied(const struct rise *rise)
{
    uint64_t any = 0;
    for (size_t i = 0; i < ASSAY_BITMAP_WORDS(rise->slice->rows); i++)
        any |= rise->tied[i];
    return any != 0;
}

static void put_number(int64_t number, struct assay_buf *out)
{
    uint64_t bits = (uint64_t)number ^ (uint64_t)1 << 63;
    for (int shift = 56; shift >= 0; shift -= 8)
        assay_buf_putc(out, (char)(bits >> shift & 0xff));
}

static void put_text(struct assay_str text, struct assay_buf *out)
{
    for (size_t i = 0; i < text.len && !out->failed; i++) {
        assay_buf_putc(out, text.ptr[i]);
        if (text.ptr[i] == '\0')
            assay_buf_putc(out, '\xff');
    }
    assay_buf_add(out, "\0", 2);
}

/* A key whose bytes are in the order of keys, and none the beginning of another. */
static void put_key(const struct rise *rise, uint32_t row, struct assay_buf *out)
{
    for (uint32_t p = 0; p < rise->part_count; p++) {
        struct part_key key = key_of(&rise->parts[p], row);
        assay_buf_putc(out, (char)key.tag);
        if (key.tag == KEY_INT)
            put_number(key.number, out);
        else if (key.tag == KEY_TEXT)
            put_text(key.text, out);
    }
}

static uint32_t first_row(const struct rise *rise)
{
    ASSAY_BITS_EACH(rise->rows, rise->slice->rows, row, { return row; })
    return UINT32_MAX;
}

enum assay_status assay_rise_find(const struct assay_slice *slice, const uint64_t *rows,
                                  struct assay_buf *first, struct assay_buf *last, bool *rises,
                                  struct assay_error *err)
{
    struct assay_arena *arena = &slice->batch->arena;
    struct rise rise = {.slice = slice, .rows = rows};
    uint32_t from = first_row(&rise);
    *rises = true;
    if (from == UINT32_MAX)
        return ASSAY_OK;
    rise.tied = assay_arena_array(arena, ASSAY_BITMAP_WORDS(slice->rows) + 1, 8);
    rise.parts = assay_arena_array(arena, slice->column_count + 1u, sizeof *rise.parts);
    if (rise.tied == NULL || rise.parts == NULL)
        return assay_fail_nomem(err);
    ASSAY_TRY(next_part(&rise, err));
    *rises = first_rises(&rise);
    while (*rises && any_tied(&rise) && rise.part_count < slice->column_count) {
        ASSAY_TRY(next_part(&rise, err));
        *rises = ties_rise(&rise);
    }
    *rises = *rises && !any_tied(&rise);
    if (!*rises)
        return ASSAY_OK;
    put_key(&rise, from, first);
    put_key(&rise, row_before(rows, (uint32_t)(ASSAY_BITMAP_WORDS(slice->rows) * 64)), last);
    *rises = !first->failed && !last->failed;
    return first->nomem || last->nomem ? assay_fail_nomem(err) : ASSAY_OK;
}
