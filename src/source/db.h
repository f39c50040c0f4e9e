/*
 * A database: one connection, which only reads, and what a driver must do.
 *
 * A driver is one descriptor and a connection type that begins with struct assay_db. It
 * is written once and serves two users. The stream source (db_source.c) selects the
 * columns that a suite needs and hands their rows on as batches. The SQL engine
 * (src/engine/sql_*.c) asks its questions of the same connection, in the same snapshot.
 *
 * Rules for drivers:
 * - The session cannot write: read-only transaction, read-only open, or what the engine
 *   has for it; and a statement that is not one reading statement is refused (DB-STATEMENT).
 * - `open` begins one snapshot, where the engine has them, that lasts until `close`.
 * - A wait looks at options->stop, and ends in ASSAY_INTERRUPTED where it is not 0, after
 *   the statement was cancelled on the server; and it ends at the timeouts of the options.
 * - What a server says goes through assay_secrets_redact_error before it is returned.
 * - One cursor at a time: the caller ends one before it begins the next.
 *
 * Codes: DB-CONNECT (refused, no such host, no such file), DB-AUTH, DB-LOST (the
 * connection, in the middle), DB-TIMEOUT, DB-BUSY (locked), DB-DENIED (privileges),
 * DB-TABLE (there is no such table), DB-STATEMENT (not one reading statement, or the
 * engine does not understand it), DB-VALUE (a value cannot be had as it should),
 * DB-CORRUPT (the file is no database, or a broken one), DB-QUERY (any other failure).
 * All are ASSAY_SOURCE; a DSN or an option that is wrong is ASSAY_USAGE and DB-DSN.
 */
#ifndef ASSAY_SOURCE_DB_H
#define ASSAY_SOURCE_DB_H

#include "base/dsn.h"
#include "base/redact.h"
#include "source/db_block.h"
#include "source/source.h"

struct assay_db_column {
    struct assay_str name;
    struct assay_str type; /* as the database calls it; empty: it has none */
    enum assay_db_class cls;
    bool not_null; /* the database guarantees it */
    int scale;     /* DECIMAL: digits behind the point; -1: not known */
};

/* What is read: one table or view, or one statement, and which of its rows. */
struct assay_db_relation {
    struct assay_str parts[3];     /* catalog.schema.table, those that were given; exact names */
    uint32_t part_count;           /* 0: it is a statement */
    struct assay_str query;        /* one reading statement, without a semicolon */
    struct assay_str where;        /* a condition in the database's own SQL; empty: all rows */
    const struct assay_str *order; /* columns that give the rows an order */
    uint32_t order_count;
};

struct assay_db_request {
    struct assay_str dsn;   /* as given, without assay's own parameters. Holds secrets */
    struct assay_dsn parts; /* the same, taken apart */
    const struct assay_secrets *secrets; /* those of the DSN; more may be kept by the driver */
    const struct assay_source_options *options; /* stop, timeouts, max_field; outlives it all */
};

struct assay_db;

/* Who wants to know what a database is asked, as it happens; one statement at a time. */
struct assay_db_trace {
    void (*asked)(void *context, struct assay_str sql);
    /* It is over: rows that came, and how long the database took, in microseconds. */
    void (*answered)(void *context, uint64_t rows, int64_t micros);
    void *context;
};

/* A running statement. A driver's own begins with this. */
struct assay_db_cursor {
    struct assay_db *db;
    const struct assay_db_column *columns; /* of its result, in order; names may be empty */
    uint32_t column_count;
    uint64_t row_count; /* those that came so far; with `micros` of assay_db_query and fetch */
    int64_t micros;     /* how long query and fetch took */
};

