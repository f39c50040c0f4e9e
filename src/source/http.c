/*
 * An HTTP exchange from request to the end of the body: tries, redirects and reading.
 */
#include "config.h"

#include "source/http.h"

#include "source/http_impl.h"

#ifdef HAVE_LIBCURL

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define REDIRECTS 5
#define TRIES 5
#define PAUSE_MS 250 /* before the second try; twice that before the third, … */
#define LONGEST_PAUSE 8000
#define LONGEST_WAIT_S 60 /* where Retry-After asks for more, there is no other try */
#define URL_ROOM (16u << 10)

bool assay_http_built_in(void)
{
    return true;
}

static bool libcurl_works;

static void set_up(void)
{
    libcurl_works = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

static enum assay_status refuse_url(const struct assay_http *http, const char *why,
                                    const char *help, struct assay_error *err)
{
    assay_http_fail(http, ASSAY_USAGE, "HTTP-URL", err, "%s", why);
    assay_error_help(err, "%s", help);
    return ASSAY_USAGE;
}

static enum assay_status check_characters(const struct assay_http *http, struct assay_str text,
                                          struct assay_error *err)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] <= ' ' || text.ptr[i] == 0x7f)
            return refuse_url(http, "the URL has a space or a control character in it",
                              "write a space as %20", err);
    return ASSAY_OK;
}

/* Keeps the URL without its user, who goes into a header. */
static enum assay_status set_url(struct assay_http *http, struct assay_str text,
                                 struct assay_error *err)
{
    struct assay_url url;
    struct assay_url_parts *parts = &http->url;
    ASSAY_TRY(check_characters(http, text, err));
    if (!assay_url_split(text, &url) || url.host.len == 0)
        return refuse_url(http, "the URL names no host, or its port is no number",
                          "write https://HOST/PATH; a user's password with @ : / in it needs %40 "
                          "%3A %2F",
                          err);
    if (url.has_userinfo) {
        const char *colon = memchr(url.userinfo.ptr, ':', url.userinfo.len);
        size_t user = colon != NULL ? (size_t)(colon - url.userinfo.ptr) : url.userinfo.len;
        size_t rest = url.userinfo.len - user - (colon != NULL);
        parts->has_user = true;
        if (!assay_url_decode(assay_str(url.userinfo.ptr, user), &parts->user) ||
            !assay_url_decode(assay_str(url.userinfo.ptr + url.userinfo.len - rest, rest),
                              &parts->password))
            return refuse_url(http, "the user in the URL is not encoded",
                              "write a % in a user or password as %25", err);
        assay_buf_puts(&parts->user, "");
    }
    assay_buf_reset(&parts->text);
    assay_buf_printf(&parts->text, "%.*s://%.*s", (int)url.scheme.len, url.scheme.ptr,
                     (int)url.host.len, url.host.ptr);
    if (url.port.len > 0)
        assay_buf_printf(&parts->text, ":%.*s", (int)url.port.len, url.port.ptr);
    assay_buf_str(&parts->text, url.path);
    if (url.has_query) {
        assay_buf_putc(&parts->text, '?');
        assay_buf_str(&parts->text, url.query);
    }
    return parts->text.failed || parts->user.failed || parts->password.failed
               ? assay_fail_nomem(err)
               : ASSAY_OK;
}

static enum assay_status check_headers(const struct assay_http *http, struct assay_error *err)
{
    const struct assay_http_request *request = &http->request;
    for (uint32_t i = 0; i < request->header_count; i++)
        if (strpbrk(request->headers[i].value, "\r\n") != NULL)
            return refuse_url(http, "a header to be sent has a line end in it",
                              "give a value of one line", err);
    if (strpbrk(assay_secret_reveal(request->authorization).ptr, "\r\n") != NULL)
        return refuse_url(http, "what is to be sent as authorization has a line end in it",
                          "give a value of one line", err);
    return ASSAY_OK;
}

/* libcurl keeps connections where it keeps transfers. */
static CURLM *take_multi(struct assay_http_pool *pool)
{
    CURLM *multi = pool != NULL ? pool->idle : NULL;
    if (multi == NULL)
        return libcurl_works ? curl_multi_init() : NULL;
    pool->idle = NULL;
    return multi;
}

static void leave_multi(struct assay_http_pool *pool, CURLM *multi)
{
    if (pool != NULL && pool->idle == NULL)
        pool->idle = multi;
    else if (multi != NULL)
        curl_multi_cleanup(multi);
}

void assay_http_pool_free(struct assay_http_pool *pool)
{
    if (pool->idle != NULL)
        curl_multi_cleanup(pool->idle);
    pool->idle = NULL;
}

