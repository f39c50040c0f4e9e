/*
 * Statements of ClickHouse and their rows: whole lines are read under the lock, and made
 * into columns outside of it.
 */
#include "config.h"

#include "source/clickhouse_db.h"

#ifdef HAVE_LIBCURL

#include "source/clickhouse_types.h"

#include <inttypes.h>
#include <stdlib.h>

#define PIECE ((size_t)64 << 10)     /* room for one reading */
#define TABLE_MAX ((size_t)16 << 20) /* of a small answer */
#define HEAD_MAX ((size_t)8 << 20)   /* of names and types */
#define MARK (sizeof ASSAY_CH_MARK - 1)

struct ch_cursor {
    struct assay_db_cursor base;
    struct assay_arena arena;
    struct assay_ch_answer answer;
    struct assay_db_column *columns;
    struct assay_ch_type *types; /* in the connection's arena: blocks outlive a cursor */
    struct assay_buf rest;       /* received, and not handed on */
    size_t longest;              /* most bytes of a row */
};

/* Beside a block: where its rows end, and what is in them. */
struct ch_rows {
    const struct assay_ch_type *types;
    uint32_t *ends;
    uint32_t room;
};

/* Reads on behind what the buffer holds. */
static enum assay_status read_more(struct assay_ch_answer *answer, struct assay_buf *into,
                                   size_t *got, struct assay_error *err)
{
    *got = 0;
    if (!assay_buf_reserve(into, PIECE))
        return into->nomem ? assay_fail_nomem(err)
                           : assay_fail(err, ASSAY_SOURCE, "DB-VALUE",
                                        "an answer has a line of more than %zu bytes", into->limit);
    ASSAY_TRY(assay_ch_read(answer, into->ptr + into->len, PIECE, got, err));
    into->len += *got;
    return ASSAY_OK;
}

static struct assay_str cut_field(struct assay_str *line)
{
    const char *tab = line->len > 0 ? memchr(line->ptr, '\t', line->len) : NULL;
    size_t len = tab != NULL ? (size_t)(tab - line->ptr) : line->len;
    struct assay_str field = assay_str(line->ptr, len);
    len += tab != NULL;
    *line = assay_str(line->ptr + len, line->len - len);
    return field;
}

/* A copy without escapes; ptr NULL without memory. */
static struct assay_str take_text(struct assay_str field, struct assay_arena *arena)
{
    char *copy = assay_arena_strdup(arena, field);
    if (copy == NULL)
        return assay_str(NULL, 0);
    size_t len = assay_ch_unescape(copy, field.len);
    copy[len] = '\0';
    return assay_str(copy, len);
}

/* The line at the begin of `text`, and what follows it; false: it has no end yet. */
static bool cut_line(struct assay_str *text, struct assay_str *line)
{
    const char *end = text->len > 0 ? memchr(text->ptr, '\n', text->len) : NULL;
    if (end == NULL)
        return false;
    size_t len = (size_t)(end - text->ptr);
    *line = assay_str(text->ptr, len);
    *text = assay_str(end + 1, text->len - len - 1);
    return true;
}

static uint32_t count_fields(struct assay_str line)
{
    uint32_t n = 1;
    for (size_t i = 0; i < line.len; i++)
        n += line.ptr[i] == '\t';
    return n;
}

static enum assay_status make_columns(struct ch_cursor *own, struct assay_str names,
                                      struct assay_str types, struct assay_error *err)
{
    uint32_t count = count_fields(types) - 1;
    own->columns = assay_arena_array(&own->arena, count + 1u, sizeof *own->columns);
    own->types = assay_arena_array(&own->base.db->arena, count + 1u, sizeof *own->types);
    if (own->columns == NULL || own->types == NULL)
        return assay_fail_nomem(err);
    (void)cut_field(&names), (void)cut_field(&types); /* the mark's */
    for (uint32_t i = 0; i < count; i++) {
        struct assay_str name = take_text(cut_field(&names), &own->arena);
        struct assay_str type = take_text(cut_field(&types), &own->arena);
        if (name.ptr == NULL || type.ptr == NULL)
            return assay_fail_nomem(err);
        assay_ch_type_read(type, &own->types[i]);
        own->columns[i] = (struct assay_db_column){.name = name,
                                                   .type = type,
                                                   .cls = own->types[i].cls,
                                                   .not_null = !own->types[i].nullable,
                                                   .scale = own->types[i].scale};
    }
    own->base.columns = own->columns;
    own->base.column_count = count;
    return ASSAY_OK;
}

