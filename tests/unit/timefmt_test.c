/*
 * Declared time formats: what they read, what they refuse, and which patterns are wrong.
 */
#include "config.h"

#include "base/timefmt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { ANY = ASSAY_TIME_DATE | ASSAY_TIME_TIMESTAMP | ASSAY_TIME_TIME };

static bool read_with(const char *pattern, const char *text, int64_t *micros)
{
    struct assay_timefmt format;
    struct assay_error err;
    if (assay_timefmt_compile(&format, assay_cstr(pattern), &err) != ASSAY_OK)
        fail_msg("%s: %s", pattern, err.message);
    return assay_timefmt_parse(&format, assay_cstr(text), 0, micros);
}

static void values_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text, *iso;
    } rows[] = {
        {"%Y-%m-%d", "2024-02-29", "2024-02-29"},
        {"%d/%m/%Y", "1/2/2024", "2024-02-01"},
        {"%d.%m.%Y %H:%M", "01.02.2024   3:04", "2024-02-01T03:04:00Z"},
        {"%Y%m%d", "20240229", "2024-02-29"},
        {"%Y%m%d%H%M%S", "20240229123456", "2024-02-29T12:34:56Z"},
        {"%y-%m-%d", "68-01-02", "2068-01-02"},
        {"%y-%m-%d", "69-01-02", "1969-01-02"},
        {"%d %b %Y", "5 fEB 2024", "2024-02-05"},
        {"%d %B %Y", "5 February 2024", "2024-02-05"},
        {"%A, %d %B %Y", "monday, 5 MAY 2024", "2024-05-05"},
        {"%a %b %d %T %Y", "Mon Feb 5 01:02:03 2024", "2024-02-05T01:02:03Z"},
        {"%Y-%j", "2024-060", "2024-02-29"},
        {"%Y-%j", "2024-366", "2024-12-31"},
        {"%Y-%j", "2024-1", "2024-01-01"},
        {"%F %I:%M %p", "2024-02-29 12:00 am", "2024-02-29T00:00:00Z"},
        {"%F %I:%M %p", "2024-02-29 12:00 PM", "2024-02-29T12:00:00Z"},
        {"%F %I:%M%p", "2024-02-29 1:30pm", "2024-02-29T13:30:00Z"},
        {"%FT%T.%f%z", "2024-02-29t12:34:56.5+02:00", "2024-02-29T12:34:56.5+02:00"},
        {"%FT%T%z", "2024-02-29T12:34:56-0130", "2024-02-29T12:34:56-01:30"},
        {"%FT%T%z", "2024-02-29T12:34:56Z", "2024-02-29T12:34:56Z"},
        {"%F %T %Z", "2024-02-29 12:34:56 utc", "2024-02-29T12:34:56Z"},
        {"%H:%M", "7:05", "07:05"},
        {"%R", "07:05", "07:05"},
        {"100%% %Y", "100% 2024", "2024-01-01"},
        {"%Y-%m", "2024-03", "2024-03-01"},
        /* Every way to split the digits is tried, the longest first. */
        {"%Y%m%d", "2024111", "2024-11-01"},
        {"%Y%m%d", "2024131", "2024-01-31"},
        {"%Y%H%M%S", "20241234", "2024-01-01T12:03:04Z"},
        {"%Y %H%M", "2024 123", "2024-01-01T12:03:00Z"},
        {"%Y %S.%f %H:%M", "2024 5.1234 1:2", "2024-01-01T01:02:05.1234Z"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t got = 0, want;
        assert_true(assay_time_parse_safe(rows[i].iso, strlen(rows[i].iso), ANY, 0, &want));
        if (!read_with(rows[i].pattern, rows[i].text, &got) || got != want)
            fail_msg("%s with %s", rows[i].text, rows[i].pattern);
    }
}