struct assay_db_driver {
    const char *name; /* as `assay list sources` shows it */
    /* Connects, makes the session one that reads, begins the snapshot. */
    enum assay_status (*open)(const struct assay_db_request *request, struct assay_db **out,
                              struct assay_error *err);
    void (*close)(struct assay_db *db);
    /*
     * The columns that a statement gives, without running it. Lives in `arena`. This also
     * checks that it is one reading statement.
     */
    enum assay_status (*describe)(struct assay_db *db, struct assay_str sql,
                                  struct assay_arena *arena, struct assay_db_column **columns,
                                  uint32_t *count, struct assay_error *err);
    /* Begins a statement; the caller fetches to the end or not, and ends it. */
    enum assay_status (*query)(struct assay_db *db, struct assay_str sql,
                               struct assay_db_cursor **out, struct assay_error *err);
    /*
     * Adds rows to an empty block until it is full (assay_db_block_full) or there are no
     * more: 0 rows at the end. Under the source's lock: a driver that can does only the
     * reading here, leaves the bytes in the block's text, sets `rows`, and does the rest
     * in `decode`. A failure is final, and rows that came before it count for nothing.
     */
    enum assay_status (*fetch)(struct assay_db_cursor *cursor, struct assay_db_block *block,
                               struct assay_error *err);
    /* Outside of the lock, any thread, once a block: makes the columns. NULL: they are made. */
    enum assay_status (*decode)(struct assay_db_block *block, struct assay_error *err);
    void (*end)(struct assay_db_cursor *cursor);
    /* Frees block->own, which the driver keeps beside a block; NULL: it keeps nothing. */
    void (*block_free)(struct assay_db_block *block);
    /* Tables and views by the names that `table` takes, at most `most`, for did-you-mean. */
    enum assay_status (*tables)(struct assay_db *db, struct assay_arena *arena, uint32_t most,
                                struct assay_str **names, uint32_t *count, struct assay_error *err);
    /*
     * Quoted forms. False: the engine cannot say it (a NUL, too long for a name), and
     * nothing usable was appended.
     */
    bool (*identifier)(const struct assay_db *db, struct assay_str name, struct assay_buf *out);
    bool (*literal)(const struct assay_db *db, struct assay_str text, struct assay_buf *out);
    /*
     * What to select so that `fetch` gets a column's values in the form it understands;
     * NULL: the column's quoted name.
     */
    bool (*project)(const struct assay_db *db, const struct assay_db_column *column,
                    struct assay_buf *out);
    /*
     * Appends what to order by so that rows come as they are stored (`"rowid"`); false
     * where they have no order of their own. NULL: they never have, and rows have
     * no numbers unless an order is given.
     */
    bool (*natural_order)(struct assay_db *db, const struct assay_db_relation *relation,
                          struct assay_buf *out);
};

struct assay_db {
    const struct assay_db_driver *driver;
    const char *dialect; /* which row of the engine's dialects; NULL: none, rows are streamed */
    bool text_checked;   /* the engine guarantees that text is UTF-8 */
    bool in_process;     /* rows come without a network or another process */
    bool one_snapshot;   /* all statements see the same data */
    const struct assay_db_trace *trace; /* or NULL */
    struct assay_arena arena;
    char *notices[8]; /* in the arena: what a person should know (no TLS, row security) */
    uint32_t notice_count;
};

/* Adds a notice; without memory or room it is left out. */
void assay_db_notice(struct assay_db *db, const char *format, ...) ASSAY_PRINTF(2, 3);

/* Whether a source's name is that of a database. */
bool assay_db_is_dsn(struct assay_str spec);

/*
 * A DSN whose path is relative, with `dir` before the path; itself where it is absolute, or
 * there is no memory.
 */
struct assay_str assay_db_resolve(struct assay_str spec, struct assay_str dir,
                                  struct assay_arena *arena);

/* A DSN with assay's own parameters (table, query, where, order_by) taken out of it. */
struct assay_db_spec {
    struct assay_str dsn; /* the rest, in the arena */
    struct assay_db_relation relation;
};

/*
 * Reads a source's name, on top of the options of the same names. Table names are split at
 * dots outside of double quotes: `sales.orders`, `"a.b"."c""d"`. DB-DSN where it is wrong.
 */
enum assay_status assay_db_spec_parse(struct assay_str spec,
                                      const struct assay_source_options *options,
                                      struct assay_arena *arena, struct assay_db_spec *out,
                                      struct assay_error *err) ASSAY_CHECKED;

/*
 * Whether a statement begins with a word that only reads; what begins with no word at all the
 * server judges alone. And the error for one that does not.
 */
bool assay_db_may_read(struct assay_str sql);
enum assay_status assay_db_not_reading(struct assay_error *err);

