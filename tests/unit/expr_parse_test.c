/*
 * Expressions that parse, and what is said of those that do not.
 */
#include "config.h"

#include "expr_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static enum assay_type declared(void *context, struct assay_str name)
{
    static const struct {
        const char *name;
        enum assay_type type;
    } columns[] = {
        {"amount", ASSAY_TYPE_DECIMAL},    {"id", ASSAY_TYPE_INTEGER},
        {"name", ASSAY_TYPE_STRING},       {"active", ASSAY_TYPE_BOOLEAN},
        {"created", ASSAY_TYPE_TIMESTAMP}, {"day_of", ASSAY_TYPE_DATE},
        {"at_time", ASSAY_TYPE_TIME},
    };
    (void)context;
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        if (assay_str_is(name, columns[i].name))
            return columns[i].type;
    return ASSAY_TYPE_NONE;
}

static const struct assay_expr_scope scope = {declared, NULL};

/* Parses and, where it is good, gives the native rendering. */
static enum assay_status parse(const char *text, char *native, size_t size, struct assay_error *err)
{
    struct assay_arena arena;
    struct assay_buf buf;
    struct assay_expr *expr;
    assay_arena_init(&arena, 0);
    assay_buf_init(&buf, 1 << 20);
    enum assay_status status = assay_expr_parse(&arena, assay_cstr(text), &scope, &expr, err);
    if (status == ASSAY_OK) {
        assert_true(assay_expr_sql(expr, &assay_expr_native, &buf));
        snprintf(native, size, "%s", buf.ptr);
    }
    assay_expr_free(expr);
    assay_buf_free(&buf);
    assay_arena_free(&arena);
    return status;
}

static void check(const char *text, const char *expected)
{
    char native[1000];
    struct assay_error err = {0};
    if (parse(text, native, sizeof native, &err) != ASSAY_OK)
        fail_msg("%s: %s", text, err.message);
    assert_string_equal(native, expected);
}

static void refuse(const char *text, uint32_t caret, const char *message, const char *help)
{
    char native[1000];
    struct assay_error err = {0};
    if (parse(text, native, sizeof native, &err) == ASSAY_OK)
        fail_msg("%s: parsed as %s", text, native);
    assert_int_equal(err.status, ASSAY_CONFIG);
    assert_string_equal(err.code, "SUITE-EXPR");
    if (strstr(err.message, message) == NULL || strstr(err.help, help) == NULL)
        fail_msg("%s: says %s / %s", text, err.message, err.help);
    if (err.caret != caret)
        fail_msg("%s: caret at %u", text, err.caret);
}

static void precedence_is_that_of_sql(void **state)
{
    (void)state;
    check("a = 1 or b = 2 and not c = 3", "((a = 1) OR ((b = 2) AND (NOT (c = 3))))");
    check("1 + 2 * 3 - 4 > -5", "(((1 + (2 * 3)) - 4) > (-5))");
    check("a || b || 'c' like '%x'", "((a || b || 'c') LIKE '%x')");
    check("a = 1 IS NOT TRUE", "((a = 1) IS NOT TRUE)");
    check("not a is null", "(NOT (a IS NULL))");
    check("x between 1 and 2 and y in (1,2)", "((x BETWEEN 1 AND 2) AND (y IN (1, 2)))");
    check("x not between 1 and 2 or y not in (1)", "((x NOT BETWEEN 1 AND 2) OR (y NOT IN (1)))");
    check("a == 1 and b != 2", "((a = 1) AND (b <> 2))");
}

static void names_are_bare_or_quoted(void **state)
{
    (void)state;
    check("id#2 > 0", "(id#2 > 0)");
    check("customer.name = 'x'", "(customer.name = 'x')");
    check("\"a b\" = `c d`", "(\"a b\" = \"c d\")");
    check("\"a\"\"b\" = 1", "(\"a\"\"b\" = 1)");
    check("größe > 1", "(größe > 1)");
    check("\"select\" is null and \"and\" is null", "((select IS NULL) AND (\"and\" IS NULL))");
    check("date > DATE '2026-01-01'", "(\"date\" > DATE '2026-01-01')");
}

