/*
 * The smallest parts of an expression: literals, columns, calls, CASE.
 */
#include "config.h"

#include "expr/parse.h"

#include "expr/functions.h"

/* The text between quotes, doubled quotes made single. */
static enum assay_status unquote(struct assay_expr_parser *p, const struct assay_expr_token *token,
                                 struct assay_str *out)
{
    char *copy = assay_arena_strdup(p->maker->arena, token->text);
    if (copy == NULL)
        return assay_fail_nomem(p->maker->err);
    size_t n = 0;
    for (size_t i = 0; i < token->text.len; i++) {
        copy[n++] = copy[i];
        if (copy[i] == token->quote)
            i++;
    }
    *out = assay_str(copy, n);
    return ASSAY_OK;
}

static enum assay_status literal(struct assay_expr_parser *p, enum assay_expr_type type,
                                 uint32_t at, struct assay_expr_node **out)
{
    ASSAY_TRY(assay_expr_parser_make(p, ASSAY_EXPR_LITERAL, at, &(struct assay_expr_list){0}, out));
    (*out)->type = type;
    return ASSAY_OK;
}

static enum assay_status parse_text(struct assay_expr_parser *p, struct assay_expr_node **out)
{
    struct assay_expr_token token = p->token;
    assay_expr_parser_advance(p);
    ASSAY_TRY(literal(p, ASSAY_EXPR_TEXT, token.at, out));
    return unquote(p, &token, &(*out)->text);
}

static enum assay_status parse_number(struct assay_expr_parser *p, struct assay_expr_node **out)
{
    struct assay_expr_token token = p->token;
    assay_expr_parser_advance(p);
    ASSAY_TRY(literal(p, ASSAY_EXPR_NUMBER, token.at, out));
    (*out)->text = token.text;
    (*out)->code = assay_number_parse_safe(token.text.ptr, token.text.len, &(*out)->value);
    return ASSAY_OK;
}

/* The index of a column among those the expression names. */
static enum assay_status column_index(struct assay_expr_parser *p, struct assay_str name,
                                      int64_t *index)
{
    struct assay_expr_maker *maker = p->maker;
    struct assay_expr *expr = maker->expr;
    for (uint32_t i = 0; i < expr->column_count; i++)
        if (assay_str_equal(expr->columns[i], name)) {
            *index = i;
            return ASSAY_OK;
        }
    if (expr->column_count == maker->column_cap) {
        uint32_t cap = maker->column_cap ? maker->column_cap * 2 : 8;
        struct assay_str *columns = assay_arena_array(maker->arena, cap, sizeof *columns);
        if (columns == NULL)
            return assay_fail_nomem(maker->err);
        if (expr->column_count)
            memcpy(columns, expr->columns, expr->column_count * sizeof *columns);
        expr->columns = columns;
        maker->column_cap = cap;
    }
    expr->columns[expr->column_count] = name;
    *index = expr->column_count++;
    return ASSAY_OK;
}

static enum assay_status make_column(struct assay_expr_parser *p, struct assay_str name,
                                     uint32_t at, struct assay_expr_node **out)
{
    ASSAY_TRY(assay_expr_parser_make(p, ASSAY_EXPR_COLUMN, at, &(struct assay_expr_list){0}, out));
    (*out)->text = name;
    return column_index(p, name, &(*out)->value);
}

/* DATE '...', INTERVAL '...' and their like; the text is read by the check. */
static enum assay_status parse_time_literal(struct assay_expr_parser *p, enum assay_expr_type type,
                                            uint32_t at, struct assay_expr_node **out)
{
    if (p->token.kind == ASSAY_EXPR_T_STRING) {
        ASSAY_TRY(parse_text(p, out));
    } else {
        struct assay_str number = p->token.text;
        assay_expr_parser_advance(p);
        if (p->token.kind != ASSAY_EXPR_T_NAME)
            return assay_expr_parser_unexpected(p, "a unit of time (INTERVAL 1 DAY)");
        struct assay_str unit = p->token.text;
        assay_expr_parser_advance(p);
        ASSAY_TRY(literal(p, type, at, out));
        char *text = assay_arena_printf(p->maker->arena, "%.*s %.*s", (int)number.len, number.ptr,
                                        (int)unit.len, unit.ptr);
        if (text == NULL)
            return assay_fail_nomem(p->maker->err);
        (*out)->text = assay_cstr(text);
    }
    (*out)->type = type;
    (*out)->at = at;
    (*out)->end = p->last_end;
    return ASSAY_OK;
}

