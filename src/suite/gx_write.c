/*
 * The table of expectations read backwards.
 */
#include "config.h"

#include "suite/gx_write.h"

#include "base/number.h"
#include "metric/judge.h"
#include "suite/gx_take.h"
#include "suite/node_make.h"

static const struct assay_node *wanted(const struct assay_gx_attempt *a, const char *key)
{
    return assay_node_get(a->wants, key);
}

static bool same_number(const struct assay_node *a, const struct assay_node *b)
{
    struct assay_numref x, y;
    if (assay_str_equal(a->text, b->text))
        return true;
    return assay_numref_of(a->text, &x) && assay_numref_of(b->text, &y) &&
           assay_number_is_small(x.code) && assay_number_is_small(y.code) &&
           assay_number_compare(&x, &y) == 0;
}

static bool is_number(const struct assay_node *node)
{
    return node->kind == ASSAY_NODE_INT || node->kind == ASSAY_NODE_FLOAT;
}

static bool same_children(const struct assay_node *a, const struct assay_node *b)
{
    if (a->count != b->count)
        return false;
    const struct assay_node *y = b->first;
    for (const struct assay_node *x = a->first; x != NULL; x = x->next) {
        const struct assay_node *other = y;
        if (a->kind == ASSAY_NODE_MAPPING && !assay_str_equal(x->key, y->key))
            other = assay_node_get(b, x->key.ptr);
        if (other == NULL || !assay_node_same(x, other))
            return false;
        y = y->next;
    }
    return true;
}

bool assay_node_same(const struct assay_node *a, const struct assay_node *b)
{
    if (a->written.ptr != NULL || b->written.ptr != NULL)
        return assay_str_equal(a->written, b->written);
    if (is_number(a) && is_number(b))
        return same_number(a, b);
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case ASSAY_NODE_NULL: return true;
    case ASSAY_NODE_BOOL: return a->truth == b->truth;
    case ASSAY_NODE_SEQUENCE:
    case ASSAY_NODE_MAPPING: return same_children(a, b);
    default: return assay_str_equal(a->text, b->text);
    }
}

static bool same_check(struct assay_loader *loader, const struct assay_node *a,
                       const struct assay_node *b)
{
    if (a->count != b->count)
        return false;
    for (const struct assay_node *x = a->first; x != NULL; x = x->next) {
        const struct assay_node *y = assay_node_get(b, x->key.ptr);
        if (y == NULL || (!assay_node_same(x, y) && !(assay_str_is(x->key, "where") &&
                                                      assay_gx_same_condition(loader, x, y))))
            return false;
    }
    return true;
}

static struct assay_node *collection(struct assay_gx_attempt *a, enum assay_node_kind kind)
{
    return assay_node_new(a->writing->loader, a->wants, kind);
}

static struct assay_node *put(struct assay_gx_attempt *a, struct assay_node *map, const char *key,
                              const struct assay_node *value)
{
    return assay_node_put(a->writing->loader, map, key, value);
}

static struct assay_node *put_text(struct assay_gx_attempt *a, struct assay_node *map,
                                   const char *key, const struct assay_node *at,
                                   struct assay_str text)
{
    return assay_node_put_text(a->writing->loader, map, key, at, text);
}

const struct assay_node *assay_node_without(struct assay_loader *loader,
                                            const struct assay_node *map, const char *key)
{
    if (assay_node_get(map, key) == NULL)
        return map;
    struct assay_node *copy = assay_node_new(loader, map, ASSAY_NODE_MAPPING);
    for (const struct assay_node *c = map->first; c != NULL; c = c->next)
        if (!assay_str_is(c->key, key))
            assay_node_append(loader, copy, c);
    return copy;
}

