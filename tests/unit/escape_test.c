/*
 * Escaping for terminals: nothing hidden gets through, nothing is cut in two.
 */
#include "config.h"

#include "base/escape.h"
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static void shows(struct assay_str text, size_t max, const char *expected)
{
    struct assay_buf buf;
    assay_buf_init(&buf, 4096);
    assay_escape_terminal(&buf, text, max);
    assert_false(buf.failed);
    assert_string_equal(buf.ptr ? buf.ptr : "", expected);
    assay_buf_free(&buf);
}

static void printable_text_is_kept(void **state)
{
    (void)state;
    shows(ASSAY_STR(""), 0, "");
    shows(ASSAY_STR("a \\d+ b"), 0, "a \\d+ b");
    shows(ASSAY_STR("Gr\xC3\xBC\xC3\x9F\x65 \xF0\x9F\x98\x80"), 0,
          "Gr\xC3\xBC\xC3\x9F\x65 \xF0\x9F\x98\x80");
}

static void controls_are_shown(void **state)
{
    (void)state;
    shows(ASSAY_STR("\x1b]52;c;AA\a"), 0, "\\x1b]52;c;AA\\x07");
    shows(ASSAY_STR("a\tb\nc\rd"), 0, "a\\tb\\nc\\rd");
    shows(assay_str("a\0b\x7f", 4), 0, "a\\x00b\\x7f");
    shows(ASSAY_STR("\xC2\x9B"
                    "31m"),
          0, "\\u009b31m");
}

static void invisible_characters_are_shown(void **state)
{
    (void)state;
    shows(ASSAY_STR("a\xC2\xA0z"), 0, "a\\u00a0z");
    shows(ASSAY_STR("\xE2\x80\xAE\xE2\x81\xA6\xE2\x80\x8B"), 0, "\\u202e\\u2066\\u200b");
    shows(ASSAY_STR("\xEF\xBB\xBFid\xF3\xA0\x81\x81"), 0, "\\ufeffid\\U000e0041");
}

static void bytes_that_are_not_utf8_are_shown(void **state)
{
    (void)state;
    shows(ASSAY_STR("\xff\xC3("), 0, "\\xff\\xc3(");
    shows(ASSAY_STR("\xED\xA0\x80\xC0\x80"), 0, "\\xed\\xa0\\x80\\xc0\\x80");
    shows(ASSAY_STR("end\xE2\x80"), 0, "end\\xe2\\x80");
}

static void long_text_is_cut_between_characters(void **state)
{
    (void)state;
    shows(ASSAY_STR("abcdef"), 6, "abcdef");
    shows(ASSAY_STR("abcdefg"), 6, "abc\xE2\x80\xA6");
    shows(ASSAY_STR("ab\x1b"
                    "cdef"),
          8, "ab\xE2\x80\xA6");
    shows(ASSAY_STR("\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC"), 6, "\xC3\xBC\xE2\x80\xA6");
    shows(ASSAY_STR("abc"), 2, "");
}

static void every_result_is_printable_and_within_its_limit(void **state)
{
    (void)state;
    for (unsigned a = 0; a < 256; a++) {
        for (unsigned b = 0; b < 256; b += 5) {
            char bytes[6] = {(char)a, (char)b, (char)0x80, (char)0x8B, 'x', (char)a};
            struct assay_buf buf;
            assay_buf_init(&buf, 256);
            assay_escape_terminal(&buf, assay_str(bytes, 6), 11);
            assert_true(buf.len <= 11);
            size_t n;
            for (size_t at = 0; at < buf.len; at += n) {
                uint32_t rune = 0;
                n = assay_utf8_decode(buf.ptr + at, buf.len - at, &rune);
                assert_true(n > 0);
                assert_false(assay_escape_is_hidden(rune));
            }
            assay_buf_free(&buf);
        }
    }
}

static void every_character_survives_encoding_and_decoding(void **state)
{
    (void)state;
    for (uint32_t rune = 0; rune <= 0x10FFFF; rune += rune < 0x3000 ? 1 : 97) {
        if (rune >= 0xD800 && rune <= 0xDFFF)
            continue;
        char text[4];
        size_t n = assay_utf8_encode(rune, text);
        uint32_t back = 0;
        assert_int_equal(assay_utf8_decode(text, n, &back), n);
        assert_int_equal(back, rune);
        assert_int_equal(assay_utf8_decode(text, n - 1, &back), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(printable_text_is_kept),
        cmocka_unit_test(controls_are_shown),
        cmocka_unit_test(invisible_characters_are_shown),
        cmocka_unit_test(bytes_that_are_not_utf8_are_shown),
        cmocka_unit_test(long_text_is_cut_between_characters),
        cmocka_unit_test(every_result_is_printable_and_within_its_limit),
        cmocka_unit_test(every_character_survives_encoding_and_decoding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
