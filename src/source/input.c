/*
 * Opens an input: the file, and above it the decompressor that its first bytes call
 * for. Kinds of compression are rows of a table.
 */
#include "config.h"

#include "source/input.h"

#include "source/codec.h"
#include "source/remote.h"

#include <string.h>
#include <time.h>

#define MOMENT 250000 /* microseconds; of which a person sees little, and a batch much */

static bool is_gzip(const unsigned char *head, size_t len)
{
    return len >= 3 && head[0] == 0x1f && head[1] == 0x8b && head[2] == 8;
}

/* A frame, or a skippable frame before the first (RFC 8878, 3.1). */
static bool is_zstd(const unsigned char *head, size_t len)
{
    return len >= 4 && (memcmp(head, "\x28\xb5\x2f\xfd", 4) == 0 ||
                        ((head[0] & 0xf0) == 0x50 && memcmp(head + 1, "\x2a\x4d\x18", 3) == 0));
}

static bool is_bzip2(const unsigned char *head, size_t len)
{
    return len >= 6 && memcmp(head, "BZh", 3) == 0 && head[3] >= '1' && head[3] <= '9' &&
           (memcmp(head + 4, "\x31\x41", 2) == 0 || memcmp(head + 4, "\x17\x72", 2) == 0);
}

static bool is_xz(const unsigned char *head, size_t len)
{
    return len >= 6 && memcmp(head,
                              "\xfd"
                              "7zXZ",
                              6) == 0;
}

static bool is_zip(const unsigned char *head, size_t len)
{
    return len >= 4 && memcmp(head, "PK\3\4", 4) == 0;
}

static const struct assay_input_kind kinds[] = {
#ifdef HAVE_ZLIB
    {"gzip", "gzip, all members", ".gz", is_gzip, &assay_codec_gzip, NULL},
#else
    {"gzip", "gzip, all members", ".gz", is_gzip, NULL,
     "gzip was not built in; try `gzip -dc FILE |` and read from -"},
#endif
#ifdef HAVE_ZSTD
    {"zstd", "Zstandard, all frames", ".zst", is_zstd, &assay_codec_zstd, NULL},
#else
    {"zstd", "Zstandard, all frames", ".zst", is_zstd, NULL,
     "zstd was not built in; try `zstd -dc FILE |` and read from -"},
#endif
#ifdef HAVE_BZIP2
    {"bzip2", "bzip2, all streams", ".bz2", is_bzip2, &assay_codec_bzip2, NULL},
#else
    {"bzip2", "bzip2, all streams", ".bz2", is_bzip2, NULL,
     "bzip2 was not built in; try `bzip2 -dc FILE |` and read from -"},
#endif
#ifdef HAVE_XZ
    {"xz", "xz, all streams", ".xz", is_xz, &assay_codec_xz, NULL},
#else
    {"xz", "xz, all streams", ".xz", is_xz, NULL,
     "xz was not built in; try `xz -dc FILE |` and read from -"},
#endif
    {"zip", "zip archive", ".zip", is_zip, NULL,
     "an archive may hold several files: unpack it, and name the one that is meant; a workbook "
     "(xlsx, ods) is one too: save its sheet as CSV"},
};

#define KINDS (sizeof kinds / sizeof *kinds)

const struct assay_input_kind *assay_input_kinds(size_t *count)
{
    *count = KINDS;
    return kinds;
}

const char *assay_input_shown(const char *path)
{
    return strcmp(path, "-") == 0 ? "<stdin>" : path;
}

static const struct assay_input_kind *find_kind(const unsigned char *head, size_t len)
{
    for (size_t i = 0; i < KINDS; i++)
        if (kinds[i].matches(head, len))
            return &kinds[i];
    return NULL;
}

static bool has_suffix(const char *path, const char *suffix)
{
    size_t n = strlen(path), m = strlen(suffix);
    return n > m && memcmp(path + n - m, suffix, m) == 0;
}

/* The bytes are believed, not the name; where they disagree a person should know. */
static const char *name_notice(const char *path, const struct assay_input_kind *kind)
{
    static const char *const plain[] = {".csv", ".tsv", ".txt", ".json", ".ndjson", ".jsonl"};
    if (kind == NULL) {
        for (size_t i = 0; i < KINDS; i++)
            if (has_suffix(path, kinds[i].suffix))
                return "the name says that it is compressed, but it is not: read as it stands";
        return NULL;
    }
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (has_suffix(path, plain[i]))
            return "the name does not say so, but it is compressed: unpacked";
    for (size_t i = 0; i < KINDS; i++)
        if (&kinds[i] != kind && has_suffix(path, kinds[i].suffix))
            return "it is not compressed the way its name says: unpacked as what it is";
    return NULL;
}

