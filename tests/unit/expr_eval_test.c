/*
 * Expressions over a small batch: one letter a row, t true, f false, n NULL, x a fault.
 */
#include "config.h"

#include "expr_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define ROWS(...) ((const char *const[]){__VA_ARGS__})

static char message[200];

static void check(struct fixture *f, const char *text, const char *expected)
{
    struct assay_error err = {0};
    struct assay_expr_scope scope = {fixture_type, f};
    struct assay_expr *expr;
    struct assay_expr_fault fault = {0};
    char answers[64];
    if (assay_expr_parse(&f->arena, assay_cstr(text), &scope, &expr, &err) != ASSAY_OK)
        fail_msg("%s: %s", text, err.message);
    enum assay_status status = fixture_run(f, expr, answers, &fault, &err);
    assay_expr_free(expr);
    if (status != ASSAY_OK)
        fail_msg("%s: %s", text, err.message);
    if (strcmp(answers, expected) != 0)
        fail_msg("%s: %s, not %s (%s)", text, answers, expected, fault.message);
    uint64_t faults = 0;
    for (const char *c = expected; *c; c++)
        faults += *c == 'x';
    assert_int_equal(fault.count, faults);
    if (faults)
        assert_int_equal(fault.row, strchr(expected, 'x') - expected);
    snprintf(message, sizeof message, "%s", fault.message);
}

/* One row, no columns. */
static void holds(const char *text, char expected)
{
    struct fixture f;
    fixture_init(&f, 1, NULL, 0);
    check(&f, text, (char[]){expected, '\0'});
    fixture_free(&f);
}

static void logic_has_three_values(void **state)
{
    struct fixture f;
    const struct fixture_column columns[] = {
        {"a", ASSAY_TYPE_BOOLEAN, NULL,
         ROWS("true", "true", "true", "false", "false", "false", NULL, NULL, NULL)},
        {"b", ASSAY_TYPE_BOOLEAN, NULL,
         ROWS("TRUE", "False", NULL, "true", "false", NULL, "true", "false", NULL)},
    };
    (void)state;
    fixture_init(&f, 9, columns, 2);
    check(&f, "a and b", "tfnfffnfn");
    check(&f, "a or b", "ttttfntnn");
    check(&f, "not a", "ffftttnnn");
    check(&f, "a = b", "tfnftnnnn");
    check(&f, "a is null", "ffffffttt");
    check(&f, "a is not null", "ttttttfff");
    check(&f, "a is true", "tttffffff");
    check(&f, "a is not true", "ffftttttt");
    check(&f, "a is false", "ffftttfff");
    check(&f, "(a and b) is null", "fftffftft");
    check(&f, "null", "nnnnnnnnn");
    check(&f, "null is null and not null is not null", "ttttttttt");
    fixture_free(&f);
}

static void numbers_compare_exactly(void **state)
{
    struct fixture f;
    const struct fixture_column columns[] = {
        {"n", ASSAY_TYPE_NUMBER, NULL,
         ROWS("1", "1.0", "10", "1234567890123456789012345678901234567890", "1e400", "-5", "nan",
              "inf", NULL, "x")},
        {"m", ASSAY_TYPE_NONE, NULL,
         ROWS("1.00", "2", "9.99", "1234567890123456789012345678901234567891", "2e400", "-5.0", "1",
              "1", "1", "1")},
    };
    (void)state;
    fixture_init(&f, 10, columns, 2);
    check(&f, "n = 1", "ttffffffnx");
    assert_string_equal(message, "not a number: \"x\" in n");
    check(&f, "n <> 1", "ffttttttnx");
    check(&f, "n < 2", "ttffftffnx");
    check(&f, "n < m", "ftfttfffnx");
    check(&f, "n = m", "tfffftffnx");
    check(&f, "n >= 1e400", "fffftfftnx");
    check(&f, "n = 1234567890123456789012345678901234567890", "ffftffffnx");
    check(&f, "n between 1 and 10", "tttfffffnx");
    check(&f, "n not between 1 and 10", "ffftttttnx");
    check(&f, "n in (1, 10, null)", "tttnnnnnnx");
    check(&f, "n not in (1, 10, null)", "fffnnnnnnx");
    check(&f, "n in (1,2,3,4,5,6,7,8,9,10)", "tttfffffnx");
    fixture_free(&f);
}

