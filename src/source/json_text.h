/*
 * The lexical parts of JSON as RFC 8259 has them: strings, escapes, numbers, literals.
 *
 * What is read must be followed by 32 readable bytes of which one, at or behind the end
 * of the text, is a control character or a quote: scans stop there.
 */
#ifndef ASSAY_SOURCE_JSON_TEXT_H
#define ASSAY_SOURCE_JSON_TEXT_H

#include "base/str.h"

#include <stdint.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#ifdef __SSE2__
/* Of 16 bytes, those that end what is plain, and those that are not ASCII. */
static inline unsigned json_odd_bytes(const char *at, unsigned *high)
{
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
    const __m128i control = _mm_set1_epi8(0x1f);
    __m128i x = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i odd = _mm_or_si128(_mm_cmpeq_epi8(x, quote), _mm_cmpeq_epi8(x, backslash));
    odd = _mm_or_si128(odd, _mm_cmpeq_epi8(_mm_min_epu8(x, control), x));
    *high = (unsigned)_mm_movemask_epi8(x);
    return (unsigned)_mm_movemask_epi8(odd);
}
#endif

/*
 * The first byte at or behind `at` that cannot simply be part of a string: a quote, a
 * backslash, or below 20. Sets `*high` where a byte before it is not ASCII.
 */
static inline const char *json_plain_end(const char *at, bool *high)
{
#ifdef __SSE2__
    for (;; at += 32) {
        unsigned low_top, high_top;
        unsigned stop = json_odd_bytes(at, &low_top);
        stop |= json_odd_bytes(at + 16, &high_top) << 16;
        unsigned top = low_top | high_top << 16;
        if (stop == 0) {
            *high |= top != 0;
            continue;
        }
        *high |= (top & (stop ^ (stop - 1))) != 0;
        return at + __builtin_ctz(stop);
    }
#else
    for (;; at++) {
        unsigned char c = (unsigned char)*at;
        if (c < 0x20 || c == '"' || c == '\\')
            return at;
        *high |= c >= 0x80;
    }
#endif
}

static inline bool json_is_digit(char c)
{
    return (unsigned)(unsigned char)c - '0' < 10;
}

static inline const char *json_digits_end(const char *at)
{
    while (json_is_digit(*at))
        at++;
    return at;
}

/* Behind the number that begins at `at`; NULL where none does. */
static inline const char *json_number_end(const char *at)
{
    at += *at == '-';
    if (!json_is_digit(*at))
        return NULL;
    at = *at == '0' ? at + 1 : json_digits_end(at + 1);
    if (*at == '.') {
        if (!json_is_digit(at[1]))
            return NULL;
        at = json_digits_end(at + 2);
    }
    if ((*at | 0x20) == 'e') {
        at += at[1] == '+' || at[1] == '-' ? 2 : 1;
        if (!json_is_digit(*at))
            return NULL;
        at = json_digits_end(at + 1);
    }
    return at;
}

/* The same, quick for numbers of up to 15 characters without an exponent. */
static inline __attribute__((always_inline)) const char *json_number_end_fast(const char *at)
{
#ifdef __SSE2__
    __m128i x = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i value = _mm_sub_epi8(x, _mm_set1_epi8('0'));
    __m128i digit = _mm_cmpeq_epi8(_mm_min_epu8(value, _mm_set1_epi8(9)), value);
    unsigned other = (unsigned)_mm_movemask_epi8(digit) ^ 0x1ffffu; /* one bit there always is */
    const char *from = at;
    if (other & 1) {
        if (*from++ != '-' || other & 2)
            return NULL;
        other >>= 1;
    }
    const char *end = from + __builtin_ctz(other);
    if (*from == '0' && end > from + 1)
        return NULL;
    if (*end == '.') {
        const char *point = end;
        other &= other - 1;
        end = other != 0 ? from + __builtin_ctz(other) : at + 16;
        if (end == point + 1)
            return NULL;
    }
    return end >= at + 16 || (*end | 0x20) == 'e' ? json_number_end(at) : end;
#else
    return json_number_end(at);
#endif
}

static inline bool json_is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

enum assay_json_escape {
    ASSAY_JSON_ESCAPE_GOOD,
    ASSAY_JSON_ESCAPE_BAD,      /* no escape of JSON's */
    ASSAY_JSON_ESCAPE_SURROGATE /* half a surrogate pair */
};

/*
 * Takes the escape at text[0], a backslash. `*len` is its length (both halves of a pair;
 * for a bad one, up to and with the byte that is wrong), `*rune` what it stands for.
 */
enum assay_json_escape assay_json_escape(const char *text, const char *end, size_t *len,
                                         uint32_t *rune);

/*
 * Writes the content of a string (what stands between the quotes), which must be good,
 * with its escapes resolved; `out` has room for content.len bytes. Returns the length.
 */
size_t assay_json_unescape(struct assay_str content, char *out);

#endif
