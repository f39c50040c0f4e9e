/*
 * Problems of JSON records in words, which name the dialect where one shows.
 */
#include "config.h"

#include "source/json_problem.h"

#include "base/buf.h"
#include "base/escape.h"
#include "base/utf8.h"

#include <inttypes.h>

#define SHOWN_BYTES 24u

enum assay_malformed assay_json_problem_class(enum assay_json_problem_kind kind)
{
    switch (kind) {
    case ASSAY_JSON_NOT_UTF8: return ASSAY_MALFORMED_JSON_UTF8;
    case ASSAY_JSON_HALF_PAIR: return ASSAY_MALFORMED_SURROGATE;
    case ASSAY_JSON_KEY_AGAIN: return ASSAY_MALFORMED_KEY_TWICE;
    case ASSAY_JSON_NO_OBJECT: return ASSAY_MALFORMED_NO_OBJECT;
    default: return ASSAY_MALFORMED_SYNTAX;
    }
}

static bool begins(const char *at, const char *end, const char *word)
{
    size_t len = strlen(word);
    return (size_t)(end - at) >= len && memcmp(at, word, len) == 0;
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}

/* What the text at a place is in the dialects that people mistake for JSON. */
static const char *dialect(const struct assay_json_problem *problem, const char *end)
{
    static const char *const words[][2] = {
        {"NaN", "NaN is no JSON number"},
        {"nan", "nan is no JSON number"},
        {"Infinity", "Infinity is no JSON number"},
        {"-Infinity", "-Infinity is no JSON number"},
        {"inf", "inf is no JSON number"},
        {"None", "None is Python's: JSON has null"},
        {"True", "True is Python's: JSON has true"},
        {"False", "False is Python's: JSON has false"},
        {"undefined", "undefined is JavaScript's: JSON has null"},
        {"//", "a comment: JSON has none (JSON5?)"},
        {"/*", "a comment: JSON has none (JSON5?)"},
        {"#", "a comment: JSON has none"},
        {"'", "a single quote: JSON's strings stand in double quotes (JSON5?)"},
        {"+", "a number with a plus sign (JSON5?)"},
        {".", "a number that begins with a point (JSON5?)"},
    };
    const char *at = problem->at;
    if (problem->comma && at < end && (*at == '}' || *at == ']'))
        return "a comma before the closing bracket (JSON5?)";
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (begins(at, end, words[i][0]))
            return words[i][1];
    if (problem->kind == ASSAY_JSON_NO_KEY && at < end && is_word(*at))
        return "a key without quotes (JSON5?)";
    return NULL;
}

/* The character at a place, so that it shows. */
static void show(const char *at, const char *end, struct assay_buf *out)
{
    uint32_t rune;
    unsigned char c = (unsigned char)*at;
    size_t len = assay_utf8_decode(at, (size_t)(end - at), &rune);
    if (len == 0)
        assay_buf_printf(out, "\\x%02x", c);
    else if (rune < 0x20 || rune == 0x7f || rune == 0xfeff)
        assay_buf_printf(out, "U+%04X", (unsigned)rune);
    else {
        assay_buf_putc(out, c == '"' ? '\'' : '"');
        assay_escape_terminal(out, assay_str(at, len), 0);
        assay_buf_putc(out, c == '"' ? '\'' : '"');
    }
}

static void expected(const char *what, const struct assay_json_problem *problem, const char *end,
                     struct assay_buf *out)
{
    const char *known = dialect(problem, end);
    if (known != NULL) {
        assay_buf_puts(out, known);
        return;
    }
    assay_buf_printf(out, "expected %s, found ", what);
    show(problem->at, end, out);
}

/* The bytes of a character that is none. */
static void show_bytes(const char *at, const char *end, struct assay_buf *out)
{
    unsigned char lead = (unsigned char)*at;
    size_t want = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    for (size_t i = 0; i < want && at + i < end; i++)
        if (i == 0 || ((unsigned char)at[i] & 0xc0) == 0x80)
            assay_buf_printf(out, "\\x%02x", (unsigned char)at[i]);
        else
            break;
    assay_buf_puts(out, " is not UTF-8");
}

static void show_escape(const struct assay_json_problem *problem, const char *end,
                        struct assay_buf *out)
{
    size_t len = 2;
    if (end - problem->at > 1 && problem->at[1] == 'u')
        while (len < 6 && problem->at + len < end && problem->at[len] != '"')
            len++;
    len = len < (size_t)(end - problem->at) ? len : (size_t)(end - problem->at);
    assay_escape_terminal(out, assay_str(problem->at, len), 0);
    assay_buf_puts(out, problem->kind == ASSAY_JSON_HALF_PAIR ? " is half a surrogate pair"
                                                              : " is no escape of JSON's");
}

