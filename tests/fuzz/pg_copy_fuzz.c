/*
 * Laws of PostgreSQL's binary rows: whatever comes, what is decoded lies within the block,
 * numbers are those of their texts, and times are read back. The input is the number of
 * columns, a byte for the type of each, and rows of which each has its length before it.
 */
#include "config.h"

#include "base/time.h"
#include "source/postgres_types.h"

#include <stdlib.h>

#define COLUMNS 8
#define ROWS 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint32_t oids[] = {16,  17,   19,   20,   21,   23,   25,   26,   114,  700,
                                701, 1042, 1043, 1082, 1083, 1114, 1184, 1700, 2950, 3802};

static void law(bool holds)
{
    if (!holds)
        abort();
}

static void times_read_back(const struct assay_pg_type *type, struct assay_str text)
{
    int64_t micros;
    char out[ASSAY_TIME_TEXT_MAX];
    bool plain =
        text.len >= 10 && text.ptr[4] == '-' && memmem(text.ptr, text.len, "BC", 2) == NULL;
    if (!plain || (type->oid != 1082 && type->oid != 1114 && type->oid != 1184))
        return;
    unsigned kind = type->oid == 1082 ? ASSAY_TIME_DATE : ASSAY_TIME_TIMESTAMP;
    law(assay_time_parse_safe(text.ptr, text.len, kind, 0, &micros));
    law(assay_time_text(micros, kind, out) >= 10 && memcmp(out, text.ptr, 10) == 0);
}

static void check(const struct assay_pg_type *type, const struct assay_db_block *block,
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
    law(type->kind != ASSAY_KIND_NUMBER || number.code != ASSAY_NUM_NOT);
    law(!values->numbers ||
        (values->code[row] == number.code && values->mantissa[row] == number.mantissa));
    times_read_back(type, text);
}

static uint32_t take_rows(struct assay_db_block *block, const uint8_t *data, size_t size,
                          uint32_t *ends)
{
    uint32_t rows = 0;
    while (size > 0 && rows < ROWS) {
        size_t len = data[0] < size - 1 ? data[0] : size - 1;
        if (!assay_db_block_reserve(block, len))
            break;
        memcpy(block->text + block->len, data + 1, len);
        block->len += len;
        ends[rows++] = (uint32_t)block->len;
        data += 1 + len;
        size -= 1 + len;
    }
    return rows;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct assay_pg_type *types[COLUMNS];
    struct assay_db_block block;
    struct assay_error err;
    uint32_t ends[ROWS];
    uint32_t count = size > 0 ? data[0] % COLUMNS + 1 : 0;
    if (count == 0 || size < 1 + count)
        return 0;
    for (uint32_t c = 0; c < count; c++)
        types[c] = assay_pg_type_find(oids[data[1 + c] % (sizeof oids / sizeof *oids)]);
    if (assay_db_block_init(&block, count, 4096, 4096, &err) != ASSAY_OK)
        return 0;
    assay_db_block_empty(&block);
    block.rows = take_rows(&block, data + 1 + count, size - 1 - count, ends);
    if (assay_pg_decode(types, ends, &block, &err) == ASSAY_OK)
        for (uint32_t row = 0; row < block.rows; row++)
            for (uint32_t c = 0; c < count; c++)
                check(types[c], &block, row, c);
    assay_db_block_free(&block);
    return 0;
}
