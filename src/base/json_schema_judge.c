/*
 * Judging a value by a schema that was looked through.
 */
#include "config.h"

#include "base/json_schema_impl.h"

#include "base/hash.h"
#include "base/json_read.h"
#include "base/number.h"
#include "base/utf8.h"

#include <math.h>
#include <stdlib.h>

#define JUDGE_DEPTH 400u

struct judge {
    const struct assay_json_schema *schema;
    struct assay_regex_scratch *scratch;
    struct assay_arena *arena;
    unsigned depth;
    bool undecided;
};

static bool holds(struct judge *judge, const struct assay_value *schema,
                  const struct assay_value *value);

static const struct assay_value *get(const struct assay_value *schema, const char *keyword)
{
    return assay_value_member(schema, assay_cstr(keyword));
}

static double number_of(const struct assay_value *value)
{
    struct assay_numref number = assay_numref(value->text);
    return assay_number_to_double(&number);
}

static int order_of(const struct assay_value *a, const struct assay_value *b)
{
    struct assay_numref x = assay_numref(a->text), y = assay_numref(b->text);
    return assay_number_compare(&x, &y);
}

static bool is_whole(const struct judge *judge, const struct assay_value *value)
{
    bool plain = true;
    for (size_t i = 0; i < value->text.len; i++)
        plain &=
            value->text.ptr[i] == '-' || (value->text.ptr[i] >= '0' && value->text.ptr[i] <= '9');
    if (plain || judge->schema->draft == ASSAY_DRAFT_4)
        return plain;
    double number = number_of(value);
    return isfinite(number) && floor(number) == number;
}

static bool is_type(const struct judge *judge, const struct assay_value *value,
                    struct assay_str type)
{
    switch (value->kind) {
    case ASSAY_VALUE_NULL: return assay_str_is(type, "null");
    case ASSAY_VALUE_BOOLEAN: return assay_str_is(type, "boolean");
    case ASSAY_VALUE_LIST: return assay_str_is(type, "array");
    case ASSAY_VALUE_MAP: return assay_str_is(type, "object");
    case ASSAY_VALUE_NUMBER:
        return assay_str_is(type, "number") ||
               (assay_str_is(type, "integer") && is_whole(judge, value));
    default: return assay_str_is(type, "string");
    }
}

static bool type_holds(const struct judge *judge, const struct assay_value *types,
                       const struct assay_value *value)
{
    if (types == NULL)
        return true;
    if (types->kind != ASSAY_VALUE_LIST)
        return is_type(judge, value, types->text);
    for (size_t i = 0; i < types->count; i++)
        if (is_type(judge, value, types->items[i].text))
            return true;
    return false;
}

static bool value_holds(const struct assay_value *schema, const struct assay_value *value)
{
    const struct assay_value *constant = get(schema, "const"), *list = get(schema, "enum");
    if (constant != NULL && !assay_value_same(constant, value))
        return false;
    for (size_t i = 0; list != NULL && i < list->count; i++)
        if (assay_value_same(&list->items[i], value))
            return true;
    return list == NULL;
}

/* Exactly, as decimals of one scale; very large or long numbers as doubles. */
static bool is_multiple(const struct assay_value *value, const struct assay_value *of)
{
    struct assay_numref x = assay_numref(value->text), y = assay_numref(of->text);
    if (!assay_number_is_small(x.code) || !assay_number_is_small(y.code)) {
        double a = assay_number_to_double(&x), b = assay_number_to_double(&y);
        return b != 0 && isfinite(a) && fmod(a, b) == 0;
    }
    __int128 a = x.mantissa, b = y.mantissa;
    for (uint8_t code = x.code; code < y.code; code++)
        a *= 10;
    for (uint8_t code = y.code; code < x.code; code++)
        b *= 10;
    return b != 0 && a % b == 0;
}

static bool number_holds(const struct assay_value *schema, const struct assay_value *value)
{
    const struct assay_value *min = get(schema, "minimum"), *max = get(schema, "maximum");
    const struct assay_value *above = get(schema, "exclusiveMinimum");
    const struct assay_value *below = get(schema, "exclusiveMaximum");
    const struct assay_value *step = get(schema, "multipleOf");
    int least = above != NULL && above->kind == ASSAY_VALUE_BOOLEAN && above->boolean;
    int most = below != NULL && below->kind == ASSAY_VALUE_BOOLEAN && below->boolean ? -1 : 0;
    if (min != NULL && order_of(value, min) < least)
        return false;
    if (max != NULL && order_of(value, max) > most)
        return false;
    if (above != NULL && above->kind == ASSAY_VALUE_NUMBER && order_of(value, above) <= 0)
        return false;
    if (below != NULL && below->kind == ASSAY_VALUE_NUMBER && order_of(value, below) >= 0)
        return false;
    return step == NULL || is_multiple(value, step);
}

