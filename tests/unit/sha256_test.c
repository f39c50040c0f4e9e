/*
 * SHA-256 against the examples of FIPS 180-4 and HMAC against those of RFC 4231.
 */
#include "config.h"

#include "base/sha256.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

static void assert_hash(const char *text, size_t len, size_t step, const char *expected)
{
    struct assay_sha256 hash;
    unsigned char digest[ASSAY_SHA256_BYTES];
    char hex[2 * ASSAY_SHA256_BYTES + 1];
    assay_sha256_init(&hash);
    for (size_t at = 0; at < len; at += step)
        assay_sha256_update(&hash, text + at, len - at < step ? len - at : step);
    assay_sha256_finish(&hash, digest);
    assay_sha256_hex(digest, hex);
    assert_string_equal(hex, expected);
}

static void hashes_are_those_of_the_standard(void **state)
{
    static const char two_blocks[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    (void)state;
    assert_hash("", 0, 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_hash("abc", 3, 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    for (size_t step = 1; step < 60; step++)
        assert_hash(two_blocks, sizeof two_blocks - 1, step,
                    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void a_million_letters(void **state)
{
    char *text = malloc(1000000);
    (void)state;
    assert_non_null(text);
    memset(text, 'a', 1000000);
    assert_hash(text, 1000000, 777,
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(text);
}

static void assert_hmac(struct assay_str key, struct assay_str text, const char *expected)
{
    unsigned char digest[ASSAY_SHA256_BYTES];
    char hex[2 * ASSAY_SHA256_BYTES + 1];
    assay_sha256_hmac(key, text, digest);
    assay_sha256_hex(digest, hex);
    assert_string_equal(hex, expected);
}

static void codes_are_those_of_the_standard(void **state)
{
    char key[131];
    (void)state;
    memset(key, 0x0b, 20);
    assert_hmac(assay_str(key, 20), ASSAY_STR("Hi There"),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    assert_hmac(ASSAY_STR("Jefe"), ASSAY_STR("what do ya want for nothing?"),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof key);
    assert_hmac(assay_str(key, sizeof key),
                ASSAY_STR("Test Using Larger Than Block-Size Key - Hash Key First"),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_those_of_the_standard),
        cmocka_unit_test(a_million_letters),
        cmocka_unit_test(codes_are_those_of_the_standard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
