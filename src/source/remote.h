/*
 * Sources on other machines: http://, https:// and s3://. For src/source only.
 */
#ifndef ASSAY_SOURCE_REMOTE_H
#define ASSAY_SOURCE_REMOTE_H

#include "source/glob.h"
#include "source/input.h"

/* Whether a name is one of these. */
bool assay_remote_is(struct assay_str name);

/* From a name to the objects that are meant; only s3:// can mean several. */
enum assay_status assay_remote_expand(struct assay_str name,
                                      const struct assay_input_options *options,
                                      struct assay_arena *arena, struct assay_glob *out,
                                      struct assay_error *err) ASSAY_CHECKED;

/*
 * The bottom of an input. Read once, in order; read on after a broken connection, and
 * again from the start, only where a strong ETag shows that it is the same object.
 * Codes: those of http.h and s3.h, SOURCE-CHANGED.
 */
enum assay_status assay_remote_open(const char *name, const struct assay_input_options *options,
                                    struct assay_input **out,
                                    struct assay_error *err) ASSAY_CHECKED;

/* assay_input_file_peek, for these. */
enum assay_status assay_remote_peek(struct assay_input *input, unsigned char *head, size_t room,
                                    size_t *got, struct assay_error *err) ASSAY_CHECKED;

#endif
