/*
 * assay's own suite format: YAML 1.2 or JSON. Private to the loaders.
 */
#ifndef ASSAY_SUITE_NATIVE_H
#define ASSAY_SUITE_NATIVE_H

#include "suite/node.h"
#include "suite/suite.h"

/* A suite while it is being read. */
struct assay_loader {
    struct assay_suite *suite;
    struct assay_diags *diags;
    uint32_t field_cap, check_cap;
    bool lenient; /* bounds may be left out, lists be empty; see struct assay_prepare */
    bool infer;   /* new fields are inferred; see struct assay_field */
    struct assay_origin *origin; /* NULL: nobody asks what the suite was read from */
    bool strict;                 /* struct assay_suite_request, gx_strict */
    bool aliases;                /* the same, gx_aliases */
    bool nomem;
};

/* Whether a document is a native suite: a mapping with `version`, `checks` or `columns`. */
bool assay_native_detect(const struct assay_node *root);

/* Whose habits the checks of a document follow: see `conventions` in assay-suite(5). */
void assay_native_conventions(struct assay_loader *loader, const struct assay_node *root);

/* Declares the columns of a document, so that checks anywhere may look up their types. */
void assay_native_columns(struct assay_loader *loader, const struct assay_node *root);

/* Loads everything else. Its owner and its tags hold for checks from number `first` on. */
void assay_native_load(struct assay_loader *loader, const struct assay_node *root, uint32_t first);

/* One entry of a list of checks; `column` is the one it stands under, or NULL. */
void assay_native_check(struct assay_loader *loader, const struct assay_node *node,
                        const struct assay_field *column);

/* Errors: no expectation has the name, which stands as a key or alone; this is no check. */
void assay_native_unknown(struct assay_loader *loader, const struct assay_node *node,
                          struct assay_str name, bool key);
void assay_native_no_check(struct assay_loader *loader, const struct assay_node *node);

/* Warns of a check, loaded without an error, that hardly means what it says. */
void assay_native_hint(struct assay_loader *loader, const struct assay_check *check,
                       const struct assay_node *given);

/*
 * Names of columns or tags: one scalar, or a list of them; what is no name is an error, and
 * left out.
 */
const struct assay_str *assay_native_names(struct assay_loader *loader,
                                           const struct assay_node *node, uint32_t *count);

/*
 * Adds a check of the expectation with the parameters in `given` (NULL or a NULL node:
 * none; a mapping: by name; anything else: the main parameter). `at` is where the check
 * stands in the suite. Returns it (until the next is added), or NULL where there is none.
 */
struct assay_check *assay_loader_add(struct assay_loader *loader,
                                     const struct assay_expectation *expectation,
                                     const struct assay_node *at, const struct assay_node *given,
                                     const struct assay_field *column);

/* A check's `meta`, without what belongs to another format. */
void assay_native_meta(struct assay_loader *loader, struct assay_check *check,
                       const struct assay_node *node);

/* The field of that name, made where it is new; NULL where memory ran out. */
struct assay_field *assay_loader_field(struct assay_loader *loader, struct assay_str name);

/*
 * Fills one row of an expectation's arguments from a node; false where that was filed
 * as an error.
 */
bool assay_param_fill(struct assay_loader *loader, const struct assay_param *param,
                      const struct assay_node *node, void *args);

/* `"${MIN}"`, wholly one variable, is a number where one is wanted, quoted or not. */
const struct assay_node *assay_param_retyped(const struct assay_param *param,
                                             const struct assay_node *node,
                                             struct assay_node *copy);

/*
 * Fills settings of another source from a map of options, each of which the table reads;
 * false where something was filed as an error.
 */
bool assay_native_settings(struct assay_loader *loader, const struct assay_node *node,
                           struct assay_settings *out);

/* Whether the value behind a key of a check is text, whatever it looks like. */
bool assay_native_is_text(const struct assay_expectation *e, struct assay_str key);

/* Fills the row from its default text. */
bool assay_param_default(struct assay_loader *loader, const struct assay_param *param,
                         const struct assay_node *at, void *args);

/* A node as a value for reports. */
struct assay_value assay_node_value(struct assay_loader *loader, const struct assay_node *node);

/* Reads a share: 0..1 or 95%; false where that was filed as an error. */
bool assay_node_ratio(struct assay_loader *loader, const struct assay_node *node,
                      struct assay_opt_ratio *out);

#endif
