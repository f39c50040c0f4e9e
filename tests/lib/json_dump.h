/*
 * All that a source of JSON says about some columns, as one text; see source_dump.h. A
 * column that fans out is shown as [value, value], each value with its kind and place.
 */
#ifndef ASSAY_TESTS_JSON_DUMP_H
#define ASSAY_TESTS_JSON_DUMP_H

#include "tests/lib/source_dump.h"

#define JSON_DUMP_COLUMNS 16u

struct json_dump {
    const char *const *names; /* of the columns, closed by NULL */
    bool positions;
    uint32_t indexes[JSON_DUMP_COLUMNS];
    uint32_t count;
    struct assay_column columns[JSON_DUMP_COLUMNS];
    uint32_t next[JSON_DUMP_COLUMNS]; /* value to be shown, of columns that fan out */
};

static inline void json_dump_value(struct assay_buf *out, const struct json_dump *dump,
                                   const struct assay_batch *batch, uint32_t c, uint32_t row)
{
    static const char kinds[] = "snbao";
    const struct assay_column *column = &dump->columns[c];
    struct assay_str text = assay_column_text(column, row);
    if (assay_bit_get(column->null, row)) {
        assay_buf_puts(out, text.len == 0 ? "~" : "BROKEN");
    } else {
        assay_buf_putc(out, kinds[column->kind[row]]);
        if (!(column->kinds_seen >> column->kind[row] & 1))
            assay_buf_puts(out, "UNSEEN");
        if (text.len > 0)
            assay_escape_terminal(out, text, 0);
    }
    if (dump->positions) {
        struct assay_position at = batch->ops->position(batch, row, dump->indexes[c]);
        assay_buf_printf(out, "@%llu:%llu#%llu", (unsigned long long)at.line,
                         (unsigned long long)at.column, (unsigned long long)at.record);
    }
}

static inline void json_dump_row(struct assay_buf *out, struct json_dump *dump,
                                 const struct assay_batch *batch, uint32_t row)
{
    assay_buf_printf(out, "%llu:%s", (unsigned long long)(batch->record + row + 1),
                     assay_bit_get(batch->usable, row) ? "" : " unusable");
    for (uint32_t c = 0; c < dump->count; c++) {
        const struct assay_column *column = &dump->columns[c];
        assay_buf_putc(out, ' ');
        if (column->record == NULL) {
            json_dump_value(out, dump, batch, c, row);
            continue;
        }
        assay_buf_putc(out, '[');
        for (uint32_t *v = &dump->next[c]; *v < column->rows && column->record[*v] == row; ++*v) {
            assay_buf_putc(out, ' ');
            json_dump_value(out, dump, batch, c, *v);
        }
        assay_buf_putc(out, ']');
    }
    if (dump->positions) {
        struct assay_position at = batch->ops->position(batch, row, UINT32_MAX);
        assay_buf_printf(out, " @%llu:%llu <", (unsigned long long)at.line,
                         (unsigned long long)at.column);
        assay_escape_terminal(out, assay_batch_raw(batch, row), 0);
        assay_buf_putc(out, '>');
    }
    assay_buf_putc(out, '\n');
}

static inline enum assay_status json_dump_batch(struct assay_buf *out, struct assay_buf *findings,
                                                struct json_dump *dump, struct assay_batch *batch,
                                                struct assay_error *err)
{
    ASSAY_TRY(batch->ops->decode(batch, err));
    for (uint32_t c = 0; c < dump->count; c++) {
        dump->columns[c] = (struct assay_column){.rows = batch->rows};
        dump->next[c] = 0;
        ASSAY_TRY(batch->ops->column(batch, dump->indexes[c], &dump->columns[c], err));
    }
    for (uint32_t row = 0; row < batch->rows; row++)
        json_dump_row(out, dump, batch, row);
    for (uint32_t i = 0; i < batch->finding_count; i++)
        dump_finding(findings, &batch->findings[i]);
    return ASSAY_OK;
}

/* Records, findings, what went wrong, and which columns were not found. */
static inline void json_dump_source(struct assay_buf *out, struct json_dump *dump,
                                    struct assay_source *source)
{
    struct assay_batch batch;
    struct assay_buf findings;
    struct assay_error err = {0};
    dump->count = 0;
    for (const char *const *name = dump->names; *name != NULL; name++) {
        if (assay_source_column(source, assay_cstr(*name), &dump->indexes[dump->count], &err) ==
            ASSAY_OK)
            dump->count++;
        else
            dump_error(out, &err);
    }
    assay_buf_init(&findings, 1u << 30);
    enum assay_status status = assay_batch_init(source, &batch, &err);
    do {
        if (status == ASSAY_OK)
            status = assay_source_next(source, &batch, &err);
        if (status == ASSAY_OK && batch.rows > 0)
            status = json_dump_batch(out, &findings, dump, &batch, &err);
    } while (status == ASSAY_OK && batch.rows > 0);
    assay_buf_str(out, assay_buf_view(&findings));
    assay_buf_free(&findings);
    if (status != ASSAY_OK)
        dump_error(out, &err);
    if (assay_source_finish(source, &err) != ASSAY_OK)
        dump_error(out, &err);
    for (uint32_t c = 0; c < dump->count && status == ASSAY_OK; c++)
        if (source->ops->found(source, dump->indexes[c], &err) != ASSAY_OK)
            dump_error(out, &err);
    if (batch.impl != NULL)
        assay_batch_free(source, &batch);
}

/* The whole source, or why it could not be opened. The caller frees `out`. */
static inline void json_dump_open(struct assay_buf *out, const char *spec,
                                  const struct assay_source_options *options,
                                  const char *const *names, bool positions)
{
    struct assay_source *source;
    struct assay_error err = {0};
    struct json_dump dump = {.names = names, .positions = positions};
    assay_buf_init(out, 1u << 30);
    if (assay_source_open(assay_cstr(spec), options, &source, &err) != ASSAY_OK) {
        dump_error(out, &err);
        return;
    }
    dump_columns(out, source);
    json_dump_source(out, &dump, source);
    dump_notices(out, source);
    assay_source_close(source);
}

#endif
