/*
 * Document trees from YAML and JSON: typing, positions, errors and limits.
 */
#include "config.h"

#include "suite/node.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

static struct assay_arena arena;
static struct assay_diags diags;

static const struct assay_node *parse_sized(const char *name, struct assay_str text)
{
    static const struct assay_document_options options;
    assay_arena_reset(&arena);
    assay_diags_reset(&diags);
    struct assay_document *doc = assay_document_parse(&arena, name, text, &options, &diags);
    assay_diags_sort(&diags);
    return doc ? doc->root : NULL;
}

static const struct assay_node *yaml(const char *text)
{
    return parse_sized("suite.yml", assay_cstr(text));
}

static const struct assay_node *json(const char *text)
{
    return parse_sized("suite.json", assay_cstr(text));
}

static const struct assay_node *value(const char *scalar)
{
    char text[128];
    snprintf(text, sizeof text, "a: %s\n", scalar);
    const struct assay_node *root = yaml(text);
    assert_non_null(root);
    assert_int_equal(diags.errors, 0);
    return assay_node_get(root, "a");
}

static void error_is(const char *code, uint64_t line, uint64_t column, const char *part)
{
    assert_true(diags.count > 0);
    const struct assay_error *err = &diags.items[0].error;
    assert_string_equal(err->code, code);
    if (strstr(err->message, part) == NULL)
        assert_string_equal(err->message, part);
    assert_int_equal(err->line, line);
    assert_int_equal(err->column, column);
}

static void plain_scalars_follow_the_core_schema(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum assay_node_kind kind;
    } rows[] = {
        {"", ASSAY_NODE_NULL},
        {"~", ASSAY_NODE_NULL},
        {"null", ASSAY_NODE_NULL},
        {"nULL", ASSAY_NODE_STRING},
        {"true", ASSAY_NODE_BOOL},
        {"FALSE", ASSAY_NODE_BOOL},
        {"tRUE", ASSAY_NODE_STRING},
        {"NO", ASSAY_NODE_STRING},
        {"yes", ASSAY_NODE_STRING},
        {"on", ASSAY_NODE_STRING},
        {"0", ASSAY_NODE_INT},
        {"-17", ASSAY_NODE_INT},
        {"+5", ASSAY_NODE_INT},
        {"010", ASSAY_NODE_INT},
        {"0o17", ASSAY_NODE_INT},
        {"0x1F", ASSAY_NODE_INT},
        {"-0x1F", ASSAY_NODE_STRING},
        {"0b11", ASSAY_NODE_STRING},
        {"1_000", ASSAY_NODE_STRING},
        {"1.5", ASSAY_NODE_FLOAT},
        {"1.", ASSAY_NODE_FLOAT},
        {".5", ASSAY_NODE_FLOAT},
        {"1e400", ASSAY_NODE_FLOAT},
        {"1e", ASSAY_NODE_STRING},
        {".", ASSAY_NODE_STRING},
        {"-", ASSAY_NODE_STRING},
        {"+.inf", ASSAY_NODE_FLOAT},
        {"-.nan", ASSAY_NODE_STRING},
        {".NaN", ASSAY_NODE_FLOAT},
        {"12:30:45", ASSAY_NODE_STRING},
        {"2024-01-31", ASSAY_NODE_STRING},
        {"1.2.3", ASSAY_NODE_STRING},
        {"'5'", ASSAY_NODE_STRING},
        {"\"true\"", ASSAY_NODE_STRING},
        {"!!str 5", ASSAY_NODE_STRING},
        {"! 5", ASSAY_NODE_STRING},
        {"!!int '5'", ASSAY_NODE_INT},
        {"!!float 5", ASSAY_NODE_FLOAT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].text, "-") == 0)
            continue; /* opens a list */
        const struct assay_node *node = value(rows[i].text);
        if (node->kind != rows[i].kind)
            fail_msg("\"%s\" is of kind %d", rows[i].text, (int)node->kind);
    }
    assert_int_equal(assay_scalar_kind(ASSAY_STR("-")), ASSAY_NODE_STRING);
}

