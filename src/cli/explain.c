/*
 * assay explain: an expectation or an error code, at length.
 */
#include "config.h"

#include "base/suggest.h"
#include "cli/codes.h"
#include "cli/command.h"
#include "cli/print.h"
#include "cli/topics.h"

#include <stdint.h>
#include <stdio.h>

static const struct assay_flag flags[] = {
    {0, "mdoc", NULL, "as a section of a manual page"},
};

static const char *param_type_text(const struct assay_param *param)
{
    static const char *const names[] = {
        [ASSAY_PARAM_BOOL] = "true or false",
        [ASSAY_PARAM_COUNT] = "whole number",
        [ASSAY_PARAM_NUMBER] = "number",
        [ASSAY_PARAM_RATIO] = "share (0.95 or 95%)",
        [ASSAY_PARAM_TEXT] = "text",
        [ASSAY_PARAM_SCALAR] = "value",
        [ASSAY_PARAM_SCALARS] = "list of values",
        [ASSAY_PARAM_COLUMN] = "column",
        [ASSAY_PARAM_COLUMNS] = "list of columns",
        [ASSAY_PARAM_CHOICE] = "word",
        [ASSAY_PARAM_REGEX] = "regular expression",
        [ASSAY_PARAM_EXPR] = "expression",
        [ASSAY_PARAM_DURATION] = "duration (30m, 12h, 1d)",
        [ASSAY_PARAM_RANGES] = "map of min and max",
        [ASSAY_PARAM_TUPLES] = "list of lists of values",
        [ASSAY_PARAM_VALUE] = "any value",
        [ASSAY_PARAM_SETTINGS] = "map of options",
        [ASSAY_PARAM_CHECKS] = "list of checks",
    };
    return names[param->type];
}

static void put_choices(struct assay_buf *out, const struct assay_param *param)
{
    if (param->choices == NULL)
        return;
    assay_buf_puts(out, ": ");
    for (size_t i = 0; param->choices[i] != NULL; i++)
        assay_buf_printf(out, "%s%s", i ? ", " : "", param->choices[i]);
}

static void put_traits(struct assay_buf *out, const struct assay_param *param)
{
    if (param->flags & ASSAY_PARAM_REQUIRED)
        assay_buf_puts(out, "; required");
    if (param->flags & ASSAY_PARAM_ONE_OF)
        assay_buf_puts(out, "; at least one of these");
    if (param->flags & ASSAY_PARAM_MAIN)
        assay_buf_puts(out, "; may stand alone");
    if (param->dflt != NULL)
        assay_buf_printf(out, "; default %s", param->dflt);
}

static const char *about_text(const struct assay_expectation *e)
{
    if (e->scope == ASSAY_SCOPE_TABLE)
        return "the whole table";
    return e->traits & ASSAY_TRAIT_MULTI ? "a column, or several (columns: [a, b])" : "a column";
}

static void put_plain(struct assay_buf *out, const struct assay_expectation *e)
{
    assay_buf_printf(out, "%s: %s\n", e->name, e->summary);
    assay_buf_printf(out, "  about %s; since %s\n",
                     e->scope == ASSAY_SCOPE_TABLE     ? "the whole table"
                     : (e->traits & ASSAY_TRAIT_MULTI) ? "a column, or several (columns: [a, b])"
                                                       : "a column",
                     e->since);
    for (size_t i = 0; i < e->param_count; i++) {
        const struct assay_param *param = &e->params[i];
        assay_buf_printf(out, "\n  %s (%s", param->name, param_type_text(param));
        put_choices(out, param);
        put_traits(out, param);
        assay_buf_printf(out, ")\n      %s\n", param->help);
    }
    if (e->traits & ASSAY_TRAIT_ROWWISE)
        assay_buf_puts(
            out,
            "\n  mostly, error_below (share)\n      fails where a smaller share of the values "
            "holds; without it all have to\n"
            "\n  warn_below (share)\n      warns where a smaller share holds, down to mostly\n");
    if (e->example != NULL)
        assay_buf_printf(out, "\n  example: %s\n", e->example);
}

/*
 * Text for mdoc, which gives a meaning to lines that begin with a dot or an apostrophe
 * and to backslashes. Where `fill`, lines are broken at blanks.
 */
static void put_roff(struct assay_buf *out, const char *text, bool fill)
{
    size_t column = 0;
    for (; *text != '\0'; text++, column++) {
        if (fill && *text == ' ' && column + 1 + strcspn(text + 1, " ") > 78) {
            assay_buf_putc(out, '\n');
            column = SIZE_MAX; /* the next character is the first */
            continue;
        }
        if (column == 0 && (*text == '.' || *text == '\''))
            assay_buf_puts(out, "\\&");
        if (*text == '\\')
            assay_buf_puts(out, "\\e");
        else
            assay_buf_putc(out, *text);
    }
}

static void put_mdoc_param(struct assay_buf *out, const struct assay_param *param)
{
    struct assay_buf line;
    assay_buf_init(&line, 4096);
    assay_buf_printf(&line, "(%s", param_type_text(param));
    put_choices(&line, param);
    put_traits(&line, param);
    assay_buf_puts(&line, ")");
    assay_buf_printf(out, ".It Cm %s\n", param->name);
    put_roff(out, line.ptr ? line.ptr : "", true);
    assay_buf_putc(out, '\n');
    put_roff(out, param->help, true);
    assay_buf_putc(out, '\n');
    assay_buf_free(&line);
}

