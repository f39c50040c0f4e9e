/*
 * The JSON writer: a stack of open levels decides about commas and refuses calls out of order.
 */
#include "config.h"

#include "base/json_write.h"

#include "base/escape.h"
#include "base/number.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <math.h>

enum { OBJECT = 1, FILLED = 2, KEYED = 4 };

void assay_json_init(struct assay_json *json, struct assay_buf *out, unsigned flags)
{
    *json = (struct assay_json){.out = out, .flags = flags};
}

static void new_line(struct assay_json *json)
{
    if ((json->flags & ASSAY_JSON_PRETTY) == 0)
        return;
    assay_buf_putc(json->out, '\n');
    for (unsigned i = 0; i < json->depth; i++)
        assay_buf_puts(json->out, "  ");
}

static void separate(struct assay_json *json, uint8_t *level)
{
    if (*level & FILLED)
        assay_buf_putc(json->out, ',');
    *level |= FILLED;
    if (json->depth > 0)
        new_line(json);
}

/* Everything that stands before a value; false where none may stand here. */
static bool before_value(struct assay_json *json)
{
    uint8_t *level = &json->level[json->depth];
    bool root_again = json->depth == 0 && (*level & FILLED);
    bool no_key = (*level & OBJECT) && !(*level & KEYED);
    if (json->failed || root_again || no_key) {
        json->failed = true;
        return false;
    }
    if (*level & KEYED)
        *level &= (uint8_t)~KEYED;
    else
        separate(json, level);
    return true;
}

static void begin(struct assay_json *json, char bracket, uint8_t kind)
{
    if (!before_value(json))
        return;
    if (json->depth == ASSAY_JSON_DEPTH) {
        json->failed = true;
        return;
    }
    assay_buf_putc(json->out, bracket);
    json->level[++json->depth] = kind;
}

static void end(struct assay_json *json, char bracket, uint8_t kind)
{
    uint8_t level = json->level[json->depth];
    if (json->failed || json->depth == 0 || (level & OBJECT) != kind || (level & KEYED)) {
        json->failed = true;
        return;
    }
    json->depth--;
    if (level & FILLED)
        new_line(json);
    assay_buf_putc(json->out, bracket);
}

void assay_json_object_begin(struct assay_json *json)
{
    begin(json, '{', OBJECT);
}

void assay_json_object_end(struct assay_json *json)
{
    end(json, '}', OBJECT);
}

void assay_json_array_begin(struct assay_json *json)
{
    begin(json, '[', 0);
}

void assay_json_array_end(struct assay_json *json)
{
    end(json, ']', 0);
}

static void put_unit(struct assay_buf *out, unsigned unit)
{
    assay_buf_printf(out, "\\u%04x", unit);
}

static void put_rune(struct assay_buf *out, uint32_t rune)
{
    static const char named[] = "\b\t\n\f\r";
    const char *short_form = rune && rune < 0x80 ? strchr(named, (int)rune) : NULL;
    if (short_form != NULL) {
        assay_buf_putc(out, '\\');
        assay_buf_putc(out, "btnfr"[short_form - named]);
    } else if (rune < 0x10000) {
        put_unit(out, (unsigned)rune);
    } else {
        put_unit(out, 0xD800 + (unsigned)((rune - 0x10000) >> 10));
        put_unit(out, 0xDC00 + (unsigned)((rune - 0x10000) & 0x3FF));
    }
}

/* The number of bytes from `at` on that need no escape. */
static size_t clean_run(struct assay_str text, size_t at, unsigned flags)
{
    size_t from = at;
    for (; at < text.len; at++) {
        unsigned char c = (unsigned char)text.ptr[at];
        bool markup = (flags & ASSAY_JSON_SCRIPT) && (c == '<' || c == '>' || c == '&');
        if (c < 0x20 || c >= 0x7F || c == '"' || c == '\\' || markup)
            break;
    }
    return at - from;
}

/* Writes the character at `at`, which clean_run stopped at, and returns its length. */
static size_t put_special(struct assay_buf *out, struct assay_str text, size_t at)
{
    uint32_t rune = 0;
    size_t n = assay_utf8_decode(text.ptr + at, text.len - at, &rune);
    if (n == 0) {
        assay_buf_puts(out, "\\ufffd");
        return 1;
    }
    if (rune == '"' || rune == '\\') {
        assay_buf_putc(out, '\\');
        assay_buf_putc(out, (char)rune);
    } else if (rune < 0x80 || assay_escape_is_hidden(rune)) {
        put_rune(out, rune);
    } else {
        assay_buf_add(out, text.ptr + at, n);
    }
    return n;
}

