/*
 * junit: a test suite of one test case an expectation, for CI systems. A warning is a
 * passing case that says so in its output; an expectation that could not be evaluated
 * is an error, one that was not is skipped.
 */
#include "config.h"

#include "base/xml_write.h"
#include "reporters/write.h"

#include <inttypes.h>
#include <stdio.h>

#define JUNIT_VALUE_MAX 200u

static void write_details(struct assay_buf *text, const struct assay_run *run,
                          const struct assay_result *r, uint32_t max_values)
{
    assay_buf_str(text, r->message);
    if (r->error != NULL && r->error->help[0] != '\0')
        assay_buf_printf(text, "\nhelp: %s", r->error->help);
    for (size_t i = 0; i < r->sample_count && i < max_values; i++) {
        assay_buf_putc(text, '\n');
        assay_report_position(text, run, &r->samples[i]);
        assay_buf_puts(text, ": ");
        for (size_t v = 0; v < r->samples[i].value_count; v++) {
            assay_buf_puts(text, v ? ", " : "");
            assay_report_show(text, &r->samples[i].values[v], JUNIT_VALUE_MAX);
        }
        assay_buf_puts(text, r->samples[i].note.len ? " " : "");
        assay_buf_str(text, r->samples[i].note);
    }
}

static void write_case(struct assay_xml *xml, const struct assay_run *run,
                       const struct assay_result *r, uint32_t max_values)
{
    static const char *const elements[ASSAY_VERDICTS] = {
        [ASSAY_WARN] = "system-out",
        [ASSAY_FAIL] = "failure",
        [ASSAY_ERROR] = "error",
        [ASSAY_SKIPPED] = "skipped",
    };
    assay_xml_begin(xml, "testcase");
    assay_xml_attr(xml, "classname", run->dataset);
    assay_xml_attr(xml, "name", r->name.len ? r->name : r->title);
    if (elements[r->verdict] != NULL) {
        struct assay_buf text;
        assay_buf_init(&text, (size_t)16 << 20);
        if (r->verdict == ASSAY_WARN)
            assay_buf_puts(&text, "warning: ");
        write_details(&text, run, r, max_values);
        assay_xml_begin(xml, elements[r->verdict]);
        if (r->verdict != ASSAY_WARN)
            assay_xml_attr(xml, "message", r->message);
        if (r->verdict == ASSAY_FAIL || r->verdict == ASSAY_ERROR)
            assay_xml_attr(xml, "type", r->expectation);
        if (r->verdict != ASSAY_SKIPPED)
            assay_xml_text(xml, assay_buf_view(&text));
        assay_xml_end(xml);
        xml->failed |= text.failed;
        assay_buf_free(&text);
    }
    assay_xml_end(xml);
}

struct totals {
    uint64_t tests, failures, errors, skipped;
};

static struct totals totals_of(const struct assay_run *run)
{
    return (struct totals){.tests = run->result_count + (run->error != NULL),
                           .failures = run->counts[ASSAY_FAIL],
                           .errors = run->counts[ASSAY_ERROR] + (run->error != NULL),
                           .skipped = run->counts[ASSAY_SKIPPED]};
}

static void attributes(struct assay_xml *xml, const struct totals *totals)
{
    assay_xml_attr_uint(xml, "tests", totals->tests);
    assay_xml_attr_uint(xml, "failures", totals->failures);
    assay_xml_attr_uint(xml, "errors", totals->errors);
    assay_xml_attr_uint(xml, "skipped", totals->skipped);
}

static void write_suite(struct assay_xml *xml, const struct assay_run *run, uint32_t max_values)
{
    struct totals totals = totals_of(run);
    char seconds[32];
    snprintf(seconds, sizeof seconds, "%" PRId64 ".%03d", (run->finished - run->started) / 1000000,
             (int)((run->finished - run->started) / 1000 % 1000));
    assay_xml_begin(xml, "testsuite");
    assay_xml_attr(xml, "name", run->suite);
    attributes(xml, &totals);
    assay_xml_attr_cstr(xml, "time", seconds);
    for (size_t i = 0; i < run->result_count; i++)
        write_case(xml, run, &run->results[i], max_values);
    if (run->error != NULL) {
        assay_xml_begin(xml, "testcase");
        assay_xml_attr(xml, "classname", run->dataset);
        assay_xml_attr_cstr(xml, "name", "the data can be checked");
        assay_xml_begin(xml, "error");
        assay_xml_attr_cstr(xml, "message", run->error->message);
        assay_xml_attr_cstr(xml, "type", run->error->code);
        assay_xml_text(xml, assay_cstr(run->error->help));
        assay_xml_end(xml);
        assay_xml_end(xml);
    }
    assay_xml_end(xml);
}

static void render_all(const struct assay_runs *runs, const struct assay_style *style,
                       struct assay_buf *out)
{
    struct assay_xml xml;
    struct totals all = {0};
    for (size_t i = 0; i < runs->count; i++) {
        struct totals one = totals_of(runs->items[i]);
        all.tests += one.tests;
        all.failures += one.failures;
        all.errors += one.errors;
        all.skipped += one.skipped;
    }
    assay_xml_init(&xml, out);
    assay_xml_begin(&xml, "testsuites");
    attributes(&xml, &all);
    for (size_t i = 0; i < runs->count; i++)
        write_suite(&xml, runs->items[i], assay_report_style(runs, i, style).max_values);
    assay_xml_end(&xml);
    if (!assay_xml_finish(&xml))
        out->failed = true;
}

static void render(const struct assay_run *run, const struct assay_style *style,
                   struct assay_buf *out)
{
    struct assay_style_values values = {style->max_values, style->result_format, style->gx_strict};
    struct assay_runs one = {.items = &run, .values = &values, .count = 1};
    render_all(&one, style, out);
}

const struct assay_reporter assay_reporter_junit = {
    .name = "junit",
    .summary = "JUnit XML, for CI systems",
    .media_type = "application/xml",
    .extension = "xml",
    .render = render,
    .render_all = render_all,
};