/* Translates an item as the loader would; NULL where that fails. */
static const struct assay_node *translate_back(struct assay_gx_attempt *a,
                                               const struct assay_node *item, const char **native)
{
    struct assay_loader *loader = a->writing->loader;
    struct assay_gx_scope scope = {.loader = loader, .parameters = a->writing->parameters};
    const struct assay_node *type = assay_gx_either(item, "type", "expectation_type");
    struct assay_gx_item back = {
        .loader = loader, .row = assay_gx_row_find(type->text), .at = item};
    const struct assay_node *kwargs = assay_node_get(item, "kwargs");
    if (back.row == NULL || kwargs == NULL || kwargs->kind != ASSAY_NODE_MAPPING)
        return NULL;
    back.native = back.row->native;
    back.kwargs = assay_gx_resolve(&scope, kwargs);
    back.given = collection(a, ASSAY_NODE_MAPPING);
    if (back.kwargs == NULL || back.given == NULL)
        return NULL;
    assay_gx_translate(&back);
    *native = back.native;
    return back.failed ? NULL : back.given;
}

/* Whether an item says what the check says, its `meta` aside. */
static bool says(struct assay_gx_attempt *a, const struct assay_node *item,
                 const struct assay_gx_check *check, bool made_id)
{
    const char *native = NULL;
    const struct assay_node *given = translate_back(a, item, &native);
    struct assay_loader *loader = a->writing->loader;
    const struct assay_node *wants = assay_node_without(loader, a->wants, "meta");
    if (made_id) /* because an equal check stands before: the loader makes it again */
        wants = assay_node_without(loader, wants, "id");
    return given != NULL && wants != NULL && assay_str_is(check->expectation, native) &&
           same_check(loader, assay_node_without(loader, given, "meta"), wants);
}

/* Keys of a check that an item has a place for, or that only assay knows. */
static const struct place {
    const char *native;
    bool own;    /* under meta, assay */
    bool checks; /* changes the verdict */
} places[] = {
    {"severity", false, false}, {"description", false, false}, {"id", false, false},
    {"name", true, false},      {"owner", true, false},        {"runbook", true, false},
    {"tags", true, false},      {"warn_below", true, true},
};

static const struct place *place_of(const struct assay_gx_attempt *a, struct assay_str key)
{
    for (size_t i = 0; a->expectation != NULL && i < a->expectation->param_count; i++)
        if (assay_str_is(key, a->expectation->params[i].name))
            return NULL;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (assay_str_is(key, places[i].native))
            return &places[i];
    return NULL;
}

static bool is_own(const struct assay_gx_attempt *a, const struct assay_node *node)
{
    const struct place *place = place_of(a, node->key);
    bool severity = assay_str_is(node->key, "severity");
    return (place != NULL && place->own) || (place != NULL && node->written.ptr != NULL) ||
           (severity && a->writing->old) || (assay_str_is(node->key, "where") && a->own_where) ||
           (assay_str_is(node->key, "mostly") && node->kind == ASSAY_NODE_STRING);
}

/* What stands beside kwargs. */
static void put_rest(struct assay_gx_attempt *a, struct assay_node *item, const char **kept)
{
    static const char *const severities[][2] = {{"warn", "warning"}, {"info", "info"}};
    const struct assay_node *meta = wanted(a, "meta");
    const struct assay_node *severity = wanted(a, "severity"), *id = wanted(a, "id");
    struct assay_node *own = collection(a, ASSAY_NODE_MAPPING);
    struct assay_node *all = collection(a, ASSAY_NODE_MAPPING);
    for (const struct assay_node *c = meta ? meta->first : NULL; c != NULL; c = c->next)
        if (!assay_str_is(c->key, ASSAY_GX_KEPT) && !assay_str_is(c->key, "assay"))
            put(a, all, c->key.ptr, c);
    for (const struct assay_node *c = a->wants->first; c != NULL && own != NULL; c = c->next)
        if (is_own(a, c) && assay_node_get(own, c->key.ptr) == NULL) {
            const struct place *place = place_of(a, c->key);
            put(a, own, c->key.ptr, c);
            if (*kept == NULL && place != NULL && place->checks)
                *kept = place->native;
        }
    if (own != NULL && own->count != 0)
        put(a, all, "assay", own);
    put(a, item, "meta", all);
    for (size_t i = 0; severity && !is_own(a, severity) && i < 2; i++)
        if (assay_str_is(severity->text, severities[i][0]))
            put_text(a, item, "severity", severity, assay_cstr(severities[i][1]));
    if (id != NULL && !is_own(a, id))
        put(a, item, a->writing->old ? "ge_cloud_id" : "id", id);
    if (wanted(a, "description") != NULL && !is_own(a, wanted(a, "description")))
        put(a, item, "description", wanted(a, "description"));
}

