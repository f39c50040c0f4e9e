/*
 * A table or a statement of a database as a source: the columns that are needed are
 * selected, and their rows come as batches.
 */
#include "config.h"

#include "source/db.h"

#include "base/suggest.h"
#include "base/utf8.h"
#include "source/source_base.h"

#include <stdlib.h>

#define SQL_MAX ((size_t)4 << 20)
#define NOT_WANTED UINT32_MAX
#define TABLES_MAX 1000u

struct db_source {
    struct assay_source base;
    struct assay_source_options options;
    struct assay_db *db;
    struct assay_db_relation relation;
    struct assay_db_column *columns; /* all of them, in order */
    uint32_t *slots;                 /* by column: its place in the SELECT, or NOT_WANTED */
    uint32_t *wants;                 /* columns, in the order of the SELECT */
    uint32_t want_count;
    bool wants_old; /* they are those of the reading before */
    struct assay_db_cursor *cursor;
    struct assay_str statement; /* instead of the usual one; ptr NULL: none */
    bool numbered;              /* it has a last column with the rows' numbers */
    bool ended;
    uint64_t sequence, record;
};

/* What a batch keeps. */
struct db_batch {
    struct db_source *source; /* only what does not change while batches are read */
    struct assay_db_block block;
    bool made; /* the block is */
    struct assay_finding *findings;
};

static struct assay_source_file *file_of(struct db_source *own)
{
    return &own->base.files[0];
}

/* An error of the database is about the source, without a line. */
static enum assay_status placed(struct db_source *own, enum assay_status status,
                                struct assay_error *err)
{
    if (status == ASSAY_SOURCE && err != NULL && err->file[0] == '\0')
        assay_error_at(err, file_of(own)->path.ptr, 0, 0);
    return status;
}

static bool put_column(struct db_source *own, uint32_t index, struct assay_buf *out)
{
    const struct assay_db_driver *driver = own->db->driver;
    const struct assay_db_column *column = &own->columns[index];
    if (driver->project != NULL)
        return driver->project(own->db, column, out);
    return driver->identifier(own->db, column->name, out);
}

bool assay_source_db_columns(struct assay_source *source, struct assay_buf *out)
{
    struct db_source *own = (struct db_source *)source;
    for (uint32_t i = 0; i < own->want_count; i++) {
        assay_buf_puts(out, i > 0 ? ", " : "");
        if (!put_column(own, own->wants[i], out))
            return false;
    }
    if (own->want_count == 0) /* the rows alone */
        assay_buf_puts(out, "NULL");
    return !out->failed;
}

bool assay_source_db_statement(struct assay_source *source, struct assay_buf *sql)
{
    struct db_source *own = (struct db_source *)source;
    if (own->statement.ptr != NULL) {
        assay_buf_str(sql, own->statement);
        return !sql->failed;
    }
    assay_buf_puts(sql, "SELECT ");
    bool good = assay_source_db_columns(&own->base, sql);
    assay_buf_puts(sql, " FROM ");
    good = good && assay_db_from(own->db, &own->relation, sql);
    size_t len = sql->len;
    assay_buf_puts(sql, " ORDER BY ");
    if (good && !assay_db_order(own->db, &own->relation, sql)) {
        sql->len = len;
        good = !sql->failed;
    }
    return good;
}

static enum assay_status no_such_form(struct assay_error *err)
{
    return assay_fail(err, ASSAY_SOURCE, "DB-STATEMENT",
                      "a name is longer than the database takes, or holds a NUL");
}

static enum assay_status begin(struct db_source *own, struct assay_error *err)
{
    struct assay_buf sql;
    assay_buf_init(&sql, SQL_MAX);
    enum assay_status status =
        assay_source_db_statement(&own->base, &sql)
            ? assay_db_query(own->db, assay_buf_view(&sql), &own->cursor, err)
        : sql.nomem ? assay_fail_nomem(err)
                    : no_such_form(err);
    assay_buf_free(&sql);
    own->wants_old = true;
    return status;
}

static void end_cursor(struct db_source *own)
{
    if (own->cursor != NULL)
        assay_db_end(own->cursor);
    own->cursor = NULL;
}

