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
#include "base/str.h"

#include <stdint.h>

#define ASSAY_STRPTIME_PARTS 96u

struct assay_strptime {
    struct assay_strptime_part {
        char directive; /* 'd', 'Y' …; 0: the literal; ' ': white space */
        char literal;   /* in lower case */
    } parts[ASSAY_STRPTIME_PARTS];
    uint32_t count;
};

/* ASSAY_CONFIG, code TIME-FORMAT, with an excerpt, where a directive is not known or repeated. */
enum assay_status assay_strptime_compile(struct assay_strptime *format, struct assay_str text,
                                         struct assay_error *err);

bool assay_strptime_holds(const struct assay_strptime *format, struct assay_str text);

#endif
