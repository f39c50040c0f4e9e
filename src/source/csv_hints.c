/*
 * Looks at the header and the first records for what people get wrong about a file: its
 * delimiter, lines before the header, no header at all, ids that a spreadsheet rewrote.
 * Nothing of this changes how the data is read.
 */
#include "config.h"

#include "source/csv_source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORDS 1000 /* looked at, as far as they are in the first load */
#define PREAMBLE 20  /* lines that may stand before a header */
#define DIGITS_MIN 2

struct sample {
    uint32_t fields;
    bool split; /* by the delimiter that the header suggests */
    uint64_t line;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Numbers and dates: digits with what stands between them. */
static bool looks_numeric(struct assay_str value)
{
    size_t digits = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (is_digit(value.ptr[i]))
            digits++;
        else if (memchr("+-.,:/ TZ", value.ptr[i], 9) == NULL)
            return false;
    }
    return digits > 0;
}

/* 5E+10, 1.23457E+12: how spreadsheets write long numbers. */
static bool looks_scientific(struct assay_str value)
{
    size_t i = 0;
    if (value.len < 5 || !is_digit(value.ptr[i++]))
        return false;
    if (value.ptr[i] == '.')
        for (i++; i < value.len && is_digit(value.ptr[i]); i++)
            ;
    if (value.len - i < 2 + DIGITS_MIN || value.ptr[i] != 'E' || value.ptr[i + 1] != '+')
        return false;
    for (i += 2; i < value.len; i++)
        if (!is_digit(value.ptr[i]))
            return false;
    return true;
}

static void hint(struct csv_source *csv, const char *code, const char *text, const char *help)
{
    if (csv->base.hint.code == NULL && text != NULL && help != NULL)
        csv->base.hint = (struct assay_source_hint){code, text, help};
}

/* The delimiter that occurs in the name of the only column, and how often; else 0. */
static char other_delimiter(const struct csv_source *csv, size_t *times)
{
    static const char candidates[] = {',', ';', '\t', '|'};
    size_t most = 0;
    char best = 0;
    if (!csv->has_header || csv->header_count != 1)
        return 0;
    for (size_t i = 0; i < sizeof candidates; i++) {
        size_t count = 0;
        for (size_t j = 0; j < csv->header_raw.len; j++)
            count += csv->header_raw.ptr[j] == candidates[i];
        if (count > most && candidates[i] != csv->dialect.delimiter) {
            most = count;
            best = candidates[i];
        }
    }
    *times = most;
    return best;
}

/*
 * One column whose name holds another delimiter. Where every record holds it too and nobody
 * said which it is, that is an error: no check could say anything true of such a table.
 */
static enum assay_status hint_delimiter(struct csv_source *csv, const struct sample *samples,
                                        uint32_t count, uint64_t line, struct assay_error *err)
{
    size_t times = 0;
    char other = other_delimiter(csv, &times);
    bool everywhere = csv->options.delimiter == 0;
    if (other == 0)
        return ASSAY_OK;
    char shown[4] = {'\'', other, '\'', '\0'};
    const char *name = other == '\t' ? "tab" : shown;
    const char *text =
        assay_arena_printf(&csv->base.arena, "1 column found, but the header contains %zu %s%s",
                           times, name, other == '\t' && times > 1 ? "s" : "");
    if (text == NULL)
        return assay_fail_nomem(err);
    for (uint32_t i = 0; i < count; i++)
        everywhere &= samples[i].split;
    if (everywhere) {
        assay_fail(err, ASSAY_SOURCE, "CSV-DELIMITER", "%s", text);
        csv_error_at(csv, err, line, 0);
        assay_error_help(err, "use delimiter: %s (or delimiter: '%c' if it is one column)", name,
                         csv->dialect.delimiter);
        return ASSAY_SOURCE;
    }
    hint(csv, "CSV-DELIMITER", text,
         assay_arena_printf(&csv->base.arena, "use delimiter: %s", name));
    assay_source_notice(&csv->base, "%s (delimiter: %s?)", text, name);
    return ASSAY_OK;
}

