/*
 * How columns of JSON are named.
 *
 *   amount                    a key of the record
 *   customer.address.city     a key within the object of a key
 *   "a.b".c, "x\"y"           keys in quotes, where they hold a dot, a bracket or a quote
 *   items[*].price            a value for each element of the array
 *   tags[*], m[*][*]          the elements themselves, and elements of elements
 *   /customer/address/city    the same as a JSON Pointer (RFC 6901), keys only
 *   $                         the record itself; a key of this name stands in quotes
 *
 * A text that is no path by this grammar (`price [EUR]`, `a..b`) is a key as it stands.
 */
#ifndef ASSAY_SOURCE_JSON_PATH_H
#define ASSAY_SOURCE_JSON_PATH_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

#include <stdint.h>

/* The name of the record itself, which no path leads to. */
#define ASSAY_JSON_RECORD "$"

/* Most steps of a path; a text with more is a key. */
#define ASSAY_JSON_PATH_STEPS 64u

struct assay_json_step {
    bool elements;        /* [*]; else: */
    struct assay_str key; /* of a member */
};

struct assay_json_path {
    const struct assay_json_step *steps; /* at least one */
    uint32_t count;
    bool fans_out; /* one of them is [*] */
    bool literal;  /* the text was no path: its only step is the text */
};

/* Copies what it keeps. Fails with ASSAY_NOMEM only. */
enum assay_status assay_json_path_parse(struct assay_str text, struct assay_arena *arena,
                                        struct assay_json_path *out,
                                        struct assay_error *err) ASSAY_CHECKED;

/*
 * A JSON Pointer: "" is the whole document, else each token stands behind a `/`. False
 * where the text is none, or has too many tokens.
 */
bool assay_json_pointer_parse(struct assay_str text, struct assay_arena *arena,
                              struct assay_json_path *out, bool *nomem);

/* Appends a step as it stands in a path behind `out`, quoted where need be. */
void assay_json_path_add_key(struct assay_buf *out, struct assay_str key);
void assay_json_path_add_elements(struct assay_buf *out);

#endif
