/*
 * Reads records by their shape: the hot path of NDJSON.
 */
#include "config.h"

#include "source/json_shape_impl.h"

#include "base/utf8.h"
#include "source/json_text.h"

#include <stdlib.h>

#define SEVERAL_PAUSE 16u /* records that are read alone behind several that did not match */

void assay_json_shapes_forget(struct assay_json_shapes *shapes)
{
    for (uint32_t i = 0; i < shapes->count; i++) {
        free(shapes->shapes[i]->text);
        free(shapes->shapes[i]->parts);
        free(shapes->shapes[i]->steps);
        free(shapes->shapes[i]->joined);
        free(shapes->shapes[i]);
    }
    shapes->count = 0;
}

void assay_json_shapes_free(struct assay_json_shapes *shapes)
{
    assay_json_shapes_forget(shapes);
    free(shapes->leaves.leaves);
    *shapes = (struct assay_json_shapes){0};
}

/*
 * Nothing is compared with the end of a record on the way: the bytes of a shape match no
 * byte behind the text, strings end at controls and numbers at anything, so that whoever
 * runs past it is found to be elsewhere when the record should end.
 */
#define INLINE static inline __attribute__((always_inline))

/* Equal bytes; 16 may be read behind both, and `mask` is of `len`. */
INLINE bool same(const char *a, const char *b, uint32_t len, unsigned mask)
{
#ifdef __SSE2__
    __m128i x = _mm_loadu_si128((const __m128i *)(const void *)a);
    __m128i y = _mm_loadu_si128((const __m128i *)(const void *)b);
    unsigned equal = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, y));
    return (equal & mask) == mask && (len <= 16 || memcmp(a + 16, b + 16, len - 16) == 0);
#else
    (void)mask;
    return memcmp(a, b, len) == 0;
#endif
}

static uint16_t mask_of(uint32_t len)
{
    return (uint16_t)(len >= 16 ? 0xffffu : (1u << len) - 1);
}

/* The first byte that is a quote, a backslash, below 20 or not ASCII. */
INLINE const char *ascii_end(const char *at)
{
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
    const __m128i space = _mm_set1_epi8(' ');
    for (;; at += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)at);
        __m128i odd = _mm_or_si128(_mm_cmpeq_epi8(x, quote), _mm_cmpeq_epi8(x, backslash));
        /* The top bit of what is not ASCII, and of what wraps around below a space. */
        odd = _mm_or_si128(odd, _mm_or_si128(x, _mm_sub_epi8(x, space)));
        unsigned stop = (unsigned)_mm_movemask_epi8(odd);
        if (stop != 0)
            return at + __builtin_ctz(stop);
    }
#else
    while ((signed char)*at >= ' ' && *at != '"' && *at != '\\')
        at++;
    return at;
#endif
}

const struct json_stops json_stops = {
    .quote = "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"",
    .backslash = "\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\",
    .space = "                                ",
    .zero = "0000000000000000",
    .nine = "\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t",
};

const char *json_text_end(const char *from, const char *at)
{
    bool high = false;
    const char *end = json_plain_end(at, &high);
    struct assay_str text = assay_str(from, (size_t)(end - from));
    return *end == '"' && assay_utf8_valid(text) == text.len ? end : NULL;
}

/* What is no part of arrays does not fan out. */
INLINE void put(struct assay_json_column *column, size_t row, uint8_t kind, const char *base,
                const char *from, const char *to)
{
    if (column == NULL)
        return;
    column->spans[row] = (struct assay_span){(uint32_t)(from - base), (uint32_t)(to - from)};
    column->kinds[row] = kind;
}

/* Plain text and numbers: behind them, or NULL where it is something else. */
INLINE const char *take(struct assay_json_column *column, size_t row, const char *base,
                        const char *at)
{
    const char *end;
    if (*at == '"') {
        end = ascii_end(at + 1);
        if (*end != '"') {
            end = json_text_end(at + 1, end);
            if (end == NULL)
                return NULL;
        }
        put(column, row, ASSAY_KIND_TEXT, base, at + 1, end);
        return end + 1;
    }
    end = json_number_end_fast(at);
    if (end != NULL)
        put(column, row, ASSAY_KIND_NUMBER, base, at, end);
    return end;
}

