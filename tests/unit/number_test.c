/*
 * Numbers: the grammar, both readers against each other, exact order against 128-bit
 * arithmetic, and doubles against the C library's strtod.
 */
#include "config.h"

#include "base/number.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static uint64_t seed = 88172645463325252u;

static uint64_t next_random(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

/* The padded reader's answer, with bytes around that would matter if it used them. */
static uint8_t parse_padded(const char *text, size_t len, char pad, int64_t *mantissa)
{
    char room[512];
    memset(room, pad, sizeof room);
    memcpy(room + 16, text, len);
    return assay_number_parse(room + 16, len, mantissa);
}

static uint8_t parse_both(const char *text, size_t len, int64_t *mantissa)
{
    static const char pads[] = "0.9-e\xff ";
    uint8_t code = assay_number_parse_safe(text, len, mantissa);
    for (const char *pad = pads; *pad; pad++) {
        int64_t other = 1;
        assert_int_equal(parse_padded(text, len, *pad, &other), code);
        assert_true(other == *mantissa);
    }
    return code;
}

static struct assay_numref ref(const char *text)
{
    return assay_numref(assay_cstr(text));
}

static void grammar_is_kept(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int code;
        int64_t mantissa;
    } rows[] = {
        {"0", 0, 0},
        {"-0", 0, 0},
        {"+5", 0, 5},
        {"007", 0, 7},
        {"10.00", 2, 1000},
        {"1234.56", 2, 123456},
        {"-0.001", 3, -1},
        {"12345678", 0, 12345678},
        {"123456789", 0, 123456789},
        {"1234567.89012345", 8, 123456789012345},
        {"1.234567890123456", 15, 1234567890123456},
        {"999999999999999999", 0, 999999999999999999},
        {"-999999999999999999", 0, -999999999999999999},
        {"0.999999999999999999", 18, 999999999999999999},
        {"1000000000000000000", ASSAY_NUM_BIG, 0},
        {"1e3", 0, 1000},
        {"1E-3", 3, 1},
        {"100e-2", 2, 100},
        {"1.5e+1", 0, 15},
        {"1e17", 0, 100000000000000000},
        {"1e18", ASSAY_NUM_BIG, 0},
        {"1e-18", 18, 1},
        {"1e-19", ASSAY_NUM_BIG, 0},
        {"10e-19", 18, 1},
        {"0e99999", 0, 0},
        {"0.0000000000000000000000", 0, 0},
        {"1.0000000000000000000000", 0, 1},
        {"00000000000000000000000000001", 0, 1},
        {"1e400", ASSAY_NUM_BIG, 0},
        {"10e999999999999999999999999", ASSAY_NUM_BIG, 0},
        {"NaN", ASSAY_NUM_NAN, 0},
        {"nan", ASSAY_NUM_NAN, 0},
        {"inf", ASSAY_NUM_POS_INF, 0},
        {"+Infinity", ASSAY_NUM_POS_INF, 0},
        {"-INF", ASSAY_NUM_NEG_INF, 0},
        {"-infinity", ASSAY_NUM_NEG_INF, 0},
    };
    static const char *const not_numbers[] = {"",
                                              "-",
                                              "+",
                                              ".",
                                              ".5",
                                              "5.",
                                              "-.5",
                                              "1e",
                                              "1e+",
                                              "e5",
                                              "1.e5",
                                              " 1",
                                              "1 ",
                                              "1,0",
                                              "0x10",
                                              "1_0",
                                              "--1",
                                              "+-1",
                                              "1.2.3",
                                              "1e5.0",
                                              "12a",
                                              "-nan",
                                              "infin",
                                              "nane",
                                              "1234567.",
                                              ".12345678",
                                              "123456789.",
                                              "12345678.",
                                              "1234567890123456.",
                                              ".1234567890123456",
                                              "1..2",
                                              "1-2",
                                              "1:3",
                                              "1/3",
                                              "\xb1",
                                              "12\xff",
                                              "12345678\x8a",
                                              "0\xff\x30",
                                              "0\x2f\x30"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t mantissa;
        assert_int_equal(parse_both(rows[i].text, strlen(rows[i].text), &mantissa), rows[i].code);
        assert_true(mantissa == rows[i].mantissa);
    }
    for (size_t i = 0; i < sizeof not_numbers / sizeof not_numbers[0]; i++) {
        int64_t mantissa;
        assert_int_equal(parse_both(not_numbers[i], strlen(not_numbers[i]), &mantissa),
                         ASSAY_NUM_NOT);
    }
}

