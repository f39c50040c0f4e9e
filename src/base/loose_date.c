/*
 * Cuts a text into words and numbers, gives each a meaning from left to right, and at last
 * decides which of up to three numbers are year, month and day.
 */
#include "config.h"

#include "base/loose_date.h"

#include "base/loose_date_words.h"
#include "base/number.h"
#include "base/time.h"

#define NONE INT32_MIN

/* Up to three numbers, and which of them is known to be what. */
struct ymd {
    int32_t values[4];
    int count;
    bool century; /* a year had more than two digits */
    int year_at, month_at;
};

struct reading {
    struct assay_loose_tokens tokens;
    struct ymd ymd;
    int32_t hour, minute, second, micro;
    int half;    /* am 0, pm 1; -1 */
    int weekday; /* from Monday, 0; -1 */
    bool zone_named, has_offset;
    bool zone_is_utc;
    int32_t offset; /* seconds */
    bool bad;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The token at `i`, or NULL where there is none. */
static const char *at(const struct reading *r, int i)
{
    return i >= 0 && i < r->tokens.count ? r->tokens.items[i].text : NULL;
}

static bool is_at(const struct reading *r, int i, const char *text)
{
    return at(r, i) != NULL && strcmp(at(r, i), text) == 0;
}

static bool all_digits(const char *text)
{
    const char *p = text;
    while (is_digit(*p))
        p++;
    return p > text && *p == '\0';
}

static int32_t whole(const char *text, size_t len)
{
    int32_t n = 0;
    for (size_t i = 0; i < len && is_digit(text[i]); i++)
        n = n < 100000000 ? n * 10 + text[i] - '0' : n;
    return n;
}

/* Seconds and their fraction, cut at six digits. */
static void set_seconds(struct reading *r, const char *text)
{
    const char *point = strchr(text, '.');
    int32_t unit = 100000;
    r->second = whole(text, strlen(text));
    r->micro = 0;
    for (const char *p = point; p != NULL && is_digit(*++p) && unit > 0; unit /= 10)
        r->micro += (*p - '0') * unit;
}

static double number_of(const char *text)
{
    struct assay_numref number = assay_numref(assay_cstr(text));
    return assay_number_to_double(&number);
}

/* Hours and minutes beyond any clock's are no such things. */
static double clock_number(struct reading *r, const char *text)
{
    double value = number_of(text);
    bool sane = value >= 0 && value < 1000;
    r->bad |= !sane;
    return sane ? value : 0;
}

static void set_minutes(struct reading *r, const char *text)
{
    double value = clock_number(r, text), part = value - (int32_t)value;
    r->minute = (int32_t)value;
    r->second = part > 0 ? (int32_t)(60 * part) : NONE;
}

/*
 * Takes in one number; `label` says what it is known to be: 'Y', 'M', 'N' (a number by its
 * value alone, 007 is 7) or 0.
 */
static void push(struct reading *r, const char *text, size_t len, char label)
{
    struct ymd *ymd = &r->ymd;
    int32_t value = whole(text, len);
    bool digits = len > 0;
    for (size_t i = 0; i < len && (label != 'N' || text[i] != '.'); i++)
        digits &= is_digit(text[i]);
    if ((len > 2 && label != 'N' && memchr(text, '.', len) == NULL) || value > 100) {
        r->bad |= label == 'M';
        ymd->century = true;
        label = 'Y';
    }
    r->bad |= !digits || ymd->count == 3 || (label == 'Y' && ymd->year_at >= 0) ||
              (label == 'M' && ymd->month_at >= 0);
    if (r->bad)
        return;
    if (label == 'Y')
        ymd->year_at = ymd->count;
    else if (label == 'M')
        ymd->month_at = ymd->count;
    ymd->values[ymd->count++] = value;
}

static void push_month(struct reading *r, int month)
{
    char text[4] = {(char)('0' + month / 10), (char)('0' + month % 10), '\0', '\0'};
    push(r, text, 2, 'M');
}

static void push_token(struct reading *r, int i)
{
    const char *text = at(r, i);
    if (text == NULL || !all_digits(text))
        r->bad = true;
    else
        push(r, text, strlen(text), 0);
}

static int32_t adjust(int32_t hour, int half)
{
    if (hour < 12 && half == 1)
        return hour + 12;
    return hour == 12 && half == 0 ? 0 : hour;
}

/* Where the unit of a number stands: behind it, behind a space, or before it; -1. */
static int find_unit(const struct reading *r, int i)
{
    int last = r->tokens.count - 1;
    if (at(r, i + 1) != NULL && assay_loose_unit(at(r, i + 1)) >= 0)
        return i + 1;
    if (is_at(r, i + 1, " ") && at(r, i + 2) != NULL && assay_loose_unit(at(r, i + 2)) >= 0)
        return i + 2;
    if (at(r, i - 1) != NULL && assay_loose_unit(at(r, i - 1)) >= 0)
        return i - 1;
    if (i > 1 && i == last && is_at(r, i - 1, " ") && assay_loose_unit(at(r, i - 2)) >= 0)
        return i - 2;
    return -1;
}

static int read_unit(struct reading *r, int i, int unit_at)
{
    const char *text = at(r, i);
    int unit = assay_loose_unit(at(r, unit_at)) + (unit_at < i);
    double value = unit == 0 ? clock_number(r, text) : 0, part = value - (int32_t)value;
    if (unit == 0) {
        r->hour = (int32_t)value;
        if (part > 0)
            r->minute = (int32_t)(60 * part);
    } else if (unit == 1)
        set_minutes(r, text);
    else if (unit == 2)
        set_seconds(r, text);
    return unit_at > i ? unit_at : i;
}

static int read_clock(struct reading *r, int i)
{
    r->hour = whole(at(r, i), strlen(at(r, i)));
    if (!is_digit(at(r, i + 2)[0])) {
        r->bad = true;
        return i;
    }
    set_minutes(r, at(r, i + 2));
    if (!is_at(r, i + 3, ":") || at(r, i + 4) == NULL)
        return i + 2;
    if (!is_digit(at(r, i + 4)[0]))
        r->bad = true;
    else
        set_seconds(r, at(r, i + 4));
    return i + 4;
}

/* 01-02-2003, 1/Feb/03: a date with the same sign between its parts. */
static int read_separated(struct reading *r, int i)
{
    const char *sign = at(r, i + 1), *text = at(r, i);
    push(r, text, strlen(text), 0);
    if (at(r, i + 2) == NULL || assay_loose_is_jump(at(r, i + 2)))
        return i + 1;
    if (all_digits(at(r, i + 2)))
        push_token(r, i + 2);
    else if (assay_loose_month(at(r, i + 2)))
        push_month(r, assay_loose_month(at(r, i + 2)));
    else
        r->bad = true;
    if (!is_at(r, i + 3, sign))
        return i + 2;
    if (at(r, i + 4) != NULL && assay_loose_month(at(r, i + 4)))
        push_month(r, assay_loose_month(at(r, i + 4)));
    else
        push_token(r, i + 4);
    return i + 4;
}

/* 8, 12 or 14 digits; 6 of them; or 2 or 4 behind a whole date. False: none of these. */
static bool read_digits(struct reading *r, int i)
{
    const char *s = at(r, i);
    size_t len = strlen(s);
    bool plain = strchr(s, '.') == NULL;
    bool free_end = at(r, i + 1) == NULL ||
                    (strcmp(at(r, i + 1), ":") != 0 && assay_loose_unit(at(r, i + 1)) < 0);
    if (r->ymd.count == 3 && (len == 2 || len == 4) && r->hour == NONE && free_end) {
        r->hour = whole(s, 2);
        if (len == 4)
            r->minute = whole(s + 2, 2);
        return true;
    }
    if (len == 6 || (len > 6 && s[6] == '.')) {
        if (r->ymd.count == 0 && plain) {
            for (int k = 0; k < 6; k += 2)
                push(r, s + k, 2, 0);
        } else {
            for (int k = 0; k < 5; k++)
                r->bad |= !is_digit(s[k]);
            r->hour = whole(s, 2);
            r->minute = whole(s + 2, 2);
            set_seconds(r, s + 4);
        }
        return true;
    }
    if (len != 8 && len != 12 && len != 14)
        return false;
    r->bad |= !plain;
    push(r, s, 4, 'Y');
    push(r, s + 4, 2, 0);
    push(r, s + 6, 2, 0);
    if (len > 8) {
        r->hour = whole(s + 8, 2);
        r->minute = whole(s + 10, 2);
    }
    if (len > 12)
        r->second = whole(s + 12, 2);
    return true;
}

static int days_in(int32_t year, int32_t month)
{
    int day = 31;
    while (day > 28 && !assay_time_is_date(year, (unsigned)month, (unsigned)day))
        day--;
    return day;
}

static bool could_be_day(const struct ymd *ymd, double value)
{
    int32_t month = ymd->month_at >= 0 ? ymd->values[ymd->month_at] : 1;
    int32_t year = ymd->year_at >= 0 ? ymd->values[ymd->year_at] : 2000;
    return value >= 1 && value <= (ymd->month_at >= 0 ? days_in(year ? year : 4, month) : 31);
}

static int read_number(struct reading *r, int i)
{
    const char *text = at(r, i), *next = at(r, i + 1);
    int unit = find_unit(r, i);
    if (read_digits(r, i))
        return i;
    if (unit >= 0)
        return read_unit(r, i, unit);
    if (at(r, i + 2) != NULL && strcmp(next, ":") == 0)
        return read_clock(r, i);
    if (next != NULL && next[1] == '\0' && strchr("-/.", next[0]) != NULL)
        return read_separated(r, i);
    if (next == NULL || assay_loose_is_jump(next)) {
        if (at(r, i + 2) != NULL && assay_loose_half(at(r, i + 2)) >= 0) {
            r->half = assay_loose_half(at(r, i + 2));
            r->hour = adjust(whole(text, strlen(text)), r->half);
            return i + 2;
        }
        push(r, text, strlen(text), 'N');
        return i + 1;
    }
    if (assay_loose_half(next) >= 0 && number_of(text) < 24) {
        r->hour = adjust(whole(text, strlen(text)), assay_loose_half(next));
        return i + 1;
    }
    if (could_be_day(&r->ymd, number_of(text)))
        push(r, text, strlen(text), 'N');
    else
        r->bad = true;
    return i;
}

static int read_month(struct reading *r, int i)
{
    push_month(r, assay_loose_month(at(r, i)));
    if (is_at(r, i + 1, "-") || is_at(r, i + 1, "/")) {
        push_token(r, i + 2);
        if (!is_at(r, i + 3, at(r, i + 1)))
            return i + 2;
        push_token(r, i + 4);
        return i + 4;
    }
    bool of = is_at(r, i + 1, " ") && is_at(r, i + 3, " ") && at(r, i + 4) != NULL &&
              assay_loose_is_word(at(r, i + 2), "of");
    if (!of)
        return i;
    if (all_digits(at(r, i + 4)))
        push(r, at(r, i + 4), strlen(at(r, i + 4)), 'Y');
    return i + 4;
}

static void read_half(struct reading *r, int i)
{
    r->bad |= r->hour == NONE || r->hour > 12;
    r->half = assay_loose_half(at(r, i));
    r->hour = adjust(r->hour, r->half);
}

static bool could_be_zone(const struct reading *r, int i)
{
    const char *text = at(r, i);
    bool capitals = true;
    for (const char *p = text; *p != '\0'; p++)
        capitals &= *p >= 'A' && *p <= 'Z';
    return r->hour != NONE && !r->zone_named && !r->has_offset && strlen(text) <= 5 &&
           (capitals || assay_loose_is_utc(text));
}

static void read_zone(struct reading *r, int i)
{
    r->zone_named = true;
    r->zone_is_utc = assay_loose_is_utc(at(r, i));
    if (!is_at(r, i + 1, "+") && !is_at(r, i + 1, "-"))
        return;
    /* GMT+3 means that one's own time is 3 hours behind GMT, not ahead of it. */
    char *sign = r->tokens.items[i + 1].text;
    *sign = *sign == '+' ? '-' : '+';
    r->zone_named = !r->zone_is_utc;
}

static int read_offset(struct reading *r, int i)
{
    int sign = is_at(r, i, "+") ? 1 : -1;
    const char *text = at(r, i + 1);
    if (text == NULL || !all_digits(text)) {
        r->bad = true;
        return i;
    }
    size_t len = strlen(text);
    int32_t hours = whole(text, 2), minutes = 0;
    if (len == 4)
        minutes = whole(text + 2, 2);
    else if (is_at(r, i + 2, ":") && at(r, i + 3) != NULL && all_digits(at(r, i + 3))) {
        hours = whole(text, len);
        minutes = whole(at(r, i + 3), strlen(at(r, i + 3)));
        i += 2;
    } else if (len > 2 || is_at(r, i + 2, ":"))
        r->bad = true;
    r->bad |= hours > 1000 || minutes > 100000;
    r->has_offset = !r->bad;
    r->offset = r->bad ? 0 : sign * (hours * 3600 + minutes * 60);
    bool named = at(r, i + 5) != NULL && assay_loose_is_jump(at(r, i + 2)) &&
                 is_at(r, i + 3, "(") && is_at(r, i + 5, ")") && strlen(at(r, i + 4)) >= 3;
    return i + (named ? 5 : 1);
}

static void interpret(struct reading *r)
{
    for (int i = 0; i < r->tokens.count && !r->bad; i++) {
        const char *text = at(r, i);
        if (is_digit(text[0]))
            i = read_number(r, i);
        else if (assay_loose_is_word(text, "nan") || assay_loose_is_word(text, "inf") ||
                 assay_loose_is_word(text, "infinity"))
            r->bad = true;
        else if (assay_loose_weekday(text) >= 0)
            r->weekday = assay_loose_weekday(text);
        else if (assay_loose_month(text))
            i = read_month(r, i);
        else if (assay_loose_half(text) >= 0)
            read_half(r, i);
        else if (could_be_zone(r, i))
            read_zone(r, i);
        else if (r->hour != NONE && (text[0] == '+' || text[0] == '-') && text[1] == '\0')
            i = read_offset(r, i);
        else if (!assay_loose_is_jump(text))
            r->bad = true;
    }
}

/* Year, month and day from the places of the letters in `order`. */
static void arrange(const struct ymd *ymd, const char *order, int32_t date[3])
{
    for (int i = 0; i < ymd->count; i++)
        date[order[i] == 'y' ? 0 : order[i] == 'm' ? 1 : 2] = ymd->values[i];
}

static const char *order_of_three(const struct ymd *ymd)
{
    const int32_t *v = ymd->values;
    if (ymd->year_at >= 0 && ymd->month_at >= 0) {
        static const char *const orders[3][3] = {
            {"", "ymd", "ydm"}, {"myd", "", "dym"}, {"mdy", "dmy", ""}};
        return orders[ymd->year_at][ymd->month_at];
    }
    switch (ymd->month_at) {
    case 0: return v[1] > 31 ? "myd" : "mdy";
    case 1: return v[0] > 31 ? "ymd" : "dmy";
    case 2: return v[1] > 31 ? "dym" : "ydm";
    default: break;
    }
    if (v[0] > 31 || ymd->year_at == 0)
        return "ymd";
    return v[0] > 12 ? "dmy" : "mdy";
}

static void resolve(const struct ymd *ymd, int32_t date[3])
{
    const int32_t *v = ymd->values;
    if (ymd->count == 3)
        arrange(ymd, order_of_three(ymd), date);
    else if (ymd->count == 2 && ymd->month_at >= 0 && ymd->year_at >= 0)
        arrange(ymd, ymd->month_at == 0 ? "my" : "ym", date);
    else if (ymd->count == 2 && ymd->month_at >= 0) {
        int32_t other = v[1 - ymd->month_at];
        date[1] = v[ymd->month_at];
        date[other > 31 ? 0 : 2] = other;
    } else if (ymd->count == 2)
        arrange(ymd, v[0] > 31 ? "ym" : v[1] > 31 ? "my" : "md", date);
    else if (ymd->count == 1)
        date[ymd->month_at == 0 ? 1 : ymd->year_at == 0 || ymd->values[0] > 31 ? 0 : 2] = v[0];
}

static bool is_anything(const struct reading *r)
{
    return r->ymd.count != 0 || r->weekday >= 0 || r->hour != NONE || r->minute != NONE ||
           r->second != NONE || r->zone_named || r->has_offset || r->half >= 0;
}

static int32_t or_zero(int32_t value)
{
    return value == NONE ? 0 : value;
}

/* Fills what is missing with today, and looks whether the whole exists. */
static bool finish(const struct reading *r, int64_t now, int64_t *micros)
{
    struct assay_civil today;
    int32_t date[3] = {NONE, NONE, NONE};
    assay_time_civil(now, &today);
    resolve(&r->ymd, date);
    if (date[0] != NONE && date[0] < 100 && !r->ymd.century) {
        date[0] += today.year / 100 * 100;
        if (date[0] >= today.year + 50)
            date[0] -= 100;
        else if (date[0] < today.year - 50)
            date[0] += 100;
    }
    int32_t year = date[0] == NONE ? today.year : date[0];
    int32_t month = date[1] == NONE ? today.month : date[1];
    if (year < 1 || year > 9999 || month < 1 || month > 12)
        return false;
    int32_t day = date[2];
    if (day == NONE)
        day = today.day < days_in(year, month) ? today.day : days_in(year, month);
    int32_t hour = or_zero(r->hour), minute = or_zero(r->minute), second = or_zero(r->second);
    if (day < 1 || !assay_time_is_date(year, (unsigned)month, (unsigned)day) || hour > 23 ||
        minute > 59 || second > 59)
        return false;
    struct assay_civil civil = {year,
                                (uint8_t)month,
                                (uint8_t)day,
                                (uint8_t)hour,
                                (uint8_t)minute,
                                (uint8_t)second,
                                (uint32_t)or_zero(r->micro)};
    int64_t local = assay_time_from_civil(&civil);
    if (r->weekday >= 0 && (date[2] == NONE || date[2] == 0)) { /* that day or the next such one */
        int64_t today_is = assay_time_part(local, ASSAY_PART_ISODOW) - 1;
        local += (r->weekday - today_is + 7) % 7 * ASSAY_DAY_US;
    }
    *micros = local - (int64_t)r->offset * ASSAY_SECOND_US;
    return local <= ASSAY_TIME_MAX;
}

bool assay_loose_date(struct assay_str text, int64_t now, int64_t *micros)
{
    struct reading r;
    r.ymd = (struct ymd){.year_at = -1, .month_at = -1};
    r.hour = r.minute = r.second = r.micro = NONE;
    r.half = -1;
    r.weekday = -1;
    r.zone_named = r.has_offset = r.zone_is_utc = r.bad = false;
    r.offset = 0;
    *micros = 0;
    if (!assay_loose_tokenize(text, &r.tokens))
        return false;
    interpret(&r);
    return !r.bad && is_anything(&r) && finish(&r, now, micros);
}
