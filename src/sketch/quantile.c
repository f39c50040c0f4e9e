/*
 * Adding decimals to be ranked. Ranking is in quantile_pass.c, saving in
 * quantile_state.c.
 */
#include "config.h"

#include "sketch/quantile_impl.h"

#include <stdlib.h>

enum {
    BATCH = 512,
    COUNTER = sizeof(uint32_t) + sizeof(uint8_t),
    DENSE_MAX = 4 * 1024 * 1024, /* counters */
    DENSE_FREE = 64 * 1024,      /* counters that need not pay */
    DENSE_PER_VALUE = 4,         /* and more for each value added */
    BIGS_FREE = 64 * 1024        /* bytes of long numbers held whatever the budget says */
};

const int64_t assay_quantiles_pow10[ASSAY_NUM_SCALES] = {
    INT64_C(1),
    INT64_C(10),
    INT64_C(100),
    INT64_C(1000),
    INT64_C(10000),
    INT64_C(100000),
    INT64_C(1000000),
    INT64_C(10000000),
    INT64_C(100000000),
    INT64_C(1000000000),
    INT64_C(10000000000),
    INT64_C(100000000000),
    INT64_C(1000000000000),
    INT64_C(10000000000000),
    INT64_C(100000000000000),
    INT64_C(1000000000000000),
    INT64_C(10000000000000000),
    INT64_C(100000000000000000),
    INT64_C(1000000000000000000),
};

void assay_quantiles_init(struct assay_quantiles *state, struct assay_budget *budget)
{
    *state = (struct assay_quantiles){.budget = budget, .seen_lo = INT64_MAX, .seen_hi = INT64_MIN};
    assay_sorter_init(&state->sorter, budget);
    assay_buf_init(&state->texts, (size_t)1 << 30);
}

static void free_dense(struct assay_quantiles *state)
{
    assay_budget_give(state->budget, state->dense_len * COUNTER);
    free(state->dense);
    state->dense = NULL;
    state->low = NULL;
    state->has_high = false;
    state->dense_len = 0;
    state->dense_total = 0;
}

void assay_quantiles_reset(struct assay_quantiles *state)
{
    free_dense(state);
    assay_sorter_reset(&state->sorter);
    for (size_t i = 0; i < state->big_count; i++)
        free((char *)state->bigs[i].value.text.ptr);
    free(state->bigs);
    assay_budget_give(state->budget, state->big_bytes + state->big_cap * sizeof *state->bigs);
    assay_buf_free(&state->texts);
    assay_quantiles_init(state, state->budget);
}

/* The counters */

static inline void count_one(struct assay_quantiles *state, size_t at)
{
    if (++state->low[at] == 0) {
        state->dense[at]++;
        state->has_high = true;
    }
}

/* Hands all counts to the sorter, so that counters can change their meaning. */
static enum assay_status flush_dense(struct assay_quantiles *state, struct assay_error *err)
{
    for (size_t i = 0; i < state->dense_len && state->dense_total > 0; i++) {
        uint64_t count = assay_quantiles_counter(state, i);
        ASSAY_TRY(assay_sorter_add_count(
            &state->sorter, (assay_int128)state->dense_base + (assay_int128)i, count, err));
        state->dense_total -= count;
        state->low[i] = 0;
        if (state->has_high)
            state->dense[i] = 0;
    }
    state->has_high = false;
    return ASSAY_OK;
}

/* To zeroed memory for more of them. Pages of it that are not needed stay untouched. */
static void move_counters(struct assay_quantiles *state, uint32_t *dense, int64_t base, size_t len)
{
    uint64_t total = state->dense_total;
    uint8_t *low = (uint8_t *)(dense + len);
    bool has_high = state->has_high;
    if (state->dense_len > 0) {
        size_t at = (size_t)((uint64_t)state->dense_base - (uint64_t)base);
        memcpy(low + at, state->low, state->dense_len);
        if (has_high)
            memcpy(dense + at, state->dense, state->dense_len * sizeof *dense);
    }
    free_dense(state);
    state->dense = dense;
    state->low = low;
    state->has_high = has_high;
    state->dense_base = base;
    state->dense_len = len;
    state->dense_total = total;
}

