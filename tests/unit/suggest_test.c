/*
 * Did-you-mean.
 */
#include "config.h"

#include "base/suggest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static const char *const names[] = {"column", "columns", "not_null", "null",    "unique",
                                    "range",  "regex",   NULL,       "Amount ", "id"};

static const char *nearest(const char *given)
{
    return assay_suggest(assay_cstr(given), names, sizeof names / sizeof names[0]);
}

static void typing_mistakes_find_their_name(void **state)
{
    (void)state;
    assert_string_equal(nearest("collumn"), "column");
    assert_string_equal(nearest("unqiue"), "unique");
    assert_string_equal(nearest("rnage"), "range");
    assert_string_equal(nearest("rgx"), "regex");
    assert_string_equal(nearest("notnull"), "not_null");
}

static void case_and_blanks_are_near(void **state)
{
    (void)state;
    assert_string_equal(nearest("REGEX"), "regex");
    assert_string_equal(nearest("amount"), "Amount ");
}

static void the_nearest_wins_and_then_the_first(void **state)
{
    (void)state;
    assert_string_equal(nearest("columnz"), "column");
    assert_string_equal(nearest("columns"), "columns");
    static const char *const twins[] = {"bat", "cat"};
    assert_string_equal(assay_suggest(ASSAY_STR("hat"), twins, 2), "bat");
}

static void far_names_are_not_suggested(void **state)
{
    (void)state;
    assert_null(nearest("frequency"));
    assert_null(nearest("xy"));
    assert_null(nearest(""));
    assert_null(assay_suggest(ASSAY_STR("a"), NULL, 0));
    char text[200];
    memset(text, 'a', sizeof text);
    assert_null(assay_suggest(assay_str(text, sizeof text), names, 10));
}

static void distances_count_swaps_once(void **state)
{
    (void)state;
    assert_int_equal(assay_suggest_distance(ASSAY_STR("ab"), ASSAY_STR("ba"), 2), 1);
    assert_int_equal(assay_suggest_distance(ASSAY_STR(""), ASSAY_STR("ab"), 2), 2);
    assert_int_equal(assay_suggest_distance(ASSAY_STR("abcdef"), ASSAY_STR("fedcba"), 2), 3);
    assert_int_equal(assay_suggest_distance(ASSAY_STR("kitten"), ASSAY_STR("sitting"), 5), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(typing_mistakes_find_their_name),
        cmocka_unit_test(case_and_blanks_are_near),
        cmocka_unit_test(the_nearest_wins_and_then_the_first),
        cmocka_unit_test(far_names_are_not_suggested),
        cmocka_unit_test(distances_count_swaps_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
