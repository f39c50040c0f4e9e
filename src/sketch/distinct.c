/*
 * Distinct values: which kind of store each value goes to, and the counting. Saving is
 * in distinct_state.c.
 */
#include "config.h"

#include "sketch/distinct.h"

enum { BATCH = 512 };

void assay_distinct_init(struct assay_distinct *state, struct assay_budget *budget, uint64_t seed)
{
    *state = (struct assay_distinct){.budget = budget, .seed = seed};
    assay_intset_init(&state->ints, budget);
    assay_keyset_init(&state->keys, budget, seed);
    assay_keylist_init(&state->again, budget, seed);
    assay_keylist_init(&state->all, budget, seed);
}

static void forget_results(struct assay_distinct *state)
{
    if (!state->finished)
        return;
    assay_keylist_reset(&state->again);
    assay_keylist_reset(&state->all);
    state->finished = state->is_set = false;
}

void assay_distinct_reset(struct assay_distinct *state)
{
    assay_intset_reset(&state->ints);
    assay_keyset_reset(&state->keys);
    assay_keylist_reset(&state->again);
    assay_keylist_reset(&state->all);
    assay_distinct_init(state, state->budget, state->seed);
}

/* Integers that the dense set refuses become keys. */
static enum assay_status add_ints(struct assay_distinct *state, const int64_t *values, size_t count,
                                  struct assay_error *err)
{
    int64_t refused[BATCH];
    struct assay_key keys[BATCH];
    size_t n;
    ASSAY_TRY(assay_intset_add(&state->ints, values, count, refused, &n, err));
    if (n == 0)
        return ASSAY_OK;
    for (size_t i = 0; i < n; i++)
        keys[i] = assay_key_int(refused[i]);
    return assay_keyset_add(&state->keys, keys, n, err);
}

static uint64_t mask_word(const uint64_t *mask, uint32_t rows, uint32_t row)
{
    if (mask != NULL)
        return mask[row / 64];
    return rows - row >= 64 ? UINT64_MAX : ((uint64_t)1 << (rows - row)) - 1;
}

enum assay_status assay_distinct_add_ints(struct assay_distinct *state, const int64_t *values,
                                          const uint64_t *mask, uint32_t rows,
                                          struct assay_error *err)
{
    int64_t batch[BATCH];
    size_t n = 0;
    forget_results(state);
    for (uint32_t row = 0; row < rows; row += 64) {
        uint64_t word = mask_word(mask, rows, row);
        if (n > BATCH - 64) {
            ASSAY_TRY(add_ints(state, batch, n, err));
            n = 0;
        }
        state->total += (uint64_t)__builtin_popcountll(word);
        if (word == UINT64_MAX) {
            memcpy(batch + n, values + row, 64 * sizeof *values);
            n += 64;
            continue;
        }
        for (; word != 0; word &= word - 1)
            batch[n++] = values[row + (unsigned)__builtin_ctzll(word)];
    }
    return add_ints(state, batch, n, err);
}

/* Texts of one word of the mask, sorted into integers and keys. */
struct sorted_texts {
    struct assay_key keys[64];
    int64_t ints[64];
    size_t key_count, int_count;
};

static void sort_texts(const struct assay_distinct *state, const char *base,
                       const struct assay_span *spans, uint64_t word, struct sorted_texts *to)
{
    to->key_count = to->int_count = 0;
    for (; word != 0; word &= word - 1) {
        struct assay_span span = spans[__builtin_ctzll(word)];
        const char *text = base + span.off;
        if (span.len > 0 && assay_key_maybe_int(text, span.len) &&
            assay_key_parse_int(text, span.len, &to->ints[to->int_count]))
            to->int_count++;
        else
            to->keys[to->key_count++] = assay_key_text(text, span.len, state->seed);
    }
}

enum assay_status assay_distinct_add_keys(struct assay_distinct *state, const char *base,
                                          const struct assay_span *spans, const uint64_t *mask,
                                          uint32_t rows, struct assay_error *err)
{
    struct sorted_texts texts;
    forget_results(state);
    for (uint32_t row = 0; row < rows; row += 64) {
        uint64_t word = mask_word(mask, rows, row);
        sort_texts(state, base, spans + row, word, &texts);
        state->total += (uint64_t)__builtin_popcountll(word);
        if (texts.int_count > 0)
            ASSAY_TRY(add_ints(state, texts.ints, texts.int_count, err));
        if (texts.key_count > 0)
            ASSAY_TRY(assay_keyset_add(&state->keys, texts.keys, texts.key_count, err));
    }
    return ASSAY_OK;
}