static enum assay_status prepare(struct assay_http *http, struct assay_error *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct assay_str url = assay_cstr(http->request.url);
    const struct assay_http_limits *limits = &http->request.limits;
    assay_url_mask(url, &http->shown);
    if (!assay_url_is(url, "http") && !assay_url_is(url, "https"))
        return refuse_url(http, "no URL that begins with http:// or https://", "name one", err);
    if (http->shown.failed)
        return refuse_url(http, "the URL is too long", "at most 16 KiB are taken", err);
    ASSAY_TRY(set_url(http, url, err));
    ASSAY_TRY(check_headers(http, err));
    pthread_once(&once, set_up);
    http->multi = take_multi(http->request.pool);
    http->held = malloc(ASSAY_HTTP_CHUNK);
    if (http->multi == NULL || http->held == NULL)
        return assay_fail_nomem(err);
    if (limits->total > 0)
        http->give_up = assay_http_now() + (int64_t)limits->total * 1000;
    return ASSAY_OK;
}

/* One try: to the head of an answer. */
static enum assay_status ask(struct assay_http *http, struct assay_error *err)
{
    assay_http_drop(http);
    ASSAY_TRY(assay_http_start(http, err));
    while (!http->head_done && !http->ended)
        ASSAY_TRY(assay_http_step(http, err));
    if (http->head_done)
        return ASSAY_OK;
    if (http->result == CURLE_OK) /* it ended within its head */
        http->result = CURLE_RECV_ERROR;
    return assay_http_broken(http, err);
}

static bool is_repeatable(const struct assay_http_request *request)
{
    const char *method = request->method;
    return request->repeatable || method == NULL || strcmp(method, "GET") == 0 ||
           strcmp(method, "HEAD") == 0;
}

/* Whether another try may fare better: the server was busy, or the connection was lost. */
static bool is_passing(const struct assay_http *http, enum assay_status status)
{
    static const int busy[] = {408, 429, 500, 502, 503, 504};
    if (status != ASSAY_OK)
        return http->ended &&
               (http->result == CURLE_GOT_NOTHING || http->result == CURLE_RECV_ERROR ||
                http->result == CURLE_SEND_ERROR);
    for (size_t i = 0; i < sizeof busy / sizeof *busy; i++)
        if (http->status == busy[i])
            return true;
    return false;
}

/* How long to wait before the next try, in milliseconds; below 0: it would be too long. */
static int64_t pause_length(const struct assay_http *http)
{
    curl_off_t asked = 0;
    int64_t pause = PAUSE_MS;
    if (http->head_done)
        curl_easy_getinfo(http->easy, CURLINFO_RETRY_AFTER, &asked);
    for (unsigned i = 1; i < http->tries && pause < LONGEST_PAUSE; i++)
        pause *= 2;
    if (asked > LONGEST_WAIT_S)
        return -1;
    /* Not all clients of a server that came back at once: somewhere in the upper half. */
    pause -= (assay_http_now() * 7919) % (pause / 2);
    if (asked > 0)
        pause += (int64_t)asked * 1000;
    return http->give_up > 0 && assay_http_now() + pause >= http->give_up ? -1 : pause;
}

static enum assay_status wait_for(struct assay_http *http, int64_t pause, struct assay_error *err)
{
    int64_t until = assay_http_now() + pause;
    for (int64_t left = pause; left > 0; left = until - assay_http_now()) {
        if (assay_http_must_stop(http))
            return assay_http_interrupted(http, err);
        curl_multi_poll(http->multi, NULL, 0, left < 250 ? (int)left : 250, NULL);
    }
    return ASSAY_OK;
}

static enum assay_status ask_until_answered(struct assay_http *http, struct assay_error *err)
{
    unsigned most = http->request.limits.tries > 0 ? http->request.limits.tries : TRIES;
    http->tries = 0;
    for (;;) {
        enum assay_status status = ask(http, err);
        if (http->tries >= most || !is_repeatable(&http->request) || !is_passing(http, status))
            return status;
        int64_t pause = pause_length(http);
        if (pause < 0)
            return status;
        ASSAY_TRY(wait_for(http, pause, err));
    }
}

static bool is_redirect(const struct assay_http *http)
{
    bool kept = http->status == 307 || http->status == 308; /* the method stays */
    const char *method = http->request.method;
    if (http->request.no_redirect)
        return false;
    return kept || ((http->status == 301 || http->status == 302 || http->status == 303) &&
                    (method == NULL || strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0));
}

static struct assay_str port_of(const struct assay_url *url)
{
    if (url->port.len > 0)
        return url->port;
    return url->scheme.len == 5 ? ASSAY_STR("443") : ASSAY_STR("80");
}

static bool same_text(struct assay_str a, struct assay_str b)
{
    return a.len == b.len && strncasecmp(a.ptr, b.ptr, a.len) == 0;
}

