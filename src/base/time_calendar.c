/*
 * The calendar: days to dates and back, parts, months and durations. The Gregorian cycle
 * of 400 years has 146097 days, and each shorter cycle in it but the last is regular.
 */
#include "config.h"

#include "base/time_impl.h"

#include <stdio.h>

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

bool assay_time_is_date(int32_t year, unsigned month, unsigned day)
{
    int64_t days;
    return assay_date_days((uint32_t)year, month, day, &days);
}

int64_t assay_time_days(int32_t year, unsigned month, unsigned day)
{
    int64_t days = 0;
    return assay_date_days((uint32_t)year, month, day, &days) ? days : 0;
}

const char *assay_time_why_not(struct assay_str text, unsigned want)
{
    static const char *const texts[] = {
        [ASSAY_TIME_YEAR] = ": there is no such year",
        [ASSAY_TIME_MONTH] = ": there is no such month",
        [ASSAY_TIME_DAY] = ": the month has no such day",
        [ASSAY_TIME_HOUR] = ": the hour is over 23",
        [ASSAY_TIME_HOUR_24] = ": 24:00 is 00:00 of the next day",
        [ASSAY_TIME_MINUTE] = ": the minute is over 59",
        [ASSAY_TIME_SECOND] = ": the second is over 59",
        [ASSAY_TIME_LEAP_SECOND] = ": a leap second is no time here",
        [ASSAY_TIME_ZONE] = ": the zone is over 23:59",
    };
    int64_t micros;
    enum assay_time_fault fault = assay_time_check(text, want, 0, &micros);
    bool known = (size_t)fault < sizeof texts / sizeof texts[0] && texts[fault] != NULL;
    return known ? texts[fault] : "";
}

/* The year of a day, and its day of the year from 0. */
static int32_t year_of(int64_t days, int32_t *day)
{
    int64_t n = days + ASSAY_DAYS_TO_1970;
    int64_t cycles = floor_div(n, 146097);
    int32_t rest = (int32_t)(n - cycles * 146097);
    int32_t centuries = rest / 36524 < 3 ? rest / 36524 : 3;
    rest -= centuries * 36524;
    int32_t fours = rest / 1461;
    rest -= fours * 1461;
    int32_t years = rest / 365 < 3 ? rest / 365 : 3;
    *day = rest - years * 365;
    return (int32_t)(cycles * 400) + centuries * 100 + fours * 4 + years + 1;
}

/* Of any year, those before 1 included. */
static bool year_is_leap(int32_t year)
{
    return assay_is_leap((uint32_t)(year % 400 + 400));
}

void assay_time_civil(int64_t micros, struct assay_civil *out)
{
    int64_t days = floor_div(micros, ASSAY_DAY_US);
    int64_t clock = micros - days * ASSAY_DAY_US;
    int32_t day;
    out->year = year_of(days, &day);
    const struct assay_month *month = assay_months[year_is_leap(out->year)];
    unsigned m = (unsigned)day / 31 + 1; /* at most one too early */
    if (day >= month[m].before + month[m].length)
        m++;
    out->month = (uint8_t)m;
    out->day = (uint8_t)(day - month[m].before + 1);
    uint32_t seconds = (uint32_t)(clock / ASSAY_SECOND_US);
    out->hour = (uint8_t)(seconds / 3600);
    out->minute = (uint8_t)(seconds / 60 % 60);
    out->second = (uint8_t)(seconds % 60);
    out->micro = (uint32_t)(clock % ASSAY_SECOND_US);
}

int64_t assay_time_from_civil(const struct assay_civil *civil)
{
    return assay_time_days(civil->year, civil->month, civil->day) * ASSAY_DAY_US +
           civil->hour * ASSAY_HOUR_US + civil->minute * ASSAY_MINUTE_US +
           civil->second * ASSAY_SECOND_US + civil->micro;
}

/* 1970-01-01 was a Thursday. Monday is 1. */
static int64_t iso_weekday(int64_t days)
{
    int64_t since_monday = days + 3;
    return since_monday - floor_div(since_monday, 7) * 7 + 1;
}

/* A week belongs to the year of its Thursday (ISO 8601). */
static int64_t iso_week(int64_t days, bool want_year)
{
    int32_t day;
    int32_t year = year_of(days - iso_weekday(days) + 4, &day);
    return want_year ? year : day / 7 + 1;
}

