/*
 * Cuts the text of an expression into tokens.
 */
#include "config.h"

#include "expr/lex.h"

#include "expr/node.h"

static const struct {
    const char *word;
    enum assay_expr_token_kind kind;
} keywords[] = {
    {"and", ASSAY_EXPR_T_AND},     {"or", ASSAY_EXPR_T_OR},           {"not", ASSAY_EXPR_T_NOT},
    {"in", ASSAY_EXPR_T_IN},       {"between", ASSAY_EXPR_T_BETWEEN}, {"like", ASSAY_EXPR_T_LIKE},
    {"ilike", ASSAY_EXPR_T_ILIKE}, {"escape", ASSAY_EXPR_T_ESCAPE},   {"is", ASSAY_EXPR_T_IS},
    {"null", ASSAY_EXPR_T_NULL},   {"true", ASSAY_EXPR_T_TRUE},       {"false", ASSAY_EXPR_T_FALSE},
    {"case", ASSAY_EXPR_T_CASE},   {"when", ASSAY_EXPR_T_WHEN},       {"then", ASSAY_EXPR_T_THEN},
    {"else", ASSAY_EXPR_T_ELSE},   {"end", ASSAY_EXPR_T_END_CASE},
};

/* Longer operators before those they begin with. */
static const struct {
    const char *text;
    uint8_t op;
} compares[] = {
    {"<>", ASSAY_EXPR_NE}, {"!=", ASSAY_EXPR_NE}, {"<=", ASSAY_EXPR_LE}, {">=", ASSAY_EXPR_GE},
    {"==", ASSAY_EXPR_EQ}, {"=", ASSAY_EXPR_EQ},  {"<", ASSAY_EXPR_LT},  {">", ASSAY_EXPR_GT},
};

static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

static bool begins_name(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
}

static bool continues_name(unsigned char c)
{
    return begins_name(c) || is_digit(c) || c == '#' || c == '$';
}

bool assay_expr_word_is(struct assay_str word, const char *lower)
{
    size_t n = strlen(lower);
    if (word.len != n)
        return false;
    for (size_t i = 0; i < n; i++) {
        char c = word.ptr[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (c != lower[i])
            return false;
    }
    return true;
}

static enum assay_expr_token_kind keyword(struct assay_str word)
{
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++)
        if (assay_expr_word_is(word, keywords[i].word))
            return keywords[i].kind;
    return ASSAY_EXPR_T_NAME;
}

bool assay_expr_is_keyword(struct assay_str word)
{
    return keyword(word) != ASSAY_EXPR_T_NAME;
}

/* The length of the bare name at `p`; a dot belongs to it where a name goes on behind it. */
static size_t name_length(const char *p, size_t room)
{
    size_t n = 0;
    while (n < room) {
        unsigned char c = (unsigned char)p[n];
        if (c == '.' && n > 0 && n + 1 < room && continues_name((unsigned char)p[n + 1]))
            n++;
        else if (!continues_name(c))
            break;
        else
            n++;
    }
    return n;
}

bool assay_expr_is_bare_name(struct assay_str name)
{
    return name.len > 0 && begins_name((unsigned char)name.ptr[0]) &&
           name_length(name.ptr, name.len) == name.len && !assay_expr_is_keyword(name);
}

/* digits [. digits] [e [+-] digits]: what base/number.h reads, without a sign. */
static size_t number_length(const char *p, size_t room)
{
    size_t n = 0;
    while (n < room && is_digit((unsigned char)p[n]))
        n++;
    if (n + 1 < room && p[n] == '.' && is_digit((unsigned char)p[n + 1]))
        for (n++; n < room && is_digit((unsigned char)p[n]);)
            n++;
    if (n < room && (p[n] == 'e' || p[n] == 'E')) {
        size_t e = n + 1;
        if (e < room && (p[e] == '+' || p[e] == '-'))
            e++;
        if (e < room && is_digit((unsigned char)p[e])) {
            while (e < room && is_digit((unsigned char)p[e]))
                e++;
            n = e;
        }
    }
    return n;
}

static void bad(struct assay_expr_token *token, const char *message, const char *help)
{
    token->kind = ASSAY_EXPR_T_BAD;
    token->message = message;
    token->help = help;
}

