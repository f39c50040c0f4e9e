/*
 * Finding the secrets in URLs and connection strings, and hiding them.
 */
#include "config.h"

#include "base/redact.h"

#include "base/dsn.h"
#include "base/url.h"

#include <stdio.h>
#include <stdlib.h>

/* Calls `fn` with each stretch of the text, in order: what may be shown and what not. */
typedef void stretch_fn(void *context, struct assay_str text, bool secret);

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool name_has(struct assay_str name, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= name.len; i++) {
        size_t k = 0;
        while (k < n && lower(name.ptr[i + k]) == word[k])
            k++;
        if (k == n)
            return true;
    }
    return false;
}

bool assay_redact_is_name(struct assay_str name)
{
    static const char *const words[] = {"pass",       "pwd",        "secret",     "token",
                                        "auth",       "apikey",     "api_key",    "api-key",
                                        "sig",        "credential", "bearer",     "access_key",
                                        "access-key", "accesskey",  "accountkey", "private"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (name_has(name, words[i]))
            return true;
    return name.len == 3 && name_has(name, "key");
}

static bool is_name_char(char c)
{
    c = lower(c);
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' ||
           c == '%';
}

/* The name of a pair, which in a URL may have any of its letters as %XX. */
static bool is_secret_name(struct assay_str name)
{
    struct assay_buf plain;
    assay_buf_init(&plain, 4096);
    assay_dsn_decode(name, &plain);
    bool secret =
        plain.failed || assay_redact_is_name(name) || assay_redact_is_name(assay_buf_view(&plain));
    assay_buf_free(&plain);
    return secret;
}

/* The same between marks of two characters, as quotes are written inside of quoted text. */
static size_t doubly_quoted_length(struct assay_str text)
{
    bool doubled =
        text.len > 2 && memcmp(text.ptr, "''", 2) == 0 && strchr(" \t\r\n;&", text.ptr[2]) == NULL;
    if (!doubled && (text.len < 3 || memcmp(text.ptr, "\\\"", 2) != 0))
        return 0;
    const char *close = memmem(text.ptr + 2, text.len - 2, text.ptr, 2);
    return close != NULL ? (size_t)(close - text.ptr) + 2 : text.len;
}

/* Length of the quoted or braced text at the start of `text`; 0: there is none. */
static size_t quoted_length(struct assay_str text)
{
    size_t twice = doubly_quoted_length(text);
    if (twice > 0)
        return twice;
    static const char pairs[] = "''\"\"{}";
    for (const char *pair = pairs; text.len > 0 && *pair != '\0'; pair += 2) {
        if (text.ptr[0] != pair[0])
            continue;
        size_t i = 1;
        while (i < text.len && (text.ptr[i] != pair[1] ||
                                (i + 1 < text.len && text.ptr[i + 1] == pair[1] && i++ > 0)))
            i += 1 + (pair[0] != '{' && text.ptr[i] == '\\');
        return i < text.len ? i + 1 : text.len;
    }
    return 0;
}

/* Length of the value that begins at `text`, quoted or not: up to a separator. */
static size_t value_length(struct assay_str text, const char *ends)
{
    size_t n = quoted_length(text);
    while (n < text.len && (text.ptr[n] == '\0' || strchr(ends, text.ptr[n]) == NULL))
        n++;
    return n;
}

/* `name=value` wherever it stands; a value ends at one of `ends`. */
static void walk_pairs(struct assay_str text, const char *ends, stretch_fn *fn, void *context)
{
    size_t shown = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '=')
            continue;
        size_t begin = i, from = i + 1;
        while (begin > shown && text.ptr[begin - 1] == ' ')
            begin--;
        size_t end = begin;
        while (begin > shown && is_name_char(text.ptr[begin - 1]))
            begin--;
        if (!is_secret_name(assay_str(text.ptr + begin, end - begin)))
            continue;
        while (from < text.len && text.ptr[from] == ' ' && strchr(ends, ' ') != NULL)
            from++;
        size_t n = value_length(assay_str(text.ptr + from, text.len - from), ends);
        fn(context, assay_str(text.ptr + shown, from - shown), false);
        fn(context, assay_str(text.ptr + from, n), true);
        shown = from + n;
        i = shown > i ? shown - 1 : i;
    }
    fn(context, assay_str(text.ptr + shown, text.len - shown), false);
}

/*
 * Where the password of an authority stands. One that was not encoded may hold any
 * character, so that it is taken to reach to the last @ before the query.
 */
