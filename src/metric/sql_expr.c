/*
 * Conditions of a suite as SQL, where the database means the same by them: comparisons of
 * columns and literals, IN, BETWEEN, IS NULL, and logic over these. The rest is streamed:
 * arithmetic (exact decimals here), functions, times, LIKE, CASE.
 */
#include "config.h"

#include "metric/sql.h"

#include "expr/node.h"

static bool allowed(struct assay_sql_ask *ask, const struct assay_expr_node *node);

static const struct assay_sql_column *find(const struct assay_sql_ask *ask, struct assay_str name)
{
    for (uint32_t i = 0; i < ask->schema_count; i++)
        if (assay_str_equal(ask->schema[i].name, name))
            return &ask->schema[i];
    return NULL;
}

static bool column_as(struct assay_sql_ask *ask, const struct assay_expr_node *node,
                      enum assay_expr_type type)
{
    const struct assay_sql_column *column = find(ask, node->text);
    if (column == NULL)
        return assay_sql_no(ask, "a column of the condition is not one of the table's own");
    if (type == ASSAY_EXPR_NUMBER)
        return assay_sql_all(ask, column, ask->dialect->number,
                             "a value in the condition is no number to the database");
    if (type == ASSAY_EXPR_TEXT)
        return assay_sql_all(ask, column, ask->dialect->text,
                             "a value in the condition is no text to the database");
    return assay_sql_no(ask, "the condition has values of a type that databases treat differently");
}

/* A column or a literal that is compared as `type`. */
static bool operand(struct assay_sql_ask *ask, const struct assay_expr_node *node,
                    enum assay_expr_type type)
{
    struct assay_buf ignored;
    switch (node->kind) {
    case ASSAY_EXPR_READ:
        return node->args[0]->kind == ASSAY_EXPR_COLUMN
                   ? column_as(ask, node->args[0], node->type)
                   : assay_sql_no(ask, "the condition reads a value in another way");
    case ASSAY_EXPR_COLUMN: /* an undeclared one is what it is compared as */
        return column_as(ask, node, node->type == ASSAY_EXPR_ANY ? type : node->type);
    case ASSAY_EXPR_NEGATE:
        return node->args[0]->kind == ASSAY_EXPR_LITERAL && operand(ask, node->args[0], type);
    case ASSAY_EXPR_LITERAL: break;
    default: return assay_sql_no(ask, "the condition computes, which databases do differently");
    }
    if (node->type == ASSAY_EXPR_TEXT && type == ASSAY_EXPR_TEXT)
        return memchr(node->text.ptr, '\0', node->text.len) == NULL;
    if (node->type != ASSAY_EXPR_NUMBER || type != ASSAY_EXPR_NUMBER)
        return assay_sql_no(ask, "the condition has a literal that databases read differently");
    struct assay_numref number = {.mantissa = node->value, .text = node->text, .code = node->code};
    assay_buf_init(&ignored, 1024);
    bool good = assay_sql_number(&number, &ignored);
    assay_buf_free(&ignored);
    return good || assay_sql_no(ask, "the condition has a number of more digits than are exact");
}

/* Whether it asks which of two comes first, and not only whether they are equal. */
static bool asks_for_order(const struct assay_expr_node *node)
{
    return node->kind == ASSAY_EXPR_BETWEEN ||
           (node->kind == ASSAY_EXPR_COMPARE && node->op != ASSAY_EXPR_EQ &&
            node->op != ASSAY_EXPR_NE);
}

static bool operands(struct assay_sql_ask *ask, const struct assay_expr_node *node)
{
    enum assay_expr_type mode = node->mode;
    if (mode == ASSAY_EXPR_TEXT && !ask->dialect->orders_bytewise && asks_for_order(node))
        return assay_sql_no(ask, "the database orders texts by a collation");
    bool literal = false;
    for (uint32_t i = 0; i < node->count; i++)
        literal |= node->args[i]->kind == ASSAY_EXPR_LITERAL;
    if (mode == ASSAY_EXPR_TEXT && ask->dialect->collates && !literal)
        return assay_sql_no(ask, "the database compares texts by a collation");
    for (uint32_t i = 0; i < node->count; i++)
        if (!operand(ask, node->args[i], mode))
            return ask->why != NULL ? false : assay_sql_no(ask, "the condition has an odd literal");
    return true;
}

static bool allowed(struct assay_sql_ask *ask, const struct assay_expr_node *node)
{
    switch (node->kind) {
    case ASSAY_EXPR_AND:
    case ASSAY_EXPR_OR:
    case ASSAY_EXPR_NOT:
        for (uint32_t i = 0; i < node->count; i++)
            if (!allowed(ask, node->args[i]))
                return false;
        return true;
    case ASSAY_EXPR_COMPARE:
    case ASSAY_EXPR_IN:
    case ASSAY_EXPR_BETWEEN: return operands(ask, node);
    case ASSAY_EXPR_IS:
        if (node->op == 'n' && node->args[0]->kind == ASSAY_EXPR_COLUMN)
            return find(ask, node->args[0]->text) != NULL ||
                   assay_sql_no(ask, "a column of the condition is not one of the table's own");
        break;
    default: break;
    }
    return assay_sql_no(ask, "the condition has what databases answer differently");
}

const char *assay_sql_expression(struct assay_sql_ask *ask, const struct assay_expr *expr)
{
    struct assay_buf buf;
    const char *text = NULL;
    if (!allowed(ask, expr->root))
        return NULL;
    assay_buf_init(&buf, (size_t)1 << 20);
    if (assay_expr_sql(expr, &ask->dialect->expr, &buf))
        text = assay_sql_text(ask, "%s", buf.ptr);
    else
        assay_sql_no(ask, "the dialect cannot express the condition");
    assay_buf_free(&buf);
    return text;
}
