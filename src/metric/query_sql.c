/*
 * Statements for SQLite. Only one SELECT is let through; the rest is assay's own.
 */
#include "config.h"

#include "metric/query_sql.h"

#ifdef HAVE_SQLITE3

#include "metric/judge.h"

#include <stdio.h>
#include <stdlib.h>

#define QUERY_SQL_MAX ((size_t)1 << 20)
#define QUERY_TABLE_MAX ((size_t)64 << 20)

enum assay_status assay_query_fail(struct assay_query_db *q, struct assay_error *err)
{
    assay_fail(err, ASSAY_IO, "SPILL", "the temporary database failed: %s", sqlite3_errmsg(q->db));
    assay_error_help(err, "make room, or name another directory with TMPDIR");
    return ASSAY_IO;
}

static void put_identifier(struct assay_buf *out, struct assay_str name)
{
    assay_buf_putc(out, '"');
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '"')
            assay_buf_putc(out, '"');
        assay_buf_putc(out, name.ptr[i]);
    }
    assay_buf_putc(out, '"');
}

/* Runs the text and frees the buffer. */
static enum assay_status run(struct assay_query_db *q, struct assay_buf *sql,
                             struct assay_error *err)
{
    int rc = sql->failed ? SQLITE_NOMEM : sqlite3_exec(q->db, sql->ptr, NULL, NULL, NULL);
    assay_buf_free(sql);
    if (rc == SQLITE_NOMEM)
        return assay_fail_nomem(err);
    return rc == SQLITE_OK ? ASSAY_OK : assay_query_fail(q, err);
}

/* Reading is allowed, and noted; nothing else is. */
static int authorize(void *context, int action, const char *table, const char *column,
                     const char *database, const char *trigger)
{
    struct assay_query_db *q = context;
    (void)database, (void)trigger;
    if (action == SQLITE_READ && table != NULL && column != NULL && strcmp(table, "batch") == 0)
        for (uint32_t c = 0; c < q->schema_count; c++)
            if (assay_str_is(q->schema[c], column))
                q->read[c] = true;
    bool reads = action == SQLITE_READ || action == SQLITE_SELECT || action == SQLITE_FUNCTION ||
                 action == SQLITE_RECURSIVE;
    return reads ? SQLITE_OK : SQLITE_DENY;
}

/* The statement with the table's name in it. */
static void put_statement(const char *sql, struct assay_buf *out)
{
    static const char mark[] = "{batch}";
    const char *found;
    while ((found = strstr(sql, mark)) != NULL) {
        assay_buf_add(out, sql, (size_t)(found - sql));
        assay_buf_puts(out, "batch");
        sql = found + strlen(mark);
    }
    assay_buf_puts(out, sql);
}

static void refuse(struct assay_query_db *q, const char *what)
{
    q->failed = true;
    assay_fail(&q->error, ASSAY_CONFIG, "QUERY-SQL", "%s", what);
    assay_error_help(&q->error, "the query is one SELECT, as SQLite has it; {batch} stands for "
                                "the records");
}

/* NULL with `failed` set where it is no SELECT. */
static sqlite3_stmt *prepare(struct assay_query_db *q, const char *text)
{
    struct assay_buf sql;
    const char *tail = NULL;
    sqlite3_stmt *statement = NULL;
    assay_buf_init(&sql, QUERY_SQL_MAX);
    put_statement(text, &sql);
    sqlite3_set_authorizer(q->db, authorize, q);
    int rc = sql.failed ? SQLITE_TOOBIG
                        : sqlite3_prepare_v2(q->db, sql.ptr ? sql.ptr : "", -1, &statement, &tail);
    sqlite3_set_authorizer(q->db, NULL, NULL);
    while (tail != NULL && (*tail == ' ' || *tail == ';' || (*tail >= '\t' && *tail <= '\r')))
        tail++;
    if (rc != SQLITE_OK)
        refuse(q, sql.failed ? "the query is too long" : sqlite3_errmsg(q->db));
    else if (statement == NULL || *tail != '\0' || !sqlite3_stmt_readonly(statement))
        refuse(q, "the query is not one SELECT");
    assay_buf_free(&sql);
    if (!q->failed)
        return statement;
    sqlite3_finalize(statement);
    return NULL;
}

