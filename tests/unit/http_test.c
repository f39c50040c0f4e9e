/*
 * HTTP exchanges with a server that says exactly what a test tells it to: each
 * connection gets the next answer, and what was asked is kept.
 */
#include "config.h"

#include "source/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#ifdef HAVE_LIBCURL

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWERS 8

struct answer {
    const char *text;
    size_t padding; /* so many x follow */
    bool hold;      /* the connection stays open until the client goes */
};

struct server {
    struct answer answers[ANSWERS];
    int count, listener, port;
    char asked[ANSWERS][2048];
    _Atomic size_t written; /* of the newest padding */
    pthread_t thread;
};

static void read_request(int fd, char *asked, size_t room)
{
    size_t len = 0, want = 0;
    for (;;) {
        ssize_t n = read(fd, asked + len, room - 1 - len);
        len += n > 0 ? (size_t)n : 0;
        asked[len] = '\0';
        const char *body = strstr(asked, "\r\n\r\n");
        const char *length = strstr(asked, "Content-Length: ");
        if (body != NULL && want == 0)
            want = (size_t)(body + 4 - asked) +
                   (length != NULL && length < body ? strtoul(length + 16, NULL, 10) : 0);
        if (n <= 0 || (want > 0 && len >= want))
            return;
    }
}

static void pad(struct server *server, int fd, size_t left)
{
    static char xs[65536];
    memset(xs, 'x', sizeof xs);
    while (left > 0) {
        ssize_t n = send(fd, xs, left < sizeof xs ? left : sizeof xs, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        left -= (size_t)n;
        server->written += (size_t)n;
    }
}

static void *serve(void *context)
{
    struct server *server = context;
    for (int i = 0; i < server->count; i++) {
        int fd = accept(server->listener, NULL, NULL);
        char rest[256];
        if (fd < 0)
            break;
        read_request(fd, server->asked[i], sizeof server->asked[i]);
        const char *text = server->answers[i].text;
        if (send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text))
            pad(server, fd, server->answers[i].padding);
        while (server->answers[i].hold && read(fd, rest, sizeof rest) > 0)
            continue;
        close(fd);
    }
    return NULL;
}

