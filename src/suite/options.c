/*
 * The table of shared settings, and how their values are read.
 */
#include "config.h"

#include "suite/options.h"

#include "base/number.h"
#include "base/suggest.h"
#include "base/time.h"

#include <stdio.h>

static const char *const encodings[] = {"utf-8", "latin1", "utf-16le", "utf-16be", NULL};
static const char *const engines[] = {"scan", "libcsv", NULL};
static const char *const json_engines[] = {"scan", "yajl", NULL};
static const char *const duplicate_keys[] = {"error", "first", "last", NULL};
static const char *const short_records[] = {"malformed", "null", NULL};
static const char *const partition_kinds[] = {"hive", "none", NULL};
static const char *const fail_ons[] = {"fail", "warn", "error", NULL};
static const char *const pushdowns[] = {"auto", "off", "always", NULL};
static const char *const result_formats[] = {"boolean_only", "basic", "summary", "complete", NULL};
static const char *const severities[] = {"error", "warn", "info", NULL};

#define BOTH (ASSAY_OPTION_SUITE | ASSAY_OPTION_COMMAND)
#define AT(member) offsetof(struct assay_options, member)

static const struct assay_option rows[] = {
    {"delimiter", ASSAY_OPTION_BYTE, BOTH, NULL, "CHAR",
     "what separates fields: a character, or `tab`; the default is a comma", AT(source.delimiter),
     false},
    {"quote", ASSAY_OPTION_BYTE, BOTH, NULL, "CHAR",
     "what encloses fields; the default is a double quote", AT(source.quote), false},
    {"header", ASSAY_OPTION_HEADER, BOTH, NULL, "yes|no|NAME,…",
     "whether the first line names the columns, or the names where it does not", AT(source.header),
     false},
    {"encoding", ASSAY_OPTION_CHOICE, BOTH, encodings, "NAME",
     "of the data: utf-8, latin1, utf-16le or utf-16be", AT(source.encoding), false},
    {"null_values", ASSAY_OPTION_LIST, BOTH, NULL, "TEXT,…",
     "texts that mean null, besides the unquoted empty field of CSV", AT(source.null_values),
     false},
    {"trim", ASSAY_OPTION_FLAG, BOTH, NULL, NULL, "spaces and tabs around a field are not data",
     AT(source.trim), false},
    {"skip_lines", ASSAY_OPTION_UINT64, BOTH, NULL, "N", "lines to pass over before the header",
     AT(source.skip_lines), false},
    {"short_records", ASSAY_OPTION_CHOICE, BOTH, short_records, "WHAT",
     "CSV: a record with too few fields is malformed (the default), or its last values are null",
     AT(source.short_records), false},
    {"csv_engine", ASSAY_OPTION_CHOICE, BOTH, engines, "NAME",
     "scan (the default) or libcsv; both give the same results", AT(source.csv_engine), false},
    {"json_engine", ASSAY_OPTION_CHOICE, BOTH, json_engines, "NAME",
     "scan (the default) or yajl; both give the same results", AT(source.json_engine), false},
    {"duplicate_keys", ASSAY_OPTION_CHOICE, BOTH, duplicate_keys, "WHAT",
     "JSON: a key that an object has twice is an error (the default), or its first or last value "
     "counts",
     AT(source.duplicate_keys), false},
    {"allow_nan", ASSAY_OPTION_FLAG, BOTH, NULL, NULL,
     "JSON: NaN, Infinity and -Infinity are numbers", AT(source.allow_nan), false},
    {"records", ASSAY_OPTION_TEXT, BOTH, NULL, "POINTER",
     "JSON: where in the document the array of records is, such as /data/items", AT(source.records),
     false},
    {"format", ASSAY_OPTION_TEXT, BOTH, NULL, "NAME",
     "of the data, where it is not to be told from the data itself", AT(source.format), false},
    {"table", ASSAY_OPTION_TEXT, BOTH, NULL, "NAME",
     "databases: the table or view to check, such as sales.orders", AT(source.table), false},
    {"query", ASSAY_OPTION_TEXT, BOTH, NULL, "SQL",
     "databases: one reading statement whose rows to check instead", AT(source.query), false},
    {"where", ASSAY_OPTION_TEXT, BOTH, NULL, "SQL",
     "databases: a condition in their SQL; only rows for which it is true are read",
     AT(source.where), false},
    {"order_by", ASSAY_OPTION_LIST, BOTH, NULL, "COLUMN,…",
     "databases: columns that give the rows an order, and so their numbers", AT(source.order_by),
     false},
    {"connect_timeout", ASSAY_OPTION_DURATION, BOTH, NULL, "TIME",
     "how long to wait for a connection, or a lock of a database; the default is 10s",
     AT(source.connect_timeout), true},
    {"statement_timeout", ASSAY_OPTION_DURATION, BOTH, NULL, "TIME",
     "databases: how long one statement may take; the default is no limit",
     AT(source.statement_timeout), true},
    {"idle_timeout", ASSAY_OPTION_DURATION, BOTH, NULL, "TIME",
     "how long a web server may send next to nothing; the default is 60s", AT(source.idle_timeout),
     true},
    {"tries", ASSAY_OPTION_UINT32, BOTH, NULL, "N",
     "how often to ask a web server that is busy or breaks off; the default is 5", AT(source.tries),
     true},
    {"max_download", ASSAY_OPTION_SIZE, BOTH, NULL, "SIZE",
     "most to take from a web server for one file; the default is no limit",
     AT(source.max_download), true},
    {"ca_file", ASSAY_OPTION_TEXT, BOTH, NULL, "FILE",
     "certificates of the authorities to trust in place of the system's", AT(source.ca_file),
     false},
    {"partitions", ASSAY_OPTION_CHOICE, BOTH, partition_kinds, "NAME",
     "whether directories such as dt=2026-11-01 are columns: hive (the default) or none",
     AT(source.partitions), false},
    {"pushdown", ASSAY_OPTION_CHOICE, BOTH, pushdowns, "WHEN",
     "databases: auto (the default) lets them compute what spares streaming a column, always "
     "what they can, off nothing",
     AT(pushdown), false},
    {"threads", ASSAY_OPTION_UINT32, BOTH, NULL, "N", "workers; the default is one a core, up to 8",
     AT(threads), true},
    {"memory_limit", ASSAY_OPTION_SIZE, BOTH, NULL, "SIZE",
     "memory for what grows with the data (512MB, 2GiB); the rest goes to temporary files",
     AT(memory_limit), true},
    {"temp_dir", ASSAY_OPTION_TEXT, BOTH, NULL, "DIR",
     "where temporary files go; the default is TMPDIR or /var/tmp", AT(temp_dir), false},
    {"as_of", ASSAY_OPTION_TIME, BOTH, NULL, "TIME",
     "the clock for freshness and now(); the default is the present", AT(as_of), false},
    {"limit", ASSAY_OPTION_UINT64, BOTH, NULL, "N",
     "stop after so many records; the result is marked partial", AT(limit), true},
    {"sample", ASSAY_OPTION_SHARE, BOTH, NULL, "SHARE",
     "look at a share of the records (0.1 or 10%), always the same ones; marked partial",
     AT(sample), true},
    {"max_samples", ASSAY_OPTION_UINT32, BOTH, NULL, "N",
     "failing values to show an expectation; the default is 20", AT(max_samples), false},
    {"result_format", ASSAY_OPTION_CHOICE, BOTH, result_formats, "LEVEL",
     "how much -o gx tells: boolean_only, basic, summary (the default) or complete",
     AT(result_format), false},
    {"index_columns", ASSAY_OPTION_LIST, BOTH, NULL, "NAME,…",
     "columns whose values tell which rows failed, in json and gx", AT(index_columns), false},
    {"max_values", ASSAY_OPTION_UINT32, BOTH, NULL, "N",
     "entries of a list of values in json and gx; the default is 200", AT(max_values), true},
    {"fail_on", ASSAY_OPTION_CHOICE, BOTH, fail_ons, "LEVEL",
     "what ends in exit status 1: fail (the default), warn, or error (neither)", AT(fail_on),
     false},
    {"allow_empty", ASSAY_OPTION_FLAG, BOTH, NULL, NULL,
     "data without records is no reason for exit status 4", AT(allow_empty), false},
    {"exit_zero", ASSAY_OPTION_FLAG, ASSAY_OPTION_COMMAND, NULL, NULL,
     "exit with 0 although expectations failed (errors still show)", AT(exit_zero), false},
    {"severity", ASSAY_OPTION_CHOICE, 0, severities, "LEVEL", "the severity of every check",
     AT(severity), false},
    {"tag", ASSAY_OPTION_LIST, ASSAY_OPTION_COMMAND | ASSAY_OPTION_REPEAT, NULL, "TAG,…",
     "run only checks that have one of these tags", AT(tags), false},
};

#undef AT
#undef BOTH

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

const struct assay_option *assay_option_rows(size_t *count)
{
    *count = sizeof rows / sizeof rows[0];
    return rows;
}

const struct assay_option *assay_option_find(struct assay_str name)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
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
