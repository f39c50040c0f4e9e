/*
 * The law of the CSV reader: whatever the kernel, and however the data is cut, the
 * records are those that plain libcsv sees in the whole input.
 *
 * The first three bytes choose dialect and columns, field limit, and cuts; the rest is
 * the data, as it stands or drawn from a few telling pieces. Both sides are written
 * down as text, and the texts must be equal.
 */
#include "config.h"

#include "base/buf.h"
#include "data/bitmap.h"
#include "source/csv_gather.h"

#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAD 64
#define PLACES_SHOWN 20 /* fields of a record whose place is compared: it takes a search */
#define LOG_LIMIT ((size_t)256 << 20)
#define MUST(law)                                                             \
    do {                                                                      \
        if (!(law)) {                                                         \
            fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #law); \
            abort();                                                          \
        }                                                                     \
    } while (0)

struct input {
    const char *data;
    uint32_t len;
    struct assay_csv_dialect dialect;
    uint32_t columns;
    uint32_t limit;
    uint32_t seed;
    struct place *places; /* of each byte and of the end */
};

struct place {
    uint32_t line;
    uint32_t column;
};

/* ---- What plain libcsv says, a byte at a time ---- */

struct oracle {
    const struct input *input;
    struct assay_buf *log;
    struct assay_buf fields; /* of the current record */
    uint32_t at;             /* offset of the byte being fed */
    uint32_t start;          /* of the current record */
    uint32_t field_start;
    uint32_t count;
    uint32_t limit_at; /* first field over the limit in this record */
    bool row;          /* the row callback fired at this byte */
    bool row_empty;
    bool stop;
    uint32_t endings[ASSAY_CSV_ENDINGS];
};

/* Logs are long: this is quicker than printf. */
static void log_number(struct assay_buf *log, const char *name, uint32_t number)
{
    char digits[10];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    assay_buf_puts(log, name);
    assay_buf_add(log, digits + at, sizeof digits - at);
}

static void log_value(struct assay_buf *log, uint32_t start, bool null, bool quoted,
                      const char *bytes, size_t len)
{
    log_number(log, " [", start);
    assay_buf_puts(log, null ? " null " : quoted ? " quoted " : " plain ");
    log_number(log, "", (uint32_t)len);
    assay_buf_puts(log, " ");
    assay_buf_add(log, bytes ? bytes : "", len);
    assay_buf_puts(log, "]");
}

static bool quote_at(const struct input *input, uint32_t at)
{
    return at < input->len && input->data[at] == input->dialect.quote;
}

static void oracle_field(void *bytes, size_t len, void *data)
{
    struct oracle *oracle = data;
    uint32_t shown = oracle->count < PLACES_SHOWN ? oracle->field_start : 0;
    log_value(&oracle->fields, shown, bytes == NULL, quote_at(oracle->input, oracle->field_start),
              bytes, len);
    if (oracle->at - oracle->field_start > oracle->input->limit &&
        oracle->limit_at == ASSAY_CSV_NONE)
        oracle->limit_at = oracle->field_start;
    oracle->field_start = oracle->at + 1;
    oracle->count++;
}

static void oracle_row(int c, void *data)
{
    (void)c;
    struct oracle *oracle = data;
    oracle->row = true;
    oracle->row_empty = oracle->count == 0;
}

static int no_space(unsigned char c)
{
    (void)c;
    return 0;
}

static void init_libcsv(struct csv_parser *parser, const struct input *input, int options)
{
    csv_init(parser, (unsigned char)options);
    csv_set_delim(parser, (unsigned char)input->dialect.delimiter);
    csv_set_quote(parser, (unsigned char)input->dialect.quote);
    csv_set_space_func(parser, no_space);
}

static void ignore_field(void *bytes, size_t len, void *data)
{
    (void)bytes, (void)len, (void)data;
}

static void ignore_row(int c, void *data)
{
    (void)c, (void)data;
}

