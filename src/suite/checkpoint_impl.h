/*
 * What the readers of native checkpoints and of theirs share. Private to src/suite.
 */
#ifndef ASSAY_SUITE_CHECKPOINT_IMPL_H
#define ASSAY_SUITE_CHECKPOINT_IMPL_H

#include "suite/checkpoint.h"
#include "suite/node.h"

struct assay_checkpoint_reader {
    struct assay_checkpoint *checkpoint;
    const struct assay_suite_request *request;
    struct assay_diags *diags;
    struct assay_str directory; /* of the file; empty, or ending in a slash */
    bool nomem;
};

/* A new run at the end; NULL: no memory. */
struct assay_checkpoint_run *assay_checkpoint_add(struct assay_checkpoint_reader *reader);

/* Text from the arena; NULL: no memory. */
const char *assay_checkpoint_text(struct assay_checkpoint_reader *reader, const char *format, ...)
    ASSAY_PRINTF(2, 3);

/* Variables of a mapping of names to scalars. */
void assay_checkpoint_variables(struct assay_checkpoint_reader *reader,
                                struct assay_checkpoint_run *run, const struct assay_node *map);

bool assay_checkpoint_gx_detect(const struct assay_node *root);
void assay_checkpoint_gx(struct assay_checkpoint_reader *reader, const struct assay_node *root);

#endif
