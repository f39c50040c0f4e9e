/*
 * A value in a result: what was observed, what was expected, what failed.
 *
 * Values are immutable and borrowed: they live as long as the Run they came from.
 * Numbers are decimal text, exactly as computed: nothing is lost in a double. Texts
 * carry a length and may hold any byte.
 */
#ifndef ASSAY_VALUE_H
#define ASSAY_VALUE_H

#include "assay/status.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * A borrowed run of bytes: not NUL-terminated, may contain any byte, and lives as long
 * as whatever it was taken from.
 */
struct assay_str {
    const char *ptr;
    size_t len;
};

enum assay_value_kind {
    ASSAY_VALUE_NULL,
    ASSAY_VALUE_BOOLEAN,
    ASSAY_VALUE_NUMBER,    /* text: a JSON number, or NaN, Infinity, -Infinity */
    ASSAY_VALUE_STRING,    /* text */
    ASSAY_VALUE_DATE,      /* text: YYYY-MM-DD */
    ASSAY_VALUE_TIMESTAMP, /* text: ISO 8601, UTC */
    ASSAY_VALUE_LIST,      /* items[count] */
    ASSAY_VALUE_MAP        /* keys[count] and items[count] */
};

struct assay_value {
    enum assay_value_kind kind;
    bool boolean;
    struct assay_str text;
    size_t count;
    const struct assay_value *items;
    const struct assay_str *keys;
};

#endif