static void server_start(struct server *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000001)};
    socklen_t len = sizeof address;
    server->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(server->listener >= 0);
    assert_int_equal(bind(server->listener, (struct sockaddr *)&address, len), 0);
    assert_int_equal(listen(server->listener, ANSWERS), 0);
    assert_int_equal(getsockname(server->listener, (struct sockaddr *)&address, &len), 0);
    server->port = ntohs(address.sin_port);
    for (server->count = 0; server->count < ANSWERS; server->count++)
        if (server->answers[server->count].text == NULL)
            break;
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void server_stop(struct server *server)
{
    shutdown(server->listener, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    close(server->listener);
}

static const char *url_of(const struct server *server, const char *user, const char *path)
{
    static char url[256];
    snprintf(url, sizeof url, "http://%s127.0.0.1:%d%s", user, server->port, path);
    return url;
}

/* The whole body as text, in reads of `step` bytes. */
static enum assay_status read_all(struct assay_http *http, char *out, size_t room, size_t step,
                                  struct assay_error *err)
{
    size_t len = 0, got = 1;
    enum assay_status status = ASSAY_OK;
    while (status == ASSAY_OK && got > 0 && len + step < room) {
        status = assay_http_read(http, out + len, step, &got, err);
        len += status == ASSAY_OK ? got : 0;
    }
    out[len] = '\0';
    return status;
}

static void an_answer_is_read_to_its_end(void **state)
{
    struct server server = {.answers = {{"HTTP/1.1 200 OK\r\nETag:  \"abc\" \r\nContent-Length: 11"
                                         "\r\n\r\nhello world",
                                         0, false},
                                        {"HTTP/1.1 100 Continue\r\nETag: no\r\n\r\nHTTP/1.1 200 OK"
                                         "\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n"
                                         " world\r\n0\r\n\r\n",
                                         0, false}}};
    struct assay_http *http;
    struct assay_error err;
    char body[64];
    (void)state;
    server_start(&server);
    for (int i = 0; i < 2; i++) {
        struct assay_http_request request = {.url = url_of(&server, "", "/a?b=c")};
        assert_int_equal(assay_http_open(&request, &http, &err), ASSAY_OK);
        assert_int_equal(assay_http_status(http), 200);
        assert_int_equal(assay_http_length(http), i == 0 ? 11 : -1);
        assert_true(assay_http_is_framed(http));
        assert_int_equal(assay_http_header(http, "etag").len, i == 0 ? 5 : 0);
        assert_int_equal(assay_http_expect(http, 200, &err), ASSAY_OK);
        assert_int_equal(read_all(http, body, sizeof body, i == 0 ? 1 : 7, &err), ASSAY_OK);
        assert_string_equal(body, "hello world");
        assay_http_close(http);
        assert_non_null(strstr(server.asked[i], "GET /a?b=c HTTP/1.1\r\n"));
    }
    server_stop(&server);
}

static void a_request_carries_its_headers_and_body(void **state)
{
    static const struct assay_http_header headers[] = {{"X-One", "1"}, {"Content-Type", "a/b"}};
    struct server server = {
        .answers = {{"HTTP/1.1 201 Made\r\nContent-Length: 0\r\n\r\n", 0, false},
                    {"HTTP/1.1 204 None\r\n\r\n", 0, false}}};
    struct assay_http *http;
    struct assay_error err;
    (void)state;
    server_start(&server);
    struct assay_http_request request = {.method = "POST",
                                         .url = url_of(&server, "us%40er:pa%3Ass@", "/"),
                                         .headers = headers,
                                         .header_count = 2,
                                         .body = ASSAY_STR("select 1\n")};
    assert_int_equal(assay_http_open(&request, &http, &err), ASSAY_OK);
    assert_int_equal(assay_http_status(http), 201);
    assay_http_close(http);
    assert_non_null(strstr(server.asked[0], "POST / HTTP/1.1\r\n"));
    assert_non_null(strstr(server.asked[0], "Authorization: Basic dXNAZXI6cGE6c3M=\r\n"));
    assert_non_null(strstr(server.asked[0], "X-One: 1\r\n"));
    assert_non_null(strstr(server.asked[0], "Content-Type: a/b\r\n"));
    assert_non_null(strstr(server.asked[0], "\r\n\r\nselect 1\n"));
    assert_null(strstr(server.asked[0], "Expect"));

    struct assay_secret *token = assay_secret_new(ASSAY_STR("Bearer abc"));
    request.authorization = token;
    request.url = url_of(&server, "", "/");
    assert_int_equal(assay_http_open(&request, &http, &err), ASSAY_OK);
    assay_http_close(http);
    assert_non_null(strstr(server.asked[1], "Authorization: Bearer abc\r\n"));
    assay_secret_free(token);
    server_stop(&server);
}

static void a_header_that_would_be_two_is_refused(void **state)
{
    static const struct assay_http_header header = {"X", "1\r\nY: 2"};
    struct assay_http_request request = {
        .url = "http://127.0.0.1:9/", .headers = &header, .header_count = 1};
    struct assay_http *http;
    struct assay_error err;
    (void)state;
    assert_int_equal(assay_http_open(&request, &http, &err), ASSAY_USAGE);
    assert_string_equal(err.code, "HTTP-URL");
}

static void urls_that_cannot_be_asked_for_are_refused(void **state)
{
    static const char *const urls[] = {"ftp://h/",      "file:///etc/passwd", "http:///a",
                                       "http://h:x/a",  "http://h/a b",       "http://h/a\n",
                                       "http://u%@h/a", "http://u:p%zz@h/CAN"};
    struct assay_http *http;
    struct assay_error err;
    (void)state;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        struct assay_http_request request = {.url = urls[i]};
        assert_int_equal(assay_http_open(&request, &http, &err), ASSAY_USAGE);
        assert_string_equal(err.code, "HTTP-URL");
        assert_null(http);
    }
}

/* What comes of one answer that is read to its end; the code of the error, or "". */
static const char *outcome(const char *text, size_t padding, bool hold,
                           struct assay_http_limits limits)
{
    static struct assay_error err;
    static char body[1 << 20];
    struct server server = {.answers = {{text, padding, hold}}};
    struct assay_http *http;
    server_start(&server);
    struct assay_http_request request = {.url = url_of(&server, "", "/"), .limits = limits};
    request.limits.tries = 1;
    memset(&err, 0, sizeof err);
    enum assay_status status = assay_http_open(&request, &http, &err);
    if (status == ASSAY_OK)
        status = assay_http_expect(http, 200, &err);
    if (status == ASSAY_OK)
        status = read_all(http, body, sizeof body, 4096, &err);
    assay_http_close(http);
    server_stop(&server);
    return status == ASSAY_OK ? "" : err.code;
}

