/*
 * The JSON source from within: what json.c, json_names.c, json_read.c and json_batch.c
 * share. For src/source only.
 */
#ifndef ASSAY_SOURCE_JSON_SOURCE_H
#define ASSAY_SOURCE_JSON_SOURCE_H

#include "source/files.h"
#include "source/json_frame.h"
#include "source/json_shape.h"

#include <pthread.h>

/*
 * One allocation for text and scratch:
 *   JSON_FRONT bytes | room bytes of text | JSON_PAD | 2 * room of scratch | JSON_PAD
 * Pages of it that nothing is written to cost nothing.
 */
#define JSON_FRONT 64
#define JSON_PAD 64

/* Bytes of the first file that are looked at for what there is. */
#define JSON_WINDOW (256u << 10)

struct json_buffer {
    char *memory;
    size_t room;
};

/* At least `room` bytes of text; what is there stays. */
bool json_buffer_reserve(struct json_buffer *buffer, size_t room);
void json_buffer_free(struct json_buffer *buffer);

static inline char *json_buffer_base(const struct json_buffer *buffer)
{
    return buffer->memory + JSON_FRONT;
}

static inline char *json_buffer_scratch(const struct json_buffer *buffer)
{
    return json_buffer_base(buffer) + buffer->room + JSON_PAD;
}

/* What was found of a wanted column: bits. */
#define JSON_FOUND_VALUE 1u   /* a value, or a null */
#define JSON_FOUND_ELEMENT 2u /* an element, with the value or without */
#define JSON_FOUND_ARRAY 4u   /* an array */

/* How records are told apart in the data that is to be read. */
enum json_framing { JSON_FRAMING_AUTO, JSON_FRAMING_LINES, JSON_FRAMING_DOCUMENTS };

/* How they stand in a file, as a person sees it. */
enum json_form { JSON_FORM_NONE, JSON_FORM_LINES, JSON_FORM_ARRAY, JSON_FORM_DOCUMENTS };

/* A column that a suite names. */
struct json_want {
    struct assay_json_node *node;
    struct assay_str name;
    uint32_t index; /* among the source's columns */
    bool fans;
    _Atomic unsigned found;
};

struct json_source {
    struct assay_source base;
    struct assay_source_options options;
    enum json_framing framing;
    bool reference; /* yajl reads every record */
    size_t batch_bytes;
    size_t record_limit;
    uint64_t seed;
    struct assay_json_path pointer; /* to the records */
    struct assay_files files;

    struct assay_json_tree wanted;
    struct json_want **wants; /* by slot */
    uint32_t want_count, want_room;
    uint32_t *slots; /* by column index */
    uint32_t slot_room;
    struct assay_json_tree seen; /* the paths of the records in the window */
    bool has_records;            /* the window has some */

    /* Read, and not yet part of a batch: carry[at..len). */
    struct json_buffer carry;
    size_t at, len;
    struct assay_json_frame frame;
    enum json_form form; /* of the first file that has any */
    bool in_file;
    bool ended; /* the open file has no more bytes */

    uint64_t sequence; /* of the next batch */
    uint64_t record;   /* records before it */

    bool has_pending; /* reading failed; what came before it is still to be handed out */
    struct assay_error pending;

    pthread_mutex_t lock;    /* of what workers tell, below */
    _Atomic bool any_usable; /* a record that is well-formed was read */
    uint64_t last_record;    /* of which `last` tells */
    bool has_last;           /* for `finish` */
    struct assay_error last;
};

/* A byte of a batch's text; line 0: not known. */
struct json_place {
    size_t offset;
    uint64_t line, column;
};

/* What the format keeps in a batch. */
struct json_batch {
    struct json_source *json; /* only what does not change while batches are read */
    struct json_buffer buffer;
    size_t len;
    struct assay_json_cut cut;
    bool lines;             /* each record is a line */
    uint64_t line, column;  /* of the first byte of the text */
    uint64_t offset;        /* the same, in bytes of the file */
    struct json_place last; /* that was asked for: the next one is mostly behind it */
    struct assay_json_table table;
    struct assay_json_keys keys;
    struct assay_json_shapes shapes;
    struct assay_json_scan scan;
    struct assay_finding *findings;
    uint32_t finding_count;
    uint32_t finding_room;
};

/* More bytes behind those carried, until there are `need` of them or the file ends. */
enum assay_status json_load(struct json_source *json, size_t need, struct assay_error *err);

/* Fills the batch's text until it holds a whole record, or until the file ends. */
enum assay_status json_fill(struct json_source *json, struct json_batch *own,
                            struct assay_error *err);

/* The failure of an earlier read, with how far the records go. */
enum assay_status json_pending(const struct json_source *json, struct assay_error *err);

/* Keeps last words, those about the earliest record; any thread. */
void json_last(struct json_source *json, uint64_t record, const struct assay_error *err);

/* Names the columns by the records in the window: json_names.c. */
enum assay_status json_names_find(struct json_source *json, struct assay_error *err);

/* The column of a path, `column` of the source's operations. */
enum assay_status json_names_column(struct assay_source *source, struct assay_str name,
                                    uint32_t *index, struct assay_error *err);
bool json_names_fans_out(const struct assay_source *source, uint32_t index);
enum assay_status json_names_found(const struct assay_source *source, uint32_t index,
                                   struct assay_error *err);

enum assay_status json_batch_init(struct assay_source *source, struct assay_batch *batch,
                                  struct assay_error *err);
void json_batch_free(struct assay_batch *batch);

#endif
