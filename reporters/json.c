/*
 * json: the whole Run as one JSON document, versioned; fields are only ever added
 * within a version. Row counts carry Great Expectations' names.
 */
#include "config.h"

#include "reporters/write.h"

#define JSON_SCHEMA 1

static void sample(struct assay_json *json, const struct assay_run *run,
                   const struct assay_result *result, const struct assay_sample *s)
{
    assay_json_object_begin(json);
    if (s->record != 0)
        assay_report_uint(json, "record", s->record);
    if (run->file_count > 1 && s->file < run->file_count)
        assay_report_text(json, "file", run->files[s->file].path);
    if (s->line != 0) { /* a database has none */
        assay_report_uint(json, "line", s->line);
        assay_report_uint(json, "column", s->column);
    }
    if (s->value_count == 1) {
        assay_json_key(json, "value");
        assay_report_value(json, &s->values[0]);
    } else if (s->value_count > 1) {
        assay_json_key(json, "values");
        assay_json_object_begin(json);
        for (size_t i = 0; i < s->value_count && i < result->column_count; i++) {
            assay_json_key_str(json, result->columns[i]);
            assay_report_value(json, &s->values[i]);
        }
        assay_json_object_end(json);
    }
    if (result->beside_count != 0 && s->beside_count != 0) {
        assay_json_key(json, "beside");
        assay_json_object_begin(json);
        for (size_t i = 0; i < s->beside_count && i < result->beside_count; i++) {
            assay_json_key_str(json, result->beside[i]);
            assay_report_value(json, &s->beside[i]);
        }
        assay_json_object_end(json);
    }
    if (s->note.len)
        assay_report_text(json, "note", s->note);
    assay_json_object_end(json);
}

static void counts(struct assay_json *json, const struct assay_counts *c)
{
    assay_report_uint(json, "element_count", c->element_count);
    assay_report_uint(json, "missing_count", c->missing_count);
    assay_report_uint(json, "considered_count", c->considered_count);
    assay_report_uint(json, "unexpected_count", c->unexpected_count);
    assay_json_key(json, "unexpected_percent");
    if (c->considered_count == 0)
        assay_json_null(json);
    else
        assay_json_double(json, (double)c->unexpected_count / (double)c->considered_count * 100);
}

static void texts(struct assay_json *json, const char *name, const struct assay_str *items,
                  size_t count)
{
    assay_json_key(json, name);
    assay_json_array_begin(json);
    for (size_t i = 0; i < count; i++)
        assay_json_str(json, items[i]);
    assay_json_array_end(json);
}

static void error(struct assay_json *json, const struct assay_error *e)
{
    assay_json_key(json, "error");
    assay_json_object_begin(json);
    assay_report_text(json, "code", assay_cstr(e->code));
    assay_report_text(json, "message", assay_cstr(e->message));
    assay_report_optional(json, "help", assay_cstr(e->help));
    assay_report_optional(json, "file", assay_cstr(e->file));
    if (e->line)
        assay_report_uint(json, "line", e->line);
    if (e->column)
        assay_report_uint(json, "column", e->column);
    assay_json_object_end(json);
}

static void declaration(struct assay_json *json, const struct assay_result *r)
{
    assay_report_text(json, "id", r->id);
    assay_report_text(json, "expectation", r->expectation);
    assay_report_optional(json, "name", r->name);
    assay_report_text(json, "title", r->title);
    texts(json, "columns", r->columns, r->column_count);
    assay_report_optional(json, "where", r->where);
    assay_json_key(json, "config");
    assay_report_value(json, &r->config);
    assay_report_text(json, "severity", assay_cstr(assay_severity_name(r->severity)));
    assay_report_optional(json, "description", r->description);
    if (r->tag_count)
        texts(json, "tags", r->tags, r->tag_count);
    assay_report_optional(json, "owner", r->owner);
    assay_report_optional(json, "runbook", r->runbook);
    if (r->suite_line) {
        assay_report_text(json, "suite_file", r->suite_file);
        assay_report_uint(json, "suite_line", r->suite_line);
    }
}

static void result(struct assay_json *json, const struct assay_run *run,
                   const struct assay_result *r, uint32_t max_values)
{
    assay_json_object_begin(json);
    declaration(json, r);
    assay_report_text(json, "verdict", assay_cstr(assay_verdict_name(r->verdict)));
    assay_report_optional(json, "message", r->message);
    if (r->way != ASSAY_WAY_NONE)
        assay_report_text(json, "computed_by",
                          assay_cstr(r->way == ASSAY_WAY_DATABASE ? "database" : "stream"));
    assay_report_optional(json, "streamed_because", r->way_reason);
    if (r->has_counts)
        counts(json, &r->counts);
    if (r->observed.kind != ASSAY_VALUE_NULL || !r->has_counts) {
        assay_json_key(json, "observed_value");
        assay_report_value(json, &r->observed);
    }
    if (r->details.kind != ASSAY_VALUE_NULL) {
        assay_json_key(json, "details");
        assay_report_value(json, &r->details);
    }
    if (r->sample_count) {
        assay_json_key(json, "unexpected_samples");
        assay_json_array_begin(json);
        for (size_t i = 0; i < r->sample_count && i < max_values; i++)
            sample(json, run, r, &r->samples[i]);
        assay_json_array_end(json);
    }
    if (r->error != NULL)
        error(json, r->error);
    assay_json_object_end(json);
}