/* The first oddity, as libcsv's strict mode sees it; relative to the record. */
static void strict_findings(const struct input *input, uint32_t start, uint32_t end,
                            uint32_t *first, bool *open)
{
    struct csv_parser parser;
    init_libcsv(&parser, input, CSV_STRICT | CSV_STRICT_FINI);
    size_t len = end - start;
    size_t done = csv_parse(&parser, input->data + start, len, ignore_field, ignore_row, NULL);
    *first = done < len ? (uint32_t)(start + done) : ASSAY_CSV_NONE;
    *open = done == len && csv_fini(&parser, ignore_field, ignore_row, NULL) != 0;
    csv_free(&parser);
}

/* Lines and columns as a person counts them. */
static void find_places(struct input *input)
{
    struct place at = {1, 1};
    input->places = malloc((input->len + (size_t)1) * sizeof *input->places);
    MUST(input->places != NULL);
    for (uint32_t i = 0; i < input->len; i++) {
        input->places[i] = at;
        bool crlf = input->data[i] == '\r' && i + 1 < input->len && input->data[i + 1] == '\n';
        at.column++;
        if (input->data[i] == '\n' || (input->data[i] == '\r' && !crlf))
            at = (struct place){at.line + 1, 1};
    }
    input->places[input->len] = at;
}

static void log_row(struct assay_buf *log, const struct input *input, uint32_t start, uint32_t end,
                    uint32_t fields)
{
    MUST(input->places[start].column == 1);
    log_number(log, "\n", start);
    log_number(log, "-", end);
    log_number(log, " line ", input->places[start].line);
    log_number(log, " fields ", fields);
}

static void log_oddities(struct assay_buf *log, uint32_t first, bool open, uint32_t nul)
{
    log_number(log, " odd ", first);
    log_number(log, open ? " open " : " ", nul);
}

static void log_endings(struct assay_buf *log, const uint32_t *endings)
{
    assay_buf_puts(log, "\nendings");
    for (int i = 0; i < ASSAY_CSV_ENDINGS; i++)
        log_number(log, " ", endings[i]);
}

static void log_limit(struct assay_buf *log, uint64_t line, uint64_t column)
{
    assay_buf_printf(log, "\nlimit %llu:%llu", (unsigned long long)line,
                     (unsigned long long)column);
}

static void oracle_end_record(struct oracle *oracle, uint32_t end, enum assay_csv_ending ending)
{
    const struct input *input = oracle->input;
    struct assay_buf *log = oracle->log;
    if (oracle->limit_at != ASSAY_CSV_NONE) {
        const struct place *place = &input->places[oracle->limit_at];
        log_limit(log, place->line, place->column);
        oracle->stop = true;
    } else if (oracle->count > 0 || input->columns == 1) {
        uint32_t first;
        bool open;
        strict_findings(input, oracle->start, end, &first, &open);
        const char *nul = memchr(input->data + oracle->start, 0, end - oracle->start);
        log_row(log, input, oracle->start, end, oracle->count > 0 ? oracle->count : 1);
        log_oddities(log, first, open, nul ? (uint32_t)(nul - input->data) : ASSAY_CSV_NONE);
        if (oracle->count == 0)
            log_value(log, oracle->start, true, false, NULL, 0);
        assay_buf_str(log, assay_buf_view(&oracle->fields));
    } else
        assay_buf_printf(log, "\n%u-%u empty", oracle->start, end);
    oracle->endings[ending]++;
    assay_buf_reset(&oracle->fields);
    oracle->count = 0;
    oracle->start = oracle->field_start = end;
}