/* The key of a text whose surroundings must not be read. */
static struct assay_key key_of(const struct assay_distinct *state, struct assay_str text)
{
    char padded[16] = {0};
    int64_t value;
    if (text.len > 0 && assay_key_maybe_int(text.ptr, text.len) &&
        assay_key_parse_int(text.ptr, text.len, &value))
        return assay_key_int(value);
    if (text.len > 15)
        return assay_key_text(text.ptr, text.len, state->seed);
    if (text.len > 0)
        memcpy(padded, text.ptr, text.len);
    return assay_key_text(padded, text.len, state->seed);
}

enum assay_status assay_distinct_add_key(struct assay_distinct *state, struct assay_str text,
                                         struct assay_error *err)
{
    struct assay_key key = key_of(state, text);
    forget_results(state);
    state->total++;
    if (!assay_key_is_int(key))
        return assay_keyset_add(&state->keys, &key, 1, err);
    int64_t value = (int64_t)key.lo;
    return add_ints(state, &value, 1, err);
}

enum assay_status assay_distinct_merge(struct assay_distinct *into, struct assay_distinct *from,
                                       struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    forget_results(into);
    if (into->seed != from->seed || from->is_set)
        status = assay_fail(err, ASSAY_INTERNAL, "MERGE", "distinct values of different seeds");
    if (status == ASSAY_OK)
        status = assay_intset_merge(&into->ints, &from->ints, err);
    if (status == ASSAY_OK)
        status = assay_keyset_merge(&into->keys, &from->keys, err);
    into->total += from->total;
    assay_distinct_reset(from);
    return status;
}

/* Counting */

struct tally {
    struct assay_distinct *state;
    uint64_t distinct, again;
};

static enum assay_status tally_seen(void *ctx, int64_t lo, int64_t hi, struct assay_error *err)
{
    (void)err;
    ((struct tally *)ctx)->distinct += (uint64_t)hi - (uint64_t)lo + 1;
    return ASSAY_OK;
}

static enum assay_status tally_again(void *ctx, int64_t lo, int64_t hi, struct assay_error *err)
{
    (void)err;
    ((struct tally *)ctx)->again += (uint64_t)hi - (uint64_t)lo + 1;
    return ASSAY_OK;
}

static enum assay_status tally_key(void *ctx, struct assay_key key, struct assay_error *err)
{
    struct tally *tally = ctx;
    bool again = key.hi & ASSAY_KEY_DUPLICATE;
    if (assay_key_is_int(key)) {
        unsigned times = assay_intset_times(&tally->state->ints, (int64_t)key.lo);
        if (times == 2)
            return ASSAY_OK;
        again = again || times == 1;
        tally->distinct -= times;
    }
    tally->distinct++;
    if (!again)
        return ASSAY_OK;
    tally->again++;
    return assay_keylist_append(&tally->state->again, key, err);
}

enum assay_status assay_distinct_finish(struct assay_distinct *state, struct assay_error *err)
{
    struct tally tally = {.state = state};
    if (state->finished)
        return ASSAY_OK;
    assay_keylist_reset(&state->again);
    ASSAY_TRY(assay_intset_settle(&state->ints, err));
    ASSAY_TRY(assay_intset_walk(&state->ints, false, tally_seen, &tally, err));
    ASSAY_TRY(assay_intset_walk(&state->ints, true, tally_again, &tally, err));
    ASSAY_TRY(assay_keyset_walk(&state->keys, tally_key, &tally, err));
    ASSAY_TRY(assay_keylist_seal(&state->again, err));
    assay_keyset_trim(&state->keys);
    state->distinct = tally.distinct;
    state->singletons = tally.distinct - tally.again;
    state->finished = true;
    return ASSAY_OK;
}

static enum assay_status collect_key(void *ctx, struct assay_key key, struct assay_error *err)
{
    struct assay_distinct *state = ctx;
    return assay_keylist_append(&state->all, key, err);
}