/*
 * The range that the counters are to have so that they cover `value`: of all values seen
 * if that pays, else of those that they cover and this one. False: as they are.
 */
static bool range_with(const struct assay_quantiles *state, int64_t value, uint64_t most,
                       assay_int128 *lo, assay_int128 *hi)
{
    assay_int128 base = value, last = value;
    if (state->dense_len > 0) {
        base = state->dense_base;
        last = base + (assay_int128)state->dense_len - 1;
    }
    *lo = base < state->seen_lo ? base : state->seen_lo;
    *hi = last > state->seen_hi ? last : state->seen_hi;
    /* In steps of a half at least, or every other value would move all the counters. */
    if (*hi - *lo < (assay_int128)most)
        return most == DENSE_MAX || most / 3 * 2 >= state->dense_len;
    *lo = base < value ? base : value;
    *hi = last > value ? last : value;
    return *hi - *lo < (assay_int128)most && (most == DENSE_MAX || most / 4 >= state->dense_len);
}

/* Makes the counters cover `value` where that pays. */
static enum assay_status cover(struct assay_quantiles *state, int64_t value,
                               struct assay_error *err)
{
    uint64_t most = DENSE_FREE + DENSE_PER_VALUE * state->count;
    assay_int128 lo, hi;
    if (most > DENSE_MAX)
        most = DENSE_MAX;
    state->seen_lo = value < state->seen_lo ? value : state->seen_lo;
    state->seen_hi = value > state->seen_hi ? value : state->seen_hi;
    if (!range_with(state, value, most, &lo, &hi))
        return ASSAY_OK;
    size_t len = (size_t)(hi - lo) + 1, room = len / 2 + 64;
    room = room < most - len ? room : (size_t)(most - len);
    if (lo == value && lo - (assay_int128)room >= INT64_MIN)
        lo -= (assay_int128)room;
    len += room;
    if (!assay_budget_take(state->budget, len * COUNTER))
        return ASSAY_OK;
    uint32_t *dense = calloc(len, COUNTER);
    if (dense == NULL) {
        assay_budget_give(state->budget, len * COUNTER);
        return assay_fail_nomem(err);
    }
    move_counters(state, dense, (int64_t)lo, len);
    return ASSAY_OK;
}

static inline bool counted(const struct assay_quantiles *state, int64_t value, size_t *at)
{
    uint64_t index = (uint64_t)value - (uint64_t)state->dense_base;
    *at = (size_t)index;
    return index < state->dense_len;
}

enum assay_status assay_quantiles_raise(struct assay_quantiles *state, uint8_t scale,
                                        struct assay_error *err)
{
    if (scale <= state->scale)
        return ASSAY_OK;
    ASSAY_TRY(flush_dense(state, err));
    free_dense(state);
    state->seen_lo = INT64_MAX;
    state->seen_hi = INT64_MIN;
    ASSAY_TRY(assay_sorter_scale(&state->sorter, assay_quantiles_pow10[scale - state->scale], err));
    state->scale = scale;
    return ASSAY_OK;
}

/* Adding */

/* Numbers of the state's scale on their way to the sorter. */
struct pending {
    int64_t values[BATCH];
    size_t count;
};

static enum assay_status flush_pending(struct assay_quantiles *state, struct pending *pending,
                                       struct assay_error *err)
{
    size_t count = pending->count;
    pending->count = 0;
    return assay_sorter_add(&state->sorter, pending->values, count, err);
}

/* A number that no counter covers yet. */
static enum assay_status add_outside(struct assay_quantiles *state, struct pending *pending,
                                     int64_t value, struct assay_error *err)
{
    size_t at;
    ASSAY_TRY(cover(state, value, err));
    if (counted(state, value, &at)) {
        count_one(state, at);
        state->dense_total++;
        return ASSAY_OK;
    }
    pending->values[pending->count++] = value;
    return pending->count == BATCH ? flush_pending(state, pending, err) : ASSAY_OK;
}

