/*
 * Lists a bucket (ListObjectsV2), page by page.
 */
#include "config.h"

#include "source/s3.h"

#include "base/url.h"
#include "source/input.h"
#include "source/s3_xml.h"
#include "source/walk.h"

#include <stdlib.h>

#define PAGE_BYTES (16u << 20)
#define QUERY_ROOM (16u << 10)
#define PAGES 10000 /* more than there are files to be allowed */

struct listing {
    struct assay_s3 *s3;
    struct assay_s3_name name;
    const struct assay_input_options *options;
    struct assay_arena *arena;
    struct assay_str prefix; /* what all keys begin with */
    const char **keys;
    uint32_t count, room;
    struct assay_buf page;
    struct assay_buf shown;
    struct assay_http_pool pool;
};

static enum assay_status fail(const struct listing *listing, const char *code, const char *message,
                              const char *help, struct assay_error *err)
{
    assay_fail(err, ASSAY_SOURCE, code, "%s", message);
    assay_error_help(err, "%s", help);
    assay_error_at(err, listing->shown.ptr, 0, 0);
    return ASSAY_SOURCE;
}

/* Whether the rest of a key is what the rest of the pattern stands for. */
static bool matches(struct assay_str pattern, struct assay_str key)
{
    size_t p = 0, k = 0, star = SIZE_MAX, from = 0;
    while (k < key.len || p < pattern.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            if (p + 1 == pattern.len)
                return true;
            star = p++;
            from = k;
        } else if (p < pattern.len && k < key.len && pattern.ptr[p] == key.ptr[k]) {
            p++;
            k++;
        } else if (star != SIZE_MAX && from < key.len && key.ptr[from] != '/') {
            p = star + 1;
            k = ++from;
        } else {
            return false;
        }
    }
    return true;
}

/* `_x=1` is a partition, as walk.h has it. */
static bool is_partition(struct assay_str name)
{
    const char *slash = memchr(name.ptr, '/', name.len);
    return slash != NULL && memchr(name.ptr, '=', (size_t)(slash - name.ptr)) != NULL;
}

/* Names that tools use for themselves: _SUCCESS, .crc, _temporary/. `at` begins a name. */
static bool is_hidden(struct assay_str rest, bool at)
{
    for (size_t i = 0; i < rest.len; at = rest.ptr[i++] == '/')
        if (at && (rest.ptr[i] == '.' ||
                   (rest.ptr[i] == '_' && !is_partition(assay_str(rest.ptr + i, rest.len - i)))))
            return true;
    return false;
}

/* They are left out unless the pattern asks for such a name. */
static bool is_meant(const struct listing *listing, struct assay_str key)
{
    struct assay_str pattern = listing->name.key;
    size_t from = listing->prefix.len;
    bool folder = pattern.len == from;
    bool at = from == 0 || pattern.ptr[from - 1] == '/';
    if (key.len == 0 || key.ptr[key.len - 1] == '/' || key.len < from ||
        memcmp(key.ptr, listing->prefix.ptr, from) != 0)
        return false;
    struct assay_str rest = assay_str(key.ptr + from, key.len - from);
    struct assay_str stars = assay_str(pattern.ptr + from, pattern.len - from);
    return (is_hidden(stars, at) || !is_hidden(rest, at)) && (folder || matches(stars, rest));
}

static enum assay_status add(struct listing *listing, struct assay_str key, struct assay_error *err)
{
    if (listing->count == ASSAY_WALK_FILES)
        return fail(listing, "SOURCE-GLOB", "stands for more than 100000 objects",
                    "name fewer at once", err);
    if (listing->count == listing->room) {
        uint32_t room = listing->room > 0 ? 2 * listing->room : 64;
        const char **keys = realloc(listing->keys, room * sizeof *keys);
        if (keys == NULL)
            return assay_fail_nomem(err);
        listing->keys = keys;
        listing->room = room;
    }
    /* Behind a '?' in a key there are settings, if only none, so that it is not one itself. */
    struct assay_str bucket = listing->name.bucket, settings = listing->name.settings;
    if (settings.len == 0 && memchr(key.ptr, '?', key.len) != NULL)
        settings = ASSAY_STR("?");
    const char *path =
        assay_arena_printf(listing->arena, "s3://%.*s/%.*s%.*s", (int)bucket.len, bucket.ptr,
                           (int)key.len, key.ptr, (int)settings.len, settings.ptr);
    if (path == NULL)
        return assay_fail_nomem(err);
    listing->keys[listing->count++] = path;
    return ASSAY_OK;
}

/* The parameters in the order of their names, as the signature wants them. */
static void make_query(const struct listing *listing, struct assay_str token, struct assay_buf *out)
{
    assay_buf_reset(out);
    if (token.len > 0) {
        assay_buf_puts(out, "continuation-token=");
        assay_url_encode(token, "", out);
        assay_buf_putc(out, '&');
    }
    assay_buf_puts(out, "encoding-type=url&list-type=2&prefix=");
    assay_url_encode(listing->prefix, "", out);
}

static enum assay_status read_body(struct listing *listing, struct assay_http *http,
                                   struct assay_error *err)
{
    size_t got = 1;
    assay_buf_reset(&listing->page);
    while (got > 0) {
        if (!assay_buf_reserve(&listing->page, 65536))
            return assay_fail_nomem(err);
        ASSAY_TRY(assay_http_read(http, listing->page.ptr + listing->page.len, 65536, &got, err));
        listing->page.len += got;
    }
    return ASSAY_OK;
}