static bool count_holds(const struct assay_value *schema, const char *min, const char *max,
                        uint64_t count)
{
    const struct assay_value *least = get(schema, min), *most = get(schema, max);
    return (least == NULL || (double)count >= number_of(least)) &&
           (most == NULL || (double)count <= number_of(most));
}

static bool matches(struct judge *judge, struct assay_str pattern, struct assay_str text)
{
    const struct assay_regex *regex = assay_json_regex(judge->schema, pattern);
    enum assay_regex_result result =
        regex ? assay_regex_match(regex, judge->scratch, text.ptr, text.len) : ASSAY_REGEX_FAULT;
    judge->undecided |= result == ASSAY_REGEX_LIMIT || result == ASSAY_REGEX_FAULT;
    return result == ASSAY_REGEX_YES;
}

static bool text_holds(struct judge *judge, const struct assay_value *schema,
                       const struct assay_value *value)
{
    const struct assay_value *pattern = get(schema, "pattern");
    return count_holds(schema, "minLength", "maxLength", assay_utf8_count(value->text)) &&
           (pattern == NULL || matches(judge, pattern->text, value->text));
}

struct hashed {
    uint64_t hash;
    const struct assay_value *value;
};

static int compare_hashed(const void *a, const void *b)
{
    const struct hashed *x = a, *y = b;
    return (x->hash > y->hash) - (x->hash < y->hash);
}

static bool all_differ(struct judge *judge, const struct assay_value *list)
{
    struct hashed *items = assay_arena_array(judge->arena, list->count + 1, sizeof *items);
    if (items == NULL) {
        judge->undecided = true;
        return false;
    }
    for (size_t i = 0; i < list->count; i++)
        items[i] = (struct hashed){assay_value_hash(&list->items[i]), &list->items[i]};
    qsort(items, list->count, sizeof *items, compare_hashed);
    for (size_t i = 1; i < list->count; i++)
        for (size_t k = i; k > 0 && items[k - 1].hash == items[i].hash; k--)
            if (assay_value_same(items[k - 1].value, items[i].value))
                return false;
    return true;
}

static bool contains_holds(struct judge *judge, const struct assay_value *schema,
                           const struct assay_value *value)
{
    const struct assay_value *inner = get(schema, "contains");
    const struct assay_value *least = get(schema, "minContains"),
                             *most = get(schema, "maxContains");
    uint64_t count = 0;
    if (inner == NULL)
        return true;
    for (size_t i = 0; i < value->count; i++)
        count += holds(judge, inner, &value->items[i]);
    return (double)count >= (least != NULL ? number_of(least) : 1) &&
           (most == NULL || (double)count <= number_of(most));
}

/* prefixItems and items; before 2020 a list of items and additionalItems. */
static bool items_hold(struct judge *judge, const struct assay_value *schema,
                       const struct assay_value *value)
{
    const struct assay_value *items = get(schema, "items");
    const struct assay_value *first = get(schema, "prefixItems"), *rest = items;
    if (items != NULL && items->kind == ASSAY_VALUE_LIST) {
        first = items;
        rest = get(schema, "additionalItems");
    }
    for (size_t i = 0; i < value->count; i++) {
        const struct assay_value *inner =
            first != NULL && i < first->count ? &first->items[i] : rest;
        if (inner != NULL && !holds(judge, inner, &value->items[i]))
            return false;
    }
    return true;
}

static bool list_holds(struct judge *judge, const struct assay_value *schema,
                       const struct assay_value *value)
{
    const struct assay_value *unique = get(schema, "uniqueItems");
    return count_holds(schema, "minItems", "maxItems", value->count) &&
           (unique == NULL || !unique->boolean || all_differ(judge, value)) &&
           contains_holds(judge, schema, value) && items_hold(judge, schema, value);
}

static bool has_all(const struct assay_value *names, const struct assay_value *value)
{
    for (size_t i = 0; names != NULL && i < names->count; i++)
        if (assay_value_member(value, names->items[i].text) == NULL)
            return false;
    return true;
}

/* What one property asks of the others. */
static bool dependencies_hold(struct judge *judge, const struct assay_value *map,
                              const struct assay_value *value)
{
    for (size_t i = 0; map != NULL && i < map->count; i++) {
        const struct assay_value *item = &map->items[i];
        if (assay_value_member(value, map->keys[i]) == NULL)
            continue;
        if (item->kind == ASSAY_VALUE_LIST ? !has_all(item, value) : !holds(judge, item, value))
            return false;
    }
    return true;
}

