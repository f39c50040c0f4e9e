/*
 * What a quarantine says of a record: an object of JSON with where it stood, why it failed
 * and its bytes; and the same for people, a line for each reason.
 */
#include "config.h"

#include "engine/filter_part.h"

#include "base/escape.h"
#include "base/json_write.h"
#include "base/utf8.h"
#include "engine/plan.h"
#include "metric/metrics.h"
#include "metric/sample.h"

#include <inttypes.h>

#define RENDER_CHUNK ((size_t)4 << 20) /* bytes of text before some of it is written */
#define VALUE_MAX 1024u                /* bytes shown of one value: the record has all of it */
#define LINE_VALUE_MAX 200u

/* Why a record fails a check. */
struct reason {
    const struct assay_filter_gate *gate;
    const char *code; /* NULL: the check is simply violated */
    const char *text; /* what is wrong, where the value alone does not say it; or NULL */
    const struct assay_slice *slice;
    uint32_t row; /* of the slice: its values; UINT32_MAX: there are none to show */
    struct assay_position at;
};

/* Where a record is told: either buffer, or both. */
struct telling {
    const struct assay_filter *filter;
    struct assay_worker *worker;
    struct assay_arena *arena;
    struct assay_json *json; /* NULL: the bytes alone */
    struct assay_buf *lines; /* NULL: nobody reads them */
};

static struct assay_str path_of(const struct telling *telling, uint32_t file)
{
    return telling->filter->state->pass->source->files[file].path;
}

static void put_value(struct telling *telling, struct assay_json *json,
                      const struct assay_value *value)
{
    switch (value->kind) {
    case ASSAY_VALUE_NULL: assay_json_null(json); return;
    case ASSAY_VALUE_BOOLEAN: assay_json_bool(json, value->boolean); return;
    case ASSAY_VALUE_NUMBER: assay_json_number(json, value->text); return;
    default:
        assay_json_str(json, assay_sample_text(telling->arena, value->text, VALUE_MAX));
        return;
    }
}

/* "column" and "value" of one column, "values" by name of several. */
static void put_values(struct telling *telling, const struct reason *reason)
{
    const struct assay_slice *slice = reason->slice;
    struct assay_json *json = telling->json;
    uint32_t count =
        slice->column_count < ASSAY_SAMPLE_VALUES ? slice->column_count : ASSAY_SAMPLE_VALUES;
    if (count > 1) {
        assay_json_key(json, "values");
        assay_json_object_begin(json);
    }
    for (uint32_t i = 0; i < count; i++) {
        struct assay_str name = slice->columns[i]->field->name;
        struct assay_value value = assay_sample_value(slice->columns[i], reason->row);
        if (count == 1) {
            assay_json_key(json, "column");
            assay_json_str(json, name);
            assay_json_key(json, "value");
        } else
            assay_json_key_str(json, name);
        put_value(telling, json, &value);
    }
    if (count > 1)
        assay_json_object_end(json);
}

static void put_reason(struct telling *telling, const struct reason *reason)
{
    struct assay_json *json = telling->json;
    const struct assay_check *check = reason->gate->check;
    assay_json_object_begin(json);
    assay_json_key(json, "check");
    assay_json_str(json, check->id);
    assay_json_key(json, "expectation");
    assay_json_cstr(json, check->expectation->name);
    if (reason->code != NULL) {
        assay_json_key(json, "code");
        assay_json_cstr(json, reason->code);
    }
    if (reason->row != UINT32_MAX)
        put_values(telling, reason);
    if (reason->text != NULL && reason->text[0] != '\0') {
        assay_json_key(json, "note");
        assay_json_cstr(json, reason->text);
    }
    assay_json_object_end(json);
}

static void show_value(struct assay_buf *out, const struct assay_value *value)
{
    bool text = value->kind == ASSAY_VALUE_STRING;
    if (value->kind == ASSAY_VALUE_NULL) {
        assay_buf_puts(out, "null");
        return;
    }
    assay_buf_puts(out, text ? "\"" : "");
    if (value->text.len != 0)
        assay_escape_terminal(out, value->text, LINE_VALUE_MAX);
    assay_buf_puts(out, text ? "\"" : "");
}

