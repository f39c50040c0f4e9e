/*
 * Frames one record and has libcsv read it. The framing is a second reading of the same
 * dialect only as far as libcsv keeps to itself what must be told: where a record ends,
 * and where in it something is odd.
 */
#include "config.h"

#include "source/csv_record.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

struct assay_csv_parser {
    struct csv_parser libcsv;
    struct assay_csv_dialect dialect;
    uint32_t field_limit;
};

/* A record being framed. Framed fields hold their raw start, and in `len` if quoted. */
struct frame {
    struct assay_csv_dialect dialect;
    uint32_t field_limit;
    const struct assay_csv_text *text;
    struct assay_csv_fields *fields;
    struct assay_csv_record *record;
    uint32_t at;
};

enum frame_end { FRAME_DELIMITER, FRAME_LINE_END, FRAME_TEXT_END };

/* What the callbacks of libcsv fill. */
struct reading {
    struct assay_csv_text *text;
    struct assay_csv_fields *fields;
    const struct assay_csv_record *record;
    char quote;
    uint32_t seen; /* fields */
    uint32_t rows;
    bool wrong; /* not what was framed, or no room */
};

bool assay_csv_fields_add(struct assay_csv_fields *fields, struct assay_span value)
{
    if (fields->count == fields->room) {
        uint32_t room = fields->room > 0 ? fields->room * 2 : 256;
        if (room <= fields->room)
            return false;
        void *grown = realloc(fields->at, (size_t)room * sizeof *fields->at);
        if (grown == NULL)
            return false;
        fields->at = grown;
        fields->room = room;
    }
    fields->at[fields->count++] = value;
    return true;
}

static int never_space(unsigned char c)
{
    (void)c;
    return 0;
}

enum assay_status assay_csv_parser_new(const struct assay_csv_dialect *dialect,
                                       uint32_t field_limit, struct assay_csv_parser **out,
                                       struct assay_error *err)
{
    *out = NULL;
    if (!assay_csv_dialect_valid(dialect))
        return assay_fail(err, ASSAY_USAGE, "CSV-DIALECT",
                          "delimiter and quote must be two different bytes, and no line end");
    struct assay_csv_parser *parser = calloc(1, sizeof *parser);
    if (parser == NULL)
        return assay_fail_nomem(err);
    parser->dialect = *dialect;
    parser->field_limit = field_limit;
    csv_init(&parser->libcsv, CSV_EMPTY_IS_NULL);
    csv_set_delim(&parser->libcsv, (unsigned char)dialect->delimiter);
    csv_set_quote(&parser->libcsv, (unsigned char)dialect->quote);
    csv_set_space_func(&parser->libcsv, never_space);
    csv_set_blk_size(&parser->libcsv, 4096);
    *out = parser;
    return ASSAY_OK;
}

void assay_csv_parser_free(struct assay_csv_parser *parser)
{
    if (parser == NULL)
        return;
    csv_free(&parser->libcsv);
    free(parser);
}

static void find(struct frame *frame, enum assay_csv_finding what, uint32_t at)
{
    if (frame->record->finding[what] == ASSAY_CSV_NONE)
        frame->record->finding[what] = at;
}

static bool at_quote(const struct frame *frame)
{
    return frame->at < frame->text->len && frame->text->base[frame->at] == frame->dialect.quote;
}

static enum frame_end end_at(const struct frame *frame)
{
    if (frame->at == frame->text->len)
        return FRAME_TEXT_END;
    return frame->text->base[frame->at] == frame->dialect.delimiter ? FRAME_DELIMITER
                                                                    : FRAME_LINE_END;
}

static enum frame_end frame_unquoted(struct frame *frame)
{
    const char *base = frame->text->base;
    const struct assay_csv_dialect dialect = frame->dialect;
    for (; frame->at < frame->text->len; frame->at++) {
        char c = base[frame->at];
        if (c == dialect.delimiter || c == '\n' || c == '\r')
            break;
        if (c == dialect.quote)
            find(frame, ASSAY_CSV_BARE_QUOTE, frame->at);
    }
    return end_at(frame);
}

