/*
 * Copies what a validation found into the immutable Run.
 */
#include "config.h"

#include "engine/run.h"

#include "base/redact.h"
#include "base/suggest.h"
#include "engine/judgement.h"

#include <stdio.h>
#include <stdlib.h>

#define RUN_MAX_NOTICES 32u
#define EMPTY_SHOWN 5u /* files without records that are named */

/* Sources that a Run names one by one; of more it tells how many. */
#define SOURCES_SHOWN 3

/* A Run as it is handed out: the arena that holds all of it stands behind it. */
struct owned_run {
    struct assay_run run;
    struct assay_arena arena;
};

void assay_run_builder_init(struct assay_run_builder *builder)
{
    *builder = (struct assay_run_builder){0};
    assay_arena_init(&builder->arena, 0);
}

void assay_run_builder_free(struct assay_run_builder *builder)
{
    assay_arena_free(&builder->arena);
}

static struct assay_str copy_text(struct assay_arena *arena, struct assay_str text, bool *failed)
{
    if (text.len == 0)
        return assay_cstr("");
    char *copy = assay_arena_strdup(arena, text);
    *failed |= copy == NULL;
    return assay_str(copy, copy ? text.len : 0);
}

static const struct assay_str *copy_texts(struct assay_arena *arena, const struct assay_str *texts,
                                          size_t count, bool *failed)
{
    struct assay_str *copy = assay_arena_array(arena, count + 1, sizeof *copy);
    *failed |= copy == NULL;
    for (size_t i = 0; copy != NULL && i < count; i++)
        copy[i] = copy_text(arena, texts[i], failed);
    return copy;
}

static struct assay_value copy_value(struct assay_arena *arena, const struct assay_value *value,
                                     bool *failed)
{
    struct assay_value copy = *value;
    copy.text = copy_text(arena, value->text, failed);
    copy.items = NULL;
    copy.keys = NULL;
    if (value->count == 0)
        return copy;
    struct assay_value *items = assay_arena_array(arena, value->count, sizeof *items);
    *failed |= items == NULL;
    for (size_t i = 0; items != NULL && i < value->count; i++)
        items[i] = copy_value(arena, &value->items[i], failed);
    copy.items = items;
    if (value->kind == ASSAY_VALUE_MAP)
        copy.keys = copy_texts(arena, value->keys, value->count, failed);
    return copy;
}

/* A source's name without its secrets: nobody who reads a Run can see them. */
static struct assay_str shown_source(struct assay_arena *arena, struct assay_str source,
                                     bool *failed)
{
    struct assay_buf buf;
    assay_buf_init(&buf, (size_t)4 << 20);
    assay_redact_mask(source, &buf);
    *failed |= buf.failed;
    struct assay_str shown = copy_text(arena, assay_buf_view(&buf), failed);
    assay_buf_free(&buf);
    return shown;
}

static bool names_source(const struct assay_expectation *expectation, struct assay_str parameter)
{
    for (size_t i = 0; i < expectation->param_count; i++)
        if (assay_str_is(parameter, expectation->params[i].name))
            return (expectation->params[i].flags & ASSAY_PARAM_SOURCE) != 0;
    return false;
}

/* A check's parameters as the suite has them, but without the secrets of sources. */
static struct assay_value copy_config(struct assay_arena *arena, const struct assay_check *check,
                                      bool *failed)
{
    struct assay_value copy = copy_value(arena, &check->config, failed);
    struct assay_value *items = (struct assay_value *)copy.items; /* our copy */
    for (size_t i = 0; items != NULL && copy.keys != NULL && i < copy.count; i++)
        if (names_source(check->expectation, copy.keys[i]))
            items[i].text = shown_source(arena, items[i].text, failed);
    return copy;
}

/* The same under the suite's own names, where what names a source has another name. */
static struct assay_value copy_alias(struct assay_arena *arena, const struct assay_check *check,
                                     bool *failed)
{
    struct assay_value copy = copy_value(arena, &check->alias_config, failed);
    struct assay_value *items = (struct assay_value *)copy.items; /* our copy */
    for (size_t i = 0; items != NULL && i < copy.count; i++)
        for (size_t c = 0; c < check->config.count; c++)
            if (names_source(check->expectation, check->config.keys[c]) &&
                assay_str_equal(items[i].text, check->config.items[c].text))
                items[i].text = shown_source(arena, items[i].text, failed);
    return copy;
}

