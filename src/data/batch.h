/*
 * A batch: some consecutive records of a source, by column.
 *
 * A batch is filled by a source, belongs to one worker, and is reused. Everything in
 * it is valid until the next batch is read into it.
 */
#ifndef ASSAY_DATA_BATCH_H
#define ASSAY_DATA_BATCH_H

#include "data/bitmap.h"
#include "data/column.h"

struct assay_batch;

/* Where a value stands in its file; numbers count from 1, a 0 means unknown. */
struct assay_position {
    uint32_t file;   /* index into the source's files */
    uint64_t record; /* the record's number over the whole source */
    uint64_t line;   /* physical line on which the value begins */
    uint64_t column; /* byte column on that line */
};

/* What is wrong with a malformed record. */
enum assay_malformed {
    ASSAY_MALFORMED_SHORT,       /* too few fields */
    ASSAY_MALFORMED_LONG,        /* too many fields */
    ASSAY_MALFORMED_BLANK,       /* an empty line where records have several columns: a notice */
    ASSAY_MALFORMED_HEADER,      /* the header again, in the middle of the data */
    ASSAY_MALFORMED_AFTER_QUOTE, /* text between a closing quote and the delimiter */
    ASSAY_MALFORMED_BARE_QUOTE,  /* a quote inside an unquoted field: read as it stands */
    ASSAY_MALFORMED_OPEN_QUOTE,  /* a quote that is never closed */
    ASSAY_MALFORMED_UTF8,        /* bytes that are not UTF-8 */
    ASSAY_MALFORMED_NUL,         /* a NUL byte */
    ASSAY_MALFORMED_NAMELESS,    /* a column without a name in the header */
    ASSAY_MALFORMED_SYNTAX,      /* JSON: not a JSON record */
    ASSAY_MALFORMED_NO_OBJECT,   /* JSON: a value, but no object */
    ASSAY_MALFORMED_KEY_TWICE,   /* JSON: a key that its object has already */
    ASSAY_MALFORMED_SURROGATE,   /* JSON: half a surrogate pair */
    ASSAY_MALFORMED_JSON_UTF8,   /* JSON: bytes that are not UTF-8 */
    ASSAY_MALFORMED_JSON_NUL,    /* JSON: a NUL in a string, which keeps it */
    ASSAY_MALFORMED_NO_ARRAY,    /* JSON: something else where a column has [*] */
    ASSAY_MALFORMED_KINDS
};

/* One finding about one record; the text (NUL-terminated) is ready for a person. */
struct assay_finding {
    enum assay_malformed what;
    struct assay_position at;
    const char *text; /* e.g. "expected 7 fields, found 6" */
};

/* How a source's batches are looked into; implemented by each format. */
struct assay_batch_ops {
    /*
     * To be called once after `next`, outside of its lock and before anything else is
     * asked: finds the malformed records and says which rows are usable.
     */
    enum assay_status (*decode)(struct assay_batch *batch, struct assay_error *err);
    /* Makes column `index` of the source's schema; called once a batch and column. */
    enum assay_status (*column)(struct assay_batch *batch, uint32_t index,
                                struct assay_column *column, struct assay_error *err);
    /* Where the value of `row` in column `index` stands (UINT32_MAX: the record itself). */
    struct assay_position (*position)(const struct assay_batch *batch, uint32_t row,
                                      uint32_t index);
    /*
     * The original bytes of a record, its terminator included, and of those behind it and
     * before row `end` that follow without a gap; `*next` is the first row not among them.
     */
    struct assay_str (*raw)(const struct assay_batch *batch, uint32_t row, uint32_t end,
                            uint32_t *next);
};

/* A value that all records of a file have in common. */
struct assay_file_value {
    const char *base; /* 8 readable bytes before the value and 64 behind it */
    struct assay_span span;
    bool null;
};

/* Columns that are not in the data, but the same throughout a file: parts of its path. */
struct assay_file_columns {
    uint32_t from, count;                  /* their numbers in the source's schema */
    const struct assay_file_value *values; /* of the file's first: values[file * count] */
};

struct assay_batch {
    const struct assay_batch_ops *ops;
    uint64_t sequence;       /* 0, 1, 2 … in the order of the source */
    uint64_t record;         /* records before this batch, over the whole source */
    const uint64_t *numbers; /* of each row's record, where they do not follow one another;
                                0: not known. NULL: they do */
    uint32_t rows;           /* 0: the end of the data */
    uint32_t file;
    const uint64_t *usable;         /* by `decode`. Bit set: the row takes part in expectations */
    struct assay_finding *findings; /* by `decode`: in order of record, then of `what`; a
                                       record may have several */
    uint32_t finding_count;
    struct assay_arena arena;      /* reset by the source when it refills the batch */
    struct assay_column **columns; /* by schema index; NULL until asked for */
    uint32_t column_count;
    const struct assay_file_columns *file_columns; /* NULL: none */
    void *impl;                                    /* the format's own */
};

/* The original bytes of one record. */
static inline struct assay_str assay_batch_raw(const struct assay_batch *batch, uint32_t row)
{
    uint32_t next;
    return batch->ops->raw(batch, row, row + 1, &next);
}

/* Where the value of `row` in column `index` stands (UINT32_MAX: the record itself). */
struct assay_position assay_batch_position(const struct assay_batch *batch, uint32_t row,
                                           uint32_t index);

/* The column, made now if it is the first to ask; NULL on failure with `err` set. */
struct assay_column *assay_batch_column(struct assay_batch *batch, uint32_t index,
                                        const struct assay_field *field, struct assay_error *err);

/* A row that a row-wise metric could not decide, and why. */
struct assay_undecided {
    struct assay_undecided *next;
    uint32_t row;
    char code[32];
    const char *text;
};

/* What a row-wise metric says of each row of a slice, for who wants to know. */
struct assay_marks {
    uint64_t *bad;                     /* comes zeroed: rows in violation, or undecided */
    struct assay_undecided *undecided; /* by row */
};

/*
 * Rows of a batch that a metric or a predicate looks at. `columns` are in the order
 * in which the metric named them.
 */
struct assay_slice {
    struct assay_batch *batch;
    struct assay_column *const *columns;
    const uint32_t *indexes; /* schema index of each column */
    uint32_t column_count;
    uint32_t rows;
    const uint64_t *mask;     /* usable, selected rows for which the `where` is true */
    const uint64_t *selected; /* rows inside --limit and --sample, malformed ones included */
    bool filtered;            /* there is a `where` */
    struct assay_column *const *beside; /* columns whose values go with samples; a row a record */
    uint32_t beside_count;
    const uint32_t *record;    /* as the column's, which fans out and stands alone; or NULL */
    struct assay_marks *marks; /* for row-wise metrics to fill; NULL: nobody asks */
};

/* The number of the record, over the whole source, that a row of the slice is from. */
static inline uint64_t assay_slice_record(const struct assay_slice *slice, uint32_t row)
{
    uint32_t record = slice->record != NULL ? slice->record[row] : row;
    const uint64_t *numbers = slice->batch->numbers;
    return numbers != NULL ? numbers[record] : slice->batch->record + record + 1;
}

#endif
