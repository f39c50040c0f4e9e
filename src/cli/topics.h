/*
 * What else `assay explain` knows by name: what every check takes, settings, reports, kinds of
 * source, formats, commands and lists.
 */
#ifndef ASSAY_CLI_TOPICS_H
#define ASSAY_CLI_TOPICS_H

#include "base/buf.h"

/* Appends all that there is of that name; false: nothing. */
bool assay_topics_put(struct assay_buf *out, const char *name);

/* Adds the names, at most `most` of them, for did-you-mean; how many. */
size_t assay_topics_names(const char **names, size_t most);

#endif
