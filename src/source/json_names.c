/*
 * The columns of JSON: those that the first records have, by name, and those that a
 * suite asks for, by path.
 */
#include "config.h"

#include "source/json_source.h"

#include "base/suggest.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define SEEN_NODES 65536u
#define NEAR_PATHS 4096u /* compared with a path that is not there */
#define LISTED 8u

/* Finds the records at the begin of the data; more is read until there is one. */
static enum assay_status cut_window(struct json_source *json, struct assay_json_cut *cut,
                                    struct assay_error *err)
{
    for (size_t want = JSON_WINDOW;;) {
        struct assay_json_frame frame = json->frame;
        frame.skip = NULL;
        /* What is wrong is told when the records are read. */
        enum assay_status status =
            assay_json_frame_cut(&frame, json_buffer_base(&json->carry) + json->at,
                                 json->len - json->at, json->ended, cut, NULL);
        assay_json_frame_free(&frame);
        if (status == ASSAY_NOMEM)
            return assay_fail_nomem(err);
        if (status != ASSAY_OK || cut->records.count > 0 || json->ended || json->has_pending ||
            want >= json->record_limit)
            return ASSAY_OK;
        if (json->len - json->at >= want)
            want *= 2;
        ASSAY_TRY(json_load(json, want, err));
    }
}

/* Adds the paths of one record, if it is well-formed. */
static void look_at(struct json_source *json, struct assay_json_scan *scan, const char *from,
                    const char *to, char *scratch)
{
    scan->scratch = scratch;
    scan->seen = NULL;
    if (!assay_json_scan_record(scan, from, to))
        return;
    scan->scratch = scratch;
    scan->seen = &json->seen;
    scan->root = &json->seen.root;
    assay_json_scan_record(scan, from, to);
}

static void look_at_all(struct json_source *json, const struct assay_json_cut *cut)
{
    struct assay_json_keys keys = {0};
    const char *base = json_buffer_base(&json->carry) + json->at;
    struct assay_json_scan scan = {.base = base,
                                   .seed = json->seed,
                                   .keys = &keys,
                                   .twice = json->options.duplicate_keys,
                                   .allow_nan = json->options.allow_nan};
    for (uint32_t i = 0; i < cut->records.count; i++) {
        struct assay_span span = cut->records.items[i];
        if (i != cut->extra && span.len > 0)
            look_at(json, &scan, base + span.off, base + span.off + span.len,
                    json_buffer_scratch(&json->carry));
    }
    assay_json_keys_free(&keys);
}

static int by_letters(const void *a, const void *b)
{
    const struct assay_str *x = a, *y = b;
    int c = strcasecmp(x->ptr, y->ptr);
    return c != 0 ? c : assay_str_compare(*x, *y);
}

/* Keys that differ in case only are told of: they are two columns. */
static void note_alike(struct json_source *json)
{
    uint32_t count = json->base.column_count;
    struct assay_str *names = malloc(((size_t)count + 1) * sizeof *names);
    if (names == NULL)
        return;
    for (uint32_t i = 0; i < count; i++)
        names[i] = json->base.names[i];
    qsort(names, count, sizeof *names, by_letters);
    for (uint32_t i = 1; i < count; i++)
        if (strcasecmp(names[i - 1].ptr, names[i].ptr) == 0 &&
            !assay_str_equal(names[i - 1], names[i]))
            assay_source_notice(&json->base, "keys \"%s\" and \"%s\" differ in case only",
                                names[i - 1].ptr, names[i].ptr);
    free(names);
}

static enum assay_status name_columns(struct json_source *json, struct assay_error *err)
{
    struct assay_json_node *root = &json->seen.root;
    struct assay_str *names =
        assay_arena_array(&json->base.arena, (size_t)root->members + 1, sizeof *names);
    if (names == NULL)
        return assay_fail_nomem(err);
    uint32_t count = 0;
    for (struct assay_json_node *m = root->first; m != NULL; m = m->next) {
        m->slot = count; /* here: the number of its column */
        names[count++] = m->key;
    }
    json->base.names = names;
    json->base.column_count = json->base.column_room = count;
    note_alike(json);
    return ASSAY_OK;
}

enum assay_status json_names_find(struct json_source *json, struct assay_error *err)
{
    struct assay_json_cut cut = {0};
    assay_json_tree_init(&json->seen, &json->base.arena, json->seed, SEEN_NODES);
    enum assay_status status = cut_window(json, &cut, err);
    json->has_records = cut.records.count > 0;
    if (status == ASSAY_OK && json->has_records)
        look_at_all(json, &cut);
    assay_json_spans_free(&cut.records);
    return status == ASSAY_OK ? name_columns(json, err) : status;
}

/* Paths that were seen, for whoever mistyped one. */
struct nearby {
    char **texts;
    uint32_t count;
};

