/*
 * Malformed records: what the source found wrong while it read.
 */
#include "config.h"

#include "base/redact.h"
#include "metric/judge.h"
#include "metric/metrics.h"
#include "metric/sample.h"
#include "metric/sql.h"
#include "metric/state.h"

#include <inttypes.h>
#include <stdio.h>

struct malformed {
    struct assay_samples samples;
    uint64_t records;   /* all of them */
    uint64_t malformed; /* records with at least one finding */
    uint64_t header;    /* findings about the header, which is no record */
    uint64_t left_out;  /* malformed records that take part in nothing else */
    uint64_t by_kind[ASSAY_MALFORMED_KINDS];
};

static const char *const codes[ASSAY_MALFORMED_KINDS] = {
    [ASSAY_MALFORMED_SHORT] = "CSV-RAGGED",
    [ASSAY_MALFORMED_LONG] = "CSV-RAGGED",
    [ASSAY_MALFORMED_BLANK] = "CSV-BLANK",
    [ASSAY_MALFORMED_HEADER] = "CSV-REPEATED-HEADER",
    [ASSAY_MALFORMED_AFTER_QUOTE] = "CSV-QUOTE",
    [ASSAY_MALFORMED_BARE_QUOTE] = "CSV-QUOTE",
    [ASSAY_MALFORMED_OPEN_QUOTE] = "CSV-OPEN-QUOTE",
    [ASSAY_MALFORMED_UTF8] = "CSV-UTF8",
    [ASSAY_MALFORMED_NUL] = "CSV-NUL",
    [ASSAY_MALFORMED_NAMELESS] = "CSV-NAMELESS-COLUMN",
    [ASSAY_MALFORMED_SYNTAX] = "JSON-SYNTAX",
    [ASSAY_MALFORMED_NO_OBJECT] = "JSON-RECORD",
    [ASSAY_MALFORMED_KEY_TWICE] = "JSON-DUPLICATE-KEY",
    [ASSAY_MALFORMED_SURROGATE] = "JSON-SURROGATE",
    [ASSAY_MALFORMED_JSON_UTF8] = "JSON-UTF8",
    [ASSAY_MALFORMED_JSON_NUL] = "JSON-NUL",
    [ASSAY_MALFORMED_NO_ARRAY] = "JSON-NO-ARRAY",
};

const char *assay_malformed_code(enum assay_malformed what)
{
    return codes[what];
}

void assay_malformed_tell(const struct assay_measure *measure, struct assay_str source,
                          const struct assay_judge_env *env, struct assay_outcome *out)
{
    const struct assay_malformed_detail *detail = measure != NULL ? measure->detail : NULL;
    struct assay_buf text;
    if (detail == NULL || detail->left_out == 0)
        return;
    bool one = detail->left_out == 1;
    uint64_t line = measure->sample_count != 0 ? measure->samples[0].line : 0;
    assay_buf_init(&text, (size_t)1 << 20);
    assay_buf_str(&text, out->message);
    assay_buf_printf(&text, "%s%" PRIu64 " record%s of ", text.len ? "; " : "", detail->left_out,
                     one ? "" : "s");
    assay_redact_mask(source, &text);
    assay_buf_printf(&text, "%s malformed", one ? " is" : " are");
    if (line != 0)
        assay_buf_printf(&text, " (line %" PRIu64 "%s)", line, one ? "" : ", …");
    env->arena->failed |= text.failed;
    if (!text.failed)
        assay_outcome_say(out, env, "%.*s", (int)text.len, text.ptr);
    assay_buf_free(&text);
    if (out->level == ASSAY_LEVEL_PASS)
        out->level = ASSAY_LEVEL_WARN;
}

/* Keeps a finding as a sample, its text followed by its code. */
static enum assay_status keep(struct malformed *m, const struct assay_finding *finding,
                              struct assay_error *err)
{
    char note[512];
    struct assay_finding coded = *finding;
    if (!assay_samples_wants(&m->samples, finding->at.record))
        return ASSAY_OK;
    snprintf(note, sizeof note, "%s [%s]", finding->text, codes[finding->what]);
    coded.text = note;
    return assay_samples_add_finding(&m->samples, &coded, err);
}

static enum assay_status malformed_init(void *state, const void *args,
                                        const struct assay_metric_env *env, struct assay_error *err)
{
    (void)args;
    return assay_samples_init(&((struct malformed *)state)->samples, env->max_samples,
                              env->max_sample_bytes, err);
}

static void malformed_reset(void *state)
{
    assay_samples_reset(&((struct malformed *)state)->samples);
}

