/*
 * Reading and writing ISO 8601. The layouts that fill columns, `YYYY-MM-DDThh:mm:ssZ` and
 * its kin, are checked and converted in a few words; a byte-wise parser decides the rest.
 */
#include "config.h"

#include "base/time_impl.h"

#include "base/cpu.h"

#include <stdio.h>

#define DATE_LIMIT UINT64_C(0x7f76767f76767676)
#define CLOCK_LIMIT UINT64_C(0x76767f7676007676)
#define SECOND_LIMIT UINT64_C(0x76767f)
#define TOP_BITS UINT64_C(0x8080808080808080)

static inline uint64_t load(const char *p, size_t n)
{
    uint64_t word = 0;
    memcpy(&word, p, n);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/*
 * `t` is a word with its expected bytes taken away by xor: digits are 0..9, separators 0.
 * Adding the limit (76 for a digit, 7F for a separator) sets the top bit of any that is more.
 */
static inline bool is_layout(uint64_t t, uint64_t limit)
{
    return (((t + limit) | t) & TOP_BITS) == 0;
}

/* In each byte, ten times it plus the next: where a pair of digits starts, their number. */
static inline uint64_t pairs(uint64_t t)
{
    return t * 10 + (t >> 8);
}

static inline bool date_of(uint64_t date_pairs, unsigned day, int64_t *days)
{
    uint32_t year = (uint32_t)((date_pairs & 0xff) * 100 + (date_pairs >> 16 & 0xff));
    return assay_date_days(year, date_pairs >> 40 & 0xff, day, days);
}

/* The time in UTC, if it is still one there. */
static inline enum assay_time_fault settle(int64_t local, int64_t offset, int64_t *micros)
{
    int64_t value = local - offset;
    if (value < ASSAY_TIME_MIN || value > ASSAY_TIME_MAX)
        return ASSAY_TIME_YEAR;
    *micros = value;
    return ASSAY_TIME_OK;
}

/* The last date that was converted: neighbours in a file often share it. */
struct memo {
    uint64_t month; /* the bytes YYYY-MM- */
    uint64_t day;   /* the bytes DD */
    int64_t days;
};

/* Whether the first ten bytes are a date, which then is the memo's. */
static inline bool remember_date(uint64_t month, uint64_t day, struct memo *memo)
{
    uint64_t t = month ^ ASSAY_DATE_BYTES, d = day ^ 0x3030;
    if (month == memo->month && day == memo->day)
        return true;
    if (!is_layout(t, DATE_LIMIT) || !is_layout(d, 0x7676) ||
        !date_of(pairs(t), pairs(d) & 0xff, &memo->days))
        return false;
    memo->month = month;
    memo->day = day;
    return true;
}

/* 19 bytes, or 20 with a final Z. False: leave it to the parser. */
static inline bool fast_timestamp(const char *p, size_t len, int64_t offset, struct memo *memo,
                                  int64_t *micros)
{
    uint64_t month = load(p, 8), clock = load(p + 8, 8), tail = load(p + 16, 4);
    uint64_t day = clock & 0xffff, separator = clock >> 16 & 0xff;
    uint64_t second = (tail & 0xffffff) ^ ASSAY_SECOND_BYTES;
    clock = (clock ^ ASSAY_CLOCK_BYTES) & ~UINT64_C(0xffffff);
    if (((separator | 0x20) != 't' && separator != ' ') || !is_layout(clock, CLOCK_LIMIT) ||
        !is_layout(second, SECOND_LIMIT) || !remember_date(month, day, memo))
        return false;
    if (len == 20) {
        if ((tail >> 24 | 0x20) != 'z')
            return false;
        offset = 0;
    }
    clock = pairs(clock);
    int64_t h = clock >> 24 & 0xff, m = clock >> 48 & 0xff, s = pairs(second) >> 8 & 0xff;
    if (h > 23 || m > 59 || s > 59)
        return false;
    int64_t seconds = memo->days * 86400 + h * 3600 + m * 60 + s;
    return settle(seconds * ASSAY_SECOND_US, offset, micros) == ASSAY_TIME_OK;
}

static inline bool fast_date(const char *p, int64_t offset, int64_t *micros)
{
    uint64_t date = load(p, 8) ^ ASSAY_DATE_BYTES;
    uint64_t day = load(p + 8, 2) ^ 0x3030;
    int64_t days;
    if (!is_layout(date, DATE_LIMIT) || !is_layout(day, 0x7676) ||
        !date_of(pairs(date), pairs(day) & 0xff, &days))
        return false;
    return settle(days * ASSAY_DAY_US, offset, micros) == ASSAY_TIME_OK;
}

/* What is still to be read, and the first thing found wrong. */
struct cursor {
    const char *p, *end;
    enum assay_time_fault fault;
};

static bool wrong(struct cursor *in, enum assay_time_fault fault)
{
    in->fault = fault;
    return false;
}

static bool at(const struct cursor *in, char c)
{
    return in->p < in->end && *in->p == c;
}

static bool take(struct cursor *in, char c)
{
    return at(in, c) ? (in->p++, true) : wrong(in, ASSAY_TIME_SYNTAX);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool digits(struct cursor *in, int n, unsigned *value)
{
    *value = 0;
    for (; n > 0; n--, in->p++) {
        if (in->p == in->end || !is_digit(*in->p))
            return wrong(in, ASSAY_TIME_SYNTAX);
        *value = *value * 10 + (unsigned)(*in->p - '0');
    }
    return true;
}

static bool read_date(struct cursor *in, int64_t *micros)
{
    unsigned year, month, day;
    if (!digits(in, 4, &year) || !take(in, '-') || !digits(in, 2, &month) || !take(in, '-') ||
        !digits(in, 2, &day))
        return false;
    if (year == 0)
        return wrong(in, ASSAY_TIME_YEAR);
    if (month < 1 || month > 12)
        return wrong(in, ASSAY_TIME_MONTH);
    if (!assay_time_is_date((int32_t)year, month, day))
        return wrong(in, ASSAY_TIME_DAY);
    *micros = assay_time_days((int32_t)year, month, day) * ASSAY_DAY_US;
    return true;
}

static bool read_fraction(struct cursor *in, int64_t *micros)
{
    int64_t value = 0;
    int n = 0;
    for (; in->p < in->end && is_digit(*in->p); in->p++, n++) {
        if (n < 6)
            value = value * 10 + (*in->p - '0');
    }
    if (n < 1 || n > 9)
        return wrong(in, ASSAY_TIME_SYNTAX);
    for (; n < 6; n++)
        value *= 10;
    *micros += value;
    return true;
}

static bool read_clock(struct cursor *in, int64_t *micros)
{
    unsigned hour, minute, second = 0;
    if (!digits(in, 2, &hour) || !take(in, ':') || !digits(in, 2, &minute))
        return false;
    bool seconds = at(in, ':');
    if (seconds && (!take(in, ':') || !digits(in, 2, &second)))
        return false;
    if (hour > 23)
        return wrong(in, hour == 24 ? ASSAY_TIME_HOUR_24 : ASSAY_TIME_HOUR);
    if (minute > 59)
        return wrong(in, ASSAY_TIME_MINUTE);
    if (second > 59)
        return wrong(in, second == 60 ? ASSAY_TIME_LEAP_SECOND : ASSAY_TIME_SECOND);
    *micros = hour * ASSAY_HOUR_US + minute * ASSAY_MINUTE_US + second * ASSAY_SECOND_US;
    if (seconds && at(in, '.')) {
        in->p++;
        return read_fraction(in, micros);
    }
    return true;
}

static bool read_zone(struct cursor *in, int64_t *offset)
{
    if (at(in, 'Z') || at(in, 'z')) {
        in->p++;
        *offset = 0;
        return true;
    }
    bool west = at(in, '-');
    if (!west && !at(in, '+'))
        return wrong(in, ASSAY_TIME_SYNTAX);
    in->p++;
    unsigned hour, minute = 0;
    if (!digits(in, 2, &hour))
        return false;
    bool colon = at(in, ':');
    in->p += colon;
    if ((colon || in->p < in->end) && !digits(in, 2, &minute))
        return false;
    if (hour > 23 || minute > 59)
        return wrong(in, ASSAY_TIME_ZONE);
    *offset = hour * ASSAY_HOUR_US + minute * ASSAY_MINUTE_US;
    if (west)
        *offset = -*offset;
    return true;
}

static bool read_timestamp(struct cursor *in, int64_t *micros, int64_t *offset)
{
    int64_t clock;
    if (!at(in, 'T') && !at(in, 't') && !at(in, ' '))
        return wrong(in, ASSAY_TIME_SYNTAX);
    in->p++;
    if (!read_clock(in, &clock))
        return false;
    *micros += clock;
    return in->p == in->end || read_zone(in, offset);
}

enum assay_time_fault assay_time_check(struct assay_str text, unsigned want, int64_t offset,
                                       int64_t *micros)
{
    struct cursor in = {text.ptr, text.ptr + text.len, ASSAY_TIME_OK};
    int64_t local = 0;
    *micros = 0;
    if (text.len > 2 && text.ptr[2] == ':') {
        if (!(want & ASSAY_TIME_TIME))
            return ASSAY_TIME_SYNTAX;
        if (!read_clock(&in, &local))
            return in.fault;
        if (in.p != in.end)
            return ASSAY_TIME_SYNTAX;
        *micros = local;
        return ASSAY_TIME_OK;
    }
    if (!read_date(&in, &local))
        return in.fault;
    bool bare = in.p == in.end;
    if (!(want & (bare ? ASSAY_TIME_DATE : ASSAY_TIME_TIMESTAMP)))
        return ASSAY_TIME_SYNTAX;
    if (!(want & ASSAY_TIME_TIMESTAMP))
        offset = 0;
    if (!bare && !read_timestamp(&in, &local, &offset))
        return in.fault;
    return in.p == in.end ? settle(local, offset, micros) : ASSAY_TIME_SYNTAX;
}

static inline bool parse(const char *p, size_t len, unsigned want, int64_t offset,
                         struct memo *memo, int64_t *micros)
{
    if (len - 19 <= 1 && (want & ASSAY_TIME_TIMESTAMP) &&
        fast_timestamp(p, len, offset, memo, micros))
        return true;
    if (len == 10 && (want & ASSAY_TIME_DATE) &&
        fast_date(p, want & ASSAY_TIME_TIMESTAMP ? offset : 0, micros))
        return true;
    return assay_time_check(assay_str(p, len), want, offset, micros) == ASSAY_TIME_OK;
}

bool assay_time_parse(const char *p, size_t len, unsigned want, int64_t offset, int64_t *micros)
{
    struct memo memo = {.month = 0};
    return parse(p, len, want, offset, &memo, micros);
}

void assay_time_parse_spans(const char *base, const struct assay_span *spans, uint32_t rows,
                            unsigned want, int64_t offset, int64_t *micros, uint64_t *valid)
{
    struct memo memo = {.month = 0};
    uint32_t from = 0;
    if ((want & ASSAY_TIME_TIMESTAMP) && assay_cpu_has_avx512())
        from = assay_time_parse_wide(base, spans, rows, want, offset, micros, valid);
    for (; from < rows; from += 64) {
        uint32_t count = rows - from < 64 ? rows - from : 64;
        uint64_t good = 0;
        for (uint32_t i = 0; i < count; i++) {
            struct assay_span span = spans[from + i];
            bool is = parse(base + span.off, span.len, want, offset, &memo, &micros[from + i]);
            good |= (uint64_t)is << i;
        }
        valid[from / 64] = good;
    }
}

bool assay_time_parse_safe(const char *p, size_t len, unsigned want, int64_t offset,
                           int64_t *micros)
{
    return assay_time_check(assay_str(p, len), want, offset, micros) == ASSAY_TIME_OK;
}

uint32_t assay_time_nanos(struct assay_str text)
{
    const char *point = text.len ? memchr(text.ptr, '.', text.len) : NULL;
    uint32_t nanos = 0, scale = 100;
    if (point == NULL)
        return 0;
    const char *end = text.ptr + text.len;
    for (const char *p = point + 1; p < end && is_digit(*p) && p < point + 10; p++)
        if (p > point + 6) {
            nanos += (uint32_t)(*p - '0') * scale;
            scale /= 10;
        }
    return nanos;
}

const char *assay_time_fault_text(enum assay_time_fault fault)
{
    static const char *const text[] = {
        [ASSAY_TIME_OK] = "a valid time",
        [ASSAY_TIME_SYNTAX] = "not ISO 8601",
        [ASSAY_TIME_YEAR] = "the year is outside of 0001 to 9999",
        [ASSAY_TIME_MONTH] = "the month is not 01 to 12",
        [ASSAY_TIME_DAY] = "the month has no such day",
        [ASSAY_TIME_HOUR] = "the hour is over 23",
        [ASSAY_TIME_HOUR_24] = "24:00 is 00:00 of the next day",
        [ASSAY_TIME_MINUTE] = "the minute is over 59",
        [ASSAY_TIME_SECOND] = "the second is over 59",
        [ASSAY_TIME_LEAP_SECOND] = "a leap second is no time here",
        [ASSAY_TIME_ZONE] = "the zone is over 23:59",
    };
    return (size_t)fault < sizeof text / sizeof text[0] ? text[fault] : "not a time";
}

bool assay_time_parse_zone(struct assay_str text, int64_t *offset)
{
    struct cursor in = {text.ptr, text.ptr + text.len, ASSAY_TIME_OK};
    if (text.len == 3 && (text.ptr[0] | 0x20) == 'u' && (text.ptr[1] | 0x20) == 't' &&
        (text.ptr[2] | 0x20) == 'c') {
        *offset = 0;
        return true;
    }
    return read_zone(&in, offset) && in.p == in.end;
}

static char *put_number(char *p, unsigned value, int width)
{
    for (int i = width - 1; i >= 0; i--, value /= 10)
        p[i] = (char)('0' + value % 10);
    return p + width;
}

static char *put_fraction(char *p, unsigned micro, unsigned nano)
{
    if (micro == 0 && nano == 0)
        return p;
    *p++ = '.';
    p = put_number(p, micro, 6);
    p = put_number(p, nano, 3);
    while (p[-1] == '0')
        p--;
    return p;
}

size_t assay_time_text(int64_t micros, enum assay_time_kind kind, char out[ASSAY_TIME_TEXT_MAX])
{
    return assay_instant_text((struct assay_instant){micros, 0}, kind, out);
}

size_t assay_instant_text(struct assay_instant instant, enum assay_time_kind kind,
                          char out[ASSAY_TIME_TEXT_MAX])
{
    struct assay_civil civil;
    int64_t micros = instant.micros;
    char *p = out;
    if (micros < ASSAY_TIME_MIN || micros > ASSAY_TIME_MAX)
        return (size_t)snprintf(out, ASSAY_TIME_TEXT_MAX, "out of range");
    assay_time_civil(micros, &civil);
    if (kind != ASSAY_TIME_TIME) {
        p = put_number(p, (unsigned)civil.year, 4);
        *p++ = '-';
        p = put_number(p, civil.month, 2);
        *p++ = '-';
        p = put_number(p, civil.day, 2);
    }
    if (kind == ASSAY_TIME_TIMESTAMP)
        *p++ = 'T';
    if (kind != ASSAY_TIME_DATE) {
        p = put_number(p, civil.hour, 2);
        *p++ = ':';
        p = put_number(p, civil.minute, 2);
        *p++ = ':';
        p = put_number(p, civil.second, 2);
        p = put_fraction(p, civil.micro, instant.nanos);
    }
    if (kind == ASSAY_TIME_TIMESTAMP)
        *p++ = 'Z';
    *p = '\0';
    return (size_t)(p - out);
}
