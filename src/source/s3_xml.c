/*
 * A small, strict XML reader and what is made of the documents of S3.
 */
#include "config.h"

#include "source/s3_xml.h"

#include "base/url.h"
#include "base/utf8.h"

#include <stdlib.h>

#define PATH_ROOM 512

struct reader {
    const char *at, *end;
    assay_s3_element_fn *tell;
    void *context;
    char path[PATH_ROOM];          /* of the open elements: "a/b/c" */
    size_t starts[ASSAY_S3_DEPTH]; /* where the name of each begins in it */
    bool parents[ASSAY_S3_DEPTH];  /* it has child elements */
    unsigned depth;
    bool had_root;
    char text[ASSAY_S3_TEXT];
    size_t text_len;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (unsigned char)c >= 0x80 || (c != '\0' && strchr("_-.:", c) != NULL);
}

static bool starts_with(const struct reader *reader, const char *word)
{
    size_t n = strlen(word);
    return (size_t)(reader->end - reader->at) >= n && memcmp(reader->at, word, n) == 0;
}

/* To behind the next `word`; false where there is none. */
static bool skip_past(struct reader *reader, const char *word)
{
    const char *found = memmem(reader->at, (size_t)(reader->end - reader->at), word, strlen(word));
    if (found == NULL)
        return false;
    reader->at = found + strlen(word);
    return true;
}

static bool add_text(struct reader *reader, const char *bytes, size_t len)
{
    if (reader->depth == 0 || len > ASSAY_S3_TEXT - reader->text_len)
        return false;
    memcpy(reader->text + reader->text_len, bytes, len);
    reader->text_len += len;
    return true;
}

static struct assay_str take_name(struct reader *reader)
{
    const char *from = reader->at;
    while (reader->at < reader->end && is_name(*reader->at))
        reader->at++;
    return assay_str(from, (size_t)(reader->at - from));
}

static bool open_element(struct reader *reader, struct assay_str name)
{
    size_t len = strlen(reader->path);
    if (name.len == 0 || reader->depth == ASSAY_S3_DEPTH || len + name.len + 2 > PATH_ROOM ||
        memchr(name.ptr, '\0', name.len) != NULL || (reader->depth == 0 && reader->had_root))
        return false;
    if (reader->depth > 0) {
        reader->parents[reader->depth - 1] = true;
        reader->path[len++] = '/';
    }
    memcpy(reader->path + len, name.ptr, name.len);
    reader->path[len + name.len] = '\0';
    reader->starts[reader->depth] = len;
    reader->parents[reader->depth++] = false;
    reader->had_root = true;
    reader->text_len = 0;
    return true;
}

static bool close_element(struct reader *reader)
{
    size_t from = reader->starts[--reader->depth];
    bool good =
        reader->parents[reader->depth] ||
        reader->tell(reader->context, reader->path, assay_str(reader->text, reader->text_len));
    reader->path[from > 0 ? from - 1 : 0] = '\0';
    reader->text_len = 0;
    return good;
}

/* Attributes mean nothing here, but a '>' within one does not end the tag. */
static bool read_start_tag(struct reader *reader)
{
    char quote = '\0';
    reader->at++;
    if (!open_element(reader, take_name(reader)))
        return false;
    for (; reader->at < reader->end; reader->at++) {
        char c = *reader->at;
        if (c == '<')
            return false;
        if (quote != '\0') {
            quote = c == quote ? '\0' : quote;
            continue;
        }
        if (c == '"' || c == '\'')
            quote = c;
        if (c != '>')
            continue;
        bool empty = reader->at[-1] == '/';
        reader->at++;
        return empty ? close_element(reader) : true;
    }
    return false;
}

static bool read_end_tag(struct reader *reader)
{
    reader->at += 2;
    struct assay_str name = take_name(reader);
    while (reader->at < reader->end && is_space(*reader->at))
        reader->at++;
    if (reader->depth == 0 || reader->at == reader->end || *reader->at++ != '>' ||
        !assay_str_is(name, reader->path + reader->starts[reader->depth - 1]))
        return false;
    return close_element(reader);
}

static bool read_markup(struct reader *reader)
{
    if (starts_with(reader, "</"))
        return read_end_tag(reader);
    if (starts_with(reader, "<?"))
        return skip_past(reader, "?>");
    if (starts_with(reader, "<!--"))
        return skip_past(reader, "-->");
    if (starts_with(reader, "<![CDATA[")) {
        const char *from = reader->at + 9;
        return skip_past(reader, "]]>") && add_text(reader, from, (size_t)(reader->at - 3 - from));
    }
    if (starts_with(reader, "<!"))
        return false; /* a document type, and with it entities */
    return read_start_tag(reader);
}

/* &#9731; and &#x2603; */
static bool add_character(struct reader *reader, struct assay_str digits)
{
    bool hex = digits.len > 0 && (digits.ptr[0] == 'x' || digits.ptr[0] == 'X');
    uint32_t code = 0;
    char bytes[4];
    for (size_t i = hex; i < digits.len; i++) {
        char c = digits.ptr[i];
        unsigned digit = c >= '0' && c <= '9'          ? (unsigned)(c - '0')
                         : hex && c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
                         : hex && c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10
                                                       : 99;
        if (digit == 99 || code > 0x10ffff)
            return false;
        code = code * (hex ? 16 : 10) + digit;
    }
    if (digits.len == (size_t)hex || code == 0 || code > 0x10ffff ||
        (code >= 0xd800 && code < 0xe000))
        return false;
    size_t n = assay_utf8_encode(code, bytes);
    return add_text(reader, bytes, n);
}

