/*
 * What the reporters share: members of JSON objects, values, positions.
 */
#ifndef ASSAY_REPORTERS_WRITE_H
#define ASSAY_REPORTERS_WRITE_H

#include "base/json_write.h"
#include "reporters/reporter.h"

/* A member of the open object. `optional` leaves an empty text out. */
void assay_report_uint(struct assay_json *json, const char *name, uint64_t value);
void assay_report_text(struct assay_json *json, const char *name, struct assay_str value);
void assay_report_optional(struct assay_json *json, const char *name, struct assay_str value);
void assay_report_time(struct assay_json *json, const char *name, int64_t micros);

/* Any value, as JSON. */
void assay_report_value(struct assay_json *json, const struct assay_value *value);

/*
 * A value for people, on one line, safe to show on a terminal and cut at `max` bytes:
 * texts in double quotes, so that spaces at the ends show.
 */
void assay_report_show(struct assay_buf *out, const struct assay_value *value, size_t max);

/* "line 17, column 4" or "orders.csv:17:4", as the run has one file or several. */
void assay_report_position(struct assay_buf *out, const struct assay_run *run,
                           const struct assay_sample *sample);

/* Thousands apart: 5,000,000. */
void assay_report_number(struct assay_buf *out, uint64_t n);

/* The style of the nth of several Runs. */
struct assay_style assay_report_style(const struct assay_runs *runs, size_t n,
                                      const struct assay_style *style);

#endif
