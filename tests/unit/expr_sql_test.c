/*
 * Expressions rendered as SQL: standard, native, and with a dialect's own forms.
 */
#include "config.h"

#include "expr/expr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static bool render(const char *text, const struct assay_expr_dialect *dialect,
                   struct assay_buf *buf)
{
    struct assay_arena arena;
    struct assay_expr *expr;
    struct assay_error err = {0};
    assay_arena_init(&arena, 0);
    assay_buf_reset(buf);
    if (assay_expr_parse(&arena, assay_cstr(text), NULL, &expr, &err) != ASSAY_OK)
        fail_msg("%s: %s", text, err.message);
    bool good = assay_expr_sql(expr, dialect, buf);
    assay_expr_free(expr);
    assay_arena_free(&arena);
    return good;
}

static void check(const char *text, const struct assay_expr_dialect *dialect, const char *expected)
{
    struct assay_buf buf;
    assay_buf_init(&buf, 1 << 20);
    assert_true(render(text, dialect, &buf));
    assert_string_equal(buf.ptr, expected);
    assay_buf_free(&buf);
}

static void standard_sql_quotes_all_names(void **state)
{
    (void)state;
    check("a = 'it''s' and `x\"y` > 1.50", NULL, "((\"a\" = 'it''s') AND (\"x\"\"y\" > 1.50))");
    check("a in (1,2) or b not between 1 and 2", NULL,
          "((\"a\" IN (1, 2)) OR (\"b\" NOT BETWEEN 1 AND 2))");
    check("length(a) = year(b)", NULL, "(CHAR_LENGTH(\"a\") = EXTRACT(YEAR FROM \"b\"))");
    check("a > now() - interval '1 day'", NULL,
          "(\"a\" > (CURRENT_TIMESTAMP - INTERVAL '86400' SECOND))");
    check("a + interval '2 months' > date '2026-01-01'", NULL,
          "((\"a\" + INTERVAL '2' MONTH) > DATE '2026-01-01')");
    check("a > timestamp '2026-01-01T10:00:00.5+02:00'", NULL,
          "(\"a\" > TIMESTAMP '2026-01-01 08:00:00.5')");
    check("contains(a, 'x') and cast(a as text) is not null", NULL,
          "((POSITION('x' IN \"a\") > 0) AND (CAST(\"a\" AS VARCHAR) IS NOT NULL))");
    check("case a when 1 then true end", NULL, "CASE \"a\" WHEN 1 THEN TRUE END");
    check("not -a < 1", NULL, "(NOT ((-\"a\") < 1))");
}

static void in_backquotes(struct assay_buf *out, struct assay_str name)
{
    assay_buf_putc(out, '`');
    assay_buf_str(out, name);
    assay_buf_putc(out, '`');
}

static void escaped(struct assay_buf *out, struct assay_str text)
{
    assay_buf_putc(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\'' || text.ptr[i] == '\\')
            assay_buf_putc(out, '\\');
        assay_buf_putc(out, text.ptr[i]);
    }
    assay_buf_putc(out, '\'');
}

static const struct assay_expr_template templates[] = {
    {"regexp_like", "match($1, $2)"}, {"contains", NULL},       {"ilike", "($1 LIKE_CI $2)"},
    {"cast integer", "toInt($1)"},    {"-time", "age($1, $2)"},
};

static const struct assay_expr_dialect dialect = {
    .identifier = in_backquotes, .literal = escaped, .templates = templates, .template_count = 5};

static void a_dialect_has_its_own_forms(void **state)
{
    struct assay_buf buf;
    (void)state;
    check("regexp_like(a, '\\d')", &dialect, "match(`a`, '\\\\d')");
    check("a ilike 'x'", &dialect, "(`a` LIKE_CI 'x')");
    check("cast(a as integer) = 1", &dialect, "(toInt(`a`) = 1)");
    check("now() - a > interval '1 second'", &dialect,
          "(age(CURRENT_TIMESTAMP, `a`) > INTERVAL '1' SECOND)");
    assay_buf_init(&buf, 1000);
    assert_false(render("contains(a, 'x')", &dialect, &buf));
    assay_buf_free(&buf);
    assay_buf_init(&buf, 4);
    assert_false(render("a = 'a long text'", NULL, &buf));
    assay_buf_free(&buf);
}

static void native_text_reads_back_as_itself(void **state)
{
    static const char *const texts[] = {
        "a = 1 and b <> 'x''y' or not c",
        "extract(epoch from a) > 1e3 and dow(a) = 1",
        "- - a > +1 and \"not\" = `a``b`",
        "interval '1 hour' + a > current_timestamp",
        "case when a like 'x!%' escape '!' then coalesce(a, b) else nullif(b, '') end = 'x'",
        "a is not true and (b is null) is false",
        "substr(a, 1, 2) || b || 'x' not in ('a', 'b') and cast(a as boolean)",
        "date_trunc('month', a) = '2026-01-01' or cast(a as timestamp) - b > interval '1.5 hours'",
        "now() > date_add(a, interval 1 year) and datediff('days', a, b) % 7 = 0",
        "time = 1 and date = 2 and interval = 3",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct assay_buf once, twice;
        assay_buf_init(&once, 10000);
        assay_buf_init(&twice, 10000);
        assert_true(render(texts[i], &assay_expr_native, &once));
        assert_true(render(once.ptr, &assay_expr_native, &twice));
        assert_string_equal(once.ptr, twice.ptr);
        assay_buf_free(&once);
        assay_buf_free(&twice);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(standard_sql_quotes_all_names),
        cmocka_unit_test(a_dialect_has_its_own_forms),
        cmocka_unit_test(native_text_reads_back_as_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