/* An item of one row of the table; NULL where it does not say what the check says. */
static struct assay_node *try_row(struct assay_gx_attempt *a, const struct assay_gx_row *row,
                                  const struct assay_gx_check *check, const char **kept)
{
    struct assay_node *item = collection(a, ASSAY_NODE_MAPPING);
    a->make.row = row;
    a->make.failed = a->own_where = false;
    a->make.given = collection(a, ASSAY_NODE_MAPPING);
    if (item == NULL || a->make.given == NULL)
        return NULL;
    assay_gx_take(a);
    put_text(a, item, a->writing->old ? "expectation_type" : "type", a->wants,
             assay_cstr(row->name));
    put(a, item, "kwargs", a->make.given);
    *kept = NULL;
    put_rest(a, item, kept);
    return !a->make.failed && says(a, item, check, false) ? item : NULL;
}

static unsigned required(const struct assay_gx_row *row)
{
    unsigned n = 0;
    for (size_t i = 0; i < row->kwarg_count; i++)
        n += (row->kwargs[i].flags & ASSAY_GX_REQUIRED) != 0;
    return n;
}

/* The row that says it most precisely: to_equal before to_be_between. */
static struct assay_node *best_row(struct assay_gx_attempt *a, const struct assay_gx_check *check,
                                   const char **kept)
{
    struct assay_node *best = NULL;
    unsigned most = 0;
    size_t count;
    const struct assay_gx_row *rows = assay_gx_rows(&count);
    for (size_t i = 0; i < count; i++) {
        bool exists =
            rows[i].finish == assay_gx_exists && assay_str_is(check->expectation, "columns");
        const char *kept_here = NULL;
        if (!assay_str_is(check->expectation, rows[i].native) && !exists)
            continue;
        if (best != NULL && required(&rows[i]) <= most)
            continue;
        struct assay_node *item = try_row(a, &rows[i], check, &kept_here);
        if (item == NULL)
            continue;
        best = item;
        most = required(&rows[i]);
        *kept = kept_here;
    }
    return best;
}

/* ${NAME} or ${NAME:-default}, and nothing else. */
static bool read_variable(struct assay_str text, struct assay_str *name, struct assay_str *dflt)
{
    if (text.len < 4 || memcmp(text.ptr, "${", 2) != 0 ||
        memchr(text.ptr, '}', text.len) != text.ptr + text.len - 1)
        return false;
    struct assay_str inner = {text.ptr + 2, text.len - 3};
    const char *mark = memmem(inner.ptr, inner.len, ":-", 2);
    *name = assay_str(inner.ptr, mark ? (size_t)(mark - inner.ptr) : inner.len);
    *dflt =
        mark ? assay_str(mark + 2, (size_t)(inner.ptr + inner.len - mark) - 2) : assay_str(NULL, 0);
    return name->len != 0;
}

/* Whether every `${` of the text is escaped. */
static bool has_no_variable(struct assay_str text)
{
    size_t run = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '{' && run % 2 != 0)
            return false;
        run = text.ptr[i] == '$' ? run + 1 : 0;
    }
    return true;
}

static void keep_default(struct assay_gx_attempt *a, const struct assay_node *node,
                         struct assay_str name, struct assay_str dflt)
{
    struct assay_node *map = a->writing->parameters;
    const char *key = assay_arena_strdup(&a->writing->loader->suite->arena, name);
    if (key == NULL || dflt.ptr == NULL)
        return;
    struct assay_node *there = assay_node_member(map, name);
    if (there != NULL)
        assay_node_remove(map, name); /* the suite's own word counts */
    there = put_text(a, map, key, node, dflt);
    if (there == NULL)
        return;
    there->kind = node->plain ? assay_scalar_kind(dflt) : ASSAY_NODE_STRING;
    there->truth = there->kind == ASSAY_NODE_BOOL && (dflt.ptr[0] | 0x20) == 't';
}

