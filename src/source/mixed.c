/*
 * Reads parts of different formats one after the other: numbers of files, records and
 * batches go on from part to part, and columns are found in each by their names.
 */
#include "config.h"

#include "source/mixed.h"

#include <stdio.h>
#include <stdlib.h>

/* A column that somebody asked for: where it is in each part. */
struct place {
    struct assay_str name;
    uint32_t index; /* among the source's columns */
    uint32_t in[ASSAY_MIXED_PARTS];
};

struct part {
    struct assay_source *source;
    uint32_t file;    /* files before it */
    uint32_t noticed; /* its notices that were taken over */
    uint64_t records; /* before it; known once it is being read */
};

struct mixed {
    struct assay_source base;
    struct part parts[ASSAY_MIXED_PARTS];
    uint32_t part_count;
    uint32_t now;      /* the part that is being read */
    uint64_t sequence; /* of the next batch */
    uint64_t records;  /* read so far */
    struct place *places;
    uint32_t place_count, place_room;
    uint32_t *by_index; /* place + 1 of a column, or 0 */
    uint32_t index_room;
};

/* A batch of each part; `part` is the one that was filled last. */
struct mixed_batch {
    struct mixed *mixed;
    struct assay_batch batches[ASSAY_MIXED_PARTS];
    uint32_t part;
};

static struct assay_batch *inner(const struct assay_batch *batch)
{
    struct mixed_batch *own = batch->impl;
    return &own->batches[own->part];
}

static const struct part *part_of(const struct assay_batch *batch)
{
    const struct mixed_batch *own = batch->impl;
    return &own->mixed->parts[own->part];
}

static struct assay_position shifted(const struct assay_batch *batch, struct assay_position at)
{
    const struct part *part = part_of(batch);
    at.file += part->file;
    at.record += batch->record - inner(batch)->record;
    return at;
}

static enum assay_status mixed_decode(struct assay_batch *batch, struct assay_error *err)
{
    struct assay_batch *in = inner(batch);
    ASSAY_TRY(in->ops->decode(in, err));
    for (uint32_t i = 0; i < in->finding_count; i++)
        in->findings[i].at = shifted(batch, in->findings[i].at);
    batch->usable = in->usable;
    batch->findings = in->findings;
    batch->finding_count = in->finding_count;
    return ASSAY_OK;
}

static enum assay_status mixed_column(struct assay_batch *batch, uint32_t index,
                                      struct assay_column *column, struct assay_error *err)
{
    const struct mixed_batch *own = batch->impl;
    const struct mixed *mixed = own->mixed;
    uint32_t place = index < mixed->index_room ? mixed->by_index[index] : 0;
    struct assay_batch *in = inner(batch);
    if (place == 0)
        return assay_fail(err, ASSAY_INTERNAL, "INTERNAL", "column %u was never asked for", index);
    return in->ops->column(in, mixed->places[place - 1].in[own->part], column, err);
}

static struct assay_position mixed_position(const struct assay_batch *batch, uint32_t row,
                                            uint32_t index)
{
    const struct mixed_batch *own = batch->impl;
    const struct mixed *mixed = own->mixed;
    const struct assay_batch *in = inner(batch);
    uint32_t place = index < mixed->index_room ? mixed->by_index[index] : 0;
    uint32_t there = place > 0 ? mixed->places[place - 1].in[own->part] : UINT32_MAX;
    return shifted(batch, in->ops->position(in, row, there));
}

static struct assay_str mixed_raw(const struct assay_batch *batch, uint32_t row, uint32_t end,
                                  uint32_t *next)
{
    const struct assay_batch *in = inner(batch);
    return in->ops->raw(in, row, end, next);
}

static const struct assay_batch_ops batch_ops = {mixed_decode, mixed_column, mixed_position,
                                                 mixed_raw};

/* What the part says of itself so far is the whole source's too. */
static void take_over(struct mixed *mixed, struct part *part)
{
    const struct assay_source *source = part->source;
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < source->file_count; i++)
        mixed->base.files[part->file + i] = source->files[i];
    for (uint32_t i = 0; i < mixed->part_count; i++)
        bytes += mixed->parts[i].source->bytes_read;
    atomic_store_explicit(&mixed->base.bytes_read, bytes, memory_order_relaxed);
    for (; part->noticed < source->notice_count; part->noticed++)
        assay_source_notice(&mixed->base, "%s", source->notices[part->noticed]);
}

