/*
 * A Suite as text.
 */
#include "config.h"

#include "tests/lib/suite_dump.h"

#include "base/number.h"
#include "metric/judge.h"

#include <inttypes.h>
#include <stdlib.h>

#define AT(type, args, param) \
    (*(const type *)(const void *)((const char *)(args) + (param)->offset))

static void put_text(struct assay_buf *out, struct assay_str text)
{
    assay_buf_putc(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < 0x20 || c == '"' || c == '\\')
            assay_buf_printf(out, "\\x%02x", c);
        else
            assay_buf_putc(out, (char)c);
    }
    assay_buf_putc(out, '"');
}

/* 007, 7.0 and 7 are one number. */
static void put_number(struct assay_buf *out, struct assay_str text)
{
    struct assay_numref number;
    if (!assay_numref_of(text, &number) || !assay_number_is_small(number.code)) {
        assay_buf_printf(out, "#%.*s", (int)text.len, text.ptr);
        return;
    }
    int64_t mantissa = number.mantissa;
    int code = number.code;
    for (; code > 0 && mantissa % 10 == 0; code--)
        mantissa /= 10;
    assay_buf_printf(out, "%" PRId64 "e-%d", mantissa, code);
}

static void put_scalar(struct assay_buf *out, const struct assay_scalar *scalar)
{
    assay_buf_printf(out, "%d:", (int)scalar->kind);
    if (scalar->kind == ASSAY_SCALAR_NUMBER)
        put_number(out, scalar->text);
    else
        put_text(out, scalar->kind == ASSAY_SCALAR_NULL ? assay_cstr("") : scalar->text);
}

static void put_scalars(struct assay_buf *out, const struct assay_scalars *scalars)
{
    assay_buf_puts(out, scalars->given ? "[" : "-");
    for (uint32_t i = 0; i < scalars->count; i++) {
        put_scalar(out, &scalars->items[i]);
        assay_buf_puts(out, ", ");
    }
}

/* The smallest key behind `before`; keys are unique. */
static size_t next_key(const struct assay_value *map, const struct assay_str *before)
{
    size_t best = map->count;
    for (size_t i = 0; i < map->count; i++)
        if ((before == NULL || assay_str_compare(map->keys[i], *before) > 0) &&
            (best == map->count || assay_str_compare(map->keys[i], map->keys[best]) < 0))
            best = i;
    return best < map->count ? best : 0;
}

static void put_value(struct assay_buf *out, const struct assay_value *value)
{
    if (value->kind == ASSAY_VALUE_NUMBER)
        put_number(out, value->text);
    else if (value->kind == ASSAY_VALUE_MAP || value->kind == ASSAY_VALUE_LIST) {
        assay_buf_putc(out, value->kind == ASSAY_VALUE_MAP ? '{' : '[');
        const struct assay_str *before = NULL;
        for (size_t n = 0; n < value->count; n++) {
            size_t at = n;
            if (value->keys != NULL) { /* in order of the keys */
                at = next_key(value, before);
                before = &value->keys[at];
                put_text(out, *before);
            }
            put_value(out, &value->items[at]);
            assay_buf_puts(out, ", ");
        }
    } else {
        bool truth = value->kind == ASSAY_VALUE_BOOLEAN && value->boolean;
        assay_buf_printf(out, "%d%d", (int)value->kind, truth);
        if (value->kind > ASSAY_VALUE_BOOLEAN)
            put_text(out, value->text);
    }
}

static void put_ranges(struct assay_buf *out, const struct assay_ranges *ranges)
{
    for (uint32_t i = 0; i < ranges->count; i++) {
        put_text(out, ranges->rows[i].key.text);
        put_scalar(out, &ranges->rows[i].min);
        put_scalar(out, &ranges->rows[i].max);
    }
}

static void put_param(struct assay_buf *out, const struct assay_param *param, const void *args)
{
    assay_buf_printf(out, "    %s: ", param->name);
    switch (param->type) {
    case ASSAY_PARAM_BOOL: assay_buf_printf(out, "%d", AT(bool, args, param)); break;
    case ASSAY_PARAM_CHOICE: assay_buf_printf(out, "%d", AT(int, args, param)); break;
    case ASSAY_PARAM_COUNT: {
        const struct assay_opt_count *n = &AT(struct assay_opt_count, args, param);
        assay_buf_printf(out, "%d %" PRIu64, n->given, n->value);
        break;
    }
    case ASSAY_PARAM_RATIO: {
        const struct assay_opt_ratio *n = &AT(struct assay_opt_ratio, args, param);
        assay_buf_printf(out, "%d %.17g", n->given, n->value);
        break;
    }
    case ASSAY_PARAM_DURATION: {
        const struct assay_opt_duration *n = &AT(struct assay_opt_duration, args, param);
        assay_buf_printf(out, "%d %" PRId64, n->given, n->micros);
        break;
    }
    case ASSAY_PARAM_TEXT:
    case ASSAY_PARAM_COLUMN: put_text(out, AT(struct assay_str, args, param)); break;
    case ASSAY_PARAM_NUMBER:
    case ASSAY_PARAM_SCALAR: put_scalar(out, &AT(struct assay_scalar, args, param)); break;
    case ASSAY_PARAM_SCALARS: put_scalars(out, &AT(struct assay_scalars, args, param)); break;
    case ASSAY_PARAM_COLUMNS:
        for (uint32_t i = 0; i < AT(struct assay_strs, args, param).count; i++)
            put_text(out, AT(struct assay_strs, args, param).items[i]);
        break;
    case ASSAY_PARAM_RANGES: put_ranges(out, &AT(struct assay_ranges, args, param)); break;
    case ASSAY_PARAM_TUPLES:
        for (uint32_t i = 0; i < AT(struct assay_tuples, args, param).count; i++)
            put_scalars(out, &AT(struct assay_tuples, args, param).rows[i]);
        break;
    case ASSAY_PARAM_SETTINGS: put_text(out, AT(struct assay_settings, args, param).key); break;
    case ASSAY_PARAM_VALUE: put_value(out, &AT(struct assay_value, args, param)); break;
    case ASSAY_PARAM_EXPR:
        if (AT(struct assay_expr *, args, param) != NULL)
            put_text(out, assay_expr_text(AT(struct assay_expr *, args, param)));
        break;
    case ASSAY_PARAM_CHECKS: break; /* they are checks of the suite */
    case ASSAY_PARAM_REGEX: break;  /* its text stands in the config */
    }
    assay_buf_putc(out, '\n');
}

