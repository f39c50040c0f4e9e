/*
 * What the files of the sorter share; nobody else includes it.
 */
#ifndef ASSAY_SKETCH_SORTER_IMPL_H
#define ASSAY_SKETCH_SORTER_IMPL_H

#include "sketch/sorter.h"

static inline assay_int128 assay_sorter_value(const struct assay_sorter_record *record)
{
    return (assay_int128)((unsigned __int128)(uint64_t)record->hi << 64 | record->lo);
}

static inline struct assay_sorter_record assay_sorter_record(assay_int128 value, uint64_t count)
{
    return (struct assay_sorter_record){(uint64_t)value, (int64_t)(value >> 64), count};
}

void assay_sorter_sort_narrow(int64_t *v, size_t count);
void assay_sorter_sort_wide(struct assay_sorter_record *v, size_t count);

/* Sorts what is in memory; records of one number become one. */
void assay_sorter_settle(struct assay_sorter *sorter);

#endif