static bool all_rewindable(const struct mixed *mixed)
{
    bool all = true;
    for (uint32_t i = 0; i < mixed->part_count; i++)
        all &= mixed->parts[i].source->rewindable;
    return all;
}

static enum assay_status mixed_next(struct assay_source *source, struct assay_batch *batch,
                                    struct assay_error *err)
{
    struct mixed *mixed = (struct mixed *)source;
    struct mixed_batch *own = batch->impl;
    for (; mixed->now < mixed->part_count; mixed->now++) {
        struct part *part = &mixed->parts[mixed->now];
        struct assay_batch *in = &own->batches[mixed->now];
        enum assay_status status = assay_source_next(part->source, in, err);
        take_over(mixed, part);
        if (status != ASSAY_OK)
            return status;
        if (in->rows == 0) {
            if (mixed->now + 1 < mixed->part_count)
                mixed->parts[mixed->now + 1].records = mixed->records;
            continue;
        }
        own->part = mixed->now;
        batch->rows = in->rows;
        batch->file = part->file + in->file;
        batch->record = part->records + in->record;
        batch->sequence = mixed->sequence++;
        mixed->records = batch->record + in->rows;
        return ASSAY_OK;
    }
    mixed->base.rewindable = all_rewindable(mixed);
    return ASSAY_OK;
}

static enum assay_status mixed_rewind(struct assay_source *source, struct assay_error *err)
{
    struct mixed *mixed = (struct mixed *)source;
    for (uint32_t i = 0; i < mixed->part_count; i++)
        ASSAY_TRY(assay_source_rewind(mixed->parts[i].source, err));
    mixed->now = 0;
    mixed->sequence = mixed->records = 0;
    return ASSAY_OK;
}

static void mixed_batch_free(struct assay_batch *batch)
{
    struct mixed_batch *own = batch->impl;
    for (uint32_t i = 0; i < own->mixed->part_count; i++)
        if (own->batches[i].columns != NULL)
            assay_batch_free(own->mixed->parts[i].source, &own->batches[i]);
    free(own);
    batch->impl = NULL;
}

static enum assay_status mixed_batch_init(struct assay_source *source, struct assay_batch *batch,
                                          struct assay_error *err)
{
    struct mixed *mixed = (struct mixed *)source;
    struct mixed_batch *own = calloc(1, sizeof *own);
    enum assay_status status = ASSAY_OK;
    if (own == NULL)
        return assay_fail_nomem(err);
    own->mixed = mixed;
    batch->ops = &batch_ops;
    batch->impl = own;
    for (uint32_t i = 0; i < mixed->part_count && status == ASSAY_OK; i++)
        status = assay_batch_init(mixed->parts[i].source, &own->batches[i], err);
    if (status != ASSAY_OK)
        mixed_batch_free(batch);
    return status;
}

static enum assay_status mixed_finish(struct assay_source *source, struct assay_error *err)
{
    struct mixed *mixed = (struct mixed *)source;
    for (uint32_t i = 0; i < mixed->part_count; i++) {
        struct assay_source *part = mixed->parts[i].source;
        ASSAY_TRY(assay_source_finish(part, err));
        take_over(mixed, &mixed->parts[i]);
        if (mixed->base.cut_short.status == ASSAY_OK)
            mixed->base.cut_short = part->cut_short;
    }
    return ASSAY_OK;
}

static void mixed_close(struct assay_source *source)
{
    struct mixed *mixed = (struct mixed *)source;
    for (uint32_t i = 0; i < mixed->part_count; i++)
        assay_source_close(mixed->parts[i].source);
    free(mixed->places);
    free(mixed->by_index);
    assay_arena_free(&mixed->base.arena);
    free(mixed);
}

