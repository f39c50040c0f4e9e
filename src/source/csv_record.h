/*
 * One CSV record at a time, through libcsv, which defines the dialect.
 *
 * It serves the records that the scanner calls irregular, and all records where the
 * scanner is not to be used. The record is first framed: where it ends, where each
 * field begins, what is odd about it. Then exactly those bytes go through libcsv
 * (spaces are data), whose fields are copied to the scratch part of the text. Should
 * libcsv ever see another record than the one framed, that is an ASSAY_INTERNAL error.
 *
 * What is lenient, as libcsv reads it: a quote inside an unquoted field is text; after
 * text behind a closing quote the field goes on as a quoted one, that quote included;
 * a quote that is never closed reaches to the end of the data. Records end at LF, CRLF
 * or CR. Each oddity is told in `findings`.
 */
#ifndef ASSAY_SOURCE_CSV_RECORD_H
#define ASSAY_SOURCE_CSV_RECORD_H

#include "base/error.h"
#include "base/span.h"
#include "source/csv_scan.h"

/*
 * Text and scratch in one allocation, so that a span can mean either. All offsets are
 * from `base`. A field in the scratch part stands behind one byte that is the quote
 * where the field was quoted, as it does in the text.
 */
struct assay_csv_text {
    char *base;
    uint32_t len;         /* bytes of text; 64 more are readable */
    uint32_t scratch;     /* first free byte of the scratch part, at least len + 64 */
    uint32_t scratch_end; /* len + 1 bytes of scratch always suffice to read each field once */
    bool final;           /* the text ends where the data ends */
};

/* A growing list of field values; the caller's, released with free(at). */
struct assay_csv_fields {
    struct assay_span *at;
    uint32_t count;
    uint32_t room;
};

enum assay_csv_finding {
    ASSAY_CSV_BARE_QUOTE,   /* at the quote */
    ASSAY_CSV_AFTER_QUOTE,  /* at the first byte behind the closing quote */
    ASSAY_CSV_UNTERMINATED, /* at the opening quote */
    ASSAY_CSV_NUL,
    ASSAY_CSV_FINDINGS
};

enum assay_csv_ending { ASSAY_CSV_LF, ASSAY_CSV_CRLF, ASSAY_CSV_CR, ASSAY_CSV_EOF };
#define ASSAY_CSV_ENDINGS 4

enum assay_csv_record_kind {
    ASSAY_CSV_RECORD,
    ASSAY_CSV_BLANK, /* an empty line: no fields; what it means is for the caller */
    ASSAY_CSV_MORE,  /* the text ends before the record does, and is not final */
    ASSAY_CSV_DONE   /* nothing is left */
};

struct assay_csv_record {
    enum assay_csv_record_kind kind;
    enum assay_csv_ending ending;
    uint32_t start;
    uint32_t end;         /* behind its line end: the next record's start */
    uint32_t first_field; /* into the caller's fields */
    uint32_t fields;
    uint32_t finding[ASSAY_CSV_FINDINGS]; /* the first of each kind, or ASSAY_CSV_NONE */
    uint32_t limit_at; /* with ASSAY_LIMIT: where the field that is too long begins */
};

struct assay_csv_parser;

/* One per thread. `field_limit` is the most bytes a field may have, its quotes included. */
enum assay_status assay_csv_parser_new(const struct assay_csv_dialect *dialect,
                                       uint32_t field_limit, struct assay_csv_parser **out,
                                       struct assay_error *err) ASSAY_CHECKED;
void assay_csv_parser_free(struct assay_csv_parser *parser);

/*
 * Reads the record that starts at `at`; its values are appended to `fields`. A field
 * over the limit is ASSAY_LIMIT however much of it is there yet; `err` then has no
 * line, which only the caller knows.
 */
enum assay_status assay_csv_record_parse(struct assay_csv_parser *parser,
                                         struct assay_csv_text *text, uint32_t at,
                                         struct assay_csv_fields *fields,
                                         struct assay_csv_record *record,
                                         struct assay_error *err) ASSAY_CHECKED;

/* The field was quoted; one that is empty and was not is null. */
static inline bool assay_csv_was_quoted(const struct assay_csv_text *text,
                                        const struct assay_csv_dialect *dialect,
                                        struct assay_span value)
{
    return value.off > 0 && text->base[value.off - 1] == dialect->quote;
}

/*
 * Where field `column` of the record base[start..end) begins, its quote included; where
 * it is missing, the end of the last one.
 */
uint32_t assay_csv_record_field(const struct assay_csv_text *text,
                                const struct assay_csv_dialect *dialect, uint32_t start,
                                uint32_t end, uint32_t column);

/* Makes room for one more field; false: no memory. */
bool assay_csv_fields_add(struct assay_csv_fields *fields, struct assay_span value);

#endif
