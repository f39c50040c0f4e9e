/*
 * Paths of columns and JSON Pointers. Whatever the text: it is a path or a key as it
 * stands; and a path written out and read again is the same path.
 */
#include "config.h"

#include "source/json_tree.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_same(const struct assay_json_path *a, const struct assay_json_path *b)
{
    bool same = a->count == b->count && a->fans_out == b->fans_out;
    for (uint32_t i = 0; same && i < a->count; i++)
        same = a->steps[i].elements == b->steps[i].elements &&
               assay_str_equal(a->steps[i].key, b->steps[i].key);
    if (!same)
        abort();
}

static void check_path(const struct assay_json_path *path, struct assay_arena *arena)
{
    struct assay_json_tree tree;
    struct assay_json_path again;
    struct assay_buf text;
    assay_json_tree_init(&tree, arena, 7, 1000);
    struct assay_json_node *node = assay_json_tree_add(&tree, path);
    if (node == NULL || assay_json_tree_add(&tree, path) != node ||
        assay_json_tree_find(&tree, path) != node ||
        assay_json_node_fans_out(node) != path->fans_out)
        abort();
    assay_buf_init(&text, 1u << 20);
    assay_json_node_path(node, &text);
    if (assay_json_path_parse(assay_buf_view(&text), arena, &again, NULL) != ASSAY_OK ||
        (again.literal && again.count != path->count))
        abort();
    check_same(path, &again);
    assay_buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct assay_arena arena;
    struct assay_json_path path;
    struct assay_str text = assay_str((const char *)data, size);
    bool nomem;
    if (size > 4096)
        return 0;
    assay_arena_init(&arena, 0);
    if (assay_json_path_parse(text, &arena, &path, NULL) != ASSAY_OK || path.count == 0)
        abort();
    if (path.literal && (path.count != 1 || !assay_str_equal(path.steps[0].key, text)))
        abort();
    check_path(&path, &arena);
    if (assay_json_pointer_parse(text, &arena, &path, &nomem) && path.count > 0)
        check_path(&path, &arena);
    assay_arena_free(&arena);
    return 0;
}
