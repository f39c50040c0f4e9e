/*
 * The stream engine: workers take batches from a source in turn and fold each into
 * states of their own, which are merged at the end.
 */
#include "config.h"

#include "engine/pass.h"

#include "engine/filter_part.h"

#include <sched.h>
#include <stdlib.h>

static enum assay_status crew_fail(struct assay_crew *crew, enum assay_status status,
                                   const struct assay_error *error)
{
    pthread_mutex_lock(&crew->turnstile);
    if (crew->status == ASSAY_OK) {
        crew->status = status;
        crew->error = *error;
    }
    crew->done = true;
    pthread_mutex_unlock(&crew->turnstile);
    return status;
}

/* Takes the next batch in order; rows == 0 at the end. */
static enum assay_status take_batch(struct assay_worker *worker, struct assay_error *err)
{
    struct assay_crew *crew = worker->crew;
    struct assay_pass *pass = crew->pass;
    struct assay_batch *batch = &worker->batch;
    pthread_mutex_lock(&crew->turnstile);
    batch->rows = 0;
    enum assay_status status = ASSAY_OK;
    if (pass->stop != NULL && *pass->stop != 0 && !crew->done)
        status = assay_fail(err, ASSAY_INTERRUPTED, "INTERRUPTED", "stopped by a signal");
    else if (!crew->done)
        status = assay_source_next(pass->source, batch, err);
    uint64_t limit = pass->options->limit;
    if (status == ASSAY_OK && batch->rows != 0 && limit && batch->record >= limit) {
        pass->limited = true; /* it only shows that there is more than was asked for */
        batch->rows = 0;
    }
    if (status == ASSAY_OK && batch->rows != 0) {
        uint64_t end = batch->record + batch->rows;
        if (limit && end > limit) {
            pass->limited = true;
            crew->done = true;
            end = limit;
        }
        pass->records = end;
        if (pass->progress != NULL) {
            pass->progress->records = end;
            pass->progress->bytes = pass->source->bytes_read;
        }
    } else
        crew->done = true;
    pthread_mutex_unlock(&crew->turnstile);
    return status;
}

/* Once a batch is taken, those behind it wait for it to be put: or to hear that it is not. */
static enum assay_status use_batch(struct assay_worker *worker, bool *satisfied,
                                   struct assay_error *err)
{
    struct assay_filter *filter = worker->crew->pass->filter;
    enum assay_status status = worker->batch.ops->decode(&worker->batch, err);
    if (status == ASSAY_OK)
        status = assay_fold_batch(worker, satisfied, err);
    if (filter == NULL)
        return status;
    if (status == ASSAY_OK)
        status = assay_filter_sort(filter, worker, err);
    if (status == ASSAY_OK)
        return assay_filter_put(filter, worker, err);
    assay_filter_break(filter);
    return status;
}

static void *work(void *argument)
{
    struct assay_worker *worker = argument;
    struct assay_crew *crew = worker->crew;
    struct assay_error error = {0};
    enum assay_status status;
    bool satisfied = false;
    while ((status = take_batch(worker, &error)) == ASSAY_OK && worker->batch.rows != 0) {
        status = use_batch(worker, &satisfied, &error);
        if (status != ASSAY_OK)
            break;
        if (satisfied && crew->pass->stop_when_satisfied) {
            pthread_mutex_lock(&crew->turnstile);
            crew->done = true;
            pthread_mutex_unlock(&crew->turnstile);
        }
    }
    if (status != ASSAY_OK)
        crew_fail(crew, status, &error);
    return NULL;
}

struct assay_metric_env assay_pass_env(const struct assay_pass *pass,
                                       const struct assay_bound *bound)
{
    return (struct assay_metric_env){
        .budget = pass->budget,
        .seed = pass->seed,
        .now = pass->now,
        .max_samples = pass->options->max_samples,
        .max_sample_bytes = 1024,
        .schema = pass->source->names,
        .schema_count = pass->source->column_count,
        .fields = bound->task->fields,
        .field_count = bound->task->spec.column_count,
        .depends = bound->depends,
        .again = pass->again,
        .violations = pass->progress ? &pass->progress->violations : NULL,
    };
}

