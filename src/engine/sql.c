/*
 * Planning and asking: which tasks a database computes, and the statements for them.
 */
#include "config.h"

#include "engine/sql.h"

#include "engine/dialect.h"
#include "metric/metrics.h"

#include <stdlib.h>

#define SQL_MAX ((size_t)4 << 20)

/* One use of the engine. */
struct engine {
    struct assay_pass *pass;
    const struct assay_plan *plan;
    struct assay_db *db;
    const struct assay_db_relation *relation;
    const struct assay_dialect *dialect;
    struct assay_sql_column *schema;
    struct assay_sql_select select;
    struct assay_sql_ask **asks; /* by task of the pass; NULL: streamed */
    uint32_t all_rows;           /* the item that counts them */
    uint32_t *valid;             /* items that must come to 0 for texts to be UTF-8 */
    uint32_t valid_count;
    struct assay_str *answers;
    uint64_t (*groups)[2];
    struct assay_explain *explain; /* not NULL: nothing is asked */
};

bool assay_sql_from(const struct assay_db *db, const struct assay_db_relation *relation,
                    const char *condition, struct assay_buf *out)
{
    if (!assay_db_from(db, relation, out))
        return false;
    if (condition[0] != '\0')
        assay_buf_printf(out, "%s (%s)", relation->where.len > 0 ? " AND" : " WHERE", condition);
    return !out->failed;
}

/* Why nothing of this run can be asked of the database; NULL: it can. */
static const char *why_not(const struct engine *e)
{
    const struct assay_options *options = e->pass->options;
    const struct assay_source *source = e->pass->source;
    if (options->pushdown == ASSAY_PUSHDOWN_OFF)
        return "pushdown is off";
    if (e->dialect == NULL)
        return "the database speaks no dialect that assay knows";
    if (options->limit != 0 || options->sample < 1)
        return "a part of the rows was asked for";
    if (options->source.null_value_count > 0 || options->source.empty_is_null)
        return "null_values are assay's own";
    for (uint32_t i = 0; i < source->column_count; i++)
        if (source->repeated[i] != 0)
            return "columns have the same name";
    return NULL;
}

static bool put_literal(void *context, struct assay_str text, struct assay_buf *out)
{
    const struct assay_db *db = context;
    return db->driver->literal(db, text, out);
}

static enum assay_status describe_schema(struct engine *e, const struct assay_db_column *columns,
                                         struct assay_error *err)
{
    const struct assay_source *source = e->pass->source;
    e->schema = assay_arena_array(e->pass->arena, source->column_count + 1u, sizeof *e->schema);
    if (e->schema == NULL)
        return assay_fail_nomem(err);
    for (uint32_t i = 0; i < source->column_count; i++) {
        struct assay_buf quoted;
        assay_buf_init(&quoted, SQL_MAX);
        bool good = e->db->driver->identifier(e->db, columns[i].name, &quoted);
        const char *sql = good ? assay_arena_strdup(e->pass->arena, assay_buf_view(&quoted)) : NULL;
        assay_buf_free(&quoted);
        if (sql == NULL)
            return good ? assay_fail_nomem(err)
                        : assay_fail(err, ASSAY_SOURCE, "DB-STATEMENT",
                                     "a column's name cannot be quoted");
        e->schema[i] = (struct assay_sql_column){
            .name = source->names[i],
            .sql = sql,
            .cls = columns[i].cls,
            .field = assay_suite_field(e->pass->suite, source->names[i]),
        };
    }
    return ASSAY_OK;
}

/* Tasks that look values up in this one need them; rows of duplicates can be asked for. */
static bool is_looked_up(const struct engine *e, const struct assay_task *task)
{
    for (uint32_t t = 0; t < e->plan->task_count; t++) {
        const struct assay_task *other = &e->plan->tasks[t];
        if (other->depends < 0 || !assay_str_equal(e->plan->tasks[other->depends].key, task->key))
            continue;
        const struct assay_violations_args *args = other->spec.args;
        bool samples =
            other->spec.metric == &assay_metric_violations && other->spec.only_if_failing;
        if (task->spec.metric == &assay_metric_distinct && !(samples && args->args == NULL))
            return true;
    }
    return false;
}

