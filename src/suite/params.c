/*
 * From nodes of a suite to the arguments of an expectation, by the rows of its table.
 */
#include "config.h"

#include "base/number.h"
#include "base/suggest.h"
#include "base/time.h"
#include "metric/judge.h"
#include "suite/native.h"

#include <stdio.h>

#define PARAM_AT(type, args, param) ((type *)(void *)((char *)(args) + (param)->offset))

static bool wrong_type(struct assay_loader *loader, const struct assay_param *param,
                       const struct assay_node *node, const char *expected)
{
    struct assay_error *error =
        assay_node_error(loader->diags, node, "SUITE-TYPE", "%s: expected %s, found %s",
                         param->name, expected, assay_node_kind_name(node));
    if (node->kind == ASSAY_NODE_STRING && !node->plain && param->type == ASSAY_PARAM_NUMBER)
        assay_error_help(error, "write numbers without quotes");
    if (node->kind == ASSAY_NODE_SEQUENCE && param->type == ASSAY_PARAM_REGEX)
        assay_error_help(error, "regex_list and not_regex_list take several patterns");
    return false;
}

static bool is_scalar(const struct assay_node *node)
{
    return node->kind < ASSAY_NODE_SEQUENCE;
}

static bool is_number(const struct assay_node *node)
{
    return node->kind == ASSAY_NODE_INT || node->kind == ASSAY_NODE_FLOAT;
}

/* A suite's number as data writes it: 0x1F and 0o17 become decimal, .5 becomes 0.5. */
static struct assay_str number_text(struct assay_loader *loader, const struct assay_node *node)
{
    struct assay_numref number = assay_numref(node->text);
    int64_t value;
    if (number.code != ASSAY_NUM_NOT)
        return node->text;
    char *text = NULL;
    struct assay_str t = node->text;
    bool negative = t.len && t.ptr[0] == '-';
    if (node->kind == ASSAY_NODE_INT && assay_node_int64(node, &value))
        text = assay_arena_printf(&loader->suite->arena, "%lld", (long long)value);
    else if (memmem(t.ptr, t.len, "inf", 3) || memmem(t.ptr, t.len, "Inf", 3) ||
             memmem(t.ptr, t.len, "INF", 3))
        text = assay_arena_printf(&loader->suite->arena, "%s", negative ? "-Infinity" : "Infinity");
    else if (memmem(t.ptr, t.len, "nan", 3) || memmem(t.ptr, t.len, "NaN", 3))
        text = assay_arena_printf(&loader->suite->arena, "NaN");
    else { /* YAML allows `.5` and `5.`; data does not */
        size_t skip = t.len && (t.ptr[0] == '-' || t.ptr[0] == '+');
        const char *dot = memchr(t.ptr, '.', t.len);
        bool lead = skip < t.len && t.ptr[skip] == '.';
        bool trail = dot && (dot + 1 == t.ptr + t.len || (dot[1] | 0x20) == 'e');
        size_t head = dot ? (size_t)(dot - t.ptr) : t.len;
        text = assay_arena_printf(&loader->suite->arena, "%s%s%.*s%.*s", negative ? "-" : "",
                                  lead ? "0" : "", (int)(head - skip), t.ptr + skip,
                                  (int)(t.len - head - (trail ? 1 : 0)),
                                  t.ptr + head + (trail ? 1 : 0));
    }
    loader->nomem |= text == NULL;
    return assay_cstr(text);
}

static struct assay_scalar scalar_of(struct assay_loader *loader, const struct assay_node *node)
{
    static const enum assay_scalar_kind kinds[] = {
        [ASSAY_NODE_NULL] = ASSAY_SCALAR_NULL,     [ASSAY_NODE_BOOL] = ASSAY_SCALAR_BOOLEAN,
        [ASSAY_NODE_INT] = ASSAY_SCALAR_NUMBER,    [ASSAY_NODE_FLOAT] = ASSAY_SCALAR_NUMBER,
        [ASSAY_NODE_STRING] = ASSAY_SCALAR_STRING,
    };
    struct assay_scalar scalar = {
        .kind = kinds[node->kind],
        .text = node->text,
        .line = node->mark.line,
        .column = node->mark.column,
    };
    if (scalar.kind == ASSAY_SCALAR_NUMBER)
        scalar.text = number_text(loader, node);
    return scalar;
}

