/*
 * `$PARAMETER`: values that a suite computes when it is loaded.
 *
 * The grammar: + - * / ^ (right to left), signs, parentheses, numbers, PI, E, names, and
 * sin cos tan exp abs trunc round sgn, now(), datetime(year, month, day, …) and
 * timedelta(weeks=…, days=…, …). A name alone may stand for any value; elsewhere it must be
 * a number or a date. Values come from the item itself, then the suite, then --var.
 */
#include "config.h"

#include "suite/gx.h"

#include "base/time.h"
#include "metric/judge.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define PARAMETER_DEPTH 64u
#define SECOND INT64_C(1000000)
#define DAY (86400 * SECOND)

enum kind { KIND_NUMBER, KIND_TIME, KIND_SPAN };

struct value {
    enum kind kind;
    bool whole; /* a NUMBER that is written without a point */
    double number;
    int64_t micros; /* of a TIME or SPAN */
};

struct parser {
    const struct assay_gx_scope *scope;
    const struct assay_node *node; /* the mapping with $PARAMETER */
    const struct assay_node *text; /* its expression */
    const char *p, *end;
    unsigned depth;
    bool failed;
};

static struct value fail(struct parser *parser, const char *what)
{
    struct value none = {.kind = KIND_NUMBER};
    if (parser->failed)
        return none;
    parser->failed = true;
    struct assay_error *error =
        assay_node_error(parser->scope->loader->diags, parser->text, "SUITE-PARAMETER", "%s", what);
    if (error != NULL)
        assay_error_excerpt(error, parser->text->text.ptr, parser->text->text.len,
                            (size_t)(parser->p - parser->text->text.ptr));
    return none;
}

static void skip_spaces(struct parser *parser)
{
    while (parser->p < parser->end && (*parser->p == ' ' || *parser->p == '\t'))
        parser->p++;
}

static bool take(struct parser *parser, char c)
{
    skip_spaces(parser);
    if (parser->p >= parser->end || *parser->p != c)
        return false;
    parser->p++;
    return true;
}

static bool is_name_byte(char c, bool first)
{
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
    return letter || (!first && ((c >= '0' && c <= '9') || c == '.'));
}

static struct assay_str take_name(struct parser *parser)
{
    skip_spaces(parser);
    const char *from = parser->p;
    while (parser->p < parser->end && is_name_byte(*parser->p, parser->p == from))
        parser->p++;
    return assay_str(from, (size_t)(parser->p - from));
}

/* The value that the item, or the suite, gives a name. */
static const struct assay_node *suite_value(const struct parser *parser, struct assay_str name)
{
    const struct assay_gx_scope *scope = parser->scope;
    char *own = assay_arena_printf(&scope->loader->suite->arena, "$PARAMETER.%.*s", (int)name.len,
                                   name.ptr);
    const struct assay_node *found = own ? assay_node_get(parser->node, own) : NULL;
    if (found == NULL && own != NULL)
        found = assay_node_get(scope->parameters, own + strlen("$PARAMETER."));
    return found;
}

/* The value of a name: of the item ("$PARAMETER.name"), of the suite, of --var. */
static const struct assay_node *look_up(const struct parser *parser, struct assay_str name)
{
    const struct assay_gx_scope *scope = parser->scope;
    const struct assay_node *found = suite_value(parser, name);
    if (found != NULL)
        return found;
    for (uint32_t i = scope->request ? scope->request->variable_count : 0; i > 0; i--) {
        const struct assay_variable *variable = &scope->request->variables[i - 1];
        if (!assay_str_equal(variable->name, name))
            continue;
        struct assay_node *node = assay_arena_alloc(&scope->loader->suite->arena, sizeof *node);
        if (node == NULL)
            return NULL;
        *node = *parser->text;
        node->text = variable->value;
        node->kind = assay_scalar_kind(variable->value);
        node->truth = node->kind == ASSAY_NODE_BOOL && (variable->value.ptr[0] | 0x20) == 't';
        return node;
    }
    return NULL;
}

