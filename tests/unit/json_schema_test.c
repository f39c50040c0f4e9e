/*
 * JSON values and schemas: what is read, and what keeps to a schema.
 */
#include "config.h"

#include "base/json_read.h"
#include "base/json_schema.h"
#include "metric/schema_formats.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct assay_arena arena;
static struct assay_regex_scratch *scratch;

static int open_all(void **state)
{
    (void)state;
    assay_arena_init(&arena, 0);
    return assay_regex_scratch_new(&scratch, NULL) != ASSAY_OK;
}

static int close_all(void **state)
{
    (void)state;
    assay_regex_scratch_free(scratch);
    assay_arena_free(&arena);
    return 0;
}

static struct assay_value value(const char *text)
{
    struct assay_value out;
    if (assay_json_read(&arena, assay_cstr(text), &out) != ASSAY_JSON_READ_OK)
        fail_msg("%s is not read", text);
    return out;
}

/* The instances, one behind the other: those before NULL are valid, those behind are not. */
static void judges(const char *text, const char *const *instances)
{
    struct assay_value root = value(text);
    struct assay_json_schema *schema;
    struct assay_error error;
    bool valid = true;
    if (assay_json_schema_new(&arena, &root, NULL, &schema, &error) != ASSAY_OK)
        fail_msg("%s: %s", text, error.message);
    for (; valid || *instances != NULL; instances++) {
        if (*instances == NULL) {
            valid = false;
            continue;
        }
        struct assay_value instance = value(*instances);
        enum assay_json_verdict verdict =
            assay_json_schema_judge(schema, scratch, &arena, &instance, NULL);
        if (verdict != (valid ? ASSAY_JSON_VALID : ASSAY_JSON_INVALID))
            fail_msg("%s of %s is %d", *instances, text, (int)verdict);
    }
    assay_json_schema_free(schema);
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static void documents(void **state)
{
    static const char *const bad[] = {"",    "[",         "[1,]",  "{\"a\":}", "{a:1}",  "01",
                                      "1.",  "+1",        "nul",   "\"\\x\"",  "\"\t\"", "1 2",
                                      "'a'", "\"\\u12\"", "[1 2]", "-",        "\xff"};
    (void)state;
    struct assay_value out =
        value(" {\"a\" : [1, -2.5e3, true, null, \"x\\u0041\\n\"], \"b\": {}} ");
    const struct assay_value *a = assay_value_member(&out, assay_cstr("a"));
    assert_int_equal(out.count, 2);
    assert_int_equal(a->count, 5);
    assert_true(assay_str_is(a->items[1].text, "-2.5e3"));
    assert_true(assay_str_is(a->items[4].text, "xA\n"));
    out = value("\"\\ud83d\\ude00 \\ud800\"");
    assert_true(assay_str_is(out.text, "\xf0\x9f\x98\x80 \xef\xbf\xbd"));
    assert_true(assay_str_is(value("[NaN, -Infinity]").items[1].text, "-Infinity"));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (assay_json_read(&arena, assay_cstr(bad[i]), &out) != ASSAY_JSON_READ_BAD)
            fail_msg("%s is read", bad[i]);
    char deep[ASSAY_JSON_READ_DEPTH * 2 + 4];
    memset(deep, '[', sizeof deep);
    assert_int_equal(assay_json_read(&arena, assay_str(deep, sizeof deep), &out),
                     ASSAY_JSON_READ_BAD);
}

static void sameness(void **state)
{
    static const char *const same[][2] = {
        {"1", "1.0"},
        {"[1, {\"a\": 2, \"b\": 3}]", "[1e0, {\"b\": 3, \"a\": 2}]"},
        {"{\"a\": 1, \"b\": 2, \"a\": 3}", "{\"a\": 3, \"b\": 2}"},
        {"\"a\"", "\"\\u0061\""}};
    static const char *const other[][2] = {{"1", "true"},        {"0", "false"}, {"1", "\"1\""},
                                           {"[1, 2]", "[2, 1]"}, {"null", "{}"}, {"[]", "{}"}};
    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        struct assay_value a = value(same[i][0]), b = value(same[i][1]);
        assert_true(assay_value_same(&a, &b));
        assert_true(assay_value_hash(&a) == assay_value_hash(&b));
    }
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
        struct assay_value a = value(other[i][0]), b = value(other[i][1]);
        assert_false(assay_value_same(&a, &b));
    }
}

