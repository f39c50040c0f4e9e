/*
 * The databases there are, and their names taken apart.
 */
#include "config.h"

#include "source/db.h"

#include "base/suggest.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#ifdef HAVE_LIBCURL
#define CLICKHOUSE_DRIVER &assay_db_clickhouse
#define TRINO_DRIVER &assay_db_trino
#else
#define CLICKHOUSE_DRIVER NULL
#define TRINO_DRIVER NULL
#endif
#ifdef HAVE_ODBC
#define ODBC_DRIVER &assay_db_odbc
#else
#define ODBC_DRIVER NULL
#endif
#ifdef HAVE_LIBPQ
#define POSTGRES_DRIVER &assay_db_postgres
#else
#define POSTGRES_DRIVER NULL
#endif
#ifdef HAVE_SQLITE3
#define SQLITE_DRIVER &assay_db_sqlite
#else
#define SQLITE_DRIVER NULL
#endif

static const struct assay_db_kind kinds[] = {
    {"clickhouse", "clickhouse clickhouses", CLICKHOUSE_DRIVER,
     "clickhouse://HOST/DATABASE?table=NAME: a table, view or query of ClickHouse; "
     "clickhouses:// with TLS",
     false},
    {"odbc", "odbc", ODBC_DRIVER,
     "odbc:NAME?table=TABLE, or odbc:Driver={…};Server=…?table=TABLE: whatever has a driver",
     false},
    {"postgresql", "postgresql postgres", POSTGRES_DRIVER,
     "postgresql://HOST/DATABASE?table=NAME: a table, view or query of PostgreSQL", false},
    {"sqlite", "sqlite", SQLITE_DRIVER,
     "sqlite:PATH?table=NAME: a table, view or query of an SQLite database", true},
    {"trino", "trino trinos", TRINO_DRIVER,
     "trino://HOST/CATALOG/SCHEMA?table=NAME: a table, view or query of Trino; trinos:// with TLS",
     false},
};

#define KINDS (sizeof kinds / sizeof *kinds)

const struct assay_db_kind *assay_db_kinds(size_t *count)
{
    *count = KINDS;
    return kinds;
}

static bool same_word(struct assay_str text, const char *word, size_t len)
{
    if (text.len != len)
        return false;
    for (size_t i = 0; i < len; i++) {
        char c = text.ptr[i];
        if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != word[i])
            return false;
    }
    return true;
}

const struct assay_db_kind *assay_db_kind_of(struct assay_str spec)
{
    struct assay_str scheme = assay_dsn_scheme(spec);
    if (scheme.ptr == NULL)
        return NULL;
    for (size_t i = 0; i < KINDS; i++) {
        const char *word = kinds[i].schemes;
        while (*word != '\0') {
            size_t len = strcspn(word, " ");
            if (same_word(scheme, word, len))
                return &kinds[i];
            word += len + (word[len] == ' ');
        }
    }
    return NULL;
}

bool assay_db_is_dsn(struct assay_str spec)
{
    return assay_db_kind_of(spec) != NULL;
}

struct assay_str assay_db_resolve(struct assay_str spec, struct assay_str dir,
                                  struct assay_arena *arena)
{
    size_t head = assay_dsn_scheme(spec).len + 1;
    if (dir.len == 0 || head >= spec.len || spec.ptr[head] == '/' || spec.ptr[head] == '?')
        return spec;
    struct assay_buf buf;
    assay_buf_init(&buf, (size_t)1 << 20);
    assay_buf_add(&buf, spec.ptr, head);
    for (size_t i = 0; i < dir.len; i++)
        if (dir.ptr[i] == '%' || dir.ptr[i] == '?')
            assay_buf_printf(&buf, "%%%02X", (unsigned char)dir.ptr[i]);
        else
            assay_buf_putc(&buf, dir.ptr[i]);
    assay_buf_putc(&buf, '/');
    assay_buf_add(&buf, spec.ptr + head, spec.len - head);
    char *path = buf.failed ? NULL : assay_arena_strdup(arena, assay_buf_view(&buf));
    assay_buf_free(&buf);
    return path != NULL ? assay_cstr(path) : spec;
}

void assay_db_notice(struct assay_db *db, const char *format, ...)
{
    char text[512];
    va_list ap;
    if (db->notice_count == sizeof db->notices / sizeof *db->notices)
        return;
    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    char *copy = assay_arena_strdup(&db->arena, assay_cstr(text));
    if (copy != NULL)
        db->notices[db->notice_count++] = copy;
}

bool assay_db_quote(struct assay_str text, char quote, struct assay_buf *out)
{
    if (text.len > 0 && memchr(text.ptr, '\0', text.len) != NULL)
        return false;
    assay_buf_putc(out, quote);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == quote)
            assay_buf_putc(out, quote);
        assay_buf_putc(out, text.ptr[i]);
    }
    assay_buf_putc(out, quote);
    return !out->failed;
}

