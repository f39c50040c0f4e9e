/*
 * Counting values in a hash table that spills. Reading is in frequency_read.c.
 */
#include "config.h"

#include "sketch/frequency_impl.h"
#include "sketch/varint.h"

#include <stdlib.h>

enum {
    ENTRIES_MIN = 256, /* values held whatever the budget says, */
    BYTES_MIN = 8192,  /* and bytes of them */
    MAX_RUNS = 128,    /* more are merged into one */
    /* what a value costs: its entry, two slots, and its place when they are sorted */
    ENTRY_COST = sizeof(struct assay_frequency_entry) + 2 * sizeof(uint32_t) +
                 sizeof(struct assay_frequency_item)
};

void assay_frequency_init(struct assay_frequency *state, struct assay_budget *budget, uint64_t seed)
{
    *state = (struct assay_frequency){.budget = budget, .seed = seed};
    state->hunger = assay_budget_hunger(budget);
}

static size_t table_size(const struct assay_frequency *state)
{
    return state->cap * ENTRY_COST + state->bytes_cap;
}

static void free_table(struct assay_frequency *state)
{
    assay_budget_give(state->budget, table_size(state));
    free(state->slots);
    free(state->entries);
    free(state->bytes);
    state->slots = NULL;
    state->entries = NULL;
    state->bytes = NULL;
    state->count = state->cap = state->slot_mask = state->bytes_len = state->bytes_cap = 0;
}

static void free_runs(struct assay_frequency *state)
{
    for (size_t i = 0; i < state->file_count; i++) {
        assay_spill_close(state->files[i]);
        free(state->files[i]);
    }
    free(state->files);
    free(state->runs);
    state->files = NULL;
    state->runs = NULL;
    state->file_count = state->run_count = state->run_cap = 0;
}

void assay_frequency_reset(struct assay_frequency *state)
{
    free_table(state);
    free_runs(state);
    assay_frequency_init(state, state->budget, state->seed);
}

/* Spilling */

static enum assay_status add_file(struct assay_frequency *state, struct assay_spill *file,
                                  struct assay_error *err)
{
    struct assay_spill **files = realloc(state->files, (state->file_count + 1) * sizeof *files);
    if (files == NULL)
        return assay_fail_nomem(err);
    state->files = files;
    state->files[state->file_count++] = file;
    return ASSAY_OK;
}

static enum assay_status need_file(struct assay_frequency *state, struct assay_error *err)
{
    if (state->file_count > 0)
        return ASSAY_OK;
    struct assay_spill *file = malloc(sizeof *file);
    if (file == NULL)
        return assay_fail_nomem(err);
    assay_spill_init(file, state->budget);
    enum assay_status status = add_file(state, file, err);
    if (status != ASSAY_OK)
        free(file);
    return status;
}

static enum assay_status add_run(struct assay_frequency *state, struct assay_frequency_run run,
                                 struct assay_error *err)
{
    if (state->run_count == state->run_cap) {
        size_t cap = state->run_cap ? state->run_cap * 2 : 16;
        struct assay_frequency_run *runs = realloc(state->runs, cap * sizeof *runs);
        if (runs == NULL)
            return assay_fail_nomem(err);
        state->runs = runs;
        state->run_cap = cap;
    }
    state->runs[state->run_count++] = run;
    return ASSAY_OK;
}

static enum assay_status write_value(void *ctx, struct assay_str text, uint64_t count,
                                     struct assay_error *err)
{
    struct assay_spill *file = ctx;
    unsigned char head[2 * ASSAY_VARINT_MAX];
    size_t n = assay_varint_put(head, text.len);
    n += assay_varint_put(head + n, count);
    ASSAY_TRY(assay_spill_append(file, head, n, err));
    return assay_spill_append(file, text.ptr, text.len, err);
}

/* Writes all that `from` holds to `to` as one run. */
static enum assay_status write_run(struct assay_frequency *from, struct assay_frequency *to,
                                   struct assay_error *err)
{
    ASSAY_TRY(need_file(to, err));
    struct assay_frequency_run run = {.file = to->files[0], .begin = to->files[0]->size};
    ASSAY_TRY(assay_frequency_each(from, write_value, run.file, err));
    ASSAY_TRY(assay_spill_flush(run.file, err));
    run.end = run.file->size;
    return add_run(to, run, err);
}

