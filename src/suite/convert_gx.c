/*
 * A native suite as one of Great Expectations.
 */
#include "config.h"

#include "suite/convert_gx.h"

#include "suite/node_make.h"

#include <stdarg.h>
#include <stdio.h>

struct target {
    struct assay_gx_writing *writing;
    struct assay_loader *loader;
    struct assay_diags *losses;
    struct assay_node *list;    /* expectations */
    struct assay_node *own;     /* meta, assay */
    struct assay_node *columns; /* of it */
};

void assay_convert_lose(struct assay_diags *losses, const struct assay_node *at, const char *help,
                        const char *format, ...)
{
    char message[300];
    va_list ap;
    va_start(ap, format);
    vsnprintf(message, sizeof message, format, ap);
    va_end(ap);
    assay_error_help(assay_node_warning(losses, at, "CONVERT-LOSS", "%s", message), "%s", help);
}

/* Members of `meta` whose names mean something there, or here, and that are the author's. */
static void lose_meta(struct target *t, const struct assay_node *meta)
{
    static const char *const help = "call it something else";
    for (const struct assay_node *c = meta && meta->kind == ASSAY_NODE_MAPPING ? meta->first : NULL;
         c != NULL; c = c->next) {
        if (assay_str_is(c->key, "assay"))
            assay_convert_lose(t->losses, c, help,
                               "\"assay\" in meta is left out: there it is what assay keeps");
        if (assay_str_is(c->key, ASSAY_GX_KEPT) && c->kind != ASSAY_NODE_MAPPING)
            assay_convert_lose(t->losses, c, help,
                               "\"gx\" in meta is left out: it is what a conversion keeps");
    }
}

/* A check of the list under `column`, or of the suite's own where that is NULL. */
static void add_check(struct target *t, const struct assay_node *entry,
                      const struct assay_node *column, struct assay_node **own)
{
    bool map = entry->kind == ASSAY_NODE_MAPPING;
    struct assay_node name = *entry;
    name.kind = ASSAY_NODE_STRING;
    name.written = assay_str(NULL, 0);
    if (column != NULL)
        name.text = column->key;
    struct assay_gx_check check = {
        .expectation = map                              ? entry->first->key
                       : entry->kind == ASSAY_NODE_NULL ? ASSAY_STR("null")
                                                        : entry->text,
        .column = column ? &name : NULL,
        .given = map ? entry->first : NULL,
        .at = entry,
    };
    const char *why, *kept;
    const struct assay_node *item = assay_gx_item_of(t->writing, &check, &why, &kept);
    if (item != NULL) {
        assay_node_append(t->loader, t->list, item);
        lose_meta(t, assay_node_get(check.given, "meta"));
    } else {
        if (*own == NULL)
            *own = assay_node_new(t->loader, entry, ASSAY_NODE_SEQUENCE);
        assay_node_append(t->loader, *own, entry);
        assay_convert_lose(
            t->losses, entry, "it is kept under meta, assay, where only assay reads it",
            "%.*s has no equal: %s", (int)check.expectation.len, check.expectation.ptr, why);
    }
    if (item != NULL && kept != NULL)
        assay_convert_lose(
            t->losses, entry, "it is kept under meta, assay, where only assay reads it",
            "%s of %.*s has no equal", kept, (int)check.expectation.len, check.expectation.ptr);
}

static void add_checks(struct target *t, const struct assay_node *list,
                       const struct assay_node *column, struct assay_node **own)
{
    if (list != NULL && list->kind == ASSAY_NODE_SEQUENCE)
        for (const struct assay_node *c = list->first; c != NULL; c = c->next)
            add_check(t, c, column, own);
}

