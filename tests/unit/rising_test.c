/*
 * Keys that are told apart because they rise: the stretches, and distinct values by them.
 */
#include "config.h"

#include "metric/metrics.h"
#include "sketch/rising.h"
#include "tests/lib/table_batch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static uint64_t random_state = 88172645463325252u;

static uint32_t draw(uint32_t below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return below ? (uint32_t)((random_state >> 11) % below) : 0;
}

/* Stretches */

static bool add(struct assay_rising *rising, const char *first, const char *last)
{
    bool fits;
    struct assay_error err = {0};
    assert_int_equal(assay_rising_add(rising, assay_cstr(first), assay_cstr(last), 2, &fits, &err),
                     ASSAY_OK);
    return fits;
}

static void stretches_may_not_overlap(void **state)
{
    struct assay_budget budget;
    struct assay_rising rising;
    (void)state;
    assay_budget_init(&budget, 0, NULL);
    assay_rising_init(&rising, &budget);
    assert_true(add(&rising, "d", "f"));
    assert_true(add(&rising, "m", "p"));
    assert_true(add(&rising, "a", "c"));
    assert_true(add(&rising, "h", "h"));
    assert_false(add(&rising, "f", "g"));
    assert_false(add(&rising, "g", "i"));
    assert_false(add(&rising, "b", "b"));
    assert_false(add(&rising, "q", "z\xff") && add(&rising, "q", "r"));
    assert_false(add(&rising, "hx", "hy")); /* the stretch h may hold them */
    assert_false(add(&rising, "", "0"));
    assert_int_equal(rising.total, 10);
    assay_rising_reset(&rising);
    assert_int_equal(atomic_load(&budget.used), 0);
}

static void a_long_key_or_no_memory_does_not_fit(void **state)
{
    struct assay_budget budget;
    struct assay_rising rising;
    static char text[ASSAY_RISING_KEY_MAX + 2];
    (void)state;
    memset(text, 'x', sizeof text - 1);
    assay_budget_init(&budget, 100000, NULL);
    assay_rising_init(&rising, &budget);
    assert_false(add(&rising, "a", text));
    int added = 0;
    for (; added < 100000; added++) {
        char key[16];
        snprintf(key, sizeof key, "%08d", added);
        if (!add(&rising, key, key))
            break;
    }
    assert_in_range(added, 100, 10000);
    assay_rising_reset(&rising);
    assert_int_equal(atomic_load(&budget.used), 0);
}

/* Against a table of which numbers are taken, whatever the order and the states. */
static void random_stretches_are_judged_right(void **state)
{
    (void)state;
    for (int round = 0; round < 300; round++) {
        struct assay_budget budget;
        struct assay_rising states[2];
        bool taken[1000] = {false}, overlap = false, fits = true;
        struct assay_error err = {0};
        assay_budget_init(&budget, 0, NULL);
        assay_rising_init(&states[0], &budget);
        assay_rising_init(&states[1], &budget);
        uint64_t total = 0;
        for (uint32_t i = 0, most = 1 + draw(200); i < most; i++) {
            uint32_t lo = draw(998), hi = lo + draw(round % 2 ? 3 : 30);
            char first[8], last[8];
            hi = hi > 999 ? 999 : hi;
            snprintf(first, sizeof first, "%03u", lo);
            snprintf(last, sizeof last, "%03u", hi);
            bool free_range = true, added;
            for (uint32_t k = lo; k <= hi; k++)
                free_range &= !taken[k];
            if (!free_range && draw(4) != 0)
                continue;
            overlap |= !free_range;
            memset(taken + lo, 1, hi - lo + 1);
            assert_int_equal(assay_rising_add(&states[draw(2)], assay_cstr(first), assay_cstr(last),
                                              hi - lo + 1, &added, &err),
                             ASSAY_OK);
            assert_true(added || overlap);
            fits &= added;
            total += hi - lo + 1;
        }
        bool merged = false;
        assert_int_equal(assay_rising_merge(&states[0], &states[1], &merged, &err), ASSAY_OK);
        assert_int_equal(fits && merged, !overlap);
        if (!overlap)
            assert_int_equal(states[0].total, total);
        assay_rising_reset(&states[0]);
        assert_int_equal(atomic_load(&budget.used), 0);
    }
}

/* Distinct values */

