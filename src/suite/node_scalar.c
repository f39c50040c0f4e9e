/*
 * The core schema of YAML 1.2 (chapter 10.3), and the plain scalars that older readers of
 * YAML understand differently, so that an author who counted on those can be warned.
 */
#include "config.h"

#include "suite/node_build.h"

static bool one_of(struct assay_str text, const char *const *words)
{
    for (; *words != NULL; words++)
        if (assay_str_is(text, *words))
            return true;
    return false;
}

/* The end of the run of characters in `set` from `at` on. */
static size_t span(struct assay_str text, size_t at, const char *set)
{
    while (at < text.len && text.ptr[at] != '\0' && strchr(set, text.ptr[at]) != NULL)
        at++;
    return at;
}

static size_t sign(struct assay_str text)
{
    return text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+');
}

#define DIGITS "0123456789"

static bool is_based(struct assay_str text, char letter, const char *digits)
{
    return text.len > 2 && text.ptr[0] == '0' && text.ptr[1] == letter &&
           span(text, 2, digits) == text.len;
}

static bool is_int(struct assay_str text)
{
    size_t from = sign(text);
    if (from < text.len && span(text, from, DIGITS) == text.len)
        return true;
    return is_based(text, 'o', "01234567") || is_based(text, 'x', DIGITS "abcdefABCDEF");
}

static bool is_special_float(struct assay_str text)
{
    static const char *const inf[] = {".inf", ".Inf", ".INF", NULL};
    static const char *const nan[] = {".nan", ".NaN", ".NAN", NULL};
    size_t from = sign(text);
    return one_of(text, nan) || one_of(assay_str(text.ptr + from, text.len - from), inf);
}

static bool is_float(struct assay_str text)
{
    size_t from = sign(text);
    size_t at = span(text, from, DIGITS);
    size_t digits = at - from;
    if (at < text.len && text.ptr[at] == '.') {
        size_t end = span(text, at + 1, DIGITS);
        digits += end - (at + 1);
        at = end;
    }
    if (digits == 0)
        return is_special_float(text);
    if (at < text.len && (text.ptr[at] == 'e' || text.ptr[at] == 'E')) {
        size_t digit = at + 1;
        digit += digit < text.len && (text.ptr[digit] == '+' || text.ptr[digit] == '-');
        at = span(text, digit, DIGITS);
        if (at == digit)
            return false;
    }
    return at == text.len;
}

static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
static const char *const truths[] = {"true", "True", "TRUE", NULL};
static const char *const untruths[] = {"false", "False", "FALSE", NULL};

enum assay_node_kind assay_scalar_kind(struct assay_str text)
{
    if (one_of(text, nulls))
        return ASSAY_NODE_NULL;
    if (one_of(text, truths) || one_of(text, untruths))
        return ASSAY_NODE_BOOL;
    if (is_int(text))
        return ASSAY_NODE_INT;
    return is_float(text) ? ASSAY_NODE_FLOAT : ASSAY_NODE_STRING;
}

void assay_node_resolve(struct assay_node *node)
{
    node->kind = assay_scalar_kind(node->text);
    node->truth = node->kind == ASSAY_NODE_BOOL && one_of(node->text, truths);
    node->odd_plain = assay_node_odd(node) != NULL;
}

static bool is_old_boolean(struct assay_str text)
{
    static const char *const words[] = {"yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON",
                                        "off", "Off", "OFF", "y",  "Y",  "n",  "N",  NULL};
    return one_of(text, words);
}

/* 12:30:45, 190:20 and 1:30.5: numbers to the base of sixty. */
static bool is_sexagesimal(struct assay_str text)
{
    size_t at = span(text, sign(text), DIGITS "_");
    size_t parts = 0;
    while (at > sign(text) && at < text.len && text.ptr[at] == ':') {
        size_t end = span(text, at + 1, DIGITS);
        if (end == at + 1)
            return false;
        at = end;
        parts++;
    }
    if (parts > 0 && at < text.len && text.ptr[at] == '.')
        at = span(text, at + 1, DIGITS "_");
    return parts > 0 && at == text.len;
}

static bool is_date(struct assay_str text)
{
    static const size_t least[] = {4, 1, 1}, most[] = {4, 2, 2};
    size_t at = 0;
    for (size_t i = 0; i < 3; i++) {
        size_t end = span(text, at, DIGITS);
        if (end - at < least[i] || end - at > most[i])
            return false;
        at = end;
        if (i < 2 && (at == text.len || text.ptr[at++] != '-'))
            return false;
    }
    return at == text.len || strchr("Tt \t", text.ptr[at]) != NULL;
}

static bool has_underscores(struct assay_str text)
{
    size_t from = sign(text);
    return from < text.len && text.ptr[from] >= '0' && text.ptr[from] <= '9' &&
           memchr(text.ptr, '_', text.len) != NULL && span(text, from, DIGITS "_.") == text.len;
}

static const char *odd_text(struct assay_str text)
{
    if (is_old_boolean(text))
        return "YAML 1.1 reads it as a boolean";
    if (is_sexagesimal(text))
        return "YAML 1.1 reads it as a number to the base of sixty";
    if (is_date(text))
        return "YAML 1.1 reads it as a date";
    if (has_underscores(text))
        return "YAML 1.1 reads it as a number";
    return NULL;
}

static const char *odd_number(struct assay_str text, enum assay_node_kind kind)
{
    size_t from = sign(text);
    if (is_based(text, 'o', DIGITS) || is_based(text, 'x', DIGITS "abcdefABCDEF"))
        return "it is a number in another base than ten";
    if (text.len - from > 1 && text.ptr[from] == '0' && span(text, from, DIGITS) == text.len)
        return "as a number it loses its leading zeros, and YAML 1.1 reads it as octal";
    if (kind == ASSAY_NODE_INT)
        return from && text.ptr[0] == '+' ? "as a number it loses its sign" : NULL;
    if (memchr(text.ptr, 'e', text.len) != NULL || memchr(text.ptr, 'E', text.len) != NULL)
        return "it is a number in exponent form";
    if (memchr(text.ptr, '.', text.len) != NULL && text.ptr[text.len - 1] == '0')
        return "as a number it loses its trailing zeros";
    return NULL;
}

const char *assay_node_odd(const struct assay_node *node)
{
    if (!node->plain)
        return NULL;
    if (node->kind == ASSAY_NODE_STRING)
        return odd_text(node->text);
    if (node->kind == ASSAY_NODE_INT || node->kind == ASSAY_NODE_FLOAT)
        return odd_number(node->text, node->kind);
    return NULL;
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return (c | 0x20) - 'a' + 10;
}

bool assay_node_int64(const struct assay_node *node, int64_t *value)
{
    if (node == NULL || node->kind != ASSAY_NODE_INT)
        return false;
    struct assay_str text = node->text;
    size_t at = sign(text);
    bool minus = at && text.ptr[0] == '-';
    int base = 10;
    if (text.len > 2 && (text.ptr[1] == 'x' || text.ptr[1] == 'o')) {
        base = text.ptr[1] == 'x' ? 16 : 8;
        at = 2;
    }
    int64_t sum = 0; /* kept negative, the wider side */
    for (; at < text.len; at++)
        if (__builtin_mul_overflow(sum, base, &sum) ||
            __builtin_sub_overflow(sum, digit_value(text.ptr[at]), &sum))
            return false;
    if (!minus && __builtin_sub_overflow(0, sum, &sum))
        return false;
    *value = sum;
    return true;
}
