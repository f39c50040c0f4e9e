/*
 * A source yields batches, in order, once; some can be read again.
 *
 * Reading is split in two so that several workers share one source: `next` runs under
 * a lock (the turnstile), finds the next whole records and says which they are;
 * everything that can be done with the batch alone happens in batch->ops, in parallel.
 */
#ifndef ASSAY_SOURCE_SOURCE_H
#define ASSAY_SOURCE_SOURCE_H

#include "data/batch.h"
#include "source/transcode.h"

#include <stdatomic.h>

enum assay_header { ASSAY_HEADER_YES, ASSAY_HEADER_NO, ASSAY_HEADER_NAMES };

enum assay_csv_engine { ASSAY_CSV_SCAN, ASSAY_CSV_LIBCSV };

enum assay_json_engine { ASSAY_JSON_SCAN, ASSAY_JSON_YAJL };

/* What a key is that an object has twice: a fault, or one of its values counts. */
enum assay_json_twice { ASSAY_JSON_TWICE_ERROR, ASSAY_JSON_TWICE_FIRST, ASSAY_JSON_TWICE_LAST };
/* What a record of CSV with too few fields is: a fault, or one whose last values are null. */
enum assay_short_records { ASSAY_SHORT_MALFORMED, ASSAY_SHORT_NULL };
/* Whether directories `key=value` are columns. */
enum assay_partitions { ASSAY_PARTITIONS_HIVE, ASSAY_PARTITIONS_NONE };

struct assay_db_trace; /* source/db.h */

/* The column that holds the name of the file, unless the data has one called that. */
#define ASSAY_SOURCE_FILE "source_file"

/*
 * How data is to be read; suites and the command line fill the same struct. What it
 * points to must outlive the source.
 */
struct assay_source_options {
    char delimiter; /* 0: ',' */
    char quote;     /* 0: '"' */
    enum assay_header header;
    const struct assay_str *names; /* ASSAY_HEADER_NAMES: the columns' names */
    uint32_t name_count;
    enum assay_encoding encoding;
    const struct assay_str *null_values; /* besides the empty unquoted field */
    uint32_t null_value_count;
    bool null_values_untyped; /* null_values are those of formats without kinds (CSV) alone */
    bool empty_is_null;       /* null_values hold "": where it is a value (JSON), it is then null */
    bool trim;                /* spaces and tabs around a field are not data */
    uint64_t skip_lines;
    enum assay_short_records short_records;
    enum assay_csv_engine csv_engine;
    enum assay_json_engine json_engine;
    enum assay_json_twice duplicate_keys; /* JSON */
    bool allow_nan;                       /* JSON: NaN, Infinity and -Infinity are numbers */
    enum assay_partitions partitions;
    const char *records;   /* JSON: pointer to the array of records; NULL: the document */
    const char *kernel;    /* forced scanner kernel; NULL: the best this machine has */
    size_t batch_bytes;    /* 0: the default */
    uint64_t max_field;    /* 0: the default, 64 MiB; at most 1 GiB */
    const char *format;    /* forced format; NULL: from the data */
    bool raw;              /* records are written out as they stood: all files are of one form */
    bool live;             /* records are wanted soon, though fewer at a time: of a pipe */
    bool once;             /* nobody will `rewind` it: nothing is kept of a pipe */
    uint64_t max_expanded; /* most bytes unpacked from one compressed file; 0: 1 TiB */
    uint32_t max_ratio;    /* most of them for each stored byte; 0: 250 for gzip, else 2500 */
    const char *table;     /* databases: what is read of them, in their own words; or NULL */
    const char *query;
    const char *where;
    const struct assay_str *order_by;
    uint32_t order_count;
    const struct assay_str *partition; /* COLUMN=VALUE: rows of a database with these values */
    uint32_t partition_count;
    int64_t connect_timeout;   /* microseconds; 0: the default, 10 s */
    int64_t statement_timeout; /* microseconds; 0: none */
    int64_t idle_timeout;      /* microseconds that a server may send next to nothing; 0: 60 s */
    uint32_t tries;            /* of a request to a server; 0: 5 */
    uint64_t max_download;     /* most bytes taken from a server for one file; 0: no limit */
    const char *ca_file;       /* certificates to trust in place of the system's; or NULL */
    const _Atomic int *stop;   /* not 0: a read that waits ends in ASSAY_INTERRUPTED; or NULL */
    const struct assay_db_trace *trace; /* told what databases are asked; or NULL */
};

/*
 * How records stand in a file, for who writes some of them out again. The data itself is
 * UTF-8 by then, whatever it was.
 */
struct assay_source_frame {
    struct assay_str before;  /* a byte order mark, lines passed over, the header; or a bracket */
    struct assay_str between; /* behind a record that does not end itself, before the next */
    struct assay_str after;   /* behind the last */
    bool lines;               /* a record ends itself with a line end, where it has one */
};

struct assay_source_file {
    struct assay_str path; /* as a person would name it; "-" is shown as <stdin> */
    uint64_t bytes;        /* bytes of the file read so far, as stored */
    uint64_t records;
};

/* What explains it best when a column that a suite names is not there. */
struct assay_source_hint {
    const char *code; /* NULL: nothing explains it */
    const char *text; /* "1 column found, but the header contains 6 ';'" */
    const char *help;
};

struct assay_source;

