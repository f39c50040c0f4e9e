/*
 * The structural scanner: every kernel against hand-made answers, a plain reading of
 * the rules, and every place in a block.
 */
#include "config.h"

#include "source/csv_scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct assay_csv_dialect comma = {',', '"'};

/* Scans a copy of exact size, so that a sanitizer sees any read behind its end. */
static struct assay_csv_scan scan_with(const struct assay_csv_kernel *kernel, const char *text,
                                       uint32_t len)
{
    char *copy = malloc(len + 1);
    struct assay_csv_scan scan = {.index = malloc(4 * ASSAY_CSV_INDEX_ROOM(len))};
    assert_non_null(copy);
    assert_non_null(scan.index);
    memcpy(copy + 1, text, len);
    assay_csv_scan(kernel, &comma, copy + 1, 0, len, &scan);
    free(copy);
    return scan;
}

struct expected {
    uint32_t count, records, crlf, end, irregular;
    unsigned seen;
};

/* What was seen behind an irregular byte depends on where a block ends. */
#define ANY UINT32_MAX

static void expect(const char *text, size_t len, struct expected want)
{
    for (const struct assay_csv_kernel *const *k = assay_csv_kernels(); *k != NULL; k++) {
        if (!(*k)->usable())
            continue;
        struct assay_csv_scan got = scan_with(*k, text, (uint32_t)len);
        assert_int_equal(got.count, want.count);
        assert_int_equal(got.records, want.records);
        assert_int_equal(got.crlf, want.crlf);
        assert_int_equal(got.end, want.end);
        assert_int_equal(got.irregular, want.irregular);
        if (want.seen != ANY)
            assert_int_equal(got.seen, want.seen);
        free(got.index);
    }
}
#define EXPECT(text, ...) expect(text, sizeof(text) - 1, (struct expected)__VA_ARGS__)

static void finds_delimiters_and_line_feeds_outside_quotes(void **state)
{
    (void)state;
    const char text[] = "a,\"b,\nc\"\r\n,\n";
    EXPECT("a,\"b,\nc\"\r\n,\n",
           {4, 2, 1, 12, ASSAY_CSV_NONE, ASSAY_CSV_SEEN_QUOTE | ASSAY_CSV_SEEN_MULTILINE});
    struct assay_csv_scan scan = scan_with(assay_csv_kernel_choose(NULL), text, sizeof text - 1);
    const uint32_t want[] = {1, 9, 10, 11};
    assert_memory_equal(scan.index, want, sizeof want);
    free(scan.index);
}

static void leaves_out_the_record_that_is_not_complete(void **state)
{
    (void)state;
    EXPECT("", {0, 0, 0, 0, ASSAY_CSV_NONE, 0});
    EXPECT("a,b", {0, 0, 0, 0, ASSAY_CSV_NONE, 0});
    EXPECT("a\nb,c\nd,", {3, 2, 0, 6, ASSAY_CSV_NONE, 0});
    EXPECT("a\n\"b\n",
           {1, 1, 0, 2, ASSAY_CSV_NONE, ASSAY_CSV_SEEN_QUOTE | ASSAY_CSV_SEEN_MULTILINE});
    EXPECT("a\nb\r", {1, 1, 0, 2, ASSAY_CSV_NONE, 0});
}

static void stops_where_libcsv_would_read_otherwise(void **state)
{
    (void)state;
    EXPECT("a\nb\"c\nd\n", {1, 1, 0, 2, 3, 0});
    EXPECT("a\n\"b\"c\nd\n", {1, 1, 0, 2, 5, ASSAY_CSV_SEEN_QUOTE});
    EXPECT("a\n\"b\" ,c\nd\n", {1, 1, 0, 2, 5, ASSAY_CSV_SEEN_QUOTE});
    EXPECT("a\nb\rc\nd\n", {1, 1, 0, 2, 4, 0});
    EXPECT("a\r\n\"b\"\r\"c\n", {1, 1, 1, 3, 7, ASSAY_CSV_SEEN_QUOTE});
    EXPECT("a\n ,\0\nd\n", {1, 1, 0, 2, 4, ASSAY_CSV_SEEN_NUL});
}

static void tells_what_it_saw(void **state)
{
    (void)state;
    EXPECT("\"\"\n", {1, 1, 0, 3, ASSAY_CSV_NONE, ASSAY_CSV_SEEN_QUOTE});
    EXPECT("\"\"\"\"\n",
           {1, 1, 0, 5, ASSAY_CSV_NONE, ASSAY_CSV_SEEN_QUOTE | ASSAY_CSV_SEEN_ESCAPE});
    EXPECT("\x80\n", {1, 1, 0, 2, ASSAY_CSV_NONE, ASSAY_CSV_SEEN_HIGH});
    EXPECT("\"\r\"\n",
           {1, 1, 0, 4, ASSAY_CSV_NONE, ASSAY_CSV_SEEN_QUOTE | ASSAY_CSV_SEEN_MULTILINE});
    EXPECT("a\r\n", {1, 1, 1, 3, ASSAY_CSV_NONE, 0});
}

