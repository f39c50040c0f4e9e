/*
 * Reading Great Expectations suites: the document, its items, and what an item says
 * besides its keywords.
 */
#include "config.h"

#include "suite/gx.h"

#include "base/hash.h"
#include "base/suggest.h"
#include "metric/judge.h"
#include "suite/gx_take.h"
#include "suite/node_make.h"
#include "suite/origin.h"

#include <inttypes.h>
#include <stdio.h>

#define GX_NAMES 80u

/* The suite's own name for a thing has changed over the versions. */
const struct assay_node *assay_gx_either(const struct assay_node *map, const char *now,
                                         const char *before)
{
    const struct assay_node *node = assay_node_get(map, now);
    return node != NULL ? node : assay_node_get(map, before);
}

bool assay_gx_detect(const struct assay_node *root)
{
    return assay_node_get(root, "expectations") != NULL && !assay_native_detect(root);
}

static bool is_member(struct assay_str name, const char *const *known, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (assay_str_is(name, known[i]))
            return true;
    return false;
}

/* Keys that are not known may be of a later version: they are named, no more. */
static void name_unknown(struct assay_loader *loader, const struct assay_node *map,
                         const char *const *known, size_t count)
{
    for (const struct assay_node *c = map->first; c != NULL; c = c->next) {
        if (is_member(c->key, known, count))
            continue;
        struct assay_error *error =
            assay_node_warning(loader->diags, c, "SUITE-LEGACY", "%.*s is not known and not read",
                               (int)c->key.len, c->key.ptr);
        const char *near = assay_suggest(c->key, known, count);
        if (near != NULL)
            assay_error_help(error, "did you mean \"%s\"?", near);
    }
}

static void unknown_kwarg(struct assay_gx_item *item, const struct assay_node *node)
{
    const char *known[GX_NAMES];
    size_t common_count, n = 0;
    const struct assay_gx_kwarg *common = assay_gx_common(item->row->domain, &common_count);
    for (size_t i = 0; i < item->row->kwarg_count && n < GX_NAMES; i++)
        known[n++] = item->row->kwargs[i].name;
    size_t own = n;
    for (size_t i = 0; i < common_count && n < GX_NAMES - 1; i++)
        known[n++] = common[i].name;
    if (item->row->map)
        known[n++] = "mostly";
    struct assay_error *error =
        assay_node_key_error(item->loader->diags, node, "SUITE-KEY", "%s has no keyword \"%.*s\"",
                             item->row->name, (int)node->key.len, node->key.ptr);
    const char *near = assay_suggest(node->key, known, n);
    char list[400] = "";
    size_t used = 0;
    for (size_t i = 0; i < own && used < sizeof list - 60; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", known[i]);
    if (near != NULL)
        assay_error_help(error, "did you mean \"%s\"?", near);
    else
        assay_error_help(error, "it takes %s%s", list,
                         own ? " and what every expectation takes"
                             : "what every expectation takes");
    item->failed = true;
}

static const struct assay_gx_kwarg *find_kwarg(const struct assay_gx_row *row,
                                               struct assay_str name)
{
    static const struct assay_gx_kwarg mostly = {"mostly", "mostly", NULL, ASSAY_GX_NULLABLE};
    size_t count;
    for (size_t i = 0; i < row->kwarg_count; i++)
        if (assay_str_is(name, row->kwargs[i].name))
            return &row->kwargs[i];
    const struct assay_gx_kwarg *common = assay_gx_common(row->domain, &count);
    for (size_t i = 0; i < count; i++)
        if (assay_str_is(name, common[i].name))
            return &common[i];
    return row->map && assay_str_is(name, "mostly") ? &mostly : NULL;
}

static void translate_kwargs(struct assay_gx_item *item)
{
    for (const struct assay_node *c = item->kwargs->first; c != NULL; c = c->next) {
        const struct assay_gx_kwarg *kwarg = find_kwarg(item->row, c->key);
        if (kwarg == NULL)
            unknown_kwarg(item, c);
        else if (c->kind == ASSAY_NODE_NULL && !(kwarg->flags & ASSAY_GX_NULLABLE))
            continue;
        else if (kwarg->put != NULL)
            kwarg->put(item, kwarg, c);
        else
            assay_gx_put(item, kwarg->to, c);
    }
}

static void want(struct assay_gx_item *item, const struct assay_gx_kwarg *kwargs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct assay_node *node = assay_node_get(item->kwargs, kwargs[i].name);
        if (!(kwargs[i].flags & ASSAY_GX_REQUIRED) ||
            (node != NULL && node->kind != ASSAY_NODE_NULL))
            continue;
        assay_node_error(item->loader->diags, node ? node : item->at, "SUITE-MISSING",
                         "%s needs %s", item->row->name, kwargs[i].name);
        item->failed = true;
    }
}

