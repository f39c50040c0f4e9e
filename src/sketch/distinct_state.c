/*
 * Distinct values as bytes.
 *
 *   "ADI1" seed(8) total(varint) ranges ranges keys
 *   ranges  of integers seen, then of integers seen again: distance(varint) length(varint)
 *           each, where distance counts from the end of the range before (at first from
 *           INT64_MIN) plus 1, and length is hi - lo; a distance of 0 is the end
 *   keys    all others, by (mix, key): hi(8) lo(8) each; a hi of 0 is the end
 * Eight-byte words have their low byte first. Ranges are as long as they can be.
 */
#include "config.h"

#include "sketch/distinct.h"
#include "sketch/sorter.h"
#include "sketch/varint.h"

static const char magic[4] = {'A', 'D', 'I', '1'};

static void put64(struct assay_buf *out, uint64_t word)
{
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(word >> 8 * i);
    assay_buf_add(out, bytes, 8);
}

static uint64_t get64(const unsigned char *at)
{
    uint64_t word = 0;
    for (int i = 7; i >= 0; i--)
        word = word << 8 | at[i];
    return word;
}

static void put_varint(struct assay_buf *out, unsigned __int128 value)
{
    unsigned char bytes[ASSAY_VARINT_MAX];
    assay_buf_add(out, bytes, assay_varint_put(bytes, value));
}

/* Saving */

struct saver {
    struct assay_distinct *state;
    struct assay_buf *out;
    struct assay_sorter sparse; /* integers that are keys; a count of 2: seen again */
    struct assay_sorter_pass pass;
    bool again; /* which ranges are being written */
    bool ready; /* `next` holds the next sparse integer */
    assay_int128 next;
    bool open; /* a range is growing: */
    assay_int128 lo, hi, before;
};

static enum assay_status check_room(const struct assay_buf *out, struct assay_error *err)
{
    if (!out->failed)
        return ASSAY_OK;
    assay_fail(err, ASSAY_LIMIT, "STATE", "the state of distinct values is too large to save");
    assay_error_help(err, "do not keep state for columns with very many distinct values");
    return ASSAY_LIMIT;
}

static void write_range(struct saver *s)
{
    if (!s->open)
        return;
    put_varint(s->out, (unsigned __int128)(s->lo - s->before));
    put_varint(s->out, (unsigned __int128)(s->hi - s->lo));
    s->before = s->hi;
    s->open = false;
}

/* Ranges come in the order of `lo`; they may overlap and touch. */
static void save_range(struct saver *s, assay_int128 lo, assay_int128 hi)
{
    if (s->open && lo <= s->hi + 1) {
        if (hi > s->hi)
            s->hi = hi;
        return;
    }
    write_range(s);
    s->open = true;
    s->lo = lo;
    s->hi = hi;
}

static enum assay_status next_sparse(struct saver *s, struct assay_error *err)
{
    uint64_t count;
    do {
        ASSAY_TRY(assay_sorter_next(&s->pass, &s->next, &count, err));
    } while (count == 1 && s->again);
    s->ready = count > 0;
    return ASSAY_OK;
}

static enum assay_status save_dense(void *ctx, int64_t lo, int64_t hi, struct assay_error *err)
{
    struct saver *s = ctx;
    while (s->ready && s->next < lo) {
        save_range(s, s->next, s->next);
        ASSAY_TRY(next_sparse(s, err));
    }
    save_range(s, lo, hi);
    return check_room(s->out, err);
}

static enum assay_status save_ranges(struct saver *s, bool again, struct assay_error *err)
{
    s->again = again;
    s->before = (assay_int128)INT64_MIN - 1;
    enum assay_status status = assay_sorter_open(&s->sparse, &s->pass, err);
    if (status == ASSAY_OK)
        status = next_sparse(s, err);
    if (status == ASSAY_OK)
        status = assay_intset_walk(&s->state->ints, again, save_dense, s, err);
    while (status == ASSAY_OK && s->ready) {
        save_range(s, s->next, s->next);
        status = next_sparse(s, err);
    }
    assay_sorter_close(&s->pass);
    write_range(s);
    put_varint(s->out, 0);
    return status == ASSAY_OK ? check_room(s->out, err) : status;
}

static enum assay_status collect_sparse(void *ctx, struct assay_key key, struct assay_error *err)
{
    struct saver *s = ctx;
    int64_t value = (int64_t)key.lo;
    if (!assay_key_is_int(key))
        return ASSAY_OK;
    bool again = key.hi & ASSAY_KEY_DUPLICATE || assay_intset_times(&s->state->ints, value) > 0;
    return assay_sorter_add_count(&s->sparse, value, again ? 2 : 1, err);
}

static enum assay_status save_key(void *ctx, struct assay_key key, struct assay_error *err)
{
    struct saver *s = ctx;
    if (assay_key_is_int(key))
        return ASSAY_OK;
    put64(s->out, key.hi);
    put64(s->out, key.lo);
    return check_room(s->out, err);
}

