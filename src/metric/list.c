/*
 * Lists of values.
 */
#include "config.h"

#include "metric/list.h"

#include "metric/judge.h"

struct assay_list assay_list_new(struct assay_arena *arena, size_t room)
{
    struct assay_value *items = assay_arena_array(arena, room + 1, sizeof *items);
    return (struct assay_list){.arena = arena, .items = items, .room = items ? room : 0};
}

void assay_list_add(struct assay_list *list, struct assay_value value)
{
    if (list->count < list->room)
        list->items[list->count++] = value;
}

void assay_list_add_double(struct assay_list *list, double number)
{
    assay_list_add(list, assay_value_double(list->arena, number));
}

void assay_list_add_count(struct assay_list *list, uint64_t count)
{
    assay_list_add(list, assay_value_count(list->arena, count));
}

struct assay_value assay_list_value(const struct assay_list *list)
{
    return (struct assay_value){
        .kind = ASSAY_VALUE_LIST, .count = list->count, .items = list->items};
}

struct assay_value assay_list_map(const struct assay_list *list, const struct assay_str *keys)
{
    return (struct assay_value){
        .kind = ASSAY_VALUE_MAP, .count = list->count, .items = list->items, .keys = keys};
}
