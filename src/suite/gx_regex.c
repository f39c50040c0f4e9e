/*
 * Regular expressions: from Python's re to PCRE2.
 *
 * The two agree but for this: \Z is \z; {,n} is {0,n}; \uXXXX and \UXXXXXXXX are \x{…}; the
 * flags u, L and a are Python's alone; and the classes \d \w \s \b hold all of Unicode unless
 * the flag a is given. What Python does not know (\h, \R, POSIX classes) is left as it is.
 */
#include "config.h"

#include "suite/gx.h"

#define UCP "(*UCP)"

/* A pattern on its way. */
struct rewrite {
    const char *p, *end;
    char *out;
    size_t n;
    bool in_class;
    bool classes; /* \d and its like occur */
    bool ascii;   /* the flag a was given */
};

static void put(struct rewrite *r, const char *text, size_t len)
{
    memcpy(r->out + r->n, text, len);
    r->n += len;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* \u or \U with its digits, as \x{…}; false where they are not all there. */
static bool rewrite_code_point(struct rewrite *r, size_t digits)
{
    const char *from = r->p + 2;
    if ((size_t)(r->end - from) < digits)
        return false;
    for (size_t i = 0; i < digits; i++)
        if (!is_hex(from[i]))
            return false;
    put(r, "\\x{", 3);
    put(r, from, digits);
    put(r, "}", 1);
    r->p = from + digits;
    return true;
}

static void rewrite_escape(struct rewrite *r)
{
    char next = r->p[1];
    if ((next == 'u' && rewrite_code_point(r, 4)) || (next == 'U' && rewrite_code_point(r, 8)))
        return;
    put(r, "\\", 1);
    put(r, next == 'Z' && !r->in_class ? "z" : r->p + 1, 1);
    r->classes |= memchr("dDwWsSbB", next, 8) != NULL;
    r->p += 2;
}

/*
 * (?aiu) or (?iu:…) without the flags that PCRE2 has not; false where these are no flags.
 * Nothing is left of (?u).
 */
static bool rewrite_flags(struct rewrite *r)
{
    const char *from = r->p + 2, *p = from;
    char kept[16];
    size_t n = 0;
    while (p < r->end && *p != '\0' && strchr("aiLmsux-", *p) != NULL && n < sizeof kept) {
        r->ascii |= *p == 'a';
        if (strchr("aLu", *p) == NULL)
            kept[n++] = *p;
        p++;
    }
    if (p == from || p == r->end || (*p != ')' && *p != ':'))
        return false;
    if (n != 0 || *p == ':') {
        put(r, "(?", 2);
        put(r, kept, n);
        put(r, p, 1);
    }
    r->p = p + 1;
    return true;
}

static void rewrite_one(struct rewrite *r)
{
    size_t left = (size_t)(r->end - r->p);
    char c = *r->p;
    if (c == '\\' && left > 1) {
        rewrite_escape(r);
        return;
    }
    if (c == '(' && !r->in_class && left > 2 && r->p[1] == '?' && rewrite_flags(r))
        return;
    put(r, r->p++, 1);
    if (c == '[' && !r->in_class) {
        r->in_class = true;
        if (r->p < r->end && *r->p == '^')
            put(r, r->p++, 1);
        if (r->p < r->end && *r->p == ']') /* the first is a member */
            put(r, r->p++, 1);
    } else if (c == ']')
        r->in_class = false;
    else if (c == '{' && !r->in_class && r->p < r->end && *r->p == ',')
        put(r, "0", 1);
}

static struct assay_str pcre_of(struct assay_gx_item *item, struct assay_str text)
{
    char *out = assay_arena_alloc(&item->loader->suite->arena, text.len * 2 + 16);
    if (out == NULL) {
        item->loader->nomem = true;
        return assay_cstr("");
    }
    struct rewrite r = {.p = text.ptr, .end = text.ptr + text.len, .out = out + strlen(UCP)};
    while (r.p < r.end)
        rewrite_one(&r);
    if (!r.classes || r.ascii)
        return assay_str(r.out, r.n);
    memcpy(out, UCP, strlen(UCP));
    return assay_str(out, r.n + strlen(UCP));
}

void assay_gx_regex(struct assay_gx_item *item, const struct assay_gx_kwarg *kwarg,
                    const struct assay_node *node)
{
    if (assay_gx_want_kind(item, kwarg, node, ASSAY_NODE_STRING, "a regular expression"))
        assay_gx_put_text(item, kwarg->to, node, pcre_of(item, node->text));
}

void assay_gx_regexes(struct assay_gx_item *item, const struct assay_gx_kwarg *kwarg,
                      const struct assay_node *node)
{
    if (!assay_gx_want_kind(item, kwarg, node, ASSAY_NODE_SEQUENCE,
                            "a list of regular expressions"))
        return;
    struct assay_node *list = assay_gx_collection(item, node, ASSAY_NODE_SEQUENCE);
    for (const struct assay_node *c = node->first; c != NULL && list != NULL; c = c->next) {
        if (!assay_gx_want_kind(item, kwarg, c, ASSAY_NODE_STRING, "a regular expression"))
            return;
        struct assay_node *pattern = assay_gx_append(item, list, c);
        if (pattern == NULL)
            continue;
        pattern->text = pcre_of(item, c->text);
        if (pattern->written.ptr != NULL && !assay_str_equal(pattern->text, c->text))
            pattern->written = ASSAY_STR("(computed)");
    }
    if (list != NULL)
        assay_gx_put(item, kwarg->to, list);
}

void assay_gx_any_regex(struct assay_gx_item *item)
{
    if (assay_gx_given(item, "regex") == NULL)
        assay_gx_put_text(item, "pattern", item->at, ASSAY_STR("(?s).*"));
}
