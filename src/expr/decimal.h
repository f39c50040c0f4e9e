/*
 * Decimal arithmetic for expressions: exact, or it says that it cannot.
 *
 * A finite number is an integer of at most 38 digits over a power of ten of at most 38.
 * Sums, differences and products are exact and fail where 38 digits do not hold them.
 * A quotient that does not end within 18 significant digits behind the point is rounded
 * there (earlier where its 38 digits are used up), half to even, and marked inexact; what is
 * computed from an inexact number is rounded likewise where it would not fit, for it is no
 * longer exact anyway.
 *
 * Numbers of a column that no 38 digits hold (BIG) are kept as their text: they can be
 * compared, not computed with. NaN and the infinities follow IEEE 754.
 */
#ifndef ASSAY_EXPR_DECIMAL_H
#define ASSAY_EXPR_DECIMAL_H

#include "base/number.h"

#define ASSAY_EXPR_DIGITS 38

/* 10^0 to 10^18. */
extern const int64_t assay_expr_powers[ASSAY_NUM_SCALES];

struct assay_expr_decimal {
    __int128 mantissa;
    struct assay_str text; /* BIG: borrowed */
    uint8_t code;          /* ASSAY_NUM_BIG, _POS_INF, _NEG_INF, _NAN; else the scale, 0 to 38 */
    bool inexact;
};

static inline bool assay_expr_decimal_is_finite(const struct assay_expr_decimal *d)
{
    return d->code <= ASSAY_EXPR_DIGITS;
}

enum assay_expr_outcome {
    ASSAY_EXPR_DECIMAL_OK,
    ASSAY_EXPR_DECIMAL_LARGE, /* more than 38 digits */
    ASSAY_EXPR_DECIMAL_ZERO   /* division by zero */
};

/* Any text of base/number.h's grammar; BIG where it has over 38 digits. Else code NOT. */
struct assay_expr_decimal assay_expr_decimal_of(const struct assay_numref *number);

/* op: + - * / %; the remainder has the sign of a. */
enum assay_expr_outcome assay_expr_decimal_arith(char op, const struct assay_expr_decimal *a,
                                                 const struct assay_expr_decimal *b,
                                                 struct assay_expr_decimal *out);

/* -1, 0, 1 or ASSAY_NUM_UNORDERED, exact for all. */
int assay_expr_decimal_compare(const struct assay_expr_decimal *a,
                               const struct assay_expr_decimal *b);

enum assay_expr_rounding {
    ASSAY_EXPR_ROUND_HALF, /* half away from zero */
    ASSAY_EXPR_ROUND_DOWN,
    ASSAY_EXPR_ROUND_UP,
    ASSAY_EXPR_ROUND_ZERO
};

/* Rounded to `digits` behind the point, or before it where negative. */
enum assay_expr_outcome assay_expr_decimal_round(const struct assay_expr_decimal *a, int digits,
                                                 enum assay_expr_rounding how,
                                                 struct assay_expr_decimal *out);

/* The least scale that holds it; small enough for base/number.h's SMALL where it can be. */
void assay_expr_decimal_shorten(struct assay_expr_decimal *d);

/* As text, all digits of its scale; at most 44 bytes for a finite one. */
size_t assay_expr_decimal_text(const struct assay_expr_decimal *d, char out[64]);

#endif
