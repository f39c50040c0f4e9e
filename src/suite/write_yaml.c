/*
 * A tree as YAML.
 */
#include "config.h"

#include "suite/write.h"

#include "base/escape.h"
#include "base/utf8.h"
#include "suite/node_build.h"

#include <inttypes.h>

#define WIDTH 80u
#define FLOW_DEPTH 2u
#define KEY_MOST 900u /* a longer key, in bytes, needs the `? key` form */

struct writer {
    struct assay_buf *out;
    const struct assay_comments *comments;
    size_t line; /* where the line at hand starts */
};

/* Whether the characters alone would let the text stand without quotes. */
static bool is_plain_form(struct assay_str text, bool flow)
{
    static const char never_first[] = " ?:,[]{}#&*!|>'\"%@`";
    const char *first = text.ptr, *last = text.ptr + text.len - 1;
    if (text.len == 0 || *last == ' ' || *last == ':' || *first == '\0' ||
        strchr(never_first, *first) != NULL)
        return false;
    if (*first == '-' && (text.len == 1 || strchr("- ,[]{}", first[1]) != NULL))
        return false;
    if ((text.len >= 3 && memcmp(first, "...", 3) == 0) || assay_str_is(text, "<<") ||
        assay_str_is(text, "="))
        return false;
    size_t n;
    for (const char *p = first; p <= last; p += n) {
        uint32_t rune = 0;
        n = assay_utf8_decode(p, (size_t)(last - p) + 1, &rune);
        if (n == 0 || rune < 0x20 || assay_escape_is_hidden(rune) || (rune & 0xfffe) == 0xfffe ||
            (flow && rune < 0x80 && strchr(",[]{}?:", (int)rune) != NULL) ||
            (rune == ':' && p[1] == ' ') || (rune == ' ' && p[1] == '#'))
            return false;
    }
    return true;
}

/* Whether a plain scalar of this text would be text, for any reader. */
static bool is_plain_text(struct assay_str text, bool flow)
{
    struct assay_node node = {.kind = ASSAY_NODE_STRING, .plain = true, .text = text};
    assay_node_resolve(&node);
    return node.kind == ASSAY_NODE_STRING && !node.odd_plain && is_plain_form(text, flow);
}

static void put_double_quoted(struct assay_buf *out, struct assay_str text)
{
    static const char plain[] = "\n\t\r\"\\", letters[] = "ntr\"\\";
    size_t n;
    assay_buf_putc(out, '"');
    for (size_t at = 0; at < text.len; at += n) {
        uint32_t rune = 0;
        n = assay_utf8_decode(text.ptr + at, text.len - at, &rune);
        const char *known = rune && rune < 0x80 ? strchr(plain, (int)rune) : NULL;
        if (n == 0)
            n = 1; /* not reached: documents are UTF-8 */
        if (known != NULL)
            assay_buf_printf(out, "\\%c", letters[known - plain]);
        else if (rune > 0xffff && (assay_escape_is_hidden(rune) || (rune & 0xfffe) == 0xfffe))
            assay_buf_printf(out, "\\U%08" PRIX32, rune);
        else if (rune < 0x20 || assay_escape_is_hidden(rune) || (rune & 0xfffe) == 0xfffe)
            assay_buf_printf(out, "\\u%04" PRIX32, rune);
        else
            assay_buf_add(out, text.ptr + at, n);
    }
    assay_buf_putc(out, '"');
}

static bool needs_escapes(struct assay_str text)
{
    size_t n;
    for (size_t at = 0; at < text.len; at += n ? n : 1) {
        uint32_t rune = 0;
        n = assay_utf8_decode(text.ptr + at, text.len - at, &rune);
        if (rune < 0x20 || assay_escape_is_hidden(rune) || (rune & 0xfffe) == 0xfffe)
            return true;
    }
    return false;
}

static void put_quoted(struct assay_buf *out, struct assay_str text)
{
    if (needs_escapes(text)) {
        put_double_quoted(out, text);
        return;
    }
    assay_buf_putc(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\'')
            assay_buf_putc(out, '\'');
        assay_buf_putc(out, text.ptr[i]);
    }
    assay_buf_putc(out, '\'');
}

static void put_text(struct assay_buf *out, struct assay_str text, bool flow)
{
    if (is_plain_text(text, flow))
        assay_buf_str(out, text);
    else
        put_quoted(out, text);
}

