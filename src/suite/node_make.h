/*
 * Making trees: nodes in a suite's arena, at the place of another node. Copies are shallow:
 * children are shared. Where memory runs out the loader says so and NULL is returned, which
 * every function here takes.
 */
#ifndef ASSAY_SUITE_NODE_MAKE_H
#define ASSAY_SUITE_NODE_MAKE_H

#include "suite/native.h"

/* An empty collection, or a scalar without text. */
struct assay_node *assay_node_new(struct assay_loader *loader, const struct assay_node *at,
                                  enum assay_node_kind kind);

/* A copy of `value` as the last member of a mapping, or of a sequence. */
struct assay_node *assay_node_put(struct assay_loader *loader, struct assay_node *map,
                                  const char *key, const struct assay_node *value);
struct assay_node *assay_node_append(struct assay_loader *loader, struct assay_node *list,
                                     const struct assay_node *value);

/* The same with a new collection, or a text, which is copied. */
struct assay_node *assay_node_put_new(struct assay_loader *loader, struct assay_node *map,
                                      const char *key, enum assay_node_kind kind);
struct assay_node *assay_node_put_text(struct assay_loader *loader, struct assay_node *map,
                                       const char *key, const struct assay_node *at,
                                       struct assay_str text);

/* The member of that name; NULL where there is none. */
struct assay_node *assay_node_member(const struct assay_node *map, struct assay_str key);

/* Puts `value` in the place of the member of its key, or behind the others. */
void assay_node_replace(struct assay_loader *loader, struct assay_node *map,
                        const struct assay_node *value);
void assay_node_remove(struct assay_node *map, struct assay_str key);

/*
 * A scalar, or a list of scalars, that is text whatever it looks like: the node itself where
 * it is already, or is something else.
 */
const struct assay_node *assay_node_texts(struct assay_loader *loader,
                                          const struct assay_node *node);

#endif
