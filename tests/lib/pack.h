/*
 * Makes compressed data of the kinds that are read: one member or stream at a time.
 */
#ifndef ASSAY_TESTS_PACK_H
#define ASSAY_TESTS_PACK_H

#include <bzlib.h>
#include <lzma.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

enum pack_kind { PACK_GZIP, PACK_ZSTD, PACK_BZIP2, PACK_XZ };
#define PACK_KINDS 4

static const char *const pack_names[] = {"gzip", "zstd", "bzip2", "xz"};

static inline size_t pack_gzip(const char *data, size_t len, char *out, size_t room)
{
    z_stream stream = {0};
    if (deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    stream.next_in = (Bytef *)(uintptr_t)data;
    stream.avail_in = (uInt)len;
    stream.next_out = (Bytef *)out;
    stream.avail_out = (uInt)room;
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
        abort();
    deflateEnd(&stream);
    return room - stream.avail_out;
}

static inline size_t pack_zstd(const char *data, size_t len, char *out, size_t room)
{
    size_t n = ZSTD_compress(out, room, data, len, 3);
    if (ZSTD_isError(n))
        abort();
    return n;
}

static inline size_t pack_bzip2(const char *data, size_t len, char *out, size_t room)
{
    unsigned n = (unsigned)room;
    if (BZ2_bzBuffToBuffCompress(out, &n, (char *)(uintptr_t)data, (unsigned)len, 1, 0, 0) != BZ_OK)
        abort();
    return n;
}

static inline size_t pack_xz(const char *data, size_t len, char *out, size_t room)
{
    size_t n = 0;
    if (lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, NULL, (const uint8_t *)data, len,
                                (uint8_t *)out, &n, room) != LZMA_OK)
        abort();
    return n;
}

/* Returns the bytes made; aborts where there is no room for them. */
static inline size_t pack(enum pack_kind kind, const char *data, size_t len, char *out, size_t room)
{
    switch (kind) {
    case PACK_GZIP: return pack_gzip(data, len, out, room);
    case PACK_ZSTD: return pack_zstd(data, len, out, room);
    case PACK_BZIP2: return pack_bzip2(data, len, out, room);
    default: return pack_xz(data, len, out, room);
    }
}

#endif
