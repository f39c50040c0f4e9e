/*
 * From pairs of values to a table of categories.
 */
#include "config.h"

#include "metric/crosstab.h"

#include "metric/judge.h"
#include "metric/list.h"
#include "metric/typed.h"

#include <math.h>
#include <stdlib.h>

#define NO_CATEGORY UINT32_MAX

struct pair {
    struct assay_str text[2]; /* ptr NULL: null */
    uint64_t count;
};

struct pairs {
    struct assay_arena *arena;
    struct pair *items;
    size_t count, room;
};

/* A distinct value of one side, how often it occurs, and what becomes of it. */
struct item {
    struct assay_str text;
    uint64_t count;
    double number;
    uint32_t category;
};

struct axis {
    struct assay_arena *arena;
    struct item *items; /* by text, the null first */
    size_t count;
    struct assay_list labels;
};

static enum assay_status take_pair(void *ctx, const struct assay_str *parts, uint64_t count,
                                   struct assay_error *err)
{
    struct pairs *pairs = ctx;
    if (pairs->count == ASSAY_CROSSTAB_PAIRS)
        return assay_fail(err, ASSAY_LIMIT, "CROSSTAB-SIZE",
                          "more than %u different pairs of values occur", ASSAY_CROSSTAB_PAIRS);
    if (pairs->count == pairs->room) {
        size_t room = pairs->room ? pairs->room * 2 : 256;
        struct pair *items = realloc(pairs->items, room * sizeof *items);
        if (items == NULL)
            return assay_fail_nomem(err);
        pairs->items = items;
        pairs->room = room;
    }
    struct pair *pair = &pairs->items[pairs->count++];
    pair->count = count;
    for (int side = 0; side < 2; side++) {
        struct assay_str part = parts[side];
        pair->text[side] = part;
        if (part.ptr == NULL)
            continue;
        pair->text[side].ptr = assay_arena_strdup(pairs->arena, part);
        if (pair->text[side].ptr == NULL)
            return assay_fail_nomem(err);
    }
    return ASSAY_OK;
}

static int compare_texts(struct assay_str a, struct assay_str b)
{
    if (a.ptr == NULL || b.ptr == NULL)
        return (a.ptr != NULL) - (b.ptr != NULL);
    return assay_str_compare(a, b);
}

static int compare_items(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    return compare_texts(x->text, y->text);
}

/* The distinct values of one side. */
static enum assay_status collect(struct axis *axis, const struct pairs *pairs, int side,
                                 struct assay_error *err)
{
    axis->items = assay_arena_array(axis->arena, pairs->count + 1, sizeof *axis->items);
    if (axis->items == NULL)
        return assay_fail_nomem(err);
    for (size_t i = 0; i < pairs->count; i++)
        axis->items[i] =
            (struct item){.text = pairs->items[i].text[side], .count = pairs->items[i].count};
    qsort(axis->items, pairs->count, sizeof *axis->items, compare_items);
    for (size_t i = 0; i < pairs->count; i++) {
        struct item item = axis->items[i];
        if (axis->count && compare_items(&axis->items[axis->count - 1], &item) == 0)
            axis->items[axis->count - 1].count += item.count;
        else
            axis->items[axis->count++] = item;
    }
    axis->labels = assay_list_new(axis->arena, axis->count + 3);
    return axis->labels.items ? ASSAY_OK : assay_fail_nomem(err);
}

static uint32_t add_label(struct axis *axis, struct assay_str label)
{
    assay_list_add(&axis->labels, assay_value_text(axis->arena, label));
    return (uint32_t)axis->labels.count - 1;
}

/* Whether every value is a finite number; sets the numbers. */
static bool read_numbers(struct axis *axis)
{
    bool any = false;
    for (size_t i = 0; i < axis->count; i++) {
        struct assay_numref number;
        if (axis->items[i].text.ptr == NULL)
            continue;
        if (!assay_numref_of(axis->items[i].text, &number) || !assay_number_is_finite(number.code))
            return false;
        axis->items[i].number = assay_number_to_double(&number);
        any = true;
    }
    return any;
}

