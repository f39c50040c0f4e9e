/*
 * Folding one batch into a worker's states. What pass.c and fold.c share; for src/engine only.
 */
#ifndef ASSAY_ENGINE_FOLD_H
#define ASSAY_ENGINE_FOLD_H

#include "engine/pass.h"

#include <pthread.h>

struct assay_crew;
struct assay_filter_part;

/* What a task said of the rows of a batch, where somebody asked. */
struct assay_judged {
    bool marked; /* it was asked, and looked at this batch */
    struct assay_slice slice;
    struct assay_marks marks;         /* by row of the slice */
    struct assay_undecided *unpicked; /* records for which its `where` cannot be evaluated */
};

struct assay_worker {
    struct assay_crew *crew;
    struct assay_batch batch;
    bool has_batch;
    void **states;                       /* by task */
    struct assay_expr_scratch **filters; /* by task: of its `where`, shared by equal ones */
    uint64_t **masks;                    /* by task: rows its `where` picks, this batch */
    struct assay_judged *judged;         /* by task: of those that bound->marked asks */
    uint64_t *selected;                  /* rows inside --limit and --sample, this batch */
    struct assay_filter_part *part;      /* NULL: nobody wants the records apart */
    struct assay_arena arena;            /* reset every batch: masks and slices */
    pthread_t thread;
    bool started;
};

/* What the workers share; all of it is guarded by the turnstile. */
struct assay_crew {
    struct assay_pass *pass;
    pthread_mutex_t turnstile;
    bool done;
    enum assay_status status;
    struct assay_error error;
    uint32_t *same_filter; /* by task: the first task with an equal `where` */
};

/* Equal filters are evaluated once a batch: each task points at the first of its kind. */
void assay_fold_share_filters(struct assay_crew *crew);

/*
 * Folds the worker's batch, just decoded, into its states. A task that cannot go on is taken
 * out (its state is marked), and the others still run; only memory and output faults end a
 * pass, and so does a task that the records are told apart by.
 */
enum assay_status assay_fold_batch(struct assay_worker *worker, bool *satisfied,
                                   struct assay_error *err);

#endif