static void numbers_keep_their_text(void **state)
{
    (void)state;
    assert_string_equal(value("1.10")->text.ptr, "1.10");
    assert_string_equal(value("123456789012345678901234567890")->text.ptr,
                        "123456789012345678901234567890");
    const struct assay_node *root = json("[1e400, -0, 9007199254740993, 1.50]");
    assert_string_equal(root->first->text.ptr, "1e400");
    assert_string_equal(root->first->next->text.ptr, "-0");
    assert_int_equal(root->first->next->next->kind, ASSAY_NODE_INT);
    assert_string_equal(root->last->text.ptr, "1.50");
}

static void integers_are_read_exactly_or_not_at_all(void **state)
{
    (void)state;
    int64_t n = 0;
    assert_true(assay_node_int64(value("-9223372036854775808"), &n) && n == INT64_MIN);
    assert_true(assay_node_int64(value("9223372036854775807"), &n) && n == INT64_MAX);
    assert_false(assay_node_int64(value("9223372036854775808"), &n));
    assert_true(assay_node_int64(value("010"), &n) && n == 10);
    assert_true(assay_node_int64(value("0x1f"), &n) && n == 31);
    assert_true(assay_node_int64(value("0o17"), &n) && n == 15);
    assert_true(assay_node_int64(value("+7"), &n) && n == 7);
    assert_false(assay_node_int64(value("1.0"), &n));
}

static void odd_plain_scalars_are_marked(void **state)
{
    (void)state;
    static const char *const odd[] = {
        "NO",       "yes", "on",   "off", "y",  "n",          "1.10",
        "12:30:45", "010", "0x10", "1e5", "+5", "2024-01-31", "2024-01-31T00:00:00Z",
        "1_000"};
    static const char *const even[] = {"10", "-5",  "1.5", "true", "none", "'NO'", "\"1.10\"",
                                       "0",  "a:b", "~",   "0.5",  "ok",   "1:x"};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
        if (!value(odd[i])->odd_plain || assay_node_odd(value(odd[i])) == NULL)
            fail_msg("\"%s\" is not odd", odd[i]);
    for (size_t i = 0; i < sizeof even / sizeof even[0]; i++)
        if (value(even[i])->odd_plain)
            fail_msg("\"%s\" is odd", even[i]);
}

static void positions_count_characters_from_one(void **state)
{
    (void)state;
    const struct assay_node *root = yaml("\xEF\xBB\xBF# caf\xC3\xA9\r\n"
                                         "gr\xC3\xBC\xC3\x9F\x65: {x: [1, 'z\xC3\xA4', b]}\r\n"
                                         "second: |\r\n  text\r\n");
    assert_non_null(root);
    const struct assay_node *list = assay_node_get(root->first, "x");
    assert_int_equal(root->first->key_mark.line, 2);
    assert_int_equal(root->first->key_mark.column, 1);
    assert_int_equal(root->first->mark.column, 8);
    assert_int_equal(list->mark.column, 12);
    assert_int_equal(list->first->next->mark.column, 16);
    assert_int_equal(list->last->mark.column, 22);
    assert_int_equal(list->last->doc->text.ptr[list->last->mark.offset], 'b');
    assert_int_equal(root->last->mark.line, 3);
    assert_string_equal(root->last->text.ptr, "text\n");
}

static void json_positions_are_those_of_the_tokens(void **state)
{
    (void)state;
    const struct assay_node *root = json("{\"\\u0061\\n\" :\t\"\xC3\xA9\\t\",\n  \"b\":[ 1 ,-2.5e1,"
                                         "null,true, {\"c\":\"\"}]}");
    assert_non_null(root);
    assert_string_equal(root->first->key.ptr, "a\n");
    assert_int_equal(root->first->key_mark.column, 2);
    assert_int_equal(root->first->mark.column, 15);
    assert_string_equal(root->first->text.ptr, "\xC3\xA9\t");
    const struct assay_node *list = assay_node_get(root, "b");
    static const uint32_t columns[] = {9, 12, 19, 24, 30};
    const struct assay_node *item = list->first;
    for (size_t i = 0; i < 5; i++, item = item->next) {
        assert_int_equal(item->mark.line, 2);
        assert_int_equal(item->mark.column, columns[i]);
    }
    assert_null(item);
    assert_int_equal(list->count, 5);
    assert_int_equal(list->last->first->mark.column, 35);
}

