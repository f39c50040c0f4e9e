/*
 * Characters, their case, and LIKE.
 */
#include "config.h"

#include "expr/text_case.h"

#include "base/utf8.h"

size_t assay_expr_char_size(const char *p, size_t len)
{
    uint32_t rune;
    if ((unsigned char)p[0] < 0x80)
        return 1;
    size_t n = assay_utf8_decode(p, len, &rune);
    return n ? n : 1;
}

uint64_t assay_expr_char_count(struct assay_str text)
{
    uint64_t count = 0;
    for (size_t i = 0; i < text.len; count++)
        i += assay_expr_char_size(text.ptr + i, text.len - i);
    return count;
}

size_t assay_expr_char_skip(struct assay_str text, uint64_t n)
{
    size_t i = 0;
    for (; i < text.len && n > 0; n--)
        i += assay_expr_char_size(text.ptr + i, text.len - i);
    return i;
}

/* The other case of a letter that has the same length in both. */
static uint32_t other_case(uint32_t c, bool upper)
{
    static const struct {
        uint16_t first, last; /* capitals */
        uint8_t step;         /* to the small letter; 1: capitals and small letters alternate */
    } ranges[] = {
        {0x41, 0x5a, 32},   {0xc0, 0xd6, 32},   {0xd8, 0xde, 32},   {0x100, 0x12e, 1},
        {0x132, 0x136, 1},  {0x139, 0x147, 1},  {0x14a, 0x176, 1},  {0x179, 0x17d, 1},
        {0x391, 0x3a1, 32}, {0x3a3, 0x3ab, 32}, {0x400, 0x40f, 80}, {0x410, 0x42f, 32},
        {0x460, 0x480, 1},  {0x48a, 0x4be, 1},  {0x4d0, 0x52e, 1},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        uint32_t first = ranges[i].first, last = ranges[i].last, step = ranges[i].step;
        uint32_t capital = upper ? c - step : c;
        if (capital < first || capital > last || (upper && c < step))
            continue;
        if (step == 1 && (capital - first) % 2 != 0)
            continue;
        return upper ? capital : c + step;
    }
    return c;
}

void assay_expr_change_case(struct assay_str text, bool upper, char *out)
{
    for (size_t i = 0; i < text.len;) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < 0x80) {
            out[i++] = (char)other_case(c, upper);
            continue;
        }
        uint32_t rune;
        char other[4];
        size_t n = assay_utf8_decode(text.ptr + i, text.len - i, &rune);
        if (n == 0) {
            out[i] = text.ptr[i];
            n = 1;
        } else if (assay_utf8_encode(other_case(rune, upper), other) == n) {
            memcpy(out + i, other, n);
        } else {
            memcpy(out + i, text.ptr + i, n);
        }
        i += n;
    }
}

static bool same_char(const char *a, size_t an, const char *b, size_t bn, bool fold)
{
    if (an == bn && memcmp(a, b, an) == 0)
        return true;
    if (!fold || an != bn)
        return false;
    char x[4], y[4];
    assay_expr_change_case(assay_str(a, an), false, x);
    assay_expr_change_case(assay_str(b, bn), false, y);
    return memcmp(x, y, an) == 0;
}

static bool begins_with(struct assay_str text, size_t at, struct assay_str part)
{
    return part.len > 0 && text.len - at >= part.len &&
           memcmp(text.ptr + at, part.ptr, part.len) == 0;
}

bool assay_expr_like_pattern_ok(struct assay_str pattern, struct assay_str escape)
{
    for (size_t i = 0; i < pattern.len;) {
        if (begins_with(pattern, i, escape)) {
            i += escape.len;
            if (i == pattern.len || (pattern.ptr[i] != '%' && pattern.ptr[i] != '_' &&
                                     !begins_with(pattern, i, escape)))
                return false;
        }
        i += assay_expr_char_size(pattern.ptr + i, pattern.len - i);
    }
    return true;
}

/* Greedy matching that on a mismatch goes back to the last % only: no exponential cases. */
bool assay_expr_like(struct assay_str text, struct assay_str pattern, struct assay_str escape,
                     bool fold)
{
    size_t t = 0, p = 0, back_t = 0, back_p = SIZE_MAX;
    for (;;) {
        bool escaped = begins_with(pattern, p, escape);
        size_t at = p + (escaped ? escape.len : 0);
        if (!escaped && at < pattern.len && pattern.ptr[at] == '%') {
            back_p = p = at + 1;
            back_t = t;
            continue;
        }
        if (t == text.len && at >= pattern.len)
            return true;
        if (t < text.len && at < pattern.len) {
            size_t tn = assay_expr_char_size(text.ptr + t, text.len - t);
            size_t pn = assay_expr_char_size(pattern.ptr + at, pattern.len - at);
            bool any = !escaped && pattern.ptr[at] == '_';
            if (any || same_char(text.ptr + t, tn, pattern.ptr + at, pn, fold)) {
                t += tn;
                p = at + pn;
                continue;
            }
        }
        if (back_p == SIZE_MAX || back_t >= text.len)
            return false;
        back_t += assay_expr_char_size(text.ptr + back_t, text.len - back_t);
        t = back_t;
        p = back_p;
    }
}
