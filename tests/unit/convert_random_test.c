/*
 * Conversion of suites that are made up: every expectation, with parameters of every kind, in
 * either format. Written in any format and read again each is the same suite; and an item of
 * Great Expectations that became a native check becomes the same item again.
 *
 * Suites have one check each: among several, those without an equal come behind the others.
 */
#include "config.h"

#include "base/random.h"
#include "metric/expectation.h"
#include "suite/gx_write.h"
#include "suite/suite.h"
#include "tests/lib/convert_law.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define ROUNDS 16 /* suites with each expectation in them, of each format */

static char folder[] = "/tmp/assay-random-XXXXXX";
static uint64_t seed;
static char refused[1200]; /* why a suite was not sound */

static uint32_t below(uint32_t bound)
{
    return (uint32_t)assay_random_below(&seed, bound);
}

static const char *any(const char *const *of)
{
    uint32_t count = 0;
    while (of[count] != NULL)
        count++;
    return of[below(count)];
}

#define ANY(...) any((const char *const[]){__VA_ARGS__, NULL})

/* One of a list, or several of them as a flow sequence; both read as YAML and as JSON. */
static void put_list(struct assay_buf *out, const char *const *of)
{
    assay_buf_putc(out, '[');
    for (uint32_t i = 0, count = 1 + below(3); i < count; i++)
        assay_buf_printf(out, "%s%s", i > 0 ? ", " : "", any(of));
    assay_buf_putc(out, ']');
}

static const char *const texts[] = {"\"x\"",     "\"a b: c\"", "\"true\"",  "\"7\"",
                                    "\"$${X}\"", "\"# no\"",   "\"- a\"",   "\"\\u00e9\"",
                                    "\"'\"",     "\"a\\nb\"",  "\"1e400\"", "\"null\"",
                                    "\"%Y-%m\"", "\"{\\\"}\"", NULL};
static const char *const numbers[] = {"0",    "1",    "-3",  "2.5", "1e3", "12345678901234567890.5",
                                      "-0.0", "0.10", "100", NULL};
static const char *const names[] = {"\"a\"", "\"b\"", "\"c d\"", "\"e\"", NULL};
static const char *const patterns[] = {"\"^a+$\"", "\"[0-9]{3}\"", "\"x|y\"", "\"\\\\d\"", NULL};
static const char *const conditions[] = {"\"a > 1\"", "\"b = 'x' AND a IS NOT NULL\"",
                                         "\"\\\"c d\\\" < 3\"", NULL};

static void put_value(struct assay_buf *out, const struct assay_param *param)
{
    switch (param->type) {
    case ASSAY_PARAM_BOOL: assay_buf_puts(out, ANY("true", "false")); break;
    case ASSAY_PARAM_COUNT: assay_buf_puts(out, ANY("0", "1", "2", "40")); break;
    case ASSAY_PARAM_NUMBER: assay_buf_puts(out, any(numbers)); break;
    case ASSAY_PARAM_RATIO: assay_buf_puts(out, ANY("0.5", "1", "0.95", "\"95%\"")); break;
    case ASSAY_PARAM_TEXT: assay_buf_puts(out, any(texts)); break;
    case ASSAY_PARAM_SCALAR: assay_buf_puts(out, below(4) ? any(numbers) : any(texts)); break;
    case ASSAY_PARAM_SCALARS: put_list(out, below(2) ? texts : numbers); break;
    case ASSAY_PARAM_COLUMN: assay_buf_puts(out, any(names)); break;
    case ASSAY_PARAM_COLUMNS: put_list(out, names); break;
    case ASSAY_PARAM_CHOICE: assay_buf_printf(out, "\"%s\"", any(param->choices)); break;
    case ASSAY_PARAM_REGEX: assay_buf_puts(out, any(patterns)); break;
    case ASSAY_PARAM_EXPR: assay_buf_puts(out, any(conditions)); break;
    case ASSAY_PARAM_DURATION: assay_buf_puts(out, ANY("\"1d\"", "\"12h\"", "\"90m\"")); break;
    case ASSAY_PARAM_RANGES: assay_buf_puts(out, "{\"0.5\": {\"min\": 1, \"max\": 3}}"); break;
    case ASSAY_PARAM_TUPLES: assay_buf_puts(out, "[[1, \"x\"], [2, \"y\"]]"); break;
    case ASSAY_PARAM_VALUE:
        assay_buf_puts(out, ANY("{\"type\": \"object\"}", "{\"enum\": [1, \"x\", null]}"));
        break;
    case ASSAY_PARAM_SETTINGS:
        assay_buf_puts(out,
                       ANY("{\"delimiter\": \";\"}", "{\"trim\": true, \"null_values\": [\"-\"]}"));
        break;
    case ASSAY_PARAM_CHECKS:
        assay_buf_puts(out, ANY("[\"not_null\"]", "[{\"range\": {\"min\": 1}}]"));
        break;
    }
}

