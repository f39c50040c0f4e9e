/*
 * Names and patterns: which files they stand for, and in which order.
 */
#include "config.h"

#include "source/glob.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <cmocka.h>

static char dir[] = "/tmp/assay-glob-XXXXXX";

static void touch(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fclose(file);
}

static void expect(const char *pattern, const char *const *names, uint32_t count)
{
    struct assay_arena arena;
    struct assay_glob glob;
    char path[128];
    assay_arena_init(&arena, 0);
    snprintf(path, sizeof path, "%s/%s", dir, pattern);
    assert_int_equal(assay_glob_expand(assay_cstr(path), &arena, &glob, NULL), ASSAY_OK);
    assert_int_equal(glob.count, count);
    for (uint32_t i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        assert_string_equal(glob.paths[i], path);
    }
    assay_arena_free(&arena);
}

static void patterns_are_sorted_bytewise(void **state)
{
    (void)state;
    touch("b.csv");
    touch("a.csv");
    touch("B.csv");
    touch("a-10.csv");
    touch("a-9.csv");
    expect("*.csv", (const char *const[]){"B.csv", "a-10.csv", "a-9.csv", "a.csv", "b.csv"}, 5);
    expect("[ab].csv", (const char *const[]){"a.csv", "b.csv"}, 2);
    expect("a-?.csv", (const char *const[]){"a-9.csv"}, 1);
}

static void names_stand_for_themselves(void **state)
{
    (void)state;
    touch("c[1].csv");
    touch("c1.csv");
    expect("c[1].csv", (const char *const[]){"c[1].csv"}, 1);
    expect("not-there.csv", (const char *const[]){"not-there.csv"}, 1);
}

static void directories_are_left_out(void **state)
{
    (void)state;
    char path[128];
    snprintf(path, sizeof path, "%s/d.dir", dir);
    assert_int_equal(mkdir(path, 0700), 0);
    touch("d.file");
    expect("d.*", (const char *const[]){"d.file"}, 1);
}

static void expect_error(const char *spec, size_t len, const char *message)
{
    struct assay_arena arena;
    struct assay_glob glob;
    struct assay_error err;
    assay_arena_init(&arena, 0);
    assert_int_equal(assay_glob_expand(assay_str(spec, len), &arena, &glob, &err), ASSAY_SOURCE);
    assert_string_equal(err.code, "SOURCE-MISSING");
    assert_string_equal(err.message, message);
    assay_arena_free(&arena);
}

static void what_matches_nothing_is_missing(void **state)
{
    (void)state;
    expect_error("/no/such/*.csv", 14, "no file matches");
    expect_error("", 0, "this is no file name");
    expect_error("a\0b", 3, "this is no file name");
}

static int make_dir(void **state)
{
    (void)state;
    return mkdtemp(dir) == NULL ? -1 : 0;
}

static int remove_dir(void **state)
{
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", dir);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_are_sorted_bytewise),
        cmocka_unit_test(names_stand_for_themselves),
        cmocka_unit_test(directories_are_left_out),
        cmocka_unit_test(what_matches_nothing_is_missing),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
