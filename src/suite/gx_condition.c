/*
 * row_condition: from the grammars of Great Expectations to the expression language.
 *
 * One parser reads both. pandas (DataFrame.query): names, `quoted names`, comparisons that
 * may be chained, in, not in, and & or | not ~ with the precedence that query gives them,
 * arithmetic, .isnull() and .notnull(). great_expectations: col("any name") compared with a
 * value, .notNull(), date("…"), and in addition AND, OR, NOT and parentheses.
 *
 * pandas knows two truth values where SQL has three: a comparison with a null is false, but
 * != is true. So `a != 1` becomes (a != 1 OR a IS NULL), and below a `not` every comparison
 * also asks that its sides are there. All of the text is read: a rest is an error.
 */
#include "config.h"

#include "suite/gx.h"

#include "base/number.h"

#include <stdio.h>

#define CONDITION_DEPTH 60u

enum token {
    TOKEN_END,
    TOKEN_NAME,
    TOKEN_COLUMN, /* `quoted` */
    TOKEN_TEXT,
    TOKEN_NUMBER,
    TOKEN_SYMBOL,
    TOKEN_BAD
};

struct parser {
    struct assay_gx_item *item;
    const struct assay_node *node;
    bool pandas;
    const char *end;
    unsigned depth;
    bool negated; /* under an odd or even number of nots: nulls must be spelt out */
    bool failed;
    /* the token at hand */
    enum token token;
    const char *at, *next;
    struct assay_str text; /* without quotes; escapes resolved */
};

/* A piece of an expression: its SQL, and the column it is where it is one. */
struct piece {
    const char *sql;    /* NULL: failed */
    const char *column; /* SQL of a plain column, or of the columns it hangs on; may be NULL */
    bool list;          /* `(a, b)`, only behind in */
    bool truth;         /* a condition already */
};

static struct piece fail(struct parser *parser, const char *what, const char *help)
{
    if (!parser->failed) {
        struct assay_error *error = assay_node_error(parser->item->loader->diags, parser->node,
                                                     "SUITE-EXPR", "row_condition: %s", what);
        if (error != NULL) {
            assay_error_excerpt(error, parser->node->text.ptr, parser->node->text.len,
                                (size_t)(parser->at - parser->node->text.ptr));
            assay_error_help(error, "%s", help);
        }
    }
    parser->failed = parser->item->failed = true;
    return (struct piece){0};
}

static struct assay_arena *arena_of(struct parser *parser)
{
    return &parser->item->loader->suite->arena;
}