/* What formats implement; callers go through the functions of the same names below. */
struct assay_source_ops {
    /* Fills the batch, which is empty; leaves it so at the end, and at each call after it. */
    enum assay_status (*next)(struct assay_source *source, struct assay_batch *batch,
                              struct assay_error *err);
    enum assay_status (*batch_init)(struct assay_source *source, struct assay_batch *batch,
                                    struct assay_error *err);
    void (*batch_free)(struct assay_batch *batch);
    enum assay_status (*rewind)(struct assay_source *source, struct assay_error *err);
    /* NULL: there is nothing to say at the end. */
    enum assay_status (*finish)(struct assay_source *source, struct assay_error *err);
    void (*close)(struct assay_source *source);
    /*
     * Where columns are not only those of `names` (JSON): the number of the one that a
     * suite calls `name`, which batches made from now on have. NULL: by `names`.
     */
    enum assay_status (*column)(struct assay_source *source, struct assay_str name, uint32_t *index,
                                struct assay_error *err);
    /* Whether a column has its own number of values a record; NULL: none has. */
    bool (*fans_out)(const struct assay_source *source, uint32_t index);
    /* At the end: COLUMN-MISSING where no record had the column. NULL: each is there. */
    enum assay_status (*found)(const struct assay_source *source, uint32_t index,
                               struct assay_error *err);
};

struct assay_source {
    const struct assay_source_ops *ops;
    /*
     * The columns, in order, known once open: NUL-terminated, no two alike. A column
     * without a name is `_7` (the seventh); of several with one name, the second is
     * `id#2`, and so on. No columns: there is no data at all, not even a header. The keys
     * of partitions are the last of them.
     */
    const struct assay_str *names;
    uint32_t column_count;
    uint32_t column_room;     /* columns of a batch: those, and more where `column` added some */
    const uint32_t *repeated; /* by column: the next of the same name, 0: none; or NULL */
    const uint32_t *by_name;  /* the data's columns in bytewise order of their names */
    struct assay_file_columns file_columns; /* keys of partitions, and ASSAY_SOURCE_FILE */
    struct assay_source_hint hint;
    struct assay_source_frame frame; /* of the first file that has columns */
    struct assay_source_file *files;
    uint32_t file_count;
    uint64_t total_bytes;        /* as stored, over all files; 0: not known */
    _Atomic uint64_t bytes_read; /* for progress */
    const char *const *notices;  /* things a person should know: mixed line ends, … */
    uint32_t notice_count;
    struct assay_finding *header_findings; /* about the header: columns without a name */
    uint32_t header_finding_count;
    bool rewindable;            /* `rewind` works */
    struct assay_error failure; /* of an earlier `next`; ASSAY_OK: none */
    /*
     * Known at the end: a file ends inside of its last record, which counts as malformed.
     * Whoever would call the data good tells this instead. ASSAY_OK: none does.
     */
    struct assay_error cut_short;
    struct assay_arena arena;   /* names, files, notices */
};

/*
 * Opens sources named as on the command line, each a path, a directory, a glob, or `-`,
 * as one: their files in this order, those of one name by their paths. On success the
 * header has been read and the columns are known. The caller closes it.
 */
enum assay_status assay_source_open_all(const struct assay_str *specs, uint32_t count,
                                        const struct assay_source_options *options,
                                        struct assay_source **out, struct assay_error *err);
enum assay_status assay_source_open(struct assay_str spec,
                                    const struct assay_source_options *options,
                                    struct assay_source **out, struct assay_error *err);
void assay_source_close(struct assay_source *source);

/*
 * The number of the column that a suite calls `name`. Codes: COLUMN-MISSING, with a
 * did-you-mean, or the code of the source's hint; CSV-DUPLICATE-COLUMN where several are
 * called that (`id#1` is the first of them).
 */
enum assay_status assay_source_column(struct assay_source *source, struct assay_str name,
                                      uint32_t *index, struct assay_error *err) ASSAY_CHECKED;

/* Columns that are in the data itself: all but the keys of partitions. */
static inline uint32_t assay_source_data_columns(const struct assay_source *source)
{
    return source->file_columns.count > 0 ? source->file_columns.from : source->column_count;
}

/*
 * Fills the batch with the next records; 0 rows at the end, and again at each call after
 * it. A failure is final: each call after it, and `rewind`, fail in the same way, whoever
 * asks. One caller at a time.
 */
enum assay_status assay_source_next(struct assay_source *source, struct assay_batch *batch,
                                    struct assay_error *err);

/* The next batch is the first again; only where the source is rewindable. */
enum assay_status assay_source_rewind(struct assay_source *source, struct assay_error *err);

/*
 * Last words once the end was reached, which leave no verdict standing: a file that
 * changed while it was read, a quote that was never closed. Notices are complete from
 * then on.
 */
enum assay_status assay_source_finish(struct assay_source *source, struct assay_error *err);

/* Whether the column has its own number of values a record: see struct assay_column. */
static inline bool assay_source_fans_out(const struct assay_source *source, uint32_t index)
{
    return source->ops->fans_out != NULL && source->ops->fans_out(source, index);
}

/* Batches are made for one source. */
enum assay_status assay_batch_init(struct assay_source *source, struct assay_batch *batch,
                                   struct assay_error *err);
void assay_batch_free(struct assay_source *source, struct assay_batch *batch);

/* What kinds of source and format there are, for `assay list`. */
struct assay_source_kind {
    const char *name;
    const char *summary;
    bool built_in; /* false: this program was built without the library it needs */
};
const struct assay_source_kind *assay_source_kinds(size_t *count);
const struct assay_source_kind *assay_source_formats(size_t *count);

#endif
