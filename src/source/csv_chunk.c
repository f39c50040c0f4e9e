/*
 * Cuts a chunk of text into runs of regular records and single odd ones, deciding for
 * each stretch whether the scanner or libcsv reads it.
 */
#include "config.h"

#include "source/csv_chunk.h"
#include "source/csv_gather.h"

#include <stdlib.h>
#include <string.h>

#define WINDOW_MOST (1u << 20)
#define WINDOW_RESTART 4096u

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

enum assay_status assay_csv_chunk_init(struct assay_csv_chunk *chunk,
                                       const struct assay_csv_chunk_options *options,
                                       struct assay_error *err)
{
    memset(chunk, 0, sizeof *chunk);
    chunk->options = *options;
    if (chunk->options.field_limit == 0)
        chunk->options.field_limit = ASSAY_CSV_FIELD_LIMIT;
    return assay_csv_parser_new(&options->dialect, chunk->options.field_limit, &chunk->parser, err);
}

void assay_csv_chunk_free(struct assay_csv_chunk *chunk)
{
    assay_csv_parser_free(chunk->parser);
    free(chunk->segments);
    free(chunk->index);
    free(chunk->fields.at);
    memset(chunk, 0, sizeof *chunk);
}

/* Room for `more` entries behind those there are. */
static enum assay_status reserve_index(struct assay_csv_chunk *chunk, size_t more,
                                       struct assay_error *err)
{
    size_t need = chunk->index_count + more;
    if (need <= chunk->index_room)
        return ASSAY_OK;
    size_t room = need + chunk->index_room / 2;
    uint32_t *grown = room <= UINT32_MAX ? realloc(chunk->index, room * sizeof *grown) : NULL;
    if (grown == NULL)
        return assay_fail_nomem(err);
    chunk->index = grown;
    chunk->index_room = (uint32_t)room;
    return ASSAY_OK;
}

/* A new segment behind the last, empty but for its place; NULL: no memory. */
static struct assay_csv_segment *add_segment(struct assay_csv_chunk *chunk,
                                             enum assay_csv_segment_kind kind, uint32_t start,
                                             uint32_t end)
{
    if (chunk->segment_count == chunk->segment_room) {
        uint32_t room = chunk->segment_room > 0 ? chunk->segment_room * 2 : 64;
        void *grown = realloc(chunk->segments, (size_t)room * sizeof *chunk->segments);
        if (grown == NULL)
            return NULL;
        chunk->segments = grown;
        chunk->segment_room = room;
    }
    struct assay_csv_segment *segment = &chunk->segments[chunk->segment_count++];
    *segment = (struct assay_csv_segment){
        .kind = kind, .first = chunk->records, .start = start, .end = end, .line = chunk->lines};
    for (int i = 0; i < ASSAY_CSV_FINDINGS; i++)
        segment->finding[i] = ASSAY_CSV_NONE;
    return segment;
}

static struct assay_csv_segment *last_segment(struct assay_csv_chunk *chunk,
                                              enum assay_csv_segment_kind kind)
{
    if (chunk->segment_count == 0)
        return NULL;
    struct assay_csv_segment *segment = &chunk->segments[chunk->segment_count - 1];
    return segment->kind == kind ? segment : NULL;
}

/* Counts the lines of base[from..to), which holds `records` line feeds outside quotes. */
static void add_lines(struct assay_csv_chunk *chunk, uint32_t from, uint32_t to, uint32_t records,
                      unsigned seen)
{
    chunk->lines += seen & ASSAY_CSV_SEEN_MULTILINE
                        ? (uint32_t)assay_csv_count_lines(chunk->text->base, from, to)
                        : records;
}

/*
 * Regular records whose first index entry is `at`; joined to the run before, if one is:
 * then nothing lies between the two, in the text or in the index.
 */
