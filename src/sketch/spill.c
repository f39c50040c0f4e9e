/*
 * Temporary files of sketches: appended in large writes, read back by position.
 */
#include "config.h"

#include "sketch/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *spill_dir(const struct assay_spill *spill)
{
    const char *dir = spill->budget->temp_dir;
    return dir != NULL && *dir != '\0' ? dir : "/var/tmp";
}

static enum assay_status fail_io(const struct assay_spill *spill, const char *what, int error,
                                 struct assay_error *err)
{
    char reason[128] = "the file is shorter than it was";
    const char *text = error != 0 ? strerror_r(error, reason, sizeof reason) : reason;
    assay_fail(err, ASSAY_IO, "SPILL", "cannot %s a temporary file in %s: %s", what,
               spill_dir(spill), text);
    assay_error_help(err,
                     "make room in %s, name another directory for temporary files, or raise "
                     "--memory-limit so that less goes to disk",
                     spill_dir(spill));
    return ASSAY_IO;
}

void assay_spill_init(struct assay_spill *spill, struct assay_budget *budget)
{
    *spill = (struct assay_spill){.budget = budget, .fd = -1};
}

static void drop_buffer(struct assay_spill *spill)
{
    if (spill->buf == NULL)
        return;
    free(spill->buf);
    spill->buf = NULL;
    spill->fill = 0;
    assay_budget_give(spill->budget, ASSAY_SPILL_WRITE_SIZE);
}

void assay_spill_close(struct assay_spill *spill)
{
    drop_buffer(spill);
    if (spill->fd >= 0)
        close(spill->fd);
    assay_spill_init(spill, spill->budget);
}

/* For file systems and kernels without O_TMPFILE. */
static int open_unlinked(const char *dir)
{
    char path[4096];
    int n = snprintf(path, sizeof path, "%s/assay-XXXXXX", dir);
    if (n < 0 || (size_t)n >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    return fd;
}

static enum assay_status open_file(struct assay_spill *spill, struct assay_error *err)
{
    if (spill->fd >= 0)
        return ASSAY_OK;
    const char *dir = spill_dir(spill);
    int fd = -1;
#ifdef O_TMPFILE
    do
        fd = open(dir, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
    while (fd < 0 && errno == EINTR);
#endif
    if (fd < 0)
        fd = open_unlinked(dir);
    if (fd < 0)
        return fail_io(spill, "make", errno, err);
    spill->fd = fd;
    return ASSAY_OK;
}

static enum assay_status write_all(struct assay_spill *spill, const unsigned char *data,
                                   size_t size, struct assay_error *err)
{
    ASSAY_TRY(open_file(spill, err));
    while (size > 0) {
        ssize_t n = write(spill->fd, data, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return fail_io(spill, "write", n < 0 ? errno : ENOSPC, err);
        data += n;
        size -= (size_t)n;
    }
    return ASSAY_OK;
}

static enum assay_status write_buffer(struct assay_spill *spill, struct assay_error *err)
{
    size_t fill = spill->fill;
    spill->fill = 0;
    return write_all(spill, spill->buf, fill, err);
}

enum assay_status assay_spill_append(struct assay_spill *spill, const void *data, size_t size,
                                     struct assay_error *err)
{
    if (spill->buf == NULL) {
        spill->buf = malloc(ASSAY_SPILL_WRITE_SIZE);
        if (spill->buf == NULL)
            return assay_fail_nomem(err);
        assay_budget_force(spill->budget, ASSAY_SPILL_WRITE_SIZE);
    }
    if (size > ASSAY_SPILL_WRITE_SIZE - spill->fill) {
        ASSAY_TRY(write_buffer(spill, err));
        if (size >= ASSAY_SPILL_WRITE_SIZE) {
            ASSAY_TRY(write_all(spill, data, size, err));
            spill->size += size;
            return ASSAY_OK;
        }
    }
    if (size > 0)
        memcpy(spill->buf + spill->fill, data, size);
    spill->fill += size;
    spill->size += size;
    return ASSAY_OK;
}

enum assay_status assay_spill_flush(struct assay_spill *spill, struct assay_error *err)
{
    if (spill->buf == NULL)
        return ASSAY_OK;
    ASSAY_TRY(write_buffer(spill, err));
    drop_buffer(spill);
    return ASSAY_OK;
}

enum assay_status assay_spill_read(const struct assay_spill *spill, uint64_t offset, void *data,
                                   size_t size, struct assay_error *err)
{
    unsigned char *to = data;
    while (size > 0) {
        ssize_t n = pread(spill->fd, to, size, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return fail_io(spill, "read", n < 0 ? errno : 0, err);
        to += n;
        offset += (uint64_t)n;
        size -= (size_t)n;
    }
    return ASSAY_OK;
}

enum assay_status assay_spill_reader_open(struct assay_spill_reader *reader,
                                          const struct assay_spill *spill, uint64_t begin,
                                          uint64_t end, size_t cap, struct assay_error *err)
{
    if (cap > end - begin)
        cap = (size_t)(end - begin);
    *reader = (struct assay_spill_reader){.spill = spill, .next = begin, .end = end, .cap = cap};
    if (cap == 0)
        return ASSAY_OK;
    reader->buf = malloc(cap);
    if (reader->buf == NULL)
        return assay_fail_nomem(err);
    assay_budget_force(spill->budget, cap);
    return ASSAY_OK;
}

void assay_spill_reader_close(struct assay_spill_reader *reader)
{
    if (reader->buf == NULL)
        return;
    free(reader->buf);
    reader->buf = NULL;
    assay_budget_give(reader->spill->budget, reader->cap);
}

static enum assay_status reader_grow(struct assay_spill_reader *reader, size_t size,
                                     struct assay_error *err)
{
    if (size <= reader->cap)
        return ASSAY_OK;
    unsigned char *buf = realloc(reader->buf, size);
    if (buf == NULL)
        return assay_fail_nomem(err);
    assay_budget_force(reader->spill->budget, size - reader->cap);
    reader->buf = buf;
    reader->cap = size;
    return ASSAY_OK;
}

enum assay_status assay_spill_reader_peek(struct assay_spill_reader *reader, size_t size,
                                          const unsigned char **data, size_t *have,
                                          struct assay_error *err)
{
    size_t left = reader->fill - reader->at;
    if (left < size && reader->next < reader->end) {
        uint64_t more = reader->end - reader->next;
        if (size - left > more)
            size = left + (size_t)more;
        ASSAY_TRY(reader_grow(reader, size, err));
        if (left > 0)
            memmove(reader->buf, reader->buf + reader->at, left);
        reader->at = 0;
        reader->fill = left;
        size_t room = reader->cap - left;
        size_t n = more < room ? (size_t)more : room;
        ASSAY_TRY(assay_spill_read(reader->spill, reader->next, reader->buf + left, n, err));
        reader->next += n;
        reader->fill += n;
        left = reader->fill;
    }
    *data = left > 0 ? reader->buf + reader->at : NULL;
    *have = left;
    return ASSAY_OK;
}

size_t assay_spill_reader_share(size_t count)
{
    size_t share = (size_t)4 * 1024 * 1024 / (count ? count : 1);
    if (share > 128 * 1024)
        share = 128 * 1024;
    return share < 4096 ? 4096 : share & ~(size_t)15;
}
