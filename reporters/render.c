/*
 * Rendering for programs that embed assay: a report format by its name, handed to the
 * caller piece by piece.
 */
#include "config.h"

#include "assay/suite.h"

#include "base/error.h"
#include "base/str.h"
#include "base/suggest.h"
#include "reporters/reporter.h"

#define RENDER_LIMIT ((size_t)1 << 30)
#define RENDER_PIECE ((size_t)64 << 10)

static enum assay_status unknown_format(const char *format, struct assay_error *err)
{
    const char *names[64];
    size_t count, n = 0;
    const struct assay_reporter *const *all = assay_reporters(&count);
    for (; n < count && n < 64; n++)
        names[n] = all[n]->name;
    assay_fail(err, ASSAY_USAGE, "USAGE-FORMAT", "there is no report format \"%s\"", format);
    const char *near = assay_suggest(assay_cstr(format), names, n);
    if (near != NULL)
        assay_error_help(err, "did you mean %s?", near);
    return ASSAY_USAGE;
}

static enum assay_status hand_over(struct assay_str text, assay_write_fn *write, void *context,
                                   struct assay_error *err)
{
    while (text.len > 0) {
        size_t n = text.len < RENDER_PIECE ? text.len : RENDER_PIECE;
        if (write(context, text.ptr, n) != 0)
            return assay_fail(err, ASSAY_IO, "OUTPUT-WRITE", "the report was not taken");
        text.ptr += n;
        text.len -= n;
    }
    return ASSAY_OK;
}

enum assay_status assay_run_render(const struct assay_run *run, const char *format,
                                   assay_write_fn *write, void *context, struct assay_error *err)
{
    static const struct assay_style plain = {
        .width = 80, .max_values = 200, .result_format = ASSAY_RESULT_UNSAID};
    const struct assay_reporter *reporter = assay_reporter_find(assay_cstr(format));
    if (reporter == NULL)
        return unknown_format(format, err);
    struct assay_buf out;
    assay_buf_init(&out, RENDER_LIMIT);
    reporter->render(run, &plain, &out);
    enum assay_status status =
        out.failed ? assay_fail_nomem(err) : hand_over(assay_buf_view(&out), write, context, err);
    assay_buf_free(&out);
    return status;
}
