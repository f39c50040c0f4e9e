/*
 * Several suites over several sources: each is run, whatever became of the others, and all
 * of them make one report and one exit status.
 */
#include "config.h"

#include "cli/checkpoint.h"

#include "base/redact.h"
#include "cli/print.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "engine/validate.h"
#include "suite/checkpoint.h"

/* What became of one run. */
struct outcome {
    struct assay_run *run; /* NULL: there is none, and `broken` stands for it */
    struct assay_run broken;
    struct assay_error error;
    struct assay_style_values values;
};

struct batch {
    struct assay_args *args;
    struct assay_checkpoint *checkpoint;
    bool gx_strict;           /* --gx-compat */
    bool gx_aliases;          /* a report is in the format of Great Expectations */
    const char *const *paths; /* of reports: OUTPUT-SAME where one is read */
    uint32_t path_count;
    bool spare;               /* one was: none is written */
    struct outcome *outcomes; /* one a run */
    int interrupted;          /* the signal; the runs behind it were not started */
};

/* The worst that was: 2, 3, 1, 4, 5, 0. */
static int worse(int a, int b)
{
    static const int order[] = {ASSAY_EXIT_USAGE, ASSAY_EXIT_ERROR, ASSAY_EXIT_FAIL,
                                ASSAY_EXIT_EMPTY, ASSAY_EXIT_SIDE,  ASSAY_EXIT_PIPE};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        if (a == order[i] || b == order[i])
            return order[i];
    return ASSAY_EXIT_PASS;
}

/* A run that never came to be: its reports say only why. */
static void give_up(struct batch *batch, const struct assay_checkpoint_run *run,
                    struct outcome *outcome, const struct assay_error *why, int exit_status)
{
    struct assay_arena *arena = &batch->checkpoint->arena;
    char source[1024] = "";
    if (run->source_count != 0)
        assay_redact_mask_into(run->sources[0], source, sizeof source);
    outcome->error = *why;
    outcome->broken = (struct assay_run){
        .suite = assay_cstr(run->suite),
        .source = assay_cstr(assay_arena_strdup(arena, assay_cstr(source))),
        .dataset = run->name.len ? run->name : assay_cstr(run->suite),
        .verdict = ASSAY_ERROR,
        .exit = (enum assay_exit)exit_status,
        .error = &outcome->error,
    };
}

static void validate(struct batch *batch, const struct assay_checkpoint_run *run,
                     struct assay_suite *suite, struct outcome *outcome)
{
    struct assay_options options = suite->options;
    struct assay_error error;
    struct assay_progress progress = {0};
    struct assay_validation validation = {
        .suite = suite,
        .options = &options,
        .sources = run->sources,
        .source_count = run->source_count,
        .progress = &progress,
        .outputs = batch->paths,
        .output_count = batch->path_count,
        .stop = assay_signals_watch(),
    };
    if (run->name.len != 0)
        suite->dataset = run->name;
    enum assay_status status =
        assay_outputs_spare(batch->paths, batch->path_count, suite, run->suite, &error);
    if (status == ASSAY_OK)
        status = assay_validate_prepare(batch->args, suite, &options, &error);
    outcome->values =
        (struct assay_style_values){options.max_values, options.result_format, options.gx_strict};
    if (status == ASSAY_OK)
        status = assay_validate_check_terminal(&validation, &error);
    if (status == ASSAY_OK) {
        struct assay_ticker *ticker = assay_ticker_start(batch->args, &progress);
        status = assay_validation_run(&validation, &outcome->run, &error);
        assay_ticker_stop(ticker);
    }
    if (status == ASSAY_OK && outcome->run->error != NULL)
        assay_print_error(batch->args, outcome->run->error);
    if (status == ASSAY_OK) {
        assay_validate_hide_times(batch->args, &options, outcome->run);
        return;
    }
    if (status == ASSAY_INTERRUPTED)
        batch->interrupted = assay_signals_caught();
    batch->spare |= strcmp(error.code, "OUTPUT-SAME") == 0;
    assay_print_error(batch->args, &error);
    give_up(batch, run, outcome, &error, assay_exit_of(status));
}

static void run_one(struct batch *batch, const struct assay_checkpoint_run *run,
                    struct outcome *outcome)
{
    struct assay_args *args = batch->args;
    struct assay_error error = {0};
    struct assay_suite_request request, given = {.variables = args->variables,
                                                 .variable_count = args->variable_count,
                                                 .gx_strict = batch->gx_strict,
                                                 .gx_aliases = batch->gx_aliases};
    bool ok = assay_checkpoint_request(batch->checkpoint, run, &given, &request);
    outcome->values = (struct assay_style_values){200, ASSAY_RESULT_UNSAID, batch->gx_strict};
    if (run->error != NULL || !ok) {
        if (run->error == NULL)
            assay_fail_nomem(&error);
        const struct assay_error *why = run->error ? run->error : &error;
        assay_print_error(args, why);
        give_up(batch, run, outcome, why, assay_exit_of(why->status));
        return;
    }
    struct assay_diags diags;
    assay_diags_init(&diags);
    struct assay_suite *suite = assay_suite_read(run->suite, &request, &diags);
    assay_print_diags(args, &diags);
    for (size_t i = diags.count; suite == NULL && i-- > 0;)
        if (diags.items[i].level == ASSAY_DIAG_ERROR)
            error = diags.items[i].error; /* in the end the first */
    assay_diags_reset(&diags);
    if (suite == NULL)
        give_up(batch, run, outcome, &error, ASSAY_EXIT_USAGE);
    else
        validate(batch, run, suite, outcome);
    assay_suite_free(suite);
}

