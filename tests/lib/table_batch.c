/*
 * Batches of a table in memory.
 */
#include "config.h"

#include "tests/lib/table_batch.h"

#include <stdlib.h>

#define FRONT 64
#define BACK 64

static void *need(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

void table_init(struct table *table, uint32_t columns, uint32_t rows)
{
    *table = (struct table){.column_count = columns, .rows = rows, .second_file = rows};
    assay_arena_init(&table->arena, 0);
    size_t words = ASSAY_BITMAP_WORDS(rows) + 1;
    table->cells =
        need(assay_arena_array(&table->arena, (size_t)rows * columns + 1, sizeof *table->cells));
    table->usable = need(assay_arena_array(&table->arena, words, 8));
    table->selected = need(assay_arena_array(&table->arena, words, 8));
    table->picked = need(assay_arena_array(&table->arena, words, 8));
    assay_bits_fill(table->usable, rows);
    assay_bits_fill(table->selected, rows);
    assay_bits_fill(table->picked, rows);
}

void table_free(struct table *table)
{
    assay_arena_free(&table->arena);
}

static struct table_cell *cell_at(const struct table *table, uint32_t row, uint32_t column)
{
    return &table->cells[(size_t)row * table->column_count + column];
}

void table_set(struct table *table, uint32_t row, uint32_t column, struct assay_str text)
{
    const char *copy = need(assay_arena_strdup(&table->arena, text));
    *cell_at(table, row, column) = (struct table_cell){.text = {copy, text.len}};
}

void table_set_null(struct table *table, uint32_t row, uint32_t column)
{
    *cell_at(table, row, column) = (struct table_cell){.null = true};
}

static const struct table *table_of(const struct assay_batch *batch)
{
    return batch->impl;
}

static uint32_t row_of(const struct assay_batch *batch, uint32_t row)
{
    return (uint32_t)batch->record + row;
}

/* Copies bits [from, from + rows) to the front of a bitmap. */
static uint64_t *bits_from(struct assay_batch *batch, const uint64_t *bits)
{
    uint64_t *out = need(assay_arena_array(&batch->arena, ASSAY_BITMAP_WORDS(batch->rows) + 1, 8));
    for (uint32_t row = 0; row < batch->rows; row++)
        if (assay_bit_get(bits, row_of(batch, row)))
            assay_bit_set(out, row);
    return out;
}

/* Lines count from the header of each file; columns are told apart by a hundred. */
static struct assay_position position(const struct assay_batch *batch, uint32_t row, uint32_t index)
{
    const struct table *table = table_of(batch);
    uint32_t at = row_of(batch, row);
    bool second = at >= table->second_file;
    return (struct assay_position){
        .file = second,
        .record = at + 1u,
        .line = (second ? at - table->second_file : at) + 2u,
        .column = index == UINT32_MAX ? 1 : 100u * index + 1,
    };
}

static enum assay_status decode(struct assay_batch *batch, struct assay_error *err)
{
    const struct table *table = table_of(batch);
    (void)err;
    batch->usable = bits_from(batch, table->usable);
    batch->findings =
        need(assay_arena_array(&batch->arena, batch->rows * 2u + 1, sizeof *batch->findings));
    batch->finding_count = 0;
    for (uint32_t row = 0; row < batch->rows; row++) {
        uint32_t at = row_of(batch, row);
        if (assay_bit_get(table->usable, at))
            continue;
        struct assay_finding finding = {ASSAY_MALFORMED_SHORT, position(batch, row, UINT32_MAX),
                                        "too short"};
        batch->findings[batch->finding_count++] = finding;
        finding.what = ASSAY_MALFORMED_UTF8;
        finding.text = "not UTF-8";
        if (at % 3 == 0)
            batch->findings[batch->finding_count++] = finding;
    }
    return ASSAY_OK;
}

static enum assay_status column(struct assay_batch *batch, uint32_t index, struct assay_column *out,
                                struct assay_error *err)
{
    const struct table *table = table_of(batch);
    size_t size = FRONT + BACK;
    (void)err;
    for (uint32_t row = 0; row < batch->rows; row++)
        size += cell_at(table, row_of(batch, row), index)->text.len;
    char *base = need(assay_arena_scratch(&batch->arena, size));
    struct assay_span *spans =
        need(assay_arena_array(&batch->arena, batch->rows + 1u, sizeof *spans));
    uint64_t *null = need(assay_arena_array(&batch->arena, ASSAY_BITMAP_WORDS(batch->rows) + 1, 8));
    memset(base, 'x', size);
    uint32_t used = FRONT;
    for (uint32_t row = 0; row < batch->rows; row++) {
        const struct table_cell *cell = cell_at(table, row_of(batch, row), index);
        spans[row] = (struct assay_span){used, (uint32_t)cell->text.len};
        if (cell->text.len)
            memcpy(base + used, cell->text.ptr, cell->text.len);
        used += (uint32_t)cell->text.len;
        if (cell->null)
            assay_bit_set(null, row);
    }
    out->base = base;
    out->spans = spans;
    out->null = null;
    return ASSAY_OK;
}

static struct assay_str raw(const struct assay_batch *batch, uint32_t row, uint32_t end,
                            uint32_t *next)
{
    (void)batch, (void)end;
    *next = row + 1;
    return assay_cstr("");
}

static const struct assay_batch_ops ops = {decode, column, position, raw};

void table_batch_init(struct assay_batch *batch, struct table *table, uint32_t from, uint32_t rows)
{
    *batch = (struct assay_batch){.ops = &ops,
                                  .record = from,
                                  .rows = rows,
                                  .file = from >= table->second_file,
                                  .column_count = table->column_count,
                                  .impl = table};
    assay_arena_init(&batch->arena, 0);
    batch->columns =
        need(assay_arena_array(&batch->arena, table->column_count + 1u, sizeof *batch->columns));
    if (decode(batch, NULL) != ASSAY_OK)
        abort();
}

void table_batch_free(struct assay_batch *batch)
{
    assay_arena_free(&batch->arena);
}

struct assay_slice table_slice(struct assay_batch *batch, const uint32_t *columns, uint32_t count,
                               bool filtered)
{
    const struct table *table = table_of(batch);
    struct assay_column **made = need(assay_arena_array(&batch->arena, count + 1u, sizeof *made));
    for (uint32_t i = 0; i < count; i++)
        made[i] = need(assay_batch_column(batch, columns[i], &table->fields[columns[i]], NULL));
    uint64_t *selected = bits_from(batch, table->selected);
    uint64_t *picked = bits_from(batch, table->picked);
    uint64_t *mask = bits_from(batch, table->usable);
    for (size_t i = 0; i < ASSAY_BITMAP_WORDS(batch->rows); i++)
        mask[i] &= selected[i] & (filtered ? picked[i] : ~(uint64_t)0);
    return (struct assay_slice){
        .batch = batch,
        .columns = made,
        .indexes = columns,
        .column_count = count,
        .rows = batch->rows,
        .mask = mask,
        .selected = selected,
        .filtered = filtered,
    };
}
