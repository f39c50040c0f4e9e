/*
 * What is said when an input cannot be opened or read on.
 */
#include "config.h"

#include "base/suggest.h"
#include "source/input.h"

#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEIGHBOURS 10000 /* names looked at for a did-you-mean */

/* A file of the same directory with nearly that name. */
static void suggest_neighbour(const char *path, struct assay_error *err)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    char directory[512];
    int prefix = slash == NULL ? 0 : (int)(slash - path + 1);
    if (err == NULL || *name == '\0' || (size_t)prefix >= sizeof directory)
        return;
    snprintf(directory, sizeof directory, "%.*s", prefix, path);
    DIR *dir = opendir(prefix > 0 ? directory : ".");
    if (dir == NULL)
        return;
    size_t nearest = 3; /* over a distance of 2, a name is another name */
    char found[256] = "";
    struct dirent *entry;
    for (int i = 0; i < NEIGHBOURS && (entry = readdir(dir)) != NULL; i++) {
        if (entry->d_name[0] == '.')
            continue;
        size_t far = assay_suggest_distance(assay_cstr(name), assay_cstr(entry->d_name), 2);
        if (far >= strlen(name))
            continue;
        /* A tie goes to the name that sorts first: directories have no order. */
        if (far < nearest || (far == nearest && far < 3 && strcmp(entry->d_name, found) < 0)) {
            nearest = far;
            snprintf(found, sizeof found, "%s", entry->d_name);
        }
    }
    closedir(dir);
    if (found[0] != '\0')
        assay_error_help(err, "did you mean %s%s?", directory, found);
}

/* A symbolic link that leads nowhere: the name is right, and what is missing another. */
static enum assay_status dangling(const char *path, struct assay_error *err)
{
    char to[256];
    ssize_t n = readlink(path, to, sizeof to);
    if (n < 0)
        return ASSAY_OK;
    assay_fail(err, ASSAY_SOURCE, "SOURCE-MISSING",
               "this is a symbolic link to %.*s, which does not exist", (int)n, to);
    assay_error_help(err, "`ls -l` shows the link; put the file there, or make the link anew");
    assay_error_at(err, path, 0, 0);
    return ASSAY_SOURCE;
}

static enum assay_status missing(const char *path, struct assay_error *err)
{
    char cwd[256];
    if (dangling(path, err) != ASSAY_OK)
        return ASSAY_SOURCE;
    if (path[0] == '/' || getcwd(cwd, sizeof cwd) == NULL)
        assay_fail(err, ASSAY_SOURCE, "SOURCE-MISSING", "no such file");
    else
        assay_fail(err, ASSAY_SOURCE, "SOURCE-MISSING", "no such file (cwd %s)", cwd);
    suggest_neighbour(path, err);
    assay_error_at(err, path, 0, 0);
    return ASSAY_SOURCE;
}

static enum assay_status forbidden(const char *path, struct assay_error *err)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        assay_fail(err, ASSAY_SOURCE, "SOURCE-PERMISSION",
                   "permission denied: a directory on the way to it may not be searched");
    } else {
        const struct passwd *user = getpwuid(st.st_uid);
        const struct group *group = getgrgid(st.st_gid);
        assay_fail(err, ASSAY_SOURCE, "SOURCE-PERMISSION",
                   "permission denied (owner %s, group %s, mode %04o)",
                   user != NULL ? user->pw_name : "?", group != NULL ? group->gr_name : "?",
                   (unsigned)st.st_mode & 07777u);
        assay_error_help(err, "ask the owner for read permission: chmod +r");
    }
    assay_error_at(err, path, 0, 0);
    return ASSAY_SOURCE;
}

enum assay_status assay_input_open_failed(const char *path, int number, struct assay_error *err)
{
    if (number == ENOENT)
        return missing(path, err);
    if (number == EACCES)
        return forbidden(path, err);
    assay_fail(err, ASSAY_SOURCE, "SOURCE-OPEN", "cannot be opened: %s", strerror(number));
    assay_error_at(err, assay_input_shown(path), 0, 0);
    return ASSAY_SOURCE;
}

enum assay_status assay_input_truncated(const struct assay_input *input, const char *kind,
                                        struct assay_error *err)
{
    assay_fail(err, ASSAY_SOURCE, "SOURCE-TRUNCATED", "unexpected end of the %s data", kind);
    assay_error_help(err, "the file is incomplete: copy or download it again");
    assay_error_at(err, assay_input_shown(input->path), 0, 0);
    return ASSAY_SOURCE;
}

enum assay_status assay_input_corrupt(const struct assay_input *input, const char *kind,
                                      const char *why, struct assay_error *err)
{
    assay_fail(err, ASSAY_SOURCE, "SOURCE-CORRUPT", "the %s data is damaged: %s", kind, why);
    assay_error_help(err, "the file is not what was written: copy or download it again");
    assay_error_at(err, assay_input_shown(input->path), 0, 0);
    return ASSAY_SOURCE;
}
