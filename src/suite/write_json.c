/*
 * A tree as JSON.
 */
#include "config.h"

#include "suite/write.h"

#include "base/json_write.h"
#include "base/number.h"

struct writer {
    struct assay_json json;
    bool native;
    bool escapes; /* variables are known where it is read: `${` in a text is escaped */
    bool failed;
};

/* Where variables are known in a suite of Great Expectations: in what it keeps for assay. */
enum place { ELSEWHERE, SUITE, ITEMS, ITEM, META, OWN };

static enum place place_of(enum place in, struct assay_str key)
{
    if (in == ITEMS)
        return ITEM;
    if (in == SUITE && assay_str_is(key, "expectations"))
        return ITEMS;
    if ((in == SUITE || in == ITEM) && assay_str_is(key, "meta"))
        return META;
    return in == META && assay_str_is(key, "assay") ? OWN : ELSEWHERE;
}

/* A number of YAML as JSON has it: +5, 007, 0x1F, .5 and .inf are none there. */
static void put_number(struct writer *w, const struct assay_node *node)
{
    int64_t whole;
    struct assay_str text = node->text;
    bool minus = text.len && text.ptr[0] == '-';
    if (assay_json_is_number(text)) {
        assay_json_number(&w->json, text);
        return;
    }
    if (assay_node_int64(node, &whole)) {
        assay_json_int(&w->json, whole);
        return;
    }
    bool point = memchr(text.ptr, '.', text.len) != NULL;
    bool infinite = memmem(text.ptr, text.len, "nf", 2) || memmem(text.ptr, text.len, "NF", 2);
    if (infinite || memchr("nN", text.ptr[text.len - 1], 2) != NULL) {
        w->failed |= w->native; /* there is no such number in plain JSON */
        assay_json_raw(&w->json, !infinite ? ASSAY_STR("NaN")
                                 : minus   ? ASSAY_STR("-Infinity")
                                           : ASSAY_STR("Infinity"));
        return;
    }
    struct assay_buf number;
    assay_buf_init(&number, text.len + 8);
    size_t at = minus || text.ptr[0] == '+';
    assay_buf_puts(&number, minus ? "-" : "");
    while (at + 1 < text.len && text.ptr[at] == '0' && text.ptr[at + 1] >= '0' &&
           text.ptr[at + 1] <= '9')
        at++;
    assay_buf_puts(&number, text.ptr[at] == '.' ? "0" : "");
    for (; at < text.len; at++) {
        bool bare = text.ptr[at] == '.' && (at + 1 == text.len || (text.ptr[at + 1] | 0x20) == 'e');
        assay_buf_putc(&number, text.ptr[at]);
        assay_buf_puts(&number, bare ? "0" : "");
    }
    w->failed |= number.failed || (point && number.len == 0) ||
                 !assay_json_is_number(assay_buf_view(&number));
    assay_json_number(&w->json, assay_buf_view(&number));
    assay_buf_free(&number);
}

static void put_string(struct writer *w, const struct assay_node *node)
{
    if (node->written.ptr != NULL) {
        assay_json_str(&w->json, node->written);
        return;
    }
    struct assay_buf text;
    assay_buf_init(&text, node->text.len * 2 + 1);
    if (w->escapes)
        assay_write_escaped(&text, node->text);
    else
        assay_buf_str(&text, node->text);
    assay_json_str(&w->json, assay_buf_view(&text));
    w->failed |= text.failed;
    assay_buf_free(&text);
}

static void put(struct writer *w, const struct assay_node *node, enum place place)
{
    bool map = node->kind == ASSAY_NODE_MAPPING;
    if (node->written.ptr != NULL || node->kind == ASSAY_NODE_STRING)
        put_string(w, node);
    else if (node->kind == ASSAY_NODE_NULL)
        assay_json_null(&w->json);
    else if (node->kind == ASSAY_NODE_BOOL)
        assay_json_bool(&w->json, node->truth);
    else if (node->kind < ASSAY_NODE_SEQUENCE)
        put_number(w, node);
    else {
        bool escapes = w->escapes;
        w->escapes |= place == OWN;
        (map ? assay_json_object_begin : assay_json_array_begin)(&w->json);
        for (const struct assay_node *c = node->first; c != NULL && !w->json.failed; c = c->next) {
            if (map)
                assay_json_key_str(&w->json, c->key);
            put(w, c, place_of(place, c->key));
        }
        (map ? assay_json_object_end : assay_json_array_end)(&w->json);
        w->escapes = escapes;
    }
}

bool assay_write_json(struct assay_buf *out, const struct assay_node *root, bool native)
{
    struct writer w = {.native = native, .escapes = native};
    assay_json_init(&w.json, out, ASSAY_JSON_PRETTY);
    put(&w, root, native ? ELSEWHERE : SUITE);
    return assay_json_finish(&w.json) && !w.failed && !out->failed;
}