static void arithmetic_is_exact(void **state)
{
    (void)state;
    holds("0.1 + 0.2 = 0.3", 't');
    holds("5 / 2 = 2.5", 't');
    holds("1 / 3 = 0.333333333333333333", 't');
    holds("2 / 3 = 0.666666666666666667", 't');
    holds("1 / 3000000 = 0.000000333333333333333333", 't');
    holds("(1.0 / 3) * (100.0 / 3) * (1.0 / 7) between 1.58 and 1.59", 't');
    holds("7 % 3 = 1 and -7 % 3 = -1 and 7.5 % 2 = 1.5", 't');
    holds("999999999999999999 + 1 = 1000000000000000000", 't');
    holds("123456789012345678 * 987654321098765432 = 121932631137021794322511812221002896", 't');
    holds("99999999999999999999999999999999999999 - 1 = 99999999999999999999999999999999999998",
          't');
    holds("99999999999999999999999999999999999999 + 1 > 0", 'x');
    holds("1e30 * 1e30 > 0", 'x');
    holds("1e400 + 1 > 0", 'x');
    holds("1e400 > 1", 't');
    holds("1 / 0 = 1", 'x');
    holds("1 / 0.0 is null", 'x');
    holds("mod(5, 0) = 1", 'x');
    holds("1 + null is null", 't');
    holds("-(-5) = 5 and - -5 = 5", 't');
    holds("1e-38 * 1e-38 > 0", 'x');
    holds("100000000000000000000000000000000000 / 1e-2 = 10000000000000000000000000000000000000",
          't');
    holds("0.00 * 1e20 = 0", 't');
    holds("4107504498.84499358 % 5724745858565598206188534685778.5719450 = 4107504498.84499358",
          't');
    holds("50.5 * 704009433719949259365274573494723100 = 35552476402857437597946365961483516550",
          't');
    holds("0.00 - 10000000000000000000000000000000000000 = -10000000000000000000000000000000000000",
          't');
    holds("99999999999999999999999999999999999999 / 3 = 33333333333333333333333333333333333333",
          't');
    holds("99999999999999999999999999999999999999 / 7 > 1", 't');
}

static void rounding(void **state)
{
    (void)state;
    holds("round(2.5) = 3 and round(-2.5) = -3 and round(2.4) = 2", 't');
    holds("round(2.345, 2) = 2.35 and round(1250, -2) = 1300", 't');
    holds("floor(-1.5) = -2 and ceil(-1.5) = -1 and ceil(1.01) = 2 and floor(7) = 7", 't');
    holds("abs(-3.5) = 3.5 and abs(3) = 3", 't');
    holds("round(1.5, 0.5) = 1", 'x');
    holds("greatest(1, 3, null, 2) = 3 and least(1.5, 0.5) = 0.5", 't');
    holds("greatest(null, null) is null", 't');
    holds("coalesce(null, 2, 1/0) = 2 and nullif(1, 1) is null and nullif(1, 2) = 1", 't');
}

static void infinities_follow_ieee(void **state)
{
    struct fixture f;
    const struct fixture_column column = {"n", ASSAY_TYPE_NUMBER, NULL,
                                          ROWS("inf", "-inf", "nan", "0", "2")};
    (void)state;
    fixture_init(&f, 5, &column, 1);
    check(&f, "n + 1 > 1000", "tffff");
    check(&f, "n - n = 0", "ffftt");
    check(&f, "n * -1 > 0", "ftfff");
    check(&f, "1 / n = 0", "ttfxf");
    check(&f, "n = n", "ttftt");
    check(&f, "n <> n", "fftff");
    check(&f, "not (n = n)", "fftff");
    check(&f, "abs(n) = n", "tfftt");
    check(&f, "cast(n as decimal) > 0", "xxxft");
    fixture_free(&f);
}