static enum assay_status consolidate(struct assay_frequency *state, struct assay_error *err)
{
    struct assay_frequency one;
    assay_frequency_init(&one, state->budget, state->seed);
    enum assay_status status = write_run(state, &one, err);
    if (status != ASSAY_OK) {
        assay_frequency_reset(&one);
        return status;
    }
    free_runs(state);
    state->files = one.files;
    state->runs = one.runs;
    state->file_count = one.file_count;
    state->run_count = one.run_count;
    state->run_cap = one.run_cap;
    return ASSAY_OK;
}

/* Writes what is in memory as a run: the other runs are hidden meanwhile. */
static enum assay_status spill(struct assay_frequency *state, struct assay_error *err)
{
    struct assay_frequency memory = *state;
    memory.run_count = 0;
    ASSAY_TRY(write_run(&memory, state, err));
    free_table(state);
    return state->run_count > MAX_RUNS ? consolidate(state, err) : ASSAY_OK;
}

/* The table */

static void fill_slots(struct assay_frequency *state)
{
    memset(state->slots, 0, (state->slot_mask + 1) * sizeof *state->slots);
    for (size_t i = 0; i < state->count; i++) {
        size_t at = (size_t)state->entries[i].hash & state->slot_mask;
        while (state->slots[at] != 0)
            at = (at + 1) & state->slot_mask;
        state->slots[at] = (uint32_t)(i + 1);
    }
}

/* Takes memory to grow from `old` to `size` bytes; false where it must be spilled first. */
static bool take(struct assay_frequency *state, size_t old, size_t size)
{
    if (old > 0)
        return assay_budget_take(state->budget, size - old);
    assay_budget_force(state->budget, size);
    return true;
}

/* Room for one more value, which is not in the table. */
static enum assay_status entry_room(struct assay_frequency *state, struct assay_error *err)
{
    if (state->count < state->cap)
        return ASSAY_OK;
    size_t cap = state->cap ? state->cap * 2 : ENTRIES_MIN;
    if (cap > UINT32_MAX / 4 || !take(state, state->cap * ENTRY_COST, cap * ENTRY_COST)) {
        ASSAY_TRY(spill(state, err));
        return entry_room(state, err);
    }
    struct assay_frequency_entry *entries = realloc(state->entries, cap * sizeof *state->entries);
    if (entries != NULL)
        state->entries = entries;
    uint32_t *slots = entries != NULL ? realloc(state->slots, 2 * cap * sizeof *slots) : NULL;
    if (slots == NULL) {
        assay_budget_give(state->budget, (cap - state->cap) * ENTRY_COST);
        return assay_fail_nomem(err);
    }
    state->slots = slots;
    state->cap = cap;
    state->slot_mask = 2 * cap - 1;
    fill_slots(state);
    return ASSAY_OK;
}

/* Room for `len` more bytes; `*spilled` tells that the table was emptied for it. */
static enum assay_status bytes_room(struct assay_frequency *state, size_t len, bool *spilled,
                                    struct assay_error *err)
{
    *spilled = false;
    size_t need = state->bytes_len + len, cap = state->bytes_cap ? state->bytes_cap : BYTES_MIN;
    if (need <= state->bytes_cap)
        return ASSAY_OK;
    while (cap < need)
        cap *= 2;
    if (!take(state, state->bytes_cap, cap)) {
        *spilled = true;
        return spill(state, err);
    }
    char *bytes = realloc(state->bytes, cap);
    if (bytes == NULL) {
        assay_budget_give(state->budget, cap - state->bytes_cap);
        return assay_fail_nomem(err);
    }
    state->bytes = bytes;
    state->bytes_cap = cap;
    return ASSAY_OK;
}

/* A value to look for. */
struct probe {
    const char *text;
    size_t len;
    uint64_t word; /* of a short one */
    uint64_t hash;
};

static inline uint64_t hash_word(const struct assay_frequency *state, uint64_t word, size_t len)
{
    return assay_key_fold(word ^ state->seed ^ 0xa0761d6478bd642fu,
                          (uint64_t)len * 0xe7037ed1a0b428dbu ^ ~state->seed);
}

/* The entry of a value; NULL where it is not in the table. */
static inline struct assay_frequency_entry *find(const struct assay_frequency *state,
                                                 const struct probe *probe)
{
    if (state->slots == NULL)
        return NULL;
    for (size_t at = (size_t)probe->hash & state->slot_mask; state->slots[at] != 0;
         at = (at + 1) & state->slot_mask) {
        struct assay_frequency_entry *entry = &state->entries[state->slots[at] - 1];
        if (entry->hash != probe->hash || entry->len != probe->len)
            continue;
        if (probe->len <= 8 ? entry->word == probe->word
                            : memcmp(state->bytes + entry->word, probe->text, probe->len) == 0)
            return entry;
    }
    return NULL;
}

