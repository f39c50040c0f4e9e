/*
 * Statements of Trino and their rows.
 */
#include "config.h"

#include "source/trino_db.h"

#ifdef HAVE_LIBCURL

#include "base/json_read.h"
#include "base/json_write.h"

#include <inttypes.h>
#include <stdlib.h>

struct trino_cursor {
    struct assay_db_cursor base;
    struct assay_arena arena;
    struct assay_trino_answer answer;
    struct assay_db_column *columns;
    size_t at; /* rows of the page that were handed on */
};

static const struct {
    const char *name;
    enum assay_db_class cls;
} types[] = {
    {"bigint", ASSAY_DB_INTEGER},      {"boolean", ASSAY_DB_BOOLEAN},
    {"char", ASSAY_DB_PADDED},         {"date", ASSAY_DB_DATE},
    {"decimal", ASSAY_DB_DECIMAL},     {"double", ASSAY_DB_FLOAT},
    {"integer", ASSAY_DB_INTEGER},     {"json", ASSAY_DB_JSON},
    {"smallint", ASSAY_DB_INTEGER},    {"time", ASSAY_DB_TIME},
    {"timestamp", ASSAY_DB_TIMESTAMP}, {"tinyint", ASSAY_DB_INTEGER},
    {"uuid", ASSAY_DB_UUID},           {"varbinary", ASSAY_DB_BINARY},
    {"varchar", ASSAY_DB_TEXT},
};

enum assay_db_class assay_trino_class(struct assay_str type)
{
    size_t len = 0;
    while (len < type.len && type.ptr[len] != '(' && type.ptr[len] != ' ')
        len++;
    struct assay_str word = assay_str(type.ptr, len);
    bool zoned = memmem(type.ptr, type.len, "with time zone", 14) != NULL;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (assay_str_is(word, types[i].name))
            return !zoned                               ? types[i].cls
                   : types[i].cls == ASSAY_DB_TIMESTAMP ? ASSAY_DB_INSTANT
                                                        : ASSAY_DB_OTHER;
    return ASSAY_DB_OTHER;
}

/* Numbers come as numbers, but for decimals, and what JSON has no number for. */
static bool is_number(const struct assay_db_column *column)
{
    return column->cls == ASSAY_DB_INTEGER || column->cls == ASSAY_DB_DECIMAL ||
           column->cls == ASSAY_DB_FLOAT || assay_str_is(column->type, "real");
}

static bool put_number(struct assay_db_block *block, uint32_t column, struct assay_str text)
{
    bool numbers = block->columns[column].numbers;
    if (!assay_db_put_text(block, column, ASSAY_KIND_NUMBER, text))
        return false;
    struct assay_db_values *values = &block->columns[column];
    struct assay_str copy = assay_db_text(block, block->rows, column);
    values->code[block->rows] =
        assay_number_parse(copy.ptr, copy.len, &values->mantissa[block->rows]);
    values->numbers = numbers;
    return true;
}

/* 2026-01-02 03:04:05.678 UTC, as the statement asks for it. */
static bool put_instant(struct assay_db_block *block, uint32_t column, struct assay_str text)
{
    char out[64];
    if (text.len < 4 || text.len > 60 || memcmp(text.ptr + text.len - 4, " UTC", 4) != 0)
        return assay_db_put_text(block, column, ASSAY_KIND_TEXT, text);
    memcpy(out, text.ptr, text.len - 4);
    memcpy(out + text.len - 4, "+00", 3);
    return assay_db_put_text(block, column, ASSAY_KIND_TEXT, assay_str(out, text.len - 1));
}

static bool put_value(const struct assay_db_column *column, const struct assay_value *value,
                      struct assay_db_block *block, uint32_t c)
{
    struct assay_str text = value->text;
    switch (value->kind) {
    case ASSAY_VALUE_NULL: assay_db_put_null(block, c); return true;
    case ASSAY_VALUE_BOOLEAN: return assay_db_put_bool(block, c, value->boolean);
    case ASSAY_VALUE_NUMBER: return put_number(block, c, text);
    case ASSAY_VALUE_STRING: break;
    default: return false;
    }
    if (is_number(column))
        return put_number(block, c, text);
    if (column->cls == ASSAY_DB_INSTANT)
        return put_instant(block, c, text);
    while (column->cls == ASSAY_DB_PADDED && text.len > 0 && text.ptr[text.len - 1] == ' ')
        text.len--;
    return assay_db_put_text(block, c, ASSAY_KIND_TEXT, text);
}

static enum assay_status bad_value(const struct assay_db_column *column,
                                   const struct assay_value *value,
                                   const struct assay_db_block *block, struct assay_error *err)
{
    if (value->kind == ASSAY_VALUE_LIST || value->kind == ASSAY_VALUE_MAP)
        return assay_fail(err, ASSAY_SOURCE, "DB-VALUE", "\"%s\" of type %s came as a structure",
                          column->name.ptr, column->type.ptr);
    if (value->text.len <= block->max_field)
        return assay_fail_nomem(err);
    assay_fail(err, ASSAY_SOURCE, "DB-VALUE", "\"%s\" has a value of %zu bytes; the limit is %zu",
               column->name.ptr, value->text.len, block->max_field);
    assay_error_help(err, "a `query` can leave the column out, or select substr(…) of it");
    return ASSAY_SOURCE;
}

