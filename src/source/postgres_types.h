/*
 * PostgreSQL's types as they travel in COPY's binary form, made into columns.
 *
 * The forms are those of the types' send functions (src/backend/utils/adt of PostgreSQL)
 * and of "COPY: Binary Format" in its manual: integers in network order, times as int64
 * microseconds and dates as int32 days since 2000-01-01, numeric as digits of base 10000.
 * A type that is not in the table is asked for as text, with a cast.
 */
#ifndef ASSAY_SOURCE_POSTGRES_TYPES_H
#define ASSAY_SOURCE_POSTGRES_TYPES_H

#include "source/db.h"

struct assay_pg_type {
    uint32_t oid;
    enum assay_db_class cls;
    enum assay_kind kind;
    uint32_t size;      /* bytes of a value; 0: any */
    uint32_t room;      /* most bytes of a value's text, to which come … */
    uint32_t room_each; /* … as many for each byte of the value */
    /* Writes the text and returns its end; NULL: the bytes are no such value. */
    char *(*write)(char *out, const char *bytes, uint32_t len);
    /* Where nothing is to be written: moves the span to the text within the bytes. */
    bool (*view)(const char *base, struct assay_span *span);
    /* The number of a value that a SMALL can hold; NULL: read from the text when asked for. */
    bool (*number)(const char *bytes, uint32_t len, int64_t *mantissa, uint8_t *code);
};

/* The type with that number; NULL: ask for it as text. */
const struct assay_pg_type *assay_pg_type_find(uint32_t oid);

/*
 * Makes the columns of a block from the rows of binary COPY that its text holds: row r is
 * the bytes from ends[r - 1] (0 for the first) to ends[r]. types[c] is that of column c.
 * Codes: DB-LOST where a row has not as many fields, or is not all of its bytes; DB-VALUE
 * where a value is none of its type, or over the limit.
 */
enum assay_status assay_pg_decode(const struct assay_pg_type *const *types, const uint32_t *ends,
                                  struct assay_db_block *block, struct assay_error *err);

#endif
