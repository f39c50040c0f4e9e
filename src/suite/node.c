/*
 * Documents: reading a file, checking its bytes, choosing a reader; errors that point into
 * the source; and looking things up in the tree.
 */
#include "config.h"

#include "suite/node.h"

#include "base/buf.h"
#include "base/error.h"
#include "base/redact.h"
#include "base/utf8.h"
#include "suite/node_build.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <strings.h>
#include <unistd.h>

#define SECRET_REACH 16384u /* bytes of a line on both sides of what is wrong */

static bool starts_character(char c)
{
    return ((unsigned char)c & 0xC0) != 0x80;
}

static void move_back(const char *text, struct assay_mark *mark, size_t offset)
{
    while (mark->offset > offset) {
        char c = text[--mark->offset];
        mark->column -= starts_character(c);
        if (c != '\n')
            continue;
        mark->line--;
        mark->column = 1;
        for (size_t i = mark->offset; i > 0 && text[i - 1] != '\n'; i--)
            mark->column += starts_character(text[i - 1]);
    }
}

void assay_document_move(const struct assay_document *doc, struct assay_mark *mark, size_t offset)
{
    const char *text = doc->text.ptr;
    move_back(text, mark, offset);
    for (; mark->offset < offset && mark->offset < doc->text.len; mark->offset++) {
        if (text[mark->offset] == '\n') {
            mark->line++;
            mark->column = 1;
        } else {
            mark->column += starts_character(text[mark->offset]);
        }
    }
}

/*
 * The line around `offset`, or as much of it as an excerpt could show, without the secrets of
 * connection strings. Those that begin before it begins are looked for as far as SECRET_REACH.
 */
static void add_excerpt(struct assay_error *err, struct assay_str text, size_t offset)
{
    struct assay_buf shown;
    size_t from = offset, to = offset;
    while (from > 0 && text.ptr[from - 1] != '\n' && offset - from < SECRET_REACH)
        from--;
    while (to < text.len && text.ptr[to] != '\n' && to - offset < SECRET_REACH)
        to++;
    if (to > from && text.ptr[to - 1] == '\r')
        to--;
    if (offset > to)
        offset = to;
    assay_buf_init(&shown, 8 * SECRET_REACH);
    size_t at = assay_redact_line(assay_str(text.ptr + from, to - from), offset - from, &shown);
    if (!shown.failed)
        assay_error_excerpt(err, shown.ptr ? shown.ptr : "", shown.len, at);
    assay_buf_free(&shown);
}

/* A message may repeat what stands in the document. */
static void hide_secrets(struct assay_error *err)
{
    struct assay_buf shown;
    assay_buf_init(&shown, 8 * sizeof err->message);
    (void)assay_redact_line(assay_cstr(err->message), 0, &shown);
    snprintf(err->message, sizeof err->message, "%.*s", (int)shown.len,
             shown.ptr && !shown.failed ? shown.ptr : "");
    assay_buf_free(&shown);
}

struct assay_error *assay_document_error_at(struct assay_diags *diags,
                                            const struct assay_document *doc,
                                            struct assay_mark mark, enum assay_diag_level level,
                                            enum assay_status status, const char *code,
                                            const char *message)
{
    struct assay_error err;
    (void)assay_fail(&err, status, code, "%s", message);
    assay_error_at(&err, doc->name, mark.line, mark.column);
    if (diags->errors < ASSAY_DIAGS_KEPT) { /* else it is only counted */
        hide_secrets(&err);
        add_excerpt(&err, doc->text, mark.offset);
    }
    return assay_diags_add(diags, level, &err);
}

/* Formats into a message of an error's size; the arguments end the enclosing function's. */
#define FORMAT_MESSAGE(message, format)                     \
    char message[sizeof((struct assay_error *)0)->message]; \
    do {                                                    \
        va_list ap_;                                        \
        va_start(ap_, format);                              \
        vsnprintf(message, sizeof message, format, ap_);    \
        va_end(ap_);                                        \
    } while (0)

struct assay_error *assay_node_error(struct assay_diags *diags, const struct assay_node *node,
                                     const char *code, const char *format, ...)
{
    FORMAT_MESSAGE(message, format);
    return assay_document_error_at(diags, node->doc, node->mark, ASSAY_DIAG_ERROR, ASSAY_CONFIG,
                                   code, message);
}

struct assay_error *assay_node_key_error(struct assay_diags *diags, const struct assay_node *node,
                                         const char *code, const char *format, ...)
{
    FORMAT_MESSAGE(message, format);
    struct assay_mark mark = node->key_mark.line ? node->key_mark : node->mark;
    return assay_document_error_at(diags, node->doc, mark, ASSAY_DIAG_ERROR, ASSAY_CONFIG, code,
                                   message);
}

