/*
 * Units of time, intervals and the calendar; private to src/expr.
 */
#ifndef ASSAY_EXPR_UNITS_H
#define ASSAY_EXPR_UNITS_H

#include "base/time.h"
#include "expr/node.h"

enum assay_expr_unit {
    ASSAY_EXPR_UNIT_NONE,
    ASSAY_EXPR_UNIT_MICROSECOND,
    ASSAY_EXPR_UNIT_MILLISECOND,
    ASSAY_EXPR_UNIT_SECOND,
    ASSAY_EXPR_UNIT_MINUTE,
    ASSAY_EXPR_UNIT_HOUR,
    ASSAY_EXPR_UNIT_DAY,
    ASSAY_EXPR_UNIT_WEEK, /* begins on Monday */
    ASSAY_EXPR_UNIT_MONTH,
    ASSAY_EXPR_UNIT_QUARTER,
    ASSAY_EXPR_UNIT_YEAR,
    /* those below are parts of a time, not lengths */
    ASSAY_EXPR_UNIT_DOW, /* Sunday is 0 */
    ASSAY_EXPR_UNIT_ISODOW,
    ASSAY_EXPR_UNIT_ISOYEAR,
    ASSAY_EXPR_UNIT_DOY,
    ASSAY_EXPR_UNIT_EPOCH,
    ASSAY_EXPR_UNIT_COUNT
};

/* By name, in any case and in the plural too. */
enum assay_expr_unit assay_expr_unit_find(struct assay_str name);
const char *assay_expr_unit_name(enum assay_expr_unit unit);

/* Whether the function takes the unit: what only extract knows is for extract alone. */
bool assay_expr_unit_fits(enum assay_expr_unit unit, const char *function);

/* "1 day", "2 hours 30 minutes", "-1.5 hours", "1 month": months and microseconds. */
bool assay_expr_interval_parse(struct assay_str text, int32_t *months, int64_t *micros);

/* ISO 8601 as `type` (DATE, TIMESTAMP or TIME); a timestamp without a zone is UTC. */
bool assay_expr_time_parse(struct assay_str text, enum assay_expr_type type, int64_t *micros);

/* A part of a time, as EXTRACT has it; base/time.h says what each is. */
int64_t assay_expr_time_part(enum assay_expr_unit unit, int64_t micros);

/* Boundaries of the unit crossed on the way from `from` to `to`. */
int64_t assay_expr_time_diff(enum assay_expr_unit unit, int64_t from, int64_t to);

/* The beginning of the unit that a time lies in. */
int64_t assay_expr_time_trunc(enum assay_expr_unit unit, int64_t micros);

/* Months later (the day cut to the month's last) and then microseconds; false: out of range. */
bool assay_expr_time_add(int64_t micros, int64_t months, int64_t more, int64_t *out);

/* 2026-01-31, 2026-01-31 12:00:00[.ffffff] or 12:00:00[.ffffff]; returns the length. */
size_t assay_expr_time_text(enum assay_expr_type type, struct assay_instant instant, char out[48]);

#endif
