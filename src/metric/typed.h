/*
 * Keys of values as texts: equal where the values are the same by metric/same.h.
 *
 * Where the type is inferred (see struct assay_field), or the format has kinds and no type is
 * declared, what reads as a number is keyed by its value, so that 1 and 1.0 are one; where the
 * format itself has kinds (JSON) the text "1" is another value than the number 1. A key is the
 * number's plain text, or the text itself; a text that would look like something else,
 * booleans, arrays and objects have the byte 0x01 and a letter before them.
 *
 * In a numeric column the key is the number's plain text, in one of times, booleans or UUIDs
 * the canonical text of the value, ASSAY_SAME_MISFIT and the text where it is not of the type.
 */
#ifndef ASSAY_METRIC_TYPED_H
#define ASSAY_METRIC_TYPED_H

#include "base/buf.h"
#include "data/column.h"
#include "metric/expectation.h"
#include "metric/same.h"

#define ASSAY_TYPED_EXTRA 2u /* bytes that a text's key may have besides the text */

/* Whether values of the field are to be keyed as above. */
static inline bool assay_typed_applies(const struct assay_field *field)
{
    return field != NULL && field->inferred && field->type == ASSAY_TYPE_NONE;
}

/* The same for a column: also where the format itself has kinds and no type is declared. */
static inline bool assay_typed_column(const struct assay_column *column)
{
    return assay_typed_applies(column->field) ||
           (column->kind != NULL &&
            (column->field == NULL || column->field->type == ASSAY_TYPE_NONE));
}

/*
 * Whether the keys of the masked rows are their texts as they stand: there are but texts,
 * and none of them looks like something else. For columns that have kinds.
 */
bool assay_typed_plain(const struct assay_column *column, const uint64_t *mask);

/* Appends the key of one non-null value; the column is ready (metric/same.h). */
void assay_typed_key(struct assay_column *column, uint32_t row, struct assay_buf *out);

/* Appends the key of a member of a list in a suite, as a value like it would have in the field. */
void assay_typed_key_of(const struct assay_field *field, const struct assay_scalar *member,
                        struct assay_buf *out);

/* The same in a column whose type is inferred. */
void assay_typed_key_inferred(const struct assay_scalar *member, struct assay_buf *out);

/* A key without the two bytes that mark what it is. */
struct assay_str assay_typed_unmarked(struct assay_str key);

/* The mark before a text that is no number: "", or two bytes. */
const char *assay_typed_mark(const struct assay_column *column, uint32_t row,
                             struct assay_str text);

/* true or false in any case. */
bool assay_typed_is_boolean(struct assay_str text);

/*
 * The values as numbers; of an inferred column booleans are 1 and 0, as in a data frame.
 * NULL: out of memory.
 */
const struct assay_numbers *assay_typed_numbers(struct assay_column *column);

/* A number as results have it, without superfluous digits. */
struct assay_value assay_typed_number(struct assay_arena *arena, const struct assay_numref *number);

/* The value of a key in a column that goes by the rule; its text is copied. */
struct assay_value assay_typed_value(struct assay_arena *arena, enum assay_same same,
                                     struct assay_str key);

#endif
