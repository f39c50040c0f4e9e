/*
 * Exact sums and extremes: against arithmetic in 128 bits, free of order and split, and at
 * the edges of what the accumulator reaches.
 */
#include "config.h"

#include "base/decimal.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define ROWS 1000

static uint64_t seed = 362436069;

static uint64_t next_random(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

/* A column of texts, read as a batch would. */
static struct column {
    char base[ROWS * 64 + 128];
    struct assay_span spans[ROWS];
    int64_t mantissa[ROWS];
    uint8_t code[ROWS];
    struct assay_number_rows rows;
} column;

static void column_clear(void)
{
    column.rows =
        (struct assay_number_rows){column.mantissa, column.code, column.base, column.spans, 0};
}

static void column_add(const char *text)
{
    uint32_t r = column.rows.rows++;
    uint32_t off = r ? column.spans[r - 1].off + column.spans[r - 1].len + 1 : 8;
    size_t len = strlen(text);
    memcpy(column.base + off, text, len);
    column.spans[r] = (struct assay_span){off, (uint32_t)len};
    column.code[r] = assay_number_parse_safe(text, len, &column.mantissa[r]);
}

static void column_set(const char *const *texts)
{
    column_clear();
    for (; *texts; texts++)
        column_add(*texts);
}

static void expect_sum(const struct assay_moments *moments, const char *want)
{
    struct assay_buf buf;
    assay_buf_init(&buf, 1 << 16);
    assay_moments_sum(moments, &buf);
    assert_string_equal(buf.ptr, want);
    assay_buf_free(&buf);
}

static void sum_of(const char *const *texts, const char *want)
{
    struct assay_moments moments;
    column_set(texts);
    assay_moments_init(&moments, true);
    assert_int_equal(assay_moments_add_batch(&moments, &column.rows, NULL, NULL), ASSAY_OK);
    expect_sum(&moments, want);
    assay_moments_free(&moments);
}

static void sums_are_exact(void **state)
{
    (void)state;
    sum_of((const char *[]){NULL}, "0");
    sum_of((const char *[]){"0.1", "0.2", NULL}, "0.3");
    sum_of((const char *[]){"10.00", "-10", NULL}, "0");
    sum_of((const char *[]){"0.000000000000000001", "999999999999999999", NULL},
           "999999999999999999.000000000000000001");
    sum_of((const char *[]){"1e400", "1", "-1e400", "0.5", NULL}, "1.5");
    sum_of((const char *[]){"1e-400", "1e400", "-1e-400", "-1e400", "-2", NULL}, "-2");
    sum_of((const char *[]){"-1e25", "1", NULL}, "-9999999999999999999999999");
    sum_of((const char *[]){"1000000000000000000", "1000000000000000000", NULL},
           "2000000000000000000");
    sum_of((const char *[]){"9.5e449", "9.5e449", NULL}, "1.9e450");
    sum_of((const char *[]){"1e-450", "2e-450", NULL}, "3e-450");
}

static void mean_and_deviation_are_rounded_once(void **state)
{
    (void)state;
    static const struct {
        const char *texts[6];
        double mean, stdev;
    } rows[] = {
        {{"1", "2", "3", "4"}, 2.5, 1.2909944487358056},
        {{"0.1", "0.1", "0.1"}, 0.1, 0},
        {{"1000000000.1", "1000000000.2", "1000000000.3"}, 1000000000.2, 0.1},
        {{"999999999999999999", "999999999999999998"}, 999999999999999998.5, 0.7071067811865476},
        {{"1e300", "-1e300"}, 0, 1.4142135623730950488e300},
        {{"1e-300", "3e-300"}, 2e-300, 1.4142135623730950488e-300},
        {{"1e20", "100000000000000000002"}, 1.00000000000000000001e20, 1.4142135623730951},
        {{"-1e400", "1e400", "5"}, 5.0 / 3, (double)INFINITY},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct assay_moments moments;
        double mean, stdev, variance;
        column_set(rows[i].texts);
        assay_moments_init(&moments, true);
        assert_int_equal(assay_moments_add_batch(&moments, &column.rows, NULL, NULL), ASSAY_OK);
        assert_true(assay_moments_mean(&moments, &mean));
        assert_true(assay_moments_stdev(&moments, &stdev));
        assert_true(assay_moments_variance(&moments, &variance));
        assert_true(mean == rows[i].mean);
        assert_true(stdev == rows[i].stdev);
        assay_moments_free(&moments);
    }
}

static void too_few_values_have_no_result(void **state)
{
    (void)state;
    struct assay_moments moments;
    double number;
    assay_moments_init(&moments, true);
    assert_false(assay_moments_mean(&moments, &number));
    assert_false(assay_moments_stdev(&moments, &number));
    struct assay_numref one = assay_numref(ASSAY_STR("1"));
    assert_int_equal(assay_moments_add(&moments, &one, NULL), ASSAY_OK);
    assert_true(assay_moments_mean(&moments, &number));
    assert_false(assay_moments_variance(&moments, &number));
    assay_moments_free(&moments);
}

static void other_kinds_are_counted_apart(void **state)
{
    (void)state;
    struct assay_moments moments;
    column_set((const char *[]){"1", "nan", "inf", "-inf", "-inf", "x", "1e450", "1e-451",
                                "1e999999999999", "1e449", NULL});
    assay_moments_init(&moments, true);
    assert_int_equal(assay_moments_add_batch(&moments, &column.rows, NULL, NULL), ASSAY_OK);
    assert_int_equal(moments.count, 2);
    assert_int_equal(moments.nan, 1);
    assert_int_equal(moments.pos_inf, 1);
    assert_int_equal(moments.neg_inf, 2);
    assert_int_equal(moments.not_number, 1);
    assert_int_equal(moments.out_of_range, 3);
    assay_moments_free(&moments);
}

static void fill_random(int scales, bool big)
{
    column_clear();
    for (int i = 0; i < ROWS; i++) {
        char text[64];
        int64_t value = (int64_t)next_random() % 1000000000;
        unsigned fraction = (unsigned)(next_random() % 1000000);
        int digits = scales == 1 ? 2 : (int)(next_random() % (uint64_t)scales) + 1;
        snprintf(text, sizeof text, "%lld.%0*u", (long long)value, digits,
                 fraction % (unsigned)(digits == 1 ? 10 : 100));
        if (big && next_random() % 4 == 0)
            snprintf(text, sizeof text, "%llde%d", (long long)value,
                     (int)(next_random() % 800) - 400);
        if (big && next_random() % 50 == 0)
            snprintf(text, sizeof text, "%s", value & 1 ? "nan" : "-inf");
        column_add(text);
    }
}

static void save_both(const struct assay_moments *moments, const struct assay_extremes *extremes,
                      struct assay_buf *out)
{
    assay_buf_init(out, 1 << 20);
    assay_moments_save(moments, out);
    assay_extremes_save(extremes, out);
    assert_false(out->failed);
}

static void split_and_order_leave_no_trace(void **state)
{
    (void)state;
    for (int round = 0; round < 60; round++) {
        uint64_t mask[(ROWS + 63) / 64];
        struct assay_moments whole, part[3];
        struct assay_extremes ends, piece[3];
        struct assay_buf a, b;
        fill_random(1 + round % 3, round % 2);
        for (size_t i = 0; i < sizeof mask / sizeof mask[0]; i++)
            mask[i] = round % 5 ? next_random() | (i & 1 ? ~UINT64_C(0) : 0) : ~UINT64_C(0);
        assay_moments_init(&whole, true);
        assay_extremes_init(&ends, 4096);
        assert_int_equal(assay_moments_add_batch(&whole, &column.rows, mask, NULL), ASSAY_OK);
        assert_int_equal(assay_extremes_add_batch(&ends, &column.rows, mask, NULL), ASSAY_OK);
        for (int i = 0; i < 3; i++) {
            assay_moments_init(&part[i], true);
            assay_extremes_init(&piece[i], 4096);
        }
        for (uint32_t r = ROWS; r-- > 0;) {
            if (!(mask[r / 64] >> (r % 64) & 1))
                continue;
            uint64_t to = next_random() % 3;
            struct assay_numref value =
                assay_numref(assay_str(column.base + column.spans[r].off, column.spans[r].len));
            assert_int_equal(assay_moments_add(&part[to], &value, NULL), ASSAY_OK);
            assert_int_equal(assay_extremes_add(&piece[to], &value, NULL), ASSAY_OK);
        }
        for (int i = 1; i < 3; i++) {
            assert_int_equal(assay_moments_merge(&part[0], &part[i], NULL), ASSAY_OK);
            assert_int_equal(assay_extremes_merge(&piece[0], &piece[i], NULL), ASSAY_OK);
        }
        save_both(&whole, &ends, &a);
        save_both(&part[0], &piece[0], &b);
        assert_int_equal(a.len, b.len);
        assert_memory_equal(a.ptr, b.ptr, a.len);

        struct assay_moments loaded;
        struct assay_extremes again;
        struct assay_str in = assay_buf_view(&a);
        assay_moments_init(&loaded, true);
        assay_extremes_init(&again, 4096);
        assert_int_equal(assay_moments_load(&loaded, &in, NULL), ASSAY_OK);
        assert_int_equal(assay_extremes_load(&again, &in, NULL), ASSAY_OK);
        assert_int_equal(in.len, 0);
        assay_buf_free(&b);
        save_both(&loaded, &again, &b);
        assert_int_equal(a.len, b.len);
        assert_memory_equal(a.ptr, b.ptr, a.len);
        for (size_t cut = 0; cut < a.len; cut += 7) {
            assay_moments_free(&loaded);
            assay_extremes_free(&again);
            in = assay_str(a.ptr, cut);
            assert_true(assay_moments_load(&loaded, &in, NULL) != ASSAY_OK ||
                        assay_extremes_load(&again, &in, NULL) != ASSAY_OK);
        }
        assay_buf_free(&a);
        assay_buf_free(&b);
        assay_moments_free(&loaded);
        assay_extremes_free(&again);
        assay_moments_free(&whole);
        assay_extremes_free(&ends);
        for (int i = 0; i < 3; i++) {
            assay_moments_free(&part[i]);
            assay_extremes_free(&piece[i]);
        }
    }
}

/* Two decimals in hundredths, summed in 128 bits. */
static void sums_equal_plain_integers(void **state)
{
    (void)state;
    fill_random(1, false);
    struct assay_moments moments;
    assay_moments_init(&moments, true);
    assert_int_equal(assay_moments_add_batch(&moments, &column.rows, NULL, NULL), ASSAY_OK);
    __int128 sum = 0, square = 0;
    for (int i = 0; i < ROWS; i++) {
        assert_int_equal(column.code[i], 2);
        sum += column.mantissa[i];
        square += (__int128)column.mantissa[i] * column.mantissa[i];
    }
    char want[64];
    snprintf(want, sizeof want, "%.2f", (double)sum / 100);
    struct assay_numref number = assay_numref(assay_cstr(want));
    struct assay_buf buf;
    assay_buf_init(&buf, 4096);
    assay_number_text(&number, &buf);
    expect_sum(&moments, buf.ptr);
    assay_buf_free(&buf);
    long double variance =
        ((long double)square - (long double)sum * (long double)sum / ROWS) / (ROWS - 1) / 10000;
    double got;
    assert_true(assay_moments_variance(&moments, &got));
    assert_true(fabsl((long double)got - variance) <= variance * 1e-15L);
    assay_moments_free(&moments);
}

static void expect_ends(const char *const *texts, const char *min, const char *max)
{
    struct assay_extremes extremes;
    struct assay_numref value, want;
    column_set(texts);
    assay_extremes_init(&extremes, 64);
    assert_int_equal(assay_extremes_add_batch(&extremes, &column.rows, NULL, NULL), ASSAY_OK);
    assert_int_equal(assay_extremes_min(&extremes, &value), min != NULL);
    assert_int_equal(assay_extremes_max(&extremes, &value), max != NULL);
    if (min != NULL) {
        want = assay_numref(assay_cstr(min));
        assert_true(assay_extremes_min(&extremes, &value));
        assert_int_equal(assay_number_compare(&value, &want), 0);
        want = assay_numref(assay_cstr(max));
        assert_true(assay_extremes_max(&extremes, &value));
        assert_int_equal(assay_number_compare(&value, &want), 0);
    }
    assay_extremes_free(&extremes);
}

static void extremes_are_exact(void **state)
{
    (void)state;
    expect_ends((const char *[]){NULL}, NULL, NULL);
    expect_ends((const char *[]){"nan", "x", NULL}, NULL, NULL);
    expect_ends((const char *[]){"10.00", "9.5", "10.000001", NULL}, "9.5", "10.000001");
    expect_ends((const char *[]){"1e400", "5", "2e400", "1e-400", NULL}, "1e-400", "2e400");
    expect_ends((const char *[]){"-1e400", "-2e400", "nan", NULL}, "-2e400", "-1e400");
    expect_ends((const char *[]){"inf", NULL}, "inf", "inf");
    expect_ends((const char *[]){"-inf", "inf", "3", NULL}, "-inf", "inf");
    expect_ends((const char *[]){"-inf", "3", NULL}, "-inf", "3");
}

static void a_number_over_the_limit_is_refused(void **state)
{
    (void)state;
    struct assay_extremes extremes;
    struct assay_error err;
    assay_extremes_init(&extremes, 16);
    struct assay_numref value = assay_numref(ASSAY_STR("12345678901234567890"));
    assert_int_equal(assay_extremes_add(&extremes, &value, &err), ASSAY_LIMIT);
    assay_extremes_free(&extremes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_exact),
        cmocka_unit_test(mean_and_deviation_are_rounded_once),
        cmocka_unit_test(too_few_values_have_no_result),
        cmocka_unit_test(other_kinds_are_counted_apart),
        cmocka_unit_test(split_and_order_leave_no_trace),
        cmocka_unit_test(sums_equal_plain_integers),
        cmocka_unit_test(extremes_are_exact),
        cmocka_unit_test(a_number_over_the_limit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
