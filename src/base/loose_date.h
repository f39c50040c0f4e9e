/*
 * Dates and times as people write them, without a format: 3 May 2021, 05/03/2021 4pm,
 * 2021-05-03T16:00:00Z, 20210503, Tue 4th of May …
 *
 * The rules are those of python-dateutil's parser (version 2.9, not fuzzy): where both
 * readings make sense the month comes before the day, a number above 31 is a year, two
 * digits are a year within 50 years of today, and what is not given is today's. They guess;
 * so this is a test for data that was checked with them, never a way to read data.
 */
#ifndef ASSAY_BASE_LOOSE_DATE_H
#define ASSAY_BASE_LOOSE_DATE_H

#include "base/str.h"

#include <stdint.h>

/* Whether the text is a date or time by these rules; `*micros` is it in UTC. */
bool assay_loose_date(struct assay_str text, int64_t now, int64_t *micros);

#endif
