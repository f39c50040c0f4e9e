/*
 * Values and counts in the order of bytes, the most frequent ones, and states as bytes.
 *
 *   "AFR1" { length(varint) count(varint) text }*   by bytes rising, counts not 0
 */
#include "config.h"

#include "sketch/frequency_impl.h"
#include "sketch/varint.h"

#include <stdlib.h>

static const char magic[4] = {'A', 'F', 'R', '1'};

/* Merging */

struct cursor {
    struct assay_str text;
    uint64_t count;                           /* 0: the end */
    const struct assay_frequency_item *order; /* entries in memory; NULL: a run */
    size_t at;
    char word[8];
    struct assay_spill_reader reader;
    size_t shown; /* bytes of the run that `text` was read from */
};

struct merger {
    const struct assay_frequency *state;
    struct assay_frequency_item *order;
    struct cursor *cursors;
    struct cursor **heap;
    size_t open, count;
};

static enum assay_status fail_changed(struct assay_error *err)
{
    return assay_fail(err, ASSAY_IO, "SPILL", "a temporary file has changed while in use");
}

static enum assay_status next_of_run(struct cursor *c, struct assay_error *err)
{
    const unsigned char *data;
    size_t have;
    uint64_t len;
    assay_spill_reader_skip(&c->reader, c->shown);
    c->shown = 0;
    c->count = 0;
    ASSAY_TRY(assay_spill_reader_peek(&c->reader, 2 * ASSAY_VARINT_MAX, &data, &have, err));
    if (have == 0)
        return ASSAY_OK;
    size_t n = assay_varint_get64(data, have, &len);
    size_t m = n ? assay_varint_get64(data + n, have - n, &c->count) : 0;
    if (m == 0 || c->count == 0 || len > c->reader.end)
        return fail_changed(err);
    size_t whole = n + m + (size_t)len;
    ASSAY_TRY(assay_spill_reader_peek(&c->reader, whole, &data, &have, err));
    if (have < whole)
        return fail_changed(err);
    c->text = assay_str((const char *)data + n + m, (size_t)len);
    c->shown = whole;
    return ASSAY_OK;
}

static enum assay_status step(const struct merger *m, struct cursor *c, struct assay_error *err)
{
    if (c->order == NULL)
        return next_of_run(c, err);
    c->count = 0;
    if (c->at == m->state->count)
        return ASSAY_OK;
    const struct assay_frequency_entry *entry = &m->state->entries[c->order[c->at++].index];
    c->text = assay_frequency_text(m->state, entry, c->word);
    c->count = entry->count;
    return ASSAY_OK;
}

static void sift_down(struct merger *m, size_t at)
{
    struct cursor *c = m->heap[at];
    for (size_t child; (child = at * 2 + 1) < m->count; at = child) {
        if (child + 1 < m->count &&
            assay_str_compare(m->heap[child + 1]->text, m->heap[child]->text) < 0)
            child++;
        if (assay_str_compare(c->text, m->heap[child]->text) <= 0)
            break;
        m->heap[at] = m->heap[child];
    }
    m->heap[at] = c;
}

static enum assay_status open_cursors(struct merger *m, struct assay_error *err)
{
    const struct assay_frequency *state = m->state;
    size_t share = assay_spill_reader_share(state->run_count);
    for (size_t i = 0; i <= state->run_count; i++) {
        struct cursor *c = &m->cursors[m->open++];
        if (i == state->run_count)
            c->order = m->order;
        else
            ASSAY_TRY(assay_spill_reader_open(&c->reader, state->runs[i].file, state->runs[i].begin,
                                              state->runs[i].end, share, err));
        ASSAY_TRY(step(m, c, err));
        if (c->count > 0)
            m->heap[m->count++] = c;
    }
    for (size_t at = m->count / 2; at-- > 0;)
        sift_down(m, at);
    return ASSAY_OK;
}

/*
 * The text of the first cursor of several is kept while the others that stand on it move
 * on, so that it stays valid; the first moves last.
 */
