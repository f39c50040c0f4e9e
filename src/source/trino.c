/*
 * The driver for Trino, through its REST protocol.
 */
#include "config.h"

#include "source/trino_db.h"

#ifdef HAVE_LIBCURL

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void trino_close(struct assay_db *db)
{
    struct assay_trino *own = (struct assay_trino *)db;
    assay_secret_free(own->place.password);
    assay_secret_free(own->authorization);
    assay_secrets_free(&own->secrets);
    assay_arena_free(&db->arena);
    free(own);
}

/* CATALOG, or CATALOG/SCHEMA. */
static enum assay_status read_path(struct assay_trino *own, struct assay_error *err)
{
    char *path = assay_arena_strdup(&own->base.arena, assay_cstr(own->place.path));
    if (path == NULL)
        return assay_fail_nomem(err);
    char *slash = strchr(path, '/');
    if (slash != NULL && strchr(slash + 1, '/') != NULL) {
        assay_fail(err, ASSAY_USAGE, "DB-DSN", "the name has more than a catalog and a schema");
        assay_error_help(err, "trino://USER@HOST:PORT/CATALOG/SCHEMA?table=NAME");
        return ASSAY_USAGE;
    }
    if (slash != NULL)
        *slash = '\0';
    own->catalog = path[0] != '\0' ? path : NULL;
    own->schema = slash != NULL && slash[1] != '\0' ? slash + 1 : NULL;
    return ASSAY_OK;
}

static void put_base64(struct assay_str bytes, struct assay_buf *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t n = bytes.len - i;
        uint32_t v = (uint32_t)(unsigned char)bytes.ptr[i] << 16 |
                     (n > 1 ? (uint32_t)(unsigned char)bytes.ptr[i + 1] << 8 : 0) |
                     (n > 2 ? (uint32_t)(unsigned char)bytes.ptr[i + 2] : 0);
        assay_buf_putc(out, digits[v >> 18]);
        assay_buf_putc(out, digits[v >> 12 & 63]);
        assay_buf_putc(out, n > 1 ? digits[v >> 6 & 63] : '=');
        assay_buf_putc(out, n > 2 ? digits[v & 63] : '=');
    }
}

/* Basic, or the token of the environment. */
static bool put_authorization(const struct assay_trino *own, const char *token,
                              struct assay_buf *out)
{
    struct assay_buf both;
    if (own->place.password == NULL) {
        assay_buf_printf(out, "Bearer %s", token);
        return !out->failed;
    }
    assay_buf_init(&both, (size_t)16 << 10);
    assay_buf_printf(&both, "%s:", own->place.user);
    assay_buf_str(&both, assay_secret_reveal(own->place.password));
    assay_buf_puts(out, "Basic ");
    put_base64(assay_buf_view(&both), out);
    bool good = !both.failed && !out->failed;
    if (both.ptr != NULL)
        assay_secret_wipe(both.ptr, both.len);
    assay_buf_free(&both);
    return good;
}

static struct assay_str behind_word(struct assay_str value)
{
    const char *blank = memchr(value.ptr, ' ', value.len);
    size_t len = (size_t)(blank + 1 - value.ptr);
    return assay_str(value.ptr + len, value.len - len);
}

static enum assay_status authorize(struct assay_trino *own, struct assay_error *err)
{
    const char *token = getenv("TRINO_ACCESS_TOKEN");
    struct assay_buf value;
    if (own->place.password == NULL && (token == NULL || token[0] == '\0'))
        return ASSAY_OK;
    if (!own->place.tls && !own->place.local) {
        assay_fail(err, ASSAY_USAGE, "DB-DSN", "a password or token is only sent over TLS");
        assay_error_help(err, "trinos://…, as servers of Trino ask for it, too");
        return ASSAY_USAGE;
    }
    assay_buf_init(&value, (size_t)64 << 10);
    /* A server may say it again, with or without the word before it. */
    bool good = put_authorization(own, token, &value) &&
                assay_secrets_add(&own->secrets, assay_buf_view(&value)) &&
                assay_secrets_add(&own->secrets, behind_word(assay_buf_view(&value))) &&
                (token == NULL || assay_secrets_add(&own->secrets, assay_cstr(token)));
    own->authorization = good ? assay_secret_new(assay_buf_view(&value)) : NULL;
    if (value.ptr != NULL)
        assay_secret_wipe(value.ptr, value.len);
    assay_buf_free(&value);
    return own->authorization != NULL ? ASSAY_OK : assay_fail_nomem(err);
}

