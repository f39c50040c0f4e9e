/*
 * Types: every node gets one, and what cannot be of a fitting type is an error with a
 * caret. Values of undeclared columns take the type that what stands beside them asks for.
 */
#include "config.h"

#include "expr/functions.h"
#include "expr/parse.h"
#include "expr/units.h"

#include "data/type.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const type_names[] = {
    [ASSAY_EXPR_NULL] = "NULL",
    [ASSAY_EXPR_ANY] = "a value of no declared type",
    [ASSAY_EXPR_BOOL] = "true or false",
    [ASSAY_EXPR_NUMBER] = "a number",
    [ASSAY_EXPR_TEXT] = "text",
    [ASSAY_EXPR_DATE] = "a date",
    [ASSAY_EXPR_TIMESTAMP] = "a timestamp",
    [ASSAY_EXPR_TIME] = "a time of day",
    [ASSAY_EXPR_INTERVAL] = "an interval",
};

const char *assay_expr_type_name(enum assay_expr_type type)
{
    return type_names[type];
}

static enum assay_expr_type column_type(enum assay_type declared)
{
    switch (declared) {
    case ASSAY_TYPE_NONE: return ASSAY_EXPR_ANY;
    case ASSAY_TYPE_INTEGER:
    case ASSAY_TYPE_DECIMAL:
    case ASSAY_TYPE_NUMBER: return ASSAY_EXPR_NUMBER;
    case ASSAY_TYPE_BOOLEAN: return ASSAY_EXPR_BOOL;
    case ASSAY_TYPE_DATE: return ASSAY_EXPR_DATE;
    case ASSAY_TYPE_TIMESTAMP: return ASSAY_EXPR_TIMESTAMP;
    case ASSAY_TYPE_TIME: return ASSAY_EXPR_TIME;
    default: return ASSAY_EXPR_TEXT;
    }
}

/* What to write beside a value of a type, as the help of a type error says it. */
static const char *write_instead(enum assay_expr_type type)
{
    switch (type) {
    case ASSAY_EXPR_NUMBER: return "a number, or cast(x AS decimal)";
    case ASSAY_EXPR_BOOL: return "TRUE, FALSE or a condition";
    case ASSAY_EXPR_DATE: return "DATE '2026-01-31', or cast(x AS date)";
    case ASSAY_EXPR_TIMESTAMP: return "TIMESTAMP '2026-01-31 12:00:00', or cast(x AS timestamp)";
    case ASSAY_EXPR_TIME: return "TIME '12:00:00'";
    case ASSAY_EXPR_INTERVAL: return "INTERVAL '1 day'";
    default: return "text in 'single quotes', or cast(x AS text)";
    }
}

/* The part of the expression a node was read from, cut for a message. */
static struct assay_str source_of(const struct assay_expr_maker *maker,
                                  const struct assay_expr_node *node)
{
    struct assay_str text = assay_str(maker->text.ptr + node->at, node->end - node->at);
    if (text.len > 60)
        text.len = 60;
    return text;
}

/* "amount is declared decimal; use a number" where a column is to blame. */
static void help_for(struct assay_expr_maker *maker, const struct assay_expr_node *node,
                     const char *use)
{
    struct assay_str name = source_of(maker, node);
    if (node->kind == ASSAY_EXPR_COLUMN && node->declared != ASSAY_TYPE_NONE)
        assay_error_help(maker->err, "%.*s is declared %s; use %s", (int)name.len, name.ptr,
                         assay_type_name((enum assay_type)node->declared), use);
    else
        assay_error_help(maker->err, "use %s", use);
}

static enum assay_status mismatch(struct assay_expr_maker *maker,
                                  const struct assay_expr_node *node, enum assay_expr_type want,
                                  const char *what)
{
    struct assay_str name = source_of(maker, node);
    enum assay_status status = assay_expr_fault_at(maker, node->at, "%s must be %s; %.*s is %s",
                                                   what, assay_expr_type_name(want), (int)name.len,
                                                   name.ptr, assay_expr_type_name(node->type));
    help_for(maker, node, write_instead(want));
    return status;
}

static enum assay_status wrap(struct assay_expr_maker *maker, struct assay_expr_node **node,
                              enum assay_expr_type want)
{
    struct assay_expr_node *read;
    ASSAY_TRY(assay_expr_node_new(maker, ASSAY_EXPR_READ, (*node)->at, 1, &read));
    read->args[0] = *node;
    read->end = (*node)->end;
    read->type = want;
    read->constant = (*node)->constant;
    *node = read;
    return ASSAY_OK;
}