static void undeclared_columns_take_the_type_beside_them(void **state)
{
    struct fixture f;
    const struct fixture_column columns[] = {
        {"u", ASSAY_TYPE_NONE, NULL, ROWS("5", "5.0", "abc", "2026-01-01", NULL, "")},
        {"v", ASSAY_TYPE_NONE, NULL, ROWS("5.00", "x", "abd", "2026-01-02", "1", "")},
    };
    (void)state;
    fixture_init(&f, 6, columns, 2);
    check(&f, "u = 5", "ttxxnx");
    check(&f, "u = '5'", "tfffnf");
    check(&f, "u = DATE '2026-01-01'", "xxxtnx");
    check(&f, "u = v", "tfffnt");
    check(&f, "u < v", "ftttnf");
    check(&f, "u + 1 = 6", "ttxxnx");
    check(&f, "length(u) = 3", "fttfnf");
    check(&f, "u = ''", "ffffnt");
    check(&f, "coalesce(u, '?') = '?'", "fffftf");
    check(&f, "coalesce(u, 7) = 7", "ffxxtx");
    check(&f, "coalesce(u, v) = v", "tffftt");
    check(&f, "case when u = 'abc' then '9' else u end = '9'", "fftfnf");
    check(&f, "u in (v, 'abc')", "fftfnt");
    fixture_free(&f);
}

static void json_kinds_are_respected(void **state)
{
    struct fixture f;
    const struct fixture_column columns[] = {
        {"j", ASSAY_TYPE_NONE, "ntnbta", ROWS("5", "5", "6", "true", "true", "[1]")},
        {"d", ASSAY_TYPE_INTEGER, "ntnntn", ROWS("5", "5", "6", "7", "x", "9")},
    };
    (void)state;
    fixture_init(&f, 6, columns, 2);
    check(&f, "j = 5", "txfxxx");
    check(&f, "j = '5'", "ftffff");
    check(&f, "j <> '5'", "tftttt");
    check(&f, "j", "xxxtxx");
    check(&f, "d = 5", "ttffxf");
    check(&f, "cast(j as integer) = 5", "ttfxxx");
    check(&f, "j = d", "txtxxx");
    fixture_free(&f);
}

static void what_is_excluded_does_not_fault(void **state)
{
    struct fixture f;
    const struct fixture_column columns[] = {
        {"x", ASSAY_TYPE_NONE, NULL, ROWS("0", "1", "2", "abc", NULL)},
    };
    (void)state;
    fixture_init(&f, 5, columns, 1);
    check(&f, "x = 'abc' or 2 / x > 1", "xtftn");
    assert_string_equal(message, "division by zero: 2 / x");
    check(&f, "2 / x > 1 or x = 'abc'", "xtftn");
    check(&f, "x <> '0' and x <> 'abc' and 2 / x > 1", "ftffn");
    check(&f, "2 / x > 1 and x <> '0' and x <> 'abc'", "ftffn");
    check(&f, "case when x in ('0', 'abc') then 0 else 2 / x end = 2", "ftffn");
    check(&f, "case x when 'abc' then true when '0' then true else 2 / x = 1 end", "tfttn");
    check(&f, "coalesce(x, cast(1/0 as text)) = 'abc'", "ffftx");
    check(&f, "x between 1 and 2", "fttxn");
    check(&f, "1 between 2 and 1/0", "fffff");
    fixture_free(&f);
}

