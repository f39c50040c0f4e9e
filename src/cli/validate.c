/*
 * assay validate: runs a suite over a source and reports.
 */
#include "config.h"

#include "base/redact.h"
#include "cli/apart.h"
#include "cli/checkpoint.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/print.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "engine/validate.h"
#include "suite/checkpoint.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct assay_flag flags[] = {
    {'o', "output", "FORMAT[:PATH]", "report in this format, to this file; may be repeated"},
    {0, "set", "NAME=VALUE", "override a setting, or severity=LEVEL for every check"},
    {0, "var", "NAME=VALUE", "a variable for ${NAME} in the suite"},
    {0, "quarantine", "[raw:]PATH", "keep records that fail in this file, with the reasons"},
    {0, "dry-run", NULL, "print what would be read and asked, and read and ask nothing"},
    {0, "gx-compat", "MODE",
     "suites of Great Expectations: fixed (the default) or strict, with its defects"},
    {0, "no-timings", NULL, "leave times out of reports, so that equal runs give equal bytes"},
};

enum assay_status assay_validate_check_terminal(const struct assay_validation *validation,
                                                struct assay_error *err)
{
    bool standard = false;
    for (uint32_t i = 0; i < validation->source_count; i++)
        standard |= assay_str_is(validation->sources[i], "-");
    if (!standard || !isatty(STDIN_FILENO))
        return ASSAY_OK;
    assay_fail(err, ASSAY_USAGE, "USAGE-SOURCE", "the standard input is a terminal");
    assay_error_help(err, "name a file, or pipe data in");
    return ASSAY_USAGE;
}

/* All operands but the first, which is the suite; false: out of memory. */
static bool name_sources(struct assay_args *args, struct assay_validation *validation)
{
    size_t count = args->operand_count - 1;
    struct assay_str *sources = assay_arena_array(&args->arena, count + 1, sizeof *sources);
    for (size_t i = 0; i < count && sources != NULL; i++)
        sources[i] = assay_cstr(args->operands[i + 1]);
    validation->sources = sources;
    validation->source_count = (uint32_t)count;
    return sources != NULL;
}

/* A clock that was given with --as-of is no timing: it stays. */
void assay_validate_hide_times(const struct assay_args *args, const struct assay_options *options,
                               struct assay_run *run)
{
    if (!assay_args_has(args, "no-timings"))
        return;
    run->started = run->finished = 0;
    run->as_of = options->has_as_of ? run->as_of : 0;
}

/* Prints why the run broke off, where the text report goes elsewhere or says too little. */
static void print_broken(const struct assay_args *args, const struct assay_run *run)
{
    if (run->error != NULL && run->exit != ASSAY_EXIT_PIPE)
        assay_print_error(args, run->error);
}

static int report(struct assay_args *args, struct assay_outputs *outputs,
                  const struct assay_options *options, struct assay_run *run)
{
    struct assay_error error;
    assay_validate_hide_times(args, options, run);
    print_broken(args, run);
    int status = run->exit;
    for (size_t i = 0; i < outputs->count; i++) {
        if (run->exit == ASSAY_EXIT_PIPE && outputs->items[i].path == NULL)
            continue; /* nobody waits for it */
        if (assay_output_write(args, options, &outputs->items[i], run, &error) == ASSAY_OK)
            continue;
        int lost = assay_output_lost(args, &error);
        if (status == ASSAY_EXIT_PASS || status == ASSAY_EXIT_PIPE)
            status = lost;
    }
    return status;
}

int assay_validate_refuse(struct assay_args *args, struct assay_outputs *outputs,
                          const struct assay_error *why, int status)
{
    struct assay_error error;
    char source[1024];
    assay_redact_mask_into(assay_cstr(args->operand_count > 1 ? args->operands[1] : ""), source,
                           sizeof source);
    struct assay_run run = {
        .suite = assay_cstr(args->operands[0]),
        .source = assay_cstr(source),
        .dataset = assay_cstr(""),
        .verdict = ASSAY_ERROR,
        .exit = (enum assay_exit)status,
        .error = why,
    };
    bool spare = strcmp(why->code, "OUTPUT-SAME") == 0; /* a file is not what it was taken for */
    for (size_t i = 0; i < outputs->count; i++) {
        const struct assay_output *output = &outputs->items[i];
        bool people = strcmp(output->reporter->name, "text") == 0;
        if (spare && output->path != NULL)
            continue;
        if (!people && assay_output_write(args, NULL, output, &run, &error) != ASSAY_OK)
            (void)assay_output_lost(args, &error);
    }
    return status;
}

