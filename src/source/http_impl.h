/*
 * An HTTP exchange from the inside. For src/source/http*.c only.
 */
#ifndef ASSAY_SOURCE_HTTP_IMPL_H
#define ASSAY_SOURCE_HTTP_IMPL_H

#include "source/http.h"

#ifdef HAVE_LIBCURL

#include "base/buf.h"
#include "base/url.h"

#include <curl/curl.h>

#define ASSAY_HTTP_HEAD (256u << 10)  /* most bytes of one answer's headers */
#define ASSAY_HTTP_CHUNK (128u << 10) /* most bytes that libcurl hands over at once */

struct assay_http {
    struct assay_http_request request;
    struct assay_url_parts {
        struct assay_buf text; /* where the request goes now, without user and fragment */
        struct assay_buf user, password;
        bool has_user;
    } url;
    struct assay_buf shown;
    CURLM *multi;
    CURL *easy; /* of the newest try; NULL between them */
    struct curl_slist *lines;
    char
        reason[CURL_ERROR_SIZE]; /* libcurl's; only shown for TLS, where it is about certificates */

    struct assay_buf head; /* "name: value\0" of the newest answer */
    int status;
    bool head_done;  /* of an answer that is not 1xx */
    bool ended;      /* libcurl is done: `result` says how */
    bool paused;     /* libcurl holds bytes back until there is room */
    bool excess;     /* more came than was announced */
    bool over_limit; /* the body is larger than it may be */
    CURLcode result;

    char *into; /* where a read in progress wants its bytes; NULL: none is */
    size_t into_room, into_len;
    char *held; /* ASSAY_HTTP_CHUNK bytes: what came beyond that */
    size_t held_at, held_len;
    uint64_t received;

    int64_t give_up;     /* monotonic milliseconds; 0: never */
    uint64_t wait_bytes; /* moved when the present measure of waiting began */
    int64_t waited;      /* milliseconds waited since */
    unsigned tries;
};

/* Monotonic milliseconds. */
int64_t assay_http_now(void);

/* Makes a handle for the request as it stands, and starts it. */
enum assay_status assay_http_start(struct assay_http *http, struct assay_error *err);
void assay_http_drop(struct assay_http *http); /* ends the try; the connection may be kept */

/* Lets libcurl work; without news waits for a moment. Sees to stop and the deadlines. */
enum assay_status assay_http_step(struct assay_http *http, struct assay_error *err);

/* Lets a paused transfer go on. */
void assay_http_resume(struct assay_http *http);

bool assay_http_must_stop(const struct assay_http *http);

/* Errors, each with the URL. */
enum assay_status assay_http_fail(const struct assay_http *http, enum assay_status status,
                                  const char *code, struct assay_error *err, const char *format,
                                  ...) ASSAY_PRINTF(5, 6);
enum assay_status assay_http_interrupted(const struct assay_http *http, struct assay_error *err);

/* What http->result, a failure, means. */
enum assay_status assay_http_broken(const struct assay_http *http, struct assay_error *err);

#endif
#endif
