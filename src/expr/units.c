/*
 * Units of time, intervals and the calendar.
 */
#include "config.h"

#include "expr/units.h"

#include "expr/lex.h"

static const struct {
    const char *name;
    int64_t micros; /* of a unit of fixed length */
    int8_t months;  /* of one that is not */
    int8_t part;    /* enum assay_time_part, or -1 */
} units[ASSAY_EXPR_UNIT_COUNT] = {
    [ASSAY_EXPR_UNIT_NONE] = {"", 0, 0, -1},
    [ASSAY_EXPR_UNIT_MICROSECOND] = {"microsecond", 1, 0, ASSAY_PART_MICROSECOND},
    [ASSAY_EXPR_UNIT_MILLISECOND] = {"millisecond", 1000, 0, -1},
    [ASSAY_EXPR_UNIT_SECOND] = {"second", ASSAY_SECOND_US, 0, ASSAY_PART_SECOND},
    [ASSAY_EXPR_UNIT_MINUTE] = {"minute", ASSAY_MINUTE_US, 0, ASSAY_PART_MINUTE},
    [ASSAY_EXPR_UNIT_HOUR] = {"hour", ASSAY_HOUR_US, 0, ASSAY_PART_HOUR},
    [ASSAY_EXPR_UNIT_DAY] = {"day", ASSAY_DAY_US, 0, ASSAY_PART_DAY},
    [ASSAY_EXPR_UNIT_WEEK] = {"week", 7 * ASSAY_DAY_US, 0, ASSAY_PART_WEEK},
    [ASSAY_EXPR_UNIT_MONTH] = {"month", 0, 1, ASSAY_PART_MONTH},
    [ASSAY_EXPR_UNIT_QUARTER] = {"quarter", 0, 3, ASSAY_PART_QUARTER},
    [ASSAY_EXPR_UNIT_YEAR] = {"year", 0, 12, ASSAY_PART_YEAR},
    [ASSAY_EXPR_UNIT_DOW] = {"dow", 0, 0, ASSAY_PART_DOW},
    [ASSAY_EXPR_UNIT_ISODOW] = {"isodow", 0, 0, ASSAY_PART_ISODOW},
    [ASSAY_EXPR_UNIT_ISOYEAR] = {"isoyear", 0, 0, ASSAY_PART_ISOYEAR},
    [ASSAY_EXPR_UNIT_DOY] = {"doy", 0, 0, ASSAY_PART_DOY},
    [ASSAY_EXPR_UNIT_EPOCH] = {"epoch", 0, 0, ASSAY_PART_EPOCH},
};

const char *assay_expr_unit_name(enum assay_expr_unit unit)
{
    return units[unit].name;
}

enum assay_expr_unit assay_expr_unit_find(struct assay_str name)
{
    struct assay_str one = name;
    if (one.len > 0 && (one.ptr[one.len - 1] == 's' || one.ptr[one.len - 1] == 'S'))
        one.len--;
    for (int i = 1; i < ASSAY_EXPR_UNIT_COUNT; i++)
        if (assay_expr_word_is(name, units[i].name) ||
            (i < ASSAY_EXPR_UNIT_DOW && assay_expr_word_is(one, units[i].name)))
            return (enum assay_expr_unit)i;
    return ASSAY_EXPR_UNIT_NONE;
}

bool assay_expr_unit_fits(enum assay_expr_unit unit, const char *function)
{
    if (strcmp(function, "extract") == 0)
        return units[unit].part >= 0;
    return unit < ASSAY_EXPR_UNIT_DOW;
}

static size_t skip_spaces(struct assay_str text, size_t i)
{
    while (i < text.len && (text.ptr[i] == ' ' || text.ptr[i] == '\t'))
        i++;
    return i;
}

/* A number of up to 18 digits, as mantissa and scale. */
static bool read_amount(struct assay_str text, size_t *at, int64_t *mantissa, uint8_t *scale)
{
    size_t from = *at, i = from;
    while (i < text.len && ((text.ptr[i] >= '0' && text.ptr[i] <= '9') || text.ptr[i] == '.' ||
                            ((text.ptr[i] == '-' || text.ptr[i] == '+') && i == from)))
        i++;
    *at = i;
    *scale = assay_number_parse_safe(text.ptr + from, i - from, mantissa);
    return assay_number_is_small(*scale);
}

