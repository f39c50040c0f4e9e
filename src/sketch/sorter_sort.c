/*
 * Sorting in place: 64-bit numbers by an American flag sort that looks only at bytes
 * that differ, and records by heap sort (they are few).
 */
#include "config.h"

#include "sketch/sorter_impl.h"

enum { SMALL = 48 };

static void insertion_sort(int64_t *v, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        int64_t value = v[i];
        size_t at = i;
        for (; at > 0 && v[at - 1] > value; at--)
            v[at] = v[at - 1];
        v[at] = value;
    }
}

static inline unsigned digit(int64_t value, unsigned shift)
{
    return (unsigned)(((uint64_t)value ^ (uint64_t)1 << 63) >> shift & 0xff);
}

/* Puts every number into the bucket of its digit, whose ends are left in `ends`. */
static void permute(int64_t *v, size_t count, unsigned shift, size_t *ends)
{
    size_t at[256], counts[256] = {0};
    for (size_t i = 0; i < count; i++)
        counts[digit(v[i], shift)]++;
    for (size_t d = 0, sum = 0; d < 256; d++) {
        at[d] = sum;
        sum += counts[d];
        ends[d] = sum;
    }
    for (unsigned d = 0; d < 256; d++) {
        while (at[d] < ends[d]) {
            int64_t value = v[at[d]];
            for (unsigned to; (to = digit(value, shift)) != d;) {
                int64_t other = v[at[to]];
                v[at[to]++] = value;
                value = other;
            }
            v[at[d]++] = value;
        }
    }
}

void assay_sorter_sort_narrow(int64_t *v, size_t count)
{
    if (count <= SMALL) {
        insertion_sort(v, count);
        return;
    }
    uint64_t differ = 0;
    bool sorted = true;
    for (size_t i = 1; i < count; i++) {
        differ |= (uint64_t)v[i] ^ (uint64_t)v[0];
        sorted = sorted && v[i - 1] <= v[i];
    }
    if (sorted)
        return;
    unsigned top = 63 - (unsigned)__builtin_clzll(differ);
    unsigned shift = top >= 7 ? top - 7 : 0;
    size_t ends[256];
    permute(v, count, shift, ends);
    for (size_t d = 0, from = 0; d < 256 && shift > 0; from = ends[d++])
        if (ends[d] - from > 1)
            assay_sorter_sort_narrow(v + from, ends[d] - from);
}

static void sift_down(struct assay_sorter_record *v, size_t at, size_t count)
{
    struct assay_sorter_record record = v[at];
    for (size_t child; (child = at * 2 + 1) < count; at = child) {
        if (child + 1 < count && assay_sorter_value(&v[child]) < assay_sorter_value(&v[child + 1]))
            child++;
        if (assay_sorter_value(&v[child]) <= assay_sorter_value(&record))
            break;
        v[at] = v[child];
    }
    v[at] = record;
}

void assay_sorter_sort_wide(struct assay_sorter_record *v, size_t count)
{
    for (size_t at = count / 2; at-- > 0;)
        sift_down(v, at, count);
    for (size_t end = count; end-- > 1;) {
        struct assay_sorter_record largest = v[0];
        v[0] = v[end];
        v[end] = largest;
        sift_down(v, 0, end);
    }
}
