/*
 * Reads bytes behind what the batch before left over, and has the chunk find the records
 * in them.
 */
#include "config.h"

#include "source/csv_source.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

bool csv_buffer_reserve(struct csv_buffer *buffer, size_t room)
{
    if (room <= buffer->room)
        return true;
    char *grown = realloc(buffer->memory, CSV_FRONT + 2 * room + 3 * CSV_PAD);
    if (grown == NULL)
        return false;
    memset(grown, '\n', CSV_FRONT);
    buffer->memory = grown;
    buffer->room = room;
    return true;
}

void csv_buffer_free(struct csv_buffer *buffer)
{
    free(buffer->memory);
    *buffer = (struct csv_buffer){NULL, 0};
}

struct assay_csv_text csv_buffer_text(const struct csv_buffer *buffer, size_t len, bool final)
{
    char *base = csv_buffer_base(buffer);
    memset(base + len, 0, CSV_PAD);
    uint32_t scratch = (uint32_t)(len + CSV_PAD);
    return (struct assay_csv_text){.base = base,
                                   .len = (uint32_t)len,
                                   .scratch = scratch,
                                   .scratch_end = scratch + (uint32_t)buffer->room + CSV_PAD,
                                   .final = final};
}

void csv_error_at(const struct csv_source *csv, struct assay_error *err, uint64_t line,
                  uint64_t column)
{
    assay_error_at(err, assay_files_shown(&csv->files), line, column);
}

const char *csv_grouped(uint64_t number, char out[32])
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%" PRIu64, number);
    char *p = out;
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            *p++ = ',';
        *p++ = digits[i];
    }
    *p = '\0';
    return out;
}

enum assay_status csv_pending(const struct csv_source *csv, struct assay_error *err)
{
    enum assay_status status = csv->pending.status;
    if (err == NULL)
        return status;
    *err = csv->pending;
    if (status != ASSAY_SOURCE && status != ASSAY_LIMIT)
        return status;
    char count[32];
    size_t len = strlen(err->message);
    uint64_t records =
        csv->files.index < csv->base.file_count ? csv->base.files[csv->files.index].records : 0;
    snprintf(err->message + len, sizeof err->message - len, " after %s record%s",
             csv_grouped(records, count), records == 1 ? "" : "s");
    return status;
}

/*
 * Reads on behind buffer[*len], to `want` bytes, the end of the file, or a pause. A failure
 * is kept for later: what was read before it does not depend on where reads were cut.
 */
static void read_on(struct csv_source *csv, char *buffer, size_t *len, size_t want, bool patient)
{
    if (!csv->ended && !csv->has_pending)
        csv->has_pending = assay_files_collect(&csv->files, buffer, len, want, patient, &csv->ended,
                                               &csv->pending) != ASSAY_OK;
}

enum assay_status csv_load(struct csv_source *csv, size_t need, struct assay_error *err)
{
    size_t have = csv->len - csv->at;
    if (have >= need || csv->ended)
        return ASSAY_OK;
    if (csv->at > 0)
        memmove(csv_buffer_base(&csv->carry), csv_buffer_base(&csv->carry) + csv->at, have);
    csv->at = 0;
    csv->len = have;
    if (!csv_buffer_reserve(&csv->carry, need))
        return assay_fail_nomem(err);
    read_on(csv, csv_buffer_base(&csv->carry), &csv->len, need, true);
    return ASSAY_OK;
}

/* Text behind a closing quote makes the field go on, which is what most often went wrong. */
static void help_open_quote(struct csv_source *csv, const struct csv_batch *own,
                            const struct assay_csv_segment *last, uint32_t at)
{
    uint32_t after = last->finding[ASSAY_CSV_AFTER_QUOTE];
    uint64_t line, column;
    if (after == ASSAY_CSV_NONE || after < at) {
        assay_error_help(&csv->last, "what follows it, to the end of the file, was read as one "
                                     "field; a quote within a quoted field is doubled");
        return;
    }
    assay_csv_locate(own->text.base, last->start, own->line + last->line, after, &line, &column);
    assay_error_help(&csv->last,
                     "at %" PRIu64 ":%" PRIu64 " text follows a closing quote, so that the field "
                     "went on to the end of the file; a quote within a quoted field is doubled: "
                     "\"a \"\"b\"\" c\"",
                     line, column);
}

/* The record that reaches to the end of the data because of a quote is the last one. */
static void note_open_quote(struct csv_source *csv, const struct csv_batch *own)
{
    const struct assay_csv_chunk *chunk = &own->chunk;
    if (!own->text.final || chunk->segment_count == 0 || csv->has_last)
        return;
    const struct assay_csv_segment *last = &chunk->segments[chunk->segment_count - 1];
    uint32_t at = last->finding[ASSAY_CSV_UNTERMINATED];
    if (last->kind != ASSAY_CSV_ODD || at == ASSAY_CSV_NONE)
        return;
    uint64_t line, column;
    assay_csv_locate(own->text.base, last->start, own->line + last->line, at, &line, &column);
    csv->has_last = true;
    assay_fail(&csv->last, ASSAY_SOURCE, "CSV-OPEN-QUOTE", "this quote is never closed");
    help_open_quote(csv, own, last, at);
    csv_error_at(csv, &csv->last, line, column);
    const char *text = own->text.base + last->start;
    const char *before = own->text.base + at;
    while (before > text && before[-1] != '\n' && before[-1] != '\r')
        before--;
    size_t length = (size_t)(own->text.base + own->text.len - before);
    assay_error_excerpt(&csv->last, before, length, (size_t)(own->text.base + at - before));
}

