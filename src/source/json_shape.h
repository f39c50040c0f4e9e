/*
 * The shape cache: records of a stream tend to have the same keys in the same order, so
 * the bytes between their values are the same.
 *
 * A shape is those bytes, taken from a record that was read strictly. A record whose
 * bytes between the values are equal has the same structure and the same keys, none of
 * them twice: only its values are left to be read, each by what it begins with. Objects
 * within objects belong to the shape; arrays, and objects that are wanted as a whole, are
 * values, read by json_scan.h.
 */
#ifndef ASSAY_SOURCE_JSON_SHAPE_H
#define ASSAY_SOURCE_JSON_SHAPE_H

#include "source/json_scan.h"

#define ASSAY_JSON_SHAPES 8u  /* kept, the one last used first */
#define ASSAY_JSON_SEVERAL 4u /* records that are read side by side */
#define ASSAY_JSON_SHAPE_VALUES 1024u
#define ASSAY_JSON_SHAPE_BYTES 65536u

struct assay_json_shape;

struct assay_json_shapes {
    struct assay_json_shape *shapes[ASSAY_JSON_SHAPES];
    uint32_t count;
    uint32_t alone;                  /* so many records are read alone */
    struct assay_json_leaves leaves; /* to learn from: for assay_json_scan */
    bool (*several)(const struct assay_json_shape *shape, const struct assay_json_scan *scan,
                    const struct assay_span *records); /* for this machine */
};

bool assay_json_shapes_init(struct assay_json_shapes *shapes);
void assay_json_shapes_free(struct assay_json_shapes *shapes);

/* Forgets all: the wanted paths have changed. */
void assay_json_shapes_forget(struct assay_json_shapes *shapes);

/*
 * Reads the record from[0..to) where it is of a known shape. False where it is not, or
 * where anything in it is wrong: then values were perhaps put, and scratch was used.
 */
bool assay_json_shapes_match(struct assay_json_shapes *shapes, struct assay_json_scan *scan,
                             const char *from, const char *to);

/*
 * The same for ASSAY_JSON_SEVERAL records, those from the table's row on, all of the shape
 * last used and without anything odd. False says nothing: each is to be tried alone.
 */
bool assay_json_shapes_match_several(struct assay_json_shapes *shapes, struct assay_json_scan *scan,
                                     const struct assay_span *records);

/* Learns from a record that was read with `leaves` into the table; false: no memory. */
bool assay_json_shapes_learn(struct assay_json_shapes *shapes, const struct assay_json_table *table,
                             const char *from, const char *to);

#endif
