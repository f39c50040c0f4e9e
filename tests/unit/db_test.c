/*
 * Databases: what a source's name says, values on their way into a batch, conditions as
 * SQL, and states that a database filled merged with streamed ones.
 */
#include "config.h"

#include "engine/dialect.h"
#include "metric/metrics.h"
#include "source/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static struct assay_arena arena;

static enum assay_status parse(const char *text, struct assay_db_spec *spec)
{
    static const struct assay_source_options options = {0};
    return assay_db_spec_parse(assay_cstr(text), &options, &arena, spec, NULL);
}

static void is(struct assay_str text, const char *expected)
{
    assert_int_equal(text.len, strlen(expected));
    assert_memory_equal(text.ptr, expected, text.len);
}

static void names_say_what_is_read(void **state)
{
    struct assay_db_spec spec;
    (void)state;
    assert_int_equal(parse("sqlite:a.db?immutable=1&table=s.%22a.b%22.%22c%22%22d%22&x=y", &spec),
                     ASSAY_OK);
    is(spec.dsn, "sqlite:a.db?immutable=1&x=y");
    assert_int_equal(spec.relation.part_count, 3);
    is(spec.relation.parts[0], "s");
    is(spec.relation.parts[1], "a.b");
    is(spec.relation.parts[2], "c\"d");
    assert_int_equal(
        parse("sqlite:a.db?query=%20SELECT%201%20;%20&where=a%3D1&order_by=a,b", &spec), ASSAY_OK);
    is(spec.dsn, "sqlite:a.db");
    is(spec.relation.query, "SELECT 1");
    is(spec.relation.where, "a=1");
    assert_int_equal(spec.relation.order_count, 2);
    is(spec.relation.order[1], "b");
}

static void names_that_say_too_little_are_refused(void **state)
{
    static const char *const texts[] = {
        "sqlite:a.db",
        "sqlite:a.db?table=",
        "sqlite:a.db?table=a..b",
        "sqlite:a.db?table=\"a",
        "sqlite:a.db?table=a&query=b",
        "sqlite:a.db?table=a.b.c.d",
        "sqlite:a.db?query=;",
        "sqlite:a.db?table=a&order_by=a,,b",
        "sqlite:a.db?table=\"a\"b",
    };
    struct assay_db_spec spec;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(parse(texts[i], &spec), ASSAY_USAGE);
}

static void values_become_text_kinds_and_numbers(void **state)
{
    struct assay_db_block block;
    (void)state;
    assert_int_equal(assay_db_block_init(&block, 2, 64, 32, NULL), ASSAY_OK);
    assay_db_block_empty(&block);
    assert_true(assay_db_put_int(&block, 0, INT64_MIN));
    assert_true(assay_db_put_bool(&block, 1, true));
    block.rows++;
    is(assay_db_text(&block, 0, 0), "-9223372036854775808");
    is(assay_db_text(&block, 0, 1), "true");
    assert_false(block.columns[0].numbers); /* a BIG is its text */
    assay_db_block_empty(&block);
    assert_true(assay_db_put_int(&block, 0, -42));
    assay_db_put_null(&block, 1);
    assert_true(block.columns[0].numbers);
    assert_int_equal(block.columns[0].mantissa[0], -42);
    assert_true(assay_db_is_null(&block, 0, 1));
    assay_db_block_empty(&block);
    assert_true(assay_db_put_double(&block, 0, 7));
    assert_true(assay_db_put_bytes(&block, 1, ASSAY_STR("\0\xff")));
    is(assay_db_text(&block, 0, 0), "7.0");
    is(assay_db_text(&block, 0, 1), "\\x00ff");
    assert_false(assay_db_put_text(&block, 0, ASSAY_KIND_TEXT,
                                   ASSAY_STR("longer than the limit for one value")));
    assay_db_block_free(&block);
}

static enum assay_type type_of(void *context, struct assay_str column)
{
    (void)context;
    return column.ptr[0] == 'n'   ? ASSAY_TYPE_NUMBER
           : column.ptr[0] == 't' ? ASSAY_TYPE_STRING
                                  : ASSAY_TYPE_NONE;
}

/* The condition in SQL; NULL: it is streamed. */
static const char *rendered(const char *text, uint32_t *guards)
{
    static const struct assay_sql_column schema[] = {
        {{"n", 1}, "\"n\"", ASSAY_DB_DYNAMIC, NULL},
        {{"t", 1}, "\"t\"", ASSAY_DB_DYNAMIC, NULL},
        {{"u", 1}, "\"u\"", ASSAY_DB_DYNAMIC, NULL},
        {{"b", 1}, "\"b\"", ASSAY_DB_BOOLEAN, NULL},
    };
    struct assay_expr_scope scope = {type_of, NULL};
    struct assay_sql_select select = {.arena = &arena};
    struct assay_sql_ask ask = {.dialect = assay_dialect_find("sqlite"),
                                .select = &select,
                                .schema = schema,
                                .schema_count = 4};
    struct assay_expr *expr;
    assert_int_equal(assay_expr_parse(&arena, assay_cstr(text), &scope, &expr, NULL), ASSAY_OK);
    const char *sql = assay_sql_expression(&ask, expr);
    assay_expr_free(expr);
    assert_false(select.nomem);
    assert_true(sql != NULL || ask.why != NULL);
    *guards = ask.guard_count;
    return sql;
}

