/*
 * A schema that was looked through. Private to base/json_schema*.c.
 */
#ifndef ASSAY_BASE_JSON_SCHEMA_IMPL_H
#define ASSAY_BASE_JSON_SCHEMA_IMPL_H

#include "base/json_schema.h"

enum assay_json_draft {
    ASSAY_DRAFT_4,
    ASSAY_DRAFT_6,
    ASSAY_DRAFT_7,
    ASSAY_DRAFT_2019,
    ASSAY_DRAFT_2020
};

struct assay_json_schema {
    const struct assay_value *root;
    enum assay_json_draft draft;
    struct assay_json_regex { /* by the value that holds the pattern, or its name's text */
        const char *pattern;  /* the same bytes: compared by address */
        struct assay_regex *regex;
    } * regexes;
    size_t regex_count;
    struct assay_json_ref {             /* where a `$ref` leads */
        const struct assay_value *from; /* the value of $ref */
        const struct assay_value *to;
    } * refs;
    size_t ref_count;
};

const struct assay_value *assay_json_ref_target(const struct assay_json_schema *schema,
                                                const struct assay_value *ref);
const struct assay_regex *assay_json_regex(const struct assay_json_schema *schema,
                                           struct assay_str pattern);

#endif
