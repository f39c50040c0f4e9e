/*
 * What becomes of the keywords of Great Expectations' expectations.
 */
#include "config.h"

#include "suite/gx.h"

#include "base/number.h"
#include "metric/judge.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

void assay_gx_fail(struct assay_gx_item *item, const struct assay_node *node, const char *help,
                   const char *format, ...)
{
    char message[300];
    va_list ap;
    va_start(ap, format);
    vsnprintf(message, sizeof message, format, ap);
    va_end(ap);
    struct assay_error *error =
        assay_node_error(item->loader->diags, node, "SUITE-TYPE", "%s", message);
    if (help != NULL)
        assay_error_help(error, "%s", help);
    item->failed = true;
}

static struct assay_node *copy_node(struct assay_gx_item *item, const struct assay_node *from)
{
    struct assay_node *copy = assay_arena_alloc(&item->loader->suite->arena, sizeof *copy);
    if (copy == NULL) {
        item->loader->nomem = item->failed = true;
        return NULL;
    }
    *copy = *from;
    copy->next = NULL;
    return copy;
}

static void append(struct assay_node *collection, struct assay_node *child)
{
    *(collection->last ? &collection->last->next : &collection->first) = child;
    collection->last = child;
    collection->count++;
}

struct assay_node *assay_gx_put(struct assay_gx_item *item, const char *key,
                                const struct assay_node *from)
{
    struct assay_node *copy = copy_node(item, from);
    if (copy == NULL)
        return NULL;
    if (copy->key_mark.line == 0)
        copy->key_mark = copy->mark;
    copy->key = assay_cstr(key);
    append(item->given, copy);
    return copy;
}

struct assay_node *assay_gx_put_text(struct assay_gx_item *item, const char *key,
                                     const struct assay_node *from, struct assay_str text)
{
    struct assay_node *node = assay_gx_put(item, key, from);
    char *copy = node ? assay_arena_strdup(&item->loader->suite->arena, text) : NULL;
    if (copy == NULL)
        return item->loader->nomem = true, NULL;
    if (from->written.ptr != NULL && !assay_str_equal(from->text, text))
        node->written = ASSAY_STR("(computed)"); /* no variable of a native suite is the same */
    node->kind = ASSAY_NODE_STRING;
    node->text = assay_str(copy, text.len);
    node->plain = node->odd_plain = false;
    node->first = node->last = NULL;
    node->count = 0;
    return node;
}

struct assay_node *assay_gx_put_count(struct assay_gx_item *item, const char *key,
                                      const struct assay_node *from, int64_t value)
{
    char text[24];
    int len = snprintf(text, sizeof text, "%" PRId64, value);
    struct assay_node *node = assay_gx_put_text(item, key, from, assay_str(text, (size_t)len));
    if (node != NULL)
        node->kind = ASSAY_NODE_INT;
    return node;
}

struct assay_node *assay_gx_put_bool(struct assay_gx_item *item, const char *key,
                                     const struct assay_node *from, bool value)
{
    struct assay_node *node =
        assay_gx_put_text(item, key, from, assay_cstr(value ? "true" : "false"));
    if (node != NULL) {
        node->kind = ASSAY_NODE_BOOL;
        node->truth = value;
    }
    return node;
}

struct assay_node *assay_gx_collection(struct assay_gx_item *item, const struct assay_node *from,
                                       enum assay_node_kind kind)
{
    struct assay_node *node = copy_node(item, from);
    if (node == NULL)
        return NULL;
    node->kind = kind;
    node->first = node->last = NULL;
    node->count = 0;
    node->text = assay_cstr("");
    return node;
}

struct assay_node *assay_gx_append(struct assay_gx_item *item, struct assay_node *collection,
                                   const struct assay_node *from)
{
    struct assay_node *copy = collection ? copy_node(item, from) : NULL;
    if (copy != NULL)
        append(collection, copy);
    return copy;
}

const struct assay_node *assay_gx_given(const struct assay_gx_item *item, const char *kwarg)
{
    const struct assay_node *node = assay_node_get(item->kwargs, kwarg);
    return node != NULL && node->kind != ASSAY_NODE_NULL ? node : NULL;
}