/* Values that are neither, and text with escapes in it. */
static const char *take_odd(struct assay_json_scan *scan, const char *at,
                            const struct json_part *part, bool *begun)
{
    if (at >= scan->end)
        return NULL;
    if (!*begun)
        assay_json_scan_begin(scan, scan->end);
    *begun = true;
    scan->depth = part->depth;
    return assay_json_scan_value(scan, at, part->node);
}

static bool match_tail(const struct assay_json_shape *shape, const char *at, const char *to,
                       const char *text)
{
    uint32_t len = shape->tail_len;
    return at <= to && (size_t)(to - at) == len && same(at, text, len, mask_of(len));
}

static enum json_step_kind kind_of(char first)
{
    if (first == '{' || first == '[')
        return JSON_STEP_ODD;
    return first == '"'                           ? JSON_STEP_TEXT
           : first == '-' || json_is_digit(first) ? JSON_STEP_NUMBER
                                                  : JSON_STEP_ANY;
}

/* What has been of one kind so far and is of another now may be of any from here on. */
static inline void look_at_kind(struct assay_json_shape *shape, struct json_part *part, char first)
{
    if (part->kind >= JSON_STEP_ANY || kind_of(first) == part->kind ||
        kind_of(first) == JSON_STEP_ODD)
        return;
    part->kind = JSON_STEP_ANY;
    shape->changed = true;
}

static bool match(struct assay_json_shape *shape, struct assay_json_scan *scan, const char *from,
                  const char *to)
{
    const char *at = from, *text = shape->text, *base = scan->base;
    uint32_t row = scan->table->row;
    bool begun = false; /* the scan: only what is odd needs it */
    for (uint32_t i = 0; i < shape->count; i++) {
        struct json_part *part = &shape->parts[i];
        if (!same(at, text, part->len, part->mask))
            return false;
        at += part->len;
        text += part->len;
        look_at_kind(shape, part, *at);
        const char *next = part->array ? NULL : take(part->column, row, base, at);
        at = next != NULL ? next : take_odd(scan, at, part, &begun);
        if (at == NULL)
            return false;
    }
    return match_tail(shape, at, to, text);
}

bool assay_json_shapes_init(struct assay_json_shapes *shapes)
{
    *shapes = (struct assay_json_shapes){0};
    shapes->several = json_steps_choose();
    shapes->leaves.room = ASSAY_JSON_SHAPE_VALUES;
    shapes->leaves.leaves = malloc(ASSAY_JSON_SHAPE_VALUES * sizeof *shapes->leaves.leaves);
    return shapes->leaves.leaves != NULL;
}

bool assay_json_shapes_match_several(struct assay_json_shapes *shapes, struct assay_json_scan *scan,
                                     const struct assay_span *records)
{
    if (shapes->alone > 0) {
        shapes->alone--;
        return false;
    }
    struct assay_json_shape *shape = shapes->count > 0 ? shapes->shapes[0] : NULL;
    shapes->alone = SEVERAL_PAUSE;
    if (shape == NULL || (shape->changed && !json_steps_make(shape)) || shape->step_count == 0 ||
        !shapes->several(shape, scan, records))
        return false;
    shapes->alone = 0;
    scan->nul = NULL;
    scan->no_array = NULL;
    return true;
}

static void to_front(struct assay_json_shapes *shapes, uint32_t index)
{
    struct assay_json_shape *shape = shapes->shapes[index];
    memmove(shapes->shapes + 1, shapes->shapes, index * sizeof(void *));
    shapes->shapes[0] = shape;
}