static void put_member(struct assay_buf *out, const char *name)
{
    bool first = out->len > 0 && out->ptr[out->len - 1] == '{';
    assay_buf_printf(out, "%s\"%s\": ", first ? "" : ", ", name);
}

/* What checks may have besides their parameters. */
static const struct {
    const char *name;
    const char *const *values;
    unsigned trait;
} common[] = {
    {"severity", (const char *const[]){"\"warn\"", "\"info\"", "\"error\"", NULL}, 0},
    {"name", texts, 0},
    {"description", texts, 0},
    {"owner", texts, 0},
    {"runbook", texts, 0},
    {"tags", (const char *const[]){"[\"t\", \"7\"]", "\"u\"", NULL}, 0},
    {"meta", (const char *const[]){"{\"k\": [1, null, {\"l\": \"m\"}]}", NULL}, 0},
    {"mostly", (const char *const[]){"0.5", "1", "\"95%\"", NULL}, ASSAY_TRAIT_ROWWISE},
    {"warn_below", (const char *const[]){"0.99", NULL}, ASSAY_TRAIT_ROWWISE},
};

static void put_common(struct assay_buf *out, const struct assay_expectation *e)
{
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (below(6) == 0 && (common[i].trait == 0 || (e->traits & common[i].trait) != 0)) {
            put_member(out, common[i].name);
            assay_buf_puts(out, any(common[i].values));
        }
    if (below(5) == 0 && (e->traits & ASSAY_TRAIT_NO_WHERE) == 0) {
        put_member(out, "where");
        assay_buf_puts(out, any(conditions));
    }
    if (below(5) == 0) {
        put_member(out, "id");
        assay_buf_puts(out, "\"id-1\"");
    }
}

/* Parameters that take but few of the values of their type. */
static const struct {
    const char *expectation, *name;
    const char *value;
} few[] = {
    {"fits_bins", "bins", "[0, 10, 100]"},
    {"fits_bins", "weights", "[0.7, 0.3]"},
    {"fits_distribution", "distribution", "\"norm\""},
    {"fits_distribution", "std_dev", "5"},
    {"fits_distribution", "mean", "40"},
    {"fits_values", "values", "[\"x\", \"y\"]"},
    {"fits_values", "weights", "[0.5, 0.5]"},
    {"stored_type", "types", "[\"integer\", \"number\"]"},
};

static const char *few_of(const struct assay_expectation *e, const struct assay_param *param)
{
    for (size_t i = 0; i < sizeof few / sizeof *few; i++)
        if (strcmp(few[i].expectation, e->name) == 0 && strcmp(few[i].name, param->name) == 0)
            return few[i].value;
    return NULL;
}

