/*
 * Sorted keys with an index, in memory or on disk.
 */
#include "config.h"

#include "sketch/keylist.h"

#include <stdlib.h>

enum {
    CAP_MIN = 1024,  /* keys held in memory whatever the budget says */
    PER_BUCKET = 4,  /* keys a bucket in memory */
    PER_READ = 128,  /* keys a bucket on disk */
    READ_KEYS = 1024 /* keys read at once */
};

void assay_keylist_init(struct assay_keylist *list, struct assay_budget *budget, uint64_t seed)
{
    *list = (struct assay_keylist){.budget = budget, .seed = assay_key_seed(seed)};
    assay_spill_init(&list->file, budget);
}

static void free_keys(struct assay_keylist *list)
{
    free(list->keys);
    assay_budget_give(list->budget, list->cap * sizeof *list->keys);
    list->keys = NULL;
    list->cap = 0;
}

void assay_keylist_reset(struct assay_keylist *list)
{
    free_keys(list);
    if (list->starts != NULL)
        assay_budget_give(list->budget, (((size_t)1 << list->bits) + 1) * sizeof *list->starts);
    free(list->starts);
    assay_spill_close(&list->file);
    assay_keylist_init(list, list->budget, list->seed.seed);
}

static enum assay_status grow(struct assay_keylist *list, struct assay_error *err)
{
    size_t cap = list->cap ? list->cap * 2 : CAP_MIN;
    size_t more = (cap - list->cap) * sizeof *list->keys;
    if (list->cap == 0) {
        assay_budget_force(list->budget, more);
    } else if (!assay_budget_take(list->budget, more)) {
        ASSAY_TRY(
            assay_spill_append(&list->file, list->keys, list->count * sizeof *list->keys, err));
        free_keys(list);
        list->on_disk = true;
        return ASSAY_OK;
    }
    struct assay_key *keys = realloc(list->keys, cap * sizeof *keys);
    if (keys == NULL) {
        assay_budget_give(list->budget, more);
        return assay_fail_nomem(err);
    }
    list->keys = keys;
    list->cap = cap;
    return ASSAY_OK;
}

enum assay_status assay_keylist_append(struct assay_keylist *list, struct assay_key key,
                                       struct assay_error *err)
{
    key.hi &= ~ASSAY_KEY_DUPLICATE;
    if (!list->on_disk && list->count == list->cap)
        ASSAY_TRY(grow(list, err));
    if (list->on_disk)
        ASSAY_TRY(assay_spill_append(&list->file, &key, sizeof key, err));
    else
        list->keys[list->count] = key;
    list->count++;
    return ASSAY_OK;
}

static size_t bucket_of(const struct assay_keylist *list, struct assay_key key)
{
    return (size_t)(assay_key_mix(key, &list->seed) >> 1 >> (63 - list->bits));
}

static void count_keys(struct assay_keylist *list, const struct assay_key *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        list->starts[bucket_of(list, keys[i]) + 1]++;
}

static enum assay_status count_file(struct assay_keylist *list, struct assay_error *err)
{
    struct assay_key keys[READ_KEYS];
    for (uint64_t at = 0; at < list->count; at += READ_KEYS) {
        size_t n = list->count - at < READ_KEYS ? (size_t)(list->count - at) : READ_KEYS;
        ASSAY_TRY(assay_spill_read(&list->file, at * sizeof *keys, keys, n * sizeof *keys, err));
        count_keys(list, keys, n);
    }
    return ASSAY_OK;
}

enum assay_status assay_keylist_seal(struct assay_keylist *list, struct assay_error *err)
{
    ASSAY_TRY(assay_spill_flush(&list->file, err));
    uint64_t per = list->on_disk ? PER_READ : PER_BUCKET;
    while (list->bits < 40 && (list->count >> list->bits) > per)
        list->bits++;
    size_t slots = ((size_t)1 << list->bits) + 1;
    list->starts = calloc(slots, sizeof *list->starts);
    if (list->starts == NULL)
        return assay_fail_nomem(err);
    assay_budget_force(list->budget, slots * sizeof *list->starts);
    if (list->on_disk)
        ASSAY_TRY(count_file(list, err));
    else
        count_keys(list, list->keys, (size_t)list->count);
    for (size_t i = 1; i < slots; i++)
        list->starts[i] += list->starts[i - 1];
    return ASSAY_OK;
}

static bool find_among(const struct assay_key *keys, size_t count, struct assay_key key)
{
    for (size_t i = 0; i < count; i++)
        if (assay_key_equal(keys[i], key))
            return true;
    return false;
}

static enum assay_status find_on_disk(const struct assay_keylist *list, struct assay_key key,
                                      size_t bucket, bool *found, struct assay_error *err)
{
    struct assay_key keys[READ_KEYS];
    uint64_t end = list->starts[bucket + 1];
    *found = false;
    for (uint64_t at = list->starts[bucket]; at < end && !*found; at += READ_KEYS) {
        size_t n = end - at < READ_KEYS ? (size_t)(end - at) : READ_KEYS;
        ASSAY_TRY(assay_spill_read(&list->file, at * sizeof *keys, keys, n * sizeof *keys, err));
        *found = find_among(keys, n, key);
    }
    return ASSAY_OK;
}

enum assay_status assay_keylist_find(const struct assay_keylist *list, const struct assay_key *keys,
                                     unsigned count, uint64_t *found, struct assay_error *err)
{
    size_t buckets[64];
    if (list->count == 0)
        return ASSAY_OK;
    for (unsigned i = 0; i < count; i++) {
        buckets[i] = bucket_of(list, keys[i]);
        __builtin_prefetch(&list->starts[buckets[i]]);
    }
    for (unsigned i = 0; i < count && !list->on_disk; i++)
        __builtin_prefetch(&list->keys[list->starts[buckets[i]]]);
    for (unsigned i = 0; i < count; i++) {
        uint64_t start = list->starts[buckets[i]], end = list->starts[buckets[i] + 1];
        bool hit;
        if (list->on_disk)
            ASSAY_TRY(find_on_disk(list, keys[i], buckets[i], &hit, err));
        else
            hit = find_among(list->keys + start, (size_t)(end - start), keys[i]);
        *found |= (uint64_t)hit << i;
    }
    return ASSAY_OK;
}
