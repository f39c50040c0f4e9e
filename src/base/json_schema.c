/*
 * Looking through a schema: its shape, its patterns and its references.
 */
#include "config.h"

#include "base/json_schema_impl.h"

#include "base/buf.h"
#include "base/json_read.h"
#include "base/number.h"

#include <stdio.h>

#define SCHEMA_DEPTH 100u
#define SCHEMA_PARTS 8192u /* of each: schemas, patterns, references */

enum shape {
    SHAPE_SCHEMA,
    SHAPE_SCHEMAS,      /* a list of schemas */
    SHAPE_SCHEMA_MAP,   /* a map of schemas */
    SHAPE_ITEMS,        /* a schema or a list of them */
    SHAPE_DEPENDENCIES, /* a map of schemas or lists of names */
    SHAPE_PATTERN_MAP,  /* a map of schemas by pattern */
    SHAPE_PATTERN,
    SHAPE_COUNT,
    SHAPE_NUMBER,
    SHAPE_LIMIT, /* a number; in draft 4 true or false */
    SHAPE_FLAG,
    SHAPE_NAMES,
    SHAPE_NAME_LISTS, /* a map of lists of names */
    SHAPE_LIST,
    SHAPE_TYPE,
    SHAPE_REF,
    SHAPE_REFUSED
};

/* What has to stand under each keyword; others say nothing. */
static const struct {
    const char *keyword;
    enum shape shape;
} keywords[] = {
    {"$ref", SHAPE_REF},
    {"$dynamicRef", SHAPE_REF},
    {"$recursiveRef", SHAPE_REF},
    {"$defs", SHAPE_SCHEMA_MAP},
    {"definitions", SHAPE_SCHEMA_MAP},
    {"type", SHAPE_TYPE},
    {"enum", SHAPE_LIST},
    {"multipleOf", SHAPE_NUMBER},
    {"maximum", SHAPE_NUMBER},
    {"minimum", SHAPE_NUMBER},
    {"exclusiveMaximum", SHAPE_LIMIT},
    {"exclusiveMinimum", SHAPE_LIMIT},
    {"maxLength", SHAPE_COUNT},
    {"minLength", SHAPE_COUNT},
    {"pattern", SHAPE_PATTERN},
    {"maxItems", SHAPE_COUNT},
    {"minItems", SHAPE_COUNT},
    {"uniqueItems", SHAPE_FLAG},
    {"maxContains", SHAPE_COUNT},
    {"minContains", SHAPE_COUNT},
    {"maxProperties", SHAPE_COUNT},
    {"minProperties", SHAPE_COUNT},
    {"required", SHAPE_NAMES},
    {"dependentRequired", SHAPE_NAME_LISTS},
    {"dependentSchemas", SHAPE_SCHEMA_MAP},
    {"dependencies", SHAPE_DEPENDENCIES},
    {"prefixItems", SHAPE_SCHEMAS},
    {"items", SHAPE_ITEMS},
    {"additionalItems", SHAPE_SCHEMA},
    {"contains", SHAPE_SCHEMA},
    {"properties", SHAPE_SCHEMA_MAP},
    {"patternProperties", SHAPE_PATTERN_MAP},
    {"additionalProperties", SHAPE_SCHEMA},
    {"propertyNames", SHAPE_SCHEMA},
    {"allOf", SHAPE_SCHEMAS},
    {"anyOf", SHAPE_SCHEMAS},
    {"oneOf", SHAPE_SCHEMAS},
    {"not", SHAPE_SCHEMA},
    {"if", SHAPE_SCHEMA},
    {"then", SHAPE_SCHEMA},
    {"else", SHAPE_SCHEMA},
    {"unevaluatedItems", SHAPE_REFUSED},
    {"unevaluatedProperties", SHAPE_REFUSED},
};

/* A way from the root, for messages. */
struct place {
    const struct place *outer;
    struct assay_str name;
    unsigned depth;
};

struct look {
    struct assay_json_schema *schema;
    struct assay_arena *arena;
    size_t regex_cap, ref_cap;
    const struct assay_value **seen; /* schemas that were looked through */
    size_t seen_count, seen_cap;
    struct assay_error *err;
};

static void put_place(const struct place *place, struct assay_buf *out)
{
    if (place == NULL || place->outer == NULL)
        return;
    put_place(place->outer, out);
    assay_buf_putc(out, '/');
    assay_buf_str(out, place->name);
}

