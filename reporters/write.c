/*
 * Pieces of reports.
 */
#include "config.h"

#include "reporters/write.h"

#include "base/escape.h"
#include "base/time.h"

#include <inttypes.h>
#include <stdio.h>

void assay_report_uint(struct assay_json *json, const char *name, uint64_t value)
{
    assay_json_key(json, name);
    assay_json_uint(json, value);
}

void assay_report_text(struct assay_json *json, const char *name, struct assay_str value)
{
    assay_json_key(json, name);
    assay_json_str(json, value);
}

void assay_report_optional(struct assay_json *json, const char *name, struct assay_str value)
{
    if (value.len)
        assay_report_text(json, name, value);
}

void assay_report_time(struct assay_json *json, const char *name, int64_t micros)
{
    char text[ASSAY_TIME_TEXT_MAX];
    size_t len = assay_time_text(micros, ASSAY_TIME_TIMESTAMP, text);
    assay_report_text(json, name, assay_str(text, len));
}

void assay_report_value(struct assay_json *json, const struct assay_value *value)
{
    switch (value->kind) {
    case ASSAY_VALUE_NULL: assay_json_null(json); return;
    case ASSAY_VALUE_BOOLEAN: assay_json_bool(json, value->boolean); return;
    case ASSAY_VALUE_NUMBER: assay_json_number(json, value->text); return;
    case ASSAY_VALUE_LIST:
        assay_json_array_begin(json);
        for (size_t i = 0; i < value->count; i++)
            assay_report_value(json, &value->items[i]);
        assay_json_array_end(json);
        return;
    case ASSAY_VALUE_MAP:
        assay_json_object_begin(json);
        for (size_t i = 0; i < value->count; i++) {
            assay_json_key_str(json, value->keys[i]);
            assay_report_value(json, &value->items[i]);
        }
        assay_json_object_end(json);
        return;
    default: assay_json_str(json, value->text); return;
    }
}

static void show_items(struct assay_buf *out, const struct assay_value *value, size_t max)
{
    bool map = value->kind == ASSAY_VALUE_MAP;
    size_t shown = value->count < 10 ? value->count : 10;
    assay_buf_putc(out, map ? '{' : '[');
    for (size_t i = 0; i < shown; i++) {
        assay_buf_puts(out, i ? ", " : "");
        if (map) {
            assay_escape_terminal(out, value->keys[i], max);
            assay_buf_puts(out, ": ");
        }
        assay_report_show(out, &value->items[i], max);
    }
    if (shown < value->count)
        assay_buf_printf(out, ", … %zu more", value->count - shown);
    assay_buf_putc(out, map ? '}' : ']');
}

void assay_report_show(struct assay_buf *out, const struct assay_value *value, size_t max)
{
    switch (value->kind) {
    case ASSAY_VALUE_NULL: assay_buf_puts(out, "null"); return;
    case ASSAY_VALUE_BOOLEAN: assay_buf_puts(out, value->boolean ? "true" : "false"); return;
    case ASSAY_VALUE_LIST:
    case ASSAY_VALUE_MAP: show_items(out, value, max); return;
    case ASSAY_VALUE_STRING:
        assay_buf_putc(out, '"');
        assay_escape_terminal(out, value->text, max);
        assay_buf_putc(out, '"');
        return;
    default: assay_escape_terminal(out, value->text, max); return;
    }
}

void assay_report_position(struct assay_buf *out, const struct assay_run *run,
                           const struct assay_sample *sample)
{
    bool several = run->file_count > 1 && sample->file < run->file_count;
    if (sample->line == 0) { /* a database: there are rows, which may have an order */
        assay_buf_puts(out, "row");
        if (sample->record != 0)
            assay_buf_printf(out, " %" PRIu64, sample->record);
        return;
    }
    if (several) {
        assay_escape_terminal(out, run->files[sample->file].path, 200);
        assay_buf_putc(out, ':');
    } else
        assay_buf_puts(out, "line ");
    assay_buf_printf(out, "%" PRIu64, sample->line);
    if (sample->column)
        assay_buf_printf(out, ":%" PRIu64, sample->column);
}

void assay_report_number(struct assay_buf *out, uint64_t n)
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%" PRIu64, n);
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            assay_buf_putc(out, ',');
        assay_buf_putc(out, digits[i]);
    }
}

struct assay_style assay_report_style(const struct assay_runs *runs, size_t n,
                                      const struct assay_style *style)
{
    struct assay_style own = *style;
    own.max_values = runs->values[n].max_values;
    own.result_format = runs->values[n].result_format;
    own.gx_strict = runs->values[n].gx_strict;
    return own;
}
