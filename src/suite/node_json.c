/*
 * JSON: yajl parses, this turns its events into nodes.
 *
 * yajl tells how far it has read but not where a token begins, and it neither checks that
 * memory was given nor that surrogates come in pairs; all three are made up for here. It
 * allocates from an arena of its own, and is left with a jump when that has no more.
 */
#include "config.h"

#include "suite/node_build.h"

#include "base/error.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdio.h>
#include <yajl/yajl_parse.h>

struct reader {
    struct assay_node_build *build;
    yajl_handle handle;
    struct assay_str text; /* what yajl reads: the source, with a line feed behind it */
    size_t cursor;         /* behind the last token that became a node */
    struct assay_arena scratch;
    jmp_buf no_memory;
};

/* A block of yajl's, with its size before it for realloc. */
static void *scratch_alloc(void *ctx, size_t size)
{
    struct reader *r = ctx;
    char *block = size < SIZE_MAX - 16 ? assay_arena_alloc(&r->scratch, size + 16) : NULL;
    if (block == NULL)
        longjmp(r->no_memory, 1);
    memcpy(block, &size, sizeof size);
    return block + 16;
}

static void *scratch_realloc(void *ctx, void *old, size_t size)
{
    char *block = scratch_alloc(ctx, size);
    size_t had = 0;
    if (old != NULL)
        memcpy(&had, (char *)old - 16, sizeof had);
    if (had > 0)
        memcpy(block, old, had < size ? had : size);
    return block;
}

static void scratch_free(void *ctx, void *block)
{
    (void)ctx;
    (void)block;
}

static bool is_between(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' || c == ':';
}

/* Where the token that was just read begins; the cursor moves behind it. */
static size_t token_start(struct reader *r)
{
    size_t at = r->cursor, end = yajl_get_bytes_consumed(r->handle);
    const char *source = r->build->doc->text.ptr; /* with NaN and Infinity in it */
    while (at < end && is_between(source[at]))
        at++;
    r->cursor = end;
    return at;
}

