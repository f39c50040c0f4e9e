/*
 * Text in, UTF-8 out: a layer above an input that converts while it is read.
 *
 * A byte order mark is left out at the start, and only there. What is no character
 * must not be lost: half a surrogate pair comes out as the three bytes that UTF-8 would
 * have if it could hold one, which whoever checks for UTF-8 then finds. In data said to
 * be UTF-8 nothing else is changed or checked.
 */
#ifndef ASSAY_SOURCE_TRANSCODE_H
#define ASSAY_SOURCE_TRANSCODE_H

#include "source/input.h"

enum assay_encoding {
    ASSAY_ENCODING_UTF8,
    ASSAY_ENCODING_LATIN1, /* ISO 8859-1 */
    ASSAY_ENCODING_UTF16LE,
    ASSAY_ENCODING_UTF16BE
};

/* "utf-8", "latin1", "utf-16le", "utf-16be" */
const char *assay_encoding_name(enum assay_encoding encoding);

/*
 * Puts itself above `below`, which it takes over on success only, and reads the first
 * bytes. Where they show another encoding (its byte order mark, or every other byte NUL)
 * the error is CSV-ENCODING and its help names the right one. Data that ends within a
 * UTF-16 unit is SOURCE-TRUNCATED.
 */
enum assay_status assay_transcode_open(struct assay_input *below, enum assay_encoding encoding,
                                       struct assay_input **out,
                                       struct assay_error *err) ASSAY_CHECKED;

#endif