/* Plans one task; NULL where it is streamed, with bound->why. */
static struct assay_sql_ask *plan_task(struct engine *e, struct assay_bound *bound)
{
    const struct assay_metric_spec *spec = &bound->task->spec;
    struct assay_sql_ask *ask = assay_arena_alloc(e->pass->arena, sizeof *ask);
    struct assay_sql_column *columns =
        assay_arena_array(e->pass->arena, spec->column_count + 1u, sizeof *columns);
    if (ask == NULL || columns == NULL) {
        e->select.nomem = true;
        return NULL;
    }
    for (uint32_t i = 0; i < spec->column_count; i++) {
        columns[i] = e->schema[bound->indexes[i]];
        columns[i].field = bound->task->fields[i];
    }
    *ask = (struct assay_sql_ask){
        .dialect = e->dialect,
        .select = &e->select,
        .columns = columns,
        .column_count = spec->column_count,
        .schema = e->schema,
        .schema_count = e->pass->source->column_count,
        .literal = put_literal,
        .context = e->db,
        .group = -1,
    };
    bool can = spec->metric->sql != NULL;
    if (!can)
        ask->why = "databases do not answer it the same way";
    can = can && (bound->task->depends < 0 || assay_sql_parent(e->db, bound, ask));
    if (can && spec->where != NULL) {
        ask->filter = assay_sql_expression(ask, spec->where);
        can = ask->filter != NULL;
    }
    can = can && spec->metric->sql->ask(spec->args, ask);
    if (can && is_looked_up(e, bound->task))
        can = assay_sql_no(ask, "values are looked up in it");
    bound->why = ask->why;
    return can ? ask : NULL;
}

/* Whether a column may hold bytes of anybody's: what is no text but shown as one, too. */
static bool may_hold_text(enum assay_db_class cls)
{
    return cls == ASSAY_DB_DYNAMIC || cls == ASSAY_DB_TEXT || cls == ASSAY_DB_PADDED ||
           cls == ASSAY_DB_JSON || cls == ASSAY_DB_BINARY || cls == ASSAY_DB_OTHER;
}

/* Texts of all columns that the suite looks at must be UTF-8: else rows are malformed. */
static void guard_texts(struct engine *e)
{
    struct assay_sql_ask ask = {.dialect = e->dialect, .select = &e->select};
    const struct assay_source *source = e->pass->source;
    bool *seen = assay_arena_array(e->pass->arena, source->column_count + 1u, sizeof *seen);
    e->valid = assay_arena_array(e->pass->arena, source->column_count + 1u, sizeof *e->valid);
    e->select.nomem |= seen == NULL || e->valid == NULL;
    for (uint32_t t = 0; !e->select.nomem && t < e->pass->task_count; t++) {
        const struct assay_bound *bound = e->pass->tasks[t];
        for (uint32_t i = 0; !bound->unbound && i < bound->task->spec.column_count; i++)
            seen[bound->indexes[i]] = true;
        for (uint32_t i = 0; !bound->unbound && i < bound->where_count; i++)
            seen[bound->where_indexes[i]] = true;
    }
    for (uint32_t c = 0; !e->select.nomem && c < source->column_count; c++) {
        if (!seen[c] || e->dialect->valid == NULL || e->db->text_checked ||
            !may_hold_text(e->schema[c].cls))
            continue;
        ask.guard_count = 0;
        assay_sql_guard(&ask, assay_sql_fill(&ask, e->dialect->valid, e->schema[c].sql));
        e->valid[e->valid_count++] = ask.guards[0];
    }
}

/* What a statement would give by which every guard holds. */
static enum assay_status tell_row(struct engine *e, const char *what, struct assay_str sql,
                                  uint32_t count, struct assay_str *values)
{
    assay_explain_query(e->explain, what, sql);
    for (uint32_t i = 0; i < count; i++)
        values[i] = ASSAY_STR("0");
    return ASSAY_OK;
}