static bool is_true(const struct assay_gx_item *item, const char *kwarg)
{
    const struct assay_node *node = assay_node_get(item->kwargs, kwarg);
    return node != NULL && node->kind == ASSAY_NODE_BOOL && node->truth;
}

bool assay_gx_want_kind(struct assay_gx_item *item, const struct assay_gx_kwarg *kwarg,
                        const struct assay_node *node, enum assay_node_kind kind, const char *what)
{
    if (node->kind == kind)
        return true;
    assay_gx_fail(item, node, NULL, "%s: expected %s, found %s", kwarg->name, what,
                  assay_node_kind_name(node));
    return false;
}

/* A Comparable: "5" is 5, true is 1, other texts are dates. */
void assay_gx_bound(struct assay_gx_item *item, const struct assay_gx_kwarg *kwarg,
                    const struct assay_node *node)
{
    struct assay_node *copy = assay_gx_put(item, kwarg->to, node);
    if (copy == NULL)
        return;
    struct assay_numref number = {.code = ASSAY_NUM_NOT};
    if (copy->kind < ASSAY_NODE_SEQUENCE && copy->text.len != 0)
        number = assay_numref(copy->text);
    if (copy->kind == ASSAY_NODE_BOOL) {
        copy->kind = ASSAY_NODE_INT;
        copy->text = assay_cstr(copy->truth ? "1" : "0");
    } else if (copy->kind == ASSAY_NODE_STRING && assay_number_is_finite(number.code))
        copy->kind = ASSAY_NODE_FLOAT;
    int64_t micros;
    bool text = copy->kind == ASSAY_NODE_STRING && !assay_judge_time(copy->text, 0, &micros);
    /* Before 1.0 texts were compared with texts. */
    if (copy->kind >= ASSAY_NODE_SEQUENCE ||
        (text && assay_node_get(item->at, "expectation_type") == NULL))
        assay_gx_fail(item, node, "dates are written 2020-01-31, times 2020-01-31T12:00:00",
                      "%s: expected a number or a date, found %s", kwarg->name,
                      text ? node->text.ptr : assay_node_kind_name(node));
    if (copy->written.ptr == NULL)
        copy->plain = false;
}

void assay_gx_whole(struct assay_gx_item *item, const struct assay_gx_kwarg *kwarg,
                    const struct assay_node *node)
{
    bool scalar = (node->kind == ASSAY_NODE_INT || node->kind == ASSAY_NODE_FLOAT ||
                   node->kind == ASSAY_NODE_STRING) &&
                  node->text.len != 0;
    struct assay_numref number = assay_numref(scalar ? node->text : assay_cstr("x"));
    int64_t value = number.mantissa;
    uint8_t code = number.code;
    while (scalar && assay_number_is_small(code) && code > 0 && value % 10 == 0) {
        value /= 10;
        code--;
    }
    if (!scalar || code != 0) {
        assay_gx_fail(item, node, NULL, "%s: expected a whole number, found %s", kwarg->name,
                      scalar ? node->text.ptr : assay_node_kind_name(node));
        return;
    }
    assay_gx_put_count(item, kwarg->to, node, value);
}

void assay_gx_text(struct assay_gx_item *item, const struct assay_gx_kwarg *kwarg,
                   const struct assay_node *node)
{
    if (assay_gx_want_kind(item, kwarg, node, ASSAY_NODE_STRING, "a text"))
        assay_gx_put(item, kwarg->to, node);
}

void assay_gx_list(struct assay_gx_item *item, const struct assay_gx_kwarg *kwarg,
                   const struct assay_node *node)
{
    if (assay_gx_want_kind(item, kwarg, node, ASSAY_NODE_SEQUENCE, "a list"))
        assay_gx_put(item, kwarg->to, node);
}

void assay_gx_members(struct assay_gx_item *item, const struct assay_gx_kwarg *kwarg,
                      const struct assay_node *node)
{
    if (!assay_gx_want_kind(item, kwarg, node, ASSAY_NODE_SEQUENCE, "a list"))
        return;
    struct assay_node *list = assay_gx_collection(item, node, ASSAY_NODE_SEQUENCE);
    for (const struct assay_node *c = node->first; c != NULL && list != NULL; c = c->next)
        if (c->kind != ASSAY_NODE_NULL)
            assay_gx_append(item, list, c);
    if (list != NULL)
        assay_gx_put(item, kwarg->to, list);
}