static struct piece made(struct parser *parser, const char *sql, const char *column, bool truth)
{
    if (sql == NULL)
        parser->item->loader->nomem = parser->failed = true;
    return (struct piece){.sql = sql, .column = column, .truth = truth};
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A text in quotes; Python's simple escapes are resolved, others stay. */
static bool lex_quoted(struct parser *parser, char quote)
{
    const char *p = parser->at + 1;
    char *out = assay_arena_alloc(arena_of(parser), (size_t)(parser->end - p) + 1);
    size_t n = 0;
    if (out == NULL)
        return parser->item->loader->nomem = true, false;
    while (p < parser->end && *p != quote) {
        static const char from[] = "nrt\\'\"", to[] = "\n\r\t\\'\"";
        const char *escape = *p == '\\' && p + 1 < parser->end ? memchr(from, p[1], 6) : NULL;
        if (escape != NULL && quote != '`') {
            out[n++] = to[escape - from];
            p += 2;
        } else
            out[n++] = *p++;
    }
    parser->text = assay_str(out, n);
    parser->next = p + 1;
    return p < parser->end;
}

static void lex_number(struct parser *parser)
{
    const char *p = parser->at;
    while (p < parser->end) {
        bool sign = (*p == '+' || *p == '-') && p > parser->at && (p[-1] | 0x20) == 'e';
        if (!is_digit(*p) && *p != '.' && !is_letter(*p) && !sign)
            break;
        p++;
    }
    struct assay_str text = {parser->at, (size_t)(p - parser->at)};
    struct assay_arena *arena = arena_of(parser);
    bool lead = text.ptr[0] == '.', trail = text.ptr[text.len - 1] == '.';
    if (lead || trail) { /* .5 and 5. are Python's */
        char *whole = assay_arena_printf(arena, "%s%.*s%s", lead ? "0" : "", (int)text.len,
                                         text.ptr, trail ? "0" : "");
        text = assay_cstr(whole);
    }
    parser->text = text;
    parser->next = p;
    parser->token = assay_number_is_finite(assay_numref(text).code) ? TOKEN_NUMBER : TOKEN_BAD;
}

static void advance(struct parser *parser)
{
    static const char *const pairs[] = {"==", "!=", "<=", ">=", "&&", "||", "**", "//", "<>"};
    const char *p = parser->next;
    while (p < parser->end && (*p == ' ' || (*p >= '\t' && *p <= '\r')))
        p++;
    parser->at = p;
    parser->next = p;
    if (p == parser->end) {
        parser->token = TOKEN_END;
        parser->text = assay_cstr("");
        return;
    }
    bool point = *p == '.' && p + 1 < parser->end && is_digit(p[1]);
    if (*p == '"' || *p == '\'' || *p == '`') {
        parser->token = *p == '`' ? TOKEN_COLUMN : TOKEN_TEXT;
        if (!lex_quoted(parser, *p))
            fail(parser, "this quote is never closed", "");
    } else if (is_letter(*p)) {
        while (parser->next < parser->end && (is_letter(*parser->next) || is_digit(*parser->next)))
            parser->next++;
        parser->token = TOKEN_NAME;
        parser->text = assay_str(p, (size_t)(parser->next - p));
    } else if (is_digit(*p) || point)
        lex_number(parser);
    else {
        size_t n = 1;
        for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
            if (p + 1 < parser->end && memcmp(p, pairs[i], 2) == 0)
                n = 2;
        parser->token = TOKEN_SYMBOL;
        parser->text = assay_str(p, n);
        parser->next = p + n;
    }
}

static bool is_symbol(const struct parser *parser, const char *symbol)
{
    return parser->token == TOKEN_SYMBOL && assay_str_is(parser->text, symbol);
}

static bool is_word(const struct parser *parser, const char *lower)
{
    if (parser->token != TOKEN_NAME || parser->text.len != strlen(lower))
        return false;
    for (size_t i = 0; i < parser->text.len; i++) {
        char c = parser->text.ptr[i];
        bool upper = c >= 'A' && c <= 'Z' && !parser->pandas;
        if ((upper ? c + 32 : c) != lower[i])
            return false;
    }
    return true;
}

static bool take_symbol(struct parser *parser, const char *symbol)
{
    if (!is_symbol(parser, symbol))
        return false;
    advance(parser);
    return true;
}

/* `text` with every `quote` doubled, between two of them. */
static const char *quoted(struct parser *parser, struct assay_str text, char quote)
{
    char *out = assay_arena_alloc(arena_of(parser), text.len * 2 + 3);
    size_t n = 0;
    if (out == NULL)
        return NULL;
    out[n++] = quote;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == quote)
            out[n++] = quote;
        out[n++] = text.ptr[i];
    }
    out[n++] = quote;
    out[n] = '\0';
    return out;
}

static struct piece column_piece(struct parser *parser, struct assay_str name)
{
    const char *sql = quoted(parser, name, '"');
    return made(parser, sql, sql, false);
}

static struct piece parse_or(struct parser *parser);
static struct piece parse_sum(struct parser *parser);

/* col("name") and date("2020-01-01"). */
static struct piece parse_call(struct parser *parser, bool column)
{
    advance(parser);
    if (parser->token != TOKEN_TEXT)
        return fail(parser, "expected a text in quotes", "write col(\"name\")");
    struct assay_str text = parser->text;
    advance(parser);
    if (!take_symbol(parser, ")"))
        return fail(parser, "expected \")\"", "");
    if (column)
        return column_piece(parser, text);
    return made(parser, quoted(parser, text, '\''), NULL, false);
}

