/*
 * The safe subset of PCRE2's syntax, parsed into a Thompson NFA.
 *
 * There is no tree: a bounded repetition parses its operand again for every copy. On
 * the least doubt about what PCRE2 (of any version) makes of a construct the parser
 * gives up, since giving up costs only speed.
 */
#include "config.h"

#include "base/dfa_impl.h"

#define PATTERN_MAX 2048
#define DEPTH_MAX 50
#define COUNT_MAX 1000
#define UNBOUNDED 0xffff

struct parser {
    const unsigned char *text;
    size_t len;
    size_t at;
    unsigned depth;
    bool caseless;
    bool unicode; /* (*UCP): what it adds to \\d, \\s and \\w lies beyond ASCII */
    bool failed;
    struct assay_nfa *nfa;
};

/* A piece of the NFA: entered at `in`, left by the still open `out` of node `last`. */
struct piece {
    unsigned in;
    unsigned last;
};

static struct piece parse_alternatives(struct parser *ps);

static void give_up(struct parser *ps)
{
    ps->failed = true;
    ps->at = ps->len;
}

static int peek(const struct parser *ps, size_t ahead)
{
    return ps->len - ps->at > ahead ? ps->text[ps->at + ahead] : -1;
}

static bool take(struct parser *ps, int c)
{
    if (peek(ps, 0) != c)
        return false;
    ps->at++;
    return true;
}

/* ---- Nodes ---- */

static unsigned new_node(struct parser *ps, enum assay_nfa_kind kind, unsigned out, unsigned out1)
{
    if (ps->nfa->count == ASSAY_NFA_MAX) {
        give_up(ps);
        return 0;
    }
    ps->nfa->nodes[ps->nfa->count] = (struct assay_nfa_node){
        .kind = (uint8_t)kind, .out = (uint16_t)out, .out1 = (uint16_t)out1};
    return ps->nfa->count++;
}

static struct piece one_node(struct parser *ps, enum assay_nfa_kind kind)
{
    unsigned node = new_node(ps, kind, ASSAY_NFA_NONE, ASSAY_NFA_NONE);
    return (struct piece){node, node};
}

static void link_to(struct parser *ps, unsigned node, unsigned target)
{
    ps->nfa->nodes[node].out = (uint16_t)target;
}

/* ---- Sets of bytes ---- */

static void add_range(struct assay_ascii *set, unsigned from, unsigned to)
{
    for (unsigned c = from; c <= to; c++)
        set->bits[c >> 6] |= 1ULL << (c & 63);
}

/* `ranges` is pairs of first and last byte. */
static void add_ranges(struct assay_ascii *set, struct assay_str ranges, bool negated)
{
    struct assay_ascii add = {{0, 0}};
    for (size_t i = 0; i + 1 < ranges.len; i += 2)
        add_range(&add, (unsigned char)ranges.ptr[i], (unsigned char)ranges.ptr[i + 1]);
    for (int i = 0; i < 2; i++)
        set->bits[i] |= negated ? ~add.bits[i] : add.bits[i];
}

static void fold_case(struct assay_ascii *set)
{
    const uint64_t letters = 0x07fffffe; /* A-Z in the upper word; a-z lie 32 bits above */
    uint64_t either = (set->bits[1] | set->bits[1] >> 32) & letters;
    set->bits[1] |= either | either << 32;
}

static struct piece byte_piece(struct parser *ps, struct assay_ascii set, bool negated)
{
    if (ps->caseless)
        fold_case(&set);
    struct piece piece = one_node(ps, ASSAY_NFA_BYTE);
    for (int i = 0; i < 2; i++)
        ps->nfa->nodes[piece.in].set.bits[i] = negated ? ~set.bits[i] : set.bits[i];
    return piece;
}

/* ---- Escapes ---- */

#define RANGES(literal)                \
    {                                  \
        (literal), sizeof(literal) - 1 \
    }

/* Lower case: the set; the upper-case letter is everything else. */
static const struct {
    char name;
    struct assay_str ranges;
} set_escapes[] = {
    {'d', RANGES("09")},       {'h', RANGES("\t\t  ")}, {'s', RANGES("\t\r  ")},
    {'w', RANGES("09AZ__az")}, {'v', RANGES("\n\r")},
};

static const struct {
    char name;
    char byte;
} byte_escapes[] = {{'a', 7}, {'e', 27}, {'f', '\f'}, {'n', '\n'}, {'r', '\r'}, {'t', '\t'}};

enum escape { ESCAPE_BYTE, ESCAPE_SET, ESCAPE_START, ESCAPE_END, ESCAPE_UNKNOWN };

