/*
 * Converts CSV to a table of PostgreSQL by way of the source that the program itself uses.
 */
#include "config.h"

#include "tests/lib/as_postgres.h"

#ifdef HAVE_LIBPQ

#include "base/json_write.h"

#include <libpq-fe.h>
#include <stdlib.h>

struct column {
    enum assay_type type; /* declared */
    uint64_t numbers, booleans, others;
};

struct table {
    const struct assay_suite *suite;
    struct assay_source *source;
    PGconn *conn;
    struct column *columns;
    struct assay_buf text; /* as COPY reads it */
};

static bool counts_as_number(const struct column *column, struct assay_str text)
{
    return (column->type == ASSAY_TYPE_NONE || assay_type_is_numeric(column->type)) &&
           assay_json_is_number(text);
}

static bool is_boolean(const struct column *column, struct assay_str text)
{
    return column->type == ASSAY_TYPE_BOOLEAN &&
           (assay_str_is(text, "true") || assay_str_is(text, "false"));
}

/* COPY's text: a backslash before what would end a field or a row. */
static void put_text(struct assay_buf *out, struct assay_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\\' || c == '\t' || c == '\n' || c == '\r')
            assay_buf_putc(out, '\\');
        assay_buf_putc(out, c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : c);
    }
}

static bool put_row(struct table *t, struct assay_batch *batch, uint32_t row)
{
    for (uint32_t i = 0; i < t->source->column_count; i++) {
        struct column *column = &t->columns[i];
        const struct assay_column *values = assay_batch_column(batch, i, NULL, NULL);
        if (values == NULL)
            return false;
        struct assay_str text = assay_column_text(values, row);
        bool null = assay_bit_get(values->null, row);
        if (memchr(text.ptr, '\0', text.len) != NULL)
            return false;
        if (!null && counts_as_number(column, text))
            column->numbers++;
        else if (!null && is_boolean(column, text))
            column->booleans++;
        else if (!null)
            column->others++;
        assay_buf_puts(&t->text, i ? "\t" : "");
        if (null)
            assay_buf_puts(&t->text, "\\N");
        else
            put_text(&t->text, text);
    }
    assay_buf_putc(&t->text, '\n');
    return !t->text.failed;
}

static bool put_batch(struct table *t, struct assay_batch *batch)
{
    if (batch->ops->decode(batch, NULL) != ASSAY_OK || batch->finding_count > 0)
        return false;
    for (uint32_t row = 0; row < batch->rows; row++)
        if (!put_row(t, batch, row))
            return false;
    return true;
}

static bool read_all(struct table *t)
{
    struct assay_batch batch;
    struct assay_source *source = t->source;
    bool good = source->header_finding_count == 0 && source->column_count > 0;
    for (uint32_t i = 0; good && i < source->column_count; i++) {
        const struct assay_field *field = assay_suite_field(t->suite, source->names[i]);
        t->columns[i].type = field != NULL ? field->type : ASSAY_TYPE_NONE;
        good = (source->repeated == NULL || source->repeated[i] == 0) && source->names[i].len < 64;
    }
    if (!good || assay_batch_init(source, &batch, NULL) != ASSAY_OK)
        return false;
    do {
        good = assay_source_next(source, &batch, NULL) == ASSAY_OK;
        if (good && batch.rows > 0)
            good = put_batch(t, &batch);
    } while (good && batch.rows > 0);
    good = good && assay_source_finish(source, NULL) == ASSAY_OK && source->files[0].records > 0;
    assay_batch_free(source, &batch);
    return good;
}

/* NULL: the column is numbers, or truth, in some rows and other things in others. */
static const char *type_of(const struct column *column)
{
    uint64_t special = column->numbers + column->booleans;
    if (special > 0 && column->others > 0)
        return NULL;
    return column->numbers ? "numeric" : column->booleans ? "boolean" : "text";
}

static bool create(struct table *t, struct assay_buf *sql)
{
    assay_buf_puts(sql, "DROP TABLE IF EXISTS data; CREATE UNLOGGED TABLE data(");
    for (uint32_t i = 0; i < t->source->column_count; i++) {
        struct assay_str name = t->source->names[i];
        const char *type = type_of(&t->columns[i]);
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

static bool fill(struct table *t)
{
    bool good = run(t->conn, "COPY data FROM STDIN", PGRES_COPY_IN) &&
                PQputCopyData(t->conn, t->text.ptr, (int)t->text.len) == 1 &&
                PQputCopyEnd(t->conn, NULL) == 1;
    for (PGresult *result; good && (result = PQgetResult(t->conn)) != NULL; PQclear(result))
        good = PQresultStatus(result) == PGRES_COMMAND_OK;
    return good;
}

static void ignore_notice(void *context, const char *message)
{
    (void)context, (void)message;
}

bool as_postgres(const char *path, const struct assay_suite *suite, const char *to)
{
    struct assay_source_options options = suite->options.source;
    struct table t = {.suite = suite};
    struct assay_buf sql;
    options.format = "csv";
    if (assay_source_open(assay_cstr(path), &options, &t.source, NULL) != ASSAY_OK)
        return false;
    assay_buf_init(&t.text, (size_t)64 << 20);
    assay_buf_init(&sql, (size_t)1 << 20);
    t.columns = calloc((size_t)t.source->column_count + 1, sizeof *t.columns);
    t.conn = PQconnectdb(to);
    PQsetNoticeProcessor(t.conn, ignore_notice, NULL);
    PQsetClientEncoding(t.conn, "UTF8");
    bool good = t.columns != NULL && read_all(&t) && create(&t, &sql) &&
                run(t.conn, sql.ptr, PGRES_COMMAND_OK) && fill(&t);
    PQfinish(t.conn);
    assay_buf_free(&sql);
    assay_buf_free(&t.text);
    free(t.columns);
    assay_source_close(t.source);
    return good;
}

#else

bool as_postgres(const char *path, const struct assay_suite *suite, const char *to)
{
    (void)path, (void)suite, (void)to;
    return false;
}

#endif
