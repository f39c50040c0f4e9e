/*
 * Plans: equal metrics are computed once, different ones each.
 */
#include "config.h"

#include "engine/plan.h"
#include "metric/metrics.h"
#include "tests/lib/suite_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static struct assay_diags diags;
static struct assay_suite *suite;
static struct assay_plan plan;

static void make(const char *text)
{
    struct assay_error err = {0};
    suite = suite_from_text(text, ".yml", &diags);
    if (suite == NULL)
        fail_msg("%s", diags.count ? diags.items[0].error.message : "no suite");
    assert_int_equal(assay_plan_make(&plan, suite, &suite->options, &err), ASSAY_OK);
}

static void done(void)
{
    assay_plan_free(&plan);
    assay_suite_free(suite);
    assay_diags_reset(&diags);
}

static uint32_t tasks_of(const struct assay_metric *metric)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < plan.task_count; i++)
        count += plan.tasks[i].spec.metric == metric;
    return count;
}

/* A task stands behind what it depends on, and in a later phase. */
static void order_holds(void)
{
    for (uint32_t i = 0; i < plan.task_count; i++) {
        const struct assay_task *task = &plan.tasks[i];
        assert_true(task->phase < ASSAY_PHASES);
        if (task->depends < 0)
            continue;
        assert_true((uint32_t)task->depends < i);
        assert_true(plan.tasks[task->depends].phase < task->phase);
    }
    for (uint32_t c = 0; c < plan.check_count; c++)
        for (uint32_t i = 0; i < plan.checks[c].task_count; i++)
            assert_true(plan.checks[c].tasks[i] < plan.task_count);
}

static void one_pass_of_moments_serves_three_checks(void **state)
{
    (void)state;
    make("columns:\n  a: {checks: [mean: {min: 0}, sum: {min: 0}, stdev: {max: 9}]}\n");
    assert_int_equal(plan.check_count, 4);
    assert_int_equal(tasks_of(&assay_metric_moments), 1);
    assert_int_equal(plan.checks[0].tasks[0], plan.checks[2].tasks[0]);
    order_holds();
    done();
}

static void columns_and_filters_tell_metrics_apart(void **state)
{
    (void)state;
    make("columns:\n"
         "  a: {checks: [sum: {min: 0}, sum: {min: 0, where: \"b = 1\"}, "
         "mean: {min: 0, where: \"b = 1\"}]}\n"
         "  b: {checks: [sum: {min: 0}]}\n");
    assert_int_equal(tasks_of(&assay_metric_moments), 3);
    done();
}

static void arguments_tell_metrics_apart(void **state)
{
    (void)state;
    make("columns:\n"
         "  a:\n"
         "    checks:\n"
         "      - min: {min: 0}\n"
         "      - max: {max: 0}\n"
         "      - min: {min: \"2020-01-01\"}\n"
         "      - median: {min: 0}\n"
         "      - quantiles: {at: {0.5: {min: 0}}}\n");
    assert_int_equal(tasks_of(&assay_metric_extremes), 2);
    assert_int_equal(tasks_of(&assay_metric_quantiles), 2);
    done();
}

static void duplicates_are_shown_by_a_second_look(void **state)
{
    (void)state;
    make("columns:\n  a: {checks: [unique]}\n");
    assert_int_equal(tasks_of(&assay_metric_distinct), 1);
    assert_int_equal(tasks_of(&assay_metric_violations), 1);
    const struct assay_task *look = &plan.tasks[plan.checks[0].tasks[1]];
    assert_int_equal(look->phase, 2);
    assert_true(look->spec.only_if_failing);
    assert_int_equal(look->depends, plan.checks[0].tasks[0]);
    order_holds();
    done();
}

static void another_source_is_read_first(void **state)
{
    (void)state;
    make("columns:\n"
         "  a: {checks: [relationships: {to: p.csv, column: id}]}\n"
         "  b: {checks: [relationships: {to: p.csv, column: id}]}\n"
         "  c: {checks: [relationships: {to: q.csv, column: id}]}\n");
    uint32_t first = 0;
    for (uint32_t i = 0; i < plan.task_count; i++)
        first += plan.tasks[i].phase == 0;
    assert_int_equal(first, 4); /* of each its keys, and what of it is malformed */
    order_holds();
    done();
}

static void tags_pick_checks_but_not_well_formed(void **state)
{
    (void)state;
    struct assay_error err = {0};
    static const struct assay_str wanted[] = {{"slow", 4}};
    make("columns:\n"
         "  a: {checks: [not_null: {tags: [slow, big]}, sum: {min: 0, tags: fast}, mean: {min: "
         "0}]}\n");
    assert_int_equal(plan.check_count, 4);
    assay_plan_free(&plan);
    struct assay_options options = suite->options;
    options.tags = wanted;
    options.tag_count = 1;
    assert_int_equal(assay_plan_make(&plan, suite, &options, &err), ASSAY_OK);
    assert_int_equal(plan.check_count, 2);
    assert_string_equal(plan.checks[0].check->expectation->name, "not_null");
    assert_string_equal(plan.checks[1].check->expectation->name, "well_formed");
    assert_int_equal(tasks_of(&assay_metric_moments), 0);
    done();
}

static void fields_have_the_declared_type(void **state)
{
    (void)state;
    make("columns:\n  a: {type: date, checks: [not_null]}\n  b: {checks: [not_null]}\n");
    for (uint32_t i = 0; i < plan.task_count; i++)
        for (uint32_t c = 0; c < plan.tasks[i].spec.column_count; c++)
            assert_int_equal(plan.tasks[i].fields[c]->type,
                             assay_str_is(plan.tasks[i].spec.columns[c], "a") ? ASSAY_TYPE_DATE
                                                                              : ASSAY_TYPE_NONE);
    done();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_pass_of_moments_serves_three_checks),
        cmocka_unit_test(columns_and_filters_tell_metrics_apart),
        cmocka_unit_test(arguments_tell_metrics_apart),
        cmocka_unit_test(duplicates_are_shown_by_a_second_look),
        cmocka_unit_test(another_source_is_read_first),
        cmocka_unit_test(tags_pick_checks_but_not_well_formed),
        cmocka_unit_test(fields_have_the_declared_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
