/*
 * Reads CSV, and counts what its columns hold.
 */
#include "config.h"

#include "tests/lib/csv_table.h"

#include "base/json_write.h"

#include <stdlib.h>

/* What kind of number would hold it. */
static void look_at_number(struct csv_table_column *column, struct assay_str text)
{
    struct assay_numref number = assay_numref(text);
    int before = 0, behind = 0;
    bool point = false, exponent = false;
    for (size_t i = 0; i < text.len; i++) {
        point |= text.ptr[i] == '.';
        exponent |= text.ptr[i] == 'e' || text.ptr[i] == 'E';
        before += !point && text.ptr[i] >= '0' && text.ptr[i] <= '9';
        behind += point && text.ptr[i] != '.';
    }
    column->numbers++;
    column->whole += number.code == 0 && !point && !exponent;
    column->simple += !exponent && before + behind <= 15;
    if (exponent || column->scale < 0)
        column->scale = -1;
    else if (behind > column->scale)
        column->scale = behind;
    column->digits = before > column->digits ? before : column->digits;
}

static void count_value(struct csv_table_column *column, struct assay_str text)
{
    bool numeric = column->type == ASSAY_TYPE_NONE || assay_type_is_numeric(column->type);
    if (numeric && assay_json_is_number(text))
        look_at_number(column, text);
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

/* A backslash before what would end a field or a row. */
static void put_text(struct assay_buf *out, struct assay_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\\' || c == '\t' || c == '\n' || c == '\r')
            assay_buf_putc(out, '\\');
        assay_buf_putc(out, c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : c);
    }
}

bool csv_table_copy(struct csv_table *table, uint32_t column, struct assay_str text, bool null)
{
    struct assay_buf *out = table->context;
    assay_buf_puts(out, column ? "\t" : "");
    if (null)
        assay_buf_puts(out, "\\N");
    else
        put_text(out, text);
    if (column + 1 == table->column_count)
        assay_buf_putc(out, '\n');
    return !out->failed;
}

char csv_table_kind(const struct csv_table_column *column)
{
    uint64_t special = column->numbers + column->booleans;
    if (special > 0 && column->others > 0)
        return 0;
    return column->numbers ? 'n' : column->booleans ? 'b' : 't';
}
