/*
 * ETag, Content-Range and Content-Encoding.
 */
#include "config.h"

#include "source/http_fields.h"

#include <strings.h>

/* entity-tag (RFC 9110, 8.8.3): a quote, any of ! # to ~ and bytes above 127, a quote. */
bool assay_http_etag_is_strong(struct assay_str etag)
{
    if (etag.len < 2 || etag.len > 1024 || etag.ptr[0] != '"' || etag.ptr[etag.len - 1] != '"')
        return false;
    for (size_t i = 1; i + 1 < etag.len; i++) {
        unsigned char c = (unsigned char)etag.ptr[i];
        if (c < 0x21 || c == '"' || c == 0x7f)
            return false;
    }
    return true;
}

static bool skip(struct assay_str *text, const char *word)
{
    size_t n = strlen(word);
    if (text->len < n || strncasecmp(text->ptr, word, n) != 0)
        return false;
    text->ptr += n;
    text->len -= n;
    return true;
}

static bool take_number(struct assay_str *text, uint64_t *out)
{
    size_t n = 0;
    for (*out = 0; n < text->len && text->ptr[n] >= '0' && text->ptr[n] <= '9'; n++)
        if (__builtin_mul_overflow(*out, 10, out) ||
            __builtin_add_overflow(*out, (unsigned)(text->ptr[n] - '0'), out))
            return false;
    text->ptr += n;
    text->len -= n;
    return n > 0;
}

bool assay_http_range_parse(struct assay_str text, struct assay_http_range *out)
{
    memset(out, 0, sizeof *out);
    if (!skip(&text, "bytes "))
        return false;
    while (skip(&text, " "))
        continue;
    if (!take_number(&text, &out->first) || !skip(&text, "-") || !take_number(&text, &out->last) ||
        !skip(&text, "/"))
        return false;
    out->has_total = !skip(&text, "*");
    if (out->has_total && !take_number(&text, &out->total))
        return false;
    return text.len == 0 && out->first <= out->last && out->last < UINT64_MAX &&
           (!out->has_total || out->last < out->total);
}

bool assay_http_encoding_is_known(struct assay_str text)
{
    static const char *const known[] = {"", "identity", "gzip", "x-gzip", "zstd"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (text.len == strlen(known[i]) && strncasecmp(text.ptr, known[i], text.len) == 0)
            return true;
    return false;
}