/* A column that one part has not: the message says which, and which has it. */
static enum assay_status find_in_parts(struct mixed *mixed, struct assay_str name,
                                       struct place *place, struct assay_error *err)
{
    struct assay_error first = {0};
    enum assay_status found[ASSAY_MIXED_PARTS], failed = ASSAY_OK;
    uint32_t has = UINT32_MAX, lacks = 0;
    for (uint32_t i = 0; i < mixed->part_count; i++) {
        struct assay_error problem = {0};
        found[i] = assay_source_column(mixed->parts[i].source, name, &place->in[i], &problem);
        if (found[i] == ASSAY_OK) {
            has = i;
        } else if (failed == ASSAY_OK) {
            failed = found[i];
            first = problem;
            lacks = i;
        }
    }
    if (failed == ASSAY_OK)
        return ASSAY_OK;
    if (err == NULL)
        return failed;
    *err = first;
    if (has != UINT32_MAX && strcmp(first.code, "COLUMN-MISSING") == 0) {
        size_t len = strlen(err->message);
        snprintf(err->message + len, sizeof err->message - len, " in %s, but in %s",
                 mixed->parts[lacks].source->files[0].path.ptr,
                 mixed->parts[has].source->files[0].path.ptr);
    }
    return failed;
}

static bool reserve(struct mixed *mixed, uint32_t index)
{
    if (mixed->place_count == mixed->place_room) {
        uint32_t room = mixed->place_room > 0 ? mixed->place_room * 2 : 16;
        struct place *places = realloc(mixed->places, room * sizeof *places);
        if (places == NULL)
            return false;
        mixed->places = places;
        mixed->place_room = room;
    }
    if (index >= mixed->index_room) {
        uint32_t room = index * 2 + 16;
        uint32_t *by_index = realloc(mixed->by_index, room * sizeof *by_index);
        if (by_index == NULL)
            return false;
        memset(by_index + mixed->index_room, 0, (room - mixed->index_room) * sizeof *by_index);
        mixed->by_index = by_index;
        mixed->index_room = room;
    }
    return true;
}

static enum assay_status mixed_find(struct assay_source *source, struct assay_str name,
                                    uint32_t *index, struct assay_error *err)
{
    struct mixed *mixed = (struct mixed *)source;
    struct place place = {.index = UINT32_MAX};
    for (uint32_t i = 0; i < mixed->place_count; i++)
        if (assay_str_equal(mixed->places[i].name, name)) {
            *index = mixed->places[i].index;
            return ASSAY_OK;
        }
    ASSAY_TRY(find_in_parts(mixed, name, &place, err));
    uint32_t data = assay_source_data_columns(source);
    for (uint32_t i = 0; i < data && place.index == UINT32_MAX; i++)
        if (assay_str_equal(source->names[i], name))
            place.index = i;
    char *copy = assay_arena_strdup(&source->arena, name);
    uint32_t at = place.index != UINT32_MAX ? place.index : source->column_room;
    if (copy == NULL || !reserve(mixed, at))
        return assay_fail_nomem(err);
    source->column_room += at == source->column_room;
    place.name = assay_str(copy, name.len);
    place.index = *index = at;
    mixed->places[mixed->place_count++] = place;
    mixed->by_index[at] = mixed->place_count;
    return ASSAY_OK;
}

static const struct place *place_of(const struct assay_source *source, uint32_t index)
{
    const struct mixed *mixed = (const struct mixed *)source;
    uint32_t place = index < mixed->index_room ? mixed->by_index[index] : 0;
    return place > 0 ? &mixed->places[place - 1] : NULL;
}

static bool mixed_fans_out(const struct assay_source *source, uint32_t index)
{
    const struct mixed *mixed = (const struct mixed *)source;
    const struct place *place = place_of(source, index);
    bool fans = false;
    for (uint32_t i = 0; place != NULL && i < mixed->part_count; i++)
        fans |= assay_source_fans_out(mixed->parts[i].source, place->in[i]);
    return fans;
}

static enum assay_status mixed_found(const struct assay_source *source, uint32_t index,
                                     struct assay_error *err)
{
    const struct mixed *mixed = (const struct mixed *)source;
    const struct place *place = place_of(source, index);
    for (uint32_t i = 0; place != NULL && i < mixed->part_count; i++) {
        const struct assay_source *part = mixed->parts[i].source;
        enum assay_status status =
            part->ops->found != NULL ? part->ops->found(part, place->in[i], err) : ASSAY_OK;
        if (status == ASSAY_OK)
            continue;
        if (err != NULL) { /* the others may have it */
            size_t len = strlen(err->message);
            snprintf(err->message + len, sizeof err->message - len, " in %s",
                     part->files[0].path.ptr);
        }
        return status;
    }
    return ASSAY_OK;
}

