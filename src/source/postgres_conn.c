/*
 * Connecting: conninfo taken apart by libpq, a deadline, the read-only transaction.
 */
#include "config.h"

#include "source/postgres_conn.h"

#ifdef HAVE_LIBPQ

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define CONNECT_MS 10000

/* What is asked of libpq where the user said nothing else. */
static const char *const defaults[][2] = {
    {"application_name", "assay"}, {"keepalives_idle", "30"},     {"keepalives_interval", "10"},
    {"keepalives_count", "3"},     {"tcp_user_timeout", "60000"},
};

int64_t assay_pg_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* libpq repeats the part of a URL that it does not understand: it is shown one without secrets. */
static enum assay_status bad_url(const char *conninfo, struct assay_error *err)
{
    struct assay_buf masked;
    char *message = NULL;
    assay_buf_init(&masked, 65536);
    assay_redact_mask(assay_cstr(conninfo), &masked);
    PQconninfoOption *options =
        masked.failed ? NULL : PQconninfoParse(masked.ptr ? masked.ptr : "", &message);
    bool url = strstr(conninfo, "://") != NULL,
         hidden = strcmp(masked.ptr ? masked.ptr : "", conninfo) != 0;
    /* Of settings the word that libpq names may be the rest of a password. */
    bool secret_at_fault = options != NULL || (!url && hidden);
    assay_fail(err, ASSAY_USAGE, "DB-DSN", "this is no way to reach PostgreSQL: %s",
               secret_at_fault || message == NULL ? "its user or password cannot be read"
                                                  : message);
    err->message[strcspn(err->message, "\n")] = '\0';
    assay_error_help(err, "%s",
                     !url ? "postgresql:host=HOST dbname=DATABASE user=USER?table=SCHEMA.TABLE; a "
                            "value with spaces stands between single quotes"
                     : secret_at_fault
                         ? "characters such as @ / : ? # % in a password are written %40 %2F %3A …"
                         : "postgresql://USER@HOST:PORT/DATABASE?table=SCHEMA.TABLE");
    PQconninfoFree(options);
    PQfreemem(message);
    assay_buf_free(&masked);
    return ASSAY_USAGE;
}

/*
 * A password with one of these as it is would make something else of what follows it, a
 * host or a port, which libpq then names in its messages.
 */
static bool password_is_plain(const char *conninfo)
{
    const char *from = strstr(conninfo, "://");
    size_t len = from != NULL ? strcspn(from + 3, "?") : 0;
    const char *at = from != NULL ? memrchr(from + 3, '@', len) : NULL;
    return at == NULL || strcspn(from + 3, "/@#[] ") == (size_t)(at - from - 3);
}

static PQconninfoOption *option(const struct assay_pg *pg, const char *keyword)
{
    for (PQconninfoOption *o = pg->given; o != NULL && o->keyword != NULL; o++)
        if (strcmp(o->keyword, keyword) == 0)
            return o;
    return NULL;
}

static const char *given(const struct assay_pg *pg, const char *keyword)
{
    const PQconninfoOption *o = option(pg, keyword);
    return o != NULL && o->val != NULL ? o->val : "";
}

static enum assay_status take_options(struct assay_pg *pg, const char *conninfo,
                                      struct assay_error *err)
{
    char *message = NULL;
    pg->given = password_is_plain(conninfo) ? PQconninfoParse(conninfo, &message) : NULL;
    PQfreemem(message);
    if (pg->given == NULL)
        return bad_url(conninfo, err);
    bool kept = assay_secrets_add(&pg->secrets, assay_cstr(getenv("PGPASSWORD")));
    for (PQconninfoOption *o = pg->given; o->keyword != NULL; o++)
        if (o->val != NULL && assay_redact_is_name(assay_cstr(o->keyword)))
            kept &= assay_secrets_add(&pg->secrets, assay_cstr(o->val));
    return kept ? ASSAY_OK : assay_fail_nomem(err);
}

#define MAX_PARAMS 96

