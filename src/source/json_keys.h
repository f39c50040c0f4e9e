/*
 * The keys of the objects of one record, to find those that come twice: a hash table
 * over all objects of the record, emptied for the next one by counting up.
 */
#ifndef ASSAY_SOURCE_JSON_KEYS_H
#define ASSAY_SOURCE_JSON_KEYS_H

#include "base/str.h"

#include <stdint.h>

struct assay_json_key {
    uint64_t hash;
    const char *text;
    uint32_t len;
    uint32_t object;     /* the object it is of */
    uint32_t more;       /* how often it comes again; for who counts that */
    uint32_t generation; /* the record; of another one: a free place */
};

struct assay_json_keys {
    struct assay_json_key *table;
    uint32_t mask;
    uint32_t count;
    uint32_t generation;
    uint32_t objects;
    bool nomem;
};

void assay_json_keys_free(struct assay_json_keys *keys);

/* A new record. Keys that were added are borrowed until here. */
void assay_json_keys_begin(struct assay_json_keys *keys);

/* The number of an object that is opened. */
static inline uint32_t assay_json_keys_object(struct assay_json_keys *keys)
{
    return ++keys->objects;
}

/*
 * Adds a key; the one it repeats where there is one, else NULL, also where memory is
 * short (`nomem` is set then).
 */
struct assay_json_key *assay_json_keys_add(struct assay_json_keys *keys, uint32_t object,
                                           const char *text, size_t len, uint64_t hash);

#endif
