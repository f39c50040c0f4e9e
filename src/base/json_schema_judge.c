/*
 * Judging a value by a schema that was looked through.
 *
 * What unevaluatedItems and unevaluatedProperties ask is which items of a list, or members
 * of a map, other keywords have spoken of. Where a schema has such a keyword, each node
 * marks them in a set of bits, which it hands on to the node that sent for it if it holds.
 */
#include "config.h"

#include "base/json_schema_impl.h"

#include "base/json_read.h"
#include "base/json_write.h"
#include "base/number.h"
#include "base/utf8.h"

#include <stdlib.h>

#define JUDGE_DEPTH 2048u

static bool judge_node(struct judge *judge, const struct schema_node *node,
                       const struct assay_value *value, const struct way *way, uint64_t *marks);

/* Another schema for the same value. */
static bool also(struct judge *judge, const struct schema_at *at, const struct schema_node *node)
{
    return judge_node(judge, node, at->value, at->way, at->marks);
}

/* The same where it is no fault if it does not hold. */
static bool tries(struct judge *judge, const struct schema_at *at, const struct schema_node *node,
                  uint64_t *marks)
{
    struct assay_buf *why = judge->why;
    judge->why = NULL;
    bool yes = judge_node(judge, node, at->value, at->way, marks);
    judge->why = why;
    return yes;
}

static bool inside(struct judge *judge, const struct schema_at *at, const struct schema_node *node,
                   size_t i)
{
    const struct assay_value *value = at->value;
    struct assay_str name = value->kind == ASSAY_VALUE_MAP ? value->keys[i] : assay_str(NULL, 0);
    struct way way = {at->way, name, i};
    return judge_node(judge, node, &value->items[i], &way, NULL);
}

static void mark(const struct schema_at *at, size_t i)
{
    if (at->marks != NULL)
        at->marks[i / 64] |= (uint64_t)1 << (i % 64);
}

static bool is_marked(const struct schema_at *at, size_t i)
{
    return at->marks != NULL && at->marks[i / 64] >> (i % 64) & 1;
}

/* References. */

static bool ref_holds(struct judge *judge, const struct schema_at *at)
{
    return also(judge, at, at->rule->nodes[0]);
}

/* The outermost resource on the way here that has the anchor decides. */
static bool dynamic_ref_holds(struct judge *judge, const struct schema_at *at)
{
    const struct schema_node *target = at->rule->nodes[0];
    for (const struct scope *s = judge->scope; at->rule->moves && s != NULL; s = s->outer) {
        const struct schema_anchor *anchor =
            assay_schema_anchor(judge->schema, s->resource, at->rule->anchor);
        if (anchor != NULL && anchor->dynamic)
            target = anchor->node;
    }
    return also(judge, at, target);
}

static bool recursive_ref_holds(struct judge *judge, const struct schema_at *at)
{
    const struct schema_node *target = at->rule->nodes[0];
    for (const struct scope *s = judge->scope; at->rule->moves && s != NULL; s = s->outer)
        if (s->resource->root->recursive_anchor)
            target = s->resource->root;
    return also(judge, at, target);
}

/* Lists. */

/* The first items, one schema each: prefixItems, or items as a list. */
static bool each_item_holds(struct judge *judge, const struct schema_at *at)
{
    for (size_t i = 0; i < at->value->count && i < at->rule->value->count; i++) {
        if (!inside(judge, at, at->rule->nodes[i], i))
            return false;
        mark(at, i);
    }
    return true;
}

static bool rest_holds(struct judge *judge, const struct schema_at *at, size_t from)
{
    for (size_t i = from; i < at->value->count; i++) {
        if (!inside(judge, at, at->rule->nodes[0], i))
            return false;
        mark(at, i);
    }
    return true;
}

static bool items_hold(struct judge *judge, const struct schema_at *at)
{
    const struct schema_rule *first = schema_rule_of(at, SCHEMA_PREFIX_ITEMS);
    if (at->rule->value->kind == ASSAY_VALUE_LIST)
        return each_item_holds(judge, at);
    return rest_holds(judge, at, first != NULL ? first->value->count : 0);
}

static bool additional_items_hold(struct judge *judge, const struct schema_at *at)
{
    const struct schema_rule *items = schema_rule_of(at, SCHEMA_ITEMS);
    if (items == NULL || items->value->kind != ASSAY_VALUE_LIST)
        return true;
    return rest_holds(judge, at, items->value->count);
}

