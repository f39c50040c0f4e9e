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

#include "reporters/write.h"

#include "base/number.h"

#include <stdlib.h>

#define GX_VERSION "1.2.0" /* whose format this is */
#define PARTIAL 20u        /* entries of the lists that are called partial */

/* How an expectation's result is laid out. */
enum layout {
    LAYOUT_AGGREGATE, /* observed_value */
    LAYOUT_MAP,       /* counts and unexpected values */
    LAYOUT_NULLS,     /* the same, of all rows */
    LAYOUT_PAIR,      /* values are pairs [a, b] */
    LAYOUT_BARE       /* nothing is told */
};

/* The name there of each native expectation. Without a name it keeps its own. */
static const struct row {
    const char *native;
    const char *name;
    enum layout layout;
} rows[] = {
    {"accepted_tuples", "expect_column_pair_values_to_be_in_set", LAYOUT_PAIR},
    {"accepted_values", "expect_column_values_to_be_in_set", LAYOUT_MAP},
    {"column_at", "expect_column_to_exist", LAYOUT_BARE},
    {"column_count", "expect_table_column_count_to_be_between", LAYOUT_AGGREGATE},
    {"columns", "expect_table_columns_to_match_set", LAYOUT_AGGREGATE},
    {"compare", "expect_column_pair_values_to_be_equal", LAYOUT_PAIR},
    {"date_text", "expect_column_values_to_be_dateutil_parseable", LAYOUT_MAP},
    {"decreasing", "expect_column_values_to_be_decreasing", LAYOUT_MAP},
    {"distinct_count", "expect_column_unique_value_count_to_be_between", LAYOUT_AGGREGATE},
    {"distinct_values", "expect_column_distinct_values_to_be_in_set", LAYOUT_AGGREGATE},
    {"increasing", "expect_column_values_to_be_increasing", LAYOUT_MAP},
    {"json_schema", "expect_column_values_to_match_json_schema", LAYOUT_MAP},
    {"json_text", "expect_column_values_to_be_json_parseable", LAYOUT_MAP},
    {"kl_divergence", "expect_column_kl_divergence_to_be_less_than", LAYOUT_AGGREGATE},
    {"length", "expect_column_value_lengths_to_be_between", LAYOUT_MAP},
    {"like", "expect_column_values_to_match_like_pattern_list", LAYOUT_MAP},
    {"max", "expect_column_max_to_be_between", LAYOUT_AGGREGATE},
    {"mean", "expect_column_mean_to_be_between", LAYOUT_AGGREGATE},
    {"median", "expect_column_median_to_be_between", LAYOUT_AGGREGATE},
    {"min", "expect_column_min_to_be_between", LAYOUT_AGGREGATE},
    {"most_common", "expect_column_most_common_value_to_be_in_set", LAYOUT_AGGREGATE},
    {"not_like", "expect_column_values_to_not_match_like_pattern_list", LAYOUT_MAP},
    {"not_null", "expect_column_values_to_not_be_null", LAYOUT_NULLS},
    {"not_regex", "expect_column_values_to_not_match_regex", LAYOUT_MAP},
    {"not_regex_list", "expect_column_values_to_not_match_regex_list", LAYOUT_MAP},
    {"null", "expect_column_values_to_be_null", LAYOUT_NULLS},
    {"quantiles", "expect_column_quantile_values_to_be_between", LAYOUT_AGGREGATE},
    {"range", "expect_column_values_to_be_between", LAYOUT_MAP},
    {"regex", "expect_column_values_to_match_regex", LAYOUT_MAP},
    {"regex_list", "expect_column_values_to_match_regex_list", LAYOUT_MAP},
    {"rejected_values", "expect_column_values_to_not_be_in_set", LAYOUT_MAP},
    {"row_count", "expect_table_row_count_to_be_between", LAYOUT_AGGREGATE},
    {"row_sum", "expect_multicolumn_sum_to_equal", LAYOUT_MAP},
    {"stdev", "expect_column_stdev_to_be_between", LAYOUT_AGGREGATE},
    {"stored_type", "expect_column_values_to_be_in_type_list", LAYOUT_MAP},
    {"sum", "expect_column_sum_to_be_between", LAYOUT_AGGREGATE},
    {"time_text", "expect_column_values_to_match_strftime_format", LAYOUT_MAP},
    {"unexpected_rows", "unexpected_rows_expectation", LAYOUT_AGGREGATE},
    {"unique", "expect_column_values_to_be_unique", LAYOUT_MAP},
    {"unique_in_record", "expect_select_column_values_to_be_unique_within_record", LAYOUT_MAP},
    {"unique_ratio", "expect_column_proportion_of_unique_values_to_be_between", LAYOUT_AGGREGATE},
    {"z_score", "expect_column_value_z_scores_to_be_less_than", LAYOUT_MAP},
};

