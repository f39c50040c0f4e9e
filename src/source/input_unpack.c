/*
 * Compressed data, unpacked: one member behind the other to the end of the file, within
 * bounds on what is made of it. What follows a member and is neither another one nor
 * padding means that the file is damaged.
 */
#include "config.h"

#include "source/codec.h"
#include "source/input.h"

#include <inttypes.h>
#include <stdlib.h>

#define STORED_ROOM (128u << 10)

/* The ratio is looked at whenever so much more was made. */
#define RATIO_STEP (1u << 20)

struct unpacker {
    struct assay_input base;
    const struct assay_codec *codec;
    void *state;
    struct assay_codec_io io;
    uint64_t limit, ratio, made;
    bool in_member; /* so that the data may not end here */
    bool ended;
    unsigned padding;                /* zero bytes since the last member, modulo the codec's */
    bool closed;                     /* zero bytes have begun behind which no member may follow */
    enum assay_codec_result failure; /* told once what came before it was handed out, or END */
    const char *why;
    unsigned char stored[STORED_ROOM];
};

static enum assay_status corrupt(const struct unpacker *unpacker, const char *why,
                                 struct assay_error *err)
{
    return assay_input_corrupt(&unpacker->base, unpacker->codec->name, why, err);
}

static enum assay_status failed(const struct unpacker *unpacker, struct assay_error *err)
{
    switch (unpacker->failure) {
    case ASSAY_CODEC_NOMEM: return assay_fail_nomem(err);
    case ASSAY_CODEC_FOREIGN: return corrupt(unpacker, "other data follows its end", err);
    case ASSAY_CODEC_WINDOW:
        assay_fail(err, ASSAY_LIMIT, "SOURCE-EXPANSION",
                   "asks for more than %u MiB of memory to be unpacked",
                   1u << (ASSAY_CODEC_WINDOW_LOG - 20));
        assay_error_help(err, "write it with a smaller window, or unpack it first");
        assay_error_at(err, assay_input_shown(unpacker->base.path), 0, 0);
        return ASSAY_LIMIT;
    default:
        return corrupt(unpacker, unpacker->why != NULL ? unpacker->why : "it cannot be read on",
                       err);
    }
}

/* `*last`: the file has no more. */
static enum assay_status refill(struct unpacker *unpacker, bool *last, struct assay_error *err)
{
    size_t got;
    ASSAY_TRY(
        assay_input_fill(unpacker->base.below, (char *)unpacker->stored, STORED_ROOM, &got, err));
    unpacker->io.in = unpacker->stored;
    unpacker->io.in_len = got;
    *last = got == 0;
    return ASSAY_OK;
}

static void skip_padding(struct unpacker *unpacker)
{
    unsigned unit = unpacker->codec->padding;
    while (unit > 0 && unpacker->io.in_len > 0 && *unpacker->io.in == 0) {
        unpacker->padding = (unpacker->padding + 1) % unit;
        unpacker->closed |= unit == 1;
        unpacker->io.in++;
        unpacker->io.in_len--;
    }
}

/* Between members: what follows is another member, padding, or the end. */
static enum assay_status next_member(struct unpacker *unpacker, struct assay_error *err)
{
    bool last = false;
    while (unpacker->io.in_len == 0 && !last) {
        ASSAY_TRY(refill(unpacker, &last, err));
        skip_padding(unpacker);
    }
    skip_padding(unpacker);
    if (unpacker->io.in_len == 0) {
        if (!last)
            return ASSAY_OK; /* comes back */
        unpacker->ended = true;
        return unpacker->padding == 0 ? ASSAY_OK
                                      : corrupt(unpacker, "other data follows its end", err);
    }
    if (unpacker->closed || unpacker->padding != 0 || !unpacker->codec->begins(*unpacker->io.in))
        return corrupt(unpacker, "other data follows its end", err);
    enum assay_codec_result result = unpacker->codec->restart(unpacker->state);
    if (result != ASSAY_CODEC_MORE) {
        unpacker->failure = result;
        return failed(unpacker, err);
    }
    unpacker->in_member = true;
    return ASSAY_OK;
}

static enum assay_status unpack_some(struct unpacker *unpacker, struct assay_error *err)
{
    bool last = false;
    if (unpacker->failure != ASSAY_CODEC_END)
        return failed(unpacker, err);
    if (unpacker->io.in_len == 0)
        ASSAY_TRY(refill(unpacker, &last, err));
    /* At the end of what is stored, too: some of what it means may still be held back. */
    size_t room = unpacker->io.out_room;
    enum assay_codec_result result =
        unpacker->codec->step(unpacker->state, &unpacker->io, &unpacker->why);
    if (result == ASSAY_CODEC_END)
        unpacker->in_member = false;
    else if (result != ASSAY_CODEC_MORE)
        unpacker->failure = result;
    else if (last && unpacker->io.out_room == room)
        return assay_input_truncated(&unpacker->base, unpacker->codec->name, err);
    return ASSAY_OK;
}

