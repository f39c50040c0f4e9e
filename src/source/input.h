/*
 * Bytes in order: a file, standard input or a pipe, unpacked where it is compressed.
 *
 * An input is a small stack: at the bottom a file or an object on a server, above it a
 * decompressor and what
 * decodes text (transcode.h), each reading from the one below. The top owns the rest.
 * An input belongs to one thread at a time. What unpacks has a thread of its own
 * (input_ahead.c), to which all below it belongs; only `stored` is looked at meanwhile.
 */
#ifndef ASSAY_SOURCE_INPUT_H
#define ASSAY_SOURCE_INPUT_H

#include "base/error.h"
#include "base/str.h"
#include "source/http.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* Of a pipe, this much is kept so that a short one can be read twice. */
#define ASSAY_INPUT_RETAINED (16u << 20)

/* Below this much output no ratio is held against compressed data. */
#define ASSAY_INPUT_RATIO_FREE (256u << 20)

struct assay_input_options {
    const _Atomic int *stop; /* not 0: a read that waits ends in ASSAY_INTERRUPTED; or NULL */
    uint64_t max_expanded;   /* most bytes to unpack from one file; 0: 1 TiB */
    uint32_t max_ratio;      /* most of them for each stored byte; 0: 250 for gzip, else 2500 */
    bool live;               /* a pipe hands out what there is, see assay_input_collect */
    bool once;               /* it is not rewound: of a pipe nothing is kept to be read again */
    size_t ahead_bytes;      /* of each buffer that is unpacked ahead; 0: 256 KiB */
    uint64_t max_download;   /* most bytes to take from a server; 0: no limit */
    struct assay_http_limits http;
    struct assay_http_pool *pool; /* of inputs that are open one after the other; or NULL */
};

struct assay_input;
struct assay_codec;

struct assay_input_ops {
    /*
     * Up to `room` (not 0) bytes; `*got` 0 only at the end, and again at each call after
     * it. After a failure nothing more can be read.
     */
    enum assay_status (*read)(struct assay_input *input, char *buffer, size_t room, size_t *got,
                              struct assay_error *err);
    enum assay_status (*rewind)(struct assay_input *input, struct assay_error *err);
    /* At the end: whether the file is still the one that was opened. NULL: asks below. */
    enum assay_status (*check)(struct assay_input *input, struct assay_error *err);
    void (*close)(struct assay_input *input); /* frees the input, not the one below */
    /*
     * Ends what goes on in the background, before anything is done with what is below;
     * `rewind` or `close` comes next. NULL: nothing does.
     */
    void (*pause)(struct assay_input *input);
};

/* What tells one state of a file from another. */
struct assay_input_identity {
    bool known; /* a plain file; nothing below means anything else */
    uint64_t device, inode, size;
    struct timespec modified, changed; /* nobody sets the second back */
};

struct assay_input {
    const struct assay_input_ops *ops;
    struct assay_input *below; /* NULL at the bottom */
    const char *path;          /* for messages; as long as the input */
    const char *notice;        /* what a person should know; NULL: nothing. The input's */
    uint64_t size;             /* as stored; 0: not known */
    bool marked;               /* text that began with the mark of UTF-8, which is left out */
    _Atomic uint64_t stored;   /* bytes of it read so far; kept at the bottom only */
    _Atomic bool abandoned;    /* the bottom's: nobody waits for more; as `stop` of the options */
    bool live;                 /* a pipe, and nothing but what passes bytes on above it */
    int64_t until;             /* the bottom's: how long a read may wait, see below; 0: for ever */
    bool paused;               /* the bottom's: the last read ended because of that */
    bool rewindable;           /* the bottom's; of a pipe this is known at its end */
    struct assay_input_identity identity;
};

/* A kind of compressed data, known by how it begins. */
struct assay_input_kind {
    const char *name;
    const char *summary;
    const char *suffix;
    bool (*matches)(const unsigned char *head, size_t len);
    const struct assay_codec *codec; /* NULL: this build, or this program, cannot read it */
    const char *help;                /* what to do instead, where codec is NULL */
};

/* How long `head` must be for every kind, and what is foreign, to be known. */
#define ASSAY_INPUT_HEAD 8

const struct assay_input_kind *assay_input_kinds(size_t *count);

