/*
 * The part of an HTTP exchange that talks to libcurl: one transfer, driven from the
 * reader's thread through the multi interface, so that nothing is received that nobody
 * has asked for.
 */
#include "config.h"

#include "source/http_impl.h"

#ifdef HAVE_LIBCURL

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define WAIT_MS 250 /* how soon a wait sees that it is to stop */
#define SLOWEST 64  /* bytes a second, over the idle time of waiting */
#define CONNECT_TIME 10
#define IDLE_TIME 60

int64_t assay_http_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool assay_http_must_stop(const struct assay_http *http)
{
    const _Atomic int *stop = http->request.stop;
    const _Atomic bool *abandoned = http->request.abandoned;
    return (stop != NULL && atomic_load_explicit(stop, memory_order_relaxed) != 0) ||
           (abandoned != NULL && atomic_load_explicit(abandoned, memory_order_relaxed));
}

/*
 * A TLS library may write to a connection that the other side has closed. The signal for
 * that is held back in this thread alone, and taken out again: others may rely on it.
 */
struct quiet {
    sigset_t before;
    bool was_pending;
};

static void quiet_begin(struct quiet *quiet)
{
    sigset_t set, pending;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    sigpending(&pending);
    quiet->was_pending = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &set, &quiet->before);
}

static void quiet_end(struct quiet *quiet)
{
    static const struct timespec now = {0};
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    if (!quiet->was_pending)
        while (sigtimedwait(&set, NULL, &now) < 0 && errno == EINTR)
            continue;
    pthread_sigmask(SIG_SETMASK, &quiet->before, NULL);
}

/* An answer's first line begins its head anew: there may have been an interim one. */
static size_t on_header(char *data, size_t size, size_t count, void *context)
{
    struct assay_http *http = context;
    size_t len = size * count;
    if (len >= 5 && memcmp(data, "HTTP/", 5) == 0) {
        assay_buf_reset(&http->head);
        return len;
    }
    size_t end = len;
    while (end > 0 && (data[end - 1] == '\r' || data[end - 1] == '\n'))
        end--;
    if (end > 0) {
        assay_buf_add(&http->head, data, end);
        assay_buf_add(&http->head, "", 1);
        return http->head.failed ? 0 : len;
    }
    long status = 0;
    curl_easy_getinfo(http->easy, CURLINFO_RESPONSE_CODE, &status);
    http->status = (int)status;
    if (status >= 200)
        http->head_done = true;
    return len;
}

/* Into the reader's buffer; what does not fit is held, or else libcurl is paused. */
static size_t on_body(char *data, size_t size, size_t count, void *context)
{
    struct assay_http *http = context;
    size_t len = size * count;
    size_t room = http->into != NULL ? http->into_room - http->into_len : 0;
    size_t now = len < room ? len : room;
    uint64_t most = http->request.limits.max_body;
    if (len - now > 0 && (http->held_len > 0 || len - now > ASSAY_HTTP_CHUNK)) {
        http->paused = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    if (most > 0 && http->received + len > most) {
        http->over_limit = true;
        return 0;
    }
    if (now > 0)
        memcpy(http->into + http->into_len, data, now);
    http->into_len += now;
    memcpy(http->held, data + now, len - now);
    if (len > now)
        http->held_at = 0;
    http->held_len += len - now;
    http->received += len;
    return len;
}

/* libcurl drops what comes behind the announced length, and says so only here. */
static int on_debug(CURL *easy, curl_infotype type, char *data, size_t size, void *context)
{
    static const char excess[] = "Excess found";
    struct assay_http *http = context;
    (void)easy;
    if (type == CURLINFO_TEXT && size >= sizeof excess - 1 &&
        memcmp(data, excess, sizeof excess - 1) == 0)
        http->excess = true;
    return 0;
}

static void add_line(struct assay_http *http, const char *name, const char *value, bool *failed)
{
    struct assay_buf line;
    assay_buf_init(&line, 64u << 10);
    assay_buf_printf(&line, value[0] != '\0' ? "%s: %s" : "%s:", name, value);
    struct curl_slist *grown = line.failed ? NULL : curl_slist_append(http->lines, line.ptr);
    *failed |= grown == NULL;
    if (grown != NULL)
        http->lines = grown;
    if (line.ptr != NULL)
        assay_secret_wipe(line.ptr, line.len);
    assay_buf_free(&line);
}

static bool make_lines(struct assay_http *http)
{
    const struct assay_http_request *request = &http->request;
    bool failed = false;
    add_line(http, "Expect", "", &failed); /* do not wait for 100-continue */
    for (uint32_t i = 0; i < request->header_count; i++)
        add_line(http, request->headers[i].name, request->headers[i].value, &failed);
    if (request->authorization != NULL)
        add_line(http, "Authorization", assay_secret_reveal(request->authorization).ptr, &failed);
    return !failed;
}

#define SET(option, value) (void)curl_easy_setopt(easy, option, value)

static void set_protocols(CURL *easy)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
#else
    SET(CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
    SET(CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
    SET(CURLOPT_QUICK_EXIT, 1L); /* a name that is still looked up holds nobody up */
#endif
}

static void set_method(CURL *easy, const struct assay_http_request *request)
{
    const char *method = request->method;
    if (method == NULL || strcmp(method, "GET") == 0)
        SET(CURLOPT_HTTPGET, 1L);
    else if (strcmp(method, "HEAD") == 0)
        SET(CURLOPT_NOBODY, 1L);
    else {
        SET(CURLOPT_POST, 1L);
        SET(CURLOPT_POSTFIELDS, request->body.len > 0 ? request->body.ptr : "");
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
        if (strcmp(method, "POST") != 0)
            SET(CURLOPT_CUSTOMREQUEST, method);
    }
}

static void set_callbacks(CURL *easy, struct assay_http *http)
{
    SET(CURLOPT_HEADERFUNCTION, on_header);
    SET(CURLOPT_HEADERDATA, http);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, http);
    SET(CURLOPT_DEBUGFUNCTION, on_debug);
    SET(CURLOPT_DEBUGDATA, http);
    SET(CURLOPT_VERBOSE, 1L);
    SET(CURLOPT_ERRORBUFFER, http->reason);
    SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    SET(CURLOPT_BUFFERSIZE, (long)ASSAY_HTTP_CHUNK);
}

static void set_request(CURL *easy, struct assay_http *http)
{
    const struct assay_http_limits *limits = &http->request.limits;
    uint32_t connect = limits->connect > 0 ? limits->connect : CONNECT_TIME;
    SET(CURLOPT_URL, http->url.text.ptr);
    SET(CURLOPT_PATH_AS_IS, 1L);
    SET(CURLOPT_HTTPHEADER, http->lines);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)connect * 1000);
    if (http->url.has_user && http->request.authorization == NULL) {
        SET(CURLOPT_USERNAME, http->url.user.ptr);
        SET(CURLOPT_PASSWORD, http->url.password.ptr != NULL ? http->url.password.ptr : "");
    }
    if (limits->ca_file != NULL) {
        SET(CURLOPT_CAINFO, limits->ca_file);
        SET(CURLOPT_CAPATH, NULL);
    }
}