int64_t assay_time_part(int64_t micros, enum assay_time_part part)
{
    struct assay_civil civil;
    int64_t days = floor_div(micros, ASSAY_DAY_US);
    int32_t day;
    assay_time_civil(micros, &civil);
    switch (part) {
    case ASSAY_PART_YEAR: return civil.year;
    case ASSAY_PART_QUARTER: return (civil.month - 1) / 3 + 1;
    case ASSAY_PART_MONTH: return civil.month;
    case ASSAY_PART_WEEK: return iso_week(days, false);
    case ASSAY_PART_ISOYEAR: return iso_week(days, true);
    case ASSAY_PART_DAY: return civil.day;
    case ASSAY_PART_DOY: year_of(days, &day); return day + 1;
    case ASSAY_PART_DOW: return iso_weekday(days) % 7;
    case ASSAY_PART_ISODOW: return iso_weekday(days);
    case ASSAY_PART_HOUR: return civil.hour;
    case ASSAY_PART_MINUTE: return civil.minute;
    case ASSAY_PART_SECOND: return civil.second;
    case ASSAY_PART_MICROSECOND: return civil.micro;
    case ASSAY_PART_EPOCH: return floor_div(micros, ASSAY_SECOND_US);
    }
    return 0;
}

static bool in_range(int64_t micros)
{
    return micros >= ASSAY_TIME_MIN && micros <= ASSAY_TIME_MAX;
}

bool assay_time_add(int64_t micros, int64_t duration, int64_t *out)
{
    int64_t sum;
    if (__builtin_add_overflow(micros, duration, &sum) || !in_range(sum))
        return false;
    *out = sum;
    return true;
}

bool assay_time_add_months(int64_t micros, int64_t months, int64_t *out)
{
    struct assay_civil civil;
    if (!in_range(micros) || months > 120000 || months < -120000)
        return false;
    assay_time_civil(micros, &civil);
    int64_t month = (int64_t)civil.year * 12 + civil.month - 1 + months;
    if (month < 12 || month >= 10000 * 12)
        return false;
    civil.year = (int32_t)(month / 12);
    civil.month = (uint8_t)(month % 12 + 1);
    while (!assay_time_is_date(civil.year, civil.month, civil.day))
        civil.day--;
    *out = assay_time_from_civil(&civil);
    return true;
}

int64_t assay_time_months_between(int64_t from, int64_t to)
{
    struct assay_civil a, b;
    assay_time_civil(from, &a);
    assay_time_civil(to, &b);
    int64_t months = (int64_t)(b.year - a.year) * 12 + b.month - a.month, reached;
    if (!assay_time_add_months(from, months, &reached))
        return months;
    if (to >= from)
        return months - (reached > to);
    return months + (reached < to);
}

static const struct unit {
    char name[3];
    int64_t micros;
} units[] = {
    {"w", 7 * ASSAY_DAY_US},
    {"d", ASSAY_DAY_US},
    {"h", ASSAY_HOUR_US},
    {"m", ASSAY_MINUTE_US},
    {"s", ASSAY_SECOND_US},
    {"ms", 1000},
    {"us", 1},
};

enum { UNITS = sizeof units / sizeof units[0] };

static size_t find_unit(struct assay_str name)
{
    size_t i = 0;
    while (i < UNITS && !assay_str_is(name, units[i].name))
        i++;
    return i;
}

bool assay_duration_parse(struct assay_str text, int64_t *micros)
{
    const char *p = text.ptr, *end = p + text.len;
    int64_t total = 0;
    size_t next = 0; /* the largest unit that may still come */
    do {
        int64_t count = 0;
        const char *start = p;
        for (; p < end && *p >= '0' && *p <= '9'; p++) {
            if (__builtin_mul_overflow(count, 10, &count) ||
                __builtin_add_overflow(count, *p - '0', &count))
                return false;
        }
        const char *name = p;
        while (p < end && *p >= 'a' && *p <= 'z')
            p++;
        size_t unit = find_unit(assay_str(name, (size_t)(p - name)));
        if (name == start || unit < next || unit == UNITS ||
            __builtin_mul_overflow(count, units[unit].micros, &count) ||
            __builtin_add_overflow(total, count, &total))
            return false;
        next = unit + 1;
    } while (p < end);
    *micros = total;
    return true;
}

size_t assay_duration_text(int64_t micros, char out[ASSAY_DURATION_TEXT_MAX])
{
    uint64_t rest = micros < 0 ? -(uint64_t)micros : (uint64_t)micros;
    bool weeks = rest % (uint64_t)units[0].micros == 0;
    size_t len = 0;
    if (rest == 0)
        return (size_t)snprintf(out, ASSAY_DURATION_TEXT_MAX, "0s");
    if (micros < 0)
        out[len++] = '-';
    for (size_t i = weeks ? 0 : 1; i < UNITS && rest > 0; i++) {
        uint64_t size = (uint64_t)units[i].micros;
        if (rest < size)
            continue;
        len += (size_t)snprintf(out + len, ASSAY_DURATION_TEXT_MAX - len, "%llu%s",
                                (unsigned long long)(rest / size), units[i].name);
        rest %= size;
    }
    return len;
}