/*
 * Opens a path, a URL, or standard input for "-", and unpacks it where its first bytes say that
 * it is compressed; a name that says otherwise is worth a notice. Waits for the writer of
 * a pipe.
 *
 * Codes: SOURCE-MISSING, SOURCE-PERMISSION, SOURCE-DIRECTORY, SOURCE-OPEN, SOURCE-READ,
 * SOURCE-FORMAT; while reading SOURCE-READ, SOURCE-TRUNCATED, SOURCE-CORRUPT,
 * SOURCE-EXPANSION (ASSAY_LIMIT), SOURCE-CHANGED. For http://, https:// and s3:// also
 * those of http.h and s3.h.
 */
enum assay_status assay_input_open(const char *path, const struct assay_input_options *options,
                                   struct assay_input **out, struct assay_error *err) ASSAY_CHECKED;
void assay_input_close(struct assay_input *input);

static inline enum assay_status assay_input_read(struct assay_input *input, char *buffer,
                                                 size_t room, size_t *got, struct assay_error *err)
{
    return input->ops->read(input, buffer, room, got, err);
}

/* Reads until `room` is full or the data ends. */
enum assay_status assay_input_fill(struct assay_input *input, char *buffer, size_t room,
                                   size_t *got, struct assay_error *err) ASSAY_CHECKED;

/*
 * Reads on behind buffer[*len] until `want` bytes are there or the data ends (`*ended`).
 * Of a live input what comes within a moment is enough: of the first byte where `patient`,
 * else of the call.
 */
enum assay_status assay_input_collect(struct assay_input *input, char *buffer, size_t *len,
                                      size_t want, bool patient, bool *ended,
                                      struct assay_error *err) ASSAY_CHECKED;

/* Microseconds of a clock that only goes forward. */
int64_t assay_input_clock(void);

/* From the first byte again; SOURCE-REWIND where that cannot be. */
enum assay_status assay_input_rewind(struct assay_input *input,
                                     struct assay_error *err) ASSAY_CHECKED;

enum assay_status assay_input_check(struct assay_input *input,
                                    struct assay_error *err) ASSAY_CHECKED;

/* The file at the bottom: its size, what was read of it, whether it can be read again. */
const struct assay_input *assay_input_bottom(const struct assay_input *input);

/* The file as a person would name it: "-" is <stdin>. */
const char *assay_input_shown(const char *path);

/* SOURCE-FORMAT where the first bytes of a file are those of a binary format not read here. */
enum assay_status assay_input_refuse_foreign(const char *path, const unsigned char *head,
                                             size_t len, struct assay_error *err) ASSAY_CHECKED;

/* The same where what was unpacked and decoded begins like an archive, XML or HTML. */
enum assay_status assay_input_refuse_document(const char *path, struct assay_str text,
                                              struct assay_error *err) ASSAY_CHECKED;

/* The bottom, for assay_input_open. */
enum assay_status assay_input_file_open(const char *path, const struct assay_input_options *options,
                                        struct assay_input **out,
                                        struct assay_error *err) ASSAY_CHECKED;

/* The first bytes of a file just opened, without reading them: fewer only at its end. */
enum assay_status assay_input_file_peek(struct assay_input *input, unsigned char *head, size_t room,
                                        size_t *got, struct assay_error *err) ASSAY_CHECKED;

/*
 * Puts itself above `below`, which it takes over on success only, and shows the first
 * bytes, which are still to be read: enough of them to tell what the data is.
 */
enum assay_status assay_input_head_open(struct assay_input *below, struct assay_input **out,
                                        struct assay_str *bytes,
                                        struct assay_error *err) ASSAY_CHECKED;

/*
 * What is below, unpacked; `below` is taken over on success only. In pieces of any size
 * the same bytes come out, before damage too, as long as it is read in the same pieces.
 */
enum assay_status assay_input_unpack_open(struct assay_input *below,
                                          const struct assay_codec *codec,
                                          const struct assay_input_options *options,
                                          struct assay_input **out,
                                          struct assay_error *err) ASSAY_CHECKED;

/*
 * What is below, read ahead by a thread of its own through a ring of buffers: started
 * when there is more than one buffer of data, and left out where it cannot be. `below`
 * is taken over on success only.
 */
enum assay_status assay_input_ahead_open(struct assay_input *below,
                                         const struct assay_input_options *options,
                                         struct assay_input **out,
                                         struct assay_error *err) ASSAY_CHECKED;

/* What `number`, of errno, means for a file that was to be opened. */
enum assay_status assay_input_open_failed(const char *path, int number, struct assay_error *err);

enum assay_status assay_input_truncated(const struct assay_input *input, const char *kind,
                                        struct assay_error *err);
enum assay_status assay_input_corrupt(const struct assay_input *input, const char *kind,
                                      const char *why, struct assay_error *err);

#endif