static enum assay_status fetch(struct db_source *own, struct db_batch *in, struct assay_error *err)
{
    uint32_t count = (own->want_count > 0 ? own->want_count : 1) + own->numbered;
    if (in->made && in->block.column_count != count) {
        if (own->db->driver->block_free != NULL)
            own->db->driver->block_free(&in->block);
        assay_db_block_free(&in->block);
        in->made = false;
    }
    if (!in->made)
        ASSAY_TRY(assay_db_block_init(&in->block, count, own->options.batch_bytes,
                                      own->options.max_field, err));
    in->made = true;
    assay_db_block_empty(&in->block);
    if (own->cursor == NULL)
        ASSAY_TRY(begin(own, err));
    return assay_db_fetch(own->cursor, &in->block, err);
}

static enum assay_status db_next(struct assay_source *source, struct assay_batch *batch,
                                 struct assay_error *err)
{
    struct db_source *own = (struct db_source *)source;
    struct db_batch *in = batch->impl;
    if (own->ended)
        return ASSAY_OK;
    enum assay_status status = placed(own, fetch(own, in, err), err);
    if (status != ASSAY_OK) {
        end_cursor(own);
        return status;
    }
    batch->rows = in->block.rows;
    batch->file = 0;
    batch->sequence = own->sequence++;
    batch->record = own->record;
    own->record += batch->rows;
    if (batch->rows == 0) {
        own->ended = true;
        end_cursor(own);
        file_of(own)->records = own->record;
    }
    return ASSAY_OK;
}

static enum assay_status db_rewind(struct assay_source *source, struct assay_error *err)
{
    struct db_source *own = (struct db_source *)source;
    (void)err;
    end_cursor(own);
    own->ended = false;
    own->wants_old = true;
    own->statement = assay_str(NULL, 0);
    own->numbered = false;
    own->sequence = own->record = 0;
    return ASSAY_OK;
}

/* What a reading needs is asked for before it begins: the columns of the one before go. */
static enum assay_status db_column_index(struct assay_source *source, struct assay_str name,
                                         uint32_t *index, struct assay_error *err)
{
    struct db_source *own = (struct db_source *)source;
    ASSAY_TRY(assay_source_find_column(source, name, index, err));
    if (own->wants_old && own->cursor == NULL) {
        for (uint32_t i = 0; i < own->want_count; i++)
            own->slots[own->wants[i]] = NOT_WANTED;
        own->want_count = 0;
        own->wants_old = false;
    }
    if (own->cursor == NULL && own->slots[*index] == NOT_WANTED) {
        own->slots[*index] = own->want_count;
        own->wants[own->want_count++] = *index;
    }
    return ASSAY_OK;
}

/* Texts that the suite says mean null. */
static void apply_tokens(const struct assay_source_options *options, struct assay_db_block *block,
                         struct assay_db_values *values)
{
    for (uint32_t row = 0; row < block->rows; row++) {
        struct assay_str text =
            assay_str(block->text + values->spans[row].off, values->spans[row].len);
        bool token = text.len == 0 && options->empty_is_null;
        if (values->kind[row] != ASSAY_KIND_TEXT)
            continue;
        for (uint32_t i = 0; i < options->null_value_count && !token && text.len > 0; i++)
            token = assay_str_equal(options->null_values[i], text);
        if (!token)
            continue;
        assay_bit_set(values->null, row);
        if (text.len > 0) /* an empty text stays one */
            values->kind[row] = ASSAY_KIND_NULL;
        values->spans[row] = (struct assay_span){0, 0};
    }
}

static bool bad_text(const struct assay_db_block *block, uint32_t column, uint32_t row)
{
    const struct assay_db_values *values = &block->columns[column];
    if (values->kind[row] != ASSAY_KIND_TEXT)
        return false;
    struct assay_str text = assay_db_text(block, row, column);
    return assay_utf8_valid(text) != text.len;
}

static bool all_ascii(struct assay_str text)
{
    unsigned char seen = 0;
    for (size_t i = 0; i < text.len; i++)
        seen |= (unsigned char)text.ptr[i];
    return seen < 0x80;
}

