/*
 * Recursive descent over the tokens: an expression becomes a tree of nodes, in which
 * chains of AND, OR and || are one node each, so that long chains are not deep.
 */
#include "config.h"

#include "expr/parse.h"

#include <stdarg.h>
#include <stdio.h>

/* Parentheses and signs may nest deeper than nodes do. */
#define NESTING_MAX (3 * ASSAY_EXPR_DEPTH_MAX)

static enum assay_status parse_unary(struct assay_expr_parser *p, struct assay_expr_node **out);

enum assay_status assay_expr_fault_at(struct assay_expr_maker *maker, uint32_t at,
                                      const char *format, ...)
{
    char message[256];
    va_list ap;
    va_start(ap, format);
    vsnprintf(message, sizeof message, format, ap);
    va_end(ap);
    assay_fail(maker->err, ASSAY_CONFIG, "SUITE-EXPR", "%s", message);
    size_t line = at < maker->text.len ? at : maker->text.len;
    while (line > 0 && maker->text.ptr[line - 1] != '\n')
        line--;
    assay_error_excerpt(maker->err, maker->text.ptr + line, maker->text.len - line, at - line);
    return ASSAY_CONFIG;
}

enum assay_status assay_expr_node_new(struct assay_expr_maker *maker, enum assay_expr_kind kind,
                                      uint32_t at, uint32_t count, struct assay_expr_node **out)
{
    struct assay_expr *expr = maker->expr;
    if (expr->node_count >= ASSAY_EXPR_NODES_MAX && kind != ASSAY_EXPR_READ) /* at most doubles */
        return assay_expr_fault_at(maker, at, "this expression has more than %u parts",
                                   ASSAY_EXPR_NODES_MAX);
    if (expr->node_count == maker->node_cap) {
        uint32_t cap = maker->node_cap ? maker->node_cap * 2 : 16;
        struct assay_expr_node **nodes = assay_arena_array(maker->arena, cap, sizeof *nodes);
        if (nodes == NULL)
            return assay_fail_nomem(maker->err);
        if (expr->node_count)
            memcpy(nodes, expr->nodes, expr->node_count * sizeof *nodes);
        expr->nodes = nodes;
        maker->node_cap = cap;
    }
    struct assay_expr_node *node = assay_arena_alloc(maker->arena, sizeof *node);
    struct assay_expr_node **args = assay_arena_array(maker->arena, count, sizeof *args);
    if (node == NULL || args == NULL)
        return assay_fail_nomem(maker->err);
    node->kind = kind;
    node->at = at;
    node->end = at;
    node->count = count;
    node->args = args;
    node->id = expr->node_count;
    node->depth = 1;
    expr->nodes[expr->node_count++] = node;
    *out = node;
    return ASSAY_OK;
}

void assay_expr_parser_advance(struct assay_expr_parser *p)
{
    p->last_end = p->token.end;
    p->token = assay_expr_lex(p->maker->text, p->token.end);
}

bool assay_expr_parser_at_symbol(const struct assay_expr_parser *p, char symbol)
{
    return p->token.kind == ASSAY_EXPR_T_SYMBOL && p->token.op == (uint8_t)symbol;
}

bool assay_expr_parser_take_symbol(struct assay_expr_parser *p, char symbol)
{
    bool there = assay_expr_parser_at_symbol(p, symbol);
    if (there)
        assay_expr_parser_advance(p);
    return there;
}

bool assay_expr_parser_take(struct assay_expr_parser *p, enum assay_expr_token_kind kind)
{
    bool there = p->token.kind == kind;
    if (there)
        assay_expr_parser_advance(p);
    return there;
}

int assay_expr_parser_shown(struct assay_str text)
{
    return text.len > 60 ? 60 : (int)text.len;
}

/* The error for a token that cannot stand where it does. */
enum assay_status assay_expr_parser_unexpected(struct assay_expr_parser *p, const char *expected)
{
    const struct assay_expr_token *t = &p->token;
    struct assay_error *err = p->maker->err;
    struct assay_str text = assay_str(p->maker->text.ptr + t->at, t->end - t->at);
    if (t->kind == ASSAY_EXPR_T_BAD) {
        enum assay_status status = assay_expr_fault_at(p->maker, t->at, "%s", t->message);
        assay_error_help(err, "%s", t->help);
        return status;
    }
    if (t->kind == ASSAY_EXPR_T_END)
        return assay_expr_fault_at(p->maker, t->at, "the expression ends where %s should follow",
                                   expected);
    enum assay_status status =
        assay_expr_fault_at(p->maker, t->at, "expected %s, found %.*s", expected,
                            assay_expr_parser_shown(text), text.ptr);
    if (t->kind >= ASSAY_EXPR_T_AND)
        assay_error_help(err, "a column of that name is written in double quotes: \"%.*s\"",
                         assay_expr_parser_shown(text), text.ptr);
    return status;
}

