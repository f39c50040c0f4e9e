/*
 * UTF-8, decoded strictly as RFC 3629 has it: no overlong forms, no surrogates,
 * nothing past U+10FFFF.
 */
#ifndef ASSAY_BASE_UTF8_H
#define ASSAY_BASE_UTF8_H

#include "base/str.h"

#include <stdint.h>

/*
 * Decodes the character at `text` and returns its length in bytes, 1 to 4; 0
 * where there is none, because the bytes are not UTF-8 or `len` is 0.
 */
size_t assay_utf8_decode(const char *text, size_t len, uint32_t *rune);

/* Writes `rune`, a Unicode scalar value, and returns its length in bytes. */
size_t assay_utf8_encode(uint32_t rune, char out[4]);

/*
 * The number of leading bytes that are well-formed: `text.len` where all are, else the
 * offset of the first byte of the first character that is not. ASCII goes by 32 bytes.
 */
size_t assay_utf8_valid(struct assay_str text);

/*
 * The number of characters of a text known to be well-formed; of any other text, the
 * number of bytes that are not continuation bytes (80 to BF).
 */
size_t assay_utf8_count(struct assay_str text);

#endif