bool assay_node_ratio(struct assay_loader *loader, const struct assay_node *node,
                      struct assay_opt_ratio *out)
{
    struct assay_str text = node->text;
    bool percent = is_scalar(node) && text.len > 1 && text.ptr[text.len - 1] == '%';
    text.len -= percent;
    struct assay_numref number = assay_numref(is_scalar(node) ? text : assay_cstr(""));
    bool numeric = percent || is_number(node) || node->interpolated;
    if (!assay_number_is_finite(number.code) || !numeric) {
        struct assay_error *error =
            assay_node_error(loader->diags, node, "SUITE-TYPE", "expected a share, found %s",
                             assay_node_kind_name(node));
        assay_error_help(error, "write it as 0.95 or as 95%%");
        return false;
    }
    out->value = assay_number_to_double(&number) / (percent ? 100 : 1);
    out->given = true;
    if (out->value >= 0 && out->value <= 1)
        return true;
    struct assay_error *error = assay_node_error(
        loader->diags, node, "SUITE-BOUNDS", "%.*s is %s", (int)assay_node_shown(node).len,
        assay_node_shown(node).ptr, out->value < 0 ? "under 0" : "over 1");
    if (out->value > 1 && out->value <= 100 && !percent && !node->secret)
        assay_error_help(error, "write %.4g or %.*s%%", out->value / 100, (int)node->text.len,
                         node->text.ptr);
    else
        assay_error_help(error, "a share lies between 0 and 1");
    return false;
}

static bool fill_count(struct assay_loader *loader, const struct assay_param *param,
                       const struct assay_node *node, struct assay_opt_count *out)
{
    int64_t value;
    if (node->kind != ASSAY_NODE_INT || !assay_node_int64(node, &value))
        return wrong_type(loader, param, node, "a whole number");
    if (value < 0) {
        assay_node_error(loader->diags, node, "SUITE-BOUNDS", "%s cannot be negative", param->name);
        return false;
    }
    *out = (struct assay_opt_count){.given = true, .value = (uint64_t)value};
    return true;
}

static bool fill_text(struct assay_loader *loader, const struct assay_param *param,
                      const struct assay_node *node, struct assay_str *out)
{
    if (!is_scalar(node) || node->kind == ASSAY_NODE_NULL)
        return wrong_type(loader, param, node, "a text");
    if (node->text.len == 0 && (param->flags & ASSAY_PARAM_NONEMPTY)) {
        assay_node_error(loader->diags, node, "SUITE-EMPTY", "%s is empty", param->name);
        return false;
    }
    *out = node->text;
    return true;
}

/* Texts that other tools would read as something else deserve a word in a list of values. */
static void warn_odd(struct assay_loader *loader, const struct assay_node *node)
{
    const char *why = assay_node_odd(node);
    if (why == NULL)
        return;
    struct assay_error *error =
        assay_node_warning(loader->diags, node, "SUITE-PLAIN", "%.*s is the %s %.*s here; %s",
                           (int)node->text.len, node->text.ptr, is_number(node) ? "number" : "text",
                           (int)node->text.len, node->text.ptr, why);
    assay_error_help(error, "quote it if it is text: '%.*s'", (int)node->text.len, node->text.ptr);
}

static bool fill_scalars(struct assay_loader *loader, const struct assay_param *param,
                         const struct assay_node *node, struct assay_scalars *out)
{
    bool list = node->kind == ASSAY_NODE_SEQUENCE;
    if (node->kind == ASSAY_NODE_MAPPING || node->kind == ASSAY_NODE_NULL)
        return wrong_type(loader, param, node, "a list of values");
    size_t count = list ? node->count : 1;
    if (count == 0 && (param->flags & ASSAY_PARAM_NONEMPTY) && !loader->lenient) {
        assay_node_error(loader->diags, node, "SUITE-EMPTY", "%s is empty", param->name);
        return false;
    }
    struct assay_scalar *items = assay_arena_array(&loader->suite->arena, count + 1, sizeof *items);
    if (items == NULL)
        return loader->nomem = true, false;
    uint32_t n = 0;
    for (const struct assay_node *c = list ? node->first : node; c != NULL;
         c = list ? c->next : NULL) {
        if (!is_scalar(c))
            return wrong_type(loader, param, c, "a single value");
        warn_odd(loader, c);
        items[n++] = scalar_of(loader, c);
    }
    *out = (struct assay_scalars){.given = true, .items = items, .count = n};
    return true;
}