static enum assay_status merge_cursors(struct merger *m, assay_frequency_fn *fn, void *ctx,
                                       struct assay_error *err)
{
    while (m->count > 0) {
        struct cursor *first = m->heap[0];
        uint64_t count = first->count;
        m->heap[0] = m->heap[--m->count];
        if (m->count > 0)
            sift_down(m, 0);
        while (m->count > 0 && assay_str_equal(m->heap[0]->text, first->text)) {
            count += m->heap[0]->count;
            ASSAY_TRY(step(m, m->heap[0], err));
            if (m->heap[0]->count == 0)
                m->heap[0] = m->heap[--m->count];
            if (m->count > 0)
                sift_down(m, 0);
        }
        ASSAY_TRY(fn(ctx, first->text, count, err));
        ASSAY_TRY(step(m, first, err));
        if (first->count == 0)
            continue;
        size_t at = m->count++;
        for (; at > 0; at = (at - 1) / 2) {
            struct cursor *parent = m->heap[(at - 1) / 2];
            if (assay_str_compare(parent->text, first->text) <= 0)
                break;
            m->heap[at] = parent;
        }
        m->heap[at] = first;
    }
    return ASSAY_OK;
}

enum assay_status assay_frequency_each(struct assay_frequency *state, assay_frequency_fn *fn,
                                       void *ctx, struct assay_error *err)
{
    struct merger m = {.state = state};
    m.order = malloc((state->count + 1) * sizeof *m.order);
    m.cursors = calloc(state->run_count + 1, sizeof *m.cursors);
    m.heap = calloc(state->run_count + 1, sizeof *m.heap);
    enum assay_status status = ASSAY_OK;
    if (m.order == NULL || m.cursors == NULL || m.heap == NULL)
        status = assay_fail_nomem(err);
    if (status == ASSAY_OK) {
        assay_frequency_order(state, m.order);
        status = open_cursors(&m, err);
    }
    if (status == ASSAY_OK)
        status = merge_cursors(&m, fn, ctx, err);
    for (size_t i = 0; i < m.open; i++)
        if (m.cursors[i].order == NULL && m.cursors[i].reader.spill != NULL)
            assay_spill_reader_close(&m.cursors[i].reader);
    free(m.order);
    free(m.cursors);
    free(m.heap);
    return status;
}

static enum assay_status count_value(void *ctx, struct assay_str text, uint64_t count,
                                     struct assay_error *err)
{
    (void)text;
    (void)count;
    (void)err;
    ++*(uint64_t *)ctx;
    return ASSAY_OK;
}

enum assay_status assay_frequency_distinct(struct assay_frequency *state, uint64_t *distinct,
                                           struct assay_error *err)
{
    *distinct = state->count;
    if (state->run_count == 0)
        return ASSAY_OK;
    *distinct = 0;
    return assay_frequency_each(state, count_value, distinct, err);
}

/* The most frequent values */

struct chooser {
    struct assay_frequency_top *top; /* a heap while choosing, the one to drop first */
    size_t most;
};

/* Values come by bytes rising, so of two with the same count the earlier one stays. */
static int rank(const struct assay_frequency_value *x, const struct assay_frequency_value *y)
{
    if (x->count != y->count)
        return x->count < y->count ? -1 : 1;
    return -assay_str_compare(x->text, y->text);
}

static void sift_value(struct assay_frequency_value *v, size_t at, size_t count)
{
    struct assay_frequency_value value = v[at];
    for (size_t child; (child = at * 2 + 1) < count; at = child) {
        if (child + 1 < count && rank(&v[child + 1], &v[child]) < 0)
            child++;
        if (rank(&value, &v[child]) <= 0)
            break;
        v[at] = v[child];
    }
    v[at] = value;
}

static enum assay_status choose(void *ctx, struct assay_str text, uint64_t count,
                                struct assay_error *err)
{
    struct chooser *chooser = ctx;
    struct assay_frequency_top *top = chooser->top;
    struct assay_frequency_value value = {.count = count};
    top->distinct++;
    if (chooser->most == 0)
        return ASSAY_OK;
    bool full = top->count == chooser->most;
    if (full && count < top->values[0].count)
        return ASSAY_OK;
    if (full && count == top->values[0].count) {
        top->ties++;
        return ASSAY_OK;
    }
    char *copy = malloc(text.len + 1);
    if (copy == NULL)
        return assay_fail_nomem(err);
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    value.text = assay_str(copy, text.len);
    if (!full) {
        top->values[top->count++] = value;
        for (size_t at = top->count / 2; at-- > 0 && top->count == chooser->most;)
            sift_value(top->values, at, top->count);
        return ASSAY_OK;
    }
    uint64_t dropped = top->values[0].count;
    free((char *)top->values[0].text.ptr);
    top->values[0] = value;
    sift_value(top->values, 0, top->count);
    top->ties = top->values[0].count == dropped ? top->ties + 1 : 0;
    return ASSAY_OK;
}

