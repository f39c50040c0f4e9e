/*
 * Plain files, standard input and pipes. A plain file is compared at its end with what
 * it was when it was opened; the beginning of anything else is kept, so that it can be
 * looked at and, if short and anybody may want that, read again.
 */
#include "config.h"

#include "source/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WAIT_MS 250 /* how soon a reader that waits sees that it is to stop */

struct file_input {
    struct assay_input base;
    const _Atomic int *stop;
    int fd;
    bool owned;  /* the descriptor is closed with the input */
    off_t begin; /* where standard input stood in its file */
    bool plain;
    /* Not plain: what was read so far, unless it outgrew the limit. */
    char *kept;
    size_t kept_len, kept_room;
    size_t at;   /* next byte of it to hand out */
    bool once;   /* it will not be read again: kept only until it was looked at */
    bool peeked; /* it was */
    bool lost;   /* more was read than is kept */
    bool ended;
    char path[];
};

static bool must_stop(const struct file_input *file)
{
    return (file->stop != NULL && atomic_load_explicit(file->stop, memory_order_relaxed) != 0) ||
           atomic_load_explicit(&file->base.abandoned, memory_order_relaxed);
}

static enum assay_status interrupted(const struct file_input *file, struct assay_error *err)
{
    assay_fail(err, ASSAY_INTERRUPTED, "INTERRUPTED", "stopped while reading");
    assay_error_at(err, assay_input_shown(file->path), 0, 0);
    return ASSAY_INTERRUPTED;
}

static enum assay_status errno_fail(const struct file_input *file, const char *what, int number,
                                    struct assay_error *err)
{
    assay_fail(err, ASSAY_SOURCE, "SOURCE-READ", "%s: %s", what, strerror(number));
    assay_error_at(err, assay_input_shown(file->path), 0, 0);
    return ASSAY_SOURCE;
}

/* Waits in short steps until there is something to read, or no longer than it may. */
static enum assay_status wait_readable(struct file_input *file, struct assay_error *err)
{
    struct pollfd ready = {.fd = file->fd, .events = POLLIN};
    file->base.paused = false;
    for (;;) {
        int wait = WAIT_MS;
        if (must_stop(file))
            return interrupted(file, err);
        if (file->base.until != 0) {
            int64_t left = (file->base.until - assay_input_clock() + 999) / 1000;
            wait = left < WAIT_MS ? (int)left : WAIT_MS;
        }
        file->base.paused = wait <= 0;
        if (wait <= 0 || poll(&ready, 1, wait) > 0)
            return ASSAY_OK;
    }
}

static enum assay_status read_fd(struct file_input *file, char *buffer, size_t room, size_t *got,
                                 struct assay_error *err)
{
    for (;;) {
        if (!file->plain)
            ASSAY_TRY(wait_readable(file, err));
        *got = 0;
        if (file->base.paused)
            return ASSAY_OK;
        ssize_t n = read(file->fd, buffer, room);
        if (n >= 0) {
            *got = (size_t)n;
            file->base.stored += (size_t)n;
            return ASSAY_OK;
        }
        if (errno == EINTR && must_stop(file))
            return interrupted(file, err);
        if (errno != EINTR && errno != EAGAIN)
            return errno_fail(file, "cannot be read", errno, err);
    }
}

static void lose(struct file_input *file)
{
    free(file->kept);
    file->kept = NULL;
    file->kept_room = 0;
    file->lost = true;
}

/* Keeps what was read, as long as it fits; a failed allocation only means "not again". */
static void keep(struct file_input *file, const char *bytes, size_t len)
{
    if (file->lost || len == 0)
        return;
    size_t need = file->kept_len + len;
    if (need > file->kept_room) {
        size_t room = file->kept_room > 0 ? file->kept_room : 4096;
        while (room < need)
            room *= 2;
        char *grown = need <= ASSAY_INPUT_RETAINED ? realloc(file->kept, room) : NULL;
        if (grown == NULL) {
            lose(file);
            return;
        }
        file->kept = grown;
        file->kept_room = room;
    }
    memcpy(file->kept + file->kept_len, bytes, len);
    file->kept_len = need;
    file->at = need;
}

static enum assay_status file_read(struct assay_input *input, char *buffer, size_t room,
                                   size_t *got, struct assay_error *err)
{
    struct file_input *file = (struct file_input *)input;
    if (file->plain)
        return read_fd(file, buffer, room, got, err);
    if (!file->lost && file->at < file->kept_len) {
        size_t n = file->kept_len - file->at;
        *got = n < room ? n : room;
        memcpy(buffer, file->kept + file->at, *got);
        file->at += *got;
        return ASSAY_OK;
    }
    *got = 0;
    if (file->ended)
        return ASSAY_OK;
    if (file->once && file->peeked && !file->lost)
        lose(file);
    ASSAY_TRY(read_fd(file, buffer, room, got, err));
    keep(file, buffer, *got);
    if (*got == 0 && !file->base.paused) {
        file->ended = true;
        file->base.rewindable = !file->lost;
    }
    return ASSAY_OK;
}

static enum assay_status file_rewind(struct assay_input *input, struct assay_error *err)
{
    struct file_input *file = (struct file_input *)input;
    if (file->plain) {
        if (lseek(file->fd, file->begin, SEEK_SET) < 0)
            return errno_fail(file, "cannot be read again", errno, err);
        input->stored = 0;
        return ASSAY_OK;
    }
    if (file->lost) {
        assay_fail(err, ASSAY_SOURCE, "SOURCE-REWIND",
                   "must be read twice, but is a pipe of more than %u MiB",
                   ASSAY_INPUT_RETAINED >> 20);
        assay_error_help(err, "write it to a file, and name the file");
        assay_error_at(err, assay_input_shown(file->path), 0, 0);
        return ASSAY_SOURCE;
    }
    file->at = 0;
    return ASSAY_OK;
}

