/*
 * What a value itself is asked for: type, sizes, bounds, patterns.
 */
#include "config.h"

#include "base/json_schema_impl.h"

#include "base/json_read.h"
#include "base/number.h"
#include "base/utf8.h"

#include <stdlib.h>

/* Values of any kind. */

static bool is_type(const struct judge *judge, const struct assay_value *value,
                    struct assay_str type)
{
    switch (value->kind) {
    case ASSAY_VALUE_NULL: return assay_str_is(type, "null");
    case ASSAY_VALUE_BOOLEAN: return assay_str_is(type, "boolean");
    case ASSAY_VALUE_LIST: return assay_str_is(type, "array");
    case ASSAY_VALUE_MAP: return assay_str_is(type, "object");
    case ASSAY_VALUE_NUMBER:
        if (assay_str_is(type, "number"))
            return true;
        if (!assay_str_is(type, "integer"))
            return false;
        for (size_t i = 0; judge->schema->draft == ASSAY_DRAFT_4 && i < value->text.len; i++)
            if (strchr(".eE", value->text.ptr[i]) != NULL)
                return false;
        return assay_schema_is_whole(value->text);
    default: return assay_str_is(type, "string");
    }
}

bool assay_schema_type_holds(struct judge *judge, const struct schema_at *at)
{
    const struct assay_value *types = at->rule->value;
    if (types->kind != ASSAY_VALUE_LIST)
        return is_type(judge, at->value, types->text);
    for (size_t i = 0; i < types->count; i++)
        if (is_type(judge, at->value, types->items[i].text))
            return true;
    return false;
}

bool assay_schema_enum_holds(struct judge *judge, const struct schema_at *at)
{
    (void)judge;
    for (size_t i = 0; i < at->rule->value->count; i++)
        if (assay_value_same(&at->rule->value->items[i], at->value))
            return true;
    return false;
}

bool assay_schema_const_holds(struct judge *judge, const struct schema_at *at)
{
    (void)judge;
    return assay_value_same(at->rule->value, at->value);
}

/* Numbers. */

static int order_of(const struct assay_value *a, const struct assay_value *b)
{
    struct assay_numref x = assay_numref(a->text), y = assay_numref(b->text);
    int order = assay_number_compare(&x, &y);
    return order == ASSAY_NUM_UNORDERED ? 0 : order;
}

static bool is_nan(const struct assay_value *value)
{
    return assay_numref(value->text).code == ASSAY_NUM_NAN;
}

static bool is_set(const struct schema_rule *rule)
{
    return rule != NULL && rule->value->kind == ASSAY_VALUE_BOOLEAN && rule->value->boolean;
}

bool assay_schema_multiple_holds(struct judge *judge, const struct schema_at *at)
{
    (void)judge;
    return assay_schema_is_multiple(at->value->text, at->rule->value->text);
}

bool assay_schema_maximum_holds(struct judge *judge, const struct schema_at *at)
{
    (void)judge;
    int most = is_set(schema_rule_of(at, SCHEMA_EXCLUSIVE_MAXIMUM)) ? -1 : 0;
    return !is_nan(at->value) && order_of(at->value, at->rule->value) <= most;
}

bool assay_schema_minimum_holds(struct judge *judge, const struct schema_at *at)
{
    (void)judge;
    int least = is_set(schema_rule_of(at, SCHEMA_EXCLUSIVE_MINIMUM)) ? 1 : 0;
    return !is_nan(at->value) && order_of(at->value, at->rule->value) >= least;
}

bool assay_schema_below_holds(struct judge *judge, const struct schema_at *at)
{
    (void)judge;
    return at->rule->value->kind == ASSAY_VALUE_BOOLEAN ||
           (!is_nan(at->value) && order_of(at->value, at->rule->value) < 0);
}

bool assay_schema_above_holds(struct judge *judge, const struct schema_at *at)
{
    (void)judge;
    return at->rule->value->kind == ASSAY_VALUE_BOOLEAN ||
           (!is_nan(at->value) && order_of(at->value, at->rule->value) > 0);
}

/* Texts, lists and maps: their sizes. */

static size_t size_of(const struct assay_value *value)
{
    return value->kind == ASSAY_VALUE_STRING ? assay_utf8_count(value->text) : value->count;
}

bool assay_schema_most_holds(struct judge *judge, const struct schema_at *at)
{
    (void)judge;
    return (double)size_of(at->value) <= schema_number(at->rule->value);
}

bool assay_schema_least_holds(struct judge *judge, const struct schema_at *at)
{
    (void)judge;
    return (double)size_of(at->value) >= schema_number(at->rule->value);
}

/* Texts. */

bool assay_schema_matches(struct judge *judge, const struct assay_regex *regex,
                          struct assay_str text)
{
    enum assay_regex_result result = assay_regex_match(regex, judge->scratch, text.ptr, text.len);
    judge->undecided |= result == ASSAY_REGEX_LIMIT || result == ASSAY_REGEX_FAULT;
    return result == ASSAY_REGEX_YES;
}

bool assay_schema_pattern_holds(struct judge *judge, const struct schema_at *at)
{
    return assay_schema_matches(judge, at->rule->regexes[0], at->value->text);
}

bool assay_schema_format_holds(struct judge *judge, const struct schema_at *at)
{
    assay_json_format_fn *formats = judge->schema->formats;
    return formats == NULL || formats(at->rule->value->text, at->value->text);
}

/* Lists. */

struct hashed {
    uint64_t hash;
    const struct assay_value *value;
};

static int compare_hashed(const void *a, const void *b)
{
    const struct hashed *x = a, *y = b;
    return (x->hash > y->hash) - (x->hash < y->hash);
}

bool assay_schema_unique_holds(struct judge *judge, const struct schema_at *at)
{
    const struct assay_value *list = at->value;
    if (!at->rule->value->boolean)
        return true;
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
