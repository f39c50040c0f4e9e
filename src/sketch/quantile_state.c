/*
 * Ranked values as bytes.
 *
 *   "AQU1" scale(1) n(varint) { step(varint) count(varint) }*n
 *          m(varint) { length(varint) text count(varint) }*m
 * Numbers are integers of the smallest scale that holds them all, rising; the first step
 * is the first number in zigzag, the others are differences. Texts are canonical, rising.
 */
#include "config.h"

#include "sketch/quantile_impl.h"
#include "sketch/varint.h"

static const char magic[4] = {'A', 'Q', 'U', '1'};

static void put(struct assay_buf *out, unsigned __int128 value)
{
    unsigned char bytes[ASSAY_VARINT_MAX];
    assay_buf_add(out, bytes, assay_varint_put(bytes, value));
}

/* How many different numbers there are, and the scale they need. */
static enum assay_status survey(struct assay_quantiles *state, uint64_t *numbers, uint8_t *scale,
                                struct assay_error *err)
{
    struct assay_quantiles_pass pass;
    struct assay_quantiles_value value;
    *numbers = 0;
    *scale = 0;
    enum assay_status status = assay_quantiles_open(state, &pass, err);
    while (status == ASSAY_OK) {
        status = assay_quantiles_next(&pass, &value, err);
        if (status != ASSAY_OK || value.count == 0)
            break;
        if (value.big != NULL)
            continue;
        ++*numbers;
        int64_t unit = assay_quantiles_pow10[state->scale - *scale];
        if (value.number % unit != 0)
            *scale = assay_quantiles_small(value.number, state->scale).code;
    }
    assay_quantiles_close(&pass);
    return status;
}

static enum assay_status save_numbers(struct assay_quantiles *state, int64_t unit,
                                      struct assay_buf *out, struct assay_error *err)
{
    struct assay_quantiles_pass pass;
    struct assay_quantiles_value value;
    assay_int128 last = 0;
    bool first = true;
    enum assay_status status = assay_quantiles_open(state, &pass, err);
    while (status == ASSAY_OK) {
        status = assay_quantiles_next(&pass, &value, err);
        if (status != ASSAY_OK || value.count == 0)
            break;
        if (value.big != NULL)
            continue;
        assay_int128 number = value.number / unit;
        unsigned __int128 step = (unsigned __int128)number - (unsigned __int128)last;
        if (first)
            step = (unsigned __int128)number << 1 ^ (unsigned __int128)(number >> 127);
        put(out, step);
        put(out, value.count);
        last = number;
        first = false;
    }
    assay_quantiles_close(&pass);
    return status;
}

enum assay_status assay_quantiles_save(struct assay_quantiles *state, struct assay_buf *out,
                                       struct assay_error *err)
{
    uint64_t numbers;
    uint8_t scale;
    ASSAY_TRY(survey(state, &numbers, &scale, err));
    assay_buf_add(out, magic, sizeof magic);
    assay_buf_putc(out, (char)scale);
    put(out, numbers);
    ASSAY_TRY(save_numbers(state, assay_quantiles_pow10[state->scale - scale], out, err));
    put(out, state->big_count);
    for (size_t i = 0; i < state->big_count; i++) {
        put(out, state->bigs[i].value.text.len);
        assay_buf_str(out, state->bigs[i].value.text);
        put(out, state->bigs[i].count);
    }
    if (!out->failed)
        return ASSAY_OK;
    assay_fail(err, ASSAY_LIMIT, "STATE", "the state of quantiles is too large to save");
    assay_error_help(err, "do not keep state for exact quantiles of very many distinct values");
    return ASSAY_LIMIT;
}

/* Loading */

struct loader {
    const unsigned char *at, *end;
};

static enum assay_status fail_bad(struct assay_error *err)
{
    return assay_fail(err, ASSAY_SOURCE, "STATE", "the saved state of quantiles is damaged");
}

static bool take(struct loader *l, unsigned __int128 *value)
{
    size_t n = assay_varint_get(l->at, (size_t)(l->end - l->at), value);
    l->at += n;
    return n > 0;
}

static bool take64(struct loader *l, uint64_t *value)
{
    size_t n = assay_varint_get64(l->at, (size_t)(l->end - l->at), value);
    l->at += n;
    return n > 0;
}

/* Without its trailing zeros a number is a mantissa, hence below 10^18. */
static bool in_bounds(assay_int128 number, uint8_t scale)
{
    assay_int128 most = (assay_int128)ASSAY_NUM_MANTISSA_END * assay_quantiles_pow10[scale];
    if (number <= -most || number >= most)
        return false;
    for (; scale > 0 && number % 10 == 0; scale--)
        number /= 10;
    return number > -ASSAY_NUM_MANTISSA_END && number < ASSAY_NUM_MANTISSA_END;
}

static enum assay_status load_numbers(struct assay_quantiles *state, struct loader *l,
                                      uint8_t scale, struct assay_error *err)
{
    uint64_t numbers, count;
    unsigned __int128 step, last = 0;
    if (!take64(l, &numbers))
        return fail_bad(err);
    for (uint64_t i = 0; i < numbers; i++) {
        if (!take(l, &step) || !take64(l, &count) || count == 0 ||
            count > UINT64_MAX - state->count)
            return fail_bad(err);
        if (i == 0)
            step = step >> 1 ^ (0 - (step & 1));
        else if (step == 0 || step >> 124 != 0)
            return fail_bad(err);
        last += step;
        if (!in_bounds((assay_int128)last, scale))
            return fail_bad(err);
        ASSAY_TRY(assay_quantiles_add_count(state, (assay_int128)last, count, err));
        state->count += count;
    }
    return ASSAY_OK;
}

static enum assay_status load_bigs(struct assay_quantiles *state, struct loader *l,
                                   struct assay_error *err)
{
    uint64_t bigs, len, count;
    if (!take64(l, &bigs))
        return fail_bad(err);
    for (uint64_t i = 0; i < bigs; i++) {
        if (!take64(l, &len) || len > (uint64_t)(l->end - l->at))
            return fail_bad(err);
        struct assay_str text = assay_str((const char *)l->at, (size_t)len);
        l->at += len;
        uint8_t code = assay_numref(text).code;
        if (!take64(l, &count) || count == 0 || count > UINT64_MAX - state->count ||
            assay_number_is_small(code) || code == ASSAY_NUM_NAN || code == ASSAY_NUM_NOT)
            return fail_bad(err);
        ASSAY_TRY(assay_quantiles_add_big_count(state, text, count, err));
        state->count += count;
    }
    return l->at == l->end ? ASSAY_OK : fail_bad(err);
}

enum assay_status assay_quantiles_load(struct assay_quantiles *state, struct assay_str saved,
                                       struct assay_error *err)
{
    size_t head = sizeof magic + 1;
    if (saved.len < head || memcmp(saved.ptr, magic, sizeof magic) != 0)
        return fail_bad(err);
    uint8_t scale = (uint8_t)saved.ptr[sizeof magic];
    if (scale > ASSAY_NUM_SCALE_MAX)
        return fail_bad(err);
    struct loader l = {(const unsigned char *)saved.ptr + head,
                       (const unsigned char *)saved.ptr + saved.len};
    struct assay_quantiles loaded;
    assay_quantiles_init(&loaded, state->budget);
    loaded.scale = scale;
    enum assay_status status = load_numbers(&loaded, &l, scale, err);
    if (status == ASSAY_OK)
        status = load_bigs(&loaded, &l, err);
    if (status == ASSAY_OK)
        return assay_quantiles_merge(state, &loaded, err);
    assay_quantiles_reset(&loaded);
    return status;
}
