/*
 * Checkpoints of Great Expectations, as far as they name files.
 *
 * A checkpoint lies in the folder checkpoints of a project; beside that are the folders
 * expectations (suites) and validation_definitions (of 1.x), and great_expectations.yml,
 * which says which file an asset is. In 0.x a dot in a suite's name is a folder.
 */
#include "config.h"

#include "suite/checkpoint_impl.h"

#include "base/error.h"
#include "suite/gx.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

bool assay_checkpoint_gx_detect(const struct assay_node *root)
{
    static const char *const lists[] = {"validation_definitions", "validations", "batches"};
    const struct assay_node *class_name = assay_node_get(root, "class_name");
    if (assay_node_get(root, "expectations") != NULL)
        return false;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        const struct assay_node *list = assay_node_get(root, lists[i]);
        if (list != NULL && list->kind == ASSAY_NODE_SEQUENCE)
            return true;
    }
    return class_name != NULL && class_name->kind == ASSAY_NODE_STRING &&
           memmem(class_name->text.ptr, class_name->text.len, "Checkpoint", 10) != NULL;
}

static const char *text_of(const struct assay_node *map, const char *key)
{
    const struct assay_node *node = assay_node_get(map, key);
    return node != NULL && node->kind == ASSAY_NODE_STRING && node->text.len ? node->text.ptr
                                                                             : NULL;
}

/* Why a run cannot be run; the first reason counts. */
static void fail_run(struct assay_checkpoint_reader *reader, struct assay_checkpoint_run *run,
                     const struct assay_node *at, const char *help, const char *format, ...)
    ASSAY_PRINTF(5, 6);

static void fail_run(struct assay_checkpoint_reader *reader, struct assay_checkpoint_run *run,
                     const struct assay_node *at, const char *help, const char *format, ...)
{
    char message[300];
    struct assay_error *error = assay_arena_alloc(&reader->checkpoint->arena, sizeof *error);
    va_list ap;
    if (run->error != NULL)
        return;
    if (error == NULL) {
        reader->nomem = true;
        return;
    }
    va_start(ap, format);
    vsnprintf(message, sizeof message, format, ap);
    va_end(ap);
    assay_fail(error, ASSAY_CONFIG, "CHECKPOINT-FILE", "%s", message);
    assay_error_at(error, at->doc->name, at->mark.line, at->mark.column);
    assay_error_help(error, "%s", help);
    run->error = error;
}

/* The first of the places where a file is; NULL: none. */
static const char *find_file(const char *const *places, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (places[i] != NULL && access(places[i], F_OK) == 0)
            return places[i];
    return NULL;
}

static void set_suite(struct assay_checkpoint_reader *reader, struct assay_checkpoint_run *run,
                      const struct assay_node *at, const char *name)
{
    if (name == NULL) {
        fail_run(reader, run, at, "give it an expectation_suite_name", "no suite is named");
        run->suite = at->doc->name;
        return;
    }
    int n = (int)reader->directory.len;
    const char *dir = reader->directory.ptr;
    const char *places[] = {
        assay_checkpoint_text(reader, "%.*s../expectations/%s.json", n, dir, name),
        assay_checkpoint_text(reader, "%.*s../expectations/%s.json", n, dir, name),
        assay_checkpoint_text(reader, "%.*s%s.json", n, dir, name),
        assay_checkpoint_text(reader, "%.*s%s", n, dir, name),
    };
    if (places[1] != NULL) { /* in 0.x a.b is a/b */
        char *p = (char *)(uintptr_t)places[1] + strlen(places[1]) - strlen(name) - 5;
        for (size_t i = 0; i < strlen(name); i++)
            p[i] = p[i] == '.' ? '/' : p[i];
    }
    const char *found = find_file(places, sizeof places / sizeof places[0]);
    run->suite = found ? found : places[0];
    if (found == NULL)
        fail_run(reader, run, at, "it is looked for in ../expectations and beside the checkpoint",
                 "the suite %.200s is not found", name);
}

/* Where a path may start: here, at the project, at the folder that the project is in. */
static void set_source(struct assay_checkpoint_reader *reader, struct assay_checkpoint_run *run,
                       const char *base, const char *path)
{
    int n = (int)reader->directory.len;
    const char *dir = reader->directory.ptr, *slash = base[0] ? "/" : "";
    bool absolute = path[0] == '/' || strstr(path, "://") != NULL || base[0] == '/';
    struct assay_str *source = assay_arena_alloc(&reader->checkpoint->arena, sizeof *source);
    if (path[0] == '/')
        base = slash = "";
    const char *places[] = {
        assay_checkpoint_text(reader, "%s%s%s", base, slash, path),
        absolute ? NULL : assay_checkpoint_text(reader, "%.*s../%s%s%s", n, dir, base, slash, path),
        absolute ? NULL
                 : assay_checkpoint_text(reader, "%.*s../../%s%s%s", n, dir, base, slash, path),
    };
    const char *found = find_file(places, sizeof places / sizeof places[0]);
    if (source == NULL) {
        reader->nomem = true;
        return;
    }
    *source = assay_cstr(found ? found : places[0]);
    run->sources = source;
    run->source_count = 1;
}

