/*
 * Puts variables into the scalars of a document.
 */
#include "config.h"

#include "suite/interp.h"

#include "base/buf.h"
#include "base/dsn.h"
#include "base/error.h"
#include "base/utf8.h"
#include "suite/node_build.h"
#include "suite/suite.h"

#include <stdio.h>
#include <stdlib.h>

#define NAME_MOST 128u

struct interp {
    const struct assay_document *doc;
    struct assay_arena *arena;
    const struct assay_variables *variables;
    struct assay_diags *diags;
    struct assay_buf out;   /* the scalar at hand */
    size_t total;           /* bytes of all values put in */
    struct assay_mark mark; /* where in the source the last reference was found */
    bool lost;              /* a reference was not found there: no more searching */
    bool stopped;           /* no memory, or over the limit */
};

/* One ${...} as it stands in a text. */
struct reference {
    struct assay_str name, fallback;
    bool has_fallback;
    size_t length;       /* of the whole, braces included */
    const char *problem; /* what is wrong with it, or NULL */
};

const char *assay_variables_environment(void *ctx, const char *name)
{
    (void)ctx;
    return getenv(name);
}

static bool is_name_byte(char c, bool first)
{
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    return letter || (!first && c >= '0' && c <= '9');
}

/* Reads the reference at the start of `text`, which begins with "${". */
static struct reference read_reference(struct assay_str text)
{
    struct reference ref = {.name = assay_str(text.ptr + 2, 0)};
    const char *close = memchr(text.ptr, '}', text.len);
    if (close == NULL) {
        ref.length = text.len;
        ref.problem = "has no closing brace";
        return ref;
    }
    ref.length = (size_t)(close - text.ptr) + 1;
    size_t at = 2;
    while (at < ref.length && is_name_byte(text.ptr[at], at == 2))
        at++;
    ref.name.len = at - 2;
    if (ref.length - at > 2 && memcmp(text.ptr + at, ":-", 2) == 0) {
        ref.has_fallback = true;
        ref.fallback = assay_str(text.ptr + at + 2, ref.length - at - 3);
        at = ref.length - 1;
    }
    if (ref.name.len == 0 || at != ref.length - 1)
        ref.problem = "is not of the form ${NAME} or ${NAME:-default}";
    else if (ref.name.len > NAME_MOST)
        ref.problem = "has too long a name";
    return ref;
}

static bool find_value(const struct assay_variables *variables, struct assay_str name,
                       struct assay_str *value)
{
    for (size_t i = variables->count; i > 0; i--) {
        if (assay_str_equal(variables->items[i - 1].name, name)) {
            *value = variables->items[i - 1].value;
            return true;
        }
    }
    char text[NAME_MOST + 1];
    memcpy(text, name.ptr, name.len);
    text[name.len] = '\0';
    const char *found = variables->lookup ? variables->lookup(variables->ctx, text) : NULL;
    *value = assay_cstr(found);
    return found != NULL;
}

/* Whether the '$' at `at` is the second of a pair. */
static bool is_escaped(struct assay_str text, size_t at)
{
    size_t run = 0;
    while (run < at && text.ptr[at - run - 1] == '$')
        run++;
    return run % 2 != 0;
}

/*
 * Finds the next "${" + name in the source of the scalar. Where an escape hides it, the
 * mark stays at what was found before, which is still within the scalar.
 */
static void locate(struct interp *in, const struct assay_node *node, struct assay_str name)
{
    struct assay_str text = in->doc->text;
    size_t end = node->end < text.len ? node->end : text.len;
    for (size_t at = in->mark.offset; !in->lost && at + 2 + name.len <= end; at++) {
        if (memcmp(text.ptr + at, "${", 2) != 0 || is_escaped(text, at) ||
            memcmp(text.ptr + at + 2, name.ptr, name.len) != 0)
            continue;
        assay_document_move(in->doc, &in->mark, at);
        return;
    }
    in->lost = true;
}

/* Moves past the reference just located, so that the next one is looked for behind it. */
static void step_over(struct interp *in, const struct assay_node *node)
{
    struct assay_str text = in->doc->text;
    size_t at = in->mark.offset;
    if (!in->lost && at + 2 <= node->end && memcmp(text.ptr + at, "${", 2) == 0)
        assay_document_move(in->doc, &in->mark, at + 2);
}

static struct assay_error *fail_at(struct interp *in, const char *code, enum assay_status status,
                                   const char *message)
{
    return assay_document_error_at(in->diags, in->doc, in->mark, ASSAY_DIAG_ERROR, status, code,
                                   message);
}

static void fail_unset(struct interp *in, struct assay_str name)
{
    char message[NAME_MOST + 64];
    snprintf(message, sizeof message, "the variable %.*s is not set", (int)name.len, name.ptr);
    struct assay_error *err = fail_at(in, "SUITE-VAR", ASSAY_CONFIG, message);
    assay_error_help(err,
                     "give it with --var %.*s=VALUE or in the environment, or write a "
                     "default: ${%.*s:-VALUE}",
                     (int)name.len, name.ptr, (int)name.len, name.ptr);
}

static void fail_form(struct interp *in, const struct reference *ref)
{
    char message[96];
    snprintf(message, sizeof message, "this variable %s", ref->problem);
    assay_error_help(fail_at(in, "SUITE-VAR", ASSAY_CONFIG, message),
                     "for the text ${ itself write $${");
}