/* `above`: the columns are not known from where the check stands. */
static void put_check(struct assay_buf *out, const struct assay_expectation *e, bool above)
{
    bool several = (e->traits & ASSAY_TRAIT_MULTI) != 0 && below(2) == 0;
    assay_buf_printf(out, "{\"%s\": {", e->name);
    if (above && (e->scope == ASSAY_SCOPE_COLUMN || several)) {
        put_member(out, several ? "columns" : "column");
        assay_buf_puts(out, several ? "[\"a\", \"b\"]" : any(names));
    }
    for (size_t i = 0; i < e->param_count; i++) {
        const char *value = few_of(e, &e->params[i]);
        if (value == NULL && below(3) != 0 &&
            (e->params[i].flags & (ASSAY_PARAM_REQUIRED | ASSAY_PARAM_MAIN)) == 0)
            continue;
        put_member(out, e->params[i].name);
        if (value != NULL)
            assay_buf_puts(out, value);
        else
            put_value(out, &e->params[i]);
    }
    put_common(out, e);
    assay_buf_puts(out, "}}");
}

static void save(const char *path, const struct assay_buf *text)
{
    assert_false(text->failed);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text->ptr, 1, text->len, file), text->len);
    assert_int_equal(fclose(file), 0);
}

static struct assay_suite *read_suite(const char *path, struct assay_origin *origin)
{
    struct assay_diags diags;
    struct assay_suite_request request = {.origin = origin};
    assay_diags_init(&diags);
    struct assay_suite *suite = assay_suite_read(path, &request, &diags);
    if (suite == NULL && diags.count > 0)
        snprintf(refused, sizeof refused, "%s: %s", diags.items[0].error.message,
                 diags.items[0].error.help);
    assay_diags_reset(&diags);
    return suite;
}

static bool loads(const char *path)
{
    struct assay_suite *suite = read_suite(path, NULL);
    assay_suite_free(suite);
    return suite != NULL;
}

static void holds(const char *path, const struct assay_buf *text)
{
    char *wrong = convert_law(path, folder);
    if (wrong != NULL)
        print_error("%s\nfrom %s\n", wrong, text->ptr);
    assert_null(wrong);
}

static void native_suites(void **state)
{
    char path[200];
    size_t count, bad = 0;
    const struct assay_expectation *const *all = assay_expectations(&count);
    (void)state;
    snprintf(path, sizeof path, "%s/suite.json", folder);
    for (size_t i = 0; i < count; i++) {
        uint32_t sound = 0;
        seed = 1000 + i;
        for (uint32_t round = 0; round < ROUNDS; round++) {
            struct assay_buf text;
            bool under = below(2) == 0 && all[i]->scope == ASSAY_SCOPE_COLUMN;
            assay_buf_init(&text, 1u << 20);
            assay_buf_puts(&text, "{\"version\": 1, ");
            if (below(3) == 0)
                assay_buf_puts(&text, "\"conventions\": \"great_expectations\", ");
            assay_buf_printf(&text,
                             under ? "\"columns\": {\"a\": {\"type\": \"%s\", \"checks\": ["
                                   : "\"checks\": [",
                             ANY("integer", "string", "decimal"));
            put_check(&text, all[i], !under);
            assay_buf_puts(&text, under ? "]}}}" : "]}");
            save(path, &text);
            if (loads(path)) {
                sound++;
                holds(path, &text);
            }
            assay_buf_free(&text);
        }
        if (sound == 0 && (all[i]->traits & ASSAY_TRAIT_IMPLICIT) == 0)
            print_error("no suite with %s was sound: %s\n", all[i]->name, refused);
        bad += sound == 0 && (all[i]->traits & ASSAY_TRAIT_IMPLICIT) == 0;
    }
    unlink(path);
    assert_int_equal(bad, 0);
}

