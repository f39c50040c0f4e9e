/*
 * The records of one chunk of CSV text, as few segments: runs of regular records that
 * are only an index, and odd records whose values stand in a list.
 *
 * A chunk begins at the start of a record and takes in every record that is complete.
 * With a scanner kernel the index is made for up to a window of text at a time. What
 * is irregular goes through csv_record.h, and so does a record longer than the largest
 * window and one that the end of the data ends; after it the window starts small again
 * and doubles, so that text full of irregular records is not indexed over and over.
 * Without a kernel every record goes through libcsv. Both give the same records,
 * values, findings and positions; only the segments differ.
 *
 * An empty line is a record with one null where there is one column; elsewhere it is no
 * record and becomes a segment of its own.
 *
 * A chunk belongs to one thread. It borrows the text until it is filled again; what it
 * holds itself grows with the chunk: 4 bytes a field, 8 more a field of an odd record,
 * some 50 an odd record.
 */
#ifndef ASSAY_SOURCE_CSV_CHUNK_H
#define ASSAY_SOURCE_CSV_CHUNK_H

#include "source/csv_record.h"

#define ASSAY_CSV_FIELD_LIMIT (64u << 20) /* the default */

struct assay_csv_chunk_options {
    struct assay_csv_dialect dialect;
    const struct assay_csv_kernel *kernel; /* NULL: libcsv reads every record */
    uint32_t columns;                      /* fields a record ought to have; at least 1 */
    uint32_t field_limit;                  /* bytes; 0: ASSAY_CSV_FIELD_LIMIT */
};

enum assay_csv_segment_kind {
    ASSAY_CSV_RUN,  /* regular records: `columns` index entries each */
    ASSAY_CSV_ODD,  /* one record, its values in chunk->fields */
    ASSAY_CSV_EMPTY /* empty lines that are no records */
};

struct assay_csv_segment {
    enum assay_csv_segment_kind kind;
    uint32_t first;   /* number of its first record in the chunk */
    uint32_t records; /* EMPTY: none */
    uint32_t start;   /* of its bytes */
    uint32_t end;
    uint32_t at;     /* RUN: its first entry in chunk->index; ODD: its first of chunk->fields */
    uint32_t fields; /* RUN and ODD: in each record */
    unsigned seen;   /* RUN: ASSAY_CSV_SEEN_* */
    uint32_t line;   /* line ends in the chunk before it */
    uint32_t finding[ASSAY_CSV_FINDINGS]; /* ODD, as in struct assay_csv_record */
};

struct assay_csv_chunk {
    struct assay_csv_chunk_options options;
    struct assay_csv_parser *parser;
    struct assay_csv_text *text; /* borrowed */

    struct assay_csv_segment *segments;
    uint32_t segment_count;
    uint32_t segment_room;
    /*
     * RUN: entry `at + r * columns + c` is the offset of the byte that ends field c of
     * record r, and the entry before it the one that ends the field before, even for
     * the first field of a segment (there it is the offset before its start, which
     * wraps for 0). So a field is index[i - 1] + 1 .. index[i].
     */
    uint32_t *index;
    uint32_t index_count;
    uint32_t index_room;
    struct assay_csv_fields fields;

    uint32_t records;
    uint32_t consumed; /* bytes of text that are done; the rest is to be given again */
    uint32_t lines;    /* line ends in them */
    uint32_t endings[ASSAY_CSV_ENDINGS]; /* how records and empty lines end */
    unsigned seen;                       /* ASSAY_CSV_SEEN_*; a clear bit is certain */
};

/* One record, wherever it stands. */
struct assay_csv_row {
    uint32_t start; /* raw bytes, line end included */
    uint32_t end;
    uint32_t fields;
    uint32_t line; /* line ends in the chunk before it */
    const struct assay_csv_segment *segment;
    const uint32_t *ends;            /* RUN: as explained at `index`; else NULL */
    const struct assay_span *values; /* ODD: the fields; else NULL */
};

enum assay_status assay_csv_chunk_init(struct assay_csv_chunk *chunk,
                                       const struct assay_csv_chunk_options *options,
                                       struct assay_error *err) ASSAY_CHECKED;
void assay_csv_chunk_free(struct assay_csv_chunk *chunk);

/*
 * Takes in the complete records of `text`, of which base[0] begins one. Where it
 * consumes nothing and the text is not final, the record needs more text. A field over
 * the limit is ASSAY_LIMIT once its record is the first of the chunk (the records before
 * it are handed out first); `err` then has the line, `line` being that of base[0], and
 * byte column, but no file.
 */
enum assay_status assay_csv_chunk_fill(struct assay_csv_chunk *chunk, struct assay_csv_text *text,
                                       uint64_t line, struct assay_error *err) ASSAY_CHECKED;

/* Record `number` (from 0) of the chunk. */
struct assay_csv_row assay_csv_chunk_row(const struct assay_csv_chunk *chunk, uint32_t number);

/*
 * Where field `column` of a record begins in the text, its quote included; where the
 * field is missing, the end of the last one.
 */
uint32_t assay_csv_row_field(const struct assay_csv_chunk *chunk, const struct assay_csv_row *row,
                             uint32_t column);

#endif