static enum assay_status fetch(struct listing *listing, struct assay_str query,
                               struct assay_error *err)
{
    struct assay_http_header headers[1 + ASSAY_S3_HEADERS] = {{"Accept-Encoding", "identity"}};
    struct assay_http_request request = {.headers = headers,
                                         .header_count = 1,
                                         .limits = listing->options->http,
                                         .pool = &listing->pool,
                                         .stop = listing->options->stop};
    struct assay_http *http;
    request.limits.max_body = PAGE_BYTES - 65536;
    ASSAY_TRY(assay_s3_sign(listing->s3, assay_str("", 0), query, headers, &request, err));
    ASSAY_TRY(assay_http_open(&request, &http, err));
    enum assay_status status = assay_s3_expect(listing->s3, http, 200, err);
    if (status == ASSAY_OK)
        status = read_body(listing, http, err);
    assay_http_close(http);
    return status;
}

static enum assay_status read_page(struct listing *listing, struct assay_arena *arena,
                                   struct assay_s3_page *page, struct assay_error *err)
{
    if (!assay_s3_page_read(assay_buf_view(&listing->page), arena, page))
        return fail(listing, "S3-LIST", "the server's answer is no listing of a bucket",
                    "check the endpoint: it must speak S3's ListObjectsV2", err);
    for (uint32_t i = 0; i < page->count; i++)
        if (is_meant(listing, page->keys[i]))
            ASSAY_TRY(add(listing, page->keys[i], err));
    return ASSAY_OK;
}

static enum assay_status read_pages(struct listing *listing, struct assay_error *err)
{
    struct assay_arena arenas[2]; /* of this page and, for its token, of the one before */
    struct assay_buf query;
    struct assay_s3_page page = {.more = true};
    enum assay_status status = ASSAY_OK;
    assay_buf_init(&query, QUERY_ROOM);
    assay_arena_init(&arenas[0], 0);
    assay_arena_init(&arenas[1], 0);
    for (uint32_t i = 0; status == ASSAY_OK && page.more; i++) {
        make_query(listing, page.token, &query);
        status = query.failed ? assay_fail_nomem(err)
                 : i == PAGES ? fail(listing, "S3-LIST", "the server's listing does not end",
                                     "check the endpoint", err)
                              : fetch(listing, assay_buf_view(&query), err);
        assay_arena_reset(&arenas[i % 2]);
        if (status == ASSAY_OK)
            status = read_page(listing, &arenas[i % 2], &page, err);
    }
    assay_arena_free(&arenas[0]);
    assay_arena_free(&arenas[1]);
    assay_buf_free(&query);
    return status;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum assay_status hand_out(struct listing *listing, struct assay_glob *out,
                                  struct assay_error *err)
{
    if (listing->count == 0)
        return fail(listing, "SOURCE-MISSING", "no object has a key like that",
                    "a '*' at the end stands for anything, one before it for anything but '/'",
                    err);
    const char **paths = assay_arena_array(listing->arena, listing->count, sizeof *paths);
    if (paths == NULL)
        return assay_fail_nomem(err);
    qsort(listing->keys, listing->count, sizeof *listing->keys, by_bytes);
    memcpy(paths, listing->keys, listing->count * sizeof *paths);
    *out = (struct assay_glob){.paths = paths, .count = listing->count, .pattern = true};
    return ASSAY_OK;
}

static enum assay_status list(struct assay_str text, struct listing *listing,
                              struct assay_glob *out, struct assay_error *err)
{
    assay_buf_init(&listing->page, PAGE_BYTES);
    assay_buf_init(&listing->shown, QUERY_ROOM);
    assay_url_mask(text, &listing->shown);
    enum assay_status status =
        listing->shown.failed ? assay_fail_nomem(err) : assay_s3_open(text, &listing->s3, err);
    if (status == ASSAY_OK)
        status = read_pages(listing, err);
    if (status == ASSAY_OK)
        status = hand_out(listing, out, err);
    assay_http_pool_free(&listing->pool);
    assay_s3_close(listing->s3);
    assay_buf_free(&listing->page);
    assay_buf_free(&listing->shown);
    free(listing->keys);
    return status;
}

enum assay_status assay_s3_expand(struct assay_str text, const struct assay_input_options *options,
                                  struct assay_arena *arena, struct assay_glob *out,
                                  struct assay_error *err)
{
    struct listing listing = {.options = options, .arena = arena};
    ASSAY_TRY(assay_s3_parse(text, &listing.name, err));
    struct assay_str key = listing.name.key;
    const char *star = key.len > 0 ? memchr(key.ptr, '*', key.len) : NULL;
    listing.prefix = assay_str(key.ptr, star != NULL ? (size_t)(star - key.ptr) : key.len);
    if (star != NULL || key.len == 0 || key.ptr[key.len - 1] == '/')
        return list(text, &listing, out, err);
    const char **paths = assay_arena_array(arena, 1, sizeof *paths);
    const char *copy = assay_arena_strdup(arena, text);
    if (paths == NULL || copy == NULL)
        return assay_fail_nomem(err);
    paths[0] = copy;
    *out = (struct assay_glob){.paths = paths, .count = 1};
    return ASSAY_OK;
}