/* A value of another scale, or too large for 64 bits at this one. */
static enum assay_status add_scaled(struct assay_quantiles *state, struct pending *pending,
                                    int64_t mantissa, uint8_t code, struct assay_error *err)
{
    int64_t value;
    size_t at;
    if (code > state->scale) {
        ASSAY_TRY(flush_pending(state, pending, err));
        ASSAY_TRY(assay_quantiles_raise(state, code, err));
    }
    int64_t factor = assay_quantiles_pow10[state->scale - code];
    if (__builtin_mul_overflow(mantissa, factor, &value))
        return assay_sorter_add_count(&state->sorter, (assay_int128)mantissa * factor, 1, err);
    if (!counted(state, value, &at))
        return add_outside(state, pending, value, err);
    count_one(state, at);
    state->dense_total++;
    return ASSAY_OK;
}

static inline bool all_of_scale(const uint8_t *codes, uint8_t scale)
{
    uint64_t other = 0, word, wanted = UINT64_C(0x0101010101010101) * scale;
    for (int i = 0; i < 64; i += 8) {
        memcpy(&word, codes + i, sizeof word);
        other |= word ^ wanted;
    }
    return other == 0;
}

/* 64 values of the state's scale: the common case, without looks at the rest. */
static enum assay_status add_block(struct assay_quantiles *state, struct pending *pending,
                                   const int64_t *values, struct assay_error *err)
{
    uint8_t *low = state->low;
    uint64_t base = (uint64_t)state->dense_base, len = state->dense_len, inside = 0;
    state->count += 64;
    for (int i = 0; i < 64; i++) {
        uint64_t at = (uint64_t)values[i] - base;
        if (at < len) {
            inside++;
            if (++low[at] == 0) {
                state->dense[at]++;
                state->has_high = true;
            }
            continue;
        }
        ASSAY_TRY(add_outside(state, pending, values[i], err));
        low = state->low;
        base = (uint64_t)state->dense_base;
        len = state->dense_len;
    }
    state->dense_total += inside;
    return ASSAY_OK;
}

static enum assay_status add_word(struct assay_quantiles *state, struct pending *pending,
                                  const int64_t *mantissas, const uint8_t *codes, uint64_t word,
                                  struct assay_error *err)
{
    if (word == UINT64_MAX && all_of_scale(codes, state->scale))
        return add_block(state, pending, mantissas, err);
    for (; word != 0; word &= word - 1) {
        unsigned row = (unsigned)__builtin_ctzll(word);
        size_t at;
        if (codes[row] > ASSAY_NUM_SCALE_MAX)
            continue;
        state->count++;
        if (codes[row] != state->scale) {
            ASSAY_TRY(add_scaled(state, pending, mantissas[row], codes[row], err));
        } else if (counted(state, mantissas[row], &at)) {
            count_one(state, at);
            state->dense_total++;
        } else {
            ASSAY_TRY(add_outside(state, pending, mantissas[row], err));
        }
    }
    return ASSAY_OK;
}

enum assay_status assay_quantiles_add(struct assay_quantiles *state, const int64_t *mantissas,
                                      const uint8_t *codes, const uint64_t *mask, uint32_t rows,
                                      struct assay_error *err)
{
    struct pending pending = {.count = 0};
    if (state->dense_total + rows > UINT32_MAX)
        ASSAY_TRY(flush_dense(state, err));
    for (uint32_t row = 0; row < rows; row += 64) {
        uint64_t word = UINT64_MAX;
        if (mask != NULL)
            word = mask[row / 64];
        else if (rows - row < 64)
            word = ((uint64_t)1 << (rows - row)) - 1;
        ASSAY_TRY(add_word(state, &pending, mantissas + row, codes + row, word, err));
    }
    return flush_pending(state, &pending, err);
}

