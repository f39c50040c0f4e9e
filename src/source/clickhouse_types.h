/*
 * ClickHouse's types, and their values as they travel in TabSeparated.
 *
 * Every value is text there, one row a line and a tab between fields, with \\ \t \n \r \0
 * \b \f \' for what would end one; NULL is \N. So all types of all versions come the same
 * way, and bytes that are no UTF-8 come as they are. The forms are those of "TabSeparated"
 * in ClickHouse's manual.
 */
#ifndef ASSAY_SOURCE_CLICKHOUSE_TYPES_H
#define ASSAY_SOURCE_CLICKHOUSE_TYPES_H

#include "source/db.h"

enum assay_ch_form {
    ASSAY_CH_TEXT,
    ASSAY_CH_NUMBER,
    ASSAY_CH_FLOAT, /* numbers, nan, inf and -inf */
    ASSAY_CH_BOOL,
    ASSAY_CH_FIXED, /* FixedString: filled up with NULs, which are no part of the value */
    ASSAY_CH_NESTED /* arrays, tuples and maps, as ClickHouse's own literals */
};

struct assay_ch_type {
    enum assay_db_class cls;
    enum assay_ch_form form;
    int scale;     /* of decimals; -1: none */
    bool nullable; /* NULL is one of its values */
    bool instant;  /* DateTime: shown in a zone of its own unless it is asked for in UTC */
    bool named;    /* Enum: numbers that have names, of which the server may lack one */
};

/* Takes a type's name apart; LowCardinality(Nullable(T)) and the like are as T. */
void assay_ch_type_read(struct assay_str name, struct assay_ch_type *out);

/* Takes the escapes off within the text itself; its new length. */
size_t assay_ch_unescape(char *text, size_t len);

/*
 * Appends an array, tuple or map of ClickHouse as JSON: tuples as arrays, NULL as null, what
 * is no number of JSON in quotes. False where it is no such literal; nothing is appended.
 */
bool assay_ch_json(struct assay_str text, struct assay_buf *out);

/*
 * Makes the columns of a block from the lines that its text holds: row r is the bytes from
 * ends[r - 1] (0 for the first) to ends[r], with the line feed, and begins with a mark of
 * two bytes. types[c] is that of column c. Codes: DB-LOST where a row has not as many
 * fields; DB-VALUE where a value is over the limit.
 */
enum assay_status assay_ch_decode(const struct assay_ch_type *types, const uint32_t *ends,
                                  struct assay_db_block *block, struct assay_error *err);

/* What every row begins with, so that none is taken for the text of an error. */
#define ASSAY_CH_MARK "1\t"

#endif
