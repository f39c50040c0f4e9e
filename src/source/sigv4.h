/*
 * AWS Signature Version 4, for what S3-compatible stores want in a request's headers.
 * After https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html;
 * libcurl's own signing gets keys with "=" and queries out of order wrong up to 8.8, and
 * Debian 12 has 7.88.
 */
#ifndef ASSAY_SOURCE_SIGV4_H
#define ASSAY_SOURCE_SIGV4_H

#include "base/secret.h"

#include <stdint.h>

/* SHA-256 of nothing: the hash of a request without a body. */
#define ASSAY_SIGV4_NO_BODY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

struct assay_sigv4_header {
    const char *name; /* in small letters */
    struct assay_str value;
};

struct assay_sigv4 {
    const char *method;
    struct assay_str path;  /* each byte but A-Z a-z 0-9 - . _ ~ / as %XX, once */
    struct assay_str query; /* name=value&…, encoded so, in the order of the names; or empty */
    const struct assay_sigv4_header *headers; /* in the order of their names; host among them */
    uint32_t header_count;
    const char *body_hash; /* in hexadecimal */
    const char *region, *service;
    const char *date; /* 20260131T235959Z, as in the x-amz-date header */
    struct assay_str access_key;
    const struct assay_secret *secret_key;
};

/* The value of the Authorization header; NULL without memory. For assay_secret_free. */
struct assay_secret *assay_sigv4_sign(const struct assay_sigv4 *request);

/* 20260131T235959Z and a NUL for seconds since 1970. */
void assay_sigv4_date(int64_t seconds, char date[17]);

#endif