/* A text literal beside a time is that time. */
static enum assay_status text_as_time(struct assay_expr_maker *maker, struct assay_expr_node *node,
                                      enum assay_expr_type want)
{
    struct assay_str text = node->text;
    bool good;
    if (want == ASSAY_EXPR_INTERVAL)
        good = assay_expr_interval_parse(text, &node->months, &node->value);
    else if (node->type == want) /* DATE '...': the word says what it is */
        good = assay_expr_time_parse(text, want, &node->value);
    else if (want == ASSAY_EXPR_TIME || assay_expr_time_parse(text, ASSAY_EXPR_DATE, &node->value))
        good = assay_expr_time_parse(text, want, &node->value);
    else
        good = assay_expr_time_parse(text, want = ASSAY_EXPR_TIMESTAMP, &node->value);
    if (!good) {
        unsigned kinds =
            want == ASSAY_EXPR_TIME ? ASSAY_TIME_TIME : ASSAY_TIME_DATE | ASSAY_TIME_TIMESTAMP;
        enum assay_status status = assay_expr_fault_at(
            maker, node->at, "'%.*s' is not %s%s", (int)(text.len > 60 ? 60 : text.len), text.ptr,
            assay_expr_type_name(want),
            want == ASSAY_EXPR_INTERVAL ? "" : assay_time_why_not(text, kinds));
        assay_error_help(maker->err, "write %s", write_instead(want));
        return status;
    }
    node->type = want;
    node->nanos = want == ASSAY_EXPR_INTERVAL ? 0 : (uint16_t)assay_time_nanos(text);
    return ASSAY_OK;
}

enum assay_status assay_expr_coerce(struct assay_expr_maker *maker, struct assay_expr_node **node,
                                    enum assay_expr_type want, const char *what)
{
    enum assay_expr_type type = (*node)->type;
    if (type == want || (assay_expr_is_moment(type) && assay_expr_is_moment(want)))
        return ASSAY_OK;
    if (type == ASSAY_EXPR_ANY && (want == ASSAY_EXPR_TEXT || want == ASSAY_EXPR_INTERVAL))
        return want == ASSAY_EXPR_TEXT ? ASSAY_OK : mismatch(maker, *node, want, what);
    if (type == ASSAY_EXPR_ANY || type == ASSAY_EXPR_NULL)
        return wrap(maker, node, want);
    if (type == ASSAY_EXPR_TEXT && (*node)->kind == ASSAY_EXPR_LITERAL &&
        assay_expr_is_micros(want))
        return text_as_time(maker, *node, want);
    return mismatch(maker, *node, want, what);
}

/* Types that can be compared with each other; ANY and NULL fit all. */
static unsigned family(enum assay_expr_type type)
{
    return type <= ASSAY_EXPR_ANY         ? 0
           : type == ASSAY_EXPR_TIMESTAMP ? 1u << ASSAY_EXPR_DATE
                                          : 1u << type;
}

enum assay_status assay_expr_unify(struct assay_expr_maker *maker, struct assay_expr_node **args,
                                   uint32_t count, uint32_t step, const char *verb,
                                   enum assay_expr_type *out)
{
    struct assay_expr_node *first = NULL; /* the one that decides; a literal text last */
    enum assay_expr_type type = ASSAY_EXPR_NULL;
    for (uint32_t i = 0; i < count; i++) {
        struct assay_expr_node *arg = args[i * step];
        bool soft = arg->kind == ASSAY_EXPR_LITERAL && arg->type == ASSAY_EXPR_TEXT;
        if (arg->type == ASSAY_EXPR_ANY && type == ASSAY_EXPR_NULL)
            type = ASSAY_EXPR_ANY;
        if (family(arg->type) &&
            (first == NULL || (assay_expr_is_micros(arg->type) && !soft &&
                               first->kind == ASSAY_EXPR_LITERAL && type == ASSAY_EXPR_TEXT))) {
            first = arg;
            type = arg->type;
        } else if (type == ASSAY_EXPR_DATE && arg->type == ASSAY_EXPR_TIMESTAMP) {
            type = ASSAY_EXPR_TIMESTAMP;
        }
    }
    *out = type;
    for (uint32_t i = 0; first != NULL && i < count; i++) {
        struct assay_expr_node *arg = args[i * step];
        bool soft = arg->kind == ASSAY_EXPR_LITERAL && arg->type == ASSAY_EXPR_TEXT &&
                    assay_expr_is_micros(type);
        if (family(arg->type) && family(arg->type) != family(type) && !soft) {
            struct assay_str a = source_of(maker, first);
            struct assay_str b = source_of(maker, arg);
            enum assay_status status = assay_expr_fault_at(
                maker, arg->at, "cannot %s %.*s, which is %s, with %.*s, which is %s", verb,
                (int)a.len, a.ptr, assay_expr_type_name(first->type), (int)b.len, b.ptr,
                assay_expr_type_name(arg->type));
            bool blame_first = first->kind == ASSAY_EXPR_COLUMN || arg->kind != ASSAY_EXPR_COLUMN;
            help_for(maker, blame_first ? first : arg,
                     write_instead(blame_first ? first->type : arg->type));
            return status;
        }
        ASSAY_TRY(assay_expr_coerce(maker, &args[i * step], type, "this"));
        if (type == ASSAY_EXPR_INTERVAL && args[i * step]->months != 0) {
            assay_expr_fault_at(maker, arg->at, "a month has no fixed length");
            assay_error_help(maker->err, "use days, or add the interval to a time");
            return ASSAY_CONFIG;
        }
    }
    return ASSAY_OK;
}

