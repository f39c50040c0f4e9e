/*
 * Names of objects in S3, who asks for them and where, and requests that are signed.
 */
#include "config.h"

#include "source/s3.h"

#include "base/url.h"
#include "source/s3_profile.h"
#include "source/s3_xml.h"
#include "source/sigv4.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define URL_ROOM (16u << 10)
#define KEY_BYTES 1024 /* S3's own bound on a key */

struct assay_s3 {
    char *name; /* what the texts of `parts` point into */
    struct assay_s3_name parts;
    struct assay_buf base; /* scheme://host[:port] and what stands before the key */
    size_t path_at;        /* where its path begins */
    struct assay_buf host; /* as the Host header has it */
    struct assay_buf region, endpoint, access_key;
    struct assay_secret *secret_key, *token; /* NULL: unsigned; no token */
    /* Of the newest request. */
    struct assay_buf url;
    char date[17];
    struct assay_secret *authorization;
};

static enum assay_status refuse(struct assay_str name, const char *why, const char *help,
                                struct assay_error *err)
{
    struct assay_buf shown;
    assay_buf_init(&shown, URL_ROOM);
    assay_url_mask(name, &shown);
    assay_fail(err, ASSAY_USAGE, "S3-NAME", "%s", why);
    assay_error_help(err, "%s", help);
    assay_error_at(err, shown.ptr != NULL ? shown.ptr : "s3://", 0, 0);
    assay_buf_free(&shown);
    return ASSAY_USAGE;
}

/* Letters, digits and some others; not empty. */
static bool is_made_of(struct assay_str text, const char *others, size_t most)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              (c != '\0' && strchr(others, c) != NULL)))
            return false;
    }
    return text.len > 0 && text.len <= most;
}

/* One NAME=VALUE behind the '?'. */
static enum assay_status set(struct assay_s3_name *out, struct assay_str whole,
                             struct assay_str setting, struct assay_error *err)
{
    const char *equals = memchr(setting.ptr, '=', setting.len);
    size_t n = equals != NULL ? (size_t)(equals - setting.ptr) : setting.len;
    struct assay_str name = assay_str(setting.ptr, n);
    struct assay_str value = assay_str(setting.ptr + n + 1, setting.len - n - 1);
    if (assay_str_is(name, "endpoint"))
        out->endpoint = value;
    else if (assay_str_is(name, "region"))
        out->region = value;
    else if (assay_str_is(name, "profile"))
        out->profile = value;
    else
        return refuse(whole, "a setting behind the '?' is not known",
                      "there are endpoint=URL, region=NAME and profile=NAME, joined by &", err);
    return ASSAY_OK;
}

/* Where the settings begin: at the last '?', if each part behind it has a '='. */
static size_t settings_at(struct assay_str text)
{
    const char *mark = text.len > 0 ? memrchr(text.ptr, '?', text.len) : NULL;
    if (mark == NULL)
        return text.len;
    size_t at = (size_t)(mark - text.ptr);
    bool equals = at + 1 == text.len;
    for (size_t i = at + 1; i < text.len; i++) {
        if (text.ptr[i] == '&' && !equals)
            return text.len;
        equals = text.ptr[i] == '=' || (equals && text.ptr[i] != '&');
    }
    return equals ? at : text.len;
}

static enum assay_status read_settings(struct assay_s3_name *out, struct assay_str whole,
                                       struct assay_error *err)
{
    struct assay_str rest = out->settings;
    while (rest.len > 1) { /* at '?', later at '&' */
        const char *next = memchr(rest.ptr + 1, '&', rest.len - 1);
        size_t n = next != NULL ? (size_t)(next - rest.ptr) : rest.len;
        ASSAY_TRY(set(out, whole, assay_str(rest.ptr + 1, n - 1), err));
        rest.ptr += n;
        rest.len -= n;
    }
    return ASSAY_OK;
}

enum assay_status assay_s3_parse(struct assay_str text, struct assay_s3_name *out,
                                 struct assay_error *err)
{
    static const char form[] = "write s3://BUCKET/KEY, with keys in AWS_ACCESS_KEY_ID and "
                               "AWS_SECRET_ACCESS_KEY";
    memset(out, 0, sizeof *out);
    size_t scheme = assay_url_scheme(text);
    size_t end = settings_at(text);
    const char *slash = end > scheme ? memchr(text.ptr + scheme, '/', end - scheme) : NULL;
    size_t key = slash != NULL ? (size_t)(slash - text.ptr) : end;
    out->bucket = assay_str(text.ptr + scheme, key - scheme);
    out->key = key < end ? assay_str(text.ptr + key + 1, end - key - 1) : assay_str("", 0);
    out->settings = assay_str(text.ptr + end, text.len - end);
    if (memchr(out->bucket.ptr, '@', out->bucket.len) != NULL)
        return refuse(text, "keys have no place in the name", form, err);
    if (!is_made_of(out->bucket, "._-", 255) || out->bucket.ptr[0] == '.')
        return refuse(text, "this is no name of a bucket", form, err);
    if (out->key.len > KEY_BYTES)
        return refuse(text, "the key is over 1024 bytes", "S3 has no such keys", err);
    return read_settings(out, text, err);
}

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

