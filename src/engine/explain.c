/*
 * Telling a plan: headings, statements, columns and metrics, a line each.
 */
#include "config.h"

#include "engine/explain.h"

#include "base/escape.h"
#include "engine/run.h"
#include "metric/predicate.h"
#include "source/db.h"

static void put_safe(struct assay_explain *explain, struct assay_str text)
{
    assay_escape_terminal(&explain->out, text, 0);
}

void assay_explain_source(struct assay_explain *explain, const struct assay_source *source)
{
    struct assay_db *db = assay_source_db((struct assay_source *)source, NULL, NULL);
    if (source->file_count > 0)
        put_safe(explain, source->files[0].path);
    if (source->file_count > 1)
        assay_buf_printf(&explain->out, " and %u more", source->file_count - 1);
    assay_buf_printf(&explain->out, ": %u column%s", source->column_count,
                     source->column_count == 1 ? "" : "s");
    if (db != NULL && db->dialect != NULL)
        assay_buf_printf(&explain->out, ", the dialect of %s", db->dialect);
    assay_buf_putc(&explain->out, '\n');
}

void assay_explain_query(struct assay_explain *explain, const char *what, struct assay_str sql)
{
    assay_buf_puts(&explain->out, "  ");
    put_safe(explain, assay_cstr(what));
    assay_buf_puts(&explain->out, ":\n    ");
    put_safe(explain, sql);
    assay_buf_putc(&explain->out, '\n');
}

void assay_explain_rows(struct assay_explain *explain, const struct assay_pass *pass,
                        struct assay_str sql)
{
    bool failed = false;
    const struct assay_plan_check *entry =
        &explain->plan->checks[pass->tasks[0]->task->first_check];
    struct assay_str title = assay_run_title(explain->arena, entry->check, &failed);
    const char *what = assay_arena_printf(explain->arena, "rows, only where this fails: %.*s",
                                          (int)title.len, title.ptr);
    assay_explain_query(explain, what != NULL ? what : "rows, only where a check fails", sql);
}

static void mark(bool *seen, const uint32_t *indexes, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        seen[indexes[i]] = true;
}

static void put_columns(struct assay_explain *explain, const struct assay_pass *pass,
                        const bool *seen)
{
    const struct assay_source *source = pass->source;
    uint32_t count = 0, shown = 0;
    for (uint32_t i = 0; i < source->column_count; i++)
        count += seen[i];
    assay_buf_printf(&explain->out, "reads %u of %u column%s", count, source->column_count,
                     source->column_count == 1 ? "" : "s");
    for (uint32_t i = 0; i < source->column_count; i++)
        if (seen[i]) {
            assay_buf_puts(&explain->out, shown++ > 0 ? ", " : ": ");
            put_safe(explain, source->names[i]);
        }
    assay_buf_putc(&explain->out, '\n');
}

/* `metric (column, column)`, with what follows the first on lines of their own. */
static void put_metrics(struct assay_explain *explain, const struct assay_pass *pass)
{
    for (uint32_t t = 0; t < pass->task_count; t++) {
        const struct assay_metric_spec *spec = &pass->tasks[t]->task->spec;
        const struct assay_violations_args *args = spec->args;
        bool rule = spec->metric == &assay_metric_violations;
        assay_buf_printf(&explain->out, "    %s",
                         rule ? args->predicate->name : spec->metric->name);
        for (uint32_t i = 0; i < spec->column_count; i++) {
            assay_buf_puts(&explain->out, i > 0 ? ", " : " (");
            put_safe(explain, spec->columns[i]);
        }
        assay_buf_puts(&explain->out, spec->column_count > 0 ? ")" : "");
        if (pass->tasks[t]->unbound) {
            assay_buf_puts(&explain->out, ": ");
            put_safe(explain, assay_cstr(pass->tasks[t]->measure.error.message));
        }
        assay_buf_putc(&explain->out, '\n');
    }
}

enum assay_status assay_explain_pass(struct assay_explain *explain, const char *what,
                                     const struct assay_pass *pass, struct assay_error *err)
{
    bool *seen = assay_arena_array(explain->arena, pass->source->column_room + 1u, sizeof *seen);
    if (seen == NULL)
        return assay_fail_nomem(err);
    for (uint32_t t = 0; t < pass->task_count; t++) {
        const struct assay_bound *bound = pass->tasks[t];
        if (bound->unbound)
            continue;
        mark(seen, bound->indexes, bound->task->spec.column_count);
        mark(seen, bound->where_indexes, bound->where_count);
        mark(seen, bound->beside_indexes, bound->beside_count);
    }
    assay_buf_printf(&explain->out, "  %s: ", what);
    put_columns(explain, pass, seen);
    if (assay_source_db(pass->source, NULL, NULL) != NULL) {
        struct assay_buf sql;
        assay_buf_init(&sql, (size_t)4 << 20);
        if (assay_source_db_statement(pass->source, &sql)) {
            assay_buf_puts(&explain->out, "    ");
            put_safe(explain, assay_buf_view(&sql));
            assay_buf_putc(&explain->out, '\n');
        }
        assay_buf_free(&sql);
    }
    put_metrics(explain, pass);
    return ASSAY_OK;
}

void assay_explain_check(struct assay_explain *explain, const struct assay_check *check,
                         enum assay_way way, struct assay_str reason)
{
    bool failed = false;
    assay_buf_puts(&explain->out, "  ");
    put_safe(explain, assay_run_title(explain->arena, check, &failed));
    if (way != ASSAY_WAY_NONE)
        assay_buf_puts(&explain->out, way == ASSAY_WAY_DATABASE ? ": database" : ": streamed: ");
    put_safe(explain, reason);
    assay_buf_putc(&explain->out, '\n');
}
