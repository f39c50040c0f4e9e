/*
 * Where the wanted values of a batch of JSON records go: a column each, of spans and
 * kinds. A column of a path without [*] has one entry a record; one with [*] has an
 * entry for each element, and the record that each is from.
 */
#ifndef ASSAY_SOURCE_JSON_TABLE_H
#define ASSAY_SOURCE_JSON_TABLE_H

#include "source/json_tree.h"

#include "base/span.h"
#include "data/type.h"

struct assay_json_column {
    struct assay_span *spans;
    uint8_t *kinds;
    uint32_t *records; /* fans: the row that each value is from */
    uint32_t room;
    uint32_t count;  /* fans: values so far */
    uint32_t before; /* fans: values of the records before the one that is read */
    uint32_t mark;   /* fans: values before the element that is read */
    bool fans;
    bool array_seen;   /* fans: an array was there, with elements or without */
    bool array_before; /* fans: the same, before the record that is read */
};

struct assay_json_table {
    struct assay_json_column *columns;
    uint32_t column_count;
    uint32_t fan_count; /* columns that fan out */
    uint32_t row;       /* of the record that is read */
    bool nomem;
};

/* Columns as the tree has slots; a column's `fans` is set by the caller afterwards. */
bool assay_json_table_init(struct assay_json_table *table, uint32_t column_count);
void assay_json_table_free(struct assay_json_table *table);

/* Room for so many records, none of them with a value. False: no memory. */
bool assay_json_table_begin(struct assay_json_table *table, uint32_t rows);

/* Room for one more value of a column that fans out; false: no memory, and noted so. */
bool assay_json_table_grow(struct assay_json_table *table, struct assay_json_column *column);

static inline void assay_json_table_row(struct assay_json_table *table, uint32_t row)
{
    table->row = row;
    for (uint32_t i = 0; table->fan_count > 0 && i < table->column_count; i++) {
        table->columns[i].before = table->columns[i].count;
        table->columns[i].array_before = table->columns[i].array_seen;
    }
}

/* Takes back the values that fan out of the record that is read. */
static inline void assay_json_table_retry(struct assay_json_table *table)
{
    for (uint32_t i = 0; table->fan_count > 0 && i < table->column_count; i++) {
        table->columns[i].count = table->columns[i].before;
        table->columns[i].array_seen = table->columns[i].array_before;
    }
}

/* Takes back all values of the record that is read. */
void assay_json_table_drop(struct assay_json_table *table);

static inline void assay_json_table_put(struct assay_json_table *table, uint32_t slot, uint8_t kind,
                                        uint32_t off, uint32_t len)
{
    struct assay_json_column *column = &table->columns[slot];
    uint32_t at = table->row;
    if (column->fans) {
        at = column->count;
        if (at == column->room && !assay_json_table_grow(table, column))
            return;
        column->records[at] = table->row;
        column->count++;
    }
    column->spans[at] = (struct assay_span){off, len};
    column->kinds[at] = kind;
}

/* To be called around each element of an array; `elements` may be NULL. */
void assay_json_table_element(struct assay_json_table *table,
                              const struct assay_json_node *elements);
void assay_json_table_element_end(struct assay_json_table *table,
                                  const struct assay_json_node *elements);

/* An array was found where elements are wanted. */
void assay_json_table_array(struct assay_json_table *table, const struct assay_json_node *elements);

#endif
