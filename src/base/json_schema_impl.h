/*
 * A schema that was looked through. Private to base/json_schema*.c.
 *
 * Each schema within the schema is a node: what it asks for, by keyword, and the resource
 * it belongs to. A resource is a schema with an id of its own, or the whole one.
 */
#ifndef ASSAY_BASE_JSON_SCHEMA_IMPL_H
#define ASSAY_BASE_JSON_SCHEMA_IMPL_H

#include "base/json_schema.h"
#include "base/number.h"

enum assay_json_draft {
    ASSAY_DRAFT_4,
    ASSAY_DRAFT_6,
    ASSAY_DRAFT_7,
    ASSAY_DRAFT_2019,
    ASSAY_DRAFT_2020
};

/* In the order in which they are judged. */
enum schema_keyword {
    SCHEMA_REF,
    SCHEMA_DYNAMIC_REF,
    SCHEMA_RECURSIVE_REF,
    SCHEMA_TYPE,
    SCHEMA_ENUM,
    SCHEMA_CONST,
    SCHEMA_MULTIPLE_OF,
    SCHEMA_MAXIMUM,
    SCHEMA_EXCLUSIVE_MAXIMUM,
    SCHEMA_MINIMUM,
    SCHEMA_EXCLUSIVE_MINIMUM,
    SCHEMA_MAX_LENGTH,
    SCHEMA_MIN_LENGTH,
    SCHEMA_PATTERN,
    SCHEMA_FORMAT,
    SCHEMA_MAX_ITEMS,
    SCHEMA_MIN_ITEMS,
    SCHEMA_UNIQUE_ITEMS,
    SCHEMA_PREFIX_ITEMS,
    SCHEMA_ITEMS,
    SCHEMA_ADDITIONAL_ITEMS,
    SCHEMA_CONTAINS,
    SCHEMA_MIN_CONTAINS,
    SCHEMA_MAX_CONTAINS,
    SCHEMA_MAX_PROPERTIES,
    SCHEMA_MIN_PROPERTIES,
    SCHEMA_REQUIRED,
    SCHEMA_DEPENDENT_REQUIRED,
    SCHEMA_DEPENDENT_SCHEMAS,
    SCHEMA_DEPENDENCIES,
    SCHEMA_PROPERTIES,
    SCHEMA_PATTERN_PROPERTIES,
    SCHEMA_ADDITIONAL_PROPERTIES,
    SCHEMA_PROPERTY_NAMES,
    SCHEMA_ALL_OF,
    SCHEMA_ANY_OF,
    SCHEMA_ONE_OF,
    SCHEMA_NOT,
    SCHEMA_IF,
    SCHEMA_THEN,
    SCHEMA_ELSE,
    SCHEMA_UNEVALUATED_ITEMS,
    SCHEMA_UNEVALUATED_PROPERTIES,
    SCHEMA_DEFS,
    SCHEMA_DEFINITIONS,
    SCHEMA_KEYWORDS
};

/* What has to stand under a keyword. */
enum schema_shape {
    SHAPE_SCHEMA,
    SHAPE_SCHEMAS,      /* a list of schemas */
    SHAPE_SCHEMA_MAP,   /* a map of schemas */
    SHAPE_ITEMS,        /* a schema; before 2020-12 also a list of them */
    SHAPE_DEPENDENCIES, /* a map of schemas or lists of names */
    SHAPE_PATTERN_MAP,  /* a map of schemas by pattern */
    SHAPE_PATTERN,
    SHAPE_COUNT,
    SHAPE_NUMBER,
    SHAPE_STEP,  /* a number above 0 */
    SHAPE_LIMIT, /* a number; in draft 4 true or false */
    SHAPE_FLAG,
    SHAPE_NAMES,
    SHAPE_NAME_LISTS, /* a map of lists of names */
    SHAPE_LIST,
    SHAPE_ANY,
    SHAPE_TEXT,
    SHAPE_TYPE,
    SHAPE_REF
};

struct schema_resource {
    struct assay_str uri; /* absolute, without a fragment */
    struct schema_node *root;
    struct schema_resource *next;
};

/* What a keyword of a node says. */
struct schema_rule {
    const struct assay_value *value;
    struct schema_node **nodes;   /* the schemas in it, one an item; a reference's target */
    struct assay_regex **regexes; /* pattern: one; patternProperties: one an item */
    struct assay_str anchor;      /* $dynamicRef: what it looks for */
    bool moves;                   /* a reference whose target depends on how one came to it */
};

struct schema_node {
    const struct assay_value *value;
    struct schema_resource *resource;
    struct schema_rule *rules[SCHEMA_KEYWORDS]; /* NULL: it has not the keyword */
    bool only_ref;                              /* up to draft 7: nothing counts beside $ref */
    bool recursive_anchor;                      /* 2019-09 */
};

struct schema_anchor {
    struct assay_str name;
    struct schema_resource *resource;
    struct schema_node *node;
    bool dynamic;
    struct schema_anchor *next;
};

