/*
 * What a check of a native suite is called by Great Expectations, for reports in its format.
 */
#include "config.h"

#include "suite/gx_write.h"

#include "suite/node_make.h"

/* A tree with its values in the places of its variables. */
static struct assay_node *with_values(struct assay_loader *loader, const struct assay_node *node)
{
    struct assay_node *copy = assay_node_new(loader, node, node->kind);
    if (copy == NULL)
        return NULL;
    *copy = *node;
    copy->written = assay_str(NULL, 0);
    copy->first = copy->last = NULL;
    copy->count = 0;
    for (const struct assay_node *c = node->first; c != NULL; c = c->next) {
        const struct assay_node *child = with_values(loader, c);
        if (child != NULL)
            assay_node_append(loader, copy, child);
    }
    return copy;
}

static const struct assay_param *param_of(const struct assay_expectation *e, struct assay_str key)
{
    for (size_t i = 0; i < e->param_count; i++)
        if (assay_str_is(key, e->params[i].name))
            return &e->params[i];
    return NULL;
}

/* What the check gives, by name, as it is understood: numbers, though they came as texts. */
static struct assay_node *understood(struct assay_loader *loader, const struct assay_expectation *e,
                                     const struct assay_node *at, const struct assay_node *given)
{
    struct assay_node *all = assay_node_new(loader, at, ASSAY_NODE_MAPPING);
    bool map = given != NULL && given->kind == ASSAY_NODE_MAPPING;
    if (all == NULL || given == NULL || given->kind == ASSAY_NODE_NULL)
        return all;
    for (const struct assay_node *c = map ? given->first : given; c != NULL;
         c = map ? c->next : NULL) {
        const struct assay_param *param = map ? param_of(e, c->key) : NULL;
        for (size_t i = 0; !map && i < e->param_count && param == NULL; i++)
            param = e->params[i].flags & ASSAY_PARAM_MAIN ? &e->params[i] : NULL;
        struct assay_node *copy = with_values(loader, c);
        bool number = param != NULL &&
                      (param->type == ASSAY_PARAM_NUMBER || param->type == ASSAY_PARAM_SCALAR ||
                       param->type == ASSAY_PARAM_COUNT);
        if (copy != NULL && number && copy->interpolated && copy->kind == ASSAY_NODE_STRING)
            copy->kind = assay_scalar_kind(copy->text);
        if (copy != NULL)
            assay_node_put(loader, all, map ? c->key.ptr : param != NULL ? param->name : "", copy);
    }
    return all;
}

/* Says what goes without saying here, and is something else there. */
static bool spell_out(struct assay_loader *loader, const struct assay_expectation *e,
                      struct assay_node *given)
{
    const struct assay_param *nulls = param_of(e, ASSAY_STR("ignore_nulls"));
    if (nulls == NULL || given == NULL || assay_node_get(given, "ignore_nulls") != NULL)
        return false;
    return assay_node_put_text(loader, given, "ignore_nulls", given,
                               assay_cstr(nulls->choices[0])) != NULL;
}

void assay_gx_alias(struct assay_loader *loader, struct assay_check *check,
                    const struct assay_node *at, const struct assay_node *given)
{
    struct assay_diags ignored;
    struct assay_loader quiet = *loader;
    struct assay_node name = *at;
    const char *why, *kept;
    assay_diags_init(&ignored);
    quiet.diags = &ignored;
    quiet.lenient = true;
    quiet.origin = NULL;
    name.kind = ASSAY_NODE_STRING;
    name.written = assay_str(NULL, 0);
    name.first = name.last = NULL;
    name.count = 0;
    if (check->column_count == 1)
        name.text = check->columns[0];
    struct assay_node *all = understood(&quiet, check->expectation, at, given);
    const struct assay_gx_check asked = {
        .expectation = assay_cstr(check->expectation->name),
        .column = check->column_count == 1 ? &name : NULL,
        .given = all,
        .at = at,
    };
    struct assay_gx_writing writing = {
        .loader = &quiet, .parameters = assay_node_new(&quiet, at, ASSAY_NODE_MAPPING)};
    const struct assay_node *item =
        writing.parameters != NULL ? assay_gx_item_of(&writing, &asked, &why, &kept) : NULL;
    if (item == NULL && writing.parameters != NULL && spell_out(&quiet, check->expectation, all))
        item = assay_gx_item_of(&writing, &asked, &why, &kept);
    const struct assay_node *type = item != NULL ? assay_node_get(item, "type") : NULL;
    const struct assay_node *kwargs = item != NULL ? assay_node_get(item, "kwargs") : NULL;
    if (type != NULL && kwargs != NULL) {
        check->alias = type->text;
        check->alias_config = assay_node_value(&quiet, kwargs);
    }
    loader->field_cap = quiet.field_cap;
    loader->nomem |= quiet.nomem;
    assay_diags_reset(&ignored);
}