/* Values of their keywords, by name; the rest are numbers. */
static const struct {
    const char *name;
    const char *const *values;
} keywords[] = {
#define VALUES(...) ((const char *const[]){__VA_ARGS__, NULL})
    {"column", names},
    {"column_A", names},
    {"column_B", names},
    {"regex", patterns},
    {"like_pattern", VALUES("\"a%\"", "\"_b\"")},
    {"strftime_format", VALUES("\"%Y-%m-%d\"", "\"%H:%M\"")},
    {"type_", VALUES("\"int64\"", "\"str\"", "\"float\"")},
    {"type_list", VALUES("[\"int64\", \"str\"]")},
    {"column_list", VALUES("[\"a\", \"b\"]", "[\"a\", \"c d\", \"e\"]")},
    {"column_set", VALUES("[\"a\", \"b\"]", "[]")},
    {"value_set", VALUES("[1, 2.5]", "[\"x\", \"7\", \"y\"]", "[]")},
    {"value_pairs_set", VALUES("[[1, \"x\"], [2, \"y\"]]")},
    {"regex_list", VALUES("[\"^a\", \"b$\"]")},
    {"like_pattern_list", VALUES("[\"a%\", \"_b\"]")},
    {"json_schema", VALUES("{\"type\": \"object\"}", "{\"enum\": [1, null]}")},
    {"quantile_ranges",
     VALUES("{\"quantiles\": [0.1, 0.5], \"value_ranges\": [[1, 2], [null, 3]]}")},
    {"partition_object", VALUES("{\"values\": [\"x\", \"y\"], \"weights\": [0.5, 0.5]}",
                                "{\"bins\": [0, 1, 2], \"weights\": [0.5, 0.5]}")},
    {"distribution", VALUES("\"norm\"", "\"uniform\"")},
    {"params", VALUES("{\"mean\": 0, \"std_dev\": 1}", "{\"loc\": 0, \"scale\": 1}")},
    {"match_on", VALUES("\"any\"", "\"all\"")},
    {"other_table_name", VALUES("\"other\"")},
    {"unexpected_rows_query", VALUES("\"select * from {batch} where a > 1\"")},
    {"ignore_row_if",
     VALUES("\"both_values_are_missing\"", "\"either_value_is_missing\"", "\"never\"",
            "\"all_values_are_missing\"", "\"any_value_is_missing\"")},
    {"mostly", VALUES("0.5", "1", "0.95")},
    {"strictly", VALUES("true", "false")},
    {"strict_min", VALUES("true", "false")},
    {"strict_max", VALUES("true", "false")},
    {"double_sided", VALUES("true", "false")},
    {"ties_okay", VALUES("true", "false")},
    {"or_equal", VALUES("true", "false")},
    {"exact_match", VALUES("true", "false")},
    {"bucketize_data", VALUES("true", "false")},
    {"allow_relative_error", VALUES("true", "false", "\"linear\"")},
    {"value", VALUES("3", "0")},
    {"column_index", VALUES("0", "2")},
    {"result_format", VALUES("\"BASIC\"", "\"COMPLETE\"", "{\"result_format\": \"SUMMARY\"}")},
    {"catch_exceptions", VALUES("true", "false")},
};

static void put_keyword(struct assay_buf *out, const char *name)
{
    put_member(out, name);
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (strcmp(keywords[i].name, name) == 0) {
            assay_buf_puts(out, any(keywords[i].values));
            return;
        }
    assay_buf_puts(out, ANY("1", "2", "0.5", "10", "-2.5"));
}

static void put_keywords(struct assay_buf *out, const struct assay_gx_kwarg *kwargs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if ((kwargs[i].flags & ASSAY_GX_REQUIRED) != 0 || below(2) == 0) {
            if (strcmp(kwargs[i].name, "row_condition") == 0 ||
                strcmp(kwargs[i].name, "condition_parser") == 0)
                continue; /* they come together, below */
            put_keyword(out, kwargs[i].name);
        }
}

static void put_item(struct assay_buf *out, const struct assay_gx_row *row)
{
    size_t count;
    const struct assay_gx_kwarg *shared = assay_gx_common(row->domain, &count);
    assay_buf_printf(out, "{\"type\": \"%s\", \"kwargs\": {", row->name);
    put_keywords(out, shared, count);
    put_keywords(out, row->kwargs, row->kwarg_count);
    if (row->map && below(3) == 0)
        put_keyword(out, "mostly");
    if (below(4) == 0)
        assay_buf_puts(out,
                       ANY(", \"row_condition\": \"a > 1\", \"condition_parser\": \"pandas\"",
                           ", \"row_condition\": \"col(\\\"a\\\") > 1\", \"condition_parser\": "
                           "\"great_expectations\""));
    assay_buf_puts(out, "}");
    assay_buf_puts(out, ANY("", ", \"meta\": {}", ", \"meta\": {\"k\": [1, {\"l\": null}]}",
                            ", \"severity\": \"warning\"", ", \"description\": \"d: e\"",
                            ", \"id\": \"123e4567-e89b-12d3-a456-426614174000\""));
    assay_buf_puts(out, "}");
}

