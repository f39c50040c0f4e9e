/*
 * SQLite: a connection that cannot write, one read transaction, values by their storage
 * class.
 *
 * Four things keep a statement from changing anything: the file is opened read-only,
 * query_only is on, an authorizer lets nothing but reading through, and a statement must
 * be one that SQLite itself calls read-only.
 */
#include "config.h"

#include "source/db.h"

#ifdef HAVE_SQLITE3

#include "base/utf8.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define WAIT_US 10000000 /* for a lock, unless an option says otherwise */
#define STEP_US 20000
#define WATCH_STEPS 20000 /* of SQLite's machine between two looks at the clock */
#define SQL_MAX ((size_t)4 << 20)

struct sqlite {
    struct assay_db base;
    sqlite3 *db;
    const struct assay_source_options *options;
    int64_t deadline;   /* of the statement, monotonic microseconds; 0: none */
    int64_t lock_since; /* when the wait for a lock began */
    bool timed_out;
};

struct sqlite_cursor {
    struct assay_db_cursor base;
    sqlite3_stmt *statement;
    struct assay_db_column *columns;
    struct assay_arena arena;
    bool *boolean; /* by column: declared so, where 0 and 1 are false and true */
    bool done;
    uint64_t rows; /* fetched so far */
};

static int64_t monotonic(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static bool stopped(const struct sqlite *own)
{
    return own->options->stop != NULL && *own->options->stop != 0;
}

static int64_t lock_wait(const struct sqlite *own)
{
    return own->options->connect_timeout != 0 ? own->options->connect_timeout : WAIT_US;
}

/* Called while another connection holds a lock; 0 gives up. */
static int on_busy(void *context, int calls)
{
    struct sqlite *own = context;
    int64_t now = monotonic();
    if (calls == 0)
        own->lock_since = now;
    if (stopped(own) || now - own->lock_since >= lock_wait(own))
        return 0;
    usleep(STEP_US);
    return 1;
}

/* Called every so many steps of a statement; not 0 ends it. */
static int on_progress(void *context)
{
    struct sqlite *own = context;
    own->timed_out = own->deadline != 0 && monotonic() > own->deadline;
    return own->timed_out || stopped(own);
}

static enum assay_status interrupted(struct sqlite *own, struct assay_error *err)
{
    char limit[ASSAY_DURATION_TEXT_MAX];
    if (!own->timed_out)
        return assay_fail(err, ASSAY_INTERRUPTED, "INTERRUPTED", "stopped by a signal");
    assay_duration_text(own->options->statement_timeout, limit);
    assay_fail(err, ASSAY_SOURCE, "DB-TIMEOUT", "a statement took longer than %s", limit);
    assay_error_help(err, "raise `statement_timeout`, or add an index or a `where`");
    return ASSAY_SOURCE;
}

static enum assay_status no_table(const char *message, struct assay_error *err)
{
    return assay_fail(err, ASSAY_SOURCE, "DB-TABLE", "no table or view \"%s\"",
                      strchr(message, ':') + 2);
}

static const struct {
    int code; /* primary */
    const char *error, *help;
} faults[] = {
    {SQLITE_AUTH, "DB-STATEMENT", "a query is one statement that only reads"},
    {SQLITE_BUSY, "DB-BUSY",
     "another program holds the lock; `connect_timeout` says how long to wait"},
    {SQLITE_LOCKED, "DB-BUSY",
     "another program holds the lock; `connect_timeout` says how long to wait"},
    {SQLITE_CANTOPEN, "DB-CONNECT",
     "in WAL mode its directory must be writable, or the name end in "
     "?immutable=1 where nobody writes"},
    {SQLITE_CORRUPT, "DB-CORRUPT", "`PRAGMA integrity_check` tells more"},
    {SQLITE_NOTADB, "DB-CORRUPT", "is it another kind of file, or encrypted?"},
    {SQLITE_ERROR, "DB-STATEMENT", NULL},
    {SQLITE_IOERR, "DB-LOST", NULL},
    {SQLITE_PERM, "DB-DENIED", NULL},
    {SQLITE_READONLY, "DB-CONNECT",
     "a journal of an unfinished transaction must be rolled back first: "
     "open it once with a program that may write"},
    {SQLITE_TOOBIG, "DB-VALUE", NULL},
};

/* What SQLite said, as an error of ours. */
static enum assay_status fail(struct sqlite *own, int code, struct assay_error *err)
{
    const char *message = sqlite3_errmsg(own->db);
    if ((code & 0xff) == SQLITE_INTERRUPT || stopped(own))
        return interrupted(own, err);
    if ((code & 0xff) == SQLITE_NOMEM)
        return assay_fail_nomem(err);
    if ((code & 0xff) == SQLITE_ERROR && strncmp(message, "no such table: ", 15) == 0)
        return no_table(message, err);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        if (faults[i].code != (code & 0xff))
            continue;
        assay_fail(err, ASSAY_SOURCE, faults[i].error, "SQLite: %s", message);
        if (faults[i].help != NULL)
            assay_error_help(err, "%s", faults[i].help);
        return ASSAY_SOURCE;
    }
    return assay_fail(err, ASSAY_SOURCE, "DB-QUERY", "SQLite: %s (%d)", message, code);
}