static void literals_keep_their_text(void **state)
{
    (void)state;
    check("x = 1.50", "(x = 1.50)");
    check("x = 123456789012345678901234567890123456789012345",
          "(x = 123456789012345678901234567890123456789012345)");
    check("x = 'it''s'", "(x = 'it''s')");
    check("created > '2026-01-01'", "(created > TIMESTAMP '2026-01-01 00:00:00')");
    check("day_of = '2026-01-01'", "(day_of = DATE '2026-01-01')");
    check("created > now() - interval 2 hours", "(created > (NOW() - INTERVAL '2 hours'))");
    check("at_time < '12:30'", "(at_time < TIME '12:30:00')");
    check("x is null or TRUE", "((x IS NULL) OR TRUE)");
}

static void special_forms(void **state)
{
    (void)state;
    check("cast(x as integer) = 1", "(CAST(x AS INTEGER) = 1)");
    check("cast(x as varchar) = '1'", "(CAST(x AS TEXT) = '1')");
    check("extract(year from created) = 2026", "(EXTRACT(YEAR FROM created) = 2026)");
    check("case when a then b else c end", "CASE WHEN a THEN b ELSE c END");
    check("case a when 1 then 'x' when 2 then 'y' end = 'x'",
          "(CASE a WHEN 1 THEN 'x' WHEN 2 THEN 'y' END = 'x')");
    check("current_date > day_of", "(CURRENT_DATE > day_of)");
    check("name like '10!%' escape '!'", "(name LIKE '10!%' ESCAPE '!')");
    check("name not ilike 'a_'", "(name NOT ILIKE 'a_')");
    check("regexp_like(name, '^[a-z]+$', 'i')", "REGEXP_LIKE(name, '^[a-z]+$', 'i')");
}

static void syntax_errors_point_at_the_place(void **state)
{
    (void)state;
    refuse("", 0, "the expression ends", "");
    refuse("a = ", 4, "the expression ends", "");
    refuse("a = 1 b", 6, "expected an operator", "");
    refuse("(a = 1", 6, "the expression ends", "");
    refuse("a = 'x", 4, "never closed", "single quotes");
    refuse("a & b", 2, "not an operator", "AND");
    refuse("a = 1x", 4, "not a number", "12.5");
    refuse("0 < a < 9", 6, "cannot be chained", "BETWEEN");
    refuse("a = and", 4, "expected a column", "double quotes");
    refuse("a not 5", 6, "after NOT", "");
    refuse("case when a then", 16, "ends", "");
    refuse("a in 5", 5, "parentheses", "");
    refuse("cast(a as money) = 1", 10, "expected a type", "integer");
    refuse("a = ;", 4, "means nothing", "");
    refuse("\"\" = 1", 0, "cannot be empty", "");
}

static void functions_are_checked(void **state)
{
    (void)state;
    refuse("lenght(name) > 1", 0, "no function \"lenght\"", "did you mean \"length\"?");
    refuse("length() > 1", 0, "length takes 1 argument, not 0", "length(s)");
    refuse("substr(name) = 'a'", 0, "substr takes 2 to 3 arguments, not 1", "substr(s");
    refuse("length(amount) > 1", 7, "argument 1 of length must be text", "declared decimal");
    refuse("date_diff('fortnight', created, now()) > 1", 10, "no such unit", "date_diff('day'");
    refuse("regexp_like(name, name)", 18, "must be a literal", "single quotes");
    refuse("regexp_like(name, '(')", 18, "bad regular expression", "byte");
    refuse("extract(dow2 from created) = 1", 8, "no such unit", "year");
}