enum assay_status assay_quantiles_add_count(struct assay_quantiles *state, assay_int128 number,
                                            uint64_t count, struct assay_error *err)
{
    size_t at;
    if (number == (int64_t)number && counted(state, (int64_t)number, &at) &&
        count <= UINT32_MAX - state->dense_total) {
        uint64_t sum = state->low[at] + count;
        state->low[at] = (uint8_t)sum;
        if (sum > UINT8_MAX) {
            state->dense[at] += (uint32_t)(sum >> 8);
            state->has_high = true;
        }
        state->dense_total += count;
        return ASSAY_OK;
    }
    return assay_sorter_add_count(&state->sorter, number, count, err);
}

void assay_quantiles_settle(struct assay_quantiles *state)
{
    size_t count, kept = 0, at;
    int64_t *loose = assay_sorter_loose(&state->sorter, &count);
    if (count == 0 || state->dense_len == 0 || count > UINT32_MAX - state->dense_total)
        return;
    for (size_t i = 0; i < count; i++) {
        if (counted(state, loose[i], &at))
            count_one(state, at);
        else
            loose[kept++] = loose[i];
    }
    state->dense_total += count - kept;
    assay_sorter_keep(&state->sorter, kept);
}

/* Numbers as text */

static enum assay_status fail_bigs(struct assay_error *err)
{
    assay_fail(err, ASSAY_LIMIT, "LIMIT",
               "too many numbers of more than 18 digits to rank them in memory");
    assay_error_help(err, "raise --memory-limit");
    return ASSAY_LIMIT;
}

/* Takes from the budget; a few texts are kept whatever it says. */
static bool take_for_bigs(struct assay_quantiles *state, size_t size)
{
    size_t held = state->big_bytes + state->big_cap * sizeof *state->bigs;
    if (held + size > BIGS_FREE)
        return assay_budget_take(state->budget, size);
    assay_budget_force(state->budget, size);
    return true;
}

static enum assay_status bigs_room(struct assay_quantiles *state, struct assay_error *err)
{
    if (state->big_count < state->big_cap)
        return ASSAY_OK;
    size_t cap = state->big_cap ? state->big_cap * 2 : 16;
    size_t more = (cap - state->big_cap) * sizeof *state->bigs;
    if (!take_for_bigs(state, more))
        return fail_bigs(err);
    struct assay_quantiles_big *bigs = realloc(state->bigs, cap * sizeof *bigs);
    if (bigs == NULL) {
        assay_budget_give(state->budget, more);
        return assay_fail_nomem(err);
    }
    state->bigs = bigs;
    state->big_cap = cap;
    return ASSAY_OK;
}

/* The canonical text of a number, in memory of its own. */
static enum assay_status keep_text(struct assay_quantiles *state, const struct assay_numref *value,
                                   struct assay_str *text, struct assay_error *err)
{
    size_t len = assay_number_canonical(value, NULL, 0);
    if (len > (size_t)1 << 20 || !take_for_bigs(state, len))
        return fail_bigs(err);
    char *copy = malloc(len + 1);
    if (copy == NULL) {
        assay_budget_give(state->budget, len);
        return assay_fail_nomem(err);
    }
    assay_number_canonical(value, copy, len);
    copy[len] = '\0';
    state->big_bytes += len;
    *text = assay_str(copy, len);
    return ASSAY_OK;
}

enum assay_status assay_quantiles_add_big_count(struct assay_quantiles *state,
                                                struct assay_str text, uint64_t count,
                                                struct assay_error *err)
{
    struct assay_numref value = assay_numref(text);
    if (assay_number_is_small(value.code)) {
        ASSAY_TRY(assay_quantiles_raise(state, value.code, err));
        assay_int128 number =
            (assay_int128)value.mantissa * assay_quantiles_pow10[state->scale - value.code];
        return assay_quantiles_add_count(state, number, count, err);
    }
    if (value.code == ASSAY_NUM_NAN || value.code == ASSAY_NUM_NOT)
        return assay_fail(err, ASSAY_INTERNAL, "RANK", "what is no number cannot be ranked");
    ASSAY_TRY(bigs_room(state, err));
    ASSAY_TRY(keep_text(state, &value, &text, err));
    state->bigs[state->big_count++] =
        (struct assay_quantiles_big){.value = assay_numref(text), .count = count};
    return ASSAY_OK;
}

