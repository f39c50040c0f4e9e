/*
 * Walks directories through readdir(3). Links are followed, and those that lead back to
 * where they are from are told.
 */
#include "config.h"

#include "source/walk.h"

#include "source/input.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A directory that is being walked, and those that it is in. */
struct level {
    const struct level *outer;
    dev_t device;
    ino_t inode;
    unsigned depth;
};

static enum assay_status fail(const char *path, const char *message, const char *help,
                              struct assay_error *err)
{
    assay_fail(err, ASSAY_SOURCE, "SOURCE-GLOB", "%s", message);
    assay_error_help(err, "%s", help);
    assay_error_at(err, path, 0, 0);
    return ASSAY_SOURCE;
}

enum assay_status assay_paths_add(struct assay_paths *paths, const char *path,
                                  struct assay_error *err)
{
    if (paths->count == ASSAY_WALK_FILES)
        return fail(path, "more than 100000 files", "name fewer at once", err);
    if (paths->count == paths->room) {
        uint32_t room = paths->room > 0 ? paths->room * 2 : 16;
        const char **items = assay_arena_array(paths->arena, room, sizeof *items);
        if (items == NULL)
            return assay_fail_nomem(err);
        if (paths->count > 0)
            memcpy(items, paths->items, paths->count * sizeof *items);
        paths->items = items;
        paths->room = room;
    }
    paths->items[paths->count] = assay_arena_strdup(paths->arena, assay_cstr(path));
    return paths->items[paths->count++] != NULL ? ASSAY_OK : assay_fail_nomem(err);
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void assay_paths_sort(struct assay_paths *paths, uint32_t from)
{
    if (paths->count > from)
        qsort(paths->items + from, paths->count - from, sizeof *paths->items, by_bytes);
}

static bool is_left_out(const char *name)
{
    return name[0] == '.' || (name[0] == '_' && strchr(name, '=') == NULL);
}

static enum assay_status enter(const char *path, const struct level *outer, const struct stat *st,
                               struct assay_paths *paths, struct assay_error *err);

static enum assay_status take(const char *path, const struct level *level,
                              struct assay_paths *paths, struct assay_error *err)
{
    struct stat st;
    /* What cannot be looked at is told when it is opened: left out, it would not be missed. */
    if (stat(path, &st) != 0 || S_ISREG(st.st_mode))
        return assay_paths_add(paths, path, err);
    return S_ISDIR(st.st_mode) ? enter(path, level, &st, paths, err) : ASSAY_OK;
}

static enum assay_status read_entries(DIR *dir, const char *path, const struct level *level,
                                      struct assay_paths *paths, struct assay_error *err)
{
    size_t len = strlen(path);
    const char *slash = len > 0 && path[len - 1] != '/' ? "/" : "";
    enum assay_status status = ASSAY_OK;
    const struct dirent *entry;
    while (status == ASSAY_OK) {
        errno = 0;
        entry = readdir(dir);
        if (entry == NULL)
            return errno == 0 ? ASSAY_OK : assay_input_open_failed(path, errno, err);
        if (is_left_out(entry->d_name))
            continue;
        char *below = assay_arena_printf(paths->arena, "%s%s%s", path, slash, entry->d_name);
        status = below != NULL ? take(below, level, paths, err) : assay_fail_nomem(err);
    }
    return status;
}

static enum assay_status enter(const char *path, const struct level *outer, const struct stat *st,
                               struct assay_paths *paths, struct assay_error *err)
{
    struct level level = {outer, st->st_dev, st->st_ino, outer != NULL ? outer->depth + 1 : 0};
    for (const struct level *l = outer; l != NULL; l = l->outer)
        if (l->device == level.device && l->inode == level.inode)
            return fail(path, "a link that leads back to a directory it is in",
                        "remove the link, or name the files", err);
    if (level.depth > ASSAY_WALK_DEPTH)
        return fail(path, "directories within directories without end", "name the files", err);
    DIR *dir = opendir(path[0] != '\0' ? path : ".");
    if (dir == NULL)
        return assay_input_open_failed(path, errno, err);
    enum assay_status status = read_entries(dir, path, &level, paths, err);
    closedir(dir);
    return status;
}

enum assay_status assay_walk(const char *directory, struct assay_paths *paths,
                             struct assay_error *err)
{
    struct stat st;
    if (stat(directory[0] != '\0' ? directory : ".", &st) != 0)
        return assay_input_open_failed(directory, errno, err);
    return enter(directory, NULL, &st, paths, err);
}
