/*
 * What the formats share in making a struct assay_source. For src/source only.
 */
#ifndef ASSAY_SOURCE_SOURCE_BASE_H
#define ASSAY_SOURCE_SOURCE_BASE_H

#include "source/glob.h"
#include "source/source.h"

/* Most notices kept; what comes after is only more of the same. */
#define ASSAY_SOURCE_NOTICES 32

struct assay_input;

/* How much a file's name and first bytes speak for a format. */
struct assay_source_signs {
    struct assay_str head; /* the first bytes, as text */
    bool named;            /* the name has one of the format's suffixes */
    bool named_other;      /* or one of another format */
};

/* A format: opens the files and reads as far as it must to know the columns. Its row in
 * source.c says what it is called. */
struct assay_source_format {
    const char *const *suffixes; /* of files that are of this format; closed by NULL */
    /* Whether data that begins like this is of this format; NULL: never told by its data. */
    bool (*matches)(const struct assay_source_signs *signs);
    /* Takes over `first`, in any case: the first file, opened already, or NULL. */
    enum assay_status (*open)(const struct assay_glob *glob,
                              const struct assay_source_options *options, struct assay_input *first,
                              struct assay_source **out, struct assay_error *err);
};

extern const struct assay_source_format assay_source_csv;
extern const struct assay_source_format assay_source_json;      /* lines or documents */
extern const struct assay_source_format assay_source_documents; /* JSON, never lines */
extern const struct assay_source_format assay_source_lines;     /* NDJSON */

/* Adds a notice, cut to one line; without memory it is left out. */
void assay_source_notice(struct assay_source *source, const char *format, ...) ASSAY_PRINTF(2, 3);

/*
 * Sets names, column_count, repeated and by_name from the names as they stand in the
 * data; the texts are copied. Blank names and repeated ones get their aliases.
 */
enum assay_status assay_source_set_names(struct assay_source *source, const struct assay_str *names,
                                         uint32_t count, struct assay_error *err) ASSAY_CHECKED;

/* The column called `name` among `names`, as assay_source_column says. */
enum assay_status assay_source_find_column(const struct assay_source *source, struct assay_str name,
                                           uint32_t *index, struct assay_error *err) ASSAY_CHECKED;

/*
 * Puts the columns that are in the files' names behind those of the data, which are known
 * by now: the keys of partitions, and ASSAY_SOURCE_FILE, which is no part of the schema
 * and can only be named. A column of the data comes before one of the same name. Code:
 * SOURCE-PARTITIONS where files do not have the same keys.
 */
enum assay_status assay_path_columns_add(struct assay_source *source,
                                         enum assay_partitions partitions,
                                         struct assay_error *err) ASSAY_CHECKED;
bool assay_path_columns_find(const struct assay_source *source, struct assay_str name,
                             uint32_t *index);

/* Empty, or spaces and tabs only. */
bool assay_source_name_is_blank(struct assay_str name);

#endif