/* Nothing but reading passes; load_extension is a function that is none. */
static int authorize(void *context, int action, const char *first, const char *second,
                     const char *database, const char *trigger)
{
    (void)context, (void)first, (void)database, (void)trigger;
    if (action == SQLITE_FUNCTION)
        return second != NULL && sqlite3_stricmp(second, "load_extension") == 0 ? SQLITE_DENY
                                                                                : SQLITE_OK;
    return action == SQLITE_READ || action == SQLITE_SELECT || action == SQLITE_RECURSIVE
               ? SQLITE_OK
               : SQLITE_DENY;
}

/* file:PATH?mode=ro and what else of a URI was asked for. */
static bool put_uri(const struct assay_dsn *parts, struct assay_str path, struct assay_buf *out)
{
    struct assay_str query = parts->query, name, value;
    assay_buf_puts(out, "file:");
    for (size_t i = 0; i < path.len; i++) {
        unsigned char c = (unsigned char)path.ptr[i];
        if (c > 0x20 && c < 0x7f && strchr("%?#", c) == NULL)
            assay_buf_putc(out, (char)c);
        else
            assay_buf_printf(out, "%%%02X", c);
    }
    assay_buf_puts(out, "?mode=ro");
    while (assay_dsn_next_param(&query, &name, &value)) {
        if (!assay_str_is(name, "immutable") ||
            !(assay_str_is(value, "1") || assay_str_is(value, "0")))
            return false;
        assay_buf_printf(out, "&immutable=%c", value.ptr[0]);
    }
    return true;
}

static enum assay_status look_at_file(const char *path, struct assay_error *err)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        assay_fail(err, ASSAY_SOURCE, "DB-CONNECT", "%s: %s", path, strerror(errno));
        if (errno == ENOENT)
            assay_error_help(err, "no database is made where none is: check the path");
        return ASSAY_SOURCE;
    }
    if (S_ISDIR(info.st_mode))
        return assay_fail(err, ASSAY_SOURCE, "DB-CONNECT", "%s: is a directory", path);
    if (access(path, R_OK) != 0)
        return assay_fail(err, ASSAY_SOURCE, "DB-CONNECT", "%s: %s", path, strerror(errno));
    return ASSAY_OK;
}

/* 1 where a value is UTF-8 or no text at all; for the SQL engine. */
static void utf8_function(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct assay_str text = {"", 0};
    (void)count;
    if (sqlite3_value_type(values[0]) == SQLITE_TEXT) {
        text.ptr = (const char *)sqlite3_value_text(values[0]);
        text.len = (size_t)sqlite3_value_bytes(values[0]);
    }
    sqlite3_result_int(context, text.ptr != NULL && assay_utf8_valid(text) == text.len);
}

