/*
 * Points in time as int64 microseconds since 1970-01-01T00:00:00Z.
 *
 * The calendar is the proleptic Gregorian one, years 0001 to 9999, every day 86400
 * seconds; all is integer arithmetic, without time zone files, locale or clock.
 *
 * What is read is ISO 8601, strictly (bytes, nothing around, letters in either case):
 *
 *     date      = YYYY "-" MM "-" DD
 *     time      = hh ":" mm [ ":" ss [ "." 1 to 9 digits ] ]
 *     timestamp = date ( "T" | " " ) time [ zone ]
 *     zone      = "Z" | ( "+" | "-" ) hh [ [ ":" ] mm ]
 *
 * Digits of the fraction past the sixth are told apart by struct assay_instant. A day that
 * the month does not have, 24:00:00 and the leap second :60 are not times, and nothing else
 * is guessed at: any other notation must be declared (base/timefmt.h).
 */
#ifndef ASSAY_BASE_TIME_H
#define ASSAY_BASE_TIME_H

#include "base/span.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ASSAY_SECOND_US INT64_C(1000000)
#define ASSAY_MINUTE_US (60 * ASSAY_SECOND_US)
#define ASSAY_HOUR_US (60 * ASSAY_MINUTE_US)
#define ASSAY_DAY_US (24 * ASSAY_HOUR_US)

/* The first and the last microsecond that are times: years 0001 and 9999. */
#define ASSAY_TIME_MIN (INT64_C(-719162) * ASSAY_DAY_US)
#define ASSAY_TIME_MAX (INT64_C(2932897) * ASSAY_DAY_US - 1)

/*
 * A point in time to the nanosecond, which is all that the notation can say. Most values
 * have none below the microsecond; one that is cut would be equal to what it is not.
 */
struct assay_instant {
    int64_t micros;
    uint32_t nanos; /* 0..999: past the microsecond */
};

static inline int assay_instant_compare(struct assay_instant a, struct assay_instant b)
{
    if (a.micros != b.micros)
        return a.micros < b.micros ? -1 : 1;
    return (a.nanos > b.nanos) - (a.nanos < b.nanos);
}

/* What is wanted; bits, so that several may be. */
enum assay_time_kind {
    ASSAY_TIME_DATE = 1,      /* its midnight */
    ASSAY_TIME_TIMESTAMP = 2, /* its instant */
    ASSAY_TIME_TIME = 4       /* microseconds since 00:00, no zone */
};

/* Why a text is no time. */
enum assay_time_fault {
    ASSAY_TIME_OK,
    ASSAY_TIME_SYNTAX, /* not the notation, or not of a kind that is wanted */
    ASSAY_TIME_YEAR,   /* 0000, or outside 0001..9999 once in UTC */
    ASSAY_TIME_MONTH,
    ASSAY_TIME_DAY, /* the month has no such day */
    ASSAY_TIME_HOUR,
    ASSAY_TIME_HOUR_24, /* 24:00: written as 00:00 of the next day */
    ASSAY_TIME_MINUTE,
    ASSAY_TIME_SECOND,
    ASSAY_TIME_LEAP_SECOND, /* second 60 */
    ASSAY_TIME_ZONE         /* over 23 hours or 59 minutes */
};

/*
 * Reads `len` bytes at `p`. At least 8 bytes before `p` and 64 after `p + len` must be
 * readable, as in a padded batch. `offset` is the zone of a timestamp without one, in
 * microseconds east of UTC; where `want` has TIMESTAMP, a date is a timestamp at its
 * midnight in that zone, and is accepted only if `want` also has DATE. `want` is an or of
 * kinds. On false *micros is 0.
 */
bool assay_time_parse(const char *p, size_t len, unsigned want, int64_t offset, int64_t *micros);

/* Each value of a batch; bit r of `valid`, all of whose words are written: it is a time. */
void assay_time_parse_spans(const char *base, const struct assay_span *spans, uint32_t rows,
                            unsigned want, int64_t offset, int64_t *micros, uint64_t *valid);

/* The same answer from any memory. */
bool assay_time_parse_safe(const char *p, size_t len, unsigned want, int64_t offset,
                           int64_t *micros);

/* The same again, with the reason; and the reason in words ("the month has no such day"). */
enum assay_time_fault assay_time_check(struct assay_str text, unsigned want, int64_t offset,
                                       int64_t *micros);
