/*
 * text: for people. What failed comes with its first values; every value of the data
 * is escaped, so that nothing in it reaches the terminal as a command.
 */
#include "config.h"

#include "base/escape.h"
#include "reporters/write.h"

#include <inttypes.h>

#define TEXT_VALUE_MAX 60u
#define TEXT_SAMPLES 5u
#define TEXT_LIST_ALL 60u /* up to so many results each is listed; beyond, passes are counted */

static const struct look {
    const char *mark, *word, *color;
} looks[ASSAY_VERDICTS] = {
    [ASSAY_PASS] = {"✓", "pass", "\033[32m"},   [ASSAY_WARN] = {"!", "warn", "\033[33m"},
    [ASSAY_FAIL] = {"✗", "fail", "\033[31m"},   [ASSAY_ERROR] = {"✗", "error", "\033[35m"},
    [ASSAY_SKIPPED] = {"-", "skip", "\033[2m"},
};

static void paint(struct assay_buf *out, const struct assay_style *style, const char *color)
{
    if (style->color)
        assay_buf_puts(out, color);
}

static void write_sample(struct assay_buf *out, const struct assay_run *run,
                         const struct assay_sample *s)
{
    assay_buf_puts(out, "          ");
    assay_report_position(out, run, s);
    for (size_t i = 0; i < s->value_count; i++) {
        assay_buf_puts(out, i ? ", " : "  ");
        assay_report_show(out, &s->values[i], TEXT_VALUE_MAX);
    }
    if (s->note.len) {
        assay_buf_puts(out, "  ");
        assay_escape_terminal(out, s->note, 200);
    }
    assay_buf_putc(out, '\n');
}

static void write_samples(struct assay_buf *out, const struct assay_run *run,
                          const struct assay_result *r, const struct assay_style *style)
{
    size_t most = style->verbosity > 0 ? r->sample_count : TEXT_SAMPLES;
    for (size_t i = 0; i < r->sample_count && i < most; i++)
        write_sample(out, run, &r->samples[i]);
    uint64_t left = r->counts.unexpected_count;
    size_t shown = r->sample_count < most ? r->sample_count : most;
    if (shown && left > shown) {
        assay_buf_puts(out, "          … ");
        assay_report_number(out, left - shown);
        assay_buf_puts(out, " more\n");
    }
}

static void write_extras(struct assay_buf *out, const struct assay_result *r)
{
    static const struct {
        const char *name;
        size_t offset;
    } extras[] = {{"about", offsetof(struct assay_result, description)},
                  {"owner", offsetof(struct assay_result, owner)},
                  {"runbook", offsetof(struct assay_result, runbook)}};
    for (size_t i = 0; i < sizeof extras / sizeof extras[0]; i++) {
        const struct assay_str *text =
            (const struct assay_str *)(const void *)((const char *)r + extras[i].offset);
        if (text->len == 0)
            continue;
        assay_buf_printf(out, "          %s: ", extras[i].name);
        assay_escape_terminal(out, *text, 200);
        assay_buf_putc(out, '\n');
    }
}

/* Who computed it, where the source is a database. */
static void write_way(struct assay_buf *out, const struct assay_result *r,
                      const struct assay_style *style)
{
    if (style->verbosity <= 0 || r->way == ASSAY_WAY_NONE)
        return;
    assay_buf_puts(out, r->way == ASSAY_WAY_DATABASE ? "          computed by the database"
                                                     : "          streamed: ");
    assay_buf_str(out, r->way_reason);
    assay_buf_putc(out, '\n');
}

static void write_result(struct assay_buf *out, const struct assay_run *run,
                         const struct assay_result *r, const struct assay_style *style)
{
    const struct look *look = &looks[r->verdict];
    paint(out, style, look->color);
    assay_buf_printf(out, "%s %-5s", look->mark, look->word);
    paint(out, style, "\033[0m");
    assay_buf_putc(out, ' ');
    assay_escape_terminal(out, r->name.len ? r->name : r->title, 120);
    if (r->where.len) {
        assay_buf_puts(out, " where ");
        assay_escape_terminal(out, r->where, 80);
    }
    if (r->message.len) {
        assay_buf_puts(out, ": ");
        assay_escape_terminal(out, r->message, 300);
    }
    if (r->error != NULL && r->error->line != 0) {
        assay_buf_puts(out, " (at ");
        assay_escape_terminal(out, assay_cstr(r->error->file), 200);
        assay_buf_printf(out, ":%" PRIu64 ")", r->error->line);
    }
    if (r->verdict == ASSAY_WARN && r->severity == ASSAY_SEVERITY_INFO)
        assay_buf_puts(out, " (info)");
    assay_buf_putc(out, '\n');
    if (r->verdict == ASSAY_PASS && style->verbosity <= 0)
        return;
    if (r->error != NULL && r->error->help[0] != '\0') {
        assay_buf_puts(out, "          help: ");
        assay_escape_terminal(out, assay_cstr(r->error->help), 300);
        assay_buf_putc(out, '\n');
    }
    write_samples(out, run, r, style);
    write_extras(out, r);
    write_way(out, r, style);
}

static bool is_listed(const struct assay_run *run, const struct assay_result *r,
                      const struct assay_style *style)
{
    bool good = r->verdict == ASSAY_PASS;
    if (style->verbosity < 0)
        return !good;
    return !good || style->verbosity > 0 || run->result_count <= TEXT_LIST_ALL;
}

static void write_bytes(struct assay_buf *out, uint64_t bytes)
{
    static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB"};
    double size = (double)bytes;
    int unit = 0;
    while (size >= 1000 && unit < 4) {
        size /= 1000;
        unit++;
    }
    assay_buf_printf(out, unit ? "%.1f %s" : "%.0f %s", size, units[unit]);
}

