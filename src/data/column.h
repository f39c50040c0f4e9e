/*
 * One column of one batch: borrowed byte views, and parsed views made on demand.
 *
 * A column is parsed to numbers or to times at most once a batch, whoever asks; the
 * parsed views live in the batch's arena. A batch belongs to one thread at a time,
 * so nothing here is locked.
 */
#ifndef ASSAY_DATA_COLUMN_H
#define ASSAY_DATA_COLUMN_H

#include "base/arena.h"
#include "base/error.h"
#include "base/number.h"
#include "base/span.h"
#include "base/timefmt.h"
#include "data/type.h"

/* A column as the suite and the source agree on it; lives as long as the plan. */
struct assay_field {
    struct assay_str name;
    enum assay_type type;               /* declared in the suite, or ASSAY_TYPE_NONE */
    bool inferred;                      /* not declared: what reads as a number is one */
    bool declared;                      /* the suite lists it among its columns */
    const struct assay_timefmt *format; /* declared date/time format; NULL: ISO 8601 */
    int64_t offset;                     /* zone of naive timestamps, microseconds east of UTC */
};

/* Numbers: value[r] = mantissa[r] / 10^code[r] for codes 0..18; see base/number.h. */
struct assay_numbers {
    const int64_t *mantissa;
    const uint8_t *code; /* ASSAY_NUM_NOT for nulls and for what is no number */
    bool plain; /* values of code 0 are digits, with a sign perhaps: none has an exponent */
};

/* Times: microseconds; valid[r] is set where the value is a time. */
struct assay_times {
    const int64_t *micros;
    const uint64_t *valid;
    const uint16_t *nanos; /* past the microsecond; NULL: no value of the batch has any */
};

static inline struct assay_instant assay_times_at(const struct assay_times *times, uint32_t row)
{
    return (struct assay_instant){times->micros[row], times->nanos ? times->nanos[row] : 0};
}

/*
 * Usually a column has one value a record. One that fans out (the elements of an array)
 * has its own number of rows, and says from which record of the batch each of them is.
 */
struct assay_column {
    const struct assay_field *field;
    uint32_t rows;
    const uint32_t *record;         /* fans out: the batch's row of each value, ascending; NULL:
                                       row r is record r */
    const char *base;               /* spans are offsets into this; 8 readable bytes before any
                                       value and 64 behind it */
    const struct assay_span *spans; /* one a row; length 0 where null */
    const uint64_t *null;           /* bit set: the value is null */
    const uint8_t *kind;            /* enum assay_kind a row; NULL: all are text */
    uint8_t kinds_seen;             /* where there are kinds: 1 << kind of each that is no null */
    bool ascii;                     /* no value has a byte over 0x7f; false: not known */
    struct assay_arena *arena;      /* the batch's; holds the views below */
    struct assay_numbers *numbers;  /* made by assay_column_numbers; NULL before */
    struct assay_times *times;      /* made by assay_column_times; NULL before */
};

static inline struct assay_str assay_column_text(const struct assay_column *column, uint32_t row)
{
    return assay_str(column->base + column->spans[row].off, column->spans[row].len);
}

/*
 * The values as numbers. A JSON string is a number only where the field declares a
 * numeric type; a boolean never is. NULL: out of memory.
 */
const struct assay_numbers *assay_column_numbers(struct assay_column *column);

/* The values as times of the field's declared type (undeclared: date or timestamp). */
const struct assay_times *assay_column_times(struct assay_column *column);

/* One value as an exact number, for comparisons outside of hot loops. */
struct assay_numref assay_column_numref(struct assay_column *column, uint32_t row);

#endif
