/*
 * format: every value is written in a known format: an e-mail address, a URL, an IBAN …
 *
 * `is` names one of metric/formats.h, which says the exact rules; `pattern` is the
 * notation of a date or time, as base/timefmt.h reads it. Nulls are not considered.
 * Exact; row counts add up.
 */
#include "config.h"

#include "metric/formats.h"
#include "metric/judge.h"
#include "metric/needs.h"

struct args {
    int is; /* enum assay_format_id; not looked at where there is a pattern */
    struct assay_str pattern;
    struct assay_timefmt time;
};

static const struct assay_param params[] = {
    {"is", ASSAY_PARAM_CHOICE, ASSAY_PARAM_MAIN | ASSAY_PARAM_ONE_OF, NULL, assay_format_names,
     offsetof(struct args, is), "the format"},
    {"pattern", ASSAY_PARAM_TEXT, ASSAY_PARAM_ONE_OF | ASSAY_PARAM_NONEMPTY, NULL, NULL,
     offsetof(struct args, pattern), "the notation of a date or time: %d.%m.%Y"},
};

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct args *args = arguments;
    prepare->param = "pattern";
    if (args->pattern.ptr == NULL)
        return ASSAY_OK;
    if (assay_check_given(prepare->check, "is").len != 0)
        return assay_fail(err, ASSAY_CONFIG, "SUITE-KEY", "give either is or pattern");
    return assay_timefmt_compile(&args->time, args->pattern, err);
}

static enum assay_status test(const void *arguments, void *scratch, const struct assay_slice *slice,
                              uint64_t *violations, struct assay_predicate_fault *fault,
                              struct assay_error *err)
{
    const struct args *args = arguments;
    bool (*holds)(struct assay_str) = assay_formats[args->is].holds;
    bool by_pattern = args->pattern.ptr != NULL;
    (void)scratch, (void)fault, (void)err;
    ASSAY_BITS_EACH(slice->mask, slice->rows, row, {
        struct assay_str text = assay_column_text(slice->columns[0], row);
        int64_t micros;
        if (!(by_pattern ? assay_timefmt_parse(&args->time, text, 0, &micros) : holds(text)))
            assay_bit_set(violations, row);
    })
    return ASSAY_OK;
}

static const struct assay_predicate predicate = {
    .name = "format",
    .considers = ASSAY_CONSIDER_PRESENT,
    .test = test,
};

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_puts(out, args->pattern.ptr ? "is written as " : "is ");
    if (args->pattern.ptr != NULL)
        assay_buf_str(out, args->pattern);
    else
        assay_buf_puts(out, assay_formats[args->is].what);
}

const struct assay_expectation assay_expectation_format = {
    .name = "format",
    .summary = "values are written in a known format",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .traits = ASSAY_TRAIT_ROWWISE,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "format: email",
    .prepare = prepare,
    .predicate = &predicate,
    .title = title,
};
