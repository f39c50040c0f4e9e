/*
 * Dense integers as ranges and as pages of bits: adding and merging. What is read out
 * of them is in intset_walk.c.
 */
#include "config.h"

#include "sketch/intset_impl.h"

#include <stdlib.h>
#include <string.h>

enum {
    BLOCK = 64,         /* the least stretch worth a range */
    FREE_PAGES = 16,    /* pages that need not pay */
    PER_OFFERED = 4096, /* one more for so many values offered */
    PER_KEPT = 256,     /* and for so many that the pages keep */
    RANGES_MIN = 64
};

void assay_intset_init(struct assay_intset *set, struct assay_budget *budget)
{
    *set = (struct assay_intset){.budget = budget};
}

static void free_page(struct assay_intset *set, struct assay_intset_page *page)
{
    size_t size = sizeof *page + (page->again != NULL ? ASSAY_INTSET_PAGE / 8 : 0);
    assay_budget_give(set->budget, size);
    set->held -= size;
    free(page->again);
    free(page);
}

void assay_intset_reset(struct assay_intset *set)
{
    for (size_t i = 0; set->pages != NULL && i <= set->page_mask; i++)
        if (set->pages[i] != NULL)
            free_page(set, set->pages[i]);
    free(set->pages);
    free(set->seen.v);
    free(set->again.v);
    assay_budget_give(set->budget, set->held);
    assay_intset_init(set, set->budget);
}

/* Ranges */

static int compare_ranges(const void *x, const void *y)
{
    const struct assay_intset_range *a = x, *b = y;
    return (a->lo > b->lo) - (a->lo < b->lo);
}

static bool touches(const struct assay_intset_range *before, int64_t lo)
{
    return lo <= before->hi || lo - 1 == before->hi;
}

static enum assay_status ranges_room(struct assay_intset *set, struct assay_intset_ranges *ranges,
                                     struct assay_error *err)
{
    if (ranges->count < ranges->cap)
        return ASSAY_OK;
    size_t cap = ranges->cap ? ranges->cap * 2 : RANGES_MIN;
    struct assay_intset_range *v = realloc(ranges->v, cap * sizeof *v);
    if (v == NULL)
        return assay_fail_nomem(err);
    assay_budget_force(set->budget, (cap - ranges->cap) * sizeof *v);
    set->held += (cap - ranges->cap) * sizeof *v;
    ranges->v = v;
    ranges->cap = cap;
    return ASSAY_OK;
}

/* Appends a range that begins no earlier than those before it, joining where they touch. */
static enum assay_status ranges_join(struct assay_intset *set, struct assay_intset_ranges *ranges,
                                     struct assay_intset_range range, struct assay_error *err)
{
    struct assay_intset_range *last = ranges->count ? &ranges->v[ranges->count - 1] : NULL;
    if (last != NULL && last->lo <= range.lo && touches(last, range.lo)) {
        if (range.hi > last->hi)
            last->hi = range.hi;
        return ASSAY_OK;
    }
    ASSAY_TRY(ranges_room(set, ranges, err));
    ranges->v[ranges->count++] = range;
    return ASSAY_OK;
}

/* Sorts and joins; what is covered twice goes to `again` unless that is NULL. */
static enum assay_status ranges_settle(struct assay_intset *set, struct assay_intset_ranges *ranges,
                                       struct assay_intset_ranges *again, struct assay_error *err)
{
    if (ranges->settled == ranges->count)
        return ASSAY_OK;
    size_t count = ranges->count;
    qsort(ranges->v, count, sizeof *ranges->v, compare_ranges);
    ranges->count = 0;
    for (size_t i = 0; i < count; i++) {
        struct assay_intset_range range = ranges->v[i];
        struct assay_intset_range *last = ranges->count ? &ranges->v[ranges->count - 1] : NULL;
        if (again != NULL && last != NULL && range.lo <= last->hi) {
            int64_t hi = range.hi < last->hi ? range.hi : last->hi;
            ASSAY_TRY(ranges_join(set, again, (struct assay_intset_range){range.lo, hi}, err));
        }
        ASSAY_TRY(ranges_join(set, ranges, range, err));
    }
    ranges->settled = ranges->count;
    return ASSAY_OK;
}

