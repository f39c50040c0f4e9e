/*
 * Finds the records in a text, whole ones, without reading what is in them.
 *
 * lines       NDJSON: one line, one record; blank lines are none, and the record
 *             separator of RFC 7464 is passed over
 * documents   one array of records, or one document behind the other, each a record;
 *             with a pointer, the array that it points at within each document
 *
 * Both go on from call to call: what is not consumed is given again, with more behind it.
 */
#ifndef ASSAY_SOURCE_JSON_FRAME_H
#define ASSAY_SOURCE_JSON_FRAME_H

#include "base/error.h"
#include "base/span.h"
#include "source/json_path.h"

#include <stdbool.h>
#include <stddef.h>

struct assay_json_spans {
    struct assay_span *items;
    uint32_t count, room;
};

void assay_json_spans_free(struct assay_json_spans *spans);

enum assay_json_frame_state {
    ASSAY_JSON_FRAME_TOP,    /* between documents */
    ASSAY_JSON_FRAME_FIRST,  /* behind the bracket of the array of records */
    ASSAY_JSON_FRAME_VALUE,  /* where a record has to come */
    ASSAY_JSON_FRAME_CLOSED, /* behind the array, which is the whole document */
    ASSAY_JSON_FRAME_EXTRA,  /* behind what should not be there: nothing matters */
    ASSAY_JSON_FRAME_INTO,   /* before a value on the way to the records */
    ASSAY_JSON_FRAME_KEY,    /* where a key may come */
    ASSAY_JSON_FRAME_NEXT,   /* where a key has to come: behind a comma */
    ASSAY_JSON_FRAME_SKIP,   /* inside a value that is not on the way */
    ASSAY_JSON_FRAME_AFTER   /* behind the value of a key */
};

struct assay_json_frame {
    bool lines;
    const struct assay_json_path *pointer; /* NULL: none */
    const char *pointer_text;              /* as it was written */
    const char *file;                      /* for errors */
    size_t limit;                          /* longest record */

    uint64_t line, column; /* of the next byte, from 1 */
    uint64_t offset;       /* the same, in bytes from 0 */

    enum assay_json_frame_state state;
    uint64_t documents;              /* seen so far */
    uint32_t level;                  /* objects open on the way to the records */
    bool found;                      /* the records of this document */
    uint64_t open_line, open_column; /* of the array or object that is to be closed */
    char open;                       /* its bracket */
    struct assay_json_skip *skip;    /* the value that is passed over */
    struct assay_error failure;      /* told once the records before it were given out */
};

void assay_json_frame_init(struct assay_json_frame *frame);
void assay_json_frame_free(struct assay_json_frame *frame);

struct assay_json_cut {
    struct assay_json_spans records;
    size_t consumed;
    uint64_t lines;  /* line feeds among the bytes consumed */
    uint64_t column; /* of the byte behind them */
    uint32_t extra;  /* the record that is behind the end of the array; UINT32_MAX: none */
};

/*
 * Finds the records in base[0..len), behind which 64 bytes are zero; nothing follows if
 * `final`. An error is about what comes behind the records already found: they are given
 * out first, and the next call fails. Codes: JSON-TRUNCATED, JSON-DEPTH, JSON-SYNTAX and
 * JSON-RECORDS.
 */
enum assay_status assay_json_frame_cut(struct assay_json_frame *frame, const char *base, size_t len,
                                       bool final, struct assay_json_cut *cut,
                                       struct assay_error *err) ASSAY_CHECKED;

/* Moves line and column on by what was consumed. */
void assay_json_frame_advance(struct assay_json_frame *frame, const struct assay_json_cut *cut);

/*
 * For json_frame.c and json_frame_into.c: the states on the way to the records. `*at` is
 * moved on; `*more` says that the text does not reach.
 */
enum assay_status assay_json_frame_into(struct assay_json_frame *frame, const char *base,
                                        const char **at, const char *end, bool *more,
                                        struct assay_error *err);
void assay_json_skip_free(struct assay_json_skip *skip);

/* An error at base[at], where the frame is at base[0]. */
enum assay_status assay_json_frame_fail(const struct assay_json_frame *frame, const char *base,
                                        const char *at, const char *end, enum assay_status status,
                                        const char *code, struct assay_error *err,
                                        const char *format, ...) ASSAY_PRINTF(8, 9);

/* Behind the value at `at`; NULL where it does not end before `end`, or is too deep. */
const char *assay_json_value_end(const char *at, const char *end, const char **too_deep);

/* Line and column of base[at], where base[0] is at those given. */
void assay_json_locate(const char *base, size_t at, uint64_t *line, uint64_t *column);

#endif
