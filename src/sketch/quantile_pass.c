/*
 * Ranks and quantiles in one rising pass over counters, sorted numbers and texts.
 */
#include "config.h"

#include "sketch/quantile_impl.h"

#include <stdio.h>
#include <stdlib.h>

struct assay_numref assay_quantiles_small(assay_int128 number, uint8_t scale)
{
    while (scale > 0 && number % 10 == 0) {
        number /= 10;
        scale--;
    }
    return (struct assay_numref){.mantissa = (int64_t)number, .code = scale};
}

/* The pass */

static int compare_bigs(const void *x, const void *y)
{
    const struct assay_quantiles_big *a = x, *b = y;
    return assay_number_compare(&a->value, &b->value);
}

/* Sorts the texts and joins equal ones. */
static void settle_bigs(struct assay_quantiles *state)
{
    size_t kept = 0;
    if (state->big_settled == state->big_count)
        return;
    qsort(state->bigs, state->big_count, sizeof *state->bigs, compare_bigs);
    for (size_t i = 0; i < state->big_count; i++) {
        struct assay_quantiles_big *big = &state->bigs[i];
        if (kept > 0 && compare_bigs(&state->bigs[kept - 1], big) == 0) {
            state->bigs[kept - 1].count += big->count;
            state->big_bytes -= big->value.text.len;
            assay_budget_give(state->budget, big->value.text.len);
            free((char *)big->value.text.ptr);
        } else {
            state->bigs[kept++] = *big;
        }
    }
    state->big_count = state->big_settled = kept;
}

enum { BLOCK = 256 }; /* counters that are skipped at once */

/* Skips blocks of counters that end before the rank, where there is nothing beside them. */
static void skip_blocks(struct assay_quantiles_pass *pass, uint64_t rank, uint64_t *before)
{
    const struct assay_quantiles *state = pass->state;
    if (pass->sorted_count != 0 || pass->big_at < state->big_count)
        return;
    while (state->dense_len - pass->dense_at > BLOCK) {
        const uint8_t *low = state->low + pass->dense_at;
        uint64_t sum = 0, high = 0;
        for (unsigned i = 0; i < BLOCK; i++)
            sum += low[i];
        for (unsigned i = 0; i < BLOCK && state->has_high; i++)
            high += state->dense[pass->dense_at + i];
        sum += high << 8;
        if (rank - *before < sum)
            return;
        *before += sum;
        pass->dense_at += BLOCK;
    }
}

static void skip_zeros(struct assay_quantiles_pass *pass)
{
    const struct assay_quantiles *state = pass->state;
    while (pass->dense_at < state->dense_len && assay_quantiles_counter(state, pass->dense_at) == 0)
        pass->dense_at++;
}

enum assay_status assay_quantiles_open(struct assay_quantiles *state,
                                       struct assay_quantiles_pass *pass, struct assay_error *err)
{
    *pass = (struct assay_quantiles_pass){.state = state};
    settle_bigs(state);
    assay_quantiles_settle(state);
    ASSAY_TRY(assay_sorter_open(&state->sorter, &pass->sorted, err));
    skip_zeros(pass);
    return assay_sorter_next(&pass->sorted, &pass->sorted_value, &pass->sorted_count, err);
}

void assay_quantiles_close(struct assay_quantiles_pass *pass)
{
    assay_sorter_close(&pass->sorted);
}

/* The next number of counters and sorter together, without stepping over it. */
static uint64_t peek_number(const struct assay_quantiles_pass *pass, assay_int128 *number)
{
    const struct assay_quantiles *state = pass->state;
    bool dense = pass->dense_at < state->dense_len;
    assay_int128 value = (assay_int128)state->dense_base + (assay_int128)pass->dense_at;
    if (pass->sorted_count == 0 && !dense)
        return 0;
    if (!dense || (pass->sorted_count > 0 && pass->sorted_value < value)) {
        *number = pass->sorted_value;
        return pass->sorted_count;
    }
    *number = value;
    bool both = pass->sorted_count > 0 && pass->sorted_value == value;
    return assay_quantiles_counter(state, pass->dense_at) + (both ? pass->sorted_count : 0);
}

