/*
 * The values of a column, grouped by the database: a pass over a statement that gives each
 * value once, with its number of rows where other statements have the number of a row.
 */
#include "config.h"

#include "engine/sql.h"

#include "metric/metrics.h"

#define SQL_MAX ((size_t)4 << 20)
#define COPIES "assay_copies"

/* The same task over groups. */
static struct assay_task *grouped_task(struct assay_arena *arena, const struct assay_task *task)
{
    struct assay_task *copy = assay_arena_alloc(arena, sizeof *copy);
    struct assay_metric *metric = assay_arena_alloc(arena, sizeof *metric);
    if (copy == NULL || metric == NULL)
        return NULL;
    *metric = *task->spec.metric;
    metric->update = metric->update_groups;
    *copy = *task;
    copy->spec.metric = metric;
    copy->spec.where = NULL;
    return copy;
}

static bool put_statement(struct assay_pass *pass, const struct assay_sql_ask *ask,
                          struct assay_buf *sql)
{
    const struct assay_db_relation *relation;
    struct assay_db *db = assay_source_db(pass->source, &relation, NULL);
    assay_buf_puts(sql, "SELECT ");
    bool good = assay_source_db_columns(pass->source, sql);
    assay_buf_printf(sql, ", " COPIES " FROM (SELECT %s, COUNT(*) AS " COPIES " FROM ",
                     ask->columns[0].sql);
    good = good && assay_sql_from(db, relation, ask->where, sql);
    assay_buf_printf(sql, " GROUP BY %s) assay_keys", ask->keys);
    return good && !sql->failed;
}

static enum assay_status count_one(void *context, struct assay_str key,
                                   const struct assay_value *value, uint64_t count,
                                   struct assay_error *err)
{
    uint64_t *groups = context;
    (void)key, (void)value, (void)err;
    groups[0]++;
    groups[1] += count == 1;
    return ASSAY_OK;
}

static enum assay_status read_groups(struct assay_pass *pass, const struct assay_sql_ask *ask,
                                     struct assay_explain *explain, struct assay_error *err)
{
    struct assay_buf sql;
    ASSAY_TRY(pass->source->ops->rewind(pass->source, err));
    ASSAY_TRY(assay_pass_bind(pass, err));
    assay_buf_init(&sql, SQL_MAX);
    enum assay_status status =
        put_statement(pass, ask, &sql)
            ? assay_source_db_replace(pass->source, assay_buf_view(&sql), true, err)
            : assay_fail(err, ASSAY_LIMIT, "DB-STATEMENT", "the statement is too long");
    if (status == ASSAY_OK && explain != NULL)
        assay_explain_query(explain, "each value, and how often it occurs", assay_buf_view(&sql));
    assay_buf_free(&sql);
    return status == ASSAY_OK && explain == NULL ? assay_pass_run(pass, err) : status;
}

enum assay_status assay_sql_fold_values(struct assay_pass *pass, struct assay_bound **bounds,
                                        uint32_t count, const struct assay_sql_ask *ask,
                                        uint64_t groups[2], struct assay_explain *explain,
                                        struct assay_error *err)
{
    struct assay_pass narrow = *pass;
    const struct assay_task **before = assay_arena_array(pass->arena, count + 1u, sizeof *before);
    enum assay_status status = before != NULL ? ASSAY_OK : assay_fail_nomem(err);
    narrow.tasks = bounds;
    narrow.task_count = count;
    narrow.progress = NULL;
    for (uint32_t i = 0; status == ASSAY_OK && i < count; i++) {
        struct assay_task *task = grouped_task(pass->arena, bounds[i]->task);
        before[i] = bounds[i]->task;
        bounds[i]->task = task != NULL ? task : before[i];
        status = task != NULL ? ASSAY_OK : assay_fail_nomem(err);
    }
    if (status == ASSAY_OK)
        status = read_groups(&narrow, ask, explain, err);
    for (uint32_t i = 0; before != NULL && i < count && before[i] != NULL; i++)
        bounds[i]->task = before[i];
    groups[0] = groups[1] = 0;
    if (status != ASSAY_OK || explain != NULL)
        return status;
    return assay_frequency_walk(bounds[0]->measure.detail, count_one, groups, err);
}