static void every_way_to_break_off_is_noticed(void **state)
{
    struct assay_http_limits limits = {0};
    (void)state;
    assert_string_equal(
        outcome("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1234", 0, false, limits), "HTTP-CUT");
    assert_string_equal(
        outcome("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n1234", 0, false, limits),
        "HTTP-PROTOCOL");
    assert_string_equal(
        outcome("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n123", 0, false, limits),
        "HTTP-CUT");
    assert_string_equal(outcome("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n123\r\n",
                                0, false, limits),
                        "HTTP-CUT");
    assert_string_equal(
        outcome("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n123", 0, false, limits),
        "HTTP-CUT");
    assert_string_equal(outcome("HTTP/1.1 200 OK\r\nContent-Le", 0, false, limits), "HTTP-CUT");
    assert_string_equal(outcome("", 0, false, limits), "HTTP-CUT");
    assert_string_equal(outcome("SSH-2.0-x\r\n", 0, false, limits), "HTTP-PROTOCOL");
    assert_string_equal(outcome("HTTP/1.0 200 OK\r\n\r\n", 300000, false, limits), "");
}

static void bounds_hold(void **state)
{
    struct assay_http_limits limits = {.max_body = 1000};
    (void)state;
    assert_string_equal(
        outcome("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n", 1001, false, limits),
        "HTTP-LIMIT");
    assert_string_equal(outcome("HTTP/1.0 200 OK\r\n\r\n", 1001, false, limits), "HTTP-LIMIT");
    assert_string_equal(outcome("HTTP/1.0 200 OK\r\n\r\n", 1000, false, limits), "");
    limits = (struct assay_http_limits){.idle = 1};
    assert_string_equal(outcome("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1", 0, true, limits),
                        "HTTP-TIMEOUT");
    limits = (struct assay_http_limits){.total = 1};
    assert_string_equal(outcome("HTTP/1.1 200 OK\r\n", 0, true, limits), "HTTP-TIMEOUT");
}

static void statuses_have_their_codes(void **state)
{
    static const struct {
        const char *text, *code;
    } rows[] = {
        {"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", "HTTP-MISSING"},
        {"HTTP/1.1 410 No\r\nContent-Length: 0\r\n\r\n", "HTTP-MISSING"},
        {"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", "HTTP-FORBIDDEN"},
        {"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", "HTTP-FORBIDDEN"},
        {"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", "HTTP-STATUS"},
        {"HTTP/1.1 206 No\r\nContent-Length: 0\r\n\r\n", "HTTP-STATUS"},
        {"HTTP/1.1 304 No\r\n\r\n", "HTTP-REDIRECT"},
        {"HTTP/1.1 302 No\r\nContent-Length: 0\r\n\r\n", "HTTP-REDIRECT"},
        {"HTTP/1.1 302 No\r\nLocation: http://127.0.0.2/\r\n\r\n", "HTTP-REDIRECT"},
        {"HTTP/1.1 302 No\r\nLocation: //127.0.0.1:1/\r\n\r\n", "HTTP-REDIRECT"},
        {"HTTP/1.1 302 No\r\nLocation: file:///etc/passwd\r\n\r\n", "HTTP-REDIRECT"},
    };
    struct assay_http_limits limits = {0};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(outcome(rows[i].text, 0, false, limits), rows[i].code);
}

static void the_same_host_may_redirect_and_a_loop_ends(void **state)
{
    static const struct answer again = {
        "HTTP/1.1 307 Go\r\nLocation: /b?c\r\nContent-Length: 0\r\n\r\n", 0, false};
    struct server server = {
        .answers = {again, {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 0, false}}};
    struct assay_http *http;
    struct assay_error err;
    char body[64];
    (void)state;
    server_start(&server);
    struct assay_http_request request = {.url = url_of(&server, "u:p@", "/a")};
    assert_int_equal(assay_http_open(&request, &http, &err), ASSAY_OK);
    assert_int_equal(read_all(http, body, sizeof body, 9, &err), ASSAY_OK);
    assert_string_equal(body, "hi");
    assay_http_close(http);
    assert_non_null(strstr(server.asked[1], "GET /b?c HTTP/1.1"));
    assert_non_null(strstr(server.asked[1], "Authorization: Basic"));
    server_stop(&server);

    server = (struct server){.answers = {again, again, again, again, again, again}};
    server_start(&server);
    request.url = url_of(&server, "", "/a");
    assert_int_equal(assay_http_open(&request, &http, &err), ASSAY_SOURCE);
    assert_string_equal(err.code, "HTTP-REDIRECT");
    server_stop(&server);
}

