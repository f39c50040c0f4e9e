/*
 * Reading out of dense integers: ranges and bits laid over each other.
 */
#include "config.h"

#include "sketch/intset_impl.h"

#include <stdlib.h>
#include <string.h>

/* Joins what touches before handing it on. */
struct joiner {
    assay_intset_fn *fn;
    void *ctx;
    bool open;
    struct assay_intset_range range;
};

static enum assay_status join(struct joiner *j, int64_t lo, int64_t hi, struct assay_error *err)
{
    if (j->open && j->range.hi != INT64_MAX && lo <= j->range.hi + 1) {
        if (hi > j->range.hi)
            j->range.hi = hi;
        return ASSAY_OK;
    }
    if (j->open)
        ASSAY_TRY(j->fn(j->ctx, j->range.lo, j->range.hi, err));
    j->open = true;
    j->range = (struct assay_intset_range){lo, hi};
    return ASSAY_OK;
}

static int compare_pages(const void *x, const void *y)
{
    const struct assay_intset_page *const *a = x, *const *b = y;
    return ((*a)->number > (*b)->number) - ((*a)->number < (*b)->number);
}

static struct assay_intset_page **sorted_pages(const struct assay_intset *set)
{
    struct assay_intset_page **list = malloc((set->page_count + 1) * sizeof *list);
    size_t count = 0;
    for (size_t i = 0; list != NULL && set->pages != NULL && i <= set->page_mask; i++)
        if (set->pages[i] != NULL)
            list[count++] = set->pages[i];
    if (list != NULL)
        qsort(list, count, sizeof *list, compare_pages);
    return list;
}

/* Index of the first range that ends at or after `value`. */
static size_t lower_bound(const struct assay_intset_ranges *ranges, int64_t value)
{
    size_t lo = 0, hi = ranges->count;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (ranges->v[mid].hi < value)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Sets the bits of a page that the ranges cover. */
static void lay_ranges(const struct assay_intset_ranges *ranges, int64_t number, uint64_t *bits)
{
    int64_t first = assay_intset_first(number), last = first + (ASSAY_INTSET_PAGE - 1);
    memset(bits, 0, ASSAY_INTSET_PAGE / 8);
    for (size_t i = lower_bound(ranges, first); i < ranges->count; i++) {
        if (ranges->v[i].lo > last)
            break;
        size_t from = ranges->v[i].lo > first ? (size_t)(ranges->v[i].lo - first) : 0;
        size_t to = ranges->v[i].hi < last ? (size_t)(ranges->v[i].hi - first)
                                           : (size_t)ASSAY_INTSET_PAGE - 1;
        for (size_t w = from / 64; w <= to / 64; w++) {
            uint64_t low = w == from / 64 ? UINT64_MAX << from % 64 : UINT64_MAX;
            uint64_t high = w == to / 64 ? UINT64_MAX >> (63 - to % 64) : UINT64_MAX;
            bits[w] |= low & high;
        }
    }
}

/* All that is known of a page's values: bits of the page and of the ranges together. */
static void page_bits(const struct assay_intset *set, const struct assay_intset_page *page,
                      bool again, uint64_t *bits)
{
    lay_ranges(&set->seen, page->number, bits);
    if (!again) {
        for (size_t w = 0; w < ASSAY_INTSET_WORDS; w++)
            bits[w] |= page->seen[w];
        return;
    }
    uint64_t more[ASSAY_INTSET_WORDS];
    lay_ranges(&set->again, page->number, more);
    for (size_t w = 0; w < ASSAY_INTSET_WORDS; w++)
        bits[w] = (bits[w] & page->seen[w]) | more[w] | (page->again ? page->again[w] : 0);
}

/* Hands on the runs of ones. */
static enum assay_status walk_bits(struct joiner *j, int64_t first, const uint64_t *bits,
                                   struct assay_error *err)
{
    for (int w = 0; w < ASSAY_INTSET_WORDS; w++) {
        uint64_t word = bits[w];
        for (int at = 0; word != 0;) {
            int skip = __builtin_ctzll(word);
            word >>= skip;
            at += skip;
            int run = ~word != 0 ? __builtin_ctzll(~word) : 64;
            int64_t lo = first + w * 64 + at;
            ASSAY_TRY(join(j, lo, lo + (run - 1), err));
            word = run < 64 ? word >> run : 0;
            at += run;
        }
    }
    return ASSAY_OK;
}

/* Ranges up to, and not including, the values of the next page. */
static enum assay_status walk_ranges(struct joiner *j, const struct assay_intset_ranges *ranges,
                                     int64_t from, int64_t to, struct assay_error *err)
{
    for (size_t i = lower_bound(ranges, from); i < ranges->count; i++) {
        int64_t lo = ranges->v[i].lo, hi = ranges->v[i].hi;
        if (lo > to)
            break;
        ASSAY_TRY(join(j, lo < from ? from : lo, hi > to ? to : hi, err));
    }
    return ASSAY_OK;
}

static enum assay_status walk_all(const struct assay_intset *set, bool again, struct joiner *j,
                                  struct assay_intset_page **pages, struct assay_error *err)
{
    const struct assay_intset_ranges *ranges = again ? &set->again : &set->seen;
    uint64_t bits[ASSAY_INTSET_WORDS];
    int64_t from = INT64_MIN;
    for (size_t i = 0; i < set->page_count; i++) {
        int64_t first = assay_intset_first(pages[i]->number);
        int64_t last = first + (ASSAY_INTSET_PAGE - 1);
        if (first > from)
            ASSAY_TRY(walk_ranges(j, ranges, from, first - 1, err));
        page_bits(set, pages[i], again, bits);
        ASSAY_TRY(walk_bits(j, first, bits, err));
        if (last == INT64_MAX)
            return ASSAY_OK;
        from = last + 1;
    }
    return walk_ranges(j, ranges, from, INT64_MAX, err);
}

enum assay_status assay_intset_walk(const struct assay_intset *set, bool again, assay_intset_fn *fn,
                                    void *ctx, struct assay_error *err)
{
    struct joiner j = {.fn = fn, .ctx = ctx};
    struct assay_intset_page **pages = sorted_pages(set);
    if (pages == NULL)
        return assay_fail_nomem(err);
    enum assay_status status = walk_all(set, again, &j, pages, err);
    free(pages);
    if (status == ASSAY_OK && j.open)
        status = fn(ctx, j.range.lo, j.range.hi, err);
    return status;
}

static bool covers(const struct assay_intset_ranges *ranges, int64_t value)
{
    size_t at = lower_bound(ranges, value);
    return at < ranges->count && ranges->v[at].lo <= value;
}

unsigned assay_intset_times(const struct assay_intset *set, int64_t value)
{
    const struct assay_intset_page *page = assay_intset_page(set, assay_intset_number(value));
    size_t word = (uint64_t)value % ASSAY_INTSET_PAGE / 64;
    uint64_t bit = (uint64_t)1 << (uint64_t)value % 64;
    unsigned times = page != NULL && page->seen[word] & bit ? 1 : 0;
    if (covers(&set->seen, value))
        times++;
    if (covers(&set->again, value) ||
        (page != NULL && page->again != NULL && page->again[word] & bit))
        times = 2;
    return times;
}
