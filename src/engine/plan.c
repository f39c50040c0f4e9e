/*
 * From checks to the distinct metrics they need.
 */
#include "config.h"

#include "engine/plan.h"

#include "metric/metrics.h"
#include "metric/needs.h"

#include <inttypes.h>

#define PLAN_MAX_TASKS 100000u

struct assay_needs {
    struct assay_plan *plan;
    const struct assay_suite *suite;
    const struct assay_options *options;
    struct assay_plan_check *entry;
    uint32_t check; /* index of the entry */
    uint32_t entry_cap;
    uint32_t task_cap; /* of the plan's tasks */
    bool failed;       /* out of memory */
};

struct assay_arena *assay_needs_arena(struct assay_needs *needs)
{
    return &needs->plan->arena;
}

/* Doubles an array that lives in the plan's arena. */
static void *grown(struct assay_needs *needs, void *old, uint32_t count, uint32_t *cap, size_t size)
{
    if (count < *cap)
        return old;
    uint32_t bigger = *cap ? *cap * 2 : 8;
    void *fresh =
        bigger > PLAN_MAX_TASKS * 2 ? NULL : assay_arena_array(&needs->plan->arena, bigger, size);
    if (fresh == NULL) {
        needs->failed = true;
        return NULL;
    }
    if (count)
        memcpy(fresh, old, count * size);
    *cap = bigger;
    return fresh;
}

static void add_text(struct assay_buf *buf, struct assay_str text)
{
    assay_buf_printf(buf, "%zu:", text.len);
    assay_buf_str(buf, text);
}

/* What makes two specs the same computation, written out. */
static struct assay_str spec_key(struct assay_needs *needs, const struct assay_metric_spec *spec,
                                 int depends)
{
    struct assay_buf buf;
    assay_buf_init(&buf, (size_t)64 << 20);
    add_text(&buf, assay_cstr(spec->metric->name));
    add_text(&buf, assay_cstr(spec->source));
    add_text(&buf, spec->settings != NULL ? spec->settings->key : assay_cstr(""));
    for (uint32_t i = 0; i < spec->column_count; i++)
        add_text(&buf, spec->columns[i]);
    assay_buf_printf(&buf, "|%d|%d|", depends, spec->only_if_failing);
    if (spec->fields != NULL)
        for (uint32_t i = 0; i < spec->column_count; i++)
            assay_buf_printf(&buf, "%d %d %p %" PRId64 ",", (int)spec->fields[i]->type,
                             spec->fields[i]->inferred, (const void *)spec->fields[i]->format,
                             spec->fields[i]->offset);
    if (spec->where != NULL)
        add_text(&buf, assay_expr_text(spec->where));
    if (spec->metric->key != NULL)
        spec->metric->key(spec->args, &buf);
    assay_buf_puts(&buf, spec->beside_all ? "|*" : "|");
    for (uint32_t i = 0; i < spec->beside_count; i++)
        add_text(&buf, spec->beside[i]);
    struct assay_str key = {NULL, buf.len};
    if (!buf.failed)
        key.ptr = assay_arena_strdup(&needs->plan->arena, assay_buf_view(&buf));
    needs->failed |= key.ptr == NULL;
    assay_buf_free(&buf);
    return key;
}

static const struct assay_field **spec_fields(struct assay_needs *needs,
                                              const struct assay_metric_spec *spec)
{
    const struct assay_field **fields =
        assay_arena_array(&needs->plan->arena, spec->column_count + 1, sizeof *fields);
    if (fields == NULL) {
        needs->failed = true;
        return NULL;
    }
    for (uint32_t i = 0; i < spec->column_count; i++) {
        fields[i] =
            spec->fields ? spec->fields[i] : assay_suite_field(needs->suite, spec->columns[i]);
        if (fields[i] == NULL) { /* a column that only this metric names */
            struct assay_field *field = assay_arena_alloc(&needs->plan->arena, sizeof *field);
            if (field == NULL) {
                needs->failed = true;
                return NULL;
            }
            field->name = spec->columns[i];
            fields[i] = field;
        }
    }
    return fields;
}