static struct value value_of(struct parser *parser, const struct assay_node *node)
{
    struct value value = {.kind = KIND_NUMBER};
    if (node->kind >= ASSAY_NODE_SEQUENCE || node->kind == ASSAY_NODE_NULL)
        return fail(parser, "this is neither a number nor a date");
    if (node->kind == ASSAY_NODE_BOOL)
        return (struct value){.kind = KIND_NUMBER, .whole = true, .number = node->truth};
    struct assay_numref number = assay_numref(node->text);
    if (assay_number_is_finite(number.code)) {
        value.number = assay_number_to_double(&number);
        value.whole = memchr(node->text.ptr, '.', node->text.len) == NULL &&
                      memchr(node->text.ptr, 'e', node->text.len) == NULL;
        return value;
    }
    value.kind = KIND_TIME;
    if (assay_judge_time(node->text, 0, &value.micros))
        return value;
    return fail(parser, "this is neither a number nor a date");
}

static struct value parse_sum(struct parser *parser);

static struct value call_number(struct parser *parser, struct assay_str name, struct value x)
{
    static const struct {
        const char *name;
        double (*fn)(double);
    } functions[] = {{"sin", sin},  {"cos", cos},     {"tan", tan},   {"exp", exp},
                     {"abs", fabs}, {"trunc", trunc}, {"round", rint}};
    if (x.kind != KIND_NUMBER)
        return fail(parser, "this function takes a number");
    if (assay_str_is(name, "sgn"))
        return (struct value){.whole = true, .number = (x.number > 1e-12) - (x.number < -1e-12)};
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
        if (assay_str_is(name, functions[i].name)) {
            bool whole = i >= 5 || (i == 4 && x.whole);
            return (struct value){.whole = whole, .number = functions[i].fn(x.number)};
        }
    return fail(parser, "there is no function of this name");
}

/* The arguments of datetime, in order or by name. */
static struct value call_datetime(struct parser *parser)
{
    static const char *const names[] = {"year",   "month",  "day",        "hour",
                                        "minute", "second", "microsecond"};
    double parts[7] = {0, 1, 1, 0, 0, 0, 0};
    size_t n = 0;
    while (!take(parser, ')') && !parser->failed) {
        const char *at = parser->p;
        struct assay_str name = take_name(parser);
        size_t slot = n++;
        if (name.len && take(parser, '=')) {
            for (slot = 0; slot < 7 && !assay_str_is(name, names[slot]);)
                slot++;
        } else
            parser->p = at;
        if (slot >= 7)
            return fail(parser,
                        "datetime takes year, month, day, hour, minute, second, microsecond");
        struct value part = parse_sum(parser);
        parts[slot] = part.number;
        if (part.kind != KIND_NUMBER || !(fabs(part.number) <= 1e7))
            return fail(parser, "datetime takes numbers");
        (void)take(parser, ',');
    }
    char text[64];
    snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%06d", (int)parts[0], (int)parts[1],
             (int)parts[2], (int)parts[3], (int)parts[4], (int)parts[5], (int)parts[6]);
    struct value value = {.kind = KIND_TIME};
    if (!parser->failed && !assay_judge_time(assay_cstr(text), 0, &value.micros))
        return fail(parser, "there is no such date");
    return value;
}

static struct value call_timedelta(struct parser *parser)
{
    static const struct {
        const char *name;
        double micros;
    } units[] = {{"days", 86400e6}, {"seconds", 1e6},  {"microseconds", 1},   {"milliseconds", 1e3},
                 {"minutes", 60e6}, {"hours", 3600e6}, {"weeks", 7 * 86400e6}};
    double sum = 0;
    size_t n = 0;
    while (!take(parser, ')') && !parser->failed) {
        const char *at = parser->p;
        struct assay_str name = take_name(parser);
        size_t slot = n++;
        if (name.len && take(parser, '=')) {
            for (slot = 0; slot < 7 && !assay_str_is(name, units[slot].name);)
                slot++;
        } else
            parser->p = at;
        if (slot >= 7)
            return fail(parser, "timedelta takes weeks, days, hours, minutes, seconds");
        struct value part = parse_sum(parser);
        if (part.kind != KIND_NUMBER)
            return fail(parser, "timedelta takes numbers");
        sum += part.number * units[slot].micros;
        (void)take(parser, ',');
    }
    if (!(fabs(sum) < 9e18))
        return fail(parser, "this span of time is too long");
    return (struct value){.kind = KIND_SPAN, .micros = (int64_t)sum};
}

