/*
 * YAML: libyaml scans and parses, this turns its events into nodes and its complaints into
 * errors an author can act on.
 *
 * libyaml has no limit on nesting, and time quadratic in it, so depth is checked while the
 * events arrive; it counts positions in characters, nodes have them in bytes.
 */
#include "config.h"

#include "suite/node_build.h"

#include "base/error.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <yaml.h>

#define CORE "tag:yaml.org,2002:"

struct reader {
    struct assay_node_build *build;
    yaml_parser_t parser;
    size_t characters, bytes; /* the same place, counted both ways */
};

static struct assay_str source(const struct reader *r)
{
    return r->build->doc->text;
}

static bool starts_character(char c)
{
    return ((unsigned char)c & 0xC0) != 0x80;
}

/* The byte of a mark; marks come nearly in order, so this walks from the last one. */
static size_t byte_of(struct reader *r, const yaml_mark_t *mark)
{
    struct assay_str text = source(r);
    while (r->characters > mark->index && r->bytes > 0)
        r->characters -= starts_character(text.ptr[--r->bytes]);
    while (r->characters < mark->index && r->bytes < text.len) {
        do
            r->bytes++;
        while (r->bytes < text.len && !starts_character(text.ptr[r->bytes]));
        r->characters++;
    }
    return r->bytes;
}

static size_t line_start(struct assay_str text, size_t at)
{
    while (at > 0 && text.ptr[at - 1] != '\n')
        at--;
    return at;
}

static bool stop(struct reader *r, size_t at, const char *code, const char *message,
                 const char *help)
{
    assay_error_help(
        assay_document_error(r->build->diags, r->build->doc, at, ASSAY_CONFIG, code, "%s", message),
        "%s", help);
    return false;
}

static const char alias_help[] = "write the value out at each place";

/* What each complaint of libyaml usually comes from. */
static const struct {
    const char *problem, *help;
} advice[] = {
    {"mapping values are not allowed in this context",
     "put quotes around a value that contains \": \", and check the indentation"},
    {"could not find expected ':'",
     "a mapping is made of `key: value` lines: a colon is missing, or a quote is not closed"},
    {"did not find expected key",
     "check the indentation: the members of one mapping start in the same column"},
    {"did not find expected '-' indicator",
     "check the indentation: the items of one list start in the same column"},
    {"found character that cannot start any token",
     "put quotes around text that starts with @, % or `"},
    {"found unknown escape character",
     "in double quotes a backslash starts an escape; single quotes take it as it is"},
    {"found unexpected end of stream", "close the quote"},
    {"did not find expected ',' or ']'",
     "separate the items with commas and close the list with ]"},
    {"did not find expected ',' or '}'",
     "separate the members with commas and close the mapping with }"},
};

static bool line_has_variable(struct assay_str text, size_t at)
{
    size_t from = line_start(text, at);
    const char *end = memchr(text.ptr + from, '\n', text.len - from);
    size_t length = end != NULL ? (size_t)(end - text.ptr) - from : text.len - from;
    return memmem(text.ptr + from, length, "${", 2) != NULL;
}

static const char *advice_for(const struct reader *r, const char *problem, size_t at)
{
    if (strstr(problem, "did not find expected ','") != NULL && line_has_variable(source(r), at))
        return "inside [ ] and { } a variable needs quotes: \"${NAME}\"";
    for (size_t i = 0; i < sizeof advice / sizeof advice[0]; i++)
        if (strcmp(problem, advice[i].problem) == 0)
            return advice[i].help;
    return "";
}

static bool is_indented_with_tab(struct assay_str text, size_t at)
{
    for (size_t i = line_start(text, at); i < text.len; i++) {
        if (text.ptr[i] == '\t')
            return true;
        if (text.ptr[i] != ' ')
            return false;
    }
    return false;
}

static bool fail_syntax(struct reader *r)
{
    const yaml_parser_t *p = &r->parser;
    if (p->error == YAML_MEMORY_ERROR)
        return assay_node_build_nomem(r->build);
    const char *problem = p->problem ? p->problem : "this is not YAML";
    if (p->error == YAML_READER_ERROR) {
        size_t offset = p->problem_offset < source(r).len ? p->problem_offset : source(r).len;
        return stop(r, offset, "SUITE-ENCODING", problem, "");
    }
    bool open_quote = strcmp(problem, "found unexpected end of stream") == 0 && p->context;
    size_t context = byte_of(r, &p->context_mark);
    size_t at = open_quote ? context : byte_of(r, &p->problem_mark);
    if (is_indented_with_tab(source(r), at))
        return stop(r, at, "SUITE-SYNTAX", "a tab is used for indentation",
                    "YAML is indented with spaces only");
    char message[256], where[64] = "";
    struct assay_mark opened = {.line = 1, .column = 1};
    assay_document_move(r->build->doc, &opened, context);
    if (!open_quote && p->context && p->context_mark.line != p->problem_mark.line)
        snprintf(where, sizeof where, " that starts at line %" PRIu32, opened.line);
    snprintf(message, sizeof message, "%s%s%s%s", problem, p->context ? " " : "",
             p->context ? p->context : "", where);
    return stop(r, at, "SUITE-SYNTAX", message, advice_for(r, problem, at));
}