static void put_named(struct assay_buf *out, const char *name, struct assay_str text)
{
    assay_buf_printf(out, "  %s: ", name);
    put_text(out, text);
    assay_buf_putc(out, '\n');
}

static void put_check(struct assay_buf *out, const struct assay_check *check)
{
    assay_buf_printf(out, "check %s\n", check->expectation->name);
    put_named(out, "id", check->id);
    put_named(out, "name", check->name);
    put_named(out, "description", check->description);
    put_named(out, "owner", check->owner);
    put_named(out, "runbook", check->runbook);
    for (uint32_t i = 0; i < check->tag_count; i++)
        put_named(out, "tag", check->tags[i]);
    for (uint32_t i = 0; i < check->column_count; i++)
        put_named(out, "column", check->columns[i]);
    put_named(out, "where", check->where ? assay_expr_text(check->where) : assay_cstr(""));
    assay_buf_printf(out, "  severity %d, mostly %d %.17g, warn_below %d %.17g, type %d\n",
                     (int)check->severity, check->mostly.given, check->mostly.value,
                     check->warn_below.given, check->warn_below.value, (int)check->type);
    for (size_t i = 0; i < check->expectation->param_count; i++)
        put_param(out, &check->expectation->params[i], check->args);
    assay_buf_puts(out, "  config ");
    put_value(out, &check->config);
    if (check->meta.count != 0) {
        assay_buf_puts(out, "\n  meta ");
        put_value(out, &check->meta);
    }
    assay_buf_putc(out, '\n');
}

static int by_id(const void *a, const void *b)
{
    const struct assay_check *const *x = a, *const *y = b;
    return assay_str_compare((*x)->id, (*y)->id);
}

static int by_name(const void *a, const void *b)
{
    const struct assay_field *const *x = a, *const *y = b;
    return assay_str_compare((*x)->name, (*y)->name);
}

static void put_options(struct assay_buf *out, const struct assay_options *options)
{
    const struct assay_source_options *source = &options->source;
    size_t count;
    const struct assay_option *rows = assay_option_rows(&count);
    for (size_t i = 0; i < count; i++) {
        const void *at = (const char *)options + rows[i].offset;
        if (rows[i].type == ASSAY_OPTION_TEXT)
            put_named(out, rows[i].name, assay_cstr(*(const char *const *)at));
    }
    for (size_t i = 0; i < source->null_value_count; i++)
        put_named(out, "null", source->null_values[i]);
    for (size_t i = 0; i < source->name_count; i++)
        put_named(out, "header", source->names[i]);
    assay_buf_printf(
        out, "options %d %d %d %d %d %d %" PRIu64 " %u %" PRIu64 " %d %" PRId64 " %" PRIu64,
        source->delimiter, source->quote, (int)source->header, (int)source->encoding, source->trim,
        source->empty_is_null, (uint64_t)source->skip_lines, options->threads,
        options->memory_limit, options->has_as_of, options->as_of, options->limit);
    assay_buf_printf(out, " %.17g %u %d %u %d %d\n", options->sample, options->max_samples,
                     (int)options->result_format, options->max_values, (int)options->fail_on,
                     options->allow_empty);
}

void suite_dump(const struct assay_suite *suite, struct assay_buf *out)
{
    const struct assay_check **checks = calloc(suite->check_count + 1u, sizeof *checks);
    const struct assay_field **fields = calloc(suite->field_count + 1u, sizeof *fields);
    if (checks == NULL || fields == NULL)
        abort();
    for (uint32_t i = 0; i < suite->check_count; i++)
        checks[i] = &suite->checks[i];
    for (uint32_t i = 0; i < suite->field_count; i++)
        fields[i] = suite->fields[i];
    qsort(checks, suite->check_count, sizeof *checks, by_id);
    qsort(fields, suite->field_count, sizeof *fields, by_name);
    put_named(out, "dataset", suite->dataset);
    for (uint32_t i = 0; i < suite->source_count; i++)
        put_named(out, "source", suite->sources[i]);
    put_options(out, &suite->options);
    for (uint32_t i = 0; i < suite->field_count; i++) {
        if (fields[i]->type == ASSAY_TYPE_NONE && !fields[i]->inferred)
            continue; /* as if nobody had named it */
        put_named(out, "field", fields[i]->name);
        assay_buf_printf(out, "    type %d, inferred %d, format %d, offset %" PRId64 "\n",
                         (int)fields[i]->type,
                         fields[i]->inferred && fields[i]->type == ASSAY_TYPE_NONE,
                         fields[i]->format != NULL, fields[i]->offset);
    }
    for (uint32_t i = 0; i < suite->check_count; i++)
        put_check(out, checks[i]);
    free(checks);
    free(fields);
}
