/*
 * Conversion: the law over every suite that the tests have, and what the writers write.
 */
#include "config.h"

#include "tests/lib/case_file.h"
#include "tests/lib/convert_law.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/assay-convert-XXXXXX";

static const char *source_folder(void)
{
    const char *named = getenv("srcdir");
    return named ? named : ".";
}

static void holds(const char *path, const char *name)
{
    char *wrong = convert_law(path, folder);
    if (wrong != NULL)
        print_error("%s: %s\n", name, wrong);
    assert_null(wrong);
}

static void hold_files(const char *pattern, size_t least)
{
    char all[400];
    glob_t found;
    snprintf(all, sizeof all, "%s/%s", source_folder(), pattern);
    assert_int_equal(glob(all, 0, NULL, &found), 0);
    assert_true(found.gl_pathc >= least);
    for (size_t i = 0; i < found.gl_pathc; i++)
        holds(found.gl_pathv[i], found.gl_pathv[i]);
    globfree(&found);
}

static void suites_of_great_expectations(void **state)
{
    (void)state;
    hold_files("tests/data/gx/suite-*.json", 3);
}

static void examples(void **state)
{
    (void)state;
    hold_files("examples/*.yml", 1);
}

static void write_body(const struct case_body *body, char path[300])
{
    snprintf(path, 300, "%s/%s", folder, body->name);
    FILE *file = fopen(path, "w");
    if (file == NULL || fwrite(body->text, 1, body->len, file) != body->len || fclose(file) != 0)
        fail();
}

/* Every suite of the case files; those that are refused there say nothing here. */
static void suites_of_cases(void **state)
{
    (void)state;
    char all[400], path[300], name[400];
    glob_t found;
    size_t count = 0;
    snprintf(all, sizeof all, "%s/tests/cases/*.case", source_folder());
    assert_int_equal(glob(all, 0, NULL, &found), 0);
    for (size_t f = 0; f < found.gl_pathc; f++) {
        struct case_list list = {0};
        assert_true(case_file_read(&list, found.gl_pathv[f]));
        for (size_t i = 0; i < list.count; i++) {
            struct test_case *test = &list.items[i];
            for (size_t b = 0; b < test->body_count; b++)
                if (!test->bodies[b].hex)
                    write_body(&test->bodies[b], path);
            snprintf(path, sizeof path, "%s/suite.yml", folder);
            snprintf(name, sizeof name, "%s:%u", test->file, test->line);
            holds(path, name);
            count++;
            for (size_t b = 0; b < test->body_count; b++) {
                snprintf(path, sizeof path, "%s/%s", folder, test->bodies[b].name);
                unlink(path);
            }
        }
        case_list_free(&list);
    }
    globfree(&found);
    assert_true(count > 300);
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
        cmocka_unit_test(suites_of_great_expectations),
        cmocka_unit_test(examples),
        cmocka_unit_test(suites_of_cases),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
