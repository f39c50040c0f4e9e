/*
 * The driver for ODBC, through unixODBC: the session, its statements' columns, names.
 */
#include "config.h"

#include "source/odbc.h"

#ifdef HAVE_ODBC

#include "base/dsn.h"
#include "base/utf8.h"
#include "source/odbc_rows.h"

#include <stdio.h>
#include <stdlib.h>

#define SQL_MAX ((size_t)16 << 20)
#define NAME_BYTES 1024
#define KEYS_MAX 64

static void odbc_close(struct assay_db *db)
{
    struct assay_odbc *own = (struct assay_odbc *)db;
    assay_odbc_disconnect(own);
    if (!assay_odbc_end_calls(own))
        return; /* who was left may still write to it */
    if (own->text.ptr != NULL)
        explicit_bzero(own->text.ptr, own->text.len);
    assay_buf_free(&own->text);
    assay_secrets_free(&own->secrets);
    assay_arena_free(&db->arena);
    free(own);
}

/* `odbc:NAME` and `odbc:NAME;Uid=…` are a data source; else it is a connection string. */
static enum assay_status put_string(struct assay_odbc *own, const struct assay_db_request *request,
                                    struct assay_error *err)
{
    size_t skip = request->parts.scheme.len + 1;
    struct assay_str text = assay_str(request->dsn.ptr + skip, request->dsn.len - skip);
    bool known =
        text.len > 0 && text.ptr[0] != '/' && assay_dsn_query_at(request->dsn) == request->dsn.len;
    if (!known) {
        assay_fail(err, ASSAY_USAGE, "DB-DSN", "this is no way to reach a database by ODBC");
        assay_error_help(err,
                         "odbc:NAME?table=TABLE, or odbc:Driver={…};Server=…?table=TABLE, with "
                         "a value that has a ? in braces");
        return ASSAY_USAGE;
    }
    const char *equals = memchr(text.ptr, '=', text.len), *end = memchr(text.ptr, ';', text.len);
    if (equals == NULL || (end != NULL && end < equals))
        assay_buf_puts(&own->text, "DSN=");
    assay_buf_str(&own->text, text);
    return own->text.failed || !assay_secrets_add_dsn(&own->secrets, text) ? assay_fail_nomem(err)
                                                                           : ASSAY_OK;
}

static void set_facts(struct assay_odbc *own)
{
    bool same_quote = own->quote[0] == own->kind->quote && own->quote[1] == '\0';
    own->base.dialect = same_quote ? own->kind->dialect : NULL;
    own->base.text_checked = own->kind->text_checked;
    own->base.one_snapshot = own->kind->one_snapshot;
    if (!own->kind->one_snapshot)
        assay_db_notice(&own->base,
                        "%s: statements may see different data where somebody writes meanwhile",
                        own->dbms);
}

static enum assay_status odbc_open(const struct assay_db_request *request, struct assay_db **out,
                                   struct assay_error *err)
{
    struct assay_odbc *own = calloc(1, sizeof *own);
    if (own == NULL)
        return assay_fail_nomem(err);
    own->base.driver = &assay_db_odbc;
    own->options = request->options;
    assay_arena_init(&own->base.arena, 0);
    assay_buf_init(&own->text, SQL_MAX);
    enum assay_status status = put_string(own, request, err);
    if (status == ASSAY_OK)
        status = assay_odbc_connect(own, err);
    if (status != ASSAY_OK) {
        odbc_close(&own->base);
        return status;
    }
    set_facts(own);
    *out = &own->base;
    return ASSAY_OK;
}

static enum assay_status odbc_describe(struct assay_db *db, struct assay_str sql,
                                       struct assay_arena *arena, struct assay_db_column **columns,
                                       uint32_t *count, struct assay_error *err)
{
    struct assay_odbc *own = (struct assay_odbc *)db;
    SQLHSTMT statement;
    if (!assay_db_may_read(sql))
        return assay_db_not_reading(err);
    ASSAY_TRY(assay_odbc_prepare(own, sql, &statement, err));
    enum assay_status status = assay_odbc_columns(own, statement, arena, columns, NULL, count, err);
    assay_odbc_drop(own, statement);
    return status == ASSAY_OK && *count == 0 ? assay_db_not_reading(err) : status;
}

