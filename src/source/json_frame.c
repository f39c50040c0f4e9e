/*
 * Cuts text into records: lines, or the values of documents. Brackets and strings are
 * followed, nothing else is looked at.
 */
#include "config.h"

#include "source/json_frame.h"

#include "base/cpu.h"
#include "source/json_problem.h"
#include "source/json_text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef __x86_64__
#include <immintrin.h>
#endif

#define RECORD_SEPARATOR 0x1e
#define EXTRA_BYTES 1024 /* of what follows the array, shown and kept */

void assay_json_frame_init(struct assay_json_frame *frame)
{
    *frame = (struct assay_json_frame){.line = 1, .column = 1};
}

void assay_json_frame_free(struct assay_json_frame *frame)
{
    assay_json_skip_free(frame->skip);
    frame->skip = NULL;
}

void assay_json_spans_free(struct assay_json_spans *spans)
{
    free(spans->items);
    *spans = (struct assay_json_spans){0};
}

static inline bool add(struct assay_json_spans *spans, size_t off, size_t len)
{
    if (spans->count == spans->room) {
        uint32_t room = spans->room > 0 ? spans->room * 2 : 4096;
        void *grown = realloc(spans->items, (size_t)room * sizeof *spans->items);
        if (grown == NULL)
            return false;
        spans->items = grown;
        spans->room = room;
    }
    spans->items[spans->count++] = (struct assay_span){(uint32_t)off, (uint32_t)len};
    return true;
}

void assay_json_locate(const char *base, size_t at, uint64_t *line, uint64_t *column)
{
    const char *from = base, *end = base + at, *feed;
    while ((feed = memchr(from, '\n', (size_t)(end - from))) != NULL) {
        ++*line;
        *column = 1;
        from = feed + 1;
    }
    *column += (uint64_t)(end - from);
}

void assay_json_frame_advance(struct assay_json_frame *frame, const struct assay_json_cut *cut)
{
    frame->line += cut->lines;
    frame->column = cut->column;
    frame->offset += cut->consumed;
}

enum assay_status assay_json_frame_fail(const struct assay_json_frame *frame, const char *base,
                                        const char *at, const char *end, enum assay_status status,
                                        const char *code, struct assay_error *err,
                                        const char *format, ...)
{
    char message[512];
    uint64_t line = frame->line, column = frame->column;
    va_list ap;
    va_start(ap, format);
    vsnprintf(message, sizeof message, format, ap);
    va_end(ap);
    assay_fail(err, status, code, "%s", message);
    assay_json_locate(base, (size_t)(at - base), &line, &column);
    assay_error_at(err, frame->file, line, column);
    const char *from = at;
    while (from > base && from[-1] != '\n')
        from--;
    if (from < end)
        assay_error_excerpt(err, from, (size_t)(end - from), (size_t)(at - from));
    return status;
}

static bool is_blank(char c)
{
    return json_is_space(c) || c == RECORD_SEPARATOR;
}

/* Lines. */

static bool add_line(struct assay_json_spans *spans, const char *base, const char *from,
                     const char *to)
{
    while (from < to && is_blank(*from))
        from++;
    while (to > from && json_is_space(to[-1]))
        to--;
    return from == to || add(spans, (size_t)(from - base), (size_t)(to - from));
}

/* Lines that end at the line feeds of 64 bytes; `*from` is where the next one begins. */
static inline __attribute__((always_inline)) bool
add_lines(struct assay_json_cut *cut, const char *base, uint64_t feeds, size_t block, size_t *from)
{
    struct assay_json_spans *spans = &cut->records;
    for (; feeds != 0; feeds &= feeds - 1) {
        size_t feed = block + (size_t)__builtin_ctzll(feeds), at = *from;
        bool plain = (unsigned char)base[at] > ' ' && base[feed - 1] == '}';
        *from = feed + 1;
        cut->lines++;
        if (plain && spans->count < spans->room)
            spans->items[spans->count++] = (struct assay_span){(uint32_t)at, (uint32_t)(feed - at)};
        else if (!add_line(spans, base, base + at, base + feed))
            return false;
    }
    return true;
}

#define INLINE static inline __attribute__((always_inline))

#ifdef __SSE2__
INLINE unsigned feeds_in_16(const char *at)
{
    __m128i x = _mm_loadu_si128((const __m128i *)(const void *)at);
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, _mm_set1_epi8('\n')));
}

