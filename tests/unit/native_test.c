/*
 * assay's own suite format: what is read, and what is said where it cannot be.
 */
#include "config.h"

#include "suite/native.h"
#include "tests/lib/suite_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static struct assay_diags diags;
static struct assay_suite *suite;

static void load(const char *text)
{
    suite = suite_from_text(text, text[0] == '{' ? ".json" : ".yml", &diags);
    if (suite == NULL)
        fail_msg("%llu:%llu: %s", (unsigned long long)diags.items[0].error.line,
                 (unsigned long long)diags.items[0].error.column, diags.items[0].error.message);
}

static void unload(void)
{
    assay_suite_free(suite);
    suite = NULL;
    assay_diags_reset(&diags);
}

static const struct assay_check *check(uint32_t i)
{
    assert_true(i < suite->check_count);
    return &suite->checks[i];
}

static void is_text(struct assay_str found, const char *expected)
{
    if (!assay_str_is(found, expected))
        fail_msg("`%.*s` is not `%s`", (int)found.len, found.ptr, expected);
}

/* The suite is refused for one reason, at one place. */
static void refuses(const char *text, const char *code, uint64_t line, uint64_t column,
                    const char *message)
{
    suite = suite_from_text(text, text[0] == '{' ? ".json" : ".yml", &diags);
    if (suite != NULL || diags.errors != 1)
        fail_msg("%zu errors in `%s`; the first is %s", diags.errors, text,
                 diags.count ? diags.items[0].error.message : "none");
    const struct assay_error *error = &diags.items[0].error;
    if (strcmp(error->code, code) != 0 || error->line != line || error->column != column ||
        strstr(error->message, message) == NULL)
        fail_msg("`%s` gives %s %llu:%llu: %s", text, error->code, (unsigned long long)error->line,
                 (unsigned long long)error->column, error->message);
    assert_non_null(strstr(error->file, "/suite."));
    unload();
}

static void all_of_a_suite(void **state)
{
    (void)state;
    load("version: 1\n"
         "dataset: orders\n"
         "source: data/*.csv\n"
         "options: {null_values: [\"\", NA], threads: 3, trim: true}\n"
         "checks:\n"
         "  - row_count: {min: 10}\n"
         "  - mean: {column: amount, min: 0, name: average, severity: warn, owner: me}\n"
         "columns:\n"
         "  amount: {type: decimal, checks: [{range: {min: 0, max: 9}}]}\n"
         "  note: [not_null]\n");
    is_text(suite->dataset, "orders");
    assert_int_equal(suite->source_count, 1);
    is_text(suite->sources[0], "data/*.csv");
    assert_int_equal(suite->options.threads, 3);
    assert_int_equal(suite->options.source.null_value_count, 1);
    assert_true(suite->options.source.trim);
    assert_int_equal(suite->check_count, 6);
    assert_string_equal(check(0)->expectation->name, "row_count");
    assert_int_equal(check(0)->column_count, 0);
    is_text(check(1)->name, "average");
    is_text(check(1)->owner, "me");
    is_text(check(1)->columns[0], "amount");
    assert_int_equal(check(1)->severity, ASSAY_SEVERITY_WARN);
    assert_int_equal(check(1)->type, ASSAY_TYPE_DECIMAL);
    assert_int_equal(check(1)->line, 7);
    assert_string_equal(check(2)->expectation->name, "type");
    assert_string_equal(check(3)->expectation->name, "range");
    assert_string_equal(check(4)->expectation->name, "not_null");
    assert_string_equal(check(5)->expectation->name, "well_formed");
    assert_int_equal(assay_suite_field(suite, ASSAY_STR("amount"))->type, ASSAY_TYPE_DECIMAL);
    assert_null(assay_suite_field(suite, ASSAY_STR("nowhere")));
    unload();
}

static void the_same_in_json(void **state)
{
    (void)state;
    load("{\"version\": 1, \"columns\": {\"a\": {\"checks\": [\"not_null\", "
         "{\"range\": {\"min\": 1, \"max\": 1e400}}]}}}");
    assert_int_equal(suite->check_count, 3);
    assert_string_equal(check(1)->expectation->name, "range");
    unload();
}

static void the_ways_of_writing_a_check(void **state)
{
    (void)state;
    load("columns:\n"
         "  a:\n"
         "    checks:\n"
         "      - not_null\n"
         "      - null: {mostly: 10%}\n"
         "      - null\n"
         "      - regex: ^x\n"
         "      - accepted_values: [NO, 1, x]\n");
    assert_string_equal(check(0)->expectation->name, "not_null");
    assert_string_equal(check(1)->expectation->name, "null");
    assert_true(check(1)->mostly.given && check(1)->mostly.value == 0.1);
    assert_string_equal(check(2)->expectation->name, "null");
    assert_string_equal(check(3)->expectation->name, "regex");
    is_text(check(3)->config.keys[0], "pattern");
    is_text(check(4)->config.items[0].items[0].text, "NO");
    unload();
}

static void an_empty_suite_has_well_formed(void **state)
{
    (void)state;
    load("version: 1\n");
    assert_int_equal(suite->check_count, 1);
    assert_string_equal(check(0)->expectation->name, "well_formed");
    unload();
}

