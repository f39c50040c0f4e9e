/*
 * The driver for Trino, in parts: the session (trino.c), its protocol (trino_http.c), rows
 * (trino_rows.c). Private to them.
 *
 * A statement is posted, and its answer fetched page by page, each at the address that the
 * page before names, until one names none ("Trino client REST API" in its manual). Pages
 * come as JSON whatever the type of a value. A page may hold an error even then: rows that
 * came before it count for nothing. An address on another host is refused, so that what
 * is sent reaches nobody else. Statements stand between parentheses within a SELECT, where
 * nothing can write.
 */
#ifndef ASSAY_SOURCE_TRINO_DB_H
#define ASSAY_SOURCE_TRINO_DB_H

#include "source/db_http.h"

#define ASSAY_TRINO_SQL_MAX ((size_t)1 << 20) /* of the server's own: query.max-length */

struct assay_trino {
    struct assay_db base;
    const struct assay_source_options *options;
    struct assay_secrets secrets;
    struct assay_db_place place;
    const char *catalog, *schema; /* NULL: not named */
    const char *session;          /* X-Trino-Session */
    struct assay_secret *authorization;
    uint64_t limit; /* seconds that a statement may take; 0: none */
};

/* A statement and where its answer goes on. */
struct assay_trino_answer {
    struct assay_trino *trino;
    struct assay_buf next;          /* the address of the next page; empty: it was the last */
    struct assay_buf body;          /* of the page at hand */
    struct assay_buf columns;       /* names and types, as the first page told them */
    struct assay_arena arena;       /* what it was made into */
    struct assay_value page;        /* borrows both */
    const struct assay_value *rows; /* of the page; NULL: none */
    int64_t began_ms, heard_ms;     /* when it began, and when last there was news */
    uint64_t rows_seen;
    unsigned pause_ms; /* before the next page, where there was no news */
};

/* Posts a statement and reads the first page. To be closed in any case. */
enum assay_status assay_trino_ask(struct assay_trino *trino, struct assay_str sql,
                                  struct assay_trino_answer *out, struct assay_error *err);

/* The next page; false in *more where there is none. */
enum assay_status assay_trino_turn(struct assay_trino_answer *answer, bool *more,
                                   struct assay_error *err);

/* A statement that has not come to its end is ended on the server. */
void assay_trino_close_answer(struct assay_trino_answer *answer);

/* The class of a type by its name, as `decimal(38, 2)`. */
enum assay_db_class assay_trino_class(struct assay_str type);

/*
 * Adds a page's rows to an empty block, from row *at on, until it is full; *at moves. Codes:
 * DB-LOST where a row has not as many values, DB-VALUE where one is over the limit.
 */
enum assay_status assay_trino_put_rows(const struct assay_db_column *columns, uint32_t count,
                                       const struct assay_value *rows, size_t *at,
                                       struct assay_db_block *block, struct assay_error *err);

/* The driver's functions about statements; see struct assay_db_driver. */
enum assay_status assay_trino_query(struct assay_db *db, struct assay_str sql,
                                    struct assay_db_cursor **out, struct assay_error *err);
enum assay_status assay_trino_fetch(struct assay_db_cursor *base, struct assay_db_block *block,
                                    struct assay_error *err);
void assay_trino_end(struct assay_db_cursor *base);

/* Reads an answer to its end, so that it need not be ended. */
enum assay_status assay_trino_drain(struct assay_db_cursor *base, struct assay_error *err);

#endif
