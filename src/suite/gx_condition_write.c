/*
 * Expressions as row_condition, as far as the grammars of Great Expectations go: comparisons
 * of columns with values, IS NULL, AND, OR and parentheses. Whoever asks translates the result
 * back and compares, so nothing here need be right about nulls.
 */
#include "config.h"

#include "suite/gx_write.h"

#include "base/number.h"

struct reader {
    const char *p, *end;
    bool pandas;
    struct assay_buf out;
};

static void skip_spaces(struct reader *r)
{
    while (r->p < r->end && (*r->p == ' ' || (*r->p >= '\t' && *r->p <= '\r')))
        r->p++;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A word of letters and digits; empty where there is none. */
static struct assay_str take_word(struct reader *r)
{
    skip_spaces(r);
    const char *from = r->p;
    while (r->p < r->end && (is_letter(*r->p) || (is_digit(*r->p) && r->p > from)))
        r->p++;
    return assay_str(from, (size_t)(r->p - from));
}

static bool is_word(struct assay_str word, const char *lower)
{
    size_t i = 0;
    for (; i < word.len && lower[i] != '\0'; i++)
        if ((word.ptr[i] | 0x20) != lower[i])
            return false;
    return i == word.len && lower[i] == '\0';
}

static bool take_keyword(struct reader *r, const char *lower)
{
    const char *from = r->p;
    if (is_word(take_word(r), lower))
        return true;
    r->p = from;
    return false;
}

/* A text between two of `quote`, where one inside is doubled; false where it is not that. */
static bool take_quoted(struct reader *r, char quote, struct assay_buf *text)
{
    skip_spaces(r);
    if (r->p >= r->end || *r->p != quote)
        return false;
    for (r->p++; r->p < r->end; r->p++) {
        if (*r->p == quote && (r->p + 1 == r->end || r->p[1] != quote)) {
            r->p++;
            return !text->failed;
        }
        r->p += *r->p == quote;
        assay_buf_putc(text, *r->p);
    }
    return false;
}

static void put_column(struct reader *r, struct assay_str name)
{
    bool simple = r->pandas && name.len != 0;
    for (size_t i = 0; i < name.len; i++)
        simple &= is_letter(name.ptr[i]) || (i > 0 && is_digit(name.ptr[i]));
    const char *open = !r->pandas ? "col(\"" : simple ? "" : "`";
    const char *close = !r->pandas ? "\")" : simple ? "" : "`";
    assay_buf_puts(&r->out, open);
    assay_buf_str(&r->out, name);
    assay_buf_puts(&r->out, close);
}

static bool put_operand(struct reader *r, bool column_only)
{
    struct assay_buf text;
    assay_buf_init(&text, (size_t)1 << 16);
    bool quoted = take_quoted(r, '"', &text);
    bool ok = true;
    if (quoted) {
        put_column(r, assay_buf_view(&text));
    } else if (!column_only && take_quoted(r, '\'', &text)) {
        ok = memchr(text.ptr ? text.ptr : "", '"', text.len) == NULL &&
             memchr(text.ptr ? text.ptr : "", '\\', text.len) == NULL;
        assay_buf_putc(&r->out, '"');
        assay_buf_str(&r->out, assay_buf_view(&text));
        assay_buf_putc(&r->out, '"');
    } else {
        const char *from = r->p;
        struct assay_str word = take_word(r);
        if (word.len != 0) {
            put_column(r, word);
        } else {
            r->p += r->p < r->end && *r->p == '-';
            while (r->p < r->end && (is_digit(*r->p) || *r->p == '.' || (*r->p | 0x20) == 'e'))
                r->p++;
            struct assay_str number = {from, (size_t)(r->p - from)};
            ok = !column_only && assay_number_is_finite(assay_numref(number).code);
            assay_buf_str(&r->out, number);
        }
    }
    ok &= !text.failed;
    assay_buf_free(&text);
    return ok;
}

static bool put_operator(struct reader *r)
{
    static const char *const operators[][2] = {{"<>", "!="}, {"!=", "!="}, {"<=", "<="},
                                               {">=", ">="}, {"=", "=="},  {"<", "<"},
                                               {">", ">"}};
    skip_spaces(r);
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        size_t n = strlen(operators[i][0]);
        if ((size_t)(r->end - r->p) < n || memcmp(r->p, operators[i][0], n) != 0)
            continue;
        r->p += n;
        assay_buf_printf(&r->out, " %s ", operators[i][1]);
        return true;
    }
    return false;
}

static bool put_test(struct reader *r)
{
    if (!put_operand(r, true))
        return false;
    if (!take_keyword(r, "is"))
        return put_operator(r) && put_operand(r, false);
    bool is_not = take_keyword(r, "not");
    if (!take_keyword(r, "null") || (!is_not && !r->pandas))
        return false;
    assay_buf_puts(&r->out, !r->pandas ? ".notNull()" : is_not ? ".notnull()" : ".isnull()");
    return true;
}

/* Parentheses are kept as they stand; AND binds closer than OR in both. */
static bool put_all(struct reader *r)
{
    unsigned open = 0;
    for (;;) {
        for (skip_spaces(r); r->p < r->end && *r->p == '('; skip_spaces(r)) {
            assay_buf_putc(&r->out, *r->p++);
            open++;
        }
        if (!put_test(r))
            return false;
        for (skip_spaces(r); r->p < r->end && *r->p == ')' && open > 0; skip_spaces(r)) {
            assay_buf_putc(&r->out, *r->p++);
            open--;
        }
        if (r->p == r->end)
            return open == 0;
        bool both = take_keyword(r, "and");
        if ((!both && !take_keyword(r, "or")) || !r->pandas)
            return false;
        assay_buf_puts(&r->out, both ? " and " : " or ");
    }
}

const char *assay_gx_condition_of(struct assay_loader *loader, struct assay_str where, bool pandas)
{
    struct reader r = {.p = where.ptr, .end = where.ptr + where.len, .pandas = pandas};
    assay_buf_init(&r.out, (size_t)1 << 18);
    const char *text = NULL;
    if (put_all(&r) && !r.out.failed) {
        text = assay_arena_strdup(&loader->suite->arena, assay_buf_view(&r.out));
        loader->nomem |= text == NULL;
    }
    assay_buf_free(&r.out);
    return text;
}