/* orders.csv:7:3: email matches ^…$: "edsger(at)example.com" */
static void put_line(struct telling *telling, const struct reason *reason)
{
    struct assay_buf *out = telling->lines;
    const struct assay_slice *slice = reason->slice;
    assay_escape_terminal(out, path_of(telling, reason->at.file), 0);
    assay_buf_printf(out, ":%" PRIu64 ":%" PRIu64 ": ", reason->at.line, reason->at.column);
    assay_escape_terminal(out, reason->gate->title, 0);
    for (uint32_t i = 0; reason->row != UINT32_MAX && i < slice->column_count; i++) {
        struct assay_value value = assay_sample_value(slice->columns[i], reason->row);
        assay_buf_puts(out, i == 0 ? ": " : ", ");
        show_value(out, &value);
    }
    if (reason->text != NULL && reason->text[0] != '\0') {
        assay_buf_puts(out, reason->row != UINT32_MAX ? " (" : ": ");
        assay_escape_terminal(out, assay_cstr(reason->text), 0);
        assay_buf_puts(out, reason->row != UINT32_MAX ? ")" : "");
    }
    if (reason->code != NULL)
        assay_buf_printf(out, " [%s]", reason->code);
    assay_buf_putc(out, '\n');
}

static void tell(struct telling *telling, const struct reason *reason)
{
    if (telling->json != NULL)
        put_reason(telling, reason);
    if (telling->lines != NULL)
        put_line(telling, reason);
}

/* Findings are in order of record, those about the header before all others. */
static void tell_findings(struct telling *telling, struct reason *reason, uint32_t row)
{
    const struct assay_batch *batch = &telling->worker->batch;
    uint64_t record = batch->record + row + 1;
    uint32_t low = 0, high = batch->finding_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (batch->findings[middle].at.record < record)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < batch->finding_count && batch->findings[low].at.record == record; low++) {
        reason->code = assay_malformed_code(batch->findings[low].what);
        reason->text = batch->findings[low].text;
        reason->at = batch->findings[low].at;
        tell(telling, reason);
    }
}

/* Records are told in order, so the list is gone through once; `*at` stays in front. */
static const struct assay_undecided *undecided_row(struct assay_undecided **at, uint32_t row)
{
    while (*at != NULL && (*at)->row < row)
        *at = (*at)->next;
    return *at != NULL && (*at)->row == row ? *at : NULL;
}

/* The row of the slice that makes a record fail: of several values the first that does. */
static uint32_t row_of(const struct assay_judged *judged, uint32_t record)
{
    const struct assay_slice *slice = &judged->slice;
    if (slice->record == NULL)
        return record;
    uint32_t low = 0, high = slice->rows;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (slice->record[middle] < record)
            low = middle + 1;
        else
            high = middle;
    }
    while (low < slice->rows && !assay_bit_get(judged->marks.bad, low))
        low++;
    return low;
}

static enum assay_status tell_gate(struct telling *telling, const struct assay_filter_gate *gate,
                                   uint32_t record, struct assay_error *err)
{
    struct assay_judged *judged = &telling->worker->judged[gate->task];
    const struct assay_batch *batch = &telling->worker->batch;
    struct reason reason = {.gate = gate, .slice = &judged->slice, .row = UINT32_MAX};
    if (gate->bound->task->spec.metric == &assay_metric_malformed) {
        tell_findings(telling, &reason, record);
        return ASSAY_OK;
    }
    const struct assay_undecided *undecided = undecided_row(&judged->unpicked, record);
    reason.at = batch->ops->position(batch, record, UINT32_MAX);
    if (undecided == NULL) {
        reason.row = row_of(judged, record);
        undecided = undecided_row(&judged->marks.undecided, reason.row);
        if (telling->lines != NULL && judged->slice.column_count != 0)
            reason.at = batch->ops->position(batch, reason.row, judged->slice.indexes[0]);
    }
    if (undecided != NULL) {
        reason.code = undecided->code;
        reason.text = undecided->text;
        tell(telling, &reason);
        return ASSAY_OK;
    }
    struct assay_buf note;
    assay_buf_init(&note, 1024);
    assay_violations_note(gate->bound->task->spec.args, &judged->slice, reason.row, &note);
    reason.text = note.ptr;
    tell(telling, &reason);
    bool nomem = note.nomem;
    assay_buf_free(&note);
    return nomem ? assay_fail_nomem(err) : ASSAY_OK;
}

