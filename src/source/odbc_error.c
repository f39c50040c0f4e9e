/*
 * What failures of ODBC mean: SQLSTATEs, and numbers of MariaDB, as codes and help.
 */
#include "config.h"

#include "source/odbc.h"

#ifdef HAVE_ODBC

#include <stdio.h>

#define TEXT_MAX 1024

struct meaning {
    const char *state; /* the beginning of it; "": any */
    SQLINTEGER native; /* the server's own number; 0: any */
    const char *code;
    const char *help;
};

/* The first that fits. HY000 says nothing: of it the numbers count. */
static const struct meaning meanings[] = {
    {"", 1142, "DB-DENIED", "the user needs SELECT on the table or view: GRANT SELECT ON … TO …"},
    {"", 1143, "DB-DENIED", "the user needs SELECT on the column"},
    {"", 1044, "DB-DENIED", "the user needs a privilege in that database"},
    {"", 1227, "DB-DENIED", NULL},
    {"", 1370, "DB-DENIED", "the user needs EXECUTE on the function"},
    {"", 1045, "DB-AUTH", "the user and the password: Uid and Pwd, or those of the data source"},
    {"", 1049, "DB-CONNECT", "SHOW DATABASES lists those of a server"},
    {"", 1040, "DB-CONNECT",
     "the server has no connection to spare; max_connections says how many"},
    {"", 1203, "DB-CONNECT", "the user has no connection to spare"},
    {"", 1969, "DB-TIMEOUT",
     "statement_timeout allows more, where it is not the server's own limit"},
    {"", 3024, "DB-TIMEOUT", "the server has a limit of its own: max_execution_time"},
    {"", 1205, "DB-BUSY", "somebody holds a lock on the table; connect_timeout allows more"},
    {"", 1317, "DB-LOST", "somebody ended the statement (KILL QUERY), or a proxy has a limit"},
    {"", 1792, "DB-STATEMENT", "assay only reads: a statement that writes is refused"},
    {"", 2002, "DB-CONNECT", NULL},
    {"", 2003, "DB-CONNECT", NULL},
    {"", 2005, "DB-CONNECT", NULL},
    {"", 2006, "DB-LOST",
     "the network or the server went away; nothing was decided from half the data"},
    {"", 2013, "DB-LOST",
     "the network or the server went away; nothing was decided from half the data"},
    {"", 1927, "DB-LOST", "somebody ended the connection (KILL)"},
    {"08001", 0, "DB-CONNECT", NULL},
    {"08004", 0, "DB-CONNECT", NULL},
    {"08", 0, "DB-LOST",
     "the network or the server went away; nothing was decided from half the data"},
    {"HYT01", 0, "DB-CONNECT", "connect_timeout allows more"},
    {"HYT00", 0, "DB-TIMEOUT", "statement_timeout allows more"},
    {"28", 0, "DB-AUTH", "the user and the password: Uid and Pwd, or those of the data source"},
    {"IM002", 0, "DB-CONNECT",
     "`odbcinst -q -s` lists the data sources of this machine, `odbcinst -q -d` its drivers"},
    {"IM003", 0, "DB-CONNECT", "`odbcinst -q -d` lists the drivers of this machine"},
    {"IM", 0, "DB-CONNECT", "`odbcinst -q -d` lists the drivers of this machine"},
    {"01000", 0, "DB-CONNECT", "`odbcinst -q -d` lists the drivers of this machine"},
    {"3D000", 0, "DB-CONNECT", NULL},
    {"3F000", 0, "DB-TABLE", NULL},
    {"42S02", 0, "DB-TABLE", "a name is searched in the database that the connection is to"},
    {"S0002", 0, "DB-TABLE", NULL},
    {"42P01", 0, "DB-TABLE", NULL},
    {"42501", 0, "DB-DENIED", NULL},
    {"25006", 0, "DB-STATEMENT", "assay only reads: a statement that writes is refused"},
    {"22", 0, "DB-VALUE", NULL},
    {"40", 0, "DB-LOST", "run it again"},
    {"42", 0, "DB-STATEMENT", NULL},
    {"37", 0, "DB-STATEMENT", NULL},
    {"0A", 0, "DB-STATEMENT", NULL},
    {"70100", 0, "DB-LOST", "somebody ended the statement"},
};

static const struct meaning *meaning_of(const char *state, SQLINTEGER native)
{
    static const struct meaning unknown = {"", 0, "DB-QUERY", NULL};
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
        const struct meaning *m = &meanings[i];
        if (strncmp(state, m->state, strlen(m->state)) == 0 &&
            (m->native == 0 || m->native == native))
            return m;
    }
    return &unknown;
}

/* `[ma-3.1.15][10.11.19-MariaDB]No such` is about `No such`. */
static const char *past_brackets(const char *text)
{
    const char *end;
    while (*text == '[' && (end = strchr(text, ']')) != NULL)
        text = end + 1;
    return text + strspn(text, " ");
}

/* SQLite has one state for everything. */
static bool is_no_table(const struct assay_odbc *own, const char *text)
{
    return own->kind != NULL && own->kind->dynamic && strstr(text, "no such table") != NULL;
}

enum assay_status assay_odbc_fail(struct assay_odbc *own, SQLSMALLINT type, SQLHANDLE handle,
                                  struct assay_error *err)
{
    SQLCHAR state[6] = "", text[TEXT_MAX] = "";
    SQLINTEGER native = 0;
    SQLSMALLINT len;
    struct assay_error ignored;
    err = err != NULL ? err : &ignored;
    if (!SQL_SUCCEEDED(SQLGetDiagRec(type, handle, 1, state, &native, text, sizeof text, &len)))
        return assay_fail(err, ASSAY_SOURCE, "DB-QUERY", "the driver failed, and does not say why");
    const char *said = past_brackets((char *)text);
    const struct meaning *meaning = meaning_of((char *)state, native);
    bool no_table = is_no_table(own, said);
    char number[24] = "";
    if (native != 0)
        snprintf(number, sizeof number, ", %ld", (long)native);
    const char *code = no_table ? "DB-TABLE" : meaning->code;
    if (!own->connected && strcmp(code, "DB-LOST") == 0)
        code = "DB-CONNECT";
    assay_fail(err, ASSAY_SOURCE, code, "%s%s%.*s (%s%s)", own->server,
               own->server[0] != '\0' ? ": " : "", (int)strcspn(said, "\n"), said, state, number);
    if (meaning->help != NULL)
        assay_error_help(err, "%s", meaning->help);
    assay_secrets_redact_error(&own->secrets, err);
    return ASSAY_SOURCE;
}

#endif
