/*
 * How the values of shared settings are read.
 */
#include "config.h"

#include "suite/options.h"

#include "base/number.h"
#include "base/suggest.h"
#include "base/time.h"

#include <stdio.h>

void assay_options_init(struct assay_options *options)
{
    *options = (struct assay_options){
        .memory_limit = (uint64_t)1 << 30,
        .sample = 1,
        .max_samples = 20,
        .result_format = ASSAY_RESULT_UNSAID,
        .max_values = 200,
    };
}

const struct assay_option *assay_option_find(struct assay_str name)
{
    size_t count;
    const struct assay_option *rows = assay_option_rows(&count);
    for (size_t i = 0; i < count; i++) {
        const char *p = rows[i].name;
        size_t k = 0;
        while (k < name.len && p[k] != '\0' &&
               (name.ptr[k] == p[k] || (name.ptr[k] == '-' && p[k] == '_')))
            k++;
        if (k == name.len && p[k] == '\0')
            return &rows[i];
    }
    return NULL;
}

static enum assay_status refuse(const struct assay_option *row, struct assay_str value,
                                const char *expected, struct assay_error *err)
{
    assay_fail(err, ASSAY_USAGE, "USAGE-OPTION", "%s cannot be \"%.*s\"", row->name, (int)value.len,
               value.ptr);
    assay_error_help(err, "expected %s", expected);
    return ASSAY_USAGE;
}

static enum assay_status refuse_time(const struct assay_option *row, struct assay_str value,
                                     struct assay_error *err)
{
    (void)refuse(row, value, "a time such as 2026-11-21T12:00:00Z", err);
    size_t len = err != NULL ? strlen(err->message) : 0;
    if (err != NULL)
        snprintf(err->message + len, sizeof err->message - len, "%s",
                 assay_time_why_not(value, ASSAY_TIME_TIMESTAMP | ASSAY_TIME_DATE));
    return ASSAY_USAGE;
}

static bool read_flag(struct assay_str text, bool *out)
{
    *out = assay_str_is(text, "true") || assay_str_is(text, "yes");
    return *out || assay_str_is(text, "false") || assay_str_is(text, "no");
}

static bool read_byte(struct assay_str text, char *out)
{
    bool tab = assay_str_is(text, "tab") || assay_str_is(text, "\\t");
    *out = tab ? '\t' : text.len == 1 ? text.ptr[0] : '\0';
    unsigned char c = (unsigned char)*out;
    return c != 0 && c < 0x80 && c != '\n' && c != '\r';
}

static bool read_whole(struct assay_str text, uint64_t *out)
{
    uint64_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned digit = (unsigned)(unsigned char)text.ptr[i] - '0';
        if (digit > 9 || __builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, digit, &n))
            return false;
    }
    *out = n;
    return text.len > 0;
}

/* 64MB and 64MiB, as dd has it: powers of 1000 and of 1024. A bare number is bytes. */
static bool read_size(struct assay_str text, uint64_t *out)
{
    static const struct {
        const char *suffix;
        uint64_t unit;
    } units[] = {{"KiB", 1024}, {"MiB", 1024 * 1024}, {"GiB", 1024 * 1024 * 1024},
                 {"KB", 1000},  {"MB", 1000 * 1000},  {"GB", 1000 * 1000 * 1000},
                 {"K", 1024},   {"M", 1024 * 1024},   {"G", 1024 * 1024 * 1024},
                 {"B", 1}};
    uint64_t unit = 1;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        size_t n = strlen(units[i].suffix);
        if (text.len > n && memcmp(text.ptr + text.len - n, units[i].suffix, n) == 0) {
            unit = units[i].unit;
            text.len -= n;
            break;
        }
    }
    while (text.len > 0 && text.ptr[text.len - 1] == ' ')
        text.len--;
    return read_whole(text, out) && !__builtin_mul_overflow(*out, unit, out);
}

static bool read_share(struct assay_str text, double *out)
{
    bool percent = text.len > 1 && text.ptr[text.len - 1] == '%';
    text.len -= percent;
    struct assay_numref number = assay_numref(text);
    *out = assay_number_to_double(&number) / (percent ? 100 : 1);
    return assay_number_is_finite(number.code) && *out >= 0 && *out <= 1;
}