static void list_paths(const struct assay_json_node *node, struct nearby *nearby)
{
    struct assay_buf path;
    if (nearby->count == NEAR_PATHS)
        return;
    assay_buf_init(&path, 4096);
    assay_json_node_path(node, &path);
    nearby->texts[nearby->count] = path.failed ? NULL : path.ptr;
    if (nearby->texts[nearby->count] != NULL)
        nearby->count++;
    else
        assay_buf_free(&path);
    for (const struct assay_json_node *m = node->first; m != NULL; m = m->next)
        list_paths(m, nearby);
    if (node->elements != NULL)
        list_paths(node->elements, nearby);
}

/* The array of objects that have the key: records may be wrapped in an object. */
static const struct assay_json_node *find_wrapped(const struct assay_json_node *node,
                                                  struct assay_str name, uint64_t hash)
{
    const struct assay_json_node *found = NULL;
    if (assay_json_node_member(node->elements, name.ptr, name.len, hash) != NULL)
        return node;
    for (const struct assay_json_node *m = node->first; m != NULL && found == NULL; m = m->next)
        found = find_wrapped(m, name, hash);
    return found;
}

/* RFC 6901 */
static void put_pointer(const struct assay_json_node *node, struct assay_buf *out)
{
    if (node->parent == NULL)
        return;
    put_pointer(node->parent, out);
    assay_buf_putc(out, '/');
    for (size_t i = 0; i < node->key.len; i++) {
        char c = node->key.ptr[i];
        if (c == '~' || c == '/')
            assay_buf_puts(out, c == '~' ? "~0" : "~1");
        else
            assay_buf_putc(out, c);
    }
}

static bool suggest_records(const struct json_source *json, struct assay_str name,
                            struct assay_error *err)
{
    uint64_t hash = assay_json_key_hash(json->seed, name.ptr, name.len);
    const struct assay_json_node *at = NULL;
    struct assay_buf pointer, path;
    for (const struct assay_json_node *m = json->seen.root.first; m != NULL && at == NULL;
         m = m->next)
        at = find_wrapped(m, name, hash);
    if (at == NULL)
        return false;
    assay_buf_init(&pointer, 200);
    assay_buf_init(&path, 200);
    put_pointer(at, &pointer);
    assay_json_node_path(at, &path);
    bool good = !pointer.failed && !path.failed;
    if (good)
        assay_error_help(err,
                         "records below %s have it: --records %s makes those the records; or "
                         "name the column %s[*].%.*s",
                         path.ptr, pointer.ptr, path.ptr, (int)name.len, name.ptr);
    assay_buf_free(&pointer);
    assay_buf_free(&path);
    return good;
}

static void suggest(const struct json_source *json, struct assay_str name, struct assay_error *err)
{
    if (suggest_records(json, name, err))
        return;
    struct nearby nearby = {malloc(NEAR_PATHS * sizeof(char *)), 0};
    if (nearby.texts == NULL || err == NULL) {
        free(nearby.texts);
        return;
    }
    for (const struct assay_json_node *m = json->seen.root.first; m != NULL; m = m->next)
        list_paths(m, &nearby);
    const char *near = assay_suggest(name, (const char *const *)nearby.texts, nearby.count);
    if (near != NULL) {
        assay_error_help(err, "did you mean \"%s\"?", near);
    } else if (json->base.column_count > 0) {
        char list[sizeof err->help];
        size_t len = 0;
        for (uint32_t i = 0; i < json->base.column_count && i <= LISTED && len < sizeof list; i++) {
            int n = snprintf(list + len, sizeof list - len, "%s%s", i > 0 ? ", " : "",
                             i == LISTED ? "…" : json->base.names[i].ptr);
            len += n > 0 ? (size_t)n : 0;
        }
        assay_error_help(err, "the keys of the first records are %s", list);
    }
    for (uint32_t i = 0; i < nearby.count; i++)
        free(nearby.texts[i]);
    free(nearby.texts);
}

static enum assay_status not_there(const struct json_source *json, struct assay_str name,
                                   struct assay_error *err)
{
    assay_fail(err, ASSAY_SOURCE, "COLUMN-MISSING", "no record has \"%.*s\"",
               (int)(name.len < 256 ? name.len : 256), name.ptr);
    suggest(json, name, err);
    return ASSAY_SOURCE;
}

