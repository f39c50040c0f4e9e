/*
 * Columns that are in the names of files: the keys of Hive's partitions, which are the
 * directories `key=value` on the way to a file, and `source_file`, the name itself.
 *
 * As Hive writes them, characters that a path cannot hold are %XX, and a null is
 * __HIVE_DEFAULT_PARTITION__.
 */
#include "config.h"

#include "source/source_base.h"

#include <stdio.h>

#define KEYS_MAX 64
#define HIVE_NULL "__HIVE_DEFAULT_PARTITION__"

/* Behind a value there is as much as behind those in a batch's text. */
#define FRONT 8
#define PAD 64

struct key {
    struct assay_str name, value; /* as they stand in the path */
};

struct keys {
    struct key items[KEYS_MAX];
    uint32_t count;
};

static void find_keys(struct assay_str path, struct keys *keys)
{
    const char *at = path.ptr, *end = path.ptr + path.len;
    const char *scheme = memmem(at, path.len, "://", 3);
    const char *query = scheme != NULL ? memchr(at, '?', path.len) : NULL;
    if (query != NULL)
        end = query;
    keys->count = 0;
    for (const char *slash; (slash = memchr(at, '/', (size_t)(end - at))) != NULL; at = slash + 1) {
        const char *equals = memchr(at, '=', (size_t)(slash - at));
        if (equals == NULL || equals == at || keys->count == KEYS_MAX)
            continue;
        keys->items[keys->count++] =
            (struct key){assay_str(at, (size_t)(equals - at)),
                         assay_str(equals + 1, (size_t)(slash - equals - 1))};
    }
}

static int digit_of(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* With %XX as what it stands for; FRONT bytes before the text and PAD behind it. */
static struct assay_str decode(struct assay_arena *arena, struct assay_str text)
{
    char *copy = assay_arena_alloc(arena, FRONT + text.len + PAD);
    size_t n = 0;
    if (copy == NULL)
        return assay_str(NULL, 0);
    for (size_t i = 0; i < text.len; i++) {
        int high = text.ptr[i] == '%' && i + 2 < text.len ? digit_of(text.ptr[i + 1]) : -1;
        int low = high >= 0 ? digit_of(text.ptr[i + 2]) : -1;
        copy[FRONT + n++] = low >= 0 ? (char)(high * 16 + low) : text.ptr[i];
        i += low >= 0 ? 2 : 0;
    }
    return assay_str(copy + FRONT, n);
}

static bool same_names(const struct keys *a, const struct keys *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!assay_str_equal(a->items[i].name, b->items[i].name))
            return false;
    return true;
}

/* "dt", "region" */
static void list_keys(const struct keys *keys, char *out, size_t room)
{
    size_t len = 0;
    snprintf(out, room, "none");
    for (uint32_t i = 0; i < keys->count && len < room; i++) {
        struct assay_str name = keys->items[i].name;
        int n = snprintf(out + len, room - len, "%s\"%.*s\"", i > 0 ? ", " : "", (int)name.len,
                         name.ptr);
        len += n > 0 ? (size_t)n : 0;
    }
}

static enum assay_status mismatch(const struct assay_source *source, uint32_t file,
                                  const struct keys *first, const struct keys *here,
                                  struct assay_error *err)
{
    char wanted[128], found[128];
    list_keys(first, wanted, sizeof wanted);
    list_keys(here, found, sizeof found);
    assay_fail(err, ASSAY_SOURCE, "SOURCE-PARTITIONS", "the partition keys are %s, but %s in %s",
               found, wanted, source->files[0].path.ptr);
    assay_error_help(err, "files that are read as one need the same keys; `partitions: none` takes "
                          "directories for names only");
    assay_error_at(err, source->files[file].path.ptr, 0, 0);
    return ASSAY_SOURCE;
}

static bool is_name(const struct assay_source *source, uint32_t count, struct assay_str name)
{
    for (uint32_t i = 0; i < count; i++)
        if (assay_str_equal(source->names[i], name))
            return true;
    return false;
}

/* Room for more names behind those that the data has. */
static struct assay_str *longer_names(struct assay_source *source, uint32_t more)
{
    uint32_t count = source->column_count;
    struct assay_str *names =
        assay_arena_array(&source->arena, (size_t)count + more, sizeof *names);
    if (names == NULL)
        return NULL;
    memcpy(names, source->names, count * sizeof *names);
    source->names = names;
    return names;
}

