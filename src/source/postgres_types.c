/*
 * The table of types, and columns made by it.
 */
#include "config.h"

#include "source/postgres_types.h"

#include "source/postgres_text.h"

#include <stdio.h>

/* char(n) is stored with blanks behind that are no part of its value. */
static bool view_blanks(const char *base, struct assay_span *span)
{
    while (span->len > 0 && base[span->off + span->len - 1] == ' ')
        span->len--;
    return true;
}

/* jsonb begins with the number of its version. */
static bool view_jsonb(const char *base, struct assay_span *span)
{
    if (span->len == 0 || base[span->off] != 1)
        return false;
    span->off++;
    span->len--;
    return true;
}

/* COLUMN(oid, class, kind) with what else there is to say of it. */
#define COLUMN(number_of, class_of, kind_of, ...)                                               \
    {                                                                                           \
        .oid = number_of, .cls = ASSAY_DB_##class_of, .kind = ASSAY_KIND_##kind_of, __VA_ARGS__ \
    }
#define WRITTEN(bytes, most, name) .size = bytes, .room = most, .write = assay_pg_write_##name
#define WHOLE(bytes, most, name) WRITTEN(bytes, most, name), .number = assay_pg_number_##name

/*
 * In the order of their numbers, which are those of pg_type.dat and never change. real and
 * oid are numbers that the server compares in ways of its own: as double, and unsigned.
 */
static const struct assay_pg_type types[] = {
    COLUMN(16, BOOLEAN, BOOLEAN, WRITTEN(1, 8, bool)),
    COLUMN(17, BINARY, TEXT, WRITTEN(0, 2, bytea), .room_each = 2),
    COLUMN(19, TEXT, TEXT, .view = NULL), /* name */
    COLUMN(20, INTEGER, NUMBER, WHOLE(8, 24, int8)),
    COLUMN(21, INTEGER, NUMBER, WHOLE(2, 8, int2)),
    COLUMN(23, INTEGER, NUMBER, WHOLE(4, 16, int4)),
    COLUMN(25, TEXT, TEXT, .view = NULL), /* text */
    COLUMN(26, OTHER, NUMBER, WHOLE(4, 16, oid)),
    COLUMN(114, JSON, TEXT, .view = NULL),
    COLUMN(700, OTHER, NUMBER, WRITTEN(4, 32, float4)),
    COLUMN(701, FLOAT, NUMBER, WRITTEN(8, 40, float8)),
    COLUMN(1042, PADDED, TEXT, .view = view_blanks), /* char(n) */
    COLUMN(1043, TEXT, TEXT, .view = NULL),          /* varchar(n) */
    COLUMN(1082, DATE, TEXT, WRITTEN(4, 32, date)),
    COLUMN(1083, TIME, TEXT, WRITTEN(8, 24, time)),
    COLUMN(1114, TIMESTAMP, TEXT, WRITTEN(8, 48, timestamp)),
    COLUMN(1184, INSTANT, TEXT, WRITTEN(8, 48, timestamptz)),
    COLUMN(1700, DECIMAL, NUMBER, WHOLE(0, 3 * ASSAY_PG_ZEROS, numeric), .room_each = 2),
    COLUMN(2950, UUID, TEXT, WRITTEN(16, 40, uuid)),
    COLUMN(3802, JSON, TEXT, .view = view_jsonb), /* jsonb */
};

const struct assay_pg_type *assay_pg_type_find(uint32_t oid)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].oid == oid)
            return &types[i];
    return NULL;
}

static enum assay_status bad_row(uint32_t row, const char *what, struct assay_error *err)
{
    assay_fail(err, ASSAY_SOURCE, "DB-LOST",
               "PostgreSQL sent what cannot be read: row %u of a batch %s", row + 1, what);
    assay_error_help(err, "does something between here and the server change what is sent?");
    return ASSAY_SOURCE;
}

static enum assay_status too_long(uint32_t row, uint32_t len, const struct assay_db_block *block,
                                  struct assay_error *err)
{
    assay_fail(err, ASSAY_SOURCE, "DB-VALUE",
               "row %u of a batch has a value of %u bytes; the limit is %zu", row + 1, len,
               block->max_field);
    return ASSAY_SOURCE;
}

