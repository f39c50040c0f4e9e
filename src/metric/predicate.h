/*
 * A predicate is row-wise: columns of a slice in, a bitmap of violations out.
 *
 * Counting, samples, thresholds and merging are not its business: the `violations`
 * metric does them, once, for all predicates.
 */
#ifndef ASSAY_METRIC_PREDICATE_H
#define ASSAY_METRIC_PREDICATE_H

#include "metric/metric.h"

/* What is looked at and what counts as missing. */
enum assay_considers {
    ASSAY_CONSIDER_PRESENT, /* rows in which every column has a value */
    ASSAY_CONSIDER_ALL,     /* all rows: not_null, null, expression */
    ASSAY_CONSIDER_ANY      /* rows in which at least one column has a value */
};

/* Rows that a predicate could not decide, e.g. a regex past its match limit. */
struct assay_predicate_fault {
    uint64_t count;
    uint32_t row; /* the first of them in this slice */
    struct assay_error error;
    uint64_t unknown; /* besides: rows that neither hold nor violate; they count as missing */
};

struct assay_predicate {
    const char *name;
    enum assay_considers considers;
    /* A worker's own scratch (match data, memo); both NULL where none is needed. */
    enum assay_status (*open)(const void *args, const struct assay_metric_env *env, void **scratch,
                              struct assay_error *err);
    void (*close)(void *scratch);
    /*
     * Sets the bits of violating rows among slice->mask (which here holds only rows to
     * consider); other bits must stay 0. `violations` comes zeroed.
     */
    enum assay_status (*test)(const void *args, void *scratch, const struct assay_slice *slice,
                              uint64_t *violations, struct assay_predicate_fault *fault,
                              struct assay_error *err);
    /* Says what is wrong with one row, for its sample; NULL: nothing to add. */
    void (*note)(const void *args, const struct assay_slice *slice, uint32_t row,
                 struct assay_buf *out);
    /* Tells two sets of arguments apart, as assay_metric.key. */
    void (*key)(const void *args, struct assay_buf *out);
    /*
     * The condition, in a database, of a row in violation among those that are considered,
     * in parentheses where it needs them; NULL with ask->why where it cannot be said, which
     * a NULL here says as well.
     */
    const char *(*sql)(const void *args, struct assay_sql_ask *ask);
};

/*
 * The choices of a parameter `ignore_nulls` of expectations about several columns: rows
 * with any null, with nothing but nulls, or none are left out. The same predicate three
 * times, in the order of the choices.
 */
extern const char *const assay_ignore_nulls[4];
#define ASSAY_PREDICATES_BY_NULLS(name_, test_, note_)                                             \
    {                                                                                              \
        {.name = name_ ".any", .considers = ASSAY_CONSIDER_PRESENT, .test = test_, .note = note_}, \
            {.name = name_ ".all", .considers = ASSAY_CONSIDER_ANY, .test = test_, .note = note_}, \
        {                                                                                          \
            .name = name_ ".none", .considers = ASSAY_CONSIDER_ALL, .test = test_, .note = note_   \
        }                                                                                          \
    }

/* Arguments of the `violations` metric. */
struct assay_violations_args {
    const struct assay_predicate *predicate;
    const void *args; /* the predicate's */
};

extern const struct assay_metric assay_metric_violations;

/* What is wrong with a row that the metric marked, from its args; nothing where that is plain. */
void assay_violations_note(const void *args, const struct assay_slice *slice, uint32_t row,
                           struct assay_buf *out);

#endif
