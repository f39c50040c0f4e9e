/*
 * Reads bytes behind what the batch before left over, and has the records in them found.
 */
#include "config.h"

#include "source/json_source.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

bool json_buffer_reserve(struct json_buffer *buffer, size_t room)
{
    if (room <= buffer->room)
        return true;
    char *grown = realloc(buffer->memory, JSON_FRONT + 3 * room + 2 * JSON_PAD);
    if (grown == NULL)
        return false;
    memset(grown, '\n', JSON_FRONT);
    buffer->memory = grown;
    buffer->room = room;
    return true;
}

void json_buffer_free(struct json_buffer *buffer)
{
    free(buffer->memory);
    *buffer = (struct json_buffer){NULL, 0};
}

enum assay_status json_pending(const struct json_source *json, struct assay_error *err)
{
    enum assay_status status = json->pending.status;
    if (err == NULL)
        return status;
    *err = json->pending;
    if (status != ASSAY_SOURCE && status != ASSAY_LIMIT)
        return status;
    size_t len = strlen(err->message);
    uint32_t file = json->files.index;
    uint64_t records = file < json->base.file_count ? json->base.files[file].records : 0;
    snprintf(err->message + len, sizeof err->message - len, " after %" PRIu64 " record%s", records,
             records == 1 ? "" : "s");
    return status;
}

/*
 * Reads on behind buffer[*len], to `want` bytes, the end of the file, or a pause. A failure
 * is kept for later: what was read before it does not depend on where reads were cut.
 */
static void read_on(struct json_source *json, char *buffer, size_t *len, size_t want, bool patient)
{
    if (!json->ended && !json->has_pending)
        json->has_pending = assay_files_collect(&json->files, buffer, len, want, patient,
                                                &json->ended, &json->pending) != ASSAY_OK;
}

enum assay_status json_load(struct json_source *json, size_t need, struct assay_error *err)
{
    size_t have = json->len - json->at;
    if (have >= need || json->ended)
        return ASSAY_OK;
    if (json->at > 0)
        memmove(json_buffer_base(&json->carry), json_buffer_base(&json->carry) + json->at, have);
    json->at = 0;
    json->len = have;
    if (!json_buffer_reserve(&json->carry, need))
        return assay_fail_nomem(err);
    read_on(json, json_buffer_base(&json->carry), &json->len, need, true);
    memset(json_buffer_base(&json->carry) + json->len, 0, JSON_PAD);
    return ASSAY_OK;
}

static enum assay_status too_long(const struct json_source *json, struct assay_error *err)
{
    size_t limit = json->record_limit;
    bool whole = limit % (1u << 20) == 0;
    assay_fail(err, ASSAY_LIMIT, "JSON-RECORD-LIMIT",
               "record over %zu %s starting at byte %" PRIu64, whole ? limit >> 20 : limit,
               whole ? "MiB" : "bytes", json->frame.offset);
    assay_error_help(err,
                     json->frame.lines
                         ? "one line is one record here: use format: json for documents, or raise "
                           "max_field, half the limit"
                         : "records of a document are found with records: /path/to/array; "
                           "max_field, half the limit, raises it");
    assay_error_at(err, assay_files_shown(&json->files), json->frame.line, json->frame.column);
    return ASSAY_LIMIT;
}

/* What is left over of the text begins the next batch. */
static enum assay_status take_over(struct json_source *json, struct json_batch *own, size_t copied,
                                   struct assay_error *err)
{
    size_t left = own->len - own->cut.consumed;
    if (copied == own->len && json->at + copied <= json->len) {
        json->at += own->cut.consumed; /* all of it is still in the carry */
    } else {
        if (!json_buffer_reserve(&json->carry, left > 4096 ? left : 4096))
            return assay_fail_nomem(err);
        memcpy(json_buffer_base(&json->carry), json_buffer_base(&own->buffer) + own->cut.consumed,
               left);
        json->at = 0;
        json->len = left;
    }
    assay_json_frame_advance(&json->frame, &own->cut);
    json->record += own->cut.records.count;
    json->base.files[json->files.index].records += own->cut.records.count;
    return ASSAY_OK;
}

enum assay_status json_fill(struct json_source *json, struct json_batch *own,
                            struct assay_error *err)
{
    size_t want = json->batch_bytes;
    own->lines = json->frame.lines;
    own->line = json->frame.line;
    own->column = json->frame.column;
    own->offset = json->frame.offset;
    own->last = (struct json_place){0};
    for (bool patient = json->len == json->at;; patient = true) {
        size_t carried = json->len - json->at, copied = carried < want ? carried : want;
        if (!json_buffer_reserve(&own->buffer, want > copied ? want : copied))
            return assay_fail_nomem(err);
        char *base = json_buffer_base(&own->buffer);
        if (copied > 0)
            memcpy(base, json_buffer_base(&json->carry) + json->at, copied);
        own->len = copied;
        if (copied == carried) {
            read_on(json, base, &own->len, want, patient);
            if (own->len > copied) { /* what is read has to be somewhere, should this fail */
                json->at = json->len = 0;
                copied = 0;
            }
        }
        if (json->has_pending && json->pending.status == ASSAY_INTERRUPTED)
            return json_pending(json, err);
        memset(base + own->len, 0, JSON_PAD);
        bool final = json->ended && (copied == 0 || copied == carried);
        ASSAY_TRY(assay_json_frame_cut(&json->frame, base, own->len, final, &own->cut, err));
        if (own->cut.consumed > 0 || (final && own->len == 0))
            return take_over(json, own, copied, err);
        if (json->has_pending && copied == own->len)
            return json_pending(json, err);
        bool paused = own->len < want; /* within a record */
        if (!paused && want >= json->record_limit)
            return too_long(json, err);
        ASSAY_TRY(take_over(json, own, copied, err));
        if (!paused)
            want = want * 2 < json->record_limit ? want * 2 : json->record_limit;
    }
}