static enum assay_status skip_number(struct assay_quantiles_pass *pass, assay_int128 number,
                                     struct assay_error *err)
{
    const struct assay_quantiles *state = pass->state;
    if (pass->dense_at < state->dense_len &&
        (assay_int128)state->dense_base + (assay_int128)pass->dense_at == number) {
        pass->dense_at++;
        skip_zeros(pass);
    }
    if (pass->sorted_count > 0 && pass->sorted_value == number)
        return assay_sorter_next(&pass->sorted, &pass->sorted_value, &pass->sorted_count, err);
    return ASSAY_OK;
}

enum assay_status assay_quantiles_next(struct assay_quantiles_pass *pass,
                                       struct assay_quantiles_value *value, struct assay_error *err)
{
    const struct assay_quantiles *state = pass->state;
    *value = (struct assay_quantiles_value){.count = 0};
    value->count = peek_number(pass, &value->number);
    if (pass->big_at < state->big_count) {
        const struct assay_quantiles_big *big = &state->bigs[pass->big_at];
        struct assay_numref small = {0};
        if (value->count > 0)
            small = assay_quantiles_small(value->number, state->scale);
        if (value->count == 0 || assay_number_compare(&big->value, &small) < 0) {
            value->big = big;
            value->count = big->count;
            pass->big_at++;
            return ASSAY_OK;
        }
    }
    return value->count > 0 ? skip_number(pass, value->number, err) : ASSAY_OK;
}

enum assay_status assay_quantiles_each(struct assay_quantiles *state, assay_quantiles_fn *fn,
                                       void *ctx, struct assay_error *err)
{
    struct assay_quantiles_pass pass;
    struct assay_quantiles_value value;
    enum assay_status status = assay_quantiles_open(state, &pass, err);
    while (status == ASSAY_OK) {
        status = assay_quantiles_next(&pass, &value, err);
        if (status != ASSAY_OK || value.count == 0)
            break;
        struct assay_numref small = {0};
        if (value.big == NULL)
            small = assay_quantiles_small(value.number, state->scale);
        status = fn(ctx, value.big ? &value.big->value : &small, value.count, err);
    }
    assay_quantiles_close(&pass);
    return status;
}

/* Ranks */

/* A value found: where it is a text, `text_at` and `text_len` say where in state->texts. */
struct found {
    struct assay_numref value;
    assay_int128 number;
    size_t text_at;
};

static void keep_text(struct assay_quantiles *state, struct found *found, struct assay_str text)
{
    found->text_at = state->texts.len;
    found->value.text.len = text.len;
    assay_buf_str(&state->texts, text);
}

/* Texts are set once all are there, because their buffer moves as it grows. */
static enum assay_status place_texts(struct assay_quantiles *state, struct found *found,
                                     size_t count, struct assay_error *err)
{
    if (state->texts.failed)
        return assay_fail_nomem(err);
    for (size_t i = 0; i < count; i++)
        if (!assay_number_is_small(found[i].value.code))
            found[i].value.text.ptr = state->texts.ptr + found[i].text_at;
    return ASSAY_OK;
}

static enum assay_status find_ranks(struct assay_quantiles *state, const uint64_t *ranks,
                                    size_t count, struct found *found, struct assay_error *err)
{
    struct assay_quantiles_pass pass;
    struct assay_quantiles_value value;
    uint64_t before = 0;
    enum assay_status status = assay_quantiles_open(state, &pass, err);
    for (size_t i = 0; i < count && status == ASSAY_OK;) {
        skip_blocks(&pass, ranks[i], &before);
        skip_zeros(&pass);
        status = assay_quantiles_next(&pass, &value, err);
        if (status == ASSAY_OK && value.count == 0)
            status = assay_fail(err, ASSAY_INTERNAL, "RANK", "a rank beyond the last value");
        if (status != ASSAY_OK)
            break;
        for (; i < count && ranks[i] - before < value.count; i++) {
            found[i].number = value.number;
            if (value.big == NULL) {
                found[i].value = assay_quantiles_small(value.number, state->scale);
                continue;
            }
            found[i].value = value.big->value;
            keep_text(state, &found[i], value.big->value.text);
        }
        before += value.count;
    }
    assay_quantiles_close(&pass);
    return status;
}