static void types_and_values(void **state)
{
    (void)state;
    judges("true", LIST("1", "null", NULL));
    judges("false", LIST(NULL, "1"));
    judges("{}", LIST("1", NULL));
    judges("{\"type\": \"integer\"}", LIST("1", "1.0", "-3", NULL, "1.5", "true", "\"1\""));
    judges("{\"type\": [\"string\", \"null\"]}", LIST("\"a\"", "null", NULL, "1", "[]"));
    judges("{\"$schema\": \"http://json-schema.org/draft-04/schema#\", \"type\": \"integer\"}",
           LIST("1", NULL, "1.0"));
    judges("{\"enum\": [1, \"a\", null, [2]]}", LIST("1.0", "\"a\"", "[2]", NULL, "true", "\"b\""));
    judges("{\"const\": {\"a\": false}}", LIST("{\"a\": false}", NULL, "{\"a\": 0}", "{}"));
    judges("{\"minimum\": 1, \"exclusiveMaximum\": 3}",
           LIST("1", "2.9", "\"x\"", NULL, "0.9", "3"));
    judges("{\"$schema\": \"http://json-schema.org/draft-04/schema#\", \"maximum\": 3, "
           "\"exclusiveMaximum\": true}",
           LIST("2", NULL, "3"));
    judges("{\"multipleOf\": 0.01}", LIST("4.02", "1", NULL, "0.0075"));
    judges("{\"multipleOf\": 3}", LIST("6", "9.0", NULL, "7", "1.5"));
    judges("{\"minLength\": 2, \"maxLength\": 3, \"pattern\": \"^a\"}",
           LIST("\"ab\"", "\"a\xc3\xa4z\"", "5", NULL, "\"a\"", "\"abcd\"", "\"ba\""));
}

static void lists(void **state)
{
    (void)state;
    judges("{\"items\": {\"type\": \"integer\"}, \"minItems\": 1, \"maxItems\": 2}",
           LIST("[1]", "{}", NULL, "[]", "[1, 2, 3]", "[\"a\"]"));
    judges("{\"prefixItems\": [{\"type\": \"integer\"}, true], \"items\": false}",
           LIST("[1, \"x\"]", "[]", NULL, "[\"x\"]", "[1, 2, 3]"));
    judges("{\"$schema\": \"http://json-schema.org/draft-07/schema#\", \"items\": [{\"type\": "
           "\"integer\"}], \"additionalItems\": {\"type\": \"string\"}}",
           LIST("[1, \"x\"]", NULL, "[1, 2]"));
    judges("{\"uniqueItems\": true}", LIST("[1, true, \"1\", [1]]", NULL, "[1, 2, 1.0]",
                                           "[{\"a\": 1, \"b\": 2}, {\"b\": 2, \"a\": 1}]"));
    judges("{\"contains\": {\"const\": 1}, \"maxContains\": 2}",
           LIST("[1, 2]", "[1, 1]", NULL, "[2]", "[1, 1, 1]"));
    judges("{\"contains\": {\"const\": 1}, \"minContains\": 0}", LIST("[2]", NULL));
}

static void objects(void **state)
{
    (void)state;
    judges("{\"properties\": {\"a\": {\"type\": \"integer\"}}, \"required\": [\"a\"]}",
           LIST("{\"a\": 1, \"b\": 2}", "[]", NULL, "{}", "{\"a\": \"x\"}"));
    judges("{\"properties\": {\"a\": true}, \"patternProperties\": {\"^x\": {\"type\": \"null\"}}, "
           "\"additionalProperties\": false}",
           LIST("{\"a\": 1, \"x1\": null}", NULL, "{\"x1\": 1}", "{\"b\": 1}"));
    judges("{\"propertyNames\": {\"maxLength\": 1}, \"minProperties\": 1}",
           LIST("{\"a\": 1}", NULL, "{\"ab\": 1}", "{}"));
    judges("{\"dependentRequired\": {\"a\": [\"b\"]}}",
           LIST("{\"a\": 1, \"b\": 1}", "{}", NULL, "{\"a\": 1}"));
    judges("{\"dependencies\": {\"a\": [\"b\"], \"c\": {\"minProperties\": 2}}}",
           LIST("{\"c\": 1, \"d\": 1}", NULL, "{\"a\": 1}", "{\"c\": 1}"));
}