/* A key is text whatever it looks like; a number reads well without quotes. */
static void put_key(struct assay_buf *out, struct assay_str key, bool flow)
{
    enum assay_node_kind kind = assay_scalar_kind(key);
    if ((kind == ASSAY_NODE_INT || kind == ASSAY_NODE_FLOAT) && is_plain_form(key, flow))
        assay_buf_str(out, key);
    else
        put_text(out, key, flow);
}

static void put_number(struct assay_buf *out, struct assay_str text)
{
    enum assay_node_kind kind = assay_scalar_kind(text);
    bool minus = text.len && text.ptr[0] == '-';
    if (kind == ASSAY_NODE_INT || kind == ASSAY_NODE_FLOAT)
        assay_buf_str(out, text);
    else
        assay_buf_puts(out, assay_str_is(text, "NaN") ? ".nan" : minus ? "-.inf" : ".inf");
}

/* A `$` before a brace is doubled, where the text knew no variables. */
void assay_write_escaped(struct assay_buf *out, struct assay_str text)
{
    for (size_t at = 0, run; at < text.len; at += run) {
        for (run = 0; at + run < text.len && text.ptr[at + run] == '$';)
            run++;
        bool brace = run > 0 && at + run < text.len && text.ptr[at + run] == '{';
        assay_buf_add(out, text.ptr + at, brace ? run : 0);
        run += run == 0;
        assay_buf_add(out, text.ptr + at, run);
    }
}

static void put_string(struct assay_buf *out, const struct assay_node *node, bool flow)
{
    if (memmem(node->text.ptr, node->text.len, "${", 2) == NULL) {
        put_text(out, node->text, flow);
        return;
    }
    struct assay_buf text;
    assay_buf_init(&text, out->limit);
    assay_write_escaped(&text, node->text);
    put_text(out, assay_buf_view(&text), flow);
    out->failed |= text.failed;
    assay_buf_free(&text);
}

static void put_scalar(struct assay_buf *out, const struct assay_node *node, bool flow)
{
    if (node->written.ptr != NULL && node->plain && is_plain_form(node->written, flow))
        assay_buf_str(out, node->written);
    else if (node->written.ptr != NULL)
        put_text(out, node->written, flow);
    else if (node->kind == ASSAY_NODE_STRING)
        put_string(out, node, flow);
    else if (node->kind == ASSAY_NODE_NULL)
        assay_buf_puts(out, "null");
    else if (node->kind == ASSAY_NODE_BOOL)
        assay_buf_puts(out, node->truth ? "true" : "false");
    else
        put_number(out, node->text);
}

/* Whether a node could stand in brackets: not where a variable's quotes would tell. */
static bool may_flow(const struct assay_node *node, unsigned depth)
{
    if (node->kind < ASSAY_NODE_SEQUENCE)
        return node->written.ptr == NULL || !node->plain;
    if (depth == 0 || node->count > WIDTH)
        return false;
    for (const struct assay_node *c = node->first; c != NULL; c = c->next)
        if ((node->kind == ASSAY_NODE_SEQUENCE && c->kind == ASSAY_NODE_MAPPING && c->count) ||
            c->key.len > WIDTH || !may_flow(c, depth - 1))
            return false;
    return true;
}

static void put_flow(struct assay_buf *out, const struct assay_node *node)
{
    if (node->kind < ASSAY_NODE_SEQUENCE) {
        put_scalar(out, node, true);
        return;
    }
    bool map = node->kind == ASSAY_NODE_MAPPING;
    assay_buf_putc(out, map ? '{' : '[');
    for (const struct assay_node *c = node->first; c != NULL && !out->failed; c = c->next) {
        if (map) {
            put_key(out, c->key, true);
            assay_buf_puts(out, ": ");
        }
        put_flow(out, c);
        assay_buf_puts(out, c->next ? ", " : "");
    }
    assay_buf_putc(out, map ? '}' : ']');
}

/* Writes the node in brackets behind what the line holds; false where it does not fit. */
static bool try_flow(struct writer *w, const struct assay_node *node)
{
    size_t used = w->out->len - w->line;
    if (!may_flow(node, FLOW_DEPTH) || used >= WIDTH)
        return false;
    struct assay_buf text;
    assay_buf_init(&text, WIDTH * 4);
    put_flow(&text, node);
    bool fits = !text.failed && used + 1 + assay_utf8_count(assay_buf_view(&text)) <= WIDTH;
    if (fits) {
        assay_buf_putc(w->out, ' ');
        assay_buf_str(w->out, assay_buf_view(&text));
    }
    assay_buf_free(&text);
    return fits;
}

