/*
 * A suite from a text, by way of a file, with all its problems.
 */
#ifndef ASSAY_TESTS_SUITE_TEXT_H
#define ASSAY_TESTS_SUITE_TEXT_H

#include "suite/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* `ending` is ".yml" or ".json". The caller frees the suite and resets the problems. */
static inline struct assay_suite *suite_from_text(const char *text, const char *ending,
                                                  struct assay_diags *diags)
{
    char path[64];
    char directory[] = "/tmp/assay-suite-XXXXXX";
    assay_diags_init(diags);
    if (mkdtemp(directory) == NULL)
        abort();
    snprintf(path, sizeof path, "%s/suite%s", directory, ending);
    FILE *file = fopen(path, "w");
    if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0)
        abort();
    struct assay_suite *suite = assay_suite_read(path, NULL, diags);
    assay_diags_sort(diags);
    unlink(path);
    rmdir(directory);
    return suite;
}

#endif
