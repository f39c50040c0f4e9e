/*
 * Statements of PostgreSQL and their rows, as binary COPY.
 *
 * What the table of types does not have is cast to text, in a SELECT around the statement;
 * so are values looked at that may be too long, since libpq would keep all of one in
 * memory before anybody could say no.
 */
#include "config.h"

#include "source/postgres_db.h"

#ifdef HAVE_LIBPQ

#include "source/postgres_text.h"
#include "source/postgres_types.h"

#include <stdio.h>
#include <stdlib.h>

struct pg_cursor {
    struct assay_db_cursor base;
    const struct assay_pg_type **types; /* by column; in the connection's arena. NULL: cast */
    bool *limited;                      /* by column: each value's length is looked at */
    bool begun;                         /* the header of the COPY was read */
    bool ended;
};

/* Beside a block: where its rows end, and what is in them. */
struct pg_rows {
    const struct assay_pg_type *const *types;
    uint32_t *ends;
    uint32_t room;
};

#define OID_BYTEA 17
#define OID_JSON 114
#define OID_JSONB 3802

/*
 * A column, or a failure (22P02) with the words that assay_pg_fail looks for. The length of
 * text and bytea is known without reading the value.
 */
static bool put_limited(const struct assay_pg *pg, const PGresult *columns, int c, bool cast,
                        size_t limit, struct assay_buf *out)
{
    Oid oid = PQftype(columns, c);
    const char *back = oid == OID_BYTEA   ? "::bytea"
                       : oid == OID_JSON  ? "::json"
                       : oid == OID_JSONB ? "::jsonb"
                                          : "";
    const char *name = PQfname(columns, c);
    bool as_text = cast || oid == OID_JSON || oid == OID_JSONB;
    char *quoted = PQescapeLiteral(pg->conn, name, strlen(name));
    if (quoted == NULL)
        return false;
    assay_buf_printf(out, "CASE WHEN octet_length(c%d%s) <= %zu OR c%d IS NULL THEN c%d%s ELSE", c,
                     as_text ? "::text" : "", limit, c, c, cast ? "::text" : "");
    assay_buf_printf(out, " ('assay: \"' || %s || '\" has a value of ' || octet_length(c%d%s)",
                     quoted, c, as_text ? "::text" : "");
    assay_buf_printf(out, " || ' bytes; the limit is %zu')::int4::text%s END", limit, back);
    PQfreemem(quoted);
    return true;
}

/* Selects from the statement again where columns are to be cast, or looked at. */
static bool put_statement(const struct pg_cursor *cursor, const PGresult *columns,
                          struct assay_str sql, struct assay_buf *out)
{
    struct assay_pg_db *own = (struct assay_pg_db *)cursor->base.db;
    uint32_t count = cursor->base.column_count;
    bool plain = true, good = true;
    for (uint32_t c = 0; c < count; c++)
        plain &= cursor->types[c] != NULL && !cursor->limited[c];
    if (plain) {
        assay_buf_str(out, sql);
        return true;
    }
    for (uint32_t c = 0; c < count && good; c++) {
        bool cast = cursor->types[c] == NULL;
        assay_buf_puts(out, c ? ", " : "SELECT ");
        if (cursor->limited[c])
            good = put_limited(&own->pg, columns, (int)c, cast, own->max_field, out);
        else
            assay_buf_printf(out, "c%u%s", c, cast ? "::text" : "");
    }
    assay_buf_puts(out, " FROM (");
    assay_buf_str(out, sql);
    for (uint32_t c = 0; c < count; c++)
        assay_buf_printf(out, "%sc%u", c ? ", " : "\n) AS assay(", c);
    assay_buf_puts(out, ")");
    return good;
}

/* Whether a value of the column may be of any length. */
static bool is_unbounded(const struct pg_cursor *cursor, const PGresult *columns, int c)
{
    const struct assay_pg_type *type = cursor->types[c];
    bool text = type == NULL || type->cls == ASSAY_DB_TEXT || type->cls == ASSAY_DB_PADDED ||
                type->cls == ASSAY_DB_JSON || type->cls == ASSAY_DB_BINARY;
    return text && type != assay_pg_type_find(19) && (type == NULL || PQfmod(columns, c) < 0);
}