/* The keys that the data has no columns for: `chosen[i]` is the number of the i-th. */
static enum assay_status choose(struct assay_source *source, const struct keys *keys,
                                uint32_t *chosen, uint32_t *count, struct assay_error *err)
{
    struct assay_str *names = longer_names(source, keys->count + 1);
    *count = 0;
    if (names == NULL)
        return assay_fail_nomem(err);
    for (uint32_t i = 0; i < keys->count; i++) {
        struct assay_str name = decode(&source->arena, keys->items[i].name);
        if (name.ptr == NULL)
            return assay_fail_nomem(err);
        if (is_name(source, source->column_count, name)) {
            assay_source_notice(source,
                                "the data has a column \"%s\": what paths say of it is not "
                                "looked at",
                                name.ptr);
            continue;
        }
        uint32_t at = 0; /* of one key twice, the one nearest to the file counts */
        while (at < *count && !assay_str_equal(names[source->column_count + at], name))
            at++;
        names[source->column_count + at] = name;
        chosen[at] = i;
        *count += at == *count;
    }
    return ASSAY_OK;
}

static enum assay_status set_value(struct assay_source *source, struct assay_str text, bool key,
                                   struct assay_file_value *value, struct assay_error *err)
{
    struct assay_str copy = decode(&source->arena, text);
    if (copy.ptr == NULL)
        return assay_fail_nomem(err);
    value->null = key && assay_str_is(text, HIVE_NULL);
    value->base = copy.ptr - FRONT;
    value->span = (struct assay_span){FRONT, value->null ? 0 : (uint32_t)copy.len};
    return ASSAY_OK;
}

/* The file's own name is no part of a URL, but text: nothing in it is decoded. */
static enum assay_status set_name(struct assay_source *source, struct assay_str name,
                                  struct assay_file_value *value, struct assay_error *err)
{
    char *copy = assay_arena_alloc(&source->arena, FRONT + name.len + PAD);
    if (copy == NULL)
        return assay_fail_nomem(err);
    memcpy(copy + FRONT, name.ptr, name.len);
    *value = (struct assay_file_value){.base = copy, .span = {FRONT, (uint32_t)name.len}};
    return ASSAY_OK;
}

static enum assay_status set_values(struct assay_source *source, const struct keys *first,
                                    const uint32_t *chosen, uint32_t count, bool hive, bool named,
                                    struct assay_file_value *values, struct assay_error *err)
{
    struct keys here = {.count = 0};
    for (uint32_t f = 0; f < source->file_count; f++) {
        struct assay_str path = source->files[f].path;
        if (hive)
            find_keys(path, &here);
        if (!same_names(first, &here))
            return mismatch(source, f, first, &here, err);
        for (uint32_t i = 0; i < count; i++)
            ASSAY_TRY(set_value(source, here.items[chosen[i]].value, true, values++, err));
        if (named)
            ASSAY_TRY(set_name(source, path, values++, err));
    }
    return ASSAY_OK;
}

enum assay_status assay_path_columns_add(struct assay_source *source,
                                         enum assay_partitions partitions, struct assay_error *err)
{
    struct keys keys = {.count = 0};
    uint32_t chosen[KEYS_MAX], count;
    if (source->column_count == 0 || source->file_count == 0)
        return ASSAY_OK;
    bool hive = partitions == ASSAY_PARTITIONS_HIVE;
    if (hive)
        find_keys(source->files[0].path, &keys);
    ASSAY_TRY(choose(source, &keys, chosen, &count, err));
    bool named = !is_name(source, source->column_count + count, ASSAY_STR(ASSAY_SOURCE_FILE));
    uint32_t all = count + named;
    if (all == 0)
        return ASSAY_OK;
    struct assay_file_value *values =
        assay_arena_array(&source->arena, (size_t)source->file_count * all, sizeof *values);
    if (values == NULL)
        return assay_fail_nomem(err);
    ASSAY_TRY(set_values(source, &keys, chosen, count, hive, named, values, err));
    source->file_columns = (struct assay_file_columns){source->column_count, all, values};
    source->column_count += count;
    source->column_room += all;
    return ASSAY_OK;
}

bool assay_path_columns_find(const struct assay_source *source, struct assay_str name,
                             uint32_t *index)
{
    const struct assay_file_columns *own = &source->file_columns;
    for (uint32_t i = 0; i < own->count; i++) {
        uint32_t at = own->from + i;
        if (at < source->column_count ? assay_str_equal(source->names[at], name)
                                      : assay_str_is(name, ASSAY_SOURCE_FILE)) {
            *index = at;
            return true;
        }
    }
    return false;
}
