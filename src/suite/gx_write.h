/*
 * Checks of native suites as items of Great Expectations: the table of gx_table.c the other
 * way round.
 *
 * Nothing is trusted: an item that was made is translated back by the very same table, and
 * is kept only where that gives the check. So what has no equal is never written as
 * something that is nearly the same.
 */
#ifndef ASSAY_SUITE_GX_WRITE_H
#define ASSAY_SUITE_GX_WRITE_H

#include "suite/gx.h"

/* Below `meta` of a native suite or check: what stood in theirs and has no equal. */
#define ASSAY_GX_KEPT "gx"

/* A check of a native suite. */
struct assay_gx_check {
    struct assay_str expectation;
    const struct assay_node *column; /* a text: where it stands under one; or NULL */
    const struct assay_node *given;  /* the value behind the name; NULL: just the name */
    const struct assay_node *at;
};

/* What all the items of one suite share. */
struct assay_gx_writing {
    struct assay_loader *loader;   /* nodes live in its arena; its errors go nowhere */
    struct assay_node *parameters; /* suite_parameters: a mapping, to which defaults are added */
    bool old;                      /* 0.18: `expectation_type`, no severity */
};

/*
 * The check as an item: a mapping with type, kwargs and meta. NULL where there is none that
 * says the same; then `why` says why. Keys of the check that have no place there (an owner,
 * warn_below) stand under meta, assay; `kept` becomes the first of those that change what
 * is checked, or NULL.
 */
struct assay_node *assay_gx_item_of(struct assay_gx_writing *writing,
                                    const struct assay_gx_check *check, const char **why,
                                    const char **kept);

/*
 * Sets the alias of a native check, just added: how an item says it, where one does. Values
 * stand in the places of variables.
 */
void assay_gx_alias(struct assay_loader *loader, struct assay_check *check,
                    const struct assay_node *at, const struct assay_node *given);

/*
 * What of an original item the one that was made does not say, as a mapping to keep beside
 * the native check; NULL where they are equal.
 */
struct assay_node *assay_gx_difference(struct assay_gx_writing *writing,
                                       const struct assay_node *original,
                                       const struct assay_node *made);

/* An expression as a row_condition, in the grammar of pandas or the other; NULL: it is in none. */
const char *assay_gx_condition_of(struct assay_loader *loader, struct assay_str where, bool pandas);

/* Whether two trees say the same: numbers by value, members in any order. */
bool assay_node_same(const struct assay_node *a, const struct assay_node *b);

/* A mapping with the named member taken out; the node itself where there is none. */
const struct assay_node *assay_node_without(struct assay_loader *loader,
                                            const struct assay_node *map, const char *key);

#endif