/* What a value may shrink to in its table: 255 to 1 is the most that PostgreSQL reaches. */
#define MOST_COMPRESSED 255

/*
 * Finds the columns in which a value could be over the limit. A long one is kept outside of
 * its row, so a plain table that keeps little there has none; of what is no table's column
 * nothing is known.
 */
static enum assay_status find_limited(struct pg_cursor *cursor, const PGresult *columns,
                                      struct assay_error *err)
{
    static const char sql[] =
        "SELECT oid FROM pg_catalog.pg_class WHERE oid = ANY ($1::oid[])"
        " AND (relkind NOT IN ('r', 'm') OR pg_relation_size(reltoastrelid) > $2::int8)";
    struct assay_pg_db *own = (struct assay_pg_db *)cursor->base.db;
    char enough[24];
    bool any = false;
    for (int c = 0; c < PQnfields(columns); c++)
        any |= cursor->limited[c] = is_unbounded(cursor, columns, c);
    if (!any)
        return ASSAY_OK;
    struct assay_buf tables;
    PGresult *large = NULL;
    assay_buf_init(&tables, (size_t)1 << 20);
    assay_pg_put_array(&tables, columns, assay_pg_table_at);
    snprintf(enough, sizeof enough, "%zu", own->max_field / MOST_COMPRESSED);
    enum assay_status status =
        tables.failed
            ? assay_fail_nomem(err)
            : assay_pg_exec(&own->pg, sql, 2, (const char *[]){tables.ptr, enough}, &large, err);
    assay_buf_free(&tables);
    for (int c = 0; status == ASSAY_OK && c < PQnfields(columns); c++) {
        Oid table = PQftable(columns, c);
        bool found = table == 0;
        for (int i = 0; i < PQntuples(large) && !found; i++)
            found = strtoul(PQgetvalue(large, i, 0), NULL, 10) == table;
        cursor->limited[c] &= found;
    }
    PQclear(large);
    return status;
}

static enum assay_status cursor_columns(struct pg_cursor *cursor, const PGresult *result,
                                        struct assay_error *err)
{
    int n = PQnfields(result);
    struct assay_arena *arena = &cursor->base.db->arena;
    struct assay_db_column *columns = assay_arena_array(arena, (size_t)n + 1, sizeof *columns);
    cursor->types = assay_arena_array(arena, (size_t)n + 1, sizeof *cursor->types);
    cursor->limited = assay_arena_array(arena, (size_t)n + 1, sizeof *cursor->limited);
    if (columns == NULL || cursor->types == NULL || cursor->limited == NULL)
        return assay_fail_nomem(err);
    for (int i = 0; i < n; i++) {
        Oid oid = PQftype(result, i);
        columns[i] = (struct assay_db_column){.cls = assay_pg_class(oid),
                                              .scale = assay_pg_scale(oid, PQfmod(result, i))};
        cursor->types[i] = assay_pg_type_find(oid);
    }
    cursor->base.columns = columns;
    cursor->base.column_count = (uint32_t)n;
    return find_limited(cursor, result, err);
}

static enum assay_status begin_copy(struct pg_cursor *cursor, const PGresult *columns,
                                    struct assay_str sql, struct assay_error *err)
{
    struct assay_buf copy;
    assay_buf_init(&copy, ASSAY_PG_SQL_MAX);
    assay_buf_puts(&copy, "COPY (");
    bool good = put_statement(cursor, columns, sql, &copy);
    assay_buf_puts(&copy, "\n) TO STDOUT (FORMAT binary)");
    enum assay_status status = !good || copy.failed
                                   ? assay_fail_nomem(err)
                                   : assay_pg_copy(assay_pg_of(cursor->base.db), copy.ptr, err);
    assay_buf_free(&copy);
    for (uint32_t c = 0; c < cursor->base.column_count; c++)
        if (cursor->types[c] == NULL)
            cursor->types[c] = assay_pg_type_find(25);
    return status;
}

