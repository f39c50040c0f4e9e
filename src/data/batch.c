/*
 * Columns of a batch, each made when it is first asked for.
 */
#include "config.h"

#include "data/batch.h"

static bool is_of_file(const struct assay_batch *batch, uint32_t index)
{
    const struct assay_file_columns *own = batch->file_columns;
    return own != NULL && index >= own->from && index - own->from < own->count;
}

/* A column that is the same in all records of the batch's file. */
static enum assay_status file_column(struct assay_batch *batch, uint32_t index,
                                     struct assay_column *column, struct assay_error *err)
{
    const struct assay_file_columns *own = batch->file_columns;
    const struct assay_file_value *value =
        &own->values[(size_t)batch->file * own->count + (index - own->from)];
    struct assay_span *spans =
        assay_arena_scratch(&batch->arena, (size_t)batch->rows * sizeof *spans);
    uint64_t *null = assay_arena_scratch(&batch->arena, ASSAY_BITMAP_WORDS(batch->rows) * 8);
    if (spans == NULL || null == NULL)
        return assay_fail_nomem(err);
    for (uint32_t row = 0; row < batch->rows; row++)
        spans[row] = value->span;
    if (value->null)
        assay_bits_fill(null, batch->rows);
    else
        assay_bits_clear(null, batch->rows);
    column->base = value->base;
    column->spans = spans;
    column->null = null;
    return ASSAY_OK;
}

struct assay_position assay_batch_position(const struct assay_batch *batch, uint32_t row,
                                           uint32_t index)
{
    return batch->ops->position(batch, row, is_of_file(batch, index) ? UINT32_MAX : index);
}

static bool alike(const struct assay_field *a, const struct assay_field *b)
{
    static const struct assay_field none;
    a = a != NULL ? a : &none;
    b = b != NULL ? b : &none;
    return a->type == b->type && a->inferred == b->inferred && a->format == b->format &&
           a->offset == b->offset;
}

/*
 * The keys of one column may be wanted as values of several types, by several relationships:
 * the texts are the same, the views are not.
 */
static struct assay_column *as_field(struct assay_batch *batch, struct assay_column *made,
                                     const struct assay_field *field, struct assay_error *err)
{
    if (alike(made->field, field))
        return made;
    struct assay_column *column = assay_arena_alloc(&batch->arena, sizeof *column);
    if (column == NULL) {
        assay_fail_nomem(err);
        return NULL;
    }
    *column = *made;
    column->field = field;
    column->numbers = NULL;
    column->times = NULL;
    return column;
}

struct assay_column *assay_batch_column(struct assay_batch *batch, uint32_t index,
                                        const struct assay_field *field, struct assay_error *err)
{
    if (index >= batch->column_count) {
        assay_fail(err, ASSAY_INTERNAL, "INTERNAL", "column %u of a batch of %u columns", index,
                   batch->column_count);
        return NULL;
    }
    if (batch->columns[index] != NULL)
        return as_field(batch, batch->columns[index], field, err);
    struct assay_column *column = assay_arena_alloc(&batch->arena, sizeof *column);
    if (column == NULL) {
        assay_fail_nomem(err);
        return NULL;
    }
    column->field = field;
    column->rows = batch->rows;
    column->arena = &batch->arena;
    enum assay_status status = is_of_file(batch, index)
                                   ? file_column(batch, index, column, err)
                                   : batch->ops->column(batch, index, column, err);
    if (status != ASSAY_OK)
        return NULL;
    batch->columns[index] = column;
    return column;
}
