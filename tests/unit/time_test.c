/*
 * Times: the strict notation, both readers against each other, the calendar over every day
 * there is, and durations.
 */
#include "config.h"

#include "base/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { ANY = ASSAY_TIME_DATE | ASSAY_TIME_TIMESTAMP | ASSAY_TIME_TIME };

static uint64_t seed = 521288629;

static uint64_t next_random(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static bool parse_both(const char *text, size_t len, unsigned want, int64_t offset, int64_t *micros)
{
    char room[256];
    for (const char *pad = "0Z:9\xff"; *pad; pad++) {
        int64_t a = 1, b = 2;
        memset(room, *pad, sizeof room);
        memcpy(room + 8, text, len);
        bool fast = assay_time_parse(room + 8, len, want, offset, &a);
        assert_int_equal(fast, assay_time_parse_safe(text, len, want, offset, &b));
        assert_true(a == b);
        *micros = a;
        if (pad[1] == '\0')
            return fast;
    }
    return false;
}

/* What the microseconds leave out: below the sixth digit, cut in none of the comparisons. */
static void nanoseconds_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t nanos;
    } rows[] = {{"2024-02-29T12:34:56.123456789Z", 789},
                {"2024-02-29T12:34:56.1234567", 700},
                {"12:34:56.00000001", 10},
                {"2024-02-29T12:34:56.123456+02:00", 0},
                {"2024-02-29T12:34:56.100000000", 0},
                {"2024-02-29", 0},
                {"", 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(assay_time_nanos(assay_cstr(rows[i].text)), rows[i].nanos);
    struct assay_instant a = {5, 0}, b = {5, 1}, c = {6, 0};
    assert_int_equal(assay_instant_compare(a, b), -1);
    assert_int_equal(assay_instant_compare(b, a), 1);
    assert_int_equal(assay_instant_compare(b, c), -1);
    assert_int_equal(assay_instant_compare(b, b), 0);
    char text[ASSAY_TIME_TEXT_MAX];
    assay_instant_text((struct assay_instant){1, 20}, ASSAY_TIME_TIMESTAMP, text);
    assert_string_equal(text, "1970-01-01T00:00:00.00000102Z");
    assay_instant_text((struct assay_instant){0, 999}, ASSAY_TIME_TIME, text);
    assert_string_equal(text, "00:00:00.000000999");
}

static void notation_is_strict(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t seconds, micros;
    } good[] = {
        {"1970-01-01T00:00:00Z", 0, 0},
        {"1970-01-01", 0, 0},
        {"2024-02-29T12:34:56Z", 1709210096, 0},
        {"2024-02-29 12:34:56", 1709210096, 0},
        {"2024-02-29t12:34:56z", 1709210096, 0},
        {"2024-02-29T12:34", 1709210040, 0},
        {"2024-02-29T12:34Z", 1709210040, 0},
        {"2024-02-29T12:34:56.5Z", 1709210096, 500000},
        {"2024-02-29T12:34:56.123456789", 1709210096, 123456},
        {"2024-02-29T12:34:56+02:00", 1709202896, 0},
        {"2024-02-29T12:34:56-0530", 1709229896, 0},
        {"2024-02-29T12:34:56+02", 1709202896, 0},
        {"1969-12-31T23:59:59.999999Z", -1, 999999},
        {"0001-01-01T00:00:00Z", -62135596800, 0},
        {"9999-12-31T23:59:59.999999Z", 253402300799, 999999},
        {"12:34", 45240, 0},
        {"12:34:56.000001", 45296, 1},
    };
    static const struct {
        const char *text;
        enum assay_time_fault fault;
    } bad[] = {
        {"", ASSAY_TIME_SYNTAX},
        {"2024-2-29", ASSAY_TIME_SYNTAX},
        {"01/02/03", ASSAY_TIME_SYNTAX},
        {"2024/02/29", ASSAY_TIME_SYNTAX},
        {"20240229", ASSAY_TIME_SYNTAX},
        {"2024-02-29 ", ASSAY_TIME_SYNTAX},
        {" 2024-02-29", ASSAY_TIME_SYNTAX},
        {"2024-02-29Z", ASSAY_TIME_SYNTAX},
        {"2024-02-29T", ASSAY_TIME_SYNTAX},
        {"2024-02-29T12", ASSAY_TIME_SYNTAX},
        {"2024-02-29T12:34:56 Z", ASSAY_TIME_SYNTAX},
        {"2024-02-29T12:34:56.", ASSAY_TIME_SYNTAX},
        {"2024-02-29T12:34:56.1234567890", ASSAY_TIME_SYNTAX},
        {"2024-02-29T12:34:56,5", ASSAY_TIME_SYNTAX},
        {"2024-02-29T12:34:56+2", ASSAY_TIME_SYNTAX},
        {"2024-02-29T12:34:56+02:", ASSAY_TIME_SYNTAX},
        {"2024-02-29T12:34:56+02:0", ASSAY_TIME_SYNTAX},
        {"2024-02-29X12:34:56Z", ASSAY_TIME_SYNTAX},
        {"2024-02-29T12:34:56Y", ASSAY_TIME_SYNTAX},
        {"2024-02-29T12:34:5:Z", ASSAY_TIME_SYNTAX},
        {"12:34Z", ASSAY_TIME_SYNTAX},
        {"1:34:00", ASSAY_TIME_SYNTAX},
        {"0000-01-01", ASSAY_TIME_YEAR},
        {"0001-01-01T00:00:00+01:00", ASSAY_TIME_YEAR},
        {"9999-12-31T23:59:59-00:01", ASSAY_TIME_YEAR},
        {"2024-00-01", ASSAY_TIME_MONTH},
        {"2024-13-01", ASSAY_TIME_MONTH},
        {"2024-02-00", ASSAY_TIME_DAY},
        {"2024-02-31", ASSAY_TIME_DAY},
        {"2023-02-29T00:00:00Z", ASSAY_TIME_DAY},
        {"1900-02-29", ASSAY_TIME_DAY},
        {"2024-02-29T24:00:00Z", ASSAY_TIME_HOUR_24},
        {"2024-02-29T25:00:00Z", ASSAY_TIME_HOUR},
        {"2024-02-29T12:60:00Z", ASSAY_TIME_MINUTE},
        {"2016-12-31T23:59:60Z", ASSAY_TIME_LEAP_SECOND},
        {"2016-12-31T23:59:61Z", ASSAY_TIME_SECOND},
        {"2024-02-29T12:34:56+24:00", ASSAY_TIME_ZONE},
        {"2024-02-29T12:34:56+0160", ASSAY_TIME_ZONE},
        {"24:00", ASSAY_TIME_HOUR_24},
    };
    int64_t micros;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(parse_both(good[i].text, strlen(good[i].text), ANY, 0, &micros));
        assert_true(micros == good[i].seconds * 1000000 + good[i].micros);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(parse_both(bad[i].text, strlen(bad[i].text), ANY, 0, &micros));
        assert_true(micros == 0);
        assert_int_equal(assay_time_check(assay_cstr(bad[i].text), ANY, 0, &micros), bad[i].fault);
        assert_true(strlen(assay_time_fault_text(bad[i].fault)) > 0);
    }
}

