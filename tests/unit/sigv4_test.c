/*
 * Signatures against the examples that AWS publishes: those of the S3 API reference
 * ("Signature Calculations for the Authorization Header") and two of the test suite.
 */
#include "config.h"

#include "source/sigv4.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void assert_signature(struct assay_sigv4 request, const char *secret, const char *expected)
{
    request.secret_key = assay_secret_new(assay_cstr(secret));
    struct assay_secret *value = assay_sigv4_sign(&request);
    assert_non_null(value);
    assert_string_equal(assay_secret_reveal(value).ptr, expected);
    assay_secret_free(value);
    assay_secret_free((struct assay_secret *)request.secret_key);
}

#define S3_SECRET "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
#define S3_DATE "20130524T000000Z"
#define S3_VALUE \
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"

static struct assay_sigv4 s3_example(const struct assay_sigv4_header *headers, uint32_t count)
{
    return (struct assay_sigv4){.method = "GET",
                                .path = ASSAY_STR("/"),
                                .headers = headers,
                                .header_count = count,
                                .body_hash = ASSAY_SIGV4_NO_BODY,
                                .region = "us-east-1",
                                .service = "s3",
                                .date = S3_DATE,
                                .access_key = ASSAY_STR("AKIAIOSFODNN7EXAMPLE")};
}

static void a_part_of_an_object(void **state)
{
    static const struct assay_sigv4_header headers[] = {
        {"host", {"examplebucket.s3.amazonaws.com", 30}},
        {"range", {"bytes=0-9", 9}},
        {"x-amz-content-sha256", {ASSAY_SIGV4_NO_BODY, 64}},
        {"x-amz-date", {S3_DATE, 16}},
    };
    struct assay_sigv4 request = s3_example(headers, 4);
    (void)state;
    request.path = ASSAY_STR("/test.txt");
    assert_signature(request, S3_SECRET,
                     S3_VALUE "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
                              "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c60"
                              "36bdb41");
}

static void a_listing(void **state)
{
    static const struct assay_sigv4_header headers[] = {
        {"host", {"examplebucket.s3.amazonaws.com", 30}},
        {"x-amz-content-sha256", {ASSAY_SIGV4_NO_BODY, 64}},
        {"x-amz-date", {S3_DATE, 16}},
    };
    struct assay_sigv4 request = s3_example(headers, 3);
    (void)state;
    request.query = ASSAY_STR("max-keys=2&prefix=J");
    assert_signature(request, S3_SECRET,
                     S3_VALUE "SignedHeaders=host;x-amz-content-sha256;x-amz-date,"
                              "Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef"
                              "69dc6f7");
    request.query = ASSAY_STR("lifecycle=");
    assert_signature(request, S3_SECRET,
                     S3_VALUE "SignedHeaders=host;x-amz-content-sha256;x-amz-date,"
                              "Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a013"
                              "6783543");
}

static void the_test_suite(void **state)
{
    static const struct assay_sigv4_header headers[] = {
        {"host", {"example.amazonaws.com", 21}},
        {"x-amz-date", {"20150830T123600Z", 16}},
    };
    struct assay_sigv4 request = s3_example(headers, 2);
    (void)state;
    request.service = "service";
    request.date = "20150830T123600Z";
    request.access_key = ASSAY_STR("AKIDEXAMPLE");
    static const char value[] =
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request,"
        "SignedHeaders=host;x-amz-date,"
        "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
    assert_signature(request, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", value);
    request.query = ASSAY_STR("Param1=value1&Param2=value2");
    static const char query[] =
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request,"
        "SignedHeaders=host;x-amz-date,"
        "Signature=b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500";
    assert_signature(request, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", query);
}

static void dates(void **state)
{
    char date[17];
    (void)state;
    assay_sigv4_date(0, date);
    assert_string_equal(date, "19700101T000000Z");
    assay_sigv4_date(1440938160, date);
    assert_string_equal(date, "20150830T123600Z");
    assay_sigv4_date(INT64_MAX, date);
    assert_string_equal(date, "19700101T000000Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_of_an_object),
        cmocka_unit_test(a_listing),
        cmocka_unit_test(the_test_suite),
        cmocka_unit_test(dates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
