/*
 * The files and the last line of a run that tells records apart.
 */
#include "config.h"

#include "cli/apart.h"

#include "base/escape.h"
#include "cli/print.h"
#include "reporters/write.h"

#include <errno.h>
#include <unistd.h>

enum assay_status assay_apart_parse(const struct assay_args *args, bool passes,
                                    struct assay_apart *apart, struct assay_error *err)
{
    const char *path = assay_args_value(args, "quarantine");
    *apart = (struct assay_apart){.wanted = passes || path != NULL, .passes = passes};
    apart->file.fd = -1;
    apart->filter = (struct assay_filter){
        .out = passes ? STDOUT_FILENO : -1,
        .quarantine = -1,
        .reasons = assay_args_has(args, "reasons") ? STDERR_FILENO : -1,
    };
    if (path == NULL)
        return ASSAY_OK;
    apart->filter.raw = strncmp(path, "raw:", 4) == 0;
    path += apart->filter.raw ? 4 : 0;
    apart->file.path = apart->filter.quarantine_path = path;
    if (path[0] != '\0' && strcmp(path, "-") != 0)
        return ASSAY_OK;
    if (path[0] == '\0')
        assay_fail(err, ASSAY_USAGE, "USAGE-OPTION", "--quarantine: the path is empty");
    else
        assay_fail(err, ASSAY_USAGE, "USAGE-OPTION",
                   "--quarantine cannot be the standard output, which has the %s",
                   passes ? "records that pass" : "report");
    assay_error_help(err,
                     "name a file: --quarantine bad.ndjson, or raw:bad.csv for the bytes alone");
    return ASSAY_USAGE;
}

enum assay_status assay_apart_open(struct assay_apart *apart, const struct assay_args *args,
                                   struct assay_error *err)
{
    if (apart->file.path == NULL)
        return ASSAY_OK;
    enum assay_status status = assay_output_open(&apart->file, apart->file.path, err);
    apart->filter.quarantine = apart->file.fd;
    if (status != ASSAY_IO || apart->passes)
        return status; /* no record passes while those that fail are lost */
    assay_print_error(args, err);
    apart->wanted = false;
    apart->unopened = true;
    return ASSAY_OK;
}

/* "12 records: 7 passed, 5 quarantined in bad.ndjson" */
static void say(const struct assay_filter *filter, const struct assay_args *args, bool whole,
                bool lost)
{
    struct assay_buf out;
    uint64_t records = filter->passed + filter->quarantined;
    if (args->verbosity < -1 || (args->verbosity < 0 && whole && filter->quarantined == 0))
        return;
    assay_buf_init(&out, 65536);
    assay_buf_puts(&out, whole ? "" : "stopped early: ");
    assay_report_number(&out, records);
    assay_buf_puts(&out, records == 1 ? " record: " : " records: ");
    assay_report_number(&out, filter->passed);
    assay_buf_puts(&out, " passed, ");
    assay_report_number(&out, filter->quarantined);
    if (filter->quarantine_path == NULL)
        assay_buf_puts(&out, " left out");
    else if (lost)
        assay_buf_puts(&out, " failed, which are not kept");
    else {
        assay_buf_puts(&out, " quarantined in ");
        assay_escape_terminal(&out, assay_cstr(filter->quarantine_path), 0);
    }
    assay_buf_putc(&out, '\n');
    if (out.ptr != NULL)
        fwrite(out.ptr, 1, out.len, stderr);
    assay_buf_free(&out);
}

/* The last that can go wrong with what was written: some file systems say so only now. */
static int close_out(const struct assay_apart *apart, const struct assay_args *args, int status)
{
    struct assay_error error;
    if (!apart->passes || close(STDOUT_FILENO) == 0 || status == ASSAY_EXIT_PIPE)
        return status;
    assay_fail(&error, ASSAY_IO, "OUTPUT-WRITE", "cannot be written: %s", strerror(errno));
    assay_error_at(&error, "<stdout>", 0, 0);
    assay_print_error(args, &error);
    return ASSAY_EXIT_ERROR;
}

int assay_apart_close(struct assay_apart *apart, const struct assay_args *args, bool whole,
                      int status)
{
    struct assay_filter *filter = &apart->filter;
    bool lost = filter->problem.status != ASSAY_OK;
    if (!apart->wanted || !filter->begun) {
        assay_output_drop(&apart->file);
        return apart->unopened && status == ASSAY_EXIT_PASS ? ASSAY_EXIT_SIDE : status;
    }
    if (lost || apart->file.fd < 0)
        assay_output_drop(&apart->file);
    else if (assay_output_commit(&apart->file, &filter->problem) != ASSAY_OK)
        lost = true;
    if (lost && whole)
        assay_print_error(args, &filter->problem);
    if (status != ASSAY_EXIT_PIPE || apart->file.path != NULL)
        say(filter, args, whole, lost);
    if (lost && status == ASSAY_EXIT_PASS)
        status = ASSAY_EXIT_SIDE;
    return close_out(apart, args, status);
}