static void oracle_run(const struct input *input, struct assay_buf *log)
{
    struct csv_parser parser;
    init_libcsv(&parser, input, CSV_EMPTY_IS_NULL | CSV_REPALL_NL);
    struct oracle oracle = {.input = input, .log = log, .limit_at = ASSAY_CSV_NONE};
    assay_buf_init(&oracle.fields, LOG_LIMIT);
    for (uint32_t i = 0; i < input->len && !oracle.stop; i++) {
        oracle.at = i;
        oracle.row = false;
        MUST(csv_parse(&parser, input->data + i, 1, oracle_field, oracle_row, &oracle) == 1);
        if (!oracle.row)
            continue;
        bool crlf = input->data[i] == '\r' && i + 1 < input->len && input->data[i + 1] == '\n';
        if (crlf) { /* libcsv calls the line feed another, empty row */
            MUST(csv_parse(&parser, "\n", 1, ignore_field, ignore_row, NULL) == 1);
            i++;
        }
        oracle_end_record(&oracle, i + 1,
                          crlf                     ? ASSAY_CSV_CRLF
                          : input->data[i] == '\n' ? ASSAY_CSV_LF
                                                   : ASSAY_CSV_CR);
    }
    oracle.at = input->len;
    oracle.row = false;
    if (!oracle.stop)
        csv_fini(&parser, oracle_field, oracle_row, &oracle);
    if (oracle.row)
        oracle_end_record(&oracle, input->len, ASSAY_CSV_EOF);
    if (!oracle.stop)
        log_endings(log, oracle.endings);
    csv_free(&parser);
    assay_buf_free(&oracle.fields);
}

/* ---- What the chunk reader says ---- */

struct reader {
    const struct input *input;
    struct assay_csv_chunk chunk;
    struct assay_csv_text text;
    struct assay_buf *log;
    uint32_t base; /* offset in the data of text.base[0] */
    uint64_t line;
    uint32_t random;
    /* Of the current chunk, by column. */
    struct assay_span *values;
    uint64_t *null;
};

static uint32_t next_random(struct reader *reader)
{
    reader->random = reader->random * 1664525u + 1013904223u;
    return reader->random >> 8;
}

/* The next piece of data behind what is there: sometimes one byte, sometimes much. */
static uint32_t next_piece(struct reader *reader)
{
    switch (reader->input->seed % 4) {
    case 0: return 1;
    case 1: return 1 + next_random(reader) % 8;
    case 2: return 1 + next_random(reader) % 300;
    default: return UINT32_MAX / 2;
    }
}

static uint32_t shifted(const struct reader *reader, uint32_t at)
{
    return at == ASSAY_CSV_NONE ? at : at + reader->base;
}

static void log_chunk_row(struct reader *reader, uint32_t number)
{
    const struct assay_csv_chunk *chunk = &reader->chunk;
    const uint32_t columns = chunk->options.columns;
    const uint32_t words = (uint32_t)ASSAY_BITMAP_WORDS(chunk->records);
    struct assay_csv_row row = assay_csv_chunk_row(chunk, number);
    const uint32_t *finding = row.segment->finding;
    log_row(reader->log, reader->input, shifted(reader, row.start), shifted(reader, row.end),
            row.fields);
    MUST(reader->input->places[shifted(reader, row.start)].line == reader->line + row.line);
    uint32_t bare = finding[ASSAY_CSV_BARE_QUOTE], after = finding[ASSAY_CSV_AFTER_QUOTE];
    uint32_t first = bare < after ? bare : after;
    /* Strict libcsv stops at the first oddity and says nothing of an open quote then. */
    bool open = finding[ASSAY_CSV_UNTERMINATED] != ASSAY_CSV_NONE;
    MUST(!open ||
         reader->text.base[finding[ASSAY_CSV_UNTERMINATED]] == reader->input->dialect.quote);
    log_oddities(reader->log, shifted(reader, first), open && first == ASSAY_CSV_NONE,
                 shifted(reader, finding[ASSAY_CSV_NUL]));
    for (uint32_t c = 0; c < columns || c < row.fields; c++) {
        struct assay_span value;
        bool null;
        if (c < columns) {
            value = reader->values[(size_t)c * chunk->records + number];
            null = assay_bit_get(reader->null + (size_t)c * words, number);
        } else {
            value = row.values[c];
            null = value.len == 0 &&
                   !assay_csv_was_quoted(&reader->text, &chunk->options.dialect, value);
        }
        MUST(c < row.fields || (null && value.len == 0));
        if (c >= row.fields)
            continue;
        uint32_t start =
            c < PLACES_SHOWN ? shifted(reader, assay_csv_row_field(chunk, &row, c)) : 0;
        log_value(reader->log, start, null,
                  assay_csv_was_quoted(&reader->text, &chunk->options.dialect, value),
                  reader->text.base + value.off, value.len);
    }
}

