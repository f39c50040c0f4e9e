/*
 * The CSV source from within: what csv.c, csv_header.c, csv_batch.c and csv_findings.c
 * share. For src/source only.
 */
#ifndef ASSAY_SOURCE_CSV_SOURCE_H
#define ASSAY_SOURCE_CSV_SOURCE_H

#include "base/buf.h"
#include "source/csv_chunk.h"
#include "source/files.h"

/*
 * One allocation for text and scratch (see struct assay_csv_text):
 *   CSV_FRONT bytes | room bytes of text | CSV_PAD | room + CSV_PAD of scratch | CSV_PAD
 * Pages of it that nothing is written to cost nothing.
 */
#define CSV_FRONT 64
#define CSV_PAD 64

struct csv_buffer {
    char *memory;
    size_t room;
};

/* At least `room` bytes of text; what is there stays. */
bool csv_buffer_reserve(struct csv_buffer *buffer, size_t room);
void csv_buffer_free(struct csv_buffer *buffer);

static inline char *csv_buffer_base(const struct csv_buffer *buffer)
{
    return buffer->memory + CSV_FRONT;
}

/* The first `len` bytes as text with its scratch empty. */
struct assay_csv_text csv_buffer_text(const struct csv_buffer *buffer, size_t len, bool final);

/* Null tokens other than the empty field, by length. */
struct csv_nulls {
    struct assay_str *tokens;
    uint32_t count;
    /* By last byte: bit n: there is one of n bytes that ends so; bit 63: of 63 or more. */
    uint64_t ends[256];
    bool few;              /* all of 1 to 8 bytes, and end in ASCII: */
    uint8_t few_ends[128]; /* the same, bit n - 1 for one of n bytes */
};

struct csv_source {
    struct assay_source base;
    struct assay_source_options options;
    struct assay_csv_dialect dialect;
    const struct assay_csv_kernel *kernel; /* NULL: libcsv reads every record */
    struct assay_csv_parser *parser;       /* for headers */
    uint32_t field_limit;
    size_t batch_bytes;
    size_t record_limit;
    struct csv_nulls nulls;
    struct assay_files files;

    /* The first file's header: its values, and its bytes without their line end. */
    struct assay_str *header;
    uint32_t header_count;
    struct assay_str header_raw;
    bool has_header;
    uint32_t header_file;
    struct assay_buf front; /* what stands before the records of the first file */

    /* Read, and not yet part of a batch: carry[at..len). */
    struct csv_buffer carry;
    size_t at, len;
    uint64_t line; /* number of the line on which it begins */
    bool in_file;
    bool ended; /* the open file has no more bytes */

    uint64_t sequence; /* of the next batch */
    uint64_t record;   /* records before it */

    bool told; /* the end was reached once: its notices are made */
    uint64_t endings[ASSAY_CSV_ENDINGS];
    uint64_t blanks;
    bool has_pending; /* reading failed; what came before it is still to be handed out */
    struct assay_error pending;
    bool has_last; /* for `finish` */
    struct assay_error last;
};

/* More bytes behind those carried, until there are `need` of them or the file ends. */
enum assay_status csv_load(struct csv_source *csv, size_t need, struct assay_error *err);

/* The failure of an earlier read, with how far the records go. */
enum assay_status csv_pending(const struct csv_source *csv, struct assay_error *err);

/* "1,048,576" */
const char *csv_grouped(uint64_t number, char out[32]);

/* An error in the open file's text. */
void csv_error_at(const struct csv_source *csv, struct assay_error *err, uint64_t line,
                  uint64_t column);

/* CSV-FIELD-LIMIT: `what` begins at that place and does not end within `limit` bytes. */
enum assay_status csv_too_long(const struct csv_source *csv, const char *what, uint64_t limit,
                               uint64_t line, uint64_t column, struct assay_error *err);

/*
 * Reads what stands before the records of the file just opened. The first header found
 * gives the columns; each after it has to be the same.
 */
enum assay_status csv_header_read(struct csv_source *csv, struct assay_error *err);

/* What a person may have got wrong, told from the first records: notices and the hint. */
enum assay_status csv_hints_find(struct csv_source *csv, uint64_t header_line,
                                 struct assay_error *err);

/* What the format keeps in a batch. */
struct csv_batch {
    const struct csv_source *csv; /* what does not change while batches are read */
    struct csv_buffer buffer;
    struct assay_csv_text text;
    struct assay_csv_chunk chunk;
    uint64_t line; /* number of the line on which the text begins */
    struct assay_finding *findings;
    uint32_t finding_count;
    uint32_t finding_room;
};

/* Fills the batch's text until it holds a whole record, or until the file ends. */
enum assay_status csv_fill(struct csv_source *csv, struct csv_batch *own, struct assay_error *err);

/* The caller has set `null_values` of the options; needs the arena. */
enum assay_status csv_nulls_init(struct csv_source *csv, struct assay_error *err);

enum assay_status csv_batch_init(struct assay_source *source, struct assay_batch *batch,
                                 struct assay_error *err);
void csv_batch_free(struct assay_batch *batch);

/* The batch's `decode`. */
enum assay_status csv_findings_find(struct assay_batch *batch, struct assay_error *err);

/* Where base[at] in the text of a batch stands; `row` is the record it is in. */
struct assay_position csv_batch_locate(const struct assay_batch *batch, uint32_t row,
                                       const struct assay_csv_row *where, uint32_t at);

/* How findings are told, for records and headers alike. */
extern const char csv_text_bare_quote[];
extern const char csv_text_after_quote[];
extern const char csv_text_escaped_quote[];
extern const char csv_text_open_quote[];
extern const char csv_text_nul[];

/* "\xe9 is not UTF-8 …" for the bytes at text[0]; NULL: no memory. */
const char *csv_text_utf8(struct assay_arena *arena, const char *text, size_t len);

/* The number of leading bytes that are UTF-8; quick where they are ASCII. */
size_t csv_utf8_valid(const char *text, size_t len);

#endif