/* Controls that YAML forbids, before libyaml meets them without a position. */
static bool check_characters(struct reader *r)
{
    struct assay_str text = source(r);
    size_t n;
    for (size_t at = 0; at < text.len; at += n) {
        uint32_t rune = 0;
        n = assay_utf8_decode(text.ptr + at, text.len - at, &rune);
        bool c0 = rune < 0x20 && rune != '\t' && rune != '\n' && rune != '\r';
        bool c1 = rune >= 0x7F && rune < 0xA0 && rune != 0x85;
        if (!c0 && !c1 && rune != 0xFFFE && rune != 0xFFFF)
            continue;
        (void)assay_document_error(r->build->diags, r->build->doc, at, ASSAY_CONFIG,
                                   "SUITE-ENCODING",
                                   "the character U+%04" PRIX32 " is not allowed in YAML", rune);
        return false;
    }
    return true;
}

/*
 * Tags have no use here, and libyaml compares each %TAG line with all before it, so
 * they are refused before it sees them.
 */
static bool check_directives(struct reader *r)
{
    struct assay_str text = source(r);
    for (size_t at = 0; at < text.len;) {
        struct assay_str rest = assay_str(text.ptr + at, text.len - at);
        const char *end = memchr(rest.ptr, '\n', rest.len);
        size_t line = end != NULL ? (size_t)(end - rest.ptr) + 1 : rest.len;
        if (line >= 4 && memcmp(rest.ptr, "%TAG", 4) == 0)
            return stop(r, at, "SUITE-TAG", "%TAG directives are not supported", "");
        bool prologue = strchr("%# \t\r\n", rest.ptr[0]) != NULL;
        if (!prologue)
            break;
        at += line;
    }
    return true;
}

/* The kind that a tag of the core schema stands for; false for other tags. */
static bool core_tag(const char *tag, enum assay_node_kind *kind)
{
    static const char *const names[] = {"null", "bool", "int", "float", "str", "seq", "map"};
    if (strncmp(tag, CORE, sizeof CORE - 1) != 0)
        return false;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(tag + sizeof CORE - 1, names[i]) == 0) {
            *kind = (enum assay_node_kind)i;
            return true;
        }
    }
    return false;
}

static void apply_tag(struct reader *r, struct assay_node *node, const char *tag)
{
    enum assay_node_kind kind;
    bool collection = node->kind >= ASSAY_NODE_SEQUENCE;
    if (strcmp(tag, "!") == 0) { /* "not plain" */
        node->kind = collection ? node->kind : ASSAY_NODE_STRING;
        node->odd_plain = false;
        return;
    }
    if (!core_tag(tag, &kind)) {
        struct assay_error *err = assay_node_error(r->build->diags, node, "SUITE-TAG",
                                                   "the tag \"%s\" is not supported", tag);
        assay_error_help(err, "take it out; !!str, !!int, !!float, !!bool, !!null, !!seq and "
                              "!!map are known");
        return;
    }
    if (!collection && kind == ASSAY_NODE_STRING)
        return;
    if (!collection && kind < ASSAY_NODE_STRING)
        assay_node_resolve(node);
    if (kind == ASSAY_NODE_FLOAT && node->kind == ASSAY_NODE_INT)
        node->kind = kind;
    if (node->kind != kind)
        (void)assay_node_error(r->build->diags, node, "SUITE-TAG",
                               "the tag !!%s does not suit this value", tag + sizeof CORE - 1);
}

static void apply_properties(struct reader *r, struct assay_node *node, const yaml_char_t *anchor,
                             const yaml_char_t *tag)
{
    if (anchor != NULL) {
        struct assay_error *err =
            assay_node_error(r->build->diags, node, "SUITE-ALIAS",
                             "anchor \"&%s\": anchors and aliases are not supported (limit 0)",
                             (const char *)anchor);
        assay_error_help(err, "%s", alias_help);
    }
    if (tag != NULL)
        apply_tag(r, node, (const char *)tag);
}

static bool add_key(struct reader *r, const yaml_event_t *event, size_t at)
{
    enum assay_node_kind kind;
    const char *tag = (const char *)event->data.scalar.tag;
    if (event->data.scalar.anchor != NULL)
        return stop(r, at, "SUITE-ALIAS", "anchors and aliases are not supported (limit 0)",
                    alias_help);
    if (tag != NULL && (!core_tag(tag, &kind) || kind != ASSAY_NODE_STRING))
        return stop(r, at, "SUITE-TAG", "a key may have no tag but !!str", "");
    struct assay_str text =
        assay_str((const char *)event->data.scalar.value, event->data.scalar.length);
    return assay_node_build_key(r->build, text, at);
}

