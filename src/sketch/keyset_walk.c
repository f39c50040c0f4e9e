/*
 * Going through all keys of a set in the order of (mix, key), whatever was spilled.
 */
#include "config.h"

#include "sketch/keyset_impl.h"

#include <stdlib.h>

/* One sorted piece: of a run on disk, or the partition in memory (reader.spill NULL). */
struct cursor {
    struct assay_keyset_item head;
    struct assay_spill_reader reader;
    const struct assay_keyset_part *part;
    const struct assay_keyset_chunk *chunk;
    size_t at;
};

struct merger {
    struct assay_key_seed seed;
    struct cursor *cursors;
    struct cursor **heap; /* the smallest head first */
    size_t open, count;
};

/* Loads the next key; `*more` is false at the end. */
static enum assay_status next_key(const struct merger *m, struct cursor *c, bool *more,
                                  struct assay_error *err)
{
    if (c->part != NULL) {
        if (c->chunk != NULL && c->at == ASSAY_KEYSET_CHUNK) {
            c->chunk = c->chunk->next;
            c->at = 0;
        }
        *more = c->chunk != NULL &&
                !(c->chunk == c->part->tail && c->chunk->keys + c->at == c->part->at);
        if (*more)
            c->head.key = c->chunk->keys[c->at++];
    } else {
        const unsigned char *data = NULL;
        size_t have = c->reader.fill - c->reader.at;
        if (have >= sizeof c->head.key)
            data = c->reader.buf + c->reader.at;
        else
            ASSAY_TRY(assay_spill_reader_peek(&c->reader, sizeof c->head.key, &data, &have, err));
        *more = have >= sizeof c->head.key;
        if (*more) {
            memcpy(&c->head.key, data, sizeof c->head.key);
            assay_spill_reader_skip(&c->reader, sizeof c->head.key);
        }
    }
    c->head.mix = assay_key_mix(c->head.key, &m->seed);
    return ASSAY_OK;
}

static void sift_down(struct merger *m, size_t at)
{
    struct cursor *c = m->heap[at];
    for (size_t child; (child = at * 2 + 1) < m->count; at = child) {
        if (child + 1 < m->count &&
            assay_keyset_compare(&m->heap[child + 1]->head, &m->heap[child]->head) < 0)
            child++;
        if (assay_keyset_compare(&c->head, &m->heap[child]->head) <= 0)
            break;
        m->heap[at] = m->heap[child];
    }
    m->heap[at] = c;
}

static enum assay_status open_cursors(struct assay_keyset *set, int p, struct merger *m,
                                      struct assay_error *err)
{
    size_t share = assay_spill_reader_share(set->run_count);
    for (size_t i = 0; i <= set->run_count; i++) {
        struct cursor *c = &m->cursors[m->open++];
        *c = (struct cursor){0};
        if (i == set->run_count) {
            c->part = &set->parts[p];
            c->chunk = c->part->head;
        } else {
            const struct assay_keyset_run *run = set->runs[i];
            uint64_t begin = run->begin + (p > 0 ? run->ends[p - 1] : 0) * sizeof c->head.key;
            uint64_t end = run->begin + run->ends[p] * sizeof c->head.key;
            ASSAY_TRY(assay_spill_reader_open(&c->reader, run->file, begin, end, share, err));
        }
        bool more;
        ASSAY_TRY(next_key(m, c, &more, err));
        if (more)
            m->heap[m->count++] = c;
    }
    for (size_t at = m->count / 2; at-- > 0;)
        sift_down(m, at);
    return ASSAY_OK;
}

static enum assay_status merge_cursors(struct merger *m, assay_keyset_fn *fn, void *ctx,
                                       struct assay_error *err)
{
    while (m->count > 0) {
        struct assay_keyset_item item = m->heap[0]->head;
        bool first = true;
        do {
            if (!first)
                item.key.hi |= ASSAY_KEY_DUPLICATE;
            item.key.hi |= m->heap[0]->head.key.hi & ASSAY_KEY_DUPLICATE;
            first = false;
            bool more;
            ASSAY_TRY(next_key(m, m->heap[0], &more, err));
            if (!more)
                m->heap[0] = m->heap[--m->count];
            if (m->count > 0)
                sift_down(m, 0);
        } while (m->count > 0 && m->heap[0]->head.mix == item.mix &&
                 assay_keyset_compare(&m->heap[0]->head, &item) == 0);
        ASSAY_TRY(fn(ctx, item.key, err));
    }
    return ASSAY_OK;
}

static enum assay_status walk_merged(struct assay_keyset *set, assay_keyset_fn *fn, void *ctx,
                                     struct assay_error *err)
{
    struct merger m = {.seed = set->seed};
    m.cursors = malloc((set->run_count + 1) * sizeof *m.cursors);
    m.heap = malloc((set->run_count + 1) * sizeof *m.heap);
    enum assay_status status =
        m.cursors == NULL || m.heap == NULL ? assay_fail_nomem(err) : ASSAY_OK;
    for (int p = 0; p < ASSAY_KEYSET_PARTS && status == ASSAY_OK; p++) {
        m.open = m.count = 0;
        status = assay_keyset_compact(set, &set->parts[p], err);
        if (status == ASSAY_OK)
            status = open_cursors(set, p, &m, err);
        if (status == ASSAY_OK)
            status = merge_cursors(&m, fn, ctx, err);
        for (size_t i = 0; i < m.open; i++)
            assay_spill_reader_close(&m.cursors[i].reader);
    }
    free(m.cursors);
    free(m.heap);
    return status;
}

static enum assay_status walk_table(struct assay_keyset *set, assay_keyset_fn *fn, void *ctx,
                                    struct assay_error *err)
{
    ASSAY_TRY(
        assay_keyset_scratch(set, (set->table_count + 1) * sizeof(struct assay_keyset_item), err));
    struct assay_keyset_item *items = set->scratch;
    size_t count = 0;
    for (size_t i = 0; set->table != NULL && i <= set->table_mask; i++)
        if (set->table[i].hi != 0)
            items[count++] =
                (struct assay_keyset_item){assay_key_mix(set->table[i], &set->seed), set->table[i]};
    assay_keyset_sort_bucket(items, count);
    for (size_t i = 0; i < count; i++)
        ASSAY_TRY(fn(ctx, items[i].key, err));
    return ASSAY_OK;
}

enum assay_status assay_keyset_walk(struct assay_keyset *set, assay_keyset_fn *fn, void *ctx,
                                    struct assay_error *err)
{
    if (set->parts == NULL)
        return walk_table(set, fn, ctx, err);
    if (set->run_count > 0)
        return walk_merged(set, fn, ctx, err);
    for (int p = 0; p < ASSAY_KEYSET_PARTS; p++) {
        ASSAY_TRY(assay_keyset_compact(set, &set->parts[p], err));
        ASSAY_KEYSET_EACH(&set->parts[p], key, ASSAY_TRY(fn(ctx, *key, err));)
    }
    return ASSAY_OK;
}
