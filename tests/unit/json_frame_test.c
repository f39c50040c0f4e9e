/*
 * Finding records in text: lines, arrays, documents, and records inside of documents.
 */
#include "config.h"

#include "source/json_frame.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The records, each in <>, cut from pieces of `step` bytes; then what went wrong. */
static void cut(const char *text, bool lines, const char *pointer, size_t step,
                struct assay_buf *out)
{
    struct assay_arena arena;
    struct assay_json_path path;
    struct assay_json_frame frame;
    struct assay_json_cut found = {0};
    struct assay_error err;
    size_t len = strlen(text), at = 0, end = 0;
    bool nomem;
    enum assay_status status = ASSAY_OK;
    assay_arena_init(&arena, 0);
    assay_json_frame_init(&frame);
    frame.lines = lines;
    frame.file = "f";
    if (pointer != NULL) {
        assert_true(assay_json_pointer_parse(assay_cstr(pointer), &arena, &path, &nomem));
        frame.pointer = &path;
        frame.pointer_text = pointer;
    }
    do {
        end = end + step < len ? end + step : len;
        char *piece = calloc(1, end - at + 64 + 1);
        assert_non_null(piece);
        piece[0] = '\n'; /* may be looked at */
        memcpy(piece + 1, text + at, end - at);
        status = assay_json_frame_cut(&frame, piece + 1, end - at, end == len, &found, &err);
        for (uint32_t i = 0; status == ASSAY_OK && i < found.records.count; i++)
            assay_buf_printf(out, "%s<%.*s>", i == found.extra ? "extra" : "",
                             (int)found.records.items[i].len,
                             piece + 1 + found.records.items[i].off);
        if (status == ASSAY_OK) {
            assay_json_frame_advance(&frame, &found);
            at += found.consumed;
        }
        free(piece);
    } while (status == ASSAY_OK && (end < len || found.records.count > 0));
    if (status != ASSAY_OK)
        assay_buf_printf(out, " %s %llu:%llu %s", err.code, (unsigned long long)err.line,
                         (unsigned long long)err.column, err.message);
    assay_json_spans_free(&found.records);
    assay_json_frame_free(&frame);
    assay_arena_free(&arena);
}

static void expect(const char *text, bool lines, const char *pointer, const char *records)
{
    static const size_t steps[] = {1, 2, 3, 7, 64, 100000};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct assay_buf out;
        assay_buf_init(&out, 1u << 20);
        cut(text, lines, pointer, steps[i], &out);
        assert_string_equal(out.ptr != NULL ? out.ptr : "", records);
        assay_buf_free(&out);
    }
}

static void a_line_is_a_record(void **state)
{
    (void)state;
    expect("{1}\n{2}\n", true, NULL, "<{1}><{2}>");
    expect("{1}\n{2}", true, NULL, "<{1}><{2}>");
    expect("\n\r\n {1} \r\n\t\n\x1e{2}\n \n", true, NULL, "<{1}><{2}>");
    expect("{1\n}\n", true, NULL, "<{1><}>");
    expect("", true, NULL, "");
}

