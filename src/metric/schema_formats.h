/*
 * The formats of JSON Schema, "Validation" (2020-12), section 7.3, for json_schema.
 *
 *   date-time, date, time, duration        RFC 3339, with its appendix A
 *   email, idn-email                       RFC 5321 and 6531: a mailbox, the local part plain
 *                                          or in quotes, the host a name or [address]
 *   hostname, idn-hostname                 RFC 1123; of other letters only that they are there
 *   ipv4, ipv6, uuid                       as metric/formats.h has them
 *   uri, uri-reference, iri, iri-reference RFC 3986 and 3987
 *   uri-template                           RFC 6570: its braces
 *   json-pointer, relative-json-pointer    RFC 6901 and its draft
 *   regex                                  what PCRE2 takes
 */
#ifndef ASSAY_METRIC_SCHEMA_FORMATS_H
#define ASSAY_METRIC_SCHEMA_FORMATS_H

#include "base/str.h"

/* Whether the text is of the format; true for a format that is none of these. */
bool assay_schema_text_format_holds(struct assay_str format, struct assay_str text);

#endif