struct assay_error *assay_node_warning(struct assay_diags *diags, const struct assay_node *node,
                                       const char *code, const char *format, ...)
{
    FORMAT_MESSAGE(message, format);
    return assay_document_error_at(diags, node->doc, node->mark, ASSAY_DIAG_WARNING, ASSAY_CONFIG,
                                   code, message);
}

struct assay_error *assay_document_error(struct assay_diags *diags,
                                         const struct assay_document *doc, size_t offset,
                                         enum assay_status status, const char *code,
                                         const char *format, ...)
{
    FORMAT_MESSAGE(message, format);
    struct assay_mark mark = {.line = 1, .column = 1};
    assay_document_move(doc, &mark, offset);
    return assay_document_error_at(diags, doc, mark, ASSAY_DIAG_ERROR, status, code, message);
}

const struct assay_node *assay_node_get(const struct assay_node *map, const char *key)
{
    if (map == NULL || map->kind != ASSAY_NODE_MAPPING)
        return NULL;
    struct assay_str wanted = assay_cstr(key);
    for (const struct assay_node *member = map->first; member != NULL; member = member->next)
        if (assay_str_equal(member->key, wanted))
            return member;
    return NULL;
}

struct assay_str assay_node_shown(const struct assay_node *node)
{
    return node->secret             ? assay_cstr("(the value of a variable)")
           : node->text.ptr != NULL ? node->text
                                    : assay_cstr("");
}

/* As deep as the document, which the reader has bounded. */
bool assay_node_is_secret(const struct assay_node *node)
{
    if (node->secret)
        return true;
    for (const struct assay_node *child = node->first; child != NULL; child = child->next)
        if (assay_node_is_secret(child))
            return true;
    return false;
}

/* The first scalar with a variable's value in it. */
static const struct assay_node *find_secret(const struct assay_node *node)
{
    const struct assay_node *found = node->secret ? node : NULL;
    for (const struct assay_node *c = node->first; c != NULL && found == NULL; c = c->next)
        found = find_secret(c);
    return found;
}

struct assay_error *assay_node_hidden_error(struct assay_diags *diags,
                                            const struct assay_node *node, const char *code,
                                            const char *message)
{
    const struct assay_node *at = find_secret(node);
    if (at == NULL)
        at = node;
    const char *expected = strstr(message, "expected ");
    const char *end = expected != NULL ? strstr(expected, ", found") : NULL;
    struct assay_str written = at->written.ptr != NULL ? at->written : assay_cstr("a variable");
    return assay_node_error(
        diags, at, code, "%s %.*s does not fit%s%.*s",
        at->interpolated || at->written.ptr == NULL ? "the value of" : "with its variables put in,",
        (int)(written.len < 100 ? written.len : 100), written.ptr, end != NULL ? ": " : "",
        end != NULL ? (int)(end - expected) : 0, end != NULL ? expected : "");
}

const char *assay_node_kind_name(const struct assay_node *node)
{
    switch (node->kind) {
    case ASSAY_NODE_NULL: return "nothing";
    case ASSAY_NODE_BOOL: return "true or false";
    case ASSAY_NODE_INT: return "a whole number";
    case ASSAY_NODE_FLOAT: return "a number";
    case ASSAY_NODE_STRING: return "text";
    case ASSAY_NODE_SEQUENCE: return "a list";
    case ASSAY_NODE_MAPPING: return "a mapping";
    }
    return "a value";
}

static bool check_encoding(const struct assay_document *doc, struct assay_diags *diags)
{
    struct assay_str text = doc->text;
    size_t valid = assay_utf8_valid(text);
    if (valid == text.len)
        return true;
    struct assay_error *err =
        assay_document_error(diags, doc, valid, ASSAY_CONFIG, "SUITE-ENCODING",
                             "not UTF-8: byte 0x%02x", (unsigned)(unsigned char)text.ptr[valid]);
    bool utf16 = text.len > 1 &&
                 (memcmp(text.ptr, "\xFF\xFE", 2) == 0 || memcmp(text.ptr, "\xFE\xFF", 2) == 0);
    assay_error_help(err, "save the file as UTF-8%s", utf16 ? "; this one is UTF-16" : "");
    return false;
}

static bool is_json(const char *name, enum assay_document_format format)
{
    size_t length = strlen(name);
    if (format == ASSAY_DOCUMENT_AUTO)
        return length >= 5 && strcasecmp(name + length - 5, ".json") == 0;
    return format == ASSAY_DOCUMENT_JSON;
}

static void fail_file(struct assay_diags *diags, const char *name, enum assay_status status,
                      const char *code, const char *message)
{
    struct assay_error err;
    (void)assay_fail(&err, status, code, "%s", message);
    assay_error_at(&err, name, 0, 0);
    (void)assay_diags_add(diags, ASSAY_DIAG_ERROR, &err);
}

