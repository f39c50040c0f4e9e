/*
 * Great Expectations suites: what each keyword becomes, and what is said where it cannot be.
 */
#include "config.h"

#include "metric/judge.h"
#include "suite/gx.h"
#include "tests/lib/suite_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static struct assay_diags diags;
static struct assay_suite *suite;

static void unload(void)
{
    assay_suite_free(suite);
    suite = NULL;
    assay_diags_reset(&diags);
}

static void load(const char *text)
{
    suite = suite_from_text(text, ".json", &diags);
    if (suite == NULL)
        fail_msg("%s: %llu:%llu: %s", text, (unsigned long long)diags.items[0].error.line,
                 (unsigned long long)diags.items[0].error.column, diags.items[0].error.message);
}

/* `name {config}` of the first check, with its filter. */
static void describe(struct assay_buf *out)
{
    const struct assay_check *check = &suite->checks[0];
    assay_buf_printf(out, "%s ", check->expectation->name);
    assay_value_describe(&check->config, out);
}

/* One expectation of the name after expect_, with its kwargs, becomes `expected`. */
static void becomes(const char *type, const char *kwargs, const char *expected)
{
    char text[2000];
    struct assay_buf found;
    snprintf(text, sizeof text,
             "{\"name\": \"s\", \"expectations\": [{\"type\": \"expect_%s\", \"kwargs\": %s}]}",
             type, kwargs);
    load(text);
    assay_buf_init(&found, 4096);
    describe(&found);
    if (strcmp(found.ptr, expected) != 0)
        fail_msg("%s %s became\n  %s\nnot\n  %s", type, kwargs, found.ptr, expected);
    assay_buf_free(&found);
    unload();
}

static void refuses(const char *type, const char *kwargs, const char *code, uint64_t column,
                    const char *message)
{
    char text[2000];
    snprintf(text, sizeof text,
             "{\"expectations\": [\n{\"type\": \"expect_%s\", \"kwargs\":\n%s}]}", type, kwargs);
    suite = suite_from_text(text, ".json", &diags);
    if (suite != NULL || diags.errors == 0)
        fail_msg("%s was taken", text);
    const struct assay_error *error = &diags.items[0].error;
    for (size_t i = 0; i < diags.count && diags.items[i].level != ASSAY_DIAG_ERROR; i++)
        error = &diags.items[i + 1].error;
    if (strcmp(error->code, code) != 0 ||
        (column != 0 && (error->line != 3 || error->column != column)) ||
        strstr(error->message, message) == NULL)
        fail_msg("%s gives %s %llu:%llu: %s", text, error->code, (unsigned long long)error->line,
                 (unsigned long long)error->column, error->message);
    unload();
}

static void columns_and_bounds(void **state)
{
    (void)state;
    becomes("column_values_to_be_between",
            "{\"column\": \"a\", \"min_value\": 1.0, \"max_value\": \"5\"}",
            "range {min: 1.0, max: 5}");
    becomes(
        "column_values_to_be_between",
        "{\"column\": \"a\", \"min_value\": \"2020-01-01\", \"strict_min\": true, \"mostly\": 0.9}",
        "range {min: 2020-01-01, strict_min: true, mostly: 0.9}");
    becomes("column_mean_to_be_between", "{\"column\": \"a\", \"min_value\": null}", "mean {}");
    becomes("column_value_lengths_to_equal", "{\"column\": \"a\", \"value\": 5.0}",
            "length {exactly: 5}");
    becomes("column_value_lengths_to_be_between",
            "{\"column\": \"a\", \"min_value\": 1, \"max_value\": 9, \"strict_min\": true, "
            "\"strict_max\": true}",
            "length {min: 2, max: 8}");
    becomes("table_row_count_to_be_between", "{\"min_value\": 1, \"max_value\": 5}",
            "row_count {min: 1, max: 5}");
    becomes("table_column_count_to_equal", "{\"value\": 3}", "column_count {exactly: 3}");
}

static void sets_and_patterns(void **state)
{
    (void)state;
    becomes("column_values_to_be_in_set", "{\"column\": \"a\", \"value_set\": [1, null, \"x\"]}",
            "accepted_values {values: [1, x]}");
    becomes("column_values_to_be_in_set", "{\"column\": \"a\", \"value_set\": null}",
            "rejected_values {values: []}");
    becomes("column_values_to_not_be_in_set", "{\"column\": \"a\"}",
            "rejected_values {values: []}");
    becomes("column_values_to_match_regex", "{\"column\": \"a\", \"regex\": \"^x{,3}\\\\Z\"}",
            "regex {pattern: ^x{0,3}\\z}");
    becomes("column_values_to_match_regex", "{\"column\": \"a\", \"regex\": \"\\\\d+\"}",
            "regex {pattern: (*UCP)\\d+}");
    becomes("column_values_to_match_regex", "{\"column\": \"a\"}", "regex {pattern: (?s).*}");
    becomes("column_values_to_match_like_pattern", "{\"column\": \"a\", \"like_pattern\": \"x%\"}",
            "like {patterns: x%, case_insensitive: true}");
    becomes("column_distinct_values_to_be_in_set", "{\"column\": \"a\", \"value_set\": null}",
            "distinct_values {in: []}");
    becomes("column_values_to_be_in_type_list",
            "{\"column\": \"a\", \"type_list\": [\"int64\", \"FLOAT\", \"str\"]}",
            "stored_type {types: [integers, number, string]}");
}