/* Two lines that every answer begins with. What begins otherwise is an error's text. */
static enum assay_status read_head(struct ch_cursor *own, struct assay_error *err)
{
    struct assay_buf *rest = &own->rest;
    struct assay_str names, types, left;
    size_t got = 1;
    for (;;) {
        left = assay_buf_view(rest);
        if (left.len > 2 && memcmp(left.ptr, ASSAY_CH_MARK, 1) != 0)
            return assay_ch_failed_within(&own->answer, left, err);
        if (cut_line(&left, &names) && cut_line(&left, &types))
            break;
        if (got == 0)
            return assay_ch_failed_within(&own->answer, left, err);
        ASSAY_TRY(read_more(&own->answer, rest, &got, err));
    }
    ASSAY_TRY(make_columns(own, names, types, err));
    memmove(rest->ptr, left.ptr, left.len);
    rest->len = left.len;
    return ASSAY_OK;
}

void assay_ch_end(struct assay_db_cursor *base)
{
    struct ch_cursor *own = (struct ch_cursor *)base;
    assay_ch_close_answer(&own->answer);
    assay_buf_free(&own->rest);
    assay_arena_free(&own->arena);
    free(own);
}

enum assay_status assay_ch_query(struct assay_db *db, struct assay_str sql,
                                 struct assay_db_cursor **out, struct assay_error *err)
{
    struct assay_ch *ch = (struct assay_ch *)db;
    struct ch_cursor *own = calloc(1, sizeof *own);
    size_t field = ch->options->max_field > 0 ? ch->options->max_field : (size_t)64 << 20;
    if (own == NULL)
        return assay_fail_nomem(err);
    own->base.db = db;
    own->longest = field < SIZE_MAX / 8 ? 4 * field + PIECE : SIZE_MAX / 2;
    assay_arena_init(&own->arena, 0);
    assay_buf_init(&own->rest, own->longest > HEAD_MAX ? own->longest : HEAD_MAX);
    enum assay_status status = assay_ch_ask(ch, sql, NULL, &own->answer, err);
    if (status == ASSAY_OK)
        status = read_head(own, err);
    if (status != ASSAY_OK) {
        assay_ch_end(&own->base);
        return status;
    }
    *out = &own->base;
    return ASSAY_OK;
}

static struct ch_rows *rows_of(const struct ch_cursor *own, struct assay_db_block *block)
{
    struct ch_rows *rows = block->own;
    if (rows == NULL)
        rows = block->own = calloc(1, sizeof *rows);
    if (rows != NULL && rows->room < block->room) {
        free(rows->ends);
        rows->ends = calloc(block->room, sizeof *rows->ends);
        rows->room = rows->ends != NULL ? block->room : 0;
    }
    if (rows != NULL)
        rows->types = own->types;
    return rows != NULL && rows->ends != NULL ? rows : NULL;
}

void assay_ch_block_free(struct assay_db_block *block)
{
    struct ch_rows *rows = block->own;
    if (rows != NULL)
        free(rows->ends);
    free(rows);
    block->own = NULL;
}

/* Counts whole rows from `*at` on, until the block is full or there are no more. */
static enum assay_status count_rows(struct ch_cursor *own, struct ch_rows *rows,
                                    struct assay_db_block *block, size_t *at,
                                    struct assay_error *err)
{
    const char *end;
    while (block->rows < block->room && *at < block->goal && *at < block->len &&
           (end = memchr(block->text + *at, '\n', block->len - *at)) != NULL) {
        if (memcmp(block->text + *at, ASSAY_CH_MARK, MARK) != 0)
            return assay_ch_failed_within(&own->answer,
                                          assay_str(block->text + *at, block->len - *at), err);
        *at = (size_t)(end - block->text) + 1;
        rows->ends[block->rows++] = (uint32_t)*at;
        own->answer.rows++;
    }
    return ASSAY_OK;
}

static enum assay_status too_long(const struct ch_cursor *own, const struct assay_db_block *block,
                                  struct assay_error *err)
{
    assay_fail(err, ASSAY_SOURCE, "DB-VALUE",
               "row %" PRIu64 " has over %zu bytes; the limit of one value is %zu",
               own->answer.rows + 1, own->longest, block->max_field);
    assay_error_help(err, "a `query` can leave the column out, or select substring(…) of it");
    return ASSAY_SOURCE;
}

