/*
 * result_format: how much of a result is told. A level, or a map with the level and what
 * else is wanted.
 */
#include "config.h"

#include "suite/gx.h"

static void set_format(struct assay_gx_item *item, const struct assay_node *node)
{
    static const char *const names[] = {"BOOLEAN_ONLY", "BASIC", "SUMMARY", "COMPLETE"};
    for (int i = 0; i < 4; i++)
        if (node->kind == ASSAY_NODE_STRING && assay_str_is(node->text, names[i])) {
            item->telling.has_format = true;
            item->telling.format = (enum assay_result_format)i;
            return;
        }
    assay_gx_fail(item, node, "one of BOOLEAN_ONLY, BASIC, SUMMARY, COMPLETE",
                  "result_format cannot be %s",
                  node->kind == ASSAY_NODE_STRING ? node->text.ptr : assay_node_kind_name(node));
}

static void set_partial(struct assay_gx_item *item, const struct assay_node *node)
{
    int64_t count;
    item->telling.has_partial =
        node->kind == ASSAY_NODE_INT && assay_node_int64(node, &count) && count >= 0;
    if (!item->telling.has_partial)
        assay_gx_fail(item, node, NULL, "partial_unexpected_count: expected a whole number");
    else
        item->telling.partial = count < 100000 ? (uint32_t)count : 100000;
}

static void set_index_columns(struct assay_gx_item *item, const struct assay_node *node)
{
    static const struct assay_gx_kwarg kwarg = {"unexpected_index_column_names", NULL, NULL, 0};
    if (!assay_gx_want_kind(item, &kwarg, node, ASSAY_NODE_SEQUENCE, "a list of columns"))
        return;
    struct assay_str *names =
        assay_arena_array(&item->loader->suite->arena, node->count + 1, sizeof *names);
    item->loader->nomem |= names == NULL;
    uint32_t n = 0;
    for (const struct assay_node *c = node->first; names != NULL && c != NULL; c = c->next) {
        if (!assay_gx_want_kind(item, &kwarg, c, ASSAY_NODE_STRING, "the name of a column"))
            return;
        item->loader->nomem |= assay_loader_field(item->loader, c->text) == NULL;
        names[n++] = c->text;
    }
    item->index_columns = (struct assay_strs){names, n};
}

static bool truth_of(struct assay_gx_item *item, const struct assay_node *node)
{
    if (node->kind != ASSAY_NODE_BOOL)
        assay_gx_fail(item, node, NULL, "%.*s: expected true or false, found %s",
                      (int)node->key.len, node->key.ptr, assay_node_kind_name(node));
    return node->truth;
}

static void set_member(struct assay_gx_item *item, const struct assay_node *node)
{
    if (node->kind == ASSAY_NODE_NULL)
        return;
    if (assay_str_is(node->key, "result_format"))
        set_format(item, node);
    else if (assay_str_is(node->key, "partial_unexpected_count"))
        set_partial(item, node);
    else if (assay_str_is(node->key, "unexpected_index_column_names"))
        set_index_columns(item, node);
    else if (assay_str_is(node->key, "include_unexpected_rows"))
        item->telling.rows = truth_of(item, node);
    else if (assay_str_is(node->key, "exclude_unexpected_values"))
        item->telling.no_values = truth_of(item, node);
    else if (assay_str_is(node->key, "return_unexpected_index_query"))
        item->telling.no_query = !truth_of(item, node);
    else
        assay_gx_fail(item, node, "see result_format in assay-expectations(7)",
                      "result_format has no member \"%.*s\"", (int)node->key.len, node->key.ptr);
}

void assay_gx_result_format(struct assay_gx_item *item, const struct assay_gx_kwarg *kwarg,
                            const struct assay_node *node)
{
    (void)kwarg;
    if (node->kind != ASSAY_NODE_MAPPING) {
        set_format(item, node);
        return;
    }
    for (const struct assay_node *c = node->first; c != NULL; c = c->next)
        set_member(item, c);
}
