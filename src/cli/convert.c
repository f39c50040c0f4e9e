/*
 * assay convert: a suite from one format into another; no data is read.
 */
#include "config.h"

#include "cli/command.h"
#include "cli/output.h"
#include "cli/print.h"
#include "suite/convert.h"

#include "base/suggest.h"

#include <unistd.h>

#define OUTPUT_LIMIT ((size_t)256 << 20)

static const struct assay_flag flags[] = {
    {0, "to", "FORMAT", "native (YAML), native-json, gx or gx-0.18"},
    {'o', "output", "PATH", "write there instead of to the standard output"},
    {0, "strict", NULL, "refuse where something has no equal"},
    {0, "var", "NAME=VALUE", "a variable for ${NAME} in the suite; its value is not written"},
};

static const char *const formats[] = {
    [ASSAY_CONVERT_NATIVE] = "native",
    [ASSAY_CONVERT_NATIVE_JSON] = "native-json",
    [ASSAY_CONVERT_GX] = "gx",
    [ASSAY_CONVERT_GX_OLD] = "gx-0.18",
};
#define FORMATS (sizeof formats / sizeof formats[0])

static bool find_format(const char *name, enum assay_convert_to *to, struct assay_error *err)
{
    for (size_t i = 0; name != NULL && i < FORMATS; i++)
        if (strcmp(name, formats[i]) == 0) {
            *to = (enum assay_convert_to)i;
            return true;
        }
    if (name == NULL)
        assay_fail(err, ASSAY_USAGE, "USAGE-OPTION", "--to is missing");
    else
        assay_fail(err, ASSAY_USAGE, "USAGE-OPTION", "--to cannot be \"%s\"", name);
    const char *near = name ? assay_suggest(assay_cstr(name), formats, FORMATS) : NULL;
    if (near != NULL)
        assay_error_help(err, "did you mean %s?", near);
    else
        assay_error_help(err, "one of native, native-json, gx, gx-0.18");
    return false;
}

static int store(struct assay_args *args, struct assay_str text)
{
    struct assay_error error;
    const char *path = assay_args_value(args, "output");
    if (path != NULL && strcmp(path, "-") == 0)
        path = NULL;
    if (assay_output_text(path, STDOUT_FILENO, text, &error) == ASSAY_OK)
        return ASSAY_EXIT_PASS;
    return assay_output_lost(args, &error);
}

/* 1 where something has no equal; with --strict that is 2, and nothing is written. */
static int convert(struct assay_args *args, struct assay_suite *suite,
                   const struct assay_origin *origin, enum assay_convert_to to)
{
    struct assay_diags losses;
    struct assay_buf out;
    assay_diags_init(&losses);
    assay_buf_init(&out, OUTPUT_LIMIT);
    assay_convert(suite, origin, to, &out, &losses);
    bool strict = assay_args_has(args, "strict");
    bool refused = losses.errors != 0 || (strict && losses.warnings != 0);
    for (size_t i = 0; strict && i < losses.count; i++)
        losses.items[i].level = ASSAY_DIAG_ERROR;
    assay_print_diags(args, &losses);
    int status = refused ? ASSAY_EXIT_USAGE : store(args, assay_buf_view(&out));
    if (status == ASSAY_EXIT_PASS && losses.warnings != 0)
        status = ASSAY_EXIT_FAIL;
    assay_diags_reset(&losses);
    assay_buf_free(&out);
    return status;
}

static int run(struct assay_args *args)
{
    struct assay_error error;
    enum assay_convert_to to = ASSAY_CONVERT_NATIVE;
    bool one = args->operand_count == 1;
    if (!one) {
        assay_fail(&error, ASSAY_USAGE, "USAGE-OPERANDS", "%s",
                   args->operand_count ? "only one suite can be named" : "no suite is named");
        assay_error_help(&error, "usage: assay convert %s", args->command->usage);
    }
    if (!one || !find_format(assay_args_value(args, "to"), &to, &error)) {
        assay_print_error(args, &error);
        return ASSAY_EXIT_USAGE;
    }
    struct assay_diags diags;
    struct assay_origin origin = {0};
    struct assay_suite_request request = {
        .variables = args->variables, .variable_count = args->variable_count, .origin = &origin};
    assay_diags_init(&diags);
    struct assay_suite *suite = assay_suite_read(args->operands[0], &request, &diags);
    assay_print_diags(args, &diags);
    int status = suite ? convert(args, suite, &origin, to) : ASSAY_EXIT_USAGE;
    assay_diags_reset(&diags);
    assay_suite_free(suite);
    return status;
}

const struct assay_command assay_command_convert = {
    .name = "convert",
    .summary = "write a suite in another format",
    .usage = "SUITE --to FORMAT [-o PATH]",
    .examples = "  assay convert gx/expectations/orders.json --to native -o orders.yml\n"
                "  assay convert orders.yml --to gx\n",
    .flags = flags,
    .flag_count = sizeof flags / sizeof flags[0],
    .run = run,
};