#undef SET

enum assay_status assay_http_start(struct assay_http *http, struct assay_error *err)
{
    http->easy = curl_easy_init();
    if (http->easy == NULL || !make_lines(http))
        return assay_fail_nomem(err);
    set_protocols(http->easy);
    set_method(http->easy, &http->request);
    set_callbacks(http->easy, http);
    set_request(http->easy, http);
    assay_buf_reset(&http->head);
    http->reason[0] = '\0';
    http->status = 0;
    http->head_done = http->ended = http->paused = http->excess = http->over_limit = false;
    http->result = CURLE_OK;
    http->held_at = http->held_len = http->received = http->wait_bytes = 0;
    http->waited = 0;
    http->tries++;
    return curl_multi_add_handle(http->multi, http->easy) == CURLM_OK ? ASSAY_OK
                                                                      : assay_fail_nomem(err);
}

void assay_http_drop(struct assay_http *http)
{
    struct quiet quiet;
    quiet_begin(&quiet);
    if (http->easy != NULL) {
        curl_multi_remove_handle(http->multi, http->easy);
        curl_easy_cleanup(http->easy);
    }
    quiet_end(&quiet);
    curl_slist_free_all(http->lines);
    http->easy = NULL;
    http->lines = NULL;
}

static uint64_t moved(const struct assay_http *http)
{
    curl_off_t sent = 0;
    curl_easy_getinfo(http->easy, CURLINFO_SIZE_UPLOAD_T, &sent);
    return http->received + http->head.len + (uint64_t)sent;
}

/* Only time spent waiting counts: a reader that is busy is no fault of the server. */
static enum assay_status check_pace(struct assay_http *http, int64_t waited,
                                    struct assay_error *err)
{
    const struct assay_http_limits *limits = &http->request.limits;
    int64_t idle = limits->idle > 0 ? limits->idle : IDLE_TIME;
    curl_off_t sending = 0; /* 0 until there is a connection, which has its own deadline */
    if (http->give_up > 0 && assay_http_now() >= http->give_up)
        return assay_http_fail(http, ASSAY_SOURCE, "HTTP-TIMEOUT", err,
                               "not done within %u seconds", (unsigned)limits->total);
    curl_easy_getinfo(http->easy, CURLINFO_PRETRANSFER_TIME_T, &sending);
    if (sending == 0)
        return ASSAY_OK;
    http->waited += waited;
    if (http->waited < idle * 1000)
        return ASSAY_OK;
    uint64_t now = moved(http);
    if (now - http->wait_bytes < (uint64_t)idle * SLOWEST)
        return assay_http_fail(http, ASSAY_SOURCE, "HTTP-TIMEOUT", err,
                               http->head_done ? "%s less than %d bytes a second for %d seconds"
                                               : "%s no answer, at less than %d bytes a second, "
                                                 "for %d seconds",
                               "the server sent", SLOWEST, (int)idle);
    http->wait_bytes = now;
    http->waited = 0;
    return ASSAY_OK;
}

static void collect(struct assay_http *http)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(http->multi, &left)) != NULL)
        if (message->msg == CURLMSG_DONE && message->easy_handle == http->easy) {
            http->ended = true;
            http->result = message->data.result;
        }
}

enum assay_status assay_http_step(struct assay_http *http, struct assay_error *err)
{
    bool had_head = http->head_done;
    uint64_t before = http->received;
    struct quiet quiet;
    int running;
    if (assay_http_must_stop(http))
        return assay_http_interrupted(http, err);
    quiet_begin(&quiet);
    CURLMcode result = curl_multi_perform(http->multi, &running);
    quiet_end(&quiet);
    collect(http);
    if (result != CURLM_OK)
        return assay_http_fail(http, ASSAY_SOURCE, "HTTP-PROTOCOL", err, "libcurl: %s",
                               curl_multi_strerror(result));
    if (http->ended || http->received > before || http->head_done != had_head)
        return ASSAY_OK;
    int64_t from = assay_http_now();
    curl_multi_poll(http->multi, NULL, 0, WAIT_MS, NULL);
    return check_pace(http, assay_http_now() - from, err);
}

void assay_http_resume(struct assay_http *http)
{
    struct quiet quiet;
    http->paused = false;
    quiet_begin(&quiet);
    curl_easy_pause(http->easy, CURLPAUSE_CONT);
    quiet_end(&quiet);
}

#endif
