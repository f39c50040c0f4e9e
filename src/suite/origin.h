/*
 * What a suite was read from, for whoever writes it again: its files as trees, and what
 * each item of Great Expectations became. All of it lives in the suite's arena.
 */
#ifndef ASSAY_SUITE_ORIGIN_H
#define ASSAY_SUITE_ORIGIN_H

#include "suite/gx.h"

struct assay_origin_item {
    const struct assay_node *at; /* as it stands in the file */
    const struct assay_gx_row *row;
    const char *native;             /* the expectation it became */
    const struct assay_node *given; /* what a native suite would give that */
    struct assay_str id;            /* made because an equal check stands before; or empty */
};

struct assay_origin_file {
    struct assay_node *root;
    bool theirs;                     /* of Great Expectations */
    struct assay_origin_item *items; /* of such a file, in order */
    uint32_t item_count, item_cap;
};

/* In the order of loading: included files before the one that includes them. */
struct assay_origin {
    struct assay_origin_file *files;
    uint32_t file_count, file_cap;
};

/* Each does nothing where nobody asks for the origin. */
void assay_origin_file(struct assay_loader *loader, struct assay_node *root, bool theirs);
void assay_origin_item(struct assay_loader *loader, const struct assay_gx_item *item,
                       struct assay_str id);

#endif