static bool contains_holds(struct judge *judge, const struct schema_at *at)
{
    const struct schema_rule *least = schema_rule_of(at, SCHEMA_MIN_CONTAINS);
    const struct schema_rule *most = schema_rule_of(at, SCHEMA_MAX_CONTAINS);
    struct assay_buf *why = judge->why;
    uint64_t count = 0;
    judge->why = NULL;
    for (size_t i = 0; i < at->value->count; i++)
        if (inside(judge, at, at->rule->nodes[0], i)) {
            count++;
            if (judge->schema->draft >= ASSAY_DRAFT_2020)
                mark(at, i);
        }
    judge->why = why;
    return (double)count >= (least != NULL ? schema_number(least->value) : 1) &&
           (most == NULL || (double)count <= schema_number(most->value));
}

static bool unevaluated_hold(struct judge *judge, const struct schema_at *at)
{
    for (size_t i = 0; i < at->value->count; i++) {
        if (!is_marked(at, i) && !inside(judge, at, at->rule->nodes[0], i))
            return false;
        mark(at, i);
    }
    return true;
}

/* Maps. */

static bool has_all(const struct assay_value *names, const struct assay_value *value)
{
    for (size_t i = 0; i < names->count; i++)
        if (assay_value_member(value, names->items[i].text) == NULL)
            return false;
    return true;
}

static bool required_holds(struct judge *judge, const struct schema_at *at)
{
    (void)judge;
    return has_all(at->rule->value, at->value);
}

/* What one property asks of the others: names that have to be there, or a schema. */
static bool dependencies_hold(struct judge *judge, const struct schema_at *at)
{
    const struct assay_value *map = at->rule->value;
    for (size_t i = 0; i < map->count; i++) {
        const struct schema_node *node = at->rule->nodes != NULL ? at->rule->nodes[i] : NULL;
        if (assay_value_member(at->value, map->keys[i]) == NULL)
            continue;
        if (node != NULL ? !also(judge, at, node) : !has_all(&map->items[i], at->value))
            return false;
    }
    return true;
}

/* The number of a member, of several of one name the last; SIZE_MAX: none. */
static size_t index_of(const struct assay_value *map, struct assay_str name)
{
    const struct assay_value *found = assay_value_member(map, name);
    return found != NULL ? (size_t)(found - map->items) : SIZE_MAX;
}

static bool properties_hold(struct judge *judge, const struct schema_at *at)
{
    const struct assay_value *own = at->rule->value;
    for (size_t i = 0; i < own->count; i++) {
        size_t member = index_of(at->value, own->keys[i]);
        if (member == SIZE_MAX)
            continue;
        if (!inside(judge, at, at->rule->nodes[i], member))
            return false;
        mark(at, member);
    }
    return true;
}

static bool pattern_properties_hold(struct judge *judge, const struct schema_at *at)
{
    for (size_t i = 0; i < at->rule->value->count; i++)
        for (size_t m = 0; m < at->value->count; m++) {
            if (!assay_schema_matches(judge, at->rule->regexes[i], at->value->keys[m]))
                continue;
            if (!inside(judge, at, at->rule->nodes[i], m))
                return false;
            mark(at, m);
        }
    return true;
}

/* Whether properties or patternProperties speak of a name. */
static bool is_named(struct judge *judge, const struct schema_at *at, struct assay_str name)
{
    const struct schema_rule *own = schema_rule_of(at, SCHEMA_PROPERTIES);
    const struct schema_rule *patterns = schema_rule_of(at, SCHEMA_PATTERN_PROPERTIES);
    if (own != NULL && assay_value_member(own->value, name) != NULL)
        return true;
    for (size_t i = 0; patterns != NULL && i < patterns->value->count; i++)
        if (assay_schema_matches(judge, patterns->regexes[i], name))
            return true;
    return false;
}

static bool additional_properties_hold(struct judge *judge, const struct schema_at *at)
{
    for (size_t i = 0; i < at->value->count; i++) {
        if (is_named(judge, at, at->value->keys[i]))
            continue;
        if (!inside(judge, at, at->rule->nodes[0], i))
            return false;
        mark(at, i);
    }
    return true;
}

static bool names_hold(struct judge *judge, const struct schema_at *at)
{
    for (size_t i = 0; i < at->value->count; i++) {
        struct assay_value name = {.kind = ASSAY_VALUE_STRING, .text = at->value->keys[i]};
        struct way way = {at->way, at->value->keys[i], i};
        if (!judge_node(judge, at->rule->nodes[0], &name, &way, NULL))
            return false;
    }
    return true;
}