/* A line feed closes a comment that the user's text may end in. */
bool assay_db_from(const struct assay_db *db, const struct assay_db_relation *relation,
                   struct assay_buf *out)
{
    if (relation->part_count == 0) {
        assay_buf_putc(out, '(');
        assay_buf_str(out, relation->query);
        assay_buf_puts(out, "\n) ");
        if (!db->driver->identifier(db, ASSAY_STR("assay_query"), out))
            return false;
    }
    for (uint32_t i = 0; i < relation->part_count; i++) {
        if (i > 0)
            assay_buf_putc(out, '.');
        if (!db->driver->identifier(db, relation->parts[i], out))
            return false;
    }
    if (relation->where.len > 0) {
        assay_buf_puts(out, " WHERE (");
        assay_buf_str(out, relation->where);
        assay_buf_puts(out, "\n)");
    }
    return !out->failed;
}

bool assay_db_order(struct assay_db *db, const struct assay_db_relation *relation,
                    struct assay_buf *out)
{
    for (uint32_t i = 0; i < relation->order_count; i++) {
        assay_buf_puts(out, i > 0 ? ", " : "");
        if (!db->driver->identifier(db, relation->order[i], out))
            return false;
    }
    if (relation->order_count > 0)
        return !out->failed;
    return db->driver->natural_order != NULL && db->driver->natural_order(db, relation, out);
}

enum assay_status assay_db_open(struct assay_str dsn, const struct assay_source_options *options,
                                struct assay_db **out, struct assay_error *err)
{
    const struct assay_db_kind *kind = assay_db_kind_of(dsn);
    struct assay_secrets secrets = {0};
    struct assay_error ignored;
    *out = NULL;
    if (kind == NULL || kind->driver == NULL) {
        assay_fail(err, ASSAY_USAGE, "DB-DRIVER", "%s is not built in",
                   kind ? kind->name : "that database");
        assay_error_help(err,
                         "`assay list sources` shows what is; configure again with its library");
        return ASSAY_USAGE;
    }
    err = err != NULL ? err : &ignored;
    struct assay_db_request request = {.dsn = dsn, .secrets = &secrets, .options = options};
    enum assay_status status = ASSAY_OK;
    if (!assay_secrets_add_dsn(&secrets, dsn))
        status = assay_fail_nomem(err);
    else if (!assay_dsn_split(dsn, &request.parts))
        status =
            assay_fail(err, ASSAY_USAGE, "DB-DSN", "the source's name holds a control character");
    if (status == ASSAY_OK)
        status = kind->driver->open(&request, out, err);
    if (status == ASSAY_OK)
        (*out)->trace = options->trace;
    if (status != ASSAY_OK)
        assay_secrets_redact_error(&secrets, err);
    assay_secrets_free(&secrets);
    return status;
}

bool assay_db_may_read(struct assay_str sql)
{
    static const char *const words[] = {"select", "with", "values", "table"};
    size_t from = 0, len = 0;
    while (from < sql.len && strchr(" \t\r\n", sql.ptr[from]) != NULL)
        from++;
    while (from + len < sql.len &&
           (sql.ptr[from + len] == '_' || (unsigned)(sql.ptr[from + len] | 32) - 'a' < 26u))
        len++;
    bool found = len == 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        found |= same_word(assay_str(sql.ptr + from, len), words[i], strlen(words[i]));
    return found;
}

enum assay_status assay_db_not_reading(struct assay_error *err)
{
    assay_fail(err, ASSAY_SOURCE, "DB-STATEMENT", "the statement is not one that only reads");
    assay_error_help(err, "one SELECT (or WITH … SELECT, VALUES, TABLE), and nothing behind it");
    return ASSAY_SOURCE;
}

static int64_t clock_micros(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

enum assay_status assay_db_query(struct assay_db *db, struct assay_str sql,
                                 struct assay_db_cursor **out, struct assay_error *err)
{
    int64_t began = clock_micros();
    if (db->trace != NULL)
        db->trace->asked(db->trace->context, sql);
    enum assay_status status = db->driver->query(db, sql, out, err);
    if (status == ASSAY_OK)
        (*out)->micros = clock_micros() - began;
    return status;
}

enum assay_status assay_db_fetch(struct assay_db_cursor *cursor, struct assay_db_block *block,
                                 struct assay_error *err)
{
    int64_t began = clock_micros();
    enum assay_status status = cursor->db->driver->fetch(cursor, block, err);
    cursor->micros += clock_micros() - began;
    cursor->row_count += block->rows;
    return status;
}

void assay_db_end(struct assay_db_cursor *cursor)
{
    const struct assay_db *db = cursor->db;
    uint64_t rows = cursor->row_count;
    int64_t micros = cursor->micros;
    db->driver->end(cursor);
    if (db->trace != NULL)
        db->trace->answered(db->trace->context, rows, micros);
}

void assay_db_close(struct assay_db *db)
{
    if (db != NULL)
        db->driver->close(db);
}
