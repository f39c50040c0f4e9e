/*
 * Encodings: what comes out as UTF-8, and how a wrong one is recognised.
 */
#include "config.h"

#include "source/transcode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

/* An input over bytes, handed out in pieces. */
struct memory {
    struct assay_input base;
    const char *data;
    size_t len, at, piece;
};

static enum assay_status memory_read(struct assay_input *input, char *buffer, size_t room,
                                     size_t *got, struct assay_error *err)
{
    struct memory *memory = (struct memory *)input;
    size_t n = memory->len - memory->at;
    (void)err;
    n = n < memory->piece ? n : memory->piece;
    *got = n < room ? n : room;
    memcpy(buffer, memory->data + memory->at, *got);
    memory->at += *got;
    return ASSAY_OK;
}

static enum assay_status memory_rewind(struct assay_input *input, struct assay_error *err)
{
    (void)err;
    ((struct memory *)input)->at = 0;
    return ASSAY_OK;
}

static void memory_close(struct assay_input *input)
{
    (void)input;
}

static const struct assay_input_ops memory_ops = {
    .read = memory_read, .rewind = memory_rewind, .close = memory_close};

static void expect(enum assay_encoding encoding, const char *data, size_t len, const char *expected,
                   size_t expected_len)
{
    char out[256];
    size_t got, at;
    for (size_t piece = 1; piece < 10; piece++)
        for (size_t room = 1; room < 20; room++) {
            struct memory memory = {.base = {.ops = &memory_ops, .path = "m"},
                                    .data = data,
                                    .len = len,
                                    .piece = piece};
            struct assay_input *input;
            assert_int_equal(assay_transcode_open(&memory.base, encoding, &input, NULL), ASSAY_OK);
            for (int again = 0; again < 2; again++) {
                for (at = 0; at < 200; at += got) {
                    assert_int_equal(assay_input_read(input, out + at, room, &got, NULL), ASSAY_OK);
                    if (got == 0)
                        break;
                }
                assert_int_equal(at, expected_len);
                assert_memory_equal(out, expected, at);
                assert_int_equal(assay_input_rewind(input, NULL), ASSAY_OK);
            }
            assay_input_close(input);
        }
}

#define EXPECT(encoding, data, expected) \
    expect(ASSAY_ENCODING_##encoding, data, sizeof(data) - 1, expected, sizeof(expected) - 1)

static void converts(void **state)
{
    (void)state;
    EXPECT(UTF8, "", "");
    EXPECT(UTF8, "a\xe9", "a\xe9");
    EXPECT(UTF8, "\xef\xbb\xbf\xef\xbb\xbfx", "\xef\xbb\xbfx");
    EXPECT(LATIN1, "caf\xe9\x80", "caf\xc3\xa9\xc2\x80");
    EXPECT(UTF16LE,
           "\xff\xfe"
           "a\0\xac\x20\x3d\xd8\x00\xde",
           "a\xe2\x82\xac\xf0\x9f\x98\x80");
    EXPECT(UTF16BE, "\0a\x20\xac\xd8\x3d\xde\x00", "a\xe2\x82\xac\xf0\x9f\x98\x80");
}

static void half_pairs_are_not_lost(void **state)
{
    (void)state;
    EXPECT(UTF16BE, "\0a\xd8\x3d\0b",
           "a\xed\xa0\xbd"
           "b");
    EXPECT(UTF16BE, "\0a\xde\x00\0b",
           "a\xed\xb8\x80"
           "b");
    EXPECT(UTF16BE, "\0a\xd8\x3d\xd8\x3d\xde\x00", "a\xed\xa0\xbd\xf0\x9f\x98\x80");
    EXPECT(UTF16BE, "\0a\xd8\x3d", "a\xed\xa0\xbd");
}

static void expect_error(enum assay_encoding encoding, const char *data, size_t len,
                         const char *message, const char *help)
{
    struct memory memory = {
        .base = {.ops = &memory_ops, .path = "m"}, .data = data, .len = len, .piece = 3};
    struct assay_input *input;
    struct assay_error err;
    assert_int_equal(assay_transcode_open(&memory.base, encoding, &input, &err), ASSAY_SOURCE);
    assert_string_equal(err.code, "CSV-ENCODING");
    assert_string_equal(err.message, message);
    assert_string_equal(err.help, help);
}

static void wrong_encodings_are_recognised(void **state)
{
    (void)state;
    expect_error(ASSAY_ENCODING_UTF8,
                 "\xff\xfe"
                 "a\0",
                 4, "looks like UTF-16LE", "use encoding: utf-16le");
    expect_error(ASSAY_ENCODING_UTF8, "\0i\0d\0,", 6, "looks like UTF-16BE",
                 "use encoding: utf-16be");
    expect_error(ASSAY_ENCODING_UTF8, "i\0d\0,\0", 6, "looks like UTF-16LE",
                 "use encoding: utf-16le");
    expect_error(ASSAY_ENCODING_UTF8, "\xff\xfe\0\0a\0\0\0", 8, "looks like UTF-32LE",
                 "convert it first: iconv -f UTF-32LE -t UTF-8");
    expect_error(ASSAY_ENCODING_UTF16BE,
                 "\xff\xfe"
                 "a\0",
                 4, "looks like UTF-16LE, but `encoding` says utf-16be", "use encoding: utf-16le");
    expect_error(ASSAY_ENCODING_LATIN1,
                 "\xef\xbb\xbf"
                 "a",
                 4, "looks like UTF-8, but `encoding` says latin1", "use encoding: utf-8");
}

static void half_a_unit_is_an_end_too_soon(void **state)
{
    (void)state;
    struct memory memory = {
        .base = {.ops = &memory_ops, .path = "m"}, .data = "a\0b", .len = 3, .piece = 3};
    struct assay_input *input;
    struct assay_error err;
    char buffer[16];
    size_t got;
    assert_int_equal(assay_transcode_open(&memory.base, ASSAY_ENCODING_UTF16LE, &input, &err),
                     ASSAY_OK);
    assert_int_equal(assay_input_fill(input, buffer, sizeof buffer, &got, &err), ASSAY_SOURCE);
    assert_string_equal(err.code, "SOURCE-TRUNCATED");
    assert_int_equal(got, 1);
    assay_input_close(input);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(converts),
        cmocka_unit_test(half_pairs_are_not_lost),
        cmocka_unit_test(wrong_encodings_are_recognised),
        cmocka_unit_test(half_a_unit_is_an_end_too_soon),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