/* NULL where the redirect may be followed; else what is wrong with it. */
static const char *wrong_redirect(struct assay_str from, struct assay_str to)
{
    struct assay_url a, b;
    if (!assay_url_split(from, &a) || !assay_url_split(to, &b))
        return "redirects to what is no URL";
    bool up = assay_url_is(from, "http") && assay_url_is(to, "https");
    if (assay_url_is(from, "https") && !assay_url_is(to, "https"))
        return "redirects from https to what is not";
    if (!assay_url_is(to, "http") && !assay_url_is(to, "https"))
        return "redirects to what is neither http nor https";
    if (!same_text(a.host, b.host))
        return "redirects to another host";
    bool plain_up = up && assay_str_is(port_of(&a), "80") && assay_str_is(port_of(&b), "443");
    if (!assay_str_equal(port_of(&a), port_of(&b)) && !plain_up)
        return "redirects to another port";
    return b.has_userinfo ? "redirects to a URL with a user in it" : NULL;
}

static enum assay_status refuse_redirect(const struct assay_http *http, const char *why,
                                         const char *to, struct assay_error *err)
{
    struct assay_buf shown;
    assay_buf_init(&shown, URL_ROOM);
    assay_url_mask(assay_cstr(to), &shown);
    assay_http_fail(http, ASSAY_SOURCE, "HTTP-REDIRECT", err, "%s: %.300s", why,
                    shown.ptr != NULL ? shown.ptr : "");
    assay_error_help(err, "name that URL, if it is the one that is meant");
    assay_buf_free(&shown);
    return ASSAY_SOURCE;
}

/* Where a Location leads, seen from `base`; NULL: nowhere. For curl_free. */
static char *resolve(const char *base, const char *location)
{
    CURLU *url = curl_url();
    char *to = NULL;
    if (url != NULL && curl_url_set(url, CURLUPART_URL, base, 0) == CURLUE_OK &&
        curl_url_set(url, CURLUPART_URL, location, CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE) ==
            CURLUE_OK)
        curl_url_get(url, CURLUPART_URL, &to, 0);
    curl_url_cleanup(url);
    return to;
}

static enum assay_status follow(struct assay_http *http, struct assay_error *err)
{
    struct assay_str location = assay_http_header(http, "Location");
    char *to = location.len > 0 ? resolve(http->url.text.ptr, location.ptr) : NULL;
    if (to == NULL)
        return assay_http_fail(http, ASSAY_SOURCE, "HTTP-REDIRECT", err,
                               "redirects (status %d) without saying where to", http->status);
    const char *wrong = wrong_redirect(assay_buf_view(&http->url.text), assay_cstr(to));
    enum assay_status status =
        wrong != NULL ? refuse_redirect(http, wrong, to, err) : set_url(http, assay_cstr(to), err);
    curl_free(to);
    return status;
}

static enum assay_status exchange(struct assay_http *http, struct assay_error *err)
{
    ASSAY_TRY(prepare(http, err));
    for (int i = 0;; i++) {
        ASSAY_TRY(ask_until_answered(http, err));
        if (!is_redirect(http))
            return ASSAY_OK;
        if (i == REDIRECTS)
            return assay_http_fail(http, ASSAY_SOURCE, "HTTP-REDIRECT", err,
                                   "redirects more than %d times", REDIRECTS);
        ASSAY_TRY(follow(http, err));
    }
}

enum assay_status assay_http_open(const struct assay_http_request *request, struct assay_http **out,
                                  struct assay_error *err)
{
    struct assay_http *http = calloc(1, sizeof *http);
    *out = NULL;
    if (http == NULL)
        return assay_fail_nomem(err);
    http->request = *request;
    assay_buf_init(&http->shown, URL_ROOM);
    assay_buf_init(&http->url.text, URL_ROOM);
    assay_buf_init(&http->url.user, URL_ROOM);
    assay_buf_init(&http->url.password, URL_ROOM);
    assay_buf_init(&http->head, ASSAY_HTTP_HEAD);
    enum assay_status status = exchange(http, err);
    int64_t length = status == ASSAY_OK ? assay_http_length(http) : -1;
    uint64_t most = request->limits.max_body;
    if (length > 0 && most > 0 && (uint64_t)length > most) {
        http->over_limit = true;
        status = assay_http_broken(http, err);
    }
    if (status != ASSAY_OK) {
        assay_http_close(http);
        return status;
    }
    *out = http;
    return ASSAY_OK;
}

static void wipe(struct assay_buf *buf)
{
    if (buf->ptr != NULL)
        assay_secret_wipe(buf->ptr, buf->len);
    assay_buf_free(buf);
}