static void values_are_refused(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"%Y-%m-%d", ""},
        {"%Y-%m-%d", "2024-02-29 "},
        {"%Y-%m-%d", " 2024-02-29"},
        {"%Y-%m-%d", "2024-02-30"},
        {"%Y-%m-%d", "2023-02-29"},
        {"%Y-%m-%d", "24-02-29"},
        {"%Y-%m-%d", "0000-02-29"},
        {"%Y-%m-%d", "2024-13-01"},
        {"%Y-%m-%d", "2024-00-01"},
        {"%Y-%m-%d", "2024-1-00"},
        {"%Y-%m-%d", "2024-001-01"},
        {"%Y-%j", "2023-366"},
        {"%Y-%j", "2024-367"},
        {"%Y-%j", "2024-0"},
        {"%H:%M", "24:00"},
        {"%T", "23:59:60"},
        {"%T.%f", "23:59:59."},
        {"%T.%f", "23:59:59.1234567"},
        {"%d %b %Y", "5 Febr 2024"},
        {"%d %B %Y", "5 Feb 2024"},
        {"%F %I:%M %p", "2024-02-29 0:30 am"},
        {"%F %I:%M %p", "2024-02-29 13:30 pm"},
        {"%F %I:%M %p", "2024-02-29 1:30 xm"},
        {"%FT%T%z", "2024-02-29T12:34:56"},
        {"%FT%T%z", "2024-02-29T12:34:56+02"},
        {"%FT%T%z", "2024-02-29T12:34:56+2500"},
        {"%FT%T%z", "0001-01-01T00:00:00+0100"},
        {"%d %m %Y", "1 22024"},
        {"%y", "7"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t micros = 1;
        if (read_with(rows[i][0], rows[i][1], &micros))
            fail_msg("%s with %s", rows[i][1], rows[i][0]);
        assert_true(micros == 0);
    }
}

static void wrong_patterns_are_explained(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        uint64_t column;
        const char *says;
    } rows[] = {
        {"", 1, "neither"},           {"text", 5, "neither"},
        {"%Y-%m-%", 7, "at the end"}, {"%Y-%Q", 4, "no such directive"},
        {"%Y-%Y", 4, "twice"},        {"%F %d", 4, "twice"},
        {"%m-%d", 6, "year"},         {"%Y-%d", 6, "month"},
        {"%I:%M", 6, "%p"},           {"%H:%M %p", 9, "%I"},
        {"%M:%S", 6, "hour"},         {"%H:%S", 6, "minutes"},
        {"%H:%M.%f", 9, "seconds"},   {"%F %z", 6, "time of day"},
        {"%T %z", 6, "date"},         {"%Y %m %b", 9, "same"},
        {"%Y %y", 6, "same"},         {"%a", 3, "year"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct assay_timefmt format;
        struct assay_error err;
        assert_int_equal(assay_timefmt_compile(&format, assay_cstr(rows[i].pattern), &err),
                         ASSAY_CONFIG);
        assert_int_equal(err.column, rows[i].column);
        if (strstr(err.message, rows[i].says) == NULL)
            fail_msg("%s: %s", rows[i].pattern, err.message);
        assert_int_equal(assay_timefmt_compile(&format, assay_cstr(rows[i].pattern), NULL),
                         ASSAY_CONFIG);
    }
    char pattern[200];
    struct assay_timefmt format;
    memset(pattern, 'x', sizeof pattern);
    assert_int_equal(assay_timefmt_compile(&format, assay_str(pattern, sizeof pattern), NULL),
                     ASSAY_LIMIT);
}

static void the_pattern_tells_the_kind(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        enum assay_time_kind kind;
        bool zoned;
        int64_t micros; /* of 01 01 ... read five hours east */
        const char *text;
    } rows[] = {
        {"%Y %j", ASSAY_TIME_DATE, false, 0, "1970 1"},
        {"%H", ASSAY_TIME_TIME, false, ASSAY_HOUR_US, "1"},
        {"%F %H", ASSAY_TIME_TIMESTAMP, false, 0, "1970-01-01 5"},
        {"%F %H%z", ASSAY_TIME_TIMESTAMP, true, 0, "1970-01-01 0Z"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct assay_timefmt format;
        int64_t micros;
        assert_int_equal(assay_timefmt_compile(&format, assay_cstr(rows[i].pattern), NULL),
                         ASSAY_OK);
        assert_int_equal(format.kind, rows[i].kind);
        assert_int_equal(format.zoned, rows[i].zoned);
        assert_true(
            assay_timefmt_parse(&format, assay_cstr(rows[i].text), 5 * ASSAY_HOUR_US, &micros));
        assert_true(micros == rows[i].micros);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_read),
        cmocka_unit_test(values_are_refused),
        cmocka_unit_test(wrong_patterns_are_explained),
        cmocka_unit_test(the_pattern_tells_the_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
