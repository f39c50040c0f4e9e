/*
 * Where reports go: -o FORMAT[:PATH], several at once.
 */
#ifndef ASSAY_CLI_OUTPUT_H
#define ASSAY_CLI_OUTPUT_H

#include "cli/args.h"
#include "reporters/reporter.h"

#define ASSAY_OUTPUTS_MAX 32u

struct assay_output {
    const struct assay_reporter *reporter;
    const char *path; /* NULL: a standard stream */
    int fd;           /* which: STDOUT_FILENO, or STDERR_FILENO where that has the data */
};

struct assay_outputs {
    struct assay_output items[ASSAY_OUTPUTS_MAX];
    size_t count;
};

/* Reads the -o flags; `text` where there is none. What has no path goes to `fd`. */
enum assay_status assay_outputs_parse(const struct assay_args *args, int fd,
                                      struct assay_outputs *outputs, struct assay_error *err);

/* Whether one of them is in this format. */
bool assay_outputs_have(const struct assay_outputs *outputs, const char *format);

/*
 * The files that will be written: those of reports, and the quarantine. In the arguments'
 * arena; NULL without memory.
 */
const char *const *assay_outputs_paths(struct assay_args *args, const struct assay_outputs *outputs,
                                       uint32_t *count);

/* OUTPUT-SAME where one of them is a file that the suite was read from. */
enum assay_status assay_outputs_spare(const char *const *paths, uint32_t count,
                                      const struct assay_suite *suite, const char *path,
                                      struct assay_error *err);

/*
 * A file that is written under another name beside its place, synced and renamed, so that
 * readers see the old one or the new one; what is no plain file (a pipe, /dev/stdout) is
 * written directly. ASSAY_IO on failure. Once open it is committed or dropped.
 */
struct assay_output_file {
    const char *path;
    char *temporary; /* NULL: there is nothing to rename */
    unsigned mode;
    int fd;
};
enum assay_status assay_output_open(struct assay_output_file *file, const char *path,
                                    struct assay_error *err);
enum assay_status assay_output_commit(struct assay_output_file *file, struct assay_error *err);
void assay_output_drop(struct assay_output_file *file);

/* Writes a text to a file as above, or where `path` is NULL to `fd`. ASSAY_IO on failure. */
enum assay_status assay_output_text(const char *path, int fd, struct assay_str text,
                                    struct assay_error *err);

/* Tells of an output that was not written; the exit status it stands for. */
int assay_output_lost(const struct assay_args *args, const struct assay_error *why);

/*
 * Writes a report; a file as above. ASSAY_IO on failure. `options` NULL: the defaults.
 */
enum assay_status assay_output_write(const struct assay_args *args,
                                     const struct assay_options *options,
                                     const struct assay_output *output, const struct assay_run *run,
                                     struct assay_error *err);

/* The same of several Runs, which bring their own settings. */
enum assay_status assay_output_write_all(const struct assay_args *args,
                                         const struct assay_output *output,
                                         const struct assay_runs *runs, struct assay_error *err);

#endif
