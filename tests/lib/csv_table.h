/*
 * CSV read for a table of a database, by way of the source that the program itself uses.
 */
#ifndef ASSAY_TESTS_CSV_TABLE_H
#define ASSAY_TESTS_CSV_TABLE_H

#include "suite/suite.h"

/* What a column holds; `type` is the declared one. */
struct csv_table_column {
    struct assay_str name;
    enum assay_type type;
    uint64_t numbers, booleans, others;
    uint64_t whole;  /* of the numbers: within 64 bits */
    uint64_t simple; /* of the numbers: a double is exactly this one */
    int scale;       /* most digits behind the point; -1: one has an exponent */
    int digits;      /* most digits before it */
    size_t longest;  /* bytes of a value */
    void *own;       /* the caller's */
};

struct csv_table {
    struct csv_table_column *columns;
    uint32_t column_count;
    void *context;
    /* Each value in order of rows and columns; false ends the reading. */
    bool (*put)(struct csv_table *table, uint32_t column, struct assay_str text, bool null);
    struct assay_source *source;
};

/*
 * Reads a file to its end. False where a table cannot say the same: no records, malformed
 * ones, columns without a name or of one name, a NUL, and what `put` refuses. Call
 * csv_table_free in any case.
 */
bool csv_table_read(struct csv_table *table, const char *path, const struct assay_suite *suite);
void csv_table_free(struct csv_table *table);

/*
 * For `put`, with a struct assay_buf as the context: a row a line, in the text that COPY of
 * PostgreSQL and TabSeparated of ClickHouse read.
 */
bool csv_table_copy(struct csv_table *table, uint32_t column, struct assay_str text, bool null);

/* 'n' numbers, 'b' truth, 't' texts; 0: in some rows one and in others another. */
char csv_table_kind(const struct csv_table_column *column);

#endif
