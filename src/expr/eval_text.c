/*
 * Texts: ||, LIKE and the text functions. What a function can leave where it is (trim,
 * substr) stays a view into the batch; what it makes lies on the stack.
 */
#include "config.h"

#include "expr/eval_number.h"
#include "expr/functions.h"
#include "expr/text_case.h"

/* One row of a function from texts to text; `copy` is set where memory was not to be had. */
struct row_texts {
    struct assay_expr_eval *e;
    const struct assay_expr_node *node;
    const struct assay_expr_vec *args;
    struct assay_expr_vec *out;
    uint32_t row;
};

/* Room for a result of `len` bytes; *out is NULL where that is too long, and a fault. */
static enum assay_status room(const struct row_texts *r, size_t len, char **out)
{
    void *memory;
    *out = NULL;
    if (len > ASSAY_EXPR_VALUE_MAX)
        return assay_expr_vec_fault(r->e, r->out, r->node, r->row, ASSAY_EXPR_TEXT_TOO_LONG);
    ASSAY_TRY(assay_expr_stack_alloc(r->e, len, &memory));
    *out = memory;
    return ASSAY_OK;
}

static struct assay_str arg_text(const struct row_texts *r, uint32_t i)
{
    return assay_expr_vec_str(&r->args[i], r->row);
}

/* Evaluates the operands and calls `make` for each row left. */
static enum assay_status texts(struct assay_expr_eval *e, const struct assay_expr_node *node,
                               const uint64_t *live, struct assay_expr_vec *out,
                               enum assay_status (*make)(const struct row_texts *r,
                                                         struct assay_str *text))
{
    uint64_t active[ASSAY_EXPR_WORDS];
    struct assay_expr_vec args[3];
    struct assay_str *str;
    ASSAY_TRY(assay_expr_operands(e, node, live, args, out, active));
    ASSAY_TRY(assay_expr_vec_text(e, out, &str));
    struct row_texts r = {.e = e, .node = node, .args = args, .out = out};
    ASSAY_EXPR_EACH(e, active, row, {
        r.row = row;
        ASSAY_TRY(make(&r, &str[row]));
    })
    return ASSAY_OK;
}

static enum assay_status make_case(const struct row_texts *r, struct assay_str *text)
{
    char *copy;
    struct assay_str from = arg_text(r, 0);
    ASSAY_TRY(room(r, from.len, &copy));
    if (copy != NULL) {
        assay_expr_change_case(from, r->node->function->unit != 0, copy);
        *text = assay_str(copy, from.len);
    }
    return ASSAY_OK;
}

enum assay_status assay_expr_eval_text_case(struct assay_expr_eval *e,
                                            const struct assay_expr_node *node,
                                            const uint64_t *live, struct assay_expr_vec *out)
{
    return texts(e, node, live, out, make_case);
}

/* Whether the character at `p` is one of the set. */
static bool is_in(const char *p, size_t n, struct assay_str set)
{
    for (size_t i = 0; i < set.len;) {
        size_t m = assay_expr_char_size(set.ptr + i, set.len - i);
        if (m == n && memcmp(set.ptr + i, p, n) == 0)
            return true;
        i += m;
    }
    return false;
}

/* The function's unit says which ends: 1 the left one, 2 the right one, 3 both. */
static enum assay_status make_trim(const struct row_texts *r, struct assay_str *text)
{
    struct assay_str s = arg_text(r, 0);
    struct assay_str set = r->node->count > 1 ? arg_text(r, 1) : ASSAY_STR(" ");
    while ((r->node->function->unit & 1) && s.len > 0) {
        size_t n = assay_expr_char_size(s.ptr, s.len);
        if (!is_in(s.ptr, n, set))
            break;
        s.ptr += n;
        s.len -= n;
    }
    while ((r->node->function->unit & 2) && s.len > 0) {
        size_t n = 1;
        while (n < 4 && n < s.len && ((unsigned char)s.ptr[s.len - n] & 0xc0) == 0x80)
            n++;
        if (assay_expr_char_size(s.ptr + s.len - n, n) != n)
            n = 1;
        if (!is_in(s.ptr + s.len - n, n, set))
            break;
        s.len -= n;
    }
    *text = s;
    return ASSAY_OK;
}

enum assay_status assay_expr_eval_trim(struct assay_expr_eval *e,
                                       const struct assay_expr_node *node, const uint64_t *live,
                                       struct assay_expr_vec *out)
{
    return texts(e, node, live, out, make_trim);
}

