/*
 * The function table: everything about a function is in its row.
 */
#include "config.h"

#include "expr/functions.h"

#include "base/suggest.h"
#include "expr/lex.h"
#include "expr/units.h"

#define ANY ASSAY_EXPR_ARGS_ANY

static const struct assay_expr_function functions[] = {
    {"abs", 1, 1, "n", 'n', 0, assay_expr_eval_abs, NULL, "abs(x): x without its sign"},
    {"ceil", 1, 1, "n", 'n', ASSAY_EXPR_ROUND_UP, assay_expr_eval_round, "CEILING($1)",
     "ceil(x): the next whole number upwards"},
    {"ceiling", 1, 1, "n", 'n', ASSAY_EXPR_ROUND_UP, assay_expr_eval_round, NULL,
     "ceiling(x): the same as ceil"},
    {"char_length", 1, 1, "t", 'n', 0, assay_expr_eval_length, NULL,
     "char_length(s): the same as length"},
    {"coalesce", 1, ANY, "=", '=', 0, assay_expr_eval_coalesce, NULL,
     "coalesce(a, b, ...): the first that is not NULL"},
    {"concat", 1, ANY, "v", 't', 0, assay_expr_eval_concat, NULL,
     "concat(a, b, ...): joined as text; NULL adds nothing"},
    {"contains", 2, 2, "tt", 'b', 2, assay_expr_eval_part, "(POSITION($2 IN $1) > 0)",
     "contains(s, part): whether part is in s"},
    {"current_date", 0, 0, "", 'd', 0, assay_expr_eval_now, "CURRENT_DATE",
     "current_date: the day of the run's clock (--as-of), in UTC"},
    {"current_timestamp", 0, 0, "", 's', 0, assay_expr_eval_now, "CURRENT_TIMESTAMP",
     "current_timestamp: the run's clock (--as-of)"},
    {"date_add", 2, 2, "mi", 's', 0, assay_expr_eval_shift, "($1 + $2)",
     "date_add(t, INTERVAL '1 day'): the same as t + INTERVAL '1 day'"},
    {"date_diff", 3, 3, "umm", 'n', 0, assay_expr_eval_time_unit, NULL,
     "date_diff('day', from, to): boundaries of the unit (microsecond to year) between two times"},
    {"date_trunc", 2, 2, "um", 's', 0, assay_expr_eval_time_trunc, NULL,
     "date_trunc('month', t): the beginning of the unit that t lies in"},
    {"datediff", 3, 3, "umm", 'n', 0, assay_expr_eval_time_unit, NULL,
     "datediff('day', from, to): the same as date_diff"},
    {"day", 1, 1, "m", 'n', ASSAY_EXPR_UNIT_DAY, assay_expr_eval_time_part, "EXTRACT(DAY FROM $1)",
     "day(t): day of the month, 1 to 31"},
    {"dow", 1, 1, "m", 'n', ASSAY_EXPR_UNIT_DOW, assay_expr_eval_time_part, "EXTRACT(DOW FROM $1)",
     "dow(t): day of the week, Sunday is 0"},
    {"doy", 1, 1, "m", 'n', ASSAY_EXPR_UNIT_DOY, assay_expr_eval_time_part, "EXTRACT(DOY FROM $1)",
     "doy(t): day of the year, 1 to 366"},
    {"ends_with", 2, 2, "tt", 'b', 1, assay_expr_eval_part, "(RIGHT($1, CHAR_LENGTH($2)) = $2)",
     "ends_with(s, part): whether s ends in part"},
    {"extract", 2, 2, "um", 'n', 0, assay_expr_eval_time_unit, NULL,
     "extract(YEAR FROM t): year, quarter, month, week, day, dow, isodow, isoyear, doy, hour, "
     "minute, second, microsecond or epoch"},
    {"floor", 1, 1, "n", 'n', ASSAY_EXPR_ROUND_DOWN, assay_expr_eval_round, NULL,
     "floor(x): the next whole number downwards"},
    {"greatest", 1, ANY, "=", '=', ASSAY_EXPR_GT, assay_expr_eval_extreme, NULL,
     "greatest(a, b, ...): the largest that is not NULL"},
    {"hour", 1, 1, "m", 'n', ASSAY_EXPR_UNIT_HOUR, assay_expr_eval_time_part,
     "EXTRACT(HOUR FROM $1)", "hour(t): 0 to 23"},
    {"least", 1, ANY, "=", '=', ASSAY_EXPR_LT, assay_expr_eval_extreme, NULL,
     "least(a, b, ...): the smallest that is not NULL"},
    {"length", 1, 1, "t", 'n', 0, assay_expr_eval_length, "CHAR_LENGTH($1)",
     "length(s): how many characters"},
    {"lower", 1, 1, "t", 't', 0, assay_expr_eval_text_case, NULL, "lower(s): in small letters"},
    {"ltrim", 1, 2, "t", 't', 1, assay_expr_eval_trim, NULL,
     "ltrim(s[, characters]): without leading spaces, or characters of that set"},
    {"minute", 1, 1, "m", 'n', ASSAY_EXPR_UNIT_MINUTE, assay_expr_eval_time_part,
     "EXTRACT(MINUTE FROM $1)", "minute(t): 0 to 59"},
    {"mod", 2, 2, "nn", 'n', 0, assay_expr_eval_mod, NULL,
     "mod(a, b): the remainder of a / b, with the sign of a"},
    {"month", 1, 1, "m", 'n', ASSAY_EXPR_UNIT_MONTH, assay_expr_eval_time_part,
     "EXTRACT(MONTH FROM $1)", "month(t): 1 to 12"},
    {"now", 0, 0, "", 's', 0, assay_expr_eval_now, "CURRENT_TIMESTAMP",
     "now(): the run's clock (--as-of)"},
    {"nullif", 2, 2, "==", '=', 0, assay_expr_eval_nullif, NULL,
     "nullif(a, b): NULL where a = b, else a"},
    {"quarter", 1, 1, "m", 'n', ASSAY_EXPR_UNIT_QUARTER, assay_expr_eval_time_part,
     "EXTRACT(QUARTER FROM $1)", "quarter(t): 1 to 4"},
    {"regexp_like", 2, 3, "tpf", 'b', 0, assay_expr_eval_regexp_like, NULL,
     "regexp_like(s, 'pattern'[, 'i']): whether the pattern (PCRE2) is found in s"},
    {"replace", 3, 3, "ttt", 't', 0, assay_expr_eval_replace, NULL,
     "replace(s, from, to): every from in s replaced by to"},
    {"round", 1, 2, "nn", 'n', ASSAY_EXPR_ROUND_HALF, assay_expr_eval_round, NULL,
     "round(x[, digits]): half away from zero"},
    {"rtrim", 1, 2, "t", 't', 2, assay_expr_eval_trim, NULL,
     "rtrim(s[, characters]): without trailing spaces, or characters of that set"},
    {"second", 1, 1, "m", 'n', ASSAY_EXPR_UNIT_SECOND, assay_expr_eval_time_part,
     "EXTRACT(SECOND FROM $1)", "second(t): whole seconds, 0 to 59"},
    {"starts_with", 2, 2, "tt", 'b', 0, assay_expr_eval_part, "(LEFT($1, CHAR_LENGTH($2)) = $2)",
     "starts_with(s, part): whether s begins with part"},
    {"substr", 2, 3, "tnn", 't', 0, assay_expr_eval_substr, NULL,
     "substr(s, start[, length]): characters of s, the first is 1"},
    {"substring", 2, 3, "tnn", 't', 0, assay_expr_eval_substr, NULL,
     "substring(s, start[, length]): the same as substr"},
    {"trim", 1, 2, "t", 't', 3, assay_expr_eval_trim, NULL,
     "trim(s[, characters]): without spaces around, or characters of that set"},
    {"upper", 1, 1, "t", 't', 1, assay_expr_eval_text_case, NULL, "upper(s): in capitals"},
    {"week", 1, 1, "m", 'n', ASSAY_EXPR_UNIT_WEEK, assay_expr_eval_time_part,
     "EXTRACT(WEEK FROM $1)", "week(t): week of ISO 8601, 1 to 53"},
    {"year", 1, 1, "m", 'n', ASSAY_EXPR_UNIT_YEAR, assay_expr_eval_time_part,
     "EXTRACT(YEAR FROM $1)", "year(t): the year"},
};

#define COUNT (sizeof functions / sizeof functions[0])

const struct assay_expr_function *assay_expr_functions(uint32_t *count)
{
    *count = (uint32_t)COUNT;
    return functions;
}

const struct assay_expr_function *assay_expr_function_find(struct assay_str name)
{
    for (size_t i = 0; i < COUNT; i++)
        if (assay_expr_word_is(name, functions[i].name))
            return &functions[i];
    return NULL;
}

const char *assay_expr_function_suggest(struct assay_str name)
{
    const char *names[COUNT + 1];
    for (size_t i = 0; i < COUNT; i++)
        names[i] = functions[i].name;
    names[COUNT] = "cast";
    return assay_suggest(name, names, COUNT + 1);
}