/*
 * The node with escapes resolved, and the defaults of its variables kept. False where a
 * variable is only a part of a text, which no parameter can be; or, below what is `typed`, a
 * text, though a number might be put in for it: there that would be a number.
 */
static bool settle(struct assay_gx_attempt *a, struct assay_node *node, bool typed)
{
    struct assay_str name, dflt;
    bool ok = true;
    if (node->written.ptr != NULL && read_variable(node->written, &name, &dflt)) {
        ok = !typed || node->plain;
        keep_default(a, node, name, dflt);
    } else if (node->written.ptr != NULL) {
        ok = has_no_variable(node->written);
        node->written = assay_str(NULL, 0);
    }
    struct assay_node all = *node;
    node->first = node->last = NULL;
    node->count = 0;
    for (const struct assay_node *c = all.first; c != NULL; c = c->next) {
        struct assay_node *copy = assay_node_append(a->writing->loader, node, c);
        ok = ok && copy != NULL && settle(a, copy, typed);
    }
    return ok;
}

/* Whether the kinds of the values below a parameter matter, each for itself. */
static bool is_typed(const struct assay_expectation *e, const struct assay_node *node)
{
    bool below = node->kind == ASSAY_NODE_SEQUENCE || node->kind == ASSAY_NODE_MAPPING;
    for (size_t i = 0; below && e != NULL && i < e->param_count; i++)
        if (assay_str_is(node->key, e->params[i].name))
            return e->params[i].type == ASSAY_PARAM_SCALARS ||
                   e->params[i].type == ASSAY_PARAM_TUPLES ||
                   e->params[i].type == ASSAY_PARAM_VALUE;
    return false;
}

/* What the check gives, by name and with its column. */
static bool prepare(struct assay_gx_attempt *a, const struct assay_gx_check *check)
{
    const struct assay_expectation *e = assay_expectation_find(check->expectation);
    const struct assay_node *given = check->given;
    struct assay_node *wants = assay_node_new(a->writing->loader, check->at, ASSAY_NODE_MAPPING);
    bool ok = e != NULL && wants != NULL;
    if (wants == NULL)
        return false;
    a->wants = wants;
    a->expectation = e;
    if (check->column != NULL)
        put(a, wants, "column", check->column);
    if (given != NULL && given->kind == ASSAY_NODE_MAPPING) {
        for (const struct assay_node *c = given->first; c != NULL; c = c->next) {
            bool below = assay_str_is(c->key, "error_below");
            put(a, wants, below ? "mostly" : c->key.ptr, c);
        }
    } else if (given != NULL && given->kind != ASSAY_NODE_NULL)
        for (size_t i = 0; e != NULL && i < e->param_count; i++)
            if (e->params[i].flags & ASSAY_PARAM_MAIN)
                put(a, wants, e->params[i].name, given);
    for (struct assay_node *c = wants->first; c != NULL; c = c->next)
        if (place_of(a, c->key) == NULL && !assay_str_is(c->key, "meta"))
            ok &= settle(a, c, is_typed(e, c));
    return ok;
}

/* Variables as {"$PARAMETER": "NAME"}. */
static void put_parameters(struct assay_gx_attempt *a, struct assay_node *node)
{
    struct assay_str name, dflt;
    if (node->written.ptr != NULL && read_variable(node->written, &name, &dflt)) {
        struct assay_node *map = collection(a, ASSAY_NODE_MAPPING);
        put_text(a, map, "$PARAMETER", a->wants, name);
        if (map == NULL || map->first == NULL)
            return;
        node->kind = ASSAY_NODE_MAPPING;
        node->written = assay_str(NULL, 0);
        node->first = map->first;
        node->last = map->last;
        node->count = 1;
        return;
    }
    struct assay_node all = *node;
    node->first = node->last = NULL;
    node->count = 0;
    for (const struct assay_node *c = all.first; c != NULL; c = c->next) {
        struct assay_node *copy = assay_node_append(a->writing->loader, node, c);
        if (copy != NULL)
            put_parameters(a, copy);
    }
}

static const char *name_in(const struct assay_gx_attempt *a, struct assay_str key)
{
    if (a->writing->old && assay_str_is(key, "type"))
        return "expectation_type";
    return a->writing->old && assay_str_is(key, "id") ? "ge_cloud_id" : key.ptr;
}

