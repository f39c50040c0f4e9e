/*
 * An object on a server as the bottom of an input. Each connection is one exchange; when
 * one breaks, the next asks for the rest, provided that it is the rest of the same thing.
 */
#include "config.h"

#include "source/remote.h"

#include "base/buf.h"
#include "base/hash.h"
#include "base/url.h"
#include "source/http.h"
#include "source/http_fields.h"
#include "source/s3.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#define TRIES 5             /* to read on, before some progress is made */
#define PROGRESS (1u << 20) /* bytes that make up for broken connections so far */
#define LONGEST_PAUSE 8000
#define PAUSE_MS 250 /* before the first of them; doubled for each */
#define STEP_MS 250

struct remote {
    struct assay_input base;
    struct assay_input_options options;
    struct assay_s3 *s3; /* NULL: a plain URL */
    char *name;          /* the URL */
    struct assay_buf shown;
    struct assay_http *http; /* NULL: not connected */
    struct assay_http_header headers[3 + ASSAY_S3_HEADERS];
    char range[48];
    struct assay_buf etag; /* strong, of the first answer; or empty */
    int64_t total;         /* bytes; -1: not known */
    uint64_t at;           /* bytes received: where a resumed answer has to begin */
    uint64_t broken_at;    /* where the last connection broke */
    unsigned broken;       /* connections that broke since there was progress */
    bool ended;
    unsigned char head[ASSAY_INPUT_HEAD];
    size_t head_len, head_at;
};

bool assay_remote_is(struct assay_str name)
{
    return assay_url_is(name, "http") || assay_url_is(name, "https") || assay_url_is(name, "s3");
}

enum assay_status assay_remote_expand(struct assay_str name,
                                      const struct assay_input_options *options,
                                      struct assay_arena *arena, struct assay_glob *out,
                                      struct assay_error *err)
{
    if (assay_url_is(name, "s3"))
        return assay_s3_expand(name, options, arena, out, err);
    const char **paths = assay_arena_array(arena, 1, sizeof *paths);
    const char *copy = assay_arena_strdup(arena, name);
    if (paths == NULL || copy == NULL)
        return assay_fail_nomem(err);
    paths[0] = copy;
    *out = (struct assay_glob){.paths = paths, .count = 1};
    return ASSAY_OK;
}

static enum assay_status fail(const struct remote *remote, const char *code,
                              struct assay_error *err, const char *format, ...) ASSAY_PRINTF(4, 5);

static enum assay_status fail(const struct remote *remote, const char *code,
                              struct assay_error *err, const char *format, ...)
{
    char text[400];
    va_list ap;
    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    assay_fail(err, ASSAY_SOURCE, code, "%s", text);
    assay_error_at(err, remote->base.path, 0, 0);
    return ASSAY_SOURCE;
}

static enum assay_status changed(const struct remote *remote, struct assay_error *err)
{
    fail(remote, "SOURCE-CHANGED", err, "its ETag is another now, so it changed");
    assay_error_help(err, "read what nobody writes: a copy, or an object under a name of its own");
    return ASSAY_SOURCE;
}

static void add_header(struct remote *remote, struct assay_http_request *request, const char *name,
                       const char *value)
{
    remote->headers[request->header_count++] = (struct assay_http_header){name, value};
}

/* Asks for what comes from byte `at` on. */
static enum assay_status connect(struct remote *remote, struct assay_error *err)
{
    uint64_t most = remote->options.max_download;
    struct assay_http_request request = {.url = remote->name,
                                         .headers = remote->headers,
                                         .limits = remote->options.http,
                                         .pool = remote->options.pool,
                                         .stop = remote->options.stop,
                                         .abandoned = &remote->base.abandoned};
    if (most > 0) /* 0 would be no limit */
        request.limits.max_body = remote->at < most ? most - remote->at : 1;
    add_header(remote, &request, "Accept-Encoding", "identity");
    if (remote->etag.len > 0)
        add_header(remote, &request, "If-Match", remote->etag.ptr);
    if (remote->at > 0) {
        snprintf(remote->range, sizeof remote->range, "bytes=%" PRIu64 "-", remote->at);
        add_header(remote, &request, "Range", remote->range);
    }
    if (remote->s3 != NULL)
        ASSAY_TRY(assay_s3_sign(remote->s3, assay_s3_key(remote->s3), assay_str("", 0),
                                remote->headers, &request, err));
    assay_http_close(remote->http);
    return assay_http_open(&request, &remote->http, err);
}

static enum assay_status expect(struct remote *remote, int status, struct assay_error *err)
{
    return remote->s3 != NULL ? assay_s3_expect(remote->s3, remote->http, status, err)
                              : assay_http_expect(remote->http, status, err);
}