enum assay_status assay_run_begin(struct assay_run_builder *builder,
                                  const struct assay_suite *suite, struct assay_str source,
                                  uint32_t check_count, struct assay_error *err)
{
    struct assay_run *run = &builder->run;
    bool failed = false;
    run->suite = copy_text(&builder->arena, suite->path, &failed);
    run->source = shown_source(&builder->arena, source, &failed);
    run->dataset =
        suite->dataset.len ? copy_text(&builder->arena, suite->dataset, &failed) : run->source;
    builder->result_cap = check_count;
    builder->results =
        assay_arena_array(&builder->arena, check_count + 1, sizeof *builder->results);
    builder->notices =
        assay_arena_array(&builder->arena, RUN_MAX_NOTICES, sizeof *builder->notices);
    run->results = builder->results;
    run->notices = builder->notices;
    return failed || builder->results == NULL || builder->notices == NULL ? assay_fail_nomem(err)
                                                                          : ASSAY_OK;
}

void assay_run_notice(struct assay_run_builder *builder, const char *text)
{
    bool failed = false;
    if (builder->run.notice_count == RUN_MAX_NOTICES)
        return;
    struct assay_str copy = copy_text(&builder->arena, assay_cstr(text), &failed);
    if (!failed)
        builder->notices[builder->run.notice_count++] = copy;
}

enum assay_status assay_run_source(struct assay_run_builder *builder,
                                   const struct assay_source *source, const struct assay_pass *pass,
                                   struct assay_error *err)
{
    bool failed = false;
    (void)pass;
    builder->opened = true;
    builder->run.columns =
        copy_texts(&builder->arena, source->names, source->column_count, &failed);
    builder->run.column_count = source->column_count;
    return failed ? assay_fail_nomem(err) : ASSAY_OK;
}

/* Files without records among others: they may have been cut short, or not be filled yet. */
static void note_empty_files(struct assay_run_builder *builder, const struct assay_source *source)
{
    struct assay_buf text;
    uint32_t empty = 0;
    for (uint32_t i = 0; i < source->file_count; i++)
        empty += source->files[i].records == 0;
    if (empty == 0 || empty == source->file_count)
        return;
    assay_buf_init(&text, 64u << 10);
    assay_buf_printf(&text, "%u of %u files %s no records: ", empty, source->file_count,
                     empty == 1 ? "has" : "have");
    for (uint32_t i = 0, shown = 0; i < source->file_count && shown <= EMPTY_SHOWN; i++) {
        if (source->files[i].records != 0)
            continue;
        assay_buf_puts(&text, shown > 0 ? ", " : "");
        if (shown++ < EMPTY_SHOWN)
            assay_buf_str(&text, source->files[i].path);
        else
            assay_buf_puts(&text, "…");
    }
    if (!text.failed)
        assay_run_notice(builder, text.ptr);
    assay_buf_free(&text);
}

enum assay_status assay_run_source_end(struct assay_run_builder *builder,
                                       const struct assay_source *source,
                                       const struct assay_pass *pass, struct assay_error *err)
{
    bool failed = false;
    uint64_t left = pass->records;
    struct assay_run_file *files =
        assay_arena_array(&builder->arena, source->file_count + 1, sizeof *files);
    if (files == NULL)
        return assay_fail_nomem(err);
    /* How far ahead of --limit was read depends on the size of the batches. */
    for (uint32_t i = 0; i < source->file_count; i++) {
        const struct assay_source_file *file = &source->files[i];
        uint64_t records = file->records < left ? file->records : left;
        left -= records;
        files[i] = (struct assay_run_file){
            .path = copy_text(&builder->arena, file->path, &failed),
            .bytes = pass->limited ? 0 : file->bytes,
            .records = records,
        };
    }
    builder->run.files = files;
    builder->run.file_count = source->file_count;
    builder->run.bytes = pass->limited ? 0 : source->bytes_read;
    for (uint32_t i = 0; i < source->notice_count; i++)
        assay_run_notice(builder, source->notices[i]);
    if (!pass->limited)
        note_empty_files(builder, source);
    return failed ? assay_fail_nomem(err) : ASSAY_OK;
}