/* Logic. All schemas are asked, also where one would do: each may mark something. */

static bool all_hold(struct judge *judge, const struct schema_at *at)
{
    bool yes = true;
    for (size_t i = 0; i < at->rule->value->count && yes; i++)
        yes = also(judge, at, at->rule->nodes[i]);
    return yes;
}

static size_t count_of(struct judge *judge, const struct schema_at *at)
{
    size_t count = 0;
    for (size_t i = 0; i < at->rule->value->count; i++)
        count += tries(judge, at, at->rule->nodes[i], at->marks);
    return count;
}

static bool any_holds(struct judge *judge, const struct schema_at *at)
{
    return count_of(judge, at) > 0;
}

static bool one_holds(struct judge *judge, const struct schema_at *at)
{
    return count_of(judge, at) == 1;
}

static bool not_holds(struct judge *judge, const struct schema_at *at)
{
    return !tries(judge, at, at->rule->nodes[0], NULL);
}

static bool if_holds(struct judge *judge, const struct schema_at *at)
{
    bool yes = tries(judge, at, at->rule->nodes[0], at->marks);
    const struct schema_rule *branch = schema_rule_of(at, yes ? SCHEMA_THEN : SCHEMA_ELSE);
    return branch == NULL || also(judge, at, branch->nodes[0]);
}

#define ANY ~0u
#define NUMBERS (1u << ASSAY_VALUE_NUMBER)
#define TEXTS (1u << ASSAY_VALUE_STRING)
#define LISTS (1u << ASSAY_VALUE_LIST)
#define MAPS (1u << ASSAY_VALUE_MAP)
#define D4 ASSAY_DRAFT_4
#define D6 ASSAY_DRAFT_6
#define D7 ASSAY_DRAFT_7
#define D19 ASSAY_DRAFT_2019
#define D20 ASSAY_DRAFT_2020