/* One result on its way out. */
struct report {
    struct assay_json *json;
    const struct assay_run *run;
    const struct assay_result *result;
    enum layout layout;
    enum assay_result_format format;
    size_t most;  /* entries of a list */
    size_t shown; /* samples that may be listed */
};

static const struct row *find_row(struct assay_str native)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (assay_str_is(native, rows[i].native))
            return &rows[i];
    return NULL;
}

static enum layout layout_of(const struct assay_result *result)
{
    const struct row *row = find_row(result->expectation);
    if (row == NULL)
        return result->has_counts && result->observed.kind == ASSAY_VALUE_NULL ? LAYOUT_MAP
                                                                               : LAYOUT_AGGREGATE;
    if (row->layout == LAYOUT_MAP && !result->has_counts && result->verdict != ASSAY_SKIPPED)
        return LAYOUT_AGGREGATE;
    return row->layout;
}

/* A mild severity turns a failure into a warning; it is a failure all the same. */
static bool succeeded(const struct assay_run *run, const struct assay_result *result)
{
    if (result->verdict == ASSAY_SKIPPED)
        return run->error == NULL;
    return result->verdict == ASSAY_PASS ||
           (result->verdict == ASSAY_WARN && result->severity == ASSAY_SEVERITY_ERROR);
}

static void put_value(struct assay_json *json, const struct assay_value *value)
{
    switch (value->kind) {
    case ASSAY_VALUE_NUMBER:
        if (assay_numref(value->text).code == ASSAY_NUM_NAN)
            assay_json_null(json);
        else
            assay_json_number(json, value->text);
        return;
    case ASSAY_VALUE_LIST:
        assay_json_array_begin(json);
        for (size_t i = 0; i < value->count; i++)
            put_value(json, &value->items[i]);
        assay_json_array_end(json);
        return;
    case ASSAY_VALUE_MAP:
        assay_json_object_begin(json);
        for (size_t i = 0; i < value->count; i++) {
            assay_json_key_str(json, value->keys[i]);
            put_value(json, &value->items[i]);
        }
        assay_json_object_end(json);
        return;
    default: assay_report_value(json, value); return;
    }
}

/* Lists of values are cut where --max-values says; counts never are. */
static void put_observed(struct assay_json *json, const struct assay_value *value, size_t most)
{
    struct assay_value copy = *value;
    if (value->kind != ASSAY_VALUE_MAP) {
        copy.count = value->count < most ? value->count : most;
        put_value(json, &copy);
        return;
    }
    assay_json_object_begin(json);
    for (size_t i = 0; i < value->count; i++) {
        assay_json_key_str(json, value->keys[i]);
        put_observed(json, &value->items[i], most);
    }
    assay_json_object_end(json);
}

static void put_share(struct assay_json *json, const char *name, uint64_t part, uint64_t whole)
{
    assay_json_key(json, name);
    if (whole == 0)
        assay_json_null(json);
    else
        assay_json_double(json, (double)part / (double)whole * 100);
}

