/*
 * Gathering numbers and writing them out as sorted runs. Reading is in sorter_pass.c.
 */
#include "config.h"

#include "sketch/sorter_impl.h"
#include "sketch/varint.h"

#include <stdlib.h>
#include <string.h>

enum {
    NARROW_MIN = 8192, /* numbers held whatever the budget says */
    WIDE_MIN = 1024,   /* records, likewise */
    SAMPLE = 1024,     /* numbers looked at to see whether they repeat */
    MAX_RUNS = 128     /* more are merged into one */
};

void assay_sorter_init(struct assay_sorter *sorter, struct assay_budget *budget)
{
    *sorter = (struct assay_sorter){.budget = budget};
    sorter->hunger = assay_budget_hunger(budget);
}

static void free_narrow(struct assay_sorter *sorter)
{
    assay_budget_give(sorter->budget, sorter->narrow_cap * sizeof *sorter->narrow);
    free(sorter->narrow);
    sorter->narrow = NULL;
    sorter->narrow_count = sorter->narrow_cap = 0;
}

static void free_wide(struct assay_sorter *sorter)
{
    assay_budget_give(sorter->budget, sorter->wide_cap * sizeof *sorter->wide);
    free(sorter->wide);
    sorter->wide = NULL;
    sorter->wide_count = sorter->wide_cap = sorter->wide_settled = 0;
}

static void free_runs(struct assay_sorter *sorter)
{
    for (size_t i = 0; i < sorter->file_count; i++) {
        assay_spill_close(sorter->files[i]);
        free(sorter->files[i]);
    }
    free(sorter->files);
    free(sorter->runs);
    sorter->files = NULL;
    sorter->runs = NULL;
    sorter->file_count = sorter->run_count = sorter->run_cap = 0;
}

void assay_sorter_reset(struct assay_sorter *sorter)
{
    free_narrow(sorter);
    free_wide(sorter);
    free_runs(sorter);
    assay_sorter_init(sorter, sorter->budget);
}

static void settle_wide(struct assay_sorter *sorter)
{
    if (sorter->wide_settled == sorter->wide_count)
        return;
    struct assay_sorter_record *v = sorter->wide;
    assay_sorter_sort_wide(v, sorter->wide_count);
    size_t kept = 0;
    for (size_t i = 0; i < sorter->wide_count; i++) {
        if (kept > 0 && assay_sorter_value(&v[kept - 1]) == assay_sorter_value(&v[i]))
            v[kept - 1].count += v[i].count;
        else
            v[kept++] = v[i];
    }
    sorter->wide_count = sorter->wide_settled = kept;
}

void assay_sorter_settle(struct assay_sorter *sorter)
{
    assay_sorter_sort_narrow(sorter->narrow, sorter->narrow_count);
    settle_wide(sorter);
}

/* Runs */

static enum assay_status add_file(struct assay_sorter *sorter, struct assay_spill *file,
                                  struct assay_error *err)
{
    struct assay_spill **files = realloc(sorter->files, (sorter->file_count + 1) * sizeof *files);
    if (files == NULL)
        return assay_fail_nomem(err);
    sorter->files = files;
    sorter->files[sorter->file_count++] = file;
    return ASSAY_OK;
}

static enum assay_status need_file(struct assay_sorter *sorter, struct assay_error *err)
{
    if (sorter->file_count > 0)
        return ASSAY_OK;
    struct assay_spill *file = malloc(sizeof *file);
    if (file == NULL)
        return assay_fail_nomem(err);
    assay_spill_init(file, sorter->budget);
    enum assay_status status = add_file(sorter, file, err);
    if (status != ASSAY_OK)
        free(file);
    return status;
}

static enum assay_status add_run(struct assay_sorter *sorter, struct assay_sorter_run run,
                                 struct assay_error *err)
{
    if (sorter->run_count == sorter->run_cap) {
        size_t cap = sorter->run_cap ? sorter->run_cap * 2 : 16;
        struct assay_sorter_run *runs = realloc(sorter->runs, cap * sizeof *runs);
        if (runs == NULL)
            return assay_fail_nomem(err);
        sorter->runs = runs;
        sorter->run_cap = cap;
    }
    sorter->runs[sorter->run_count++] = run;
    return ASSAY_OK;
}

/* Writes everything that is in memory, and all runs too where `whole`, as one run. */
static enum assay_status write_run(struct assay_sorter *sorter, struct assay_sorter *to,
                                   struct assay_error *err)
{
    struct assay_sorter_pass pass;
    unsigned char bytes[2 * ASSAY_VARINT_MAX];
    assay_int128 value, last = 0;
    uint64_t count;
    ASSAY_TRY(need_file(to, err));
    struct assay_spill *file = to->files[0];
    struct assay_sorter_run run = {.file = file, .begin = file->size, .factor = 1};
    enum assay_status status = assay_sorter_open(sorter, &pass, err);
    for (bool first = true; status == ASSAY_OK; first = false) {
        status = assay_sorter_next(&pass, &value, &count, err);
        if (status != ASSAY_OK || count == 0)
            break;
        unsigned __int128 step = (unsigned __int128)value - (unsigned __int128)last;
        if (first)
            step = (unsigned __int128)value << 1 ^ (unsigned __int128)(value >> 127);
        size_t n = assay_varint_put(bytes, step);
        n += assay_varint_put(bytes + n, count);
        status = assay_spill_append(file, bytes, n, err);
        last = value;
    }
    assay_sorter_close(&pass);
    if (status == ASSAY_OK)
        status = assay_spill_flush(file, err);
    run.end = file->size;
    return status == ASSAY_OK ? add_run(to, run, err) : status;
}

