/*
 * Recursive descent; arrays and objects grow by doubling in the arena.
 */
#include "config.h"

#include "base/json_read.h"

#include "base/hash.h"
#include "base/number.h"
#include "base/utf8.h"

struct reader {
    struct assay_arena *arena;
    const char *p, *end;
    unsigned depth;
    bool nomem;
};

static bool fail_nomem(struct reader *in)
{
    in->nomem = true;
    return false;
}

static void skip_space(struct reader *in)
{
    while (in->p < in->end && (*in->p == ' ' || *in->p == '\t' || *in->p == '\n' || *in->p == '\r'))
        in->p++;
}

static bool take(struct reader *in, char c)
{
    if (in->p == in->end || *in->p != c)
        return false;
    in->p++;
    return true;
}

static bool take_word(struct reader *in, struct assay_str word)
{
    if ((size_t)(in->end - in->p) < word.len || memcmp(in->p, word.ptr, word.len) != 0)
        return false;
    in->p += word.len;
    return true;
}

static bool take_digits(struct reader *in)
{
    const char *from = in->p;
    while (in->p < in->end && *in->p >= '0' && *in->p <= '9')
        in->p++;
    return in->p > from;
}

static bool read_number(struct reader *in, struct assay_value *out)
{
    const char *from = in->p;
    bool minus = take(in, '-');
    if (take_word(in, ASSAY_STR("Infinity")) || (!minus && take_word(in, ASSAY_STR("NaN")))) {
        *out = (struct assay_value){.kind = ASSAY_VALUE_NUMBER,
                                    .text = {from, (size_t)(in->p - from)}};
        return true;
    }
    if (!take(in, '0') && !take_digits(in))
        return false;
    if (take(in, '.') && !take_digits(in))
        return false;
    if (in->p < in->end && (*in->p == 'e' || *in->p == 'E')) {
        in->p++;
        if (!take(in, '+'))
            (void)take(in, '-');
        if (!take_digits(in))
            return false;
    }
    *out = (struct assay_value){.kind = ASSAY_VALUE_NUMBER, .text = {from, (size_t)(in->p - from)}};
    return true;
}

static bool read_hex(struct reader *in, uint32_t *code)
{
    *code = 0;
    for (int i = 0; i < 4; i++, in->p++) {
        char c = in->p < in->end ? *in->p : 'x', low = (char)(c | 0x20);
        if (c >= '0' && c <= '9')
            *code = *code * 16 + (uint32_t)(c - '0');
        else if (low >= 'a' && low <= 'f')
            *code = *code * 16 + (uint32_t)(low - 'a') + 10;
        else
            return false;
    }
    return true;
}

static size_t put_utf8(char *out, uint32_t code)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}

/* Behind \u: one character, of a pair of surrogates where they are one. */
static bool read_unicode(struct reader *in, char *out, size_t *n)
{
    uint32_t code, low;
    if (!read_hex(in, &code))
        return false;
    if (code >= 0xD800 && code < 0xDC00 && in->end - in->p >= 6 && in->p[0] == '\\' &&
        in->p[1] == 'u') {
        struct reader ahead = *in;
        ahead.p += 2;
        if (read_hex(&ahead, &low) && low >= 0xDC00 && low < 0xE000) {
            in->p = ahead.p;
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        }
    }
    if (code >= 0xD800 && code < 0xE000)
        code = 0xFFFD;
    *n += put_utf8(out + *n, code);
    return true;
}

static bool read_escape(struct reader *in, char *out, size_t *n)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (take(in, 'u'))
        return read_unicode(in, out, n);
    const char *known = in->p < in->end && *in->p ? strchr(from, *in->p) : NULL;
    if (known == NULL)
        return false;
    in->p++;
    out[(*n)++] = to[known - from];
    return true;
}

