/*
 * Variables in documents.
 */
#include "config.h"

#include "suite/interp.h"
#include "suite/suite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static struct assay_arena arena;
static struct assay_diags diags;

static const char *lookup(void *ctx, const char *name)
{
    assert_string_equal(ctx, "env");
    if (strcmp(name, "REGION") == 0)
        return "overridden";
    if (strcmp(name, "HOME_DIR") == 0)
        return "/data";
    if (strcmp(name, "EMPTY") == 0)
        return "";
    return strcmp(name, "BAD") == 0 ? "\xff" : NULL;
}

static const struct assay_variable items[] = {
    {{"REGION", 6}, {"first", 5}},
    {{"REGION", 6}, {"eu", 2}},
    {{"MIN", 3}, {"10.50", 5}},
    {{"NESTED", 6}, {"${REGION}", 9}},
    {{"SNEAKY", 6}, {"a: b\n- c\n#", 10}},
    {{"FLAG", 4}, {"true", 4}},
};

static const struct assay_node *expand_as(const char *name, const char *text)
{
    static const struct assay_document_options options;
    static const struct assay_variables variables = {items, sizeof items / sizeof items[0], lookup,
                                                     (void *)(uintptr_t) "env"};
    assay_arena_reset(&arena);
    assay_diags_reset(&diags);
    struct assay_document *doc =
        assay_document_parse(&arena, name, assay_cstr(text), &options, &diags);
    assert_non_null(doc);
    assay_node_interpolate(doc->root, &arena, &variables, &diags);
    assay_diags_sort(&diags);
    return doc->root;
}

static void gives(const char *scalar, enum assay_node_kind kind, const char *expected)
{
    char text[256];
    snprintf(text, sizeof text, "a: %s\n", scalar);
    const struct assay_node *node = assay_node_get(expand_as("s.yml", text), "a");
    assert_int_equal(diags.errors, 0);
    assert_int_equal(node->kind, kind);
    assert_string_equal(node->text.ptr, expected);
}

static void variables_come_from_the_table_then_the_environment(void **state)
{
    (void)state;
    gives("${REGION}", ASSAY_NODE_STRING, "eu");
    gives("${HOME_DIR}/x-${REGION}.csv", ASSAY_NODE_STRING, "/data/x-eu.csv");
}

static void defaults_stand_in_for_unset_and_empty(void **state)
{
    (void)state;
    gives("'${NOPE:-a b}'", ASSAY_NODE_STRING, "a b");
    gives("'${NOPE:-}'", ASSAY_NODE_STRING, "");
    gives("'${EMPTY:-x}'", ASSAY_NODE_STRING, "x");
    gives("'${EMPTY}'", ASSAY_NODE_STRING, "");
    gives("'${REGION:-x}'", ASSAY_NODE_STRING, "eu");
    gives("'${NOPE:-$REGION}}'", ASSAY_NODE_STRING, "$REGION}");
}

static void a_whole_plain_variable_is_typed(void **state)
{
    (void)state;
    gives("${MIN}", ASSAY_NODE_FLOAT, "10.50");
    gives("${FLAG}", ASSAY_NODE_BOOL, "true");
    gives("${EMPTY}", ASSAY_NODE_NULL, "");
    gives("${NOPE:-5}", ASSAY_NODE_INT, "5");
    gives("'${MIN}'", ASSAY_NODE_STRING, "10.50");
    gives("1${EMPTY}", ASSAY_NODE_STRING, "1");
    gives("${MIN}${EMPTY}", ASSAY_NODE_STRING, "10.50");
    const struct assay_node *node = expand_as("s.json", "[\"${MIN}\", \"${MIN}0\"]")->first;
    assert_int_equal(node->kind, ASSAY_NODE_STRING);
    assert_true(node->interpolated);
    assert_int_equal(assay_scalar_kind(node->text), ASSAY_NODE_FLOAT);
    assert_false(node->next->interpolated);
}

static void values_are_never_looked_at_again(void **state)
{
    (void)state;
    gives("${NESTED}", ASSAY_NODE_STRING, "${REGION}");
    gives("${SNEAKY}", ASSAY_NODE_STRING, "a: b\n- c\n#");
    const struct assay_node *root = expand_as("s.yml", "a: ${SNEAKY}\n${REGION}: 1\n");
    assert_int_equal(root->count, 2);
    assert_string_equal(root->last->key.ptr, "${REGION}");
}

