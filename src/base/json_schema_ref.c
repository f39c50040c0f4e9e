/*
 * Where the references of a schema lead: URIs (RFC 3986), ids, anchors and pointers.
 */
#include "config.h"

#include "base/json_schema_impl.h"

#include "base/json_read.h"

#include <stdio.h>

/* A URI reference without its fragment, in parts; `scheme` and `authority` with their marks. */
struct uri {
    struct assay_str scheme, authority, path, query;
};

static bool is_alpha(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static struct uri split_uri(struct assay_str text)
{
    struct uri uri = {.path = text};
    size_t n = 0;
    while (n < text.len &&
           (is_alpha(text.ptr[n]) ||
            (n > 0 && ((text.ptr[n] >= '0' && text.ptr[n] <= '9') || strchr("+-.", text.ptr[n])))))
        n++;
    if (n > 0 && n < text.len && text.ptr[n] == ':') {
        uri.scheme = assay_str(text.ptr, n + 1);
        uri.path = assay_str(text.ptr + n + 1, text.len - n - 1);
    }
    const char *end = text.ptr + text.len;
    if (uri.path.len >= 2 && uri.path.ptr[0] == '/' && uri.path.ptr[1] == '/') {
        const char *at = uri.path.ptr + 2;
        while (at < end && *at != '/' && *at != '?')
            at++;
        uri.authority = assay_str(uri.path.ptr, (size_t)(at - uri.path.ptr));
        uri.path = assay_str(at, (size_t)(end - at));
    }
    const char *mark = uri.path.len > 0 ? memchr(uri.path.ptr, '?', uri.path.len) : NULL;
    if (mark != NULL) {
        uri.query = assay_str(mark, (size_t)(end - mark));
        uri.path.len = (size_t)(mark - uri.path.ptr);
    }
    return uri;
}

/* Appends a path without its dot segments: 5.2.4. */
static void put_path(struct assay_buf *out, struct assay_str path)
{
    size_t start = out->len;
    const char *at = path.ptr, *end = path.ptr + path.len;
    while (at < end) {
        const char *next = at + 1;
        while (next < end && *next != '/')
            next++;
        struct assay_str segment = assay_str(at, (size_t)(next - at));
        bool up = assay_str_is(segment, "/.."), here = assay_str_is(segment, "/.");
        if (up) {
            while (out->len > start && out->ptr[out->len - 1] != '/')
                out->len--;
            out->len -= out->len > start;
        }
        if (!up && !here)
            assay_buf_str(out, segment);
        else if (next == end)
            assay_buf_putc(out, '/');
        at = next;
    }
}

/* A reference, without a fragment, from where it stands: 5.2.2. */
static struct assay_str absolute(struct schema_look *look, struct assay_str base_text,
                                 struct assay_str text)
{
    struct uri base = split_uri(base_text), uri = split_uri(text);
    struct assay_buf out, path;
    assay_buf_init(&out, 65536);
    assay_buf_init(&path, 65536);
    bool own = uri.scheme.len > 0 || uri.authority.len > 0;
    if (own || (uri.path.len > 0 && uri.path.ptr[0] == '/')) {
        assay_buf_str(&path, uri.path);
    } else if (uri.path.len == 0) {
        assay_buf_str(&path, base.path);
        uri.query = uri.query.len > 0 ? uri.query : base.query;
    } else {
        size_t keep = base.path.len;
        while (keep > 0 && base.path.ptr[keep - 1] != '/')
            keep--;
        assay_buf_str(&path, assay_str(base.path.ptr, keep));
        if (keep == 0 && base.authority.len > 0)
            assay_buf_putc(&path, '/');
        assay_buf_str(&path, uri.path);
    }
    assay_buf_str(&out, uri.scheme.len > 0 ? uri.scheme : base.scheme);
    assay_buf_str(&out, own ? uri.authority : base.authority);
    struct assay_str whole = assay_buf_view(&path);
    if (whole.len > 0 && whole.ptr[0] == '/')
        put_path(&out, whole);
    else
        assay_buf_str(&out, whole);
    assay_buf_str(&out, uri.query);
    char *copy =
        out.failed || path.failed ? NULL : assay_arena_strdup(look->arena, assay_buf_view(&out));
    struct assay_str result = assay_str(copy, copy != NULL ? out.len : 0);
    assay_buf_free(&out);
    assay_buf_free(&path);
    return result;
}

static void split_fragment(struct assay_str text, struct assay_str *uri, struct assay_str *fragment)
{
    const char *hash = text.len > 0 ? memchr(text.ptr, '#', text.len) : NULL;
    size_t len = hash != NULL ? (size_t)(hash - text.ptr) : text.len;
    *uri = assay_str(text.ptr, len);
    *fragment = hash != NULL ? assay_str(hash + 1, text.len - len - 1) : assay_str("", 0);
}

static struct assay_str text_of(const struct assay_value *map, const char *name)
{
    const struct assay_value *value = assay_value_member(map, assay_cstr(name));
    bool is_text = value != NULL && value->kind == ASSAY_VALUE_STRING;
    return is_text ? value->text : assay_str(NULL, 0);
}

const struct schema_anchor *assay_schema_anchor(const struct assay_json_schema *schema,
                                                const struct schema_resource *resource,
                                                struct assay_str name)
{
    for (const struct schema_anchor *a = schema->anchors; a != NULL; a = a->next)
        if (a->resource == resource && assay_str_equal(a->name, name))
            return a;
    return NULL;
}

static enum assay_status add_anchor(struct schema_look *look, struct schema_node *node,
                                    struct schema_resource *resource, struct assay_str name,
                                    bool dynamic)
{
    if (name.len == 0)
        return ASSAY_OK;
    struct schema_anchor *anchor = assay_arena_alloc(look->arena, sizeof *anchor);
    if (anchor == NULL)
        return assay_fail_nomem(look->err);
    *anchor = (struct schema_anchor){name, resource, node, dynamic, look->schema->anchors};
    look->schema->anchors = anchor;
    return ASSAY_OK;
}

enum assay_status assay_schema_name(struct schema_look *look, struct schema_node *node,
                                    struct schema_resource **resource)
{
    enum assay_json_draft draft = look->schema->draft;
    struct assay_str uri, fragment;
    split_fragment(text_of(node->value, draft == ASSAY_DRAFT_4 ? "id" : "$id"), &uri, &fragment);
    if (uri.len > 0) {
        struct schema_resource *own = assay_arena_alloc(look->arena, sizeof *own);
        if (own == NULL)
            return assay_fail_nomem(look->err);
        own->uri = absolute(look, (*resource)->uri, uri);
        if (own->uri.ptr == NULL)
            return assay_fail_nomem(look->err);
        own->root = node;
        own->next = look->schema->resources;
        look->schema->resources = own;
        *resource = own;
    }
    if (draft <= ASSAY_DRAFT_7)
        return add_anchor(look, node, *resource, fragment, false);
    const struct assay_value *recursive =
        assay_value_member(node->value, ASSAY_STR("$recursiveAnchor"));
    node->recursive_anchor = draft == ASSAY_DRAFT_2019 && recursive != NULL && recursive->boolean;
    ASSAY_TRY(add_anchor(look, node, *resource, text_of(node->value, "$anchor"), false));
    if (draft < ASSAY_DRAFT_2020)
        return ASSAY_OK;
    return add_anchor(look, node, *resource, text_of(node->value, "$dynamicAnchor"), true);
}

static int hex_digit(char c)
{
    char low = (char)(c | 0x20);
    return c >= '0' && c <= '9' ? c - '0' : low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/* One token of a JSON Pointer (RFC 6901) within a fragment: percent-encoded, then ~ escapes. */
static bool take_token(struct assay_str pointer, size_t *at, char *out, size_t room, size_t *len)
{
    size_t n = 0;
    for (++*at; *at < pointer.len && pointer.ptr[*at] != '/'; ++*at) {
        char c = pointer.ptr[*at];
        if (n == room)
            return false;
        if (c == '%' && *at + 2 < pointer.len && hex_digit(pointer.ptr[*at + 1]) >= 0 &&
            hex_digit(pointer.ptr[*at + 2]) >= 0) {
            c = (char)(hex_digit(pointer.ptr[*at + 1]) * 16 + hex_digit(pointer.ptr[*at + 2]));
            *at += 2;
        }
        if (n > 0 && out[n - 1] == '~' && (c == '0' || c == '1'))
            out[n - 1] = c == '1' ? '/' : '\x01'; /* so that ~01 stays ~1 */
        else
            out[n++] = c;
    }
    for (size_t i = 0; i < n; i++)
        out[i] = out[i] == '\x01' ? '~' : out[i];
    *len = n;
    return true;
}

static const struct assay_value *step_into(const struct assay_value *value, const char *name,
                                           size_t len)
{
    size_t at = 0;
    if (value->kind != ASSAY_VALUE_LIST)
        return assay_value_member(value, assay_str(name, len));
    for (size_t i = 0; i < len; i++) {
        if (name[i] < '0' || name[i] > '9' || at > value->count)
            return NULL;
        at = at * 10 + (size_t)(name[i] - '0');
    }
    return len > 0 && at < value->count ? &value->items[at] : NULL;
}

/* The node at a pointer; the resource changes where one lies on the way. */
static enum assay_status follow(struct schema_look *look, struct schema_resource *resource,
                                struct assay_str pointer, struct schema_node **out)
{
    const struct schema_place place = {0};
    const struct assay_value *value = resource->root->value;
    char name[256];
    size_t at = 0, len;
    *out = NULL;
    while (value != NULL && at < pointer.len) {
        if (!take_token(pointer, &at, name, sizeof name, &len))
            return ASSAY_OK;
        value = step_into(value, name, len);
        for (size_t i = 0; value != NULL && i < look->table_size; i++)
            if (look->table[i] != NULL && look->table[i]->value == value)
                resource = look->table[i]->resource;
    }
    bool schema =
        value != NULL && (value->kind == ASSAY_VALUE_MAP || value->kind == ASSAY_VALUE_BOOLEAN);
    return schema ? assay_schema_node(look, &place, value, resource, out) : ASSAY_OK;
}

static struct schema_resource *find_resource(const struct assay_json_schema *schema,
                                             struct assay_str uri)
{
    struct schema_resource *found = NULL;
    for (struct schema_resource *r = schema->resources; r != NULL; r = r->next)
        if (assay_str_equal(r->uri, uri))
            found = r; /* the first that was named so */
    return found;
}

static enum assay_status resolve_one(struct schema_look *look, struct schema_reference *reference)
{
    struct schema_rule *rule = reference->rule;
    struct assay_str text = rule->value->text, uri, fragment;
    split_fragment(text, &uri, &fragment);
    struct assay_str whole = absolute(look, reference->node->resource->uri, uri);
    if (whole.ptr == NULL)
        return assay_fail_nomem(look->err);
    struct schema_resource *resource =
        uri.len == 0 ? reference->node->resource : find_resource(look->schema, whole);
    struct schema_node *target = NULL;
    if (resource != NULL && (fragment.len == 0 || fragment.ptr[0] == '/')) {
        ASSAY_TRY(follow(look, resource, fragment, &target));
    } else if (resource != NULL) {
        const struct schema_anchor *anchor = assay_schema_anchor(look->schema, resource, fragment);
        target = anchor != NULL ? anchor->node : NULL;
        rule->moves = reference->keyword == SCHEMA_DYNAMIC_REF && anchor != NULL && anchor->dynamic;
        rule->anchor = fragment;
    }
    if (target == NULL) {
        const struct schema_place place = {0};
        char what[300];
        snprintf(what, sizeof what, "the reference %.*s leads nowhere in the schema",
                 (int)(text.len < 200 ? text.len : 200), text.ptr);
        return assay_schema_refuse(look, &place, what);
    }
    rule->moves |= reference->keyword == SCHEMA_RECURSIVE_REF && target->recursive_anchor;
    rule->nodes[0] = target;
    return ASSAY_OK;
}

enum assay_status assay_schema_resolve(struct schema_look *look)
{
    /* What a reference leads to may be under any keyword, and have references in it. */
    while (look->references != NULL) {
        struct schema_reference *reference = look->references;
        look->references = reference->next;
        ASSAY_TRY(resolve_one(look, reference));
    }
    return ASSAY_OK;
}
