/*
 * Text to tree, private to src/expr: parse.c has the operators, parse_value.c what they
 * stand between.
 */
#ifndef ASSAY_EXPR_PARSE_H
#define ASSAY_EXPR_PARSE_H

#include "expr/lex.h"
#include "expr/node.h"

/* Parses maker->text into maker->expr, without types: assay_expr_check follows. */
enum assay_status assay_expr_parse_tree(struct assay_expr_maker *maker);

struct assay_expr_parser {
    struct assay_expr_maker *maker;
    struct assay_expr_token token; /* the next one */
    uint32_t last_end;             /* where the one before it ended */
    uint32_t nesting;
};

/* Nodes being gathered, in the arena. */
struct assay_expr_list {
    struct assay_expr_node **items;
    uint32_t count, cap;
};

/* A whole expression, and one operand; the error is at the token that does not fit. */
enum assay_status assay_expr_parse_or(struct assay_expr_parser *p, struct assay_expr_node **out);
enum assay_status assay_expr_parse_primary(struct assay_expr_parser *p,
                                           struct assay_expr_node **out);

/* Expressions with commas between, added to `args`. */
enum assay_status assay_expr_parse_list(struct assay_expr_parser *p, struct assay_expr_list *args);

/* Tokens: `take` consumes the next one if it is the one named, `expect` fails otherwise. */
void assay_expr_parser_advance(struct assay_expr_parser *p);
bool assay_expr_parser_at_symbol(const struct assay_expr_parser *p, char symbol);
bool assay_expr_parser_take_symbol(struct assay_expr_parser *p, char symbol);
bool assay_expr_parser_take(struct assay_expr_parser *p, enum assay_expr_token_kind kind);
enum assay_status assay_expr_parser_unexpected(struct assay_expr_parser *p, const char *expected);
enum assay_status assay_expr_parser_expect_symbol(struct assay_expr_parser *p, char symbol,
                                                  const char *expected);
enum assay_status assay_expr_parser_expect(struct assay_expr_parser *p,
                                           enum assay_expr_token_kind kind, const char *expected);

/* Nodes: over a list, or over one or two others (b may be NULL); the depth is checked. */
enum assay_status assay_expr_parser_push(struct assay_expr_parser *p, struct assay_expr_list *list,
                                         struct assay_expr_node *item);
enum assay_status assay_expr_parser_make(struct assay_expr_parser *p, enum assay_expr_kind kind,
                                         uint32_t at, const struct assay_expr_list *list,
                                         struct assay_expr_node **out);
enum assay_status assay_expr_parser_make2(struct assay_expr_parser *p, enum assay_expr_kind kind,
                                          struct assay_expr_node *a, struct assay_expr_node *b,
                                          struct assay_expr_node **out);

/* How much of a text a message shows. */
int assay_expr_parser_shown(struct assay_str text);

#endif