/* Behind the quote. Texts without escapes stay where they are. */
static bool read_string(struct reader *in, struct assay_str *out)
{
    const char *from = in->p;
    while (in->p < in->end && *in->p != '"' && *in->p != '\\' && (unsigned char)*in->p >= 0x20)
        in->p++;
    if (in->p < in->end && *in->p == '"') {
        *out = assay_str(from, (size_t)(in->p++ - from));
        return true;
    }
    char *text = assay_arena_alloc(in->arena, (size_t)(in->end - from) + 4);
    size_t n = (size_t)(in->p - from);
    if (text == NULL)
        return fail_nomem(in);
    memcpy(text, from, n);
    while (in->p < in->end) {
        unsigned char c = (unsigned char)*in->p++;
        if (c == '"') {
            *out = assay_str(text, n);
            return true;
        }
        if (c < 0x20)
            return false;
        if (c != '\\')
            text[n++] = (char)c;
        else if (!read_escape(in, text, &n))
            return false;
    }
    return false;
}

static bool read_value(struct reader *in, struct assay_value *out);

/* A list that grows; keys only where it is one of members. */
struct growing {
    struct assay_value *items;
    struct assay_str *keys;
    size_t count, cap;
};

static struct assay_value *next_item(struct reader *in, struct growing *list, bool keyed)
{
    if (list->count == list->cap) {
        size_t cap = list->cap ? list->cap * 2 : 4;
        struct assay_value *items = assay_arena_array(in->arena, cap, sizeof *items);
        struct assay_str *keys = keyed ? assay_arena_array(in->arena, cap, sizeof *keys) : NULL;
        if (items == NULL || (keyed && keys == NULL)) {
            in->nomem = true;
            return NULL;
        }
        if (list->count != 0) {
            memcpy(items, list->items, list->count * sizeof *items);
            if (keyed)
                memcpy(keys, list->keys, list->count * sizeof *keys);
        }
        list->items = items;
        list->keys = keys;
        list->cap = cap;
    }
    return &list->items[list->count++];
}

static bool read_array(struct reader *in, struct assay_value *out)
{
    struct growing list = {0};
    skip_space(in);
    if (!take(in, ']')) {
        do {
            struct assay_value value;
            if (!read_value(in, &value))
                return false;
            struct assay_value *item = next_item(in, &list, false);
            if (item == NULL)
                return false;
            *item = value;
            skip_space(in);
        } while (take(in, ','));
        if (!take(in, ']'))
            return false;
    }
    *out = (struct assay_value){.kind = ASSAY_VALUE_LIST, .count = list.count, .items = list.items};
    return true;
}

static bool read_member(struct reader *in, struct growing *list)
{
    struct assay_str key;
    struct assay_value value;
    skip_space(in);
    if (!take(in, '"') || !read_string(in, &key))
        return false;
    skip_space(in);
    if (!take(in, ':') || !read_value(in, &value))
        return false;
    struct assay_value *item = next_item(in, list, true);
    if (item == NULL)
        return false;
    *item = value;
    list->keys[list->count - 1] = key;
    return true;
}

/* Puts a member where the one of its name is, or behind all of them. */
static void keep_member(struct growing *list, uint32_t *table, size_t mask, size_t *kept, size_t i)
{
    struct assay_str key = list->keys[i];
    size_t at = (size_t)assay_hash_text(key) & mask;
    while (table[at] != 0 && !assay_str_equal(list->keys[table[at] - 1], key))
        at = (at + 1) & mask;
    if (table[at] == 0)
        table[at] = (uint32_t)++ * kept;
    list->keys[table[at] - 1] = key;
    list->items[table[at] - 1] = list->items[i];
}

/* Of several members of one name the last is kept. */
static bool drop_repeated(struct reader *in, struct growing *list)
{
    size_t size = 16, kept = 0;
    while (size < list->count * 2)
        size *= 2;
    uint32_t few[16] = {0};
    uint32_t *table = size == 16 ? few : assay_arena_array(in->arena, size, sizeof *table);
    if (table == NULL)
        return fail_nomem(in);
    for (size_t i = 0; i < list->count; i++)
        keep_member(list, table, size - 1, &kept, i);
    list->count = kept;
    return true;
}

static bool read_object(struct reader *in, struct assay_value *out)
{
    struct growing list = {0};
    skip_space(in);
    if (!take(in, '}')) {
        do {
            if (!read_member(in, &list))
                return false;
            skip_space(in);
        } while (take(in, ','));
        if (!take(in, '}') || !drop_repeated(in, &list))
            return false;
    }
    *out = (struct assay_value){
        .kind = ASSAY_VALUE_MAP, .count = list.count, .items = list.items, .keys = list.keys};
    return true;
}

