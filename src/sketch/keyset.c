/*
 * Partitioned keys: adding, compacting and spilling. Walking is in keyset_walk.c.
 */
#include "config.h"

#include "sketch/keyset_impl.h"

#include <stdlib.h>
#include <sys/mman.h>

enum {
    SLAB_SIZE = 256 * 1024,
    SLAB_CHUNKS = SLAB_SIZE / (int)sizeof(struct assay_keyset_chunk),
    FLOOR_SLABS = 2,     /* what a set may always have */
    TABLE_MIN = 64,      /* slots */
    TABLE_MAX = 8192,    /* slots; half of them are used before scattering */
    COMPACT_CHUNKS = 32, /* a partition of fewer is left alone */
    MAX_RUNS = 128       /* more are merged into one */
};

void assay_keyset_init(struct assay_keyset *set, struct assay_budget *budget, uint64_t seed)
{
    *set = (struct assay_keyset){.budget = budget, .seed = assay_key_seed(seed)};
    set->hunger = assay_budget_hunger(budget);
}

static void *force_realloc(struct assay_keyset *set, void *old, size_t old_size, size_t size)
{
    void *memory = realloc(old, size);
    if (memory == NULL)
        return NULL;
    assay_budget_force(set->budget, size - old_size);
    set->held += size - old_size;
    return memory;
}

static void give(struct assay_keyset *set, size_t size)
{
    assay_budget_give(set->budget, size);
    set->held -= size;
}

static void free_table(struct assay_keyset *set)
{
    if (set->table == NULL)
        return;
    free(set->table);
    give(set, (set->table_mask + 1) * sizeof *set->table);
    set->table = NULL;
    set->table_mask = set->table_count = 0;
}

static void chunks_of_slab(struct assay_keyset *set, struct assay_keyset_chunk *chunks)
{
    for (int i = SLAB_CHUNKS - 1; i >= 0; i--) {
        chunks[i].next = set->free_chunks;
        set->free_chunks = &chunks[i];
    }
}

/* Frees all but `keep` slabs; no chunk may be in use. */
static void free_slabs(struct assay_keyset *set, size_t keep)
{
    for (; set->slab_count > keep; set->slab_count--) {
        munmap(set->slabs[set->slab_count - 1], SLAB_SIZE);
        give(set, SLAB_SIZE);
    }
    set->free_chunks = NULL;
    for (size_t i = 0; i < set->slab_count; i++)
        chunks_of_slab(set, set->slabs[i]);
}

static void free_runs(struct assay_keyset *set)
{
    for (size_t i = 0; i < set->file_count; i++) {
        assay_spill_close(set->files[i]);
        free(set->files[i]);
    }
    for (size_t i = 0; i < set->run_count; i++)
        free(set->runs[i]);
    give(set, set->run_count * sizeof **set->runs);
    set->file_count = set->run_count = 0;
}

void assay_keyset_trim(struct assay_keyset *set)
{
    if (set->scratch != NULL)
        give(set, set->scratch_size);
    free(set->scratch);
    set->scratch = NULL;
    set->scratch_size = 0;
}

void assay_keyset_reset(struct assay_keyset *set)
{
    assay_keyset_trim(set);
    free_table(set);
    free_slabs(set, 0);
    free_runs(set);
    if (set->parts != NULL)
        give(set, ASSAY_KEYSET_PARTS * sizeof *set->parts);
    free(set->parts);
    free(set->slabs);
    free(set->files);
    free(set->runs);
    assay_keyset_init(set, set->budget, set->seed.seed);
}

enum assay_status assay_keyset_scratch(struct assay_keyset *set, size_t size,
                                       struct assay_error *err)
{
    if (size <= set->scratch_size)
        return ASSAY_OK;
    size += size / 8;
    assay_keyset_trim(set);
    set->scratch = force_realloc(set, NULL, 0, size);
    if (set->scratch == NULL)
        return assay_fail_nomem(err);
    set->scratch_size = size;
    return ASSAY_OK;
}

/* Compacting */

static size_t part_count(const struct assay_keyset_part *part)
{
    if (part->tail == NULL)
        return 0;
    return (size_t)(part->chunks - 1) * ASSAY_KEYSET_CHUNK + (size_t)(part->at - part->tail->keys);
}

static void free_chunks_from(struct assay_keyset *set, struct assay_keyset_chunk *chunk)
{
    while (chunk != NULL) {
        struct assay_keyset_chunk *next = chunk->next;
        chunk->next = set->free_chunks;
        set->free_chunks = chunk;
        set->chunks_used--;
        chunk = next;
    }
}

