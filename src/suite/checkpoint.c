/*
 * Native checkpoints, and whose a file is.
 */
#include "config.h"

#include "suite/checkpoint.h"

#include "base/suggest.h"
#include "suite/checkpoint_impl.h"
#include "suite/interp.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define CHECKPOINT_VERSION 1
#define RUNS_MOST 10000u

static bool is_native(const struct assay_node *root)
{
    return assay_node_get(root, "runs") != NULL;
}

static bool is_plain_file(const char *path)
{
    struct stat found;
    return strcmp(path, "-") != 0 && stat(path, &found) == 0 && S_ISREG(found.st_mode) &&
           found.st_size <= (off_t)ASSAY_DOCUMENT_BYTES;
}

bool assay_checkpoint_is(const char *path)
{
    static const struct assay_document_options options = {.format = ASSAY_DOCUMENT_AUTO};
    struct assay_diags diags;
    struct assay_arena arena;
    if (!is_plain_file(path))
        return false;
    assay_diags_init(&diags);
    assay_arena_init(&arena, (size_t)1 << 30);
    const struct assay_document *document = assay_document_read(&arena, path, &options, &diags);
    bool is = document != NULL &&
              (is_native(document->root) || assay_checkpoint_gx_detect(document->root));
    assay_diags_reset(&diags);
    assay_arena_free(&arena);
    return is;
}

const char *assay_checkpoint_text(struct assay_checkpoint_reader *reader, const char *format, ...)
{
    struct assay_buf buf;
    va_list ap;
    assay_buf_init(&buf, (size_t)1 << 16);
    va_start(ap, format);
    assay_buf_vprintf(&buf, format, ap);
    va_end(ap);
    const char *text = NULL;
    if (!buf.failed)
        text = assay_arena_strdup(&reader->checkpoint->arena, assay_buf_view(&buf));
    reader->nomem |= text == NULL;
    assay_buf_free(&buf);
    return text;
}

struct assay_checkpoint_run *assay_checkpoint_add(struct assay_checkpoint_reader *reader)
{
    struct assay_checkpoint *all = reader->checkpoint;
    if (all->run_count == all->run_cap) {
        uint32_t cap = all->run_cap ? all->run_cap * 2 : 16;
        struct assay_checkpoint_run *grown = assay_arena_array(&all->arena, cap, sizeof *grown);
        if (grown == NULL)
            return reader->nomem = true, NULL;
        if (all->run_count)
            memcpy(grown, all->runs, all->run_count * sizeof *grown);
        all->runs = grown;
        all->run_cap = cap;
    }
    return &all->runs[all->run_count++];
}

void assay_checkpoint_variables(struct assay_checkpoint_reader *reader,
                                struct assay_checkpoint_run *run, const struct assay_node *map)
{
    struct assay_variable *variables =
        assay_arena_array(&reader->checkpoint->arena, map->count + 1, sizeof *variables);
    if (variables == NULL) {
        reader->nomem = true;
        return;
    }
    for (const struct assay_node *c = map->first; c != NULL; c = c->next)
        if (c->kind < ASSAY_NODE_SEQUENCE && c->kind != ASSAY_NODE_NULL)
            variables[run->variable_count++] = (struct assay_variable){c->key, c->text};
    run->variables = variables;
}

/* Relative paths start at the checkpoint. */
static struct assay_str resolve(struct assay_checkpoint_reader *reader, struct assay_str path)
{
    bool scheme = memmem(path.ptr, path.len, "://", 3) != NULL ||
                  (path.len > 7 && memcmp(path.ptr, "sqlite:", 7) == 0);
    if (path.len == 0 || path.ptr[0] == '/' || assay_str_is(path, "-") || scheme ||
        reader->directory.len == 0)
        return path;
    return assay_cstr(assay_checkpoint_text(reader, "%.*s%.*s", (int)reader->directory.len,
                                            reader->directory.ptr, (int)path.len, path.ptr));
}

static bool is_text(struct assay_checkpoint_reader *reader, const struct assay_node *node)
{
    if (node->kind < ASSAY_NODE_SEQUENCE && node->kind != ASSAY_NODE_NULL && node->text.len != 0)
        return true;
    assay_node_error(reader->diags, node, "SUITE-TYPE", "%.*s: expected a text, found %s",
                     (int)node->key.len, node->key.ptr, assay_node_kind_name(node));
    return false;
}

static void set_sources(struct assay_checkpoint_reader *reader, struct assay_checkpoint_run *run,
                        const struct assay_node *node)
{
    bool list = node->kind == ASSAY_NODE_SEQUENCE;
    struct assay_str *sources =
        assay_arena_array(&reader->checkpoint->arena, node->count + 1, sizeof *sources);
    if (sources == NULL) {
        reader->nomem = true;
        return;
    }
    for (const struct assay_node *c = list ? node->first : node; c != NULL;
         c = list ? c->next : NULL)
        if (is_text(reader, c))
            sources[run->source_count++] = resolve(reader, c->text);
    run->sources = sources;
}

static void unknown_key(struct assay_checkpoint_reader *reader, const struct assay_node *node,
                        const char *const *known, size_t count, const char *list)
{
    struct assay_error *error =
        assay_node_key_error(reader->diags, node, "SUITE-KEY", "unknown key \"%.*s\"",
                             (int)node->key.len, node->key.ptr);
    const char *near = assay_suggest(node->key, known, count);
    if (near != NULL)
        assay_error_help(error, "did you mean \"%s\"?", near);
    else
        assay_error_help(error, "known keys are %s", list);
}

