/*
 * The words that loose dates are made of. Private to base/loose_date.c.
 */
#ifndef ASSAY_BASE_LOOSE_DATE_WORDS_H
#define ASSAY_BASE_LOOSE_DATE_WORDS_H

#include "base/str.h"

#define ASSAY_LOOSE_TOKENS 64u

/* A run of letters or digits, with the points in a number; or one other byte. */
struct assay_loose_tokens {
    struct assay_loose_token {
        char text[40];
        size_t len;
    } items[ASSAY_LOOSE_TOKENS];
    int count;
};

/* False: more, or longer ones, than any date has. */
bool assay_loose_tokenize(struct assay_str text, struct assay_loose_tokens *r);

/* All in any case. A month from 1 or 0; a weekday from Monday, 0, a unit (h, m, s), a half
   of the day (am, pm) from 0 or -1. */
bool assay_loose_is_word(const char *text, const char *word);
bool assay_loose_is_jump(const char *text); /* says nothing: at, of, th, a comma … */
bool assay_loose_is_utc(const char *text);
int assay_loose_month(const char *text);
int assay_loose_weekday(const char *text);
int assay_loose_unit(const char *text);
int assay_loose_half(const char *text);

#endif