/* Runs a statement whose one row has `count` values; they are copied. */
static enum assay_status ask_row(struct engine *e, const char *what, struct assay_str sql,
                                 uint32_t count, struct assay_str *values, struct assay_error *err)
{
    const struct assay_db_driver *driver = e->db->driver;
    struct assay_db_cursor *cursor;
    struct assay_db_block block;
    if (e->explain != NULL)
        return tell_row(e, what, sql, count, values);
    ASSAY_TRY(assay_db_query(e->db, sql, &cursor, err));
    enum assay_status status = assay_db_block_init(&block, count, 0, 0, err);
    if (status != ASSAY_OK) {
        assay_db_end(cursor);
        return status;
    }
    status = assay_db_fetch(cursor, &block, err);
    if (status == ASSAY_OK && block.rows > 0 && driver->decode != NULL)
        status = driver->decode(&block, err);
    if (status == ASSAY_OK && block.rows != 1)
        status = assay_fail(err, ASSAY_SOURCE, "DB-QUERY", "an aggregate came without its row");
    for (uint32_t i = 0; status == ASSAY_OK && i < count; i++) {
        struct assay_str text = assay_db_text(&block, 0, i);
        char *copy = assay_arena_strdup(e->pass->arena, text);
        values[i] = assay_db_is_null(&block, 0, i) ? assay_str(NULL, 0) : assay_str(copy, text.len);
        if (copy == NULL)
            status = assay_fail_nomem(err);
    }
    assay_db_end(cursor);
    if (driver->block_free != NULL)
        driver->block_free(&block);
    assay_db_block_free(&block);
    return status;
}

/* One SELECT for all items, or as many as the engine's limit of columns makes necessary. */
static enum assay_status ask_items(struct engine *e, struct assay_error *err)
{
    uint32_t count = e->select.item_count;
    e->answers = assay_arena_array(e->pass->arena, count + 1u, sizeof *e->answers);
    if (e->answers == NULL)
        return assay_fail_nomem(err);
    for (uint32_t from = 0; from < count;) {
        uint32_t n = count - from < e->dialect->max_items ? count - from : e->dialect->max_items;
        struct assay_buf sql;
        assay_buf_init(&sql, SQL_MAX);
        for (uint32_t i = 0; i < n; i++) {
            assay_buf_puts(&sql, i == 0 ? "SELECT " : ", ");
            assay_buf_str(&sql, e->select.items[from + i]);
        }
        assay_buf_puts(&sql, " FROM ");
        enum assay_status status =
            assay_sql_from(e->db, e->relation, "", &sql)
                ? ask_row(e, "counts, sums and extremes", assay_buf_view(&sql), n,
                          e->answers + from, err)
                : assay_fail(err, ASSAY_LIMIT, "DB-STATEMENT", "the statement is too long");
        assay_buf_free(&sql);
        ASSAY_TRY(status);
        from += n;
    }
    return ASSAY_OK;
}

static uint64_t count_of(struct assay_str text)
{
    struct assay_numref number = assay_numref(text);
    return text.ptr != NULL && number.code == 0 && number.mantissa > 0 ? (uint64_t)number.mantissa
                                                                       : 0;
}

/* A group has as many rows as its key has copies. */
static enum assay_status ask_group(struct engine *e, uint32_t group, struct assay_error *err)
{
    const struct assay_sql_groups *g = &e->select.groups[group];
    struct assay_str values[2];
    struct assay_buf sql;
    assay_buf_init(&sql, SQL_MAX);
    assay_buf_puts(&sql, "SELECT COUNT(*), COUNT(CASE WHEN assay_copies = 1 THEN 1 END) FROM "
                         "(SELECT COUNT(*) AS assay_copies FROM ");
    bool good = assay_sql_from(e->db, e->relation, g->where.ptr, &sql);
    assay_buf_printf(&sql, " GROUP BY %s) assay_keys", g->keys.ptr);
    enum assay_status status =
        good && !sql.failed
            ? ask_row(e, "how many keys there are", assay_buf_view(&sql), 2, values, err)
            : assay_fail(err, ASSAY_LIMIT, "DB-STATEMENT", "the statement is too long");
    assay_buf_free(&sql);
    ASSAY_TRY(status);
    e->groups[group][0] = count_of(values[0]);
    e->groups[group][1] = count_of(values[1]);
    return ASSAY_OK;
}