static bool add_run(struct assay_csv_chunk *chunk, uint32_t at, uint32_t records, unsigned seen)
{
    if (records == 0)
        return true;
    const uint32_t columns = chunk->options.columns;
    uint32_t start = chunk->index[at - 1] + 1;
    uint32_t end = chunk->index[at + records * columns - 1] + 1;
    struct assay_csv_segment *run = last_segment(chunk, ASSAY_CSV_RUN);
    if (run == NULL) {
        run = add_segment(chunk, ASSAY_CSV_RUN, start, end);
        if (run == NULL)
            return false;
        run->at = at;
        run->fields = columns;
    }
    run->end = end;
    run->records += records;
    run->seen |= seen;
    chunk->records += records;
    add_lines(chunk, start, end, records, seen);
    return true;
}

static bool add_empty(struct assay_csv_chunk *chunk, uint32_t start, uint32_t end)
{
    struct assay_csv_segment *empty = last_segment(chunk, ASSAY_CSV_EMPTY);
    if (empty != NULL)
        empty->end = end;
    else if (add_segment(chunk, ASSAY_CSV_EMPTY, start, end) == NULL)
        return false;
    chunk->lines++;
    return true;
}

/* A record of another number of fields, whose values the index still gives. */
static enum assay_status add_ragged(struct assay_csv_chunk *chunk, uint32_t at, uint32_t fields,
                                    unsigned seen, struct assay_error *err)
{
    const uint32_t *ends = chunk->index + at;
    const char *base = chunk->text->base;
    uint32_t end = ends[fields - 1] + 1;
    struct assay_csv_segment *odd = add_segment(chunk, ASSAY_CSV_ODD, ends[-1] + 1, end);
    if (odd == NULL)
        return assay_fail_nomem(err);
    odd->at = chunk->fields.count;
    odd->fields = fields;
    odd->records = 1;
    for (uint32_t i = 0; i < fields; i++) {
        uint32_t from = ends[(ptrdiff_t)i - 1] + 1;
        uint32_t to = ends[i];
        if (i == fields - 1)
            to -= to > from && base[to - 1] == '\r';
        struct assay_span value;
        if (!assay_csv_field_value(chunk->text, &chunk->options.dialect, from, to, &value))
            return assay_fail(err, ASSAY_LIMIT, "CSV-SCRATCH", "no room for a record's values");
        if (!assay_csv_fields_add(&chunk->fields, value))
            return assay_fail_nomem(err);
    }
    chunk->records++;
    add_lines(chunk, odd->start, end, 1, seen);
    return ASSAY_OK;
}

/* Each `columns`-th entry ends a record, and there are no more entries than that. */
static bool is_regular(const struct assay_csv_chunk *chunk, uint32_t at,
                       const struct assay_csv_scan *scan)
{
    const uint32_t columns = chunk->options.columns;
    if ((uint64_t)scan->records * columns != scan->count)
        return false;
    const uint32_t *entry = chunk->index + at + columns - 1;
    unsigned wrong = 0;
    for (uint32_t r = 0; r < scan->records; r++, entry += columns)
        wrong |= chunk->text->base[*entry] != '\n';
    return !wrong;
}

/* Record by record, where not all have the right number of fields. */
static enum assay_status take_uneven(struct assay_csv_chunk *chunk, uint32_t at,
                                     const struct assay_csv_scan *scan, struct assay_error *err)
{
    const char *base = chunk->text->base;
    const uint32_t stop = at + scan->count;
    const uint32_t columns = chunk->options.columns;
    uint32_t run = at; /* the records from here to `at` are regular */
    for (uint32_t next = at; at < stop; at = next) {
        while (base[chunk->index[next++]] != '\n')
            ;
        uint32_t fields = next - at;
        if (fields == columns)
            continue;
        if (!add_run(chunk, run, (at - run) / columns, scan->seen))
            return assay_fail_nomem(err);
        run = next;
        uint32_t start = chunk->index[at - 1] + 1;
        uint32_t end = chunk->index[at];
        if (fields == 1 && (end == start || (end == start + 1 && base[start] == '\r'))) {
            if (!add_empty(chunk, start, end + 1))
                return assay_fail_nomem(err);
        } else
            ASSAY_TRY(add_ragged(chunk, at, fields, scan->seen, err));
    }
    if (!add_run(chunk, run, (stop - run) / columns, scan->seen))
        return assay_fail_nomem(err);
    return ASSAY_OK;
}