static unsigned spec_phase(const struct assay_plan *plan, const struct assay_metric_spec *spec,
                           int depends)
{
    if (spec->source != NULL)
        return 0;
    return depends >= 0 ? plan->tasks[depends].phase + 1 : 1;
}

/* The task for a spec, new or known; UINT32_MAX on failure. */
static uint32_t find_task(struct assay_needs *needs, const struct assay_metric_spec *spec)
{
    struct assay_plan *plan = needs->plan;
    int depends = spec->depends >= 0 ? (int)needs->entry->tasks[spec->depends] : -1;
    struct assay_str key = spec_key(needs, spec, depends);
    if (needs->failed)
        return UINT32_MAX;
    for (uint32_t i = 0; i < plan->task_count; i++)
        if (assay_str_equal(plan->tasks[i].key, key))
            return i;
    plan->tasks =
        grown(needs, plan->tasks, plan->task_count, &needs->task_cap, sizeof *plan->tasks);
    const struct assay_field **fields = needs->failed ? NULL : spec_fields(needs, spec);
    if (fields == NULL)
        return UINT32_MAX;
    plan->tasks[plan->task_count] = (struct assay_task){
        .spec = *spec,
        .depends = depends,
        .phase = spec_phase(plan, spec, depends),
        .fields = fields,
        .first_check = needs->check,
        .key = key,
    };
    return plan->task_count++;
}

/* What goes with the samples of the check that is being planned. */
static void add_beside(const struct assay_needs *needs, struct assay_metric_spec *spec)
{
    const struct assay_check *check = needs->entry->check;
    if (!spec->metric->shows_rows || (check->expectation->traits & ASSAY_TRAIT_IMPLICIT))
        return;
    bool own = check->index_columns.count != 0;
    spec->beside_all = check->telling.rows;
    spec->beside = own ? check->index_columns.items : needs->options->index_columns;
    spec->beside_count = own ? check->index_columns.count : needs->options->index_column_count;
}

int assay_need(struct assay_needs *needs, const struct assay_metric_spec *asked)
{
    if (needs->failed)
        return -1;
    struct assay_metric_spec spec = *asked;
    add_beside(needs, &spec);
    uint32_t task = find_task(needs, &spec);
    if (task == UINT32_MAX)
        return -1;
    struct assay_plan_check *entry = needs->entry;
    entry->tasks =
        grown(needs, entry->tasks, entry->task_count, &needs->entry_cap, sizeof *entry->tasks);
    if (needs->failed)
        return -1;
    entry->tasks[entry->task_count] = task;
    entry->of_values |= spec.column_count != 0 && spec.source == NULL;
    if (spec.decides && !entry->rowwise) {
        entry->rowwise = true;
        entry->row_task = task;
    }
    return (int)entry->task_count++;
}

static bool tag_selected(const struct assay_check *check, const struct assay_options *options)
{
    if (options->tag_count == 0 || (check->expectation->traits & ASSAY_TRAIT_IMPLICIT))
        return true;
    for (uint32_t i = 0; i < check->tag_count; i++)
        for (uint32_t k = 0; k < options->tag_count; k++)
            if (assay_str_equal(check->tags[i], options->tags[k]))
                return true;
    return false;
}

static bool add_kinds(struct assay_needs *needs, const struct assay_str *column)
{
    struct assay_plan *plan = needs->plan;
    struct assay_metric_spec spec = {
        .metric = &assay_metric_kinds,
        .columns = column,
        .column_count = 1,
        .depends = -1,
    };
    uint32_t task = find_task(needs, &spec);
    if (task != UINT32_MAX)
        plan->kinds[plan->kind_count++] =
            (struct assay_plan_kinds){.column = *column, .task = task};
    return task != UINT32_MAX;
}