static enum assay_status consolidate(struct assay_sorter *sorter, struct assay_error *err)
{
    struct assay_sorter one;
    assay_sorter_init(&one, sorter->budget);
    enum assay_status status = write_run(sorter, &one, err);
    if (status == ASSAY_OK) {
        assay_sorter_reset(sorter);
        *sorter = one;
        return ASSAY_OK;
    }
    assay_sorter_reset(&one);
    return status;
}

/* Only what is in memory is written: the runs are hidden from the pass meanwhile. */
static enum assay_status spill(struct assay_sorter *sorter, struct assay_error *err)
{
    struct assay_sorter memory = *sorter;
    memory.runs = NULL;
    memory.run_count = 0;
    enum assay_status status = write_run(&memory, sorter, err);
    sorter->wide_count = memory.wide_count;
    sorter->wide_settled = memory.wide_settled;
    ASSAY_TRY(status);
    free_narrow(sorter);
    free_wide(sorter);
    return sorter->run_count > MAX_RUNS ? consolidate(sorter, err) : ASSAY_OK;
}

/* Adding */

/* True where a sample of the numbers has few different ones. */
static bool repeats(const struct assay_sorter *sorter)
{
    int64_t sample[SAMPLE];
    size_t step = sorter->narrow_count / SAMPLE, distinct = 1;
    if (step < 8)
        return false;
    for (size_t i = 0; i < SAMPLE; i++)
        sample[i] = sorter->narrow[i * step];
    assay_sorter_sort_narrow(sample, SAMPLE);
    for (size_t i = 1; i < SAMPLE; i++)
        distinct += sample[i] != sample[i - 1];
    return distinct < SAMPLE / 8;
}

/* Takes memory for twice as many; where it is refused, everything is spilled instead. */
static enum assay_status take_or_spill(struct assay_sorter *sorter, size_t cap, size_t want,
                                       size_t size, bool *spilled, struct assay_error *err)
{
    *spilled = false;
    if (cap == 0) {
        assay_budget_force(sorter->budget, want * size);
        return ASSAY_OK;
    }
    if (assay_budget_take(sorter->budget, (want - cap) * size))
        return ASSAY_OK;
    *spilled = true;
    return spill(sorter, err);
}

static enum assay_status grow_wide(struct assay_sorter *sorter, struct assay_error *err)
{
    bool spilled;
    size_t cap = sorter->wide_cap, want = cap ? cap * 2 : WIDE_MIN;
    ASSAY_TRY(take_or_spill(sorter, cap, want, sizeof *sorter->wide, &spilled, err));
    if (spilled)
        return ASSAY_OK;
    struct assay_sorter_record *wide = realloc(sorter->wide, want * sizeof *wide);
    if (wide == NULL) {
        assay_budget_give(sorter->budget, (want - cap) * sizeof *wide);
        return assay_fail_nomem(err);
    }
    sorter->wide = wide;
    sorter->wide_cap = want;
    return ASSAY_OK;
}

static enum assay_status grow_narrow(struct assay_sorter *sorter, struct assay_error *err)
{
    bool spilled;
    size_t cap = sorter->narrow_cap, want = cap ? cap * 2 : NARROW_MIN;
    ASSAY_TRY(take_or_spill(sorter, cap, want, sizeof *sorter->narrow, &spilled, err));
    if (spilled)
        return ASSAY_OK;
    int64_t *narrow = realloc(sorter->narrow, want * sizeof *narrow);
    if (narrow == NULL) {
        assay_budget_give(sorter->budget, (want - cap) * sizeof *narrow);
        return assay_fail_nomem(err);
    }
    sorter->narrow = narrow;
    sorter->narrow_cap = want;
    return ASSAY_OK;
}

static enum assay_status wide_room(struct assay_sorter *sorter, struct assay_error *err)
{
    while (sorter->wide_count == sorter->wide_cap) {
        if (sorter->wide_count > sorter->wide_settled) {
            settle_wide(sorter);
            if (sorter->wide_count <= sorter->wide_cap / 2)
                return ASSAY_OK;
        }
        ASSAY_TRY(grow_wide(sorter, err));
    }
    return ASSAY_OK;
}