/* Every piece at every distance from a block's edge gives what it gives at the start. */
static void blocks_do_not_matter(void **state)
{
    (void)state;
    static const char *const pieces[] = {"\"a\"\"b\",c\r\n", "\"\"\"\",\"\"\n", "x\"y\n",
                                         "\"x\"y\n",         "x\ry\n",          "\"p\nq\",\n"};
    const struct assay_csv_kernel *best = assay_csv_kernel_choose(NULL);
    for (size_t p = 0; p < sizeof pieces / sizeof *pieces; p++) {
        uint32_t len = (uint32_t)strlen(pieces[p]);
        struct assay_csv_scan alone = scan_with(best, pieces[p], len);
        free(alone.index);
        for (uint32_t shift = 1; shift < 140; shift++) {
            char text[200];
            memset(text, 'x', sizeof text);
            text[shift - 1] = '\n';
            memcpy(text + shift, pieces[p], len);
            bool none = alone.irregular == ASSAY_CSV_NONE;
            expect(text, shift + len,
                   (struct expected){
                       alone.count + 1, alone.records + 1, alone.crlf, alone.end + shift,
                       none ? ASSAY_CSV_NONE : alone.irregular + shift, none ? alone.seen : ANY});
        }
    }
}

static void kernels_agree_on_noise(void **state)
{
    (void)state;
    static const char letters[] = {',', ',', '"', '"', '\n', '\r', 'a', 'b', 'c', (char)0xe9, ' '};
    uint32_t random = 1;
    for (int round = 0; round < 20000; round++) {
        char text[300];
        uint32_t len = (uint32_t)round % sizeof text;
        for (uint32_t i = 0; i < len; i++) {
            random = random * 1664525u + 1013904223u;
            text[i] = letters[(random >> 16) % sizeof letters];
        }
        struct assay_csv_scan want = scan_with(assay_csv_kernel_choose("portable"), text, len);
        for (const struct assay_csv_kernel *const *k = assay_csv_kernels(); *k != NULL; k++) {
            if (!(*k)->usable())
                continue;
            struct assay_csv_scan got = scan_with(*k, text, len);
            assert_int_equal(got.count, want.count);
            assert_memory_equal(got.index, want.index, 4 * (size_t)want.count);
            assert_int_equal(got.records, want.records);
            assert_int_equal(got.crlf, want.crlf);
            assert_int_equal(got.end, want.end);
            assert_int_equal(got.irregular, want.irregular);
            assert_int_equal(got.seen, want.seen);
            free(got.index);
        }
        free(want.index);
    }
}

static void a_kernel_can_be_forced(void **state)
{
    (void)state;
    assert_non_null(assay_csv_kernel_choose(NULL));
    assert_string_equal(assay_csv_kernel_choose("portable")->name, "portable");
    assert_null(assay_csv_kernel_choose("mmx"));
}

static void dialects_that_cannot_be_are_refused(void **state)
{
    (void)state;
    const struct assay_csv_dialect bad[] = {
        {'"', '"'}, {'\n', '"'}, {',', '\r'}, {0, '"'}, {',', 0}};
    assert_true(assay_csv_dialect_valid(&comma));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(assay_csv_dialect_valid(&bad[i]));
}

static void lines_are_counted_once_whatever_ends_them(void **state)
{
    (void)state;
    const char text[] = "a\nb\r\nc\rd\r\r\n";
    assert_int_equal(assay_csv_count_lines(text, 0, sizeof text - 1), 5);
    uint64_t line, column;
    assay_csv_locate(text, 0, 10, 7, &line, &column);
    assert_int_equal(line, 13);
    assert_int_equal(column, 1);
    assay_csv_locate(text, 0, 10, 1, &line, &column);
    assert_int_equal(line, 10);
    assert_int_equal(column, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_delimiters_and_line_feeds_outside_quotes),
        cmocka_unit_test(leaves_out_the_record_that_is_not_complete),
        cmocka_unit_test(stops_where_libcsv_would_read_otherwise),
        cmocka_unit_test(tells_what_it_saw),
        cmocka_unit_test(blocks_do_not_matter),
        cmocka_unit_test(kernels_agree_on_noise),
        cmocka_unit_test(a_kernel_can_be_forced),
        cmocka_unit_test(dialects_that_cannot_be_are_refused),
        cmocka_unit_test(lines_are_counted_once_whatever_ends_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