bool assay_json_shapes_match(struct assay_json_shapes *shapes, struct assay_json_scan *scan,
                             const char *from, const char *to)
{
    char *scratch = scan->scratch;
    scan->end = to;
    scan->nul = NULL;
    scan->no_array = NULL;
    for (uint32_t i = 0; i < shapes->count; i++) {
        if (match(shapes->shapes[i], scan, from, to)) {
            if (i > 0)
                to_front(shapes, i);
            return true;
        }
        scan->scratch = scratch;
        scan->nul = NULL;
        scan->no_array = NULL;
        if (scan->table != NULL)
            assay_json_table_retry(scan->table);
    }
    return false;
}

/* A new shape, or the one not used for longest. */
static struct assay_json_shape *next_shape(struct assay_json_shapes *shapes)
{
    if (shapes->count < ASSAY_JSON_SHAPES) {
        struct assay_json_shape *shape = calloc(1, sizeof *shape);
        if (shape == NULL)
            return NULL;
        shapes->shapes[shapes->count++] = shape;
    }
    to_front(shapes, shapes->count - 1);
    return shapes->shapes[0];
}

static bool reserve(struct assay_json_shape *shape, uint32_t bytes, uint32_t parts)
{
    if (bytes + JSON_SHAPE_PAD > shape->text_room) {
        char *text = realloc(shape->text, bytes + JSON_SHAPE_PAD);
        if (text == NULL)
            return false;
        shape->text = text;
        shape->text_room = bytes + JSON_SHAPE_PAD;
    }
    if (parts > shape->part_room) {
        struct json_part *grown = realloc(shape->parts, parts * sizeof *grown);
        if (grown == NULL)
            return false;
        shape->parts = grown;
        shape->part_room = parts;
    }
    return true;
}

static size_t bytes_between(const struct assay_json_leaves *leaves, const char *from,
                            const char *to)
{
    size_t bytes = (size_t)(to - from);
    for (uint32_t i = 0; i < leaves->count; i++)
        bytes -= (size_t)(leaves->leaves[i].end - leaves->leaves[i].begin);
    return bytes;
}

bool assay_json_shapes_learn(struct assay_json_shapes *shapes, const struct assay_json_table *table,
                             const char *from, const char *to)
{
    const struct assay_json_leaves *leaves = &shapes->leaves;
    size_t bytes = leaves->too_many ? 0 : bytes_between(leaves, from, to);
    if (leaves->count == 0 || bytes == 0 || bytes > ASSAY_JSON_SHAPE_BYTES)
        return true;
    struct assay_json_shape *shape = next_shape(shapes);
    if (shape == NULL)
        return false;
    shape->count = shape->step_count = 0;
    shape->tail_len = UINT32_MAX; /* nothing is of it, should memory be short */
    if (!reserve(shape, (uint32_t)bytes, leaves->count))
        return false;
    uint32_t used = 0;
    const char *at = from;
    for (uint32_t i = 0; i < leaves->count; i++) {
        const struct assay_json_leaf *leaf = &leaves->leaves[i];
        uint32_t len = (uint32_t)(leaf->begin - at);
        memcpy(shape->text + used, at, len);
        bool put = leaf->node != NULL && leaf->node->slot != ASSAY_JSON_NO_SLOT;
        bool array = leaf->node != NULL && leaf->node->elements != NULL;
        shape->parts[i] = (struct json_part){
            .len = len,
            .mask = mask_of(len),
            .depth = (uint16_t)leaf->depth,
            .array = array,
            .column = put ? &table->columns[leaf->node->slot] : NULL,
            .node = leaf->node,
            .kind = array ? JSON_STEP_ODD : kind_of(*leaf->begin),
        };
        used += len;
        at = leaf->end;
    }
    shape->tail_len = (uint32_t)(to - at);
    memcpy(shape->text + used, at, shape->tail_len);
    memset(shape->text + bytes, 0, JSON_SHAPE_PAD);
    shape->count = leaves->count;
    return json_steps_make(shape);
}
