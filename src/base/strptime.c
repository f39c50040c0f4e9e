/*
 * Matching by backtracking, since a number may have one digit or two. Each directive stands
 * in a format once, so there is little to go back over.
 */
#include "config.h"

#include "base/strptime.h"

#include "base/time.h"

#define NONE INT32_MIN

/* What was read so far; NONE: nothing. */
struct fields {
    int32_t year, month, day, second, iso_year;
};

struct match {
    const struct assay_strptime *format;
    const char *p, *end;
    struct fields fields;
};

static const char *const days[] = {"monday", "tuesday",  "wednesday", "thursday",
                                   "friday", "saturday", "sunday"};
static const char *const months[] = {"january",   "february", "march",    "april",
                                     "may",       "june",     "july",     "august",
                                     "september", "october",  "november", "december"};

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static enum assay_status refuse(struct assay_str text, size_t at, const char *what,
                                struct assay_error *err)
{
    assay_fail(err, ASSAY_CONFIG, "TIME-FORMAT", "%s", what);
    assay_error_excerpt(err, text.ptr, text.len, at);
    return ASSAY_CONFIG;
}

/* Formats that stand for several directives, in the C locale. */
static const char *expansion(char directive)
{
    switch (directive) {
    case 'c': return "%a %b %d %H:%M:%S %Y";
    case 'x': return "%m/%d/%y";
    case 'X': return "%H:%M:%S";
    default: return NULL;
    }
}

static bool has_directive(const struct assay_strptime *format, char directive)
{
    for (uint32_t i = 0; i < format->count; i++)
        if (format->parts[i].directive == directive)
            return true;
    return false;
}

static enum assay_status compile(struct assay_strptime *format, struct assay_str text,
                                 struct assay_str shown, size_t shown_at, struct assay_error *err)
{
    for (size_t i = 0; i < text.len; i++) {
        size_t at = shown.ptr == text.ptr ? i : shown_at;
        if (format->count == ASSAY_STRPTIME_PARTS)
            return refuse(shown, at, "the format is too long", err);
        struct assay_strptime_part part = {0, lower(text.ptr[i])};
        if (is_space(text.ptr[i])) {
            part.directive = ' ';
            while (i + 1 < text.len && is_space(text.ptr[i + 1]))
                i++;
        } else if (text.ptr[i] == '%') {
            char directive = i + 1 < text.len ? text.ptr[++i] : '\0';
            const char *longer = expansion(directive);
            if (longer != NULL) {
                ASSAY_TRY(compile(format, assay_cstr(longer), shown, at, err));
                continue;
            }
            part.literal = '%';
            if (directive == '\0' || strchr("aAbBdfGHIjmMpSuUVwWyYzZ%", directive) == NULL)
                return refuse(shown, at, "there is no such directive", err);
            part.directive = directive == '%' ? 0 : directive;
            if (directive != '%' && has_directive(format, directive))
                return refuse(shown, at, "a directive may stand only once", err);
        }
        format->parts[format->count++] = part;
    }
    return ASSAY_OK;
}

enum assay_status assay_strptime_compile(struct assay_strptime *format, struct assay_str text,
                                         struct assay_error *err)
{
    format->count = 0;
    ASSAY_TRY(compile(format, text, text, 0, err));
    bool week = has_directive(format, 'V'), year = has_directive(format, 'G');
    bool weekday = has_directive(format, 'a') || has_directive(format, 'A') ||
                   has_directive(format, 'w') || has_directive(format, 'u');
    if ((week && !year) || (year && (!week || !weekday)))
        return refuse(text, 0, "%G, %V and a day of the week belong together", err);
    assay_strptime_fix(format);
    return ASSAY_OK;
}

static bool match_from(struct match *match, uint32_t part);

/* Goes on behind `n` bytes, and comes back where that leads nowhere. */
static bool go_on(struct match *match, uint32_t part, size_t n)
{
    const char *p = match->p;
    match->p += n;
    if (match_from(match, part + 1))
        return true;
    match->p = p;
    return false;
}

static bool is_digit(const struct match *match, size_t i)
{
    return match->p + i < match->end && match->p[i] >= '0' && match->p[i] <= '9';
}

/* A number of at most `most` digits and at least `least`, from low to high: longest first. */
static bool match_number(struct match *match, uint32_t part, size_t least, size_t most, int32_t low,
                         int32_t high, int32_t *field)
{
    int32_t saved = field ? *field : 0;
    for (size_t n = most; n >= least && n > 0; n--) {
        int32_t value = 0;
        size_t i = 0;
        while (i < n && is_digit(match, i))
            value = value * 10 + match->p[i++] - '0';
        if (i < n || value < low || value > high)
            continue;
        if (field != NULL)
            *field = value;
        if (go_on(match, part, n))
            return true;
    }
    if (field != NULL)
        *field = saved;
    return false;
}

/* One of the names, or its first three letters. */
static bool match_name(struct match *match, uint32_t part, const char *const *names, int count,
                       bool whole, int32_t *field)
{
    int32_t saved = *field;
    for (int k = 0; k < count; k++) {
        size_t n = whole ? strlen(names[k]) : 3, i = 0;
        while (i < n && match->p + i < match->end && lower(match->p[i]) == names[k][i])
            i++;
        if (i < n)
            continue;
        *field = k + 1;
        if (go_on(match, part, n))
            return true;
    }
    *field = saved;
    return false;
}

static bool two_digits(const struct match *match, size_t i, char most)
{
    return is_digit(match, i) && match->p[i] <= most && is_digit(match, i + 1);
}