static void read_run(struct assay_checkpoint_reader *reader, const struct assay_node *node)
{
    static const char *const keys[] = {"suite", "source", "name", "vars"};
    const struct assay_node *suite = assay_node_get(node, "suite");
    if (node->kind != ASSAY_NODE_MAPPING || suite == NULL) {
        struct assay_error *error = assay_node_error(
            reader->diags, node, "SUITE-MISSING",
            node->kind == ASSAY_NODE_MAPPING ? "a run needs a suite" : "expected a run, found %s",
            assay_node_kind_name(node));
        assay_error_help(error, "write - {suite: orders.yml, source: orders.csv}");
        return;
    }
    struct assay_checkpoint_run *run = assay_checkpoint_add(reader);
    if (run == NULL || !is_text(reader, suite))
        return;
    run->suite = resolve(reader, suite->text).ptr;
    for (const struct assay_node *c = node->first; c != NULL; c = c->next) {
        if (assay_str_is(c->key, "source"))
            set_sources(reader, run, c);
        else if (assay_str_is(c->key, "name") && is_text(reader, c))
            run->name = c->text;
        else if (assay_str_is(c->key, "vars") && c->kind == ASSAY_NODE_MAPPING)
            assay_checkpoint_variables(reader, run, c);
        else if (assay_str_is(c->key, "vars"))
            assay_node_error(reader->diags, c, "SUITE-TYPE", "vars: expected a map, found %s",
                             assay_node_kind_name(c));
        else if (!assay_str_is(c->key, "suite") && !assay_str_is(c->key, "name"))
            unknown_key(reader, c, keys, 4, "suite, source, name, vars");
    }
}

static void read_native(struct assay_checkpoint_reader *reader, const struct assay_node *root)
{
    static const char *const keys[] = {"version", "runs", "description"};
    const struct assay_node *runs = assay_node_get(root, "runs");
    const struct assay_node *version = assay_node_get(root, "version");
    int64_t number = CHECKPOINT_VERSION;
    for (const struct assay_node *c = root->first; c != NULL; c = c->next)
        if (!assay_str_is(c->key, "version") && !assay_str_is(c->key, "runs") &&
            !assay_str_is(c->key, "description"))
            unknown_key(reader, c, keys, 3, "version, description, runs");
    if (version != NULL && (!assay_node_int64(version, &number) || number != CHECKPOINT_VERSION))
        assay_node_error(reader->diags, version, "SUITE-VERSION", "version: expected the number %d",
                         CHECKPOINT_VERSION);
    if (runs->kind != ASSAY_NODE_SEQUENCE || runs->count == 0 || runs->count > RUNS_MOST) {
        assay_node_error(reader->diags, runs, "SUITE-TYPE",
                         "runs: expected a list of 1 to %u runs, found %s", RUNS_MOST,
                         runs->kind == ASSAY_NODE_SEQUENCE ? runs->count ? "more" : "an empty one"
                                                           : assay_node_kind_name(runs));
        return;
    }
    for (const struct assay_node *c = runs->first; c != NULL; c = c->next)
        read_run(reader, c);
}

static void read_all(struct assay_checkpoint_reader *reader, const char *path)
{
    static const struct assay_document_options options = {.format = ASSAY_DOCUMENT_AUTO};
    struct assay_arena *arena = &reader->checkpoint->arena;
    const struct assay_document *document =
        assay_document_read(arena, path, &options, reader->diags);
    const char *slash = strrchr(path, '/');
    if (document == NULL)
        return;
    const char *directory =
        assay_arena_strdup(arena, assay_str(path, slash != NULL ? (size_t)(slash - path) + 1 : 0));
    reader->nomem |= directory == NULL;
    reader->directory = assay_cstr(directory);
    struct assay_variables variables = {
        .items = reader->request ? reader->request->variables : NULL,
        .count = reader->request ? reader->request->variable_count : 0,
        .lookup = assay_variables_environment,
    };
    assay_node_interpolate(document->root, arena, &variables, reader->diags);
    if (is_native(document->root))
        read_native(reader, document->root);
    else
        assay_checkpoint_gx(reader, document->root);
}

struct assay_checkpoint *assay_checkpoint_read(const char *path,
                                               const struct assay_suite_request *request,
                                               struct assay_diags *diags)
{
    struct assay_checkpoint *checkpoint = calloc(1, sizeof *checkpoint);
    struct assay_checkpoint_reader reader = {
        .checkpoint = checkpoint, .request = request, .diags = diags, .nomem = checkpoint == NULL};
    if (checkpoint != NULL) {
        assay_arena_init(&checkpoint->arena, (size_t)1 << 30);
        read_all(&reader, path);
        reader.nomem |= checkpoint->arena.failed;
    }
    if (reader.nomem) {
        struct assay_error error;
        assay_fail_nomem(&error);
        assay_diags_add(diags, ASSAY_DIAG_ERROR, &error);
    }
    if (diags->errors == 0)
        return checkpoint;
    assay_checkpoint_free(checkpoint);
    return NULL;
}

bool assay_checkpoint_request(struct assay_checkpoint *checkpoint,
                              const struct assay_checkpoint_run *run,
                              const struct assay_suite_request *request,
                              struct assay_suite_request *out)
{
    uint32_t count = run->variable_count + request->variable_count;
    struct assay_variable *all = assay_arena_array(&checkpoint->arena, count + 1u, sizeof *all);
    if (all == NULL)
        return false;
    for (uint32_t i = 0; i < count; i++)
        all[i] = i < run->variable_count ? run->variables[i]
                                         : request->variables[i - run->variable_count];
    *out = (struct assay_suite_request){.variables = all,
                                        .variable_count = count,
                                        .gx_strict = request->gx_strict,
                                        .gx_aliases = request->gx_aliases};
    return true;
}

void assay_checkpoint_free(struct assay_checkpoint *checkpoint)
{
    if (checkpoint == NULL)
        return;
    assay_arena_free(&checkpoint->arena);
    free(checkpoint);
}
