/*
 * All that a source says, as one text: for tests that compare one reading with another.
 *
 * One line a record: `number: value|value`, where ~ stands for null, [..] for a row that
 * is not usable. Then `finding line:column #record text` lines, and `notice`, `error`
 * lines. Values are escaped.
 */
#ifndef ASSAY_TESTS_SOURCE_DUMP_H
#define ASSAY_TESTS_SOURCE_DUMP_H

#include "base/buf.h"
#include "base/escape.h"
#include "source/source.h"

#include <stdio.h>
#include <stdlib.h>

static inline void dump_error(struct assay_buf *out, const struct assay_error *err)
{
    const char *slash = strrchr(err->file, '/');
    assay_buf_printf(out, "error %s %s:%llu:%llu: %s (%s)\n", err->code,
                     slash != NULL ? slash + 1 : err->file, (unsigned long long)err->line,
                     (unsigned long long)err->column, err->message, err->help);
}

static inline void dump_finding(struct assay_buf *out, const struct assay_finding *finding)
{
    assay_buf_printf(out, "finding %llu:%llu #%llu %s\n", (unsigned long long)finding->at.line,
                     (unsigned long long)finding->at.column, (unsigned long long)finding->at.record,
                     finding->text);
}

static inline void dump_row(struct assay_buf *out, struct assay_source *source,
                            struct assay_batch *batch, const struct assay_column *columns,
                            uint32_t row, bool positions)
{
    bool usable = assay_bit_get(batch->usable, row);
    assay_buf_printf(out, "%llu: %s", (unsigned long long)(batch->record + row + 1),
                     usable ? "" : "[");
    for (uint32_t i = 0; i < source->column_count; i++) {
        assay_buf_puts(out, i > 0 ? "|" : "");
        if (assay_bit_get(columns[i].null, row)) {
            assay_buf_puts(out, columns[i].spans[row].len == 0 ? "~" : "BROKEN");
        } else {
            struct assay_str text = assay_column_text(&columns[i], row);
            if (text.len > 0)
                assay_escape_terminal(out, text, 0);
        }
        if (positions) {
            struct assay_position at = batch->ops->position(batch, row, i);
            assay_buf_printf(out, "@%llu:%llu", (unsigned long long)at.line,
                             (unsigned long long)at.column);
        }
    }
    assay_buf_puts(out, usable ? "" : "]");
    if (positions) {
        assay_buf_puts(out, " <");
        assay_escape_terminal(out, assay_batch_raw(batch, row), 0);
        assay_buf_puts(out, ">");
    }
    assay_buf_putc(out, '\n');
}

/* `findings` are kept apart: where records and findings alternate depends on the batches. */
static inline enum assay_status dump_batch(struct assay_buf *out, struct assay_buf *findings,
                                           struct assay_source *source, struct assay_batch *batch,
                                           bool positions, struct assay_error *err)
{
    ASSAY_TRY(batch->ops->decode(batch, err));
    struct assay_column *columns = calloc(source->column_count + 1, sizeof *columns);
    enum assay_status status = columns != NULL ? ASSAY_OK : assay_fail_nomem(err);
    for (uint32_t i = 0; status == ASSAY_OK && i < source->column_count; i++)
        status = batch->ops->column(batch, i, &columns[i], err);
    for (uint32_t row = 0; status == ASSAY_OK && row < batch->rows; row++)
        dump_row(out, source, batch, columns, row, positions);
    for (uint32_t i = 0; i < batch->finding_count; i++)
        dump_finding(findings, &batch->findings[i]);
    free(columns);
    return status;
}

static inline void dump_source(struct assay_buf *out, struct assay_source *source, bool positions)
{
    struct assay_batch batch;
    struct assay_buf findings;
    struct assay_error err = {0};
    assay_buf_init(&findings, 1u << 30);
    enum assay_status status = assay_batch_init(source, &batch, &err);
    if (status != ASSAY_OK) {
        dump_error(out, &err);
        return;
    }
    do {
        status = assay_source_next(source, &batch, &err);
        if (status == ASSAY_OK && batch.rows > 0)
            status = dump_batch(out, &findings, source, &batch, positions, &err);
    } while (status == ASSAY_OK && batch.rows > 0);
    assay_buf_str(out, assay_buf_view(&findings));
    assay_buf_free(&findings);
    if (status != ASSAY_OK)
        dump_error(out, &err);
    if (assay_source_finish(source, &err) != ASSAY_OK)
        dump_error(out, &err);
    assay_batch_free(source, &batch);
}

static inline void dump_columns(struct assay_buf *out, const struct assay_source *source)
{
    assay_buf_puts(out, "columns ");
    for (uint32_t i = 0; i < source->column_count; i++) {
        assay_buf_puts(out, i > 0 ? "|" : "");
        if (source->names[i].len > 0)
            assay_escape_terminal(out, source->names[i], 0);
    }
    assay_buf_putc(out, '\n');
    for (uint32_t i = 0; i < source->header_finding_count; i++)
        dump_finding(out, &source->header_findings[i]);
}

static inline void dump_notices(struct assay_buf *out, const struct assay_source *source)
{
    for (uint32_t i = 0; i < source->notice_count; i++)
        assay_buf_printf(out, "notice %s\n", source->notices[i]);
}

/* The whole source, or why it could not be opened. The caller frees `out`. */
static inline void dump_open(struct assay_buf *out, const char *spec,
                             const struct assay_source_options *options, bool positions)
{
    struct assay_source *source;
    struct assay_error err = {0};
    assay_buf_init(out, 1u << 30);
    if (assay_source_open(assay_cstr(spec), options, &source, &err) != ASSAY_OK) {
        dump_error(out, &err);
        return;
    }
    dump_columns(out, source);
    dump_source(out, source, positions);
    dump_notices(out, source);
    assay_source_close(source);
}

#endif