static int hex_digit(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* \xHH and \x{HH}, below 0x80. */
static enum escape parse_hex(struct parser *ps, unsigned *byte)
{
    bool braces = take(ps, '{');
    int high = hex_digit(peek(ps, 0)), low = hex_digit(peek(ps, 1));
    if (high < 0 || high > 7 || low < 0)
        return ESCAPE_UNKNOWN;
    ps->at += 2;
    *byte = (unsigned)(high * 16 + low);
    return braces && !take(ps, '}') ? ESCAPE_UNKNOWN : ESCAPE_BYTE;
}

static enum escape parse_letter_escape(struct parser *ps, int c, unsigned *byte,
                                       struct assay_ascii *set)
{
    for (size_t i = 0; i < sizeof byte_escapes / sizeof *byte_escapes; i++)
        if (byte_escapes[i].name == c) {
            *byte = (unsigned char)byte_escapes[i].byte;
            return ESCAPE_BYTE;
        }
    for (size_t i = 0; i < sizeof set_escapes / sizeof *set_escapes; i++)
        if (set_escapes[i].name == (c | 0x20)) {
            add_ranges(set, set_escapes[i].ranges, !(c & 0x20));
            return ESCAPE_SET;
        }
    if (c == 'x')
        return parse_hex(ps, byte);
    if (c == 'A')
        return ESCAPE_START;
    return c == 'z' ? ESCAPE_END : ESCAPE_UNKNOWN;
}

/* What stands behind a backslash. */
static enum escape parse_escape(struct parser *ps, unsigned *byte, struct assay_ascii *set)
{
    int c = peek(ps, 0);
    if (c < 0 || c >= 0x80 || (c >= '0' && c <= '9'))
        return ESCAPE_UNKNOWN;
    ps->at++;
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
        return parse_letter_escape(ps, c, byte, set);
    *byte = (unsigned)c;
    return ESCAPE_BYTE;
}

/* ---- Bracketed classes ---- */

static const struct {
    struct assay_str name;
    struct assay_str ranges;
} posix_classes[] = {
    {RANGES("alnum"), RANGES("09AZaz")},
    {RANGES("alpha"), RANGES("AZaz")},
    {RANGES("ascii"), RANGES("\0\177")},
    {RANGES("blank"), RANGES("\t\t  ")},
    {RANGES("cntrl"), RANGES("\0\37\177\177")},
    {RANGES("digit"), RANGES("09")},
    {RANGES("graph"), RANGES("!~")},
    {RANGES("lower"), RANGES("az")},
    {RANGES("print"), RANGES(" ~")},
    {RANGES("punct"), RANGES("!/:@[`{~")},
    {RANGES("space"), RANGES("\t\r  ")},
    {RANGES("upper"), RANGES("AZ")},
    {RANGES("word"), RANGES("09AZ__az")},
    {RANGES("xdigit"), RANGES("09AFaf")},
};

/* Behind "[:" within a class. */
static void parse_posix(struct parser *ps, struct assay_ascii *set)
{
    bool negated = take(ps, '^');
    if (ps->unicode)
        give_up(ps); /* [:punct:] and its like are others then, even in ASCII */
    struct assay_str rest = {(const char *)ps->text + ps->at, ps->len - ps->at};
    for (size_t i = 0; i < sizeof posix_classes / sizeof *posix_classes; i++) {
        struct assay_str name = posix_classes[i].name;
        if (rest.len < name.len + 2 || !assay_str_equal(name, assay_str(rest.ptr, name.len)) ||
            rest.ptr[name.len] != ':' || rest.ptr[name.len + 1] != ']')
            continue;
        if (negated && ps->caseless)
            break; /* PCRE2 widens upper and lower before negating */
        ps->at += name.len + 2;
        add_ranges(set, posix_classes[i].ranges, negated);
        return;
    }
    give_up(ps);
}

/* One member of a class: a byte, or a set that is added at once. */
static enum escape parse_member(struct parser *ps, unsigned *byte, struct assay_ascii *set)
{
    int c = peek(ps, 0), next = peek(ps, 1);
    if (c < 0 || c >= 0x80)
        return ESCAPE_UNKNOWN;
    ps->at++;
    if (c == '\\') {
        if (take(ps, 'b')) {
            *byte = '\b';
            return ESCAPE_BYTE;
        }
        return parse_escape(ps, byte, set);
    }
    if (c == '[' && (next == '.' || next == '='))
        return ESCAPE_UNKNOWN;
    if (c == '[' && next == ':') {
        ps->at++;
        parse_posix(ps, set);
        return ESCAPE_SET;
    }
    *byte = (unsigned)c;
    return ESCAPE_BYTE;
}

/* A member, and what a hyphen behind it makes of it; true where it was a range. */
static bool parse_member_or_range(struct parser *ps, struct assay_ascii *set)
{
    unsigned from = 0, to = 0;
    enum escape kind = parse_member(ps, &from, set);
    bool hyphen = peek(ps, 0) == '-' && peek(ps, 1) != ']';
    if (kind > ESCAPE_SET || (kind == ESCAPE_SET && hyphen)) {
        give_up(ps);
        return false;
    }
    if (kind == ESCAPE_SET)
        return false;
    if (!hyphen) {
        add_range(set, from, from);
        return false;
    }
    ps->at++;
    if (parse_member(ps, &to, set) != ESCAPE_BYTE || to < from)
        give_up(ps);
    add_range(set, from, to < from ? from : to);
    return true;
}

/* Behind the opening bracket. */
static struct piece parse_class(struct parser *ps)
{
    struct assay_ascii set = {{0, 0}};
    bool negated = take(ps, '^');
    bool after_range = false;
    for (bool first = true; !ps->failed; first = false) {
        if (!first && take(ps, ']'))
            return byte_piece(ps, set, negated);
        if (after_range && peek(ps, 0) == '-' && peek(ps, 1) == '-')
            give_up(ps);
        else if (after_range && take(ps, '-'))
            add_range(&set, '-', '-'); /* a hyphen behind a range is a hyphen */
        else {
            after_range = parse_member_or_range(ps, &set);
            continue;
        }
        after_range = false;
    }
    return (struct piece){0, 0};
}

/* ---- Atoms ---- */

/* Behind the opening parenthesis: a capturing group or (?:...). */
static struct piece parse_group(struct parser *ps)
{
    int c = peek(ps, 0);
    if (c == '*' || (c == '?' && peek(ps, 1) != ':') || ++ps->depth > DEPTH_MAX)
        give_up(ps);
    if (c == '?' && !ps->failed)
        ps->at += 2;
    struct piece body = parse_alternatives(ps);
    ps->depth--;
    if (!take(ps, ')'))
        give_up(ps);
    return body;
}

static struct piece parse_escaped_atom(struct parser *ps, bool *anchor)
{
    struct assay_ascii set = {{0, 0}};
    unsigned byte = 0;
    if (peek(ps, 0) == 'N' && peek(ps, 1) != '{') {
        ps->at++;
        add_range(&set, '\n', '\n');
        return byte_piece(ps, set, true);
    }
    enum escape kind = parse_escape(ps, &byte, &set);
    *anchor = kind == ESCAPE_START || kind == ESCAPE_END;
    if (*anchor)
        return one_node(ps, kind == ESCAPE_START ? ASSAY_NFA_START : ASSAY_NFA_END);
    if (kind == ESCAPE_UNKNOWN)
        give_up(ps);
    if (kind == ESCAPE_BYTE)
        add_range(&set, byte, byte);
    return byte_piece(ps, set, false);
}

static struct piece parse_atom(struct parser *ps, bool *anchor)
{
    struct assay_ascii set = {{0, 0}};
    int c = peek(ps, 0);
    *anchor = c == '^' || c == '$';
    ps->at++;
    switch (c) {
    case '^': return one_node(ps, ASSAY_NFA_START);
    case '$': return one_node(ps, ASSAY_NFA_END);
    case '(': return parse_group(ps);
    case '[': return parse_class(ps);
    case '\\': return parse_escaped_atom(ps, anchor);
    case '.': add_range(&set, '\n', '\n'); return byte_piece(ps, set, true);
    case '*':
    case '+':
    case '?':
    case '{': give_up(ps); return (struct piece){0, 0};
    default: break;
    }
    if (c >= 0x80)
        give_up(ps);
    else
        add_range(&set, (unsigned)c, (unsigned)c);
    return byte_piece(ps, set, false);
}

/* ---- Repetition, sequence, alternation ---- */

static bool parse_number(struct parser *ps, unsigned *number)
{
    *number = 0;
    size_t from = ps->at;
    for (int c = peek(ps, 0); c >= '0' && c <= '9' && *number <= COUNT_MAX; c = peek(ps, 0)) {
        *number = *number * 10 + (unsigned)(c - '0');
        ps->at++;
    }
    return ps->at > from && *number <= COUNT_MAX;
}

/* Behind "{"; only the forms that every version reads as a count. */
static void parse_braces(struct parser *ps, unsigned *min, unsigned *max)
{
    bool good = parse_number(ps, min);
    *max = *min;
    if (good && take(ps, ',')) {
        if (peek(ps, 0) == '}')
            *max = UNBOUNDED;
        else
            good = parse_number(ps, max);
    }
    if (!good || !take(ps, '}') || *max < *min)
        give_up(ps);
}

/* False where no repetition follows. */
static bool parse_count(struct parser *ps, unsigned *min, unsigned *max)
{
    *min = peek(ps, 0) == '+';
    *max = UNBOUNDED;
    if (take(ps, '?'))
        *max = 1;
    else if (take(ps, '{'))
        parse_braces(ps, min, max);
    else if (!take(ps, '*') && !take(ps, '+'))
        return false;
    take(ps, '?'); /* lazy: the same answer */
    int c = peek(ps, 0);
    if (c == '+' || c == '*' || c == '?' || c == '{')
        give_up(ps);
    return true;
}

/*
 * Repeats the atom that begins at text offset `from` and whose first copy is `copy`:
 * `min` copies in a row, then either a loop around the last or max - min copies with
 * a way past each.
 */
static struct piece repeat(struct parser *ps, size_t from, struct piece copy, unsigned min,
                           unsigned max)
{
    size_t behind = ps->at;
    unsigned end = new_node(ps, ASSAY_NFA_JUMP, ASSAY_NFA_NONE, ASSAY_NFA_NONE);
    unsigned head = new_node(ps, ASSAY_NFA_JUMP, end, ASSAY_NFA_NONE);
    unsigned copies = max != UNBOUNDED ? max : min > 0 ? min : 1;
    unsigned last = head;
    for (unsigned i = 0; i < copies && !ps->failed; i++) {
        bool anchor;
        if (i > 0) {
            ps->at = from;
            copy = parse_atom(ps, &anchor);
        }
        bool loop = max == UNBOUNDED && i == copies - 1;
        unsigned fork = loop || i >= min ? new_node(ps, ASSAY_NFA_SPLIT, copy.in, end) : copy.in;
        link_to(ps, last, loop && min > 0 ? copy.in : fork);
        link_to(ps, copy.last, loop ? fork : end);
        last = copy.last;
    }
    if (!ps->failed)
        ps->at = behind;
    return (struct piece){head, end};
}

static struct piece parse_repeated(struct parser *ps)
{
    size_t from = ps->at;
    unsigned min, max;
    bool anchor;
    struct piece piece = parse_atom(ps, &anchor);
    if (ps->failed || !parse_count(ps, &min, &max))
        return piece;
    /* PCRE2 up to 10.42 at least takes the ^ in (?:a|^){0} for the pattern's own. */
    if (anchor || max == 0)
        give_up(ps);
    return repeat(ps, from, piece, min, max);
}

static struct piece parse_sequence(struct parser *ps)
{
    struct piece all = one_node(ps, ASSAY_NFA_JUMP);
    while (peek(ps, 0) >= 0 && peek(ps, 0) != '|' && peek(ps, 0) != ')') {
        struct piece next = parse_repeated(ps);
        link_to(ps, all.last, next.in);
        all.last = next.last;
    }
    return all;
}

static struct piece parse_alternatives(struct parser *ps)
{
    struct piece all = parse_sequence(ps);
    while (take(ps, '|')) {
        struct piece other = parse_sequence(ps);
        unsigned end = new_node(ps, ASSAY_NFA_JUMP, ASSAY_NFA_NONE, ASSAY_NFA_NONE);
        unsigned fork = new_node(ps, ASSAY_NFA_SPLIT, all.in, other.in);
        link_to(ps, all.last, end);
        link_to(ps, other.last, end);
        all = (struct piece){fork, end};
    }
    return all;
}

static bool take_literal(struct parser *ps, struct assay_str text)
{
    bool here = ps->len - ps->at >= text.len && memcmp(ps->text + ps->at, text.ptr, text.len) == 0;
    ps->at += here ? text.len : 0;
    return here;
}

bool assay_nfa_parse(struct assay_nfa *nfa, struct assay_str pattern, bool caseless)
{
    struct parser ps = {.text = (const unsigned char *)pattern.ptr,
                        .len = pattern.len,
                        .caseless = caseless,
                        .nfa = nfa};
    if (pattern.len > PATTERN_MAX)
        return false;
    ps.unicode = take_literal(&ps, ASSAY_STR("(*UCP)"));
    ps.caseless |= take_literal(&ps, ASSAY_STR("(?i)"));
    nfa->count = 0;
    struct piece all = parse_alternatives(&ps);
    if (ps.failed || ps.at != ps.len)
        return false;
    nfa->accept = new_node(&ps, ASSAY_NFA_ACCEPT, ASSAY_NFA_NONE, ASSAY_NFA_NONE);
    if (ps.failed)
        return false;
    link_to(&ps, all.last, nfa->accept);
    nfa->start = all.in;
    return true;
}
