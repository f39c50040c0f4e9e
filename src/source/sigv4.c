/*
 * Signs requests: the canonical request is hashed, and the hash signed with a key that is
 * derived from the secret, the day, the region and the service.
 */
#include "config.h"

#include "source/sigv4.h"

#include "base/buf.h"
#include "base/sha256.h"

#include <stdio.h>
#include <time.h>

#define DAY 8 /* digits of the day in a date */
#define CANONICAL_ROOM (256u << 10)

void assay_sigv4_date(int64_t seconds, char date[17])
{
    struct tm tm;
    time_t when = (time_t)seconds;
    if (gmtime_r(&when, &tm) == NULL || strftime(date, 17, "%Y%m%dT%H%M%SZ", &tm) == 0)
        snprintf(date, 17, "19700101T000000Z");
}

static void add_names(const struct assay_sigv4 *request, struct assay_buf *out)
{
    for (uint32_t i = 0; i < request->header_count; i++)
        assay_buf_printf(out, "%s%s", i > 0 ? ";" : "", request->headers[i].name);
}

/* The request in the one form that both sides agree on. */
static void add_canonical(const struct assay_sigv4 *request, struct assay_buf *out)
{
    assay_buf_printf(out, "%s\n", request->method);
    assay_buf_str(out, request->path);
    assay_buf_putc(out, '\n');
    assay_buf_str(out, request->query);
    assay_buf_putc(out, '\n');
    for (uint32_t i = 0; i < request->header_count; i++) {
        assay_buf_printf(out, "%s:", request->headers[i].name);
        assay_buf_str(out, request->headers[i].value);
        assay_buf_putc(out, '\n');
    }
    assay_buf_putc(out, '\n');
    add_names(request, out);
    assay_buf_printf(out, "\n%s", request->body_hash);
}

static void add_scope(const struct assay_sigv4 *request, struct assay_buf *out)
{
    assay_buf_printf(out, "%.*s/%s/%s/aws4_request", DAY, request->date, request->region,
                     request->service);
}

static void add_hash(struct assay_str text, struct assay_buf *out)
{
    struct assay_sha256 hash;
    unsigned char digest[ASSAY_SHA256_BYTES];
    char hex[2 * ASSAY_SHA256_BYTES + 1];
    assay_sha256_init(&hash);
    assay_sha256_update(&hash, text.ptr, text.len);
    assay_sha256_finish(&hash, digest);
    assay_sha256_hex(digest, hex);
    assay_buf_puts(out, hex);
}

static bool sign(const struct assay_sigv4 *request, struct assay_str text,
                 char hex[2 * ASSAY_SHA256_BYTES + 1])
{
    const char *const steps[] = {request->region, request->service, "aws4_request"};
    unsigned char digest[ASSAY_SHA256_BYTES];
    const struct assay_str key = assay_str((const char *)digest, sizeof digest);
    struct assay_buf first;
    assay_buf_init(&first, 4096);
    assay_buf_puts(&first, "AWS4");
    assay_buf_str(&first, assay_secret_reveal(request->secret_key));
    bool whole = !first.failed;
    assay_sha256_hmac(assay_buf_view(&first), assay_str(request->date, DAY), digest);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        assay_sha256_hmac(key, assay_cstr(steps[i]), digest);
    assay_sha256_hmac(key, text, digest);
    assay_sha256_hex(digest, hex);
    assay_secret_wipe(first.ptr, first.len);
    assay_buf_free(&first);
    return whole;
}

struct assay_secret *assay_sigv4_sign(const struct assay_sigv4 *request)
{
    struct assay_buf canonical, text, value;
    char signature[2 * ASSAY_SHA256_BYTES + 1];
    struct assay_secret *secret = NULL;
    assay_buf_init(&canonical, CANONICAL_ROOM);
    assay_buf_init(&text, 4096);
    assay_buf_init(&value, 8192);
    add_canonical(request, &canonical);
    assay_buf_printf(&text, "AWS4-HMAC-SHA256\n%s\n", request->date);
    add_scope(request, &text);
    assay_buf_putc(&text, '\n');
    add_hash(assay_buf_view(&canonical), &text);
    assay_buf_puts(&value, "AWS4-HMAC-SHA256 Credential=");
    assay_buf_str(&value, request->access_key);
    assay_buf_putc(&value, '/');
    add_scope(request, &value);
    assay_buf_puts(&value, ",SignedHeaders=");
    add_names(request, &value);
    bool whole =
        !canonical.failed && !text.failed && sign(request, assay_buf_view(&text), signature);
    if (whole)
        assay_buf_printf(&value, ",Signature=%s", signature);
    if (whole && !value.failed)
        secret = assay_secret_new(assay_buf_view(&value));
    assay_buf_free(&canonical);
    assay_buf_free(&text);
    assay_buf_free(&value);
    return secret;
}
