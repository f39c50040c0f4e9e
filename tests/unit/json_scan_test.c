/*
 * Reading one record: what is refused, where and in which words; and that yajl agrees.
 */
#include "config.h"

#include "source/json_record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define ROOM 8192

struct fixture {
    char memory[64 + ROOM + 64 + 2 * ROOM + 64];
    struct assay_json_keys keys;
    struct assay_json_scan scan;
    const char *text;
    size_t len;
};

static void begin(struct fixture *f, const char *text, size_t len)
{
    memset(f, 0, sizeof *f);
    assert_true(len < ROOM);
    memcpy(f->memory + 64, text, len);
    f->text = f->memory + 64;
    f->len = len;
    f->scan.base = f->text;
    f->scan.keys = &f->keys;
    f->scan.scratch = f->memory + 64 + ROOM + 64;
}

static bool scan(struct fixture *f)
{
    return assay_json_scan_record(&f->scan, f->text, f->text + f->len);
}

static bool yajl(struct fixture *f)
{
    return assay_json_record_yajl(&f->scan, f->text, f->text + f->len, NULL, NULL, 0);
}

static void accepts(const char *text)
{
    struct fixture f;
    begin(&f, text, strlen(text));
    if (!scan(&f))
        fail_msg("refused: %s (%d)", text, (int)f.scan.problem.kind);
    assert_true(yajl(&f));
    assay_json_keys_free(&f.keys);
}

/* `also_yajl`: it is refused by yajl too. */
static void refuses_bytes(const char *text, size_t len, size_t offset, const char *words,
                          bool also_yajl)
{
    struct fixture f;
    struct assay_arena arena;
    assay_arena_init(&arena, 0);
    begin(&f, text, len);
    if (scan(&f))
        fail_msg("accepted: %s", text);
    assert_string_equal(assay_json_problem_text(&f.scan.problem, f.text + len, 10, &arena), words);
    assert_int_equal(f.scan.problem.at - f.text, offset);
    assert_int_equal(yajl(&f), !also_yajl);
    assay_json_keys_free(&f.keys);
    assay_arena_free(&arena);
}

static void refuses(const char *text, size_t offset, const char *words)
{
    refuses_bytes(text, strlen(text), offset, words, true);
}

/* A literal may hold a NUL. */
#define refuses_literal(text, offset, words, also_yajl) \
    refuses_bytes(text, sizeof(text) - 1, offset, words, also_yajl)

static void whole_records_are_accepted(void **state)
{
    (void)state;
    accepts("{}");
    accepts("{\"a\":1}");
    accepts("{ \"a\" :\t[ 1 , -2.5e+10 , true , false , null ] , \"b\" : { } }");
    accepts("{\"\":\"\",\"\\u0000\":[[],[[]],{\"\":{}}]}");
    accepts("{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\"}");
    accepts("{\"a\":\"\xc3\xa9 \xf0\x9f\x98\x80 \x7f\"}");
    accepts("{\"a\":0,\"b\":-0,\"c\":0.0,\"d\":0e0,\"e\":10,\"f\":1E400}");
}

static void what_is_unfinished_is_told(void **state)
{
    (void)state;
    refuses("{", 1, "ends inside an object");
    refuses("{\"a\"", 4, "ends inside an object");
    refuses("{\"a\":", 5, "ends inside an object");
    refuses("{\"a\":[1,", 8, "ends inside an array");
    refuses("{\"a\":\"xy", 8, "ends inside a string");
    refuses("{\"a\":\"xy\\", 9, "ends inside a string");
    refuses("{\"a\":\"xy\\u00", 12, "ends inside a string");
    refuses("{\"a\":tru", 8, "ends where a value belongs");
    refuses("{\"a\":-", 6, "ends where a value belongs");
}

static void what_does_not_belong_is_named(void **state)
{
    (void)state;
    refuses("{\"a\":1,}", 7, "a comma before the closing bracket (JSON5?)");
    refuses("{\"a\":[1,]}", 8, "a comma before the closing bracket (JSON5?)");
    refuses("{a:1}", 1, "a key without quotes (JSON5?)");
    refuses("{'a':1}", 1, "a single quote: JSON's strings stand in double quotes (JSON5?)");
    refuses("{\"a\" 1}", 5, "expected ':' behind the key, found \"1\"");
    refuses("{\"a\":1 \"b\":2}", 7, "expected ',' or '}', found '\"'");
    refuses("{\"a\":[1 2]}", 8, "expected ',' or ']', found \"2\"");
    refuses("{\"a\":]}", 5, "expected a value, found \"]\"");
    refuses("{\"a\":NaN}", 5, "NaN is no JSON number");
    refuses("{\"a\":1}}", 7, "extra data behind the record");
    refuses("{\"a\":1}//x", 7, "a comment: JSON has none (JSON5?)");
    refuses("{\"a\":\x01}", 5, "expected a value, found U+0001");
}

static void numbers_are_those_of_the_grammar(void **state)
{
    static const char *const bad[] = {"01",    "-01", "1.",  "1.e1", "1e", "1e+", "0x10", "1_0",
                                      "1.2.3", "--1", "1-2", "-a",   "00", "1a",  "-1.",  "2e1.5"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[64], words[64];
        snprintf(text, sizeof text, "{\"a\":%s}", bad[i]);
        snprintf(words, sizeof words, "not a number of JSON's: %s", bad[i]);
        refuses(text, 5, words);
    }
}

