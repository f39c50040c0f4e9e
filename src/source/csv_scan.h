/*
 * Where the fields of CSV text end: offsets of delimiters and line feeds outside of
 * quotes, 64 bytes at a time, with a check that the text means the same to libcsv.
 *
 * The method is that of simdjson and simdcsv (Langdale, Lemire: "Parsing Gigabytes of
 * JSON per Second", 2019): bit masks of the special bytes, the quoted part as the
 * running parity (prefix xor) of the quote mask. With q the quotes, m the parity,
 * open = q & m, close = q & ~m and st the delimiters and line feeds outside of quotes,
 * a byte is irregular where
 *   (a) an opening quote follows neither the start of a record, nor st, nor a close,
 *   (b) what follows a close is neither st, nor a quote, nor a carriage return,
 *   (c) a carriage return outside of quotes is not followed by a line feed, or
 *   (d) it is NUL.
 * Up to the first irregular byte the index describes exactly the records libcsv sees;
 * the record with that byte is left to csv_record.h. Spaces are data everywhere.
 *
 * There is no state between calls: a scan begins at the start of a record and tells
 * where the last complete regular record ends. Nothing here allocates, reads behind
 * `end`, or fails.
 */
#ifndef ASSAY_SOURCE_CSV_SCAN_H
#define ASSAY_SOURCE_CSV_SCAN_H

#include "assay/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Two different bytes, neither of them NUL, a line feed or a carriage return. */
struct assay_csv_dialect {
    char delimiter;
    char quote;
};

bool assay_csv_dialect_valid(const struct assay_csv_dialect *dialect);

#define ASSAY_CSV_NONE UINT32_MAX

/* What the scanned text may contain; a set bit may also come from text behind `end`. */
#define ASSAY_CSV_SEEN_QUOTE 1u     /* a quoted field */
#define ASSAY_CSV_SEEN_ESCAPE 2u    /* a doubled quote in a quoted field */
#define ASSAY_CSV_SEEN_HIGH 4u      /* a byte of 0x80 or more */
#define ASSAY_CSV_SEEN_MULTILINE 8u /* a line end inside quotes */
#define ASSAY_CSV_SEEN_NUL 16u

/* Entries the caller's index needs room for to scan `bytes` bytes. */
#define ASSAY_CSV_INDEX_ROOM(bytes) ((size_t)(bytes) + 64)

struct assay_csv_scan {
    uint32_t *index;    /* the caller's: offsets from `base` of each field's end */
    uint32_t count;     /* entries, all of complete regular records */
    uint32_t records;   /* line feeds among them */
    uint32_t crlf;      /* of which after a carriage return */
    uint32_t end;       /* just behind the last complete regular record */
    uint32_t irregular; /* the first irregular byte, or ASSAY_CSV_NONE */
    unsigned seen;      /* ASSAY_CSV_SEEN_* */
};

/* One implementation of the scan; all give the same answer. */
struct assay_csv_kernel {
    const char *name;
    bool (*usable)(void); /* this machine has the instructions */
    /* Fills all but `end`; `count` may still hold fields of an incomplete record. */
    void (*run)(const struct assay_csv_dialect *dialect, const char *base, uint32_t begin,
                uint32_t end, struct assay_csv_scan *scan);
};

/* Those that were built, best first, closed by NULL. */
const struct assay_csv_kernel *const *assay_csv_kernels(void);

/* The best usable kernel or, where `forced` is not NULL, that one; NULL: there is none. */
const struct assay_csv_kernel *assay_csv_kernel_choose(const char *forced);

/*
 * Scans base[begin..end), where `begin` is the start of a record. `scan->index` must
 * have ASSAY_CSV_INDEX_ROOM(end - begin) entries of room; the rest of `scan` is output.
 */
void assay_csv_scan(const struct assay_csv_kernel *kernel, const struct assay_csv_dialect *dialect,
                    const char *base, uint32_t begin, uint32_t end, struct assay_csv_scan *scan);

/* Line ends in base[from..to): LF, CRLF and CR each count once. */
uint64_t assay_csv_count_lines(const char *base, uint32_t from, uint32_t to);

/*
 * Line and byte column (from 1) of base[at], where `from` begins line `line`.
 */
void assay_csv_locate(const char *base, uint32_t from, uint64_t line, uint32_t at,
                      uint64_t *at_line, uint64_t *at_column);

#endif