static void text_functions(void **state)
{
    (void)state;
    holds("length('größe') = 5 and length('') = 0", 't');
    holds("upper('straße éα') = 'STRAßE ÉΑ' and lower('ÄБ') = 'äб'", 't');
    holds("trim('  a ') = 'a' and ltrim(' a ') = 'a ' and rtrim(' a ') = ' a'", 't');
    holds("trim('xxaxx', 'x') = 'a' and rtrim('aéé', 'é') = 'a'", 't');
    holds("substr('hello', 2, 3) = 'ell' and substr('hello', 4) = 'lo'", 't');
    holds("substr('hello', 0, 2) = 'h' and substr('héllo', 2, 1) = 'é'", 't');
    holds("substr('hello', 9) = '' and substr('hello', -3, 5) = 'h'", 't');
    holds("substr('hello', 1, -1) = ''", 'x');
    holds("replace('aXbX', 'X', '--') = 'a--b--' and replace('a', '', 'b') = 'a'", 't');
    holds("'a' || 'b' || 1 || true = 'ab1true' and ('a' || null) is null", 't');
    holds("concat('a', null, 1.50) = 'a1.50'", 't');
    holds("starts_with('abc', 'ab') and ends_with('abc', 'bc') and contains('abc', 'b')", 't');
    holds("starts_with('a', 'ab') or contains('abc', 'x')", 'f');
    holds("regexp_like('Hello', '^h', 'i') and not regexp_like('Hello', '^h')", 't');
    holds("length(replace(replace('aaaaaaaaaa', 'a', 'bbbbbbbbbb'), 'b', 'cccccccccc')) = 1000",
          't');
}

static void like_patterns(void **state)
{
    (void)state;
    holds("'hello' like 'h%o' and 'hello' like '_____' and 'hello' not like 'h_'", 't');
    holds("'' like '%' and '' like '' and '' not like '_'", 't');
    holds("'é' like '_' and 'aéb' like 'a_b'", 't');
    holds("'Hello' like 'hello'", 'f');
    holds("'ÄRGER' ilike 'ä%'", 't');
    holds("'10%' like '10!%' escape '!' and '100' not like '10!%' escape '!'", 't');
    holds("'a' like 'a!b' escape '!'", 'x');
    holds("'a' like 'a' escape 'xx'", 'x');
    holds("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaab' like '%a%a%a%a%a%a%a%a%b'", 't');
    holds("'mississippi' like '%iss%pp_' and 'mississippi' not like '%iss%pp'", 't');
    holds("null like 'a' is null", 't');
}

static void times(void **state)
{
    struct fixture f;
    const struct fixture_column columns[] = {
        {"t", ASSAY_TYPE_TIMESTAMP, NULL,
         ROWS("2026-03-01T12:34:56Z", "2026-02-28 23:00:00", NULL, "soon")},
        {"d", ASSAY_TYPE_DATE, NULL, ROWS("2026-03-01", "2026-02-28", "2026-01-31", "2024-02-29")},
    };
    (void)state;
    fixture_init(&f, 4, columns, 2);
    check(&f, "t > '2026-03-01'", "tfnx");
    assert_string_equal(message, "not a date or time: \"soon\" in t");
    check(&f, "t = now()", "tfnx");
    check(&f, "d = current_date", "tfff");
    check(&f, "t - d < interval '13 hours'", "tfnx");
    check(&f, "d + interval '1 month' = date '2026-02-28'", "fftf");
    check(&f, "d - interval 1 day = '2026-02-27'", "ftff");
    check(&f, "year(d) = 2026 and month(d) = 2 and day(d) = 28", "ftff");
    check(&f, "extract(hour from t) = 12 and minute(t) = 34 and second(t) = 56", "tfnx");
    check(&f, "date_diff('day', d, t) = 0 and datediff('month', d, date '2026-03-31') >= 0",
          "ttnx");
    check(&f, "date_diff('month', date '2026-01-31', d) = 1", "ftff");
    check(&f, "date_trunc('month', d) = date '2026-02-01'", "ftff");
    check(&f, "date_trunc('week', d) = date '2026-02-23'", "ttff");
    check(&f, "dow(d) = 6 and doy(d) = 59", "ftff");
    check(&f, "cast(t as date) = d", "ttnx");
    check(&f, "cast(d as text) = '2024-02-29'", "ffft");
    check(&f, "cast(t as text) = '2026-02-28 23:00:00'", "ftnx");
    check(&f, "d between '2026-02-01' and '2026-03-01'", "ttff");
    check(&f, "d in ('2026-03-01', '2024-02-29')", "tfft");
    check(&f, "date_add(d, interval '9999 years') > d", "xxxx");
    check(&f, "d + interval '12 hours' = timestamp '2026-03-01 12:00:00'", "tfff");
    fixture_free(&f);
}

