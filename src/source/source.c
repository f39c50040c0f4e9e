/*
 * Opens sources: expands the name, picks the format, and keeps the lists of what there is.
 */
#include "config.h"

#include "source/source.h"

#include "base/buf.h"
#include "base/suggest.h"
#include "base/url.h"
#include "source/db.h"
#include "source/files.h"
#include "source/mixed.h"
#include "source/remote.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Formats in one order; the first is what data is taken for that says nothing else. */
static const struct assay_source_kind format_kinds[] = {
    {"csv", "records of fields between delimiters, quoted where need be", true},
    {"json", "an array of records, or JSON documents one behind the other", true},
    {"ndjson", "one JSON record a line", true},
};

static const struct assay_source_format *const formats[] = {
    &assay_source_csv,
    &assay_source_documents,
    &assay_source_lines,
};

/* What data is looked at for; the first is what it is taken for that says nothing else. */
static const struct assay_source_format *const guesses[] = {&assay_source_csv, &assay_source_json};

#define FORMATS (sizeof formats / sizeof *formats)

const struct assay_source_kind *assay_source_formats(size_t *count)
{
    *count = FORMATS;
    return format_kinds;
}

#ifdef HAVE_LIBCURL
#define WITH_NETWORK true
#else
#define WITH_NETWORK false
#endif

#ifdef HAVE_ZLIB
#define WITH_GZIP true
#else
#define WITH_GZIP false
#endif
#ifdef HAVE_ZSTD
#define WITH_ZSTD true
#else
#define WITH_ZSTD false
#endif
#ifdef HAVE_BZIP2
#define WITH_BZIP2 true
#else
#define WITH_BZIP2 false
#endif
#ifdef HAVE_XZ
#define WITH_XZ true
#else
#define WITH_XZ false
#endif

/* Places, compressors, and behind them the databases. */
static struct assay_source_kind all_kinds[32];
static size_t all_kind_count;

static void gather_kinds(void)
{
    static const struct assay_source_kind kinds[] = {
        {"file", "a path; compressed files are unpacked", true},
        {"directory", "all files below it, in the order of their paths", true},
        {"glob", "a pattern with * ? [...] or **: files in the order of their paths", true},
        {"stdin", "`-`: standard input", true},
        {"http", "http:// and https://, streamed; read on after a broken connection", WITH_NETWORK},
        {"s3", "s3://bucket/key, key* and folder/, in S3 and stores that speak like it",
         WITH_NETWORK},
        {"gzip", "files compressed with gzip, all members", WITH_GZIP},
        {"zstd", "files compressed with Zstandard, all frames", WITH_ZSTD},
        {"bzip2", "files compressed with bzip2, all streams", WITH_BZIP2},
        {"xz", "files compressed with xz, all streams", WITH_XZ},
    };
    size_t databases;
    const struct assay_db_kind *db = assay_db_kinds(&databases);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        all_kinds[all_kind_count++] = kinds[i];
    for (size_t i = 0; i < databases; i++)
        all_kinds[all_kind_count++] =
            (struct assay_source_kind){db[i].name, db[i].summary, db[i].driver != NULL};
}

const struct assay_source_kind *assay_source_kinds(size_t *count)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, gather_kinds);
    *count = all_kind_count;
    return all_kinds;
}

static enum assay_status named_format(const char *name, const struct assay_source_format **out,
                                      struct assay_error *err)
{
    const char *names[FORMATS];
    for (size_t i = 0; i < FORMATS; i++) {
        names[i] = format_kinds[i].name;
        if (strcmp(name, names[i]) == 0) {
            *out = formats[i];
            return ASSAY_OK;
        }
    }
    assay_fail(err, ASSAY_USAGE, "SOURCE-FORMAT", "no format \"%s\"", name);
    const char *near = assay_suggest(assay_cstr(name), names, FORMATS);
    if (near != NULL)
        assay_error_help(err, "did you mean \"%s\"?", near);
    else
        assay_error_help(err, "`assay list formats` lists them");
    return ASSAY_USAGE;
}

/* The suffix, behind which there may be that of a compressor, or the query of a URL. */
static bool has_suffix(const char *path, const char *const *suffixes)
{
    for (; *suffixes != NULL; suffixes++) {
        const char *at = strstr(path, *suffixes);
        for (; at != NULL; at = strstr(at + 1, *suffixes)) {
            const char *rest = at + strlen(*suffixes);
            if (*rest == '\0' || *rest == '?' || (*rest == '.' && strchr(rest, '/') == NULL))
                return true;
        }
    }
    return false;
}

#define GUESSES (sizeof guesses / sizeof *guesses)

