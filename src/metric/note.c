/*
 * What is wrong with a value, for the person who has to mend it.
 */
#include "config.h"

#include "metric/judge.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* What a text that is no number looks like; NULL: nothing that is known. */
static const char *number_habit(struct assay_str text)
{
    bool comma = memchr(text.ptr, ',', text.len) != NULL;
    bool digit = false;
    for (size_t i = 0; i < text.len; i++)
        digit |= is_digit(text.ptr[i]);
    if (!digit)
        return NULL;
    if (text.ptr[0] == ' ' || text.ptr[text.len - 1] == ' ')
        return "there are spaces around it; set `trim: true`";
    if (text.ptr[0] == '(' && text.ptr[text.len - 1] == ')')
        return "negative numbers are written with a minus sign";
    if (text.ptr[text.len - 1] == '%')
        return "a percent sign is not part of a number";
    if (comma)
        return "digits are not grouped, and the decimal mark is a point";
    if (!is_digit(text.ptr[0]) && text.ptr[0] != '-' && text.ptr[0] != '+')
        return "currency signs and words are not part of a number";
    return NULL;
}

/* In a format with kinds, what is no number there: false where the text is to blame. */
static bool note_kind(const struct assay_column *column, uint32_t row, struct assay_str text,
                      struct assay_buf *out)
{
    static const char *const kinds[] = {[ASSAY_KIND_TEXT] = "a string",
                                        [ASSAY_KIND_BOOLEAN] = "a boolean",
                                        [ASSAY_KIND_ARRAY] = "an array",
                                        [ASSAY_KIND_OBJECT] = "an object"};
    if (column->kind == NULL || column->kind[row] > ASSAY_KIND_OBJECT ||
        column->kind[row] == ASSAY_KIND_NUMBER)
        return false;
    bool is_text = column->kind[row] == ASSAY_KIND_TEXT;
    if (is_text && assay_numref(text).code == ASSAY_NUM_NOT)
        return false;
    assay_buf_printf(out, "%s, not a number", kinds[column->kind[row]]);
    if (is_text)
        assay_buf_puts(out, "; read as one where the column declares a numeric type");
    return true;
}

void assay_note_number(const struct assay_slice *slice, uint32_t row, struct assay_buf *out)
{
    const struct assay_numbers *numbers = assay_column_numbers(slice->columns[0]);
    if (numbers == NULL || numbers->code[row] != ASSAY_NUM_NOT)
        return;
    struct assay_str text = assay_column_text(slice->columns[0], row);
    if (note_kind(slice->columns[0], row, text, out))
        return;
    const char *habit = text.len ? number_habit(text) : NULL;
    assay_buf_puts(out, "not a number");
    if (habit != NULL)
        assay_buf_printf(out, ": %s", habit);
}

void assay_note_time(const struct assay_slice *slice, uint32_t row, struct assay_buf *out)
{
    struct assay_column *column = slice->columns[0];
    const struct assay_times *times = assay_column_times(column);
    if (times == NULL || assay_bit_get(times->valid, row))
        return;
    const char *what = column->field->type == ASSAY_TYPE_DATE   ? "date"
                       : column->field->type == ASSAY_TYPE_TIME ? "time of day"
                                                                : "timestamp";
    assay_buf_printf(out, "not a %s", what);
    if (column->field->format == NULL)
        assay_buf_puts(out, " in ISO 8601; other formats must be declared (`format:`)");
    else
        assay_buf_puts(out, " in the declared format");
}
