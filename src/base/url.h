/*
 * URLs (RFC 3986): their parts, percent-encoding, and how they are shown.
 */
#ifndef ASSAY_BASE_URL_H
#define ASSAY_BASE_URL_H

#include "base/buf.h"

/* The parts of scheme://userinfo@host:port/path?query#fragment, as they stand there. */
struct assay_url {
    struct assay_str scheme;
    struct assay_str userinfo; /* without the '@'; see has_userinfo */
    struct assay_str host;     /* an IPv6 address with its brackets; may be empty */
    struct assay_str port;     /* digits, or empty */
    struct assay_str path;     /* from its first '/', or empty */
    struct assay_str query;    /* behind the '?' */
    struct assay_str fragment; /* behind the '#' */
    bool has_userinfo, has_query, has_fragment;
};

/* The length of "scheme://" at the start of `text`; 0: it is no URL. */
size_t assay_url_scheme(struct assay_str text);

/* Whether `text` is a URL of that scheme; capitals in the text do not matter. */
bool assay_url_is(struct assay_str text, const char *scheme);

/* False: it is no URL, or a port is no number up to 65535. The parts point into `text`. */
bool assay_url_split(struct assay_str text, struct assay_url *out);

/* Of http, https and s3, where even a user's name is often a token. */
bool assay_url_hides_user(struct assay_str text);

/*
 * Appends a URL as it may be shown: the password of its user is ***, in http(s) and s3
 * the user too, and so is the value of each parameter of its query that is not known to
 * be harmless, and the fragment. What is no URL is appended as it is. Everything that
 * shows a source, an endpoint or a hook goes through here, by assay_redact_mask.
 */
void assay_url_mask(struct assay_str text, struct assay_buf *out);

/* Appends `text` with all but A-Z a-z 0-9 - . _ ~ and the characters of `keep` as %XX. */
void assay_url_encode(struct assay_str text, const char *keep, struct assay_buf *out);

/* Appends `text` with each %XX as its byte; false where a % begins no such thing. */
bool assay_url_decode(struct assay_str text, struct assay_buf *out);

#endif
