/*
 * JSON Schema: whether a JSON value keeps to a schema.
 *
 * Drafts 4, 6, 7, 2019-09 and 2020-12, by `$schema`, without it the newest: all core,
 * applicator, unevaluated and validation keywords, as specified in "JSON Schema: A Media Type
 * for Describing JSON Documents" and "… Validation" (2022-06-16) and their predecessors.
 * `format` says something only where a function for formats is given; the content keywords
 * never do. References stay within the schema: nothing is fetched. Patterns are PCRE2's.
 *
 * A schema is immutable and shared by threads; each brings a scratch of its own.
 */
#ifndef ASSAY_BASE_JSON_SCHEMA_H
#define ASSAY_BASE_JSON_SCHEMA_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/regex.h"

struct assay_json_schema;

/* Whether a text is of a format; true for a format that is not known. */
typedef bool assay_json_format_fn(struct assay_str format, struct assay_str text);

/*
 * Looks through a schema (which must outlive the result) and compiles its patterns.
 * `formats` NULL: `format` is a remark. Code SUITE-SCHEMA, ASSAY_CONFIG, where it is no
 * schema; the message names the place as a pointer. What it takes besides the arena goes
 * with assay_json_schema_free.
 */
enum assay_status assay_json_schema_new(struct assay_arena *arena, const struct assay_value *schema,
                                        assay_json_format_fn *formats,
                                        struct assay_json_schema **out,
                                        struct assay_error *err) ASSAY_CHECKED;
void assay_json_schema_free(struct assay_json_schema *schema);

enum assay_json_verdict {
    ASSAY_JSON_VALID,
    ASSAY_JSON_INVALID,
    ASSAY_JSON_UNDECIDED /* a pattern past its limits, references without end, no memory */
};

/*
 * Judges a value. Where it is invalid, and `why` is not NULL, the place in the value and the
 * keyword are appended: "/price: minimum 0".
 */
enum assay_json_verdict assay_json_schema_judge(const struct assay_json_schema *schema,
                                                struct assay_regex_scratch *scratch,
                                                struct assay_arena *arena,
                                                const struct assay_value *value,
                                                struct assay_buf *why);

#endif
