/*
 * Paths as a tree: those that a suite wants, or those that were seen in the data.
 *
 * While records are read a tree does not change, so that workers share it.
 */
#ifndef ASSAY_SOURCE_JSON_TREE_H
#define ASSAY_SOURCE_JSON_TREE_H

#include "source/json_path.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#define ASSAY_JSON_NO_SLOT UINT32_MAX

struct assay_json_node {
    struct assay_str key;          /* of the member that leads here */
    uint64_t hash;                 /* of the key */
    struct assay_json_node *next;  /* the member named after this one */
    struct assay_json_node *first; /* members, in the order of being named */
    struct assay_json_node *last;
    struct assay_json_node **table; /* of members by hash, open addressing; NULL: none */
    uint32_t mask;
    uint32_t members;
    struct assay_json_node *elements; /* of an array; NULL: nothing wanted of them */
    struct assay_json_node *parent;
    uint32_t slot;   /* the column that it is; ASSAY_JSON_NO_SLOT: none */
    uint32_t *scope; /* elements only: columns with one value an element */
    uint32_t scope_count;
};

struct assay_json_tree {
    struct assay_json_node root;
    struct assay_arena *arena;
    uint64_t seed;
    uint32_t nodes;
    uint32_t limit; /* most nodes; what comes after is left out */
};

void assay_json_tree_init(struct assay_json_tree *tree, struct assay_arena *arena, uint64_t seed,
                          uint32_t limit);

static inline uint64_t assay_json_key_hash(uint64_t seed, const char *key, size_t len)
{
    return XXH3_64bits_withSeed(key, len, seed);
}

/* The member of a key, or NULL; `node` may be NULL. */
static inline struct assay_json_node *assay_json_node_member(const struct assay_json_node *node,
                                                             const char *key, size_t len,
                                                             uint64_t hash)
{
    if (node == NULL || node->table == NULL)
        return NULL;
    for (uint32_t at = (uint32_t)hash & node->mask;; at = (at + 1) & node->mask) {
        struct assay_json_node *member = node->table[at];
        if (member == NULL || (member->hash == hash && member->key.len == len &&
                               (len == 0 || memcmp(member->key.ptr, key, len) == 0)))
            return member;
    }
}

/* The same, made where it is not there; NULL: no memory, or the limit was reached. */
struct assay_json_node *assay_json_tree_member(struct assay_json_tree *tree,
                                               struct assay_json_node *node, const char *key,
                                               size_t len, uint64_t hash);
struct assay_json_node *assay_json_tree_elements(struct assay_json_tree *tree,
                                                 struct assay_json_node *node);

/* The node of a path, made where it is not there; NULL: no memory. */
struct assay_json_node *assay_json_tree_add(struct assay_json_tree *tree,
                                            const struct assay_json_path *path);

/* The node of a path, or NULL. */
const struct assay_json_node *assay_json_tree_find(const struct assay_json_tree *tree,
                                                   const struct assay_json_path *path);

/* Gives the node a column; false: no memory. */
bool assay_json_tree_want(struct assay_json_tree *tree, struct assay_json_node *node,
                          uint32_t slot);

/* Whether it lies behind a [*]. */
bool assay_json_node_fans_out(const struct assay_json_node *node);

/* Appends the node's path. */
void assay_json_node_path(const struct assay_json_node *node, struct assay_buf *out);

#endif
