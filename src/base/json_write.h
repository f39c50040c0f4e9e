/*
 * A JSON writer over a bounded buffer (RFC 8259).
 *
 * The caller names what it writes in order; commas, indentation and escaping are the
 * writer's. It never fails in the middle: a mistake in the order of calls, too deep a
 * nesting or a full buffer marks it as failed, and assay_json_finish says so once.
 *
 * Strings come out as ASCII plus harmless UTF-8: quotes, backslashes, controls, DEL,
 * and every character that assay_escape_is_hidden names are written as \uXXXX, so the
 * text reads back unchanged and still cannot drive a terminal or break a JavaScript
 * literal. A byte that is not UTF-8 becomes U+FFFD, one for each byte.
 */
#ifndef ASSAY_BASE_JSON_WRITE_H
#define ASSAY_BASE_JSON_WRITE_H

#include "base/buf.h"

#include <stdint.h>

#define ASSAY_JSON_DEPTH 64

#define ASSAY_JSON_PRETTY 1u      /* two spaces a level, a line feed at the end */
#define ASSAY_JSON_SCRIPT 2u      /* also escapes < > & so that it may stand inside HTML */
#define ASSAY_JSON_NAN_STRINGS 4u /* NaN and infinities as strings; without it as null */

struct assay_json {
    struct assay_buf *out; /* borrowed; may be emptied by the caller between any two calls */
    unsigned flags;
    unsigned depth;
    uint8_t level[ASSAY_JSON_DEPTH + 1]; /* what is open, and whether it has members */
    bool failed;
};

void assay_json_init(struct assay_json *json, struct assay_buf *out, unsigned flags);

void assay_json_object_begin(struct assay_json *json);
void assay_json_object_end(struct assay_json *json);
void assay_json_array_begin(struct assay_json *json);
void assay_json_array_end(struct assay_json *json);

/* The name of the member whose value comes next; only directly inside an object. */
void assay_json_key(struct assay_json *json, const char *name);
void assay_json_key_str(struct assay_json *json, struct assay_str name);

void assay_json_str(struct assay_json *json, struct assay_str value);
void assay_json_cstr(struct assay_json *json, const char *value); /* NULL: null */
void assay_json_int(struct assay_json *json, int64_t value);
void assay_json_uint(struct assay_json *json, uint64_t value);
void assay_json_double(struct assay_json *json, double value); /* shortest round trip */
void assay_json_bool(struct assay_json *json, bool value);
void assay_json_null(struct assay_json *json);

/*
 * The text of a number as the user wrote it, digit for digit. What is no JSON number
 * (`+1`, `.5`, `1e400` is one) is written as a string.
 */
void assay_json_number(struct assay_json *json, struct assay_str text);

/* A value as its bytes stand: NaN, or a piece that was written before. */
void assay_json_raw(struct assay_json *json, struct assay_str text);

/* True where exactly one whole value was written and the buffer held it all. */
bool assay_json_finish(struct assay_json *json);

/* Whether `text` is a number by the grammar of JSON. */
bool assay_json_is_number(struct assay_str text);

/* Just the quoting: `text` as a JSON string, quotes included. */
void assay_json_quote(struct assay_buf *out, struct assay_str text, unsigned flags);

#endif
