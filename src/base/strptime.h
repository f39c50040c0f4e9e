/*
 * Times by a format as C's and Python's strptime have it: a test, not a reading.
 *
 * The directives are those of Python's time.strptime: %a %A %b %B %c %d %f %G %H %I %j %m %M
 * %p %S %u %U %V %w %W %x %X %y %Y %z %Z and %%, each at most once, names those of English.
 * Numbers may leave out leading zeros, except years and %f; white space in a format stands
 * for one or more white-space characters, letters match both cases, and the whole text has
 * to match. A day has to exist in its month, where month, or month and year, are given.
 */
#ifndef ASSAY_BASE_STRPTIME_H
#define ASSAY_BASE_STRPTIME_H

#include "base/error.h"
#include "base/span.h"
#include "base/str.h"

#include <stdint.h>

#define ASSAY_STRPTIME_PARTS 96u

#define ASSAY_STRPTIME_FIXED 32u

/* The format's layout where all numbers are padded, by byte; see strptime_fixed.c. */
struct assay_strptime_fixed {
    uint8_t len; /* 0: it has none */
    bool short_year;
    int8_t year, month, day; /* where they begin; -1: nowhere */
    uint8_t expect[ASSAY_STRPTIME_FIXED + 8];
    uint8_t fold[ASSAY_STRPTIME_FIXED + 8]; /* bits that do not matter, set in `expect` */
    uint8_t keep[ASSAY_STRPTIME_FIXED + 8]; /* 0xff where the layout has a byte */
    uint8_t most[ASSAY_STRPTIME_FIXED + 8]; /* 9: a digit; 0: as expected */
    uint8_t low[ASSAY_STRPTIME_FIXED + 8], high[ASSAY_STRPTIME_FIXED + 8]; /* of two digits */
};

struct assay_strptime {
    struct assay_strptime_part {
        char directive; /* 'd', 'Y' …; 0: the literal; ' ': white space */
        char literal;   /* in lower case */
    } parts[ASSAY_STRPTIME_PARTS];
    uint32_t count;
    struct assay_strptime_fixed fixed;
};

/* ASSAY_CONFIG, code TIME-FORMAT, with an excerpt, where a directive is not known or repeated. */
enum assay_status assay_strptime_compile(struct assay_strptime *format, struct assay_str text,
                                         struct assay_error *err);

bool assay_strptime_holds(const struct assay_strptime *format, struct assay_str text);

/* The same of up to 64 values: bit i of `mask` selects spans[i]. Returns those that hold. */
uint64_t assay_strptime_hold64(const struct assay_strptime *format, const char *base,
                               const struct assay_span *spans, uint64_t mask);

/* Finds the layout of a format just compiled; what compiling ends with. */
void assay_strptime_fix(struct assay_strptime *format);

#endif