static size_t most_bytes(const struct assay_document_options *options)
{
    size_t most = options->max_bytes ? options->max_bytes : ASSAY_DOCUMENT_BYTES;
    return most < UINT32_MAX / 2 ? most : UINT32_MAX / 2;
}

/* What holds for these bytes of a document that is JSON, or not. */
static const struct assay_document_options *
options_for(const struct assay_document_options *options, bool json, struct assay_str bytes)
{
    bool marked = json && options->marker != NULL &&
                  memmem(bytes.ptr, bytes.len, options->marker, strlen(options->marker)) != NULL;
    return marked ? options->marked : options;
}

static void fail_size(struct assay_diags *diags, const char *name, size_t most)
{
    char message[128];
    snprintf(message, sizeof message, "the file is larger than %zu bytes, the limit for one file",
             most);
    fail_file(diags, name, ASSAY_LIMIT, "SUITE-LIMIT", message);
}

static struct assay_document *new_document(struct assay_arena *arena, const char *name,
                                           struct assay_str bytes)
{
    if (bytes.len >= 3 && memcmp(bytes.ptr, "\xEF\xBB\xBF", 3) == 0)
        bytes = assay_str(bytes.ptr + 3, bytes.len - 3);
    struct assay_document *doc = assay_arena_alloc(arena, sizeof *doc);
    char *text = assay_arena_strdup(arena, bytes);
    if (doc == NULL || text == NULL)
        return NULL;
    doc->text = assay_str(text, bytes.len);
    doc->name = assay_arena_strdup(arena, assay_cstr(name));
    return doc->name != NULL ? doc : NULL;
}

/* An empty file has no events at all; it still has a root, so that nobody need ask. */
static bool finish(struct assay_node_build *build)
{
    if (build->doc->root == NULL) {
        struct assay_node *root = assay_node_build_scalar(build, ASSAY_STR(""), 0, 0);
        if (root == NULL)
            return false;
        root->kind = ASSAY_NODE_NULL;
    }
    return true;
}

struct assay_document *assay_document_parse(struct assay_arena *arena, const char *name,
                                            struct assay_str bytes,
                                            const struct assay_document_options *options,
                                            struct assay_diags *diags)
{
    struct assay_node_build build;
    bool json = is_json(name, options->format);
    options = options_for(options, json, bytes);
    if (bytes.len > most_bytes(options)) {
        fail_size(diags, name, most_bytes(options));
        return NULL;
    }
    struct assay_document *doc = new_document(arena, name, bytes);
    assay_node_build_init(&build, arena, doc, options, diags);
    if (doc == NULL) {
        (void)assay_node_build_nomem(&build);
        return NULL;
    }
    if (!check_encoding(doc, diags))
        return NULL;
    doc->format = json ? ASSAY_DOCUMENT_JSON : ASSAY_DOCUMENT_YAML;
    if (!(json ? assay_node_read_json(&build) : assay_node_read_yaml(&build)) || !finish(&build))
        return NULL;
    return doc;
}

/* Reads up to one byte more than `most`, which tells that there is more. */
static bool read_all(int fd, struct assay_buf *buf, size_t most)
{
    while (buf->len <= most) {
        size_t want = most + 1 - buf->len < 65536 ? most + 1 - buf->len : 65536;
        if (!assay_buf_reserve(buf, want)) {
            errno = ENOMEM;
            return false;
        }
        ssize_t n = read(fd, buf->ptr + buf->len, want);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0;
        buf->len += (size_t)n;
    }
    return true;
}

static struct assay_document *read_from(int fd, struct assay_arena *arena, const char *name,
                                        const struct assay_document_options *options,
                                        struct assay_diags *diags)
{
    bool may_be_marked = options->marker != NULL && is_json(name, options->format);
    size_t most = most_bytes(may_be_marked ? options->marked : options);
    struct assay_document *doc = NULL;
    struct assay_buf buf;
    assay_buf_init(&buf, most + 1);
    if (!read_all(fd, &buf, most)) {
        char message[160];
        snprintf(message, sizeof message, "cannot read the file: %s", strerror(errno));
        fail_file(diags, name, ASSAY_CONFIG, "SUITE-FILE", message);
    } else {
        doc = assay_document_parse(arena, name, assay_buf_view(&buf), options, diags);
    }
    assay_buf_free(&buf);
    return doc;
}

struct assay_document *assay_document_read(struct assay_arena *arena, const char *path,
                                           const struct assay_document_options *options,
                                           struct assay_diags *diags)
{
    if (strcmp(path, "-") == 0)
        return read_from(STDIN_FILENO, arena, path, options, diags);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        char message[160];
        snprintf(message, sizeof message, "cannot open the file: %s", strerror(errno));
        fail_file(diags, path, ASSAY_CONFIG, "SUITE-FILE", message);
        return NULL;
    }
    struct assay_document *doc = read_from(fd, arena, path, options, diags);
    close(fd);
    return doc;
}
