/*
 * The SQL engine: what a database can compute exactly as assay means it is computed there,
 * in one statement for everything scalar, and one for each set of keys; the rest of a
 * suite is streamed. Both ways fill the same states.
 */
#ifndef ASSAY_ENGINE_SQL_H
#define ASSAY_ENGINE_SQL_H

#include "engine/explain.h"
#include "engine/pass.h"
#include "metric/sql.h"
#include "source/db.h"

/*
 * Of a pass that is bound, computes what the source's database can and takes those tasks
 * out of the pass: their measures are then set. What is left has bound->why. `*records`
 * becomes the number of rows where nothing is left to be streamed. Does nothing where the
 * source is no database. The source must be bound again before it is read.
 *
 * With `explain` nothing is asked: the statements are told, as if every guard held and every
 * check failed, and the tasks have bound->sql and no measure.
 */
enum assay_status assay_sql_run(struct assay_pass *pass, const struct assay_plan *plan,
                                struct assay_explain *explain, struct assay_error *err);

/*
 * Of the asks of a pass (NULL: the task is streamed) forgets those that are not worth it,
 * for the rule in sql_cost.c. `counted`: aggregates were answered, groupings were not.
 */
enum assay_status assay_sql_spare(const struct assay_pass *pass, struct assay_sql_ask **asks,
                                  bool counted, struct assay_error *err);

/*
 * The rows that a finished task is about, as samples: those of bound->sql->wanted, or, for a
 * task that depends on keys counted by the database, the copies of them.
 */
enum assay_status assay_sql_samples(struct assay_pass *pass, struct assay_bound *bound,
                                    const struct assay_sql_ask *ask, struct assay_explain *explain,
                                    struct assay_error *err);

/*
 * The values of a column with their numbers of rows, folded into the states of the tasks, all
 * of which ask for them; they are then finished. `groups` becomes how many values there are,
 * and how many of one row only.
 */
enum assay_status assay_sql_fold_values(struct assay_pass *pass, struct assay_bound **bounds,
                                        uint32_t count, const struct assay_sql_ask *ask,
                                        uint64_t groups[2], struct assay_explain *explain,
                                        struct assay_error *err);

/*
 * The relation that `other` names where it is a table of the database that `main` is of;
 * else NULL. Both are names of sources; `options` are those of `main`.
 */
const struct assay_db_relation *assay_sql_same_database(struct assay_str main,
                                                        struct assay_str other,
                                                        const struct assay_source_options *options,
                                                        struct assay_arena *arena);

/* Prepares to ask which values are no keys of bound->first->keys; false with ask->why. */
bool assay_sql_parent(struct assay_db *db, const struct assay_bound *bound,
                      struct assay_sql_ask *ask);

/* FROM and WHERE of a relation, and a condition besides ("" for none). */
bool assay_sql_from(const struct assay_db *db, const struct assay_db_relation *relation,
                    const char *condition, struct assay_buf *out);

#endif
