/*
 * Expands patterns through glob(3), and `**` by walking, in an order that no locale
 * decides.
 */
#include "config.h"

#include "source/glob.h"

#include "base/redact.h"
#include "source/remote.h"

#include "source/walk.h"

#include <errno.h>
#include <fnmatch.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define COMPONENT_MAX 1024

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

/* A directory that is not there has no files; one that cannot be read may have some. */
static int is_error(const char *path, int number)
{
    (void)path;
    return number != ENOENT && number != ENOTDIR;
}

/* What a match stands for: itself, or the files below it. */
static enum assay_status add_match(const char *path, struct assay_paths *paths,
                                   struct assay_error *err)
{
    struct stat st;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return assay_walk(path, paths, err);
    return assay_paths_add(paths, path, err);
}

static enum assay_status add_matches(const char *pattern, struct assay_paths *paths,
                                     struct assay_error *err)
{
    glob_t found = {0};
    enum assay_status status = ASSAY_OK;
    switch (glob(pattern, GLOB_NOSORT, is_error, &found)) {
    case 0:
        for (size_t i = 0; i < found.gl_pathc && status == ASSAY_OK; i++)
            status = add_match(found.gl_pathv[i], paths, err);
        break;
    case GLOB_NOMATCH: break;
    case GLOB_NOSPACE: status = assay_fail_nomem(err); break;
    default:
        status = fail(pattern, "SOURCE-GLOB", "a directory in which files may match cannot be read",
                      "ask its owner for permission to read it, or name the files", err);
    }
    globfree(&found);
    return status;
}

/* Where a `**` of its own stands among a pattern's directories; NULL: nowhere. */
static const char *find_stars(const char *pattern)
{
    for (const char *at = pattern; *at != '\0'; at += strcspn(at, "/"), at += *at == '/')
        if (strncmp(at, "**/", 3) == 0 || strcmp(at, "**") == 0)
            return at;
    return NULL;
}

/* Whether a pattern's component is that of a path; both end at a slash. */
static bool component_matches(const char *pattern, const char *path)
{
    char p[COMPONENT_MAX], s[COMPONENT_MAX];
    size_t n = strcspn(pattern, "/"), m = strcspn(path, "/");
    if (n >= sizeof p || m >= sizeof s)
        return false;
    memcpy(p, pattern, n);
    memcpy(s, path, m);
    p[n] = s[m] = '\0';
    return fnmatch(p, s, FNM_PERIOD) == 0;
}

static const char *behind(const char *at)
{
    at += strcspn(at, "/");
    return at + strspn(at, "/");
}

/* Each `**` takes as few directories as it can, then one more, up to the path's depth. */
static bool path_matches(const char *pattern, const char *path)
{
    const char *again = NULL, *from = NULL; /* behind the last `**`, and what it has not taken */
    while (*path != '\0') {
        if (strncmp(pattern, "**", 2) == 0 && (pattern[2] == '/' || pattern[2] == '\0')) {
            again = behind(pattern);
            from = path;
            if (*again == '\0')
                return true;
            pattern = again;
        } else if (*pattern != '\0' && component_matches(pattern, path)) {
            pattern = behind(pattern);
            path = behind(path);
        } else if (again != NULL) {
            from = path = behind(from);
            pattern = again;
        } else {
            return false;
        }
    }
    return *pattern == '\0';
}

/* Walks what stands before the first `**`, and keeps what matches the whole. */
static enum assay_status add_deep_matches(const char *pattern, const char *stars,
                                          struct assay_paths *paths, struct assay_error *err)
{
    struct assay_paths all = {.arena = paths->arena};
    size_t len = (size_t)(stars - pattern);
    while (len > 1 && pattern[len - 1] == '/')
        len--;
    const char *base = assay_arena_strdup(paths->arena, assay_str(pattern, len));
    if (base == NULL)
        return assay_fail_nomem(err);
    ASSAY_TRY(assay_glob_is_pattern(assay_cstr(base)) ? add_matches(base, &all, err)
                                                      : assay_walk(base, &all, err));
    for (uint32_t i = 0; i < all.count; i++)
        if (path_matches(pattern, all.items[i]))
            ASSAY_TRY(assay_paths_add(paths, all.items[i], err));
    return ASSAY_OK;
}

