/*
 * Values of ODBC. Private to the driver.
 */
#ifndef ASSAY_SOURCE_ODBC_ROWS_H
#define ASSAY_SOURCE_ODBC_ROWS_H

#include "source/odbc.h"

#ifdef HAVE_ODBC

/* What a column of a dynamic database is called that was selected as its projection. */
#define ASSAY_ODBC_CELL "assay_cell"

/* How values come, and what is made of them. */
enum assay_odbc_form {
    ASSAY_ODBC_TEXT,
    ASSAY_ODBC_INT,
    ASSAY_ODBC_DOUBLE,
    ASSAY_ODBC_FLOAT,
    ASSAY_ODBC_BIT,
    ASSAY_ODBC_BITS,   /* bit(n): bytes of an unsigned number, the highest first */
    ASSAY_ODBC_NUMBER, /* exact: digits */
    ASSAY_ODBC_BYTES,
    ASSAY_ODBC_TIME,    /* ODBC's own text of dates and times */
    ASSAY_ODBC_INSTANT, /* the same, of the session's zone, which is UTC */
    ASSAY_ODBC_WORD     /* short, of ASCII, in small letters: a uuid */
};

struct assay_odbc_column {
    SQLSMALLINT type; /* SQL_… */
    SQLULEN size;     /* of it, as SQLDescribeCol says */
    bool is_unsigned;
    bool is_cell;
    enum assay_odbc_form form;
    SQLSMALLINT c_type; /* by assay_odbc_fit: what is asked for */
    size_t width;       /* bytes for any value, its terminator too; 0: there is no bound */
};

void assay_odbc_fit(const struct assay_odbc *own, struct assay_odbc_column *column);

/*
 * The columns of a statement; `detail` may be NULL. Both in the arena.
 */
enum assay_status assay_odbc_columns(struct assay_odbc *own, SQLHSTMT statement,
                                     struct assay_arena *arena, struct assay_db_column **columns,
                                     struct assay_odbc_column **detail, uint32_t *count,
                                     struct assay_error *err);

/* Puts a value that is no null into the block's row; false: no memory, or over max_field. */
bool assay_odbc_put(const struct assay_odbc_column *d, struct assay_db_block *block,
                    uint32_t column, struct assay_str bytes);

#endif
#endif