/* The characters of a text, all of them; for the SQL engine. */
static void length_function(sqlite3_context *context, int count, sqlite3_value **values)
{
    const char *text = (const char *)sqlite3_value_text(values[0]);
    (void)count;
    if (text == NULL)
        return;
    size_t bytes = (size_t)sqlite3_value_bytes(values[0]);
    sqlite3_result_int64(context, (sqlite3_int64)assay_utf8_count(assay_str(text, bytes)));
}

/* Texts of a database in UTF-16 are ordered by other bytes than those that assay reads. */
static enum assay_status look_at_encoding(struct sqlite *own, struct assay_error *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = sqlite3_prepare_v2(own->db, "PRAGMA encoding", -1, &statement, NULL);
    if (rc == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW &&
        sqlite3_stricmp((const char *)sqlite3_column_text(statement, 0), "UTF-8") != 0)
        own->base.dialect = NULL;
    sqlite3_finalize(statement);
    return rc == SQLITE_OK ? ASSAY_OK : fail(own, rc, err);
}

/* Settings first: behind the authorizer nothing can change them. */
static enum assay_status secure(struct sqlite *own, struct assay_error *err)
{
    int off = 0;
    sqlite3_extended_result_codes(own->db, 1);
    sqlite3_busy_handler(own->db, on_busy, own);
    sqlite3_progress_handler(own->db, WATCH_STEPS, on_progress, own);
    sqlite3_db_config(own->db, SQLITE_DBCONFIG_DEFENSIVE, 1, &off);
    sqlite3_db_config(own->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, &off);
    sqlite3_db_config(own->db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, &off);
    /* A name in double quotes that is no column is an error, never a text. */
    sqlite3_db_config(own->db, SQLITE_DBCONFIG_DQS_DML, 0, &off);
    sqlite3_db_config(own->db, SQLITE_DBCONFIG_DQS_DDL, 0, &off);
    sqlite3_limit(own->db, SQLITE_LIMIT_ATTACHED, 0);
    int rc =
        sqlite3_exec(own->db, "PRAGMA query_only=1; BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1",
                     NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_create_function(own->db, "assay_utf8", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                                     NULL, utf8_function, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_create_function(own->db, "assay_length", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                                     NULL, length_function, NULL, NULL);
    if (rc != SQLITE_OK)
        return fail(own, rc, err);
    ASSAY_TRY(look_at_encoding(own, err));
    sqlite3_set_authorizer(own->db, authorize, own);
    return ASSAY_OK;
}

static enum assay_status connect_to(struct sqlite *own, const struct assay_dsn *parts,
                                    struct assay_str path, struct assay_error *err)
{
    struct assay_buf uri;
    assay_buf_init(&uri, SQL_MAX);
    bool known = put_uri(parts, path, &uri);
    int rc =
        !known || uri.failed
            ? SQLITE_MISUSE
            : sqlite3_open_v2(uri.ptr, &own->db,
                              SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
    bool nomem = uri.nomem;
    assay_buf_free(&uri);
    if (nomem)
        return assay_fail_nomem(err);
    if (!known) {
        assay_fail(err, ASSAY_USAGE, "DB-DSN", "a parameter of the name is not known");
        assay_error_help(err, "table, query, where, order_by, and immutable=1");
        return ASSAY_USAGE;
    }
    return rc == SQLITE_OK ? secure(own, err) : fail(own, rc, err);
}

static void sqlite_close(struct assay_db *db)
{
    struct sqlite *own = (struct sqlite *)db;
    sqlite3_close_v2(own->db);
    assay_arena_free(&own->base.arena);
    free(own);
}

static enum assay_status sqlite_open(const struct assay_db_request *request, struct assay_db **out,
                                     struct assay_error *err)
{
    struct assay_buf path;
    if (request->parts.authority || request->parts.path.len == 0) {
        assay_fail(err, ASSAY_USAGE, "DB-DSN", "the name of an SQLite database is sqlite:PATH");
        assay_error_help(err, "sqlite:data/shop.db or sqlite:/srv/shop.db, without //");
        return ASSAY_USAGE;
    }
    struct sqlite *own = calloc(1, sizeof *own);
    if (own == NULL)
        return assay_fail_nomem(err);
    own->base = (struct assay_db){
        .driver = &assay_db_sqlite, .dialect = "sqlite", .in_process = true, .one_snapshot = true};
    own->options = request->options;
    assay_arena_init(&own->base.arena, 0);
    assay_buf_init(&path, SQL_MAX);
    assay_dsn_decode(request->parts.path, &path);
    enum assay_status status = path.failed ? assay_fail_nomem(err) : look_at_file(path.ptr, err);
    if (status == ASSAY_OK)
        status = connect_to(own, &request->parts, assay_buf_view(&path), err);
    assay_buf_free(&path);
    if (status != ASSAY_OK) {
        sqlite_close(&own->base);
        return status;
    }
    *out = &own->base;
    return ASSAY_OK;
}

static bool only_blanks(const char *text, const char *end)
{
    while (text < end && strchr(" \t\r\n;", *text) != NULL)
        text++;
    return text == end;
}

static enum assay_status prepare(struct sqlite *own, struct assay_str sql, sqlite3_stmt **out,
                                 struct assay_error *err)
{
    const char *tail = NULL;
    own->timed_out = false;
    own->deadline =
        own->options->statement_timeout ? monotonic() + own->options->statement_timeout : 0;
    int rc = sql.len > SQL_MAX ? SQLITE_TOOBIG
                               : sqlite3_prepare_v2(own->db, sql.ptr, (int)sql.len, out, &tail);
    if (rc != SQLITE_OK)
        return fail(own, rc, err);
    if (*out == NULL || !only_blanks(tail, sql.ptr + sql.len) || !sqlite3_stmt_readonly(*out) ||
        sqlite3_stmt_isexplain(*out) != 0 || sqlite3_column_count(*out) == 0) {
        sqlite3_finalize(*out);
        *out = NULL;
        assay_fail(err, ASSAY_SOURCE, "DB-STATEMENT", "not one statement that reads");
        assay_error_help(err, "a query is one SELECT, without a second statement behind it");
        return ASSAY_SOURCE;
    }
    return ASSAY_OK;
}

static bool is_boolean(struct assay_str type)
{
    return sqlite3_stricmp(type.ptr, "boolean") == 0 || sqlite3_stricmp(type.ptr, "bool") == 0;
}

static enum assay_status columns_of(sqlite3_stmt *statement, struct assay_arena *arena,
                                    struct assay_db_column **columns, uint32_t *count,
                                    struct assay_error *err)
{
    *count = (uint32_t)sqlite3_column_count(statement);
    *columns = assay_arena_array(arena, *count + 1u, sizeof **columns);
    for (uint32_t i = 0; *columns != NULL && i < *count; i++) {
        struct assay_str name = assay_cstr(sqlite3_column_name(statement, (int)i));
        struct assay_str type = assay_cstr(sqlite3_column_decltype(statement, (int)i));
        struct assay_db_column *column = &(*columns)[i];
        *column = (struct assay_db_column){
            .name = assay_str(assay_arena_strdup(arena, name), name.len),
            .type = assay_str(assay_arena_strdup(arena, type), type.len),
            .scale = -1,
        };
        if (column->name.ptr == NULL || column->type.ptr == NULL)
            return assay_fail_nomem(err);
        column->cls = is_boolean(column->type) ? ASSAY_DB_BOOLEAN : ASSAY_DB_DYNAMIC;
    }
    return *columns != NULL ? ASSAY_OK : assay_fail_nomem(err);
}

static enum assay_status sqlite_describe(struct assay_db *db, struct assay_str sql,
                                         struct assay_arena *arena,
                                         struct assay_db_column **columns, uint32_t *count,
                                         struct assay_error *err)
{
    sqlite3_stmt *statement = NULL;
    ASSAY_TRY(prepare((struct sqlite *)db, sql, &statement, err));
    enum assay_status status = columns_of(statement, arena, columns, count, err);
    sqlite3_finalize(statement);
    return status;
}

static void sqlite_end(struct assay_db_cursor *cursor)
{
    struct sqlite_cursor *own = (struct sqlite_cursor *)cursor;
    sqlite3_finalize(own->statement);
    assay_arena_free(&own->arena);
    free(own);
}

static enum assay_status sqlite_query(struct assay_db *db, struct assay_str sql,
                                      struct assay_db_cursor **out, struct assay_error *err)
{
    struct sqlite_cursor *own = calloc(1, sizeof *own);
    if (own == NULL)
        return assay_fail_nomem(err);
    own->base.db = db;
    assay_arena_init(&own->arena, 0);
    enum assay_status status = prepare((struct sqlite *)db, sql, &own->statement, err);
    if (status == ASSAY_OK)
        status =
            columns_of(own->statement, &own->arena, &own->columns, &own->base.column_count, err);
    if (status == ASSAY_OK) {
        own->base.columns = own->columns;
        own->boolean = assay_arena_array(&own->arena, own->base.column_count + 1u, sizeof(bool));
        for (uint32_t i = 0; own->boolean != NULL && i < own->base.column_count; i++)
            own->boolean[i] = own->columns[i].cls == ASSAY_DB_BOOLEAN;
        status = own->boolean != NULL ? ASSAY_OK : assay_fail_nomem(err);
    }
    if (status != ASSAY_OK) {
        sqlite_end(&own->base);
        return status;
    }
    *out = &own->base;
    return ASSAY_OK;
}

static bool put_value(struct sqlite_cursor *own, struct assay_db_block *block, uint32_t i)
{
    sqlite3_stmt *statement = own->statement;
    int column = (int)i;
    struct assay_str text;
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL: assay_db_put_null(block, i); return true;
    case SQLITE_INTEGER: {
        int64_t value = sqlite3_column_int64(statement, column);
        if (own->boolean[i] && (value == 0 || value == 1))
            return assay_db_put_bool(block, i, value == 1);
        return assay_db_put_int(block, i, value);
    }
    case SQLITE_FLOAT:
        return assay_db_put_double(block, i, sqlite3_column_double(statement, column));
    case SQLITE_TEXT:
        text.ptr = (const char *)sqlite3_column_text(statement, column);
        text.len = (size_t)sqlite3_column_bytes(statement, column);
        return text.ptr != NULL && assay_db_put_text(block, i, ASSAY_KIND_TEXT, text);
    default:
        text.ptr = sqlite3_column_blob(statement, column);
        text.len = (size_t)sqlite3_column_bytes(statement, column);
        return (text.ptr != NULL || text.len == 0) && assay_db_put_bytes(block, i, text);
    }
}

static enum assay_status too_large(const struct sqlite_cursor *own,
                                   const struct assay_db_block *block, uint32_t column,
                                   struct assay_error *err)
{
    size_t bytes = (size_t)sqlite3_column_bytes(own->statement, (int)column);
    if (bytes <= block->max_field / 2)
        return assay_fail_nomem(err);
    assay_fail(err, ASSAY_SOURCE, "DB-VALUE",
               "row %llu: \"%s\" holds a value of %zu bytes; the limit is %zu",
               (unsigned long long)own->rows + 1, own->columns[column].name.ptr, bytes,
               block->max_field);
    return ASSAY_SOURCE;
}

static enum assay_status sqlite_fetch(struct assay_db_cursor *cursor, struct assay_db_block *block,
                                      struct assay_error *err)
{
    struct sqlite_cursor *own = (struct sqlite_cursor *)cursor;
    struct sqlite *db = (struct sqlite *)cursor->db;
    uint32_t count = cursor->column_count;
    while (!own->done && !assay_db_block_full(block)) {
        int rc = sqlite3_step(own->statement);
        own->done = rc == SQLITE_DONE;
        if (own->done)
            break;
        if (rc != SQLITE_ROW)
            return fail(db, rc, err);
        for (uint32_t i = 0; i < count; i++)
            if (!put_value(own, block, i))
                return too_large(own, block, i, err);
        block->rows++;
        own->rows++;
    }
    return ASSAY_OK;
}

static enum assay_status sqlite_tables(struct assay_db *db, struct assay_arena *arena,
                                       uint32_t most, struct assay_str **names, uint32_t *count,
                                       struct assay_error *err)
{
    sqlite3_stmt *statement = NULL;
    *count = 0;
    *names = assay_arena_array(arena, most + 1u, sizeof **names);
    if (*names == NULL)
        return assay_fail_nomem(err);
    ASSAY_TRY(prepare((struct sqlite *)db,
                      ASSAY_STR("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') "
                                "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"),
                      &statement, err));
    while (*count < most && sqlite3_step(statement) == SQLITE_ROW) {
        struct assay_str name = assay_cstr((const char *)sqlite3_column_text(statement, 0));
        char *copy = assay_arena_strdup(arena, name);
        if (copy == NULL)
            break;
        (*names)[(*count)++] = assay_str(copy, name.len);
    }
    sqlite3_finalize(statement);
    return ASSAY_OK;
}

static bool sqlite_identifier(const struct assay_db *db, struct assay_str name,
                              struct assay_buf *out)
{
    (void)db;
    return assay_db_quote(name, '"', out);
}

static bool sqlite_literal(const struct assay_db *db, struct assay_str text, struct assay_buf *out)
{
    (void)db;
    return assay_db_quote(text, '\'', out);
}

/* Whether `SELECT what FROM the relation` can be prepared. */
static bool can_select(struct assay_db *db, const char *what,
                       const struct assay_db_relation *relation)
{
    struct assay_buf sql;
    sqlite3_stmt *statement = NULL;
    assay_buf_init(&sql, SQL_MAX);
    assay_buf_printf(&sql, "SELECT %s FROM ", what);
    bool good = assay_db_from(db, relation, &sql) &&
                prepare((struct sqlite *)db, assay_buf_view(&sql), &statement, NULL) == ASSAY_OK;
    /* A column of that name is another thing than the row's own number. */
    good = good && sqlite3_column_decltype(statement, 0) != NULL &&
           sqlite3_stricmp(sqlite3_column_decltype(statement, 0), "INTEGER") == 0;
    sqlite3_finalize(statement);
    assay_buf_free(&sql);
    return good;
}

/* Rows are stored by their number. Tables without one, views and statements have no order. */
static bool sqlite_natural_order(struct assay_db *db, const struct assay_db_relation *relation,
                                 struct assay_buf *out)
{
    static const char *const names[] = {"_rowid_", "rowid", "oid"};
    for (size_t i = 0; relation->part_count > 0 && i < sizeof names / sizeof *names; i++)
        if (can_select(db, names[i], relation)) {
            assay_buf_puts(out, names[i]);
            return !out->failed;
        }
    return false;
}

const struct assay_db_driver assay_db_sqlite = {
    .name = "sqlite",
    .open = sqlite_open,
    .close = sqlite_close,
    .describe = sqlite_describe,
    .query = sqlite_query,
    .fetch = sqlite_fetch,
    .end = sqlite_end,
    .tables = sqlite_tables,
    .identifier = sqlite_identifier,
    .literal = sqlite_literal,
    .natural_order = sqlite_natural_order,
};

#endif
