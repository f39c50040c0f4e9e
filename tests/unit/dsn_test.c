/*
 * Data source names taken apart, and their secrets hidden.
 */
#include "config.h"

#include "base/dsn.h"
#include "base/redact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static void is(struct assay_str part, const char *expected)
{
    if (expected == NULL) {
        assert_null(part.ptr);
        return;
    }
    assert_non_null(part.ptr);
    assert_int_equal(part.len, strlen(expected));
    assert_memory_equal(part.ptr, expected, part.len);
}

static void splits(const char *text, const char *scheme, const char *user, const char *password,
                   const char *host, const char *port, const char *path, const char *query)
{
    struct assay_dsn dsn;
    assert_true(assay_dsn_split(assay_cstr(text), &dsn));
    is(dsn.scheme, scheme);
    is(dsn.user, user);
    is(dsn.password, password);
    is(dsn.host, host);
    is(dsn.port, port);
    is(dsn.path, path);
    is(dsn.query, query);
}

static void names_are_taken_apart(void **state)
{
    (void)state;
    splits("sqlite:a/b.db?table=t", "sqlite", NULL, NULL, NULL, NULL, "a/b.db", "table=t");
    splits("sqlite:/x", "sqlite", NULL, NULL, NULL, NULL, "/x", NULL);
    splits("postgresql://u:p%40@h:5432/db?table=s.t", "postgresql", "u", "p%40", "h", "5432", "/db",
           "table=s.t");
    splits("postgresql://u@h/db", "postgresql", "u", NULL, "h", NULL, "/db", NULL);
    splits("postgresql://u:@[::1]:7/db", "postgresql", "u", "", "::1", "7", "/db", NULL);
    splits("postgresql://[::1]/db", "postgresql", NULL, NULL, "::1", NULL, "/db", NULL);
    splits("postgresql://h1:1,h2:2/db", "postgresql", NULL, NULL, "h1:1,h2:2", NULL, "/db", NULL);
    splits("postgresql:///db", "postgresql", NULL, NULL, "", NULL, "/db", NULL);
    splits("trino://a:b@c@h:8080/cat/s", "trino", "a", "b@c", "h", "8080", "/cat/s", NULL);
    splits("odbc:DSN=x;UID=u;PWD=p?table=t", "odbc", NULL, NULL, NULL, NULL, "DSN=x;UID=u;PWD=p",
           "table=t");
}

static void what_is_no_name_is_refused(void **state)
{
    static const char *const texts[] = {"", ":", "a:b", "file.csv", "1a:x", "a b:c", "sqlite:a\nb"};
    struct assay_dsn dsn;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_false(assay_dsn_split(assay_cstr(texts[i]), &dsn));
}

static void parameters_come_one_by_one(void **state)
{
    struct assay_str query = ASSAY_STR("a=1&&b&c=x=y&="), name, value;
    (void)state;
    assert_true(assay_dsn_next_param(&query, &name, &value));
    is(name, "a");
    is(value, "1");
    assert_true(assay_dsn_next_param(&query, &name, &value));
    is(name, "b");
    is(value, "");
    assert_true(assay_dsn_next_param(&query, &name, &value));
    is(name, "c");
    is(value, "x=y");
    assert_true(assay_dsn_next_param(&query, &name, &value));
    is(name, "");
    assert_false(assay_dsn_next_param(&query, &name, &value));
    query = ASSAY_STR("a\0b=1&c");
    assert_true(assay_dsn_next_param(&query, &name, &value));
    assert_int_equal(name.len, 3);
    assert_true(assay_dsn_next_param(&query, &name, &value));
    assert_false(assay_dsn_next_param(&query, &name, &value));
}

static void percent_signs_are_decoded(void **state)
{
    struct assay_buf buf;
    (void)state;
    assay_buf_init(&buf, 1000);
    assay_dsn_decode(ASSAY_STR("a%20b%2Fc%zz%4"), &buf);
    assert_string_equal(buf.ptr, "a b/c%zz%4");
    assay_buf_free(&buf);
}

static void masked(const char *text, const char *expected)
{
    char out[200];
    assay_redact_mask_into(assay_cstr(text), out, sizeof out);
    assert_string_equal(out, expected);
}

static void secrets_are_masked(void **state)
{
    (void)state;
    masked("data/x.csv", "data/x.csv");
    masked("-", "-");
    masked("sqlite:a.db?table=t", "sqlite:a.db?table=t");
    masked("postgresql://u:hush@h:5432/db?table=t", "postgresql://u:***@h:5432/db?table=t");
    masked("postgresql://u@h:5432/db", "postgresql://u@h:5432/db");
    masked("postgresql://h:5432/db?table=a@b", "postgresql://h:5432/db?table=a@b");
    masked("postgresql://u:@h/db", "postgresql://u:***@h/db");
    masked("postgresql://u:hu@sh@h/db", "postgresql://u:***@h/db");
    masked("postgresql://u:hu/sh@h/db", "postgresql://u:***@h/db");
    masked("postgresql://u:hu?sh@h/db", "postgresql://u:***@h/db");
    masked("postgresql://h/db?user=u&password=hush&table=t",
           "postgresql://h/db?user=u&password=***&table=t");
    masked("postgresql://h/db?sslpassword=hush", "postgresql://h/db?sslpassword=***");
    masked("clickhouse://h/db?Access_Token=x", "clickhouse://h/db?Access_Token=***");
    masked("odbc:DSN=x;UID=u;PWD=hu sh;Port=1", "odbc:DSN=x;UID=u;PWD=***;Port=1");
    masked("odbc:DSN=x;PWD={hu;}}sh};Port=1", "odbc:DSN=x;PWD=***;Port=1");
    masked("host=h password='hu sh' user=u", "host=h password=*** user=u");
    masked("host=h password = hush user=u", "host=h password = *** user=u");
    masked("host=h password='hu\\' sh' user=u", "host=h password=*** user=u");
    masked("key=abc", "key=***");
    masked("keyspace=abc", "keyspace=abc");
}

