/*
 * Keeping what a suite was read from.
 */
#include "config.h"

#include "suite/origin.h"

/* Room for one more in an array that the arena keeps; NULL: no memory. */
static void *grow(struct assay_loader *loader, void *array, uint32_t count, uint32_t *cap,
                  size_t size)
{
    if (count < *cap)
        return array;
    uint32_t more = *cap ? *cap * 2 : 16;
    void *grown = assay_arena_array(&loader->suite->arena, more, size);
    if (grown == NULL)
        return loader->nomem = true, NULL;
    if (count)
        memcpy(grown, array, count * size);
    *cap = more;
    return grown;
}

void assay_origin_file(struct assay_loader *loader, struct assay_node *root, bool theirs)
{
    struct assay_origin *origin = loader->origin;
    if (origin == NULL)
        return;
    void *grown =
        grow(loader, origin->files, origin->file_count, &origin->file_cap, sizeof *origin->files);
    if (grown == NULL)
        return;
    origin->files = grown;
    origin->files[origin->file_count++] =
        (struct assay_origin_file){.root = root, .theirs = theirs};
}

void assay_origin_item(struct assay_loader *loader, const struct assay_gx_item *item,
                       struct assay_str id)
{
    if (loader->origin == NULL || loader->origin->file_count == 0)
        return;
    struct assay_origin_file *file = &loader->origin->files[loader->origin->file_count - 1];
    void *grown = grow(loader, file->items, file->item_count, &file->item_cap, sizeof *file->items);
    if (grown == NULL)
        return;
    file->items = grown;
    file->items[file->item_count++] = (struct assay_origin_item){
        .at = item->at, .row = item->row, .native = item->native, .given = item->given, .id = id};
}
