/*
 * The table of characters that must not reach a terminal as they are, and the escaper over it.
 */
#include "config.h"

#include "base/escape.h"

#include "base/utf8.h"

#include <stdio.h>

#define ELLIPSIS "\xE2\x80\xA6"

/* Sorted; read by bisection. */
static const struct {
    uint32_t from, to;
} hidden[] = {
    {0x0000, 0x001F},   /* C0 */
    {0x007F, 0x00A0},   /* DEL, C1, no-break space */
    {0x00AD, 0x00AD},   /* soft hyphen */
    {0x0300, 0x036F},   /* combining marks: two letters may look like one */
    {0x061C, 0x061C},   /* Arabic letter mark */
    {0x115F, 0x1160},   /* Hangul fillers */
    {0x1680, 0x1680},   /* Ogham space */
    {0x17B4, 0x17B5},   /* Khmer inherent vowels */
    {0x180B, 0x180E},   /* Mongolian variation selectors, vowel separator */
    {0x2000, 0x200F},   /* spaces, zero-width characters, direction marks */
    {0x2028, 0x202F},   /* separators, embeddings and overrides, narrow no-break space */
    {0x205F, 0x206F},   /* mathematical space, joiners, isolates, deprecated controls */
    {0x3164, 0x3164},   /* Hangul filler */
    {0xFEFF, 0xFEFF},   /* zero-width no-break space */
    {0xFFA0, 0xFFA0},   /* halfwidth Hangul filler */
    {0xFFF9, 0xFFFB},   /* interlinear annotation */
    {0xFFFE, 0xFFFF},   /* not characters */
    {0x1D173, 0x1D17A}, /* musical format controls */
    {0xE0000, 0xE0FFF}, /* tags and variation selectors */
};

bool assay_escape_is_hidden(uint32_t rune)
{
    size_t low = 0, high = sizeof hidden / sizeof hidden[0];
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (rune > hidden[mid].to)
            low = mid + 1;
        else if (rune < hidden[mid].from)
            high = mid;
        else
            return true;
    }
    return false;
}

/* What the start of `text` is shown as; `used` is set to the bytes it stands for. */
static size_t show_one(struct assay_str text, char out[12], size_t *used)
{
    unsigned char c = (unsigned char)text.ptr[0];
    uint32_t rune = 0;
    *used = assay_utf8_decode(text.ptr, text.len, &rune);
    if (*used == 0) {
        *used = 1;
        return (size_t)snprintf(out, 12, "\\x%02x", c);
    }
    if (c == '\t' || c == '\n' || c == '\r')
        return (size_t)snprintf(out, 12, "\\%c", c == '\t' ? 't' : c == '\n' ? 'n' : 'r');
    if (!assay_escape_is_hidden(rune)) {
        memcpy(out, text.ptr, *used);
        return *used;
    }
    const char *format = rune < 0x80 ? "\\x%02x" : rune < 0x10000 ? "\\u%04x" : "\\U%08x";
    return (size_t)snprintf(out, 12, format, (unsigned)rune);
}

/* How far the text may go so that an ellipsis still fits in `max`; `whole` where all fits. */
static size_t cut_point(struct assay_str text, size_t max, bool *whole)
{
    size_t shown = 0, at = 0, cut = 0;
    while (at < text.len) {
        char one[12];
        size_t used;
        shown += show_one(assay_str(text.ptr + at, text.len - at), one, &used);
        if (shown > max) {
            *whole = false;
            return cut;
        }
        at += used;
        if (shown + 3 <= max)
            cut = at;
    }
    *whole = true;
    return at;
}

void assay_escape_terminal(struct assay_buf *out, struct assay_str text, size_t max)
{
    bool whole = true;
    size_t end = max ? cut_point(text, max, &whole) : text.len;
    size_t used;
    for (size_t at = 0; at < end; at += used) {
        unsigned char c = (unsigned char)text.ptr[at];
        if (c >= 0x20 && c < 0x7F) {
            assay_buf_putc(out, (char)c);
            used = 1;
            continue;
        }
        char one[12];
        size_t n = show_one(assay_str(text.ptr + at, text.len - at), one, &used);
        assay_buf_add(out, one, n);
    }
    if (!whole && max >= 3)
        assay_buf_puts(out, ELLIPSIS);
}