enum assay_status assay_quantiles_add_big(struct assay_quantiles *state, struct assay_str text,
                                          struct assay_error *err)
{
    ASSAY_TRY(assay_quantiles_add_big_count(state, text, 1, err));
    state->count++;
    return ASSAY_OK;
}

/* Merging */

/* Adds eight counters to eight where each sum fits into its byte; what they add up to. */
static bool add_eight(uint8_t *to, const uint8_t *from, uint64_t *total)
{
    const uint64_t tops = UINT64_C(0x8080808080808080), odd = UINT64_C(0x00ff00ff00ff00ff);
    uint64_t a, b;
    memcpy(&a, to, sizeof a);
    memcpy(&b, from, sizeof b);
    uint64_t sum = ((a & ~tops) + (b & ~tops)) ^ ((a ^ b) & tops);
    if (((a & b) | ((a | b) & ~sum)) & tops)
        return false;
    memcpy(to, &sum, sizeof sum);
    *total += ((b & odd) + (b >> 8 & odd)) * UINT64_C(0x0001000100010001) >> 48;
    return true;
}

/* The counters from `i` on for which `into` has some, as long as they are small; how many. */
static size_t add_small(struct assay_quantiles *into, const struct assay_quantiles *from, size_t i)
{
    size_t at, n = 0, most = from->dense_len - i;
    if (from->has_high || !counted(into, (int64_t)((uint64_t)from->dense_base + i), &at))
        return 0;
    if (most > into->dense_len - at)
        most = into->dense_len - at;
    while (most - n >= 8 && add_eight(into->low + at + n, from->low + i + n, &into->dense_total))
        n += 8;
    return n;
}

static enum assay_status merge_dense(struct assay_quantiles *into, struct assay_quantiles *from,
                                     struct assay_error *err)
{
    bool fits = from->dense_total <= UINT32_MAX - into->dense_total;
    for (size_t i = 0; i < from->dense_len; i++) {
        i += fits ? add_small(into, from, i) : 0;
        uint64_t count = i < from->dense_len ? assay_quantiles_counter(from, i) : 0;
        if (count == 0)
            continue;
        ASSAY_TRY(assay_quantiles_add_count(into, (assay_int128)from->dense_base + (assay_int128)i,
                                            count, err));
    }
    return ASSAY_OK;
}

static enum assay_status merge(struct assay_quantiles *into, struct assay_quantiles *from,
                               struct assay_error *err)
{
    ASSAY_TRY(assay_quantiles_raise(into, from->scale, err));
    ASSAY_TRY(assay_quantiles_raise(from, into->scale, err));
    into->count += from->count;
    if (from->dense_len > 0) {
        ASSAY_TRY(cover(into, from->dense_base, err));
        assay_int128 last = (assay_int128)from->dense_base + (assay_int128)from->dense_len - 1;
        if (last <= INT64_MAX)
            ASSAY_TRY(cover(into, (int64_t)last, err));
    }
    ASSAY_TRY(merge_dense(into, from, err));
    for (size_t i = 0; i < from->big_count; i++)
        ASSAY_TRY(assay_quantiles_add_big_count(into, from->bigs[i].value.text, from->bigs[i].count,
                                                err));
    return assay_sorter_merge(&into->sorter, &from->sorter, err);
}

enum assay_status assay_quantiles_merge(struct assay_quantiles *into, struct assay_quantiles *from,
                                        struct assay_error *err)
{
    enum assay_status status = merge(into, from, err);
    assay_quantiles_reset(from);
    return status;
}
