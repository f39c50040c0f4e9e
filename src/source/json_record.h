/*
 * Reads one record with yajl, which defines the syntax. What yajl lets pass and a record
 * may still not hold is found by json_scan.h.
 */
#ifndef ASSAY_SOURCE_JSON_RECORD_H
#define ASSAY_SOURCE_JSON_RECORD_H

#include "source/json_scan.h"

/*
 * Reads the record from[0..to); `scan` as for assay_json_scan_record. False: its problem
 * says why.
 */
bool assay_json_record_read(struct assay_json_scan *scan, const char *from, const char *to);

/*
 * Only yajl's part: values go into the table where there is one. True where yajl takes it
 * for one value; `text`, if not NULL, gets its words where it does not.
 */
bool assay_json_record_yajl(struct assay_json_scan *scan, const char *from, const char *to,
                            size_t *offset, char *text, size_t room);

#endif
