/*
 * Reading a suite: which format it is, what it includes, and what every suite gets.
 */
#include "config.h"

#include "suite/suite.h"

#include "suite/gx.h"
#include "suite/ids.h"
#include "suite/interp.h"
#include "suite/origin.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define INCLUDE_DEPTH 16u

/* The chain of files being read, for loops and messages. */
struct chain {
    const char *path;    /* as named */
    char real[PATH_MAX]; /* where it truly is */
    const struct chain *outer;
    unsigned depth;
};

static struct assay_str directory_of(struct assay_str path)
{
    size_t len = path.len;
    while (len > 0 && path.ptr[len - 1] != '/')
        len--;
    return assay_str(path.ptr, len > 1 ? len - 1 : len);
}

#define SUITE_FORM                                                                          \
    "a suite is YAML or JSON that starts with `version: 1` and has `checks` or `columns`; " \
    "those of Great Expectations are read, too"

/* What other tools call their checks; NULL: none of them is known by its keys. */
static const char *foreign_suite(const struct assay_node *root)
{
    static const struct {
        const char *key, *name;
    } keys[] = {
        {"models", "a schema file of dbt"}, {"sources", "a schema file of dbt"},
        {"seeds", "a schema file of dbt"},  {"snapshots", "a schema file of dbt"},
        {"apiVersion", "a data contract"},  {"dataContractSpecification", "a data contract"}};
    bool ours = assay_node_get(root, "checks") != NULL || assay_node_get(root, "columns") != NULL;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0] && !ours; i++)
        if (assay_node_get(root, keys[i].key) != NULL)
            return keys[i].name;
    for (const struct assay_node *c = root->first; c != NULL && !ours; c = c->next)
        if (c->key.len > 11 && memcmp(c->key.ptr, "checks for ", 11) == 0)
            return "a file of SodaCL";
    return NULL;
}

static void read_file(struct assay_loader *loader, const struct assay_suite_request *request,
                      const struct chain *chain, const char *root);

static void report_chain(struct assay_loader *loader, const struct assay_node *node,
                         const struct chain *chain, const char *what)
{
    char text[400] = "";
    size_t used = 0;
    for (const struct chain *c = chain; c != NULL && used < sizeof text - 100; c = c->outer)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%.80s",
                                 used ? ", included by " : "", c->path);
    struct assay_error *error =
        assay_node_error(loader->diags, node, "SUITE-INCLUDE", "%.*s: %s",
                         (int)assay_node_shown(node).len, assay_node_shown(node).ptr, what);
    assay_error_help(error, "this is %s", text);
}

/* An include stays below the directory of the suite that was asked for. */
static bool is_below(const char *path, const char *root)
{
    size_t n = strlen(root);
    return strncmp(path, root, n) == 0 && (path[n] == '/' || (n > 0 && root[n - 1] == '/'));
}

static void include_one(struct assay_loader *loader, const struct assay_suite_request *request,
                        const struct chain *chain, const char *root, const struct assay_node *node)
{
    if (node->kind != ASSAY_NODE_STRING) {
        assay_node_error(loader->diags, node, "SUITE-TYPE", "include: expected a path, found %s",
                         assay_node_kind_name(node));
        return;
    }
    struct chain inner = {.outer = chain, .depth = chain->depth + 1};
    struct assay_str dir = directory_of(assay_cstr(chain->path));
    inner.path = node->text.len && node->text.ptr[0] == '/'
                     ? node->text.ptr
                     : assay_arena_printf(&loader->suite->arena, "%.*s%s%s", (int)dir.len, dir.ptr,
                                          dir.len ? "/" : "", node->text.ptr);
    if (inner.path == NULL) {
        loader->nomem = true;
        return;
    }
    if (realpath(inner.path, inner.real) == NULL) {
        report_chain(loader, node, chain, "there is no such file");
        return;
    }
    if (!is_below(inner.real, root)) {
        report_chain(loader, node, chain, "it lies outside the suite's directory");
        return;
    }
    for (const struct chain *c = chain; c != NULL; c = c->outer)
        if (strcmp(c->real, inner.real) == 0 || inner.depth > INCLUDE_DEPTH) {
            report_chain(loader, node, chain, "files include each other without end");
            return;
        }
    read_file(loader, request, &inner, root);
}