static enum assay_status connect_to(struct assay_trino *own, const struct assay_dsn *parts,
                                    struct assay_error *err)
{
    static const struct assay_db_place_rule rule = {
        .secure = "trinos",
        .port = "8080",
        .tls_port = "443",
        .host_env = "TRINO_HOST",
        .user_env = "TRINO_USER",
        .password_env = "TRINO_PASSWORD",
    };
    ASSAY_TRY(assay_db_place_read(parts, &rule, &own->base.arena, &own->secrets, &own->place, err));
    if (own->place.user == NULL)
        own->place.user = getenv("USER") != NULL ? getenv("USER") : "assay";
    ASSAY_TRY(read_path(own, err));
    ASSAY_TRY(authorize(own, err));
    own->limit = assay_db_seconds(own->options->statement_timeout);
    if (own->limit > 0) {
        own->session =
            assay_arena_printf(&own->base.arena, "query_max_run_time=%" PRIu64 "s", own->limit);
        if (own->session == NULL)
            return assay_fail_nomem(err);
    }
    if (!own->place.tls && !own->place.local)
        assay_db_notice(&own->base, "the connection is not encrypted, and nobody checked that the "
                                    "server is who it says (trinos:// would)");
    return ASSAY_OK;
}

static enum assay_status trino_open(const struct assay_db_request *request, struct assay_db **out,
                                    struct assay_error *err)
{
    struct assay_trino *own = calloc(1, sizeof *own);
    if (own == NULL)
        return assay_fail_nomem(err);
    own->base =
        (struct assay_db){.driver = &assay_db_trino, .dialect = "trino", .text_checked = true};
    own->options = request->options;
    assay_arena_init(&own->base.arena, 0);
    enum assay_status status = connect_to(own, &request->parts, err);
    if (status != ASSAY_OK) {
        if (err != NULL)
            assay_secrets_redact_error(&own->secrets, err);
        trino_close(&own->base);
        return status;
    }
    *out = &own->base;
    return ASSAY_OK;
}

static struct assay_str keep(struct assay_arena *arena, struct assay_str text, bool *good)
{
    char *copy = assay_arena_strdup(arena, text);
    *good &= copy != NULL;
    return assay_str(copy, text.len);
}

/* Between parentheses stands one statement that reads, and of no rows nothing is read. */
static enum assay_status trino_describe(struct assay_db *db, struct assay_str sql,
                                        struct assay_arena *arena, struct assay_db_column **columns,
                                        uint32_t *count, struct assay_error *err)
{
    struct assay_db_cursor *cursor = NULL;
    struct assay_buf text;
    bool good = true;
    assay_buf_init(&text, ASSAY_TRINO_SQL_MAX + 256);
    assay_buf_puts(&text, "SELECT * FROM (");
    assay_buf_str(&text, sql);
    assay_buf_puts(&text, "\n) assay_described LIMIT 0");
    enum assay_status status = text.failed
                                   ? assay_fail_nomem(err)
                                   : assay_trino_query(db, assay_buf_view(&text), &cursor, err);
    assay_buf_free(&text);
    ASSAY_TRY(status);
    *count = cursor->column_count;
    *columns = assay_arena_array(arena, *count + 1u, sizeof **columns);
    for (uint32_t i = 0; *columns != NULL && i < *count; i++) {
        (*columns)[i] = cursor->columns[i];
        (*columns)[i].name = keep(arena, cursor->columns[i].name, &good);
        (*columns)[i].type = keep(arena, cursor->columns[i].type, &good);
    }
    status = *columns != NULL && good ? assay_trino_drain(cursor, err) : assay_fail_nomem(err);
    assay_trino_end(cursor);
    return status;
}