/* What was given, with our own on top; a failure to start shows in the connection's status. */
static PGconn *start(const struct assay_pg *pg)
{
    const char *keywords[MAX_PARAMS + 1] = {NULL}, *values[MAX_PARAMS + 1] = {NULL};
    size_t n = 0, count = sizeof defaults / sizeof *defaults;
    for (size_t i = 0; i < count; i++, n++) {
        keywords[n] = i == 0 ? "fallback_application_name" : defaults[i][0];
        values[n] = defaults[i][1];
    }
    for (PQconninfoOption *o = pg->given; o->keyword != NULL && n < MAX_PARAMS - 1; o++)
        if (o->val != NULL) {
            keywords[n] = o->keyword;
            values[n++] = o->val;
        }
    keywords[n] = "client_encoding";
    values[n] = "UTF8";
    return PQconnectStartParams(keywords, values, 0);
}

/* Nobody reads what the server remarks on; it is not ours to print. */
static void ignore_notice(void *context, const PGresult *result)
{
    (void)context, (void)result;
}

static enum assay_status poll_connection(struct assay_pg *pg, int64_t deadline,
                                         struct assay_error *err)
{
    PostgresPollingStatusType status = PGRES_POLLING_WRITING;
    if (pg->conn == NULL)
        return assay_fail_nomem(err);
    PQsetNoticeReceiver(pg->conn, ignore_notice, NULL);
    PQsetErrorVerbosity(pg->conn, PQERRORS_VERBOSE); /* the text then has the SQLSTATE */
    while (PQstatus(pg->conn) != CONNECTION_BAD && status != PGRES_POLLING_OK) {
        ASSAY_TRY(
            assay_pg_wait(pg, status == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline, err));
        status = PQconnectPoll(pg->conn);
        if (status == PGRES_POLLING_FAILED)
            break;
    }
    if (PQstatus(pg->conn) != CONNECTION_OK)
        return assay_pg_fail_connect(pg, err);
    PQsetErrorVerbosity(pg->conn, PQERRORS_DEFAULT);
    return ASSAY_OK;
}

/* Whether it may be otherwise in a moment: no room for another connection, or starting up. */
static bool may_retry(const struct assay_error *err)
{
    const char *state = assay_pg_state(err);
    return strcmp(state, "53300") == 0 || strcmp(state, "57P03") == 0;
}

static enum assay_status connect_once(struct assay_pg *pg, int64_t deadline,
                                      struct assay_error *err)
{
    if (pg->conn != NULL)
        PQfinish(pg->conn);
    pg->conn = start(pg);
    return poll_connection(pg, deadline, err);
}

static enum assay_status connect_until(struct assay_pg *pg, struct assay_error *err)
{
    int64_t deadline = assay_pg_clock() + (int64_t)pg->connect_ms;
    enum assay_status status = connect_once(pg, deadline, err);
    for (int pause = 100; status == ASSAY_SOURCE && may_retry(err); pause *= 2) {
        if (assay_pg_clock() + pause > deadline)
            break;
        for (int64_t until = assay_pg_clock() + pause; assay_pg_clock() < until;) {
            if (pg->stop != NULL && *pg->stop != 0)
                return assay_fail(err, ASSAY_INTERRUPTED, "INTERRUPTED", "stopped by a signal");
            poll(NULL, 0, 50);
        }
        status = connect_once(pg, deadline, err);
    }
    if (status != ASSAY_OK)
        return status;
    if (PQsetnonblocking(pg->conn, 1) != 0)
        return assay_fail_nomem(err);
    return ASSAY_OK;
}

static void name_server(struct assay_pg *pg)
{
    const char *host = PQhost(pg->conn), *port = PQport(pg->conn), *db = PQdb(pg->conn);
    snprintf(pg->server, sizeof pg->server, "%s at %s%s%s", db ? db : "", host ? host : "",
             port && *port ? ":" : "", port ? port : "");
}

/*
 * The settings are local to the transaction. Statements wait for a lock as long as for a
 * connection, and nothing ends the transaction while we compute. Without these two a scan could
 * begin in the middle of a table, and its rows come in another order every time.
 */
static const char settings[] =
    "SELECT set_config('lock_timeout', $1, true),"
    " CASE WHEN $2 <> '0' THEN set_config('statement_timeout', $2, true) END,"
    " set_config('idle_in_transaction_session_timeout', '0', true),"
    " set_config('synchronize_seqscans', 'off', true),"
    " set_config('row_security', 'off', true),"
    " set_config('standard_conforming_strings', 'on', true),"
    " set_config('extra_float_digits', '1', true),"
    " set_config('DateStyle', 'ISO, YMD', true),"
    " set_config('IntervalStyle', 'postgres', true),"
    " set_config('TimeZone', 'UTC', true),"
    " set_config('bytea_output', 'hex', true)";