static void only_wanted_kinds_are_read(void **state)
{
    (void)state;
    static const char *const texts[] = {"2024-02-29", "2024-02-29T01:02:03Z", "01:02:03"};
    int64_t micros;
    for (unsigned want = 0; want < 8; want++)
        for (int i = 0; i < 3; i++)
            assert_int_equal(parse_both(texts[i], strlen(texts[i]), want, 0, &micros),
                             want >> i & 1);
}

static void a_naive_time_is_in_the_given_zone(void **state)
{
    (void)state;
    int64_t micros, hour = ASSAY_HOUR_US;
    assert_true(parse_both("1970-01-01T02:00:00", 19, ANY, 2 * hour, &micros));
    assert_true(micros == 0);
    assert_true(parse_both("1970-01-01T02:00:00Z", 20, ANY, 2 * hour, &micros));
    assert_true(micros == 2 * hour);
    assert_true(parse_both("1970-01-01T02:00:00.25", 22, ANY, 2 * hour, &micros));
    assert_true(micros == 250000);
    assert_true(parse_both("1970-01-02", 10, ANY, 2 * hour, &micros));
    assert_true(micros == 22 * hour);
    assert_true(parse_both("1970-01-02", 10, ASSAY_TIME_DATE, 2 * hour, &micros));
    assert_true(micros == 24 * hour);
    assert_true(parse_both("02:00:00", 8, ANY, 2 * hour, &micros));
    assert_true(micros == 2 * hour);
    assert_false(parse_both("0001-01-01T00:00:00", 19, ANY, hour, &micros));
}

