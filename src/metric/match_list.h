/*
 * Several patterns at once: the predicates behind regex_list, like and their opposites.
 *
 * A value holds where any of the patterns matches it, or all of them, or with `none` no one.
 */
#ifndef ASSAY_METRIC_MATCH_LIST_H
#define ASSAY_METRIC_MATCH_LIST_H

#include "metric/expectation.h"

enum assay_match_mode { ASSAY_MATCH_ANY, ASSAY_MATCH_ALL, ASSAY_MATCH_NONE };

/* The choices of a parameter `match`. */
extern const char *const assay_match_modes[3];

/* Regular expressions; a value that is not UTF-8 violates. */
struct assay_regexes_args {
    struct assay_scalars patterns; /* as given */
    int mode;                      /* enum assay_match_mode */
    struct assay_regex **regexes;  /* one a pattern */
};

extern const struct assay_predicate assay_predicate_regexes;

/* Compiles the patterns; what it took goes with assay_regexes_release. */
enum assay_status assay_regexes_prepare(struct assay_regexes_args *args,
                                        struct assay_prepare *prepare, struct assay_error *err);
void assay_regexes_release(void *args);

/*
 * SQL's LIKE: `%` stands for any run of characters, `_` for one, all else for itself, and
 * the whole value has to match. There is no escape. `fold`: A to Z match both cases.
 */
struct assay_likes_args {
    struct assay_scalars patterns;
    int mode;
    bool fold;
};

extern const struct assay_predicate assay_predicate_likes;

/* Whether a text is like a pattern. Takes time in proportion to both lengths at most. */
bool assay_like(struct assay_str text, struct assay_str pattern, bool fold);

/* Appends "matches any of a, b". */
void assay_match_list_describe(const struct assay_scalars *patterns, int mode, const char *verb,
                               struct assay_buf *out);

#endif