const struct schema_row assay_schema_rows[SCHEMA_KEYWORDS] = {
    [SCHEMA_REF] = {"$ref", SHAPE_REF, D4, D20, ANY, ref_holds},
    [SCHEMA_DYNAMIC_REF] = {"$dynamicRef", SHAPE_REF, D20, D20, ANY, dynamic_ref_holds},
    [SCHEMA_RECURSIVE_REF] = {"$recursiveRef", SHAPE_REF, D19, D19, ANY, recursive_ref_holds},
    [SCHEMA_TYPE] = {"type", SHAPE_TYPE, D4, D20, ANY, assay_schema_type_holds},
    [SCHEMA_ENUM] = {"enum", SHAPE_LIST, D4, D20, ANY, assay_schema_enum_holds},
    [SCHEMA_CONST] = {"const", SHAPE_ANY, D6, D20, ANY, assay_schema_const_holds},
    [SCHEMA_MULTIPLE_OF] = {"multipleOf", SHAPE_STEP, D4, D20, NUMBERS,
                            assay_schema_multiple_holds},
    [SCHEMA_MAXIMUM] = {"maximum", SHAPE_NUMBER, D4, D20, NUMBERS, assay_schema_maximum_holds},
    [SCHEMA_EXCLUSIVE_MAXIMUM] = {"exclusiveMaximum", SHAPE_LIMIT, D4, D20, NUMBERS,
                                  assay_schema_below_holds},
    [SCHEMA_MINIMUM] = {"minimum", SHAPE_NUMBER, D4, D20, NUMBERS, assay_schema_minimum_holds},
    [SCHEMA_EXCLUSIVE_MINIMUM] = {"exclusiveMinimum", SHAPE_LIMIT, D4, D20, NUMBERS,
                                  assay_schema_above_holds},
    [SCHEMA_MAX_LENGTH] = {"maxLength", SHAPE_COUNT, D4, D20, TEXTS, assay_schema_most_holds},
    [SCHEMA_MIN_LENGTH] = {"minLength", SHAPE_COUNT, D4, D20, TEXTS, assay_schema_least_holds},
    [SCHEMA_PATTERN] = {"pattern", SHAPE_PATTERN, D4, D20, TEXTS, assay_schema_pattern_holds},
    [SCHEMA_FORMAT] = {"format", SHAPE_TEXT, D4, D20, TEXTS, assay_schema_format_holds},
    [SCHEMA_MAX_ITEMS] = {"maxItems", SHAPE_COUNT, D4, D20, LISTS, assay_schema_most_holds},
    [SCHEMA_MIN_ITEMS] = {"minItems", SHAPE_COUNT, D4, D20, LISTS, assay_schema_least_holds},
    [SCHEMA_UNIQUE_ITEMS] = {"uniqueItems", SHAPE_FLAG, D4, D20, LISTS, assay_schema_unique_holds},
    [SCHEMA_PREFIX_ITEMS] = {"prefixItems", SHAPE_SCHEMAS, D20, D20, LISTS, each_item_holds},
    [SCHEMA_ITEMS] = {"items", SHAPE_ITEMS, D4, D20, LISTS, items_hold},
    [SCHEMA_ADDITIONAL_ITEMS] = {"additionalItems", SHAPE_SCHEMA, D4, D19, LISTS,
                                 additional_items_hold},
    [SCHEMA_CONTAINS] = {"contains", SHAPE_SCHEMA, D6, D20, LISTS, contains_holds},
    [SCHEMA_MIN_CONTAINS] = {"minContains", SHAPE_COUNT, D19, D20, LISTS, NULL},
    [SCHEMA_MAX_CONTAINS] = {"maxContains", SHAPE_COUNT, D19, D20, LISTS, NULL},
    [SCHEMA_MAX_PROPERTIES] = {"maxProperties", SHAPE_COUNT, D4, D20, MAPS,
                               assay_schema_most_holds},
    [SCHEMA_MIN_PROPERTIES] = {"minProperties", SHAPE_COUNT, D4, D20, MAPS,
                               assay_schema_least_holds},
    [SCHEMA_REQUIRED] = {"required", SHAPE_NAMES, D4, D20, MAPS, required_holds},
    [SCHEMA_DEPENDENT_REQUIRED] = {"dependentRequired", SHAPE_NAME_LISTS, D19, D20, MAPS,
                                   dependencies_hold},
    [SCHEMA_DEPENDENT_SCHEMAS] = {"dependentSchemas", SHAPE_SCHEMA_MAP, D19, D20, MAPS,
                                  dependencies_hold},
    [SCHEMA_DEPENDENCIES] = {"dependencies", SHAPE_DEPENDENCIES, D4, D20, MAPS, dependencies_hold},
    [SCHEMA_PROPERTIES] = {"properties", SHAPE_SCHEMA_MAP, D4, D20, MAPS, properties_hold},
    [SCHEMA_PATTERN_PROPERTIES] = {"patternProperties", SHAPE_PATTERN_MAP, D4, D20, MAPS,
                                   pattern_properties_hold},
    [SCHEMA_ADDITIONAL_PROPERTIES] = {"additionalProperties", SHAPE_SCHEMA, D4, D20, MAPS,
                                      additional_properties_hold},
    [SCHEMA_PROPERTY_NAMES] = {"propertyNames", SHAPE_SCHEMA, D6, D20, MAPS, names_hold},
    [SCHEMA_ALL_OF] = {"allOf", SHAPE_SCHEMAS, D4, D20, ANY, all_hold},
    [SCHEMA_ANY_OF] = {"anyOf", SHAPE_SCHEMAS, D4, D20, ANY, any_holds},
    [SCHEMA_ONE_OF] = {"oneOf", SHAPE_SCHEMAS, D4, D20, ANY, one_holds},
    [SCHEMA_NOT] = {"not", SHAPE_SCHEMA, D4, D20, ANY, not_holds},
    [SCHEMA_IF] = {"if", SHAPE_SCHEMA, D7, D20, ANY, if_holds},
    [SCHEMA_THEN] = {"then", SHAPE_SCHEMA, D7, D20, ANY, NULL},
    [SCHEMA_ELSE] = {"else", SHAPE_SCHEMA, D7, D20, ANY, NULL},
    [SCHEMA_UNEVALUATED_ITEMS] = {"unevaluatedItems", SHAPE_SCHEMA, D19, D20, LISTS,
                                  unevaluated_hold},
    [SCHEMA_UNEVALUATED_PROPERTIES] = {"unevaluatedProperties", SHAPE_SCHEMA, D19, D20, MAPS,
                                       unevaluated_hold},
    [SCHEMA_DEFS] = {"$defs", SHAPE_SCHEMA_MAP, D19, D20, ANY, NULL},
    [SCHEMA_DEFINITIONS] = {"definitions", SHAPE_SCHEMA_MAP, D4, D20, ANY, NULL},
};