enum assay_status assay_sorter_add_count(struct assay_sorter *sorter, assay_int128 value,
                                         uint64_t count, struct assay_error *err)
{
    if (count == 0)
        return ASSAY_OK;
    ASSAY_TRY(wide_room(sorter, err));
    sorter->wide[sorter->wide_count++] = assay_sorter_record(value, count);
    return ASSAY_OK;
}

/* Turns numbers that repeat into records. They are all taken out before any is put in. */
static enum assay_status fold(struct assay_sorter *sorter, struct assay_error *err)
{
    int64_t *v = sorter->narrow;
    size_t count = sorter->narrow_count, cap = sorter->narrow_cap;
    enum assay_status status = ASSAY_OK;
    assay_sorter_sort_narrow(v, count);
    sorter->narrow = NULL;
    sorter->narrow_count = sorter->narrow_cap = 0;
    for (size_t i = 0; i < count && status == ASSAY_OK;) {
        size_t from = i;
        while (++i < count && v[i] == v[from])
            ;
        status = assay_sorter_add_count(sorter, v[from], i - from, err);
    }
    if (sorter->narrow == NULL && status == ASSAY_OK) {
        sorter->narrow = v;
        sorter->narrow_cap = cap;
        return ASSAY_OK;
    }
    free(v);
    assay_budget_give(sorter->budget, cap * sizeof *v);
    return status;
}

static enum assay_status narrow_room(struct assay_sorter *sorter, struct assay_error *err)
{
    while (sorter->narrow_count == sorter->narrow_cap) {
        if (repeats(sorter))
            return fold(sorter, err);
        ASSAY_TRY(grow_narrow(sorter, err));
    }
    return ASSAY_OK;
}

enum assay_status assay_sorter_add(struct assay_sorter *sorter, const int64_t *values, size_t count,
                                   struct assay_error *err)
{
    size_t held =
        sorter->narrow_cap * sizeof *sorter->narrow + sorter->wide_cap * sizeof *sorter->wide;
    if (assay_budget_presses(sorter->budget, &sorter->hunger, held))
        ASSAY_TRY(spill(sorter, err));
    while (count > 0) {
        ASSAY_TRY(narrow_room(sorter, err));
        size_t room = sorter->narrow_cap - sorter->narrow_count;
        size_t n = count < room ? count : room;
        memcpy(sorter->narrow + sorter->narrow_count, values, n * sizeof *values);
        sorter->narrow_count += n;
        values += n;
        count -= n;
    }
    return ASSAY_OK;
}

enum assay_status assay_sorter_scale(struct assay_sorter *sorter, int64_t factor,
                                     struct assay_error *err)
{
    for (size_t i = 0; i < sorter->wide_count; i++)
        sorter->wide[i] = assay_sorter_record(assay_sorter_value(&sorter->wide[i]) * factor,
                                              sorter->wide[i].count);
    for (size_t i = 0; i < sorter->run_count; i++)
        sorter->runs[i].factor *= factor;
    size_t kept = 0, count = sorter->narrow_count;
    bool fit = true;
    for (size_t i = 0; i < count && fit; i++) {
        int64_t product;
        fit = !__builtin_mul_overflow(sorter->narrow[i], factor, &product);
    }
    if (fit) {
        for (; kept < count; kept++)
            sorter->narrow[kept] *= factor;
        return ASSAY_OK;
    }
    int64_t *v = sorter->narrow;
    size_t cap = sorter->narrow_cap;
    enum assay_status status = ASSAY_OK;
    sorter->narrow = NULL;
    sorter->narrow_count = sorter->narrow_cap = 0;
    for (size_t i = 0; i < count && status == ASSAY_OK; i++)
        status = assay_sorter_add_count(sorter, (assay_int128)v[i] * factor, 1, err);
    free(v);
    assay_budget_give(sorter->budget, cap * sizeof *v);
    return status;
}

int64_t *assay_sorter_loose(struct assay_sorter *sorter, size_t *count)
{
    *count = sorter->narrow_count;
    return sorter->narrow;
}

void assay_sorter_keep(struct assay_sorter *sorter, size_t count)
{
    sorter->narrow_count = count;
    if (count == 0)
        free_narrow(sorter);
}

enum assay_status assay_sorter_merge(struct assay_sorter *into, struct assay_sorter *from,
                                     struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    if (from->file_count > 0)
        status = need_file(into, err);
    for (; from->file_count > 0 && status == ASSAY_OK; from->file_count -= status == ASSAY_OK)
        status = add_file(into, from->files[from->file_count - 1], err);
    for (size_t i = 0; i < from->run_count && status == ASSAY_OK; i++)
        status = add_run(into, from->runs[i], err);
    if (status == ASSAY_OK)
        status = assay_sorter_add(into, from->narrow, from->narrow_count, err);
    for (size_t i = 0; i < from->wide_count && status == ASSAY_OK; i++)
        status = assay_sorter_add_count(into, assay_sorter_value(&from->wide[i]),
                                        from->wide[i].count, err);
    assay_sorter_reset(from);
    return status;
}