static void put_line(struct writer *w, unsigned indent)
{
    assay_buf_putc(w->out, '\n');
    w->line = w->out->len;
    for (unsigned i = 0; i < indent; i++)
        assay_buf_putc(w->out, ' ');
}

static void put_comment(struct writer *w, struct assay_str text, unsigned indent)
{
    for (size_t at = 0; at < text.len;) {
        const char *end = memchr(text.ptr + at, '\n', text.len - at);
        size_t n = end ? (size_t)(end - text.ptr) - at : text.len - at;
        put_line(w, indent);
        assay_buf_puts(w->out, "# ");
        assay_escape_terminal(w->out, assay_str(text.ptr + at, n), 0);
        at += n + 1;
    }
}

static void put_comments(struct writer *w, const struct assay_node *in,
                         const struct assay_node *after, unsigned indent)
{
    for (size_t i = 0; w->comments != NULL && i < w->comments->count; i++)
        if (w->comments->items[i].in == in && w->comments->items[i].after == after)
            put_comment(w, w->comments->items[i].text, indent);
}

static bool has_comments(const struct writer *w, const struct assay_node *in)
{
    for (size_t i = 0; w->comments != NULL && i < w->comments->count; i++)
        if (w->comments->items[i].in == in)
            return true;
    return false;
}

static void put_block(struct writer *w, const struct assay_node *node, unsigned indent,
                      bool inline_first);

/* What stands behind `key:` or `-`; `open` for what is a block however short it is. */
static void put_value(struct writer *w, const struct assay_node *node, unsigned indent, bool item,
                      bool open)
{
    bool empty = node->kind >= ASSAY_NODE_SEQUENCE && node->first == NULL && !has_comments(w, node);
    bool single = item && node->kind == ASSAY_NODE_MAPPING && node->count == 1;
    if (node->kind < ASSAY_NODE_SEQUENCE) {
        assay_buf_putc(w->out, ' ');
        put_scalar(w->out, node, false);
    } else if (empty)
        assay_buf_puts(w->out, node->kind == ASSAY_NODE_MAPPING ? " {}" : " []");
    else if (open || single || has_comments(w, node) || !try_flow(w, node)) {
        bool inline_first = item && !has_comments(w, node);
        if (inline_first)
            assay_buf_putc(w->out, ' ');
        put_block(w, node, indent, inline_first);
    }
}

static void put_member(struct writer *w, const struct assay_node *node, unsigned indent)
{
    static const char *const open[] = {"checks", "columns"};
    bool is_open = false;
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++)
        is_open |= indent == 0 && assay_str_is(node->key, open[i]);
    if (node->key.len > KEY_MOST) {
        assay_buf_puts(w->out, "? ");
        put_key(w->out, node->key, false);
        put_line(w, indent);
    } else
        put_key(w->out, node->key, false);
    assay_buf_putc(w->out, ':');
    put_value(w, node, indent + 2, false, is_open);
}

/* The members of a collection, a line each; the first goes on where the line is. */
static void put_block(struct writer *w, const struct assay_node *node, unsigned indent,
                      bool inline_first)
{
    put_comments(w, node, NULL, indent);
    for (const struct assay_node *c = node->first; c != NULL && !w->out->failed; c = c->next) {
        if (c != node->first || !inline_first)
            put_line(w, indent);
        if (node->kind == ASSAY_NODE_MAPPING)
            put_member(w, c, indent);
        else {
            assay_buf_putc(w->out, '-');
            put_value(w, c, indent + 2, true, false);
        }
        put_comments(w, node, c, indent);
    }
}

void assay_write_yaml(struct assay_buf *out, const struct assay_node *root,
                      const struct assay_comments *comments)
{
    struct writer w = {.out = out, .comments = comments, .line = out->len};
    if (root->kind != ASSAY_NODE_MAPPING || (root->first == NULL && !has_comments(&w, root))) {
        put_scalar(out, root, false);
    } else {
        put_block(&w, root, 0, true);
    }
    assay_buf_putc(out, '\n');
}
