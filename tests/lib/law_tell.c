/*
 * Details of measures as text.
 */
#include "config.h"

#include "tests/lib/law_tell.h"

#include "metric/judge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

static const double edges[] = {-10, -0.5, 0, 3, 100};
const struct assay_histogram_args law_bins = {edges, 5};

void law_tell_value(struct assay_buf *out, const char *name, const struct assay_value *value)
{
    assay_buf_printf(out, "%s %d ", name, (int)value->kind);
    assay_value_describe(value, out);
    assay_buf_putc(out, '\n');
}

void law_tell_malformed(const void *detail, struct assay_buf *out)
{
    const struct assay_malformed_detail *d = detail;
    for (int k = 0; k < ASSAY_MALFORMED_KINDS; k++)
        assay_buf_printf(out, "kind %d %llu\n", k, (unsigned long long)d->by_kind[k]);
}

void law_tell_extremes(const void *detail, struct assay_buf *out)
{
    const struct assay_extremes_detail *d = detail;
    law_tell_value(out, "min", &d->min);
    law_tell_value(out, "max", &d->max);
    assay_buf_printf(out, "times %lld.%03u %lld.%03u\n", (long long)d->min_time.micros,
                     d->min_time.nanos, (long long)d->max_time.micros, d->max_time.nanos);
}

void law_tell_moments(const void *detail, struct assay_buf *out)
{
    const struct assay_moments_detail *d = detail;
    assay_buf_printf(out, "count %llu\n", (unsigned long long)d->count);
    law_tell_value(out, "sum", &d->sum);
    law_tell_value(out, "mean", &d->mean);
    law_tell_value(out, "stdev", &d->stdev);
}

void law_tell_distinct(const void *detail, struct assay_buf *out)
{
    const struct assay_distinct_detail *d = detail;
    assay_buf_printf(out, "distinct %llu once %llu\n", (unsigned long long)d->distinct,
                     (unsigned long long)d->singletons);
}

void law_tell_frequency(const void *detail, struct assay_buf *out)
{
    const struct assay_frequency_detail *d = detail;
    assay_buf_printf(out, "distinct %llu of %llu, %u modes, %llu more, named %d\n",
                     (unsigned long long)d->distinct, (unsigned long long)d->total, d->modes,
                     (unsigned long long)d->unlisted_modes, d->named);
    for (uint32_t i = 0; i < d->count; i++) {
        assay_buf_printf(out, "%llu times ", (unsigned long long)d->counts[i]);
        law_tell_value(out, "", &d->values[i]);
    }
}

void law_tell_kinds(const void *detail, struct assay_buf *out)
{
    const struct assay_kinds_detail *d = detail;
    assay_buf_printf(out, "nulls %d, integers %d, numbers %d, booleans %d, others %d, kinds %d\n",
                     d->nulls, d->integers, d->numbers, d->booleans, d->others, d->of_kinds);
}

void law_tell_histogram(const void *detail, struct assay_buf *out)
{
    const struct assay_histogram_detail *d = detail;
    assay_buf_printf(out, "%llu below, %llu above, of %llu:", (unsigned long long)d->below,
                     (unsigned long long)d->above, (unsigned long long)d->total);
    for (uint32_t i = 0; i + 1 < law_bins.count; i++)
        assay_buf_printf(out, " %llu", (unsigned long long)d->counts[i]);
}

void law_tell_query(const void *detail, struct assay_buf *out)
{
    const struct assay_query_detail *d = detail;
    assay_buf_printf(out, "%llu rows\n", (unsigned long long)d->count);
    law_tell_value(out, "first", &d->rows);
}

static enum assay_status tell_tuple(void *ctx, const struct assay_str *parts, uint64_t count,
                                    struct assay_error *err)
{
    (void)err;
    for (int i = 0; i < 2; i++)
        assay_buf_printf(ctx, "%.*s|", parts[i].ptr ? (int)parts[i].len : 4,
                         parts[i].ptr ? parts[i].ptr : "null");
    assay_buf_printf(ctx, "%llu\n", (unsigned long long)count);
    return ASSAY_OK;
}

void law_tell_tuples(const void *detail, struct assay_buf *out)
{
    struct assay_error err;
    assert_int_equal(assay_tuples_walk(detail, tell_tuple, out, &err), ASSAY_OK);
}
