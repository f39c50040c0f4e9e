/*
 * One HTTP exchange: a request, and its answer read as a stream. All that assay says
 * over the network goes through here (libcurl does the talking), so these hold for all:
 *
 *  - http and https only. TLS 1.2 or newer; certificates are always verified.
 *  - A redirect is followed only to the same host, at most 5 times, and from http to
 *    https but never back; so nothing that was sent reaches another server.
 *  - Every wait has a deadline, and ends within a quarter of a second once `stop` is set.
 *  - Memory is bounded: what is not read is not received.
 *  - Errors name the URL as assay_url_mask shows it, and never quote what a server said.
 *
 * An exchange belongs to one thread at a time. Nothing here reads from the environment
 * but what libcurl does: http_proxy, https_proxy, all_proxy and no_proxy.
 *
 * A use:
 *
 *     struct assay_http_request request = {.url = url, .stop = stop};
 *     ASSAY_TRY(assay_http_open(&request, &http, err));
 *     status = assay_http_expect(http, 200, err);
 *     while (status == ASSAY_OK)
 *         status = assay_http_read(http, buffer, sizeof buffer, &got, err), got == 0: end
 *     assay_http_close(http);
 */
#ifndef ASSAY_SOURCE_HTTP_H
#define ASSAY_SOURCE_HTTP_H

#include "base/error.h"
#include "base/secret.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct assay_http;

struct assay_http_header {
    const char *name;
    const char *value;
};

/* Seconds; 0 is the default, except for `total`. */
struct assay_http_limits {
    uint32_t connect;    /* to find and reach the server, TLS included; 10 */
    uint32_t idle;       /* most time of waiting in which less than 64 bytes/s came; 60 */
    uint32_t total;      /* for all of it, tries and the reading of the body included; 0: none */
    uint32_t tries;      /* how often to ask a server that fails; 5 */
    uint64_t max_body;   /* bytes of a body; 0: no limit */
    const char *ca_file; /* certificates to trust in place of the system's; or NULL */
};

/*
 * What exchanges one after the other, of one thread at a time, leave for the next: open
 * connections to servers. Zeroed at first; none of the exchanges is open when it is freed.
 */
struct assay_http_pool {
    void *idle;
};
void assay_http_pool_free(struct assay_http_pool *pool);

/* What it points to must last until the exchange is closed. */
struct assay_http_request {
    const char *method; /* NULL: GET; HEAD, POST, PUT and others as they are called */
    const char *url;    /* its user and password become Authorization: Basic */
    const struct assay_http_header *headers;
    uint32_t header_count;
    struct assay_str body;                    /* with its length; for POST and PUT */
    const struct assay_secret *authorization; /* the whole value of that header; or NULL */
    bool repeatable;  /* asking twice does no harm; of GET and HEAD it is known */
    bool no_redirect; /* a redirect is an answer like any other */
    struct assay_http_limits limits;
    struct assay_http_pool *pool;  /* NULL: the connection ends with the exchange */
    const _Atomic int *stop;       /* not 0: waits end in ASSAY_INTERRUPTED; or NULL */
    const _Atomic bool *abandoned; /* the same, said by another part of the program; or NULL */
};

/* Whether this build has libcurl; without, open fails with HTTP-NOT-BUILT-IN. */
bool assay_http_built_in(void);

/*
 * Sends the request and waits for the head of the answer, whatever its status. Where the
 * request may be repeated and the server was not reached, or answered 408, 429, 500, 502,
 * 503 or 504, it is sent again after a growing pause, or after what Retry-After says.
 *
 * Codes: HTTP-URL (ASSAY_USAGE), HTTP-CONNECT, HTTP-TLS, HTTP-TIMEOUT, HTTP-CUT,
 * HTTP-PROTOCOL, HTTP-REDIRECT, INTERRUPTED.
 */
enum assay_status assay_http_open(const struct assay_http_request *request, struct assay_http **out,
                                  struct assay_error *err) ASSAY_CHECKED;
void assay_http_close(struct assay_http *http);

int assay_http_status(const struct assay_http *http);

/* Of the answer; the name without regard to case. Empty where it has no such header. */
struct assay_str assay_http_header(const struct assay_http *http, const char *name);

/* Bytes of the body as announced; -1: not announced. */
int64_t assay_http_length(const struct assay_http *http);

/* Whether the end of the body shows: by its length or in chunks, not by a closed connection. */
bool assay_http_is_framed(const struct assay_http *http);

/*
 * Up to `room` (not 0) bytes of the body, as sent: nothing is decompressed. `*got` 0 only
 * at its end. A failure is final.
 *
 * Codes: HTTP-CUT (the connection broke; what was read is right), HTTP-TIMEOUT,
 * HTTP-LIMIT (ASSAY_LIMIT), HTTP-PROTOCOL, INTERRUPTED.
 */
enum assay_status assay_http_read(struct assay_http *http, char *buffer, size_t room, size_t *got,
                                  struct assay_error *err);

/*
 * ASSAY_OK where the status is `wanted`; else the error that says what it means:
 * HTTP-MISSING (404, 410), HTTP-FORBIDDEN (401, 403, 407), HTTP-REDIRECT, HTTP-STATUS.
 */
enum assay_status assay_http_expect(const struct assay_http *http, int wanted,
                                    struct assay_error *err) ASSAY_CHECKED;

/* The URL as messages show it. */
const char *assay_http_shown(const struct assay_http *http);

#endif