/*
 * How many of `room` bytes may be made before the bounds are looked at again: always in
 * the same places, so that what comes before a failure does not depend on the reader.
 */
static size_t room_of(const struct unpacker *unpacker, size_t room)
{
    uint64_t left = RATIO_STEP - unpacker->made % RATIO_STEP;
    /* At the limit, one byte more tells whether the data ends there. */
    if (unpacker->made >= unpacker->limit)
        left = 1;
    else if (unpacker->limit - unpacker->made < left)
        left = unpacker->limit - unpacker->made;
    return room < left ? room : (size_t)left;
}

static enum assay_status check_bounds(struct unpacker *unpacker, size_t more,
                                      struct assay_error *err)
{
    unpacker->made += more;
    uint64_t stored = assay_input_bottom(&unpacker->base)->stored;
    bool look = more > 0 && unpacker->made % RATIO_STEP == 0;
    if (unpacker->made > unpacker->limit) {
        assay_fail(err, ASSAY_LIMIT, "SOURCE-EXPANSION", "unpacks to more than %" PRIu64 " bytes",
                   unpacker->limit);
    } else if (look && unpacker->made > ASSAY_INPUT_RATIO_FREE &&
               unpacker->made / unpacker->ratio > stored) {
        assay_fail(err, ASSAY_LIMIT, "SOURCE-EXPANSION",
                   "unpacks to more than %" PRIu64 " times its size", unpacker->ratio);
    } else {
        return ASSAY_OK;
    }
    assay_error_help(err, "if the data is trusted, unpack it first and name the unpacked file");
    assay_error_at(err, assay_input_shown(unpacker->base.path), 0, 0);
    return ASSAY_LIMIT;
}

static enum assay_status unpack_read(struct assay_input *input, char *buffer, size_t room,
                                     size_t *got, struct assay_error *err)
{
    struct unpacker *unpacker = (struct unpacker *)input;
    room = room_of(unpacker, room);
    *got = 0;
    unpacker->io.out = (unsigned char *)buffer;
    unpacker->io.out_room = room;
    while (!unpacker->ended && unpacker->io.out_room == room) {
        if (unpacker->in_member)
            ASSAY_TRY(unpack_some(unpacker, err));
        else
            ASSAY_TRY(next_member(unpacker, err));
    }
    *got = room - unpacker->io.out_room;
    return check_bounds(unpacker, *got, err);
}

static void start(struct unpacker *unpacker)
{
    unpacker->io.in_len = 0;
    unpacker->in_member = true;
    unpacker->ended = unpacker->closed = false;
    unpacker->padding = 0;
    unpacker->failure = ASSAY_CODEC_END;
    unpacker->made = 0;
}

static enum assay_status unpack_rewind(struct assay_input *input, struct assay_error *err)
{
    struct unpacker *unpacker = (struct unpacker *)input;
    start(unpacker);
    if (unpacker->codec->restart(unpacker->state) != ASSAY_CODEC_MORE)
        return assay_fail_nomem(err);
    return ASSAY_OK;
}

static void unpack_close(struct assay_input *input)
{
    struct unpacker *unpacker = (struct unpacker *)input;
    if (unpacker->state != NULL)
        unpacker->codec->close(unpacker->state);
    free(unpacker->state);
    free(unpacker);
}

static const struct assay_input_ops unpack_ops = {
    .read = unpack_read, .rewind = unpack_rewind, .close = unpack_close};

enum assay_status assay_input_unpack_open(struct assay_input *below,
                                          const struct assay_codec *codec,
                                          const struct assay_input_options *options,
                                          struct assay_input **out, struct assay_error *err)
{
    struct unpacker *unpacker = malloc(sizeof *unpacker);
    if (unpacker == NULL)
        return assay_fail_nomem(err);
    memset(unpacker, 0, offsetof(struct unpacker, stored));
    unpacker->base.ops = &unpack_ops;
    unpacker->base.below = below;
    unpacker->base.path = below->path;
    unpacker->codec = codec;
    unpacker->limit = options->max_expanded > 0 ? options->max_expanded : (uint64_t)1 << 40;
    unpacker->ratio = options->max_ratio > 0 ? options->max_ratio : codec->ratio;
    unpacker->state = calloc(1, codec->state_size);
    if (unpacker->state == NULL || codec->open(unpacker->state) != ASSAY_CODEC_MORE) {
        unpack_close(&unpacker->base);
        return assay_fail_nomem(err);
    }
    start(unpacker);
    *out = &unpacker->base;
    return ASSAY_OK;
}
