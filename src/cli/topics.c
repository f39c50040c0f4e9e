/*
 * Topics besides expectations and error codes. Each is told from the table that it has anyway;
 * only what every check takes is put into words here.
 */
#include "config.h"

#include "cli/topics.h"

#include "cli/command.h"
#include "cli/help.h"
#include "reporters/reporter.h"
#include "source/source.h"

/* What every check takes; man assay-suite has the same at length. */
static const struct {
    const char *name, *text;
} common[] = {
    {"mostly", "a share (0.95 or 95%): the check passes where at least so many of the values it\n"
               "  looks at hold, and fails below; without it, all have to. error_below is the\n"
               "  same. Nulls are not looked at, unless the check is about them.\n"
               "  example: not_null: {mostly: 0.95}"},
    {"error_below", "another name of mostly: the check fails where a smaller share holds.\n"
                    "  example: not_null: {warn_below: 1, error_below: 0.95}"},
    {"warn_below", "a share: the check warns where fewer values hold. With mostly below it there\n"
                   "  are three outcomes: pass, warn under warn_below, fail under mostly; without\n"
                   "  mostly the check can warn but never fail.\n"
                   "  example: not_null: {warn_below: 0.99, mostly: 0.9}"},
    {"severity", "error (the default): a failing check ends in exit status 1; warn: it is shown\n"
                 "  as a warning, and counts only with --fail-on warn; info: it never counts.\n"
                 "  example: unique: {severity: warn}"},
    {"where", "an expression: only records for which it is true are looked at.\n"
              "  example: not_null: {where: \"status <> 'draft'\"}"},
    {"name", "what reports call the check, in place of a sentence made of its parameters"},
    {"id", "a stable identifier in reports; without it, one is made of column and expectation"},
    {"description", "a text that reports show with a check that does not pass"},
    {"owner", "whom a check concerns; that of the suite, where a check has none"},
    {"runbook", "where it says what to do about a failure, shown with it"},
    {"tags", "names to select checks by: assay validate --tag nightly"},
    {"meta", "a map that is kept with the check and means nothing to assay"},
    {"column", "the column that a check in the `checks` of the suite is about"},
    {"columns", "several columns that a check is about together: unique: {columns: [id, line]}"},
};

#define COMMON (sizeof common / sizeof common[0])

static const char *const lists[] = {"expectations", "formats", "metrics", "reporters", "sources"};

#define LISTS (sizeof lists / sizeof lists[0])

static bool is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static bool put_common(struct assay_buf *out, const char *name)
{
    for (size_t i = 0; i < COMMON; i++)
        if (is(name, common[i].name)) {
            assay_buf_printf(out, "%s: of a check\n  %s\n", name, common[i].text);
            return true;
        }
    return false;
}

static bool put_option(struct assay_buf *out, const char *name)
{
    const struct assay_option *row = assay_option_find(assay_cstr(name));
    if (row == NULL)
        return false;
    assay_buf_printf(out, "%s: a setting\n  %s\n", row->name, row->help);
    if (row->flags & ASSAY_OPTION_SUITE)
        assay_buf_printf(out, "  in a suite: options: {%s: %s}\n", row->name,
                         row->value_name ? row->value_name : "true");
    assay_buf_puts(out, "  on the command line: --");
    if (!(row->flags & ASSAY_OPTION_COMMAND))
        assay_buf_printf(out, "set %s=%s", row->name, row->value_name ? row->value_name : "true");
    for (const char *p = row->name; (row->flags & ASSAY_OPTION_COMMAND) && *p != '\0'; p++)
        assay_buf_putc(out, *p == '_' ? '-' : *p);
    if ((row->flags & ASSAY_OPTION_COMMAND) && row->value_name != NULL)
        assay_buf_printf(out, " %s", row->value_name);
    assay_buf_putc(out, '\n');
    return true;
}

static bool put_reporter(struct assay_buf *out, const char *name)
{
    const struct assay_reporter *reporter = assay_reporter_find(assay_cstr(name));
    if (reporter == NULL)
        return false;
    assay_buf_printf(out, "%s: a report\n  %s\n  assay validate SUITE SOURCE -o %s:report.%s\n",
                     name, reporter->summary, name, reporter->extension);
    return true;
}

static bool put_kind(struct assay_buf *out, const char *name, const char *what,
                     const struct assay_source_kind *kinds, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is(name, kinds[i].name)) {
            assay_buf_printf(out, "%s: %s%s\n  %s\n", name, what,
                             kinds[i].built_in ? "" : ", not built in", kinds[i].summary);
            return true;
        }
    return false;
}

static bool put_command(struct assay_buf *out, const char *name)
{
    const struct assay_command *command = assay_command_find(name);
    if (command == NULL)
        return false;
    assay_buf_printf(out, "%s: a command\n  %s\n  usage: assay %s %s\n", name, command->summary,
                     name, command->usage);
    return true;
}

static bool put_list(struct assay_buf *out, const char *name)
{
    for (size_t i = 0; i < LISTS; i++)
        if (is(name, lists[i])) {
            assay_buf_printf(out, "%s: a list\n  assay list %s\n", name, name);
            return true;
        }
    return false;
}

bool assay_topics_put(struct assay_buf *out, const char *name)
{
    size_t sources, formats;
    const struct assay_source_kind *source = assay_source_kinds(&sources);
    const struct assay_source_kind *format = assay_source_formats(&formats);
    bool found = put_common(out, name);
    found |= put_option(out, name);
    found |= put_kind(out, name, "a format of data", format, formats);
    found |= put_kind(out, name, "a kind of source", source, sources);
    found |= put_reporter(out, name);
    found |= put_command(out, name);
    found |= put_list(out, name);
    return found;
}

size_t assay_topics_names(const char **names, size_t most)
{
    size_t n = 0, options, reporters, commands, kinds;
    const struct assay_option *option = assay_option_rows(&options);
    const struct assay_reporter *const *reporter = assay_reporters(&reporters);
    const struct assay_command *const *command = assay_commands(&commands);
    const struct assay_source_kind *kind = assay_source_kinds(&kinds);
    for (size_t i = 0; i < COMMON && n < most; i++)
        names[n++] = common[i].name;
    for (size_t i = 0; i < LISTS && n < most; i++)
        names[n++] = lists[i];
    for (size_t i = 0; i < options && n < most; i++)
        names[n++] = option[i].name;
    for (size_t i = 0; i < reporters && n < most; i++)
        names[n++] = reporter[i]->name;
    for (size_t i = 0; i < commands && n < most; i++)
        names[n++] = command[i]->name;
    for (size_t i = 0; i < kinds && n < most; i++)
        names[n++] = kind[i].name;
    return n;
}