static bool read_value(struct reader *in, struct assay_value *out)
{
    skip_space(in);
    *out = (struct assay_value){.kind = ASSAY_VALUE_NULL};
    if (in->p == in->end || in->depth == ASSAY_JSON_READ_DEPTH)
        return false;
    in->depth++;
    bool ok = true;
    if (take(in, '{'))
        ok = read_object(in, out);
    else if (take(in, '['))
        ok = read_array(in, out);
    else if (take(in, '"')) {
        out->kind = ASSAY_VALUE_STRING;
        ok = read_string(in, &out->text);
    } else if (take_word(in, ASSAY_STR("true")))
        *out = (struct assay_value){.kind = ASSAY_VALUE_BOOLEAN, .boolean = true};
    else if (take_word(in, ASSAY_STR("false")))
        *out = (struct assay_value){.kind = ASSAY_VALUE_BOOLEAN};
    else if (!take_word(in, ASSAY_STR("null")))
        ok = read_number(in, out);
    in->depth--;
    return ok;
}

enum assay_json_read assay_json_read(struct assay_arena *arena, struct assay_str text,
                                     struct assay_value *out)
{
    struct reader in = {.arena = arena, .p = text.ptr, .end = text.ptr + text.len};
    bool ok = assay_utf8_valid(text) == text.len && read_value(&in, out);
    skip_space(&in);
    if (in.nomem)
        return ASSAY_JSON_READ_NOMEM;
    return ok && in.p == in.end ? ASSAY_JSON_READ_OK : ASSAY_JSON_READ_BAD;
}

const struct assay_value *assay_value_member(const struct assay_value *map, struct assay_str name)
{
    if (map == NULL || map->kind != ASSAY_VALUE_MAP)
        return NULL;
    for (size_t i = map->count; i-- > 0;) /* of several of one name the last counts */
        if (assay_str_equal(map->keys[i], name))
            return &map->items[i];
    return NULL;
}

uint64_t assay_value_hash(const struct assay_value *value)
{
    uint64_t hash = assay_hash_mix((uint64_t)value->kind + 1);
    if (value->kind == ASSAY_VALUE_NUMBER) {
        struct assay_numref number = assay_numref(value->text);
        double rounded = assay_number_to_double(&number) + 0.0;
        uint64_t bits;
        memcpy(&bits, &rounded, sizeof bits);
        return assay_hash_mix(hash ^ bits);
    }
    if (value->kind == ASSAY_VALUE_BOOLEAN)
        return assay_hash_mix(hash ^ value->boolean);
    if (value->count == 0)
        return assay_hash_mix(hash ^ assay_hash_text(value->text));
    for (size_t i = 0; i < value->count; i++) {
        uint64_t item = assay_value_hash(&value->items[i]);
        if (value->kind == ASSAY_VALUE_MAP) /* in any order */
            hash += assay_hash_mix(item ^ assay_hash_text(value->keys[i]));
        else
            hash = assay_hash_mix(hash * 31 + item);
    }
    return hash;
}

static bool same_items(const struct assay_value *a, const struct assay_value *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        const struct assay_value *other =
            a->kind == ASSAY_VALUE_MAP ? assay_value_member(b, a->keys[i]) : &b->items[i];
        if (other == NULL || !assay_value_same(&a->items[i], other))
            return false;
    }
    return true;
}

bool assay_value_same(const struct assay_value *a, const struct assay_value *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case ASSAY_VALUE_NULL: return true;
    case ASSAY_VALUE_BOOLEAN: return a->boolean == b->boolean;
    case ASSAY_VALUE_NUMBER: {
        struct assay_numref x = assay_numref(a->text), y = assay_numref(b->text);
        return assay_number_compare(&x, &y) == 0;
    }
    case ASSAY_VALUE_LIST:
    case ASSAY_VALUE_MAP: return same_items(a, b);
    default: return assay_str_equal(a->text, b->text);
    }
}
