/*
 * A recursive reader of JSON that stops at the first thing wrong and says what it was.
 */
#include "config.h"

#include "source/json_scan.h"

#include "base/utf8.h"
#include "source/json_text.h"

#include <stdlib.h>

static const char *wrong(struct assay_json_scan *scan, enum assay_json_problem_kind kind,
                         const char *at)
{
    scan->problem = (struct assay_json_problem){.kind = kind, .at = at};
    return NULL;
}

/* Something else than what belongs at a place, or nothing more. */
static const char *unexpected(struct assay_json_scan *scan, enum assay_json_problem_kind kind,
                              const char *at, const char *open, bool comma)
{
    if (at >= scan->end) {
        kind = ASSAY_JSON_ENDS;
        at = scan->end;
    }
    wrong(scan, kind, at);
    scan->problem.open = open;
    scan->problem.comma = comma;
    return NULL;
}

static inline const char *skip(const char *at)
{
    while (json_is_space(*at))
        at++;
    return at;
}

/* Text that has something else than plain characters; from[0] is behind the quote. */
static const char *string_end(struct assay_json_scan *scan, const char *from, const char *at,
                              bool *high)
{
    for (;;) {
        size_t len;
        uint32_t rune;
        if (at >= scan->end) {
            wrong(scan, ASSAY_JSON_OPEN_STRING, scan->end);
            scan->problem.open = from - 1;
            return NULL;
        }
        if (*at == '"')
            return at;
        if (*at != '\\')
            return wrong(scan, ASSAY_JSON_CONTROL, at);
        enum assay_json_escape escape = assay_json_escape(at, scan->end, &len, &rune);
        if (escape == ASSAY_JSON_ESCAPE_BAD && at + len >= scan->end) {
            at = scan->end;
            continue;
        }
        if (escape != ASSAY_JSON_ESCAPE_GOOD)
            return wrong(
                scan,
                escape == ASSAY_JSON_ESCAPE_BAD ? ASSAY_JSON_BAD_ESCAPE : ASSAY_JSON_HALF_PAIR, at);
        if (rune == 0 && scan->nul == NULL)
            scan->nul = at;
        at = json_plain_end(at + len, high);
    }
}

const char *assay_json_scan_string(struct assay_json_scan *scan, const char *at, bool want,
                                   struct assay_str *content)
{
    const char *from = at + 1;
    bool high = false, plain;
    const char *end = json_plain_end(from, &high);
    plain = *end == '"' && end < scan->end;
    if (!plain) {
        end = string_end(scan, from, end, &high);
        /* What is wrong first is told, and bytes that are not UTF-8 may come before. */
        const char *to = end != NULL ? end : scan->problem.at;
        size_t len = (size_t)(to - from),
               good = high ? assay_utf8_valid(assay_str(from, len)) : len;
        if (good < len && (scan->problem.kind != ASSAY_JSON_OPEN_STRING || len - good > 3))
            return wrong(scan, ASSAY_JSON_NOT_UTF8, from + good);
        if (end == NULL)
            return NULL;
    } else if (high) {
        size_t len = (size_t)(end - from), good = assay_utf8_valid(assay_str(from, len));
        if (good < len)
            return wrong(scan, ASSAY_JSON_NOT_UTF8, from + good);
    }
    *content = assay_str(from, (size_t)(end - from));
    if (!plain && want) {
        char *to = scan->scratch;
        content->len = assay_json_unescape(*content, to);
        content->ptr = to;
        scan->scratch += content->len;
    }
    return end + 1;
}

static inline bool wants(const struct assay_json_scan *scan, const struct assay_json_node *node)
{
    return node != NULL && node->slot != ASSAY_JSON_NO_SLOT && scan->table != NULL;
}

static void put(struct assay_json_scan *scan, const struct assay_json_node *node, uint8_t kind,
                const char *at, size_t len)
{
    assay_json_table_put(scan->table, node->slot, kind, assay_json_scan_offset(scan, at),
                         (uint32_t)len);
}

static const char *string(struct assay_json_scan *scan, const char *at,
                          const struct assay_json_node *node)
{
    struct assay_str content;
    bool wanted = wants(scan, node);
    at = assay_json_scan_string(scan, at, wanted, &content);
    if (at != NULL && wanted)
        put(scan, node, ASSAY_KIND_TEXT, content.ptr, content.len);
    return at;
}

