/*
 * Data source names taken apart.
 */
#include "config.h"

#include "base/dsn.h"

#include <strings.h>

static bool is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

struct assay_str assay_dsn_scheme(struct assay_str text)
{
    size_t i = 0;
    while (i < text.len &&
           (is_alpha(text.ptr[i]) || (i > 0 && ((text.ptr[i] >= '0' && text.ptr[i] <= '9') ||
                                                memchr("+-.", text.ptr[i], 3) != NULL))))
        i++;
    if (i < 2 || i == text.len || text.ptr[i] != ':')
        return assay_str(NULL, 0);
    return assay_str(text.ptr, i);
}

/* What lies before the first of the characters; all of it where there is none. */
static struct assay_str take_until(struct assay_str *rest, const char *stops)
{
    size_t n = 0;
    while (n < rest->len && (rest->ptr[n] == '\0' || strchr(stops, rest->ptr[n]) == NULL))
        n++;
    struct assay_str taken = assay_str(rest->ptr, n);
    *rest = assay_str(rest->ptr + n, rest->len - n);
    return taken;
}

static void split_user(struct assay_str info, struct assay_dsn *out)
{
    out->user = take_until(&info, ":");
    if (info.len > 0)
        out->password = assay_str(info.ptr + 1, info.len - 1);
}

static void split_host(struct assay_str host, struct assay_dsn *out)
{
    bool bracket = host.len > 0 && host.ptr[0] == '[';
    const char *close = bracket ? memchr(host.ptr, ']', host.len) : NULL;
    const char *from = close != NULL ? close : host.ptr;
    const char *end = host.ptr + host.len;
    const char *colon = memrchr(from, ':', (size_t)(end - from));
    if (memchr(host.ptr, ',', host.len) != NULL) /* several, each with its own port */
        colon = NULL;
    if (colon != NULL)
        out->port = assay_str(colon + 1, (size_t)(end - colon - 1));
    out->host = assay_str(host.ptr, (size_t)((colon != NULL ? colon : end) - host.ptr));
    if (close != NULL && colon == NULL && close + 1 < end)
        return;
    if (close != NULL)
        out->host = assay_str(host.ptr + 1, (size_t)(close - host.ptr - 1));
}

bool assay_dsn_split(struct assay_str text, struct assay_dsn *out)
{
    *out = (struct assay_dsn){.scheme = assay_dsn_scheme(text)};
    if (out->scheme.ptr == NULL)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7f)
            return false;
    struct assay_str rest =
        assay_str(text.ptr + out->scheme.len + 1, text.len - out->scheme.len - 1);
    if (rest.len >= 2 && rest.ptr[0] == '/' && rest.ptr[1] == '/') {
        out->authority = true;
        rest = assay_str(rest.ptr + 2, rest.len - 2);
        struct assay_str part = take_until(&rest, "/?");
        const char *at = part.len ? memrchr(part.ptr, '@', part.len) : NULL;
        if (at != NULL) {
            split_user(assay_str(part.ptr, (size_t)(at - part.ptr)), out);
            part = assay_str(at + 1, (size_t)(part.ptr + part.len - at - 1));
        }
        split_host(part, out);
    }
    size_t path = out->authority ? 0 : assay_dsn_query_at(rest);
    struct assay_str left = assay_str(rest.ptr + path, rest.len - path);
    path += take_until(&left, "?").len;
    out->path = assay_str(rest.ptr, path);
    if (left.len > 0)
        out->query = assay_str(left.ptr + 1, left.len - 1);
    return true;
}

/*
 * How values with blanks and the like stand in `name=value`: those of libpq in quotes, see
 * https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE,
 * those of ODBC in braces, see SQLDriverConnect.
 */
struct quoting {
    char open, close;
    char escape;       /* stands before `close` and before itself: a doubled `close` is one too */
    const char *wraps; /* a value that has one of these has to be quoted */
};
static const struct quoting quoted_text = {'\'', '\'', '\\', " \t\r\n?'\\"};
static const struct quoting braced_text = {'{', '}', '}', ";?{}[]()"};

static const struct quoting *quoting_of(struct assay_str text)
{
    struct assay_str scheme = assay_dsn_scheme(text);
    return scheme.len == 4 && strncasecmp(scheme.ptr, "odbc", 4) == 0 ? &braced_text : &quoted_text;
}

/* The end of the quoted text that begins at `at`; `at` where it never ends. */
static size_t skip_quoted(const struct quoting *q, struct assay_str text, size_t at)
{
    for (size_t i = at + 1; i < text.len; i++) {
        bool escaped = text.ptr[i] == q->escape && i + 1 < text.len &&
                       (text.ptr[i + 1] == q->close || text.ptr[i + 1] == q->escape);
        if (text.ptr[i] == q->close && !escaped)
            return i;
        i += escaped;
    }
    return at;
}

size_t assay_dsn_query_at(struct assay_str text)
{
    const struct quoting *q = quoting_of(text);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '?')
            return i;
        if (text.ptr[i] == q->open && i > 0 && text.ptr[i - 1] == '=')
            i = skip_quoted(q, text, i);
    }
    return text.len;
}

bool assay_dsn_next_param(struct assay_str *query, struct assay_str *name, struct assay_str *value)
{
    while (query->len > 0 && query->ptr[0] == '&')
        *query = assay_str(query->ptr + 1, query->len - 1);
    if (query->len == 0)
        return false;
    struct assay_str pair = take_until(query, "&");
    *name = take_until(&pair, "=");
    *value = pair.len > 0 ? assay_str(pair.ptr + 1, pair.len - 1) : pair;
    return true;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void assay_dsn_decode(struct assay_str text, struct assay_buf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        int high = text.ptr[i] == '%' && i + 2 < text.len ? digit(text.ptr[i + 1]) : -1;
        int low = high >= 0 ? digit(text.ptr[i + 2]) : -1;
        if (low < 0) {
            assay_buf_putc(out, text.ptr[i]);
            continue;
        }
        assay_buf_putc(out, (char)(high * 16 + low));
        i += 2;
    }
}

bool assay_dsn_put_setting(struct assay_str before, struct assay_str value, struct assay_buf *out)
{
    const struct quoting *q = quoting_of(before);
    bool open = before.len > 0 && before.ptr[before.len - 1] == q->open;
    size_t equals = before.len - open;
    size_t head = assay_dsn_scheme(before).len;
    bool authority = before.len > head + 2 && memcmp(before.ptr + head, "://", 3) == 0;
    if (head == 0 || authority || equals == 0 || before.ptr[equals - 1] != '=' ||
        assay_dsn_query_at(assay_str(before.ptr, equals)) != equals)
        return false;
    bool wraps = !open && value.len == 0 && q == &quoted_text;
    for (size_t i = 0; i < value.len && !open; i++)
        wraps |= strchr(q->wraps, value.ptr[i]) != NULL;
    if (wraps)
        assay_buf_putc(out, q->open);
    for (size_t i = 0; i < value.len; i++) {
        if ((open || wraps) && (value.ptr[i] == q->close || value.ptr[i] == q->escape))
            assay_buf_putc(out, q->escape);
        assay_buf_putc(out, value.ptr[i]);
    }
    if (wraps)
        assay_buf_putc(out, q->close);
    return true;
}