static void error_below_is_mostly(void **state)
{
    (void)state;
    load("columns:\n  a: {checks: [not_null: {warn_below: 1, error_below: 0.9}]}\n");
    assert_true(check(0)->mostly.given && check(0)->mostly.value == 0.9);
    assert_true(check(0)->warn_below.given && check(0)->warn_below.value == 1);
    unload();
}

static void problems_have_their_place(void **state)
{
    (void)state;
    refuses("version: 1\ncheks:\n  - row_count: 1\n", "SUITE-KEY", 2, 1, "unknown key \"cheks\"");
    refuses("version: 9\n", "SUITE-VERSION", 1, 10, "later");
    refuses("version: one\n", "SUITE-VERSION", 1, 10, "expected the number 1");
    refuses("checks: not_null\n", "SUITE-TYPE", 1, 9, "expected a list");
    refuses("columns:\n  a: {checks: [not_nul]}\n", "SUITE-CHECK", 2, 16, "not_nul");
    refuses("columns:\n  a: {checks: [well_formed]}\n", "SUITE-SCOPE", 2, 16, "whole table");
    refuses("checks:\n- well_formed\n- well_formed: {mostly: 0.9}\n", "SUITE-DUPLICATE", 3, 3,
            "is there already");
    refuses("checks:\n- unique: {columns: [a, b, a]}\n", "SUITE-DUPLICATE", 2, 28, "named twice");
    refuses("columns:\n  a: {checks: [not_null: {mostly: 2}]}\n", "SUITE-BOUNDS", 2, 35, "over 1");
    refuses("columns:\n  a: {checks: [not_null: {mostly: x}]}\n", "SUITE-TYPE", 2, 35, "a share");
    refuses("columns:\n  a: {checks: [not_null: {severity: bad}]}\n", "SUITE-CHOICE", 2, 37, "bad");
    refuses("columns:\n  a: {type: int, checks: []}\n", "SUITE-CHOICE", 2, 13, "\"int\"");
    refuses("columns:\n  a: {checks: [range: {min: 2, max: 1}]}\n", "SUITE-BOUNDS", 2, 37, "");
    refuses("columns:\n  a: {checks: [regex: '(']}\n", "SUITE-REGEX", 2, 23, "parenthesis");
    refuses("columns:\n  a: {checks: [not_null: {where: 'b ='}]}\n", "SUITE-EXPR", 2, 34,
            "ends where");
    refuses("version: 1\noptions: {delimiter: ab}\n", "SUITE-OPTION", 2, 22, "delimiter");
    refuses("version: 1\noptions: {delimter: ;}\n", "SUITE-KEY", 2, 11, "delimter");
    refuses("checks:\n  - mean: {min: 1}\n", "SUITE-MISSING", 2, 5, "needs a column");
    refuses("columns:\n  a: {checks: [row_count: 1]}\n", "SUITE-SCOPE", 2, 16, "whole table");
    refuses("checks:\n  - columns: {exactly: [a], where: b}\n", "SUITE-KEY", 2, 29, "where");
}

static void a_nearby_name_is_offered(void **state)
{
    (void)state;
    suite =
        suite_from_text("columns:\n  a: {checks: [not_nul, range: {mim: 1}]}\n", ".yml", &diags);
    assert_null(suite);
    assert_string_equal(diags.items[0].error.help, "did you mean not_null?");
    assert_string_equal(diags.items[1].error.help, "did you mean \"min\"?");
    unload();
}

static void all_problems_are_told_at_once(void **state)
{
    (void)state;
    suite = suite_from_text("checks:\n"
                            "  - row_cout: 1\n"
                            "  - row_count: {max: x}\n"
                            "columns:\n"
                            "  a: {checks: [not_null: {mostly: 7}, range: {}]}\n"
                            "  b: {tpe: date}\n",
                            ".yml", &diags);
    assert_null(suite);
    assert_int_equal(diags.errors, 5);
    static const uint64_t lines[] = {2, 3, 5, 5, 6};
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(diags.items[i].error.line, lines[i]);
    unload();
}

static void time_formats_belong_to_times(void **state)
{
    (void)state;
    load("columns:\n  d: {type: date, format: \"%d.%m.%Y\", timezone: \"+02:00\"}\n");
    const struct assay_field *field = assay_suite_field(suite, ASSAY_STR("d"));
    assert_non_null(field->format);
    assert_int_equal(field->offset, INT64_C(7200000000));
    unload();
    refuses("columns:\n  d: {type: string, format: \"%d\"}\n", "SUITE-KEY", 2, 21, "format");
    refuses("columns:\n  d: {type: date, timezone: Mars}\n", "SUITE-TYPE", 2, 29, "Mars");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_a_suite),
        cmocka_unit_test(the_same_in_json),
        cmocka_unit_test(the_ways_of_writing_a_check),
        cmocka_unit_test(an_empty_suite_has_well_formed),
        cmocka_unit_test(error_below_is_mostly),
        cmocka_unit_test(problems_have_their_place),
        cmocka_unit_test(a_nearby_name_is_offered),
        cmocka_unit_test(all_problems_are_told_at_once),
        cmocka_unit_test(time_formats_belong_to_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