static bool add_scalar(struct reader *r, const yaml_event_t *event, size_t at)
{
    if (assay_node_build_wants_key(r->build))
        return add_key(r, event, at);
    struct assay_str text =
        assay_str((const char *)event->data.scalar.value, event->data.scalar.length);
    size_t end = byte_of(r, &event->end_mark);
    struct assay_node *node = assay_node_build_scalar(r->build, text, at, end > at ? end : at);
    if (node == NULL)
        return false;
    node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    if (node->plain && event->data.scalar.plain_implicit)
        assay_node_resolve(node);
    apply_properties(r, node, event->data.scalar.anchor, event->data.scalar.tag);
    return true;
}

static bool add_collection(struct reader *r, enum assay_node_kind kind, const yaml_char_t *anchor,
                           const yaml_char_t *tag, size_t at)
{
    struct assay_node_build *build = r->build;
    if (assay_node_build_wants_key(build))
        return stop(r, at, "SUITE-SYNTAX", "a key must be text, not a list or a mapping",
                    "put quotes around text that starts with [ or {");
    if (!assay_node_build_open(build, kind, at))
        return false;
    apply_properties(r, build->open[build->depth - 1], anchor, tag);
    return true;
}

static bool add_alias(struct reader *r, const yaml_event_t *event, size_t at)
{
    if (assay_node_build_wants_key(r->build))
        return stop(r, at, "SUITE-ALIAS", "anchors and aliases are not supported (limit 0)",
                    alias_help);
    struct assay_node *node = assay_node_build_scalar(r->build, ASSAY_STR(""), at, at);
    if (node == NULL)
        return false;
    node->kind = ASSAY_NODE_NULL;
    struct assay_error *err =
        assay_node_error(r->build->diags, node, "SUITE-ALIAS",
                         "alias \"*%s\": anchors and aliases are not supported (limit 0)",
                         (const char *)event->data.alias.anchor);
    assay_error_help(err, "%s", alias_help);
    return true;
}

/* What follows the first document: nothing but blanks, comments and end marks may. */
static bool check_rest(struct reader *r, const yaml_event_t *event)
{
    struct assay_str text = source(r);
    size_t at = byte_of(r, &event->end_mark);
    bool ended = !event->data.document_end.implicit;
    while (at < text.len) {
        size_t left = text.len - at;
        bool mark = left >= 3 && (at == 0 || text.ptr[at - 1] == '\n');
        if (strchr(" \t\r\n", text.ptr[at]) != NULL && text.ptr[at] != '\0') {
            at++;
        } else if (text.ptr[at] == '#') {
            const char *end = memchr(text.ptr + at, '\n', left);
            at = end != NULL ? (size_t)(end - text.ptr) : text.len;
        } else if (mark && memcmp(text.ptr + at, "...", 3) == 0) {
            at += 3;
            ended = true;
        } else if (ended || (mark && memcmp(text.ptr + at, "---", 3) == 0)) {
            return stop(r, at, "SUITE-DOCUMENTS", "a second document starts here",
                        "put each document into a file of its own");
        } else {
            return stop(r, at, "SUITE-SYNTAX", "there is text behind the end of the document", "");
        }
    }
    return true;
}

/* Takes one event in; `done` is set at the end of the document. */
static bool take(struct reader *r, const yaml_event_t *event, bool *done)
{
    size_t at = byte_of(r, &event->start_mark);
    switch (event->type) {
    case YAML_SCALAR_EVENT: return add_scalar(r, event, at);
    case YAML_ALIAS_EVENT: return add_alias(r, event, at);
    case YAML_SEQUENCE_START_EVENT:
        return add_collection(r, ASSAY_NODE_SEQUENCE, event->data.sequence_start.anchor,
                              event->data.sequence_start.tag, at);
    case YAML_MAPPING_START_EVENT:
        return add_collection(r, ASSAY_NODE_MAPPING, event->data.mapping_start.anchor,
                              event->data.mapping_start.tag, at);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return assay_node_build_event(r->build, at) && assay_node_build_close(r->build);
    case YAML_DOCUMENT_END_EVENT: *done = true; return check_rest(r, event);
    case YAML_STREAM_END_EVENT: *done = true; return true;
    default: return true;
    }
}

static bool run(struct reader *r)
{
    bool done = false, good = true;
    while (good && !done) {
        yaml_event_t event;
        if (!yaml_parser_parse(&r->parser, &event))
            return fail_syntax(r);
        good = take(r, &event, &done);
        yaml_event_delete(&event);
    }
    return good;
}

bool assay_node_read_yaml(struct assay_node_build *build)
{
    struct reader r = {.build = build};
    if (!check_characters(&r) || !check_directives(&r))
        return false;
    if (!yaml_parser_initialize(&r.parser))
        return assay_node_build_nomem(build);
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)source(&r).ptr, source(&r).len);
    bool good = run(&r);
    yaml_parser_delete(&r.parser);
    return good;
}
