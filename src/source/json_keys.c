/*
 * Finds keys that come twice.
 */
#include "config.h"

#include "source/json_keys.h"

#include <stdlib.h>

#define FIRST_SIZE 256u

void assay_json_keys_free(struct assay_json_keys *keys)
{
    free(keys->table);
    *keys = (struct assay_json_keys){0};
}

void assay_json_keys_begin(struct assay_json_keys *keys)
{
    keys->count = keys->objects = 0;
    keys->nomem = false;
    if (++keys->generation != 0)
        return;
    if (keys->table != NULL)
        memset(keys->table, 0, ((size_t)keys->mask + 1) * sizeof *keys->table);
    keys->generation = 1;
}

static struct assay_json_key *place_of(struct assay_json_keys *keys, uint32_t object,
                                       const char *text, size_t len, uint64_t hash)
{
    uint32_t at = (uint32_t)(hash + object * 0x9e3779b1u) & keys->mask;
    for (;; at = (at + 1) & keys->mask) {
        struct assay_json_key *key = &keys->table[at];
        if (key->generation != keys->generation ||
            (key->hash == hash && key->object == object && key->len == len &&
             (len == 0 || memcmp(key->text, text, len) == 0)))
            return key;
    }
}

static bool grow(struct assay_json_keys *keys)
{
    uint32_t size = keys->table != NULL ? (keys->mask + 1) * 2 : FIRST_SIZE;
    struct assay_json_key *old = keys->table;
    uint32_t old_size = old != NULL ? keys->mask + 1 : 0;
    struct assay_json_key *table = size != 0 ? calloc(size, sizeof *table) : NULL;
    if (table == NULL) {
        keys->nomem = true;
        return false;
    }
    keys->table = table;
    keys->mask = size - 1;
    for (uint32_t i = 0; i < old_size; i++)
        if (old[i].generation == keys->generation)
            *place_of(keys, old[i].object, old[i].text, old[i].len, old[i].hash) = old[i];
    free(old);
    return true;
}

struct assay_json_key *assay_json_keys_add(struct assay_json_keys *keys, uint32_t object,
                                           const char *text, size_t len, uint64_t hash)
{
    if ((keys->table == NULL || keys->count * 2 > keys->mask) && !grow(keys))
        return NULL;
    struct assay_json_key *key = place_of(keys, object, text, len, hash);
    if (key->generation == keys->generation)
        return key;
    *key = (struct assay_json_key){.hash = hash,
                                   .text = text,
                                   .len = (uint32_t)len,
                                   .object = object,
                                   .generation = keys->generation};
    keys->count++;
    return NULL;
}
