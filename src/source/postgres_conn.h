/*
 * A connection to PostgreSQL that can only read, always ends, and can be stopped.
 *
 * Everything happens in one transaction, REPEATABLE READ READ ONLY: all statements of a run
 * see one snapshot, and none of them can write, whatever it calls. Its settings are local to
 * it, so that a pooler hands nothing on. Within it there is a savepoint, to which a statement
 * that failed or was left is rolled back, so that the next one finds the same snapshot.
 * Statements go by the extended protocol, which takes one statement and no more. While the
 * server works the caller's stop flag is looked at; a set one cancels the statement there.
 */
#ifndef ASSAY_SOURCE_POSTGRES_CONN_H
#define ASSAY_SOURCE_POSTGRES_CONN_H

#include "base/arena.h"
#include "base/error.h"
#include "base/redact.h"

#include <stdatomic.h>
#include <stdbool.h>

#ifdef HAVE_LIBPQ

#include <libpq-fe.h>

struct assay_pg_options {
    const _Atomic int *stop; /* not 0: a wait ends in ASSAY_INTERRUPTED; or NULL */
    uint64_t connect_ms;   /* for a connection, and for a lock; 0: what the string says, or 10 s */
    uint64_t statement_ms; /* most time of a statement; 0: what the server is set to */
};

struct assay_pg {
    PGconn *conn;
    PQconninfoOption *given; /* what was asked for */
    const _Atomic int *stop;
    struct assay_secrets secrets;
    char server[256]; /* for messages: `shop at db.example.com:5432` */
    char role[128];   /* who the server says that we are */
    uint64_t connect_ms;
    uint64_t statement_ms; /* the limit in force; 0: none */
    uint64_t rows_seen;    /* of the COPY that runs */
    int64_t began_ms;      /* the statement at hand, by the monotonic clock */
    bool copying;          /* a COPY runs */
    bool cancelled;        /* the server was asked to end the statement at hand */
    bool row_security;     /* rows are hidden from us where policies say so; else that fails */
};

/*
 * Connects and begins the transaction. `conninfo` is a URI or `key=value …` with nothing in
 * it that libpq does not know. Codes: DB-CONNECT, DB-AUTH, DB-DSN, and those of statements.
 * Server and pooler that have no room, or are starting, are asked again for as long as a
 * connection may take. Call assay_pg_close in any case.
 */
enum assay_status assay_pg_connect(struct assay_pg *pg, const char *conninfo,
                                   const struct assay_pg_options *options, struct assay_error *err);
void assay_pg_close(struct assay_pg *pg);

/* Runs a statement with text parameters; the caller clears the result. */
enum assay_status assay_pg_exec(struct assay_pg *pg, const char *sql, uint32_t count,
                                const char *const *params, PGresult **out, struct assay_error *err);

/* The columns of a query, which is not run. The caller clears the result. */
enum assay_status assay_pg_describe(struct assay_pg *pg, const char *sql, PGresult **out,
                                    struct assay_error *err);

/* Begins a COPY … TO STDOUT. */
enum assay_status assay_pg_copy(struct assay_pg *pg, const char *sql, struct assay_error *err);

/*
 * The next message of it, to be freed with PQfreemem; NULL at the end, when the server has
 * said that the rows were all, and `rows_seen` as many as it sent.
 */
enum assay_status assay_pg_copy_next(struct assay_pg *pg, char **message, uint32_t *len,
                                     struct assay_error *err);

/* Leaves a COPY that may not be at its end: the server is told to stop, and the rest dropped. */
enum assay_status assay_pg_copy_end(struct assay_pg *pg, struct assay_error *err);

/* From now on policies hide rows, which until then fails statements (42501). */
enum assay_status assay_pg_allow_policies(struct assay_pg *pg, struct assay_error *err);

/*
 * What a person should know of how the server is reached: that nobody checked who it is.
 * False: nothing.
 */
bool assay_pg_notice(const struct assay_pg *pg, char *out, size_t size);

/* Waits until the socket is ready (POLLIN, POLLOUT), a stop or `deadline_ms` (0: none). */
enum assay_status assay_pg_wait(struct assay_pg *pg, short events, int64_t deadline_ms,
                                struct assay_error *err);
int64_t assay_pg_clock(void);

/* Asks the server to end the statement that runs, and waits a second at most. */
void assay_pg_cancel(struct assay_pg *pg);

/* The error that a result or the connection stands for; `state` is its SQLSTATE or "". */
enum assay_status assay_pg_fail(struct assay_pg *pg, const PGresult *result,
                                struct assay_error *err);

/* The error of a connection that was not made, from libpq's text, which holds the SQLSTATE. */
enum assay_status assay_pg_fail_connect(struct assay_pg *pg, struct assay_error *err);

/* The SQLSTATE that an error of this module ends in, as in `… (42P01)`; "" where there is none. */
const char *assay_pg_state(const struct assay_error *err);

#endif
#endif