/* The value or values of one row, as the layout has them. */
static void put_sample(const struct report *report, const struct assay_sample *sample)
{
    struct assay_json *json = report->json;
    const struct assay_result *result = report->result;
    if (report->layout == LAYOUT_PAIR) {
        assay_json_array_begin(json);
        for (size_t i = 0; i < sample->value_count; i++)
            put_value(json, &sample->values[i]);
        assay_json_array_end(json);
    } else if (result->column_count > 1) {
        assay_json_object_begin(json);
        for (size_t i = 0; i < sample->value_count && i < result->column_count; i++) {
            assay_json_key_str(json, result->columns[i]);
            put_value(json, &sample->values[i]);
        }
        assay_json_object_end(json);
    } else if (sample->value_count != 0)
        put_value(json, &sample->values[0]);
    else
        assay_json_null(json);
}

static void put_samples(const struct report *report, const char *name, size_t most)
{
    assay_json_key(report->json, name);
    assay_json_array_begin(report->json);
    for (size_t i = 0; i < report->shown && i < most; i++)
        put_sample(report, &report->result->samples[i]);
    assay_json_array_end(report->json);
}

/* Rows of a database may have no order, and so no positions. */
static bool has_positions(const struct report *report)
{
    for (size_t i = 0; i < report->shown; i++)
        if (report->result->samples[i].record == 0)
            return false;
    return true;
}

/* Positions count from 0 there. */
static void put_index_list(const struct report *report, const char *name, size_t most)
{
    if (!has_positions(report))
        return;
    assay_json_key(report->json, name);
    assay_json_array_begin(report->json);
    for (size_t i = 0; i < report->shown && i < most; i++)
        assay_json_uint(report->json, report->result->samples[i].record - 1);
    assay_json_array_end(report->json);
}

static void put_index_query(const struct report *report)
{
    struct assay_buf text;
    if (!has_positions(report))
        return;
    assay_buf_init(&text, (size_t)64 << 20);
    assay_buf_puts(&text, "df.filter(items=[");
    for (size_t i = 0; i < report->shown; i++)
        assay_buf_printf(&text, "%s%llu", i ? ", " : "",
                         (unsigned long long)report->result->samples[i].record - 1);
    assay_buf_puts(&text, "], axis=0)");
    assay_report_text(report->json, "unexpected_index_query", assay_buf_view(&text));
    assay_buf_free(&text);
}

static int compare_values(const struct assay_value *a, const struct assay_value *b)
{
    if (a->kind != b->kind)
        return (a->kind > b->kind) - (a->kind < b->kind);
    if (a->kind == ASSAY_VALUE_NUMBER) {
        struct assay_numref x = assay_numref(a->text), y = assay_numref(b->text);
        int order = assay_number_compare(&x, &y);
        if (order != ASSAY_NUM_UNORDERED)
            return order;
    }
    if (a->kind == ASSAY_VALUE_BOOLEAN)
        return a->boolean - b->boolean;
    return assay_str_compare(a->text, b->text);
}

static int compare_samples(const void *left, const void *right)
{
    const struct assay_sample *a = *(const struct assay_sample *const *)left;
    const struct assay_sample *b = *(const struct assay_sample *const *)right;
    for (size_t i = 0; i < a->value_count && i < b->value_count; i++) {
        int order = compare_values(&a->values[i], &b->values[i]);
        if (order != 0)
            return order;
    }
    return (a->value_count > b->value_count) - (a->value_count < b->value_count);
}

/* A value that occurs, and how often. */
struct tally {
    const struct assay_sample *sample;
    size_t count, order;
};

static int compare_tallies(const void *left, const void *right)
{
    const struct tally *a = left, *b = right;
    if (a->count != b->count)
        return a->count < b->count ? 1 : -1;
    return (a->order > b->order) - (a->order < b->order);
}

