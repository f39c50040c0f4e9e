/*
 * Ranks and quantiles against a sorted list of the values, split and merged in all ways.
 */
#include "config.h"

#include "sketch/key.h"
#include "sketch/quantile.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <cmocka.h>

enum { ROWS = 1000 };

static uint64_t state_of_random = 1;

static uint64_t random64(void)
{
    return assay_hash_mix(state_of_random++);
}

static int64_t pow10_of(int n)
{
    return n == 0 ? 1 : 10 * pow10_of(n - 1);
}

struct values {
    size_t count;
    int64_t *mantissas;
    uint8_t *codes;
    __int128 *sorted; /* at scale 18 */
};

static struct values new_values(size_t count)
{
    struct values v = {.count = count};
    v.mantissas = calloc(count + 1, sizeof *v.mantissas);
    v.codes = calloc(count + 1, 1);
    v.sorted = calloc(count + 1, sizeof *v.sorted);
    return v;
}

static int compare_wide(const void *x, const void *y)
{
    __int128 a, b;
    memcpy(&a, x, sizeof a);
    memcpy(&b, y, sizeof b);
    return (a > b) - (a < b);
}

static __int128 wide_of(int64_t mantissa, uint8_t code)
{
    return (__int128)mantissa * pow10_of(18 - code);
}

static void sort_values(struct values *v)
{
    for (size_t i = 0; i < v->count; i++)
        v->sorted[i] = wide_of(v->mantissas[i], v->codes[i]);
    qsort(v->sorted, v->count, sizeof *v->sorted, compare_wide);
}

static void check_truth(struct assay_quantiles *q, const struct values *v)
{
    uint64_t ranks[21];
    struct assay_numref values[21];
    assert_int_equal(q->count, v->count);
    if (v->count == 0)
        return;
    for (size_t i = 0; i <= 20; i++)
        ranks[i] = (v->count - 1) * i / 20;
    assert_int_equal(assay_quantiles_ranks(q, ranks, 21, values, NULL), ASSAY_OK);
    for (size_t i = 0; i <= 20; i++) {
        assert_true(values[i].code <= 18);
        assert_true(wide_of(values[i].mantissa, values[i].code) == v->sorted[ranks[i]]);
    }
}

static void save(struct assay_quantiles *q, struct assay_buf *out)
{
    assay_buf_init(out, 1 << 30);
    assert_int_equal(assay_quantiles_save(q, out, NULL), ASSAY_OK);
}

static void add(struct assay_quantiles *q, const struct values *v, size_t from, size_t to)
{
    for (; from < to; from += ROWS) {
        uint32_t rows = (uint32_t)(to - from < ROWS ? to - from : ROWS);
        assert_int_equal(
            assay_quantiles_add(q, v->mantissas + from, v->codes + from, NULL, rows, NULL),
            ASSAY_OK);
    }
}

static void in_parts(const struct values *v, size_t parts, size_t limit, struct assay_buf *expected)
{
    struct assay_budget budget;
    struct assay_quantiles q[8];
    struct assay_buf saved;
    size_t pieces = 23, piece = v->count / pieces + 1;
    assay_budget_init(&budget, limit, "/tmp");
    for (size_t i = 0; i < parts; i++)
        assay_quantiles_init(&q[i], &budget);
    for (size_t i = 0; i < pieces; i++) {
        size_t from = (i * 5 % pieces) * piece, to = from + piece;
        if (from < v->count)
            add(&q[random64() % parts], v, from, to < v->count ? to : v->count);
    }
    for (size_t left = parts; left > 1; left--)
        assert_int_equal(assay_quantiles_merge(&q[random64() % (left - 1)], &q[left - 1], NULL),
                         ASSAY_OK);
    check_truth(&q[0], v);
    save(&q[0], &saved);
    if (expected->ptr == NULL) {
        *expected = saved;
    } else {
        assert_int_equal(saved.len, expected->len);
        assert_memory_equal(saved.ptr, expected->ptr, saved.len);
        assay_buf_free(&saved);
    }
    assay_quantiles_reset(&q[0]);
    assert_int_equal(budget.used, 0);
}

static void check_loading(const struct values *v, const struct assay_buf *expected)
{
    struct assay_budget budget;
    struct assay_quantiles q;
    struct assay_buf saved;
    assay_budget_init(&budget, 1 << 20, "/tmp");
    assay_quantiles_init(&q, &budget);
    assert_int_equal(assay_quantiles_load(&q, assay_buf_view(expected), NULL), ASSAY_OK);
    check_truth(&q, v);
    save(&q, &saved);
    assert_int_equal(saved.len, expected->len);
    assert_memory_equal(saved.ptr, expected->ptr, saved.len);
    assay_quantiles_reset(&q);
    assay_buf_free(&saved);
    for (size_t cut = 0; cut < expected->len; cut += cut / 3 + 1) {
        assert_int_equal(assay_quantiles_load(&q, assay_str(expected->ptr, cut), NULL),
                         ASSAY_SOURCE);
        assay_quantiles_reset(&q);
    }
    assert_int_equal(budget.used, 0);
}