void assay_gx_distinct_members(struct assay_gx_item *item, const struct assay_gx_kwarg *kwarg,
                               const struct assay_node *node)
{
    if (assay_gx_want_kind(item, kwarg, node, ASSAY_NODE_SEQUENCE, "a list"))
        assay_gx_put(item, kwarg->to, node);
}

void assay_gx_no_members(struct assay_gx_item *item)
{
    if (assay_gx_given(item, "value_set") != NULL)
        return;
    struct assay_node *list = assay_gx_collection(item, item->at, ASSAY_NODE_SEQUENCE);
    item->native = "rejected_values"; /* no set at all: every value is expected */
    if (list != NULL)
        assay_gx_put(item, "values", list);
}

/* strict_min and strict_max of whole numbers: one more, one less. */
void assay_gx_lengths(struct assay_gx_item *item)
{
    int64_t value;
    for (struct assay_node *c = item->given->first; c != NULL; c = c->next) {
        bool min = assay_str_is(c->key, "min"), max = assay_str_is(c->key, "max");
        if ((!min && !max) || !is_true(item, min ? "strict_min" : "strict_max") ||
            !assay_node_int64(c, &value))
            continue;
        char *text = assay_arena_printf(&item->loader->suite->arena, "%" PRId64,
                                        min         ? value + 1
                                        : value > 0 ? value - 1
                                                    : 0);
        item->loader->nomem |= text == NULL;
        c->text = assay_cstr(text);
    }
    if (is_true(item, "strict_max") && assay_gx_given(item, "max_value") != NULL &&
        assay_numref(assay_gx_given(item, "max_value")->text).mantissa == 0) {
        /* shorter than nothing: bounds that leave no room */
        assay_gx_put_count(item, "min", item->at, 1);
    }
    assay_gx_need_bound(item);
}

void assay_gx_need_bound(struct assay_gx_item *item)
{
    if (assay_gx_given(item, "min_value") == NULL && assay_gx_given(item, "max_value") == NULL)
        assay_gx_fail(item, item->at, "without a bound every value would do",
                      "%s needs min_value or max_value", item->row->name);
}

/* ignore_nulls, and what it is of a pair and of several columns. */
static const char *const ignored[][3] = {
    {"all", "both_values_are_missing", "all_values_are_missing"},
    {"any", "either_value_is_missing", "any_value_is_missing"},
    {"none", "neither", "never"},
};

const char *assay_gx_ignored(struct assay_str native, enum assay_gx_domain domain)
{
    for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++)
        if (assay_str_is(native, ignored[i][0]))
            return ignored[i][domain == ASSAY_GX_PAIR ? 1 : 2];
    return NULL;
}

void assay_gx_ignore_row_if(struct assay_gx_item *item, const struct assay_gx_kwarg *kwarg,
                            const struct assay_node *node)
{
    int column = item->row->domain == ASSAY_GX_PAIR ? 1 : 2;
    for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++)
        if (node->kind == ASSAY_NODE_STRING && assay_str_is(node->text, ignored[i][column])) {
            assay_gx_put_text(item, kwarg->to, node, assay_cstr(ignored[i][0]));
            return;
        }
    assay_gx_fail(item, node,
                  item->row->domain == ASSAY_GX_PAIR
                      ? "one of both_values_are_missing, either_value_is_missing, neither"
                      : "one of all_values_are_missing, any_value_is_missing, never",
                  "%s cannot be %s", kwarg->name,
                  node->kind == ASSAY_NODE_STRING ? node->text.ptr : assay_node_kind_name(node));
}

void assay_gx_row_condition(struct assay_gx_item *item, const struct assay_gx_kwarg *kwarg,
                            const struct assay_node *node)
{
    const struct assay_node *parser = assay_gx_given(item, "condition_parser");
    if (!assay_gx_want_kind(item, kwarg, node, ASSAY_NODE_STRING, "a condition"))
        return;
    if (item->loader->strict && strcmp(item->native, "row_count") == 0)
        return; /* is taken and has no effect */
    bool pandas = memmem(node->text.ptr, node->text.len, "col(", 4) == NULL;
    if (parser != NULL) {
        pandas = assay_str_is(parser->text, "pandas");
        bool other = assay_str_is(parser->text, "great_expectations") ||
                     assay_str_is(parser->text, "great_expectations__experimental__") ||
                     assay_str_is(parser->text, "spark");
        if (!pandas && !other) {
            assay_gx_fail(item, parser, "one of pandas, great_expectations",
                          "condition_parser cannot be %.*s", (int)parser->text.len,
                          parser->text.ptr ? parser->text.ptr : "");
            return;
        }
    }
    const char *sql = assay_gx_condition(item, node, pandas);
    if (sql != NULL)
        assay_gx_put_text(item, "where", node, assay_cstr(sql));
}