/* The first that is set: what the name says, one of the variables, the profile. */
static void choose(struct assay_buf *out, struct assay_str named, const char *first,
                   const char *second, const struct assay_buf *profile)
{
    const char *value = variable(first) != NULL ? variable(first) : variable(second);
    if (named.len > 0)
        assay_buf_str(out, named);
    else if (value != NULL)
        assay_buf_puts(out, value);
    else
        assay_buf_str(out, assay_buf_view(profile));
}

/* Keys of the environment, unless the name chooses a profile; both or none. */
static enum assay_status choose_keys(struct assay_s3 *s3, struct assay_s3_profile *profile,
                                     struct assay_error *err)
{
    const char *access = variable("AWS_ACCESS_KEY_ID");
    const char *secret = variable("AWS_SECRET_ACCESS_KEY");
    const char *token = variable("AWS_SESSION_TOKEN");
    struct assay_str name = assay_cstr(s3->name);
    if (s3->parts.profile.len == 0 && (access != NULL || secret != NULL)) {
        if (access == NULL || secret == NULL)
            return refuse(name, "only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set",
                          "set both, or neither", err);
        assay_buf_puts(&s3->access_key, access);
        s3->secret_key = assay_secret_new(assay_cstr(secret));
        s3->token = token != NULL ? assay_secret_new(assay_cstr(token)) : NULL;
        return s3->secret_key == NULL || (token != NULL && s3->token == NULL)
                   ? assay_fail_nomem(err)
                   : ASSAY_OK;
    }
    if (profile->access_key.len == 0 || profile->secret_key == NULL) {
        if (profile->unsupported == NULL)
            return ASSAY_OK; /* a public bucket, perhaps */
        assay_fail(err, ASSAY_USAGE, "S3-PROFILE",
                   "the AWS profile gets its keys by %s, which "
                   "assay cannot",
                   profile->unsupported);
        assay_error_help(err, "`aws configure export-credentials --format env` sets the variables "
                              "that assay reads");
        return ASSAY_USAGE;
    }
    assay_buf_str(&s3->access_key, assay_buf_view(&profile->access_key));
    s3->secret_key = profile->secret_key;
    s3->token = profile->token;
    profile->secret_key = profile->token = NULL;
    return ASSAY_OK;
}

static enum assay_status configure(struct assay_s3 *s3, struct assay_error *err)
{
    struct assay_s3_profile profile;
    struct assay_str name = s3->parts.profile;
    bool asked = name.len > 0 || variable("AWS_PROFILE") != NULL;
    if (name.len == 0)
        name = asked ? assay_cstr(variable("AWS_PROFILE")) : ASSAY_STR("default");
    assay_s3_profile_init(&profile);
    enum assay_status status = assay_s3_profile_load(&profile, name, err);
    if (status == ASSAY_OK && asked && !profile.found) {
        status = assay_fail(err, ASSAY_USAGE, "S3-PROFILE", "there is no AWS profile \"%.*s\"",
                            (int)(name.len < 100 ? name.len : 100), name.ptr);
        assay_error_help(err, "profiles are in ~/.aws/credentials and ~/.aws/config");
    }
    if (status == ASSAY_OK)
        status = choose_keys(s3, &profile, err);
    choose(&s3->region, s3->parts.region, "AWS_REGION", "AWS_DEFAULT_REGION", &profile.region);
    choose(&s3->endpoint, s3->parts.endpoint, "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL",
           &profile.endpoint);
    if (s3->region.len == 0)
        assay_buf_puts(&s3->region, "us-east-1");
    assay_s3_profile_reset(&profile);
    return status;
}

/* A bucket whose name is one label of a host's name has a host of its own. */
static bool has_host(struct assay_str bucket)
{
    for (size_t i = 0; i < bucket.len; i++)
        if (strchr("abcdefghijklmnopqrstuvwxyz0123456789-", bucket.ptr[i]) == NULL)
            return false;
    return bucket.len <= 63;
}

