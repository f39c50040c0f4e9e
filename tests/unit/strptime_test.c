/*
 * Formats of strptime.
 */
#include "config.h"

#include "base/strptime.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static bool holds(const char *format, const char *text)
{
    struct assay_strptime compiled;
    struct assay_error error;
    if (assay_strptime_compile(&compiled, assay_cstr(format), &error) != ASSAY_OK)
        fail_msg("%s: %s", format, error.message);
    return assay_strptime_holds(&compiled, assay_cstr(text));
}

static void texts_that_hold(void **state)
{
    static const char *const rows[][2] = {
        {"%Y-%m-%d", "2020-1-1"},
        {"%Y-%m-%d", "2024-02-29"},
        {"%d%m", "111"}, /* 11 and 1: backtracking */
        {"%b %d %Y", "jAN 3 2020"},
        {"%A, %d %B %Y", "friday, 13 November 2020"},
        {"%H:%M:%S.%f", "3:4:5.6"},
        {"%I:%M %p", "12:00 am"},
        {"%Y-%m-%dT%H:%M:%S%z", "2020-01-01T00:00:00+05:30"},
        {"%H%z", "1Z"},
        {"%H %Z", "1 utc"},
        {"%d  %m", "1 \t 2"},
        {"%j %y", "366 99"},
        {"%G-W%V-%u", "2020-W53-7"},
        {"%c", "Tue Nov 21 06:05:27 2026"},
        {"100%%", "100%"},
        {"%d %b", "29 Feb"}, /* without a year: a leap year will do */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (!holds(rows[i][0], rows[i][1]))
            fail_msg("%s does not hold for %s", rows[i][0], rows[i][1]);
}

static void texts_that_do_not(void **state)
{
    static const char *const rows[][2] = {
        {"%Y-%m-%d", "20-01-01"},
        {"%Y-%m-%d", "2023-02-29"},
        {"%Y-%m-%d", "2020-13-01"},
        {"%Y-%m-%d", "2020-01-01 "},
        {"%Y-%m-%d", ""},
        {"%H:%M", "24:00"},
        {"%M", "60"},
        {"%S", "60"},
        {"%b", "foo"},
        {"%H%z", "1+2400"},
        {"%H%z", "1+05"},
        {"%d %m", "12"},
        {"%Y", "0000"},
        {"%f", "1234567"},
        {"%j", "367"},
        {"%d/%m/%Y", "31/04/2020"},
        {"%Z", ""},
        {"%I", "13"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (holds(rows[i][0], rows[i][1]))
            fail_msg("%s holds for %s", rows[i][0], rows[i][1]);
}

static void formats_that_are_wrong(void **state)
{
    static const char *const formats[] = {"%D", "%", "%d %d", "%Q", "%c %Y", "%V", "%G-%u"};
    struct assay_strptime compiled;
    struct assay_error error;
    (void)state;
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (assay_strptime_compile(&compiled, assay_cstr(formats[i]), &error) != ASSAY_CONFIG)
            fail_msg("%s is taken", formats[i]);
        assert_string_equal(error.code, "TIME-FORMAT");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_that_hold),
        cmocka_unit_test(texts_that_do_not),
        cmocka_unit_test(formats_that_are_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
