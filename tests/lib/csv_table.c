/*
 * Reads CSV, and counts what its columns hold.
 */
#include "config.h"

#include "tests/lib/csv_table.h"

#include "base/json_write.h"

#include <stdlib.h>

static void count_value(struct csv_table_column *column, struct assay_str text)
{
    bool numeric = column->type == ASSAY_TYPE_NONE || assay_type_is_numeric(column->type);
    if (numeric && assay_json_is_number(text))
        column->numbers++;
    else if (column->type == ASSAY_TYPE_BOOLEAN &&
             (assay_str_is(text, "true") || assay_str_is(text, "false")))
        column->booleans++;
    else
        column->others++;
    column->longest = text.len > column->longest ? text.len : column->longest;
}

static bool put_row(struct csv_table *t, struct assay_batch *batch, uint32_t row)
{
    for (uint32_t i = 0; i < t->column_count; i++) {
        const struct assay_column *values = assay_batch_column(batch, i, NULL, NULL);
        if (values == NULL)
            return false;
        struct assay_str text = assay_column_text(values, row);
        bool null = assay_bit_get(values->null, row);
        if (memchr(text.ptr, '\0', text.len) != NULL)
            return false;
        if (!null)
            count_value(&t->columns[i], text);
        if (!t->put(t, i, text, null))
            return false;
    }
    return true;
}

static bool put_batch(struct csv_table *t, struct assay_batch *batch)
{
    if (batch->ops->decode(batch, NULL) != ASSAY_OK || batch->finding_count > 0)
        return false;
    for (uint32_t row = 0; row < batch->rows; row++)
        if (!put_row(t, batch, row))
            return false;
    return true;
}

static bool read_all(struct csv_table *t)
{
    struct assay_batch batch;
    if (assay_batch_init(t->source, &batch, NULL) != ASSAY_OK)
        return false;
    bool good;
    do {
        good = assay_source_next(t->source, &batch, NULL) == ASSAY_OK;
        if (good && batch.rows > 0)
            good = put_batch(t, &batch);
    } while (good && batch.rows > 0);
    good =
        good && assay_source_finish(t->source, NULL) == ASSAY_OK && t->source->files[0].records > 0;
    assay_batch_free(t->source, &batch);
    return good;
}

bool csv_table_read(struct csv_table *t, const char *path, const struct assay_suite *suite)
{
    struct assay_source_options options = suite->options.source;
    options.format = "csv";
    t->source = NULL;
    t->columns = NULL;
    if (assay_source_open(assay_cstr(path), &options, &t->source, NULL) != ASSAY_OK)
        return false;
    struct assay_source *source = t->source;
    t->column_count = source->column_count;
    t->columns = calloc((size_t)t->column_count + 1, sizeof *t->columns);
    bool good = t->columns != NULL && source->header_finding_count == 0 && t->column_count > 0;
    for (uint32_t i = 0; good && i < t->column_count; i++) {
        const struct assay_field *field = assay_suite_field(suite, source->names[i]);
        t->columns[i].name = source->names[i];
        t->columns[i].type = field != NULL ? field->type : ASSAY_TYPE_NONE;
        good = (source->repeated == NULL || source->repeated[i] == 0) && source->names[i].len < 64;
    }
    return good && read_all(t);
}

void csv_table_free(struct csv_table *t)
{
    free(t->columns);
    if (t->source != NULL)
        assay_source_close(t->source);
}

char csv_table_kind(const struct csv_table_column *column)
{
    uint64_t special = column->numbers + column->booleans;
    if (special > 0 && column->others > 0)
        return 0;
    return column->numbers ? 'n' : column->booleans ? 'b' : 't';
}
