/*
 * One check of a native suite: which expectation, of which columns, with what.
 */
#include "config.h"

#include "base/suggest.h"
#include "metric/judge.h"
#include "suite/gx_write.h"
#include "suite/native.h"
#include "suite/node_make.h"

#include <inttypes.h>
#include <stdio.h>

#define CHECK_MAX_COLUMNS 64u

/* Keys that every check may have besides its expectation's parameters. */
enum common {
    COMMON_SEVERITY,
    COMMON_MOSTLY,
    COMMON_WARN_BELOW,
    COMMON_ERROR_BELOW,
    COMMON_WHERE,
    COMMON_NAME,
    COMMON_ID,
    COMMON_DESCRIPTION,
    COMMON_TAGS,
    COMMON_OWNER,
    COMMON_RUNBOOK,
    COMMON_META,
    COMMON_COLUMN,
    COMMON_COLUMNS,
    COMMON_COUNT
};

static const char *const common_keys[COMMON_COUNT] = {
    "severity",    "mostly", "warn_below", "error_below", "where", "name",   "id",
    "description", "tags",   "owner",      "runbook",     "meta",  "column", "columns"};

/* Whether a common key makes sense for the expectation, where it stands. */
static bool common_applies(enum common key, const struct assay_expectation *e,
                           const struct assay_field *column)
{
    switch (key) {
    case COMMON_MOSTLY:
    case COMMON_WARN_BELOW:
    case COMMON_ERROR_BELOW: return e->traits & ASSAY_TRAIT_ROWWISE;
    case COMMON_WHERE: return !(e->traits & ASSAY_TRAIT_NO_WHERE);
    case COMMON_COLUMN: return e->scope == ASSAY_SCOPE_COLUMN && column == NULL;
    case COMMON_COLUMNS: return (e->traits & ASSAY_TRAIT_MULTI) && column == NULL;
    default: return true;
    }
}

static const struct assay_param *find_param(const struct assay_expectation *e, struct assay_str key)
{
    for (size_t i = 0; i < e->param_count; i++)
        if (assay_str_is(key, e->params[i].name))
            return &e->params[i];
    return NULL;
}

