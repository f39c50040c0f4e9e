/*
 * The driver for ClickHouse, through its HTTP interface.
 */
#include "config.h"

#include "source/clickhouse_db.h"

#ifdef HAVE_LIBCURL

#include "source/clickhouse_types.h"

#include <stdlib.h>

#define COLUMNS_MAX 65536

static void ch_close(struct assay_db *db)
{
    struct assay_ch *own = (struct assay_ch *)db;
    assay_buf_free(&own->settings);
    assay_buf_free(&own->clause);
    assay_secret_free(own->place.password);
    assay_secrets_free(&own->secrets);
    assay_arena_free(&db->arena);
    free(own);
}

static enum assay_status connect_to(struct assay_ch *own, const struct assay_dsn *parts,
                                    struct assay_error *err)
{
    static const struct assay_db_place_rule rule = {
        .secure = "clickhouses",
        .port = "8123",
        .tls_port = "8443",
        .host_env = "CLICKHOUSE_HOST",
        .user_env = "CLICKHOUSE_USER",
        .password_env = "CLICKHOUSE_PASSWORD",
    };
    ASSAY_TRY(assay_db_place_read(parts, &rule, &own->base.arena, &own->secrets, &own->place, err));
    ASSAY_TRY(assay_ch_pin(own, err));
    if (!own->place.tls && !own->place.local)
        assay_db_notice(&own->base, "the connection is not encrypted, and nobody checked that the "
                                    "server is who it says (clickhouses:// would)");
    return ASSAY_OK;
}

static enum assay_status ch_open(const struct assay_db_request *request, struct assay_db **out,
                                 struct assay_error *err)
{
    struct assay_ch *own = calloc(1, sizeof *own);
    if (own == NULL)
        return assay_fail_nomem(err);
    own->base = (struct assay_db){.driver = &assay_db_clickhouse};
    own->options = request->options;
    assay_arena_init(&own->base.arena, 0);
    enum assay_status status = connect_to(own, &request->parts, err);
    if (status != ASSAY_OK) {
        if (err != NULL)
            assay_secrets_redact_error(&own->secrets, err);
        ch_close(&own->base);
        return status;
    }
    *out = &own->base;
    return ASSAY_OK;
}

/* The server reads one SELECT between parentheses, and says what it would give. */
static enum assay_status ch_describe(struct assay_db *db, struct assay_str sql,
                                     struct assay_arena *arena, struct assay_db_column **columns,
                                     uint32_t *count, struct assay_error *err)
{
    struct assay_ch *own = (struct assay_ch *)db;
    struct assay_str *values;
    struct assay_buf text;
    assay_buf_init(&text, ASSAY_CH_SQL_MAX);
    assay_buf_puts(&text, "DESCRIBE TABLE (");
    assay_buf_str(&text, sql);
    assay_buf_puts(&text, "\n)");
    enum assay_status status = text.failed
                                   ? assay_fail_nomem(err)
                                   : assay_ch_table(own, assay_buf_view(&text), NULL, 2,
                                                    COLUMNS_MAX, arena, &values, count, err);
    assay_buf_free(&text);
    ASSAY_TRY(status);
    *columns = assay_arena_array(arena, *count + 1u, sizeof **columns);
    for (uint32_t i = 0; *columns != NULL && i < *count; i++) {
        struct assay_ch_type type;
        assay_ch_type_read(values[i * 2 + 1], &type);
        (*columns)[i] = (struct assay_db_column){.name = values[i * 2],
                                                 .type = values[i * 2 + 1],
                                                 .cls = type.cls,
                                                 .not_null = !type.nullable,
                                                 .scale = type.scale};
    }
    return *columns != NULL ? ASSAY_OK : assay_fail_nomem(err);
}

static enum assay_status ch_tables(struct assay_db *db, struct assay_arena *arena, uint32_t most,
                                   struct assay_str **names, uint32_t *count,
                                   struct assay_error *err)
{
    static const char sql[] =
        "SELECT if(database = currentDatabase(), name, concat(database, '.', name)) AS shown"
        " FROM system.tables WHERE lower(database) NOT IN ('system', 'information_schema')"
        " ORDER BY database != currentDatabase(), shown LIMIT 1000";
    return assay_ch_table((struct assay_ch *)db, assay_cstr(sql), NULL, 1, most, arena, names,
                          count, err);
}

/* In quotes of either kind a backslash escapes. */
static bool put_escaped(struct assay_str text, char quote, struct assay_buf *out)
{
    assay_buf_putc(out, quote);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == quote || text.ptr[i] == '\\')
            assay_buf_putc(out, '\\');
        assay_buf_putc(out, text.ptr[i]);
    }
    assay_buf_putc(out, quote);
    return !out->failed;
}

static bool ch_identifier(const struct assay_db *db, struct assay_str name, struct assay_buf *out)
{
    (void)db;
    if (name.len == 0 || memchr(name.ptr, '\0', name.len) != NULL)
        return false;
    return put_escaped(name, '`', out);
}

static bool ch_literal(const struct assay_db *db, struct assay_str text, struct assay_buf *out)
{
    (void)db;
    if (text.len > 0 && memchr(text.ptr, '\0', text.len) != NULL)
        return false;
    return put_escaped(text, '\'', out);
}

/*
 * Times are shown in a zone of the column's or the server's. An Enum is made into text
 * where a number without a name is an error before the row is begun; 18 cannot do that
 * with one that may be NULL.
 */
static bool ch_project(const struct assay_db *db, const struct assay_db_column *column,
                       struct assay_buf *out)
{
    struct assay_ch_type type;
    assay_ch_type_read(column->type, &type);
    assay_buf_puts(out, type.instant ? "concat(toString(" : type.named ? "toString(" : "");
    bool good = ch_identifier(db, column->name, out);
    assay_buf_puts(out, type.instant ? ", 'UTC'), '+00')" : type.named ? ")" : "");
    return good && !out->failed;
}

const struct assay_db_driver assay_db_clickhouse = {
    .name = "clickhouse",
    .open = ch_open,
    .close = ch_close,
    .describe = ch_describe,
    .query = assay_ch_query,
    .fetch = assay_ch_fetch,
    .decode = assay_ch_decode_block,
    .end = assay_ch_end,
    .block_free = assay_ch_block_free,
    .tables = ch_tables,
    .identifier = ch_identifier,
    .literal = ch_literal,
    .project = ch_project,
};

#endif
