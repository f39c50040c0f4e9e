/*
 * Memory that runs out: a suite is loaded and a file validated again and again, and each
 * time another allocation fails. Whatever fails, the outcome is the right Run or an error;
 * it is never a crash, a leak (the sanitizers' build would tell) or a better verdict.
 *
 * The linker hands malloc, calloc and realloc of assay's own code to the functions here,
 * and what is taken from an arena too: most of that would find room in its open block.
 */
#include "config.h"

#include "engine/validate.h"
#include "reporters/reporter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define MAX_ALLOCATIONS 20000

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_assay_arena_alloc(struct assay_arena *arena, size_t size);
void *__real_assay_arena_array(struct assay_arena *arena, size_t count, size_t size);
void *__real_assay_arena_scratch(struct assay_arena *arena, size_t size);
char *__real_assay_arena_strdup(struct assay_arena *arena, struct assay_str text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_assay_arena_alloc(struct assay_arena *arena, size_t size);
void *__wrap_assay_arena_array(struct assay_arena *arena, size_t count, size_t size);
void *__wrap_assay_arena_scratch(struct assay_arena *arena, size_t size);
char *__wrap_assay_arena_strdup(struct assay_arena *arena, struct assay_str text);

static atomic_uint allocations; /* so far */
static atomic_uint fail_first;  /* the first that fails; 0: none does */
static atomic_uint fail_last;

static bool fails(void)
{
    unsigned first = fail_first;
    if (first == 0)
        return false;
    unsigned n = atomic_fetch_add(&allocations, 1) + 1;
    return n >= first && n <= fail_last;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails() ? NULL : __real_realloc(old, size);
}

static bool arena_fails(struct assay_arena *arena)
{
    bool yes = fails();
    arena->failed |= yes;
    return yes;
}

void *__wrap_assay_arena_alloc(struct assay_arena *arena, size_t size)
{
    return arena_fails(arena) ? NULL : __real_assay_arena_alloc(arena, size);
}

void *__wrap_assay_arena_array(struct assay_arena *arena, size_t count, size_t size)
{
    return arena_fails(arena) ? NULL : __real_assay_arena_array(arena, count, size);
}

void *__wrap_assay_arena_scratch(struct assay_arena *arena, size_t size)
{
    return arena_fails(arena) ? NULL : __real_assay_arena_scratch(arena, size);
}

char *__wrap_assay_arena_strdup(struct assay_arena *arena, struct assay_str text)
{
    return arena_fails(arena) ? NULL : __real_assay_arena_strdup(arena, text);
}

static const char suite_text[] =
    "version: 1\n"
    "dataset: orders\n"
    "options: {null_values: [NA, \"\"], max_samples: 3}\n"
    "checks:\n"
    "  - row_count: {min: 1}\n"
    "  - columns: [id, email, amount, day, parent, note]\n"
    "  - unique: {columns: [id, day]}\n"
    "  - freshness: {column: day, warn_after: 1d, error_after: 2d, where: \"amount > 0\"}\n"
    "  - expression: {that: \"length(email) < 30 or note like '%x%'\", severity: warn}\n"
    "columns:\n"
    "  id: {type: integer, checks: [not_null, unique, increasing]}\n"
    "  email:\n"
    "    checks:\n"
    "      - not_null: {mostly: 0.5}\n"
    "      - regex: '^[^@\\s]+@[^@\\s]+$'\n"
    "      - distinct_count: {min: 1}\n"
    "  amount: {type: decimal, checks: [{range: {min: 0}}, {mean: {min: 0}}, {median: {min: 0}}, "
    "{sum: {max: 10}}]}\n"
    "  day: {type: date, checks: [{max: {max: \"2026-01-01\"}}]}\n"
    "  parent: {checks: [{relationships: {to: parents.csv, column: id}}]}\n"
    "  note: {checks: [{accepted_values: [a, b, c]}, {most_common: [a]}]}\n";

static const char data_text[] = "id,email,amount,day,parent,note\n"
                                "1,a@x.org,1.50,2025-12-30,1,a\n"
                                "2,b@x.org,12345678901234567890123,2025-12-31,2,a\n"
                                "2,NA,-1,2025-12-31,9,\"d \"\"x\"\"\"\n"
                                "4,not mail,7\n"
                                "5,c@x.org,3e400,2026-01-01,1,\"b\"x\"\n"
                                "6,c@x.org,0.1,2026-02-01,1,c\n";

static const char parents_text[] = "id,name\n1,one\n2,two\n";

static char directory[] = "/tmp/assay-nomem-XXXXXX";

static void put_file(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    assert_int_equal(fputs(text, file) < 0, 0);
    assert_int_equal(fclose(file), 0);
}

static int make_files(void **state)
{
    (void)state;
    if (mkdtemp(directory) == NULL || chdir(directory) != 0)
        return -1;
    put_file("suite.yml", suite_text);
    put_file("data.csv", data_text);
    put_file("parents.csv", parents_text);
    return 0;
}

static int remove_files(void **state)
{
    (void)state;
    unlink("suite.yml");
    unlink("data.csv");
    unlink("parents.csv");
    return rmdir(directory);
}

/* How a run is made to differ: threads, and memory for what grows with the data. */
struct way {
    uint32_t threads;
    uint64_t memory;
};

/* Loads and validates; NULL where that said it could not. */
static struct assay_run *attempt(const struct way *way)
{
    struct assay_diags diags;
    struct assay_run *run = NULL;
    assay_diags_init(&diags);
    struct assay_suite *suite = assay_suite_read("suite.yml", NULL, &diags);
    if (suite != NULL) {
        struct assay_error err = {0};
        struct assay_options options = suite->options;
        options.threads = way->threads;
        options.memory_limit = way->memory;
        options.temp_dir = directory;
        options.source.batch_bytes = 128;
        options.has_as_of = true;
        options.as_of = INT64_C(1767225600000000);
        struct assay_validation validation = {.suite = suite,
                                              .options = &options,
                                              .sources = &ASSAY_STR("data.csv"),
                                              .source_count = 1};
        enum assay_status status = assay_validation_run(&validation, &run, &err);
        if (status != ASSAY_OK)
            run = NULL;
        if (status != ASSAY_OK && err.status != status)
            fail_msg("status %d came with an error of status %d", (int)status, (int)err.status);
    } else if (diags.errors == 0)
        fail_msg("there is no suite, and no error that says why");
    assay_diags_reset(&diags);
    assay_suite_free(suite);
    return run;
}

static void render(struct assay_run *run, struct assay_buf *out)
{
    struct assay_style style = {.width = 80, .max_values = 100};
    assay_buf_init(out, (size_t)16 << 20);
    run->started = run->finished = 0;
    assay_reporter_find(ASSAY_STR("json"))->render(run, &style, out);
    assert_false(out->failed);
}

/* A Run that is not the right one has to say that something is amiss. */
static void check_run(struct assay_run *run, const struct assay_buf *right, unsigned n)
{
    struct assay_buf text;
    if (run == NULL)
        return;
    render(run, &text);
    bool same = assay_str_equal(assay_buf_view(&text), assay_buf_view(right));
    if (!same && run->exit != ASSAY_EXIT_ERROR) {
        size_t at = 0;
        while (at < text.len && at < right->len && text.ptr[at] == right->ptr[at])
            at++;
        fail_msg("with allocation %u failing the run is `%.60s` where it should be `%.60s`", n,
                 text.ptr + at, right->ptr + at);
    }
    assay_buf_free(&text);
    assay_run_free(run);
}

static void fail_each(const struct way *way, bool all_after, unsigned step)
{
    struct assay_buf right;
    struct assay_run *run = attempt(way);
    assert_non_null(run);
    assert_int_equal(run->exit, ASSAY_EXIT_FAIL);
    render(run, &right);
    assay_run_free(run);
    for (unsigned n = 1; n < MAX_ALLOCATIONS; n += step) {
        allocations = 0;
        fail_last = all_after ? UINT32_MAX : n;
        fail_first = n;
        run = attempt(way);
        fail_first = 0;
        bool failed = allocations >= n;
        check_run(run, &right, n);
        if (!failed) {
            print_message("# %u allocations\n", n - 1);
            assay_buf_free(&right);
            return;
        }
    }
    fail_msg("over %d allocations", MAX_ALLOCATIONS);
}

static void one_allocation_fails(void **state)
{
    (void)state;
    fail_each(&(struct way){1, (uint64_t)1 << 30}, false, 1);
}

static void all_from_one_on_fail(void **state)
{
    (void)state;
    fail_each(&(struct way){1, (uint64_t)1 << 30}, true, 1);
}

static void one_fails_while_spilling(void **state)
{
    (void)state;
    fail_each(&(struct way){1, 1}, false, 1);
}

static void one_fails_among_threads(void **state)
{
    (void)state;
    fail_each(&(struct way){3, (uint64_t)1 << 30}, false, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_allocation_fails),
        cmocka_unit_test(all_from_one_on_fail),
        cmocka_unit_test(one_fails_while_spilling),
        cmocka_unit_test(one_fails_among_threads),
    };
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