/* What the chunk left over begins the next batch. */
static enum assay_status take_over(struct csv_source *csv, struct csv_batch *own,
                                   struct assay_error *err)
{
    const struct assay_csv_chunk *chunk = &own->chunk;
    size_t left = own->text.len - chunk->consumed;
    if (!csv_buffer_reserve(&csv->carry, left > 4096 ? left : 4096))
        return assay_fail_nomem(err);
    if (left > 0)
        memcpy(csv_buffer_base(&csv->carry), own->text.base + chunk->consumed, left);
    csv->at = 0;
    csv->len = left;
    csv->line += chunk->lines;
    csv->record += chunk->records;
    csv->base.files[csv->files.index].records += chunk->records;
    for (int i = 0; i < ASSAY_CSV_ENDINGS && !csv->told; i++)
        csv->endings[i] += chunk->endings[i];
    for (uint32_t i = 0; i < chunk->segment_count && !csv->told; i++) {
        const struct assay_csv_segment *segment = &chunk->segments[i];
        if (segment->kind == ASSAY_CSV_EMPTY)
            csv->blanks += assay_csv_count_lines(own->text.base, segment->start, segment->end);
    }
    note_open_quote(csv, own);
    return ASSAY_OK;
}

/* "64 MiB", or bytes where it is no whole number of them. */
static const char *sized(uint64_t bytes, char out[48])
{
    char number[32];
    bool whole = bytes >= 1u << 20 && bytes % (1u << 20) == 0;
    snprintf(out, 48, "%s %s", csv_grouped(whole ? bytes >> 20 : bytes, number),
             whole ? "MiB" : "bytes");
    return out;
}

enum assay_status csv_too_long(const struct csv_source *csv, const char *what, uint64_t limit,
                               uint64_t line, uint64_t column, struct assay_error *err)
{
    char size[48];
    assay_fail(err, ASSAY_LIMIT, "CSV-FIELD-LIMIT",
               "%s over %s starting at %" PRIu64 ":%" PRIu64 ": unterminated quote?", what,
               sized(limit, size), line, column);
    assay_error_help(err,
                     "check the quotes there, and the `quote` and `delimiter` options; `max_field` "
                     "raises the limit");
    csv_error_at(csv, err, line, column);
    return ASSAY_LIMIT;
}

/* Room for what is carried and a batch besides; one that a long record grew shrinks again. */
static enum assay_status start_buffer(struct csv_source *csv, struct csv_batch *own, size_t *len,
                                      struct assay_error *err)
{
    size_t have = csv->len - csv->at;
    size_t want = have < csv->batch_bytes ? csv->batch_bytes : have;
    if (own->buffer.room / 4 > want)
        csv_buffer_free(&own->buffer);
    if (!csv_buffer_reserve(&own->buffer, want))
        return assay_fail_nomem(err);
    if (have > 0)
        memcpy(csv_buffer_base(&own->buffer), csv_buffer_base(&csv->carry) + csv->at, have);
    csv->at = csv->len = 0;
    *len = have;
    return ASSAY_OK;
}

enum assay_status csv_fill(struct csv_source *csv, struct csv_batch *own, struct assay_error *err)
{
    size_t len;
    ASSAY_TRY(start_buffer(csv, own, &len, err));
    own->line = csv->line;
    size_t want = len > csv->batch_bytes ? len : csv->batch_bytes;
    for (bool patient = len == 0;; patient = true) {
        read_on(csv, csv_buffer_base(&own->buffer), &len, want, patient);
        if (csv->has_pending && csv->pending.status == ASSAY_INTERRUPTED)
            return csv_pending(csv, err);
        own->text = csv_buffer_text(&own->buffer, len, csv->ended);
        enum assay_status status = assay_csv_chunk_fill(&own->chunk, &own->text, own->line, err);
        if (status != ASSAY_OK)
            return status == ASSAY_LIMIT && err->line > 0
                       ? csv_too_long(csv, "field", csv->field_limit, err->line, err->column, err)
                       : status;
        if (own->chunk.consumed > 0 || (csv->ended && len == 0))
            return take_over(csv, own, err);
        if (csv->ended)
            return assay_fail(err, ASSAY_INTERNAL, "BUG-CSV", "the end of the data was not read");
        if (csv->has_pending)
            return csv_pending(csv, err);
        if (len < want)
            continue; /* a pause within a record */
        if (want >= csv->record_limit)
            return csv_too_long(csv, "record", csv->record_limit, csv->line, 1, err);
        want = want * 2 < csv->record_limit ? want * 2 : csv->record_limit;
        if (!csv_buffer_reserve(&own->buffer, want))
            return assay_fail_nomem(err);
    }
}
