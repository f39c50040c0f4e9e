/*
 * gzip (RFC 1952) through zlib. A file may be several members one after the other; all
 * are read. Zero bytes behind the last are padding, as tape tools write; anything else
 * there means that the file is damaged.
 */
#include "config.h"

#include "source/input.h"

#ifdef HAVE_ZLIB

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define GZIP_RATIO 250
#define STORED_ROOM (64u << 10)

struct gzip_input {
    struct assay_input base;
    struct assay_input_expansion expansion;
    z_stream stream;
    bool in_member; /* within a member, so that the data may not end here */
    bool padding;   /* zero bytes have begun: no member may follow */
    bool ended;
    int failure; /* of zlib, once what came before it was handed out; or Z_OK */
    unsigned char stored[STORED_ROOM];
};

static enum assay_status refill(struct gzip_input *gzip, struct assay_error *err)
{
    size_t got;
    ASSAY_TRY(assay_input_fill(gzip->base.below, (char *)gzip->stored, STORED_ROOM, &got, err));
    gzip->stream.next_in = gzip->stored;
    gzip->stream.avail_in = (uInt)got;
    return ASSAY_OK;
}

/* Between members: what follows is another member, padding, or the end. */
static enum assay_status next_member(struct gzip_input *gzip, struct assay_error *err)
{
    z_stream *stream = &gzip->stream;
    for (;;) {
        if (stream->avail_in == 0)
            ASSAY_TRY(refill(gzip, err));
        if (stream->avail_in == 0) {
            gzip->ended = true;
            return ASSAY_OK;
        }
        if (*stream->next_in != 0)
            break;
        gzip->padding = true;
        stream->next_in++;
        stream->avail_in--;
    }
    if (gzip->padding || *stream->next_in != 0x1f)
        return assay_input_corrupt(&gzip->base, "gzip", "other data follows its end", err);
    if (inflateReset(stream) != Z_OK)
        return assay_input_corrupt(&gzip->base, "gzip", "it cannot be read on", err);
    gzip->in_member = true;
    return ASSAY_OK;
}

static enum assay_status inflate_failed(struct gzip_input *gzip, struct assay_error *err)
{
    if (gzip->failure == Z_MEM_ERROR)
        return assay_fail_nomem(err);
    const char *why = gzip->stream.msg != NULL ? gzip->stream.msg : "it cannot be read on";
    return assay_input_corrupt(&gzip->base, "gzip", why, err);
}

static enum assay_status inflate_some(struct gzip_input *gzip, struct assay_error *err)
{
    z_stream *stream = &gzip->stream;
    if (gzip->failure != Z_OK)
        return inflate_failed(gzip, err);
    if (stream->avail_in == 0)
        ASSAY_TRY(refill(gzip, err));
    /* At the end of what is stored, too: some of what it means may still be held back. */
    uInt before = stream->avail_out;
    bool last = stream->avail_in == 0;
    int result = inflate(stream, Z_NO_FLUSH);
    if (result == Z_STREAM_END)
        gzip->in_member = false;
    else if (result != Z_OK && result != Z_BUF_ERROR)
        gzip->failure = result;
    else if (last && stream->avail_out == before)
        return assay_input_truncated(&gzip->base, "gzip", err);
    return ASSAY_OK;
}

static enum assay_status gzip_read(struct assay_input *input, char *buffer, size_t room,
                                   size_t *got, struct assay_error *err)
{
    struct gzip_input *gzip = (struct gzip_input *)input;
    room = assay_input_expansion_room(&gzip->expansion, room);
    *got = 0;
    gzip->stream.next_out = (unsigned char *)buffer;
    gzip->stream.avail_out = (uInt)room;
    while (!gzip->ended && gzip->stream.avail_out == room) {
        if (gzip->in_member)
            ASSAY_TRY(inflate_some(gzip, err));
        else
            ASSAY_TRY(next_member(gzip, err));
    }
    *got = room - gzip->stream.avail_out;
    return assay_input_expanded(input, &gzip->expansion, *got, err);
}

static enum assay_status gzip_rewind(struct assay_input *input, struct assay_error *err)
{
    struct gzip_input *gzip = (struct gzip_input *)input;
    if (inflateReset(&gzip->stream) != Z_OK)
        return assay_input_corrupt(input, "gzip", "it cannot be read again", err);
    gzip->stream.avail_in = 0;
    gzip->in_member = true;
    gzip->padding = gzip->ended = false;
    gzip->failure = Z_OK;
    gzip->expansion.made = 0;
    return ASSAY_OK;
}

static void gzip_close(struct assay_input *input)
{
    struct gzip_input *gzip = (struct gzip_input *)input;
    inflateEnd(&gzip->stream);
    free(gzip);
}

static const struct assay_input_ops gzip_ops = {gzip_read, gzip_rewind, NULL, gzip_close};

enum assay_status assay_input_gzip_open(struct assay_input *below,
                                        const struct assay_input_options *options,
                                        struct assay_input **out, struct assay_error *err)
{
    struct gzip_input *gzip = calloc(1, sizeof *gzip);
    if (gzip == NULL)
        return assay_fail_nomem(err);
    /* 16 asks for the gzip format with its header and check sum, 15 for any window. */
    if (inflateInit2(&gzip->stream, 16 + 15) != Z_OK) {
        free(gzip);
        return assay_fail_nomem(err);
    }
    gzip->base.ops = &gzip_ops;
    gzip->base.below = below;
    gzip->base.path = below->path;
    gzip->in_member = true;
    assay_input_expansion_init(&gzip->expansion, options, GZIP_RATIO);
    *out = &gzip->base;
    return ASSAY_OK;
}

#endif