/* Equal samples side by side become one tally each; returns how many there are. */
static size_t tally_samples(const struct report *report, const struct assay_sample **sorted,
                            struct tally *tallies)
{
    size_t n = 0;
    for (size_t i = 0; i < report->shown; i++)
        sorted[i] = &report->result->samples[i];
    qsort(sorted, report->shown, sizeof *sorted, compare_samples);
    for (size_t i = 0; i < report->shown; i++) {
        if (n == 0 || compare_samples(&tallies[n - 1].sample, &sorted[i]) != 0) {
            tallies[n] = (struct tally){.sample = sorted[i], .order = n};
            n++;
        }
        tallies[n - 1].count++;
    }
    qsort(tallies, n, sizeof *tallies, compare_tallies);
    return n;
}

static void put_counts_of_values(const struct report *report)
{
    struct assay_json *json = report->json;
    const struct assay_sample **sorted = calloc(report->shown + 1, sizeof *sorted);
    struct tally *tallies = calloc(report->shown + 1, sizeof *tallies);
    if (sorted == NULL || tallies == NULL)
        json->out->failed = true;
    size_t n = sorted && tallies ? tally_samples(report, sorted, tallies) : 0;
    assay_json_key(json, "partial_unexpected_counts");
    assay_json_array_begin(json);
    for (size_t i = 0; i < n && i < PARTIAL; i++) {
        assay_json_object_begin(json);
        assay_json_key(json, "value");
        put_sample(report, tallies[i].sample);
        assay_report_uint(json, "count", tallies[i].count);
        assay_json_object_end(json);
    }
    assay_json_array_end(json);
    free(sorted);
    free(tallies);
}

static void put_map_result(const struct report *report)
{
    struct assay_json *json = report->json;
    const struct assay_counts *c = &report->result->counts;
    bool nulls = report->layout == LAYOUT_NULLS;
    uint64_t present = nulls ? c->element_count : c->considered_count;
    assay_report_uint(json, "element_count", c->element_count);
    assay_report_uint(json, "unexpected_count", c->unexpected_count);
    put_share(json, "unexpected_percent", c->unexpected_count, present);
    put_samples(report, "partial_unexpected_list", PARTIAL);
    if (!nulls) {
        assay_report_uint(json, "missing_count", c->element_count - present);
        put_share(json, "missing_percent", c->element_count - present, c->element_count);
        put_share(json, "unexpected_percent_total", c->unexpected_count, c->element_count);
        put_share(json, "unexpected_percent_nonmissing", c->unexpected_count, present);
    }
    if (report->format < ASSAY_RESULT_SUMMARY)
        return;
    put_counts_of_values(report);
    put_index_list(report, "partial_unexpected_index_list", PARTIAL);
    if (report->format < ASSAY_RESULT_COMPLETE)
        return;
    put_samples(report, "unexpected_list", report->shown);
    put_index_list(report, "unexpected_index_list", report->shown);
    put_index_query(report);
}

/* Quantiles are two lists there. */
static void put_quantiles(struct assay_json *json, const struct assay_value *map)
{
    assay_json_object_begin(json);
    assay_json_key(json, "quantiles");
    assay_json_array_begin(json);
    for (size_t i = 0; i < map->count; i++)
        assay_json_number(json, map->keys[i]);
    assay_json_array_end(json);
    assay_json_key(json, "values");
    assay_json_array_begin(json);
    for (size_t i = 0; i < map->count; i++)
        put_value(json, &map->items[i]);
    assay_json_array_end(json);
    assay_json_object_end(json);
}

