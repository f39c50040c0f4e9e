/*
 * Looks into a batch of JSON: reads its records into columns, by their shape where they
 * have a known one, and finds what is wrong with the others.
 */
#include "config.h"

#include "source/json_source.h"

#include "source/json_record.h"

#include <inttypes.h>
#include <stdlib.h>

static struct assay_position position_of(const struct assay_batch *batch, uint32_t row,
                                         const char *at)
{
    struct json_batch *own = batch->impl;
    struct json_place *last = &own->last;
    size_t offset = (size_t)(at - json_buffer_base(&own->buffer));
    if (last->line == 0 || last->offset > offset)
        *last = (struct json_place){.line = own->line, .column = own->column};
    assay_json_locate(at - (offset - last->offset), offset - last->offset, &last->line,
                      &last->column);
    last->offset = offset;
    return (struct assay_position){.file = batch->file,
                                   .record = batch->record + row + 1,
                                   .line = last->line,
                                   .column = last->column};
}

static enum assay_status add_finding(struct assay_batch *batch, uint32_t row,
                                     enum assay_malformed what, const char *at, const char *text,
                                     struct assay_error *err)
{
    struct json_batch *own = batch->impl;
    if (text == NULL)
        return assay_fail_nomem(err);
    if (own->finding_count == own->finding_room) {
        uint32_t room = own->finding_room > 0 ? own->finding_room * 2 : 64;
        void *grown = realloc(own->findings, (size_t)room * sizeof *own->findings);
        if (grown == NULL)
            return assay_fail_nomem(err);
        own->findings = grown;
        own->finding_room = room;
    }
    own->findings[own->finding_count++] =
        (struct assay_finding){.what = what, .at = position_of(batch, row, at), .text = text};
    return ASSAY_OK;
}

static bool is_token(const struct assay_source_options *options, struct assay_str value)
{
    if (value.len == 0)
        return options->empty_is_null;
    for (uint32_t i = 0; i < options->null_value_count; i++)
        if (assay_str_equal(options->null_values[i], value))
            return true;
    return false;
}

/*
 * A value whose elements a column is made of is no array: the record counts as malformed,
 * for nothing in that column tells. It is otherwise read, and a token for null is one.
 */
static enum assay_status note_no_array(struct assay_batch *batch, uint32_t row,
                                       struct assay_error *err)
{
    const struct json_batch *own = batch->impl;
    const char *at = own->scan.no_array, *end = at + 1;
    struct assay_buf text;
    while (*at == '"' && *end != '"' && *end != '\\' && end < own->scan.end)
        end++;
    if (*at == '"' && *end == '"' &&
        is_token(&own->json->options, assay_str(at + 1, (size_t)(end - at - 1))))
        return ASSAY_OK;
    assay_buf_init(&text, 4096);
    assay_json_node_path(own->scan.no_array_node, &text);
    assay_buf_printf(&text, " is %s, expected an array", assay_json_kind_text(*at));
    const char *copy =
        text.failed ? NULL : assay_arena_strdup(&batch->arena, assay_buf_view(&text));
    assay_buf_free(&text);
    return add_finding(batch, row, ASSAY_MALFORMED_NO_ARRAY, at, copy, err);
}

static void tell_place(const struct json_source *json, struct assay_position position,
                       struct assay_error *problem)
{
    char file[sizeof problem->file];
    struct assay_str path = json->base.files[position.file].path;
    size_t len = path.len < sizeof file - 1 ? path.len : sizeof file - 1;
    memcpy(file, path.ptr, len);
    file[len] = '\0';
    assay_error_at(problem, file, position.line, position.column);
}

