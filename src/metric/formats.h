/*
 * Formats that a value can have, each an exact test of the whole value without a regular
 * expression. Every test reads any bytes, nothing outside of them, and accepts no
 * spaces around, no empty text and, unless said otherwise, no byte outside of ASCII.
 *
 *   email          RFC 5321 in the common part: a local part of 1 to 64 atom characters,
 *                  dots only between atoms, no quotes; "@"; a hostname with a dot; at
 *                  most 254 bytes
 *   url            RFC 3986 with the scheme http, https or ftp in any case: "://", maybe
 *                  a user and "@", a hostname or IPv4 or [IPv6], maybe a port 1..65535,
 *                  then path, query and fragment with valid %xx escapes
 *   uuid           8-4-4-4-12 hexadecimal digits, any version, either case
 *   ipv4           four numbers 0..255 without leading zeros
 *   ipv6           RFC 4291, 2.2: with :: and an IPv4 tail; no zone, no prefix length
 *   hostname       RFC 1123: labels of 1 to 63 letters, digits and inner hyphens, at most
 *                  253 bytes; the last label is not a number; no dot at the end
 *   iso8601        a date, time or datetime as below
 *   date           2026-11-21 (base/time.h)
 *   time           12:00, 12:00:00, 12:00:00.5
 *   datetime       2026-11-21T12:00:00Z, T or a space, the zone may be missing
 *   credit_card    12 to 19 digits, single spaces or hyphens between them, not beginning
 *                  with 0, whose Luhn sum holds (ISO/IEC 7812-1, annex B)
 *   iban           ISO 13616: capitals, the country's length, the remainder modulo 97;
 *                  without spaces or in groups of four
 *   country_code   ISO 3166-1 alpha-2 or alpha-3, capitals
 *   currency_code  ISO 4217, capitals; funds and metals included
 *   hex            one or more hexadecimal digits, no prefix
 *   base64         RFC 4648, 4: padded to a multiple of four, no line ends
 *   phone          ITU-T E.164: "+" and 2 to 15 digits, the first not 0
 */
#ifndef ASSAY_METRIC_FORMATS_H
#define ASSAY_METRIC_FORMATS_H

#include "base/str.h"

enum assay_format_id {
    ASSAY_FORMAT_EMAIL,
    ASSAY_FORMAT_URL,
    ASSAY_FORMAT_UUID,
    ASSAY_FORMAT_IPV4,
    ASSAY_FORMAT_IPV6,
    ASSAY_FORMAT_HOSTNAME,
    ASSAY_FORMAT_ISO8601,
    ASSAY_FORMAT_DATE,
    ASSAY_FORMAT_TIME,
    ASSAY_FORMAT_DATETIME,
    ASSAY_FORMAT_CREDIT_CARD,
    ASSAY_FORMAT_IBAN,
    ASSAY_FORMAT_COUNTRY_CODE,
    ASSAY_FORMAT_CURRENCY_CODE,
    ASSAY_FORMAT_HEX,
    ASSAY_FORMAT_BASE64,
    ASSAY_FORMAT_PHONE,
    ASSAY_FORMATS
};

struct assay_format {
    bool (*holds)(struct assay_str text);
    const char *what; /* "an e-mail address" */
};

/* Both by enum assay_format_id; the names end in NULL, as a parameter's choices do. */
extern const struct assay_format assay_formats[ASSAY_FORMATS];
extern const char *const assay_format_names[ASSAY_FORMATS + 1];

bool assay_format_is_uuid(struct assay_str text);

/*
 * Whether the text is one JSON document: RFC 8259 to the letter, strict UTF-8, nested at
 * most ASSAY_FORMAT_JSON_DEPTH deep. Half a surrogate pair as \u escape is grammatical.
 */
#define ASSAY_FORMAT_JSON_DEPTH 4096u
bool assay_format_is_json(struct assay_str text);

/* The same where NaN, Infinity and -Infinity are numbers too, as many writers have it. */
bool assay_format_is_json_or_nan(struct assay_str text);

/* Tables of codes: ISO 3166-1, ISO 4217, and a country's IBAN length (0: it has none). */
bool assay_format_is_country(struct assay_str text);
bool assay_format_is_currency(struct assay_str text);
unsigned assay_format_iban_length(struct assay_str country);

#endif
