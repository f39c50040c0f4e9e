/*
 * Great Expectations suites of the formats 0.13 to 1.x. Private to the loaders.
 *
 * Each expectation is one row of a table: its name there, the native expectation, and
 * for each keyword what becomes of it. An item is turned into the mapping that a native
 * suite would have, whose nodes keep the positions of the originals, and is then loaded
 * as a native check. What a row cannot say is a function named in the row.
 */
#ifndef ASSAY_SUITE_GX_H
#define ASSAY_SUITE_GX_H

#include "suite/interp.h"
#include "suite/native.h"

/* Limits of such files, which are written by programs. */
#define ASSAY_GX_BYTES ((size_t)64 << 20)
#define ASSAY_GX_EVENTS 4000000u
#define ASSAY_GX_MARKER "\"expectations\""

/* Whether a document is such a suite: a mapping with `expectations`. */
bool assay_gx_detect(const struct assay_node *root);

/*
 * Sets (or clears) what holds in such suites: columns without a declared type are read as
 * what their values are, NA, null, NaN and so on are null as pandas has it, bounds may be
 * left out and lists be empty.
 */
void assay_gx_conventions(struct assay_loader *loader, bool theirs);

/*
 * Loads it; `request` gives the variables that may stand in for suite parameters. What
 * Great Expectations cannot say stands under `meta`, `assay`: in the suite a native suite
 * of its own, in an item further keys of the check.
 */
void assay_gx_load(struct assay_loader *loader, struct assay_node *root,
                   const struct assay_suite_request *request,
                   const struct assay_variables *variables);

/* Where `$PARAMETER` looks names up, in this order. */
struct assay_gx_scope {
    struct assay_loader *loader;
    const struct assay_suite_request *request;
    const struct assay_node *parameters; /* of the suite; may be NULL */
};

/*
 * The node with every {"$PARAMETER": "…"} below it replaced by its value; the node itself
 * where there is none. NULL: an error was filed.
 */
const struct assay_node *assay_gx_resolve(const struct assay_gx_scope *scope,
                                          const struct assay_node *node);

struct assay_gx_row;
struct assay_gx_kwarg;

/* The mapping under `meta`, `assay`; NULL where there is none. */
struct assay_node *assay_gx_own(const struct assay_node *map);

/* One item on its way to a native check. */
struct assay_gx_item {
    struct assay_loader *loader;
    const struct assay_gx_row *row;
    const struct assay_node *at;     /* the item */
    const struct assay_node *kwargs; /* resolved */
    const char *native;              /* the native expectation; a function may change it */
    struct assay_node *given;        /* what a native suite would give it */
    struct assay_telling telling;    /* of result_format */
    struct assay_strs index_columns; /* of result_format */
    bool failed;                     /* an error was filed */
};

/* Another name of the same thing in earlier versions: `now` where it is there. */
const struct assay_node *assay_gx_either(const struct assay_node *map, const char *now,
                                         const char *before);

/*
 * Turns item->kwargs, and what stands beside them, into item->given. An error is filed
 * and item->failed set where that cannot be.
 */
void assay_gx_translate(struct assay_gx_item *item);

/* Adds a member to item->given: a copy of `from` under another name; NULL: no memory. */
struct assay_node *assay_gx_put(struct assay_gx_item *item, const char *key,
                                const struct assay_node *from);

/* The same with a text, or a whole number, that stands for `from`. */
struct assay_node *assay_gx_put_text(struct assay_gx_item *item, const char *key,
                                     const struct assay_node *from, struct assay_str text);
struct assay_node *assay_gx_put_count(struct assay_gx_item *item, const char *key,
                                      const struct assay_node *from, int64_t value);
struct assay_node *assay_gx_put_bool(struct assay_gx_item *item, const char *key,
                                     const struct assay_node *from, bool value);

/* A new collection at the place of `from`, and a copy of a node as its next child. */
struct assay_node *assay_gx_collection(struct assay_gx_item *item, const struct assay_node *from,
                                       enum assay_node_kind kind);
struct assay_node *assay_gx_append(struct assay_gx_item *item, struct assay_node *collection,
                                   const struct assay_node *from);

/* A keyword's value; NULL where it was not given, or as null. */
const struct assay_node *assay_gx_given(const struct assay_gx_item *item, const char *kwarg);

/* Whether a value is of that kind; files an error where it is not: "expected a list". */
bool assay_gx_want_kind(struct assay_gx_item *item, const struct assay_gx_kwarg *kwarg,
                        const struct assay_node *node, enum assay_node_kind kind, const char *what);

/* Files an error at a keyword's value. */
void assay_gx_fail(struct assay_gx_item *item, const struct assay_node *node, const char *help,
                   const char *format, ...) ASSAY_PRINTF(4, 5);

