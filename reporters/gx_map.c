/*
 * gx: the results of expectations that look at rows.
 */
#include "config.h"

#include "reporters/gx_write.h"

#include "base/number.h"

#include <stdlib.h>

/* The value or values of one row, as the layout has them. */
static void put_values(const struct assay_gx_report *report, const struct assay_sample *sample)
{
    assay_json_array_begin(report->json);
    for (size_t i = 0; i < sample->value_count; i++)
        assay_gx_value(report->json, &sample->values[i]);
    assay_json_array_end(report->json);
}

static void put_sample(const struct assay_gx_report *report, const struct assay_sample *sample)
{
    struct assay_json *json = report->json;
    const struct assay_result *result = report->result;
    if (report->layout == ASSAY_GX_PAIR) {
        put_values(report, sample);
    } else if (result->column_count > 1) {
        assay_json_object_begin(json);
        for (size_t i = 0; i < sample->value_count && i < result->column_count; i++) {
            assay_json_key_str(json, result->columns[i]);
            assay_gx_value(json, &sample->values[i]);
        }
        assay_json_object_end(json);
    } else if (sample->value_count != 0)
        assay_gx_value(json, &sample->values[0]);
    else
        assay_json_null(json);
}

/* The samples of a list of at most `most`. */
static size_t listed(const struct assay_gx_report *report, size_t most)
{
    return report->shown < most ? report->shown : most;
}

static void put_samples(const struct assay_gx_report *report, const char *name, size_t most)
{
    assay_json_key(report->json, name);
    assay_json_array_begin(report->json);
    for (size_t i = 0; i < listed(report, most); i++)
        put_sample(report, &report->result->samples[i]);
    assay_json_array_end(report->json);
}

/* The value that a column has beside a sample; NULL: it is not known. */
static const struct assay_value *beside(const struct assay_result *result,
                                        const struct assay_sample *sample, struct assay_str name)
{
    for (size_t i = 0; i < result->beside_count && i < sample->beside_count; i++)
        if (assay_str_equal(result->beside[i], name))
            return &sample->beside[i];
    return NULL;
}

static void put_beside(const struct assay_gx_report *report, const struct assay_sample *sample,
                       struct assay_str name)
{
    const struct assay_value *value = beside(report->result, sample, name);
    if (value == NULL)
        assay_json_null(report->json);
    else
        assay_gx_value(report->json, value);
}

static bool is_index_column(const struct assay_result *result, struct assay_str name)
{
    for (size_t i = 0; i < result->index_column_count; i++)
        if (assay_str_equal(result->index_columns[i], name))
            return true;
    return false;
}

/* {"amount": -3, "order_id": 17}: the values and what tells which row it is. */
static void put_index(const struct assay_gx_report *report, const struct assay_sample *sample)
{
    const struct assay_result *result = report->result;
    assay_json_object_begin(report->json);
    for (size_t i = 0; i < result->column_count && i < sample->value_count; i++) {
        if (is_index_column(result, result->columns[i]) ||
            (i > 0 && assay_str_equal(result->columns[i], result->columns[0])))
            continue;
        assay_json_key_str(report->json, result->columns[i]);
        assay_gx_value(report->json, &sample->values[i]);
    }
    for (size_t i = 0; i < result->index_column_count; i++) {
        assay_json_key_str(report->json, result->index_columns[i]);
        put_beside(report, sample, result->index_columns[i]);
    }
    assay_json_object_end(report->json);
}

/* Without values, each index column once, with a list: {"order_id": [17, 18]}. */
static void put_index_map(const struct assay_gx_report *report, size_t most)
{
    const struct assay_result *result = report->result;
    assay_json_object_begin(report->json);
    for (size_t c = 0; c < result->index_column_count; c++) {
        assay_json_key_str(report->json, result->index_columns[c]);
        assay_json_array_begin(report->json);
        for (size_t i = 0; i < listed(report, most); i++)
            put_beside(report, &result->samples[i], result->index_columns[c]);
        assay_json_array_end(report->json);
    }
    assay_json_object_end(report->json);
}

/* Rows of a database may have no order, and so no positions. */
static bool has_positions(const struct assay_gx_report *report)
{
    for (size_t i = 0; i < report->shown; i++)
        if (report->result->samples[i].record == 0)
            return false;
    return true;
}

/* Which rows: by the index columns, else by position, which counts from 0 there. */
static void put_index_list(const struct assay_gx_report *report, const char *name, size_t most)
{
    const struct assay_result *result = report->result;
    bool keyed = result->index_column_count != 0;
    if (!keyed && !has_positions(report))
        return;
    assay_json_key(report->json, name);
    assay_json_array_begin(report->json);
    if (keyed && result->telling.no_values)
        put_index_map(report, most);
    else
        for (size_t i = 0; i < listed(report, most); i++) {
            if (keyed)
                put_index(report, &result->samples[i]);
            else
                assay_json_uint(report->json, result->samples[i].record - 1);
        }
    assay_json_array_end(report->json);
}