/* One column of a catalog's row; "" where it is NULL. */
static void catalog_text(SQLHSTMT statement, SQLUSMALLINT column, char out[NAME_BYTES])
{
    SQLLEN length = 0;
    if (!SQL_SUCCEEDED(SQLGetData(statement, column, SQL_C_CHAR, out, NAME_BYTES, &length)) ||
        length == SQL_NULL_DATA)
        out[0] = '\0';
}

/* What a question to the catalog is about, and what came of it. */
struct catalog {
    struct assay_odbc *own;
    const struct assay_db_relation *relation; /* of its primary key; NULL: tables */
    uint32_t most, count;
    char (*names)[NAME_BYTES * 2]; /* schema.table, or columns in the order of the key */
};

static SQLCHAR *part_of(const struct assay_db_relation *relation, uint32_t from_end, char *out)
{
    if (relation->part_count <= from_end)
        return NULL;
    struct assay_str part = relation->parts[relation->part_count - 1 - from_end];
    snprintf(out, NAME_BYTES, "%.*s", (int)part.len, part.ptr);
    return (SQLCHAR *)out;
}

static SQLRETURN ask_catalog(struct catalog *c, SQLHSTMT statement)
{
    char table[NAME_BYTES], above[NAME_BYTES];
    if (c->relation == NULL)
        return SQLTables(statement, NULL, 0, NULL, 0, NULL, 0, (SQLCHAR *)"TABLE,VIEW", SQL_NTS);
    SQLCHAR *name = part_of(c->relation, 0, table), *in = part_of(c->relation, 1, above);
    return SQLPrimaryKeys(statement, in, SQL_NTS, NULL, 0, name, SQL_NTS);
}

static void take_name(struct catalog *c, SQLHSTMT statement)
{
    char schema[NAME_BYTES] = "", name[NAME_BYTES], place[NAME_BYTES];
    uint32_t at = c->count;
    if (c->relation == NULL)
        catalog_text(statement, 2, schema);
    catalog_text(statement, c->relation == NULL ? 3 : 4, name);
    if (c->relation != NULL) {
        catalog_text(statement, 5, place);
        at = (uint32_t)strtoul(place, NULL, 10) - 1;
    }
    if (at < c->most && name[0] != '\0') {
        snprintf(c->names[at], sizeof c->names[at], "%s%s%s", schema, schema[0] ? "." : "", name);
        c->count++;
    }
}

/* Everything in one job: the names are few. A driver that cannot say says nothing. */
static void catalog_job(void *context)
{
    struct catalog *c = context;
    SQLHSTMT statement;
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, c->own->dbc, &statement)))
        return;
    if (SQL_SUCCEEDED(ask_catalog(c, statement)))
        while (c->count < c->most && SQL_SUCCEEDED(SQLFetch(statement)))
            take_name(c, statement);
    SQLFreeHandle(SQL_HANDLE_STMT, statement);
}

/* The names of a question, in the connection's arena; NULL where there are none. */
static struct catalog *ask_names(struct assay_odbc *own, const struct assay_db_relation *relation,
                                 uint32_t most, struct assay_error *err)
{
    struct catalog *c = assay_arena_alloc(&own->base.arena, sizeof *c);
    if (c != NULL)
        *c = (struct catalog){.own = own,
                              .relation = relation,
                              .most = most,
                              .names = assay_arena_array(&own->base.arena, most, sizeof *c->names)};
    if (c == NULL || c->names == NULL) {
        (void)!assay_fail_nomem(err);
        return NULL;
    }
    return assay_odbc_run(own, catalog_job, c, NULL, 0, err) == ASSAY_OK ? c : NULL;
}

