/*
 * Expands patterns through glob(3), in an order that no locale decides.
 */
#include "config.h"

#include "source/glob.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bool assay_glob_is_pattern(struct assay_str spec)
{
    for (size_t i = 0; i < spec.len; i++)
        if (strchr("*?[", spec.ptr[i]) != NULL && spec.ptr[i] != '\0')
            return true;
    return false;
}

static enum assay_status fail(const char *pattern, const char *code, const char *message,
                              const char *help, struct assay_error *err)
{
    assay_fail(err, ASSAY_SOURCE, code, "%s", message);
    assay_error_help(err, "%s", help);
    assay_error_at(err, pattern, 0, 0);
    return ASSAY_SOURCE;
}

static enum assay_status one(const char *path, struct assay_arena *arena, struct assay_glob *out,
                             struct assay_error *err)
{
    const char **paths = assay_arena_array(arena, 1, sizeof *paths);
    if (paths == NULL)
        return assay_fail_nomem(err);
    paths[0] = path;
    *out = (struct assay_glob){.paths = paths, .count = 1};
    return ASSAY_OK;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum assay_status collect(const char *pattern, const glob_t *found,
                                 struct assay_arena *arena, struct assay_glob *out,
                                 struct assay_error *err)
{
    const char **paths = assay_arena_array(arena, found->gl_pathc, sizeof *paths);
    uint32_t count = 0;
    if (paths == NULL)
        return assay_fail_nomem(err);
    for (size_t i = 0; i < found->gl_pathc; i++) {
        struct stat st;
        if (stat(found->gl_pathv[i], &st) == 0 && S_ISDIR(st.st_mode))
            continue;
        if (count == ASSAY_GLOB_FILES)
            return fail(pattern, "SOURCE-GLOB", "matches more than 100000 files",
                        "name fewer at once", err);
        paths[count] = assay_arena_strdup(arena, assay_cstr(found->gl_pathv[i]));
        if (paths[count++] == NULL)
            return assay_fail_nomem(err);
    }
    if (count == 0)
        return fail(pattern, "SOURCE-MISSING", "matches directories only",
                    "add /* to name the files in them", err);
    qsort(paths, count, sizeof *paths, by_bytes);
    *out = (struct assay_glob){.paths = paths, .count = count, .pattern = true};
    return ASSAY_OK;
}

/* A directory that is not there has no files; one that cannot be read may have some. */
static int is_error(const char *path, int number)
{
    (void)path;
    return number != ENOENT && number != ENOTDIR;
}

static enum assay_status expand(const char *pattern, struct assay_arena *arena,
                                struct assay_glob *out, struct assay_error *err)
{
    glob_t found = {0};
    enum assay_status status;
    switch (glob(pattern, GLOB_NOSORT, is_error, &found)) {
    case 0: status = collect(pattern, &found, arena, out, err); break;
    case GLOB_NOMATCH:
        status = fail(pattern, "SOURCE-MISSING", "no file matches",
                      "patterns know *, ? and [...]; in a shell, quote them", err);
        break;
    case GLOB_NOSPACE: status = assay_fail_nomem(err); break;
    default:
        status = fail(pattern, "SOURCE-GLOB", "a directory in which files may match cannot be read",
                      "ask its owner for permission to read it, or name the files", err);
    }
    globfree(&found);
    return status;
}

enum assay_status assay_glob_expand(struct assay_str spec, struct assay_arena *arena,
                                    struct assay_glob *out, struct assay_error *err)
{
    struct stat st;
    if (spec.len == 0 || memchr(spec.ptr, '\0', spec.len) != NULL)
        return fail("", "SOURCE-MISSING", "this is no file name", "name a file, or -", err);
    const char *path = assay_arena_strdup(arena, spec);
    if (path == NULL)
        return assay_fail_nomem(err);
    if (!assay_glob_is_pattern(spec) || stat(path, &st) == 0)
        return one(path, arena, out, err);
    return expand(path, arena, out, err);
}
