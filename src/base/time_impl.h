/*
 * The part of the calendar that the fast paths of reading need inlined.
 */
#ifndef ASSAY_BASE_TIME_IMPL_H
#define ASSAY_BASE_TIME_IMPL_H

#include "base/time.h"

#define ASSAY_DAYS_TO_1970 719162 /* from 0001-01-01 */

/* Bytes are lowest first: Y Y Y Y - M M -, then D D (any) h h : m m, then : s s. */
#define ASSAY_DATE_BYTES UINT64_C(0x2d30302d30303030)
#define ASSAY_CLOCK_BYTES UINT64_C(0x30303a3030003030)
#define ASSAY_SECOND_BYTES UINT64_C(0x30303a)

/* Months from 1; index 0 and those past 12 have no days. */
struct assay_month {
    uint16_t before; /* days of the year before it */
    uint16_t length;
};

static const struct assay_month assay_months[2][16] = {
    {{0, 0},
     {0, 31},
     {31, 28},
     {59, 31},
     {90, 30},
     {120, 31},
     {151, 30},
     {181, 31},
     {212, 31},
     {243, 30},
     {273, 31},
     {304, 30},
     {334, 31}},
    {{0, 0},
     {0, 31},
     {31, 29},
     {60, 31},
     {91, 30},
     {121, 31},
     {152, 30},
     {182, 31},
     {213, 31},
     {244, 30},
     {274, 31},
     {305, 30},
     {335, 31}},
};

static inline bool assay_is_leap(uint32_t year)
{
    return year % 4 == 0 && (year % 25 != 0 || year % 16 == 0);
}

/* The day's number, or false where the date is none. */
static inline bool assay_date_days(uint32_t year, unsigned month, unsigned day, int64_t *days)
{
    const struct assay_month *m = &assay_months[assay_is_leap(year)][month & 15];
    if (year - 1 > 9998 || month > 15 || day - 1 >= m->length)
        return false;
    uint32_t past = year - 1, centuries = past / 100;
    *days = (int64_t)(past * 365 + past / 4 - centuries + centuries / 4 + m->before + day - 1) -
            ASSAY_DAYS_TO_1970;
    return true;
}

/*
 * With AVX-512 (base/cpu.h): reads some or all rows of a batch as timestamps, or as `want` has
 * it, and returns how many, a multiple of 64: the rest is the caller's.
 */
uint32_t assay_time_parse_wide(const char *base, const struct assay_span *spans, uint32_t rows,
                               unsigned want, int64_t offset, int64_t *micros, uint64_t *valid);

#endif
