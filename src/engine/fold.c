/*
 * One batch: its rows are selected and filtered, its columns made, and each task's metric
 * is shown them.
 */
#include "config.h"

#include "engine/fold.h"

#include "base/hash.h"
#include "engine/filter_part.h"

#include <stdio.h>

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
static struct assay_column **slice_columns(struct assay_worker *worker, const uint32_t *indexes,
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

/* The records for which a filter cannot be evaluated, found by asking about each alone. */
static enum assay_status find_unpicked(struct assay_worker *worker, uint32_t t,
                                       const struct assay_slice *slice, const uint64_t *truth,
                                       struct assay_undecided **out, struct assay_error *err)
{
    const struct assay_expr *where = worker->crew->pass->tasks[t]->task->spec.where;
    size_t words = ASSAY_BITMAP_WORDS(slice->rows);
    uint64_t *one = assay_arena_array(&worker->arena, words * 3 + 1, 8);
    if (one == NULL)
        return assay_fail_nomem(err);
    struct assay_slice alone = *slice;
    alone.mask = one;
    ASSAY_BITS_EACH(slice->mask, slice->rows, row, {
        struct assay_expr_fault fault = {0};
        if (assay_bit_get(truth, row))
            continue;
        one[row / 64] = (uint64_t)1 << (row % 64);
        ASSAY_TRY(assay_expr_eval(where, worker->filters[t], &alone, one + words, one + words * 2,
                                  &fault, err));
        one[row / 64] = 0;
        if (fault.count == 0)
            continue;
        struct assay_undecided *found = assay_arena_alloc(&worker->arena, sizeof *found);
        if (found == NULL)
            return assay_fail_nomem(err);
        *found = (struct assay_undecided){.row = row, .code = "EXPR-EVALUATE"};
        found->text =
            assay_arena_printf(&worker->arena, "`where` cannot be evaluated: %s", fault.message);
        if (found->text == NULL)
            return assay_fail_nomem(err);
        *out = found;
        out = &found->next;
    })
    return ASSAY_OK;
}

/*
 * The rows that a task's filter picks among `base`. A row whose filter cannot be
 * evaluated is an error of the task, told once: it may not be dropped silently. Where
 * `unpicked` is not NULL those rows are told, and the others still picked.
 */
static enum assay_status filter_rows(struct assay_worker *worker, uint32_t t, const uint64_t *base,
                                     const uint64_t *selected, uint64_t **picked,
                                     struct assay_undecided **unpicked, struct assay_error *err)
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
    *picked = NULL;
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
    if (fault.count != 0 && unpicked != NULL) {
        ASSAY_TRY(find_unpicked(worker, t, &slice, truth, unpicked, err));
        *picked = truth;
    }
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
    worker->masks[t] = *picked = truth;
    return ASSAY_OK;
}

/* What holds for a record holds for each value of a column that fans out. */
static uint64_t *fan_out(struct assay_worker *worker, const uint32_t *record, uint32_t rows,
                         const uint64_t *bits)
{
    uint64_t *wide = assay_arena_array(&worker->arena, ASSAY_BITMAP_WORDS(rows) + 1, 8);
    for (uint32_t r = 0; wide != NULL && r < rows; r++)
        wide[r / 64] |= (uint64_t)assay_bit_get(bits, record[r]) << (r % 64);
    return wide;
}

static enum assay_status fan_out_slice(struct assay_worker *worker, struct assay_slice *slice,
                                       struct assay_error *err)
{
    slice->record = slice->columns[0]->record;
    slice->rows = slice->columns[0]->rows;
    slice->mask = fan_out(worker, slice->record, slice->rows, slice->mask);
    slice->selected = fan_out(worker, slice->record, slice->rows, slice->selected);
    return slice->mask != NULL && slice->selected != NULL ? ASSAY_OK : assay_fail_nomem(err);
}

/* Asks the task which rows it marks, and keeps what it says for this batch. */
static enum assay_status update_marking(struct assay_worker *worker, uint32_t t,
                                        struct assay_slice *slice, struct assay_error *err)
{
    const struct assay_metric *metric = worker->crew->pass->tasks[t]->task->spec.metric;
    struct assay_judged *judged = &worker->judged[t];
    judged->marks.undecided = NULL;
    judged->marks.bad = assay_arena_array(&worker->arena, ASSAY_BITMAP_WORDS(slice->rows) + 1, 8);
    if (judged->marks.bad == NULL)
        return assay_fail_nomem(err);
    slice->marks = &judged->marks;
    ASSAY_TRY(metric->update(worker->states[t], slice, err));
    judged->slice = *slice;
    judged->marked = true;
    return ASSAY_OK;
}