static void logic_and_references(void **state)
{
    (void)state;
    judges("{\"allOf\": [{\"minimum\": 1}, {\"maximum\": 2}]}", LIST("1", NULL, "3"));
    judges("{\"anyOf\": [{\"const\": 1}, {\"type\": \"string\"}]}", LIST("1", "\"a\"", NULL, "2"));
    judges("{\"oneOf\": [{\"minimum\": 1}, {\"maximum\": 2}]}", LIST("0", "3", NULL, "1"));
    judges("{\"not\": {\"type\": \"null\"}}", LIST("1", NULL, "null"));
    judges("{\"if\": {\"minimum\": 10}, \"then\": {\"multipleOf\": 2}, \"else\": {\"maximum\": 5}}",
           LIST("12", "5", NULL, "11", "6"));
    judges(
        "{\"$defs\": {\"n\": {\"type\": [\"object\", \"null\"], \"properties\": {\"next\": "
        "{\"$ref\": \"#/$defs/n\"}}, \"additionalProperties\": false}}, \"$ref\": \"#/$defs/n\"}",
        LIST("null", "{\"next\": {\"next\": null}}", NULL, "{\"next\": 1}", "{\"x\": 1}"));
    judges("{\"definitions\": {\"a\": {\"$anchor\": \"here\", \"minimum\": 5}, \"b\": {\"$id\": "
           "\"http://x/y.json\", \"maximum\": 9}}, \"allOf\": [{\"$ref\": \"#here\"}, {\"$ref\": "
           "\"http://x/y.json\"}]}",
           LIST("5", "9", NULL, "4", "10"));
    judges("{\"other\": {\"pattern\": \"^z\"}, \"$ref\": \"#/other\"}",
           LIST("\"za\"", NULL, "\"a\""));
    judges("{\"format\": \"email\"}", LIST("\"no\"", NULL));
}

static void refuses(const char *text, const char *place)
{
    struct assay_value root = value(text);
    struct assay_json_schema *schema;
    struct assay_error error = {0};
    if (assay_json_schema_new(&arena, &root, NULL, &schema, &error) != ASSAY_CONFIG ||
        strstr(error.message, place) == NULL)
        fail_msg("%s: %s", text, error.message);
    assay_json_schema_free(schema);
}

static void what_is_no_schema(void **state)
{
    (void)state;
    refuses("5", "/:");
    refuses("{\"type\": \"text\"}", "/type:");
    refuses("{\"properties\": {\"a\": {\"minimum\": \"1\"}}}", "/properties/a/minimum:");
    refuses("{\"pattern\": \"(\"}", "/pattern:");
    refuses("{\"items\": {\"allOf\": []}}", "/items/allOf:");
    refuses("{\"required\": \"a\"}", "/required:");
    refuses("{\"$ref\": \"#/nowhere\"}", "leads nowhere");
    refuses("{\"items\": [true]}", "prefixItems");
    refuses("{\"multipleOf\": 0}", "above 0");
}

static void references_without_end_are_undecided(void **state)
{
    struct assay_value root = value("{\"$ref\": \"#\"}"), one = value("1");
    struct assay_json_schema *schema;
    (void)state;
    assert_int_equal(assay_json_schema_new(&arena, &root, NULL, &schema, NULL), ASSAY_OK);
    assert_int_equal(assay_json_schema_judge(schema, scratch, &arena, &one, NULL),
                     ASSAY_JSON_UNDECIDED);
    assay_json_schema_free(schema);
}

/* The official test suite, where JSON_SCHEMA_TEST_SUITE names its folder `tests`. */

struct tally {
    unsigned passed, failed, refused;
};

static struct assay_value file_of(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct assay_buf text;
    char part[4096];
    size_t got;
    if (file == NULL)
        fail_msg("%s cannot be read", path);
    assay_buf_init(&text, (size_t)1 << 24);
    while ((got = fread(part, 1, sizeof part, file)) > 0)
        assay_buf_str(&text, assay_str(part, got));
    fclose(file);
    struct assay_value out = value(assay_arena_strdup(&arena, assay_buf_view(&text)));
    assay_buf_free(&text);
    return out;
}

