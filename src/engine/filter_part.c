/*
 * Sorts a batch: which of its records pass, and their bytes.
 */
#include "config.h"

#include "engine/filter_part.h"

#include <stdlib.h>

#define PART_LIMIT ((size_t)1 << 31)

enum assay_status assay_filter_part_new(struct assay_filter_part **out, struct assay_error *err)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return assay_fail_nomem(err);
    assay_buf_init(&(*out)->copied, PART_LIMIT);
    assay_buf_init(&(*out)->text, PART_LIMIT);
    assay_buf_init(&(*out)->lines, PART_LIMIT);
    return ASSAY_OK;
}

void assay_filter_part_free(struct assay_filter_part *part)
{
    if (part == NULL)
        return;
    assay_buf_free(&part->copied);
    assay_buf_free(&part->text);
    assay_buf_free(&part->lines);
    free(part);
}

/* The records that a task marked: its own rows, where it looked at one value a record. */
static const uint64_t *failing_records(struct assay_worker *worker,
                                       const struct assay_judged *judged)
{
    const struct assay_slice *slice = &judged->slice;
    if (slice->record == NULL && judged->unpicked == NULL)
        return judged->marks.bad;
    uint64_t *bits =
        assay_arena_array(&worker->arena, ASSAY_BITMAP_WORDS(worker->batch.rows) + 1, 8);
    if (bits == NULL)
        return NULL;
    ASSAY_BITS_EACH(judged->marks.bad, slice->rows, row,
                    { assay_bit_set(bits, slice->record ? slice->record[row] : row); })
    for (const struct assay_undecided *u = judged->unpicked; u != NULL; u = u->next)
        assay_bit_set(bits, u->row);
    return bits;
}

static enum assay_status find_bad(const struct assay_filter *filter, struct assay_worker *worker,
                                  struct assay_error *err)
{
    const struct assay_filter_state *state = filter->state;
    struct assay_filter_part *part = worker->part;
    size_t words = ASSAY_BITMAP_WORDS(worker->batch.rows);
    part->bad = assay_arena_array(&worker->arena, words + 1, 8);
    part->failing = assay_arena_array(&worker->arena, state->gate_count + 1, sizeof *part->failing);
    if (part->bad == NULL || part->failing == NULL)
        return assay_fail_nomem(err);
    for (uint32_t g = 0; g < state->gate_count; g++) {
        uint32_t task = state->gates[g].task;
        if (task == UINT32_MAX || !worker->judged[task].marked)
            continue;
        part->failing[g] = failing_records(worker, &worker->judged[task]);
        if (part->failing[g] == NULL)
            return assay_fail_nomem(err);
        for (size_t i = 0; i < words; i++)
            part->bad[i] |= part->failing[g][i] & worker->selected[i];
    }
    return ASSAY_OK;
}

/* The first row from `row` on whose bit is `wanted`; `rows` where there is none. */
static uint32_t next_row(const uint64_t *bits, uint32_t row, uint32_t rows, bool wanted)
{
    while (row < rows) {
        uint64_t word = (wanted ? bits[row / 64] : ~bits[row / 64]) >> (row % 64);
        if (word != 0) {
            row += (uint32_t)__builtin_ctzll(word);
            return row < rows ? row : rows;
        }
        row = (row / 64 + 1) * 64;
    }
    return rows;
}

/* Adds records [row, end): the first piece is borrowed, several are copied together. */
static void add_good(const struct assay_filter *filter, struct assay_worker *worker, uint32_t row,
                     uint32_t end)
{
    const struct assay_source_frame *frame = filter->state->frame;
    const struct assay_batch *batch = &worker->batch;
    struct assay_filter_part *part = worker->part;
    while (row < end) {
        uint32_t next = end;
        struct assay_str piece = batch->ops->raw(batch, row, frame->lines ? end : row + 1, &next);
        if (part->passed > 0) {
            if (part->copied.len == 0)
                assay_buf_str(&part->copied, part->good);
            if (!frame->lines)
                assay_buf_str(&part->copied, frame->between);
            assay_buf_str(&part->copied, piece);
        } else
            part->good = piece;
        part->passed += next - row;
        row = next;
    }
}

static enum assay_status gather_good(const struct assay_filter *filter, struct assay_worker *worker,
                                     const uint64_t *good, struct assay_error *err)
{
    struct assay_filter_part *part = worker->part;
    uint32_t rows = worker->batch.rows;
    for (uint32_t row = next_row(good, 0, rows, true); row < rows;) {
        uint32_t end = next_row(good, row, rows, false);
        add_good(filter, worker, row, end);
        row = next_row(good, end, rows, true);
    }
    if (part->copied.failed)
        return assay_fail_nomem(err);
    if (part->copied.len != 0)
        part->good = assay_buf_view(&part->copied);
    return ASSAY_OK;
}

enum assay_status assay_filter_sort(const struct assay_filter *filter, struct assay_worker *worker,
                                    struct assay_error *err)
{
    struct assay_filter_part *part = worker->part;
    uint32_t rows = worker->batch.rows;
    size_t words = ASSAY_BITMAP_WORDS(rows);
    part->passed = part->failed = 0;
    part->next = 0;
    part->good = assay_str("", 0);
    assay_buf_reset(&part->copied);
    ASSAY_TRY(find_bad(filter, worker, err));
    uint64_t *good = assay_arena_array(&worker->arena, words + 1, 8);
    if (good == NULL)
        return assay_fail_nomem(err);
    for (size_t i = 0; i < words; i++)
        good[i] = worker->selected[i] & ~part->bad[i];
    if (filter->out >= 0)
        ASSAY_TRY(gather_good(filter, worker, good, err));
    else
        part->passed = assay_bits_count(good, rows);
    return assay_filter_render(filter, worker, err);
}
