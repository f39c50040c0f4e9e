/*
 * The law that every metric keeps: any split of the rows into batches, states and files,
 * merged in any order, with memory or without, saves the same bytes and finishes as the
 * same measure as one pass over everything. Every registered metric has a row here.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/metrics.h"
#include "metric/predicate.h"
#include "tests/lib/law_table.h"
#include "tests/lib/law_tell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define MAX_STATES 6
#define SAVED_LIMIT ((size_t)256 << 20)
#define SEED 20261121u

/* Predicates for the violations: one that tests texts, one that cannot decide some rows. */

static enum assay_status odd_length(const void *args, void *scratch,
                                    const struct assay_slice *slice, uint64_t *violations,
                                    struct assay_predicate_fault *fault, struct assay_error *err)
{
    (void)args, (void)scratch, (void)fault, (void)err;
    ASSAY_BITS_EACH(slice->mask, slice->rows, row, {
        if (assay_column_text(slice->columns[0], row).len % 2)
            assay_bit_set(violations, row);
    })
    return ASSAY_OK;
}

static enum assay_status cannot_decide(const void *args, void *scratch,
                                       const struct assay_slice *slice, uint64_t *violations,
                                       struct assay_predicate_fault *fault, struct assay_error *err)
{
    ASSAY_BITS_EACH(slice->mask, slice->rows, row, {
        if (assay_column_text(slice->columns[0], row).len == 0) {
            if (fault->count++ == 0) {
                fault->row = row;
                assay_fail(&fault->error, ASSAY_LIMIT, "TEST-FAULT", "row cannot be decided");
            }
        }
    })
    return odd_length(args, scratch, slice, violations, fault, err);
}

static void odd_note(const void *args, const struct assay_slice *slice, uint32_t row,
                     struct assay_buf *out)
{
    (void)args;
    assay_buf_printf(out, "%u bytes", slice->columns[0]->spans[row].len);
}

static const struct assay_predicate odd_predicate = {
    .name = "odd", .considers = ASSAY_CONSIDER_PRESENT, .test = odd_length, .note = odd_note};
static const struct assay_predicate any_predicate = {
    .name = "any", .considers = ASSAY_CONSIDER_ANY, .test = odd_length};
static const struct assay_predicate all_predicate = {
    .name = "all", .considers = ASSAY_CONSIDER_ALL, .test = odd_length, .note = odd_note};
static const struct assay_predicate fault_predicate = {
    .name = "fault", .considers = ASSAY_CONSIDER_PRESENT, .test = cannot_decide};

/* Arguments. */

static const struct assay_violations_args odd_args = {.predicate = &odd_predicate};
static const struct assay_violations_args any_args = {.predicate = &any_predicate};
static const struct assay_violations_args all_args = {.predicate = &all_predicate};
static const struct assay_violations_args fault_args = {.predicate = &fault_predicate};
static const struct assay_violations_args duplicate_args = {.predicate =
                                                                &assay_predicate_duplicate};
static const struct assay_violations_args orphan_args = {.predicate = &assay_predicate_orphan};
static const struct assay_extremes_args as_numbers = {ASSAY_ORDER_NUMBER};
static const struct assay_extremes_args as_times = {ASSAY_ORDER_TIME};
static const struct assay_extremes_args as_texts = {ASSAY_ORDER_TEXT};
static const struct assay_distinct_args lookup = {.lookup = true};
static const struct assay_str names[] = {{"v7", 2}, {"1", 1}};
static const struct assay_frequency_args top3 = {.top = 3, .names = names, .name_count = 2};
static const struct assay_frequency_args top1000 = {.top = 1000};
static const struct assay_quantile quantiles[] = {
    {5, 1, ASSAY_QUANTILE_MIDPOINT}, {25, 2, ASSAY_QUANTILE_LINEAR},
    {9, 1, ASSAY_QUANTILE_LOWER},    {0, 0, ASSAY_QUANTILE_LINEAR},
    {1, 0, ASSAY_QUANTILE_HIGHER},   {333, 3, ASSAY_QUANTILE_NEAREST},
};
static const struct assay_quantiles_args some_quantiles = {quantiles, 6};
static const struct assay_distinct_args all_values = {.rows = ASSAY_DISTINCT_ALL_VALUES};
static const struct assay_distinct_args all_rows = {.rows = ASSAY_DISTINCT_ALL_ROWS};
static const struct assay_query_args query = {
    "SELECT loose, count(*) AS n, min(texts) FROM {batch} GROUP BY loose ORDER BY loose", 7};