/* Before the list of ranges grows, sees whether it need not be so long. */
static enum assay_status push_range(struct assay_intset *set, struct assay_intset_range range,
                                    struct assay_error *err)
{
    struct assay_intset_ranges *seen = &set->seen;
    if (seen->count == seen->cap && seen->count > 0) {
        ASSAY_TRY(ranges_settle(set, seen, &set->again, err));
        if (set->again.count > 4096)
            ASSAY_TRY(ranges_settle(set, &set->again, NULL, err));
        if (seen->count > seen->cap / 2) {
            size_t count = seen->count;
            seen->count = seen->cap;
            enum assay_status status = ranges_room(set, seen, err);
            seen->count = count;
            ASSAY_TRY(status);
        }
    }
    ASSAY_TRY(ranges_room(set, seen, err));
    seen->v[seen->count++] = range;
    return ASSAY_OK;
}

static enum assay_status close_stretch(struct assay_intset *set, struct assay_error *err)
{
    if (!set->open)
        return ASSAY_OK;
    set->open = false;
    return push_range(set, set->stretch, err);
}

enum assay_status assay_intset_add_range(struct assay_intset *set, int64_t lo, int64_t hi,
                                         struct assay_error *err)
{
    set->offered += (uint64_t)hi - (uint64_t)lo + 1;
    if (set->open && lo != INT64_MIN && lo - 1 == set->stretch.hi) {
        set->stretch.hi = hi;
        return ASSAY_OK;
    }
    ASSAY_TRY(close_stretch(set, err));
    set->open = true;
    set->stretch = (struct assay_intset_range){lo, hi};
    return ASSAY_OK;
}

enum assay_status assay_intset_settle(struct assay_intset *set, struct assay_error *err)
{
    ASSAY_TRY(close_stretch(set, err));
    ASSAY_TRY(ranges_settle(set, &set->seen, &set->again, err));
    return ranges_settle(set, &set->again, NULL, err);
}

/* Pages */

static void place_page(struct assay_intset *set, struct assay_intset_page *page)
{
    size_t at = assay_intset_hash(page->number) & set->page_mask;
    while (set->pages[at] != NULL)
        at = (at + 1) & set->page_mask;
    set->pages[at] = page;
}

static enum assay_status page_table_grow(struct assay_intset *set, struct assay_error *err)
{
    if (set->pages != NULL && set->page_count * 2 <= set->page_mask)
        return ASSAY_OK;
    struct assay_intset_page **old = set->pages;
    size_t old_slots = old != NULL ? set->page_mask + 1 : 0;
    size_t slots = old != NULL ? old_slots * 2 : 32;
    set->pages = calloc(slots, sizeof *set->pages);
    if (set->pages == NULL) {
        set->pages = old;
        return assay_fail_nomem(err);
    }
    assay_budget_force(set->budget, (slots - old_slots) * sizeof *old);
    set->held += (slots - old_slots) * sizeof *old;
    set->page_mask = slots - 1;
    for (size_t i = 0; i < old_slots; i++)
        if (old[i] != NULL)
            place_page(set, old[i]);
    free(old);
    return ASSAY_OK;
}

static bool page_pays(const struct assay_intset *set)
{
    return set->page_count < FREE_PAGES + set->offered / PER_OFFERED + set->kept / PER_KEPT;
}

/* The page of a number, made if that pays; NULL with ASSAY_OK where it does not. */
static enum assay_status need_page(struct assay_intset *set, int64_t number,
                                   struct assay_intset_page **page, struct assay_error *err)
{
    *page = assay_intset_page(set, number);
    if (*page != NULL || !page_pays(set) || !assay_budget_take(set->budget, sizeof **page))
        return ASSAY_OK;
    set->held += sizeof **page;
    ASSAY_TRY(page_table_grow(set, err));
    *page = calloc(1, sizeof **page);
    if (*page == NULL)
        return assay_fail_nomem(err);
    (*page)->number = number;
    place_page(set, *page);
    set->page_count++;
    return ASSAY_OK;
}

/* Bits for what is seen again: small beside the page, so the budget is not asked. */
static enum assay_status need_again(struct assay_intset *set, struct assay_intset_page *page,
                                    struct assay_error *err)
{
    if (page->again != NULL)
        return ASSAY_OK;
    page->again = calloc(1, ASSAY_INTSET_PAGE / 8);
    if (page->again == NULL)
        return assay_fail_nomem(err);
    assay_budget_force(set->budget, ASSAY_INTSET_PAGE / 8);
    set->held += ASSAY_INTSET_PAGE / 8;
    return ASSAY_OK;
}