/* Drops the tasks that a guard says are to be streamed. */
static void heed_guards(struct engine *e)
{
    bool valid = true;
    for (uint32_t i = 0; i < e->valid_count; i++)
        valid &= count_of(e->answers[e->valid[i]]) == 0;
    for (uint32_t t = 0; t < e->pass->task_count; t++) {
        struct assay_sql_ask *ask = e->asks[t];
        if (ask == NULL)
            continue;
        bool holds = valid;
        for (uint32_t i = 0; i < ask->guard_count; i++)
            holds &= count_of(e->answers[ask->guards[i]]) == 0;
        if (holds)
            continue;
        e->pass->tasks[t]->why = valid ? ask->why : "a text is not UTF-8";
        e->asks[t] = NULL;
    }
}

/* One statement gives the values of a group to all who want them, and counts it. */
static enum assay_status fold_group(struct engine *e, const struct assay_sql_ask *ask,
                                    struct assay_error *err)
{
    struct assay_pass *pass = e->pass;
    struct assay_bound **bounds =
        assay_arena_array(pass->arena, pass->task_count + 1u, sizeof *bounds);
    uint32_t count = 0;
    if (bounds == NULL)
        return assay_fail_nomem(err);
    for (uint32_t t = 0; t < pass->task_count; t++) {
        if (e->asks[t] == NULL || !e->asks[t]->values || e->asks[t]->group != ask->group)
            continue;
        pass->tasks[t]->why = NULL;
        pass->tasks[t]->sql = e->asks[t];
        bounds[count++] = pass->tasks[t];
    }
    return assay_sql_fold_values(pass, bounds, count, ask, e->groups[ask->group], e->explain, err);
}

static enum assay_status ask_groups(struct engine *e, struct assay_error *err)
{
    e->groups = assay_arena_array(e->pass->arena, e->select.group_count + 1u, sizeof *e->groups);
    bool *done = assay_arena_array(e->pass->arena, e->select.group_count + 1u, sizeof *done);
    if (e->groups == NULL || done == NULL)
        return assay_fail_nomem(err);
    for (int values = 1; values >= 0; values--)
        for (uint32_t t = 0; t < e->pass->task_count; t++) {
            const struct assay_sql_ask *ask = e->asks[t];
            if (ask == NULL || ask->group < 0 || done[ask->group] || ask->values != values)
                continue;
            done[ask->group] = true;
            ASSAY_TRY(values ? fold_group(e, ask, err) : ask_group(e, (uint32_t)ask->group, err));
        }
    return ASSAY_OK;
}

static enum assay_status new_state(struct engine *e, struct assay_bound *bound,
                                   struct assay_error *err)
{
    const struct assay_metric_spec *spec = &bound->task->spec;
    struct assay_metric_env *env = assay_arena_alloc(e->pass->arena, sizeof *env);
    bound->state = env != NULL ? calloc(1, spec->metric->state_size) : NULL;
    if (bound->state == NULL)
        return assay_fail_nomem(err);
    *env = assay_pass_env(e->pass, bound);
    return spec->metric->init(bound->state, spec->args, env, err);
}

/* Fills a task's state and finishes it, as a pass would have. */
static enum assay_status take(struct engine *e, struct assay_bound *bound,
                              const struct assay_sql_ask *ask, struct assay_error *err)
{
    const struct assay_metric *metric = bound->task->spec.metric;
    const struct assay_sql_answers answers = {.ask = ask,
                                              .items = e->answers,
                                              .groups = (const uint64_t(*)[2])e->groups,
                                              .rows = count_of(e->answers[e->all_rows])};
    bool samples = ask->wanted != NULL && e->pass->options->max_samples > 0;
    bound->sql = ask;
    bound->why = NULL;
    if (samples && (e->explain != NULL || assay_sql_u64(&answers, 2) > 0))
        ASSAY_TRY(assay_sql_samples(e->pass, bound, ask, e->explain, err));
    if (e->explain != NULL)
        return ASSAY_OK;
    if (bound->state == NULL)
        ASSAY_TRY(new_state(e, bound, err));
    ASSAY_TRY(metric->sql->take(bound->state, &answers, err));
    bound->measure = (struct assay_measure){0};
    return metric->finish(bound->state, e->pass->arena, &bound->measure, err);
}