static void include_all(struct assay_loader *loader, const struct assay_suite_request *request,
                        const struct chain *chain, const char *root, const struct assay_node *node)
{
    if (node == NULL || node->kind == ASSAY_NODE_NULL)
        return;
    if (node->kind != ASSAY_NODE_SEQUENCE) {
        include_one(loader, request, chain, root, node);
        return;
    }
    for (const struct assay_node *c = node->first; c != NULL; c = c->next)
        include_one(loader, request, chain, root, c);
}

static void read_file(struct assay_loader *loader, const struct assay_suite_request *request,
                      const struct chain *chain, const char *root)
{
    static const struct assay_document_options foreign = {
        .max_bytes = ASSAY_GX_BYTES,
        .max_events = ASSAY_GX_EVENTS,
        .allow_nan = true,
    };
    static const struct assay_document_options options = {
        .marker = ASSAY_GX_MARKER,
        .marked = &foreign,
    };
    struct assay_document *document =
        assay_document_read(&loader->suite->arena, chain->path, &options, loader->diags);
    if (document == NULL)
        return;
    struct assay_variables variables = {
        .items = request ? request->variables : NULL,
        .count = request ? request->variable_count : 0,
        .lookup = assay_variables_environment,
    };
    struct assay_node *node = document->root;
    loader->lenient = loader->infer = false;
    if (assay_gx_detect(node)) {
        assay_origin_file(loader, node, true);
        assay_gx_load(loader, node, request, &variables);
        return;
    }
    assay_node_interpolate(node, &loader->suite->arena, &variables, loader->diags);
    if (node->kind != ASSAY_NODE_MAPPING && node->kind != ASSAY_NODE_NULL) {
        struct assay_error *error =
            assay_node_error(loader->diags, node, "SUITE-TYPE", "expected a suite, found %s",
                             assay_node_kind_name(node));
        assay_error_help(error, "%s", SUITE_FORM);
        return;
    }
    const char *theirs = foreign_suite(node);
    if (theirs != NULL || !assay_native_detect(node)) {
        struct assay_error *error =
            assay_node_error(loader->diags, node, "SUITE-FORMAT",
                             theirs != NULL ? "this is %s, which is not read here"
                                            : "this is not a suite of a format that is known%s",
                             theirs != NULL ? theirs : "");
        assay_error_help(error, "%s", SUITE_FORM);
        return;
    }
    assay_native_conventions(loader, node);
    assay_native_columns(loader, node);
    bool lenient = loader->lenient, infer = loader->infer;
    include_all(loader, request, chain, root, assay_node_get(node, "include"));
    loader->lenient = lenient;
    loader->infer = infer;
    assay_origin_file(loader, node, false);
    assay_native_load(loader, node, loader->suite->check_count);
}

/* Where the suite has well_formed itself, with a severity or a share of its own: to the end. */
static bool move_well_formed(struct assay_suite *suite)
{
    uint32_t at = 0;
    while (at < suite->check_count &&
           !(suite->checks[at].expectation->traits & ASSAY_TRAIT_IMPLICIT))
        at++;
    if (at == suite->check_count)
        return false;
    struct assay_check own = suite->checks[at];
    memmove(suite->checks + at, suite->checks + at + 1, (suite->check_count - at - 1) * sizeof own);
    suite->checks[suite->check_count - 1] = own;
    return true;
}

