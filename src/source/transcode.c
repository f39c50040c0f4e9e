/*
 * Converts Latin-1 and UTF-16 to UTF-8 as the data is read, and tells by the first bytes
 * when the data is not in the encoding that it was said to be in.
 */
#include "config.h"

#include "source/transcode.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

#define RAW_ROOM (64u << 10)
#define MADE_ROOM 8 /* the longest character, and then some */
#define SNIFFED 256
#define MARK_MOST 4

struct transcoder {
    struct assay_input base;
    enum assay_encoding encoding;
    bool ended;
    uint32_t high; /* first half of a surrogate pair, or 0 */
    size_t raw_at, raw_len;
    size_t made_at, made_len; /* of a character that did not fit the reader's room */
    char made[MADE_ROOM];
    unsigned char raw[RAW_ROOM];
};

static const char *const names[] = {"utf-8", "latin1", "utf-16le", "utf-16be"};

const char *assay_encoding_name(enum assay_encoding encoding)
{
    return names[encoding];
}

struct mark {
    const char *bytes;
    size_t len;
    int encoding; /* -1: none that can be read */
    const char *name;
};

/* UTF-32LE begins like UTF-16LE, so it comes first. */
static const struct mark marks[] = {
    {"\xef\xbb\xbf", 3, ASSAY_ENCODING_UTF8, "UTF-8"},
    {"\xff\xfe\0\0", 4, -1, "UTF-32LE"},
    {"\0\0\xfe\xff", 4, -1, "UTF-32BE"},
    {"\xff\xfe", 2, ASSAY_ENCODING_UTF16LE, "UTF-16LE"},
    {"\xfe\xff", 2, ASSAY_ENCODING_UTF16BE, "UTF-16BE"},
};

/* Text in UTF-16 has many characters below 256, and so a NUL in each other byte. */
static const struct mark *by_nuls(const unsigned char *head, size_t len)
{
    size_t nuls[2] = {0, 0};
    size_t units = len / 2;
    for (size_t i = 0; i < units * 2; i++)
        nuls[i & 1] += head[i] == 0;
    if (units < 2)
        return NULL;
    if (nuls[0] == 0 && nuls[1] * 2 > units)
        return &marks[3];
    if (nuls[1] == 0 && nuls[0] * 2 > units)
        return &marks[4];
    return NULL;
}

static const struct mark *by_mark(const unsigned char *head, size_t len)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (len >= marks[i].len && memcmp(head, marks[i].bytes, marks[i].len) == 0)
            return &marks[i];
    return NULL;
}

static enum assay_status mismatch(const struct transcoder *coder, const struct mark *mark,
                                  struct assay_error *err)
{
    if (coder->encoding == ASSAY_ENCODING_UTF8)
        assay_fail(err, ASSAY_SOURCE, "CSV-ENCODING", "looks like %s", mark->name);
    else
        assay_fail(err, ASSAY_SOURCE, "CSV-ENCODING", "looks like %s, but `encoding` says %s",
                   mark->name, names[coder->encoding]);
    if (mark->encoding >= 0)
        assay_error_help(err, "use encoding: %s", names[mark->encoding]);
    else
        assay_error_help(err, "convert it first: iconv -f %s -t UTF-8", mark->name);
    assay_error_at(err, assay_input_shown(coder->base.path), 1, 1);
    return ASSAY_SOURCE;
}

/* Reads the first bytes: leaves out a mark, refuses what is plainly something else. */
static enum assay_status start(struct transcoder *coder, struct assay_error *err)
{
    coder->raw_at = coder->made_at = coder->made_len = 0;
    coder->high = 0;
    coder->raw_len = 0;
    coder->ended = false;
    bool ended = false;
    while (coder->raw_len < MARK_MOST && !ended)
        ASSAY_TRY(assay_input_collect(coder->base.below, (char *)coder->raw, &coder->raw_len,
                                      SNIFFED, true, &ended, err));
    const struct mark *mark = by_mark(coder->raw, coder->raw_len);
    if (mark != NULL && mark->encoding == (int)coder->encoding) {
        coder->raw_at = mark->len;
        coder->base.marked = coder->encoding == ASSAY_ENCODING_UTF8;
    } else if (mark != NULL)
        return mismatch(coder, mark, err);
    mark = by_nuls(coder->raw, coder->raw_len);
    if (mark != NULL && mark->encoding != (int)coder->encoding)
        return mismatch(coder, mark, err);
    return ASSAY_OK;
}

static enum assay_status refill(struct transcoder *coder, struct assay_error *err)
{
    /* A unit may be cut by the end of what was read. */
    size_t left = coder->raw_len - coder->raw_at;
    size_t got;
    memmove(coder->raw, coder->raw + coder->raw_at, left);
    coder->raw_at = 0;
    coder->raw_len = left;
    ASSAY_TRY(
        assay_input_read(coder->base.below, (char *)coder->raw + left, RAW_ROOM - left, &got, err));
    coder->raw_len += got;
    coder->ended = got == 0;
    if (!coder->ended || left == 0)
        return ASSAY_OK;
    assay_fail(err, ASSAY_SOURCE, "SOURCE-TRUNCATED", "ends within a UTF-16 character");
    assay_error_help(err, "the file is incomplete, or not %s", names[coder->encoding]);
    assay_error_at(err, assay_input_shown(coder->base.path), 0, 0);
    return ASSAY_SOURCE;
}

