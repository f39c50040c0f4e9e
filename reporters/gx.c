/*
 * gx: the Run as a validation result of Great Expectations 1.x, so that what reads those
 * reads ours. How much is told follows its result_format.
 *
 * What differs, always for the better: results stay in the order of the suite, value
 * counts are of all values that are kept rather than the first twenty, NaN is null and
 * infinities are strings. Malformed records appear as one more result, of the type
 * well_formed, where there are any: a fault must not look like a success.
 */
#include "config.h"

#include "reporters/gx_write.h"

#define GX_VERSION "1.2.0"  /* whose format this is */
#define PARTIAL_DEFAULT 20u /* entries of the lists that are called partial */

/* A mild severity turns a failure into a warning; it is a failure all the same. */
static bool succeeded(const struct assay_run *run, const struct assay_result *result)
{
    if (result->verdict == ASSAY_SKIPPED)
        return run->error == NULL;
    return result->verdict == ASSAY_PASS ||
           (result->verdict == ASSAY_WARN && result->severity == ASSAY_SEVERITY_ERROR);
}

static void put_exception(struct assay_json *json, struct assay_str message)
{
    assay_json_key(json, "exception_info");
    assay_json_object_begin(json);
    assay_json_key(json, "raised_exception");
    assay_json_bool(json, message.len != 0);
    assay_json_key(json, "exception_traceback");
    if (message.len)
        assay_json_str(json, message);
    else
        assay_json_null(json);
    assay_json_key(json, "exception_message");
    if (message.len)
        assay_json_str(json, message);
    else
        assay_json_null(json);
    assay_json_object_end(json);
}

/* Its readers take no other id. */
static bool is_uuid(struct assay_str id)
{
    if (id.len != 36)
        return false;
    for (size_t i = 0; i < id.len; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        bool hex = strchr("0123456789abcdefABCDEF", id.ptr[i]) != NULL && id.ptr[i] != '\0';
        if (dash ? id.ptr[i] != '-' : !hex)
            return false;
    }
    return true;
}

static void put_config(struct assay_json *json, const struct assay_result *result)
{
    assay_json_key(json, "expectation_config");
    assay_json_object_begin(json);
    assay_report_text(json, "type", result->alias.len ? result->alias : assay_gx_name(result));
    assay_json_key(json, "kwargs");
    if (result->alias.len)
        assay_gx_value(json, &result->alias_config);
    else {
        assay_json_object_begin(json);
        for (size_t i = 0; i < result->column_count && result->column_count == 1; i++)
            assay_report_text(json, "column", result->columns[i]);
        for (size_t i = 0; i < result->config.count; i++) {
            if (assay_str_is(result->config.keys[i], "column") && result->column_count == 1)
                continue;
            assay_json_key_str(json, result->config.keys[i]);
            assay_gx_value(json, &result->config.items[i]);
        }
        assay_json_object_end(json);
    }
    assay_json_key(json, "meta");
    if (result->meta.kind == ASSAY_VALUE_MAP)
        assay_gx_value(json, &result->meta);
    else {
        assay_json_object_begin(json);
        assay_json_object_end(json);
    }
    if (is_uuid(result->id))
        assay_report_text(json, "id", result->id);
    assay_report_optional(json, "description", result->description);
    static const char *const severities[] = {"critical", "warning", "info"};
    if (result->severity != ASSAY_SEVERITY_ERROR) /* which is what is meant without it */
        assay_report_text(json, "severity", assay_cstr(severities[result->severity]));
    assay_json_object_end(json);
}

static bool is_broken(const struct assay_run *run, const struct assay_result *result)
{
    return result->verdict == ASSAY_ERROR ||
           (result->verdict == ASSAY_SKIPPED && run->error != NULL);
}

