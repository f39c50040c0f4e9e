/*
 * What stands before the records of a file: lines to skip, and the header, which names
 * the columns in the first file and has to be the same in the others.
 */
#include "config.h"

#include "source/csv_source.h"

#include <stdio.h>
#include <stdlib.h>

#define FIRST_LOAD (64u << 10)

/* One record at the front of what is carried. */
struct front {
    struct assay_csv_text text;
    struct assay_csv_fields fields;
    struct assay_csv_record record;
    uint64_t blanks; /* blank lines before it */
};

/* Keeps bytes that are passed over before the first records, for source->frame. */
static enum assay_status keep_front(struct csv_source *csv, struct assay_str bytes,
                                    struct assay_error *err)
{
    if (csv->base.frame.lines)
        return ASSAY_OK;
    assay_buf_str(&csv->front, bytes);
    if (csv->front.nomem)
        return assay_fail_nomem(err);
    if (csv->front.failed)
        return csv_too_long(csv, "what stands before the records", csv->record_limit, 1, 1, err);
    return ASSAY_OK;
}

static enum assay_status set_frame(struct csv_source *csv, struct assay_error *err)
{
    struct assay_source_frame *frame = &csv->base.frame;
    struct assay_str front = assay_buf_view(&csv->front);
    if (frame->lines || csv->base.column_count == 0)
        return ASSAY_OK;
    frame->before = assay_str(assay_arena_strdup(&csv->base.arena, front), front.len);
    if (front.len > 1 && front.ptr[front.len - 2] == '\r' && front.ptr[front.len - 1] == '\n')
        frame->between = ASSAY_STR("\r\n");
    else
        frame->between =
            front.len > 0 && front.ptr[front.len - 1] == '\r' ? ASSAY_STR("\r") : ASSAY_STR("\n");
    frame->lines = true;
    assay_buf_free(&csv->front);
    return frame->before.ptr != NULL ? ASSAY_OK : assay_fail_nomem(err);
}

/* Passes over the line that comes next, however long; `*had` false: there is none. */
static enum assay_status skip_line(struct csv_source *csv, bool *had, struct assay_error *err)
{
    *had = false;
    for (;;) {
        /* Two bytes at least, to see whether a line feed follows a carriage return. */
        if (csv->len - csv->at < 2)
            ASSAY_TRY(csv_load(csv, FIRST_LOAD, err));
        if (csv->len - csv->at < 2 && csv->has_pending)
            return csv_pending(csv, err);
        const char *base = csv_buffer_base(&csv->carry);
        size_t at = csv->at;
        *had = *had || at < csv->len;
        while (at < csv->len && base[at] != '\n' && base[at] != '\r')
            at++;
        bool whole = at + 1 < csv->len || (at < csv->len && (csv->ended || base[at] == '\n'));
        if (whole)
            at += base[at] == '\r' && at + 1 < csv->len && base[at + 1] == '\n' ? 2 : 1;
        ASSAY_TRY(keep_front(csv, assay_str(base + csv->at, at - csv->at), err));
        csv->at = at;
        if (whole) {
            csv->line++;
            return ASSAY_OK;
        }
        if (csv->ended && at == csv->len)
            return ASSAY_OK;
    }
}

static enum assay_status skip_lines(struct csv_source *csv, struct assay_error *err)
{
    bool had = true;
    for (uint64_t i = 0; i < csv->options.skip_lines && had; i++)
        ASSAY_TRY(skip_line(csv, &had, err));
    return ASSAY_OK;
}

static struct assay_csv_text front_text(const struct csv_source *csv)
{
    return csv_buffer_text(&csv->carry, csv->len, csv->ended);
}

static enum assay_status front_failed(const struct csv_source *csv, const struct front *front,
                                      enum assay_status status, struct assay_error *err)
{
    uint64_t line = csv->line + front->blanks, column = 1;
    uint32_t at = front->record.limit_at;
    if (status != ASSAY_LIMIT || at == ASSAY_CSV_NONE) {
        csv_error_at(csv, err, line, column);
        return status;
    }
    assay_csv_locate(front->text.base, front->record.start, line, at, &line, &column);
    return csv_too_long(csv, "field", csv->field_limit, line, column, err);
}