/* NaN and the infinities, where they are numbers; NULL: it is none of them. */
static const char *no_number(struct assay_json_scan *scan, const char *at,
                             const struct assay_json_node *node)
{
    static const struct assay_str words[] = {{"NaN", 3}, {"Infinity", 8}, {"-Infinity", 9}};
    for (size_t i = 0; i < 3; i++) {
        size_t len = words[i].len;
        if ((size_t)(scan->end - at) < len || memcmp(at, words[i].ptr, len) != 0)
            continue;
        scan->beyond = true;
        if (wants(scan, node))
            put(scan, node, ASSAY_KIND_NUMBER, at, len);
        return at + len;
    }
    return NULL;
}

static bool goes_on(char c)
{
    return json_is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '.' || c == '+' ||
           c == '-' || c == '_';
}

static const char *number(struct assay_json_scan *scan, const char *at,
                          const struct assay_json_node *node)
{
    const char *end = json_number_end(at);
    if (end == NULL || end > scan->end || goes_on(*end)) {
        if (at[0] == '-' && at + 1 >= scan->end)
            return unexpected(scan, ASSAY_JSON_ENDS, scan->end, NULL, false);
        if (at[0] == '-' && at[1] == 'I')
            return wrong(scan, ASSAY_JSON_NO_VALUE, at);
        wrong(scan, ASSAY_JSON_BAD_NUMBER, at);
        scan->problem.open = at;
        return NULL;
    }
    if (wants(scan, node))
        put(scan, node, ASSAY_KIND_NUMBER, at, (size_t)(end - at));
    return end;
}

static const char *literal(struct assay_json_scan *scan, const char *at, struct assay_str word,
                           uint8_t kind, const struct assay_json_node *node)
{
    size_t left = (size_t)(scan->end - at);
    size_t n = left < word.len ? left : word.len;
    if (memcmp(at, word.ptr, n) != 0)
        return wrong(scan, ASSAY_JSON_NO_VALUE, at);
    if (n < word.len)
        return unexpected(scan, ASSAY_JSON_ENDS, scan->end, NULL, false);
    if (wants(scan, node))
        put(scan, node, kind, at, kind == ASSAY_KIND_NULL ? 0 : word.len);
    return at + word.len;
}

static const char *value(struct assay_json_scan *scan, const char *at,
                         const struct assay_json_node *node, const char *open, bool comma,
                         bool learn);

static const struct assay_json_node *member_of(struct assay_json_scan *scan,
                                               const struct assay_json_node *node,
                                               struct assay_str key, uint64_t hash)
{
    if (scan->seen != NULL)
        return assay_json_tree_member(scan->seen, (struct assay_json_node *)node, key.ptr, key.len,
                                      hash);
    return assay_json_node_member(node, key.ptr, key.len, hash);
}

/*
 * A key that the object had before: the member's node, NULL where its value is passed over.
 * False: it is a fault.
 */
static bool key_again(struct assay_json_scan *scan, struct assay_json_key *before,
                      const struct assay_json_node **node)
{
    scan->beyond = true;
    if (scan->pass == ASSAY_JSON_KEYS_PLAIN && scan->twice != ASSAY_JSON_TWICE_FIRST)
        return false;
    before->more += scan->pass == ASSAY_JSON_KEYS_COUNTED;
    if (scan->pass == ASSAY_JSON_KEYS_LAST && before->more == 0)
        return true;
    before->more -= scan->pass == ASSAY_JSON_KEYS_LAST;
    *node = NULL;
    return true;
}

/* "key": of the object that opens at `open`; the member's node. */
static const char *key(struct assay_json_scan *scan, const char *at, uint32_t object,
                       const struct assay_json_node **node, const char *open, bool comma)
{
    struct assay_str text;
    const char *begin = at;
    char *scratch = scan->scratch;
    if (at >= scan->end || *at != '"')
        return unexpected(scan, ASSAY_JSON_NO_KEY, at, open, comma);
    at = assay_json_scan_string(scan, at, true, &text);
    if (at == NULL)
        return NULL;
    uint64_t hash = assay_json_key_hash(scan->seed, text.ptr, text.len);
    struct assay_json_key *before =
        assay_json_keys_add(scan->keys, object, text.ptr, text.len, hash);
    const struct assay_json_node *member = member_of(scan, *node, text, hash);
    if (before != NULL && !key_again(scan, before, &member)) {
        wrong(scan, ASSAY_JSON_KEY_AGAIN, begin);
        scan->problem.key = text;
        /* A key with escapes lies elsewhere: its object is near enough. */
        bool here = before->text > open && before->text < at;
        scan->problem.open = here ? before->text : open;
        return NULL;
    }
    *node = member;
    if (scan->pass == ASSAY_JSON_KEYS_LAST)
        scan->scratch = scratch; /* the table has the key already */
    at = skip(at);
    return at < scan->end && *at == ':' ? at + 1
                                        : unexpected(scan, ASSAY_JSON_NO_COLON, at, open, false);
}

