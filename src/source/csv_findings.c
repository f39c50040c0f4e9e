/*
 * Finds what is malformed in a batch of CSV and says so in words. It runs outside of the
 * source's lock and looks at nothing but the batch, so that what it finds depends neither
 * on who runs it nor on where batches are cut.
 */
#include "config.h"

#include "base/escape.h"
#include "base/utf8.h"
#include "source/csv_source.h"

#include <stdlib.h>

#define EXTRA_SHOWN 40 /* bytes shown of the first value too many */

const char csv_text_bare_quote[] = "a quote inside an unquoted field: read as it stands";
const char csv_text_after_quote[] = "text after the closing quote";
const char csv_text_escaped_quote[] =
    "text after the closing quote: quotes are doubled in CSV, \"\" and not \\\"";
const char csv_text_open_quote[] = "this quote is never closed";
const char csv_text_nul[] = "a NUL byte";

struct finder {
    struct assay_batch *batch;
    struct csv_batch *own;
    uint64_t *usable;
    uint32_t short_fields;  /* what short_text says was found */
    const char *short_text; /* ragged records tend to be alike */
    struct assay_str header;
    uint64_t head; /* its first bytes, for a quick comparison */
    uint64_t mask;
};

static uint32_t own_columns(const struct finder *finder)
{
    return assay_source_data_columns(&finder->own->csv->base);
}

static enum assay_status add(struct finder *finder, enum assay_malformed what, uint32_t row,
                             const struct assay_csv_row *where, uint32_t at, const char *text,
                             struct assay_error *err)
{
    struct csv_batch *own = finder->own;
    if (text == NULL)
        return assay_fail_nomem(err);
    if (own->finding_count == own->finding_room) {
        uint32_t room = own->finding_room > 0 ? own->finding_room * 2 : 64;
        void *grown = realloc(own->findings, (size_t)room * sizeof *own->findings);
        if (grown == NULL)
            return assay_fail_nomem(err);
        own->findings = grown;
        own->finding_room = room;
    }
    own->findings[own->finding_count++] = (struct assay_finding){
        .what = what, .at = csv_batch_locate(finder->batch, row, where, at), .text = text};
    return ASSAY_OK;
}

static void not_usable(struct finder *finder, uint32_t row)
{
    finder->usable[row / 64] &= ~((uint64_t)1 << (row % 64));
}

static enum assay_status add_short(struct finder *finder, uint32_t row,
                                   const struct assay_csv_row *where, struct assay_error *err)
{
    uint32_t columns = own_columns(finder);
    if (finder->short_text == NULL || finder->short_fields != where->fields)
        finder->short_text = assay_arena_printf(
            &finder->batch->arena, "expected %u fields, found %u", columns, where->fields);
    finder->short_fields = where->fields;
    not_usable(finder, row);
    uint32_t at = assay_csv_row_field(&finder->own->chunk, where, where->fields);
    return add(finder, ASSAY_MALFORMED_SHORT, row, where, at, finder->short_text, err);
}

static enum assay_status add_long(struct finder *finder, uint32_t row,
                                  const struct assay_csv_row *where, struct assay_error *err)
{
    uint32_t columns = own_columns(finder);
    struct assay_span extra = where->values[columns];
    struct assay_buf shown;
    assay_buf_init(&shown, 256);
    assay_escape_terminal(&shown, assay_str(finder->own->text.base + extra.off, extra.len),
                          EXTRA_SHOWN);
    const char *text = shown.failed
                           ? NULL
                           : assay_arena_printf(&finder->batch->arena,
                                                "expected %u field%s, found %u; the first too "
                                                "many is \"%s\"",
                                                columns, columns == 1 ? "" : "s", where->fields,
                                                shown.ptr != NULL ? shown.ptr : "");
    assay_buf_free(&shown);
    not_usable(finder, row);
    uint32_t at = assay_csv_row_field(&finder->own->chunk, where, columns);
    return add(finder, ASSAY_MALFORMED_LONG, row, where, at, text, err);
}

/* A quote escaped as \" looks like one that closes, with a backslash before it. */
static const char *after_quote_text(const struct finder *finder, uint32_t at)
{
    const char *base = finder->own->text.base;
    return at >= 2 && base[at - 2] == '\\' ? csv_text_escaped_quote : csv_text_after_quote;
}

