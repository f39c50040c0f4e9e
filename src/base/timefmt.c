/*
 * Declared time formats. Compiling flattens the pattern into steps, one a directive or a
 * character, and refuses what could not give one time; reading walks the steps and, at a
 * number of open length, tries the lengths in turn. Directives occur once, which bounds
 * the ways there are to try.
 */
#include "config.h"

#include "base/timefmt.h"

/* The order is that of the tables and of the `seen` bits. */
static const char directives[] = "YymdHMSfbBaAjpIzZ";

/* What a value has said so far. */
struct fields {
    int32_t year;
    unsigned month, day, yday;
    unsigned hour, minute, second, micro;
    bool pm;
    int64_t offset;
};

static const struct number {
    char directive;
    uint8_t min_digits, max_digits;
    uint16_t least, most;
    size_t at;
} numbers[] = {
    {'m', 1, 2, 1, 12, offsetof(struct fields, month)},
    {'d', 1, 2, 1, 31, offsetof(struct fields, day)},
    {'j', 1, 3, 1, 366, offsetof(struct fields, yday)},
    {'H', 1, 2, 0, 23, offsetof(struct fields, hour)},
    {'I', 1, 2, 1, 12, offsetof(struct fields, hour)},
    {'M', 1, 2, 0, 59, offsetof(struct fields, minute)},
    {'S', 1, 2, 0, 59, offsetof(struct fields, second)},
    {'Y', 4, 4, 1, 9999, offsetof(struct fields, year)},
    {'y', 2, 2, 0, 99, offsetof(struct fields, year)},
    {'f', 1, 6, 0, 0, offsetof(struct fields, micro)}, /* any: bounded by its digits */
};

/* The index of a directive's number, -1 where it is none. */
static int find_number(char directive)
{
    int i = sizeof numbers / sizeof numbers[0];
    while (i-- > 0 && numbers[i].directive != directive)
        ;
    return i;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static uint32_t bit_of(char directive)
{
    const char *found = directive ? strchr(directives, directive) : NULL;
    return found ? UINT32_C(1) << (found - directives) : 0;
}

static uint32_t bits_of(const char *set)
{
    uint32_t bits = 0;
    for (; *set; set++)
        bits |= bit_of(*set);
    return bits;
}

/* A pattern while it is compiled. */
struct compiler {
    struct assay_timefmt *format;
    struct assay_str pattern;
    uint32_t seen;
    struct assay_error *err;
};

static enum assay_status refuse(const struct compiler *c, size_t at, enum assay_status status,
                                const char *why)
{
    assay_fail(c->err, status, "TIME-FORMAT", "the time format is wrong at character %zu: %s",
               at + 1, why);
    assay_error_at(c->err, NULL, 0, at + 1);
    assay_error_excerpt(c->err, c->pattern.ptr, c->pattern.len, at);
    assay_error_help(c->err, "directives are %%Y %%m %%d %%H %%M %%S and others of strptime, as in "
                             "\"%%d.%%m.%%Y %%H:%%M\"");
    return status;
}

static enum assay_status add_step(struct compiler *c, size_t at, char directive, char literal)
{
    struct assay_timefmt *format = c->format;
    uint32_t bit = bit_of(directive);
    if (format->count == ASSAY_TIMEFMT_STEPS)
        return refuse(c, at, ASSAY_LIMIT, "it is too long");
    if (bit & c->seen)
        return refuse(c, at, ASSAY_CONFIG, "the directive occurs twice");
    c->seen |= bit;
    format->step[format->count].directive = directive;
    format->step[format->count].detail = directive ? (char)find_number(directive) : literal;
    format->count++;
    return ASSAY_OK;
}

static enum assay_status add_directive(struct compiler *c, size_t at, char letter)
{
    const char *expansion = letter == 'F'   ? "Y-m-d"
                            : letter == 'T' ? "H:M:S"
                            : letter == 'R' ? "H:M"
                                            : NULL;
    if (letter == '%')
        return add_step(c, at, 0, '%');
    if (expansion == NULL && bit_of(letter) == 0)
        return refuse(c, at, ASSAY_CONFIG, "no such directive");
    if (expansion == NULL)
        return add_step(c, at, letter, 0);
    for (; *expansion; expansion++) {
        bool literal = bit_of(*expansion) == 0;
        ASSAY_TRY(add_step(c, at, literal ? 0 : *expansion, literal ? *expansion : 0));
    }
    return ASSAY_OK;
}

/* Whether the directives together name one time, and of which kind. */
static enum assay_status decide_kind(struct compiler *c)
{
    static const struct rule {
        const char *any, *needs, *why;
    } rules[] = {
        {"mdbBjaA", "Yy", "a date needs a year, %Y or %y"},
        {"d", "mbB", "a day needs a month, %m or %b"},
        {"I", "p", "%I needs %p, AM or PM"},
        {"p", "I", "%p needs %I, the hour of twelve"},
        {"M", "HI", "minutes need an hour, %H or %I"},
        {"S", "M", "seconds need minutes, %M"},
        {"f", "S", "a fraction needs seconds, %S"},
        {"zZ", "HI", "a zone needs a time of day, %H or %I"},
        {"zZ", "Yy", "a zone needs a date"},
    };
    static const char *const exclusive[] = {"Yy", "mbBj", "dj", "HI", "aA", "zZ"};
    size_t end = c->pattern.len;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if ((c->seen & bits_of(rules[i].any)) && !(c->seen & bits_of(rules[i].needs)))
            return refuse(c, end, ASSAY_CONFIG, rules[i].why);
    }
    for (size_t i = 0; i < sizeof exclusive / sizeof exclusive[0]; i++) {
        uint32_t both = c->seen & bits_of(exclusive[i]);
        if (both & (both - 1))
            return refuse(c, end, ASSAY_CONFIG, "two directives say the same thing");
    }
    bool date = c->seen & bits_of("Yy"), clock = c->seen & bits_of("HI");
    if (!date && !clock)
        return refuse(c, end, ASSAY_CONFIG, "it names neither a date nor a time");
    c->format->kind = !clock ? ASSAY_TIME_DATE : date ? ASSAY_TIME_TIMESTAMP : ASSAY_TIME_TIME;
    c->format->twelve = c->seen & bits_of("I");
    c->format->zoned = c->seen & bits_of("zZ");
    return ASSAY_OK;
}