static const char *object(struct assay_json_scan *scan, const char *at,
                          const struct assay_json_node *node, bool learn)
{
    const char *open = at;
    uint32_t number_of = assay_json_keys_object(scan->keys);
    at = skip(at + 1);
    if (at < scan->end && *at == '}')
        return at + 1;
    for (bool comma = false;; comma = true) {
        const struct assay_json_node *member = node;
        at = key(scan, at, number_of, &member, open, comma);
        at = at != NULL ? value(scan, skip(at), member, open, false, learn) : NULL;
        if (at == NULL)
            return NULL;
        at = skip(at);
        if (at < scan->end && *at == '}')
            return at + 1;
        if (at >= scan->end || *at != ',')
            return unexpected(scan, ASSAY_JSON_NO_COMMA, at, open, false);
        at = skip(at + 1);
    }
}

static const struct assay_json_node *elements_of(struct assay_json_scan *scan,
                                                 const struct assay_json_node *node)
{
    if (scan->seen != NULL)
        return assay_json_tree_elements(scan->seen, (struct assay_json_node *)node);
    return node != NULL ? node->elements : NULL;
}

static const char *array(struct assay_json_scan *scan, const char *at,
                         const struct assay_json_node *node)
{
    const char *open = at;
    const struct assay_json_node *elements = elements_of(scan, node);
    const struct assay_json_node *scope = scan->table != NULL ? elements : NULL;
    if (scope != NULL)
        assay_json_table_array(scan->table, scope);
    at = skip(at + 1);
    if (at < scan->end && *at == ']')
        return at + 1;
    for (bool comma = false;; comma = true) {
        if (scope != NULL)
            assay_json_table_element(scan->table, scope);
        at = value(scan, at, elements, open, comma, false);
        if (at == NULL)
            return NULL;
        if (scope != NULL)
            assay_json_table_element_end(scan->table, scope);
        at = skip(at);
        if (at < scan->end && *at == ']')
            return at + 1;
        if (at >= scan->end || *at != ',')
            return unexpected(scan, ASSAY_JSON_NO_COMMA, at, open, false);
        at = skip(at + 1);
    }
}

static const char *composite(struct assay_json_scan *scan, const char *at,
                             const struct assay_json_node *node, bool learn)
{
    const char *begin = at;
    bool is_object = *at == '{';
    if (scan->depth == ASSAY_JSON_DEPTH_LIMIT)
        return wrong(scan, ASSAY_JSON_DEPTH, at);
    scan->depth++;
    at = is_object ? object(scan, at, node, learn) : array(scan, at, node);
    scan->depth--;
    if (at != NULL && wants(scan, node))
        put(scan, node, is_object ? ASSAY_KIND_OBJECT : ASSAY_KIND_ARRAY, begin,
            (size_t)(at - begin));
    return at;
}

static void add_leaf(const struct assay_json_scan *scan, const char *begin, const char *end,
                     const struct assay_json_node *node)
{
    struct assay_json_leaves *leaves = scan->leaves;
    if (leaves->count == leaves->room)
        leaves->too_many = true;
    else
        leaves->leaves[leaves->count++] = (struct assay_json_leaf){begin, end, node, scan->depth};
}

/* The values of a path with [*] cannot be found here; keys beside them say that it may be so. */
static void expect_array(struct assay_json_scan *scan, const char *at,
                         const struct assay_json_node *node)
{
    bool either = *at == '{' && node->first != NULL;
    if (scan->seen != NULL || scan->no_array != NULL || either)
        return;
    scan->no_array = at;
    scan->no_array_node = node;
}

