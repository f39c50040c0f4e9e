/*
 * What can be wrong with a record of JSON, and how it is told.
 */
#ifndef ASSAY_SOURCE_JSON_PROBLEM_H
#define ASSAY_SOURCE_JSON_PROBLEM_H

#include "base/arena.h"
#include "data/batch.h"

enum assay_json_problem_kind {
    ASSAY_JSON_FINE,
    ASSAY_JSON_ENDS,        /* the record ends before it is complete */
    ASSAY_JSON_OPEN_STRING, /* it ends inside a string */
    ASSAY_JSON_NO_VALUE,    /* something else where a value belongs */
    ASSAY_JSON_NO_KEY,      /* something else where a key belongs */
    ASSAY_JSON_NO_COLON,
    ASSAY_JSON_NO_COMMA, /* neither a comma nor the end of the array or object */
    ASSAY_JSON_BAD_ESCAPE,
    ASSAY_JSON_BAD_NUMBER,
    ASSAY_JSON_CONTROL, /* a control character in a string */
    ASSAY_JSON_EXTRA,   /* something behind the value */
    ASSAY_JSON_REFUSED, /* by yajl, in whose words `text` says why */
    ASSAY_JSON_DEPTH,   /* nested too deep */
    ASSAY_JSON_NOT_UTF8,
    ASSAY_JSON_HALF_PAIR, /* half a surrogate pair */
    ASSAY_JSON_KEY_AGAIN, /* a key that the object has already */
    ASSAY_JSON_NO_OBJECT  /* a value, but no object */
};

/* Most brackets open at one time. */
#define ASSAY_JSON_DEPTH_LIMIT 512u

struct assay_json_problem {
    enum assay_json_problem_kind kind;
    const char *at;       /* the byte that is wrong */
    const char *open;     /* ENDS, OPEN_STRING: what is not closed; NULL: nothing */
    bool comma;           /* NO_KEY, NO_VALUE: right behind a comma */
    struct assay_str key; /* KEY_AGAIN */
    uint64_t lines;       /* KEY_AGAIN: line feeds between the record's begin and the first one */
    char text[128];       /* REFUSED */
};

/* What the value that begins with the byte is: "a string". */
const char *assay_json_kind_text(char c);

/* The finding's kind. */
enum assay_malformed assay_json_problem_class(enum assay_json_problem_kind kind);

/*
 * In words, for a record that begins in line `line` and ends before `end`. NULL: no
 * memory.
 */
const char *assay_json_problem_text(const struct assay_json_problem *problem, const char *end,
                                    uint64_t line, struct assay_arena *arena);

#endif
