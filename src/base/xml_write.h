/*
 * An XML 1.0 writer over a bounded buffer, UTF-8, two spaces a level.
 *
 * Names of elements and attributes are the program's own words and are written as they
 * are; texts and values may hold any byte. The five special characters become entities.
 * What XML 1.0 forbids (most controls, U+FFFE, U+FFFF, bytes that are not UTF-8) has no
 * entity either and is shown as the words \x1b, \xff or \uffff; DEL, C1 controls and
 * the other characters of assay_escape_is_hidden are shown the same way, as reports are
 * looked at on terminals. Tab, line feed and carriage return survive.
 */
#ifndef ASSAY_BASE_XML_WRITE_H
#define ASSAY_BASE_XML_WRITE_H

#include "base/buf.h"

#include <stdint.h>

#define ASSAY_XML_DEPTH 32

struct assay_xml {
    struct assay_buf *out;             /* borrowed */
    const char *open[ASSAY_XML_DEPTH]; /* borrowed names of the open elements */
    uint32_t with_text;                /* one bit a level: it holds text, so no indentation */
    unsigned depth;
    bool in_tag; /* the newest start tag still takes attributes */
    bool failed; /* calls out of order, or too deep */
};

/* Writes the XML declaration. */
void assay_xml_init(struct assay_xml *xml, struct assay_buf *out);

void assay_xml_begin(struct assay_xml *xml, const char *name);
void assay_xml_end(struct assay_xml *xml);

/* Attributes of the element begun last, before anything is put into it. */
void assay_xml_attr(struct assay_xml *xml, const char *name, struct assay_str value);
void assay_xml_attr_cstr(struct assay_xml *xml, const char *name, const char *value);
void assay_xml_attr_uint(struct assay_xml *xml, const char *name, uint64_t value);

void assay_xml_text(struct assay_xml *xml, struct assay_str text);

/* True where every element was closed, there was one, and the buffer held it all. */
bool assay_xml_finish(struct assay_xml *xml);

/* Just the escaping; in an attribute, white space other than U+0020 becomes &#N;. */
void assay_xml_escape(struct assay_buf *out, struct assay_str text, bool attribute);

#endif