static void yaml_takes_json(void **state)
{
    (void)state;
    const struct assay_node *root = yaml("{\"a\": [1, \"NO\", null], \"b\": {\"c\": true}}");
    assert_non_null(root);
    assert_int_equal(assay_node_get(root, "a")->count, 3);
    assert_true(assay_node_get(assay_node_get(root, "b"), "c")->truth);
    assert_null(assay_node_get(root, "c"));
    assert_null(assay_node_get(NULL, "c"));
}

static void keys_are_text(void **state)
{
    (void)state;
    const struct assay_node *root = yaml("no: 1\n10: 2\nnull: 3\n'': 4\n");
    assert_int_equal(diags.errors, 0);
    assert_string_equal(assay_node_get(root, "no")->text.ptr, "1");
    assert_string_equal(assay_node_get(root, "10")->text.ptr, "2");
    assert_string_equal(assay_node_get(root, "null")->text.ptr, "3");
    assert_string_equal(assay_node_get(root, "")->text.ptr, "4");
}

static void duplicate_keys_name_both_places(void **state)
{
    (void)state;
    yaml("a: 1\nb: 2\n  \na: 3\nb: 4\na: 5\n");
    assert_int_equal(diags.errors, 3);
    error_is("SUITE-DUPLICATE", 4, 1, "\"a\": it is first at line 1, column 1");
    assert_int_equal(diags.items[1].error.line, 5);
    assert_string_equal(diags.items[1].error.excerpt, "b: 4");
    json("{\"x\": {\"k\": 1,\n \"k\": 2}}");
    assert_int_equal(diags.errors, 1);
    error_is("SUITE-DUPLICATE", 2, 2, "\"k\": it is first at line 1, column 8");
    yaml("a: {b: 1}\nb: {b: 1}\n");
    assert_int_equal(diags.errors, 0);
}

static void syntax_errors_point_at_the_place(void **state)
{
    (void)state;
    assert_null(yaml("a: b: c\n"));
    error_is("SUITE-SYNTAX", 1, 5, "mapping values are not allowed");
    assert_string_equal(diags.items[0].error.excerpt, "a: b: c");
    assert_int_equal(diags.items[0].error.caret, 4);
    assert_non_null(strstr(diags.items[0].error.help, "quotes"));
    assert_null(yaml("checks:\n  - a: [1, 2\n  - b\n"));
    assert_string_equal(diags.items[0].error.code, "SUITE-SYNTAX");
    assert_null(yaml("a: 'open\nb: 2\n"));
    error_is("SUITE-SYNTAX", 1, 4, "unexpected end of stream");
    assert_null(yaml("regex: \"\\d+\"\n"));
    assert_non_null(strstr(diags.items[0].error.help, "single quotes"));
    assert_null(yaml("m: {min: ${MIN}}\n"));
    assert_non_null(strstr(diags.items[0].error.help, "\"${NAME}\""));
}

static void a_tab_for_indentation_is_named(void **state)
{
    (void)state;
    assert_null(yaml("a:\n\tb: 1\n"));
    error_is("SUITE-SYNTAX", 2, 1, "a tab is used for indentation");
    assert_null(yaml("a:\n  b: 1\n \tc: 2\n"));
    assert_string_equal(diags.items[0].error.message, "a tab is used for indentation");
}

static void several_documents_are_refused(void **state)
{
    (void)state;
    assert_null(yaml("a: 1\n---\nb: 2\n"));
    error_is("SUITE-DOCUMENTS", 2, 1, "second document");
    assert_null(yaml("a: 1\n...\n# more\nb: 2\n"));
    error_is("SUITE-DOCUMENTS", 4, 1, "second document");
    assert_null(yaml("[a] b\n"));
    error_is("SUITE-SYNTAX", 1, 5, "behind the end");
    assert_non_null(yaml("%YAML 1.2\n---\na: 1\n...\n\n# the end\n...\n"));
    assert_int_equal(diags.errors, 0);
    assert_null(json("{} {}"));
    error_is("SUITE-SYNTAX", 1, 4, "trailing garbage");
}

