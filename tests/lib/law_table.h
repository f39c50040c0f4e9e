/*
 * A table of all sorts of values, drawn at random but the same each time.
 */
#ifndef ASSAY_TESTS_LAW_TABLE_H
#define ASSAY_TESTS_LAW_TABLE_H

#include "tests/lib/table_batch.h"

/* The columns of the table. */
enum { INTS, NUMBERS, MIXED, LOOSE, DATES, STAMPS, TEXTS, RISING, FLAGS, IDS, LAW_COLUMNS };

/* Begins to draw anew. */
void law_seed(uint64_t seed);

/* A number below `below`, or 0 where that is 0. */
uint32_t law_draw(uint32_t below);

/* Fills an empty table; of a hundred values `nulls` are null. */
void law_table_make(struct table *table, uint32_t rows, uint32_t nulls);

#endif
