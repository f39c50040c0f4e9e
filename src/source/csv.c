/*
 * The CSV source: goes from file to file and from batch to batch, numbers what it hands
 * out, and keeps what is to be said at the end.
 */
#include "config.h"

#include "source/csv_source.h"

#include <stdio.h>
#include <stdlib.h>

#define BATCH_BYTES (512u << 10)
#define FIELD_LIMIT_MAX (1u << 30)

static enum assay_status begin_file(struct csv_source *csv, struct assay_error *err)
{
    bool have;
    ASSAY_TRY(assay_files_next(&csv->files, &have, err));
    csv->at = csv->len = 0;
    csv->line = 1;
    csv->ended = false;
    csv->in_file = have;
    return have ? csv_header_read(csv, err) : ASSAY_OK;
}

static void end_file(struct csv_source *csv)
{
    struct assay_error err;
    if (assay_files_end(&csv->files, &err) != ASSAY_OK && !csv->has_last) {
        csv->last = err;
        csv->has_last = true;
    }
    csv->in_file = false;
}

static void tell_endings(struct csv_source *csv)
{
    static const char *const names[] = {"LF", "CRLF", "CR-only"};
    int main = 0;
    char list[128] = "";
    for (int i = 1; i < 3; i++)
        if (csv->endings[i] > csv->endings[main])
            main = i;
    for (int i = 0; i < 3; i++) {
        size_t len = strlen(list);
        char count[32];
        if (i != main && csv->endings[i] > 0)
            snprintf(list + len, sizeof list - len, "%s%s %s", len > 0 ? ", " : "",
                     csv_grouped(csv->endings[i], count), names[i]);
    }
    if (list[0] != '\0')
        assay_source_notice(&csv->base, "mixed line ends: %s", list);
}

/* What can be said only at the end, and only once. */
static void tell(struct csv_source *csv)
{
    char count[32];
    if (csv->told)
        return;
    csv->told = true;
    tell_endings(csv);
    if (csv->blanks > 0)
        assay_source_notice(&csv->base, "%s blank line%s left out", csv_grouped(csv->blanks, count),
                            csv->blanks == 1 ? "" : "s");
}

static enum assay_status csv_next(struct assay_source *source, struct assay_batch *batch,
                                  struct assay_error *err)
{
    struct csv_source *csv = (struct csv_source *)source;
    struct csv_batch *own = batch->impl;
    own->finding_count = 0;
    for (;;) {
        if (!csv->in_file)
            ASSAY_TRY(begin_file(csv, err));
        if (!csv->in_file)
            break;
        batch->file = csv->files.index;
        batch->record = csv->record;
        ASSAY_TRY(csv_fill(csv, own, err));
        if (csv->ended && csv->len == 0)
            end_file(csv);
        if (own->chunk.records > 0) {
            batch->rows = own->chunk.records;
            batch->sequence = csv->sequence++;
            return ASSAY_OK;
        }
    }
    tell(csv);
    return ASSAY_OK;
}

static enum assay_status csv_rewind(struct assay_source *source, struct assay_error *err)
{
    struct csv_source *csv = (struct csv_source *)source;
    ASSAY_TRY(assay_files_rewind(&csv->files, err));
    csv->in_file = false;
    csv->at = csv->len = 0;
    csv->sequence = csv->record = 0;
    return ASSAY_OK;
}

static enum assay_status csv_finish(struct assay_source *source, struct assay_error *err)
{
    const struct csv_source *csv = (const struct csv_source *)source;
    if (!csv->has_last)
        return ASSAY_OK;
    if (err != NULL)
        *err = csv->last;
    return csv->last.status;
}

static void csv_close(struct assay_source *source)
{
    struct csv_source *csv = (struct csv_source *)source;
    assay_files_close(&csv->files);
    assay_csv_parser_free(csv->parser);
    csv_buffer_free(&csv->carry);
    assay_buf_free(&csv->front);
    assay_arena_free(&csv->base.arena);
    free(csv);
}