static enum assay_status coerce_all(struct assay_expr_maker *maker, struct assay_expr_node *node,
                                    enum assay_expr_type want, const char *what)
{
    for (uint32_t i = 0; i < node->count; i++)
        ASSAY_TRY(assay_expr_coerce(maker, &node->args[i], want, what));
    return ASSAY_OK;
}

/* Arguments that become text where they are none: of || and concat(). */
static enum assay_status as_text(struct assay_expr_maker *maker, struct assay_expr_node **arg)
{
    struct assay_expr_node *cast;
    if ((*arg)->type == ASSAY_EXPR_TEXT || (*arg)->type <= ASSAY_EXPR_ANY)
        return assay_expr_coerce(maker, arg, ASSAY_EXPR_TEXT, "this");
    if ((*arg)->type == ASSAY_EXPR_INTERVAL)
        return mismatch(maker, *arg, ASSAY_EXPR_TEXT, "this");
    ASSAY_TRY(assay_expr_node_new(maker, ASSAY_EXPR_READ, (*arg)->at, 1, &cast));
    cast->args[0] = *arg;
    cast->end = (*arg)->end;
    cast->type = ASSAY_EXPR_TEXT;
    cast->constant = (*arg)->constant;
    *arg = cast;
    return ASSAY_OK;
}

/* + and - of times, which have nodes of their own. */
static enum assay_status check_time_arith(struct assay_expr_maker *maker,
                                          struct assay_expr_node *node)
{
    struct assay_expr_node **args = node->args;
    enum assay_expr_type a = args[0]->type, b = args[1]->type;
    if (node->op == '+' && a == ASSAY_EXPR_INTERVAL && b != ASSAY_EXPR_INTERVAL) {
        struct assay_expr_node *swap = args[0];
        args[0] = args[1];
        args[1] = swap;
        b = ASSAY_EXPR_INTERVAL;
        a = args[0]->type;
    }
    if (b == ASSAY_EXPR_INTERVAL && (node->op == '+' || node->op == '-') &&
        a != ASSAY_EXPR_INTERVAL) {
        if (a != ASSAY_EXPR_TIME)
            ASSAY_TRY(assay_expr_coerce(maker, &args[0], ASSAY_EXPR_TIMESTAMP,
                                        "what an interval is added to"));
        node->kind = ASSAY_EXPR_SHIFT;
        bool days = args[1]->kind == ASSAY_EXPR_LITERAL && args[1]->value % ASSAY_DAY_US == 0;
        node->type = a == ASSAY_EXPR_DATE && !days ? ASSAY_EXPR_TIMESTAMP : args[0]->type;
        return ASSAY_OK;
    }
    bool both = (assay_expr_is_moment(a) || a <= ASSAY_EXPR_ANY) &&
                (assay_expr_is_moment(b) || b <= ASSAY_EXPR_ANY);
    if (node->op == '-' && (both || (a == ASSAY_EXPR_TIME && b == a))) {
        ASSAY_TRY(coerce_all(maker, node, a == ASSAY_EXPR_TIME ? a : ASSAY_EXPR_TIMESTAMP, "this"));
        node->kind = ASSAY_EXPR_SPAN;
        node->type = ASSAY_EXPR_INTERVAL;
        return ASSAY_OK;
    }
    const struct assay_expr_node *blame = assay_expr_is_micros(a) ? args[0] : args[1];
    struct assay_str name = source_of(maker, blame);
    enum assay_status status =
        assay_expr_fault_at(maker, node->at, "%.*s is %s: this cannot be computed with it",
                            (int)name.len, name.ptr, assay_expr_type_name(blame->type));
    assay_error_help(maker->err, "times and intervals: t + INTERVAL '1 day', t - t, "
                                 "date_diff('day', from, to)");
    return status;
}