static const struct assay_source_format *guess_format(const char *path, struct assay_str head)
{
    const struct assay_source_format *named = NULL;
    for (size_t i = 0; i < GUESSES && named == NULL; i++)
        if (has_suffix(path, guesses[i]->suffixes))
            named = guesses[i];
    for (size_t i = 0; i < GUESSES; i++) {
        const struct assay_source_signs signs = {head, named == guesses[i],
                                                 named != NULL && named != guesses[i]};
        if (guesses[i]->matches != NULL && guesses[i]->matches(&signs))
            return guesses[i];
    }
    return guesses[0];
}

/* The name alone made it JSON, and it begins as no JSON does, but as CSV. */
static enum assay_status check_name(const char *path, struct assay_str head,
                                    const struct assay_source_format *format,
                                    struct assay_error *err)
{
    size_t line = 0, fields = 1;
    while (head.len > 0 && (head.ptr[0] == ' ' || head.ptr[0] == '\t'))
        head = assay_str(head.ptr + 1, head.len - 1);
    if (format == guesses[0] || head.len == 0 || strchr("{[\"-0123456789", head.ptr[0]) != NULL)
        return ASSAY_OK;
    for (; line < head.len && head.ptr[line] != '\n' && head.ptr[line] != '\r'; line++)
        fields += head.ptr[line] == ',' || head.ptr[line] == ';' || head.ptr[line] == '\t';
    if (fields < 2)
        return ASSAY_OK;
    assay_fail(err, ASSAY_SOURCE, "SOURCE-FORMAT",
               "the name says JSON, but the data begins like CSV: %.*s",
               (int)(line < 60 ? line : 60), head.ptr);
    assay_error_help(err, "rename the file, or say what it is: --format csv");
    assay_error_at(err, assay_input_shown(path), 0, 0);
    return ASSAY_SOURCE;
}

/* The format that a file is of, by its name and how it begins; what cannot be read is refused. */
static enum assay_status recognise(const char *path, struct assay_str head,
                                   const struct assay_source_format **format,
                                   struct assay_error *err)
{
    ASSAY_TRY(assay_input_refuse_document(path, head, err));
    *format = guess_format(path, head);
    return check_name(path, head, *format, err);
}

/* Opens the first file to see what it is; it is not opened again. */
static enum assay_status look(const struct assay_glob *glob,
                              const struct assay_source_options *options,
                              const struct assay_source_format **format, struct assay_input **first,
                              struct assay_error *err)
{
    struct assay_input *text;
    struct assay_str head;
    ASSAY_TRY(assay_files_open_text(glob->paths[0], options, &text, err));
    enum assay_status status = assay_input_head_open(text, first, &head, err);
    if (status != ASSAY_OK) {
        assay_input_close(text);
        return status;
    }
    status = recognise(glob->paths[0], head, format, err);
    if (status != ASSAY_OK)
        assay_input_close(*first);
    return status;
}

/*
 * The format of a file that is not the first: looked at only where its name does not say
 * that it is as the first, and where that takes nothing away from who reads it.
 */
static enum assay_status look_again(const char *path, const struct assay_source_options *options,
                                    const struct assay_source_format **format,
                                    struct assay_error *err)
{
    struct assay_input *text, *top;
    struct assay_str head;
    struct stat st;
    if (has_suffix(path, (*format)->suffixes) || stat(path, &st) != 0 || !S_ISREG(st.st_mode))
        return ASSAY_OK;
    ASSAY_TRY(assay_files_open_text(path, options, &text, err));
    enum assay_status status = assay_input_head_open(text, &top, &head, err);
    struct assay_input *open = status == ASSAY_OK ? top : text;
    if (status == ASSAY_OK && head.len > 0)
        status = recognise(path, head, format, err);
    assay_input_close(open);
    return status;
}

/* The files by format, in their order: those as the first, and the others. */
struct split {
    struct assay_glob parts[ASSAY_MIXED_PARTS];
    const struct assay_source_format *formats[ASSAY_MIXED_PARTS];
};

static enum assay_status split(const struct assay_glob *glob,
                               const struct assay_source_options *options,
                               struct assay_arena *arena, struct split *out,
                               struct assay_error *err)
{
    const char **paths[ASSAY_MIXED_PARTS];
    for (uint32_t p = 0; p < ASSAY_MIXED_PARTS; p++) {
        paths[p] = assay_arena_array(arena, glob->count, sizeof **paths);
        if (paths[p] == NULL)
            return assay_fail_nomem(err);
        out->parts[p] = (struct assay_glob){.paths = paths[p], .pattern = glob->pattern};
    }
    for (uint32_t i = 0; i < glob->count; i++) {
        const struct assay_source_format *format = out->formats[0];
        if (i > 0 && options->format == NULL)
            ASSAY_TRY(look_again(glob->paths[i], options, &format, err));
        uint32_t p = format != out->formats[0];
        out->formats[p] = format;
        paths[p][out->parts[p].count++] = glob->paths[i];
    }
    return ASSAY_OK;
}

