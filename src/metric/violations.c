/*
 * The metric behind every row-wise expectation: how many rows a predicate finds in
 * violation, and the first of them.
 */
#include "config.h"

#include "metric/predicate.h"

#include "metric/judge.h"
#include "metric/sample.h"
#include "metric/sql.h"
#include "metric/state.h"

#include <stdatomic.h>
#include <stdio.h>

const char *const assay_ignore_nulls[4] = {"any", "all", "none", NULL};

struct violations {
    const struct assay_violations_args *args;
    const struct assay_metric_env *env;
    void *scratch;
    struct assay_counts counts;
    struct assay_samples samples;
    uint64_t faults;      /* rows that could not be decided */
    uint64_t first_fault; /* record number of the first of them */
    struct assay_error fault;
};

static void violations_key(const void *arguments, struct assay_buf *out)
{
    const struct assay_violations_args *args = arguments;
    assay_buf_printf(out, "%s:", args->predicate->name);
    if (args->predicate->key != NULL)
        args->predicate->key(args->args, out);
    else if (args->args != NULL)
        assay_buf_printf(out, "%p", args->args);
}

static enum assay_status violations_init(void *state, const void *args,
                                         const struct assay_metric_env *env,
                                         struct assay_error *err)
{
    struct violations *v = state;
    v->args = args;
    v->env = env;
    ASSAY_TRY(assay_samples_init(&v->samples, env->max_samples, env->max_sample_bytes, err));
    if (v->args->predicate->open == NULL)
        return ASSAY_OK;
    return v->args->predicate->open(v->args->args, env, &v->scratch, err);
}

static void violations_reset(void *state)
{
    struct violations *v = state;
    assay_samples_reset(&v->samples);
    if (v->args != NULL && v->args->predicate->close != NULL && v->scratch != NULL)
        v->args->predicate->close(v->scratch);
    v->scratch = NULL;
}

/* Rows of the mask that the predicate looks at; see enum assay_considers. */
static void consider(const struct assay_slice *slice, enum assay_considers considers,
                     uint64_t *considered)
{
    size_t words = ASSAY_BITMAP_WORDS(slice->rows);
    for (size_t i = 0; i < words; i++) {
        uint64_t some = 0, every = ~(uint64_t)0;
        for (uint32_t c = 0; c < slice->column_count; c++) {
            uint64_t present = ~slice->columns[c]->null[i];
            some |= present;
            every &= present;
        }
        uint64_t pick = considers == ASSAY_CONSIDER_ALL   ? ~(uint64_t)0
                        : considers == ASSAY_CONSIDER_ANY ? some
                                                          : every;
        considered[i] = slice->mask[i] & pick;
    }
}

static enum assay_status take_samples(struct violations *v, const struct assay_slice *slice,
                                      const uint64_t *bad, struct assay_error *err)
{
    const struct assay_predicate *predicate = v->args->predicate;
    ASSAY_BITS_EACH(bad, slice->rows, row, {
        if (!assay_samples_wants(&v->samples, assay_slice_record(slice, row)))
            return ASSAY_OK;
        struct assay_buf note;
        assay_buf_init(&note, 1024);
        if (predicate->note != NULL)
            predicate->note(v->args->args, slice, row, &note);
        enum assay_status status =
            note.nomem ? assay_fail_nomem(err)
                       : assay_samples_add(&v->samples, slice, row, assay_buf_view(&note), err);
        assay_buf_free(&note);
        if (status != ASSAY_OK)
            return status;
    })
    return ASSAY_OK;
}

static void take_fault(struct violations *v, const struct assay_slice *slice,
                       const struct assay_predicate_fault *fault)
{
    uint64_t record = assay_slice_record(slice, fault->row);
    if (v->faults == 0 || record < v->first_fault) {
        v->first_fault = record;
        v->fault = fault->error;
    }
    v->faults += fault->count;
}

static enum assay_status mark_undecided(const struct assay_slice *slice, uint32_t row,
                                        const struct assay_error *why,
                                        struct assay_undecided ***end, struct assay_error *err)
{
    struct assay_arena *arena = &slice->batch->arena;
    struct assay_undecided *undecided = assay_arena_alloc(arena, sizeof *undecided);
    if (undecided == NULL)
        return assay_fail_nomem(err);
    undecided->row = row;
    memcpy(undecided->code, why->code, sizeof undecided->code);
    undecided->text = assay_arena_strdup(arena, assay_cstr(why->message));
    **end = undecided;
    *end = &undecided->next;
    assay_bit_set(slice->marks->bad, row);
    return undecided->text ? ASSAY_OK : assay_fail_nomem(err);
}

/*
 * Says which rows are bad. Where some could not be decided, a predicate may have given up
 * on others with them: then it is asked about one row after the other.
 */
