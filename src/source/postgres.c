/*
 * The driver for PostgreSQL, through libpq.
 *
 * Every statement is run as COPY (…) TO STDOUT in binary: whole rows come as the server
 * stores them, nothing is formatted there, and what a value is was described before. Types
 * that are not in the table of postgres_types.c are cast to text within the statement.
 */
#include "config.h"

#include "source/postgres_db.h"

#ifdef HAVE_LIBPQ

#include "source/postgres_types.h"

#include <stdio.h>
#include <stdlib.h>

#define FIELD_MAX ((size_t)64 << 20)
#define NAME_MAX_BYTES 63 /* NAMEDATALEN - 1: a longer name would be cut, and be another */

static void pg_close(struct assay_db *db)
{
    struct assay_pg_db *own = (struct assay_pg_db *)db;
    assay_pg_close(&own->pg);
    assay_arena_free(&db->arena);
    free(own);
}

/*
 * `postgresql:host=… dbname=…` is a string of libpq's own behind our scheme. In a URL libpq
 * knows the scheme in small letters alone, though capitals mean the same there.
 */
static char *conninfo_of(struct assay_pg_db *own, const struct assay_db_request *request)
{
    size_t skip = request->parts.scheme.len + 1;
    struct assay_str dsn = assay_str(request->dsn.ptr + skip, request->dsn.len - skip);
    return request->parts.authority
               ? assay_arena_printf(&own->base.arena, "postgresql:%.*s", (int)dsn.len, dsn.ptr)
               : assay_arena_strdup(&own->base.arena, dsn);
}

/* Whole ones, and at least one: to the server 0 means no limit. */
static uint64_t milliseconds(int64_t micros)
{
    return micros > 0 ? (uint64_t)(micros + 999) / 1000 : 0;
}

static enum assay_status pg_open(const struct assay_db_request *request, struct assay_db **out,
                                 struct assay_error *err)
{
    struct assay_pg_db *own = calloc(1, sizeof *own);
    char notice[256];
    if (own == NULL)
        return assay_fail_nomem(err);
    own->base.driver = &assay_db_postgres;
    own->base.text_checked = own->base.one_snapshot = true;
    assay_arena_init(&own->base.arena, 0);
    own->max_field = request->options->max_field ? request->options->max_field : FIELD_MAX;
    struct assay_pg_options options = {
        .stop = request->options->stop,
        .connect_ms = milliseconds(request->options->connect_timeout),
        .statement_ms = milliseconds(request->options->statement_timeout),
    };
    char *conninfo = conninfo_of(own, request);
    enum assay_status status = conninfo != NULL
                                   ? assay_pg_connect(&own->pg, conninfo, &options, err)
                                   : assay_fail_nomem(err);
    if (status != ASSAY_OK) {
        pg_close(&own->base);
        return status;
    }
    /* A literal could hold what another encoding lacks. */
    const char *encoding = PQparameterStatus(own->pg.conn, "server_encoding");
    if (encoding != NULL && strcmp(encoding, "UTF8") == 0)
        own->base.dialect = "postgresql";
    if (assay_pg_notice(&own->pg, notice, sizeof notice))
        assay_db_notice(&own->base, "%s", notice);
    *out = &own->base;
    return ASSAY_OK;
}

/* Reads a statement without running it, and remarks on policies that hide rows. */
enum assay_status assay_pg_read_statement(struct assay_pg_db *own, const char *sql, PGresult **out,
                                          struct assay_error *err)
{
    ASSAY_TRY(assay_pg_describe(&own->pg, sql, out, err));
    if (own->pg.row_security && !own->told_policies) {
        own->told_policies = true;
        assay_db_notice(&own->base,
                        "row-level security is active for role %s: rows that its policies hide "
                        "are not looked at",
                        own->pg.role);
    }
    return ASSAY_OK;
}

enum assay_db_class assay_pg_class(Oid oid)
{
    const struct assay_pg_type *type = assay_pg_type_find(oid);
    return type != NULL ? type->cls : ASSAY_DB_OTHER;
}

/* numeric(p, s) has both in its modifier, the scale as 11 bits with a sign. */
int assay_pg_scale(Oid oid, int modifier)
{
    if (oid != 1700 || modifier < 4)
        return -1;
    int scale = (modifier - 4) & 0x7ff;
    return scale > 1023 ? 0 : scale;
}

