/*
 * Formats of strptime.
 */
#include "config.h"

#include "base/strptime.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

/* One by one and as values of a batch, which have to agree. */
static bool holds(const char *format, const char *text)
{
    struct assay_strptime compiled;
    struct assay_error error;
    char base[256];
    size_t len = strlen(text);
    if (assay_strptime_compile(&compiled, assay_cstr(format), &error) != ASSAY_OK)
        fail_msg("%s: %s", format, error.message);
    bool alone = assay_strptime_holds(&compiled, assay_cstr(text));
    struct assay_span spans[64];
    for (uint32_t i = 0; i < 64; i++)
        spans[i] = (struct assay_span){8 + i, (uint32_t)len};
    for (uint32_t i = 0; i < 64; i += 13) {
        memset(base, '1', sizeof base);
        memcpy(base + 8 + i, text, len);
        uint64_t bit = (uint64_t)1 << i;
        if (assay_strptime_hold64(&compiled, base, spans, bit) != (alone ? bit : 0))
            fail_msg("%s of %s in a batch", format, text);
    }
    return alone;
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

/* All that one byte more, less or another makes of texts that hold in formats of one width. */
static void texts_nearly_right_are_judged_alike_in_a_batch(void **state)
{
    static const char *const rows[][2] = {
        {"%Y-%m-%dT%H:%M:%SZ", "2024-02-29T23:59:59Z"},
        {"%d/%m/%y %H.%M", "31/12/99 00.00"},
        {"%m%d%Y", "02282023"},
        {"%d", "29"},
        {"%d-%m", "29-02"},
        {"%y%Y", "992023"},
        {"%Y-%m-%d %H:%M:%S.%f +0000", "2023-04-30 01:02:03.123456 +0000"},
        {"week %U of %Y", "Week 53 of 0001"},
        {"%I%%%Mx", "12%59X"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[64];
        size_t len = strlen(rows[i][1]);
        assert_true(holds(rows[i][0], rows[i][1]));
        for (size_t at = 0; at <= len; at++)
            for (int c = 1; c < 256; c++) {
                memcpy(text, rows[i][1], len + 1);
                text[at] = (char)c;
                text[len + (at == len)] = '\0';
                holds(rows[i][0], text);
            }
        for (size_t at = 0; at < len; at++) {
            memcpy(text, rows[i][1], at);
            memcpy(text + at, rows[i][1] + at + 1, len - at);
            holds(rows[i][0], text);
        }
    }
}

/* Every number of two digits in every place for one. */
static void numbers_keep_to_their_ranges_in_a_batch(void **state)
{
    (void)state;
    for (int n = 0; n < 100; n++)
        for (int i = 0; i < 6; i++) {
            int at[6] = {20, 2, 28, 23, 59, 0};
            char text[32];
            at[i] = n;
            snprintf(text, sizeof text, "%02d04-%02d-%02d %02d:%02d:%02d", at[0], at[1], at[2],
                     at[3], at[4], at[5]);
            bool right = i == 0 || (i == 1 && n >= 1 && n <= 12) || (i == 2 && n >= 1 && n <= 29) ||
                         (i == 3 && n <= 23) || (i > 3 && n <= 59);
            assert_int_equal(holds("%Y-%m-%d %H:%M:%S", text), right);
        }
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
        cmocka_unit_test(texts_nearly_right_are_judged_alike_in_a_batch),
        cmocka_unit_test(numbers_keep_to_their_ranges_in_a_batch),
        cmocka_unit_test(formats_that_are_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
