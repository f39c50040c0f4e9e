/*
 * Integers, floats, times, uuid and bytea as texts; numeric has a file of its own.
 */
#include "config.h"

#include "source/postgres_text.h"

#include "base/number.h"
#include "base/time.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* From 1970-01-01 to 2000-01-01, where PostgreSQL counts from. */
#define EPOCH_DAYS 10957
#define CYCLE_DAYS 146097 /* 400 years, after which the calendar repeats */

static const char pairs[] = "00010203040506070809101112131415161718192021222324252627282930313233"
                            "34353637383940414243444546474849505152535455565758596061626364656667"
                            "6869707172737475767778798081828384858687888990919293949596979899";

static char *put_unsigned(char *out, uint64_t value)
{
    char digits[24], *p = digits + sizeof digits;
    for (; value >= 100; value /= 100)
        memcpy(p -= 2, pairs + value % 100 * 2, 2);
    if (value >= 10)
        memcpy(p -= 2, pairs + value * 2, 2);
    else
        *--p = (char)('0' + value);
    size_t len = (size_t)(digits + sizeof digits - p);
    memcpy(out, p, len);
    return out + len;
}

static char *put_signed(char *out, int64_t value)
{
    if (value < 0)
        *out++ = '-';
    return put_unsigned(out, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

static char *put_text(char *out, const char *text)
{
    size_t len = strlen(text);
    memcpy(out, text, len);
    return out + len;
}

static char *put_pair(char *out, unsigned value)
{
    memcpy(out, pairs + value * 2, 2);
    return out + 2;
}

char *assay_pg_write_bool(char *out, const char *bytes, uint32_t len)
{
    (void)len;
    return put_text(out, *bytes ? "true" : "false");
}

char *assay_pg_write_int2(char *out, const char *bytes, uint32_t len)
{
    (void)len;
    return put_signed(out, (int16_t)assay_pg_u16(bytes));
}

char *assay_pg_write_int4(char *out, const char *bytes, uint32_t len)
{
    (void)len;
    return put_signed(out, (int32_t)assay_pg_u32(bytes));
}

char *assay_pg_write_int8(char *out, const char *bytes, uint32_t len)
{
    (void)len;
    return put_signed(out, (int64_t)assay_pg_u64(bytes));
}

char *assay_pg_write_oid(char *out, const char *bytes, uint32_t len)
{
    (void)len;
    return put_unsigned(out, assay_pg_u32(bytes));
}

static bool whole_number(int64_t value, int64_t *mantissa, uint8_t *code)
{
    *mantissa = value;
    *code = 0;
    return value > -ASSAY_NUM_MANTISSA_END && value < ASSAY_NUM_MANTISSA_END;
}

bool assay_pg_number_int2(const char *bytes, uint32_t len, int64_t *mantissa, uint8_t *code)
{
    (void)len;
    return whole_number((int16_t)assay_pg_u16(bytes), mantissa, code);
}

bool assay_pg_number_int4(const char *bytes, uint32_t len, int64_t *mantissa, uint8_t *code)
{
    (void)len;
    return whole_number((int32_t)assay_pg_u32(bytes), mantissa, code);
}

bool assay_pg_number_int8(const char *bytes, uint32_t len, int64_t *mantissa, uint8_t *code)
{
    (void)len;
    return whole_number((int64_t)assay_pg_u64(bytes), mantissa, code);
}

bool assay_pg_number_oid(const char *bytes, uint32_t len, int64_t *mantissa, uint8_t *code)
{
    (void)len;
    return whole_number(assay_pg_u32(bytes), mantissa, code);
}

static char *put_special(char *out, double value)
{
    return put_text(out, isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
}

/*
 * Few digits behind the point, as most floats in tables have: an integer below 10^15 that,
 * divided by a power of ten (both exact, so the quotient is rounded once), gives the value
 * back is its shortest text.
 */
static char *put_short(char *out, double value)
{
    double scale = 1;
    for (int digits = 0; digits <= 6; digits++, scale *= 10) {
        double scaled = nearbyint(value * scale);
        if (!(fabs(scaled) < 1e15))
            return NULL;
        if (scaled / scale != value)
            continue;
        int64_t whole = (int64_t)scaled, unit = (int64_t)scale;
        if (whole < 0)
            *out++ = '-';
        uint64_t size = whole < 0 ? 0 - (uint64_t)whole : (uint64_t)whole;
        out = put_unsigned(out, size / (uint64_t)unit);
        if (digits == 0)
            return out;
        *out = '.';
        uint64_t rest = size % (uint64_t)unit;
        for (int i = digits; i > 0; i--, rest /= 10)
            out[i] = (char)('0' + rest % 10);
        return out + 1 + digits;
    }
    return NULL;
}

char *assay_pg_write_float8(char *out, const char *bytes, uint32_t len)
{
    uint64_t bits = assay_pg_u64(bytes);
    double value;
    (void)len;
    memcpy(&value, &bits, sizeof value);
    if (!isfinite(value))
        return put_special(out, value);
    char *end = put_short(out, value);
    return end != NULL ? end : out + assay_double_text(value, out);
}

/* The shortest of 6 to 9 digits that reads back, 9 always do; the smallest have fewer. */
char *assay_pg_write_float4(char *out, const char *bytes, uint32_t len)
{
    uint32_t bits = assay_pg_u32(bytes);
    float value;
    int n = 0;
    (void)len;
    memcpy(&value, &bits, sizeof value);
    if (!isfinite(value))
        return put_special(out, (double)value);
    for (int digits = fabsf(value) < FLT_MIN ? 1 : 6; digits <= 9; digits++) {
        n = snprintf(out, 32, "%.*g", digits, (double)value);
        struct assay_numref read = assay_numref(assay_str(out, (size_t)n));
        if ((float)assay_number_to_double(&read) == value)
            break;
    }
    return out + n;
}

/* The date of days since 1970; years before 1 are written as psql does. */
static char *put_date(char *out, int64_t days, bool *before_christ)
{
    struct assay_civil civil;
    int64_t cycles = days / CYCLE_DAYS;
    assay_time_civil((days - cycles * CYCLE_DAYS) * ASSAY_DAY_US, &civil);
    int64_t year = civil.year + cycles * 400;
    *before_christ = year <= 0;
    if (year <= 0)
        year = 1 - year;
    if (year < 10000) {
        out = put_pair(out, (unsigned)(year / 100));
        out = put_pair(out, (unsigned)(year % 100));
    } else
        out = put_unsigned(out, (uint64_t)year);
    *out++ = '-';
    out = put_pair(out, civil.month);
    *out++ = '-';
    return put_pair(out, civil.day);
}

char *assay_pg_write_date(char *out, const char *bytes, uint32_t len)
{
    int32_t days = (int32_t)assay_pg_u32(bytes);
    bool before_christ;
    (void)len;
    if (days == INT32_MAX || days == INT32_MIN)
        return put_text(out, days > 0 ? "infinity" : "-infinity");
    out = put_date(out, (int64_t)days + EPOCH_DAYS, &before_christ);
    return before_christ ? put_text(out, " BC") : out;
}

/* The time of day; a fraction without trailing zeros. */
static char *put_clock(char *out, int64_t micros)
{
    uint32_t seconds = (uint32_t)(micros / ASSAY_SECOND_US);
    uint32_t rest = (uint32_t)(micros % ASSAY_SECOND_US);
    out = put_pair(out, seconds / 3600);
    *out++ = ':';
    out = put_pair(out, seconds / 60 % 60);
    *out++ = ':';
    out = put_pair(out, seconds % 60);
    if (rest == 0)
        return out;
    *out++ = '.';
    for (int i = 0; i < 3; i++, rest = rest % 10000 * 100)
        out = put_pair(out, rest / 10000);
    while (out[-1] == '0')
        out--;
    return out;
}

char *assay_pg_write_time(char *out, const char *bytes, uint32_t len)
{
    int64_t micros = (int64_t)assay_pg_u64(bytes);
    (void)len;
    return micros < 0 || micros > ASSAY_DAY_US ? NULL : put_clock(out, micros);
}

static char *put_timestamp(char *out, const char *bytes, const char *zone)
{
    int64_t micros = (int64_t)assay_pg_u64(bytes), days, clock;
    bool before_christ;
    if (micros == INT64_MAX || micros == INT64_MIN)
        return put_text(out, micros > 0 ? "infinity" : "-infinity");
    days = micros / ASSAY_DAY_US;
    clock = micros % ASSAY_DAY_US;
    if (clock < 0) {
        clock += ASSAY_DAY_US;
        days--;
    }
    out = put_date(out, days + EPOCH_DAYS, &before_christ);
    *out++ = ' ';
    out = put_text(put_clock(out, clock), zone);
    return before_christ ? put_text(out, " BC") : out;
}

char *assay_pg_write_timestamp(char *out, const char *bytes, uint32_t len)
{
    (void)len;
    return put_timestamp(out, bytes, "");
}

char *assay_pg_write_timestamptz(char *out, const char *bytes, uint32_t len)
{
    (void)len;
    return put_timestamp(out, bytes, "+00");
}

static const char hex[] = "0123456789abcdef";

char *assay_pg_write_uuid(char *out, const char *bytes, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *out++ = '-';
        *out++ = hex[(unsigned char)bytes[i] >> 4];
        *out++ = hex[(unsigned char)bytes[i] & 15];
    }
    return out;
}

char *assay_pg_write_bytea(char *out, const char *bytes, uint32_t len)
{
    *out++ = '\\';
    *out++ = 'x';
    for (uint32_t i = 0; i < len; i++) {
        *out++ = hex[(unsigned char)bytes[i] >> 4];
        *out++ = hex[(unsigned char)bytes[i] & 15];
    }
    return out;
}
