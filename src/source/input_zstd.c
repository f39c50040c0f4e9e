/*
 * Zstandard (RFC 8878), all frames, with a window of at most 128 MiB: a frame that asks
 * for more memory than that is refused.
 *
 * It is unpacked from and to buffers of its own: where the data is damaged, how much the
 * library gives of what comes before depends on the sizes it is called with.
 */
#include "config.h"

#include "source/input.h"

#ifdef HAVE_ZSTD

#include <stdlib.h>
#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

#define ZSTD_RATIO 2500
#define WINDOW_LOG 27
#define STORED_ROOM (128u << 10)
#define MADE_ROOM (128u << 10)

struct zstd_input {
    struct assay_input base;
    struct assay_input_expansion expansion;
    ZSTD_DStream *stream;
    ZSTD_inBuffer in;
    bool in_frame; /* within a frame, so that the data may not end here */
    bool ended;
    size_t made_at, made_len; /* not handed out yet */
    char stored[STORED_ROOM];
    char made[MADE_ROOM];
};

static enum assay_status zstd_failed(struct zstd_input *zstd, size_t result,
                                     struct assay_error *err)
{
    switch (ZSTD_getErrorCode(result)) {
    case ZSTD_error_memory_allocation: return assay_fail_nomem(err);
    case ZSTD_error_frameParameter_windowTooLarge:
        assay_fail(err, ASSAY_LIMIT, "SOURCE-EXPANSION",
                   "asks for more than %u MiB of memory to be unpacked", 1u << (WINDOW_LOG - 20));
        assay_error_help(err, "write it without --long, or unpack it first");
        assay_error_at(err, assay_input_shown(zstd->base.path), 0, 0);
        return ASSAY_LIMIT;
    case ZSTD_error_prefix_unknown:
        return assay_input_corrupt(&zstd->base, "zstd", "other data follows its end", err);
    default: return assay_input_corrupt(&zstd->base, "zstd", ZSTD_getErrorName(result), err);
    }
}

/*
 * Where the output was filled to the brim more may follow without any input. A call that
 * moves nothing says what the next frame would need: that is no frame yet.
 */
static enum assay_status decode_some(struct zstd_input *zstd, struct assay_error *err)
{
    ZSTD_outBuffer out = {zstd->made, MADE_ROOM, 0};
    size_t before = zstd->in.pos;
    size_t result = ZSTD_decompressStream(zstd->stream, &out, &zstd->in);
    if (ZSTD_isError(result))
        return zstd_failed(zstd, result, err);
    zstd->made_at = 0;
    zstd->made_len = out.pos;
    if (zstd->in.pos > before || out.pos > 0)
        zstd->in_frame = result != 0;
    if (out.pos > 0 || zstd->in.pos < zstd->in.size)
        return ASSAY_OK;
    size_t got;
    ASSAY_TRY(assay_input_fill(zstd->base.below, zstd->stored, STORED_ROOM, &got, err));
    zstd->in = (ZSTD_inBuffer){zstd->stored, got, 0};
    if (got > 0)
        return ASSAY_OK;
    if (zstd->in_frame)
        return assay_input_truncated(&zstd->base, "zstd", err);
    zstd->ended = true;
    return ASSAY_OK;
}

static enum assay_status zstd_read(struct assay_input *input, char *buffer, size_t room,
                                   size_t *got, struct assay_error *err)
{
    struct zstd_input *zstd = (struct zstd_input *)input;
    *got = 0;
    while (!zstd->ended && zstd->made_at == zstd->made_len)
        ASSAY_TRY(decode_some(zstd, err));
    size_t left = zstd->made_len - zstd->made_at;
    room = assay_input_expansion_room(&zstd->expansion, room);
    *got = left < room ? left : room;
    memcpy(buffer, zstd->made + zstd->made_at, *got);
    zstd->made_at += *got;
    return assay_input_expanded(input, &zstd->expansion, *got, err);
}

static void start(struct zstd_input *zstd)
{
    ZSTD_DCtx_reset(zstd->stream, ZSTD_reset_session_only);
    zstd->in = (ZSTD_inBuffer){zstd->stored, 0, 0};
    zstd->in_frame = zstd->ended = false;
    zstd->made_at = zstd->made_len = 0;
    zstd->expansion.made = 0;
}

static enum assay_status zstd_rewind(struct assay_input *input, struct assay_error *err)
{
    (void)err;
    start((struct zstd_input *)input);
    return ASSAY_OK;
}

static void zstd_close(struct assay_input *input)
{
    struct zstd_input *zstd = (struct zstd_input *)input;
    ZSTD_freeDStream(zstd->stream);
    free(zstd);
}

static const struct assay_input_ops zstd_ops = {zstd_read, zstd_rewind, NULL, zstd_close};

enum assay_status assay_input_zstd_open(struct assay_input *below,
                                        const struct assay_input_options *options,
                                        struct assay_input **out, struct assay_error *err)
{
    struct zstd_input *zstd = calloc(1, sizeof *zstd);
    if (zstd == NULL)
        return assay_fail_nomem(err);
    zstd->stream = ZSTD_createDStream();
    if (zstd->stream == NULL ||
        ZSTD_isError(ZSTD_DCtx_setParameter(zstd->stream, ZSTD_d_windowLogMax, WINDOW_LOG))) {
        zstd_close(&zstd->base);
        return assay_fail_nomem(err);
    }
    zstd->base.ops = &zstd_ops;
    zstd->base.below = below;
    zstd->base.path = below->path;
    assay_input_expansion_init(&zstd->expansion, options, ZSTD_RATIO);
    start(zstd);
    *out = &zstd->base;
    return ASSAY_OK;
}

#endif