static enum assay_status open_database(struct assay_query_db *q, struct assay_error *err)
{
    struct assay_buf sql;
    if (sqlite3_open("", &q->db) != SQLITE_OK) /* no name: a temporary file, gone when closed */
        return q->db ? assay_query_fail(q, err) : assay_fail_nomem(err);
    assay_buf_init(&sql, QUERY_TABLE_MAX);
    assay_buf_puts(&sql, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; "
                         "PRAGMA temp_store=FILE; PRAGMA cache_size=-16384; BEGIN; "
                         "CREATE TABLE batch(");
    for (uint32_t c = 0; c < q->schema_count; c++) {
        assay_buf_puts(&sql, c ? ", " : "");
        put_identifier(&sql, q->schema[c]);
    }
    assay_buf_puts(&sql, q->schema_count ? ")" : "nothing)");
    return run(q, &sql, err);
}

enum assay_status assay_query_open(struct assay_query_db *q, const char *sql,
                                   const struct assay_str *schema, uint32_t schema_count,
                                   struct assay_error *err)
{
    *q = (struct assay_query_db){.schema = schema, .schema_count = schema_count};
    q->read = calloc(schema_count + 1u, sizeof *q->read);
    q->texts = calloc(schema_count + 1u, sizeof *q->texts);
    if (q->read == NULL || q->texts == NULL)
        return assay_fail_nomem(err);
    ASSAY_TRY(open_database(q, err));
    sqlite3_finalize(prepare(q, sql));
    return ASSAY_OK;
}

void assay_query_close(struct assay_query_db *q)
{
    sqlite3_finalize(q->insert);
    sqlite3_close(q->db);
    free(q->read);
    free(q->texts);
    *q = (struct assay_query_db){0};
}

enum assay_status assay_query_create(struct assay_query_db *q, struct assay_error *err)
{
    struct assay_buf sql;
    assay_buf_init(&sql, QUERY_TABLE_MAX);
    assay_buf_puts(&sql, "DROP TABLE batch; CREATE TABLE records(record INTEGER PRIMARY KEY");
    for (uint32_t c = 0; c < q->schema_count; c++)
        if (q->read[c]) /* a column may be called record: its own name has a letter before it */
            assay_buf_printf(&sql, ", c%u", c);
    assay_buf_puts(&sql, ")");
    ASSAY_TRY(run(q, &sql, err));
    assay_buf_init(&sql, QUERY_TABLE_MAX);
    assay_buf_puts(&sql, "INSERT INTO records VALUES (?");
    for (uint32_t c = 0; c < q->schema_count; c++)
        assay_buf_puts(&sql, q->read[c] ? ", ?" : "");
    assay_buf_puts(&sql, ")");
    int rc = sql.failed ? SQLITE_NOMEM : sqlite3_prepare_v2(q->db, sql.ptr, -1, &q->insert, NULL);
    assay_buf_free(&sql);
    return rc == SQLITE_OK ? ASSAY_OK : assay_query_fail(q, err);
}

enum assay_status assay_query_insert(struct assay_query_db *q, struct assay_error *err)
{
    int rc = sqlite3_step(q->insert);
    sqlite3_reset(q->insert);
    return rc == SQLITE_DONE ? ASSAY_OK : assay_query_fail(q, err);
}

sqlite3_stmt *assay_query_records(struct assay_query_db *q)
{
    sqlite3_stmt *statement = NULL;
    (void)sqlite3_prepare_v2(q->db, "SELECT * FROM records ORDER BY record", -1, &statement, NULL);
    return statement;
}

