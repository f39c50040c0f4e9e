/*
 * Looking through a schema: its shape and its patterns.
 */
#include "config.h"

#include "base/json_schema_impl.h"

#include "base/buf.h"
#include "base/json_read.h"
#include "base/number.h"

#include <stdio.h>

#define SCHEMA_DEPTH 100u
#define SCHEMA_PARTS 8192u /* of each: schemas, patterns */

static void put_place(const struct schema_place *place, struct assay_buf *out)
{
    if (place == NULL || place->outer == NULL)
        return;
    put_place(place->outer, out);
    assay_buf_putc(out, '/');
    assay_buf_str(out, place->name);
}

enum assay_status assay_schema_refuse(struct schema_look *look, const struct schema_place *place,
                                      const char *what)
{
    struct assay_buf path;
    assay_buf_init(&path, 4096);
    put_place(place, &path);
    assay_fail(look->err, ASSAY_CONFIG, "SUITE-SCHEMA", "%s: %s", path.len ? path.ptr : "/", what);
    assay_buf_free(&path);
    return ASSAY_CONFIG;
}

static enum assay_status compile(struct schema_look *look, const struct schema_place *place,
                                 struct assay_str pattern, struct assay_regex **out)
{
    struct assay_json_schema *schema = look->schema;
    struct assay_error error;
    if (schema->regex_count == look->regex_cap) {
        size_t cap = look->regex_cap ? look->regex_cap * 2 : 8;
        struct assay_regex **longer =
            cap <= SCHEMA_PARTS ? assay_arena_array(look->arena, cap, sizeof *longer) : NULL;
        if (cap > SCHEMA_PARTS)
            return assay_schema_refuse(look, place, "too many patterns");
        if (longer == NULL)
            return assay_fail_nomem(look->err);
        if (schema->regex_count > 0)
            memcpy(longer, schema->regexes, schema->regex_count * sizeof *longer);
        schema->regexes = longer;
        look->regex_cap = cap;
    }
    if (assay_regex_new(pattern, 0, out, &error) != ASSAY_OK)
        return assay_schema_refuse(look, place, error.message);
    schema->regexes[schema->regex_count++] = *out;
    return ASSAY_OK;
}

static bool is_text(const struct assay_value *value)
{
    return value->kind == ASSAY_VALUE_STRING;
}

static bool is_count(const struct assay_value *value)
{
    struct assay_numref number = assay_numref(value->text);
    double rounded = assay_number_to_double(&number);
    return value->kind == ASSAY_VALUE_NUMBER && rounded >= 0 && rounded <= 9e15 &&
           rounded == (double)(uint64_t)rounded;
}

static bool is_positive(const struct assay_value *value)
{
    struct assay_numref number = assay_numref(value->text), zero = assay_numref(ASSAY_STR("0"));
    return value->kind == ASSAY_VALUE_NUMBER && assay_number_compare(&number, &zero) == 1;
}

