/*
 * The settings that suites and the command line share.
 */
#include "config.h"

#include "suite/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static struct assay_arena arena;
static struct assay_options options;
static struct assay_error error;

static int setup(void **state)
{
    (void)state;
    assay_arena_init(&arena, 0);
    assay_options_init(&options);
    error = (struct assay_error){0};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    assay_arena_free(&arena);
    return 0;
}

static enum assay_status set(const char *name, const char *text)
{
    const struct assay_option *row = assay_option_find(assay_cstr(name));
    assert_non_null(row);
    return assay_option_set_text(&options, row, assay_cstr(text), &arena, &error);
}

static void takes(const char *name, const char *text)
{
    if (set(name, text) != ASSAY_OK)
        fail_msg("%s = %s: %s", name, text, error.message);
}

static void refuses(const char *name, const char *text)
{
    if (set(name, text) == ASSAY_OK)
        fail_msg("%s took %s", name, text);
    assert_string_equal(error.code, "USAGE-OPTION");
    assert_int_equal(error.status, ASSAY_USAGE);
    assert_non_null(strstr(error.message, text));
    assert_string_not_equal(error.help, "");
}

static void names_are_found_with_either_mark(void **state)
{
    (void)state;
    assert_ptr_equal(assay_option_find(ASSAY_STR("null_values")),
                     assay_option_find(ASSAY_STR("null-values")));
    assert_null(assay_option_find(ASSAY_STR("null_value")));
    assert_null(assay_option_find(ASSAY_STR("null_valuess")));
    assert_null(assay_option_find(ASSAY_STR("")));
}

/* Every row says all that help and errors need, and no two have one name. */
static void rows_are_whole(void **state)
{
    size_t count;
    const struct assay_option *rows = assay_option_rows(&count);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        assert_non_null(rows[i].help);
        assert_true(rows[i].offset < sizeof(struct assay_options));
        assert_int_equal(rows[i].type == ASSAY_OPTION_CHOICE, rows[i].choices != NULL);
        assert_ptr_equal(assay_option_find(assay_cstr(rows[i].name)), &rows[i]);
    }
}

static void bytes(void **state)
{
    (void)state;
    takes("delimiter", ";");
    assert_int_equal(options.source.delimiter, ';');
    takes("delimiter", "tab");
    assert_int_equal(options.source.delimiter, '\t');
    takes("delimiter", "\\t");
    assert_int_equal(options.source.delimiter, '\t');
    refuses("delimiter", "ab");
    refuses("delimiter", "");
    refuses("delimiter", "\n");
    refuses("quote", "é");
}

static void flags(void **state)
{
    (void)state;
    takes("trim", "yes");
    assert_true(options.source.trim);
    takes("trim", "false");
    assert_false(options.source.trim);
    refuses("trim", "maybe");
    refuses("allow_empty", "1");
}

static void choices(void **state)
{
    (void)state;
    takes("encoding", "utf-16le");
    assert_int_equal(options.source.encoding, ASSAY_ENCODING_UTF16LE);
    takes("fail_on", "warn");
    assert_int_equal(options.fail_on, ASSAY_FAIL_ON_WARN);
    takes("csv-engine", "libcsv");
    assert_int_equal(options.source.csv_engine, ASSAY_CSV_LIBCSV);
    takes("severity", "info");
    assert_true(options.has_severity);
    assert_int_equal(options.severity, ASSAY_SEVERITY_INFO);
    refuses("encoding", "ebcdic");
    assert_non_null(strstr(error.help, "latin1"));
}

static void headers(void **state)
{
    (void)state;
    takes("header", "no");
    assert_int_equal(options.source.header, ASSAY_HEADER_NO);
    takes("header", "id,name,");
    assert_int_equal(options.source.header, ASSAY_HEADER_NAMES);
    assert_int_equal(options.source.name_count, 3);
    assert_true(assay_str_is(options.source.names[1], "name"));
    assert_int_equal(options.source.names[2].len, 0);
    takes("header", "yes");
    assert_int_equal(options.source.header, ASSAY_HEADER_YES);
    assert_int_equal(options.source.name_count, 0);
}