static const struct assay_sequence_args rising = {ASSAY_ORDER_NUMBER, false, false};
static const struct assay_sequence_args strictly = {ASSAY_ORDER_NUMBER, false, true};
static const struct assay_sequence_args falling = {ASSAY_ORDER_NUMBER, true, true};
static const struct assay_sequence_args later = {ASSAY_ORDER_TIME, false, false};
static const struct assay_sequence_args text_rising = {ASSAY_ORDER_TEXT, false, false};

/* The metrics, each with several sets of arguments. */

struct law {
    const char *metric;
    const char *what;
    const void *args;
    uint32_t columns[3];
    uint32_t column_count;
    bool filtered;
    law_tell *tell;
    bool depends; /* looks values up in the finished distinct ones of the same columns */
};

static const struct law laws[] = {
    {"columns", "the schema", NULL, {0}, 0, false, NULL, false},
    {"absences", "one column", NULL, {INTS}, 1, false, NULL, false},
    {"drift", "one column", NULL, {INTS}, 1, false, NULL, false},
    {"counts", "one column", NULL, {INTS}, 1, false, NULL, false},
    {"counts", "three columns, filtered", NULL, {INTS, TEXTS, DATES}, 3, true, NULL, false},
    {"distinct", "texts", NULL, {TEXTS}, 1, false, law_tell_distinct, false},
    {"distinct", "undeclared integers", NULL, {INTS}, 1, false, law_tell_distinct, false},
    {"distinct", "numbers", NULL, {NUMBERS}, 1, false, law_tell_distinct, false},
    {"distinct", "a rising run", NULL, {RISING}, 1, false, law_tell_distinct, false},
    {"distinct", "pairs", NULL, {INTS, TEXTS}, 2, false, law_tell_distinct, false},
    {"distinct",
     "triples, filtered",
     NULL,
     {RISING, NUMBERS, DATES},
     3,
     true,
     law_tell_distinct,
     false},
    {"distinct", "of an inferred type", NULL, {LOOSE}, 1, false, law_tell_distinct, false},
    {"distinct",
     "pairs without nulls",
     &all_values,
     {LOOSE, TEXTS},
     2,
     true,
     law_tell_distinct,
     false},
    {"distinct", "pairs of all rows", &all_rows, {INTS, LOOSE}, 2, false, law_tell_distinct, false},
    {"distinct", "timestamps", NULL, {STAMPS}, 1, false, law_tell_distinct, false},
    {"distinct", "booleans", NULL, {FLAGS}, 1, false, law_tell_distinct, false},
    {"distinct", "UUIDs, filtered", NULL, {IDS}, 1, true, law_tell_distinct, false},
    {"distinct",
     "triples of types",
     NULL,
     {STAMPS, FLAGS, IDS},
     3,
     false,
     law_tell_distinct,
     false},
    {"distinct", "a lookup of texts", &lookup, {TEXTS}, 1, false, law_tell_distinct, false},
    {"distinct", "a lookup of integers", &lookup, {RISING}, 1, false, law_tell_distinct, false},
    {"extremes", "integers", &as_numbers, {INTS}, 1, false, law_tell_extremes, false},
    {"extremes", "numbers", &as_numbers, {NUMBERS}, 1, true, law_tell_extremes, false},
    {"extremes", "with misfits", &as_numbers, {MIXED}, 1, false, law_tell_extremes, false},
    {"extremes", "dates", &as_times, {DATES}, 1, false, law_tell_extremes, false},
    {"extremes",
     "timestamps with misfits",
     &as_times,
     {STAMPS},
     1,
     false,
     law_tell_extremes,
     false},
    {"extremes", "texts", &as_texts, {TEXTS}, 1, true, law_tell_extremes, false},
    {"frequency", "texts", &top3, {TEXTS}, 1, false, law_tell_frequency, false},
    {"frequency", "numbers", &top3, {NUMBERS}, 1, false, law_tell_frequency, false},
    {"frequency", "all of them, filtered", &top1000, {MIXED}, 1, true, law_tell_frequency, false},
    {"frequency", "of an inferred type", &top1000, {LOOSE}, 1, false, law_tell_frequency, false},
    {"frequency", "timestamps", &top1000, {STAMPS}, 1, false, law_tell_frequency, false},
    {"frequency", "booleans, filtered", &top3, {FLAGS}, 1, true, law_tell_frequency, false},
    {"frequency", "UUIDs", &top1000, {IDS}, 1, false, law_tell_frequency, false},
    {"histogram", "numbers", &law_bins, {NUMBERS}, 1, true, law_tell_histogram, false},
    {"histogram", "with misfits", &law_bins, {MIXED}, 1, false, law_tell_histogram, false},
    {"kinds", "of all sorts", NULL, {MIXED}, 1, false, law_tell_kinds, false},
    {"kinds", "of texts, filtered", NULL, {TEXTS}, 1, true, law_tell_kinds, false},
    {"malformed", "records", NULL, {0}, 0, false, law_tell_malformed, false},
    {"moments", "integers", NULL, {INTS}, 1, false, law_tell_moments, false},
    {"moments", "numbers", NULL, {NUMBERS}, 1, false, law_tell_moments, false},
    {"moments", "with misfits, filtered", NULL, {MIXED}, 1, true, law_tell_moments, false},
    {"quantiles", "integers", &some_quantiles, {INTS}, 1, false, NULL, false},
    {"quantiles", "numbers", &some_quantiles, {NUMBERS}, 1, false, NULL, false},
    {"quantiles", "with misfits, filtered", &some_quantiles, {MIXED}, 1, true, NULL, false},
    {"query", "groups", &query, {LOOSE, TEXTS}, 2, true, law_tell_query, false},
    {"rows", "all", NULL, {0}, 0, false, NULL, false},
    {"rows", "filtered", NULL, {0}, 0, true, NULL, false},
    {"sequence", "rising", &rising, {RISING}, 1, false, NULL, false},
    {"sequence", "strictly rising, filtered", &strictly, {RISING}, 1, true, NULL, false},
    {"sequence", "falling numbers", &falling, {NUMBERS}, 1, false, NULL, false},
    {"sequence", "rising with misfits", &rising, {MIXED}, 1, false, NULL, false},
    {"sequence", "later and later", &later, {STAMPS}, 1, false, NULL, false},
    {"sequence", "rising texts", &text_rising, {TEXTS}, 1, false, NULL, false},
    {"sequence", "rising UUIDs", &text_rising, {IDS}, 1, false, NULL, false},
    {"tuples", "of types", NULL, {STAMPS, FLAGS, IDS}, 3, false, law_tell_tuples, false},
    {"tuples", "of two", NULL, {INTS, TEXTS}, 2, false, law_tell_tuples, false},
    {"tuples", "of three, filtered", NULL, {LOOSE, DATES, MIXED}, 3, true, law_tell_tuples, false},
    {"violations", "with notes", &odd_args, {TEXTS}, 1, false, NULL, false},
    {"violations", "of any of two, filtered", &any_args, {TEXTS, INTS}, 2, true, NULL, false},
    {"violations", "of all rows", &all_args, {MIXED, DATES}, 2, false, NULL, false},
    {"violations", "with faults", &fault_args, {TEXTS}, 1, false, NULL, false},
    {"violations", "duplicates", &duplicate_args, {TEXTS}, 1, false, NULL, true},
    {"violations", "duplicate pairs", &duplicate_args, {INTS, DATES}, 2, true, NULL, true},
    {"violations", "duplicate instants", &duplicate_args, {STAMPS, FLAGS}, 2, false, NULL, true},
    {"violations", "orphans", &orphan_args, {RISING}, 1, false, NULL, true},
};