void assay_gx_unread(struct assay_gx_item *item, const struct assay_gx_kwarg *kwarg,
                     const struct assay_node *node)
{
    (void)item, (void)kwarg, (void)node;
}

void assay_gx_legacy(struct assay_gx_item *item, const struct assay_gx_kwarg *kwarg,
                     const struct assay_node *node)
{
    if (node->kind == ASSAY_NODE_BOOL && !node->truth)
        return;
    struct assay_error *error = assay_node_warning(item->loader->diags, node, "SUITE-LEGACY",
                                                   "%s has no effect", kwarg->name);
    assay_error_help(error, "%s", kwarg->to ? kwarg->to : "remove it");
}

void assay_gx_equal(struct assay_gx_item *item)
{
    if (assay_node_get(item->kwargs, "ignore_row_if") == NULL)
        assay_gx_put_text(item, "ignore_nulls", item->at, ASSAY_STR("all"));
}

void assay_gx_or_equal(struct assay_gx_item *item, const struct assay_gx_kwarg *kwarg,
                       const struct assay_node *node)
{
    bool yes = node->kind == ASSAY_NODE_BOOL && node->truth;
    if (node->kind != ASSAY_NODE_NULL &&
        !assay_gx_want_kind(item, kwarg, node, ASSAY_NODE_BOOL, "true or false"))
        return;
    assay_gx_put_text(item, "op", node, assay_cstr(yes ? ">=" : ">"));
}

/* The two columns of a pair as `columns: [A, B]`. */
void assay_gx_pair(struct assay_gx_item *item)
{
    const struct assay_node *a = assay_gx_given(item, "column_A"),
                            *b = assay_gx_given(item, "column_B");
    if (a == NULL)
        a = assay_gx_given(item, "column_a");
    if (b == NULL)
        b = assay_gx_given(item, "column_b");
    struct assay_node *list = assay_gx_collection(item, item->at, ASSAY_NODE_SEQUENCE);
    if (a == NULL || b == NULL || list == NULL)
        return;
    assay_gx_append(item, list, a);
    assay_gx_append(item, list, b);
    assay_gx_put(item, "columns", list);
    assay_gx_equal(item);
}

/* column_set: all the columns, or some that must be there. */
void assay_gx_column_set(struct assay_gx_item *item, const struct assay_gx_kwarg *kwarg,
                         const struct assay_node *node)
{
    struct assay_node *list =
        node->kind == ASSAY_NODE_NULL ? assay_gx_collection(item, node, ASSAY_NODE_SEQUENCE) : NULL;
    (void)kwarg;
    assay_gx_put(item, is_true(item, "exact_match") ? "exactly" : "include", list ? list : node);
}

void assay_gx_no_columns(struct assay_gx_item *item)
{
    if (assay_gx_given(item, "column_list") != NULL) {
        assay_gx_put_bool(item, "ordered", item->at, true);
        return;
    }
    if (assay_gx_given(item, "column_set") != NULL ||
        assay_node_get(item->kwargs, "column_set") != NULL)
        return;
    struct assay_node *list = assay_gx_collection(item, item->at, ASSAY_NODE_SEQUENCE);
    if (list != NULL)
        assay_gx_put(item, is_true(item, "exact_match") ? "exactly" : "include", list);
}

