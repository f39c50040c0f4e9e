/*
 * The rows that a database counted, fetched to be shown: a pass over a statement that gives
 * only them, and only so many.
 */
#include "config.h"

#include "engine/sql.h"

#include "metric/predicate.h"

#include <stdio.h>

#define SQL_MAX ((size_t)4 << 20)
#define ROW "assay_row"       /* the number of a row */
#define COPIES "assay_copies" /* how often its key occurs */

/* All rows of the statement are meant. */
static enum assay_status every_row(const void *args, void *scratch, const struct assay_slice *slice,
                                   uint64_t *violations, struct assay_predicate_fault *fault,
                                   struct assay_error *err)
{
    (void)args, (void)scratch, (void)fault, (void)err;
    memcpy(violations, slice->mask, ASSAY_BITMAP_WORDS(slice->rows) * 8);
    return ASSAY_OK;
}

/* The same task, for rows that are known to be in violation. */
static struct assay_task *marked_task(struct assay_arena *arena, const struct assay_task *task)
{
    const struct assay_violations_args *args = task->spec.args;
    struct assay_task *copy = assay_arena_alloc(arena, sizeof *copy);
    struct assay_predicate *predicate = assay_arena_alloc(arena, sizeof *predicate);
    struct assay_violations_args *marked = assay_arena_alloc(arena, sizeof *marked);
    if (copy == NULL || predicate == NULL || marked == NULL)
        return NULL;
    *predicate = (struct assay_predicate){.name = args->predicate->name,
                                          .considers = ASSAY_CONSIDER_ALL,
                                          .test = every_row,
                                          .note = args->predicate->note};
    *marked = (struct assay_violations_args){.predicate = predicate, .args = args->args};
    *copy = *task;
    copy->spec.args = marked;
    copy->spec.where = NULL;
    return copy;
}

/* The rows in order, numbered as an engine without window functions can. */
static bool put_numbered(struct assay_db *db, const struct assay_db_relation *relation,
                         const char *numbered, struct assay_buf *sql)
{
    assay_buf_printf(sql, "SELECT %s AS " ROW " FROM (SELECT * FROM ", numbered);
    bool good = assay_sql_from(db, relation, "", sql);
    assay_buf_puts(sql, " ORDER BY ");
    good = good && assay_db_order(db, relation, sql);
    assay_buf_puts(sql, ") assay_ordered");
    return good;
}

/* The relation, with the numbers of its rows where they have an order. */
static bool put_rows(struct assay_db *db, const struct assay_db_relation *relation,
                     const struct assay_dialect *dialect, bool numbered, struct assay_buf *sql)
{
    if (numbered && dialect->numbered != NULL)
        return put_numbered(db, relation, dialect->numbered, sql);
    assay_buf_puts(sql, "SELECT *");
    if (numbered) {
        assay_buf_puts(sql, ", ROW_NUMBER() OVER (ORDER BY ");
        if (!assay_db_order(db, relation, sql))
            return false;
        assay_buf_puts(sql, ") AS " ROW);
    }
    assay_buf_puts(sql, " FROM ");
    return assay_sql_from(db, relation, "", sql);
}

static void put_template(const char *text, const char *first, const char *second,
                         struct assay_buf *sql)
{
    for (; *text != '\0'; text++) {
        bool mark = text[0] == '$' && (text[1] == '1' || text[1] == '2');
        if (mark)
            assay_buf_puts(sql, text[1] == '1' ? first : second);
        else
            assay_buf_putc(sql, *text);
        text += mark;
    }
}

/* The condition that a row's key is one of several rows, without window functions. */
static bool put_copies(struct assay_db *db, const struct assay_db_relation *relation,
                       const struct assay_sql_ask *ask, struct assay_buf *sql)
{
    struct assay_buf from;
    assay_buf_init(&from, SQL_MAX);
    bool good = assay_sql_from(db, relation, ask->where, &from);
    assay_buf_puts(sql, ask->where[0] != '\0' ? " AND " : " WHERE ");
    if (good)
        put_template(ask->dialect->copies, ask->keys, from.ptr, sql);
    assay_buf_free(&from);
    return good;
}