#define LAWS (sizeof laws / sizeof laws[0])

/* One metric over one table. */

struct trial {
    const struct law *law;
    const struct assay_metric *metric;
    struct table *table;
    struct assay_metric_env env;
    struct assay_budget budget;
    const struct assay_field *fields[3];
    struct assay_str schema[LAW_COLUMNS];
    struct assay_buf saved, told; /* by one pass */
    void *depends;                /* finished */
};

static const struct assay_metric *metric_named(const char *name)
{
    size_t count;
    const struct assay_metric *const *all = assay_metrics(&count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(all[i]->name, name) == 0)
            return all[i];
    return NULL;
}

/* `memory` 1: nothing that can be spilled is kept. */
static void trial_env(struct trial *trial, size_t memory)
{
    assay_budget_init(&trial->budget, memory, "/tmp");
    for (uint32_t i = 0; i < trial->law->column_count; i++)
        trial->fields[i] = &trial->table->fields[trial->law->columns[i]];
    for (uint32_t i = 0; i < LAW_COLUMNS; i++)
        trial->schema[i] = trial->table->fields[i].name;
    trial->env = (struct assay_metric_env){
        .budget = &trial->budget,
        .seed = SEED, /* of hashes: states that merge share it */
        .max_samples = 5,
        .max_sample_bytes = 16,
        .schema = trial->schema,
        .schema_count = LAW_COLUMNS,
        .fields = trial->fields,
        .field_count = trial->law->column_count,
        .depends = trial->depends,
    };
}