INLINE uint64_t feeds_in(const char *block)
{
    unsigned low = feeds_in_16(block) | feeds_in_16(block + 16) << 16;
    unsigned high = feeds_in_16(block + 32) | feeds_in_16(block + 48) << 16;
    return low | (uint64_t)high << 32;
}
#else
INLINE uint64_t feeds_in(const char *block)
{
    uint64_t feeds = 0;
    for (unsigned i = 0; i < 64; i++)
        feeds |= (uint64_t)(block[i] == '\n') << i;
    return feeds;
}
#endif

/* Whole lines of the text, `*from` behind the last of them; false: no memory. */
static bool cut_blocks(const char *base, size_t len, struct assay_json_cut *cut, size_t *from)
{
    for (size_t block = 0; block < len; block += 64) {
        uint64_t feeds = feeds_in(base + block);
        if (feeds != 0 && !add_lines(cut, base, feeds, block, from))
            return false;
    }
    return true;
}

#ifdef __x86_64__
#define AVX2 __attribute__((target("avx2,bmi,bmi2")))

AVX2 static inline uint64_t feeds_in_avx2(const char *block)
{
    const __m256i feed = _mm256_set1_epi8('\n');
    __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)block);
    __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(block + 32));
    uint32_t in_low = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, feed));
    uint32_t in_high = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, feed));
    return in_low | (uint64_t)in_high << 32;
}

/* The same in the instructions of newer machines. */
AVX2 static bool cut_blocks_avx2(const char *base, size_t len, struct assay_json_cut *cut,
                                 size_t *from)
{
    for (size_t block = 0; block < len; block += 64) {
        uint64_t feeds = feeds_in_avx2(base + block);
        if (feeds != 0 && !add_lines(cut, base, feeds, block, from))
            return false;
    }
    return true;
}
#endif

static bool cut_all(const char *base, size_t len, struct assay_json_cut *cut, size_t *from)
{
#ifdef __x86_64__
    if (assay_cpu_has_avx2())
        return cut_blocks_avx2(base, len, cut, from);
#endif
    return cut_blocks(base, len, cut, from);
}

static enum assay_status cut_lines(const char *base, size_t len, bool final,
                                   struct assay_json_cut *cut, struct assay_error *err)
{
    size_t from = 0;
    if (!cut_all(base, len, cut, &from))
        return assay_fail_nomem(err);
    cut->column = 1;
    if (final) {
        if (!add_line(&cut->records, base, base + from, base + len))
            return assay_fail_nomem(err);
        cut->column = len - from + 1;
        from = len;
    }
    cut->consumed = from;
    return ASSAY_OK;
}

/* Documents. */

/* Behind the string whose quote is at `at`; NULL: it does not end here. */
static const char *string_end(const char *at, const char *end)
{
    bool high = false;
    for (at++;;) {
        at = json_plain_end(at, &high);
        if (at >= end)
            return NULL;
        if (*at == '"')
            return at + 1;
        at += *at == '\\' ? 2 : 1;
        if (at >= end)
            return NULL;
    }
}

enum { OTHER, QUOTE, OPEN, CLOSE };

static const unsigned char classes[256] = {
    ['"'] = QUOTE, ['{'] = OPEN, ['['] = OPEN, ['}'] = CLOSE, [']'] = CLOSE};

/* Behind the bracket that closes the one at `at`. */
static const char *brackets_end(const char *at, const char *end, const char **too_deep)
{
    unsigned depth = 0;
    while (at < end) {
        unsigned char class = classes[(unsigned char)*at];
        if (class == OTHER) {
            at++;
        } else if (class == QUOTE) {
            at = string_end(at, end);
            if (at == NULL)
                return NULL;
        } else if (class == OPEN) {
            if (++depth > ASSAY_JSON_DEPTH_LIMIT) {
                *too_deep = at;
                return NULL;
            }
            at++;
        } else {
            at++;
            if (--depth == 0)
                return at;
        }
    }
    return NULL;
}

const char *assay_json_value_end(const char *at, const char *end, const char **too_deep)
{
    if (*at == '{' || *at == '[')
        return brackets_end(at, end, too_deep);
    if (*at == '"')
        return string_end(at, end);
    for (at++; at < end; at++)
        if (is_blank(*at) || *at == ',' || classes[(unsigned char)*at] != OTHER)
            return at;
    return NULL;
}

