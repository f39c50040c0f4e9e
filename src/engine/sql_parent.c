/*
 * Relationships within one database: the keys of the other table are not read, the
 * database is asked which values are not among them.
 */
#include "config.h"

#include "engine/sql.h"

#include "metric/predicate.h"

#define SQL_MAX ((size_t)4 << 20)

const struct assay_db_relation *assay_sql_same_database(struct assay_str main,
                                                        struct assay_str other,
                                                        const struct assay_source_options *options,
                                                        struct assay_arena *arena)
{
    struct assay_source_options plain = *options;
    struct assay_db_spec *theirs = assay_arena_alloc(arena, sizeof *theirs);
    struct assay_db_spec ours;
    if (!assay_db_is_dsn(main) || !assay_db_is_dsn(other) || theirs == NULL ||
        assay_db_spec_parse(main, options, arena, &ours, NULL) != ASSAY_OK)
        return NULL;
    plain.table = plain.query = plain.where = NULL;
    plain.order_count = plain.partition_count = 0;
    if (assay_db_spec_parse(other, &plain, arena, theirs, NULL) != ASSAY_OK ||
        theirs->relation.part_count == 0)
        return NULL;
    return assay_str_equal(ours.dsn, theirs->dsn) ? &theirs->relation : NULL;
}

/* The columns that the keys are in; NULL where one is not there. */
static struct assay_sql_column *find_keys(struct assay_db *db, const struct assay_task *task,
                                          const struct assay_db_column *columns, uint32_t count,
                                          struct assay_arena *arena)
{
    const struct assay_metric_spec *spec = &task->spec;
    struct assay_sql_column *keys = assay_arena_array(arena, spec->column_count + 1u, sizeof *keys);
    for (uint32_t i = 0; keys != NULL && i < spec->column_count; i++) {
        uint32_t c = 0;
        while (c < count && !assay_str_equal(columns[c].name, spec->columns[i]))
            c++;
        struct assay_buf quoted;
        assay_buf_init(&quoted, SQL_MAX);
        bool good = c < count && db->driver->identifier(db, columns[c].name, &quoted);
        const char *sql = good ? assay_arena_strdup(arena, assay_buf_view(&quoted)) : NULL;
        assay_buf_free(&quoted);
        if (sql == NULL)
            return NULL;
        keys[i] = (struct assay_sql_column){
            .name = columns[c].name, .sql = sql, .cls = columns[c].cls, .field = task->fields[i]};
    }
    return keys;
}

bool assay_sql_parent(struct assay_db *db, const struct assay_bound *bound,
                      struct assay_sql_ask *ask)
{
    const struct assay_violations_args *args = bound->task->spec.args;
    const struct assay_bound *first = bound->first;
    struct assay_arena *arena = ask->select->arena;
    struct assay_db_column *columns;
    struct assay_error ignored; /* a driver may look at what it told */
    struct assay_buf sql;
    uint32_t count = 0;
    bool orphans = bound->task->spec.metric == &assay_metric_violations &&
                   args->predicate->sql != NULL && first != NULL && first->keys != NULL;
    if (!orphans)
        return assay_sql_no(ask, "the keys are not in the same database");
    assay_buf_init(&sql, SQL_MAX);
    assay_buf_puts(&sql, "SELECT * FROM ");
    bool good = assay_sql_from(db, first->keys, "", &sql) &&
                db->driver->describe(db, assay_buf_view(&sql), arena, &columns, &count, &ignored) ==
                    ASSAY_OK;
    assay_buf_reset(&sql);
    ask->parents = good ? find_keys(db, first->task, columns, count, arena) : NULL;
    const char *present = "";
    for (uint32_t i = 0; ask->parents != NULL && i < ask->column_count; i++)
        present = assay_sql_text(ask, "%s%s%s IS NOT NULL", present, i > 0 ? " AND " : "",
                                 ask->parents[i].sql);
    good = ask->parents != NULL && assay_sql_from(db, first->keys, present, &sql);
    ask->parent_from = good ? assay_sql_text(ask, "%s", sql.ptr) : NULL;
    assay_buf_free(&sql);
    return good || assay_sql_no(ask, "the table of the keys cannot be asked");
}