static void empty_files_have_a_null_root(void **state)
{
    (void)state;
    static const char *const texts[] = {"", " \n", "\xEF\xBB\xBF"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(yaml(texts[i])->kind, ASSAY_NODE_NULL);
        assert_int_equal(json(texts[i])->kind, ASSAY_NODE_NULL);
        assert_int_equal(diags.errors, 0);
    }
    assert_int_equal(yaml("# only a comment")->mark.line, 1);
}

static void wrong_encodings_are_refused(void **state)
{
    (void)state;
    assert_null(yaml("a: 1\nb: \xC3\xA4\xE4\n"));
    error_is("SUITE-ENCODING", 2, 5, "byte 0xe4");
    assert_null(json("{\"a\": \"\xED\xA0\x80\"}"));
    error_is("SUITE-ENCODING", 1, 8, "byte 0xed");
    assert_null(parse_sized("s.yml", assay_str("\xFF\xFE"
                                               "a\0",
                                               4)));
    assert_non_null(strstr(diags.items[0].error.help, "UTF-16"));
    assert_null(yaml("a: b\x1b[31m\n"));
    error_is("SUITE-ENCODING", 1, 5, "U+001B");
    assert_null(parse_sized("s.yml", assay_str("a: \0", 4)));
    error_is("SUITE-ENCODING", 1, 4, "U+0000");
}

static void anchors_aliases_and_tags_are_refused(void **state)
{
    (void)state;
    yaml("a: &x [1]\nb: *x\nc: !foo 1\nd: !!int x\ne: !!map [1]\n");
    assert_int_equal(diags.errors, 5);
    error_is("SUITE-ALIAS", 1, 4, "anchor \"&x\"");
    assert_non_null(strstr(diags.items[1].error.message, "alias \"*x\""));
    assert_non_null(strstr(diags.items[1].error.message, "limit 0"));
    assert_string_equal(diags.items[2].error.code, "SUITE-TAG");
    assert_string_equal(diags.items[3].error.message, "the tag !!int does not suit this value");
    assert_int_equal(diags.items[4].error.line, 5);
    assert_null(yaml("&a [*a]: 1\n"));
    assert_null(yaml("{{ template }}: 1\n"));
    error_is("SUITE-SYNTAX", 1, 1, "a key must be text");
    assert_null(yaml("%TAG ! tag:x,2000:\n---\na: 1\n"));
    error_is("SUITE-TAG", 1, 1, "%TAG");
}

static double milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void repeated_is_limited(const char *name, const char *unit, size_t count)
{
    size_t length = strlen(unit);
    char *text = malloc(length * count);
    assert_non_null(text);
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * length, unit, length);
    double before = milliseconds();
    assert_null(parse_sized(name, assay_str(text, length * count)));
    double took = milliseconds() - before;
    free(text);
    assert_string_equal(diags.items[0].error.code, "SUITE-LIMIT");
    assert_int_equal(diags.items[0].error.status, ASSAY_LIMIT);
    /* Sanitizers and a busy machine slow it down; quadratic time would be seconds. */
    if (took > 1000)
        fail_msg("\"%s\" took %.0f ms", unit, took);
}

static void hostile_depth_and_size_end_at_the_limit(void **state)
{
    (void)state;
    repeated_is_limited("s.yml", "[", 50000);
    repeated_is_limited("s.yml", "{a: ", 50000);
    repeated_is_limited("s.yml", "- ", 50000);
    repeated_is_limited("s.yml", "[\n", 50000);
    repeated_is_limited("s.json", "[", 50000);
    repeated_is_limited("s.json", "{\"a\":", 50000);
    repeated_is_limited("s.yml", "- a\n", 200000);
    repeated_is_limited("s.yml", "# comment\n", 2000000);
}

