/*
 * What libassay offers to other programs: loading a suite and running it, as thin
 * covers over the parts that the command line uses.
 */
#include "config.h"

#include "assay/suite.h"

#include "base/suggest.h"
#include "engine/validate.h"

const char *assay_version(void)
{
    return PACKAGE_VERSION;
}

struct assay_suite *assay_suite_load(const char *path, assay_problem_fn *report, void *context)
{
    struct assay_suite_request request = {.gx_aliases = true};
    struct assay_diags diags;
    assay_diags_init(&diags);
    struct assay_suite *suite = assay_suite_read(path, &request, &diags);
    assay_diags_sort(&diags);
    for (size_t i = 0; i < diags.count && report != NULL; i++)
        report(context, &diags.items[i].error, diags.items[i].level == ASSAY_DIAG_WARNING);
    assay_diags_reset(&diags);
    return suite;
}

static enum assay_status unknown_setting(const char *name, struct assay_error *err)
{
    const char *names[64];
    size_t count, n = 0;
    const struct assay_option *rows = assay_option_rows(&count);
    for (; n < count && n < 64; n++)
        names[n] = rows[n].name;
    assay_fail(err, ASSAY_USAGE, "USAGE-OPTION", "there is no setting \"%s\"", name);
    const char *near = assay_suggest(assay_cstr(name), names, n);
    if (near != NULL)
        assay_error_help(err, "did you mean %s?", near);
    return ASSAY_USAGE;
}

static enum assay_status apply(struct assay_options *options, const struct assay_setting *settings,
                               size_t count, struct assay_arena *arena, struct assay_error *err)
{
    for (size_t i = 0; i < count; i++) {
        const struct assay_option *row = assay_option_find(assay_cstr(settings[i].name));
        if (row == NULL)
            return unknown_setting(settings[i].name, err);
        ASSAY_TRY(assay_option_set_text(options, row, assay_cstr(settings[i].value), arena, err));
    }
    return ASSAY_OK;
}

enum assay_status assay_validate(struct assay_suite *suite, const char *source,
                                 const struct assay_setting *settings, size_t setting_count,
                                 struct assay_run **run, struct assay_error *err)
{
    struct assay_options options = suite->options;
    struct assay_str name = assay_cstr(source);
    struct assay_validation validation = {
        .suite = suite, .options = &options, .sources = &name, .source_count = name.len > 0};
    struct assay_arena arena; /* holds the settings for as long as the run takes */
    assay_arena_init(&arena, (size_t)16 << 20);
    *run = NULL;
    enum assay_status status = apply(&options, settings, setting_count, &arena, err);
    if (status == ASSAY_OK) {
        assay_options_keep_samples(&options, suite);
        status = assay_validation_run(&validation, run, err);
    }
    assay_arena_free(&arena);
    return status;
}