/* The clock, memory and temporary files of a run. */
enum assay_status assay_validate_prepare(struct assay_args *args, const struct assay_suite *suite,
                                         struct assay_options *options, struct assay_error *err)
{
    ASSAY_TRY(assay_args_apply(args, options, err));
    const char *temporary = getenv("TMPDIR");
    if (options->temp_dir == NULL && temporary != NULL && temporary[0] != '\0')
        options->temp_dir = temporary;
    assay_options_keep_samples(options, suite);
    return ASSAY_OK;
}

/* The same; what a filter cannot do is refused. */
static enum assay_status prepare(struct assay_args *args, const struct assay_suite *suite,
                                 bool filters, struct assay_options *options,
                                 struct assay_error *err)
{
    ASSAY_TRY(assay_validate_prepare(args, suite, options, err));
    if (!filters || (options->limit == 0 && options->sample == 1))
        return ASSAY_OK;
    assay_fail(err, ASSAY_USAGE, "USAGE-OPTION", "a filter looks at every record: it takes no %s",
               options->limit != 0 ? "limit" : "sample");
    assay_error_help(err, "assay validate has both; head -n cuts data short");
    return ASSAY_USAGE;
}

/* Prints the plan of a run; the source is opened, and not read. */
static int tell_plan(struct assay_args *args, struct assay_validation *validation)
{
    struct assay_explain explain = {0};
    struct assay_error error;
    struct assay_run *run = NULL;
    assay_buf_init(&explain.out, (size_t)64 << 20);
    validation->explain = &explain;
    enum assay_status status = assay_validation_run(validation, &run, &error);
    if (status == ASSAY_OK && explain.out.failed)
        status = assay_fail_nomem(&error);
    if (status != ASSAY_OK)
        assay_print_error(args, &error);
    int printed = assay_print_out(assay_buf_view(&explain.out));
    assay_buf_free(&explain.out);
    if (status == ASSAY_INTERRUPTED)
        return 128 + assay_signals_caught();
    return status != ASSAY_OK ? assay_exit_of(status) : printed;
}

static int run_suite(struct assay_args *args, struct assay_suite *suite,
                     struct assay_outputs *outputs, struct assay_apart *apart)
{
    struct assay_options options = suite->options;
    struct assay_error error;
    struct assay_progress progress = {0};
    struct assay_validation validation = {
        .suite = suite,
        .options = &options,
        .progress = &progress,
        .stop = assay_signals_watch(),
    };
    const struct assay_db_trace trace = assay_print_trace(args);
    validation.outputs = assay_outputs_paths(args, outputs, &validation.output_count);
    enum assay_status status = validation.outputs ? ASSAY_OK : assay_fail_nomem(&error);
    if (status == ASSAY_OK)
        status = assay_outputs_spare(validation.outputs, validation.output_count, suite,
                                     args->operands[0], &error);
    if (status == ASSAY_OK)
        status = prepare(args, suite, apart->passes, &options, &error);
    options.source.trace = args->verbosity > 1 ? &trace : NULL;
    if (status == ASSAY_OK && !name_sources(args, &validation))
        status = assay_fail_nomem(&error);
    if (status == ASSAY_OK)
        status = assay_validate_check_terminal(&validation, &error);
    if (status == ASSAY_OK && assay_args_has(args, "dry-run"))
        return tell_plan(args, &validation);
    if (status == ASSAY_OK)
        status = assay_apart_open(apart, args, &error);
    validation.filter = apart->wanted ? &apart->filter : NULL;
    struct assay_run *run = NULL;
    if (status == ASSAY_OK) {
        struct assay_ticker *ticker = assay_ticker_start(args, &progress);
        status = assay_validation_run(&validation, &run, &error);
        assay_ticker_stop(ticker);
    }
    int code;
    if (status == ASSAY_OK) {
        code = report(args, outputs, &options, run);
    } else {
        assay_print_error(args, &error);
        code = assay_validate_refuse(args, outputs, &error,
                                     status == ASSAY_INTERRUPTED ? 128 + assay_signals_caught()
                                                                 : assay_exit_of(status));
    }
    code = assay_apart_close(apart, args, status == ASSAY_OK && run->error == NULL, code);
    assay_run_free(run);
    return code;
}

