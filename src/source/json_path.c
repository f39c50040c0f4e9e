/*
 * Reads and writes the paths that name columns of JSON.
 */
#include "config.h"

#include "source/json_path.h"

#include "source/json_text.h"

struct reader {
    const char *at, *end;
    char *text; /* keys are copied here, one behind the other */
    struct assay_json_step *steps;
    struct assay_json_path path;
};

static bool add_step(struct reader *in, const struct assay_json_step *step)
{
    if (in->path.count == ASSAY_JSON_PATH_STEPS)
        return false;
    in->steps[in->path.count++] = *step;
    in->path.fans_out |= step->elements;
    return true;
}

static bool add_key(struct reader *in, const char *from, size_t len, bool escaped)
{
    struct assay_json_step step = {.key = assay_str(in->text, len)};
    if (escaped)
        step.key.len = assay_json_unescape(assay_str(from, len), in->text);
    else if (len > 0)
        memcpy(in->text, from, len);
    in->text += step.key.len;
    return add_step(in, &step);
}

/* "…" with the escapes of JSON. */
static bool take_quoted(struct reader *in)
{
    const char *from = ++in->at;
    bool escaped = false;
    for (; in->at < in->end && *in->at != '"'; in->at++) {
        size_t len;
        uint32_t rune;
        if (*in->at != '\\')
            continue;
        if (assay_json_escape(in->at, in->end, &len, &rune) != ASSAY_JSON_ESCAPE_GOOD)
            return false;
        escaped = true;
        in->at += len - 1;
    }
    if (in->at >= in->end)
        return false;
    return add_key(in, from, (size_t)(in->at++ - from), escaped);
}

static bool take_bare(struct reader *in)
{
    const char *from = in->at;
    while (in->at < in->end && *in->at != '.' && *in->at != '[' && *in->at != '"')
        in->at++;
    return in->at > from && (in->at == in->end || *in->at != '"') &&
           add_key(in, from, (size_t)(in->at - from), false);
}

static bool take_brackets(struct reader *in)
{
    while (in->at < in->end && *in->at == '[') {
        if (in->end - in->at < 3 || in->at[1] != '*' || in->at[2] != ']')
            return false;
        in->at += 3;
        if (!add_step(in, &(struct assay_json_step){.elements = true}))
            return false;
    }
    return true;
}

static bool take_path(struct reader *in)
{
    for (;;) {
        if (in->at == in->end || !(*in->at == '"' ? take_quoted(in) : take_bare(in)) ||
            !take_brackets(in))
            return false;
        if (in->at == in->end)
            return true;
        if (*in->at++ != '.')
            return false;
    }
}

/* ~0 is ~, ~1 is /. */
static bool take_token(struct reader *in)
{
    char *key = in->text;
    while (in->at < in->end && *in->at != '/') {
        char c = *in->at++;
        if (c == '~') {
            if (in->at == in->end || (*in->at != '0' && *in->at != '1'))
                return false;
            c = *in->at++ == '0' ? '~' : '/';
        }
        *in->text++ = c;
    }
    return add_step(in, &(struct assay_json_step){.key = {key, (size_t)(in->text - key)}});
}

static bool take_pointer(struct reader *in)
{
    while (in->at < in->end)
        if (*in->at++ != '/' || !take_token(in))
            return false;
    return true;
}

static bool begin(struct reader *in, struct assay_str text, struct assay_arena *arena)
{
    in->at = text.ptr;
    in->end = text.ptr + text.len;
    in->text = assay_arena_alloc(arena, text.len + 1);
    in->steps = assay_arena_array(arena, ASSAY_JSON_PATH_STEPS, sizeof *in->steps);
    in->path = (struct assay_json_path){.steps = in->steps};
    return in->text != NULL && in->steps != NULL;
}

enum assay_status assay_json_path_parse(struct assay_str text, struct assay_arena *arena,
                                        struct assay_json_path *out, struct assay_error *err)
{
    struct reader in;
    if (!begin(&in, text, arena))
        return assay_fail_nomem(err);
    char *keys = in.text;
    bool pointer = text.len > 0 && text.ptr[0] == '/';
    if (!(pointer ? take_pointer(&in) : take_path(&in))) {
        in.path = (struct assay_json_path){.steps = in.steps, .literal = true};
        in.text = keys;
        add_key(&in, text.ptr, text.len, false);
    }
    *out = in.path;
    return ASSAY_OK;
}

bool assay_json_pointer_parse(struct assay_str text, struct assay_arena *arena,
                              struct assay_json_path *out, bool *nomem)
{
    struct reader in;
    *nomem = !begin(&in, text, arena);
    if (*nomem || !take_pointer(&in))
        return false;
    *out = in.path;
    return true;
}

static bool needs_quotes(struct assay_str key)
{
    if (key.len == 0 || key.ptr[0] == '/')
        return true;
    for (size_t i = 0; i < key.len; i++) {
        unsigned char c = (unsigned char)key.ptr[i];
        if (c == '.' || c == '[' || c == '"' || c < 0x20)
            return true;
    }
    return false;
}

void assay_json_path_add_key(struct assay_buf *out, struct assay_str key)
{
    if (out->len > 0)
        assay_buf_putc(out, '.');
    if (!needs_quotes(key)) {
        assay_buf_str(out, key);
        return;
    }
    assay_buf_putc(out, '"');
    for (size_t i = 0; i < key.len; i++) {
        unsigned char c = (unsigned char)key.ptr[i];
        if (c < 0x20)
            assay_buf_printf(out, "\\u%04x", c);
        else
            assay_buf_printf(out, c == '"' || c == '\\' ? "\\%c" : "%c", c);
    }
    assay_buf_putc(out, '"');
}

void assay_json_path_add_elements(struct assay_buf *out)
{
    assay_buf_puts(out, "[*]");
}
