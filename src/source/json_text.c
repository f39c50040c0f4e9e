/*
 * Escapes of JSON strings.
 */
#include "config.h"

#include "source/json_text.h"

#include "base/utf8.h"

static int hex_value(char c)
{
    if (json_is_digit(c))
        return c - '0';
    char low = (char)(c | 0x20);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/* The four digits of \uXXXX; how many of them are there. */
static size_t take_unit(const char *text, const char *end, uint32_t *unit)
{
    size_t n = 0;
    *unit = 0;
    for (; n < 4 && text + n < end; n++) {
        int digit = hex_value(text[n]);
        if (digit < 0)
            break;
        *unit = *unit << 4 | (uint32_t)digit;
    }
    return n;
}

static enum assay_json_escape take_unicode(const char *text, const char *end, size_t *len,
                                           uint32_t *rune)
{
    uint32_t low;
    size_t n = take_unit(text + 2, end, rune);
    *len = n < 4 ? 2 + n + (text + 2 + n < end) : 6;
    if (n < 4)
        return ASSAY_JSON_ESCAPE_BAD;
    if (*rune < 0xd800 || *rune > 0xdfff)
        return ASSAY_JSON_ESCAPE_GOOD;
    if (*rune > 0xdbff || end - text < 12 || text[6] != '\\' || text[7] != 'u' ||
        take_unit(text + 8, end, &low) < 4 || low < 0xdc00 || low > 0xdfff)
        return ASSAY_JSON_ESCAPE_SURROGATE;
    *rune = 0x10000 + ((*rune - 0xd800) << 10) + (low - 0xdc00);
    *len = 12;
    return ASSAY_JSON_ESCAPE_GOOD;
}

enum assay_json_escape assay_json_escape(const char *text, const char *end, size_t *len,
                                         uint32_t *rune)
{
    static const char names[] = "\"\\/bfnrt", runes[] = "\"\\/\b\f\n\r\t";
    *len = end - text > 1 ? 2 : 1;
    if (*len == 1)
        return ASSAY_JSON_ESCAPE_BAD;
    if (text[1] == 'u')
        return take_unicode(text, end, len, rune);
    const char *at = text[1] != '\0' ? strchr(names, text[1]) : NULL;
    if (at == NULL)
        return ASSAY_JSON_ESCAPE_BAD;
    *rune = (unsigned char)runes[at - names];
    return ASSAY_JSON_ESCAPE_GOOD;
}

size_t assay_json_unescape(struct assay_str content, char *out)
{
    const char *at = content.ptr, *end = content.ptr + content.len;
    char *to = out;
    while (at < end) {
        const char *backslash = memchr(at, '\\', (size_t)(end - at));
        size_t plain = (size_t)((backslash != NULL ? backslash : end) - at), len;
        uint32_t rune;
        memcpy(to, at, plain);
        to += plain;
        at += plain;
        if (at == end || assay_json_escape(at, end, &len, &rune) != ASSAY_JSON_ESCAPE_GOOD)
            break;
        to += assay_utf8_encode(rune, to);
        at += len;
    }
    return (size_t)(to - out);
}
