/*
 * Writing a document tree: as YAML that a person would write, or as JSON.
 *
 * What a scalar held before variables were put in is written, never their values. Reading
 * what was written gives the same tree: the same kinds, the same texts. Limits of nesting
 * and size are those of the buffer and of ASSAY_JSON_DEPTH.
 */
#ifndef ASSAY_SUITE_WRITE_H
#define ASSAY_SUITE_WRITE_H

#include "base/buf.h"
#include "suite/node.h"

/* A comment behind a member of a block collection; `after` NULL: at its beginning. */
struct assay_comment {
    const struct assay_node *in, *after;
    struct assay_str text; /* a line each; without the mark */
};

struct assay_comments {
    const struct assay_comment *items;
    size_t count;
};

/*
 * Appends YAML 1.2: block style at the top, and below it `[a, b]` and `{a: 1}` where they
 * fit on a line. Text stands in quotes exactly where it must, or where a reader of YAML 1.1
 * would take it for something else. `comments` may be NULL.
 */
void assay_write_yaml(struct assay_buf *out, const struct assay_node *root,
                      const struct assay_comments *comments);

/*
 * Appends JSON; false where something cannot be written: nested too deeply, no memory. For
 * a native suite there is no infinity either; one of Great Expectations has Infinity, NaN.
 */
bool assay_write_json(struct assay_buf *out, const struct assay_node *root, bool native);

/* Appends a text so that `${` in it is no variable where a native suite is read. */
void assay_write_escaped(struct assay_buf *out, struct assay_str text);

#endif