enum assay_status assay_timefmt_compile(struct assay_timefmt *format, struct assay_str pattern,
                                        struct assay_error *err)
{
    struct compiler c = {.format = format, .pattern = pattern, .err = err};
    memset(format, 0, sizeof *format);
    for (size_t i = 0; i < pattern.len; i++) {
        char ch = pattern.ptr[i];
        if (ch == '%') {
            if (++i == pattern.len)
                return refuse(&c, i - 1, ASSAY_CONFIG, "a percent sign at the end");
            ASSAY_TRY(add_directive(&c, i - 1, pattern.ptr[i]));
        } else if (!is_space(ch)) {
            ASSAY_TRY(add_step(&c, i, 0, lower(ch)));
        } else if (i == 0 || !is_space(pattern.ptr[i - 1])) {
            ASSAY_TRY(add_step(&c, i, ' ', 0));
        }
    }
    return decide_kind(&c);
}

/* The number of bytes `name` takes at the start of the text in any case, or 0. */
static size_t match_word(struct assay_str text, const char *name, size_t len)
{
    if (text.len < len)
        return 0;
    for (size_t i = 0; i < len; i++) {
        if (lower(text.ptr[i]) != name[i])
            return 0;
    }
    return len;
}

/* The index of the name the text begins with, by all or by three of its letters; or -1. */
static int match_name(struct assay_str text, const char *const *names, int count, bool full,
                      size_t *used)
{
    for (int i = 0; i < count; i++) {
        *used = match_word(text, names[i], full ? strlen(names[i]) : 3);
        if (*used > 0)
            return i;
    }
    return -1;
}

static const char *const months[] = {"january",   "february", "march",    "april",
                                     "may",       "june",     "july",     "august",
                                     "september", "october",  "november", "december"};
static const char *const weekdays[] = {"monday", "tuesday",  "wednesday", "thursday",
                                       "friday", "saturday", "sunday"};

static size_t read_zone(struct assay_str text, int64_t *offset)
{
    /* Only the lengths of Z, +hhmm and +hh:mm; base/time.h also knows +hh. */
    static const size_t lengths[] = {6, 5, 1};
    for (size_t i = 0; i < 3; i++) {
        if (lengths[i] <= text.len &&
            assay_time_parse_zone(assay_str(text.ptr, lengths[i]), offset))
            return lengths[i];
    }
    return 0;
}

static size_t read_zone_name(struct assay_str text, int64_t *offset)
{
    *offset = 0;
    size_t used = match_word(text, "utc", 3);
    used = used ? used : match_word(text, "gmt", 3);
    return used ? used : match_word(text, "z", 1);
}