static void readers_agree_on_random_texts(void **state)
{
    (void)state;
    static const char letters[] = "0123456789012345678901234567890123456789.-+e";
    for (int i = 0; i < 300000; i++) {
        char text[24];
        size_t len = next_random() % sizeof text;
        for (size_t k = 0; k < len; k++)
            text[k] = letters[next_random() % (sizeof letters - 1)];
        int64_t mantissa;
        parse_both(text, len, &mantissa);
    }
}

static void every_placement_of_the_dot_is_read(void **state)
{
    (void)state;
    for (int i = 0; i < 100000; i++) {
        int64_t value = (int64_t)(next_random() % ASSAY_NUM_MANTISSA_END);
        for (int cut = (int)(next_random() % 18); cut > 0; cut--)
            value /= 10;
        char digits[40], text[48];
        int len = snprintf(digits, sizeof digits, "%lld", (long long)value);
        int scale = (int)(next_random() % (uint64_t)len);
        bool minus = next_random() & 1;
        int n = snprintf(text, sizeof text, "%s%.*s%s%s", minus ? "-" : "", len - scale, digits,
                         scale ? "." : "", digits + len - scale);
        int64_t mantissa;
        assert_int_equal(parse_both(text, (size_t)n, &mantissa), scale);
        assert_true(mantissa == (minus ? -value : value));
    }
}

/* Texts in strictly rising order; those on one line are equal. */
static const char *const ladder[][6] = {
    {"-inf", "-Infinity"},
    {"-1e999999999999"},
    {"-1e400", "-10e399", "-0.1e401"},
    {"-1000000000000000000000001"},
    {"-1e24", "-1000000000000000000000000", "-1000000000000000000000000.0"},
    {"-1000000000000000000", "-1e18"},
    {"-999999999999999999"},
    {"-1.5"},
    {"-1", "-1.0", "-01", "-1e0", "-100e-2"},
    {"-1e-18", "-0.000000000000000001"},
    {"-1e-19"},
    {"-1e-400"},
    {"0", "-0", "0.00", "0e5", "0e999999", "-0.0e-99999"},
    {"1e-999999999999999"},
    {"1e-400", "0.1e-399"},
    {"1e-19"},
    {"1e-18"},
    {"0.1"},
    {"0.1000000000000000000000000000000000001"},
    {"1", "1.0", "+1", "01", "1e0", "100e-2"},
    {"1.0000000000000000000000001"},
    {"999999999999999999"},
    {"999999999999999999.5"},
    {"1000000000000000000", "1e18", "10e17", "1000000000000000000.00"},
    {"1000000000000000001"},
    {"1234567890123456789012345678901234567890"},
    {"1234567890123456789012345678901234567891", "1234567890123456789012345678901234567891.0"},
    {"1e400", "10e399"},
    {"1.00000000000000000000000001e400"},
    {"1e999999999999"},
    {"1e99999999999999999999", "10e999999999999999999999999"},
    {"inf", "Infinity", "+inf"},
};

enum { RUNGS = sizeof ladder / sizeof ladder[0] };

static void order_is_exact_at_any_size(void **state)
{
    (void)state;
    for (int i = 0; i < RUNGS; i++)
        for (int k = 0; k < RUNGS; k++)
            for (int a = 0; a < 6 && ladder[i][a]; a++)
                for (int b = 0; b < 6 && ladder[k][b]; b++) {
                    struct assay_numref x = ref(ladder[i][a]), y = ref(ladder[k][b]);
                    assert_int_equal(assay_number_compare(&x, &y), (i > k) - (i < k));
                }
    struct assay_numref nan = ref("nan"), one = ref("1"), word = ref("x");
    assert_int_equal(assay_number_compare(&nan, &one), ASSAY_NUM_UNORDERED);
    assert_int_equal(assay_number_compare(&one, &word), ASSAY_NUM_UNORDERED);
    assert_int_equal(assay_number_compare(&nan, &nan), ASSAY_NUM_UNORDERED);
}