static void check_all_ways(struct values *v)
{
    struct assay_buf saved = {0};
    sort_values(v);
    in_parts(v, 1, 0, &saved);
    in_parts(v, 3, 0, &saved);
    in_parts(v, 8, 300000, &saved);
    in_parts(v, 2, 1, &saved);
    check_loading(v, &saved);
    assay_buf_free(&saved);
    free(v->mantissas);
    free(v->codes);
    free(v->sorted);
}

static void no_values(void **unused)
{
    (void)unused;
    struct values v = new_values(0);
    check_all_ways(&v);
}

static void prices(void **unused)
{
    (void)unused;
    struct values v = new_values(200000);
    for (size_t i = 0; i < v.count; i++) {
        v.mantissas[i] = (int64_t)(random64() % 100000);
        v.codes[i] = 2;
    }
    check_all_ways(&v);
}

static void prices_written_with_fewer_decimals(void **unused)
{
    (void)unused;
    struct values v = new_values(100000);
    for (size_t i = 0; i < v.count; i++) {
        v.codes[i] = (uint8_t)(random64() % 3);
        v.mantissas[i] = (int64_t)(random64() % 3000) - 500;
    }
    check_all_ways(&v);
}

static void numbers_of_a_wide_range(void **unused)
{
    (void)unused;
    struct values v = new_values(200000);
    for (size_t i = 0; i < v.count; i++) {
        v.codes[i] = 6;
        v.mantissas[i] = (int64_t)(random64() % 1000000000000000) - 1000000;
    }
    check_all_ways(&v);
}

/* Counters come when there are enough values for their range, and some pass 255. */
static void many_of_each_in_a_range_that_pays_late(void **unused)
{
    (void)unused;
    struct values v = new_values(200000);
    for (size_t i = 0; i < v.count; i++)
        v.mantissas[i] = (int64_t)(random64() % (i % 3 == 0 ? 300000 : 700)) - 1000;
    check_all_ways(&v);
}

static void few_numbers_far_apart(void **unused)
{
    (void)unused;
    struct values v = new_values(100000);
    for (size_t i = 0; i < v.count; i++)
        v.mantissas[i] = (int64_t)(random64() % 9) * 10000000000;
    check_all_ways(&v);
}

static void every_scale_and_size(void **unused)
{
    (void)unused;
    struct values v = new_values(100000);
    for (size_t i = 0; i < v.count; i++) {
        v.codes[i] = (uint8_t)(random64() % (i * 19 / v.count + 1));
        v.mantissas[i] = (int64_t)(random64() % 1000000000000000000) >> random64() % 60;
        if (random64() % 2)
            v.mantissas[i] = -v.mantissas[i];
    }
    v.mantissas[0] = 999999999999999999;
    v.mantissas[1] = -999999999999999999;
    check_all_ways(&v);
}

static void expect(struct assay_quantiles *q, int64_t mantissa, uint8_t code,
                   enum assay_quantile_mode mode, const char *text)
{
    struct assay_quantile wanted = {mantissa, code, mode};
    struct assay_numref value;
    struct assay_buf out;
    assay_buf_init(&out, 1000);
    assert_int_equal(assay_quantiles_get(q, &wanted, 1, &value, NULL), ASSAY_OK);
    assay_number_text(&value, &out);
    assert_string_equal(out.ptr, text);
    assay_buf_free(&out);
}

static void quantiles_between_ranks(void **unused)
{
    (void)unused;
    struct assay_budget budget;
    struct assay_quantiles q;
    int64_t mantissas[] = {40, 10, 30, 20};
    uint8_t codes[] = {1, 1, 1, 1};
    assay_budget_init(&budget, 0, NULL);
    assay_quantiles_init(&q, &budget);
    assert_int_equal(assay_quantiles_add(&q, mantissas, codes, NULL, 4, NULL), ASSAY_OK);
    expect(&q, 5, 1, ASSAY_QUANTILE_MIDPOINT, "2.5");
    expect(&q, 5, 1, ASSAY_QUANTILE_LINEAR, "2.5");
    expect(&q, 25, 2, ASSAY_QUANTILE_LINEAR, "1.75");
    expect(&q, 25, 2, ASSAY_QUANTILE_LOWER, "1");
    expect(&q, 25, 2, ASSAY_QUANTILE_HIGHER, "2");
    expect(&q, 25, 2, ASSAY_QUANTILE_MIDPOINT, "1.5");
    expect(&q, 25, 2, ASSAY_QUANTILE_NEAREST, "2");
    expect(&q, 5, 1, ASSAY_QUANTILE_NEAREST, "3");
    expect(&q, 333, 3, ASSAY_QUANTILE_LINEAR, "1.999");
    expect(&q, 0, 0, ASSAY_QUANTILE_LINEAR, "1");
    expect(&q, 1, 0, ASSAY_QUANTILE_HIGHER, "4");
    expect(&q, 333333333333333333, 18, ASSAY_QUANTILE_LINEAR, "1.999999999999999999");
    assay_quantiles_reset(&q);
    mantissas[0] = 999999999999999999;
    mantissas[1] = -999999999999999998;
    codes[0] = codes[1] = 0;
    assert_int_equal(assay_quantiles_add(&q, mantissas, codes, NULL, 2, NULL), ASSAY_OK);
    expect(&q, 5, 1, ASSAY_QUANTILE_LINEAR, "0.5");
    expect(&q, 75, 2, ASSAY_QUANTILE_LINEAR, "499999999999999999.75");
    assay_quantiles_reset(&q);
    assert_int_equal(budget.used, 0);
}

