/*
 * What PostgreSQL's failures mean: SQLSTATEs (appendix A of its manual) as codes and help.
 */
#include "config.h"

#include "source/postgres_conn.h"

#ifdef HAVE_LIBPQ

#include <ctype.h>
#include <stdio.h>

struct meaning {
    const char *state; /* five characters, or the two of its class */
    const char *code;
    const char *help; /* NULL: the server's own hint */
};

/* The first that fits: states before their classes. */
static const struct meaning meanings[] = {
    {"08", "DB-LOST",
     "the network or the server went away; nothing was decided from half the data"},
    {"0A000", "DB-STATEMENT", NULL},
    {"21000", "DB-STATEMENT", NULL},
    {"22021", "DB-VALUE", "the database holds bytes that are no valid text in its encoding"},
    {"22P05", "DB-VALUE", "the database holds a character that UTF-8 does not have"},
    {"22", "DB-VALUE", NULL},
    {"25001", "DB-STATEMENT", "assay only reads: the transaction stays a reading one"},
    {"25006", "DB-STATEMENT", "assay only reads: a statement that writes is refused"},
    {"25P0", "DB-LOST", "the server ended a transaction that it found too long or idle"},
    {"28", "DB-AUTH", "the role and its password: in the URL, in ~/.pgpass, or in PGPASSWORD"},
    {"3D000", "DB-CONNECT", "`psql -l` lists the databases of a server"},
    {"3F000", "DB-TABLE", NULL},
    {"40001", "DB-LOST",
     "a replica gave up our snapshot for its primary: ask the primary, or raise "
     "max_standby_streaming_delay"},
    {"40", "DB-LOST", "run it again"},
    {"42501", "DB-DENIED",
     "the role %s needs USAGE on the schema, and SELECT on the table or view"},
    {"42P01", "DB-TABLE",
     "an unqualified name is searched in search_path, and a schema without "
     "USAGE is passed over: SCHEMA.TABLE tells which of them it is"},
    {"42P02", "DB-STATEMENT", "statements take no parameters such as $1"},
    {"42", "DB-STATEMENT", NULL},
    {"53300", "DB-CONNECT", "the server has no connection to spare; max_connections says how many"},
    {"53", "DB-QUERY", "the server ran out of something: memory, disk or connections"},
    {"54", "DB-STATEMENT", NULL},
    {"55P03", "DB-BUSY",
     "somebody holds a lock on the table: pg_locks tells who; connect_timeout "
     "allows more"},
    {"57P0", "DB-LOST", "the server was stopped, or somebody ended the connection"},
    {"58", "DB-QUERY", "the server's system failed: its log tells more"},
    {"XX", "DB-QUERY", "the server failed in itself: its log tells more"},
};

static const struct meaning *meaning_of(const char *state)
{
    static const struct meaning unknown = {"", "DB-QUERY", NULL};
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (strncmp(state, meanings[i].state, strlen(meanings[i].state)) == 0)
            return &meanings[i];
    return &unknown;
}

static void add_help(const struct assay_pg *pg, const struct meaning *meaning, const char *hint,
                     struct assay_error *err)
{
    const char *role = meaning->help != NULL ? strstr(meaning->help, "%s") : NULL;
    if (role != NULL)
        assay_error_help(err, "%.*s%s%s", (int)(role - meaning->help), meaning->help, pg->role,
                         role + 2);
    else if (meaning->help != NULL)
        assay_error_help(err, "%s", meaning->help);
    else if (hint != NULL)
        assay_error_help(err, "%s", hint);
}

/*
 * 57014 is a time limit as well as somebody's cancelling. Ours is told by our own flag
 * before it gets here; the server's by the time that has passed.
 */
static enum assay_status fail_cancelled(struct assay_pg *pg, struct assay_error *err)
{
    int64_t taken = assay_pg_clock() - pg->began_ms;
    if (pg->statement_ms == 0 || (uint64_t)taken + 50 < pg->statement_ms) {
        assay_fail(err, ASSAY_SOURCE, "DB-LOST", "somebody cancelled the statement on %s (57014)",
                   pg->server);
        assay_error_help(err, "pg_cancel_backend was called, or a proxy has a limit of its own");
        return ASSAY_SOURCE;
    }
    assay_fail(err, ASSAY_SOURCE, "DB-TIMEOUT",
               "the statement took longer than statement_timeout, %.6g s (57014)",
               (double)pg->statement_ms / 1000);
    assay_error_help(err,
                     "statement_timeout allows more; an index or a `where` may make it faster");
    return ASSAY_SOURCE;
}

/* The first line, without the blanks and line ends behind it. */
static int first_line(const char *text)
{
    size_t len = strcspn(text, "\n");
    while (len > 0 && text[len - 1] == ' ')
        len--;
    return (int)(len < 400 ? len : 400);
}

static void count_rows(const struct assay_pg *pg, char *out, size_t size)
{
    snprintf(out, size, " after %llu row%s", (unsigned long long)pg->rows_seen,
             pg->rows_seen == 1 ? "" : "s");
}

