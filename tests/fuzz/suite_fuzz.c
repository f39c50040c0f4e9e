/*
 * Any bytes as a suite, in YAML and in JSON. Whatever they are, the outcome is a tree or
 * an error; and a tree lies within its source, holds to its limits, and comes back the
 * same when it is written as JSON and read again.
 */
#include "config.h"

#include "base/json_write.h"
#include "base/utf8.h"
#include "suite/interp.h"
#include "suite/suite.h"

#include <stdint.h>
#include <stdlib.h>

#define LAW(condition)    \
    do {                  \
        if (!(condition)) \
            abort();      \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_mark(const struct assay_node *node, struct assay_mark mark)
{
    LAW(mark.line >= 1 && mark.column >= 1);
    LAW(mark.offset <= node->doc->text.len);
}

static void check_node(const struct assay_node *node, size_t depth)
{
    LAW(depth <= ASSAY_DOCUMENT_DEPTH);
    check_mark(node, node->mark);
    size_t count = 0;
    for (const struct assay_node *child = node->first; child != NULL; child = child->next) {
        count++;
        LAW(child->next != NULL || child == node->last);
        if (node->kind == ASSAY_NODE_MAPPING) {
            check_mark(child, child->key_mark);
            LAW(child->key.ptr[child->key.len] == '\0');
        }
        check_node(child, depth + 1);
    }
    LAW(count == node->count);
    if (node->kind < ASSAY_NODE_SEQUENCE) {
        LAW(node->text.ptr[node->text.len] == '\0');
        LAW(assay_utf8_valid(node->text) == node->text.len);
    }
}

static void write_node(struct assay_json *json, const struct assay_node *node)
{
    bool mapping = node->kind == ASSAY_NODE_MAPPING;
    switch (node->kind) {
    case ASSAY_NODE_NULL: assay_json_null(json); return;
    case ASSAY_NODE_BOOL: assay_json_bool(json, node->truth); return;
    case ASSAY_NODE_INT:
    case ASSAY_NODE_FLOAT: assay_json_number(json, node->text); return;
    case ASSAY_NODE_STRING: assay_json_str(json, node->text); return;
    default: break;
    }
    if (mapping)
        assay_json_object_begin(json);
    else
        assay_json_array_begin(json);
    for (const struct assay_node *child = node->first; child != NULL; child = child->next) {
        if (mapping)
            assay_json_key_str(json, child->key);
        write_node(json, child);
    }
    if (mapping)
        assay_json_object_end(json);
    else
        assay_json_array_end(json);
}

static void check_same(const struct assay_node *a, const struct assay_node *b)
{
    /* Numbers that JSON cannot write (+1, 0x1F, .inf) came back as their text. */
    bool number = a->kind == ASSAY_NODE_INT || a->kind == ASSAY_NODE_FLOAT;
    LAW(a->kind == b->kind ||
        (number && b->kind >= ASSAY_NODE_INT && b->kind <= ASSAY_NODE_STRING));
    LAW(assay_str_equal(a->key, b->key));
    LAW(a->count == b->count && a->truth == b->truth);
    if (number || a->kind == ASSAY_NODE_STRING)
        LAW(assay_str_equal(a->text, b->text));
    for (a = a->first, b = b->first; a != NULL; a = a->next, b = b->next)
        check_same(a, b);
}

static void check_round_trip(const struct assay_document *doc, bool clean)
{
    struct assay_buf buf;
    struct assay_json json;
    struct assay_arena arena;
    struct assay_diags diags;
    assay_arena_init(&arena, 0);
    assay_diags_init(&diags);
    assay_buf_init(&buf, (size_t)64 << 20);
    assay_json_init(&json, &buf, doc->text.len % 2 ? ASSAY_JSON_PRETTY : 0);
    write_node(&json, doc->root);
    LAW(assay_json_finish(&json));
    const struct assay_document_options options = {.format = ASSAY_DOCUMENT_JSON,
                                                   .max_bytes = buf.len};
    const struct assay_document *back =
        assay_document_parse(&arena, "again", assay_buf_view(&buf), &options, &diags);
    LAW(back != NULL && (diags.errors == 0 || !clean));
    check_same(doc->root, back->root);
    assay_buf_free(&buf);
    assay_diags_reset(&diags);
    assay_arena_free(&arena);
}

static void check_errors(const struct assay_diags *diags)
{
    for (size_t i = 0; i < diags->count; i++) {
        const struct assay_error *err = &diags->items[i].error;
        LAW(err->code[0] != '\0' && err->message[0] != '\0' && err->status != ASSAY_OK);
        LAW(err->caret < sizeof err->excerpt);
    }
}

static void read_as(enum assay_document_format format, struct assay_str bytes)
{
    static const struct assay_variable items[] = {{{"A", 1}, {"1.5", 3}},
                                                  {{"B", 1}, {"${A}: [", 7}}};
    static const struct assay_variables variables = {.items = items, .count = 2};
    struct assay_document_options options = {.format = format, .allow_nan = bytes.len % 3 == 0};
    struct assay_arena arena;
    struct assay_diags diags;
    assay_arena_init(&arena, 0);
    assay_diags_init(&diags);
    struct assay_document *doc = assay_document_parse(&arena, "input", bytes, &options, &diags);
    LAW(doc != NULL || diags.errors > 0);
    if (doc != NULL) {
        bool clean = diags.errors == 0;
        check_node(doc->root, 0);
        check_round_trip(doc, clean);
        assay_node_interpolate(doc->root, &arena, &variables, &diags);
        check_node(doc->root, 0);
        check_round_trip(doc, clean);
    }
    assay_diags_sort(&diags);
    check_errors(&diags);
    assay_diags_reset(&diags);
    assay_arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct assay_str bytes = assay_str((const char *)data, size);
    read_as(ASSAY_DOCUMENT_YAML, bytes);
    read_as(ASSAY_DOCUMENT_JSON, bytes);
    return 0;
}