static bool put_statement(struct assay_pass *pass, const struct assay_sql_ask *ask, bool numbered,
                          struct assay_buf *sql)
{
    const struct assay_db_relation *relation;
    struct assay_db *db = assay_source_db(pass->source, &relation, NULL);
    bool keyed = ask->wanted == NULL, copies = keyed && ask->dialect->copies == NULL;
    const char *condition = keyed ? ask->where : ask->wanted;
    char limit[16];
    assay_buf_puts(sql, "SELECT ");
    bool good = assay_source_db_columns(pass->source, sql);
    assay_buf_puts(sql, numbered ? ", " ROW " FROM (" : " FROM (");
    if (copies)
        assay_buf_printf(sql, "SELECT *, COUNT(*) OVER (PARTITION BY %s) AS " COPIES " FROM (",
                         ask->keys);
    good = good && put_rows(db, relation, ask->dialect, numbered, sql);
    assay_buf_puts(sql, ") assay_rows");
    if (condition[0] != '\0')
        assay_buf_printf(sql, " WHERE %s", condition);
    if (copies)
        assay_buf_puts(sql, ") assay_keys WHERE " COPIES " > 1");
    else if (keyed)
        good = good && put_copies(db, relation, ask, sql);
    if (numbered)
        assay_buf_puts(sql, " ORDER BY " ROW);
    assay_buf_putc(sql, ' ');
    snprintf(limit, sizeof limit, "%u", pass->options->max_samples);
    put_template(ask->dialect->limit, limit, "", sql);
    return good && !sql->failed;
}

static bool has_order(struct assay_pass *pass)
{
    const struct assay_db_relation *relation;
    struct assay_db *db = assay_source_db(pass->source, &relation, NULL);
    struct assay_buf terms;
    assay_buf_init(&terms, SQL_MAX);
    bool good = assay_db_order(db, relation, &terms);
    assay_buf_free(&terms);
    return good;
}

static enum assay_status read_rows(struct assay_pass *pass, const struct assay_sql_ask *ask,
                                   struct assay_explain *explain, struct assay_error *err)
{
    struct assay_buf sql;
    bool numbered = has_order(pass);
    ASSAY_TRY(assay_source_rewind(pass->source, err));
    ASSAY_TRY(assay_pass_bind(pass, err));
    assay_buf_init(&sql, SQL_MAX);
    enum assay_status status =
        put_statement(pass, ask, numbered, &sql)
            ? assay_source_db_replace(pass->source, assay_buf_view(&sql), numbered, err)
            : assay_fail(err, ASSAY_LIMIT, "DB-STATEMENT", "the statement is too long");
    if (status == ASSAY_OK && explain != NULL)
        assay_explain_rows(explain, pass, assay_buf_view(&sql));
    assay_buf_free(&sql);
    return status == ASSAY_OK && explain == NULL ? assay_pass_run(pass, err) : status;
}

enum assay_status assay_sql_samples(struct assay_pass *pass, struct assay_bound *bound,
                                    const struct assay_sql_ask *ask, struct assay_explain *explain,
                                    struct assay_error *err)
{
    struct assay_pass narrow = *pass;
    struct assay_task *task = marked_task(pass->arena, bound->task);
    struct assay_bound *bounds[1] = {bound};
    const struct assay_task *before = bound->task;
    if (task == NULL)
        return assay_fail_nomem(err);
    narrow.tasks = bounds;
    narrow.task_count = 1;
    narrow.threads = 1;
    narrow.progress = NULL;
    narrow.stop_when_satisfied = true;
    bound->task = task;
    bound->depends = NULL;
    enum assay_status status = read_rows(&narrow, ask, explain, err);
    bound->task = before;
    return status;
}