static void put_aggregate(const struct report *report)
{
    const struct assay_result *result = report->result;
    assay_json_key(report->json, "observed_value");
    if (assay_str_is(result->expectation, "quantiles") && result->observed.kind == ASSAY_VALUE_MAP)
        put_quantiles(report->json, &result->observed);
    else
        put_observed(report->json, &result->observed, report->most);
    if (result->details.kind == ASSAY_VALUE_NULL)
        return;
    assay_json_key(report->json, "details");
    put_observed(report->json, &result->details, report->most);
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

static void put_config(struct assay_json *json, const struct assay_result *result)
{
    const struct row *row = find_row(result->expectation);
    struct assay_str name = row ? assay_cstr(row->name) : result->expectation;
    assay_json_key(json, "expectation_config");
    assay_json_object_begin(json);
    assay_report_text(json, "type", result->alias.len ? result->alias : name);
    assay_json_key(json, "kwargs");
    if (result->alias.len)
        put_value(json, &result->alias_config);
    else {
        assay_json_object_begin(json);
        for (size_t i = 0; i < result->column_count && result->column_count == 1; i++)
            assay_report_text(json, "column", result->columns[i]);
        for (size_t i = 0; i < result->config.count; i++) {
            if (assay_str_is(result->config.keys[i], "column") && result->column_count == 1)
                continue;
            assay_json_key_str(json, result->config.keys[i]);
            put_value(json, &result->config.items[i]);
        }
        assay_json_object_end(json);
    }
    assay_json_key(json, "meta");
    if (result->meta.kind == ASSAY_VALUE_MAP)
        put_value(json, &result->meta);
    else {
        assay_json_object_begin(json);
        assay_json_object_end(json);
    }
    assay_report_text(json, "id", result->id);
    assay_report_optional(json, "description", result->description);
    static const char *const severities[] = {"critical", "warning", "info"};
    assay_report_text(json, "severity", assay_cstr(severities[result->severity]));
    assay_json_object_end(json);
}

static void put_result(struct assay_json *json, const struct assay_run *run,
                       const struct assay_result *result, const struct assay_style *style)
{
    struct report report = {
        .json = json,
        .run = run,
        .result = result,
        .layout = layout_of(result),
        .format = style->result_format,
        .most = style->max_values,
        .shown =
            result->sample_count < style->max_values ? result->sample_count : style->max_values,
    };
    bool broken =
        result->verdict == ASSAY_ERROR || (result->verdict == ASSAY_SKIPPED && run->error != NULL);
    assay_json_object_begin(json);
    assay_json_key(json, "success");
    assay_json_bool(json, succeeded(run, result));
    put_config(json, result);
    assay_json_key(json, "result");
    assay_json_object_begin(json);
    if (!broken && report.format != ASSAY_RESULT_BOOLEAN_ONLY && report.layout != LAYOUT_BARE) {
        if (report.layout == LAYOUT_AGGREGATE)
            put_aggregate(&report);
        else
            put_map_result(&report);
    }
    assay_json_object_end(json);
    assay_json_key(json, "meta");
    assay_json_object_begin(json);
    assay_json_object_end(json);
    put_exception(json, broken ? result->message : assay_cstr(""));
    assay_json_key(json, "rendered_content");
    assay_json_null(json);
    assay_json_object_end(json);
}

/* Whether a result is one of the suite's own, or tells of a fault of the data. */
static bool is_told(const struct assay_result *result)
{
    return !assay_str_is(result->expectation, "well_formed") || result->verdict == ASSAY_FAIL ||
           result->verdict == ASSAY_ERROR;
}

static void put_statistics(struct assay_json *json, uint64_t evaluated, uint64_t successful)
{
    assay_json_key(json, "statistics");
    assay_json_object_begin(json);
    assay_report_uint(json, "evaluated_expectations", evaluated);
    assay_report_uint(json, "successful_expectations", successful);
    assay_report_uint(json, "unsuccessful_expectations", evaluated - successful);
    put_share(json, "success_percent", successful, evaluated);
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
    for (size_t i = 0; i < run->result_count; i++)
        if (is_told(&run->results[i]))
            put_result(json, run, &run->results[i], style);
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