/* Finds rows with text that is not UTF-8; the first such column of each is named. */
static enum assay_status check_text(struct assay_batch *batch, struct db_batch *in,
                                    struct assay_error *err)
{
    struct assay_db_block *block = &in->block;
    struct db_source *own = in->source;
    if (all_ascii(assay_str(block->text, block->len)))
        return ASSAY_OK;
    uint64_t *usable = assay_arena_scratch(&batch->arena, ASSAY_BITMAP_WORDS(block->rows) * 8);
    struct assay_finding *findings =
        assay_arena_array(&batch->arena, block->rows, sizeof *findings);
    if (usable == NULL || findings == NULL)
        return assay_fail_nomem(err);
    assay_bits_fill(usable, block->rows);
    for (uint32_t row = 0; row < block->rows; row++)
        for (uint32_t i = 0; i < own->want_count; i++) {
            if (!bad_text(block, i, row))
                continue;
            const char *text =
                assay_arena_printf(&batch->arena, "bytes that are not UTF-8 in \"%s\"",
                                   own->base.names[own->wants[i]].ptr);
            if (text == NULL)
                return assay_fail_nomem(err);
            usable[row / 64] &= ~((uint64_t)1 << (row % 64));
            findings[batch->finding_count++] =
                (struct assay_finding){.what = ASSAY_MALFORMED_UTF8,
                                       .at = {.record = batch->record + row + 1},
                                       .text = text};
            break;
        }
    batch->usable = usable;
    batch->findings = findings;
    return ASSAY_OK;
}

/* Rows of an engine that keeps no order come in another one every time. */
static bool is_ordered(const struct db_source *own)
{
    return own->relation.order_count > 0 || own->db->driver->natural_order != NULL;
}

/* The last column of a numbered statement; of another one they are not known. */
static enum assay_status take_numbers(struct assay_batch *batch, struct db_batch *in,
                                      struct assay_error *err)
{
    struct assay_db_block *block = &in->block;
    uint32_t column = block->column_count - 1;
    uint64_t *numbers = assay_arena_array(&batch->arena, block->rows + 1u, sizeof *numbers);
    if (numbers == NULL)
        return assay_fail_nomem(err);
    for (uint32_t row = 0; in->source->numbered && row < block->rows; row++) {
        struct assay_numref number = assay_numref(assay_db_text(block, row, column));
        numbers[row] = number.code == 0 && number.mantissa > 0 ? (uint64_t)number.mantissa : 0;
    }
    batch->numbers = numbers;
    return ASSAY_OK;
}

static enum assay_status db_decode(struct assay_batch *batch, struct assay_error *err)
{
    struct db_batch *in = batch->impl;
    const struct db_source *own = in->source;
    if (own->db->driver->decode != NULL)
        ASSAY_TRY(own->db->driver->decode(&in->block, err));
    if (own->statement.ptr != NULL || !is_ordered(own))
        ASSAY_TRY(take_numbers(batch, in, err));
    if (!own->db->text_checked)
        ASSAY_TRY(check_text(batch, in, err));
    if (own->options.null_value_count > 0 || own->options.empty_is_null)
        for (uint32_t i = 0; i < own->want_count; i++)
            apply_tokens(&own->options, &in->block, &in->block.columns[i]);
    return ASSAY_OK;
}

static enum assay_status db_column(struct assay_batch *batch, uint32_t index,
                                   struct assay_column *column, struct assay_error *err)
{
    struct db_batch *in = batch->impl;
    uint32_t slot = in->source->slots[index];
    if (slot == NOT_WANTED)
        return assay_fail(err, ASSAY_INTERNAL, "INTERNAL", "column %u was never asked for", index);
    struct assay_db_values *values = &in->block.columns[slot];
    column->base = in->block.text;
    column->spans = values->spans;
    column->null = values->null;
    column->kind = values->kind;
    column->kinds_seen = values->kinds_seen;
    if (!values->numbers || (values->kinds_seen & ~(1u << ASSAY_KIND_NUMBER)) != 0)
        return ASSAY_OK;
    struct assay_numbers *numbers = assay_arena_alloc(&batch->arena, sizeof *numbers);
    if (numbers == NULL)
        return assay_fail_nomem(err);
    numbers->mantissa = values->mantissa;
    numbers->code = values->code;
    column->numbers = numbers;
    return ASSAY_OK;
}

