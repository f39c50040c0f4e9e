/*
 * Nearest names by edit distance, for errors about keys, columns, flags and commands.
 */
#include "config.h"

#include "base/suggest.h"

#define LONGEST 63
#define NEAR 2

static unsigned char fold(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t assay_suggest_distance(struct assay_str a, struct assay_str b, size_t limit)
{
    size_t gap = a.len > b.len ? a.len - b.len : b.len - a.len;
    if (a.len > LONGEST || b.len > LONGEST || gap > limit)
        return limit + 1;
    size_t rows[3][LONGEST + 1];
    size_t *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= b.len; j++)
        last[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        unsigned char ca = fold(a.ptr[i - 1]);
        now[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            unsigned char cb = fold(b.ptr[j - 1]);
            size_t cost = least(last[j - 1] + (ca != cb), least(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && ca == fold(b.ptr[j - 2]) && fold(a.ptr[i - 2]) == cb)
                cost = least(cost, before[j - 2] + 1);
            now[j] = cost;
        }
        size_t *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return least(last[b.len], limit + 1);
}

const char *assay_suggest(struct assay_str given, const char *const *names, size_t count)
{
    const char *nearest = NULL;
    size_t best = NEAR + 1;
    for (size_t i = 0; i < count; i++) {
        struct assay_str name = assay_cstr(names[i]);
        size_t distance = assay_suggest_distance(given, name, NEAR);
        size_t longer = given.len > name.len ? given.len : name.len;
        if (names[i] != NULL && distance < best && distance < longer) {
            best = distance;
            nearest = names[i];
        }
    }
    return nearest;
}