enum assay_status assay_quantiles_ranks(struct assay_quantiles *state, const uint64_t *ranks,
                                        size_t count, struct assay_numref *values,
                                        struct assay_error *err)
{
    struct found *found = calloc(count + 1, sizeof *found);
    if (found == NULL)
        return assay_fail_nomem(err);
    assay_buf_reset(&state->texts);
    enum assay_status status = find_ranks(state, ranks, count, found, err);
    if (status == ASSAY_OK)
        status = place_texts(state, found, count, err);
    for (size_t i = 0; i < count && status == ASSAY_OK; i++)
        values[i] = found[i].value;
    free(found);
    return status;
}

/* Quantiles */

/* Where a quantile lies: between rank `lo` and rank `hi`, by rest / 10^code of the way. */
struct position {
    uint64_t lo, hi;
    int64_t rest;
    uint8_t code;
};

static struct position position_of(const struct assay_quantile *q, uint64_t count)
{
    unsigned __int128 whole = (unsigned __int128)(count - 1) * (uint64_t)q->mantissa;
    int64_t unit = assay_quantiles_pow10[q->code];
    struct position p = {.lo = (uint64_t)(whole / (uint64_t)unit), .code = q->code};
    p.rest = (int64_t)(whole % (uint64_t)unit);
    p.hi = p.lo + (p.rest > 0);
    for (; p.code > 0 && p.rest % 10 == 0; p.rest /= 10)
        p.code--;
    unit = assay_quantiles_pow10[p.code];
    if (q->mode == ASSAY_QUANTILE_MIDPOINT && p.rest > 0) {
        p.rest = 5;
        p.code = 1;
    }
    bool up = p.rest > unit - p.rest || (p.rest == unit - p.rest && p.lo % 2 == 1);
    if (q->mode == ASSAY_QUANTILE_LOWER || (q->mode == ASSAY_QUANTILE_NEAREST && !up))
        p.hi = p.lo;
    if (q->mode == ASSAY_QUANTILE_HIGHER || (q->mode == ASSAY_QUANTILE_NEAREST && up))
        p.lo = p.hi;
    return p;
}

/* Exact where it fits in 128 bits; `*number` is then of scale `scale` + p->code. */
static bool interpolate_exactly(assay_int128 lo, assay_int128 hi, const struct position *p,
                                assay_int128 *number)
{
    assay_int128 part, whole;
    return !__builtin_mul_overflow(hi - lo, (assay_int128)p->rest, &part) &&
           !__builtin_mul_overflow(lo, (assay_int128)assay_quantiles_pow10[p->code], &whole) &&
           !__builtin_add_overflow(whole, part, number);
}

/* A number of any scale as a value: SMALL, or else its text. */
static void set_number(struct assay_quantiles *state, struct found *found, assay_int128 number,
                       unsigned scale)
{
    while (scale > 0 && number % 10 == 0) {
        number /= 10;
        scale--;
    }
    if (scale <= ASSAY_NUM_SCALE_MAX && number > -ASSAY_NUM_MANTISSA_END &&
        number < ASSAY_NUM_MANTISSA_END) {
        found->value = (struct assay_numref){.mantissa = (int64_t)number, .code = (uint8_t)scale};
        return;
    }
    char digits[48], text[64];
    size_t at = sizeof digits;
    unsigned __int128 rest = number < 0 ? 0 - (unsigned __int128)number : (unsigned __int128)number;
    for (; rest > 0; rest /= 10)
        digits[--at] = (char)('0' + (int)(rest % 10));
    int len = snprintf(text, sizeof text, "%s%.*se-%u", number < 0 ? "-" : "",
                       (int)(sizeof digits - at), digits + at, scale);
    found->value = (struct assay_numref){.code = ASSAY_NUM_BIG};
    keep_text(state, found, assay_str(text, (size_t)len));
}