static void casts(void **state)
{
    (void)state;
    holds("cast('12' as integer) = 12 and cast(2.5 as integer) = 3 and cast(true as integer) = 1",
          't');
    holds("cast('2.5' as integer) = 3", 'x');
    holds("cast('abc' as decimal) > 1", 'x');
    holds("cast('1e3' as decimal) = 1000 and cast('2.50' as text) = '2.50'", 't');
    holds("cast(1.50 as text) = '1.50' and cast(1 = 1 as text) = 'true'", 't');
    holds("cast('2026-01-31 10:00' as date) = date '2026-01-31'", 't');
    holds("cast('2026-01-31' as timestamp) = timestamp '2026-01-31 00:00:00'", 't');
    holds("cast('TRUE' as boolean) and not cast(0 as boolean) and cast(null as boolean) is null",
          't');
    holds("cast('yes' as boolean)", 'x');
    holds("cast(1/3 as text) = '0.333333333333333333'", 't');
}

static void in_lists_find_all_and_nothing_else(void **state)
{
    struct fixture f;
    const struct fixture_column columns[] = {
        {"s", ASSAY_TYPE_NONE, NULL, ROWS("a", "e", "j", "k", "", NULL, "A")},
    };
    (void)state;
    fixture_init(&f, 7, columns, 1);
    check(&f, "s in ('j','i','h','g','f','e','d','c','b','a')", "tttffnf");
    check(&f, "s not in ('j','i','h','g','f','e','d','c','b','a')", "fffttnt");
    check(&f, "s in ('a', lower('J'), s || 'x')", "tftffnf");
    check(&f, "null in ('a')", "nnnnnnn");
    fixture_free(&f);
}

/* More rows than a window, and a where that leaves most of them out. */
static void windows_give_the_same_as_single_rows(void **state)
{
    enum { N = 5000 };
    static char text[N][16], answers[N + 1], alone[N + 1];
    static const char *values[N];
    struct fixture f;
    struct assay_expr *expr;
    struct assay_expr_fault fault;
    (void)state;
    for (int i = 0; i < N; i++) {
        snprintf(text[i], sizeof text[i], "%d", i % 97 - 3);
        values[i] = i % 31 == 0 ? NULL : i % 41 == 0 ? "bad" : text[i];
    }
    const struct fixture_column column = {"x", ASSAY_TYPE_NONE, NULL, values};
    fixture_init(&f, N, &column, 1);
    assert_int_equal(assay_expr_parse(&f.arena,
                                      ASSAY_STR("10 / x > 2 and upper('a' || x) like 'A%' "
                                                "or 1 / 0 < x and x < '0'"),
                                      NULL, &expr, NULL),
                     ASSAY_OK);
    assert_int_equal(fixture_run(&f, expr, answers, &fault, NULL), ASSAY_OK);
    uint64_t faults = 0;
    for (int i = 0; i < N; i++) {
        struct fixture one;
        const struct fixture_column cell = {"x", ASSAY_TYPE_NONE, NULL, &values[i]};
        fixture_init(&one, 1, &cell, 1);
        assert_int_equal(fixture_run(&one, expr, alone + i, &fault, NULL), ASSAY_OK);
        fixture_free(&one);
        faults += answers[i] == 'x';
    }
    assert_string_equal(answers, alone);
    assert_true(faults > 0);
    assay_expr_free(expr);
    fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logic_has_three_values),
        cmocka_unit_test(numbers_compare_exactly),
        cmocka_unit_test(arithmetic_is_exact),
        cmocka_unit_test(rounding),
        cmocka_unit_test(infinities_follow_ieee),
        cmocka_unit_test(undeclared_columns_take_the_type_beside_them),
        cmocka_unit_test(json_kinds_are_respected),
        cmocka_unit_test(what_is_excluded_does_not_fault),
        cmocka_unit_test(text_functions),
        cmocka_unit_test(like_patterns),
        cmocka_unit_test(times),
        cmocka_unit_test(casts),
        cmocka_unit_test(in_lists_find_all_and_nothing_else),
        cmocka_unit_test(windows_give_the_same_as_single_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
