/*
 * Fields of HTTP answers that are taken apart (RFC 9110).
 */
#ifndef ASSAY_SOURCE_HTTP_FIELDS_H
#define ASSAY_SOURCE_HTTP_FIELDS_H

#include "base/str.h"

#include <stdint.h>

/*
 * Whether an ETag is strong: two answers that have it are the same, byte for byte. A weak
 * one (W/"…"), or what is no ETag at all, promises nothing.
 */
bool assay_http_etag_is_strong(struct assay_str etag);

struct assay_http_range {
    uint64_t first, last; /* bytes, both included */
    bool has_total;
    uint64_t total;
};

/* Content-Range: "bytes 5-9/10" or "bytes 5-9/asterisk"; false for anything else. */
bool assay_http_range_parse(struct assay_str text, struct assay_http_range *out);

/* Content-Encoding: whether the body can be unpacked by what it begins with, or is plain. */
bool assay_http_encoding_is_known(struct assay_str text);

#endif