static void long_runs_of_lines_are_cut_alike(void **state)
{
    struct assay_buf text, records;
    (void)state;
    assay_buf_init(&text, 1u << 20);
    assay_buf_init(&records, 1u << 20);
    for (int i = 0; i < 300; i++) {
        assay_buf_printf(&text, "{%.*s}%s\n", i % 70,
                         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                         i % 9 == 0 ? " " : "");
        assay_buf_printf(&records, "<{%.*s}>", i % 70,
                         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    }
    expect(text.ptr, true, NULL, records.ptr);
    assay_buf_free(&text);
    assay_buf_free(&records);
}

static void an_array_has_records(void **state)
{
    (void)state;
    expect("[{1},{2}]", false, NULL, "<{1}><{2}>");
    expect(" [ {\"]\": [1, {}]} , 2 ,\n\"a,\\\"]\" ] ", false, NULL,
           "<{\"]\": [1, {}]}><2><\"a,\\\"]\">");
    expect("[]", false, NULL, "");
    expect("[1,,2,]", false, NULL, "<1><><2><>");
    expect("[1] [2]\nx", false, NULL, "<1>extra<[2]>");
}

static void documents_stand_behind_each_other(void **state)
{
    (void)state;
    expect("{1}{2} {\"a\":\n[{}]}\n", false, NULL, "<{1}><{2}><{\"a\":\n[{}]}>");
    expect("{1},{2}", false, NULL, "<{1}><,><{2}>");
    expect("{1} true \"x\" [1]", false, NULL, "<{1}><true><\"x\"><[1]>");
    expect("{1}]", false, NULL, "<{1}><]>");
}

static void what_is_cut_off_is_told(void **state)
{
    (void)state;
    expect("[{1},\n{2", false, NULL,
           "<{1}> JSON-TRUNCATED 2:3 unexpected end at byte 8, array opened at 1:1");
    expect("[1,2", false, NULL,
           "<1> JSON-TRUNCATED 1:5 unexpected end at byte 4, array opened at 1:1");
    expect("[1,2,", false, NULL,
           "<1><2> JSON-TRUNCATED 1:6 unexpected end at byte 5, array opened at 1:1");
    expect("\n {\"a\":", false, NULL,
           " JSON-TRUNCATED 2:7 unexpected end at byte 7, object opened at 2:2");
    expect("{1}\n\"x", false, NULL,
           "<{1}> JSON-TRUNCATED 2:3 unexpected end at byte 6, value opened at 2:1");
}

static void a_pointer_leads_to_the_records(void **state)
{
    const char *text = "{\"meta\":{\"items\":[0]},\"n\":-1,\"s\":\"}\",\"data\":\n"
                       "{\"x\":null,\"it\\u0065ms\":[{1},{2}],\"y\":[\"]\"]}}";
    (void)state;
    expect(text, false, "/data/items", "<{1}><{2}>");
    expect(text, false, "/meta/items",
           "<0> JSON-SYNTAX 2:1 the value that begins here is not JSON");
    expect("{\"a\":{\"b\":1}}\n{\"a\":{\"b\":2}}", false, "/a", "<{\"b\":1}><{\"b\":2}>");
    expect("{\"a\":[]}", false, "/a", "");
}

static void a_pointer_that_leads_nowhere_is_an_error(void **state)
{
    (void)state;
    expect("{\"a\":[1]}", false, "/b",
           " JSON-RECORDS 1:9 no array of records at /b: a key is "
           "missing");
    expect("{\"a\":\"x\"}", false, "/a",
           " JSON-RECORDS 1:6 no array of records at /a: there is a string");
    expect("[1]", false, "/a", " JSON-RECORDS 1:1 no array of records at /a: there is an array");
    expect("{\"a\":[1],\n\"a\":[2]}", false, "/a",
           "<1> JSON-SYNTAX 2:1 expected each key once, found \"\"\"");
    expect("{\"q\":tru,\"a\":[1]}", false, "/a",
           " JSON-SYNTAX 1:6 the value that begins here is not JSON");
    expect("{\"a\":[1],}", false, "/a",
           "<1> JSON-SYNTAX 1:10 expected a key in double quotes, found \"}\"");
    expect("{\"a\":[1]", false, "/a",
           "<1> JSON-TRUNCATED 1:9 unexpected end at byte 8, array opened at 1:6");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_a_record),
        cmocka_unit_test(long_runs_of_lines_are_cut_alike),
        cmocka_unit_test(an_array_has_records),
        cmocka_unit_test(documents_stand_behind_each_other),
        cmocka_unit_test(what_is_cut_off_is_told),
        cmocka_unit_test(a_pointer_leads_to_the_records),
        cmocka_unit_test(a_pointer_that_leads_nowhere_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