/* What is left of a column stays assay's: its type, and checks without an equal. */
static void add_column(struct target *t, const struct assay_node *column)
{
    bool map = column->kind == ASSAY_NODE_MAPPING;
    struct assay_node *own = NULL, *rest = assay_node_new(t->loader, column, ASSAY_NODE_MAPPING);
    add_checks(t, map ? assay_node_get(column, "checks") : column, column, &own);
    for (const struct assay_node *c = map ? column->first : NULL; c != NULL; c = c->next) {
        if (assay_str_is(c->key, "checks"))
            continue;
        assay_node_put(t->loader, rest, c->key.ptr, c);
        if (assay_str_is(c->key, "type"))
            assay_convert_lose(t->losses, c,
                               "it is kept under meta, assay, where only assay reads it",
                               "the type of %.*s has no equal: it says how values are read",
                               (int)column->key.len, column->key.ptr);
    }
    if (own != NULL)
        assay_node_put(t->loader, rest, "checks", own);
    if (rest != NULL && (rest->count != 0 || column->first == NULL))
        assay_node_put(t->loader, t->columns, column->key.ptr, rest);
}

/* Sections that are the suite's own there too, or that only assay knows. */
static void add_section(struct target *t, const struct assay_node *section)
{
    static const char *const elsewhere[] = {"version", "dataset", "checks",
                                            "columns", "meta",    "include"};
    for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++)
        if (assay_str_is(section->key, elsewhere[i]))
            return;
    bool description = assay_str_is(section->key, "description");
    bool theirs = assay_str_is(section->key, "conventions") &&
                  assay_str_is(section->text, "great_expectations");
    if (theirs || (description && !t->writing->old && section->written.ptr == NULL))
        return;
    assay_node_put(t->loader, t->own, section->key.ptr, section);
}

/* A suite must have a name there; one that had none goes by its file. */
static void put_name(struct target *t, struct assay_node *root, const struct assay_node *native)
{
    const char *key = t->writing->old ? "expectation_suite_name" : "name";
    const struct assay_node *dataset = assay_node_get(native, "dataset");
    if (dataset != NULL && dataset->written.ptr == NULL && dataset->kind == ASSAY_NODE_STRING) {
        assay_node_put(t->loader, root, key, dataset);
        return;
    }
    struct assay_str path = assay_cstr(native->doc->name);
    const char *slash = path.len ? memrchr(path.ptr, '/', path.len) : NULL;
    const char *from = slash ? slash + 1 : path.ptr;
    const char *dot = strrchr(from, '.');
    size_t len = dot != NULL && dot > from ? (size_t)(dot - from) : strlen(from);
    assay_node_put_text(t->loader, root, key, native,
                        len && strcmp(from, "-") != 0 ? assay_str(from, len) : ASSAY_STR("suite"));
    if (dataset != NULL)
        assay_node_put(t->loader, t->own, "dataset", dataset);
    else
        assay_node_put_text(t->loader, t->own, "dataset", native, ASSAY_STR(""));
}

/* An item as it stood, under the names of the version that is written. */
static void add_item_again(struct target *t, const struct assay_node *item)
{
    struct assay_node *copy = assay_node_new(t->loader, item, ASSAY_NODE_MAPPING);
    for (const struct assay_node *c = item->first; c != NULL; c = c->next) {
        bool type = assay_str_is(c->key, "type") || assay_str_is(c->key, "expectation_type");
        const char *key = !type ? c->key.ptr : t->writing->old ? "expectation_type" : "type";
        assay_node_put(t->loader, copy, key, c);
    }
    assay_node_append(t->loader, t->list, copy);
}

/* What an original suite of theirs said besides. */
static void put_kept(struct target *t, struct assay_node *root, const struct assay_node *kept)
{
    for (const struct assay_node *c = kept ? kept->first : NULL; c != NULL; c = c->next) {
        if (assay_str_is(c->key, "expectations") && c->kind == ASSAY_NODE_SEQUENCE) {
            for (const struct assay_node *item = c->first; item != NULL; item = item->next)
                add_item_again(t, item);
        } else if (!assay_str_is(c->key, "suite_parameters"))
            assay_node_put(
                t->loader, root,
                t->writing->old && assay_str_is(c->key, "id") ? "ge_cloud_id" : c->key.ptr, c);
    }
}