/* [1, 2] or (1, 2), behind in. */
static struct piece parse_list(struct parser *parser, const char *close)
{
    const char *items = NULL;
    while (!is_symbol(parser, close)) {
        struct piece one = parse_sum(parser);
        if (parser->failed)
            return one;
        items = items ? assay_arena_printf(arena_of(parser), "%s, %s", items, one.sql) : one.sql;
        if (!take_symbol(parser, ",") && !is_symbol(parser, close))
            return fail(parser, "expected \",\" or the end of the list", "");
    }
    advance(parser);
    if (items == NULL)
        return fail(parser, "the list is empty", "nothing could ever be in it");
    struct piece list =
        made(parser, assay_arena_printf(arena_of(parser), "(%s)", items), NULL, false);
    list.list = true;
    return list;
}

static struct piece parse_parentheses(struct parser *parser)
{
    bool negated = parser->negated;
    advance(parser);
    struct piece inner = parse_or(parser);
    parser->negated = negated;
    if (parser->failed)
        return inner;
    if (is_symbol(parser, ",")) { /* a tuple behind in */
        advance(parser);
        struct piece rest = is_symbol(parser, ")") ? inner : parse_list(parser, ")");
        if (parser->failed)
            return rest;
        if (rest.sql == inner.sql) {
            advance(parser);
            rest.sql = assay_arena_printf(arena_of(parser), "(%s)", inner.sql);
        } else
            rest.sql = assay_arena_printf(arena_of(parser), "(%s, %s", inner.sql, rest.sql + 1);
        rest.list = true;
        return rest;
    }
    if (!take_symbol(parser, ")"))
        return fail(parser, "expected \")\"", "");
    inner.sql = assay_arena_printf(arena_of(parser), "(%s)", inner.sql);
    return made(parser, inner.sql, inner.column, inner.truth);
}

static struct piece parse_name(struct parser *parser)
{
    struct assay_str name = parser->text;
    const char *at = parser->at;
    advance(parser);
    if (is_symbol(parser, "(")) {
        if (!parser->pandas && (assay_str_is(name, "col") || assay_str_is(name, "date")))
            return parse_call(parser, assay_str_is(name, "col"));
        parser->at = at;
        return fail(parser, "there is no such function here",
                    parser->pandas ? "columns are compared by name: status == \"paid\""
                                   : "write col(\"name\") and date(\"2020-01-01\")");
    }
    if (assay_str_is(name, "True") || assay_str_is(name, "False"))
        return made(parser, assay_str_is(name, "True") ? "true" : "false", NULL, false);
    if (!parser->pandas) {
        parser->at = at;
        return fail(parser, "expected col(\"…\") or a value",
                    "in this grammar a column is written col(\"name\")");
    }
    return column_piece(parser, name);
}

/* .isnull() and its like behind a column. */
static struct piece parse_method(struct parser *parser, struct piece piece)
{
    static const struct {
        const char *name;
        bool null;
    } methods[] = {{"isnull", true},   {"isna", true},   {"notnull", false}, {"notna", false},
                   {"notNull", false}, {"isNull", true}, {"NotNull", false}, {"NOTNULL", false}};
    advance(parser);
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        if (parser->token != TOKEN_NAME || !assay_str_is(parser->text, methods[i].name))
            continue;
        advance(parser);
        if (!take_symbol(parser, "(") || !take_symbol(parser, ")"))
            return fail(parser, "expected \"()\"", "");
        if (piece.column == NULL)
            return fail(parser, "only a column can be null", "");
        const char *sql = assay_arena_printf(arena_of(parser), "%s IS %sNULL", piece.sql,
                                             methods[i].null ? "" : "NOT ");
        return made(parser, sql, NULL, true);
    }
    return fail(parser, "there is no such method here", "known are .isnull() and .notnull()");
}