static bool is_type(const struct assay_value *value)
{
    static const char *const names[] = {"null",   "boolean", "object", "array",
                                        "number", "string",  "integer"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (is_text(value) && assay_str_is(value->text, names[i]))
            return true;
    return false;
}

static bool all_are(const struct assay_value *list, bool (*holds)(const struct assay_value *))
{
    for (size_t i = 0; i < list->count; i++)
        if (!holds(&list->items[i]))
            return false;
    return list->kind == ASSAY_VALUE_LIST;
}

/* What is wrong with a value that holds no schemas; NULL: nothing. */
static const char *misshapen(const struct schema_look *look, const struct assay_value *value,
                             enum schema_shape shape)
{
    bool number = value->kind == ASSAY_VALUE_NUMBER, flag = value->kind == ASSAY_VALUE_BOOLEAN;
    bool map = value->kind == ASSAY_VALUE_MAP;
    switch (shape) {
    case SHAPE_PATTERN: return is_text(value) ? NULL : "expected a pattern";
    case SHAPE_COUNT: return is_count(value) ? NULL : "expected a whole number";
    case SHAPE_NUMBER: return number ? NULL : "expected a number";
    case SHAPE_STEP: return is_positive(value) ? NULL : "expected a number above 0";
    case SHAPE_LIMIT:
        return (look->schema->draft == ASSAY_DRAFT_4 ? flag : number)
                   ? NULL
                   : "expected a number, or in draft 4 true or false";
    case SHAPE_FLAG: return flag ? NULL : "expected true or false";
    case SHAPE_NAMES: return all_are(value, is_text) ? NULL : "expected a list of names";
    case SHAPE_LIST: return value->kind == ASSAY_VALUE_LIST ? NULL : "expected a list";
    case SHAPE_TEXT: return is_text(value) ? NULL : "expected a text";
    case SHAPE_TYPE:
        return is_type(value) || all_are(value, is_type)
                   ? NULL
                   : "expected the name of a type, or several";
    case SHAPE_NAME_LISTS:
        for (size_t i = 0; map && i < value->count; i++)
            map = all_are(&value->items[i], is_text);
        return map ? NULL : "expected a map of lists of names";
    case SHAPE_REF: return is_text(value) ? NULL : "expected a reference";
    case SHAPE_SCHEMAS:
        return value->kind == ASSAY_VALUE_LIST && value->count > 0 ? NULL
                                                                   : "expected a list of schemas";
    case SHAPE_SCHEMA_MAP:
    case SHAPE_PATTERN_MAP:
    case SHAPE_DEPENDENCIES: return map ? NULL : "expected a map of schemas";
    default: return NULL;
    }
}

/* The schemas within a list or a map, one an item; lists of names are none. */
static enum assay_status look_at_each(struct schema_look *look, const struct schema_place *place,
                                      struct schema_node *node, struct schema_rule *rule,
                                      enum schema_shape shape)
{
    const struct assay_value *value = rule->value;
    rule->nodes = assay_arena_array(look->arena, value->count + 1, sizeof(void *));
    rule->regexes = assay_arena_array(look->arena, value->count + 1, sizeof(void *));
    if (rule->nodes == NULL || rule->regexes == NULL)
        return assay_fail_nomem(look->err);
    for (size_t i = 0; i < value->count; i++) {
        char number[24];
        const struct assay_value *item = &value->items[i];
        snprintf(number, sizeof number, "%zu", i);
        struct schema_place inner = {
            place, value->kind == ASSAY_VALUE_MAP ? value->keys[i] : assay_cstr(number),
            place->depth + 1};
        if (shape == SHAPE_DEPENDENCIES && item->kind == ASSAY_VALUE_LIST) {
            if (!all_are(item, is_text))
                return assay_schema_refuse(look, &inner, "expected a list of names");
            continue;
        }
        if (shape == SHAPE_PATTERN_MAP)
            ASSAY_TRY(compile(look, &inner, value->keys[i], &rule->regexes[i]));
        ASSAY_TRY(assay_schema_node(look, &inner, item, node->resource, &rule->nodes[i]));
    }
    return ASSAY_OK;
}

static enum assay_status look_at_one(struct schema_look *look, const struct schema_place *place,
                                     struct schema_node *node, struct schema_rule *rule)
{
    rule->nodes = assay_arena_alloc(look->arena, sizeof(void *));
    if (rule->nodes == NULL)
        return assay_fail_nomem(look->err);
    return assay_schema_node(look, place, rule->value, node->resource, rule->nodes);
}

static enum assay_status note_reference(struct schema_look *look, struct schema_node *node,
                                        struct schema_rule *rule, enum schema_keyword keyword)
{
    struct schema_reference *reference = assay_arena_alloc(look->arena, sizeof *reference);
    rule->nodes = assay_arena_alloc(look->arena, sizeof(void *));
    if (reference == NULL || rule->nodes == NULL)
        return assay_fail_nomem(look->err);
    *reference = (struct schema_reference){node, rule, keyword, look->references};
    look->references = reference;
    return ASSAY_OK;
}

static enum assay_status look_at(struct schema_look *look, const struct schema_place *place,
                                 struct schema_node *node, enum schema_keyword keyword,
                                 const struct assay_value *value)
{
    enum schema_shape shape = assay_schema_rows[keyword].shape;
    const char *what = misshapen(look, value, shape);
    struct schema_rule *rule = assay_arena_alloc(look->arena, sizeof *rule);
    if (what != NULL)
        return assay_schema_refuse(look, place, what);
    if (rule == NULL)
        return assay_fail_nomem(look->err);
    rule->value = value;
    node->rules[keyword] = rule;
    switch (shape) {
    case SHAPE_ITEMS:
        if (value->kind == ASSAY_VALUE_LIST && look->schema->draft == ASSAY_DRAFT_2020)
            return assay_schema_refuse(look, place,
                                       "expected a schema; a list of them is prefixItems");
        if (value->kind == ASSAY_VALUE_LIST)
            return look_at_each(look, place, node, rule, shape);
        return look_at_one(look, place, node, rule);
    case SHAPE_SCHEMA: return look_at_one(look, place, node, rule);
    case SHAPE_SCHEMAS:
    case SHAPE_SCHEMA_MAP:
    case SHAPE_PATTERN_MAP:
    case SHAPE_DEPENDENCIES: return look_at_each(look, place, node, rule, shape);
    case SHAPE_PATTERN:
        rule->regexes = assay_arena_alloc(look->arena, sizeof(void *));
        return rule->regexes != NULL ? compile(look, place, value->text, rule->regexes)
                                     : assay_fail_nomem(look->err);
    case SHAPE_REF: return note_reference(look, node, rule, keyword);
    default: return ASSAY_OK;
    }
}

static enum assay_status look_through(struct schema_look *look, const struct schema_place *place,
                                      struct schema_node *node)
{
    const struct assay_value *value = node->value;
    enum assay_json_draft draft = look->schema->draft;
    for (size_t i = 0; i < value->count; i++)
        for (unsigned k = 0; k < SCHEMA_KEYWORDS; k++) {
            const struct schema_row *row = &assay_schema_rows[k];
            if (draft < row->since || draft > row->until ||
                !assay_str_is(value->keys[i], row->name))
                continue;
            struct schema_place inner = {place, value->keys[i], place->depth + 1};
            ASSAY_TRY(look_at(look, &inner, node, (enum schema_keyword)k, &value->items[i]));
        }
    look->schema->unevaluated |= node->rules[SCHEMA_UNEVALUATED_ITEMS] != NULL ||
                                 node->rules[SCHEMA_UNEVALUATED_PROPERTIES] != NULL;
    return ASSAY_OK;
}

static struct schema_node **place_of(struct schema_node **table, size_t size,
                                     const struct assay_value *value)
{
    size_t at = ((uintptr_t)value >> 4) * 0x9e3779b97f4a7c15u >> 20;
    for (;; at++)
        if (table[at & (size - 1)] == NULL || table[at & (size - 1)]->value == value)
            return &table[at & (size - 1)];
}

/* The node of a value, empty where it was not seen before. */
static enum assay_status find_node(struct schema_look *look, const struct schema_place *place,
                                   const struct assay_value *value, struct schema_node **out)
{
    if (look->node_count * 2 >= look->table_size) {
        size_t size = look->table_size ? look->table_size * 2 : 64;
        struct schema_node **table = assay_arena_array(look->arena, size, sizeof *table);
        if (table == NULL)
            return assay_fail_nomem(look->err);
        for (size_t i = 0; i < look->table_size; i++)
            if (look->table[i] != NULL)
                *place_of(table, size, look->table[i]->value) = look->table[i];
        look->table = table;
        look->table_size = size;
    }
    struct schema_node **found = place_of(look->table, look->table_size, value);
    if (*found == NULL) {
        if (++look->node_count > SCHEMA_PARTS)
            return assay_schema_refuse(look, place, "the schema has too many parts");
        *found = assay_arena_alloc(look->arena, sizeof **found);
        if (*found == NULL)
            return assay_fail_nomem(look->err);
    }
    *out = *found;
    return ASSAY_OK;
}

enum assay_status assay_schema_node(struct schema_look *look, const struct schema_place *place,
                                    const struct assay_value *value,
                                    struct schema_resource *resource, struct schema_node **out)
{
    bool flag = value->kind == ASSAY_VALUE_BOOLEAN;
    if (!flag && value->kind != ASSAY_VALUE_MAP)
        return assay_schema_refuse(look, place, "expected a schema");
    if (place->depth > SCHEMA_DEPTH)
        return assay_schema_refuse(look, place, "the schema is nested too deeply");
    ASSAY_TRY(find_node(look, place, value, out));
    struct schema_node *node = *out;
    if (node->value != NULL)
        return ASSAY_OK;
    node->value = value;
    node->resource = resource;
    if (flag)
        return ASSAY_OK;
    const struct assay_value *ref = assay_value_member(value, ASSAY_STR("$ref"));
    node->only_ref = look->schema->draft <= ASSAY_DRAFT_7 && ref != NULL;
    if (!node->only_ref)
        ASSAY_TRY(assay_schema_name(look, node, &node->resource));
    return look_through(look, place, node);
}

static enum assay_json_draft draft_of(const struct assay_value *schema)
{
    static const struct {
        const char *name;
        enum assay_json_draft draft;
    } rows[] = {{"draft-03", ASSAY_DRAFT_4},
                {"draft-04", ASSAY_DRAFT_4},
                {"draft-06", ASSAY_DRAFT_6},
                {"draft-07", ASSAY_DRAFT_7},
                {"2019-09", ASSAY_DRAFT_2019}};
    const struct assay_value *uri = assay_value_member(schema, ASSAY_STR("$schema"));
    for (size_t i = 0; uri != NULL && is_text(uri) && i < sizeof rows / sizeof rows[0]; i++)
        if (memmem(uri->text.ptr, uri->text.len, rows[i].name, strlen(rows[i].name)) != NULL)
            return rows[i].draft;
    return ASSAY_DRAFT_2020;
}

enum assay_status assay_json_schema_new(struct assay_arena *arena, const struct assay_value *root,
                                        assay_json_format_fn *formats,
                                        struct assay_json_schema **out, struct assay_error *err)
{
    struct assay_json_schema *schema = assay_arena_alloc(arena, sizeof *schema);
    struct schema_resource *resource = assay_arena_alloc(arena, sizeof *resource);
    *out = schema;
    if (schema == NULL || resource == NULL)
        return assay_fail_nomem(err);
    schema->draft = draft_of(root);
    schema->formats = formats;
    resource->uri = ASSAY_STR("schema:///"); /* so that ids without a base have one */
    schema->resources = resource;
    struct schema_look look = {.schema = schema, .arena = arena, .err = err};
    struct schema_place place = {0};
    ASSAY_TRY(assay_schema_node(&look, &place, root, resource, &schema->root));
    resource->root = schema->root;
    return assay_schema_resolve(&look);
}

void assay_json_schema_free(struct assay_json_schema *schema)
{
    for (size_t i = 0; schema != NULL && i < schema->regex_count; i++)
        assay_regex_free(schema->regexes[i]);
}
