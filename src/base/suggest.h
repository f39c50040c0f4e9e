/*
 * "Did you mean ...?"
 *
 * The distance is Damerau's in its optimal-string-alignment form: insertions,
 * deletions, replacements and swaps of neighbouring bytes cost 1 each (F. Damerau,
 * "A technique for computer detection and correction of spelling errors", 1964).
 * ASCII letters are compared without their case.
 */
#ifndef ASSAY_BASE_SUGGEST_H
#define ASSAY_BASE_SUGGEST_H

#include "base/str.h"

/*
 * The nearest of `names` within a distance of 2, the first of several equally near
 * (a name that differs only in case is nearest of all), or NULL. A name of which
 * every character would have to change is not near. NULL entries are passed over.
 */
const char *assay_suggest(struct assay_str given, const char *const *names, size_t count);

/*
 * The distance itself, or `limit` + 1 where it is over `limit`; longer texts than 63 bytes are
 * far.
 */
size_t assay_suggest_distance(struct assay_str a, struct assay_str b, size_t limit);

#endif