static enum frame_end frame_quoted(struct frame *frame)
{
    const struct assay_csv_text *text = frame->text;
    const struct assay_csv_dialect dialect = frame->dialect;
    uint32_t open = frame->at++;
    while (frame->at < text->len) {
        const char *quote = memchr(text->base + frame->at, dialect.quote, text->len - frame->at);
        if (quote == NULL)
            break;
        frame->at = (uint32_t)(quote - text->base) + 1;
        if (frame->at == text->len)
            return FRAME_TEXT_END;
        char c = text->base[frame->at];
        if (c == dialect.delimiter || c == '\n' || c == '\r')
            return end_at(frame);
        if (c != dialect.quote)
            find(frame, ASSAY_CSV_AFTER_QUOTE, frame->at);
        frame->at++;
    }
    frame->at = text->len;
    find(frame, ASSAY_CSV_UNTERMINATED, open);
    return FRAME_TEXT_END;
}

/*
 * One field from frame->at; over the limit it is an error even where its end is not
 * there yet, so that the answer does not depend on how the data was cut.
 */
static enum assay_status frame_field(struct frame *frame, enum frame_end *end,
                                     struct assay_error *err)
{
    uint32_t start = frame->at;
    uint32_t limit = frame->field_limit;
    bool quoted = at_quote(frame);
    *end = quoted ? frame_quoted(frame) : frame_unquoted(frame);
    if (frame->at - start > limit) {
        frame->record->limit_at = start;
        assay_fail(err, ASSAY_LIMIT, "CSV-FIELD-SIZE", "a field is longer than %u bytes%s", limit,
                   quoted ? ": is a quote not closed?" : "");
        assay_error_help(err, "check the quotes and the `quote` and `delimiter` options there");
        return ASSAY_LIMIT;
    }
    if (!assay_csv_fields_add(frame->fields, (struct assay_span){start, quoted}))
        return assay_fail_nomem(err);
    frame->record->fields++;
    return ASSAY_OK;
}

/* Takes the line end at frame->at; false: whether a line feed follows is not known yet. */
static bool frame_line_end(struct frame *frame)
{
    const struct assay_csv_text *text = frame->text;
    struct assay_csv_record *record = frame->record;
    record->ending = ASSAY_CSV_LF;
    if (text->base[frame->at++] == '\r') {
        if (frame->at == text->len && !text->final)
            return false;
        bool crlf = frame->at < text->len && text->base[frame->at] == '\n';
        record->ending = crlf ? ASSAY_CSV_CRLF : ASSAY_CSV_CR;
        frame->at += crlf;
    }
    record->end = frame->at;
    return true;
}

static enum assay_status frame_record(struct frame *frame, struct assay_error *err)
{
    const struct assay_csv_text *text = frame->text;
    struct assay_csv_record *record = frame->record;
    record->kind = ASSAY_CSV_MORE;
    if (frame->at == text->len) {
        record->kind = text->final ? ASSAY_CSV_DONE : ASSAY_CSV_MORE;
        return ASSAY_OK;
    }
    if (text->base[frame->at] == '\n' || text->base[frame->at] == '\r') {
        if (frame_line_end(frame))
            record->kind = ASSAY_CSV_BLANK;
        return ASSAY_OK;
    }
    enum frame_end end;
    for (;;) {
        ASSAY_TRY(frame_field(frame, &end, err));
        if (end != FRAME_DELIMITER)
            break;
        frame->at++;
    }
    if (end == FRAME_TEXT_END) {
        if (!text->final)
            return ASSAY_OK;
        record->ending = ASSAY_CSV_EOF;
        record->end = frame->at;
    } else if (!frame_line_end(frame)) {
        return ASSAY_OK;
    }
    record->kind = ASSAY_CSV_RECORD;
    const char *nul = memchr(text->base + record->start, '\0', record->end - record->start);
    if (nul != NULL)
        find(frame, ASSAY_CSV_NUL, (uint32_t)(nul - text->base));
    return ASSAY_OK;
}

static void on_field(void *bytes, size_t len, void *data)
{
    struct reading *reading = data;
    struct assay_csv_text *text = reading->text;
    if (reading->seen == reading->record->fields || len >= text->scratch_end - text->scratch) {
        reading->wrong = true;
        return;
    }
    struct assay_span *field = &reading->fields->at[reading->record->first_field + reading->seen++];
    if ((bytes == NULL) != (len == 0 && !field->len))
        reading->wrong = true;
    text->base[text->scratch++] = field->len ? reading->quote : '\n';
    field->off = text->scratch;
    field->len = (uint32_t)len;
    if (len > 0)
        memcpy(text->base + text->scratch, bytes, len);
    text->scratch += (uint32_t)len;
}

