/*
 * assay lint: reads suites and says all that is wrong with them; no data is read.
 */
#include "config.h"

#include "cli/command.h"
#include "cli/print.h"
#include "suite/checkpoint.h"

#include <errno.h>
#include <inttypes.h>

static const struct assay_flag flags[] = {
    {0, "var", "NAME=VALUE", "a variable for ${NAME} in the suite"},
};

static void warn_empty(const char *path, struct assay_diags *diags)
{
    struct assay_error error;
    assay_fail(&error, ASSAY_CONFIG, "SUITE-NO-CHECKS", "the suite has no checks");
    assay_error_at(&error, path, 0, 0);
    assay_error_help(&error, "put them under `checks:` or `columns:`; a run of it ends in exit "
                             "status 4, nothing was evaluated");
    assay_diags_add(diags, ASSAY_DIAG_WARNING, &error);
}

static int lint_suite(struct assay_args *args, const char *path,
                      const struct assay_suite_request *request)
{
    struct assay_diags diags;
    assay_diags_init(&diags);
    struct assay_suite *suite = assay_suite_read(path, request, &diags);
    uint32_t checks = suite != NULL ? assay_suite_declared(suite) : 0;
    if (suite != NULL && checks == 0)
        warn_empty(path, &diags);
    assay_print_diags(args, &diags);
    if (suite != NULL && args->verbosity >= 0) {
        printf("%s: %" PRIu32 " check%s", path, checks, checks == 1 ? "" : "s");
        if (diags.warnings)
            printf(", %zu warning%s", diags.warnings, diags.warnings == 1 ? "" : "s");
        putchar('\n');
    }
    assay_diags_reset(&diags);
    assay_suite_free(suite);
    return suite ? ASSAY_EXIT_PASS : ASSAY_EXIT_USAGE;
}

/* The suites of a checkpoint, each with the variables it is to be run with. */
static int lint_checkpoint(struct assay_args *args, const char *path,
                           const struct assay_suite_request *request)
{
    struct assay_diags diags;
    int status = ASSAY_EXIT_PASS;
    assay_diags_init(&diags);
    struct assay_checkpoint *checkpoint = assay_checkpoint_read(path, request, &diags);
    assay_print_diags(args, &diags);
    assay_diags_reset(&diags);
    for (uint32_t i = 0; checkpoint != NULL && i < checkpoint->run_count; i++) {
        const struct assay_checkpoint_run *run = &checkpoint->runs[i];
        struct assay_suite_request own = *request;
        if (run->error != NULL)
            assay_print_error(args, run->error);
        if (run->error != NULL || !assay_checkpoint_request(checkpoint, run, request, &own) ||
            lint_suite(args, run->suite, &own) != ASSAY_EXIT_PASS)
            status = ASSAY_EXIT_USAGE;
    }
    if (checkpoint == NULL)
        status = ASSAY_EXIT_USAGE;
    assay_checkpoint_free(checkpoint);
    return status;
}

static int lint_one(struct assay_args *args, const char *path)
{
    struct assay_suite_request request = {.variables = args->variables,
                                          .variable_count = args->variable_count};
    return assay_checkpoint_is(path) ? lint_checkpoint(args, path, &request)
                                     : lint_suite(args, path, &request);
}

static int run(struct assay_args *args)
{
    int status = ASSAY_EXIT_PASS;
    if (args->operand_count == 0) {
        struct assay_error error;
        assay_fail(&error, ASSAY_USAGE, "USAGE-OPERANDS", "no suite is named");
        assay_error_help(&error, "usage: assay lint %s", args->command->usage);
        assay_print_error(args, &error);
        return ASSAY_EXIT_USAGE;
    }
    for (size_t i = 0; i < args->operand_count; i++) {
        int one = lint_one(args, args->operands[i]);
        status = one ? one : status;
    }
    if (fflush(stdout) != 0 && status == ASSAY_EXIT_PASS)
        status = errno == EPIPE ? ASSAY_EXIT_PIPE : ASSAY_EXIT_SIDE;
    return status;
}

const struct assay_command assay_command_lint = {
    .name = "lint",
    .summary = "read suites and say what is wrong with them",
    .usage = "SUITE…",
    .examples = "  assay lint orders.yml\n  assay lint suites/*.yml\n",
    .flags = flags,
    .flag_count = sizeof flags / sizeof flags[0],
    .run = run,
};
