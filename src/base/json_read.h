/*
 * A JSON text as a tree of values, for looking into single values of data.
 *
 * RFC 8259, with NaN, Infinity and -Infinity as numbers too. Numbers keep their text; strings
 * are unescaped (half a surrogate pair becomes U+FFFD); of members of one name the last
 * counts. Everything lives in the arena; texts without escapes are borrowed from the input.
 */
#ifndef ASSAY_BASE_JSON_READ_H
#define ASSAY_BASE_JSON_READ_H

#include "base/arena.h"

#include <stdint.h>

#define ASSAY_JSON_READ_DEPTH 512u

enum assay_json_read {
    ASSAY_JSON_READ_OK,
    ASSAY_JSON_READ_BAD, /* no JSON, or nested deeper than that */
    ASSAY_JSON_READ_NOMEM
};

enum assay_json_read assay_json_read(struct assay_arena *arena, struct assay_str text,
                                     struct assay_value *out);

/* The member of that name, or NULL; `map` may be of any kind. */
const struct assay_value *assay_value_member(const struct assay_value *map, struct assay_str name);

/*
 * Whether two values are the same: numbers by value, maps whatever the order of their
 * members; true is not 1.
 */
bool assay_value_same(const struct assay_value *a, const struct assay_value *b);

/* Equal for values that are the same. */
uint64_t assay_value_hash(const struct assay_value *value);

#endif