/* What is left for the stream. */
static void keep_rest(struct engine *e)
{
    uint32_t left = 0;
    for (uint32_t t = 0; t < e->pass->task_count; t++)
        if (e->asks[t] == NULL)
            e->pass->tasks[left++] = e->pass->tasks[t];
    e->pass->task_count = left;
}

/* Plans all tasks that are still to be asked, anew; how many there are. */
static uint32_t plan_tasks(struct engine *e)
{
    struct assay_sql_ask rows = {.select = &e->select, .dialect = e->dialect};
    uint32_t count = 0;
    e->select.item_count = e->select.group_count = 0;
    assay_sql_count(&rows, "");
    e->all_rows = rows.slots[0];
    for (uint32_t t = 0; t < e->pass->task_count; t++) {
        if (e->asks[t] != NULL)
            e->asks[t] = plan_task(e, e->pass->tasks[t]);
        count += e->asks[t] != NULL;
    }
    return count;
}

/* What is not worth asking takes what it would have asked for with it. */
static enum assay_status drop_dear(struct engine *e, uint32_t *count, struct assay_error *err)
{
    uint32_t left = 0;
    ASSAY_TRY(assay_sql_spare(e->pass, e->asks, false, err));
    for (uint32_t t = 0; t < e->pass->task_count; t++)
        left += e->asks[t] != NULL;
    *count = left == *count ? left : plan_tasks(e);
    return ASSAY_OK;
}

static enum assay_status run(struct engine *e, struct assay_error *err)
{
    static struct assay_sql_ask wanted;
    struct assay_pass *pass = e->pass;
    e->asks = assay_arena_array(pass->arena, pass->task_count + 1u, sizeof *e->asks);
    if (e->asks == NULL)
        return assay_fail_nomem(err);
    for (uint32_t t = 0; t < pass->task_count; t++)
        e->asks[t] = pass->tasks[t]->unbound ? NULL : &wanted;
    uint32_t count = plan_tasks(e);
    if (e->select.nomem)
        return assay_fail_nomem(err);
    ASSAY_TRY(drop_dear(e, &count, err));
    guard_texts(e);
    if (e->select.nomem)
        return assay_fail_nomem(err);
    if (count == 0)
        return ASSAY_OK;
    ASSAY_TRY(ask_items(e, err));
    heed_guards(e);
    ASSAY_TRY(assay_sql_spare(pass, e->asks, true, err));
    ASSAY_TRY(ask_groups(e, err));
    for (uint32_t t = 0; t < pass->task_count; t++)
        if (e->asks[t] != NULL && !e->asks[t]->values)
            ASSAY_TRY(take(e, pass->tasks[t], e->asks[t], err));
    pass->records = count_of(e->answers[e->all_rows]);
    pass->source->files[0].records = pass->records;
    keep_rest(e);
    return ASSAY_OK;
}

enum assay_status assay_sql_run(struct assay_pass *pass, const struct assay_plan *plan,
                                struct assay_explain *explain, struct assay_error *err)
{
    const struct assay_db_column *columns = NULL;
    struct engine e = {
        .pass = pass, .plan = plan, .explain = explain, .select = {.arena = pass->arena}};
    e.db = assay_source_db(pass->source, &e.relation, &columns);
    if (e.db == NULL)
        return ASSAY_OK;
    e.dialect = assay_dialect_find(e.db->dialect);
    const char *why = why_not(&e);
    for (uint32_t t = 0; why != NULL && t < pass->task_count; t++)
        pass->tasks[t]->why = why;
    if (why != NULL)
        return ASSAY_OK;
    enum assay_status status = describe_schema(&e, columns, err);
    if (status == ASSAY_OK)
        status = run(&e, err);
    /* An error of the database is about the source, without a line. */
    if (status == ASSAY_SOURCE && err != NULL && err->file[0] == '\0')
        assay_error_at(err, pass->source->files[0].path.ptr, 0, 0);
    return status;
}
