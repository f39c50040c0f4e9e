/*
 * Putting a table's entries in the order of their bytes: a quicksort with three parts
 * that looks at eight bytes at a time (Bentley and Sedgewick, "Fast algorithms for
 * sorting and searching strings", 1997). Indexes are sorted; the table stays as it is.
 */
#include "config.h"

#include "sketch/frequency_impl.h"

enum {
    SMALL = 12,
    DEEP = 64 /* words that all values share before it is left to heap sort */
};

static struct assay_str text_of(const struct assay_frequency *s,
                                const struct assay_frequency_item *item, char word[8])
{
    return assay_frequency_text(s, &s->entries[item->index], word);
}

static int compare(const struct assay_frequency *s, const struct assay_frequency_item *x,
                   const struct assay_frequency_item *y)
{
    char a[8], b[8];
    return assay_str_compare(text_of(s, x, a), text_of(s, y, b));
}

/* Eight bytes of a value from `depth` on, the first one on top; zeros behind its end. */
static uint64_t word_at(const struct assay_frequency *s, const struct assay_frequency_item *item,
                        size_t depth)
{
    char room[8], padded[8] = {0};
    struct assay_str text = text_of(s, item, room);
    if (text.len > depth)
        memcpy(padded, text.ptr + depth, text.len - depth < 8 ? text.len - depth : 8);
    return __builtin_bswap64(assay_key_load(padded));
}

static void insertion_sort(const struct assay_frequency *s, struct assay_frequency_item *v,
                           size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct assay_frequency_item item = v[i];
        size_t at = i;
        for (; at > 0 && compare(s, &v[at - 1], &item) > 0; at--)
            v[at] = v[at - 1];
        v[at] = item;
    }
}

static void sift_down(const struct assay_frequency *s, struct assay_frequency_item *v, size_t at,
                      size_t count)
{
    struct assay_frequency_item item = v[at];
    for (size_t child; (child = at * 2 + 1) < count; at = child) {
        if (child + 1 < count && compare(s, &v[child], &v[child + 1]) < 0)
            child++;
        if (compare(s, &v[child], &item) <= 0)
            break;
        v[at] = v[child];
    }
    v[at] = item;
}

static void swap(struct assay_frequency_item *x, struct assay_frequency_item *y)
{
    struct assay_frequency_item item = *x;
    *x = *y;
    *y = item;
}

static void heap_sort(const struct assay_frequency *s, struct assay_frequency_item *v, size_t count)
{
    for (size_t at = count / 2; at-- > 0;)
        sift_down(s, v, at, count);
    for (size_t end = count; end-- > 1;) {
        swap(&v[0], &v[end]);
        sift_down(s, v, 0, end);
    }
}

static void sort(const struct assay_frequency *s, struct assay_frequency_item *v, size_t count,
                 size_t depth);

/* Values alike up to and including the word at `depth`: those that end in it come first. */
static void sort_alike(const struct assay_frequency *s, struct assay_frequency_item *v,
                       size_t count, size_t depth)
{
    size_t ended = 0;
    for (size_t i = 0; i < count; i++)
        if (s->entries[v[i].index].len <= depth + 8)
            swap(&v[ended++], &v[i]);
    insertion_sort(s, v, ended);
    for (size_t i = ended; i < count; i++)
        v[i].word = word_at(s, &v[i], depth + 8);
    sort(s, v + ended, count - ended, depth + 8);
}

static void sort(const struct assay_frequency *s, struct assay_frequency_item *v, size_t count,
                 size_t depth)
{
    while (count > SMALL) {
        if (depth / 8 > DEEP) {
            heap_sort(s, v, count);
            return;
        }
        uint64_t pivot = v[assay_hash_mix(s->seed ^ count) % count].word;
        size_t low = 0, high = count;
        for (size_t at = 0; at < high;) {
            if (v[at].word < pivot)
                swap(&v[low++], &v[at++]);
            else if (v[at].word > pivot)
                swap(&v[at], &v[--high]);
            else
                at++;
        }
        sort_alike(s, v + low, high - low, depth);
        if (low < count - high) {
            sort(s, v, low, depth);
            v += high;
            count -= high;
        } else {
            sort(s, v + high, count - high, depth);
            count = low;
        }
    }
    insertion_sort(s, v, count);
}

void assay_frequency_order(const struct assay_frequency *state, struct assay_frequency_item *items)
{
    for (size_t i = 0; i < state->count; i++) {
        items[i].index = (uint32_t)i;
        items[i].word = word_at(state, &items[i], 0);
    }
    sort(state, items, state->count, 0);
}
