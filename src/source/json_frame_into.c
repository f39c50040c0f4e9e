/*
 * The way from the begin of a document to the records that a pointer names. Values on
 * the side are passed over, however long, and yajl checks them.
 */
#include "config.h"

#include "source/json_frame.h"

#include "base/escape.h"
#include "source/json_problem.h"
#include "source/json_text.h"

#include <yajl/yajl_parse.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct assay_json_skip {
    yajl_handle yajl;
    unsigned depth;
    bool in_string;
    bool escaped; /* the byte before was a backslash */
    bool begun;
    uint64_t line, column; /* where the value begins */
};

void assay_json_skip_free(struct assay_json_skip *skip)
{
    if (skip != NULL && skip->yajl != NULL)
        yajl_free(skip->yajl);
    free(skip);
}

static struct assay_json_skip *skip_new(void)
{
    struct assay_json_skip *skip = calloc(1, sizeof *skip);
    if (skip != NULL)
        skip->yajl = yajl_alloc(NULL, NULL, NULL);
    if (skip != NULL && skip->yajl == NULL) {
        free(skip);
        return NULL;
    }
    return skip;
}

/* Behind the value, or `end` where it goes on; `*done` says which. */
static const char *skip_over(struct assay_json_skip *skip, const char *at, const char *end,
                             bool *done)
{
    for (; at < end; at++) {
        char c = *at;
        if (skip->in_string) {
            if (!skip->escaped && c == '"') {
                skip->in_string = false;
                *done = skip->depth == 0;
            }
            skip->escaped = !skip->escaped && c == '\\';
        } else if (c == '"') {
            skip->in_string = true;
        } else if (c == '{' || c == '[') {
            skip->depth++;
        } else if (skip->depth == 0 && skip->begun &&
                   (c == ',' || c == '}' || c == ']' || json_is_space(c))) {
            *done = true;
            return at;
        } else if (c == '}' || c == ']') {
            if (skip->depth > 0)
                skip->depth--;
            *done = skip->depth == 0;
        }
        skip->begun = true;
        if (*done || skip->depth > ASSAY_JSON_DEPTH_LIMIT)
            return at + 1;
    }
    return at;
}

/* What is wrong with the document itself ends the reading of it. */
static enum assay_status broken(const struct assay_json_frame *frame, const char *base,
                                const char *at, const char *end, struct assay_error *err,
                                const char *what)
{
    struct assay_buf shown;
    assay_buf_init(&shown, 64);
    if (at < end)
        assay_escape_terminal(&shown, assay_str(at, 1), 0);
    assay_json_frame_fail(frame, base, at, end, ASSAY_SOURCE, "JSON-SYNTAX", err,
                          "expected %s, found %s%s%s", what, at < end ? "\"" : "the end",
                          shown.ptr != NULL ? shown.ptr : "", at < end ? "\"" : "");
    assay_buf_free(&shown);
    assay_error_help(err, "the document around the records of %s is not JSON", frame->pointer_text);
    return ASSAY_SOURCE;
}

/* Where in it yajl stopped depends on how the text was cut: the begin does not. */
static enum assay_status refused(const struct assay_json_frame *frame, struct assay_error *err)
{
    assay_fail(err, ASSAY_SOURCE, "JSON-SYNTAX", "the value that begins here is not JSON");
    assay_error_help(err, "the document around the records of %s is not JSON", frame->pointer_text);
    assay_error_at(err, frame->file, frame->skip->line, frame->skip->column);
    return ASSAY_SOURCE;
}

static bool begin_skip(struct assay_json_frame *frame, const char *base, const char *at)
{
    frame->skip = skip_new();
    if (frame->skip == NULL)
        return false;
    frame->skip->line = frame->line;
    frame->skip->column = frame->column;
    assay_json_locate(base, (size_t)(at - base), &frame->skip->line, &frame->skip->column);
    return true;
}

static enum assay_status pass_over(struct assay_json_frame *frame, const char *base,
                                   const char **at, const char *end, struct assay_error *err)
{
    bool done = false;
    const char *from = *at;
    if (frame->skip == NULL && !begin_skip(frame, base, from))
        return assay_fail_nomem(err);
    struct assay_json_skip *skip = frame->skip;
    const char *to = skip_over(skip, from, end, &done);
    if (yajl_parse(skip->yajl, (const unsigned char *)from, (size_t)(to - from)) !=
            yajl_status_ok ||
        (done && yajl_complete_parse(skip->yajl) != yajl_status_ok))
        return refused(frame, err);
    if (skip->depth > ASSAY_JSON_DEPTH_LIMIT) {
        assay_json_frame_fail(frame, base, to - 1, end, ASSAY_LIMIT, "JSON-DEPTH", err,
                              "depth %u > %u at byte %" PRIu64, ASSAY_JSON_DEPTH_LIMIT + 1,
                              ASSAY_JSON_DEPTH_LIMIT, frame->offset + (uint64_t)(to - 1 - base));
        return ASSAY_LIMIT;
    }
    *at = to;
    if (done) {
        assay_json_skip_free(skip);
        frame->skip = NULL;
        frame->state = ASSAY_JSON_FRAME_AFTER;
    }
    return ASSAY_OK;
}