/* Scans one window from chunk->consumed and takes in its regular records. */
static enum assay_status take_window(struct assay_csv_chunk *chunk, uint32_t window, bool *clean,
                                     struct assay_error *err)
{
    const uint32_t begin = chunk->consumed;
    ASSAY_TRY(reserve_index(chunk, 1 + ASSAY_CSV_INDEX_ROOM(window), err));
    const uint32_t before = chunk->index_count;
    uint32_t at = before;
    if (at == 0 || chunk->index[at - 1] != begin - 1)
        chunk->index[at++] = begin - 1;
    struct assay_csv_scan scan = {.index = chunk->index + at};
    assay_csv_scan(chunk->options.kernel, &chunk->options.dialect, chunk->text->base, begin,
                   begin + window, &scan);
    *clean = scan.irregular == ASSAY_CSV_NONE;
    if (scan.count == 0)
        return ASSAY_OK;
    chunk->index_count = at + scan.count;
    chunk->consumed = scan.end;
    chunk->seen |= scan.seen;
    chunk->endings[ASSAY_CSV_CRLF] += scan.crlf;
    chunk->endings[ASSAY_CSV_LF] += scan.records - scan.crlf;
    if (!is_regular(chunk, at, &scan))
        return take_uneven(chunk, at, &scan, err);
    if (!add_run(chunk, at, scan.records, scan.seen))
        return assay_fail_nomem(err);
    return ASSAY_OK;
}

static enum assay_status add_parsed(struct assay_csv_chunk *chunk,
                                    const struct assay_csv_record *record, struct assay_error *err)
{
    struct assay_csv_segment *odd = add_segment(chunk, ASSAY_CSV_ODD, record->start, record->end);
    if (odd == NULL)
        return assay_fail_nomem(err);
    odd->at = record->first_field;
    odd->fields = record->fields;
    odd->records = 1;
    memcpy(odd->finding, record->finding, sizeof odd->finding);
    chunk->records++;
    chunk->lines += (uint32_t)assay_csv_count_lines(chunk->text->base, record->start, record->end);
    return ASSAY_OK;
}

/* An empty line: with one column the record of a null, else none. */
static enum assay_status add_blank(struct assay_csv_chunk *chunk, struct assay_csv_record *record,
                                   struct assay_error *err)
{
    if (chunk->options.columns != 1) {
        if (!add_empty(chunk, record->start, record->end))
            return assay_fail_nomem(err);
        return ASSAY_OK;
    }
    if (!assay_csv_fields_add(&chunk->fields, (struct assay_span){record->start, 0}))
        return assay_fail_nomem(err);
    record->fields = 1;
    return add_parsed(chunk, record, err);
}

/* Has libcsv read the record at chunk->consumed; `more`: it is not there completely. */
static enum assay_status take_record(struct assay_csv_chunk *chunk, uint64_t line, bool *more,
                                     struct assay_error *err)
{
    struct assay_csv_text *text = chunk->text;
    struct assay_csv_record record;
    const uint32_t at = chunk->consumed;
    enum assay_status status =
        assay_csv_record_parse(chunk->parser, text, at, &chunk->fields, &record, err);
    *more = status != ASSAY_OK || record.kind == ASSAY_CSV_MORE;
    if (status == ASSAY_LIMIT && record.limit_at != ASSAY_CSV_NONE) {
        if (at > 0)
            return ASSAY_OK;
        uint64_t at_line, at_column;
        assay_csv_locate(text->base, at, line, record.limit_at, &at_line, &at_column);
        assay_error_at(err, NULL, at_line, at_column);
    }
    if (*more)
        return status;
    chunk->consumed = record.end;
    chunk->seen |= ASSAY_CSV_SEEN_QUOTE | ASSAY_CSV_SEEN_ESCAPE | ASSAY_CSV_SEEN_HIGH |
                   ASSAY_CSV_SEEN_MULTILINE |
                   (record.finding[ASSAY_CSV_NUL] != ASSAY_CSV_NONE ? ASSAY_CSV_SEEN_NUL : 0);
    chunk->endings[record.ending]++;
    return record.kind == ASSAY_CSV_BLANK ? add_blank(chunk, &record, err)
                                          : add_parsed(chunk, &record, err);
}