/* At the end of the answer nothing may be left that is no row. */
static enum assay_status check_end(struct ch_cursor *own, const struct assay_db_block *block,
                                   size_t at, struct assay_error *err)
{
    if (at == block->len)
        return ASSAY_OK;
    return assay_ch_failed_within(&own->answer, assay_str(block->text + at, block->len - at), err);
}

enum assay_status assay_ch_fetch(struct assay_db_cursor *base, struct assay_db_block *block,
                                 struct assay_error *err)
{
    struct ch_cursor *own = (struct ch_cursor *)base;
    struct ch_rows *rows = rows_of(own, block);
    size_t at = 0, got;
    if (rows == NULL || !assay_db_block_reserve(block, own->rest.len + PIECE))
        return assay_fail_nomem(err);
    memcpy(block->text, own->rest.ptr != NULL ? own->rest.ptr : "", own->rest.len);
    block->len = own->rest.len;
    own->rest.len = 0;
    for (;;) {
        ASSAY_TRY(count_rows(own, rows, block, &at, err));
        if (block->rows == block->room || at >= block->goal || own->answer.ended)
            break;
        if (block->len - at > own->longest)
            return too_long(own, block, err);
        if (!assay_db_block_reserve(block, PIECE))
            return assay_fail_nomem(err);
        ASSAY_TRY(assay_ch_read(&own->answer, block->text + block->len, PIECE, &got, err));
        block->len += got;
    }
    if (own->answer.ended && block->rows < block->room && at < block->goal)
        ASSAY_TRY(check_end(own, block, at, err));
    assay_buf_add(&own->rest, block->text + at, block->len - at);
    block->len = at;
    return own->rest.failed ? assay_fail_nomem(err) : ASSAY_OK;
}

enum assay_status assay_ch_decode_block(struct assay_db_block *block, struct assay_error *err)
{
    const struct ch_rows *rows = block->own;
    return assay_ch_decode(rows->types, rows->ends, block, err);
}

/* The rows of a small answer, behind its head. */
static enum assay_status split_table(struct assay_ch_answer *answer, struct assay_str text,
                                     bool marked, uint32_t count, uint32_t most,
                                     struct assay_arena *arena, struct assay_str *values,
                                     uint32_t *rows, struct assay_error *err)
{
    struct assay_str line, before;
    for (uint32_t n = 0; before = text, cut_line(&text, &line); n++) {
        bool good =
            !marked || n < 2 || (line.len >= MARK && memcmp(line.ptr, ASSAY_CH_MARK, MARK) == 0);
        if (!good || count_fields(line) < count + marked)
            return assay_ch_failed_within(answer, before, err);
        if (n < 2 || *rows == most)
            continue;
        if (marked)
            (void)cut_field(&line);
        for (uint32_t i = 0; i < count; i++) {
            struct assay_str *value = &values[(size_t)*rows * count + i];
            *value = take_text(cut_field(&line), arena);
            if (value->ptr == NULL)
                return assay_fail_nomem(err);
        }
        ++*rows;
    }
    return text.len == 0 ? ASSAY_OK : assay_ch_failed_within(answer, text, err);
}

enum assay_status assay_ch_table(struct assay_ch *ch, struct assay_str sql, const char *settings,
                                 uint32_t count, uint32_t most, struct assay_arena *arena,
                                 struct assay_str **values, uint32_t *rows, struct assay_error *err)
{
    struct assay_ch_answer answer;
    struct assay_buf text;
    size_t got = 1;
    size_t len = sizeof ASSAY_CH_SELECT - 1;
    bool marked = sql.len > len && memcmp(sql.ptr, ASSAY_CH_SELECT, len) == 0;
    *rows = 0;
    *values = assay_arena_array(arena, ((size_t)most + 1) * count, sizeof **values);
    if (*values == NULL)
        return assay_fail_nomem(err);
    assay_buf_init(&text, TABLE_MAX);
    enum assay_status status = assay_ch_ask(ch, sql, settings, &answer, err);
    while (status == ASSAY_OK && got > 0)
        status = read_more(&answer, &text, &got, err);
    if (status == ASSAY_OK)
        status = split_table(&answer, assay_buf_view(&text), marked, count, most, arena, *values,
                             rows, err);
    assay_ch_close_answer(&answer);
    assay_buf_free(&text);
    return status;
}

#endif
