/*
 * Paths of columns: what they mean, and what is a key as it stands.
 */
#include "config.h"

#include "source/json_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/* The steps of a path, one behind the other: <key> or *. */
static void expect(const char *text, const char *steps)
{
    struct assay_arena arena;
    struct assay_json_path path;
    struct assay_buf out;
    assay_arena_init(&arena, 0);
    assay_buf_init(&out, 4096);
    assert_int_equal(assay_json_path_parse(assay_cstr(text), &arena, &path, NULL), ASSAY_OK);
    for (uint32_t i = 0; i < path.count; i++) {
        if (path.steps[i].elements)
            assay_buf_putc(&out, '*');
        else
            assay_buf_printf(&out, "<%.*s>", (int)path.steps[i].key.len, path.steps[i].key.ptr);
    }
    assay_buf_puts(&out, path.literal ? "!" : "");
    assert_string_equal(out.ptr, steps);
    assay_buf_free(&out);
    assay_arena_free(&arena);
}

static void keys_are_separated_by_dots(void **state)
{
    (void)state;
    expect("amount", "<amount>");
    expect("customer.address.city", "<customer><address><city>");
    expect("first name.$id", "<first name><$id>");
}

static void keys_with_dots_stand_in_quotes(void **state)
{
    (void)state;
    expect("\"a.b\"", "<a.b>");
    expect("x.\"a.b\".c", "<x><a.b><c>");
    expect("\"a\\\"b\\u0041\"", "<a\"bA>");
    expect("\"\"", "<>");
    expect("\"[*]\"", "<[*]>");
}

static void brackets_are_elements(void **state)
{
    (void)state;
    expect("items[*].price", "<items>*<price>");
    expect("m[*][*]", "<m>**");
    expect("\"a.b\"[*]", "<a.b>*");
}

static void pointers_are_paths_of_keys(void **state)
{
    (void)state;
    expect("/a/b", "<a><b>");
    expect("/a~1b/~0", "<a/b><~>");
    expect("/", "<>");
    expect("/a/0", "<a><0>");
}

static void other_texts_are_keys(void **state)
{
    (void)state;
    expect("a..b", "<a..b>!");
    expect(".a", "<.a>!");
    expect("a.", "<a.>!");
    expect("price [EUR]", "<price [EUR]>!");
    expect("a[0]", "<a[0]>!");
    expect("[*]", "<[*]>!");
    expect("say \"hi\"", "<say \"hi\">!");
    expect("\"a", "<\"a>!");
    expect("\"a\"b", "<\"a\"b>!");
    expect("\"\\q\"", "<\"\\q\">!");
    expect("/a~2", "</a~2>!");
    expect("", "<>!");
}

static void a_path_of_too_many_steps_is_a_key(void **state)
{
    char text[2 * ASSAY_JSON_PATH_STEPS + 4] = "";
    struct assay_arena arena;
    struct assay_json_path path;
    (void)state;
    assay_arena_init(&arena, 0);
    for (unsigned i = 0; i <= ASSAY_JSON_PATH_STEPS; i++)
        memcpy(text + 2 * i, "a.", 3);
    text[2 * ASSAY_JSON_PATH_STEPS + 1] = '\0';
    assert_int_equal(assay_json_path_parse(assay_cstr(text), &arena, &path, NULL), ASSAY_OK);
    assert_true(path.literal);
    text[2 * ASSAY_JSON_PATH_STEPS - 1] = '\0';
    assert_int_equal(assay_json_path_parse(assay_cstr(text), &arena, &path, NULL), ASSAY_OK);
    assert_int_equal(path.count, ASSAY_JSON_PATH_STEPS);
    assay_arena_free(&arena);
}

static void trees_find_what_was_added(void **state)
{
    struct assay_arena arena;
    struct assay_json_tree tree;
    struct assay_json_path path;
    struct assay_json_node *nodes[200];
    char name[32];
    (void)state;
    assay_arena_init(&arena, 0);
    assay_json_tree_init(&tree, &arena, 42, 1000);
    for (int i = 0; i < 200; i++) {
        snprintf(name, sizeof name, "k%d.a[*].b", i / 2);
        assert_int_equal(assay_json_path_parse(assay_cstr(name), &arena, &path, NULL), ASSAY_OK);
        nodes[i] = assay_json_tree_add(&tree, &path);
        assert_non_null(nodes[i]);
        assert_ptr_equal(assay_json_tree_find(&tree, &path), nodes[i]);
        assert_true(assay_json_node_fans_out(nodes[i]));
    }
    assert_ptr_equal(nodes[0], nodes[1]);
    assert_ptr_not_equal(nodes[0], nodes[2]);
    assert_int_equal(tree.root.members, 100);
    assert_true(assay_json_tree_want(&tree, nodes[0], 7));
    assert_int_equal(nodes[0]->slot, 7);
    assert_int_equal(nodes[0]->parent->scope_count, 1);
    assay_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_separated_by_dots),
        cmocka_unit_test(keys_with_dots_stand_in_quotes),
        cmocka_unit_test(brackets_are_elements),
        cmocka_unit_test(pointers_are_paths_of_keys),
        cmocka_unit_test(other_texts_are_keys),
        cmocka_unit_test(a_path_of_too_many_steps_is_a_key),
        cmocka_unit_test(trees_find_what_was_added),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