/* 2026-02-01 without quotes, which would be 2023. */
static bool is_bare_date(const char *p, size_t room)
{
    static const char form[] = "dddd-dd-dd";
    for (size_t i = 0; form[i] != '\0'; i++)
        if (i >= room || (form[i] == 'd' ? !is_digit((unsigned char)p[i]) : p[i] != form[i]))
            return false;
    return true;
}

static void lex_number(struct assay_expr_token *token, const char *p, size_t room)
{
    size_t n = number_length(p, room);
    if (is_bare_date(p, room)) {
        token->end = token->at + (uint32_t)n;
        bad(token, "this is a subtraction, not a date",
            "a date stands in quotes: DATE '2026-01-31'");
        return;
    }
    token->kind = ASSAY_EXPR_T_NUMBER;
    token->text = assay_str(p, n);
    token->end = token->at + (uint32_t)n;
    if (n < room && (begins_name((unsigned char)p[n]) || p[n] == '.'))
        bad(token, "this is not a number",
            "numbers are written 12, 12.5 or 1.2e3; quote a column name that begins with a digit: "
            "\"1st\"");
}

static void lex_quoted(struct assay_expr_token *token, const char *p, size_t room)
{
    char quote = p[0];
    size_t n = 1;
    while (n < room && (p[n] != quote || (n + 1 < room && p[n + 1] == quote)))
        n += p[n] == quote ? 2 : 1;
    token->quote = quote;
    token->kind = quote == '\'' ? ASSAY_EXPR_T_STRING : ASSAY_EXPR_T_QUOTED;
    if (n >= room) {
        token->end = token->at + (uint32_t)room;
        bad(token, "this quote is never closed",
            "text stands in 'single quotes', a quote inside is doubled: 'it''s'");
        return;
    }
    token->text = assay_str(p + 1, n - 1);
    token->end = token->at + (uint32_t)n + 1;
    if (quote != '\'' && n == 1)
        bad(token, "a column name cannot be empty", "");
}

static void lex_symbol(struct assay_expr_token *token, const char *p, size_t room)
{
    for (size_t i = 0; i < sizeof compares / sizeof compares[0]; i++) {
        size_t n = strlen(compares[i].text);
        if (n <= room && memcmp(p, compares[i].text, n) == 0) {
            token->kind = ASSAY_EXPR_T_COMPARE;
            token->op = compares[i].op;
            token->end = token->at + (uint32_t)n;
            token->text = assay_str(p, n);
            return;
        }
    }
    token->kind = ASSAY_EXPR_T_SYMBOL;
    token->op = (uint8_t)p[0];
    token->end = token->at + 1;
    token->text = assay_str(p, 1);
    if (p[0] == '|' && room > 1 && p[1] == '|') {
        token->end++;
        token->text.len++;
    } else if (p[0] == '&' || p[0] == '|' || p[0] == '!') {
        bad(token, "this is not an operator", "write AND, OR, NOT and <>");
    } else if (memchr("(),+-*/%", p[0], 8) == NULL) {
        bad(token, "this character means nothing here",
            "text stands in 'single quotes', an unusual column name in \"double quotes\"");
    }
}

struct assay_expr_token assay_expr_lex(struct assay_str text, uint32_t at)
{
    while (at < text.len && (text.ptr[at] == ' ' || (text.ptr[at] >= '\t' && text.ptr[at] <= '\r')))
        at++;
    struct assay_expr_token token = {.kind = ASSAY_EXPR_T_END, .at = at, .end = at};
    if (at >= text.len)
        return token;
    const char *p = text.ptr + at;
    size_t room = text.len - at;
    unsigned char c = (unsigned char)p[0];
    if (is_digit(c)) {
        lex_number(&token, p, room);
    } else if (c == '\'' || c == '"' || c == '`') {
        lex_quoted(&token, p, room);
    } else if (begins_name(c)) {
        size_t n = name_length(p, room);
        token.text = assay_str(p, n);
        token.kind = keyword(token.text);
        token.end = at + (uint32_t)n;
    } else {
        lex_symbol(&token, p, room);
    }
    return token;
}
