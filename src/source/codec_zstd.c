/*
 * Zstandard (RFC 8878): a member is a frame, a skippable one too.
 */
#include "config.h"

#include "source/codec.h"

#ifdef HAVE_ZSTD

#include <zstd.h>
#include <zstd_errors.h>

struct zstd {
    ZSTD_DStream *stream;
};

static bool zstd_begins(unsigned char first)
{
    return first == 0x28 || (first & 0xf0) == 0x50;
}

static enum assay_codec_result zstd_restart(void *state)
{
    struct zstd *zstd = state;
    ZSTD_DCtx_reset(zstd->stream, ZSTD_reset_session_only);
    return ASSAY_CODEC_MORE;
}

static enum assay_codec_result zstd_open(void *state)
{
    struct zstd *zstd = state;
    zstd->stream = ZSTD_createDStream();
    bool failed = zstd->stream == NULL ||
                  ZSTD_isError(ZSTD_DCtx_setParameter(zstd->stream, ZSTD_d_windowLogMax,
                                                      ASSAY_CODEC_WINDOW_LOG));
    return failed ? ASSAY_CODEC_NOMEM : ASSAY_CODEC_MORE;
}

static enum assay_codec_result failed(size_t result, const char **why)
{
    switch (ZSTD_getErrorCode(result)) {
    case ZSTD_error_memory_allocation: return ASSAY_CODEC_NOMEM;
    case ZSTD_error_frameParameter_windowTooLarge: return ASSAY_CODEC_WINDOW;
    case ZSTD_error_prefix_unknown: return ASSAY_CODEC_FOREIGN;
    default: *why = ZSTD_getErrorName(result); return ASSAY_CODEC_DAMAGED;
    }
}

static enum assay_codec_result zstd_step(void *state, struct assay_codec_io *io, const char **why)
{
    struct zstd *zstd = state;
    ZSTD_inBuffer in = {io->in, io->in_len, 0};
    ZSTD_outBuffer out = {io->out, io->out_room, 0};
    size_t result = ZSTD_decompressStream(zstd->stream, &out, &in);
    if (ZSTD_isError(result))
        return failed(result, why);
    *io = (struct assay_codec_io){io->in + in.pos, io->in_len - in.pos, io->out + out.pos,
                                  io->out_room - out.pos};
    return result == 0 ? ASSAY_CODEC_END : ASSAY_CODEC_MORE;
}

static void zstd_close(void *state)
{
    ZSTD_freeDStream(((struct zstd *)state)->stream);
}

const struct assay_codec assay_codec_zstd = {
    .name = "zstd",
    .ratio = 2500,
    .state_size = sizeof(struct zstd),
    .begins = zstd_begins,
    .open = zstd_open,
    .restart = zstd_restart,
    .step = zstd_step,
    .close = zstd_close,
};

#endif
