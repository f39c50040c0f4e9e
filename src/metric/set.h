/*
 * A list of values of a suite, made ready for the question whether a value is in it.
 *
 * What equal means hangs on the column's declared type:
 *
 *   integer, decimal, number   equal as numbers: 1, 1.0 and 01 are one value
 *   date, timestamp, time      the same instant; members are ISO 8601, or as the column is
 *   boolean, uuid              equal in any case; see metric/same.h
 *   anything else, or none     equal bytewise to the text that the suite has
 *
 * Where the format itself knows kinds (JSON) and no such type is declared, a number
 * equals number members only, and by value; a string equals string members only, a
 * boolean boolean ones; arrays and objects equal nothing.
 *
 * Up to 32 members of at most 8 bytes are told apart by one masked load of 8 bytes and a
 * multiplicative hash without collisions, whose factor is searched for (Fredman, Komlos,
 * Szemeredi, "Storing a sparse table with O(1) worst case access time", 1984). Other
 * texts go through a table of XXH3_64 hashes; its contents are the suite's, so no data
 * can make its chains long.
 */
#ifndef ASSAY_METRIC_SET_H
#define ASSAY_METRIC_SET_H

#include "metric/expectation.h"

struct assay_set;

/*
 * Makes a set for the values of a check's column, in the arena of `prepare`; it borrows
 * the members' texts. `fold`: letters are equal in both cases. ASSAY_CONFIG where a member
 * has no place in a column of that type: no number, no time, or null. ASSAY_NOMEM.
 */
enum assay_status assay_set_make(const struct assay_prepare *prepare,
                                 const struct assay_scalars *members, bool fold,
                                 const struct assay_set **out, struct assay_error *err);

/*
 * The same for the values of a check's parameter. In a column whose type is inferred true is
 * also 1, True and TRUE, and false 0, False and FALSE, as in a data frame.
 */
enum assay_status assay_set_prepare(const struct assay_prepare *prepare,
                                    const struct assay_scalars *members, bool fold,
                                    const struct assay_set **out, struct assay_error *err);

/* Sets the bits of `in` (zeroed by the caller) of masked rows whose value is a member. */
enum assay_status assay_set_test(const struct assay_set *set, const struct assay_slice *slice,
                                 uint64_t *in, struct assay_error *err);

/*
 * "x IN (...)" for a column in a database, where it means the same there; else NULL with
 * ask->why. In parentheses.
 */
const char *assay_set_sql(const struct assay_scalars *members, bool fold,
                          struct assay_sql_ask *ask);

/* Appends "a, b, c", cut after a few. */
void assay_set_describe(const struct assay_scalars *members, struct assay_buf *out);

#endif
