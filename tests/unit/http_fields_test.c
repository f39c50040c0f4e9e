/*
 * ETag, Content-Range and Content-Encoding, and the XML that S3 answers with.
 */
#include "config.h"

#include "source/http_fields.h"
#include "source/s3_xml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void only_strong_etags_are_strong(void **state)
{
    static const char *const strong[] = {"\"\"", "\"abc-1\"", "\"\xc3\xa9!#~\""};
    static const char *const weak[] = {"",          "\"",      "abc",      "W/\"abc\"",
                                       "w/\"abc\"", "\"a b\"", "\"a\"b\"", "\"a\" \"b\"",
                                       "\"a\x7f\"", " \"a\""};
    (void)state;
    for (size_t i = 0; i < sizeof strong / sizeof *strong; i++)
        assert_true(assay_http_etag_is_strong(assay_cstr(strong[i])));
    for (size_t i = 0; i < sizeof weak / sizeof *weak; i++)
        assert_false(assay_http_etag_is_strong(assay_cstr(weak[i])));
}

static void ranges_are_read_strictly(void **state)
{
    static const char *const wrong[] = {
        "",
        "bytes",
        "bytes 1-2",
        "bytes 1-2/",
        "bytes 2-1/9",
        "bytes 1-9/9",
        "bytes */9",
        "bytes -5/9",
        "bytes 1-2/9 ",
        "bytes 1-2/9x",
        "items 1-2/9",
        "bytes 1-2/-9",
        "bytes=1-2/9",
        "bytes 1-18446744073709551615/*",
        "bytes 1-99999999999999999999/*",
        "bytes 1-2/*9",
    };
    struct assay_http_range range;
    (void)state;
    assert_true(assay_http_range_parse(ASSAY_STR("Bytes 5-9/10"), &range));
    assert_true(range.first == 5 && range.last == 9 && range.has_total && range.total == 10);
    assert_true(assay_http_range_parse(ASSAY_STR("bytes 0-0/*"), &range));
    assert_true(range.first == 0 && range.last == 0 && !range.has_total);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(assay_http_range_parse(assay_cstr(wrong[i]), &range));
    assert_true(assay_http_encoding_is_known(ASSAY_STR("GZip")));
    assert_false(assay_http_encoding_is_known(ASSAY_STR("br")));
    assert_false(assay_http_encoding_is_known(ASSAY_STR("gzip, gzip")));
}

#define PAGE(inside) \
    "<?xml version=\"1.0\"?>\n<ListBucketResult xmlns='x>y'>" inside "</ListBucketResult>\n"

static bool page(const char *text, struct assay_arena *arena, struct assay_s3_page *out)
{
    assay_arena_reset(arena);
    return assay_s3_page_read(assay_cstr(text), arena, out);
}

static void pages_are_read(void **state)
{
    struct assay_arena arena;
    struct assay_s3_page out;
    (void)state;
    assay_arena_init(&arena, 0);
    assert_true(page(PAGE("<IsTruncated>false</IsTruncated>"), &arena, &out));
    assert_true(out.count == 0 && !out.more);
    assert_true(page(PAGE("<!-- c --><Contents><Size>1</Size><Key>a&amp;&#x62;&#99;<![CDATA[<d>]]>"
                          "</Key></Contents><Contents><Key >e+f</Key ></Contents>\n"
                          "<IsTruncated>true</IsTruncated><NextContinuationToken>t=="
                          "</NextContinuationToken><CommonPrefixes/>"),
                     &arena, &out));
    assert_int_equal(out.count, 2);
    assert_string_equal(out.keys[0].ptr, "a&bc<d>");
    assert_string_equal(out.keys[1].ptr, "e+f");
    assert_true(out.more);
    assert_true(assay_str_is(out.token, "t=="));
    assert_true(page(PAGE("<Contents><Key>a%2Bb+c%C3%A9</Key></Contents><EncodingType>url"
                          "</EncodingType><IsTruncated>false</IsTruncated>"),
                     &arena, &out));
    assert_string_equal(out.keys[0].ptr, "a+b c\xc3\xa9");
    assay_arena_free(&arena);
}

#define NO_MORE "<IsTruncated>false</IsTruncated>"

static void what_is_no_page_is_refused(void **state)
{
    static const char *const wrong[] = {
        "",
        "<html><body>Sign in</body></html>",
        "<ListBucketResult/>",
        PAGE(""),
        "<ListBucketResult>" NO_MORE,
        PAGE(NO_MORE) "<a/>",
        PAGE(NO_MORE) "text",
        PAGE("<IsTruncated>true</IsTruncated>"),
        PAGE(NO_MORE "<NextContinuationToken>t</NextContinuationToken>"),
        PAGE("<IsTruncated>maybe</IsTruncated>"),
        PAGE(NO_MORE "<Contents><Key></Key></Contents>"),
        PAGE(NO_MORE "<Contents><Key>a&b;</Key></Contents>"),
        PAGE(NO_MORE "<Contents><Key>a&#0;</Key></Contents>"),
        PAGE(NO_MORE "<Contents><Key>a&#xd800;</Key></Contents>"),
        PAGE(NO_MORE "<Contents><Key>a&#99999999999;</Key></Contents>"),
        PAGE(NO_MORE "<Contents><Key>a</Kez></Contents>"),
        PAGE(NO_MORE "<Contents><Key>a</Key>"),
        PAGE(NO_MORE "<a b='<'></a>"),
        PAGE(NO_MORE "<Contents><Key>%zz</Key></Contents><EncodingType>url</EncodingType>"),
        PAGE(NO_MORE "<Contents><Key>%00</Key></Contents><EncodingType>url</EncodingType>"),
        PAGE(NO_MORE "<EncodingType>other</EncodingType>"),
        PAGE(NO_MORE "<a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a>"),
        "<!DOCTYPE a [<!ENTITY b 'c'>]>" PAGE(NO_MORE),
    };
    struct assay_arena arena;
    struct assay_s3_page out;
    (void)state;
    assay_arena_init(&arena, 0);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(page(wrong[i], &arena, &out));
    assay_arena_free(&arena);
}

static void only_the_code_of_an_error_is_taken(void **state)
{
    char room[64];
    (void)state;
    assert_true(assay_str_is(
        assay_s3_error_code(ASSAY_STR("<Error><Message>M</Message><Code>NoSuchKey</Code></Error>"),
                            room, sizeof room),
        "NoSuchKey"));
    assert_int_equal(
        assay_s3_error_code(ASSAY_STR("<Error><Code>a b</Code></Error>"), room, sizeof room).len,
        0);
    assert_int_equal(assay_s3_error_code(ASSAY_STR("<Error><Code>x</Code>"), room, sizeof room).len,
                     0);
    assert_int_equal(assay_s3_error_code(ASSAY_STR("<Error><Code>x</Code></Error>"), room, 1).len,
                     0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_strong_etags_are_strong),
        cmocka_unit_test(ranges_are_read_strictly),
        cmocka_unit_test(pages_are_read),
        cmocka_unit_test(what_is_no_page_is_refused),
        cmocka_unit_test(only_the_code_of_an_error_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