/* The first answer says what is to be read; a later one, from the start, must be the same. */
static enum assay_status begin(struct remote *remote, struct assay_error *err)
{
    remote->at = 0;
    remote->base.stored = 0;
    remote->head_len = remote->head_at = 0;
    remote->ended = false;
    ASSAY_TRY(connect(remote, err));
    struct assay_str etag = assay_http_header(remote->http, "ETag");
    bool again = remote->etag.len > 0;
    if (again && assay_http_status(remote->http) == 412)
        return changed(remote, err);
    ASSAY_TRY(expect(remote, 200, err));
    if (again)
        return assay_str_equal(etag, assay_buf_view(&remote->etag)) ? ASSAY_OK
                                                                    : changed(remote, err);
    if (!assay_http_encoding_is_known(assay_http_header(remote->http, "Content-Encoding"))) {
        fail(remote, "HTTP-PROTOCOL", err, "the server encoded the data though it was not to");
        assay_error_help(err, "fetch it with another program and read from -");
        return ASSAY_SOURCE;
    }
    if (assay_http_etag_is_strong(etag))
        assay_buf_str(&remote->etag, etag);
    remote->total = assay_http_length(remote->http);
    bool framed = assay_http_is_framed(remote->http);
    if (!framed && assay_http_header(remote->http, "Transfer-Encoding").len > 0) {
        fail(remote, "HTTP-PROTOCOL", err, "the server sends in a coding that is not \"chunked\"");
        assay_error_help(err, "fetch it with another program and read from -");
        return ASSAY_SOURCE;
    }
    if (!framed)
        remote->base.notice = "the server does not say where the data ends: a broken connection "
                              "could pass for its end";
    return remote->etag.failed ? assay_fail_nomem(err) : ASSAY_OK;
}

static void describe(struct remote *remote)
{
    remote->base.size = remote->total > 0 ? (uint64_t)remote->total : 0;
    remote->base.rewindable = remote->etag.len > 0;
    if (remote->etag.len > 0)
        remote->base.identity =
            (struct assay_input_identity){.known = true,
                                          .inode = assay_hash_text(assay_buf_view(&remote->etag)),
                                          .size = remote->base.size};
}

/* NULL: the answer is the rest of the same object, from byte `at` on. */
static const char *wrong_rest(const struct remote *remote)
{
    struct assay_http_range range;
    int status = assay_http_status(remote->http);
    if (status == 200)
        return "the server would send all of it again instead of the rest";
    if (status == 416)
        return "the server says that there is no more (status 416)";
    if (status != 206)
        return "the server does not send the rest";
    if (!assay_http_range_parse(assay_http_header(remote->http, "Content-Range"), &range) ||
        range.first != remote->at ||
        (remote->total >= 0 && range.has_total && range.total != (uint64_t)remote->total) ||
        (remote->total >= 0 && range.last + 1 != (uint64_t)remote->total) ||
        (range.has_total && range.last + 1 != range.total))
        return "the server sends another part than the rest";
    return NULL;
}

/* A broken connection that cannot be mended: says how far it came. */
static enum assay_status give_up(const struct remote *remote, const char *why,
                                 struct assay_error *err)
{
    char total[32] = "";
    if (remote->total >= 0)
        snprintf(total, sizeof total, " of %" PRIi64, remote->total);
    /* Whoever knows the records adds how many there were. */
    fail(remote, "HTTP-CUT", err, "%s: the connection broke at byte %" PRIu64 "%s", why, remote->at,
         total);
    assay_error_help(err, "try again, or download it first and check the file");
    return ASSAY_SOURCE;
}

static enum assay_status wait_for(struct remote *remote, int64_t ms, struct assay_error *err)
{
    for (; ms > 0; ms -= STEP_MS) {
        const _Atomic int *stop = remote->options.stop;
        if ((stop != NULL && atomic_load_explicit(stop, memory_order_relaxed) != 0) ||
            atomic_load_explicit(&remote->base.abandoned, memory_order_relaxed)) {
            assay_fail(err, ASSAY_INTERRUPTED, "INTERRUPTED", "stopped while reading");
            assay_error_at(err, remote->base.path, 0, 0);
            return ASSAY_INTERRUPTED;
        }
        poll(NULL, 0, ms < STEP_MS ? (int)ms : STEP_MS);
    }
    return ASSAY_OK;
}

static bool is_broken(enum assay_status status, const struct assay_error *err)
{
    return status == ASSAY_SOURCE &&
           (strcmp(err->code, "HTTP-CUT") == 0 || strcmp(err->code, "HTTP-TIMEOUT") == 0);
}

