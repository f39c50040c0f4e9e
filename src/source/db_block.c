/*
 * Blocks of rows between a driver and a batch.
 */
#include "config.h"

#include "source/db_block.h"

#include <math.h>
#include <stdlib.h>

#define BLOCK_BYTES ((size_t)1 << 20)
#define BLOCK_ROWS 8192u
#define TEXT_MAX ((size_t)UINT32_MAX - ASSAY_DB_PAD)
#define FIELD_MAX ((size_t)64 << 20)

/* Bytes of a row of one column besides its text. */
#define CELL (sizeof(struct assay_span) + sizeof(int64_t) + 2)

/* Few rows where there are many columns, so that a block stays in the cache. */
static uint32_t rows_for(uint32_t columns, size_t bytes)
{
    size_t rows = bytes / (CELL * (columns > 0 ? columns : 1));
    rows = rows > BLOCK_ROWS ? BLOCK_ROWS : rows;
    return rows < 1 ? 1 : (uint32_t)rows;
}

enum assay_status assay_db_block_init(struct assay_db_block *block, uint32_t columns,
                                      size_t batch_bytes, size_t max_field, struct assay_error *err)
{
    size_t goal = batch_bytes != 0 ? batch_bytes : BLOCK_BYTES;
    *block = (struct assay_db_block){
        .column_count = columns,
        .room = rows_for(columns, goal),
        .goal = goal,
        .max_field = max_field != 0 ? max_field : FIELD_MAX,
    };
    size_t room = block->room, words = ASSAY_BITMAP_WORDS(room);
    size_t each = room * CELL + words * 8 + 32;
    block->columns = calloc((size_t)columns + 1, sizeof *block->columns);
    block->memory = calloc((size_t)columns + 1, (each + 15) & ~(size_t)15);
    if (block->columns == NULL || block->memory == NULL || !assay_db_block_reserve(block, goal)) {
        assay_db_block_free(block);
        return assay_fail_nomem(err);
    }
    char *at = block->memory;
    for (uint32_t i = 0; i < columns; i++, at += (each + 15) & ~(size_t)15) {
        struct assay_db_values *values = &block->columns[i];
        values->mantissa = (int64_t *)(void *)at;
        values->null = (uint64_t *)(void *)(at + room * 8);
        values->spans = (struct assay_span *)(void *)(at + room * 8 + words * 8);
        values->code = (uint8_t *)(at + room * 8 + words * 8 + room * sizeof(struct assay_span));
        values->kind = values->code + room;
    }
    assay_db_block_empty(block);
    return ASSAY_OK;
}

void assay_db_block_free(struct assay_db_block *block)
{
    if (block->text != NULL)
        free(block->text - ASSAY_DB_PAD);
    free(block->memory);
    free(block->columns);
    *block = (struct assay_db_block){0};
}

void assay_db_block_empty(struct assay_db_block *block)
{
    block->rows = 0;
    block->len = 0;
    for (uint32_t i = 0; i < block->column_count; i++) {
        struct assay_db_values *values = &block->columns[i];
        memset(values->null, 0, ASSAY_BITMAP_WORDS(block->room) * 8);
        values->kinds_seen = 0;
        values->numbers = true;
    }
}

bool assay_db_block_reserve(struct assay_db_block *block, size_t more)
{
    if (more > TEXT_MAX || block->len > TEXT_MAX - more)
        return false;
    size_t need = block->len + more;
    if (block->text != NULL && need <= block->text_room)
        return true;
    size_t room = block->text_room * 2;
    room = room < need ? need : room > TEXT_MAX ? TEXT_MAX : room;
    char *old = block->text != NULL ? block->text - ASSAY_DB_PAD : NULL;
    char *grown = realloc(old, room + 2 * ASSAY_DB_PAD);
    if (grown == NULL)
        return false;
    memset(grown, 0, old == NULL ? ASSAY_DB_PAD : 0);
    memset(grown + ASSAY_DB_PAD + room, 0, ASSAY_DB_PAD);
    block->text = grown + ASSAY_DB_PAD;
    block->text_room = room;
    return true;
}