/* The item as it was before, where it still says what the check says; else NULL. */
static struct assay_node *as_before(struct assay_gx_attempt *a, const struct assay_node *item,
                                    const struct assay_gx_check *check)
{
    const struct assay_node *kept = assay_node_get(wanted(a, "meta"), ASSAY_GX_KEPT);
    if (kept == NULL || kept->kind != ASSAY_NODE_MAPPING)
        return NULL;
    const struct assay_node *rest = item;
    if (rest == NULL) {
        struct assay_node *bare = collection(a, ASSAY_NODE_MAPPING);
        const char *own = NULL;
        if (bare != NULL)
            put_rest(a, bare, &own);
        rest = bare;
    }
    for (const struct assay_node *c = kept->first; c != NULL && rest != NULL; c = c->next)
        rest = assay_node_without(a->writing->loader, rest, name_in(a, c->key));
    struct assay_node *before = collection(a, ASSAY_NODE_MAPPING);
    for (const struct assay_node *c = kept->first; c != NULL; c = c->next)
        if (c->kind != ASSAY_NODE_NULL)
            put(a, before, name_in(a, c->key), c);
    for (const struct assay_node *c = rest ? rest->first : NULL; c != NULL; c = c->next)
        put(a, before, c->key.ptr, c);
    const struct assay_node *id = assay_node_get(kept, "id");
    return before != NULL && assay_gx_either(before, "type", "expectation_type") != NULL &&
                   says(a, before, check, id != NULL && id->kind == ASSAY_NODE_NULL)
               ? before
               : NULL;
}

struct assay_node *assay_gx_item_of(struct assay_gx_writing *writing,
                                    const struct assay_gx_check *check, const char **why,
                                    const char **kept)
{
    struct assay_gx_attempt a = {.writing = writing, .make = {.loader = writing->loader}};
    *why = "no expectation there says the same";
    *kept = NULL;
    a.make.at = check->at;
    if (!prepare(&a, check)) {
        *why = "a text, or a part of one, is a variable";
        return NULL;
    }
    struct assay_node *item = best_row(&a, check, kept);
    struct assay_node *before = as_before(&a, item, check);
    item = before ? before : item;
    for (struct assay_node *c = item ? item->first : NULL; c != NULL; c = c->next)
        if (assay_str_is(c->key, "kwargs"))
            put_parameters(&a, c);
    return item;
}

struct assay_node *assay_gx_difference(struct assay_gx_writing *writing,
                                       const struct assay_node *original,
                                       const struct assay_node *made)
{
    struct assay_gx_attempt a = {
        .writing = writing, .make = {.loader = writing->loader, .at = original}, .wants = original};
    struct assay_node *kept = collection(&a, ASSAY_NODE_MAPPING);
    struct assay_node null = *original;
    null.kind = ASSAY_NODE_NULL;
    null.first = null.last = NULL;
    null.count = 0;
    for (const struct assay_node *c = original->first; c != NULL; c = c->next) {
        const char *key = assay_str_is(c->key, "expectation_type") ? "type"
                          : assay_str_is(c->key, "ge_cloud_id")    ? "id"
                                                                   : c->key.ptr;
        const struct assay_node *same = made ? assay_node_get(made, key) : NULL;
        if (c->kind != ASSAY_NODE_NULL && strcmp(key, "meta") != 0 &&
            (same == NULL || !assay_node_same(same, c)))
            put(&a, kept, key, c);
    }
    for (const struct assay_node *c = made ? made->first : NULL; c != NULL; c = c->next) {
        const struct assay_node *there = assay_node_get(original, c->key.ptr);
        if (assay_str_is(c->key, "type"))
            there = assay_gx_either(original, "type", "expectation_type");
        if (assay_str_is(c->key, "id"))
            there = assay_gx_either(original, "id", "ge_cloud_id");
        if (!assay_str_is(c->key, "meta") && (there == NULL || there->kind == ASSAY_NODE_NULL))
            put(&a, kept, c->key.ptr, &null);
    }
    return kept != NULL && kept->count != 0 ? kept : NULL;
}