static void check_ok(enum assay_status status, const struct trial *trial,
                     const struct assay_error *err, const char *what)
{
    if (status != ASSAY_OK)
        fail_msg("%s, %s: %s: %s %s", trial->metric->name, trial->law->what, what, err->code,
                 err->message);
}

static void *new_state(struct trial *trial)
{
    struct assay_error err = {0};
    void *state = calloc(1, trial->metric->state_size);
    assert_non_null(state);
    check_ok(trial->metric->init(state, trial->law->args, &trial->env, &err), trial, &err, "init");
    return state;
}

static void free_state(struct trial *trial, void *state)
{
    trial->metric->reset(state);
    free(state);
}

static void update(struct trial *trial, void *state, uint32_t from, uint32_t rows)
{
    struct assay_error err = {0};
    struct assay_batch batch;
    table_batch_init(&batch, trial->table, from, rows);
    struct assay_slice slice =
        table_slice(&batch, trial->law->columns, trial->law->column_count, trial->law->filtered);
    check_ok(trial->metric->update(state, &slice, &err), trial, &err, "update");
    table_batch_free(&batch);
}

static void save(struct trial *trial, void *state, struct assay_buf *out)
{
    struct assay_error err = {0};
    assay_buf_init(out, SAVED_LIMIT);
    check_ok(trial->metric->save(state, out, &err), trial, &err, "save");
}

static void tell_samples(const struct assay_measure *measure, struct assay_buf *out)
{
    for (size_t i = 0; i < measure->sample_count; i++) {
        const struct assay_sample *s = &measure->samples[i];
        assay_buf_printf(out, "sample %llu %llu:%llu of %u `%.*s`\n", (unsigned long long)s->record,
                         (unsigned long long)s->line, (unsigned long long)s->column, s->file,
                         (int)s->note.len, s->note.ptr);
        for (size_t v = 0; v < s->value_count; v++)
            law_tell_value(out, "  value", &s->values[v]);
    }
}

/* The finished measure as text. */
static void finish(struct trial *trial, void *state, struct assay_buf *out)
{
    struct assay_error err = {0};
    struct assay_measure measure = {0};
    struct assay_arena arena;
    assay_arena_init(&arena, 0);
    assay_buf_init(out, SAVED_LIMIT);
    check_ok(trial->metric->finish(state, &arena, &measure, &err), trial, &err, "finish");
    if (measure.failed)
        assay_buf_printf(out, "failed %s %s\n", measure.error.code, measure.error.message);
    law_tell_value(out, "value", &measure.value);
    assay_buf_printf(out, "counts %llu %llu %llu %llu\n",
                     (unsigned long long)measure.counts.element_count,
                     (unsigned long long)measure.counts.missing_count,
                     (unsigned long long)measure.counts.considered_count,
                     (unsigned long long)measure.counts.unexpected_count);
    tell_samples(&measure, out);
    if (trial->law->tell != NULL && measure.detail != NULL)
        trial->law->tell(measure.detail, out);
    assert_false(out->failed);
    assay_arena_free(&arena);
}

