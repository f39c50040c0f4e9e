/*
 * Statements and COPY without blocking, so that a stop is noticed while the server works.
 */
#include "config.h"

#include "source/postgres_conn.h"

#ifdef HAVE_LIBPQ

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

/* How often the stop flag is looked at while nothing comes. */
#define LOOK_MS 50

/* The cancel request is a connection of its own, which could hang: a thread makes it. */
struct cancel {
    PGcancel *request;
    pthread_mutex_t lock;
    pthread_cond_t done;
    bool finished, left; /* whoever comes last cleans up */
};

static void cancel_free(struct cancel *cancel)
{
    PQfreeCancel(cancel->request);
    pthread_mutex_destroy(&cancel->lock);
    pthread_cond_destroy(&cancel->done);
    free(cancel);
}

static void *cancel_work(void *argument)
{
    struct cancel *cancel = argument;
    char ignored[256];
    PQcancel(cancel->request, ignored, sizeof ignored);
    pthread_mutex_lock(&cancel->lock);
    cancel->finished = true;
    bool last = cancel->left;
    pthread_cond_signal(&cancel->done);
    pthread_mutex_unlock(&cancel->lock);
    if (last)
        cancel_free(cancel);
    return NULL;
}

void assay_pg_cancel(struct assay_pg *pg)
{
    pthread_t thread;
    struct cancel *cancel = pg->cancelled ? NULL : calloc(1, sizeof *cancel);
    if (cancel == NULL)
        return;
    pg->cancelled = true;
    cancel->request = PQgetCancel(pg->conn);
    pthread_mutex_init(&cancel->lock, NULL);
    pthread_cond_init(&cancel->done, NULL);
    if (cancel->request == NULL || pthread_create(&thread, NULL, cancel_work, cancel) != 0) {
        cancel_free(cancel);
        return;
    }
    pthread_detach(thread);
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec++;
    pthread_mutex_lock(&cancel->lock);
    int waited = 0;
    while (!cancel->finished && waited == 0)
        waited = pthread_cond_timedwait(&cancel->done, &cancel->lock, &until);
    bool finished = cancel->finished;
    cancel->left = true;
    pthread_mutex_unlock(&cancel->lock);
    if (finished)
        cancel_free(cancel);
}

enum assay_status assay_pg_wait(struct assay_pg *pg, short events, int64_t deadline_ms,
                                struct assay_error *err)
{
    for (;;) {
        struct pollfd ready = {.fd = PQsocket(pg->conn), .events = events};
        if (pg->stop != NULL && *pg->stop != 0) {
            if (PQstatus(pg->conn) == CONNECTION_OK)
                assay_pg_cancel(pg);
            return assay_fail(err, ASSAY_INTERRUPTED, "INTERRUPTED", "stopped by a signal");
        }
        if (ready.fd < 0) /* closed by libpq when it failed */
            return assay_pg_fail(pg, NULL, err);
        if (poll(&ready, 1, LOOK_MS) > 0)
            return ASSAY_OK;
        if (deadline_ms == 0 || assay_pg_clock() < deadline_ms)
            continue;
        if (PQstatus(pg->conn) != CONNECTION_OK) {
            assay_fail(err, ASSAY_SOURCE, "DB-CONNECT",
                       "PostgreSQL at %s:%s did not answer within %.6g s", PQhost(pg->conn),
                       PQport(pg->conn), (double)pg->connect_ms / 1000);
            assay_error_help(err, "connect_timeout allows more");
            return ASSAY_SOURCE;
        }
        assay_fail(err, ASSAY_SOURCE, "DB-LOST",
                   "%s fell silent: no answer past the statement's own time limit", pg->server);
        return ASSAY_SOURCE;
    }
}

/* When a server that keeps its own limit must have answered, and the answer be here. */
static int64_t deadline_of(const struct assay_pg *pg)
{
    return pg->statement_ms ? pg->began_ms + (int64_t)(pg->statement_ms + pg->connect_ms) : 0;
}