enum { ROWS = 30000, COLUMNS = 3, MAX_STATES = 4 };

struct answer {
    bool unsure;
    uint64_t distinct, singletons;
    struct assay_counts counts;
    size_t held; /* the most that was taken from the budget */
};

struct asked {
    const uint32_t *columns;
    uint32_t count;
    enum assay_distinct_rows rows;
};

static void take_answer(void *state, struct answer *out)
{
    struct assay_error err = {0};
    struct assay_measure measure = {0};
    struct assay_arena arena;
    assay_arena_init(&arena, 0);
    assert_int_equal(assay_metric_distinct.finish(state, &arena, &measure, &err), ASSAY_OK);
    const struct assay_distinct_detail *detail = measure.detail;
    out->unsure = assay_metric_distinct.unsure(state);
    out->distinct = detail->distinct;
    out->singletons = detail->singletons;
    out->counts = measure.counts;
    assay_arena_free(&arena);
}

/* `states` that take batches of up to `longest` rows in turn, merged. */
static struct answer ask(struct table *table, const struct asked *asked, bool again,
                         uint32_t states, uint32_t longest)
{
    struct assay_budget budget;
    struct assay_error err = {0};
    struct answer answer = {.held = 0};
    void *all[MAX_STATES];
    const struct assay_distinct_args args = {.rows = asked->rows};
    assay_budget_init(&budget, 0, NULL);
    struct assay_metric_env env = {.budget = &budget, .seed = 7, .again = again};
    for (uint32_t i = 0; i < states; i++) {
        all[i] = calloc(1, assay_metric_distinct.state_size);
        assert_non_null(all[i]);
        assert_int_equal(assay_metric_distinct.init(all[i], &args, &env, &err), ASSAY_OK);
    }
    for (uint32_t from = 0, rows; from < table->rows; from += rows) {
        struct assay_batch batch;
        rows = 1 + draw(longest);
        rows = rows < table->rows - from ? rows : table->rows - from;
        table_batch_init(&batch, table, from, rows);
        struct assay_slice slice = table_slice(&batch, asked->columns, asked->count, false);
        assert_int_equal(assay_metric_distinct.update(all[draw(states)], &slice, &err), ASSAY_OK);
        table_batch_free(&batch);
        size_t held = atomic_load(&budget.used);
        answer.held = held > answer.held ? held : answer.held;
    }
    for (uint32_t i = 1; i < states; i++)
        assert_int_equal(assay_metric_distinct.merge(all[0], all[i], &err), ASSAY_OK);
    take_answer(all[0], &answer);
    for (uint32_t i = 0; i < states; i++) {
        assay_metric_distinct.reset(all[i]);
        free(all[i]);
    }
    assert_int_equal(atomic_load(&budget.used), 0);
    return answer;
}

/* What a cell of each column holds; NULL: null. */
typedef const char *cell_fn(uint32_t row, uint32_t column, char *text);

static struct table make_table(uint32_t rows, cell_fn *cell, enum assay_type type)
{
    static const char *const names[COLUMNS] = {"a", "b", "c"};
    struct table table;
    char text[64];
    table_init(&table, COLUMNS, rows);
    for (uint32_t c = 0; c < COLUMNS; c++)
        table.fields[c] =
            (struct assay_field){.name = assay_cstr(names[c]), .type = type, .inferred = true};
    for (uint32_t row = 0; row < rows; row++)
        for (uint32_t c = 0; c < COLUMNS; c++) {
            const char *value = cell(row, c, text);
            if (value == NULL)
                table_set_null(&table, row, c);
            else
                table_set(&table, row, c, assay_cstr(value));
        }
    return table;
}

/* The same as with all keys kept, unless it is unsure; `sure`: it must not be. */
static void compare(struct table *table, const struct asked *asked, bool sure)
{
    struct answer plain = ask(table, asked, false, 1, table->rows);
    assert_false(plain.unsure);
    for (uint32_t states = 1; states <= MAX_STATES; states++) {
        struct answer fast = ask(table, asked, true, states, 2000);
        assert_false(fast.unsure && sure);
        if (sure && table->rows == ROWS)
            assert_in_range(fast.held, 0, MAX_STATES * (size_t)2 << 20);
        assert_int_equal(fast.counts.element_count, plain.counts.element_count);
        assert_int_equal(fast.counts.missing_count, plain.counts.missing_count);
        if (fast.unsure)
            continue;
        assert_int_equal(fast.distinct, plain.distinct);
        assert_int_equal(fast.singletons, plain.singletons);
        assert_int_equal(fast.counts.unexpected_count, plain.counts.unexpected_count);
    }
}