/* Reads the names, each of them schema and table. */
static enum assay_status read_names(struct assay_trino *own, struct assay_db_cursor *cursor,
                                    struct assay_arena *arena, uint32_t most,
                                    struct assay_str *names, uint32_t *count,
                                    struct assay_error *err)
{
    struct assay_db_block block;
    bool good = true;
    ASSAY_TRY(assay_db_block_init(&block, 2, 0, 0, err));
    enum assay_status status =
        cursor->column_count == 2 ? assay_trino_fetch(cursor, &block, err) : ASSAY_SOURCE;
    for (uint32_t i = 0; status == ASSAY_OK && i < block.rows && *count < most; i++) {
        struct assay_str schema = assay_db_text(&block, i, 0), name = assay_db_text(&block, i, 1);
        bool ours = own->schema != NULL && assay_str_is(schema, own->schema);
        char *text = ours ? assay_arena_strdup(arena, name)
                          : assay_arena_printf(arena, "%.*s.%.*s", (int)schema.len, schema.ptr,
                                               (int)name.len, name.ptr);
        good &= text != NULL;
        if (text != NULL)
            names[(*count)++] = assay_cstr(text);
    }
    assay_db_block_free(&block);
    return good ? status : assay_fail_nomem(err);
}

static enum assay_status trino_tables(struct assay_db *db, struct assay_arena *arena, uint32_t most,
                                      struct assay_str **names, uint32_t *count,
                                      struct assay_error *err)
{
    static const char sql[] = "SELECT table_schema, table_name FROM information_schema.tables"
                              " WHERE table_schema <> 'information_schema' LIMIT 1000";
    struct assay_db_cursor *cursor = NULL;
    *count = 0;
    *names = assay_arena_array(arena, most + 1u, sizeof **names);
    if (*names == NULL)
        return assay_fail_nomem(err);
    ASSAY_TRY(assay_trino_query(db, assay_cstr(sql), &cursor, err));
    enum assay_status status =
        read_names((struct assay_trino *)db, cursor, arena, most, *names, count, err);
    assay_trino_end(cursor);
    return status;
}

static bool trino_identifier(const struct assay_db *db, struct assay_str name,
                             struct assay_buf *out)
{
    (void)db;
    return name.len > 0 && assay_db_quote(name, '"', out);
}

static bool trino_literal(const struct assay_db *db, struct assay_str text, struct assay_buf *out)
{
    (void)db;
    return assay_db_quote(text, '\'', out);
}

static bool starts(struct assay_str text, const char *word)
{
    size_t len = strlen(word);
    return text.len >= len && memcmp(text.ptr, word, len) == 0;
}

/* Times of any zone in UTC, bytes as digits, what has parts as JSON. */
static bool trino_project(const struct assay_db *db, const struct assay_db_column *column,
                          struct assay_buf *out)
{
    const char *before = "", *after = "";
    if (column->cls == ASSAY_DB_INSTANT)
        after = " AT TIME ZONE 'UTC'";
    else if (column->cls == ASSAY_DB_BINARY) {
        before = "concat('\\x', lower(to_hex(";
        after = ")))";
    } else if (column->cls == ASSAY_DB_JSON) {
        before = "json_format(";
        after = ")";
    } else if (starts(column->type, "array(") || starts(column->type, "map(") ||
               starts(column->type, "row(")) {
        before = "json_format(CAST(";
        after = " AS JSON))";
    }
    assay_buf_puts(out, before);
    bool good = trino_identifier(db, column->name, out);
    assay_buf_puts(out, after);
    return good && !out->failed;
}

const struct assay_db_driver assay_db_trino = {
    .name = "trino",
    .open = trino_open,
    .close = trino_close,
    .describe = trino_describe,
    .query = assay_trino_query,
    .fetch = assay_trino_fetch,
    .end = assay_trino_end,
    .tables = trino_tables,
    .identifier = trino_identifier,
    .literal = trino_literal,
    .project = trino_project,
};

#endif
