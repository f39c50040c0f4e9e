/*
 * A temporary file without a name, to which a sketch appends runs and from which it
 * reads them back.
 *
 * The file is made in the budget's directory on the first append (mode 0600, O_TMPFILE
 * where the file system has it, else created and unlinked at once), so that nothing is
 * left behind however the process ends. Writes are gathered to WRITE_SIZE; reads are
 * positioned and may come from several threads once everything is flushed. A write
 * that fails (a full disk, a quota) is ASSAY_IO and names the directory.
 */
#ifndef ASSAY_SKETCH_SPILL_H
#define ASSAY_SKETCH_SPILL_H

#include "base/error.h"
#include "sketch/budget.h"

#include <stdint.h>

enum { ASSAY_SPILL_WRITE_SIZE = 256 * 1024 };

struct assay_spill {
    struct assay_budget *budget;
    int fd;             /* -1 before the first append */
    uint64_t size;      /* bytes appended, those still buffered included */
    unsigned char *buf; /* WRITE_SIZE bytes; NULL while nothing is being written */
    size_t fill;
};

void assay_spill_init(struct assay_spill *spill, struct assay_budget *budget);

/* Closes the file, which frees its space. The spill may be used again. */
void assay_spill_close(struct assay_spill *spill);

enum assay_status assay_spill_append(struct assay_spill *spill, const void *data, size_t size,
                                     struct assay_error *err);

/* Writes what is buffered and frees the buffer; must precede reading. */
enum assay_status assay_spill_flush(struct assay_spill *spill, struct assay_error *err);

/* Exactly `size` bytes from `offset`; fewer is ASSAY_IO. */
enum assay_status assay_spill_read(const struct assay_spill *spill, uint64_t offset, void *data,
                                   size_t size, struct assay_error *err);

/* Reads one run from begin to end through a buffer of its own. */
struct assay_spill_reader {
    const struct assay_spill *spill;
    uint64_t next; /* file offset of the first byte not yet buffered */
    uint64_t end;  /* file offset behind the run */
    unsigned char *buf;
    size_t cap;
    size_t at, fill; /* unread bytes are buf[at .. fill) */
};

/* `cap` is the buffer's size, forced from the budget; it grows for longer records. */
enum assay_status assay_spill_reader_open(struct assay_spill_reader *reader,
                                          const struct assay_spill *spill, uint64_t begin,
                                          uint64_t end, size_t cap, struct assay_error *err);
void assay_spill_reader_close(struct assay_spill_reader *reader);

/*
 * Sets `*data` to the next unread bytes, at least `size` of them or all that are left,
 * and `*have` to their number. They stay valid until the next call.
 */
enum assay_status assay_spill_reader_peek(struct assay_spill_reader *reader, size_t size,
                                          const unsigned char **data, size_t *have,
                                          struct assay_error *err);

/* Steps over `size` bytes that peek has shown. */
static inline void assay_spill_reader_skip(struct assay_spill_reader *reader, size_t size)
{
    reader->at += size;
}

/* A buffer size for each of `count` runs read side by side. */
size_t assay_spill_reader_share(size_t count);

#endif