static struct value call(struct parser *parser, struct assay_str name)
{
    if (assay_str_is(name, "now") && take(parser, ')')) {
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        return (struct value){.kind = KIND_TIME,
                              .micros = (int64_t)now.tv_sec * SECOND + now.tv_nsec / 1000};
    }
    if (assay_str_is(name, "datetime"))
        return call_datetime(parser);
    if (assay_str_is(name, "timedelta"))
        return call_timedelta(parser);
    struct value x = parse_sum(parser);
    if (!take(parser, ')'))
        return fail(parser, "expected \")\"");
    return call_number(parser, name, x);
}

static struct value parse_number(struct parser *parser)
{
    const char *from = parser->p;
    bool whole = true;
    while (parser->p < parser->end) {
        char c = *parser->p;
        bool sign = (c == '+' || c == '-') && parser->p > from && (parser->p[-1] | 0x20) == 'e';
        if (!sign && !(c >= '0' && c <= '9') && c != '.' && (c | 0x20) != 'e')
            break;
        whole &= c >= '0' && c <= '9';
        parser->p++;
    }
    struct assay_numref number = assay_numref(assay_str(from, (size_t)(parser->p - from)));
    if (!assay_number_is_finite(number.code)) {
        parser->p = from;
        return fail(parser, "expected a number, a name or \"(\"");
    }
    return (struct value){.whole = whole, .number = assay_number_to_double(&number)};
}

static struct value parse_atom(struct parser *parser)
{
    skip_spaces(parser);
    if (take(parser, '(')) {
        struct value value = parse_sum(parser);
        return take(parser, ')') ? value : fail(parser, "expected \")\"");
    }
    const char *from = parser->p;
    struct assay_str name = take_name(parser);
    if (name.len == 0)
        return parse_number(parser);
    if (take(parser, '('))
        return call(parser, name);
    const struct assay_node *found = look_up(parser, name);
    if (found != NULL)
        return value_of(parser, found);
    if (assay_str_is(name, "PI"))
        return (struct value){.number = 3.14159265358979323846};
    if (assay_str_is(name, "E"))
        return (struct value){.number = 2.71828182845904523536};
    parser->p = from;
    fail(parser, "this parameter has no value");
    return (struct value){0};
}

static struct value parse_factor(struct parser *parser)
{
    if (++parser->depth > PARAMETER_DEPTH)
        return fail(parser, "the expression is nested too deeply");
    skip_spaces(parser);
    struct value value;
    if (take(parser, '-')) {
        value = parse_factor(parser);
        value.number = -value.number;
        value.micros = -value.micros;
        if (value.kind == KIND_TIME)
            value = fail(parser, "a date has no sign");
    } else if (take(parser, '+'))
        value = parse_factor(parser);
    else {
        value = parse_atom(parser);
        if (!parser->failed && take(parser, '^')) {
            struct value power = parse_factor(parser);
            if (value.kind != KIND_NUMBER || power.kind != KIND_NUMBER)
                return fail(parser, "only numbers have powers");
            value.number = pow(value.number, power.number);
            value.whole &= power.whole && power.number >= 0;
        }
    }
    parser->depth--;
    return value;
}

static struct value multiply(struct parser *parser, struct value a, struct value b, bool divide)
{
    if (a.kind == KIND_TIME || b.kind == KIND_TIME || (divide && b.kind == KIND_SPAN) ||
        (a.kind == KIND_SPAN && b.kind == KIND_SPAN))
        return fail(parser, "dates and spans cannot be multiplied like that");
    if (divide && b.number == 0)
        return fail(parser, "this divides by zero");
    if (a.kind == KIND_SPAN || b.kind == KIND_SPAN) {
        struct value span = a.kind == KIND_SPAN ? a : b;
        double by = a.kind == KIND_SPAN ? b.number : a.number;
        double micros = divide ? (double)span.micros / by : (double)span.micros * by;
        if (!(fabs(micros) < 9e18))
            return fail(parser, "this span of time is too long");
        return (struct value){.kind = KIND_SPAN, .micros = (int64_t)micros};
    }
    return (struct value){.whole = !divide && a.whole && b.whole,
                          .number = divide ? a.number / b.number : a.number * b.number};
}