static void part_clear(struct assay_keyset *set, struct assay_keyset_part *part)
{
    free_chunks_from(set, part->head);
    *part = (struct assay_keyset_part){.compact_at = COMPACT_CHUNKS};
}

/* Scatters the partition's keys to buckets; returns them in the scratch space. */
static struct assay_keyset_item *bucket_items(struct assay_keyset *set,
                                              const struct assay_keyset_part *part, unsigned bits,
                                              uint32_t *ends)
{
    struct assay_keyset_item *items = set->scratch;
    const struct assay_key_seed seed = set->seed;
    memset(ends, 0, ((size_t)1 << bits) * sizeof *ends);
    ASSAY_KEYSET_EACH(part, key, ends[assay_keyset_bucket(assay_key_mix(*key, &seed), bits)]++;)
    uint32_t sum = 0;
    for (size_t i = 0; i < (size_t)1 << bits; i++) {
        uint32_t n = ends[i];
        ends[i] = sum;
        sum += n;
    }
    ASSAY_KEYSET_EACH(part, key, {
        uint64_t mix = assay_key_mix(*key, &seed);
        items[ends[assay_keyset_bucket(mix, bits)]++] = (struct assay_keyset_item){mix, *key};
    })
    return items;
}

static void write_back(struct assay_keyset *set, struct assay_keyset_part *part,
                       const struct assay_keyset_item *items, size_t count)
{
    struct assay_keyset_chunk *chunk = part->head;
    part->chunks = 1;
    for (size_t i = 0, n = 0; i < count; i++, n++) {
        if (n == ASSAY_KEYSET_CHUNK) {
            chunk = chunk->next;
            part->chunks++;
            n = 0;
        }
        chunk->keys[n] = items[i].key;
    }
    free_chunks_from(set, chunk->next);
    chunk->next = NULL;
    part->tail = chunk;
    part->at = chunk->keys + (count - (size_t)(part->chunks - 1) * ASSAY_KEYSET_CHUNK);
    part->end = chunk->keys + ASSAY_KEYSET_CHUNK;
    part->sorted_at = part->at;
}

enum assay_status assay_keyset_compact(struct assay_keyset *set, struct assay_keyset_part *part,
                                       struct assay_error *err)
{
    if (part->at == part->sorted_at)
        return ASSAY_OK;
    size_t count = part_count(part);
    unsigned bits = assay_keyset_bucket_bits(count);
    size_t items_size = count * sizeof(struct assay_keyset_item);
    if (count > UINT32_MAX)
        return assay_fail(err, ASSAY_LIMIT, "LIMIT", "a partition of keys grew too large");
    ASSAY_TRY(assay_keyset_scratch(set, items_size + ((size_t)1 << bits) * 4, err));
    uint32_t *ends = (uint32_t *)((char *)set->scratch + items_size);
    struct assay_keyset_item *items = bucket_items(set, part, bits, ends);
    for (size_t i = 0, from = 0; i < (size_t)1 << bits; from = ends[i++])
        assay_keyset_sort_bucket(items + from, ends[i] - from);
    size_t kept = assay_keyset_unique(items, count);
    write_back(set, part, items, kept);
    uint32_t growth = kept < count - count / 4 ? 4 : 16; /* the less it helped, the later */
    part->compact_at =
        part->chunks * growth > COMPACT_CHUNKS ? part->chunks * growth : COMPACT_CHUNKS;
    return ASSAY_OK;
}

/* Spilling */

static void *grow_pointers(void *list, size_t count, size_t *cap)
{
    if (count < *cap)
        return list;
    size_t want = *cap ? *cap * 2 : 16;
    void *grown = realloc(list, want * sizeof(void *));
    if (grown != NULL)
        *cap = want;
    return grown;
}

/* On failure the run stays the caller's. */
static enum assay_status add_run(struct assay_keyset *set, struct assay_keyset_run *run,
                                 struct assay_error *err)
{
    void *grown = grow_pointers(set->runs, set->run_count, &set->run_cap);
    if (grown == NULL)
        return assay_fail_nomem(err);
    set->runs = grown;
    set->runs[set->run_count++] = run;
    assay_budget_force(set->budget, sizeof *run);
    set->held += sizeof *run;
    return ASSAY_OK;
}

static enum assay_status add_file(struct assay_keyset *set, struct assay_spill *file,
                                  struct assay_error *err)
{
    struct assay_spill **grown = realloc(set->files, (set->file_count + 1) * sizeof *grown);
    if (grown == NULL)
        return assay_fail_nomem(err);
    set->files = grown;
    set->files[set->file_count++] = file;
    return ASSAY_OK;
}