static bool find_password(struct assay_str rest, struct assay_str *out)
{
    const char *query = rest.len ? memchr(rest.ptr, '?', rest.len) : NULL;
    size_t slash = 0, end = query != NULL ? (size_t)(query - rest.ptr) : rest.len;
    while (slash < end && rest.ptr[slash] != '/')
        slash++;
    const char *at = end ? memrchr(rest.ptr, '@', end) : NULL;
    const char *colon = slash ? memchr(rest.ptr, ':', slash) : NULL;
    if (colon == NULL)
        return false;
    if (at == NULL) { /* a port, unless what follows is none */
        size_t i = (size_t)(colon - rest.ptr) + 1;
        while (i < end && rest.ptr[i] >= '0' && rest.ptr[i] <= '9')
            i++;
        bool port = i == end || rest.ptr[i] == '/' || rest.ptr[i] == ',' || rest.ptr[0] == '[';
        at = port ? NULL : memrchr(rest.ptr, '@', rest.len);
    }
    if (at == NULL || colon > at)
        return false;
    *out = assay_str(colon + 1, (size_t)(at - colon - 1));
    return true;
}

static void walk(struct assay_str text, stretch_fn *fn, void *context)
{
    const char *mark = text.len ? memmem(text.ptr, text.len, "://", 3) : NULL;
    if (mark == NULL || assay_dsn_scheme(text).ptr == NULL) {
        bool semicolons = text.len && memchr(text.ptr, ';', text.len) != NULL;
        bool params = text.len && memchr(text.ptr, '?', text.len) != NULL;
        walk_pairs(text, semicolons ? ";" : params ? "&" : " \t\r\n", fn, context);
        return;
    }
    size_t head = (size_t)(mark - text.ptr) + 3;
    struct assay_str rest = assay_str(text.ptr + head, text.len - head), password;
    if (find_password(rest, &password)) {
        fn(context, assay_str(text.ptr, (size_t)(password.ptr - text.ptr)), false);
        fn(context, password, true);
        head = (size_t)(password.ptr - text.ptr) + password.len;
        text = assay_str(text.ptr + head, text.len - head);
    }
    walk_pairs(text, "&#", fn, context);
}

static void mask(void *context, struct assay_str text, bool secret)
{
    if (secret)
        assay_buf_puts(context, "***");
    else
        assay_buf_str(context, text);
}

void assay_redact_mask(struct assay_str text, struct assay_buf *out)
{
    if (assay_url_hides_user(text)) { /* of these all that is not known to be harmless */
        assay_url_mask(text, out);
        return;
    }
    walk(text, mask, out);
}

/* Appends a piece of a line, masked; where its byte `at` is now, or SIZE_MAX behind it. */
static size_t put_piece(struct assay_str piece, bool url, size_t at, struct assay_buf *out)
{
    size_t begin = out->len;
    if (url)
        assay_redact_mask(piece, out);
    else
        walk_pairs(piece, " \t\r\n\"", mask, out);
    if (at > piece.len || out->failed)
        return at > piece.len ? SIZE_MAX : 0;
    size_t tail = piece.len - at, made = out->len - begin;
    if (tail <= made && memcmp(out->ptr + out->len - tail, piece.ptr + at, tail) == 0)
        return out->len - tail;
    bool before = at <= made && memcmp(out->ptr + begin, piece.ptr, at) == 0;
    return begin + (before ? at : 0);
}

/*
 * The next URL in `text`, or of length 0. In quotes it reaches to the next of them; else to
 * the next blank that no @ follows, since a password may hold anything.
 */
static struct assay_str find_url(struct assay_str text)
{
    const char *mark = text.len ? memmem(text.ptr, text.len, "://", 3) : NULL;
    if (mark == NULL)
        return assay_str(text.ptr + text.len, 0);
    const char *from = mark, *end = text.ptr + text.len;
    while (from > text.ptr && is_name_char(from[-1]))
        from--;
    char quote = from > text.ptr ? from[-1] : '\0';
    const char *to =
        quote == '"' || quote == '\'' ? memchr(mark, quote, (size_t)(end - mark)) : end;
    if (to == end) {
        const char *at = memrchr(mark, '@', (size_t)(end - mark));
        to = at != NULL ? at : mark;
        while (to < end && *to != ' ' && *to != '\t')
            to++;
    }
    return assay_str(from, (size_t)((to != NULL ? to : end) - from));
}

