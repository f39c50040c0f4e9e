/*
 * The collector of problems.
 */
#include "config.h"

#include "base/error.h"
#include "suite/diag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static struct assay_error *file_at(struct assay_diags *diags, enum assay_diag_level level,
                                   uint64_t line, uint64_t column)
{
    struct assay_error err;
    assay_fail(&err, ASSAY_CONFIG, "TEST", "at %d", (int)line);
    assay_error_at(&err, "suite.yml", line, column);
    return assay_diags_add(diags, level, &err);
}

static void nothing_filed_is_ok(void **state)
{
    (void)state;
    struct assay_diags diags;
    assay_diags_init(&diags);
    assert_int_equal(assay_diags_status(&diags), ASSAY_OK);
    file_at(&diags, ASSAY_DIAG_WARNING, 1, 1);
    assert_int_equal(assay_diags_status(&diags), ASSAY_OK);
    assert_int_equal(diags.warnings, 1);
    assay_diags_reset(&diags);
    assert_int_equal(diags.warnings, 0);
}

static void the_copy_takes_help(void **state)
{
    (void)state;
    struct assay_diags diags;
    assay_diags_init(&diags);
    assay_error_help(file_at(&diags, ASSAY_DIAG_ERROR, 1, 1), "do %s", "this");
    assert_string_equal(diags.items[0].error.help, "do this");
    assert_int_equal(assay_diags_status(&diags), ASSAY_CONFIG);
    assay_diags_reset(&diags);
}

static void sorting_goes_by_place_and_is_stable(void **state)
{
    (void)state;
    struct assay_diags diags;
    assay_diags_init(&diags);
    file_at(&diags, ASSAY_DIAG_ERROR, 9, 1);
    file_at(&diags, ASSAY_DIAG_ERROR, 2, 7);
    file_at(&diags, ASSAY_DIAG_WARNING, 2, 3);
    file_at(&diags, ASSAY_DIAG_ERROR, 2, 3);
    assay_diags_sort(&diags);
    assert_int_equal(diags.items[0].level, ASSAY_DIAG_WARNING);
    assert_int_equal(diags.items[1].error.column, 3);
    assert_int_equal(diags.items[2].error.column, 7);
    assert_int_equal(diags.items[3].error.line, 9);
    assay_diags_reset(&diags);
}

static void what_is_not_kept_is_counted(void **state)
{
    (void)state;
    struct assay_diags diags;
    assay_diags_init(&diags);
    for (unsigned i = 0; i < 2 * ASSAY_DIAGS_KEPT; i++)
        file_at(&diags, ASSAY_DIAG_ERROR, i, 1);
    assert_int_equal(diags.count, ASSAY_DIAGS_KEPT);
    assert_int_equal(diags.errors, 2 * ASSAY_DIAGS_KEPT);
    assert_int_equal(diags.limit, ASSAY_DIAGS_SHOWN);
    assert_null(file_at(&diags, ASSAY_DIAG_ERROR, 1, 1));
    assay_diags_reset(&diags);
}

static void errors_push_warnings_out(void **state)
{
    (void)state;
    struct assay_diags diags;
    assay_diags_init(&diags);
    for (unsigned i = 0; i < ASSAY_DIAGS_KEPT; i++)
        file_at(&diags, ASSAY_DIAG_WARNING, i, 1);
    assert_non_null(file_at(&diags, ASSAY_DIAG_ERROR, 500, 1));
    assert_int_equal(assay_diags_status(&diags), ASSAY_CONFIG);
    assert_int_equal(diags.items[ASSAY_DIAGS_KEPT - 1].error.line, 500);
    assert_null(file_at(&diags, ASSAY_DIAG_WARNING, 1, 1));
    assay_diags_reset(&diags);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_filed_is_ok),
        cmocka_unit_test(the_copy_takes_help),
        cmocka_unit_test(sorting_goes_by_place_and_is_stable),
        cmocka_unit_test(what_is_not_kept_is_counted),
        cmocka_unit_test(errors_push_warnings_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