static enum assay_status new_file(struct assay_keyset *set, struct assay_error *err)
{
    struct assay_spill *file = malloc(sizeof *file);
    if (file == NULL)
        return assay_fail_nomem(err);
    assay_spill_init(file, set->budget);
    enum assay_status status = add_file(set, file, err);
    if (status != ASSAY_OK)
        free(file);
    return status;
}

static struct assay_keyset_run *new_run(struct assay_keyset *set, struct assay_error *err)
{
    if (set->file_count == 0 && new_file(set, err) != ASSAY_OK)
        return NULL;
    struct assay_keyset_run *run = calloc(1, sizeof *run);
    if (run == NULL) {
        assay_fail_nomem(err);
        return NULL;
    }
    run->file = set->files[0];
    run->begin = run->file->size;
    return run;
}

static enum assay_status write_parts(struct assay_keyset *set, struct assay_keyset_run *run,
                                     struct assay_error *err)
{
    uint64_t keys = 0;
    for (int p = 0; p < ASSAY_KEYSET_PARTS; p++) {
        struct assay_keyset_part *part = &set->parts[p];
        ASSAY_TRY(assay_keyset_compact(set, part, err));
        keys += part_count(part);
        run->ends[p] = keys;
        for (struct assay_keyset_chunk *chunk = part->head; chunk != NULL; chunk = chunk->next) {
            const struct assay_key *end =
                chunk == part->tail ? part->at : chunk->keys + ASSAY_KEYSET_CHUNK;
            size_t size = (size_t)((const char *)end - (const char *)chunk->keys);
            ASSAY_TRY(assay_spill_append(run->file, chunk->keys, size, err));
        }
        part_clear(set, part);
    }
    return assay_spill_flush(run->file, err);
}

static enum assay_status spill_parts(struct assay_keyset *set, struct assay_error *err)
{
    struct assay_keyset_run *run = new_run(set, err);
    if (run == NULL)
        return ASSAY_NOMEM;
    enum assay_status status = write_parts(set, run, err);
    if (status == ASSAY_OK)
        status = add_run(set, run, err);
    if (status != ASSAY_OK)
        free(run);
    else if (set->chunks_used == 0)
        free_slabs(set, FLOOR_SLABS);
    return status;
}

struct consolidation {
    struct assay_keyset *set;
    struct assay_keyset_run *run;
};

static enum assay_status consolidate_key(void *ctx, struct assay_key key, struct assay_error *err)
{
    struct consolidation *to = ctx;
    to->run->ends[assay_key_mix(key, &to->set->seed) >> 56]++;
    return assay_spill_append(to->run->file, &key, sizeof key, err);
}

/* Merges all runs, and what is in memory, into one run of a new file. */
static enum assay_status consolidate(struct assay_keyset *set, struct assay_error *err)
{
    struct assay_keyset one;
    assay_keyset_init(&one, set->budget, set->seed.seed);
    struct consolidation to = {set, new_run(&one, err)};
    enum assay_status status =
        to.run == NULL ? ASSAY_NOMEM : assay_keyset_walk(set, consolidate_key, &to, err);
    if (status == ASSAY_OK)
        status = assay_spill_flush(to.run->file, err);
    if (status != ASSAY_OK) {
        free(to.run);
        assay_keyset_reset(&one);
        return status;
    }
    for (int p = 1; p < ASSAY_KEYSET_PARTS; p++)
        to.run->ends[p] += to.run->ends[p - 1];
    for (int p = 0; p < ASSAY_KEYSET_PARTS; p++)
        part_clear(set, &set->parts[p]);
    free_runs(set);
    status = add_file(set, one.files[0], err);
    if (status == ASSAY_OK) {
        one.file_count = 0;
        status = add_run(set, to.run, err);
    }
    if (status != ASSAY_OK)
        free(to.run);
    assay_keyset_reset(&one);
    return status;
}

/* Compacts everything; where that frees less than a quarter, spills everything. */
static enum assay_status relieve(struct assay_keyset *set, struct assay_error *err)
{
    size_t before = set->chunks_used;
    for (int p = 0; p < ASSAY_KEYSET_PARTS; p++)
        ASSAY_TRY(assay_keyset_compact(set, &set->parts[p], err));
    if (set->chunks_used <= before - before / 4)
        return ASSAY_OK;
    ASSAY_TRY(spill_parts(set, err));
    return set->run_count > MAX_RUNS ? consolidate(set, err) : ASSAY_OK;
}