struct assay_str assay_run_title(struct assay_arena *arena, const struct assay_check *check,
                                 bool *failed)
{
    struct assay_buf buf;
    assay_buf_init(&buf, 4096);
    bool record = (check->expectation->traits & ASSAY_TRAIT_RECORD) && check->column_count == 1 &&
                  assay_str_is(check->columns[0], "$");
    for (uint32_t i = 0; i < check->column_count; i++) {
        assay_buf_puts(&buf, i ? ", " : "");
        assay_buf_str(&buf, record ? ASSAY_STR("every record") : check->columns[i]);
    }
    if (check->column_count)
        assay_buf_putc(&buf, ' ');
    if (check->expectation->title != NULL)
        check->expectation->title(check, &buf);
    else
        assay_buf_puts(&buf, check->expectation->name);
    *failed |= buf.nomem;
    struct assay_str title = copy_text(arena, assay_buf_view(&buf), failed);
    assay_buf_free(&buf);
    return title;
}

static void fill_declaration(struct assay_result *result, struct assay_arena *arena,
                             const struct assay_check *check, bool *failed)
{
    result->id = copy_text(arena, check->id, failed);
    result->expectation = assay_cstr(check->expectation->name);
    result->name = copy_text(arena, check->name, failed);
    result->title = assay_run_title(arena, check, failed);
    result->description = copy_text(arena, check->description, failed);
    result->owner = copy_text(arena, check->owner, failed);
    result->runbook = copy_text(arena, check->runbook, failed);
    result->tags = copy_texts(arena, check->tags, check->tag_count, failed);
    result->tag_count = check->tag_count;
    result->columns = copy_texts(arena, check->columns, check->column_count, failed);
    result->column_count = check->column_count;
    if (check->where != NULL)
        result->where = copy_text(arena, assay_expr_text(check->where), failed);
    result->config = copy_config(arena, check, failed);
    result->alias = copy_text(arena, check->alias, failed);
    result->alias_config = copy_alias(arena, check, failed);
    result->meta = copy_value(arena, &check->meta, failed);
    result->telling = check->telling;
    result->suite_file = copy_text(arena, check->file, failed);
    result->suite_line = check->line;
    result->suite_column = check->column;
}

/* The names of what goes with samples, in the order in which the plan asks for it. */
static void fill_beside(struct assay_run_builder *builder, struct assay_result *result,
                        const struct assay_check *check, const struct assay_options *options,
                        bool *failed)
{
    bool own = check->index_columns.count != 0;
    if (!(check->expectation->traits & ASSAY_TRAIT_ROWWISE))
        return;
    result->index_column_count = own ? check->index_columns.count : options->index_column_count;
    result->index_columns =
        copy_texts(&builder->arena, own ? check->index_columns.items : options->index_columns,
                   result->index_column_count, failed);
    result->beside = check->telling.rows ? builder->run.columns : result->index_columns;
    result->beside_count =
        check->telling.rows ? builder->run.column_count : result->index_column_count;
}

static void fill_outcome(struct assay_result *result, struct assay_arena *arena,
                         const struct assay_outcome *outcome, bool *failed)
{
    result->verdict =
        outcome->not_evaluated ? ASSAY_SKIPPED : assay_verdict_of(outcome->level, result->severity);
    result->message = copy_text(arena, outcome->message, failed);
    result->observed = copy_value(arena, &outcome->observed, failed);
    result->details = copy_value(arena, &outcome->details, failed);
    result->has_counts = outcome->has_counts;
    result->counts = outcome->counts;
    result->samples = outcome->samples;
    result->sample_count = outcome->sample_count;
    if (outcome->column_count != 0) {
        result->columns = copy_texts(arena, outcome->columns, outcome->column_count, failed);
        result->column_count = outcome->column_count;
    }
    if (outcome->level != ASSAY_LEVEL_ERROR)
        return;
    struct assay_error *error = assay_arena_alloc(arena, sizeof *error);
    *failed |= error == NULL;
    if (error != NULL) {
        *error = outcome->error;
        bool file = error->file[0] != '\0' && error->line == 0; /* with a line it is told apart */
        const char *text = assay_arena_printf(arena, "%s%s%s", file ? error->file : "",
                                              file ? ": " : "", error->message);
        *failed |= text == NULL;
        result->message = assay_cstr(text);
    }
    result->error = error;
}