static enum assay_status mark(struct violations *v, const struct assay_slice *inner,
                              const uint64_t *bad, bool faulted, struct assay_error *err)
{
    const struct assay_predicate *predicate = v->args->predicate;
    struct assay_undecided **end = &inner->marks->undecided;
    size_t words = ASSAY_BITMAP_WORDS(inner->rows);
    if (!faulted) {
        memcpy(inner->marks->bad, bad, words * 8);
        return ASSAY_OK;
    }
    uint64_t *one = assay_arena_array(&inner->batch->arena, words * 2 + 1, 8);
    if (one == NULL)
        return assay_fail_nomem(err);
    struct assay_slice alone = *inner;
    alone.mask = one;
    ASSAY_BITS_EACH(inner->mask, inner->rows, row, {
        struct assay_predicate_fault fault = {0};
        one[row / 64] = (uint64_t)1 << (row % 64);
        one[words + row / 64] = 0;
        ASSAY_TRY(predicate->test(v->args->args, v->scratch, &alone, one + words, &fault, err));
        if (fault.count)
            ASSAY_TRY(mark_undecided(inner, row, &fault.error, &end, err));
        else
            inner->marks->bad[row / 64] |= one[words + row / 64];
        one[row / 64] = 0;
    })
    return ASSAY_OK;
}

static enum assay_status violations_update(void *state, const struct assay_slice *slice,
                                           struct assay_error *err)
{
    struct violations *v = state;
    const struct assay_predicate *predicate = v->args->predicate;
    size_t words = ASSAY_BITMAP_WORDS(slice->rows);
    uint64_t *considered = assay_arena_array(&slice->batch->arena, words * 2 + 1, 8);
    if (considered == NULL)
        return assay_fail_nomem(err);
    uint64_t *bad = considered + words;
    consider(slice, predicate->considers, considered);
    struct assay_slice inner = *slice;
    inner.mask = considered;
    struct assay_predicate_fault fault = {0};
    ASSAY_TRY(predicate->test(v->args->args, v->scratch, &inner, bad, &fault, err));
    uint64_t elements = assay_bits_count(slice->mask, slice->rows);
    uint64_t looked_at = assay_bits_count(considered, slice->rows);
    uint64_t unexpected = assay_bits_count(bad, slice->rows);
    v->counts.element_count += elements;
    looked_at -= fault.unknown;
    v->counts.missing_count += elements - looked_at;
    v->counts.considered_count += looked_at;
    v->counts.unexpected_count += unexpected;
    if (fault.count)
        take_fault(v, slice, &fault);
    if (slice->marks != NULL && (unexpected || fault.count))
        ASSAY_TRY(mark(v, &inner, bad, fault.count != 0, err));
    if (unexpected == 0)
        return ASSAY_OK;
    if (v->env->violations != NULL)
        atomic_fetch_add_explicit(v->env->violations, unexpected, memory_order_relaxed);
    return take_samples(v, &inner, bad, err);
}

static enum assay_status violations_merge(void *into, void *from, struct assay_error *err)
{
    struct violations *a = into, *b = from;
    a->counts.element_count += b->counts.element_count;
    a->counts.missing_count += b->counts.missing_count;
    a->counts.considered_count += b->counts.considered_count;
    a->counts.unexpected_count += b->counts.unexpected_count;
    if (b->faults && (a->faults == 0 || b->first_fault < a->first_fault)) {
        a->first_fault = b->first_fault;
        a->fault = b->fault;
    }
    a->faults += b->faults;
    return assay_samples_merge(&a->samples, &b->samples, err);
}

static enum assay_status violations_finish(void *state, struct assay_arena *arena,
                                           struct assay_measure *out, struct assay_error *err)
{
    struct violations *v = state;
    out->counts = v->counts;
    out->value = assay_value_count(arena, v->counts.unexpected_count);
    if (v->faults) {
        out->failed = true;
        out->error = v->fault;
        char rest[64];
        snprintf(rest, sizeof rest, " (record %llu)", (unsigned long long)v->first_fault);
        size_t used = strlen(out->error.message);
        snprintf(out->error.message + used, sizeof out->error.message - used, "%s", rest);
    }
    return assay_samples_finish(&v->samples, arena, out, err);
}

static void save_fault(const struct assay_error *fault, struct assay_buf *out)
{
    assay_state_put_u64(out, fault->status);
    assay_state_put_text(out, assay_cstr(fault->code));
    assay_state_put_text(out, assay_cstr(fault->message));
    assay_state_put_text(out, assay_cstr(fault->help));
}

static void load_fault(struct assay_str *in, struct assay_error *fault, bool *failed)
{
    enum assay_status status = (enum assay_status)assay_state_get_u64(in, failed);
    char code[sizeof fault->code];
    struct assay_str text = assay_state_get_text(in, failed);
    *failed |= text.len >= sizeof code || status > ASSAY_INTERNAL;
    if (*failed)
        return;
    memcpy(code, text.ptr, text.len);
    code[text.len] = '\0';
    text = assay_state_get_text(in, failed);
    assay_fail(fault, status, code, "%.*s", (int)text.len, text.ptr);
    text = assay_state_get_text(in, failed);
    assay_error_help(fault, "%.*s", (int)text.len, text.ptr);
}