static enum assay_status check_arith(struct assay_expr_maker *maker, struct assay_expr_node *node)
{
    if (assay_expr_is_micros(node->args[0]->type) || assay_expr_is_micros(node->args[1]->type))
        return check_time_arith(maker, node);
    char what[] = "a side of ' '";
    what[11] = (char)node->op;
    node->type = ASSAY_EXPR_NUMBER;
    return coerce_all(maker, node, ASSAY_EXPR_NUMBER, what);
}

static enum assay_status check_case(struct assay_expr_maker *maker, struct assay_expr_node *node)
{
    uint32_t first = node->operand ? 1 : 0;
    uint32_t whens = (node->count - first) / 2;
    bool has_else = (node->count - first) % 2 != 0;
    node->mode = ASSAY_EXPR_BOOL;
    struct assay_expr_node *list[2];
    uint32_t results = whens + (has_else ? 1 : 0);
    struct assay_expr_node **compared =
        assay_arena_array(maker->arena, (size_t)whens + 1 + results, sizeof *list);
    if (compared == NULL)
        return assay_fail_nomem(maker->err);
    struct assay_expr_node **chosen = compared + whens + 1;
    compared[0] = node->args[0];
    for (uint32_t i = 0; i < whens; i++) {
        compared[i + 1] = node->args[first + 2 * i];
        chosen[i] = node->args[first + 2 * i + 1];
    }
    if (has_else)
        chosen[whens] = node->args[node->count - 1];
    if (node->operand)
        ASSAY_TRY(assay_expr_unify(maker, compared, whens + 1, 1, "compare", &node->mode));
    for (uint32_t i = 0; !node->operand && i < whens; i++)
        ASSAY_TRY(assay_expr_coerce(maker, &compared[i + 1], ASSAY_EXPR_BOOL, "what follows WHEN"));
    ASSAY_TRY(assay_expr_unify(maker, chosen, results, 1, "choose between", &node->type));
    if (node->operand)
        node->args[0] = compared[0];
    for (uint32_t i = 0; i < whens; i++) {
        node->args[first + 2 * i] = compared[i + 1];
        node->args[first + 2 * i + 1] = chosen[i];
    }
    if (has_else)
        node->args[node->count - 1] = chosen[whens];
    return ASSAY_OK;
}

static enum assay_status check_cast(struct assay_expr_maker *maker, struct assay_expr_node *node)
{
    const struct assay_expr_node *from = node->args[0];
    enum assay_expr_type a = from->type, b = column_type(node->cast);
    bool fits = a <= ASSAY_EXPR_ANY || a == ASSAY_EXPR_TEXT || a == b;
    if (b == ASSAY_EXPR_NUMBER)
        fits = fits || a == ASSAY_EXPR_BOOL;
    else if (b == ASSAY_EXPR_BOOL)
        fits = fits || a == ASSAY_EXPR_NUMBER;
    else if (b == ASSAY_EXPR_TEXT)
        fits = a != ASSAY_EXPR_INTERVAL;
    else
        fits = fits || assay_expr_is_moment(a);
    if (!fits)
        return assay_expr_fault_at(maker, from->at, "%s cannot be cast to %s",
                                   assay_expr_type_name(a), assay_type_name(node->cast));
    node->type = b;
    return a == ASSAY_EXPR_NULL ? wrap(maker, &node->args[0], b) : ASSAY_OK;
}

/* A literal list longer than this is searched by halves. */
#define SET_MIN 8

static int set_order(const void *a, const void *b)
{
    const struct assay_expr_node *x = *(const struct assay_expr_node *const *)a;
    const struct assay_expr_node *y = *(const struct assay_expr_node *const *)b;
    if (x->type == ASSAY_EXPR_TEXT)
        return assay_str_compare(x->text, y->text);
    struct assay_numref m = {x->value, x->text, x->code}, n = {y->value, y->text, y->code};
    return assay_number_compare(&m, &n);
}