static void pairs_and_tables(void **state)
{
    (void)state;
    becomes("column_pair_values_to_be_equal", "{\"column_A\": \"a\", \"column_B\": \"b\"}",
            "compare {column: a, other: b, ignore_nulls: all}");
    becomes("column_pair_values_A_to_be_greater_than_B",
            "{\"column_A\": \"a\", \"column_B\": \"b\", \"or_equal\": true, \"ignore_row_if\": "
            "\"either_value_is_missing\"}",
            "compare {column: a, other: b, op: >=, ignore_nulls: any}");
    becomes("column_pair_values_to_be_in_set",
            "{\"column_A\": \"a\", \"column_B\": \"b\", \"value_pairs_set\": [[1, null]]}",
            "accepted_tuples {values: [[1, null]], columns: [a, b], ignore_nulls: all}");
    becomes("compound_columns_to_be_unique",
            "{\"column_list\": [\"a\", \"b\"], \"ignore_row_if\": \"never\"}",
            "unique {columns: [a, b], ignore_nulls: none}");
    becomes("table_columns_to_match_set", "{\"column_set\": [\"a\"], \"exact_match\": true}",
            "columns {exactly: [a]}");
    becomes("table_columns_to_match_set", "{\"column_set\": [\"a\"]}", "columns {include: [a]}");
    becomes("table_columns_to_match_ordered_list", "{\"column_list\": [\"a\"]}",
            "columns {exactly: [a], ordered: true}");
    becomes("column_to_exist", "{\"column\": \"a\"}", "columns {include: a}");
    becomes("column_to_exist", "{\"column\": \"a\", \"column_index\": 0}",
            "column_at {index: 0, name: a}");
    becomes("column_quantile_values_to_be_between",
            "{\"column\": \"a\", \"quantile_ranges\": {\"quantiles\": [0.5], \"value_ranges\": "
            "[[1, null]]}}",
            "quantiles {at: {0.5: {min: 1}}, interpolation: nearest, tolerance: 0.0001}");
}

/* A row_condition becomes this filter. */
static void filters(const char *parser, const char *condition, const char *expected)
{
    char kwargs[1000], config[1000];
    snprintf(kwargs, sizeof kwargs,
             "{\"column\": \"a\", \"row_condition\": \"%s\", \"condition_parser\": \"%s\"}",
             condition, parser);
    snprintf(config, sizeof config, "not_null {where: %s}", expected);
    becomes("column_values_to_not_be_null", kwargs, config);
}

static void conditions_of_pandas(void **state)
{
    (void)state;
    filters("pandas", "x == 5", "\"x\" = 5");
    filters("pandas", "x == 'it\\\\'s'", "\"x\" = 'it''s'");
    filters("pandas", "x != 1", "(\"x\" <> 1 OR \"x\" IS NULL)");
    filters("pandas", "not x == 1", "NOT ((\"x\" = 1 AND \"x\" IS NOT NULL))");
    filters("pandas", "x > 1 & y < 2 | z == 3", "(\"x\" > 1 AND \"y\" < 2 OR \"z\" = 3)");
    filters("pandas", "(x > 1) and (y < 2 or z == 3)",
            "(\"x\" > 1) AND ((\"y\" < 2 OR \"z\" = 3))");
    filters("pandas", "1 < x <= 5", "1 < \"x\" AND \"x\" <= 5");
    filters("pandas", "x in [1, 2]", "\"x\" IN (1, 2)");
    filters("pandas", "x not in ['a']", "(\"x\" NOT IN ('a') OR \"x\" IS NULL)");
    filters("pandas", "`a b` + 1 >= .5", "(\"a b\" + 1) >= 0.5");
    filters("pandas", "x.isnull() or ~y.notna()", "(\"x\" IS NULL OR NOT (\"y\" IS NOT NULL))");
}