/* More of what is carried, or why there cannot be more. */
static enum assay_status grow_front(struct csv_source *csv, const struct front *front,
                                    struct assay_error *err)
{
    size_t have = csv->len - csv->at;
    if (csv->has_pending)
        return csv_pending(csv, err);
    if (have >= csv->record_limit)
        return csv_too_long(csv, "header", csv->record_limit, csv->line + front->blanks, 1, err);
    size_t need = have < FIRST_LOAD ? FIRST_LOAD : have * 2;
    return csv_load(csv, need < csv->record_limit ? need : csv->record_limit, err);
}

/*
 * Looks at the first record that is not blank. Nothing is passed over yet: where there
 * is one column, and no header, blank lines are records too.
 */
static enum assay_status read_front(struct csv_source *csv, struct front *front,
                                    struct assay_error *err)
{
    size_t ahead = 0;
    ASSAY_TRY(csv_load(csv, FIRST_LOAD, err));
    if (!csv_buffer_reserve(&csv->carry, 1))
        return assay_fail_nomem(err);
    for (;;) {
        front->text = front_text(csv);
        front->fields.count = 0;
        enum assay_status status =
            assay_csv_record_parse(csv->parser, &front->text, (uint32_t)(csv->at + ahead),
                                   &front->fields, &front->record, err);
        if (status != ASSAY_OK)
            return front_failed(csv, front, status, err);
        if (front->record.kind == ASSAY_CSV_BLANK) {
            ahead = front->record.end - csv->at;
            front->blanks++;
        } else if (front->record.kind == ASSAY_CSV_MORE) {
            ASSAY_TRY(grow_front(csv, front, err));
        } else {
            return ASSAY_OK;
        }
    }
}

static struct assay_str front_value(const struct csv_source *csv, const struct front *front,
                                    uint32_t i)
{
    struct assay_span span = front->fields.at[front->record.first_field + i];
    struct assay_str value = assay_str(front->text.base + span.off, span.len);
    if (!csv->options.trim || assay_csv_was_quoted(&front->text, &csv->dialect, span))
        return value;
    while (value.len > 0 && (value.ptr[0] == ' ' || value.ptr[0] == '\t')) {
        value.ptr++;
        value.len--;
    }
    while (value.len > 0 && (value.ptr[value.len - 1] == ' ' || value.ptr[value.len - 1] == '\t'))
        value.len--;
    return value;
}

/* The header's bytes without what ends its line. */
static struct assay_str front_raw(const struct front *front)
{
    const char *start = front->text.base + front->record.start;
    size_t len = front->record.end - front->record.start;
    if (front->record.ending == ASSAY_CSV_CRLF)
        len -= 2;
    else if (front->record.ending != ASSAY_CSV_EOF)
        len -= 1;
    return assay_str(start, len);
}

/* Byte column on the header's first line at which field `i` begins, and its line. */
static void field_at(const struct csv_source *csv, const struct front *front, uint32_t i,
                     uint64_t *line, uint64_t *column)
{
    const char *base = front->text.base;
    uint32_t at = front->record.start;
    uint32_t end = at + (uint32_t)front_raw(front).len;
    bool quoted = false;
    for (; i > 0 && at < end; at++) {
        if (base[at] == csv->dialect.quote)
            quoted = !quoted;
        else if (base[at] == csv->dialect.delimiter && !quoted)
            i--;
    }
    assay_csv_locate(base, front->record.start, csv->line, at, line, column);
}

static enum assay_status add_finding(struct csv_source *csv, enum assay_malformed what,
                                     uint64_t line, uint64_t column, const char *text,
                                     struct assay_error *err)
{
    struct assay_finding *at = &csv->base.header_findings[csv->base.header_finding_count];
    if (text == NULL)
        return assay_fail_nomem(err);
    at->what = what;
    at->at = (struct assay_position){csv->files.index, 0, line, column};
    at->text = text;
    csv->base.header_finding_count++;
    return ASSAY_OK;
}

static enum assay_status find_nameless(struct csv_source *csv, const struct front *front,
                                       struct assay_error *err)
{
    for (uint32_t i = 0; i < csv->header_count; i++) {
        if (!assay_source_name_is_blank(csv->header[i]))
            continue;
        uint64_t line, column;
        field_at(csv, front, i, &line, &column);
        ASSAY_TRY(add_finding(csv, ASSAY_MALFORMED_NAMELESS, line, column,
                              assay_arena_printf(&csv->base.arena,
                                                 "column %u has no name; it is called \"%s\" here",
                                                 i + 1, csv->base.names[i].ptr),
                              err));
    }
    return ASSAY_OK;
}