static size_t encode(uint32_t rune, char *out)
{
    if (rune >= 0xD800 && rune <= 0xDFFF) {
        out[0] = (char)0xED;
        out[1] = (char)(0x80 | (rune >> 6 & 0x3F));
        out[2] = (char)(0x80 | (rune & 0x3F));
        return 3;
    }
    return assay_utf8_encode(rune, out);
}

/* The UTF-8 of one more unit; 0 bytes where it is the first half of a pair. */
static size_t convert_unit(struct transcoder *coder, uint32_t unit, char *out)
{
    size_t n = 0;
    uint32_t high = coder->high;
    coder->high = 0;
    if (high != 0 && unit >= 0xDC00 && unit <= 0xDFFF)
        return encode(0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00), out);
    if (high != 0)
        n = encode(high, out);
    if (unit >= 0xD800 && unit <= 0xDBFF) {
        coder->high = unit;
        return n;
    }
    return n + encode(unit, out + n);
}

/* Converts what was read, until the room or the raw bytes run out; returns bytes made. */
static size_t convert(struct transcoder *coder, char *buffer, size_t room)
{
    size_t width = coder->encoding == ASSAY_ENCODING_LATIN1 ? 1 : 2;
    size_t at = 0;
    while (coder->made_len == 0 && coder->raw_len - coder->raw_at >= width) {
        const unsigned char *p = coder->raw + coder->raw_at;
        uint32_t unit = width == 1                                  ? p[0]
                        : coder->encoding == ASSAY_ENCODING_UTF16LE ? p[0] | (uint32_t)p[1] << 8
                                                                    : p[1] | (uint32_t)p[0] << 8;
        coder->raw_at += width;
        if (room - at >= MADE_ROOM) {
            at += convert_unit(coder, unit, buffer + at);
        } else {
            coder->made_len = convert_unit(coder, unit, coder->made);
            coder->made_at = 0;
        }
    }
    return at;
}

static size_t hand_over(struct transcoder *coder, char *buffer, size_t room)
{
    size_t n = coder->made_len - coder->made_at;
    if (n > room)
        n = room;
    memcpy(buffer, coder->made + coder->made_at, n);
    coder->made_at += n;
    if (coder->made_at == coder->made_len)
        coder->made_len = coder->made_at = 0;
    return n;
}

static enum assay_status read_utf8(struct transcoder *coder, char *buffer, size_t room, size_t *got,
                                   struct assay_error *err)
{
    size_t n = coder->raw_len - coder->raw_at;
    if (n == 0)
        return assay_input_read(coder->base.below, buffer, room, got, err);
    *got = n < room ? n : room;
    memcpy(buffer, coder->raw + coder->raw_at, *got);
    coder->raw_at += *got;
    return ASSAY_OK;
}

static enum assay_status transcode_read(struct assay_input *input, char *buffer, size_t room,
                                        size_t *got, struct assay_error *err)
{
    struct transcoder *coder = (struct transcoder *)input;
    if (coder->encoding == ASSAY_ENCODING_UTF8)
        return read_utf8(coder, buffer, room, got, err);
    for (*got = 0; *got == 0;) {
        if (coder->made_len > 0) {
            *got = hand_over(coder, buffer, room);
            break;
        }
        *got = convert(coder, buffer, room);
        if (*got > 0 || coder->made_len > 0)
            continue;
        if (coder->ended && coder->high == 0)
            break;
        if (coder->ended) {
            coder->made_len = encode(coder->high, coder->made);
            coder->high = 0;
            continue;
        }
        ASSAY_TRY(refill(coder, err));
    }
    return ASSAY_OK;
}

static enum assay_status transcode_rewind(struct assay_input *input, struct assay_error *err)
{
    return start((struct transcoder *)input, err);
}

static void transcode_close(struct assay_input *input)
{
    free(input);
}

static const struct assay_input_ops transcode_ops = {
    .read = transcode_read, .rewind = transcode_rewind, .close = transcode_close};

enum assay_status assay_transcode_open(struct assay_input *below, enum assay_encoding encoding,
                                       struct assay_input **out, struct assay_error *err)
{
    struct transcoder *coder = malloc(sizeof *coder);
    if (coder == NULL)
        return assay_fail_nomem(err);
    memset(&coder->base, 0, sizeof coder->base);
    coder->base.ops = &transcode_ops;
    coder->base.below = below;
    coder->base.path = below->path;
    coder->base.notice = below->notice;
    coder->base.live = below->live && encoding == ASSAY_ENCODING_UTF8;
    coder->encoding = encoding;
    enum assay_status status = start(coder, err);
    if (status != ASSAY_OK) {
        free(coder);
        return status;
    }
    *out = &coder->base;
    return ASSAY_OK;
}
