/*
 * assay list: what this program knows, from its own tables.
 */
#include "config.h"

#include "base/json_write.h"
#include "base/suggest.h"
#include "cli/command.h"
#include "cli/print.h"
#include "reporters/reporter.h"

#include <stdio.h>

static const struct assay_flag flags[] = {
    {0, "json", NULL, "as JSON"},
};

struct row {
    const char *name, *summary;
    bool absent; /* not built in */
};

#define LIST_MAX 256u

static size_t expectation_rows(struct row *rows)
{
    size_t count;
    const struct assay_expectation *const *all = assay_expectations(&count);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct row){all[i]->name, all[i]->summary, false};
    return count;
}

static size_t metric_rows(struct row *rows)
{
    size_t count;
    const struct assay_metric *const *all = assay_metrics(&count);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct row){all[i]->name, all[i]->summary, false};
    return count;
}

static size_t reporter_rows(struct row *rows)
{
    size_t count;
    const struct assay_reporter *const *all = assay_reporters(&count);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct row){all[i]->name, all[i]->summary, false};
    return count;
}

static size_t kind_rows(const struct assay_source_kind *kinds, size_t count, struct row *rows)
{
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct row){kinds[i].name, kinds[i].summary, !kinds[i].built_in};
    return count;
}

static size_t source_rows(struct row *rows)
{
    size_t count;
    const struct assay_source_kind *kinds = assay_source_kinds(&count);
    return kind_rows(kinds, count, rows);
}

static size_t format_rows(struct row *rows)
{
    size_t count;
    const struct assay_source_kind *kinds = assay_source_formats(&count);
    return kind_rows(kinds, count, rows);
}

static const struct listing {
    const char *name;
    size_t (*rows)(struct row *rows);
} listings[] = {
    {"expectations", expectation_rows}, {"formats", format_rows}, {"metrics", metric_rows},
    {"reporters", reporter_rows},       {"sources", source_rows},
};
#define LISTINGS (sizeof listings / sizeof listings[0])

static void put_json(struct assay_buf *out, const struct row *rows, size_t count)
{
    struct assay_json json;
    assay_json_init(&json, out, ASSAY_JSON_PRETTY);
    assay_json_array_begin(&json);
    for (size_t i = 0; i < count; i++) {
        assay_json_object_begin(&json);
        assay_json_key(&json, "name");
        assay_json_cstr(&json, rows[i].name);
        assay_json_key(&json, "summary");
        assay_json_cstr(&json, rows[i].summary);
        assay_json_key(&json, "built_in");
        assay_json_bool(&json, !rows[i].absent);
        assay_json_object_end(&json);
    }
    assay_json_array_end(&json);
    out->failed |= !assay_json_finish(&json);
}

static int usage(struct assay_args *args, const char *given)
{
    struct assay_error error;
    const char *names[LISTINGS];
    for (size_t i = 0; i < LISTINGS; i++)
        names[i] = listings[i].name;
    assay_fail(&error, ASSAY_USAGE, "USAGE-OPERANDS",
               given ? "there is no list of %s" : "list what?", given);
    const char *near = given ? assay_suggest(assay_cstr(given), names, LISTINGS) : NULL;
    if (near != NULL)
        assay_error_help(&error, "did you mean assay list %s?", near);
    else
        assay_error_help(&error, "usage: assay list %s", args->command->usage);
    assay_print_error(args, &error);
    return ASSAY_EXIT_USAGE;
}

/* Columns that the names take. */
static int width_of(const struct row *rows, size_t count)
{
    size_t width = 16;
    for (size_t i = 0; i < count; i++)
        if (strlen(rows[i].name) > width)
            width = strlen(rows[i].name);
    return (int)width;
}

static int run(struct assay_args *args)
{
    static struct row rows[LIST_MAX];
    const struct listing *listing = NULL;
    for (size_t i = 0; i < LISTINGS && args->operand_count == 1; i++)
        if (strcmp(args->operands[0], listings[i].name) == 0)
            listing = &listings[i];
    if (listing == NULL)
        return usage(args, args->operand_count ? args->operands[0] : NULL);
    size_t count = listing->rows(rows);
    struct assay_buf out;
    assay_buf_init(&out, (size_t)1 << 20);
    if (assay_args_has(args, "json"))
        put_json(&out, rows, count);
    else
        for (size_t i = 0; i < count; i++)
            assay_buf_printf(&out, "%-*s %s%s\n", width_of(rows, count), rows[i].name,
                             rows[i].summary, rows[i].absent ? " (not built in)" : "");
    int status = out.failed ? ASSAY_EXIT_SIDE : assay_print_out(assay_buf_view(&out));
    assay_buf_free(&out);
    return status;
}

const struct assay_command assay_command_list = {
    .name = "list",
    .summary = "show what there is: expectations, formats, metrics, reporters, sources",
    .usage = "expectations|formats|metrics|reporters|sources [--json]",
    .examples = "  assay list expectations\n",
    .flags = flags,
    .flag_count = sizeof flags / sizeof flags[0],
    .run = run,
};
