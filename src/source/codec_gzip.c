/*
 * gzip (RFC 1952) through zlib.
 */
#include "config.h"

#include "source/codec.h"

#ifdef HAVE_ZLIB

#include <zlib.h>

static bool gzip_begins(unsigned char first)
{
    return first == 0x1f;
}

static enum assay_codec_result result_of(int result)
{
    switch (result) {
    case Z_OK:
    case Z_BUF_ERROR: return ASSAY_CODEC_MORE; /* the latter: nothing could be done */
    case Z_STREAM_END: return ASSAY_CODEC_END;
    case Z_MEM_ERROR: return ASSAY_CODEC_NOMEM;
    default: return ASSAY_CODEC_DAMAGED;
    }
}

/* 16 asks for the gzip format with its header and check sum, 15 for any window. */
static enum assay_codec_result gzip_open(void *state)
{
    return result_of(inflateInit2((z_stream *)state, 16 + 15));
}

static enum assay_codec_result gzip_restart(void *state)
{
    return result_of(inflateReset(state));
}

static enum assay_codec_result gzip_step(void *state, struct assay_codec_io *io, const char **why)
{
    z_stream *stream = state;
    stream->next_in = (Bytef *)(uintptr_t)io->in;
    stream->avail_in = (uInt)io->in_len;
    stream->next_out = io->out;
    stream->avail_out = (uInt)io->out_room;
    int result = inflate(stream, Z_NO_FLUSH);
    *io = (struct assay_codec_io){stream->next_in, stream->avail_in, stream->next_out,
                                  stream->avail_out};
    *why = stream->msg;
    return result_of(result);
}

static void gzip_close(void *state)
{
    inflateEnd(state);
}

const struct assay_codec assay_codec_gzip = {
    .name = "gzip",
    .ratio = 250,
    .state_size = sizeof(z_stream),
    .begins = gzip_begins,
    .padding = 1,
    .open = gzip_open,
    .restart = gzip_restart,
    .step = gzip_step,
    .close = gzip_close,
};

#endif