/* Adding */

static enum assay_status new_slab(struct assay_keyset *set, struct assay_error *err)
{
    void *grown = grow_pointers(set->slabs, set->slab_count, &set->slab_cap);
    if (grown == NULL)
        goto fail;
    set->slabs = grown;
    struct assay_keyset_chunk *chunks =
        mmap(NULL, SLAB_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (chunks == MAP_FAILED)
        goto fail;
    set->held += SLAB_SIZE;
    set->slabs[set->slab_count++] = chunks;
    chunks_of_slab(set, chunks);
    return ASSAY_OK;
fail:
    assay_budget_give(set->budget, SLAB_SIZE);
    return assay_fail_nomem(err);
}

/* Sees to it that there is a free chunk, by spilling if need be. */
static enum assay_status need_chunk(struct assay_keyset *set, struct assay_error *err)
{
    if (set->free_chunks != NULL)
        return ASSAY_OK;
    if (assay_budget_take(set->budget, SLAB_SIZE))
        return new_slab(set, err);
    if (set->slab_count >= FLOOR_SLABS) {
        ASSAY_TRY(relieve(set, err));
        if (set->free_chunks != NULL)
            return ASSAY_OK;
    }
    assay_budget_force(set->budget, SLAB_SIZE);
    return new_slab(set, err);
}

/* Makes room for one key in a partition whose last chunk is full. */
static enum assay_status part_grow(struct assay_keyset *set, struct assay_keyset_part *part,
                                   struct assay_error *err)
{
    if (part->chunks >= part->compact_at) {
        ASSAY_TRY(assay_keyset_compact(set, part, err));
        if (part->at != part->end)
            return ASSAY_OK;
    }
    ASSAY_TRY(need_chunk(set, err));
    if (part->at != part->end)
        return ASSAY_OK;
    struct assay_keyset_chunk *chunk = set->free_chunks;
    set->free_chunks = chunk->next;
    set->chunks_used++;
    chunk->next = NULL;
    if (part->tail != NULL)
        part->tail->next = chunk;
    else
        part->head = chunk;
    part->tail = chunk;
    part->chunks++;
    part->at = chunk->keys;
    part->end = chunk->keys + ASSAY_KEYSET_CHUNK;
    return ASSAY_OK;
}

static enum assay_status parts_add(struct assay_keyset *set, const struct assay_key *keys,
                                   size_t count, struct assay_error *err)
{
    const struct assay_key_seed seed = set->seed;
    for (size_t i = 0; i < count; i++) {
        struct assay_keyset_part *part = &set->parts[assay_key_mix(keys[i], &seed) >> 56];
        if (part->at == part->end)
            ASSAY_TRY(part_grow(set, part, err));
        *part->at++ = keys[i];
    }
    return ASSAY_OK;
}

/* Leaves the table for the partitions. */
static enum assay_status scatter(struct assay_keyset *set, struct assay_error *err)
{
    size_t size = ASSAY_KEYSET_PARTS * sizeof *set->parts;
    set->parts = force_realloc(set, NULL, 0, size);
    if (set->parts == NULL)
        return assay_fail_nomem(err);
    for (int p = 0; p < ASSAY_KEYSET_PARTS; p++)
        set->parts[p] = (struct assay_keyset_part){.compact_at = COMPACT_CHUNKS};
    for (size_t i = 0; set->table != NULL && i <= set->table_mask; i++)
        if (set->table[i].hi != 0)
            ASSAY_TRY(parts_add(set, &set->table[i], 1, err));
    free_table(set);
    return ASSAY_OK;
}

/* The slot of a key, or the free one where it belongs. */
static struct assay_key *table_slot(const struct assay_keyset *set, struct assay_key key)
{
    size_t at = (size_t)assay_key_mix(key, &set->seed) & set->table_mask;
    while (set->table[at].hi != 0 && !assay_key_equal(set->table[at], key))
        at = (at + 1) & set->table_mask;
    return &set->table[at];
}

static enum assay_status table_grow(struct assay_keyset *set, struct assay_error *err)
{
    struct assay_key *old = set->table;
    size_t old_slots = old != NULL ? set->table_mask + 1 : 0;
    size_t slots = old != NULL ? old_slots * 2 : TABLE_MIN;
    struct assay_key *table = calloc(slots, sizeof *table);
    if (table == NULL)
        return assay_fail_nomem(err);
    assay_budget_force(set->budget, (slots - old_slots) * sizeof *table);
    set->held += (slots - old_slots) * sizeof *table;
    set->table = table;
    set->table_mask = slots - 1;
    for (size_t i = 0; i < old_slots; i++)
        if (old[i].hi != 0)
            *table_slot(set, old[i]) = old[i];
    free(old);
    return ASSAY_OK;
}

/* Adds keys while the table has room; `*done` tells how many. */
static enum assay_status table_add(struct assay_keyset *set, const struct assay_key *keys,
                                   size_t count, size_t *done, struct assay_error *err)
{
    for (*done = 0; *done < count; ++*done) {
        if (set->table == NULL || set->table_count * 2 > set->table_mask) {
            if (set->table_mask + 1 == TABLE_MAX)
                return ASSAY_OK;
            ASSAY_TRY(table_grow(set, err));
        }
        struct assay_key *slot = table_slot(set, keys[*done]);
        if (slot->hi != 0) {
            slot->hi |= ASSAY_KEY_DUPLICATE;
        } else {
            *slot = keys[*done];
            set->table_count++;
        }
    }
    return ASSAY_OK;
}

enum assay_status assay_keyset_add(struct assay_keyset *set, const struct assay_key *keys,
                                   size_t count, struct assay_error *err)
{
    if (set->parts == NULL) {
        size_t done;
        ASSAY_TRY(table_add(set, keys, count, &done, err));
        if (done == count)
            return ASSAY_OK;
        ASSAY_TRY(scatter(set, err));
        keys += done;
        count -= done;
    }
    if (assay_budget_presses(set->budget, &set->hunger, set->held))
        ASSAY_TRY(relieve(set, err));
    return parts_add(set, keys, count, err);
}

/* Merging */

static enum assay_status merge_runs(struct assay_keyset *into, struct assay_keyset *from,
                                    struct assay_error *err)
{
    if (from->file_count > 0 && into->file_count == 0)
        ASSAY_TRY(new_file(into, err));
    for (; from->file_count > 0; from->file_count--)
        ASSAY_TRY(add_file(into, from->files[from->file_count - 1], err));
    for (; from->run_count > 0; from->run_count--) {
        ASSAY_TRY(add_run(into, from->runs[from->run_count - 1], err));
        give(from, sizeof **from->runs);
    }
    return ASSAY_OK;
}

/* The memory changes hands first, so that it is used again while the keys move. */
static enum assay_status merge_slabs(struct assay_keyset *into, struct assay_keyset *from,
                                     struct assay_error *err)
{
    while (from->slab_count > 0) {
        void *grown = grow_pointers(into->slabs, into->slab_count, &into->slab_cap);
        if (grown == NULL)
            return assay_fail_nomem(err);
        into->slabs = grown;
        into->slabs[into->slab_count++] = from->slabs[--from->slab_count];
        from->held -= SLAB_SIZE;
        into->held += SLAB_SIZE;
    }
    into->chunks_used += from->chunks_used;
    from->chunks_used = 0;
    while (from->free_chunks != NULL) {
        struct assay_keyset_chunk *chunk = from->free_chunks;
        from->free_chunks = chunk->next;
        chunk->next = into->free_chunks;
        into->free_chunks = chunk;
    }
    return ASSAY_OK;
}

static enum assay_status merge_part(struct assay_keyset *into, struct assay_keyset_part *part,
                                    struct assay_error *err)
{
    while (part->head != NULL) {
        struct assay_keyset_chunk *chunk = part->head;
        const struct assay_key *end =
            chunk == part->tail ? part->at : chunk->keys + ASSAY_KEYSET_CHUNK;
        ASSAY_TRY(parts_add(into, chunk->keys, (size_t)(end - chunk->keys), err));
        part->head = chunk->next;
        chunk->next = NULL;
        free_chunks_from(into, chunk);
    }
    return ASSAY_OK;
}

enum assay_status assay_keyset_merge(struct assay_keyset *into, struct assay_keyset *from,
                                     struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    for (size_t i = 0; from->table != NULL && i <= from->table_mask && status == ASSAY_OK; i++)
        if (from->table[i].hi != 0)
            status = assay_keyset_add(into, &from->table[i], 1, err);
    if (status == ASSAY_OK && from->parts != NULL && into->parts == NULL)
        status = scatter(into, err);
    if (status == ASSAY_OK)
        status = merge_runs(into, from, err);
    if (status == ASSAY_OK)
        status = merge_slabs(into, from, err);
    for (int p = 0; p < ASSAY_KEYSET_PARTS && from->parts != NULL && status == ASSAY_OK; p++)
        status = merge_part(into, &from->parts[p], err);
    assay_keyset_reset(from);
    return status;
}
