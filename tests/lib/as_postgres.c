/*
 * Converts CSV to a table of PostgreSQL.
 */
#include "config.h"

#include "tests/lib/as_postgres.h"

#ifdef HAVE_LIBPQ

#include "tests/lib/csv_table.h"

#include <libpq-fe.h>

struct table {
    struct csv_table csv;
    PGconn *conn;
    struct assay_buf text; /* as COPY reads it */
};

/* NULL: the column is numbers, or truth, in some rows and other things in others. */
static const char *type_of(const struct csv_table_column *column)
{
    switch (csv_table_kind(column)) {
    case 'n': return "numeric";
    case 'b': return "boolean";
    case 't': return "text";
    default: return NULL;
    }
}

static bool create(struct table *t, struct assay_buf *sql)
{
    assay_buf_puts(sql, "DROP TABLE IF EXISTS data; CREATE UNLOGGED TABLE data(");
    for (uint32_t i = 0; i < t->csv.column_count; i++) {
        struct assay_str name = t->csv.columns[i].name;
        const char *type = type_of(&t->csv.columns[i]);
        char *quoted = PQescapeIdentifier(t->conn, name.ptr, name.len);
        if (type == NULL || quoted == NULL) {
            PQfreemem(quoted);
            return false;
        }
        assay_buf_printf(sql, "%s%s %s", i ? ", " : "", quoted, type);
        PQfreemem(quoted);
    }
    assay_buf_puts(sql, ")");
    return !sql->failed;
}

static bool run(PGconn *conn, const char *sql, ExecStatusType wanted)
{
    PGresult *result = PQexec(conn, sql);
    bool good = PQresultStatus(result) == wanted;
    PQclear(result);
    return good;
}

static bool fill(PGconn *conn, const struct assay_buf *text)
{
    bool good = run(conn, "COPY data FROM STDIN", PGRES_COPY_IN) &&
                PQputCopyData(conn, text->ptr, (int)text->len) == 1 &&
                PQputCopyEnd(conn, NULL) == 1;
    for (PGresult *result; good && (result = PQgetResult(conn)) != NULL; PQclear(result))
        good = PQresultStatus(result) == PGRES_COMMAND_OK;
    return good;
}

static void ignore_notice(void *context, const char *message)
{
    (void)context, (void)message;
}

bool as_postgres(const char *path, const struct assay_suite *suite, const char *to)
{
    struct table t = {.csv = {.put = csv_table_copy, .context = &t.text}};
    struct assay_buf sql;
    assay_buf_init(&t.text, (size_t)64 << 20);
    assay_buf_init(&sql, (size_t)1 << 20);
    t.conn = PQconnectdb(to);
    PQsetNoticeProcessor(t.conn, ignore_notice, NULL);
    PQsetClientEncoding(t.conn, "UTF8");
    bool good = csv_table_read(&t.csv, path, suite) && create(&t, &sql) &&
                run(t.conn, sql.ptr, PGRES_COMMAND_OK) && fill(t.conn, &t.text);
    PQfinish(t.conn);
    assay_buf_free(&sql);
    assay_buf_free(&t.text);
    csv_table_free(&t.csv);
    return good;
}

#else

bool as_postgres(const char *path, const struct assay_suite *suite, const char *to)
{
    (void)path, (void)suite, (void)to;
    return false;
}

#endif