static void interpolate(struct assay_quantiles *state, struct found *to, const struct found *lo,
                        const struct found *hi, const struct position *p)
{
    assay_int128 number;
    if (assay_number_is_small(lo->value.code) && assay_number_is_small(hi->value.code) &&
        interpolate_exactly(lo->number, hi->number, p, &number)) {
        set_number(state, to, number, (unsigned)state->scale + p->code);
        return;
    }
    char text[32];
    struct assay_numref a = lo->value, b = hi->value;
    a.text.ptr = b.text.ptr = NULL;
    if (!assay_number_is_small(a.code))
        a.text.ptr = state->texts.ptr + lo->text_at;
    if (!assay_number_is_small(b.code))
        b.text.ptr = state->texts.ptr + hi->text_at;
    double from = assay_number_to_double(&a), part = (double)p->rest;
    double step = assay_number_to_double(&b) - from;
    double value = from + step * (part / (double)assay_quantiles_pow10[p->code]);
    size_t len = assay_double_text(value, text);
    to->value = assay_numref(assay_str(text, len));
    keep_text(state, to, assay_str(text, len));
}

static int compare_ranks(const void *x, const void *y)
{
    uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return (a > b) - (a < b);
}

static const struct found *at_rank(const uint64_t *ranks, const struct found *found, size_t count,
                                   uint64_t rank)
{
    const uint64_t *at = bsearch(&rank, ranks, count, sizeof rank, compare_ranks);
    return &found[at - ranks];
}

/* `found` has room for the 2 * count ranks and, behind them, for the results. */
static enum assay_status get(struct assay_quantiles *state, const struct assay_quantile *wanted,
                             size_t count, uint64_t *ranks, struct found *found,
                             struct assay_error *err)
{
    struct found *results = found + 2 * count;
    for (size_t i = 0; i < count; i++) {
        struct position p = position_of(&wanted[i], state->count);
        ranks[2 * i] = p.lo;
        ranks[2 * i + 1] = p.hi;
    }
    qsort(ranks, 2 * count, sizeof *ranks, compare_ranks);
    assay_buf_reset(&state->texts);
    ASSAY_TRY(find_ranks(state, ranks, 2 * count, found, err));
    for (size_t i = 0; i < count; i++) {
        struct position p = position_of(&wanted[i], state->count);
        const struct found *lo = at_rank(ranks, found, 2 * count, p.lo);
        const struct found *hi = at_rank(ranks, found, 2 * count, p.hi);
        bool same = p.lo == p.hi || assay_number_compare(&lo->value, &hi->value) == 0;
        results[i] = *lo;
        if (!same)
            interpolate(state, &results[i], lo, hi, &p);
    }
    return place_texts(state, results, count, err);
}

enum assay_status assay_quantiles_get(struct assay_quantiles *state,
                                      const struct assay_quantile *wanted, size_t count,
                                      struct assay_numref *values, struct assay_error *err)
{
    if (state->count == 0)
        return assay_fail(err, ASSAY_INTERNAL, "RANK", "no values to rank");
    uint64_t *ranks = calloc(2 * count + 1, sizeof *ranks);
    struct found *found = calloc(3 * count + 1, sizeof *found);
    enum assay_status status = ASSAY_NOMEM;
    if (ranks != NULL && found != NULL)
        status = get(state, wanted, count, ranks, found, err);
    else
        assay_fail_nomem(err);
    for (size_t i = 0; i < count && status == ASSAY_OK; i++)
        values[i] = found[2 * count + i].value;
    free(ranks);
    free(found);
    return status;
}