enum assay_status assay_expr_parser_expect_symbol(struct assay_expr_parser *p, char symbol,
                                                  const char *expected)
{
    return assay_expr_parser_take_symbol(p, symbol) ? ASSAY_OK
                                                    : assay_expr_parser_unexpected(p, expected);
}

enum assay_status assay_expr_parser_expect(struct assay_expr_parser *p,
                                           enum assay_expr_token_kind kind, const char *expected)
{
    return assay_expr_parser_take(p, kind) ? ASSAY_OK : assay_expr_parser_unexpected(p, expected);
}

enum assay_status assay_expr_parser_push(struct assay_expr_parser *p, struct assay_expr_list *list,
                                         struct assay_expr_node *item)
{
    if (list->count == list->cap) {
        uint32_t cap = list->cap ? list->cap * 2 : 4;
        struct assay_expr_node **items = assay_arena_array(p->maker->arena, cap, sizeof *items);
        if (items == NULL)
            return assay_fail_nomem(p->maker->err);
        if (list->count)
            memcpy(items, list->items, list->count * sizeof *items);
        list->items = items;
        list->cap = cap;
    }
    list->items[list->count++] = item;
    return ASSAY_OK;
}

/* A node over `list`, ending where the last token did; checks the depth. */
enum assay_status assay_expr_parser_make(struct assay_expr_parser *p, enum assay_expr_kind kind,
                                         uint32_t at, const struct assay_expr_list *list,
                                         struct assay_expr_node **out)
{
    struct assay_expr_node *node;
    ASSAY_TRY(assay_expr_node_new(p->maker, kind, at, 0, &node));
    node->args = list->items;
    node->count = list->count;
    node->end = p->last_end;
    for (uint32_t i = 0; i < node->count; i++)
        if (node->args[i]->depth >= node->depth)
            node->depth = node->args[i]->depth + 1;
    if (node->depth > ASSAY_EXPR_DEPTH_MAX)
        return assay_expr_fault_at(p->maker, at, "this is nested more than %u deep",
                                   ASSAY_EXPR_DEPTH_MAX);
    *out = node;
    return ASSAY_OK;
}

enum assay_status assay_expr_parser_make2(struct assay_expr_parser *p, enum assay_expr_kind kind,
                                          struct assay_expr_node *a, struct assay_expr_node *b,
                                          struct assay_expr_node **out)
{
    struct assay_expr_list list = {0};
    ASSAY_TRY(assay_expr_parser_push(p, &list, a));
    if (b != NULL)
        ASSAY_TRY(assay_expr_parser_push(p, &list, b));
    return assay_expr_parser_make(p, kind, a->at, &list, out);
}

/* One more level of parentheses, NOT or signs. */
static enum assay_status enter(struct assay_expr_parser *p)
{
    if (++p->nesting > NESTING_MAX)
        return assay_expr_fault_at(p->maker, p->token.at, "this is nested too deeply");
    return ASSAY_OK;
}

static enum assay_status parse_unary(struct assay_expr_parser *p, struct assay_expr_node **out)
{
    uint32_t at = p->token.at;
    bool minus = assay_expr_parser_at_symbol(p, '-');
    if (!minus && !assay_expr_parser_at_symbol(p, '+'))
        return assay_expr_parse_primary(p, out);
    assay_expr_parser_advance(p);
    ASSAY_TRY(enter(p));
    ASSAY_TRY(parse_unary(p, out));
    p->nesting--;
    if (minus) {
        ASSAY_TRY(assay_expr_parser_make2(p, ASSAY_EXPR_NEGATE, *out, NULL, out));
        (*out)->at = at;
    }
    return ASSAY_OK;
}

static enum assay_status parse_product(struct assay_expr_parser *p, struct assay_expr_node **out)
{
    struct assay_expr_node *right;
    ASSAY_TRY(parse_unary(p, out));
    while (assay_expr_parser_at_symbol(p, '*') || assay_expr_parser_at_symbol(p, '/') ||
           assay_expr_parser_at_symbol(p, '%')) {
        uint8_t op = p->token.op;
        assay_expr_parser_advance(p);
        ASSAY_TRY(parse_unary(p, &right));
        ASSAY_TRY(assay_expr_parser_make2(p, ASSAY_EXPR_ARITH, *out, right, out));
        (*out)->op = op;
    }
    return ASSAY_OK;
}