static enum assay_status refuse(struct look *look, const struct place *place, const char *what)
{
    struct assay_buf path;
    assay_buf_init(&path, 4096);
    put_place(place, &path);
    assay_fail(look->err, ASSAY_CONFIG, "SUITE-SCHEMA", "%s: %s", path.len ? path.ptr : "/", what);
    assay_buf_free(&path);
    return ASSAY_CONFIG;
}

/* Doubles an array that lives in the arena; false: no memory, or too many. */
static bool grow(struct look *look, void **items, size_t count, size_t *cap, size_t size)
{
    if (count < *cap)
        return true;
    size_t bigger = *cap ? *cap * 2 : 8;
    void *fresh = bigger <= SCHEMA_PARTS ? assay_arena_array(look->arena, bigger, size) : NULL;
    if (fresh == NULL)
        return false;
    if (count != 0)
        memcpy(fresh, *items, count * size);
    *items = fresh;
    *cap = bigger;
    return true;
}

static enum assay_status add_pattern(struct look *look, const struct place *place,
                                     struct assay_str pattern)
{
    struct assay_json_schema *schema = look->schema;
    void *items = schema->regexes;
    if (!grow(look, &items, schema->regex_count, &look->regex_cap, sizeof *schema->regexes))
        return assay_fail_nomem(look->err);
    schema->regexes = items;
    struct assay_json_regex *entry = &schema->regexes[schema->regex_count];
    struct assay_error error;
    entry->pattern = pattern.ptr;
    if (assay_regex_new(pattern, 0, &entry->regex, &error) != ASSAY_OK)
        return refuse(look, place, error.message);
    schema->regex_count++;
    return ASSAY_OK;
}

static enum assay_status add_ref(struct look *look, const struct assay_value *ref)
{
    struct assay_json_schema *schema = look->schema;
    void *items = schema->refs;
    if (!grow(look, &items, schema->ref_count, &look->ref_cap, sizeof *schema->refs))
        return assay_fail_nomem(look->err);
    schema->refs = items;
    schema->refs[schema->ref_count++] = (struct assay_json_ref){ref, NULL};
    return ASSAY_OK;
}

static enum assay_status look_through(struct look *look, const struct place *place,
                                      const struct assay_value *schema);

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

static enum assay_status each(struct look *look, const struct place *place,
                              const struct assay_value *value, enum shape shape)
{
    char number[24];
    for (size_t i = 0; i < value->count; i++) {
        struct place inner = {place, value->keys ? value->keys[i] : assay_cstr(number),
                              place->depth + 1};
        snprintf(number, sizeof number, "%zu", i);
        const struct assay_value *item = &value->items[i];
        if (shape == SHAPE_DEPENDENCIES && item->kind == ASSAY_VALUE_LIST) {
            if (!all_are(item, is_text))
                return refuse(look, &inner, "expected a list of names");
            continue;
        }
        if (shape == SHAPE_PATTERN_MAP)
            ASSAY_TRY(add_pattern(look, &inner, value->keys[i]));
        ASSAY_TRY(look_through(look, &inner, item));
    }
    return ASSAY_OK;
}

static enum assay_status look_at(struct look *look, const struct place *place,
                                 const struct assay_value *value, enum shape shape)
{
    bool list = value->kind == ASSAY_VALUE_LIST, map = value->kind == ASSAY_VALUE_MAP;
    bool number = value->kind == ASSAY_VALUE_NUMBER, flag = value->kind == ASSAY_VALUE_BOOLEAN;
    switch (shape) {
    case SHAPE_SCHEMA: return look_through(look, place, value);
    case SHAPE_SCHEMAS:
        return list && value->count ? each(look, place, value, shape)
                                    : refuse(look, place, "expected a list of schemas");
    case SHAPE_ITEMS:
        return list ? each(look, place, value, shape) : look_through(look, place, value);
    case SHAPE_SCHEMA_MAP:
    case SHAPE_PATTERN_MAP:
    case SHAPE_DEPENDENCIES:
        return map ? each(look, place, value, shape)
                   : refuse(look, place, "expected a map of schemas");
    case SHAPE_PATTERN:
        return is_text(value) ? add_pattern(look, place, value->text)
                              : refuse(look, place, "expected a pattern");
    case SHAPE_COUNT:
        return is_count(value) ? ASSAY_OK : refuse(look, place, "expected a whole number");
    case SHAPE_NUMBER: return number ? ASSAY_OK : refuse(look, place, "expected a number");
    case SHAPE_LIMIT:
        return (look->schema->draft == ASSAY_DRAFT_4 ? flag : number)
                   ? ASSAY_OK
                   : refuse(look, place, "expected a number, or in draft 4 true or false");
    case SHAPE_FLAG: return flag ? ASSAY_OK : refuse(look, place, "expected true or false");
    case SHAPE_NAMES:
        return all_are(value, is_text) ? ASSAY_OK : refuse(look, place, "expected a list of names");
    case SHAPE_LIST: return list ? ASSAY_OK : refuse(look, place, "expected a list");
    case SHAPE_TYPE:
        return is_type(value) || all_are(value, is_type)
                   ? ASSAY_OK
                   : refuse(look, place, "expected the name of a type, or several");
    case SHAPE_NAME_LISTS:
        for (size_t i = 0; map && i < value->count; i++)
            map = all_are(&value->items[i], is_text);
        return map ? ASSAY_OK : refuse(look, place, "expected a map of lists of names");
    case SHAPE_REF:
        return is_text(value) ? add_ref(look, value) : refuse(look, place, "expected a reference");
    case SHAPE_REFUSED: break;
    }
    return refuse(look, place, "this keyword is not supported");
}