static void conditions_of_great_expectations(void **state)
{
    (void)state;
    filters("great_expectations", "col(\\\"x\\\") >= 5", "\"x\" >= 5");
    filters("great_expectations", "col('a b')==\\\"q\\\" OR col('z').notNull()",
            "(\"a b\" = 'q' OR \"z\" IS NOT NULL)");
    filters("great_expectations__experimental__",
            "col(\\\"x\\\") != 1 and not (col(\\\"y\\\") < 2)", "\"x\" <> 1 AND NOT ((\"y\" < 2))");
}

static void nothing_of_a_condition_is_ignored(void **state)
{
    static const char *const bad[] = {"x == ",     "x == 1 y", "x == 'a",
                                      "f(x) == 1", "x ==== 1", "x == 1)",
                                      "(x == 1",   "x in 5",   "x.str.upper() == 'A'",
                                      "@y == 1",   "x = = 1"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char kwargs[300];
        snprintf(kwargs, sizeof kwargs,
                 "{\"column\": \"a\", \"row_condition\": \"%s\", \"condition_parser\": \"pandas\"}",
                 bad[i]);
        refuses("column_values_to_not_be_null", kwargs, "SUITE-EXPR", 34, "");
    }
    refuses("column_values_to_not_be_null",
            "{\"column\": \"a\", \"row_condition\": \"x == 1\", \"condition_parser\": \"sparql\"}",
            "SUITE-TYPE", 64, "condition_parser cannot be sparql");
    refuses("column_values_to_not_be_null",
            "{\"column\": \"a\", \"row_condition\": \"x == 1\", \"condition_parser\": "
            "\"great_expectations\"}",
            "SUITE-EXPR", 34, "expected col(");
}

static void parameter_is(const char *expression, const char *expected)
{
    char text[1000], config[300];
    struct assay_buf found;
    snprintf(
        text, sizeof text,
        "{\"expectation_suite_name\": \"s\", \"evaluation_parameters\": {\"n\": 4, \"d\": "
        "\"2024-03-01\", \"list\": [1, 2], \"f\": 0.5}, \"expectations\": [{\"expectation_type\": "
        "\"expect_column_max_to_be_between\", \"kwargs\": {\"column\": \"a\", \"min_value\": "
        "{\"$PARAMETER\": \"%s\", \"$PARAMETER.own\": 7}}}]}",
        expression);
    load(text);
    assay_buf_init(&found, 4096);
    describe(&found);
    snprintf(config, sizeof config, "max {min: %s}", expected);
    if (strcmp(found.ptr, config) != 0)
        fail_msg("%s is %s, not %s", expression, found.ptr, config);
    assay_buf_free(&found);
    unload();
}

static void parameters_are_computed(void **state)
{
    (void)state;
    parameter_is("n", "4");
    parameter_is("own", "7");
    parameter_is("n + 1", "5");
    parameter_is("-n * (2 - 5) ^ 2", "-36");
    parameter_is("2 ^ 3 ^ 2", "512");
    parameter_is("n / 8", "0.5");
    parameter_is("round(f + 1.2) + abs(-3) + trunc(2.9) + sgn(-8)", "6");
    parameter_is("d - timedelta(weeks=1, days=1)", "2024-02-22T00:00:00Z");
    parameter_is("datetime(2020, 1, day=31) + timedelta(hours=36)", "2020-02-01T12:00:00Z");
    becomes(
        "column_values_to_be_in_set",
        "{\"column\": \"a\", \"value_set\": {\"$PARAMETER\": \"s\", \"$PARAMETER.s\": [\"x\"]}}",
        "accepted_values {values: [x]}");
}

static void parameters_that_are_wrong(void **state)
{
    static const char *const bad[] = {"m",
                                      "n +",
                                      "n n",
                                      "1 / 0",
                                      "sin(d)",
                                      "foo(1)",
                                      "d + d",
                                      "timedelta(days=1)",
                                      "urn:great_expectations:x",
                                      "list + 1"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char kwargs[300];
        snprintf(kwargs, sizeof kwargs,
                 "{\"column\": \"a\", \"min_value\": {\"$PARAMETER\": \"%s\", \"$PARAMETER.n\": 1, "
                 "\"$PARAMETER.d\": \"2024-01-01\", \"$PARAMETER.list\": [1]}}",
                 bad[i]);
        refuses("column_max_to_be_between", kwargs, "SUITE-PARAMETER", 45, "");
    }
}