static void statistics(struct assay_json *json, const struct assay_run *run)
{
    assay_json_key(json, "statistics");
    assay_json_object_begin(json);
    assay_report_uint(json, "expectations", run->result_count);
    for (int v = 0; v < ASSAY_VERDICTS; v++)
        assay_report_uint(json, assay_verdict_name((enum assay_verdict)v), run->counts[v]);
    assay_report_uint(json, "records", run->records);
    assay_report_uint(json, "malformed_records", run->malformed);
    assay_report_uint(json, "bytes", run->bytes);
    assay_json_object_end(json);
}

static void files(struct assay_json *json, const struct assay_run *run)
{
    assay_json_key(json, "files");
    assay_json_array_begin(json);
    for (size_t i = 0; i < run->file_count; i++) {
        assay_json_object_begin(json);
        assay_report_text(json, "path", run->files[i].path);
        assay_report_uint(json, "bytes", run->files[i].bytes);
        assay_report_uint(json, "records", run->files[i].records);
        assay_json_object_end(json);
    }
    assay_json_array_end(json);
}

/* A time that is 0 was left out of the Run, so that equal runs give equal bytes. */
static void times(struct assay_json *json, const struct assay_run *run)
{
    if (run->started)
        assay_report_time(json, "started", run->started);
    if (run->finished)
        assay_report_time(json, "finished", run->finished);
    if (run->as_of)
        assay_report_time(json, "as_of", run->as_of);
}

static void put_run(struct assay_json *json, const struct assay_run *run,
                    const struct assay_style *style)
{
    assay_json_object_begin(json);
    assay_report_uint(json, "schema_version", JSON_SCHEMA);
    assay_report_text(json, "assay_version", assay_cstr(PACKAGE_VERSION));
    assay_report_text(json, "verdict", assay_cstr(assay_verdict_name(run->verdict)));
    assay_report_uint(json, "exit_status", run->exit);
    assay_report_text(json, "suite", run->suite);
    assay_report_text(json, "dataset", run->dataset);
    assay_report_text(json, "source", run->source);
    times(json, run);
    assay_json_key(json, "partial");
    assay_json_bool(json, run->partial);
    statistics(json, run);
    texts(json, "columns", run->columns, run->column_count);
    files(json, run);
    texts(json, "notices", run->notices, run->notice_count);
    if (run->error != NULL)
        error(json, run->error);
    assay_json_key(json, "results");
    assay_json_array_begin(json);
    for (size_t i = 0; i < run->result_count; i++)
        result(json, run, &run->results[i], style->max_values);
    assay_json_array_end(json);
    assay_json_object_end(json);
}

static void render(const struct assay_run *run, const struct assay_style *style,
                   struct assay_buf *out)
{
    struct assay_json json;
    assay_json_init(&json, out, ASSAY_JSON_PRETTY | ASSAY_JSON_NAN_STRINGS);
    put_run(&json, run, style);
    if (!assay_json_finish(&json))
        out->failed = true;
}

/* Several: each as it would be alone, under `runs`. */
static void render_all(const struct assay_runs *runs, const struct assay_style *style,
                       struct assay_buf *out)
{
    struct assay_json json;
    assay_json_init(&json, out, ASSAY_JSON_PRETTY | ASSAY_JSON_NAN_STRINGS);
    assay_json_object_begin(&json);
    assay_report_uint(&json, "schema_version", JSON_SCHEMA);
    assay_report_text(&json, "assay_version", assay_cstr(PACKAGE_VERSION));
    assay_report_text(&json, "checkpoint", runs->name);
    assay_report_uint(&json, "exit_status", runs->exit);
    assay_json_key(&json, "runs");
    assay_json_array_begin(&json);
    for (size_t i = 0; i < runs->count; i++) {
        struct assay_style own = assay_report_style(runs, i, style);
        put_run(&json, runs->items[i], &own);
    }
    assay_json_array_end(&json);
    assay_json_object_end(&json);
    if (!assay_json_finish(&json))
        out->failed = true;
}

const struct assay_reporter assay_reporter_json = {
    .name = "json",
    .summary = "everything, for programs; versioned",
    .media_type = "application/json",
    .extension = "json",
    .render = render,
    .render_all = render_all,
};