/* Adds mantissa / 10^scale units; false where that is no whole number of microseconds. */
static bool add_unit(enum assay_expr_unit unit, int64_t mantissa, uint8_t scale, int64_t *months,
                     int64_t *micros)
{
    int64_t each = units[unit].micros ? units[unit].micros : units[unit].months;
    __int128 amount = (__int128)mantissa * each;
    for (; scale > 0; scale--) {
        if (amount % 10 != 0)
            return false;
        amount /= 10;
    }
    int64_t *sum = units[unit].micros ? micros : months;
    amount += *sum;
    __int128 most = units[unit].micros ? (__int128)ASSAY_TIME_MAX * 2 : 12 * 20000;
    if (amount > most || amount < -most)
        return false;
    *sum = (int64_t)amount;
    return true;
}

bool assay_expr_interval_parse(struct assay_str text, int32_t *months, int64_t *micros)
{
    int64_t m = 0, us = 0, mantissa;
    uint8_t scale;
    size_t i = skip_spaces(text, 0);
    if (i == text.len)
        return false;
    while (i < text.len) {
        if (!read_amount(text, &i, &mantissa, &scale))
            return false;
        i = skip_spaces(text, i);
        size_t from = i;
        while (i < text.len && text.ptr[i] != ' ' && text.ptr[i] != '\t')
            i++;
        enum assay_expr_unit unit = assay_expr_unit_find(assay_str(text.ptr + from, i - from));
        if (unit == ASSAY_EXPR_UNIT_NONE || unit >= ASSAY_EXPR_UNIT_DOW ||
            !add_unit(unit, mantissa, scale, &m, &us))
            return false;
        i = skip_spaces(text, i);
    }
    *months = (int32_t)m;
    *micros = us;
    return true;
}

bool assay_expr_time_parse(struct assay_str text, enum assay_expr_type type, int64_t *micros)
{
    unsigned want = type == ASSAY_EXPR_DATE   ? ASSAY_TIME_DATE
                    : type == ASSAY_EXPR_TIME ? ASSAY_TIME_TIME
                                              : ASSAY_TIME_DATE | ASSAY_TIME_TIMESTAMP;
    return assay_time_parse_safe(text.ptr, text.len, want, 0, micros);
}

int64_t assay_expr_time_part(enum assay_expr_unit unit, int64_t micros)
{
    return assay_time_part(micros, (enum assay_time_part)units[unit].part);
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Which of the unit's periods, counted from 1970 or the year 0, a time lies in. */
static int64_t period(enum assay_expr_unit unit, int64_t micros)
{
    if (unit == ASSAY_EXPR_UNIT_WEEK) /* 1970-01-01 was a Thursday */
        return floor_div(floor_div(micros, ASSAY_DAY_US) + 3, 7);
    if (units[unit].micros)
        return floor_div(micros, units[unit].micros);
    struct assay_civil civil;
    assay_time_civil(micros, &civil);
    return ((int64_t)civil.year * 12 + civil.month - 1) / units[unit].months;
}

int64_t assay_expr_time_diff(enum assay_expr_unit unit, int64_t from, int64_t to)
{
    return period(unit, to) - period(unit, from);
}

int64_t assay_expr_time_trunc(enum assay_expr_unit unit, int64_t micros)
{
    int64_t n = period(unit, micros);
    if (unit == ASSAY_EXPR_UNIT_WEEK)
        return (n * 7 - 3) * ASSAY_DAY_US;
    if (units[unit].micros)
        return n * units[unit].micros;
    n *= units[unit].months;
    return assay_time_days((int32_t)(n / 12), (unsigned)(n % 12) + 1, 1) * ASSAY_DAY_US;
}

bool assay_expr_time_add(int64_t micros, int64_t months, int64_t more, int64_t *out)
{
    return (months == 0 || assay_time_add_months(micros, months, &micros)) &&
           assay_time_add(micros, more, out);
}

size_t assay_expr_time_text(enum assay_expr_type type, struct assay_instant instant, char out[48])
{
    size_t n = assay_instant_text(instant,
                                  type == ASSAY_EXPR_DATE   ? ASSAY_TIME_DATE
                                  : type == ASSAY_EXPR_TIME ? ASSAY_TIME_TIME
                                                            : ASSAY_TIME_TIMESTAMP,
                                  out);
    if (type == ASSAY_EXPR_TIMESTAMP && n > 11 && out[10] == 'T') {
        out[10] = ' ';
        n--; /* the Z */
    }
    return n;
}