static const char no_file[] =
    "write the run into a checkpoint of assay: `runs: [{suite: FILE, source: FILE}]`";

/* batch_request of 0.13 to 0.18, and batch_kwargs before it. */
static void set_batch(struct assay_checkpoint_reader *reader, struct assay_checkpoint_run *run,
                      const struct assay_node *at, const struct assay_node *request)
{
    const struct assay_node *parameters = assay_node_get(request, "runtime_parameters");
    const char *path = text_of(parameters, "path");
    const char *asset = text_of(request, "data_asset_name");
    path = path ? path : text_of(request, "path");
    path = path ? path : text_of(assay_node_get(request, "options"), "path");
    if (path != NULL)
        set_source(reader, run, "", path);
    else if (assay_node_get(parameters, "query") != NULL ||
             assay_node_get(request, "query") != NULL)
        fail_run(reader, run, at, no_file, "the batch is a query of a database that is not named");
    else if (request == NULL)
        fail_run(reader, run, at, no_file, "no batch_request says which data are meant");
    else {
        if (asset != NULL)
            set_source(reader, run, "", asset);
        if (asset == NULL || access(run->sources->ptr, F_OK) != 0)
            fail_run(reader, run, at, no_file, "the batch names no file: the asset is %.200s",
                     asset ? asset : "not named");
    }
}

static void set_parameters(struct assay_checkpoint_reader *reader, struct assay_checkpoint_run *run,
                           const struct assay_node *own, const struct assay_node *root)
{
    const struct assay_node *map =
        assay_gx_either(own, "suite_parameters", "evaluation_parameters");
    if (map == NULL)
        map = assay_gx_either(root, "suite_parameters", "evaluation_parameters");
    if (map != NULL && map->kind == ASSAY_NODE_MAPPING)
        assay_checkpoint_variables(reader, run, map);
}

/* One of `validations`; what it does not say the checkpoint may say for all. */
static void read_validation(struct assay_checkpoint_reader *reader, const struct assay_node *root,
                            const struct assay_node *at)
{
    struct assay_checkpoint_run *run = assay_checkpoint_add(reader);
    const char *suite = text_of(at, "expectation_suite_name");
    const struct assay_node *batch = assay_node_get(at, "batch_request");
    if (run == NULL)
        return;
    set_suite(reader, run, at, suite ? suite : text_of(root, "expectation_suite_name"));
    set_batch(reader, run, at, batch ? batch : assay_node_get(root, "batch_request"));
    set_parameters(reader, run, at, root);
}

/* One of `batches`: several suites over one file. */
static void read_batch(struct assay_checkpoint_reader *reader, const struct assay_node *root,
                       const struct assay_node *at)
{
    const struct assay_node *names = assay_node_get(at, "expectation_suite_names");
    for (const struct assay_node *c = names ? names->first : NULL; c != NULL; c = c->next) {
        struct assay_checkpoint_run *run = assay_checkpoint_add(reader);
        if (run == NULL)
            return;
        set_suite(reader, run, c, c->kind == ASSAY_NODE_STRING ? c->text.ptr : NULL);
        set_batch(reader, run, at, assay_node_get(at, "batch_kwargs"));
        set_parameters(reader, run, at, root);
    }
}

/* A file of the project, beside the folder of checkpoints; NULL where there is none. */
static const struct assay_node *project_file(struct assay_checkpoint_reader *reader,
                                             const char *folder, const char *name)
{
    struct assay_diags diags;
    static const struct assay_document_options options = {.format = ASSAY_DOCUMENT_AUTO};
    const char *path = assay_checkpoint_text(reader, "%.*s../%s%s", (int)reader->directory.len,
                                             reader->directory.ptr, folder, name);
    if (path == NULL)
        return NULL;
    assay_diags_init(&diags);
    const struct assay_document *document =
        assay_document_read(&reader->checkpoint->arena, path, &options, &diags);
    assay_diags_reset(&diags);
    return document ? document->root : NULL;
}

/* The member of that name; lists of things with a `name` are taken as maps. */
static const struct assay_node *named(const struct assay_node *all, const char *name)
{
    if (all == NULL || name == NULL || all->kind != ASSAY_NODE_SEQUENCE)
        return all != NULL && name != NULL ? assay_node_get(all, name) : NULL;
    for (const struct assay_node *c = all->first; c != NULL; c = c->next)
        if (text_of(c, "name") != NULL && strcmp(text_of(c, "name"), name) == 0)
            return c;
    return NULL;
}