static enum assay_status check_in(struct assay_expr_maker *maker, struct assay_expr_node *node)
{
    ASSAY_TRY(assay_expr_unify(maker, node->args, node->count, 1, "compare", &node->mode));
    node->type = ASSAY_EXPR_BOOL;
    if (node->count <= SET_MIN ||
        (node->mode != ASSAY_EXPR_TEXT && node->mode != ASSAY_EXPR_NUMBER))
        return ASSAY_OK;
    for (uint32_t i = 1; i < node->count; i++)
        if (node->args[i]->kind != ASSAY_EXPR_LITERAL)
            return ASSAY_OK;
    node->set = assay_arena_array(maker->arena, node->count, sizeof *node->set);
    if (node->set == NULL)
        return assay_fail_nomem(maker->err);
    node->set_count = node->count - 1;
    memcpy(node->set, node->args + 1, node->set_count * sizeof *node->set);
    qsort(node->set, node->set_count, sizeof *node->set, set_order);
    return ASSAY_OK;
}

static enum assay_status check_unit(struct assay_expr_maker *maker, struct assay_expr_node *call,
                                    struct assay_expr_node *arg)
{
    if (arg->kind == ASSAY_EXPR_LITERAL && arg->type == ASSAY_EXPR_TEXT)
        arg->months = (int32_t)assay_expr_unit_find(arg->text);
    if (arg->kind == ASSAY_EXPR_LITERAL && arg->months != ASSAY_EXPR_UNIT_NONE &&
        assay_expr_unit_fits((enum assay_expr_unit)arg->months, call->function->name))
        return ASSAY_OK;
    enum assay_status status =
        assay_expr_fault_at(maker, arg->at, "%s has no such unit of time", call->function->name);
    assay_error_help(maker->err, "%s", call->function->help);
    return status;
}

static enum assay_status check_pattern(struct assay_expr_maker *maker, struct assay_expr_node *call)
{
    struct assay_expr_node *pattern = call->args[1];
    struct assay_expr_node *flags = call->count > 2 ? call->args[2] : NULL;
    unsigned mask = 0;
    if (pattern->kind != ASSAY_EXPR_LITERAL || pattern->type != ASSAY_EXPR_TEXT) {
        assay_expr_fault_at(maker, pattern->at, "the pattern of regexp_like must be a literal");
        assay_error_help(maker->err, "write it in 'single quotes'");
        return ASSAY_CONFIG;
    }
    if (flags != NULL) {
        if (flags->kind != ASSAY_EXPR_LITERAL || flags->type != ASSAY_EXPR_TEXT ||
            !(flags->text.len == 0 || assay_str_is(flags->text, "i") ||
              assay_str_is(flags->text, "c"))) {
            assay_expr_fault_at(maker, flags->at, "these are not flags of regexp_like");
            assay_error_help(maker->err, "'i': letters match both cases; 'c': they do not");
            return ASSAY_CONFIG;
        }
        mask = assay_str_is(flags->text, "i") ? ASSAY_REGEX_CASELESS : 0;
    }
    struct assay_error inner;
    enum assay_status status = assay_regex_new(pattern->text, mask, &call->regex, &inner);
    if (status == ASSAY_OK)
        return ASSAY_OK;
    if (status == ASSAY_NOMEM)
        return assay_fail_nomem(maker->err);
    assay_expr_fault_at(maker, pattern->at, "bad regular expression: %.200s", inner.message);
    assay_error_help(maker->err, "it went wrong at byte %u of the pattern", inner.caret + 1);
    return ASSAY_CONFIG;
}

static enum assay_status check_argument(struct assay_expr_maker *maker,
                                        struct assay_expr_node *node, uint32_t i, char letter)
{
    char what[80];
    snprintf(what, sizeof what, "argument %u of %s", i + 1, node->function->name);
    switch (letter) {
    case 'n': return assay_expr_coerce(maker, &node->args[i], ASSAY_EXPR_NUMBER, what);
    case 't': return assay_expr_coerce(maker, &node->args[i], ASSAY_EXPR_TEXT, what);
    case 'm': return assay_expr_coerce(maker, &node->args[i], ASSAY_EXPR_TIMESTAMP, what);
    case 'i': return assay_expr_coerce(maker, &node->args[i], ASSAY_EXPR_INTERVAL, what);
    case 'v': return as_text(maker, &node->args[i]);
    case 'u': return check_unit(maker, node, node->args[i]);
    default: return ASSAY_OK; /* p and f: by check_pattern; =: all at once */
    }
}