/* A directive that is no number; the bytes it takes, 0 where it does not match. */
static size_t read_word(char directive, struct assay_str text, struct fields *f)
{
    size_t used = 0;
    int index;
    switch (directive) {
    case 'b':
    case 'B':
        index = match_name(text, months, 12, directive == 'B', &used);
        f->month = (unsigned)(index + 1);
        return used;
    case 'a':
    case 'A': match_name(text, weekdays, 7, directive == 'A', &used); return used;
    case 'p': f->pm = match_word(text, "pm", 2) != 0; return f->pm ? 2 : match_word(text, "am", 2);
    case 'z': return read_zone(text, &f->offset);
    default: return read_zone_name(text, &f->offset);
    }
}

/* Takes the first `n` bytes, which are digits, as this number; false where it is none. */
static bool set_number(const struct number *number, const char *p, size_t n, struct fields *f)
{
    uint32_t value = 0;
    for (size_t i = 0; i < n; i++)
        value = value * 10 + (uint32_t)(p[i] - '0');
    if (number->directive == 'f') {
        for (; n < 6; n++)
            value *= 10;
    } else if (value < number->least || value > number->most) {
        return false;
    }
    if (number->directive == 'y')
        value += value < 69 ? 2000 : 1900;
    memcpy((char *)f + number->at, &value, sizeof value);
    return true;
}

static bool match(const struct assay_timefmt *format, size_t step, struct assay_str text,
                  struct fields *f);

/* The rest of the text behind the first `used` bytes, matched by the steps behind this one. */
static bool match_rest(const struct assay_timefmt *format, size_t step, struct assay_str text,
                       size_t used, struct fields *f)
{
    return match(format, step + 1, assay_str(text.ptr + used, text.len - used), f);
}

static bool match_number(const struct assay_timefmt *format, size_t step, struct assay_str text,
                         const struct number *number, struct fields *f)
{
    size_t run = 0;
    while (run < number->max_digits && run < text.len && text.ptr[run] >= '0' &&
           text.ptr[run] <= '9')
        run++;
    for (size_t n = run; n >= number->min_digits; n--) {
        if (set_number(number, text.ptr, n, f) && match_rest(format, step, text, n, f))
            return true;
    }
    return false;
}

/* Walks the steps that can match in one way only; recursion is one level a directive. */
static bool match(const struct assay_timefmt *format, size_t step, struct assay_str text,
                  struct fields *f)
{
    for (; step < format->count; step++) {
        char directive = format->step[step].directive;
        size_t used = 0;
        if (directive == 0) {
            used = text.len > 0 && lower(text.ptr[0]) == format->step[step].detail;
        } else if (directive == ' ') {
            while (used < text.len && is_space(text.ptr[used]))
                used++;
        } else {
            int number = (signed char)format->step[step].detail;
            if (number >= 0)
                return match_number(format, step, text, &numbers[number], f);
            used = read_word(directive, text, f);
        }
        if (used == 0)
            return false;
        text = assay_str(text.ptr + used, text.len - used);
    }
    return text.len == 0;
}

static bool date_of(const struct fields *f, int64_t *days)
{
    unsigned month = f->month ? f->month : 1, day = f->day ? f->day : 1;
    if (!assay_time_is_date(f->year, month, day))
        return false;
    *days = assay_time_days(f->year, month, day);
    if (f->yday == 0)
        return true;
    *days += f->yday - 1;
    return f->yday < 366 || assay_time_is_date(f->year, 2, 29);
}

bool assay_timefmt_parse(const struct assay_timefmt *format, struct assay_str text, int64_t offset,
                         int64_t *micros)
{
    struct fields f = {.offset = format->kind == ASSAY_TIME_TIMESTAMP ? offset : 0};
    int64_t days = 0;
    *micros = 0;
    if (!match(format, 0, text, &f))
        return false;
    if (format->kind != ASSAY_TIME_TIME && !date_of(&f, &days))
        return false;
    if (format->twelve)
        f.hour = f.hour % 12 + (f.pm ? 12 : 0);
    int64_t local = days * ASSAY_DAY_US + f.hour * ASSAY_HOUR_US + f.minute * ASSAY_MINUTE_US +
                    f.second * ASSAY_SECOND_US + f.micro;
    int64_t value = local - f.offset;
    if (value < ASSAY_TIME_MIN || value > ASSAY_TIME_MAX)
        return false;
    *micros = value;
    return true;
}
