/*
 * Finding the columns that tasks name among those that a source has.
 */
#include "config.h"

#include "engine/run.h"

#include <stdio.h>

/* A column with its own number of values a record cannot stand beside others. */
static enum assay_status refuse_fan_out(struct assay_str name, bool filter, struct assay_error *err)
{
    int shown = (int)(name.len < 256 ? name.len : 256);
    if (filter)
        assay_fail(err, ASSAY_SOURCE, "COLUMN-FAN-OUT",
                   "`where` is about records, and \"%.*s\" has several values in one", shown,
                   name.ptr);
    else
        assay_fail(err, ASSAY_SOURCE, "COLUMN-FAN-OUT",
                   "\"%.*s\" has several values a record: it cannot stand beside other columns",
                   shown, name.ptr);
    assay_error_help(err, "a path with [*] is for checks of one column, without it in `where`");
    return ASSAY_SOURCE;
}

static enum assay_status find_columns(struct assay_source *source, const struct assay_str *names,
                                      uint32_t count, bool filter, uint32_t *indexes,
                                      struct assay_error *err)
{
    for (uint32_t i = 0; i < count; i++) {
        ASSAY_TRY(assay_source_column(source, names[i], &indexes[i], err));
        if ((count > 1 || filter) && assay_source_fans_out(source, indexes[i]))
            return refuse_fan_out(names[i], filter, err);
    }
    return ASSAY_OK;
}

/* What is wrong with a task's columns is the task's own error. */
static enum assay_status note_unbound(struct assay_bound *bound, enum assay_status status,
                                      struct assay_error *err)
{
    bound->unbound = status != ASSAY_OK;
    return status == ASSAY_NOMEM ? assay_fail_nomem(err) : ASSAY_OK;
}

static enum assay_status bind_where(struct assay_pass *pass, struct assay_bound *bound,
                                    struct assay_error *err)
{
    uint32_t count = 0;
    const struct assay_str *names = assay_expr_columns(bound->task->spec.where, &count);
    bound->where_indexes = assay_arena_array(pass->arena, count + 1, sizeof(uint32_t));
    bound->where_fields = assay_arena_array(pass->arena, count + 1, sizeof *bound->where_fields);
    if (bound->where_indexes == NULL || bound->where_fields == NULL)
        return assay_fail_nomem(err);
    bound->where_count = count;
    for (uint32_t i = 0; i < count; i++)
        bound->where_fields[i] = assay_suite_field(pass->suite, names[i]);
    enum assay_status status =
        find_columns(pass->source, names, count, true, bound->where_indexes, &bound->measure.error);
    if (status != ASSAY_OK)
        assay_expr_hint_text(&bound->measure.error);
    return note_unbound(bound, status, err);
}

/* The columns whose values go with samples; all of those that have one value a record. */
static enum assay_status bind_beside(struct assay_pass *pass, struct assay_bound *bound,
                                     struct assay_error *err)
{
    const struct assay_metric_spec *spec = &bound->task->spec;
    const struct assay_source *source = pass->source;
    const struct assay_str *names = spec->beside_all ? source->names : spec->beside;
    uint32_t count = spec->beside_all ? source->column_count : spec->beside_count;
    bound->beside_indexes = assay_arena_array(pass->arena, count + 1u, sizeof(uint32_t));
    bound->beside_fields = assay_arena_array(pass->arena, count + 1u, sizeof *bound->beside_fields);
    struct assay_field *plain = assay_arena_array(pass->arena, count + 1u, sizeof *plain);
    if (bound->beside_indexes == NULL || bound->beside_fields == NULL || plain == NULL)
        return assay_fail_nomem(err);
    for (uint32_t i = 0; i < count; i++) {
        plain[i].name = names[i];
        bound->beside_fields[i] = assay_suite_field(pass->suite, names[i]);
        if (bound->beside_fields[i] == NULL)
            bound->beside_fields[i] = &plain[i];
    }
    bound->beside_count = count;
    return note_unbound(bound,
                        find_columns(pass->source, names, count, true, bound->beside_indexes,
                                     &bound->measure.error),
                        err);
}

