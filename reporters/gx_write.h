/*
 * What the files of the gx report share. Private to them.
 */
#ifndef ASSAY_REPORTERS_GX_WRITE_H
#define ASSAY_REPORTERS_GX_WRITE_H

#include "reporters/write.h"

/* How an expectation's result is laid out. */
enum assay_gx_layout {
    ASSAY_GX_AGGREGATE, /* observed_value */
    ASSAY_GX_MAP,       /* counts and unexpected values */
    ASSAY_GX_NULLS,     /* the same, of all rows */
    ASSAY_GX_PAIR,      /* values are pairs [a, b] */
    ASSAY_GX_BARE       /* nothing is told */
};

/* One result on its way out. */
struct assay_gx_report {
    struct assay_json *json;
    const struct assay_result *result;
    enum assay_gx_layout layout;
    enum assay_result_format format;
    size_t most;     /* entries of a list */
    size_t shown;    /* samples that may be listed */
    size_t partial;  /* entries of the lists that are called partial */
    bool first_only; /* values are counted among these alone, as there */
};

/* Great Expectations' name of a native expectation; its own where there is none. */
struct assay_str assay_gx_name(const struct assay_result *result);
enum assay_gx_layout assay_gx_layout_of(const struct assay_result *result);

/* A value; NaN is null and infinities are texts, since JSON has neither. */
void assay_gx_value(struct assay_json *json, const struct assay_value *value);

/* part / whole in percent; null where whole is 0. */
void assay_gx_share(struct assay_json *json, const char *name, uint64_t part, uint64_t whole);

/* The members of `result`. */
void assay_gx_map_result(const struct assay_gx_report *report);
void assay_gx_aggregate_result(const struct assay_gx_report *report);

#endif
