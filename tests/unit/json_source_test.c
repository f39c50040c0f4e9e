/*
 * The JSON source as a whole: what it makes of files good and bad, in words.
 */
#include "config.h"

#include "tests/lib/json_dump.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/assay-json-XXXXXX";

static const char *path_of(const char *name)
{
    static char path[4][128];
    static int turn;
    char *out = path[turn++ % 4];
    snprintf(out, sizeof path[0], "%s/%s", dir, name);
    return out;
}

static void put(const char *name, const void *data, size_t len)
{
    FILE *file = fopen(path_of(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

/* One text, whatever the size of a batch and whichever engine. */
static struct assay_buf read_all(const char *name, struct assay_source_options options,
                                 const char *const *names, bool positions)
{
    static const size_t sizes[] = {0, 1, 2, 3, 7, 16, 61, 4096};
    struct assay_buf first, other;
    json_dump_open(&first, path_of(name), &options, names, positions);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int engine = 0; engine < 2; engine++) {
            options.batch_bytes = sizes[i];
            options.json_engine = engine ? ASSAY_JSON_YAJL : ASSAY_JSON_SCAN;
            json_dump_open(&other, path_of(name), &options, names, positions);
            assert_string_equal(first.ptr, other.ptr);
            assay_buf_free(&other);
        }
    return first;
}

static void put_text(const char *name, const char *text)
{
    put(name, text, strlen(text));
}

static void expect(const char *data, const char *const *names, struct assay_source_options options,
                   const char *expected)
{
    put_text("d.json", data);
    struct assay_buf out = read_all("d.json", options, names, false);
    assert_string_equal(out.ptr, expected);
    assay_buf_free(&out);
}

#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})
#define PLAIN ((struct assay_source_options){0})

static void values_have_kinds(void **state)
{
    (void)state;
    expect(
        "{\"a\":1,\"b\":\"x\"}\n{\"b\":null,\"a\":true}\n{\"a\":[1, {}],\"b\":{\"c\" : 2}}\n{}\n",
        NAMES("a", "b"), PLAIN,
        "columns a|b\n"
        "1: n1 sx\n"
        "2: btrue ~\n"
        "3: a[1, {}] o{\"c\" : 2}\n"
        "4: ~ ~\n");
}

static void numbers_keep_their_text(void **state)
{
    (void)state;
    expect("{\"n\":1.50}\n{\"n\":-0}\n{\"n\":1E+400}\n{\"n\":12345678901234567890123456789}\n",
           NAMES("n"), PLAIN,
           "columns n\n1: n1.50\n2: n-0\n3: n1E+400\n4: n12345678901234567890123456789\n");
}

static void escapes_are_resolved(void **state)
{
    (void)state;
    expect("{\"k\\u0065y\":\"a\\\"b\\\\\\/"
           "\\u00e9\\ud83d\\ude00\"}\n{\"key\":\"\\n\"}\n{\"key\":\"\"}\n",
           NAMES("key"), PLAIN,
           "columns key\n1: sa\"b\\/\xc3\xa9\xf0\x9f\x98\x80\n2: s\\n\n3: s\n");
}

static void paths_reach_into_objects(void **state)
{
    (void)state;
    expect("{\"c\":{\"a\":{\"t\":\"Ulm\"}},\"x.y\":1}\n{\"c\":{\"a\":null}}\n{\"c\":{\"a\":{\"t\":"
           "2}}}\n"
           "{\"c\":3}\n",
           NAMES("c.a.t", "\"x.y\"", "/c/a", "c"), PLAIN,
           "columns c|x.y\n"
           "1: sUlm n1 o{\"t\":\"Ulm\"} o{\"a\":{\"t\":\"Ulm\"}}\n"
           "2: ~ ~ ~ o{\"a\":null}\n"
           "3: n2 ~ o{\"t\":2} o{\"a\":{\"t\":2}}\n"
           "4: ~ ~ ~ n3\n");
}

static void elements_fan_out(void **state)
{
    (void)state;
    expect(
        "{\"i\":[{\"p\":1},{},{\"p\":null},{\"p\":\"x\"},5],\"m\":[[1,2],[],[3]]}\n{\"i\":[]}\n{}\n"
        "{\"i\":7,\"m\":[4]}\n{\"i\":[{\"p\":2}],\"m\":[[[5]]]}\n",
        NAMES("i[*].p", "m[*][*]", "m[*]", "i"), PLAIN,
        "columns i|m\n"
        "1: [ n1 ~ ~ sx ~] [ n1 n2 n3] [ a[1,2] a[] a[3]] "
        "a[{\"p\":1},{},{\"p\":null},{\"p\":\"x\"},5]\n"
        "2: [] [] [] a[]\n"
        "3: [] [] [] ~\n"
        "4: [] [] [ n4] n7\n"
        "5: [ n2] [ a[5]] [ a[[5]]] a[{\"p\":2}]\n"
        "finding 4:6 #4 i is a number, expected an array\n");
}

static void places_are_those_of_values(void **state)
{
    (void)state;
    put_text("d.json", "{\"a\":1}\n\n {\"b\":[\"x\", 2], \"a\":\"\\u0041\"}\n");
    struct assay_buf out = read_all("d.json", PLAIN, NAMES("a", "b[*]"), true);
    assert_string_equal(out.ptr, "columns a|b\n"
                                 "1: n1@1:6#1 [] @1:1 <{\"a\":1}\\n>\n"
                                 "2: sA@3:21#2 [ sx@3:8#2 n2@3:13#2] @3:2 "
                                 "< {\"b\":[\"x\", 2], \"a\":\"\\u0041\"}\\n>\n");
    assay_buf_free(&out);
}

static void records_of_a_document_have_places_too(void **state)
{
    struct assay_source_options options = {.records = "/d"};
    (void)state;
    put_text("d.json", "{\"x\":[1],\n\"d\":[{\"a\":1},\n  {\"a\":\n2}, {\"a\":03}]}");
    struct assay_buf out = read_all("d.json", options, NAMES("a"), true);
    assert_string_equal(out.ptr, "columns a\n"
                                 "1: n1@2:11#1 @2:6 <{\"a\":1}>\n"
                                 "2: n2@4:1#2 @3:3 <{\"a\":\\n2}>\n"
                                 "3: unusable ~@4:5#3 @4:5 <{\"a\":03}>\n"
                                 "finding 4:10 #3 not a number of JSON's: 03\n");
    assay_buf_free(&out);
}

static void bad_records_take_no_part(void **state)
{
    (void)state;
    expect("{\"a\":[1],\"b\":2}\n{\"a\":[3,4],\"b\":x}\n{\"a\":[5],\"b\":6}\n", NAMES("a[*]", "b"),
           PLAIN,
           "columns a|b\n1: [ n1] n2\n2: unusable [] ~\n3: [ n5] n6\n"
           "finding 2:16 #2 expected a value, found \"x\"\n");
}

static void null_tokens_are_strings(void **state)
{
    static const struct assay_str tokens[] = {{"NA", 2}, {"0", 1}};
    struct assay_source_options options = {.null_values = tokens, .null_value_count = 2};
    const char *data = "{\"a\":\"NA\"}\n{\"a\":\"\"}\n{\"a\":0}\n{\"a\":\"0\"}\n{\"a\":\"na\"}\n";
    (void)state;
    expect(data, NAMES("a"), options, "columns a\n1: ~\n2: s\n3: n0\n4: ~\n5: sna\n");
    options.empty_is_null = true;
    expect(data, NAMES("a"), options, "columns a\n1: ~\n2: ~\n3: n0\n4: ~\n5: sna\n");
}

static void paths_that_no_record_has_are_told(void **state)
{
    (void)state;
    expect("{\"a\":{\"bcd\":1},\"e\":[]}\n{\"a\":{}}\n", NAMES("a.bdc", "e[*].x", "f[*]", "a.bcd"),
           PLAIN,
           "columns a|e\n1: ~ [] [] n1\n2: ~ [] [] ~\n"
           "error COLUMN-MISSING :0:0: no record has \"a.bdc\" (did you mean \"a.bcd\"?)\n"
           "error COLUMN-MISSING :0:0: no record has \"f[*]\" (did you mean \"e[*]\"?)\n");
}

static void one_column_has_one_number(void **state)
{
    struct assay_source *source;
    struct assay_error err;
    uint32_t a, b, c, d;
    (void)state;
    put_text("d.json", "{\"x\":1,\"a\":{\"b\":2}}\n");
    assert_int_equal(assay_source_open(assay_cstr(path_of("d.json")), NULL, &source, &err),
                     ASSAY_OK);
    assert_int_equal(assay_source_column(source, ASSAY_STR("a"), &a, &err), ASSAY_OK);
    assert_int_equal(assay_source_column(source, ASSAY_STR("a.b"), &b, &err), ASSAY_OK);
    assert_int_equal(assay_source_column(source, ASSAY_STR("\"a\".\"b\""), &c, &err), ASSAY_OK);
    assert_int_equal(assay_source_column(source, ASSAY_STR("z[*]"), &d, &err), ASSAY_OK);
    assert_int_equal(a, 1);
    assert_int_equal(b, 3); /* 2 is source_file */
    assert_int_equal(c, b);
    assert_int_equal(d, 4);
    assert_true(assay_source_fans_out(source, d));
    assert_false(assay_source_fans_out(source, b));
    assert_int_equal(source->column_count, 2);
    assert_int_equal(source->column_room, 5);
    assay_source_close(source);
}

/* More shapes than are kept, and values of every kind in each place. */
static void changing_shapes_are_read_alike(void **state)
{
    static const char *const values[] = {"1",    "-2.5e3", "\"x\"",     "\"\\u0041\"",  "null",
                                         "true", "[1,2]",  "{\"q\":1}", "\"\xc3\xa9\"", "\"\"",
                                         "{}",   "0.125"};
    struct assay_buf text;
    (void)state;
    assay_buf_init(&text, 1u << 24);
    for (int i = 0; i < 3000; i++) {
        int form = i / 40 % 13;
        assay_buf_printf(&text, "{%s\"a\":%s,%s\"b\":{\"c\":%s%s},\"d\":%s}%s\n",
                         form % 2 ? " " : "", values[i % 12], form > 6 ? "\"z\":0," : "",
                         values[i / 7 % 12], form % 3 ? "" : ",\"e\":1", values[i * 5 % 12],
                         i % 997 == 0 ? "," : "");
    }
    put("d.json", text.ptr, text.len);
    assay_buf_free(&text);
    struct assay_source_options options = {.format = "ndjson"};
    struct assay_buf one, other;
    json_dump_open(&one, path_of("d.json"), &options, NAMES("a", "b.c", "d", "d[*]", "b"), true);
    options.json_engine = ASSAY_JSON_YAJL;
    json_dump_open(&other, path_of("d.json"), &options, NAMES("a", "b.c", "d", "d[*]", "b"), true);
    assert_true(one.len > 100000);
    assert_string_equal(one.ptr, other.ptr);
    assay_buf_free(&one);
    assay_buf_free(&other);
}

/* Records alike but for the kinds of their values, which begin to change here and there. */
static void changing_kinds_are_read_alike(void **state)
{
    static const char *const texts[] = {"\"x\"", "\"longer than sixteen, than thirty-two bytes\"",
                                        "\"\"",  "\"\xc3\xa9\"",
                                        "null",  "true",
                                        "7",     "\"a\\tb\""};
    static const char *const numbers[] = {"0",
                                          "-0",
                                          "12.5",
                                          "123456789012345",
                                          "1234567890123456",
                                          "-123456789012.25",
                                          "12345678901234567890",
                                          "1e5",
                                          "-1.5E-3",
                                          "null",
                                          "false",
                                          "\"1\""};
    struct assay_buf text;
    (void)state;
    assay_buf_init(&text, 1u << 24);
    for (int i = 0; i < 12000; i++) {
        int t = i < 2000 ? 0 : i < 4000 ? i % 4 : i % (8 - (i < 8000));
        int n = i < 3000 ? 2 : i < 6000 ? i / 3 % 9 : i / 3 % 12;
        assay_buf_printf(&text,
                         "{\"a\":%s,\"a key of more than thirty-two bytes, with a value\":%s}\n",
                         texts[t], numbers[n]);
    }
    /* Not JSON, each behind records that are. */
    assay_buf_printf(&text,
                     "{\"a\":01,\"b\":1}\n{\"a\":\"x\",\"b\":1.}\n{\"a\":nul,\"b\":truefalse}\n");
    put("d.json", text.ptr, text.len);
    assay_buf_free(&text);
    struct assay_source_options options = {.format = "ndjson"};
    struct assay_buf one, other;
    json_dump_open(&one, path_of("d.json"), &options,
                   NAMES("a", "a key of more than thirty-two bytes, with a value"), true);
    options.json_engine = ASSAY_JSON_YAJL;
    json_dump_open(&other, path_of("d.json"), &options,
                   NAMES("a", "a key of more than thirty-two bytes, with a value"), true);
    assert_true(one.len > 100000);
    assert_string_equal(one.ptr, other.ptr);
    assay_buf_free(&one);
    assay_buf_free(&other);
}

static void several_files_are_one_source(void **state)
{
    (void)state;
    put_text("m1.json", "[{\"a\":1}]");
    put_text("m2.json", "");
    put_text("m3.json", "{\"a\":2}\n{\"b\":3");
    struct assay_buf out = read_all("m*.json", PLAIN, NAMES("a", "b"), true);
    assert_string_equal(out.ptr, "columns a\n"
                                 "1: n1@1:7#1 ~@1:2#1 @1:2 <{\"a\":1}>\n"
                                 "2: n2@1:6#2 ~@1:1#2 @1:1 <{\"a\":2}\\n>\n"
                                 "3: unusable ~@2:1#3 ~@2:1#3 @2:1 <{\"b\":3>\n"
                                 "finding 2:7 #3 ends inside an object\n"
                                 "error COLUMN-MISSING :0:0: no record has \"b\" (the keys of "
                                 "the first records are a)\n");
    assay_buf_free(&out);
}

static void *feed(void *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/pipe", dir);
    FILE *pipe = fopen(path, "wb");
    for (const char *at = text; *at != '\0'; at++) {
        putc(*at, pipe);
        fflush(pipe);
    }
    fclose(pipe);
    return NULL;
}

static void a_pipe_is_read_byte_by_byte(void **state)
{
    char text[] = "{\"a\":1}\n{\"a\":2}\n";
    pthread_t thread;
    struct assay_buf out;
    struct assay_source_options options = {.batch_bytes = 3};
    (void)state;
    assert_int_equal(mkfifo(path_of("pipe"), 0600), 0);
    assert_int_equal(pthread_create(&thread, NULL, feed, text), 0);
    json_dump_open(&out, path_of("pipe"), &options, NAMES("a"), false);
    pthread_join(thread, NULL);
    assert_string_equal(out.ptr, "columns a\n1: n1\n2: n2\n");
    assay_buf_free(&out);
    unlink(path_of("pipe"));
}

static void formats_are_told_from_the_data(void **state)
{
    static const struct {
        const char *name, *data, *first; /* line of the dump */
    } cases[] = {
        {"x", "{\"a\":1}\n", "columns a"},
        {"x", " [ {\"a\":1}]", "columns a"},
        {"x", "[id],[name]\n1,2\n", "columns [id]|[name]"},
        {"x.csv", "{\"a\":1}\n", "columns a"},
        {"x.csv", "{a},b\n1,2\n", "columns {a}|b"},
        {"x.csv", "[1],b\n1,2\n", "columns [1]|b"},
        {"x.json", "7", "columns "},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct assay_source *source;
        struct assay_error err;
        struct assay_buf out;
        put_text(cases[i].name, cases[i].data);
        assert_int_equal(assay_source_open(assay_cstr(path_of(cases[i].name)), NULL, &source, &err),
                         ASSAY_OK);
        assay_buf_init(&out, 4096);
        dump_columns(&out, source);
        *strchr(out.ptr, '\n') = '\0';
        assert_string_equal(out.ptr, cases[i].first);
        assay_buf_free(&out);
        assay_source_close(source);
        unlink(path_of(cases[i].name));
    }
}

/* One behind the other in a single line, longer than what is looked at for the format. */
static void documents_may_stand_in_one_line(void **state)
{
    struct assay_source_options options = {.max_field = 1 << 19};
    struct assay_buf out, text;
    (void)state;
    assay_buf_init(&text, 1u << 22);
    for (int i = 0; i < 200000; i++)
        assay_buf_printf(&text, "{\"a\":%d}", i);
    put("d.json", text.ptr, text.len);
    json_dump_open(&out, path_of("d.json"), &options, NAMES("a"), false);
    assert_non_null(strstr(out.ptr, "\n200000: n199999\n"));
    assert_null(strstr(out.ptr, "error"));
    assay_buf_free(&out);
    assay_buf_free(&text);
}

static void records_are_bounded(void **state)
{
    struct assay_source_options options = {.max_field = 1 << 19, .format = "ndjson"};
    struct assay_buf out, text;
    (void)state;
    assay_buf_init(&text, 1u << 22);
    assay_buf_puts(&text, "{\"a\":1}\n{\"a\":\"");
    for (int i = 0; i < 1 << 20; i++)
        assay_buf_putc(&text, 'x');
    assay_buf_puts(&text, "\"}\n{\"a\":2}\n");
    put("d.json", text.ptr, text.len);
    json_dump_open(&out, path_of("d.json"), &options, NAMES("a"), false);
    assert_non_null(strstr(out.ptr, "1: n1\nerror JSON-RECORD-LIMIT d.json:2:1: record over 1 MiB "
                                    "starting at byte 8"));
    assay_buf_free(&out);
    assay_buf_free(&text);
}

static int make_dir(void **state)
{
    (void)state;
    return mkdtemp(dir) == NULL;
}

static int drop_dir(void **state)
{
    static const char *const names[] = {"d.json", "m1.json", "m2.json", "m3.json"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(path_of(names[i]));
    return rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_have_kinds),
        cmocka_unit_test(numbers_keep_their_text),
        cmocka_unit_test(escapes_are_resolved),
        cmocka_unit_test(paths_reach_into_objects),
        cmocka_unit_test(elements_fan_out),
        cmocka_unit_test(places_are_those_of_values),
        cmocka_unit_test(records_of_a_document_have_places_too),
        cmocka_unit_test(bad_records_take_no_part),
        cmocka_unit_test(null_tokens_are_strings),
        cmocka_unit_test(paths_that_no_record_has_are_told),
        cmocka_unit_test(one_column_has_one_number),
        cmocka_unit_test(changing_shapes_are_read_alike),
        cmocka_unit_test(changing_kinds_are_read_alike),
        cmocka_unit_test(several_files_are_one_source),
        cmocka_unit_test(a_pipe_is_read_byte_by_byte),
        cmocka_unit_test(formats_are_told_from_the_data),
        cmocka_unit_test(documents_may_stand_in_one_line),
        cmocka_unit_test(records_are_bounded),
    };
    return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