static void put_index_names(const struct assay_gx_report *report)
{
    const struct assay_result *result = report->result;
    if (result->index_column_count == 0)
        return;
    assay_json_key(report->json, "unexpected_index_column_names");
    assay_json_array_begin(report->json);
    for (size_t i = 0; i < result->index_column_count; i++)
        assay_json_str(report->json, result->index_columns[i]);
    assay_json_array_end(report->json);
}

static void put_rows(const struct assay_gx_report *report)
{
    const struct assay_result *result = report->result;
    if (!result->telling.rows)
        return;
    assay_json_key(report->json, "unexpected_rows");
    assay_json_array_begin(report->json);
    for (size_t i = 0; i < listed(report, report->partial); i++) {
        assay_json_object_begin(report->json);
        for (size_t c = 0; c < result->beside_count; c++) {
            assay_json_key_str(report->json, result->beside[c]);
            put_beside(report, &result->samples[i], result->beside[c]);
        }
        assay_json_object_end(report->json);
    }
    assay_json_array_end(report->json);
}

static void put_index_query(const struct assay_gx_report *report)
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
static size_t tally_samples(const struct assay_gx_report *report,
                            const struct assay_sample **sorted, struct tally *tallies)
{
    bool few = report->first_only && report->format < ASSAY_RESULT_COMPLETE;
    size_t n = 0, count = few ? listed(report, report->partial) : report->shown;
    for (size_t i = 0; i < count; i++)
        sorted[i] = &report->result->samples[i];
    qsort(sorted, count, sizeof *sorted, compare_samples);
    for (size_t i = 0; i < count; i++) {
        if (n == 0 || compare_samples(&tallies[n - 1].sample, &sorted[i]) != 0) {
            tallies[n] = (struct tally){.sample = sorted[i], .order = n};
            n++;
        }
        tallies[n - 1].count++;
    }
    qsort(tallies, n, sizeof *tallies, compare_tallies);
    return n;
}

static void put_counts_of_values(const struct assay_gx_report *report)
{
    struct assay_json *json = report->json;
    const struct assay_sample **sorted = calloc(report->shown + 1, sizeof *sorted);
    struct tally *tallies = calloc(report->shown + 1, sizeof *tallies);
    if (sorted == NULL || tallies == NULL)
        json->out->failed = true;
    size_t n = sorted && tallies ? tally_samples(report, sorted, tallies) : 0;
    assay_json_key(json, "partial_unexpected_counts");
    assay_json_array_begin(json);
    for (size_t i = 0; i < n && i < report->partial; i++) {
        assay_json_object_begin(json);
        assay_json_key(json, "value");
        if (report->result->column_count > 1)
            put_values(report, tallies[i].sample);
        else
            put_sample(report, tallies[i].sample);
        assay_report_uint(json, "count", tallies[i].count);
        assay_json_object_end(json);
    }
    assay_json_array_end(json);
    free(sorted);
    free(tallies);
}

static void put_counts(const struct assay_gx_report *report)
{
    struct assay_json *json = report->json;
    const struct assay_counts *c = &report->result->counts;
    bool nulls = report->layout == ASSAY_GX_NULLS;
    uint64_t present = nulls ? c->element_count : c->considered_count;
    assay_report_uint(json, "element_count", c->element_count);
    assay_report_uint(json, "unexpected_count", c->unexpected_count);
    assay_gx_share(json, "unexpected_percent", c->unexpected_count, present);
    if (!report->result->telling.no_values)
        put_samples(report, "partial_unexpected_list", report->partial);
    put_index_names(report);
    if (nulls)
        return;
    assay_report_uint(json, "missing_count", c->element_count - present);
    assay_gx_share(json, "missing_percent", c->element_count - present, c->element_count);
    assay_gx_share(json, "unexpected_percent_total", c->unexpected_count, c->element_count);
    assay_gx_share(json, "unexpected_percent_nonmissing", c->unexpected_count, present);
}

void assay_gx_map_result(const struct assay_gx_report *report)
{
    bool values = !report->result->telling.no_values;
    put_counts(report);
    put_rows(report);
    if (report->format < ASSAY_RESULT_SUMMARY)
        return;
    if (values && report->partial != 0)
        put_counts_of_values(report);
    if (report->partial != 0)
        put_index_list(report, "partial_unexpected_index_list", report->partial);
    if (report->format < ASSAY_RESULT_COMPLETE)
        return;
    if (values)
        put_samples(report, "unexpected_list", report->shown);
    put_index_list(report, "unexpected_index_list", report->shown);
    if (!report->result->telling.no_query)
        put_index_query(report);
}
