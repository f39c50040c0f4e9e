/*
 * A tree of paths: keys are looked up by hash, and keep the order in which they came.
 */
#include "config.h"

#include "source/json_tree.h"

void assay_json_tree_init(struct assay_json_tree *tree, struct assay_arena *arena, uint64_t seed,
                          uint32_t limit)
{
    *tree = (struct assay_json_tree){
        .root = {.slot = ASSAY_JSON_NO_SLOT}, .arena = arena, .seed = seed, .limit = limit};
}

static struct assay_json_node *new_node(struct assay_json_tree *tree,
                                        struct assay_json_node *parent)
{
    struct assay_json_node *node = NULL;
    if (tree->nodes < tree->limit)
        node = assay_arena_alloc(tree->arena, sizeof *node);
    if (node == NULL)
        return NULL;
    tree->nodes++;
    node->slot = ASSAY_JSON_NO_SLOT;
    node->parent = parent;
    return node;
}

static void place(struct assay_json_node *node, struct assay_json_node *member)
{
    uint32_t at = (uint32_t)member->hash & node->mask;
    while (node->table[at] != NULL)
        at = (at + 1) & node->mask;
    node->table[at] = member;
}

/* Room for one more, the table at most half full. */
static bool reserve(struct assay_json_tree *tree, struct assay_json_node *node)
{
    if (node->table != NULL && (node->members + 1) * 2 <= node->mask + 1)
        return true;
    uint32_t size = node->table != NULL ? (node->mask + 1) * 4 : 8;
    struct assay_json_node **table = assay_arena_array(tree->arena, size, sizeof(void *));
    if (table == NULL)
        return false;
    node->table = table;
    node->mask = size - 1;
    for (struct assay_json_node *m = node->first; m != NULL; m = m->next)
        place(node, m);
    return true;
}

struct assay_json_node *assay_json_tree_member(struct assay_json_tree *tree,
                                               struct assay_json_node *node, const char *key,
                                               size_t len, uint64_t hash)
{
    struct assay_json_node *member = assay_json_node_member(node, key, len, hash);
    if (member != NULL || node == NULL || !reserve(tree, node))
        return member;
    member = new_node(tree, node);
    char *copy = member != NULL ? assay_arena_strdup(tree->arena, assay_str(key, len)) : NULL;
    if (copy == NULL)
        return NULL;
    member->key = assay_str(copy, len);
    member->hash = hash;
    *(node->last != NULL ? &node->last->next : &node->first) = member;
    node->last = member;
    node->members++;
    place(node, member);
    return member;
}

struct assay_json_node *assay_json_tree_elements(struct assay_json_tree *tree,
                                                 struct assay_json_node *node)
{
    if (node != NULL && node->elements == NULL)
        node->elements = new_node(tree, node);
    return node != NULL ? node->elements : NULL;
}

struct assay_json_node *assay_json_tree_add(struct assay_json_tree *tree,
                                            const struct assay_json_path *path)
{
    struct assay_json_node *node = &tree->root;
    for (uint32_t i = 0; i < path->count && node != NULL; i++) {
        struct assay_str key = path->steps[i].key;
        node = path->steps[i].elements
                   ? assay_json_tree_elements(tree, node)
                   : assay_json_tree_member(tree, node, key.ptr, key.len,
                                            assay_json_key_hash(tree->seed, key.ptr, key.len));
    }
    return node;
}

const struct assay_json_node *assay_json_tree_find(const struct assay_json_tree *tree,
                                                   const struct assay_json_path *path)
{
    const struct assay_json_node *node = &tree->root;
    for (uint32_t i = 0; i < path->count && node != NULL; i++) {
        struct assay_str key = path->steps[i].key;
        node = path->steps[i].elements
                   ? node->elements
                   : assay_json_node_member(node, key.ptr, key.len,
                                            assay_json_key_hash(tree->seed, key.ptr, key.len));
    }
    return node;
}

static bool is_elements(const struct assay_json_node *node)
{
    return node->parent != NULL && node->parent->elements == node;
}

/* The [*] that is nearest above, or is the node itself. */
static struct assay_json_node *scope_of(struct assay_json_node *node)
{
    while (node != NULL && !is_elements(node))
        node = node->parent;
    return node;
}

bool assay_json_node_fans_out(const struct assay_json_node *node)
{
    while (node != NULL && !is_elements(node))
        node = node->parent;
    return node != NULL;
}

bool assay_json_tree_want(struct assay_json_tree *tree, struct assay_json_node *node, uint32_t slot)
{
    struct assay_json_node *scope = scope_of(node);
    node->slot = slot;
    if (scope == NULL)
        return true;
    uint32_t *longer = assay_arena_array(tree->arena, scope->scope_count + 1, sizeof *longer);
    if (longer == NULL)
        return false;
    if (scope->scope_count > 0)
        memcpy(longer, scope->scope, scope->scope_count * sizeof *longer);
    longer[scope->scope_count++] = slot;
    scope->scope = longer;
    return true;
}

void assay_json_node_path(const struct assay_json_node *node, struct assay_buf *out)
{
    if (node->parent == NULL)
        return;
    assay_json_node_path(node->parent, out);
    if (is_elements(node))
        assay_json_path_add_elements(out);
    else
        assay_json_path_add_key(out, node->key);
}