static enum assay_status fail_lost(struct assay_pg *pg, struct assay_error *err)
{
    const char *text = PQerrorMessage(pg->conn);
    char rows[48];
    count_rows(pg, rows, sizeof rows);
    if (pg->copying || pg->rows_seen > 0)
        assay_fail(err, ASSAY_SOURCE, "DB-LOST", "the connection to %s was lost%s", pg->server,
                   rows);
    else
        assay_fail(err, ASSAY_SOURCE, "DB-LOST", "the connection to %s was lost: %.*s", pg->server,
                   first_line(text), text);
    assay_error_help(err, "%s", meaning_of("08")->help);
    return ASSAY_SOURCE;
}

/* A value that postgres_rows.c found too long: the cast that fails on it says so in quotes. */
static bool fail_too_long(const char *text, struct assay_error *err)
{
    const char *at = text != NULL ? strstr(text, "\"assay: ") : NULL;
    size_t len = at != NULL ? strlen(at) : 0;
    if (len < 10)
        return false;
    assay_fail(err, ASSAY_SOURCE, "DB-VALUE", "%.*s", (int)(len - 9), at + 8);
    assay_error_help(err, "a `query` can leave the column out, or select left(…) of it");
    return true;
}

enum assay_status assay_pg_fail(struct assay_pg *pg, const PGresult *result,
                                struct assay_error *err)
{
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    if (state == NULL)
        fail_lost(pg, err);
    else if (strcmp(state, "57014") == 0)
        fail_cancelled(pg, err);
    else if (strcmp(state, "22P02") == 0 &&
             fail_too_long(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY), err))
        ;
    else {
        const struct meaning *meaning = meaning_of(state);
        const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
        char rows[48] = "";
        if (pg->copying && pg->rows_seen > 0)
            count_rows(pg, rows, sizeof rows);
        assay_fail(err, ASSAY_SOURCE, meaning->code, "%.*s%s (%s)", text ? first_line(text) : 0,
                   text ? text : "", rows, state);
        add_help(pg, meaning, PQresultErrorField(result, PG_DIAG_MESSAGE_HINT), err);
    }
    if (err != NULL)
        assay_secrets_redact_error(&pg->secrets, err);
    return ASSAY_SOURCE;
}

/* `…: FATAL:  28P01: password authentication failed …`: the state and what follows it. */
static const char *find_state(const char *text, char state[6])
{
    for (const char *at = text; (at = strchr(at, ':')) != NULL; at++) {
        const char *p = at + 1 + strspn(at + 1, " ");
        size_t n = strspn(p, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        bool digits = strcspn(p, "0123456789") < 5; /* FATAL has none */
        if (n == 5 && digits && p[5] == ':' && p > at + 1) {
            memcpy(state, p, 5);
            state[5] = '\0';
            return p + 6 + strspn(p + 6, " ");
        }
    }
    state[0] = '\0';
    return NULL;
}

/* Of several addresses each has a line; the last word is that of the last of them. */
static const char *last_attempt(const char *text, uint32_t *attempts)
{
    const char *last = text;
    *attempts = 0;
    for (const char *at = text; (at = strstr(at, "connection to server")) != NULL; at++) {
        last = at;
        ++*attempts;
    }
    return last;
}

enum assay_status assay_pg_fail_connect(struct assay_pg *pg, struct assay_error *err)
{
    char state[6];
    uint32_t attempts;
    const char *text = last_attempt(PQerrorMessage(pg->conn), &attempts);
    const char *said = find_state(text, state);
    const struct meaning *meaning = meaning_of(state);
    if (said != NULL) {
        const char *code = strncmp(state, "28", 2) == 0 ? "DB-AUTH" : "DB-CONNECT";
        assay_fail(err, ASSAY_SOURCE, code, "PostgreSQL at %s:%s: %.*s (%s)", PQhost(pg->conn),
                   PQport(pg->conn), first_line(said), said, state);
        add_help(pg, meaning, NULL, err);
    } else {
        char tries[48] = "";
        if (attempts > 1)
            snprintf(tries, sizeof tries, " (%u addresses tried)", attempts);
        bool secret = PQconnectionNeedsPassword(pg->conn);
        assay_fail(err, ASSAY_SOURCE, secret ? "DB-AUTH" : "DB-CONNECT", "%.*s%s", first_line(text),
                   text, tries);
        assay_error_help(err, "%s",
                         secret ? meaning_of("28")->help
                                : "is the server running there, and does it take connections?");
    }
    if (err != NULL)
        assay_secrets_redact_error(&pg->secrets, err);
    return ASSAY_SOURCE;
}

const char *assay_pg_state(const struct assay_error *err)
{
    size_t len = strlen(err->message);
    static _Thread_local char state[6];
    state[0] = '\0';
    if (len >= 7 && err->message[len - 1] == ')' && err->message[len - 7] == '(')
        memcpy(state, err->message + len - 6, 5);
    return state;
}

#endif