static int report(struct batch *batch, struct assay_outputs *outputs, uint32_t count)
{
    struct assay_arena *arena = &batch->checkpoint->arena;
    const struct assay_run **runs = assay_arena_array(arena, count + 1u, sizeof *runs);
    struct assay_style_values *values = assay_arena_array(arena, count + 1u, sizeof *values);
    struct assay_error error;
    int status = ASSAY_EXIT_PASS;
    if (runs == NULL || values == NULL) {
        assay_fail_nomem(&error);
        assay_print_error(batch->args, &error);
        return ASSAY_EXIT_ERROR;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct outcome *outcome = &batch->outcomes[i];
        runs[i] = outcome->run ? outcome->run : &outcome->broken;
        values[i] = outcome->values;
        status = worse(status, (int)runs[i]->exit);
    }
    struct assay_runs all = {.name = assay_cstr(batch->args->operands[0]),
                             .exit = (enum assay_exit)status,
                             .items = runs,
                             .values = values,
                             .count = count};
    for (size_t i = 0; i < outputs->count; i++) {
        if (batch->spare && outputs->items[i].path != NULL)
            continue;
        if (assay_output_write_all(batch->args, &outputs->items[i], &all, &error) == ASSAY_OK)
            continue;
        status = worse(status, assay_output_lost(batch->args, &error));
    }
    return status;
}

static int run_all(struct batch *batch, struct assay_outputs *outputs)
{
    uint32_t done = 0;
    while (done < batch->checkpoint->run_count && batch->interrupted == 0) {
        run_one(batch, &batch->checkpoint->runs[done], &batch->outcomes[done]);
        done++;
    }
    int status = report(batch, outputs, done);
    for (uint32_t i = 0; i < done; i++)
        assay_run_free(batch->outcomes[i].run);
    return batch->interrupted ? 128 + batch->interrupted : status;
}

int assay_checkpoint_command(struct assay_args *args, struct assay_outputs *outputs)
{
    struct assay_error error;
    struct assay_diags diags;
    struct batch batch = {.args = args};
    struct assay_suite_request request = {.variables = args->variables,
                                          .variable_count = args->variable_count};
    if (assay_args_has(args, "dry-run")) {
        assay_fail(&error, ASSAY_USAGE, "USAGE-OPERANDS", "a dry run is of one suite");
        assay_error_help(&error, "name one of the checkpoint's suites, and its source");
        assay_print_error(args, &error);
        return ASSAY_EXIT_USAGE;
    }
    if (args->operand_count > 1 || assay_args_has(args, "quarantine")) {
        assay_fail(&error, ASSAY_USAGE, "USAGE-OPERANDS", "%s",
                   args->operand_count > 1 ? "a checkpoint names its sources itself"
                                           : "a checkpoint has no quarantine: whose would it be?");
        assay_error_help(&error, args->operand_count > 1
                                     ? "leave the source out, or name a suite"
                                     : "give --quarantine to a run of one suite");
        assay_print_error(args, &error);
        return ASSAY_EXIT_USAGE;
    }
    batch.gx_aliases = assay_outputs_have(outputs, "gx");
    if (!assay_validate_compat(args, &batch.gx_strict))
        return ASSAY_EXIT_USAGE;
    assay_diags_init(&diags);
    batch.checkpoint = assay_checkpoint_read(args->operands[0], &request, &diags);
    assay_print_diags(args, &diags);
    for (size_t i = diags.count; batch.checkpoint == NULL && i-- > 0;)
        if (diags.items[i].level == ASSAY_DIAG_ERROR)
            error = diags.items[i].error; /* in the end the first */
    assay_diags_reset(&diags);
    if (batch.checkpoint == NULL)
        return assay_validate_refuse(args, outputs, &error, ASSAY_EXIT_USAGE);
    int status = ASSAY_EXIT_ERROR;
    batch.outcomes = assay_arena_array(&batch.checkpoint->arena, batch.checkpoint->run_count + 1u,
                                       sizeof *batch.outcomes);
    batch.paths = assay_outputs_paths(args, outputs, &batch.path_count);
    if (batch.outcomes != NULL && batch.paths != NULL)
        status = run_all(&batch, outputs);
    else {
        assay_fail_nomem(&error);
        assay_print_error(args, &error);
    }
    assay_checkpoint_free(batch.checkpoint);
    return status;
}