static void put_meta(struct target *t, struct assay_node *root, const struct assay_node *native)
{
    const struct assay_node *user = assay_node_get(native, "meta");
    struct assay_node *meta = assay_node_put_new(t->loader, root, "meta", ASSAY_NODE_MAPPING);
    lose_meta(t, user);
    for (const struct assay_node *c = user && user->kind == ASSAY_NODE_MAPPING ? user->first : NULL;
         c != NULL; c = c->next)
        if (!assay_str_is(c->key, ASSAY_GX_KEPT) && !assay_str_is(c->key, "assay"))
            assay_node_put(t->loader, meta, c->key.ptr, c);
    if (t->own->count != 0)
        assay_node_put(t->loader, meta, "assay", t->own);
}

static void put_all(struct target *t, struct assay_node *root, const struct assay_node *native)
{
    const struct assay_node *columns = assay_node_get(native, "columns");
    const struct assay_node *description = assay_node_get(native, "description");
    const struct assay_node *kept = assay_node_get(assay_node_get(native, "meta"), ASSAY_GX_KEPT);
    const struct assay_node *conventions = assay_node_get(native, "conventions");
    struct assay_node *own = NULL;
    put_name(t, root, native);
    if (conventions == NULL)
        assay_node_put_text(t->loader, t->own, "conventions", native, ASSAY_STR("assay"));
    for (const struct assay_node *c = native->first; c != NULL; c = c->next)
        add_section(t, c);
    add_checks(t, assay_node_get(native, "checks"), NULL, &own);
    if (columns != NULL && columns->kind == ASSAY_NODE_MAPPING)
        for (const struct assay_node *c = columns->first; c != NULL; c = c->next)
            add_column(t, c);
    assay_node_put(t->loader, t->own, "checks", own);
    if (t->columns->count != 0)
        assay_node_put(t->loader, t->own, "columns", t->columns);
    put_kept(t, root, kept);
    if (description != NULL && !t->writing->old && description->written.ptr == NULL)
        assay_node_put(t->loader, root, "notes", description);
    if (t->writing->parameters->count != 0)
        assay_node_put(t->loader, root,
                       t->writing->old ? "evaluation_parameters" : "suite_parameters",
                       t->writing->parameters);
    assay_node_put(t->loader, root, "expectations", t->list);
    put_meta(t, root, native);
}

struct assay_node *assay_convert_gx(struct assay_gx_writing *writing, struct assay_node *native,
                                    struct assay_diags *losses)
{
    struct assay_loader *loader = writing->loader;
    const struct assay_node *parameters = assay_node_get(
        assay_node_get(assay_node_get(native, "meta"), ASSAY_GX_KEPT), "suite_parameters");
    struct assay_node *root = assay_node_new(loader, native, ASSAY_NODE_MAPPING);
    struct target t = {
        .writing = writing,
        .loader = loader,
        .losses = losses,
        .list = assay_node_new(loader, native, ASSAY_NODE_SEQUENCE),
        .own = assay_node_new(loader, native, ASSAY_NODE_MAPPING),
        .columns = assay_node_new(loader, native, ASSAY_NODE_MAPPING),
    };
    writing->parameters = assay_node_new(loader, native, ASSAY_NODE_MAPPING);
    if (root == NULL || t.list == NULL || t.own == NULL || t.columns == NULL ||
        writing->parameters == NULL)
        return NULL;
    if (parameters != NULL && parameters->kind == ASSAY_NODE_MAPPING)
        for (const struct assay_node *c = parameters->first; c != NULL; c = c->next)
            assay_node_put(loader, writing->parameters, c->key.ptr, c);
    put_all(&t, root, native);
    return loader->nomem ? NULL : root;
}
