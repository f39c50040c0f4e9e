/*
 * The SQLite side of the query metric: statements, the temporary table, results. Private to
 * src/metric/query.c; empty where SQLite is not built in.
 */
#ifndef ASSAY_METRIC_QUERY_SQL_H
#define ASSAY_METRIC_QUERY_SQL_H

#include "metric/metrics.h"

#ifdef HAVE_SQLITE3

#include <sqlite3.h>

/* A temporary database with the records, of some columns of a schema. */
struct assay_query_db {
    sqlite3 *db;
    sqlite3_stmt *insert;
    const struct assay_str *schema;
    uint32_t schema_count;
    bool *read;  /* by column of the schema: a statement looked at it */
    bool *texts; /* by column of the schema: some value reads as no number */
    bool failed; /* the statement is none: `error` says why */
    struct assay_error error;
};

/*
 * Opens it, with an empty table of all columns, and prepares the statement over it, which
 * fills `read`. A statement that is none sets `failed`. assay_query_close in any case.
 */
enum assay_status assay_query_open(struct assay_query_db *q, const char *sql,
                                   const struct assay_str *schema, uint32_t schema_count,
                                   struct assay_error *err);
void assay_query_close(struct assay_query_db *q);

/* Makes the table of records, of the columns in `read`, and the statement that inserts. */
enum assay_status assay_query_create(struct assay_query_db *q, struct assay_error *err);

/* Inserts what was bound: ?1 the record's number, then the columns in `read`. */
enum assay_status assay_query_insert(struct assay_query_db *q, struct assay_error *err);

/* A statement that steps over all records in order, with the columns of the insert. */
sqlite3_stmt *assay_query_records(struct assay_query_db *q);

/* Runs the statement over the records; a failure of it sets `failed`. */
enum assay_status assay_query_fetch(struct assay_query_db *q, const struct assay_query_args *args,
                                    struct assay_arena *arena, struct assay_query_detail *detail,
                                    struct assay_error *err);

/* The error for a database that could not do its work. */
enum assay_status assay_query_fail(struct assay_query_db *q, struct assay_error *err);

#endif
#endif