static void readers_agree_on_damaged_times(void **state)
{
    (void)state;
    static const char letters[] = "0123456789-:TtZz .+/";
    for (int i = 0; i < 300000; i++) {
        char text[] = "2024-02-29T12:34:56Z";
        size_t len = i % 3 == 0 ? 10 : i % 3 == 1 ? 19 : 20;
        for (uint64_t k = next_random() % 4; k > 0; k--)
            text[next_random() % len] = letters[next_random() % (sizeof letters - 1)];
        int64_t micros;
        parse_both(text, len, i % 7 + 1, 0, &micros);
    }
    for (int byte = 0; byte < 256; byte++)
        for (size_t at = 0; at < 20; at++) {
            char text[] = "2024-11-29T12:34:56Z";
            int64_t micros;
            text[at] = (char)byte;
            parse_both(text, 20, ANY, 0, &micros);
            if (at < 19)
                parse_both(text, 19, ANY, 0, &micros);
            if (at < 10)
                parse_both(text, 10, ANY, 0, &micros);
        }
}

static unsigned month_length(int year, unsigned month)
{
    static const unsigned lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return lengths[month - 1] + (month == 2 && leap);
}

static void every_day_goes_there_and_back(void **state)
{
    (void)state;
    int64_t days = ASSAY_TIME_MIN / ASSAY_DAY_US;
    int weekday = 1; /* 0001-01-01 was a Monday */
    for (int year = 1; year <= 9999; year++) {
        int of_year = 1;
        for (unsigned month = 1; month <= 12; month++)
            for (unsigned day = 1; day <= month_length(year, month); day++, days++, of_year++) {
                struct assay_civil civil;
                int64_t micros = days * ASSAY_DAY_US + 86399999999;
                if (assay_time_days(year, month, day) != days ||
                    !assay_time_is_date(year, month, day))
                    fail_msg("%d-%u-%u", year, month, day);
                assay_time_civil(micros, &civil);
                if (civil.year != year || civil.month != month || civil.day != day ||
                    civil.hour != 23 || civil.minute != 59 || civil.second != 59 ||
                    civil.micro != 999999 || assay_time_from_civil(&civil) != micros)
                    fail_msg("%d-%u-%u back", year, month, day);
                if (assay_time_part(micros, ASSAY_PART_DOY) != of_year ||
                    assay_time_part(micros, ASSAY_PART_ISODOW) != weekday)
                    fail_msg("%d-%u-%u parts", year, month, day);
                weekday = weekday % 7 + 1;
            }
    }
    assert_true(days * ASSAY_DAY_US - 1 == ASSAY_TIME_MAX);
}

static void text_reads_back(void **state)
{
    (void)state;
    static const struct {
        int64_t micros;
        enum assay_time_kind kind;
        const char *text;
    } rows[] = {
        {0, ASSAY_TIME_TIMESTAMP, "1970-01-01T00:00:00Z"},
        {-1, ASSAY_TIME_TIMESTAMP, "1969-12-31T23:59:59.999999Z"},
        {1500000, ASSAY_TIME_TIMESTAMP, "1970-01-01T00:00:01.5Z"},
        {-1, ASSAY_TIME_DATE, "1969-12-31"},
        {45296000001, ASSAY_TIME_TIME, "12:34:56.000001"},
        {INT64_MAX, ASSAY_TIME_DATE, "out of range"},
        {INT64_MIN, ASSAY_TIME_TIMESTAMP, "out of range"},
    };
    char out[ASSAY_TIME_TEXT_MAX];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(assay_time_text(rows[i].micros, rows[i].kind, out), strlen(rows[i].text));
        assert_string_equal(out, rows[i].text);
    }
    for (int i = 0; i < 100000; i++) {
        uint64_t width = (uint64_t)(ASSAY_TIME_MAX - ASSAY_TIME_MIN) + 1;
        int64_t micros = ASSAY_TIME_MIN + (int64_t)(next_random() % width), back;
        size_t len = assay_time_text(micros, ASSAY_TIME_TIMESTAMP, out);
        assert_true(assay_time_parse_safe(out, len, ASSAY_TIME_TIMESTAMP, 12345, &back));
        assert_true(back == micros);
    }
}

