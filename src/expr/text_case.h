/*
 * Characters of UTF-8 texts, private to src/expr.
 *
 * Bytes that are not UTF-8 count as one character each, so that no text is an error.
 * Upper and lower case are those of ASCII, Latin-1, Latin Extended-A, Greek and Cyrillic,
 * letter by letter, whatever the locale (Unicode's simple mappings within these blocks;
 * letters whose other case has another length in UTF-8 stay as they are).
 */
#ifndef ASSAY_EXPR_TEXT_CASE_H
#define ASSAY_EXPR_TEXT_CASE_H

#include "base/str.h"

#include <stdint.h>

/* The length in bytes of the character at `p`; 1 where it is none. `len` is over 0. */
size_t assay_expr_char_size(const char *p, size_t len);

uint64_t assay_expr_char_count(struct assay_str text);

/* The first `n` characters' length in bytes. */
size_t assay_expr_char_skip(struct assay_str text, uint64_t n);

/* Writes text.len bytes: the text in one case. */
void assay_expr_change_case(struct assay_str text, bool upper, char *out);

/*
 * SQL's LIKE: % stands for any characters, _ for one; `escape` (one character, or empty
 * for none) makes the one behind it stand for itself. `fold`: both cases are the same.
 */
bool assay_expr_like(struct assay_str text, struct assay_str pattern, struct assay_str escape,
                     bool fold);

/* Whether every escape in the pattern is followed by %, _ or itself, as SQL demands. */
bool assay_expr_like_pattern_ok(struct assay_str pattern, struct assay_str escape);

#endif