static bool fill_tuples(struct assay_loader *loader, const struct assay_param *param,
                        const struct assay_node *node, struct assay_tuples *out)
{
    if (node->kind != ASSAY_NODE_SEQUENCE)
        return wrong_type(loader, param, node, "a list of lists");
    struct assay_scalars *rows =
        assay_arena_array(&loader->suite->arena, node->count + 1, sizeof *rows);
    if (rows == NULL)
        return loader->nomem = true, false;
    uint32_t n = 0;
    for (const struct assay_node *c = node->first; c != NULL; c = c->next) {
        if (c->kind != ASSAY_NODE_SEQUENCE)
            return wrong_type(loader, param, c, "a list of values");
        if (!fill_scalars(loader, param, c, &rows[n++]))
            return false;
    }
    *out = (struct assay_tuples){.given = true, .rows = rows, .count = n};
    return true;
}

static bool fill_columns(struct assay_loader *loader, const struct assay_param *param,
                         const struct assay_node *node, struct assay_strs *out)
{
    struct assay_scalars scalars;
    if (!fill_scalars(loader, param, node, &scalars))
        return false;
    struct assay_str *items =
        assay_arena_array(&loader->suite->arena, scalars.count + 1, sizeof *items);
    if (items == NULL)
        return loader->nomem = true, false;
    for (uint32_t i = 0; i < scalars.count; i++)
        items[i] = scalars.items[i].text;
    *out = (struct assay_strs){.items = items, .count = scalars.count};
    return true;
}

static bool fill_choice(struct assay_loader *loader, const struct assay_param *param,
                        const struct assay_node *node, int *out)
{
    size_t count = 0;
    char list[400] = "";
    size_t used = 0;
    if (!is_scalar(node))
        return wrong_type(loader, param, node, "a word");
    for (; param->choices[count] != NULL; count++) {
        if (assay_str_is(node->text, param->choices[count])) {
            *out = (int)count;
            return true;
        }
        if (used < sizeof list - 40)
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", count ? ", " : "",
                                     param->choices[count]);
    }
    struct assay_error *error =
        assay_node_error(loader->diags, node, "SUITE-CHOICE", "%s cannot be \"%.*s\"", param->name,
                         (int)assay_node_shown(node).len, assay_node_shown(node).ptr);
    const char *near = assay_suggest(node->text, param->choices, count);
    if (near != NULL)
        assay_error_help(error, "did you mean %s?", near);
    else
        assay_error_help(error, "one of %s", list);
    return false;
}

/* Files an error that a parser made, at the node, keeping its excerpt and help. */
static bool file_at(struct assay_loader *loader, const struct assay_node *node,
                    const struct assay_error *found)
{
    struct assay_error error = *found;
    if (assay_node_is_secret(node)) {
        assay_node_hidden_error(loader->diags, node, found->code, found->message);
        return false;
    }
    assay_error_at(&error, node->doc->name, node->mark.line, node->mark.column);
    assay_diags_add(loader->diags, ASSAY_DIAG_ERROR, &error);
    return false;
}

static bool fill_regex(struct assay_loader *loader, const struct assay_param *param,
                       const struct assay_node *node, struct assay_regex **out)
{
    struct assay_error error;
    if (!is_scalar(node) || node->kind == ASSAY_NODE_NULL)
        return wrong_type(loader, param, node, "a regular expression");
    return assay_regex_new(node->text, 0, out, &error) == ASSAY_OK || file_at(loader, node, &error);
}