static void strings_are_strict(void **state)
{
    (void)state;
    refuses("{\"a\":\"x\ty\"}", 7, "U+0009 inside a string has to be escaped");
    refuses_literal("{\"a\":\"\0\"}", 6, "U+0000 inside a string has to be escaped", true);
    refuses("{\"a\":\"\\q\"}", 6, "\\q is no escape of JSON's");
    refuses("{\"a\":\"\\u12g4\"}", 6, "\\u12g4 is no escape of JSON's");
    refuses_literal("{\"a\":\"\\ud800\"}", 6, "\\ud800 is half a surrogate pair", false);
    refuses_literal("{\"a\":\"\\udc00\\ud800\"}", 6, "\\udc00 is half a surrogate pair", false);
    refuses_literal("{\"a\":\"x\xc0\x80\"}", 7, "\\xc0\\x80 is not UTF-8", false);
    refuses_literal("{\"a\":\"\xed\xa0\x80\"}", 6, "\\xed\\xa0\\x80 is not UTF-8", false);
    refuses("{\"a\":\"x\xff\"}", 7, "\\xff is not UTF-8");
    /* What is wrong first is told. */
    refuses("{\"a\":\"\xff\t\"}", 6, "\\xff is not UTF-8");
    refuses("{\"a\":\"\\q\xff\"}", 6, "\\q is no escape of JSON's");
}

static void keys_come_once(void **state)
{
    (void)state;
    refuses_literal("{\"a\":1,\"a\":2}", 7, "\"a\" twice (line 10)", false);
    refuses_literal("{\n\"b\":{\n\"a\":1,\n\"\\u0061\":2}}", 15, "\"a\" twice (line 12)", false);
    accepts("{\"a\":{\"a\":{\"a\":1}},\"b\":[{\"a\":1},{\"a\":2}]}");
}

static void brackets_are_counted(void **state)
{
    char text[2 * ASSAY_JSON_DEPTH_LIMIT + 16];
    struct fixture f;
    (void)state;
    for (unsigned n = ASSAY_JSON_DEPTH_LIMIT - 1; n <= ASSAY_JSON_DEPTH_LIMIT; n++) {
        memcpy(text, "{\"a\":", 5);
        memset(text + 5, '[', n);
        memset(text + 5 + n, ']', n);
        text[5 + 2 * n] = '}';
        begin(&f, text, 2 * n + 6);
        assert_int_equal(scan(&f), n < ASSAY_JSON_DEPTH_LIMIT);
        if (n == ASSAY_JSON_DEPTH_LIMIT) {
            assert_int_equal(f.scan.problem.kind, ASSAY_JSON_DEPTH);
            assert_int_equal(f.scan.problem.at - f.text, 4 + n);
        }
        assay_json_keys_free(&f.keys);
    }
}

static void values_that_are_no_objects_are_told_apart(void **state)
{
    (void)state;
    refuses_literal("[1]", 0, "the record is an array, expected an object", false);
    refuses_literal("\"x\"", 0, "the record is a string, expected an object", false);
    refuses_literal("-1.5", 0, "the record is a number, expected an object", false);
    refuses_literal("null", 0, "the record is null, expected an object", false);
    refuses_literal("true", 0, "the record is a boolean, expected an object", false);
}

static void a_nul_is_noted_and_no_problem(void **state)
{
    struct fixture f;
    (void)state;
    const char *text = "{\"a\":\"x\\u0000\",\"b\":\"\\u0000\"}";
    begin(&f, text, strlen(text));
    assert_true(scan(&f));
    assert_ptr_equal(f.scan.nul, f.text + 7);
    assay_json_keys_free(&f.keys);
}

static void many_keys_are_no_trouble(void **state)
{
    struct assay_json_keys keys = {0};
    static char names[100000][16];
    (void)state;
    for (int round = 0; round < 3; round++) {
        assay_json_keys_begin(&keys);
        uint32_t object = assay_json_keys_object(&keys), other = assay_json_keys_object(&keys);
        for (int i = 0; i < 100000; i++) {
            snprintf(names[i], sizeof names[i], "k%d", i);
            uint64_t hash = assay_json_key_hash(1, names[i], strlen(names[i]));
            assert_null(assay_json_keys_add(&keys, object, names[i], strlen(names[i]), hash));
            assert_null(assay_json_keys_add(&keys, other, names[i], strlen(names[i]), hash));
        }
        uint64_t hash = assay_json_key_hash(1, "k777", 4);
        assert_non_null(assay_json_keys_add(&keys, object, "k777", 4, hash));
    }
    assert_false(keys.nomem);
    assay_json_keys_free(&keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_records_are_accepted),
        cmocka_unit_test(what_is_unfinished_is_told),
        cmocka_unit_test(what_does_not_belong_is_named),
        cmocka_unit_test(numbers_are_those_of_the_grammar),
        cmocka_unit_test(strings_are_strict),
        cmocka_unit_test(keys_come_once),
        cmocka_unit_test(brackets_are_counted),
        cmocka_unit_test(values_that_are_no_objects_are_told_apart),
        cmocka_unit_test(a_nul_is_noted_and_no_problem),
        cmocka_unit_test(many_keys_are_no_trouble),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