static const struct assay_source_ops ops = {
    .next = mixed_next,
    .rewind = mixed_rewind,
    .batch_init = mixed_batch_init,
    .batch_free = mixed_batch_free,
    .finish = mixed_finish,
    .close = mixed_close,
    .column = mixed_find,
    .fans_out = mixed_fans_out,
    .found = mixed_found,
};

static bool has_name(const struct assay_source *source, struct assay_str name)
{
    for (uint32_t i = 0; i < source->column_count; i++)
        if (assay_str_equal(source->names[i], name))
            return true;
    return false;
}

/* Columns that only one of two has are told, once for each way. */
static void compare_names(struct mixed *mixed, const struct assay_source *a,
                          const struct assay_source *b)
{
    for (uint32_t i = 0; i < a->column_count; i++)
        if (!has_name(b, a->names[i])) {
            assay_source_notice(&mixed->base, "%s has a column \"%s\", which %s has not",
                                a->files[0].path.ptr, a->names[i].ptr, b->files[0].path.ptr);
            return;
        }
}

static enum assay_status join_headers(struct mixed *mixed, struct assay_error *err)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < mixed->part_count; i++)
        count += mixed->parts[i].source->header_finding_count;
    struct assay_finding *all = assay_arena_array(&mixed->base.arena, count + 1u, sizeof *all);
    if (all == NULL)
        return assay_fail_nomem(err);
    mixed->base.header_findings = all;
    for (uint32_t i = 0; i < mixed->part_count; i++) {
        const struct assay_source *part = mixed->parts[i].source;
        for (uint32_t f = 0; f < part->header_finding_count; f++) {
            all[mixed->base.header_finding_count] = part->header_findings[f];
            all[mixed->base.header_finding_count++].at.file += mixed->parts[i].file;
        }
    }
    return ASSAY_OK;
}

static enum assay_status join(struct mixed *mixed, struct assay_error *err)
{
    struct assay_source *base = &mixed->base, *first = mixed->parts[0].source;
    bool sized = true;
    for (uint32_t i = 0; i < mixed->part_count; i++) {
        mixed->parts[i].file = base->file_count;
        base->file_count += mixed->parts[i].source->file_count;
        base->total_bytes += mixed->parts[i].source->total_bytes;
        sized &= mixed->parts[i].source->total_bytes > 0;
    }
    base->total_bytes = sized ? base->total_bytes : 0;
    base->names = first->names;
    base->column_count = base->column_room = first->column_count;
    base->hint = first->hint;
    base->frame = first->frame;
    base->files = assay_arena_array(&base->arena, base->file_count + 1u, sizeof *base->files);
    if (base->files == NULL)
        return assay_fail_nomem(err);
    for (uint32_t i = 0; i < mixed->part_count; i++) {
        take_over(mixed, &mixed->parts[i]);
        if (i > 0) {
            compare_names(mixed, first, mixed->parts[i].source);
            compare_names(mixed, mixed->parts[i].source, first);
        }
    }
    base->rewindable = all_rewindable(mixed);
    return join_headers(mixed, err);
}

enum assay_status assay_mixed_open(struct assay_source *const *parts, uint32_t count,
                                   struct assay_source **out, struct assay_error *err)
{
    struct mixed *mixed = calloc(1, sizeof *mixed);
    if (mixed == NULL) {
        for (uint32_t i = 0; i < count; i++)
            assay_source_close(parts[i]);
        return assay_fail_nomem(err);
    }
    mixed->base.ops = &ops;
    assay_arena_init(&mixed->base.arena, 0);
    mixed->part_count = count;
    for (uint32_t i = 0; i < count; i++)
        mixed->parts[i].source = parts[i];
    enum assay_status status = join(mixed, err);
    if (status != ASSAY_OK) {
        mixed_close(&mixed->base);
        return status;
    }
    *out = &mixed->base;
    return ASSAY_OK;
}
