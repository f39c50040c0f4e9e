/*
 * bzip2 through libbz2: a member is a stream, of which pbzip2 writes many.
 */
#include "config.h"

#include "source/codec.h"

#ifdef HAVE_BZIP2

#include <bzlib.h>
#include <string.h>

struct bzip2 {
    bz_stream stream;
    bool live; /* the stream holds memory */
};

static bool bzip2_begins(unsigned char first)
{
    return first == 'B';
}

static void bzip2_close(void *state)
{
    struct bzip2 *bzip2 = state;
    if (bzip2->live)
        BZ2_bzDecompressEnd(&bzip2->stream);
    bzip2->live = false;
}

static enum assay_codec_result bzip2_open(void *state)
{
    struct bzip2 *bzip2 = state;
    bzip2_close(bzip2);
    memset(&bzip2->stream, 0, sizeof bzip2->stream);
    bzip2->live = BZ2_bzDecompressInit(&bzip2->stream, 0, 0) == BZ_OK;
    return bzip2->live ? ASSAY_CODEC_MORE : ASSAY_CODEC_NOMEM;
}

static enum assay_codec_result bzip2_step(void *state, struct assay_codec_io *io, const char **why)
{
    bz_stream *stream = &((struct bzip2 *)state)->stream;
    stream->next_in = (char *)(uintptr_t)io->in;
    stream->avail_in = (unsigned)io->in_len;
    stream->next_out = (char *)io->out;
    stream->avail_out = (unsigned)io->out_room;
    int result = BZ2_bzDecompress(stream);
    *io = (struct assay_codec_io){(unsigned char *)stream->next_in, stream->avail_in,
                                  (unsigned char *)stream->next_out, stream->avail_out};
    switch (result) {
    case BZ_OK: return ASSAY_CODEC_MORE;
    case BZ_STREAM_END: return ASSAY_CODEC_END;
    case BZ_MEM_ERROR: return ASSAY_CODEC_NOMEM;
    case BZ_DATA_ERROR_MAGIC: return ASSAY_CODEC_FOREIGN;
    case BZ_DATA_ERROR: *why = "a block of it is not what was written"; break;
    default: break;
    }
    return ASSAY_CODEC_DAMAGED;
}

const struct assay_codec assay_codec_bzip2 = {
    .name = "bzip2",
    .ratio = 2500,
    .state_size = sizeof(struct bzip2),
    .begins = bzip2_begins,
    .open = bzip2_open,
    .restart = bzip2_open,
    .step = bzip2_step,
    .close = bzip2_close,
};

#endif
