/*
 * The Suite model: what to check, after loading. Nothing in it tells which format it
 * was written in.
 */
#ifndef ASSAY_SUITE_SUITE_H
#define ASSAY_SUITE_SUITE_H

#include "metric/expectation.h"
#include "suite/diag.h"
#include "suite/options.h"

#include "assay/suite.h"

struct assay_suite {
    struct assay_arena arena;        /* holds everything below */
    struct assay_str path;           /* as it was named */
    struct assay_str directory;      /* of the path: relative sources start here */
    struct assay_str dataset;        /* empty: not named */
    const struct assay_str *sources; /* as written */
    uint32_t source_count;           /* 0: not named */
    struct assay_options options;    /* defaults plus the suite's own */
    struct assay_field **fields;     /* columns that the suite declares or names */
    uint32_t field_count;
    uint32_t *field_slots;      /* open addressing over names: index + 1, or 0 */
    uint32_t field_slot_count;  /* a power of two, or 0 */
    struct assay_check *checks; /* in order of declaration; well_formed last */
    uint32_t check_count;
};

/* How many checks it declares: well_formed is one where it stands in the suite. */
static inline uint32_t assay_suite_declared(const struct assay_suite *suite)
{
    return suite->check_count - (suite->checks[suite->check_count - 1].line == 0);
}

/* Variables for `${NAME}`: looked at before the environment. */
struct assay_variable {
    struct assay_str name, value;
};

struct assay_origin; /* suite/origin.h */

struct assay_suite_request {
    const struct assay_variable *variables;
    uint32_t variable_count;
    struct assay_origin *origin; /* filled where not NULL */
    bool gx_strict;              /* suites of Great Expectations: its known defects as well */
    bool gx_aliases;             /* native checks are told by the names that it has for them */
};

/*
 * Reads a suite of any known format. All problems are reported at once into `diags`;
 * NULL where there was an error (warnings alone leave a suite). The caller frees it.
 */
struct assay_suite *assay_suite_read(const char *path, const struct assay_suite_request *request,
                                     struct assay_diags *diags);

/* Raises max_samples to what reports will list: all of max_values, or a check's own number. */
void assay_options_keep_samples(struct assay_options *options, const struct assay_suite *suite);

/* The field of a column; NULL where the suite does not mention it. */
const struct assay_field *assay_suite_field(const struct assay_suite *suite,
                                            struct assay_str column);

/* The same as a callback: the declared type of a column of `suite`. */
enum assay_type assay_suite_type_of(void *suite, struct assay_str column);

#endif
