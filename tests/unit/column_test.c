/*
 * The parsed views of columns, and the names of types.
 */
#include "config.h"

#include "expr_fixture.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define ROWS(...) ((const char *const[]){__VA_ARGS__})

static void numbers_are_parsed_once(void **state)
{
    struct fixture f;
    const struct fixture_column column = {"n", ASSAY_TYPE_NONE, NULL,
                                          ROWS("12.50", "x", NULL, "1e400", "inf", "")};
    (void)state;
    fixture_init(&f, 6, &column, 1);
    assert_int_equal(assay_column_numref(&f.columns[0], 0).mantissa, 1250);
    const struct assay_numbers *numbers = assay_column_numbers(&f.columns[0]);
    assert_non_null(numbers);
    assert_ptr_equal(numbers, assay_column_numbers(&f.columns[0]));
    assert_int_equal(numbers->mantissa[0], 1250);
    assert_int_equal(numbers->code[0], 2);
    assert_int_equal(numbers->code[1], ASSAY_NUM_NOT);
    assert_int_equal(numbers->code[2], ASSAY_NUM_NOT);
    assert_int_equal(numbers->code[3], ASSAY_NUM_BIG);
    assert_int_equal(numbers->code[4], ASSAY_NUM_POS_INF);
    assert_int_equal(numbers->code[5], ASSAY_NUM_NOT);
    assert_int_equal(assay_column_numref(&f.columns[0], 3).text.len, 5);
    fixture_free(&f);
}

static void kinds_decide_what_is_a_number(void **state)
{
    struct fixture f;
    const struct fixture_column columns[] = {
        {"u", ASSAY_TYPE_NONE, "ntban", ROWS("1", "1", "true", "1", NULL)},
        {"d", ASSAY_TYPE_DECIMAL, "ntban", ROWS("1", "1", "true", "1", NULL)},
    };
    (void)state;
    fixture_init(&f, 5, columns, 2);
    assert_int_equal(assay_column_numref(&f.columns[0], 1).code, ASSAY_NUM_NOT);
    const struct assay_numbers *u = assay_column_numbers(&f.columns[0]);
    const struct assay_numbers *d = assay_column_numbers(&f.columns[1]);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(u->code[i], i == 0 ? 0 : ASSAY_NUM_NOT);
        assert_int_equal(d->code[i], i < 2 ? 0 : ASSAY_NUM_NOT);
    }
    fixture_free(&f);
}

static void a_null_token_that_looks_like_a_number_is_null(void **state)
{
    struct fixture f;
    const struct fixture_column column = {"n", ASSAY_TYPE_NONE, NULL, ROWS("999", "1")};
    (void)state;
    fixture_init(&f, 2, &column, 1);
    uint64_t null = 1;
    f.columns[0].null = &null;
    assert_int_equal(assay_column_numref(&f.columns[0], 0).code, ASSAY_NUM_NOT);
    assert_int_equal(assay_column_numbers(&f.columns[0])->code[0], ASSAY_NUM_NOT);
    assert_int_equal(assay_column_numbers(&f.columns[0])->code[1], 0);
    fixture_free(&f);
}

static void times_follow_the_declared_type(void **state)
{
    struct fixture f;
    const char *const *values = ROWS("1970-01-02", "1970-01-02T00:00:01Z", "00:00:01", NULL, "x");
    const struct fixture_column columns[] = {{"u", ASSAY_TYPE_NONE, NULL, values},
                                             {"d", ASSAY_TYPE_DATE, NULL, values},
                                             {"s", ASSAY_TYPE_TIMESTAMP, NULL, values},
                                             {"t", ASSAY_TYPE_TIME, NULL, values}};
    static const uint64_t valid[] = {3, 1, 2, 4};
    (void)state;
    fixture_init(&f, 5, columns, 4);
    for (int i = 0; i < 4; i++)
        assert_int_equal(assay_column_times(&f.columns[i])->valid[0], valid[i]);
    assert_int_equal(f.columns[0].times->micros[0], ASSAY_DAY_US);
    assert_int_equal(f.columns[0].times->micros[1], ASSAY_DAY_US + ASSAY_SECOND_US);
    assert_int_equal(f.columns[3].times->micros[2], ASSAY_SECOND_US);
    assert_int_equal(f.columns[0].times->micros[4], 0);
    fixture_free(&f);
}