static enum assay_status use_endpoint(struct assay_s3 *s3, struct assay_error *err)
{
    struct assay_str text = assay_buf_view(&s3->endpoint);
    struct assay_str bucket = s3->parts.bucket;
    struct assay_url url;
    bool plain = assay_url_is(text, "http");
    if ((!plain && !assay_url_is(text, "https")) || !assay_url_split(text, &url) ||
        url.host.len == 0 || url.has_userinfo || url.has_query || url.has_fragment)
        return refuse(assay_cstr(s3->name), "the endpoint is no URL of a host",
                      "write endpoint=https://HOST or http://HOST:PORT", err);
    while (url.path.len > 0 && url.path.ptr[url.path.len - 1] == '/')
        url.path.len--;
    assay_buf_str(&s3->host, url.host);
    if (url.port.len > 0 && !assay_str_is(url.port, plain ? "80" : "443"))
        assay_buf_printf(&s3->host, ":%.*s", (int)url.port.len, url.port.ptr);
    assay_buf_printf(&s3->base, "%s://", plain ? "http" : "https");
    assay_buf_str(&s3->base, assay_buf_view(&s3->host));
    s3->path_at = s3->base.len;
    assay_url_encode(url.path, "/", &s3->base);
    assay_buf_printf(&s3->base, "/%.*s/", (int)bucket.len, bucket.ptr);
    return ASSAY_OK;
}

static enum assay_status locate(struct assay_s3 *s3, struct assay_error *err)
{
    struct assay_str bucket = s3->parts.bucket;
    struct assay_str region = assay_buf_view(&s3->region);
    if (!is_made_of(region, "-", 64))
        return refuse(assay_cstr(s3->name), "the region has characters that no region has",
                      "write it as eu-central-1; AWS_REGION may set it", err);
    if (s3->endpoint.len > 0)
        return use_endpoint(s3, err);
    const char *suffix = strncmp(region.ptr, "cn-", 3) == 0 ? ".cn" : "";
    bool own = has_host(bucket);
    if (own)
        assay_buf_printf(&s3->host, "%.*s.", (int)bucket.len, bucket.ptr);
    assay_buf_printf(&s3->host, "s3.%s.amazonaws.com%s", region.ptr, suffix);
    assay_buf_puts(&s3->base, "https://");
    assay_buf_str(&s3->base, assay_buf_view(&s3->host));
    s3->path_at = s3->base.len;
    assay_buf_putc(&s3->base, '/');
    if (!own)
        assay_buf_printf(&s3->base, "%.*s/", (int)bucket.len, bucket.ptr);
    return ASSAY_OK;
}

enum assay_status assay_s3_open(struct assay_str text, struct assay_s3 **out,
                                struct assay_error *err)
{
    struct assay_s3 *s3 = calloc(1, sizeof *s3);
    *out = NULL;
    if (s3 == NULL)
        return assay_fail_nomem(err);
    struct assay_buf *const bufs[] = {&s3->base,     &s3->host,       &s3->region,
                                      &s3->endpoint, &s3->access_key, &s3->url};
    for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++)
        assay_buf_init(bufs[i], URL_ROOM);
    s3->name = strndup(text.ptr, text.len);
    enum assay_status status = s3->name != NULL
                                   ? assay_s3_parse(assay_cstr(s3->name), &s3->parts, err)
                                   : assay_fail_nomem(err);
    if (status == ASSAY_OK)
        status = configure(s3, err);
    if (status == ASSAY_OK)
        status = locate(s3, err);
    for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++)
        if (status == ASSAY_OK && bufs[i]->failed)
            status = assay_fail_nomem(err);
    if (status != ASSAY_OK) {
        assay_s3_close(s3);
        return status;
    }
    *out = s3;
    return ASSAY_OK;
}

void assay_s3_close(struct assay_s3 *s3)
{
    if (s3 == NULL)
        return;
    assay_buf_free(&s3->base);
    assay_buf_free(&s3->host);
    assay_buf_free(&s3->region);
    assay_buf_free(&s3->endpoint);
    assay_buf_free(&s3->access_key);
    assay_buf_free(&s3->url);
    assay_secret_free(s3->secret_key);
    assay_secret_free(s3->token);
    assay_secret_free(s3->authorization);
    free(s3->name);
    free(s3);
}

struct assay_str assay_s3_key(const struct assay_s3 *s3)
{
    return s3->parts.key;
}