/* The comma or bracket behind an element of the array of records. */
static const char *element_end(const char *at, const char *end, const char **too_deep)
{
    while (at < end) {
        if (*at == ',' || *at == ']')
            return at;
        if (classes[(unsigned char)*at] == QUOTE)
            at = string_end(at, end);
        else if (classes[(unsigned char)*at] == OPEN)
            at = brackets_end(at, end, too_deep);
        else
            at++;
        if (at == NULL)
            return NULL;
    }
    return NULL;
}

static const char *skip_blank(const char *at, const char *end)
{
    while (at < end && is_blank(*at))
        at++;
    return at;
}

/* What is being cut. */
struct cutter {
    struct assay_json_frame *frame;
    struct assay_json_cut *cut;
    const char *base, *at, *end;
    bool final;
    bool more; /* the text does not reach */
};

static void opened(struct cutter *c, char bracket)
{
    c->frame->open = bracket;
    c->frame->open_line = c->frame->line;
    c->frame->open_column = c->frame->column;
    assay_json_locate(c->base, (size_t)(c->at - c->base), &c->frame->open_line,
                      &c->frame->open_column);
}

static enum assay_status add_record(struct cutter *c, const char *from, const char *to,
                                    struct assay_error *err)
{
    while (to > from && is_blank(to[-1]))
        to--;
    return add(&c->cut->records, (size_t)(from - c->base), (size_t)(to - from))
               ? ASSAY_OK
               : assay_fail_nomem(err);
}

/* A value that is not whole: more text is needed, or it is too deep. */
static enum assay_status not_whole(struct cutter *c, const char *too_deep)
{
    struct assay_json_frame *frame = c->frame;
    c->more = true;
    if (too_deep != NULL)
        assay_json_frame_fail(frame, c->base, too_deep, c->end, ASSAY_LIMIT, "JSON-DEPTH",
                              &frame->failure, "depth %u > %u at byte %" PRIu64,
                              ASSAY_JSON_DEPTH_LIMIT + 1, ASSAY_JSON_DEPTH_LIMIT,
                              frame->offset + (uint64_t)(too_deep - c->base));
    return ASSAY_OK;
}

static enum assay_status cut_top(struct cutter *c, struct assay_error *err)
{
    struct assay_json_frame *frame = c->frame;
    const char *too_deep = NULL;
    if (frame->pointer != NULL || (*c->at == '[' && frame->documents == 0)) {
        opened(c, *c->at);
        frame->documents++;
        frame->level = 0;
        frame->found = false;
        frame->state = frame->pointer != NULL ? ASSAY_JSON_FRAME_INTO : ASSAY_JSON_FRAME_FIRST;
        c->at += frame->pointer == NULL;
        return ASSAY_OK;
    }
    const char *end = assay_json_value_end(c->at, c->end, &too_deep);
    unsigned char class = classes[(unsigned char)*c->at];
    if (end == NULL && c->final && too_deep == NULL && (class == OTHER || class == CLOSE))
        end = c->end;
    if (end == NULL) {
        opened(c, *c->at);
        return not_whole(c, too_deep);
    }
    ASSAY_TRY(add_record(c, c->at, end, err));
    frame->documents++;
    c->at = end;
    return ASSAY_OK;
}

static enum assay_status cut_element(struct cutter *c, struct assay_error *err)
{
    struct assay_json_frame *frame = c->frame;
    const char *too_deep = NULL;
    if (frame->state == ASSAY_JSON_FRAME_FIRST && *c->at == ']') {
        c->at++;
        frame->state = frame->pointer != NULL ? ASSAY_JSON_FRAME_AFTER : ASSAY_JSON_FRAME_CLOSED;
        return ASSAY_OK;
    }
    const char *end = element_end(c->at, c->end, &too_deep);
    if (end == NULL)
        return not_whole(c, too_deep);
    ASSAY_TRY(add_record(c, c->at, end, err));
    frame->state = ASSAY_JSON_FRAME_VALUE;
    if (*end == ']')
        frame->state = frame->pointer != NULL ? ASSAY_JSON_FRAME_AFTER : ASSAY_JSON_FRAME_CLOSED;
    c->at = end + 1;
    return ASSAY_OK;
}

/* Text behind the array: its first line stands for all of it. */
static enum assay_status cut_extra(struct cutter *c, struct assay_error *err)
{
    size_t left = (size_t)(c->end - c->at), most = left < EXTRA_BYTES ? left : EXTRA_BYTES;
    const char *feed = memchr(c->at, '\n', most);
    if (feed == NULL && most < EXTRA_BYTES && !c->final) {
        c->more = true;
        return ASSAY_OK;
    }
    c->cut->extra = c->cut->records.count;
    ASSAY_TRY(add_record(c, c->at, feed != NULL ? feed : c->at + most, err));
    c->frame->state = ASSAY_JSON_FRAME_EXTRA;
    return ASSAY_OK;
}