static void null_values(void **state)
{
    (void)state;
    takes("null_values", "NA,-,");
    assert_int_equal(options.source.null_value_count, 2);
    assert_true(assay_str_is(options.source.null_values[0], "NA"));
    assert_true(options.source.empty_is_null);
    takes("null_values", "NA");
    assert_int_equal(options.source.null_value_count, 1);
    assert_false(options.source.empty_is_null);
    takes("null_values", "");
    assert_int_equal(options.source.null_value_count, 0);
    assert_true(options.source.empty_is_null);
}

static void tags_add_up(void **state)
{
    (void)state;
    takes("tag", "a,b");
    takes("tag", "c");
    assert_int_equal(options.tag_count, 3);
    assert_true(assay_str_is(options.tags[2], "c"));
}

static void sizes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t bytes;
    } good[] = {{"1", 1},
                {"64MB", 64000000},
                {"64MiB", 67108864},
                {"2GiB", 2147483648u},
                {"1 KiB", 1024},
                {"7B", 7},
                {"3K", 3072},
                {"18446744073709551615", UINT64_MAX}};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        takes("memory_limit", good[i].text);
        assert_int_equal(options.memory_limit, good[i].bytes);
    }
    refuses("memory_limit", "0");
    refuses("memory_limit", "MB");
    refuses("memory_limit", "-1");
    refuses("memory_limit", "1.5GB");
    refuses("memory_limit", "64mb");
    refuses("memory_limit", "18446744073709551616");
    refuses("memory_limit", "18446744073709551615K");
}

static void numbers(void **state)
{
    (void)state;
    takes("threads", "4");
    assert_int_equal(options.threads, 4);
    refuses("threads", "0");
    refuses("threads", "100001");
    refuses("threads", "4294967297");
    refuses("threads", "+4");
    refuses("threads", "four");
    takes("max_samples", "0");
    assert_int_equal(options.max_samples, 0);
    takes("limit", "18446744073709551615");
    assert_int_equal(options.limit, UINT64_MAX);
    refuses("limit", "0");
    takes("skip_lines", "0");
}

static void shares(void **state)
{
    (void)state;
    takes("sample", "0.25");
    assert_true(options.sample == 0.25);
    takes("sample", "10%");
    assert_true(options.sample == 0.1);
    takes("sample", "100%");
    assert_true(options.sample == 1);
    refuses("sample", "0");
    refuses("sample", "1.1");
    refuses("sample", "-0.5");
    refuses("sample", "nan");
    refuses("sample", "1e400");
    refuses("sample", "%");
}

static void times(void **state)
{
    (void)state;
    takes("as_of", "1970-01-02");
    assert_true(options.has_as_of);
    assert_int_equal(options.as_of, INT64_C(86400000000));
    takes("as_of", "1970-01-01T01:00:00+01:00");
    assert_int_equal(options.as_of, 0);
    refuses("as_of", "yesterday");
    refuses("as_of", "12:00:00");
    refuses("as_of", "2023-02-29");
}

static void one_value_where_one_is_wanted(void **state)
{
    (void)state;
    static const struct assay_str two[] = {{"1", 1}, {"2", 1}};
    const struct assay_option *row = assay_option_find(ASSAY_STR("threads"));
    assert_int_equal(assay_option_set(&options, row, two, 2, &arena, &error), ASSAY_USAGE);
    assert_int_equal(assay_option_set(&options, row, two, 0, &arena, &error), ASSAY_USAGE);
    assert_int_equal(assay_option_set(&options, row, two, 1, &arena, NULL), ASSAY_OK);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(names_are_found_with_either_mark),
        TEST(rows_are_whole),
        TEST(bytes),
        TEST(flags),
        TEST(choices),
        TEST(headers),
        TEST(null_values),
        TEST(tags_add_up),
        TEST(sizes),
        TEST(numbers),
        TEST(shares),
        TEST(times),
        TEST(one_value_where_one_is_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
