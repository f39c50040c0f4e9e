/*
 * xz through liblzma: a member is a stream; zeros between streams come in fours.
 */
#include "config.h"

#include "source/codec.h"

#ifdef HAVE_XZ

#include <lzma.h>
#include <string.h>

/* Besides the window, what the decoder itself needs. */
#define MEMORY (((uint64_t)1 << ASSAY_CODEC_WINDOW_LOG) + ((uint64_t)1 << 20))

static bool xz_begins(unsigned char first)
{
    return first == 0xfd;
}

/* Begins a stream, which takes over the memory of the one before. */
static enum assay_codec_result xz_restart(void *state)
{
    return lzma_stream_decoder(state, MEMORY, 0) == LZMA_OK ? ASSAY_CODEC_MORE : ASSAY_CODEC_NOMEM;
}

static enum assay_codec_result xz_open(void *state)
{
    static const lzma_stream fresh = LZMA_STREAM_INIT;
    memcpy(state, &fresh, sizeof fresh);
    return xz_restart(state);
}

static enum assay_codec_result xz_step(void *state, struct assay_codec_io *io, const char **why)
{
    lzma_stream *stream = state;
    stream->next_in = io->in;
    stream->avail_in = io->in_len;
    stream->next_out = io->out;
    stream->avail_out = io->out_room;
    lzma_ret result = lzma_code(stream, LZMA_RUN);
    *io = (struct assay_codec_io){stream->next_in, stream->avail_in, stream->next_out,
                                  stream->avail_out};
    switch (result) {
    case LZMA_OK:
    case LZMA_BUF_ERROR: return ASSAY_CODEC_MORE; /* the latter: nothing could be done */
    case LZMA_STREAM_END: return ASSAY_CODEC_END;
    case LZMA_MEM_ERROR: return ASSAY_CODEC_NOMEM;
    case LZMA_MEMLIMIT_ERROR: return ASSAY_CODEC_WINDOW;
    case LZMA_FORMAT_ERROR: return ASSAY_CODEC_FOREIGN;
    case LZMA_OPTIONS_ERROR: *why = "it is packed in a way that is not known here"; break;
    case LZMA_DATA_ERROR: *why = "a block of it is not what was written"; break;
    default: break;
    }
    return ASSAY_CODEC_DAMAGED;
}

static void xz_close(void *state)
{
    lzma_end(state);
}

const struct assay_codec assay_codec_xz = {
    .name = "xz",
    .ratio = 2500,
    .state_size = sizeof(lzma_stream),
    .begins = xz_begins,
    .padding = 4,
    .open = xz_open,
    .restart = xz_restart,
    .step = xz_step,
    .close = xz_close,
};

#endif
