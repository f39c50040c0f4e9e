/*
 * What of a database is to be read: from the source's name and the options.
 */
#include "config.h"

#include "source/db.h"

#define SPEC_MAX ((size_t)1 << 20)

static enum assay_status refuse(struct assay_error *err, const char *what)
{
    assay_fail(err, ASSAY_USAGE, "DB-DSN", "%s", what);
    assay_error_help(err,
                     "…?table=NAME in the source's name, or --table NAME, or --query STATEMENT");
    return ASSAY_USAGE;
}

/* One part of a table's name, up to the next dot; quotes are taken off. */
static bool take_part(const char **at, const char *end, struct assay_buf *out)
{
    const char *p = *at;
    if (p < end && *p == '"') {
        for (p++; p < end; p++) {
            if (*p == '"' && (p + 1 == end || p[1] != '"'))
                break;
            p += *p == '"';
            assay_buf_putc(out, *p);
        }
        if (p == end)
            return false;
        p++;
    } else
        while (p < end && *p != '.')
            assay_buf_putc(out, *p++);
    *at = p;
    return out->len > 0 && (p == end || *p == '.');
}

static enum assay_status split_table(struct assay_str name, struct assay_arena *arena,
                                     struct assay_db_relation *out, struct assay_error *err)
{
    const char *at = name.ptr, *end = name.ptr + name.len;
    struct assay_buf part;
    bool good = name.len > 0, nomem = false, more = good;
    assay_buf_init(&part, SPEC_MAX);
    out->part_count = 0;
    while (good && more) {
        assay_buf_reset(&part);
        good = out->part_count < 3 && take_part(&at, end, &part);
        if (!good)
            break;
        char *copy = assay_arena_strdup(arena, assay_buf_view(&part));
        nomem = copy == NULL;
        out->parts[out->part_count++] = assay_str(copy, part.len);
        more = at < end;
        at += more;
        good = !nomem;
    }
    assay_buf_free(&part);
    if (nomem)
        return assay_fail_nomem(err);
    return good ? ASSAY_OK
                : refuse(err, "the table's name is not one: up to three parts with dots between "
                              "them, in double quotes where a part has a dot");
}

/* Spaces and semicolons at the end are not part of a statement. */
static struct assay_str trimmed(struct assay_str text)
{
    while (text.len > 0 && strchr(" \t\r\n;", text.ptr[text.len - 1]) != NULL)
        text.len--;
    while (text.len > 0 && strchr(" \t\r\n", text.ptr[0]) != NULL)
        text = assay_str(text.ptr + 1, text.len - 1);
    return text;
}

/* The four parameters that are assay's own. */
struct own {
    struct assay_str table, query, where, order_by;
};

static struct assay_str *own_param(struct own *own, struct assay_str name)
{
    return assay_str_is(name, "table")      ? &own->table
           : assay_str_is(name, "query")    ? &own->query
           : assay_str_is(name, "where")    ? &own->where
           : assay_str_is(name, "order_by") ? &own->order_by
                                            : NULL;
}

/* Takes assay's own parameters out of the name; what is left is the DSN. */
static enum assay_status take_params(struct assay_str spec, struct assay_arena *arena,
                                     struct own *own, struct assay_buf *rest,
                                     struct assay_error *err)
{
    const char *mark = spec.ptr + assay_dsn_query_at(spec);
    if (mark == spec.ptr + spec.len) {
        assay_buf_str(rest, spec);
        return ASSAY_OK;
    }
    struct assay_str query = assay_str(mark + 1, (size_t)(spec.ptr + spec.len - mark) - 1);
    struct assay_str name, value;
    struct assay_buf text;
    bool good = true;
    char between = '?';
    assay_buf_init(&text, SPEC_MAX);
    assay_buf_add(rest, spec.ptr, (size_t)(mark - spec.ptr));
    while (good && assay_dsn_next_param(&query, &name, &value)) {
        struct assay_str *param = own_param(own, name);
        if (param == NULL) {
            assay_buf_putc(rest, between);
            assay_buf_add(rest, name.ptr, (size_t)(value.ptr + value.len - name.ptr));
            between = '&';
            continue;
        }
        assay_buf_reset(&text);
        assay_dsn_decode(value, &text);
        char *copy = text.failed ? NULL : assay_arena_strdup(arena, assay_buf_view(&text));
        good = copy != NULL;
        *param = assay_str(copy, text.len);
    }
    assay_buf_free(&text);
    return good && !rest->failed ? ASSAY_OK : assay_fail_nomem(err);
}

/* Names between commas, as `order_by` in a source's name has them. */
static enum assay_status split_order(struct assay_str text, struct assay_arena *arena,
                                     struct assay_db_relation *out, struct assay_error *err)
{
    uint32_t count = 1;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == ',';
    struct assay_str *names = assay_arena_array(arena, count, sizeof *names);
    if (names == NULL)
        return assay_fail_nomem(err);
    for (uint32_t i = 0; i < count; i++) {
        const char *comma = memchr(text.ptr, ',', text.len);
        size_t n = comma != NULL ? (size_t)(comma - text.ptr) : text.len;
        names[i] = assay_str(text.ptr, n);
        if (n == 0)
            return refuse(err, "`order_by` has a name without a character");
        if (comma != NULL)
            text = assay_str(comma + 1, text.len - n - 1);
    }
    out->order = names;
    out->order_count = count;
    return ASSAY_OK;
}

static enum assay_status fill(const struct own *own, const struct assay_source_options *options,
                              struct assay_arena *arena, struct assay_db_relation *out,
                              struct assay_error *err)
{
    struct assay_str table = options->table != NULL ? assay_cstr(options->table) : own->table;
    struct assay_str query = options->query != NULL ? assay_cstr(options->query) : own->query;
    struct assay_str where = options->where != NULL ? assay_cstr(options->where) : own->where;
    if (table.ptr != NULL && query.ptr != NULL)
        return refuse(err, "both a table and a query are named");
    if (table.ptr == NULL && query.ptr == NULL)
        return refuse(err, "no table of the database is named");
    if (query.ptr != NULL) {
        out->query = trimmed(query);
        if (out->query.len == 0)
            return refuse(err, "the query is empty");
    } else
        ASSAY_TRY(split_table(table, arena, out, err));
    out->where = where.ptr != NULL ? trimmed(where) : where;
    out->order = options->order_by;
    out->order_count = options->order_count;
    if (out->order_count == 0 && own->order_by.len > 0)
        return split_order(own->order_by, arena, out, err);
    return ASSAY_OK;
}

enum assay_status assay_db_spec_parse(struct assay_str spec,
                                      const struct assay_source_options *options,
                                      struct assay_arena *arena, struct assay_db_spec *out,
                                      struct assay_error *err)
{
    struct assay_buf rest;
    struct own own = {0};
    *out = (struct assay_db_spec){0};
    assay_buf_init(&rest, SPEC_MAX);
    enum assay_status status = take_params(spec, arena, &own, &rest, err);
    if (status == ASSAY_OK) {
        char *copy = assay_arena_strdup(arena, assay_buf_view(&rest));
        out->dsn = assay_str(copy, rest.len);
        status =
            copy != NULL ? fill(&own, options, arena, &out->relation, err) : assay_fail_nomem(err);
    }
    assay_buf_free(&rest);
    return status;
}
