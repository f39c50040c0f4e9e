/*
 * For fuzzers of JSON: data as a file or a pipe, and all that a source makes of it, read
 * twice where that can be.
 */
#ifndef ASSAY_TESTS_JSON_GIVE_H
#define ASSAY_TESTS_JSON_GIVE_H

#include "tests/lib/json_dump.h"

#include <sys/mman.h>
#include <unistd.h>

#define FD 100
#define PATH "/proc/self/fd/100"

static inline void json_give(const char *data, size_t size, bool pipe_it)
{
    int fds[2] = {-1, -1};
    if (pipe_it ? pipe(fds) != 0 : (fds[0] = memfd_create("json", 0)) < 0)
        abort();
    int to = pipe_it ? fds[1] : fds[0];
    if (write(to, data, size) != (ssize_t)size || dup2(fds[0], FD) != FD)
        abort();
    close(fds[0]);
    if (pipe_it)
        close(fds[1]);
}

static inline void json_take(struct assay_buf *out, const char *data, size_t size, bool pipe_it,
                             const struct assay_source_options *options, const char *const *names)
{
    struct assay_source *source;
    struct assay_error err = {0};
    struct json_dump dump = {.names = names, .positions = true};
    assay_buf_init(out, 1u << 30);
    json_give(data, size, pipe_it);
    if (assay_source_open(ASSAY_STR(PATH), options, &source, &err) != ASSAY_OK) {
        dump_error(out, &err);
        close(FD);
        return;
    }
    dump_columns(out, source);
    size_t start = out->len;
    json_dump_source(out, &dump, source);
    size_t end = out->len;
    if (source->rewindable && assay_source_rewind(source, NULL) == ASSAY_OK) {
        json_dump_source(out, &dump, source);
        if (out->len - end != end - start ||
            memcmp(out->ptr + start, out->ptr + end, end - start) != 0)
            abort();
    }
    dump_notices(out, source);
    assay_source_close(source);
    close(FD);
}

/* Two readings that have to be the same. */
static inline void json_compare(struct assay_buf *one, struct assay_buf *other)
{
    if (one->len != other->len || memcmp(one->ptr, other->ptr, one->len) != 0) {
        fprintf(stderr, "--- one\n%s--- other\n%s", one->ptr, other->ptr);
        abort();
    }
    assay_buf_free(one);
    assay_buf_free(other);
}

#endif