static void equal_numbers_have_one_key(void **state)
{
    (void)state;
    char first[128], other[128];
    for (int i = 0; i < RUNGS; i++) {
        struct assay_numref x = ref(ladder[i][0]);
        size_t n = assay_number_canonical(&x, first, sizeof first);
        assert_true(n > 0 && n <= sizeof first);
        for (int k = 0; k < RUNGS; k++)
            for (int b = 0; b < 6 && ladder[k][b]; b++) {
                struct assay_numref y = ref(ladder[k][b]);
                size_t m = assay_number_canonical(&y, other, sizeof other);
                assert_int_equal(n == m && memcmp(first, other, n) == 0, i == k);
            }
        /* A key is itself a number, of the same value. */
        struct assay_numref again = assay_numref(assay_str(first, n));
        assert_int_equal(assay_number_compare(&again, &x), 0);
    }
    struct assay_numref thousand = ref("1000.0");
    assert_int_equal(assay_number_canonical(&thousand, first, 2), 3);
    assert_int_equal(assay_number_canonical(&thousand, first, 3), 3);
    assert_memory_equal(first, "1e3", 3);
}

static void text_is_plain_and_short(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"10.00", "10"},
        {"-0.50", "-0.5"},
        {"-0", "0"},
        {"1e3", "1000"},
        {"0012.3400", "12.34"},
        {"1e-18", "0.000000000000000001"},
        {"1e30", "1000000000000000000000000000000"},
        {"1e31", "1e31"},
        {"1.50e400", "1.5e400"},
        {"-12e-40", "-1.2e-39"},
        {"1e-30", "0.000000000000000000000000000001"},
        {"1234567890123456789012345678901234567890", "1234567890123456789012345678901234567890"},
        {"1234567890123456789012.50", "1234567890123456789012.5"},
        {"NaN", "nan"},
        {"-Infinity", "-inf"},
    };
    struct assay_buf buf;
    assay_buf_init(&buf, 4096);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct assay_numref value = ref(rows[i][0]);
        assay_buf_reset(&buf);
        assay_number_text(&value, &buf);
        assert_string_equal(buf.ptr, rows[i][1]);
    }
    assay_buf_free(&buf);
    char store[24];
    struct assay_numref least = assay_numref_int(INT64_MIN, store);
    struct assay_numref same = ref("-9223372036854775808");
    assert_int_equal(assay_number_compare(&least, &same), 0);
}

static void bounds_agree_with_comparison(void **state)
{
    (void)state;
    static const char *const limits[] = {"0",
                                         "1.005",
                                         "-3",
                                         "1e400",
                                         "-1e-400",
                                         "inf",
                                         "-inf",
                                         "1e17",
                                         "nan",
                                         "1e18",
                                         "0.999999999999999999"};
    static struct assay_bounds bounds;
    enum { LIMITS = sizeof limits / sizeof limits[0] };
    for (int pick = 0; pick < LIMITS * LIMITS * 4; pick++) {
        struct assay_numref min = ref(limits[pick / 4 % LIMITS]);
        struct assay_numref max = ref(limits[pick / 4 / LIMITS]);
        bool strict_min = pick & 1, strict_max = pick & 2;
        assay_bounds_init(&bounds, &min, strict_min, &max, strict_max);
        for (int i = 0; i < RUNGS; i++) {
            struct assay_numref value = ref(ladder[i][0]);
            int low = assay_number_compare(&value, &min), high = assay_number_compare(&value, &max);
            bool want = (low == 1 || (low == 0 && !strict_min)) &&
                        (high == -1 || (high == 0 && !strict_max));
            assert_int_equal(assay_bounds_holds(&bounds, &value), want);
        }
        for (int i = 0; i < 20; i++) {
            struct assay_numref value = {.code = (uint8_t)(next_random() % 19)};
            value.mantissa = (int64_t)(next_random() % 4000) - 2000;
            int low = assay_number_compare(&value, &min), high = assay_number_compare(&value, &max);
            bool want = (low == 1 || (low == 0 && !strict_min)) &&
                        (high == -1 || (high == 0 && !strict_max));
            assert_int_equal(assay_bounds_holds(&bounds, &value), want);
        }
    }
    assay_bounds_init(&bounds, NULL, false, NULL, false);
    struct assay_numref nan = ref("nan"), word = ref("word"), huge = ref("1e400");
    assert_false(assay_bounds_holds(&bounds, &nan));
    assert_false(assay_bounds_holds(&bounds, &word));
    assert_true(assay_bounds_holds(&bounds, &huge));
}

