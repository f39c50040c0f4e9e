/*
 * When two values of a column are the same one. Keys, sets and tests for equality all go by
 * this:
 *
 *   integer, decimal, number   equal as numbers: 1, 1.0 and 01 are one value
 *   date, timestamp, time      the same instant, to the nanosecond, however it is spelt
 *   boolean                    true, or false, in any case
 *   uuid                       the same digits, in any case, in braces or not
 *   undeclared                 see metric/typed.h where types are inferred or the format has
 *                              kinds; else bytewise
 *   anything else              bytewise
 *
 * A value that is not of its column's type is the same as its own text, and as no value that
 * is of the type.
 */
#ifndef ASSAY_METRIC_SAME_H
#define ASSAY_METRIC_SAME_H

#include "base/buf.h"
#include "data/column.h"

enum assay_same {
    ASSAY_SAME_TEXT,
    ASSAY_SAME_INFERRED,
    ASSAY_SAME_NUMBER,
    /* Those below have a canonical text. */
    ASSAY_SAME_TIME,
    ASSAY_SAME_BOOLEAN,
    ASSAY_SAME_UUID
};

/* How values of the field are compared; `kinds`: their format has kinds. NULL: undeclared. */
static inline enum assay_same assay_same_by(const struct assay_field *field, bool kinds)
{
    enum assay_type type = field != NULL ? field->type : ASSAY_TYPE_NONE;
    if (type == ASSAY_TYPE_NONE)
        return kinds || (field != NULL && field->inferred) ? ASSAY_SAME_INFERRED : ASSAY_SAME_TEXT;
    if (assay_type_is_numeric(type))
        return ASSAY_SAME_NUMBER;
    if (assay_type_is_time(type))
        return ASSAY_SAME_TIME;
    return type == ASSAY_TYPE_BOOLEAN ? ASSAY_SAME_BOOLEAN
           : type == ASSAY_TYPE_UUID  ? ASSAY_SAME_UUID
                                      : ASSAY_SAME_TEXT;
}

static inline enum assay_same assay_same_in(const struct assay_column *column)
{
    return assay_same_by(column->field, column->kind != NULL);
}

static inline bool assay_same_is_canonical(enum assay_same same)
{
    return same >= ASSAY_SAME_TIME;
}

/* Makes the views that the functions below look at; false: out of memory. */
bool assay_same_ready(struct assay_column *column);

/*
 * The canonical text of a value: equal exactly where the values are the same. Returns its
 * length, 0 where the value is not of the type. For columns whose rule has one, made ready.
 */
#define ASSAY_SAME_TEXT_MAX 48
size_t assay_same_text(const struct assay_column *column, uint32_t row,
                       char out[ASSAY_SAME_TEXT_MAX]);

/*
 * The same of a text of a suite that stands for a value of the field. Times are read as ISO
 * 8601, else in the notation that the column declares.
 */
size_t assay_same_text_of(const struct assay_field *field, struct assay_str text,
                          char out[ASSAY_SAME_TEXT_MAX]);

/* That of a boolean or a UUID; 0 where the text is none, or of another type. */
size_t assay_same_fold(enum assay_type type, struct assay_str text, char out[ASSAY_SAME_TEXT_MAX]);

/* A time that a suite speaks of beside the field's values. */
bool assay_same_instant(const struct assay_field *field, struct assay_str text,
                        struct assay_instant *out);

/* What stands in a key before the text of a value that is not of the type. */
#define ASSAY_SAME_MISFIT "\001m"

/* Whether two columns have the same value in a row, by the type that they share. */
bool assay_same_rows(struct assay_column *a, struct assay_column *b, uint32_t row);

#endif