static const char facts[] =
    "SELECT current_user, (SELECT setting FROM pg_settings WHERE name = 'statement_timeout')";

static enum assay_status run(struct assay_pg *pg, const char *sql, struct assay_error *err)
{
    PGresult *result = NULL;
    enum assay_status status = assay_pg_exec(pg, sql, 0, NULL, &result, err);
    PQclear(result);
    return status;
}

static enum assay_status begin(struct assay_pg *pg, const char *statement_ms,
                               struct assay_error *err)
{
    char lock_ms[24];
    PGresult *result = NULL;
    ASSAY_TRY(run(pg, "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY", err));
    snprintf(lock_ms, sizeof lock_ms, "%llu", (unsigned long long)pg->connect_ms);
    ASSAY_TRY(
        assay_pg_exec(pg, settings, 2, (const char *[]){lock_ms, statement_ms}, &result, err));
    PQclear(result);
    ASSAY_TRY(assay_pg_exec(pg, facts, 0, NULL, &result, err));
    snprintf(pg->role, sizeof pg->role, "%s", PQgetvalue(result, 0, 0));
    pg->statement_ms = strtoull(PQgetvalue(result, 0, 1), NULL, 10);
    PQclear(result);
    return run(pg, "SAVEPOINT assay", err);
}

enum assay_status assay_pg_allow_policies(struct assay_pg *pg, struct assay_error *err)
{
    PGresult *result = NULL;
    pg->row_security = true;
    ASSAY_TRY(
        assay_pg_exec(pg, "SELECT set_config('row_security', 'on', true)", 0, NULL, &result, err));
    PQclear(result);
    /* Else the setting would be undone with the next statement that fails. */
    ASSAY_TRY(run(pg, "RELEASE SAVEPOINT assay", err));
    return run(pg, "SAVEPOINT assay", err);
}

enum assay_status assay_pg_connect(struct assay_pg *pg, const char *conninfo,
                                   const struct assay_pg_options *options, struct assay_error *err)
{
    char statement_ms[24];
    *pg = (struct assay_pg){.stop = options->stop};
    ASSAY_TRY(take_options(pg, conninfo, err));
    unsigned long asked = strtoul(given(pg, "connect_timeout"), NULL, 10);
    pg->connect_ms = options->connect_ms         ? options->connect_ms
                     : asked > 0 && asked < 3600 ? asked * 1000
                                                 : CONNECT_MS;
    ASSAY_TRY(connect_until(pg, err));
    name_server(pg);
    snprintf(statement_ms, sizeof statement_ms, "%llu", (unsigned long long)options->statement_ms);
    return begin(pg, statement_ms, err);
}

/* A statement that still runs would go on at the server until it notices. */
void assay_pg_close(struct assay_pg *pg)
{
    if (pg->conn != NULL && PQtransactionStatus(pg->conn) == PQTRANS_ACTIVE)
        assay_pg_cancel(pg);
    PQfinish(pg->conn);
    PQconninfoFree(pg->given);
    assay_secrets_free(&pg->secrets);
    *pg = (struct assay_pg){0};
}

static bool is_local(const char *host)
{
    return host == NULL || host[0] == '\0' || host[0] == '/' || host[0] == '@' ||
           strcmp(host, "localhost") == 0 || strncmp(host, "127.", 4) == 0 ||
           strcmp(host, "::1") == 0;
}

bool assay_pg_notice(const struct assay_pg *pg, char *out, size_t size)
{
    const char *mode = given(pg, "sslmode");
    if (is_local(PQhost(pg->conn)) || strcmp(mode, "verify-full") == 0)
        return false;
    snprintf(out, size,
             "the connection is %s, and nobody checked that the server is who it says "
             "(sslmode=%s; verify-full would)",
             PQsslInUse(pg->conn) ? "encrypted" : "not encrypted", *mode ? mode : "prefer");
    return true;
}

#endif
