/*
 * Dates without a format. The clock stands at 2026-11-21.
 */
#include "config.h"

#include "base/loose_date.h"
#include "base/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static int64_t now;

static int set_clock(void **state)
{
    (void)state;
    return !assay_time_parse_safe("2026-11-21", 10, ASSAY_TIME_DATE | ASSAY_TIME_TIMESTAMP, 0,
                                  &now);
}

static void texts_that_are_dates(void **state)
{
    static const char *const rows[][2] = {
        {"2020-02-29", "2020-02-29T00:00:00Z"},
        {"01/02/2003", "2003-01-02T00:00:00Z"}, /* the month comes first */
        {"13/02/2003", "2003-02-13T00:00:00Z"}, /* unless it cannot */
        {"99-02-01", "1999-02-01T00:00:00Z"},
        {"10.11.12", "2012-10-11T00:00:00Z"},
        {"3 May 2021, 4pm", "2021-05-03T16:00:00Z"},
        {"May 2021", "2021-05-21T00:00:00Z"},
        {"Feb", "2026-02-21T00:00:00Z"},
        {"20210503", "2021-05-03T00:00:00Z"},
        {"20210503T160102", "2021-05-03T16:01:02Z"},
        {"210503", "2003-05-21T00:00:00Z"}, /* two digits each, the last one the year */
        {"2021-05-03T16:00:00.25Z", "2021-05-03T16:00:00.25Z"},
        {"2021-05-03 16:00:00 +02:00", "2021-05-03T14:00:00Z"},
        {"Thu Sep 25 10:36:28 2003 GMT", "2003-09-25T10:36:28Z"},
        {"10:36", "2026-11-21T10:36:00Z"},
        {"10h36m28.5s", "2026-11-21T10:36:28.5Z"},
        {"4th of July 1999", "1999-07-04T00:00:00Z"},
        {"Tuesday", "2026-11-24T00:00:00Z"},
        {"1999", "1999-11-21T00:00:00Z"},
        {"12 am", "2026-11-21T00:00:00Z"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t micros;
        char text[ASSAY_TIME_TEXT_MAX];
        if (!assay_loose_date(assay_cstr(rows[i][0]), now, &micros))
            fail_msg("%s is no date", rows[i][0]);
        assay_time_text(micros, ASSAY_TIME_TIMESTAMP, text);
        if (strcmp(text, rows[i][1]) != 0)
            fail_msg("%s is %s", rows[i][0], text);
    }
}

static void texts_that_are_none(void **state)
{
    static const char *const rows[] = {"",
                                       "abc",
                                       "2020-13-45",
                                       "2023-02-29",
                                       "32/13/2020",
                                       "nan",
                                       "12:60",
                                       "25:00",
                                       "1-2-3-4",
                                       "5 pm pm x",
                                       "2020-02-01z5",
                                       ",",
                                       "1 2 3 4",
                                       "99999999999999999999",
                                       "May May",
                                       "25 am",
                                       "10:00 +25x",
                                       "0000-01-01",
                                       "2020-02-30 10:00"};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t micros;
        if (assay_loose_date(assay_cstr(rows[i]), now, &micros))
            fail_msg("%s is a date", rows[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_that_are_dates),
        cmocka_unit_test(texts_that_are_none),
    };
    return cmocka_run_group_tests(tests, set_clock, NULL);
}