/* Every suite ends in the check that no record was malformed. */
static void add_well_formed(struct assay_loader *loader)
{
    if (move_well_formed(loader->suite))
        return;
    struct assay_document *document = assay_arena_alloc(&loader->suite->arena, sizeof *document);
    struct assay_node *node = assay_arena_alloc(&loader->suite->arena, sizeof *node);
    const struct assay_expectation *e = assay_expectation_find(ASSAY_STR("well_formed"));
    if (document == NULL || node == NULL || e == NULL) {
        loader->nomem = true;
        return;
    }
    document->name = loader->suite->path.ptr;
    node->doc = document;
    assay_loader_add(loader, e, node, NULL, NULL);
}

static void load(struct assay_loader *loader, const char *path,
                 const struct assay_suite_request *request)
{
    struct assay_suite *suite = loader->suite;
    assay_options_init(&suite->options);
    const char *copy = assay_arena_strdup(&suite->arena, assay_cstr(path));
    if (copy == NULL) {
        loader->nomem = true;
        return;
    }
    suite->path = assay_cstr(copy);
    suite->directory = directory_of(suite->path);
    struct chain chain = {.path = copy};
    char root[PATH_MAX] = "/";
    if (realpath(copy, chain.real) != NULL)
        snprintf(root, sizeof root, "%.*s", (int)directory_of(assay_cstr(chain.real)).len,
                 chain.real);
    read_file(loader, request, &chain, root);
    loader->lenient = loader->infer = false;
    add_well_formed(loader);
    loader->nomem |= !assay_suite_identify(suite, loader->diags);
}

struct assay_suite *assay_suite_read(const char *path, const struct assay_suite_request *request,
                                     struct assay_diags *diags)
{
    struct assay_suite *suite = calloc(1, sizeof *suite);
    struct assay_loader loader = {.suite = suite,
                                  .diags = diags,
                                  .origin = request ? request->origin : NULL,
                                  .aliases = request != NULL && request->gx_aliases,
                                  .nomem = suite == NULL};
    if (suite != NULL) {
        assay_arena_init(&suite->arena, (size_t)1 << 30);
        load(&loader, path, request);
        loader.nomem |= suite->arena.failed;
    }
    if (loader.nomem) {
        struct assay_error error;
        assay_fail_nomem(&error);
        assay_diags_add(diags, ASSAY_DIAG_ERROR, &error);
    }
    if (diags->errors == 0)
        return suite;
    assay_suite_free(suite);
    return NULL;
}

static void free_check(struct assay_check *check)
{
    const struct assay_expectation *e = check->expectation;
    for (size_t i = 0; i < e->param_count; i++) {
        void *at = (char *)check->args + e->params[i].offset;
        if (e->params[i].type == ASSAY_PARAM_REGEX)
            assay_regex_free(*(struct assay_regex **)at);
        else if (e->params[i].type == ASSAY_PARAM_EXPR)
            assay_expr_free(*(struct assay_expr **)at);
    }
    assay_expr_free(check->where);
    if (e->release != NULL)
        e->release(check->args);
}

void assay_suite_free(struct assay_suite *suite)
{
    if (suite == NULL)
        return;
    for (uint32_t i = 0; i < suite->check_count; i++)
        free_check(&suite->checks[i]);
    struct assay_arena arena = suite->arena;
    free(suite);
    assay_arena_free(&arena);
}

void assay_options_keep_samples(struct assay_options *options, const struct assay_suite *suite)
{
    enum assay_result_format said = options->result_format;
    for (uint32_t i = 0; i < suite->check_count; i++) {
        const struct assay_telling *telling = &suite->checks[i].telling;
        enum assay_result_format format = said != ASSAY_RESULT_UNSAID ? said
                                          : telling->has_format       ? telling->format
                                                                      : ASSAY_RESULT_SUMMARY;
        uint32_t want = format == ASSAY_RESULT_COMPLETE ? options->max_values
                        : telling->has_partial          ? telling->partial
                                                        : 0;
        if (want > options->max_values)
            want = options->max_values;
        if (want > options->max_samples)
            options->max_samples = want;
    }
}