/* Spans of the bytes, and the null bits, of every column. */
static enum assay_status split(const uint32_t *ends, struct assay_db_block *block,
                               struct assay_error *err)
{
    uint32_t at = 0, count = block->column_count;
    for (uint32_t row = 0; row < block->rows; row++) {
        uint32_t end = ends[row];
        if (end - at < 2 || assay_pg_u16(block->text + at) != count)
            return bad_row(row, "has another number of fields", err);
        at += 2;
        for (uint32_t c = 0; c < count; c++) {
            struct assay_db_values *values = &block->columns[c];
            if (end - at < 4)
                return bad_row(row, "is cut short", err);
            uint32_t len = assay_pg_u32(block->text + at);
            at += 4;
            if (len == UINT32_MAX) {
                values->null[row / 64] |= (uint64_t)1 << (row % 64);
                len = 0;
            }
            if (end - at < len)
                return bad_row(row, "is cut short", err);
            if (len > block->max_field)
                return too_long(row, len, block, err);
            values->spans[row] = (struct assay_span){at, len};
            at += len;
        }
        if (at != end)
            return bad_row(row, "is too long", err);
    }
    return ASSAY_OK;
}

static enum assay_status bad_value(const struct assay_pg_type *type, uint32_t row,
                                   struct assay_error *err)
{
    return assay_fail(err, ASSAY_SOURCE, "DB-VALUE",
                      "row %u of a batch has bytes that are no value of the type with oid %u",
                      row + 1, type->oid);
}

/* Room for all texts of a column behind what the block holds. */
static bool reserve(const struct assay_pg_type *type, const struct assay_db_values *values,
                    struct assay_db_block *block)
{
    uint64_t room = (uint64_t)type->room * block->rows;
    for (uint32_t row = 0; type->room_each != 0 && row < block->rows; row++)
        room += (uint64_t)type->room_each * values->spans[row].len;
    return assay_db_block_reserve(block, (size_t)room);
}

static enum assay_status view_column(const struct assay_pg_type *type,
                                     struct assay_db_values *values, struct assay_db_block *block,
                                     struct assay_error *err)
{
    for (uint32_t row = 0; type->view != NULL && row < block->rows; row++)
        if (!assay_bit_get(values->null, row) && !type->view(block->text, &values->spans[row]))
            return bad_value(type, row, err);
    return ASSAY_OK;
}

/* Of numbers the value is taken before the span is that of the text. */
static void take_number(const struct assay_pg_type *type, struct assay_db_values *values,
                        uint32_t row, const char *bytes, struct assay_str text)
{
    int64_t *mantissa = &values->mantissa[row];
    if (!type->number(bytes, values->spans[row].len, mantissa, &values->code[row]))
        values->code[row] = assay_number_parse(text.ptr, text.len, mantissa);
}

static enum assay_status write_column(const struct assay_pg_type *type,
                                      struct assay_db_values *values, struct assay_db_block *block,
                                      struct assay_error *err)
{
    if (!reserve(type, values, block))
        return assay_fail_nomem(err);
    char *out = block->text + block->len;
    for (uint32_t row = 0; row < block->rows; row++) {
        struct assay_span *span = &values->spans[row];
        const char *bytes = block->text + span->off;
        if (assay_bit_get(values->null, row)) {
            *span = (struct assay_span){0, 0};
            values->mantissa[row] = 0;
            values->code[row] = ASSAY_NUM_NOT;
            continue;
        }
        char *end =
            type->size == 0 || span->len == type->size ? type->write(out, bytes, span->len) : NULL;
        if (end == NULL)
            return bad_value(type, row, err);
        size_t len = (size_t)(end - out);
        if (type->number != NULL)
            take_number(type, values, row, bytes, assay_str(out, len));
        *span = (struct assay_span){(uint32_t)(out - block->text), (uint32_t)len};
        out = end;
    }
    block->len = (size_t)(out - block->text);
    return ASSAY_OK;
}

enum assay_status assay_pg_decode(const struct assay_pg_type *const *types_of, const uint32_t *ends,
                                  struct assay_db_block *block, struct assay_error *err)
{
    ASSAY_TRY(split(ends, block, err));
    for (uint32_t c = 0; c < block->column_count; c++) {
        const struct assay_pg_type *type = types_of[c];
        struct assay_db_values *values = &block->columns[c];
        memset(values->kind, type->kind, block->rows);
        ASSAY_BITS_EACH(values->null, block->rows, row, { values->kind[row] = ASSAY_KIND_NULL; })
        values->kinds_seen = (uint8_t)(1u << type->kind);
        values->numbers = type->number != NULL;
        ASSAY_TRY(type->write != NULL ? write_column(type, values, block, err)
                                      : view_column(type, values, block, err));
    }
    return ASSAY_OK;
}
