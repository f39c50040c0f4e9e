/*
 * Declared notations of dates and times: a pattern in the manner of strptime is compiled
 * once and then reads values.
 *
 *     %Y 4 digits         %y 2 digits: 69..99 are 1969..1999, 00..68 are 2000..2068
 *     %m %d %H %M %S      1 or 2 digits          %j day of the year, 1 to 3 digits
 *     %I 1..12 with %p AM or PM                  %f fraction of a second, 1 to 6 digits
 *     %b %B               month: three letters of its English name, all of it
 *     %a %A               weekday, likewise; read, not compared with the date
 *     %z                  Z, +hhmm or +hh:mm     %Z UTC, GMT or Z
 *     %F = %Y-%m-%d       %T = %H:%M:%S          %R = %H:%M
 *     %%                  a percent sign         white space: one or more such characters
 *
 * Everything else stands for itself; letters match in either case. The semantics are those
 * of Python's datetime.strptime: the whole value must be consumed, and where a number may
 * have one digit or two, every way to read the value is tried, the longest first. Stricter
 * than there: leap seconds are refused, and a pattern must say enough (a date needs its
 * year, a day its month, %I its %p, minutes their hours).
 */
#ifndef ASSAY_BASE_TIMEFMT_H
#define ASSAY_BASE_TIMEFMT_H

#include "base/error.h"
#include "base/time.h"

#define ASSAY_TIMEFMT_STEPS 64

/* A compiled pattern; plain data in the caller's storage, nothing to free. */
struct assay_timefmt {
    enum assay_time_kind kind; /* what the values are: DATE, TIMESTAMP or TIME */
    bool zoned;                /* they say their zone themselves */
    bool twelve;               /* hours are those of a clock with AM and PM */
    uint8_t count;
    struct {
        char directive; /* the letter after the percent sign; 0: a literal; ' ': white space */
        char detail;    /* the literal; of a directive, which number it is, -1: a word */
    } step[ASSAY_TIMEFMT_STEPS];
};

/*
 * ASSAY_CONFIG where the pattern is wrong: the message says what, the excerpt shows the
 * pattern, and caret and column point into it. ASSAY_LIMIT over ASSAY_TIMEFMT_STEPS steps.
 */
enum assay_status assay_timefmt_compile(struct assay_timefmt *format, struct assay_str pattern,
                                        struct assay_error *err);

/*
 * Reads a whole value, from any memory. `offset` is the zone of a timestamp that names
 * none, in microseconds east of UTC; dates and times of day have none. A time of day is
 * microseconds since 00:00. On false *micros is 0.
 */
bool assay_timefmt_parse(const struct assay_timefmt *format, struct assay_str text, int64_t offset,
                         int64_t *micros);

#endif