struct assay_node *assay_gx_own(const struct assay_node *map)
{
    struct assay_node *own =
        assay_node_member(assay_node_member(map, ASSAY_STR("meta")), ASSAY_STR("assay"));
    return own != NULL && own->kind == ASSAY_NODE_MAPPING ? own : NULL;
}

static void put_severity(struct assay_gx_item *item)
{
    static const char *const names[][2] = {
        {"critical", "error"}, {"warning", "warn"}, {"info", "info"}};
    const struct assay_node *node = assay_node_get(item->at, "severity");
    if (node == NULL)
        node = assay_node_get(item->kwargs, "severity");
    if (node == NULL || node->kind == ASSAY_NODE_NULL)
        return;
    for (int i = 0; i < 3; i++)
        if (node->kind == ASSAY_NODE_STRING && assay_str_is(node->text, names[i][0])) {
            if (i > 0)
                assay_gx_put_text(item, "severity", node, assay_cstr(names[i][1]));
            return;
        }
    struct assay_error *error = assay_node_error(
        item->loader->diags, node, "SUITE-CHOICE", "severity cannot be %s",
        node->kind == ASSAY_NODE_STRING ? assay_node_shown(node).ptr : assay_node_kind_name(node));
    assay_error_help(error, "one of critical, warning, info");
    item->failed = true;
}

static bool is_text(const struct assay_node *node)
{
    return node != NULL && node->kind == ASSAY_NODE_STRING && node->text.len != 0;
}

/* Notes are one text or a list of them, in meta also under `content`. */
static const struct assay_node *description_of(const struct assay_node *at)
{
    const struct assay_node *notes = assay_node_get(at, "notes");
    const struct assay_node *context =
        assay_node_get(assay_node_get(at, "expectation_context"), "description");
    const struct assay_node *description = assay_node_get(at, "description");
    if (notes == NULL || notes->kind == ASSAY_NODE_NULL)
        notes = assay_node_get(assay_node_get(at, "meta"), "notes");
    if (notes != NULL && notes->kind == ASSAY_NODE_MAPPING)
        notes = assay_node_get(notes, "content");
    if (notes != NULL && notes->kind == ASSAY_NODE_SEQUENCE)
        notes = notes->first;
    return is_text(description) ? description
           : is_text(context)   ? context
           : is_text(notes)     ? notes
                                : NULL;
}

/*
 * Whether a key for assay says other than the keywords, which count: it was left behind by
 * a conversion, and the keyword was changed since.
 */
static bool contradicts(struct assay_gx_item *item, const struct assay_node *own)
{
    const struct assay_node *given = assay_node_member(item->given, own->key);
    struct assay_opt_ratio a = {0}, b = {0};
    if (given == NULL || given->written.ptr != NULL)
        return false;
    bool same = assay_node_same(given, own);
    if (!same && assay_str_is(own->key, "where"))
        same = assay_gx_same_condition(item->loader, given, own);
    if (!same && assay_str_is(own->key, "mostly"))
        same = assay_node_ratio(item->loader, given, &a) &&
               assay_node_ratio(item->loader, own, &b) && a.value == b.value;
    if (same)
        return false;
    struct assay_error *error = assay_node_warning(
        item->loader->diags, own, "SUITE-LEGACY",
        "%.*s is another here than in kwargs, and is not read", (int)own->key.len, own->key.ptr);
    assay_error_help(error, "remove it from meta, assay");
    return true;
}

/* What stands beside the keywords, and what only assay knows. */
static void translate_rest(struct assay_gx_item *item)
{
    const struct assay_node *description = description_of(item->at);
    const struct assay_node *id = assay_gx_either(item->at, "id", "ge_cloud_id");
    const struct assay_node *meta = assay_node_get(item->at, "meta");
    const struct assay_node *own = assay_gx_own(item->at);
    put_severity(item);
    if (description != NULL)
        assay_gx_put_text(item, "description", description, description->text);
    if (is_text(id))
        assay_gx_put_text(item, "id", id, id->text);
    if (meta != NULL && meta->kind == ASSAY_NODE_MAPPING)
        assay_gx_put(item, "meta", meta);
    for (const struct assay_node *c = own ? own->first : NULL; c != NULL; c = c->next)
        if (!contradicts(item, c))
            assay_node_replace(item->loader, item->given, c);
}

