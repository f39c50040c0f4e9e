/*
 * The driver for ODBC, in parts: what each database is like (odbc_kinds.c), calls that can be
 * left (odbc_call.c), connecting (odbc_conn.c), failures (odbc_error.c), rows (odbc_rows.c)
 * and the session (odbc.c). Private to them.
 *
 * A call of ODBC blocks for as long as its driver pleases. Each is therefore made by a
 * thread of the connection's own, while the caller waits and looks at its stop flag and
 * its deadline. One that does not end after SQLCancel is left: the thread and all that it
 * can still write to stay behind, and the connection is never used again.
 */
#ifndef ASSAY_SOURCE_ODBC_H
#define ASSAY_SOURCE_ODBC_H

#include "source/db.h"

#ifdef HAVE_ODBC

#include <pthread.h>
#include <sql.h>
#include <sqlext.h>

/* What is known of a database, by the beginning of SQL_DBMS_NAME. */
struct assay_odbc_kind {
    const char *dbms;
    const char *dialect; /* of the engine; NULL: rows are streamed */
    char quote;          /* the dialect's, which the driver must confirm */
    /*
     * Statements that make the session one that reads, ended by NULL. In them $1 stands for
     * the seconds that a lock may take, $2 for those of a statement: without a limit such a
     * statement is left out. One in parentheses may fail.
     */
    const char *begin[10];
    bool one_snapshot; /* so that all statements see the same data */
    bool text_checked; /* text is UTF-8 by the server's word */
    bool dynamic;      /* each value has a kind of its own (SQLite) */
    bool primary_keys; /* rows are stored in the order of their primary key */
    bool hex_escapes;  /* texts with a backslash are written _utf8mb4 x'…' */
};
const struct assay_odbc_kind *assay_odbc_kind_of(const char *dbms);

/* What is known of a driver, by a part of the name of its file. */
struct assay_odbc_library {
    const char *file;
    bool utf8;        /* SQL_C_CHAR is UTF-8, else SQL_C_WCHAR is asked for */
    const char *keys; /* added to the connection string, by ODBC's rule without effect where
                         they stand in it; or NULL */
};
const struct assay_odbc_library *assay_odbc_library_of(const char *file);

struct assay_odbc_call {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake, done;
    void (*job)(void *context); /* what is to be done; NULL: nothing */
    void *context;
    bool started, finished, quit;
    bool cancelling; /* SQLCancel runs, in yet another thread */
    SQLHSTMT cancel; /* what it is about */
};

struct assay_odbc {
    struct assay_db base;
    SQLHENV env;
    SQLHDBC dbc;
    bool connected;
    struct assay_odbc_call call;
    bool lost; /* a call was left: nothing is to be touched any more */
    bool late; /* the last call took longer than it might */
    const struct assay_odbc_kind *kind;
    const struct assay_odbc_library *library;
    const struct assay_source_options *options;
    struct assay_secrets secrets;
    char dbms[64], file[128], server[128]; /* as the driver says */
    char quote[8];                         /* around names; " " or "": there is none */
    SQLUSMALLINT name_max;                 /* most characters of a name; 0: not known */
    struct assay_str keys;                 /* columns of the primary key of `keys_of`, quoted */
    const struct assay_db_relation *keys_of;
    /* Of the call that runs; in here so that they outlive one that is left. */
    SQLRETURN result;
    struct assay_buf text; /* the connection string, a statement */
    SQLHSTMT statement;
};

/*
 * Runs a job in the connection's thread. `limit` is what it may take in microseconds, 0: as
 * long as it pleases; `statement`, where it is not NULL, is cancelled before the job is left.
 * ASSAY_INTERRUPTED, and ASSAY_SOURCE with DB-TIMEOUT where that was why.
 */
enum assay_status assay_odbc_run(struct assay_odbc *own, void (*job)(void *context), void *context,
                                 SQLHSTMT statement, int64_t limit, struct assay_error *err);
enum assay_status assay_odbc_begin_calls(struct assay_odbc *own, struct assay_error *err);
/* False: a call was left, and the memory is not to be freed. */
bool assay_odbc_end_calls(struct assay_odbc *own);

/* Connects by own->text, asks what it is, and begins the session. */
enum assay_status assay_odbc_connect(struct assay_odbc *own, struct assay_error *err);
void assay_odbc_disconnect(struct assay_odbc *own);

/* Runs a statement whose rows, if any, nobody wants. */
enum assay_status assay_odbc_execute(struct assay_odbc *own, const char *sql,
                                     struct assay_error *err);

/* The error that a failed call of a handle stands for. */
enum assay_status assay_odbc_fail(struct assay_odbc *own, SQLSMALLINT type, SQLHANDLE handle,
                                  struct assay_error *err);

/* Prepares a statement, without running it. SQLFreeHandle by assay_odbc_drop. */
enum assay_status assay_odbc_prepare(struct assay_odbc *own, struct assay_str sql, SQLHSTMT *out,
                                     struct assay_error *err);
void assay_odbc_drop(struct assay_odbc *own, SQLHSTMT statement);

/* The driver's functions about rows; see struct assay_db_driver. */
enum assay_status assay_odbc_query(struct assay_db *db, struct assay_str sql,
                                   struct assay_db_cursor **out, struct assay_error *err);
enum assay_status assay_odbc_fetch(struct assay_db_cursor *cursor, struct assay_db_block *block,
                                   struct assay_error *err);
void assay_odbc_end(struct assay_db_cursor *cursor);
bool assay_odbc_project(const struct assay_db *db, const struct assay_db_column *column,
                        struct assay_buf *out);

#endif
#endif
