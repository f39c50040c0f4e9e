/*
 * Looks into a batch of CSV: gathers columns, with the null tokens and the trimming that
 * were asked for, and tells where a value stands.
 */
#include "config.h"

#include "base/cpu.h"
#include "source/csv_gather.h"
#include "source/csv_source.h"
#include "source/csv_wide.h"

#include <stdlib.h>

#define LONG_TOKEN 63 /* tokens of that many bytes or more share a bit */

static unsigned length_bit(size_t len)
{
    return len < LONG_TOKEN ? (unsigned)len : LONG_TOKEN;
}

enum assay_status csv_nulls_init(struct csv_source *csv, struct assay_error *err)
{
    const struct assay_source_options *options = &csv->options;
    struct csv_nulls *nulls = &csv->nulls;
    nulls->tokens = assay_arena_array(&csv->base.arena, (size_t)options->null_value_count + 1,
                                      sizeof *nulls->tokens);
    if (nulls->tokens == NULL)
        return assay_fail_nomem(err);
    nulls->few = true;
    for (uint32_t i = 0; i < options->null_value_count; i++) {
        struct assay_str token = options->null_values[i];
        if (token.len == 0)
            continue;
        nulls->tokens[nulls->count++] = token;
        unsigned char last = (unsigned char)token.ptr[token.len - 1];
        nulls->ends[last] |= (uint64_t)1 << length_bit(token.len);
        nulls->few &= token.len <= 8 && last < 128;
        if (nulls->few)
            nulls->few_ends[last] |= (uint8_t)(1u << (token.len - 1));
    }
    return ASSAY_OK;
}

static bool is_token(const struct csv_nulls *nulls, struct assay_str value)
{
    for (uint32_t i = 0; i < nulls->count; i++)
        if (assay_str_equal(nulls->tokens[i], value))
            return true;
    return false;
}

/* Most values are none by their last byte and their length. */
static uint64_t may_be_tokens(const struct csv_nulls *nulls, const char *base,
                              const struct assay_span *spans, uint32_t count)
{
    uint64_t may = 0;
    if (count == 64 && nulls->few && assay_cpu_has_avx512())
        return assay_csv_wide_tokens(nulls->few_ends, base, spans);
    for (uint32_t i = 0; i < count; i++) {
        /* Of an empty one at the very beginning that is the byte before: see data/column.h. */
        unsigned char last = (unsigned char)base[(ptrdiff_t)spans[i].off + spans[i].len - 1];
        may |= (nulls->ends[last] >> length_bit(spans[i].len) & 1) << i;
    }
    return may;
}