void assay_gx_translate(struct assay_gx_item *item)
{
    size_t count;
    const struct assay_gx_kwarg *common = assay_gx_common(item->row->domain, &count);
    translate_kwargs(item);
    want(item, common, count);
    want(item, item->row->kwargs, item->row->kwarg_count);
    if (!item->failed && item->row->finish != NULL)
        item->row->finish(item);
    translate_rest(item);
}

static void set_text(struct assay_str *to, const struct assay_node *node)
{
    if (is_text(node))
        *to = node->text;
}

/*
 * The same expectation may stand in a list twice; ids must differ all the same. Returns
 * the id that was made for that reason, or an empty one.
 */
static struct assay_str make_id(struct assay_loader *loader, struct assay_check *check)
{
    struct assay_suite *suite = loader->suite;
    uint32_t same = 0;
    struct assay_str made = {0};
    struct assay_buf mine, other;
    assay_buf_init(&mine, (size_t)16 << 20);
    assay_buf_init(&other, (size_t)16 << 20);
    assay_value_describe(&check->config, &mine);
    for (uint32_t i = 0; i + 1 < suite->check_count; i++) {
        const struct assay_check *before = &suite->checks[i];
        if (before->expectation != check->expectation ||
            before->column_count != check->column_count ||
            (check->column_count != 0 && !assay_str_equal(before->columns[0], check->columns[0])) ||
            before->config.count != check->config.count)
            continue;
        assay_buf_reset(&other);
        assay_value_describe(&before->config, &other);
        same += assay_str_equal(assay_buf_view(&mine), assay_buf_view(&other));
    }
    if (same != 0 && check->id.len == 0) {
        char *id =
            assay_arena_printf(&suite->arena, "%s-%08" PRIx32 "-%u", check->expectation->name,
                               (uint32_t)(assay_hash_text(assay_buf_view(&mine)) >> 32), same + 1);
        loader->nomem |= id == NULL;
        check->id = made = assay_cstr(id);
    }
    assay_buf_free(&mine);
    assay_buf_free(&other);
    return made;
}

static void dress(struct assay_gx_item *item, struct assay_check *check,
                  const struct assay_node *type)
{
    struct assay_loader *loader = item->loader;
    check->alias = type->text;
    check->alias_config = assay_node_value(loader, item->kwargs);
    check->telling = item->telling;
    check->index_columns = item->index_columns;
    assay_origin_item(loader, item, make_id(loader, check));
}

static void unknown_type(struct assay_loader *loader, const struct assay_node *type)
{
    const char *names[GX_NAMES];
    size_t count, n = 0;
    const struct assay_gx_row *rows = assay_gx_rows(&count);
    for (; n < count && n < GX_NAMES; n++)
        names[n] = rows[n].name;
    struct assay_error *error =
        assay_node_error(loader->diags, type, "SUITE-CHECK", "there is no expectation \"%.*s\"",
                         (int)type->text.len, type->text.ptr ? type->text.ptr : "");
    const char *near = assay_suggest(type->text, names, n);
    if (near != NULL)
        assay_error_help(error, "did you mean %s?", near);
}