/* What becomes of one keyword. `node` is its value, never NULL nor of kind NULL. */
struct assay_gx_kwarg {
    const char *name;
    const char *to; /* the native parameter; what it means else is the function's affair */
    void (*put)(struct assay_gx_item *item, const struct assay_gx_kwarg *kwarg,
                const struct assay_node *node); /* NULL: renamed */
    unsigned flags;
};

#define ASSAY_GX_REQUIRED 1u /* must be given, and not null */
#define ASSAY_GX_NULLABLE 2u /* `put` wants to see a null too */

/* What an expectation is about, which decides the keywords that it shares with others. */
enum assay_gx_domain { ASSAY_GX_COLUMN, ASSAY_GX_PAIR, ASSAY_GX_MULTI, ASSAY_GX_TABLE };

struct assay_gx_row {
    const char *name;
    const char *native;
    enum assay_gx_domain domain;
    bool map; /* row by row: takes `mostly` */
    const struct assay_gx_kwarg *kwargs;
    size_t kwarg_count;
    void (*finish)(struct assay_gx_item *item); /* after all keywords; may be NULL */
};

/* By name, in any spelling of the letters A and B of column pairs; NULL: not known. */
const struct assay_gx_row *assay_gx_row_find(struct assay_str name);
const struct assay_gx_row *assay_gx_rows(size_t *count);

/* The keywords every expectation of a domain may have. */
const struct assay_gx_kwarg *assay_gx_common(enum assay_gx_domain domain, size_t *count);

/*
 * A row_condition as an expression: the pandas grammar of DataFrame.query, or that of
 * great_expectations. NULL: an error was filed.
 */
const char *assay_gx_condition(struct assay_gx_item *item, const struct assay_node *condition,
                               bool pandas);

/* Functions of rows, each for the keywords that its name says. */
typedef void assay_gx_put_fn(struct assay_gx_item *item, const struct assay_gx_kwarg *kwarg,
                             const struct assay_node *node);
assay_gx_put_fn assay_gx_bound;            /* Comparable: a number or a date */
assay_gx_put_fn assay_gx_whole;            /* a whole number, also written 5.0 */
assay_gx_put_fn assay_gx_text;             /* one text, not a list */
assay_gx_put_fn assay_gx_list;             /* a list */
assay_gx_put_fn assay_gx_members;          /* value_set, nulls left out */
assay_gx_put_fn assay_gx_distinct_members; /* the same with the nulls, which no value equals */
assay_gx_put_fn assay_gx_regex;            /* Python's syntax to PCRE2's */
assay_gx_put_fn assay_gx_regexes;
assay_gx_put_fn assay_gx_quantiles;        /* quantile_ranges */
assay_gx_put_fn assay_gx_relative_error;   /* allow_relative_error */
assay_gx_put_fn assay_gx_partition;        /* partition_object */
assay_gx_put_fn assay_gx_finite_partition; /* the same without tails */
assay_gx_put_fn assay_gx_distribution_params;
/* Their parameters by position, back again: the name there, and the native one; NULL: no more. */
const char *assay_gx_distribution_param(const struct assay_node *distribution, size_t n,
                                        const char **native);
assay_gx_put_fn assay_gx_types;                          /* type_, type_list */
const char *assay_gx_type_name(struct assay_str native); /* back again; NULL: none */
const char *assay_gx_ignored(struct assay_str native, enum assay_gx_domain domain);
assay_gx_put_fn assay_gx_ignore_row_if;
assay_gx_put_fn assay_gx_row_condition;
assay_gx_put_fn assay_gx_result_format;
assay_gx_put_fn assay_gx_unread; /* says nothing about the data */
assay_gx_put_fn assay_gx_legacy; /* no longer means anything: a warning */
assay_gx_put_fn assay_gx_pair_column;
assay_gx_put_fn assay_gx_column_set;
assay_gx_put_fn assay_gx_or_equal;

void assay_gx_no_members(struct assay_gx_item *item); /* in_set without a set */
void assay_gx_lengths(struct assay_gx_item *item);    /* strict bounds of whole numbers */
void assay_gx_any_regex(struct assay_gx_item *item);  /* the default pattern */
void assay_gx_equal(struct assay_gx_item *item);      /* compare: = */
void assay_gx_need_bound(struct assay_gx_item *item); /* between without any bound */
void assay_gx_no_columns(struct assay_gx_item *item); /* a table without a list */
void assay_gx_exists(struct assay_gx_item *item);
void assay_gx_unique_count(struct assay_gx_item *item); /* strict bounds, but for a defect */
void assay_gx_nearest(struct assay_gx_item *item);
void assay_gx_pair(struct assay_gx_item *item); /* both columns as `columns` */

#endif