static const struct {
    const char *word;
    enum assay_type type;
} cast_types[] = {
    {"integer", ASSAY_TYPE_INTEGER},     {"int", ASSAY_TYPE_INTEGER},
    {"bigint", ASSAY_TYPE_INTEGER},      {"decimal", ASSAY_TYPE_DECIMAL},
    {"numeric", ASSAY_TYPE_DECIMAL},     {"number", ASSAY_TYPE_NUMBER},
    {"text", ASSAY_TYPE_STRING},         {"string", ASSAY_TYPE_STRING},
    {"varchar", ASSAY_TYPE_STRING},      {"date", ASSAY_TYPE_DATE},
    {"timestamp", ASSAY_TYPE_TIMESTAMP}, {"boolean", ASSAY_TYPE_BOOLEAN},
    {"bool", ASSAY_TYPE_BOOLEAN},
};

static enum assay_status parse_cast(struct assay_expr_parser *p, uint32_t at,
                                    struct assay_expr_node **out)
{
    struct assay_expr_node *inner;
    ASSAY_TRY(assay_expr_parse_or(p, &inner));
    if (p->token.kind != ASSAY_EXPR_T_NAME || !assay_expr_word_is(p->token.text, "as"))
        return assay_expr_parser_unexpected(p, "AS (cast(x AS integer))");
    assay_expr_parser_advance(p);
    enum assay_type type = ASSAY_TYPE_NONE;
    for (size_t i = 0; i < sizeof cast_types / sizeof cast_types[0]; i++)
        if (p->token.kind == ASSAY_EXPR_T_NAME &&
            assay_expr_word_is(p->token.text, cast_types[i].word))
            type = cast_types[i].type;
    if (type == ASSAY_TYPE_NONE) {
        enum assay_status status = assay_expr_parser_unexpected(p, "a type");
        assay_error_help(p->maker->err,
                         "the types are integer, decimal, number, text, date, timestamp, boolean");
        return status;
    }
    assay_expr_parser_advance(p);
    if (assay_expr_parser_at_symbol(p, '(')) {
        enum assay_status status = assay_expr_parser_unexpected(p, "')'");
        assay_error_help(p->maker->err,
                         "a type has no size here: use round(x, n) or substr(x, 1, n)");
        return status;
    }
    ASSAY_TRY(assay_expr_parser_expect_symbol(p, ')', "')'"));
    ASSAY_TRY(assay_expr_parser_make2(p, ASSAY_EXPR_CAST, inner, NULL, out));
    (*out)->cast = type;
    (*out)->at = at;
    return ASSAY_OK;
}

/* EXTRACT(part FROM x) becomes extract('part', x). */
static enum assay_status parse_extract(struct assay_expr_parser *p, struct assay_expr_list *args)
{
    struct assay_expr_node *part, *time;
    if (p->token.kind != ASSAY_EXPR_T_NAME && p->token.kind != ASSAY_EXPR_T_STRING)
        return assay_expr_parser_unexpected(p, "a part of a time (EXTRACT(YEAR FROM x))");
    struct assay_expr_token token = p->token;
    assay_expr_parser_advance(p);
    ASSAY_TRY(literal(p, ASSAY_EXPR_TEXT, token.at, &part));
    part->text = token.text;
    if (p->token.kind != ASSAY_EXPR_T_NAME || !assay_expr_word_is(p->token.text, "from"))
        return assay_expr_parser_unexpected(p, "FROM");
    assay_expr_parser_advance(p);
    ASSAY_TRY(assay_expr_parse_or(p, &time));
    ASSAY_TRY(assay_expr_parser_push(p, args, part));
    return assay_expr_parser_push(p, args, time);
}

