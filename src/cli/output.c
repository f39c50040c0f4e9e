/*
 * Writing reports.
 */
#include "config.h"

#include "cli/output.h"

#include "base/suggest.h"
#include "cli/print.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define REPORT_LIMIT ((size_t)1 << 30)

static enum assay_status unknown_format(struct assay_str name, struct assay_error *err)
{
    const char *names[64];
    size_t count, n = 0;
    const struct assay_reporter *const *all = assay_reporters(&count);
    char list[300] = "";
    size_t used = 0;
    for (; n < count && n < 64; n++) {
        names[n] = all[n]->name;
        if (used < sizeof list - 40)
            used +=
                (size_t)snprintf(list + used, sizeof list - used, "%s%s", n ? ", " : "", names[n]);
    }
    assay_fail(err, ASSAY_USAGE, "USAGE-FORMAT", "there is no report format \"%.*s\"",
               (int)name.len, name.ptr);
    const char *near = assay_suggest(name, names, n);
    if (near != NULL)
        assay_error_help(err, "did you mean %s?", near);
    else
        assay_error_help(err, "one of %s", list);
    return ASSAY_USAGE;
}

static enum assay_status add_output(struct assay_outputs *outputs, const char *spec, int fd,
                                    struct assay_error *err)
{
    const char *colon = strchr(spec, ':');
    struct assay_str name = {spec, colon ? (size_t)(colon - spec) : strlen(spec)};
    const struct assay_reporter *reporter = assay_reporter_find(name);
    if (reporter == NULL)
        return unknown_format(name, err);
    if (outputs->count == ASSAY_OUTPUTS_MAX)
        return assay_fail(err, ASSAY_USAGE, "USAGE-COUNT", "more than %u outputs",
                          ASSAY_OUTPUTS_MAX);
    if (colon != NULL && colon[1] == '\0')
        return assay_fail(err, ASSAY_USAGE, "USAGE-FORMAT", "-o %s: the path is empty", spec);
    bool standard = colon == NULL || strcmp(colon + 1, "-") == 0;
    for (size_t i = 0; i < outputs->count && standard; i++)
        if (outputs->items[i].path == NULL) {
            assay_fail(err, ASSAY_USAGE, "USAGE-FORMAT", "two reports cannot both go to %s",
                       fd == STDERR_FILENO ? "stderr" : "stdout");
            assay_error_help(err, "give one a path: -o %.*s:report.%s", (int)name.len, name.ptr,
                             reporter->extension);
            return ASSAY_USAGE;
        }
    outputs->items[outputs->count++] =
        (struct assay_output){reporter, standard ? NULL : colon + 1, fd};
    return ASSAY_OK;
}

static bool same_file(const char *a, const char *b)
{
    struct stat x, y;
    return strcmp(a, b) == 0 || (stat(a, &x) == 0 && stat(b, &y) == 0 && S_ISREG(x.st_mode) &&
                                 x.st_dev == y.st_dev && x.st_ino == y.st_ino);
}

static enum assay_status refuse_path(const char *path, const char *what, struct assay_error *err)
{
    assay_fail(err, ASSAY_USAGE, "OUTPUT-SAME", "%s is %s", path, what);
    assay_error_help(err, "write to a file of its own");
    return ASSAY_USAGE;
}

static const char *quarantine_path(const struct assay_args *args)
{
    const char *path = assay_args_value(args, "quarantine");
    return path != NULL && strncmp(path, "raw:", 4) == 0 ? path + 4 : path;
}

const char *const *assay_outputs_paths(struct assay_args *args, const struct assay_outputs *outputs,
                                       uint32_t *count)
{
    const char **paths = assay_arena_array(&args->arena, outputs->count + 1, sizeof *paths);
    uint32_t n = 0;
    for (size_t i = 0; i <= outputs->count && paths != NULL; i++) {
        const char *path = i < outputs->count ? outputs->items[i].path : quarantine_path(args);
        if (path != NULL)
            paths[n++] = path;
    }
    *count = n;
    return paths;
}