static enum assay_status lost(struct assay_pg *pg, struct assay_error *err)
{
    return assay_pg_fail(pg, NULL, err);
}

static enum assay_status flush(struct assay_pg *pg, struct assay_error *err)
{
    int left;
    pg->began_ms = assay_pg_clock();
    pg->cancelled = false;
    pg->rows_seen = 0;
    while ((left = PQflush(pg->conn)) > 0) {
        ASSAY_TRY(assay_pg_wait(pg, POLLIN | POLLOUT, deadline_of(pg), err));
        if (PQconsumeInput(pg->conn) == 0)
            return lost(pg, err);
    }
    return left < 0 ? lost(pg, err) : ASSAY_OK;
}

/* The next result; NULL: there are no more. */
static enum assay_status next_result(struct assay_pg *pg, PGresult **out, struct assay_error *err)
{
    *out = NULL;
    while (PQisBusy(pg->conn)) {
        ASSAY_TRY(assay_pg_wait(pg, POLLIN, deadline_of(pg), err));
        if (PQconsumeInput(pg->conn) == 0)
            return lost(pg, err);
    }
    *out = PQgetResult(pg->conn);
    return ASSAY_OK;
}

/* Reads all results of a statement, of which there is one; the first error is the one told. */
static enum assay_status collect(struct assay_pg *pg, PGresult **out, struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    PGresult *result;
    *out = NULL;
    for (;;) {
        enum assay_status got = next_result(pg, &result, status == ASSAY_OK ? err : NULL);
        if (got != ASSAY_OK || result == NULL) {
            status = status == ASSAY_OK ? got : status;
            break;
        }
        ExecStatusType kind = PQresultStatus(result);
        bool copy = kind == PGRES_COPY_OUT;
        if (status == ASSAY_OK && kind != PGRES_COMMAND_OK && kind != PGRES_TUPLES_OK && !copy)
            status = assay_pg_fail(pg, result, err);
        PQclear(*out);
        *out = result;
        if (copy || PQstatus(pg->conn) == CONNECTION_BAD)
            break;
    }
    if (status == ASSAY_OK && *out == NULL)
        status = lost(pg, err);
    if (status != ASSAY_OK) {
        PQclear(*out);
        *out = NULL;
    }
    return status;
}

/* After a failure the transaction takes nothing but the way back to its savepoint. */
static enum assay_status make_ready(struct assay_pg *pg, struct assay_error *err)
{
    PGresult *result = NULL;
    if (PQtransactionStatus(pg->conn) != PQTRANS_INERROR)
        return ASSAY_OK;
    if (!PQsendQueryParams(pg->conn, "ROLLBACK TO SAVEPOINT assay", 0, NULL, NULL, NULL, NULL, 0))
        return lost(pg, err);
    ASSAY_TRY(flush(pg, err));
    enum assay_status status = collect(pg, &result, err);
    PQclear(result);
    return status;
}

enum assay_status assay_pg_exec(struct assay_pg *pg, const char *sql, uint32_t count,
                                const char *const *params, PGresult **out, struct assay_error *err)
{
    *out = NULL;
    ASSAY_TRY(make_ready(pg, err));
    if (!PQsendQueryParams(pg->conn, sql, (int)count, NULL, params, NULL, NULL, 0))
        return lost(pg, err);
    ASSAY_TRY(flush(pg, err));
    return collect(pg, out, err);
}

static enum assay_status prepare(struct assay_pg *pg, const char *sql, struct assay_error *err)
{
    PGresult *result = NULL;
    ASSAY_TRY(make_ready(pg, err));
    if (!PQsendPrepare(pg->conn, "", sql, 0, NULL))
        return lost(pg, err);
    ASSAY_TRY(flush(pg, err));
    enum assay_status status = collect(pg, &result, err);
    PQclear(result);
    return status;
}