static void types_are_checked(void **state)
{
    (void)state;
    refuse("amount = 'five'", 9, "cannot compare", "amount is declared decimal; use a number");
    refuse("name > 5", 7, "cannot compare", "name is declared string; use text");
    refuse("created > 'soon'", 10, "'soon' is not a timestamp", "TIMESTAMP '2026");
    refuse("created > DATE '2026-02-30'", 10, "is not a date", "DATE");
    refuse("amount", 0, "the expression must be true or false", "declared decimal");
    refuse("amount and active", 0, "a side of AND must be true or false", "");
    refuse("name + 1 > 2", 0, "a side of '+' must be a number", "declared string");
    refuse("x in (1, 'a')", 9, "cannot compare", "");
    refuse("created + 1 > now()", 0, "cannot be computed", "INTERVAL");
    refuse("case when active then 1 else 'x' end = 1", 29, "cannot choose", "");
    refuse("created - day_of > interval '1 month'", 19, "no fixed length", "days");
    refuse("cast(created as integer) > 1", 5, "cannot be cast", "");
    check("x = 'a' and x > 5", "((x = 'a') AND (x > 5))");
    check("a = 1 and\n b = 2", "((a = 1) AND (b = 2))");
    refuse("a = 1 and\n name = 2", 8, "cannot compare", "");
}

/* "(((( ... x IS NULL" with `depth` of them, or NOT NOT NOT ... */
static void nest(char *text, const char *open, const char *close, unsigned depth)
{
    text[0] = '\0';
    size_t n = 0;
    for (unsigned i = 0; i < depth; i++)
        n += (size_t)snprintf(text + n, 64, "%s", open);
    n += (size_t)snprintf(text + n, 64, "x");
    for (unsigned i = 0; i < depth; i++)
        n += (size_t)snprintf(text + n, 64, "%s", close);
}

static void limits_hold(void **state)
{
    char text[1 << 17], native[16];
    struct assay_error err;
    (void)state;
    nest(text, "NOT ", "", 63);
    assert_int_equal(parse(text, native, sizeof native, &err), ASSAY_OK);
    nest(text, "NOT ", "", 64);
    assert_int_equal(parse(text, native, sizeof native, &err), ASSAY_CONFIG);
    nest(text, "(", ")", 100);
    assert_int_equal(parse(text, native, sizeof native, &err), ASSAY_OK);
    nest(text, "(", ")", 10000);
    assert_int_equal(parse(text, native, sizeof native, &err), ASSAY_CONFIG);
    nest(text, "- ", "", 10000);
    assert_int_equal(parse(text, native, sizeof native, &err), ASSAY_CONFIG);
    memset(text, ' ', sizeof text);
    text[sizeof text - 1] = '\0';
    assert_int_equal(parse(text, native, sizeof native, &err), ASSAY_CONFIG);
    assert_non_null(strstr(err.message, "64 KiB"));
}

static void long_chains_are_not_deep(void **state)
{
    static char text[60000], native[80000];
    struct assay_error err;
    size_t n = 0;
    (void)state;
    for (int i = 0; i < 3000; i++)
        n += (size_t)snprintf(text + n, 32, "%sx = %d", i ? " or " : "", i);
    assert_int_equal(parse(text, native, sizeof native, &err), ASSAY_OK);
    n = 0;
    for (int i = 0; i < 4000; i++)
        n += (size_t)snprintf(text + n, 32, "%sx = %d", i ? " or " : "", i);
    assert_int_equal(parse(text, native, sizeof native, &err), ASSAY_CONFIG);
    assert_non_null(strstr(err.message, "10000 parts"));
}

static void columns_are_named_once(void **state)
{
    struct assay_arena arena;
    struct assay_expr *expr;
    uint32_t count;
    (void)state;
    assay_arena_init(&arena, 0);
    assert_int_equal(assay_expr_parse(&arena, ASSAY_STR("b = 1 and \"a\" = 2 and b <> a and c"),
                                      NULL, &expr, NULL),
                     ASSAY_OK);
    const struct assay_str *columns = assay_expr_columns(expr, &count);
    assert_int_equal(count, 3);
    assert_true(assay_str_is(columns[0], "b"));
    assert_true(assay_str_is(columns[1], "a"));
    assert_true(assay_str_is(columns[2], "c"));
    assay_expr_free(expr);
    assay_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(precedence_is_that_of_sql),
        cmocka_unit_test(names_are_bare_or_quoted),
        cmocka_unit_test(literals_keep_their_text),
        cmocka_unit_test(special_forms),
        cmocka_unit_test(syntax_errors_point_at_the_place),
        cmocka_unit_test(functions_are_checked),
        cmocka_unit_test(types_are_checked),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(long_chains_are_not_deep),
        cmocka_unit_test(columns_are_named_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