static const uint32_t columns[] = {0, 1, 2};

/* Integers; five of each, told apart by the second column; texts that rise. */
static const char *in_order(uint32_t row, uint32_t column, char *text)
{
    switch (column) {
    case 0: snprintf(text, 64, "%d", (int)(row / 5) - 100); break;
    case 1: snprintf(text, 64, "%u.5", row % 5); break;
    default: snprintf(text, 64, "key-%08u-of-many-with-a-long-name", row); break;
    }
    return text;
}

static void a_table_in_order_is_told_without_its_keys(void **state)
{
    (void)state;
    struct table table = make_table(ROWS, in_order, ASSAY_TYPE_NONE);
    for (enum assay_distinct_rows rows = ASSAY_DISTINCT_ANY_VALUE; rows <= ASSAY_DISTINCT_ALL_ROWS;
         rows++) {
        compare(&table, &(struct asked){columns, 2, rows}, true);
        compare(&table, &(struct asked){columns, 3, rows}, true);
        compare(&table, &(struct asked){columns + 2, 1, rows}, true);
        compare(&table, &(struct asked){columns, 1, rows}, false);
    }
    table_free(&table);
}

static uint32_t broken_at, broken_as;

/* In order, but for one row, which is another's. */
static const char *broken(uint32_t row, uint32_t column, char *text)
{
    return in_order(row == broken_at ? broken_as : row, column, text);
}

static void a_key_out_of_order_is_noticed_wherever_it_stands(void **state)
{
    (void)state;
    for (int i = 0; i < 12; i++) {
        broken_at = i < 6 ? draw(ROWS) : draw(100) + ROWS - 100;
        broken_as = i % 3 == 0 ? broken_at + (broken_at ? -1u : 1) : draw(ROWS);
        struct table table = make_table(ROWS, broken, ASSAY_TYPE_NONE);
        compare(&table, &(struct asked){columns, 2, ASSAY_DISTINCT_ANY_VALUE}, false);
        compare(&table, &(struct asked){columns + 1, 2, ASSAY_DISTINCT_ANY_VALUE}, false);
        compare(&table, &(struct asked){columns + 2, 1, ASSAY_DISTINCT_ANY_VALUE}, false);
        table_free(&table);
    }
}

/* Values of all sorts, many of them equal though written otherwise, with nulls among them. */
static const char *of_all_sorts(uint32_t row, uint32_t column, char *text)
{
    static const char *const some[] = {
        "1",    "1.0", "01", "1e0",  "",     "a",   "a\x01", "2", "10", "9",
        "true", "nan", "-1", "1e30", "2.50", "2.5", "TRUE",  "b", "aa", "10000000000000000000"};
    if (draw(6) == 0)
        return NULL;
    snprintf(text, 64, "%s", some[draw(sizeof some / sizeof some[0])]);
    return column == 0 && draw(3) ? (snprintf(text, 64, "%u", row), text) : text;
}

static void small_tables_of_all_sorts_are_judged_right(void **state)
{
    static const enum assay_type types[] = {ASSAY_TYPE_NONE, ASSAY_TYPE_STRING, ASSAY_TYPE_NUMBER};
    (void)state;
    for (int round = 0; round < 600; round++) {
        struct table table = make_table(1 + draw(8), of_all_sorts, types[round % 3]);
        enum assay_distinct_rows rows = (enum assay_distinct_rows)draw(3);
        uint32_t from = draw(COLUMNS);
        compare(&table, &(struct asked){columns + from, 1 + draw(COLUMNS - from), rows}, true);
        table_free(&table);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stretches_may_not_overlap),
        cmocka_unit_test(a_long_key_or_no_memory_does_not_fit),
        cmocka_unit_test(random_stretches_are_judged_right),
        cmocka_unit_test(a_table_in_order_is_told_without_its_keys),
        cmocka_unit_test(a_key_out_of_order_is_noticed_wherever_it_stands),
        cmocka_unit_test(small_tables_of_all_sorts_are_judged_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
