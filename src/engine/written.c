/*
 * Compares files as the system knows them, whatever they are called: the names of a source may
 * be a pattern's, a directory's or a suite's, and links lead anywhere.
 */
#include "config.h"

#include "engine/written.h"

#include "source/db.h"

#include <unistd.h>

/* A database that is a file is one behind its scheme. */
static bool find_file(struct assay_str path, struct stat *out)
{
    const struct assay_db_kind *kind = assay_db_kind_of(path);
    if (assay_str_is(path, "<stdin>"))
        return fstat(STDIN_FILENO, out) == 0;
    if (kind == NULL)
        return stat(path.ptr, out) == 0;
    struct assay_dsn parts;
    struct assay_buf plain;
    assay_buf_init(&plain, 64u << 10);
    if (kind->path && assay_dsn_split(path, &parts))
        assay_dsn_decode(parts.path, &plain);
    bool found = !plain.failed && plain.ptr != NULL && stat(plain.ptr, out) == 0;
    assay_buf_free(&plain);
    return found;
}

const char *assay_written_is_read(const struct assay_source *source, const struct stat *output)
{
    for (uint32_t i = 0; i < source->file_count && S_ISREG(output->st_mode); i++) {
        struct stat data;
        if (find_file(source->files[i].path, &data) && data.st_dev == output->st_dev &&
            data.st_ino == output->st_ino)
            return source->files[i].path.ptr;
    }
    return NULL;
}

enum assay_status assay_written_check(const struct assay_source *source, const char *const *paths,
                                      uint32_t count, struct assay_error *err)
{
    for (uint32_t i = 0; i < count; i++) {
        struct stat output;
        const char *same =
            stat(paths[i], &output) == 0 ? assay_written_is_read(source, &output) : NULL;
        if (same == NULL)
            continue;
        bool alike = strcmp(same, paths[i]) == 0;
        assay_fail(err, ASSAY_USAGE, "OUTPUT-SAME",
                   "this is read as data%s%s, and would be replaced", alike ? "" : ", ",
                   alike ? "" : same);
        assay_error_help(err, "write to a file of its own");
        assay_error_at(err, paths[i], 0, 0);
        return ASSAY_USAGE;
    }
    return ASSAY_OK;
}
