/*
 * Builds the tree from events, whoever sends them, and holds it to the limits.
 */
#include "config.h"

#include "suite/node_build.h"

#include "base/error.h"

#include <inttypes.h>
#include <stdlib.h>

static size_t or_default(size_t given, size_t otherwise)
{
    return given ? given : otherwise;
}

void assay_node_build_init(struct assay_node_build *build, struct assay_arena *arena,
                           struct assay_document *doc, const struct assay_document_options *options,
                           struct assay_diags *diags)
{
    memset(build, 0, sizeof *build);
    build->arena = arena;
    build->doc = doc;
    build->diags = diags;
    build->limits = *options;
    size_t depth = or_default(options->max_depth, ASSAY_DOCUMENT_DEPTH);
    build->limits.max_depth = depth < ASSAY_DEPTH_MOST ? depth : ASSAY_DEPTH_MOST;
    build->limits.max_events = or_default(options->max_events, ASSAY_DOCUMENT_EVENTS);
    build->at = (struct assay_mark){.line = 1, .column = 1};
}

bool assay_node_build_nomem(struct assay_node_build *build)
{
    struct assay_error err;
    (void)assay_fail_nomem(&err);
    (void)assay_diags_add(build->diags, ASSAY_DIAG_ERROR, &err);
    return false;
}

bool assay_node_build_event(struct assay_node_build *build, size_t offset)
{
    if (build->events++ < build->limits.max_events)
        return true;
    (void)assay_document_error(build->diags, build->doc, offset, ASSAY_LIMIT, "SUITE-LIMIT",
                               "more than %zu keys, values and brackets, the limit for one file",
                               build->limits.max_events);
    return false;
}

static struct assay_mark mark_at(struct assay_node_build *build, size_t offset)
{
    assay_document_move(build->doc, &build->at, offset);
    return build->at;
}

bool assay_node_build_wants_key(const struct assay_node_build *build)
{
    return build->depth > 0 && build->open[build->depth - 1]->kind == ASSAY_NODE_MAPPING &&
           !build->has_key;
}

static void attach(struct assay_node_build *build, struct assay_node *node)
{
    if (build->depth == 0) {
        build->doc->root = node;
        return;
    }
    struct assay_node *parent = build->open[build->depth - 1];
    if (build->has_key) {
        node->key = build->key;
        node->key_mark = build->key_mark;
        build->has_key = false;
    }
    if (parent->last != NULL)
        parent->last->next = node;
    else
        parent->first = node;
    parent->last = node;
    parent->count++;
}

static struct assay_node *add(struct assay_node_build *build, enum assay_node_kind kind,
                              size_t offset)
{
    if (!assay_node_build_event(build, offset))
        return NULL;
    struct assay_node *node = assay_arena_alloc(build->arena, sizeof *node);
    if (node == NULL) {
        (void)assay_node_build_nomem(build);
        return NULL;
    }
    node->kind = kind;
    node->mark = mark_at(build, offset);
    node->doc = build->doc;
    attach(build, node);
    return node;
}

static bool copy_text(struct assay_node_build *build, struct assay_str text, struct assay_str *copy)
{
    char *kept = assay_arena_strdup(build->arena, text);
    *copy = assay_str(kept, text.len);
    return kept != NULL || assay_node_build_nomem(build);
}

struct assay_node *assay_node_build_scalar(struct assay_node_build *build, struct assay_str text,
                                           size_t offset, size_t end)
{
    struct assay_node *node = add(build, ASSAY_NODE_STRING, offset);
    if (node == NULL || !copy_text(build, text, &node->text))
        return NULL;
    node->end = (uint32_t)end;
    return node;
}

bool assay_node_build_key(struct assay_node_build *build, struct assay_str text, size_t offset)
{
    if (!assay_node_build_event(build, offset) || !copy_text(build, text, &build->key))
        return false;
    build->key_mark = mark_at(build, offset);
    build->has_key = true;
    return true;
}

bool assay_node_build_open(struct assay_node_build *build, enum assay_node_kind kind, size_t offset)
{
    if (build->depth == build->limits.max_depth) {
        (void)assay_document_error(build->diags, build->doc, offset, ASSAY_LIMIT, "SUITE-LIMIT",
                                   "nested deeper than %zu levels, the limit for one file",
                                   build->limits.max_depth);
        return false;
    }
    struct assay_node *node = add(build, kind, offset);
    if (node == NULL)
        return false;
    build->open[build->depth++] = node;
    return true;
}

static int by_key(const void *left, const void *right)
{
    const struct assay_node *a = *(struct assay_node *const *)left;
    const struct assay_node *b = *(struct assay_node *const *)right;
    int c = assay_str_compare(a->key, b->key);
    return c ? c
             : (a->key_mark.offset > b->key_mark.offset) -
                   (a->key_mark.offset < b->key_mark.offset);
}

static void report_duplicate(struct assay_node_build *build, const struct assay_node *first,
                             const struct assay_node *again)
{
    struct assay_error *err = assay_node_key_error(
        build->diags, again, "SUITE-DUPLICATE",
        "duplicate key \"%s\": it is first at line %" PRIu32 ", column %" PRIu32, again->key.ptr,
        first->key_mark.line, first->key_mark.column);
    assay_error_help(err, "keep one of the two: readers differ in which of them they take");
}

static void refuse_duplicates(struct assay_node_build *build, struct assay_node **members,
                              size_t count)
{
    qsort(members, count, sizeof *members, by_key);
    const struct assay_node *first = members[0];
    for (size_t i = 1; i < count; i++) {
        if (assay_str_equal(members[i]->key, first->key))
            report_duplicate(build, first, members[i]);
        else
            first = members[i];
    }
}

bool assay_node_build_close(struct assay_node_build *build)
{
    struct assay_node *node = build->open[--build->depth];
    if (node->kind != ASSAY_NODE_MAPPING || node->count < 2)
        return true;
    struct assay_node **members = malloc(node->count * sizeof *members);
    if (members == NULL)
        return assay_node_build_nomem(build);
    size_t n = 0;
    for (struct assay_node *member = node->first; member != NULL; member = member->next)
        members[n++] = member;
    refuse_duplicates(build, members, n);
    free(members);
    return true;
}
