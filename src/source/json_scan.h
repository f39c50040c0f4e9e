/*
 * Reads one record strictly: the grammar of RFC 8259, UTF-8 without exception, no key
 * twice in an object, no half surrogate pair, at most ASSAY_JSON_DEPTH_LIMIT brackets
 * open at once. What yajl refuses it refuses too; what it accepts yajl reads in the same
 * way.
 */
#ifndef ASSAY_SOURCE_JSON_SCAN_H
#define ASSAY_SOURCE_JSON_SCAN_H

#include "source/json_keys.h"
#include "source/json_problem.h"
#include "source/json_table.h"
#include "source/source.h"

/* A value between which the text of a record tends to repeat; see json_shape.h. */
struct assay_json_leaf {
    const char *begin, *end;
    const struct assay_json_node *node; /* NULL: not wanted */
    uint32_t depth;                     /* brackets open around it */
};

struct assay_json_leaves {
    struct assay_json_leaf *leaves;
    uint32_t count, room;
    bool too_many;
};

/*
 * What is needed to read records of one text, and what the last one came to. Text,
 * scratch and what lies between are one allocation, so that offsets reach both.
 */
struct assay_json_scan {
    const char *base;                   /* offsets of values count from here */
    const struct assay_json_node *root; /* of the wanted paths */
    uint64_t seed;                      /* the tree's */
    struct assay_json_table *table;     /* NULL: no values are wanted */
    struct assay_json_keys *keys;
    struct assay_json_tree *seen;        /* paths are added here instead of looked up; or NULL */
    struct assay_json_leaves *leaves;    /* to be filled; or NULL */
    char *scratch;                       /* decoded text goes here, and moves it on */
    const struct assay_json_node *probe; /* whose value is looked for; NULL: none is */
    uint32_t probe_skip;                 /* how many of them are passed over */
    const char *probe_at;                /* where it begins; NULL: not found */
    enum assay_json_twice twice;         /* what a key that comes twice is */
    bool allow_nan;

    const char *end; /* of the record */
    uint32_t depth;
    const char *nul;      /* the first \u0000, which is no problem; or NULL */
    const char *no_array; /* the first value that is no array where a path has [*]; or NULL */
    const struct assay_json_node *no_array_node; /* its node */
    bool beyond; /* it has what yajl does not know of: a key twice, or NaN */
    enum {
        ASSAY_JSON_KEYS_PLAIN,   /* keys are remembered as they come */
        ASSAY_JSON_KEYS_COUNTED, /* how often each comes is counted, for: */
        ASSAY_JSON_KEYS_LAST     /* all but the last are passed over */
    } pass;
    struct assay_json_problem problem;
};

/*
 * Reads the record from[0..to), around which there are no spaces. Text behind it as in
 * json_text.h, and such that it does not go on with a digit. False: `problem` says why, and
 * values were perhaps put into the table. Memory that was short is noted in table and keys.
 */
bool assay_json_scan_record(struct assay_json_scan *scan, const char *from, const char *to);

/*
 * The same for a value within a record for which assay_json_scan_begin was called: behind
 * it, or NULL.
 */
const char *assay_json_scan_value(struct assay_json_scan *scan, const char *at,
                                  const struct assay_json_node *node);
void assay_json_scan_begin(struct assay_json_scan *scan, const char *to);

/*
 * The string that begins at `at`, a quote: behind it, or NULL. `content` is what it says,
 * decoded into the scratch where it has escapes and `want` is true.
 */
const char *assay_json_scan_string(struct assay_json_scan *scan, const char *at, bool want,
                                   struct assay_str *content);

static inline uint32_t assay_json_scan_offset(const struct assay_json_scan *scan, const char *at)
{
    return (uint32_t)(at - scan->base);
}

#endif