static struct value parse_product(struct parser *parser)
{
    struct value value = parse_factor(parser);
    while (!parser->failed) {
        bool times = take(parser, '*');
        if (!times && !take(parser, '/'))
            break;
        value = multiply(parser, value, parse_factor(parser), !times);
    }
    return value;
}

static struct value add(struct parser *parser, struct value a, struct value b, bool minus)
{
    if (a.kind == KIND_NUMBER && b.kind == KIND_NUMBER)
        return (struct value){.whole = a.whole && b.whole,
                              .number = minus ? a.number - b.number : a.number + b.number};
    bool ok = a.kind != KIND_NUMBER && b.kind != KIND_NUMBER &&
              !(a.kind == KIND_TIME && b.kind == KIND_TIME && !minus) &&
              !(a.kind == KIND_SPAN && b.kind == KIND_TIME && minus);
    struct value sum = {.kind =
                            (a.kind == KIND_TIME) != (b.kind == KIND_TIME) ? KIND_TIME : KIND_SPAN};
    if (!ok || (minus ? __builtin_sub_overflow(a.micros, b.micros, &sum.micros)
                      : __builtin_add_overflow(a.micros, b.micros, &sum.micros)))
        return fail(parser, "these cannot be added");
    return sum;
}

static struct value parse_sum(struct parser *parser)
{
    struct value value = parse_product(parser);
    while (!parser->failed) {
        bool plus = take(parser, '+');
        if (!plus && !take(parser, '-'))
            break;
        value = add(parser, value, parse_product(parser), !plus);
    }
    return value;
}

/* The computed value as a node at the place of the parameter. */
static const struct assay_node *node_of(struct parser *parser, const struct value *value)
{
    struct assay_arena *arena = &parser->scope->loader->suite->arena;
    struct assay_node *node = assay_arena_alloc(arena, sizeof *node);
    char text[64];
    size_t len;
    if (value->kind == KIND_NUMBER && value->whole && fabs(value->number) < 9e15)
        len = (size_t)snprintf(text, sizeof text, "%" PRId64, (int64_t)value->number);
    else if (value->kind == KIND_NUMBER)
        len = assay_double_text(value->number, text);
    else
        len = assay_time_text(value->micros, ASSAY_TIME_TIMESTAMP, text);
    char *copy = node ? assay_arena_strdup(arena, assay_str(text, len)) : NULL;
    if (copy == NULL) {
        parser->scope->loader->nomem = true;
        return NULL;
    }
    *node = *parser->text;
    node->text = assay_str(copy, len);
    node->kind = value->kind == KIND_TIME ? ASSAY_NODE_STRING
                 : value->whole           ? ASSAY_NODE_INT
                                          : ASSAY_NODE_FLOAT;
    return node;
}

static const struct assay_node *evaluate(const struct assay_gx_scope *scope,
                                         const struct assay_node *node,
                                         const struct assay_node *text)
{
    struct parser parser = {.scope = scope,
                            .node = node,
                            .text = text,
                            .p = text->text.ptr,
                            .end = text->text.ptr + text->text.len};
    if (text->text.len > 4 && memcmp(text->text.ptr, "urn:", 4) == 0) {
        struct assay_error *error = assay_node_error(scope->loader->diags, text, "SUITE-PARAMETER",
                                                     "values of earlier runs are not known here");
        assay_error_help(error, "give the value itself as a parameter of the suite");
        return NULL;
    }
    struct assay_str name = take_name(&parser);
    skip_spaces(&parser);
    if (name.len && parser.p == parser.end) { /* a name alone: any value */
        const struct assay_node *found = look_up(&parser, name);
        if (found != NULL)
            return found;
    }
    parser.p = text->text.ptr;
    struct value value = parse_sum(&parser);
    skip_spaces(&parser);
    if (!parser.failed && parser.p != parser.end)
        fail(&parser, "nothing is expected here");
    if (!parser.failed && value.kind == KIND_SPAN)
        fail(&parser, "this is a span of time, not a value");
    if (!parser.failed && value.kind == KIND_NUMBER && !isfinite(value.number))
        fail(&parser, "the value is no finite number");
    return parser.failed ? NULL : node_of(&parser, &value);
}