static void load_item(const struct assay_gx_scope *scope, const struct assay_node *at)
{
    static const char *const known[] = {"type",
                                        "expectation_type",
                                        "kwargs",
                                        "meta",
                                        "id",
                                        "ge_cloud_id",
                                        "notes",
                                        "description",
                                        "severity",
                                        "rendered_content",
                                        "expectation_context",
                                        "success_on_last_run"};
    struct assay_loader *loader = scope->loader;
    const struct assay_node *type = assay_gx_either(at, "type", "expectation_type");
    const struct assay_node *kwargs = assay_node_get(at, "kwargs");
    if (type == NULL || type->kind != ASSAY_NODE_STRING) {
        assay_node_error(loader->diags, type ? type : at, "SUITE-TYPE",
                         "expected an expectation with its `type`, found %s",
                         assay_node_kind_name(type ? type : at));
        return;
    }
    name_unknown(loader, at, known, sizeof known / sizeof known[0]);
    struct assay_gx_item item = {.loader = loader, .row = assay_gx_row_find(type->text), .at = at};
    if (item.row == NULL) {
        unknown_type(loader, type);
        return;
    }
    item.native = item.row->native;
    item.given = assay_gx_collection(&item, kwargs ? kwargs : at, ASSAY_NODE_MAPPING);
    if (kwargs == NULL || kwargs->kind == ASSAY_NODE_NULL)
        kwargs = assay_gx_collection(&item, at, ASSAY_NODE_MAPPING);
    if (kwargs == NULL || item.given == NULL)
        return;
    if (kwargs->kind != ASSAY_NODE_MAPPING) {
        assay_node_error(loader->diags, kwargs, "SUITE-TYPE", "kwargs: expected a map, found %s",
                         assay_node_kind_name(kwargs));
        return;
    }
    item.kwargs = assay_gx_resolve(scope, kwargs);
    if (item.kwargs == NULL)
        return;
    assay_gx_translate(&item);
    const struct assay_expectation *expectation = assay_expectation_find(assay_cstr(item.native));
    if (item.failed || loader->nomem)
        return;
    if (expectation == NULL) {
        assay_node_error(loader->diags, type, "SUITE-CHECK", "%s is not built in", item.row->name);
        return;
    }
    struct assay_check *check = assay_loader_add(loader, expectation, at, item.given, NULL);
    if (check != NULL)
        dress(&item, check, type);
}

/* What pandas.read_csv takes for missing, unless it is told otherwise. */
static const struct assay_str null_values[] = {
    {"#N/A", 4}, {"#N/A N/A", 8}, {"#NA", 3},     {"-1.#IND", 7}, {"-1.#QNAN", 8}, {"-NaN", 4},
    {"-nan", 4}, {"1.#IND", 6},   {"1.#QNAN", 7}, {"<NA>", 4},    {"N/A", 3},      {"NA", 2},
    {"NULL", 4}, {"NaN", 3},      {"n/a", 3},     {"nan", 3},     {"null", 4}};

void assay_gx_conventions(struct assay_loader *loader, bool theirs)
{
    struct assay_source_options *source = &loader->suite->options.source;
    source->null_values = theirs ? null_values : NULL;
    source->null_value_count = theirs ? sizeof null_values / sizeof null_values[0] : 0;
    source->null_values_untyped = theirs;
    loader->lenient = loader->infer = theirs;
}

void assay_gx_load(struct assay_loader *loader, struct assay_node *root,
                   const struct assay_suite_request *request,
                   const struct assay_variables *variables)
{
    static const char *const known[] = {"name",
                                        "expectation_suite_name",
                                        "id",
                                        "ge_cloud_id",
                                        "expectations",
                                        "meta",
                                        "notes",
                                        "suite_parameters",
                                        "evaluation_parameters",
                                        "data_asset_type",
                                        "data_asset_name",
                                        "rendered_content"};
    struct assay_gx_scope scope = {
        .loader = loader,
        .request = request,
        .parameters = assay_gx_either(root, "suite_parameters", "evaluation_parameters"),
    };
    struct assay_node *own = assay_gx_own(root);
    uint32_t first = loader->suite->check_count;
    name_unknown(loader, root, known, sizeof known / sizeof known[0]);
    set_text(&loader->suite->dataset, assay_gx_either(root, "name", "expectation_suite_name"));
    assay_gx_conventions(loader, true);
    loader->strict = request != NULL && request->gx_strict;
    loader->suite->options.gx_strict = loader->strict;
    if (own != NULL) {
        assay_node_interpolate(own, &loader->suite->arena, variables, loader->diags);
        assay_native_conventions(loader, own);
        assay_native_columns(loader, own);
    }
    struct assay_node *list = assay_node_member(root, ASSAY_STR("expectations"));
    if (list->kind != ASSAY_NODE_SEQUENCE)
        assay_node_error(loader->diags, list, "SUITE-TYPE",
                         "expectations: expected a list, found %s", assay_node_kind_name(list));
    for (struct assay_node *c = list->kind == ASSAY_NODE_SEQUENCE ? list->first : NULL; c != NULL;
         c = c->next) {
        if (assay_gx_own(c) != NULL)
            assay_node_interpolate(assay_gx_own(c), &loader->suite->arena, variables,
                                   loader->diags);
        load_item(&scope, c);
    }
    if (own != NULL)
        assay_native_load(loader, own, first);
}
