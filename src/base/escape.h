/*
 * Making bytes of the user's data safe to show.
 *
 * A value may hold anything: an escape sequence that retitles the terminal, a
 * control that reverses the reading order, a space that only looks like one. What
 * a person reads on a terminal or in a log goes through assay_escape_terminal;
 * JSON and XML have writers of their own, which use the same table of characters.
 */
#ifndef ASSAY_BASE_ESCAPE_H
#define ASSAY_BASE_ESCAPE_H

#include "base/buf.h"

#include <stdint.h>

/*
 * Appends `text` as printable UTF-8 on one line:
 *   tab, line feed, carriage return    \t \n \r
 *   other C0 controls and DEL          \x1b
 *   C1 and bidi controls, line and paragraph separators, zero-width characters
 *   and the spaces that look like U+0020
 *                                      \u202e, or \U000e0041 past U+FFFF
 *   bytes that are not UTF-8           \xff
 * A backslash stays itself, so the result is for reading, not for decoding.
 *
 * Where `max` is not 0, at most `max` bytes are appended; a text cut short for it
 * ends in U+2026 (three bytes, left out where max < 3). No escape is cut in two.
 */
void assay_escape_terminal(struct assay_buf *out, struct assay_str text, size_t max);

/* Whether a character would not be seen, or would do something, when written as it is. */
bool assay_escape_is_hidden(uint32_t rune);

#endif
