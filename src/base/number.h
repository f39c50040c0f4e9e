/*
 * Numbers as data writes them, read without loss and compared exactly.
 *
 * The grammar, the only one in assay (bytes, no locale, no spaces around):
 *
 *     number  = [ "-" | "+" ] digits [ "." digits ] [ ( "e" | "E" ) [ "-" | "+" ] digits ]
 *     special = "nan" | [ "-" | "+" ] ( "inf" | "infinity" )          in any case
 *
 * So `.5`, `5.`, `1,000`, `0x10`, `1_000` and ` 5` are not numbers; `007` and `-0` are.
 *
 * A value is held in one of two ways, told apart by one byte, its code, so that a batch
 * keeps two plain arrays (mantissas and codes) for a column:
 *
 *   0..18          SMALL: value = mantissa / 10^code, |mantissa| < 10^18. Trailing zeros
 *                  are kept: 10.00 is 1000 with code 2.
 *   ASSAY_NUM_BIG  a finite number that no SMALL can hold; its text is the value.
 *   the others     infinities, NaN, and text that is no number. The mantissa is 0.
 *
 * A number is BIG only where it must be (1e3 is SMALL, 1000 with code 0; so is a long
 * row of zeros), hence a BIG never equals a SMALL. Exponents of BIG saturate at 10^17
 * in size: beyond that, numbers differ only by their digits.
 */
#ifndef ASSAY_BASE_NUMBER_H
#define ASSAY_BASE_NUMBER_H

#include "base/buf.h"
#include "base/span.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ASSAY_NUM_SCALE_MAX = 18, /* codes up to this one are the scale of a SMALL */
    ASSAY_NUM_SCALES = 19,
    ASSAY_NUM_BIG = 240,
    ASSAY_NUM_POS_INF = 241,
    ASSAY_NUM_NEG_INF = 242,
    ASSAY_NUM_NAN = 243,
    ASSAY_NUM_NOT = 255
};

/* One more than the largest mantissa: 10^18. */
#define ASSAY_NUM_MANTISSA_END INT64_C(1000000000000000000)

/* What assay_number_compare answers where a side is NaN or not a number. */
#define ASSAY_NUM_UNORDERED 2

/* One value. The text is borrowed and only looked at where the code is BIG. */
struct assay_numref {
    int64_t mantissa;
    struct assay_str text;
    uint8_t code;
};

static inline bool assay_number_is_small(uint8_t code)
{
    return code <= ASSAY_NUM_SCALE_MAX;
}

static inline bool assay_number_is_finite(uint8_t code)
{
    return code <= ASSAY_NUM_BIG;
}

/*
 * Reads `len` bytes at `p` and returns the code. At least 8 bytes before `p` and 64 after
 * `p + len` must be readable, as in a padded batch; their content does not matter. Digit
 * runs are read eight at a time in one 64-bit word (Lemire, "Quickly parsing eight
 * digits", 2018; Mula, "SWAR conversion", 2014).
 */
uint8_t assay_number_parse(const char *p, size_t len, int64_t *mantissa);

/* Each value of a batch. False where one with code 0 has an exponent: is not digits alone. */
bool assay_number_parse_spans(const char *base, const struct assay_span *spans, uint32_t rows,
                              int64_t *mantissas, uint8_t *codes);

/* The same answer from any memory, byte by byte. */
uint8_t assay_number_parse_safe(const char *p, size_t len, int64_t *mantissa);

/* The value of a text; it borrows the text. */
struct assay_numref assay_numref(struct assay_str text);

/* The value of an integer; `store` keeps its text where it is BIG. */
struct assay_numref assay_numref_int(int64_t value, char store[24]);

/*
 * Exact order: -1, 0, 1, or ASSAY_NUM_UNORDERED. -inf lies below every number, +inf above,
 * each equals itself. Takes time in proportion to the texts, whatever their exponents.
 */
int assay_number_compare(const struct assay_numref *a, const struct assay_numref *b);

/*
 * A range, prepared so that a SMALL is tested by two integer comparisons:
 * `m >= lo[code] && m <= hi[code]`. Every other code has an empty range there, so that the
 * same test fails for it and assay_bounds_holds decides. 4 KB; the texts of BIG limits are
 * borrowed and must live as long.
 */
struct assay_bounds {
    int64_t lo[256];
    int64_t hi[256];
    struct assay_numref min, max;
    bool has_min, has_max;
    bool strict_min, strict_max; /* the limit itself is outside */
};

/* NULL: no limit on that side. A limit that is NaN or not a number holds for nothing. */
void assay_bounds_init(struct assay_bounds *bounds, const struct assay_numref *min, bool strict_min,
                       const struct assay_numref *max, bool strict_max);

/* The exact answer for any code. NaN and what is not a number are inside no range. */
bool assay_bounds_holds_any(const struct assay_bounds *bounds, const struct assay_numref *value);

static inline bool assay_bounds_holds(const struct assay_bounds *bounds,
                                      const struct assay_numref *value)
{
    if (value->mantissa >= bounds->lo[value->code] && value->mantissa <= bounds->hi[value->code])
        return true;
    return !assay_number_is_small(value->code) && assay_bounds_holds_any(bounds, value);
}

/*
 * The canonical key: equal numbers give equal bytes, different ones different bytes. It is
 * `[-]digits[e<exponent>]` with neither leading nor trailing zeros among the digits (1000 is
 * `1e3`, 10.50 is `105e-1`), `0`, `inf`, `-inf` or `nan`; empty for what is not a number.
 * Returns the length it needs; nothing is written where that exceeds `cap`.
 * ASSAY_NUM_KEY_MAX always suffices for a SMALL, text.len + 24 for a BIG. No NUL is added.
 */
#define ASSAY_NUM_KEY_MAX 32
size_t assay_number_canonical(const struct assay_numref *value, char *out, size_t cap);

/*
 * Appends the number for a person: plain decimal text without superfluous zeros (10.00 is
 * `10`), in exponent form (`1.5e400`) only where the plain form would add over 30 zeros.
 */
void assay_number_text(const struct assay_numref *value, struct assay_buf *out);

/* The nearest double, ties to even; beyond the range ±inf or ±0. NaN for what is no number. */
double assay_number_to_double(const struct assay_numref *value);

/*
 * Writes the shortest of 15, 16 or 17 digits that reads back as the same double, NUL-
 * terminated, and returns its length: `0.1`, `1234.5`, `1e21`, `-2.5e-9`. Both zeros give
 * `0`; `nan`, `inf` and `-inf` are not JSON and are the caller's affair there.
 */
size_t assay_double_text(double value, char out[32]);

#endif