static void the_limits_are_exact(void **state)
{
    (void)state;
    struct assay_document_options options = {.max_depth = 3, .max_events = 12, .max_bytes = 40};
    assay_arena_reset(&arena);
    assay_diags_reset(&diags);
    struct assay_str deep = ASSAY_STR("[[[1]]]"), deeper = ASSAY_STR("[[[[1]]]]");
    assert_non_null(assay_document_parse(&arena, "a.json", deep, &options, &diags));
    assert_non_null(assay_document_parse(&arena, "a.yml", deep, &options, &diags));
    assert_null(assay_document_parse(&arena, "a.json", deeper, &options, &diags));
    error_is("SUITE-LIMIT", 1, 4, "deeper than 3");
    assert_null(assay_document_parse(&arena, "a.yml", deeper, &options, &diags));
    struct assay_str many = ASSAY_STR("[1,2,3,4,5,6,7,8,9,0]"),
                     more = ASSAY_STR("[1,2,3,4,5,6,7,8,9,0,1]");
    assert_non_null(assay_document_parse(&arena, "a.json", many, &options, &diags));
    assert_null(assay_document_parse(&arena, "a.json", more, &options, &diags));
    struct assay_str full = ASSAY_STR("a: 67890123456789012345678901234567890\n\n");
    assert_non_null(assay_document_parse(&arena, "a.yml", full, &options, &diags));
    full.len++;
    assert_null(assay_document_parse(&arena, "a.yml", full, &options, &diags));
}

static void broken_json_is_explained(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t line, column;
        const char *help;
    } rows[] = {
        {"{\"a\": 1,}", 1, 9, "last comma"},
        {"[1,,2]", 1, 4, ""},
        {"{'a': 1}", 1, 2, "double quotes"},
        {"{\n  a: 1}", 2, 3, "double quotes"},
        {"[1, // one\n 2]", 1, 5, "comments"},
        {"[NaN]", 1, 2, "NaN"},
        {"{\"a\" 1}", 1, 6, ""},
        {"[01]", 1, 3, ""},
        {"{\"a\": [1, 2}", 1, 12, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_null(json(rows[i].text));
        assert_int_equal(diags.errors, 1);
        error_is("SUITE-SYNTAX", rows[i].line, rows[i].column, "this is not JSON");
        assert_non_null(strstr(diags.items[0].error.help, rows[i].help));
    }
    assert_null(json("{\n \"a\": [1,"));
    error_is("SUITE-SYNTAX", 2, 10, "inside what starts at line 2, column 7");
    assert_null(json("[\"open"));
    error_is("SUITE-SYNTAX", 1, 2, "inside string");
    assert_non_null(strstr(diags.items[0].error.help, "close the string"));
    assert_null(json("[\"a\\qb\"]"));
    error_is("SUITE-SYNTAX", 1, 4, "this is not JSON");
    assert_null(json("[\"\\ud800x\"]"));
    error_is("SUITE-SYNTAX", 1, 3, "surrogate");
    assert_null(json("[\"\\udc00\"]"));
    assert_non_null(json("[\"\\\\ud800 \\ud83d\\ude00\"]"));
}

static void nan_needs_an_option(void **state)
{
    (void)state;
    struct assay_document_options options = {.allow_nan = true};
    assay_arena_reset(&arena);
    assay_diags_reset(&diags);
    struct assay_str text =
        ASSAY_STR("{\"NaN\": NaN, \"b\": [-Infinity,Infinity, \"NaN\", -Infinity, 0]}");
    struct assay_document *doc = assay_document_parse(&arena, "a.json", text, &options, &diags);
    assert_non_null(doc);
    assert_string_equal(doc->root->first->text.ptr, "NaN");
    assert_int_equal(doc->root->first->kind, ASSAY_NODE_FLOAT);
    const struct assay_node *list = doc->root->last;
    assert_string_equal(list->first->text.ptr, "-Infinity");
    assert_int_equal(list->first->next->mark.column, 30);
    assert_int_equal(list->first->next->next->kind, ASSAY_NODE_STRING);
    assert_int_equal(list->last->kind, ASSAY_NODE_INT);
    assert_string_equal(list->last->text.ptr, "0");
    assert_null(assay_document_parse(&arena, "a.json", ASSAY_STR("[1NaN]"), &options, &diags));
    assert_null(assay_document_parse(&arena, "a.json", ASSAY_STR("[NaNa]"), &options, &diags));
}

