/*
 * Saving and loading metric states: little-endian words and counted texts.
 *
 * A saved state starts with the metric's name and a version, so that states of
 * different definitions never merge.
 */
#ifndef ASSAY_METRIC_STATE_H
#define ASSAY_METRIC_STATE_H

#include "base/buf.h"
#include "base/error.h"

#include <stdint.h>

void assay_state_put_u64(struct assay_buf *out, uint64_t value);
void assay_state_put_text(struct assay_buf *out, struct assay_str text);
void assay_state_begin(struct assay_buf *out, const char *metric, unsigned version);

/* Reading: moves `in` on. A short or foreign state makes `*failed` true, and all later reads 0. */
uint64_t assay_state_get_u64(struct assay_str *in, bool *failed);
struct assay_str assay_state_get_text(struct assay_str *in, bool *failed);
void assay_state_expect(struct assay_str *in, const char *metric, unsigned version, bool *failed);

/* The error for a state that cannot be read. */
enum assay_status assay_state_bad(const char *metric, struct assay_error *err);

#endif