static void dollars_are_escaped_before_braces_only(void **state)
{
    (void)state;
    gives("'$${REGION}'", ASSAY_NODE_STRING, "${REGION}");
    gives("'$$${REGION}'", ASSAY_NODE_STRING, "$eu");
    gives("'$$$${REGION}'", ASSAY_NODE_STRING, "$${REGION}");
    gives("'^\\$$'", ASSAY_NODE_STRING, "^\\$$");
    gives("'^a$ ${REGION} $'", ASSAY_NODE_STRING, "^a$ eu $");
    gives("'$REGION $5 {x}'", ASSAY_NODE_STRING, "$REGION $5 {x}");
}

static void unset_variables_are_named_at_their_place(void **state)
{
    (void)state;
    expand_as("s.yml", "a: 1\nb: 'x $${NOPE} ${REGION} ${NOPE} ${ALSO}'\nc: ${MORE}\n");
    assert_int_equal(diags.errors, 3);
    const struct assay_error *err = &diags.items[0].error;
    assert_string_equal(err->code, "SUITE-VAR");
    assert_string_equal(err->message, "the variable NOPE is not set");
    assert_int_equal(err->line, 2);
    assert_int_equal(err->column, 26);
    assert_non_null(strstr(err->help, "--var NOPE=VALUE"));
    assert_int_equal(diags.items[1].error.column, 34);
    assert_int_equal(diags.items[2].error.line, 3);
}

static void malformed_ones_are_refused_without_their_value(void **state)
{
    (void)state;
    static const char *const bad[] = {"'${}'",    "'${1}'",     "'${A-b}'",
                                      "'${A:b}'", "'${REGION'", "'${BAD}'"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char text[64];
        snprintf(text, sizeof text, "a: %s", bad[i]);
        expand_as("s.yml", text);
        assert_int_equal(diags.errors, 1);
        assert_string_equal(diags.items[0].error.code, "SUITE-VAR");
        assert_int_equal(diags.items[0].error.column, 5);
        assert_null(strstr(diags.items[0].error.message, "\xff"));
    }
}

static const char *large(void *ctx, const char *name)
{
    (void)name;
    return ctx;
}

static void expansion_is_limited(void **state)
{
    (void)state;
    char *value = malloc(100001), *text = malloc(60000);
    assert_non_null(value);
    assert_non_null(text);
    memset(value, 'v', 100000);
    value[100000] = '\0';
    for (size_t i = 0; i < 60000; i += 6)
        memcpy(text + i, "${A}  ", 6);
    memcpy(text, "a: '", 4);
    text[59999] = '\'';
    struct assay_variables variables = {.lookup = large, .ctx = value};
    static const struct assay_document_options options;
    assay_diags_reset(&diags);
    struct assay_document *doc =
        assay_document_parse(&arena, "s.yml", assay_str(text, 60000), &options, &diags);
    assert_non_null(doc);
    assay_node_interpolate(doc->root, &arena, &variables, &diags);
    assert_int_equal(diags.errors, 1);
    assert_string_equal(diags.items[0].error.code, "SUITE-LIMIT");
    assert_int_equal(diags.items[0].error.status, ASSAY_LIMIT);
    free(value);
    free(text);
}

static void the_environment_is_one_of_the_lookups(void **state)
{
    (void)state;
    assert_int_equal(setenv("ASSAY_INTERP_TEST", "here", 1), 0);
    assert_string_equal(assay_variables_environment(NULL, "ASSAY_INTERP_TEST"), "here");
    assert_null(assay_variables_environment(NULL, "ASSAY_INTERP_TEST_NOT"));
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
        cmocka_unit_test(variables_come_from_the_table_then_the_environment),
        cmocka_unit_test(defaults_stand_in_for_unset_and_empty),
        cmocka_unit_test(a_whole_plain_variable_is_typed),
        cmocka_unit_test(values_are_never_looked_at_again),
        cmocka_unit_test(dollars_are_escaped_before_braces_only),
        cmocka_unit_test(unset_variables_are_named_at_their_place),
        cmocka_unit_test(malformed_ones_are_refused_without_their_value),
        cmocka_unit_test(expansion_is_limited),
        cmocka_unit_test(the_environment_is_one_of_the_lookups),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
