/*
 * The CSV source as a whole. Whatever the bytes: scanner and libcsv, pipe and file, small
 * batches and large, first reading and second all give the same values, nulls, usable
 * rows, findings and positions.
 *
 * The input: five bytes that choose the options, then the data.
 */
#include "config.h"

#include "tests/lib/source_dump.h"

#include <sys/mman.h>
#include <unistd.h>

#define FD 100
#define PATH "/proc/self/fd/100"
#define DATA_MAX 20000 /* fits a pipe, so that no second thread is needed */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void give(const uint8_t *data, size_t size, bool pipe_it)
{
    int fds[2] = {-1, -1};
    if (pipe_it ? pipe(fds) != 0 : (fds[0] = memfd_create("csv", 0)) < 0)
        abort();
    int to = pipe_it ? fds[1] : fds[0];
    if (write(to, data, size) != (ssize_t)size || dup2(fds[0], FD) != FD)
        abort();
    close(fds[0]);
    if (pipe_it)
        close(fds[1]);
}

static void take(struct assay_buf *out, const uint8_t *data, size_t size, bool pipe_it,
                 const struct assay_source_options *options)
{
    struct assay_source *source;
    struct assay_error err = {0};
    assay_buf_init(out, 1u << 30);
    give(data, size, pipe_it);
    if (assay_source_open(ASSAY_STR(PATH), options, &source, &err) != ASSAY_OK) {
        dump_error(out, &err);
        close(FD);
        return;
    }
    dump_columns(out, source);
    size_t start = out->len;
    dump_source(out, source, true);
    size_t end = out->len;
    if (source->rewindable && assay_source_rewind(source, NULL) == ASSAY_OK) {
        dump_source(out, source, true);
        if (out->len - end != end - start ||
            memcmp(out->ptr + start, out->ptr + end, end - start) != 0)
            abort();
    }
    dump_notices(out, source);
    assay_source_close(source);
    close(FD);
}

static const size_t sizes[] = {0, 1, 2, 5, 17, 63, 64, 65, 100, 256, 1000, 4096};
static const char *const kernels[] = {NULL, "portable", "sse2", "avx2"};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct assay_str nulls[] = {{"NA", 2}, {"", 0}, {"-", 1}};
    static const struct assay_str names[] = {{"a", 1}, {"b", 1}, {"c", 1}};
    if (size < 5 || size - 5 > DATA_MAX)
        return 0;
    struct assay_source_options options = {
        .delimiter = data[0] & 1 ? ';' : ',',
        .quote = data[0] & 2 ? '\'' : '"',
        .header = (enum assay_header)((data[0] >> 2) % 3),
        .names = names,
        .name_count = 1 + (data[0] >> 4) % 3,
        .trim = data[1] & 1,
        .skip_lines = (data[1] >> 1) % 4,
        .null_values = nulls,
        .null_value_count = (data[1] >> 3) % 4,
        .encoding = data[1] & 64 ? (enum assay_encoding)(data[1] & 3) : ASSAY_ENCODING_UTF8,
        .max_field = data[1] & 128 ? 300 : 0,
    };
    struct assay_buf one, other;
    options.batch_bytes = sizes[data[2] % 12];
    options.kernel = kernels[data[4] % 4];
    take(&one, data + 5, size - 5, data[2] & 128, &options);
    options.batch_bytes = sizes[data[3] % 12];
    options.csv_engine = ASSAY_CSV_LIBCSV;
    take(&other, data + 5, size - 5, data[3] & 128, &options);
    if (one.len != other.len || memcmp(one.ptr, other.ptr, one.len) != 0) {
        fprintf(stderr, "--- one\n%s--- other\n%s", one.ptr, other.ptr);
        abort();
    }
    assay_buf_free(&one);
    assay_buf_free(&other);
    return 0;
}