static struct assay_input_identity identity_of(const struct stat *st)
{
    return (struct assay_input_identity){.known = true,
                                         .device = (uint64_t)st->st_dev,
                                         .inode = (uint64_t)st->st_ino,
                                         .size = (uint64_t)st->st_size,
                                         .modified = st->st_mtim,
                                         .changed = st->st_ctim};
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static const char *difference(const struct file_input *file)
{
    const struct assay_input_identity *was = &file->base.identity;
    struct stat st;
    if (fstat(file->fd, &st) != 0)
        return NULL;
    if ((uint64_t)st.st_size != was->size)
        return (uint64_t)st.st_size > was->size ? "it grew" : "it shrank";
    if (!same_time(&st.st_mtim, &was->modified))
        return "it was written to";
    /* Losing its name changes a file as well, so that comes last; no one sets this time back. */
    bool changed = !same_time(&st.st_ctim, &was->changed);
    if (file->owned && stat(file->path, &st) != 0 && errno == ENOENT)
        return "it was removed";
    if (file->owned && ((uint64_t)st.st_dev != was->device || (uint64_t)st.st_ino != was->inode))
        return "another file has its name now";
    return changed ? "it was written to" : NULL;
}

static enum assay_status file_check(struct assay_input *input, struct assay_error *err)
{
    struct file_input *file = (struct file_input *)input;
    const char *what = file->plain ? difference(file) : NULL;
    if (what == NULL)
        return ASSAY_OK;
    assay_fail(err, ASSAY_SOURCE, "SOURCE-CHANGED", "changed during the run: %s", what);
    assay_error_help(err,
                     "read a file that nobody writes: a copy, or one that was renamed into place");
    assay_error_at(err, assay_input_shown(file->path), 0, 0);
    return ASSAY_SOURCE;
}

static void file_close(struct assay_input *input)
{
    struct file_input *file = (struct file_input *)input;
    if (file->owned && file->fd >= 0)
        close(file->fd);
    free(file->kept);
    free(file);
}

static const struct assay_input_ops file_ops = {
    .read = file_read, .rewind = file_rewind, .check = file_check, .close = file_close};

/* Looks at what was opened: a directory is refused, a plain file remembered. */
static enum assay_status inspect(struct file_input *file, struct assay_error *err)
{
    struct stat st;
    if (fstat(file->fd, &st) != 0)
        return errno_fail(file, "cannot be read", errno, err);
    if (S_ISDIR(st.st_mode)) {
        assay_fail(err, ASSAY_SOURCE, "SOURCE-DIRECTORY", "is a directory");
        assay_error_help(err, "name a file, or a pattern such as '%s%s*.csv'", file->path,
                         file->path[strlen(file->path) - 1] == '/' ? "" : "/");
        assay_error_at(err, assay_input_shown(file->path), 0, 0);
        return ASSAY_SOURCE;
    }
    file->begin = S_ISREG(st.st_mode) ? lseek(file->fd, 0, SEEK_CUR) : -1;
    file->plain = file->begin >= 0;
    if (!file->plain)
        return ASSAY_OK;
    file->base.live = false;
    file->base.identity = identity_of(&st);
    file->base.size = st.st_size > file->begin ? (uint64_t)(st.st_size - file->begin) : 0;
    file->base.rewindable = true;
    return ASSAY_OK;
}

static enum assay_status open_fd(struct file_input *file, struct assay_error *err)
{
    if (strcmp(file->path, "-") == 0) {
        file->fd = STDIN_FILENO;
        return ASSAY_OK;
    }
    file->owned = true;
    do {
        if (must_stop(file))
            return interrupted(file, err);
        file->fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    } while (file->fd < 0 && errno == EINTR);
    return file->fd >= 0 ? ASSAY_OK : assay_input_open_failed(file->path, errno, err);
}

enum assay_status assay_input_file_open(const char *path, const struct assay_input_options *options,
                                        struct assay_input **out, struct assay_error *err)
{
    size_t len = strlen(path);
    struct file_input *file = calloc(1, sizeof *file + len + 1);
    *out = NULL;
    if (file == NULL)
        return assay_fail_nomem(err);
    memcpy(file->path, path, len + 1);
    file->base.ops = &file_ops;
    file->base.path = file->path;
    file->stop = options->stop;
    file->once = options->once;
    file->base.live = options->live;
    file->fd = -1;
    enum assay_status status = open_fd(file, err);
    if (status == ASSAY_OK)
        status = inspect(file, err);
    if (status != ASSAY_OK) {
        file_close(&file->base);
        return status;
    }
    *out = &file->base;
    return ASSAY_OK;
}

enum assay_status assay_input_file_peek(struct assay_input *input, unsigned char *head, size_t room,
                                        size_t *got, struct assay_error *err)
{
    struct file_input *file = (struct file_input *)input;
    if (file->plain) {
        ssize_t n = pread(file->fd, head, room, file->begin);
        if (n < 0)
            return errno_fail(file, "cannot be read", errno, err);
        *got = (size_t)n;
        return ASSAY_OK;
    }
    ASSAY_TRY(assay_input_fill(input, (char *)head, room, got, err));
    if (file->lost)
        return assay_fail_nomem(err);
    file->at = 0;
    file->peeked = true;
    return ASSAY_OK;
}