static void fail_size(struct interp *in)
{
    char message[96];
    snprintf(message, sizeof message,
             "the values of variables add up to more than %zu bytes, the "
             "limit for one file",
             ASSAY_VARIABLES_BYTES);
    (void)fail_at(in, "SUITE-LIMIT", ASSAY_LIMIT, message);
    in->stopped = true;
}

static void fail_memory(struct interp *in)
{
    struct assay_error err;
    (void)assay_fail_nomem(&err);
    (void)assay_diags_add(in->diags, ASSAY_DIAG_ERROR, &err);
    in->stopped = true;
}

/*
 * What stands for a value in settings of PostgreSQL is one value there, whatever is in it: it
 * adds no setting.
 */
static bool put_setting(struct interp *in, struct assay_str value)
{
    struct assay_str before = assay_buf_view(&in->out);
    struct assay_str scheme = assay_dsn_scheme(before);
    bool known = assay_str_is(scheme, "postgresql") || assay_str_is(scheme, "postgres");
    return known && assay_dsn_put_setting(before, value, &in->out);
}

static bool put_value(struct interp *in, const struct reference *ref)
{
    struct assay_str value;
    bool set = find_value(in->variables, ref->name, &value);
    if (ref->has_fallback && value.len == 0)
        value = ref->fallback;
    else if (!set) {
        fail_unset(in, ref->name);
        return false;
    }
    if (assay_utf8_valid(value) != value.len) {
        char message[NAME_MOST + 64];
        snprintf(message, sizeof message, "the value of the variable %.*s is not UTF-8",
                 (int)ref->name.len, ref->name.ptr);
        (void)fail_at(in, "SUITE-VAR", ASSAY_CONFIG, message);
        return false;
    }
    if (value.len > ASSAY_VARIABLES_BYTES - in->total) {
        fail_size(in);
        return false;
    }
    in->total += value.len;
    if (!put_setting(in, value))
        assay_buf_str(&in->out, value);
    return true;
}

/* Handles the "${..." at `at`; returns its length, and clears `good` where it is wrong. */
static size_t put_reference(struct interp *in, const struct assay_node *node, size_t at, bool *good)
{
    struct assay_str rest = assay_str(node->text.ptr + at, node->text.len - at);
    struct reference ref = read_reference(rest);
    locate(in, node, ref.name);
    if (ref.problem != NULL) {
        fail_form(in, &ref);
        *good = false;
    } else if (!put_value(in, &ref)) {
        *good = false;
    }
    step_over(in, node);
    return ref.length;
}

/* Writes the text of the scalar with its variables to in->out; false where one was wrong. */
static bool expand(struct interp *in, const struct assay_node *node)
{
    struct assay_str text = node->text;
    bool good = true;
    for (size_t at = 0; at < text.len && !in->stopped;) {
        size_t run = 0;
        while (at + run < text.len && text.ptr[at + run] == '$')
            run++;
        if (run == 0) {
            const char *next = memchr(text.ptr + at, '$', text.len - at);
            run = next != NULL ? (size_t)(next - text.ptr) - at : text.len - at;
            assay_buf_add(&in->out, text.ptr + at, run);
            at += run;
            continue;
        }
        bool brace = at + run < text.len && text.ptr[at + run] == '{';
        assay_buf_add(&in->out, text.ptr + at, brace ? run / 2 : run);
        at += run;
        if (brace && run % 2 != 0)
            at += put_reference(in, node, at - 1, &good) - 1;
    }
    return good;
}

/* Whether the text is one variable and nothing else. */
static bool is_whole(struct assay_str text)
{
    return text.len > 3 && memcmp(text.ptr, "${", 2) == 0 &&
           memchr(text.ptr, '}', text.len) == text.ptr + text.len - 1;
}

static void interpolate_scalar(struct interp *in, struct assay_node *node)
{
    if (memmem(node->text.ptr, node->text.len, "${", 2) == NULL)
        return;
    assay_buf_reset(&in->out);
    in->mark = node->mark;
    in->lost = false;
    if (!expand(in, node))
        return;
    char *copy = NULL;
    if (!in->out.failed)
        copy = assay_arena_strdup(in->arena, assay_buf_view(&in->out));
    if (copy == NULL) {
        fail_memory(in);
        return;
    }
    bool whole = is_whole(node->text);
    node->written = node->text;
    node->text = assay_str(copy, in->out.len);
    node->interpolated = whole;
    node->secret = true;
    node->odd_plain = false;
    if (whole && node->plain)
        assay_node_resolve(node);
}

/* As deep as the document, which the reader has bounded. */
static void interpolate(struct interp *in, struct assay_node *node)
{
    if (node->kind == ASSAY_NODE_STRING)
        interpolate_scalar(in, node);
    for (struct assay_node *child = node->first; child != NULL && !in->stopped; child = child->next)
        interpolate(in, child);
}

void assay_node_interpolate(struct assay_node *node, struct assay_arena *arena,
                            const struct assay_variables *variables, struct assay_diags *diags)
{
    struct interp in = {.doc = node->doc, .arena = arena, .variables = variables, .diags = diags};
    /* The file bounds its own text (an escape of two bytes may stand for three). */
    assay_buf_init(&in.out, 2 * node->doc->text.len + ASSAY_VARIABLES_BYTES);
    interpolate(&in, node);
    assay_buf_free(&in.out);
}