static int compare_values(const void *x, const void *y)
{
    return -rank(x, y);
}

enum assay_status assay_frequency_top(struct assay_frequency *state, size_t most,
                                      struct assay_frequency_top *top, struct assay_error *err)
{
    struct chooser chooser = {.top = top, .most = most};
    *top = (struct assay_frequency_top){0};
    if (most > state->total)
        chooser.most = (size_t)state->total;
    top->values = calloc(chooser.most + 1, sizeof *top->values);
    if (top->values == NULL)
        return assay_fail_nomem(err);
    enum assay_status status = assay_frequency_each(state, choose, &chooser, err);
    if (status == ASSAY_OK)
        qsort(top->values, top->count, sizeof *top->values, compare_values);
    else
        assay_frequency_top_free(top);
    return status;
}

void assay_frequency_top_free(struct assay_frequency_top *top)
{
    for (size_t i = 0; i < top->count; i++)
        free((char *)top->values[i].text.ptr);
    free(top->values);
    *top = (struct assay_frequency_top){0};
}

/* States */

static enum assay_status fail_large(struct assay_error *err)
{
    assay_fail(err, ASSAY_LIMIT, "STATE", "the state of value counts is too large to save");
    assay_error_help(err, "do not keep state for columns with very many distinct values");
    return ASSAY_LIMIT;
}

static enum assay_status save_value(void *ctx, struct assay_str text, uint64_t count,
                                    struct assay_error *err)
{
    struct assay_buf *out = ctx;
    unsigned char head[2 * ASSAY_VARINT_MAX];
    size_t n = assay_varint_put(head, text.len);
    n += assay_varint_put(head + n, count);
    assay_buf_add(out, head, n);
    assay_buf_str(out, text);
    return out->failed ? fail_large(err) : ASSAY_OK;
}

enum assay_status assay_frequency_save(struct assay_frequency *state, struct assay_buf *out,
                                       struct assay_error *err)
{
    assay_buf_add(out, magic, sizeof magic);
    if (out->failed)
        return fail_large(err);
    return assay_frequency_each(state, save_value, out, err);
}

static enum assay_status load_values(struct assay_frequency *state, const unsigned char *at,
                                     const unsigned char *end, struct assay_error *err)
{
    while (at < end) {
        uint64_t len, count = 0;
        size_t n = assay_varint_get64(at, (size_t)(end - at), &len);
        size_t m = n ? assay_varint_get64(at + n, (size_t)(end - at) - n, &count) : 0;
        if (m == 0 || count == 0 || count > UINT64_MAX - state->total ||
            len > (size_t)(end - at) - n - m)
            return assay_fail(err, ASSAY_SOURCE, "STATE",
                              "the saved state of value counts is damaged");
        at += n + m;
        ASSAY_TRY(
            assay_frequency_add_key(state, assay_str((const char *)at, (size_t)len), count, err));
        at += len;
    }
    return ASSAY_OK;
}

enum assay_status assay_frequency_load(struct assay_frequency *state, struct assay_str saved,
                                       struct assay_error *err)
{
    const unsigned char *at = (const unsigned char *)saved.ptr;
    if (saved.len < sizeof magic || memcmp(at, magic, sizeof magic) != 0)
        return assay_fail(err, ASSAY_SOURCE, "STATE", "the saved state of value counts is damaged");
    struct assay_frequency loaded;
    assay_frequency_init(&loaded, state->budget, state->seed);
    enum assay_status status = load_values(&loaded, at + sizeof magic, at + saved.len, err);
    if (status == ASSAY_OK)
        return assay_frequency_merge(state, &loaded, err);
    assay_frequency_reset(&loaded);
    return status;
}