bool assay_validate_compat(struct assay_args *args, bool *strict)
{
    const char *mode = assay_args_value(args, "gx-compat");
    *strict = mode != NULL && strcmp(mode, "strict") == 0;
    if (mode == NULL || *strict || strcmp(mode, "fixed") == 0)
        return true;
    struct assay_error error;
    assay_fail(&error, ASSAY_USAGE, "USAGE-OPTION", "gx-compat cannot be \"%s\"", mode);
    assay_error_help(&error, "expected fixed or strict");
    assay_print_error(args, &error);
    return false;
}

static int usage_error(struct assay_args *args, const char *message)
{
    struct assay_error error;
    assay_fail(&error, ASSAY_USAGE, "USAGE-OPERANDS", "%s", message);
    assay_error_help(&error, "usage: assay %s %s", args->command->name, args->command->usage);
    assay_print_error(args, &error);
    return ASSAY_EXIT_USAGE;
}

/* Whether what stands in the place of the data is a suite. */
static bool is_swapped(const struct assay_args *args, const struct assay_suite_request *request)
{
    struct assay_diags diags;
    struct stat st;
    if (args->operand_count != 2 || stat(args->operands[1], &st) != 0 || !S_ISREG(st.st_mode))
        return false;
    assay_diags_init(&diags);
    struct assay_suite *suite = assay_suite_read(args->operands[1], request, &diags);
    assay_diags_reset(&diags);
    bool found = suite != NULL && suite->check_count > 1; /* an empty file is no suite to mean */
    assay_suite_free(suite);
    return found;
}

static int refuse_swapped(struct assay_args *args)
{
    struct assay_error error;
    assay_fail(&error, ASSAY_USAGE, "USAGE-OPERANDS", "%s is no suite, but %s is one",
               args->operands[0], args->operands[1]);
    assay_error_help(&error, "the suite comes first: assay %s %s %s", args->command->name,
                     args->operands[1], args->operands[0]);
    assay_print_error(args, &error);
    return ASSAY_EXIT_USAGE;
}

int assay_validate_command(struct assay_args *args, bool passes)
{
    if (args->operand_count == 0)
        return usage_error(args, "no suite is named");
    struct assay_outputs outputs;
    struct assay_apart apart;
    struct assay_error error = {0};
    if (assay_outputs_parse(args, passes ? STDERR_FILENO : STDOUT_FILENO, &outputs, &error) !=
            ASSAY_OK ||
        assay_apart_parse(args, passes, &apart, &error) != ASSAY_OK) {
        assay_print_error(args, &error);
        return ASSAY_EXIT_USAGE;
    }
    if (assay_args_has(args, "dry-run") && apart.wanted)
        return usage_error(args, "a dry run has no records to quarantine");
    if (!passes && assay_checkpoint_is(args->operands[0]))
        return assay_checkpoint_command(args, &outputs);
    struct assay_diags diags;
    assay_diags_init(&diags);
    struct assay_suite_request request = {.variables = args->variables,
                                          .variable_count = args->variable_count,
                                          .gx_aliases = assay_outputs_have(&outputs, "gx")};
    if (!assay_validate_compat(args, &request.gx_strict))
        return ASSAY_EXIT_USAGE;
    struct assay_suite *suite = assay_suite_read(args->operands[0], &request, &diags);
    if (suite == NULL && is_swapped(args, &request)) {
        assay_diags_reset(&diags);
        return refuse_swapped(args);
    }
    assay_print_diags(args, &diags);
    for (size_t i = diags.count; suite == NULL && i-- > 0;)
        if (diags.items[i].level == ASSAY_DIAG_ERROR)
            error = diags.items[i].error; /* in the end the first */
    assay_diags_reset(&diags);
    if (suite == NULL)
        return assay_validate_refuse(args, &outputs, &error, ASSAY_EXIT_USAGE);
    int status = run_suite(args, suite, &outputs, &apart);
    assay_suite_free(suite);
    return status;
}

static int run(struct assay_args *args)
{
    return assay_validate_command(args, false);
}

const struct assay_command assay_command_validate = {
    .name = "validate",
    .summary = "run a suite over a file, a pipe or several files",
    .usage = "SUITE [SOURCE]… [-o FORMAT[:PATH]]… [--quarantine [raw:]PATH]",
    .examples = "  assay validate orders.yml orders.csv\n"
                "  assay validate orders.yml 'data/orders-*.csv' -o text -o junit:report.xml\n"
                "  curl -s https://example.com/o.csv | assay validate orders.yml - -o json\n",
    .flags = flags,
    .flag_count = sizeof flags / sizeof flags[0],
    .settings = true,
    .run = run,
};