/* What is written out has one header, or one array around it, and is read as one format. */
static enum assay_status refuse_mixed(const struct split *split, struct assay_error *err)
{
    assay_fail(err, ASSAY_USAGE, "FILTER-MIXED",
               "%s is of another format than %s: their records make no file together",
               split->parts[1].paths[0], split->parts[0].paths[0]);
    assay_error_help(err, "filter the files of each format by themselves");
    return ASSAY_USAGE;
}

/* Opens the files, of one format or of two. Takes over `first`. */
static enum assay_status open_files(const struct split *split,
                                    const struct assay_source_options *options,
                                    struct assay_input *first, struct assay_source **out,
                                    struct assay_error *err)
{
    struct assay_source *parts[ASSAY_MIXED_PARTS];
    if (options->raw && split->parts[1].count > 0) {
        assay_input_close(first);
        return refuse_mixed(split, err);
    }
    ASSAY_TRY(split->formats[0]->open(&split->parts[0], options, first, &parts[0], err));
    *out = parts[0];
    if (split->parts[1].count == 0)
        return ASSAY_OK;
    *out = NULL;
    enum assay_status status =
        split->formats[1]->open(&split->parts[1], options, NULL, &parts[1], err);
    if (status == ASSAY_OK)
        return assay_mixed_open(parts, ASSAY_MIXED_PARTS, out, err);
    assay_source_close(parts[0]);
    return status;
}

/* The bytes are believed, not the name; where they disagree a person should know. */
static void note_names(struct assay_source *source, const struct assay_source_format *const *read)
{
    for (uint32_t i = 0; i < source->file_count && read[0] == guesses[1] && read[1] == NULL; i++)
        if (has_suffix(source->files[i].path.ptr, guesses[0]->suffixes))
            assay_source_notice(source, "%s: the name says CSV, but it is JSON: read as JSON",
                                source->files[i].path.ptr);
}

static enum assay_status refuse_several(struct assay_error *err)
{
    assay_fail(err, ASSAY_USAGE, "USAGE-SOURCE", "a database is not read together with others");
    assay_error_help(err, "run the suite for each of them");
    return ASSAY_USAGE;
}

/* A URL of a kind that nothing here reads; a file may be called like one. */
static bool is_foreign(struct assay_str spec)
{
    char path[4096];
    if (assay_url_scheme(spec) == 0 || assay_remote_is(spec) || spec.len >= sizeof path)
        return false;
    memcpy(path, spec.ptr, spec.len);
    path[spec.len] = '\0';
    return access(path, F_OK) != 0;
}

static enum assay_status refuse_scheme(struct assay_str spec, struct assay_error *err)
{
    struct assay_str scheme = assay_dsn_scheme(spec);
    assay_fail(err, ASSAY_SOURCE, "SOURCE-SCHEME", "nothing here reads %.*s://",
               (int)(scheme.len < 40 ? scheme.len : 40), scheme.ptr);
    assay_error_help(err, "`assay list sources` shows the kinds of source there are");
    return ASSAY_SOURCE;
}

enum assay_status assay_source_open_all(const struct assay_str *specs, uint32_t count,
                                        const struct assay_source_options *options,
                                        struct assay_source **out, struct assay_error *err)
{
    static const struct assay_source_options defaults = {0};
    struct split files = {.formats = {NULL}};
    struct assay_input *first = NULL;
    struct assay_arena arena;
    struct assay_glob glob;
    *out = NULL;
    if (options == NULL)
        options = &defaults;
    for (uint32_t i = 0; i < count; i++)
        if (assay_db_is_dsn(specs[i]))
            return count == 1 ? assay_db_source_open(specs[i], options, out, err)
                              : refuse_several(err);
    for (uint32_t i = 0; i < count; i++)
        if (is_foreign(specs[i]))
            return refuse_scheme(specs[i], err);
    if (options->table != NULL || options->query != NULL || options->where != NULL ||
        options->partition_count > 0) {
        const char *what = options->table   ? "table"
                           : options->query ? "query"
                           : options->where ? "where"
                                            : "partition";
        assay_fail(err, ASSAY_USAGE, "DB-DSN", "%s is for databases, and the source is a file",
                   what);
        assay_error_help(err, options->table == NULL && options->query == NULL
                                  ? "records of a file are picked by the `where` of a check: `- "
                                    "not_null: {where: \"status = 'paid'\"}`"
                                  : "`assay list sources` shows the databases");
        return ASSAY_USAGE;
    }
    if (options->format != NULL)
        ASSAY_TRY(named_format(options->format, &files.formats[0], err));
    assay_arena_init(&arena, 0);
    const struct assay_input_options inputs = assay_files_input_options(options);
    enum assay_status status = assay_glob_expand_all(specs, count, &inputs, &arena, &glob, err);
    if (status == ASSAY_OK && options->format == NULL)
        status = look(&glob, options, &files.formats[0], &first, err);
    if (status == ASSAY_OK) {
        status = split(&glob, options, &arena, &files, err);
        if (status == ASSAY_OK)
            status = open_files(&files, options, first, out, err);
        else
            assay_input_close(first);
    }
    assay_arena_free(&arena);
    if (status == ASSAY_OK && options->format == NULL)
        note_names(*out, files.formats);
    if (status == ASSAY_OK)
        status = assay_path_columns_add(*out, options->partitions, err);
    if (status != ASSAY_OK && *out != NULL) {
        assay_source_close(*out);
        *out = NULL;
    }
    return status;
}