/* A key with a dot in it, such as CSV may have: meant as it stands, unless both are there. */
static enum assay_status prefer_key(struct json_source *json, struct assay_str name,
                                    struct assay_json_path *path, struct assay_error *err)
{
    uint64_t hash = assay_json_key_hash(json->seed, name.ptr, name.len);
    if ((path->count == 1 && !path->steps[0].elements) ||
        assay_json_node_member(&json->seen.root, name.ptr, name.len, hash) == NULL)
        return ASSAY_OK;
    if (assay_json_tree_find(&json->seen, path) != NULL) {
        assay_fail(err, ASSAY_SOURCE, "JSON-PATH", "\"%.*s\" is a key, and a path too",
                   (int)(name.len < 256 ? name.len : 256), name.ptr);
        assay_error_help(err,
                         "for the key write it in quotes, '\"%.*s\"'; for the path a JSON "
                         "Pointer, /%.*s…",
                         (int)(name.len < 64 ? name.len : 64), name.ptr,
                         (int)(path->steps[0].key.len < 64 ? path->steps[0].key.len : 64),
                         path->steps[0].key.ptr);
        return ASSAY_SOURCE;
    }
    struct assay_json_step *step = assay_arena_alloc(&json->base.arena, sizeof *step);
    char *copy = assay_arena_strdup(&json->base.arena, name);
    if (step == NULL || copy == NULL)
        return assay_fail_nomem(err);
    step->key = assay_str(copy, name.len);
    *path = (struct assay_json_path){.steps = step, .count = 1, .literal = true};
    return ASSAY_OK;
}

/* The number of the column: a key's own, or the next behind all of them. */
static uint32_t number_of(struct json_source *json, const struct assay_json_path *path)
{
    const struct assay_json_node *seen = assay_json_tree_find(&json->seen, path);
    if (seen != NULL && path->count == 1 && seen->slot != ASSAY_JSON_NO_SLOT)
        return seen->slot;
    return json->base.column_room++;
}

/* An array of twice the room, with what it held. */
static void *longer(struct json_source *json, const void *old, uint32_t count, uint32_t room,
                    size_t size)
{
    void *array = assay_arena_array(&json->base.arena, room, size);
    if (array != NULL && count > 0)
        memcpy(array, old, count * size);
    return array;
}

static bool reserve(struct json_source *json, uint32_t index)
{
    if (json->want_count == json->want_room) {
        uint32_t room = json->want_room > 0 ? json->want_room * 2 : 16;
        json->wants = longer(json, json->wants, json->want_count, room, sizeof(void *));
        json->want_room = json->wants != NULL ? room : 0;
    }
    if (index >= json->slot_room) {
        uint32_t room = index * 2 + 16;
        json->slots = longer(json, json->slots, json->slot_room, room, sizeof *json->slots);
        for (uint32_t i = json->slot_room; json->slots != NULL && i < room; i++)
            json->slots[i] = ASSAY_JSON_NO_SLOT;
        json->slot_room = json->slots != NULL ? room : 0;
    }
    return json->wants != NULL && json->slots != NULL;
}

enum assay_status json_names_column(struct assay_source *source, struct assay_str name,
                                    uint32_t *index, struct assay_error *err)
{
    struct json_source *json = (struct json_source *)source;
    struct assay_json_path path;
    if (!json->has_records)
        return not_there(json, name, err);
    if (assay_str_is(name, ASSAY_JSON_RECORD)) {
        path = (struct assay_json_path){0};
    } else {
        ASSAY_TRY(assay_json_path_parse(name, &source->arena, &path, err));
        ASSAY_TRY(prefer_key(json, name, &path, err));
    }
    struct assay_json_node *node = assay_json_tree_add(&json->wanted, &path);
    if (node == NULL)
        return assay_fail_nomem(err);
    if (node->slot != ASSAY_JSON_NO_SLOT) {
        *index = json->wants[node->slot]->index;
        return ASSAY_OK;
    }
    struct json_want *want = assay_arena_alloc(&source->arena, sizeof *want);
    char *copy = assay_arena_strdup(&source->arena, name);
    *index = number_of(json, &path);
    if (want == NULL || copy == NULL || !reserve(json, *index) ||
        !assay_json_tree_want(&json->wanted, node, json->want_count))
        return assay_fail_nomem(err);
    want->node = node;
    want->name = assay_str(copy, name.len);
    want->index = *index;
    want->fans = assay_json_node_fans_out(node);
    json->slots[*index] = json->want_count;
    json->wants[json->want_count++] = want;
    return ASSAY_OK;
}

bool json_names_fans_out(const struct assay_source *source, uint32_t index)
{
    const struct json_source *json = (const struct json_source *)source;
    return index < json->slot_room && json->slots[index] != ASSAY_JSON_NO_SLOT &&
           json->wants[json->slots[index]]->fans;
}

enum assay_status json_names_found(const struct assay_source *source, uint32_t index,
                                   struct assay_error *err)
{
    const struct json_source *json = (const struct json_source *)source;
    if (index >= json->slot_room || json->slots[index] == ASSAY_JSON_NO_SLOT || !json->any_usable)
        return ASSAY_OK;
    const struct json_want *want = json->wants[json->slots[index]];
    unsigned found = atomic_load_explicit(&want->found, memory_order_relaxed);
    if ((found & JSON_FOUND_VALUE) ||
        (found & (JSON_FOUND_ARRAY | JSON_FOUND_ELEMENT)) == JSON_FOUND_ARRAY)
        return ASSAY_OK;
    return not_there(json, want->name, err);
}