static enum assay_status check_call(struct assay_expr_maker *maker, struct assay_expr_node *node)
{
    const struct assay_expr_function *f = node->function;
    size_t letters = strlen(f->args);
    for (uint32_t i = 0; i < node->count && letters; i++)
        ASSAY_TRY(check_argument(maker, node, i, f->args[i < letters ? i : letters - 1]));
    if (strchr(f->args, 'p'))
        ASSAY_TRY(check_pattern(maker, node));
    if (strchr(f->args, '='))
        ASSAY_TRY(assay_expr_unify(maker, node->args, node->count, 1, "compare", &node->mode));
    switch (f->result) {
    case 'n': node->type = ASSAY_EXPR_NUMBER; break;
    case 't': node->type = ASSAY_EXPR_TEXT; break;
    case 'b': node->type = ASSAY_EXPR_BOOL; break;
    case 'd': node->type = ASSAY_EXPR_DATE; break;
    case 's': node->type = ASSAY_EXPR_TIMESTAMP; break;
    default: node->type = node->mode; break;
    }
    return ASSAY_OK;
}

static enum assay_status check_literal(struct assay_expr_maker *maker, struct assay_expr_node *node)
{
    if (!assay_expr_is_micros(node->type))
        return ASSAY_OK;
    return text_as_time(maker, node, node->type);
}

static enum assay_status check_column(struct assay_expr_maker *maker, struct assay_expr_node *node)
{
    const struct assay_expr_scope *scope = maker->scope;
    enum assay_type type = scope != NULL && scope->type != NULL
                               ? scope->type(scope->context, node->text)
                               : ASSAY_TYPE_NONE;
    node->declared = (uint8_t)type;
    node->type = column_type(type);
    return ASSAY_OK;
}

static enum assay_status check_node(struct assay_expr_maker *maker, struct assay_expr_node *node)
{
    node->type = node->kind == ASSAY_EXPR_LITERAL ? node->type : ASSAY_EXPR_BOOL;
    switch (node->kind) {
    case ASSAY_EXPR_LITERAL: return check_literal(maker, node);
    case ASSAY_EXPR_COLUMN: return check_column(maker, node);
    case ASSAY_EXPR_NEGATE:
        node->type = ASSAY_EXPR_NUMBER;
        return coerce_all(maker, node, ASSAY_EXPR_NUMBER, "what follows a minus");
    case ASSAY_EXPR_ARITH: return check_arith(maker, node);
    case ASSAY_EXPR_CONCAT:
        node->type = ASSAY_EXPR_TEXT;
        for (uint32_t i = 0; i < node->count; i++)
            ASSAY_TRY(as_text(maker, &node->args[i]));
        return ASSAY_OK;
    case ASSAY_EXPR_COMPARE:
    case ASSAY_EXPR_BETWEEN:
        return assay_expr_unify(maker, node->args, node->count, 1, "compare", &node->mode);
    case ASSAY_EXPR_AND: return coerce_all(maker, node, ASSAY_EXPR_BOOL, "a side of AND");
    case ASSAY_EXPR_OR: return coerce_all(maker, node, ASSAY_EXPR_BOOL, "a side of OR");
    case ASSAY_EXPR_NOT: return coerce_all(maker, node, ASSAY_EXPR_BOOL, "what follows NOT");
    case ASSAY_EXPR_IN: return check_in(maker, node);
    case ASSAY_EXPR_LIKE: return coerce_all(maker, node, ASSAY_EXPR_TEXT, "a side of LIKE");
    case ASSAY_EXPR_IS:
        return node->op == 'n' ? ASSAY_OK
                               : coerce_all(maker, node, ASSAY_EXPR_BOOL, "what precedes IS");
    case ASSAY_EXPR_CASE: return check_case(maker, node);
    case ASSAY_EXPR_CAST: return check_cast(maker, node);
    case ASSAY_EXPR_CALL: return check_call(maker, node);
    default: return ASSAY_OK;
    }
}

enum assay_status assay_expr_check(struct assay_expr_maker *maker, struct assay_expr_node **node)
{
    for (uint32_t i = 0; i < (*node)->count; i++)
        ASSAY_TRY(assay_expr_check(maker, &(*node)->args[i]));
    ASSAY_TRY(check_node(maker, *node));
    (*node)->constant = (*node)->kind != ASSAY_EXPR_COLUMN;
    for (uint32_t i = 0; i < (*node)->count; i++)
        (*node)->constant = (*node)->constant && (*node)->args[i]->constant;
    return ASSAY_OK;
}
