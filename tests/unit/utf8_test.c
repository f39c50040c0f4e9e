/*
 * UTF-8: every scalar value there and back, every sequence of up to three bytes against
 * the table of RFC 3629, and the offset of the first bad byte wherever it lies.
 */
#include "config.h"

#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static void every_character_goes_there_and_back(void **state)
{
    (void)state;
    for (uint32_t rune = 0; rune <= 0x10FFFF; rune++) {
        char bytes[4];
        uint32_t back = 0;
        if (rune == 0xD800)
            rune = 0xE000;
        size_t n = assay_utf8_encode(rune, bytes);
        if (n != (rune < 0x80      ? 1u
                  : rune < 0x800   ? 2u
                  : rune < 0x10000 ? 3u
                                   : 4u) ||
            assay_utf8_decode(bytes, n, &back) != n || back != rune ||
            assay_utf8_valid(assay_str(bytes, n)) != n ||
            assay_utf8_count(assay_str(bytes, n)) != 1)
            fail_msg("U+%X", (unsigned)rune);
        if (assay_utf8_decode(bytes, n - 1, &back) != 0 ||
            assay_utf8_valid(assay_str(bytes, n - 1)))
            fail_msg("U+%X cut", (unsigned)rune);
    }
}

/* The ABNF of RFC 3629, section 4. */
static size_t by_the_table(const unsigned char *p, size_t n)
{
    static const struct {
        unsigned char low[4], high[4];
        size_t length;
    } rows[] = {
        {{0x00}, {0x7F}, 1},
        {{0xC2, 0x80}, {0xDF, 0xBF}, 2},
        {{0xE0, 0xA0, 0x80}, {0xE0, 0xBF, 0xBF}, 3},
        {{0xE1, 0x80, 0x80}, {0xEC, 0xBF, 0xBF}, 3},
        {{0xED, 0x80, 0x80}, {0xED, 0x9F, 0xBF}, 3},
        {{0xEE, 0x80, 0x80}, {0xEF, 0xBF, 0xBF}, 3},
        {{0xF0, 0x90, 0x80, 0x80}, {0xF0, 0xBF, 0xBF, 0xBF}, 4},
        {{0xF1, 0x80, 0x80, 0x80}, {0xF3, 0xBF, 0xBF, 0xBF}, 4},
        {{0xF4, 0x80, 0x80, 0x80}, {0xF4, 0x8F, 0xBF, 0xBF}, 4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t k = 0;
        while (k < rows[i].length && k < n && p[k] >= rows[i].low[k] && p[k] <= rows[i].high[k])
            k++;
        if (k == rows[i].length)
            return k;
    }
    return 0;
}

static void only_the_table_is_accepted(void **state)
{
    (void)state;
    for (uint32_t bits = 0; bits < 1u << 24; bits++) {
        unsigned char p[4] = {(unsigned char)(bits >> 16), (unsigned char)(bits >> 8),
                              (unsigned char)bits, 0x80};
        uint32_t rune;
        if (assay_utf8_decode((const char *)p, 4, &rune) != by_the_table(p, 4))
            fail_msg("%06x80", (unsigned)bits);
    }
    static const unsigned char last[] = {0x00, 0x7F, 0xBF, 0xC0, 0xFF};
    for (uint32_t bits = 0; bits < 1u << 16; bits++)
        for (size_t i = 0; i < sizeof last; i++) {
            unsigned char p[4] = {(unsigned char)(0xF0 | bits >> 13), (unsigned char)(bits >> 5),
                                  (unsigned char)(0x80 | (bits & 0x1F)), last[i]};
            uint32_t rune;
            assert_int_equal(assay_utf8_decode((const char *)p, 4, &rune), by_the_table(p, 4));
        }
}

static void the_first_bad_byte_is_found_anywhere(void **state)
{
    (void)state;
    static const char *const bad[] = {"\xff",         "\x80", "\xc0\x80",
                                      "\xed\xa0\x80", "\xf5", "\xe2\x82"};
    char text[160];
    for (size_t len = 0; len < 140; len++) {
        memset(text, 'a', sizeof text);
        assert_int_equal(assay_utf8_valid(assay_str(text, len)), len);
        assert_int_equal(assay_utf8_count(assay_str(text, len)), len);
        for (size_t at = 0; at < len; at++)
            for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
                memset(text, 'a', sizeof text);
                if (at >= 3)
                    memcpy(text + at - 3, "\xe2\x82\xac", 3);
                memcpy(text + at, bad[i], strlen(bad[i]));
                if (assay_utf8_valid(assay_str(text, len)) != at)
                    fail_msg("%zu of %zu", at, len);
            }
    }
}

static void characters_are_counted(void **state)
{
    (void)state;
    assert_int_equal(assay_utf8_count(ASSAY_STR("")), 0);
    assert_int_equal(assay_utf8_count(ASSAY_STR("na\xc3\xafve \xe2\x82\xac \xf0\x9f\x98\x80!")),
                     10);
    assert_int_equal(
        assay_utf8_count(ASSAY_STR("\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac")), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_character_goes_there_and_back),
        cmocka_unit_test(only_the_table_is_accepted),
        cmocka_unit_test(the_first_bad_byte_is_found_anywhere),
        cmocka_unit_test(characters_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