static void log_chunk(struct reader *reader)
{
    struct assay_csv_chunk *chunk = &reader->chunk;
    const uint32_t columns = chunk->options.columns;
    const size_t words = ASSAY_BITMAP_WORDS(chunk->records);
    reader->values = malloc(sizeof(struct assay_span) * columns * chunk->records + 1);
    reader->null = malloc(8 * columns * words + 1);
    MUST(reader->values != NULL && reader->null != NULL);
    for (uint32_t c = 0; c < columns; c++)
        MUST(assay_csv_gather(chunk, c, reader->values + (size_t)c * chunk->records,
                              reader->null + c * words, NULL) == ASSAY_OK);
    uint32_t number = 0, end = 0;
    for (uint32_t s = 0; s < chunk->segment_count; s++) {
        const struct assay_csv_segment *segment = &chunk->segments[s];
        MUST(segment->start == end && segment->first == number);
        end = segment->end;
        for (uint32_t r = 0; r < segment->records; r++)
            log_chunk_row(reader, number++);
        if (segment->kind != ASSAY_CSV_EMPTY)
            continue;
        for (uint32_t at = segment->start; at < end; at++) {
            bool crlf =
                reader->text.base[at] == '\r' && at + 1 < end && reader->text.base[at + 1] == '\n';
            assay_buf_printf(reader->log, "\n%u-%u empty", shifted(reader, at),
                             shifted(reader, at + 1 + crlf));
            at += crlf;
        }
    }
    MUST(number == chunk->records && end == chunk->consumed);
    uint32_t ends = 0;
    for (int i = 0; i < ASSAY_CSV_EOF; i++)
        ends += chunk->endings[i];
    MUST(ends <= chunk->lines);
    MUST((chunk->seen & ASSAY_CSV_SEEN_MULTILINE) || ends == chunk->lines);
    free(reader->values);
    free(reader->null);
}

/* Text of `len` bytes of the data from reader->base, in an allocation of exact size. */
static void set_text(struct reader *reader, uint32_t len)
{
    uint32_t left = reader->input->len - reader->base;
    struct assay_csv_text *text = &reader->text;
    free(text->base);
    text->len = len < left ? len : left;
    text->final = text->len == left;
    text->scratch = text->len + PAD;
    text->scratch_end = text->scratch + text->len + 1;
    text->base = malloc(text->scratch_end);
    MUST(text->base != NULL);
    memcpy(text->base, reader->input->data + reader->base, text->len);
    memset(text->base + text->len, reader->input->dialect.quote, PAD);
}

static void reader_run(const struct input *input, const struct assay_csv_kernel *kernel,
                       struct assay_buf *log)
{
    struct reader reader = {.input = input, .log = log, .line = 1, .random = input->seed};
    struct assay_csv_chunk_options options = {.dialect = input->dialect,
                                              .kernel = kernel,
                                              .columns = input->columns,
                                              .field_limit = input->limit};
    MUST(assay_csv_chunk_init(&reader.chunk, &options, NULL) == ASSAY_OK);
    uint32_t endings[ASSAY_CSV_ENDINGS] = {0};
    bool stopped = false;
    uint32_t want = next_piece(&reader);
    while (reader.base < input->len) {
        set_text(&reader, want);
        struct assay_error err;
        enum assay_status status =
            assay_csv_chunk_fill(&reader.chunk, &reader.text, reader.line, &err);
        if (status == ASSAY_LIMIT) {
            log_limit(log, err.line, err.column);
            stopped = true;
            break;
        }
        MUST(status == ASSAY_OK);
        MUST(reader.chunk.consumed > 0 || !reader.text.final);
        log_chunk(&reader);
        reader.base += reader.chunk.consumed;
        reader.line += reader.chunk.lines;
        for (int i = 0; i < ASSAY_CSV_ENDINGS; i++)
            endings[i] += reader.chunk.endings[i];
        uint32_t pending = reader.text.len - reader.chunk.consumed;
        want = pending + next_piece(&reader);
        if (pending > 200) /* a long record in small pieces would be read over and over */
            want += pending / 4;
    }
    if (!stopped)
        log_endings(log, endings);
    assay_csv_chunk_free(&reader.chunk);
    free(reader.text.base);
}

