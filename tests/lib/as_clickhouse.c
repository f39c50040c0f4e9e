/*
 * Converts CSV to a table of ClickHouse.
 */
#include "config.h"

#include "tests/lib/as_clickhouse.h"

#include "base/dsn.h"
#include "source/http.h"
#include "tests/lib/csv_table.h"

#include <stdio.h>
#include <stdlib.h>

#define ROOM ((size_t)64 << 20)

/* Sends a statement, and data behind it. */
static bool ask(const char *to, const struct assay_buf *body)
{
    struct assay_dsn dsn;
    struct assay_http *http = NULL;
    char url[1024];
    if (!assay_dsn_split(assay_cstr(to), &dsn) || body->failed)
        return false;
    snprintf(url, sizeof url, "http://%.*s:%.*s@%.*s:%.*s/?database=%.*s", (int)dsn.user.len,
             dsn.user.ptr, (int)dsn.password.len, dsn.password.ptr, (int)dsn.host.len, dsn.host.ptr,
             (int)dsn.port.len, dsn.port.ptr, (int)dsn.path.len - 1, dsn.path.ptr + 1);
    struct assay_http_request request = {
        .method = "POST", .url = url, .body = assay_buf_view(body), .limits = {.total = 60}};
    bool good =
        assay_http_open(&request, &http, NULL) == ASSAY_OK && assay_http_status(http) == 200;
    char text[1024];
    size_t got = 0;
    if (http != NULL && !good && assay_http_read(http, text, sizeof text, &got, NULL) == ASSAY_OK)
        printf("# ClickHouse: %.*s\n", (int)got, text);
    assay_http_close(http);
    return good;
}

static bool run(const char *to, const char *sql)
{
    struct assay_buf body;
    assay_buf_init(&body, ROOM);
    assay_buf_puts(&body, sql);
    bool good = ask(to, &body);
    assay_buf_free(&body);
    return good;
}

/* False: it cannot hold the column's values. */
static bool type_of(const struct csv_table_column *column, char *out, size_t size)
{
    if (csv_table_kind(column) == 0 || column->booleans > 0)
        return false;
    if (column->numbers == 0)
        snprintf(out, size, "String");
    else if (column->numbers == column->whole)
        snprintf(out, size, "Int64");
    else if (column->numbers == column->simple)
        snprintf(out, size, "Float64");
    else
        snprintf(out, size, "Decimal(38, %d)", column->scale);
    return column->numbers == 0 || column->numbers == column->whole ||
           column->numbers == column->simple ||
           (column->scale >= 0 && column->digits + column->scale <= 38);
}

static bool put_create(const struct csv_table *t, const char *table, struct assay_buf *sql)
{
    char type[64];
    assay_buf_printf(sql, "CREATE TABLE %s (", table);
    for (uint32_t i = 0; i < t->column_count; i++) {
        struct assay_str name = t->columns[i].name;
        if (!type_of(&t->columns[i], type, sizeof type) || name.len == 0)
            return false;
        assay_buf_puts(sql, i ? ", `" : "`");
        for (size_t c = 0; c < name.len; c++) {
            if (name.ptr[c] == '`' || name.ptr[c] == '\\')
                assay_buf_putc(sql, '\\');
            assay_buf_putc(sql, name.ptr[c]);
        }
        assay_buf_printf(sql, "` Nullable(%s)", type);
    }
    assay_buf_puts(sql, ") ENGINE = TinyLog");
    return !sql->failed;
}

/* Every `of`th line from number `from` on. */
static bool fill(const struct assay_buf *text, const char *to, const char *table, int from, int of)
{
    struct assay_buf body;
    const char *at = text->ptr, *end = at + text->len;
    bool any = false;
    assay_buf_init(&body, ROOM);
    assay_buf_printf(&body, "INSERT INTO %s FORMAT TabSeparated\n", table);
    for (int n = 0; at < end; n++) {
        const char *next = (const char *)memchr(at, '\n', (size_t)(end - at)) + 1;
        if (n % of == from)
            assay_buf_add(&body, at, (size_t)(next - at));
        any |= n % of == from;
        at = next;
    }
    bool good = !any || ask(to, &body);
    assay_buf_free(&body);
    return good;
}

static bool make(const struct csv_table *t, const char *to, const char *shard)
{
    struct assay_buf sql;
    const char *table = shard != NULL ? "data_local" : "data";
    assay_buf_init(&sql, ROOM);
    bool good = put_create(t, table, &sql) && run(to, "DROP TABLE IF EXISTS data") &&
                run(to, "DROP TABLE IF EXISTS data_local") && ask(to, &sql);
    if (shard != NULL)
        good = good && run(shard, "DROP TABLE IF EXISTS data_local") && ask(shard, &sql) &&
               run(to, "CREATE TABLE data AS data_local ENGINE = Distributed(both, "
                       "currentDatabase(), data_local)");
    assay_buf_free(&sql);
    return good && fill(t->context, to, table, 0, shard != NULL ? 2 : 1) &&
           (shard == NULL || fill(t->context, shard, table, 1, 2));
}

bool as_clickhouse(const char *path, const struct assay_suite *suite, const char *to)
{
    struct assay_buf text;
    struct csv_table t = {.put = csv_table_copy, .context = &text};
    assay_buf_init(&text, ROOM);
    bool good = csv_table_read(&t, path, suite) && make(&t, to, getenv("ASSAY_CASES_SHARD"));
    csv_table_free(&t);
    assay_buf_free(&text);
    return good;
}