static void a_declared_format_and_zone_are_used(void **state)
{
    struct fixture f;
    struct assay_timefmt format;
    const struct fixture_column columns[] = {
        {"d", ASSAY_TYPE_DATE, NULL, ROWS("02/01/1970", "1970-01-02")},
        {"s", ASSAY_TYPE_TIMESTAMP, NULL, ROWS("1970-01-01 02:00", "1970-01-01T00:00Z")},
    };
    (void)state;
    fixture_init(&f, 2, columns, 2);
    assert_int_equal(assay_timefmt_compile(&format, ASSAY_STR("%d/%m/%Y"), NULL), ASSAY_OK);
    f.fields[0].format = &format;
    f.fields[1].offset = 2 * ASSAY_HOUR_US;
    assert_int_equal(assay_column_times(&f.columns[0])->valid[0], 1);
    assert_int_equal(f.columns[0].times->micros[0], ASSAY_DAY_US);
    assert_int_equal(assay_column_times(&f.columns[1])->valid[0], 3);
    assert_int_equal(f.columns[1].times->micros[0], 0);
    assert_int_equal(f.columns[1].times->micros[1], 0);
    fixture_free(&f);
}

static void no_rows_are_no_trouble(void **state)
{
    struct fixture f;
    const struct fixture_column column = {"n", ASSAY_TYPE_NONE, NULL, NULL};
    (void)state;
    fixture_init(&f, 0, &column, 1);
    assert_non_null(assay_column_numbers(&f.columns[0]));
    assert_non_null(assay_column_times(&f.columns[0]));
    fixture_free(&f);
}

static unsigned made;

static enum assay_status make_column(struct assay_batch *batch, uint32_t index,
                                     struct assay_column *column, struct assay_error *err)
{
    (void)batch;
    (void)column;
    made++;
    return index == 0 ? ASSAY_OK : assay_fail(err, ASSAY_SOURCE, "TEST", "no such column");
}

static void a_batch_makes_a_column_once(void **state)
{
    static const struct assay_batch_ops ops = {.column = make_column};
    struct assay_column *columns[2] = {NULL, NULL};
    struct assay_batch batch = {.ops = &ops, .rows = 3, .columns = columns, .column_count = 2};
    struct assay_field field = {.name = ASSAY_STR("a")};
    struct assay_error err = {0};
    (void)state;
    made = 0;
    struct assay_column *first = assay_batch_column(&batch, 0, &field, &err);
    assert_non_null(first);
    assert_ptr_equal(first->field, &field);
    assert_int_equal(first->rows, 3);
    assert_ptr_equal(first, assay_batch_column(&batch, 0, &field, &err));
    assert_int_equal(made, 1);
    assert_null(assay_batch_column(&batch, 1, &field, &err));
    assert_int_equal(err.status, ASSAY_SOURCE);
    assert_null(assay_batch_column(&batch, 2, &field, &err));
    assert_int_equal(err.status, ASSAY_INTERNAL);
    assay_arena_free(&batch.arena);
}

static void type_names_are_found_again(void **state)
{
    (void)state;
    for (int type = ASSAY_TYPE_INTEGER; type < ASSAY_TYPE_COUNT; type++)
        assert_int_equal(assay_type_find(assay_cstr(assay_type_name((enum assay_type)type))), type);
    assert_int_equal(assay_type_find(ASSAY_STR("money")), ASSAY_TYPE_COUNT);
    assert_int_equal(assay_type_find(ASSAY_STR("none")), ASSAY_TYPE_COUNT);
    assert_int_equal(assay_type_order(ASSAY_TYPE_NONE), ASSAY_ORDER_NUMBER);
    assert_int_equal(assay_type_order(ASSAY_TYPE_DATE), ASSAY_ORDER_TIME);
    assert_int_equal(assay_type_order(ASSAY_TYPE_UUID), ASSAY_ORDER_TEXT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_parsed_once),
        cmocka_unit_test(kinds_decide_what_is_a_number),
        cmocka_unit_test(a_null_token_that_looks_like_a_number_is_null),
        cmocka_unit_test(times_follow_the_declared_type),
        cmocka_unit_test(a_declared_format_and_zone_are_used),
        cmocka_unit_test(no_rows_are_no_trouble),
        cmocka_unit_test(a_batch_makes_a_column_once),
        cmocka_unit_test(type_names_are_found_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