/* substr(s, start, length): characters from 1; a start before the text counts too, as in SQL. */
static enum assay_status make_substr(const struct row_texts *r, struct assay_str *text)
{
    struct assay_str s = arg_text(r, 0);
    int64_t start = 1, length = INT64_MAX / 4;
    bool good = assay_expr_vec_integer(&r->args[1], r->row, &start) &&
                (r->node->count < 3 || assay_expr_vec_integer(&r->args[2], r->row, &length));
    if (!good)
        return assay_expr_vec_fault(r->e, r->out, r->node, r->row, ASSAY_EXPR_NOT_AN_INTEGER);
    if (length < 0)
        return assay_expr_vec_fault(r->e, r->out, r->node, r->row, ASSAY_EXPR_OUT_OF_RANGE);
    const int64_t far = INT64_MAX / 4;
    start = start > far ? far : start < -far ? -far : start;
    int64_t end = start + (length > far ? far : length);
    start = start < 1 ? 1 : start;
    end = end < start ? start : end;
    size_t from = assay_expr_char_skip(s, (uint64_t)(start - 1));
    struct assay_str rest = assay_str(s.ptr + from, s.len - from);
    *text = assay_str(rest.ptr, assay_expr_char_skip(rest, (uint64_t)(end - start)));
    return ASSAY_OK;
}

enum assay_status assay_expr_eval_substr(struct assay_expr_eval *e,
                                         const struct assay_expr_node *node, const uint64_t *live,
                                         struct assay_expr_vec *out)
{
    return texts(e, node, live, out, make_substr);
}

/* The first place of `part` in text from `at` on, or SIZE_MAX. */
static size_t find(struct assay_str text, struct assay_str part, size_t at)
{
    const char *p =
        part.len <= text.len - at ? memmem(text.ptr + at, text.len - at, part.ptr, part.len) : NULL;
    return p == NULL ? SIZE_MAX : (size_t)(p - text.ptr);
}

static enum assay_status make_replace(const struct row_texts *r, struct assay_str *text)
{
    struct assay_str s = arg_text(r, 0), from = arg_text(r, 1), to = arg_text(r, 2);
    size_t count = 0, n = 0;
    char *copy;
    *text = s;
    for (size_t at = 0; from.len > 0 && (at = find(s, from, at)) != SIZE_MAX; at += from.len)
        count++;
    if (count == 0)
        return ASSAY_OK;
    if (to.len > ASSAY_EXPR_VALUE_MAX / count)
        return assay_expr_vec_fault(r->e, r->out, r->node, r->row, ASSAY_EXPR_TEXT_TOO_LONG);
    ASSAY_TRY(room(r, s.len - count * from.len + count * to.len, &copy));
    if (copy == NULL)
        return ASSAY_OK;
    for (size_t at = 0; at < s.len;) {
        size_t next = count > 0 ? find(s, from, at) : SIZE_MAX;
        size_t keep = (next == SIZE_MAX ? s.len : next) - at;
        memcpy(copy + n, s.ptr + at, keep);
        n += keep;
        at += keep;
        if (next != SIZE_MAX) {
            if (to.len)
                memcpy(copy + n, to.ptr, to.len);
            n += to.len;
            at += from.len;
        }
    }
    *text = assay_str(copy, n);
    return ASSAY_OK;
}

enum assay_status assay_expr_eval_replace(struct assay_expr_eval *e,
                                          const struct assay_expr_node *node, const uint64_t *live,
                                          struct assay_expr_vec *out)
{
    return texts(e, node, live, out, make_replace);
}

/* Joins the arguments of a row that are not NULL, two passes: lengths, then bytes. */
static enum assay_status join(struct assay_expr_eval *e, const struct assay_expr_node *node,
                              const struct assay_expr_vec *args, const uint64_t *active,
                              struct assay_expr_vec *out)
{
    struct assay_str *str;
    ASSAY_TRY(assay_expr_vec_text(e, out, &str));
    struct row_texts r = {.e = e, .node = node, .args = args, .out = out};
    ASSAY_EXPR_EACH(e, active, row, {
        size_t length = 0;
        char *copy;
        r.row = row;
        for (uint32_t i = 0; i < node->count && length <= ASSAY_EXPR_VALUE_MAX; i++)
            length += assay_bit_get(args[i].null, row) ? 0 : arg_text(&r, i).len;
        ASSAY_TRY(room(&r, length, &copy));
        str[row] = assay_str(copy, copy ? length : 0);
        for (uint32_t i = 0; copy != NULL && i < node->count; i++) {
            if (assay_bit_get(args[i].null, row))
                continue;
            struct assay_str part = arg_text(&r, i);
            if (part.len)
                memcpy(copy, part.ptr, part.len);
            copy += part.len;
        }
    })
    return ASSAY_OK;
}

/* a || b is NULL where a side is; concat(a, b) passes over NULL. */
enum assay_status assay_expr_eval_concat(struct assay_expr_eval *e,
                                         const struct assay_expr_node *node, const uint64_t *live,
                                         struct assay_expr_vec *out)
{
    uint64_t active[ASSAY_EXPR_WORDS];
    void *args;
    ASSAY_TRY(assay_expr_stack_alloc(e, node->count * sizeof(struct assay_expr_vec), &args));
    ASSAY_TRY(assay_expr_operands(e, node, live, args, out, active));
    if (node->kind == ASSAY_EXPR_CALL)
        for (uint32_t w = 0; w < e->words; w++) {
            active[w] |= out->null[w];
            out->null[w] = 0;
        }
    return join(e, node, args, active, out);
}