static int compare_numbers(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

/* The quantile q of items in order of their numbers, between two of them in proportion. */
static double quantile(const struct item *items, size_t count, uint64_t total, double q)
{
    double at = q * (double)(total - 1), low = floor(at), values[2] = {0, 0};
    uint64_t seen = 0;
    for (size_t i = 0; i < count; i++) {
        for (int k = 0; k < 2; k++)
            if (low + k >= (double)seen && low + k < (double)(seen + items[i].count))
                values[k] = items[i].number;
        seen += items[i].count;
    }
    return at == low ? values[0] : values[0] + (values[1] - values[0]) * (at - low);
}

/* The width of bins that the data suggests. */
static double auto_width(const struct item *items, size_t count, uint64_t total)
{
    double span = items[count - 1].number - items[0].number, n = (double)total;
    double sturges = span / (log2(n) + 1);
    double iqr = quantile(items, count, total, 0.75) - quantile(items, count, total, 0.25);
    double fd = 2 * iqr / cbrt(n);
    return fd > 0 ? fmin(fd, sturges) : sturges;
}

/* Edges that the data suggests; the items are sorted by number, without the null. */
static size_t auto_edges(const struct item *items, size_t count, uint64_t most, double *edges)
{
    uint64_t total = 0;
    double min = items[0].number, max = items[count - 1].number;
    for (size_t i = 0; i < count; i++)
        total += items[i].count;
    if (min == max) {
        edges[0] = min - 0.5;
        edges[1] = max + 0.5;
        return 2;
    }
    double bins = ceil((max - min) / auto_width(items, count, total));
    size_t n = bins >= 1 && bins < (double)most ? (size_t)bins : most;
    for (size_t i = 0; i <= n; i++)
        edges[i] = min + (max - min) * (double)i / (double)n;
    return n + 1;
}

static int compare_doubles(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* The given edges, sorted, with what occurs below and above them. */
static size_t given_edges(const struct item *items, size_t count, const struct assay_value *bins,
                          double *edges)
{
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < bins->count; i++) {
        struct assay_numref number = assay_numref(bins->items[i].text);
        edges[n++] = assay_number_to_double(&number);
    }
    qsort(edges, n, sizeof *edges, compare_doubles);
    if (items[0].number < edges[0])
        edges[n++] = items[0].number;
    if (items[count - 1].number > edges[bins->count - 1])
        edges[n++] = items[count - 1].number;
    qsort(edges, n, sizeof *edges, compare_doubles);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || edges[kept - 1] != edges[i])
            edges[kept++] = edges[i];
    if (kept == 1) /* a single number is a bin of its own */
        edges[kept++] = nextafter(edges[0], INFINITY);
    return kept;
}

static struct assay_str bin_label(struct axis *axis, double low, double high)
{
    char a[64], b[64];
    size_t n = assay_double_text(low, a), m = assay_double_text(high, b);
    char *text = assay_arena_printf(axis->arena, "[%.*s, %.*s)", (int)n, a, (int)m, b);
    return assay_cstr(text);
}

/* Half open bins; the last one holds its upper edge. Only bins in which something lies count. */
static enum assay_status cut_numbers(struct axis *axis, const struct assay_crosstab_side *side,
                                     struct assay_error *err)
{
    size_t nulls = axis->count && axis->items[0].text.ptr == NULL, count = axis->count - nulls;
    bool given = side->bins.kind == ASSAY_VALUE_LIST && side->bins.count != 0;
    size_t room = (given ? side->bins.count : side->most) + 4, last_bin = SIZE_MAX, bin = 0;
    struct item *items = assay_arena_array(axis->arena, count + 1, sizeof *items);
    double *edges = assay_arena_array(axis->arena, room, sizeof *edges);
    if (items == NULL || edges == NULL)
        return assay_fail_nomem(err);
    memcpy(items, axis->items + nulls, count * sizeof *items);
    qsort(items, count, sizeof *items, compare_numbers);
    size_t n = given ? given_edges(items, count, &side->bins, edges)
                     : auto_edges(items, count, side->most, edges);
    uint32_t label = 0;
    for (size_t i = 0; i < count; i++) {
        while (bin + 2 < n && items[i].number >= edges[bin + 1])
            bin++;
        if (bin != last_bin)
            label = add_label(axis, bin_label(axis, edges[bin], edges[bin + 1]));
        last_bin = bin;
        items[i].category = label;
    }
    qsort(items, count, sizeof *items, compare_items);
    memcpy(axis->items + nulls, items, count * sizeof *items);
    if (nulls)
        axis->items[0].category = add_label(axis, ASSAY_STR("(missing)"));
    return ASSAY_OK;
}

/* The group that lists a text; its number, or NO_CATEGORY. */
static uint32_t group_of(const struct assay_crosstab_side *side, struct assay_str text)
{
    const struct assay_value *groups = &side->bins;
    char canonical[ASSAY_SAME_TEXT_MAX];
    bool folds = assay_same_is_canonical(assay_same_by(side->field, false));
    for (size_t g = 0; g < groups->count; g++)
        for (size_t i = 0; i < groups->items[g].count; i++) {
            struct assay_str member = groups->items[g].items[i].text;
            size_t len = folds ? assay_same_text_of(side->field, member, canonical) : 0;
            if (assay_str_equal(len != 0 ? assay_str(canonical, len) : member, text))
                return (uint32_t)g;
        }
    return NO_CATEGORY;
}

static struct assay_str group_label(struct axis *axis, const struct assay_value *group)
{
    const char *text = "";
    for (size_t i = 0; i < group->count; i++)
        text = assay_arena_printf(axis->arena, "%s%s%.*s", text, i ? ", " : "",
                                  (int)group->items[i].text.len, group->items[i].text.ptr);
    return assay_cstr(text);
}

static int compare_rarity(const void *a, const void *b)
{
    const struct item *x = *(struct item *const *)a, *y = *(struct item *const *)b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return compare_items(x, y);
}