enum assay_status assay_expr_parse_list(struct assay_expr_parser *p, struct assay_expr_list *args)
{
    do {
        struct assay_expr_node *arg;
        ASSAY_TRY(assay_expr_parse_or(p, &arg));
        ASSAY_TRY(assay_expr_parser_push(p, args, arg));
    } while (assay_expr_parser_take_symbol(p, ','));
    return ASSAY_OK;
}

static enum assay_status wrong_arity(struct assay_expr_parser *p,
                                     const struct assay_expr_function *f, uint32_t at,
                                     uint32_t given)
{
    enum assay_status status;
    if (f->max == ASSAY_EXPR_ARGS_ANY)
        status = assay_expr_fault_at(p->maker, at, "%s takes at least %d argument%s, not %u",
                                     f->name, f->min, f->min == 1 ? "" : "s", given);
    else if (f->min == f->max)
        status = assay_expr_fault_at(p->maker, at, "%s takes %d argument%s, not %u", f->name,
                                     f->min, f->min == 1 ? "" : "s", given);
    else
        status = assay_expr_fault_at(p->maker, at, "%s takes %d to %d arguments, not %u", f->name,
                                     f->min, f->max, given);
    assay_error_help(p->maker->err, "%s", f->help);
    return status;
}

static enum assay_status unknown_function(struct assay_expr_parser *p, struct assay_str name,
                                          uint32_t at)
{
    enum assay_status status = assay_expr_fault_at(p->maker, at, "there is no function \"%.*s\"",
                                                   assay_expr_parser_shown(name), name.ptr);
    const char *near = assay_expr_function_suggest(name);
    if (near != NULL)
        assay_error_help(p->maker->err, "did you mean \"%s\"?", near);
    return status;
}

static enum assay_status parse_call(struct assay_expr_parser *p,
                                    const struct assay_expr_token *name,
                                    struct assay_expr_node **out)
{
    struct assay_expr_list args = {0};
    const struct assay_expr_function *f = assay_expr_function_find(name->text);
    bool called = assay_expr_parser_take_symbol(p, '(');
    if (called && assay_expr_word_is(name->text, "cast"))
        return parse_cast(p, name->at, out);
    if (f == NULL)
        return unknown_function(p, name->text, name->at);
    if (called && assay_expr_word_is(name->text, "extract"))
        ASSAY_TRY(parse_extract(p, &args));
    else if (called && !assay_expr_parser_at_symbol(p, ')'))
        ASSAY_TRY(assay_expr_parse_list(p, &args));
    if (called)
        ASSAY_TRY(assay_expr_parser_expect_symbol(p, ')', "',' or ')'"));
    if (args.count < f->min || (f->max != ASSAY_EXPR_ARGS_ANY && args.count > f->max))
        return wrong_arity(p, f, name->at, args.count);
    ASSAY_TRY(assay_expr_parser_make(p, ASSAY_EXPR_CALL, name->at, &args, out));
    (*out)->function = f;
    return ASSAY_OK;
}