static const struct assay_node *resolve(const struct assay_gx_scope *scope,
                                        const struct assay_node *node);

static bool mentions_parameter(const struct assay_node *node)
{
    if (assay_node_get(node, "$PARAMETER") != NULL)
        return true;
    if (node->kind >= ASSAY_NODE_SEQUENCE)
        for (const struct assay_node *c = node->first; c != NULL; c = c->next)
            if (mentions_parameter(c))
                return true;
    return false;
}

/* A copy of a collection with its children resolved. */
static const struct assay_node *resolve_children(const struct assay_gx_scope *scope,
                                                 const struct assay_node *node)
{
    struct assay_arena *arena = &scope->loader->suite->arena;
    struct assay_node *copy = assay_arena_alloc(arena, sizeof *copy);
    bool ok = copy != NULL;
    if (!ok) {
        scope->loader->nomem = true;
        return NULL;
    }
    *copy = *node;
    copy->first = copy->last = NULL;
    for (const struct assay_node *c = node->first; c != NULL; c = c->next) {
        const struct assay_node *value = resolve(scope, c);
        struct assay_node *child = value ? assay_arena_alloc(arena, sizeof *child) : NULL;
        ok &= child != NULL;
        if (child == NULL)
            continue;
        *child = *value;
        child->key = c->key;
        child->key_mark = c->key_mark;
        child->next = NULL;
        *(copy->last ? &copy->last->next : &copy->first) = child;
        copy->last = child;
    }
    return ok ? copy : NULL;
}

/*
 * The variable of a native suite that a parameter is the same as: a name alone, whose value
 * in the suite becomes the default. Of other parameters the expression itself.
 */
static struct assay_str as_written(const struct assay_gx_scope *scope,
                                   const struct assay_node *node, const struct assay_node *text,
                                   const struct assay_node *value)
{
    struct parser parser = {.scope = scope,
                            .node = node,
                            .text = text,
                            .p = text->text.ptr,
                            .end = text->text.ptr + text->text.len};
    struct assay_str name = take_name(&parser);
    skip_spaces(&parser);
    bool plain = name.len != 0 && parser.p == parser.end && value->kind < ASSAY_NODE_SEQUENCE &&
                 value->kind != ASSAY_NODE_NULL && value->text.len != 0 &&
                 memchr(value->text.ptr, '}', value->text.len) == NULL &&
                 memchr(name.ptr, '.', name.len) == NULL && memchr(name.ptr, '$', name.len) == NULL;
    if (!plain)
        return text->text;
    char *written =
        suite_value(&parser, name) == NULL
            ? assay_arena_printf(&scope->loader->suite->arena, "${%.*s}", (int)name.len, name.ptr)
            : assay_arena_printf(&scope->loader->suite->arena, "${%.*s:-%.*s}", (int)name.len,
                                 name.ptr, (int)value->text.len, value->text.ptr);
    scope->loader->nomem |= written == NULL;
    return assay_cstr(written);
}

static const struct assay_node *resolve(const struct assay_gx_scope *scope,
                                        const struct assay_node *node)
{
    const struct assay_node *text = assay_node_get(node, "$PARAMETER");
    if (text != NULL && text->kind < ASSAY_NODE_SEQUENCE && text->kind != ASSAY_NODE_NULL) {
        const struct assay_node *value = evaluate(scope, node, text);
        struct assay_node *copy =
            value ? assay_arena_alloc(&scope->loader->suite->arena, sizeof *copy) : NULL;
        if (copy == NULL)
            return NULL;
        *copy = *value;
        copy->key = node->key;
        copy->key_mark = node->key_mark;
        copy->mark = node->mark;
        copy->next = NULL;
        copy->written = as_written(scope, node, text, copy);
        copy->plain =
            copy->kind < ASSAY_NODE_STRING || assay_scalar_kind(copy->text) == ASSAY_NODE_STRING;
        return copy;
    }
    return node->kind >= ASSAY_NODE_SEQUENCE ? resolve_children(scope, node) : node;
}

const struct assay_node *assay_gx_resolve(const struct assay_gx_scope *scope,
                                          const struct assay_node *node)
{
    return mentions_parameter(node) ? resolve(scope, node) : node;
}
