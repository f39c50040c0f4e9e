/*
 * A table in memory, and batches of it: what a source does, without one.
 */
#ifndef ASSAY_TESTS_TABLE_BATCH_H
#define ASSAY_TESTS_TABLE_BATCH_H

#include "data/batch.h"

struct table_cell {
    struct assay_str text; /* owned by the table's arena */
    bool null;
};

#define TABLE_COLUMNS 16

struct table {
    struct assay_arena arena;
    struct assay_field fields[TABLE_COLUMNS];
    uint32_t column_count;
    uint32_t rows;
    struct table_cell *cells; /* rows × columns */
    uint64_t *usable;         /* the others are malformed */
    uint64_t *selected;       /* rows inside a limit or sample */
    uint64_t *picked;         /* rows that a filter picks */
    uint32_t second_file;     /* the row with which the second file begins */
};

/* A table of empty cells, all rows usable, selected and picked. */
void table_init(struct table *table, uint32_t columns, uint32_t rows);
void table_free(struct table *table);

void table_set(struct table *table, uint32_t row, uint32_t column, struct assay_str text);
void table_set_null(struct table *table, uint32_t row, uint32_t column);

/* Rows [from, from + rows) as a batch; decode was called. */
void table_batch_init(struct assay_batch *batch, struct table *table, uint32_t from, uint32_t rows);
void table_batch_free(struct assay_batch *batch);

/*
 * A slice of the batch over some columns; what it points to lives in the batch's arena.
 * `filtered`: the picked rows only.
 */
struct assay_slice table_slice(struct assay_batch *batch, const uint32_t *columns, uint32_t count,
                               bool filtered);

#endif