bool assay_db_put_text(struct assay_db_block *block, uint32_t column, enum assay_kind kind,
                       struct assay_str text)
{
    if (text.len > block->max_field || !assay_db_block_reserve(block, text.len))
        return false;
    if (text.len > 0)
        memcpy(block->text + block->len, text.ptr, text.len);
    assay_db_put_span(block, column, kind, block->len, text.len);
    block->len += text.len;
    return true;
}

/* The value of the number just put, where it is a SMALL. */
static void set_small(struct assay_db_block *block, uint32_t column, bool numbers, int64_t value)
{
    struct assay_db_values *values = &block->columns[column];
    values->numbers = numbers;
    values->mantissa[block->rows] = value;
    values->code[block->rows] = 0;
}

bool assay_db_put_uint(struct assay_db_block *block, uint32_t column, uint64_t value)
{
    char text[24];
    size_t at = sizeof text;
    bool numbers = block->columns[column].numbers;
    uint64_t left = value;
    do
        text[--at] = (char)('0' + left % 10);
    while ((left /= 10) != 0);
    if (!assay_db_put_text(block, column, ASSAY_KIND_NUMBER,
                           assay_str(text + at, sizeof text - at)))
        return false;
    if (value < (uint64_t)ASSAY_NUM_MANTISSA_END)
        set_small(block, column, numbers, (int64_t)value);
    return true;
}

bool assay_db_put_int(struct assay_db_block *block, uint32_t column, int64_t value)
{
    if (value >= 0)
        return assay_db_put_uint(block, column, (uint64_t)value);
    char text[24];
    size_t at = sizeof text;
    bool numbers = block->columns[column].numbers;
    uint64_t left = 0 - (uint64_t)value;
    do
        text[--at] = (char)('0' + left % 10);
    while ((left /= 10) != 0);
    text[--at] = '-';
    if (!assay_db_put_text(block, column, ASSAY_KIND_NUMBER,
                           assay_str(text + at, sizeof text - at)))
        return false;
    if (value > -ASSAY_NUM_MANTISSA_END)
        set_small(block, column, numbers, value);
    return true;
}

bool assay_db_put_double(struct assay_db_block *block, uint32_t column, double value)
{
    char text[32];
    bool numbers = block->columns[column].numbers;
    size_t len = assay_double_text(value, text);
    if (strspn(text, "-0123456789") == len) { /* 1.0 is not a whole number's text */
        text[len++] = '.';
        text[len++] = '0';
    }
    if (!assay_db_put_text(block, column, ASSAY_KIND_NUMBER, assay_str(text, len)))
        return false;
    if (fabs(value) < 1e15 && value == nearbyint(value))
        set_small(block, column, numbers, (int64_t)value);
    return true;
}

bool assay_db_put_bool(struct assay_db_block *block, uint32_t column, bool value)
{
    return assay_db_put_text(block, column, ASSAY_KIND_BOOLEAN,
                             value ? ASSAY_STR("true") : ASSAY_STR("false"));
}

bool assay_db_put_bytes(struct assay_db_block *block, uint32_t column, struct assay_str bytes)
{
    static const char digits[] = "0123456789abcdef";
    if (bytes.len > block->max_field / 2 || !assay_db_block_reserve(block, 2 + bytes.len * 2))
        return false;
    char *out = block->text + block->len;
    *out++ = '\\';
    *out++ = 'x';
    for (size_t i = 0; i < bytes.len; i++) {
        *out++ = digits[(unsigned char)bytes.ptr[i] >> 4];
        *out++ = digits[(unsigned char)bytes.ptr[i] & 15];
    }
    assay_db_put_span(block, column, ASSAY_KIND_TEXT, block->len, 2 + bytes.len * 2);
    block->len += 2 + bytes.len * 2;
    return true;
}