static void same_bytes(struct trial *trial, const struct assay_buf *a, const struct assay_buf *b,
                       const char *what)
{
    if (assay_str_equal(assay_buf_view(a), assay_buf_view(b)))
        return;
    size_t at = 0;
    while (at < a->len && at < b->len && a->ptr[at] == b->ptr[at])
        at++;
    fail_msg("%s, %s, %u rows: %s: %zu and %zu bytes differ at %zu", trial->metric->name,
             trial->law->what, trial->table->rows, what, a->len, b->len, at);
}

static void same_text(struct trial *trial, const struct assay_buf *a, const struct assay_buf *b,
                      const char *what)
{
    if (!assay_str_equal(assay_buf_view(a), assay_buf_view(b)))
        fail_msg("%s, %s, %u rows: %s: one pass told\n%s\nand this\n%s", trial->metric->name,
                 trial->law->what, trial->table->rows, what, a->ptr, b->ptr);
}

/* Saves, loads into a new state, and puts that in its place. */
static void *through_bytes(struct trial *trial, void *state)
{
    struct assay_error err = {0};
    struct assay_buf first, second;
    save(trial, state, &first);
    void *loaded = new_state(trial);
    check_ok(trial->metric->load(loaded, assay_buf_view(&first), &err), trial, &err, "load");
    save(trial, loaded, &second);
    same_bytes(trial, &first, &second, "saved, loaded and saved");
    assay_buf_free(&first);
    assay_buf_free(&second);
    free_state(trial, state);
    return loaded;
}

/* Feeds all rows to the states, in batches that end where files do. */
static void feed(struct trial *trial, void **states, uint32_t count, uint32_t longest)
{
    const struct table *table = trial->table;
    for (uint32_t from = 0; from < table->rows;) {
        uint32_t end = from < table->second_file ? table->second_file : table->rows;
        uint32_t rows = 1 + law_draw(longest);
        rows = rows < end - from ? rows : end - from;
        update(trial, states[law_draw(count)], from, rows);
        from += rows;
    }
}

/* Merges two states drawn at random until one is left. */
static void *merge_all(struct trial *trial, void **states, uint32_t count)
{
    struct assay_error err = {0};
    while (count > 1) {
        uint32_t a = law_draw(count), b = law_draw(count - 1);
        b += b >= a;
        check_ok(trial->metric->merge(states[a], states[b], &err), trial, &err, "merge");
        free_state(trial, states[b]);
        states[b] = states[--count];
    }
    return states[0];
}

static void *merge_two(struct trial *trial, void *into, void *from)
{
    void *states[] = {into, from};
    struct assay_error err = {0};
    check_ok(trial->metric->merge(states[0], states[1], &err), trial, &err, "merge");
    free_state(trial, from);
    return into;
}

static void compare(struct trial *trial, void *state, const char *what)
{
    struct assay_buf saved, told;
    save(trial, state, &saved);
    finish(trial, state, &told);
    same_bytes(trial, &trial->saved, &saved, what);
    same_text(trial, &trial->told, &told, what);
    assay_buf_free(&saved);
    assay_buf_free(&told);
    free_state(trial, state);
}

static void any_split(struct trial *trial, bool bytes, uint32_t longest, const char *what)
{
    void *states[MAX_STATES];
    uint32_t count = 1 + law_draw(MAX_STATES);
    for (uint32_t i = 0; i < count; i++)
        states[i] = new_state(trial);
    feed(trial, states, count, longest);
    for (uint32_t i = 0; i < count && bytes; i++)
        if (law_draw(2))
            states[i] = through_bytes(trial, states[i]);
    compare(trial, merge_all(trial, states, count), what);
}

