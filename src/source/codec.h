/*
 * Decompressors: streams over memory, each one descriptor. input_unpack.c makes an
 * input of one, and knows about members, bounds and what is said when data is damaged.
 */
#ifndef ASSAY_SOURCE_CODEC_H
#define ASSAY_SOURCE_CODEC_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

/* A stream that asks for more memory than that to be unpacked is refused. */
#define ASSAY_CODEC_WINDOW_LOG 27

enum assay_codec_result {
    ASSAY_CODEC_MORE,    /* wants more data, or more room */
    ASSAY_CODEC_END,     /* the member is complete, and all of it was handed out */
    ASSAY_CODEC_FOREIGN, /* this is no member at all */
    ASSAY_CODEC_DAMAGED,
    ASSAY_CODEC_WINDOW, /* it asks for too much memory */
    ASSAY_CODEC_NOMEM
};

/* Moved along by a step: past what was used up, and behind what was made. */
struct assay_codec_io {
    const unsigned char *in;
    size_t in_len; /* 0: the data ends here, though some of it may be held back */
    unsigned char *out;
    size_t out_room;
};

struct assay_codec {
    const char *name;
    uint32_t ratio; /* most bytes made of each stored one, unless the options say */
    size_t state_size;
    bool (*begins)(unsigned char first); /* whether a member may begin with this byte */
    /*
     * Zero bytes that may stand behind a member, as tape tools write: 0: none; 1: any
     * number, and nothing behind them; n: multiples of that, and other members behind.
     */
    unsigned padding;
    /* The state is zeroed memory. Where this fails, close is called too. */
    enum assay_codec_result (*open)(void *state);
    /* Makes ready for the next member, or the first again. */
    enum assay_codec_result (*restart)(void *state);
    /* `*why` is set with ASSAY_CODEC_DAMAGED: a sentence's end, or NULL. */
    enum assay_codec_result (*step)(void *state, struct assay_codec_io *io, const char **why);
    void (*close)(void *state);
};

extern const struct assay_codec assay_codec_gzip;
extern const struct assay_codec assay_codec_zstd;
extern const struct assay_codec assay_codec_bzip2;
extern const struct assay_codec assay_codec_xz;

#endif