/* +HHMM, +HH:MM, with seconds and a fraction behind them, or Z. */
static bool match_zone(struct match *match, uint32_t part)
{
    size_t ends[4] = {0}, n = 0;
    if (match->p < match->end && *match->p == 'Z')
        return go_on(match, part, 1);
    if (match->p >= match->end || (*match->p != '+' && *match->p != '-') ||
        !two_digits(match, 1, '2') || (match->p[1] == '2' && match->p[2] > '3'))
        return false;
    size_t i = 3;
    i += match->p + i < match->end && match->p[i] == ':';
    if (!two_digits(match, i, '5'))
        return false;
    ends[n++] = i += 2;
    size_t k = i + (match->p + i < match->end && match->p[i] == ':');
    if (two_digits(match, k, '5')) {
        ends[n++] = k += 2;
        if (match->p + k < match->end && match->p[k] == '.' && is_digit(match, k + 1)) {
            size_t digits = 1;
            while (digits < 6 && is_digit(match, k + 1 + digits))
                digits++;
            ends[n++] = k + 1 + digits;
        }
    }
    while (n > 0)
        if (go_on(match, part, ends[--n]))
            return true;
    return false;
}

static bool match_word(struct match *match, uint32_t part, const char *const *words)
{
    for (; *words != NULL; words++) {
        size_t n = strlen(*words), i = 0;
        while (i < n && match->p + i < match->end && lower(match->p[i]) == (*words)[i])
            i++;
        if (i == n && go_on(match, part, n))
            return true;
    }
    return false;
}

static bool match_spaces(struct match *match, uint32_t part)
{
    size_t n = 0;
    while (match->p + n < match->end && is_space(match->p[n]))
        n++;
    for (; n > 0; n--)
        if (go_on(match, part, n))
            return true;
    return false;
}

static bool match_day(struct match *match, uint32_t part)
{
    bool padded = match->p + 1 < match->end && *match->p == ' ' && is_digit(match, 1);
    if (match_number(match, part, 1, 2, 1, 31, &match->fields.day))
        return true;
    if (!padded)
        return false;
    match->p++;
    if (match_number(match, part, 1, 1, 1, 9, &match->fields.day))
        return true;
    match->p--;
    return false;
}

static bool match_directive(struct match *match, uint32_t part, char directive)
{
    static const char *const halves[] = {"am", "pm", NULL};
    static const char *const zones[] = {"utc", "gmt", NULL};
    struct fields *fields = &match->fields;
    int32_t weekday = NONE;
    switch (directive) {
    case ' ': return match_spaces(match, part);
    case 'a': return match_name(match, part, days, 7, false, &weekday);
    case 'A': return match_name(match, part, days, 7, true, &weekday);
    case 'b': return match_name(match, part, months, 12, false, &fields->month);
    case 'B': return match_name(match, part, months, 12, true, &fields->month);
    case 'd': return match_day(match, part);
    case 'f': return match_number(match, part, 1, 6, 0, 999999, NULL);
    case 'G': return match_number(match, part, 4, 4, 0, 9999, &fields->iso_year);
    case 'H': return match_number(match, part, 1, 2, 0, 23, NULL);
    case 'I': return match_number(match, part, 1, 2, 1, 12, NULL);
    case 'j': return match_number(match, part, 1, 3, 1, 366, NULL);
    case 'm': return match_number(match, part, 1, 2, 1, 12, &fields->month);
    case 'M': return match_number(match, part, 1, 2, 0, 59, NULL);
    case 'p': return match_word(match, part, halves);
    case 'S': return match_number(match, part, 1, 2, 0, 61, &fields->second);
    case 'u': return match_number(match, part, 1, 1, 1, 7, NULL);
    case 'U':
    case 'W': return match_number(match, part, 1, 2, 0, 53, NULL);
    case 'V': return match_number(match, part, 1, 2, 0, 53, NULL);
    case 'w': return match_number(match, part, 1, 1, 0, 6, NULL);
    case 'y': return match_number(match, part, 2, 2, 0, 99, &fields->year);
    case 'Y': return match_number(match, part, 4, 4, 0, 9999, &fields->year);
    case 'z': return match_zone(match, part);
    default: return match_word(match, part, zones);
    }
}

static bool match_from(struct match *match, uint32_t part)
{
    if (part == match->format->count)
        return match->p == match->end;
    const struct assay_strptime_part *at = &match->format->parts[part];
    if (at->directive != 0)
        return match_directive(match, part, at->directive);
    return match->p < match->end && lower(*match->p) == at->literal && go_on(match, part, 1);
}

/* The first text that matches has to be a date that exists; there is no second try. */
static bool exists(const struct match *match)
{
    const struct fields *fields = &match->fields;
    const struct assay_strptime *format = match->format;
    int32_t month = fields->month == NONE ? 1 : fields->month;
    int32_t year = fields->year;
    if (year == NONE) /* a leap year, where it is the 29th of February */
        year = fields->day == 29 && month == 2 ? 1904 : 1900;
    else if (has_directive(format, 'y'))
        year += year < 69 ? 2000 : 1900;
    if (year == 0 || fields->second > 59)
        return false;
    if (fields->iso_year == 0)
        return false;
    return fields->day == NONE || assay_time_is_date(year, (unsigned)month, (unsigned)fields->day);
}

bool assay_strptime_holds(const struct assay_strptime *format, struct assay_str text)
{
    struct match match = {
        .format = format,
        .p = text.ptr,
        .end = text.ptr + text.len,
        .fields = {NONE, NONE, NONE, NONE, NONE},
    };
    return match_from(&match, 0) && exists(&match);
}
