/*
 * Sequences the files of a source and keeps its figures: bytes read, sizes, and whether
 * each file is still the one that was read before.
 */
#include "config.h"

#include "source/files.h"

#include "base/url.h"
#include "source/remote.h"

#include <stdio.h>
#include <sys/stat.h>

const char *assay_files_shown(const struct assay_files *files)
{
    uint32_t i = files->index < files->count ? files->index : files->count - 1;
    return files->source->files[i].path.ptr;
}

/* Sizes are for progress, and all or nothing: a pipe has none, a server is not asked yet. */
static void add_up(struct assay_source *source, const struct assay_files *files)
{
    bool sized = true;
    source->rewindable = true;
    for (uint32_t i = 0; i < files->count; i++) {
        struct stat st;
        const char *path = files->paths[i];
        bool standard = path[0] == '-' && path[1] == '\0';
        if (assay_remote_is(assay_cstr(path))) {
            sized = false;
            continue;
        }
        if ((standard ? fstat(0, &st) : stat(path, &st)) != 0 || !S_ISREG(st.st_mode)) {
            sized = source->rewindable = false;
            break;
        }
        source->total_bytes += (uint64_t)st.st_size;
    }
    if (!sized)
        source->total_bytes = 0;
}

/* The path as it may be shown: without the secrets of a URL. NULL without memory. */
static const char *shown_path(struct assay_arena *arena, const char *path)
{
    struct assay_buf shown;
    if (assay_url_scheme(assay_cstr(path)) == 0)
        return assay_input_shown(path);
    assay_buf_init(&shown, 64u << 10);
    assay_url_mask(assay_cstr(path), &shown);
    const char *copy = shown.failed ? NULL : assay_arena_strdup(arena, assay_buf_view(&shown));
    assay_buf_free(&shown);
    return copy;
}

/* Whole seconds, rounded up. */
static uint32_t seconds(int64_t microseconds)
{
    int64_t whole = microseconds / 1000000 + (microseconds % 1000000 > 0);
    return (uint32_t)(whole < UINT32_MAX ? whole : UINT32_MAX);
}

struct assay_input_options assay_files_input_options(const struct assay_source_options *options)
{
    return (struct assay_input_options){.stop = options->stop,
                                        .once = options->once,
                                        .live = options->live,
                                        .max_expanded = options->max_expanded,
                                        .max_ratio = options->max_ratio,
                                        .max_download = options->max_download,
                                        .http = {.connect = seconds(options->connect_timeout),
                                                 .idle = seconds(options->idle_timeout),
                                                 .tries = options->tries,
                                                 .ca_file = options->ca_file}};
}

enum assay_status assay_files_init(struct assay_files *files, struct assay_source *source,
                                   const struct assay_glob *glob,
                                   const struct assay_source_options *options,
                                   struct assay_input *first, struct assay_error *err)
{
    memset(files, 0, sizeof *files);
    files->first = first;
    files->source = source;
    files->count = glob->count;
    files->keep = glob->count == 1;
    files->encoding = options->encoding;
    files->options = assay_files_input_options(options);
    files->options.pool = &files->pool;
    const char **paths = assay_arena_array(&source->arena, glob->count, sizeof *paths);
    files->identities = assay_arena_array(&source->arena, glob->count, sizeof *files->identities);
    source->files = assay_arena_array(&source->arena, glob->count, sizeof *source->files);
    if (paths == NULL || files->identities == NULL || source->files == NULL)
        return assay_fail_nomem(err);
    source->file_count = glob->count;
    for (uint32_t i = 0; i < glob->count; i++) {
        paths[i] = assay_arena_strdup(&source->arena, assay_cstr(glob->paths[i]));
        const char *shown = paths[i] != NULL ? shown_path(&source->arena, paths[i]) : NULL;
        if (shown == NULL)
            return assay_fail_nomem(err);
        source->files[i].path = assay_cstr(shown);
    }
    files->paths = paths;
    add_up(source, files);
    return ASSAY_OK;
}

static void close_input(struct assay_files *files)
{
    assay_input_close(files->input);
    files->input = NULL;
}

void assay_files_close(struct assay_files *files)
{
    close_input(files);
    assay_input_close(files->first);
    files->first = NULL;
    assay_http_pool_free(&files->pool);
}

static bool same(const struct assay_input_identity *a, const struct assay_input_identity *b)
{
    return a->known == b->known && a->device == b->device && a->inode == b->inode &&
           a->size == b->size && a->modified.tv_sec == b->modified.tv_sec &&
           a->modified.tv_nsec == b->modified.tv_nsec && a->changed.tv_sec == b->changed.tv_sec &&
           a->changed.tv_nsec == b->changed.tv_nsec;
}

/* A file that is read twice has to be the same file both times. */
static enum assay_status recognise(struct assay_files *files, struct assay_error *err)
{
    struct assay_input_identity *known = &files->identities[files->index];
    const struct assay_input_identity *now = &assay_input_bottom(files->input)->identity;
    if (files->again && !same(known, now)) {
        assay_fail(err, ASSAY_SOURCE, "SOURCE-CHANGED", "changed between two readings");
        assay_error_help(err, "read a file that nobody writes: a copy, or one that was renamed "
                              "into place");
        assay_error_at(err, assay_files_shown(files), 0, 0);
        return ASSAY_SOURCE;
    }
    *known = *now;
    return ASSAY_OK;
}

