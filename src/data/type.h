/*
 * The types a suite can declare for a column, and the kinds a value can carry.
 */
#ifndef ASSAY_DATA_TYPE_H
#define ASSAY_DATA_TYPE_H

#include "base/str.h"

/* What a column is declared to hold. ASSAY_TYPE_NONE: nothing was declared. */
enum assay_type {
    ASSAY_TYPE_NONE,
    ASSAY_TYPE_INTEGER,   /* a number without a fraction: 1, 1.0 and 1e3 are, 1.5 is not */
    ASSAY_TYPE_DECIMAL,   /* any finite number */
    ASSAY_TYPE_NUMBER,    /* any number, NaN and the infinities included */
    ASSAY_TYPE_BOOLEAN,   /* true, false (any case); JSON: the literals */
    ASSAY_TYPE_DATE,      /* ISO 8601, or the column's declared format */
    ASSAY_TYPE_TIMESTAMP, /* the same */
    ASSAY_TYPE_TIME,      /* the same */
    ASSAY_TYPE_UUID,      /* 8-4-4-4-12 hexadecimal digits */
    ASSAY_TYPE_JSON,      /* a JSON document */
    ASSAY_TYPE_STRING,    /* any text */
    ASSAY_TYPE_COUNT
};

/* What a value is where the format says so (JSON, databases); CSV has only text. */
enum assay_kind {
    ASSAY_KIND_TEXT,
    ASSAY_KIND_NUMBER,
    ASSAY_KIND_BOOLEAN,
    ASSAY_KIND_ARRAY,  /* the text is the JSON text */
    ASSAY_KIND_OBJECT, /* the text is the JSON text */
    ASSAY_KIND_NULL,
    ASSAY_KIND_MISSING /* null, because there is no such key */
};

/* What a column of a database holds, as far as semantics differ. */
enum assay_db_class {
    ASSAY_DB_DYNAMIC, /* any kind, value by value (SQLite) */
    ASSAY_DB_INTEGER, /* of any width */
    ASSAY_DB_DECIMAL, /* exact: numeric(p, s); NaN and infinities where the engine has them */
    ASSAY_DB_FLOAT,   /* binary: float4, float8 */
    ASSAY_DB_BOOLEAN,
    ASSAY_DB_TEXT,   /* sequences of characters */
    ASSAY_DB_PADDED, /* char(n): trailing spaces mean nothing to the engine */
    ASSAY_DB_DATE,
    ASSAY_DB_TIMESTAMP, /* without a zone */
    ASSAY_DB_INSTANT,   /* timestamp with time zone */
    ASSAY_DB_TIME,
    ASSAY_DB_UUID,
    ASSAY_DB_JSON,
    ASSAY_DB_BINARY,
    ASSAY_DB_ENUM,  /* one of the names that the type has */
    ASSAY_DB_OTHER, /* arrays, composites, ranges, geometry: compared as their text */
    ASSAY_DB_CLASSES
};

/* How values of a column are ordered and compared. */
enum assay_order {
    ASSAY_ORDER_NUMBER, /* exact decimals */
    ASSAY_ORDER_TIME,   /* microseconds since 1970 UTC, dates at midnight, times since 00:00 */
    ASSAY_ORDER_TEXT    /* bytewise, which is code point order in UTF-8 */
};

const char *assay_type_name(enum assay_type type);

/* ASSAY_TYPE_COUNT where there is no such type. */
enum assay_type assay_type_find(struct assay_str name);

/* The order of a declared type; an undeclared column orders as numbers. */
enum assay_order assay_type_order(enum assay_type type);

static inline bool assay_type_is_numeric(enum assay_type type)
{
    return type == ASSAY_TYPE_INTEGER || type == ASSAY_TYPE_DECIMAL || type == ASSAY_TYPE_NUMBER;
}

static inline bool assay_type_is_time(enum assay_type type)
{
    return type == ASSAY_TYPE_DATE || type == ASSAY_TYPE_TIMESTAMP || type == ASSAY_TYPE_TIME;
}

#endif