static enum assay_status not_there(const struct assay_json_frame *frame, const char *base,
                                   const char *at, const char *end, struct assay_error *err,
                                   const char *found)
{
    assay_json_frame_fail(frame, base, at, end, ASSAY_SOURCE, "JSON-RECORDS", err,
                          "no array of records at %s: %s", frame->pointer_text, found);
    assay_error_help(err, "`records` is a JSON Pointer: /data/items is `items` within `data`");
    return ASSAY_SOURCE;
}

static const char *kind_of(char c)
{
    return c == '[' ? "an array" : c == '"' ? "a string" : c == 'n' ? "null" : "a value";
}

/* A value on the way: an object to go into. */
static enum assay_status go_into(struct assay_json_frame *frame, const char *base, const char **at,
                                 const char *end, struct assay_error *err)
{
    char found[64];
    if (frame->level < frame->pointer->count && **at == '{') {
        frame->level++;
        ++*at;
        frame->state = ASSAY_JSON_FRAME_KEY;
        return ASSAY_OK;
    }
    snprintf(found, sizeof found, "there is %s", kind_of(**at));
    return not_there(frame, base, *at, end, err, found);
}

static bool is_step(const struct assay_json_frame *frame, struct assay_str content)
{
    struct assay_str step = frame->pointer->steps[frame->level - 1].key;
    if (memchr(content.ptr, '\\', content.len) == NULL)
        return assay_str_equal(step, content);
    char *plain = malloc(content.len);
    bool equal = plain != NULL &&
                 assay_str_equal(step, assay_str(plain, assay_json_unescape(content, plain)));
    free(plain);
    return equal;
}

/* "key": and what it says about the value behind it. */
static enum assay_status take_key(struct assay_json_frame *frame, const char *base, const char **at,
                                  const char *end, bool *more, struct assay_error *err)
{
    const char *too_deep = NULL, *from = *at, *to = assay_json_value_end(from, end, &too_deep);
    const char *colon = to;
    while (colon != NULL && colon < end && json_is_space(*colon))
        colon++;
    if (to == NULL || colon == end) {
        *more = true;
        return ASSAY_OK;
    }
    if (*colon != ':')
        return broken(frame, base, colon, end, err, "':' behind the key");
    const char *value = colon + 1;
    while (value < end && json_is_space(*value))
        value++;
    if (value == end) {
        *more = true;
        return ASSAY_OK;
    }
    if (*value == ',' || *value == '}' || *value == ']' || *value == ':')
        return broken(frame, base, value, end, err, "a value");
    bool step = is_step(frame, assay_str(from + 1, (size_t)(to - from) - 2));
    if (step && frame->found)
        return broken(frame, base, from, end, err, "each key once");
    *at = value;
    frame->state = step ? ASSAY_JSON_FRAME_INTO : ASSAY_JSON_FRAME_SKIP;
    return ASSAY_OK;
}

static enum assay_status close_object(struct assay_json_frame *frame, const char *base,
                                      const char **at, const char *end, struct assay_error *err)
{
    if (!frame->found)
        return not_there(frame, base, *at, end, err, "a key is missing");
    ++*at;
    frame->level--;
    frame->state = frame->level == 0 ? ASSAY_JSON_FRAME_TOP : ASSAY_JSON_FRAME_AFTER;
    return ASSAY_OK;
}

enum assay_status assay_json_frame_into(struct assay_json_frame *frame, const char *base,
                                        const char **at, const char *end, bool *more,
                                        struct assay_error *err)
{
    char c = **at;
    switch (frame->state) {
    case ASSAY_JSON_FRAME_INTO: return go_into(frame, base, at, end, err);
    case ASSAY_JSON_FRAME_SKIP: return pass_over(frame, base, at, end, err);
    case ASSAY_JSON_FRAME_KEY:
    case ASSAY_JSON_FRAME_NEXT:
        if (c == '"')
            return take_key(frame, base, at, end, more, err);
        if (c == '}' && frame->state == ASSAY_JSON_FRAME_KEY)
            return close_object(frame, base, at, end, err);
        return broken(frame, base, *at, end, err, "a key in double quotes");
    default: break;
    }
    if (c == '}')
        return close_object(frame, base, at, end, err);
    if (c != ',')
        return broken(frame, base, *at, end, err, "',' or '}'");
    ++*at;
    frame->state = ASSAY_JSON_FRAME_NEXT;
    return ASSAY_OK;
}