static void run_group(const char *path, const char *draft, const struct assay_value *group,
                      assay_json_format_fn *formats, struct tally *tally)
{
    const struct assay_value *tests = assay_value_member(group, ASSAY_STR("tests"));
    const struct assay_value *about = assay_value_member(group, ASSAY_STR("description"));
    struct assay_value root = *assay_value_member(group, ASSAY_STR("schema"));
    struct assay_json_schema *schema;
    struct assay_error error = {0};
    char uri[100];
    snprintf(uri, sizeof uri, "https://json-schema.org/%s/schema", draft);
    struct assay_value kept[64], named = {.kind = ASSAY_VALUE_STRING, .text = assay_cstr(uri)};
    struct assay_str keys[64];
    if (root.kind == ASSAY_VALUE_MAP && root.count < 63 &&
        assay_value_member(&root, ASSAY_STR("$schema")) == NULL) {
        for (size_t i = 0; i < root.count; i++) {
            kept[i] = root.items[i];
            keys[i] = root.keys[i];
        }
        kept[root.count] = named;
        keys[root.count++] = ASSAY_STR("$schema");
        root.items = kept;
        root.keys = keys;
    }
    if (assay_json_schema_new(&arena, &root, formats, &schema, &error) != ASSAY_OK) {
        tally->refused++;
        print_message("%s: %.*s: %s\n", path, (int)about->text.len, about->text.ptr, error.message);
        assay_json_schema_free(schema);
        return;
    }
    for (size_t i = 0; i < tests->count; i++) {
        const struct assay_value *test = &tests->items[i];
        const struct assay_value *name = assay_value_member(test, ASSAY_STR("description"));
        bool valid = assay_value_member(test, ASSAY_STR("valid"))->boolean;
        enum assay_json_verdict verdict = assay_json_schema_judge(
            schema, scratch, &arena, assay_value_member(test, ASSAY_STR("data")), NULL);
        bool good = verdict == (valid ? ASSAY_JSON_VALID : ASSAY_JSON_INVALID);
        tally->passed += good;
        tally->failed += !good;
        if (!good)
            print_message("%s: %.*s: %.*s\n", path, (int)about->text.len, about->text.ptr,
                          (int)name->text.len, name->text.ptr);
    }
    assay_json_schema_free(schema);
}

/* Of what is not within the schema itself nothing is known: those schemas are refused. */
static void run_folder(const char *suite, const char *folder, const char *draft,
                       assay_json_format_fn *formats, struct tally *tally)
{
    char pattern[4096];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/%s/*.json", suite, folder);
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct assay_value groups = file_of(found.gl_pathv[i]);
        for (size_t g = 0; g < groups.count; g++)
            run_group(found.gl_pathv[i], draft, &groups.items[g], formats, tally);
    }
    globfree(&found);
}

static void official_suite(void **state)
{
    static const struct {
        const char *folder, *draft;
        bool formats;
        unsigned refused; /* schemas that refer to others, which are not fetched */
        unsigned failed;  /* a vocabulary that is not known; hosts by IDNA's tables */
    } rows[] = {
        {"draft4", "draft-04", false, 10, 0},
        {"draft6", "draft-06", false, 13, 0},
        {"draft7", "draft-07", false, 13, 0},
        {"draft2019-09", "draft/2019-09", false, 17, 1},
        {"draft2020-12", "draft/2020-12", false, 22, 1},
        {"draft7/optional/format", "draft-07", true, 0, 27},
        {"draft2020-12/optional/format", "draft/2020-12", true, 0, 28},
    };
    const char *suite = getenv("JSON_SCHEMA_TEST_SUITE");
    (void)state;
    if (suite == NULL)
        skip();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct tally tally = {0};
        run_folder(suite, rows[i].folder, rows[i].draft,
                   rows[i].formats ? assay_schema_text_format_holds : NULL, &tally);
        print_message("%s: %u passed, %u failed, %u refused\n", rows[i].folder, tally.passed,
                      tally.failed, tally.refused);
        assert_true(tally.passed > 100);
        assert_int_equal(tally.refused, rows[i].refused);
        assert_int_equal(tally.failed, rows[i].failed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents),
        cmocka_unit_test(sameness),
        cmocka_unit_test(types_and_values),
        cmocka_unit_test(lists),
        cmocka_unit_test(objects),
        cmocka_unit_test(logic_and_references),
        cmocka_unit_test(what_is_no_schema),
        cmocka_unit_test(official_suite),
        cmocka_unit_test(references_without_end_are_undecided),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
