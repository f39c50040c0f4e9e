/*
 * A document tree with positions, the same for YAML and JSON.
 *
 * YAML is read as YAML 1.2 with the core schema over the events of libyaml: NO, yes,
 * 12:30:45 and 2024-01-01 are text, 010 is the integer 10, and numbers keep their text,
 * so that 1e400 and forty digits lose nothing. JSON is read over the events of yajl.
 *
 * Nodes live in the arena that was given, as does a copy of the source; nothing
 * needs freeing and all of it is borrowed by whoever looks. Keys of a mapping are
 * always text, as written, and unique: a duplicate is an error that names both places.
 *
 * Refused with an error that says so: text that is not UTF-8, several documents in one
 * file, keys that are not scalars, anchors and aliases (a few bytes of them make a tree
 * of gigabytes), tags other than those of the core schema, and what is over a limit.
 *
 * Errors are filed in an assay_diags, with file, line, column and the source line:
 *   SUITE-FILE       the file cannot be opened or read
 *   SUITE-ENCODING   it is not UTF-8, or holds a control character
 *   SUITE-SYNTAX     it is not YAML, or not JSON
 *   SUITE-DOCUMENTS  it holds several documents
 *   SUITE-DUPLICATE  a mapping has the same key twice
 *   SUITE-ALIAS      an anchor or an alias
 *   SUITE-TAG        a tag that is not of the core schema, or does not suit its value
 *   SUITE-LIMIT      too large, too deep or too many nodes (status ASSAY_LIMIT)
 */
#ifndef ASSAY_SUITE_NODE_H
#define ASSAY_SUITE_NODE_H

#include "base/arena.h"
#include "suite/diag.h"

#include <stdint.h>

#define ASSAY_DOCUMENT_BYTES ((size_t)1 << 20)
#define ASSAY_DOCUMENT_DEPTH 64u
#define ASSAY_DOCUMENT_EVENTS 100000u

enum assay_node_kind {
    ASSAY_NODE_NULL,
    ASSAY_NODE_BOOL,
    ASSAY_NODE_INT,   /* the text as written: +5, 007, 0x1F and 0o17 too */
    ASSAY_NODE_FLOAT, /* the same; .inf and .nan too, and NaN, Infinity where JSON may have them */
    ASSAY_NODE_STRING,
    ASSAY_NODE_SEQUENCE,
    ASSAY_NODE_MAPPING
};

/* Line and column count from 1, columns in characters; the offset counts bytes from 0. */
struct assay_mark {
    uint32_t line, column, offset;
};

struct assay_node {
    enum assay_node_kind kind;
    bool plain;               /* an unquoted YAML scalar */
    bool odd_plain;           /* other YAML readers take it for something else: assay_node_odd */
    bool truth;               /* of a BOOL */
    bool interpolated;        /* the text is wholly the value of one variable */
    bool secret;              /* a variable's value is in the text: messages do not show it */
    struct assay_mark mark;   /* where the value starts */
    uint32_t end;             /* the offset behind a scalar */
    struct assay_str text;    /* of a scalar, without quotes and escapes; NUL-terminated */
    struct assay_str written; /* what stood there before variables or
                                 parameters were put in; ptr NULL: there were none */
    struct assay_str key;     /* of a member of a mapping; NUL-terminated */
    struct assay_mark key_mark;
    struct assay_node *first, *last; /* of a SEQUENCE or MAPPING, in order; NULL where empty */
    struct assay_node *next;         /* in the same collection */
    size_t count;                    /* of the children */
    const struct assay_document *doc;
};

enum assay_document_format {
    ASSAY_DOCUMENT_AUTO, /* JSON where the name ends in .json, else YAML, which takes JSON too */
    ASSAY_DOCUMENT_YAML,
    ASSAY_DOCUMENT_JSON
};

/* All zero gives the defaults above. */
struct assay_document_options {
    enum assay_document_format format;
    size_t max_bytes;
    size_t max_depth; /* at most 512 */
    size_t max_events;
    bool allow_nan;     /* JSON may hold NaN, Infinity and -Infinity */
    const char *marker; /* where the text of a JSON document holds this, `marked` holds instead */
    const struct assay_document_options *marked;
};

struct assay_document {
    const char *name;        /* of the file, for errors */
    struct assay_str text;   /* the source, without a byte order mark */
    struct assay_node *root; /* a NULL node where the file is empty */
    enum assay_document_format format;
};

/*
 * Reads `bytes`, which are copied. NULL where there is no tree to look at; a document
 * may also come with errors in `diags` (a duplicate key), which the caller must ask for.
 */
struct assay_document *assay_document_parse(struct assay_arena *arena, const char *name,
                                            struct assay_str bytes,
                                            const struct assay_document_options *options,
                                            struct assay_diags *diags);

/* The same of a file; "-" is the standard input. No more than the limit is ever read. */
struct assay_document *assay_document_read(struct assay_arena *arena, const char *path,
                                           const struct assay_document_options *options,
                                           struct assay_diags *diags);

/* The member of that name; NULL where there is none, or `map` is NULL or no mapping. */
const struct assay_node *assay_node_get(const struct assay_node *map, const char *key);

/* What to call the kind in a message: "a number", "a list", … */
const char *assay_node_kind_name(const struct assay_node *node);

/* The text as a message may show it: without the values of variables. */
struct assay_str assay_node_shown(const struct assay_node *node);

/*
 * Files that the value of a variable does not fit at `node`, by the name of the variable and
 * with what `message` says was expected, and not with the value, which may be a secret.
 */
struct assay_error *assay_node_hidden_error(struct assay_diags *diags,
                                            const struct assay_node *node, const char *code,
                                            const char *message);

/* Whether that of the node, or of any below it, is one not to show. */
bool assay_node_is_secret(const struct assay_node *node);

/* The value of an INT in decimal, 0x or 0o; false where it is no INT or does not fit. */
bool assay_node_int64(const struct assay_node *node, int64_t *value);

/* Why a plain scalar is odd ("YAML 1.1 reads it as a boolean"); NULL where it is not. */
const char *assay_node_odd(const struct assay_node *node);

/* The kind that the core schema gives to a plain scalar. */
enum assay_node_kind assay_scalar_kind(struct assay_str text);

/*
 * File an error (or a warning) at the value or at the key of `node`, with the source
 * line; the status is ASSAY_CONFIG. Like assay_diags_add they return the error filed,
 * or NULL, so that help may be added.
 */
struct assay_error *assay_node_error(struct assay_diags *diags, const struct assay_node *node,
                                     const char *code, const char *format, ...) ASSAY_PRINTF(4, 5);
struct assay_error *assay_node_key_error(struct assay_diags *diags, const struct assay_node *node,
                                         const char *code, const char *format, ...)
    ASSAY_PRINTF(4, 5);
struct assay_error *assay_node_warning(struct assay_diags *diags, const struct assay_node *node,
                                       const char *code, const char *format, ...)
    ASSAY_PRINTF(4, 5);

/* The same at any byte of the document, with any status. */
struct assay_error *assay_document_error(struct assay_diags *diags,
                                         const struct assay_document *doc, size_t offset,
                                         enum assay_status status, const char *code,
                                         const char *format, ...) ASSAY_PRINTF(6, 7);

#endif