void assay_json_quote(struct assay_buf *out, struct assay_str text, unsigned flags)
{
    assay_buf_putc(out, '"');
    for (size_t at = 0; at < text.len;) {
        size_t clean = clean_run(text, at, flags);
        assay_buf_add(out, text.ptr + at, clean);
        at += clean;
        if (at < text.len)
            at += put_special(out, text, at);
    }
    assay_buf_putc(out, '"');
}

void assay_json_key_str(struct assay_json *json, struct assay_str name)
{
    uint8_t *level = &json->level[json->depth];
    if (json->failed || !(*level & OBJECT) || (*level & KEYED)) {
        json->failed = true;
        return;
    }
    separate(json, level);
    assay_json_quote(json->out, name, json->flags);
    assay_buf_puts(json->out, json->flags & ASSAY_JSON_PRETTY ? ": " : ":");
    *level |= KEYED;
}

void assay_json_key(struct assay_json *json, const char *name)
{
    assay_json_key_str(json, assay_cstr(name));
}

void assay_json_str(struct assay_json *json, struct assay_str value)
{
    if (before_value(json))
        assay_json_quote(json->out, value, json->flags);
}

static void put_word(struct assay_json *json, const char *word)
{
    if (before_value(json))
        assay_buf_puts(json->out, word);
}

void assay_json_cstr(struct assay_json *json, const char *value)
{
    if (value == NULL)
        put_word(json, "null");
    else
        assay_json_str(json, assay_cstr(value));
}

void assay_json_int(struct assay_json *json, int64_t value)
{
    if (before_value(json))
        assay_buf_printf(json->out, "%" PRId64, value);
}

void assay_json_uint(struct assay_json *json, uint64_t value)
{
    if (before_value(json))
        assay_buf_printf(json->out, "%" PRIu64, value);
}

void assay_json_double(struct assay_json *json, double value)
{
    char text[32];
    if (isfinite(value)) {
        (void)assay_double_text(value, text);
        put_word(json, text);
    } else if (json->flags & ASSAY_JSON_NAN_STRINGS) {
        assay_json_cstr(json, isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
    } else {
        put_word(json, "null");
    }
}

void assay_json_bool(struct assay_json *json, bool value)
{
    put_word(json, value ? "true" : "false");
}

void assay_json_null(struct assay_json *json)
{
    put_word(json, "null");
}

static size_t digits(struct assay_str text, size_t at)
{
    size_t from = at;
    while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9')
        at++;
    return at - from;
}

bool assay_json_is_number(struct assay_str text)
{
    size_t at = text.len > 0 && text.ptr[0] == '-';
    size_t whole = digits(text, at);
    if (whole == 0 || (whole > 1 && text.ptr[at] == '0'))
        return false;
    at += whole;
    if (at < text.len && text.ptr[at] == '.') {
        size_t fraction = digits(text, at + 1);
        if (fraction == 0)
            return false;
        at += 1 + fraction;
    }
    if (at < text.len && (text.ptr[at] == 'e' || text.ptr[at] == 'E')) {
        at++;
        at += at < text.len && (text.ptr[at] == '+' || text.ptr[at] == '-');
        size_t exponent = digits(text, at);
        if (exponent == 0)
            return false;
        at += exponent;
    }
    return at == text.len;
}

void assay_json_number(struct assay_json *json, struct assay_str text)
{
    if (!assay_json_is_number(text))
        assay_json_str(json, text);
    else if (before_value(json))
        assay_buf_str(json->out, text);
}

void assay_json_raw(struct assay_json *json, struct assay_str text)
{
    if (before_value(json))
        assay_buf_str(json->out, text);
}

bool assay_json_finish(struct assay_json *json)
{
    if (json->depth != 0 || !(json->level[0] & FILLED))
        json->failed = true;
    if (!json->failed && (json->flags & ASSAY_JSON_PRETTY))
        assay_buf_putc(json->out, '\n');
    return !json->failed && !json->out->failed;
}