/* How many records each file had. */
static void write_files(struct assay_buf *out, const struct assay_run *run)
{
    for (size_t i = 0; i < run->file_count && run->file_count > 1; i++) {
        assay_buf_puts(out, "file: ");
        assay_escape_terminal(out, run->files[i].path, 400);
        assay_buf_puts(out, ": ");
        assay_report_number(out, run->files[i].records);
        assay_buf_printf(out, " record%s", run->files[i].records == 1 ? "" : "s");
        if (!run->partial) {
            assay_buf_puts(out, ", ");
            write_bytes(out, run->files[i].bytes);
        }
        assay_buf_putc(out, '\n');
    }
}

static void write_summary(struct assay_buf *out, const struct assay_run *run,
                          const struct assay_style *style)
{
    static const char *const words[ASSAY_VERDICTS] = {"passed", "warned", "failed",
                                                      "could not be evaluated", "skipped"};
    assay_report_number(out, run->records);
    assay_buf_printf(out, " record%s", run->records == 1 ? "" : "s");
    if (run->malformed) {
        assay_buf_puts(out, " (");
        assay_report_number(out, run->malformed);
        assay_buf_puts(out, " malformed)");
    }
    assay_buf_printf(out, ", %zu column%s", run->column_count, run->column_count == 1 ? "" : "s");
    if (run->bytes || (!run->partial && run->error == NULL && run->records == 0)) {
        assay_buf_puts(out, ", ");
        write_bytes(out, run->bytes);
    }
    if (run->file_count > 1)
        assay_buf_printf(out, " in %zu files", run->file_count);
    if (run->partial)
        assay_buf_puts(out, " (a part of the data)");
    double seconds = (double)(run->finished - run->started) / 1e6;
    if (run->finished)
        assay_buf_printf(out, " in %.2f s", seconds > 0 ? seconds : 0);
    assay_buf_putc(out, '\n');
    paint(out, style, looks[run->verdict].color);
    assay_buf_puts(out, run->verdict == ASSAY_SKIPPED ? "nothing was evaluated"
                                                      : assay_verdict_name(run->verdict));
    paint(out, style, "\033[0m");
    const char *separator = ": ";
    for (int v = 0; v < ASSAY_VERDICTS; v++) {
        if (run->counts[v] == 0)
            continue;
        assay_buf_printf(out, "%s%" PRIu64 " %s", separator, run->counts[v], words[v]);
        separator = ", ";
    }
    assay_buf_putc(out, '\n');
}

static void write_heading(struct assay_buf *out, const struct assay_run *run)
{
    assay_escape_terminal(out, run->dataset, 120);
    if (run->source.len != 0 && !assay_str_equal(run->dataset, run->source)) {
        assay_buf_puts(out, ": ");
        assay_escape_terminal(out, run->source, 200);
    }
    assay_buf_putc(out, '\n');
}

static void render(const struct assay_run *run, const struct assay_style *style,
                   struct assay_buf *out)
{
    uint64_t hidden = 0;
    if (style->verbosity >= 0)
        write_heading(out, run);
    for (size_t i = 0; i < run->result_count; i++) {
        if (is_listed(run, &run->results[i], style))
            write_result(out, run, &run->results[i], style);
        else
            hidden++;
    }
    if (style->verbosity < 0 && run->verdict != ASSAY_SKIPPED)
        return; /* else nothing above says why this is no pass */
    if (hidden && style->verbosity >= 0)
        assay_buf_printf(out, "✓ %" PRIu64 " more passed (-v lists them)\n", hidden);
    for (size_t i = 0; i < run->notice_count; i++) {
        assay_buf_puts(out, "note: ");
        assay_escape_terminal(out, run->notices[i], 400);
        assay_buf_putc(out, '\n');
    }
    if (style->verbosity > 0)
        write_files(out, run);
    write_summary(out, run, style);
}

/* Several: one after the other, and what it all comes to. */
static void render_all(const struct assay_runs *runs, const struct assay_style *style,
                       struct assay_buf *out)
{
    static const char *const words[ASSAY_VERDICTS] = {"passed", "warned", "failed",
                                                      "could not be evaluated", "had nothing"};
    size_t counts[ASSAY_VERDICTS] = {0};
    const char *separator = ": ";
    for (size_t i = 0; i < runs->count; i++) {
        const struct assay_run *run = runs->items[i];
        struct assay_style own = assay_report_style(runs, i, style);
        counts[run->verdict]++;
        if (style->verbosity < 0 && run->verdict != ASSAY_PASS)
            write_heading(out, run); /* whose faults these are */
        render(run, &own, out);
        if (run->error != NULL && run->result_count == 0 && style->verbosity >= 0) {
            assay_buf_printf(out, "[%s] ", run->error->code);
            assay_escape_terminal(out, assay_cstr(run->error->message), 0);
            assay_buf_putc(out, '\n');
        }
        if (style->verbosity >= 0)
            assay_buf_putc(out, '\n');
    }
    if (style->verbosity < 0)
        return;
    assay_buf_printf(out, "%zu run%s", runs->count, runs->count == 1 ? "" : "s");
    for (int v = 0; v < ASSAY_VERDICTS; v++) {
        if (counts[v] == 0)
            continue;
        assay_buf_printf(out, "%s%zu %s", separator, counts[v], words[v]);
        separator = ", ";
    }
    assay_buf_putc(out, '\n');
}

const struct assay_reporter assay_reporter_text = {
    .name = "text",
    .summary = "for people",
    .media_type = "text/plain; charset=utf-8",
    .extension = "txt",
    .render = render,
    .render_all = render_all,
};