static struct assay_position db_position(const struct assay_batch *batch, uint32_t row,
                                         uint32_t index)
{
    (void)index;
    return (struct assay_position){.record = batch->numbers != NULL ? batch->numbers[row]
                                                                    : batch->record + row + 1};
}

/* Nobody sees the bytes in which a database keeps a row. */
static struct assay_str db_raw(const struct assay_batch *batch, uint32_t row, uint32_t end,
                               uint32_t *next)
{
    (void)batch, (void)row;
    *next = end;
    return assay_str("", 0);
}

static const struct assay_batch_ops batch_ops = {db_decode, db_column, db_position, db_raw};

static enum assay_status db_batch_init(struct assay_source *source, struct assay_batch *batch,
                                       struct assay_error *err)
{
    struct db_batch *in = calloc(1, sizeof *in);
    if (in == NULL)
        return assay_fail_nomem(err);
    in->source = (struct db_source *)source;
    batch->ops = &batch_ops;
    batch->impl = in;
    return ASSAY_OK;
}

static void db_batch_free(struct assay_batch *batch)
{
    struct db_batch *in = batch->impl;
    if (in->made && in->source->db->driver->block_free != NULL)
        in->source->db->driver->block_free(&in->block);
    assay_db_block_free(&in->block);
    free(in);
    batch->impl = NULL;
}

static void db_close(struct assay_source *source)
{
    struct db_source *own = (struct db_source *)source;
    end_cursor(own);
    assay_db_close(own->db);
    assay_arena_free(&own->base.arena);
    free(own);
}

static const struct assay_source_ops source_ops = {
    .next = db_next,
    .rewind = db_rewind,
    .batch_init = db_batch_init,
    .batch_free = db_batch_free,
    .close = db_close,
    .column = db_column_index,
};

/* The last part of a table's name. */
static struct assay_str last_part(struct assay_str name)
{
    const char *dot = memrchr(name.ptr, '.', name.len);
    size_t skip =
        dot != NULL && memchr(name.ptr, '"', name.len) == NULL ? (size_t)(dot - name.ptr) + 1 : 0;
    return assay_str(name.ptr + skip, name.len - skip);
}

/* Names the table that may have been meant, which may be one of another schema. */
static void suggest_table(struct db_source *own, struct assay_error *err)
{
    struct assay_arena arena;
    struct assay_str *names;
    uint32_t count = 0;
    assay_arena_init(&arena, 0);
    struct assay_str wanted = own->relation.parts[own->relation.part_count - 1];
    if (own->db->driver->tables != NULL &&
        own->db->driver->tables(own->db, &arena, TABLES_MAX, &names, &count, NULL) == ASSAY_OK) {
        const char **texts = assay_arena_array(&arena, (size_t)count + 1, sizeof *texts);
        for (uint32_t i = 0; texts != NULL && i < count; i++)
            texts[i] = last_part(names[i]).ptr;
        const char *near = texts != NULL ? assay_suggest(wanted, texts, count) : NULL;
        for (uint32_t i = 0; near != NULL && i < count; i++)
            if (texts[i] == near)
                assay_error_help(err, "did you mean \"%s\"?", names[i].ptr);
        if (near == NULL && count == 1)
            assay_error_help(err, "the database has one table, \"%s\"", names[0].ptr);
    }
    assay_arena_free(&arena);
}

/* A statement is checked alone, before it stands in parentheses within another. */
static enum assay_status find_columns(struct db_source *own, uint32_t *count,
                                      struct assay_error *err)
{
    const struct assay_db_driver *driver = own->db->driver;
    struct assay_arena *arena = &own->base.arena;
    struct assay_buf sql;
    if (own->relation.part_count == 0)
        ASSAY_TRY(driver->describe(own->db, own->relation.query, arena, &own->columns, count, err));
    assay_buf_init(&sql, SQL_MAX);
    assay_buf_puts(&sql, "SELECT * FROM ");
    enum assay_status status =
        assay_db_from(own->db, &own->relation, &sql)
            ? driver->describe(own->db, assay_buf_view(&sql), arena, &own->columns, count, err)
            : no_such_form(err);
    assay_buf_free(&sql);
    if (status == ASSAY_SOURCE && err != NULL && strcmp(err->code, "DB-TABLE") == 0 &&
        own->relation.part_count > 0)
        suggest_table(own, err);
    return status;
}