/* What inferred columns hold is asked of all rows, so that results can show values as such. */
static enum assay_status plan_kinds(struct assay_needs *needs, struct assay_error *err)
{
    const struct assay_suite *suite = needs->suite;
    struct assay_plan *plan = needs->plan;
    plan->kinds = assay_arena_array(&plan->arena,
                                    suite->field_count + needs->options->index_column_count + 1u,
                                    sizeof *plan->kinds);
    if (plan->kinds == NULL)
        return assay_fail_nomem(err);
    for (uint32_t i = 0; i < suite->field_count; i++) {
        if (!suite->fields[i]->inferred || suite->fields[i]->type != ASSAY_TYPE_NONE)
            continue;
        if (!add_kinds(needs, &suite->fields[i]->name))
            return assay_fail_nomem(err);
    }
    /* So are the columns that tell which rows failed, where the suite infers at all. */
    for (uint32_t i = 0; plan->kind_count != 0 && i < needs->options->index_column_count; i++) {
        const struct assay_str *name = &needs->options->index_columns[i];
        if (assay_suite_field(suite, *name) == NULL && !add_kinds(needs, name))
            return assay_fail_nomem(err);
    }
    return ASSAY_OK;
}

static bool is_named(const struct assay_plan *plan, struct assay_str column)
{
    for (uint32_t t = 0; t < plan->task_count; t++) {
        const struct assay_metric_spec *spec = &plan->tasks[t].spec;
        for (uint32_t c = 0; spec->source == NULL && c < spec->column_count; c++)
            if (assay_str_equal(spec->columns[c], column))
                return true;
    }
    return false;
}

/* Columns that are declared and that no check names are looked for: they may be misspelt. */
static enum assay_status plan_declared(struct assay_needs *needs, struct assay_error *err)
{
    const struct assay_suite *suite = needs->suite;
    struct assay_plan *plan = needs->plan;
    plan->declared =
        assay_arena_array(&plan->arena, suite->field_count + 1u, sizeof *plan->declared);
    if (plan->declared == NULL)
        return assay_fail_nomem(err);
    for (uint32_t i = 0; i < suite->field_count; i++) {
        const struct assay_field *field = suite->fields[i];
        if (!field->declared || is_named(plan, field->name))
            continue;
        uint32_t task = find_task(needs, &(struct assay_metric_spec){
                                             .metric = &assay_metric_counts,
                                             .columns = &field->name,
                                             .column_count = 1,
                                             .depends = -1,
                                         });
        if (task == UINT32_MAX)
            return assay_fail_nomem(err);
        plan->declared[plan->declared_count++] = task;
    }
    return ASSAY_OK;
}

enum assay_status assay_plan_make(struct assay_plan *plan, const struct assay_suite *suite,
                                  const struct assay_options *options, struct assay_error *err)
{
    *plan = (struct assay_plan){0};
    assay_arena_init(&plan->arena, 0);
    plan->checks = assay_arena_array(&plan->arena, suite->check_count + 1, sizeof *plan->checks);
    if (plan->checks == NULL)
        return assay_fail_nomem(err);
    struct assay_needs needs = {.plan = plan, .suite = suite, .options = options};
    for (uint32_t i = 0; i < suite->check_count; i++) {
        const struct assay_check *check = &suite->checks[i];
        if (!tag_selected(check, options))
            continue;
        needs.check = plan->check_count;
        needs.entry = &plan->checks[plan->check_count++];
        needs.entry_cap = 0;
        needs.entry->check = check;
        ASSAY_TRY(assay_check_needs(check, &needs, err));
        if (needs.failed)
            return assay_fail_nomem(err);
    }
    ASSAY_TRY(plan_declared(&needs, err));
    return plan_kinds(&needs, err);
}

bool assay_plan_reads_again(const struct assay_plan *plan)
{
    for (uint32_t t = 0; t < plan->task_count; t++)
        if (plan->tasks[t].phase == 2)
            return true;
    return false;
}

void assay_plan_free(struct assay_plan *plan)
{
    assay_arena_free(&plan->arena);
}
