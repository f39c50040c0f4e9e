/*
 * Ids of checks: stable, readable, and different.
 */
#include "config.h"

#include "suite/ids.h"
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
    suite = suite_from_text(text, ".yml", &diags);
}

static void unload(void)
{
    assay_suite_free(suite);
    suite = NULL;
    assay_diags_reset(&diags);
}

/* The ids of all checks, in order, with spaces between. */
static void ids_are(const char *expected)
{
    char found[1000] = "";
    size_t used = 0;
    assert_non_null(suite);
    for (uint32_t i = 0; i < suite->check_count; i++)
        used += (size_t)snprintf(found + used, sizeof found - used, "%s%.*s", i ? " " : "",
                                 (int)suite->checks[i].id.len, suite->checks[i].id.ptr);
    assert_string_equal(found, expected);
}

static void ids_come_from_column_and_expectation(void **state)
{
    (void)state;
    load("checks:\n"
         "  - row_count: 1\n"
         "  - distinct_count: {columns: [a, b], min: 1}\n"
         "columns:\n"
         "  a: {checks: [not_null]}\n"
         "  b c: {checks: [not_null]}\n");
    ids_are("row_count a+b.distinct_count a.not_null b c.not_null well_formed");
    unload();
}

static void a_second_check_of_a_kind_gets_a_hash(void **state)
{
    (void)state;
    load("columns:\n  a: {checks: [range: {min: 1}, range: {max: 9}, range: {min: 2}]}\n");
    assert_non_null(suite);
    assert_true(assay_str_is(suite->checks[0].id, "a.range"));
    char second[64], third[64];
    snprintf(second, sizeof second, "%.*s", (int)suite->checks[1].id.len, suite->checks[1].id.ptr);
    snprintf(third, sizeof third, "%.*s", (int)suite->checks[2].id.len, suite->checks[2].id.ptr);
    assert_int_equal(strlen(second), strlen("a.range-00000000"));
    assert_memory_equal(second, "a.range-", 8);
    assert_string_not_equal(second, third);
    unload();
    /* The same text gives the same ids, as does one with other checks around it. */
    load("columns:\n  z: {checks: [not_null]}\n"
         "  a: {checks: [range: {min: 1}, not_null, range: {max: 9}]}\n");
    assert_non_null(suite);
    assert_true(assay_str_is(suite->checks[3].id, second));
    unload();
}

static void a_filter_tells_checks_apart(void **state)
{
    (void)state;
    load("columns:\n  a: {checks: [not_null, not_null: {where: \"b = 1\"}]}\n");
    assert_non_null(suite);
    assert_true(assay_str_is(suite->checks[0].id, "a.not_null"));
    assert_false(assay_str_equal(suite->checks[0].id, suite->checks[1].id));
    unload();
}

static void declared_ids_are_kept(void **state)
{
    (void)state;
    load("columns:\n  a: {checks: [not_null: {id: mine}, range: {min: 1, id: a.not_null}]}\n");
    ids_are("mine a.not_null well_formed");
    unload();
}

static void a_declared_id_stands_before_a_derived_one(void **state)
{
    (void)state;
    load("columns:\n  a: {checks: [range: {min: 1, id: a.not_null}, not_null]}\n");
    assert_non_null(suite);
    assert_true(assay_str_is(suite->checks[0].id, "a.not_null"));
    assert_false(assay_str_is(suite->checks[1].id, "a.not_null"));
    unload();
    load("columns:\n  a: {checks: [not_null, range: {min: 1, id: a.not_null}]}\n");
    assert_non_null(suite);
    assert_true(assay_str_is(suite->checks[1].id, "a.not_null"));
    assert_false(assay_str_is(suite->checks[0].id, "a.not_null"));
    unload();
}

static void refuses(const char *text, uint64_t line)
{
    load(text);
    assert_null(suite);
    assert_int_equal(diags.errors, 1);
    assert_string_equal(diags.items[0].error.code, "SUITE-ID");
    assert_int_equal(diags.items[0].error.line, line);
    unload();
}

static void equal_ids_are_refused(void **state)
{
    (void)state;
    refuses("columns:\n"
            "  a:\n"
            "    checks:\n"
            "      - not_null: {id: x}\n"
            "      - range: {min: 1, id: x}\n",
            5);
}

static void equal_checks_are_refused(void **state)
{
    (void)state;
    refuses("columns:\n"
            "  a:\n"
            "    checks:\n"
            "      - range: {min: 1}\n"
            "      - range: {min: 1}\n",
            5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_come_from_column_and_expectation),
        cmocka_unit_test(a_second_check_of_a_kind_gets_a_hash),
        cmocka_unit_test(a_filter_tells_checks_apart),
        cmocka_unit_test(declared_ids_are_kept),
        cmocka_unit_test(a_declared_id_stands_before_a_derived_one),
        cmocka_unit_test(equal_ids_are_refused),
        cmocka_unit_test(equal_checks_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