static enum assay_status open_text(const char *path, const struct assay_input_options *options,
                                   enum assay_encoding encoding, struct assay_input **out,
                                   struct assay_error *err)
{
    struct assay_input *input;
    ASSAY_TRY(assay_input_open(path, options, &input, err));
    enum assay_status status = assay_transcode_open(input, encoding, out, err);
    if (status != ASSAY_OK)
        assay_input_close(input);
    if (err != NULL &&
        (strcmp(err->code, "SOURCE-TRUNCATED") == 0 || strcmp(err->code, "SOURCE-CORRUPT") == 0)) {
        size_t len = strlen(err->message); /* as it is told further on in the data */
        snprintf(err->message + len, sizeof err->message - len, " after 0 records");
    }
    return status;
}

enum assay_status assay_files_open_text(const char *path,
                                        const struct assay_source_options *options,
                                        struct assay_input **out, struct assay_error *err)
{
    struct assay_input_options how = assay_files_input_options(options);
    return open_text(path, &how, options->encoding, out, err);
}

static enum assay_status open_input(struct assay_files *files, struct assay_error *err)
{
    struct assay_input *decoded = files->first;
    if (decoded == NULL)
        ASSAY_TRY(
            open_text(files->paths[files->index], &files->options, files->encoding, &decoded, err));
    files->first = NULL;
    files->input = decoded;
    if (files->keep && files->source->total_bytes == 0)
        files->source->total_bytes = assay_input_bottom(decoded)->size;
    if (decoded->notice != NULL && !files->again)
        assay_source_notice(files->source, "%s: %s", assay_files_shown(files), decoded->notice);
    return ASSAY_OK;
}

/*
 * Once the last of several files was read: whether those before it are still what they were.
 * A pipe, and what a server has, cannot be asked again.
 */
static enum assay_status check_all(const struct assay_files *files, struct assay_error *err)
{
    for (uint32_t i = 0; i < files->count && files->count > 1; i++) {
        const struct assay_input_identity *was = &files->identities[i];
        struct assay_str path = assay_cstr(files->paths[i]);
        struct stat st;
        bool there = stat(files->paths[i], &st) == 0;
        if (!was->known || assay_str_is(path, "-") || assay_remote_is(path) ||
            (there && !S_ISREG(st.st_mode)))
            continue;
        struct assay_input_identity now = {.known = true,
                                           .device = (uint64_t)st.st_dev,
                                           .inode = (uint64_t)st.st_ino,
                                           .size = (uint64_t)st.st_size,
                                           .modified = st.st_mtim,
                                           .changed = st.st_ctim};
        if (there && same(was, &now))
            continue;
        assay_fail(err, ASSAY_SOURCE, "SOURCE-CHANGED", "changed during the run");
        assay_error_help(err, "read a file that nobody writes: a copy, or one that was renamed "
                              "into place");
        assay_error_at(err, files->source->files[i].path.ptr, 0, 0);
        return ASSAY_SOURCE;
    }
    return ASSAY_OK;
}

enum assay_status assay_files_next(struct assay_files *files, bool *have, struct assay_error *err)
{
    *have = files->index < files->count;
    if (!*have)
        return check_all(files, err);
    if (files->input == NULL)
        ASSAY_TRY(open_input(files, err));
    ASSAY_TRY(recognise(files, err));
    struct assay_source_file *file = &files->source->files[files->index];
    file->bytes = file->records = 0;
    return ASSAY_OK;
}

enum assay_status assay_files_collect(struct assay_files *files, char *buffer, size_t *len,
                                      size_t want, bool patient, bool *ended,
                                      struct assay_error *err)
{
    enum assay_status status =
        assay_input_collect(files->input, buffer, len, want, patient, ended, err);
    uint64_t stored = assay_input_bottom(files->input)->stored;
    files->source->files[files->index].bytes = stored;
    atomic_store_explicit(&files->source->bytes_read, files->before + stored, memory_order_relaxed);
    return status;
}

enum assay_status assay_files_end(struct assay_files *files, struct assay_error *err)
{
    enum assay_status status = assay_input_check(files->input, err);
    const struct assay_input *bottom = assay_input_bottom(files->input);
    if (files->keep)
        files->source->rewindable = bottom->rewindable;
    else {
        files->source->rewindable &= bottom->rewindable;
        files->before += bottom->stored;
        close_input(files);
    }
    files->index++;
    return status;
}

enum assay_status assay_files_rewind(struct assay_files *files, struct assay_error *err)
{
    if (files->keep && files->input != NULL)
        ASSAY_TRY(assay_input_rewind(files->input, err));
    else
        close_input(files);
    files->index = 0;
    files->before = 0;
    files->again = true;
    atomic_store_explicit(&files->source->bytes_read, 0, memory_order_relaxed);
    return ASSAY_OK;
}
