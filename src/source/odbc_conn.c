/*
 * Connecting: a deadline, who it is, the session that reads.
 */
#include "config.h"

#include "source/odbc.h"

#ifdef HAVE_ODBC

#include "base/time.h"

#include <stdio.h>

#define CONNECT_US 10000000

static int64_t connect_limit(const struct assay_odbc *own)
{
    return own->options->connect_timeout != 0 ? own->options->connect_timeout : CONNECT_US;
}

static uintptr_t seconds(int64_t micros)
{
    return (uintptr_t)((micros + 999999) / 1000000);
}

static void connect_job(void *context)
{
    struct assay_odbc *own = context;
    own->result = SQLDriverConnect(own->dbc, NULL, (SQLCHAR *)own->text.ptr,
                                   (SQLSMALLINT)own->text.len, NULL, 0, NULL, SQL_DRIVER_NOPROMPT);
}

static enum assay_status make_handle(struct assay_odbc *own, struct assay_error *err)
{
    if (own->env == NULL &&
        !SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &own->env)))
        return assay_fail_nomem(err);
    SQLSetEnvAttr(own->env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3, 0);
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, own->env, &own->dbc)))
        return assay_fail_nomem(err);
    /* Drivers that know neither are not the worse for being asked. */
    SQLSetConnectAttr(own->dbc, SQL_ATTR_LOGIN_TIMEOUT, (SQLPOINTER)seconds(connect_limit(own)), 0);
    SQLSetConnectAttr(own->dbc, SQL_ATTR_ACCESS_MODE, (SQLPOINTER)(uintptr_t)SQL_MODE_READ_ONLY, 0);
    return ASSAY_OK;
}

static enum assay_status dial(struct assay_odbc *own, struct assay_error *err)
{
    char limit[ASSAY_DURATION_TEXT_MAX];
    ASSAY_TRY(make_handle(own, err));
    enum assay_status status = assay_odbc_run(own, connect_job, own, NULL, connect_limit(own), err);
    if (status == ASSAY_SOURCE && own->late) {
        assay_duration_text(connect_limit(own), limit);
        assay_fail(err, ASSAY_SOURCE, "DB-CONNECT", "nobody answered within %s", limit);
        assay_error_help(err, "connect_timeout allows more");
    }
    if (status != ASSAY_OK)
        return status;
    if (!SQL_SUCCEEDED(own->result))
        return assay_odbc_fail(own, SQL_HANDLE_DBC, own->dbc, err);
    own->connected = true;
    return ASSAY_OK;
}

static void hang_up(struct assay_odbc *own)
{
    if (own->connected)
        SQLDisconnect(own->dbc);
    if (own->dbc != NULL)
        SQLFreeHandle(SQL_HANDLE_DBC, own->dbc);
    own->dbc = NULL;
    own->connected = false;
}

static void ask_info(struct assay_odbc *own, SQLUSMALLINT what, char *out, size_t size)
{
    SQLSMALLINT len;
    out[0] = '\0';
    if (!SQL_SUCCEEDED(SQLGetInfo(own->dbc, what, out, (SQLSMALLINT)size, &len)))
        out[0] = '\0';
    out[size - 1] = '\0';
}

/* Who answered. The driver manager and the driver know; no server is asked. */
static void look_at(struct assay_odbc *own)
{
    char name[64], database[64];
    ask_info(own, SQL_DBMS_NAME, own->dbms, sizeof own->dbms);
    ask_info(own, SQL_DRIVER_NAME, own->file, sizeof own->file);
    ask_info(own, SQL_IDENTIFIER_QUOTE_CHAR, own->quote, sizeof own->quote);
    ask_info(own, SQL_SERVER_NAME, name, sizeof name);
    ask_info(own, SQL_DATABASE_NAME, database, sizeof database);
    if (!SQL_SUCCEEDED(SQLGetInfo(own->dbc, SQL_MAX_COLUMN_NAME_LEN, &own->name_max,
                                  sizeof own->name_max, NULL)))
        own->name_max = 0;
    own->kind = assay_odbc_kind_of(own->dbms);
    own->library = assay_odbc_library_of(own->file);
    bool same = strcmp(name, database) == 0; /* a file is both */
    snprintf(own->server, sizeof own->server, "%s%s%s", same ? "" : database,
             same || database[0] == '\0' || name[0] == '\0' ? "" : " at ", name);
}

/* Some drivers want to be told things, which only connecting shows. */
static enum assay_status dial_again(struct assay_odbc *own, struct assay_error *err)
{
    const char *keys = own->library->keys;
    if (keys == NULL)
        return ASSAY_OK;
    hang_up(own);
    if (own->text.len > 0 && own->text.ptr[own->text.len - 1] != ';')
        assay_buf_putc(&own->text, ';');
    assay_buf_puts(&own->text, keys);
    return own->text.failed ? assay_fail_nomem(err) : dial(own, err);
}

/* A statement with $1 and $2 filled in; false: it needs a limit, and there is none. */
static bool fill(const struct assay_odbc *own, const char *text, char *out, size_t size)
{
    size_t at = 0;
    for (; *text != '\0' && at + 24 < size; text++) {
        if (*text != '$') {
            out[at++] = *text;
            continue;
        }
        int64_t micros = *++text == '1' ? connect_limit(own) : own->options->statement_timeout;
        if (micros == 0)
            return false;
        at += (size_t)snprintf(out + at, size - at, "%lu", (unsigned long)seconds(micros));
    }
    out[at] = '\0';
    return true;
}

/*
 * What the kind knows makes the session one that reads. Where that is nothing the
 * transaction is at least never committed.
 */
static enum assay_status begin_session(struct assay_odbc *own, struct assay_error *err)
{
    char sql[256];
    bool manual = own->kind->begin[0] == NULL;
    if (manual)
        SQLSetConnectAttr(own->dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)(uintptr_t)SQL_AUTOCOMMIT_OFF,
                          0);
    for (size_t i = 0; own->kind->begin[i] != NULL; i++)
        if (fill(own, own->kind->begin[i], sql, sizeof sql))
            ASSAY_TRY(assay_odbc_execute(own, sql, err));
    return ASSAY_OK;
}

enum assay_status assay_odbc_connect(struct assay_odbc *own, struct assay_error *err)
{
    ASSAY_TRY(assay_odbc_begin_calls(own, err));
    ASSAY_TRY(dial(own, err));
    look_at(own);
    ASSAY_TRY(dial_again(own, err));
    return begin_session(own, err);
}

static void end_job(void *context)
{
    struct assay_odbc *own = context;
    if (own->connected)
        SQLEndTran(SQL_HANDLE_DBC, own->dbc, SQL_ROLLBACK);
    hang_up(own);
}

void assay_odbc_disconnect(struct assay_odbc *own)
{
    if (own->call.started && !own->lost && own->dbc != NULL)
        (void)!assay_odbc_run(own, end_job, own, NULL, connect_limit(own), NULL);
    if (!own->lost && own->env != NULL)
        SQLFreeHandle(SQL_HANDLE_ENV, own->env);
}

#endif