const char *assay_json_kind_text(char c)
{
    switch (c) {
    case '{': return "an object";
    case '[': return "an array";
    case '"': return "a string";
    case 't':
    case 'f': return "a boolean";
    case 'n': return "null";
    default: return "a number";
    }
}

static void tell_end(const struct assay_json_problem *problem, struct assay_buf *out)
{
    if (problem->kind == ASSAY_JSON_OPEN_STRING)
        assay_buf_puts(out, "ends inside a string");
    else if (problem->open == NULL)
        assay_buf_puts(out, "ends where a value belongs");
    else
        assay_buf_printf(out, "ends inside an %s", *problem->open == '{' ? "object" : "array");
}

static void tell_extra(const struct assay_json_problem *problem, const char *end,
                       struct assay_buf *out)
{
    bool comment = begins(problem->at, end, "//") || begins(problem->at, end, "/*");
    assay_buf_puts(out, comment ? dialect(problem, end) : "extra data behind the record");
}

static void tell(const struct assay_json_problem *problem, const char *end, uint64_t line,
                 struct assay_buf *out)
{
    switch (problem->kind) {
    case ASSAY_JSON_FINE: break;
    case ASSAY_JSON_ENDS:
    case ASSAY_JSON_OPEN_STRING: tell_end(problem, out); break;
    case ASSAY_JSON_NO_VALUE: expected("a value", problem, end, out); break;
    case ASSAY_JSON_NO_KEY: expected("a key in double quotes", problem, end, out); break;
    case ASSAY_JSON_NO_COLON: expected("':' behind the key", problem, end, out); break;
    case ASSAY_JSON_NO_COMMA:
        expected(problem->open != NULL && *problem->open == '[' ? "',' or ']'" : "',' or '}'",
                 problem, end, out);
        break;
    case ASSAY_JSON_BAD_ESCAPE:
    case ASSAY_JSON_HALF_PAIR: show_escape(problem, end, out); break;
    case ASSAY_JSON_BAD_NUMBER: assay_buf_puts(out, "not a number of JSON's: "); break;
    case ASSAY_JSON_CONTROL:
        assay_buf_printf(out, "U+%04X inside a string has to be escaped",
                         (unsigned)(unsigned char)*problem->at);
        break;
    case ASSAY_JSON_EXTRA: tell_extra(problem, end, out); break;
    case ASSAY_JSON_REFUSED: assay_buf_puts(out, problem->text); break;
    case ASSAY_JSON_DEPTH:
        assay_buf_printf(out, "depth %u > %u", ASSAY_JSON_DEPTH_LIMIT + 1, ASSAY_JSON_DEPTH_LIMIT);
        break;
    case ASSAY_JSON_NOT_UTF8: show_bytes(problem->at, end, out); break;
    case ASSAY_JSON_KEY_AGAIN:
        assay_buf_putc(out, '"');
        assay_escape_terminal(out, problem->key, 2 * SHOWN_BYTES);
        assay_buf_printf(out, "\" twice (line %" PRIu64 ")", line + problem->lines);
        break;
    case ASSAY_JSON_NO_OBJECT:
        assay_buf_printf(out, "the record is %s, expected an object",
                         assay_json_kind_text(*problem->at));
        break;
    }
}

/* A number is shown up to what ends it. */
static void show_number(const struct assay_json_problem *problem, const char *end,
                        struct assay_buf *out)
{
    const char *from = problem->open, *at = from;
    while (at < end && (size_t)(at - from) < SHOWN_BYTES && *at != ',' && *at != '}' &&
           *at != ']' && (unsigned char)*at > ' ')
        at++;
    assay_escape_terminal(out, assay_str(from, (size_t)(at - from)), 0);
}

const char *assay_json_problem_text(const struct assay_json_problem *problem, const char *end,
                                    uint64_t line, struct assay_arena *arena)
{
    struct assay_buf out;
    assay_buf_init(&out, 1024);
    tell(problem, end, line, &out);
    if (problem->kind == ASSAY_JSON_BAD_NUMBER)
        show_number(problem, end, &out);
    const char *text = out.failed ? NULL : assay_arena_strdup(arena, assay_buf_view(&out));
    assay_buf_free(&out);
    return text;
}