/* What the statement sees as the table: numbers where all values of a column are. */
static enum assay_status create_view(struct assay_query_db *q, struct assay_error *err)
{
    struct assay_buf sql;
    assay_buf_init(&sql, QUERY_TABLE_MAX);
    assay_buf_puts(&sql, "DROP VIEW IF EXISTS batch; CREATE VIEW batch AS SELECT ");
    for (uint32_t c = 0; c < q->schema_count; c++) {
        assay_buf_puts(&sql, c ? ", " : "");
        if (!q->read[c])
            assay_buf_puts(&sql, "NULL AS ");
        else
            assay_buf_printf(&sql, q->texts[c] ? "c%u AS " : "CAST(c%u AS NUMERIC) AS ", c);
        put_identifier(&sql, q->schema[c]);
    }
    assay_buf_puts(&sql, q->schema_count ? " FROM records" : "NULL AS nothing FROM records");
    return run(q, &sql, err);
}

static struct assay_value value_of(sqlite3_stmt *statement, int i, struct assay_arena *arena)
{
    char text[24];
    int type = sqlite3_column_type(statement, i);
    if (type == SQLITE_NULL)
        return (struct assay_value){.kind = ASSAY_VALUE_NULL};
    if (type == SQLITE_FLOAT)
        return assay_value_double(arena, sqlite3_column_double(statement, i));
    if (type == SQLITE_INTEGER) {
        int len =
            snprintf(text, sizeof text, "%lld", (long long)sqlite3_column_int64(statement, i));
        return assay_value_number(arena, assay_str(text, (size_t)len));
    }
    const char *bytes = (const char *)sqlite3_column_text(statement, i);
    return assay_value_text(arena, assay_str(bytes, (size_t)sqlite3_column_bytes(statement, i)));
}

static bool keep_row(sqlite3_stmt *statement, struct assay_arena *arena, struct assay_value *row)
{
    size_t count = (size_t)sqlite3_column_count(statement);
    struct assay_value *items = assay_arena_array(arena, count + 1, sizeof *items);
    struct assay_str *keys = assay_arena_array(arena, count + 1, sizeof *keys);
    if (items == NULL || keys == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        const char *name = sqlite3_column_name(statement, (int)i);
        char *copy = assay_arena_strdup(arena, assay_cstr(name));
        if (copy == NULL)
            return false;
        keys[i] = assay_cstr(copy);
        items[i] = value_of(statement, (int)i, arena);
    }
    *row =
        (struct assay_value){.kind = ASSAY_VALUE_MAP, .count = count, .items = items, .keys = keys};
    return true;
}

/* Steps to the end; the first rows are kept. */
static bool step_through(sqlite3_stmt *statement, uint32_t most, struct assay_arena *arena,
                         struct assay_query_detail *detail, struct assay_value *rows, int *rc)
{
    while ((*rc = sqlite3_step(statement)) == SQLITE_ROW) {
        if (detail->count++ >= most)
            continue;
        if (!keep_row(statement, arena, &rows[detail->rows.count]))
            return false;
        detail->rows.count++;
    }
    return true;
}

enum assay_status assay_query_fetch(struct assay_query_db *q, const struct assay_query_args *args,
                                    struct assay_arena *arena, struct assay_query_detail *detail,
                                    struct assay_error *err)
{
    struct assay_value *rows = assay_arena_array(arena, args->most + 1u, sizeof *rows);
    int rc = SQLITE_DONE;
    if (rows == NULL)
        return assay_fail_nomem(err);
    ASSAY_TRY(create_view(q, err));
    detail->rows = (struct assay_value){.kind = ASSAY_VALUE_LIST, .items = rows};
    sqlite3_stmt *statement = prepare(q, args->sql);
    bool room = statement == NULL || step_through(statement, args->most, arena, detail, rows, &rc);
    if (room && rc != SQLITE_DONE)
        refuse(q, sqlite3_errmsg(q->db));
    sqlite3_finalize(statement);
    return room ? ASSAY_OK : assay_fail_nomem(err);
}

#endif