static bool read_choice(const struct assay_option *row, struct assay_str text, int *out)
{
    for (*out = 0; row->choices[*out] != NULL; ++*out)
        if (assay_str_is(text, row->choices[*out]))
            return true;
    return false;
}

static enum assay_status refuse_choice(const struct assay_option *row, struct assay_str value,
                                       struct assay_error *err)
{
    char list[200] = "";
    size_t used = 0;
    for (size_t i = 0; row->choices[i] != NULL && used < sizeof list - 40; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "one of ",
                                 row->choices[i]);
    return refuse(row, value, list, err);
}

/* Copies of texts, behind `before` old ones. */
static struct assay_str *copy_texts(struct assay_arena *arena, const struct assay_str *old,
                                    uint32_t before, const struct assay_str *values, uint32_t count)
{
    struct assay_str *copy = assay_arena_array(arena, (size_t)before + count + 1, sizeof *copy);
    for (uint32_t i = 0; copy != NULL && i < before; i++)
        copy[i] = old[i];
    for (uint32_t i = 0; copy != NULL && i < count; i++) {
        copy[before + i] = assay_str(assay_arena_strdup(arena, values[i]), values[i].len);
        if (copy[before + i].ptr == NULL)
            return NULL;
    }
    return copy;
}

static enum assay_status set_header(struct assay_source_options *source,
                                    const struct assay_str *values, uint32_t count,
                                    struct assay_arena *arena, struct assay_error *err)
{
    bool yes;
    source->name_count = 0;
    if (count == 1 && read_flag(values[0], &yes)) {
        source->header = yes ? ASSAY_HEADER_YES : ASSAY_HEADER_NO;
        return ASSAY_OK;
    }
    source->header = ASSAY_HEADER_NAMES;
    source->names = copy_texts(arena, NULL, 0, values, count);
    source->name_count = count;
    return source->names ? ASSAY_OK : assay_fail_nomem(err);
}

/*
 * null_values: in CSV an empty field is null anyway; among them the empty text says so of
 * formats in which it is a value of its own.
 */
static enum assay_status set_null_values(struct assay_source_options *source,
                                         const struct assay_str *values, uint32_t count,
                                         struct assay_arena *arena, struct assay_error *err)
{
    struct assay_str *kept = assay_arena_array(arena, count + 1u, sizeof *kept);
    if (kept == NULL)
        return assay_fail_nomem(err);
    uint32_t n = 0;
    source->empty_is_null = false;
    for (uint32_t i = 0; i < count; i++) {
        if (values[i].len == 0)
            source->empty_is_null = true;
        else
            kept[n++] = values[i];
    }
    source->null_values = copy_texts(arena, NULL, 0, kept, n);
    source->null_value_count = n;
    source->null_values_untyped = false;
    return source->null_values ? ASSAY_OK : assay_fail_nomem(err);
}

static enum assay_status set_list(struct assay_options *options, const struct assay_option *row,
                                  const struct assay_str *values, uint32_t count,
                                  struct assay_arena *arena, struct assay_error *err)
{
    if (row->offset == offsetof(struct assay_options, source.null_values))
        return set_null_values(&options->source, values, count, arena, err);
    if (row->offset == offsetof(struct assay_options, source.order_by)) {
        options->source.order_by = copy_texts(arena, NULL, 0, values, count);
        options->source.order_count = count;
        return options->source.order_by ? ASSAY_OK : assay_fail_nomem(err);
    }
    if (row->offset == offsetof(struct assay_options, source.partition)) {
        options->source.partition = copy_texts(arena, NULL, 0, values, count);
        options->source.partition_count = count;
        return options->source.partition ? ASSAY_OK : assay_fail_nomem(err);
    }
    if (row->offset == offsetof(struct assay_options, index_columns)) {
        options->index_columns = copy_texts(arena, NULL, 0, values, count);
        options->index_column_count = count;
        return options->index_columns ? ASSAY_OK : assay_fail_nomem(err);
    }
    options->tags = copy_texts(arena, options->tags, options->tag_count, values, count);
    options->tag_count += count;
    return options->tags ? ASSAY_OK : assay_fail_nomem(err);
}

static enum assay_status set_text(struct assay_options *options, const struct assay_option *row,
                                  struct assay_str value, struct assay_arena *arena,
                                  struct assay_error *err)
{
    const char *copy = assay_arena_strdup(arena, value);
    if (copy == NULL)
        return assay_fail_nomem(err);
    *(const char **)((char *)options + row->offset) = copy;
    return ASSAY_OK;
}