static enum assay_status authorize(struct assay_s3 *s3, struct assay_str path,
                                   struct assay_str query, struct assay_error *err)
{
    const struct assay_sigv4_header headers[] = {
        {"host", assay_buf_view(&s3->host)},
        {"x-amz-content-sha256", assay_cstr(ASSAY_SIGV4_NO_BODY)},
        {"x-amz-date", assay_cstr(s3->date)},
        {"x-amz-security-token", assay_secret_reveal(s3->token)},
    };
    const struct assay_sigv4 request = {.method = "GET",
                                        .path = path,
                                        .query = query,
                                        .headers = headers,
                                        .header_count = s3->token != NULL ? 4 : 3,
                                        .body_hash = ASSAY_SIGV4_NO_BODY,
                                        .region = s3->region.ptr,
                                        .service = "s3",
                                        .date = s3->date,
                                        .access_key = assay_buf_view(&s3->access_key),
                                        .secret_key = s3->secret_key};
    assay_secret_free(s3->authorization);
    s3->authorization = assay_sigv4_sign(&request);
    return s3->authorization != NULL ? ASSAY_OK : assay_fail_nomem(err);
}

enum assay_status assay_s3_sign(struct assay_s3 *s3, struct assay_str key, struct assay_str query,
                                struct assay_http_header *headers,
                                struct assay_http_request *request, struct assay_error *err)
{
    assay_buf_reset(&s3->url);
    assay_buf_str(&s3->url, assay_buf_view(&s3->base));
    assay_url_encode(key, "/", &s3->url);
    size_t path_end = s3->url.len;
    if (query.len > 0) {
        assay_buf_putc(&s3->url, '?');
        assay_buf_str(&s3->url, query);
    }
    if (s3->url.failed)
        return assay_fail_nomem(err);
    request->url = s3->url.ptr;
    request->no_redirect = true; /* it would have to be signed anew */
    if (s3->secret_key == NULL)
        return ASSAY_OK;
    assay_sigv4_date((int64_t)time(NULL), s3->date);
    ASSAY_TRY(
        authorize(s3, assay_str(s3->url.ptr + s3->path_at, path_end - s3->path_at), query, err));
    request->authorization = s3->authorization;
    headers[request->header_count++] =
        (struct assay_http_header){"x-amz-content-sha256", ASSAY_SIGV4_NO_BODY};
    headers[request->header_count++] = (struct assay_http_header){"x-amz-date", s3->date};
    if (s3->token != NULL)
        headers[request->header_count++] =
            (struct assay_http_header){"x-amz-security-token", assay_secret_reveal(s3->token).ptr};
    return ASSAY_OK;
}

/* Reads what the store says of an error; only its one-word code is taken from it. */
static struct assay_str read_code(struct assay_http *http, char *room, size_t size)
{
    char body[16384];
    size_t len = 0, got = 1;
    while (got > 0 && len < sizeof body) {
        if (assay_http_read(http, body + len, sizeof body - len, &got, NULL) != ASSAY_OK)
            break;
        len += got;
    }
    return assay_s3_error_code(assay_str(body, len), room, size);
}

static const char *help_for(const struct assay_s3 *s3, struct assay_str code, int status)
{
    static const struct {
        const char *code, *help;
    } rows[] = {
        {"NoSuchBucket", "check the name of the bucket, and the endpoint"},
        {"InvalidAccessKeyId", "check AWS_ACCESS_KEY_ID, or the profile"},
        {"SignatureDoesNotMatch", "check AWS_SECRET_ACCESS_KEY, or the profile"},
        {"ExpiredToken", "get new keys: AWS_SESSION_TOKEN is too old"},
        {"RequestTimeTooSkewed", "set this machine's clock"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (assay_str_is(code, rows[i].code))
            return rows[i].help;
    if ((status == 401 || status == 403) && s3->secret_key == NULL)
        return "the request was not signed: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
    if (status == 401 || status == 403)
        return "check that these keys may read the object and list the bucket";
    return status == 404 ? "check the key; a '*' at its end lists what there is" : NULL;
}

enum assay_status assay_s3_expect(const struct assay_s3 *s3, struct assay_http *http, int wanted,
                                  struct assay_error *err)
{
    char room[64];
    int status = assay_http_status(http);
    enum assay_status result = assay_http_expect(http, wanted, err);
    if (result == ASSAY_OK || err == NULL)
        return result;
    struct assay_str region = assay_http_header(http, "x-amz-bucket-region");
    struct assay_str code = read_code(http, room, sizeof room);
    const char *help = help_for(s3, code, status);
    size_t used = strlen(err->message);
    if (code.len > 0)
        snprintf(err->message + used, sizeof err->message - used, ": %.*s", (int)code.len,
                 code.ptr);
    if (is_made_of(region, "-", 64) && !assay_str_equal(region, assay_buf_view(&s3->region)))
        assay_error_help(err,
                         "the bucket is in another region: add ?region=%.*s, or set "
                         "AWS_REGION",
                         (int)region.len, region.ptr);
    else if (help != NULL)
        assay_error_help(err, "%s", help);
    return result;
}
