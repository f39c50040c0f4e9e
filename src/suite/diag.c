/*
 * The collector: a bounded array on the heap, sorted before it is shown.
 */
#include "config.h"

#include "suite/diag.h"

#include <stdlib.h>
#include <string.h>

void assay_diags_init(struct assay_diags *diags)
{
    *diags = (struct assay_diags){.limit = ASSAY_DIAGS_SHOWN};
}

void assay_diags_reset(struct assay_diags *diags)
{
    size_t limit = diags->limit;
    free(diags->items);
    assay_diags_init(diags);
    diags->limit = limit;
}

static struct assay_diag *grow(struct assay_diags *diags)
{
    if (diags->count == diags->cap) {
        size_t cap = diags->cap ? diags->cap * 2 : 8;
        struct assay_diag *items = realloc(diags->items, cap * sizeof *items);
        if (items == NULL)
            return NULL;
        diags->items = items;
        diags->cap = cap;
    }
    return &diags->items[diags->count++];
}

/* The warning filed last: the one to give up for an error. */
static struct assay_diag *last_warning(struct assay_diags *diags)
{
    struct assay_diag *last = NULL;
    for (size_t i = 0; i < diags->count; i++) {
        struct assay_diag *item = &diags->items[i];
        if (item->level == ASSAY_DIAG_WARNING && (last == NULL || item->number > last->number))
            last = item;
    }
    return last;
}

struct assay_error *assay_diags_add(struct assay_diags *diags, enum assay_diag_level level,
                                    const struct assay_error *error)
{
    size_t number = diags->errors + diags->warnings;
    if (level == ASSAY_DIAG_ERROR)
        diags->errors++;
    else
        diags->warnings++;
    struct assay_diag *item = NULL;
    if (diags->count < ASSAY_DIAGS_KEPT) {
        item = grow(diags);
        diags->nomem = diags->nomem || item == NULL;
    } else if (level == ASSAY_DIAG_ERROR) {
        item = last_warning(diags);
    }
    if (item == NULL)
        return NULL;
    item->level = level;
    item->error = *error;
    item->number = number;
    return &item->error;
}

static int order(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int compare(const void *left, const void *right)
{
    const struct assay_diag *a = left, *b = right;
    int c = strcmp(a->error.file, b->error.file);
    if (c == 0)
        c = order(a->error.line, b->error.line);
    if (c == 0)
        c = order(a->error.column, b->error.column);
    return c ? c : order(a->number, b->number);
}

void assay_diags_sort(struct assay_diags *diags)
{
    if (diags->count > 1)
        qsort(diags->items, diags->count, sizeof *diags->items, compare);
}

enum assay_status assay_diags_status(const struct assay_diags *diags)
{
    if (diags->nomem)
        return ASSAY_NOMEM;
    if (diags->errors == 0)
        return ASSAY_OK;
    for (size_t i = 0; i < diags->count; i++)
        if (diags->items[i].level == ASSAY_DIAG_ERROR)
            return diags->items[i].error.status;
    return ASSAY_CONFIG;
}