static void check_double(const char *text)
{
    struct assay_numref value = ref(text);
    double got = assay_number_to_double(&value), want = strtod(text, NULL);
    if (memcmp(&got, &want, sizeof got) != 0 && !(got == 0 && want == 0))
        fail_msg("%s: %.17g, not %.17g", text, got, want);
}

static void doubles_are_nearest(void **state)
{
    (void)state;
    static const char *const texts[] = {"0.1",
                                        "1e22",
                                        "1e23",
                                        "9007199254740993",
                                        "9007199254740992.5",
                                        "9007199254740993.0000001",
                                        "123456789012345678",
                                        "0.123456789012345678",
                                        "4.9406564584124654e-324",
                                        "2.4703282292062327e-324",
                                        "2.4703282292062328e-324",
                                        "2.2250738585072014e-308",
                                        "2.2250738585072011e-308",
                                        "1.7976931348623157e308",
                                        "1.7976931348623158e308",
                                        "1.797693134862315807e308",
                                        "1.7976931348623159e308",
                                        "1e309",
                                        "1e400",
                                        "1e-400",
                                        "-1e400",
                                        "-1.5",
                                        "1e999999999999",
                                        "1e-999999999999",
                                        "179769313486231580793728971405301e276",
                                        "100000000000000016777215",
                                        "100000000000000016777216",
                                        "9223372036854775807.5"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        check_double(texts[i]);
    for (int i = 0; i < 200000; i++) {
        char text[80];
        uint64_t a = next_random() % ASSAY_NUM_MANTISSA_END, b = next_random();
        switch (i % 4) {
        case 0:
            snprintf(text, sizeof text, "%llu.%llu", (unsigned long long)(a % 1000),
                     (unsigned long long)(b % 1000000000000000));
            break;
        case 1: snprintf(text, sizeof text, "0.%018llu", (unsigned long long)a); break;
        case 2:
            snprintf(text, sizeof text, "%llu%llue%d", (unsigned long long)a, (unsigned long long)b,
                     (int)(next_random() % 700) - 370);
            break;
        default:
            snprintf(text, sizeof text, "-%llue%d", (unsigned long long)a,
                     (int)(next_random() % 40) - 25);
            break;
        }
        check_double(text);
    }
}

/* Ties are decided by a digit far behind. */
static void long_digits_decide_ties(void **state)
{
    (void)state;
    char text[1200];
    memset(text, '0', sizeof text);
    memcpy(text, "9007199254740993.", 17);
    text[1100] = '1';
    text[1101] = '\0';
    check_double(text);
    text[1100] = '0';
    check_double(text);
}

static void double_texts_read_back(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } rows[] = {{0.1, "0.1"},
                {1234.5, "1234.5"},
                {1e21, "1e21"},
                {-2.5e-9, "-2.5e-9"},
                {-0.0, "0"},
                {100, "100"},
                {1.0 / 3, "0.3333333333333333"},
                {1e16, "10000000000000000"},
                {0.00001, "0.00001"},
                {5e-324, "4.94065645841247e-324"},
                {(double)INFINITY, "inf"},
                {-(double)INFINITY, "-inf"},
                {(double)NAN, "nan"}};
    char out[32];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(assay_double_text(rows[i].value, out), strlen(rows[i].text));
        assert_string_equal(out, rows[i].text);
    }
    for (int i = 0; i < 200000; i++) {
        uint64_t bits = next_random();
        double value;
        memcpy(&value, &bits, sizeof value);
        if (i & 1)
            value = (double)(int64_t)(bits >> 20) / 1000.0;
        if (isnan(value) || isinf(value))
            continue;
        size_t len = assay_double_text(value, out);
        assert_int_equal(len, strlen(out));
        assert_true(strtod(out, NULL) == value);
        struct assay_numref again = ref(out);
        assert_true(assay_number_to_double(&again) == value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grammar_is_kept),
        cmocka_unit_test(readers_agree_on_random_texts),
        cmocka_unit_test(every_placement_of_the_dot_is_read),
        cmocka_unit_test(order_is_exact_at_any_size),
        cmocka_unit_test(equal_numbers_have_one_key),
        cmocka_unit_test(text_is_plain_and_short),
        cmocka_unit_test(bounds_agree_with_comparison),
        cmocka_unit_test(doubles_are_nearest),
        cmocka_unit_test(long_digits_decide_ties),
        cmocka_unit_test(double_texts_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