enum assay_status assay_trino_put_rows(const struct assay_db_column *columns, uint32_t count,
                                       const struct assay_value *rows, size_t *at,
                                       struct assay_db_block *block, struct assay_error *err)
{
    for (; *at < rows->count && !assay_db_block_full(block); ++*at) {
        const struct assay_value *row = &rows->items[*at];
        if (row->kind != ASSAY_VALUE_LIST || row->count != count)
            return assay_fail(err, ASSAY_SOURCE, "DB-LOST",
                              "Trino sent a row that has not as many values as there are columns");
        for (uint32_t c = 0; c < count; c++)
            if (!put_value(&columns[c], &row->items[c], block, c))
                return bad_value(&columns[c], &row->items[c], block, err);
        block->rows++;
    }
    return ASSAY_OK;
}

static char *copied(struct assay_arena *arena, const struct assay_value *map, const char *name,
                    size_t *len)
{
    const struct assay_value *value = assay_value_member(map, assay_cstr(name));
    struct assay_str text =
        value != NULL && value->kind == ASSAY_VALUE_STRING ? value->text : assay_str("", 0);
    *len = text.len;
    return assay_arena_strdup(arena, text);
}

/* decimal(P, S) */
static int scale_of(struct assay_str type)
{
    const char *comma = memchr(type.ptr, ',', type.len);
    return comma != NULL ? (int)strtol(comma + 1, NULL, 10) : -1;
}

static enum assay_status make_columns(struct trino_cursor *own, const struct assay_value *list,
                                      struct assay_error *err)
{
    own->columns = assay_arena_array(&own->arena, list->count + 1, sizeof *own->columns);
    if (own->columns == NULL || list->count > UINT32_MAX / 2)
        return assay_fail_nomem(err);
    for (size_t i = 0; i < list->count; i++) {
        struct assay_db_column *column = &own->columns[i];
        column->name.ptr = copied(&own->arena, &list->items[i], "name", &column->name.len);
        column->type.ptr = copied(&own->arena, &list->items[i], "type", &column->type.len);
        if (column->name.ptr == NULL || column->type.ptr == NULL)
            return assay_fail_nomem(err);
        column->cls = assay_trino_class(column->type);
        column->scale = column->cls == ASSAY_DB_DECIMAL ? scale_of(column->type) : -1;
    }
    own->base.columns = own->columns;
    own->base.column_count = (uint32_t)list->count;
    return ASSAY_OK;
}

/* Columns are named once they are known, at the latest with the first row. */
static enum assay_status find_columns(struct trino_cursor *own, struct assay_error *err)
{
    bool more = true;
    for (;;) {
        const struct assay_value *list =
            assay_value_member(&own->answer.page, ASSAY_STR("columns"));
        if (list != NULL && list->kind == ASSAY_VALUE_LIST && list->count > 0)
            return make_columns(own, list, err);
        if (own->answer.rows == NULL)
            ASSAY_TRY(assay_trino_turn(&own->answer, &more, err));
        if (own->answer.rows != NULL || !more) {
            list = assay_value_member(&own->answer.page, ASSAY_STR("columns"));
            if (list != NULL && list->kind == ASSAY_VALUE_LIST && list->count > 0)
                continue;
            return assay_fail(err, ASSAY_SOURCE, "DB-LOST", "%s sent an answer without its columns",
                              own->answer.trino->place.server);
        }
    }
}

void assay_trino_end(struct assay_db_cursor *base)
{
    struct trino_cursor *own = (struct trino_cursor *)base;
    assay_trino_close_answer(&own->answer);
    assay_arena_free(&own->arena);
    free(own);
}

enum assay_status assay_trino_query(struct assay_db *db, struct assay_str sql,
                                    struct assay_db_cursor **out, struct assay_error *err)
{
    struct trino_cursor *own = calloc(1, sizeof *own);
    if (own == NULL)
        return assay_fail_nomem(err);
    own->base.db = db;
    assay_arena_init(&own->arena, 0);
    enum assay_status status = assay_trino_ask((struct assay_trino *)db, sql, &own->answer, err);
    if (status == ASSAY_OK)
        status = find_columns(own, err);
    if (status != ASSAY_OK) {
        assay_trino_end(&own->base);
        return status;
    }
    *out = &own->base;
    return ASSAY_OK;
}

enum assay_status assay_trino_drain(struct assay_db_cursor *base, struct assay_error *err)
{
    struct trino_cursor *own = (struct trino_cursor *)base;
    bool more = true;
    while (more)
        ASSAY_TRY(assay_trino_turn(&own->answer, &more, err));
    return ASSAY_OK;
}

enum assay_status assay_trino_fetch(struct assay_db_cursor *base, struct assay_db_block *block,
                                    struct assay_error *err)
{
    struct trino_cursor *own = (struct trino_cursor *)base;
    bool more = true;
    while (more && !assay_db_block_full(block)) {
        const struct assay_value *rows = own->answer.rows;
        if (rows != NULL && own->at < rows->count) {
            uint32_t before = block->rows;
            ASSAY_TRY(
                assay_trino_put_rows(own->columns, base->column_count, rows, &own->at, block, err));
            own->answer.rows_seen += block->rows - before;
            continue;
        }
        own->at = 0;
        own->answer.rows = NULL;
        ASSAY_TRY(assay_trino_turn(&own->answer, &more, err));
    }
    return ASSAY_OK;
}

#endif
