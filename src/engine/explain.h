/*
 * What a run would do, told without doing it: `assay validate --dry-run`.
 *
 * Sources are opened, because columns and their types decide the plan; nothing is read of
 * them, and a database is asked nothing.
 */
#ifndef ASSAY_ENGINE_EXPLAIN_H
#define ASSAY_ENGINE_EXPLAIN_H

#include "engine/pass.h"

struct assay_explain {
    struct assay_buf out; /* lines for people; of the caller, who frees it */
    const struct assay_plan *plan;
    struct assay_arena *arena;
};

/* A heading: the source, and how many columns it has. */
void assay_explain_source(struct assay_explain *explain, const struct assay_source *source);

/* A statement, and what it is for. */
void assay_explain_query(struct assay_explain *explain, const char *what, struct assay_str sql);

/* The statement that fetches failing rows for the pass's one task. */
void assay_explain_rows(struct assay_explain *explain, const struct assay_pass *pass,
                        struct assay_str sql);

/*
 * A reading of a source whose tasks are bound: its columns, or the statement that gives
 * them, and the metrics that are folded over it. `what` says which reading it is.
 */
enum assay_status assay_explain_pass(struct assay_explain *explain, const char *what,
                                     const struct assay_pass *pass, struct assay_error *err);

/* A check, and which way it is computed where the source is a database. */
void assay_explain_check(struct assay_explain *explain, const struct assay_check *check,
                         enum assay_way way, struct assay_str reason);

#endif