/* The item again, from what became of it; `meta` may have come to be where there was none. */
static void comes_back(const char *path, const struct assay_buf *text)
{
    struct assay_origin origin = {0}, again = {0};
    struct assay_buf native, theirs;
    struct assay_diags losses;
    char other[200];
    snprintf(other, sizeof other, "%s/native.yml", folder);
    assay_buf_init(&native, 1u << 20);
    assay_buf_init(&theirs, 1u << 20);
    assay_diags_init(&losses);
    struct assay_suite *suite = read_suite(path, &origin), *second = NULL;
    assay_convert(suite, &origin, ASSAY_CONVERT_NATIVE, &native, &losses);
    if (losses.count == 0) {
        save(other, &native);
        second = read_suite(other, &again);
        assert_non_null(second);
        assay_convert(second, &again, ASSAY_CONVERT_GX, &theirs, &losses);
        assert_int_equal(losses.errors, 0);
        struct assay_arena arena;
        struct assay_document_options options = {.format = ASSAY_DOCUMENT_JSON, .allow_nan = true};
        assay_arena_init(&arena, 0);
        const struct assay_node *was = origin.files[origin.file_count - 1].root;
        const struct assay_document *parsed =
            assay_document_parse(&arena, "theirs", assay_buf_view(&theirs), &options, &losses);
        assert_non_null(parsed);
        const struct assay_node *is = parsed->root;
        const struct assay_node *a = assay_node_get(was, "expectations")->first;
        const struct assay_node *b = assay_node_get(is, "expectations")->first;
        bool same = b != NULL;
        for (const struct assay_node *c = a->first; same && c != NULL; c = c->next)
            same = assay_node_get(b, c->key.ptr) != NULL &&
                   assay_node_same(c, assay_node_get(b, c->key.ptr));
        for (const struct assay_node *c = b ? b->first : NULL; same && c != NULL; c = c->next)
            same = assay_str_is(c->key, "meta") || assay_node_get(a, c->key.ptr) != NULL;
        if (!same)
            print_error("%s\nbecame %s\nby %s\n", text->ptr, theirs.ptr, native.ptr);
        assert_true(same);
        assay_arena_free(&arena);
        unlink(other);
    }
    assay_suite_free(suite);
    assay_suite_free(second);
    assay_diags_reset(&losses);
    assay_buf_free(&native);
    assay_buf_free(&theirs);
}

static void suites_of_great_expectations(void **state)
{
    char path[200];
    size_t count;
    const struct assay_gx_row *rows = assay_gx_rows(&count);
    (void)state;
    snprintf(path, sizeof path, "%s/suite.json", folder);
    for (size_t i = 0; i < count; i++) {
        uint32_t sound = 0;
        seed = 2000 + i;
        for (uint32_t round = 0; round < ROUNDS; round++) {
            struct assay_buf text;
            assay_buf_init(&text, 1u << 20);
            assay_buf_puts(&text, "{\"name\": \"s\", \"expectations\": [");
            put_item(&text, &rows[i]);
            assay_buf_puts(&text, "]}");
            save(path, &text);
            if (loads(path)) {
                sound++;
                holds(path, &text);
                comes_back(path, &text);
            }
            assay_buf_free(&text);
        }
        if (sound == 0)
            print_error("no suite with %s was sound: %s\n", rows[i].name, refused);
        assert_true(sound > 0);
    }
    unlink(path);
}

static int set_up(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(native_suites),
        cmocka_unit_test(suites_of_great_expectations),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