static void foreign_texts_are_redacted(void **state)
{
    struct assay_secrets secrets = {0};
    struct assay_error err;
    (void)state;
    assert_true(assay_secrets_add_dsn(&secrets, ASSAY_STR("postgresql://u:h%75sh@h/db?token=ab")));
    assert_true(assay_secrets_add(&secrets, ASSAY_STR("hush-hush")));
    assay_fail(&err, ASSAY_SOURCE, "X", "hush and h%%75sh, hush-hush and ab; %s", "cab");
    assay_error_help(&err, "say %s", "hush");
    assay_secrets_redact_error(&secrets, &err);
    assert_string_equal(err.message, "*** and ***, *** and **; c**");
    assert_string_equal(err.help, "say ***");
    assay_secrets_free(&secrets);
    assert_int_equal(secrets.count, 0);
    assert_true(assay_secrets_add_dsn(&secrets, ASSAY_STR("odbc:DSN=a;PWD={x;y}")));
    char text[] = "x;y or {x;y}";
    assay_secrets_redact(&secrets, text);
    assert_string_equal(text, "*** or ***");
    assay_secrets_free(&secrets);
}

/* `at` of the line is `expected_at` of what is shown. */
static void shown(const char *line, size_t at, const char *expected, size_t expected_at)
{
    struct assay_buf out;
    assay_buf_init(&out, 1000);
    size_t now = assay_redact_line(assay_cstr(line), at, &out);
    assert_string_equal(out.ptr != NULL ? out.ptr : "", expected);
    assert_int_equal(now, expected_at);
    assay_buf_free(&out);
}

static void secrets_are_masked_wherever_they_stand(void **state)
{
    (void)state;
    shown("", 0, "", 0);
    shown("a: b", 3, "a: b", 3);
    shown("a: b", 4, "a: b", 4);
    shown("source: \"postgresql://u:hush@h/db\" x", 35, "source: \"postgresql://u:***@h/db\" x",
          34);
    shown("source: \"postgresql://u:hush@h/db\" x", 2, "source: \"postgresql://u:***@h/db\" x", 2);
    shown("source: \"postgresql://u:hush@h/db\" x", 27, "source: \"postgresql://u:***@h/db\" x", 9);
    shown("- {to: postgresql://u:hu sh@h/db, x: 1}", 33, "- {to: postgresql://u:***@h/db, x: 1}",
          31);
    shown("a \"host=h password=hush dbname=d\" y", 34, "a \"host=h password=*** dbname=d\" y", 33);
    shown("{to: 'host=h password=''hu sh'' dbname=d'}", 0, "{to: 'host=h password=*** dbname=d'}",
          0);
    shown("[postgresql://a:hush@h/x, https://b:hush@h/y?token=hush]", 0,
          "[postgresql://a:***@h/y?token=***", 0);
}

static void setting(const char *before, const char *value, const char *expected)
{
    struct assay_buf out;
    assay_buf_init(&out, 1000);
    assay_buf_puts(&out, before);
    assert_int_equal(assay_dsn_put_setting(assay_cstr(before), assay_cstr(value), &out),
                     expected != NULL);
    assert_string_equal(out.ptr != NULL ? out.ptr : "", expected != NULL ? expected : before);
    assay_buf_free(&out);
}

static void a_value_is_one_setting(void **state)
{
    (void)state;
    setting("postgresql:host=", "h", "postgresql:host=h");
    setting("postgresql:password=", "a host=evil", "postgresql:password='a host=evil'");
    setting("postgresql:password=", "", "postgresql:password=''");
    setting("postgresql:password=", "it's \\ ?x", "postgresql:password='it\\'s \\\\ ?x'");
    setting("postgresql:password='", "it's", "postgresql:password='it\\'s");
    setting("postgresql:password='a ?' dbname=", "x y", "postgresql:password='a ?' dbname='x y'");
    setting("postgresql:host=h?table=", "a b", NULL);
    setting("postgresql:", "host=h port=1", NULL);
    setting("postgresql://u:", "a b", NULL);
    setting("host=", "a b", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_taken_apart),
        cmocka_unit_test(what_is_no_name_is_refused),
        cmocka_unit_test(parameters_come_one_by_one),
        cmocka_unit_test(percent_signs_are_decoded),
        cmocka_unit_test(secrets_are_masked_wherever_they_stand),
        cmocka_unit_test(a_value_is_one_setting),
        cmocka_unit_test(secrets_are_masked),
        cmocka_unit_test(foreign_texts_are_redacted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
