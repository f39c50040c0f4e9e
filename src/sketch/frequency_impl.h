/*
 * What the files of frequency share; nobody else includes it.
 */
#ifndef ASSAY_SKETCH_FREQUENCY_IMPL_H
#define ASSAY_SKETCH_FREQUENCY_IMPL_H

#include "sketch/frequency.h"
#include "sketch/key.h"

struct assay_frequency_entry {
    uint64_t hash;
    uint64_t count;
    uint64_t word; /* a value of up to 8 bytes, low byte first; else its offset in `bytes` */
    uint64_t len;
};

/* The bytes of an entry; `word` is room for a short one. */
static inline struct assay_str assay_frequency_text(const struct assay_frequency *state,
                                                    const struct assay_frequency_entry *entry,
                                                    char word[8])
{
    if (entry->len > 8)
        return assay_str(state->bytes + entry->word, (size_t)entry->len);
    for (int i = 0; i < 8; i++)
        word[i] = (char)(entry->word >> 8 * i);
    return assay_str(word, (size_t)entry->len);
}

/* An entry on its way to its place. */
struct assay_frequency_item {
    uint64_t word;
    uint32_t index;
};

/* Fills `items` (one an entry) with the entries' indexes in the order of their bytes. */
void assay_frequency_order(const struct assay_frequency *state, struct assay_frequency_item *items);

#endif