static void unknown_parameter(struct assay_loader *loader, const struct assay_expectation *e,
                              const struct assay_node *node, const struct assay_field *column)
{
    const char *known[64];
    size_t n = 0;
    for (size_t i = 0; i < e->param_count && n < 40; i++)
        known[n++] = e->params[i].name;
    size_t own = n;
    for (int k = 0; k < COMMON_COUNT; k++)
        if (common_applies((enum common)k, e, column))
            known[n++] = common_keys[k];
    struct assay_error *error =
        assay_node_key_error(loader->diags, node, "SUITE-KEY", "%s has no parameter \"%.*s\"",
                             e->name, (int)node->key.len, node->key.ptr);
    const char *near = assay_suggest(node->key, known, n);
    char list[400] = "";
    size_t used = 0;
    for (size_t i = 0; i < own && used < sizeof list - 40; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", known[i]);
    if (near != NULL)
        assay_error_help(error, "did you mean \"%s\"?", near);
    else
        assay_error_help(error, "it takes %s%s; `assay explain %s` tells more", list,
                         own ? " and what every check takes" : "what every check takes", e->name);
}

static void set_severity(struct assay_loader *loader, struct assay_check *check,
                         const struct assay_node *node)
{
    static const char *const names[] = {"error", "warn", "info"};
    for (int i = 0; i < 3; i++)
        if (assay_str_is(node->text, names[i])) {
            check->severity = (enum assay_severity)i;
            return;
        }
    struct assay_error *error =
        assay_node_error(loader->diags, node, "SUITE-CHOICE", "severity cannot be \"%.*s\"",
                         (int)assay_node_shown(node).len, assay_node_shown(node).ptr);
    assay_error_help(error, "one of error, warn, info");
}

const struct assay_str *assay_native_names(struct assay_loader *loader,
                                           const struct assay_node *node, uint32_t *count)
{
    bool list = node->kind == ASSAY_NODE_SEQUENCE;
    struct assay_str *names =
        assay_arena_array(&loader->suite->arena, node->count + 1, sizeof *names);
    *count = 0;
    for (const struct assay_node *c = list ? node->first : node; names != NULL && c != NULL;
         c = list ? c->next : NULL) {
        if (c->kind >= ASSAY_NODE_SEQUENCE || c->kind == ASSAY_NODE_NULL) {
            assay_node_error(loader->diags, c, "SUITE-TYPE", "%.*s: expected a name, found %s",
                             (int)node->key.len, node->key.ptr, assay_node_kind_name(c));
            continue;
        }
        names[(*count)++] = c->text;
    }
    loader->nomem |= names == NULL;
    return names;
}

/* Members of `meta` that are not the author's: what another format cannot say. */
static const char *const foreign[] = {"assay", "gx"};

/* Keys that a result tells by themselves. */
static const char *const told[] = {"severity", "name",    "id",   "description", "tags",
                                   "owner",    "runbook", "meta", "column"};

bool assay_native_is_text(const struct assay_expectation *e, struct assay_str key)
{
    static const char *const texts[] = {"name",  "id",     "description", "owner", "runbook",
                                        "where", "column", "columns",     "tags"};
    static const bool types[] = {
        [ASSAY_PARAM_TEXT] = true,    [ASSAY_PARAM_COLUMN] = true, [ASSAY_PARAM_COLUMNS] = true,
        [ASSAY_PARAM_CHOICE] = true,  [ASSAY_PARAM_REGEX] = true,  [ASSAY_PARAM_EXPR] = true,
        [ASSAY_PARAM_DURATION] = true};
    const struct assay_param *param = find_param(e, key);
    if (param != NULL)
        return (size_t)param->type < sizeof types && types[param->type];
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (assay_str_is(key, texts[i]))
            return true;
    return false;
}

/* A mapping as a value, without some of its members, unless the expectation asks for them. */
static struct assay_value value_without(struct assay_loader *loader, const struct assay_node *map,
                                        const char *const *keys, size_t count,
                                        const struct assay_expectation *e)
{
    struct assay_node picked = *map;
    struct assay_node *copies =
        assay_arena_array(&loader->suite->arena, map->count + 1, sizeof *copies);
    picked.count = 0;
    picked.first = NULL;
    if (copies == NULL)
        return loader->nomem = true, (struct assay_value){.kind = ASSAY_VALUE_NULL};
    for (const struct assay_node *c = map->first; c != NULL; c = c->next) {
        size_t i = 0;
        while (i < count && !assay_str_is(c->key, keys[i]))
            i++;
        if (i < count && (e == NULL || find_param(e, c->key) == NULL))
            continue;
        const struct assay_param *param = e ? find_param(e, c->key) : NULL;
        struct assay_node typed, *copy = &copies[picked.count];
        *copy = param ? *assay_param_retyped(param, c, &typed) : *c;
        copy->next = NULL;
        if (e != NULL && assay_native_is_text(e, c->key) && c->kind != ASSAY_NODE_NULL)
            *copy = *assay_node_texts(loader, copy);
        if (e != NULL && assay_str_is(copy->key, "error_below"))
            copy->key = ASSAY_STR("mostly");
        if (picked.count++ == 0)
            picked.first = copy;
        else
            copy[-1].next = copy;
    }
    return assay_node_value(loader, &picked);
}

static void set_where(struct assay_loader *loader, struct assay_check *check,
                      const struct assay_node *node)
{
    static const struct assay_param row = {
        .name = "where", .type = ASSAY_PARAM_EXPR, .offset = offsetof(struct assay_check, where)};
    if (!assay_param_fill(loader, &row, node, check) || check->where == NULL)
        return;
    uint32_t count;
    const struct assay_str *columns = assay_expr_columns(check->where, &count);
    for (uint32_t i = 0; i < count; i++)
        assay_loader_field(loader, columns[i]);
}

void assay_native_meta(struct assay_loader *loader, struct assay_check *check,
                       const struct assay_node *node)
{
    if (node->kind != ASSAY_NODE_MAPPING) {
        if (node->kind != ASSAY_NODE_NULL)
            assay_node_error(loader->diags, node, "SUITE-TYPE", "meta: expected a map, found %s",
                             assay_node_kind_name(node));
        return;
    }
    check->meta = value_without(loader, node, foreign, sizeof foreign / sizeof foreign[0], NULL);
}

/* A column beside itself says nothing: another one was meant. */
static void refuse_same_names(struct assay_loader *loader, const struct assay_check *check,
                              const struct assay_node *node)
{
    const struct assay_node *at = node->first;
    if (node->kind != ASSAY_NODE_SEQUENCE)
        return;
    for (uint32_t i = 0; i < check->column_count && at != NULL; i++, at = at->next)
        for (uint32_t k = 0; k < i; k++)
            if (assay_str_equal(check->columns[i], check->columns[k])) {
                assay_node_error(loader->diags, at, "SUITE-DUPLICATE",
                                 "column \"%.*s\" is named twice", (int)check->columns[i].len,
                                 check->columns[i].ptr);
                return;
            }
}

static void set_common(struct assay_loader *loader, struct assay_check *check, enum common key,
                       const struct assay_node *node)
{
    static const struct assay_param texts[COMMON_COUNT] = {
        [COMMON_NAME] = {"name", ASSAY_PARAM_TEXT, ASSAY_PARAM_NONEMPTY, NULL, NULL,
                         offsetof(struct assay_check, name), ""},
        [COMMON_ID] = {"id", ASSAY_PARAM_TEXT, ASSAY_PARAM_NONEMPTY, NULL, NULL,
                       offsetof(struct assay_check, id), ""},
        [COMMON_DESCRIPTION] = {"description", ASSAY_PARAM_TEXT, 0, NULL, NULL,
                                offsetof(struct assay_check, description), ""},
        [COMMON_OWNER] = {"owner", ASSAY_PARAM_TEXT, 0, NULL, NULL,
                          offsetof(struct assay_check, owner), ""},
        [COMMON_RUNBOOK] = {"runbook", ASSAY_PARAM_TEXT, 0, NULL, NULL,
                            offsetof(struct assay_check, runbook), ""},
    };
    switch (key) {
    case COMMON_SEVERITY: set_severity(loader, check, node); return;
    case COMMON_MOSTLY:
    case COMMON_ERROR_BELOW:
        if (check->mostly.given)
            assay_node_key_error(loader->diags, node, "SUITE-KEY",
                                 "mostly and error_below mean the same; give one");
        assay_node_ratio(loader, node, &check->mostly);
        return;
    case COMMON_WARN_BELOW: assay_node_ratio(loader, node, &check->warn_below); return;
    case COMMON_WHERE: set_where(loader, check, node); return;
    case COMMON_TAGS: check->tags = assay_native_names(loader, node, &check->tag_count); return;
    case COMMON_META: assay_native_meta(loader, check, node); return;
    case COMMON_COLUMN:
    case COMMON_COLUMNS:
        check->columns = assay_native_names(loader, node, &check->column_count);
        if (!loader->lenient)
            refuse_same_names(loader, check, node);
        return;
    default: assay_param_fill(loader, &texts[key], node, check); return;
    }
}

static bool set_member(struct assay_loader *loader, struct assay_check *check,
                       const struct assay_node *node, const struct assay_field *column)
{
    const struct assay_expectation *e = check->expectation;
    const struct assay_param *param = find_param(e, node->key);
    if (param != NULL) {
        if (loader->infer && e->scope == ASSAY_SCOPE_TABLE && param->type == ASSAY_PARAM_COLUMN &&
            node->kind == ASSAY_NODE_STRING)
            (void)assay_loader_field(loader, node->text); /* so that it is inferred */
        return assay_param_fill(loader, param, node, check->args);
    }
    for (int k = 0; k < COMMON_COUNT; k++)
        if (assay_str_is(node->key, common_keys[k]) && common_applies((enum common)k, e, column)) {
            set_common(loader, check, (enum common)k, node);
            return true;
        }
    unknown_parameter(loader, e, node, column);
    return false;
}

static bool set_main(struct assay_loader *loader, struct assay_check *check,
                     const struct assay_node *node, const struct assay_field *column)
{
    const struct assay_expectation *e = check->expectation;
    for (size_t i = 0; i < e->param_count; i++)
        if (e->params[i].flags & ASSAY_PARAM_MAIN)
            return assay_param_fill(loader, &e->params[i], node, check->args);
    struct assay_error *error =
        assay_node_error(loader->diags, node, "SUITE-TYPE", "%s takes a map, found %s", e->name,
                         assay_node_kind_name(node));
    if (node->kind == ASSAY_NODE_STRING && e->scope == ASSAY_SCOPE_COLUMN && column == NULL)
        assay_error_help(error, "a column is named as `%s: {column: %.*s}`", e->name,
                         (int)assay_node_shown(node).len, assay_node_shown(node).ptr);
    else
        assay_error_help(error, "for example `%s`", e->example);
    return false;
}

/* Whether a node gives a row, directly or as the main parameter. */
static bool is_given(const struct assay_param *param, const struct assay_node *given)
{
    if (given == NULL || given->kind == ASSAY_NODE_NULL)
        return false;
    if (given->kind == ASSAY_NODE_MAPPING && param->type != ASSAY_PARAM_RANGES)
        return assay_node_get(given, param->name) != NULL;
    if (given->kind == ASSAY_NODE_MAPPING)
        return assay_node_get(given, param->name) != NULL;
    return param->flags & ASSAY_PARAM_MAIN;
}

static bool complete(struct assay_loader *loader, struct assay_check *check,
                     const struct assay_node *at, const struct assay_node *given)
{
    const struct assay_expectation *e = check->expectation;
    bool ok = true, any_of = false, one_of = false;
    for (size_t i = 0; i < e->param_count; i++) {
        const struct assay_param *param = &e->params[i];
        bool has = is_given(param, given);
        any_of |= param->flags & ASSAY_PARAM_ONE_OF;
        one_of |= (param->flags & ASSAY_PARAM_ONE_OF) && has;
        if (has)
            continue;
        if (param->dflt != NULL)
            ok &= assay_param_default(loader, param, at, check->args);
        if (param->flags & ASSAY_PARAM_REQUIRED) {
            struct assay_error *error = assay_node_error(loader->diags, at, "SUITE-MISSING",
                                                         "%s needs %s", e->name, param->name);
            assay_error_help(error, "for example `%s`", e->example);
            ok = false;
        }
    }
    if (any_of && !one_of && !loader->lenient) {
        struct assay_error *error =
            assay_node_error(loader->diags, at, "SUITE-MISSING", "%s needs a bound", e->name);
        assay_error_help(error, "for example `%s`", e->example);
        ok = false;
    }
    return ok;
}

static bool check_columns(struct assay_loader *loader, struct assay_check *check,
                          const struct assay_node *at, const struct assay_field *column)
{
    if (column != NULL) {
        if (check->expectation->scope != ASSAY_SCOPE_COLUMN) {
            struct assay_error *error =
                assay_node_error(loader->diags, at, "SUITE-SCOPE", "%s is about the whole table",
                                 check->expectation->name);
            assay_error_help(error, "move it to the `checks` of the suite");
            return false;
        }
        check->columns = &column->name;
        check->column_count = 1;
    }
    if (check->column_count == 0 && (check->expectation->traits & ASSAY_TRAIT_RECORD)) {
        static const struct assay_str record = {"$", 1};
        check->columns = &record;
        check->column_count = 1;
    }
    if (check->expectation->scope == ASSAY_SCOPE_COLUMN && check->column_count == 0) {
        struct assay_error *error = assay_node_error(loader->diags, at, "SUITE-MISSING",
                                                     "%s needs a column", check->expectation->name);
        assay_error_help(error, "put it under a column, or give `column: NAME`");
        return false;
    }
    if (check->column_count > CHECK_MAX_COLUMNS) {
        assay_node_error(loader->diags, at, "SUITE-LIMIT", "at most %u columns", CHECK_MAX_COLUMNS);
        return false;
    }
    for (uint32_t i = 0; i < check->column_count; i++) {
        const struct assay_field *field = assay_loader_field(loader, check->columns[i]);
        if (i == 0 && field != NULL) {
            check->type = field->type;
            check->field = field;
        }
    }
    return true;
}

static const struct assay_field *field_of(void *suite, struct assay_str column)
{
    return assay_suite_field(suite, column);
}

/* Runs the expectation's own preparation; an error points at the parameter it names. */
static void prepare(struct assay_loader *loader, struct assay_check *check,
                    const struct assay_node *at, const struct assay_node *given)
{
    struct assay_error error = {0};
    struct assay_prepare preparation = {.arena = &loader->suite->arena,
                                        .check = check,
                                        .type_of = assay_suite_type_of,
                                        .field_of = field_of,
                                        .context = loader->suite,
                                        .lenient = loader->lenient};
    if (check->expectation->prepare == NULL ||
        check->expectation->prepare(check->args, &preparation, &error) == ASSAY_OK)
        return;
    const struct assay_node *node = at;
    if (given != NULL && assay_node_is_secret(given)) {
        const struct assay_node *member =
            preparation.param != NULL ? assay_node_get(given, preparation.param) : NULL;
        assay_node_hidden_error(loader->diags, member ? member : given, error.code, error.message);
        return;
    }
    if (preparation.param != NULL && given != NULL && given->kind == ASSAY_NODE_MAPPING) {
        const struct assay_node *member = assay_node_get(given, preparation.param);
        node = member ? member : node;
    } else if (given != NULL && given->kind != ASSAY_NODE_NULL)
        node = given;
    struct assay_error *filed =
        assay_node_error(loader->diags, node, error.code, "%s", error.message);
    assay_error_help(filed, "%s", error.help);
    if (filed != NULL && error.excerpt[0] != '\0') {
        memcpy(filed->excerpt, error.excerpt, sizeof filed->excerpt);
        filed->caret = error.caret;
    }
}

static struct assay_check *new_check(struct assay_loader *loader,
                                     const struct assay_expectation *expectation)
{
    struct assay_suite *suite = loader->suite;
    if (suite->check_count == loader->check_cap) {
        uint32_t cap = loader->check_cap ? loader->check_cap * 2 : 16;
        struct assay_check *grown = assay_arena_array(&suite->arena, cap, sizeof *grown);
        if (grown == NULL)
            return loader->nomem = true, NULL;
        if (suite->check_count)
            memcpy(grown, suite->checks, suite->check_count * sizeof *grown);
        suite->checks = grown;
        loader->check_cap = cap;
    }
    struct assay_check *check = &suite->checks[suite->check_count];
    *check = (struct assay_check){.expectation = expectation};
    check->args = assay_arena_alloc(&suite->arena, expectation->args_size);
    if (check->args == NULL)
        return loader->nomem = true, NULL;
    suite->check_count++;
    return check;
}

/* What was given as a map, whichever way it was written and wherever it stood. */
static struct assay_value config_of(struct assay_loader *loader, const struct assay_expectation *e,
                                    const struct assay_node *given)
{
    struct assay_value config = {.kind = ASSAY_VALUE_MAP};
    if (given == NULL || given->kind == ASSAY_NODE_NULL)
        return config;
    if (given->kind == ASSAY_NODE_MAPPING)
        return value_without(loader, given, told, sizeof told / sizeof told[0], e);
    struct assay_value *item = assay_arena_alloc(&loader->suite->arena, sizeof *item);
    struct assay_str *key = assay_arena_alloc(&loader->suite->arena, sizeof *key);
    if (item == NULL || key == NULL)
        return loader->nomem = true, config;
    struct assay_node typed;
    for (size_t i = 0; i < e->param_count; i++)
        if (e->params[i].flags & ASSAY_PARAM_MAIN) {
            *key = assay_cstr(e->params[i].name);
            given = assay_param_retyped(&e->params[i], given, &typed);
            if (assay_native_is_text(e, *key))
                given = assay_node_texts(loader, given);
        }
    *item = assay_node_value(loader, given);
    config.count = 1;
    config.items = item;
    config.keys = key;
    return config;
}

struct assay_check *assay_loader_add(struct assay_loader *loader,
                                     const struct assay_expectation *expectation,
                                     const struct assay_node *at, const struct assay_node *given,
                                     const struct assay_field *column)
{
    struct assay_check *check = new_check(loader, expectation);
    if (check == NULL)
        return NULL;
    bool ok = true;
    size_t errors = loader->diags->errors;
    check->file = assay_cstr(at->doc->name);
    check->line = at->mark.line;
    check->column = at->mark.column;
    check->config = config_of(loader, expectation, given);
    if (given != NULL && given->kind == ASSAY_NODE_MAPPING) {
        for (const struct assay_node *c = given->first; c != NULL; c = c->next)
            ok &= set_member(loader, check, c, column);
    } else if (given != NULL && given->kind != ASSAY_NODE_NULL)
        ok &= set_main(loader, check, given, column);
    /* `unique: id` names the column: that it has none need not be said as well. */
    bool misread = !ok && given->kind == ASSAY_NODE_STRING && column == NULL &&
                   expectation->scope == ASSAY_SCOPE_COLUMN;
    ok = ok && complete(loader, check, at, given); /* what is missing may be what is misspelt */
    ok &= !misread && check_columns(loader, check, at, column);
    if (check->warn_below.given && check->mostly.given &&
        check->warn_below.value < check->mostly.value)
        assay_node_error(loader->diags, at, "SUITE-BOUNDS",
                         "warn_below is under mostly: it could never warn");
    if (ok && !loader->nomem)
        prepare(loader, check, at, given);
    if (loader->diags->errors == errors && !loader->nomem)
        assay_native_hint(loader, check, given);
    return check;
}

/* The checks of the elements are checks of the column that the elements are. */
static void add_each(struct assay_loader *loader, const struct assay_expectation *expectation,
                     const struct assay_node *given, struct assay_str column)
{
    for (size_t i = 0; i < expectation->param_count; i++) {
        const struct assay_param *param = &expectation->params[i];
        const struct assay_node *list =
            param->type == ASSAY_PARAM_CHECKS ? assay_node_get(given, param->name) : NULL;
        if (list == NULL || list->kind != ASSAY_NODE_SEQUENCE)
            continue;
        char *name =
            assay_arena_printf(&loader->suite->arena, "%.*s[*]", (int)column.len, column.ptr);
        const struct assay_field *field =
            name != NULL ? assay_loader_field(loader, assay_cstr(name)) : NULL;
        if (field == NULL) {
            loader->nomem = true;
            return;
        }
        for (const struct assay_node *c = list->first; c != NULL; c = c->next)
            assay_native_check(loader, c, field);
    }
}

/* What every suite has once cannot be there twice. */
static bool is_twice(struct assay_loader *loader, const struct assay_node *node,
                     const struct assay_expectation *expectation)
{
    const struct assay_suite *suite = loader->suite;
    for (uint32_t i = 0; i < suite->check_count; i++) {
        const struct assay_check *other = &suite->checks[i];
        if (other->expectation != expectation)
            continue;
        assay_node_error(loader->diags, node, "SUITE-DUPLICATE",
                         "%s is there already, in %.*s:%" PRIu64, expectation->name,
                         (int)other->file.len, other->file.ptr, other->line);
        return true;
    }
    return false;
}

void assay_native_check(struct assay_loader *loader, const struct assay_node *node,
                        const struct assay_field *column)
{
    bool map = node->kind == ASSAY_NODE_MAPPING && node->count == 1;
    if (!map && node->kind != ASSAY_NODE_STRING && node->kind != ASSAY_NODE_NULL) {
        assay_native_no_check(loader, node);
        return;
    }
    struct assay_str name = map ? node->first->key : node->text;
    if (node->kind == ASSAY_NODE_NULL) /* `- null`: the expectation of that name */
        name = ASSAY_STR("null");
    const struct assay_expectation *expectation = assay_expectation_find(name);
    if (expectation == NULL) {
        assay_native_unknown(loader, map ? node->first : node, name, map);
        return;
    }
    if ((expectation->traits & ASSAY_TRAIT_IMPLICIT) && is_twice(loader, node, expectation))
        return;
    const struct assay_node *given = map ? node->first : NULL;
    struct assay_check *check = assay_loader_add(loader, expectation, node, given, column);
    if (check != NULL && loader->aliases)
        assay_gx_alias(loader, check, node, given);
    if (check != NULL && check->column_count == 1 && given != NULL &&
        given->kind == ASSAY_NODE_MAPPING)
        add_each(loader, expectation, given, check->columns[0]);
}
