/*
 * Converts CSV to JSON by way of the source that the program itself uses.
 */
#include "config.h"

#include "tests/lib/as_json.h"

#include "base/json_write.h"

static bool is_number(const struct assay_suite *suite, struct assay_str name,
                      struct assay_str value)
{
    const struct assay_field *field = assay_suite_field(suite, name);
    enum assay_type type = field != NULL ? field->type : ASSAY_TYPE_NONE;
    return (type == ASSAY_TYPE_NONE || assay_type_is_numeric(type)) && assay_json_is_number(value);
}

static bool is_boolean(const struct assay_suite *suite, struct assay_str name,
                       struct assay_str value)
{
    const struct assay_field *field = assay_suite_field(suite, name);
    return field != NULL && field->type == ASSAY_TYPE_BOOLEAN &&
           (assay_str_is(value, "true") || assay_str_is(value, "false"));
}

static void put_value(struct assay_buf *out, const struct assay_suite *suite, struct assay_str name,
                      const struct assay_column *column, uint32_t row)
{
    struct assay_str value = assay_column_text(column, row);
    if (assay_bit_get(column->null, row))
        assay_buf_puts(out, "null");
    else if (is_number(suite, name, value) || is_boolean(suite, name, value))
        assay_buf_str(out, value);
    else
        assay_json_quote(out, value, 0);
}

static bool put_batch(struct assay_buf *out, const struct assay_suite *suite,
                      struct assay_source *source, struct assay_batch *batch, bool array)
{
    if (batch->ops->decode(batch, NULL) != ASSAY_OK || batch->finding_count > 0)
        return false;
    for (uint32_t row = 0; row < batch->rows; row++) {
        assay_buf_puts(out, array ? (batch->record + row > 0 ? ",\n{" : "[{") : "{");
        for (uint32_t i = 0; i < source->column_count; i++) {
            const struct assay_column *column = assay_batch_column(batch, i, NULL, NULL);
            if (column == NULL)
                return false;
            assay_buf_puts(out, i > 0 ? ", " : "");
            assay_json_quote(out, source->names[i], 0);
            assay_buf_puts(out, ": ");
            put_value(out, suite, source->names[i], column, row);
        }
        assay_buf_puts(out, array ? "}" : "}\n");
    }
    return true;
}

static bool put_source(struct assay_buf *out, const struct assay_suite *suite,
                       struct assay_source *source, bool array)
{
    struct assay_batch batch;
    bool good = source->header_finding_count == 0 && source->column_count > 0;
    for (uint32_t i = 0; good && i < source->column_count; i++)
        good = source->repeated == NULL || source->repeated[i] == 0;
    if (!good || assay_batch_init(source, &batch, NULL) != ASSAY_OK)
        return false;
    do {
        good = assay_source_next(source, &batch, NULL) == ASSAY_OK;
        if (good && batch.rows > 0)
            good = put_batch(out, suite, source, &batch, array);
    } while (good && batch.rows > 0);
    good = good && assay_source_finish(source, NULL) == ASSAY_OK && out->len > 0;
    assay_batch_free(source, &batch);
    assay_buf_puts(out, array ? "]\n" : "");
    return good && !out->failed;
}

bool as_json(const char *path, const struct assay_suite *suite, bool array, struct assay_buf *out)
{
    struct assay_source_options options = suite->options.source;
    struct assay_source *source;
    options.format = "csv";
    if (assay_source_open(assay_cstr(path), &options, &source, NULL) != ASSAY_OK)
        return false;
    bool good = put_source(out, suite, source, array);
    assay_source_close(source);
    return good;
}