/* quantile_ranges: {quantiles: [q], value_ranges: [[lo, hi]]} to at: {q: {min, max}}. */
void assay_gx_quantiles(struct assay_gx_item *item, const struct assay_gx_kwarg *kwarg,
                        const struct assay_node *node)
{
    const struct assay_node *quantiles = assay_node_get(node, "quantiles");
    const struct assay_node *ranges = assay_node_get(node, "value_ranges");
    if (quantiles == NULL || ranges == NULL || quantiles->kind != ASSAY_NODE_SEQUENCE ||
        ranges->kind != ASSAY_NODE_SEQUENCE) {
        assay_gx_fail(item, node, "write {\"quantiles\": [0.5], \"value_ranges\": [[1, 9]]}",
                      "%s needs the lists quantiles and value_ranges", kwarg->name);
        return;
    }
    if (quantiles->count != ranges->count) {
        assay_gx_fail(item, ranges, NULL, "%zu quantiles have %zu ranges", quantiles->count,
                      ranges->count);
        return;
    }
    struct assay_node *at = assay_gx_collection(item, node, ASSAY_NODE_MAPPING);
    const struct assay_node *range = ranges->first;
    for (const struct assay_node *q = quantiles->first; q != NULL;
         q = q->next, range = range->next) {
        bool pair = range->kind == ASSAY_NODE_SEQUENCE && range->count == 2;
        if (!pair || (q->kind != ASSAY_NODE_INT && q->kind != ASSAY_NODE_FLOAT)) {
            assay_gx_fail(item, pair ? q : range, "a range is [low, high], each may be null",
                          "%s: expected %s", kwarg->name, pair ? "a number" : "a pair of bounds");
            return;
        }
        struct assay_node *row = assay_gx_collection(item, range, ASSAY_NODE_MAPPING);
        const struct assay_node *bounds[] = {range->first, range->last};
        for (int i = 0; i < 2 && row != NULL; i++) {
            if (bounds[i]->kind == ASSAY_NODE_NULL)
                continue;
            struct assay_node *bound = assay_gx_append(item, row, bounds[i]);
            if (bound != NULL) {
                bound->key = assay_cstr(i ? "max" : "min");
                bound->key_mark = bound->mark;
            }
        }
        struct assay_node *child = row ? assay_gx_append(item, at, row) : NULL;
        if (child == NULL)
            return;
        child->key = q->text;
        child->key_mark = q->mark;
    }
    if (at != NULL)
        assay_gx_put(item, kwarg->to, at);
}

void assay_gx_relative_error(struct assay_gx_item *item, const struct assay_gx_kwarg *kwarg,
                             const struct assay_node *node)
{
    if (node->kind == ASSAY_NODE_STRING)
        assay_gx_put(item, kwarg->to, node);
    else if (assay_gx_want_kind(item, kwarg, node, ASSAY_NODE_BOOL,
                                "true, false or an interpolation"))
        assay_gx_put_text(item, kwarg->to, node, ASSAY_STR("nearest"));
}

void assay_gx_nearest(struct assay_gx_item *item)
{
    if (assay_gx_given(item, "allow_relative_error") == NULL)
        assay_gx_put_text(item, "interpolation", item->at, ASSAY_STR("nearest"));
    struct assay_node *tolerance =
        assay_gx_put_text(item, "tolerance", item->at, ASSAY_STR("0.0001"));
    if (tolerance != NULL)
        tolerance->kind = ASSAY_NODE_FLOAT;
}

/* Takes a parameter back. */
static void drop(struct assay_gx_item *item, const char *key)
{
    struct assay_node *before = NULL;
    for (struct assay_node *c = item->given->first; c != NULL; c = c->next) {
        if (!assay_str_is(c->key, key)) {
            before = c;
            continue;
        }
        *(before ? &before->next : &item->given->first) = c->next;
        item->given->last = c->next ? item->given->last : before;
        item->given->count--;
    }
}

void assay_gx_unique_count(struct assay_gx_item *item)
{
    if (!item->loader->strict)
        return;
    drop(item, "strict_min");
    drop(item, "strict_max");
}

/* column_index: by position the expectation is another one. */
void assay_gx_exists(struct assay_gx_item *item)
{
    const struct assay_node *index = assay_gx_given(item, "column_index");
    const struct assay_node *column = assay_gx_given(item, "column");
    struct assay_numref at = assay_numref(index ? index->text : assay_cstr(""));
    bool unread = item->loader->strict && at.code == 0 && at.mantissa == 0;
    if (column == NULL)
        return;
    if (unread)
        drop(item, "index");
    if (index == NULL || unread) {
        item->native = "columns";
        assay_gx_put(item, "include", column);
    } else
        assay_gx_put(item, "name", column);
}
