/*
 * Columns of a batch, each made when it is first asked for.
 */
#include "config.h"

#include "data/batch.h"

struct assay_column *assay_batch_column(struct assay_batch *batch, uint32_t index,
                                        const struct assay_field *field, struct assay_error *err)
{
    if (index >= batch->column_count) {
        assay_fail(err, ASSAY_INTERNAL, "INTERNAL", "column %u of a batch of %u columns", index,
                   batch->column_count);
        return NULL;
    }
    if (batch->columns[index] != NULL)
        return batch->columns[index];
    struct assay_column *column = assay_arena_alloc(&batch->arena, sizeof *column);
    if (column == NULL) {
        assay_fail_nomem(err);
        return NULL;
    }
    column->field = field;
    column->rows = batch->rows;
    column->arena = &batch->arena;
    if (batch->ops->column(batch, index, column, err) != ASSAY_OK)
        return NULL;
    batch->columns[index] = column;
    return column;
}