/* Appends `{1,2,3}`. */
void assay_pg_put_array(struct assay_buf *out, const PGresult *columns,
                        long (*value)(const PGresult *columns, int column))
{
    for (int i = 0; i < PQnfields(columns); i++)
        assay_buf_printf(out, "%s%ld", i ? "," : "{", value(columns, i));
    assay_buf_puts(out, "}");
}

static long oid_at(const PGresult *columns, int i)
{
    return (long)PQftype(columns, i);
}

static long modifier_at(const PGresult *columns, int i)
{
    return PQfmod(columns, i);
}

long assay_pg_table_at(const PGresult *columns, int i)
{
    return (long)PQftable(columns, i);
}

static long number_at(const PGresult *columns, int i)
{
    return PQftablecol(columns, i);
}

/* What the types are called, and which columns of tables can be null. */
static enum assay_status name_types(struct assay_pg *pg, const PGresult *columns, PGresult **out,
                                    struct assay_error *err)
{
    static const char old[] =
        "SELECT format_type(c.type, c.modifier), coalesce(a.attnotnull, false), true,"
        " k.relkind IN ('r', 'p', 'm')";
    /* Collations to which different texts are equal came with version 12. */
    static const char head[] =
        "SELECT format_type(c.type, c.modifier), coalesce(a.attnotnull, false),"
        " coalesce((SELECT l.collisdeterministic FROM pg_catalog.pg_collation l"
        " WHERE l.oid = a.attcollation), true), k.relkind IN ('r', 'p', 'm')";
    static const char tail[] =
        " FROM unnest($1::oid[], $2::int4[], $3::oid[], $4::int2[])"
        " WITH ORDINALITY AS c(type, modifier, rel, num, n)"
        " LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.rel AND a.attnum = c.num"
        " LEFT JOIN pg_catalog.pg_class k ON k.oid = c.rel"
        " ORDER BY c.n";
    long (*const values[])(const PGresult *columns, int column) = {oid_at, modifier_at,
                                                                   assay_pg_table_at, number_at};
    struct assay_buf arrays[4];
    const char *params[4];
    bool failed = false;
    for (int i = 0; i < 4; i++) {
        assay_buf_init(&arrays[i], (size_t)1 << 20);
        assay_pg_put_array(&arrays[i], columns, values[i]);
        params[i] = arrays[i].ptr;
        failed |= arrays[i].failed;
    }
    char sql[sizeof head + sizeof tail];
    snprintf(sql, sizeof sql, "%s%s", PQserverVersion(pg->conn) < 120000 ? old : head, tail);
    enum assay_status status =
        failed ? assay_fail_nomem(err) : assay_pg_exec(pg, sql, 4, params, out, err);
    for (int i = 0; i < 4; i++)
        assay_buf_free(&arrays[i]);
    return status;
}

static enum assay_status make_columns(const PGresult *columns, const PGresult *types,
                                      struct assay_arena *arena, struct assay_db_column **out,
                                      uint32_t *count, struct assay_error *err)
{
    int n = PQnfields(columns);
    struct assay_db_column *all = assay_arena_array(arena, (size_t)n + 1, sizeof *all);
    if (all == NULL || PQntuples(types) != n)
        return assay_fail_nomem(err);
    for (int i = 0; i < n; i++) {
        char *name = assay_arena_strdup(arena, assay_cstr(PQfname(columns, i)));
        char *type = assay_arena_strdup(arena, assay_cstr(PQgetvalue(types, i, 0)));
        if (name == NULL || type == NULL)
            return assay_fail_nomem(err);
        all[i] = (struct assay_db_column){
            .name = assay_cstr(name),
            .type = assay_cstr(type),
            .cls = PQgetvalue(types, i, 2)[0] == 't' ? assay_pg_class(PQftype(columns, i))
                                                     : ASSAY_DB_OTHER,
            .not_null = PQgetvalue(types, i, 1)[0] == 't',
            .scale = assay_pg_scale(PQftype(columns, i), PQfmod(columns, i)),
        };
    }
    *out = all;
    *count = (uint32_t)n;
    return ASSAY_OK;
}

char *assay_pg_text(struct assay_str text)
{
    char *copy = memchr(text.ptr, '\0', text.len) ? NULL : malloc(text.len + 1);
    if (copy != NULL) {
        memcpy(copy, text.ptr, text.len);
        copy[text.len] = '\0';
    }
    return copy;
}

/* Whether all columns are those of one table, which has a place for each row. */
static bool is_table(const PGresult *columns, const PGresult *types)
{
    for (int i = 0; i < PQnfields(columns); i++)
        if (PQftable(columns, i) != PQftable(columns, 0) || PQgetvalue(types, i, 3)[0] != 't')
            return false;
    return true;
}