static enum assay_status insert(struct assay_frequency *state, const struct probe *probe,
                                uint64_t count, struct assay_error *err)
{
    struct assay_frequency_entry entry = {probe->hash, count, probe->word, probe->len};
    bool spilled = probe->len > 8;
    while (spilled)
        ASSAY_TRY(bytes_room(state, probe->len, &spilled, err));
    size_t bytes_cap = state->bytes_cap;
    ASSAY_TRY(entry_room(state, err));
    if (probe->len > 8) {
        if (state->bytes_cap != bytes_cap)
            return insert(state, probe, count, err);
        entry.word = state->bytes_len;
        memcpy(state->bytes + state->bytes_len, probe->text, probe->len);
        state->bytes_len += probe->len;
    }
    size_t at = (size_t)probe->hash & state->slot_mask;
    while (state->slots[at] != 0)
        at = (at + 1) & state->slot_mask;
    state->entries[state->count++] = entry;
    state->slots[at] = (uint32_t)state->count;
    return ASSAY_OK;
}

static inline enum assay_status add(struct assay_frequency *state, const struct probe *probe,
                                    uint64_t count, struct assay_error *err)
{
    struct assay_frequency_entry *entry = find(state, probe);
    state->total += count;
    if (entry == NULL)
        return insert(state, probe, count, err);
    entry->count += count;
    return ASSAY_OK;
}

/* `padded`: 8 bytes from `text` on may be read. */
static inline struct probe probe_of(const struct assay_frequency *state, const char *text,
                                    size_t len, bool padded)
{
    struct probe probe = {.text = text, .len = len};
    if (len > 8) {
        probe.hash = XXH3_64bits_withSeed(text, len, state->seed);
        return probe;
    }
    char word[8] = {0};
    if (!padded && len > 0)
        memcpy(word, text, len);
    probe.word = assay_key_low(assay_key_load(padded ? text : word), len);
    probe.hash = hash_word(state, probe.word, len);
    return probe;
}

static enum assay_status check_hunger(struct assay_frequency *state, struct assay_error *err)
{
    if (assay_budget_presses(state->budget, &state->hunger, table_size(state)))
        return spill(state, err);
    return ASSAY_OK;
}

enum assay_status assay_frequency_add_keys(struct assay_frequency *state, const char *base,
                                           const struct assay_span *spans, const uint64_t *mask,
                                           uint32_t rows, struct assay_error *err)
{
    ASSAY_TRY(check_hunger(state, err));
    for (uint32_t row = 0; row < rows; row += 64) {
        uint64_t word = UINT64_MAX;
        if (mask != NULL)
            word = mask[row / 64];
        else if (rows - row < 64)
            word = ((uint64_t)1 << (rows - row)) - 1;
        for (; word != 0; word &= word - 1) {
            struct assay_span span = spans[row + (unsigned)__builtin_ctzll(word)];
            struct probe probe = probe_of(state, base + span.off, span.len, true);
            ASSAY_TRY(add(state, &probe, 1, err));
        }
    }
    return ASSAY_OK;
}

enum assay_status assay_frequency_add_key(struct assay_frequency *state, struct assay_str text,
                                          uint64_t count, struct assay_error *err)
{
    struct probe probe = probe_of(state, text.ptr, text.len, false);
    ASSAY_TRY(check_hunger(state, err));
    return count > 0 ? add(state, &probe, count, err) : ASSAY_OK;
}

enum assay_status assay_frequency_merge(struct assay_frequency *into, struct assay_frequency *from,
                                        struct assay_error *err)
{
    enum assay_status status = from->file_count > 0 ? need_file(into, err) : ASSAY_OK;
    uint64_t total = into->total + from->total;
    char word[8];
    for (; from->file_count > 0 && status == ASSAY_OK; from->file_count -= status == ASSAY_OK)
        status = add_file(into, from->files[from->file_count - 1], err);
    for (size_t i = 0; i < from->run_count && status == ASSAY_OK; i++)
        status = add_run(into, from->runs[i], err);
    for (size_t i = 0; i < from->count && status == ASSAY_OK; i++)
        status = assay_frequency_add_key(into, assay_frequency_text(from, &from->entries[i], word),
                                         from->entries[i].count, err);
    into->total = total;
    assay_frequency_reset(from);
    return status;
}