static void with_nothing(struct trial *trial)
{
    void *state = new_state(trial);
    feed(trial, &state, 1, 50);
    compare(trial, merge_two(trial, state, new_state(trial)), "merged with nothing");
    state = new_state(trial);
    feed(trial, &state, 1, 50);
    compare(trial, merge_two(trial, new_state(trial), state), "merged into nothing");
}

static void one_pass(struct trial *trial)
{
    void *state = new_state(trial);
    if (trial->table->rows)
        update(trial, state, 0, trial->table->rows);
    save(trial, state, &trial->saved);
    finish(trial, state, &trial->told);
    free_state(trial, state);
}

/* What duplicates and orphans are looked up in. Half of the rows, so that there are orphans. */
static void depend(struct trial *lookups, const struct law *law, struct table *table)
{
    bool orphans = law->args == &orphan_args;
    struct assay_buf told;
    *lookups = (struct trial){.law = law, .metric = &assay_metric_distinct, .table = table};
    struct law plain = *law;
    plain.args = orphans ? &lookup : NULL;
    lookups->law = &plain;
    trial_env(lookups, 0);
    lookups->depends = new_state(lookups);
    if (table->rows > 1)
        update(lookups, lookups->depends, 0, orphans ? table->rows / 2 : table->rows);
    finish(lookups, lookups->depends, &told);
    assay_buf_free(&told);
    lookups->law = law;
}

static void try_law(const struct law *law, struct table *table, unsigned splits)
{
    struct trial trial = {.law = law, .metric = metric_named(law->metric), .table = table};
    struct trial lookups = {.depends = NULL};
    assert_non_null(trial.metric);
    if (law->depends)
        depend(&lookups, law, table);
    trial.depends = lookups.depends;
    trial_env(&trial, 0);
    one_pass(&trial);
    with_nothing(&trial);
    for (unsigned i = 0; i < splits; i++) {
        uint32_t longest = 1 + law_draw(i % 2 ? 10 : 100);
        trial_env(&trial, 0);
        any_split(&trial, false, longest, "a split");
        any_split(&trial, true, longest, "a split through saved states");
        trial_env(&trial, i % 2 ? 1 : 20000);
        any_split(&trial, i % 3 == 0, longest, "a split without memory");
        assert_int_equal(atomic_load(&trial.budget.used), 0);
    }
    assay_buf_free(&trial.saved);
    assay_buf_free(&trial.told);
    if (law->depends)
        free_state(&lookups, lookups.depends);
}

static void try_tables(const uint32_t *sizes, size_t count, unsigned splits, uint32_t nulls)
{
    for (size_t i = 0; i < count; i++) {
        struct table table;
        law_table_make(&table, sizes[i], nulls);
        for (size_t k = 0; k < LAWS; k++)
            try_law(&laws[k], &table, splits);
        table_free(&table);
    }
}

static void every_metric_has_a_law(void **state)
{
    size_t count;
    const struct assay_metric *const *all = assay_metrics(&count);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        bool found = false;
        for (size_t k = 0; k < LAWS; k++)
            found |= strcmp(laws[k].metric, all[i]->name) == 0;
        if (!found)
            fail_msg("the metric %s has no law in this file", all[i]->name);
    }
}

static void small_tables(void **state)
{
    static const uint32_t sizes[] = {0, 1, 2, 3, 5, 17, 63, 64, 65, 130};
    (void)state;
    law_seed(88172645463325252u);
    try_tables(sizes, sizeof sizes / sizeof sizes[0], 12, 10);
}

static void tables_of_nulls(void **state)
{
    static const uint32_t sizes[] = {1, 70, 90};
    (void)state;
    law_seed(3141592653589793238u);
    try_tables(sizes, 1, 3, 100);
    try_tables(sizes, sizeof sizes / sizeof sizes[0], 3, 90);
}

static void a_larger_table(void **state)
{
    static const uint32_t sizes[] = {3000};
    (void)state;
    law_seed(2718281828459045235u);
    try_tables(sizes, 1, 2, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_metric_has_a_law),
        cmocka_unit_test(small_tables),
        cmocka_unit_test(tables_of_nulls),
        cmocka_unit_test(a_larger_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