static enum assay_status update_task(struct assay_worker *worker, uint32_t t, const uint64_t *mask,
                                     struct assay_error *err)
{
    const struct assay_bound *bound = worker->crew->pass->tasks[t];
    const struct assay_metric_spec *spec = &bound->task->spec;
    struct assay_column **columns =
        slice_columns(worker, bound->indexes, bound->task->fields, spec->column_count, err);
    if (columns == NULL)
        return err->status;
    struct assay_column **beside = NULL;
    if (bound->beside_count != 0) {
        beside = slice_columns(worker, bound->beside_indexes, bound->beside_fields,
                               bound->beside_count, err);
        if (beside == NULL)
            return err->status;
    }
    struct assay_slice slice = {
        .batch = &worker->batch,
        .columns = columns,
        .beside = beside,
        .beside_count = bound->beside_count,
        .indexes = bound->indexes,
        .column_count = spec->column_count,
        .rows = worker->batch.rows,
        .mask = mask,
        .selected = worker->selected,
        .filtered = spec->where != NULL,
    };
    if (spec->column_count == 1 && columns[0]->record != NULL)
        ASSAY_TRY(fan_out_slice(worker, &slice, err));
    if (bound->marked)
        return update_marking(worker, t, &slice, err);
    return spec->metric->update(worker->states[t], &slice, err);
}

static enum assay_status fold_task(struct assay_worker *worker, uint32_t t, const uint64_t *base,
                                   struct assay_error *err)
{
    const struct assay_bound *bound = worker->crew->pass->tasks[t];
    if (bound->task->spec.where == NULL)
        return update_task(worker, t, base, err);
    uint32_t first = worker->crew->same_filter[t];
    uint64_t *mask = worker->masks[first];
    if (mask != NULL)
        return update_task(worker, t, mask, err);
    struct assay_undecided **unpicked = bound->marked ? &worker->judged[t].unpicked : NULL;
    enum assay_status status =
        filter_rows(worker, first, base, worker->selected, &mask, unpicked, err);
    if (mask == NULL)
        return status;
    struct assay_error later;
    enum assay_status updated = update_task(worker, t, mask, &later);
    if (updated == ASSAY_OK)
        return status;
    *err = later;
    return updated;
}

/* What keeps a task from going on is its error, that of the first place where there are two. */
static void fail_task(struct assay_worker *worker, uint32_t t, const struct assay_error *err)
{
    pthread_mutex_lock(&worker->crew->turnstile);
    struct assay_measure *measure = &worker->crew->pass->tasks[t]->measure;
    if (!measure->failed || err->line < measure->error.line)
        measure->error = *err;
    measure->failed = true;
    pthread_mutex_unlock(&worker->crew->turnstile);
}

/* What is wrong with the header stands before what is wrong with the first records. */
static enum assay_status add_header_findings(struct assay_worker *worker, struct assay_error *err)
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

static enum assay_status fold_tasks(struct assay_worker *worker, const uint64_t *base,
                                    bool *satisfied, struct assay_error *err)
{
    struct assay_pass *pass = worker->crew->pass;
    for (uint32_t t = 0; t < pass->task_count; t++) {
        if (worker->states[t] == NULL)
            continue;
        const struct assay_metric *metric = pass->tasks[t]->task->spec.metric;
        enum assay_status status = fold_task(worker, t, base, err);
        if (status == ASSAY_SOURCE || status == ASSAY_LIMIT)
            fail_task(worker, t, err);
        else if (status != ASSAY_OK)
            return status;
        /* Records may not pass a check that did not see them. */
        if (status != ASSAY_OK && pass->tasks[t]->marked && !worker->judged[t].marked &&
            assay_filter_passes(pass->filter))
            return status;
        *satisfied &= metric->satisfied != NULL && metric->satisfied(worker->states[t]);
    }
    return ASSAY_OK;
}

enum assay_status assay_fold_batch(struct assay_worker *worker, bool *satisfied,
                                   struct assay_error *err)
{
    struct assay_pass *pass = worker->crew->pass;
    ASSAY_TRY(add_header_findings(worker, err));
    assay_arena_reset(&worker->arena);
    size_t words = ASSAY_BITMAP_WORDS(worker->batch.rows);
    worker->selected = assay_arena_array(&worker->arena, words * 2 + 1, 8);
    if (worker->selected == NULL)
        return assay_fail_nomem(err);
    uint64_t *base = worker->selected + words;
    select_rows(pass, &worker->batch, worker->selected);
    for (size_t i = 0; i < words; i++)
        base[i] =
            worker->selected[i] & (worker->batch.usable ? worker->batch.usable[i] : ~(uint64_t)0);
    memset(worker->masks, 0, pass->task_count * sizeof *worker->masks);
    memset(worker->judged, 0, pass->task_count * sizeof *worker->judged);
    *satisfied = true;
    return fold_tasks(worker, base, satisfied, err);
}

/* Equal filters are evaluated once a batch: each task points at the first of its kind. */
void assay_fold_share_filters(struct assay_crew *crew)
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
