/*
 * Values against a regular expression.
 */
#include "config.h"

#include "metric/match.h"

#include "base/utf8.h"

static enum assay_status match_open(const void *args, const struct assay_metric_env *env,
                                    void **scratch, struct assay_error *err)
{
    struct assay_regex_scratch *made;
    (void)args, (void)env;
    ASSAY_TRY(assay_regex_scratch_new(&made, err));
    *scratch = made;
    return ASSAY_OK;
}

static void match_close(void *scratch)
{
    assay_regex_scratch_free(scratch);
}

void assay_match_fault(const struct assay_regex_fault *found, struct assay_predicate_fault *fault)
{
    fault->count = found->count;
    fault->row = found->first_row;
    if (found->first == ASSAY_REGEX_LIMIT) {
        assay_fail(&fault->error, ASSAY_LIMIT, "REGEX-LIMIT",
                   "the regular expression takes too many steps to match a value");
        assay_error_help(&fault->error, "nested repetition such as (a+)+ does this: make it "
                                        "possessive, (a++)+, or write it without nesting");
    } else
        assay_fail(&fault->error, ASSAY_NOMEM, "REGEX-FAULT",
                   "the regular expression could not be run: out of memory");
}

/* Turns "does not match" into "matches" among the rows looked at; what is no text stays. */
static void invert(const struct assay_slice *slice, uint64_t *violations)
{
    ASSAY_BITS_EACH(slice->mask, slice->rows, row, {
        struct assay_str text = assay_column_text(slice->columns[0], row);
        bool bad = assay_bit_get(violations, row) && assay_utf8_valid(text) != text.len;
        if (!bad)
            violations[row / 64] ^= (uint64_t)1 << (row % 64);
    })
}

static enum assay_status match_test(const void *arguments, void *scratch,
                                    const struct assay_slice *slice, uint64_t *violations,
                                    struct assay_predicate_fault *fault, struct assay_error *err)
{
    const struct assay_match_args *args = arguments;
    const struct assay_column *column = slice->columns[0];
    struct assay_regex_fault found = {0};
    (void)err;
    assay_regex_match_spans(args->pattern, scratch, column->base, column->spans, slice->rows,
                            slice->mask, violations, &found);
    if (found.count != 0) {
        assay_match_fault(&found, fault);
        assay_bits_clear(violations, slice->rows); /* no verdict, so no failing values */
    } else if (args->negate)
        invert(slice, violations);
    return ASSAY_OK;
}

const struct assay_predicate assay_predicate_match = {
    .name = "match",
    .considers = ASSAY_CONSIDER_PRESENT,
    .open = match_open,
    .close = match_close,
    .test = match_test,
};