static unsigned hex4(const char *p)
{
    unsigned value = 0;
    for (int i = 0; i < 4; i++) {
        unsigned c = (unsigned char)p[i];
        value = value << 4 | (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return value;
}

static bool is_unit(const char *p, size_t left, unsigned from, unsigned to)
{
    if (left < 6 || p[0] != '\\' || p[1] != 'u')
        return false;
    unsigned unit = hex4(p + 2);
    return unit >= from && unit <= to;
}

/* yajl replaces half a surrogate pair silently; a tool for data quality must not. */
static bool check_surrogates(struct reader *r, size_t start)
{
    const char *p = r->text.ptr + start, *end = r->text.ptr + r->cursor;
    while (p < end) {
        size_t left = (size_t)(end - p);
        bool high = is_unit(p, left, 0xD800, 0xDBFF);
        if (*p != '\\') {
            p++;
        } else if (high && is_unit(p + 6, left - 6, 0xDC00, 0xDFFF)) {
            p += 12;
        } else if (high || is_unit(p, left, 0xDC00, 0xDFFF)) {
            (void)assay_document_error(r->build->diags, r->build->doc, (size_t)(p - r->text.ptr),
                                       ASSAY_CONFIG, "SUITE-SYNTAX",
                                       "half of a surrogate pair, %.6s, is no character", p);
            return false;
        } else {
            p += 2;
        }
    }
    return true;
}

static int on_scalar(struct reader *r, struct assay_str text, enum assay_node_kind kind)
{
    size_t start = token_start(r);
    struct assay_node *node = assay_node_build_scalar(r->build, text, start, r->cursor);
    if (node == NULL)
        return 0;
    node->kind = kind;
    node->truth = kind == ASSAY_NODE_BOOL && assay_str_is(text, "true");
    return kind != ASSAY_NODE_STRING || check_surrogates(r, start);
}

static int on_null(void *ctx)
{
    return on_scalar(ctx, ASSAY_STR("null"), ASSAY_NODE_NULL);
}

static int on_boolean(void *ctx, int truth)
{
    return on_scalar(ctx, truth ? ASSAY_STR("true") : ASSAY_STR("false"), ASSAY_NODE_BOOL);
}

/* NaN and Infinity were made numbers for yajl; the source still has them. */
static struct assay_str original_number(const struct reader *r, struct assay_str number)
{
    static const char *const words[] = {"NaN", "Infinity", "-Infinity"};
    struct assay_str text = r->build->doc->text;
    size_t at = r->cursor;
    while (at < text.len && is_between(text.ptr[at]))
        at++;
    for (size_t i = 0; r->build->limits.allow_nan && i < 3; i++) {
        size_t n = strlen(words[i]);
        if (text.len - at >= n && memcmp(text.ptr + at, words[i], n) == 0)
            return assay_str(text.ptr + at, n);
    }
    return number;
}

static int on_number(void *ctx, const char *number, size_t length)
{
    struct reader *r = ctx;
    struct assay_str text = original_number(r, assay_str(number, length));
    bool whole = true;
    for (size_t i = 0; i < text.len; i++)
        whole = whole && (text.ptr[i] == '-' || (text.ptr[i] >= '0' && text.ptr[i] <= '9'));
    return on_scalar(r, text, whole ? ASSAY_NODE_INT : ASSAY_NODE_FLOAT);
}

static int on_string(void *ctx, const unsigned char *text, size_t length)
{
    return on_scalar(ctx, assay_str((const char *)text, length), ASSAY_NODE_STRING);
}

static int on_key(void *ctx, const unsigned char *text, size_t length)
{
    struct reader *r = ctx;
    size_t start = token_start(r);
    return assay_node_build_key(r->build, assay_str((const char *)text, length), start) &&
           check_surrogates(r, start);
}

static int on_open(struct reader *r, enum assay_node_kind kind)
{
    size_t start = token_start(r);
    return assay_node_build_open(r->build, kind, start);
}

static int on_open_map(void *ctx)
{
    return on_open(ctx, ASSAY_NODE_MAPPING);
}

static int on_open_array(void *ctx)
{
    return on_open(ctx, ASSAY_NODE_SEQUENCE);
}

static int on_close(void *ctx)
{
    struct reader *r = ctx;
    size_t start = token_start(r);
    return assay_node_build_event(r->build, start) && assay_node_build_close(r->build);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static const char *advice_for(struct assay_str text, size_t at, bool unreadable)
{
    if (unreadable && at < text.len && text.ptr[at] == '"')
        return "close the string with a double quote";
    char c = at < text.len ? text.ptr[at] : '\0';
    size_t before = at;
    while (before > 0 && strchr(" \t\r\n", text.ptr[before - 1]) != NULL)
        before--;
    if ((c == '}' || c == ']') && before > 0 && text.ptr[before - 1] == ',')
        return "take the last comma out: JSON has none before a closing bracket";
    if (c == '\'')
        return "JSON strings are written in double quotes";
    if (c == '/' || c == '#')
        return "JSON has no comments; YAML does";
    if (c == 'N' || c == 'I')
        return "JSON has no NaN and no Infinity";
    return is_letter(c) ? "JSON keys and texts need double quotes" : "";
}

/*
 * The place that yajl did not like. A token it could not use ends at `consumed`; of one it
 * could not read only the start is sure, except inside a string.
 */
static size_t bad_place(const struct reader *r, size_t consumed, bool unreadable)
{
    size_t end = consumed < r->text.len ? consumed : r->text.len;
    size_t at = r->cursor;
    if (!unreadable && end > at && memchr(",:{}[]", r->text.ptr[end - 1], 6) != NULL)
        return end - 1;
    while (at < r->text.len && is_between(r->text.ptr[at]))
        at++;
    bool in_string = unreadable && at < end && r->text.ptr[at] == '"';
    bool unclosed = end + 1 >= r->text.len; /* only the line feed put behind it stopped it */
    return in_string && !unclosed ? end - 1 : at;
}

static bool fail_syntax(struct reader *r, size_t consumed)
{
    struct assay_str text = r->build->doc->text;
    unsigned char *said = yajl_get_error(r->handle, 0, NULL, 0);
    bool unreadable = strncmp((const char *)said, "lexical", 7) == 0;
    size_t at = bad_place(r, consumed, unreadable);
    size_t length = strcspn((const char *)said, "\n");
    struct assay_error *err = assay_document_error(
        r->build->diags, r->build->doc, at < text.len ? at : text.len, ASSAY_CONFIG, "SUITE-SYNTAX",
        "this is not JSON: %.*s", (int)length, (const char *)said);
    assay_error_help(err, "%s", advice_for(text, at, unreadable));
    return false;
}

static bool fail_end(struct reader *r)
{
    const struct assay_node_build *build = r->build;
    struct assay_mark opened = {.line = 1, .column = 1};
    if (build->depth > 0)
        opened = build->open[build->depth - 1]->mark;
    (void)assay_document_error(
        build->diags, build->doc, build->doc->text.len, ASSAY_CONFIG, "SUITE-SYNTAX",
        "the file ends inside what starts at line %" PRIu32 ", column %" PRIu32, opened.line,
        opened.column);
    return false;
}

static bool parse(struct reader *r)
{
    static const yajl_callbacks callbacks = {
        .yajl_null = on_null,
        .yajl_boolean = on_boolean,
        .yajl_number = on_number,
        .yajl_string = on_string,
        .yajl_start_map = on_open_map,
        .yajl_map_key = on_key,
        .yajl_end_map = on_close,
        .yajl_start_array = on_open_array,
        .yajl_end_array = on_close,
    };
    yajl_alloc_funcs functions = {scratch_alloc, scratch_realloc, scratch_free, r};
    if (setjmp(r->no_memory) != 0)
        return assay_node_build_nomem(r->build);
    r->handle = yajl_alloc(&callbacks, &functions, r);
    yajl_status status = yajl_parse(r->handle, (const unsigned char *)r->text.ptr, r->text.len);
    if (status == yajl_status_client_canceled)
        return false;
    if (status != yajl_status_ok)
        return fail_syntax(r, yajl_get_bytes_consumed(r->handle));
    return yajl_complete_parse(r->handle) == yajl_status_ok || fail_end(r);
}

/* Behind `at`: the end of a value, or of the text. */
static bool is_end(struct assay_str text, size_t at)
{
    return at == text.len || memchr(" \t\r\n,]}", text.ptr[at], 7) != NULL;
}

/*
 * Overwrites NaN, Infinity and -Infinity where a value may stand by blanks and a 0, which ends
 * where they end.
 */
static void hide_nan(char *text, size_t length)
{
    static const char *const words[] = {"NaN", "Infinity", "-Infinity"};
    bool quoted = false;
    for (size_t at = 0; at < length; at++) {
        if (text[at] == '"')
            quoted = !quoted;
        at += quoted && text[at] == '\\';
        bool start = at == 0 || (at < length && memchr(" \t\r\n,:[", text[at - 1], 7) != NULL);
        for (size_t i = 0; !quoted && start && i < 3; i++) {
            size_t n = strlen(words[i]);
            if (length - at < n || memcmp(text + at, words[i], n) != 0 ||
                !is_end(assay_str(text, length), at + n))
                continue;
            memset(text + at, ' ', n);
            text[at + n - 1] = '0';
            break;
        }
    }
}

static bool is_blank(struct assay_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (memchr(" \t\r\n", text.ptr[i], 4) == NULL)
            return false;
    return true;
}

bool assay_node_read_json(struct assay_node_build *build)
{
    struct reader r = {.build = build};
    struct assay_str text = build->doc->text;
    if (is_blank(text))
        return true;
    assay_arena_init(&r.scratch, 0);
    char *copy = assay_arena_scratch(&r.scratch, text.len + 1);
    if (copy == NULL)
        return assay_node_build_nomem(build);
    memcpy(copy, text.ptr, text.len);
    if (build->limits.allow_nan)
        hide_nan(copy, text.len);
    copy[text.len] = '\n'; /* so that a number at the end is seen to end */
    r.text = assay_str(copy, text.len + 1);
    bool good = parse(&r);
    assay_arena_free(&r.scratch);
    return good;
}