static enum assay_status pg_describe(struct assay_db *db, struct assay_str sql,
                                     struct assay_arena *arena, struct assay_db_column **columns,
                                     uint32_t *count, struct assay_error *err)
{
    PGresult *result = NULL, *types = NULL;
    char *text = assay_pg_text(sql);
    enum assay_status status = text == NULL              ? assay_fail_nomem(err)
                               : !assay_db_may_read(sql) ? assay_db_not_reading(err)
                                                         : ASSAY_OK;
    if (status == ASSAY_OK)
        status = assay_pg_read_statement((struct assay_pg_db *)db, text, &result, err);
    free(text);
    if (status == ASSAY_OK && PQnfields(result) == 0)
        status = assay_db_not_reading(err);
    if (status == ASSAY_OK)
        status = name_types(assay_pg_of(db), result, &types, err);
    if (status == ASSAY_OK)
        status = make_columns(result, types, arena, columns, count, err);
    if (status == ASSAY_OK)
        ((struct assay_pg_db *)db)->is_table = is_table(result, types);
    PQclear(result);
    PQclear(types);
    return status;
}

/*
 * Rows come as the table keeps them, unless several workers look for those of a condition.
 * What is equal for all rows is not sorted.
 */
static bool pg_natural_order(struct assay_db *db, const struct assay_db_relation *relation,
                             struct assay_buf *out)
{
    bool place =
        relation->part_count > 0 && relation->where.len > 0 && ((struct assay_pg_db *)db)->is_table;
    assay_buf_puts(out, place ? "tableoid, ctid" : "NULL::int4");
    return !out->failed;
}

/* Those that the role may see, by the names that are found without a schema first. */
static enum assay_status pg_tables(struct assay_db *db, struct assay_arena *arena, uint32_t most,
                                   struct assay_str **names, uint32_t *count,
                                   struct assay_error *err)
{
    static const char sql[] =
        "SELECT CASE WHEN pg_table_is_visible(c.oid) THEN '' ELSE"
        " CASE WHEN n.nspname ~ '[.\"]' THEN quote_ident(n.nspname) ELSE n.nspname END || '.' END"
        " || CASE WHEN c.relname ~ '[.\"]' THEN quote_ident(c.relname) ELSE c.relname END"
        " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')"
        " AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
        " ORDER BY pg_table_is_visible(c.oid) DESC, 1 LIMIT $1::int8";
    char limit[24];
    PGresult *result = NULL;
    snprintf(limit, sizeof limit, "%u", most);
    ASSAY_TRY(assay_pg_exec(assay_pg_of(db), sql, 1, (const char *[]){limit}, &result, err));
    uint32_t n = (uint32_t)PQntuples(result);
    *names = assay_arena_array(arena, (size_t)n + 1, sizeof **names);
    *count = 0;
    for (uint32_t i = 0; *names != NULL && i < n; i++) {
        char *name = assay_arena_strdup(arena, assay_cstr(PQgetvalue(result, (int)i, 0)));
        if (name != NULL)
            (*names)[(*count)++] = assay_cstr(name);
    }
    PQclear(result);
    return *names != NULL ? ASSAY_OK : assay_fail_nomem(err);
}

static bool pg_identifier(const struct assay_db *db, struct assay_str name, struct assay_buf *out)
{
    (void)db;
    return name.len <= NAME_MAX_BYTES && assay_db_quote(name, '"', out);
}

static bool pg_literal(const struct assay_db *db, struct assay_str text, struct assay_buf *out)
{
    char *quoted =
        memchr(text.ptr, '\0', text.len)
            ? NULL
            : PQescapeLiteral(((const struct assay_pg_db *)db)->pg.conn, text.ptr, text.len);
    if (quoted == NULL)
        return false;
    assay_buf_puts(out, quoted);
    PQfreemem(quoted);
    return true;
}

const struct assay_db_driver assay_db_postgres = {
    .name = "postgresql",
    .open = pg_open,
    .close = pg_close,
    .describe = pg_describe,
    .query = assay_pg_query,
    .fetch = assay_pg_fetch,
    .decode = assay_pg_decode_block,
    .end = assay_pg_end,
    .block_free = assay_pg_block_free,
    .tables = pg_tables,
    .identifier = pg_identifier,
    .literal = pg_literal,
    .natural_order = pg_natural_order,
};

#endif