/* Why nothing could be evaluated; what it was exactly is the run's error. */
static struct assay_str why_skipped(const struct assay_run_builder *builder,
                                    const struct assay_error *broken)
{
    if (builder->opened)
        return ASSAY_STR("not evaluated: the data could not be read to its end");
    return strcmp(broken->code, "SOURCE-MISSING") == 0
               ? ASSAY_STR("not evaluated: the data does not exist")
               : ASSAY_STR("not evaluated: the data could not be read");
}

enum assay_status assay_run_result(struct assay_run_builder *builder,
                                   const struct assay_check *check,
                                   const struct assay_outcome *outcome,
                                   const struct assay_error *broken,
                                   const struct assay_options *options, struct assay_error *err)
{
    bool failed = false;
    struct assay_result *result = &builder->results[builder->run.result_count++];
    result->severity = options->has_severity && !(check->expectation->traits & ASSAY_TRAIT_IMPLICIT)
                           ? options->severity
                           : check->severity;
    fill_declaration(result, &builder->arena, check, &failed);
    fill_beside(builder, result, check, options, &failed);
    if (outcome != NULL)
        fill_outcome(result, &builder->arena, outcome, &failed);
    else {
        result->verdict = ASSAY_SKIPPED;
        result->message = why_skipped(builder, broken);
    }
    if (builder->kind_count != 0 && result->sample_count != 0)
        failed |= assay_run_infer(builder, result, err) != ASSAY_OK;
    builder->run.counts[result->verdict]++;
    if (check->expectation->traits & ASSAY_TRAIT_IMPLICIT)
        builder->run.malformed = result->counts.unexpected_count;
    return failed ? assay_fail_nomem(err) : ASSAY_OK;
}

/* Whether a warning is one that --fail-on warn is about: `info` never is. */
static bool has_gating_warning(const struct assay_run *run)
{
    for (size_t i = 0; i < run->result_count; i++)
        if (run->results[i].verdict == ASSAY_WARN &&
            run->results[i].severity != ASSAY_SEVERITY_INFO)
            return true;
    return false;
}

/* The implicit well_formed alone is no check: somebody must have asked for something. */
static bool nothing_evaluated(const struct assay_run *run, const struct assay_options *options)
{
    bool asked = run->result_count > 1 || (run->result_count == 1 && options->tag_count == 0 &&
                                           run->results[0].suite_line != 0);
    return run->records == 0 || !asked;
}

static enum assay_exit exit_of(const struct assay_run *run, const struct assay_options *options)
{
    if (run->error != NULL && strcmp(run->error->code, "OUTPUT-PIPE") == 0)
        return ASSAY_EXIT_PIPE;
    if (run->error != NULL || run->counts[ASSAY_ERROR])
        return ASSAY_EXIT_ERROR;
    bool failing = run->counts[ASSAY_FAIL] && options->fail_on != ASSAY_FAIL_ON_ERROR;
    failing |= options->fail_on == ASSAY_FAIL_ON_WARN && has_gating_warning(run);
    if (failing && !options->exit_zero)
        return ASSAY_EXIT_FAIL;
    bool forgiven = options->allow_empty && !(options->tag_count != 0 && run->result_count <= 1);
    if (nothing_evaluated(run, options) && !forgiven && !run->counts[ASSAY_FAIL])
        return ASSAY_EXIT_EMPTY; /* a tag that selects nothing is no empty data */
    return ASSAY_EXIT_PASS;
}

static enum assay_verdict verdict_of(const struct assay_run *run,
                                     const struct assay_options *options)
{
    if (run->error != NULL || run->counts[ASSAY_ERROR])
        return ASSAY_ERROR;
    if (run->counts[ASSAY_FAIL])
        return ASSAY_FAIL;
    if (nothing_evaluated(run, options))
        return ASSAY_SKIPPED;
    return run->counts[ASSAY_WARN] ? ASSAY_WARN : ASSAY_PASS;
}