static int64_t at(const char *text)
{
    int64_t micros = 0;
    assert_true(assay_time_parse_safe(text, strlen(text), ANY, 0, &micros));
    return micros;
}

static void parts_are_those_of_sql(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t year, quarter, month, week, isoyear, day, doy, dow, isodow;
    } rows[] = {
        {"2024-02-29", 2024, 1, 2, 9, 2024, 29, 60, 4, 4},
        {"2024-12-30", 2024, 4, 12, 1, 2025, 30, 365, 1, 1},
        {"2021-01-03", 2021, 1, 1, 53, 2020, 3, 3, 0, 7},
        {"2020-12-31", 2020, 4, 12, 53, 2020, 31, 366, 4, 4},
        {"1969-07-20", 1969, 3, 7, 29, 1969, 20, 201, 0, 7},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t micros = at(rows[i].text);
        assert_int_equal(assay_time_part(micros, ASSAY_PART_YEAR), rows[i].year);
        assert_int_equal(assay_time_part(micros, ASSAY_PART_QUARTER), rows[i].quarter);
        assert_int_equal(assay_time_part(micros, ASSAY_PART_MONTH), rows[i].month);
        assert_int_equal(assay_time_part(micros, ASSAY_PART_WEEK), rows[i].week);
        assert_int_equal(assay_time_part(micros, ASSAY_PART_ISOYEAR), rows[i].isoyear);
        assert_int_equal(assay_time_part(micros, ASSAY_PART_DAY), rows[i].day);
        assert_int_equal(assay_time_part(micros, ASSAY_PART_DOY), rows[i].doy);
        assert_int_equal(assay_time_part(micros, ASSAY_PART_DOW), rows[i].dow);
        assert_int_equal(assay_time_part(micros, ASSAY_PART_ISODOW), rows[i].isodow);
    }
    int64_t micros = at("1969-12-31T23:58:57.25Z");
    assert_int_equal(assay_time_part(micros, ASSAY_PART_HOUR), 23);
    assert_int_equal(assay_time_part(micros, ASSAY_PART_MINUTE), 58);
    assert_int_equal(assay_time_part(micros, ASSAY_PART_SECOND), 57);
    assert_int_equal(assay_time_part(micros, ASSAY_PART_MICROSECOND), 250000);
    assert_true(assay_time_part(micros, ASSAY_PART_EPOCH) == -63);
}

static void months_are_added_and_counted(void **state)
{
    (void)state;
    int64_t out;
    assert_true(assay_time_add_months(at("2024-01-31T10:00:00Z"), 1, &out));
    assert_true(out == at("2024-02-29T10:00:00Z"));
    assert_true(assay_time_add_months(at("2024-02-29"), -12, &out));
    assert_true(out == at("2023-02-28"));
    assert_true(assay_time_add_months(at("2024-03-31"), -1, &out));
    assert_true(out == at("2024-02-29"));
    assert_false(assay_time_add_months(at("9999-12-01"), 1, &out));
    assert_false(assay_time_add_months(at("0001-01-31"), -1, &out));
    assert_false(assay_time_add_months(0, INT64_MAX, &out));
    assert_false(assay_time_add_months(INT64_MIN, 1, &out));
    assert_false(assay_time_add(ASSAY_TIME_MAX, 1, &out));
    assert_false(assay_time_add(ASSAY_TIME_MAX, INT64_MAX, &out));
    assert_true(assay_time_add(0, -1, &out) && out == -1);
    assert_int_equal(assay_time_months_between(at("2024-01-15"), at("2024-02-14")), 0);
    assert_int_equal(assay_time_months_between(at("2024-01-15"), at("2024-02-15")), 1);
    assert_int_equal(assay_time_months_between(at("2024-01-31"), at("2024-02-29")), 1);
    assert_int_equal(assay_time_months_between(at("2024-02-15"), at("2024-01-16")), 0);
    assert_int_equal(assay_time_months_between(at("2024-02-15"), at("2024-01-15")), -1);
    assert_int_equal(assay_time_months_between(at("2000-01-01"), at("2024-01-01")), 288);
}