static void put_mdoc(struct assay_buf *out, const struct assay_expectation *e)
{
    assay_buf_printf(out, ".Ss %s\n", e->name);
    bool small = e->summary[0] >= 'a' && e->summary[0] <= 'z';
    assay_buf_putc(out, small ? (char)(e->summary[0] - 'a' + 'A') : e->summary[0]);
    put_roff(out, e->summary + 1, true);
    assay_buf_printf(out, ".\nAbout %s; since %s.\n", about_text(e), e->since);
    if (e->traits & ASSAY_TRAIT_ROWWISE)
        assay_buf_puts(out, "Takes\n.Cm mostly ,\n.Cm warn_below\nand\n.Cm error_below .\n");
    if (e->param_count)
        assay_buf_puts(out, ".Bl -tag -width Ds\n");
    for (size_t i = 0; i < e->param_count; i++)
        put_mdoc_param(out, &e->params[i]);
    if (e->param_count)
        assay_buf_puts(out, ".El\n");
    if (e->example != NULL) {
        assay_buf_puts(out, ".Bd -literal -offset indent\n");
        put_roff(out, e->example, false);
        assay_buf_puts(out, "\n.Ed\n");
    }
}

static int usage(const struct assay_args *args)
{
    struct assay_error error;
    assay_fail(&error, ASSAY_USAGE, "USAGE-OPERANDS", "explain what?");
    assay_error_help(&error, "usage: assay explain %s", args->command->usage);
    assay_print_error(args, &error);
    return ASSAY_EXIT_USAGE;
}

static int unknown(struct assay_args *args, const char *topic)
{
    struct assay_error error;
    const char *names[600];
    size_t count, n = 0;
    const struct assay_expectation *const *all = assay_expectations(&count);
    for (size_t i = 0; i < count && n < 200; i++)
        names[n++] = all[i]->name;
    const struct assay_code *codes = assay_codes(&count);
    for (size_t i = 0; i < count && n < 400; i++)
        names[n++] = codes[i].code;
    n += assay_topics_names(names + n, sizeof names / sizeof names[0] - n);
    assay_fail(&error, ASSAY_USAGE, "USAGE-TOPIC", "there is nothing called %s to explain", topic);
    const char *near = assay_suggest(assay_cstr(topic), names, n);
    if (near != NULL)
        assay_error_help(&error, "did you mean %s?", near);
    else
        assay_error_help(&error,
                         "`assay list expectations` shows the expectations; checks, settings, "
                         "reports and error codes have names to explain");
    assay_print_error(args, &error);
    return ASSAY_EXIT_USAGE;
}

/* The text in lines of at most 76 bytes below the code. */
static void put_code(struct assay_buf *out, const struct assay_code *code)
{
    const char *text = code->text;
    assay_buf_printf(out, "%s\n", code->code);
    while (*text != '\0') {
        size_t len = strlen(text), cut = len;
        for (size_t i = 0; len > 74 && i <= 74; i++)
            cut = text[i] == ' ' ? i : cut;
        assay_buf_printf(out, "  %.*s\n", (int)cut, text);
        text += cut + (text[cut] == ' ');
    }
}

static bool put_topic(struct assay_args *args, struct assay_buf *out, const char *topic)
{
    const struct assay_expectation *e = assay_expectation_find(assay_cstr(topic));
    if (e != NULL) {
        if (assay_args_has(args, "mdoc"))
            put_mdoc(out, e);
        else
            put_plain(out, e);
        return true;
    }
    const struct assay_code *code = assay_code_find(topic);
    if (code != NULL)
        put_code(out, code);
    return code != NULL || assay_topics_put(out, topic);
}

static int run(struct assay_args *args)
{
    struct assay_buf out;
    assay_buf_init(&out, (size_t)1 << 20);
    if (args->operand_count == 0 && !assay_args_has(args, "mdoc"))
        return usage(args);
    if (args->operand_count == 0) {
        size_t count;
        const struct assay_expectation *const *all = assay_expectations(&count);
        for (size_t i = 0; i < count; i++)
            put_mdoc(&out, all[i]);
    }
    for (size_t i = 0; i < args->operand_count; i++) {
        if (i > 0)
            assay_buf_putc(&out, '\n');
        if (!put_topic(args, &out, args->operands[i])) {
            assay_buf_free(&out);
            return unknown(args, args->operands[i]);
        }
    }
    int status = out.failed ? ASSAY_EXIT_SIDE : assay_print_out(assay_buf_view(&out));
    assay_buf_free(&out);
    return status;
}

const struct assay_command assay_command_explain = {
    .name = "explain",
    .summary = "explain an expectation, an error code or what else has a name",
    .usage = "NAME|ERROR-CODE…",
    .examples = "  assay explain range\n  assay explain CSV-RAGGED\n",
    .flags = flags,
    .flag_count = sizeof flags / sizeof flags[0],
    .run = run,
};