static void put_result(struct assay_json *json, const struct assay_run *run,
                       const struct assay_result *result, const struct assay_style *style)
{
    const struct assay_telling *telling = &result->telling;
    enum assay_result_format said = telling->has_format ? telling->format : ASSAY_RESULT_SUMMARY;
    size_t most = style->max_values;
    struct assay_gx_report report = {
        .json = json,
        .result = result,
        .layout = assay_gx_layout_of(result),
        .format = style->result_format != ASSAY_RESULT_UNSAID ? style->result_format : said,
        .most = most,
        .shown = result->sample_count < most ? result->sample_count : most,
        .first_only = style->gx_strict,
        .partial = telling->has_partial ? telling->partial : PARTIAL_DEFAULT,
    };
    bool broken = is_broken(run, result);
    assay_json_object_begin(json);
    assay_json_key(json, "success");
    assay_json_bool(json, succeeded(run, result));
    put_config(json, result);
    assay_json_key(json, "result");
    assay_json_object_begin(json);
    if (!broken && report.format != ASSAY_RESULT_BOOLEAN_ONLY && report.layout != ASSAY_GX_BARE) {
        if (report.layout == ASSAY_GX_AGGREGATE)
            assay_gx_aggregate_result(&report);
        else
            assay_gx_map_result(&report);
    }
    assay_json_object_end(json);
    assay_json_key(json, "meta");
    assay_json_object_begin(json);
    assay_report_text(json, "assay_id", result->id);
    assay_json_object_end(json);
    put_exception(json, broken ? result->message : assay_cstr(""));
    assay_json_object_end(json);
}

/* Whether a result is one of the suite's own, or tells of a fault of the data. */
static bool is_told(const struct assay_result *result)
{
    return !assay_str_is(result->expectation, "well_formed") || result->verdict == ASSAY_FAIL ||
           result->verdict == ASSAY_ERROR;
}

/* In the order of the suite; there, those that raised an exception come first. */
static void put_results(struct assay_json *json, const struct assay_run *run,
                        const struct assay_style *style)
{
    for (int pass = style->gx_strict ? 0 : 2; pass < 3; pass++)
        for (size_t i = 0; i < run->result_count; i++) {
            const struct assay_result *result = &run->results[i];
            bool now = pass == 2 ? !style->gx_strict : is_broken(run, result) == (pass == 0);
            if (now && is_told(result))
                put_result(json, run, result, style);
        }
}

static void put_statistics(struct assay_json *json, uint64_t evaluated, uint64_t successful)
{
    assay_json_key(json, "statistics");
    assay_json_object_begin(json);
    assay_report_uint(json, "evaluated_expectations", evaluated);
    assay_report_uint(json, "successful_expectations", successful);
    assay_report_uint(json, "unsuccessful_expectations", evaluated - successful);
    assay_gx_share(json, "success_percent", successful, evaluated);
    assay_json_object_end(json);
}

static void put_meta(struct assay_json *json, const struct assay_run *run)
{
    assay_json_key(json, "meta");
    assay_json_object_begin(json);
    assay_report_text(json, "great_expectations_version", assay_cstr(GX_VERSION));
    assay_report_text(json, "assay_version", assay_cstr(PACKAGE_VERSION));
    assay_json_key(json, "batch_spec");
    assay_json_object_begin(json);
    assay_report_text(json, "path", run->source);
    assay_json_object_end(json);
    assay_json_key(json, "batch_markers");
    assay_json_object_begin(json);
    if (run->started)
        assay_report_time(json, "ge_load_time", run->started);
    assay_json_object_end(json);
    assay_json_key(json, "active_batch_definition");
    assay_json_object_begin(json);
    assay_report_text(json, "datasource_name", assay_cstr("assay"));
    assay_report_text(json, "data_connector_name", assay_cstr("assay"));
    assay_report_text(json, "data_asset_name", run->source);
    assay_json_key(json, "batch_identifiers");
    assay_json_object_begin(json);
    assay_json_object_end(json);
    assay_json_object_end(json);
    assay_json_key(json, "run_id");
    assay_json_object_begin(json);
    assay_json_key(json, "run_name");
    assay_json_null(json);
    if (run->started)
        assay_report_time(json, "run_time", run->started);
    assay_json_object_end(json);
    if (run->finished)
        assay_report_time(json, "validation_time", run->finished);
    assay_json_object_end(json);
}