static void put_way(const struct way *way, struct assay_buf *out)
{
    if (way->outer == NULL)
        return;
    put_way(way->outer, out);
    if (way->name.ptr == NULL)
        assay_buf_printf(out, "/%zu", way->index);
    else {
        assay_buf_putc(out, '/');
        assay_buf_str(out, way->name);
    }
}

/* What is said of the keyword: what it asks for, where that is short. */
static void tell(const struct schema_at *at, unsigned keyword, struct assay_buf *out)
{
    const struct assay_value *asked = at->rule != NULL ? at->rule->value : NULL;
    put_way(at->way, out);
    assay_buf_puts(out, at->way->outer != NULL ? ": " : "");
    if (asked == NULL) {
        assay_buf_puts(out, "nothing is allowed here");
        return;
    }
    assay_buf_puts(out, assay_schema_rows[keyword].name);
    if (asked->kind == ASSAY_VALUE_BOOLEAN)
        assay_buf_puts(out, asked->boolean ? " true" : " false");
    else if (asked->kind == ASSAY_VALUE_NUMBER || asked->kind == ASSAY_VALUE_STRING) {
        assay_buf_putc(out, ' ');
        assay_buf_str(out, asked->text);
    }
    for (size_t i = 0; keyword == SCHEMA_REQUIRED && i < asked->count; i++)
        if (assay_value_member(at->value, asked->items[i].text) == NULL) {
            assay_buf_putc(out, ' ');
            assay_buf_str(out, asked->items[i].text);
            return;
        }
}

/* The first keyword that fails, which is the innermost, is what is wrong. */
static void blame(struct judge *judge, const struct schema_at *at, unsigned keyword)
{
    if (judge->why == NULL)
        return;
    tell(at, keyword, judge->why);
    judge->why = NULL;
}

static bool keywords_hold(struct judge *judge, struct schema_at *at)
{
    unsigned kind = 1u << at->value->kind;
    unsigned last = at->node->only_ref ? SCHEMA_REF + 1 : SCHEMA_KEYWORDS;
    for (unsigned k = 0; k < last; k++) {
        const struct schema_row *row = &assay_schema_rows[k];
        at->rule = at->node->rules[k];
        if (at->rule == NULL || row->holds == NULL || !(row->kinds & kind) || row->holds(judge, at))
            continue;
        blame(judge, at, k);
        return false;
    }
    return true;
}

static bool enter_node(struct judge *judge, const struct schema_node *node,
                       const struct assay_value *value, const struct way *way, uint64_t *marks)
{
    struct schema_at at = {.node = node, .value = value, .way = way};
    bool whole = value->kind == ASSAY_VALUE_LIST || value->kind == ASSAY_VALUE_MAP;
    size_t words = whole && judge->schema->unevaluated ? value->count / 64 + 1 : 0;
    if (node->value->kind == ASSAY_VALUE_BOOLEAN) {
        if (!node->value->boolean)
            blame(judge, &at, 0);
        return node->value->boolean;
    }
    if (words > 0) {
        at.marks = assay_arena_array(judge->arena, words, sizeof *at.marks);
        judge->undecided |= at.marks == NULL;
    }
    bool yes = !judge->undecided && keywords_hold(judge, &at);
    for (size_t i = 0; yes && marks != NULL && i < words; i++)
        marks[i] |= at.marks[i];
    return yes;
}

static bool judge_node(struct judge *judge, const struct schema_node *node,
                       const struct assay_value *value, const struct way *way, uint64_t *marks)
{
    const struct scope *outer = judge->scope;
    struct scope scope = {outer, node->resource};
    if (judge->undecided || judge->depth == JUDGE_DEPTH) {
        judge->undecided = true;
        return false;
    }
    if (outer == NULL || outer->resource != node->resource)
        judge->scope = &scope;
    judge->depth++;
    bool yes = enter_node(judge, node, value, way, marks);
    judge->depth--;
    judge->scope = outer;
    return yes;
}

enum assay_json_verdict assay_json_schema_judge(const struct assay_json_schema *schema,
                                                struct assay_regex_scratch *scratch,
                                                struct assay_arena *arena,
                                                const struct assay_value *value,
                                                struct assay_buf *why)
{
    struct judge judge = {.schema = schema, .scratch = scratch, .arena = arena, .why = why};
    struct way way = {0};
    bool yes = judge_node(&judge, schema->root, value, &way, NULL);
    return judge.undecided ? ASSAY_JSON_UNDECIDED : yes ? ASSAY_JSON_VALID : ASSAY_JSON_INVALID;
}
