/*
 * The small sorts inside buckets of keys.
 */
#include "config.h"

#include "sketch/keyset_sort.h"

static void insertion_sort(struct assay_keyset_item *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct assay_keyset_item item = items[i];
        size_t at = i;
        for (; at > 0 && assay_keyset_compare(&items[at - 1], &item) > 0; at--)
            items[at] = items[at - 1];
        items[at] = item;
    }
}

static void swap(struct assay_keyset_item *x, struct assay_keyset_item *y)
{
    struct assay_keyset_item item = *x;
    *x = *y;
    *y = item;
}

/* Recurses into the smaller side, so the stack stays logarithmic. */
void assay_keyset_sort_bucket(struct assay_keyset_item *items, size_t count)
{
    while (count > 16) {
        struct assay_keyset_item pivot = items[(size_t)(items[count / 2].mix % count)];
        size_t low = 0, at = 0, high = count;
        while (at < high) {
            int c = assay_keyset_compare(&items[at], &pivot);
            if (c < 0)
                swap(&items[low++], &items[at++]);
            else if (c > 0)
                swap(&items[at], &items[--high]);
            else
                at++;
        }
        if (low < count - high) {
            assay_keyset_sort_bucket(items, low);
            items += high;
            count -= high;
        } else {
            assay_keyset_sort_bucket(items + high, count - high);
            count = low;
        }
    }
    insertion_sort(items, count);
}

size_t assay_keyset_unique(struct assay_keyset_item *items, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && items[kept - 1].mix == items[i].mix &&
            assay_keyset_compare(&items[kept - 1], &items[i]) == 0)
            items[kept - 1].key.hi |= ASSAY_KEY_DUPLICATE;
        else
            items[kept++] = items[i];
    }
    return kept;
}
