/*
 * URLs: their parts, what is shown of them, and percent-encoding.
 */
#include "config.h"

#include "base/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static void assert_part(struct assay_str part, const char *text)
{
    assert_int_equal(part.len, strlen(text));
    assert_memory_equal(part.ptr, text, part.len);
}

static void assert_shown(const char *url, const char *shown)
{
    struct assay_buf buf;
    assay_buf_init(&buf, 4096);
    assay_url_mask(assay_cstr(url), &buf);
    assert_string_equal(buf.ptr, shown);
    assay_buf_free(&buf);
}

static void a_url_comes_apart(void **state)
{
    struct assay_url url;
    (void)state;
    assert_true(assay_url_split(assay_cstr("HTTPS://u:p@Host:8443/a/b?x=1&y#z"), &url));
    assert_part(url.scheme, "HTTPS");
    assert_part(url.userinfo, "u:p");
    assert_part(url.host, "Host");
    assert_part(url.port, "8443");
    assert_part(url.path, "/a/b");
    assert_part(url.query, "x=1&y");
    assert_part(url.fragment, "z");
    assert_true(url.has_userinfo && url.has_query && url.has_fragment);
    assert_true(assay_url_split(assay_cstr("http://[::1]:80?q"), &url));
    assert_part(url.host, "[::1]");
    assert_part(url.port, "80");
    assert_part(url.path, "");
    assert_part(url.query, "q");
    assert_true(assay_url_split(assay_cstr("s3://bucket"), &url));
    assert_part(url.host, "bucket");
    assert_false(url.has_userinfo || url.has_query || url.has_fragment);
}

static void the_last_at_ends_the_user(void **state)
{
    struct assay_url url;
    (void)state;
    assert_true(assay_url_split(assay_cstr("http://a@b:c@d/e@f"), &url));
    assert_part(url.userinfo, "a@b:c");
    assert_part(url.host, "d");
    assert_part(url.path, "/e@f");
}

static void what_is_no_url_is_refused(void **state)
{
    static const char *const wrong[] = {
        "",         "a.csv",      "://x",           "1http://x",
        "http:/x",  "C:\\a",      "http://h:port/", "http://h:65536/",
        "http://[", "http://[a]b"};
    struct assay_url url;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(assay_url_split(assay_cstr(wrong[i]), &url));
    assert_true(assay_url_is(assay_cstr("HTTP://x"), "http"));
    assert_false(assay_url_is(assay_cstr("https://x"), "http"));
    assert_false(assay_url_is(assay_cstr("http:/x"), "http"));
}

static void secrets_are_not_shown(void **state)
{
    (void)state;
    assert_shown("https://user:CANARY@host:8443/a/b.csv", "https://***@host:8443/a/b.csv");
    assert_shown("https://CANARY@host/", "https://***@host/");
    assert_shown("postgres://user:CANARY@host/db", "postgres://user:***@host/db");
    assert_shown("postgres://user@host/db?sslmode=require&password=CANARY",
                 "postgres://user@host/db?sslmode=require&password=***");
    assert_shown("http://host/a?day=CANARY&CANARY&c=", "http://host/a?day=***&***&c=");
    assert_shown("http://host/a?x=1;y=CANARY#CANARY", "http://host/a?x=***;y=***#***");
    assert_shown("http://host?CANARY?CANARY", "http://host?***");
    assert_shown("http://host#CANARY", "http://host#***");
    assert_shown("s3://CANARY:CANARY@bucket/key", "s3://***@bucket/key");
    assert_shown("s3://bucket/key?endpoint=http://u:CANARY@host", "s3://bucket/key?endpoint=***");
}

static void a_password_that_should_have_been_encoded_is_not_shown(void **state)
{
    (void)state;
    assert_shown("https://user:CAN/ARY@host/a", "https://***@host/a");
    assert_shown("https://user:CAN?ARY@host/a", "https://***@host/a");
    assert_shown("https://user:CAN#ARY@host/a", "https://***@host/a");
    assert_shown("https://user:CAN@ARY@host/a", "https://***@host/a");
    assert_shown("https://user:/CANARY@host/a", "https://***@host/a");
    assert_shown("postgres://user:12/34@host/db", "postgres://user:***@host/db");
}

static void what_is_not_secret_is_shown(void **state)
{
    (void)state;
    assert_shown("data/a b?c@d.csv", "data/a b?c@d.csv");
    assert_shown("-", "-");
    assert_shown("http://host/@scope/a.csv", "http://host/@scope/a.csv");
    assert_shown("http://host:80/a.csv?a=b@c", "http://host:80/a.csv?a=***");
    assert_shown("http://[::1]:80/a@b", "http://[::1]:80/a@b");
    assert_shown("s3://bucket/a=b/*?endpoint=http://127.0.0.1:9000&region=eu-west-1",
                 "s3://bucket/a=b/*?endpoint=http://127.0.0.1:9000&region=eu-west-1");
}

static void encoding_and_decoding_are_inverse(void **state)
{
    struct assay_buf code, text;
    char all[256];
    (void)state;
    for (int i = 0; i < 256; i++)
        all[i] = (char)i;
    assay_buf_init(&code, 4096);
    assay_buf_init(&text, 4096);
    assay_url_encode(assay_str(all, 256), "", &code);
    assert_true(assay_url_decode(assay_buf_view(&code), &text));
    assert_int_equal(text.len, 256);
    assert_memory_equal(text.ptr, all, 256);
    assay_buf_reset(&code);
    assay_url_encode(ASSAY_STR("a b+c/d=\xc3\xa9~"), "/", &code);
    assert_string_equal(code.ptr, "a%20b%2Bc/d%3D%C3%A9~");
    assert_false(assay_url_decode(ASSAY_STR("100%"), &text));
    assert_false(assay_url_decode(ASSAY_STR("%4"), &text));
    assert_false(assay_url_decode(ASSAY_STR("%4g"), &text));
    assay_buf_free(&code);
    assay_buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_url_comes_apart),
        cmocka_unit_test(the_last_at_ends_the_user),
        cmocka_unit_test(what_is_no_url_is_refused),
        cmocka_unit_test(secrets_are_not_shown),
        cmocka_unit_test(a_password_that_should_have_been_encoded_is_not_shown),
        cmocka_unit_test(what_is_not_secret_is_shown),
        cmocka_unit_test(encoding_and_decoding_are_inverse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