static void compare(const struct assay_buf *expected, const struct assay_buf *got,
                    const char *kernel)
{
    MUST(!expected->failed && !got->failed);
    if (assay_str_equal(assay_buf_view(expected), assay_buf_view(got)))
        return;
    fprintf(stderr, "libcsv:\n%s\n\n%s:\n%s\n", expected->ptr ? expected->ptr : "", kernel,
            got->ptr ? got->ptr : "");
    abort();
}

/* A byte of input each: dense in what matters, and mostly well formed. */
static void compose(struct assay_buf *text, const uint8_t *data, size_t size,
                    const struct assay_csv_dialect *dialect)
{
    for (size_t i = 0; i < size; i++) {
        const char delimiter = dialect->delimiter, quote = dialect->quote;
        switch (data[i] % 24) {
        case 0: assay_buf_putc(text, quote); break;
        case 1: assay_buf_putc(text, '\r'); break;
        case 2: assay_buf_putc(text, '\0'); break;
        case 3: assay_buf_putc(text, (char)0xc3); break;
        case 4:
        case 5: assay_buf_puts(text, "\r\n"); break;
        case 6:
        case 7:
        case 8: assay_buf_putc(text, '\n'); break;
        case 9: assay_buf_printf(text, "%c%c", quote, quote); break;
        case 10: assay_buf_printf(text, "%c%c%c", delimiter, quote, quote); break;
        case 11: assay_buf_printf(text, "%c%c x%c", delimiter, quote, quote); break;
        case 12: assay_buf_printf(text, "%c%cy\n%c", delimiter, quote, quote); break;
        case 13: assay_buf_printf(text, "%c%c%c%c%c", quote, quote, quote, quote, delimiter); break;
        case 14: assay_buf_printf(text, "%*s", data[i], "z"); break;
        case 15: assay_buf_printf(text, "%c%*s%c", quote, data[i] / 2, "q", quote); break;
        case 16:
        case 17: assay_buf_puts(text, "1"); break;
        default: assay_buf_putc(text, delimiter); break;
        }
    }
}

static void check(const struct input *input)
{
    struct assay_buf expected, got;
    assay_buf_init(&expected, LOG_LIMIT);
    assay_buf_init(&got, LOG_LIMIT);
    oracle_run(input, &expected);
    reader_run(input, NULL, &got);
    compare(&expected, &got, "one record at a time");
    for (const struct assay_csv_kernel *const *kernel = assay_csv_kernels(); *kernel; kernel++) {
        if (!(*kernel)->usable())
            continue;
        assay_buf_reset(&got);
        reader_run(input, *kernel, &got);
        compare(&expected, &got, (*kernel)->name);
    }
    assay_buf_free(&expected);
    assay_buf_free(&got);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct assay_csv_dialect dialects[] = {
        {',', '"'}, {';', '\''}, {' ', '"'}, {'\t', ' '}, {(char)0xa7, (char)0xff}, {'a', 'b'}};
    static const uint32_t limits[] = {1 << 20, 1 << 20, 1 << 20, 1 << 20, 3, 70, 200, 5000};
    if (size < 3)
        return 0;
    struct input input = {.dialect = dialects[data[0] / 8 % 6],
                          .columns = 1 + data[0] % 8,
                          .limit = limits[data[1] % 8],
                          .seed = data[2]};
    struct assay_buf text;
    assay_buf_init(&text, LOG_LIMIT);
    if (data[1] & 8)
        compose(&text, data + 3, size - 3, &input.dialect);
    else
        assay_buf_add(&text, data + 3, size - 3);
    MUST(!text.failed);
    input.data = text.ptr ? text.ptr : "";
    input.len = (uint32_t)text.len;
    find_places(&input);
    check(&input);
    free(input.places);
    assay_buf_free(&text);
    return 0;
}
