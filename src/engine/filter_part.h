/*
 * How a filter works, from within; for src/engine only.
 *
 * Workers sort their batches side by side and put them one after the other, in the order of
 * the data: who is early waits. The worker with the earliest batch never waits, so all go on.
 */
#ifndef ASSAY_ENGINE_FILTER_PART_H
#define ASSAY_ENGINE_FILTER_PART_H

#include "engine/filter.h"
#include "engine/fold.h"
#include "engine/plan.h"

/* A check that records have to pass. */
struct assay_filter_gate {
    const struct assay_check *check;
    struct assay_bound *bound; /* of the task that decides; NULL: none decides by record */
    uint32_t task;             /* of the pass; UINT32_MAX: none */
    uint64_t failing;          /* records */
    struct assay_str title;    /* "email is not null" */
};

/* Something that records are written to. */
struct assay_filter_stream {
    int fd; /* -1: nothing is written */
    const char *name;
    bool begun; /* what stands before the records is written */
    bool some;  /* and so is a record */
    bool ended; /* the last of them with its line end */
};

struct assay_filter_state {
    const struct assay_pass *pass;
    const struct assay_source_frame *frame;
    struct assay_filter_gate *gates;
    uint32_t gate_count;
    const struct assay_bound *all; /* the task that counts all records: well_formed's */
    struct assay_filter_stream out, quarantine, reasons;
    pthread_mutex_t mutex;
    pthread_cond_t turn;
    uint64_t next; /* sequence of the batch that is to be put */
    bool broken;   /* a batch will never be put */
};

/* A worker's batch, sorted. */
struct assay_filter_part {
    struct assay_str good;    /* the bytes of records that pass */
    struct assay_buf copied;  /* they are in here where they do not stand in one piece */
    uint64_t passed, failed;  /* records; `failed` of those rendered so far */
    const uint64_t **failing; /* by gate: records that fail; NULL: none */
    uint64_t *bad;            /* records that fail at all */
    uint32_t next;            /* record from which on they are still to be rendered */
    struct assay_buf text;    /* for the quarantine */
    struct assay_buf lines;   /* for the reasons */
};

/* NULL: there is no filter. Whether records are passed on, not only kept apart. */
static inline bool assay_filter_passes(const struct assay_filter *filter)
{
    return filter != NULL && filter->out >= 0;
}

/* Finds the gates among the plan's checks; `bounds` are by task of the plan. */
enum assay_status assay_filter_plan(struct assay_filter *filter, const struct assay_plan *plan,
                                    struct assay_bound *bounds, const struct assay_options *options,
                                    struct assay_arena *arena, struct assay_error *err);
void assay_filter_free(struct assay_filter *filter);

/* How the data is to be read for a filter: as it comes, and in one form. `filter` may be NULL. */
void assay_filter_ask(const struct assay_filter *filter, struct assay_source_options *options);

/* Whether a gate's task is known only once the data was read. */
bool assay_filter_looks_back(const struct assay_filter *filter);

/*
 * Before a pass, bound already: its tasks are then asked for their rows. Where records are
 * passed on, a gate that cannot be evaluated is a failure: nothing may pass it.
 */
enum assay_status assay_filter_begin(struct assay_filter *filter, struct assay_pass *pass,
                                     struct assay_error *err);

/* After it; `whole`: all of the data was read, and no record may be missing. */
enum assay_status assay_filter_end(struct assay_filter *filter, bool whole,
                                   struct assay_error *err);

/* Of a worker: its own, and what it does with a batch that is folded. */
enum assay_status assay_filter_part_new(struct assay_filter_part **out, struct assay_error *err);
void assay_filter_part_free(struct assay_filter_part *part);
enum assay_status assay_filter_sort(const struct assay_filter *filter, struct assay_worker *worker,
                                    struct assay_error *err);
enum assay_status assay_filter_put(struct assay_filter *filter, struct assay_worker *worker,
                                   struct assay_error *err);
/* A batch that was taken will not be put. */
void assay_filter_break(struct assay_filter *filter);

/* Renders failing records from part->next on, as many as make some MiB of text. */
enum assay_status assay_filter_render(const struct assay_filter *filter,
                                      struct assay_worker *worker, struct assay_error *err);

/*
 * Checks that failed, and whose failing no record shows: a list of ids; empty: none. The text
 * is the arena's.
 */
struct assay_str assay_filter_unshown(const struct assay_filter *filter,
                                      const struct assay_result *results, size_t count,
                                      struct assay_arena *arena);

#endif
