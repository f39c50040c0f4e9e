/*
 * Laws of ClickHouse's lines: whatever comes, what is decoded lies within the block, numbers
 * are those of their texts, and what is made into JSON is JSON. The input is the number of
 * columns, a byte for the type of each, and lines.
 */
#include "config.h"

#include "base/json_read.h"
#include "source/clickhouse_types.h"

#include <stdlib.h>

#define COLUMNS 8
#define ROWS 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {
    "Int64",    "Float64",         "String",         "Nullable(String)",
    "Bool",     "FixedString(4)",  "Array(String)",  "Map(String, Array(Int8))",
    "DateTime", "Decimal(38, 10)", "Enum8('a' = 1)", "SimpleAggregateFunction(max, Nullable(UUID))",
};

static void law(bool holds)
{
    if (!holds)
        abort();
}

static void check(const struct assay_ch_type *type, const struct assay_db_block *block,
                  uint32_t row, uint32_t column)
{
    const struct assay_db_values *values = &block->columns[column];
    struct assay_span span = values->spans[row];
    struct assay_str text = assay_db_text(block, row, column);
    law((size_t)span.off + span.len <= block->len);
    if (assay_db_is_null(block, row, column)) {
        law(span.len == 0 && values->kind[row] == ASSAY_KIND_NULL);
        return;
    }
    struct assay_numref number = assay_numref(text);
    law(!values->numbers || type->form == ASSAY_CH_BOOL || values->kind[row] != ASSAY_KIND_NUMBER ||
        (values->code[row] == number.code && values->mantissa[row] == number.mantissa));
}

/* What is taken for a literal becomes one value of JSON. */
static void literal(struct assay_str text)
{
    struct assay_arena arena;
    struct assay_buf json;
    struct assay_value value;
    assay_buf_init(&json, (size_t)1 << 20);
    assay_arena_init(&arena, 0);
    if (assay_ch_json(text, &json))
        law(assay_json_read(&arena, assay_buf_view(&json), &value) == ASSAY_JSON_READ_OK);
    else
        law(json.len == 0);
    assay_arena_free(&arena);
    assay_buf_free(&json);
}

static uint32_t take_rows(struct assay_db_block *block, const uint8_t *data, size_t size,
                          uint32_t *ends)
{
    uint32_t rows = 0;
    const uint8_t *end;
    while (rows < ROWS && size > 0 && (end = memchr(data, '\n', size)) != NULL) {
        size_t len = (size_t)(end - data) + 1;
        if (!assay_db_block_reserve(block, len))
            break;
        memcpy(block->text + block->len, data, len);
        block->len += len;
        ends[rows++] = (uint32_t)block->len;
        data += len;
        size -= len;
    }
    return rows;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct assay_ch_type types[COLUMNS];
    struct assay_db_block block;
    struct assay_error err;
    uint32_t ends[ROWS];
    uint32_t count = size > 0 ? data[0] % COLUMNS + 1 : 0;
    literal(assay_str((const char *)data, size));
    if (count == 0 || size < 1 + count)
        return 0;
    for (uint32_t c = 0; c < count; c++)
        assay_ch_type_read(assay_cstr(names[data[1 + c] % (sizeof names / sizeof *names)]),
                           &types[c]);
    if (assay_db_block_init(&block, count, 4096, 4096, &err) != ASSAY_OK)
        return 0;
    assay_db_block_empty(&block);
    block.rows = take_rows(&block, data + 1 + count, size - 1 - count, ends);
    if (block.rows <= block.room && assay_ch_decode(types, ends, &block, &err) == ASSAY_OK)
        for (uint32_t row = 0; row < block.rows; row++)
            for (uint32_t c = 0; c < count; c++)
                check(&types[c], &block, row, c);
    assay_db_block_free(&block);
    return 0;
}