static bool fill_expr(struct assay_loader *loader, const struct assay_param *param,
                      const struct assay_node *node, struct assay_expr **out)
{
    struct assay_error error;
    if (!is_scalar(node) || node->kind == ASSAY_NODE_NULL)
        return wrong_type(loader, param, node, "an expression");
    struct assay_expr_scope scope = {assay_suite_type_of, loader->suite};
    return assay_expr_parse(&loader->suite->arena, node->text, &scope, out, &error) == ASSAY_OK ||
           file_at(loader, node, &error);
}

static bool fill_duration(struct assay_loader *loader, const struct assay_param *param,
                          const struct assay_node *node, struct assay_opt_duration *out)
{
    out->given = is_scalar(node) && assay_duration_parse(node->text, &out->micros);
    if (out->given)
        return true;
    struct assay_error *error = assay_node_error(
        loader->diags, node, "SUITE-TYPE", "%s: expected a duration, found \"%.*s\"", param->name,
        (int)assay_node_shown(node).len, assay_node_shown(node).ptr);
    assay_error_help(error, "write it as 45s, 30m, 12h, 1d, 2w or 1d12h");
    return false;
}

static bool fill_range_row(struct assay_loader *loader, const struct assay_param *param,
                           const struct assay_node *node, struct assay_range_row *row)
{
    if (node->kind != ASSAY_NODE_MAPPING)
        return wrong_type(loader, param, node, "a map with min and max");
    for (const struct assay_node *c = node->first; c != NULL; c = c->next) {
        struct assay_scalar *at = assay_str_is(c->key, "min")   ? &row->min
                                  : assay_str_is(c->key, "max") ? &row->max
                                                                : NULL;
        if (at == NULL) {
            assay_node_key_error(loader->diags, c, "SUITE-KEY", "unknown key \"%.*s\"",
                                 (int)c->key.len, c->key.ptr);
            return false;
        }
        if (!is_number(c))
            return wrong_type(loader, param, c, "a number");
        *at = scalar_of(loader, c);
    }
    return true;
}

static bool fill_ranges(struct assay_loader *loader, const struct assay_param *param,
                        const struct assay_node *node, struct assay_ranges *out)
{
    if (node->kind != ASSAY_NODE_MAPPING || node->count == 0)
        return wrong_type(loader, param, node, "a map such as 0.5: {min: 1, max: 9}");
    struct assay_range_row *rows =
        assay_arena_array(&loader->suite->arena, node->count, sizeof *rows);
    if (rows == NULL)
        return loader->nomem = true, false;
    *out = (struct assay_ranges){.count = 0, .rows = rows};
    for (const struct assay_node *c = node->first; c != NULL; c = c->next) {
        struct assay_range_row *row = &rows[out->count++];
        row->key = (struct assay_scalar){ASSAY_SCALAR_STRING, c->key, c->key_mark.line,
                                         c->key_mark.column};
        if (!fill_range_row(loader, param, c, row))
            return false;
    }
    return true;
}

const struct assay_node *assay_param_retyped(const struct assay_param *param,
                                             const struct assay_node *node, struct assay_node *copy)
{
    bool text = param->type == ASSAY_PARAM_TEXT || param->type == ASSAY_PARAM_COLUMN;
    if (!node->interpolated || node->kind != ASSAY_NODE_STRING || text)
        return node;
    *copy = *node;
    copy->kind = assay_scalar_kind(node->text);
    copy->truth = copy->kind == ASSAY_NODE_BOOL && (node->text.ptr[0] | 0x20) == 't';
    return copy;
}

