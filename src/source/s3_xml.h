/*
 * The XML that S3 answers with: a page of a listing, or an error.
 *
 * Read strictly: elements, attributes, character and the five predefined entity
 * references, comments and processing instructions; no document type, so no entities of
 * the document's own. Depth and sizes are bounded.
 */
#ifndef ASSAY_SOURCE_S3_XML_H
#define ASSAY_SOURCE_S3_XML_H

#include "base/arena.h"
#include "base/str.h"

#include <stdint.h>

#define ASSAY_S3_DEPTH 16
#define ASSAY_S3_TEXT 8192  /* most bytes of one element's text */
#define ASSAY_S3_PAGE 10000 /* most objects of a page */

/* What an element of interest says: `path` is "ListBucketResult/Contents/Key". */
typedef bool assay_s3_element_fn(void *context, const char *path, struct assay_str text);

/*
 * Reads a document and tells each element without child elements, at its end. False where
 * it is no such document, or a telling said so.
 */
bool assay_s3_xml_read(struct assay_str document, assay_s3_element_fn *tell, void *context);

struct assay_s3_page {
    const struct assay_str *keys; /* decoded, each with a NUL behind it, in the arena */
    uint32_t count;
    bool more;              /* there is another page */
    struct assay_str token; /* that asks for it */
};

/* False where it is no page of a listing, or one that contradicts itself. */
bool assay_s3_page_read(struct assay_str document, struct assay_arena *arena,
                        struct assay_s3_page *out);

/* The Code of an error document: letters, digits, dots; empty where there is none. */
struct assay_str assay_s3_error_code(struct assay_str document, char *room, size_t size);

#endif