enum assay_status assay_distinct_finish_set(struct assay_distinct *state, struct assay_error *err)
{
    ASSAY_TRY(assay_distinct_finish(state, err));
    if (state->is_set)
        return ASSAY_OK;
    ASSAY_TRY(assay_keyset_walk(&state->keys, collect_key, state, err));
    ASSAY_TRY(assay_keylist_seal(&state->all, err));
    assay_keyset_reset(&state->keys);
    state->is_set = true;
    return ASSAY_OK;
}

/* Looking up */

static enum assay_status is_duplicate(const struct assay_distinct *state, struct assay_key key,
                                      bool *yes, struct assay_error *err)
{
    uint64_t found = 0;
    *yes = assay_key_is_int(key) && assay_intset_times(&state->ints, (int64_t)key.lo) == 2;
    if (*yes)
        return ASSAY_OK;
    ASSAY_TRY(assay_keylist_find(&state->again, &key, 1, &found, err));
    *yes = found != 0;
    return ASSAY_OK;
}

enum assay_status assay_distinct_is_duplicate(const struct assay_distinct *state,
                                              struct assay_str text, bool *yes,
                                              struct assay_error *err)
{
    return is_duplicate(state, key_of(state, text), yes, err);
}

enum assay_status assay_distinct_is_duplicate_int(const struct assay_distinct *state, int64_t value,
                                                  bool *yes, struct assay_error *err)
{
    return is_duplicate(state, assay_key_int(value), yes, err);
}

/* Up to 64 keys with their rows; integers are tried in the dense set first. */
struct probe {
    struct assay_key keys[64];
    uint8_t rows[64];
    unsigned count;
    uint64_t found; /* by row */
};

static void probe_int(const struct assay_distinct *state, struct probe *probe, unsigned row,
                      int64_t value)
{
    if (assay_intset_times(&state->ints, value) > 0) {
        probe->found |= (uint64_t)1 << row;
        return;
    }
    probe->keys[probe->count] = assay_key_int(value);
    probe->rows[probe->count++] = (uint8_t)row;
}

static enum assay_status probe_keys(const struct assay_distinct *state, struct probe *probe,
                                    struct assay_error *err)
{
    uint64_t found = 0;
    ASSAY_TRY(assay_keylist_find(&state->all, probe->keys, probe->count, &found, err));
    for (; found != 0; found &= found - 1)
        probe->found |= (uint64_t)1 << probe->rows[__builtin_ctzll(found)];
    return ASSAY_OK;
}

enum assay_status assay_distinct_contains_keys(const struct assay_distinct *state, const char *base,
                                               const struct assay_span *spans, const uint64_t *mask,
                                               uint32_t rows, uint64_t *found,
                                               struct assay_error *err)
{
    for (uint32_t row = 0; row < rows; row += 64) {
        struct probe probe = {.count = 0};
        for (uint64_t word = mask_word(mask, rows, row); word != 0; word &= word - 1) {
            unsigned at = (unsigned)__builtin_ctzll(word);
            struct assay_span span = spans[row + at];
            const char *text = base + span.off;
            int64_t value;
            if (span.len > 0 && assay_key_maybe_int(text, span.len) &&
                assay_key_parse_int(text, span.len, &value)) {
                probe_int(state, &probe, at, value);
                continue;
            }
            probe.keys[probe.count] = assay_key_text(text, span.len, state->seed);
            probe.rows[probe.count++] = (uint8_t)at;
        }
        ASSAY_TRY(probe_keys(state, &probe, err));
        found[row / 64] = probe.found;
    }
    return ASSAY_OK;
}

enum assay_status assay_distinct_contains_ints(const struct assay_distinct *state,
                                               const int64_t *values, const uint64_t *mask,
                                               uint32_t rows, uint64_t *found,
                                               struct assay_error *err)
{
    for (uint32_t row = 0; row < rows; row += 64) {
        struct probe probe = {.count = 0};
        for (uint64_t word = mask_word(mask, rows, row); word != 0; word &= word - 1) {
            unsigned at = (unsigned)__builtin_ctzll(word);
            probe_int(state, &probe, at, values[row + at]);
        }
        ASSAY_TRY(probe_keys(state, &probe, err));
        found[row / 64] = probe.found;
    }
    return ASSAY_OK;
}
