/*
 * Strict UTF-8, one character at a time; the decoder behind every escaper and parser of text.
 */
#include "config.h"

#include "base/utf8.h"

#define TOP_BITS UINT64_C(0x8080808080808080)

static bool continues(const unsigned char *p, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xC0) != 0x80)
            return false;
    return true;
}

size_t assay_utf8_decode(const char *text, size_t len, uint32_t *rune)
{
    const unsigned char *p = (const unsigned char *)text;
    if (len == 0)
        return 0;
    if (p[0] < 0x80) {
        *rune = p[0];
        return 1;
    }
    size_t n = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
    if (p[0] < 0xC2 || p[0] > 0xF4 || n > len || !continues(p, n))
        return 0;
    uint32_t r = p[0] & (0xFFu >> (n + 1));
    for (size_t i = 1; i < n; i++)
        r = r << 6 | (p[i] & 0x3Fu);
    bool overlong = (n == 3 && r < 0x800) || (n == 4 && r < 0x10000);
    if (overlong || (r >= 0xD800 && r <= 0xDFFF) || r > 0x10FFFF)
        return 0;
    *rune = r;
    return n;
}

size_t assay_utf8_encode(uint32_t rune, char out[4])
{
    if (rune < 0x80) {
        out[0] = (char)rune;
        return 1;
    }
    size_t n = rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, rune >>= 6)
        out[i] = (char)(0x80 | (rune & 0x3F));
    out[0] = (char)((0xF00u >> n & 0xF0u) | rune);
    return n;
}

/* Where the first byte over 7F at or behind `at` may be: all before it is ASCII. */
static size_t skip_ascii(struct assay_str text, size_t at)
{
    uint64_t word[4];
    for (; text.len - at >= sizeof word; at += sizeof word) {
        memcpy(word, text.ptr + at, sizeof word);
        if ((word[0] | word[1] | word[2] | word[3]) & TOP_BITS)
            break;
    }
    for (; text.len - at >= sizeof word[0]; at += sizeof word[0]) {
        memcpy(word, text.ptr + at, sizeof word[0]);
        if (word[0] & TOP_BITS)
            break;
    }
    while (at < text.len && (unsigned char)text.ptr[at] < 0x80)
        at++;
    return at;
}

size_t assay_utf8_valid(struct assay_str text)
{
    size_t at = skip_ascii(text, 0);
    while (at < text.len) {
        uint32_t rune;
        size_t n = assay_utf8_decode(text.ptr + at, text.len - at, &rune);
        if (n == 0)
            break;
        at += n;
        if (n == 1)
            at = skip_ascii(text, at);
    }
    return at;
}

size_t assay_utf8_count(struct assay_str text)
{
    size_t continuations = 0, at = 0;
    for (; text.len - at >= 8; at += 8) {
        uint64_t word;
        memcpy(&word, text.ptr + at, sizeof word);
        /* The top bit of each byte that is 10xxxxxx; bits do not cross bytes. */
        word &= ~(word << 1) & TOP_BITS;
        continuations += (size_t)__builtin_popcountll(word);
    }
    for (; at < text.len; at++)
        continuations += ((unsigned char)text.ptr[at] & 0xC0) == 0x80;
    return text.len - continuations;
}