static enum assay_status open_task(struct assay_worker *worker, uint32_t t, struct assay_error *err)
{
    struct assay_pass *pass = worker->crew->pass;
    struct assay_bound *bound = pass->tasks[t];
    const struct assay_metric_spec *spec = &bound->task->spec;
    if (bound->unbound)
        return ASSAY_OK;
    void *state = calloc(1, spec->metric->state_size);
    if (state == NULL)
        return assay_fail_nomem(err);
    struct assay_metric_env *env = assay_arena_alloc(pass->arena, sizeof *env);
    if (env != NULL)
        *env = assay_pass_env(pass, bound);
    enum assay_status status =
        env ? spec->metric->init(state, spec->args, env, err) : assay_fail_nomem(err);
    if (status != ASSAY_OK) {
        spec->metric->reset(state);
        free(state);
        return status;
    }
    worker->states[t] = state;
    if (spec->where != NULL && worker->crew->same_filter[t] == t) {
        ASSAY_TRY(assay_expr_scratch_new(spec->where, &worker->filters[t], err));
        assay_expr_scratch_set_now(worker->filters[t], pass->now);
    }
    return ASSAY_OK;
}

static enum assay_status worker_open(struct assay_worker *worker, struct assay_crew *crew,
                                     struct assay_error *err)
{
    struct assay_pass *pass = crew->pass;
    *worker = (struct assay_worker){.crew = crew};
    assay_arena_init(&worker->arena, 0);
    worker->states = calloc(pass->task_count + 1, sizeof *worker->states);
    worker->filters = calloc(pass->task_count + 1, sizeof *worker->filters);
    worker->masks = calloc(pass->task_count + 1, sizeof *worker->masks);
    worker->judged = calloc(pass->task_count + 1, sizeof *worker->judged);
    if (worker->states == NULL || worker->filters == NULL || worker->masks == NULL ||
        worker->judged == NULL)
        return assay_fail_nomem(err);
    if (pass->filter != NULL)
        ASSAY_TRY(assay_filter_part_new(&worker->part, err));
    ASSAY_TRY(assay_batch_init(pass->source, &worker->batch, err));
    worker->has_batch = true;
    for (uint32_t t = 0; t < pass->task_count; t++)
        ASSAY_TRY(open_task(worker, t, err));
    return ASSAY_OK;
}

static void worker_close(struct assay_worker *worker)
{
    struct assay_pass *pass = worker->crew->pass;
    for (uint32_t t = 0; t < pass->task_count; t++) {
        if (worker->states != NULL && worker->states[t] != NULL) {
            pass->tasks[t]->task->spec.metric->reset(worker->states[t]);
            free(worker->states[t]);
        }
        if (worker->filters != NULL && worker->filters[t] != NULL)
            assay_expr_scratch_free(worker->filters[t]);
    }
    if (worker->has_batch)
        assay_batch_free(pass->source, &worker->batch);
    free(worker->states);
    free(worker->filters);
    free(worker->masks);
    free(worker->judged);
    assay_filter_part_free(worker->part);
    assay_arena_free(&worker->arena);
}

/* Merges every worker's states into the first worker's, in order, and finishes them. */
static enum assay_status merge_and_finish(struct assay_crew *crew, struct assay_worker *workers,
                                          uint32_t count, struct assay_error *err)
{
    struct assay_pass *pass = crew->pass;
    for (uint32_t t = 0; t < pass->task_count; t++) {
        struct assay_bound *bound = pass->tasks[t];
        const struct assay_metric *metric = bound->task->spec.metric;
        if (workers[0].states[t] == NULL || bound->measure.failed)
            continue;
        enum assay_status status = ASSAY_OK;
        for (uint32_t w = 1; w < count && status == ASSAY_OK; w++)
            if (workers[w].states != NULL && workers[w].states[t] != NULL)
                status = metric->merge(workers[0].states[t], workers[w].states[t], err);
        if (status == ASSAY_OK)
            status = metric->finish(workers[0].states[t], pass->arena, &bound->measure, err);
        if (status == ASSAY_LIMIT || status == ASSAY_SOURCE) {
            bound->measure.failed = true;
            bound->measure.error = *err;
        } else if (status != ASSAY_OK)
            return status;
        bound->state = workers[0].states[t];
        workers[0].states[t] = NULL;
    }
    return ASSAY_OK;
}