static enum assay_status violations_save(void *state, struct assay_buf *out,
                                         struct assay_error *err)
{
    struct violations *v = state;
    assay_state_begin(out, "violations", 1);
    assay_state_put_u64(out, v->counts.element_count);
    assay_state_put_u64(out, v->counts.missing_count);
    assay_state_put_u64(out, v->counts.considered_count);
    assay_state_put_u64(out, v->counts.unexpected_count);
    assay_state_put_u64(out, v->faults != 0); /* how many hangs on where a batch gave up */
    assay_state_put_u64(out, v->first_fault);
    save_fault(&v->fault, out);
    assay_samples_save(&v->samples, out);
    return out->failed ? assay_fail_nomem(err) : ASSAY_OK;
}

static enum assay_status violations_load(void *state, struct assay_str saved,
                                         struct assay_error *err)
{
    struct violations *v = state;
    bool failed = false;
    assay_state_expect(&saved, "violations", 1, &failed);
    v->counts.element_count += assay_state_get_u64(&saved, &failed);
    v->counts.missing_count += assay_state_get_u64(&saved, &failed);
    v->counts.considered_count += assay_state_get_u64(&saved, &failed);
    v->counts.unexpected_count += assay_state_get_u64(&saved, &failed);
    v->faults += assay_state_get_u64(&saved, &failed);
    v->first_fault = assay_state_get_u64(&saved, &failed);
    load_fault(&saved, &v->fault, &failed);
    failed |= !assay_samples_load(&v->samples, &saved) || saved.len != 0;
    return failed ? assay_state_bad("violations", err) : ASSAY_OK;
}

void assay_violations_note(const void *arguments, const struct assay_slice *slice, uint32_t row,
                           struct assay_buf *out)
{
    const struct assay_violations_args *args = arguments;
    if (args->predicate->note != NULL)
        args->predicate->note(args->args, slice, row, out);
}

static bool violations_satisfied(const void *state)
{
    const struct violations *v = state;
    return v->samples.count == v->samples.limit;
}

/* Rows that a predicate looks at. */
static const char *considered_sql(struct assay_sql_ask *ask, enum assay_considers considers)
{
    const char *text = "";
    if (considers == ASSAY_CONSIDER_ALL)
        return "";
    for (uint32_t i = 0; i < ask->column_count; i++)
        text = assay_sql_text(ask, "%s%s%s IS NOT NULL", text,
                              i == 0                                ? ""
                              : considers == ASSAY_CONSIDER_PRESENT ? " AND "
                                                                    : " OR ",
                              ask->columns[i].sql);
    return ask->column_count > 0 ? assay_sql_text(ask, "(%s)", text) : "";
}

static bool violations_ask(const void *arguments, struct assay_sql_ask *ask)
{
    const struct assay_violations_args *args = arguments;
    const struct assay_predicate *predicate = args->predicate;
    if (predicate->sql == NULL)
        return assay_sql_no(ask, "databases do not answer it the same way");
    const char *bad = predicate->sql(args->args, ask);
    if (bad == NULL)
        return false;
    const char *considered =
        assay_sql_both(ask, considered_sql(ask, predicate->considers), ask->known);
    assay_sql_count(ask, "");
    assay_sql_count(ask, considered);
    assay_sql_count(ask, assay_sql_both(ask, considered, bad));
    ask->wanted = assay_sql_both(ask, ask->filter, assay_sql_both(ask, considered, bad));
    return true;
}

static enum assay_status violations_take(void *state, const struct assay_sql_answers *answers,
                                         struct assay_error *err)
{
    struct violations *v = state;
    (void)err;
    v->counts.element_count = assay_sql_u64(answers, 0);
    v->counts.considered_count = assay_sql_u64(answers, 1);
    v->counts.missing_count = v->counts.element_count - v->counts.considered_count;
    v->counts.unexpected_count = assay_sql_u64(answers, 2);
    return ASSAY_OK;
}

static const struct assay_metric_sql violations_sql = {violations_ask, violations_take};

const struct assay_metric assay_metric_violations = {
    .name = "violations",
    .summary = "rows that break a rule, and the first of them",
    .shows_rows = true,
    .state_size = sizeof(struct violations),
    .key = violations_key,
    .init = violations_init,
    .update = violations_update,
    .merge = violations_merge,
    .finish = violations_finish,
    .save = violations_save,
    .load = violations_load,
    .reset = violations_reset,
    .satisfied = violations_satisfied,
    .sql = &violations_sql,
};