static const char *value(struct assay_json_scan *scan, const char *at,
                         const struct assay_json_node *node, const char *open, bool comma,
                         bool learn)
{
    const char *begin = at;
    if (at >= scan->end)
        return unexpected(scan, ASSAY_JSON_ENDS, at, open, false);
    if (node != NULL && node->elements != NULL && *at != '[' && *at != 'n')
        expect_array(scan, at, node);
    if (scan->probe != NULL && scan->probe == node && scan->probe_at == NULL &&
        scan->probe_skip-- == 0)
        scan->probe_at = at;
    switch (*at) {
    case '{':
        if (learn && !wants(scan, node))
            return composite(scan, at, node, true);
        at = composite(scan, at, node, false);
        break;
    case '[': at = composite(scan, at, node, false); break;
    case '"': at = string(scan, at, node); break;
    case 't': at = literal(scan, at, ASSAY_STR("true"), ASSAY_KIND_BOOLEAN, node); break;
    case 'f': at = literal(scan, at, ASSAY_STR("false"), ASSAY_KIND_BOOLEAN, node); break;
    case 'n': at = literal(scan, at, ASSAY_STR("null"), ASSAY_KIND_NULL, node); break;
    default:
        if (scan->allow_nan && (at = no_number(scan, begin, node)) != NULL)
            break;
        at = begin;
        if (*at != '-' && !json_is_digit(*at))
            return unexpected(scan, ASSAY_JSON_NO_VALUE, at, open, comma);
        at = number(scan, at, node);
        break;
    }
    if (at != NULL && learn)
        add_leaf(scan, begin, at, node);
    return at;
}

void assay_json_scan_begin(struct assay_json_scan *scan, const char *to)
{
    scan->end = to;
    scan->depth = 1;
    scan->nul = NULL;
    scan->no_array = NULL;
    scan->beyond = false;
    scan->pass = ASSAY_JSON_KEYS_PLAIN;
    scan->problem.kind = ASSAY_JSON_FINE;
    assay_json_keys_begin(scan->keys);
}

const char *assay_json_scan_value(struct assay_json_scan *scan, const char *at,
                                  const struct assay_json_node *node)
{
    return value(scan, at, node, NULL, false, false);
}

/* The key that comes twice is told with the line of the first. */
static void find_first(struct assay_json_scan *scan, const char *from)
{
    struct assay_json_problem *problem = &scan->problem;
    const char *to = problem->open;
    for (const char *at = from; at < to; at++)
        problem->lines += *at == '\n';
}

/* Reads the record; what was found before stays where the keys were counted. */
static bool read_record(struct assay_json_scan *scan, const char *from, const char *to)
{
    scan->depth = 0;
    if (scan->leaves != NULL) {
        scan->leaves->count = 0;
        scan->leaves->too_many = false;
    }
    const char *at = value(scan, from, scan->root, NULL, false, scan->leaves != NULL);
    if (at == NULL) {
        if (scan->problem.kind == ASSAY_JSON_KEY_AGAIN)
            find_first(scan, from);
        return false;
    }
    at = skip(at);
    if (at < to)
        wrong(scan, ASSAY_JSON_EXTRA, at);
    else if (*from != '{')
        wrong(scan, ASSAY_JSON_NO_OBJECT, from);
    return scan->problem.kind == ASSAY_JSON_FINE;
}

/*
 * Where the last of equal keys counts, it is not known of the first that it will come
 * again: the record is read once to count the keys, and once more for the values.
 */
static bool read_last(struct assay_json_scan *scan, const char *from, const char *to)
{
    struct assay_json_table *table = scan->table;
    struct assay_json_leaves *leaves = scan->leaves;
    struct assay_json_tree *seen = scan->seen;
    const struct assay_json_node *probe = scan->probe;
    if (table != NULL)
        assay_json_table_drop(table);
    assay_json_scan_begin(scan, to);
    scan->pass = ASSAY_JSON_KEYS_COUNTED;
    scan->table = NULL;
    scan->leaves = NULL;
    scan->seen = NULL;
    scan->probe = NULL;
    bool fine = read_record(scan, from, to);
    scan->table = table;
    scan->leaves = leaves;
    scan->seen = seen;
    scan->probe = probe;
    if (!fine)
        return false;
    scan->nul = NULL;
    scan->no_array = NULL;
    scan->pass = ASSAY_JSON_KEYS_LAST;
    scan->keys->objects = 0;
    return read_record(scan, from, to);
}

bool assay_json_scan_record(struct assay_json_scan *scan, const char *from, const char *to)
{
    char *scratch = scan->scratch;
    uint32_t skip_count = scan->probe_skip;
    assay_json_scan_begin(scan, to);
    if (read_record(scan, from, to))
        return true;
    if (scan->problem.kind != ASSAY_JSON_KEY_AGAIN || scan->twice != ASSAY_JSON_TWICE_LAST)
        return false;
    scan->scratch = scratch;
    scan->probe_skip = skip_count;
    scan->probe_at = NULL;
    return read_last(scan, from, to);
}