static void a_busy_server_is_asked_again(void **state)
{
    static const struct answer busy = {"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", 0, false};
    struct server server = {
        .answers = {
            busy, {"", 0, false}, {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 0, false}}};
    struct assay_http *http;
    struct assay_error err;
    (void)state;
    server_start(&server);
    struct assay_http_request request = {.url = url_of(&server, "", "/")};
    assert_int_equal(assay_http_open(&request, &http, &err), ASSAY_OK);
    assert_int_equal(assay_http_status(http), 200);
    assay_http_close(http);
    server_stop(&server);

    /* What may not be done twice is not. */
    server = (struct server){.answers = {busy}};
    server_start(&server);
    request = (struct assay_http_request){.method = "POST", .url = url_of(&server, "", "/")};
    assert_int_equal(assay_http_open(&request, &http, &err), ASSAY_OK);
    assert_int_equal(assay_http_status(http), 503);
    assay_http_close(http);
    server_stop(&server);
}

static void a_reader_that_does_not_read_holds_the_server_up(void **state)
{
    struct server server = {.answers = {{"HTTP/1.0 200 OK\r\n\r\n", 256u << 20, false}}};
    struct assay_http *http;
    struct assay_error err;
    char body[1000];
    size_t got, total = 0;
    (void)state;
    server_start(&server);
    struct assay_http_request request = {.url = url_of(&server, "", "/")};
    assert_int_equal(assay_http_open(&request, &http, &err), ASSAY_OK);
    for (int i = 0; i < 5000; i++) {
        assert_int_equal(assay_http_read(http, body, sizeof body, &got, &err), ASSAY_OK);
        for (size_t k = 0; k < got; k++)
            assert_int_equal(body[k], 'x');
        total += got;
    }
    /* Beyond what was read there is only what the sockets and the program's buffers hold. */
    assert_true(server.written < total + (64u << 20));
    assay_http_close(http);
    server_stop(&server);
}

static void a_wait_ends_when_it_is_to_stop(void **state)
{
    static _Atomic int stop;
    struct server server = {
        .answers = {{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1", 0, true}}};
    struct assay_http *http;
    struct assay_error err;
    char body[64];
    (void)state;
    server_start(&server);
    struct assay_http_request request = {.url = url_of(&server, "", "/"), .stop = &stop};
    assert_int_equal(assay_http_open(&request, &http, &err), ASSAY_OK);
    atomic_store(&stop, 1);
    assert_int_equal(read_all(http, body, sizeof body, 9, &err), ASSAY_INTERRUPTED);
    assert_string_equal(err.code, "INTERRUPTED");
    assay_http_close(http);
    server_stop(&server);
}

static void nobody_there(void **state)
{
    struct server server = {.answers = {{NULL, 0, false}}};
    struct assay_http *http;
    struct assay_error err;
    (void)state;
    server_start(&server);
    server_stop(&server); /* its port is free again */
    struct assay_http_request request = {.url = url_of(&server, "user:CANARY@", "/?t=CANARY")};
    assert_int_equal(assay_http_open(&request, &http, &err), ASSAY_SOURCE);
    assert_string_equal(err.code, "HTTP-CONNECT");
    assert_null(strstr(err.file, "CANARY"));
    assert_null(strstr(err.message, "CANARY"));
    assert_non_null(strstr(err.file, "http://***@127.0.0.1:"));
}

int main(void)
{
    unsetenv("http_proxy");
    unsetenv("all_proxy");
    unsetenv("ALL_PROXY");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_read_to_its_end),
        cmocka_unit_test(a_request_carries_its_headers_and_body),
        cmocka_unit_test(a_header_that_would_be_two_is_refused),
        cmocka_unit_test(urls_that_cannot_be_asked_for_are_refused),
        cmocka_unit_test(every_way_to_break_off_is_noticed),
        cmocka_unit_test(bounds_hold),
        cmocka_unit_test(statuses_have_their_codes),
        cmocka_unit_test(the_same_host_may_redirect_and_a_loop_ends),
        cmocka_unit_test(a_busy_server_is_asked_again),
        cmocka_unit_test(a_reader_that_does_not_read_holds_the_server_up),
        cmocka_unit_test(a_wait_ends_when_it_is_to_stop),
        cmocka_unit_test(nobody_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

static void http_is_not_built_in(void **state)
{
    struct assay_http_request request = {.url = "http://127.0.0.1/"};
    struct assay_http *http;
    struct assay_error err;
    (void)state;
    assert_false(assay_http_built_in());
    assert_int_equal(assay_http_open(&request, &http, &err), ASSAY_USAGE);
    assert_string_equal(err.code, "HTTP-NOT-BUILT-IN");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(http_is_not_built_in)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