static void numbers_too_long_for_64_bits(void **unused)
{
    (void)unused;
    struct assay_budget budget;
    struct assay_quantiles q, other;
    struct assay_buf a, b;
    static const char *texts[] = {"1e400", "-1e400", "0.12345678901234567890123",
                                  "10.5",  "-inf",   "12345678901234567890123",
                                  "1e400"};
    int64_t mantissas[] = {5, 12};
    uint8_t codes[] = {0, 2};
    assay_budget_init(&budget, 0, NULL);
    assay_quantiles_init(&q, &budget);
    assay_quantiles_init(&other, &budget);
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(assay_quantiles_add_big(i % 2 ? &q : &other, assay_cstr(texts[i]), NULL),
                         ASSAY_OK);
    assert_int_equal(assay_quantiles_add(&q, mantissas, codes, NULL, 2, NULL), ASSAY_OK);
    assert_int_equal(assay_quantiles_add_big(&q, ASSAY_STR("NaN"), NULL), ASSAY_INTERNAL);
    assert_int_equal(assay_quantiles_merge(&q, &other, NULL), ASSAY_OK);
    static const char *sorted[] = {"-inf",
                                   "-1e400",
                                   "0.12",
                                   "0.12345678901234567890123",
                                   "5",
                                   "10.5",
                                   "12345678901234567890123",
                                   "1e400",
                                   "1e400"};
    assert_int_equal(q.count, 9);
    for (int i = 0; i < 9; i++) {
        struct assay_quantile wanted = {125 * i, 3, ASSAY_QUANTILE_LINEAR};
        struct assay_numref value, expected = assay_numref(assay_cstr(sorted[i]));
        assert_int_equal(assay_quantiles_get(&q, &wanted, 1, &value, NULL), ASSAY_OK);
        assert_int_equal(assay_number_compare(&value, &expected), 0);
    }
    save(&q, &a);
    assert_int_equal(assay_quantiles_load(&other, assay_buf_view(&a), NULL), ASSAY_OK);
    save(&other, &b);
    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.ptr, b.ptr, a.len);
    assay_buf_free(&a);
    assay_buf_free(&b);
    assay_quantiles_reset(&q);
    assay_quantiles_reset(&other);
    assert_int_equal(budget.used, 0);
}

static void texts_beyond_the_budget_are_refused(void **unused)
{
    (void)unused;
    struct assay_budget budget;
    struct assay_quantiles q;
    enum assay_status status = ASSAY_OK;
    char text[40];
    assay_budget_init(&budget, 10000, NULL);
    assay_quantiles_init(&q, &budget);
    for (int i = 0; i < 10000 && status == ASSAY_OK; i++) {
        int n = snprintf(text, sizeof text, "1234567890123456789%06d", i);
        status = assay_quantiles_add_big(&q, assay_str(text, (size_t)n), NULL);
    }
    assert_int_equal(status, ASSAY_LIMIT);
    assay_quantiles_reset(&q);
    assert_int_equal(budget.used, 0);
}

static void a_full_disk_is_an_io_error(void **unused)
{
    (void)unused;
    struct rlimit old, limit;
    struct assay_budget budget;
    struct assay_quantiles q;
    enum assay_status status = ASSAY_OK;
    uint8_t code = 0;
    assay_budget_init(&budget, 1 << 17, "/tmp");
    assay_quantiles_init(&q, &budget);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    limit = old;
    limit.rlim_cur = 300000;
    setrlimit(RLIMIT_FSIZE, &limit);
    for (int i = 0; i < 400000 && status == ASSAY_OK; i++) {
        int64_t value = (int64_t)(random64() >> 8);
        status = assay_quantiles_add(&q, &value, &code, NULL, 1, NULL);
    }
    setrlimit(RLIMIT_FSIZE, &old);
    assert_int_equal(status, ASSAY_IO);
    assay_quantiles_reset(&q);
    assert_int_equal(budget.used, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_values),
        cmocka_unit_test(prices),
        cmocka_unit_test(prices_written_with_fewer_decimals),
        cmocka_unit_test(numbers_of_a_wide_range),
        cmocka_unit_test(many_of_each_in_a_range_that_pays_late),
        cmocka_unit_test(few_numbers_far_apart),
        cmocka_unit_test(every_scale_and_size),
        cmocka_unit_test(quantiles_between_ranks),
        cmocka_unit_test(numbers_too_long_for_64_bits),
        cmocka_unit_test(texts_beyond_the_budget_are_refused),
        cmocka_unit_test(a_full_disk_is_an_io_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
