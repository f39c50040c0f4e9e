/*
 * Compressed and encoded input. Whatever the bytes, the same ones come out in pieces of
 * any size, from a pipe and from a file, the first time and the second; and what was
 * compressed and not touched comes out as it was.
 *
 * The input: four bytes that choose, then the data. It is read as it stands, or is
 * compressed first, in two members or streams, and then damaged or cut. The buffers that
 * are unpacked ahead may be small, so that there is a thread behind short data too.
 */
#include "config.h"

#include "base/buf.h"
#include "source/transcode.h"
#include "tests/lib/pack.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define FD 100
#define PATH "/proc/self/fd/100"
#define DATA_MAX 20000
#define EXPANDED_MAX 5000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t compress_two(enum pack_kind kind, const uint8_t *data, size_t size, size_t first,
                           char *out, size_t room)
{
    const char *text = (const char *)data;
    size_t n = pack(kind, text, first, out, room);
    return n + pack(kind, text + first, size - first, out + n, room - n);
}

static void give(const char *data, size_t size, bool pipe_it)
{
    int fds[2] = {-1, -1};
    if (pipe_it ? pipe(fds) != 0 : (fds[0] = memfd_create("data", 0)) < 0)
        abort();
    if (write(pipe_it ? fds[1] : fds[0], data, size) != (ssize_t)size || dup2(fds[0], FD) != FD)
        abort();
    close(fds[0]);
    if (pipe_it)
        close(fds[1]);
}

/* All bytes, then how it ended. */
static enum assay_status drain(struct assay_input *input, struct assay_buf *out, size_t piece)
{
    struct assay_error err = {0};
    char buffer[4096];
    size_t got;
    enum assay_status status;
    do {
        status = assay_input_read(input, buffer, piece, &got, &err);
        if (status == ASSAY_OK)
            assay_buf_add(out, buffer, got);
    } while (status == ASSAY_OK && got > 0);
    if (status == ASSAY_OK && (assay_input_read(input, buffer, piece, &got, &err) || got != 0))
        abort();
    if (status != ASSAY_OK)
        assay_buf_printf(out, "\n%s %s", err.code, err.message);
    return status;
}

static enum assay_status take(struct assay_buf *out, const char *data, size_t size, bool pipe_it,
                              enum assay_encoding encoding, size_t piece, size_t ahead)
{
    const struct assay_input_options options = {.max_expanded = EXPANDED_MAX, .ahead_bytes = ahead};
    struct assay_input *input, *decoded;
    struct assay_error err = {0};
    assay_buf_init(out, 1u << 30);
    give(data, size, pipe_it);
    enum assay_status status = assay_input_open(PATH, &options, &input, &err);
    if (status == ASSAY_OK) {
        status = assay_transcode_open(input, encoding, &decoded, &err);
        if (status != ASSAY_OK)
            assay_input_close(input);
    }
    close(FD);
    if (status != ASSAY_OK) {
        assay_buf_printf(out, "%s %s", err.code, err.message);
        return status;
    }
    status = drain(decoded, out, piece);
    if (status == ASSAY_OK) {
        struct assay_buf again;
        assay_buf_init(&again, 1u << 30);
        if (assay_input_rewind(decoded, &err) != ASSAY_OK)
            abort();
        if (drain(decoded, &again, 4096) != ASSAY_OK || again.len != out->len ||
            (again.len > 0 && memcmp(again.ptr, out->ptr, again.len) != 0))
            abort();
        assay_buf_free(&again);
    }
    assay_input_close(decoded);
    return status;
}

static void same(const struct assay_buf *a, const struct assay_buf *b)
{
    if (a->len != b->len || (a->len > 0 && memcmp(a->ptr, b->ptr, a->len) != 0))
        abort();
}

static void check(const char *data, size_t size, const uint8_t *choice, struct assay_buf *out)
{
    struct assay_buf other;
    enum assay_encoding encoding = choice[0] & 8 ? (choice[0] >> 4) & 3 : ASSAY_ENCODING_UTF8;
    size_t ahead = choice[1] & 16 ? 1 + 3 * choice[2] : 0;
    take(out, data, size, choice[1] & 1, encoding, 1 + choice[2] % 70, ahead);
    take(&other, data, size, choice[1] & 2, encoding, 4096, ahead);
    same(out, &other);
    assay_buf_free(&other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char made[4 * DATA_MAX];
    if (size < 4 || size - 4 > DATA_MAX)
        return 0;
    const uint8_t *choice = data;
    struct assay_buf out;
    data += 4;
    size -= 4;
    if ((choice[0] & 1) == 0) {
        check((const char *)data, size, choice, &out);
        assay_buf_free(&out);
        return 0;
    }
    enum pack_kind kind = (choice[0] >> 1 & 1) | (choice[1] >> 2 & 2);
    size_t n = compress_two(kind, data, size, size * choice[3] / 255, made, sizeof made);
    bool whole = (choice[0] & 4) == 0;
    if (!whole && n > 0) {
        size_t at = (size_t)choice[3] * 257 % n;
        if (choice[1] & 4)
            n = at;
        else
            made[at] = (char)(made[at] ^ (choice[2] | 1));
    }
    check(made, n, choice, &out);
    /* Without a mark or NULs the text is read as it stands. */
    bool plain = (choice[0] & 8) == 0 && memchr(data, 0, size) == NULL &&
                 (size == 0 || data[0] < 0x80) && size <= EXPANDED_MAX;
    if (whole && plain && (out.len != size || (size > 0 && memcmp(out.ptr, data, size) != 0)))
        abort();
    assay_buf_free(&out);
    return 0;
}