/* After a failure that is described in `err`: connects again where the rest can be had. */
static enum assay_status read_on(struct remote *remote, struct assay_error *err)
{
    unsigned most = remote->options.http.tries > 0 ? remote->options.http.tries : TRIES;
    if (remote->etag.len == 0)
        return give_up(remote, "without a strong ETag the rest may be that of something else", err);
    int64_t pause = remote->at > remote->broken_at ? 0 : PAUSE_MS; /* something had come */
    if (remote->at - remote->broken_at >= PROGRESS)
        remote->broken = 0;
    remote->broken_at = remote->at;
    for (enum assay_status status = ASSAY_SOURCE; status != ASSAY_OK;) {
        if (++remote->broken >= most)
            return give_up(remote, "too often to go on", err);
        ASSAY_TRY(wait_for(remote, pause, err));
        pause = pause == 0 ? PAUSE_MS : pause < LONGEST_PAUSE ? 2 * pause : pause;
        status = connect(remote, err);
        if (status != ASSAY_OK && !is_broken(status, err) && strcmp(err->code, "HTTP-CONNECT") != 0)
            return status;
    }
    if (assay_http_status(remote->http) == 412)
        return changed(remote, err);
    const char *wrong = wrong_rest(remote);
    if (wrong != NULL)
        return give_up(remote, wrong, err);
    return assay_str_equal(assay_http_header(remote->http, "ETag"), assay_buf_view(&remote->etag))
               ? ASSAY_OK
               : changed(remote, err);
}

/* Bytes from the network; 0 at the end. */
static enum assay_status receive(struct remote *remote, char *buffer, size_t room, size_t *got,
                                 struct assay_error *err)
{
    struct assay_error local;
    err = err != NULL ? err : &local;
    *got = 0;
    while (!remote->ended) {
        enum assay_status status = assay_http_read(remote->http, buffer, room, got, err);
        remote->at += *got;
        remote->base.stored = remote->at;
        if (status == ASSAY_OK) {
            remote->ended = *got == 0;
            return ASSAY_OK;
        }
        if (!is_broken(status, err))
            return status;
        ASSAY_TRY(read_on(remote, err));
    }
    return ASSAY_OK;
}

static enum assay_status remote_read(struct assay_input *input, char *buffer, size_t room,
                                     size_t *got, struct assay_error *err)
{
    struct remote *remote = (struct remote *)input;
    size_t left = remote->head_len - remote->head_at;
    if (left == 0)
        return receive(remote, buffer, room, got, err);
    *got = left < room ? left : room;
    memcpy(buffer, remote->head + remote->head_at, *got);
    remote->head_at += *got;
    return ASSAY_OK;
}

static enum assay_status remote_rewind(struct assay_input *input, struct assay_error *err)
{
    struct remote *remote = (struct remote *)input;
    if (remote->etag.len > 0)
        return begin(remote, err);
    fail(remote, "SOURCE-REWIND", err,
         "must be read twice, but has no strong ETag that shows whether it is still the same");
    assay_error_help(err, "download it, and name the file");
    return ASSAY_SOURCE;
}

static void remote_close(struct assay_input *input)
{
    struct remote *remote = (struct remote *)input;
    assay_http_close(remote->http);
    assay_s3_close(remote->s3);
    if (remote->name != NULL)
        assay_secret_wipe(remote->name, strlen(remote->name));
    free(remote->name);
    assay_buf_free(&remote->shown);
    assay_buf_free(&remote->etag);
    free(remote);
}

static const struct assay_input_ops remote_ops = {
    .read = remote_read, .rewind = remote_rewind, .close = remote_close};

static enum assay_status set_up(struct remote *remote, const char *name, struct assay_error *err)
{
    assay_url_mask(assay_cstr(name), &remote->shown);
    remote->name = strdup(name);
    if (remote->shown.failed || remote->name == NULL)
        return assay_fail_nomem(err);
    remote->base.path = remote->shown.ptr;
    if (assay_url_is(assay_cstr(name), "s3"))
        ASSAY_TRY(assay_s3_open(assay_cstr(name), &remote->s3, err));
    ASSAY_TRY(begin(remote, err));
    describe(remote);
    return ASSAY_OK;
}

enum assay_status assay_remote_open(const char *name, const struct assay_input_options *options,
                                    struct assay_input **out, struct assay_error *err)
{
    struct remote *remote = calloc(1, sizeof *remote);
    *out = NULL;
    if (remote == NULL)
        return assay_fail_nomem(err);
    remote->base.ops = &remote_ops;
    remote->options = *options;
    remote->total = -1;
    assay_buf_init(&remote->shown, 64u << 10);
    assay_buf_init(&remote->etag, 2048);
    enum assay_status status = set_up(remote, name, err);
    if (status != ASSAY_OK) {
        remote_close(&remote->base);
        return status;
    }
    *out = &remote->base;
    return ASSAY_OK;
}

enum assay_status assay_remote_peek(struct assay_input *input, unsigned char *head, size_t room,
                                    size_t *got, struct assay_error *err)
{
    struct remote *remote = (struct remote *)input;
    size_t n = 1;
    if (room > sizeof remote->head)
        room = sizeof remote->head;
    while (n > 0 && remote->head_len < room) {
        ASSAY_TRY(receive(remote, (char *)remote->head + remote->head_len, room - remote->head_len,
                          &n, err));
        remote->head_len += n;
    }
    memcpy(head, remote->head, remote->head_len);
    *got = remote->head_len;
    return ASSAY_OK;
}