static enum assay_status look_through(struct look *look, const struct place *place,
                                      const struct assay_value *schema)
{
    if (schema->kind == ASSAY_VALUE_BOOLEAN)
        return ASSAY_OK;
    if (schema->kind != ASSAY_VALUE_MAP)
        return refuse(look, place, "expected a schema");
    if (place->depth > SCHEMA_DEPTH)
        return refuse(look, place, "the schema is nested too deeply");
    for (size_t i = 0; i < look->seen_count; i++)
        if (look->seen[i] == schema)
            return ASSAY_OK;
    void *seen = look->seen;
    if (!grow(look, &seen, look->seen_count, &look->seen_cap, sizeof *look->seen))
        return assay_fail_nomem(look->err);
    look->seen = seen;
    look->seen[look->seen_count++] = schema;
    for (size_t i = 0; i < schema->count; i++)
        for (size_t k = 0; k < sizeof keywords / sizeof keywords[0]; k++)
            if (assay_str_is(schema->keys[i], keywords[k].keyword)) {
                struct place inner = {place, schema->keys[i], place->depth + 1};
                ASSAY_TRY(look_at(look, &inner, &schema->items[i], keywords[k].shape));
            }
    return ASSAY_OK;
}

static int hex_digit(char c)
{
    char low = (char)(c | 0x20);
    return c >= '0' && c <= '9' ? c - '0' : low >= 'a' && low <= 'f' ? low - 'a' + 10 : 0;
}

/* The value at a JSON pointer (RFC 6901), percent-encoded as in a URI fragment. */
static const struct assay_value *follow(const struct assay_value *value, struct assay_str pointer)
{
    size_t i = 0;
    while (value != NULL && i < pointer.len && pointer.ptr[i] == '/') {
        char name[256];
        size_t n = 0;
        for (i++; i < pointer.len && pointer.ptr[i] != '/'; i++) {
            char c = pointer.ptr[i];
            if (n == sizeof name - 1)
                return NULL;
            if (c == '~' && i + 1 < pointer.len) {
                c = pointer.ptr[++i] == '1' ? '/' : '~';
            } else if (c == '%' && i + 2 < pointer.len) {
                c = (char)(hex_digit(pointer.ptr[i + 1]) * 16 + hex_digit(pointer.ptr[i + 2]));
                i += 2;
            }
            name[n++] = c;
        }
        name[n] = '\0';
        if (value->kind == ASSAY_VALUE_LIST) {
            size_t at = 0;
            for (size_t k = 0; k < n; k++)
                at = name[k] >= '0' && name[k] <= '9' && at < 1000000
                         ? at * 10 + (size_t)(name[k] - '0')
                         : SIZE_MAX / 16;
            value = at < value->count ? &value->items[at] : NULL;
        } else
            value = assay_value_member(value, assay_str(name, n));
    }
    return i == pointer.len ? value : NULL;
}

