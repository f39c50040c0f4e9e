/*
 * What servers and names say: the XML of S3, Content-Range and ETags, AWS profiles, URLs
 * and names of objects. Whatever the bytes: nothing is read beyond them, what is shown of a
 * URL is shown of that again, and a key survives being encoded and decoded.
 */
#include "config.h"

#include "base/url.h"
#include "source/http_fields.h"
#include "source/s3.h"
#include "source/s3_profile.h"
#include "source/s3_xml.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_page(struct assay_str text)
{
    struct assay_arena arena;
    struct assay_s3_page page;
    char room[64];
    assay_arena_init(&arena, 64u << 20);
    if (assay_s3_page_read(text, &arena, &page))
        for (uint32_t i = 0; i < page.count; i++)
            if (page.keys[i].len == 0 || page.keys[i].ptr[page.keys[i].len] != '\0')
                abort();
    if (assay_s3_error_code(text, room, sizeof room).len >= sizeof room)
        abort();
    assay_arena_free(&arena);
}

static void check_fields(struct assay_str text)
{
    struct assay_http_range range;
    if (assay_http_range_parse(text, &range) &&
        (range.first > range.last || (range.has_total && range.last >= range.total)))
        abort();
    if (assay_http_etag_is_strong(text) && (text.ptr[0] != '"' || memchr(text.ptr, '\n', text.len)))
        abort();
}

static void check_url(struct assay_str text)
{
    struct assay_url url;
    struct assay_buf once, twice;
    assay_buf_init(&once, 1u << 20);
    assay_buf_init(&twice, 1u << 20);
    assay_url_mask(text, &once);
    assay_url_mask(assay_buf_view(&once), &twice);
    if (!assay_str_equal(assay_buf_view(&once), assay_buf_view(&twice)))
        abort();
    if (assay_url_split(text, &url) && url.path.len > text.len)
        abort();
    assay_buf_reset(&once);
    assay_buf_reset(&twice);
    assay_url_encode(text, "/", &once);
    if (!assay_url_decode(assay_buf_view(&once), &twice) ||
        !assay_str_equal(assay_buf_view(&twice), text))
        abort();
    assay_buf_free(&once);
    assay_buf_free(&twice);
}

static void check_names(struct assay_str text)
{
    struct assay_s3_name name;
    struct assay_s3_profile profile;
    struct assay_error err;
    if (assay_url_is(text, "s3") && assay_s3_parse(text, &name, &err) == ASSAY_OK &&
        (name.bucket.len == 0 || name.key.len > 1024))
        abort();
    assay_s3_profile_init(&profile);
    (void)!assay_s3_profile_read(&profile, text, ASSAY_STR("default"), text.len % 2 == 1, &err);
    assay_s3_profile_reset(&profile);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct assay_str text = assay_str((const char *)data, size);
    if (size > 65536)
        return 0;
    check_page(text);
    check_fields(text);
    check_url(text);
    check_names(text);
    return 0;
}
