/*
 * The phases of a validation: other sources' keys, the source itself, the second look.
 */
#include "config.h"

#include "engine/validate.h"

#include "engine/filter_part.h"
#include "engine/judgement.h"
#include "engine/other.h"
#include "engine/run.h"
#include "engine/sources.h"
#include "engine/sql.h"
#include "engine/written.h"
#include "metric/metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

struct validation {
    const struct assay_validation *request;
    const struct assay_suite *suite;
    const struct assay_options *options;
    struct assay_plan plan;
    struct assay_bound *bounds; /* by task */
    struct assay_budget budget;
    struct assay_run_builder run;
    struct assay_error cut_short; /* of the run's own source: see source/source.h */
    uint64_t seed;
    uint32_t threads;
};

static int64_t clock_micros(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static struct assay_pass new_pass(struct validation *v, struct assay_source *source)
{
    return (struct assay_pass){
        .source = source,
        .suite = v->suite,
        .options = v->options,
        .budget = &v->budget,
        .arena = &v->run.arena,
        .stop = v->request->stop,
        .threads = v->threads,
        .seed = v->seed,
        .now = v->run.run.as_of,
    };
}

/* Adds the tasks of a phase that `picks`, are not done, and whose dependency is finished. */
static enum assay_status collect(struct validation *v, struct assay_pass *pass, unsigned phase,
                                 bool (*picks)(struct validation *v, uint32_t task,
                                               const void *ctx),
                                 const void *context, struct assay_error *err)
{
    if (pass->tasks == NULL)
        pass->tasks = assay_arena_array(&v->run.arena, v->plan.task_count + 1, sizeof *pass->tasks);
    if (pass->tasks == NULL)
        return assay_fail_nomem(err);
    for (uint32_t t = 0; t < v->plan.task_count; t++) {
        struct assay_bound *bound = &v->bounds[t];
        bool done = bound->state != NULL || bound->measure.failed;
        if (done || v->plan.tasks[t].phase != phase || !picks(v, t, context))
            continue;
        if (v->plan.tasks[t].depends >= 0) {
            struct assay_bound *first = &v->bounds[v->plan.tasks[t].depends];
            bound->first = first;
            bound->depends = first->state;
            bool later = first->keys != NULL && !first->measure.failed;
            later |= v->request->explain != NULL;
            if (!later && (first->state == NULL || first->measure.failed)) {
                bound->measure.failed = true;
                bound->measure.error = first->measure.error;
                continue;
            }
        }
        pass->tasks[pass->task_count++] = bound;
    }
    return ASSAY_OK;
}

static bool picks_all(struct validation *v, uint32_t task, const void *context)
{
    (void)v, (void)task, (void)context;
    return true;
}

static bool picks_source(struct validation *v, uint32_t task, const void *context)
{
    return assay_other_same(&v->plan.tasks[task].spec, context);
}

/* Another source that a check names. */
static struct assay_str other_source(struct validation *v, const char *name)
{
    struct assay_str main =
        assay_sources_main(v->suite, v->request->sources, v->request->source_count, &v->run.arena);
    return assay_sources_other(v->suite, main, assay_cstr(name), &v->options->source,
                               &v->run.arena);
}

/* A source that another check needs and that cannot be read is that check's error only. */
static void fail_tasks(struct assay_pass *pass, const struct assay_error *error)
{
    for (uint32_t t = 0; t < pass->task_count; t++) {
        pass->tasks[t]->measure.failed = true;
        pass->tasks[t]->measure.error = *error;
    }
}

static bool is_fatal(enum assay_status status)
{
    return status == ASSAY_INTERRUPTED || status == ASSAY_USAGE || status == ASSAY_NOMEM ||
           status == ASSAY_IO || status == ASSAY_INTERNAL;
}

/* A reading, or where nothing is to be run, what it would be. */
static enum assay_status run_pass(struct validation *v, const char *what, struct assay_pass *pass,
                                  struct assay_error *err)
{
    if (v->request->explain == NULL)
        return assay_pass_run(pass, err);
    return assay_explain_pass(v->request->explain, what, pass, err);
}

static enum assay_status check_written(const struct validation *v,
                                       const struct assay_source *source, struct assay_error *err)
{
    return assay_written_check(source, v->request->outputs, v->request->output_count, err);
}

static enum assay_status read_other_source(struct validation *v,
                                           const struct assay_metric_spec *spec,
                                           struct assay_error *err)
{
    struct assay_options plain;
    ASSAY_TRY(assay_other_options(v->options, spec, &v->run.arena, &plain, err));
    plain.source.stop = v->request->stop;
    struct assay_pass pass = new_pass(v, NULL);
    pass.options = &plain;
    ASSAY_TRY(collect(v, &pass, 0, picks_source, spec, err));
    struct assay_error problem = {0};
    enum assay_status status =
        assay_source_open(other_source(v, spec->source), &plain.source, &pass.source, &problem);
    if (status == ASSAY_OK)
        status = check_written(v, pass.source, &problem);
    if (status == ASSAY_OK)
        status = assay_pass_bind(&pass, &problem);
    if (status == ASSAY_OK && v->request->explain != NULL)
        assay_explain_source(v->request->explain, pass.source);
    if (status == ASSAY_OK)
        status = run_pass(v, "keys", &pass, &problem);
    if (status == ASSAY_OK && pass.source->cut_short.status != ASSAY_OK) {
        problem = pass.source->cut_short;
        status = problem.status;
    }
    if (pass.source != NULL)
        assay_source_close(pass.source);
    if (status == ASSAY_OK)
        return ASSAY_OK;
    fail_tasks(&pass, &problem);
    if (!is_fatal(status))
        return ASSAY_OK;
    *err = problem;
    return status;
}

/* Keys in a table of the run's own database may stay there: it is asked first. */
static bool leave_keys(struct validation *v, const struct assay_metric_spec *spec)
{
    if (spec->settings != NULL || v->request->filter != NULL ||
        v->options->pushdown == ASSAY_PUSHDOWN_OFF)
        return false;
    for (uint32_t t = 0; t < v->plan.task_count; t++) {
        const struct assay_metric_spec *other = &v->plan.tasks[t].spec;
        if (assay_other_same(other, spec) && other->metric == &assay_metric_rows)
            return false; /* no other check asks for it later */
    }
    const struct assay_db_relation *keys = assay_sql_same_database(
        assay_sources_main(v->suite, v->request->sources, v->request->source_count, &v->run.arena),
        other_source(v, spec->source), &v->options->source, &v->run.arena);
    for (uint32_t t = 0; keys != NULL && t < v->plan.task_count; t++)
        if (assay_other_same(&v->plan.tasks[t].spec, spec))
            v->bounds[t].keys = keys;
    return keys != NULL;
}

static enum assay_status read_other_sources(struct validation *v, struct assay_error *err)
{
    for (uint32_t t = 0; t < v->plan.task_count; t++) {
        const struct assay_metric_spec *spec = &v->plan.tasks[t].spec;
        bool seen = spec->source == NULL;
        for (uint32_t s = 0; s < t && !seen; s++)
            seen = assay_other_same(&v->plan.tasks[s].spec, spec);
        if (!seen && !leave_keys(v, spec))
            ASSAY_TRY(read_other_source(v, spec, err));
    }
    return ASSAY_OK;
}

/* Keys that were left in the database and are wanted here after all. */
static enum assay_status read_left_keys(struct validation *v, struct assay_pass *pass,
                                        struct assay_error *err)
{
    uint32_t left = 0;
    for (uint32_t t = 0; t < pass->task_count; t++) {
        struct assay_bound *bound = pass->tasks[t], *first = bound->first;
        if (first != NULL && first->keys != NULL && first->state == NULL && !first->measure.failed)
            ASSAY_TRY(read_other_source(v, &first->task->spec, err));
        bool there = v->request->explain != NULL || (first != NULL && first->state != NULL);
        if (first != NULL && (!there || first->measure.failed)) {
            bound->measure.failed = true;
            bound->measure.error = first->measure.error;
            continue;
        }
        bound->depends = first != NULL ? first->state : NULL;
        pass->tasks[left++] = bound;
    }
    pass->task_count = left;
    return ASSAY_OK;
}

static const struct assay_measure **measures_of(struct validation *v,
                                                const struct assay_plan_check *entry)
{
    const struct assay_measure **measures =
        assay_arena_array(&v->run.arena, entry->task_count + 1, sizeof *measures);
    for (uint32_t i = 0; measures != NULL && i < entry->task_count; i++) {
        struct assay_bound *bound = &v->bounds[entry->tasks[i]];
        if (bound->state != NULL || bound->measure.failed)
            measures[i] = &bound->measure;
    }
    return measures;
}

static enum assay_status judge_check(struct validation *v, const struct assay_plan_check *entry,
                                     struct assay_outcome *out, struct assay_error *err)
{
    const struct assay_measure **measures = measures_of(v, entry);
    if (measures == NULL)
        return assay_fail_nomem(err);
    struct assay_judge_env env = {.arena = &v->run.arena, .now = v->run.run.as_of};
    for (uint32_t i = 0; i < entry->task_count; i++) {
        const struct assay_bound *bound = &v->bounds[entry->tasks[i]];
        if (bound->unbound && !bound->measure.failed) {
            out->not_evaluated = true;
            out->message = ASSAY_STR("not evaluated: there is no data, not even a header");
            return ASSAY_OK;
        }
    }
    assay_judge_check(entry->check, measures, entry->task_count, v->run.run.records, &env, out);
    return ASSAY_OK;
}

/* Of the tasks that only show which rows: those of checks that did not pass. */
static bool picks_wanted(struct validation *v, uint32_t task, const void *context)
{
    const bool *failing = context;
    if (!v->plan.tasks[task].spec.only_if_failing)
        return true;
    for (uint32_t c = 0; c < v->plan.check_count; c++)
        for (uint32_t i = 0; failing[c] && i < v->plan.checks[c].task_count; i++)
            if (v->plan.checks[c].tasks[i] == task)
                return true;
    return false;
}

/* The rows of keys that the database counted are asked of it as well. */
static enum assay_status ask_for_copies(struct validation *v, struct assay_pass *pass,
                                        struct assay_error *err)
{
    uint32_t left = 0;
    for (uint32_t t = 0; t < pass->task_count; t++) {
        struct assay_bound *bound = pass->tasks[t];
        const struct assay_sql_ask *ask = v->bounds[bound->task->depends].sql;
        if (ask == NULL || ask->group < 0) {
            pass->tasks[left++] = bound;
            continue;
        }
        bound->sql = ask;
        if (v->options->max_samples > 0)
            ASSAY_TRY(assay_sql_samples(pass, bound, ask, v->request->explain, err));
    }
    pass->task_count = left;
    return ASSAY_OK;
}

/*
 * Reads the source again for what needed the first pass. Where it cannot be read again
 * (a long pipe) failing rows are not shown; what needs all rows is an error.
 */
static enum assay_status second_look(struct validation *v, struct assay_source *source,
                                     struct assay_error *err)
{
    bool *failing = assay_arena_array(&v->run.arena, v->plan.check_count + 1, sizeof *failing);
    if (failing == NULL)
        return assay_fail_nomem(err);
    for (uint32_t c = 0; c < v->plan.check_count; c++) {
        struct assay_outcome outcome = {0};
        if (v->request->explain == NULL)
            ASSAY_TRY(judge_check(v, &v->plan.checks[c], &outcome, err));
        failing[c] = v->request->explain != NULL || outcome.level == ASSAY_LEVEL_WARN ||
                     outcome.level == ASSAY_LEVEL_FAIL ||
                     (outcome.has_counts && outcome.counts.unexpected_count != 0);
    }
    struct assay_pass pass = new_pass(v, source);
    ASSAY_TRY(collect(v, &pass, 2, picks_wanted, failing, err));
    ASSAY_TRY(ask_for_copies(v, &pass, err));
    if (pass.task_count == 0)
        return ASSAY_OK;
    pass.stop_when_satisfied = true;
    for (uint32_t t = 0; t < pass.task_count; t++)
        pass.stop_when_satisfied &= pass.tasks[t]->task->spec.only_if_failing;
    if (!source->rewindable) {
        assay_run_notice(&v->run,
                         "the source cannot be read twice: rows of duplicates are not shown");
        return ASSAY_OK;
    }
    ASSAY_TRY(assay_source_rewind(source, err));
    ASSAY_TRY(assay_pass_bind(&pass, err));
    return run_pass(v, pass.stop_when_satisfied ? "again, only where a check fails" : "again",
                    &pass, err);
}

/* What must be known of all records before they can be told apart. */
static bool picks_first(struct validation *v, uint32_t task, const void *context)
{
    (void)context;
    for (uint32_t t = 0; t < v->plan.task_count; t++)
        if (v->plan.tasks[t].phase == 2 && v->plan.tasks[t].depends == (int)task)
            return true;
    return false;
}

/* What shows which rows fail, unless none does. */
static bool picks_shown(struct validation *v, uint32_t task, const void *context)
{
    const struct assay_task *t = &v->plan.tasks[task];
    (void)context;
    return !t->spec.only_if_failing || v->bounds[t->depends].measure.counts.unexpected_count != 0;
}

/*
 * Reads the data for what the filter has to know before it can tell records apart, such as
 * which values occur twice. Of data that can be read once only that is not asked for.
 */
static enum assay_status look_ahead(struct validation *v, struct assay_source *source,
                                    struct assay_pass *main, struct assay_error *err)
{
    struct assay_pass pass = new_pass(v, source);
    ASSAY_TRY(collect(v, &pass, 1, picks_first, NULL, err));
    ASSAY_TRY(assay_pass_bind(&pass, err));
    ASSAY_TRY(assay_pass_run(&pass, err));
    ASSAY_TRY(assay_source_rewind(source, err));
    return collect(v, main, 2, picks_shown, NULL, err);
}

/* What the database does not compute is streamed from it, as every file is. */
static enum assay_status read_rows(struct validation *v, struct assay_pass *pass,
                                   struct assay_error *err)
{
    if (assay_source_db(pass->source, NULL, NULL) == NULL)
        return v->request->explain != NULL ? run_pass(v, "rows", pass, err)
                                           : assay_pass_run_sure(pass, err);
    enum assay_status status = assay_sql_run(pass, &v->plan, v->request->explain, err);
    if (status == ASSAY_SOURCE && err->file[0] == '\0')
        assay_error_at(err, pass->source->files[0].path.ptr, 0, 0);
    ASSAY_TRY(status);
    ASSAY_TRY(read_left_keys(v, pass, err));
    if (pass->task_count == 0)
        return ASSAY_OK;
    ASSAY_TRY(assay_source_rewind(pass->source, err));
    ASSAY_TRY(assay_pass_bind(pass, err));
    return run_pass(v, "rows, streamed", pass, err);
}

/* The pass over the data itself, which a filter's records come from. */
static enum assay_status read_main(struct validation *v, struct assay_source *source,
                                   struct assay_pass *pass, struct assay_error *err)
{
    struct assay_filter *filter = v->request->filter;
    if (source->rewindable && assay_filter_looks_back(filter))
        ASSAY_TRY(look_ahead(v, source, pass, err));
    ASSAY_TRY(collect(v, pass, 1, picks_all, NULL, err));
    ASSAY_TRY(assay_pass_bind(pass, err));
    ASSAY_TRY(assay_run_source(&v->run, source, pass, err));
    if (v->request->explain != NULL)
        assay_explain_source(v->request->explain, source);
    if (filter == NULL)
        return read_rows(v, pass, err);
    ASSAY_TRY(assay_filter_begin(filter, pass, err));
    enum assay_status status = assay_pass_run(pass, err);
    struct assay_error later;
    enum assay_status ended = assay_filter_end(filter, status == ASSAY_OK, &later);
    if (status == ASSAY_OK && ended != ASSAY_OK)
        *err = later;
    return status == ASSAY_OK ? ended : status;
}

/* Where the sources are that were asked for, or those that the suite names. */
static enum assay_status open_source(struct validation *v,
                                     const struct assay_source_options *options,
                                     struct assay_source **out, struct assay_error *err)
{
    const struct assay_str *sources = v->request->sources;
    uint32_t count = v->request->source_count;
    if (count > 0)
        return assay_source_open_all(sources, count, options, out, err);
    count = v->suite->source_count;
    struct assay_str *resolved = assay_arena_array(&v->run.arena, count + 1u, sizeof *resolved);
    if (resolved == NULL)
        return assay_fail_nomem(err);
    for (uint32_t i = 0; i < count; i++)
        resolved[i] = assay_sources_resolve(v->suite, v->suite->sources[i], &v->run.arena);
    return assay_source_open_all(resolved, count, options, out, err);
}

static enum assay_status read_source(struct validation *v, struct assay_error *err)
{
    struct assay_source *source = NULL;
    struct assay_source_options options = v->options->source;
    options.stop = v->request->stop;
    assay_filter_ask(v->request->filter, &options);
    options.once = !assay_plan_reads_again(&v->plan);
    ASSAY_TRY(open_source(v, &options, &source, err));
    struct assay_pass pass = new_pass(v, source);
    pass.progress = v->request->progress;
    if (pass.progress != NULL)
        pass.progress->total_bytes = source->total_bytes;
    enum assay_status status = check_written(v, source, err);
    if (status == ASSAY_OK)
        status = read_main(v, source, &pass, err);
    v->run.run.records = pass.records;
    v->run.run.partial = pass.limited || v->options->sample < 1;
    if (status == ASSAY_OK && v->request->explain == NULL)
        status = assay_run_source_end(&v->run, source, &pass, err);
    if (status == ASSAY_OK)
        status = second_look(v, source, err);
    v->cut_short = source->cut_short;
    assay_source_close(source);
    return status;
}

/* Which way a check's metrics were computed; nothing of files, which have but one. */
static void tell_way(const struct validation *v, const struct assay_plan_check *entry,
                     struct assay_result *result)
{
    for (uint32_t i = 0; i < entry->task_count; i++) {
        const struct assay_bound *bound = &v->bounds[entry->tasks[i]];
        if (bound->why != NULL) {
            result->way = ASSAY_WAY_STREAM;
            result->way_reason = assay_cstr(bound->why);
            return;
        }
        if (bound->sql != NULL)
            result->way = ASSAY_WAY_DATABASE;
    }
}

/* Nothing was run: every check, and the way it would be computed. */
static void explain_checks(struct validation *v)
{
    assay_buf_puts(&v->request->explain->out, "checks\n");
    for (uint32_t c = 0; c < v->plan.check_count; c++) {
        struct assay_result result = {0};
        tell_way(v, &v->plan.checks[c], &result);
        assay_explain_check(v->request->explain, v->plan.checks[c].check, result.way,
                            result.way_reason);
    }
}

/* What a person should know of records that were told apart. */
static void note_filter(struct validation *v)
{
    const struct assay_filter *filter = v->request->filter;
    if (filter == NULL)
        return;
    if (v->options->source.encoding != ASSAY_ENCODING_UTF8 && filter->passed + filter->quarantined)
        assay_run_notice(&v->run, "what was passed on and quarantined is UTF-8");
    struct assay_str unshown =
        assay_filter_unshown(filter, v->run.results, v->run.run.result_count, &v->run.arena);
    if (unshown.len == 0)
        return;
    char text[400];
    snprintf(text, sizeof text, "no record was quarantined for what only all of them show: %.*s",
             (int)unshown.len, unshown.ptr);
    assay_run_notice(&v->run, text);
}

/* Judges every check; where the run broke, each is skipped with that reason. */
static enum assay_status conclude(struct validation *v, const struct assay_error *broken,
                                  struct assay_error *err)
{
    if (broken == NULL)
        ASSAY_TRY(assay_run_kinds(&v->run, &v->plan, v->bounds, err));
    for (uint32_t c = 0; c < v->plan.check_count; c++) {
        struct assay_outcome outcome = {0};
        if (broken == NULL)
            ASSAY_TRY(judge_check(v, &v->plan.checks[c], &outcome, err));
        if (broken == NULL && v->plan.checks[c].of_values)
            assay_judge_left_out(&v->plan, v->bounds, &v->run.arena, &outcome);
        ASSAY_TRY(assay_run_result(&v->run, v->plan.checks[c].check, broken ? NULL : &outcome,
                                   broken, v->options, err));
        tell_way(v, &v->plan.checks[c], &v->run.results[v->run.run.result_count - 1]);
    }
    if (broken == NULL)
        assay_run_tell_missing(&v->run, &v->plan, v->bounds);
    note_filter(v);
    v->run.run.finished = clock_micros();
    bool cut = v->cut_short.status != ASSAY_OK && v->run.run.counts[ASSAY_FAIL] == 0;
    return assay_run_conclude(&v->run, broken == NULL && cut ? &v->cut_short : broken, v->options,
                              err);
}

static enum assay_status run_phases(struct validation *v, struct assay_error *err)
{
    const struct assay_validation *request = v->request;
    bool own = request->source_count == 0;
    const char *source =
        assay_run_name_sources(&v->run, own ? v->suite->sources : request->sources,
                               own ? v->suite->source_count : request->source_count);
    if (source == NULL)
        return assay_fail_nomem(err);
    ASSAY_TRY(assay_plan_make(&v->plan, v->suite, v->options, err));
    v->bounds = assay_arena_array(&v->run.arena, v->plan.task_count + 1, sizeof *v->bounds);
    if (v->bounds == NULL)
        return assay_fail_nomem(err);
    for (uint32_t t = 0; t < v->plan.task_count; t++)
        v->bounds[t].task = &v->plan.tasks[t];
    if (v->request->filter != NULL)
        ASSAY_TRY(assay_filter_plan(v->request->filter, &v->plan, v->bounds, v->options,
                                    &v->run.arena, err));
    ASSAY_TRY(assay_run_begin(&v->run, v->suite, assay_cstr(source), v->plan.check_count, err));
    assay_run_note_selection(&v->run, v->suite, v->options, v->plan.check_count);
    struct assay_error broken = {0};
    if (request->explain != NULL) {
        request->explain->plan = &v->plan;
        request->explain->arena = &v->run.arena;
    }
    enum assay_status status = read_other_sources(v, &broken);
    if (status == ASSAY_OK)
        status = read_source(v, &broken);
    bool fatal = (is_fatal(status) && status != ASSAY_IO) || request->explain != NULL;
    if (status != ASSAY_OK && fatal) {
        *err = broken;
        return status;
    }
    if (request->explain != NULL) {
        explain_checks(v);
        return ASSAY_OK;
    }
    return conclude(v, status == ASSAY_OK ? NULL : &broken, err);
}

enum assay_status assay_validation_run(const struct assay_validation *request,
                                       struct assay_run **out, struct assay_error *err)
{
    struct validation v = {
        .request = request, .suite = request->suite, .options = request->options};
    struct assay_error ignored;
    if (err == NULL)
        err = &ignored;
    if (request->source_count == 0 && v.suite->source_count == 0) {
        assay_fail(err, ASSAY_USAGE, "USAGE-SOURCE", "no source is named");
        assay_error_help(
            err, "name it behind the suite, or as `source:` in the suite; - is the standard input");
        return ASSAY_USAGE;
    }
    assay_run_builder_init(&v.run);
    v.threads = v.options->threads ? v.options->threads : assay_pass_threads();
    if (getrandom(&v.seed, sizeof v.seed, GRND_NONBLOCK) != sizeof v.seed)
        v.seed = (uint64_t)clock_micros();
    v.run.run.started = clock_micros();
    v.run.run.as_of = v.options->has_as_of ? v.options->as_of : v.run.run.started;
    assay_budget_init(&v.budget, v.options->memory_limit, v.options->temp_dir);
    enum assay_status status = run_phases(&v, err);
    for (uint32_t t = 0; v.bounds != NULL && t < v.plan.task_count; t++)
        assay_bound_reset(&v.bounds[t]);
    assay_filter_free(v.request->filter);
    assay_plan_free(&v.plan);
    bool told = request->explain != NULL;
    if (status == ASSAY_OK && !told)
        status = assay_run_builder_take(&v.run, out, err);
    if (status != ASSAY_OK || told)
        assay_run_builder_free(&v.run);
    return status;
}