static struct piece parse_atom(struct parser *parser)
{
    if (parser->failed)
        return (struct piece){0};
    if (++parser->depth > CONDITION_DEPTH)
        return fail(parser, "this is nested too deeply", "");
    struct piece piece = {0};
    struct assay_str text = parser->text;
    if (is_symbol(parser, "("))
        piece = parse_parentheses(parser);
    else if (is_symbol(parser, "[")) {
        advance(parser);
        piece = parse_list(parser, "]");
    } else if (is_symbol(parser, "-") || is_symbol(parser, "+")) {
        bool minus = is_symbol(parser, "-");
        advance(parser);
        piece = parse_atom(parser);
        if (!parser->failed && minus)
            piece.sql = assay_arena_printf(arena_of(parser), "-%s", piece.sql);
    } else if (parser->token == TOKEN_NAME)
        piece = parse_name(parser);
    else if (parser->token == TOKEN_COLUMN || parser->token == TOKEN_TEXT ||
             parser->token == TOKEN_NUMBER) {
        enum token token = parser->token;
        advance(parser);
        piece = token == TOKEN_COLUMN ? column_piece(parser, text)
                : token == TOKEN_TEXT
                    ? made(parser, quoted(parser, text, '\''), NULL, false)
                    : made(parser, assay_arena_strdup(arena_of(parser), text), NULL, false);
    } else
        return fail(parser, "expected a column or a value", "");
    while (!parser->failed && is_symbol(parser, "."))
        piece = parse_method(parser, piece);
    parser->depth--;
    return piece;
}

/* The columns of two pieces, for IS NOT NULL: one after the other, separated by a newline. */
static const char *both_columns(struct parser *parser, const struct piece *a, const struct piece *b)
{
    if (a->column == NULL || b->column == NULL)
        return a->column ? a->column : b->column;
    if (strcmp(a->column, b->column) == 0)
        return a->column;
    return assay_arena_printf(arena_of(parser), "%s\n%s", a->column, b->column);
}

static struct piece parse_arithmetic(struct parser *parser, const char *const *ops,
                                     struct piece (*inner)(struct parser *parser))
{
    struct piece left = inner(parser);
    for (size_t i = 0; !parser->failed && ops[i] != NULL; i++) {
        if (!is_symbol(parser, ops[i]))
            continue;
        advance(parser);
        struct piece right = inner(parser);
        if (parser->failed)
            return right;
        const char *sql =
            assay_arena_printf(arena_of(parser), "(%s %s %s)", left.sql, ops[i], right.sql);
        left = made(parser, sql, both_columns(parser, &left, &right), false);
        i = (size_t)-1;
    }
    return left;
}

static struct piece parse_product(struct parser *parser)
{
    static const char *const ops[] = {"*", "/", "%", NULL};
    return parse_arithmetic(parser, ops, parse_atom);
}

static struct piece parse_sum(struct parser *parser)
{
    static const char *const ops[] = {"+", "-", NULL};
    return parse_arithmetic(parser, ops, parse_product);
}

/* " AND a IS NOT NULL" for each of the columns, or " OR a IS NULL". */
static const char *null_tests(struct parser *parser, const char *columns, bool missing)
{
    const char *out = "";
    while (columns != NULL && out != NULL) {
        const char *line = strchr(columns, '\n');
        int len = (int)(line ? (size_t)(line - columns) : strlen(columns));
        out = assay_arena_printf(arena_of(parser), "%s %s %.*s IS %sNULL", out,
                                 missing ? "OR" : "AND", len, columns, missing ? "" : "NOT ");
        columns = line ? line + 1 : NULL;
    }
    return out;
}

/* One comparison with the truth values of the grammar. */
static const char *compare(struct parser *parser, const struct piece *left, const char *op,
                           const struct piece *right)
{
    const char *columns = both_columns(parser, left, right);
    const char *sql = assay_arena_printf(arena_of(parser), "%s %s %s", left->sql, op, right->sql);
    bool differs = strcmp(op, "<>") == 0 || strcmp(op, "NOT IN") == 0;
    if (!parser->pandas || columns == NULL || (!differs && !parser->negated) || sql == NULL)
        return sql;
    return assay_arena_printf(arena_of(parser), "(%s%s)", sql,
                              null_tests(parser, columns, differs));
}