enum assay_status assay_outputs_spare(const char *const *paths, uint32_t count,
                                      const struct assay_suite *suite, const char *path,
                                      struct assay_error *err)
{
    for (uint32_t i = 0; i < count; i++) {
        bool same = same_file(paths[i], path);
        for (uint32_t c = 0; c < suite->check_count && !same; c++)
            same = suite->checks[c].file.len != 0 && same_file(paths[i], suite->checks[c].file.ptr);
        if (same)
            return refuse_path(paths[i], "the suite", err);
    }
    return ASSAY_OK;
}

/*
 * What is written replaces neither what is read nor what else is written. What stands behind
 * the names of sources is known, and looked at, once they are opened.
 */
static enum assay_status check_paths(const struct assay_args *args,
                                     const struct assay_outputs *outputs, struct assay_error *err)
{
    const char *quarantine = quarantine_path(args);
    for (size_t i = 0; i <= outputs->count; i++) {
        const char *path = i < outputs->count ? outputs->items[i].path : quarantine;
        for (size_t j = 0; path != NULL && j < args->operand_count; j++)
            if (same_file(path, args->operands[j]))
                return refuse_path(path, j == 0 ? "the suite" : "the data", err);
        for (size_t j = 0; path != NULL && j < i; j++)
            if (outputs->items[j].path != NULL && same_file(path, outputs->items[j].path))
                return refuse_path(path, "written twice", err);
    }
    return ASSAY_OK;
}

bool assay_outputs_have(const struct assay_outputs *outputs, const char *format)
{
    for (size_t i = 0; i < outputs->count; i++)
        if (strcmp(outputs->items[i].reporter->name, format) == 0)
            return true;
    return false;
}

enum assay_status assay_outputs_parse(const struct assay_args *args, int fd,
                                      struct assay_outputs *outputs, struct assay_error *err)
{
    outputs->count = 0;
    for (size_t i = 0; i < args->given_count; i++)
        if (strcmp(args->given[i].flag->name, "output") == 0)
            ASSAY_TRY(add_output(outputs, args->given[i].value, fd, err));
    if (outputs->count == 0)
        ASSAY_TRY(add_output(outputs, "text", fd, err));
    return check_paths(args, outputs, err);
}

static enum assay_status io_error(const char *path, const char *what, struct assay_error *err)
{
    int why = errno;
    const char *slash = strrchr(path, '/');
    assay_fail(err, ASSAY_IO, "OUTPUT-WRITE", "cannot be %s: %s", what, strerror(why));
    assay_error_at(err, path, 0, 0);
    if (why == ENOENT && slash != NULL)
        assay_error_help(err, "make the directory first: mkdir -p %.*s", (int)(slash - path), path);
    else if (why == ENOSPC || why == EDQUOT)
        assay_error_help(err, "the disk is full; what stood there before is untouched");
    return ASSAY_IO;
}