static void apply_tokens(const struct csv_nulls *nulls, struct assay_column *column,
                         struct assay_span *spans, uint64_t *null)
{
    for (uint32_t row = 0; row < column->rows; row += 64) {
        uint32_t count = column->rows - row < 64 ? column->rows - row : 64;
        uint64_t may = may_be_tokens(nulls, column->base, spans + row, count);
        for (; may != 0; may &= may - 1) {
            uint32_t r = row + (uint32_t)__builtin_ctzll(may);
            if (!is_token(nulls, assay_column_text(column, r)))
                continue;
            assay_bit_set(null, r);
            spans[r].len = 0;
        }
    }
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

/* What stands in quotes was meant to be there. */
static void trim(const struct csv_batch *own, struct assay_column *column, struct assay_span *spans,
                 uint64_t *null)
{
    const char *base = column->base;
    for (uint32_t row = 0; row < column->rows; row++) {
        struct assay_span *span = &spans[row];
        if (span->len == 0 || assay_csv_was_quoted(&own->text, &own->csv->dialect, *span))
            continue;
        while (span->len > 0 && is_space(base[span->off])) {
            span->off++;
            span->len--;
        }
        while (span->len > 0 && is_space(base[span->off + span->len - 1]))
            span->len--;
        if (span->len == 0)
            assay_bit_set(null, row);
    }
}

static enum assay_status csv_column(struct assay_batch *batch, uint32_t index,
                                    struct assay_column *column, struct assay_error *err)
{
    struct csv_batch *own = batch->impl;
    const struct csv_nulls *nulls = &own->csv->nulls;
    size_t words = ASSAY_BITMAP_WORDS(batch->rows);
    struct assay_span *spans =
        assay_arena_scratch(&batch->arena, (size_t)batch->rows * sizeof *spans);
    uint64_t *null = assay_arena_scratch(&batch->arena, words * sizeof *null);
    if (spans == NULL || null == NULL)
        return assay_fail_nomem(err);
    ASSAY_TRY(assay_csv_gather(&own->chunk, index, spans, null, err));
    column->rows = batch->rows;
    column->base = own->text.base;
    column->spans = spans;
    column->null = null;
    column->kind = NULL;
    column->ascii = (own->chunk.seen & ASSAY_CSV_SEEN_HIGH) == 0;
    column->arena = &batch->arena;
    if (own->csv->options.trim)
        trim(own, column, spans, null);
    if (nulls->count != 0)
        apply_tokens(nulls, column, spans, null);
    return ASSAY_OK;
}

struct assay_position csv_batch_locate(const struct assay_batch *batch, uint32_t row,
                                       const struct assay_csv_row *where, uint32_t at)
{
    const struct csv_batch *own = batch->impl;
    struct assay_position position = {.file = batch->file, .record = batch->record + row + 1};
    assay_csv_locate(own->text.base, where->start, own->line + where->line, at, &position.line,
                     &position.column);
    return position;
}

static struct assay_position csv_position(const struct assay_batch *batch, uint32_t row,
                                          uint32_t index)
{
    const struct csv_batch *own = batch->impl;
    struct assay_csv_row where = assay_csv_chunk_row(&own->chunk, row);
    uint32_t at =
        index == UINT32_MAX ? where.start : assay_csv_row_field(&own->chunk, &where, index);
    return csv_batch_locate(batch, row, &where, at);
}

/* Segments stand one behind the other, but for the empty lines between some. */
static struct assay_str csv_raw(const struct assay_batch *batch, uint32_t row, uint32_t end,
                                uint32_t *next)
{
    const struct csv_batch *own = batch->impl;
    const struct assay_csv_chunk *chunk = &own->chunk;
    const struct assay_csv_segment *behind = chunk->segments + chunk->segment_count;
    struct assay_csv_row where = assay_csv_chunk_row(chunk, row);
    const struct assay_csv_segment *segment = where.segment;
    while (segment->first + segment->records < end && segment + 1 < behind &&
           segment[1].kind != ASSAY_CSV_EMPTY)
        segment++;
    uint32_t last = segment->first + segment->records;
    *next = last < end ? last : end;
    uint32_t to = *next == row + 1 ? where.end : assay_csv_chunk_row(chunk, *next - 1).end;
    return assay_str(own->text.base + where.start, to - where.start);
}

static const struct assay_batch_ops csv_batch_ops = {csv_findings_find, csv_column, csv_position,
                                                     csv_raw};

enum assay_status csv_batch_init(struct assay_source *source, struct assay_batch *batch,
                                 struct assay_error *err)
{
    struct csv_source *csv = (struct csv_source *)source;
    struct csv_batch *own = calloc(1, sizeof *own);
    if (own == NULL)
        return assay_fail_nomem(err);
    uint32_t columns = assay_source_data_columns(source);
    const struct assay_csv_chunk_options options = {
        .dialect = csv->dialect,
        .kernel = csv->kernel,
        .columns = columns > 0 ? columns : 1,
        .field_limit = csv->field_limit,
    };
    enum assay_status status = assay_csv_chunk_init(&own->chunk, &options, err);
    if (status != ASSAY_OK) {
        free(own);
        return status;
    }
    own->csv = csv;
    batch->ops = &csv_batch_ops;
    batch->impl = own;
    return ASSAY_OK;
}

void csv_batch_free(struct assay_batch *batch)
{
    struct csv_batch *own = batch->impl;
    assay_csv_chunk_free(&own->chunk);
    csv_buffer_free(&own->buffer);
    free(own->findings);
    free(own);
    batch->impl = NULL;
}