/* The operator at hand as SQL has it; NULL where there is none. Moves on behind it. */
static const char *take_operator(struct parser *parser)
{
    static const char *const ops[][2] = {{"==", "="},  {"=", "="},   {"!=", "<>"}, {"<>", "<>"},
                                         {"<=", "<="}, {">=", ">="}, {"<", "<"},   {">", ">"}};
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
        if (is_symbol(parser, ops[i][0])) {
            advance(parser);
            return ops[i][1];
        }
    if (is_word(parser, "in")) {
        advance(parser);
        return "IN";
    }
    if (!is_word(parser, "not"))
        return NULL;
    struct parser ahead = *parser;
    advance(&ahead);
    if (!is_word(&ahead, "in"))
        return NULL;
    *parser = ahead;
    advance(parser);
    return "NOT IN";
}

static struct piece parse_comparison(struct parser *parser)
{
    struct piece left = parse_sum(parser);
    const char *all = NULL;
    const char *op;
    while (!parser->failed && (op = take_operator(parser)) != NULL) {
        struct piece right = parse_sum(parser);
        if (parser->failed)
            return right;
        bool in = strcmp(op, "IN") == 0 || strcmp(op, "NOT IN") == 0;
        if (right.list && !in) /* x == [1, 2] is x in [1, 2] */
            op = strcmp(op, "=") == 0 ? "IN" : strcmp(op, "<>") == 0 ? "NOT IN" : op;
        if (in && !right.list)
            return fail(parser, "expected a list behind in", "write status in [\"a\", \"b\"]");
        const char *one = compare(parser, &left, op, &right);
        all = all ? assay_arena_printf(arena_of(parser), "%s AND %s", all, one) : one;
        left = right;
    }
    return all ? made(parser, all, NULL, true) : left;
}

static struct piece parse_not(struct parser *parser)
{
    if (!is_word(parser, "not") && !is_symbol(parser, "~") && !is_symbol(parser, "!"))
        return parse_comparison(parser);
    if (++parser->depth > CONDITION_DEPTH)
        return fail(parser, "this is nested too deeply", "");
    bool negated = parser->negated;
    parser->negated = true;
    advance(parser);
    struct piece inner = parse_not(parser);
    parser->negated = negated;
    parser->depth--;
    if (parser->failed)
        return inner;
    return made(parser, assay_arena_printf(arena_of(parser), "NOT (%s)", inner.sql), NULL, true);
}

static bool take_and(struct parser *parser)
{
    bool yes = is_word(parser, "and") || is_symbol(parser, "&") || is_symbol(parser, "&&");
    if (yes)
        advance(parser);
    return yes;
}

static bool take_or(struct parser *parser)
{
    bool yes = is_word(parser, "or") || is_symbol(parser, "|") || is_symbol(parser, "||");
    if (yes)
        advance(parser);
    return yes;
}

static struct piece parse_and(struct parser *parser)
{
    struct piece left = parse_not(parser);
    while (!parser->failed && take_and(parser)) {
        struct piece right = parse_not(parser);
        if (parser->failed)
            return right;
        left = made(parser, assay_arena_printf(arena_of(parser), "%s AND %s", left.sql, right.sql),
                    NULL, true);
    }
    return left;
}

static struct piece parse_or(struct parser *parser)
{
    struct piece left = parse_and(parser);
    while (!parser->failed && take_or(parser)) {
        struct piece right = parse_and(parser);
        if (parser->failed)
            return right;
        left = made(parser, assay_arena_printf(arena_of(parser), "(%s OR %s)", left.sql, right.sql),
                    NULL, true);
    }
    return left;
}

const char *assay_gx_condition(struct assay_gx_item *item, const struct assay_node *condition,
                               bool pandas)
{
    struct parser parser = {
        .item = item,
        .node = condition,
        .pandas = pandas,
        .end = condition->text.ptr + condition->text.len,
        .next = condition->text.ptr,
    };
    advance(&parser);
    bool first_only = item->loader->strict && !pandas; /* and the rest is not read */
    struct piece piece = first_only ? parse_comparison(&parser) : parse_or(&parser);
    if (!parser.failed && parser.token != TOKEN_END && !first_only)
        piece = fail(&parser, "nothing is expected here", "");
    return parser.failed ? NULL : piece.sql;
}
