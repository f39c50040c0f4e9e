/*
 * Reading sorted numbers back: memory and runs merged, equal numbers joined.
 */
#include "config.h"

#include "sketch/sorter_impl.h"
#include "sketch/varint.h"

#include <stdlib.h>

struct assay_sorter_cursor {
    assay_int128 value; /* the number it stands on */
    uint64_t count;
    const int64_t *narrow;                  /* one of these three: numbers in memory, */
    const struct assay_sorter_record *wide; /* records in memory, */
    struct assay_spill_reader reader;       /* or a run */
    size_t at, end;
    assay_int128 last, factor;
    bool first;
};

static enum assay_status next_of_run(struct assay_sorter_cursor *c, struct assay_error *err)
{
    const unsigned char *data;
    size_t have;
    unsigned __int128 step;
    ASSAY_TRY(assay_spill_reader_peek(&c->reader, 2 * ASSAY_VARINT_MAX, &data, &have, err));
    c->count = 0;
    if (have == 0)
        return ASSAY_OK;
    size_t n = assay_varint_get(data, have, &step);
    size_t m = n ? assay_varint_get64(data + n, have - n, &c->count) : 0;
    if (m == 0)
        return assay_fail(err, ASSAY_IO, "SPILL", "a temporary file has changed while in use");
    assay_spill_reader_skip(&c->reader, n + m);
    if (c->first)
        step = step >> 1 ^ (0 - (step & 1));
    c->last = (assay_int128)((unsigned __int128)c->last + step);
    c->value = c->last * c->factor;
    c->first = false;
    return ASSAY_OK;
}

/* Steps to the next number; a count of 0 is the end. */
static enum assay_status step(struct assay_sorter_cursor *c, struct assay_error *err)
{
    if (c->narrow == NULL && c->wide == NULL)
        return next_of_run(c, err);
    c->count = 0;
    if (c->at == c->end)
        return ASSAY_OK;
    if (c->wide != NULL) {
        c->value = assay_sorter_value(&c->wide[c->at]);
        c->count = c->wide[c->at++].count;
        return ASSAY_OK;
    }
    size_t from = c->at++;
    while (c->at < c->end && c->narrow[c->at] == c->narrow[from])
        c->at++;
    c->value = c->narrow[from];
    c->count = c->at - from;
    return ASSAY_OK;
}

static void sift_down(struct assay_sorter_pass *pass, size_t at)
{
    struct assay_sorter_cursor *c = pass->heap[at];
    for (size_t child; (child = at * 2 + 1) < pass->count; at = child) {
        if (child + 1 < pass->count && pass->heap[child + 1]->value < pass->heap[child]->value)
            child++;
        if (c->value <= pass->heap[child]->value)
            break;
        pass->heap[at] = pass->heap[child];
    }
    pass->heap[at] = c;
}

/* Takes the cursor opened last into the heap, unless it is empty. */
static enum assay_status enter(struct assay_sorter_pass *pass, struct assay_error *err)
{
    struct assay_sorter_cursor *c = &pass->cursors[pass->open++];
    ASSAY_TRY(step(c, err));
    if (c->count > 0)
        pass->heap[pass->count++] = c;
    return ASSAY_OK;
}

enum assay_status assay_sorter_open(struct assay_sorter *sorter, struct assay_sorter_pass *pass,
                                    struct assay_error *err)
{
    size_t most = sorter->run_count + 2, share = assay_spill_reader_share(sorter->run_count);
    *pass = (struct assay_sorter_pass){0};
    assay_sorter_settle(sorter);
    pass->cursors = calloc(most, sizeof *pass->cursors);
    pass->heap = calloc(most, sizeof *pass->heap);
    if (pass->cursors == NULL || pass->heap == NULL)
        return assay_fail_nomem(err);
    if (sorter->narrow_count > 0) {
        pass->cursors[pass->open].narrow = sorter->narrow;
        pass->cursors[pass->open].end = sorter->narrow_count;
        ASSAY_TRY(enter(pass, err));
    }
    if (sorter->wide_count > 0) {
        pass->cursors[pass->open].wide = sorter->wide;
        pass->cursors[pass->open].end = sorter->wide_count;
        ASSAY_TRY(enter(pass, err));
    }
    for (size_t i = 0; i < sorter->run_count; i++) {
        const struct assay_sorter_run *run = &sorter->runs[i];
        struct assay_sorter_cursor *c = &pass->cursors[pass->open];
        c->first = true;
        c->factor = run->factor;
        ASSAY_TRY(assay_spill_reader_open(&c->reader, run->file, run->begin, run->end, share, err));
        ASSAY_TRY(enter(pass, err));
    }
    for (size_t at = pass->count / 2; at-- > 0;)
        sift_down(pass, at);
    return ASSAY_OK;
}

enum assay_status assay_sorter_next(struct assay_sorter_pass *pass, assay_int128 *value,
                                    uint64_t *count, struct assay_error *err)
{
    *count = 0;
    if (pass->count == 0)
        return ASSAY_OK;
    *value = pass->heap[0]->value;
    while (pass->count > 0 && pass->heap[0]->value == *value) {
        *count += pass->heap[0]->count;
        ASSAY_TRY(step(pass->heap[0], err));
        if (pass->heap[0]->count == 0)
            pass->heap[0] = pass->heap[--pass->count];
        if (pass->count > 0)
            sift_down(pass, 0);
    }
    return ASSAY_OK;
}

void assay_sorter_close(struct assay_sorter_pass *pass)
{
    for (size_t i = 0; i < pass->open; i++)
        assay_spill_reader_close(&pass->cursors[i].reader);
    free(pass->cursors);
    free(pass->heap);
    *pass = (struct assay_sorter_pass){0};
}