enum assay_status assay_source_open(struct assay_str spec,
                                    const struct assay_source_options *options,
                                    struct assay_source **out, struct assay_error *err)
{
    return assay_source_open_all(&spec, 1, options, out, err);
}

void assay_source_close(struct assay_source *source)
{
    if (source != NULL)
        source->ops->close(source);
}

static enum assay_status failed(const struct assay_source *source, struct assay_error *err)
{
    if (err != NULL)
        *err = source->failure;
    return source->failure.status;
}

static void empty(struct assay_batch *batch)
{
    assay_arena_reset(&batch->arena);
    memset(batch->columns, 0, batch->column_count * sizeof *batch->columns);
    batch->rows = 0;
    batch->numbers = NULL;
    batch->usable = NULL;
    batch->findings = NULL;
    batch->finding_count = 0;
}

enum assay_status assay_source_next(struct assay_source *source, struct assay_batch *batch,
                                    struct assay_error *err)
{
    struct assay_error problem = {0};
    empty(batch);
    if (source->failure.status != ASSAY_OK)
        return failed(source, err);
    enum assay_status status = source->ops->next(source, batch, &problem);
    if (status == ASSAY_OK)
        return ASSAY_OK;
    batch->rows = 0;
    source->failure = problem;
    source->failure.status = status;
    return failed(source, err);
}

enum assay_status assay_source_rewind(struct assay_source *source, struct assay_error *err)
{
    return source->failure.status == ASSAY_OK ? source->ops->rewind(source, err)
                                              : failed(source, err);
}

enum assay_status assay_source_finish(struct assay_source *source, struct assay_error *err)
{
    return source->ops->finish != NULL ? source->ops->finish(source, err) : ASSAY_OK;
}

enum assay_status assay_batch_init(struct assay_source *source, struct assay_batch *batch,
                                   struct assay_error *err)
{
    memset(batch, 0, sizeof *batch);
    assay_arena_init(&batch->arena, 0);
    batch->column_count = source->column_room;
    if (source->file_columns.count > 0)
        batch->file_columns = &source->file_columns;
    batch->columns = calloc((size_t)source->column_room + 1, sizeof *batch->columns);
    enum assay_status status = batch->columns != NULL ? source->ops->batch_init(source, batch, err)
                                                      : assay_fail_nomem(err);
    if (status != ASSAY_OK) {
        free(batch->columns);
        memset(batch, 0, sizeof *batch);
    }
    return status;
}

void assay_batch_free(struct assay_source *source, struct assay_batch *batch)
{
    if (batch->impl != NULL)
        source->ops->batch_free(batch);
    free(batch->columns);
    assay_arena_free(&batch->arena);
    memset(batch, 0, sizeof *batch);
}

void assay_source_notice(struct assay_source *source, const char *format, ...)
{
    struct assay_buf text;
    if (source->notice_count == ASSAY_SOURCE_NOTICES)
        return;
    const char **notices = (const char **)source->notices;
    if (notices == NULL)
        notices = assay_arena_array(&source->arena, ASSAY_SOURCE_NOTICES, sizeof *notices);
    if (notices == NULL)
        return;
    source->notices = notices;
    assay_buf_init(&text, 1024);
    va_list ap;
    va_start(ap, format);
    assay_buf_vprintf(&text, format, ap);
    va_end(ap);
    char *copy = text.failed ? NULL : assay_arena_strdup(&source->arena, assay_buf_view(&text));
    assay_buf_free(&text);
    if (copy != NULL)
        notices[source->notice_count++] = copy;
}