/* Too deep: the verdict is withheld, and the place told at the end. */
static void note_depth(const struct assay_batch *batch, uint32_t row, const char *at)
{
    const struct json_batch *own = batch->impl;
    struct json_source *json = own->json;
    struct assay_position position = position_of(batch, row, at);
    struct assay_error problem;
    assay_fail(&problem, ASSAY_LIMIT, "JSON-DEPTH", "depth %u > %u at byte %" PRIu64,
               ASSAY_JSON_DEPTH_LIMIT + 1, ASSAY_JSON_DEPTH_LIMIT,
               own->offset + (uint64_t)(at - json_buffer_base(&own->buffer)));
    assay_error_help(&problem, "records are not nested as deep as that: is the file damaged?");
    tell_place(json, position, &problem);
    json_last(json, position.record, &problem);
}

/*
 * The last line of a file ends inside of its record and has no line end: it was cut off. The
 * record is malformed as others are; but where that is no failure, it is no success either.
 */
static void note_cut(const struct assay_batch *batch, uint32_t row, const char *at)
{
    const struct json_batch *own = batch->impl;
    struct json_source *json = own->json;
    struct assay_position position = position_of(batch, row, at);
    struct assay_error problem;
    assay_fail(&problem, ASSAY_SOURCE, "JSON-TRUNCATED", "the last line ends inside of its record");
    assay_error_help(&problem, "what was behind it is not known: was the file written to its end?");
    tell_place(json, position, &problem);
    pthread_mutex_lock(&json->lock);
    if (json->base.cut_short.status == ASSAY_OK) {
        json->base.cut_short = problem;
        json->base.cut_short.status = ASSAY_SOURCE;
    }
    pthread_mutex_unlock(&json->lock);
}

static enum assay_status note_problem(struct assay_batch *batch, uint32_t row,
                                      const struct assay_json_problem *problem, const char *end,
                                      struct assay_error *err)
{
    const struct json_batch *own = batch->impl;
    struct assay_span span = own->cut.records.items[row];
    struct assay_position begin =
        position_of(batch, row, json_buffer_base(&own->buffer) + span.off);
    if (problem->kind == ASSAY_JSON_DEPTH)
        note_depth(batch, row, problem->at);
    if ((problem->kind == ASSAY_JSON_ENDS || problem->kind == ASSAY_JSON_OPEN_STRING) &&
        own->lines && span.off + span.len == own->len)
        note_cut(batch, row, problem->at);
    return add_finding(batch, row, assay_json_problem_class(problem->kind), problem->at,
                       assay_json_problem_text(problem, end, begin.line, &batch->arena), err);
}

/* Nothing between two commas, or something behind the end of the array. */
static bool is_no_record(const struct json_batch *own, uint32_t row, const char *from,
                         const char *to, struct assay_json_problem *problem)
{
    *problem = (struct assay_json_problem){.at = from};
    if (row == own->cut.extra)
        problem->kind = ASSAY_JSON_EXTRA;
    else if (from == to)
        problem->kind = ASSAY_JSON_NO_VALUE;
    problem->comma = from == to;
    return problem->kind != ASSAY_JSON_FINE;
}

/* Reads one record; false: the scan's problem says why. */
static bool read_record(struct json_batch *own, const char *from, const char *to)
{
    struct assay_json_scan *scan = &own->scan;
    char *scratch = scan->scratch;
    if (!own->json->reference) {
        if (assay_json_shapes_match(&own->shapes, scan, from, to))
            return true;
        if (assay_json_scan_record(scan, from, to)) {
            /* A NUL in a key would be told once only, and so would an object for an array. */
            if (scan->nul == NULL && scan->no_array == NULL &&
                !assay_json_shapes_learn(&own->shapes, &own->table, from, to))
                own->table.nomem = true;
            return true;
        }
        scan->scratch = scratch;
        assay_json_table_drop(&own->table);
    }
    if (assay_json_record_read(scan, from, to))
        return true;
    scan->scratch = scratch;
    assay_json_table_drop(&own->table);
    return false;
}