static enum assay_status save_all(struct saver *s, struct assay_error *err)
{
    assay_buf_add(s->out, magic, sizeof magic);
    put64(s->out, s->state->seed);
    put_varint(s->out, s->state->total);
    ASSAY_TRY(assay_intset_settle(&s->state->ints, err));
    ASSAY_TRY(assay_keyset_walk(&s->state->keys, collect_sparse, s, err));
    ASSAY_TRY(save_ranges(s, false, err));
    ASSAY_TRY(save_ranges(s, true, err));
    ASSAY_TRY(assay_keyset_walk(&s->state->keys, save_key, s, err));
    put64(s->out, 0);
    return check_room(s->out, err);
}

enum assay_status assay_distinct_save(struct assay_distinct *state, struct assay_buf *out,
                                      struct assay_error *err)
{
    struct saver s = {.state = state, .out = out};
    if (state->is_set)
        return assay_fail(err, ASSAY_INTERNAL, "STATE", "a set of values cannot be saved");
    assay_sorter_init(&s.sparse, state->budget);
    enum assay_status status = save_all(&s, err);
    assay_sorter_reset(&s.sparse);
    return status;
}

/* Loading */

struct loader {
    const unsigned char *at, *end;
};

static enum assay_status fail_bad(struct assay_error *err)
{
    return assay_fail(err, ASSAY_SOURCE, "STATE", "the saved state of distinct values is damaged");
}

static bool take_varint(struct loader *l, unsigned __int128 *value)
{
    size_t n = assay_varint_get(l->at, (size_t)(l->end - l->at), value);
    l->at += n;
    return n > 0;
}

static enum assay_status load_int(struct assay_distinct *state, int64_t value,
                                  struct assay_error *err)
{
    int64_t refused;
    size_t count;
    ASSAY_TRY(assay_intset_add(&state->ints, &value, 1, &refused, &count, err));
    struct assay_key key = assay_key_int(value);
    return count > 0 ? assay_keyset_add(&state->keys, &key, 1, err) : ASSAY_OK;
}

static enum assay_status load_ranges(struct assay_distinct *state, struct loader *l,
                                     struct assay_error *err)
{
    assay_int128 hi = (assay_int128)INT64_MIN - 1;
    for (;;) {
        unsigned __int128 distance, length;
        if (!take_varint(l, &distance))
            return fail_bad(err);
        if (distance == 0)
            return ASSAY_OK;
        if (!take_varint(l, &length) || distance > (unsigned __int128)UINT64_MAX + 1 ||
            length > UINT64_MAX)
            return fail_bad(err);
        assay_int128 lo = hi + (assay_int128)distance;
        hi = lo + (assay_int128)length;
        if (hi > INT64_MAX)
            return fail_bad(err);
        if (length >= 64)
            ASSAY_TRY(assay_intset_add_range(&state->ints, (int64_t)lo, (int64_t)hi, err));
        else
            for (assay_int128 value = lo; value <= hi; value++)
                ASSAY_TRY(load_int(state, (int64_t)value, err));
    }
}

static enum assay_status load_keys(struct assay_distinct *state, struct loader *l,
                                   struct assay_error *err)
{
    while (l->end - l->at >= 16) {
        struct assay_key key = {.hi = get64(l->at), .lo = get64(l->at + 8)};
        bool text = (key.hi & ~ASSAY_KEY_DUPLICATE) >> 60 == 2;
        if (!text && !(key.hi & ASSAY_KEY_HASHED))
            return fail_bad(err);
        l->at += 16;
        ASSAY_TRY(assay_keyset_add(&state->keys, &key, 1, err));
    }
    return l->end - l->at == 8 && get64(l->at) == 0 ? ASSAY_OK : fail_bad(err);
}

bool assay_distinct_saved_seed(struct assay_str saved, uint64_t *seed)
{
    if (saved.len < sizeof magic + 8 || memcmp(saved.ptr, magic, sizeof magic) != 0)
        return false;
    *seed = get64((const unsigned char *)saved.ptr + sizeof magic);
    return true;
}

enum assay_status assay_distinct_load(struct assay_distinct *state, struct assay_str saved,
                                      struct assay_error *err)
{
    uint64_t seed;
    unsigned __int128 total;
    if (!assay_distinct_saved_seed(saved, &seed))
        return fail_bad(err);
    if (seed != state->seed)
        return assay_fail(err, ASSAY_SOURCE, "STATE",
                          "the saved state of distinct values was made with another seed");
    struct loader l = {(const unsigned char *)saved.ptr + sizeof magic + 8,
                       (const unsigned char *)saved.ptr + saved.len};
    if (!take_varint(&l, &total) || total > UINT64_MAX - state->total)
        return fail_bad(err);
    struct assay_distinct loaded;
    assay_distinct_init(&loaded, state->budget, state->seed);
    loaded.total = (uint64_t)total;
    enum assay_status status = load_ranges(&loaded, &l, err);
    if (status == ASSAY_OK)
        status = load_ranges(&loaded, &l, err);
    if (status == ASSAY_OK)
        status = load_keys(&loaded, &l, err);
    if (status == ASSAY_OK)
        return assay_distinct_merge(state, &loaded, err);
    assay_distinct_reset(&loaded);
    return status;
}