static bool is_named(const struct assay_value *schema, struct assay_str uri,
                     struct assay_str fragment)
{
    const struct assay_value *id = assay_value_member(schema, ASSAY_STR("$id"));
    const struct assay_value *anchor = assay_value_member(schema, ASSAY_STR("$anchor"));
    const struct assay_value *dynamic = assay_value_member(schema, ASSAY_STR("$dynamicAnchor"));
    if (id == NULL)
        id = assay_value_member(schema, ASSAY_STR("id"));
    if (uri.len != 0 && id != NULL && is_text(id)) {
        struct assay_str text = id->text;
        while (text.len != 0 && text.ptr[text.len - 1] == '#')
            text.len--;
        bool tail = text.len > uri.len && text.ptr[text.len - uri.len - 1] == '/' &&
                    memcmp(text.ptr + text.len - uri.len, uri.ptr, uri.len) == 0;
        return assay_str_equal(text, uri) || tail;
    }
    if (uri.len != 0 || fragment.len == 0)
        return false;
    bool old = id != NULL && is_text(id) && id->text.len == fragment.len + 1 &&
               id->text.ptr[0] == '#' && memcmp(id->text.ptr + 1, fragment.ptr, fragment.len) == 0;
    return old || (anchor != NULL && is_text(anchor) && assay_str_equal(anchor->text, fragment)) ||
           (dynamic != NULL && is_text(dynamic) && assay_str_equal(dynamic->text, fragment));
}

/* The part of a schema that bears a name; depth first. */
static const struct assay_value *find_named(const struct assay_value *value, struct assay_str uri,
                                            struct assay_str fragment, unsigned depth)
{
    if (depth > SCHEMA_DEPTH || value->kind < ASSAY_VALUE_LIST)
        return NULL;
    if (value->kind == ASSAY_VALUE_MAP && is_named(value, uri, fragment))
        return value;
    for (size_t i = 0; i < value->count; i++) {
        const struct assay_value *found = find_named(&value->items[i], uri, fragment, depth + 1);
        if (found != NULL)
            return found;
    }
    return NULL;
}

static enum assay_status resolve(struct look *look)
{
    struct assay_json_schema *schema = look->schema;
    struct place root = {0};
    for (size_t i = 0; i < schema->ref_count; i++) {
        struct assay_str text = schema->refs[i].from->text;
        const char *hash = text.len ? memchr(text.ptr, '#', text.len) : NULL;
        struct assay_str uri = {text.ptr, hash ? (size_t)(hash - text.ptr) : text.len};
        struct assay_str fragment = {hash ? hash + 1 : "", hash ? text.len - uri.len - 1 : 0};
        bool pointer = fragment.len == 0 || fragment.ptr[0] == '/';
        const struct assay_value *base = schema->root;
        if (uri.len != 0)
            base = find_named(schema->root, uri, fragment, 0);
        const struct assay_value *to = base == NULL ? NULL
                                       : pointer    ? follow(base, fragment)
                                                    : find_named(base, assay_cstr(""), fragment, 0);
        if (to == NULL) {
            char what[300];
            snprintf(what, sizeof what, "the reference %.*s leads nowhere in the schema",
                     (int)(text.len < 200 ? text.len : 200), text.ptr);
            return refuse(look, &root, what);
        }
        schema->refs[i].to = to;
        ASSAY_TRY(look_through(look, &root, to)); /* it may stand under any keyword */
    }
    return ASSAY_OK;
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
                                        struct assay_json_schema **out, struct assay_error *err)
{
    struct assay_json_schema *schema = assay_arena_alloc(arena, sizeof *schema);
    *out = schema;
    if (schema == NULL)
        return assay_fail_nomem(err);
    schema->root = root;
    schema->draft = draft_of(root);
    struct look look = {.schema = schema, .arena = arena, .err = err};
    struct place place = {0};
    ASSAY_TRY(look_through(&look, &place, root));
    return resolve(&look);
}

void assay_json_schema_free(struct assay_json_schema *schema)
{
    for (size_t i = 0; schema != NULL && i < schema->regex_count; i++)
        assay_regex_free(schema->regexes[i].regex);
}

const struct assay_value *assay_json_ref_target(const struct assay_json_schema *schema,
                                                const struct assay_value *ref)
{
    for (size_t i = 0; i < schema->ref_count; i++)
        if (schema->refs[i].from == ref)
            return schema->refs[i].to;
    return NULL;
}

const struct assay_regex *assay_json_regex(const struct assay_json_schema *schema,
                                           struct assay_str pattern)
{
    for (size_t i = 0; i < schema->regex_count; i++)
        if (schema->regexes[i].pattern == pattern.ptr)
            return schema->regexes[i].regex;
    return NULL;
}