static void on_row(int c, void *data)
{
    (void)c;
    struct reading *reading = data;
    reading->rows++;
}

/* Brings libcsv back to the start of a record after it stopped within one. */
static void reset_libcsv(struct assay_csv_parser *parser)
{
    csv_fini(&parser->libcsv, NULL, NULL, NULL);
}

static enum assay_status disagree(struct assay_csv_parser *parser, struct assay_error *err)
{
    reset_libcsv(parser);
    return assay_fail(err, ASSAY_INTERNAL, "CSV-DISAGREE",
                      "libcsv does not read the record as it was framed");
}

/* Feeds the framed record; its last byte apart, to see that it is the one that ends it. */
static enum assay_status read_record(struct assay_csv_parser *parser, struct reading *reading,
                                     struct assay_error *err)
{
    const struct assay_csv_record *record = reading->record;
    struct csv_parser *libcsv = &parser->libcsv;
    uint32_t len = record->end - record->start - (record->ending == ASSAY_CSV_CRLF);
    uint32_t body = len - (record->ending != ASSAY_CSV_EOF);
    const char *bytes = reading->text->base + record->start;
    if (csv_parse(libcsv, bytes, body, on_field, on_row, reading) != body) {
        reset_libcsv(parser);
        return assay_fail_nomem(err);
    }
    bool early = reading->rows != 0;
    if (record->ending == ASSAY_CSV_EOF)
        csv_fini(libcsv, on_field, on_row, reading);
    else if (csv_parse(libcsv, bytes + body, 1, on_field, on_row, reading) != 1) {
        reset_libcsv(parser);
        return assay_fail_nomem(err);
    }
    if (early || reading->wrong || reading->rows != 1 || reading->seen != record->fields)
        return disagree(parser, err);
    return ASSAY_OK;
}

enum assay_status assay_csv_record_parse(struct assay_csv_parser *parser,
                                         struct assay_csv_text *text, uint32_t at,
                                         struct assay_csv_fields *fields,
                                         struct assay_csv_record *record, struct assay_error *err)
{
    *record = (struct assay_csv_record){
        .start = at, .end = at, .first_field = fields->count, .limit_at = ASSAY_CSV_NONE};
    for (int i = 0; i < ASSAY_CSV_FINDINGS; i++)
        record->finding[i] = ASSAY_CSV_NONE;
    struct frame frame = {.dialect = parser->dialect,
                          .field_limit = parser->field_limit,
                          .text = text,
                          .fields = fields,
                          .record = record,
                          .at = at};
    enum assay_status status = frame_record(&frame, err);
    if (status != ASSAY_OK || record->kind != ASSAY_CSV_RECORD) {
        fields->count = record->first_field;
        record->fields = 0;
        return status;
    }
    /* Each field costs its bytes and one; more than its raw bytes only at the end of data. */
    uint32_t need = record->end - record->start + 1;
    if (need > text->scratch_end - text->scratch) {
        fields->count = record->first_field;
        return assay_fail(err, ASSAY_LIMIT, "CSV-SCRATCH",
                          "no room for the values of a record of %u bytes", need - 1);
    }
    struct reading reading = {
        .text = text, .fields = fields, .record = record, .quote = parser->dialect.quote};
    return read_record(parser, &reading, err);
}

uint32_t assay_csv_record_field(const struct assay_csv_text *text,
                                const struct assay_csv_dialect *dialect, uint32_t start,
                                uint32_t end, uint32_t column)
{
    struct assay_csv_text whole = *text;
    struct assay_csv_record record = {.start = start};
    whole.len = end;
    struct frame frame = {.dialect = *dialect, .text = &whole, .record = &record, .at = start};
    for (; column > 0; column--) {
        enum frame_end found = at_quote(&frame) ? frame_quoted(&frame) : frame_unquoted(&frame);
        if (found != FRAME_DELIMITER)
            break;
        frame.at++;
    }
    return frame.at;
}