static enum assay_status parse_name(struct assay_expr_parser *p, struct assay_expr_node **out)
{
    static const struct {
        const char *word;
        enum assay_expr_type type;
    } literals[] = {{"date", ASSAY_EXPR_DATE},
                    {"timestamp", ASSAY_EXPR_TIMESTAMP},
                    {"time", ASSAY_EXPR_TIME},
                    {"interval", ASSAY_EXPR_INTERVAL}};
    struct assay_expr_token name = p->token;
    assay_expr_parser_advance(p);
    for (size_t i = 0; i < sizeof literals / sizeof literals[0]; i++)
        if (assay_expr_word_is(name.text, literals[i].word) &&
            (p->token.kind == ASSAY_EXPR_T_STRING ||
             (literals[i].type == ASSAY_EXPR_INTERVAL && p->token.kind == ASSAY_EXPR_T_NUMBER)))
            return parse_time_literal(p, literals[i].type, name.at, out);
    if (assay_expr_parser_at_symbol(p, '(') || assay_expr_word_is(name.text, "current_timestamp") ||
        assay_expr_word_is(name.text, "current_date"))
        return parse_call(p, &name, out);
    return make_column(p, name.text, name.at, out);
}

static enum assay_status parse_case(struct assay_expr_parser *p, struct assay_expr_node **out)
{
    uint32_t at = p->token.at;
    struct assay_expr_list args = {0};
    struct assay_expr_node *part;
    assay_expr_parser_advance(p);
    bool operand = p->token.kind != ASSAY_EXPR_T_WHEN;
    if (operand) {
        ASSAY_TRY(assay_expr_parse_or(p, &part));
        ASSAY_TRY(assay_expr_parser_push(p, &args, part));
    }
    if (p->token.kind != ASSAY_EXPR_T_WHEN)
        return assay_expr_parser_unexpected(p, "WHEN");
    while (assay_expr_parser_take(p, ASSAY_EXPR_T_WHEN)) {
        ASSAY_TRY(assay_expr_parse_or(p, &part));
        ASSAY_TRY(assay_expr_parser_push(p, &args, part));
        ASSAY_TRY(assay_expr_parser_expect(p, ASSAY_EXPR_T_THEN, "THEN"));
        ASSAY_TRY(assay_expr_parse_or(p, &part));
        ASSAY_TRY(assay_expr_parser_push(p, &args, part));
    }
    if (assay_expr_parser_take(p, ASSAY_EXPR_T_ELSE)) {
        ASSAY_TRY(assay_expr_parse_or(p, &part));
        ASSAY_TRY(assay_expr_parser_push(p, &args, part));
    }
    ASSAY_TRY(assay_expr_parser_expect(p, ASSAY_EXPR_T_END_CASE, "WHEN, ELSE or END"));
    ASSAY_TRY(assay_expr_parser_make(p, ASSAY_EXPR_CASE, at, &args, out));
    (*out)->operand = operand;
    return ASSAY_OK;
}

enum assay_status assay_expr_parse_primary(struct assay_expr_parser *p,
                                           struct assay_expr_node **out)
{
    struct assay_expr_token token = p->token;
    struct assay_str name;
    switch (token.kind) {
    case ASSAY_EXPR_T_NUMBER: return parse_number(p, out);
    case ASSAY_EXPR_T_STRING: return parse_text(p, out);
    case ASSAY_EXPR_T_NAME: return parse_name(p, out);
    case ASSAY_EXPR_T_CASE: return parse_case(p, out);
    case ASSAY_EXPR_T_QUOTED:
        ASSAY_TRY(unquote(p, &token, &name));
        assay_expr_parser_advance(p);
        return make_column(p, name, token.at, out);
    case ASSAY_EXPR_T_NULL:
        assay_expr_parser_advance(p);
        return literal(p, ASSAY_EXPR_NULL, token.at, out);
    case ASSAY_EXPR_T_TRUE:
    case ASSAY_EXPR_T_FALSE:
        assay_expr_parser_advance(p);
        ASSAY_TRY(literal(p, ASSAY_EXPR_BOOL, token.at, out));
        (*out)->value = token.kind == ASSAY_EXPR_T_TRUE;
        return ASSAY_OK;
    default: break;
    }
    if (!assay_expr_parser_take_symbol(p, '('))
        return assay_expr_parser_unexpected(p, "a column, a value or a function");
    ASSAY_TRY(assay_expr_parse_or(p, out));
    return assay_expr_parser_expect_symbol(p, ')', "an operator or ')'");
}
