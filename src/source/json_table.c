/*
 * Columns that grow with the records they are from.
 */
#include "config.h"

#include "source/json_table.h"

#include <stdlib.h>

bool assay_json_table_init(struct assay_json_table *table, uint32_t column_count)
{
    *table = (struct assay_json_table){.column_count = column_count};
    table->columns = calloc((size_t)column_count + 1, sizeof *table->columns);
    return table->columns != NULL;
}

void assay_json_table_free(struct assay_json_table *table)
{
    for (uint32_t i = 0; table->columns != NULL && i < table->column_count; i++) {
        free(table->columns[i].spans);
        free(table->columns[i].kinds);
        free(table->columns[i].records);
    }
    free(table->columns);
    *table = (struct assay_json_table){0};
}

static bool reserve(struct assay_json_column *column, uint32_t room)
{
    if (room <= column->room)
        return true;
    room = room < 1024 ? 1024 : room;
    struct assay_span *spans = realloc(column->spans, (size_t)room * sizeof *spans);
    column->spans = spans != NULL ? spans : column->spans;
    uint8_t *kinds = realloc(column->kinds, room);
    column->kinds = kinds != NULL ? kinds : column->kinds;
    uint32_t *records = NULL;
    if (column->fans) {
        records = realloc(column->records, (size_t)room * sizeof *records);
        column->records = records != NULL ? records : column->records;
    }
    if (spans == NULL || kinds == NULL || (column->fans && records == NULL))
        return false;
    column->room = room;
    return true;
}

bool assay_json_table_grow(struct assay_json_table *table, struct assay_json_column *column)
{
    table->nomem |= column->room > UINT32_MAX / 2 || !reserve(column, column->room * 2 + 1);
    return !table->nomem;
}

bool assay_json_table_begin(struct assay_json_table *table, uint32_t rows)
{
    table->nomem = false;
    for (uint32_t i = 0; i < table->column_count; i++) {
        struct assay_json_column *column = &table->columns[i];
        column->count = column->before = column->mark = 0;
        column->array_seen = false;
        if (!reserve(column, rows > 0 ? rows : 1))
            return false;
        if (!column->fans)
            memset(column->kinds, ASSAY_KIND_MISSING, rows);
    }
    return true;
}

void assay_json_table_drop(struct assay_json_table *table)
{
    assay_json_table_retry(table);
    for (uint32_t i = 0; i < table->column_count; i++)
        if (!table->columns[i].fans)
            table->columns[i].kinds[table->row] = ASSAY_KIND_MISSING;
}

void assay_json_table_array(struct assay_json_table *table, const struct assay_json_node *elements)
{
    for (uint32_t i = 0; i < elements->scope_count; i++)
        table->columns[elements->scope[i]].array_seen = true;
}

void assay_json_table_element(struct assay_json_table *table,
                              const struct assay_json_node *elements)
{
    for (uint32_t i = 0; elements != NULL && i < elements->scope_count; i++) {
        struct assay_json_column *column = &table->columns[elements->scope[i]];
        column->mark = column->count;
    }
}

void assay_json_table_element_end(struct assay_json_table *table,
                                  const struct assay_json_node *elements)
{
    for (uint32_t i = 0; elements != NULL && i < elements->scope_count; i++) {
        uint32_t slot = elements->scope[i];
        if (table->columns[slot].count == table->columns[slot].mark)
            assay_json_table_put(table, slot, ASSAY_KIND_MISSING, 0, 0);
    }
}
