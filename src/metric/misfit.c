/*
 * Counting what does not fit.
 */
#include "config.h"

#include "metric/misfit.h"

#include "metric/state.h"

#include <inttypes.h>

enum assay_status assay_misfits_init(struct assay_misfits *misfits,
                                     const struct assay_metric_env *env, struct assay_error *err)
{
    misfits->count = 0;
    return assay_samples_init(&misfits->first, 1, env->max_sample_bytes, err);
}

void assay_misfits_reset(struct assay_misfits *misfits)
{
    assay_samples_reset(&misfits->first);
}

enum assay_status assay_misfits_merge(struct assay_misfits *into, const struct assay_misfits *from,
                                      struct assay_error *err)
{
    into->count += from->count;
    return assay_samples_merge(&into->first, &from->first, err);
}

void assay_misfits_save(const struct assay_misfits *misfits, struct assay_buf *out)
{
    assay_state_put_u64(out, misfits->count);
    assay_samples_save(&misfits->first, out);
}

bool assay_misfits_load(struct assay_misfits *misfits, struct assay_str *in)
{
    bool failed = false;
    misfits->count = assay_state_get_u64(in, &failed);
    return !failed && assay_samples_load(&misfits->first, in);
}

void assay_slice_present(const struct assay_slice *slice, uint64_t *present)
{
    const uint64_t *null = slice->columns[0]->null;
    for (size_t i = 0; i < ASSAY_BITMAP_WORDS(slice->rows); i++)
        present[i] = slice->mask[i] & ~null[i];
}

static enum assay_status take(struct assay_misfits *misfits, const struct assay_slice *slice,
                              uint32_t row, struct assay_error *err)
{
    misfits->count++;
    if (!assay_samples_wants(&misfits->first, assay_slice_record(slice, row)))
        return ASSAY_OK;
    return assay_samples_add(&misfits->first, slice, row, assay_cstr(""), err);
}

enum assay_status assay_misfits_numbers(struct assay_misfits *misfits,
                                        const struct assay_slice *slice,
                                        const struct assay_numbers *numbers, uint64_t *usable,
                                        struct assay_error *err)
{
    assay_slice_present(slice, usable);
    for (size_t i = 0; i < ASSAY_BITMAP_WORDS(slice->rows); i++) {
        uint32_t from = (uint32_t)i * 64;
        uint32_t n = slice->rows - from < 64 ? slice->rows - from : 64;
        uint64_t odd = assay_bits_above(numbers->code + from, n, ASSAY_NUM_BIG) & usable[i];
        usable[i] &= ~odd;
        for (; odd != 0; odd &= odd - 1)
            ASSAY_TRY(take(misfits, slice, from + (uint32_t)__builtin_ctzll(odd), err));
    }
    return ASSAY_OK;
}

enum assay_status assay_misfits_times(struct assay_misfits *misfits,
                                      const struct assay_slice *slice,
                                      const struct assay_times *times, uint64_t *usable,
                                      struct assay_error *err)
{
    assay_slice_present(slice, usable);
    for (size_t i = 0; i < ASSAY_BITMAP_WORDS(slice->rows); i++) {
        uint64_t odd = usable[i] & ~times->valid[i];
        usable[i] &= times->valid[i];
        for (; odd != 0; odd &= odd - 1)
            ASSAY_TRY(take(misfits, slice, (uint32_t)i * 64 + (uint32_t)__builtin_ctzll(odd), err));
    }
    return ASSAY_OK;
}

void assay_misfits_finish(const struct assay_misfits *misfits, const char *what,
                          struct assay_measure *out)
{
    if (misfits->count == 0 || misfits->first.count == 0)
        return;
    const struct assay_sample *s = &misfits->first.items[0];
    struct assay_str text = s->value_count ? s->values[0].text : assay_cstr("");
    bool lines = s->line != 0; /* rows of a database stand on none */
    out->failed = true;
    assay_fail(&out->error, ASSAY_SOURCE, "VALUE-TYPE",
               "%" PRIu64 " value%s no %s; the first is \"%.*s%s\" %s %" PRIu64, misfits->count,
               misfits->count == 1 ? " is" : "s are", what, (int)(text.len < 60 ? text.len : 60),
               text.ptr, text.len > 60 ? "…" : "", lines ? "on line" : "in row",
               lines ? s->line : s->record);
    assay_error_help(&out->error, "a `where` can leave such rows out; a `type` check counts them");
}