/* Leaves the `most` most frequent values without a category and makes one of the others. */
static enum assay_status join_rare(struct axis *axis, size_t nulls, uint64_t most,
                                   struct assay_error *err)
{
    size_t count = axis->count - nulls;
    if (count <= most)
        return ASSAY_OK;
    struct item **order = assay_arena_array(axis->arena, count, sizeof *order);
    if (order == NULL)
        return assay_fail_nomem(err);
    for (size_t i = 0; i < count; i++)
        order[i] = &axis->items[nulls + i];
    qsort(order, count, sizeof *order, compare_rarity);
    uint32_t other = add_label(axis, ASSAY_STR("(other)"));
    for (size_t i = most; i < count; i++)
        order[i]->category = other;
    return ASSAY_OK;
}

static enum assay_status group_values(struct axis *axis, const struct assay_crosstab_side *side,
                                      struct assay_error *err)
{
    bool given = side->bins.kind == ASSAY_VALUE_LIST && side->bins.count != 0;
    size_t nulls = axis->count && axis->items[0].text.ptr == NULL, groups = side->bins.count;
    uint32_t *labels = assay_arena_array(axis->arena, groups + 1, sizeof *labels);
    if (labels == NULL)
        return assay_fail_nomem(err);
    for (size_t g = 0; g < groups; g++)
        labels[g] = NO_CATEGORY;
    for (size_t i = 0; i < axis->count; i++)
        axis->items[i].category = NO_CATEGORY;
    if (!given)
        ASSAY_TRY(join_rare(axis, nulls, side->most, err));
    for (size_t i = 0; i < axis->count; i++) {
        struct item *item = &axis->items[i];
        uint32_t group =
            given && i >= nulls ? group_of(side, assay_typed_unmarked(item->text)) : NO_CATEGORY;
        if (item->category != NO_CATEGORY)
            continue;
        if (group == NO_CATEGORY)
            item->category = add_label(axis, i < nulls ? ASSAY_STR("(missing)")
                                                       : assay_typed_unmarked(item->text));
        else if (labels[group] == NO_CATEGORY)
            item->category = labels[group] =
                add_label(axis, group_label(axis, &side->bins.items[group]));
        else
            item->category = labels[group];
    }
    return ASSAY_OK;
}

/* Edges are for numbers, groups for anything else. */
static enum assay_status divide(struct axis *axis, const struct assay_crosstab_side *side,
                                struct assay_error *err)
{
    bool numbers = !side->texts && read_numbers(axis);
    bool groups = side->bins.count != 0 && side->bins.items[0].kind == ASSAY_VALUE_LIST;
    if (side->bins.count != 0 && numbers == groups && axis->count != 0)
        return assay_fail(err, ASSAY_SOURCE, "VALUE-TYPE", "bins are %s, and the values are %s",
                          groups ? "lists of values" : "numbers",
                          numbers ? "numbers" : "not all numbers");
    return numbers ? cut_numbers(axis, side, err) : group_values(axis, side, err);
}

static uint32_t category_of(const struct axis *axis, struct assay_str text)
{
    struct item wanted = {.text = text};
    const struct item *found =
        bsearch(&wanted, axis->items, axis->count, sizeof wanted, compare_items);
    return found ? found->category : 0;
}

static enum assay_status fill(const struct pairs *pairs, const struct assay_crosstab_side sides[2],
                              struct assay_crosstab *out, struct assay_error *err)
{
    struct axis axes[2] = {{.arena = pairs->arena}, {.arena = pairs->arena}};
    for (int i = 0; i < 2; i++) {
        ASSAY_TRY(collect(&axes[i], pairs, i, err));
        ASSAY_TRY(divide(&axes[i], &sides[i], err));
        out->labels[i] = assay_list_value(&axes[i].labels);
        out->size[i] = (uint32_t)axes[i].labels.count;
    }
    if ((uint64_t)out->size[0] * out->size[1] > ASSAY_CROSSTAB_PAIRS)
        return assay_fail(err, ASSAY_LIMIT, "CROSSTAB-SIZE", "the table would be of %u by %u",
                          out->size[0], out->size[1]);
    uint64_t *counts =
        assay_arena_array(pairs->arena, (size_t)out->size[0] * out->size[1] + 1, sizeof *counts);
    if (counts == NULL)
        return assay_fail_nomem(err);
    for (size_t i = 0; i < pairs->count; i++) {
        const struct pair *pair = &pairs->items[i];
        uint32_t row = category_of(&axes[0], pair->text[0]);
        counts[(size_t)row * out->size[1] + category_of(&axes[1], pair->text[1])] += pair->count;
        out->total += pair->count;
    }
    out->counts = counts;
    return ASSAY_OK;
}

enum assay_status assay_crosstab_make(const struct assay_tuples_detail *tuples,
                                      const struct assay_crosstab_side sides[2],
                                      struct assay_arena *arena, struct assay_crosstab *out,
                                      struct assay_error *err)
{
    struct pairs pairs = {.arena = arena};
    *out = (struct assay_crosstab){0};
    enum assay_status status = assay_tuples_walk(tuples, take_pair, &pairs, err);
    if (status == ASSAY_OK)
        status = fill(&pairs, sides, out, err);
    free(pairs.items);
    return status;
}
