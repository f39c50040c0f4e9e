/*
 * Objects in S3 and in stores that speak like it: s3://bucket/key?endpoint=…&region=…
 *
 * Who asks, and where, comes from the settings behind the '?', then from the variables
 * AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION,
 * AWS_DEFAULT_REGION, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL and AWS_PROFILE, then from the
 * profile in ~/.aws/credentials and ~/.aws/config (or the files that
 * AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE name). Without keys nothing is signed,
 * which is how public buckets are read.
 */
#ifndef ASSAY_SOURCE_S3_H
#define ASSAY_SOURCE_S3_H

#include "base/arena.h"
#include "source/glob.h"
#include "source/http.h"

struct assay_input_options;

/*
 * What a name says. The key is taken as it is, not decoded, and ends where settings
 * begin: at the last '?' behind which all is NAME=VALUE, or nothing at all.
 */
struct assay_s3_name {
    struct assay_str bucket;
    struct assay_str key;
    struct assay_str settings; /* from the '?', or empty */
    struct assay_str endpoint, region, profile;
};

/* Codes: S3-NAME (ASSAY_USAGE). */
enum assay_status assay_s3_parse(struct assay_str text, struct assay_s3_name *out,
                                 struct assay_error *err) ASSAY_CHECKED;

struct assay_s3; /* a bucket, where it is, and who asks */

/* Codes: S3-NAME, S3-PROFILE (ASSAY_USAGE). */
enum assay_status assay_s3_open(struct assay_str text, struct assay_s3 **out,
                                struct assay_error *err) ASSAY_CHECKED;
void assay_s3_close(struct assay_s3 *s3);

/*
 * Fills the URL, the headers and the authorization of `request`, in front of what
 * `headers`, with room for ASSAY_S3_HEADERS more, holds already. They last until the
 * next call. `query` is in order and encoded; with a query, `key` is empty.
 */
#define ASSAY_S3_HEADERS 3
enum assay_status assay_s3_sign(struct assay_s3 *s3, struct assay_str key, struct assay_str query,
                                struct assay_http_header *headers,
                                struct assay_http_request *request,
                                struct assay_error *err) ASSAY_CHECKED;

/* The key that the name names. */
struct assay_str assay_s3_key(const struct assay_s3 *s3);

/* assay_http_expect with what S3 says about it: reads the answer's body where it is an error. */
enum assay_status assay_s3_expect(const struct assay_s3 *s3, struct assay_http *http, int wanted,
                                  struct assay_error *err) ASSAY_CHECKED;

/*
 * The objects that a name stands for, in bytewise order: itself, unless its key is empty,
 * ends in '/' (all below it) or has a '*' in it: one at the end stands for anything, any
 * other for anything but '/'. Names that begin with '_' or '.' are left out unless the
 * pattern has them, as are objects that stand for folders.
 *
 * Codes: those of assay_http_open and assay_s3_expect, S3-LIST, SOURCE-MISSING, SOURCE-GLOB.
 */
enum assay_status assay_s3_expand(struct assay_str text, const struct assay_input_options *options,
                                  struct assay_arena *arena, struct assay_glob *out,
                                  struct assay_error *err) ASSAY_CHECKED;

#endif