struct assay_json_schema {
    struct schema_node *root;
    enum assay_json_draft draft;
    assay_json_format_fn *formats; /* NULL: formats are not asserted */
    bool unevaluated;              /* some node asks for what was left over */
    struct schema_resource *resources;
    struct schema_anchor *anchors;
    struct assay_regex **regexes;
    size_t regex_count;
};

/* The way to the value that is judged. */
struct way {
    const struct way *outer;
    struct assay_str name; /* of a member; ptr NULL: of an item */
    size_t index;
};

/* The resources that were entered on the way here, the last one first. */
struct scope {
    const struct scope *outer;
    const struct schema_resource *resource;
};

struct judge {
    const struct assay_json_schema *schema;
    struct assay_regex_scratch *scratch;
    struct assay_arena *arena;
    const struct scope *scope;
    struct assay_buf *why; /* NULL: nobody asks, or it was told */
    unsigned depth;
    bool undecided;
};

/* A keyword of a node before a value. */
struct schema_at {
    const struct schema_node *node;
    const struct schema_rule *rule;
    const struct assay_value *value;
    const struct way *way;
    uint64_t *marks; /* a bit for each item or member of the value; NULL: nobody asks */
};

/* A keyword: one row of a table. */
struct schema_row {
    const char *name;
    enum schema_shape shape;
    enum assay_json_draft since, until;
    unsigned kinds; /* of values that it speaks of: 1 << enum assay_value_kind */
    bool (*holds)(struct judge *judge, const struct schema_at *at); /* NULL: part of another */
};
extern const struct schema_row assay_schema_rows[SCHEMA_KEYWORDS];

/* What is needed while a schema is looked through. */
struct schema_look {
    struct assay_json_schema *schema;
    struct assay_arena *arena;
    size_t regex_cap;
    struct schema_node **table; /* nodes by the address of their value, open addressing */
    size_t table_size, node_count;
    struct schema_reference {
        struct schema_node *node;
        struct schema_rule *rule;
        enum schema_keyword keyword;
        struct schema_reference *next;
    } * references; /* that are not resolved yet */
    struct assay_error *err;
};

/* A way from the root, for messages. */
struct schema_place {
    const struct schema_place *outer;
    struct assay_str name;
    unsigned depth;
};

enum assay_status assay_schema_refuse(struct schema_look *look, const struct schema_place *place,
                                      const char *what);

/* The node of a value, looked through where it was not yet. */
enum assay_status assay_schema_node(struct schema_look *look, const struct schema_place *place,
                                    const struct assay_value *value,
                                    struct schema_resource *resource, struct schema_node **out);

/* Notes what a node is called; `*resource` becomes the one that it begins. */
enum assay_status assay_schema_name(struct schema_look *look, struct schema_node *node,
                                    struct schema_resource **resource);

/* Finds where all references lead. */
enum assay_status assay_schema_resolve(struct schema_look *look);

/* The node that an anchor of a resource stands for, or NULL. */
const struct schema_anchor *assay_schema_anchor(const struct assay_json_schema *schema,
                                                const struct schema_resource *resource,
                                                struct assay_str name);

/* Whether a number has no fraction, and whether it is a multiple of another: exactly. */
bool assay_schema_is_whole(struct assay_str number);
bool assay_schema_is_multiple(struct assay_str number, struct assay_str of);

/* Keywords that judge the value alone: json_schema_values.c. */
bool assay_schema_type_holds(struct judge *judge, const struct schema_at *at);
bool assay_schema_enum_holds(struct judge *judge, const struct schema_at *at);
bool assay_schema_const_holds(struct judge *judge, const struct schema_at *at);
bool assay_schema_multiple_holds(struct judge *judge, const struct schema_at *at);
bool assay_schema_maximum_holds(struct judge *judge, const struct schema_at *at);
bool assay_schema_minimum_holds(struct judge *judge, const struct schema_at *at);
bool assay_schema_below_holds(struct judge *judge, const struct schema_at *at);
bool assay_schema_above_holds(struct judge *judge, const struct schema_at *at);
bool assay_schema_most_holds(struct judge *judge, const struct schema_at *at);
bool assay_schema_least_holds(struct judge *judge, const struct schema_at *at);
bool assay_schema_pattern_holds(struct judge *judge, const struct schema_at *at);
bool assay_schema_format_holds(struct judge *judge, const struct schema_at *at);
bool assay_schema_unique_holds(struct judge *judge, const struct schema_at *at);
bool assay_schema_matches(struct judge *judge, const struct assay_regex *regex,
                          struct assay_str text);

static inline double schema_number(const struct assay_value *value)
{
    struct assay_numref number = assay_numref(value->text);
    return assay_number_to_double(&number);
}

static inline const struct schema_rule *schema_rule_of(const struct schema_at *at,
                                                       enum schema_keyword keyword)
{
    return at->node->rules[keyword];
}

#endif
