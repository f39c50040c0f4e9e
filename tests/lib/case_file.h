/*
 * Case files: plain text, from which anyone can add a test without writing C.
 *
 *     # a comment
 *     case: a null counts as missing
 *     suite:
 *       columns:
 *         a: {checks: [not_null]}
 *     data:
 *       a,b
 *       1,x
 *       ,y
 *     expect: fail
 *     unexpected_count: 1      # two spaces and a # end what is expected
 *     samples: 2=null
 *
 * A body is indented by two spaces, which are not part of it; each of its lines ends in
 * a line feed. `data-hex:` has lines of hexadecimal digits instead, for any bytes at all.
 * `file NAME:` makes a further file beside the suite. A case without data has an empty
 * file. What may be expected is in cases_runner.c.
 */
#ifndef ASSAY_TESTS_CASE_FILE_H
#define ASSAY_TESTS_CASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* A file that a case makes: suite.yml, data.csv and what else it names. */
struct case_body {
    char *name;
    char *text;
    size_t len, cap;
    bool hex;
};

struct case_item {
    char *key, *value;
    unsigned line;
};

#define CASE_BODIES 8
#define CASE_ITEMS 32

struct test_case {
    const char *file;
    unsigned line;
    char *name;
    struct case_body bodies[CASE_BODIES];
    size_t body_count;
    struct case_item items[CASE_ITEMS];
    size_t item_count;
    char problem[200]; /* what is wrong with the case itself; empty: nothing */
};

struct case_list {
    struct test_case *items;
    size_t count, cap;
};

/* Appends the cases of a file; false where it cannot be read. */
bool case_file_read(struct case_list *list, const char *path);
void case_list_free(struct case_list *list);

/* The value of a key; NULL where the case does not have it. */
const char *case_value(const struct test_case *test, const char *key);

#endif