/* What the pointer points at: an array of records, or one record. */
static enum assay_status cut_found(struct cutter *c, struct assay_error *err)
{
    const char *too_deep = NULL, *end;
    if (*c->at == '[') {
        opened(c, '[');
        c->at++;
        c->frame->state = ASSAY_JSON_FRAME_FIRST;
    } else {
        end = assay_json_value_end(c->at, c->end, &too_deep);
        if (end == NULL)
            return not_whole(c, too_deep);
        ASSAY_TRY(add_record(c, c->at, end, err));
        c->at = end;
        c->frame->state = ASSAY_JSON_FRAME_AFTER;
    }
    c->frame->found = true;
    return ASSAY_OK;
}

static enum assay_status step(struct cutter *c, struct assay_error *err)
{
    switch (c->frame->state) {
    case ASSAY_JSON_FRAME_TOP: return cut_top(c, err);
    case ASSAY_JSON_FRAME_FIRST:
    case ASSAY_JSON_FRAME_VALUE: return cut_element(c, err);
    case ASSAY_JSON_FRAME_CLOSED: return cut_extra(c, err);
    case ASSAY_JSON_FRAME_EXTRA: c->at = c->end; return ASSAY_OK;
    default: break;
    }
    if (c->frame->state == ASSAY_JSON_FRAME_INTO && c->frame->level == c->frame->pointer->count &&
        (*c->at == '[' || *c->at == '{'))
        return cut_found(c, err);
    enum assay_status status =
        assay_json_frame_into(c->frame, c->base, &c->at, c->end, &c->more, &c->frame->failure);
    c->more |= status != ASSAY_OK;
    return status == ASSAY_SOURCE || status == ASSAY_LIMIT ? ASSAY_OK : status;
}

static enum assay_status truncated(const struct cutter *c, struct assay_error *err)
{
    const struct assay_json_frame *frame = c->frame;
    const char *what = frame->open == '[' ? "array" : frame->open == '{' ? "object" : "value";
    assay_json_frame_fail(frame, c->base, c->end, c->end, ASSAY_SOURCE, "JSON-TRUNCATED", err,
                          "unexpected end at byte %" PRIu64 ", %s opened at %" PRIu64 ":%" PRIu64,
                          frame->offset + (uint64_t)(c->end - c->base), what, frame->open_line,
                          frame->open_column);
    assay_error_help(err, "the data is cut off: the records before do not stand for all of them");
    return ASSAY_SOURCE;
}

static bool ends_well(const struct cutter *c)
{
    enum assay_json_frame_state state = c->frame->state;
    return c->at == c->end && (state == ASSAY_JSON_FRAME_TOP || state == ASSAY_JSON_FRAME_CLOSED ||
                               state == ASSAY_JSON_FRAME_EXTRA);
}

static enum assay_status cut_documents(struct cutter *c, struct assay_error *err)
{
    while (!c->more && c->frame->failure.status == ASSAY_OK) {
        if (c->frame->state != ASSAY_JSON_FRAME_SKIP && c->frame->state != ASSAY_JSON_FRAME_EXTRA)
            c->at = skip_blank(c->at, c->end);
        if (c->at == c->end)
            break;
        ASSAY_TRY(step(c, err));
    }
    c->cut->consumed = (size_t)(c->at - c->base);
    c->cut->column = c->frame->column;
    uint64_t line = 0;
    assay_json_locate(c->base, c->cut->consumed, &line, &c->cut->column);
    c->cut->lines = line;
    if (c->frame->failure.status != ASSAY_OK && c->cut->records.count == 0) {
        if (err != NULL)
            *err = c->frame->failure;
        return c->frame->failure.status;
    }
    if (c->final && c->cut->records.count == 0 && !ends_well(c))
        return truncated(c, err);
    return ASSAY_OK;
}

enum assay_status assay_json_frame_cut(struct assay_json_frame *frame, const char *base, size_t len,
                                       bool final, struct assay_json_cut *cut,
                                       struct assay_error *err)
{
    struct cutter c = {frame, cut, base, base, base + len, final, false};
    cut->records.count = 0;
    cut->consumed = 0;
    cut->lines = 0;
    cut->extra = UINT32_MAX;
    return frame->lines ? cut_lines(base, len, final, cut, err) : cut_documents(&c, err);
}