bool assay_param_fill(struct assay_loader *loader, const struct assay_param *param,
                      const struct assay_node *node, void *args)
{
    struct assay_node copy;
    node = assay_param_retyped(param, node, &copy);
    switch (param->type) {
    case ASSAY_PARAM_BOOL:
        if (node->kind != ASSAY_NODE_BOOL)
            return wrong_type(loader, param, node, "true or false");
        *PARAM_AT(bool, args, param) = node->truth;
        return true;
    case ASSAY_PARAM_COUNT:
        return fill_count(loader, param, node, PARAM_AT(struct assay_opt_count, args, param));
    case ASSAY_PARAM_NUMBER:
        if (!is_number(node))
            return wrong_type(loader, param, node, "a number");
        *PARAM_AT(struct assay_scalar, args, param) = scalar_of(loader, node);
        return true;
    case ASSAY_PARAM_RATIO:
        return assay_node_ratio(loader, node, PARAM_AT(struct assay_opt_ratio, args, param));
    case ASSAY_PARAM_SCALAR:
        if (!is_scalar(node) || node->kind == ASSAY_NODE_NULL)
            return wrong_type(loader, param, node, "a single value");
        *PARAM_AT(struct assay_scalar, args, param) = scalar_of(loader, node);
        return true;
    case ASSAY_PARAM_TEXT:
    case ASSAY_PARAM_COLUMN:
        return fill_text(loader, param, node, PARAM_AT(struct assay_str, args, param));
    case ASSAY_PARAM_SCALARS:
        return fill_scalars(loader, param, node, PARAM_AT(struct assay_scalars, args, param));
    case ASSAY_PARAM_COLUMNS:
        return fill_columns(loader, param, node, PARAM_AT(struct assay_strs, args, param));
    case ASSAY_PARAM_CHOICE: return fill_choice(loader, param, node, PARAM_AT(int, args, param));
    case ASSAY_PARAM_REGEX:
        return fill_regex(loader, param, node, PARAM_AT(struct assay_regex *, args, param));
    case ASSAY_PARAM_EXPR:
        return fill_expr(loader, param, node, PARAM_AT(struct assay_expr *, args, param));
    case ASSAY_PARAM_DURATION:
        return fill_duration(loader, param, node, PARAM_AT(struct assay_opt_duration, args, param));
    case ASSAY_PARAM_TUPLES:
        return fill_tuples(loader, param, node, PARAM_AT(struct assay_tuples, args, param));
    case ASSAY_PARAM_CHECKS:
        if (node->kind != ASSAY_NODE_SEQUENCE)
            return wrong_type(loader, param, node, "a list of checks");
        return true;
    case ASSAY_PARAM_SETTINGS:
        if (node->kind != ASSAY_NODE_MAPPING)
            return wrong_type(loader, param, node, "a map of options");
        return assay_native_settings(loader, node, PARAM_AT(struct assay_settings, args, param));
    case ASSAY_PARAM_VALUE:
        *PARAM_AT(struct assay_value, args, param) = assay_node_value(loader, node);
        return true;
    case ASSAY_PARAM_RANGES:
        return fill_ranges(loader, param, node, PARAM_AT(struct assay_ranges, args, param));
    }
    return false;
}

bool assay_param_default(struct assay_loader *loader, const struct assay_param *param,
                         const struct assay_node *at, void *args)
{
    struct assay_node node = *at;
    node.text = assay_cstr(param->dflt);
    node.plain = true;
    node.odd_plain = false;
    node.kind = assay_scalar_kind(node.text);
    node.truth = node.text.ptr[0] == 't';
    node.first = node.next = NULL;
    return assay_param_fill(loader, param, &node, args);
}

struct assay_value assay_node_value(struct assay_loader *loader, const struct assay_node *node)
{
    struct assay_value value = {.kind = ASSAY_VALUE_NULL};
    if (node == NULL)
        return value;
    if (is_scalar(node)) {
        struct assay_scalar scalar = scalar_of(loader, node);
        value = assay_value_scalar(&scalar);
        value.boolean = node->truth;
        return value;
    }
    value.kind = node->kind == ASSAY_NODE_MAPPING ? ASSAY_VALUE_MAP : ASSAY_VALUE_LIST;
    struct assay_value *items =
        assay_arena_array(&loader->suite->arena, node->count + 1, sizeof *items);
    struct assay_str *keys =
        assay_arena_array(&loader->suite->arena, node->count + 1, sizeof *keys);
    if (items == NULL || keys == NULL) {
        loader->nomem = true;
        return (struct assay_value){.kind = ASSAY_VALUE_NULL};
    }
    for (const struct assay_node *c = node->first; c != NULL; c = c->next) {
        keys[value.count] = c->key;
        items[value.count++] = assay_node_value(loader, c);
    }
    value.items = items;
    value.keys = node->kind == ASSAY_NODE_MAPPING ? keys : NULL;
    return value;
}
