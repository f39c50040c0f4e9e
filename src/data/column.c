/*
 * The parsed views of a column, each made in one pass over all its rows.
 *
 * Rows that a `where` excludes are parsed too: the next to ask may need them, and a loop
 * without conditions is faster than one that looks at a mask.
 */
#include "config.h"

#include "data/column.h"

#include "data/bitmap.h"

/* Whether a value of this kind may be read as a number in the field. */
static bool may_be_number(const struct assay_field *field, uint8_t kind)
{
    if (kind == ASSAY_KIND_NUMBER)
        return true;
    return kind == ASSAY_KIND_TEXT && field != NULL && assay_type_is_numeric(field->type);
}

/* Takes back what the kinds say is no number. */
static void apply_kinds(const struct assay_column *column, int64_t *mantissa, uint8_t *code)
{
    for (uint32_t row = 0; row < column->rows; row++)
        if (!may_be_number(column->field, column->kind[row])) {
            code[row] = ASSAY_NUM_NOT;
            mantissa[row] = 0;
        }
}

const struct assay_numbers *assay_column_numbers(struct assay_column *column)
{
    if (column->numbers != NULL)
        return column->numbers;
    struct assay_numbers *view = assay_arena_alloc(column->arena, sizeof *view);
    int64_t *mantissa = assay_arena_scratch(column->arena, (size_t)column->rows * sizeof *mantissa);
    uint8_t *code = assay_arena_scratch(column->arena, column->rows);
    if (view == NULL || mantissa == NULL || code == NULL)
        return NULL;
    view->plain =
        assay_number_parse_spans(column->base, column->spans, column->rows, mantissa, code);
    if (column->kind != NULL && column->kinds_seen != 1u << ASSAY_KIND_NUMBER)
        apply_kinds(column, mantissa, code);
    /* A null is empty in most formats; where a null token such as 999 is text, it counts not. */
    ASSAY_BITS_EACH(column->null, column->rows, row, {
        code[row] = ASSAY_NUM_NOT;
        mantissa[row] = 0;
    })
    view->mantissa = mantissa;
    view->code = code;
    column->numbers = view;
    return view;
}

static unsigned wanted(enum assay_type type)
{
    switch (type) {
    case ASSAY_TYPE_DATE: return ASSAY_TIME_DATE;
    case ASSAY_TYPE_TIMESTAMP: return ASSAY_TIME_TIMESTAMP;
    case ASSAY_TYPE_TIME: return ASSAY_TIME_TIME;
    default: return ASSAY_TIME_DATE | ASSAY_TIME_TIMESTAMP;
    }
}

/* ISO 8601, or the field's own notation. */
static void parse_times(const struct assay_column *column, int64_t *micros, uint64_t *valid)
{
    const struct assay_field *field = column->field;
    const struct assay_timefmt *format = field ? field->format : NULL;
    int64_t offset = field ? field->offset : 0;
    unsigned want = wanted(field ? field->type : ASSAY_TYPE_NONE);
    if (format == NULL) {
        assay_time_parse_spans(column->base, column->spans, column->rows, want, offset, micros,
                               valid);
        return;
    }
    for (uint32_t row = 0; row < column->rows; row++) {
        bool good =
            assay_timefmt_parse(format, assay_column_text(column, row), offset, &micros[row]);
        valid[row / 64] |= (uint64_t)good << (row % 64);
    }
}

/* Nulls are no times, nor are JSON's numbers, booleans, arrays and objects. */
static void clear_times(const struct assay_column *column, int64_t *micros, uint64_t *valid)
{
    for (uint32_t row = 0; column->kind != NULL && row < column->rows; row++)
        if (column->kind[row] != ASSAY_KIND_TEXT) {
            valid[row / 64] &= ~((uint64_t)1 << (row % 64));
            micros[row] = 0;
        }
    ASSAY_BITS_EACH(column->null, column->rows, row, {
        valid[row / 64] &= ~((uint64_t)1 << (row % 64));
        micros[row] = 0;
    })
}

/* What the notation says past the microsecond; false: out of memory. */
static bool parse_nanos(const struct assay_column *column, const uint64_t *valid,
                        const uint16_t **out)
{
    const struct assay_field *field = column->field;
    size_t from = assay_time_nanos_from(wanted(field ? field->type : ASSAY_TYPE_NONE));
    uint16_t *nanos = NULL;
    uint32_t longest = 0;
    *out = NULL;
    if (field != NULL && field->format != NULL)
        return true; /* %f has six digits at most */
    for (uint32_t row = 0; row < column->rows; row++)
        longest = column->spans[row].len > longest ? column->spans[row].len : longest;
    for (uint32_t row = 0; longest >= from && row < column->rows; row++) {
        if (column->spans[row].len < from || !assay_bit_get(valid, row))
            continue;
        uint32_t found = assay_time_nanos(assay_column_text(column, row));
        if (found != 0 && nanos == NULL)
            nanos = assay_arena_array(column->arena, column->rows, sizeof *nanos);
        if (found != 0 && nanos == NULL)
            return false;
        if (found != 0)
            nanos[row] = (uint16_t)found;
    }
    *out = nanos;
    return true;
}

const struct assay_times *assay_column_times(struct assay_column *column)
{
    if (column->times != NULL)
        return column->times;
    struct assay_times *view = assay_arena_alloc(column->arena, sizeof *view);
    int64_t *micros = assay_arena_scratch(column->arena, (size_t)column->rows * sizeof *micros);
    uint64_t *valid =
        assay_arena_array(column->arena, ASSAY_BITMAP_WORDS(column->rows), sizeof *valid);
    if (view == NULL || micros == NULL || valid == NULL)
        return NULL;
    parse_times(column, micros, valid);
    clear_times(column, micros, valid);
    if (!parse_nanos(column, valid, &view->nanos))
        return NULL;
    view->micros = micros;
    view->valid = valid;
    column->times = view;
    return view;
}

struct assay_numref assay_column_numref(struct assay_column *column, uint32_t row)
{
    struct assay_numref number = {.text = assay_column_text(column, row)};
    if (column->numbers != NULL) {
        number.mantissa = column->numbers->mantissa[row];
        number.code = column->numbers->code[row];
        return number;
    }
    bool may = column->kind == NULL || may_be_number(column->field, column->kind[row]);
    if (may && !assay_bit_get(column->null, row))
        number.code = assay_number_parse(number.text.ptr, number.text.len, &number.mantissa);
    else
        number.code = ASSAY_NUM_NOT;
    return number;
}
