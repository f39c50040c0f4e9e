/*
 * The native suite format: its sections, columns and options.
 */
#include "config.h"

#include "suite/native.h"

#include "base/suggest.h"
#include "suite/gx.h"

#include <stdio.h>
#include <stdlib.h>

#define SUITE_VERSION 1

static const char *const sections[] = {"version", "dataset", "description", "conventions",
                                       "source",  "include", "options",     "checks",
                                       "columns", "owner",   "tags",        "meta"};
static const char *const column_keys[] = {"type", "format", "timezone", "description", "checks"};

static void unknown_key(struct assay_loader *loader, const struct assay_node *node,
                        const char *const *known, size_t count, const char *where)
{
    struct assay_error *error =
        assay_node_key_error(loader->diags, node, "SUITE-KEY", "unknown key \"%.*s\"%s",
                             (int)node->key.len, node->key.ptr, where);
    const char *near = assay_suggest(node->key, known, count);
    if (known == column_keys && assay_expectation_find(node->key) != NULL) {
        assay_error_help(error, "checks of a column stand in a list: `checks: [%.*s]`",
                         (int)node->key.len, node->key.ptr);
        return;
    }
    if (near != NULL) {
        assay_error_help(error, "did you mean \"%s\"?", near);
        return;
    }
    char list[400] = "";
    size_t used = 0;
    for (size_t i = 0; i < count && used < sizeof list - 40; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", known[i]);
    assay_error_help(error, "known keys are %s", list);
}

static bool is_known(struct assay_str key, const char *const *known, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (assay_str_is(key, known[i]))
            return true;
    return false;
}

bool assay_native_detect(const struct assay_node *root)
{
    return root->kind == ASSAY_NODE_NULL || assay_node_get(root, "version") != NULL ||
           assay_node_get(root, "checks") != NULL || assay_node_get(root, "columns") != NULL;
}

static struct assay_str text_of(struct assay_loader *loader, const struct assay_node *node)
{
    if (node->kind < ASSAY_NODE_SEQUENCE && node->kind != ASSAY_NODE_NULL)
        return node->text;
    assay_node_error(loader->diags, node, "SUITE-TYPE", "%.*s: expected a text, found %s",
                     (int)node->key.len, node->key.ptr, assay_node_kind_name(node));
    return assay_cstr("");
}

static void load_version(struct assay_loader *loader, const struct assay_node *node)
{
    int64_t version;
    if (!assay_node_int64(node, &version) || version < 1) {
        struct assay_error *error = assay_node_error(
            loader->diags, node, "SUITE-VERSION", "version: expected the number %d", SUITE_VERSION);
        assay_error_help(error, "write it without quotes: `version: %d`", SUITE_VERSION);
        return;
    }
    if (version > SUITE_VERSION) {
        struct assay_error *error =
            assay_node_error(loader->diags, node, "SUITE-VERSION",
                             "the suite needs assay %lld or later", (long long)version);
        assay_error_help(error, "this is assay %s, which reads suites of version %d",
                         PACKAGE_VERSION, SUITE_VERSION);
    }
}

/* The values of an option: a scalar, or a list of scalars. */
static uint32_t option_values(const struct assay_node *node, struct assay_str *values, uint32_t cap)
{
    if (node->kind < ASSAY_NODE_SEQUENCE) {
        values[0] = node->text;
        return 1;
    }
    uint32_t n = 0;
    for (const struct assay_node *c = node->first; c != NULL && n < cap; c = c->next)
        if (c->kind < ASSAY_NODE_SEQUENCE)
            values[n++] = c->text;
    return n;
}

static bool is_scalar_or_list(const struct assay_node *node)
{
    if (node->kind != ASSAY_NODE_SEQUENCE)
        return node->kind != ASSAY_NODE_MAPPING;
    for (const struct assay_node *c = node->first; c != NULL; c = c->next)
        if (c->kind >= ASSAY_NODE_SEQUENCE)
            return false;
    return true;
}

/* Whether an option may stand here: in a suite, or beside another source that it reads. */
static bool option_fits(const struct assay_option *row, bool other)
{
    size_t from = offsetof(struct assay_options, source);
    bool of_source =
        row->offset >= from && row->offset < from + sizeof(struct assay_source_options);
    return (row->flags & ASSAY_OPTION_SUITE) && (!other || of_source);
}

/* The row of an option, and its values; NULL where that was filed as an error. */
static const struct assay_option *read_option(struct assay_loader *loader,
                                              const struct assay_node *node, bool other,
                                              struct assay_str **values, uint32_t *count)
{
    const struct assay_option *row = assay_option_find(node->key);
    if (row == NULL || !option_fits(row, other)) {
        const char *known[64];
        size_t row_count, n = 0;
        const struct assay_option *rows = assay_option_rows(&row_count);
        for (size_t i = 0; i < row_count && n < 64; i++)
            if (option_fits(&rows[i], other))
                known[n++] = rows[i].name;
        unknown_key(loader, node, known, n, " under options");
        return NULL;
    }
    *values = assay_arena_array(&loader->suite->arena, node->count + 1, sizeof **values);
    if (*values == NULL) {
        loader->nomem = true;
        return NULL;
    }
    if (!is_scalar_or_list(node)) {
        assay_node_error(loader->diags, node, "SUITE-TYPE",
                         "%s: expected a value or a list of values, found %s", row->name,
                         assay_node_kind_name(node));
        return NULL;
    }
    *count = option_values(node, *values, (uint32_t)node->count + 1);
    return row;
}

/* Sets the option; returns its row, NULL where something was filed as an error. */
static const struct assay_option *load_option(struct assay_loader *loader,
                                              const struct assay_node *node, bool other,
                                              struct assay_options *options,
                                              struct assay_str **values, uint32_t *count)
{
    struct assay_error error;
    const struct assay_option *row = read_option(loader, node, other, values, count);
    if (row == NULL ||
        assay_option_set(options, row, *values, *count, &loader->suite->arena, &error) == ASSAY_OK)
        return row;
    struct assay_error *filed =
        assay_node_is_secret(node)
            ? assay_node_hidden_error(loader->diags, node, "SUITE-OPTION", "")
            : assay_node_error(loader->diags, node, "SUITE-OPTION", "%s", error.message);
    assay_error_help(filed, "%s", error.help);
    return NULL;
}

static void load_options(struct assay_loader *loader, const struct assay_node *node)
{
    struct assay_str *values;
    uint32_t count;
    for (const struct assay_node *c = node->first; c != NULL; c = c->next)
        load_option(loader, c, false, &loader->suite->options, &values, &count);
}

bool assay_native_settings(struct assay_loader *loader, const struct assay_node *node,
                           struct assay_settings *out)
{
    struct assay_arena *arena = &loader->suite->arena;
    struct assay_options tried; /* what they come to is found when the source is opened */
    struct assay_source_setting *rows = assay_arena_array(arena, node->count + 1, sizeof *rows);
    struct assay_buf key;
    bool good = rows != NULL;
    assay_options_init(&tried);
    assay_buf_init(&key, (size_t)1 << 20);
    *out = (struct assay_settings){.rows = rows};
    for (const struct assay_node *c = node->first; rows != NULL && c != NULL; c = c->next) {
        struct assay_source_setting *setting = &rows[out->count];
        struct assay_str *values;
        const struct assay_option *row =
            load_option(loader, c, true, &tried, &values, &setting->value_count);
        good &= row != NULL;
        if (row == NULL)
            continue;
        setting->name = assay_cstr(row->name);
        setting->values = values;
        out->count++;
        assay_buf_printf(&key, "%s", row->name);
        for (uint32_t i = 0; i < setting->value_count; i++) {
            assay_buf_printf(&key, " %zu:", values[i].len);
            assay_buf_str(&key, values[i]);
        }
        assay_buf_putc(&key, ';');
    }
    out->key = assay_str(assay_arena_strdup(arena, assay_buf_view(&key)), key.len);
    loader->nomem |= rows == NULL || key.failed || out->key.ptr == NULL;
    assay_buf_free(&key);
    return good;
}

static bool is_mapping(struct assay_loader *loader, const struct assay_node *node)
{
    if (node->kind == ASSAY_NODE_MAPPING)
        return true;
    if (node->kind == ASSAY_NODE_NULL)
        return false;
    struct assay_error *error =
        assay_node_error(loader->diags, node, "SUITE-TYPE", "%.*s: expected a map, found %s",
                         (int)node->key.len, node->key.ptr, assay_node_kind_name(node));
    if (node->kind == ASSAY_NODE_STRING && assay_expectation_find(node->text) != NULL)
        assay_error_help(error, "checks of a column stand in a list: `%.*s: [%.*s]`",
                         (int)node->key.len, node->key.ptr, (int)node->text.len, node->text.ptr);
    else if (assay_str_is(node->key, "columns"))
        assay_error_help(error, "name each column as a key: `email: {checks: [not_null]}`");
    else if (assay_str_is(node->key, "options"))
        assay_error_help(error, "for example `options: {delimiter: ';'}`");
    return false;
}

static void load_checks(struct assay_loader *loader, const struct assay_node *list,
                        const struct assay_field *column)
{
    if (list->kind == ASSAY_NODE_NULL)
        return;
    if (list->kind != ASSAY_NODE_SEQUENCE) {
        struct assay_error *error =
            assay_node_error(loader->diags, list, "SUITE-TYPE", "checks: expected a list, found %s",
                             assay_node_kind_name(list));
        assay_error_help(error, "start each check with a dash: `- not_null`");
        return;
    }
    for (const struct assay_node *c = list->first; c != NULL; c = c->next)
        assay_native_check(loader, c, column);
}

/* What other tools and databases call a type. */
static const char *named_elsewhere(struct assay_str name)
{
    static const char *const pairs[][2] = {
        {"int", "integer"},        {"bigint", "integer"},  {"float", "number"},
        {"double", "number"},      {"numeric", "decimal"}, {"bool", "boolean"},
        {"str", "string"},         {"text", "string"},     {"varchar", "string"},
        {"datetime", "timestamp"}, {"object", "json"},     {"timestamptz", "timestamp"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (assay_str_is(name, pairs[i][0]))
            return pairs[i][1];
    return NULL;
}

static void declare_type(struct assay_loader *loader, struct assay_field *field,
                         const struct assay_node *node)
{
    const char *names[ASSAY_TYPE_COUNT];
    size_t n = 0;
    for (int t = ASSAY_TYPE_NONE + 1; t < ASSAY_TYPE_COUNT; t++)
        names[n++] = assay_type_name((enum assay_type)t);
    enum assay_type type = assay_type_find(text_of(loader, node));
    if (type != ASSAY_TYPE_COUNT) {
        field->type = type;
        return;
    }
    struct assay_error *error =
        assay_node_error(loader->diags, node, "SUITE-CHOICE", "type cannot be \"%.*s\"",
                         (int)assay_node_shown(node).len, assay_node_shown(node).ptr);
    const char *near = named_elsewhere(node->text);
    if (near == NULL)
        near = assay_suggest(node->text, names, n);
    if (near != NULL)
        assay_error_help(error, "did you mean %s?", near);
    else
        assay_error_help(error, "one of integer, decimal, number, boolean, date, timestamp, time, "
                                "uuid, json, string");
}

static void declare_time(struct assay_loader *loader, struct assay_field *field,
                         const struct assay_node *format, const struct assay_node *zone)
{
    struct assay_error error;
    const struct assay_node *at = format ? format : zone;
    if (at != NULL && !assay_type_is_time(field->type)) {
        struct assay_error *filed =
            assay_node_key_error(loader->diags, at, "SUITE-KEY",
                                 "%.*s belongs to a column of type date, timestamp or time",
                                 (int)at->key.len, at->key.ptr);
        assay_error_help(filed, "declare it: `type: timestamp`");
        return;
    }
    if (format != NULL) {
        struct assay_timefmt *compiled = assay_arena_alloc(&loader->suite->arena, sizeof *compiled);
        loader->nomem |= compiled == NULL;
        field->format = compiled;
        if (compiled != NULL &&
            assay_timefmt_compile(compiled, text_of(loader, format), &error) != ASSAY_OK) {
            assay_error_at(&error, format->doc->name, format->mark.line, format->mark.column);
            assay_diags_add(loader->diags, ASSAY_DIAG_ERROR, &error);
        }
    }
    if (zone != NULL && !assay_time_parse_zone(zone->text, &field->offset)) {
        struct assay_error *filed =
            assay_node_error(loader->diags, zone, "SUITE-TYPE", "timezone cannot be \"%.*s\"",
                             (int)assay_node_shown(zone).len, assay_node_shown(zone).ptr);
        assay_error_help(filed, "write UTC or an offset such as +02:00");
    }
}

void assay_native_conventions(struct assay_loader *loader, const struct assay_node *root)
{
    static const char *const names[] = {"assay", "great_expectations"};
    const struct assay_node *node = assay_node_get(root, "conventions");
    if (node == NULL)
        return;
    struct assay_str text = text_of(loader, node);
    bool theirs = assay_str_is(text, names[1]);
    if (theirs || assay_str_is(text, names[0]))
        assay_gx_conventions(loader, theirs);
    else if (text.len) {
        struct assay_error *error =
            assay_node_error(loader->diags, node, "SUITE-CHOICE", "conventions cannot be \"%.*s\"",
                             (int)assay_node_shown(node).len, assay_node_shown(node).ptr);
        assay_error_help(error, "one of assay, great_expectations");
    }
}

void assay_native_columns(struct assay_loader *loader, const struct assay_node *root)
{
    const struct assay_node *columns = assay_node_get(root, "columns");
    if (columns == NULL || !is_mapping(loader, columns))
        return;
    for (const struct assay_node *c = columns->first; c != NULL; c = c->next) {
        struct assay_field *field = assay_loader_field(loader, c->key);
        const struct assay_node *type = assay_node_get(c, "type");
        if (field == NULL)
            return;
        field->declared = true;
        if (type != NULL)
            declare_type(loader, field, type);
        declare_time(loader, field, assay_node_get(c, "format"), assay_node_get(c, "timezone"));
    }
}

static void load_column(struct assay_loader *loader, const struct assay_node *node)
{
    const struct assay_field *field = assay_suite_field(loader->suite, node->key);
    if (field == NULL) {
        loader->nomem = true;
        return;
    }
    if (node->kind == ASSAY_NODE_SEQUENCE) { /* email: [not_null] */
        load_checks(loader, node, field);
        return;
    }
    if (!is_mapping(loader, node))
        return;
    const struct assay_node *type = assay_node_get(node, "type");
    if (type != NULL && field->type != ASSAY_TYPE_NONE)
        assay_loader_add(loader, assay_expectation_find(ASSAY_STR("type")), type, type, field);
    for (const struct assay_node *c = node->first; c != NULL; c = c->next) {
        if (assay_str_is(c->key, "checks"))
            load_checks(loader, c, field);
        else if (!is_known(c->key, column_keys, sizeof column_keys / sizeof column_keys[0]))
            unknown_key(loader, c, column_keys, sizeof column_keys / sizeof column_keys[0],
                        " in a column");
    }
}

/* One source, or several that are read as one. */
static void load_source(struct assay_loader *loader, const struct assay_node *node)
{
    struct assay_suite *suite = loader->suite;
    bool one = node->kind != ASSAY_NODE_SEQUENCE;
    uint32_t count = 0;
    for (const struct assay_node *c = node->first; c != NULL && !one; c = c->next)
        count++;
    struct assay_str *sources = assay_arena_array(&suite->arena, count + 1u, sizeof *sources);
    if (sources == NULL) {
        loader->nomem = true;
        return;
    }
    suite->sources = sources;
    suite->source_count = 0;
    if (one) {
        sources[0] = text_of(loader, node);
        suite->source_count = sources[0].len > 0;
    }
    for (const struct assay_node *c = node->first; c != NULL && !one; c = c->next)
        if (c->kind >= ASSAY_NODE_SEQUENCE || c->kind == ASSAY_NODE_NULL)
            assay_node_error(loader->diags, c, "SUITE-TYPE", "source: expected a text, found %s",
                             assay_node_kind_name(c));
        else
            sources[suite->source_count++] = c->text;
}

static void load_section(struct assay_loader *loader, const struct assay_node *node)
{
    if (assay_str_is(node->key, "version"))
        load_version(loader, node);
    else if (assay_str_is(node->key, "dataset"))
        loader->suite->dataset = text_of(loader, node);
    else if (assay_str_is(node->key, "source"))
        load_source(loader, node);
    else if (assay_str_is(node->key, "checks"))
        load_checks(loader, node, NULL);
    else if (assay_str_is(node->key, "options") && is_mapping(loader, node))
        load_options(loader, node);
    else if (assay_str_is(node->key, "columns") && node->kind == ASSAY_NODE_MAPPING)
        for (const struct assay_node *c = node->first; c != NULL; c = c->next)
            load_column(loader, c);
    else if (!is_known(node->key, sections, sizeof sections / sizeof sections[0]))
        unknown_key(loader, node, sections, sizeof sections / sizeof sections[0], "");
}

/* The suite's owner is that of checks without one; its tags are tags of every check. */
static void inherit(struct assay_loader *loader, const struct assay_node *root, uint32_t first)
{
    struct assay_suite *suite = loader->suite;
    const struct assay_node *owner = assay_node_get(root, "owner");
    const struct assay_node *tags = assay_node_get(root, "tags");
    struct assay_str owner_text = owner ? text_of(loader, owner) : assay_cstr("");
    uint32_t count = 0;
    const struct assay_str *names = tags ? assay_native_names(loader, tags, &count) : NULL;
    for (uint32_t i = first; i < suite->check_count; i++) {
        struct assay_check *check = &suite->checks[i];
        if (check->owner.len == 0)
            check->owner = owner_text;
        if (names == NULL)
            continue;
        struct assay_str *all =
            assay_arena_array(&suite->arena, (size_t)count + check->tag_count + 1, sizeof *all);
        if (all == NULL) {
            loader->nomem = true;
            return;
        }
        memcpy(all, names, count * sizeof *all);
        if (check->tag_count)
            memcpy(all + count, check->tags, check->tag_count * sizeof *all);
        check->tags = all;
        check->tag_count += count;
    }
}

void assay_native_load(struct assay_loader *loader, const struct assay_node *root, uint32_t first)
{
    if (root->kind == ASSAY_NODE_NULL)
        return;
    for (const struct assay_node *c = root->first; c != NULL; c = c->next)
        load_section(loader, c);
    inherit(loader, root, first);
}