void assay_bound_reset(struct assay_bound *bound)
{
    if (bound->state == NULL)
        return;
    bound->task->spec.metric->reset(bound->state);
    free(bound->state);
    bound->state = NULL;
}

/* Small inputs are done sooner than a second thread is started, unless it was asked for. */
static uint32_t worker_count(const struct assay_pass *pass)
{
    uint64_t size = pass->source->total_bytes;
    bool small = size != 0 && size < (uint64_t)2 << 20 && pass->options->threads == 0;
    if (pass->stop_when_satisfied || small)
        return 1;
    return pass->threads ? pass->threads : 1;
}

uint32_t assay_pass_threads(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return n < 1 ? 1 : n > 8 ? 8 : (uint32_t)n;
}

enum assay_status assay_pass_run(struct assay_pass *pass, struct assay_error *err)
{
    struct assay_crew crew = {.pass = pass};
    uint32_t count = worker_count(pass);
    crew.same_filter = assay_arena_array(pass->arena, pass->task_count + 1, sizeof(uint32_t));
    struct assay_worker *workers = calloc(count, sizeof *workers);
    if (workers == NULL || crew.same_filter == NULL) {
        free(workers);
        return assay_fail_nomem(err);
    }
    assay_fold_share_filters(&crew);
    pthread_mutex_init(&crew.turnstile, NULL);
    uint32_t opened = 0;
    enum assay_status status = ASSAY_OK;
    while (opened < count && status == ASSAY_OK)
        status = worker_open(&workers[opened++], &crew, err);
    for (uint32_t w = 1; w < opened && status == ASSAY_OK; w++)
        workers[w].started = pthread_create(&workers[w].thread, NULL, work, &workers[w]) == 0;
    if (status == ASSAY_OK)
        work(&workers[0]);
    for (uint32_t w = 1; w < opened; w++)
        if (workers[w].started)
            pthread_join(workers[w].thread, NULL);
    if (status == ASSAY_OK && crew.status != ASSAY_OK) {
        status = crew.status;
        if (err != NULL)
            *err = crew.error;
    }
    if (status == ASSAY_OK && !pass->stop_when_satisfied && !pass->limited)
        status = assay_source_finish(pass->source, err);
    if (status == ASSAY_OK && !pass->stop_when_satisfied)
        assay_pass_found(pass);
    if (status == ASSAY_OK)
        status = merge_and_finish(&crew, workers, opened, err);
    for (uint32_t w = 0; w < opened; w++)
        worker_close(&workers[w]);
    pthread_mutex_destroy(&crew.turnstile);
    free(workers);
    return status;
}

/* Tasks of `pass` that are unsure, as they were before it. */
static void collect_unsure(const struct assay_pass *pass, struct assay_pass *next)
{
    for (uint32_t t = 0; t < pass->task_count; t++) {
        struct assay_bound *bound = pass->tasks[t];
        const struct assay_metric *metric = bound->task->spec.metric;
        if (bound->state == NULL || metric->unsure == NULL || !metric->unsure(bound->state))
            continue;
        assay_bound_reset(bound);
        bound->measure = (struct assay_measure){0};
        next->tasks[next->task_count++] = bound;
    }
}

enum assay_status assay_pass_run_sure(struct assay_pass *pass, struct assay_error *err)
{
    pass->again = pass->source->rewindable && pass->source->total_bytes != 0;
    ASSAY_TRY(assay_pass_run(pass, err));
    if (!pass->again)
        return ASSAY_OK;
    struct assay_pass next = *pass;
    next.again = false;
    next.progress = NULL;
    next.task_count = 0;
    next.tasks = assay_arena_array(pass->arena, pass->task_count + 1, sizeof *next.tasks);
    if (next.tasks == NULL)
        return assay_fail_nomem(err);
    collect_unsure(pass, &next);
    if (next.task_count == 0)
        return ASSAY_OK;
    ASSAY_TRY(assay_source_rewind(pass->source, err));
    ASSAY_TRY(assay_pass_bind(&next, err));
    return assay_pass_run(&next, err);
}