static enum assay_status tell_reasons(struct telling *telling, uint32_t record,
                                      struct assay_error *err)
{
    const struct assay_filter_state *state = telling->filter->state;
    const struct assay_filter_part *part = telling->worker->part;
    for (uint32_t g = 0; g < state->gate_count; g++)
        if (part->failing[g] != NULL && assay_bit_get(part->failing[g], record))
            ASSAY_TRY(tell_gate(telling, &state->gates[g], record, err));
    return ASSAY_OK;
}

/* RFC 4648 */
static void put_base64(struct assay_buf *out, struct assay_str bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *in = (const unsigned char *)bytes.ptr;
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t left = bytes.len - i;
        unsigned a = in[i], b = left > 1 ? in[i + 1] : 0, c = left > 2 ? in[i + 2] : 0;
        char four[4] = {digits[a >> 2], digits[(a & 3) << 4 | b >> 4],
                        left > 1 ? digits[(b & 15) << 2 | c >> 6] : '=',
                        left > 2 ? digits[c & 63] : '='};
        assay_buf_add(out, four, 4);
    }
}

static enum assay_status put_raw(struct assay_json *json, struct assay_str raw,
                                 struct assay_error *err)
{
    if (assay_utf8_valid(raw) == raw.len) {
        assay_json_key(json, "raw");
        assay_json_str(json, raw);
        return ASSAY_OK;
    }
    struct assay_buf text;
    assay_buf_init(&text, raw.len * 2 + 8);
    put_base64(&text, raw);
    assay_json_key(json, "raw_base64");
    assay_json_str(json, assay_buf_view(&text));
    bool failed = text.failed;
    assay_buf_free(&text);
    return failed ? assay_fail_nomem(err) : ASSAY_OK;
}

static enum assay_status render_object(struct telling *telling, uint32_t row,
                                       struct assay_error *err)
{
    const struct assay_batch *batch = &telling->worker->batch;
    struct assay_position at = batch->ops->position(batch, row, UINT32_MAX);
    struct assay_buf *out = &telling->worker->part->text;
    struct assay_json json;
    assay_json_init(&json, out, ASSAY_JSON_NAN_STRINGS);
    telling->json = &json;
    assay_json_object_begin(&json);
    assay_json_key(&json, "file");
    assay_json_str(&json, path_of(telling, at.file));
    assay_json_key(&json, "record");
    assay_json_uint(&json, at.record);
    assay_json_key(&json, "line");
    assay_json_uint(&json, at.line);
    assay_json_key(&json, "reasons");
    assay_json_array_begin(&json);
    ASSAY_TRY(tell_reasons(telling, row, err));
    assay_json_array_end(&json);
    ASSAY_TRY(put_raw(&json, assay_batch_raw(batch, row), err));
    assay_json_object_end(&json);
    assay_buf_putc(out, '\n');
    return assay_json_finish(&json) ? ASSAY_OK : assay_fail_nomem(err);
}

static enum assay_status render_one(struct telling *telling, uint32_t row, struct assay_error *err)
{
    const struct assay_filter *filter = telling->filter;
    struct assay_filter_part *part = telling->worker->part;
    if (filter->quarantine >= 0 && !filter->raw)
        return render_object(telling, row, err);
    telling->json = NULL;
    if (filter->quarantine >= 0) {
        if (part->text.len != 0 && !filter->state->frame->lines)
            assay_buf_str(&part->text, filter->state->frame->between);
        assay_buf_str(&part->text, assay_batch_raw(&telling->worker->batch, row));
    }
    return telling->lines != NULL ? tell_reasons(telling, row, err) : ASSAY_OK;
}

enum assay_status assay_filter_render(const struct assay_filter *filter,
                                      struct assay_worker *worker, struct assay_error *err)
{
    struct assay_filter_part *part = worker->part;
    struct telling telling = {.filter = filter,
                              .worker = worker,
                              .arena = &worker->arena,
                              .lines = filter->reasons >= 0 ? &part->lines : NULL};
    uint32_t rows = worker->batch.rows;
    assay_buf_reset(&part->text);
    assay_buf_reset(&part->lines);
    for (; part->next < rows; part->next++) {
        uint64_t word = part->bad[part->next / 64] >> (part->next % 64);
        if (word == 0)
            part->next |= 63;
        if ((word & 1) == 0)
            continue;
        if (part->text.len + part->lines.len > RENDER_CHUNK)
            break;
        ASSAY_TRY(render_one(&telling, part->next, err));
        part->failed++;
    }
    return part->text.failed || part->lines.failed || worker->arena.failed ? assay_fail_nomem(err)
                                                                           : ASSAY_OK;
}