static enum assay_status decode_row(struct assay_batch *batch, uint32_t row, uint64_t *usable,
                                    struct assay_error *err)
{
    struct json_batch *own = batch->impl;
    struct assay_json_problem problem;
    const char *base = json_buffer_base(&own->buffer);
    const char *from = base + own->cut.records.items[row].off;
    const char *to = from + own->cut.records.items[row].len;
    bool whole = own->lines || !is_no_record(own, row, from, to, &problem);
    assay_json_table_row(&own->table, row);
    if (whole && read_record(own, from, to)) {
        if (own->scan.nul != NULL)
            ASSAY_TRY(add_finding(batch, row, ASSAY_MALFORMED_JSON_NUL, own->scan.nul,
                                  "\\u0000, a NUL, in a string", err));
        return own->scan.no_array != NULL ? note_no_array(batch, row, err) : ASSAY_OK;
    }
    usable[row / 64] &= ~((uint64_t)1 << (row % 64));
    return note_problem(batch, row, whole ? &own->scan.problem : &problem, from == to ? to + 1 : to,
                        err);
}

/* Several records at once, where they are plain and of the same shape. */
static inline bool read_several(struct json_batch *own, uint32_t row, uint32_t rows)
{
    const uint32_t count = ASSAY_JSON_SEVERAL;
    if (own->json->reference || rows - row < count || own->cut.extra - row < count)
        return false;
    own->table.row = row;
    return assay_json_shapes_match_several(&own->shapes, &own->scan, own->cut.records.items + row);
}

static enum assay_status json_decode(struct assay_batch *batch, struct assay_error *err)
{
    struct json_batch *own = batch->impl;
    uint64_t *usable = assay_arena_scratch(&batch->arena, ASSAY_BITMAP_WORDS(batch->rows) * 8);
    if (usable == NULL || !assay_json_table_begin(&own->table, batch->rows))
        return assay_fail_nomem(err);
    assay_bits_fill(usable, batch->rows);
    own->finding_count = 0;
    own->scan.base = json_buffer_base(&own->buffer);
    own->scan.scratch = json_buffer_scratch(&own->buffer);
    for (uint32_t row = 0; row < batch->rows;) {
        bool several = read_several(own, row, batch->rows);
        if (!several)
            ASSAY_TRY(decode_row(batch, row, usable, err));
        row += several ? ASSAY_JSON_SEVERAL : 1;
    }
    if (own->table.nomem || own->keys.nomem)
        return assay_fail_nomem(err);
    if (assay_bits_count(usable, batch->rows) > 0)
        atomic_store_explicit(&own->json->any_usable, true, memory_order_relaxed);
    batch->usable = usable;
    batch->findings = own->findings;
    batch->finding_count = own->finding_count;
    return ASSAY_OK;
}

#define BYTES 0x0101010101010101u

