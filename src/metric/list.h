/*
 * Lists and maps of values for results, filled one by one in an arena.
 */
#ifndef ASSAY_METRIC_LIST_H
#define ASSAY_METRIC_LIST_H

#include "base/arena.h"

#include "assay/value.h"

struct assay_list {
    struct assay_arena *arena;
    struct assay_value *items; /* NULL: no memory, which the arena remembers too */
    size_t count, room;
};

struct assay_list assay_list_new(struct assay_arena *arena, size_t room);

/* Adds what there is room for; more is left out. */
void assay_list_add(struct assay_list *list, struct assay_value value);
void assay_list_add_double(struct assay_list *list, double number);
void assay_list_add_count(struct assay_list *list, uint64_t count);

struct assay_value assay_list_value(const struct assay_list *list);

/* The same items as a map; `keys` has a static text for each. */
struct assay_value assay_list_map(const struct assay_list *list, const struct assay_str *keys);

#endif
