/*
 * Gathers one column: for runs a tight loop over every n-th index entry, specialised
 * for what the run can hold, for odd records a copy of what libcsv gave.
 */
#include "config.h"

#include "source/csv_gather.h"

#include "base/cpu.h"
#include "data/bitmap.h"
#include "source/csv_wide.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* Copies a value with doubled quotes to the scratch part, each pair as one. */
static bool unescape(struct assay_csv_text *text, char quote, struct assay_span *value)
{
    if (value->len >= text->scratch_end - text->scratch)
        return false;
    const char *from = text->base + value->off;
    const char *end = from + value->len;
    char *to = text->base + text->scratch;
    *to++ = quote;
    value->off = text->scratch + 1;
    while (from < end) {
        const char *pair = memchr(from, quote, (size_t)(end - from));
        size_t len = (size_t)((pair != NULL ? pair + 1 : end) - from);
        memcpy(to, from, len);
        to += len;
        from += len + (pair != NULL);
    }
    text->scratch = (uint32_t)(to - text->base);
    value->len = text->scratch - value->off;
    return true;
}

bool assay_csv_field_value(struct assay_csv_text *text, const struct assay_csv_dialect *dialect,
                           uint32_t start, uint32_t end, struct assay_span *value)
{
    *value = (struct assay_span){start, end - start};
    if (start == end || text->base[start] != dialect->quote)
        return true;
    *value = (struct assay_span){start + 1, end - start - 2};
    if (memchr(text->base + value->off, dialect->quote, value->len) == NULL)
        return true;
    return unescape(text, dialect->quote, value);
}

/* Up to 64 values of a run whose fields are in place; returns which are null. */
ALWAYS_INLINE uint64_t plain_values(const char *base, char quote, const uint32_t *ends,
                                    uint32_t columns, uint32_t count, bool quotes, bool last,
                                    struct assay_span *values)
{
    uint64_t null = 0;
    for (uint32_t i = 0; i < count; i++, ends += columns) {
        uint32_t start = ends[-1] + 1;
        uint32_t end = ends[0];
        if (last)
            end -= end > start && base[end - 1] == '\r';
        /* Offset and length in one word, so that taking quotes off is one addition. */
        uint64_t both = (uint64_t)(end - start) << 32 | start;
        null = null >> 1 | (uint64_t)(start == end) << 63;
        if (quotes)
            both = base[start] == quote ? both + 1 - (UINT64_C(2) << 32) : both;
        values[i] = (struct assay_span){(uint32_t)both, (uint32_t)(both >> 32)};
    }
    return null >> (64 - count);
}

static uint64_t some_values(const struct assay_csv_chunk *chunk, const uint32_t *ends,
                            uint32_t count, bool quotes, bool last, struct assay_span *values)
{
    const char *base = chunk->text->base;
    char quote = chunk->options.dialect.quote;
    uint32_t columns = chunk->options.columns;
    if (count == 64 && assay_cpu_has_avx512() && assay_csv_wide_fits(ends, columns))
        return assay_csv_wide_values(base, quote, ends, columns, quotes, last, values);
    if (quotes)
        return last ? plain_values(base, quote, ends, columns, count, true, true, values)
                    : plain_values(base, quote, ends, columns, count, true, false, values);
    return last ? plain_values(base, quote, ends, columns, count, false, true, values)
                : plain_values(base, quote, ends, columns, count, false, false, values);
}

/* Second look at values already gathered: those with doubled quotes are copied. */
static bool unescape_values(const struct assay_csv_chunk *chunk, uint32_t count,
                            struct assay_span *values)
{
    struct assay_csv_text *text = chunk->text;
    const struct assay_csv_dialect *dialect = &chunk->options.dialect;
    for (uint32_t i = 0; i < count; i++) {
        if (values[i].len < 2 || !assay_csv_was_quoted(text, dialect, values[i]))
            continue;
        const char *bytes = text->base + values[i].off;
        if (memchr(bytes, dialect->quote, values[i].len) != NULL &&
            !unescape(text, dialect->quote, &values[i]))
            return false;
    }
    return true;
}

static bool gather_run(const struct assay_csv_chunk *chunk, const struct assay_csv_segment *segment,
                       uint32_t column, struct assay_span *values, uint64_t *null)
{
    const uint32_t columns = chunk->options.columns;
    const uint32_t *ends = chunk->index + segment->at + column;
    const bool last = column == columns - 1;
    uint32_t row = segment->first;
    const uint32_t stop = segment->first + segment->records;
    while (row < stop) {
        uint32_t count = 64 - row % 64 < stop - row ? 64 - row % 64 : stop - row;
        uint64_t bits = some_values(chunk, ends, count, segment->seen & ASSAY_CSV_SEEN_QUOTE, last,
                                    values + row);
        null[row / 64] |= bits << row % 64;
        if ((segment->seen & ASSAY_CSV_SEEN_ESCAPE) && !unescape_values(chunk, count, values + row))
            return false;
        ends += (size_t)count * columns;
        row += count;
    }
    return true;
}

static void gather_odd(const struct assay_csv_chunk *chunk, const struct assay_csv_segment *segment,
                       uint32_t column, struct assay_span *values, uint64_t *null)
{
    struct assay_span value = {0, 0};
    if (column < segment->fields)
        value = chunk->fields.at[segment->at + column];
    values[segment->first] = value;
    if (value.len == 0 && !assay_csv_was_quoted(chunk->text, &chunk->options.dialect, value))
        assay_bit_set(null, segment->first);
}

enum assay_status assay_csv_gather(struct assay_csv_chunk *chunk, uint32_t column,
                                   struct assay_span *values, uint64_t *null,
                                   struct assay_error *err)
{
    if (chunk->records == 0)
        return ASSAY_OK;
    assay_bits_clear(null, chunk->records);
    for (uint32_t i = 0; i < chunk->segment_count; i++) {
        const struct assay_csv_segment *segment = &chunk->segments[i];
        if (segment->kind == ASSAY_CSV_ODD)
            gather_odd(chunk, segment, column, values, null);
        else if (segment->kind == ASSAY_CSV_RUN &&
                 !gather_run(chunk, segment, column, values, null))
            return assay_fail(err, ASSAY_LIMIT, "CSV-SCRATCH",
                              "no room for the values of column %u", column + 1);
    }
    return ASSAY_OK;
}
