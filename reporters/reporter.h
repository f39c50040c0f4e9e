/*
 * A reporter turns a finished Run into text. It reads the Run and nothing else: no
 * clock, no locale, no terminal. So the same Run gives the same bytes.
 */
#ifndef ASSAY_REPORTERS_REPORTER_H
#define ASSAY_REPORTERS_REPORTER_H

#include "assay/run.h"
#include "base/buf.h"

/* How a person wants to see it; machine formats look only at the last two. */
struct assay_style {
    bool color;
    unsigned width; /* columns of the terminal; 80 where there is none */
    int verbosity;  /* -1 quiet, 0 normal, 1 verbose */
    uint32_t max_values;
    enum assay_result_format result_format;
    bool gx_strict; /* with the known defects of what it imitates */
};

/* What of a style is a setting of the suite. */
struct assay_style_values {
    uint32_t max_values;
    enum assay_result_format result_format;
    bool gx_strict;
};

/* Several Runs that one command made, in their order. */
struct assay_runs {
    struct assay_str name; /* of the file that names them */
    enum assay_exit exit;  /* the worst of theirs */
    const struct assay_run *const *items;
    const struct assay_style_values *values; /* one a Run: its own settings */
    size_t count;
};

struct assay_reporter {
    const char *name;
    const char *summary;
    const char *media_type;
    const char *extension;
    /* Appends the report to `out`; out->failed tells of memory. */
    void (*render)(const struct assay_run *run, const struct assay_style *style,
                   struct assay_buf *out);
    /* Appends one report of several Runs; `style` but for the values, which are each Run's. */
    void (*render_all)(const struct assay_runs *runs, const struct assay_style *style,
                       struct assay_buf *out);
};

const struct assay_reporter *const *assay_reporters(size_t *count);
const struct assay_reporter *assay_reporter_find(struct assay_str name);

#endif
