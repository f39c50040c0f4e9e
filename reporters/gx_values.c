/*
 * gx: values, and the results of expectations that observe one.
 */
#include "config.h"

#include "reporters/gx_write.h"

#include "base/number.h"

#include <stdlib.h>

void assay_gx_value(struct assay_json *json, const struct assay_value *value)
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
            assay_gx_value(json, &value->items[i]);
        assay_json_array_end(json);
        return;
    case ASSAY_VALUE_MAP:
        assay_json_object_begin(json);
        for (size_t i = 0; i < value->count; i++) {
            assay_json_key_str(json, value->keys[i]);
            assay_gx_value(json, &value->items[i]);
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
        assay_gx_value(json, &copy);
        return;
    }
    assay_json_object_begin(json);
    for (size_t i = 0; i < value->count; i++) {
        assay_json_key_str(json, value->keys[i]);
        put_observed(json, &value->items[i], most);
    }
    assay_json_object_end(json);
}

void assay_gx_share(struct assay_json *json, const char *name, uint64_t part, uint64_t whole)
{
    assay_json_key(json, name);
    if (whole == 0)
        assay_json_null(json);
    else
        assay_json_double(json, (double)part / (double)whole * 100);
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
        assay_gx_value(json, &map->items[i]);
    assay_json_array_end(json);
    assay_json_object_end(json);
}

/* The columns that stand elsewhere than they should, under its names. */
static void put_misplaced(struct assay_json *json, const struct assay_value *rows, size_t most)
{
    static const char *const names[] = {"Expected Column Position", "Expected", "Found"};
    assay_json_array_begin(json);
    for (size_t i = 0; i < rows->count && i < most; i++) {
        assay_json_object_begin(json);
        for (size_t c = 0; c < 3 && c < rows->items[i].count; c++) {
            assay_json_key(json, names[c]);
            assay_gx_value(json, &rows->items[i].items[c]);
        }
        assay_json_object_end(json);
    }
    assay_json_array_end(json);
}

static void put_details(const struct assay_gx_report *report)
{
    const struct assay_value *details = &report->result->details;
    bool columns = assay_str_is(report->result->expectation, "columns") && details->count == 1 &&
                   details->items[0].kind == ASSAY_VALUE_LIST;
    if (details->kind == ASSAY_VALUE_NULL)
        return;
    assay_json_key(report->json, "details");
    if (!columns) {
        put_observed(report->json, details, report->most);
        return;
    }
    assay_json_object_begin(report->json);
    assay_json_key_str(report->json, details->keys[0]);
    put_misplaced(report->json, &details->items[0], report->most);
    assay_json_object_end(report->json);
}

static int compare_texts(const void *a, const void *b)
{
    const struct assay_value *x = a, *y = b;
    return assay_str_compare(x->text, y->text);
}

/* Columns are sorted where they are not as they should be and order is none of it. */
static void put_columns(const struct assay_gx_report *report)
{
    const struct assay_result *result = report->result;
    size_t count = result->observed.count;
    bool sorted = result->details.count == 1 && result->details.items[0].kind == ASSAY_VALUE_MAP;
    struct assay_value copy = result->observed;
    struct assay_value *items = sorted ? calloc(count + 1, sizeof *items) : NULL;
    if (sorted && items == NULL)
        report->json->out->failed = true;
    if (items != NULL) {
        memcpy(items, copy.items, count * sizeof *items);
        qsort(items, count, sizeof *items, compare_texts);
        copy.items = items;
    }
    put_observed(report->json, &copy, report->most);
    free(items);
}

void assay_gx_aggregate_result(const struct assay_gx_report *report)
{
    const struct assay_result *result = report->result;
    assay_json_key(report->json, "observed_value");
    if (assay_str_is(result->expectation, "quantiles") && result->observed.kind == ASSAY_VALUE_MAP)
        put_quantiles(report->json, &result->observed);
    else if (assay_str_is(result->expectation, "columns"))
        put_columns(report);
    else
        put_observed(report->json, &result->observed, report->most);
    put_details(report);
}
