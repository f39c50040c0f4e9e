/*
 * Making trees.
 */
#include "config.h"

#include "suite/node_make.h"

static struct assay_node *copy_of(struct assay_loader *loader, const struct assay_node *from)
{
    struct assay_node *copy = assay_arena_alloc(&loader->suite->arena, sizeof *copy);
    if (copy == NULL)
        return loader->nomem = true, NULL;
    *copy = *from;
    copy->next = NULL;
    return copy;
}

struct assay_node *assay_node_new(struct assay_loader *loader, const struct assay_node *at,
                                  enum assay_node_kind kind)
{
    struct assay_node bare = {.kind = kind,
                              .mark = at->mark,
                              .end = at->end,
                              .key_mark = at->key_mark,
                              .text = assay_cstr(""),
                              .key = assay_cstr(""),
                              .doc = at->doc};
    return copy_of(loader, &bare);
}

static struct assay_node *attach(struct assay_node *collection, struct assay_node *child)
{
    if (collection == NULL || child == NULL)
        return NULL;
    *(collection->last ? &collection->last->next : &collection->first) = child;
    collection->last = child;
    collection->count++;
    return child;
}

struct assay_node *assay_node_put(struct assay_loader *loader, struct assay_node *map,
                                  const char *key, const struct assay_node *value)
{
    struct assay_node *copy = map && value ? copy_of(loader, value) : NULL;
    if (copy != NULL) {
        copy->key = assay_cstr(key);
        if (copy->key_mark.line == 0)
            copy->key_mark = copy->mark;
    }
    return attach(map, copy);
}

struct assay_node *assay_node_append(struct assay_loader *loader, struct assay_node *list,
                                     const struct assay_node *value)
{
    return attach(list, list && value ? copy_of(loader, value) : NULL);
}

struct assay_node *assay_node_put_new(struct assay_loader *loader, struct assay_node *map,
                                      const char *key, enum assay_node_kind kind)
{
    return map ? assay_node_put(loader, map, key, assay_node_new(loader, map, kind)) : NULL;
}

struct assay_node *assay_node_put_text(struct assay_loader *loader, struct assay_node *map,
                                       const char *key, const struct assay_node *at,
                                       struct assay_str text)
{
    char *copy = map ? assay_arena_strdup(&loader->suite->arena, text) : NULL;
    struct assay_node *node = copy ? assay_node_new(loader, at, ASSAY_NODE_STRING) : NULL;
    if (node == NULL) {
        loader->nomem |= map != NULL;
        return NULL;
    }
    node->key = assay_cstr(key);
    node->text = assay_str(copy, text.len);
    return attach(map, node);
}

struct assay_node *assay_node_member(const struct assay_node *map, struct assay_str key)
{
    if (map != NULL && map->kind == ASSAY_NODE_MAPPING)
        for (struct assay_node *c = map->first; c != NULL; c = c->next)
            if (assay_str_equal(c->key, key))
                return c;
    return NULL;
}

void assay_node_replace(struct assay_loader *loader, struct assay_node *map,
                        const struct assay_node *value)
{
    struct assay_node *there = assay_node_member(map, value->key);
    if (there == NULL) {
        attach(map, copy_of(loader, value));
        return;
    }
    struct assay_node *next = there->next;
    *there = *value;
    there->next = next;
}

void assay_node_remove(struct assay_node *map, struct assay_str key)
{
    struct assay_node **link = &map->first;
    map->last = NULL;
    map->count = 0;
    while (*link != NULL) {
        if (assay_str_equal((*link)->key, key)) {
            *link = (*link)->next;
            continue;
        }
        map->last = *link;
        map->count++;
        link = &(*link)->next;
    }
}

const struct assay_node *assay_node_texts(struct assay_loader *loader,
                                          const struct assay_node *node)
{
    if (node->kind == ASSAY_NODE_STRING || node->kind == ASSAY_NODE_MAPPING)
        return node;
    struct assay_node *copy = copy_of(loader, node);
    if (copy == NULL)
        return node;
    if (node->kind != ASSAY_NODE_SEQUENCE) {
        copy->kind = ASSAY_NODE_STRING;
        copy->plain = copy->plain && copy->written.ptr != NULL;
        return copy;
    }
    copy->first = copy->last = NULL;
    copy->count = 0;
    for (const struct assay_node *c = node->first; c != NULL; c = c->next)
        attach(copy,
               copy_of(loader, c->kind < ASSAY_NODE_STRING ? assay_node_texts(loader, c) : c));
    return copy;
}