enum assay_status assay_run_conclude(struct assay_run_builder *builder,
                                     const struct assay_error *broken,
                                     const struct assay_options *options, struct assay_error *err)
{
    struct assay_run *run = &builder->run;
    if (broken != NULL) {
        struct assay_error *error = assay_arena_alloc(&builder->arena, sizeof *error);
        if (error == NULL)
            return assay_fail_nomem(err);
        *error = *broken;
        run->error = error;
    }
    /* Texts and values that found no room leave their places empty: nothing may be missing. */
    if (builder->arena.failed)
        return assay_fail_nomem(err);
    uint64_t sum = 0;
    for (int v = 0; v < ASSAY_VERDICTS; v++)
        sum += run->counts[v];
    if (sum != builder->result_cap || sum != run->result_count)
        return assay_fail(err, ASSAY_INTERNAL, "BUG-COUNTS",
                          "%u expectations were declared but %llu have a verdict",
                          builder->result_cap, (unsigned long long)sum);
    run->verdict = verdict_of(run, options);
    run->exit = exit_of(run, options);
    return ASSAY_OK;
}

enum assay_status assay_run_builder_take(struct assay_run_builder *builder, struct assay_run **out,
                                         struct assay_error *err)
{
    struct owned_run *owned = malloc(sizeof *owned);
    if (owned == NULL)
        return assay_fail_nomem(err);
    owned->run = builder->run;
    owned->arena = builder->arena;
    assay_run_builder_init(builder);
    *out = &owned->run;
    return ASSAY_OK;
}

void assay_run_free(struct assay_run *run)
{
    if (run == NULL)
        return;
    struct owned_run *owned = (struct owned_run *)run;
    struct assay_arena arena = owned->arena;
    free(owned);
    assay_arena_free(&arena);
}

const char *assay_verdict_name(enum assay_verdict verdict)
{
    static const char *const names[ASSAY_VERDICTS] = {"pass", "warn", "fail", "error", "skipped"};
    return (unsigned)verdict < ASSAY_VERDICTS ? names[verdict] : "error";
}

const char *assay_severity_name(enum assay_severity severity)
{
    static const char *const names[] = {"error", "warn", "info"};
    return (unsigned)severity < 3 ? names[severity] : "error";
}

/* A note where nothing is checked: what was asked for may not be what was meant. */
void assay_run_note_selection(struct assay_run_builder *builder, const struct assay_suite *suite,
                              const struct assay_options *options, uint32_t planned)
{
    char text[300], near[100] = "";
    uint32_t declared = assay_suite_declared(suite);
    if (planned > 1 || (declared == 1 && suite->check_count == 1))
        return;
    if (declared == 0 || options->tag_count == 0) {
        assay_run_notice(builder, "the suite declares no checks");
        return;
    }
    struct assay_str asked = options->tags[0];
    for (uint32_t i = 0; i < declared && near[0] == '\0'; i++)
        for (uint32_t t = 0; t < suite->checks[i].tag_count; t++) {
            const char *tag = suite->checks[i].tags[t].ptr;
            const char *found = assay_suggest(asked, &tag, 1);
            if (found != NULL)
                snprintf(near, sizeof near, "; did you mean %.60s?", found);
        }
    snprintf(text, sizeof text, "0 of %u checks selected by --tag %.*s%s%s%s", declared,
             (int)(asked.len < 100 ? asked.len : 100), asked.ptr,
             options->tag_count > 1 ? ",…" : "", near,
             options->allow_empty ? "; --allow-empty is about data without records" : "");
    assay_run_notice(builder, text);
}

/* "a.csv, b.csv"; of many the first, and how many more. */
const char *assay_run_name_sources(struct assay_run_builder *builder,
                                   const struct assay_str *sources, uint32_t count)
{
    struct assay_buf text;
    assay_buf_init(&text, 65536);
    uint32_t shown = count <= SOURCES_SHOWN ? count : 1;
    for (uint32_t i = 0; i < shown; i++) {
        assay_buf_puts(&text, i > 0 ? ", " : "");
        assay_redact_mask(sources[i], &text);
    }
    if (shown < count)
        assay_buf_printf(&text, " and %u more", count - shown);
    const char *copy =
        text.failed ? NULL : assay_arena_strdup(&builder->arena, assay_buf_view(&text));
    assay_buf_free(&text);
    return copy;
}