static enum assay_status name_columns(struct db_source *own, struct assay_error *err)
{
    uint32_t count = 0, index;
    struct assay_arena *arena = &own->base.arena;
    ASSAY_TRY(find_columns(own, &count, err));
    struct assay_str *names = assay_arena_array(arena, count + 1u, sizeof *names);
    own->slots = assay_arena_array(arena, count + 1u, sizeof *own->slots);
    own->wants = assay_arena_array(arena, count + 1u, sizeof *own->wants);
    if (names == NULL || own->slots == NULL || own->wants == NULL)
        return assay_fail_nomem(err);
    for (uint32_t i = 0; i < count; i++) {
        names[i] = own->columns[i].name;
        own->slots[i] = NOT_WANTED;
    }
    ASSAY_TRY(assay_source_set_names(&own->base, names, count, err));
    for (uint32_t i = 0; i < own->relation.order_count; i++)
        ASSAY_TRY(assay_source_find_column(&own->base, own->relation.order[i], &index, err));
    return ASSAY_OK;
}

static enum assay_status open_own(struct db_source *own, struct assay_str spec,
                                  struct assay_error *err)
{
    struct assay_db_spec parsed;
    struct assay_arena *arena = &own->base.arena;
    struct assay_buf shown;
    ASSAY_TRY(assay_db_spec_parse(spec, &own->options, arena, &parsed, err));
    own->relation = parsed.relation;
    own->base.files = assay_arena_alloc(arena, sizeof *own->base.files);
    own->base.file_count = 1;
    assay_buf_init(&shown, SQL_MAX);
    assay_redact_mask(spec, &shown);
    char *path = shown.failed ? NULL : assay_arena_strdup(arena, assay_buf_view(&shown));
    if (path != NULL && own->base.files != NULL)
        own->base.files[0].path = assay_str(path, shown.len);
    assay_buf_free(&shown);
    if (path == NULL || own->base.files == NULL)
        return assay_fail_nomem(err);
    ASSAY_TRY(placed(own, assay_db_open(parsed.dsn, &own->options, &own->db, err), err));
    ASSAY_TRY(placed(own, name_columns(own, err), err));
    ASSAY_TRY(placed(
        own,
        assay_db_partition(&own->base, own->db, own->columns, &own->options, &own->relation, err),
        err));
    for (uint32_t i = 0; i < own->db->notice_count; i++)
        assay_source_notice(&own->base, "%s", own->db->notices[i]);
    return ASSAY_OK;
}

enum assay_status assay_db_source_open(struct assay_str spec,
                                       const struct assay_source_options *options,
                                       struct assay_source **out, struct assay_error *err)
{
    struct db_source *own = calloc(1, sizeof *own);
    if (own == NULL)
        return assay_fail_nomem(err);
    own->base.ops = &source_ops;
    own->base.rewindable = true;
    own->options = *options;
    assay_arena_init(&own->base.arena, 0);
    enum assay_status status = open_own(own, spec, err);
    if (status != ASSAY_OK) {
        db_close(&own->base);
        return status;
    }
    *out = &own->base;
    return ASSAY_OK;
}

enum assay_status assay_source_db_replace(struct assay_source *source, struct assay_str sql,
                                          bool numbered, struct assay_error *err)
{
    struct db_source *own = (struct db_source *)source;
    char *copy = assay_arena_strdup(&own->base.arena, sql);
    if (copy == NULL)
        return assay_fail_nomem(err);
    own->statement = assay_str(copy, sql.len);
    own->numbered = numbered;
    return ASSAY_OK;
}

struct assay_db *assay_source_db(struct assay_source *source,
                                 const struct assay_db_relation **relation,
                                 const struct assay_db_column **columns)
{
    if (source->ops != &source_ops)
        return NULL;
    struct db_source *own = (struct db_source *)source;
    if (relation != NULL)
        *relation = &own->relation;
    if (columns != NULL)
        *columns = own->columns;
    return own->db;
}