static enum assay_status odbc_tables(struct assay_db *db, struct assay_arena *arena, uint32_t most,
                                     struct assay_str **names, uint32_t *count,
                                     struct assay_error *err)
{
    struct assay_error problem = {0};
    struct catalog *c = ask_names((struct assay_odbc *)db, NULL, most, &problem);
    *count = 0;
    *names = assay_arena_array(arena, (size_t)most + 1, sizeof **names);
    if (c == NULL || *names == NULL) {
        if (err != NULL)
            *err = problem;
        return c == NULL ? problem.status : assay_fail_nomem(err);
    }
    for (uint32_t i = 0; i < c->count; i++)
        (*names)[i] = assay_cstr(c->names[i]);
    *count = c->count;
    return ASSAY_OK;
}

static bool is_plain_name(struct assay_str name)
{
    bool good = name.len > 0 && !(name.ptr[0] >= '0' && name.ptr[0] <= '9');
    for (size_t i = 0; i < name.len && good; i++) {
        char c = name.ptr[i];
        good =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    }
    return good;
}

static bool odbc_identifier(const struct assay_db *db, struct assay_str name, struct assay_buf *out)
{
    const struct assay_odbc *own = (const struct assay_odbc *)db;
    bool quotes = own->quote[0] != '\0' && own->quote[0] != ' ' && own->quote[1] == '\0';
    if (own->name_max != 0 && assay_utf8_count(name) > own->name_max)
        return false;
    if (quotes)
        return assay_db_quote(name, own->quote[0], out);
    assay_buf_str(out, name);
    return is_plain_name(name) && !out->failed;
}

/* A backslash means something to some servers, by their settings. */
static bool odbc_literal(const struct assay_db *db, struct assay_str text, struct assay_buf *out)
{
    const struct assay_odbc *own = (const struct assay_odbc *)db;
    if (memchr(text.ptr, '\\', text.len) == NULL)
        return assay_db_quote(text, '\'', out);
    if (!own->kind->hex_escapes)
        return false;
    assay_buf_puts(out, "_utf8mb4 x'");
    for (size_t i = 0; i < text.len; i++)
        assay_buf_printf(out, "%02x", (unsigned char)text.ptr[i]);
    assay_buf_putc(out, '\'');
    return !out->failed;
}

/* The key's columns, quoted, with commas; "" where the table has none. */
static struct assay_str find_keys(struct assay_odbc *own, const struct assay_db_relation *relation)
{
    struct assay_buf terms;
    struct assay_str none = ASSAY_STR("");
    struct catalog *c = ask_names(own, relation, KEYS_MAX, NULL);
    assay_buf_init(&terms, SQL_MAX);
    bool good = c != NULL && c->count > 0;
    for (uint32_t i = 0; good && i < c->count; i++) {
        assay_buf_puts(&terms, i > 0 ? ", " : "");
        good = odbc_identifier(&own->base, assay_cstr(c->names[i]), &terms);
    }
    char *copy = good ? assay_arena_strdup(&own->base.arena, assay_buf_view(&terms)) : NULL;
    struct assay_str found = copy != NULL ? assay_str(copy, terms.len) : none;
    assay_buf_free(&terms);
    return found;
}

static bool odbc_natural_order(struct assay_db *db, const struct assay_db_relation *relation,
                               struct assay_buf *out)
{
    struct assay_odbc *own = (struct assay_odbc *)db;
    if (!own->kind->primary_keys || relation->part_count == 0)
        return false;
    if (own->keys_of != relation) {
        own->keys = find_keys(own, relation);
        own->keys_of = relation;
    }
    assay_buf_str(out, own->keys);
    return own->keys.len > 0 && !out->failed;
}

const struct assay_db_driver assay_db_odbc = {
    .name = "odbc",
    .open = odbc_open,
    .close = odbc_close,
    .describe = odbc_describe,
    .query = assay_odbc_query,
    .fetch = assay_odbc_fetch,
    .end = assay_odbc_end,
    .tables = odbc_tables,
    .identifier = odbc_identifier,
    .literal = odbc_literal,
    .project = assay_odbc_project,
    .natural_order = odbc_natural_order,
};

#endif
