/*
 * What the readers of YAML and of JSON share: the stack of open collections, the
 * limits, and the search for duplicate keys. Private to src/suite.
 *
 * Every add returns false where reading must stop; then an error has been filed.
 * Offsets are bytes of the source and should not decrease, as the line and column
 * are counted along with them.
 */
#ifndef ASSAY_SUITE_NODE_BUILD_H
#define ASSAY_SUITE_NODE_BUILD_H

#include "suite/node.h"

#define ASSAY_DEPTH_MOST 512u

struct assay_node_build {
    struct assay_arena *arena;
    struct assay_document *doc;
    struct assay_diags *diags;
    struct assay_document_options limits; /* defaults filled in */
    size_t depth, events;
    struct assay_node *open[ASSAY_DEPTH_MOST];
    bool has_key; /* the key below waits for its value */
    struct assay_str key;
    struct assay_mark key_mark;
    struct assay_mark at; /* how far lines have been counted */
};

void assay_node_build_init(struct assay_node_build *build, struct assay_arena *arena,
                           struct assay_document *doc, const struct assay_document_options *options,
                           struct assay_diags *diags);

/* Counts an event that makes no node. */
bool assay_node_build_event(struct assay_node_build *build, size_t offset);

/* A scalar of kind STRING with a copy of `text`; the caller refines it. NULL: stop. */
struct assay_node *assay_node_build_scalar(struct assay_node_build *build, struct assay_str text,
                                           size_t offset, size_t end);
bool assay_node_build_key(struct assay_node_build *build, struct assay_str text, size_t offset);
bool assay_node_build_open(struct assay_node_build *build, enum assay_node_kind kind,
                           size_t offset);
bool assay_node_build_close(struct assay_node_build *build);

/* Whether the next scalar is a key. */
bool assay_node_build_wants_key(const struct assay_node_build *build);

/*
 * Moves `mark` to another byte of the document, counting lines and columns on the way;
 * the cost is the distance, and on the way back over a line feed that line's length.
 */
void assay_document_move(const struct assay_document *doc, struct assay_mark *mark, size_t offset);

/* assay_document_error at a mark that is known already: cheap however long the document. */
struct assay_error *assay_document_error_at(struct assay_diags *diags,
                                            const struct assay_document *doc,
                                            struct assay_mark mark, enum assay_diag_level level,
                                            enum assay_status status, const char *code,
                                            const char *message);

/* Files that memory ran out; false. */
bool assay_node_build_nomem(struct assay_node_build *build);

/* Each reads doc->text into doc->root; false where there is no tree to look at. */
bool assay_node_read_yaml(struct assay_node_build *build);
bool assay_node_read_json(struct assay_node_build *build);

/* What the core schema makes of a plain scalar: kind, truth, odd_plain. */
void assay_node_resolve(struct assay_node *node);

#endif
