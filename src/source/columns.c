/*
 * The columns of a source: their names made unique, and found again by name.
 */
#include "config.h"

#include "base/suggest.h"
#include "source/source_base.h"

#include <stdio.h>
#include <stdlib.h>

/* Names shown of those there are, when one that was named is not there. */
#define LISTED 8

struct named {
    struct assay_str name;
    uint32_t index;
};

static int by_name(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int c = assay_str_compare(x->name, y->name);
    return c != 0 ? c : (x->index > y->index) - (x->index < y->index);
}

bool assay_source_name_is_blank(struct assay_str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] != ' ' && name.ptr[i] != '\t')
            return false;
    return true;
}

static struct named *sorted(const struct assay_str *names, uint32_t count)
{
    struct named *all = malloc(((size_t)count + 1) * sizeof *all);
    if (all == NULL)
        return NULL;
    for (uint32_t i = 0; i < count; i++)
        all[i] = (struct named){names[i], i};
    qsort(all, count, sizeof *all, by_name);
    return all;
}

static bool contains(const struct named *all, uint32_t count, struct assay_str name)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int c = assay_str_compare(all[middle].name, name);
        if (c == 0)
            return true;
        if (c < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* `stem` and a number, one that the data does not use itself. */
static char *alias(struct assay_arena *arena, const struct named *all, uint32_t count,
                   struct assay_str stem, const char *mark, uint32_t number)
{
    size_t room = stem.len + 32;
    char *text = assay_arena_alloc(arena, room);
    if (text == NULL)
        return NULL;
    memcpy(text, stem.ptr, stem.len);
    int n = snprintf(text + stem.len, 32, "%s%u", mark, number);
    while (contains(all, count, assay_str(text, stem.len + (size_t)n)) && n < 24) {
        text[stem.len + (size_t)n++] = '_';
        text[stem.len + (size_t)n] = '\0';
    }
    return text;
}

/* Names each column of a run of equal names; `run` is its columns in order. */
static bool name_run(struct assay_arena *arena, const struct named *all, uint32_t count,
                     const struct named *run, uint32_t length, struct assay_str *names,
                     uint32_t *repeated)
{
    bool blank = assay_source_name_is_blank(run->name);
    for (uint32_t i = 0; i < length; i++) {
        uint32_t index = run[i].index;
        char *text;
        size_t len = run->name.len;
        if (blank)
            text = alias(arena, all, count, ASSAY_STR("_"), "", index + 1);
        else if (i > 0)
            text = alias(arena, all, count, run->name, "#", i + 1);
        else
            text = assay_arena_strdup(arena, run->name);
        if (text == NULL)
            return false;
        if (blank)
            len = strlen(text);
        else if (i > 0)
            len += strlen(text + len);
        names[index] = assay_str(text, len);
        if (!blank && i + 1 < length)
            repeated[index] = run[i + 1].index;
    }
    return true;
}

static bool name_all(struct assay_source *source, const struct assay_str *given, uint32_t count)
{
    struct assay_str *names = assay_arena_array(&source->arena, count, sizeof *names);
    uint32_t *repeated = assay_arena_array(&source->arena, count, sizeof *repeated);
    struct named *all = sorted(given, count);
    bool done = names != NULL && repeated != NULL && all != NULL;
    for (uint32_t i = 0, n; done && i < count; i += n) {
        for (n = 1; i + n < count && assay_str_equal(all[i].name, all[i + n].name); n++)
            ;
        done = name_run(&source->arena, all, count, all + i, n, names, repeated);
    }
    free(all);
    source->names = names;
    source->repeated = repeated;
    return done;
}

static bool index_names(struct assay_source *source, uint32_t count)
{
    uint32_t *order = assay_arena_array(&source->arena, count, sizeof *order);
    struct named *all = sorted(source->names, count);
    bool done = order != NULL && all != NULL;
    for (uint32_t i = 0; done && i < count; i++)
        order[i] = all[i].index;
    free(all);
    source->by_name = order;
    return done;
}

enum assay_status assay_source_set_names(struct assay_source *source, const struct assay_str *names,
                                         uint32_t count, struct assay_error *err)
{
    source->column_count = source->column_room = 0;
    if (count == 0)
        return ASSAY_OK;
    if (!name_all(source, names, count) || !index_names(source, count))
        return assay_fail_nomem(err);
    source->column_count = source->column_room = count;
    return ASSAY_OK;
}

static bool find(const struct assay_source *source, struct assay_str name, uint32_t *index)
{
    uint32_t low = 0, high = assay_source_data_columns(source);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        uint32_t column = source->by_name[middle];
        int c = assay_str_compare(source->names[column], name);
        if (c == 0) {
            *index = column;
            return true;
        }
        if (c < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static enum assay_status ambiguous(const struct assay_source *source, uint32_t first,
                                   struct assay_error *err)
{
    const char *name = source->names[first].ptr;
    assay_fail(err, ASSAY_SOURCE, "CSV-DUPLICATE-COLUMN", "columns %u and %u are both \"%s\"",
               first + 1, source->repeated[first] + 1, name);
    assay_error_help(err, "say which: \"%s#1\" or \"%s#2\"", name, name);
    return ASSAY_SOURCE;
}

static void suggest(const struct assay_source *source, struct assay_str name,
                    struct assay_error *err)
{
    const char **texts = malloc(source->column_count * sizeof *texts);
    if (texts == NULL || err == NULL) {
        free(texts);
        return;
    }
    for (uint32_t i = 0; i < source->column_count; i++)
        texts[i] = source->names[i].ptr;
    const char *near = assay_suggest(name, texts, source->column_count);
    free(texts);
    if (near != NULL) {
        assay_error_help(err, "did you mean \"%s\"?", near);
        return;
    }
    char list[sizeof err->help];
    size_t len = 0;
    for (uint32_t i = 0; i < source->column_count && len < sizeof list; i++) {
        bool cut = i == LISTED;
        int n = snprintf(list + len, sizeof list - len, "%s%s", i > 0 ? ", " : "",
                         cut ? "…" : source->names[i].ptr);
        len += n > 0 ? (size_t)n : 0;
        if (cut)
            break;
    }
    assay_error_help(err, "the columns are %s", list);
}

static enum assay_status not_there(const struct assay_source *source, struct assay_str name,
                                   struct assay_error *err)
{
    if (source->hint.code != NULL) {
        assay_fail(err, ASSAY_SOURCE, source->hint.code, "no column \"%.*s\": %s",
                   (int)(name.len < 128 ? name.len : 128), name.ptr, source->hint.text);
        assay_error_help(err, "%s", source->hint.help);
        return ASSAY_SOURCE;
    }
    assay_fail(err, ASSAY_SOURCE, "COLUMN-MISSING", "no column \"%.*s\"",
               (int)(name.len < 256 ? name.len : 256), name.ptr);
    if (source->column_count > 0)
        suggest(source, name, err);
    return ASSAY_SOURCE;
}

enum assay_status assay_source_column(struct assay_source *source, struct assay_str name,
                                      uint32_t *index, struct assay_error *err)
{
    if (assay_path_columns_find(source, name, index))
        return ASSAY_OK;
    if (source->ops->column != NULL)
        return source->ops->column(source, name, index, err);
    return assay_source_find_column(source, name, index, err);
}

enum assay_status assay_source_find_column(const struct assay_source *source, struct assay_str name,
                                           uint32_t *index, struct assay_error *err)
{
    if (find(source, name, index)) {
        if (source->repeated == NULL || source->repeated[*index] == 0 ||
            (name.len > 2 && memchr(name.ptr, '#', name.len) != NULL))
            return ASSAY_OK;
        return ambiguous(source, *index, err);
    }
    bool first = name.len > 2 && memcmp(name.ptr + name.len - 2, "#1", 2) == 0;
    if (first && find(source, assay_str(name.ptr, name.len - 2), index) &&
        source->repeated != NULL && source->repeated[*index] != 0)
        return ASSAY_OK;
    return not_there(source, name, err);
}