enum assay_status assay_expr_eval_length(struct assay_expr_eval *e,
                                         const struct assay_expr_node *node, const uint64_t *live,
                                         struct assay_expr_vec *out)
{
    uint64_t active[ASSAY_EXPR_WORDS];
    struct assay_expr_vec arg;
    struct assay_expr_numbers numbers;
    ASSAY_TRY(assay_expr_operands(e, node, live, &arg, out, active));
    ASSAY_TRY(assay_expr_numbers_init(e, out, &numbers));
    ASSAY_EXPR_EACH(e, active, row, {
        numbers.value[row] = (int64_t)assay_expr_char_count(assay_expr_vec_str(&arg, row));
        numbers.code[row] = 0;
    })
    return ASSAY_OK;
}

/* starts_with (unit 0), ends_with (1), contains (2). */
enum assay_status assay_expr_eval_part(struct assay_expr_eval *e,
                                       const struct assay_expr_node *node, const uint64_t *live,
                                       struct assay_expr_vec *out)
{
    uint64_t active[ASSAY_EXPR_WORDS];
    struct assay_expr_vec args[2];
    ASSAY_TRY(assay_expr_operands(e, node, live, args, out, active));
    ASSAY_TRY(assay_expr_vec_bool(e, out));
    ASSAY_EXPR_EACH(e, active, row, {
        struct assay_str s = assay_expr_vec_str(&args[0], row);
        struct assay_str part = assay_expr_vec_str(&args[1], row);
        bool holds = part.len <= s.len;
        if (part.len == 0)
            holds = true;
        else if (holds && node->function->unit == 2)
            holds = find(s, part, 0) != SIZE_MAX;
        else if (holds)
            holds = memcmp(s.ptr + (node->function->unit == 1 ? s.len - part.len : 0), part.ptr,
                           part.len) == 0;
        if (holds)
            assay_bit_set(out->truth, row);
    })
    return ASSAY_OK;
}

enum assay_status assay_expr_eval_like(struct assay_expr_eval *e,
                                       const struct assay_expr_node *node, const uint64_t *live,
                                       struct assay_expr_vec *out)
{
    uint64_t active[ASSAY_EXPR_WORDS];
    struct assay_expr_vec args[3];
    struct assay_str checked = {0};
    ASSAY_TRY(assay_expr_operands(e, node, live, args, out, active));
    ASSAY_TRY(assay_expr_vec_bool(e, out));
    ASSAY_EXPR_EACH(e, active, row, {
        struct assay_str pattern = assay_expr_vec_str(&args[1], row);
        struct assay_str escape = {0};
        if (node->count > 2) {
            escape = assay_expr_vec_str(&args[2], row);
            bool one = escape.len > 0 && assay_expr_char_size(escape.ptr, escape.len) == escape.len;
            bool known = checked.ptr == pattern.ptr && args[2].at == 0 && args[1].at == 0;
            if (!known && (!one || !assay_expr_like_pattern_ok(pattern, escape))) {
                ASSAY_TRY(assay_expr_vec_fault(e, out, node, row, ASSAY_EXPR_BAD_ESCAPE));
                continue;
            }
            checked = pattern;
        }
        bool holds =
            assay_expr_like(assay_expr_vec_str(&args[0], row), pattern, escape, node->op == 'i');
        if (holds != node->negated)
            assay_bit_set(out->truth, row);
    })
    return ASSAY_OK;
}

enum assay_status assay_expr_eval_regexp_like(struct assay_expr_eval *e,
                                              const struct assay_expr_node *node,
                                              const uint64_t *live, struct assay_expr_vec *out)
{
    struct assay_expr_vec arg;
    ASSAY_TRY(assay_expr_vec_init(e, out));
    ASSAY_TRY(assay_expr_vec_bool(e, out));
    ASSAY_TRY(assay_expr_eval_node(e, node->args[0], live, &arg));
    ASSAY_TRY(assay_expr_merge_faults(e, out, &arg, live));
    uint64_t active[ASSAY_EXPR_WORDS];
    for (uint32_t w = 0; w < e->words; w++) {
        out->null[w] = arg.null[w] & live[w] & ~out->fault[w];
        active[w] = live[w] & ~(out->null[w] | out->fault[w]);
    }
    ASSAY_EXPR_EACH(e, active, row, {
        struct assay_str s = assay_expr_vec_str(&arg, row);
        enum assay_regex_result result = assay_regex_match(node->regex, e->regex, s.ptr, s.len);
        if (result == ASSAY_REGEX_YES)
            assay_bit_set(out->truth, row);
        else if (result == ASSAY_REGEX_LIMIT || result == ASSAY_REGEX_FAULT)
            ASSAY_TRY(assay_expr_vec_fault(e, out, node, row, ASSAY_EXPR_REGEX_LIMIT));
    })
    return ASSAY_OK;
}