/* Findings come in record order; several of one record make one malformed record. */
static enum assay_status malformed_update(void *state, const struct assay_slice *slice,
                                          struct assay_error *err)
{
    struct malformed *m = state;
    const struct assay_batch *batch = slice->batch;
    uint64_t last = UINT64_MAX;
    m->records += assay_bits_count(slice->selected, slice->rows);
    for (size_t i = 0; batch->usable != NULL && i < ASSAY_BITMAP_WORDS(slice->rows); i++)
        m->left_out += (uint64_t)__builtin_popcountll(slice->selected[i] & ~batch->usable[i]);
    for (uint32_t i = 0; i < batch->finding_count; i++) {
        const struct assay_finding *finding = &batch->findings[i];
        uint64_t row = finding->at.record - batch->record - 1;
        if (finding->at.record > batch->record && row < slice->rows &&
            !assay_bit_get(slice->selected, (uint32_t)row))
            continue;
        if (slice->marks != NULL && finding->at.record > batch->record && row < slice->rows)
            assay_bit_set(slice->marks->bad, (uint32_t)row);
        m->by_kind[finding->what]++;
        m->header += finding->at.record == 0;
        m->malformed += finding->at.record != 0 && finding->at.record != last;
        last = finding->at.record;
        ASSAY_TRY(keep(m, finding, err));
    }
    return ASSAY_OK;
}

static enum assay_status malformed_merge(void *into, void *from, struct assay_error *err)
{
    struct malformed *a = into, *b = from;
    a->records += b->records;
    a->malformed += b->malformed;
    a->header += b->header;
    a->left_out += b->left_out;
    for (int k = 0; k < ASSAY_MALFORMED_KINDS; k++)
        a->by_kind[k] += b->by_kind[k];
    return assay_samples_merge(&a->samples, &b->samples, err);
}

static enum assay_status malformed_finish(void *state, struct assay_arena *arena,
                                          struct assay_measure *out, struct assay_error *err)
{
    struct malformed *m = state;
    struct assay_malformed_detail *detail = assay_arena_alloc(arena, sizeof *detail);
    if (detail == NULL)
        return assay_fail_nomem(err);
    memcpy(detail->by_kind, m->by_kind, sizeof detail->by_kind);
    detail->header = m->header;
    detail->left_out = m->left_out;
    out->detail = detail;
    out->counts.element_count = out->counts.considered_count = m->records;
    out->counts.unexpected_count = m->malformed;
    out->value = assay_value_count(arena, m->malformed);
    return assay_samples_finish(&m->samples, arena, out, err);
}

static enum assay_status malformed_save(void *state, struct assay_buf *out, struct assay_error *err)
{
    struct malformed *m = state;
    assay_state_begin(out, "malformed", 2);
    assay_state_put_u64(out, m->records);
    assay_state_put_u64(out, m->malformed);
    assay_state_put_u64(out, m->header);
    assay_state_put_u64(out, m->left_out);
    for (int k = 0; k < ASSAY_MALFORMED_KINDS; k++)
        assay_state_put_u64(out, m->by_kind[k]);
    assay_samples_save(&m->samples, out);
    return out->failed ? assay_fail_nomem(err) : ASSAY_OK;
}

static enum assay_status malformed_load(void *state, struct assay_str saved,
                                        struct assay_error *err)
{
    struct malformed *m = state;
    bool failed = false;
    assay_state_expect(&saved, "malformed", 2, &failed);
    m->records = assay_state_get_u64(&saved, &failed);
    m->malformed = assay_state_get_u64(&saved, &failed);
    m->header = assay_state_get_u64(&saved, &failed);
    m->left_out = assay_state_get_u64(&saved, &failed);
    for (int k = 0; k < ASSAY_MALFORMED_KINDS; k++)
        m->by_kind[k] = assay_state_get_u64(&saved, &failed);
    failed |= !assay_samples_load(&m->samples, &saved) || saved.len != 0;
    return failed ? assay_state_bad("malformed", err) : ASSAY_OK;
}

/* Rows of a table are well-formed where their texts are, which the engine asks for all. */
static bool malformed_ask(const void *args, struct assay_sql_ask *ask)
{
    (void)args;
    assay_sql_count(ask, "");
    return true;
}

static enum assay_status malformed_take(void *state, const struct assay_sql_answers *answers,
                                        struct assay_error *err)
{
    (void)err;
    ((struct malformed *)state)->records = assay_sql_u64(answers, 0);
    return ASSAY_OK;
}

static const struct assay_metric_sql malformed_sql = {malformed_ask, malformed_take};

const struct assay_metric assay_metric_malformed = {
    .name = "malformed",
    .summary = "records that are not well-formed",
    .state_size = sizeof(struct malformed),
    .init = malformed_init,
    .update = malformed_update,
    .merge = malformed_merge,
    .finish = malformed_finish,
    .save = malformed_save,
    .load = malformed_load,
    .reset = malformed_reset,
    .sql = &malformed_sql,
};