const char *assay_time_fault_text(enum assay_time_fault fault);

/* Digits 7 to 9 of the fraction of a text that reads as a time: its nanoseconds, 0..999. */
uint32_t assay_time_nanos(struct assay_str text);

/* No shorter text of these kinds (an or) has any. */
static inline size_t assay_time_nanos_from(unsigned want)
{
    return want & ASSAY_TIME_TIME ? sizeof "00:00:00.0000000" - 1
                                  : sizeof "0000-00-00T00:00:00.0000000" - 1;
}

/*
 * Why a text that is written as a time of one of these kinds is none: ": the month has no such
 * day", to go behind a message; "" where it is one, or is not written like one at all.
 */
const char *assay_time_why_not(struct assay_str text, unsigned want);

/*
 * Reads a zone, `Z` or `UTC` or an offset as above, as a suite names one: microseconds
 * east of UTC.
 */
bool assay_time_parse_zone(struct assay_str text, int64_t *offset);

/*
 * ISO 8601, NUL-terminated; returns the length. A timestamp ends in Z; a fraction is
 * there only where it is not zero, without trailing zeros: `2024-02-29T12:00:00.5Z`.
 * Outside of the years 0001..9999 the text is `out of range`.
 */
#define ASSAY_TIME_TEXT_MAX 32
size_t assay_time_text(int64_t micros, enum assay_time_kind kind, char out[ASSAY_TIME_TEXT_MAX]);
size_t assay_instant_text(struct assay_instant instant, enum assay_time_kind kind,
                          char out[ASSAY_TIME_TEXT_MAX]);

/* A time taken apart. Fields are those of UTC. */
struct assay_civil {
    int32_t year;
    uint8_t month, day;           /* from 1 */
    uint8_t hour, minute, second; /* from 0 */
    uint32_t micro;
};

/* Days since 1970-01-01; 0 where there is no such date. */
int64_t assay_time_days(int32_t year, unsigned month, unsigned day);
bool assay_time_is_date(int32_t year, unsigned month, unsigned day);
void assay_time_civil(int64_t micros, struct assay_civil *out);
int64_t assay_time_from_civil(const struct assay_civil *civil);

/* One number about a time; those of SQL's EXTRACT. */
enum assay_time_part {
    ASSAY_PART_YEAR,
    ASSAY_PART_QUARTER, /* 1..4 */
    ASSAY_PART_MONTH,
    ASSAY_PART_WEEK,    /* of ISO 8601, 1..53 */
    ASSAY_PART_ISOYEAR, /* the year that week belongs to */
    ASSAY_PART_DAY,
    ASSAY_PART_DOY,    /* 1..366 */
    ASSAY_PART_DOW,    /* Sunday is 0 */
    ASSAY_PART_ISODOW, /* Monday is 1, Sunday 7 */
    ASSAY_PART_HOUR,
    ASSAY_PART_MINUTE,
    ASSAY_PART_SECOND,
    ASSAY_PART_MICROSECOND, /* within the second */
    ASSAY_PART_EPOCH        /* whole seconds since 1970, rounded down */
};
int64_t assay_time_part(int64_t micros, enum assay_time_part part);

/* Moves by calendar months; a day the month lacks becomes its last. False: out of range. */
bool assay_time_add_months(int64_t micros, int64_t months, int64_t *out);

/* Adds microseconds. False: out of range. */
bool assay_time_add(int64_t micros, int64_t duration, int64_t *out);

/* Whole months from `from` to `to`, towards zero: the most that can be added without passing. */
int64_t assay_time_months_between(int64_t from, int64_t to);

/*
 * Durations: one or more of `<digits><unit>`, units falling, each at most once, of
 * w d h m s ms us: `12h`, `1d12h`, `90m`, `500ms`. False on anything else or overflow.
 */
bool assay_duration_parse(struct assay_str text, int64_t *micros);

/*
 * The same back, the largest units first: `1d12h`, `1h30m`, `0s`; weeks only where days
 * would be a multiple of 7 and nothing follows. Negative ones begin with `-`.
 */
#define ASSAY_DURATION_TEXT_MAX 64
size_t assay_duration_text(int64_t micros, char out[ASSAY_DURATION_TEXT_MAX]);

#endif