static bool write_all(int fd, struct assay_str text)
{
    while (text.len > 0) {
        ssize_t n = write(fd, text.ptr, text.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        text.ptr += n;
        text.len -= (size_t)n;
    }
    return true;
}

/* fsync of the directory makes the rename itself last. */
static void sync_directory(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *dir = slash ? strndup(path, slash > path ? (size_t)(slash - path) : 1) : strdup(".");
    int fd = dir ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
    free(dir);
}

enum assay_status assay_output_open(struct assay_output_file *file, const char *path,
                                    struct assay_error *err)
{
    struct stat old;
    bool exists = stat(path, &old) == 0;
    mode_t mask = umask(0);
    umask(mask);
    *file = (struct assay_output_file){.path = path, .fd = -1};
    if (exists && !S_ISREG(old.st_mode)) { /* there is nothing to rename onto */
        file->fd = open(path, O_WRONLY | O_CLOEXEC);
        return file->fd < 0 ? io_error(path, "opened", err) : ASSAY_OK;
    }
    file->mode = exists ? old.st_mode & 07777 : 0666 & ~mask;
    size_t size = strlen(path) + sizeof ".XXXXXX";
    file->temporary = malloc(size);
    if (file->temporary == NULL)
        return assay_fail_nomem(err);
    snprintf(file->temporary, size, "%s.XXXXXX", path);
    file->fd = mkostemp(file->temporary, O_CLOEXEC);
    if (file->fd >= 0)
        return ASSAY_OK;
    free(file->temporary);
    file->temporary = NULL;
    return io_error(path, "opened", err);
}

void assay_output_drop(struct assay_output_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    if (file->temporary != NULL)
        unlink(file->temporary);
    free(file->temporary);
    *file = (struct assay_output_file){.fd = -1};
}

enum assay_status assay_output_commit(struct assay_output_file *file, struct assay_error *err)
{
    bool renamed = file->temporary != NULL;
    bool ok = !renamed || (fchmod(file->fd, file->mode) == 0 && fsync(file->fd) == 0);
    int why = errno;
    if (close(file->fd) != 0 && ok) {
        ok = false;
        why = errno;
    }
    file->fd = -1;
    if (ok && renamed) {
        ok = rename(file->temporary, file->path) == 0;
        why = errno;
    }
    errno = why;
    enum assay_status status = ok ? ASSAY_OK : io_error(file->path, "written", err);
    if (ok && renamed) {
        sync_directory(file->path);
        free(file->temporary);
        file->temporary = NULL;
    }
    assay_output_drop(file);
    return status;
}

static enum assay_status write_file(const char *path, struct assay_str text,
                                    struct assay_error *err)
{
    struct assay_output_file file;
    ASSAY_TRY(assay_output_open(&file, path, err));
    if (write_all(file.fd, text))
        return assay_output_commit(&file, err);
    enum assay_status status = io_error(path, "written", err);
    assay_output_drop(&file);
    return status;
}

enum assay_status assay_output_text(const char *path, int fd, struct assay_str text,
                                    struct assay_error *err)
{
    if (path != NULL)
        return write_file(path, text, err);
    if (write_all(fd, text))
        return ASSAY_OK;
    if (fd == STDOUT_FILENO && errno == EPIPE)
        return assay_fail(err, ASSAY_IO, "OUTPUT-PIPE", "whoever read the standard output left");
    return io_error(fd == STDERR_FILENO ? "<stderr>" : "<stdout>", "written", err);
}

int assay_output_lost(const struct assay_args *args, const struct assay_error *why)
{
    if (strcmp(why->code, "OUTPUT-PIPE") == 0)
        return ASSAY_EXIT_PIPE; /* nobody is there to be told */
    assay_print_error(args, why);
    return ASSAY_EXIT_SIDE;
}

static unsigned terminal_width(int fd)
{
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
        return size.ws_col;
    return 80;
}

/* Renders one Run, or several, and writes what came of it. */
static enum assay_status write_report(const struct assay_args *args,
                                      const struct assay_options *options,
                                      const struct assay_output *output,
                                      const struct assay_run *run, const struct assay_runs *runs,
                                      struct assay_error *err)
{
    bool people = strcmp(output->reporter->name, "text") == 0;
    if (people && output->path == NULL && args->verbosity < -1)
        return ASSAY_OK;
    struct assay_style style = {
        .color = output->path == NULL &&
                 assay_color_for(args, output->fd == STDERR_FILENO ? stderr : stdout),
        .width = terminal_width(output->fd),
        .verbosity = args->verbosity,
        .max_values = options ? options->max_values : 200,
        .result_format = options ? options->result_format : ASSAY_RESULT_UNSAID,
        .gx_strict = options && options->gx_strict,
    };
    struct assay_buf out;
    assay_buf_init(&out, REPORT_LIMIT);
    if (runs != NULL)
        output->reporter->render_all(runs, &style, &out);
    else
        output->reporter->render(run, &style, &out);
    enum assay_status status =
        out.failed ? assay_fail_nomem(err)
                   : assay_output_text(output->path, output->fd, assay_buf_view(&out), err);
    assay_buf_free(&out);
    return status;
}

enum assay_status assay_output_write(const struct assay_args *args,
                                     const struct assay_options *options,
                                     const struct assay_output *output, const struct assay_run *run,
                                     struct assay_error *err)
{
    return write_report(args, options, output, run, NULL, err);
}

enum assay_status assay_output_write_all(const struct assay_args *args,
                                         const struct assay_output *output,
                                         const struct assay_runs *runs, struct assay_error *err)
{
    return write_report(args, NULL, output, NULL, runs, err);
}