/* Few fields first, then more and always as many: titles above the real header. */
static void hint_preamble(struct csv_source *csv, const struct sample *samples, uint32_t count,
                          uint64_t header_line)
{
    uint32_t columns = csv->base.column_count;
    uint32_t as_header = 0, as_found = 0, i = 0;
    while (i + 1 < count && i < PREAMBLE &&
           (samples[i].fields <= columns || samples[i].fields != samples[i + 1].fields))
        i++;
    if (i + 1 >= count || i >= PREAMBLE)
        return;
    for (uint32_t j = 0; j < count; j++) {
        as_header += samples[j].fields == columns;
        as_found += samples[j].fields == samples[i].fields;
    }
    if (as_found <= as_header)
        return;
    const char *text =
        assay_arena_printf(&csv->base.arena, "line %llu has %u field%s, line %llu has %u",
                           (unsigned long long)header_line, columns, columns == 1 ? "" : "s",
                           (unsigned long long)samples[i].line, samples[i].fields);
    const char *help = assay_arena_printf(&csv->base.arena, "use skip_lines: %llu",
                                          (unsigned long long)samples[i].line - 1);
    hint(csv, "CSV-PREAMBLE", text, help);
    if (text != NULL && help != NULL)
        assay_source_notice(&csv->base, "%s (%s?)", text, help + 4);
}

static void hint_no_header(struct csv_source *csv)
{
    uint32_t numeric = 0;
    if (!csv->has_header)
        return;
    for (uint32_t i = 0; i < csv->header_count; i++)
        numeric += looks_numeric(csv->header[i]);
    if (numeric == 0 || numeric < csv->header_count - numeric)
        return;
    hint(csv, "CSV-NO-HEADER",
         assay_arena_printf(&csv->base.arena, "the first line looks like data (%u of %u numeric)",
                            numeric, csv->header_count),
         "use header: no, or a list of names: header: [id, …]");
}

static void notice_scientific(struct csv_source *csv, const struct assay_csv_text *text,
                              const struct assay_span *values, uint32_t count, bool *noticed)
{
    for (uint32_t i = 0; i < count && i < csv->base.column_count && !*noticed; i++) {
        struct assay_str value = assay_str(text->base + values[i].off, values[i].len);
        if (!looks_scientific(value) || value.len > 24)
            continue;
        *noticed = true;
        assay_source_notice(&csv->base,
                            "values such as \"%.*s\" in \"%.64s\" look like scientific notation: "
                            "ids that a spreadsheet rewrote?",
                            (int)value.len, value.ptr, csv->base.names[i].ptr);
    }
}

/* Reads the records that are loaded; a failure here is met again where it matters. */
static uint32_t look_ahead(struct csv_source *csv, struct sample *samples)
{
    struct assay_csv_text text = csv_buffer_text(&csv->carry, csv->len, csv->ended);
    struct assay_csv_fields fields = {0};
    struct assay_csv_record record;
    uint64_t line = csv->line;
    uint32_t at = (uint32_t)csv->at, count = 0;
    bool noticed = false;
    size_t times;
    char other = other_delimiter(csv, &times);
    while (count < RECORDS &&
           assay_csv_record_parse(csv->parser, &text, at, &fields, &record, NULL) == ASSAY_OK) {
        if (record.kind == ASSAY_CSV_MORE || record.kind == ASSAY_CSV_DONE)
            break;
        if (record.kind == ASSAY_CSV_RECORD) {
            const char *raw = text.base + record.start;
            bool split = other != 0 && memchr(raw, other, record.end - record.start) != NULL;
            samples[count++] = (struct sample){record.fields, split, line};
            notice_scientific(csv, &text, fields.at + record.first_field, record.fields, &noticed);
        }
        line += assay_csv_count_lines(text.base, record.start, record.end);
        at = record.end;
        fields.count = 0;
    }
    free(fields.at);
    return count;
}

enum assay_status csv_hints_find(struct csv_source *csv, uint64_t header_line,
                                 struct assay_error *err)
{
    struct sample *samples = malloc(RECORDS * sizeof *samples);
    if (samples == NULL)
        return assay_fail_nomem(err);
    uint32_t count = look_ahead(csv, samples);
    enum assay_status status = hint_delimiter(csv, samples, count, header_line, err);
    if (csv->has_header)
        hint_preamble(csv, samples, count, header_line);
    hint_no_header(csv);
    free(samples);
    return status;
}
