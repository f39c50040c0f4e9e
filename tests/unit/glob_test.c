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
#include <unistd.h>
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

static void make(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(mkdir(path, 0700), 0);
}

static void directories_stand_for_their_files(void **state)
{
    (void)state;
    static const char *const files[] = {"w/_SUCCESS",         "w/.x.crc",       "w/b/one",
                                        "w/b/_temporary/0",   "w/b-2/two.csv",  "w/_x=1/z",
                                        "w/d=1/e=2/part.csv", "w/d=1/part.csv", "w.csv"};
    const char *const all[] = {"w/_x=1/z", "w/b-2/two.csv", "w/b/one", "w/d=1/e=2/part.csv",
                               "w/d=1/part.csv"};
    static const char *const dirs[] = {"w",      "w/b",   "w/b/_temporary", "w/b-2",
                                       "w/_x=1", "w/d=1", "w/d=1/e=2",      "w/empty"};
    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
        make(dirs[i]);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        touch(files[i]);
    expect("w", all, 5);
    expect("w/d=*", all + 3, 2);
    expect("w*", (const char *const[]){"w.csv", all[0], all[1], all[2], all[3], all[4]}, 6);
    expect("w/**", all, 5);
    expect("w/**/*.csv", (const char *const[]){all[1], all[3], all[4]}, 3);
    expect("w/**/e=*/**/*.csv", all + 3, 1);
    expect("*/**/part.csv", all + 3, 2);
    expect("w/**/**/one", all + 2, 1);
    expect("**/two.csv", all + 1, 1);
}

static void expect_all(const char *one, const char *two, const char *three, const char *code,
                       uint32_t count)
{
    const struct assay_str specs[] = {assay_cstr(one), assay_cstr(two), assay_cstr(three)};
    struct assay_arena arena;
    struct assay_glob glob;
    struct assay_error err = {0};
    assay_arena_init(&arena, 0);
    assert_int_equal(assay_glob_expand_all(specs, 3, NULL, &arena, &glob, &err),
                     code[0] != '\0' ? ASSAY_SOURCE : ASSAY_OK);
    assert_string_equal(err.code, code);
    if (code[0] == '\0') {
        assert_int_equal(glob.count, count);
        assert_string_equal(glob.paths[0], one);
    }
    assay_arena_free(&arena);
}

static void several_names_keep_their_order(void **state)
{
    (void)state;
    char path[128], pattern[128];
    snprintf(path, sizeof path, "%s/a.csv", dir);
    snprintf(pattern, sizeof pattern, "%s/w", dir);
    expect_all("z.csv", path, pattern, "", 7);
    snprintf(pattern, sizeof pattern, "%s/[ab].csv", dir);
    expect_all("z.csv", path, pattern, "SOURCE-TWICE", 0);
    expect_all("-", path, "-", "SOURCE-TWICE", 0);
}

static void links_may_not_go_round(void **state)
{
    (void)state;
    struct assay_arena arena;
    struct assay_glob glob;
    struct assay_error err;
    char path[128], target[128];
    make("loop");
    snprintf(target, sizeof target, "%s/loop", dir);
    snprintf(path, sizeof path, "%s/loop/back", dir);
    assert_int_equal(symlink(target, path), 0);
    assay_arena_init(&arena, 0);
    assert_int_equal(assay_glob_expand(assay_cstr(target), &arena, &glob, &err), ASSAY_SOURCE);
    assert_string_equal(err.code, "SOURCE-GLOB");
    assert_string_equal(err.file, path);
    assay_arena_free(&arena);
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
    char path[128];
    snprintf(path, sizeof path, "%s/w/empty", dir);
    expect_error(path, strlen(path), "there are no files in this directory");
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
        cmocka_unit_test(directories_stand_for_their_files),
        cmocka_unit_test(several_names_keep_their_order),
        cmocka_unit_test(links_may_not_go_round),
        cmocka_unit_test(what_matches_nothing_is_missing),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