size_t assay_redact_line(struct assay_str line, size_t at, struct assay_buf *out)
{
    size_t done = 0, found = SIZE_MAX;
    while (done < line.len || found == SIZE_MAX) {
        struct assay_str rest = assay_str(line.ptr + done, line.len - done);
        struct assay_str url = find_url(rest);
        const struct assay_str pieces[] = {assay_str(rest.ptr, (size_t)(url.ptr - rest.ptr)), url};
        for (unsigned i = 0; i < 2; i++) {
            size_t now = put_piece(pieces[i], i == 1, at - done, out);
            found = found == SIZE_MAX ? now : found;
            done += pieces[i].len;
        }
        if (done == line.len)
            break;
    }
    return found == SIZE_MAX ? out->len : found;
}

void assay_redact_mask_into(struct assay_str text, char *out, size_t size)
{
    struct assay_buf buf;
    assay_buf_init(&buf, (size_t)1 << 20);
    assay_redact_mask(text, &buf);
    struct assay_str shown = assay_buf_view(&buf);
    if (buf.failed)
        shown = ASSAY_STR("***");
    snprintf(out, size, "%.*s", (int)(shown.len < size ? shown.len : size), shown.ptr);
    assay_buf_free(&buf);
}

static bool keep(struct assay_secrets *secrets, struct assay_str text)
{
    for (uint32_t i = 0; i < secrets->count; i++)
        if (assay_str_equal(text, assay_str(secrets->items[i].hidden, secrets->items[i].len)))
            return true;
    if (text.len == 0)
        return true;
    char *copy = secrets->count < ASSAY_SECRETS_MAX ? malloc(text.len) : NULL;
    if (copy == NULL)
        return false;
    memcpy(copy, text.ptr, text.len);
    secrets->items[secrets->count].hidden = copy;
    secrets->items[secrets->count++].len = text.len;
    return true;
}

bool assay_secrets_add(struct assay_secrets *secrets, struct assay_str text)
{
    struct assay_buf decoded;
    assay_buf_init(&decoded, (size_t)1 << 20);
    assay_dsn_decode(text, &decoded);
    bool good = !decoded.failed && keep(secrets, text) && keep(secrets, assay_buf_view(&decoded));
    if (decoded.ptr != NULL)
        explicit_bzero(decoded.ptr, decoded.len);
    assay_buf_free(&decoded);
    return good;
}

struct collecting {
    struct assay_secrets *secrets;
    bool good;
};

static void collect(void *context, struct assay_str text, bool secret)
{
    struct collecting *c = context;
    if (!secret)
        return;
    /* quotes and braces around it are not part of it */
    size_t quoted = quoted_length(text);
    if (quoted > 2)
        c->good = c->good && assay_secrets_add(c->secrets, assay_str(text.ptr + 1, quoted - 2));
    c->good = c->good && assay_secrets_add(c->secrets, text);
}

bool assay_secrets_add_dsn(struct assay_secrets *secrets, struct assay_str text)
{
    struct collecting c = {secrets, true};
    walk(text, collect, &c);
    return c.good;
}

/* Puts *** over each occurrence of one secret; the text never grows. */
static void redact_one(const char *hidden, size_t len, char *text)
{
    size_t left = strlen(text), stars = len < 3 ? len : 3;
    char *at = text;
    while ((at = memmem(at, left - (size_t)(at - text), hidden, len)) != NULL) {
        memset(at, '*', stars);
        memmove(at + stars, at + len, left - (size_t)(at - text) - len + 1);
        left -= len - stars;
        at += stars;
    }
}

void assay_secrets_redact(const struct assay_secrets *secrets, char *text)
{
    /* Longer ones first: one may be part of another. */
    size_t below = SIZE_MAX;
    for (;;) {
        size_t longest = 0;
        for (uint32_t i = 0; i < secrets->count; i++)
            if (secrets->items[i].len < below && secrets->items[i].len > longest)
                longest = secrets->items[i].len;
        if (longest == 0)
            return;
        for (uint32_t i = 0; i < secrets->count; i++)
            if (secrets->items[i].len == longest)
                redact_one(secrets->items[i].hidden, longest, text);
        below = longest;
    }
}

void assay_secrets_redact_error(const struct assay_secrets *secrets, struct assay_error *err)
{
    if (err == NULL)
        return;
    assay_secrets_redact(secrets, err->file);
    assay_secrets_redact(secrets, err->message);
    assay_secrets_redact(secrets, err->help);
    assay_secrets_redact(secrets, err->excerpt);
}

void assay_secrets_free(struct assay_secrets *secrets)
{
    for (uint32_t i = 0; i < secrets->count; i++) {
        explicit_bzero(secrets->items[i].hidden, secrets->items[i].len);
        free(secrets->items[i].hidden);
    }
    *secrets = (struct assay_secrets){0};
}