/* Unpacks what is below, ahead of the reader. */
static enum assay_status unpack(struct assay_input *file, const struct assay_input_kind *kind,
                                const struct assay_input_options *options, struct assay_input **out,
                                struct assay_error *err)
{
    struct assay_input *unpacked;
    if (kind->codec != NULL) {
        ASSAY_TRY(assay_input_unpack_open(file, kind->codec, options, &unpacked, err));
        enum assay_status status = assay_input_ahead_open(unpacked, options, out, err);
        if (status != ASSAY_OK)
            unpacked->ops->close(unpacked);
        return status;
    }
    assay_fail(err, ASSAY_SOURCE, "SOURCE-FORMAT", "this is %s data, which cannot be read",
               kind->name);
    assay_error_help(err, "%s", kind->help);
    assay_error_at(err, assay_input_shown(file->path), 0, 0);
    return ASSAY_SOURCE;
}

enum assay_status assay_input_open(const char *path, const struct assay_input_options *options,
                                   struct assay_input **out, struct assay_error *err)
{
    static const struct assay_input_options defaults = {0};
    unsigned char head[ASSAY_INPUT_HEAD];
    size_t len;
    struct assay_input *file;
    *out = NULL;
    if (options == NULL)
        options = &defaults;
    bool remote = assay_remote_is(assay_cstr(path));
    ASSAY_TRY(remote ? assay_remote_open(path, options, &file, err)
                     : assay_input_file_open(path, options, &file, err));
    enum assay_status status = remote ? assay_remote_peek(file, head, sizeof head, &len, err)
                                      : assay_input_file_peek(file, head, sizeof head, &len, err);
    const struct assay_input_kind *kind = status == ASSAY_OK ? find_kind(head, len) : NULL;
    *out = file;
    if (kind != NULL)
        status = unpack(file, kind, options, out, err);
    else if (status == ASSAY_OK)
        status = assay_input_refuse_foreign(file->path, head, len, err);
    if (status != ASSAY_OK) {
        assay_input_close(file);
        *out = NULL;
        return status;
    }
    const char *notice = name_notice(path, kind);
    (*out)->notice = notice != NULL ? notice : assay_input_bottom(*out)->notice;
    return ASSAY_OK;
}

void assay_input_close(struct assay_input *input)
{
    while (input != NULL) {
        struct assay_input *below = input->below;
        if (input->ops->pause != NULL)
            input->ops->pause(input);
        input->ops->close(input);
        input = below;
    }
}

enum assay_status assay_input_fill(struct assay_input *input, char *buffer, size_t room,
                                   size_t *got, struct assay_error *err)
{
    *got = 0;
    while (*got < room) {
        size_t n;
        ASSAY_TRY(assay_input_read(input, buffer + *got, room - *got, &n, err));
        if (n == 0)
            break;
        *got += n;
    }
    return ASSAY_OK;
}

static enum assay_status rewind_from_below(struct assay_input *input, struct assay_error *err)
{
    if (input->below != NULL)
        ASSAY_TRY(rewind_from_below(input->below, err));
    return input->ops->rewind(input, err);
}

int64_t assay_input_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

enum assay_status assay_input_collect(struct assay_input *input, char *buffer, size_t *len,
                                      size_t want, bool patient, bool *ended,
                                      struct assay_error *err)
{
    struct assay_input *bottom = input;
    enum assay_status status = ASSAY_OK;
    while (input->live && bottom->below != NULL)
        bottom = bottom->below;
    while (*len < want && !*ended) {
        size_t got;
        if (input->live && bottom->until == 0 && !patient)
            bottom->until = assay_input_clock() + MOMENT;
        status = assay_input_read(input, buffer + *len, want - *len, &got, err);
        if (status != ASSAY_OK || (got == 0 && input->live && bottom->paused))
            break;
        *len += got;
        *ended = got == 0;
        patient = false;
    }
    if (input->live)
        bottom->until = 0;
    return status;
}

enum assay_status assay_input_rewind(struct assay_input *input, struct assay_error *err)
{
    for (struct assay_input *layer = input; layer != NULL; layer = layer->below)
        if (layer->ops->pause != NULL)
            layer->ops->pause(layer);
    return rewind_from_below(input, err);
}

enum assay_status assay_input_check(struct assay_input *input, struct assay_error *err)
{
    while (input->ops->check == NULL) {
        if (input->below == NULL)
            return ASSAY_OK;
        input = input->below;
    }
    return input->ops->check(input, err);
}

const struct assay_input *assay_input_bottom(const struct assay_input *input)
{
    while (input->below != NULL)
        input = input->below;
    return input;
}
