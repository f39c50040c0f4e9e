/*
 * Stretches of rising keys, sorted. A table in order adds each behind the last one, or,
 * with several threads, not far from it.
 */
#include "config.h"

#include "sketch/rising.h"

#include <stdlib.h>

#define STRETCHES_MIN 64u
#define TEXTS_MAX ((size_t)1 << 31)

/* Its ends stand in the texts, one behind the other. */
struct assay_rising_stretch {
    size_t at;
    uint32_t first_len, last_len;
};

void assay_rising_init(struct assay_rising *rising, struct assay_budget *budget)
{
    *rising = (struct assay_rising){.budget = budget};
    assay_buf_init(&rising->texts, TEXTS_MAX);
}

void assay_rising_reset(struct assay_rising *rising)
{
    free(rising->stretches);
    assay_buf_free(&rising->texts);
    assay_budget_give(rising->budget, rising->held);
    assay_rising_init(rising, rising->budget);
}

static struct assay_str first_of(const struct assay_rising *rising, size_t i)
{
    const struct assay_rising_stretch *stretch = &rising->stretches[i];
    return assay_str(rising->texts.ptr + stretch->at, stretch->first_len);
}

static struct assay_str last_of(const struct assay_rising *rising, size_t i)
{
    const struct assay_rising_stretch *stretch = &rising->stretches[i];
    return assay_str(rising->texts.ptr + stretch->at + stretch->first_len, stretch->last_len);
}

/* Whether all keys that begin with `a` stand before all that begin with `b`. */
static bool is_before(struct assay_str a, struct assay_str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    return n > 0 && memcmp(a.ptr, b.ptr, n) < 0;
}

/* The number of stretches that lie before a key; those in order are found at the end. */
static size_t place_of(const struct assay_rising *rising, struct assay_str first)
{
    size_t low = 0, high = rising->count;
    while (high > 0 && rising->count - high < 16 && !is_before(last_of(rising, high - 1), first))
        high--;
    if (rising->count - high < 16)
        return high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (is_before(last_of(rising, middle), first))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Room for one more; false: the budget has none, or there is no memory, which `err` says. */
static bool room_for(struct assay_rising *rising, size_t size, struct assay_error *err)
{
    size_t cap = rising->cap > 0 ? rising->cap * 2 : STRETCHES_MIN;
    size_t more =
        size + (rising->count < rising->cap ? 0 : (cap - rising->cap) * sizeof *rising->stretches);
    if (size > TEXTS_MAX - rising->texts.len || !assay_budget_take(rising->budget, more))
        return false;
    rising->held += more;
    if (rising->count < rising->cap)
        return true;
    void *grown = realloc(rising->stretches, cap * sizeof *rising->stretches);
    if (grown == NULL) {
        assay_fail_nomem(err);
        return false;
    }
    rising->stretches = grown;
    rising->cap = cap;
    return true;
}

enum assay_status assay_rising_add(struct assay_rising *rising, struct assay_str first,
                                   struct assay_str last, uint64_t keys, bool *fits,
                                   struct assay_error *err)
{
    struct assay_error none = {.status = ASSAY_OK};
    size_t at = place_of(rising, first);
    *fits = first.len > 0 && first.len <= ASSAY_RISING_KEY_MAX &&
            last.len <= ASSAY_RISING_KEY_MAX &&
            (at == rising->count || is_before(last, first_of(rising, at)));
    if (!*fits)
        return ASSAY_OK;
    *fits = room_for(rising, first.len + last.len, &none);
    if (!*fits)
        return none.status == ASSAY_NOMEM ? assay_fail_nomem(err) : ASSAY_OK;
    struct assay_rising_stretch *stretch = &rising->stretches[at];
    memmove(stretch + 1, stretch, (rising->count++ - at) * sizeof *stretch);
    *stretch =
        (struct assay_rising_stretch){rising->texts.len, (uint32_t)first.len, (uint32_t)last.len};
    assay_buf_str(&rising->texts, first);
    assay_buf_str(&rising->texts, last);
    rising->total += keys;
    return rising->texts.failed ? assay_fail_nomem(err) : ASSAY_OK;
}

enum assay_status assay_rising_merge(struct assay_rising *into, struct assay_rising *from,
                                     bool *fits, struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    *fits = true;
    into->total += from->total;
    for (size_t i = 0; i < from->count && *fits && status == ASSAY_OK; i++)
        status = assay_rising_add(into, first_of(from, i), last_of(from, i), 0, fits, err);
    assay_rising_reset(from);
    return status;
}
