/*
 * Shapes from within: what json_shape.c and json_steps.c share.
 */
#ifndef ASSAY_SOURCE_JSON_SHAPE_IMPL_H
#define ASSAY_SOURCE_JSON_SHAPE_IMPL_H

#include "source/json_shape.h"

#define JSON_SHAPE_PAD 16u

/* What a value was each time, by what it begins with. */
enum json_step_kind {
    JSON_STEP_TEXT,
    JSON_STEP_NUMBER,
    JSON_STEP_ANY, /* sometimes this and sometimes that, or a word: true, false, null */
    JSON_STEP_ODD  /* an array, or an object that is wanted as a whole; never read in steps */
};

/* The bytes before a value, which follow those before the value before it, and the value. */
struct json_part {
    uint32_t len;
    uint16_t mask; /* a bit for each of the bytes, of the first 16 at most */
    uint16_t depth;
    bool array;                       /* its elements are wanted: what else it is, is odd */
    struct assay_json_column *column; /* where a scalar goes; NULL: nowhere */
    const struct assay_json_node *node;
    enum json_step_kind kind;
};

/* The same for several records side by side. Quotes of a text are among the bytes around it. */
#define JSON_STEP_WIDE 32u

struct json_step {
    char bytes[JSON_STEP_WIDE], mask[JSON_STEP_WIDE]; /* the first of `all`; the rest zero */
    const char *all;
    uint32_t len;
    enum json_step_kind kind;
    struct assay_json_column *column;
};

struct assay_json_shape {
    char *text; /* padded by JSON_SHAPE_PAD */
    uint32_t text_room;
    struct json_part *parts;
    uint32_t part_room;
    uint32_t count;
    uint32_t tail_len; /* of the bytes behind the last value */

    struct json_step *steps; /* one a part, and the tail */
    char *joined;            /* their bytes */
    uint32_t step_count;     /* 0: records of it are read one by one */
    uint32_t step_room, joined_room;
    bool changed; /* the parts, since the steps were made */
};

/* Makes the steps anew from the parts. False: no memory, and there are none. */
bool json_steps_make(struct assay_json_shape *shape);

/*
 * Reads ASSAY_JSON_SEVERAL records into the rows from the table's on. False: one of them is
 * another.
 */
typedef bool json_steps_take(const struct assay_json_shape *shape,
                             const struct assay_json_scan *scan, const struct assay_span *records);

/*
 * What bytes are compared with, each many times. In memory, and in another file: a compiler
 * that sees the values makes the vectors anew for each of the values that are read.
 */
struct json_stops {
    char quote[32], backslash[32], space[32], zero[16], nine[16];
};
extern const struct json_stops json_stops;

/* That of the instruction set that this machine has. */
json_steps_take *json_steps_choose(void);

#ifdef __x86_64__
json_steps_take json_steps_take_avx2;
#endif

/* The quote that ends the text at `from`, which is ASCII up to `at`; NULL: it is not plain. */
const char *json_text_end(const char *from, const char *at);

#endif