static enum assay_status parse_sum(struct assay_expr_parser *p, struct assay_expr_node **out)
{
    struct assay_expr_node *right;
    ASSAY_TRY(parse_product(p, out));
    while (assay_expr_parser_at_symbol(p, '+') || assay_expr_parser_at_symbol(p, '-')) {
        uint8_t op = p->token.op;
        assay_expr_parser_advance(p);
        ASSAY_TRY(parse_product(p, &right));
        ASSAY_TRY(assay_expr_parser_make2(p, ASSAY_EXPR_ARITH, *out, right, out));
        (*out)->op = op;
    }
    return ASSAY_OK;
}

static enum assay_status parse_concat(struct assay_expr_parser *p, struct assay_expr_node **out)
{
    struct assay_expr_list list = {0};
    ASSAY_TRY(parse_sum(p, out));
    if (!assay_expr_parser_at_symbol(p, '|'))
        return ASSAY_OK;
    ASSAY_TRY(assay_expr_parser_push(p, &list, *out));
    while (assay_expr_parser_take_symbol(p, '|')) {
        ASSAY_TRY(parse_sum(p, out));
        ASSAY_TRY(assay_expr_parser_push(p, &list, *out));
    }
    return assay_expr_parser_make(p, ASSAY_EXPR_CONCAT, list.items[0]->at, &list, out);
}

static enum assay_status parse_in(struct assay_expr_parser *p, struct assay_expr_node **out)
{
    struct assay_expr_list list = {0};
    ASSAY_TRY(assay_expr_parser_push(p, &list, *out));
    ASSAY_TRY(assay_expr_parser_expect_symbol(p, '(', "a list in parentheses"));
    ASSAY_TRY(assay_expr_parse_list(p, &list));
    ASSAY_TRY(assay_expr_parser_expect_symbol(p, ')', "',' or ')'"));
    return assay_expr_parser_make(p, ASSAY_EXPR_IN, list.items[0]->at, &list, out);
}

static enum assay_status parse_between(struct assay_expr_parser *p, struct assay_expr_node **out)
{
    struct assay_expr_list list = {0};
    struct assay_expr_node *bound;
    ASSAY_TRY(assay_expr_parser_push(p, &list, *out));
    ASSAY_TRY(parse_concat(p, &bound));
    ASSAY_TRY(assay_expr_parser_push(p, &list, bound));
    ASSAY_TRY(assay_expr_parser_expect(p, ASSAY_EXPR_T_AND, "AND and an upper limit"));
    ASSAY_TRY(parse_concat(p, &bound));
    ASSAY_TRY(assay_expr_parser_push(p, &list, bound));
    return assay_expr_parser_make(p, ASSAY_EXPR_BETWEEN, list.items[0]->at, &list, out);
}

static enum assay_status parse_like(struct assay_expr_parser *p, bool fold,
                                    struct assay_expr_node **out)
{
    struct assay_expr_list list = {0};
    struct assay_expr_node *part;
    ASSAY_TRY(assay_expr_parser_push(p, &list, *out));
    ASSAY_TRY(parse_concat(p, &part));
    ASSAY_TRY(assay_expr_parser_push(p, &list, part));
    if (assay_expr_parser_take(p, ASSAY_EXPR_T_ESCAPE)) {
        ASSAY_TRY(parse_concat(p, &part));
        ASSAY_TRY(assay_expr_parser_push(p, &list, part));
    }
    ASSAY_TRY(assay_expr_parser_make(p, ASSAY_EXPR_LIKE, list.items[0]->at, &list, out));
    (*out)->op = fold ? 'i' : 0;
    return ASSAY_OK;
}

static enum assay_status parse_is(struct assay_expr_parser *p, struct assay_expr_node **out)
{
    bool negated = assay_expr_parser_take(p, ASSAY_EXPR_T_NOT);
    enum assay_expr_token_kind kind = p->token.kind;
    uint8_t op = kind == ASSAY_EXPR_T_NULL    ? 'n'
                 : kind == ASSAY_EXPR_T_TRUE  ? 't'
                 : kind == ASSAY_EXPR_T_FALSE ? 'f'
                                              : 0;
    if (op == 0)
        return assay_expr_parser_unexpected(p, "NULL, TRUE or FALSE");
    assay_expr_parser_advance(p);
    ASSAY_TRY(assay_expr_parser_make2(p, ASSAY_EXPR_IS, *out, NULL, out));
    (*out)->op = op;
    (*out)->negated = negated;
    return ASSAY_OK;
}