static enum assay_status expand_pattern(const char *pattern, struct assay_paths *paths,
                                        struct assay_error *err)
{
    uint32_t before = paths->count;
    const char *stars = find_stars(pattern);
    ASSAY_TRY(stars != NULL ? add_deep_matches(pattern, stars, paths, err)
                            : add_matches(pattern, paths, err));
    if (paths->count > before)
        return ASSAY_OK;
    return fail(pattern, "SOURCE-MISSING", "no file matches",
                "patterns know *, ?, [...] and **; in a shell, quote them", err);
}

static enum assay_status expand_directory(const char *path, struct assay_paths *paths,
                                          struct assay_error *err)
{
    uint32_t before = paths->count;
    ASSAY_TRY(assay_walk(path, paths, err));
    if (paths->count > before)
        return ASSAY_OK;
    return fail(path, "SOURCE-MISSING", "there are no files in this directory",
                "names that begin with . or _ are left out", err);
}

static enum assay_status expand(struct assay_str spec, struct assay_paths *paths, bool *pattern,
                                struct assay_error *err)
{
    struct stat st;
    uint32_t before = paths->count;
    *pattern = false;
    if (spec.len == 0 || memchr(spec.ptr, '\0', spec.len) != NULL)
        return fail("", "SOURCE-MISSING", "this is no file name", "name a file, or -", err);
    const char *path = assay_arena_strdup(paths->arena, spec);
    if (path == NULL)
        return assay_fail_nomem(err);
    bool there = stat(path, &st) == 0;
    if (there && S_ISDIR(st.st_mode))
        ASSAY_TRY(expand_directory(path, paths, err));
    else if (there || !assay_glob_is_pattern(spec))
        return assay_paths_add(paths, path, err);
    else
        ASSAY_TRY(expand_pattern(path, paths, err));
    *pattern = true;
    assay_paths_sort(paths, before);
    return ASSAY_OK;
}

enum assay_status assay_glob_expand(struct assay_str spec, struct assay_arena *arena,
                                    struct assay_glob *out, struct assay_error *err)
{
    struct assay_paths paths = {.arena = arena};
    bool pattern;
    ASSAY_TRY(expand(spec, &paths, &pattern, err));
    *out = (struct assay_glob){.paths = paths.items, .count = paths.count, .pattern = pattern};
    return ASSAY_OK;
}

static enum assay_status named_twice(const char *path, struct assay_error *err)
{
    char shown[512];
    assay_redact_mask_into(assay_cstr(assay_input_shown(path)), shown, sizeof shown);
    return fail(shown, "SOURCE-TWICE", "named twice: its records would count twice",
                "name each file once; a pattern or a directory may stand for it already", err);
}

/* A file that two names stand for would count twice. */
static enum assay_status refuse_twice(const struct assay_paths *paths, struct assay_error *err)
{
    struct assay_paths sorted = {.arena = paths->arena};
    for (uint32_t i = 0; i < paths->count; i++)
        ASSAY_TRY(assay_paths_add(&sorted, paths->items[i], err));
    assay_paths_sort(&sorted, 0);
    for (uint32_t i = 1; i < sorted.count; i++)
        if (strcmp(sorted.items[i - 1], sorted.items[i]) == 0)
            return named_twice(sorted.items[i], err);
    return ASSAY_OK;
}

static enum assay_status expand_remote(struct assay_str spec,
                                       const struct assay_input_options *inputs,
                                       struct assay_paths *paths, bool *pattern,
                                       struct assay_error *err)
{
    struct assay_glob glob;
    ASSAY_TRY(assay_remote_expand(spec, inputs, paths->arena, &glob, err));
    for (uint32_t i = 0; i < glob.count; i++)
        ASSAY_TRY(assay_paths_add(paths, glob.paths[i], err));
    *pattern = glob.pattern;
    return ASSAY_OK;
}

enum assay_status assay_glob_expand_all(const struct assay_str *specs, uint32_t count,
                                        const struct assay_input_options *inputs,
                                        struct assay_arena *arena, struct assay_glob *out,
                                        struct assay_error *err)
{
    struct assay_paths paths = {.arena = arena};
    bool any = false, pattern;
    for (uint32_t i = 0; i < count; i++) {
        ASSAY_TRY(assay_remote_is(specs[i]) ? expand_remote(specs[i], inputs, &paths, &pattern, err)
                                            : expand(specs[i], &paths, &pattern, err));
        any |= pattern;
    }
    if (count > 1)
        ASSAY_TRY(refuse_twice(&paths, err));
    *out = (struct assay_glob){.paths = paths.items, .count = paths.count, .pattern = any};
    return ASSAY_OK;
}