/*
 * Statements are first read with policies as a failure, so that rows hidden by one are
 * noticed: where that was the reason, it works once they are allowed.
 */
enum assay_status assay_pg_describe(struct assay_pg *pg, const char *sql, PGresult **out,
                                    struct assay_error *err)
{
    *out = NULL;
    enum assay_status status = prepare(pg, sql, err);
    if (status != ASSAY_OK && !pg->row_security && strcmp(assay_pg_state(err), "42501") == 0) {
        ASSAY_TRY(assay_pg_allow_policies(pg, err));
        status = prepare(pg, sql, err);
    }
    ASSAY_TRY(status);
    if (!PQsendDescribePrepared(pg->conn, ""))
        return lost(pg, err);
    ASSAY_TRY(flush(pg, err));
    return collect(pg, out, err);
}

enum assay_status assay_pg_copy(struct assay_pg *pg, const char *sql, struct assay_error *err)
{
    PGresult *result = NULL;
    ASSAY_TRY(make_ready(pg, err));
    if (!PQsendQueryParams(pg->conn, sql, 0, NULL, NULL, NULL, NULL, 0))
        return lost(pg, err);
    ASSAY_TRY(flush(pg, err));
    ASSAY_TRY(collect(pg, &result, err));
    pg->copying = PQresultStatus(result) == PGRES_COPY_OUT;
    PQclear(result);
    return pg->copying ? ASSAY_OK : lost(pg, err);
}

/* The rows are all there only if the server says so, and says as many as came. */
static enum assay_status copy_done(struct assay_pg *pg, struct assay_error *err)
{
    PGresult *result = NULL;
    ASSAY_TRY(collect(pg, &result, err));
    unsigned long long sent = strtoull(PQcmdTuples(result), NULL, 10);
    PQclear(result);
    pg->copying = false;
    if (sent == pg->rows_seen)
        return ASSAY_OK;
    return assay_fail(err, ASSAY_SOURCE, "DB-LOST", "%s says that it sent %llu rows, and %llu came",
                      pg->server, sent, (unsigned long long)pg->rows_seen);
}

/* What the server said last, or else that it is gone. */
static enum assay_status copy_failed(struct assay_pg *pg, struct assay_error *err)
{
    PGresult *result = NULL;
    enum assay_status status = collect(pg, &result, err);
    PQclear(result);
    pg->copying = false;
    return status != ASSAY_OK ? status : lost(pg, err);
}

enum assay_status assay_pg_copy_next(struct assay_pg *pg, char **message, uint32_t *len,
                                     struct assay_error *err)
{
    int got;
    *message = NULL;
    while ((got = PQgetCopyData(pg->conn, message, 1)) == 0) {
        ASSAY_TRY(assay_pg_wait(pg, POLLIN, deadline_of(pg), err));
        if (PQconsumeInput(pg->conn) == 0)
            return lost(pg, err);
    }
    *len = got > 0 ? (uint32_t)got : 0;
    if (got > 0)
        return ASSAY_OK;
    return got == -1 ? copy_done(pg, err) : copy_failed(pg, err);
}

enum assay_status assay_pg_copy_end(struct assay_pg *pg, struct assay_error *err)
{
    PGresult *result = NULL;
    char *message;
    uint32_t len;
    if (!pg->copying)
        return ASSAY_OK;
    pg->copying = false;
    if (PQstatus(pg->conn) == CONNECTION_BAD)
        return lost(pg, err);
    assay_pg_cancel(pg);
    enum assay_status status = ASSAY_OK;
    struct assay_error ignored;
    while ((status = assay_pg_copy_next(pg, &message, &len, &ignored)) == ASSAY_OK && len != 0)
        PQfreemem(message);
    if (status == ASSAY_INTERRUPTED || PQstatus(pg->conn) == CONNECTION_BAD)
        return lost(pg, err);
    collect(pg, &result, NULL);
    PQclear(result);
    return ASSAY_OK;
}

#endif