static enum assay_status parse_compare(struct assay_expr_parser *p, struct assay_expr_node **out)
{
    uint8_t op = p->token.op;
    struct assay_expr_node *right;
    assay_expr_parser_advance(p);
    ASSAY_TRY(parse_concat(p, &right));
    if (p->token.kind == ASSAY_EXPR_T_COMPARE) {
        enum assay_status status =
            assay_expr_fault_at(p->maker, p->token.at, "comparisons cannot be chained");
        assay_error_help(p->maker->err, "join them: 0 < x AND x < 9, or x BETWEEN 0 AND 9");
        return status;
    }
    ASSAY_TRY(assay_expr_parser_make2(p, ASSAY_EXPR_COMPARE, *out, right, out));
    (*out)->op = op;
    return ASSAY_OK;
}

static enum assay_status parse_predicate(struct assay_expr_parser *p, struct assay_expr_node **out)
{
    ASSAY_TRY(parse_concat(p, out));
    for (;;) {
        if (p->token.kind == ASSAY_EXPR_T_COMPARE) {
            ASSAY_TRY(parse_compare(p, out));
            continue;
        }
        if (assay_expr_parser_take(p, ASSAY_EXPR_T_IS)) {
            ASSAY_TRY(parse_is(p, out));
            continue;
        }
        bool negated = assay_expr_parser_take(p, ASSAY_EXPR_T_NOT);
        if (assay_expr_parser_take(p, ASSAY_EXPR_T_IN))
            ASSAY_TRY(parse_in(p, out));
        else if (assay_expr_parser_take(p, ASSAY_EXPR_T_BETWEEN))
            ASSAY_TRY(parse_between(p, out));
        else if (p->token.kind == ASSAY_EXPR_T_LIKE || p->token.kind == ASSAY_EXPR_T_ILIKE) {
            bool fold = p->token.kind == ASSAY_EXPR_T_ILIKE;
            assay_expr_parser_advance(p);
            ASSAY_TRY(parse_like(p, fold, out));
        } else
            return negated ? assay_expr_parser_unexpected(p, "IN, BETWEEN or LIKE after NOT")
                           : ASSAY_OK;
        (*out)->negated = negated;
    }
}

static enum assay_status parse_not(struct assay_expr_parser *p, struct assay_expr_node **out)
{
    uint32_t at = p->token.at;
    if (!assay_expr_parser_take(p, ASSAY_EXPR_T_NOT))
        return parse_predicate(p, out);
    ASSAY_TRY(enter(p));
    ASSAY_TRY(parse_not(p, out));
    p->nesting--;
    ASSAY_TRY(assay_expr_parser_make2(p, ASSAY_EXPR_NOT, *out, NULL, out));
    (*out)->at = at;
    return ASSAY_OK;
}

static enum assay_status parse_and(struct assay_expr_parser *p, struct assay_expr_node **out)
{
    struct assay_expr_list list = {0};
    ASSAY_TRY(parse_not(p, out));
    if (p->token.kind != ASSAY_EXPR_T_AND)
        return ASSAY_OK;
    ASSAY_TRY(assay_expr_parser_push(p, &list, *out));
    while (assay_expr_parser_take(p, ASSAY_EXPR_T_AND)) {
        ASSAY_TRY(parse_not(p, out));
        ASSAY_TRY(assay_expr_parser_push(p, &list, *out));
    }
    return assay_expr_parser_make(p, ASSAY_EXPR_AND, list.items[0]->at, &list, out);
}

enum assay_status assay_expr_parse_or(struct assay_expr_parser *p, struct assay_expr_node **out)
{
    struct assay_expr_list list = {0};
    ASSAY_TRY(enter(p));
    ASSAY_TRY(parse_and(p, out));
    if (p->token.kind == ASSAY_EXPR_T_OR) {
        ASSAY_TRY(assay_expr_parser_push(p, &list, *out));
        while (assay_expr_parser_take(p, ASSAY_EXPR_T_OR)) {
            ASSAY_TRY(parse_and(p, out));
            ASSAY_TRY(assay_expr_parser_push(p, &list, *out));
        }
        ASSAY_TRY(assay_expr_parser_make(p, ASSAY_EXPR_OR, list.items[0]->at, &list, out));
    }
    p->nesting--;
    return ASSAY_OK;
}

enum assay_status assay_expr_parse_tree(struct assay_expr_maker *maker)
{
    struct assay_expr_parser p = {.maker = maker, .token = assay_expr_lex(maker->text, 0)};
    ASSAY_TRY(assay_expr_parse_or(&p, &maker->expr->root));
    if (p.token.kind != ASSAY_EXPR_T_END)
        return assay_expr_parser_unexpected(&p, "an operator (AND, OR, =, ...) or the end");
    return ASSAY_OK;
}