static enum assay_status find_odd(struct csv_source *csv, const struct front *front,
                                  struct assay_error *err)
{
    static const struct {
        enum assay_csv_finding finding;
        enum assay_malformed what;
        const char *text;
    } rows[] = {
        {ASSAY_CSV_AFTER_QUOTE, ASSAY_MALFORMED_AFTER_QUOTE, csv_text_after_quote},
        {ASSAY_CSV_BARE_QUOTE, ASSAY_MALFORMED_BARE_QUOTE, csv_text_bare_quote},
        {ASSAY_CSV_NUL, ASSAY_MALFORMED_NUL, csv_text_nul},
    };
    const struct assay_csv_record *record = &front->record;
    uint64_t line, column;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint32_t at = record->finding[rows[i].finding];
        if (at == ASSAY_CSV_NONE)
            continue;
        assay_csv_locate(front->text.base, record->start, csv->line, at, &line, &column);
        ASSAY_TRY(add_finding(csv, rows[i].what, line, column, rows[i].text, err));
    }
    struct assay_str raw = front_raw(front);
    size_t valid = csv_utf8_valid(raw.ptr, raw.len);
    if (valid == raw.len)
        return ASSAY_OK;
    assay_csv_locate(front->text.base, record->start, csv->line, record->start + (uint32_t)valid,
                     &line, &column);
    return add_finding(csv, ASSAY_MALFORMED_UTF8, line, column,
                       csv_text_utf8(&csv->base.arena, raw.ptr + valid, raw.len - valid), err);
}

static enum assay_status open_quote(const struct csv_source *csv, const struct front *front,
                                    struct assay_error *err)
{
    uint64_t line, column;
    uint32_t at = front->record.finding[ASSAY_CSV_UNTERMINATED];
    if (at == ASSAY_CSV_NONE)
        return ASSAY_OK;
    assay_csv_locate(front->text.base, front->record.start, csv->line, at, &line, &column);
    assay_fail(err, ASSAY_SOURCE, "CSV-OPEN-QUOTE", "this quote is never closed");
    assay_error_help(err, "everything behind it would be one name in the header");
    csv_error_at(csv, err, line, column);
    return ASSAY_SOURCE;
}

/* Keeps the header of the first file that has one. */
static enum assay_status keep_header(struct csv_source *csv, const struct front *front,
                                     struct assay_error *err)
{
    struct assay_arena *arena = &csv->base.arena;
    struct assay_str raw = front_raw(front);
    uint32_t count = front->record.fields;
    csv->header = assay_arena_array(arena, count, sizeof *csv->header);
    csv->header_raw = assay_str(assay_arena_strdup(arena, raw), raw.len);
    csv->base.header_findings =
        assay_arena_array(arena, (size_t)count + 4, sizeof *csv->base.header_findings);
    if (csv->header == NULL || csv->header_raw.ptr == NULL || csv->base.header_findings == NULL)
        return assay_fail_nomem(err);
    for (uint32_t i = 0; i < count; i++) {
        struct assay_str value = front_value(csv, front, i);
        csv->header[i] = assay_str(assay_arena_strdup(arena, value), value.len);
        if (csv->header[i].ptr == NULL)
            return assay_fail_nomem(err);
    }
    csv->header_count = count;
    csv->header_file = csv->files.index;
    csv->has_header = true;
    ASSAY_TRY(assay_source_set_names(&csv->base, csv->header, count, err));
    ASSAY_TRY(find_nameless(csv, front, err));
    return find_odd(csv, front, err);
}

static enum assay_status compare_header(const struct csv_source *csv, const struct front *front,
                                        struct assay_error *err)
{
    uint32_t count = front->record.fields;
    const char *first = csv->base.files[csv->header_file].path.ptr;
    uint32_t i = 0;
    while (i < count && i < csv->header_count &&
           assay_str_equal(csv->header[i], front_value(csv, front, i)))
        i++;
    if (i == count && i == csv->header_count)
        return ASSAY_OK;
    if (i < count && i < csv->header_count) {
        struct assay_str here = front_value(csv, front, i);
        assay_fail(err, ASSAY_SOURCE, "SOURCE-HEADER-MISMATCH",
                   "column %u is \"%.*s\", but \"%.64s\" in %s", i + 1,
                   (int)(here.len < 64 ? here.len : 64), here.ptr, csv->header[i].ptr, first);
    } else if (i < count) {
        struct assay_str here = front_value(csv, front, i);
        assay_fail(err, ASSAY_SOURCE, "SOURCE-HEADER-MISMATCH",
                   "%u column%s, but %u in %s: column %u, \"%.*s\", is new", count,
                   count == 1 ? "" : "s", csv->header_count, first, i + 1,
                   (int)(here.len < 64 ? here.len : 64), here.ptr);
    } else {
        assay_fail(err, ASSAY_SOURCE, "SOURCE-HEADER-MISMATCH",
                   "%u column%s, but %u in %s: column %u, \"%.64s\", is missing", count,
                   count == 1 ? "" : "s", csv->header_count, first, i + 1, csv->header[i].ptr);
    }
    assay_error_help(err, "files that are read as one need the same header, in the same order");
    uint64_t line, column;
    field_at(csv, front, i, &line, &column);
    csv_error_at(csv, err, line, column);
    struct assay_str raw = front_raw(front);
    assay_error_excerpt(err, raw.ptr, raw.len, (size_t)(column - 1));
    return ASSAY_SOURCE;
}

