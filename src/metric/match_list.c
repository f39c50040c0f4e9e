/*
 * Values against several patterns.
 */
#include "config.h"

#include "metric/match_list.h"

#include "base/utf8.h"
#include "metric/judge.h"
#include "metric/match.h"

#define PATTERNS_SHOWN 4u

const char *const assay_match_modes[3] = {"any", "all", NULL};

enum assay_status assay_regexes_prepare(struct assay_regexes_args *args,
                                        struct assay_prepare *prepare, struct assay_error *err)
{
    prepare->param = "patterns";
    args->regexes =
        assay_arena_array(prepare->arena, args->patterns.count + 1u, sizeof *args->regexes);
    if (args->regexes == NULL)
        return assay_fail_nomem(err);
    for (uint32_t i = 0; i < args->patterns.count; i++)
        ASSAY_TRY(assay_regex_new(args->patterns.items[i].text, 0, &args->regexes[i], err));
    return ASSAY_OK;
}

void assay_regexes_release(void *arguments)
{
    struct assay_regexes_args *args = arguments;
    for (uint32_t i = 0; args->regexes != NULL && i < args->patterns.count; i++)
        assay_regex_free(args->regexes[i]);
}

static enum assay_status regexes_open(const void *args, const struct assay_metric_env *env,
                                      void **scratch, struct assay_error *err)
{
    struct assay_regex_scratch *made;
    (void)args, (void)env;
    ASSAY_TRY(assay_regex_scratch_new(&made, err));
    *scratch = made;
    return ASSAY_OK;
}

static void regexes_close(void *scratch)
{
    assay_regex_scratch_free(scratch);
}

/* Rows that have the value of a text that is UTF-8. */
static void keep_texts(const struct assay_slice *slice, uint64_t *rows)
{
    ASSAY_BITS_EACH(rows, slice->rows, row, {
        struct assay_str text = assay_column_text(slice->columns[0], row);
        if (assay_utf8_valid(text) != text.len)
            rows[row / 64] &= ~((uint64_t)1 << (row % 64));
    })
}

/*
 * One pattern after the other: `open` are the rows that are still to be decided, `missed`
 * those of them that a pattern does not match.
 */
static enum assay_status regexes_test(const void *arguments, void *scratch,
                                      const struct assay_slice *slice, uint64_t *violations,
                                      struct assay_predicate_fault *fault, struct assay_error *err)
{
    const struct assay_regexes_args *args = arguments;
    const struct assay_column *column = slice->columns[0];
    size_t words = ASSAY_BITMAP_WORDS(slice->rows);
    uint64_t *open = assay_arena_array(&slice->batch->arena, words * 2 + 1, 8);
    if (open == NULL)
        return assay_fail_nomem(err);
    uint64_t *missed = open + words;
    struct assay_regex_fault found = {0};
    memcpy(open, slice->mask, words * 8);
    for (uint32_t p = 0; p < args->patterns.count && found.count == 0; p++) {
        memset(missed, 0, words * 8);
        assay_regex_match_spans(args->regexes[p], scratch, column->base, column->spans, slice->rows,
                                open, missed, &found);
        for (size_t i = 0; i < words; i++) {
            if (args->mode == ASSAY_MATCH_ALL)
                violations[i] |= missed[i];
            else if (args->mode == ASSAY_MATCH_NONE)
                violations[i] |= open[i] & ~missed[i];
            open[i] = args->mode == ASSAY_MATCH_ALL ? open[i] & ~missed[i] : missed[i];
        }
    }
    if (args->mode == ASSAY_MATCH_ANY)
        memcpy(violations, open, words * 8);
    else if (args->mode == ASSAY_MATCH_NONE) {
        memcpy(missed, open, words * 8);
        keep_texts(slice, missed);
        for (size_t i = 0; i < words; i++)
            violations[i] |= open[i] & ~missed[i];
    }
    if (found.count != 0) {
        assay_match_fault(&found, fault);
        assay_bits_clear(violations, slice->rows);
    }
    return ASSAY_OK;
}

const struct assay_predicate assay_predicate_regexes = {
    .name = "regexes",
    .considers = ASSAY_CONSIDER_PRESENT,
    .open = regexes_open,
    .close = regexes_close,
    .test = regexes_test,
};

static char folded(char c, bool fold)
{
    return fold && c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* The byte behind the character at `i`. */
static size_t behind(struct assay_str text, size_t i)
{
    i++;
    while (i < text.len && ((unsigned char)text.ptr[i] & 0xC0) == 0x80)
        i++;
    return i;
}

/* Goes back to the last `%` only, which is enough: an earlier one could gain nothing. */
bool assay_like(struct assay_str text, struct assay_str pattern, bool fold)
{
    size_t t = 0, p = 0, star = SIZE_MAX, retry = 0;
    while (t < text.len) {
        if (p < pattern.len && pattern.ptr[p] == '%') {
            star = p++;
            retry = t;
        } else if (p < pattern.len && pattern.ptr[p] == '_') {
            p++;
            t = behind(text, t);
        } else if (p < pattern.len && folded(pattern.ptr[p], fold) == folded(text.ptr[t], fold)) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = retry = behind(text, retry);
        } else
            return false;
    }
    while (p < pattern.len && pattern.ptr[p] == '%')
        p++;
    return p == pattern.len;
}

static enum assay_status likes_test(const void *arguments, void *scratch,
                                    const struct assay_slice *slice, uint64_t *violations,
                                    struct assay_predicate_fault *fault, struct assay_error *err)
{
    const struct assay_likes_args *args = arguments;
    (void)scratch, (void)fault, (void)err;
    ASSAY_BITS_EACH(slice->mask, slice->rows, row, {
        struct assay_str text = assay_column_text(slice->columns[0], row);
        uint32_t matched = 0;
        for (uint32_t p = 0; p < args->patterns.count; p++)
            matched += assay_like(text, args->patterns.items[p].text, args->fold);
        bool holds = args->mode == ASSAY_MATCH_ALL    ? matched == args->patterns.count
                     : args->mode == ASSAY_MATCH_NONE ? matched == 0
                                                      : matched != 0;
        if (!holds)
            assay_bit_set(violations, row);
    })
    return ASSAY_OK;
}

const struct assay_predicate assay_predicate_likes = {
    .name = "likes",
    .considers = ASSAY_CONSIDER_PRESENT,
    .test = likes_test,
};

void assay_match_list_describe(const struct assay_scalars *patterns, int mode, const char *verb,
                               struct assay_buf *out)
{
    static const char *const words[] = {"any of ", "all of ", "none of "};
    assay_buf_printf(out, "%s %s", verb,
                     patterns->count == 1 && mode != ASSAY_MATCH_NONE ? "" : words[mode]);
    for (uint32_t i = 0; i < patterns->count && i < PATTERNS_SHOWN; i++) {
        assay_buf_puts(out, i ? ", " : "");
        assay_buf_str(out, patterns->items[i].text);
    }
    if (patterns->count > PATTERNS_SHOWN)
        assay_buf_printf(out, " … (%u patterns)", patterns->count);
}
