/*
 * Whether a text is a JSON document: a reader that keeps nothing but how it is nested.
 */
#include "config.h"

#include "metric/formats.h"

#include "base/utf8.h"

struct reader {
    const char *at, *end;
    bool nan; /* NaN and the infinities are numbers */
};

static void skip_space(struct reader *in)
{
    while (in->at < in->end &&
           (*in->at == ' ' || *in->at == '\t' || *in->at == '\n' || *in->at == '\r'))
        in->at++;
}

static bool take(struct reader *in, char c)
{
    if (in->at == in->end || *in->at != c)
        return false;
    in->at++;
    return true;
}

static bool take_word(struct reader *in, struct assay_str word)
{
    if ((size_t)(in->end - in->at) < word.len || memcmp(in->at, word.ptr, word.len) != 0)
        return false;
    in->at += word.len;
    return true;
}

static bool take_digits(struct reader *in)
{
    const char *from = in->at;
    while (in->at < in->end && *in->at >= '0' && *in->at <= '9')
        in->at++;
    return in->at != from;
}

static bool take_number(struct reader *in)
{
    take(in, '-');
    if (!take(in, '0') && !take_digits(in))
        return false;
    if (take(in, '.') && !take_digits(in))
        return false;
    if (!take(in, 'e') && !take(in, 'E'))
        return true;
    if (!take(in, '+'))
        take(in, '-');
    return take_digits(in);
}

static bool take_escape(struct reader *in)
{
    if (!take(in, 'u')) {
        bool known = in->at < in->end && *in->at != '\0' && strchr("\"\\/bfnrt", *in->at) != NULL;
        in->at += known;
        return known;
    }
    for (int i = 0; i < 4; i++, in->at++) {
        char c = in->at < in->end ? *in->at : 'x';
        char low = (char)(c | 0x20);
        if (!(c >= '0' && c <= '9') && !(low >= 'a' && low <= 'f'))
            return false;
    }
    return true;
}

static bool take_string(struct reader *in)
{
    if (!take(in, '"'))
        return false;
    while (in->at < in->end) {
        unsigned char c = (unsigned char)*in->at++;
        if (c == '"')
            return true;
        if (c < 0x20 || (c == '\\' && !take_escape(in)))
            return false;
    }
    return false;
}

static bool take_scalar(struct reader *in)
{
    switch (in->at < in->end ? *in->at : '\0') {
    case '"': return take_string(in);
    case 't': return take_word(in, ASSAY_STR("true"));
    case 'f': return take_word(in, ASSAY_STR("false"));
    case 'n': return take_word(in, ASSAY_STR("null"));
    default: break;
    }
    if (in->nan && (take_word(in, ASSAY_STR("NaN")) || take_word(in, ASSAY_STR("Infinity")) ||
                    take_word(in, ASSAY_STR("-Infinity"))))
        return true;
    return take_number(in);
}

static bool take_key(struct reader *in)
{
    skip_space(in);
    if (!take_string(in))
        return false;
    skip_space(in);
    return take(in, ':');
}

/* Which of the open brackets are those of objects: a bit each. */
struct nesting {
    unsigned char objects[ASSAY_FORMAT_JSON_DEPTH / 8];
    unsigned depth;
};

static bool in_object(const struct nesting *nesting)
{
    unsigned at = nesting->depth - 1;
    return nesting->objects[at / 8] >> (at % 8) & 1;
}

/* Opens a bracket; *empty where it is closed at once. */
static bool open_bracket(struct reader *in, struct nesting *nesting, bool *empty)
{
    bool object = *in->at++ == '{';
    unsigned at = nesting->depth;
    if (at == ASSAY_FORMAT_JSON_DEPTH)
        return false;
    nesting->depth++;
    nesting->objects[at / 8] &= (unsigned char)~(1u << (at % 8));
    nesting->objects[at / 8] |= (unsigned char)((unsigned)object << (at % 8));
    skip_space(in);
    *empty = in->at < in->end && *in->at == (object ? '}' : ']');
    return *empty || !object || take_key(in);
}

/* Behind a value: closes brackets until a comma tells that another value follows. */
static bool close_brackets(struct reader *in, struct nesting *nesting, bool *done)
{
    for (;;) {
        skip_space(in);
        *done = nesting->depth == 0;
        if (*done)
            return in->at == in->end;
        bool object = in_object(nesting);
        if (take(in, ','))
            return !object || take_key(in);
        if (!take(in, object ? '}' : ']'))
            return false;
        nesting->depth--;
    }
}

static bool is_json(struct assay_str text, bool nan)
{
    struct reader in = {text.ptr, text.ptr + text.len, nan};
    struct nesting nesting;
    nesting.depth = 0;
    bool done = false;
    if (text.len == 0 || assay_utf8_valid(text) != text.len)
        return false;
    while (!done) {
        bool empty = false;
        skip_space(&in);
        if (in.at < in.end && (*in.at == '{' || *in.at == '[')) {
            if (!open_bracket(&in, &nesting, &empty))
                return false;
            if (!empty)
                continue;
        } else if (!take_scalar(&in))
            return false;
        if (!close_brackets(&in, &nesting, &done))
            return false;
    }
    return true;
}

bool assay_format_is_json(struct assay_str text)
{
    return is_json(text, false);
}

bool assay_format_is_json_or_nan(struct assay_str text)
{
    return is_json(text, true);
}