static void items_say_more(void **state)
{
    (void)state;
    load("{\"name\": \"s\", \"id\": null, \"notes\": null, \"meta\": {},\n"
         "\"expectations\": [{\"type\": \"expect_column_values_to_be_unique\", \"id\": \"u1\",\n"
         " \"kwargs\": {\"column\": \"a\"}, \"meta\": {\"k\": 1}, \"severity\": \"warning\",\n"
         " \"notes\": [\"first\", \"second\"]},\n"
         "{\"type\": \"expect_column_values_to_be_unique\", \"kwargs\": {\"column\": \"b\"}},\n"
         "{\"type\": \"expect_column_values_to_be_unique\", \"kwargs\": {\"column\": \"b\"}}]}");
    const struct assay_check *check = &suite->checks[0];
    assert_true(assay_str_is(suite->dataset, "s"));
    assert_true(assay_str_is(check->id, "u1"));
    assert_int_equal(check->severity, ASSAY_SEVERITY_WARN);
    assert_true(assay_str_is(check->description, "first"));
    assert_true(assay_str_is(check->alias, "expect_column_values_to_be_unique"));
    assert_int_equal(check->meta.count, 1);
    assert_int_equal(check->line, 2);
    assert_true(check->field->inferred);
    assert_true(assay_str_is(suite->checks[1].id, "b.unique"));
    assert_false(assay_str_equal(suite->checks[1].id, suite->checks[2].id));
    assert_int_equal(diags.warnings, 0);
    unload();
}

static void legacy_keywords_are_named(void **state)
{
    (void)state;
    load("{\"expectation_suite_name\": \"s\", \"expectations\": [{\"expectation_type\": "
         "\"expect_column_max_to_be_between\", \"kwargs\": {\"column\": \"a\", \"max_value\": 1, "
         "\"output_strftime_format\": \"%Y\", \"auto\": false, \"result_format\": \"BASIC\"}}]}");
    assert_int_equal(diags.warnings, 1);
    assert_non_null(strstr(diags.items[0].error.message, "output_strftime_format"));
    unload();
}

static void mistakes_are_refused(void **state)
{
    (void)state;
    refuses("column_values_to_be_between", "{\"column\": \"a\", \"min_valu\": 1}", "SUITE-KEY", 17,
            "has no keyword \"min_valu\"");
    refuses("column_values_to_be_between", "{\"min_value\": 1}", "SUITE-MISSING", 0,
            "needs column");
    refuses("column_values_to_be_between", "{\"column\": \"a\"}", "SUITE-TYPE", 0,
            "needs min_value or max_value");
    refuses("column_values_to_be_between", "{\"column\": \"a\", \"min_value\": 1, \"mostly\": 1.5}",
            "SUITE-BOUNDS", 43, "over 1");
    refuses("column_values_to_be_between",
            "{\"column\": \"a\", \"min_value\": 1, \"mostly\": null}", "SUITE-TYPE", 43,
            "expected a share");
    refuses("column_values_to_be_in_set", "{\"column\": \"a\", \"value_set\": 5}", "SUITE-TYPE", 30,
            "expected a list");
    refuses("column_value_lengths_to_equal", "{\"column\": \"a\", \"value\": 1.5}", "SUITE-TYPE",
            26, "a whole number");
    refuses("column_values_to_match_regex", "{\"column\": \"a\", \"regex\": \"(\"}", "SUITE-REGEX",
            26, "");
    refuses("column_values_to_match_strftime_format",
            "{\"column\": \"a\", \"strftime_format\": \"%D\"}", "TIME-FORMAT", 36, "directive");
    refuses("column_values_to_be_fine", "{}", "SUITE-CHECK", 0, "there is no expectation");
    refuses("compound_columns_to_be_unique", "{\"column_list\": [\"a\"], \"ignore_row_if\": \"x\"}",
            "SUITE-TYPE", 41, "ignore_row_if cannot be x");
    refuses(
        "column_quantile_values_to_be_between",
        "{\"column\": \"a\", \"quantile_ranges\": {\"quantiles\": [0.5], \"value_ranges\": []}}",
        "SUITE-TYPE", 73, "1 quantiles have 0 ranges");
    refuses("column_kl_divergence_to_be_less_than",
            "{\"column\": \"a\", \"partition_object\": {\"values\": [1], \"weights\": [0.5]}}",
            "SUITE-BOUNDS", 64, "add up to 1");
    refuses("column_values_to_match_json_schema",
            "{\"column\": \"a\", \"json_schema\": {\"type\": \"wibble\"}}", "SUITE-SCHEMA", 32,
            "/type");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_and_bounds),
        cmocka_unit_test(sets_and_patterns),
        cmocka_unit_test(pairs_and_tables),
        cmocka_unit_test(conditions_of_pandas),
        cmocka_unit_test(conditions_of_great_expectations),
        cmocka_unit_test(nothing_of_a_condition_is_ignored),
        cmocka_unit_test(parameters_are_computed),
        cmocka_unit_test(parameters_that_are_wrong),
        cmocka_unit_test(items_say_more),
        cmocka_unit_test(legacy_keywords_are_named),
        cmocka_unit_test(mistakes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
