/*
 * Takes URLs apart, and shows them without what they keep secret.
 */
#include "config.h"

#include "base/url.h"

static bool is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

size_t assay_url_scheme(struct assay_str text)
{
    size_t i = 0;
    while (i < text.len &&
           (is_alpha(text.ptr[i]) ||
            (i > 0 && (is_digit(text.ptr[i]) || memchr("+-.", text.ptr[i], 3) != NULL))))
        i++;
    return i > 0 && text.len - i >= 3 && memcmp(text.ptr + i, "://", 3) == 0 ? i + 3 : 0;
}

bool assay_url_is(struct assay_str text, const char *scheme)
{
    size_t n = assay_url_scheme(text);
    if (n == 0 || strlen(scheme) != n - 3)
        return false;
    for (size_t i = 0; i < n - 3; i++)
        if (lower(text.ptr[i]) != scheme[i])
            return false;
    return true;
}

/* The first of `characters` in the text, or its end. */
static size_t find(struct assay_str text, const char *characters)
{
    size_t i = 0;
    while (i < text.len && (text.ptr[i] == '\0' || strchr(characters, text.ptr[i]) == NULL))
        i++;
    return i;
}

static struct assay_str cut(struct assay_str *text, size_t n)
{
    struct assay_str part = assay_str(text->ptr, n);
    text->ptr += n;
    text->len -= n;
    return part;
}

static bool is_port(struct assay_str text)
{
    unsigned port = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!is_digit(text.ptr[i]))
            return false;
        port = port * 10 + (unsigned)(text.ptr[i] - '0');
        if (port > 65535)
            return false;
    }
    return true;
}

/* host:port, where the host may be an address in brackets. */
static bool split_host(struct assay_str text, struct assay_url *out)
{
    size_t from = 0;
    if (text.len > 0 && text.ptr[0] == '[') {
        from = find(text, "]");
        if (from == text.len)
            return false;
    }
    struct assay_str rest = assay_str(text.ptr + from, text.len - from);
    size_t colon = from + find(rest, ":");
    out->host = assay_str(text.ptr, colon);
    if (from > 0 && colon != from + 1)
        return false;
    if (colon < text.len)
        out->port = assay_str(text.ptr + colon + 1, text.len - colon - 1);
    return is_port(out->port);
}

bool assay_url_split(struct assay_str text, struct assay_url *out)
{
    size_t scheme = assay_url_scheme(text);
    memset(out, 0, sizeof *out);
    if (scheme == 0)
        return false;
    out->scheme = assay_str(text.ptr, scheme - 3);
    cut(&text, scheme);
    struct assay_str authority = cut(&text, find(text, "/?#"));
    const char *at = authority.len > 0 ? memrchr(authority.ptr, '@', authority.len) : NULL;
    if (at != NULL) {
        out->has_userinfo = true;
        out->userinfo = cut(&authority, (size_t)(at - authority.ptr));
        cut(&authority, 1);
    }
    out->path = cut(&text, find(text, "?#"));
    if (text.len > 0 && text.ptr[0] == '?') {
        out->has_query = true;
        cut(&text, 1);
        out->query = cut(&text, find(text, "#"));
    }
    if (text.len > 0) {
        out->has_fragment = true;
        cut(&text, 1);
        out->fragment = text;
    }
    return split_host(authority, out);
}

bool assay_url_hides_user(struct assay_str text)
{
    return assay_url_is(text, "http") || assay_url_is(text, "https") || assay_url_is(text, "s3");
}

/*
 * How much of what follows the scheme is a user's: to the '@', or 0. A password may hold
 * a '/' or '?' that should have been encoded, so an '@' behind the host means one too,
 * where what stands before it may be a user and the beginning of a password.
 */
static size_t user_length(struct assay_str rest)
{
    size_t end = find(rest, "/?#");
    const char *at = end > 0 ? memrchr(rest.ptr, '@', end) : NULL;
    const char *colon = end > 0 && rest.ptr[0] != '[' ? memchr(rest.ptr, ':', end) : NULL;
    if (at == NULL && colon != NULL) {
        struct assay_str port = assay_str(colon + 1, end - (size_t)(colon + 1 - rest.ptr));
        at = memrchr(rest.ptr, '@', is_port(port) && port.len > 0 ? find(rest, "?#") : rest.len);
    }
    return at != NULL ? (size_t)(at - rest.ptr) : 0;
}

/* Parameters whose values say where and how, and are worth seeing. */
static bool is_harmless(struct assay_str name, struct assay_str value)
{
    static const char *const names[] = {"endpoint", "profile", "region", "sslmode"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (assay_str_is(name, names[i]))
            return value.len == 0 || memchr(value.ptr, '@', value.len) == NULL;
    return false;
}

static void mask_parameter(struct assay_str text, struct assay_buf *out)
{
    size_t equals = find(text, "=");
    struct assay_str name = cut(&text, equals);
    if (text.len == 0) {
        assay_buf_puts(out, name.len > 0 ? "***" : "");
        return;
    }
    cut(&text, 1);
    assay_buf_str(out, name);
    assay_buf_putc(out, '=');
    if (is_harmless(name, text))
        assay_buf_str(out, text);
    else if (text.len > 0)
        assay_buf_puts(out, "***");
}

static void mask_user(struct assay_str user, bool hide, struct assay_buf *out)
{
    size_t colon = find(user, ":");
    if (!hide)
        assay_buf_str(out, assay_str(user.ptr, colon));
    if (hide)
        assay_buf_puts(out, "***");
    else if (colon < user.len)
        assay_buf_puts(out, ":***");
}

void assay_url_mask(struct assay_str text, struct assay_buf *out)
{
    size_t scheme = assay_url_scheme(text);
    bool hide = assay_url_hides_user(text);
    assay_buf_str(out, cut(&text, scheme));
    if (scheme == 0) {
        assay_buf_str(out, text);
        return;
    }
    size_t user = user_length(text);
    if (user > 0)
        mask_user(cut(&text, user), hide, out);
    assay_buf_str(out, cut(&text, find(text, "?#")));
    while (text.len > 0 && text.ptr[0] != '#') { /* at '?', later at '&' */
        assay_buf_str(out, cut(&text, 1));
        mask_parameter(cut(&text, find(text, "&;#")), out);
    }
    if (text.len > 0)
        assay_buf_puts(out, "#***");
}

static bool is_plain(char c, const char *keep)
{
    return is_alpha(c) || is_digit(c) || (c != '\0' && strchr("-._~", c) != NULL) ||
           (c != '\0' && strchr(keep, c) != NULL);
}

void assay_url_encode(struct assay_str text, const char *keep, struct assay_buf *out)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (is_plain(text.ptr[i], keep)) {
            assay_buf_putc(out, text.ptr[i]);
            continue;
        }
        char code[3] = {'%', digits[c >> 4], digits[c & 15]};
        assay_buf_add(out, code, sizeof code);
    }
}

static int hex_digit(char c)
{
    if (is_digit(c))
        return c - '0';
    c = lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool assay_url_decode(struct assay_str text, struct assay_buf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '%') {
            assay_buf_putc(out, text.ptr[i]);
            continue;
        }
        int high = i + 2 < text.len ? hex_digit(text.ptr[i + 1]) : -1;
        int low = i + 2 < text.len ? hex_digit(text.ptr[i + 2]) : -1;
        if (high < 0 || low < 0)
            return false;
        assay_buf_putc(out, (char)(high << 4 | low));
        i += 2;
    }
    return true;
}
