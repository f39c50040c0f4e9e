/*
 * Temporary files of sketches: what is written comes back, failures are told.
 */
#include "config.h"

#include "sketch/spill.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct assay_budget budget;
static char dir[] = "/tmp/assay-spill-test-XXXXXX";

static int make_dir(void **unused)
{
    (void)unused;
    assay_budget_init(&budget, 1 << 20, dir);
    return mkdtemp(dir) == NULL;
}

static int remove_dir(void **unused)
{
    (void)unused;
    return rmdir(dir);
}

static unsigned byte_at(size_t i)
{
    return (unsigned)(i * 2654435761u >> 13 & 0xff);
}

static void what_is_appended_is_read_back(void **unused)
{
    (void)unused;
    struct assay_spill spill;
    unsigned char *data = malloc(3000000), *back = malloc(3000000);
    for (size_t i = 0; i < 3000000; i++)
        data[i] = (unsigned char)byte_at(i);
    assay_spill_init(&spill, &budget);
    size_t sizes[] = {1, 100, 0, 70000, 300000, 262144, 5, 1000000}, at = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        assert_int_equal(assay_spill_append(&spill, data + at, sizes[i], NULL), ASSAY_OK);
        at += sizes[i];
    }
    assert_int_equal(assay_spill_flush(&spill, NULL), ASSAY_OK);
    assert_int_equal(spill.size, at);
    assert_int_equal(assay_spill_read(&spill, 0, back, at, NULL), ASSAY_OK);
    assert_memory_equal(back, data, at);
    assert_int_equal(assay_spill_read(&spill, 12345, back, 100, NULL), ASSAY_OK);
    assert_memory_equal(back, data + 12345, 100);
    assay_spill_close(&spill);
    assert_int_equal(budget.used, 0);
    free(data);
    free(back);
}

static void the_file_has_no_name_and_is_private(void **unused)
{
    (void)unused;
    struct assay_spill spill;
    assay_spill_init(&spill, &budget);
    assert_int_equal(assay_spill_append(&spill, "x", 1, NULL), ASSAY_OK);
    assert_int_equal(assay_spill_flush(&spill, NULL), ASSAY_OK);
    DIR *open_dir = opendir(dir);
    int names = 0;
    for (struct dirent *entry; (entry = readdir(open_dir)) != NULL;)
        names += entry->d_name[0] != '.';
    closedir(open_dir);
    assert_int_equal(names, 0);
    struct stat status;
    assert_int_equal(fstat(spill.fd, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(status.st_nlink, 0);
    assay_spill_close(&spill);
}

static void a_reader_gives_records_of_any_length(void **unused)
{
    (void)unused;
    struct assay_spill spill;
    struct assay_spill_reader reader;
    static unsigned char data[100000];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (unsigned char)byte_at(i);
    assay_spill_init(&spill, &budget);
    assert_int_equal(assay_spill_append(&spill, data, sizeof data, NULL), ASSAY_OK);
    assert_int_equal(assay_spill_flush(&spill, NULL), ASSAY_OK);
    assert_int_equal(assay_spill_reader_open(&reader, &spill, 10, sizeof data - 10, 64, NULL),
                     ASSAY_OK);
    const unsigned char *at;
    size_t have, seen = 10, step = 1;
    for (;; step = step * 3 % 4099 + 1) {
        assert_int_equal(assay_spill_reader_peek(&reader, step, &at, &have, NULL), ASSAY_OK);
        if (have < step)
            break;
        assert_memory_equal(at, data + seen, step);
        assay_spill_reader_skip(&reader, step);
        seen += step;
    }
    assert_int_equal(seen + have, sizeof data - 10);
    assay_spill_reader_close(&reader);
    assay_spill_close(&spill);
    assert_int_equal(budget.used, 0);
}

static void an_absent_directory_is_named(void **unused)
{
    (void)unused;
    struct assay_budget elsewhere;
    struct assay_spill spill;
    struct assay_error err;
    assay_budget_init(&elsewhere, 0, "/nonexistent/spill-here");
    assay_spill_init(&spill, &elsewhere);
    assert_int_equal(assay_spill_append(&spill, "x", 1, &err), ASSAY_OK);
    assert_int_equal(assay_spill_flush(&spill, &err), ASSAY_IO);
    assert_non_null(strstr(err.message, "/nonexistent/spill-here"));
    assert_non_null(strstr(err.help, "/nonexistent/spill-here"));
    assay_spill_close(&spill);
    assert_int_equal(elsewhere.used, 0);
}

/* The limit on file sizes stands in for a full disk: a short write, then a refusal. */
static void a_full_disk_is_an_io_error(void **unused)
{
    (void)unused;
    struct rlimit old, limit;
    struct assay_spill spill;
    struct assay_error err;
    static unsigned char data[100000];
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    limit = old;
    limit.rlim_cur = 500000;
    setrlimit(RLIMIT_FSIZE, &limit);
    assay_spill_init(&spill, &budget);
    enum assay_status status = ASSAY_OK;
    int appends = 0;
    for (; appends < 100 && status == ASSAY_OK; appends++)
        status = assay_spill_append(&spill, data, sizeof data, &err);
    setrlimit(RLIMIT_FSIZE, &old);
    assert_int_equal(status, ASSAY_IO);
    assert_in_range(appends, 5, 10);
    assert_non_null(strstr(err.message, dir));
    assay_spill_close(&spill);
    assert_int_equal(budget.used, 0);
}

static void reading_past_the_end_is_an_io_error(void **unused)
{
    (void)unused;
    struct assay_spill spill;
    struct assay_error err;
    char back[10];
    assay_spill_init(&spill, &budget);
    assert_int_equal(assay_spill_append(&spill, "abc", 3, &err), ASSAY_OK);
    assert_int_equal(assay_spill_flush(&spill, &err), ASSAY_OK);
    assert_int_equal(assay_spill_read(&spill, 0, back, 4, &err), ASSAY_IO);
    assay_spill_close(&spill);
}

static void a_budget_refuses_and_remembers(void **unused)
{
    (void)unused;
    struct assay_budget b;
    unsigned seen = 0;
    assay_budget_init(&b, 100, NULL);
    assert_true(assay_budget_take(&b, 60));
    assert_false(assay_budget_take(&b, 41));
    assert_true(assay_budget_take(&b, 40));
    assert_false(assay_budget_take(&b, (size_t)-1));
    assert_true(assay_budget_presses(&b, &seen, 60));
    assert_false(assay_budget_presses(&b, &seen, 60));
    assay_budget_give(&b, 100);
    assert_int_equal(b.used, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_appended_is_read_back),
        cmocka_unit_test(the_file_has_no_name_and_is_private),
        cmocka_unit_test(a_reader_gives_records_of_any_length),
        cmocka_unit_test(an_absent_directory_is_named),
        cmocka_unit_test(a_full_disk_is_an_io_error),
        cmocka_unit_test(reading_past_the_end_is_an_io_error),
        cmocka_unit_test(a_budget_refuses_and_remembers),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
