/*
 * The stream engine: workers take batches from a source in turn and fold each into
 * states of their own, which are merged at the end.
 */
#include "config.h"

#include "engine/pass.h"

#include "base/hash.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

struct worker {
    struct crew *crew;
    struct assay_batch batch;
    bool has_batch;
    void **states;                       /* by task */
    struct assay_expr_scratch **filters; /* by task: of its `where`, shared by equal ones */
    uint64_t **masks;                    /* by task: rows its `where` picks, this batch */
    struct assay_arena arena;            /* reset every batch: masks and slices */
    pthread_t thread;
    bool started;
};

/* What the workers share; all of it is guarded by the turnstile. */
struct crew {
    struct assay_pass *pass;
    pthread_mutex_t turnstile;
    bool done;
    enum assay_status status;
    struct assay_error error;
    uint32_t *same_filter; /* by task: the first task with an equal `where` */
};

static enum assay_status crew_fail(struct crew *crew, enum assay_status status,
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
static enum assay_status take_batch(struct worker *worker, struct assay_error *err)
{
    struct crew *crew = worker->crew;
    struct assay_pass *pass = crew->pass;
    struct assay_batch *batch = &worker->batch;
    pthread_mutex_lock(&crew->turnstile);
    batch->rows = 0;
    enum assay_status status = ASSAY_OK;
    if (pass->stop != NULL && *pass->stop != 0 && !crew->done)
        status = assay_fail(err, ASSAY_INTERRUPTED, "INTERRUPTED", "stopped by a signal");
    else if (!crew->done)
        status = pass->source->ops->next(pass->source, batch, err);
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

/* Rows inside --limit and --sample. The choice hangs on the record number alone. */
static void select_rows(const struct assay_pass *pass, const struct assay_batch *batch,
                        uint64_t *selected)
{
    assay_bits_fill(selected, batch->rows);
    uint64_t limit = pass->options->limit;
    double share = pass->options->sample;
    if (share < 1) {
        uint64_t below = (uint64_t)(share * 18446744073709551616.0);
        for (uint32_t r = 0; r < batch->rows; r++)
            if (assay_hash_mix(batch->record + r) >= below)
                selected[r / 64] &= ~((uint64_t)1 << (r % 64));
    }
    if (limit && batch->record + batch->rows > limit)
        for (uint32_t r = (uint32_t)(limit - batch->record); r < batch->rows; r++)
            selected[r / 64] &= ~((uint64_t)1 << (r % 64));
}

/* Columns of a slice; NULL where one could not be made. */
static struct assay_column **slice_columns(struct worker *worker, const uint32_t *indexes,
                                           const struct assay_field *const *fields, uint32_t count,
                                           struct assay_error *err)
{
    struct assay_column **columns = assay_arena_array(&worker->arena, count + 1, sizeof *columns);
    if (columns == NULL) {
        assay_fail_nomem(err);
        return NULL;
    }
    for (uint32_t i = 0; i < count; i++) {
        columns[i] = assay_batch_column(&worker->batch, indexes[i], fields[i], err);
        if (columns[i] == NULL)
            return NULL;
    }
    return columns;
}

/*
 * The rows that a task's filter picks among `base`. A row whose filter cannot be
 * evaluated is an error of the task, told once: it may not be dropped silently.
 */
static enum assay_status filter_rows(struct worker *worker, uint32_t t, const uint64_t *base,
                                     const uint64_t *selected, struct assay_error *err)
{
    const struct assay_bound *bound = worker->crew->pass->tasks[t];
    const struct assay_expr *where = bound->task->spec.where;
    uint32_t rows = worker->batch.rows, count = 0;
    size_t words = ASSAY_BITMAP_WORDS(rows);
    uint64_t *truth = assay_arena_array(&worker->arena, words * 2 + 1, 8);
    assay_expr_columns(where, &count);
    struct assay_column **columns =
        slice_columns(worker, bound->where_indexes, bound->where_fields, count, err);
    if (truth == NULL || columns == NULL)
        return truth ? err->status : assay_fail_nomem(err);
    struct assay_slice slice = {
        .batch = &worker->batch,
        .columns = columns,
        .indexes = bound->where_indexes,
        .column_count = count,
        .rows = rows,
        .mask = base,
        .selected = selected,
    };
    struct assay_expr_fault fault = {0};
    ASSAY_TRY(
        assay_expr_eval(where, worker->filters[t], &slice, truth, truth + words, &fault, err));
    if (fault.count) {
        struct assay_position at =
            worker->batch.ops->position(&worker->batch, fault.row, UINT32_MAX);
        assay_fail(err, ASSAY_SOURCE, "EXPR-EVALUATE", "`where` cannot be evaluated: %s",
                   fault.message);
        struct assay_str path = worker->crew->pass->source->files[at.file].path;
        char name[512];
        snprintf(name, sizeof name, "%.*s", (int)path.len, path.ptr);
        assay_error_at(err, name, at.line, at.column);
        return ASSAY_SOURCE;
    }
    worker->masks[t] = truth;
    return ASSAY_OK;
}

/* What holds for a record holds for each value of a column that fans out. */
static uint64_t *fan_out(struct worker *worker, const uint32_t *record, uint32_t rows,
                         const uint64_t *bits)
{
    uint64_t *wide = assay_arena_array(&worker->arena, ASSAY_BITMAP_WORDS(rows) + 1, 8);
    for (uint32_t r = 0; wide != NULL && r < rows; r++)
        wide[r / 64] |= (uint64_t)assay_bit_get(bits, record[r]) << (r % 64);
    return wide;
}

static enum assay_status fan_out_slice(struct worker *worker, struct assay_slice *slice,
                                       struct assay_error *err)
{
    slice->record = slice->columns[0]->record;
    slice->rows = slice->columns[0]->rows;
    slice->mask = fan_out(worker, slice->record, slice->rows, slice->mask);
    slice->selected = fan_out(worker, slice->record, slice->rows, slice->selected);
    return slice->mask != NULL && slice->selected != NULL ? ASSAY_OK : assay_fail_nomem(err);
}

static enum assay_status fold_task(struct worker *worker, uint32_t t, const uint64_t *base,
                                   const uint64_t *selected, struct assay_error *err)
{
    const struct assay_bound *bound = worker->crew->pass->tasks[t];
    const struct assay_metric_spec *spec = &bound->task->spec;
    const uint64_t *mask = base;
    if (spec->where != NULL) {
        uint32_t first = worker->crew->same_filter[t];
        if (first == t || worker->masks[first] == NULL)
            ASSAY_TRY(filter_rows(worker, first, base, selected, err));
        mask = worker->masks[first];
    }
    struct assay_column **columns =
        slice_columns(worker, bound->indexes, bound->task->fields, spec->column_count, err);
    if (columns == NULL)
        return err->status;
    struct assay_slice slice = {
        .batch = &worker->batch,
        .columns = columns,
        .indexes = bound->indexes,
        .column_count = spec->column_count,
        .rows = worker->batch.rows,
        .mask = mask,
        .selected = selected,
        .filtered = spec->where != NULL,
    };
    if (spec->column_count == 1 && columns[0]->record != NULL)
        ASSAY_TRY(fan_out_slice(worker, &slice, err));
    return spec->metric->update(worker->states[t], &slice, err);
}

/*
 * Folds one batch into the worker's states. A task that cannot go on is taken out (its
 * state is marked), and the others still run; only memory and output faults end a pass.
 */
static enum assay_status fold_batch(struct worker *worker, bool *satisfied, struct assay_error *err)
{
    struct assay_pass *pass = worker->crew->pass;
    assay_arena_reset(&worker->arena);
    size_t words = ASSAY_BITMAP_WORDS(worker->batch.rows);
    uint64_t *selected = assay_arena_array(&worker->arena, words * 2 + 1, 8);
    if (selected == NULL)
        return assay_fail_nomem(err);
    uint64_t *base = selected + words;
    select_rows(pass, &worker->batch, selected);
    for (size_t i = 0; i < words; i++)
        base[i] = selected[i] & (worker->batch.usable ? worker->batch.usable[i] : ~(uint64_t)0);
    memset(worker->masks, 0, pass->task_count * sizeof *worker->masks);
    *satisfied = true;
    for (uint32_t t = 0; t < pass->task_count; t++) {
        if (worker->states[t] == NULL)
            continue;
        const struct assay_metric *metric = pass->tasks[t]->task->spec.metric;
        enum assay_status status = fold_task(worker, t, base, selected, err);
        if (status == ASSAY_SOURCE || status == ASSAY_LIMIT) {
            pthread_mutex_lock(&worker->crew->turnstile);
            struct assay_measure *measure = &pass->tasks[t]->measure;
            if (!measure->failed || err->line < measure->error.line)
                measure->error = *err;
            measure->failed = true;
            pthread_mutex_unlock(&worker->crew->turnstile);
        } else if (status != ASSAY_OK)
            return status;
        *satisfied &= metric->satisfied != NULL && metric->satisfied(worker->states[t]);
    }
    return ASSAY_OK;
}

/* What is wrong with the header stands before what is wrong with the first records. */
static enum assay_status add_header_findings(struct worker *worker, struct assay_error *err)
{
    const struct assay_source *source = worker->crew->pass->source;
    struct assay_batch *batch = &worker->batch;
    uint32_t before = source->header_finding_count;
    if (batch->sequence != 0 || before == 0)
        return ASSAY_OK;
    struct assay_finding *all =
        assay_arena_array(&batch->arena, (size_t)before + batch->finding_count, sizeof *all);
    if (all == NULL)
        return assay_fail_nomem(err);
    memcpy(all, source->header_findings, before * sizeof *all);
    if (batch->finding_count > 0)
        memcpy(all + before, batch->findings, batch->finding_count * sizeof *all);
    batch->findings = all;
    batch->finding_count += before;
    return ASSAY_OK;
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    struct crew *crew = worker->crew;
    struct assay_error error = {0};
    enum assay_status status;
    bool satisfied = false;
    while ((status = take_batch(worker, &error)) == ASSAY_OK && worker->batch.rows != 0) {
        status = worker->batch.ops->decode(&worker->batch, &error);
        if (status == ASSAY_OK)
            status = add_header_findings(worker, &error);
        if (status == ASSAY_OK)
            status = fold_batch(worker, &satisfied, &error);
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

static struct assay_metric_env task_env(const struct assay_pass *pass,
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
        .violations = pass->progress ? &pass->progress->violations : NULL,
    };
}

static enum assay_status open_task(struct worker *worker, uint32_t t, struct assay_error *err)
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
        *env = task_env(pass, bound);
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

static enum assay_status worker_open(struct worker *worker, struct crew *crew,
                                     struct assay_error *err)
{
    struct assay_pass *pass = crew->pass;
    *worker = (struct worker){.crew = crew};
    assay_arena_init(&worker->arena, 0);
    worker->states = calloc(pass->task_count + 1, sizeof *worker->states);
    worker->filters = calloc(pass->task_count + 1, sizeof *worker->filters);
    worker->masks = calloc(pass->task_count + 1, sizeof *worker->masks);
    if (worker->states == NULL || worker->filters == NULL || worker->masks == NULL)
        return assay_fail_nomem(err);
    ASSAY_TRY(assay_batch_init(pass->source, &worker->batch, err));
    worker->has_batch = true;
    for (uint32_t t = 0; t < pass->task_count; t++)
        ASSAY_TRY(open_task(worker, t, err));
    return ASSAY_OK;
}

static void worker_close(struct worker *worker)
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
    assay_arena_free(&worker->arena);
}

/* Merges every worker's states into the first worker's, in order, and finishes them. */
static enum assay_status merge_and_finish(struct crew *crew, struct worker *workers, uint32_t count,
                                          struct assay_error *err)
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

/* Equal filters are evaluated once a batch: each task points at the first of its kind. */
static void share_filters(struct crew *crew)
{
    struct assay_pass *pass = crew->pass;
    for (uint32_t t = 0; t < pass->task_count; t++) {
        crew->same_filter[t] = t;
        const struct assay_expr *where = pass->tasks[t]->task->spec.where;
        if (where == NULL || pass->tasks[t]->unbound)
            continue;
        for (uint32_t s = 0; s < t; s++) {
            const struct assay_expr *other = pass->tasks[s]->task->spec.where;
            if (other != NULL && !pass->tasks[s]->unbound &&
                assay_str_equal(assay_expr_text(where), assay_expr_text(other))) {
                crew->same_filter[t] = s;
                break;
            }
        }
    }
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

enum assay_status assay_pass_run(struct assay_pass *pass, struct assay_error *err)
{
    struct crew crew = {.pass = pass};
    uint32_t count = worker_count(pass);
    crew.same_filter = assay_arena_array(pass->arena, pass->task_count + 1, sizeof(uint32_t));
    struct worker *workers = calloc(count, sizeof *workers);
    if (workers == NULL || crew.same_filter == NULL) {
        free(workers);
        return assay_fail_nomem(err);
    }
    share_filters(&crew);
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
    if (status == ASSAY_OK && pass->source->ops->finish != NULL && !pass->stop_when_satisfied &&
        !pass->limited)
        status = pass->source->ops->finish(pass->source, err);
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