static enum assay_status add_quotes(struct finder *finder, uint32_t row,
                                    const struct assay_csv_row *where, struct assay_error *err)
{
    const uint32_t *at = where->segment->finding;
    if (at[ASSAY_CSV_AFTER_QUOTE] != ASSAY_CSV_NONE)
        ASSAY_TRY(add(finder, ASSAY_MALFORMED_AFTER_QUOTE, row, where, at[ASSAY_CSV_AFTER_QUOTE],
                      after_quote_text(finder, at[ASSAY_CSV_AFTER_QUOTE]), err));
    if (at[ASSAY_CSV_BARE_QUOTE] != ASSAY_CSV_NONE)
        ASSAY_TRY(add(finder, ASSAY_MALFORMED_BARE_QUOTE, row, where, at[ASSAY_CSV_BARE_QUOTE],
                      csv_text_bare_quote, err));
    if (at[ASSAY_CSV_UNTERMINATED] != ASSAY_CSV_NONE) {
        not_usable(finder, row);
        ASSAY_TRY(add(finder, ASSAY_MALFORMED_OPEN_QUOTE, row, where, at[ASSAY_CSV_UNTERMINATED],
                      csv_text_open_quote, err));
    }
    if (at[ASSAY_CSV_NUL] != ASSAY_CSV_NONE)
        return add(finder, ASSAY_MALFORMED_NUL, row, where, at[ASSAY_CSV_NUL], csv_text_nul, err);
    return ASSAY_OK;
}

static enum assay_status add_header(struct finder *finder, uint32_t row, struct assay_error *err)
{
    struct assay_csv_row where = assay_csv_chunk_row(&finder->own->chunk, row);
    not_usable(finder, row);
    return add(finder, ASSAY_MALFORMED_HEADER, row, &where, where.start,
               "the header again, in the middle of the data", err);
}

/*
 * Whether base[start..end), of which the line end may be a part, is the header. In a file
 * with one column it is a value like any other.
 */
static void prepare_header(struct finder *finder)
{
    const struct csv_source *csv = finder->own->csv;
    if (!csv->has_header || csv->header_count < 2)
        return;
    finder->header = csv->header_raw;
    size_t n = finder->header.len < 8 ? finder->header.len : 8;
    memcpy(&finder->head, finder->header.ptr, n);
    memset(&finder->mask, 0xff, n);
}

static inline bool begins_like_header(const struct finder *finder, uint32_t start)
{
    uint64_t word;
    memcpy(&word, finder->own->text.base + start, 8);
    return ((word ^ finder->head) & finder->mask) == 0;
}

static bool is_header(const struct finder *finder, uint32_t start, uint32_t end)
{
    const char *base = finder->own->text.base;
    if (end > start && base[end - 1] == '\n')
        end--;
    if (end > start && base[end - 1] == '\r')
        end--;
    return end - start == finder->header.len &&
           memcmp(base + start, finder->header.ptr, finder->header.len) == 0;
}

static enum assay_status find_in_run(struct finder *finder, const struct assay_csv_segment *segment,
                                     struct assay_error *err)
{
    if (finder->header.len == 0)
        return ASSAY_OK;
    const uint32_t *last = finder->own->chunk.index + segment->at + segment->fields - 1;
    uint32_t start = segment->start;
    for (uint32_t i = 0; i < segment->records; i++, last += segment->fields) {
        uint32_t end = *last + 1;
        if (begins_like_header(finder, start) && is_header(finder, start, end))
            ASSAY_TRY(add_header(finder, segment->first + i, err));
        start = end;
    }
    return ASSAY_OK;
}

static enum assay_status find_in_odd(struct finder *finder, uint32_t row, struct assay_error *err)
{
    struct assay_csv_row where = assay_csv_chunk_row(&finder->own->chunk, row);
    uint32_t columns = own_columns(finder);
    if (finder->header.len > 0 && is_header(finder, where.start, where.end))
        ASSAY_TRY(add_header(finder, row, err));
    else if (where.fields < columns && !finder->own->csv->options.short_records)
        ASSAY_TRY(add_short(finder, row, &where, err));
    else if (where.fields > columns)
        ASSAY_TRY(add_long(finder, row, &where, err));
    return add_quotes(finder, row, &where, err);
}