/* The file of a batch definition, as great_expectations.yml has it. */
static void set_definition(struct assay_checkpoint_reader *reader, struct assay_checkpoint_run *run,
                           const struct assay_node *at, const struct assay_node *data)
{
    const char *source = text_of(assay_node_get(data, "datasource"), "name");
    const char *asset = text_of(assay_node_get(data, "asset"), "name");
    const char *batch = text_of(assay_node_get(data, "batch_definition"), "name");
    const struct assay_node *project = project_file(reader, "", "great_expectations.yml");
    const struct assay_node *of = named(assay_node_get(project, "fluent_datasources"), source);
    const struct assay_node *it = named(assay_node_get(of, "assets"), asset);
    const struct assay_node *definition = named(assay_node_get(it, "batch_definitions"), batch);
    const char *path = text_of(it, "filepath_or_buffer");
    const char *base = text_of(of, "base_directory");
    if (path != NULL)
        base = NULL;
    if (path == NULL)
        path = text_of(definition, "path");
    if (path == NULL) /* a path is kept as a pattern that matches itself */
        path = text_of(assay_node_get(definition, "partitioner"), "regex");
    if (path != NULL)
        set_source(reader, run, base ? base : "", path);
    else
        fail_run(reader, run, at, no_file,
                 "great_expectations.yml names no file for %.80s of %.80s in %.80s",
                 batch ? batch : "the batch", asset ? asset : "the asset",
                 source ? source : "the data source");
}

static void read_definition(struct assay_checkpoint_reader *reader, const struct assay_node *root,
                            const struct assay_node *at)
{
    struct assay_checkpoint_run *run = assay_checkpoint_add(reader);
    const char *name = text_of(at, "name");
    const struct assay_node *definition =
        assay_node_get(at, "data") ? at /* written out in place */
        : name                     ? project_file(reader, "validation_definitions/",
                                                  assay_checkpoint_text(reader, "%s.json", name))
                                   : NULL;
    if (run == NULL)
        return;
    if (definition == NULL || definition->kind != ASSAY_NODE_MAPPING) {
        run->suite = at->doc->name;
        fail_run(reader, run, at, no_file,
                 "the validation definition %.200s is not found in ../validation_definitions",
                 name ? name : "without a name");
        return;
    }
    run->name = assay_cstr(name);
    set_suite(reader, run, at, text_of(assay_node_get(definition, "suite"), "name"));
    set_definition(reader, run, at, assay_node_get(definition, "data"));
    set_parameters(reader, run, at, root);
}

/* Actions that only store results or show them have nothing to do here. */
static void name_actions(struct assay_checkpoint_reader *reader, const struct assay_node *root)
{
    static const char *const kept[] = {"update_data_docs", "StoreValidationResultAction",
                                       "StoreEvaluationParametersAction", "StoreMetricsAction",
                                       "UpdateDataDocsAction"};
    const struct assay_node *list = assay_gx_either(root, "actions", "action_list");
    for (const struct assay_node *c = list ? list->first : NULL; c != NULL; c = c->next) {
        const char *type = text_of(c, "type");
        type = type ? type : text_of(assay_node_get(c, "action"), "class_name");
        bool plain = type == NULL;
        for (size_t i = 0; i < sizeof kept / sizeof kept[0] && !plain; i++)
            plain = strcmp(type, kept[i]) == 0;
        if (plain)
            continue;
        struct assay_error *error = assay_node_warning(reader->diags, c, "CHECKPOINT-ACTION",
                                                       "the action %.200s is not run", type);
        assay_error_help(error, "act on the exit status, or on a report (-o)");
    }
}

static void each(struct assay_checkpoint_reader *reader, const struct assay_node *root,
                 const char *key,
                 void (*read)(struct assay_checkpoint_reader *reader, const struct assay_node *root,
                              const struct assay_node *at))
{
    const struct assay_node *list = assay_node_get(root, key);
    if (list != NULL && list->kind == ASSAY_NODE_SEQUENCE)
        for (const struct assay_node *c = list->first; c != NULL; c = c->next)
            read(reader, root, c);
}

void assay_checkpoint_gx(struct assay_checkpoint_reader *reader, const struct assay_node *root)
{
    each(reader, root, "validation_definitions", read_definition);
    each(reader, root, "validations", read_validation);
    each(reader, root, "batches", read_batch);
    if (reader->checkpoint->run_count == 0 && text_of(root, "expectation_suite_name") != NULL)
        read_validation(reader, root, root);
    if (reader->checkpoint->run_count == 0) {
        struct assay_error *error = assay_node_error(reader->diags, root, "SUITE-MISSING",
                                                     "the checkpoint names nothing to validate");
        assay_error_help(error, "%s", no_file);
    }
    name_actions(reader, root);
}
