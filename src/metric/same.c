/*
 * The same value, however it is spelt.
 */
#include "config.h"

#include "metric/same.h"

#include "data/bitmap.h"
#include "metric/formats.h"
#include "metric/judge.h"
#include "metric/typed.h"

#define UUID_TEXT 36u

bool assay_same_ready(struct assay_column *column)
{
    switch (assay_same_in(column)) {
    case ASSAY_SAME_TIME: return assay_column_times(column) != NULL;
    case ASSAY_SAME_NUMBER:
    case ASSAY_SAME_INFERRED: return assay_column_numbers(column) != NULL;
    default: return true;
    }
}

/* A date that is no midnight (of a suite only) is spelt in full, as no value is. */
static size_t instant_text(enum assay_type type, struct assay_instant instant,
                           char out[ASSAY_SAME_TEXT_MAX])
{
    bool midnight = instant.nanos == 0 && instant.micros % ASSAY_DAY_US == 0;
    enum assay_time_kind kind = type == ASSAY_TYPE_TIME               ? ASSAY_TIME_TIME
                                : type == ASSAY_TYPE_DATE && midnight ? ASSAY_TIME_DATE
                                                                      : ASSAY_TIME_TIMESTAMP;
    return assay_instant_text(instant, kind, out);
}

size_t assay_same_fold(enum assay_type type, struct assay_str text, char out[ASSAY_SAME_TEXT_MAX])
{
    bool braces = text.len == UUID_TEXT + 2 && text.ptr[0] == '{' && text.ptr[text.len - 1] == '}';
    if (type == ASSAY_TYPE_UUID && braces)
        text = assay_str(text.ptr + 1, UUID_TEXT);
    bool is = type == ASSAY_TYPE_UUID      ? assay_format_is_uuid(text)
              : type == ASSAY_TYPE_BOOLEAN ? assay_typed_is_boolean(text)
                                           : false;
    if (!is)
        return 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        out[i] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    return text.len;
}

/* In a format with kinds a boolean is a literal, and a UUID a string. */
static bool fits_kind(const struct assay_column *column, uint32_t row)
{
    enum assay_kind kind =
        column->field->type == ASSAY_TYPE_BOOLEAN ? ASSAY_KIND_BOOLEAN : ASSAY_KIND_TEXT;
    return column->kind == NULL || column->kind[row] == kind;
}

size_t assay_same_text(const struct assay_column *column, uint32_t row,
                       char out[ASSAY_SAME_TEXT_MAX])
{
    enum assay_type type = column->field->type;
    if (assay_type_is_time(type))
        return assay_bit_get(column->times->valid, row)
                   ? instant_text(type, assay_times_at(column->times, row), out)
                   : 0;
    return fits_kind(column, row) ? assay_same_fold(type, assay_column_text(column, row), out) : 0;
}

bool assay_same_instant(const struct assay_field *field, struct assay_str text,
                        struct assay_instant *out)
{
    int64_t offset = field->type == ASSAY_TYPE_TIMESTAMP ? field->offset : 0;
    if (assay_judge_instant(text, offset, out))
        return true;
    *out = (struct assay_instant){0};
    return field->format != NULL && assay_timefmt_parse(field->format, text, offset, &out->micros);
}

size_t assay_same_text_of(const struct assay_field *field, struct assay_str text,
                          char out[ASSAY_SAME_TEXT_MAX])
{
    struct assay_instant instant;
    if (!assay_type_is_time(field->type))
        return assay_same_fold(field->type, text, out);
    return assay_same_instant(field, text, &instant) ? instant_text(field->type, instant, out) : 0;
}

static bool equal_texts(const struct assay_column *a, const struct assay_column *b, uint32_t row)
{
    bool kinds = (a->kind ? a->kind[row] : 0) == (b->kind ? b->kind[row] : 0);
    return kinds && assay_str_equal(assay_column_text(a, row), assay_column_text(b, row));
}

/* Whether values of two columns are compared as numbers, or as instants, or canonically. */
static enum assay_same shared_rule(const struct assay_column *a, const struct assay_column *b)
{
    enum assay_same x = assay_same_in(a), y = assay_same_in(b);
    bool numbers = (x == ASSAY_SAME_NUMBER || x == ASSAY_SAME_INFERRED) &&
                   (y == ASSAY_SAME_NUMBER || y == ASSAY_SAME_INFERRED);
    bool clocks = x == ASSAY_SAME_TIME && x == y &&
                  (a->field->type == ASSAY_TYPE_TIME) != (b->field->type == ASSAY_TYPE_TIME);
    if (numbers)
        return ASSAY_SAME_NUMBER;
    return x == y && !clocks ? x : ASSAY_SAME_TEXT;
}

bool assay_same_rows(struct assay_column *a, struct assay_column *b, uint32_t row)
{
    char first[ASSAY_SAME_TEXT_MAX], second[ASSAY_SAME_TEXT_MAX];
    enum assay_same same = shared_rule(a, b);
    if (same == ASSAY_SAME_NUMBER) {
        struct assay_numref x = assay_column_numref(a, row), y = assay_column_numref(b, row);
        if (x.code != ASSAY_NUM_NOT && y.code != ASSAY_NUM_NOT)
            return assay_number_compare(&x, &y) == 0;
    } else if (same == ASSAY_SAME_TIME) {
        bool is = assay_bit_get(a->times->valid, row), other = assay_bit_get(b->times->valid, row);
        if (is || other)
            return is && other &&
                   assay_instant_compare(assay_times_at(a->times, row),
                                         assay_times_at(b->times, row)) == 0;
    } else if (assay_same_is_canonical(same)) {
        size_t n = assay_same_text(a, row, first), m = assay_same_text(b, row, second);
        if (n != 0 || m != 0)
            return assay_str_equal(assay_str(first, n), assay_str(second, m));
    }
    return equal_texts(a, b, row);
}