static void clear(struct assay_csv_chunk *chunk, struct assay_csv_text *text)
{
    chunk->text = text;
    chunk->segment_count = 0;
    chunk->index_count = 0;
    chunk->fields.count = 0;
    chunk->records = 0;
    chunk->consumed = 0;
    chunk->lines = 0;
    memset(chunk->endings, 0, sizeof chunk->endings);
    chunk->seen = 0;
}

/*
 * No window is larger than a field may be, so a field over the limit is never part of
 * a run: it is libcsv's way that finds it, whichever way the text is read.
 */
enum assay_status assay_csv_chunk_fill(struct assay_csv_chunk *chunk, struct assay_csv_text *text,
                                       uint64_t line, struct assay_error *err)
{
    clear(chunk, text);
    const uint32_t most = least(WINDOW_MOST, chunk->options.field_limit);
    uint32_t window = most;
    bool more = false;
    while (!more && chunk->consumed < text->len) {
        if (chunk->options.kernel != NULL) {
            const uint32_t begin = chunk->consumed;
            const uint32_t left = text->len - begin;
            bool clean;
            ASSAY_TRY(take_window(chunk, least(window, left), &clean, err));
            const bool whole = window >= left; /* nothing behind the window */
            const bool stuck = chunk->consumed == begin && window >= most;
            window = least(window * 2, most);
            if (clean && whole && !text->final)
                break;
            if (clean && !whole && !stuck)
                continue;
            if (chunk->consumed == text->len)
                break;
        }
        ASSAY_TRY(take_record(chunk, line, &more, err));
        window = least(WINDOW_RESTART, most);
    }
    return ASSAY_OK;
}

struct assay_csv_row assay_csv_chunk_row(const struct assay_csv_chunk *chunk, uint32_t number)
{
    uint32_t low = 0;
    uint32_t high = chunk->segment_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (chunk->segments[middle].first <= number)
            low = middle;
        else
            high = middle;
    }
    const struct assay_csv_segment *segment = &chunk->segments[low];
    struct assay_csv_row row = {.start = segment->start,
                                .end = segment->end,
                                .fields = segment->fields,
                                .line = segment->line,
                                .segment = segment};
    if (segment->kind == ASSAY_CSV_ODD) {
        row.values = chunk->fields.at + segment->at;
        return row;
    }
    uint32_t nth = number - segment->first;
    row.ends = chunk->index + segment->at + (size_t)nth * segment->fields;
    row.start = row.ends[-1] + 1;
    row.end = row.ends[segment->fields - 1] + 1;
    row.line += segment->seen & ASSAY_CSV_SEEN_MULTILINE
                    ? (uint32_t)assay_csv_count_lines(chunk->text->base, segment->start, row.start)
                    : nth;
    return row;
}

uint32_t assay_csv_row_field(const struct assay_csv_chunk *chunk, const struct assay_csv_row *row,
                             uint32_t column)
{
    if (row->ends != NULL && column < row->fields)
        return row->ends[(ptrdiff_t)column - 1] + 1;
    return assay_csv_record_field(chunk->text, &chunk->options.dialect, row->start, row->end,
                                  column);
}
