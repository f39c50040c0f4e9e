/*
 * What is said when an HTTP exchange fails. libcurl's own messages hold times and may
 * hold URLs, so all but the reasons of TLS are in the program's words.
 */
#include "config.h"

#include "source/http_impl.h"

#ifdef HAVE_LIBCURL

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum assay_status assay_http_fail(const struct assay_http *http, enum assay_status status,
                                  const char *code, struct assay_error *err, const char *format,
                                  ...)
{
    char text[512];
    va_list ap;
    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    assay_fail(err, status, code, "%s", text);
    assay_error_at(err, assay_http_shown(http), 0, 0);
    return status;
}

enum assay_status assay_http_interrupted(const struct assay_http *http, struct assay_error *err)
{
    return assay_http_fail(http, ASSAY_INTERRUPTED, "INTERRUPTED", err, "stopped while reading");
}

struct failure {
    CURLcode result;
    const char *code;
    const char *message;
    const char *help;
};

static const struct failure failures[] = {
    {CURLE_COULDNT_RESOLVE_HOST, "HTTP-CONNECT", "there is no host of that name",
     "check the name, and that this machine can look names up"},
    {CURLE_COULDNT_RESOLVE_PROXY, "HTTP-CONNECT", "there is no proxy of the name that is set",
     "check the environment's http_proxy and https_proxy"},
    {CURLE_OPERATION_TIMEDOUT, "HTTP-TIMEOUT", "the server was not reached in time",
     "check the host and port; `connect_timeout` sets how long to try"},
    {CURLE_SSL_CACERT_BADFILE, "HTTP-TLS", "the file of trusted certificates cannot be read",
     "check `ca_file`"},
    {CURLE_GOT_NOTHING, "HTTP-CUT", "the server closed the connection without an answer", NULL},
    {CURLE_SEND_ERROR, "HTTP-CUT", "the connection broke while the request was sent", NULL},
    {CURLE_WEIRD_SERVER_REPLY, "HTTP-PROTOCOL", "the server's answer is not HTTP",
     "check the port, and whether it is https"},
    {CURLE_UNSUPPORTED_PROTOCOL, "HTTP-PROTOCOL", "the server's answer is not HTTP/1.1",
     "check the port, and whether it is https"},
};

static const struct failure *find_failure(CURLcode result)
{
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
        if (failures[i].result == result)
            return &failures[i];
    return NULL;
}

static enum assay_status not_connected(const struct assay_http *http, struct assay_error *err)
{
    long number = 0;
    curl_easy_getinfo(http->easy, CURLINFO_OS_ERRNO, &number);
    assay_http_fail(http, ASSAY_SOURCE, "HTTP-CONNECT", err, "the server cannot be reached%s%s",
                    number != 0 ? ": " : "", number != 0 ? strerror((int)number) : "");
    assay_error_help(err, "check the host and port, and whether a proxy is needed (https_proxy)");
    return ASSAY_SOURCE;
}

static enum assay_status not_trusted(const struct assay_http *http, struct assay_error *err)
{
    const char *reason = http->reason[0] != '\0' ? http->reason : curl_easy_strerror(http->result);
    assay_http_fail(http, ASSAY_SOURCE, "HTTP-TLS", err, "no secure connection: %.300s", reason);
    assay_error_help(err, "certificates are always verified; for a server with its own authority, "
                          "name its certificate with `ca_file`");
    return ASSAY_SOURCE;
}

static enum assay_status too_large(const struct assay_http *http, struct assay_error *err)
{
    assay_http_fail(http, ASSAY_LIMIT, "HTTP-LIMIT", err,
                    "the body is over the limit of %" PRIu64 " bytes",
                    http->request.limits.max_body);
    assay_error_help(err, "`max_download` sets how much is taken from a server");
    return ASSAY_LIMIT;
}

static enum assay_status cut(const struct assay_http *http, struct assay_error *err)
{
    int64_t length = assay_http_length(http);
    if (!http->head_done)
        return assay_http_fail(http, ASSAY_SOURCE, "HTTP-CUT", err,
                               "the connection broke before the answer was there");
    if (length >= 0)
        return assay_http_fail(http, ASSAY_SOURCE, "HTTP-CUT", err,
                               "the connection broke after %" PRIu64 " of %" PRIi64 " bytes",
                               http->received, length);
    return assay_http_fail(http, ASSAY_SOURCE, "HTTP-CUT", err,
                           "the connection broke after %" PRIu64 " bytes", http->received);
}

enum assay_status assay_http_broken(const struct assay_http *http, struct assay_error *err)
{
    const struct failure *failure = find_failure(http->result);
    if (http->over_limit)
        return too_large(http, err);
    if (http->head.failed)
        return assay_http_fail(http, ASSAY_SOURCE, "HTTP-PROTOCOL", err,
                               "the server's headers are over %u KiB", ASSAY_HTTP_HEAD >> 10);
    if (http->result == CURLE_OK)
        return assay_http_fail(http, ASSAY_SOURCE, "HTTP-PROTOCOL", err,
                               "the server sent more than the %" PRIi64 " bytes that it announced",
                               assay_http_length(http));
    if (failure != NULL) {
        assay_http_fail(http, ASSAY_SOURCE, failure->code, err, "%s", failure->message);
        if (failure->help != NULL)
            assay_error_help(err, "%s", failure->help);
        return ASSAY_SOURCE;
    }
    switch (http->result) {
    case CURLE_OUT_OF_MEMORY: return assay_fail_nomem(err);
    case CURLE_COULDNT_CONNECT: return not_connected(http, err);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS: return not_trusted(http, err);
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR: return cut(http, err);
    default:
        return assay_http_fail(http, ASSAY_SOURCE, "HTTP-PROTOCOL", err, "libcurl: %s",
                               curl_easy_strerror(http->result));
    }
}

enum assay_status assay_http_expect(const struct assay_http *http, int wanted,
                                    struct assay_error *err)
{
    int status = http->status;
    const char *tried = http->tries > 1 ? " to each of several tries" : "";
    if (status == wanted)
        return ASSAY_OK;
    if (status == 404 || status == 410) {
        assay_http_fail(http, ASSAY_SOURCE, "HTTP-MISSING", err,
                        "the server has nothing there (status %d)", status);
        assay_error_help(err, "check the path; some servers hide what may not be read this way");
    } else if (status == 401 || status == 403 || status == 407) {
        assay_http_fail(http, ASSAY_SOURCE, "HTTP-FORBIDDEN", err,
                        status == 407 ? "the proxy wants a user and password (status %d)"
                                      : "the server does not allow it (status %d)",
                        status);
        assay_error_help(err, status == 401 ? "give a user and password in the URL, from the "
                                              "environment: https://${USER}:${PASSWORD}@…"
                                            : "check the user's rights, and that a signed URL has "
                                              "not expired");
    } else if (status >= 300 && status < 400) {
        assay_http_fail(http, ASSAY_SOURCE, "HTTP-REDIRECT", err,
                        "the server answered with status %d", status);
    } else {
        assay_http_fail(http, ASSAY_SOURCE, "HTTP-STATUS", err,
                        "the server answered with status %d%s", status, tried);
        if (status >= 500)
            assay_error_help(err, "the fault is the server's: try again later");
    }
    return ASSAY_SOURCE;
}

#endif
