/*
 * Reads several records of one shape side by side. Where a value ends is what the next step
 * waits for; four of these chains take little longer than one.
 *
 * A template, for the reason that csv_kernel.h is one. The including file defines
 *
 *   JSON_TARGET    function attributes of the instruction set
 *   bool json_differ(base, at, step)   whether what stands before a value is something else
 *                  in one of the records
 *   const char *json_stop(at)          the first byte that is a quote, a backslash, below 20
 *                  or not ASCII
 *
 * both of which may read 64 bytes. Nothing is compared with the end of a record on the way:
 * json_shape.c says why.
 */
#include "source/json_shape_impl.h"

#include "source/json_text.h"

#define JSON_INLINE JSON_TARGET static inline __attribute__((always_inline))

/* Not a loop: the places are to be in registers. */
#define JSON_EACH(DO) DO(0) DO(1) DO(2) DO(3)
_Static_assert(ASSAY_JSON_SEVERAL == 4, "as many as JSON_EACH has");

JSON_INLINE bool json_differ(const char *const *at, const struct json_step *step);
JSON_INLINE const char *json_stop(const char *at);

/*
 * Behind a number; NULL: none begins here. Quick where it has 15 characters at most and no
 * exponent.
 */
JSON_INLINE const char *json_take_number(const char *at)
{
#ifdef __SSE2__
    const __m128i zero = _mm_loadu_si128((const __m128i *)(const void *)json_stops.zero);
    const __m128i nine = _mm_loadu_si128((const __m128i *)(const void *)json_stops.nine);
    __m128i value = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)(const void *)at), zero);
    __m128i digit = _mm_cmpeq_epi8(_mm_min_epu8(value, nine), value);
    unsigned other = (unsigned)_mm_movemask_epi8(digit) ^ 0x3ffffu; /* two bits there always are */
    const char *from = at;
    if (other & 1) {
        if (*from++ != '-' || other & 2)
            return NULL;
        other >>= 1;
    }
    const char *end = from + __builtin_ctz(other);
    if (*from == '0' && end > from + 1)
        return NULL;
    if (*end == '.') {
        const char *point = end;
        end = from + __builtin_ctz(other & (other - 1));
        if (end == point + 1)
            return NULL;
    }
    return end >= at + 16 || (*end | 0x20) == 'e' ? json_number_end(at) : end;
#else
    return json_number_end(at);
#endif
}

/* Behind true, false or null; NULL where none of them stands. */
JSON_INLINE const char *json_take_word(const char *at, uint8_t *kind)
{
    *kind = *at == 'n' ? ASSAY_KIND_NULL : ASSAY_KIND_BOOLEAN;
    if (memcmp(at, "null", 4) == 0 || memcmp(at, "true", 4) == 0)
        return at + 4;
    return memcmp(at, "false", 5) == 0 ? at + 5 : NULL;
}

/* A value that may be of any kind: behind it, or NULL where it is odd. */
JSON_INLINE const char *json_take_any(const char *at, const char *base, struct assay_span *span,
                                      uint8_t *kind)
{
    bool text = *at == '"';
    const char *end;
    at += text;
    if (text) {
        *kind = ASSAY_KIND_TEXT;
        end = json_stop(at);
        end = *end == '"' ? end : json_text_end(at, end);
    } else if ((end = json_take_word(at, kind)) == NULL) {
        *kind = ASSAY_KIND_NUMBER;
        end = json_take_number(at);
    }
    if (end == NULL)
        return NULL;
    *span = (struct assay_span){(uint32_t)(at - base), (uint32_t)(end - at)};
    return end + text;
}

/* Of record i: the value from at[i] to end[i]. */
#define JSON_PUT(i)          \
    column->spans[row + i] = \
        (struct assay_span){(uint32_t)(at[i] - base), (uint32_t)(end[i] - at[i])};

JSON_INLINE void json_put(struct assay_json_column *column, const char *base, size_t row,
                          uint8_t kind, const char *const *at, const char *const *end)
{
    if (column == NULL)
        return;
    JSON_EACH(JSON_PUT)
    memset(column->kinds + row, kind, ASSAY_JSON_SEVERAL);
}

#define JSON_TEXT(i)                                                       \
    end[i] = json_stop(at[i]);                                             \
    if (*end[i] != '"' && (end[i] = json_text_end(at[i], end[i])) == NULL) \
        return false;
#define JSON_NUMBER(i)                \
    end[i] = json_take_number(at[i]); \
    if (end[i] == NULL)               \
        return false;
#define JSON_ANY(i)                                   \
    at[i] = json_take_any(at[i], base, &span, &kind); \
    if (at[i] == NULL)                                \
        return false;                                 \
    if (column != NULL) {                             \
        column->spans[row + i] = span;                \
        column->kinds[row + i] = kind;                \
    }
#define JSON_PASS(i) at[i] += step->len;
#define JSON_MOVE(i) at[i] = end[i];
#define JSON_BEGIN(i) base + records[i].off,
#define JSON_ENDS(i) &&at[i] + tail->len == base + records[i].off + records[i].len

JSON_INLINE bool json_step(const struct json_step *step, const char *base, size_t row,
                           const char **at)
{
    struct assay_json_column *column = step->column;
    const char *end[ASSAY_JSON_SEVERAL];
    JSON_EACH(JSON_PASS)
    if (step->kind == JSON_STEP_TEXT) {
        JSON_EACH(JSON_TEXT)
        json_put(column, base, row, ASSAY_KIND_TEXT, at, end);
        JSON_EACH(JSON_MOVE)
    } else if (step->kind == JSON_STEP_NUMBER) {
        JSON_EACH(JSON_NUMBER)
        json_put(column, base, row, ASSAY_KIND_NUMBER, at, end);
        JSON_EACH(JSON_MOVE)
    } else {
        struct assay_span span;
        uint8_t kind;
        JSON_EACH(JSON_ANY)
    }
    return true;
}

JSON_TARGET static bool json_steps_run(const struct assay_json_shape *shape,
                                       const struct assay_json_scan *scan,
                                       const struct assay_span *records)
{
    const char *base = scan->base, *at[] = {JSON_EACH(JSON_BEGIN)};
    const struct json_step *step = shape->steps, *tail = step + shape->step_count - 1;
    size_t row = scan->table->row;
    for (; step < tail; step++)
        if (json_differ(at, step) || !json_step(step, base, row, at))
            return false;
    return !json_differ(at, tail) JSON_EACH(JSON_ENDS);
}
