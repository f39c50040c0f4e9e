/*
 * What is worth asking a database where a part of the suite has to be streamed.
 *
 * The cost rule: a column that is streamed anyway is in our hands already, and what it
 * answers is folded on the way, at some nanoseconds a value. To ask the database for the
 * same would make it look at every row once more, for each aggregate by an interpreter
 * (SQLite: 2.3 s of processor time to push the bench suite down where streaming its columns
 * takes 1.2 s; PostgreSQL: 24.7 s and 7.1 s), and no byte less would travel. So a task is
 * asked of the database only where that spares the stream a column: one of its own, or the
 * keys of another table. `pushdown: always` is for whom the rule is wrong: a cluster that
 * answers faster than its rows travel.
 *
 * Of a database within this process (SQLite) no row travels at all: another column costs less
 * than another look at the rows (the bench suite over 1,000,000 rows: 2.3 s with the rule
 * above, 1.0 s where all is streamed). Of it only keys of other tables are still asked.
 *
 * The rule is used twice: on the plan, and again once a guard has sent more to the stream.
 * By then counts are there and kept; only groupings are still to be paid for.
 */
#include "config.h"

#include "engine/sql.h"

static bool has_all(const bool *streamed, const uint32_t *indexes, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (!streamed[indexes[i]])
            return false;
    return true;
}

static void mark(bool *streamed, const uint32_t *indexes, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        streamed[indexes[i]] = true;
}

/* Which columns the tasks that are not asked need; false: there are no such tasks. */
static bool find_streamed(const struct assay_pass *pass, struct assay_sql_ask *const *asks,
                          bool *streamed)
{
    bool any = false;
    for (uint32_t t = 0; t < pass->task_count; t++) {
        const struct assay_bound *bound = pass->tasks[t];
        if (asks[t] != NULL || bound->unbound)
            continue;
        any = true;
        mark(streamed, bound->indexes, bound->task->spec.column_count);
        mark(streamed, bound->where_indexes, bound->where_count);
        mark(streamed, bound->beside_indexes, bound->beside_count);
    }
    return any;
}

static bool is_at_hand(const struct assay_bound *bound, const bool *streamed, bool in_process)
{
    bool keys = bound->first != NULL && bound->first->keys != NULL;
    if (keys || in_process)
        return !keys;
    return has_all(streamed, bound->indexes, bound->task->spec.column_count) &&
           has_all(streamed, bound->where_indexes, bound->where_count) &&
           has_all(streamed, bound->beside_indexes, bound->beside_count);
}

enum assay_status assay_sql_spare(const struct assay_pass *pass, struct assay_sql_ask **asks,
                                  bool counted, struct assay_error *err)
{
    if (pass->options->pushdown == ASSAY_PUSHDOWN_ALWAYS)
        return ASSAY_OK;
    bool *streamed =
        assay_arena_array(pass->arena, pass->source->column_count + 1u, sizeof *streamed);
    bool in_process = assay_source_db(pass->source, NULL, NULL)->in_process;
    if (streamed == NULL)
        return assay_fail_nomem(err);
    if (!find_streamed(pass, asks, streamed))
        return ASSAY_OK;
    for (uint32_t t = 0; t < pass->task_count; t++) {
        struct assay_bound *bound = pass->tasks[t];
        if (asks[t] == NULL || (counted && asks[t]->group < 0) ||
            !is_at_hand(bound, streamed, in_process))
            continue;
        asks[t] = NULL;
        bound->why = in_process ? "rows are streamed anyway" : "its columns are streamed anyway";
    }
    return ASSAY_OK;
}