static inline enum assay_status set_bit(struct assay_intset *set, struct assay_intset_page *page,
                                        uint64_t value, struct assay_error *err)
{
    size_t word = value % ASSAY_INTSET_PAGE / 64;
    uint64_t bit = (uint64_t)1 << value % 64;
    if (page->seen[word] & bit) {
        ASSAY_TRY(need_again(set, page, err));
        page->again[word] |= bit;
    }
    page->seen[word] |= bit;
    set->kept++;
    return ASSAY_OK;
}

/* Values that are no stretch, one by one. */
static enum assay_status add_scattered(struct assay_intset *set, const int64_t *values,
                                       size_t count, int64_t *refused, size_t *refused_count,
                                       struct assay_error *err)
{
    for (size_t i = 0; i < count; i++) {
        int64_t value = values[i];
        if (set->open && value != INT64_MIN && value - 1 == set->stretch.hi) {
            set->stretch.hi = value;
            continue;
        }
        struct assay_intset_page *page = set->last;
        if (page == NULL || page->number != assay_intset_number(value)) {
            ASSAY_TRY(need_page(set, assay_intset_number(value), &page, err));
            if (page == NULL) {
                refused[(*refused_count)++] = value;
                continue;
            }
            set->last = page;
        }
        ASSAY_TRY(set_bit(set, page, (uint64_t)value, err));
    }
    return ASSAY_OK;
}

static bool is_stretch(const int64_t *values)
{
    uint64_t differ = 0, first = (uint64_t)values[0];
    for (uint64_t i = 0; i < BLOCK; i++)
        differ |= (uint64_t)values[i] ^ (first + i);
    return differ == 0 && values[0] <= INT64_MAX - BLOCK;
}

enum assay_status assay_intset_add(struct assay_intset *set, const int64_t *values, size_t count,
                                   int64_t *refused, size_t *refused_count, struct assay_error *err)
{
    *refused_count = 0;
    for (; count >= BLOCK; count -= BLOCK, values += BLOCK) {
        if (is_stretch(values)) {
            ASSAY_TRY(assay_intset_add_range(set, values[0], values[BLOCK - 1], err));
            continue;
        }
        set->offered += BLOCK;
        ASSAY_TRY(add_scattered(set, values, BLOCK, refused, refused_count, err));
    }
    set->offered += count;
    return add_scattered(set, values, count, refused, refused_count, err);
}

/* Merging */

static enum assay_status merge_page(struct assay_intset *into, struct assay_intset_page *page,
                                    struct assay_intset_page *from, struct assay_error *err)
{
    for (size_t w = 0; w < ASSAY_INTSET_WORDS; w++) {
        uint64_t again = page->seen[w] & from->seen[w];
        if (from->again != NULL)
            again |= from->again[w];
        page->seen[w] |= from->seen[w];
        if (again == 0)
            continue;
        ASSAY_TRY(need_again(into, page, err));
        page->again[w] |= again;
    }
    return ASSAY_OK;
}

static enum assay_status merge_pages(struct assay_intset *into, struct assay_intset *from,
                                     struct assay_error *err)
{
    for (size_t i = 0; from->pages != NULL && i <= from->page_mask; i++) {
        struct assay_intset_page *page = from->pages[i], *mine;
        if (page == NULL)
            continue;
        mine = assay_intset_page(into, page->number);
        if (mine != NULL) {
            ASSAY_TRY(merge_page(into, mine, page, err));
            free_page(from, page);
        } else {
            ASSAY_TRY(page_table_grow(into, err));
            place_page(into, page);
            into->page_count++;
            size_t size = sizeof *page + (page->again != NULL ? ASSAY_INTSET_PAGE / 8 : 0);
            from->held -= size;
            into->held += size;
        }
        from->pages[i] = NULL;
    }
    return ASSAY_OK;
}

enum assay_status assay_intset_merge(struct assay_intset *into, struct assay_intset *from,
                                     struct assay_error *err)
{
    enum assay_status status = close_stretch(into, err);
    if (status == ASSAY_OK)
        status = assay_intset_settle(from, err);
    for (size_t i = 0; i < from->seen.count && status == ASSAY_OK; i++)
        status = push_range(into, from->seen.v[i], err);
    for (size_t i = 0; i < from->again.count && status == ASSAY_OK; i++)
        status = ranges_join(into, &into->again, from->again.v[i], err);
    if (status == ASSAY_OK)
        status = merge_pages(into, from, err);
    into->offered += from->offered;
    into->kept += from->kept;
    assay_intset_reset(from);
    return status;
}