static void files_are_read_and_missing_ones_reported(void **state)
{
    (void)state;
    static const struct assay_document_options options;
    assay_arena_reset(&arena);
    assay_diags_reset(&diags);
    assert_null(assay_document_read(&arena, "/nowhere/suite.yml", &options, &diags));
    error_is("SUITE-FILE", 0, 0, "cannot open");
    assert_string_equal(diags.items[0].error.file, "/nowhere/suite.yml");
    assay_diags_reset(&diags);
    assert_null(assay_document_read(&arena, "/", &options, &diags));
    error_is("SUITE-FILE", 0, 0, "cannot read");
    char path[] = "/tmp/assay-node-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "a: 1\n", 5), 5);
    assay_diags_reset(&diags);
    struct assay_document *doc = assay_document_read(&arena, path, &options, &diags);
    assert_non_null(doc);
    assert_string_equal(assay_node_get(doc->root, "a")->text.ptr, "1");
    assert_int_equal(ftruncate(fd, 3 << 20), 0);
    assert_null(assay_document_read(&arena, path, &options, &diags));
    error_is("SUITE-LIMIT", 0, 0, "larger than 1048576 bytes");
    close(fd);
    unlink(path);
}

static void running_out_of_memory_is_an_error(void **state)
{
    (void)state;
    static const struct assay_document_options options;
    static const char *const names[] = {"a.yml", "a.json"};
    struct assay_str text = ASSAY_STR("{\"a\": [1, \"\\u0041bc\", {\"k\": [[[null]]]}], \"b\": 2}");
    for (size_t limit = 1; limit < 20000; limit += 4000) {
        for (size_t i = 0; i < 2; i++) {
            struct assay_arena small;
            assay_arena_init(&small, limit);
            assay_diags_reset(&diags);
            struct assay_document *doc =
                assay_document_parse(&small, names[i], text, &options, &diags);
            assert_true((doc == NULL) == (diags.errors > 0));
            if (doc == NULL)
                assert_int_equal(assay_diags_status(&diags), ASSAY_NOMEM);
            assay_arena_free(&small);
        }
    }
}

static int setup(void **state)
{
    (void)state;
    assay_arena_init(&arena, 0);
    assay_diags_init(&diags);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    assay_arena_free(&arena);
    assay_diags_reset(&diags);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_scalars_follow_the_core_schema),
        cmocka_unit_test(numbers_keep_their_text),
        cmocka_unit_test(integers_are_read_exactly_or_not_at_all),
        cmocka_unit_test(odd_plain_scalars_are_marked),
        cmocka_unit_test(positions_count_characters_from_one),
        cmocka_unit_test(json_positions_are_those_of_the_tokens),
        cmocka_unit_test(yaml_takes_json),
        cmocka_unit_test(keys_are_text),
        cmocka_unit_test(duplicate_keys_name_both_places),
        cmocka_unit_test(syntax_errors_point_at_the_place),
        cmocka_unit_test(a_tab_for_indentation_is_named),
        cmocka_unit_test(several_documents_are_refused),
        cmocka_unit_test(empty_files_have_a_null_root),
        cmocka_unit_test(wrong_encodings_are_refused),
        cmocka_unit_test(anchors_aliases_and_tags_are_refused),
        cmocka_unit_test(hostile_depth_and_size_end_at_the_limit),
        cmocka_unit_test(the_limits_are_exact),
        cmocka_unit_test(broken_json_is_explained),
        cmocka_unit_test(nan_needs_an_option),
        cmocka_unit_test(files_are_read_and_missing_ones_reported),
        cmocka_unit_test(running_out_of_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
