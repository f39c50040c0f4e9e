/*
 * The JSON writer: layout, escaping, numbers, and calls out of order.
 */
#include "config.h"

#include "base/json_write.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static struct assay_buf buf;
static struct assay_json json;

static void start(unsigned flags)
{
    assay_buf_free(&buf);
    assay_buf_init(&buf, 1 << 16);
    assay_json_init(&json, &buf, flags);
}

static void gives(const char *expected)
{
    assert_true(assay_json_finish(&json));
    assert_string_equal(buf.ptr, expected);
}

static void write_sample(void)
{
    assay_json_object_begin(&json);
    assay_json_key(&json, "a");
    assay_json_array_begin(&json);
    assay_json_int(&json, INT64_MIN);
    assay_json_uint(&json, UINT64_MAX);
    assay_json_array_end(&json);
    assay_json_key(&json, "b");
    assay_json_object_begin(&json);
    assay_json_object_end(&json);
    assay_json_key_str(&json, ASSAY_STR("c"));
    assay_json_bool(&json, true);
    assay_json_key(&json, "d");
    assay_json_cstr(&json, NULL);
    assay_json_object_end(&json);
}

static void compact_has_no_blanks(void **state)
{
    (void)state;
    start(0);
    write_sample();
    gives("{\"a\":[-9223372036854775808,18446744073709551615],\"b\":{},\"c\":true,\"d\":null}");
}

static void pretty_indents_by_two(void **state)
{
    (void)state;
    start(ASSAY_JSON_PRETTY);
    write_sample();
    gives("{\n  \"a\": [\n    -9223372036854775808,\n    18446744073709551615\n  ],\n"
          "  \"b\": {},\n  \"c\": true,\n  \"d\": null\n}\n");
}

static void quotes_as(struct assay_str text, unsigned flags, const char *expected)
{
    start(flags);
    assay_json_str(&json, text);
    gives(expected);
}

static void strings_are_escaped(void **state)
{
    (void)state;
    quotes_as(assay_str("a\"b\\c/\0\b\t\n\f\r\x1b\x7f", 14), 0,
              "\"a\\\"b\\\\c/\\u0000\\b\\t\\n\\f\\r\\u001b\\u007f\"");
    quotes_as(ASSAY_STR("\xC3\xBC\xE2\x80\xA8\xE2\x80\xAE\xC2\x85"), 0,
              "\"\xC3\xBC\\u2028\\u202e\\u0085\"");
    quotes_as(ASSAY_STR("\xF0\x9F\x98\x80\xF3\xA0\x81\x81"), 0,
              "\"\xF0\x9F\x98\x80\\udb40\\udc41\"");
    quotes_as(ASSAY_STR("a\xff\xE2\x80z"), 0, "\"a\\ufffd\\ufffd\\ufffdz\"");
    quotes_as(ASSAY_STR("</script>&"), 0, "\"</script>&\"");
    quotes_as(ASSAY_STR("</script>&"), ASSAY_JSON_SCRIPT, "\"\\u003c/script\\u003e\\u0026\"");
}

static void number_text_is_kept(void **state)
{
    (void)state;
    static const char *const good[] = {"0",   "-0", "1e400", "1.50", "12345678901234567890123",
                                       "1E-5"};
    static const char *const bad[] = {"", "-", "01", "+1", ".5", "1.", "1e", "0x1", "1 ", "NaN"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        start(0);
        assay_json_number(&json, assay_cstr(good[i]));
        gives(good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        start(0);
        assay_json_number(&json, assay_cstr(bad[i]));
        assert_true(assay_json_finish(&json));
        assert_int_equal(buf.ptr[0], '"');
    }
}

static void double_is(double value, const char *expected)
{
    start(0);
    assay_json_double(&json, value);
    gives(expected);
}

static void doubles_are_short_and_finite(void **state)
{
    (void)state;
    double_is(0.1, "0.1");
    double_is(99.5, "99.5");
    double_is(0, "0");
    double_is(-3, "-3");
    double_is(0.1 + 0.2, "0.30000000000000004");
    double_is(NAN, "null");
    double_is(-INFINITY, "null");
    start(ASSAY_JSON_NAN_STRINGS);
    assay_json_double(&json, -INFINITY);
    gives("\"-Infinity\"");
}

static void doubles_are_json_numbers(void **state)
{
    (void)state;
    static const double values[] = {DBL_MAX, DBL_MIN, 5e-324, 1e21, 1e-7, 123456789012345680.0};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        start(0);
        assay_json_double(&json, values[i]);
        assert_true(assay_json_finish(&json));
        assert_true(assay_json_is_number(assay_buf_view(&buf)));
    }
}

static void mistakes_are_told_at_the_end(void **state)
{
    (void)state;
    start(0);
    assert_false(assay_json_finish(&json)); /* nothing written */
    start(0);
    assay_json_object_begin(&json);
    assay_json_int(&json, 1); /* no key */
    assay_json_object_end(&json);
    assert_false(assay_json_finish(&json));
    start(0);
    assay_json_array_begin(&json);
    assay_json_object_end(&json); /* the wrong bracket */
    assert_false(assay_json_finish(&json));
    start(0);
    assay_json_object_begin(&json);
    assay_json_key(&json, "a");
    assay_json_object_end(&json); /* no value */
    assert_false(assay_json_finish(&json));
    start(0);
    assay_json_null(&json);
    assay_json_null(&json); /* a second value */
    assert_false(assay_json_finish(&json));
    start(0);
    assay_json_array_end(&json); /* nothing open */
    assert_false(assay_json_finish(&json));
}

static void depth_and_size_are_limited(void **state)
{
    (void)state;
    start(0);
    for (int i = 0; i < ASSAY_JSON_DEPTH; i++)
        assay_json_array_begin(&json);
    assert_false(json.failed);
    assay_json_array_begin(&json);
    assert_true(json.failed);
    struct assay_buf small;
    assay_buf_init(&small, 4);
    assay_json_init(&json, &small, 0);
    char text[300];
    memset(text, 'x', sizeof text);
    assay_json_str(&json, assay_str(text, sizeof text));
    assert_false(assay_json_finish(&json));
    assay_buf_free(&small);
}

static int clean(void **state)
{
    (void)state;
    assay_buf_free(&buf);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compact_has_no_blanks),
        cmocka_unit_test(pretty_indents_by_two),
        cmocka_unit_test(strings_are_escaped),
        cmocka_unit_test(number_text_is_kept),
        cmocka_unit_test(doubles_are_short_and_finite),
        cmocka_unit_test(doubles_are_json_numbers),
        cmocka_unit_test(mistakes_are_told_at_the_end),
        cmocka_unit_test(depth_and_size_are_limited),
    };
    return cmocka_run_group_tests(tests, NULL, clean);
}