size_t csv_utf8_valid(const char *text, size_t len)
{
    size_t at = 0;
    while (at < len) {
        while (len - at >= 32) {
            uint64_t w[4];
            memcpy(w, text + at, sizeof w);
            if (((w[0] | w[1] | w[2] | w[3]) & 0x8080808080808080u) != 0)
                break;
            at += 32;
        }
        /* Some way further one character at a time, then try in words again. */
        size_t stop = len - at > 32 ? at + 32 : len;
        while (at < stop) {
            uint32_t rune;
            size_t n = assay_utf8_decode(text + at, len - at, &rune);
            if (n == 0)
                return at;
            at += n;
        }
    }
    return at;
}

const char *csv_text_utf8(struct assay_arena *arena, const char *text, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char lead = (unsigned char)text[0];
    size_t want = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    char shown[4 * 4 + 1];
    size_t n = 1;
    while (n < want && n < len && ((unsigned char)text[n] & 0xc0) == 0x80)
        n++;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        memcpy(shown + 4 * i, (char[4]){'\\', 'x', digits[c >> 4], digits[c & 15]}, 4);
    }
    shown[4 * n] = '\0';
    /* A single high byte between ASCII is how Latin-1 and its kin look. */
    bool single = n == 1 && lead >= 0xa0;
    return assay_arena_printf(arena, "%s is not UTF-8%s", shown,
                              single ? " (encoding: latin1?)" : "");
}

/* The record that base[at] is in. */
static uint32_t row_at(const struct csv_batch *own, uint32_t at)
{
    uint32_t low = 0, high = own->chunk.records;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (assay_csv_chunk_row(&own->chunk, middle).start <= at)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static enum assay_status find_not_utf8(struct finder *finder, struct assay_error *err)
{
    const struct csv_batch *own = finder->own;
    const char *base = own->text.base;
    uint32_t at = 0, end = own->chunk.consumed;
    while (at < end) {
        at += (uint32_t)csv_utf8_valid(base + at, end - at);
        if (at == end)
            break;
        uint32_t row = row_at(own, at);
        struct assay_csv_row where = assay_csv_chunk_row(&own->chunk, row);
        ASSAY_TRY(add(finder, ASSAY_MALFORMED_UTF8, row, &where, at,
                      csv_text_utf8(&finder->batch->arena, base + at, end - at), err));
        at = where.end;
    }
    return ASSAY_OK;
}

static int by_record(const void *a, const void *b)
{
    const struct assay_finding *x = a, *y = b;
    if (x->at.record != y->at.record)
        return x->at.record < y->at.record ? -1 : 1;
    return (x->what > y->what) - (x->what < y->what);
}

enum assay_status csv_findings_find(struct assay_batch *batch, struct assay_error *err)
{
    struct csv_batch *own = batch->impl;
    const struct assay_csv_chunk *chunk = &own->chunk;
    struct finder finder = {.batch = batch, .own = own};
    finder.usable = assay_arena_scratch(&batch->arena, ASSAY_BITMAP_WORDS(batch->rows) * 8);
    if (finder.usable == NULL)
        return assay_fail_nomem(err);
    assay_bits_fill(finder.usable, batch->rows);
    prepare_header(&finder);
    own->finding_count = 0;
    for (uint32_t i = 0; i < chunk->segment_count; i++) {
        const struct assay_csv_segment *segment = &chunk->segments[i];
        if (segment->kind == ASSAY_CSV_RUN)
            ASSAY_TRY(find_in_run(&finder, segment, err));
        else if (segment->kind == ASSAY_CSV_ODD)
            ASSAY_TRY(find_in_odd(&finder, segment->first, err));
    }
    if (chunk->seen & ASSAY_CSV_SEEN_HIGH)
        ASSAY_TRY(find_not_utf8(&finder, err));
    if (own->finding_count > 1)
        qsort(own->findings, own->finding_count, sizeof *own->findings, by_record);
    batch->usable = finder.usable;
    batch->findings = own->findings;
    batch->finding_count = own->finding_count;
    return ASSAY_OK;
}