static bool read_reference(struct reader *reader)
{
    static const struct {
        const char *name;
        char character;
    } known[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
    const char *from = ++reader->at;
    if (!skip_past(reader, ";"))
        return false;
    struct assay_str name = assay_str(from, (size_t)(reader->at - 1 - from));
    if (name.len > 0 && name.ptr[0] == '#')
        return add_character(reader, assay_str(name.ptr + 1, name.len - 1));
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (assay_str_is(name, known[i].name))
            return add_text(reader, &known[i].character, 1);
    return false;
}

static bool read_text(struct reader *reader)
{
    const char *from = reader->at;
    bool blank = true;
    for (; reader->at < reader->end && *reader->at != '<' && *reader->at != '&'; reader->at++)
        blank &= is_space(*reader->at);
    if (reader->depth == 0)
        return blank;
    return add_text(reader, from, (size_t)(reader->at - from));
}

static bool read_all(struct reader *reader)
{
    if (starts_with(reader, "\xef\xbb\xbf"))
        reader->at += 3;
    while (reader->at < reader->end) {
        bool good = *reader->at == '<'   ? read_markup(reader)
                    : *reader->at == '&' ? read_reference(reader)
                                         : read_text(reader);
        if (!good)
            return false;
    }
    return reader->depth == 0 && reader->had_root;
}

bool assay_s3_xml_read(struct assay_str document, assay_s3_element_fn *tell, void *context)
{
    struct reader *reader = malloc(sizeof *reader);
    if (reader == NULL)
        return false;
    memset(reader, 0, sizeof *reader);
    reader->at = document.ptr;
    reader->end = document.ptr + document.len;
    reader->tell = tell;
    reader->context = context;
    bool good = read_all(reader);
    free(reader);
    return good;
}

struct listing {
    struct assay_arena *arena;
    struct assay_s3_page *page;
    struct assay_str *keys;
    bool is_listing, knows_more, encoded;
};

static bool add_key(struct listing *listing, struct assay_str text)
{
    char *copy = listing->page->count < ASSAY_S3_PAGE && text.len > 0 &&
                         memchr(text.ptr, '\0', text.len) == NULL
                     ? assay_arena_strdup(listing->arena, text)
                     : NULL;
    if (copy == NULL)
        return false;
    listing->keys[listing->page->count++] = assay_str(copy, text.len);
    return true;
}

static bool tell_listing(void *context, const char *path, struct assay_str text)
{
    static const char root[] = "ListBucketResult";
    struct listing *listing = context;
    size_t n = sizeof root - 1;
    if (strncmp(path, root, n) != 0 || (path[n] != '\0' && path[n] != '/'))
        return false;
    listing->is_listing = true;
    const char *name = path + n + (path[n] == '/');
    if (strcmp(name, "Contents/Key") == 0)
        return add_key(listing, text);
    if (strcmp(name, "EncodingType") == 0) {
        listing->encoded = assay_str_is(text, "url");
        return listing->encoded || text.len == 0;
    }
    if (strcmp(name, "IsTruncated") == 0) {
        listing->knows_more = true;
        listing->page->more = assay_str_is(text, "true");
        return listing->page->more || assay_str_is(text, "false");
    }
    if (strcmp(name, "NextContinuationToken") == 0) {
        char *copy = assay_arena_strdup(listing->arena, text);
        listing->page->token = assay_str(copy, text.len);
        return copy != NULL;
    }
    return true;
}

/* What encoding-type=url asks for: %XX, and '+' for a space. */
static bool decode_keys(struct listing *listing)
{
    struct assay_buf text;
    bool good = true;
    assay_buf_init(&text, ASSAY_S3_TEXT);
    for (uint32_t i = 0; good && i < listing->page->count; i++) {
        char *key = (char *)listing->keys[i].ptr; /* our copy */
        for (size_t k = 0; k < listing->keys[i].len; k++)
            key[k] = key[k] == '+' ? ' ' : key[k];
        assay_buf_reset(&text);
        good = assay_url_decode(listing->keys[i], &text) && !text.failed &&
               memchr(text.ptr, '\0', text.len) == NULL;
        if (good) {
            memcpy(key, text.ptr, text.len + 1);
            listing->keys[i].len = text.len;
        }
    }
    assay_buf_free(&text);
    return good;
}

bool assay_s3_page_read(struct assay_str document, struct assay_arena *arena,
                        struct assay_s3_page *out)
{
    struct listing listing = {.arena = arena, .page = out};
    memset(out, 0, sizeof *out);
    listing.keys = assay_arena_array(arena, ASSAY_S3_PAGE, sizeof *listing.keys);
    out->keys = listing.keys;
    if (listing.keys == NULL || !assay_s3_xml_read(document, tell_listing, &listing) ||
        !listing.is_listing || !listing.knows_more || out->more != (out->token.len > 0))
        return false;
    return !listing.encoded || decode_keys(&listing);
}

struct error_code {
    char *room;
    size_t size;
    size_t len;
};

static bool tell_error(void *context, const char *path, struct assay_str text)
{
    struct error_code *code = context;
    if (strcmp(path, "Error/Code") != 0 || text.len >= code->size)
        return true;
    for (size_t i = 0; i < text.len; i++)
        if (!is_name(text.ptr[i]) || (unsigned char)text.ptr[i] >= 0x80)
            return true;
    memcpy(code->room, text.ptr, text.len);
    code->len = text.len;
    return true;
}

struct assay_str assay_s3_error_code(struct assay_str document, char *room, size_t size)
{
    struct error_code code = {room, size, 0};
    if (!assay_s3_xml_read(document, tell_error, &code))
        return assay_str("", 0);
    return assay_str(room, code.len);
}