enum assay_status assay_pg_query(struct assay_db *db, struct assay_str sql,
                                 struct assay_db_cursor **out, struct assay_error *err)
{
    PGresult *result = NULL;
    char *text = assay_pg_text(sql);
    struct pg_cursor *cursor = calloc(1, sizeof *cursor);
    enum assay_status status = ASSAY_OK;
    if (text == NULL || cursor == NULL)
        status = assay_fail_nomem(err);
    else
        cursor->base.db = db;
    if (status == ASSAY_OK)
        status = assay_pg_read_statement((struct assay_pg_db *)db, text, &result, err);
    if (status == ASSAY_OK)
        status = cursor_columns(cursor, result, err);
    if (status == ASSAY_OK)
        status = begin_copy(cursor, result, sql, err);
    PQclear(result);
    free(text);
    if (status != ASSAY_OK)
        free(cursor);
    else
        *out = &cursor->base;
    return status;
}

void assay_pg_end(struct assay_db_cursor *base)
{
    if (base != NULL)
        assay_pg_copy_end(assay_pg_of(base->db), NULL);
    free(base);
}

static struct pg_rows *rows_of(struct pg_cursor *cursor, struct assay_db_block *block)
{
    struct pg_rows *rows = block->own;
    if (rows == NULL)
        rows = block->own = calloc(1, sizeof *rows);
    if (rows != NULL && rows->room < block->room) {
        free(rows->ends);
        rows->ends = malloc(block->room * sizeof *rows->ends);
        rows->room = rows->ends != NULL ? block->room : 0;
    }
    if (rows == NULL || rows->ends == NULL)
        return NULL;
    rows->types = cursor->types;
    return rows;
}

void assay_pg_block_free(struct assay_db_block *block)
{
    struct pg_rows *rows = block->own;
    if (rows != NULL)
        free(rows->ends);
    free(rows);
    block->own = NULL;
}

static const char signature[11] = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', '\377', '\r', '\n', '\0'};

/* Bytes of the header that a COPY begins with; 0: it is none. */
static uint32_t header_length(const char *message, uint32_t len)
{
    uint32_t fixed = sizeof signature + 8;
    if (len < fixed || memcmp(message, signature, sizeof signature) != 0 ||
        assay_pg_u32(message + sizeof signature) != 0)
        return 0;
    uint32_t extension = assay_pg_u32(message + sizeof signature + 4);
    return extension <= len - fixed ? fixed + extension : 0;
}

static enum assay_status not_copy(struct assay_db *db, struct assay_error *err)
{
    return assay_fail(err, ASSAY_SOURCE, "DB-LOST", "%s does not send rows as PostgreSQL does",
                      assay_pg_of(db)->server);
}

/* One message: a row, with the header before the first and the trailer as one of its own. */
static enum assay_status take_message(struct pg_cursor *cursor, struct pg_rows *rows,
                                      struct assay_db_block *block, const char *message,
                                      uint32_t len, struct assay_error *err)
{
    uint32_t skip = cursor->begun ? 0 : header_length(message, len);
    if (!cursor->begun && skip == 0)
        return not_copy(cursor->base.db, err);
    cursor->begun = true;
    message += skip;
    len -= skip;
    if (len == 0 || (len == 2 && assay_pg_u16(message) == UINT16_MAX))
        return ASSAY_OK;
    if (!assay_db_block_reserve(block, len))
        return assay_fail_nomem(err);
    memcpy(block->text + block->len, message, len);
    block->len += len;
    rows->ends[block->rows++] = (uint32_t)block->len;
    assay_pg_of(cursor->base.db)->rows_seen++;
    return ASSAY_OK;
}

enum assay_status assay_pg_fetch(struct assay_db_cursor *base, struct assay_db_block *block,
                                 struct assay_error *err)
{
    struct pg_cursor *cursor = (struct pg_cursor *)base;
    struct pg_rows *rows = rows_of(cursor, block);
    if (rows == NULL)
        return assay_fail_nomem(err);
    while (!cursor->ended && !assay_db_block_full(block)) {
        char *message;
        uint32_t len;
        ASSAY_TRY(assay_pg_copy_next(assay_pg_of(base->db), &message, &len, err));
        enum assay_status status = ASSAY_OK;
        if (message != NULL)
            status = take_message(cursor, rows, block, message, len, err);
        else
            cursor->ended = true;
        PQfreemem(message);
        ASSAY_TRY(status);
    }
    return ASSAY_OK;
}

enum assay_status assay_pg_decode_block(struct assay_db_block *block, struct assay_error *err)
{
    const struct pg_rows *rows = block->own;
    return assay_pg_decode(rows->types, rows->ends, block, err);
}

#endif