static const struct assay_source_ops csv_ops = {
    .next = csv_next,
    .rewind = csv_rewind,
    .batch_init = csv_batch_init,
    .batch_free = csv_batch_free,
    .finish = csv_finish,
    .close = csv_close,
};

static enum assay_status choose_kernel(struct csv_source *csv, struct assay_error *err)
{
    const char *forced = csv->options.kernel;
    if (csv->options.csv_engine == ASSAY_CSV_LIBCSV)
        return ASSAY_OK;
    if (forced == NULL)
        forced = getenv("ASSAY_CSV_KERNEL");
    if (forced != NULL && *forced == '\0')
        forced = NULL;
    csv->kernel = assay_csv_kernel_choose(forced);
    if (csv->kernel != NULL)
        return ASSAY_OK;
    assay_fail(err, ASSAY_USAGE, "CSV-KERNEL", "this machine has no scanner kernel \"%s\"",
               forced != NULL ? forced : "");
    assay_error_help(err, "`portable` is always there");
    return ASSAY_USAGE;
}

static enum assay_status configure(struct csv_source *csv, struct assay_error *err)
{
    const struct assay_source_options *options = &csv->options;
    csv->dialect.delimiter = options->delimiter != 0 ? options->delimiter : ',';
    csv->dialect.quote = options->quote != 0 ? options->quote : '"';
    uint64_t field = options->max_field > 0 ? options->max_field : ASSAY_CSV_FIELD_LIMIT;
    size_t batch = options->batch_bytes > 0 ? options->batch_bytes : BATCH_BYTES;
    csv->field_limit = (uint32_t)(field < FIELD_LIMIT_MAX ? field : FIELD_LIMIT_MAX);
    /* Twice, since a field of that size does not stand alone in its record. */
    csv->record_limit = 2 * (size_t)csv->field_limit;
    if (csv->record_limit < 1u << 20)
        csv->record_limit = 1u << 20;
    if (csv->record_limit > FIELD_LIMIT_MAX)
        csv->record_limit = FIELD_LIMIT_MAX;
    /* No more than that, so that the limit is the same for every size of batch. */
    csv->batch_bytes = batch < csv->record_limit ? batch : csv->record_limit;
    if (options->header == ASSAY_HEADER_NAMES && options->name_count == 0)
        return assay_fail(err, ASSAY_USAGE, "CSV-HEADER", "the list of column names is empty");
    assay_buf_init(&csv->front, csv->record_limit);
    ASSAY_TRY(choose_kernel(csv, err));
    ASSAY_TRY(csv_nulls_init(csv, err));
    return assay_csv_parser_new(&csv->dialect, csv->field_limit, &csv->parser, err);
}

/* Opens files until one of them says what the columns are. */
static enum assay_status find_columns(struct csv_source *csv, struct assay_error *err)
{
    do {
        ASSAY_TRY(begin_file(csv, err));
        if (csv->in_file && csv->base.column_count == 0)
            end_file(csv);
        else
            break;
    } while (csv->files.index < csv->files.count);
    return ASSAY_OK;
}

static enum assay_status csv_open(const struct assay_glob *glob,
                                  const struct assay_source_options *options,
                                  struct assay_input *first, struct assay_source **out,
                                  struct assay_error *err)
{
    struct csv_source *csv = calloc(1, sizeof *csv);
    if (csv == NULL) {
        assay_input_close(first);
        return assay_fail_nomem(err);
    }
    csv->base.ops = &csv_ops;
    csv->options = *options;
    assay_arena_init(&csv->base.arena, 0);
    enum assay_status status = assay_files_init(&csv->files, &csv->base, glob, options, first, err);
    if (status == ASSAY_OK)
        status = configure(csv, err);
    if (status == ASSAY_OK)
        status = find_columns(csv, err);
    if (status != ASSAY_OK) {
        csv_close(&csv->base);
        return status;
    }
    *out = &csv->base;
    return ASSAY_OK;
}

static const char *const suffixes[] = {".csv", ".tsv", ".tab", ".psv", NULL};

const struct assay_source_format assay_source_csv = {suffixes, NULL, csv_open};