static bool is_success(const struct assay_run *run)
{
    for (size_t i = 0; i < run->result_count; i++)
        if (is_told(&run->results[i]) && !succeeded(run, &run->results[i]))
            return false;
    return run->error == NULL;
}

static void put_run(struct assay_json *json, const struct assay_run *run,
                    const struct assay_style *style)
{
    uint64_t evaluated = 0, successful = 0;
    for (size_t i = 0; i < run->result_count; i++) {
        evaluated += is_told(&run->results[i]);
        successful += is_told(&run->results[i]) && succeeded(run, &run->results[i]);
    }
    assay_json_object_begin(json);
    assay_json_key(json, "success");
    assay_json_bool(json, is_success(run));
    assay_json_key(json, "results");
    assay_json_array_begin(json);
    put_results(json, run, style);
    assay_json_array_end(json);
    assay_report_text(json, "suite_name", run->dataset);
    assay_json_key(json, "suite_parameters");
    assay_json_object_begin(json);
    assay_json_object_end(json);
    put_statistics(json, evaluated, successful);
    put_meta(json, run);
    if (run->error != NULL)
        put_exception(json, assay_cstr(run->error->message));
    assay_json_key(json, "id");
    assay_json_null(json);
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

/* What a validation result is called in the result of a checkpoint. */
static void put_identifier(struct assay_json *json, const struct assay_runs *runs, size_t n)
{
    const struct assay_run *run = runs->items[n];
    struct assay_buf name;
    size_t before = 0;
    for (size_t i = 0; i < n; i++)
        before += assay_str_equal(runs->items[i]->dataset, run->dataset) &&
                  assay_str_equal(runs->items[i]->source, run->source);
    assay_buf_init(&name, (size_t)1 << 16);
    assay_buf_printf(&name, "ValidationResultIdentifier::%.*s/__none__/__none__/%.*s",
                     (int)run->dataset.len, run->dataset.ptr, (int)run->source.len,
                     run->source.ptr ? run->source.ptr : "");
    if (before != 0)
        assay_buf_printf(&name, "#%zu", before + 1);
    json->failed |= name.failed;
    assay_json_key_str(json, assay_buf_view(&name));
    assay_buf_free(&name);
}

static void render_all(const struct assay_runs *runs, const struct assay_style *style,
                       struct assay_buf *out)
{
    struct assay_json json;
    bool success = runs->count != 0;
    for (size_t i = 0; i < runs->count; i++)
        success &= is_success(runs->items[i]);
    assay_json_init(&json, out, ASSAY_JSON_PRETTY | ASSAY_JSON_NAN_STRINGS);
    assay_json_object_begin(&json);
    assay_json_key(&json, "success");
    assay_json_bool(&json, success);
    assay_json_key(&json, "run_id");
    assay_json_object_begin(&json);
    assay_json_key(&json, "run_name");
    assay_json_null(&json);
    if (runs->count != 0 && runs->items[0]->started)
        assay_report_time(&json, "run_time", runs->items[0]->started);
    assay_json_object_end(&json);
    assay_json_key(&json, "checkpoint_config");
    assay_json_object_begin(&json);
    assay_report_text(&json, "name", runs->name);
    assay_json_object_end(&json);
    assay_json_key(&json, "run_results");
    assay_json_object_begin(&json);
    for (size_t i = 0; i < runs->count; i++) {
        struct assay_style own = assay_report_style(runs, i, style);
        put_identifier(&json, runs, i);
        put_run(&json, runs->items[i], &own);
    }
    assay_json_object_end(&json);
    assay_json_object_end(&json);
    if (!assay_json_finish(&json))
        out->failed = true;
}

const struct assay_reporter assay_reporter_gx = {
    .name = "gx",
    .summary = "a validation result of Great Expectations 1.x",
    .media_type = "application/json",
    .extension = "json",
    .render = render,
    .render_all = render_all,
};