static void conditions_are_said_where_they_mean_the_same(void **state)
{
    uint32_t guards;
    (void)state;
    assert_string_equal(
        rendered("n > 1.5 and t = 'it''s'", &guards),
        "(((+\"n\" COLLATE BINARY) > 1.5) AND ((+\"t\" COLLATE BINARY) = 'it''s'))");
    assert_int_equal(guards, 2);
    assert_non_null(rendered("n in (1, -2) or t is null or not n between 1 and 2", &guards));
    assert_non_null(rendered("u = 'x'", &guards));
    static const char *const streamed[] = {
        "n + 1 > 2",
        "t like 'a%'",
        "length(t) = 1",
        "u > n or u = b",
        "n > 0.12345678901234567",
        "b",
        "t > '2026-01-01' and cast(t as date) is null",
        "missing = 1",
        "n > 1e400",
        "case n when 1 then true end",
    };
    for (size_t i = 0; i < sizeof streamed / sizeof *streamed; i++)
        assert_null(rendered(streamed[i], &guards));
}

/* A state of a metric over an integer column; it stays the caller's to reset. */
static void *new_state(const struct assay_metric *metric, const void *args,
                       const struct assay_metric_env *env)
{
    void *state = calloc(1, metric->state_size);
    assert_non_null(state);
    assert_int_equal(metric->init(state, args, env, NULL), ASSAY_OK);
    return state;
}

/* What a database would answer of the values 1, 2, 4. */
static void take(const struct assay_metric *metric, void *state, const void *args, const char *sum,
                 const char *low)
{
    struct assay_sql_select select = {.arena = &arena};
    struct assay_sql_column column = {{"n", 1}, "\"n\"", ASSAY_DB_DYNAMIC, NULL};
    struct assay_sql_ask ask = {.dialect = assay_dialect_find("sqlite"),
                                .select = &select,
                                .columns = &column,
                                .column_count = 1,
                                .group = -1};
    struct assay_str items[16];
    struct assay_sql_answers answers = {.ask = &ask, .items = items, .rows = 3};
    assert_true(metric->sql->ask(args, &ask));
    for (uint32_t i = 0; i < select.item_count; i++)
        items[i] = assay_cstr(strncmp(select.items[i].ptr, "MIN", 3) == 0          ? "1"
                              : strncmp(select.items[i].ptr, "MAX", 3) == 0        ? "4"
                              : strstr(select.items[i].ptr, ">> 31") != NULL       ? "0"
                              : strstr(select.items[i].ptr, "2147483647)") != NULL ? low
                              : strncmp(select.items[i].ptr, "SUM", 3) == 0        ? sum
                                                                                   : "3");
    assert_int_equal(metric->sql->take(state, &answers, NULL), ASSAY_OK);
}

static void states_of_a_database_merge_with_others(void **state)
{
    const struct assay_field field = {.name = {"n", 1}, .type = ASSAY_TYPE_INTEGER};
    const struct assay_field *fields[] = {&field};
    const struct assay_metric_env env = {.fields = fields, .field_count = 1};
    static const struct assay_extremes_args order = {ASSAY_ORDER_NUMBER};
    (void)state;
    void *a = new_state(&assay_metric_moments, NULL, &env);
    void *b = new_state(&assay_metric_moments, NULL, &env);
    struct assay_measure measure = {0};
    take(&assay_metric_moments, a, NULL, "7", "21");
    take(&assay_metric_moments, b, NULL, "-7", "21");
    assert_int_equal(assay_metric_moments.merge(a, b, NULL), ASSAY_OK);
    assert_int_equal(assay_metric_moments.finish(a, &arena, &measure, NULL), ASSAY_OK);
    const struct assay_moments_detail *moments = measure.detail;
    assert_int_equal(moments->count, 6);
    is(moments->sum.text, "0");
    is(moments->stdev.text, "2.898275349237888"); /* sqrt(42 / 5) */
    assay_metric_moments.reset(a);
    assay_metric_moments.reset(b);
    free(a);
    free(b);
    a = new_state(&assay_metric_extremes, &order, &env);
    take(&assay_metric_extremes, a, &order, "", "");
    measure = (struct assay_measure){0};
    assert_int_equal(assay_metric_extremes.finish(a, &arena, &measure, NULL), ASSAY_OK);
    is(((const struct assay_extremes_detail *)measure.detail)->max.text, "4");
    assay_metric_extremes.reset(a);
    free(a);
}

static int open_arena(void **state)
{
    (void)state;
    assay_arena_init(&arena, 0);
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    assay_arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_say_what_is_read),
        cmocka_unit_test(names_that_say_too_little_are_refused),
        cmocka_unit_test(values_become_text_kinds_and_numbers),
        cmocka_unit_test(conditions_are_said_where_they_mean_the_same),
        cmocka_unit_test(states_of_a_database_merge_with_others),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