/* Columns that a metric finds in the schema take the place of those that its spec names. */
static enum assay_status choose_columns(struct assay_pass *pass, struct assay_bound *bound,
                                        struct assay_error *err)
{
    const struct assay_metric *metric = bound->task->spec.metric;
    if (metric->choose == NULL)
        return ASSAY_OK;
    struct assay_task *task = assay_arena_alloc(pass->arena, sizeof *task);
    if (task == NULL)
        return assay_fail_nomem(err);
    *task = *bound->task;
    ASSAY_TRY(metric->choose(task->spec.args, pass->source->names, pass->source->column_count,
                             pass->arena, &task->spec.columns, &task->spec.column_count, err));
    task->fields =
        assay_arena_array(pass->arena, task->spec.column_count + 1u, sizeof *task->fields);
    for (uint32_t i = 0; task->fields != NULL && i < task->spec.column_count; i++) {
        task->fields[i] = assay_suite_field(pass->suite, task->spec.columns[i]);
        struct assay_field *plain =
            task->fields[i] ? NULL : assay_arena_alloc(pass->arena, sizeof *plain);
        if (plain != NULL) {
            plain->name = task->spec.columns[i];
            task->fields[i] = plain;
        }
        if (task->fields[i] == NULL)
            return assay_fail_nomem(err);
    }
    bound->task = task;
    return task->fields ? ASSAY_OK : assay_fail_nomem(err);
}

enum assay_status assay_pass_bind(struct assay_pass *pass, struct assay_error *err)
{
    for (uint32_t t = 0; t < pass->task_count; t++) {
        struct assay_bound *bound = pass->tasks[t];
        ASSAY_TRY(choose_columns(pass, bound, err));
        const struct assay_metric_spec *spec = &bound->task->spec;
        bound->indexes = assay_arena_array(pass->arena, spec->column_count + 1, sizeof(uint32_t));
        if (bound->indexes == NULL)
            return assay_fail_nomem(err);
        ASSAY_TRY(note_unbound(bound,
                               find_columns(pass->source, spec->columns, spec->column_count, false,
                                            bound->indexes, &bound->measure.error),
                               err));
        if (spec->where != NULL && !bound->unbound)
            ASSAY_TRY(bind_where(pass, bound, err));
        if (!bound->unbound && (spec->beside_count != 0 || spec->beside_all))
            ASSAY_TRY(bind_beside(pass, bound, err));
        /*
         * A source without any columns is empty, which is no fault of the suite; but what
         * others are held against has to be there.
         */
        bound->measure.failed =
            bound->unbound && (pass->source->column_count != 0 || spec->source != NULL);
        if (bound->unbound && spec->source != NULL && pass->source->file_count != 0)
            assay_error_at(&bound->measure.error, pass->source->files[0].path.ptr, 0, 0);
    }
    return ASSAY_OK;
}

static void check_found(const struct assay_source *source, struct assay_bound *bound,
                        const uint32_t *indexes, uint32_t count)
{
    for (uint32_t i = 0; i < count && !bound->measure.failed; i++)
        bound->measure.failed =
            source->ops->found(source, indexes[i], &bound->measure.error) != ASSAY_OK;
}

void assay_pass_found(struct assay_pass *pass)
{
    if (pass->source->ops->found == NULL)
        return;
    for (uint32_t t = 0; t < pass->task_count; t++) {
        struct assay_bound *bound = pass->tasks[t];
        if (bound->unbound)
            continue;
        check_found(pass->source, bound, bound->indexes, bound->task->spec.column_count);
        check_found(pass->source, bound, bound->where_indexes, bound->where_count);
        if (!bound->task->spec.beside_all)
            check_found(pass->source, bound, bound->beside_indexes, bound->beside_count);
    }
}

void assay_run_tell_missing(struct assay_run_builder *builder, const struct assay_plan *plan,
                            const struct assay_bound *bounds)
{
    for (uint32_t i = 0; i < plan->declared_count; i++) {
        const struct assay_measure *measure = &bounds[plan->declared[i]].measure;
        const struct assay_error *error = &measure->error;
        char text[700];
        if (!measure->failed)
            continue;
        snprintf(text, sizeof text, "declared in the suite: %.300s%s%.300s", error->message,
                 error->help[0] != '\0' ? "; " : "", error->help);
        assay_run_notice(builder, text);
    }
}