/* The top bit of each of eight kinds, all below 128, that is null or absent. */
static uint64_t nulls_of(const uint8_t *kinds)
{
    uint64_t word;
    memcpy(&word, kinds, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return (word + BYTES * (128 - ASSAY_KIND_NULL)) >> 7 & BYTES;
}

/* Null bits from kinds; the spans of nulls become empty. */
static void find_nulls(struct assay_json_column *column, uint32_t rows, uint64_t *null)
{
    assay_bits_clear(null, rows);
    uint32_t row = 0;
    for (; row + 8 <= rows; row += 8) {
        uint64_t found = nulls_of(column->kinds + row);
        if (found != 0)
            null[row / 64] |= (found * 0x0102040810204080u >> 56) << (row % 64);
    }
    for (; row < rows; row++)
        if (column->kinds[row] >= ASSAY_KIND_NULL)
            assay_bit_set(null, row);
    ASSAY_BITS_EACH(null, rows, at, { column->spans[at] = (struct assay_span){0, 0}; })
}

/* Strings that the suite says mean null. */
static void apply_tokens(const struct assay_source_options *options, const char *base,
                         struct assay_json_column *column, uint32_t rows, uint64_t *null)
{
    for (uint32_t row = 0; row < rows; row++) {
        struct assay_span *span = &column->spans[row];
        if (column->kinds[row] != ASSAY_KIND_TEXT ||
            !is_token(options, assay_str(base + span->off, span->len)))
            continue;
        assay_bit_set(null, row);
        if (span->len > 0) /* an empty text stays one */
            column->kinds[row] = ASSAY_KIND_NULL;
        *span = (struct assay_span){0, 0};
    }
}

/* What there was of the column, for whoever asks at the end. */
static void note_found(struct json_want *want, const struct assay_json_column *column,
                       uint32_t rows)
{
    unsigned found = atomic_load_explicit(&want->found, memory_order_relaxed), more = 0;
    if (found & JSON_FOUND_VALUE)
        return;
    for (uint32_t row = 0; row < rows && more == 0; row++)
        more = column->kinds[row] != ASSAY_KIND_MISSING ? JSON_FOUND_VALUE : 0;
    more |= column->array_seen ? JSON_FOUND_ARRAY : 0;
    more |= column->fans && rows > 0 ? JSON_FOUND_ELEMENT : 0;
    if (more & ~found)
        atomic_fetch_or_explicit(&want->found, more, memory_order_relaxed);
}

/* The first row whose kind is another than that of the first. */
static uint32_t same_kind(const struct assay_json_column *column, uint32_t rows)
{
    uint64_t all = rows > 0 ? column->kinds[0] * BYTES : 0, word;
    uint32_t row = 0;
    for (; row + 8 <= rows; row += 8) {
        memcpy(&word, column->kinds + row, sizeof word);
        if (word != all)
            break;
    }
    while (row < rows && column->kinds[row] == column->kinds[0])
        row++;
    return row;
}

/* The null bits of a column, and which kinds it has otherwise. */
static unsigned look_at_kinds(const struct assay_source_options *options, const char *base,
                              struct assay_json_column *values, uint32_t rows, uint64_t *null)
{
    unsigned seen = 0;
    uint32_t same = same_kind(values, rows);
    if (same == rows && rows > 0 && values->kinds[0] < ASSAY_KIND_NULL) {
        assay_bits_clear(null, rows);
        seen = 1u << values->kinds[0];
    } else {
        find_nulls(values, rows, null);
        for (uint32_t row = 0; row < rows; row++)
            seen |= 1u << values->kinds[row];
    }
    if ((options->null_value_count > 0 && !options->null_values_untyped) || options->empty_is_null)
        apply_tokens(options, base, values, rows, null);
    return seen & ((1u << ASSAY_KIND_NULL) - 1);
}

static enum assay_status json_column(struct assay_batch *batch, uint32_t index,
                                     struct assay_column *column, struct assay_error *err)
{
    struct json_batch *own = batch->impl;
    struct json_source *json = own->json;
    uint32_t slot = index < json->slot_room ? json->slots[index] : ASSAY_JSON_NO_SLOT;
    if (slot == ASSAY_JSON_NO_SLOT)
        return assay_fail(err, ASSAY_INTERNAL, "INTERNAL", "column %u was never asked for", index);
    struct assay_json_column *values = &own->table.columns[slot];
    uint32_t rows = values->fans ? values->count : batch->rows;
    uint64_t *null = assay_arena_scratch(&batch->arena, (ASSAY_BITMAP_WORDS(rows) + 1) * 8);
    if (null == NULL)
        return assay_fail_nomem(err);
    note_found(json->wants[slot], values, rows);
    column->kinds_seen = (uint8_t)look_at_kinds(&json->options, own->scan.base, values, rows, null);
    column->rows = rows;
    column->base = own->scan.base;
    column->spans = values->spans;
    column->null = null;
    column->kind = values->kinds;
    column->record = values->fans ? values->records : NULL;
    column->arena = &batch->arena;
    return ASSAY_OK;
}

/* Finds where the value of a column begins in its record, by reading the record again. */
static const char *find_value(struct json_batch *own, uint32_t slot, uint32_t value, uint32_t row)
{
    const struct assay_json_column *column = &own->table.columns[slot];
    struct assay_span span = own->cut.records.items[row];
    const char *from = own->scan.base + span.off;
    struct assay_json_scan scan = own->scan;
    if (column->kinds[value] == ASSAY_KIND_MISSING)
        return from;
    scan.table = NULL;
    scan.leaves = NULL;
    scan.probe = own->json->wants[slot]->node;
    scan.probe_skip = 0;
    scan.probe_at = NULL;
    for (uint32_t v = value; column->fans && v > 0 && column->records[v - 1] == row; v--)
        scan.probe_skip += column->kinds[v - 1] != ASSAY_KIND_MISSING;
    assay_json_scan_record(&scan, from, from + span.len);
    return scan.probe_at != NULL ? scan.probe_at : from;
}

static struct assay_position json_position(const struct assay_batch *batch, uint32_t row,
                                           uint32_t index)
{
    struct json_batch *own = batch->impl;
    uint32_t slot = index < own->json->slot_room ? own->json->slots[index] : ASSAY_JSON_NO_SLOT;
    if (slot == ASSAY_JSON_NO_SLOT)
        return position_of(batch, row, own->scan.base + own->cut.records.items[row].off);
    const struct assay_json_column *column = &own->table.columns[slot];
    uint32_t record = column->fans ? column->records[row] : row;
    return position_of(batch, record, find_value(own, slot, row, record));
}

/* A line is whole with its line end; of a document it is the record alone. */
static struct assay_str json_raw_one(const struct assay_batch *batch, uint32_t row)
{
    const struct json_batch *own = batch->impl;
    struct assay_span span = own->cut.records.items[row];
    const char *base = json_buffer_base(&own->buffer), *from = base + span.off;
    const char *to = from + span.len;
    if (own->lines) {
        const char *end = base + own->cut.consumed;
        const char *feed = memchr(to, '\n', (size_t)(end - to));
        to = feed != NULL ? feed + 1 : end;
        while (from > base && from[-1] != '\n')
            from--;
    }
    return assay_str(from, (size_t)(to - from));
}

static struct assay_str json_raw(const struct assay_batch *batch, uint32_t row, uint32_t end,
                                 uint32_t *next)
{
    struct assay_str raw = json_raw_one(batch, row);
    const struct json_batch *own = batch->impl;
    for (*next = row + 1; own->lines && *next < end; ++*next) {
        struct assay_str more = json_raw_one(batch, *next);
        if (more.ptr != raw.ptr + raw.len)
            break;
        raw.len += more.len;
    }
    return raw;
}

static const struct assay_batch_ops json_batch_ops = {json_decode, json_column, json_position,
                                                      json_raw};

enum assay_status json_batch_init(struct assay_source *source, struct assay_batch *batch,
                                  struct assay_error *err)
{
    struct json_source *json = (struct json_source *)source;
    struct json_batch *own = calloc(1, sizeof *own);
    if (own == NULL)
        return assay_fail_nomem(err);
    batch->ops = &json_batch_ops;
    batch->impl = own;
    own->json = json;
    if (!assay_json_table_init(&own->table, json->want_count) ||
        !assay_json_shapes_init(&own->shapes)) {
        json_batch_free(batch);
        return assay_fail_nomem(err);
    }
    for (uint32_t i = 0; i < json->want_count; i++) {
        own->table.columns[i].fans = json->wants[i]->fans;
        own->table.fan_count += json->wants[i]->fans;
    }
    own->scan = (struct assay_json_scan){.root = &json->wanted.root,
                                         .seed = json->seed,
                                         .twice = json->options.duplicate_keys,
                                         .allow_nan = json->options.allow_nan,
                                         .table = &own->table,
                                         .keys = &own->keys,
                                         .leaves = &own->shapes.leaves};
    return ASSAY_OK;
}

void json_batch_free(struct assay_batch *batch)
{
    struct json_batch *own = batch->impl;
    assay_json_table_free(&own->table);
    assay_json_keys_free(&own->keys);
    assay_json_shapes_free(&own->shapes);
    assay_json_spans_free(&own->cut.records);
    json_buffer_free(&own->buffer);
    free(own->findings);
    free(own);
    batch->impl = NULL;
}
