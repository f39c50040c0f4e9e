/*
 * The reference: yajl parses a record in one piece, and its events are followed along the
 * tree of wanted paths.
 */
#include "config.h"

#include "source/json_record.h"

#include <yajl/yajl_parse.h>

#include <stdio.h>

struct frame {
    const struct assay_json_node *node;
    const char *begin;
    bool array;
};

struct reader {
    struct assay_json_scan *scan;
    yajl_handle yajl;
    const char *from, *to;
    const struct assay_json_node *next; /* of the member whose value comes next */
    uint32_t depth;
    struct frame frames[ASSAY_JSON_DEPTH_LIMIT];
};

/* Where yajl is: behind the token of the event. */
static const char *here(const struct reader *r)
{
    return r->from + yajl_get_bytes_consumed(r->yajl);
}

static const struct assay_json_node *elements_of(const struct frame *frame)
{
    return frame->array && frame->node != NULL ? frame->node->elements : NULL;
}

/* The node of the value that begins. */
static const struct assay_json_node *begin_value(struct reader *r)
{
    struct frame *top = r->depth > 0 ? &r->frames[r->depth - 1] : NULL;
    if (top == NULL || !top->array)
        return r->next;
    if (r->scan->table != NULL)
        assay_json_table_element(r->scan->table, elements_of(top));
    return elements_of(top);
}

static int end_value(struct reader *r)
{
    struct frame *top = r->depth > 0 ? &r->frames[r->depth - 1] : NULL;
    if (top != NULL && top->array && r->scan->table != NULL)
        assay_json_table_element_end(r->scan->table, elements_of(top));
    return 1;
}

static void put(struct reader *r, const struct assay_json_node *node, uint8_t kind, const char *at,
                size_t len)
{
    if (node != NULL && node->slot != ASSAY_JSON_NO_SLOT && r->scan->table != NULL)
        assay_json_table_put(r->scan->table, node->slot, kind,
                             len > 0 ? assay_json_scan_offset(r->scan, at) : 0, (uint32_t)len);
}

/* Text of yajl's own is copied, since it is gone at the next event. */
static const char *keep(struct reader *r, const char *text, size_t len)
{
    if (text >= r->from && text <= r->to)
        return text;
    char *copy = r->scan->scratch;
    if (len > 0)
        memcpy(copy, text, len);
    r->scan->scratch += len;
    return copy;
}

static int on_null(void *context)
{
    struct reader *r = context;
    put(r, begin_value(r), ASSAY_KIND_NULL, NULL, 0);
    return end_value(r);
}

static int on_boolean(void *context, int value)
{
    struct reader *r = context;
    size_t len = value ? 4 : 5;
    put(r, begin_value(r), ASSAY_KIND_BOOLEAN, here(r) - len, len);
    return end_value(r);
}

static int on_number(void *context, const char *text, size_t len)
{
    struct reader *r = context;
    put(r, begin_value(r), ASSAY_KIND_NUMBER, keep(r, text, len), len);
    return end_value(r);
}

static int on_string(void *context, const unsigned char *text, size_t len)
{
    struct reader *r = context;
    const struct assay_json_node *node = begin_value(r);
    if (node != NULL && node->slot != ASSAY_JSON_NO_SLOT)
        put(r, node, ASSAY_KIND_TEXT, keep(r, (const char *)text, len), len);
    return end_value(r);
}

static int on_key(void *context, const unsigned char *text, size_t len)
{
    struct reader *r = context;
    uint64_t hash = assay_json_key_hash(r->scan->seed, (const char *)text, len);
    r->next = assay_json_node_member(r->frames[r->depth - 1].node, (const char *)text, len, hash);
    return 1;
}

static int open_bracket(struct reader *r, bool array)
{
    const struct assay_json_node *node = begin_value(r);
    if (r->depth == ASSAY_JSON_DEPTH_LIMIT)
        return 0;
    r->frames[r->depth++] = (struct frame){node, here(r) - 1, array};
    if (array && node != NULL && node->elements != NULL && r->scan->table != NULL)
        assay_json_table_array(r->scan->table, node->elements);
    return 1;
}

static int close_bracket(struct reader *r)
{
    const struct frame *top = &r->frames[--r->depth];
    put(r, top->node, top->array ? ASSAY_KIND_ARRAY : ASSAY_KIND_OBJECT, top->begin,
        (size_t)(here(r) - top->begin));
    return end_value(r);
}

static int on_object(void *context)
{
    return open_bracket(context, false);
}

static int on_array(void *context)
{
    return open_bracket(context, true);
}

static int on_close(void *context)
{
    return close_bracket(context);
}

static const yajl_callbacks callbacks = {
    .yajl_null = on_null,
    .yajl_boolean = on_boolean,
    .yajl_number = on_number,
    .yajl_string = on_string,
    .yajl_start_map = on_object,
    .yajl_map_key = on_key,
    .yajl_end_map = on_close,
    .yajl_start_array = on_array,
    .yajl_end_array = on_close,
};

/* Without its "parse error: " and its line feed. */
static void words_of(const struct reader *r, char *text, size_t room)
{
    unsigned char *words =
        yajl_get_error(r->yajl, 0, (const unsigned char *)r->from, (size_t)(r->to - r->from));
    if (text != NULL)
        snprintf(text, room, "%s", words != NULL ? (const char *)words : "not JSON");
    if (text != NULL && strchr(text, '\n') != NULL)
        *strchr(text, '\n') = '\0';
    if (words != NULL)
        yajl_free_error(r->yajl, words);
}

bool assay_json_record_yajl(struct assay_json_scan *scan, const char *from, const char *to,
                            size_t *offset, char *text, size_t room)
{
    struct reader r; /* its frames are set when they are opened */
    r.scan = scan;
    r.from = from;
    r.to = to;
    r.next = scan->root;
    r.depth = 0;
    r.yajl = yajl_alloc(&callbacks, NULL, &r);
    if (r.yajl == NULL) {
        scan->keys->nomem = true;
        return false;
    }
    yajl_status status = yajl_parse(r.yajl, (const unsigned char *)from, (size_t)(to - from));
    if (offset != NULL)
        *offset = yajl_get_bytes_consumed(r.yajl);
    if (status == yajl_status_ok)
        status = yajl_complete_parse(r.yajl);
    if (status != yajl_status_ok)
        words_of(&r, text, room);
    yajl_free(r.yajl);
    return status == yajl_status_ok;
}

bool assay_json_record_read(struct assay_json_scan *scan, const char *from, const char *to)
{
    struct assay_json_table *table = scan->table;
    struct assay_json_leaves *leaves = scan->leaves;
    char *scratch = scan->scratch;
    char words[sizeof scan->problem.text];
    size_t offset = 0;
    scan->table = NULL;
    scan->leaves = NULL;
    bool fine = assay_json_scan_record(scan, from, to);
    scan->table = table;
    scan->leaves = leaves;
    scan->scratch = scratch;
    if (!fine && scan->problem.kind == ASSAY_JSON_DEPTH)
        return false;
    if (fine && scan->beyond)
        return assay_json_scan_record(scan, from, to);
    if (assay_json_record_yajl(scan, from, to, &offset, words, sizeof words))
        return fine;
    if (fine) {
        scan->problem =
            (struct assay_json_problem){.kind = ASSAY_JSON_REFUSED, .at = from + offset};
        memcpy(scan->problem.text, words, sizeof words);
    }
    return false;
}
