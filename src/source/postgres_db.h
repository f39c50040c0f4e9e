/*
 * The driver for PostgreSQL, in two parts: the session (postgres.c) and its statements
 * (postgres_rows.c). Private to them.
 */
#ifndef ASSAY_SOURCE_POSTGRES_DB_H
#define ASSAY_SOURCE_POSTGRES_DB_H

#include "source/db.h"
#include "source/postgres_conn.h"

#ifdef HAVE_LIBPQ

#define ASSAY_PG_SQL_MAX ((size_t)16 << 20)

struct assay_pg_db {
    struct assay_db base;
    struct assay_pg pg;
    size_t max_field;
    bool told_policies;
    bool is_table; /* what was described last is all columns of one stored table */
};

static inline struct assay_pg *assay_pg_of(struct assay_db *db)
{
    return &((struct assay_pg_db *)db)->pg;
}

/* Reads a statement without running it, and remarks on policies that hide rows. */
enum assay_status assay_pg_read_statement(struct assay_pg_db *own, const char *sql, PGresult **out,
                                          struct assay_error *err);

/* What a column of a result holds, and the scale of a numeric(p, s), else -1. */
enum assay_db_class assay_pg_class(Oid oid);
int assay_pg_scale(Oid oid, int modifier);

/* A copy with a NUL behind it, as libpq wants it; NULL: it holds one, or no memory. */
char *assay_pg_text(struct assay_str text);

/* Appends `{1,2,3}`, with a value for each column. */
void assay_pg_put_array(struct assay_buf *out, const PGresult *columns,
                        long (*value)(const PGresult *columns, int column));
long assay_pg_table_at(const PGresult *columns, int column);

/* The driver's functions about statements; see struct assay_db_driver. */
enum assay_status assay_pg_query(struct assay_db *db, struct assay_str sql,
                                 struct assay_db_cursor **out, struct assay_error *err);
enum assay_status assay_pg_fetch(struct assay_db_cursor *base, struct assay_db_block *block,
                                 struct assay_error *err);
enum assay_status assay_pg_decode_block(struct assay_db_block *block, struct assay_error *err);
void assay_pg_end(struct assay_db_cursor *base);
void assay_pg_block_free(struct assay_db_block *block);

#endif
#endif
