/*
 * The predicate behind regex and not_regex.
 *
 * Args: struct assay_match_args. A value that is not UTF-8 violates both. A value that
 * the engine cannot decide within its limits is a fault, REGEX-LIMIT: the expectation
 * becomes an error, for neither answer would be true.
 */
#ifndef ASSAY_METRIC_MATCH_H
#define ASSAY_METRIC_MATCH_H

#include "metric/expectation.h"

struct assay_match_args {
    struct assay_regex *pattern;
    bool negate; /* values that match violate, instead of those that do not */
};

extern const struct assay_predicate assay_predicate_match;

/* Says of values without an answer why there is none. */
void assay_match_fault(const struct assay_regex_fault *found, struct assay_predicate_fault *fault);

#endif
