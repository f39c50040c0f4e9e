/*
 * The calls that libassay offers: loading, running, rendering, and what they refuse.
 */
#include "config.h"

#include "assay/assay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char suite_path[] = "/tmp/assay-api-suite-XXXXXX";
static char data_path[] = "/tmp/assay-api-data-XXXXXX";

static void write_file(char *path, const char *text)
{
    int fd = access(path, F_OK) == 0 ? -1 : mkstemp(path);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int setup(void **state)
{
    (void)state;
    write_file(suite_path,
               "version: 1\ncolumns:\n  a: {type: integer, checks: [not_null, unique]}\n");
    write_file(data_path, "a\n1\n2\n2\n\"\"\n");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    unlink(suite_path);
    unlink(data_path);
    return 0;
}

static struct assay_run *run_it(const struct assay_setting *settings, size_t count)
{
    struct assay_run *run = NULL;
    struct assay_error error;
    struct assay_suite *suite = assay_suite_load(suite_path, NULL, NULL);
    assert_non_null(suite);
    assert_int_equal(assay_validate(suite, data_path, settings, count, &run, &error), ASSAY_OK);
    assay_suite_free(suite); /* the Run stands alone */
    assert_non_null(run);
    return run;
}

static void test_run(void **state)
{
    (void)state;
    struct assay_run *run = run_it(NULL, 0);
    assert_int_equal(run->verdict, ASSAY_FAIL);
    assert_int_equal(run->exit, ASSAY_EXIT_FAIL);
    assert_int_equal(run->records, 4);
    assert_int_equal(run->result_count, 4);
    assert_string_equal(assay_verdict_name(run->results[1].verdict), "pass");
    assert_int_equal(run->results[2].counts.unexpected_count, 2);
    assay_run_free(run);
    assay_run_free(NULL);
}

static void test_settings(void **state)
{
    static const struct assay_setting settings[] = {
        {"threads", "2"}, {"max-samples", "1"}, {"severity", "warn"}};
    (void)state;
    struct assay_run *run = run_it(settings, 3);
    assert_int_equal(run->verdict, ASSAY_WARN);
    assert_int_equal(run->results[2].sample_count, 1);
    assay_run_free(run);
}

static void test_refused_settings(void **state)
{
    static const struct assay_setting unknown[] = {{"thread", "2"}};
    static const struct assay_setting wrong[] = {{"threads", "two"}};
    (void)state;
    struct assay_run *run = NULL;
    struct assay_error error;
    struct assay_suite *suite = assay_suite_load(suite_path, NULL, NULL);
    assert_int_equal(assay_validate(suite, data_path, unknown, 1, &run, &error), ASSAY_USAGE);
    assert_null(run);
    assert_string_equal(error.code, "USAGE-OPTION");
    assert_string_equal(error.help, "did you mean threads?");
    assert_int_equal(assay_validate(suite, data_path, wrong, 1, &run, &error), ASSAY_USAGE);
    assert_int_equal(assay_validate(suite, NULL, NULL, 0, &run, NULL), ASSAY_USAGE);
    assert_int_equal(assay_validate(suite, data_path, NULL, 0, &run, NULL), ASSAY_OK);
    assay_run_free(run);
    assay_suite_free(suite);
}

static void count_problem(void *context, const struct assay_error *problem, bool warning)
{
    int *counts = context;
    assert_true(problem->line > 0);
    counts[warning]++;
}

static void test_problems(void **state)
{
    int counts[2] = {0, 0};
    (void)state;
    write_file(suite_path, "version: 1\nchecks:\n  - row_cout\n  - not_null\n"
                           "columns: {a: [{accepted_values: [NO]}]}\n");
    assert_null(assay_suite_load(suite_path, count_problem, counts));
    assert_int_equal(counts[0], 2);
    assert_int_equal(counts[1], 1);
    assert_null(assay_suite_load("/nonexistent/suite.yml", NULL, NULL));
    setup(state);
}

struct sink {
    size_t bytes, stop_after;
    char head[64];
};

static int take(void *context, const char *bytes, size_t len)
{
    struct sink *sink = context;
    if (sink->bytes == 0)
        snprintf(sink->head, sizeof sink->head, "%.*s", (int)(len < 60 ? len : 60), bytes);
    sink->bytes += len;
    return sink->bytes > sink->stop_after;
}

static void test_render(void **state)
{
    (void)state;
    struct assay_run *run = run_it(NULL, 0);
    struct assay_error error;
    struct sink sink = {.stop_after = SIZE_MAX};
    assert_int_equal(assay_run_render(run, "json", take, &sink, &error), ASSAY_OK);
    assert_true(sink.bytes > 100);
    assert_memory_equal(sink.head, "{", 1);
    struct sink full = {.stop_after = 0};
    assert_int_equal(assay_run_render(run, "text", take, &full, &error), ASSAY_IO);
    assert_string_equal(error.code, "OUTPUT-WRITE");
    assert_int_equal(assay_run_render(run, "jsn", take, &sink, &error), ASSAY_USAGE);
    assert_string_equal(error.help, "did you mean json?");
    assay_run_free(run);
}

static void test_version(void **state)
{
    (void)state;
    assert_int_equal(strspn(assay_version(), "0123456789."), strlen(assay_version()));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_run),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_refused_settings),
        cmocka_unit_test(test_problems),
        cmocka_unit_test(test_render),
        cmocka_unit_test(test_version),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
