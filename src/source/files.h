/*
 * The files of a source, one after the other, as decoded text. For src/source only.
 */
#ifndef ASSAY_SOURCE_FILES_H
#define ASSAY_SOURCE_FILES_H

#include "source/source_base.h"

struct assay_files {
    struct assay_source *source; /* whose files, sizes and notices are kept up to date */
    const char *const *paths;
    uint32_t count;
    uint32_t index;            /* of the file that is open, or will be next */
    struct assay_input *input; /* of the file that is open; NULL: none is */
    struct assay_input *first; /* of the first file, opened by somebody else; or NULL */
    bool keep;                 /* the only file: stays open to be read again */
    bool again;                /* this is not the first time */
    uint64_t before;           /* stored bytes of the files before */
    enum assay_encoding encoding;
    struct assay_input_options options;
    struct assay_http_pool pool;
    struct assay_input_identity *identities;
};

/* What a source's options mean for its inputs. */
struct assay_input_options assay_files_input_options(const struct assay_source_options *options);

/*
 * Fills source->files, total_bytes and rewindable; opens nothing yet. Takes over `first`,
 * the first file as assay_files_open_text opens it, or NULL, in any case.
 */
enum assay_status assay_files_init(struct assay_files *files, struct assay_source *source,
                                   const struct assay_glob *glob,
                                   const struct assay_source_options *options,
                                   struct assay_input *first,
                                   struct assay_error *err) ASSAY_CHECKED;

/* Opens one file as decoded text. */
enum assay_status assay_files_open_text(const char *path,
                                        const struct assay_source_options *options,
                                        struct assay_input **out,
                                        struct assay_error *err) ASSAY_CHECKED;
void assay_files_close(struct assay_files *files);

/* Opens the next file; `*have` false: there is none left. */
enum assay_status assay_files_next(struct assay_files *files, bool *have,
                                   struct assay_error *err) ASSAY_CHECKED;

/* Of the open file, what assay_input_collect does. */
enum assay_status assay_files_collect(struct assay_files *files, char *buffer, size_t *len,
                                      size_t want, bool patient, bool *ended,
                                      struct assay_error *err) ASSAY_CHECKED;

/* Done with the open file: SOURCE-CHANGED where it is not what it was. */
enum assay_status assay_files_end(struct assay_files *files, struct assay_error *err) ASSAY_CHECKED;

/* Before the first file again. */
enum assay_status assay_files_rewind(struct assay_files *files,
                                     struct assay_error *err) ASSAY_CHECKED;

/* The open file as a person would name it. */
const char *assay_files_shown(const struct assay_files *files);

#endif