static void durations_are_read_and_written(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t micros;
        const char *back;
    } good[] = {
        {"12h", 12 * ASSAY_HOUR_US, "12h"},
        {"1d", ASSAY_DAY_US, "1d"},
        {"30m", 30 * ASSAY_MINUTE_US, "30m"},
        {"45s", 45 * ASSAY_SECOND_US, "45s"},
        {"2w", 14 * ASSAY_DAY_US, "2w"},
        {"1d12h", 36 * ASSAY_HOUR_US, "1d12h"},
        {"36h", 36 * ASSAY_HOUR_US, "1d12h"},
        {"500ms", 500000, "500ms"},
        {"7us", 7, "7us"},
        {"0s", 0, "0s"},
        {"1w1d1h1m1s1ms1us", 694861001001, "8d1h1m1s1ms1us"},
    };
    static const char *const bad[] = {"",
                                      "12",
                                      "h",
                                      "1.5h",
                                      "-1h",
                                      "1h ",
                                      " 1h",
                                      "1H",
                                      "1h1d",
                                      "1h1h",
                                      "1y",
                                      "1hh",
                                      "1h2",
                                      "99999999999999999999s",
                                      "9223372036854775807w",
                                      "106751991d200000000000h"};
    int64_t micros;
    char out[ASSAY_DURATION_TEXT_MAX];
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(assay_duration_parse(assay_cstr(good[i].text), &micros));
        assert_true(micros == good[i].micros);
        assert_int_equal(assay_duration_text(micros, out), strlen(good[i].back));
        assert_string_equal(out, good[i].back);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(assay_duration_parse(assay_cstr(bad[i]), &micros));
    assay_duration_text(-90 * ASSAY_MINUTE_US, out);
    assert_string_equal(out, "-1h30m");
    assert_true(assay_duration_text(INT64_MIN, out) < sizeof out);
}

static void zones_are_fixed_offsets(void **state)
{
    (void)state;
    int64_t offset;
    assert_true(assay_time_parse_zone(ASSAY_STR("Z"), &offset) && offset == 0);
    assert_true(assay_time_parse_zone(ASSAY_STR("utc"), &offset) && offset == 0);
    assert_true(assay_time_parse_zone(ASSAY_STR("+05:30"), &offset) &&
                offset == 330 * ASSAY_MINUTE_US);
    assert_true(assay_time_parse_zone(ASSAY_STR("-08"), &offset) && offset == -8 * ASSAY_HOUR_US);
    assert_false(assay_time_parse_zone(ASSAY_STR("Europe/Berlin"), &offset));
    assert_false(assay_time_parse_zone(ASSAY_STR(""), &offset));
    assert_false(assay_time_parse_zone(ASSAY_STR("+5"), &offset));
}

static void what_is_wrong_with_a_date_is_told(void **state)
{
    (void)state;
    const unsigned want = ASSAY_TIME_DATE | ASSAY_TIME_TIMESTAMP;
    assert_string_equal(assay_time_why_not(ASSAY_STR("2026-02-28"), want), "");
    assert_string_equal(assay_time_why_not(ASSAY_STR("31.12.2026"), want), "");
    assert_string_equal(assay_time_why_not(ASSAY_STR(""), want), "");
    assert_string_equal(assay_time_why_not(ASSAY_STR("2026-02-30"), want),
                        ": the month has no such day");
    assert_string_equal(assay_time_why_not(ASSAY_STR("2026-13-01"), want),
                        ": there is no such month");
    assert_string_equal(assay_time_why_not(ASSAY_STR("2026-01-01T25:00:00"), want),
                        ": the hour is over 23");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_wrong_with_a_date_is_told),
        cmocka_unit_test(notation_is_strict),
        cmocka_unit_test(nanoseconds_are_told_apart),
        cmocka_unit_test(only_wanted_kinds_are_read),
        cmocka_unit_test(a_naive_time_is_in_the_given_zone),
        cmocka_unit_test(readers_agree_on_damaged_times),
        cmocka_unit_test(every_day_goes_there_and_back),
        cmocka_unit_test(text_reads_back),
        cmocka_unit_test(parts_are_those_of_sql),
        cmocka_unit_test(months_are_added_and_counted),
        cmocka_unit_test(durations_are_read_and_written),
        cmocka_unit_test(zones_are_fixed_offsets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