/* Passes over the header that `front` is. */
static enum assay_status consume(struct csv_source *csv, const struct front *front,
                                 struct assay_error *err)
{
    uint32_t start = front->record.start, end = front->record.end;
    ASSAY_TRY(keep_front(csv, assay_str(front->text.base + csv->at, end - csv->at), err));
    csv->line += assay_csv_count_lines(front->text.base, start, end);
    csv->at = end;
    if (!csv->told && front->record.ending != ASSAY_CSV_EOF)
        csv->endings[front->record.ending]++;
    return ASSAY_OK;
}

/* Columns without names of their own: `_1`, `_2` …, as many as the first record has. */
static enum assay_status number_columns(struct csv_source *csv, uint32_t count,
                                        struct assay_error *err)
{
    struct assay_str *names = calloc((size_t)count + 1, sizeof *names);
    if (names == NULL)
        return assay_fail_nomem(err);
    enum assay_status status = assay_source_set_names(&csv->base, names, count, err);
    free(names);
    return status;
}

static enum assay_status use_front(struct csv_source *csv, const struct front *front,
                                   struct assay_error *err)
{
    uint64_t line = csv->line + front->blanks;
    bool first = csv->base.column_count == 0;
    if (csv->options.header == ASSAY_HEADER_NO && first)
        ASSAY_TRY(number_columns(csv, front->record.fields, err));
    if (csv->options.header != ASSAY_HEADER_YES)
        return first ? csv_hints_find(csv, line, err) : ASSAY_OK;
    csv->line = line;
    csv->blanks += csv->told ? 0 : front->blanks;
    ASSAY_TRY(open_quote(csv, front, err));
    ASSAY_TRY(csv->has_header ? compare_header(csv, front, err) : keep_header(csv, front, err));
    ASSAY_TRY(consume(csv, front, err));
    return first ? csv_hints_find(csv, line, err) : ASSAY_OK;
}

/* There is no header, and no record either, only perhaps blank lines. */
static enum assay_status use_nothing(struct csv_source *csv, const struct front *front,
                                     struct assay_error *err)
{
    bool header = csv->options.header == ASSAY_HEADER_YES;
    if (csv->has_pending)
        return csv_pending(csv, err);
    if (!csv->told)
        assay_source_notice(&csv->base, "%s: empty file: %s0 rows", assay_files_shown(&csv->files),
                            header ? "no header, " : "");
    if (header || csv->base.column_count == 0) {
        csv->at = csv->len;
        csv->blanks += csv->told ? 0 : front->blanks;
    }
    return ASSAY_OK;
}

enum assay_status csv_header_read(struct csv_source *csv, struct assay_error *err)
{
    struct front front = {0};
    if (csv->options.header == ASSAY_HEADER_NAMES && csv->base.column_count == 0)
        ASSAY_TRY(
            assay_source_set_names(&csv->base, csv->options.names, csv->options.name_count, err));
    assay_buf_reset(&csv->front);
    if (csv->files.input->marked)
        ASSAY_TRY(keep_front(csv, ASSAY_STR("\xef\xbb\xbf"), err));
    ASSAY_TRY(skip_lines(csv, err));
    enum assay_status status = read_front(csv, &front, err);
    if (status == ASSAY_OK)
        status = front.record.kind == ASSAY_CSV_DONE ? use_nothing(csv, &front, err)
                                                     : use_front(csv, &front, err);
    if (status == ASSAY_OK)
        status = set_frame(csv, err);
    free(front.fields.at);
    return status;
}
