/*
 * The words of an expression, private to src/expr.
 *
 * Text is cut into tokens on demand. Errors are tokens too (ASSAY_EXPR_T_BAD), with a
 * message that the parser reports at the token's place.
 */
#ifndef ASSAY_EXPR_LEX_H
#define ASSAY_EXPR_LEX_H

#include "base/str.h"

#include <stdint.h>

enum assay_expr_token_kind {
    ASSAY_EXPR_T_END,
    ASSAY_EXPR_T_BAD,    /* `message` says why */
    ASSAY_EXPR_T_NUMBER, /* unsigned */
    ASSAY_EXPR_T_STRING, /* in single quotes; doubled quotes still doubled */
    ASSAY_EXPR_T_NAME,   /* a bare word that is no keyword */
    ASSAY_EXPR_T_QUOTED, /* in double quotes or backticks; doubled quotes still doubled */
    ASSAY_EXPR_T_SYMBOL, /* ( ) , + - * / % and, in `op`, comparisons and || */
    ASSAY_EXPR_T_COMPARE,
    /* keywords */
    ASSAY_EXPR_T_AND,
    ASSAY_EXPR_T_OR,
    ASSAY_EXPR_T_NOT,
    ASSAY_EXPR_T_IN,
    ASSAY_EXPR_T_BETWEEN,
    ASSAY_EXPR_T_LIKE,
    ASSAY_EXPR_T_ILIKE,
    ASSAY_EXPR_T_ESCAPE,
    ASSAY_EXPR_T_IS,
    ASSAY_EXPR_T_NULL,
    ASSAY_EXPR_T_TRUE,
    ASSAY_EXPR_T_FALSE,
    ASSAY_EXPR_T_CASE,
    ASSAY_EXPR_T_WHEN,
    ASSAY_EXPR_T_THEN,
    ASSAY_EXPR_T_ELSE,
    ASSAY_EXPR_T_END_CASE
};

struct assay_expr_token {
    enum assay_expr_token_kind kind;
    uint8_t op;            /* SYMBOL: the character ('|' for ||); COMPARE: the set of outcomes */
    char quote;            /* QUOTED and STRING: the quote */
    uint32_t at, end;      /* bytes of the text */
    struct assay_str text; /* without quotes */
    const char *message;
    const char *help;
};

/* The token that begins at or after byte `at`. */
struct assay_expr_token assay_expr_lex(struct assay_str text, uint32_t at);

/* Whether a bare word would be read as a keyword. */
bool assay_expr_is_keyword(struct assay_str word);

/* ASCII letters without their case. */
bool assay_expr_word_is(struct assay_str word, const char *lower);

/* Whether the name reads back as itself without quotes. */
bool assay_expr_is_bare_name(struct assay_str name);

#endif