void assay_http_close(struct assay_http *http)
{
    if (http == NULL)
        return;
    assay_http_drop(http);
    leave_multi(http->request.pool, http->multi);
    wipe(&http->url.text);
    wipe(&http->url.user);
    wipe(&http->url.password);
    assay_buf_free(&http->shown);
    assay_buf_free(&http->head);
    free(http->held);
    free(http);
}

int assay_http_status(const struct assay_http *http)
{
    return http->status;
}

struct assay_str assay_http_header(const struct assay_http *http, const char *name)
{
    size_t len = strlen(name);
    for (size_t at = 0; at < http->head.len;) {
        const char *line = http->head.ptr + at;
        size_t n = strlen(line);
        if (n > len && line[len] == ':' && strncasecmp(line, name, len) == 0) {
            const char *value = line + len + 1;
            value += strspn(value, " \t");
            size_t rest = strlen(value);
            while (rest > 0 && (value[rest - 1] == ' ' || value[rest - 1] == '\t'))
                rest--;
            return assay_str(value, rest);
        }
        at += n + 1;
    }
    return assay_str("", 0);
}

int64_t assay_http_length(const struct assay_http *http)
{
    curl_off_t length = -1;
    curl_easy_getinfo(http->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    return (int64_t)length;
}

bool assay_http_is_framed(const struct assay_http *http)
{
    struct assay_str coding = assay_http_header(http, "Transfer-Encoding");
    static const char chunked[] = "chunked";
    size_t len = sizeof chunked - 1;
    if (coding.len == 0)
        return assay_http_length(http) >= 0;
    /* With one, a length counts for nothing; and only the last coding tells the end. */
    return coding.len >= len && strncasecmp(coding.ptr + coding.len - len, chunked, len) == 0;
}

const char *assay_http_shown(const struct assay_http *http)
{
    return http->shown.ptr != NULL ? http->shown.ptr : "";
}

/* What is held comes first; it may be all that there is room for. */
static size_t take_held(struct assay_http *http, char *buffer, size_t room)
{
    size_t n = http->held_len < room ? http->held_len : room;
    memcpy(buffer, http->held + http->held_at, n);
    http->held_at += n;
    http->held_len -= n;
    return n;
}

enum assay_status assay_http_read(struct assay_http *http, char *buffer, size_t room, size_t *got,
                                  struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    *got = http->held_len > 0 ? take_held(http, buffer, room) : 0;
    if (*got > 0)
        return ASSAY_OK;
    http->into = buffer;
    http->into_room = room;
    http->into_len = 0;
    if (http->paused)
        assay_http_resume(http);
    while (status == ASSAY_OK && http->into_len == 0 && !http->ended)
        status = assay_http_step(http, err);
    *got = http->into_len;
    http->into = NULL;
    if (status != ASSAY_OK || *got > 0)
        return status;
    return http->result == CURLE_OK && !http->excess ? ASSAY_OK : assay_http_broken(http, err);
}

#else

bool assay_http_built_in(void)
{
    return false;
}

enum assay_status assay_http_open(const struct assay_http_request *request, struct assay_http **out,
                                  struct assay_error *err)
{
    (void)request;
    *out = NULL;
    assay_fail(err, ASSAY_USAGE, "HTTP-NOT-BUILT-IN",
               "HTTP is not built in: libcurl was not there when assay was built");
    assay_error_help(err, "fetch it with another program and read from -, or build with libcurl");
    return ASSAY_USAGE;
}

/* There is never an exchange; these are here so that nobody has to ask. */

void assay_http_close(struct assay_http *http)
{
    (void)http;
}

void assay_http_pool_free(struct assay_http_pool *pool)
{
    (void)pool;
}

int assay_http_status(const struct assay_http *http)
{
    (void)http;
    return 0;
}

struct assay_str assay_http_header(const struct assay_http *http, const char *name)
{
    (void)http, (void)name;
    return assay_str("", 0);
}

int64_t assay_http_length(const struct assay_http *http)
{
    (void)http;
    return -1;
}

bool assay_http_is_framed(const struct assay_http *http)
{
    (void)http;
    return false;
}

const char *assay_http_shown(const struct assay_http *http)
{
    (void)http;
    return "";
}

enum assay_status assay_http_read(struct assay_http *http, char *buffer, size_t room, size_t *got,
                                  struct assay_error *err)
{
    struct assay_http_request request = {0};
    (void)buffer, (void)room;
    *got = 0;
    return assay_http_open(&request, &http, err);
}

enum assay_status assay_http_expect(const struct assay_http *http, int wanted,
                                    struct assay_error *err)
{
    struct assay_http_request request = {0};
    struct assay_http *none = NULL;
    (void)http, (void)wanted;
    return assay_http_open(&request, &none, err);
}

#endif