static bool property_holds(struct judge *judge, const struct assay_value *schema,
                           struct assay_str name, const struct assay_value *value)
{
    const struct assay_value *own = assay_value_member(get(schema, "properties"), name);
    const struct assay_value *patterns = get(schema, "patternProperties");
    const struct assay_value *others = get(schema, "additionalProperties");
    const struct assay_value *names = get(schema, "propertyNames");
    struct assay_value text = {.kind = ASSAY_VALUE_STRING, .text = name};
    bool named = own != NULL;
    if (names != NULL && !holds(judge, names, &text))
        return false;
    if (own != NULL && !holds(judge, own, value))
        return false;
    for (size_t i = 0; patterns != NULL && i < patterns->count; i++) {
        if (!matches(judge, patterns->keys[i], name))
            continue;
        named = true;
        if (!holds(judge, &patterns->items[i], value))
            return false;
    }
    return named || others == NULL || holds(judge, others, value);
}

static bool map_holds(struct judge *judge, const struct assay_value *schema,
                      const struct assay_value *value)
{
    if (!count_holds(schema, "minProperties", "maxProperties", value->count) ||
        !has_all(get(schema, "required"), value) ||
        !dependencies_hold(judge, get(schema, "dependentRequired"), value) ||
        !dependencies_hold(judge, get(schema, "dependentSchemas"), value) ||
        !dependencies_hold(judge, get(schema, "dependencies"), value))
        return false;
    for (size_t i = 0; i < value->count; i++)
        if (!property_holds(judge, schema, value->keys[i], &value->items[i]))
            return false;
    return true;
}

/* How many of a list of schemas hold. */
static size_t count_of(struct judge *judge, const struct assay_value *list,
                       const struct assay_value *value)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        count += holds(judge, &list->items[i], value);
    return count;
}

static bool logic_holds(struct judge *judge, const struct assay_value *schema,
                        const struct assay_value *value)
{
    const struct assay_value *all = get(schema, "allOf"), *any = get(schema, "anyOf");
    const struct assay_value *one = get(schema, "oneOf"), *not = get(schema, "not");
    const struct assay_value *condition = get(schema, "if");
    if ((all != NULL && count_of(judge, all, value) != all->count) ||
        (any != NULL && count_of(judge, any, value) == 0) ||
        (one != NULL && count_of(judge, one, value) != 1) ||
        (not != NULL && holds(judge, not, value)))
        return false;
    if (condition == NULL)
        return true;
    const struct assay_value *branch =
        get(schema, holds(judge, condition, value) ? "then" : "else");
    return branch == NULL || holds(judge, branch, value);
}

static bool refs_hold(struct judge *judge, const struct assay_value *schema,
                      const struct assay_value *value)
{
    static const char *const keywords[] = {"$ref", "$dynamicRef", "$recursiveRef"};
    for (size_t i = 0; i < 3; i++) {
        const struct assay_value *ref = get(schema, keywords[i]);
        const struct assay_value *to = ref ? assay_json_ref_target(judge->schema, ref) : NULL;
        if (ref != NULL && (to == NULL || !holds(judge, to, value)))
            return false;
    }
    return true;
}

static bool keywords_hold(struct judge *judge, const struct assay_value *schema,
                          const struct assay_value *value)
{
    if (!refs_hold(judge, schema, value))
        return false;
    if (judge->schema->draft <= ASSAY_DRAFT_7 && get(schema, "$ref") != NULL)
        return true; /* what stands beside a reference says nothing there */
    if (!type_holds(judge, get(schema, "type"), value) || !value_holds(schema, value) ||
        !logic_holds(judge, schema, value))
        return false;
    switch (value->kind) {
    case ASSAY_VALUE_NUMBER: return number_holds(schema, value);
    case ASSAY_VALUE_STRING: return text_holds(judge, schema, value);
    case ASSAY_VALUE_LIST: return list_holds(judge, schema, value);
    case ASSAY_VALUE_MAP: return map_holds(judge, schema, value);
    default: return true;
    }
}

static bool holds(struct judge *judge, const struct assay_value *schema,
                  const struct assay_value *value)
{
    if (schema->kind == ASSAY_VALUE_BOOLEAN)
        return schema->boolean;
    if (judge->undecided || judge->depth == JUDGE_DEPTH) {
        judge->undecided = true;
        return false;
    }
    judge->depth++;
    bool yes = keywords_hold(judge, schema, value);
    judge->depth--;
    return yes;
}

enum assay_json_verdict assay_json_schema_judge(const struct assay_json_schema *schema,
                                                struct assay_regex_scratch *scratch,
                                                struct assay_arena *arena,
                                                const struct assay_value *value)
{
    struct judge judge = {.schema = schema, .scratch = scratch, .arena = arena};
    bool yes = holds(&judge, schema->root, value);
    return judge.undecided ? ASSAY_JSON_UNDECIDED : yes ? ASSAY_JSON_VALID : ASSAY_JSON_INVALID;
}
