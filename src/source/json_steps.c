/*
 * The steps in which several records of one shape are read, and the plain form of reading
 * them.
 */
#include "config.h"

#define JSON_TARGET
#include "source/json_steps.h"

#include "base/cpu.h"

#include <stdlib.h>

#ifdef __SSE2__
JSON_INLINE __m128i json_load(const char *at)
{
    return _mm_loadu_si128((const __m128i *)(const void *)at);
}

#define DIFFER(i) other = _mm_or_si128(other, _mm_xor_si128(json_load(at[i]), bytes));
#define DIFFER_FAR(i) || memcmp(at[i], step->all, step->len) != 0

JSON_INLINE bool json_differ(const char *const *at, const struct json_step *step)
{
    const __m128i bytes = json_load(step->bytes), mask = json_load(step->mask);
    __m128i other = _mm_setzero_si128();
    JSON_EACH(DIFFER)
    __m128i same = _mm_cmpeq_epi8(_mm_and_si128(other, mask), _mm_setzero_si128());
    if (_mm_movemask_epi8(same) != 0xffff)
        return true;
    return step->len > 16 && (false JSON_EACH(DIFFER_FAR));
}

JSON_INLINE const char *json_stop(const char *at)
{
    const __m128i quote = json_load(json_stops.quote), backslash = json_load(json_stops.backslash);
    const __m128i space = json_load(json_stops.space);
    for (;; at += 16) {
        __m128i x = json_load(at);
        __m128i odd = _mm_or_si128(_mm_cmpeq_epi8(x, quote), _mm_cmpeq_epi8(x, backslash));
        /* The top bit of what is not ASCII, and of what wraps around below a space. */
        odd = _mm_or_si128(odd, _mm_or_si128(x, _mm_sub_epi8(x, space)));
        unsigned stop = (unsigned)_mm_movemask_epi8(odd);
        if (stop != 0)
            return at + __builtin_ctz(stop);
    }
}
#else
#define DIFFER(i) || memcmp(at[i], step->all, step->len) != 0

JSON_INLINE bool json_differ(const char *const *at, const struct json_step *step)
{
    return false JSON_EACH(DIFFER);
}

JSON_INLINE const char *json_stop(const char *at)
{
    while ((signed char)*at >= ' ' && *at != '"' && *at != '\\')
        at++;
    return at;
}
#endif

static bool json_steps_take_plain(const struct assay_json_shape *shape,
                                  const struct assay_json_scan *scan,
                                  const struct assay_span *records)
{
    return json_steps_run(shape, scan, records);
}

json_steps_take *json_steps_choose(void)
{
#ifdef __x86_64__
    if (assay_cpu_has_avx2())
        return json_steps_take_avx2;
#endif
    return json_steps_take_plain;
}

static bool reserve(struct assay_json_shape *shape, size_t bytes, uint32_t steps)
{
    if (steps > shape->step_room) {
        struct json_step *grown = realloc(shape->steps, steps * sizeof *grown);
        if (grown == NULL)
            return false;
        shape->steps = grown;
        shape->step_room = steps;
    }
    if (bytes > shape->joined_room) {
        char *grown = realloc(shape->joined, bytes);
        if (grown == NULL)
            return false;
        shape->joined = grown;
        shape->joined_room = (uint32_t)bytes;
    }
    return true;
}

/* The bytes before a value, with the quotes around them; returns behind them. */
static char *make_step(struct json_step *step, char *out, const char *text, uint32_t len,
                       bool behind_text)
{
    char *from = out;
    if (behind_text)
        *out++ = '"';
    memcpy(out, text, len);
    out += len;
    if (step->kind == JSON_STEP_TEXT)
        *out++ = '"';
    step->all = from;
    step->len = (uint32_t)(out - from);
    uint32_t head = step->len < JSON_STEP_WIDE ? step->len : JSON_STEP_WIDE;
    memset(step->bytes, 0, sizeof step->bytes);
    memset(step->mask, 0, sizeof step->mask);
    memcpy(step->bytes, from, head);
    memset(step->mask, 0xff, head);
    return out;
}

bool json_steps_make(struct assay_json_shape *shape)
{
    size_t bytes = shape->tail_len;
    shape->step_count = 0;
    shape->changed = false;
    for (uint32_t i = 0; i < shape->count; i++) {
        if (shape->parts[i].kind == JSON_STEP_ODD)
            return true;
        bytes += shape->parts[i].len + 2;
    }
    if (!reserve(shape, bytes, shape->count + 1))
        return false;
    const char *text = shape->text;
    char *out = shape->joined;
    bool behind_text = false;
    for (uint32_t i = 0; i <= shape->count; i++) {
        const struct json_part *part = i < shape->count ? &shape->parts[i] : NULL;
        struct json_step *step = &shape->steps[i];
        uint32_t len = part != NULL ? part->len : shape->tail_len;
        step->kind = part != NULL ? part->kind : JSON_STEP_ANY;
        step->column = part != NULL ? part->column : NULL;
        out = make_step(step, out, text, len, behind_text);
        text += len;
        behind_text = step->kind == JSON_STEP_TEXT;
    }
    shape->step_count = shape->count + 1;
    return true;
}