static enum assay_status set_number(struct assay_options *options, const struct assay_option *row,
                                    struct assay_str value, struct assay_error *err)
{
    void *target = (char *)options + row->offset;
    uint64_t n = 0;
    bool sized = row->type == ASSAY_OPTION_SIZE;
    if (!(sized ? read_size(value, &n) : read_whole(value, &n)) || (row->positive && n == 0))
        return refuse(row, value,
                      sized           ? "a size such as 512MB or 2GiB"
                      : row->positive ? "a whole number above 0"
                                      : "a whole number",
                      err);
    if (row->type == ASSAY_OPTION_UINT32) {
        if (n > 100000)
            return refuse(row, value, "at most 100000", err);
        *(uint32_t *)target = (uint32_t)n;
    } else
        *(uint64_t *)target = n;
    return ASSAY_OK;
}

static enum assay_status set_one(struct assay_options *options, const struct assay_option *row,
                                 struct assay_str value, struct assay_error *err)
{
    void *target = (char *)options + row->offset;
    int choice;
    switch (row->type) {
    case ASSAY_OPTION_FLAG:
        return read_flag(value, target) ? ASSAY_OK : refuse(row, value, "true or false", err);
    case ASSAY_OPTION_BYTE:
        return read_byte(value, target)
                   ? ASSAY_OK
                   : refuse(row, value, "one ASCII character such as ';', or tab", err);
    case ASSAY_OPTION_CHOICE:
        if (!read_choice(row, value, &choice))
            return refuse_choice(row, value, err);
        *(int *)target = choice;
        options->has_severity |= row->offset == offsetof(struct assay_options, severity);
        return ASSAY_OK;
    case ASSAY_OPTION_SHARE:
        return read_share(value, target) && *(double *)target > 0
                   ? ASSAY_OK
                   : refuse(row, value, "a share above 0, up to 1 or 100%", err);
    case ASSAY_OPTION_TIME:
        options->has_as_of = true;
        return assay_time_parse_safe(value.ptr, value.len, ASSAY_TIME_TIMESTAMP | ASSAY_TIME_DATE,
                                     0, target)
                   ? ASSAY_OK
                   : refuse_time(row, value, err);
    case ASSAY_OPTION_DURATION:
        return assay_duration_parse(value, target) && *(int64_t *)target > 0
                   ? ASSAY_OK
                   : refuse(row, value, "a duration such as 500ms, 30s or 5m", err);
    default: return set_number(options, row, value, err);
    }
}

enum assay_status assay_option_set(struct assay_options *options, const struct assay_option *row,
                                   const struct assay_str *values, uint32_t count,
                                   struct assay_arena *arena, struct assay_error *err)
{
    if (row->type == ASSAY_OPTION_HEADER)
        return set_header(&options->source, values, count, arena, err);
    if (row->type == ASSAY_OPTION_LIST)
        return set_list(options, row, values, count, arena, err);
    if (count != 1)
        return refuse(row, count ? values[1] : assay_cstr(""), "one value", err);
    if (row->type == ASSAY_OPTION_TEXT)
        return set_text(options, row, values[0], arena, err);
    return set_one(options, row, values[0], err);
}

enum assay_status assay_option_set_text(struct assay_options *options,
                                        const struct assay_option *row, struct assay_str text,
                                        struct assay_arena *arena, struct assay_error *err)
{
    if (row->type != ASSAY_OPTION_LIST && row->type != ASSAY_OPTION_HEADER)
        return assay_option_set(options, row, &text, 1, arena, err);
    uint32_t count = 1;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == ',';
    struct assay_str *parts = assay_arena_array(arena, count, sizeof *parts);
    if (parts == NULL)
        return assay_fail_nomem(err);
    for (uint32_t n = 0; n < count; n++) {
        const char *comma = text.len ? memchr(text.ptr, ',', text.len) : NULL;
        size_t len = comma ? (size_t)(comma - text.ptr) : text.len;
        parts[n] = assay_str(text.ptr, len);
        text.ptr += len + (comma != NULL);
        text.len -= len + (comma != NULL);
    }
    return assay_option_set(options, row, parts, count, arena, err);
}
