/*
 * Rows on their way from a driver to a batch, by column.
 *
 * Every value is text in one buffer and a span that points into it, a kind, and a null
 * bit; whole numbers may come with their value as well, so that nobody parses them again.
 * A driver puts values with the functions below, or, where its protocol has whole columns,
 * fills the arrays itself. Nothing is allocated a value.
 */
#ifndef ASSAY_SOURCE_DB_BLOCK_H
#define ASSAY_SOURCE_DB_BLOCK_H

#include "base/error.h"
#include "data/batch.h"

/* Bytes before and behind the text that may be read: what struct assay_span asks for. */
#define ASSAY_DB_PAD 64

/* One column; arrays of block->room. */
struct assay_db_values {
    struct assay_span *spans; /* into block->text; length 0 where null */
    uint64_t *null;           /* zeroed when the block is emptied */
    uint8_t *kind;            /* enum assay_kind */
    uint8_t kinds_seen;       /* 1 << kind of each value that is no null */
    bool numbers;             /* mantissa and code are right for every row */
    int64_t *mantissa;        /* as struct assay_numbers; 0 and ASSAY_NUM_NOT for nulls */
    uint8_t *code;
};

struct assay_db_block {
    struct assay_db_values *columns;
    uint32_t column_count;
    uint32_t rows; /* whole rows so far */
    uint32_t room; /* most rows */
    char *text;    /* ASSAY_DB_PAD readable bytes before it and behind what is held */
    size_t len;    /* bytes held */
    size_t text_room;
    size_t goal;      /* bytes that are enough for one block */
    size_t max_field; /* most bytes of one value */
    void *own;        /* the driver's */
    void *memory;     /* of the arrays */
};

enum assay_status assay_db_block_init(struct assay_db_block *block, uint32_t columns,
                                      size_t batch_bytes, size_t max_field,
                                      struct assay_error *err) ASSAY_CHECKED;
void assay_db_block_free(struct assay_db_block *block);

/* Forgets the rows; to be called before each fetch. */
void assay_db_block_empty(struct assay_db_block *block);

/*
 * Room for `more` bytes of text. False where there is no memory, or all text of a block
 * would not fit in 32 bits.
 */
bool assay_db_block_reserve(struct assay_db_block *block, size_t more);

/* Whether a driver that added a whole row should stop. */
static inline bool assay_db_block_full(const struct assay_db_block *block)
{
    return block->rows == block->room || block->len >= block->goal;
}

/*
 * Values of the row under construction, which is number block->rows; the driver counts it
 * once it is whole. A function that says false found no memory, or a value over max_field.
 */
static inline void assay_db_put_null(struct assay_db_block *block, uint32_t column)
{
    struct assay_db_values *values = &block->columns[column];
    uint32_t row = block->rows;
    values->null[row / 64] |= (uint64_t)1 << (row % 64);
    values->kind[row] = ASSAY_KIND_NULL;
    values->spans[row] = (struct assay_span){0, 0};
    values->mantissa[row] = 0;
    values->code[row] = ASSAY_NUM_NOT;
}

bool assay_db_put_text(struct assay_db_block *block, uint32_t column, enum assay_kind kind,
                       struct assay_str text) ASSAY_CHECKED;

/* The value is the `len` bytes of the text at `off`, which the driver has put there. */
static inline void assay_db_put_span(struct assay_db_block *block, uint32_t column,
                                     enum assay_kind kind, size_t off, size_t len)
{
    struct assay_db_values *values = &block->columns[column];
    uint32_t row = block->rows;
    values->kind[row] = (uint8_t)kind;
    values->kinds_seen |= (uint8_t)(1u << kind);
    values->spans[row] = (struct assay_span){(uint32_t)off, (uint32_t)len};
    if (kind == ASSAY_KIND_NUMBER)
        values->numbers = false;
    values->mantissa[row] = 0;
    values->code[row] = ASSAY_NUM_NOT;
}

/* Whole numbers; doubles as the shortest text that is the same double. */
bool assay_db_put_int(struct assay_db_block *block, uint32_t column, int64_t value) ASSAY_CHECKED;
bool assay_db_put_uint(struct assay_db_block *block, uint32_t column, uint64_t value) ASSAY_CHECKED;
bool assay_db_put_double(struct assay_db_block *block, uint32_t column, double value) ASSAY_CHECKED;
bool assay_db_put_bool(struct assay_db_block *block, uint32_t column, bool value) ASSAY_CHECKED;

/* Bytes that are no text: \x and their hexadecimal digits. */
bool assay_db_put_bytes(struct assay_db_block *block, uint32_t column,
                        struct assay_str bytes) ASSAY_CHECKED;

/* The text of a value, of a block that is decoded. */
static inline struct assay_str assay_db_text(const struct assay_db_block *block, uint32_t row,
                                             uint32_t column)
{
    const struct assay_span *span = &block->columns[column].spans[row];
    return assay_str(block->text + span->off, span->len);
}

static inline bool assay_db_is_null(const struct assay_db_block *block, uint32_t row,
                                    uint32_t column)
{
    return (block->columns[column].null[row / 64] >> (row % 64) & 1) != 0;
}

#endif