/* Connects; DB-DRIVER where it was not built in. */
enum assay_status assay_db_open(struct assay_str dsn, const struct assay_source_options *options,
                                struct assay_db **out, struct assay_error *err) ASSAY_CHECKED;
void assay_db_close(struct assay_db *db);

/*
 * The driver's query, fetch and end, of which the trace is told. Statements are run by these
 * and never by the driver's own.
 */
enum assay_status assay_db_query(struct assay_db *db, struct assay_str sql,
                                 struct assay_db_cursor **out,
                                 struct assay_error *err) ASSAY_CHECKED;
enum assay_status assay_db_fetch(struct assay_db_cursor *cursor, struct assay_db_block *block,
                                 struct assay_error *err) ASSAY_CHECKED;
void assay_db_end(struct assay_db_cursor *cursor);

/* The usual quoting: between two of the character, which is doubled inside. False: a NUL. */
bool assay_db_quote(struct assay_str text, char quote, struct assay_buf *out);

/*
 * Appends what stands behind FROM, with WHERE: `"s"."t" WHERE (…)`, or the statement in
 * parentheses. False where a name cannot be quoted.
 */
bool assay_db_from(const struct assay_db *db, const struct assay_db_relation *relation,
                   struct assay_buf *out);

/* Appends the terms of ORDER BY, the given ones or the natural ones; false where there are none. */
bool assay_db_order(struct assay_db *db, const struct assay_db_relation *relation,
                    struct assay_buf *out);

/*
 * Adds the options' partition to the condition of what is read; a column that is not there is
 * COLUMN-MISSING. The columns of the source are known.
 */
enum assay_status assay_db_partition(struct assay_source *source, struct assay_db *db,
                                     const struct assay_db_column *columns,
                                     const struct assay_source_options *options,
                                     struct assay_db_relation *relation,
                                     struct assay_error *err) ASSAY_CHECKED;

/* Opens a table or a statement as a source; `spec` is a source's name, as on a command line. */
enum assay_status assay_db_source_open(struct assay_str spec,
                                       const struct assay_source_options *options,
                                       struct assay_source **out,
                                       struct assay_error *err) ASSAY_CHECKED;

/*
 * The connection behind a source, and what of it is read; NULL where the source is none.
 * The SQL engine's way in. A statement of one's own may run before the first `next`, and
 * after the end or a rewind; in between the connection is busy.
 */
struct assay_db *assay_source_db(struct assay_source *source,
                                 const struct assay_db_relation **relation,
                                 const struct assay_db_column **columns);

/*
 * For the next reading of a database's source: a statement of the caller's own instead of
 * the usual SELECT. It must give the wanted columns as assay_source_db_columns has them, and
 * where `numbered` behind them the number of each row (NULL: not known). A rewind ends it.
 */
enum assay_status assay_source_db_replace(struct assay_source *source, struct assay_str sql,
                                          bool numbered, struct assay_error *err) ASSAY_CHECKED;

/* Appends the statement that the next reading of a database's source runs. */
bool assay_source_db_statement(struct assay_source *source, struct assay_buf *out);

/* Appends what to select for the columns that were asked for since the last rewind. */
bool assay_source_db_columns(struct assay_source *source, struct assay_buf *out);

/* Every driver there is, for assay_source_kinds. */
struct assay_db_kind {
    const char *name;
    const char *schemes;                  /* "postgresql postgres" */
    const struct assay_db_driver *driver; /* NULL: not built in */
    const char *summary;
    bool path; /* what follows the scheme is a path: relative ones start at the suite */
};
const struct assay_db_kind *assay_db_kinds(size_t *count);
const struct assay_db_kind *assay_db_kind_of(struct assay_str spec);

#ifdef HAVE_LIBCURL
extern const struct assay_db_driver assay_db_clickhouse;
extern const struct assay_db_driver assay_db_trino;
#endif
#ifdef HAVE_ODBC
extern const struct assay_db_driver assay_db_odbc;
#endif
#ifdef HAVE_LIBPQ
extern const struct assay_db_driver assay_db_postgres;
#endif
#ifdef HAVE_SQLITE3
extern const struct assay_db_driver assay_db_sqlite;
#endif

#endif
